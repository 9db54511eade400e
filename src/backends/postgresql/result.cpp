// SPDX-License-Identifier: Apache-2.0
//
// Answers of the server and parameters for it.
#include <libpq-fe.h>

#include "backends/postgresql/connection.hpp"
#include "backends/postgresql/wire_bytes.hpp"

namespace dataknobs::postgresql {

Result::Result(pg_result* result)
    : result_(result, &PQclear),
      rows_(static_cast<std::size_t>(PQntuples(result))),
      columns_(static_cast<std::size_t>(PQnfields(result))) {}

bool Result::is_null(std::size_t row, std::size_t column) const noexcept {
  return PQgetisnull(result_.get(), static_cast<int>(row), static_cast<int>(column)) != 0;
}

std::string_view Result::bytes(std::size_t row, std::size_t column) const noexcept {
  const auto r = static_cast<int>(row);
  const auto c = static_cast<int>(column);
  return {PQgetvalue(result_.get(), r, c), static_cast<std::size_t>(PQgetlength(result_.get(), r, c))};
}

std::int64_t Result::integer(std::size_t row, std::size_t column) const noexcept {
  const std::string_view value = bytes(row, column);
  if (value.size() != 8) return 0;
  return load_big<std::int64_t>(value.data());
}

bool Result::boolean(std::size_t row, std::size_t column) const noexcept {
  const std::string_view value = bytes(row, column);
  return value.size() == 1 && value[0] != 0;
}

Cell Result::cell(std::size_t row, std::size_t column) const noexcept {
  const auto r = static_cast<int>(row);
  const auto c = static_cast<int>(column);
  Cell cell;
  if (PQgetisnull(result_.get(), r, c) != 0) return cell;
  cell.data = PQgetvalue(result_.get(), r, c);
  cell.size = PQgetlength(result_.get(), r, c);
  return cell;
}

std::uint64_t Result::affected() const noexcept {
  std::uint64_t count = 0;
  if (!result_) return count;
  const std::string_view text = PQcmdTuples(result_.get());
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

Parameters& Parameters::add(std::string text) {
  Item item;
  item.value = std::move(text);
  values_.push_back(std::move(item));
  return *this;
}

Parameters& Parameters::add(std::optional<std::string> text) {
  Item item;
  item.value = std::move(text);
  values_.push_back(std::move(item));
  return *this;
}

Parameters& Parameters::add_binary(std::uint32_t type, std::string bytes) {
  Item item;
  item.value = std::move(bytes);
  item.type = type;
  item.binary = true;
  values_.push_back(std::move(item));
  return *this;
}

}  // namespace dataknobs::postgresql
