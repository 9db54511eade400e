// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/settings.hpp"

#include <array>
#include <atomic>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include <dataknobs/error.hpp>

#include "database/option_values.hpp"
#include "database/pool_options.hpp"

namespace dataknobs::sqlite {

namespace {

// A name that no other database in memory of this process has.
std::string memory_name() {
  static std::atomic<std::uint64_t> counter = 0;
  return fmt::format("/dataknobs-{}-{}", ::getpid(), ++counter);
}

}  // namespace

Settings Settings::parse(const StoreUrl& url) {
  Settings result;
  result.display_ = url.display();
  result.path_ = url.path();
  if (url.has_authority()) {
    Error(ErrorCode::configuration, "an SQLite store is a file: it has no host")
        .store(url.display())
        .hint("write sqlite:app.db, or sqlite:/data/app.db for a path from the root")
        .raise();
  }
  if (result.path_.empty()) {
    Error(ErrorCode::configuration, "the URL names no database file")
        .store(url.display())
        .hint("write sqlite:app.db?table=people, or sqlite::memory:?table=people")
        .raise();
  }
  if (result.path_ == ":memory:") {
    result.in_memory_ = true;
    result.path_ = memory_name();
  }
  constexpr std::array<std::string_view, 4> kJournalModes{"wal", "delete", "truncate", "persist"};
  constexpr std::array<std::string_view, 4> kSynchronous{"off", "normal", "full", "extra"};
  constexpr std::array<std::string_view, 2> kSwitch{"on", "off"};
  constexpr std::array<std::string_view, 2> kModes{"ro", "rw"};
  if (const auto value = url.option("busy_timeout")) {
    result.busy_timeout_ = parse_duration("busy_timeout", *value);
  }
  if (const auto value = url.option("journal_mode")) {
    result.journal_mode_ = parse_word("journal_mode", *value, kJournalModes);
  }
  if (const auto value = url.option("synchronous")) {
    result.synchronous_ = parse_word("synchronous", *value, kSynchronous);
  }
  if (const auto value = url.option("foreign_keys")) {
    result.foreign_keys_ = parse_word("foreign_keys", *value, kSwitch) == "on";
  }
  result.pool_limits_ = dataknobs::pool_limits(url);
  if (const auto value = url.option("mode")) result.read_only_ = parse_word("mode", *value, kModes) == "ro";
  return result;
}

std::string resolved_path(const std::string& path) {
  std::error_code error;
  const std::filesystem::path full = std::filesystem::absolute(path, error);
  const std::filesystem::path resolved = std::filesystem::weakly_canonical(full, error);
  return error ? path : resolved.string();
}

std::vector<OptionDeclaration> option_declarations() {
  const auto store = [](std::string name, std::string description) {
    OptionDeclaration option;
    option.name = std::move(name);
    option.description = std::move(description);
    return option;
  };
  const auto dataset = [&](std::string name, std::string description) {
    OptionDeclaration option = store(std::move(name), std::move(description));
    option.of_dataset = true;
    return option;
  };
  OptionDeclaration key =
      dataset("key", "Key columns, separated by commas; default: the table's primary key");
  key.repeatable = true;
  std::vector<OptionDeclaration> options{
      dataset("table", "Table or view; required"),
      dataset("layout", "document (one JSON document per record) or columns; default: what the table has"),
      key,
      store("busy_timeout", "How long to wait for another connection's lock, as 500ms or 5s; default: 5s"),
      store("journal_mode",
            "wal, delete, truncate or persist; default: wal for a new file, else the file's own"),
      store("synchronous", "off, normal, full or extra: how often data is forced to the disk; default: full"),
      store("foreign_keys", "on or off: whether foreign keys are checked; default: on"),
      store("mode", "rw or ro (nothing can be written); default: rw"),
  };
  for (OptionDeclaration& option : pool_option_declarations()) options.push_back(std::move(option));
  return options;
}

}  // namespace dataknobs::sqlite
