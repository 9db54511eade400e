// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include <arrow/api.h>
#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "backends/postgresql/copy_binary.hpp"
#include "backends/postgresql/numeric.hpp"
#include "backends/postgresql/temporal.hpp"
#include "backends/postgresql/wire_bytes.hpp"
#include "record/json.hpp"

namespace dataknobs::postgresql {
namespace {

constexpr std::size_t cells_at_once = 2048;

void check(const arrow::Status& status) {
  if (!status.ok()) Error(ErrorCode::resource, "a column cannot grow: " + status.message()).raise();
}

// The vector of an array's text, "{0.5,-Infinity}".
std::optional<Vector> vector_of_text(std::string_view text) {
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return {};
  Vector vector;
  const char* at = text.data() + 1;
  const char* const end = text.data() + text.size() - 1;
  while (at != end) {
    float number = 0;
    const auto [rest, error] = std::from_chars(at, end, number);
    // Only the server's own spelling counts: neither a comma at the end nor a number that no float holds.
    if (error != std::errc() || (rest != end && (*rest != ',' || rest + 1 == end))) return {};
    vector.push_back(number);
    at = rest == end ? end : rest + 1;
  }
  return vector;
}

// One column on its way, some rows at a time: typed values go into the builder, what its storage cannot say into the
// exceptions.
class Decoder {
 public:
  // `expected`: how many rows there will be, as far as that is known.
  Decoder(const WireColumn& column, std::size_t expected) : column_(column), expected_(expected) {
    check(arrow::MakeBuilder(arrow::default_memory_pool(), storage_type(column.type.kind()), &builder_));
    check(builder_->Reserve(static_cast<std::int64_t>(expected)));
  }

  // Takes every `stride`-th cell from `first` on.
  void append(const Cell* first, std::size_t stride, std::size_t rows) {
    first_ = first;
    stride_ = stride;
    rows_ = rows;
    check(builder_->Reserve(static_cast<std::int64_t>(rows)));
    append_cells();
    done_ += rows;
  }

  Column finish() {
    std::shared_ptr<arrow::Array> array;
    check(builder_->Finish(&array));
    Column column(column_.type, std::move(array));
    if (!exceptions_.empty()) column.set_exceptions(std::move(exceptions_));
    return column;
  }

 private:
  void append_cells() {
    switch (column_.codec) {
      case Codec::boolean:
        return fixed<arrow::BooleanBuilder, 1>([](const char* data) { return *data != 0; });
      case Codec::int2:
        return fixed<arrow::Int64Builder, 2>([](const char* data) { return std::int64_t{load_s16(data)}; });
      case Codec::int4:
        return fixed<arrow::Int64Builder, 4>(
            [](const char* data) { return std::int64_t{load_big<std::int32_t>(data)}; });
      case Codec::int8:
        return fixed<arrow::Int64Builder, 8>([](const char* data) { return load_big<std::int64_t>(data); });
      case Codec::float4:
        return fixed<arrow::DoubleBuilder, 4>(
            [](const char* data) { return static_cast<double>(load_float(data)); });
      case Codec::float8:
        return fixed<arrow::DoubleBuilder, 8>([](const char* data) { return load_double(data); });
      case Codec::time:
        return times();
      case Codec::date:
        return dates();
      case Codec::timestamp:
      case Codec::timestamptz:
        return timestamps();
      case Codec::numeric:
        return numerics();
      case Codec::uuid:
        return uuids();
      case Codec::json:
      case Codec::jsonb:
        return json();
      case Codec::bytea:
        return bytes<arrow::BinaryBuilder>(false);
      case Codec::padded_text:
        return bytes<arrow::StringBuilder>(true);
      case Codec::vector_text:
        return vectors();
      case Codec::text:
      case Codec::cast_text:
        break;
    }
    bytes<arrow::StringBuilder>(false);
  }

  [[noreturn]] void raise(std::size_t row, std::string_view what) const {
    Error(ErrorCode::serialization, fmt::format("row {}: {}", done_ + row + 1, what))
        .field_path(column_.name)
        .raise();
  }
  const Cell& cell(std::size_t row) const { return first_[row * stride_]; }

  template <class Builder>
  Builder& builder() {
    return static_cast<Builder&>(*builder_);
  }
  void add_exception(std::size_t row, Value value) {
    exceptions_.emplace(static_cast<std::int64_t>(done_ + row), std::move(value));
  }

