// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Columns: the values of single fields side by side, block of slots by block, so that a scan reads a few bytes of each
/// record instead of the record. They are made of what is asked for, when it is asked for again, and hold for as long
/// as nothing in their block changes.

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <dataknobs/record.hpp>

namespace dataknobs {
class CompiledPath;
}

namespace dataknobs::memory {

class Block;

/// The values of a field in one block at one moment. Immutable.
class ColumnBlock {
 public:
  /// Nothing where the values are too large to be kept twice. REQUIRES: the lock of the store is held, shared at least.
  static std::shared_ptr<const ColumnBlock> make(const Block& block, const CompiledPath& path);

  /// The values are many and of one class which integers can stand for: `keys` has them, and `values` is empty.
  bool has_keys() const noexcept { return !keys_.empty(); }
  /// The distinct values, nulls included.
  const std::vector<Value>& values() const noexcept { return values_; }
  /// Of each slot: which value it has, from 1; 0 where there is no record. With keys: kNull or kKey.
  const std::vector<std::uint16_t>& codes() const noexcept { return codes_; }
  static constexpr std::uint16_t kNull = 1;
  static constexpr std::uint16_t kKey = 2;

  /// Integers, floats (as number::order_key) or datetimes (in microseconds). REQUIRES: has_keys()
  ValueType key_type() const noexcept { return key_type_; }
  /// Of each slot.
  const std::vector<std::int64_t>& keys() const noexcept { return keys_; }
  /// The value of a key.
  Value value_of(std::int64_t key) const;
  /// The key of a value of that class.
  static std::int64_t key_of(const Value& value);

 private:
  void turn_to_keys();
  std::vector<Value> values_;
  std::vector<std::uint16_t> codes_;
  std::vector<std::int64_t> keys_;
  ValueType key_type_ = ValueType::null;
};

/// A field of a table. Thread safety: safe; its blocks are only made under the lock of the store, shared at least.
class Column {
 public:
  /// The values of that block as it is now. nullptr if this is the first time since it changed (one look at the records
  /// is cheaper than a column that the next write throws away), or if the values are too large.
  std::shared_ptr<const ColumnBlock> block(std::size_t number, const Block& block, const CompiledPath& path);

 private:
  struct State {
    std::uint64_t asked = 0;  // When its block had so many changes.
    std::uint64_t made = 0;
    std::shared_ptr<const ColumnBlock> block;
  };
  std::mutex mutex_;
  std::vector<State> blocks_;
};

/// The columns of a table: those which were asked for lately. Thread safety: safe.
class Columns {
 public:
  /// That of the field, made empty if there is none.
  std::shared_ptr<Column> column(const std::string& field);

 private:
  struct Use {
    std::string field;
    std::shared_ptr<Column> column;
    std::uint64_t last;
  };
  std::mutex mutex_;
  std::vector<Use> columns_;
  std::uint64_t uses_ = 0;
};

}  // namespace dataknobs::memory
