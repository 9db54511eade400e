// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The document layout: one row per record, its JSON in a jsonb column.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <dataknobs/record.hpp>

namespace dataknobs::postgresql {

/// A new version: random, so that a record never gets one again that it had before, even if it was removed in between
/// or the database was restored from a dump.
std::int64_t new_version();

/// The jsonb texts of a record, without the version byte.
struct DocumentRow {
  std::string id;
  std::string data;
  std::optional<std::string> metadata;
  std::optional<std::string> types;
  std::int64_t version = 0;
};
/// Errors: ValidationError if the record has no id, or holds the character U+0000: it names record, field and value.
DocumentRow document_row(const Record& record);

/// The record of a row's values; jsonb as the server prints it. Errors: SerializationError.
Record record_of_document(std::string_view data, std::optional<std::string_view> types);

/// Appends the row as a binary COPY into (id, data, metadata, types, version) wants it.
void append_document_row(std::string& out, const DocumentRow& row);

inline constexpr const char* document_copy_columns = "id, data, metadata, types, version";

}  // namespace dataknobs::postgresql
