// SPDX-License-Identifier: Apache-2.0
#include "record/batch_convert.hpp"

#include <algorithm>
#include <unordered_map>

#include <arrow/api.h>
#include <arrow/util/byte_size.h>
#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "record/column_reader.hpp"

namespace dataknobs {

namespace {

// Finds the column of a field. Records mostly have their fields in one order, so the place of the field in
// its record is tried first.
class Names {
 public:
  std::optional<std::size_t> find(std::string_view name, std::size_t expected) const {
    if (expected < names_.size() && names_[expected] == name) return expected;
    auto found = index_.find(name);
    if (found == index_.end()) return std::nullopt;
    return found->second;
  }
  // The views must outlive this.
  std::size_t add(std::string_view name) {
    names_.push_back(name);
    index_.emplace(name, names_.size() - 1);
    return names_.size() - 1;
  }

 private:
  std::vector<std::string_view> names_;
  std::unordered_map<std::string_view, std::size_t> index_;
};

void fill_missing(ColumnBuilder& builder, std::size_t rows) {
  while (static_cast<std::size_t>(builder.size()) < rows) builder.append_missing();
}

std::shared_ptr<arrow::Array> ids_of(const std::vector<Record>& rows) {
  if (std::none_of(rows.begin(), rows.end(), [](const Record& row) { return row.id().has_value(); }))
    return nullptr;
  arrow::StringBuilder builder;
  for (const Record& row : rows) check_arrow(row.id() ? builder.Append(*row.id()) : builder.AppendNull());
  std::shared_ptr<arrow::Array> ids;
  check_arrow(builder.Finish(&ids));
  return ids;
}

[[noreturn]] void fail_unknown_field(const std::string& name, const std::optional<std::string>& id) {
  Error error(ErrorCode::serialization, fmt::format("the field '{}' is not a column of the target", name));
  error.field_path(name).hint("add the column, or leave the field out with a selection");
  if (id) error.record_id(*id);
  error.raise();
}

Column missing_column(const FieldType& type, std::uint64_t size) {
  ColumnBuilder builder(type);
  fill_missing(builder, size);
  return builder.finish();
}

// The same values in a column of another type.
Column convert_column(const Column& column, const FieldType& type) {
  if (column.type().kind() == type.kind()) {
    Column result(type, column.array());
    result.set_exceptions(column.exceptions()).set_missing(column.missing());
    return result;
  }
  ColumnReader reader(column);
  ColumnBuilder builder(type);
  builder.reserve(reader.size());
  for (std::int64_t row = 0; row < reader.size(); ++row) {
    if (column.is_missing(row)) {
      builder.append_missing();
    } else {
      builder.append(reader.value(row));
    }
  }
  return builder.finish();
}

// Calls `visit(offset, count)` for each run of selected rows.
template <class Visit>
void for_each_run(const std::vector<bool>& selection, Visit visit) {
  auto at = selection.begin();
  while ((at = std::find(at, selection.end(), true)) != selection.end()) {
    auto end = std::find(at, selection.end(), false);
    visit(at - selection.begin(), end - at);
    at = end;
  }
}

std::shared_ptr<arrow::Array> select_array(const arrow::Array& array, const std::vector<bool>& selection) {
  std::unique_ptr<arrow::ArrayBuilder> builder;
  check_arrow(arrow::MakeBuilder(arrow::default_memory_pool(), array.type(), &builder));
  arrow::ArraySpan span(*array.data());
  for_each_run(selection, [&](std::int64_t offset, std::int64_t count) {
    check_arrow(builder->AppendArraySlice(span, offset, count));
  });
  std::shared_ptr<arrow::Array> result;
  check_arrow(builder->Finish(&result));
  return result;
}

Column select_column(const Column& column, const std::vector<bool>& selection) {
  Column result(column.type(), select_array(*column.array(), selection));
  if (column.exceptions().empty() && column.missing().empty()) return result;
  std::map<std::int64_t, Value> exceptions;
  std::vector<bool> missing;
  std::int64_t kept = 0;
  for_each_run(selection, [&](std::int64_t offset, std::int64_t count) {
    auto at = column.exceptions().lower_bound(offset);
    for (; at != column.exceptions().end() && at->first < offset + count; ++at) {
      exceptions.emplace_hint(exceptions.end(), at->first - offset + kept, at->second);
    }
    if (!column.missing().empty()) {
      auto begin = column.missing().begin() + offset;
      missing.insert(missing.end(), begin, begin + count);
    }
    kept += count;
  });
  result.set_exceptions(std::move(exceptions)).set_missing(std::move(missing));
  return result;
}

std::uint64_t memory_of_array(const std::shared_ptr<arrow::Array>& array) {
  if (!array) return 0;
  auto size = arrow::util::ReferencedBufferSize(*array);
  return size.ok() ? static_cast<std::uint64_t>(*size) : 0;
}

// What a value takes beyond its own object.
std::uint64_t memory_of_value(const Value& value) {
  switch (value.type()) {
    case ValueType::decimal:
      return value.get_if<Decimal>()->digits().capacity();
    case ValueType::string:
      return value.get_if<std::string>()->capacity();
    case ValueType::binary:
      return value.get_if<Binary>()->bytes.capacity();
    case ValueType::vector:
      return value.get_if<Vector>()->capacity() * sizeof(float);
    case ValueType::json:
      break;
    default:
      return 0;
  }
  const Json& json = *value.get_if<Json>();
  std::uint64_t sum = 64;
  if (json.is_array()) {
    for (const Value& element : json.array()) sum += sizeof(Value) + memory_of_value(element);
  } else {
    for (const auto& [name, member] : json.object()) {
      sum += sizeof(std::string) + name.capacity() + sizeof(Value) + memory_of_value(member);
    }
  }
  return sum;
}

}  // namespace

ColumnSet columns_from_rows(const std::vector<Record>& rows) {
  Names names;
  std::vector<const std::string*> order;
  std::vector<ValueType> kinds;
  for (const Record& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Field& field = row.fields()[i];
      std::optional<std::size_t> place = names.find(field.name(), i);
      if (!place) {
        place = names.add(field.name());
        order.push_back(&field.name());
        kinds.push_back(ValueType::null);
      }
      if (kinds[*place] == ValueType::null) kinds[*place] = field.value().type();
    }
  }
  std::vector<FieldDescription> fields;
  fields.reserve(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) fields.emplace_back(*order[i], FieldType(kinds[i]));
  return columns_from_rows(rows, Schema(std::move(fields)));
}

