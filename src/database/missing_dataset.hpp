// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What is said of a dataset that is not there, whoever asked for it.

#include <string>

#include <dataknobs/error.hpp>

#include "database/backend.hpp"

namespace dataknobs {

/// The error not_found, to be raised, with the nearest name in the store or what else there is. `store`: as shown.
Task<Error> missing_dataset(Backend& backend, Context& context, const DatasetOptions& options,
                            std::string store);

}  // namespace dataknobs
