// SPDX-License-Identifier: Apache-2.0
//
// Compressed files: every compression gives back what went in, in one stream or in several, and a file that is not
// whole is refused wherever it is cut off.
#include <gtest/gtest.h>

#include "backends/file/compression.hpp"
#include "file_test.hpp"

namespace dataknobs::file_test {
namespace {

using file::CompressedInput;
using file::CompressedOutput;
using file::Compression;

std::string compressed(Compression compression, std::string_view text) {
  CompressedOutput output(compression);
  std::string bytes;
  output.begin();
  output.write(text, bytes);
  output.end(bytes);
  return bytes;
}

// What the bytes unpack to, with a room that is small enough to be filled often; nothing if they are not whole.
std::optional<std::string> unpacked(Compression compression, std::string_view bytes) {
  CompressedInput input(compression);
  std::string text;
  std::string room(1000, '\0');
  for (std::size_t given = room.size(); !bytes.empty() || given == room.size();) {
    given = input.read(bytes, room);
    text.append(room, 0, given);
  }
  return input.is_complete() ? std::optional(text) : std::nullopt;
}

std::string numbered_lines(int count) {
  std::string text = "number,text\n";
  for (int i = 0; i < count; ++i) text += std::to_string(i) + ",line " + std::to_string(i * 7919) + "\n";
  return text;
}

class EveryCompression : public testing::TestWithParam<std::string_view> {
 protected:
  static Compression compression() { return *file::find_compression(GetParam()); }
  Folder folder_;
};

TEST_P(EveryCompression, GivesBackWhatWentIn) {
  for (const int count : {0, 1, 20, 20'000}) {
    const std::string text = numbered_lines(count);
    EXPECT_EQ(unpacked(compression(), compressed(compression(), text)), text);
  }
  EXPECT_EQ(unpacked(compression(), compressed(compression(), "")), "");
}

TEST_P(EveryCompression, TakesSeveralStreamsAsOne) {
  const std::string one = numbered_lines(500);
  const std::string bytes =
      compressed(compression(), one) + compressed(compression(), "") + compressed(compression(), one);
  EXPECT_EQ(unpacked(compression(), bytes), one + one);
}

TEST_P(EveryCompression, RefusesAFileThatIsCutOffAnywhere) {
  const std::string bytes = compressed(compression(), numbered_lines(300));
  for (std::size_t length = 0; length < bytes.size(); length += 1 + length / 7) {
    const std::string path = folder_.write("cut.data", std::string_view(bytes).substr(0, length));
    const std::string url = path + "?format=csv&compression=" + std::string(GetParam());
    EXPECT_NE(error_of([&] { Opened(url).describe(); }).find("cut.data is no whole"), std::string::npos)
        << length;
  }
  const std::string path = folder_.write("whole.data", bytes);
  EXPECT_EQ(Opened(path + "?format=csv&compression=" + std::string(GetParam())).records().size(), 300U);
}

TEST_P(EveryCompression, RefusesWhatIsNotCompressed) {
  const std::string path = folder_.write("plain.data", numbered_lines(300));
  const std::string url = path + "?format=csv&compression=" + std::string(GetParam());
  EXPECT_NE(error_of([&] { Opened(url).describe(); }).find("plain.data is no whole"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Names, EveryCompression, testing::Values("gzip", "zstd", "bz2", "lz4", "brotli"),
                         [](const auto& each) { return std::string(each.param); });

TEST(CompressionOptions, FollowTheExtensionOrAreGiven) {
  const Folder folder;
  const std::string text = numbered_lines(3);
  folder.write("a.csv.gz", compressed(Compression::gzip, text));
  folder.write("B.TSV.ZST", compressed(Compression::zstd, "n\tt\n1\tx\n"));
  folder.write("c.gz", compressed(Compression::gzip, text));
  folder.write("d.csv.gz", text);
  EXPECT_EQ(Opened(folder.path("a.csv.gz")).records().size(), 3U);
  EXPECT_EQ(Opened(folder.path("B.TSV.ZST")).records().size(), 1U);
  EXPECT_EQ(Opened(folder.path("c.gz?format=csv")).records().size(), 3U);
  EXPECT_EQ(Opened(folder.path("d.csv.gz?compression=none")).records().size(), 3U);
  EXPECT_NE(error_of([&] { Opened(folder.path("e.csv?compression=gzp")); }).find("did you mean 'gzip'"),
            std::string::npos);
  EXPECT_NE(error_of([&] { Opened(folder.path("e.parquet.gz")); }).find("compressed inside"),
            std::string::npos);
  EXPECT_NE(error_of([&] { Opened(folder.path("e.parquet?compression=gzip")); }).find("compressed inside"),
            std::string::npos);
}

// Places in an error are those of the content, as the user sees it when he unpacks it.
TEST(CompressedFiles, NameLinesOfTheirContent) {
  const Folder folder;
  folder.write("bad.ndjson.gz", compressed(Compression::gzip, "{\"a\":1}\n{\"a\":\n"));
  const std::string error = error_of([&] { Opened(folder.path("bad.ndjson.gz")).records(); });
  EXPECT_NE(error.find("bad.ndjson.gz, line 2"), std::string::npos) << error;
}

}  // namespace
}  // namespace dataknobs::file_test
