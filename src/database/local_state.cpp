// SPDX-License-Identifier: Apache-2.0
#include "database/local_state.hpp"

#include "runtime/offload.hpp"

namespace dataknobs {
namespace {

constexpr std::string_view kPrefix = "state:";

}  // namespace

std::string state_name(std::string_view key) {
  return std::string(kPrefix).append(key);
}

std::optional<std::string> find_value(const StateValues& values, std::string_view name) {
  const auto found = values.find(name);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

bool holds(const std::optional<std::string>& current, Existence existence,
           const std::optional<std::string>& expected) {
  if (existence == Existence::absent && current) return false;
  if (existence == Existence::present && !current) return false;
  return !expected || current == expected;
}

std::vector<std::string> state_names(const StateValues& values, std::string_view prefix) {
  const std::string name = state_name(prefix);
  std::vector<std::string> names;
  for (auto at = values.lower_bound(name); at != values.end() && at->first.starts_with(name); ++at)
    names.push_back(at->first);
  return names;
}

std::vector<std::pair<std::string, std::string>> state_entries(const StateValues& values,
                                                               std::string_view prefix) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const std::string& name : state_names(values, prefix))
    entries.emplace_back(name.substr(kPrefix.size()), values.find(name)->second);
  return entries;
}

Task<std::optional<std::string>> LocalState::get_state(Context&, const std::string& key) {
  auto work = [&] { return find_value(log_->read(), state_name(key)); };
  co_return co_await offload(work);
}

Task<bool> LocalState::put_state(Context&, const std::string& key, const std::string& value,
                                 Existence existence, const std::optional<std::string>& expected) {
  auto work = [&] {
    bool good = false;
    log_->apply([&](const StateValues& values) {
      StateChange change;
      good = holds(find_value(values, state_name(key)), existence, expected);
      if (good) change.puts.emplace(state_name(key), value);
      return change;
    });
    return good;
  };
  co_return co_await offload(work);
}

Task<void> LocalState::remove_state(Context&, const std::string& prefix) {
  auto work = [&] {
    log_->apply([&](const StateValues& values) {
      StateChange change;
      change.removes = state_names(values, prefix);
      return change;
    });
  };
  co_await offload(work);
}

Task<std::vector<std::pair<std::string, std::string>>> LocalState::list_state(Context&,
                                                                              const std::string& prefix) {
  auto work = [&] { return state_entries(log_->read(), prefix); };
  co_return co_await offload(work);
}

}  // namespace dataknobs
