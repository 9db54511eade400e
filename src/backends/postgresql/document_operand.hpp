// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The values within jsonb as SQL: members of JSON columns, and fields of the document layout. Pure.

#include <string>
#include <vector>

#include "backends/postgresql/operand.hpp"

namespace dataknobs::postgresql {

/// The value at the steps below a jsonb expression, as JSON has it.
Operand json_operand(const Table& table, const std::string& jsonb, const std::vector<Path::Step>& steps);

/// A field, the id or the metadata of a record in the document layout.
Operand document_operand(const Table& table, const Path& path);

}  // namespace dataknobs::postgresql
