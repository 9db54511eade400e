// SPDX-License-Identifier: Apache-2.0
//
// What an error says, and that a store is usable after one and after a cancelled call.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <dataknobs/backend/registry.hpp>

#include "conformance/common.hpp"

namespace dataknobs::conformance {
namespace {

bool mentions(const Error& error, std::string_view text) {
  return std::string_view(error.what()).find(text) != std::string_view::npos;
}

CONFORMANCE_TEST(writes, an_error_names_operation_store_and_record) {
  Database db = load(kPeople, {person("1", "A", 1)});
  Error error = error_of(db.create(person("1", "B", 2)));
  EXPECT_EQ(error.record_id(), "1");
  EXPECT_EQ(error.operation(), "create");
  EXPECT_FALSE(error.store().empty());
  EXPECT_TRUE(mentions(error, error.store()));
  EXPECT_TRUE(mentions(error, harness().scheme())) << error.what();
}

CONFORMANCE_TEST(writes, a_value_of_the_wrong_type_is_named, Need::columns) {
  Database db = database(kPeople);
  std::vector<Record> batch = {person("1", "A", 1), record("2", {{"age", "thirty-six"}})};
  Error error = error_of(db.create_batch(batch));
  EXPECT_EQ(error.record_id(), "2") << error.what();
  EXPECT_EQ(error.field_path(), "age") << error.what();
  EXPECT_TRUE(mentions(error, "thirty-six")) << error.what();
  EXPECT_TRUE(mentions(error, "integer") || mentions(error, "bigint")) << error.what();
  EXPECT_EQ(run(db.count()), 0U);
}

CONFORMANCE_TEST(writes, an_unknown_field_is_named_with_the_nearest_known, Need::columns) {
  Database db = database(kPeople);
  Error error = error_of(db.create(record("1", {{"nmae", "A"}})));
  EXPECT_EQ(error.record_id(), "1") << error.what();
  EXPECT_EQ(error.field_path(), "nmae") << error.what();
  EXPECT_TRUE((mentions(error, "name?") || mentions(error, "'name'?"))) << error.what();
  EXPECT_EQ(run(db.count()), 0U);
}

CONFORMANCE_TEST(scans, an_unknown_column_in_a_query_is_named_with_the_nearest_known, Need::columns,
                 Need::writable) {
  Database db = load(kPeople, {person("1", "A", 1)});
  for (const char* text : {"nmae = 'A'", "age > 1 and nmae like 'A%'", "order by nmae"}) {
    SCOPED_TRACE(text);
    Error error = error_of(db.search(Query::parse(text)));
    EXPECT_EQ(error.code(), ErrorCode::query) << error.what();
    EXPECT_TRUE(mentions(error, "nmae") && (mentions(error, "name?") || mentions(error, "'name'?")))
        << error.what();
    EXPECT_EQ(error_of(db.count(Query::parse(text))).code(), ErrorCode::query);
  }
}

CONFORMANCE_TEST(scans, a_bad_regular_expression_is_a_query_error) {
  Database db = load(kPeople, {person("1", "A", 1)});
  // Built, planned or run: wherever it is found out.
  auto work = [&]() -> Task<Records> {
    Expression bad = Expression::make(
        Operator::regex, {Expression::path(Path::parse("name")), Expression::literal(Value("a(b"))});
    co_return co_await db.search(Query::where(bad));
  };
  Error error = error_of(work());
  EXPECT_EQ(error.code(), ErrorCode::query) << error.what();
  EXPECT_EQ(run(db.count()), 1U);
}

CONFORMANCE_TEST(writes, the_store_is_usable_after_every_error) {
  Database db = load(kPeople, {person("1", "A", 1)});
  for (int round = 0; round < 30; ++round) {
    error_of(db.create(person("1", "B", 2)));
    error_of(db.update("1", person("1", "C", 3), WriteOptions().expected_version("no such version")));
  }
  EXPECT_EQ(run(db.create(person("2", "B", 2))), "2");
  EXPECT_EQ(run(db.count()), 2U);
}

CONFORMANCE_TEST(scans, names_show_no_secret) {
  Database db = load(kPeople, {person("1", "A", 1)});
  std::string full = url();
  std::size_t at = full.find('@');
  std::size_t colon =
      full.find(':', full.find("://") == std::string::npos ? full.size() : full.find("://") + 3);
  if (at == std::string::npos || colon == std::string::npos || colon > at) return;
  std::string password = full.substr(colon + 1, at - colon - 1);
  ASSERT_FALSE(password.empty());
  EXPECT_EQ(db.name().find(password), std::string::npos);
  EXPECT_EQ(backend()->display_name().find(password), std::string::npos);
  std::string wrong = full.substr(0, colon + 1) + "wrong-secret" + full.substr(at);
  Database refused = run(Database::open(wrong));
  Error error = error_of(refused.count());
  EXPECT_EQ(std::string(error.what()).find("wrong-secret"), std::string::npos) << error.what();
  EXPECT_TRUE(error.code() == ErrorCode::connection || error.code() == ErrorCode::permission) << error.what();
  EXPECT_FALSE(error.native_text().empty());
}

CONFORMANCE_TEST(scans, an_unknown_option_is_refused_with_the_nearest_known) {
  const std::string known = Registry::instance().find(harness().scheme()).options().front().name;
  const std::string mistyped = known + "_";
  std::string full = url();
  full += (full.find('?') == std::string::npos ? "?" : "&") + mistyped + "=document";
  Error error = error_of(Database::open(full));
  EXPECT_EQ(error.code(), ErrorCode::configuration) << error.what();
  EXPECT_TRUE(mentions(error, "'" + mistyped + "'") && mentions(error, "'" + known + "'")) << error.what();
}

// --- cancellation
// ---------------------------------------------------------------------------------------------------

/// Runs the task, cancels it after so many steps of the loop. True if it ended before that.
bool run_and_cancel(Loop& loop, Task<void> task, int steps) {
  boost::asio::cancellation_signal signal;
  bool done = false;
  auto wrapper = [&]() -> Task<void> { co_await std::move(task); };
  boost::asio::co_spawn(
      loop.context(), wrapper,
      boost::asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr) { done = true; }));
  loop.context().restart();
  for (int step = 0; step < steps && !done; ++step) loop.context().run_one();
  if (done) return true;
  signal.emit(boost::asio::cancellation_type::terminal);
  while (!done) loop.context().run_one();
  // The cancellation itself is posted to the loop, and refers to the signal: let it pass.
  bool passed = false;
  boost::asio::post(loop.context(), [&] { passed = true; });
  loop.context().restart();
  while (!passed) loop.context().run_one();
  return false;
}

