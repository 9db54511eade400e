// SPDX-License-Identifier: Apache-2.0
//
// The form of the journal, and what becomes of one that is cut off, damaged, or of another file.
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>

#include "backends/file/file_table.hpp"
#include "backends/file/fold.hpp"
#include "backends/file/load.hpp"
#include "file_test.hpp"

namespace dataknobs::file_test {
namespace {

using namespace dataknobs::file;

Record person(std::string id, std::string name) {
  Record record{{"name", std::move(name)}};
  record.set_id(std::move(id));
  return record;
}

RecordPointer stored(Record record, const char* version = "v1") {
  record.set_version(version);
  return std::make_shared<const Record>(std::move(record));
}

TEST(JournalFormat, KeepsRecordsOfEveryClass) {
  Record odd{{"$types", "mine"},
             {"n", nullptr},
             {"b", Binary{std::string("\0\n", 2)}},
             {"d", *Decimal::parse("1.50")}};
  odd.set_id("a\n\"b\"").set_metadata(Json(Json::Object{{"by", "me"}}));
  const std::vector<JournalChange> changes = {{ChangeKind::added, "a\n\"b\"", stored(odd)},
                                              {ChangeKind::replaced, "2", stored(person("2", "Bob"), "v2")},
                                              {ChangeKind::removed, "\xC3\xA4", nullptr}};
  const std::vector<JournalChange> read = parse_changes(changes_payload(changes), "j");
  ASSERT_EQ(read.size(), 3U);
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].kind, changes[i].kind);
    EXPECT_EQ(read[i].id, changes[i].id);
    EXPECT_EQ(read[i].record == nullptr, changes[i].record == nullptr);
    if (!read[i].record) continue;
    EXPECT_EQ(*read[i].record, *changes[i].record);
    EXPECT_EQ(read[i].record->version(), changes[i].record->version());
    EXPECT_EQ(read[i].record->metadata().has_value(), changes[i].record->metadata().has_value());
  }
}

TEST(JournalFormat, HeaderIsWholeOrNothing) {
  const JournalHeader header{0x0123456789abcdef, {77, std::string(32, 'a')}};
  const std::string text = header_text(header);
  ASSERT_EQ(text.size(), kJournalHeaderBytes);
  const std::optional<JournalHeader> read = parse_header(text, "j");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->salt, header.salt);
  EXPECT_EQ(read->base, header.base);
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(parse_header(text.substr(0, size), "j"));
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string damaged = text;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    try {
      EXPECT_FALSE(parse_header(damaged, "j")) << at;
    } catch (const SerializationError& error) {
      EXPECT_TRUE(at == 18U || at == 19U) << at << ": " << error.what();
    }
  }
}

TEST(JournalFormat, IsCutAtTheLastWholeGroup) {
  const std::string first = group_text(5, 104, "one\n");
  const std::string second = group_text(5, 104 + first.size(), "two\n");
  const std::string text = first + second;
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const JournalGroups groups = read_groups(std::string_view(text).substr(0, size), 104, 5, "j");
    const std::size_t whole = size == text.size() ? 2 : size >= first.size() ? 1 : 0;
    ASSERT_EQ(groups.payloads.size(), whole) << size;
    EXPECT_EQ(groups.end, 104 + (whole == 2 ? text.size() : whole * first.size()));
  }
  // Of another journal, or of another place: none.
  EXPECT_TRUE(read_groups(text, 104, 6, "j").payloads.empty());
  EXPECT_TRUE(read_groups(text, 105, 5, "j").payloads.empty());
}

TEST(JournalFormat, DamageBeforeWholeGroupsIsNoCut) {
  const std::string first = group_text(5, 104, "one G \n");
  const std::string text = first + group_text(5, 104 + first.size(), "two\n");
  for (std::size_t at = 0; at < first.size(); ++at) {
    std::string damaged = text;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    const std::string error = error_of([&] { read_groups(damaged, 104, 5, "people.journal"); });
    EXPECT_NE(error.find("people.journal"), std::string::npos) << at;
  }
}

/// A file of two people, by the table.
class Journals : public testing::Test {
 protected:
  Journals() { folder_.write("p.ndjson", kText); }

