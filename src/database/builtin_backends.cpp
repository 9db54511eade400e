// SPDX-License-Identifier: Apache-2.0
#include "database/registry.hpp"

namespace dataknobs {

// One line per backend: a declaration here, an `add` below, its name in the CMakeLists.txt beside this file.

std::unique_ptr<BackendDriver> make_memory_driver();
std::unique_ptr<BackendDriver> make_file_driver();
std::unique_ptr<BackendDriver> make_sqlite_driver();
std::unique_ptr<BackendDriver> make_postgresql_driver();

void add_builtin_backends(Registry& registry) {
  registry.add(make_memory_driver());
  registry.add(make_file_driver());
  registry.add(make_sqlite_driver());
  registry.add(make_postgresql_driver());
}

}  // namespace dataknobs
