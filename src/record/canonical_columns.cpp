// SPDX-License-Identifier: Apache-2.0
//
// The digest of whole batches. Columns are hashed from their buffers, a block of rows at a time, so that the
// sums of the rows stay in the cache while all columns are added to them.
#include <array>
#include <cmath>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <arrow/api.h>

#include <dataknobs/error.hpp>

#include "record/canonical.hpp"
#include "record/canonical_bytes.hpp"
#include "record/column_reader.hpp"

namespace dataknobs {

namespace {

using canonical::kShort;

constexpr std::int64_t kBlock = 1024;

Digest128 hash(const char* bytes, std::size_t size, std::uint64_t seed) noexcept {
  XXH128_hash_t result = XXH3_128bits_withSeed(bytes, size, seed);
  return {result.low64, result.high64};
}

constexpr std::array<double, 23> kPowersOfTen{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// The canonical bytes of a decimal text of up to 15 digits, zeros around them aside, without an exponent. Such a number
// is D(x) of its nearest double, and that is the quotient of two exact doubles. False if the text is of another form.
bool put_short_decimal(char* out, std::string_view text) noexcept {
  constexpr std::int64_t limit = 1'000'000'000'000'000;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  const std::size_t point = text.find('.');
  if (point != std::string_view::npos) {
    const std::size_t end = text.find_last_not_of('0') + 1;
    text = text.substr(0, end == point + 1 ? point : end);
  }
  const std::size_t places = point < text.size() ? text.size() - point - 1 : 0;
  if (places >= kPowersOfTen.size()) return false;
  std::int64_t magnitude = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at == point) continue;
    if (text[at] < '0' || text[at] > '9') return false;
    magnitude = magnitude * 10 + (text[at] - '0');
    if (magnitude >= limit) return false;
  }
  if (negative) magnitude = -magnitude;
  if (places == 0) {
    canonical::put_integer(out, 'i', magnitude);
  } else {
    canonical::put_number(out, static_cast<double>(magnitude) / kPowersOfTen[places]);
  }
  return true;
}

// Adds the hashes of the cells [from, from + count) of one column to the sums of their rows.
class ColumnHasher {
 public:
  ColumnHasher(const Column& column, std::string_view name)
      : column_(column),
        reader_(column),
        name_(name),
        seed_(field_seed(name)),
        logical_(column.type().logical()) {
    booleans_ = {hash("b\0", 2, seed_), hash("b\1", 2, seed_)};
  }

  /// Errors: SerializationError with the field, for text that is not of the column's kind.
  void add(std::int64_t from, std::int64_t count, Digest128* sums) {
    try {
      add_cells(from, count, sums);
    } catch (const Error& error) {
      Error named = error;
      named.field_path(name_).raise();
    }
  }

 private:
  void add_cells(std::int64_t from, std::int64_t count, Digest128* sums) {
    switch (reader_.kind()) {
      case ValueType::null:
        break;
      case ValueType::boolean:
        each(from, count, sums, [this](std::int64_t row) { return booleans_[reader_.boolean(row) ? 1 : 0]; });
        break;
      case ValueType::integer:
        integers('i', from, count, sums);
        break;
      case ValueType::datetime:
        integers('t', from, count, sums);
        break;
      case ValueType::time:
        integers('T', from, count, sums);
        break;
      case ValueType::floating:
        each(from, count, sums, [this](std::int64_t row) {
          char bytes[kShort];
          canonical::put_number(bytes, reader_.floating(row));
          return hash(bytes, kShort, seed_);
        });
        break;
      case ValueType::date:
        each(from, count, sums, [this](std::int64_t row) {
          char bytes[5] = {'D'};
          canonical::put_uint32(bytes + 1, static_cast<std::uint32_t>(reader_.days(row)));
          return hash(bytes, sizeof bytes, seed_);
        });
        break;
      case ValueType::decimal:
        each(from, count, sums, [this](std::int64_t row) {
          char bytes[kShort];
          if (put_short_decimal(bytes, reader_.text(row))) return hash(bytes, kShort, seed_);
          return general(value_from_text(ValueType::decimal, reader_.text(row)));
        });
        break;
      case ValueType::string:
        if (logical_ == "uuid" || logical_ == "interval") {
          each(from, count, sums, [this](std::int64_t row) {
            scratch_.clear();
            canonical::append_text(scratch_, reader_.text(row), logical_);
            return hash(scratch_.data(), scratch_.size(), seed_);
          });
        } else {
          each(from, count, sums, [this](std::int64_t row) { return tagged('s', reader_.text(row)); });
        }
        break;
      case ValueType::binary:
        each(from, count, sums, [this](std::int64_t row) { return tagged('x', reader_.text(row)); });
        break;
      case ValueType::json:
      case ValueType::vector:
        each(from, count, sums, [this](std::int64_t row) {
          return general(value_from_text(reader_.kind(), reader_.text(row)));
        });
        break;
    }
    add_exceptions(from, count, sums);
  }

  template <class Hash>
  void each(std::int64_t from, std::int64_t count, Digest128* sums, Hash hash_of) {
    if (!reader_.has_nulls()) {
      for (std::int64_t i = 0; i < count; ++i) sums[i] += hash_of(from + i);
      return;
    }
    for (std::int64_t i = 0; i < count; ++i) {
      if (reader_.is_valid(from + i)) sums[i] += hash_of(from + i);
    }
  }

