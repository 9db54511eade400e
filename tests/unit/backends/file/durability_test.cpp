// SPDX-License-Identifier: Apache-2.0
//
// What a crash leaves when the disk has kept only what was synced, or some more: files are written under an observer,
// and after each call on the disk every folder that could be left is opened anew. It must be in a state that was
// acknowledged, or that of the call that was under way.
#include <gtest/gtest.h>

#include "backends/file/file_table.hpp"
#include "file_test.hpp"

namespace dataknobs::file_test {
namespace {

using namespace dataknobs::file;
using Names = std::map<std::string, std::string>;

/// What of the unsynced writes of a file has reached the disk.
enum class Kept { none, all, torn };

/// A folder as a crash would leave it: what was written to a file counts once it is synced, and its name once the
/// folder is.
class Disk : public DiskObserver {
 public:
  explicit Disk(std::string folder) : folder_(std::move(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      const std::size_t file = files_.size();
      files_.push_back({slurp(entry.path()), {}});
      durable_[entry.path().filename().string()] = file;
    }
    names_ = durable_;
    set_disk_observer(this);
  }
  ~Disk() override { set_disk_observer(nullptr); }

  std::function<void()> after_each = [] {};

  void made(const std::string& path) override {
    files_.emplace_back();
    link(path, files_.size() - 1);
  }
  void wrote(const std::string& path, std::uint64_t offset, std::string_view bytes) override {
    of(path).unsynced.push_back({offset, std::string(bytes), false});
    after_each();
  }
  void cut(const std::string& path, std::uint64_t length) override {
    of(path).unsynced.push_back({length, {}, true});
    after_each();
  }
  void synced(const std::string& path) override {
    if (!names_.contains(name_of(path))) return;  // Of another folder.
    File& file = of(path);
    file.content = content(file, Kept::all);
    file.unsynced.clear();
    after_each();
  }
  void renamed(const std::string& from, const std::string& to) override {
    const std::size_t file = names_.at(name_of(from));
    names_.erase(name_of(from));
    names_[name_of(to)] = file;
    changes_.push_back(names_);
    after_each();
  }
  void removed(const std::string& path) override {
    names_.erase(name_of(path));
    changes_.push_back(names_);
    after_each();
  }
  void synced_folder_of(const std::string&) override {
    durable_ = names_;
    changes_.clear();
    after_each();
  }

  /// How many states of the names there may be.
  std::size_t name_states() const { return changes_.size() + 1; }
  /// Writes one of the folders that could be left.
  void leave(const Folder& folder, std::size_t name_state, Kept kept) const {
    const std::map<std::string, std::size_t>& names = name_state == 0 ? durable_ : changes_[name_state - 1];
    for (const auto& [name, file] : names) folder.write(name, content(files_[file], kept));
  }

 private:
  struct Write {
    std::uint64_t offset;
    std::string bytes;
    bool cuts;
  };
  struct File {
    std::string content;
    std::vector<Write> unsynced;
  };

  static std::string name_of(const std::string& path) {
    return std::filesystem::path(path).filename().string();
  }
  File& of(const std::string& path) { return files_[names_.at(name_of(path))]; }
  void link(const std::string& path, std::size_t file) {
    names_[name_of(path)] = file;
    changes_.push_back(names_);
    after_each();
  }
  /// `torn`: all but the second half of the last write.
  static std::string content(const File& file, Kept kept) {
    std::string content = file.content;
    if (kept == Kept::none) return content;
    for (std::size_t i = 0; i < file.unsynced.size(); ++i) {
      const Write& write = file.unsynced[i];
      std::string bytes = write.bytes;
      if (kept == Kept::torn && i + 1 == file.unsynced.size()) bytes.resize(bytes.size() / 2);
      if (write.cuts) {
        content.resize(write.offset);
        continue;
      }
      content.resize(std::max<std::size_t>(content.size(), write.offset + bytes.size()));
      content.replace(write.offset, bytes.size(), bytes);
    }
    return content;
  }

  std::string folder_;
  std::vector<File> files_;
  std::map<std::string, std::size_t> names_;
  std::map<std::string, std::size_t> durable_;
  std::vector<std::map<std::string, std::size_t>> changes_;  ///< Since the folder was synced.
};

class Durability : public testing::TestWithParam<const char*> {
 protected:
  static Names names(FileTable& table) {
    Names found;
    const std::unique_ptr<Source> source = open_state(table.state(), std::nullopt, SourceRequest());
    while (const std::optional<Batch> batch = source->next()) {
      for (const Record& record : batch->rows()) found[*record.id()] = record["name"].get<std::string>();
    }
    return found;
  }
  static void put(FileTable& table, const Names& people, const std::vector<std::string>& removed = {}) {
    std::vector<Record> records;
    for (const auto& [id, name] : people) {
      records.push_back({{"name", name}});
      records.back().set_id(id);
    }
    table.change(*table.describe(), [&](FileChanges& changes) {
      const FileDataset& dataset = *changes.state().base;
      for (const ItemResult& item : write_records(changes, dataset, WriteMode::upsert, records, {}, true))
        EXPECT_EQ(item.outcome(), Outcome::written);
      remove_records(changes, removed, {});
    });
  }
};

TEST_P(Durability, EveryCrashLeavesAnAcknowledgedState) {
  const std::string name = GetParam();
  const Folder folder;
  folder.write(name, name == "p.csv" ? "id,name\n1,Ada\n2,Bob\n"
                                     : "{\"id\":1,\"name\":\"Ada\"}\n{\"id\":2,\"name\":\"Bob\"}\n");
  Names before = {{"1", "Ada"}, {"2", "Bob"}};
  Names after = before;
  std::size_t crashes = 0;
  Disk disk(folder.root().string());
  disk.after_each = [&] {
    for (std::size_t state = 0; state < disk.name_states(); ++state) {
      for (const Kept kept : {Kept::none, Kept::all, Kept::torn}) {
        const Folder left;
        disk.leave(left, state, kept);
        set_disk_observer(nullptr);
        FileTable table{DatasetOptions(left.path(name))};
        const Names found = names(table);
        ASSERT_TRUE(found == before || found == after) << "crash " << crashes << ": " << found.size();
        if (crashes % 5 == 0) {
          // What is left can be written to, and folded.
          put(table, {{"100", "new"}});
          table.close();
          Names wanted = found;
          wanted["100"] = "new";
          ASSERT_EQ(names(table), wanted) << "crash " << crashes;
        }
        set_disk_observer(&disk);
        ++crashes;
      }
    }
  };
  FileTable table(DatasetOptions(folder.path(name)), 500);
  for (int step = 0; step < 9; ++step) {
    Names people = {{std::to_string(step + 10), "somebody"}, {"2", "Bob " + std::to_string(step)}};
    if (step % 3 == 0) people[std::to_string(step + 50)] = std::string(300, 'x');
    std::vector<std::string> removed;
    if (step % 4 == 3) removed = {std::to_string(step + 8)};
    for (const auto& [id, text] : people) after[id] = text;
    for (const std::string& id : removed) after.erase(id);
    put(table, people, removed);
    if (step == 6) table.close();
    before = after;
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_EQ(names(table), after);
  EXPECT_GE(crashes, 200U);
}

INSTANTIATE_TEST_SUITE_P(Formats, Durability, testing::Values("p.ndjson", "p.csv"));

}  // namespace
}  // namespace dataknobs::file_test
