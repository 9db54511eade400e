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

/// The last version given to a record, by document table. It only grows, so that a version never comes back,
/// even after its record was removed and made again.
constexpr std::string_view kVersionTable =
    "CREATE TABLE IF NOT EXISTS main.dataknobs_versions (name TEXT NOT NULL PRIMARY KEY, last INTEGER NOT "
    "NULL) WITHOUT "
    "ROWID";

}  // namespace dataknobs::sqlite
