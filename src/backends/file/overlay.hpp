// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Overlay: the changes of a journal, by id, over the file that they are of.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "backends/file/journal_format.hpp"

namespace dataknobs::file {

using RecordPointer = std::shared_ptr<const Record>;

class Overlay {
 public:
  struct Entry {
    RecordPointer record;  ///< nullptr: removed.
    bool in_base = false;  ///< The file has a record of that id, which this hides.
    std::uint64_t order = 0;
  };

  void apply(const JournalChange& change);
  const Entry* find(const std::string& id) const {
    const auto found = entries_.find(id);
    return found == entries_.end() ? nullptr : &found->second;
  }
  bool hides(const std::string& id) const {
    const Entry* entry = find(id);
    return entry != nullptr && entry->in_base;
  }
  bool empty() const noexcept { return entries_.empty(); }
  /// How many records of the file are hidden.
  std::uint64_t hidden() const noexcept { return hidden_; }
  /// How many records there are in it.
  std::uint64_t records() const noexcept { return records_; }
  /// Those records, in the order in which their ids came.
  std::vector<RecordPointer> ordered() const;

 private:
  std::unordered_map<std::string, Entry> entries_;
  std::uint64_t next_order_ = 0;
  std::uint64_t hidden_ = 0;
  std::uint64_t records_ = 0;
};

}  // namespace dataknobs::file
