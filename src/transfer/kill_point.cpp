// SPDX-License-Identifier: Apache-2.0
#include "transfer/kill_point.hpp"

#ifdef DATAKNOBS_KILL_POINTS
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include <unistd.h>

namespace dataknobs {

namespace {

struct KillRequest {
  std::string_view name;
  int wanted = 1;
  long microseconds = 0;
};

KillRequest read_request() noexcept {
  KillRequest request;
  const char* text = std::getenv("DATAKNOBS_KILL_AT");
  if (text == nullptr) return request;
  request.name = text;
  const std::size_t colon = request.name.find(':');
  if (colon == std::string_view::npos) return request;
  const std::string_view count = request.name.substr(colon + 1);
  const char* const end = count.data() + count.size();
  const auto [rest, error] = std::from_chars(count.data(), end, request.wanted);
  if (error == std::errc() && rest != end && *rest == '+') {
    std::from_chars(rest + 1, end, request.microseconds);
  }
  request.name = request.name.substr(0, colon);
  return request;
}

}  // namespace

void kill_point(const char* name) noexcept {
  static const KillRequest request = read_request();
  static std::atomic<int> passed = 0;
  if (request.name.empty() || request.name != name) return;
  if (++passed != request.wanted) return;
  // SIGKILL, so that no destructor and no handler tidies up: just what a power cut leaves.
  if (request.microseconds == 0) ::kill(::getpid(), SIGKILL);
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGKILL;
  itimerspec later{};
  later.it_value.tv_sec = request.microseconds / 1'000'000;
  later.it_value.tv_nsec = request.microseconds % 1'000'000 * 1000;
  timer_t timer{};
  if (::timer_create(CLOCK_MONOTONIC, &event, &timer) == 0) ::timer_settime(timer, 0, &later, nullptr);
}

}  // namespace dataknobs
#endif
