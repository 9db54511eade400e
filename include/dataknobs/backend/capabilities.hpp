// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What a store can do, and how. A missing capability raises UnsupportedError in one place
/// (layers/capability_check).

#include <cstdint>

namespace dataknobs {

enum class Support : std::uint8_t {
  absent,
  emulated,  ///< Done by dataknobs above the store.
  native,
};

class Capabilities {
 public:
  // What can be done, in the order of the Session's calls.
  Support point_reads = Support::absent;
  Support scans = Support::absent;
  Support filters = Support::absent;  ///< Some of a filter runs in the store.
  Support sorting = Support::absent;
  Support counting = Support::absent;
  Support writes = Support::absent;  ///< write, remove: by id.
  Support bulk_writes = Support::absent;
  Support range_removal = Support::absent;
  Support conditional_writes = Support::absent;  ///< Versions and preconditions.
  Support patches = Support::native;             ///< WriteMode::patch.
  Support metadata = Support::absent;
  Support transactions = Support::absent;
  Support savepoints = Support::absent;
  Support snapshots = Support::absent;
  Support partitions = Support::absent;
  Support state = Support::absent;  ///< get_state ...; native: commits with the data.
  Support dataset_creation = Support::absent;
  Support indexes = Support::absent;
  Support hints = Support::absent;  ///< Query::hint.
  Support native_queries = Support::absent;
  /// A new dataset loaded in transactions is seen by nobody (not even `describe`) before Session::publish.
  bool publishes = false;
  /// Transactions that may write to one dataset at a time; 0: any number. One more fails with
  /// ConcurrencyError.
  std::uint32_t max_writers = 0;
  /// An autocommit session holds nothing of the store between its calls: it may be kept, and used from any
  /// loop.
  bool light_sessions = false;
  /// Wire encoding given and taken, or nullptr.
  const char* wire_encoding = nullptr;
};

}  // namespace dataknobs
