// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "expr/literal.hpp"
#include "output.hpp"
#include "program.hpp"
#include "record/json.hpp"

namespace dataknobs::cli {
namespace {

struct PutArguments {
  std::string url;
  std::string json;
};

/// A document that a copy wrote into a file: what JSON does not say of it is in members of its own, which speak for the
/// records behind it too.
bool is_marked(const Json::Object& members) {
  return !members.empty() && members.front().first == "$dataknobs" &&
         members.front().second.type() == ValueType::integer;
}

Record to_record(const Value& value, std::string_view where) {
  const Json* json = value.get_if<Json>();
  if (json == nullptr || json->is_array()) {
    Error(ErrorCode::serialization, fmt::format("{} is not a JSON object", where))
        .hint("a record is an object: {\"id\": \"1\", \"name\": \"Ada\"}")
        .raise();
  }
  if (is_marked(json->object())) {
    Error(ErrorCode::serialization,
          fmt::format("{} is of a file that dataknobs wrote, with types of its own", where))
        .hint("copy the file, which keeps them: dataknobs copy FILE URL --mode upsert")
        .raise();
  }
  Record record;
  for (const auto& [name, member] : json->object()) record.append(name, member);
  return record;
}

bool is_json(std::string_view text) {
  try {
    parse_json(text);
    return true;
  } catch (const SerializationError&) {
    return false;
  }
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::vector<Record> parse_whole(std::string_view text) {
  const Value whole = parse_json(text);
  std::vector<Record> records;
  const Json* json = whole.get_if<Json>();
  if (json == nullptr || json->is_object()) {
    records.push_back(to_record(whole, "the input"));
    return records;
  }
  for (std::size_t index = 0; index < json->array().size(); ++index) {
    records.push_back(to_record(json->array()[index], fmt::format("element {} of the array", index)));
  }
  return records;
}

std::vector<Record> parse_lines(std::string_view text) {
  std::vector<Record> records;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (is_blank(line)) continue;
    try {
      records.push_back(to_record(parse_json(line), fmt::format("line {}", number)));
    } catch (const Error& error) {
      Error(error).field_path(fmt::format("line {} of the input", number)).raise();
    }
  }
  return records;
}

/// One object, an array of objects, or an object a line.
std::vector<Record> parse_records(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (is_blank(text)) Error(ErrorCode::serialization, "no record was given: the input is empty").raise();
  text.remove_suffix(text.size() - 1 - text.find_last_not_of(" \t\r\n"));
  const std::size_t first_end = text.find('\n', text.find_first_not_of(" \t\r\n"));
  const bool lines = first_end != std::string_view::npos && is_json(text.substr(0, first_end));
  return lines ? parse_lines(text) : parse_whole(text);
}

std::optional<Value> from_text(const std::string& text, ValueType type) {
  if (type != ValueType::date) return adapt_literal(text, type);
  const std::optional<Date> date = parse_date(text);
  return date ? std::optional<Value>(*date) : std::nullopt;
}

/// JSON has no dates, times and binary: a text in a column of those is the value that it says. One that says none is
/// left to the store, which refuses it by name.
void adapt_texts(Record& record, const Dataset& dataset) {
  for (const FieldDescription& column : dataset.schema().fields()) {
    const std::string* text = record[column.name()].get_if<std::string>();
    if (text == nullptr) continue;
    if (std::optional<Value> value = from_text(*text, column.type().kind())) {
      record.set(column.name(), std::move(*value));
    }
  }
}

Task<int> run_put(std::shared_ptr<PutArguments> arguments) {
  std::string text = arguments->json;
  if (text == "-") {
    text = co_await read_standard_input();
  } else if (text.starts_with('@')) {
    text = read_whole_file(text.substr(1));
  }
  std::vector<Record> records = parse_records(text);
  if (const DatasetPointer dataset = co_await describe_dataset(arguments->url)) {
    for (Record& record : records) adapt_texts(record, *dataset);
  }
  Database database = co_await Database::open(arguments->url);
  const std::vector<WriteItem> items = co_await database.upsert_batch(records);
  int code = 0;
  std::string ids;
  for (const WriteItem& item : items) {
    if (item.ok()) {
      ids += item.id() + "\n";
    } else if (item.error() != nullptr) {
      report_error(*item.error());
      code = exit_code(item.error()->code());
    }
  }
  write_standard_output(ids);
  co_await database.close();
  co_return code;
}

}  // namespace

void add_put(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("put", "Create or replace records by their `id`; prints the ids");
  const auto arguments = std::make_shared<PutArguments>();
  command->add_option("url", arguments->url, "The database: a URL, a file or a configured name")->required();
  command
      ->add_option(
          "json", arguments->json,
          "An object, an array of objects or an object a line; '-' for standard input, @FILE for a file")
      ->required();
  command->callback(
      [arguments, &program] { program.set_action([arguments] { return run_put(arguments); }); });
}

}  // namespace dataknobs::cli
