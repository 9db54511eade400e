// SPDX-License-Identifier: Apache-2.0
#include "backends/file/changes.hpp"

namespace dataknobs::file {

void FileChanges::look_up(std::span<const std::string> ids) {
  std::vector<std::string> unknown;
  for (const std::string& id : ids) {
    if (known_.try_emplace(id).second) unknown.push_back(id);
  }
  if (unknown.empty()) return;
  for (auto& [id, record] : state_.find(unknown)) known_[id] = record;
}

RecordPointer FileChanges::before(const std::string& id) const {
  const auto known = known_.find(id);
  return known == known_.end() ? nullptr : known->second;
}

RecordPointer FileChanges::find(const std::string& id) {
  const auto changed = changes_.find(id);
  if (changed != changes_.end()) return changed->second;
  look_up(std::span(&id, 1));
  return before(id);
}

void FileChanges::put(const std::string& id, RecordPointer record) {
  look_up(std::span(&id, 1));
  const auto [place, is_new] = changes_.try_emplace(id);
  undo_.emplace_back(id, is_new ? std::nullopt : std::optional(place->second));
  if (is_new) order_.push_back(id);
  place->second = std::move(record);
}

void FileChanges::roll_back(std::size_t mark) {
  for (; undo_.size() > mark; undo_.pop_back()) {
    auto& [id, earlier] = undo_.back();
    if (earlier) {
      changes_[id] = std::move(*earlier);
    } else {
      changes_.erase(id);
      order_.pop_back();  // Those that came later are gone already.
    }
  }
}

std::vector<JournalChange> FileChanges::to_journal() const {
  std::vector<JournalChange> entries;
  for (const std::string& id : order_) {
    const RecordPointer& record = changes_.at(id);
    const bool was_there = before(id) != nullptr;
    if (!record && !was_there) continue;
    const ChangeKind present = was_there ? ChangeKind::replaced : ChangeKind::added;
    entries.push_back({record ? present : ChangeKind::removed, id, record});
  }
  return entries;
}

std::optional<std::string> FileChanges::find_conflict(const FileState& latest) const {
  const FoundRecords found = latest.find(order_);
  for (const std::string& id : order_) {
    const auto now = found.find(id);
    const RecordPointer then = before(id);
    const bool is_there = now != found.end();
    if (is_there != (then != nullptr) || (is_there && now->second->version() != then->version())) return id;
  }
  return std::nullopt;
}

void FileChanges::add(const FileChanges& others) {
  look_up(others.order_);
  for (const std::string& id : others.order_) put(id, others.changes_.at(id));
}

FileState FileChanges::changed_state() const {
  FileState changed = state_;
  auto overlay = std::make_shared<Overlay>();
  if (state_.overlay) *overlay = *state_.overlay;
  for (const JournalChange& change : to_journal()) overlay->apply(change);
  changed.overlay = std::move(overlay);
  return changed;
}

}  // namespace dataknobs::file
