// SPDX-License-Identifier: Apache-2.0
#include "database/registry.hpp"

namespace dataknobs {

// The installed library knows no store: each store's own library makes itself known (src/backends/register_store.cpp).
void add_builtin_backends(Registry& /*registry*/) {}

}  // namespace dataknobs
