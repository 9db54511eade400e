// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include <fmt/format.h>

namespace dataknobs::cli {
namespace {

constexpr std::chrono::seconds plain_interval{2};

std::string short_number(double value) {
  if (value < 10'000) return fmt::format("{:.0f}", value);
  if (value < 10'000'000) return fmt::format("{:.0f} K", value / 1e3);
  return fmt::format("{:.1f} M", value / 1e6);
}

std::string short_duration(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s", seconds);
  if (seconds < 5400) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::string bar_text(double fraction) {
  constexpr std::size_t cells = 24;
  const auto filled = static_cast<std::size_t>(fraction * static_cast<double>(cells));
  return fmt::format("[{}{}]", std::string(filled, '#'), std::string(cells - filled, ' '));
}

}  // namespace

std::string progress_line(const Progress& progress, bool with_bar, std::size_t width) {
  // Nothing is counted yet.
  if (progress.stage == TransferStage::planning && progress.read == 0)
    return std::string(to_string(progress.stage));
  std::string line = fmt::format("{:<12}", to_string(progress.stage));
  const std::optional<double> fraction = progress.fraction();
  if (fraction) {
    if (with_bar) line += bar_text(*fraction) + "  ";
    line += fmt::format("{:3.0f} %  ", *fraction * 100);
  }
  line += fmt::format("{} records", short_number(static_cast<double>(progress.read)));
  const double records_per_second = progress.rate();
  if (records_per_second > 0) line += fmt::format("  {}/s", short_number(records_per_second));
  if (fraction && progress.total_records && records_per_second > 0 && *fraction < 1) {
    const double left = static_cast<double>(*progress.total_records) * (1 - *fraction);
    line += fmt::format("  {}{} left", progress.total_exact ? "" : "about ",
                        short_duration(left / records_per_second));
  }
  if (line.size() > width) line.resize(width);
  return line;
}

ProgressDisplay::ProgressDisplay(const std::string& style)
    : bar_(style == "auto" && ::isatty(STDERR_FILENO) == 1), silent_(style == "none") {}

ProgressDisplay::~ProgressDisplay() {
  finish();
}

void ProgressDisplay::show(const Progress& progress) {
  if (silent_ || progress.stage == TransferStage::done) return;
  const bool new_stage = progress.stage != last_stage_;
  if (bar_) {
    if (new_stage) finish();
    fmt::print(stderr, "\r\x1b[K{}", progress_line(progress, true, terminal_width() - 1));
    std::fflush(stderr);
    line_open_ = true;
  } else if (new_stage || progress.elapsed - last_plain_ >= plain_interval) {
    fmt::print(stderr, "{}\n", progress_line(progress, false, 200));
    last_plain_ = progress.elapsed;
  }
  last_stage_ = progress.stage;
}

void ProgressDisplay::finish() {
  if (!line_open_) return;
  std::fputs("\n", stderr);
  line_open_ = false;
}

}  // namespace dataknobs::cli
