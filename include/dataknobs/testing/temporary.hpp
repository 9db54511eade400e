// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Stores that are empty at first and gone at the end, for tests of programs that use dataknobs.

#include <memory>
#include <string>
#include <string_view>

namespace dataknobs::test {

/// A folder under the temporary folder, removed with its content at the end.
class TemporaryFolder {
 public:
  /// Errors: ResourceError.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

/// A store of its own for one test.
///
/// ```cpp
/// const test::TemporaryStore store = test::TemporaryStore::sqlite();
/// sync::Database people(store.url("people"));
/// ```
/// REQUIRES: the program links the store (dataknobs::sqlite ...).
class TemporaryStore {
 public:
  static TemporaryStore memory();
  static TemporaryStore sqlite();
  /// A file per table; the ending says the format: "ndjson", "csv", "parquet" ...
  static TemporaryStore files(std::string_view ending = "ndjson");

  /// The URL of a table of that name.
  std::string url(std::string_view table) const;

 private:
  TemporaryStore(std::shared_ptr<TemporaryFolder> folder, std::string before, std::string after)
      : folder_(std::move(folder)), before_(std::move(before)), after_(std::move(after)) {}
  std::shared_ptr<TemporaryFolder> folder_;
  std::string before_;
  std::string after_;
};

/// Percent-encoded, for a name in a URL.
std::string encoded(std::string_view name);

}  // namespace dataknobs::test
