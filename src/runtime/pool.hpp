// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Pool<T>: connections of a store, kept per event loop. Each loop that asks gets a pool of its own (an Asio
/// execution-context service), so a connection never moves between loops, and its pool ends with its loop.
///
/// No timer runs in the background, which would keep the loop from ending: what is idle too long is closed at
/// the next call, and never handed out.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <dataknobs/task.hpp>

#include "runtime/context.hpp"
#include "runtime/pool_state.hpp"

namespace boost::asio {
class execution_context;
}

namespace dataknobs {

class LoopPool;

/// What a pool does with its resources, without their type. Implement PoolDriver instead.
class ErasedPoolDriver {
 public:
  virtual ~ErasedPoolDriver() = default;

 protected:
  friend class LoopPool;
  virtual Task<std::shared_ptr<void>> open_erased(Context& context) = 0;
  virtual Task<bool> validate_erased(void* resource) = 0;
  virtual Task<bool> reset_erased(void* resource) = 0;
  virtual void shutdown_erased(void* resource) noexcept = 0;
};

/// How resources of a pool are opened, checked and cleaned. Shared by the pools of all loops: const in
/// spirit. Closing is the resource's destructor, which must not wait.
template <class T>
class PoolDriver : public ErasedPoolDriver {
 public:
  /// Opens one on the calling loop. The deadline of the context is the driver's to keep.
  virtual Task<std::shared_ptr<T>> open(Context& context) = 0;
  /// Whether one that lay idle still works. What it throws counts as no.
  virtual Task<bool> validate(T& resource) = 0;
  /// Brings back one that was abandoned in the middle of something (cancel, rollback); false if that cannot
  /// be done.
  virtual Task<bool> reset(T& resource) = 0;
  /// The loop ends: give up what belongs to it (sockets, timers) at once. Somebody may still hold the object.
  virtual void shutdown(T& resource) noexcept = 0;

 private:
  Task<std::shared_ptr<void>> open_erased(Context& context) final { co_return co_await open(context); }
  Task<bool> validate_erased(void* resource) final { return validate(*static_cast<T*>(resource)); }
  Task<bool> reset_erased(void* resource) final { return reset(*static_cast<T*>(resource)); }
  void shutdown_erased(void* resource) noexcept final { shutdown(*static_cast<T*>(resource)); }
};

/// A resource taken from a pool, without its type.
class ErasedLease {
 public:
  ErasedLease() = default;
  ErasedLease(std::shared_ptr<LoopPool> pool, PoolState::Slot slot, std::shared_ptr<void> resource) noexcept
      : pool_(std::move(pool)), slot_(slot), resource_(std::move(resource)) {}
  ErasedLease(ErasedLease&& other) noexcept
      : pool_(std::move(other.pool_)), slot_(other.slot_), resource_(std::move(other.resource_)) {}
  ErasedLease& operator=(ErasedLease&& other) noexcept;
  ~ErasedLease() { give_back(); }

  explicit operator bool() const noexcept { return resource_ != nullptr; }
  /// Gives it back clean, ready for the next.
  void give_back() noexcept;
  /// Gives it back in the middle of something: the pool runs `reset` on its loop first, and closes it if that
  /// fails.
  void reset_and_give_back() noexcept;
  /// Closes it: it must not be used again.
  void drop() noexcept;

 protected:
  void* get() const noexcept { return resource_.get(); }

 private:
  std::shared_ptr<LoopPool> pool_;
  PoolState::Slot slot_ = 0;
  std::shared_ptr<void> resource_;
};

/// A resource taken from a pool. Its destructor gives it back as clean; say `drop` or `reset_and_give_back`
/// before where it is not.
template <class T>
class Lease : public ErasedLease {
 public:
  Lease() = default;
  explicit Lease(ErasedLease lease) noexcept : ErasedLease(std::move(lease)) {}
  T& operator*() const noexcept { return *static_cast<T*>(get()); }
  T* operator->() const noexcept { return static_cast<T*>(get()); }
};

/// The pools of one backend, one per loop, without their type.
class ErasedPool {
 public:
  ErasedPool(PoolLimits limits, std::shared_ptr<ErasedPoolDriver> driver);
  ErasedPool(const ErasedPool&) = delete;
  ErasedPool& operator=(const ErasedPool&) = delete;
  ~ErasedPool();

  /// Opens the minimum on the calling loop.
  Task<void> warm_up(Context& context);
  /// Closes what is idle on the calling loop, and whatever comes back later; who waits gets ConnectionError.
  /// The next `acquire` begins anew.
  Task<void> close();
  /// Of the calling loop.
  Task<PoolStatistics> statistics();

 protected:
  Task<ErasedLease> acquire_erased(Context& context);

 private:
  friend class PoolService;
  struct Registry;
  Task<std::shared_ptr<LoopPool>> local();
  const PoolLimits limits_;
  const std::shared_ptr<ErasedPoolDriver> driver_;
  const std::shared_ptr<Registry> registry_;
};

/// ```cpp
/// Pool<Connection> pool(PoolLimits().set_maximum(16), std::make_shared<ConnectionDriver>(options));
/// Lease<Connection> connection = co_await pool.acquire(context);
/// ```
/// Thread safety: may be shared between loops; a lease belongs to the loop that acquired it.
template <class T>
class Pool : public ErasedPool {
 public:
  Pool(PoolLimits limits, std::shared_ptr<PoolDriver<T>> driver) : ErasedPool(limits, std::move(driver)) {}

  /// Takes an idle one, opens one, or waits: first come, first served.
  /// Errors: TimeoutError at the context's deadline, ResourceError if too many wait, ConnectionError once
  /// closed, and what the driver's `open` throws. Cancellation: takes nothing.
  Task<Lease<T>> acquire(Context& context) { co_return Lease<T>(co_await acquire_erased(context)); }
};

}  // namespace dataknobs
