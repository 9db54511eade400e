// SPDX-License-Identifier: Apache-2.0
//
// The state of loads: what is kept is kept whole, by any number of processes; damage is refused.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "database/state_log.hpp"
#include "file_test.hpp"

namespace dataknobs::file_test {
namespace {

class State : public testing::Test {
 protected:
  State() { setenv("XDG_STATE_HOME", folder_.path("state").c_str(), 1); }

  static void put(StateLog& log, const std::string& key, const std::string& value) {
    log.apply([&](const StateValues&) {
      StateChange change;
      change.puts.emplace(key, value);
      return change;
    });
  }
  std::string log_file() const {
    for (const auto& entry :
         std::filesystem::directory_iterator(folder_.path("state") + "/dataknobs/stores")) {
      if (entry.path().extension() == ".log") return entry.path().string();
    }
    return {};
  }

  Folder folder_;
  Context context_;
};

TEST_F(State, IsFoundAgainByOthers) {
  StateLog one("/data/x.csv");
  StateLog two("/data/x.csv");
  StateLog other("/data/y.csv");
  EXPECT_TRUE(one.read().empty());
  put(one, "a", "1");
  put(two, "b", "line\nend \xC3\xA9 \"");
  put(one, "a", "2");
  const StateValues expected = {{"a", "2"}, {"b", "line\nend \xC3\xA9 \""}};
  EXPECT_EQ(one.read(), expected);
  EXPECT_EQ(two.read(), expected);
  EXPECT_EQ(StateLog("/data/x.csv").read(), expected);
  EXPECT_TRUE(other.read().empty());
  two.apply([](const StateValues&) {
    StateChange change;
    change.removes = {"a", "unknown"};
    return change;
  });
  EXPECT_EQ(one.read(), (StateValues{{"b", "line\nend \xC3\xA9 \""}}));
}

TEST_F(State, SurvivesATornLastLineOnly) {
  const std::string store = "/data/x.csv";
  {
    StateLog log(store);
    for (int i = 0; i < 5; ++i) put(log, "k" + std::to_string(i), "v");
  }
  const std::string path = log_file();
  const std::string whole = slurp(path);
  const std::size_t last = whole.rfind('\n', whole.size() - 2) + 1;
  for (std::size_t size = last; size < whole.size(); ++size) {
    std::filesystem::resize_file(path, size);
    StateLog log(store);
    EXPECT_EQ(log.read().size(), 4U) << size;
    put(log, "k4", "v");
    EXPECT_EQ(StateLog(store).read().size(), 5U);
    EXPECT_EQ(slurp(path), whole);
  }
  // A byte changed anywhere before the last line is damage; the log is left as it is.
  for (std::size_t at = 0; at < last; at += 5) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    std::ofstream(path, std::ios::binary) << damaged;
    const std::string message = error_of([&] { StateLog(store).read(); });
    EXPECT_NE(message.find("is damaged at byte"), std::string::npos) << message;
    EXPECT_NE(error_of([&] {
                StateLog log(store);
                put(log, "x", "y");
              }),
              "");
    EXPECT_EQ(slurp(path), damaged);
  }
}

TEST_F(State, IsCountedRightByProcessesAtOnce) {
  constexpr int kProcesses = 4;
  constexpr int kRounds = 25;
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    const pid_t child = fork();
    if (child == 0) {
      StateLog log("/data/count");
      for (int round = 0; round < kRounds; ++round) {
        log.apply([](const StateValues& values) {
          const auto found = values.find("n");
          StateChange change;
          change.puts["n"] = std::to_string((found == values.end() ? 0 : std::stoi(found->second)) + 1);
          return change;
        });
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(StateLog("/data/count").read().at("n"), std::to_string(kProcesses * kRounds));
}

TEST_F(State, IsCompactedWhenItHasGrown) {
  StateLog log("/data/x.csv");
  StateLog other("/data/x.csv");
  put(other, "kept", "yes");
  const std::string large(200'000, 'x');
  for (int i = 0; i < 30; ++i) put(log, "large", large + std::to_string(i));
  EXPECT_LT(std::filesystem::file_size(log_file()), 2'000'000U);
  EXPECT_EQ(other.read().at("large"), large + "29");
  EXPECT_EQ(other.read().at("kept"), "yes");
}

TEST_F(State, OfSessionsFollowsTheirTransactions) {
  Opened opened(folder_.path("x.csv"));
  const auto put_state = [&](Session& session, const char* key, const char* value, Existence existence,
                             std::optional<std::string> expected = {}) {
    return run(session.put_state(context_, key, value, existence, expected));
  };
  const auto get = [&](const char* key) { return run(opened.session()->get_state(context_, key)); };
  const std::unique_ptr<Session> plain = opened.session();
  EXPECT_TRUE(put_state(*plain, "lease/1", "a", Existence::absent));
  EXPECT_FALSE(put_state(*plain, "lease/1", "b", Existence::absent));
  EXPECT_FALSE(put_state(*plain, "lease/2", "b", Existence::present));
  EXPECT_FALSE(put_state(*plain, "lease/1", "b", Existence::any, "x"));
  EXPECT_TRUE(put_state(*plain, "lease/1", "b", Existence::present, "a"));
  EXPECT_EQ(get("lease/1"), "b");

  const std::unique_ptr<Session> one = opened.session(SessionMode::transaction);
  EXPECT_TRUE(put_state(*one, "chunk/1", "done", Existence::absent));
  EXPECT_FALSE(put_state(*one, "chunk/1", "done", Existence::absent));
  EXPECT_EQ(run(one->get_state(context_, "chunk/1")), "done");
  EXPECT_EQ(get("chunk/1"), std::nullopt);
  run(one->remove_state(context_, "lease/"));
  EXPECT_TRUE(run(one->list_state(context_, "lease/")).empty());
  EXPECT_EQ(get("lease/1"), "b");
  const std::unique_ptr<Session> two = opened.session(SessionMode::transaction);
  EXPECT_TRUE(put_state(*two, "chunk/1", "done", Existence::absent));
  EXPECT_EQ(run(one->commit(context_)), CommitOutcome::committed);
  EXPECT_EQ(get("chunk/1"), "done");
  EXPECT_EQ(get("lease/1"), std::nullopt);
  EXPECT_THROW(run(two->commit(context_)), ConcurrencyError);
  const std::unique_ptr<Session> three = opened.session(SessionMode::transaction);
  EXPECT_TRUE(put_state(*three, "chunk/2", "done", Existence::absent));
  run(three->rollback(context_));
  EXPECT_EQ(get("chunk/2"), std::nullopt);
  put_state(*plain, "b", "2", Existence::any);
  put_state(*plain, "a", "1", Existence::any);
  const std::vector<std::pair<std::string, std::string>> all = {{"a", "1"}, {"b", "2"}, {"chunk/1", "done"}};
  EXPECT_EQ(run(plain->list_state(context_, "")), all);
}

TEST_F(State, NeedsAFolderOnlyToBeKept) {
  folder_.write("x.csv", "a\n1\n");
  unsetenv("XDG_STATE_HOME");
  const char* const home = getenv("HOME");
  const std::string kept = home == nullptr ? "" : home;
  unsetenv("HOME");
  Opened opened(folder_.path("x.csv"));
  EXPECT_EQ(opened.records().size(), 1U);
  const std::string message =
      error_of([&] { run(opened.session()->put_state(context_, "a", "1", Existence::any, {})); });
  EXPECT_NE(message.find("XDG_STATE_HOME"), std::string::npos) << message;
  if (home != nullptr) setenv("HOME", kept.c_str(), 1);
}

}  // namespace
}  // namespace dataknobs::file_test
