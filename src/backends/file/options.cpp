// SPDX-License-Identifier: Apache-2.0
#include "backends/file/options.hpp"

#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include "backends/file/declared_types.hpp"
#include "backends/file/folder_list.hpp"
#include "backends/file/folder_note.hpp"
#include "backends/file/text_encoding.hpp"
#include "record/nearest.hpp"

namespace dataknobs::file {
namespace {

struct Extension {
  std::string_view text;
  Format format;
};
constexpr std::array<Extension, 8> kExtensions = {{{".csv", Format::csv},
                                                   {".tsv", Format::tsv},
                                                   {".tab", Format::tsv},
                                                   {".ndjson", Format::ndjson},
                                                   {".jsonl", Format::ndjson},
                                                   {".json", Format::json},
                                                   {".parquet", Format::parquet},
                                                   {".pq", Format::parquet}}};
constexpr std::array<std::string_view, 5> kFormats = {"csv", "tsv", "ndjson", "json", "parquet"};

[[noreturn]] void raise_unknown(std::string_view option, std::string_view value,
                                std::span<const std::string_view> known) {
  const std::optional<std::string_view> nearest = nearest_name(value, known);
  Error(ErrorCode::configuration,
        fmt::format("{}= is one of {}, not '{}'", option, fmt::join(known, ", "), value))
      .hint(nearest ? fmt::format("did you mean '{}'?", *nearest) : std::string())
      .raise();
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

// The extensions of a name: of the format, and behind it of the compression ("people.csv.gz").
struct Extensions {
  explicit Extensions(const std::string& name) {
    const std::filesystem::path path(name);
    format = lower(path.extension().string());
    compression = compression_of_extension(format);
    if (compression != Compression::none) format = lower(path.stem().extension().string());
  }
  std::string format;
  Compression compression;
};

Format format_of(const DatasetOptions& options) {
  if (const std::optional<Format> given = given_format(options)) return *given;
  if (is_folder(options.name())) {
    if (const std::optional<Format> found = list_folder(options.name(), {}, {}).format) return *found;
    if (const std::optional<FolderNote> note = read_folder_note(folder_path(options.name())))
      return note->format;
  }
  const std::string name = folder_path(options.name());
  if (const std::optional<Format> named = find_format(name)) return *named;
  const std::string extension = Extensions(name).format;
  std::vector<std::string_view> known;
  for (const Extension& each : kExtensions) known.push_back(each.text);
  const std::string what = options.name() == "-" ? "the format of standard input and output has to be given"
                           : is_folder(options.name())
                               ? fmt::format("there are no files in {} that say their format", options.name())
                           : extension.empty()
                               ? fmt::format("the name '{}' does not say a format", options.name())
                               : fmt::format("unknown file extension '{}'", extension);
  const std::optional<std::string_view> nearest = nearest_name(extension, known);
  Error(ErrorCode::configuration, what)
      .hint(nearest && !extension.empty()
                ? fmt::format("did you mean '{}'? Or give format=csv, ...", *nearest)
                : fmt::format("give format={}", fmt::join(kFormats, ", ")))
      .raise();
}

char delimiter_of(const std::string& text) {
  if (text == "tab" || text == "\\t") return '\t';
  const auto first = static_cast<unsigned char>(text.empty() ? 0 : text[0]);
  if (text.size() == 1 && first < 0x80 && first != '"' && first != '\n' && first != '\r' && first != 0)
    return text[0];
  Error(ErrorCode::configuration, fmt::format("delimiter= is one ASCII character or 'tab', not '{}'", text))
      .raise();
}

bool header_of(const std::string& text) {
  if (text == "yes" || text == "true") return true;
  if (text == "no" || text == "false") return false;
  constexpr std::array<std::string_view, 2> known = {"yes", "no"};
  raise_unknown("header", text, known);
}

char quote_of(const std::string& text) {
  if (text == "none") return '\0';
  const auto first = static_cast<unsigned char>(text.empty() ? 0 : text[0]);
  if (text.size() == 1 && first > 0x20 && first < 0x7F) return text[0];
  Error(ErrorCode::configuration, fmt::format("quote= is one ASCII character or 'none', not '{}'", text))
      .raise();
}

std::uint64_t size_of(const std::string& text) {
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 4> kUnits = {
      {{"", 1}, {"KiB", 1U << 10U}, {"MiB", 1U << 20U}, {"GiB", 1U << 30U}}};
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  for (const auto& [name, factor] : kUnits) {
    if (error == std::errc() && name == unit && number > 0 && number <= (UINT64_MAX >> 1U) / factor)
      return number * factor;
  }
  Error(ErrorCode::configuration, fmt::format("part_size= is a number of bytes, not '{}'", text))
      .hint("part_size=64MiB")
      .raise();
}

void take_folder_option(FileOptions& options, const std::string& name, const std::string& value) {
  if (!options.is_folder) {
    Error(ErrorCode::configuration,
          fmt::format("{}= is an option of folders; {} is none", name, options.path))
        .hint(fmt::format("the name of a folder that is to be made ends in '/': {}/", options.path))
        .raise();
  }
  if (name == "part_size") {
    options.part_size = size_of(value);
    return;
  }
  for (std::size_t from = 0; from <= value.size();) {
    const std::size_t comma = std::min(value.find(',', from), value.size());
    std::string field = value.substr(from, comma - from);
    const bool twice =
        std::find(options.partition.begin(), options.partition.end(), field) != options.partition.end();
    if (field.empty() || twice) {
      Error(ErrorCode::configuration, field.empty() ? std::string("partition= has an empty name")
                                                    : fmt::format("partition= names '{}' twice", field))
          .hint("write partition=a or partition=a,b")
          .raise();
    }
    options.partition.push_back(std::move(field));
    from = comma + 1;
  }
}

}  // namespace

std::string_view to_string(Format format) noexcept {
  return kFormats[static_cast<std::size_t>(format)];
}

std::optional<Format> format_from_string(std::string_view name) noexcept {
  const auto* const found = std::find(kFormats.begin(), kFormats.end(), name);
  return found == kFormats.end() ? std::nullopt
                                 : std::optional(static_cast<Format>(found - kFormats.begin()));
}

std::string native_kind(Format format) {
  switch (format) {
    case Format::csv:
      return "CSV file";
    case Format::tsv:
      return "TSV file";
    case Format::ndjson:
      return "NDJSON file";
    case Format::json:
      return "JSON file";
    case Format::parquet:
      return "Parquet file";
  }
  return "file";
}

std::optional<Format> given_format(const DatasetOptions& options) {
  const auto given = options.extra().find("format");
  if (given == options.extra().end()) return std::nullopt;
  const std::optional<Format> known = format_from_string(given->second.front());
  if (!known) raise_unknown("format", given->second.front(), kFormats);
  return known;
}

std::optional<Compression> given_compression(const DatasetOptions& options) {
  const auto given = options.extra().find("compression");
  if (given == options.extra().end()) return std::nullopt;
  const std::optional<Compression> known = find_compression(given->second.front());
  if (!known) raise_unknown("compression", given->second.front(), compression_names());
  return *known;
}

FileOptions file_options(const DatasetOptions& options, std::optional<Format> found) {
  FileOptions result;
  result.path = options.name();
  if (result.path.empty())
    Error(ErrorCode::configuration, "the URL names no file").hint("file:people.csv").raise();
  result.is_folder = is_folder(result.path);
  if (result.is_folder) result.path = folder_path(std::move(result.path));
  result.format = found ? *found : format_of(options);
  const std::optional<Compression> compression = given_compression(options);
  result.compression = compression ? *compression : compression_of_name(result.path);
  if (result.format == Format::parquet && result.compression != Compression::none) {
    Error(ErrorCode::configuration, "a Parquet file is compressed inside, not as a whole")
        .hint("leave out the extension of the compression, and compression=")
        .raise();
  }
  if (options.layout() && *options.layout() != layout_of(result.format)) {
    Error(ErrorCode::configuration,
          fmt::format("a {} has the layout {}", native_kind(result.format),
                      layout_of(result.format) == Layout::columns ? "columns" : "document"))
        .hint("leave out layout=")
        .raise();
  }
  CsvDialect& dialect = result.dialect;
  dialect.delimiter = result.format == Format::tsv ? '\t' : ',';
  for (const auto& [name, values] : options.extra()) {
    if (name == "format" || name == "compression") continue;
    if (name == "partition" || name == "part_size") {
      take_folder_option(result, name, values.front());
      continue;
    }
    if (name == "encoding" && result.format != Format::parquet) {
      result.encoding = values.front();
      TextDecoder known(result.encoding);
      continue;
    }
    // The fields that folders name have their types from text too.
    if (!is_text_table(result.format) && !(result.is_folder && name == "type")) {
      Error(ErrorCode::configuration, fmt::format("{}= is an option of CSV files; {} is a {}", name,
                                                  options.name(), native_kind(result.format)))
          .raise();
    }
    if (name == "delimiter") dialect.delimiter = delimiter_of(values.front());
    if (name == "header") dialect.header = header_of(values.front());
    if (name == "quote") dialect.quote = quote_of(values.front());
    if (name == "null") dialect.nulls = values;
    if (name == "type") result.types = parse_declared_types(values);
  }
  if (dialect.quote == dialect.delimiter) {
    Error(ErrorCode::configuration, "delimiter= and quote= are the same character").raise();
  }
  return result;
}

std::optional<Format> find_format(std::string_view path) {
  const std::string extension = Extensions(std::string(path)).format;
  const auto found = std::find_if(kExtensions.begin(), kExtensions.end(),
                                  [&](const Extension& each) { return each.text == extension; });
  return found == kExtensions.end() ? std::nullopt : std::optional(found->format);
}

Compression compression_of_name(std::string_view path) {
  return Extensions(std::string(path)).compression;
}

std::string extension_of(const FileOptions& options) {
  constexpr std::array<std::string_view, 5> kNames = {".csv", ".tsv", ".ndjson", ".json", ".parquet"};
  return std::string(kNames[static_cast<std::size_t>(options.format)]) +
         std::string(extension_of_compression(options.compression));
}

bool is_there(const FileOptions& options) {
  std::error_code error;
  if (options.path == "-" || !std::filesystem::exists(options.path, error)) return false;
  return !std::filesystem::is_directory(options.path, error) ||
         !std::filesystem::is_empty(options.path, error);
}

std::string all_extensions(const std::string& path) {
  const std::filesystem::path name(path);
  const std::string last = name.extension().string();
  if (compression_of_extension(lower(last)) == Compression::none) return last;
  return name.stem().extension().string() + last;
}

std::vector<OptionDeclaration> declared_options() {
  const auto of_dataset = [](std::string name, std::string description, bool repeatable = false) {
    OptionDeclaration option;
    option.name = std::move(name);
    option.description = std::move(description);
    option.of_dataset = true;
    option.repeatable = repeatable;
    return option;
  };
  return {
      of_dataset("format",
                 "csv, tsv, ndjson, json or parquet; by default what the extension of the name says"),
      of_dataset(
          "compression",
          "gzip, zstd, bz2, lz4, brotli or none; by default what the extension of the name says: .gz, .zst, "
          ".bz2, .lz4, .br"),
      of_dataset("encoding",
                 "Of the text of a file that is read, where it is not UTF-8: windows-1252, utf-16, ..."),
      of_dataset("partition",
                 "Of a folder that is written: fields whose values become the names of folders in it, comma "
                 "separated: country,year makes country=FR/year=2024/"),
      of_dataset("part_size",
                 "Of a folder that is written: about the most bytes of a file; by default 128MiB"),
      of_dataset(
          "key",
          "Columns or members that make the id, comma separated; by default 'id' if there is one, else "
          "ids are the positions of records"),
      of_dataset("layout", "columns for CSV and Parquet, document for JSON; it follows from the format"),
      of_dataset("null", "CSV: one more unquoted spelling of null besides the empty one, such as NULL or NA",
                 true),
      of_dataset("type",
                 "CSV and fields of folder names: COLUMN:TYPE, the type of a column in place of the one that "
                 "is found, "
                 "such as zip:string or price:decimal",
                 true),
      of_dataset("delimiter", "CSV: the character between fields, or 'tab'; by default ',' (TSV: tab)"),
      of_dataset("quote", "CSV: the character around fields, or 'none'; by default '\"'"),
      of_dataset("header", "CSV: yes (the default) or no: then the columns are column_1, column_2, ..."),
  };
}

}  // namespace dataknobs::file
