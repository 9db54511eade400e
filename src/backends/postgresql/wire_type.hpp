// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The types of PostgreSQL: how a column's values travel, what class of values they are here, and which type a new
/// column gets.

#include <cstdint>
#include <string>
#include <string_view>

#include "database/dataset.hpp"
#include "record/schema.hpp"

namespace dataknobs::postgresql {

/// The binary format of a value. Types without one of their own here travel as text (`cast_text`).
enum class Codec : std::uint8_t {
  boolean,
  int2,
  int4,
  int8,
  float4,
  float8,
  numeric,
  text,
  padded_text,  ///< char(n): without its padding.
  bytea,
  date,
  time,
  timestamp,
  timestamptz,
  uuid,
  json,
  jsonb,
  cast_text,    ///< Read as `column::text`, written by a cast from text.
  vector_text,  ///< As `cast_text`: real[], which holds vectors.
};

/// Whether statements must cast the column's values from and to text.
constexpr bool travels_as_text(Codec codec) noexcept {
  return codec == Codec::cast_text || codec == Codec::vector_text;
}

/// OIDs of built-in types (pg_type.dat); they never change.
namespace oid {
inline constexpr std::uint32_t boolean = 16, bytea = 17, name = 19, int8 = 20, int2 = 21, int4 = 23,
                               text = 25, json = 114, xml = 142, float4 = 700, float8 = 701, cidr = 650,
                               inet = 869, bpchar = 1042, varchar = 1043, date = 1082, time = 1083,
                               timestamp = 1114, timestamptz = 1184, interval = 1186, timetz = 1266,
                               numeric = 1700, uuid = 2950, jsonb = 3802, real_array = 1021;
/// The first OID that is not fixed by PostgreSQL itself.
inline constexpr std::uint32_t first_user = 16384;
}  // namespace oid

/// What the catalog says of a column's type, domains resolved.
struct CatalogType {
  std::uint32_t oid = 0;       ///< Of the base type.
  std::int32_t modifier = -1;  ///< atttypmod or the domain's.
  char kind = 'b';             ///< pg_type.typtype of the base type.
  std::string name;            ///< pg_type.typname of the base type.
  std::string native;          ///< format_type(): "numeric(10,2)".
};

Codec codec_of(const CatalogType& type);
FieldType field_type_of(const CatalogType& type);

/// The type that binds a parameter of that codec, and its array type.
std::uint32_t parameter_type(Codec codec);
std::uint32_t parameter_array_type(Codec codec);
/// The name of the parameter's type in SQL.
std::string_view parameter_type_name(Codec codec);

/// The type's name for a cast from text, without a modifier that would cut or round.
std::string cast_name(const CatalogType& type);

/// The column type for values of that field type, and how exactly it keeps them. Pure.
TypeMapping map_field_type(const FieldType& type);

}  // namespace dataknobs::postgresql
