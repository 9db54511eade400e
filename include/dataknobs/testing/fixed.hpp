// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A clock and ids that a test knows beforehand.

#include <chrono>
#include <string>

namespace dataknobs::test {

/// While it lives, the time of day is what it says wherever dataknobs notes one in this process: in new ids, journals,
/// leases and reports. Deadlines and delays are measured by another clock, which goes on. One at a time.
class FixedClock {
 public:
  using Moment = std::chrono::system_clock::time_point;
  explicit FixedClock(Moment moment);
  FixedClock(const FixedClock&) = delete;
  FixedClock& operator=(const FixedClock&) = delete;
  ~FixedClock();
  void set(Moment moment);
  void advance(std::chrono::microseconds time);

 private:
  Moment moment_;
};

/// While it lives, records that are created without an id get `<prefix>1`, `<prefix>2` ... in this process. One at a
/// time.
class FixedIds {
 public:
  explicit FixedIds(std::string prefix = "id-");
  FixedIds(const FixedIds&) = delete;
  FixedIds& operator=(const FixedIds&) = delete;
  ~FixedIds();
};

}  // namespace dataknobs::test
