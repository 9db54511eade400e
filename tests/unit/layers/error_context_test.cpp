// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "unit/layers/narrow_store.hpp"

namespace dataknobs {
namespace {

using test::error_of;
using test::run_task;

// A store whose list fails as a test says.
class FailingBackend : public ForwardingBackend {
 public:
  explicit FailingBackend(std::function<void()> failure)
      : ForwardingBackend(std::make_shared<test::NarrowBackend>()), failure_(std::move(failure)) {}
  Task<std::vector<std::string>> list(Context&) override {
    failure_();
    co_return std::vector<std::string>();
  }

 private:
  std::function<void()> failure_;
};

Error list_error(std::function<void()> failure) {
  const std::shared_ptr<Backend> backend =
      with_error_context(std::make_shared<FailingBackend>(std::move(failure)));
  Context context;
  return error_of([&] { run_task(backend->list(context)); });
}

TEST(ErrorContext, StampsOperationAndStoreAndKeepsTheRest) {
  const Error error = list_error(
      [] { Error(ErrorCode::connection, "the server went away").hint("start it").retryable(true).raise(); });
  EXPECT_EQ(error.code(), ErrorCode::connection);
  EXPECT_EQ(error.operation(), "list");
  EXPECT_EQ(error.store(), "memory:narrow");
  EXPECT_EQ(error.hint(), "start it");
  EXPECT_TRUE(error.retryable());
}

TEST(ErrorContext, OtherExceptionsBecomeErrors) {
  EXPECT_EQ(list_error([] { throw std::bad_alloc(); }).code(), ErrorCode::resource);
  EXPECT_EQ(list_error([] { throw std::logic_error("a bug"); }).code(), ErrorCode::internal);
  EXPECT_EQ(list_error([] { throw 7; }).code(), ErrorCode::internal);
  const boost::system::system_error refused(boost::asio::error::connection_refused);
  EXPECT_EQ(list_error([&] { throw refused; }).code(), ErrorCode::connection);
}

TEST(ErrorContext, ACancelledCallSaysSo) {
  const boost::system::system_error aborted(boost::asio::error::operation_aborted);
  const Error error = list_error([&] { throw aborted; });
  EXPECT_EQ(error.code(), ErrorCode::cancelled);
  EXPECT_EQ(error.operation(), "list");
}

}  // namespace
}  // namespace dataknobs
