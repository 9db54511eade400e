// SPDX-License-Identifier: Apache-2.0
#include "runtime/pool.hpp"

#include <atomic>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <dataknobs/error.hpp>

#include "runtime/signal.hpp"

namespace dataknobs {

namespace {

using Executor = boost::asio::any_io_executor;

boost::asio::execution_context& loop_of(const Executor& executor) {
  return boost::asio::query(executor, boost::asio::execution::context);
}

}  // namespace

// The pool of one loop. Resources that are out are known too: they must let go of the loop when it ends.
class LoopPool : public std::enable_shared_from_this<LoopPool> {
 public:
  LoopPool(PoolLimits limits, std::shared_ptr<ErasedPoolDriver> driver)
      : driver_(std::move(driver)), state_(limits), is_cold_(limits.warm_up()) {}

  Task<ErasedLease> acquire(Context& context);
  Task<void> warm_up(Context& context);
  void release(PoolState::Slot slot) noexcept;
  void drop(PoolState::Slot slot, bool failed = false) noexcept;
  void reset(PoolState::Slot slot, std::shared_ptr<void> resource) noexcept;
  void close() noexcept;
  void shutdown() noexcept;
  bool is_closed() const;
  PoolStatistics statistics() const;
  void set_executor(Executor executor) { executor_ = std::move(executor); }

 private:
  using Resources = std::vector<std::shared_ptr<void>>;
  struct Waiter {
    Signal signal;
    std::optional<PoolState::Acquisition> grant;
  };
  class Claim;

  static Task<void> reset_on_loop(std::shared_ptr<LoopPool> pool, PoolState::Slot slot,
                                  std::shared_ptr<void> resource);
  Task<PoolState::Acquisition> wait(PoolState::Ticket ticket, std::shared_ptr<Waiter> waiter,
                                    Context& context);
  Task<std::shared_ptr<void>> prepare(PoolState::Acquisition acquisition, Context& context);
  Task<bool> is_alive(void* resource);
  // Each takes the lock as held; what must be closed is moved to `garbage` and dies outside it.
  void hand_out(TimePoint now);
  void collect(const std::vector<PoolState::Slot>& slots, Resources& garbage);

  const std::shared_ptr<ErasedPoolDriver> driver_;
  mutable std::mutex mutex_;
  PoolState state_;
  std::atomic<bool> is_cold_;
  std::map<PoolState::Slot, std::shared_ptr<void>> resources_;
  std::map<PoolState::Ticket, std::shared_ptr<Waiter>> waiters_;
  std::optional<Executor> executor_;
};

// A slot in the hands of a coroutine that has not yet got its lease: given up if the coroutine ends before.
class LoopPool::Claim {
 public:
  Claim(LoopPool& pool, PoolState::Slot slot) : pool_(&pool), slot_(slot) {}
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;
  ~Claim() {
    if (pool_ != nullptr) pool_->drop(slot_, true);
  }
  void fulfilled() noexcept { pool_ = nullptr; }

