// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Records on stdout, in the format that was asked for.

#include <memory>
#include <string>
#include <vector>

#include <dataknobs/database.hpp>

#include "database/dataset.hpp"

namespace dataknobs::cli {

/// Writes batches of records as they come. Errors: an Error of code resource if stdout does not take them.
class RecordOutput {
 public:
  virtual ~RecordOutput() = default;
  virtual Task<void> write(const Records& records) = 0;
  virtual Task<void> finish() = 0;
};

/// Names for `--output`: table, json, ndjson, csv, parquet.
const std::vector<std::string>& output_formats();
/// For records of that dataset and what was selected of them; without a format a table for a terminal, else ndjson.
std::unique_ptr<RecordOutput> make_output(const std::string& format, const Dataset& dataset,
                                          const std::vector<Path>& select);
/// The same for csv and parquet.
std::unique_ptr<RecordOutput> make_file_output(const std::string& format, const Dataset& dataset,
                                               const std::vector<Path>& select);

/// What its store knows of a database; nothing if it does not exist.
Task<DatasetPointer> describe_dataset(std::string url);
/// The same. Errors: not_found, with what there is instead.
Task<DatasetPointer> existing_dataset(std::string url);
/// Warns of literals of a query that no value of their columns can match.
void warn_of_unmatchable(const Query& query, const Dataset& dataset);
/// The same, where nothing else has to be known of the database: without a condition it is not looked at.
Task<void> warn_of_unmatchable(const Query& query, std::string url);
/// True if ids are to be shown, as a member or column `id`, of records that have no field of that name: it was
/// selected, or everything is shown, ids are kept, and no key column shows them already.
bool shows_ids(const Dataset& dataset, const std::vector<Path>& select);
/// The id as a field in front, where it is wanted and not there already.
Record with_id(const Record& record, bool show_id);
/// A record as one JSON object.
std::string record_to_json(const Record& record, bool show_id);
/// Writes all of it to stdout. Errors: resource.
void write_standard_output(std::string_view text);

}  // namespace dataknobs::cli
