// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Ids of records as parameters of a statement: one array for each key column, beside the positions.

#include <span>
#include <string>
#include <vector>

#include "backends/postgresql/connection.hpp"
#include "backends/postgresql/table.hpp"

namespace dataknobs::postgresql {

/// Errors: UnsupportedError with the hint key= if the table has no key.
void require_key(const Table& table);

/// The column of a set-wise statement: its parameter is an array of the values.
class ArrayParameter {
 public:
  ArrayParameter(std::string name, const TableColumn& column);
  const std::string& name() const noexcept { return name_; }
  std::string array_type() const;
  /// The value of a row of the set, as the column's type.
  std::string value(std::string_view alias) const;
  const WireColumn& wire() const noexcept { return wire_; }
  void bind(Parameters& parameters, const Column& column) const;

 private:
  std::string name_;
  WireColumn wire_;
  std::string cast_;
};

/// Ids that cannot be a key of the table are left out: there is no such record.
class KeyParameters {
 public:
  KeyParameters(const Table& table, std::span<const std::string> ids);
  bool empty() const noexcept { return positions_.empty(); }
  const Parameters& parameters() const noexcept { return parameters_; }
  Parameters& parameters() noexcept { return parameters_; }
  /// "$1::int8[], $2::int8[]": the keys, then their positions.
  std::string unnest_arguments() const;
  /// "key_1".
  std::string names() const;
  /// "id" = dataknobs_keys.key_1
  std::string match(const Table& table, std::string_view qualifier = {}) const;
  /// The position among the given ids.
  std::size_t position(std::int64_t ordinal) const { return static_cast<std::size_t>(ordinal); }
  const std::vector<std::size_t>& positions() const noexcept { return positions_; }

 private:
  std::vector<ArrayParameter> columns_;
  std::vector<std::size_t> positions_;
  Parameters parameters_;
};

}  // namespace dataknobs::postgresql
