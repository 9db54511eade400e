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

constexpr std::string_view signature("PGCOPY\n\377\r\n\0", 11);
constexpr std::size_t header_size = 19;

[[noreturn]] void raise_torn(std::size_t row) {
  Error(ErrorCode::serialization, fmt::format("the server's COPY data are torn at row {}", row + 1)).raise();
}

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

// One column on its way: typed values go into the builder, what its storage cannot say into the exceptions.
class Decoder {
 public:
  Decoder(const WireColumn& column, const Cell* first, std::size_t stride, std::size_t rows)
      : column_(column), first_(first), stride_(stride), rows_(rows) {}

  Column run() {
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
        return time_column();
      case Codec::date:
        return date_column();
      case Codec::timestamp:
      case Codec::timestamptz:
        return timestamp_column();
      case Codec::numeric:
        return numeric_column();
      case Codec::uuid:
        return uuid_column();
      case Codec::json:
      case Codec::jsonb:
        return json_column();
      case Codec::bytea:
        return bytes_column<arrow::BinaryBuilder>(false);
      case Codec::padded_text:
        return bytes_column<arrow::StringBuilder>(true);
      case Codec::vector_text:
        return vector_column();
      case Codec::text:
      case Codec::cast_text:
        break;
    }
    return bytes_column<arrow::StringBuilder>(false);
  }

 private:
  [[noreturn]] void raise(std::size_t row, std::string_view what) const {
    Error(ErrorCode::serialization, fmt::format("row {}: {}", row + 1, what))
        .field_path(column_.name)
        .raise();
  }
  const Cell& cell(std::size_t row) const { return first_[row * stride_]; }

  template <class Builder>
  Builder make_builder() const {
    return Builder(storage_type(column_.type.kind()), arrow::default_memory_pool());
  }

  template <class Builder>
  Column finish(Builder& builder) {
    std::shared_ptr<arrow::Array> array;
    check(builder.Finish(&array));
    Column column(column_.type, std::move(array));
    if (!exceptions_.empty()) column.set_exceptions(std::move(exceptions_));
    return column;
  }

  template <class Builder, int Size, class Load>
  Column fixed(Load load) {
    Builder builder = make_builder<Builder>();
    check(builder.Reserve(static_cast<std::int64_t>(rows_)));
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
    return finish(builder);
  }

  template <class Builder>
  Column bytes_column(bool padded) {
    Builder builder = make_builder<Builder>();
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
    return finish(builder);
  }

  // Room for all rows, and for the bytes of all values plus `extra` for each.
  template <class Builder>
  void reserve(Builder& builder, std::int64_t extra) {
    std::int64_t bytes = static_cast<std::int64_t>(rows_) * extra;
    for (std::size_t row = 0; row < rows_; ++row) bytes += std::max(cell(row).size, 0);
    check(builder.Reserve(static_cast<std::int64_t>(rows_)));
    check(builder.ReserveData(bytes));
  }

  Column date_column() {
    arrow::Date32Builder builder = make_builder<arrow::Date32Builder>();
    check(builder.Reserve(static_cast<std::int64_t>(rows_)));
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
    return finish(builder);
  }

  Column time_column() {
    constexpr std::int64_t day = 86'400'000'000;  // 24:00 is a time.
    for (std::size_t row = 0; row < rows_; ++row) {
      const Cell& value = cell(row);
      if (value.size == 8 && static_cast<std::uint64_t>(load_big<std::int64_t>(value.data)) > day)
        raise(row, "a time out of range");
    }
    return fixed<arrow::Time64Builder, 8>([](const char* data) { return load_big<std::int64_t>(data); });
  }

  Column timestamp_column() {
    arrow::TimestampBuilder builder = make_builder<arrow::TimestampBuilder>();
    check(builder.Reserve(static_cast<std::int64_t>(rows_)));
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
        exceptions_.emplace(static_cast<std::int64_t>(row), Value(text_of_wire(wire)));
      }
    }
    return finish(builder);
  }

  Column numeric_column() {
    arrow::StringBuilder builder = make_builder<arrow::StringBuilder>();
    check(builder.Reserve(static_cast<std::int64_t>(rows_)));
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
        exceptions_.emplace(static_cast<std::int64_t>(row), special(kind));
      }
    }
    return finish(builder);
  }

  static Value special(NumericClass kind) {
    if (kind == NumericClass::nan) return Value(std::numeric_limits<double>::quiet_NaN());
    const double infinity = std::numeric_limits<double>::infinity();
    return Value(kind == NumericClass::infinity ? infinity : -infinity);
  }

  Column uuid_column() {
    arrow::StringBuilder builder = make_builder<arrow::StringBuilder>();
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
    return finish(builder);
  }

  // An array of several dimensions, of other bounds or with nulls is no vector: it stays the text that it is.
  Column vector_column() {
    arrow::StringBuilder builder = make_builder<arrow::StringBuilder>();
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
        exceptions_.emplace(static_cast<std::int64_t>(row), Value(text));
      }
    }
    return finish(builder);
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
  Column json_column() {
    arrow::StringBuilder builder = make_builder<arrow::StringBuilder>();
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
      exceptions_.emplace(static_cast<std::int64_t>(row), std::move(scalar));
    }
    return finish(builder);
  }

  const WireColumn& column_;
  const Cell* first_;
  std::size_t stride_;
  std::size_t rows_;
  std::map<std::int64_t, Value> exceptions_;
};

}  // namespace

std::string_view copy_header() noexcept {
  static constexpr std::string_view header("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", header_size);
  return header;
}

std::string_view copy_trailer() noexcept {
  return {"\377\377", 2};
}

std::string_view strip_copy_header(std::string_view bytes) {
  if (bytes.size() < header_size || !bytes.starts_with(signature)) {
    Error(ErrorCode::serialization, "the server's COPY data do not begin with the binary signature").raise();
  }
  // Bits 16 to 31 are critical: a reader that does not know them must stop.
  const auto flags = load_big<std::uint32_t>(bytes.data() + 11);
  const auto extension = load_big<std::uint32_t>(bytes.data() + 15);
  if (flags != 0 || extension > bytes.size() - header_size) {
    Error(ErrorCode::serialization, "the server's COPY data have an unknown form").raise();
  }
  return bytes.substr(header_size + extension);
}

std::vector<Cell> split_rows(std::string_view rows, std::size_t columns) {
  std::vector<Cell> cells;
  const char* at = rows.data();
  const char* const end = at + rows.size();
  for (std::size_t row = 0; at != end; ++row) {
    if (end - at < 2 || load_u16(at) != columns) raise_torn(row);
    at += 2;
    for (std::size_t column = 0; column < columns; ++column) {
      if (end - at < 4) raise_torn(row);
      const auto size = load_big<std::int32_t>(at);
      at += 4;
      if (size < -1 || (size > 0 && end - at < size)) raise_torn(row);
      Cell cell;
      cell.data = at;
      cell.size = size;
      cells.push_back(cell);
      if (size > 0) at += size;
    }
  }
  return cells;
}

Column decode_column(const WireColumn& column, const Cell* first, std::size_t stride, std::size_t rows) {
  return Decoder(column, first, stride, rows).run();
}

std::vector<Column> decode_rows(const std::vector<WireColumn>& columns, std::string_view rows) {
  const std::vector<Cell> cells = split_rows(rows, columns.size());
  const std::size_t count = columns.empty() ? 0 : cells.size() / columns.size();
  std::vector<Column> result;
  result.reserve(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    result.push_back(decode_column(columns[i], cells.data() + i, columns.size(), count));
  }
  return result;
}

}  // namespace dataknobs::postgresql