  template <class Builder, int Size, class Load>
  void fixed(Load load) {
    auto& builder = this->builder<Builder>();
    for (std::size_t row = 0; row < rows_; ++row) {
      const Cell& value = cell(row);
      if (value.size == Size) {
        builder.UnsafeAppend(load(value.data));
      } else if (value.size < 0) {
        builder.UnsafeAppendNull();
      } else {
        raise(row, fmt::format("{} bytes where {} are wanted", value.size, Size));
      }
    }
  }

  template <class Builder>
  void bytes(bool padded) {
    auto& builder = this->builder<Builder>();
    reserve(builder, 0);
    for (std::size_t row = 0; row < rows_; ++row) {
      const Cell& value = cell(row);
      if (value.size < 0) {
        builder.UnsafeAppendNull();
        continue;
      }
      std::int32_t size = value.size;
      while (padded && size > 0 && value.data[size - 1] == ' ') --size;
      builder.UnsafeAppend(reinterpret_cast<const std::uint8_t*>(value.data), size);
    }
  }

  // Room for the bytes of these values plus `extra` for each, and in proportion for those that are still to come.
  template <class Builder>
  void reserve(Builder& builder, std::int64_t extra) {
    std::int64_t bytes = static_cast<std::int64_t>(rows_) * extra;
    for (std::size_t row = 0; row < rows_; ++row) bytes += std::max(cell(row).size, 0);
    if (builder.value_data_capacity() - builder.value_data_length() >= bytes) return;
    const std::size_t more = expected_ > done_ + rows_ ? (expected_ - done_) / rows_ : 0;
    check(builder.ReserveData(bytes + bytes * static_cast<std::int64_t>(more)));
  }

  void dates() {
    auto& builder = this->builder<arrow::Date32Builder>();
    for (std::size_t row = 0; row < rows_; ++row) {
      const Cell& value = cell(row);
      if (value.size < 0) {
        builder.UnsafeAppendNull();
        continue;
      }
      if (value.size != 4) raise(row, "a date of another size");
      const auto wire = load_big<std::int32_t>(value.data);
      const std::optional<Date> date = date_of_wire(wire);
      if (!date || !is_wire_date(wire)) raise(row, "a date out of range");
      builder.UnsafeAppend(date->days);
    }
  }

  void times() {
    constexpr std::int64_t day = 86'400'000'000;  // 24:00 is a time.
    for (std::size_t row = 0; row < rows_; ++row) {
      const Cell& value = cell(row);
      if (value.size == 8 && static_cast<std::uint64_t>(load_big<std::int64_t>(value.data)) > day)
        raise(row, "a time out of range");
    }
    fixed<arrow::Time64Builder, 8>([](const char* data) { return load_big<std::int64_t>(data); });
  }

  void timestamps() {
    auto& builder = this->builder<arrow::TimestampBuilder>();
    for (std::size_t row = 0; row < rows_; ++row) {
      const Cell& value = cell(row);
      if (value.size < 0) {
        builder.UnsafeAppendNull();
        continue;
      }
      if (value.size != 8) raise(row, "a timestamp of another size");
      const auto wire = load_big<std::int64_t>(value.data);
      if (!is_wire_datetime(wire)) raise(row, "a timestamp out of range");
      if (const std::optional<DateTime> moment = datetime_of_wire(wire)) {
        builder.UnsafeAppend(moment->microseconds);
      } else {
        builder.UnsafeAppendNull();
        add_exception(row, Value(text_of_wire(wire)));
      }
    }
  }

  void numerics() {
    auto& builder = this->builder<arrow::StringBuilder>();
    // The text of a number is mostly shorter than its bytes.
    reserve(builder, 0);
    std::string text;
    for (std::size_t row = 0; row < rows_; ++row) {
      const Cell& value = cell(row);
      if (value.size < 0) {
        builder.UnsafeAppendNull();
        continue;
      }
      text.clear();
      const NumericClass kind = append_numeric_text(text, {value.data, static_cast<std::size_t>(value.size)});
      if (kind == NumericClass::malformed) raise(row, "not a numeric");
      if (kind == NumericClass::finite) {
        check(builder.Append(text));
      } else {
        builder.UnsafeAppendNull();
        add_exception(row, special(kind));
      }
    }
  }

