// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Runner: runs tasks to their end on the calling thread. For each type of result, one coroutine lives as long as the
/// runner and waits for tasks: giving it one resumes it by a plain call, so that a task which never waits costs neither
/// a turn of the loop nor a new stack of coroutines.

#include <cstddef>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <dataknobs/sync.hpp>
#include <dataknobs/task.hpp>

#include "runtime/offload.hpp"

namespace dataknobs::sync {

class Runner {
 public:
  Runner() = default;
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  template <class T>
  T run(Task<T> task) {
    const InlineOffload scope;
    Worker<T>& worker = worker_for<T>();
    worker.start(std::move(task));
    if (worker.busy()) finish(worker);
    return worker.take();
  }

 private:
  // A handler of whatever type Asio gives it; it owns the coroutine that waits for its call.
  class StoredHandler {
   public:
    StoredHandler() = default;
    StoredHandler(const StoredHandler&) = delete;
    StoredHandler& operator=(const StoredHandler&) = delete;
    ~StoredHandler() {
      if (call_ != nullptr) call_(*this, false);
    }
    explicit operator bool() const noexcept { return call_ != nullptr; }

    template <class Handler>
    void keep(Handler handler) {
      static_assert(sizeof(Handler) <= kRoom && alignof(Handler) <= alignof(std::max_align_t));
      ::new (room_) Handler(std::move(handler));
      call_ = [](StoredHandler& self, bool call) {
        Handler* const kept = std::launder(reinterpret_cast<Handler*>(self.room_));
        Handler stored = std::move(*kept);
        kept->~Handler();
        self.call_ = nullptr;
        if (call) std::move(stored)();
      };
    }
    void operator()() { call_(*this, true); }

   private:
    static constexpr std::size_t kRoom = 32;
    alignas(std::max_align_t) std::byte room_[kRoom];
    void (*call_)(StoredHandler&, bool) = nullptr;
  };

  class AnyWorker {
   public:
    AnyWorker() = default;
    AnyWorker(const AnyWorker&) = delete;
    AnyWorker& operator=(const AnyWorker&) = delete;
    virtual ~AnyWorker() = default;
    bool busy() const noexcept { return !idle_; }

   protected:
    StoredHandler idle_;
  };

  template <class T>
  class Worker : public AnyWorker {
   public:
    explicit Worker(boost::asio::io_context& loop) {
      boost::asio::co_spawn(loop, work(), boost::asio::detached);
      loop.restart();
      loop.poll();
    }

    void start(Task<T> task) {
      task_.emplace(std::move(task));
      idle_();
    }

    T take() {
      if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
      if constexpr (!std::is_void_v<T>) return std::move(*value_);
    }

   private:
    Task<void> work() {
      auto wait = [this](auto handler) { idle_.keep(std::move(handler)); };
      while (true) {
        co_await boost::asio::async_initiate<const boost::asio::deferred_t, void()>(wait,
                                                                                    boost::asio::deferred);
        Task<T> task = std::move(*task_);
        task_.reset();
        try {
          if constexpr (std::is_void_v<T>) {
            co_await std::move(task);
          } else {
            value_.emplace(co_await std::move(task));
          }
        } catch (...) {
          failure_ = std::current_exception();
        }
      }
    }

    struct Nothing {};
    std::optional<Task<T>> task_;
    std::optional<std::conditional_t<std::is_void_v<T>, Nothing, T>> value_;
    std::exception_ptr failure_;
  };

  template <class T>
  Worker<T>& worker_for() {
    static const std::size_t place = next_place();
    if (place >= workers_.size()) workers_.resize(place + 1);
    if (!workers_[place]) workers_[place] = std::make_unique<Worker<T>>(loop_);
    return static_cast<Worker<T>&>(*workers_[place]);
  }
  static std::size_t next_place() noexcept;
  void finish(const AnyWorker& worker);

  boost::asio::io_context loop_;
  // By type of result. They end before the loop, which destroys the coroutines that they leave to it.
  std::vector<std::unique_ptr<AnyWorker>> workers_;
};

}  // namespace dataknobs::sync
