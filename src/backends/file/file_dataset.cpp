// SPDX-License-Identifier: Apache-2.0
#include "backends/file/file_dataset.hpp"

#include <fmt/format.h>

#include "record/nearest.hpp"

namespace dataknobs::file {
namespace {

void check_key(const FileDataset& dataset, const std::vector<std::string>& key) {
  for (const std::string& name : key) {
    const std::optional<std::size_t> column = dataset.schema().index_of(name);
    if (!column) {
      std::vector<std::string_view> known;
      for (const FieldDescription& field : dataset.schema().fields()) known.push_back(field.name());
      const std::optional<std::string_view> nearest = nearest_name(name, known);
      Error(ErrorCode::configuration, fmt::format("{} has no column '{}' for key=", dataset.name(), name))
          .field_path(name)
          .hint(nearest ? fmt::format("did you mean '{}'?", *nearest) : std::string())
          .raise();
    }
    if (dataset.csv() && dataset.csv()->nulls[*column] != 0) {
      Error(ErrorCode::configuration, fmt::format("the key column '{}' of {} is empty in {} records", name,
                                                  dataset.name(), dataset.csv()->nulls[*column]))
          .field_path(name)
          .hint("give key= with columns that are never empty")
          .raise();
    }
  }
}

/// `key=` wins, then a column `id` that is never empty; else ids are positions.
void choose_key(FileDataset& dataset) {
  std::vector<std::string> key = dataset.options().key();
  if (key.empty()) {
    const std::optional<std::size_t> id = dataset.schema().index_of("id");
    if (id && dataset.csv() && dataset.csv()->nulls[*id] == 0) key = {"id"};
  }
  check_key(dataset, key);
  dataset.set_positional_ids(key.empty());
  dataset.set_key(std::move(key));
}

CsvTable table_of(const FileDataset& dataset) {
  return {dataset.file(), dataset.file_options().dialect, dataset.csv(), dataset.key()};
}

}  // namespace

const FileDataset& as_file(const Dataset& dataset) {
  const auto* file = dynamic_cast<const FileDataset*>(&dataset);
  if (file != nullptr) return *file;
  Error(ErrorCode::internal, fmt::format("'{}' is not a dataset of the file store", dataset.name())).raise();
}

std::shared_ptr<const FileDataset> describe_file(const DatasetOptions& options, bool) {
  FileOptions file_options_value = file_options(options);
  std::shared_ptr<const InputFile> file = InputFile::open_existing(file_options_value.path);
  if (!file) return nullptr;
  auto dataset = std::make_shared<FileDataset>(options, std::move(file_options_value));
  dataset->set_file(file);
  dataset->set_native_kind(native_kind(dataset->format()));
  dataset->set_bytes(file->size());
  dataset->set_fingerprint(file->identity());
  if (!is_text_table(dataset->format())) {
    Error(ErrorCode::unsupported, fmt::format("{} cannot be read", dataset->native_kind())).raise();
  }
  const std::map<std::string, FieldType> declared;
  dataset->set_csv(cached_csv_index(*file, dataset->file_options().dialect, declared));
  dataset->set_schema(dataset->csv()->schema);
  dataset->set_rows(dataset->csv()->rows, true);
  choose_key(*dataset);
  return dataset;
}

Part whole_file(const FileDataset& dataset) {
  const std::vector<RecordPlace>& places = dataset.csv()->places;
  return {places.front().offset, places.back().offset, 0, dataset.csv()->rows};
}

std::vector<Part> split_file(const FileDataset& dataset, std::size_t wanted) {
  return group_places(dataset.csv()->places, wanted);
}

std::unique_ptr<Source> open_source(const FileDataset& dataset, const std::optional<Part>& part,
                                    const SourceRequest& request) {
  return read_csv(table_of(dataset), part ? *part : whole_file(dataset), request);
}

}  // namespace dataknobs::file
