// SPDX-License-Identifier: Apache-2.0
//
// 3: Many calls at once, under an io_context of the program: coroutines, futures, deadlines, races.
#include <chrono>
#include <cstdio>
#include <exception>
#include <future>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <dataknobs/database.hpp>
#include <dataknobs/deadline.hpp>

using namespace dataknobs;
using namespace boost::asio::experimental::awaitable_operators;

namespace {

// g++ 12 destroys some temporaries of a co_await expression twice: records and tasks have names here.
Task<void> fill(Database people) {
  for (int age = 0; age < 1000; ++age) {
    Record person{{"name", "person " + std::to_string(age)}, {"age", age}};
    co_await people.create(person);
  }
}

// Two searches on their way at the same time.
Task<std::size_t> search_twice(Database people) {
  Task<Records> young = people.search(Query::parse("age < 100"));
  Task<Records> old = people.search(Query::parse("age >= 900"));
  const auto [first, second] = co_await (std::move(young) && std::move(old));
  co_return first.size() + second.size();
}

// Batches of a stream, with bounded memory however many records there are.
Task<std::size_t> stream_all(Database people) {
  std::size_t records = 0;
  RecordStream stream = co_await people.stream_read(Query(), StreamConfig().batch_size(100).prefetch(2));
  while (const std::optional<Records> batch = co_await stream.next()) records += batch->size();
  co_return records;
}

// The slower of two is cancelled, and the store is none the worse for it.
Task<void> race(Database people) {
  boost::asio::steady_timer patience(co_await boost::asio::this_coro::executor, std::chrono::seconds(30));
  Task<std::size_t> streaming = stream_all(people);
  Task<void> waiting = patience.async_wait(boost::asio::use_awaitable);
  const auto first = co_await (std::move(streaming) || std::move(waiting));
  std::printf("the %s was quicker\n", first.index() == 0 ? "stream" : "timer");
}

Task<void> wait_for_good() {
  boost::asio::steady_timer never(co_await boost::asio::this_coro::executor, std::chrono::hours(1));
  co_await never.async_wait(boost::asio::use_awaitable);
}

Task<void> give_up(Database people) {
  // One call: each store gives up by itself.
  Database hasty = people.with_timeout(std::chrono::milliseconds(0));
  try {
    co_await hasty.count();
  } catch (const TimeoutError& error) {
    std::printf("%s: %s\n", error.operation().c_str(), error.message().c_str());
  }
  // Any task: it is cancelled where it waits.
  try {
    co_await with_deadline(wait_for_good(), std::chrono::milliseconds(5));
  } catch (const TimeoutError& error) {
    std::printf("%s\n", error.message().c_str());
  }
}

Task<void> program() {
  Database people = co_await Database::open("memory:people");
  co_await fill(people);
  std::printf("%zu found\n", co_await search_twice(people));
  std::printf("%zu streamed\n", co_await stream_all(people));
  co_await race(people);
  co_await give_up(people);
}

}  // namespace

int main() {
  boost::asio::io_context loop;
  const auto rethrow = [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  };
  boost::asio::co_spawn(loop, program(), rethrow);
  loop.run();

  // Any completion token does: here a future, for a thread that has no loop.
  loop.restart();
  std::future<Database> opened =
      boost::asio::co_spawn(loop, Database::open("memory:people"), boost::asio::use_future);
  loop.run();
  Database people = opened.get();
  loop.restart();
  std::future<std::uint64_t> count = boost::asio::co_spawn(loop, people.count(), boost::asio::use_future);
  loop.run();
  std::printf("%llu counted\n", static_cast<unsigned long long>(count.get()));
  return 0;
}

// It prints:
//   200 found
//   1000 streamed
//   the stream was quicker
//   open: the deadline passed
//   it did not end within 5 ms
//   1000 counted
