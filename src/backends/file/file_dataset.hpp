// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What is known of one file.

#include <memory>
#include <optional>

#include "backends/file/csv_source.hpp"
#include "backends/file/document_source.hpp"
#include "backends/file/encoder.hpp"
#include "backends/file/options.hpp"
#include "backends/file/overlay.hpp"
#include "backends/file/parquet_source.hpp"
#include "database/backend.hpp"

namespace dataknobs::file {

class Folder;

/// A file that exists, or one that is to be written; or a folder of them.
class FileDataset : public Dataset {
 public:
  FileDataset(DatasetOptions options, FileOptions file_options)
      : Dataset(std::move(options), layout_of(file_options.format)), file_options_(std::move(file_options)) {}

  const FileOptions& file_options() const noexcept { return file_options_; }
  Format format() const noexcept { return file_options_.format; }
  /// The open file, so that a later replacement of the name is not seen; nullptr if it is still to be
  /// written.
  const std::shared_ptr<const InputFile>& file() const noexcept { return file_; }
  /// CSV: the first pass.
  const std::shared_ptr<const CsvIndex>& csv() const noexcept { return csv_; }

  /// NDJSON and JSON: where documents are.
  const std::shared_ptr<const DocumentIndex>& documents() const noexcept { return documents_; }
  /// Parquet: the footer.
  const std::shared_ptr<const ParquetIndex>& parquet() const noexcept { return parquet_; }
  /// A folder: its files. Nothing of the above is set then.
  const std::shared_ptr<const Folder>& folder() const noexcept { return folder_; }
  /// Columns or members that make the id; the key of a document layout is not shown otherwise.
  const std::vector<std::string>& id_members() const noexcept { return id_members_; }
  /// How a file that is still to be written is to look.
  const std::optional<Shape>& shape() const noexcept { return shape_; }

  /// The changes of the journal at the moment when it was described; nullptr: none.
  const std::shared_ptr<const Overlay>& overlay() const noexcept { return overlay_; }

  FileDataset& set_overlay(std::shared_ptr<const Overlay> overlay) {
    return overlay_ = std::move(overlay), *this;
  }
  FileDataset& set_documents(std::shared_ptr<const DocumentIndex> index) {
    return documents_ = std::move(index), *this;
  }
  FileDataset& set_parquet(std::shared_ptr<const ParquetIndex> index) {
    return parquet_ = std::move(index), *this;
  }
  FileDataset& set_folder(std::shared_ptr<const Folder> folder) { return folder_ = std::move(folder), *this; }
  FileDataset& set_id_members(std::vector<std::string> names) {
    return id_members_ = std::move(names), *this;
  }
  FileDataset& set_shape(Shape shape) { return shape_ = std::move(shape), *this; }
  FileDataset& set_file(std::shared_ptr<const InputFile> file) { return file_ = std::move(file), *this; }
  FileDataset& set_csv(std::shared_ptr<const CsvIndex> index) { return csv_ = std::move(index), *this; }

 private:
  FileOptions file_options_;
  std::shared_ptr<const InputFile> file_;
  std::shared_ptr<const CsvIndex> csv_;
  std::shared_ptr<const DocumentIndex> documents_;
  std::shared_ptr<const ParquetIndex> parquet_;
  std::shared_ptr<const Folder> folder_;
  std::vector<std::string> id_members_;
  std::optional<Shape> shape_;
  std::shared_ptr<const Overlay> overlay_;
};

/// The position of a column that an option of the URL names. Errors: ConfigurationError with the nearest name.
std::size_t column_of_option(const FileDataset& dataset, const std::string& name, std::string_view option);

/// The file of a dataset that this backend made.
const FileDataset& as_file(const Dataset& dataset);

/// Chooses the key of a dataset whose columns are known, of `noted` if they can be it.
/// Errors: ConfigurationError if a column of key= cannot.
void choose_key(FileDataset& dataset, const std::vector<std::string>& noted);

/// Reads what there is to know of a file without its journal; nothing if it does not exist. Blocking.
std::shared_ptr<const FileDataset> describe_file(const DatasetOptions& options, bool exact);
/// A file that is still to be written. Errors: DuplicateRecordError if there is one of that name; as the
/// system says if it cannot be made there.
std::shared_ptr<FileDataset> new_file(const CreateRequest& request);
/// A reader of a part of a file, or of all of it.
std::unique_ptr<Source> open_source(const FileDataset& dataset, const std::optional<Part>& part,
                                    const SourceRequest& request);
/// Splits a file into about so many parts.
std::vector<Part> split_file(const FileDataset& dataset, std::size_t wanted);
/// All of the file.
Part whole_file(const FileDataset& dataset);

}  // namespace dataknobs::file