CONFORMANCE_TEST(writes, cancelling_at_any_await_leaves_the_store_usable) {
  Database db = load(kPeople, people(3000));
  std::vector<std::function<Task<void>()>> operations = {
      [&]() -> Task<void> { co_await db.search(Query::parse("age > 10 order by name limit 100")); },
      [&]() -> Task<void> {
        Record made = person("cancelled", "C", 1);
        co_await db.upsert(made);
      },
      [&]() -> Task<void> {
        std::vector<Record> batch = people(50);
        co_await db.upsert_batch(batch);
      },
      [&]() -> Task<void> {
        RecordStream stream = co_await db.stream_read();
        while (std::optional<Records> batch = co_await stream.next()) {
        }
      },
      [&]() -> Task<void> { co_await db.remove_where(Query::parse("age = 77777")); }};
  for (std::size_t which = 0; which < operations.size(); ++which) {
    SCOPED_TRACE(which);
    bool ended = false;
    for (int steps = 0; steps < 60 && !ended; steps += steps < 10 ? 1 : 7) {
      ended = run_and_cancel(loop(), operations[which](), steps);
      std::uint64_t count = run(db.count());
      EXPECT_TRUE(count == 3000U || count == 3001U) << count << " records after " << steps << " steps";
      Record again = person("after", "A", steps);
      EXPECT_EQ(run(db.upsert(again)), "after");
      EXPECT_TRUE(run(db.remove("after")));
    }
  }
}

CONFORMANCE_TEST(transactions, a_cancelled_call_inside_can_be_rolled_back, &Capabilities::writes) {
  Database db = load(kPeople, people(100));
  Store store = run(Store::open(url()));
  for (int steps = 0; steps < 6; ++steps) {
    {
      Transaction transaction = run(store.begin());
      Database inside = transaction.in(store.database("people"));
      auto work = [&]() -> Task<void> {
        for (int at = 0; at < 5; ++at) {
          Record made = person("t" + std::to_string(at), "T", at);
          co_await inside.create(made);
        }
      };
      run_and_cancel(loop(), work(), steps);
    }
    EXPECT_EQ(run(db.count()), 100U);
  }
  EXPECT_EQ(run(db.create(person("t0", "T", 0))), "t0");
}

}  // namespace
}  // namespace dataknobs::conformance
