// SPDX-License-Identifier: Apache-2.0
#include <arrow/array.h>
#include <fmt/format.h>

#include <cmath>

#include "backends/file/encoder.hpp"
#include "backends/file/side_file.hpp"
#include "backends/file/text_types.hpp"
#include "backends/file/type_json.hpp"
#include "record/excerpt.hpp"
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

/// As in a column of its own type.
std::string any_text(const Value& value) {
  if (const auto* binary = value.get_if<Binary>()) return to_base64(*binary);
  const auto* real = value.get_if<double>();
  if (real == nullptr) return to_text(value);
  std::string text;
  append_float(text, *real);
  return text;
}

/// The text of a value that is not of its column's storage, where the column can hold it; else nothing.
std::optional<std::string> exceptional_text(const Value& value, const FieldType& type) {
  if (type.is_any()) return any_text(value);
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
  if (type.kind() == ValueType::json && value.type() == ValueType::json) {
    // Numbers within may come back as another type, but not as another number.
    std::string text = to_json(value);
    if (parse_json(text) == value) return text;
  }
  return std::nullopt;
}

class CsvEncoder : public Encoder {
 public:
  explicit CsvEncoder(const Shape& shape)
      : shape_(shape), profiles_(shape.schema.size()), cells_(shape_.options.dialect, block_) {
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
      profiles_.resize(shape_.schema.size());
      write_header(output);
    }
    const Batch batch = keyed.with_schema(shape_.schema);
    const std::int64_t rows = static_cast<std::int64_t>(batch.size());
    const std::size_t columns = shape_.schema.size();
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::size_t column = 0; column < columns; ++column) {
        if (column > 0) block_ += shape_.options.dialect.delimiter;
        profile_ = &profiles_[column];
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

  std::optional<std::string> side_file() const override {
    // The key that a reader would take by itself needs no word.
    const std::optional<std::size_t> id = shape_.schema.index_of("id");
    const bool id_is_key = id && profiles_[*id].nulls() == 0;
    bool needed = !shape_.key.empty() && !(id_is_key && shape_.key == std::vector<std::string>{"id"});
    for (std::size_t i = 0; i < profiles_.size(); ++i) {
      const FieldType& wanted = shape_.schema.fields()[i].type();
      if (wanted.is_any()) continue;
      const FieldType found = profiles_[i].type();
      needed = needed || found.kind() != wanted.kind() || !wanted.logical().empty();
    }
    if (!needed) return std::nullopt;
    return side_file_content(shape_.schema, shape_.key);
  }

  std::string state() const override {
    Json::Array profiles;
    for (const ColumnProfile& profile : profiles_) {
      Json::Array numbers;
      for (const std::int64_t number : profile.state()) numbers.emplace_back(number);
      profiles.emplace_back(Json(std::move(numbers)));
    }
    Json::Object object;
    object.emplace_back("columns", schema_to_json(shape_.schema));
    object.emplace_back("profiles", Json(std::move(profiles)));
    return to_json(Value(Json(std::move(object))));
  }

  void restore(const std::string& state) override {
    const Json json(parse_json_object(state));
    const Value* columns = json.find("columns");
    const Value* profiles = json.find("profiles");
    std::optional<Schema> schema = columns == nullptr ? std::nullopt : schema_from_json(*columns);
    if (!schema || profiles == nullptr)
      Error(ErrorCode::internal, "the state of a CSV file is damaged").raise();
    shape_.schema = std::move(*schema);
    profiles_.assign(shape_.schema.size(), ColumnProfile());
    for (std::size_t i = 0; i < profiles_.size(); ++i) {
      std::array<std::int64_t, 4> numbers;
      for (std::size_t k = 0; k < numbers.size(); ++k) {
        numbers[k] = profiles->get<Json>().array()[i].get<Json>().array()[k].get<std::int64_t>();
      }
      profiles_[i].restore(numbers);
    }
  }

 private:
  static constexpr std::size_t kBlockBytes = 64U << 10U;

  void pour(OutputFile& output) {
    output.append(block_);
    block_.clear();
    // A large record is not kept room for.
    if (block_.capacity() > 4 * kBlockBytes) block_.shrink_to_fit();
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
    if (!array.IsNull(row) && !is_null_of_json(column, row)) {
      good = write_stored(column, array, row);
    } else if (!column.exceptions().empty()) {
      const auto found = column.exceptions().find(row);
      if (found == column.exceptions().end()) return profile_->add_nulls(1);
      const std::optional<std::string> text = exceptional_text(found->second, field.type());
      if (!text) raise_misfit(given, row, shape_.key, field, found->second, "");
      good = put(*text);
    } else {
      profile_->add_nulls(1);
    }
    if (!good) {
      raise_misfit(given, row, shape_.key, field, column.value(row),
                   ": it needs quotes, and quote=none was given");
    }
  }

  // The same as a cell without a value: as a text it would be the string that says so.
  static bool is_null_of_json(const Column& column, std::int64_t row) {
    return column.type().kind() == ValueType::json &&
           static_cast<const arrow::StringArray&>(*column.array()).GetView(row) == "null";
  }

  bool put(std::string_view text) {
    profile_->add(text);
    return cells_.text(text);
  }

  /// REQUIRES: the value is not null.
  bool write_stored(const Column& column, const arrow::Array& array, std::int64_t row) {
    switch (column.type().kind()) {
      case ValueType::boolean:
        return put(static_cast<const arrow::BooleanArray&>(array).Value(row) ? "true" : "false");
      case ValueType::integer: {
        const fmt::format_int text(static_cast<const arrow::Int64Array&>(array).Value(row));
        return put({text.data(), text.size()});
      }
      case ValueType::floating:
        number_.clear();
        append_float(number_, static_cast<const arrow::DoubleArray&>(array).Value(row));
        return put(number_);
      case ValueType::decimal:
        return put(static_cast<const arrow::StringArray&>(array).GetView(row));
      case ValueType::string:
      case ValueType::json:
      case ValueType::vector:
        return put(static_cast<const arrow::StringArray&>(array).GetView(row));
      case ValueType::binary:
        return put(to_base64(Binary{static_cast<const arrow::BinaryArray&>(array).GetString(row)}));
      default:
        return put(to_text(column.value(row)));
    }
  }

  Shape shape_;
  std::vector<ColumnProfile> profiles_;  ///< What a reader will find.
  ColumnProfile* profile_ = nullptr;     ///< Of the current cell.
  std::string block_;
  std::string number_;
  CellWriter cells_;
};

}  // namespace

std::unique_ptr<Encoder> make_csv_encoder(const Shape& shape) {
  return std::make_unique<CsvEncoder>(shape);
}

}  // namespace dataknobs::file
