// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/document.hpp"

#include <random>

#include <dataknobs/error.hpp>

#include "backends/postgresql/wire_bytes.hpp"
#include "record/json.hpp"

namespace dataknobs::postgresql {

std::int64_t new_version() {
  thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return static_cast<std::int64_t>(generator() >> 1U);
}

DocumentRow document_row(const Record& record) {
  if (!record.id()) {
    Error(ErrorCode::validation, "the record has no id").hint("set one, or let create make it").raise();
  }
  DocumentRow row;
  row.id = *record.id();
  Document document = to_document(record);
  row.data = std::move(document.data);
  row.types = std::move(document.types);
  if (record.metadata()) row.metadata = to_json(Value(*record.metadata()));
  row.version = new_version();
  return row;
}

void append_document_row(std::string& out, const DocumentRow& row) {
  constexpr std::uint16_t columns = 5;
  append_u16(out, columns);
  append_big(out, static_cast<std::int32_t>(row.id.size()));
  out += row.id;
  const auto append_jsonb = [&out](const std::string& text) {
    append_big(out, static_cast<std::int32_t>(text.size() + 1));
    out += '\1';
    out += text;
  };
  const auto append_optional = [&](const std::optional<std::string>& text) {
    if (text) {
      append_jsonb(*text);
    } else {
      append_big(out, std::int32_t{-1});
    }
  };
  append_jsonb(row.data);
  append_optional(row.metadata);
  append_optional(row.types);
  append_big(out, std::int32_t{8});
  append_big(out, row.version);
}

}  // namespace dataknobs::postgresql
