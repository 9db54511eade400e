// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Table: a database whose records are structs of the program. sync::Table is the same, blocking (sync_table.hpp).

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <dataknobs/database.hpp>
#include <dataknobs/detail/rows.hpp>
#include <dataknobs/mapping.hpp>

namespace dataknobs {

/// One page of a `Table::search_page`.
template <class Row>
class TablePage {
 public:
  std::vector<Row> rows;
  /// The token of the next page; empty: this is the last one.
  std::string next;
};

/// Structs with bounded memory, from `Table::stream_read`. As RecordStream.
template <class T>
class TableStream {
 public:
  /// T, or Stored<T> if it has no id.
  using Row = detail::Row<T>;
  /// None: to be assigned to.
  TableStream() noexcept = default;
  /// Over a stream of that database.
  TableStream(RecordStream stream, Database database)
      : stream_(std::move(stream)), database_(std::move(database)) {}
  /// The next ones, never empty; nothing at the end.
  Task<std::optional<std::vector<Row>>> next() {
    const std::optional<Records> records = co_await stream_.next();
    std::optional<std::vector<Row>> rows;
    if (records) rows = detail::rows_of<T>(*records, "read", database_);
    co_return rows;
  }

 private:
  RecordStream stream_;
  Database database_;
};

/// A database whose records are structs.
///
/// ```cpp
/// struct Person {
///   std::string id;
///   std::string name;
///   std::optional<int> age;
///   std::vector<std::string> tags;
/// };
/// BOOST_DESCRIBE_STRUCT(Person, (), (id, name, age, tags))
///
/// Task<void> example() {
///   auto people = co_await Table<Person>::open("sqlite:app.db?table=people");
///   Person ada{"", "Ada", 36, {"mathematics"}};
///   co_await people.create(ada);  // Puts the new id on ada.id.
///   ada.age = 37;
///   co_await people.update(ada);
///   Query adults = Query::where(people.field(&Person::age) >= 18);
///   for (const Person& person : co_await people.search(adults)) { ... }
/// }
/// ```
/// The struct needs BOOST_DESCRIBE_STRUCT or a specialisation of `names_of` (names.hpp says this, and which member is
/// the id). One without an id comes as Stored<T>, with the id beside it.
///
/// Behavior: a record may have more fields than the struct has members: reads pass over them, and writes leave them as
/// they are. So `update` and `upsert` merge the members into the record that is there, an optional without a value as
/// null. Of a nested struct that holds all, as it is written as one value: a record whose nested object has a member
/// that the struct does not know is refused when it is read.
/// Errors: those of Database, and ValidationError for a record that does not fit the struct (see `from_record`).
/// Lifetime: structs that are given as references live until the call ends. Temporaries are refused, as g++ 12 destroys
/// a temporary aggregate in a co_await expression twice: name them first.
/// Thread safety: as for Database.
template <class T>
class Table {
 public:
  /// T, or Stored<T> if it has no id.
  using Row = detail::Row<T>;
  /// None: to be assigned to.
  Table() noexcept = default;

  /// As Database::open.
  static Task<Table> open(std::string_view url) { return open_table(std::string(url)); }
  /// Over a database that is open.
  explicit Table(Database database) : database_(std::move(database)) {}

  /// What has no typed form here: aggregates, indexes, `update_where` ...
  Database& database() noexcept { return database_; }
  /// The same table within that transaction.
  Table in(const Transaction& transaction) const { return Table(transaction.in(database_)); }

  /// A member in a query: `people.field(&Person::age) >= 18`, `people.field(&Person::home, &Address::city)`.
  template <class Class, class Member, class... Classes, class... Members>
  static FieldReference field(Member Class::* member, Members Classes::*... inner) {
    return FieldReference(path_of<T>(member, inner...));
  }

  /// Stores a new record and returns its id, which is put on the struct too. It has the id that the struct has, or a
  /// new one if that is empty. Errors: DuplicateRecordError.
  Task<std::string> create(Row& row) { return create_row(database_, row); }
  /// The same of what cannot take the id.
  Task<std::string> create(const T& value) { return create_value(database_, value); }
  Task<std::string> create(const T&&) = delete;
  Task<std::optional<Row>> read(std::string id) { return read_row(database_, std::move(id)); }
  /// Merges the members into the record of the row's id. False if there is none. Errors: ConcurrencyError.
  Task<bool> update(const Row& row, WriteOptions options = {}) {
    return update_row(database_, row, std::move(options));
  }
  Task<bool> update(const Row&&, WriteOptions = {}) = delete;
  /// Sets one member in the record of that id. False if there is none. Errors: ConcurrencyError.
  template <class Class, class Member>
  Task<bool> patch(std::string id, Member Class::* member, const std::type_identity_t<Member>& value,
                   WriteOptions options = {}) {
    return patch_member(database_, std::move(id), member, value, std::move(options));
  }
  template <class Class, class Member>
    requires std::is_aggregate_v<Member>
  Task<bool> patch(std::string, Member Class::*, std::type_identity_t<Member>&&, WriteOptions = {}) = delete;
  /// Updates or creates; the row's id is made if it has none, and put on it. With an expected version it only updates.
  /// Returns the id. Errors: ConcurrencyError.
  Task<std::string> upsert(Row& row, WriteOptions options = {}) {
    return upsert_row(database_, row, std::move(options));
  }
  /// True if there was such a record. Errors: ConcurrencyError.
  Task<bool> remove(std::string id, WriteOptions options = {}) {
    return database_.remove(std::move(id), std::move(options));
  }
  Task<bool> exists(std::string id) { return database_.exists(std::move(id)); }

