// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Indexes by their names.

#include <string>
#include <vector>

#include <dataknobs/index.hpp>

#include "database/dataset.hpp"

namespace dataknobs {

/// Errors: NotFoundError with the nearest name if that is none of the known indexes.
void require_index(const std::vector<Index>& known, const std::string& name, const Dataset& dataset);

}  // namespace dataknobs