  std::unique_ptr<FileTable> open(std::uint64_t fold_from = FileTable::kFoldFrom) const {
    return std::make_unique<FileTable>(DatasetOptions(path_), fold_from);
  }
  static void put(FileTable& table, const std::vector<Record>& records, WriteMode mode = WriteMode::upsert) {
    const std::shared_ptr<const FileDataset> dataset = table.describe();
    table.change(*dataset, [&](FileChanges& changes) {
      for (const ItemResult& item : write_records(changes, *dataset, mode, records, {}, true))
        EXPECT_EQ(item.outcome(), Outcome::written);
    });
  }
  /// Names by id, as somebody sees them who has just come.
  std::map<std::string, std::string> names() const { return names(*open()); }
  static std::map<std::string, std::string> names(FileTable& table) {
    std::map<std::string, std::string> found;
    const FileState state = table.state();
    const std::unique_ptr<Source> source = open_state(state, std::nullopt, SourceRequest());
    while (const std::optional<Batch> batch = source->next()) {
      for (const Record& record : batch->rows()) found[*record.id()] = record["name"].get<std::string>();
    }
    EXPECT_EQ(found.size(), state.rows());
    return found;
  }
  std::string journal() const { return slurp(journal_name(path_)); }
  void set_journal(std::string_view text) const { folder_.write("p.ndjson.dataknobs-journal", text); }

  static constexpr const char* kText = "{\"id\":\"1\",\"name\":\"Ada\"}\n{\"id\":\"2\",  \"name\":\"Bob\"}\n";
  using Names = std::map<std::string, std::string>;
  Folder folder_;
  std::string path_ = folder_.path("p.ndjson");
};

TEST_F(Journals, AreBesideTheFileUntilTheyAreFolded) {
  const std::unique_ptr<FileTable> table = open();
  put(*table, {person("2", "Bea"), person("3", "Cyd")});
  EXPECT_EQ(slurp(path_), kText);
  EXPECT_EQ(folder_.names(), (std::vector<std::string>{"p.ndjson", "p.ndjson.dataknobs-journal"}));
  EXPECT_EQ(names(), (Names{{"1", "Ada"}, {"2", "Bea"}, {"3", "Cyd"}}));
  table->close();
  EXPECT_EQ(folder_.names(), (std::vector<std::string>{"p.ndjson"}));
  EXPECT_EQ(slurp(path_),
            "{\"id\":\"1\",\"name\":\"Ada\"}\n"
            "{\"$dataknobs\":1,\"$id\":\"2\",\"name\":\"Bea\"}\n"
            "{\"$dataknobs\":1,\"$id\":\"3\",\"name\":\"Cyd\"}\n");
  EXPECT_EQ(names(*table), (Names{{"1", "Ada"}, {"2", "Bea"}, {"3", "Cyd"}}));
}

TEST_F(Journals, ATornTailIsCut) {
  put(*open(), {person("3", "Cyd")});
  const std::string one = journal();
  put(*open(), {person("4", "Dan"), person("5", "Eve")});
  const std::string two = journal();
  for (std::size_t size = one.size(); size < two.size(); ++size) {
    set_journal(two.substr(0, size));
    ASSERT_EQ(names(), (Names{{"1", "Ada"}, {"2", "Bob"}, {"3", "Cyd"}})) << size;
  }
  put(*open(), {person("6", "Fay")});
  EXPECT_EQ(names(), (Names{{"1", "Ada"}, {"2", "Bob"}, {"3", "Cyd"}, {"6", "Fay"}}));
  for (std::size_t size = 0; size < kJournalHeaderBytes; ++size) {
    set_journal(two.substr(0, size));
    ASSERT_EQ(names(), (Names{{"1", "Ada"}, {"2", "Bob"}})) << size;
  }
  put(*open(), {person("7", "Gus")});
  EXPECT_EQ(names(), (Names{{"1", "Ada"}, {"2", "Bob"}, {"7", "Gus"}}));
}

