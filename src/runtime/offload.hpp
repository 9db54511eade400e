// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// offload: runs blocking work (SQLite, files) away from the event loop and resumes the caller on its own
/// executor.

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/this_coro.hpp>

#include <dataknobs/task.hpp>

namespace dataknobs {

/// While one is alive, offloaded work of tasks run on this thread is run inline: the blocking facade has no
/// loop to protect, so a hop to another thread would only cost time.
class InlineOffload {
 public:
  InlineOffload() noexcept;
  ~InlineOffload();
  InlineOffload(const InlineOffload&) = delete;
  InlineOffload& operator=(const InlineOffload&) = delete;
  static bool active() noexcept;
};

/// Runs `work` on the offload pool and waits for it. Not cancelled once it runs: the caller is resumed after
/// it ended.
Task<void> offload_erased(std::function<void()> work);

/// The result of `work()`, run off the loop; what it throws is thrown here. `work` is referenced until the
/// call ends: give a named lambda that captures by reference.
template <class Work>
Task<std::invoke_result_t<Work&>> offload(Work& work) {
  using Result = std::invoke_result_t<Work&>;
  if (InlineOffload::active()) co_return work();
  if constexpr (std::is_void_v<Result>) {
    std::function<void()> erased = [&work] { work(); };
    co_await offload_erased(std::move(erased));
  } else {
    std::optional<Result> result;
    std::function<void()> erased = [&work, &result] { result.emplace(work()); };
    co_await offload_erased(std::move(erased));
    co_return std::move(*result);
  }
}

}  // namespace dataknobs
