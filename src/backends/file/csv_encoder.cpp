// SPDX-License-Identifier: Apache-2.0
#include <arrow/array.h>
#include <fmt/format.h>

#include <cmath>

#include "backends/file/encoder.hpp"
#include "backends/file/input_file.hpp"
#include "backends/file/text_types.hpp"
#include "backends/file/type_json.hpp"
#include "record/json.hpp"

namespace dataknobs::file {
namespace {

/// Writes cells as RFC 4180 says, with quotes only where they are needed: nothing is null, "" the empty
/// string.
class CellWriter {
 public:
  CellWriter(const CsvDialect& dialect, std::string& out) : dialect_(dialect), out_(out) {
    special_.fill(false);
    for (const char c : {dialect.delimiter, '\n', '\r'}) special_[static_cast<unsigned char>(c)] = true;
    if (dialect.quote != '\0') special_[static_cast<unsigned char>(dialect.quote)] = true;
  }

  /// False if the text cannot be written without quotes, and there are none.
  bool text(std::string_view value) {
    if (!needs_quotes(value)) {
      out_ += value;
      return true;
    }
    if (dialect_.quote == '\0') return false;
    out_ += dialect_.quote;
    for (;;) {
      const std::size_t quote = value.find(dialect_.quote);
      if (quote == std::string_view::npos) break;
      out_ += value.substr(0, quote + 1);
      out_ += dialect_.quote;
      value.remove_prefix(quote + 1);
    }
    out_ += value;
    out_ += dialect_.quote;
    return true;
  }

 private:
  bool needs_quotes(std::string_view value) const {
    // A byte order mark at the start of the file would be taken away.
    if (value.empty() || value.starts_with("\xEF\xBB\xBF")) return true;
    for (const char c : value) {
      if (special_[static_cast<unsigned char>(c)]) return true;
    }
    return std::find(dialect_.nulls.begin(), dialect_.nulls.end(), value) != dialect_.nulls.end();
  }

  const CsvDialect& dialect_;
  std::string& out_;
  std::array<bool, 256> special_;
};

/// The text of a value that is not of its column's storage, where the column can hold it; else nothing.
std::optional<std::string> exceptional_text(const Value& value, const FieldType& type) {
  if (type.is_any()) return to_text(value);
  if (type.kind() == ValueType::decimal && value.is_number()) {
    const double* real = value.get_if<double>();
    if (real == nullptr) return to_text(value);
    if (std::isfinite(*real)) return Decimal::from_double(*real).to_string();
    std::string text;
    append_float(text, *real);
    return text;
  }
  if (type.kind() == ValueType::floating && value.is_number()) {
    std::optional<double> real;
    if (const auto* integer = value.get_if<std::int64_t>()) real = static_cast<double>(*integer);
    if (const auto* decimal = value.get_if<Decimal>()) real = decimal->to_double();
    if (!real || Value(*real) != value) return std::nullopt;
    std::string text;
    append_float(text, *real);
    return text;
  }
  return std::nullopt;
}

class CsvEncoder : public Encoder {
 public:
  explicit CsvEncoder(const Shape& shape) : shape_(shape), cells_(shape_.options.dialect, block_) {
    if (!shape_.options.dialect.header) {
      Error(ErrorCode::unsupported, "a CSV file is written with a header")
          .hint("leave out header=no")
          .raise();
    }
  }

  void begin(OutputFile& output) override {
    if (!shape_.schema.empty()) write_header(output);
  }

  void write(const Batch& given, OutputFile& output) override {
    if (given.empty()) return;
    refuse_metadata(given, "CSV file");
    const Batch keyed = with_key_column(given, shape_.key);
    if (shape_.schema.empty()) {
      shape_.schema = keyed.schema();
      write_header(output);
    }
    const Batch batch = keyed.with_schema(shape_.schema);
    const std::int64_t rows = static_cast<std::int64_t>(batch.size());
    const std::size_t columns = shape_.schema.size();
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::size_t column = 0; column < columns; ++column) {
        if (column > 0) block_ += shape_.options.dialect.delimiter;
        write_cell(given, batch.columns()[column], row, shape_.schema.fields()[column]);
      }
      block_ += '\n';
      if (block_.size() >= kBlockBytes) pour(output);
    }
    pour(output);
  }

  void end_chunk(OutputFile&) override {}

  void finish(OutputFile&) override {
    if (!shape_.schema.empty()) return;
    Error(ErrorCode::unsupported, "a CSV file needs at least one column").hint("write NDJSON").raise();
  }

  std::string state() const override { return to_json(schema_to_json(shape_.schema)); }

  void restore(const std::string& state) override {
    std::optional<Schema> schema = schema_from_json(parse_json(state));
    if (!schema) Error(ErrorCode::internal, "the state of a CSV file is damaged").raise();
    shape_.schema = std::move(*schema);
  }

 private:
  static constexpr std::size_t kBlockBytes = 64U << 10U;

  void pour(OutputFile& output) {
    output.append(block_);
    block_.clear();
  }

  void write_header(OutputFile& output) {
    for (std::size_t i = 0; i < shape_.schema.size(); ++i) {
      const std::string& name = shape_.schema.fields()[i].name();
      if (i > 0) block_ += shape_.options.dialect.delimiter;
      if (!name.empty() && cells_.text(name)) continue;
      Error(ErrorCode::unsupported, fmt::format("a column of a CSV file cannot be called {}", excerpt(name)))
          .field_path(name)
          .raise();
    }
    block_ += '\n';
    pour(output);
  }

  void write_cell(const Batch& given, const Column& column, std::int64_t row, const FieldDescription& field) {
    const arrow::Array& array = *column.array();
    bool good = true;
    if (!array.IsNull(row)) {
      good = write_stored(column, array, row);
    } else if (!column.exceptions().empty()) {
      const auto found = column.exceptions().find(row);
      if (found == column.exceptions().end()) return;
      const std::optional<std::string> text = exceptional_text(found->second, field.type());
      if (!text) raise_misfit(given, row, field, found->second, "");
      good = cells_.text(*text);
    }
    if (!good) {
      raise_misfit(given, row, field, column.value(row), ": it needs quotes, and quote=none was given");
    }
  }

  /// REQUIRES: the value is not null.
  bool write_stored(const Column& column, const arrow::Array& array, std::int64_t row) {
    switch (column.type().kind()) {
      case ValueType::boolean:
        block_ += static_cast<const arrow::BooleanArray&>(array).Value(row) ? "true" : "false";
        return true;
      case ValueType::integer: {
        const fmt::format_int text(static_cast<const arrow::Int64Array&>(array).Value(row));
        return cells_.text({text.data(), text.size()});
      }
      case ValueType::floating:
        number_.clear();
        append_float(number_, static_cast<const arrow::DoubleArray&>(array).Value(row));
        return cells_.text(number_);
      case ValueType::decimal:
        return cells_.text(static_cast<const arrow::StringArray&>(array).GetView(row));
      case ValueType::string:
      case ValueType::json:
      case ValueType::vector:
        return cells_.text(static_cast<const arrow::StringArray&>(array).GetView(row));
      case ValueType::binary:
        return cells_.text(to_base64(Binary{static_cast<const arrow::BinaryArray&>(array).GetString(row)}));
      default:
        return cells_.text(to_text(column.value(row)));
    }
  }

  Shape shape_;
  std::string block_;
  std::string number_;
  CellWriter cells_;
};

}  // namespace

std::unique_ptr<Encoder> make_csv_encoder(const Shape& shape) {
  return std::make_unique<CsvEncoder>(shape);
}

}  // namespace dataknobs::file