  void integers(char tag, std::int64_t from, std::int64_t count, Digest128* sums) {
    each(from, count, sums, [this, tag](std::int64_t row) {
      char bytes[kShort];
      canonical::put_integer(bytes, tag, reader_.integer(row));
      return hash(bytes, kShort, seed_);
    });
  }

  Digest128 tagged(char tag, std::string_view text) {
    char bytes[256];
    if (text.size() < sizeof bytes) {
      bytes[0] = tag;
      std::memcpy(bytes + 1, text.data(), text.size());
      return hash(bytes, text.size() + 1, seed_);
    }
    scratch_.assign(1, tag).append(text);
    return hash(scratch_.data(), scratch_.size(), seed_);
  }

  Digest128 general(const Value& value) {
    scratch_.clear();
    append_canonical(scratch_, value, logical_);
    return value.is_null() ? Digest128() : hash(scratch_.data(), scratch_.size(), seed_);
  }

  // The array is null where there is an exception, so nothing was added there.
  void add_exceptions(std::int64_t from, std::int64_t count, Digest128* sums) {
    auto at = column_.exceptions().lower_bound(from);
    for (; at != column_.exceptions().end() && at->first < from + count; ++at) {
      sums[at->first - from] += general(at->second);
    }
  }

  const Column& column_;
  ColumnReader reader_;
  std::string_view name_;
  std::uint64_t seed_;
  std::string logical_;
  std::array<Digest128, 2> booleans_;
  std::string scratch_;
};

// The ids of the records that have no field of that name, or a null one; nothing where all have it.
std::optional<Column> ids_without_field(const Batch& batch, std::string_view name) {
  Column all(FieldType(ValueType::string), batch.ids());
  const std::optional<std::size_t> index = batch.schema().index_of(name);
  if (!index) return all;
  const Column& field = batch.columns()[*index];
  const ColumnReader fields(field);
  if (fields.kind() != ValueType::null && !fields.has_nulls()) return std::nullopt;
  const ColumnReader ids(all);
  ColumnBuilder builder{FieldType(ValueType::string)};
  for (std::int64_t row = 0; row < all.size(); ++row) {
    const bool is_null = !fields.is_valid(row) && !field.exceptions().contains(row);
    if (is_null && ids.is_valid(row)) {
      builder.append_text(ids.text(row));
    } else {
      builder.append_null();
    }
  }
  return builder.finish();
}

// Calls `visit(digest)` for each record of the columns, in order.
template <class Visit>
void visit_columns(const Batch& batch, std::string_view id_as_field, Visit visit) {
  std::vector<ColumnHasher> hashers;
  hashers.reserve(batch.columns().size() + 1);
  for (std::size_t i = 0; i < batch.columns().size(); ++i) {
    hashers.emplace_back(batch.columns()[i], batch.schema().fields()[i].name());
  }
  std::optional<Column> ids;
  if (!id_as_field.empty() && batch.ids()) {
    ids = ids_without_field(batch, id_as_field);
    if (ids) hashers.emplace_back(*ids, id_as_field);
  }
  auto size = static_cast<std::int64_t>(batch.size());
  std::array<Digest128, kBlock> sums;
  for (std::int64_t from = 0; from < size; from += kBlock) {
    std::int64_t count = std::min(kBlock, size - from);
    sums.fill({});
    for (ColumnHasher& hasher : hashers) hasher.add(from, count, sums.data());
    for (std::int64_t i = 0; i < count; ++i)
      visit(canonical::finish_record(sums[static_cast<std::size_t>(i)]));
  }
}

// Seeds by the place of a field, since records mostly have the same names in the same order.
class Seeds {
 public:
  std::uint64_t of(std::size_t place, const std::string& name) {
    if (place >= known_.size()) known_.resize(place + 1);
    auto& [known_name, seed] = known_[place];
    if (known_name != name || seed == 0) {
      known_name = name;
      seed = field_seed(name);
    }
    return seed;
  }

 private:
  std::vector<std::pair<std::string, std::uint64_t>> known_;
};

template <class Visit>
void visit_rows(const std::vector<Record>& rows, std::string_view id_as_field, Visit visit) {
  Seeds seeds;
  std::uint64_t id_seed = field_seed(id_as_field);
  std::string scratch;
  for (const Record& row : rows) {
    Digest128 sum;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Field& field = row.fields()[i];
      if (field.value().is_null()) continue;
      scratch.clear();
      append_canonical(scratch, field.value());
      sum += hash(scratch.data(), scratch.size(), seeds.of(i, field.name()));
    }
    if (!id_as_field.empty() && row.id() && row[id_as_field].is_null()) {
      scratch.assign(1, 's').append(*row.id());
      sum += hash(scratch.data(), scratch.size(), id_seed);
    }
    visit(canonical::finish_record(sum));
  }
}

template <class Visit>
void visit_batch(const Batch& batch, std::string_view id_as_field, Visit visit) {
  if (batch.has_columns()) {
    visit_columns(batch, id_as_field, visit);
  } else {
    visit_rows(batch.rows(), id_as_field, visit);
  }
}

}  // namespace

DigestTotal digest_batch(const Batch& batch, std::string_view id_as_field) {
  DigestTotal total;
  total.count = batch.size();
  visit_batch(batch, id_as_field, [&total](Digest128 record) { total.sum += record; });
  return total;
}

std::vector<Digest128> digest_rows(const Batch& batch, std::string_view id_as_field) {
  std::vector<Digest128> digests;
  digests.reserve(batch.size());
  visit_batch(batch, id_as_field, [&digests](Digest128 record) { digests.push_back(record); });
  return digests;
}

}  // namespace dataknobs
