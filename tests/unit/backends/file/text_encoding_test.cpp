// SPDX-License-Identifier: Apache-2.0
//
// Files whose text is not UTF-8.
#include <gtest/gtest.h>

#include "backends/file/text_encoding.hpp"
#include "file_test.hpp"

namespace dataknobs::file_test {
namespace {

using file::TextDecoder;

// Fed so many bytes at a time.
std::string decoded(const std::string& encoding, std::string_view bytes, std::size_t step) {
  TextDecoder decoder(encoding);
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    if (const auto wrong = decoder.decode(bytes.substr(at, step), text))
      return "wrong at " + std::to_string(*wrong);
  }
  return decoder.is_complete() ? text : text + " and half a character";
}

std::string utf16(std::string_view ascii) {
  std::string bytes = "\xFF\xFE";
  for (const char letter : ascii) bytes.append({letter, '\0'});
  return bytes;
}

TEST(TextDecoderTest, DecodesWhereverTheBytesAreCut) {
  for (const std::size_t step : {1, 2, 3, 100}) {
    EXPECT_EQ(decoded("iso-8859-1", "Jos\xE9 \xFF", step), "Jos\u00e9 \u00ff");
    EXPECT_EQ(decoded("windows-1252", "\x80 5,00", step), "\u20ac 5,00");
    EXPECT_EQ(decoded("utf-16", utf16("a,b") + std::string("\x3D\xD8\x00\xDE", 4), step), "a,b\U0001F600");
    EXPECT_EQ(decoded("shift_jis", "\x93\xFA\x96\x7B", step), "\u65e5\u672c");
    EXPECT_EQ(decoded("windows-1252", "abc\x81 d", step), "wrong at 3");
    EXPECT_EQ(decoded("shift_jis", "a\x93", step), "a and half a character");
  }
  EXPECT_THROW(TextDecoder("latein"), ConfigurationError);
  EXPECT_THROW(TextDecoder("iso-8859-1//IGNORE"), ConfigurationError);
  EXPECT_THROW(TextDecoder(""), ConfigurationError);
}

TEST(TextEncodingTest, OfFilesIsNamed) {
  const Folder folder;
  const std::string latin = folder.write("latin.csv", "id,name\n1,Jos\xE9\n2,\xC4rger\n");
  Opened opened(latin + "?encoding=iso-8859-1");
  const std::vector<Record> records = opened.records();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0]["name"], Value("Jos\u00e9"));
  EXPECT_EQ(records[1]["name"], Value("\u00c4rger"));
  const std::string wide =
      folder.write("wide.ndjson", utf16("{\"id\": \"1\", \"a\": 1}\n{\"id\": \"2\", \"a\": 2}\n"));
  EXPECT_EQ(Opened(wide + "?encoding=utf-16").records().size(), 2U);
  // Without its name the file is refused, with a word on how to name it.
  EXPECT_NE(error_of([&] { Opened(latin).records(); }).find("encoding="), std::string::npos);
  EXPECT_NE(error_of([&] { Opened(latin + "?encoding=latein"); }).find("unknown encoding 'latein'"),
            std::string::npos);
  const std::string torn = folder.write("torn.csv", "a\n\x81\n");
  EXPECT_NE(error_of([&] { Opened(torn + "?encoding=windows-1252").records(); }).find("the byte at offset 2"),
            std::string::npos);
}

}  // namespace
}  // namespace dataknobs::file_test
