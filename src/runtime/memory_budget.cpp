// SPDX-License-Identifier: Apache-2.0
#include "runtime/memory_budget.hpp"

#include <algorithm>

#include "runtime/signal.hpp"

namespace dataknobs {

struct MemoryBudget::Waiter {
  std::uint64_t bytes = 0;
  bool granted = false;
  Signal signal;
};

// A waiter that is cancelled, or whose loop ends, leaves the queue and lets those behind it have their turn.
class MemoryBudget::Departure {
 public:
  Departure(MemoryBudget& budget, std::shared_ptr<Waiter> waiter)
      : budget_(budget), waiter_(std::move(waiter)) {}
  Departure(const Departure&) = delete;
  Departure& operator=(const Departure&) = delete;
  ~Departure() {
    if (!waiter_) return;
    std::unique_lock lock(budget_.mutex_);
    if (waiter_->granted) {
      budget_.used_ -= waiter_->bytes;
    } else {
      budget_.waiters_.remove(waiter_);
    }
    budget_.wake(lock);
  }
  void granted() noexcept { waiter_.reset(); }

 private:
  MemoryBudget& budget_;
  std::shared_ptr<Waiter> waiter_;
};

MemoryBudget::Share::Share(Share&& other) noexcept
    : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

MemoryBudget::Share& MemoryBudget::Share::operator=(Share&& other) noexcept {
  if (this != &other) {
    release();
    budget_ = std::exchange(other.budget_, nullptr);
    bytes_ = std::exchange(other.bytes_, 0);
  }
  return *this;
}

MemoryBudget::Share::~Share() {
  release();
}

void MemoryBudget::Share::release() noexcept {
  if (budget_ == nullptr) return;
  std::exchange(budget_, nullptr)->release(std::exchange(bytes_, 0));
}

void MemoryBudget::Share::resize(std::uint64_t bytes) noexcept {
  if (budget_ == nullptr) return;
  if (bytes < bytes_) {
    budget_->release(bytes_ - bytes);
  } else {
    const std::lock_guard lock(budget_->mutex_);
    budget_->used_ += bytes - bytes_;
    budget_->peak_ = std::max(budget_->peak_, budget_->used_);
  }
  bytes_ = bytes;
}

Task<MemoryBudget::Share> MemoryBudget::acquire(std::uint64_t bytes) {
  auto waiter = std::make_shared<Waiter>();
  waiter->bytes = bytes;
  {
    std::unique_lock lock(mutex_);
    waiters_.push_back(waiter);
    wake(lock);
    if (waiter->granted) co_return Share(this, bytes);
  }
  Departure departure(*this, waiter);
  co_await waiter->signal.wait();
  departure.granted();
  co_return Share(this, bytes);
}

std::uint64_t MemoryBudget::used() const {
  const std::lock_guard lock(mutex_);
  return used_;
}

std::uint64_t MemoryBudget::peak() const {
  const std::lock_guard lock(mutex_);
  return peak_;
}

void MemoryBudget::release(std::uint64_t bytes) noexcept {
  std::unique_lock lock(mutex_);
  used_ -= bytes;
  wake(lock);
}

void MemoryBudget::wake(std::unique_lock<std::mutex>&) {
  while (!waiters_.empty()) {
    Waiter& first = *waiters_.front();
    // Written without a sum, which could overflow.
    const bool fits = used_ <= limit_ && first.bytes <= limit_ - used_;
    if (!fits && used_ != 0) return;
    used_ += first.bytes;
    peak_ = std::max(peak_, used_);
    first.granted = true;
    first.signal.notify();
    waiters_.pop_front();
  }
}

}  // namespace dataknobs