  static Value special(NumericClass kind) {
    if (kind == NumericClass::nan) return Value(std::numeric_limits<double>::quiet_NaN());
    const double infinity = std::numeric_limits<double>::infinity();
    return Value(kind == NumericClass::infinity ? infinity : -infinity);
  }

  void uuids() {
    auto& builder = this->builder<arrow::StringBuilder>();
    reserve(builder, 20);
    constexpr char digits[] = "0123456789abcdef";
    for (std::size_t row = 0; row < rows_; ++row) {
      const Cell& value = cell(row);
      if (value.size < 0) {
        builder.UnsafeAppendNull();
        continue;
      }
      if (value.size != 16) raise(row, "a uuid of another size");
      char text[36];
      char* out = text;
      for (int i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
        const auto byte = static_cast<unsigned char>(value.data[i]);
        *out++ = digits[byte >> 4U];
        *out++ = digits[byte & 15U];
      }
      builder.UnsafeAppend(text, 36);
    }
  }

  // An array of several dimensions, of other bounds or with nulls is no vector: it stays the text that it is.
  void vectors() {
    auto& builder = this->builder<arrow::StringBuilder>();
    for (std::size_t row = 0; row < rows_; ++row) {
      const Cell& value = cell(row);
      if (value.size < 0) {
        check(builder.AppendNull());
        continue;
      }
      const std::string_view text(value.data, static_cast<std::size_t>(value.size));
      if (std::optional<Vector> vector = vector_of_text(text)) {
        check(builder.Append(to_json(Value(std::move(*vector)))));
      } else {
        check(builder.AppendNull());
        add_exception(row, Value(text));
      }
    }
  }

  Value scalar_of(std::size_t row, std::string_view text) const {
    try {
      return parse_json(text);
    } catch (const Error& error) {
      raise(row, error.message());
    }
  }

  // A column of JSON may hold scalars too: those are values of another class. Its own null is one like the null of the
  // column, but stays in its text, so that a copy keeps the difference.
  void json() {
    auto& builder = this->builder<arrow::StringBuilder>();
    reserve(builder, 0);
    for (std::size_t row = 0; row < rows_; ++row) {
      const Cell& value = cell(row);
      if (value.size < 0) {
        builder.UnsafeAppendNull();
        continue;
      }
      std::string_view text(value.data, static_cast<std::size_t>(value.size));
      if (column_.codec == Codec::jsonb) {
        if (text.empty() || text[0] != 1) raise(row, "a jsonb of another version");
        text.remove_prefix(1);
      }
      const auto start = text.find_first_not_of(" \t\r\n");
      if (start != std::string_view::npos && (text[start] == '{' || text[start] == '[')) {
        builder.UnsafeAppend(text);
        continue;
      }
      Value scalar = scalar_of(row, text);
      if (scalar.is_null()) {
        builder.UnsafeAppend("null", 4);
        continue;
      }
      builder.UnsafeAppendNull();
      add_exception(row, std::move(scalar));
    }
  }

  const WireColumn& column_;
  std::size_t expected_;
  std::unique_ptr<arrow::ArrayBuilder> builder_;
  const Cell* first_ = nullptr;
  std::size_t stride_ = 0;
  std::size_t rows_ = 0;
  std::size_t done_ = 0;
  std::map<std::int64_t, Value> exceptions_;
};

}  // namespace

Column decode_column(const WireColumn& column, const Cell* first, std::size_t stride, std::size_t rows) {
  Decoder decoder(column, rows);
  decoder.append(first, stride, rows);
  return decoder.finish();
}

std::vector<Column> decode_rows(const std::vector<WireColumn>& columns, std::string_view rows,
                                std::uint64_t expected) {
  std::vector<Decoder> decoders;
  decoders.reserve(columns.size());
  for (const WireColumn& column : columns) decoders.emplace_back(column, expected);
  // The cells of a block stay in the processor's cache while each column takes its own.
  const std::size_t block =
      std::max<std::size_t>(1, cells_at_once / std::max<std::size_t>(1, columns.size()));
  RowSplitter splitter(rows, columns.size());
  std::vector<Cell> cells;
  while (const std::size_t count = splitter.next(cells, block)) {
    for (std::size_t i = 0; i < columns.size(); ++i)
      decoders[i].append(cells.data() + i, columns.size(), count);
  }
  std::vector<Column> result;
  result.reserve(columns.size());
  for (Decoder& decoder : decoders) result.push_back(decoder.finish());
  return result;
}

}  // namespace dataknobs::postgresql
