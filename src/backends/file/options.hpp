// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What a URL says of a file: its format and how that is written.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "backends/file/compression.hpp"
#include "backends/file/csv_dialect.hpp"
#include "database/dataset.hpp"
#include "database/registry.hpp"

namespace dataknobs::file {

enum class Format : std::uint8_t { csv, tsv, ndjson, json, parquet };

/// "csv", "ndjson" ...
std::string_view to_string(Format format) noexcept;
std::optional<Format> format_from_string(std::string_view name) noexcept;
/// "CSV file" ...
std::string native_kind(Format format);
constexpr bool is_text_table(Format format) noexcept {
  return format == Format::csv || format == Format::tsv;
}
constexpr Layout layout_of(Format format) noexcept {
  return is_text_table(format) || format == Format::parquet ? Layout::columns : Layout::document;
}

constexpr std::uint64_t kPartSize = std::uint64_t{128} << 20U;

struct FileOptions {
  std::string path;        ///< Of a folder without `/` at its end.
  bool is_folder = false;  ///< Its files are the parts of one dataset.
  Format format = Format::csv;
  Compression compression = Compression::none;
  std::string encoding;  ///< Of the text, where it is not UTF-8; for reading.
  CsvDialect dialect;
  std::map<std::string, FieldType> types;  ///< Declared with type=, by column.
  std::vector<std::string> partition;      ///< Of a folder: fields that Hive folders name.
  std::uint64_t part_size = kPartSize;     ///< Of a folder that is written: about the most bytes of a file.
};

/// Looks into a folder for its format, unless the options or `found` say it.
/// Errors: ConfigurationError for an unknown format, an extension that says none, an option of another
/// format.
FileOptions file_options(const DatasetOptions& options, std::optional<Format> found = {});
/// What format= and compression= say, where they are given.
std::optional<Format> given_format(const DatasetOptions& options);
std::optional<Compression> given_compression(const DatasetOptions& options);

/// What the extension of the name says, perhaps before that of a compression.
std::optional<Format> find_format(std::string_view path);
Compression compression_of_name(std::string_view path);
inline bool has_known_extension(std::string_view path) {
  return find_format(path).has_value();
}

/// What the names of new files end with: ".csv.gz".
std::string extension_of(const FileOptions& options);
/// There is a file of that name, or a folder with anything in it.
bool is_there(const FileOptions& options);

/// What the name of a file ends with: the extension of its format, and behind it that of its compression.
std::string all_extensions(const std::string& path);

/// The options that URLs of files may have.
std::vector<OptionDeclaration> declared_options();

}  // namespace dataknobs::file