ColumnSet columns_from_rows(const std::vector<Record>& rows, const Schema& schema) {
  ColumnSet set;
  Names names;
  std::vector<ColumnBuilder> builders;
  builders.reserve(schema.size());
  for (const FieldDescription& field : schema.fields()) {
    names.add(field.name());
    builders.emplace_back(field.type()).reserve(static_cast<std::int64_t>(rows.size()));
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t i = 0; i < rows[row].size(); ++i) {
      const Field& field = rows[row].fields()[i];
      std::optional<std::size_t> place = names.find(field.name(), i);
      if (!place) fail_unknown_field(field.name(), rows[row].id());
      fill_missing(builders[*place], row);
      builders[*place].append(field.value());
    }
  }
  set.columns.reserve(builders.size());
  for (ColumnBuilder& builder : builders) {
    fill_missing(builder, rows.size());
    set.columns.push_back(builder.finish());
  }
  set.schema = schema;
  set.ids = ids_of(rows);
  return set;
}

std::vector<Record> rows_from_columns(const ColumnSet& set, std::uint64_t size) {
  std::vector<ColumnReader> readers;
  readers.reserve(set.columns.size());
  for (const Column& column : set.columns) readers.emplace_back(column);
  const auto* ids = static_cast<const arrow::StringArray*>(set.ids.get());
  std::vector<Record> rows(size);
  for (std::uint64_t i = 0; i < size; ++i) {
    auto row = static_cast<std::int64_t>(i);
    Record& record = rows[i];
    record.reserve(readers.size());
    for (std::size_t k = 0; k < readers.size(); ++k) {
      if (set.columns[k].is_missing(row)) continue;
      record.append(set.schema.fields()[k].name(), readers[k].value(row));
    }
    if (ids != nullptr && ids->IsValid(row)) record.set_id(ids->GetString(row));
  }
  return rows;
}

