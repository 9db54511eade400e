// SPDX-License-Identifier: Apache-2.0
#include "transfer/journal_format.hpp"

#include <gtest/gtest.h>

#include <dataknobs/error.hpp>

#include "transfer/json_fields.hpp"
#include "transfer/lease.hpp"

namespace dataknobs {
namespace {

RunEntry some_run() {
  RunEntry entry;
  entry.run_id = "0123456789abcdef";
  entry.source = "file:people \"x\".csv";
  entry.target = "sqlite:app.db?table=people";
  entry.plan_hash = "00ff";
  entry.fingerprint = "inode 1, 7 bytes";
  entry.created = true;
  entry.rows_before = 12;
  entry.started = "2024-02-29T12:30:00Z";
  entry.sources_opened = 2;
  ChunkBounds bounds;
  bounds.token = "0-100/\n\\";
  bounds.stable = true;
  bounds.rows = 3;
  bounds.bytes = 100;
  entry.chunks = {bounds, ChunkBounds()};
  return entry;
}

TransferCounts some_counts() {
  TransferCounts counts;
  counts.read = 10;
  counts.written = 6;
  counts.filtered = 2;
  counts.rejected = 1;
  counts.skipped = 1;
  counts.bytes = 4096;
  counts.digest.count = 6;
  counts.digest.sum.high = 0x8000000000000001U;
  counts.digest.sum.low = 0xfedcba9876543210U;
  return counts;
}

TEST(JournalFormat, RunComesBack) {
  RunEntry entry = some_run();
  EXPECT_EQ(decode_run(encode(entry)), entry);
  entry.digest_before = some_counts().digest;
  entry.digest = false;
  entry.status = RunStatus::done;
  entry.certificate = "{\"a\": \"b\"}";
  entry.target_rows = 12;
  entry.target_fingerprint = "counter 9";
  EXPECT_EQ(decode_run(encode(entry)), entry);
}

TEST(JournalFormat, ChunkComesBack) {
  ChunkEntry entry;
  entry.number = 41;
  entry.token = "k>=17";
  EXPECT_EQ(decode_chunk(encode(entry)), entry);
  entry.done = true;
  entry.counts = some_counts();
  EXPECT_EQ(decode_chunk(encode(entry)), entry);
}

TEST(JournalFormat, LeaseComesBack) {
  const LeaseEntry entry = new_lease("run", 3);
  EXPECT_EQ(decode_lease(encode(entry)), entry);
  EXPECT_NE(entry.process_start, 0U);
  EXPECT_FALSE(entry.boot.empty());
}

TEST(JournalFormat, RefusesWhatItDoesNotKnow) {
  const std::string good = encode(some_run());
  const std::string chunk = encode(ChunkEntry());
  std::string newer = good;
  newer.replace(newer.find("\"version\":1"), 11, "\"version\":2");
  try {
    decode_run(newer);
    FAIL() << "an unknown version was taken";
  } catch (const SerializationError& error) {
    EXPECT_NE(error.message().find("version 2"), std::string::npos) << error.what();
    EXPECT_NE(error.hint().find("--fresh"), std::string::npos);
  }
  const std::vector<std::string> texts = {
      "", "[]", "{}", "null", "{\"version\":1}", chunk, good + "x", "{\"version\":-1}", "{\"version\":1.5}"};
  for (const std::string& text : texts) EXPECT_THROW(decode_run(text), SerializationError) << text;
  EXPECT_THROW(decode_chunk(good), SerializationError);
  EXPECT_THROW(decode_lease(good), SerializationError);
}

TEST(JournalFormat, RefusesAnEntryThatLacksAMember) {
  const RunEntry run = some_run();
  for (const std::string name :
       {"run", "status", "plan_hash", "chunks", "created", "digest", "fingerprint"}) {
    std::string text = encode(run);
    text.replace(text.find("\"" + name + "\":"), name.size() + 3, "\"other\":");
    try {
      decode_run(text);
      ADD_FAILURE() << name << " may be missing";
    } catch (const SerializationError& error) {
      EXPECT_NE(error.message().find("'" + name + "'"), std::string::npos) << error.what();
    }
  }
}

TEST(JournalFormat, DigestTexts) {
  const DigestTotal total = some_counts().digest;
  EXPECT_EQ(parse_digest(total.to_string()), total);
  const std::string zeros(32, '0');
  EXPECT_EQ(parse_digest("dk1:0:" + zeros), DigestTotal());
  const std::vector<std::string> bad = {"",
                                        "dk1:",
                                        "dk2:0:" + zeros,
                                        "dk1:0:" + zeros + "0",
                                        "dk1:x:" + zeros,
                                        "dk1:0" + zeros,
                                        "dk1:-1:" + zeros,
                                        "dk1:0:" + std::string(32, 'g'),
                                        "dk1::" + zeros};
  for (const std::string& text : bad) EXPECT_FALSE(parse_digest(text)) << text;
}

TEST(JournalFormat, KeysOfDifferentDatasetsAreApart) {
  EXPECT_EQ(lease_key("people"), "copy/people/lease");
  EXPECT_NE(run_key("a", "b/run/c"), run_key("a/run/b", "c"));
  EXPECT_FALSE(chunk_key("a/b", "r", 1).starts_with(chunks_prefix("a", "r")));
  EXPECT_TRUE(chunk_key("a/b", "r", 1).starts_with(chunks_prefix("a/b", "r")));
  // Listed by key they are in the order of their numbers.
  EXPECT_LT(chunk_key("a", "r", 9), chunk_key("a", "r", 10));
  EXPECT_LT(chunk_key("a", "r", 99'999), chunk_key("a", "r", 100'000));
}

TEST(Accounting, Balance) {
  TransferCounts counts = some_counts();
  EXPECT_TRUE(counts.balanced());
  TransferCounts sum = counts;
  sum += counts;
  EXPECT_TRUE(sum.balanced());
  EXPECT_EQ(sum.read, 20U);
  EXPECT_EQ(sum.digest.count, 12U);
  // Twice 0x8000000000000001fedcba9876543210 modulo 2^128.
  EXPECT_EQ(sum.digest.sum.to_string(), "0000000000000003fdb97530eca86420");
  ++counts.skipped;
  EXPECT_FALSE(counts.balanced());
}

TEST(Lease, WhoIsAlive) {
  const LeaseEntry self = new_lease("run", 1);
  const auto other = [&](std::string_view host, std::string_view boot, std::uint64_t process,
                         std::uint64_t start) {
    LeaseEntry lease = self;
    lease.host = host;
    lease.boot = boot;
    lease.process = process;
    lease.process_start = start;
    lease.holder = 99;
    return lease;
  };
  struct Case {
    LeaseEntry lease;
    std::uint64_t process_start;  // Of the process that has that number now.
    bool holder_alive;
    HolderState expected;
  };
  const std::uint64_t pid = self.process;
  const std::vector<Case> cases = {
      {other("elsewhere", self.boot, 1, 5), 5, true, HolderState::unknown},
      {other(self.host, "earlier boot", pid, self.process_start), self.process_start, true,
       HolderState::dead},
      {other(self.host, self.boot, pid + 1, 5), 0, false, HolderState::dead},
      {other(self.host, self.boot, pid + 1, 5), 6, false, HolderState::dead},
      {other(self.host, self.boot, pid + 1, 5), 5, false, HolderState::alive},
      {other(self.host, self.boot, pid, self.process_start), self.process_start, true, HolderState::alive},
      {other(self.host, self.boot, pid, self.process_start), self.process_start, false, HolderState::dead},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& c = cases[i];
    EXPECT_EQ(holder_state(c.lease, self, c.process_start, c.holder_alive), c.expected) << i;
  }
}

TEST(Lease, OfThisProcess) {
  const LeaseEntry mine = new_lease("run", 1);
  const LeaseEntry next = new_lease("run", 2);
  EXPECT_NE(mine.holder, next.holder);
  {
    const LivingHolder living(mine.holder);
    EXPECT_EQ(holder_state(mine, next), HolderState::alive);
  }
  EXPECT_EQ(holder_state(mine, next), HolderState::dead);
  LeaseEntry gone = mine;
  gone.process = 4'194'305;  // Above the greatest process number of Linux.
  EXPECT_EQ(holder_state(gone, next), HolderState::dead);
}

}  // namespace
}  // namespace dataknobs
