// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The canonical form of values and the digest "dk1" over it (docs/semantics.md, "Canonical form and
/// digest").

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/record.hpp>

namespace dataknobs {

class Batch;
class Column;

/// 128 bits, added modulo 2^128.
struct Digest128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  Digest128& operator+=(Digest128 other) noexcept;
  friend bool operator==(Digest128, Digest128) = default;
  /// 32 lower-case hexadecimal digits, most significant first.
  std::string to_string() const;
};

/// The sum of a set of records: equal for equal sets whatever their order, found different by a swap of
/// values between records or a doubled record.
struct DigestTotal {
  std::uint64_t count = 0;
  Digest128 sum;
  DigestTotal& operator+=(const DigestTotal& other) noexcept;
  friend bool operator==(const DigestTotal&, const DigestTotal&) = default;
  /// "dk1:<count>:<32 hex digits>"
  std::string to_string() const;
};

/// Appends the canonical bytes of a non-null value. Two values are equal exactly when their canonical bytes
/// are (a date and a datetime aside). Vectors count as the array of their numbers. `logical`: the column's
/// logical type where it matters ("uuid": lower case; "interval").
void append_canonical(std::string& out, const Value& value, std::string_view logical = {});

/// The seed of a field's hash, XXH3-64 of its name.
std::uint64_t field_seed(std::string_view name) noexcept;
/// XXH3-128 of the canonical bytes with that seed.
Digest128 digest_value(const Value& value, std::uint64_t seed);
/// The digest of one record: XXH3-128 of the sum of its fields. Null fields do not count; neither do id and
/// metadata.
Digest128 digest_record(const Record& record);

/// Adds the digests of all records of the batch, column by column where it has columns; the same result
/// either way. `id_as_field`: when not empty, the record's id counts as a string field of that name where the
/// record has none.
DigestTotal digest_batch(const Batch& batch, std::string_view id_as_field = {});
/// The digest of each record of the batch, in order.
std::vector<Digest128> digest_rows(const Batch& batch, std::string_view id_as_field = {});

}  // namespace dataknobs
