// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Progress on stderr: a live bar on a terminal, plain lines elsewhere.

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <dataknobs/progress.hpp>

namespace dataknobs::cli {

/// How progress is shown: auto (a bar on a terminal, else plain), plain, none.
class ProgressDisplay {
 public:
  explicit ProgressDisplay(const std::string& style);
  /// Ends the bar's line, so that what follows starts on its own.
  ~ProgressDisplay();
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  void show(const Progress& progress);
  /// Ends the bar's line.
  void finish();

 private:
  bool bar_;
  bool silent_;
  bool line_open_ = false;
  std::chrono::nanoseconds last_plain_{};
  std::optional<TransferStage> last_stage_;
};

/// One line: "copying  [#####     ]  52 %  1.2 M records  310 K/s  about 4 s left". Pure; `width` in cells.
std::string progress_line(const Progress& progress, bool with_bar, std::size_t width);

}  // namespace dataknobs::cli
