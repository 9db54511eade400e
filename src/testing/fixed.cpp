// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/testing/fixed.hpp>

#include <atomic>
#include <memory>

#include "database/uuid.hpp"
#include "runtime/wall_clock.hpp"

namespace dataknobs::test {

FixedClock::FixedClock(Moment moment) : moment_(moment) {
  set_wall_clock(moment_);
}

FixedClock::~FixedClock() {
  set_wall_clock(std::nullopt);
}

void FixedClock::set(Moment moment) {
  moment_ = moment;
  set_wall_clock(moment_);
}

void FixedClock::advance(std::chrono::microseconds time) {
  set(moment_ + time);
}

FixedIds::FixedIds(std::string prefix) {
  const auto made = std::make_shared<std::atomic<std::uint64_t>>(0);
  set_id_source([prefix = std::move(prefix), made] { return prefix + std::to_string(++*made); });
}

FixedIds::~FixedIds() {
  set_id_source(nullptr);
}

}  // namespace dataknobs::test
