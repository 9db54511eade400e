// SPDX-License-Identifier: Apache-2.0
#include "backends/file/folder_list.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <dataknobs/error.hpp>

#include "backends/file/journal_file.hpp"
#include "runtime/system_file.hpp"

namespace dataknobs::file {
namespace {

using Values = std::vector<std::optional<std::string>>;
using Identity = std::pair<dev_t, ino_t>;

[[noreturn]] void refuse(std::string what, std::string_view hint) {
  Error(ErrorCode::configuration, std::move(what)).hint(hint).raise();
}

/// What stands beside a file that is written.
bool is_companion(std::string_view name) {
  return name.ends_with(".dataknobs") || name.ends_with(".dataknobs-fold") ||
         name.ends_with(".dataknobs-part") || name.ends_with(".dataknobs-part-2");
}

std::vector<std::string> names_in(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), &::closedir);
  if (!folder) raise_system_error(errno, "cannot list", path);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) raise_system_error(errno, "cannot list", path);
  std::sort(names.begin(), names.end());
  return names;
}

class Lister {
 public:
  Lister(std::string root, std::optional<Format> format, std::optional<Compression> compression)
      : root_(std::move(root)), given_(format), compression_(compression) {}

  FolderListing list() {
    struct stat status{};
    if (::stat(root_.c_str(), &status) != 0) {
      if (errno == ENOENT) return std::move(listing_);
      raise_system_error(errno, "cannot list", root_);
    }
    listing_.is_there = true;
    walk(root_, Identity(status.st_dev, status.st_ino));
    std::sort(listing_.files.begin(), listing_.files.end(),
              [](const auto& left, const auto& right) { return left.path < right.path; });
    return std::move(listing_);
  }

 private:
  void walk(const std::string& path, Identity identity) {
    if (std::find(open_.begin(), open_.end(), identity) != open_.end())
      refuse(fmt::format("{} is a link to a folder that it is in", path), "remove the link");
    open_.push_back(identity);
    for (const std::string& name : names_in(path)) {
      const std::string full = path == "/" ? "/" + name : path + "/" + name;
      struct stat status{};
      if (::stat(full.c_str(), &status) != 0) {
        if (is_skipped_name(name, false)) continue;
        raise_system_error(errno, "cannot read", full);
      }
      const bool is_folder = S_ISDIR(status.st_mode);
      if (is_skipped_name(name, is_folder)) {
        listing_.skipped.push_back(name);
      } else if (is_folder) {
        enter(full, name, Identity(status.st_dev, status.st_ino));
      } else if (!S_ISREG(status.st_mode)) {
        refuse(fmt::format("{} is neither a file nor a folder", full), "move it elsewhere");
      } else if (!is_companion(name)) {
        add(full);
      }
    }
    open_.pop_back();
  }

  void enter(const std::string& full, const std::string& name, Identity identity) {
    std::optional<PartitionName> partition = PartitionName::parse(name);
    if (!partition) {
      refuse(fmt::format("{} is a folder within {} whose name is no field=value", full, root_),
             fmt::format("name the folder itself, {}/, or move it elsewhere", full));
    }
    const bool valid = simdjson::validate_utf8(partition->field) &&
                       (!partition->value || simdjson::validate_utf8(*partition->value));
    if (!valid) refuse(fmt::format("the name of the folder {} is not UTF-8", full), "rename it");
    if (std::find(fields_.begin(), fields_.end(), partition->field) != fields_.end())
      refuse(fmt::format("{} names the field '{}' twice", full, partition->field),
             "rename one of the folders");
    fields_.push_back(partition->field);
    values_.push_back(std::move(partition->value));
    walk(full, identity);
    fields_.pop_back();
    values_.pop_back();
  }

  void add(const std::string& full) {
    static const std::string journal = journal_name("");
    if (full.ends_with(journal)) {
      refuse(fmt::format("{} has changes that are not in its file yet", full),
             fmt::format("any write to {} puts them there when its store is closed",
                         full.substr(0, full.size() - journal.size())));
    }
    const std::optional<Format> found = find_format(full);
    if (!found && !given_) {
      refuse(fmt::format("{} is no file of data by its name", full),
             "move it elsewhere, let its name begin with '_' or '.', or say format= if it is one");
    }
    const Format format = found.value_or(given_.value_or(Format::csv));
    const std::optional<Format> wanted = given_ ? given_ : listing_.format;
    if (wanted && *wanted != format) {
      const std::string other =
          given_ ? fmt::format("format={} was given", file::to_string(*given_))
                 : fmt::format("{} ({})", listing_.files.front().path, file::to_string(*wanted));
      refuse(fmt::format("{} has files of several formats: {}, {} ({})", root_, other, full,
                         file::to_string(format)),
             "name one of the files, or move those of one format to a folder of their own");
    }
    listing_.format = format;
    if (listing_.files.empty()) {
      listing_.fields = fields_;
      first_ = full;
    } else if (listing_.fields != fields_) {
      refuse(fmt::format("the folders of {} and {} do not name the same fields: {} and {}", first_, full,
                         shown(listing_.fields), shown(fields_)),
             "move one of them elsewhere");
    }
    if (listing_.groups.empty() || listing_.groups.back() != values_) listing_.groups.push_back(values_);
    listing_.files.push_back(
        {full, compression_ ? *compression_ : compression_of_name(full), listing_.groups.size() - 1});
  }

  static std::string shown(const std::vector<std::string>& fields) {
    return fields.empty() ? "none" : fmt::format("{}", fmt::join(fields, ", "));
  }

  std::string root_;
  std::optional<Format> given_;
  std::optional<Compression> compression_;
  FolderListing listing_;
  std::vector<Identity> open_;  ///< Folders that are being listed.
  std::vector<std::string> fields_;
  Values values_;
  std::string first_;
};

}  // namespace

FolderListing list_folder(const std::string& path, std::optional<Format> format,
                          std::optional<Compression> compression) {
  return Lister(folder_path(path), format, compression).list();
}

}  // namespace dataknobs::file
