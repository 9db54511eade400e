// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Bulk loads: a binary COPY into the table, or into a temporary one which one statement then merges.

#include <memory>
#include <string>
#include <vector>

#include "backends/postgresql/conversation.hpp"
#include "backends/postgresql/select.hpp"
#include "backends/postgresql/sent_keys.hpp"

namespace dataknobs::postgresql {

/// Thread safety: one call at a time. All or nothing: what fails leaves no row behind.
class CopyWriter : public Writer {
 public:
  static Task<std::unique_ptr<Writer>> open(Context& context, std::shared_ptr<Conversation> conversation,
                                            const WriterOptions& options);
  ~CopyWriter() override { abandon(); }

  Task<void> write(Context& context, const Batch& batch) override;
  Task<std::uint64_t> finish(Context& context) override;
  void abandon() noexcept override;

 private:
  CopyWriter(std::shared_ptr<Conversation> conversation, const WriterOptions& options);
  const Table& table() const { return table_of(dataset_); }
  Task<void> begin(Context& context);
  std::vector<const TableColumn*> takers(const WireBytes& wire) const;
  Task<void> write_wire(Context& context, const WireBytes& wire,
                        const std::vector<const TableColumn*>& wanted);
  Task<void> write_columns(Context& context, const std::vector<WireColumn>& targets,
                           const std::vector<const Column*>& columns, std::int64_t rows);
  [[noreturn]] void raise_for_record(const Error& error) const;
  [[noreturn]] void raise_for_record(const std::vector<ColumnEncoder>& encoders,
                                     const std::vector<const Column*>& columns, std::int64_t begin,
                                     std::int64_t end) const;
  Task<void> write_documents(Context& context, const Batch& batch);
  /// Opens the COPY for these columns, unless it is open for them already.
  Task<void> use_columns(Context& context, const std::vector<const TableColumn*>& columns);
  /// Errors of single rows name their record.
  Task<void> end_copy(Context& context);
  /// Where the key columns are among those that are sent; nothing if one is not.
  std::vector<std::size_t> key_places() const;
  std::vector<Column> sent_key(const std::vector<const Column*>& columns) const;
  Task<void> merge(Context& context);
  std::string merge_statement() const;
  std::vector<const TableColumn*> columns_not_given() const;
  Task<void> require_all(Context& context);
  static std::shared_ptr<arrow::Array> ids_of_rows(const std::vector<Record>& records);
  std::vector<const TableColumn*> targets(const Batch& batch, std::vector<const Column*>& sources) const;

  std::shared_ptr<Conversation> conversation_;
  DatasetPointer dataset_;
  WriteMode mode_;
  bool own_transaction_ = false;  ///< This writer has begun one.
  bool staged_ = false;           ///< Through the temporary table.
  std::string target_;            ///< Of the COPY.
  std::vector<const TableColumn*> columns_;
  bool copying_ = false;
  bool begun_ = false;
  bool done_ = false;
  std::uint64_t loaded_ = 0;  ///< Rows that the server says it took: a trigger may leave some out.
  SentKeys sent_;
  std::string buffer_;
};

}  // namespace dataknobs::postgresql
