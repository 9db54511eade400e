// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// LocalState: the state of a store that cannot keep it, on this machine.

#include <memory>
#include <string_view>

#include "database/state_log.hpp"
#include "database/state_store.hpp"

namespace dataknobs {

/// The name of a state's entry in its log, which holds other things too.
std::string state_name(std::string_view key);
/// Of a log's values; nothing if there is none.
std::optional<std::string> find_value(const StateValues& values, std::string_view name);
bool holds(const std::optional<std::string>& current, Existence existence,
           const std::optional<std::string>& expected);
/// Names in the log of all entries with that prefix of their keys.
std::vector<std::string> state_names(const StateValues& values, std::string_view prefix);
/// Their keys and values, ordered by key.
std::vector<std::pair<std::string, std::string>> state_entries(const StateValues& values,
                                                               std::string_view prefix);

/// Each change is durable when its call returns.
/// Errors: ConfigurationError if there is no folder for it; SerializationError if it is damaged.
class LocalState final : public StateStore {
 public:
  explicit LocalState(std::shared_ptr<StateLog> log) : log_(std::move(log)) {}

  Task<std::optional<std::string>> get_state(Context& context, const std::string& key) override;
  Task<bool> put_state(Context& context, const std::string& key, const std::string& value,
                       Existence existence, const std::optional<std::string>& expected) override;
  Task<void> remove_state(Context& context, const std::string& prefix) override;
  Task<std::vector<std::pair<std::string, std::string>>> list_state(Context& context,
                                                                    const std::string& prefix) override;

 private:
  std::shared_ptr<StateLog> log_;
};

}  // namespace dataknobs
