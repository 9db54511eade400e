// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Reads a scan as a binary COPY.

#include <memory>
#include <string>
#include <vector>

#include "backends/postgresql/conversation.hpp"
#include "backends/postgresql/select.hpp"

namespace dataknobs::postgresql {

/// The rows of a scan as they come. Memory: about the batch size, twice while a batch is decoded.
class CopyReader : public Reader {
 public:
  /// Starts the COPY. `table` and what `request` refers to need not outlive the call.
  static Task<std::unique_ptr<Reader>> open(Context& context, std::shared_ptr<Conversation> conversation,
                                            DatasetPointer dataset, const ScanRequest& request);
  ~CopyReader() override { abandon(); }

  Task<std::optional<Batch>> next(Context& context) override;
  void abandon() noexcept override;

 private:
  CopyReader(std::shared_ptr<Conversation> conversation, DatasetPointer dataset, Selection selection,
             std::uint64_t batch_bytes);
  Batch wire_batch(std::string bytes, std::vector<std::uint32_t> rows) const;
  Batch make_batch(const std::string& bytes, std::uint64_t rows) const;

  std::shared_ptr<Conversation> conversation_;
  DatasetPointer dataset_;
  Selection selection_;
  WireDecoder decoder_;
  std::uint64_t batch_bytes_;
  bool started_ = false;
  bool done_ = false;
};

/// The record of a row of the document layout: cells of id, data, metadata, types, version.
Record document_record(const Cell* cells);

/// Records of columns with their ids, and versions if there is such a column.
std::vector<Record> column_records(const Selection& selection, const std::vector<Cell>& cells);

/// utf8 array of ids of the given key columns.
std::shared_ptr<arrow::Array> ids_of_keys(const std::vector<const Column*>& key, std::int64_t rows);

}  // namespace dataknobs::postgresql
