// SPDX-License-Identifier: Apache-2.0
#include "backends/file/csv_source.hpp"

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/array/builder_time.h>
#include <fmt/format.h>

#include "backends/file/arrow_status.hpp"
#include "backends/file/csv_tokens.hpp"
#include "backends/file/record_ids.hpp"
#include "backends/file/text_types.hpp"
#include "record/excerpt.hpp"

namespace dataknobs::file {
namespace {

/// Says which cell could not be read as the type of its column: it was, in the first pass.
class BadCell {
 public:
  std::int64_t row = -1;
  std::string text;
};

/// Appends one cell; false if it is not of the type.
template <class Builder>
bool append_number(Builder& builder, bool good, auto value) {
  if (good) builder.UnsafeAppend(value);
  return good;
}

/// The cells of one column as an array of the type's storage.
class CellReader {
 public:
  CellReader(const CsvTokens& tokens, std::int32_t column, const FieldType& type)
      : tokens_(tokens), column_(column), type_(type) {}

  Column read() {
    std::shared_ptr<arrow::Array> array = read_array();
    Column column(type_, std::move(array));
    if (!exceptions_.empty()) column.set_exceptions(std::move(exceptions_));
    return column;
  }
  const BadCell& bad() const noexcept { return bad_; }

 private:
  std::shared_ptr<arrow::Array> read_array() {
    switch (type_.kind()) {
      case ValueType::boolean: {
        arrow::BooleanBuilder builder;
        return fill(builder, [&](std::string_view text) {
          return append_number(builder, text == "true" || text == "false", text == "true");
        });
      }
      case ValueType::integer: {
        arrow::Int64Builder builder;
        return fill(builder, [&](std::string_view text) {
          std::int64_t value = 0;
          const bool good = read_integer(text, value);
          return append_number(builder, good, value);
        });
      }
      case ValueType::floating: {
        arrow::DoubleBuilder builder;
        return fill(builder, [&](std::string_view text) {
          double value = 0;
          const bool good = read_float(text, value);
          return append_number(builder, good, value);
        });
      }
      case ValueType::datetime:
      case ValueType::date:
      case ValueType::time:
        return read_temporal();
      default:
        return read_text();
    }
  }

  std::shared_ptr<arrow::Array> read_temporal() {
    const std::shared_ptr<arrow::DataType> storage = storage_type(type_.kind());
    if (type_.kind() == ValueType::date) {
      arrow::Date32Builder builder;
      return fill(builder, [&](std::string_view text) {
        std::int32_t days = 0;
        bool good = read_date(text, days);
        if (const std::optional<Date> other = good ? std::nullopt : parse_date(text)) {
          good = true;
          days = other->days;
        }
        return append_number(builder, good, days);
      });
    }
    if (type_.kind() == ValueType::time) {
      arrow::Time64Builder builder(storage, arrow::default_memory_pool());
      return fill(builder, [&](std::string_view text) {
        const std::optional<Time> value = parse_time(text);
        return append_number(builder, value.has_value(), value ? value->microseconds : 0);
      });
    }
    arrow::TimestampBuilder builder(storage, arrow::default_memory_pool());
    return fill(builder, [&](std::string_view text) {
      std::int64_t microseconds = 0;
      bool good = read_datetime(text, microseconds);
      if (const std::optional<DateTime> other = good ? std::nullopt : parse_datetime(text)) {
        good = true;
        microseconds = other->microseconds;
      }
      return append_number(builder, good, microseconds);
    });
  }

  std::shared_ptr<arrow::Array> read_text() {
    if (type_.kind() == ValueType::binary) {
      arrow::BinaryBuilder builder;
      return fill(builder, [&](std::string_view text) {
        const std::optional<Binary> value = parse_base64(text);
        if (value) check(builder.Append(value->bytes));
        return value.has_value();
      });
    }
    arrow::StringBuilder builder;
    if (type_.kind() != ValueType::decimal) {
      return fill(builder, [&](std::string_view text) {
        check(builder.Append(text));
        return true;
      });
    }
    return fill(builder, [&](std::string_view text) {
      // NaN and the infinities are no decimals, but a column of decimals may have them.
      const char last = text.empty() ? '\0' : text.back();
      double special = 0;
      if ((last == 'N' || last == 'y') && read_float(text, special)) {
        exceptions_.emplace(row_, Value(special));
        check(builder.AppendNull());
      } else {
        check(builder.Append(text));
      }
      return true;
    });
  }

