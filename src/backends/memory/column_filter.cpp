// SPDX-License-Identifier: Apache-2.0
#include "backends/memory/column_filter.hpp"

#include <algorithm>
#include <numeric>

namespace dataknobs::memory {

namespace {

std::size_t count(const SlotMask& chosen) {
  return std::accumulate(chosen.begin(), chosen.end(), std::size_t{0});
}

// Keeps of the chosen slots those whose value passes. Each distinct value is tested once, unless fewer slots are left.
template <class Test>
void keep(const ColumnBlock& column, SlotMask& chosen, Test test) {
  const std::vector<Value>& values = column.values();
  const std::vector<std::uint16_t>& codes = column.codes();
  if (column.has_keys()) {
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (chosen[i] == 0) continue;
      chosen[i] = test(codes[i] == ColumnBlock::kKey ? column.value_of(column.keys()[i]) : Value()) ? 1 : 0;
    }
    return;
  }
  if (count(chosen) < values.size()) {
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (chosen[i] != 0) chosen[i] = test(values[codes[i] - 1u]) ? 1 : 0;
    }
    return;
  }
  std::array<std::uint8_t, Block::kSlots + 1> passes;
  passes[0] = 0;
  for (std::size_t i = 0; i < values.size(); ++i) passes[i + 1] = test(values[i]) ? 1 : 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] &= passes[codes[i]];
}

// As above: keys within the range pass, or all others if it is `negated`; nulls if `of_null` says so.
void keep_range(const ColumnBlock& column, const IntegerRange& range, bool negated, bool of_null,
                SlotMask& chosen) {
  const std::int64_t* const keys = column.keys().data();
  const std::uint16_t* const codes = column.codes().data();
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const bool matches = ((keys[i] >= range.low) & (keys[i] <= range.high)) != negated;
    chosen[i] &= static_cast<std::uint8_t>(codes[i] == ColumnBlock::kKey ? matches : of_null);
  }
}

// Nulls are last in both directions.
bool may_precede(const Value& value, const Value& worst, bool descending) {
  if (value.is_null() || worst.is_null()) return worst.is_null();
  const std::strong_ordering order = sort_order(value, worst);
  return descending ? order >= 0 : order <= 0;
}

}  // namespace

ColumnFilter::ColumnFilter(const Table& table, const CompiledCondition& condition,
                           const std::optional<CompiledPath>& first, bool descending)
    : table_(table), root_(prepare(condition)), first_path_(first), descending_(descending) {
  if (first) first_ = source_of(*first);
}

ColumnFilter::Node ColumnFilter::prepare(const CompiledCondition& condition) {
  Node node{&condition, {}, std::nullopt, std::nullopt, std::nullopt};
  if (condition.leaf) {
    if (condition.leaf->is_simple()) node.source = source_of(condition.leaf->paths().front());
    reads_records_ = reads_records_ || !node.source;
  }
  if (node.source) {
    node.floats = condition.leaf->range_of_floats();
    node.moments = condition.leaf->range_of_moments();
  }
  for (const CompiledCondition& child : condition.children) node.children.push_back(prepare(child));
  // What columns can say comes first: fewer records are left to look at.
  std::stable_partition(node.children.begin(), node.children.end(),
                        [](const Node& child) { return child.source; });
  return node;
}

std::optional<std::size_t> ColumnFilter::source_of(const CompiledPath& path) {
  if (path.root() != CompiledPath::Root::field) return std::nullopt;
  std::shared_ptr<Column> column = table_.columns().column(path.to_string());
  const auto found = std::find_if(sources_.begin(), sources_.end(),
                                  [&](const Source& source) { return source.column == column; });
  const auto number = static_cast<std::size_t>(found - sources_.begin());
  if (found == sources_.end()) sources_.push_back(Source{&path, std::move(column), nullptr});
  return number;
}

const ColumnBlock* ColumnFilter::block_of(const std::optional<std::size_t>& source) const {
  return source ? sources_[*source].block.get() : nullptr;
}

bool ColumnFilter::choose(std::size_t number, const Record* worst, SlotMask& chosen) {
  const Block& block = table_.block(number);
  const ColumnBlock* any = nullptr;
  for (Source& source : sources_) {
    source.block = source.column->block(number, block, *source.path);
    if (source.block) any = source.block.get();
  }
  if (any == nullptr) return false;
  std::transform(any->codes().begin(), any->codes().end(), chosen.begin(),
                 [](std::uint16_t code) { return static_cast<std::uint8_t>(code != 0); });
  // The order costs more than a comparison of values and less than a look at a record.
  if (worst != nullptr && reads_records_) narrow(*worst, chosen);
  apply(root_, block, chosen);
  if (worst != nullptr && !reads_records_) narrow(*worst, chosen);
  return true;
}

void ColumnFilter::narrow(const Record& worst, SlotMask& chosen) const {
  const ColumnBlock* const column = block_of(first_);
  if (column == nullptr) return;
  Value scratch;
  const Value& last = first_path_->find(worst, scratch);
  if (column->has_keys() && column->key_type() == last.type()) {
    const std::int64_t key = ColumnBlock::key_of(last);
    keep_range(*column, descending_ ? IntegerRange{key, INT64_MAX} : IntegerRange{INT64_MIN, key}, false,
               false, chosen);
  } else {
    keep(*column, chosen, [&](const Value& value) { return may_precede(value, last, descending_); });
  }
}

void ColumnFilter::apply(const Node& node, const Block& block, SlotMask& chosen) const {
  switch (node.condition->op) {
    case Operator::logical_and:
      for (const Node& child : node.children) apply(child, block, chosen);
      return;
    case Operator::logical_or: {
      SlotMask left = chosen;
      chosen.fill(0);
      for (const Node& child : node.children) {
        SlotMask matching = left;
        apply(child, block, matching);
        for (std::size_t i = 0; i < chosen.size(); ++i) {
          chosen[i] |= matching[i];
          left[i] &= static_cast<std::uint8_t>(matching[i] ^ 1);
        }
      }
      return;
    }
    case Operator::logical_not: {
      SlotMask matching = chosen;
      apply(node.children.front(), block, matching);
      for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] &= static_cast<std::uint8_t>(matching[i] ^ 1);
      return;
    }
    default:
      break;
  }
  if (const ColumnBlock* column = block_of(node.source)) {
    apply_to_column(node, *column, chosen);
  } else {
    apply_to_records(node, block, chosen);
  }
}

void ColumnFilter::apply_to_column(const Node& node, const ColumnBlock& column, SlotMask& chosen) const {
  const CompiledLeaf& leaf = *node.condition->leaf;
  std::optional<IntegerRange> range;
  if (column.has_keys()) {
    range = column.key_type() == ValueType::integer    ? leaf.range()
            : column.key_type() == ValueType::floating ? node.floats
                                                       : node.moments;
  }
  if (range) {
    keep_range(column, *range, leaf.is_negated(), leaf.test_null(), chosen);
  } else {
    keep(column, chosen, [&](const Value& value) { return leaf.test_one(value); });
  }
}

void ColumnFilter::apply_to_records(const Node& node, const Block& block, SlotMask& chosen) const {
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i] != 0) chosen[i] = node.condition->leaf->matches(*block.entry(i).record) ? 1 : 0;
  }
}

}  // namespace dataknobs::memory
