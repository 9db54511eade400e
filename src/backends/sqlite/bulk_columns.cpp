// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/bulk_columns.hpp"

#include <cmath>

#include <arrow/api.h>
#include <fmt/format.h>

namespace dataknobs::sqlite {

namespace {

// Any value, by way of the encoder.
class ValueSource : public CellSource {
 public:
  ValueSource(const Column& column, const TableColumn& target) : column_(column), target_(target) {}

  Cell cell(std::int64_t row) override {
    value_ = column_.value(row);
    if (const std::optional<std::string> problem = encoder_.encode(value_, target_.type, target_.affinity)) {
      Error(ErrorCode::validation, fmt::format("column {}: {}", target_.name, *problem))
          .field_path(target_.name)
          .raise();
    }
    return encoder_.cell();
  }

 private:
  const Column& column_;
  const TableColumn& target_;
  Encoder encoder_;
  Value value_;
};

// Arrow arrays of one type; nulls and what is no plain value go to the ValueSource.
template <class Array>
class ArraySource : public CellSource {
 public:
  ArraySource(const Column& column, const TableColumn& target)
      : array_(static_cast<const Array&>(*column.array())),
        has_exceptions_(!column.exceptions().empty()),
        other_(column, target) {}

  Cell cell(std::int64_t row) final {
    if (array_.IsNull(row)) return has_exceptions_ ? other_.cell(row) : Cell();
    return plain_cell(row);
  }

 protected:
  virtual Cell plain_cell(std::int64_t row) = 0;
  const Array& array_;
  const bool has_exceptions_;
  ValueSource other_;
};

class IntegerSource final : public ArraySource<arrow::Int64Array> {
 public:
  using ArraySource::ArraySource;
  Cell plain_cell(std::int64_t row) override { return Cell::of_integer(array_.Value(row)); }
};

class BooleanSource final : public ArraySource<arrow::BooleanArray> {
 public:
  using ArraySource::ArraySource;
  Cell plain_cell(std::int64_t row) override { return Cell::of_integer(array_.Value(row) ? 1 : 0); }
};

class FloatingSource final : public ArraySource<arrow::DoubleArray> {
 public:
  using ArraySource::ArraySource;
  Cell plain_cell(std::int64_t row) override {
    const double value = array_.Value(row);
    return std::isnan(value) ? other_.cell(row) : Cell::of_real(value);
  }
};

class TextSource final : public ArraySource<arrow::StringArray> {
 public:
  using ArraySource::ArraySource;
  Cell plain_cell(std::int64_t row) override {
    const std::string_view text = array_.GetView(row);
    return is_valid_utf8(text) ? Cell::of_text(text) : other_.cell(row);
  }
};

// The null of JSON is a null here: as a text it would be the string that says so.
class JsonSource final : public ArraySource<arrow::StringArray> {
 public:
  using ArraySource::ArraySource;
  Cell plain_cell(std::int64_t row) override {
    const std::string_view text = array_.GetView(row);
    return text != "null" && is_valid_utf8(text) ? Cell::of_text(text) : other_.cell(row);
  }
};

class BinarySource final : public ArraySource<arrow::BinaryArray> {
 public:
  using ArraySource::ArraySource;
  Cell plain_cell(std::int64_t row) override { return Cell::of_blob(array_.GetView(row)); }
};

// Decimals as text: digits and a point within the column's limits need no further look.
class DecimalSource final : public ArraySource<arrow::StringArray> {
 public:
  DecimalSource(const Column& column, const TableColumn& target)
      : ArraySource(column, target),
        scale_(target.type.scale().value_or(0)),
        whole_(target.type.precision() ? *target.type.precision() - scale_ : -1) {}

  Cell plain_cell(std::int64_t row) override {
    const std::string_view text = array_.GetView(row);
    if (whole_ >= 0 && !surely_fits(text)) return other_.cell(row);
    return Cell::of_text(text);
  }

 private:
  bool surely_fits(std::string_view text) const noexcept {
    std::int64_t whole = 0;
    std::int64_t fraction = -1;
    for (std::size_t i = text.starts_with('-') ? 1 : 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '.' && fraction < 0) {
        fraction = 0;
      } else if (c < '0' || c > '9') {
        return false;
      } else if (fraction >= 0) {
        ++fraction;
      } else {
        ++whole;
      }
    }
    return whole <= whole_ && fraction <= scale_;
  }
  const std::int32_t scale_;
  const std::int64_t whole_;
};

// Moments as text, each made in a buffer of the source.
template <class Array, class Temporal>
class TemporalSource final : public ArraySource<Array> {
 public:
  using ArraySource<Array>::ArraySource;
  Cell plain_cell(std::int64_t row) override {
    text_ = to_text(Temporal{this->array_.Value(row)});
    return Cell::of_text(text_);
  }

 private:
  std::string text_;
};

bool keeps_numbers(Affinity affinity) noexcept {
  return affinity != Affinity::text && affinity != Affinity::real;
}

// REQUIRES: source and target are of the same kind.
std::unique_ptr<CellSource> make_plain(const Column& column, const TableColumn& target) {
  const FieldType& type = target.type;
  const Affinity affinity = target.affinity;
  const bool is_text_safe = !is_numeric(affinity);
  switch (type.kind()) {
    case ValueType::integer:
      if (type.width() == 64 && keeps_numbers(affinity))
        return std::make_unique<IntegerSource>(column, target);
      break;
    case ValueType::floating:
      if (type.width() == 64 && affinity != Affinity::text)
        return std::make_unique<FloatingSource>(column, target);
      break;
    case ValueType::boolean:
      if (keeps_numbers(affinity)) return std::make_unique<BooleanSource>(column, target);
      break;
    case ValueType::string:
      if (is_text_safe && !type.length()) return std::make_unique<TextSource>(column, target);
      break;
    case ValueType::binary:
      return std::make_unique<BinarySource>(column, target);
    case ValueType::decimal:
      if (is_text_safe) return std::make_unique<DecimalSource>(column, target);
      break;
    case ValueType::datetime:
      return std::make_unique<TemporalSource<arrow::TimestampArray, DateTime>>(column, target);
    case ValueType::date:
      return std::make_unique<TemporalSource<arrow::Date32Array, Date>>(column, target);
    case ValueType::time:
      return std::make_unique<TemporalSource<arrow::Time64Array, Time>>(column, target);
    case ValueType::json:
      return std::make_unique<JsonSource>(column, target);
    case ValueType::vector:
      return std::make_unique<TextSource>(column, target);
    case ValueType::null:
      break;
  }
  return nullptr;
}

}  // namespace

std::unique_ptr<CellSource> make_cell_source(const Column& column, const TableColumn& target) {
  if (column.type().kind() == target.type.kind()) {
    if (std::unique_ptr<CellSource> plain = make_plain(column, target)) return plain;
  }
  return std::make_unique<ValueSource>(column, target);
}

}  // namespace dataknobs::sqlite
