// SPDX-License-Identifier: Apache-2.0
#include "backends/file/declared_types.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "backends/file/csv_tokens.hpp"
#include "backends/file/text_types.hpp"
#include "record/excerpt.hpp"
#include "record/nearest.hpp"

namespace dataknobs::file {
namespace {

// The classes that the text of a cell can be read as.
constexpr std::array kReadable{
    ValueType::boolean, ValueType::integer,  ValueType::floating, ValueType::decimal, ValueType::string,
    ValueType::binary,  ValueType::datetime, ValueType::date,     ValueType::time,    ValueType::json};

ValueType parse_type(std::string_view name, const std::string& declaration) {
  const std::optional<ValueType> type = value_type_from_string(name);
  if (type && std::find(kReadable.begin(), kReadable.end(), *type) != kReadable.end()) return *type;
  std::vector<std::string_view> known;
  for (const ValueType each : kReadable) known.push_back(to_string(each));
  const std::optional<std::string_view> nearest = nearest_name(name, known);
  Error(ErrorCode::configuration, fmt::format("type={}: there is no type '{}'", declaration, name))
      .hint(nearest ? fmt::format("did you mean '{}'?", *nearest)
                    : fmt::format("known are {}", fmt::join(known, ", ")))
      .raise();
}

// The file is read once more, which happens only where the declaration is wrong.
[[noreturn]] void raise_misfit(const FileDataset& dataset, std::size_t column, const FieldType& type) {
  const CsvIndex& index = *dataset.csv();
  const CsvDialect& dialect = dataset.file_options().dialect;
  CsvBlocks blocks(*dataset.file(), dialect, index.places.front().offset, index.places.back().offset,
                   1U << 20U);
  CsvTokens tokens(dialect, static_cast<std::int32_t>(index.schema.size()));
  std::uint64_t record = 0;
  while (const std::optional<std::string_view> text = blocks.next()) {
    if (tokens.parse(*text)) break;
    std::optional<std::string> found;
    tokens.visit(static_cast<std::int32_t>(column), [&](std::string_view cell, bool is_null) {
      if (!found) ++record;
      if (!found && !is_null && !can_read_as(cell, type)) found = cell;
    });
    if (!found) continue;
    Error(ErrorCode::serialization, fmt::format("{}, record {}: {} is no {}", dataset.file()->name(), record,
                                                excerpt(*found), type.to_string()))
        .field_path(index.schema.fields()[column].name())
        .hint("declare another type with type=, or leave it out")
        .raise();
  }
  Error(ErrorCode::serialization, fmt::format("{} was changed while it was read", dataset.file()->name()))
      .raise();
}

}  // namespace

std::map<std::string, FieldType> parse_declared_types(const std::vector<std::string>& declarations) {
  std::map<std::string, FieldType> types;
  for (const std::string& declaration : declarations) {
    // The name of a column may hold colons, the name of a type does not.
    const std::size_t colon = declaration.rfind(':');
    if (colon == std::string::npos || colon == 0) {
      Error(ErrorCode::configuration, fmt::format("type={} is not COLUMN:TYPE", declaration))
          .hint("type=price:decimal")
          .raise();
    }
    const std::string name = declaration.substr(0, colon);
    if (!types.emplace(name, FieldType(parse_type(declaration.substr(colon + 1), declaration))).second) {
      Error(ErrorCode::configuration, fmt::format("type= is given twice for the column '{}'", name)).raise();
    }
  }
  return types;
}

void check_declared_types(const FileDataset& dataset) {
  for (const auto& [name, type] : dataset.file_options().types) {
    const std::size_t column = column_of_option(dataset, name, "type=");
    if (dataset.schema().fields()[column].type() != type) raise_misfit(dataset, column, type);
  }
}

}  // namespace dataknobs::file
