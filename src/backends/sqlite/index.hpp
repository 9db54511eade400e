// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Indexes of a table. Those of documents are over expressions of SQLite's own functions, so that every tool can go on
/// writing the table: json_extract finds a member, and native_document.hpp says how searches come to use it.

#include <optional>
#include <string>
#include <vector>

#include <dataknobs/index.hpp>

#include "backends/sqlite/catalog.hpp"
#include "backends/sqlite/connection.hpp"

namespace dataknobs::sqlite {

/// A member of a document as SQLite names it, `$.address.city`; nothing where it could not find all that the semantics
/// does: elements of lists, and names that JSON may spell in several ways.
std::optional<std::string> json_path(const Path& path);
/// The value of a member: `json_extract(data, '$.age')`, with the alias of the table if it is to be given.
std::string member_sql(const std::string& json_path, bool aliased);

/// The statement that makes it. Pure. Errors: UnsupportedError for a kind or a field that cannot have an index.
std::string index_statement(const Index& index, const TableDataset& dataset);
/// Those that somebody made, by name.
std::vector<Index> list_indexes(Connection& connection, const TableDataset& dataset);
/// Errors: as translated.
void make_index(Connection& connection, const Index& index, const TableDataset& dataset);

/// Adds to the error of a record that is not unique the index and the fields.
void name_unique_index(Connection& connection, Error& error);

}  // namespace dataknobs::sqlite