 private:
  LoopPool* pool_;
  PoolState::Slot slot_;
};

Task<ErasedLease> LoopPool::acquire(Context& context) {
  // Read first: an exchange for each call would have the threads of a loop wait for each other.
  if (is_cold_.load(std::memory_order_relaxed) && is_cold_.exchange(false)) co_await warm_up(context);
  Resources garbage;
  std::shared_ptr<Waiter> waiter;
  std::optional<PoolState::Acquisition> acquisition;
  {
    const std::lock_guard lock(mutex_);
    const TimePoint now = Clock::now();
    collect(state_.expired(now), garbage);
    acquisition = state_.acquire(now);
    if (acquisition->step() == PoolState::Step::wait) {
      waiter = std::make_shared<Waiter>();
      waiters_.emplace(acquisition->ticket(), waiter);
    }
  }
  garbage.clear();
  if (waiter) acquisition = co_await wait(acquisition->ticket(), waiter, context);
  if (acquisition->step() == PoolState::Step::full) {
    Error(ErrorCode::resource, "too many callers wait for a connection already").retryable(true).raise();
  }
  if (acquisition->step() == PoolState::Step::closed) {
    Error(ErrorCode::connection, "the connection pool was closed").raise();
  }
  Claim claim(*this, acquisition->slot());
  std::shared_ptr<void> resource = co_await prepare(*acquisition, context);
  claim.fulfilled();
  co_return ErasedLease(shared_from_this(), acquisition->slot(), std::move(resource));
}

Task<PoolState::Acquisition> LoopPool::wait(PoolState::Ticket ticket, std::shared_ptr<Waiter> waiter,
                                            Context& context) {
  // Whatever ends the wait, the ticket goes; a grant that came too late goes to the next.
  class Departure {
   public:
    Departure(LoopPool& pool, PoolState::Ticket ticket, std::shared_ptr<Waiter> waiter)
        : pool_(pool), ticket_(ticket), waiter_(std::move(waiter)) {}
    ~Departure() {
      std::optional<PoolState::Slot> slot;
      bool opened = false;
      {
        const std::lock_guard lock(pool_.mutex_);
        pool_.waiters_.erase(ticket_);
        if (!waiter_) return;
        if (waiter_->grant && waiter_->grant->step() != PoolState::Step::closed) {
          slot = waiter_->grant->slot();
          opened = waiter_->grant->step() != PoolState::Step::open;
        } else if (!waiter_->grant) {
          pool_.state_.gave_up(ticket_);
        }
      }
      if (slot && opened) pool_.release(*slot);
      if (slot && !opened) pool_.drop(*slot);
    }
    void granted() noexcept { waiter_.reset(); }

   private:
    LoopPool& pool_;
    PoolState::Ticket ticket_;
    std::shared_ptr<Waiter> waiter_;
  };
  Departure departure(*this, ticket, waiter);
  if (!co_await waiter->signal.wait(context.deadline())) {
    Error(ErrorCode::timeout, "no connection became free in time")
        .hint("allow more connections or a longer time")
        .retryable(true)
        .raise();
  }
  departure.granted();
  const std::lock_guard lock(mutex_);
  co_return *waiter->grant;
}

Task<std::shared_ptr<void>> LoopPool::prepare(PoolState::Acquisition acquisition, Context& context) {
  std::shared_ptr<void> resource;
  if (acquisition.step() != PoolState::Step::open) {
    const std::lock_guard lock(mutex_);
    resource = resources_.at(acquisition.slot());
  }
  if (acquisition.step() == PoolState::Step::check) {
    const bool alive = co_await is_alive(resource.get());
    std::shared_ptr<void> garbage;  // Dies outside the lock.
    const std::lock_guard lock(mutex_);
    if (!alive) {
      garbage = std::move(resource);
      resources_.erase(acquisition.slot());
      state_.checked_dead(acquisition.slot());
    }
  }
  if (!resource) resource = co_await driver_->open_erased(context);
  const std::lock_guard lock(mutex_);
  if (state_.is_closed()) Error(ErrorCode::connection, "the connection pool was closed").raise();
  state_.opened(acquisition.slot(), Clock::now());
  resources_[acquisition.slot()] = resource;
  co_return resource;
}

Task<bool> LoopPool::is_alive(void* resource) {
  try {
    co_return co_await driver_->validate_erased(resource);
  } catch (const Error&) {
    co_return false;
  }
}

Task<void> LoopPool::warm_up(Context& context) {
  while (true) {
    std::optional<PoolState::Slot> slot;
    {
      const std::lock_guard lock(mutex_);
      slot = state_.wanted();
    }
    if (!slot) co_return;
    Claim claim(*this, *slot);
    const PoolState::Acquisition acquisition(PoolState::Step::open, *slot);
    co_await prepare(acquisition, context);
    claim.fulfilled();
    release(*slot);
  }
}

void LoopPool::release(PoolState::Slot slot) noexcept {
  Resources garbage;
  const std::lock_guard lock(mutex_);
  const TimePoint now = Clock::now();
  if (!state_.released(slot, now)) collect({slot}, garbage);
  hand_out(now);
  collect(state_.expired(now), garbage);
}

void LoopPool::drop(PoolState::Slot slot, bool failed) noexcept {
  Resources garbage;
  const std::lock_guard lock(mutex_);
  collect({slot}, garbage);
  state_.dropped(slot, failed);
  hand_out(Clock::now());
}

void LoopPool::reset(PoolState::Slot slot, std::shared_ptr<void> resource) noexcept {
  if (is_closed() || !executor_) {
    drop(slot);
    return;
  }
  boost::asio::co_spawn(*executor_, reset_on_loop(shared_from_this(), slot, std::move(resource)),
                        boost::asio::detached);
}

Task<void> LoopPool::reset_on_loop(std::shared_ptr<LoopPool> pool, PoolState::Slot slot,
                                   std::shared_ptr<void> resource) {
  Claim claim(*pool, slot);
  bool clean = false;
  try {
    clean = co_await pool->driver_->reset_erased(resource.get());
  } catch (const std::exception&) {
    clean = false;  // Whatever it was: the resource is closed, which is what a failed reset means.
  }
  if (!clean) co_return;
  claim.fulfilled();
  pool->release(slot);
}

void LoopPool::hand_out(TimePoint now) {
  while (std::optional<PoolState::Grant> grant = state_.next_grant(now)) {
    const auto found = waiters_.find(grant->ticket());
    if (found == waiters_.end()) continue;  // Its loop has ended.
    found->second->grant = grant->acquisition();
    found->second->signal.notify();
    waiters_.erase(found);
  }
}

void LoopPool::collect(const std::vector<PoolState::Slot>& slots, Resources& garbage) {
  for (const PoolState::Slot slot : slots) {
    const auto found = resources_.find(slot);
    if (found == resources_.end()) continue;
    garbage.push_back(std::move(found->second));
    resources_.erase(found);
  }
}

void LoopPool::close() noexcept {
  Resources garbage;
  const std::lock_guard lock(mutex_);
  collect(state_.close(), garbage);
  hand_out(Clock::now());
}

void LoopPool::shutdown() noexcept {
  Resources out;
  {
    const std::lock_guard lock(mutex_);
    state_.close();
    // Nobody is woken: the frames of those who wait end with the loop.
    waiters_.clear();
    executor_.reset();
    for (auto& [slot, resource] : resources_) out.push_back(std::move(resource));
    resources_.clear();
  }
  for (const std::shared_ptr<void>& resource : out) driver_->shutdown_erased(resource.get());
}

bool LoopPool::is_closed() const {
  const std::lock_guard lock(mutex_);
  return state_.is_closed();
}

PoolStatistics LoopPool::statistics() const {
  const std::lock_guard lock(mutex_);
  return state_.statistics();
}

// Pools by loop, shared with the loops' services, so that neither needs the other to live.
struct ErasedPool::Registry {
  std::mutex mutex;
  std::map<const boost::asio::execution_context*, std::shared_ptr<LoopPool>> pools;
};

// Tells the pools of a loop that it ends.
class PoolService : public boost::asio::execution_context::service {
 public:
  static boost::asio::execution_context::id id;

