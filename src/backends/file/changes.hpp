// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// FileChanges: what a call or a transaction changes in a file, over the state that it sees.

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "backends/file/file_state.hpp"
#include "database/backend.hpp"

namespace dataknobs::file {

/// Thread safety: none.
class FileChanges {
 public:
  explicit FileChanges(FileState state) : state_(std::move(state)) {}

  const FileState& state() const noexcept { return state_; }
  bool empty() const noexcept { return changes_.empty(); }
  /// Looks for the records of these ids, so that `find` knows them.
  void look_up(std::span<const std::string> ids);
  /// The record as these changes leave it, or nullptr.
  RecordPointer find(const std::string& id);
  /// nullptr removes.
  void put(const std::string& id, RecordPointer record);

  /// All changes of others, over this state.
  void add(const FileChanges& others);

  /// Where the changes are, to go back to.
  std::size_t mark() const noexcept { return undo_.size(); }
  void roll_back(std::size_t mark);

  /// For the journal. What came to nothing is left out.
  std::vector<JournalChange> to_journal() const;
  /// The id of a record that is not in `latest` as it was in the state of these changes, or nothing.
  std::optional<std::string> find_conflict(const FileState& latest) const;
  /// The state with the changes in it.
  FileState changed_state() const;

 private:
  RecordPointer before(const std::string& id) const;

  FileState state_;
  std::unordered_map<std::string, RecordPointer> known_;    ///< As the state has them.
  std::unordered_map<std::string, RecordPointer> changes_;  ///< nullptr: removed.
  std::vector<std::string> order_;                          ///< Ids in the order of their first change.
  std::vector<std::pair<std::string, std::optional<RecordPointer>>> undo_;
};

/// The writes of a request, each with its outcome. With `all_or_nothing`, if one is not written none is.
std::vector<ItemResult> write_records(FileChanges& changes, const FileDataset& dataset, WriteMode mode,
                                      std::span<const Record> records,
                                      std::span<const Precondition> preconditions, bool all_or_nothing);
std::vector<ItemResult> remove_records(FileChanges& changes, std::span<const std::string> ids,
                                       std::span<const Precondition> preconditions);

}  // namespace dataknobs::file
