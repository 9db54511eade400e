// SPDX-License-Identifier: Apache-2.0
#include "runtime/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

namespace dataknobs {

void TaskGroup::cancel_all(State& state) {
  for (Member& member : state.members) {
    if (member.running) member.cancel.emit(boost::asio::cancellation_type::all);
  }
}

void TaskGroup::start(Task<void> task) {
  Member& member = state_->members.emplace_back();
  ++state_->running;
  auto ended = [state = state_, &member](std::exception_ptr failure) {
    member.running = false;
    --state->running;
    if (failure && !state->failure) {
      state->failure = failure;
      cancel_all(*state);
    }
    if (state->running == 0) state->idle->notify();
  };
  boost::asio::co_spawn(executor_, std::move(task),
                        boost::asio::bind_cancellation_slot(member.cancel.slot(), std::move(ended)));
}

Task<void> TaskGroup::join() {
  const std::shared_ptr<State> state = state_;
  std::exception_ptr cancelled;
  if (state->running > 0) {
    try {
      co_await state->idle->wait();
    } catch (...) {
      cancelled = std::current_exception();
    }
  }
  if (cancelled) {
    // What the tasks hold (sessions, batches) refers to our caller's frame, so they must have ended before it
    // does.
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
    if (!state->failure) state->failure = cancelled;
    cancel_all(*state);
    if (state->running > 0) co_await state->idle->wait();
  }
  if (state->failure) std::rethrow_exception(state->failure);
}

}  // namespace dataknobs
