// SPDX-License-Identifier: Apache-2.0
#include "database/registry.hpp"

namespace dataknobs {

// One line per backend: a declaration here, an `add` below, its name in the CMakeLists.txt beside this file.

void add_builtin_backends(Registry&) {}

const Registry& Registry::instance() {
  static const Registry registry = [] {
    Registry result;
    add_builtin_backends(result);
    return result;
  }();
  return registry;
}

}  // namespace dataknobs
