// SPDX-License-Identifier: Apache-2.0
#include "backends/memory/columns.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "backends/memory/store.hpp"
#include "expr/compiled.hpp"
#include "record/number.hpp"

namespace dataknobs::memory {

namespace {

// Fields of a table beyond these are scanned by records again: the one that was not asked for the longest.
constexpr std::size_t kMostColumns = 64;
// Of a block: text and bytes outside of the values themselves. Longer ones are not worth a second copy.
constexpr std::size_t kMostBytes = Block::kSlots * 64;

// Up to so many values are tested one by one for all slots of a block.
constexpr std::size_t kFewValues = 64;

std::uint64_t hash_bytes(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::uint64_t hash_number(double number) {
  if (number == 0) return 0;  // -0.0 equals 0.0
  if (std::isnan(number)) return 1;
  return XXH3_64bits(&number, sizeof number);
}

// Equal decimals may differ in trailing zeros.
std::uint64_t hash_decimal(const Decimal& decimal) {
  const std::string_view digits = decimal.digits();
  return hash_bytes(digits.substr(0, digits.find_last_not_of('0') + 1));
}

struct ValueHash {
  using is_avalanching = void;
  std::uint64_t operator()(const Value* value) const {
    struct Visitor {
      std::uint64_t operator()(std::monostate) const { return 0; }
      std::uint64_t operator()(double number) const { return hash_number(number); }
      std::uint64_t operator()(const Decimal& decimal) const { return hash_decimal(decimal); }
      std::uint64_t operator()(const std::string& text) const { return hash_bytes(text); }
      std::uint64_t operator()(const Binary& binary) const { return hash_bytes(binary.bytes); }
      std::uint64_t operator()(DateTime moment) const { return operator()(moment.microseconds); }
      std::uint64_t operator()(Date date) const { return operator()(std::int64_t{date.days}); }
      std::uint64_t operator()(Time time) const { return operator()(time.microseconds); }
      std::uint64_t operator()(std::int64_t integer) const { return XXH3_64bits(&integer, sizeof integer); }
      std::uint64_t operator()(bool truth) const { return operator()(std::int64_t{truth}); }
      std::uint64_t operator()(const Json&) const { return 0; }    // Not kept.
      std::uint64_t operator()(const Vector&) const { return 0; }  // Not kept.
    };
    return std::visit(Visitor{}, value->storage());
  }
};

// No comparison tells values of one class apart that are equal.
struct ValueEqual {
  bool operator()(const Value* left, const Value* right) const {
    return left->type() == right->type() && *left == *right;
  }
};

std::size_t bytes_outside(const Value& value) {
  if (const auto* text = value.get_if<std::string>()) return text->size();
  if (const auto* binary = value.get_if<Binary>()) return binary->bytes.size();
  if (const auto* decimal = value.get_if<Decimal>()) return decimal->digits().size();
  return value.get_if<Json>() != nullptr || value.get_if<Vector>() != nullptr ? kMostBytes + 1 : 0;
}

}  // namespace

std::shared_ptr<const ColumnBlock> ColumnBlock::make(const Block& block, const CompiledPath& path) {
  auto made = std::make_shared<ColumnBlock>();
  made->codes_.assign(Block::kSlots, 0);
  made->values_.reserve(Block::kSlots);  // So that they stay where the map has seen them.
  boost::unordered_flat_map<const Value*, std::uint16_t, ValueHash, ValueEqual> known;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < Block::kSlots; ++i) {
    const RecordPointer& record = block.entry(i).record;
    if (!record) continue;
    Value scratch;
    const Value& value = path.find(*record, scratch);
    const auto found = known.find(&value);
    if (found != known.end()) {
      made->codes_[i] = found->second;
      continue;
    }
    bytes += bytes_outside(value);
    if (bytes > kMostBytes) return nullptr;
    made->values_.push_back(value);
    made->codes_[i] = static_cast<std::uint16_t>(made->values_.size());
    known.emplace(&made->values_.back(), made->codes_[i]);
  }
  made->values_.shrink_to_fit();
  made->turn_to_keys();
  return made;
}

std::int64_t ColumnBlock::key_of(const Value& value) {
  if (const auto* floating = value.get_if<double>()) return number::order_key(*floating);
  if (const auto* moment = value.get_if<DateTime>()) return moment->microseconds;
  return value.get<std::int64_t>();
}

Value ColumnBlock::value_of(std::int64_t key) const {
  if (key_type_ == ValueType::floating) return number::from_order_key(key);
  return key_type_ == ValueType::datetime ? Value(DateTime{key}) : Value(key);
}

void ColumnBlock::turn_to_keys() {
  if (values_.size() <= kFewValues) return;
  for (const Value& value : values_) {
    if (!value.is_null() && key_type_ == ValueType::null) key_type_ = value.type();
    if (!value.is_null() && value.type() != key_type_) return;
  }
  if (key_type_ != ValueType::integer && key_type_ != ValueType::floating && key_type_ != ValueType::datetime)
    return;
  keys_.assign(codes_.size(), 0);
  for (std::size_t i = 0; i < codes_.size(); ++i) {
    if (codes_[i] == 0) continue;
    const Value& value = values_[codes_[i] - 1u];
    codes_[i] = value.is_null() ? kNull : kKey;
    if (!value.is_null()) keys_[i] = key_of(value);
  }
  values_ = {};
}

std::shared_ptr<const ColumnBlock> Column::block(std::size_t number, const Block& block,
                                                 const CompiledPath& path) {
  const std::uint64_t now = block.changes();
  {
    const std::lock_guard lock(mutex_);
    if (blocks_.size() <= number) blocks_.resize(number + 1);
    State& state = blocks_[number];
    if (state.made == now) return state.block;
    state.block.reset();
    if (std::exchange(state.asked, now) != now) return nullptr;
  }
  std::shared_ptr<const ColumnBlock> made = ColumnBlock::make(block, path);
  const std::lock_guard lock(mutex_);
  blocks_[number].block = made;
  blocks_[number].made = now;
  return made;
}

std::shared_ptr<Column> Columns::column(const std::string& field) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t now = ++uses_;
  const auto found =
      std::find_if(columns_.begin(), columns_.end(), [&](const Use& use) { return use.field == field; });
  if (found != columns_.end()) {
    found->last = now;
    return found->column;
  }
  if (columns_.size() == kMostColumns) {
    columns_.erase(std::min_element(columns_.begin(), columns_.end(), [](const Use& left, const Use& right) {
      return left.last < right.last;
    }));
  }
  columns_.push_back(Use{field, std::make_shared<Column>(), now});
  return columns_.back().column;
}

}  // namespace dataknobs::memory
