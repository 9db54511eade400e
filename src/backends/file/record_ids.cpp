// SPDX-License-Identifier: Apache-2.0
#include "backends/file/record_ids.hpp"

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <fmt/format.h>

#include "backends/file/arrow_status.hpp"
#include "database/dataset.hpp"

namespace dataknobs::file {

std::shared_ptr<arrow::Array> make_ids(const InputFile& file, const std::vector<std::string>& key,
                                       const Schema& schema, const std::vector<Column>& columns,
                                       std::uint64_t first_row, std::int64_t rows) {
  arrow::StringBuilder builder;
  check(builder.Reserve(rows));
  if (key.empty()) {
    check(builder.ReserveData(rows * 20));
    for (std::int64_t i = 0; i < rows; ++i) {
      const fmt::format_int text(first_row + static_cast<std::uint64_t>(i) + 1);
      builder.UnsafeAppend(text.data(), static_cast<std::int32_t>(text.size()));
    }
  }
  std::vector<const Column*> parts;
  for (const std::string& name : key) parts.push_back(&columns[*schema.index_of(name)]);
  if (parts.size() == 1 && parts[0]->type().kind() == ValueType::string &&
      parts[0]->array()->null_count() == 0) {
    return parts[0]->array();
  }
  std::vector<Value> values(parts.size());
  for (std::int64_t row = 0; !key.empty() && row < rows; ++row) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      values[i] = parts[i]->value(row);
      if (!values[i].is_null()) continue;
      Error(ErrorCode::serialization, fmt::format("{}, record {}: the key column is empty", file.name(),
                                                  first_row + static_cast<std::uint64_t>(row) + 1))
          .field_path(key[i])
          .hint("give key= with columns that are never empty")
          .raise();
    }
    check(builder.Append(key_to_id(values)));
  }
  std::shared_ptr<arrow::Array> ids;
  check(builder.Finish(&ids));
  return ids;
}

}  // namespace dataknobs::file
