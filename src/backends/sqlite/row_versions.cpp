// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/row_versions.hpp"

#include <fmt/format.h>

#include "backends/sqlite/creation.hpp"
#include "record/canonical.hpp"

namespace dataknobs::sqlite {

namespace {

// Equal for equal keys, whatever form they were given in.
std::string key_bytes(const std::vector<Value>& key) {
  std::string result;
  for (const Value& value : key) {
    std::string bytes;
    append_canonical(bytes, value);
    result += fmt::format("{}:{}", bytes.size(), bytes);
  }
  return result;
}

}  // namespace

bool RowVersions::has_tables() {
  if (!has_tables_) {
    has_tables_ = connection_.query_integer(
                      "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = "
                      "'dataknobs_row_versions'") != 0;
  }
  return *has_tables_;
}

void RowVersions::make_tables() {
  if (has_tables()) return;
  connection_.execute(kVersionTable);
  connection_.execute(kRowVersionTable);
  has_tables_ = true;
}

Version RowVersions::of(const Record& record) {
  Version version = digest_record(record).to_string();
  std::vector<Value> key;
  for (const std::string& name : dataset_.key()) {
    key.push_back(record[name]);
    if (key.back().is_null()) return version;
  }
  if (key.empty() || !has_tables()) return version;
  Statement counts = connection_.prepare(
      "SELECT (SELECT last FROM main.dataknobs_versions WHERE name = lower(?1)),"
      " (SELECT changes FROM main.dataknobs_row_versions WHERE name = lower(?1) AND key = ?2)");
  counts.bind(1, std::string_view(dataset_.name()));
  const std::string bytes = key_bytes(key);
  counts.bind(2, Cell::of_blob(bytes));
  counts.step();
  const std::int64_t of_all = counts.integer(0);
  const std::int64_t of_one = counts.integer(1);
  if (of_all != 0 || of_one != 0) version += fmt::format("-{}-{}", of_all, of_one);
  return version;
}

void RowVersions::count_change(const std::vector<Value>& key) {
  make_tables();
  Statement count = connection_.prepare(
      "INSERT INTO main.dataknobs_row_versions (name, key, changes) VALUES (lower(?1), ?2, 1)"
      " ON CONFLICT (name, key) DO UPDATE SET changes = changes + 1");
  count.bind(1, std::string_view(dataset_.name()));
  const std::string bytes = key_bytes(key);
  count.bind(2, Cell::of_blob(bytes));
  count.run();
}

// The counts by record begin anew: no older version has that count of all.
void RowVersions::count_change_of_all() {
  make_tables();
  for (const char* sql : {"INSERT INTO main.dataknobs_versions (name, last) VALUES (lower(?1), 1)"
                          " ON CONFLICT (name) DO UPDATE SET last = last + 1",
                          "DELETE FROM main.dataknobs_row_versions WHERE name = lower(?1)"}) {
    Statement statement = connection_.prepare(sql);
    statement.bind(1, std::string_view(dataset_.name()));
    statement.run();
  }
}

}  // namespace dataknobs::sqlite
