// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What a URL says of the pool of connections of its store, alike for all stores that have one.

#include <vector>

#include "database/registry.hpp"
#include "runtime/pool_state.hpp"

namespace dataknobs {

/// `pool_min=` and the like.
std::vector<OptionDeclaration> pool_option_declarations();
/// The limits that the URL gives, others as they are in `limits`. Errors: ConfigurationError.
PoolLimits pool_limits(const StoreUrl& url, PoolLimits limits = PoolLimits());

}  // namespace dataknobs
