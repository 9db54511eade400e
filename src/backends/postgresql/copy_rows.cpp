// SPDX-License-Identifier: Apache-2.0
//
// The frame of a COPY: what is around its rows, and around the cells of a row.
#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "backends/postgresql/copy_binary.hpp"
#include "backends/postgresql/wire_bytes.hpp"

namespace dataknobs::postgresql {
namespace {

constexpr std::string_view signature("PGCOPY\n\377\r\n\0", 11);
constexpr std::size_t header_size = 19;

[[noreturn]] void raise_torn(std::size_t row) {
  Error(ErrorCode::serialization, fmt::format("the server's COPY data are torn at row {}", row + 1)).raise();
}

// The cell at `at`, which is then behind it.
Cell take_cell(const char*& at, const char* end, std::size_t row) {
  if (end - at < 4) raise_torn(row);
  Cell cell;
  cell.size = load_big<std::int32_t>(at);
  cell.data = at += 4;
  if (cell.size < -1 || (cell.size > 0 && end - at < cell.size)) raise_torn(row);
  if (cell.size > 0) at += cell.size;
  return cell;
}

}  // namespace

std::string_view copy_header() noexcept {
  static constexpr std::string_view header("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", header_size);
  return header;
}

std::string_view copy_trailer() noexcept {
  return {"\377\377", 2};
}

std::string_view strip_copy_header(std::string_view bytes) {
  if (bytes.size() < header_size || !bytes.starts_with(signature)) {
    Error(ErrorCode::serialization, "the server's COPY data do not begin with the binary signature").raise();
  }
  // Bits 16 to 31 are critical: a reader that does not know them must stop.
  const auto flags = load_big<std::uint32_t>(bytes.data() + 11);
  const auto extension = load_big<std::uint32_t>(bytes.data() + 15);
  if (flags != 0 || extension > bytes.size() - header_size) {
    Error(ErrorCode::serialization, "the server's COPY data have an unknown form").raise();
  }
  return bytes.substr(header_size + extension);
}

std::size_t RowSplitter::next(std::vector<Cell>& cells, std::size_t most) {
  cells.clear();
  const char* at = rows_.data();
  const char* const end = at + rows_.size();
  std::size_t count = 0;
  for (; count < most && at != end; ++count) {
    const std::size_t row = done_ + count;
    if (end - at < 2 || load_u16(at) != columns_) raise_torn(row);
    at += 2;
    for (std::size_t column = 0; column < columns_; ++column) cells.push_back(take_cell(at, end, row));
  }
  rows_ = {at, static_cast<std::size_t>(end - at)};
  done_ += count;
  return count;
}

std::vector<Cell> split_rows(std::string_view rows, std::size_t columns) {
  std::vector<Cell> cells;
  RowSplitter(rows, columns).next(cells, std::numeric_limits<std::size_t>::max());
  return cells;
}

std::string select_cells(const WireBytes& wire, const std::vector<std::size_t>& columns) {
  std::string selected;
  // Keys are small: as much as most need, so that the text seldom grows.
  selected.reserve(wire.rows.size() * (2 + 12 * columns.size()));
  const char* const end = wire.bytes.data() + wire.bytes.size();
  char count[2];
  store_u16(count, static_cast<std::uint16_t>(columns.size()));
  for (std::size_t row = 0; row < wire.rows.size(); ++row) {
    const char* const begin = wire.bytes.data() + wire.rows[row];
    if (end - begin < 2) raise_torn(row);
    selected.append(count, sizeof count);
    for (const std::size_t column : columns) {
      if (load_u16(begin) <= column) raise_torn(row);
      const char* at = begin + 2;
      for (std::size_t before = 0; before < column; ++before) take_cell(at, end, row);
      const char* const cell = at;
      take_cell(at, end, row);
      selected.append(cell, static_cast<std::size_t>(at - cell));
    }
  }
  return selected;
}

}  // namespace dataknobs::postgresql