  template <class Builder, class Append>
  std::shared_ptr<arrow::Array> fill(Builder& builder, const Append& append) {
    check(builder.Reserve(tokens_.rows()));
    tokens_.visit(column_, [&](std::string_view text, bool is_null) {
      if (is_null) {
        builder.UnsafeAppendNull();
      } else if (!append(text)) {
        if (bad_.row < 0) bad_ = {row_, std::string(text)};
        builder.UnsafeAppendNull();
      }
      ++row_;
    });
    std::shared_ptr<arrow::Array> array;
    check(builder.Finish(&array));
    return array;
  }

  const CsvTokens& tokens_;
  std::int32_t column_;
  const FieldType& type_;
  std::int64_t row_ = 0;
  std::map<std::int64_t, Value> exceptions_;
  BadCell bad_;
};

class CsvSource : public Source {
 public:
  CsvSource(const CsvTable& table, const Part& part, const SourceRequest& request)
      : table_(table),
        blocks_(*table_.file, table_.dialect, part.begin, part.end, request.batch_bytes),
        tokens_(table_.dialect, static_cast<std::int32_t>(table_.index->schema.size())),
        row_(part.first_row),
        rows_before_(request.rows_before),
        ids_wanted_(table_.key.empty() || request.keyed_ids) {
    std::vector<FieldDescription> fields;
    const std::vector<FieldDescription>& all = table_.index->schema.fields();
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto among = [&](const std::vector<std::string>& names) {
        return std::find(names.begin(), names.end(), all[i].name()) != names.end();
      };
      if (!request.fields.empty() && !among(request.fields) && !among(table_.key)) continue;
      fields.push_back(all[i]);
      columns_.push_back(static_cast<std::int32_t>(i));
    }
    schema_ = Schema(std::move(fields));
  }

  std::optional<Batch> next() override {
    const std::optional<std::string_view> records = blocks_.next();
    if (!records) {
      if (const std::optional<CsvFault>& fault = blocks_.fault()) raise(*fault, 0);
      table_.file->check_unchanged();
      return std::nullopt;
    }
    if (const std::optional<CsvFault> fault = tokens_.parse(*records)) raise(*fault, blocks_.offset());
    std::vector<Column> columns;
    columns.reserve(columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      CellReader reader(tokens_, columns_[i], schema_.fields()[i].type());
      columns.push_back(reader.read());
      if (reader.bad().row >= 0) raise_bad_cell(schema_.fields()[i], reader.bad());
    }
    std::shared_ptr<arrow::Array> ids;
    if (ids_wanted_)
      ids = make_ids(*table_.file, table_.key, schema_, columns, row_ + rows_before_, tokens_.rows());
    row_ += static_cast<std::uint64_t>(tokens_.rows());
    return Batch::from_columns(schema_, std::move(columns), std::move(ids));
  }

 private:
  [[noreturn]] void raise(const CsvFault& fault, std::uint64_t base) const {
    table_.file->check_unchanged();
    table_.file->raise_at(base + fault.offset, fault.what, fault.hint);
  }

  [[noreturn]] void raise_bad_cell(const FieldDescription& field, const BadCell& bad) const {
    table_.file->check_unchanged();
    Error(ErrorCode::serialization, fmt::format("{}, record {}: {} is no {}", table_.file->name(),
                                                row_ + static_cast<std::uint64_t>(bad.row) + 1,
                                                excerpt(bad.text), field.type().to_string()))
        .field_path(field.name())
        .raise();
  }

  CsvTable table_;
  CsvBlocks blocks_;
  CsvTokens tokens_;
  std::uint64_t row_;
  std::uint64_t rows_before_;
  bool ids_wanted_;
  Schema schema_;
  std::vector<std::int32_t> columns_;
};

}  // namespace

std::unique_ptr<Source> read_csv(const CsvTable& table, const Part& part, const SourceRequest& request) {
  return std::make_unique<CsvSource>(table, part, request);
}

}  // namespace dataknobs::file
