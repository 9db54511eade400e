// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Scan: which records of a table, as one session sees it, a request finds.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/memory/overlay.hpp"
#include "backends/memory/store.hpp"
#include "database/backend.hpp"
#include "expr/compiled.hpp"
#include "expr/evaluate.hpp"
#include "query/order.hpp"

namespace dataknobs::memory {

/// A range of slots, as the token of a partition says.
class SlotRange {
 public:
  SlotRange() = default;
  SlotRange(std::size_t begin, std::size_t end, bool last) : begin_(begin), end_(end), last_(last) {}
  /// Errors: InvalidArgumentError if it is no token of this backend.
  static SlotRange parse(const std::string& token);
  std::string to_string() const;
  std::size_t begin() const noexcept { return begin_; }
  std::size_t end() const noexcept { return end_; }
  /// The last one takes what a transaction has added.
  bool is_last() const noexcept { return last_; }

 private:
  std::size_t begin_ = 0;
  std::size_t end_ = SIZE_MAX;
  bool last_ = true;
};

/// Lifetime: refers to the overlay of its session, which must not change while it is used.
/// REQUIRES: the lock of the store is held, shared at least, during each call but the constructor.
class Scan {
 public:
  /// Errors: QueryError on unknown fields and bad patterns.
  Scan(const ScanRequest& request, Sequence snapshot, const Overlay* overlay);

  /// The answer is a list: it is found as a whole, sorted and cut.
  bool is_ordered() const noexcept { return ordered_; }
  /// All records found; in order where it is ordered.
  std::vector<RecordPointer> collect() const;
  /// Under which ids the table keeps them (a table without key has ids of its own).
  std::vector<std::string> collect_ids() const;
  std::uint64_t count() const;
  /// Of an unordered scan: looks at the next slots and adds what it finds there; false once there are no
  /// more.
  bool advance(std::vector<RecordPointer>& found);
  /// How it is gone about, for `explain`.
  std::string plan() const;

 private:
  class Match {
   public:
    std::string_view id;
    const RecordPointer* record = nullptr;
  };
  // The slots which an index says are worth a look.
  class Candidates {
   public:
    std::shared_ptr<const TableIndex> index;
    std::vector<std::size_t> slots;
  };
  bool may_use(const TableIndex& index) const noexcept {
    return hint_.empty() || index.definition().name() == hint_;
  }
  /// Errors: UnsupportedError if the hint names an index that does not help.
  std::optional<Candidates> find_candidates() const;
  std::shared_ptr<const TableIndex> find_order() const;
  std::vector<Match> first_matches(const TableIndex& index) const;
  // What the slot holds for this session, whether it matches or not; no record if there is none.
  Match visible(std::size_t slot) const;
  template <class Visit>
  void visit_slot(std::size_t slot, Visit&& visit) const;
  // `worst()`: the record that another must not follow in the order, or nullptr.
  template <class Visit, class Worst>
  void visit_slots(std::size_t begin, std::size_t end, Visit&& visit, Worst&& worst) const;
  template <class Visit>
  void visit_changes(Visit&& visit) const;
  template <class Visit, class Worst>
  void visit_all(Visit&& visit, Worst&& worst) const;
  /// All found, sorted and cut where it is ordered. Views into the table and the overlay.
  std::vector<Match> matches() const;

  DatasetPointer dataset_;
  const Table* table_;
  Expression condition_;  // Resolved.
  Evaluator filter_;
  std::vector<SortKey> sort_;
  std::string hint_;
  RecordOrder order_;
  std::optional<CompiledPath> first_key_;  // If the first key is a field.
  bool ordered_;
  std::uint64_t offset_;
  std::optional<std::uint64_t> limit_;
  SlotRange range_;
  Sequence snapshot_;
  const Overlay* overlay_;
  std::size_t position_;  // Of an unordered scan: the next slot, or the next candidate.
  std::optional<Candidates> candidates_;
  bool started_ = false;
};

/// Errors: InvalidArgumentError if the dataset is of another backend.
const MemoryDataset& memory_dataset(const DatasetPointer& dataset);

}  // namespace dataknobs::memory