  /// As Database::create_batch; the ids are put on the rows.
  Task<std::vector<WriteItem>> create_batch(std::span<Row> rows) { return create_rows(database_, rows); }
  Task<std::vector<std::optional<Row>>> read_batch(std::vector<std::string> ids) {
    return read_rows(database_, std::move(ids));
  }

  /// Errors: QueryError if the query selects fields: a struct needs its members.
  Task<std::vector<Row>> search(Query query) { return search_rows(database_, std::move(query)); }
  Task<std::vector<Row>> all() { return search_rows(database_, Query()); }
  Task<TablePage<Row>> search_page(Query query, std::string token = {}) {
    return search_one_page(database_, std::move(query), std::move(token));
  }
  Task<std::uint64_t> count(Query query = {}) { return database_.count(std::move(query)); }
  Task<TableStream<T>> stream_read(Query query = {}, StreamConfig config = {}) {
    return stream_rows(database_, std::move(query), std::move(config));
  }

 private:
  // Each has the database of its own: the Table may go before the call ends.
  static Task<Table> open_table(std::string url) {
    Database database = co_await Database::open(url);
    co_return Table(std::move(database));
  }
  static Task<std::string> create_row(Database database, Row& row) {
    Record record = detail::record_of<T>(row, database);
    std::string id = co_await database.create(record);
    detail::put_id<T>(row, id);
    co_return id;
  }
  static Task<std::string> create_value(Database database, const T& value) {
    Record record = detail::record_of<T>(value, database);
    co_return co_await database.create(record);
  }
  static Task<bool> update_row(Database database, const Row& row, WriteOptions options) {
    Record changes = detail::changes_of<T>(row, database);
    std::string id = *changes.id();
    co_return co_await database.patch(std::move(id), std::move(changes), std::move(options));
  }
  template <class Class, class Member>
  static Task<bool> patch_member(Database database, std::string id, Member Class::* member, Member value,
                                 WriteOptions options) {
    Record change = detail::change_of<T>(member, value, id, database);
    co_return co_await database.patch(std::move(id), std::move(change), std::move(options));
  }
  static Task<std::optional<Row>> read_row(Database database, std::string id) {
    const std::optional<Record> record = co_await database.read(std::move(id));
    std::optional<Row> row;
    if (record) row = detail::row_of<T>(*record, "read", database);
    co_return row;
  }
  static Task<std::string> upsert_row(Database database, Row& row, WriteOptions options) {
    detail::UpsertSteps steps(detail::fields_of_row<T>(row, "upsert", database), options, database.name());
    while (!steps.done()) {
      if (steps.updates()) {
        const bool updated = co_await database.patch(steps.id(), steps.changes(), options);
        steps.updated(updated);
        continue;
      }
      try {
        Record record = steps.record();
        co_await database.create(record);
        steps.created(record);
      } catch (const DuplicateRecordError& error) {
        steps.not_created(error);
      }
    }
    detail::put_id<T>(row, steps.id());
    co_return steps.id();
  }
  static Task<std::vector<WriteItem>> create_rows(Database database, std::span<Row> rows) {
    std::vector<Record> records = detail::records_of<T>(rows, database);
    std::vector<WriteItem> items = co_await database.create_batch(records);
    detail::put_ids<T>(rows, items);
    co_return items;
  }
  static Task<std::vector<std::optional<Row>>> read_rows(Database database, std::vector<std::string> ids) {
    const std::vector<std::optional<Record>> records = co_await database.read_batch(std::move(ids));
    co_return detail::optional_rows_of<T>(records, database);
  }
  static Task<std::vector<Row>> search_rows(Database database, Query query) {
    detail::require_whole(query, database.name());
    const Records records = co_await database.search(std::move(query));
    co_return detail::rows_of<T>(records, "search", database);
  }
  static Task<TablePage<Row>> search_one_page(Database database, Query query, std::string token) {
    detail::require_whole(query, database.name());
    RecordPage page = co_await database.search_page(std::move(query), std::move(token));
    TablePage<Row> typed;
    typed.rows = detail::rows_of<T>(page.records, "search", database);
    typed.next = std::move(page.next);
    co_return typed;
  }
  static Task<TableStream<T>> stream_rows(Database database, Query query, StreamConfig config) {
    detail::require_whole(query, database.name());
    RecordStream stream = co_await database.stream_read(std::move(query), std::move(config));
    co_return TableStream<T>(std::move(stream), std::move(database));
  }

  Database database_;
};

}  // namespace dataknobs
