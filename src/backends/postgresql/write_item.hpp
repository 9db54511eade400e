// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Makes WriteItems of records. Pure.

#include "backends/postgresql/write.hpp"

namespace dataknobs::postgresql {

WriteItem document_item(const Table& table, const Record& record);
WriteItem columns_item(const Table& table, const Record& record, bool may_make_key);
WriteItem removal_item(const Table& table, const std::string& id);

/// Sets what must be true of the record, by mode and precondition.
void set_condition(WriteItem& item, WriteMode mode, const Precondition* precondition);

}  // namespace dataknobs::postgresql
