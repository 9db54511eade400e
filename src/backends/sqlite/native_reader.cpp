// SPDX-License-Identifier: Apache-2.0
//
// Gives the rows of a query in SQL, batch by batch.
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "backends/sqlite/codec.hpp"
#include "backends/sqlite/cursor_reader.hpp"
#include "backends/sqlite/session.hpp"
#include "backends/sqlite/sql.hpp"
#include "record/json.hpp"

namespace dataknobs::sqlite {

namespace {

constexpr std::uint64_t kBatchBytes = 1U << 20U;

// Behind white space and comments.
std::string_view skipped(std::string_view text) {
  while (!text.empty()) {
    if (std::isspace(static_cast<unsigned char>(text.front())) != 0 || text.front() == ';') {
      text.remove_prefix(1);
    } else if (text.starts_with("--")) {
      text.remove_prefix(std::min(text.find('\n'), text.size()));
    } else if (text.starts_with("/*")) {
      const std::size_t end = text.find("*/", 2);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    } else {
      break;
    }
  }
  return text;
}

// Statements that begin so give rows and change nothing, if SQLite says that they only read: it says so of BEGIN,
// ATTACH and some pragmas too.
bool is_query(std::string_view text) {
  text = skipped(text);
  std::string word;
  while (!text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0) {
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
    text.remove_prefix(1);
  }
  constexpr std::array<std::string_view, 4> kWords{"select", "with", "values", "explain"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

[[noreturn]] void refuse(std::string message, std::string_view hint) {
  Error(ErrorCode::invalid_argument, std::move(message)).hint(hint).raise();
}

// The text of what SQLite has no class for; a boolean is an integer to it.
Parameter parameter_of(const Value& value) {
  switch (value.type()) {
    case ValueType::null:
      return Parameter();
    case ValueType::boolean:
      return std::int64_t{value.get<bool>() ? 1 : 0};
    case ValueType::integer:
      return value.get<std::int64_t>();
    case ValueType::floating:
      return value.get<double>();
    case ValueType::binary:
      return value.get<Binary>();
    case ValueType::json:
    case ValueType::vector:
      return to_json(value);
    default:
      return to_text(value);
  }
}

class NativeReader : public CursorReader {
 public:
  NativeReader(std::shared_ptr<Link> link, std::string text, std::span<const Value> parameters)
      : CursorReader(std::move(link)), text_(std::move(text)) {
    for (const Value& value : parameters) sql_.value(parameter_of(value));
  }
  ~NativeReader() override { abandon(); }

  /// Prepares the query, so that its errors come at once.
  void begin();

 private:
  std::optional<Batch> fill() override;

  std::string text_;
  Sql sql_;  // The parameters alone.
  std::vector<std::string> names_;
};

void NativeReader::begin() {
  if (!is_query(text_))
    refuse("the text is no query: only what begins with SELECT, WITH, VALUES or EXPLAIN is",
           "use the verbs that write");
  const char* tail = nullptr;
  sqlite3_stmt* candidate = nullptr;
  Connection& connection = link().connection();
  const int code = sqlite3_prepare_v2(connection.handle(), text_.c_str(), static_cast<int>(text_.size()),
                                      &candidate, &tail);
  if (code != SQLITE_OK) connection.raise(code);
  const bool single =
      skipped(std::string_view(text_).substr(static_cast<std::size_t>(tail - text_.c_str()))).empty();
  const bool reads = sqlite3_stmt_readonly(candidate) != 0;
  sqlite3_finalize(candidate);
  if (!single) refuse("the text is more than one statement", "give one at a time");
  if (!reads) refuse("the statement would write", "use the verbs that write");
  open(connection.prepare(text_));
  const int wanted = sqlite3_bind_parameter_count(statement().handle());
  if (static_cast<std::size_t>(wanted) != sql_.parameters().size()) {
    refuse(fmt::format("the query takes {} parameters, {} are given", wanted, sql_.parameters().size()),
           "each ? is one");
  }
  for (int i = 0; i < statement().column_count(); ++i) {
    names_.emplace_back(sqlite3_column_name(statement().handle(), i));
    if (std::find(names_.begin(), names_.end() - 1, names_.back()) == names_.end() - 1) continue;
    refuse(fmt::format("two columns are called {}", names_.back()), "give one another name: AS");
  }
  sql_.bind(statement());
}

std::optional<Batch> NativeReader::fill() {
  const FieldType any;
  std::vector<Record> rows;
  std::uint64_t bytes = 0;
  while (bytes < kBatchBytes) {
    if (!statement().step()) {
      end();
      break;
    }
    Record record;
    record.reserve(names_.size());
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const Cell cell = statement().column(static_cast<int>(i));
      bytes +=
          sizeof(Field) + (cell.is_text() || cell.storage() == Cell::Storage::blob ? cell.bytes().size() : 0);
      record.append(names_[i], decode(cell, any));
    }
    rows.push_back(std::move(record));
  }
  if (rows.empty()) return std::nullopt;
  return Batch::from_rows(std::move(rows));
}

}  // namespace

Task<std::unique_ptr<Reader>> make_native_reader(Context& context, std::shared_ptr<Link> link,
                                                 std::string text, std::span<const Value> parameters) {
  auto reader = std::make_unique<NativeReader>(link, std::move(text), parameters);
  auto work = [&] { reader->begin(); };
  co_await link->run(context, work);
  std::unique_ptr<Reader> result = std::move(reader);
  co_return result;
}

}  // namespace dataknobs::sqlite
