// SPDX-License-Identifier: Apache-2.0
#include "backends/memory/writer.hpp"

namespace dataknobs::memory {

namespace {

[[noreturn]] void fail(const ItemResult& result, const Record& record) {
  const std::string id = record.id().value_or("");
  switch (result.outcome()) {
    case Outcome::conflict:
      Error(ErrorCode::duplicate_record, "there is a record of that id already").record_id(id).raise();
    case Outcome::missing:
      Error(ErrorCode::not_found, "there is no record of that id").record_id(id).raise();
    default:
      break;
  }
  if (result.error()) {
    Error error = *result.error();
    error.record_id(id).raise();
  }
  Error(ErrorCode::internal, "the record was not written").record_id(id).raise();
}

}  // namespace

Task<void> MemoryWriter::write(Context&, const Batch& batch) {
  const std::vector<Record>& rows = batch.rows();
  const std::vector<ItemResult> results =
      session_.write_records(memory_dataset(dataset_), mode_, rows, {}, true);
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Outcome outcome = results[i].outcome();
    if (outcome != Outcome::written && outcome != Outcome::unchanged) fail(results[i], rows[i]);
  }
  written_ += rows.size();
  co_return;
}

Task<std::uint64_t> MemoryWriter::finish(Context&) {
  co_return written_;
}

}  // namespace dataknobs::memory
