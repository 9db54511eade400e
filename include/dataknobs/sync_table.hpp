// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// sync::Table: a blocking database whose records are structs of the program.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <dataknobs/sync.hpp>
#include <dataknobs/table.hpp>

namespace dataknobs::sync {

/// As dataknobs::Table, blocking. Thread safety: as for sync::Database.
///
/// ```cpp
/// sync::Table<Person> people("sqlite:app.db?table=people");
/// Person ada{"", "Ada", 36, {"mathematics"}};
/// people.create(ada);
/// for (const Person& person : people.search(Query::where(people.field(&Person::age) >= 18))) { ... }
/// ```
template <class T>
class Table {
 public:
  using Row = detail::Row<T>;

  explicit Table(std::string_view url) : database_(url) {}
  /// Shares the loop of the database.
  explicit Table(Database database) : database_(std::move(database)) {}

  Database& database() noexcept { return database_; }
  Table in(const Transaction& transaction) const { return Table(transaction.in(database_)); }

  template <class Class, class Member, class... Classes, class... Members>
  static FieldReference field(Member Class::* member, Members Classes::*... inner) {
    return FieldReference(path_of<T>(member, inner...));
  }

  std::string create(Row& row) {
    Record record = detail::record_of<T>(row, database_);
    std::string id = database_.create(record);
    detail::put_id<T>(row, id);
    return id;
  }
  std::string create(const T& value) { return database_.create(detail::record_of<T>(value, database_)); }
  std::optional<Row> read(const std::string& id) {
    const std::optional<Record> record = database_.read(id);
    if (!record) return std::nullopt;
    return detail::row_of<T>(*record, "read", database_);
  }
  bool update(const Row& row, WriteOptions options = {}) {
    Record changes = detail::changes_of<T>(row, database_);
    const std::string id = *changes.id();
    return database_.patch(id, std::move(changes), std::move(options));
  }
  template <class Class, class Member>
  bool patch(const std::string& id, Member Class::* member, const std::type_identity_t<Member>& value,
             WriteOptions options = {}) {
    return database_.patch(id, detail::change_of<T>(member, value, id, database_), std::move(options));
  }
  std::string upsert(Row& row, const WriteOptions& options = {}) {
    detail::UpsertSteps steps(detail::fields_of_row<T>(row, "upsert", database_), options, database_.name());
    while (!steps.done()) {
      if (steps.updates()) {
        steps.updated(database_.patch(steps.id(), steps.changes(), options));
        continue;
      }
      try {
        Record record = steps.record();
        database_.create(record);
        steps.created(record);
      } catch (const DuplicateRecordError& error) {
        steps.not_created(error);
      }
    }
    detail::put_id<T>(row, steps.id());
    return steps.id();
  }
  bool remove(const std::string& id, WriteOptions options = {}) {
    return database_.remove(id, std::move(options));
  }
  bool exists(const std::string& id) { return database_.exists(id); }

  std::vector<WriteItem> create_batch(std::span<Row> rows) {
    std::vector<Record> records = detail::records_of<T>(rows, database_);
    std::vector<WriteItem> items = database_.create_batch(records);
    detail::put_ids<T>(rows, items);
    return items;
  }
  std::vector<std::optional<Row>> read_batch(std::vector<std::string> ids) {
    return detail::optional_rows_of<T>(database_.read_batch(std::move(ids)), database_);
  }

  std::vector<Row> search(const Query& query) {
    detail::require_whole(query, database_.name());
    return detail::rows_of<T>(database_.search(query), "search", database_);
  }
  std::vector<Row> all() { return search(Query()); }
  TablePage<Row> search_page(const Query& query, const std::string& token = {}) {
    detail::require_whole(query, database_.name());
    RecordPage page = database_.search_page(query, token);
    TablePage<Row> typed;
    typed.rows = detail::rows_of<T>(page.records, "search", database_);
    typed.next = std::move(page.next);
    return typed;
  }
  std::uint64_t count(const Query& query = {}) { return database_.count(query); }
  /// Calls `consume` with each batch of the query's answer, with bounded memory.
  void stream_read(const Query& query, const std::function<void(std::vector<Row>)>& consume,
                   StreamConfig config = {}) {
    detail::require_whole(query, database_.name());
    const auto convert = [&](const Records& records) {
      consume(detail::rows_of<T>(records, "read", database_));
    };
    database_.stream_read(query, convert, std::move(config));
  }

 private:
  Database database_;
};

}  // namespace dataknobs::sync
