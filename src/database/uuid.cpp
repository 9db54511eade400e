// SPDX-License-Identifier: Apache-2.0
#include "database/uuid.hpp"

#include <pthread.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <random>

#include "runtime/wall_clock.hpp"

namespace dataknobs {

namespace {

// Grows in the child of a fork, whose threads must not go on with the random numbers of the parent.
std::atomic<std::uint32_t> fork_generation = 1;

[[maybe_unused]] const int fork_handler = pthread_atfork(nullptr, nullptr, [] { ++fork_generation; });

class Generator {
 public:
  std::string make() {
    if (generation_ != fork_generation.load(std::memory_order_relaxed)) seed();
    const auto now = wall_clock_now().time_since_epoch();
    const auto milliseconds =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
    if (milliseconds > milliseconds_) {
      milliseconds_ = milliseconds;
      high_ = static_cast<std::uint32_t>(random_()) & 0x7FFU;  // Room for the carry of this millisecond.
      low_ = random_() & kLowMask;
    } else {
      // Within a millisecond, or after the clock was set back, it counts on in random steps (RFC 9562, method
      // 2).
      low_ += (random_() & 0xFFFFFFFFU) + 1;
      if (low_ > kLowMask) {
        low_ &= kLowMask;
        if (++high_ > 0xFFFU) {
          high_ = 0;
          ++milliseconds_;
        }
      }
    }
    return format((milliseconds_ << 16U) | 0x7000U | high_, 0x8000000000000000U | low_);
  }

 private:
  static constexpr std::uint64_t kLowMask = 0x3FFFFFFFFFFFFFFFU;

  void seed() {
    std::random_device device;
    std::seed_seq sequence{device(), device(), device(), device(), device(), device(), device(), device()};
    random_.seed(sequence);
    milliseconds_ = 0;
    generation_ = fork_generation.load(std::memory_order_relaxed);
  }

  static std::string format(std::uint64_t first, std::uint64_t second) {
    std::string text(36, '-');
    char* position = text.data();
    for (int byte = 0; byte < 16; ++byte) {
      if (byte == 4 || byte == 6 || byte == 8 || byte == 10) ++position;
      const std::uint64_t word = byte < 8 ? first : second;
      const auto value = static_cast<std::uint8_t>(word >> (56U - 8U * (static_cast<unsigned>(byte) % 8U)));
      *position++ = kDigits[value >> 4U];
      *position++ = kDigits[value & 15U];
    }
    return text;
  }

  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::mt19937_64 random_;
  std::uint64_t milliseconds_ = 0;
  std::uint32_t high_ = 0;
  std::uint64_t low_ = 0;
  std::uint32_t generation_ = 0;
};

}  // namespace

std::string make_uuid() {
  thread_local Generator generator;
  return generator.make();
}

namespace {

std::mutex source_mutex;
std::function<std::string()> source;
std::atomic<bool> has_source = false;

}  // namespace

std::string make_record_id() {
  if (has_source.load(std::memory_order_relaxed)) {
    const std::lock_guard lock(source_mutex);
    if (source) return source();
  }
  return make_uuid();
}

void set_id_source(std::function<std::string()> wanted) {
  const std::lock_guard lock(source_mutex);
  has_source = wanted != nullptr;
  source = std::move(wanted);
}

}  // namespace dataknobs
