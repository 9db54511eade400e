// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/testing/temporary.hpp>

#include <stdlib.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

namespace dataknobs::test {

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "dataknobs-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    Error(ErrorCode::resource, "no temporary folder can be made")
        .native("errno", std::strerror(errno))
        .hint("TMPDIR names a folder that can be written")
        .raise();
  }
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

TemporaryStore TemporaryStore::memory() {
  static std::atomic<unsigned> made{0};
  return {nullptr, fmt::format("memory:temporary_{}?table=", ++made), ""};
}

TemporaryStore TemporaryStore::sqlite() {
  auto folder = std::make_shared<TemporaryFolder>();
  std::string before = fmt::format("sqlite:{}/store.db?table=", folder->path());
  return {std::move(folder), std::move(before), ""};
}

TemporaryStore TemporaryStore::files(std::string_view ending) {
  auto folder = std::make_shared<TemporaryFolder>();
  std::string before = fmt::format("file:{}/", folder->path());
  return {std::move(folder), std::move(before), fmt::format(".{}", ending)};
}

std::string TemporaryStore::url(std::string_view table) const {
  return before_ + encoded(table) + after_;
}

std::string encoded(std::string_view name) {
  std::string result;
  for (const char character : name) {
    const bool plain = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
                       (character >= '0' && character <= '9') || character == '_' || character == '-';
    result +=
        plain ? std::string(1, character) : fmt::format("%{:02X}", static_cast<unsigned char>(character));
  }
  return result;
}

}  // namespace dataknobs::test