TEST_F(Journals, ATornFileIsRefusedBeforeTheJournalIsTouched) {
  put(*open(), {person("3", "Cyd")});
  const std::string before = journal();
  for (const std::string& torn : {std::string(kText).substr(0, 30), std::string(kText).substr(0, 24),
                                  std::string(), std::string(kText) + "{\"id\":\"9\",\"name\":\"X\"}\n"}) {
    folder_.write("p.ndjson", torn);
    const auto read = [&] { names(); };
    const auto write = [&] {
      FileTable table{DatasetOptions(path_)};
      const FileDataset wanted(DatasetOptions(path_), file_options(DatasetOptions(path_)));
      table.change(wanted, [](FileChanges&) { FAIL(); });
    };
    // Some show it by themselves, others only beside the journal.
    EXPECT_NE(error_of(read).find("p.ndjson"), std::string::npos);
    EXPECT_NE(error_of(write).find("p.ndjson"), std::string::npos);
    EXPECT_EQ(journal(), before);
    EXPECT_EQ(slurp(path_), torn);
  }
  std::filesystem::remove(path_);
  EXPECT_NE(error_of([&] { open()->describe(); }).find("journal"), std::string::npos);
}

TEST_F(Journals, ATornFileWithoutAJournalIsRefusedToo) {
  folder_.write("p.ndjson", std::string(kText).substr(0, 40));
  const auto write = [&] { put(*open(), {person("3", "Cyd")}); };
  EXPECT_NE(error_of(write).find("line 2"), std::string::npos) << error_of(write);
  EXPECT_EQ(folder_.names(), (std::vector<std::string>{"p.ndjson"}));
}

TEST_F(Journals, AFoldMayStopAnywhere) {
  put(*open(), {person("2", "Bea"), person("3", "Cyd")});
  const std::string changes = journal();
  const Names wanted = {{"1", "Ada"}, {"2", "Bea"}, {"3", "Cyd"}};
  FoldedFile folded(open()->state(), path_);
  const std::optional<JournalHeader> header = parse_header(changes, "j");
  const std::string announced =
      changes + group_text(header->salt, changes.size(), folded_payload(folded.content()));
  for (std::size_t size = changes.size(); size <= announced.size(); ++size) {
    set_journal(announced.substr(0, size));
    ASSERT_EQ(names(), wanted) << size;
  }
  // Somebody goes on after a fold that was only announced.
  put(*open(), {person("4", "Dan")});
  EXPECT_EQ(names().size(), 4U);
  // The file is there, and the journal still is.
  set_journal(announced);
  folded.replace();
  EXPECT_EQ(names(), wanted);
  put(*open(), {person("5", "Eve")});
  EXPECT_EQ(names(), (Names{{"1", "Ada"}, {"2", "Bea"}, {"3", "Cyd"}, {"5", "Eve"}}));
}

TEST_F(Journals, AreFoldedWhenTheyAreLarge) {
  const std::unique_ptr<FileTable> table = open(2000);
  Names wanted = {{"1", "Ada"}, {"2", "Bob"}};
  std::size_t folded = 0;
  for (int i = 10; i < 200; ++i) {
    put(*table, {person(std::to_string(i), "somebody")});
    wanted[std::to_string(i)] = "somebody";
    folded += std::filesystem::exists(journal_name(path_)) ? 0 : 1;
    if (i % 20 == 0) {
      EXPECT_EQ(names(), wanted);
    }
  }
  EXPECT_GE(folded, 3U);
  EXPECT_EQ(names(*table), wanted);
}

TEST_F(Journals, OthersSeeWhatWasWrittenAndFolded) {
  const std::unique_ptr<FileTable> one = open();
  const std::unique_ptr<FileTable> two = open();
  Names wanted = {{"1", "Ada"}, {"2", "Bob"}};
  for (int i = 0; i < 20; ++i) {
    put(i % 2 == 0 ? *one : *two, {person(std::to_string(i + 3), "x")}, WriteMode::insert);
    wanted[std::to_string(i + 3)] = "x";
    EXPECT_EQ(names(*one), wanted);
    EXPECT_EQ(names(*two), wanted);
    if (i % 5 == 4) (i % 2 == 0 ? *one : *two).close();
  }
}

