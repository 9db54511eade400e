// SPDX-License-Identifier: Apache-2.0
//
// The canonical form "dk1". The first byte names the class; integers are big-endian two's complement.
//
//   i  int64: a number that is an integer of 64 bits, whatever its type
//   f  8 bytes IEEE 754 double: else a number that is D(x) of its nearest double; NaN is 7ff8000000000000
//   d  sign ('+' or '-'), int32 power of ten of the last digit, ASCII digits without leading and trailing
//   zeros s  UTF-8      b  one byte, 0 or 1      x  bytes t  int64 microseconds      D  int32 days      T
//   int64 microseconds v  int32 months, int32 days, int64 microseconds (columns of the logical type
//   "interval") [  per element: uint32 length, canonical bytes (length 0 for null) {  per member that is not
//   null, by the bytes of its name: uint32 length, name, uint32 length, canonical bytes
//
// A vector is the array of its numbers, each float widened to a double. Lengths go before contents, so that
// no two values run together to the same bytes.
#include "record/canonical.hpp"

#include <bit>
#include <cmath>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <fmt/format.h>

#include "record/canonical_bytes.hpp"
#include "record/json_compare.hpp"

namespace dataknobs {

namespace canonical {

void append_number(std::string& out, const Decimal& value) {
  char bytes[kShort];
  double short_value = 0;
  if (number::is_short(number::view(value), short_value)) {
    out.append(bytes, put_number(bytes, short_value));
    return;
  }
  if (std::optional<std::int64_t> integer = value.to_int64()) {
    out.append(bytes, put_integer(bytes, 'i', *integer));
    return;
  }
  number::DecimalView exact = number::view(value).normalized();
  // No double has a shortest form of more than 17 digits; its exact integers were taken above.
  if (exact.digits.size() <= 17) {
    double nearest = value.to_double();
    if (std::isfinite(nearest) && number::compare(nearest, value) == 0) {
      out.append(bytes, put_number(bytes, nearest));
      return;
    }
  }
  out += 'd';
  out += exact.negative ? '-' : '+';
  append_uint32(out, static_cast<std::uint32_t>(static_cast<std::int32_t>(exact.exponent)));
  out += exact.digits;
}

}  // namespace canonical

namespace {

using canonical::append_uint32;
using canonical::put_integer;

// Reserves the length before what `append` adds, then writes it there.
template <class Append>
void append_framed(std::string& out, Append append) {
  std::size_t place = out.size();
  append_uint32(out, 0);
  append();
  canonical::put_uint32(out.data() + place, static_cast<std::uint32_t>(out.size() - place - 4));
}

void append_json_canonical(std::string& out, const Json& json) {
  if (json.is_array()) {
    out += '[';
    for (const Value& element : json.array()) {
      append_framed(out, [&] {
        if (!element.is_null()) append_canonical(out, element);
      });
    }
    return;
  }
  out += '{';
  for (const auto* member : sorted_members(json.object())) {
    append_framed(out, [&] { out += member->first; });
    append_framed(out, [&] { append_canonical(out, member->second); });
  }
}

void append_vector_canonical(std::string& out, const Vector& vector) {
  char bytes[canonical::kShort];
  out += '[';
  for (float number : vector) {
    append_framed(out, [&] { out.append(bytes, canonical::put_number(bytes, static_cast<double>(number))); });
  }
}

}  // namespace

void append_canonical(std::string& out, const Value& value, std::string_view logical) {
  char bytes[canonical::kShort];
  switch (value.type()) {
    case ValueType::null:
      break;
    case ValueType::boolean:
      out += 'b';
      out += *value.get_if<bool>() ? '\1' : '\0';
      break;
    case ValueType::integer:
      out.append(bytes, put_integer(bytes, 'i', *value.get_if<std::int64_t>()));
      break;
    case ValueType::floating:
      out.append(bytes, canonical::put_number(bytes, *value.get_if<double>()));
      break;
    case ValueType::decimal:
      canonical::append_number(out, *value.get_if<Decimal>());
      break;
    case ValueType::string:
      canonical::append_text(out, *value.get_if<std::string>(), logical);
      break;
    case ValueType::binary:
      out.append(1, 'x').append(value.get_if<Binary>()->bytes);
      break;
    case ValueType::datetime:
      out.append(bytes, put_integer(bytes, 't', value.get_if<DateTime>()->microseconds));
      break;
    case ValueType::date:
      out += 'D';
      append_uint32(out, static_cast<std::uint32_t>(value.get_if<Date>()->days));
      break;
    case ValueType::time:
      out.append(bytes, put_integer(bytes, 'T', value.get_if<Time>()->microseconds));
      break;
    case ValueType::json:
      append_json_canonical(out, *value.get_if<Json>());
      break;
    case ValueType::vector:
      append_vector_canonical(out, *value.get_if<Vector>());
      break;
  }
}

Digest128& Digest128::operator+=(Digest128 other) noexcept {
  low += other.low;
  high += other.high + (low < other.low ? 1 : 0);
  return *this;
}

std::string Digest128::to_string() const {
  return fmt::format("{:016x}{:016x}", high, low);
}

DigestTotal& DigestTotal::operator+=(const DigestTotal& other) noexcept {
  count += other.count;
  sum += other.sum;
  return *this;
}

std::string DigestTotal::to_string() const {
  return fmt::format("dk1:{}:{}", count, sum.to_string());
}

std::uint64_t field_seed(std::string_view name) noexcept {
  return XXH3_64bits(name.data(), name.size());
}

Digest128 digest_value(const Value& value, std::uint64_t seed) {
  std::string bytes;
  append_canonical(bytes, value);
  XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed);
  return {hash.low64, hash.high64};
}

Digest128 canonical::finish_record(Digest128 sum) noexcept {
  char bytes[16];
  put_uint64(bytes, sum.high);
  put_uint64(bytes + 8, sum.low);
  XXH128_hash_t hash = XXH3_128bits(bytes, sizeof bytes);
  return {hash.low64, hash.high64};
}

Digest128 digest_record(const Record& record) {
  Digest128 sum;
  for (const Field& field : record.fields()) {
    if (!field.value().is_null()) sum += digest_value(field.value(), field_seed(field.name()));
  }
  return canonical::finish_record(sum);
}

}  // namespace dataknobs
