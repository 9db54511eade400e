// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Who this process is, and whether the holder of a lease still lives: so that a dead run's target is taken
/// over at once, and a living one's is left alone.

#include "transfer/journal_format.hpp"

namespace dataknobs {

/// What is known of the holder of a lease.
enum class HolderState : std::uint8_t {
  alive,
  dead,
  unknown,  ///< On another host: only its expiry tells.
};

/// A lease in the name of this process, of a holder number of its own.
LeaseEntry new_lease(std::string run_id, std::uint64_t epoch);
/// Of the holder of `lease`, as seen from `self`, a lease of this process. `process_start`: when the process
/// of that number started, in clock ticks after boot; 0 if there is none. Pure.
HolderState holder_state(const LeaseEntry& lease, const LeaseEntry& self, std::uint64_t process_start,
                         bool holder_alive);
/// The same, asking the system.
HolderState holder_state(const LeaseEntry& lease, const LeaseEntry& self);
/// "process 4711 on host alpha"
std::string describe(const LeaseEntry& lease);

/// While one is alive its holder number counts as alive within this process.
class LivingHolder {
 public:
  explicit LivingHolder(std::uint64_t holder);
  ~LivingHolder();
  LivingHolder(const LivingHolder&) = delete;
  LivingHolder& operator=(const LivingHolder&) = delete;

 private:
  std::uint64_t holder_;
};

}  // namespace dataknobs
