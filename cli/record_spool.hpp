// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// RecordSpool: keeps the fields of any number of records outside of memory, to be read once more.

#include <cstdio>
#include <memory>
#include <string>

#include <dataknobs/database.hpp>

namespace dataknobs::cli {

/// A temporary file without a name, in $TMPDIR or /tmp: it is gone when the process is. Values come back exactly as
/// they were; ids and metadata are not kept.
/// Errors: resource where the system has no room for it.
class RecordSpool {
 public:
  void append(const Record& record);
  /// The next records from the first on, about a mebibyte of them; none at the end. REQUIRES: nothing is appended after
  /// the first call.
  Records next();

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };

  void put_line(const std::string& text);
  bool get_line(std::string& text);

  std::unique_ptr<std::FILE, Close> file_;  ///< Made with the first record.
  bool reads_ = false;
};

}  // namespace dataknobs::cli
