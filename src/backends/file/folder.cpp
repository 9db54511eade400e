// SPDX-License-Identifier: Apache-2.0
#include "backends/file/folder.hpp"

#include <xxhash.h>

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "backends/file/declared_types.hpp"
#include "backends/file/folder_list.hpp"
#include "backends/file/folder_note.hpp"
#include "backends/file/folder_schema.hpp"
#include "backends/file/side_file.hpp"
#include "database/dataset_order.hpp"
#include "expr/evaluate.hpp"

namespace dataknobs::file {
namespace {

constexpr std::size_t kShownFolders = 5;

FolderListing listing_of(const DatasetOptions& options) {
  return list_folder(options.name(), given_format(options), given_compression(options));
}

std::string hash_of(const std::string& text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

bool among_skipped(const FolderListing& listing) {
  const std::string note = folder_note_name("").substr(1);
  return std::find(listing.skipped.begin(), listing.skipped.end(), note) != listing.skipped.end();
}

void append_identity(std::string& all, const std::string& path, const std::string& identity) {
  all += fmt::format("{}\n{}\n", path, identity);
}

/// Makes the dataset of a folder, a file after the other.
class FolderReader {
 public:
  FolderReader(const DatasetOptions& options, FolderListing listing, std::optional<FolderNote> note)
      : listing_(std::move(listing)),
        note_(std::move(note)),
        dataset_(std::make_shared<FileDataset>(options, file_options(options, format()))),
        folder_(std::make_shared<Folder>()) {
    if (listing_.files.empty()) listing_.fields = note_->partition;
    const std::vector<std::string>& given = dataset_->file_options().partition;
    if (!given.empty() && given != listing_.fields) {
      Error(
          ErrorCode::configuration,
          fmt::format(
              "partition={} was given, and the folders in {} name {}", fmt::join(given, ","), options.name(),
              listing_.fields.empty() ? "no fields" : fmt::format("{}", fmt::join(listing_.fields, ","))))
          .hint("leave out partition= where the folder is there")
          .raise();
    }
    if (!note_) return;
    for (const FieldDescription& field : note_->schema.fields()) {
      if (!field.type().is_any()) noted_.emplace(field.name(), field.type());
    }
  }

  std::shared_ptr<const FileDataset> read() {
    read_fields();
    std::string identities;
    for (const FolderListing::File& listed : listing_.files) {
      read_file(listed);
      append_identity(identities, listed.path, folder_->files.back().identity);
    }
    folder_->places.push_back({end_, rows_});
    dataset_->set_native_kind(folder_kind(native_kind(dataset_->format())));
    dataset_->set_rows(rows_, true).set_bytes(bytes_).set_fingerprint(hash_of(identities));
    if (dataset_->layout() == Layout::columns) {
      finish_columns();
    } else {
      finish_documents();
    }
    return dataset_;
  }

 private:
  std::optional<Format> format() const { return listing_.format || !note_ ? listing_.format : note_->format; }

  const std::map<std::string, FieldType>& declared() const { return dataset_->file_options().types; }

  /// The fields of Hive folders have the types that their texts show.
  void read_fields() {
    for (std::size_t i = 0; i < listing_.fields.size(); ++i) {
      const std::string& name = listing_.fields[i];
      const auto given = declared().find(name);
      const auto noted = noted_.find(name);
      ColumnProfile profile(given != declared().end() ? given->second
                            : noted != noted_.end()   ? noted->second
                                                      : FieldType());
      bool has_null = false;
      for (const auto& values : listing_.groups) {
        if (values[i]) profile.add(*values[i]);
        has_null = has_null || !values[i];
        if (values[i] && given != declared().end() && !can_read_as(*values[i], given->second)) {
          Error(ErrorCode::serialization,
                fmt::format("the folder {} in {} names no {}", PartitionName{name, values[i]}.to_string(),
                            dataset_->name(), given->second.to_string()))
              .field_path(name)
              .hint("declare another type with type=, or leave it out")
              .raise();
        }
      }
      folder_->fields.emplace_back(name, profile.type(), has_null);
    }
    for (const auto& values : listing_.groups) {
      Record record;
      for (std::size_t i = 0; i < values.size(); ++i) {
        const FieldDescription& field = folder_->fields[i];
        record.append(field.name(), values[i] ? value_of_text(*values[i], field.type()) : Value());
      }
      folder_->groups.push_back(std::move(record));
    }
  }

  void read_file(const FolderListing::File& listed) {
    const std::shared_ptr<const InputFile> input =
        InputFile::open_existing(listed.path, listed.compression, dataset_->file_options().encoding);
    if (!input) Error(ErrorCode::concurrency, fmt::format("{} is gone", listed.path)).retryable(true).raise();
    Folder::File file;
    file.path = listed.path;
    file.compression = listed.compression;
    file.group = listed.group;
    file.identity = input->identity();
    file.bytes = input->size();
    file.first_row = rows_;
    file.begin = end_;
    if (dataset_->format() == Format::parquet) {
      read_parquet_file(file, input);
    } else if (dataset_->layout() == Layout::columns) {
      read_csv_file(file, input);
    } else {
      read_document_file(file, *input);
    }
    bytes_ += file.bytes;
    folder_->files.push_back(std::move(file));
  }

  void add_places(Folder::File& file, const std::vector<RecordPlace>& places) {
    file.first_offset = places.front().offset;
    file.end = file.begin + (places.back().offset - file.first_offset);
    file.rows = places.back().row;
    for (std::size_t i = 0; i + 1 < places.size(); ++i) {
      folder_->places.push_back(
          {file.begin + (places[i].offset - file.first_offset), file.first_row + places[i].row});
    }
    end_ = file.end;
    rows_ += file.rows;
  }

  void check_names(const Schema& schema, const Folder::File& file) const {
    for (std::size_t i = 0; i < folder_->fields.size(); ++i) {
      const FieldDescription& field = folder_->fields[i];
      if (schema.find(field.name()) == nullptr) continue;
      const PartitionName name{field.name(), listing_.groups[file.group][i]};
      Error(ErrorCode::serialization, fmt::format("'{}' is a column of {} and a field of its folder {}",
                                                  field.name(), file.path, name.to_string()))
          .field_path(field.name())
          .hint("rename the folders, or leave the column out of the files")
          .raise();
    }
  }

  void read_csv_file(Folder::File& file, const std::shared_ptr<const InputFile>& input) {
    FileOptions own = dataset_->file_options();
    own.path = file.path;
    own.is_folder = false;
    const SideFile side = read_side_file(file.path);
    std::map<std::string, FieldType> types = own.types;
    types.insert(side.types.begin(), side.types.end());
    types.insert(noted_.begin(), noted_.end());
    const std::shared_ptr<const CsvIndex> index = make_csv_index(*input, own.dialect, types);
    std::erase_if(own.types, [&](const auto& type) { return index->schema.find(type.first) == nullptr; });
    FileDataset part(dataset_->options(), std::move(own));
    part.set_file(input).set_csv(index).set_schema(index->schema);
    check_declared_types(part);
    check_names(index->schema, file);
    schema_.add(file.path, *index);
    std::vector<std::string> columns;
    for (const FieldDescription& field : index->schema.fields()) columns.push_back(field.name());
    if (!columns_ || *columns_ != columns)
      columns_ = std::make_shared<const std::vector<std::string>>(std::move(columns));
    file.columns = columns_;
    add_places(file, index->places);
    take_key(side.key);
  }

  void read_parquet_file(Folder::File& file, const std::shared_ptr<const InputFile>& input) {
    const std::shared_ptr<const ParquetIndex> index = read_parquet_index(input);
    check_names(index->schema, file);
    schema_.add(file.path, *index);
    add_places(file, index->places);
    take_key(index->key);
  }

  void read_document_file(Folder::File& file, const InputFile& input) {
    auto index =
        std::make_shared<DocumentIndex>(*make_document_index(input, dataset_->format() == Format::ndjson));
    add_places(file, index->places);
    index->places.clear();
    if (index->rows > 0) {
      if (!has_ids_) first_documents_ = file.path;
      if (has_ids_.value_or(index->has_ids) != index->has_ids && dataset_->options().key().empty()) {
        Error(ErrorCode::serialization,
              fmt::format("the records of {} have an 'id', those of {} have none",
                          *has_ids_ ? first_documents_ : file.path, *has_ids_ ? file.path : first_documents_))
            .hint("give key= with members that all records have")
            .raise();
      }
      has_ids_ = index->has_ids;
      take_key(index->note.key);
    }
    file.documents = std::move(index);
  }

  /// A key that is noted holds if all files have it.
  void take_key(const std::vector<std::string>& key) {
    if (!key_) key_ = key;
    if (*key_ != key) key_->clear();
  }

  void finish_columns() {
    if (note_) key_ = note_->key;
    std::vector<FieldDescription> fields = schema_.schema().fields();
    folder_->has_null = schema_.has_null();
    folder_->may_be_null = schema_.may_be_null();
    if (listing_.files.empty()) add_noted_columns(fields);
    for (const FieldDescription& field : folder_->fields) {
      fields.push_back(field);
      folder_->has_null.push_back(field.nullable());
      folder_->may_be_null.push_back(field.nullable());
    }
    dataset_->set_schema(Schema(std::move(fields)));
    for (const auto& [name, type] : declared()) {
      column_of_option(*dataset_, name, "type=");
      if (dataset_->format() == Format::parquet && !folder_->has_field(name)) raise_typed(name);
    }
    dataset_->set_folder(folder_);
    choose_key(*dataset_, key_.value_or(std::vector<std::string>()));
  }

  /// Of a folder without records.
  void add_noted_columns(std::vector<FieldDescription>& fields) {
    for (const FieldDescription& field : note_->schema.fields()) {
      if (folder_->has_field(field.name())) continue;
      fields.push_back(field);
      folder_->has_null.push_back(false);
      folder_->may_be_null.push_back(false);
    }
  }

  [[noreturn]] void raise_typed(const std::string& name) const {
    Error(ErrorCode::configuration,
          fmt::format("type={}: only the fields that folders name get types in {}", name, dataset_->name()))
        .raise();
  }

  void finish_documents() {
    for (const auto& [name, type] : declared()) {
      if (!folder_->has_field(name)) raise_typed(name);
    }
    const std::vector<std::string>& key = dataset_->options().key();
    dataset_->set_id_members(key.empty() ? key_.value_or(std::vector<std::string>()) : key);
    if (dataset_->id_members().empty() && folder_->has_field("id")) dataset_->set_id_members({"id"});
    dataset_->set_has_metadata(true);
    dataset_->set_positional_ids(dataset_->id_members().empty() && !has_ids_.value_or(true));
    dataset_->set_folder(folder_);
  }

  FolderListing listing_;
  std::optional<FolderNote> note_;
  std::map<std::string, FieldType> noted_;  ///< Types by name.
  std::shared_ptr<FileDataset> dataset_;
  std::shared_ptr<Folder> folder_;
  FolderSchema schema_;
  std::optional<std::vector<std::string>> key_;
  std::shared_ptr<const std::vector<std::string>> columns_;
  std::optional<bool> has_ids_;  ///< Of documents; nothing until there is one.
  std::string first_documents_;  ///< The file that it is of.
  std::uint64_t end_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

bool Folder::has_field(std::string_view name) const noexcept {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const FieldDescription& field) { return field.name() == name; });
}

std::string Folder::group_name(std::size_t group) const {
  std::string name;
  for (const Field& field : groups[group].fields()) {
    const Value& value = field.value();
    const PartitionName part{field.name(), value.is_null() ? std::nullopt : std::optional(to_text(value))};
    name += (name.empty() ? "" : "/") + part.to_string();
  }
  return name;
}

std::vector<bool> Folder::matching(const FileDataset& dataset, const Expression& filter) const {
  std::vector<bool> result(files.size(), true);
  if (filter.is_always_true()) return result;
  const Evaluator evaluator(filter, field_resolution(dataset));
  std::vector<bool> of_groups;
  for (const Record& group : groups) of_groups.push_back(evaluator.matches(group));
  for (std::size_t i = 0; i < files.size(); ++i) result[i] = of_groups[files[i].group];
  return result;
}

std::string folder_kind(const std::string& kind_of_files) {
  return fmt::format("folder of {}s", kind_of_files);
}

std::shared_ptr<const FileDataset> describe_folder(const DatasetOptions& options) {
  FolderListing listing = listing_of(options);
  std::optional<FolderNote> note;
  if (among_skipped(listing)) note = read_folder_note(folder_path(options.name()));
  if (listing.files.empty() && !note) return nullptr;
  return FolderReader(options, std::move(listing), std::move(note)).read();
}

std::string folder_identity(const DatasetOptions& options) {
  std::string identities;
  for (const FolderListing::File& file : listing_of(options).files)
    append_identity(identities, file.path, InputFile::identity_at(file.path));
  return hash_of(identities);
}

std::uint64_t count_rows(const FileDataset& dataset, const std::optional<Part>& part,
                         const Expression& filter) {
  const Folder& folder = *dataset.folder();
  const Part range = part ? *part : whole_file(dataset);
  const std::vector<bool> wanted = folder.matching(dataset, filter);
  const std::uint64_t last_row = range.first_row + range.rows;
  std::uint64_t rows = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Folder::File& file = folder.files[i];
    const std::uint64_t from = std::max(range.first_row, file.first_row);
    const std::uint64_t to = std::min(last_row, file.first_row + file.rows);
    if (wanted[i] && from < to) rows += to - from;
  }
  return rows;
}

std::string explain_folder(const FileDataset& dataset, const Expression& filter) {
  const Folder& folder = *dataset.folder();
  const std::vector<bool> wanted = folder.matching(dataset, filter);
  std::size_t files = 0;
  std::uint64_t bytes = 0;
  std::set<std::size_t> groups;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i]) continue;
    ++files;
    bytes += folder.files[i].bytes;
    groups.insert(folder.files[i].group);
  }
  std::string text = fmt::format("scan of {} of {} files in {} ({} of {} bytes)", files, wanted.size(),
                                 dataset.name(), bytes, dataset.bytes().value_or(0));
  if (folder.fields.empty() || groups.empty()) return text;
  std::size_t shown = 0;
  for (const std::size_t group : groups) {
    if (shown == kShownFolders) return text + ", ...";
    text += shown++ == 0 ? ": " : ", ";
    text += folder.group_name(group);
  }
  return text;
}

void raise_folder_is_whole(const FileDataset& dataset) {
  Error(ErrorCode::unsupported,
        fmt::format("records of a folder of files cannot be written one by one: {}", dataset.name()))
      .hint("write to one of its files by its name, or copy into a new folder")
      .raise();
}

}  // namespace dataknobs::file
