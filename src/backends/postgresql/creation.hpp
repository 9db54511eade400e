// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The statements that make a new table. Pure.

#include <optional>
#include <string>
#include <vector>

#include "database/backend.hpp"

namespace dataknobs::postgresql {

/// With a schema the first statement makes it. Without one the search path says where the table goes.
std::vector<std::string> creation_statements_of(const CreateRequest& request,
                                                const std::optional<std::string>& schema);

}  // namespace dataknobs::postgresql
