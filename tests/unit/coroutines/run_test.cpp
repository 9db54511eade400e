// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/run.hpp>

#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dataknobs {
namespace {

// Neither can be made without a value nor be copied.
struct Ticket {
  explicit Ticket(int of) : number(std::make_unique<int>(of)) {}
  std::unique_ptr<int> number;
};

Task<Ticket> ticket(int number) {
  const auto executor = co_await boost::asio::this_coro::executor;
  co_await boost::asio::post(executor, boost::asio::use_awaitable);
  co_return Ticket(number);
}

Task<void> count_up(int& count) {
  const Ticket taken = co_await ticket(7);
  count += *taken.number;
}

Task<std::string> fail() {
  const Ticket taken = co_await ticket(1);
  if (*taken.number == 1) throw std::runtime_error("as it should");
  co_return "";
}

TEST(RunTest, GivesWhatTheTaskGives) {
  EXPECT_EQ(*run(ticket(3)).number, 3);
  int count = 0;
  run(count_up(count));
  EXPECT_EQ(count, 7);
}

TEST(RunTest, ThrowsWhatTheTaskThrows) {
  EXPECT_THROW(run(fail()), std::runtime_error);
}

}  // namespace
}  // namespace dataknobs
