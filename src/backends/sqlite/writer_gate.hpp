// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// WriterGate: lets the sessions of this process write to a database one after another. SQLite would let them
/// wait by blocking their threads, and these are needed by the one that writes. Other processes are still
/// waited for by SQLite.

#include <list>
#include <memory>
#include <mutex>
#include <string>

#include <dataknobs/task.hpp>

#include "runtime/context.hpp"
#include "runtime/signal.hpp"

namespace dataknobs::sqlite {

/// Thread safety: all members may be called from any thread.
class WriterGate : public std::enable_shared_from_this<WriterGate> {
 public:
  /// The right to write; given up when destroyed.
  class Hold {
   public:
    Hold() = default;
    explicit Hold(std::shared_ptr<WriterGate> gate) noexcept : gate_(std::move(gate)) {}
    Hold(Hold&& other) noexcept : gate_(std::move(other.gate_)) {}
    Hold& operator=(Hold&& other) noexcept {
      release();
      gate_ = std::move(other.gate_);
      return *this;
    }
    ~Hold() { release(); }
    explicit operator bool() const noexcept { return gate_ != nullptr; }
    void release() noexcept;

   private:
    std::shared_ptr<WriterGate> gate_;
  };

  /// The gate of that database file.
  static std::shared_ptr<WriterGate> of_file(const std::string& path);

  /// Waits for its turn, first come, first served. Errors: TimeoutError (retryable) after `patience` or at
  /// the deadline.
  Task<Hold> enter(Context& context, Clock::duration patience, std::string file);

 private:
  void leave() noexcept;
  std::mutex mutex_;
  bool held_ = false;
  std::list<std::shared_ptr<Signal>> waiting_;
};

}  // namespace dataknobs::sqlite
