// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Encoder: writes records into a file of one format, from its start to its end, in chunks between which the
/// file can be left and taken up again.

#include <memory>
#include <string>
#include <vector>

#include "backends/file/options.hpp"
#include "backends/file/output_file.hpp"
#include "record/batch.hpp"

namespace dataknobs::file {

/// How a file is to look.
struct Shape {
  FileOptions options;
  Schema schema;  ///< Empty: the first batch decides (columns), or nothing is declared (documents).
  std::vector<std::string> key;  ///< Columns or members that make the id.

  /// As JSON: equal texts are equal shapes.
  std::string to_json() const;
};

class Encoder {
 public:
  virtual ~Encoder() = default;
  /// How many bytes of records may wait for others that are written together with them.
  virtual void set_buffer_bytes(std::uint64_t) {}
  /// Starts an empty file.
  virtual void begin(OutputFile& output) = 0;
  /// Errors: SerializationError that names record, field, value and type where a value does not fit.
  virtual void write(const Batch& batch, OutputFile& output) = 0;
  /// All that was written so far is complete in the output.
  virtual void end_chunk(OutputFile& output) = 0;
  /// Makes the file complete. REQUIRES: end_chunk was called.
  virtual void finish(OutputFile& output) = 0;
  /// What has to be beside the file, so that it is read as it was written; usually nothing.
  virtual std::optional<std::string> side_file() const { return std::nullopt; }
  /// What another encoder needs to go on behind the last chunk, as text.
  virtual std::string state() const = 0;
  /// Instead of `begin`.
  virtual void restore(const std::string& state) = 0;
};

/// Errors: UnsupportedError for what the format cannot say at all.
std::unique_ptr<Encoder> make_encoder(const Shape& shape);

std::unique_ptr<Encoder> make_csv_encoder(const Shape& shape);
std::unique_ptr<Encoder> make_document_encoder(const Shape& shape);
std::unique_ptr<Encoder> make_parquet_encoder(const Shape& shape);

/// A value for an error message, as "'text'".
std::string shown(const Value& value);
/// Puts the id of a record into an error: its own, else the text of its key.
void name_record(Error& error, const Batch& batch, std::int64_t row, const std::vector<std::string>& key);
/// The error for a value that a column cannot hold.
[[noreturn]] void raise_misfit(const Batch& batch, std::int64_t row, const std::vector<std::string>& key,
                               const FieldDescription& field, const Value& value, std::string_view why);
/// The batch with the record ids as the column `key`, if it has no such column.
Batch with_key_column(const Batch& batch, const std::vector<std::string>& key);
/// Errors: UnsupportedError if a record has metadata: the layout has no room for it.
void refuse_metadata(const Batch& batch, std::string_view format);

}  // namespace dataknobs::file
