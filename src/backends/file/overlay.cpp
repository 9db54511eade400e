// SPDX-License-Identifier: Apache-2.0
#include "backends/file/overlay.hpp"

#include <algorithm>

namespace dataknobs::file {

void Overlay::apply(const JournalChange& change) {
  const auto [found, is_new] = entries_.try_emplace(change.id);
  Entry& entry = found->second;
  if (is_new) {
    entry.order = next_order_++;
    entry.in_base = change.kind != ChangeKind::added;
    hidden_ += entry.in_base ? 1 : 0;
  }
  records_ -= entry.record ? 1 : 0;
  records_ += change.record ? 1 : 0;
  entry.record = change.record;
  if (!entry.record && !entry.in_base) entries_.erase(found);
}

std::vector<RecordPointer> Overlay::ordered() const {
  std::vector<const Entry*> entries;
  entries.reserve(records_);
  for (const auto& [id, entry] : entries_) {
    if (entry.record) entries.push_back(&entry);
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry* left, const Entry* right) { return left->order < right->order; });
  std::vector<RecordPointer> records;
  records.reserve(entries.size());
  for (const Entry* entry : entries) records.push_back(entry->record);
  return records;
}

}  // namespace dataknobs::file
