// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "backends/postgresql/select.hpp"
#include "backends/postgresql/write.hpp"

namespace dataknobs::postgresql {

WriteStatement::WriteStatement(const Table& table, WriteAction action,
                               const std::vector<const TableColumn*>& columns, bool replace)
    : table_(table), action_(action), columns_(columns), replace_(replace), makes_keys_(false) {
  for (const TableColumn* key : table.key_columns()) {
    makes_keys_ = makes_keys_ || std::find(columns.begin(), columns.end(), key) == columns.end();
  }
}

std::string WriteStatement::value(const TableColumn& column) const {
  const auto at = std::find(columns_.begin(), columns_.end(), &column) - columns_.begin();
  const std::string input = fmt::format("i.c{}", at + 1);
  return travels_as_text(column.codec) ? column.from_text(input) : input;
}

std::string WriteStatement::input() const {
  std::vector<std::string> arrays;
  std::vector<std::string> names;
  for (const TableColumn* column : columns_) {
    arrays.push_back(fmt::format("${}::{}[]", arrays.size() + 1, parameter_type_name(column->codec)));
    names.push_back(fmt::format("c{}", names.size() + 1));
  }
  const std::size_t count = columns_.size();
  return fmt::format("i as (select * from unnest({}{}${}::text[], ${}::int8[]) as i({}{}expected, ordinal))",
                     fmt::join(arrays, ", "), count == 0 ? "" : ", ", count + 1, count + 2,
                     fmt::join(names, ", "), count == 0 ? "" : ", ");
}

std::string WriteStatement::key_match(std::string_view left) const {
  std::vector<std::string> matches;
  for (const TableColumn* key : table_.key_columns()) {
    matches.push_back(fmt::format("{}.{} = {}", left, key->sql(), value(*key)));
  }
  return fmt::format("{}", fmt::join(matches, " and "));
}

std::string WriteStatement::assignments(std::string_view source) const {
  std::vector<std::string> list;
  const std::vector<const TableColumn*> key = table_.key_columns();
  for (const TableColumn& column : table_.columns()) {
    if (column.computed || std::find(key.begin(), key.end(), &column) != key.end()) continue;
    const bool given = std::find(columns_.begin(), columns_.end(), &column) != columns_.end();
    if (given) {
      list.push_back(column.sql() + " = " + (source == "i" ? value(column) : "excluded." + column.sql()));
    } else if (table_.layout() == Layout::document) {
      if (column.name == "updated_at") list.emplace_back("updated_at = now()");
    } else if (replace_) {
      list.push_back(column.sql() + " = default");
    }
  }
  // Nothing to set: the row is locked and gets a version all the same.
  if (list.empty()) list.push_back(fmt::format("{0} = t.{0}", key.front()->sql()));
  return fmt::format("{}", fmt::join(list, ", "));
}

std::string WriteStatement::change() const {
  std::vector<std::string> names;
  std::vector<std::string> values;
  for (const TableColumn* column : columns_) {
    names.push_back(column->sql());
    values.push_back(value(*column));
  }
  std::vector<std::string> key;
  std::vector<std::string> returned;
  for (const TableColumn* column : table_.key_columns()) {
    key.push_back(column->sql());
    returned.push_back("t." + column->sql());
  }
  const std::string version = table_.layout() == Layout::document ? "t.version::text"
                              : table_.has_row_versions()         ? "(t.xmin::text || t.ctid::text)"
                                                                  : "null::text";
  const std::string returning =
      fmt::format(" returning {}, {} as dataknobs_version", fmt::join(returned, ", "), version);
  const std::string condition = fmt::format("{} and (i.expected is null or i.expected = {})",
                                            makes_keys_ ? "true" : key_match("t"), version);
  if (action_ == WriteAction::remove) {
    return fmt::format("delete from {} t using i where {}{}", table_.sql_name(), condition, returning);
  }
  if (action_ == WriteAction::update) {
    return fmt::format("update {} t set {} from i where {}{}", table_.sql_name(), assignments("i"), condition,
                       returning);
  }
  const std::string conflict =
      action_ == WriteAction::insert ? "nothing" : "update set " + assignments("excluded");
  const std::string source =
      columns_.empty() ? fmt::format("default values")
                       : fmt::format("({}) overriding system value select {} from i order by i.ordinal",
                                     fmt::join(names, ", "), fmt::join(values, ", "));
  return fmt::format("insert into {} as t {} on conflict ({}) do {}{}", table_.sql_name(), source,
                     fmt::join(key, ", "), conflict, returning);
}

std::string WriteStatement::text() const {
  if (makes_keys_) {
    std::vector<std::string> returned;
    for (const TableColumn* column : table_.key_columns()) returned.push_back(column->selected());
    return fmt::format("with {}, w as ({}) select {}, dataknobs_version from w", input(), change(),
                       fmt::join(returned, ", "));
  }
  const std::string first_key = table_.key_columns().front()->sql();
  return fmt::format(
      "with {}, w as ({}) select i.ordinal, w.{} is not null, w.dataknobs_version, "
      "exists (select from {} t where {}) from i left join w on {}",
      input(), change(), first_key, table_.sql_name(), key_match("t"), key_match("w"));
}

}  // namespace dataknobs::postgresql
