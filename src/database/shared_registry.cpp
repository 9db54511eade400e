// SPDX-License-Identifier: Apache-2.0
#include "database/registry.hpp"

namespace dataknobs {

namespace {

// Made on first use: libraries of stores are loaded, and add theirs, in any order.
Registry& shared_registry() {
  static Registry registry = [] {
    Registry result;
    add_builtin_backends(result);
    return result;
  }();
  return registry;
}

}  // namespace

const Registry& Registry::instance() {
  return shared_registry();
}

void register_backend(std::unique_ptr<BackendDriver> driver) {
  shared_registry().add(std::move(driver));
}

}  // namespace dataknobs