TEST_F(Journals, ACommitInSeveralPlacesIsOneEverywhere) {
  setenv("XDG_STATE_HOME", folder_.path("state").c_str(), 1);
  put(*open(), {person("3", "Cyd")});
  const Names before = {{"1", "Ada"}, {"2", "Bob"}, {"3", "Cyd"}};
  Names after = before;
  after["4"] = "Dan";
  const std::string one = journal();
  const JointMark mark{"c1", folder_.path("store")};
  const std::vector<JournalChange> changes = {{ChangeKind::added, "4", stored(person("4", "Dan"))}};
  const std::uint64_t salt = parse_header(one, "j")->salt;
  const std::string two = one + group_text(salt, one.size(), joint_prefix(mark) + changes_payload(changes));
  set_journal(two);
  const std::unique_ptr<FileTable> early = open();
  EXPECT_EQ(names(*early), before) << "the state does not have it";
  StateLog log(mark.store);
  const auto commit = [](const StateValues&) {
    StateChange change;
    change.puts.emplace(commit_key("c1"), "");
    return change;
  };
  log.apply(commit);
  EXPECT_EQ(names(*early), after);
  EXPECT_EQ(names(), after);
  // The next writer confirms it, and then the state may forget.
  put(*open(), {person("5", "Eve")});
  std::filesystem::remove_all(folder_.path("state"));
  after["5"] = "Eve";
  EXPECT_EQ(names(), after);
  EXPECT_EQ(names(*early), after);
  // What was not committed is cut off by the next writer.
  const std::string three = journal();
  set_journal(three + group_text(salt, three.size(), joint_prefix(mark) + changes_payload(changes)));
  put(*open(), {person("6", "Fay")});
  after["6"] = "Fay";
  EXPECT_EQ(names(), after);
}

TEST_F(Journals, ACommitThatFailsElsewhereIsTakenBack) {
  const std::unique_ptr<FileTable> table = open();
  const std::shared_ptr<const FileDataset> dataset = table->describe();
  bool confirmed = true;
  const auto fail = [] { Error(ErrorCode::concurrency, "not here").raise(); };
  const JointCommit joint{{"c2", folder_.path("store")}, fail, &confirmed};
  const std::vector<Record> records = {person("3", "Cyd")};
  const auto write = [&] {
    table->change(
        *dataset,
        [&](FileChanges& changes) { write_records(changes, *dataset, WriteMode::insert, records, {}, true); },
        &joint);
  };
  EXPECT_NE(error_of(write).find("not here"), std::string::npos);
  EXPECT_EQ(names(*table), (Names{{"1", "Ada"}, {"2", "Bob"}}));
  EXPECT_EQ(folder_.names(), (std::vector<std::string>{"p.ndjson"}));
}

TEST_F(Journals, AKilledHolderOfTheLockBlocksNobody) {
  const pid_t holder = ::fork();
  if (holder == 0) {
    JournalFile journal(path_);
    const JournalFile::Lock lock(journal);
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(holder, &status, 0), holder);
  ASSERT_TRUE(WIFSIGNALED(status));
  put(*open(), {person("3", "Cyd")});
  EXPECT_EQ(names().size(), 3U);
}

TEST_F(Journals, ARefusedWriteLeavesNothingBehind) {
  const std::unique_ptr<FileTable> table = open();
  const std::shared_ptr<const FileDataset> dataset = table->describe();
  const std::vector<Record> records = {person("3", "Cyd"), person("1", "Eve")};
  table->change(*dataset, [&](FileChanges& changes) {
    const std::vector<ItemResult> items =
        write_records(changes, *dataset, WriteMode::insert, records, {}, true);
    EXPECT_EQ(items[0].outcome(), Outcome::unchanged);
    EXPECT_EQ(items[1].outcome(), Outcome::conflict);
  });
  EXPECT_EQ(folder_.names(), (std::vector<std::string>{"p.ndjson"}));
}

TEST_F(Journals, TwoRecordsOfOneIdAreNotReplacedByOne) {
  folder_.write("p.ndjson", std::string(kText) + "{\"id\":\"1\",\"name\":\"Eve\"}\n");
  const std::string error = error_of([&] { put(*open(), {person("1", "X")}); });
  EXPECT_NE(error.find("two records"), std::string::npos) << error;
  EXPECT_EQ(folder_.names(), (std::vector<std::string>{"p.ndjson"}));
}

TEST_F(Journals, ALinkStaysOne) {
  std::filesystem::create_symlink("p.ndjson", folder_.path("link.ndjson"));
  FileTable table{DatasetOptions(folder_.path("link.ndjson"))};
  put(table, {person("3", "Cyd")});
  EXPECT_EQ(names().size(), 3U);
  table.close();
  EXPECT_TRUE(std::filesystem::is_symlink(folder_.path("link.ndjson")));
  EXPECT_EQ(names().size(), 3U);
}

}  // namespace
}  // namespace dataknobs::file_test
