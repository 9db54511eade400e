// SPDX-License-Identifier: Apache-2.0
#include <arrow/type.h>

#include "backends/file/file_backend.hpp"
#include "backends/file/folder_parts.hpp"
#include "backends/file/options.hpp"
#include "backends/file/parquet_types.hpp"

namespace dataknobs::file {
namespace {

TypeMapping to_text_table(const FieldType& type) {
  const FieldType text = FieldType(type).set_native("text");
  switch (type.kind()) {
    case ValueType::null:
      return {FieldType(ValueType::string).set_native("text"), Exactness::lossy,
              "values of different types become text"};
    case ValueType::binary:
      return {text, Exactness::encoded, "as base64"};
    case ValueType::json:
      return {text, Exactness::encoded, "as JSON text; NaN within it does not fit"};
    case ValueType::vector:
      return {text, Exactness::encoded, "as JSON text"};
    default:
      return {text, Exactness::exact};
  }
}

TypeMapping to_document(const FieldType& type) {
  const bool logical = !type.logical().empty();
  return {FieldType(type).set_native("json"), Exactness::exact,
          logical ? "values are kept, the logical type '" + type.logical() + "' is not" : ""};
}

TypeMapping to_parquet(const FieldType& type) {
  const std::shared_ptr<arrow::DataType> stored = arrow_type_of(type);
  const FieldType mapped = FieldType(type).set_native(stored->ToString());
  const bool text = stored->id() == arrow::Type::STRING;
  switch (type.kind()) {
    case ValueType::null:
      return {mapped, Exactness::encoded, "as JSON text with the type of each value"};
    case ValueType::json:
      return TypeMapping(mapped, Exactness::encoded, "as JSON text; NaN within it does not fit")
          .set_keeps_json_null(true);
    case ValueType::decimal:
      if (text) return {mapped, Exactness::encoded, "as text: it has no fixed number of places"};
      return {mapped, Exactness::exact_if, "NaN and more places do not fit"};
    default:
      return {mapped, Exactness::exact};
  }
}

}  // namespace

TypeMapping FileBackend::map_type(const FieldType& type) const {
  switch (url_options().format) {
    case Format::csv:
    case Format::tsv:
      return to_text_table(type);
    case Format::ndjson:
    case Format::json:
      return to_document(type);
    case Format::parquet:
      return to_parquet(type);
  }
  return {type, Exactness::exact};
}

TypeMapping FileBackend::map_field(const std::string& name, const FieldType& type) const {
  const std::vector<std::string>& partition = url_options().partition;
  const bool is_folder_name = std::find(partition.begin(), partition.end(), name) != partition.end();
  return is_folder_name ? map_folder_type(type) : map_type(type);
}

}  // namespace dataknobs::file
