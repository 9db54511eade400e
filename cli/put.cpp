// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/format.h>

#include "output.hpp"
#include "program.hpp"
#include "record/json.hpp"

namespace dataknobs::cli {
namespace {

struct PutArguments {
  std::string url;
  std::string json;
};

Record to_record(const Value& value, std::string_view where) {
  const Json* json = value.get_if<Json>();
  if (json == nullptr || json->is_array()) {
    Error(ErrorCode::serialization, fmt::format("{} is not a JSON object", where))
        .hint("a record is an object: {\"id\": \"1\", \"name\": \"Ada\"}")
        .raise();
  }
  Record record;
  for (const auto& [name, member] : json->object()) record.append(name, member);
  const Value& id = record["id"];
  if (!id.is_null()) record.set_id(to_text(id));
  return record;
}

/// One object, an array of objects, or an object a line.
std::vector<Record> parse_records(const std::string& text) {
  std::vector<Record> records;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) {
    Error(ErrorCode::serialization, "no record was given: the input is empty").raise();
  }
  std::optional<Value> whole;
  try {
    whole = parse_json(text);
  } catch (const SerializationError&) {
    // Several objects are not one JSON text; anything else is reported from its line below.
    if (text.find('\n', first) == std::string::npos || text[first] == '[') throw;
  }
  if (whole) {
    const Json* json = whole->get_if<Json>();
    if (json == nullptr || json->is_object()) {
      records.push_back(to_record(*whole, "the input"));
      return records;
    }
    for (std::size_t index = 0; index < json->array().size(); ++index) {
      records.push_back(to_record(json->array()[index], fmt::format("element {} of the array", index)));
    }
    return records;
  }
  std::size_t begin = 0;
  for (std::size_t number = 1; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    std::optional<Error> failure;
    try {
      records.push_back(to_record(parse_json(line), fmt::format("line {}", number)));
    } catch (const Error& error) {
      failure = error;
    }
    if (failure) Error(*failure).field_path(fmt::format("line {} of the input", number)).raise();
  }
  return records;
}

Task<int> run_put(std::shared_ptr<PutArguments> arguments) {
  std::string text = arguments->json;
  if (text == "-") {
    text = co_await read_standard_input();
  } else if (text.starts_with('@')) {
    text = read_whole_file(text.substr(1));
  }
  std::vector<Record> records = parse_records(text);
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
