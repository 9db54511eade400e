// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// MemoryBudget: bytes that batches in flight may take. Coroutines wait for their share, first come first
/// served.

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

#include <dataknobs/task.hpp>

namespace dataknobs {

/// Thread safety: all members may be called from any thread; a waiter is resumed on its own executor.
/// Cancellation: a cancelled `acquire` takes nothing.
class MemoryBudget {
 public:
  /// Gives its bytes back when destroyed. Movable, so that it travels with the batch it stands for.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept;
    Share& operator=(Share&& other) noexcept;
    ~Share();
    std::uint64_t bytes() const noexcept { return bytes_; }
    void release() noexcept;
    /// The real size once it is known; growing never waits (the reader already holds the bytes).
    void resize(std::uint64_t bytes) noexcept;

   private:
    friend class MemoryBudget;
    Share(MemoryBudget* budget, std::uint64_t bytes) noexcept : budget_(budget), bytes_(bytes) {}
    MemoryBudget* budget_ = nullptr;
    std::uint64_t bytes_ = 0;
  };

  explicit MemoryBudget(std::uint64_t limit_bytes) noexcept : limit_(limit_bytes) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  /// Waits until `bytes` are free. A request above the whole limit is granted alone, when nothing else is
  /// out.
  Task<Share> acquire(std::uint64_t bytes);
  std::uint64_t limit() const noexcept { return limit_; }
  std::uint64_t used() const;
  std::uint64_t peak() const;

 private:
  struct Waiter;
  class Departure;
  void release(std::uint64_t bytes) noexcept;
  void wake(std::unique_lock<std::mutex>& lock);

  const std::uint64_t limit_;
  mutable std::mutex mutex_;
  std::uint64_t used_ = 0;
  std::uint64_t peak_ = 0;
  std::list<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace dataknobs
