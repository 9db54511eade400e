// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What is known of one file.

#include <memory>
#include <optional>

#include "backends/file/csv_source.hpp"
#include "backends/file/options.hpp"
#include "database/backend.hpp"

namespace dataknobs::file {

/// A file that exists, or one that is to be written.
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

  FileDataset& set_file(std::shared_ptr<const InputFile> file) { return file_ = std::move(file), *this; }
  FileDataset& set_csv(std::shared_ptr<const CsvIndex> index) { return csv_ = std::move(index), *this; }

 private:
  FileOptions file_options_;
  std::shared_ptr<const InputFile> file_;
  std::shared_ptr<const CsvIndex> csv_;
};

/// The file of a dataset that this backend made.
const FileDataset& as_file(const Dataset& dataset);

/// Reads what there is to know of a file; nothing if it does not exist. Blocking.
std::shared_ptr<const FileDataset> describe_file(const DatasetOptions& options, bool exact);
/// A reader of a part of a file, or of all of it.
std::unique_ptr<Source> open_source(const FileDataset& dataset, const std::optional<Part>& part,
                                    const SourceRequest& request);
/// Splits a file into about so many parts.
std::vector<Part> split_file(const FileDataset& dataset, std::size_t wanted);
/// All of the file.
Part whole_file(const FileDataset& dataset);

}  // namespace dataknobs::file
