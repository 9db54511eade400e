// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Writing many records in one call of the store.

#include <span>
#include <vector>

#include "database/state.hpp"

namespace dataknobs {

/// Gives records their ids and writes them; the result is by position. `whole`: all or none, where the store has
/// transactions, and the error of the first that fails is thrown. Else each item tells of its own, a record that cannot
/// be prepared too.
Task<std::vector<WriteItem>> write_batch(StatePointer state, Context context, WriteMode mode,
                                         const char* operation, std::span<Record> records, bool whole);

}  // namespace dataknobs
