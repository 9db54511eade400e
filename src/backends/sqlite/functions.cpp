// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/functions.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "backends/sqlite/codec.hpp"
#include "record/json.hpp"
#include "record/order_key.hpp"

namespace dataknobs::sqlite {

namespace {

constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;

// Exceptions must not pass through SQLite: the connection keeps them and throws them on when the statement
// has failed.
template <class Work>
void guarded(sqlite3_context* context, Work&& work) noexcept {
  try {
    work();
  } catch (...) {
    static_cast<Connection*>(sqlite3_user_data(context))->set_pending(std::current_exception());
    sqlite3_result_error(context, "a function of dataknobs failed", -1);
  }
}

template <class Object>
const Object& object_of(sqlite3_value* value) {
  const auto* object = static_cast<const Object*>(sqlite3_value_pointer(value, Object::kPointerType));
  if (object == nullptr) Error(ErrorCode::internal, "a function was called without its object").raise();
  return *object;
}

std::span<sqlite3_value*> rest(int count, sqlite3_value** arguments) noexcept {
  return {arguments + 1, static_cast<std::size_t>(count - 1)};
}

void match(sqlite3_context* context, int count, sqlite3_value** arguments) {
  guarded(context, [&] {
    const Match& object = object_of<Match>(arguments[0]);
    sqlite3_result_int(context, object.matches(rest(count, arguments)) ? 1 : 0);
  });
}

void order(sqlite3_context* context, int count, sqlite3_value** arguments) {
  guarded(context, [&] {
    const Order& object = object_of<Order>(arguments[0]);
    std::string key;
    if (object.append_key(key, rest(count, arguments))) {
      sqlite3_result_blob64(context, key.data(), key.size(), SQLITE_TRANSIENT);
    }
  });
}

void bytes(sqlite3_context* context, int, sqlite3_value** arguments) {
  guarded(context, [&] {
    const Cell cell = Cell::of_value(arguments[0]);
    if (!cell.is_text()) {
      sqlite3_result_value(context, arguments[0]);
    } else {
      sqlite3_result_blob64(context, cell.bytes().data(), cell.bytes().size(), SQLITE_TRANSIENT);
    }
  });
}

// True if the names are looked at and the types have nothing to say of any of them.
bool is_wanted(const std::vector<std::string>& fields, const std::string& name) {
  return std::find(fields.begin(), fields.end(), name) != fields.end();
}

void fill_document(Record& record, const std::vector<std::string>& fields, std::span<sqlite3_value*> cells) {
  const Cell id = Cell::of_value(cells[0]);
  record.set_id(std::string(id.bytes()));
  const Cell metadata = Cell::of_value(cells[3]);
  if (metadata.is_text()) {
    const Value value = parse_json(metadata.bytes());
    if (const Json* json = value.get_if<Json>()) record.set_metadata(*json);
  }
  if (fields.empty()) return;
  const Cell data = Cell::of_value(cells[1]);
  const Cell types = Cell::of_value(cells[2]);
  const Record document =
      from_document(data.bytes(), types.is_text() ? std::optional(types.bytes()) : std::nullopt);
  for (const Field& field : document.fields()) {
    if (is_wanted(fields, field.name())) record.append(field.name(), field.value());
  }
}

}  // namespace

RecordSource RecordSource::document(std::vector<std::string> fields) {
  RecordSource source;
  source.document_ = true;
  source.fields_ = std::move(fields);
  return source;
}

RecordSource RecordSource::columns(std::vector<std::pair<std::string, FieldType>> columns) {
  RecordSource source;
  source.columns_ = std::move(columns);
  return source;
}

void RecordSource::fill(Record& record, std::span<sqlite3_value*> cells) const {
  if (cells.size() != this->cells())
    Error(ErrorCode::internal, "a function was called with other cells").raise();
  if (document_) {
    fill_document(record, fields_, cells);
    return;
  }
  record.reserve(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    record.append(columns_[i].first, decode(Cell::of_value(cells[i]), columns_[i].second));
  }
}

bool Match::matches(std::span<sqlite3_value*> cells) const {
  Record record;
  source_.fill(record, cells);
  return evaluator_.matches(record);
}

bool Order::append_key(std::string& out, std::span<sqlite3_value*> cells) const {
  Record record;
  source_.fill(record, cells);
  Value scratch;
  const Value& value = reader_.read(record, scratch);
  if (value.is_null()) return false;
  append_order_key(out, value);
  return true;
}

void register_functions(Connection& connection) {
  struct Function {
    const char* name;
    int arguments;
    void (*call)(sqlite3_context*, int, sqlite3_value**);
  };
  for (const Function& function : {Function{"dk_match", -1, &match}, Function{"dk_order", -1, &order},
                                   Function{"dk_bytes", 1, &bytes}}) {
    const int code =
        sqlite3_create_function_v2(connection.handle(), function.name, function.arguments, kFlags,
                                   &connection, function.call, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) connection.raise(code);
  }
}

}  // namespace dataknobs::sqlite
