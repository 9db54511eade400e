// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The statements that make a new table. Pure.

#include <string>
#include <vector>

#include "database/backend.hpp"

namespace dataknobs::postgresql {

std::vector<std::string> creation_statements_of(const CreateRequest& request);

}  // namespace dataknobs::postgresql
