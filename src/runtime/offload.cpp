// SPDX-License-Identifier: Apache-2.0
#include "runtime/offload.hpp"

#include <condition_variable>
#include <list>
#include <mutex>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dataknobs {

namespace {

thread_local int inline_depth = 0;

// Blocking work waits for a disk rather than for a processor, so their number does not follow the cores.
constexpr std::size_t kThreads = 4;

boost::asio::thread_pool& threads() {
  static boost::asio::thread_pool pool(kThreads);
  return pool;
}

// One per loop: what this loop has on the pool. When the loop ends it waits for that, because the work refers
// to frames that end with the loop.
class OffloadService : public boost::asio::execution_context::service {
 public:
  static boost::asio::execution_context::id id;

  explicit OffloadService(boost::asio::execution_context& context)
      : boost::asio::execution_context::service(context) {}

  void begin() {
    const std::lock_guard lock(mutex_);
    ++running_;
  }

  // Posts the completion, unless the loop is ending: then it is kept for `shutdown` to destroy.
  void end(std::function<void()> complete, std::shared_ptr<void> operation) {
    const std::lock_guard lock(mutex_);
    if (ended_) {
      orphans_.push_back(std::move(operation));
    } else {
      complete();
    }
    complete = nullptr;
    operation.reset();
    --running_;
    changed_.notify_all();
  }

 private:
  void shutdown() override {
    std::list<std::shared_ptr<void>> orphans;
    {
      std::unique_lock lock(mutex_);
      ended_ = true;
      changed_.wait(lock, [this] { return running_ == 0; });
      orphans.swap(orphans_);
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t running_ = 0;
  bool ended_ = false;
  std::list<std::shared_ptr<void>> orphans_;
};

boost::asio::execution_context::id OffloadService::id;

// One piece of work on its way to the pool and back.
template <class Handler>
class Operation : public std::enable_shared_from_this<Operation<Handler>> {
 public:
  using Executor = boost::asio::associated_executor_t<Handler>;

  Operation(std::function<void()> work, Handler handler)
      : work_(std::move(work)),
        handler_(std::move(handler)),
        guard_(boost::asio::get_associated_executor(handler_)),
        service_(boost::asio::use_service<OffloadService>(
            boost::asio::query(guard_.get_executor(), boost::asio::execution::context))) {}

  void start() {
    service_.begin();
    boost::asio::post(threads(), [self = this->shared_from_this()]() mutable { run(std::move(self)); });
  }

 private:
  static void run(std::shared_ptr<Operation> self) {
    try {
      self->work_();
    } catch (...) {
      self->failure_ = std::current_exception();
    }
    OffloadService& service = self->service_;
    auto complete = [self]() mutable {
      const Executor executor = self->guard_.get_executor();
      boost::asio::post(executor, [owner = std::move(self)]() mutable { finish(std::move(owner)); });
    };
    service.end(std::move(complete), std::move(self));
  }

  static void finish(std::shared_ptr<Operation> self) {
    Handler handler = std::move(self->handler_);
    std::exception_ptr failure = std::move(self->failure_);
    self.reset();
    std::move(handler)(failure);
  }

  std::function<void()> work_;
  Handler handler_;
  boost::asio::executor_work_guard<Executor> guard_;
  OffloadService& service_;
  std::exception_ptr failure_;
};

}  // namespace

InlineOffload::InlineOffload() noexcept {
  ++inline_depth;
}
InlineOffload::~InlineOffload() {
  --inline_depth;
}
bool InlineOffload::active() noexcept {
  return inline_depth > 0;
}

Task<void> offload_erased(std::function<void()> work) {
  if (InlineOffload::active()) {
    work();
    co_return;
  }
  auto start = [&work](auto handler) {
    using Handler = decltype(handler);
    std::make_shared<Operation<Handler>>(std::move(work), std::move(handler))->start();
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(std::exception_ptr)>(
      start, boost::asio::use_awaitable);
}

}  // namespace dataknobs
