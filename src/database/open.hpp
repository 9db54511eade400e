// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Opens what a URL names. Errors: ConfigurationError for an unknown scheme or key.

#include <dataknobs/database.hpp>

#include "database/url.hpp"

namespace dataknobs {

Task<Database> open_database(StoreUrl url);
Task<Store> open_store(StoreUrl url);

}  // namespace dataknobs
