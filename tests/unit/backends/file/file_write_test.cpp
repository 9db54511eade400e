// SPDX-License-Identifier: Apache-2.0
//
// New files: what is written reads back as it was, whole or not at all.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file_test.hpp"
#include "record/json.hpp"
#include "support/generator.hpp"

namespace dataknobs::file_test {
namespace {

/// The state of loads goes to a folder of the test.
class FileWrite : public testing::Test {
 protected:
  FileWrite() { setenv("XDG_STATE_HOME", folder_.path("state").c_str(), 1); }

  static CreateRequest request(Opened& opened, Schema schema, std::vector<std::string> key = {}) {
    const Layout layout = opened.backend().creation_layout(opened.options(), Layout::columns);
    CreateRequest result(opened.options(), layout);
    result.set_schema(std::move(schema)).set_key(std::move(key));
    return result;
  }

  /// Writes a new file in one go.
  static void write_whole(Opened& opened, const CreateRequest& wanted, const std::vector<Batch>& batches) {
    const std::unique_ptr<Session> session = opened.session();
    const DatasetPointer dataset = run(session->create_dataset(opened.context(), wanted));
    const WriterOptions options(dataset, WriteMode::insert);
    const std::unique_ptr<Writer> writer = run(session->writer(opened.context(), options));
    std::uint64_t rows = 0;
    for (const Batch& batch : batches) {
      run(writer->write(opened.context(), batch));
      rows += batch.size();
    }
    EXPECT_EQ(run(writer->finish(opened.context())), rows);
  }

  /// Appends a batch in a transaction, with a state of its own.
  static void write_chunk(Opened& opened, const CreateRequest& wanted, const Batch& batch,
                          const std::string& state) {
    const std::unique_ptr<Session> session = opened.session(SessionMode::transaction);
    EXPECT_TRUE(run(session->put_state(opened.context(), state, "done", Existence::absent, {})));
    const DatasetPointer dataset = run(session->create_dataset(opened.context(), wanted));
    const WriterOptions options(dataset, WriteMode::insert);
    const std::unique_ptr<Writer> writer = run(session->writer(opened.context(), options));
    run(writer->write(opened.context(), batch));
    EXPECT_EQ(run(writer->finish(opened.context())), batch.size());
    EXPECT_EQ(run(session->commit(opened.context())), CommitOutcome::committed);
  }

  static void publish(Opened& opened, const CreateRequest& wanted) {
    const std::unique_ptr<Session> session = opened.session();
    const DatasetPointer dataset = run(session->create_dataset(opened.context(), wanted));
    run(session->publish(opened.context(), dataset));
  }

  static std::size_t states(Opened& opened) {
    return run(opened.session()->list_state(opened.context(), "")).size();
  }

  Folder folder_;
};

Schema schema_of(const std::vector<Record>& records) {
  return Batch::from_rows(records).schema();
}

void expect_equal(const std::vector<Record>& actual, const std::vector<Record>& expected, bool exact_types) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    for (const Field& field : expected[i].fields()) {
      const Value& value = actual[i][field.name()];
      ASSERT_EQ(value, field.value())
          << i << " " << field.name() << ": " << to_text(value) << " / " << to_text(field.value());
      if (exact_types) {
        ASSERT_EQ(value.type(), field.value().type()) << field.name();
      }
    }
  }
}

class RoundTrip : public FileWrite, public testing::WithParamInterface<const char*> {};

TEST_P(RoundTrip, OfAllTypesIsExact) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    test::GeneratorOptions options;
    options.temporal_extremes(true).zero_characters(true).null_rate(seed % 3 == 0 ? 0.5 : 0.1);
    if (seed % 2 == 0) {
      // JSON within a CSV file cannot say NaN.
      options.special_floats(true).types({ValueType::floating, ValueType::decimal, ValueType::vector,
                                          ValueType::string, ValueType::integer});
    }
    test::RecordGenerator generator(seed, options);
    const std::vector<Record> records = generator.records(1 + generator.below(40));
    Opened opened(folder_.path("round-" + std::to_string(seed) + "." + GetParam()));
    const std::size_t cut = generator.below(records.size() + 1);
    const auto middle = records.begin() + static_cast<std::ptrdiff_t>(cut);
    const std::vector<Batch> batches = {Batch::from_rows({records.begin(), middle}),
                                        Batch::from_rows({middle, records.end()})};
    write_whole(opened, request(opened, schema_of(records)), batches);
    expect_equal(opened.records(), records, true);
  }
}

