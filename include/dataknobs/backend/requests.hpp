// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What the calls of the Backend contract take and give.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <dataknobs/backend/dataset.hpp>
#include <dataknobs/backend/state_store.hpp>
#include <dataknobs/error.hpp>
#include <dataknobs/query.hpp>
#include <dataknobs/record.hpp>

namespace dataknobs {

class Precondition {
 public:
  explicit Precondition(Existence existence = Existence::any, std::optional<Version> version = {})
      : existence_(existence), version_(std::move(version)) {}
  Existence existence() const noexcept { return existence_; }
  /// The version that the record must have.
  const std::optional<Version>& version() const noexcept { return version_; }

 private:
  Existence existence_;
  std::optional<Version> version_;
};

/// What became of an item. `conflict`: a precondition did not hold (absent wanted, or another version); `rejected`:
/// the store refused the data (the error says why); `unknown`: the reply was lost.
enum class Outcome : std::uint8_t { written, unchanged, missing, conflict, rejected, unknown };

class ItemResult {
 public:
  explicit ItemResult(Outcome outcome, std::optional<Version> version = {},
                      std::shared_ptr<const Error> error = {})
      : outcome_(outcome), version_(std::move(version)), error_(std::move(error)) {}
  Outcome outcome() const noexcept { return outcome_; }
  const std::optional<Version>& version() const noexcept { return version_; }
  const std::shared_ptr<const Error>& error() const noexcept { return error_; }

 private:
  Outcome outcome_;
  std::optional<Version> version_;
  std::shared_ptr<const Error> error_;
};

/// A part of a dataset that one reader can take. The token is the backend's own, as text that survives a journal.
class Partition {
 public:
  Partition(std::string token, bool stable) : token_(std::move(token)), stable_(stable) {}
  const std::string& token() const noexcept { return token_; }
  /// A later session finds the same rows under the token as long as the source's fingerprint is the same.
  bool stable() const noexcept { return stable_; }
  std::uint64_t rows() const noexcept { return rows_; }    ///< Estimate; 0 if not known.
  std::uint64_t bytes() const noexcept { return bytes_; }  ///< Estimate; 0 if not known.
  Partition& set_rows(std::uint64_t rows) { return rows_ = rows, *this; }
  Partition& set_bytes(std::uint64_t bytes) { return bytes_ = bytes, *this; }

 private:
  std::string token_;
  bool stable_;
  std::uint64_t rows_ = 0;
  std::uint64_t bytes_ = 0;
};

/// What a scan gives. Filter, sort, limit and offset are those that `Backend::plan` has taken.
class ScanRequest {
 public:
  explicit ScanRequest(DatasetPointer dataset) : dataset_(std::move(dataset)) {}

  const DatasetPointer& dataset() const noexcept { return dataset_; }
  const Expression& filter() const noexcept { return filter_; }
  /// Root names of the fields wanted; empty means all. More may be given.
  const std::vector<std::string>& fields() const noexcept { return fields_; }
  const std::vector<SortKey>& sort() const noexcept { return sort_; }
  const std::optional<std::uint64_t>& limit() const noexcept { return limit_; }
  std::uint64_t offset() const noexcept { return offset_; }
  /// The index to be used; empty: as the store likes.
  const std::string& hint() const noexcept { return hint_; }
  const std::optional<Partition>& partition() const noexcept { return partition_; }
  /// Encodings of wire bytes that the caller can use ("postgresql-binary-copy"); the reader may still give columns.
  const std::vector<std::string>& accept() const noexcept { return accept_; }
  /// About how large a batch should be.
  std::uint64_t batch_bytes() const noexcept { return batch_bytes_; }
  /// Columns rather than rows are wanted where both cost the same.
  bool prefer_columns() const noexcept { return prefer_columns_; }

  ScanRequest& set_filter(Expression filter) { return filter_ = std::move(filter), *this; }
  ScanRequest& set_fields(std::vector<std::string> fields) { return fields_ = std::move(fields), *this; }
  ScanRequest& set_sort(std::vector<SortKey> sort) { return sort_ = std::move(sort), *this; }
  ScanRequest& set_range(std::optional<std::uint64_t> limit, std::uint64_t offset) {
    return limit_ = limit, offset_ = offset, *this;
  }
  ScanRequest& set_hint(std::string index) { return hint_ = std::move(index), *this; }
  ScanRequest& set_partition(std::optional<Partition> partition) {
    return partition_ = std::move(partition), *this;
  }
  ScanRequest& set_accept(std::vector<std::string> encodings) {
    return accept_ = std::move(encodings), *this;
  }
  ScanRequest& set_batch_bytes(std::uint64_t bytes) { return batch_bytes_ = bytes, *this; }
  ScanRequest& set_prefer_columns(bool prefer) { return prefer_columns_ = prefer, *this; }

