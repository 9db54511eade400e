// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <dataknobs/error.hpp>

namespace dataknobs {
namespace {

TEST(Error, SaysEverythingOnOneLine) {
  Error error(ErrorCode::query, "unknown field 'agee'");
  EXPECT_STREQ(error.what(), "unknown field 'agee'");
  error.operation("query").store("sqlite:app.db?table=people").hint("did you mean 'age'?");
  EXPECT_STREQ(error.what(),
               "query sqlite:app.db?table=people: unknown field 'agee' (hint: did you mean 'age'?)");
  Error full(ErrorCode::serialization, "the value does not fit");
  full.record_id("7").field_path("age").native("22003", "out\nof range");
  full.cause(std::make_shared<Error>(ErrorCode::internal, "first"));
  EXPECT_STREQ(full.what(),
               "record 7, field age: the value does not fit [22003: out of range] (because: first)");
}

TEST(Error, KeepsTheInnermostPlace) {
  Error error(ErrorCode::not_found, "no such table");
  error.store("inner").store("outer").operation("read").operation("copy").record_id("1").record_id("2");
  error.field_path("a.b").field_path("c");
  EXPECT_EQ(error.store(), "inner");
  EXPECT_EQ(error.operation(), "read");
  EXPECT_EQ(error.record_id(), "1");
  EXPECT_EQ(error.field_path(), "a.b");
}

TEST(Error, CopiesAreIndependent) {
  Error first(ErrorCode::timeout, "too slow");
  EXPECT_STREQ(first.what(), "too slow");
  Error second = first;
  second.store("b").retryable(true);
  EXPECT_EQ(first.store(), "");
  EXPECT_FALSE(first.retryable());
  EXPECT_STREQ(first.what(), "too slow");
  EXPECT_STREQ(second.what(), "b: too slow");
  Error third = second;
  first.drops_connection(true);
  EXPECT_FALSE(third.drops_connection());
  EXPECT_TRUE(first.drops_connection());
}

template <class Expected>
void expect_raises(ErrorCode code) {
  Error error(code, "text");
  error.store("s");
  try {
    error.raise();
  } catch (const Expected& caught) {
    EXPECT_EQ(caught.code(), code);
    EXPECT_EQ(caught.store(), "s");
    return;
  } catch (...) {
  }
  ADD_FAILURE() << to_string(code) << " raised another class";
}

TEST(Error, RaisesTheClassOfItsCode) {
  expect_raises<InvalidArgumentError>(ErrorCode::invalid_argument);
  expect_raises<NotFoundError>(ErrorCode::not_found);
  expect_raises<DuplicateRecordError>(ErrorCode::duplicate_record);
  expect_raises<ConcurrencyError>(ErrorCode::concurrency);
  expect_raises<ValidationError>(ErrorCode::validation);
  expect_raises<QueryError>(ErrorCode::query);
  expect_raises<ConnectionError>(ErrorCode::connection);
  expect_raises<TimeoutError>(ErrorCode::timeout);
  expect_raises<ConfigurationError>(ErrorCode::configuration);
  expect_raises<UnsupportedError>(ErrorCode::unsupported);
  expect_raises<SerializationError>(ErrorCode::serialization);
  expect_raises<MigrationError>(ErrorCode::migration);
  expect_raises<ResourceError>(ErrorCode::resource);
  expect_raises<VerificationError>(ErrorCode::verification);
  for (ErrorCode code : {ErrorCode::internal, ErrorCode::cancelled, ErrorCode::permission})
    expect_raises<Error>(code);
}

}  // namespace
}  // namespace dataknobs