ColumnSet columns_with_schema(const ColumnSet& set, std::uint64_t size, const Schema& schema) {
  for (std::size_t i = 0; i < set.columns.size(); ++i) {
    const std::string& name = set.schema.fields()[i].name();
    if (schema.find(name) != nullptr) continue;
    const std::vector<bool>& missing = set.columns[i].missing();
    auto present = std::find(missing.begin(), missing.end(), false);
    if (present == missing.end() && !missing.empty()) continue;
    if (size == 0) continue;
    std::int64_t row = present - missing.begin();
    std::optional<std::string> id;
    if (set.ids && set.ids->IsValid(row))
      id = static_cast<const arrow::StringArray&>(*set.ids).GetString(row);
    fail_unknown_field(name, id);
  }
  ColumnSet result;
  result.schema = schema;
  result.ids = set.ids;
  result.columns.reserve(schema.size());
  for (const FieldDescription& field : schema.fields()) {
    std::optional<std::size_t> index = set.schema.index_of(field.name());
    result.columns.push_back(index ? convert_column(set.columns[*index], field.type())
                                   : missing_column(field.type(), size));
  }
  return result;
}

ColumnSet slice_columns(const ColumnSet& set, std::int64_t offset, std::int64_t count) {
  ColumnSet result;
  result.schema = set.schema;
  result.columns.reserve(set.columns.size());
  for (const Column& column : set.columns) result.columns.push_back(column.slice(offset, count));
  if (set.ids) result.ids = set.ids->Slice(offset, count);
  return result;
}

ColumnSet select_columns(const ColumnSet& set, const std::vector<bool>& selection) {
  ColumnSet result;
  result.schema = set.schema;
  result.columns.reserve(set.columns.size());
  for (const Column& column : set.columns) result.columns.push_back(select_column(column, selection));
  if (set.ids) result.ids = select_array(*set.ids, selection);
  return result;
}

void check_columns(const ColumnSet& set, std::int64_t size) {
  if (set.schema.size() != set.columns.size()) {
    Error(ErrorCode::serialization,
          fmt::format("{} columns for a schema of {}", set.columns.size(), set.schema.size()))
        .raise();
  }
  for (std::size_t i = 0; i < set.columns.size(); ++i) {
    const Column& column = set.columns[i];
    const std::string& name = set.schema.fields()[i].name();
    if (column.size() != size) {
      Error(ErrorCode::serialization,
            fmt::format("the column '{}' has {} rows, others {}", name, column.size(), size))
          .field_path(name)
          .raise();
    }
    std::shared_ptr<arrow::DataType> expected = storage_type(column.type().kind());
    if (column.array()->type_id() != expected->id()) {
      Error(ErrorCode::serialization, fmt::format("the column '{}' is stored as {} instead of {}", name,
                                                  column.array()->type()->ToString(), expected->ToString()))
          .field_path(name)
          .raise();
    }
  }
  if (set.ids && (set.ids->length() != size || set.ids->type_id() != arrow::Type::STRING)) {
    Error(ErrorCode::serialization, "the ids are not one text per row").raise();
  }
}

std::uint64_t memory_of(const ColumnSet& set) {
  std::uint64_t sum = memory_of_array(set.ids);
  for (const Column& column : set.columns) {
    sum += memory_of_array(column.array()) + column.missing().size() / 8;
    for (const auto& [row, value] : column.exceptions()) sum += 64 + sizeof(Value) + memory_of_value(value);
  }
  return sum;
}

std::uint64_t memory_of(const std::vector<Record>& rows) {
  std::uint64_t sum = rows.capacity() * sizeof(Record);
  for (const Record& row : rows) {
    sum += row.fields().capacity() * sizeof(Field);
    for (const Field& field : row.fields()) sum += field.name().capacity() + memory_of_value(field.value());
  }
  return sum;
}

}  // namespace dataknobs
