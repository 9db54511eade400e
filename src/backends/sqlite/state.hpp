// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// dataknobs' own state, kept in a table of the database. Blocking.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backends/sqlite/connection.hpp"
#include "database/backend.hpp"

namespace dataknobs::sqlite {

std::optional<std::string> get_state(Connection& connection, const std::string& key);
/// False if the precondition does not hold. REQUIRES: in a transaction that writes, as for remove_state.
bool put_state(Connection& connection, const std::string& key, const std::string& value, Existence existence,
               const std::optional<std::string>& expected);
void remove_state(Connection& connection, const std::string& prefix);
std::vector<std::pair<std::string, std::string>> list_state(Connection& connection,
                                                            const std::string& prefix);

}  // namespace dataknobs::sqlite
