// SPDX-License-Identifier: Apache-2.0
//
// The ways in which this code base passes temporaries into coroutines, run with an object that counts its
// lives and, in the asan preset, under AddressSanitizer. g++ 12 destroys some temporaries of a `co_await`
// expression twice:
//
//   co_await call({.limit = 3})                     a braced aggregate with non-trivial members,
//   co_await call(Aggregate{...})                   by value or by const reference
//   co_await call({})
//   co_await call(std::array{first, second})        the same: std::array is an aggregate
//   co_await (flag ? call("a") : call("b"))         a conditional with temporaries on its branches
//   co_await run([text] { ... })                    a lambda with a non-trivial capture, taken by value
//   co_await [text]() -> Task<void> { ... }()       a capturing coroutine lambda called at once
//
// So a type that travels into an asynchronous call has a constructor and fluent setters, and everything else
// is a named local first. The tests below are the patterns that are safe; scripts/tidy.py refuses the first
// kind of unsafe one.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace {

template <typename T>
using Task = boost::asio::awaitable<T>;

// Long enough to live on the heap, where a second destruction is found.
const std::string kLongText = "a text that is too long for the small string optimization of the library";

// Counts how many objects are alive; a double destruction makes the count negative.
class Counted {
 public:
  Counted() { ++alive; }
  explicit Counted(std::string text) : text_(std::move(text)) { ++alive; }
  Counted(const Counted& other) : text_(other.text_) { ++alive; }
  Counted(Counted&& other) noexcept : text_(std::move(other.text_)) { ++alive; }
  Counted& operator=(const Counted&) = default;
  Counted& operator=(Counted&&) = default;
  ~Counted() { --alive; }

  const std::string& text() const { return text_; }

  static inline int alive = 0;

 private:
  std::string text_;
};

// An options type as the public API has them: constructor and fluent setters, not an aggregate.
class Options {
 public:
  Options() = default;
  Options& name(std::string value) {
    name_ = Counted(std::move(value));
    return *this;
  }
  Options& limit(int value) {
    limit_ = value;
    return *this;
  }
  const std::string& name() const { return name_.text(); }
  int limit() const { return limit_; }

 private:
  Counted name_;
  int limit_ = 0;
};

// Leaves and enters the loop, so that the frames around it really suspend.
Task<void> suspend() {
  co_await boost::asio::post(boost::asio::use_awaitable);
}

Task<std::string> take_options(Options options) {
  co_await suspend();
  co_return options.name() + std::to_string(options.limit());
}

Task<std::string> borrow_options(const Options& options) {
  co_await suspend();
  co_return options.name() + std::to_string(options.limit());
}

Task<std::string> take_text(std::string text) {
  co_await suspend();
  co_return text;
}

Task<std::string> take_optional(std::optional<Counted> counted) {
  co_await suspend();
  co_return counted ? counted->text() : std::string();
}

Task<std::size_t> take_vector(std::vector<Counted> items) {
  co_await suspend();
  co_return items.size();
}

Task<std::string> call_back(std::function<std::string()> function) {
  co_await suspend();
  co_return function();
}

Task<Counted> fail(Counted counted) {
  co_await suspend();
  if (!counted.text().empty()) throw std::runtime_error(counted.text());
  co_return counted;
}

// Runs a coroutine to its end and checks that every Counted died exactly once.
template <typename Function>
void run(Function function) {
  Counted::alive = 0;
  boost::asio::io_context context;
  std::exception_ptr failure;
  boost::asio::co_spawn(context, std::move(function), [&](std::exception_ptr error) { failure = error; });
  context.run();
  EXPECT_EQ(Counted::alive, 0);
  if (failure) std::rethrow_exception(failure);
}

TEST(CoAwaitTemporaries, FluentOptionsByValue) {
  run([]() -> Task<void> {
    EXPECT_EQ(co_await take_options(Options().name(kLongText).limit(3)), kLongText + "3");
  });
}

TEST(CoAwaitTemporaries, FluentOptionsByReference) {
  run([]() -> Task<void> {
    EXPECT_EQ(co_await borrow_options(Options().name(kLongText).limit(4)), kLongText + "4");
  });
}

TEST(CoAwaitTemporaries, StringOptionalAndVectorTemporaries) {
  run([]() -> Task<void> {
    EXPECT_EQ(co_await take_text(kLongText + "!"), kLongText + "!");
    EXPECT_EQ(co_await take_optional(Counted(kLongText)), kLongText);
    EXPECT_EQ(co_await take_vector(std::vector<Counted>(3)), 3U);
  });
}

TEST(CoAwaitTemporaries, NamedLocalMovedIn) {
  run([]() -> Task<void> {
    std::optional<Counted> local = Counted(kLongText);
    EXPECT_EQ(co_await take_optional(std::move(local)), kLongText);
    std::vector<Counted> items;
    items.emplace_back(kLongText);
    EXPECT_EQ(co_await take_vector(std::move(items)), 1U);
  });
}

TEST(CoAwaitTemporaries, ConditionalChosenBeforeTheCall) {
  run([]() -> Task<void> {
    for (bool first : {true, false}) {
      std::string text = first ? kLongText : kLongText + kLongText;
      EXPECT_EQ(co_await take_text(text), text);
    }
  });
}

TEST(CoAwaitTemporaries, CallbackNamedFirst) {
  run([]() -> Task<void> {
    Counted captured(kLongText);
    std::function<std::string()> function = [captured] { return captured.text(); };
    EXPECT_EQ(co_await call_back(std::move(function)), kLongText);
  });
}

TEST(CoAwaitTemporaries, ReferenceCaptureGivenDirectly) {
  run([]() -> Task<void> {
    Counted captured(kLongText);
    EXPECT_EQ(co_await call_back([&] { return captured.text(); }), kLongText);
  });
}

TEST(CoAwaitTemporaries, TwoSteps) {
  run([]() -> Task<void> {
    auto operation = take_options(Options().name(kLongText).limit(5));
    EXPECT_EQ(co_await std::move(operation), kLongText + "5");
  });
}

TEST(CoAwaitTemporaries, ExceptionWithTemporariesInFlight) {
  run([]() -> Task<void> {
    std::string message;
    // `co_await` may not stand in a handler: leave it first.
    try {
      co_await fail(Counted(kLongText));
    } catch (const std::runtime_error& error) {
      message = error.what();
    }
    EXPECT_EQ(co_await take_text(message), kLongText);
  });
}

TEST(CoAwaitTemporaries, AbandonedCoroutineReleasesItsFrames) {
  Counted::alive = 0;
  {
    boost::asio::io_context context;
    boost::asio::co_spawn(
        context, []() -> Task<void> { co_await take_options(Options().name(kLongText).limit(6)); },
        [](std::exception_ptr) {});
    context.poll_one();
  }
  EXPECT_EQ(Counted::alive, 0);
}

}  // namespace
