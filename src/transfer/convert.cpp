// SPDX-License-Identifier: Apache-2.0
#include "transfer/convert.hpp"

#include <algorithm>
#include <cmath>

#include <arrow/array.h>
#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "database/keys.hpp"
#include "record/excerpt.hpp"
#include "transfer/fidelity.hpp"
#include "transfer/local_time.hpp"

namespace dataknobs {

namespace {

// The column of that name, or nullptr.
const Column* column_of(const Batch& batch, const std::string& name) {
  const auto index = batch.schema().index_of(name);
  return index ? &batch.columns()[*index] : nullptr;
}

std::vector<Value> values_of(const std::vector<const Column*>& columns, std::uint64_t row) {
  std::vector<Value> values;
  values.reserve(columns.size());
  for (const Column* column : columns) {
    values.push_back(column == nullptr ? Value() : column->value(static_cast<std::int64_t>(row)));
  }
  return values;
}

// The id of a record for a message; its position where it has no id.
std::string record_name(const Batch& batch, std::int64_t row, const std::vector<std::string>& key,
                        std::uint64_t ordinal) {
  if (batch.has_columns()) {
    const auto* ids = static_cast<const arrow::StringArray*>(batch.ids().get());
    if (ids != nullptr && ids->IsValid(row)) return ids->GetString(row);
    std::vector<const Column*> columns;
    for (const std::string& name : key) columns.push_back(column_of(batch, name));
    if (const auto id = id_of_key(values_of(columns, static_cast<std::uint64_t>(row)))) return *id;
  } else if (const auto& id = batch.rows()[static_cast<std::size_t>(row)].id()) {
    return *id;
  }
  return fmt::format("number {}", ordinal + static_cast<std::uint64_t>(row) + 1);
}

std::int64_t first_wide_integer(const arrow::Int64Array& array, std::int32_t width) {
  const std::int64_t limit = std::int64_t{1} << (width - 1);
  const std::int64_t* values = array.raw_values();
  // One pass without branches decides; the place is looked for only if there is one.
  bool wide = false;
  for (std::int64_t i = 0; i < array.length(); ++i) wide |= values[i] < -limit || values[i] >= limit;
  if (!wide) return -1;
  for (std::int64_t i = 0; i < array.length(); ++i) {
    if (array.IsValid(i) && (values[i] < -limit || values[i] >= limit)) return i;
  }
  return -1;
}

std::int64_t first_wide_floating(const arrow::DoubleArray& array) {
  for (std::int64_t i = 0; i < array.length(); ++i) {
    const double value = array.Value(i);
    if (array.IsValid(i) && std::isfinite(value) && static_cast<double>(static_cast<float>(value)) != value)
      return i;
  }
  return -1;
}

// A null of JSON, which a column keeps as its text.
std::int64_t first_json_null(const Column& column) {
  if (column.type().kind() != ValueType::json) return -1;
  const auto& array = static_cast<const arrow::StringArray&>(*column.array());
  for (std::int64_t row = 0; row < array.length(); ++row) {
    if (array.IsValid(row) && array.GetView(row) == "null") return row;
  }
  return -1;
}

// What a column holds of another class because its own has no such value: a scalar in a column of JSON, the text of a
// datetime out of range or of an array of another shape. It means the same in a column of the same class.
bool is_kept(const Value& value, ValueType kind) {
  switch (kind) {
    case ValueType::json:
      return value.is_number() || value.type() == ValueType::boolean || value.type() == ValueType::string;
    case ValueType::datetime:
    case ValueType::date:
    case ValueType::vector:
      return value.type() == ValueType::string;
    default:
      return false;
  }
}

}  // namespace

std::int64_t first_misfit(const Column& column, const FieldType& type) {
  if (type.kind() == ValueType::integer) {
    return first_wide_integer(static_cast<const arrow::Int64Array&>(*column.array()), type.width());
  }
  if (type.kind() == ValueType::floating) {
    return first_wide_floating(static_cast<const arrow::DoubleArray&>(*column.array()));
  }
  for (std::int64_t row = 0; row < column.size(); ++row) {
    if (column.array()->IsValid(row) && !fits(column.value(row), type)) return row;
  }
  return -1;
}

BatchConverter::BatchConverter(const TransferPlan& plan, std::string run_id)
    : plan_(plan), run_id_(std::move(run_id)) {
  as_is_ = plan_.target_layout == Layout::columns && !plan_.id_column;
  for (const FieldMapping& field : plan_.fields) {
    as_is_ = as_is_ && field.source() == field.target() &&
             field.source_type().kind() == field.target_type().kind() &&
             !needs_check(field.source_type(), field.target_type()) &&
             (plan_.timezone.empty() || !gains_time_zone(field.source_type(), field.target_type()));
  }
}

Batch BatchConverter::convert(const Batch& source, std::uint64_t chunk, std::uint64_t ordinal) const {
  note_json_nulls(source, ordinal);
  if (plan_.target_layout == Layout::document) return to_documents(source, chunk, ordinal);
  if (!source.has_columns()) return to_columns(documents_to_columns(source), ordinal);
  return to_columns(source, ordinal);
}

std::string BatchConverter::name_of(const Batch& batch, std::int64_t row, std::uint64_t ordinal) const {
  return record_name(batch, row, plan_.view.key.empty() ? plan_.key : plan_.view.key, ordinal);
}

void BatchConverter::note_json_nulls(const Batch& source, std::uint64_t ordinal) const {
  if (!source.has_columns()) return;
  for (const std::string& name : plan_.one_null) {
    const Column* const column = column_of(source, name);
    const std::int64_t row = column == nullptr ? -1 : first_json_null(*column);
    if (row < 0) continue;
    plan_.notes->add_json_null(name);
    if (!plan_.strict) continue;
    Error(ErrorCode::validation, "the null of JSON would become that of the field")
        .store(plan_.view.target)
        .record_id(name_of(source, row, ordinal))
        .field_path(name)
        .hint(fmt::format("accept it with --allow-loss {}, or copy without --strict", name))
        .raise();
  }
}

// Columns have no room for it.
void BatchConverter::refuse_metadata(const Batch& source) const {
  if (plan_.drops_metadata) return;
  for (const Record& row : source.rows()) {
    if (!row.metadata()) continue;
    Error(ErrorCode::validation, "the record has metadata, and the columns of the target have no room for it")
        .store(plan_.view.target)
        .record_id(row.id().value_or(""))
        .field_path("metadata")
        .hint("copy into layout=document, or accept the loss with --allow-loss metadata")
        .raise();
  }
}

// Documents of which every field is known: those of the plan, and the id where it becomes a column.
Batch BatchConverter::documents_to_columns(const Batch& source) const {
  refuse_metadata(source);
  std::vector<FieldDescription> fields;
  for (const FieldMapping& field : plan_.fields) fields.emplace_back(field.source(), field.source_type());
  if (!plan_.id_column) return source.with_schema(Schema(std::move(fields)));
  std::vector<Record> rows = source.rows();
  for (Record& row : rows) {
    if (!row.contains("id") && row.id()) row.append("id", Value(*row.id()));
  }
  return Batch::from_rows(std::move(rows)).with_schema(Schema(std::move(fields)));
}

Batch BatchConverter::to_columns(const Batch& source, std::uint64_t ordinal) const {
  const Schema& schema = source.schema();
  const std::vector<Column>& columns = source.columns();
  std::vector<Column> result;
  result.reserve(plan_.fields.size());
  bool same = as_is_ && schema.size() == plan_.fields.size();
  for (std::size_t i = 0; i < plan_.fields.size(); ++i) {
    const FieldMapping& field = plan_.fields[i];
    const auto index = schema.index_of(field.source());
    if (!index) {
      Error(ErrorCode::concurrency, fmt::format("the source no longer has the field '{}'", field.source()))
          .field_path(field.source())
          .raise();
    }
    same = same && *index == i && columns[*index].exceptions().empty();
    result.push_back(convert_column(columns[*index], field, source, ordinal));
  }
  if (same) return source;
  std::vector<FieldDescription> described;
  for (std::size_t i = 0; i < result.size(); ++i) {
    described.emplace_back(plan_.fields[i].target(), result[i].type());
  }
  return Batch::from_columns(Schema(std::move(described)), std::move(result));
}

Column BatchConverter::convert_column(const Column& column, const FieldMapping& field, const Batch& source,
                                      std::uint64_t ordinal) const {
  const FieldType& type = field.target_type();
  const auto misfit = [&](std::int64_t row) {
    Error(ErrorCode::validation,
          fmt::format("value {} does not fit the target's type {}", excerpt(to_text(column.value(row))),
                      type.native().empty() ? type.to_string() : type.native()))
        .store(plan_.view.target)
        .record_id(name_of(source, row, ordinal))
        .field_path(field.source())
        .hint("change the column's type in the target, or leave the record out with --where")
        .raise();
  };
  // A column without a type of its own takes every value in the type that it has.
  if (type.is_any()) return column;
  const bool same_kind = column.type().kind() == type.kind();
  if (same_kind && !plan_.timezone.empty() && gains_time_zone(field.source_type(), type))
    return convert_times(column, field, source, ordinal);
  if (same_kind) {
    const std::int64_t row = needs_check(field.source_type(), type) ? first_misfit(column, type) : -1;
    if (row >= 0) misfit(row);
    const auto kept = [&](const auto& exception) { return is_kept(exception.second, type.kind()); };
    if (std::all_of(column.exceptions().begin(), column.exceptions().end(), kept)) {
      Column same(type, column.array());
      same.set_exceptions(column.exceptions()).set_missing(column.missing());
      return same;
    }
  }
  ColumnBuilder builder(type);
  builder.reserve(column.size());
  std::int64_t row = 0;
  try {
    for (; row < column.size(); ++row) {
      const Value value = column.value(row);
      const bool kept = same_kind && is_kept(value, type.kind());
      const std::optional<Value> converted = kept ? value : convert_value(value, type);
      if (!converted) misfit(row);
      builder.append(*converted);
    }
  } catch (const SerializationError& error) {
    // The text of the cell is not of its column's kind.
    Error named = error;
    named.store(plan_.view.source)
        .record_id(name_of(source, row, ordinal))
        .field_path(field.source())
        .raise();
  }
  return builder.finish();
}

Column BatchConverter::convert_times(const Column& column, const FieldMapping& field, const Batch& source,
                                     std::uint64_t ordinal) const {
  const LocalTimes times(column, plan_.timezone);
  const auto unclear = field.exactness() == Exactness::lossy ? std::nullopt : times.first_unclear();
  if (!unclear) return times.moments(field.target_type());
  Error(ErrorCode::validation, fmt::format("clocks of {} show the time {} twice or never", plan_.timezone,
                                           excerpt(to_text(column.value(*unclear)))))
      .store(plan_.view.source)
      .record_id(name_of(source, *unclear, ordinal))
      .field_path(field.source())
      .hint(fmt::format("take the earlier moment with --allow-loss {}, or leave the record out with --where",
                        field.source()))
      .raise();
}

Batch BatchConverter::to_documents(const Batch& source, std::uint64_t chunk, std::uint64_t ordinal) const {
  if (plan_.ids == IdOrigin::kept) return source;
  const auto hashed = [&](std::uint64_t row) {
    return text_hash(fmt::format("{}/{}/{}", run_id_, chunk, ordinal + row));
  };
  const auto id_by_key = [&](const std::vector<Value>& key, std::uint64_t row) {
    const std::optional<std::string> id = id_of_key(key);
    if (id) return *id;
    const auto null =
        std::find_if(key.begin(), key.end(), [](const Value& value) { return value.is_null(); });
    Error(ErrorCode::validation, "a key column is null, so the record has no id")
        .store(plan_.view.source)
        .record_id(fmt::format("number {}", ordinal + row + 1))
        .field_path(plan_.key[static_cast<std::size_t>(null - key.begin())])
        .hint("leave the record out with --where, or give other columns with key=")
        .raise();
  };
  // Columns stay columns: as records they would take several times the memory until they are written.
  if (source.has_columns()) {
    std::vector<const Column*> key;
    for (const std::string& name : plan_.key) key.push_back(column_of(source, name));
    ColumnBuilder ids{FieldType(ValueType::string)};
    ids.reserve(static_cast<std::int64_t>(source.size()));
    for (std::uint64_t row = 0; row < source.size(); ++row) {
      ids.append_text(plan_.ids == IdOrigin::hashed ? hashed(row) : id_by_key(values_of(key, row), row));
    }
    return Batch::from_columns(source.schema(), source.columns(), ids.finish().array());
  }
  std::vector<Record> rows = source.rows();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (plan_.ids == IdOrigin::hashed) {
      rows[i].set_id(hashed(i));
      continue;
    }
    std::vector<Value> key;
    for (const std::string& name : plan_.key) key.push_back(rows[i][name]);
    rows[i].set_id(id_by_key(key, i));
  }
  return Batch::from_rows(std::move(rows));
}

}  // namespace dataknobs
