// SPDX-License-Identifier: Apache-2.0
/// \file
/// The limit of CSV to SQLite: a loop that splits lines at commas, binds each cell as the column's type, and inserts in
/// one transaction. It knows nothing of quotes, checks nothing and journals nothing.
///
///     sqlite_insert_loop FILE.csv DATABASE "name type,name type, ..."

#include <sqlite3.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

void check(int code, sqlite3* database) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  std::fprintf(stderr, "sqlite_insert_loop: %s\n", sqlite3_errmsg(database));
  std::exit(1);
}

std::vector<std::string_view> split(std::string_view line, char separator) {
  std::vector<std::string_view> cells;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = line.find(separator, begin);
    cells.push_back(line.substr(begin, end - begin));
    if (end == std::string_view::npos) return cells;
    begin = end + 1;
  }
}

void bind_cell(sqlite3_stmt* statement, int column, std::string_view cell, bool integer) {
  if (cell.empty() || cell == "NA") {
    sqlite3_bind_null(statement, column);
  } else if (integer) {
    long long number = 0;
    std::from_chars(cell.data(), cell.data() + cell.size(), number);
    sqlite3_bind_int64(statement, column, number);
  } else {
    sqlite3_bind_text(statement, column, cell.data(), static_cast<int>(cell.size()), SQLITE_STATIC);
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 4) return 2;
  std::vector<bool> integers;
  std::string places;
  for (const std::string_view column : split(arguments[3], ',')) {
    integers.push_back(column.find("bigint") != std::string_view::npos);
    places += places.empty() ? "?" : ",?";
  }
  sqlite3* database = nullptr;
  check(sqlite3_open(arguments[2], &database), database);
  const auto run = [database](const std::string& text) {
    check(sqlite3_exec(database, text.c_str(), nullptr, nullptr, nullptr), database);
  };
  run("pragma journal_mode = wal");
  run("create table flights (" + std::string(arguments[3]) + ")");
  run("begin");
  sqlite3_stmt* statement = nullptr;
  const std::string insert = "insert into flights values (" + places + ")";
  check(sqlite3_prepare_v2(database, insert.c_str(), -1, &statement, nullptr), database);
  std::ifstream stream(arguments[1]);
  std::string line;
  std::getline(stream, line);
  while (std::getline(stream, line)) {
    int column = 0;
    for (const std::string_view cell : split(line, ',')) {
      bind_cell(statement, column + 1, cell, integers[static_cast<std::size_t>(column)]);
      ++column;
    }
    check(sqlite3_step(statement), database);
    sqlite3_reset(statement);
  }
  sqlite3_finalize(statement);
  run("commit");
  sqlite3_close(database);
  return 0;
}
