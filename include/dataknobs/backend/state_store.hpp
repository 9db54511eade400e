// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// StateStore: where dataknobs keeps what it has to remember of a store (journal, lease, history): text by key.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <dataknobs/backend/context.hpp>
#include <dataknobs/task.hpp>

namespace dataknobs {

/// What must be true of an item for a write or removal to touch it.
enum class Existence : std::uint8_t { any, absent, present };

/// One call at a time.
class StateStore {
 public:
  StateStore() = default;
  StateStore(const StateStore&) = delete;
  StateStore& operator=(const StateStore&) = delete;
  virtual ~StateStore() = default;

  virtual Task<std::optional<std::string>> get_state(Context& context, const std::string& key) = 0;
  /// False if the precondition (absent, present, or the value `expected`) does not hold.
  virtual Task<bool> put_state(Context& context, const std::string& key, const std::string& value,
                               Existence existence, const std::optional<std::string>& expected) = 0;
  virtual Task<void> remove_state(Context& context, const std::string& prefix) = 0;
  /// Keys with that prefix and their values, ordered by key.
  virtual Task<std::vector<std::pair<std::string, std::string>>> list_state(Context& context,
                                                                            const std::string& prefix) = 0;
};

}  // namespace dataknobs