 private:
  DatasetPointer dataset_;
  Expression filter_;
  std::vector<std::string> fields_;
  std::vector<SortKey> sort_;
  std::optional<std::uint64_t> limit_;
  std::uint64_t offset_ = 0;
  std::string hint_;
  std::optional<Partition> partition_;
  std::vector<std::string> accept_;
  std::uint64_t batch_bytes_ = 1U << 20U;
  bool prefer_columns_ = false;
};

enum class WriteMode : std::uint8_t {
  insert,  ///< An existing id is a conflict.
  upsert,  ///< Replaces or inserts.
  update,  ///< Replaces; an absent id is `missing`.
  patch,   ///< Merges the given fields; an absent id is `missing`.
};

/// A small write whose outcome is wanted for each record.
class WriteRequest {
 public:
  WriteRequest(DatasetPointer dataset, WriteMode mode, std::span<Record> records)
      : dataset_(std::move(dataset)), mode_(mode), records_(records) {}
  const DatasetPointer& dataset() const noexcept { return dataset_; }
  WriteMode mode() const noexcept { return mode_; }
  /// Each has an id, unless the dataset makes them itself (Dataset::generates_ids): the store then sets them here.
  std::span<Record> records() const noexcept { return records_; }
  /// One per record, or empty: only what the mode says.
  std::span<const Precondition> preconditions() const noexcept { return preconditions_; }
  /// If any item is not written, none is (where the store has transactions; the capability says).
  bool all_or_nothing() const noexcept { return all_or_nothing_; }
  WriteRequest& set_preconditions(std::span<const Precondition> value) {
    return preconditions_ = value, *this;
  }
  WriteRequest& set_all_or_nothing(bool value) { return all_or_nothing_ = value, *this; }

 private:
  DatasetPointer dataset_;
  WriteMode mode_;
  std::span<Record> records_;
  std::span<const Precondition> preconditions_;
  bool all_or_nothing_ = true;
};

/// A bulk load. Its batches are written as fast as the store can; a refused record ends it with an error that names
/// the record, unless rejects are collected.
class WriterOptions {
 public:
  WriterOptions(DatasetPointer dataset, WriteMode mode) : dataset_(std::move(dataset)), mode_(mode) {}
  const DatasetPointer& dataset() const noexcept { return dataset_; }
  WriteMode mode() const noexcept { return mode_; }
  std::uint64_t expected_rows() const noexcept { return expected_rows_; }
  WriterOptions& set_expected_rows(std::uint64_t rows) { return expected_rows_ = rows, *this; }
  /// About how many bytes of records the writer may hold back, to write them better together.
  std::uint64_t buffer_bytes() const noexcept { return buffer_bytes_; }
  WriterOptions& set_buffer_bytes(std::uint64_t bytes) { return buffer_bytes_ = bytes, *this; }

 private:
  DatasetPointer dataset_;
  WriteMode mode_;
  std::uint64_t expected_rows_ = 0;
  std::uint64_t buffer_bytes_ = std::uint64_t{32} << 20U;
};

/// How a new dataset is to look.
class CreateRequest {
 public:
  CreateRequest(DatasetOptions options, Layout layout) : options_(std::move(options)), layout_(layout) {}
  const DatasetOptions& options() const noexcept { return options_; }
  Layout layout() const noexcept { return layout_; }
  /// Columns layout: the columns to make. Document layout: empty.
  const Schema& schema() const noexcept { return schema_; }
  /// Names of the key columns; empty: the store's own row identity, or no key.
  const std::vector<std::string>& key() const noexcept { return key_; }
  CreateRequest& set_schema(Schema schema) { return schema_ = std::move(schema), *this; }
  CreateRequest& set_key(std::vector<std::string> key) { return key_ = std::move(key), *this; }

 private:
  DatasetOptions options_;
  Layout layout_;
  Schema schema_;
  std::vector<std::string> key_;
};

}  // namespace dataknobs