  explicit PoolService(boost::asio::execution_context& context)
      : boost::asio::execution_context::service(context) {}

  void add(const std::shared_ptr<ErasedPool::Registry>& registry) {
    const std::lock_guard lock(mutex_);
    std::erase_if(registries_, [](const auto& known) { return known.expired(); });
    registries_.push_back(registry);
  }

 private:
  void shutdown() override {
    std::vector<std::weak_ptr<ErasedPool::Registry>> registries;
    {
      const std::lock_guard lock(mutex_);
      registries.swap(registries_);
    }
    for (const auto& weak : registries) {
      const std::shared_ptr<ErasedPool::Registry> registry = weak.lock();
      if (!registry) continue;
      std::shared_ptr<LoopPool> pool;
      {
        const std::lock_guard lock(registry->mutex);
        auto node = registry->pools.extract(&context());
        if (!node.empty()) pool = std::move(node.mapped());
      }
      if (pool) pool->shutdown();
    }
  }

  std::mutex mutex_;
  std::vector<std::weak_ptr<ErasedPool::Registry>> registries_;
};

boost::asio::execution_context::id PoolService::id;

ErasedLease& ErasedLease::operator=(ErasedLease&& other) noexcept {
  if (this != &other) {
    give_back();
    pool_ = std::move(other.pool_);
    slot_ = other.slot_;
    resource_ = std::move(other.resource_);
  }
  return *this;
}

void ErasedLease::give_back() noexcept {
  if (!pool_) return;
  resource_.reset();
  std::exchange(pool_, nullptr)->release(slot_);
}

void ErasedLease::reset_and_give_back() noexcept {
  if (!pool_) return;
  std::exchange(pool_, nullptr)->reset(slot_, std::move(resource_));
}

void ErasedLease::drop() noexcept {
  if (!pool_) return;
  resource_.reset();
  std::exchange(pool_, nullptr)->drop(slot_);
}

ErasedPool::ErasedPool(PoolLimits limits, std::shared_ptr<ErasedPoolDriver> driver)
    : limits_(limits), driver_(std::move(driver)), registry_(std::make_shared<Registry>()) {}

ErasedPool::~ErasedPool() {
  const std::lock_guard lock(registry_->mutex);
  for (const auto& [loop, pool] : registry_->pools) pool->close();
}

Task<std::shared_ptr<LoopPool>> ErasedPool::local() {
  const Executor executor = co_await boost::asio::this_coro::executor;
  boost::asio::execution_context& loop = loop_of(executor);
  const std::lock_guard lock(registry_->mutex);
  std::shared_ptr<LoopPool>& pool = registry_->pools[&loop];
  if (!pool) {
    boost::asio::use_service<PoolService>(loop).add(registry_);
  }
  if (!pool || pool->is_closed()) {
    pool = std::make_shared<LoopPool>(limits_, driver_);
    pool->set_executor(executor);
  }
  co_return pool;
}

Task<ErasedLease> ErasedPool::acquire_erased(Context& context) {
  const std::shared_ptr<LoopPool> pool = co_await local();
  co_return co_await pool->acquire(context);
}

Task<void> ErasedPool::warm_up(Context& context) {
  const std::shared_ptr<LoopPool> pool = co_await local();
  co_await pool->warm_up(context);
}

Task<void> ErasedPool::close() {
  const std::shared_ptr<LoopPool> pool = co_await local();
  pool->close();
}

Task<PoolStatistics> ErasedPool::statistics() {
  const std::shared_ptr<LoopPool> pool = co_await local();
  co_return pool->statistics();
}

}  // namespace dataknobs
