// SPDX-License-Identifier: Apache-2.0
//
// The first pass over a CSV file in parts of any size, and scans of its parts, give what one whole read
// gives.
#include <gtest/gtest.h>

#include <random>

#include "backends/file/csv_source.hpp"
#include "backends/file/text_types.hpp"
#include "file_test.hpp"

namespace dataknobs::file_test {
namespace {

using namespace dataknobs::file;

/// Records with quotes, delimiters and line ends in them.
std::string random_csv(std::mt19937_64& random, std::size_t rows, bool quotes) {
  const std::vector<std::string> plain = {"",           "1",    "x",        "2.50",
                                          "2024-02-29", "true", "\xC3\xA9", "long text here"};
  const std::vector<std::string> quoted = {"\"\"",       "\"a,b\"",  "\"\n\"",
                                           "\"x\r\ny\"", "\"\"\"\"", "\"q\"\"\n\"\"r\""};
  std::string text = "a,b,c\n";
  for (std::size_t row = 0; row < rows; ++row) {
    for (int column = 0; column < 3; ++column) {
      if (column > 0) text += ',';
      const bool quote = quotes && random() % 3 == 0;
      text += quote ? quoted[random() % quoted.size()] : plain[random() % plain.size()];
    }
    if (row + 1 < rows || random() % 2 == 0) text += random() % 4 == 0 ? "\r\n" : "\n";
  }
  return text;
}

std::vector<Record> read_all(Source& source) {
  std::vector<Record> all;
  while (const std::optional<Batch> batch = source.next()) {
    all.insert(all.end(), batch->rows().begin(), batch->rows().end());
  }
  return all;
}

TEST(CsvParts, OfAnySizeGiveTheSameIndex) {
  const Folder folder;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const std::string path = folder.write("data.csv", random_csv(random, random() % 60, seed % 3 != 0));
    const std::shared_ptr<const InputFile> file = InputFile::open(path);
    const CsvDialect dialect;
    IndexOptions whole;
    whole.part_bytes = 1U << 20U;
    const auto expected = make_csv_index(*file, dialect, {}, whole);
    const CsvTable table{file, dialect, expected, {}};
    const Part all{expected->places.front().offset, expected->places.back().offset, 0, expected->rows};
    const std::vector<Record> records = read_all(*read_csv(table, all, SourceRequest()));
    ASSERT_EQ(records.size(), expected->rows);

    IndexOptions options;
    options.part_bytes = 1 + random() % 40;
    options.threads = 1 + static_cast<unsigned>(random() % 3);
    const auto index = make_csv_index(*file, dialect, {}, options);
    ASSERT_EQ(index->rows, expected->rows);
    EXPECT_EQ(index->schema, expected->schema);
    EXPECT_EQ(index->nulls, expected->nulls);

    SourceRequest request;
    request.batch_bytes = 1 + random() % 100;
    std::vector<Record> joined;
    for (const Part& part : group_places(index->places, 1 + random() % 9)) {
      const std::optional<Part> again = Part::from_token(part.to_token());
      ASSERT_TRUE(again);
      const std::vector<Record> some = read_all(*read_csv({file, dialect, index, {}}, *again, request));
      EXPECT_EQ(some.size(), part.rows);
      joined.insert(joined.end(), some.begin(), some.end());
    }
    ASSERT_EQ(joined.size(), records.size());
    for (std::size_t i = 0; i < records.size(); ++i) ASSERT_EQ(joined[i], records[i]) << i;
  }
}

TEST(CsvParts, FaultsAreFoundWhereverTheyAre) {
  const Folder folder;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    std::string text = random_csv(random, 20, seed % 2 == 0);
    if (text.back() != '\n') text += '\n';
    const auto line = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    const std::string path =
        folder.write("data.csv", text + "1,2,3,4\n" + random_csv(random, 20, true).substr(6));
    IndexOptions options;
    options.part_bytes = 1 + random() % 60;
    const std::shared_ptr<const InputFile> file = InputFile::open(path);
    const std::string message = error_of([&] { make_csv_index(*file, CsvDialect(), {}, options); });
    EXPECT_NE(message.find("line " + std::to_string(line) + ", column 1: 4 fields"), std::string::npos)
        << message;
  }
}

TEST(CsvParts, GroupsCoverAllPlacesOnce) {
  for (std::size_t count = 1; count < 40; ++count) {
    std::vector<RecordPlace> places;
    for (std::size_t i = 0; i < count; ++i) places.push_back({100 + i * i, i * 3});
    for (std::size_t wanted = 0; wanted < 50; ++wanted) {
      const std::vector<Part> parts = group_places(places, wanted);
      EXPECT_LE(parts.size(), std::max<std::size_t>(wanted, 1));
      std::uint64_t at = 100;
      std::uint64_t row = 0;
      for (const Part& part : parts) {
        EXPECT_EQ(part.begin, at);
        EXPECT_EQ(part.first_row, row);
        EXPECT_GT(part.end, part.begin);
        at = part.end;
        row += part.rows;
      }
      EXPECT_EQ(at, places.back().offset);
      EXPECT_EQ(row, places.back().row);
    }
  }
  for (const char* bad : {"", "1", "1-2", "1-2/3", "1-2/3+", "1-2/3+4x", "2-1/0+0", "-1-2/3+4", " 1-2/3+4"}) {
    EXPECT_FALSE(Part::from_token(bad)) << bad;
  }
}

TEST(CsvTypes, PrintBackToTheSameText) {
  // Whatever a column is taken for, its text is what that type prints.
  std::mt19937_64 random(7);
  for (int i = 0; i < 200'000; ++i) {
    const std::string alphabet = "0123456789012345.-e+TZ:N";
    std::string text;
    const std::size_t size = 1 + random() % 8;
    for (std::size_t k = 0; k < size; ++k) text += alphabet[random() % alphabet.size()];
    ColumnProfile profile;
    profile.add(text);
    const FieldType type = profile.type();
    std::int64_t integer = 0;
    double floating = 0;
    std::string printed;
    if (type.kind() == ValueType::integer) {
      ASSERT_TRUE(read_integer(text, integer)) << text;
      printed = std::to_string(integer);
    } else if (type.kind() == ValueType::decimal) {
      ASSERT_TRUE(Decimal::parse(text)) << text;
      printed = Decimal::parse(text)->to_string();
    } else if (type.kind() == ValueType::floating) {
      ASSERT_TRUE(read_float(text, floating)) << text;
      append_float(printed, floating);
    } else {
      continue;
    }
    ASSERT_EQ(printed, text) << type.to_string();
  }
}

TEST(CsvTypes, FloatsBesideDecimalsMustPrintBackToo) {
  // The quick check of plain decimals agrees with printing the double.
  std::mt19937_64 random(11);
  for (int i = 0; i < 200'000; ++i) {
    std::string text = random() % 2 == 0 ? "" : "-";
    text += std::to_string(random() % (random() % 2 == 0 ? 3 : 1'000'000'000'000));
    text += '.';
    const std::size_t digits = 1 + random() % 12;
    for (std::size_t k = 0; k < digits; ++k)
      text += static_cast<char>('0' + (random() % 3 == 0 ? random() % 10 : 0));
    ColumnProfile profile;
    profile.add("1e+300");
    profile.add(text);
    double value = 0;
    ASSERT_TRUE(read_float(text, value));
    std::string printed;
    append_float(printed, value);
    EXPECT_EQ(profile.type().kind() == ValueType::floating, printed == text) << text << " " << printed;
  }
}

}  // namespace
}  // namespace dataknobs::file_test
