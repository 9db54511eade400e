// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Records on stdout, in the format that was asked for.

#include <memory>
#include <string>
#include <vector>

#include <dataknobs/database.hpp>

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
/// `show_id`: the id is shown as the member or column `id` where no field has that name.
std::unique_ptr<RecordOutput> make_output(const std::string& format, bool show_id);

/// table for a terminal, else ndjson.
std::string default_output_format();
/// True if the ids of that database are to be shown: they are kept, and no key column shows them already.
Task<bool> shows_ids(std::string url);
/// A record as one JSON object.
std::string record_to_json(const Record& record, bool show_id);
/// Writes all of it to stdout. Errors: resource.
void write_standard_output(std::string_view text);

}  // namespace dataknobs::cli
