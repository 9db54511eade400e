// SPDX-License-Identifier: Apache-2.0
#include "transfer/lease.hpp"

#include <atomic>
#include <charconv>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>

#include <fmt/format.h>
#include <unistd.h>

namespace dataknobs {

namespace {

std::mutex holders_mutex;
std::set<std::uint64_t>& living_holders() {
  static std::set<std::uint64_t> holders;
  return holders;
}

std::string read_all(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Field 22 of /proc/<pid>/stat (proc(5)), or 0 for a process that has ended, be it that its parent has not
// yet taken notice (Z). The second field is a name in parentheses that may hold anything.
std::uint64_t start_of(std::uint64_t process) {
  const std::string text = read_all(fmt::format("/proc/{}/stat", process));
  std::size_t at = text.rfind(')');
  if (at == std::string::npos || at + 2 >= text.size()) return 0;
  if (const char state = text[at + 2]; state == 'Z' || state == 'X') return 0;
  for (int field = 2; field < 22; ++field) {
    at = text.find(' ', at + 1);
    if (at == std::string::npos) return 0;
  }
  std::uint64_t start = 0;
  std::from_chars(text.data() + at + 1, text.data() + text.size(), start);
  return start;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  std::array<char, 64> space{};
  // Process numbers mean the same only within one namespace: a container beside us is another host.
  const auto length = ::readlink("/proc/self/ns/pid", space.data(), space.size() - 1);
  return length > 0 ? fmt::format("{} {}", name.data(), space.data()) : std::string(name.data());
}

std::string boot_id() {
  std::string id = read_all("/proc/sys/kernel/random/boot_id");
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id;
}

}  // namespace

LeaseEntry new_lease(std::string run_id, std::uint64_t epoch) {
  static std::atomic<std::uint64_t> holders = 0;
  LeaseEntry lease;
  lease.run_id = std::move(run_id);
  lease.host = host_name();
  lease.boot = boot_id();
  lease.process = static_cast<std::uint64_t>(::getpid());
  lease.process_start = start_of(lease.process);
  lease.holder = ++holders;
  lease.epoch = epoch;
  return lease;
}

HolderState holder_state(const LeaseEntry& lease, const LeaseEntry& self, std::uint64_t process_start,
                         bool holder_alive) {
  if (lease.host != self.host) return HolderState::unknown;
  if (lease.boot != self.boot || process_start == 0 || process_start != lease.process_start)
    return HolderState::dead;
  if (lease.process != self.process) return HolderState::alive;
  return holder_alive ? HolderState::alive : HolderState::dead;
}

HolderState holder_state(const LeaseEntry& lease, const LeaseEntry& self) {
  const std::lock_guard lock(holders_mutex);
  return holder_state(lease, self, start_of(lease.process), living_holders().contains(lease.holder));
}

std::string describe(const LeaseEntry& lease) {
  return fmt::format("process {} on host {}", lease.process, lease.host.substr(0, lease.host.find(' ')));
}

LivingHolder::LivingHolder(std::uint64_t holder) : holder_(holder) {
  const std::lock_guard lock(holders_mutex);
  living_holders().insert(holder_);
}

LivingHolder::~LivingHolder() {
  const std::lock_guard lock(holders_mutex);
  living_holders().erase(holder_);
}

}  // namespace dataknobs
