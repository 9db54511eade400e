// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The tables that dataknobs makes for itself, and their format versions.

#include <string_view>

namespace dataknobs::sqlite {

/// Stands in the text of a document table's CREATE TABLE, followed by the format and a blank.
constexpr std::string_view kDocumentMarker = "/* dataknobs documents, format ";
constexpr int kDocumentFormat = 1;

/// Journal, leases, history: text by key.
constexpr std::string_view kStateTable =
    "CREATE TABLE IF NOT EXISTS main.dataknobs_state (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) "
    "WITHOUT ROWID";

/// The last version given to a record, by document table; by other tables, how often many of their records changed
/// at once. It only grows, so that a version never comes back, even after its record was removed and made again.
constexpr std::string_view kVersionTable =
    "CREATE TABLE IF NOT EXISTS main.dataknobs_versions (name TEXT NOT NULL PRIMARY KEY, last INTEGER NOT "
    "NULL) WITHOUT "
    "ROWID";

/// How often a record was replaced or removed, by table in the columns layout and by the key's canonical bytes.
constexpr std::string_view kRowVersionTable =
    "CREATE TABLE IF NOT EXISTS main.dataknobs_row_versions (name TEXT NOT NULL, key BLOB NOT NULL, "
    "changes INTEGER NOT NULL, PRIMARY KEY (name, key)) WITHOUT ROWID";

}  // namespace dataknobs::sqlite