TEST_P(RoundTrip, InTransactionsGivesTheSameFile) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    test::RecordGenerator generator(seed);
    const std::vector<Record> records = generator.records(30);
    const std::string name = "load-" + std::to_string(seed) + "." + GetParam();
    const CreateRequest wanted = [&] {
      Opened opened(folder_.path(name));
      return request(opened, schema_of(records));
    }();
    for (std::size_t chunk = 0; chunk < 3; ++chunk) {
      // Each chunk by a store of its own, as after a restart.
      Opened opened(folder_.path(name));
      const auto from = records.begin() + static_cast<std::ptrdiff_t>(chunk * 10);
      write_chunk(opened, wanted, Batch::from_rows({from, from + 10}), "chunk" + std::to_string(chunk));
      EXPECT_FALSE(std::filesystem::exists(folder_.path(name)));
      EXPECT_EQ(opened.describe(), nullptr);
      const DatasetPointer again = run(opened.session()->create_dataset(opened.context(), wanted));
      EXPECT_EQ(again->rows(), (chunk + 1) * 10);
    }
    Opened opened(folder_.path(name));
    publish(opened, wanted);
    run(opened.session()->publish(opened.context(), opened.describe()));
    expect_equal(opened.records(), records, true);
    EXPECT_EQ(opened.describe()->rows(), 30U);
    EXPECT_EQ(states(opened), 3U);
    EXPECT_FALSE(std::filesystem::exists(folder_.path(name + ".dataknobs-part")));
  }
}

TEST_P(RoundTrip, AbandonedWritersLeaveNothing) {
  test::RecordGenerator generator(3);
  const std::vector<Record> records = generator.records(20);
  Opened opened(folder_.path(std::string("x.") + GetParam()));
  const CreateRequest wanted = request(opened, schema_of(records));
  {
    const std::unique_ptr<Session> session = opened.session();
    const DatasetPointer dataset = run(session->create_dataset(opened.context(), wanted));
    const WriterOptions options(dataset, WriteMode::insert);
    const std::unique_ptr<Writer> writer = run(session->writer(opened.context(), options));
    run(writer->write(opened.context(), Batch::from_rows(records)));
    writer->abandon();
    EXPECT_NE(error_of([&] { run(writer->finish(opened.context())); }), "");
  }
  EXPECT_EQ(folder_.names(), std::vector<std::string>());
  for (const bool by_rollback : {true, false}) {
    const std::unique_ptr<Session> session = opened.session(SessionMode::transaction);
    const DatasetPointer dataset = run(session->create_dataset(opened.context(), wanted));
    const WriterOptions options(dataset, WriteMode::insert);
    const std::unique_ptr<Writer> writer = run(session->writer(opened.context(), options));
    run(writer->write(opened.context(), Batch::from_rows(records)));
    run(writer->finish(opened.context()));
    if (by_rollback) run(session->rollback(opened.context()));
  }
  // The log, which had noted whose the part file is.
  EXPECT_EQ(folder_.names(), std::vector<std::string>{"state"});
}

TEST_P(RoundTrip, RolledBackChunksAreGone) {
  test::RecordGenerator generator(4);
  const std::vector<Record> records = generator.records(30);
  Opened opened(folder_.path(std::string("x.") + GetParam()));
  const CreateRequest wanted = request(opened, schema_of(records));
  const Batch first = Batch::from_rows({records.begin(), records.begin() + 10});
  write_chunk(opened, wanted, first, "one");
  {
    const std::unique_ptr<Session> session = opened.session(SessionMode::transaction);
    const DatasetPointer dataset = run(session->create_dataset(opened.context(), wanted));
    const WriterOptions options(dataset, WriteMode::insert);
    const std::unique_ptr<Writer> writer = run(session->writer(opened.context(), options));
    run(writer->write(opened.context(), first));
    run(writer->finish(opened.context()));
    run(session->put_state(opened.context(), "two", "done", Existence::any, {}));
    session->abandon();
  }
  write_chunk(opened, wanted, Batch::from_rows({records.begin() + 10, records.end()}), "three");
  publish(opened, wanted);
  expect_equal(opened.records(), records, true);
  EXPECT_EQ(states(opened), 2U);
}

