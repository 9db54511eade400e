// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/keys.hpp"

#include <arrow/api.h>
#include <fmt/format.h>

#include "backends/postgresql/copy_binary.hpp"

namespace dataknobs::postgresql {

void require_key(const Table& table) {
  if (!table.key_columns().empty()) return;
  Error(ErrorCode::unsupported, fmt::format("the {} {} has no key", table.native_kind(), table.name()))
      .hint("name its key columns with key=")
      .raise();
}

ArrayParameter::ArrayParameter(std::string name, const TableColumn& column)
    : name_(std::move(name)), wire_(column.wire()) {
  if (travels_as_text(column.codec)) cast_ = "::" + cast_name(column.type);
}

std::string ArrayParameter::array_type() const {
  return std::string(parameter_type_name(wire_.codec)) + "[]";
}

std::string ArrayParameter::value(std::string_view alias) const {
  return fmt::format("{}.{}{}", alias, name_, cast_);
}

void ArrayParameter::bind(Parameters& parameters, const Column& column) const {
  const ColumnEncoder encoder(wire_, &column);
  parameters.add_binary(parameter_array_type(wire_.codec),
                        encode_array(encoder, wire_.codec, 0, column.size()));
}

KeyParameters::KeyParameters(const Table& table, std::span<const std::string> ids) {
  std::vector<FieldType> types;
  std::vector<ColumnBuilder> builders;
  const std::vector<const TableColumn*> key = table.key_columns();
  for (const TableColumn* column : key) {
    columns_.emplace_back(fmt::format("key_{}", columns_.size() + 1), *column);
    types.push_back(field_type_of(column->type));
    builders.emplace_back(types.back());
  }
  ColumnBuilder ordinals((FieldType(ValueType::integer)));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    std::optional<std::vector<Value>> values;
    if (table.layout() == Layout::document) {
      values = std::vector<Value>{Value(ids[i])};
    } else {
      values = id_to_key(ids[i], types);
    }
    if (!values) continue;
    // A key that the column's type cannot hold is the key of no record.
    std::string scratch;
    bool possible = true;
    for (std::size_t c = 0; c < key.size(); ++c) {
      possible = possible && !append_value(scratch, (*values)[c], key[c]->codec);
    }
    if (!possible) continue;
    for (std::size_t c = 0; c < key.size(); ++c) builders[c].append((*values)[c]);
    ordinals.append_integer(static_cast<std::int64_t>(i));
    positions_.push_back(i);
  }
  for (std::size_t c = 0; c < key.size(); ++c) {
    const Column column = builders[c].finish();
    columns_[c].bind(parameters_, column);
  }
  WireColumn wire;
  wire.codec = Codec::int8;
  const Column column = ordinals.finish();
  const ColumnEncoder encoder(wire, &column);
  parameters_.add_binary(parameter_array_type(Codec::int8),
                         encode_array(encoder, Codec::int8, 0, column.size()));
}

std::string KeyParameters::unnest_arguments() const {
  std::string text;
  std::size_t number = 0;
  for (const ArrayParameter& column : columns_)
    text += fmt::format("${}::{}, ", ++number, column.array_type());
  return text + fmt::format("${}::int8[]", ++number);
}

std::string KeyParameters::names() const {
  std::string text;
  for (const ArrayParameter& column : columns_) text += (text.empty() ? "" : ", ") + column.name();
  return text;
}

std::string KeyParameters::match(const Table& table, std::string_view qualifier) const {
  std::string text;
  const std::vector<const TableColumn*> key = table.key_columns();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i != 0) text += " and ";
    text += fmt::format("{}{} = {}", qualifier, key[i]->sql(), columns_[i].value("dataknobs_keys"));
  }
  return text;
}

}  // namespace dataknobs::postgresql
