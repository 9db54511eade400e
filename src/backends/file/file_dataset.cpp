// SPDX-License-Identifier: Apache-2.0
#include "backends/file/file_dataset.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include <fmt/format.h>

#include "backends/file/declared_types.hpp"
#include "backends/file/folder.hpp"
#include "backends/file/folder_parts.hpp"
#include "backends/file/folder_source.hpp"
#include "backends/file/side_file.hpp"
#include "record/excerpt.hpp"
#include "record/nearest.hpp"
#include "runtime/system_file.hpp"

namespace dataknobs::file {
namespace {

bool may_be_null(const FileDataset& dataset, std::size_t column) {
  if (dataset.folder()) return dataset.folder()->may_be_null[column];
  return dataset.csv() ? dataset.csv()->nulls[column] != 0 : dataset.parquet()->may_be_null[column];
}

void check_key(const FileDataset& dataset, const std::vector<std::string>& key) {
  for (const std::string& name : key) {
    const std::size_t column = column_of_option(dataset, name, "key=");
    if (dataset.folder() && dataset.folder()->has_null[column]) {
      Error(ErrorCode::configuration,
            fmt::format("the key column '{}' of {} is empty in some records", name, dataset.name()))
          .field_path(name)
          .hint("give key= with columns that are never empty")
          .raise();
    }
    if (dataset.csv() && dataset.csv()->nulls[column] != 0) {
      Error(ErrorCode::configuration, fmt::format("the key column '{}' of {} is empty in {} records", name,
                                                  dataset.name(), dataset.csv()->nulls[column]))
          .field_path(name)
          .hint("give key= with columns that are never empty")
          .raise();
    }
  }
}

bool can_be_key(const FileDataset& dataset, const std::vector<std::string>& key) {
  return std::all_of(key.begin(), key.end(), [&](const std::string& name) {
    const std::optional<std::size_t> column = dataset.schema().index_of(name);
    return column && !may_be_null(dataset, *column);
  });
}

}  // namespace

/// `key=` wins, then what a side file says, then a column `id` that is never empty; else ids are positions.
void choose_key(FileDataset& dataset, const std::vector<std::string>& noted) {
  std::vector<std::string> key = dataset.options().key();
  if (key.empty() && can_be_key(dataset, noted)) key = noted;
  if (key.empty()) {
    if (can_be_key(dataset, {"id"})) key = {"id"};
  }
  check_key(dataset, key);
  std::vector<FieldDescription> fields = dataset.schema().fields();
  for (FieldDescription& field : fields) {
    const bool is_key = std::find(key.begin(), key.end(), field.name()) != key.end();
    if (is_key && field.nullable()) field = FieldDescription(field.name(), field.type(), false);
  }
  dataset.set_schema(Schema(std::move(fields)));
  dataset.set_positional_ids(key.empty());
  dataset.set_key(std::move(key));
}

namespace {

void describe_csv(FileDataset& dataset) {
  const SideFile side = read_side_file(dataset.file_options().path);
  std::map<std::string, FieldType> types = dataset.file_options().types;
  types.insert(side.types.begin(), side.types.end());  // What the user says wins.
  dataset.set_csv(cached_csv_index(*dataset.file(), dataset.file_options().dialect, types));
  dataset.set_schema(dataset.csv()->schema);
  check_declared_types(dataset);
  dataset.set_rows(dataset.csv()->rows, true);
  choose_key(dataset, side.key);
}

void describe_documents(FileDataset& dataset) {
  dataset.set_documents(cached_document_index(*dataset.file(), dataset.format() == Format::ndjson));
  const DocumentIndex& index = *dataset.documents();
  dataset.set_rows(index.rows, true);
  dataset.set_has_metadata(true);
  dataset.set_id_members(dataset.options().key().empty() ? index.note.key : dataset.options().key());
  // Of a file without records the first one says.
  dataset.set_positional_ids(dataset.id_members().empty() && !index.has_ids && index.rows > 0);
}

void describe_parquet(FileDataset& dataset) {
  dataset.set_parquet(read_parquet_index(dataset.file()));
  dataset.set_schema(dataset.parquet()->schema);
  dataset.set_rows(dataset.parquet()->rows, true);
  choose_key(dataset, dataset.parquet()->key);
}

const std::vector<RecordPlace>& places_of(const FileDataset& dataset) {
  if (dataset.folder()) return dataset.folder()->places;
  if (dataset.csv()) return dataset.csv()->places;
  if (dataset.documents()) return dataset.documents()->places;
  if (dataset.parquet()) return dataset.parquet()->places;
  Error(ErrorCode::not_found, fmt::format("{} is not written yet", dataset.name())).raise();
}

}  // namespace

std::size_t column_of_option(const FileDataset& dataset, const std::string& name, std::string_view option) {
  if (const std::optional<std::size_t> column = dataset.schema().index_of(name)) return *column;
  std::vector<std::string_view> known;
  for (const FieldDescription& field : dataset.schema().fields()) known.push_back(field.name());
  const std::optional<std::string_view> nearest = nearest_name(name, known);
  const bool is_list = dataset.schema().index_of(name.substr(0, name.find_first_of(":,"))).has_value();
  Error(ErrorCode::configuration,
        fmt::format("{} has no column {} for {}", dataset.name(), excerpt(name), option))
      .hint(nearest   ? fmt::format("did you mean '{}'?", *nearest)
            : is_list ? fmt::format("give {} once for each column", option)
                      : std::string())
      .raise();
}

const FileDataset& as_file(const Dataset& dataset) {
  const auto* file = dynamic_cast<const FileDataset*>(&dataset);
  if (file != nullptr) return *file;
  Error(ErrorCode::internal, fmt::format("'{}' is not a dataset of the file store", dataset.name())).raise();
}

std::shared_ptr<const FileDataset> describe_file(const DatasetOptions& options, bool) {
  FileOptions file_options_value = file_options(options);
  std::shared_ptr<const InputFile> file = InputFile::open_existing(
      file_options_value.path, file_options_value.compression, file_options_value.encoding);
  if (!file) return nullptr;
  auto dataset = std::make_shared<FileDataset>(options, std::move(file_options_value));
  dataset->set_file(file);
  dataset->set_native_kind(native_kind(dataset->format()));
  dataset->set_bytes(file->size());
  dataset->set_fingerprint(file->identity());
  switch (dataset->format()) {
    case Format::csv:
    case Format::tsv:
      describe_csv(*dataset);
      break;
    case Format::ndjson:
    case Format::json:
      describe_documents(*dataset);
      break;
    case Format::parquet:
      describe_parquet(*dataset);
      break;
  }
  return dataset;
}

/// A file that its own URL could not read is not made.
void check_types_of_new(const FileDataset& dataset) {
  for (const auto& [name, type] : dataset.file_options().types) {
    const FieldType& written = dataset.schema().fields()[column_of_option(dataset, name, "type=")].type();
    if (written.kind() == type.kind()) continue;
    Error(ErrorCode::configuration, fmt::format("type={}:{}: what is written is of type {}", name,
                                                type.to_string(), written.to_string()))
        .field_path(name)
        .hint("leave out type=: a file has the types of what is written into it")
        .raise();
  }
}

std::shared_ptr<FileDataset> new_file(const CreateRequest& request) {
  Shape shape;
  shape.options = file_options(request.options());
  shape.schema = request.schema();
  shape.key = request.key().empty() ? request.options().key() : request.key();
  const std::string& path = shape.options.path;
  if (!shape.options.encoding.empty()) {
    Error(ErrorCode::unsupported, "files are written in UTF-8").hint("leave out encoding=").raise();
  }
  if (request.layout() != layout_of(shape.options.format)) {
    Error(ErrorCode::invalid_argument,
          fmt::format("a {} has another layout", native_kind(shape.options.format)))
        .raise();
  }
  make_encoder(shape);
  check_partition(shape);
  if (path != "-") {
    if (is_there(shape.options)) raise_exists(path);
    const std::string folder = std::filesystem::path(path).parent_path().string();
    if (::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0) {
      raise_system_error(errno, "cannot make a file in", folder.empty() ? "." : folder);
    }
  }
  auto dataset = std::make_shared<FileDataset>(request.options(), shape.options);
  const std::string kind = native_kind(shape.options.format);
  dataset->set_native_kind(shape.options.is_folder ? folder_kind(kind) : kind);
  dataset->set_rows(0, true);
  if (dataset->layout() == Layout::columns) {
    dataset->set_schema(shape.schema);
    dataset->set_key(shape.key);
    check_types_of_new(*dataset);
  }
  dataset->set_positional_ids(shape.key.empty());
  dataset->set_has_metadata(dataset->layout() == Layout::document);
  dataset->set_shape(std::move(shape));
  return dataset;
}

Part whole_file(const FileDataset& dataset) {
  const std::vector<RecordPlace>& places = places_of(dataset);
  return {places.front().offset, places.back().offset, 0, places.back().row};
}

std::vector<Part> split_file(const FileDataset& dataset, std::size_t wanted) {
  return group_places(places_of(dataset), wanted);
}

std::unique_ptr<Source> open_source(const FileDataset& dataset, const std::optional<Part>& part,
                                    const SourceRequest& request) {
  const Part wanted = part ? *part : whole_file(dataset);
  if (dataset.folder()) return read_folder(dataset, wanted, request);
  if (dataset.csv()) {
    return read_csv({dataset.file(), dataset.file_options().dialect, dataset.csv(), dataset.key()}, wanted,
                    request);
  }
  if (dataset.parquet())
    return read_parquet({dataset.file(), dataset.parquet(), dataset.key()}, wanted, request);
  const DocumentTable table{dataset.file(), dataset.documents(), dataset.id_members(),
                            !dataset.options().key().empty()};
  return read_documents(table, wanted, request);
}

}  // namespace dataknobs::file
