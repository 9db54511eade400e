// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/select.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "backends/postgresql/sql.hpp"
#include "backends/postgresql/translate.hpp"
#include "record/json.hpp"

namespace dataknobs::postgresql {
namespace {

constexpr const char* document_list = "id, data, metadata, types, version";

std::vector<WireColumn> document_columns() {
  const auto make = [](const char* name, Codec codec, ValueType kind) {
    WireColumn column;
    column.name = name;
    column.codec = codec;
    column.type = FieldType(kind);
    return column;
  };
  return {make("id", Codec::text, ValueType::string), make("data", Codec::jsonb, ValueType::json),
          make("metadata", Codec::jsonb, ValueType::json), make("types", Codec::jsonb, ValueType::json),
          make("version", Codec::int8, ValueType::integer)};
}

bool accepts_wire(const ScanRequest& request) {
  return std::find(request.accept().begin(), request.accept().end(), wire_encoding) != request.accept().end();
}

std::vector<const TableColumn*> wanted_columns(const Table& table, const ScanRequest& request,
                                               bool with_key) {
  const auto contains = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  std::vector<const TableColumn*> columns;
  for (const TableColumn& column : table.columns()) {
    const bool wanted = request.fields().empty() || contains(request.fields(), column.name);
    if (wanted || (with_key && contains(table.key(), column.name))) columns.push_back(&column);
  }
  // A scan that wants no field still gives its records: one column carries them.
  if (columns.empty() && !table.columns().empty()) columns.push_back(&table.columns().front());
  return columns;
}

bool has_own_codec(const TableColumn* column) {
  return !travels_as_text(column->codec) && column->type.oid < oid::first_user;
}

// More are sorted as a whole.
constexpr std::uint64_t most_rows_by_parts = 10'000;

std::vector<std::string> conditions_of(const Table& table, const ScanRequest& request) {
  std::vector<std::string> conditions;
  if (!request.filter().is_always_true()) conditions.push_back(filter_sql(table, request.filter()));
  if (!request.partition()) return conditions;
  std::string condition = partition_condition(table, *request.partition());
  if (!condition.empty()) conditions.push_back(std::move(condition));
  return conditions;
}

std::string where_sql(const std::vector<std::string>& conditions) {
  return conditions.empty() ? "" : fmt::format(" where {}", fmt::join(conditions, " and "));
}

std::string limit_sql(const std::optional<std::uint64_t>& limit, std::uint64_t offset) {
  std::string text;
  if (limit) text += fmt::format(" limit {}", std::min<std::uint64_t>(*limit, INT64_MAX));
  if (offset != 0) text += fmt::format(" offset {}", std::min<std::uint64_t>(offset, INT64_MAX));
  return text;
}

// "sql as c0, sql as c1": names that the list of a part has outside of it.
void append_named(std::string& list, const std::string& sql, char letter, std::size_t number) {
  list += fmt::format("{}{} as {}{}", list.empty() ? "" : ", ", sql, letter, number);
}

// The first rows of each part, of which the first of all are taken.
std::string select_by_parts(const Table& table, const ScanRequest& request,
                            const std::vector<std::string>& list, const std::vector<OrderPart>& parts) {
  std::string inner;
  std::string outer;
  for (std::size_t i = 0; i < list.size(); ++i) {
    append_named(inner, list[i], 'c', i);
    outer += fmt::format("{}c{}", outer.empty() ? "" : ", ", i);
  }
  std::vector<OrderKey> order = order_keys(table, request.sort());
  for (std::size_t i = 0; i < order.size(); ++i) {
    append_named(inner, order[i].sql, 'k', i);
    order[i].sql = fmt::format("k{}", i);
  }
  std::string selects;
  for (const OrderPart& part : parts) {
    std::vector<std::string> conditions = conditions_of(table, request);
    conditions.push_back(part.condition);
    selects += fmt::format("{}(select {} from {}{} order by {}{})", selects.empty() ? "" : " union all ",
                           inner, table.sql_name(), where_sql(conditions), order_sql(part.order),
                           limit_sql(*request.limit() + request.offset(), 0));
  }
  return fmt::format("select {} from ({}) as parts order by {}{}", outer, selects, order_sql(order),
                     limit_sql(request.limit(), request.offset()));
}

std::string select_sql(const Table& table, const ScanRequest& request, const std::vector<std::string>& list) {
  const bool few =
      request.limit() && *request.limit() <= most_rows_by_parts && request.offset() <= most_rows_by_parts;
  const std::vector<OrderPart> parts = few ? order_parts(table, request.sort()) : std::vector<OrderPart>();
  if (!parts.empty()) return select_by_parts(table, request, list, parts);
  return fmt::format("select {} from {}{}{}", fmt::join(list, ", "), table.sql_name(),
                     where_clause(table, request), range_clause(table, request));
}

}  // namespace

Selection select_records(const Table& table, const ScanRequest& request) {
  Selection selection;
  std::vector<std::string> list;
  if (table.layout() == Layout::document) {
    selection.columns = document_columns();
    list = {document_list};
  } else {
    const bool records = !request.prefer_columns();
    const std::vector<const TableColumn*> columns = wanted_columns(table, request, records);
    for (const TableColumn* column : columns) {
      list.push_back(column->selected());
      selection.columns.push_back(column->wire());
    }
    for (const std::string& name : records ? table.key() : std::vector<std::string>()) {
      const auto found =
          std::find_if(columns.begin(), columns.end(), [&](const auto* c) { return c->name == name; });
      selection.key.push_back(static_cast<std::size_t>(found - columns.begin()));
    }
    if (records && table.has_row_versions()) {
      list.push_back(version_expression(table));
      selection.has_version = true;
    }
    if (accepts_wire(request) && !columns.empty() &&
        std::all_of(columns.begin(), columns.end(), has_own_codec) && !records) {
      selection.fingerprint = WireFingerprint::make(columns);
    }
  }
  selection.statement = select_sql(table, request, list);
  return selection;
}

std::string where_clause(const Table& table, const ScanRequest& request) {
  return where_sql(conditions_of(table, request));
}

std::string range_clause(const Table& table, const ScanRequest& request) {
  std::string text;
  if (!request.sort().empty() || request.limit() || request.offset() != 0) {
    const std::string order = order_sql(order_keys(table, request.sort()));
    if (!order.empty()) text += " order by " + order;
  }
  return text + limit_sql(request.limit(), request.offset());
}

std::string version_expression(const Table& table) {
  // xmin alone stays the same for two updates of one transaction; ctid tells them apart.
  if (table.layout() == Layout::document) return "version::text";
  return table.has_row_versions() ? "(xmin::text || ctid::text)" : "null::text";
}

// --- wire bytes ------------------------------------------------------------------------------------------------------

std::string WireFingerprint::make(const std::vector<const TableColumn*>& columns) {
  Json::Array list;
  for (const TableColumn* column : columns) {
    Json::Array item{Value(column->name), Value(std::int64_t{column->type.oid}),
                     Value(std::int64_t{column->type.modifier})};
    list.emplace_back(Json(std::move(item)));
  }
  return to_json(Value(Json(std::move(list))));
}

std::optional<WireFingerprint> WireFingerprint::parse(const std::string& text) {
  const Value value = parse_json(text);
  const Json* list = value.get_if<Json>();
  if (list == nullptr || !list->is_array()) return {};
  WireFingerprint result;
  for (const Value& entry : list->array()) {
    const Json* item = entry.get_if<Json>();
    if (item == nullptr || !item->is_array() || item->array().size() != 3) return {};
    const auto* name = item->array()[0].get_if<std::string>();
    const auto* type = item->array()[1].get_if<std::int64_t>();
    const auto* modifier = item->array()[2].get_if<std::int64_t>();
    if (name == nullptr || type == nullptr || modifier == nullptr) return {};
    TableColumn column;
    column.name = *name;
    column.type.oid = static_cast<std::uint32_t>(*type);
    column.type.modifier = static_cast<std::int32_t>(*modifier);
    column.codec = codec_of(column.type);
    result.columns.push_back(std::move(column));
  }
  return result;
}

// --- partitions ------------------------------------------------------------------------------------------------------

std::string key_partition_token(const std::optional<std::string>& from,
                                const std::optional<std::string>& to) {
  const auto bound = [](const std::optional<std::string>& text) { return text ? Value(*text) : Value(); };
  Json::Object members;
  members.emplace_back("from", bound(from));
  members.emplace_back("to", bound(to));
  return to_json(Value(Json(std::move(members))));
}

std::string block_partition_token(std::uint64_t from, std::optional<std::uint64_t> to) {
  Json::Object members;
  members.emplace_back("from_block", Value(static_cast<std::int64_t>(from)));
  members.emplace_back("to_block", to ? Value(static_cast<std::int64_t>(*to)) : Value());
  return to_json(Value(Json(std::move(members))));
}

std::string whole_partition_token() {
  return "{}";
}

std::string partition_condition(const Table& table, const Partition& partition) {
  const Value value = parse_json(partition.token());
  const Json* token = value.get_if<Json>();
  const auto refuse = [] {
    Error(ErrorCode::invalid_argument, "the partition is not one of this table").raise();
  };
  if (token == nullptr || !token->is_object()) refuse();
  std::vector<std::string> conditions;
  const auto bound = [&](std::string_view name, std::string_view comparison) {
    const Value* text = token->find(name);
    if (text == nullptr || text->is_null()) return;
    if (const auto* block = text->get_if<std::int64_t>()) {
      conditions.push_back(fmt::format("ctid {} '({},0)'::tid", comparison, *block));
    } else if (const auto* key = text->get_if<std::string>();
               key != nullptr && !table.key_columns().empty()) {
      const TableColumn& column = *table.key_columns().front();
      conditions.push_back(fmt::format("{} {} {}::{}", column.sql(), comparison, quote_literal(*key),
                                       column.type.oid < oid::first_user ? column.type.native : "text"));
    } else {
      refuse();
    }
  };
  bound("from", ">=");
  bound("to", "<");
  bound("from_block", ">=");
  bound("to_block", "<");
  return fmt::format("{}", fmt::join(conditions, " and "));
}

}  // namespace dataknobs::postgresql
