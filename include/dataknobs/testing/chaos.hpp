// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Chaos: a store that fails, waits and loses answers by chance, for tests of what uses it.

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>

#include <dataknobs/backend/backend.hpp>

namespace dataknobs::test {

/// What goes wrong, and how often. Equal seeds give equal chances, call by call. At first nothing goes wrong.
///
/// ```cpp
/// auto chaos = std::make_shared<test::Chaos>(42);
/// test::register_chaos("sqlite", chaos);
/// sync::Database people("chaos+sqlite:app.db?table=people");
/// chaos->fail(0.1).delay(0.2, std::chrono::milliseconds(5));
/// ```
/// Operations are named as the contract's: describe, session, read, scan, next, count, write, writer, load (a batch of
/// a bulk load), finish, remove, remove_range, partition, create_dataset, publish, get_state, put_state,
/// remove_state, list_state, native_query, create_index, indexes, drop_index, savepoint, rollback_to, commit, rollback.
/// Thread safety: all members may be called by any thread.
class Chaos {
 public:
  explicit Chaos(std::uint64_t seed) : random_(seed) {}

  // Probabilities from 0 to 1. Each returns *this.
  /// A call fails before the store sees it: a ConnectionError that may be retried.
  Chaos& fail(double probability);
  /// The store does it, and the answer is lost: a ConnectionError that may not be retried, and the end of the session;
  /// a transaction is rolled back, what autocommit wrote is there. Of a commit: CommitOutcome::unknown.
  Chaos& cut(double probability);
  /// A call waits before the store sees it, up to so long; its deadline holds.
  Chaos& delay(double probability, std::chrono::milliseconds longest);
  /// Only these operations are touched; none: all.
  Chaos& only(std::set<std::string> operations);

  // How often it happened so far.
  std::uint64_t failed() const;
  std::uint64_t cut_off() const;
  std::uint64_t delayed() const;

  /// What is to happen to a call.
  class Chance {
   public:
    bool fails = false;
    bool cuts = false;
    std::chrono::microseconds delay{0};
  };
  Chance draw(const std::string& operation);

 private:
  bool happens(double probability);

  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  double fail_ = 0;
  double cut_ = 0;
  double delay_ = 0;
  std::chrono::microseconds longest_{0};
  std::set<std::string> only_;
  std::uint64_t failed_ = 0;
  std::uint64_t cut_off_ = 0;
  std::uint64_t delayed_ = 0;
};

/// The store with chaos over it.
std::shared_ptr<Backend> with_chaos(std::shared_ptr<Backend> store, std::shared_ptr<Chaos> chaos);

/// Makes URLs `chaos+<scheme>:...` known: those of the store of that scheme, with chaos below the layers that are
/// always on. REQUIRES: as register_backend.
void register_chaos(const std::string& scheme, std::shared_ptr<Chaos> chaos);

}  // namespace dataknobs::test
