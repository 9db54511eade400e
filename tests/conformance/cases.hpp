// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Cases: behaviour written as text, in docs/semantics.md (blocks fenced as `example`) and tests/cases. One
/// case:
///
///     # a comment
///     columns age integer, name string
///     {"id": "1", "age": 36, "name": "Ada"}
///     {"id": "2", "price": 1.50, "$types": {"price": "decimal"}, "$metadata": {"source": "x"}}
///     search age > 30 order by name
///     -> 1
///     count
///     -> 2
///     search age >
///     -> error query: text of the message
///
/// Without a line `columns` it runs on document layouts, with it on both, with `table` instead on columns
/// layouts alone. The answer of `search` is a list if the query is ordered, else a set. Other statements:
/// show QUERY -> a JSON array of records; read ID and remove ID; create, update, patch and upsert with a
/// record; batch [A, B] creates several; remember ID keeps the version of a record, and update_remembered A wants
/// it; type JSON -> the class of the value; digest [A, B] -> equal or different.
///
/// Behind `table`, a line `key a, b` names columns of it as the key in place of `id`.

#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/query.hpp>
#include <dataknobs/record.hpp>

#include "conformance/suite.hpp"

namespace dataknobs::conformance {

struct Statement {
  std::size_t line = 0;
  std::string verb;
  std::string argument;
  std::string expected;
};

struct Case {
  std::string title;  ///< File, line and heading.
  bool on_documents = true;
  bool on_columns = false;
  Columns columns;
  std::vector<std::string> key;  ///< Empty: a column `id` of strings.
  std::vector<Record> records;
  std::vector<Statement> statements;
};

/// A record as one line of JSON, with `id`, `$types` and `$metadata` where it has them; and back.
std::string to_line(const Record& record);
Record from_line(std::string_view line);

/// Errors: SerializationError with the line.
Case parse_case(std::string title, std::string_view text, std::size_t first_line);
/// A case as text, which parse_case reads.
std::string to_text(const Case& example);

/// The blocks fenced as `example` of a Markdown page. A section (heading of level 3) without one, and without one
/// fenced as `console` (which tests/cli/readme_test.py runs), is an error.
std::vector<Case> cases_of_page(const std::string& path);
/// The files `*.case` of a folder; cases of one file are parted by lines `---`.
std::vector<Case> cases_of_folder(const std::string& path);

/// Runs the case against a fresh table of that name; failures are added to the running test.
void run_case(ConformanceTest& test, const Case& example, const std::string& table);

}  // namespace dataknobs::conformance
