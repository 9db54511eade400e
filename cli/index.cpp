// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "output.hpp"
#include "program.hpp"
#include "record/json.hpp"

namespace dataknobs::cli {
namespace {

struct IndexArguments {
  std::string url;
  std::string fields;
  std::string name;
  std::string kind = "ordered";
  bool unique = false;
  std::string output = "text";
};

std::string kind_name(IndexKind kind) {
  return kind == IndexKind::hash ? "hash" : "ordered";
}

std::string index_text(const std::vector<Index>& indexes) {
  std::string text;
  for (const Index& index : indexes) {
    text += fmt::format("{} ({}){}{}\n", index.name(), fmt::join(index.fields(), ", "),
                        index.kind() == IndexKind::hash ? " hash" : "", index.unique() ? " unique" : "");
  }
  return text;
}

std::string index_json(const std::vector<Index>& indexes) {
  Json::Array array;
  for (const Index& index : indexes) {
    Json::Array fields;
    for (const std::string& field : index.fields()) fields.emplace_back(field);
    Json::Object object{{"name", index.name()},
                        {"fields", Json(std::move(fields))},
                        {"kind", kind_name(index.kind())},
                        {"unique", index.unique()}};
    array.emplace_back(Json(std::move(object)));
  }
  return to_pretty_json(Value(Json(std::move(array)))) + "\n";
}

Task<int> create_index(std::shared_ptr<IndexArguments> arguments) {
  std::vector<std::string> fields;
  for (const Path& path : parse_list(arguments->fields, "the list of fields")) {
    fields.push_back(path.to_string());
  }
  Index index(std::move(fields));
  index.name(arguments->name).unique(arguments->unique);
  index.kind(arguments->kind == "hash" ? IndexKind::hash : IndexKind::ordered);
  Database database = co_await Database::open(arguments->url);
  const std::string name = co_await database.create_index(index);
  write_standard_output(name + "\n");
  co_await database.close();
  co_return 0;
}

Task<int> list_indexes(std::shared_ptr<IndexArguments> arguments) {
  Database database = co_await Database::open(arguments->url);
  const std::vector<Index> indexes = co_await database.indexes();
  write_standard_output(arguments->output == "json" ? index_json(indexes) : index_text(indexes));
  co_await database.close();
  co_return 0;
}

Task<int> drop_index(std::shared_ptr<IndexArguments> arguments) {
  Database database = co_await Database::open(arguments->url);
  co_await database.drop_index(arguments->name);
  co_await database.close();
  co_return 0;
}

CLI::App* add_verb(CLI::App& command, const std::string& name, const std::string& description,
                   const std::shared_ptr<IndexArguments>& arguments) {
  CLI::App* verb = command.add_subcommand(name, description);
  verb->add_option("url", arguments->url, "The database: a URL, a file or a configured name")->required();
  return verb;
}

void set_action(CLI::App* verb, Program& program, const std::shared_ptr<IndexArguments>& arguments,
                Task<int> (*action)(std::shared_ptr<IndexArguments>)) {
  verb->callback([arguments, action, &program] {
    program.set_action([arguments, action] { return action(arguments); });
  });
}

}  // namespace

void add_index(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("index", "Make, list or drop the indexes that searches use");
  command->require_subcommand(1);
  const auto arguments = std::make_shared<IndexArguments>();
  CLI::App* create = add_verb(*command, "create", "Make an index and print its name", arguments);
  create->add_option("fields", arguments->fields, "name, address.city")->required();
  create->add_flag("--unique", arguments->unique, "No two records may have the same values; nulls aside");
  create->add_option("--name", arguments->name, "Its name; by default made of the table and the fields");
  take_one_of(create->add_option("--kind", arguments->kind, "ordered, or hash for equality alone"),
              {"ordered", "hash"});
  set_action(create, program, arguments, create_index);
  CLI::App* list = add_verb(*command, "list", "Print the indexes", arguments);
  take_one_of(list->add_option("--output", arguments->output, "text or json"), {"text", "json"});
  set_action(list, program, arguments, list_indexes);
  CLI::App* drop = add_verb(*command, "drop", "Drop an index", arguments);
  drop->add_option("name", arguments->name, "Its name")->required();
  set_action(drop, program, arguments, drop_index);
}

}  // namespace dataknobs::cli
