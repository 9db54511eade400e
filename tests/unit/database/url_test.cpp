// SPDX-License-Identifier: Apache-2.0
#include "database/url.hpp"

#include <gtest/gtest.h>
#include <dataknobs/error.hpp>

namespace dataknobs {
namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

class Case {
 public:
  std::string text;
  std::string scheme;
  std::optional<std::string> authority;
  std::string path;
  Options options;
  std::string display;
};

void check(const std::vector<Case>& cases) {
  for (const Case& item : cases) {
    SCOPED_TRACE(item.text);
    const StoreUrl url = StoreUrl::parse(item.text);
    EXPECT_EQ(url.scheme(), item.scheme);
    EXPECT_EQ(url.has_authority(), item.authority.has_value());
    EXPECT_EQ(url.authority(), item.authority.value_or(""));
    EXPECT_EQ(url.path(), item.path);
    EXPECT_EQ(url.options(), item.options);
    EXPECT_EQ(url.display(), item.display);
  }
}

TEST(StoreUrl, ParsesServersAndDatabases) {
  const std::vector<Case> cases{
      {"memory:", "memory", {}, "", {}, "memory:"},
      {"memory:name", "memory", {}, "name", {}, "memory:name"},
      {"SQLite:app.db", "sqlite", {}, "app.db", {}, "sqlite:app.db"},
      {"sqlite:/tmp/x.db", "sqlite", {}, "/tmp/x.db", {}, "sqlite:/tmp/x.db"},
      {"sqlite:app.db?table=people",
       "sqlite",
       {},
       "app.db",
       {{"table", "people"}},
       "sqlite:app.db?table=people"},
      {"postgresql://host/app", "postgresql", "host", "app", {}, "postgresql://host/app"},
      {"postgresql://host", "postgresql", "host", "", {}, "postgresql://host"},
      {"postgresql://host/", "postgresql", "host", "", {}, "postgresql://host"},
      {"postgresql://host?table=t", "postgresql", "host", "", {{"table", "t"}}, "postgresql://host?table=t"},
      {"postgresql://ada:se:cr@et@h1:1,h2:2/app",
       "postgresql",
       "ada:se:cr@et@h1:1,h2:2",
       "app",
       {},
       "postgresql://ada@h1:1,h2:2/app"},
      {"postgresql://ada@h/app?password=x&table=t&ssl_secret=y",
       "postgresql",
       "ada@h",
       "app",
       {{"password", "x"}, {"table", "t"}, {"ssl_secret", "y"}},
       "postgresql://ada@h/app?table=t"},
      {"postgresql:///app", "postgresql", "", "/app", {}, "postgresql:///app"},
      {"postgresql://[::1]:5432,h2:2/app?table=a@b",
       "postgresql",
       "[::1]:5432,h2:2",
       "app",
       {{"table", "a@b"}},
       "postgresql://[::1]:5432,h2:2/app?table=a%40b"},
      {"postgresql://h:5432/a%40b", "postgresql", "h:5432", "a@b", {}, "postgresql://h:5432/a%40b"},
      {"s3://bucket/a@b/c:d@e", "s3", "bucket", "a@b/c:d@e", {}, "s3://bucket/a@b/c:d@e"},
  };
  check(cases);
}

TEST(StoreUrl, ParsesFilesAndBuckets) {
  const std::vector<Case> cases{
      {"file:///tmp/a.csv", "file", "", "/tmp/a.csv", {}, "file:///tmp/a.csv"},
      {"file:people.parquet", "file", {}, "people.parquet", {}, "file:people.parquet"},
      {"file:a%20b%3Fc%25.csv", "file", {}, "a b?c%.csv", {}, "file:a b%3Fc%25.csv"},
      {"s3://bucket/people/?endpoint=http://127.0.0.1:9000",
       "s3",
       "bucket",
       "people/",
       {{"endpoint", "http://127.0.0.1:9000"}},
       "s3://bucket/people/?endpoint=http://127.0.0.1:9000"},
      {"people.csv", "file", {}, "people.csv", {}, "file:people.csv"},
      {"./a:b.csv", "file", {}, "./a:b.csv", {}, "file:./a:b.csv"},
      {"/tmp/a:b.csv", "file", {}, "/tmp/a:b.csv", {}, "file:/tmp/a:b.csv"},
      {"data.csv:old", "file", {}, "data.csv:old", {}, "file:data.csv:old"},
      {"100%.csv?key=id", "file", {}, "100%.csv", {{"key", "id"}}, "file:100%25.csv?key=id"},
      {"-", "file", {}, "-", {}, "file:-"},
      {"-?format=csv", "file", {}, "-", {{"format", "csv"}}, "file:-?format=csv"},
      {"file:a.csv?null=&null=NA+1&null=a%26b",
       "file",
       {},
       "a.csv",
       {{"null", ""}, {"null", "NA+1"}, {"null", "a&b"}},
       "file:a.csv?null=&null=NA+1&null=a%26b"},
      {"sqlite:a.db?table=%C3%A9t%C3%A9",
       "sqlite",
       {},
       "a.db",
       {{"table", "\xC3\xA9t\xC3\xA9"}},
       "sqlite:a.db?table=\xC3\xA9t\xC3\xA9"},
      {"sqlite:a.db?", "sqlite", {}, "a.db", {}, "sqlite:a.db"},
      {"a.csv#x", "file", {}, "a.csv#x", {}, "file:a.csv%23x"},
      {"file:a.csv?null=a=b", "file", {}, "a.csv", {{"null", "a=b"}}, "file:a.csv?null=a%3Db"},
  };
  check(cases);
}

// What is displayed names the same store again.
TEST(StoreUrl, DisplayParsesBack) {
  for (const char* text :
       {"sqlite:app.db?table=a b", "file:a%20b%3F%25&%23.csv?null=%26%3D%3F%23%25", "memory:x",
        "file:///tmp/%25", "postgresql://h/a%2Fb?table=%22x%22", "-", "file:./a:b", "//a"}) {
    const StoreUrl url = StoreUrl::parse(text);
    const StoreUrl again = StoreUrl::parse(url.display());
    EXPECT_EQ(again.scheme(), url.scheme()) << text;
    EXPECT_EQ(again.authority(), url.authority()) << text;
    EXPECT_EQ(again.path(), url.path()) << text;
    EXPECT_EQ(again.options(), url.options()) << text;
  }
}

TEST(StoreUrl, RefusesWithThePosition) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "the URL is empty"},
      {"file:a%2.csv", "character 7:"},
      {"file:a%zz", "character 7:"},
      {"file:a%", "character 7:"},
      {"file:a%00b", "character 7:"},
      {"a.csv?x=%2", "character 9:"},
      {"a.csv?x", "character 7: an option has no value"},
      {"a.csv?=x", "character 7: an option has no name"},
      {"a.csv?x=1&&y=2", "character 11: an option is empty"},
      {"a.csv?x=1&", "character 10: an option is empty"},
      {"?x=1", "a path or a scheme is missing"},
      {"postgresql://ada:x/y@h/a", "character 19: '/' before the '@'"},
      {"postgresql://ada:x?y@h/a", "character 19: '?' before the '@'"},
      {std::string("a\0b", 3), "character 2:"},
  };
  for (const auto& [text, expected] : cases) {
    try {
      StoreUrl::parse(text);
      ADD_FAILURE() << text << " was taken";
    } catch (const ConfigurationError& error) {
      EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << text << ": " << error.what();
    }
  }
}

TEST(StoreUrl, ErrorsNeverShowAPassword) {
  for (const char* text :
       {"postgresql://ada:hunter2@h/a%z", "postgresql://ada:hunter2@h/a?x",
        "postgresql://h/a?password=hunter2&x", "postgresql://h/a?password=hunter2%z",
        // With characters that end the authority: what follows looks like a path or options.
        "postgresql://ada:hun/hunter2@h/a", "postgresql://ada:hunter2/x@h/a",
        "postgresql://ada:hunter2?x@h/a", "postgresql://ada:x?hunter2@h/a?table=t",
        "postgresql://ada:hunter2?x=y@h/a", "postgresql://ada:1234/hunter2@h/a",
        "postgresql://ada:1234?hunter2@h/a?table=t", "postgresql://:hunter2/x@h/a"}) {
    try {
      StoreUrl::parse(text);
      ADD_FAILURE() << text << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find("hunter2"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace dataknobs
