// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/wire_type.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "backends/postgresql/sql.hpp"

namespace dataknobs::postgresql {
namespace {

struct CodecOfOid {
  std::uint32_t type;
  Codec codec;
};
constexpr CodecOfOid codecs[] = {
    {oid::boolean, Codec::boolean},     {oid::int2, Codec::int2},
    {oid::int4, Codec::int4},           {oid::int8, Codec::int8},
    {oid::float4, Codec::float4},       {oid::float8, Codec::float8},
    {oid::numeric, Codec::numeric},     {oid::text, Codec::text},
    {oid::varchar, Codec::text},        {oid::name, Codec::text},
    {oid::bpchar, Codec::padded_text},  {oid::bytea, Codec::bytea},
    {oid::date, Codec::date},           {oid::time, Codec::time},
    {oid::timestamp, Codec::timestamp}, {oid::timestamptz, Codec::timestamptz},
    {oid::uuid, Codec::uuid},           {oid::json, Codec::json},
    {oid::jsonb, Codec::jsonb},         {oid::real_array, Codec::vector_text},
};

struct ParameterType {
  Codec codec;
  std::uint32_t type;
  std::uint32_t array;
  std::string_view name;
};
constexpr ParameterType parameter_types[] = {
    {Codec::boolean, oid::boolean, 1000, "boolean"},
    {Codec::int2, oid::int2, 1005, "smallint"},
    {Codec::int4, oid::int4, 1007, "integer"},
    {Codec::int8, oid::int8, 1016, "bigint"},
    {Codec::float4, oid::float4, 1021, "real"},
    {Codec::float8, oid::float8, 1022, "double precision"},
    {Codec::numeric, oid::numeric, 1231, "numeric"},
    {Codec::text, oid::text, 1009, "text"},
    {Codec::padded_text, oid::text, 1009, "text"},
    {Codec::bytea, oid::bytea, 1001, "bytea"},
    {Codec::date, oid::date, 1182, "date"},
    {Codec::time, oid::time, 1183, "time"},
    {Codec::timestamp, oid::timestamp, 1115, "timestamp"},
    {Codec::timestamptz, oid::timestamptz, 1185, "timestamptz"},
    {Codec::uuid, oid::uuid, 2951, "uuid"},
    {Codec::json, oid::json, 199, "json"},
    {Codec::jsonb, oid::jsonb, 3807, "jsonb"},
    {Codec::cast_text, oid::text, 1009, "text"},
    {Codec::vector_text, oid::text, 1009, "text"},
};

const ParameterType& parameter(Codec codec) {
  return *std::find_if(std::begin(parameter_types), std::end(parameter_types),
                       [codec](const ParameterType& entry) { return entry.codec == codec; });
}

// Built-in types that travel as text and are made again by their own name.
constexpr std::string_view restorable_types[] = {
    "inet",
    "cidr",
    "interval",
    "timetz",
    "macaddr",
    "macaddr8",
    "money",
    "bit",
    "varbit",
    "xml",
    "tsvector",
    "tsquery",
    "point",
    "line",
    "lseg",
    "box",
    "path",
    "polygon",
    "circle",
    "int4range",
    "int8range",
    "numrange",
    "tsrange",
    "tstzrange",
    "daterange",
    "int4multirange",
    "int8multirange",
    "nummultirange",
    "tsmultirange",
    "tstzmultirange",
    "datemultirange",
    "pg_lsn",
    "oid",
    "jsonpath",
};

constexpr std::string_view array_elements[] = {
    "boolean",
    "smallint",
    "integer",
    "bigint",
    "double precision",
    "numeric",
    "text",
    "character varying",
    "bytea",
    "date",
    "uuid",
    "timestamp without time zone",
    "timestamp with time zone",
    "time without time zone",
    "jsonb",
    "json",
    "interval",
    "inet",
    "cidr",
};

bool is_restorable_array(std::string_view logical) {
  if (!logical.ends_with("[]")) return false;
  logical.remove_suffix(2);
  return std::find(std::begin(array_elements), std::end(array_elements), logical) != std::end(array_elements);
}

FieldType text_type_of(const CatalogType& type) {
  FieldType field(ValueType::string);
  if (type.kind == 'e') return field.set_logical("enum");
  if (type.oid >= oid::first_user) return field.set_logical(type.name == "citext" ? "citext" : "");
  if (type.name.starts_with('_')) {
    // The native name without modifiers: "numeric(10,2)[]" is an array of numeric.
    std::string name = type.native;
    if (const auto open = name.find('('); open != std::string::npos)
      name.erase(open, name.find(')') + 1 - open);
    return field.set_logical(name);
  }
  // Their modifier is the number of bits.
  if ((type.name == "bit" || type.name == "varbit") && type.modifier > 0) field.set_length(type.modifier);
  return field.set_logical(type.name);
}

FieldType numeric_type_of(std::int32_t modifier) {
  FieldType field(ValueType::decimal);
  if (modifier < 4) return field;
  // The scale is an 11-bit signed number since PostgreSQL 15.
  const std::int32_t packed = modifier - 4;
  const std::int32_t scale = ((packed & 0x7ff) ^ 1024) - 1024;
  return field.set_precision((packed >> 16) & 0xffff, scale);
}

TypeMapping map_string(const FieldType& type) {
  const std::string& logical = type.logical();
  const auto restored = [&](std::string native) {
    FieldType field(ValueType::string);
    field.set_logical(logical).set_native(std::move(native)).set_length(type.length());
    return TypeMapping(std::move(field), Exactness::exact);
  };
  if (logical == "uuid") return restored("uuid");
  const bool known = std::find(std::begin(restorable_types), std::end(restorable_types), logical) !=
                     std::end(restorable_types);
  if (known && type.length()) return restored(fmt::format("{}({})", logical, *type.length()));
  if (known || is_restorable_array(logical)) return restored(logical);
  FieldType field(ValueType::string);
  field.set_native("text");
  if (type.length() && *type.length() > 0 && *type.length() <= 10485760) {
    const bool padded = logical == "char";
    field.set_length(type.length()).set_logical(padded ? "char" : "");
    field.set_native(fmt::format("{}({})", padded ? "char" : "varchar", *type.length()));
  }
  return TypeMapping(std::move(field), Exactness::exact_if, "U+0000 does not fit").set_keeps_nul(false);
}

TypeMapping map_decimal(const FieldType& type) {
  FieldType field(ValueType::decimal);
  const bool fixed = type.precision() && type.scale() && *type.precision() >= 1 &&
                     *type.precision() <= 1000 && *type.scale() >= 0 && *type.scale() <= *type.precision();
  if (fixed) {
    field.set_precision(type.precision(), type.scale());
    field.set_native(fmt::format("numeric({},{})", *type.precision(), *type.scale()));
    return TypeMapping(std::move(field), Exactness::exact);
  }
  field.set_native("numeric");
  return TypeMapping(std::move(field), Exactness::exact_if,
                     "more than 131072 digits before or 16383 behind the point do not fit");
}

TypeMapping map_number(const FieldType& type) {
  FieldType field(type.kind());
  field.set_width(type.width());
  if (type.kind() == ValueType::floating) {
    field.set_native(type.width() <= 32 ? "real" : "double precision");
  } else {
    field.set_width(std::max(type.width(), 16));
    field.set_native(type.width() <= 16 ? "smallint" : type.width() <= 32 ? "integer" : "bigint");
  }
  return TypeMapping(std::move(field), Exactness::exact);
}

}  // namespace

Codec codec_of(const CatalogType& type) {
  for (const CodecOfOid& entry : codecs) {
    if (entry.type == type.oid) return entry.codec;
  }
  return Codec::cast_text;
}

FieldType field_type_of(const CatalogType& type) {
  const auto described = [&]() -> FieldType {
    switch (codec_of(type)) {
      case Codec::boolean:
        return ValueType::boolean;
      case Codec::int2:
        return FieldType(ValueType::integer).set_width(16);
      case Codec::int4:
        return FieldType(ValueType::integer).set_width(32);
      case Codec::int8:
        return ValueType::integer;
      case Codec::float4:
        return FieldType(ValueType::floating).set_width(32);
      case Codec::float8:
        return ValueType::floating;
      case Codec::numeric:
        return numeric_type_of(type.modifier);
      case Codec::text: {
        FieldType field(ValueType::string);
        if (type.oid == oid::varchar && type.modifier > 4) field.set_length(type.modifier - 4);
        return field;
      }
      case Codec::padded_text: {
        FieldType field(ValueType::string);
        if (type.modifier > 4) field.set_length(type.modifier - 4);
        return field.set_logical("char");
      }
      case Codec::bytea:
        return ValueType::binary;
      case Codec::date:
        return ValueType::date;
      case Codec::time:
        return ValueType::time;
      case Codec::timestamp:
        return FieldType(ValueType::datetime).set_logical("naive");
      case Codec::timestamptz:
        return ValueType::datetime;
      case Codec::uuid:
        return FieldType(ValueType::string).set_logical("uuid");
      case Codec::json:
        return FieldType(ValueType::json).set_logical("json");
      case Codec::jsonb:
        return ValueType::json;
      case Codec::vector_text:
        return ValueType::vector;
      case Codec::cast_text:
        break;
    }
    return text_type_of(type);
  };
  return described().set_native(type.native);
}

std::uint32_t parameter_type(Codec codec) {
  return parameter(codec).type;
}
std::uint32_t parameter_array_type(Codec codec) {
  return parameter(codec).array;
}
std::string_view parameter_type_name(Codec codec) {
  return parameter(codec).name;
}

std::string cast_name(const CatalogType& type) {
  // "bit" alone would mean bit(1); the catalog's own name has no length.
  if (type.oid < oid::first_user && !type.name.starts_with('_'))
    return "pg_catalog." + quote_identifier(type.name);
  std::string name = type.native;
  if (const auto open = name.find('('); open != std::string::npos && name.find('"') == std::string::npos) {
    name.erase(open, name.find(')') + 1 - open);
  }
  return name;
}

TypeMapping map_field_type(const FieldType& type) {
  const auto mapped = [](ValueType kind, const char* native, std::string logical, Exactness exactness,
                         std::string note) {
    FieldType field(kind);
    field.set_native(native).set_logical(std::move(logical));
    return TypeMapping(std::move(field), exactness, std::move(note));
  };
  switch (type.kind()) {
    case ValueType::boolean:
      return mapped(ValueType::boolean, "boolean", "", Exactness::exact, "");
    case ValueType::integer:
    case ValueType::floating:
      return map_number(type);
    case ValueType::decimal:
      return map_decimal(type);
    case ValueType::string:
      return map_string(type);
    case ValueType::binary:
      return mapped(ValueType::binary, "bytea", "", Exactness::exact, "");
    case ValueType::datetime:
      if (type.logical() == "naive") {
        return mapped(ValueType::datetime, "timestamp", "naive", Exactness::exact_if,
                      "years before 4713 BC do not fit");
      }
      return mapped(ValueType::datetime, "timestamptz", "", Exactness::exact_if,
                    "years before 4713 BC do not fit");
    case ValueType::date:
      return mapped(ValueType::date, "date", "", Exactness::exact_if, "years before 4713 BC do not fit");
    case ValueType::time:
      return mapped(ValueType::time, "time", "", Exactness::exact, "");
    case ValueType::json:
      if (type.logical() == "json")
        return mapped(ValueType::json, "json", "json", Exactness::exact, "").set_keeps_json_null(true);
      return mapped(ValueType::json, "jsonb", "", Exactness::exact_if, "U+0000 does not fit")
          .set_keeps_json_null(true)
          .set_keeps_nul(false);
    case ValueType::vector:
      return mapped(ValueType::vector, "real[]", "", Exactness::exact, "");
    case ValueType::null:
      break;
  }
  return mapped(ValueType::json, "jsonb", "", Exactness::exact_if,
                "a column of any type keeps what JSON can say: no dates, times or bytes")
      .set_keeps_nul(false);
}

}  // namespace dataknobs::postgresql
