// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/document.hpp"

#include <random>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "backends/postgresql/copy_binary.hpp"
#include "backends/postgresql/member_order.hpp"
#include "backends/postgresql/nul.hpp"
#include "backends/postgresql/wire_bytes.hpp"
#include "record/excerpt.hpp"
#include "record/json.hpp"

namespace dataknobs::postgresql {
namespace {

// The order of members is kept in `types` under the empty name, which is the path of no field: theirs is in quotes.
constexpr std::string_view printed_order = R"({"": ")";

std::optional<std::string> with_order(std::optional<std::string> types, std::optional<std::string> order) {
  if (!order) return types;
  return fmt::format(R"({{"":"{}"{}{})", *order, types ? "," : "", types ? types->substr(1) : "}");
}

void refuse_nul(const std::string& name, bool is_field, const Value& value, const std::string& id) {
  std::vector<Path::Step> steps{Path::Step(name)};
  if (name.find('\0') == std::string::npos && !find_nul(value, steps)) return;
  Error(ErrorCode::validation, fmt::format("{} cannot be kept: {}", excerpt(to_text(value)), nul_reason))
      .hint(nul_hint)
      .record_id(id)
      .field_path(Path(std::move(steps), is_field && (name == "id" || name == "metadata")).to_string())
      .raise();
}

void refuse_nul(const Record& record, const DocumentRow& row) {
  if (row.id.find('\0') != std::string::npos) {
    Error(ErrorCode::validation, fmt::format("the id cannot be kept: {}", nul_reason))
        .hint(nul_hint)
        .record_id(row.id)
        .field_path("id")
        .raise();
  }
  if (may_hold_nul(row.data)) {
    for (const Field& field : record.fields()) refuse_nul(field.name(), true, field.value(), row.id);
  }
  if (row.metadata && may_hold_nul(*row.metadata))
    refuse_nul("metadata", false, Value(*record.metadata()), row.id);
}

}  // namespace

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
  row.types = with_order(std::move(document.types), member_order(record));
  if (record.metadata()) row.metadata = to_json(Value(*record.metadata()));
  refuse_nul(record, row);
  row.version = new_version();
  return row;
}

Record record_of_document(std::string_view data, std::optional<std::string_view> types) {
  // jsonb puts the shortest name first, so the note begins the text.
  if (!types || !types->starts_with(printed_order)) return from_document(data, types);
  const std::string_view after = types->substr(printed_order.size());
  const auto end = after.find('"');
  if (end == std::string_view::npos) return from_document(data, types);
  const std::string_view rest = after.substr(end + 1);
  std::string without;
  if (rest.starts_with(", ")) without = fmt::format("{{{}", rest.substr(2));
  Record record =
      from_document(data, without.empty() ? std::nullopt : std::optional<std::string_view>(without));
  restore_member_order(record, after.substr(0, end));
  return record;
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
