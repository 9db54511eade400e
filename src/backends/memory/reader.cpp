// SPDX-License-Identifier: Apache-2.0
#include "backends/memory/reader.hpp"

#include <algorithm>

namespace dataknobs::memory {

namespace {

// About what a copy takes: precise enough for a budget, cheap enough for every record.
std::uint64_t approximate_bytes(const Record& record) {
  std::uint64_t bytes = sizeof(Record) + record.size() * sizeof(Field);
  for (const Field& field : record.fields()) {
    if (const std::string* text = field.value().get_if<std::string>()) bytes += text->size();
    if (const Binary* binary = field.value().get_if<Binary>()) bytes += binary->bytes.size();
    if (const Vector* vector = field.value().get_if<Vector>()) bytes += vector->size() * sizeof(float);
  }
  return bytes;
}

}  // namespace

MemoryReader::MemoryReader(std::shared_ptr<Store> store, Scan scan, const ScanRequest& request,
                           std::unique_ptr<Snapshot> snapshot)
    : store_(std::move(store)),
      scan_(std::move(scan)),
      snapshot_(std::move(snapshot)),
      fields_(request.fields()),
      batch_bytes_(std::max<std::uint64_t>(request.batch_bytes(), 1)) {}

void MemoryReader::fill() {
  found_.clear();
  position_ = 0;
  if (!scan_) return;
  bool more = false;
  {
    const std::shared_lock lock(store_->mutex());
    if (scan_->is_ordered()) {
      found_ = scan_->collect();
    } else {
      more = scan_->advance(found_);
    }
  }
  if (!more) end_scan();
}

Record MemoryReader::copy(const Record& record) const {
  if (fields_.empty()) return record;
  Record result;
  for (const Field& field : record.fields()) {
    if (std::find(fields_.begin(), fields_.end(), field.name()) != fields_.end()) {
      result.append(field.name(), field.value());
    }
  }
  result.set_id(record.id()).set_metadata(record.metadata()).set_version(record.version());
  return result;
}

Task<std::optional<Batch>> MemoryReader::next(Context&) {
  std::vector<Record> rows;
  std::uint64_t bytes = 0;
  while (bytes < batch_bytes_) {
    if (position_ == found_.size()) {
      if (!scan_) break;
      fill();
      continue;
    }
    const Record& record = *found_[position_++];
    if (rows.empty()) rows.reserve(std::min<std::size_t>(found_.size() - position_ + 1, 4096));
    bytes += approximate_bytes(record);
    rows.push_back(copy(record));
  }
  std::optional<Batch> batch;
  if (!rows.empty()) batch = Batch::from_rows(std::move(rows));
  co_return batch;
}

void MemoryReader::abandon() noexcept {
  end_scan();
  found_.clear();
  position_ = 0;
}

void MemoryReader::end_scan() noexcept {
  scan_.reset();
  snapshot_.reset();
}

}  // namespace dataknobs::memory