TEST_P(RoundTrip, AnEmptiedLoadStartsAnew) {
  test::RecordGenerator generator(5);
  const std::vector<Record> records = generator.records(30);
  Opened opened(folder_.path(std::string("x.") + GetParam()));
  const CreateRequest wanted = request(opened, schema_of(records));
  write_chunk(opened, wanted, Batch::from_rows(records), "one");
  const auto empty_and_write = [&](bool commit) {
    const std::unique_ptr<Session> session = opened.session(SessionMode::transaction);
    const DatasetPointer dataset = run(session->create_dataset(opened.context(), wanted));
    EXPECT_EQ(run(session->remove_range(opened.context(), ScanRequest(dataset))), 30U);
    const WriterOptions options(dataset, WriteMode::insert);
    const std::unique_ptr<Writer> writer = run(session->writer(opened.context(), options));
    run(writer->write(opened.context(), Batch::from_rows({records.begin(), records.begin() + 5})));
    run(writer->finish(opened.context()));
    if (commit) run(session->commit(opened.context()));
  };
  empty_and_write(false);
  const DatasetPointer kept = run(opened.session()->create_dataset(opened.context(), wanted));
  EXPECT_EQ(kept->rows(), 30U);
  empty_and_write(true);
  publish(opened, wanted);
  expect_equal(opened.records(), {records.begin(), records.begin() + 5}, true);
  EXPECT_EQ(folder_.names().size(),
            std::filesystem::exists(folder_.path(std::string("x.") + GetParam() + ".dataknobs")) ? 3U : 2U);
}

TEST_P(RoundTrip, AKilledWriterLosesOnlyWhatWasNotCommitted) {
  test::RecordGenerator generator(6);
  const std::vector<Record> records = generator.records(300);
  const std::string path = folder_.path(std::string("x.") + GetParam());
  std::mt19937_64 random(9);
  std::size_t kills = 0;
  for (std::size_t done = 0; done < 30;) {
    const pid_t child = fork();
    if (child == 0) try {
        for (std::size_t chunk = done; chunk < 30; ++chunk) {
          Opened opened(path);
          const CreateRequest wanted = request(opened, schema_of(records));
          const auto from = records.begin() + static_cast<std::ptrdiff_t>(chunk * 10);
          write_chunk(opened, wanted, Batch::from_rows({from, from + 10}), "chunk" + std::to_string(chunk));
        }
        _exit(0);
      } catch (...) {
        _exit(1);
      }
    usleep(static_cast<useconds_t>(random() % 30'000));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    kills += WIFSIGNALED(status) ? 1 : 0;
    EXPECT_FALSE(std::filesystem::exists(path));
    Opened opened(path);
    done = states(opened);
    const DatasetPointer dataset =
        run(opened.session()->create_dataset(opened.context(), request(opened, schema_of(records))));
    ASSERT_EQ(dataset->rows(), done * 10);
  }
  EXPECT_GT(kills, 0U);
  Opened opened(path);
  publish(opened, request(opened, schema_of(records)));
  expect_equal(opened.records(), records, true);
}

TEST_P(RoundTrip, AFullDiskLeavesWhatWasThere) {
  test::RecordGenerator generator(7);
  const std::vector<Record> records = generator.records(3000);
  const std::string path = folder_.path(std::string("x.") + GetParam());
  Opened opened(path);
  const CreateRequest wanted = request(opened, schema_of(records));
  write_chunk(opened, wanted, Batch::from_rows({records.begin(), records.begin() + 10}), "one");
  const auto part_size = [&] { return std::filesystem::file_size(path + ".dataknobs-part"); };
  const auto before = part_size();
  signal(SIGXFSZ, SIG_IGN);
  rlimit old_limit{};
  getrlimit(RLIMIT_FSIZE, &old_limit);
  rlimit limit = old_limit;
  limit.rlim_cur = before + 40'000;
  setrlimit(RLIMIT_FSIZE, &limit);
  const std::string in_chunk =
      error_of([&] { write_chunk(opened, wanted, Batch::from_rows(records), "two"); });
  Opened other(folder_.path(std::string("y.") + GetParam()));
  const std::string in_whole =
      error_of([&] { write_whole(other, request(other, schema_of(records)), {Batch::from_rows(records)}); });
  setrlimit(RLIMIT_FSIZE, &old_limit);
  EXPECT_NE(in_chunk.find("File too large"), std::string::npos) << in_chunk;
  EXPECT_NE(in_whole.find("File too large"), std::string::npos) << in_whole;
  EXPECT_EQ(part_size(), before);
  EXPECT_EQ(states(opened), 1U);
  EXPECT_EQ(folder_.names(),
            (std::vector<std::string>{"state", std::string("x.") + GetParam() + ".dataknobs-part"}));
  write_chunk(opened, wanted, Batch::from_rows({records.begin() + 10, records.end()}), "two");
  publish(opened, wanted);
  expect_equal(opened.records(), records, true);
}

INSTANTIATE_TEST_SUITE_P(Formats, RoundTrip,
                         testing::Values("csv", "tsv", "ndjson", "json", "parquet", "csv.gz", "tsv.lz4",
                                         "ndjson.zst", "json.br"),
                         [](const testing::TestParamInfo<const char*>& each) {
                           std::string name = each.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace dataknobs::file_test
