// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "database/config.hpp"
#include "database/missing_dataset.hpp"
#include "database/registry.hpp"
#include "output.hpp"
#include "program.hpp"
#include "record/json.hpp"

namespace dataknobs::cli {
namespace {

struct DescribeArguments {
  std::string url;
  std::string output = "text";
};

std::string describe_text(const Backend& backend, const Dataset& dataset) {
  std::string text =
      fmt::format("{}\n  kind: {}\n  layout: {}\n", backend.display_name(), dataset.native_kind(),
                  dataset.layout() == Layout::document ? "document" : "columns");
  if (dataset.rows())
    text += fmt::format("  records: {}{}\n", dataset.rows_exact() ? "" : "about ", *dataset.rows());
  if (dataset.bytes()) text += fmt::format("  bytes: {}\n", *dataset.bytes());
  if (dataset.layout() == Layout::document) return text;
  const std::string key = fmt::format("{}", fmt::join(dataset.key(), ", "));
  text += fmt::format("  key: {}\n  columns:\n", !key.empty()               ? key
                                                 : dataset.positional_ids() ? "none (ids are positions)"
                                                                            : "none");
  std::size_t width = 0;
  for (const FieldDescription& field : dataset.schema().fields())
    width = std::max(width, field.name().size());
  for (const FieldDescription& field : dataset.schema().fields()) {
    text += fmt::format("    {:<{}}  {}{}{}{}\n", field.name(), width, field.type().to_string(),
                        field.type().native().empty() ? "" : " (" + field.type().native() + ")",
                        field.nullable() ? "" : ", never null", field.generated() ? ", generated" : "");
  }
  return text;
}

Value json_list(const std::vector<std::string>& names) {
  Json::Array array;
  for (const std::string& name : names) array.emplace_back(name);
  return Value(Json(std::move(array)));
}

std::string describe_json(const Backend& backend, const Dataset& dataset) {
  Json::Array columns;
  for (const FieldDescription& field : dataset.schema().fields()) {
    Json::Object column{{"name", field.name()},
                        {"type", field.type().to_string()},
                        {"native", field.type().native()},
                        {"nullable", field.nullable()},
                        {"generated", field.generated()}};
    columns.emplace_back(Json(std::move(column)));
  }
  Json::Object object{{"store", backend.display_name()},
                      {"kind", dataset.native_kind()},
                      {"layout", dataset.layout() == Layout::document ? "document" : "columns"},
                      {"key", json_list(dataset.key())},
                      {"columns", Json(std::move(columns))}};
  if (dataset.rows()) {
    object.emplace_back("records", Value(*dataset.rows()));
    object.emplace_back("records_exact", dataset.rows_exact());
  }
  if (dataset.bytes()) object.emplace_back("bytes", Value(*dataset.bytes()));
  return to_pretty_json(Value(Json(std::move(object)))) + "\n";
}

Task<int> run_describe(std::shared_ptr<DescribeArguments> arguments) {
  const StoreUrl url = resolve_store(arguments->url);
  const DatasetOptions options = Registry::instance().find(url.scheme()).dataset(url);
  const std::shared_ptr<Backend> backend = open_backend(url);
  Context context;
  if (options.name().empty()) {
    const std::vector<std::string> names = co_await backend->list(context);
    std::string text;
    for (const std::string& name : names) text += name + "\n";
    write_standard_output(arguments->output == "json" ? to_pretty_json(json_list(names)) + "\n" : text);
    co_await backend->close(context);
    co_return 0;
  }
  const DatasetPointer dataset = co_await backend->describe(context, options, true);
  if (dataset == nullptr) {
    const Error error = co_await missing_dataset(*backend, context, options, backend->display_name());
    error.raise();
  }
  write_standard_output(arguments->output == "json" ? describe_json(*backend, *dataset)
                                                    : describe_text(*backend, *dataset));
  co_await backend->close(context);
  co_return 0;
}

}  // namespace

void add_describe(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand(
      "describe", "Show layout, key, columns and size of a database, or list those of a store");
  const auto arguments = std::make_shared<DescribeArguments>();
  command->add_option("url", arguments->url, "The database or store: a URL, a file or a configured name")
      ->required();
  take_one_of(command->add_option("--output", arguments->output, "text or json"), {"text", "json"});
  command->callback(
      [arguments, &program] { program.set_action([arguments] { return run_describe(arguments); }); });
}

}  // namespace dataknobs::cli
