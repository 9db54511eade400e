// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/writer_gate.hpp"

#include <algorithm>
#include <exception>
#include <map>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "backends/sqlite/settings.hpp"

namespace dataknobs::sqlite {

void WriterGate::Hold::release() noexcept {
  if (const std::shared_ptr<WriterGate> gate = std::move(gate_)) gate->leave();
  gate_.reset();
}

std::shared_ptr<WriterGate> WriterGate::of_file(const std::string& path) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<WriterGate>> gates;
  const std::string name = resolved_path(path);
  const std::lock_guard lock(mutex);
  std::erase_if(gates, [](const auto& entry) { return entry.second.expired(); });
  std::shared_ptr<WriterGate> gate = gates[name].lock();
  if (!gate) gates[name] = gate = std::make_shared<WriterGate>();
  return gate;
}

Task<WriterGate::Hold> WriterGate::enter(Context& context, Clock::duration patience, std::string file) {
  auto signal = std::make_shared<Signal>();
  {
    const std::lock_guard lock(mutex_);
    if (!held_) {
      held_ = true;
      co_return Hold(shared_from_this());
    }
    waiting_.push_back(signal);
  }
  TimePoint last = Clock::now() + patience;
  if (context.deadline()) last = std::min(last, *context.deadline());
  std::exception_ptr failure;
  bool granted = false;
  try {
    granted = co_await signal->wait(last);
  } catch (...) {
    failure = std::current_exception();
  }
  {
    const std::lock_guard lock(mutex_);
    const auto place = std::find(waiting_.begin(), waiting_.end(), signal);
    if (place != waiting_.end()) {
      waiting_.erase(place);
    } else {
      granted = true;  // The turn came at the last moment.
    }
  }
  Hold hold;
  if (granted) hold = Hold(shared_from_this());
  if (failure) std::rethrow_exception(failure);
  if (!granted) {
    Error(ErrorCode::timeout, fmt::format("{} is being written by another session", file))
        .hint("try again, or give a longer busy_timeout=")
        .retryable(true)
        .raise();
  }
  co_return hold;
}

// The turn goes to the next in line without the gate opening in between.
void WriterGate::leave() noexcept {
  std::shared_ptr<Signal> next;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      held_ = false;
      return;
    }
    next = std::move(waiting_.front());
    waiting_.pop_front();
  }
  next->notify();
}

}  // namespace dataknobs::sqlite
