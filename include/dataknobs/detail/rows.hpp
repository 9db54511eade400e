// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What Table and sync::Table have in common: rows and their records, with errors that name the store.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <dataknobs/database.hpp>
#include <dataknobs/mapping.hpp>

namespace dataknobs::detail {

template <class T>
using Row = std::conditional_t<has_id<T>, T, Stored<T>>;

/// What the call returns; its errors name the operation and the store.
template <class Database, class Call>
auto located(std::string_view operation, const Database& database, Call call) {
  try {
    return call();
  } catch (const Error& error) {
    Error(error).operation(operation).store(database.name()).raise();
  }
}

/// The members of a row as fields, those without a value as null.
template <class T, class Database>
Record fields_of_row(const Row<T>& row, std::string_view operation, const Database& database) {
  return located(operation, database, [&] {
    if constexpr (has_id<T>) {
      return fields_of(row, true);
    } else {
      Record record = fields_of(row.value, true);
      record.set_id(id_text(row.id));
      return record;
    }
  });
}

/// Takes the fields that are null out.
Record without_nulls(const Record& record);

/// The record that a row is created as. `T` is given: a Stored<T> and a T are told apart by it.
template <class T, class Database, class From>
Record record_of(const From& from, const Database& database) {
  if constexpr (std::is_same_v<From, T>) {
    return located("create", database, [&] { return to_record(from); });
  } else {
    return without_nulls(fields_of_row<T>(from, "create", database));
  }
}

template <class T, class Database>
std::vector<Record> records_of(std::span<const Row<T>> rows, const Database& database) {
  std::vector<Record> records;
  records.reserve(rows.size());
  for (const Row<T>& row : rows) records.push_back(record_of<T>(row, database));
  return records;
}

/// Errors: InvalidArgumentError: it has no id.
void require_id(const Record& record, std::string_view operation, const std::string& store);
/// Errors: QueryError: it selects fields, and structs need all of theirs.
void require_whole(const Query& query, const std::string& store);

template <class T, class Database>
Record changes_of(const Row<T>& row, const Database& database) {
  Record changes = fields_of_row<T>(row, "update", database);
  require_id(changes, "update", database.name());
  return changes;
}

/// Errors: InvalidArgumentError: that member is the id.
[[noreturn]] void raise_id_is_fixed();

template <class T, class Class, class Member, class Database>
Record change_of(Member Class::* member, const Member& value, const std::string& id,
                 const Database& database) {
  return located("patch", database, [&] {
    const Path path = path_of<T>(member);
    if (path.is_id()) raise_id_is_fixed();
    Value written;
    Misfit misfit;
    if (!write_from(value, path.root(), written, misfit)) misfit.raise(id);
    Record change;
    change.append(path.root(), std::move(written));
    return change;
  });
}

template <class T>
Row<T> plain_row_of(const Record& record) {
  if constexpr (has_id<T>) {
    return from_record<T>(record);
  } else {
    return Row<T>(from_record<T>(record), record.id().value_or(""));
  }
}

template <class T, class Database>
Row<T> row_of(const Record& record, std::string_view operation, const Database& database) {
  return located(operation, database, [&] { return plain_row_of<T>(record); });
}

template <class T, class Database>
std::vector<Row<T>> rows_of(std::span<const Record> records, std::string_view operation,
                            const Database& database) {
  return located(operation, database, [&] {
    std::vector<Row<T>> rows;
    rows.reserve(records.size());
    for (const Record& record : records) rows.push_back(plain_row_of<T>(record));
    return rows;
  });
}

template <class T, class Database>
std::vector<std::optional<Row<T>>> optional_rows_of(std::span<const std::optional<Record>> records,
                                                    const Database& database) {
  return located("read", database, [&] {
    std::vector<std::optional<Row<T>>> rows(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (records[i]) rows[i].emplace(plain_row_of<T>(*records[i]));
    }
    return rows;
  });
}

template <class T>
void put_id(Row<T>& row, const std::string& id) {
  if constexpr (has_id<T>) {
    set_id_text(row.*id_of<T>, id);
  } else {
    row.id = id;
  }
}

template <class T>
void put_ids(std::span<Row<T>> rows, std::span<const WriteItem> items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].ok()) put_id<T>(rows[i], items[i].id());
  }
}

/// The steps of an upsert that keeps what a record has besides: merging into the record that is there, else creating
/// it, until one of them holds. Somebody else may create or remove it in between.
class UpsertSteps {
 public:
  /// `fields`: those of the row, nulls included.
  UpsertSteps(Record fields, const WriteOptions& options, std::string store);

  bool done() const noexcept { return done_; }
  /// The next step is a patch by `changes`; else the creation of `record`.
  bool updates() const noexcept { return updates_; }
  const std::string& id() const noexcept { return id_; }
  const Record& changes() const noexcept { return changes_; }
  Record record() const { return without_nulls(changes_); }

  /// Errors: ConcurrencyError if there is no record and a version was expected.
  void updated(bool found);
  void created(const Record& record);
  /// Errors: the given one, if that is not because somebody was quicker.
  void not_created(const DuplicateRecordError& error);

 private:
  Record changes_;
  std::string id_;
  std::string store_;
  bool conditional_ = false;
  bool updates_ = false;
  bool done_ = false;
  int attempts_ = 0;
};

}  // namespace dataknobs::detail
