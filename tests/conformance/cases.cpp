// SPDX-License-Identifier: Apache-2.0
#include "conformance/cases.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "expr/evaluate.hpp"
#include "record/canonical.hpp"
#include "record/json.hpp"

namespace dataknobs {

void PrintTo(const Record& record, std::ostream* out) {
  *out << conformance::to_line(record);
}
void PrintTo(const Value& value, std::ostream* out) {
  *out << to_json(value) << " (" << to_string(value.type()) << ")";
}

}  // namespace dataknobs

namespace dataknobs::conformance {
namespace {

std::string trim(std::string_view text) {
  std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    std::size_t end = text.find(separator);
    parts.push_back(trim(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

[[noreturn]] void fail(const Case& example, std::size_t line, std::string_view what) {
  Error(ErrorCode::serialization, fmt::format("{}: line {}: {}", example.title, line, what)).raise();
}

Columns parse_columns(const Case& example, std::size_t line, std::string_view text) {
  Columns columns;
  for (const std::string& part : split(text, ',')) {
    std::size_t blank = part.rfind(' ');
    std::optional<ValueType> type;
    if (blank != std::string::npos) type = value_type_from_string(part.substr(blank + 1));
    if (!type) fail(example, line, fmt::format("no column with a type: '{}'", part));
    columns.emplace_back(part.substr(0, blank), *type);
  }
  return columns;
}

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// Runs one statement; the answer as text.
class Runner {
 public:
  Runner(ConformanceTest& test, Database& database) : test_(test), database_(database) {}

  std::string answer(const Statement& statement) {
    try {
      return unguarded(statement.verb, statement.argument);
    } catch (const Error& error) {
      return fmt::format("error {}: {}", to_string(error.code()), error.what());
    }
  }

 private:
  std::string unguarded(const std::string& verb, const std::string& argument) {
    if (verb == "search") return search(Query::parse(argument));
    if (verb == "show") return show(Query::parse(argument));
    if (verb == "count") return std::to_string(test_.run(database_.count(Query::parse(argument))));
    if (verb == "aggregate") return aggregate(argument);
    if (verb == "read") return read(argument);
    if (verb == "remove") return truth(test_.run(database_.remove(argument)));
    if (verb == "type") return std::string(to_string(parse_json(argument).type()));
    if (verb == "value") return value(argument);
    if (verb == "update_where") return update_where(argument);
    if (verb == "digest") return digest(argument);
    if (verb == "batch") return batch(argument);
    if (verb == "remember") return remember(argument);
    return write(verb, from_line(argument));
  }

  // The store must find the record by it, too.
  std::string value(const std::string& text) {
    Expression asked = parse_expression(text + " exists").operands().front();
    const std::vector<Record> records = test_.run(database_.all());
    const FieldResolution fields =
        test_.harness().document() ? FieldResolution::document() : FieldResolution::columns();
    const Record record = records.empty() ? Record() : records.front();
    Expression found = Expression::literal(ValueEvaluator(asked, fields).evaluate(record));
    Expression same = found.value().is_null() ? Expression::make(Operator::not_exists, {asked})
                                              : Expression::make(Operator::equal, {asked, found});
    if (test_.run(database_.count(Query::where(same))) != records.size()) return "the store has another one";
    return found.to_string();
  }

  // "query : changes"
  std::string update_where(const std::string& text) {
    const std::size_t colon = text.find(" : ");
    Query query = Query::parse(text.substr(0, colon));
    Changes changes = Changes::parse(text.substr(colon + 3));
    return std::to_string(test_.run(database_.update_where(std::move(query), std::move(changes))));
  }

  static std::string truth(bool value) { return value ? "true" : "false"; }

  std::string search(const Query& query) {
    std::vector<std::string> ids = ConformanceTest::ids(test_.run(database_.search(query)));
    if (!query.is_ordered()) std::sort(ids.begin(), ids.end());
    return fmt::format("{}", fmt::join(ids, ", "));
  }

  std::string show(const Query& query) {
    std::vector<std::string> lines;
    for (Record& record : test_.run(database_.search(query)))
      lines.push_back(to_line(test_.plain(std::move(record))));
    if (!query.is_ordered()) std::sort(lines.begin(), lines.end());
    return fmt::format("[{}]", fmt::join(lines, ", "));
  }

  // "city, count() : price > 0 order by city"
  std::string aggregate(const std::string& argument) {
    const std::size_t colon = argument.find(" : ");
    const Aggregation aggregation = Aggregation::parse(argument.substr(0, colon));
    const Query query = Query::parse(colon == std::string::npos ? "" : argument.substr(colon + 3));
    std::vector<std::string> lines;
    for (const Record& record : test_.run(database_.aggregate(aggregation, query)))
      lines.push_back(to_line(record));
    return fmt::format("[{}]", fmt::join(lines, ", "));
  }

  std::string read(const std::string& id) {
    std::optional<Record> record = test_.run(database_.read(id));
    return record ? to_line(test_.plain(std::move(*record))) : "nothing";
  }

  std::string write(const std::string& verb, Record record) {
    std::string id = record.id().value_or("");
    if (verb == "create") return test_.run(database_.create(record));
    if (verb == "upsert") return test_.run(database_.upsert(record));
    if (verb == "update") return truth(test_.run(database_.update(id, record)));
    if (verb == "patch") return truth(test_.run(database_.patch(id, record)));
    if (verb == "update_remembered") {
      const WriteOptions expecting = WriteOptions().expected_version(version_.value());
      return truth(test_.run(database_.update(id, record, expecting)));
    }
    return "no such statement: " + verb;
  }

  std::string batch(const std::string& argument) {
    std::vector<Record> records;
    const Value list = parse_json(argument);
    for (const Value& item : list.get<Json>().array()) records.push_back(from_line(to_json(item)));
    std::vector<std::string> ids;
    for (const WriteItem& item : test_.run(database_.create_batch(records))) ids.push_back(item.id());
    return fmt::format("{}", fmt::join(ids, ", "));
  }

  std::string remember(const std::string& id) {
    version_ = test_.run(database_.get_version(id));
    return version_ ? "remembered" : "nothing";
  }

  static std::string digest(const std::string& argument) {
    Value pair = parse_json(argument);
    const Json* json = pair.get_if<Json>();
    if (json == nullptr || !json->is_array() || json->array().size() != 2) return "digest wants [A, B]";
    Record left = from_line(to_json(json->array()[0]));
    Record right = from_line(to_json(json->array()[1]));
    return digest_record(left) == digest_record(right) ? "equal" : "different";
  }

  ConformanceTest& test_;
  Database& database_;
  std::optional<Version> version_;
};

/// Writes expected and answer the same way: ids of sets sorted, JSON in its compact form.
std::string normalized(const Statement& statement, const std::string& text) {
  if (statement.verb == "search") {
    std::vector<std::string> ids = split(text, ',');
    bool ordered = false;
    try {
      ordered = Query::parse(statement.argument).is_ordered();
    } catch (const Error&) {
      return text;
    }
    if (!ordered) std::sort(ids.begin(), ids.end());
    return fmt::format("{}", fmt::join(ids, ", "));
  }
  const bool is_aggregate = statement.verb == "aggregate";
  if ((statement.verb == "show" || statement.verb == "read" || is_aggregate) &&
      text.find_first_of("{[") == 0) {
    Value value = parse_json(text);
    if (value.get<Json>().is_object()) return to_line(from_line(text));
    std::vector<std::string> lines;
    for (const Value& line : value.get<Json>().array()) lines.push_back(to_line(from_line(to_json(line))));
    if (!is_aggregate && !Query::parse(statement.argument).is_ordered())
      std::sort(lines.begin(), lines.end());
    return fmt::format("[{}]", fmt::join(lines, ", "));
  }
  return text;
}

void check(const Case& example, const Statement& statement, const std::string& answer) {
  std::string where =
      fmt::format("{}\n  line {}: {} {}", example.title, statement.line, statement.verb, statement.argument);
  if (statement.expected.starts_with("error ")) {
    std::size_t colon = statement.expected.find(": ");
    std::string head = statement.expected.substr(0, colon);
    std::string part = colon == std::string::npos ? "" : statement.expected.substr(colon + 2);
    EXPECT_TRUE(answer.starts_with(head) && answer.find(part) != std::string::npos)
        << where << "\n  expected: " << statement.expected << "\n  answer:   " << answer;
    return;
  }
  if (statement.verb == "create" && statement.expected == "a new id") {
    EXPECT_EQ(answer.size(), 36U) << where << "\n  answer: " << answer;
    return;
  }
  EXPECT_EQ(normalized(statement, statement.expected), normalized(statement, answer)) << where;
}

}  // namespace

std::string to_line(const Record& record) {
  std::string line = "{";
  auto member = [&](std::string_view name, std::string_view json) {
    if (line.size() > 1) line += ", ";
    append_json(line, Value(name));
    line += ": ";
    line += json;
  };
  if (record.id()) member("id", to_json(Value(*record.id())));
  Record fields = record;
  if (record.id() && record["id"] == Value(*record.id())) fields.remove("id");
  Document document = to_document(fields);
  if (!fields.empty()) {
    if (line.size() > 1) line += ", ";
    std::string data = trim(document.data);
    line += data.substr(1, data.size() - 2);
  }
  if (document.types) member("$types", *document.types);
  if (record.metadata()) member("$metadata", to_json(Value(*record.metadata())));
  return line + "}";
}

Record from_line(std::string_view line) {
  std::optional<std::string> id;
  std::optional<std::string> types;
  std::optional<Json> metadata;
  Json::Object data;
  for (auto& [name, value] : parse_json_object_with_decimals(line)) {
    if (name == "id" && value.type() == ValueType::string) {
      id = value.get<std::string>();
    } else if (name == "$types") {
      types = to_json(value);
    } else if (name == "$metadata") {
      metadata = value.get<Json>();
    } else {
      data.emplace_back(std::move(name), std::move(value));
    }
  }
  Record record = from_document(to_json(Value(Json(std::move(data)))), types);
  record.set_id(std::move(id));
  record.set_metadata(std::move(metadata));
  return record;
}

Case parse_case(std::string title, std::string_view text, std::size_t first_line) {
  Case example;
  example.title = std::move(title);
  std::istringstream in{std::string(text)};
  std::string line;
  for (std::size_t number = first_line; std::getline(in, line); ++number) {
    std::string words = trim(line);
    if (words.empty() || words.front() == '#') continue;
    if (words.front() == '{') {
      example.records.push_back(from_line(words));
      continue;
    }
    std::size_t blank = std::min(words.find(' '), words.size());
    std::string verb = words.substr(0, blank);
    std::string rest = trim(std::string_view(words).substr(blank));
    if (verb == "columns" || verb == "table") {
      example.columns = parse_columns(example, number, rest);
      example.on_columns = true;
      example.on_documents = verb == "columns";
    } else if (verb == "key") {
      example.key = split(rest, ',');
    } else if (verb == "->") {
      if (example.statements.empty()) fail(example, number, "an answer without a statement");
      example.statements.back().expected = rest;
    } else {
      example.statements.push_back({number, verb, rest, "(no answer)"});
    }
  }
  for (const Statement& statement : example.statements) {
    if (statement.expected == "(no answer)") fail(example, statement.line, "a statement without an answer");
  }
  if (example.statements.empty()) fail(example, first_line, "no statement");
  return example;
}

std::string to_text(const Case& example) {
  std::string text;
  std::vector<std::string> columns;
  for (const auto& [name, type] : example.columns)
    columns.push_back(fmt::format("{} {}", name, to_string(type)));
  if (example.on_columns) {
    text += fmt::format("{} {}\n", example.on_documents ? "columns" : "table", fmt::join(columns, ", "));
  }
  if (!example.key.empty()) text += fmt::format("key {}\n", fmt::join(example.key, ", "));
  for (const Record& record : example.records) text += to_line(record) + "\n";
  for (const Statement& statement : example.statements) {
    text += fmt::format("{} {}\n-> {}\n", statement.verb, statement.argument, statement.expected);
  }
  return text;
}

std::vector<Case> cases_of_page(const std::string& path) {
  std::vector<Case> cases;
  std::istringstream in(read_text(path));
  std::string line;
  std::string heading;
  std::string block;
  std::size_t start = 0;
  std::size_t examples = 1;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (start != 0 && line == "```") {
      cases.push_back(parse_case(fmt::format("docs/semantics.md, {}", heading), block, start));
      start = 0;
      ++examples;
    } else if (start != 0) {
      block += line + "\n";
    } else if (line == "```example") {
      start = number + 1;
      block.clear();
    } else if (line == "```console") {
      ++examples;
    } else if (line.starts_with("## ") || line.starts_with("### ")) {
      if (examples == 0)
        throw std::runtime_error("docs/semantics.md has no example for the rule: " + heading);
      heading = line.substr(line.find(' ') + 1);
      examples = line.starts_with("### ") ? 0 : 1;
    }
  }
  if (examples == 0) throw std::runtime_error("docs/semantics.md has no example for the rule: " + heading);
  return cases;
}

std::vector<Case> cases_of_folder(const std::string& path) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.path().extension() == ".case") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  std::vector<Case> cases;
  for (const std::string& file : files) {
    std::string text = read_text(file) + "\n---\n";
    std::size_t line = 1;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = text.find("\n---\n", at);
      if (end == std::string::npos) break;
      std::string part = text.substr(at, end - at);
      if (!trim(part).empty()) {
        std::string name = std::filesystem::path(file).filename().string();
        cases.push_back(parse_case(name, part, line));
      }
      line += static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n')) + 2;
      at = end + 5;
    }
  }
  return cases;
}

namespace {

/// A table with that key, holding the records.
Database load_by_key(ConformanceTest& test, const Case& example, const std::string& table) {
  std::vector<FieldDescription> fields;
  for (const auto& [name, type] : example.columns) {
    const bool nullable = std::find(example.key.begin(), example.key.end(), name) == example.key.end();
    fields.emplace_back(name, FieldType(type), nullable);
  }
  CreateRequest request(dataset_of(test.url(table)), Layout::columns);
  request.set_schema(Schema(std::move(fields))).set_key(example.key);
  test.make(request);
  Database database = test.run(Database::open(test.url(table)));
  std::vector<Record> records = example.records;
  test.run(database.create_batch(records));
  return database;
}

}  // namespace

void run_case(ConformanceTest& test, const Case& example, const std::string& table) {
  bool wanted = test.harness().document() ? example.on_documents : example.on_columns;
  if (!wanted) return;
  Database database = example.key.empty() ? test.load(example.columns, example.records, table)
                                          : load_by_key(test, example, table);
  Runner runner(test, database);
  for (const Statement& statement : example.statements) check(example, statement, runner.answer(statement));
}

}  // namespace dataknobs::conformance
