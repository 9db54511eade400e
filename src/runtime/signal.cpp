// SPDX-License-Identifier: Apache-2.0
#include "runtime/signal.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dataknobs {

// Takes the timer away when the waiting frame ends, be it by destruction with its loop.
class Signal::TimerGuard {
 public:
  explicit TimerGuard(Signal& signal) : signal_(signal) {}
  TimerGuard(const TimerGuard&) = delete;
  TimerGuard& operator=(const TimerGuard&) = delete;
  ~TimerGuard() {
    const std::lock_guard lock(signal_.mutex_);
    signal_.timer_.reset();
  }

 private:
  Signal& signal_;
};

void Signal::notify() {
  const std::lock_guard lock(mutex_);
  notified_ = true;
  if (timer_) timer_->cancel();
}

bool Signal::notified() const {
  const std::lock_guard lock(mutex_);
  return notified_;
}

Task<bool> Signal::wait(std::optional<TimePoint> deadline) {
  const auto executor = co_await boost::asio::this_coro::executor;
  const TimerGuard guard(*this);
  {
    const std::lock_guard lock(mutex_);
    if (notified_) co_return true;
    timer_.emplace(executor, deadline.value_or(TimePoint::max()));
  }
  // The wait starts under the mutex, and does not start at all if the notification came in between: a cancel
  // before the wait would be lost.
  auto start = [this](auto handler) {
    const std::lock_guard lock(mutex_);
    if (notified_) timer_->expires_at(TimePoint::min());
    timer_->async_wait(std::move(handler));
  };
  boost::system::error_code error;
  auto token = boost::asio::redirect_error(boost::asio::use_awaitable, error);
  co_await boost::asio::async_initiate<decltype(token)&, void(boost::system::error_code)>(start, token);
  if (notified()) co_return true;
  if (error) throw boost::system::system_error(error);
  co_return false;
}

}  // namespace dataknobs
