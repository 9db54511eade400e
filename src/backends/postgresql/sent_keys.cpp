// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/sent_keys.hpp"

#include <algorithm>
#include <charconv>

#include <arrow/array.h>
#include <arrow/util/byte_size.h>

#include "database/keys.hpp"

namespace dataknobs::postgresql {
namespace {

// More than is ever on its way to the server with rows of a usual size.
constexpr std::uint64_t most_bytes = std::uint64_t{4} << 20U;

}  // namespace

void SentKeys::begin() {
  parts_.clear();
  next_line_ = 1;
  bytes_ = 0;
}

void SentKeys::add(std::uint64_t rows, std::vector<Column> key) {
  Part part;
  part.rows = rows;
  for (const Column& column : key) {
    part.bytes += static_cast<std::uint64_t>(arrow::util::TotalBufferSize(*column.array()));
  }
  part.key = std::move(key);
  add(std::move(part));
}

void SentKeys::add(std::uint64_t rows, std::vector<WireColumn> key, std::string cells) {
  Part part;
  part.rows = rows;
  part.bytes = cells.capacity();
  part.wire_key = std::move(key);
  part.cells = std::move(cells);
  add(std::move(part));
}

void SentKeys::add(Part part) {
  part.first_line = next_line_;
  next_line_ += part.rows;
  if (part.key.empty() && part.wire_key.empty()) return;
  bytes_ += part.bytes;
  parts_.push_back(std::move(part));
  while (bytes_ > most_bytes && parts_.size() > 1) {
    bytes_ -= parts_.front().bytes;
    parts_.pop_front();
  }
}

std::optional<std::string> SentKeys::id_of(std::uint64_t line) const {
  const auto has_line = [&](const Part& part) {
    return line >= part.first_line && line < part.first_line + part.rows;
  };
  const auto part = std::find_if(parts_.begin(), parts_.end(), has_line);
  if (part == parts_.end()) return {};
  std::vector<Value> key;
  for (const Column& column : part->key.empty() ? decode_rows(part->wire_key, part->cells) : part->key) {
    key.push_back(column.value(static_cast<std::int64_t>(line - part->first_line)));
  }
  return id_of_key(key);
}

std::optional<std::uint64_t> line_of_copy(std::string_view native_text, std::string_view table) {
  const std::string begin = "COPY " + std::string(table) + ", ";
  const auto at = native_text.rfind(begin);
  if (at == std::string_view::npos) return {};
  std::string_view rest = native_text.substr(at + begin.size());
  rest.remove_prefix(std::min(rest.find_first_of("0123456789"), rest.size()));
  std::uint64_t line = 0;
  if (std::from_chars(rest.data(), rest.data() + rest.size(), line).ec != std::errc()) return {};
  return line;
}

}  // namespace dataknobs::postgresql
