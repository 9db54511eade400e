// SPDX-License-Identifier: Apache-2.0
//
// Compiled into the installed library of each store, DATAKNOBS_STORE: loading the library makes the store known.
#include "database/registry.hpp"

#define DATAKNOBS_JOIN(left, right) DATAKNOBS_JOIN_WORDS(left, right)
#define DATAKNOBS_JOIN_WORDS(left, right) left##right
#define DATAKNOBS_MAKE_DRIVER DATAKNOBS_JOIN(DATAKNOBS_JOIN(make_, DATAKNOBS_STORE), _driver)

namespace dataknobs {

std::unique_ptr<BackendDriver> DATAKNOBS_MAKE_DRIVER();

namespace {

[[maybe_unused]] const bool registered = (register_backend(DATAKNOBS_MAKE_DRIVER()), true);

}  // namespace

}  // namespace dataknobs
