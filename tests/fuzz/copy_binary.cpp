// SPDX-License-Identifier: Apache-2.0
//
// Rows of PostgreSQL's binary COPY: the first byte tells the number of columns, one byte each their type, the rest is
// rows. What is malformed is an error that says so; what is taken is written so that it reads back the same.
#include <cstdlib>
#include <iterator>

#include <arrow/api.h>

#include <dataknobs/error.hpp>

#include "backends/postgresql/copy_binary.hpp"

namespace {

using namespace dataknobs;
using namespace dataknobs::postgresql;

constexpr std::uint32_t types[] = {
    oid::boolean, oid::int2,   oid::int4,        oid::int8, oid::float4,  oid::float8,    oid::numeric,
    oid::text,    oid::bpchar, oid::bytea,       oid::date, oid::time,    oid::uuid,      oid::json,
    oid::jsonb,   oid::inet,   oid::timestamptz, oid::xml,  oid::varchar, oid::timestamp, oid::real_array};

void require(bool condition) {
  if (!condition) std::abort();
}

WireColumn column_of(std::uint8_t choice) {
  CatalogType type;
  type.oid = types[choice % std::size(types)];
  WireColumn column;
  column.name = "c";
  column.codec = codec_of(type);
  column.type = field_type_of(type);
  return column;
}

// The values, unless the text of a JSON column is none: columns are parsed where they are read.
std::optional<std::vector<Value>> values_of(const Column& column) {
  std::vector<Value> values;
  try {
    for (std::int64_t row = 0; row < static_cast<std::int64_t>(column.size()); ++row)
      values.push_back(column.value(row));
  } catch (const SerializationError&) {
    return std::nullopt;
  }
  return values;
}

void check_round_trip(const WireColumn& wire, const Column& column) {
  const std::optional<std::vector<Value>> values = values_of(column);
  if (!values) return;
  std::string bytes;
  try {
    const std::vector<ColumnEncoder> encoders = {ColumnEncoder(wire, &column)};
    encode_rows(bytes, encoders, 0, static_cast<std::int64_t>(column.size()));
  } catch (const ValidationError& error) {
    // No server sends text with U+0000, so only its encoder refuses that.
    require(error.message().find("U+0000") != std::string::npos);
    return;
  }
  const std::optional<std::vector<Value>> again = values_of(decode_rows({wire}, bytes).front());
  require(again == values);
}

void check_header(std::string_view bytes) {
  try {
    const std::string_view rest = strip_copy_header(bytes);
    require(rest.data() + rest.size() == bytes.data() + bytes.size());
  } catch (const SerializationError& error) {
    require(!error.message().empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A copy of its own, so that the sanitizer sees a byte read behind its end.
  const std::vector<char> copy(data, data + size);
  check_header({copy.data(), copy.size()});
  const std::size_t count = size == 0 ? 0 : 1 + data[0] % 6;
  if (size < 1 + count) return 0;
  std::vector<WireColumn> wire;
  for (std::size_t i = 1; i <= count; ++i) wire.push_back(column_of(data[i]));
  std::vector<Column> columns;
  try {
    columns = decode_rows(wire, {copy.data() + 1 + count, size - 1 - count});
  } catch (const SerializationError& error) {
    require(error.message().find("row ") != std::string::npos);
    return 0;
  }
  require(columns.size() == count);
  for (std::size_t i = 0; i < count; ++i) {
    require(columns[i].size() == columns[0].size());
    check_round_trip(wire[i], columns[i]);
  }
  return 0;
}
