// SPDX-License-Identifier: Apache-2.0
//
// Arrow, Parquet, RE2, simdjson and OpenSSL in one program: each must still give its own right answers. The
// wheel's Arrow carries copies of the others, and a clash shows as wrong answers, not as a link error.
// link_clash.py runs this program too, and looks at every symbol that the dynamic linker binds.
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/api.h>
#include <arrow/io/api.h>
#include <arrow/util/config.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>
#include <re2/re2.h>
#include <simdjson.h>

namespace {

std::shared_ptr<arrow::Table> table_of_three() {
  arrow::Int64Builder numbers;
  arrow::StringBuilder names;
  EXPECT_TRUE(numbers.AppendValues({1, 2, 3}).ok());
  EXPECT_TRUE(names.AppendValues({"ada", "grace", "edsger"}).ok());
  auto schema = arrow::schema({arrow::field("number", arrow::int64()), arrow::field("name", arrow::utf8())});
  return arrow::Table::Make(schema, {numbers.Finish().ValueOrDie(), names.Finish().ValueOrDie()});
}

std::string hex_digest(const EVP_MD* algorithm, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EXPECT_EQ(EVP_Digest(text.data(), text.size(), digest.data(), &size, algorithm, nullptr), 1);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    hex += digits[digest[i] >> 4U];
    hex += digits[digest[i] & 15U];
  }
  return hex;
}

TEST(Libraries, ArrowHeadersAndLibraryAreOfOneVersion) {
  EXPECT_EQ(arrow::GetBuildInfo().version_string, ARROW_VERSION_STRING);
}

TEST(Libraries, ParquetRoundTrip) {
  auto table = table_of_three();
  auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
  // zstd is compiled into the wheel: a clash with another copy would break this.
  auto properties = parquet::WriterProperties::Builder().compression(parquet::Compression::ZSTD)->build();
  ASSERT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), sink, 1024, properties).ok());
  auto buffer = sink->Finish().ValueOrDie();

  auto source = std::make_shared<arrow::io::BufferReader>(buffer);
  auto reader = parquet::arrow::OpenFile(source, arrow::default_memory_pool()).ValueOrDie();
  std::shared_ptr<arrow::Table> copy;
  ASSERT_TRUE(reader->ReadTable(&copy).ok());
  EXPECT_TRUE(copy->Equals(*table));
}

TEST(Libraries, RegexAnswers) {
  std::string year;
  EXPECT_TRUE(RE2::FullMatch("2024-05-06", R"((\d{4})-\d\d-\d\d)", &year));
  EXPECT_EQ(year, "2024");
  EXPECT_TRUE(RE2::PartialMatch("Grace Hopper", "(?i)hop+er$"));
  EXPECT_FALSE(RE2::PartialMatch("Grace Hopper", "^Hopper"));
  std::string text = "a1b22";
  EXPECT_EQ(RE2::GlobalReplace(&text, R"(\d+)", "#"), 2);
  EXPECT_EQ(text, "a#b#");
}

TEST(Libraries, JsonAnswers) {
  simdjson::ondemand::parser parser;
  simdjson::padded_string text(std::string_view(R"({"name": "Ada", "age": 36, "tags": [1, 2, 3]})"));
  simdjson::ondemand::document document = parser.iterate(text);
  EXPECT_EQ(std::string_view(document["name"]), "Ada");
  EXPECT_EQ(std::int64_t(document["age"]), 36);
  std::int64_t sum = 0;
  for (std::int64_t tag : document["tags"]) sum += tag;
  EXPECT_EQ(sum, 6);
}

TEST(Libraries, HashAnswers) {
  EXPECT_EQ(hex_digest(EVP_sha256(), "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_digest(EVP_md5(), "abc"), "900150983cd24fb0d6963f7d28e17f72");
}

TEST(Libraries, TlsContextHasModernCiphers) {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  ASSERT_NE(context, nullptr);
  EXPECT_EQ(SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION), 1);
  std::unique_ptr<SSL, decltype(&SSL_free)> connection(SSL_new(context.get()), &SSL_free);
  ASSERT_NE(connection, nullptr);
  EXPECT_NE(SSL_get_cipher_list(connection.get(), 0), nullptr);
}

}  // namespace
