// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A filter, and the first key of a sort, evaluated over the columns of a block: which slots are worth a look at their
/// records.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "backends/memory/store.hpp"
#include "expr/compiled.hpp"

namespace dataknobs::memory {

/// A byte per slot of a block: 1 if it is chosen.
using SlotMask = std::array<std::uint8_t, Block::kSlots>;

/// Lifetime: refers to all that it is made of.
/// REQUIRES: the lock of the store is held, shared at least, during each call.
class ColumnFilter {
 public:
  /// `first`: the first key of the sort, if the answer is sorted by a field.
  ColumnFilter(const Table& table, const CompiledCondition& condition,
               const std::optional<CompiledPath>& first, bool descending);

  /// Chooses the slots of the block whose records, as they are now, match. `worst`: if there are enough records
  /// already, the one that another must not follow in the order. False if nothing of the block is in columns: its
  /// records must be looked at one by one.
  bool choose(std::size_t number, const Record* worst, SlotMask& chosen);

 private:
  struct Source {
    const CompiledPath* path;
    std::shared_ptr<Column> column;
    std::shared_ptr<const ColumnBlock> block;  // Of the block that is chosen from.
  };
  // As CompiledCondition, and where the values of a comparison are.
  struct Node {
    const CompiledCondition* condition;
    std::vector<Node> children;
    std::optional<std::size_t> source;
    // The keys that match the positive operator, by their class.
    std::optional<IntegerRange> floats;
    std::optional<IntegerRange> moments;
  };
  Node prepare(const CompiledCondition& condition);
  std::optional<std::size_t> source_of(const CompiledPath& path);
  const ColumnBlock* block_of(const std::optional<std::size_t>& source) const;
  void narrow(const Record& worst, SlotMask& chosen) const;
  void apply(const Node& node, const Block& block, SlotMask& chosen) const;
  void apply_to_column(const Node& node, const ColumnBlock& column, SlotMask& chosen) const;
  void apply_to_records(const Node& node, const Block& block, SlotMask& chosen) const;

  const Table& table_;
  std::vector<Source> sources_;
  bool reads_records_ = false;
  Node root_;
  const std::optional<CompiledPath>& first_path_;
  bool descending_;
  std::optional<std::size_t> first_;
};

}  // namespace dataknobs::memory
