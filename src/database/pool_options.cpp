// SPDX-License-Identifier: Apache-2.0
#include "database/pool_options.hpp"

#include <array>

#include <dataknobs/error.hpp>

#include "database/option_values.hpp"

namespace dataknobs {

namespace {
constexpr std::uint64_t kMostConnections = 10'000;
}  // namespace

std::vector<OptionDeclaration> pool_option_declarations() {
  const auto declare = [](std::string name, std::string description) {
    OptionDeclaration option;
    option.name = std::move(name);
    option.description = std::move(description);
    return option;
  };
  return {
      declare("pool_min", "Connections of a loop that are kept open when idle; default: 0"),
      declare("pool_max", "Connections of a loop at most, further calls wait; default: 8"),
      declare("pool_idle",
              "After how long an idle connection is closed, as 30s, 10min or 1h; default: 10min"),
      declare("pool_lifetime", "After how long a connection is not used again; default: 1h"),
      declare("pool_warm_up", "true or false: the first call opens pool_min connections; default: false"),
  };
}

PoolLimits pool_limits(const StoreUrl& url, PoolLimits limits) {
  if (const auto value = url.option("pool_min"))
    limits.set_minimum(parse_count("pool_min", *value, 0, kMostConnections));
  if (const auto value = url.option("pool_max"))
    limits.set_maximum(parse_count("pool_max", *value, 1, kMostConnections));
  if (const auto value = url.option("pool_idle")) limits.set_idle_time(parse_duration("pool_idle", *value));
  if (const auto value = url.option("pool_lifetime"))
    limits.set_lifetime(parse_duration("pool_lifetime", *value));
  if (limits.minimum() > limits.maximum()) {
    Error(ErrorCode::configuration, "pool_min= is above pool_max=")
        .hint("without pool_max= there are 8 connections at most")
        .raise();
  }
  constexpr std::array<std::string_view, 2> kWords{"true", "false"};
  if (const auto value = url.option("pool_warm_up"))
    limits.set_warm_up(parse_word("pool_warm_up", *value, kWords) == "true");
  if (limits.warm_up() && limits.minimum() == 0) {
    Error(ErrorCode::configuration,
          "pool_warm_up= opens as many connections as pool_min= says, which is none")
        .hint("give pool_min=")
        .raise();
  }
  return limits;
}

}  // namespace dataknobs
