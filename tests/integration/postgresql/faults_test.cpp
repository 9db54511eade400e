// SPDX-License-Identifier: Apache-2.0
//
// What breaks between a store and its server: the error says what and what to do, never a password, and the store works
// afterwards.
#include <fmt/format.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <dataknobs/database.hpp>
#include <dataknobs/error.hpp>

#include "database/registry.hpp"
#include "integration/postgresql/fixture.hpp"

namespace dataknobs::postgresql {
namespace {

constexpr std::string_view people_table =
    "create table @.people (id text primary key, n int); "
    "insert into @.people select 'p' || i, i from generate_series(1, 50000) i";

template <class Make>
std::optional<Error> error_of(Make make) {
  try {
    run(make);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error was raised";
  return std::nullopt;
}

std::optional<Error> count_at(const std::string& where) {
  return error_of([&]() -> Task<void> {
    Database people = co_await Database::open(where);
    co_await people.count();
  });
}

class FaultTest : public PostgresqlTest {
 protected:
  // With the layers, which name store and operation.
  std::shared_ptr<Backend> store() const {
    return open_backend(StoreUrl::parse(url("people", "&application_name=" + schema_)));
  }

  // Ends every connection of `store()`, of this test alone, and waits for their end.
  void kill_connections() const {
    value(
        "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity "
        "where application_name = '" +
        schema_ + "'");
  }

  void expect_helpful(const std::optional<Error>& error, ErrorCode code) const {
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code(), code) << error->what();
    EXPECT_TRUE(error->store().starts_with("postgresql://")) << error->what();
    EXPECT_FALSE(error->operation().empty()) << error->what();
    EXPECT_FALSE(error->native_text().empty()) << error->what();
    EXPECT_FALSE(error->hint().empty()) << error->what();
    EXPECT_EQ(std::string(error->what()).find(password()), std::string::npos) << error->what();
  }

  std::string password() const {
    const auto at = server_.find('@');
    const auto colon = server_.find(':', server_.find("//"));
    return server_.substr(colon + 1, at - colon - 1);
  }
  std::string with_server(std::string_view part, std::string_view other) const {
    std::string text = url("people");
    return text.replace(text.find(part), part.size(), other);
  }
};

Task<std::uint64_t> count_rows(Context& context, Backend& backend, const DatasetOptions& options) {
  const DatasetPointer dataset = co_await backend.describe(context, options, true);
  co_return dataset->rows().value_or(0);
}

TEST_F(FaultTest, AKilledConnectionIsNamedAndReplaced) {
  sql(std::string(people_table));
  run([&]() -> Task<void> {
    Context context;
    const std::shared_ptr<Backend> backend = store();
    const DatasetOptions people = options("people");
    const DatasetPointer dataset = co_await backend->describe(context, people, false);
    std::optional<Error> failure;
    {
      const auto session = co_await backend->session(context, SessionMode::transaction);
      const ScanRequest all(dataset);
      EXPECT_EQ(co_await session->count(context, all), 50000U);
      kill_connections();
      try {
        co_await session->count(context, all);
      } catch (const Error& error) {
        failure = error;
      }
    }
    expect_helpful(failure, ErrorCode::connection);
    EXPECT_EQ(failure->native_code(), "57P01") << failure->what();
    EXPECT_EQ(co_await count_rows(context, *backend, people), 50000U);
  });
}

TEST_F(FaultTest, ConnectionsThatDiedIdleAreNeverHandedOut) {
  sql(std::string(people_table));
  run([&]() -> Task<void> {
    Context context;
    const std::shared_ptr<Backend> backend = store();
    const DatasetOptions people = options("people");
    for (int round = 0; round < 3; ++round) {
      {
        const auto one = co_await backend->session(context, SessionMode::autocommit);
        const auto two = co_await backend->session(context, SessionMode::autocommit);
      }
      kill_connections();
      EXPECT_EQ(co_await count_rows(context, *backend, people), 50000U);
    }
  });
}

TEST_F(FaultTest, AKilledScanIsNamed) {
  sql(std::string(people_table));
  run([&]() -> Task<void> {
    Context context;
    const std::shared_ptr<Backend> backend = store();
    const DatasetOptions people = options("people");
    const DatasetPointer dataset = co_await backend->describe(context, people, false);
    std::optional<Error> failure;
    {
      const auto session = co_await backend->session(context, SessionMode::autocommit);
      // Wider than what the buffers of the sockets take in.
      sql("update @.people set id = id || repeat('x', 1000)");
      ScanRequest request(dataset);
      request.set_batch_bytes(1000);
      const auto reader = co_await session->scan(context, request);
      EXPECT_TRUE(co_await reader->next(context));
      kill_connections();
      try {
        while (co_await reader->next(context)) {
        }
      } catch (const Error& error) {
        failure = error;
      }
    }
    expect_helpful(failure, ErrorCode::connection);
    EXPECT_EQ(co_await count_rows(context, *backend, people), 50000U);
  });
}

TEST_F(FaultTest, AKilledLoadLeavesNothing) {
  sql("create table @.people (id text primary key, n int)");
  run([&]() -> Task<void> {
    Context context;
    const std::shared_ptr<Backend> backend = store();
    const DatasetOptions people = options("people");
    const DatasetPointer dataset = co_await backend->describe(context, people, false);
    std::optional<Error> failure;
    {
      const auto session = co_await backend->session(context, SessionMode::autocommit);
      const WriterOptions load(dataset, WriteMode::insert);
      const auto writer = co_await session->writer(context, load);
      std::vector<Record> rows;
      for (int n = 0; n < 1000; ++n) {
        Record row{{"n", n}};
        row.set_id(fmt::format("r{}", n));
        rows.push_back(std::move(row));
      }
      const Batch batch = Batch::from_rows(std::move(rows));
      co_await writer->write(context, batch);
      kill_connections();
      try {
        co_await writer->write(context, batch);
        co_await writer->finish(context);
      } catch (const Error& error) {
        failure = error;
      }
    }
    expect_helpful(failure, ErrorCode::connection);
    EXPECT_EQ(co_await count_rows(context, *backend, people), 0U);
  });
}

TEST_F(FaultTest, ABulkLoadNamesTheRecordThatDoesNotFit) {
  sql("create table @.people (id text primary key, n smallint, note text)");
  for (const bool too_large : {true, false}) {
    const auto error = error_of([&]() -> Task<void> {
      Context context;
      const std::shared_ptr<Backend> backend = store();
      const DatasetOptions people = options("people");
      const DatasetPointer dataset = co_await backend->describe(context, people, false);
      const auto session = co_await backend->session(context, SessionMode::autocommit);
      const WriterOptions load(dataset, WriteMode::insert);
      const auto writer = co_await session->writer(context, load);
      std::vector<Record> rows;
      for (int n = 0; n < 300; ++n) {
        Record row{{"n", n == 217 && too_large ? 70000 : n},
                   {"note", std::string(n == 217 && !too_large ? std::string("a\0b", 3) : "fine")}};
        row.set_id(fmt::format("r{}", n));
        rows.push_back(std::move(row));
      }
      const Batch batch = Batch::from_rows(std::move(rows));
      co_await writer->write(context, batch);
    });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code(), ErrorCode::validation);
    EXPECT_EQ(error->record_id(), "r217") << error->what();
    EXPECT_EQ(error->field_path(), too_large ? "n" : "note") << error->what();
    const std::string text = error->what();
    EXPECT_NE(text.find(too_large ? "'70000' does not fit smallint" : "'a\\x00b' does not fit text"),
              std::string::npos)
        << text;
  }
}

TEST_F(FaultTest, WhoCannotSignInIsToldWhy) {
  const std::optional<Error> wrong = count_at(with_server(password(), "wrong-secret"));
  expect_helpful(wrong, ErrorCode::permission);
  EXPECT_EQ(std::string(wrong->what()).find("wrong-secret"), std::string::npos) << wrong->what();
  EXPECT_NE(wrong->native_text().find("password authentication failed"), std::string::npos) << wrong->what();
  EXPECT_NE(wrong->hint().find("PGPASSWORD"), std::string::npos) << wrong->what();

  const std::optional<Error> nowhere = count_at(with_server("/dataknobs?", "/nosuch?"));
  expect_helpful(nowhere, ErrorCode::not_found);
  EXPECT_NE(nowhere->native_text().find("nosuch"), std::string::npos) << nowhere->what();

  const auto port = server_.substr(server_.rfind(':') + 1, server_.rfind('/') - server_.rfind(':') - 1);
  const std::optional<Error> nobody = count_at(with_server(":" + port + "/", ":1/"));
  expect_helpful(nobody, ErrorCode::connection);
  EXPECT_TRUE(nobody->retryable());
  EXPECT_NE(nobody->native_text().find("refused"), std::string::npos) << nobody->what();

  const std::optional<Error> stranger = count_at(with_server("//dataknobs:", "//stranger:"));
  expect_helpful(stranger, ErrorCode::permission);

  const std::optional<Error> bare_sign = count_at("postgresql://ada:first@second@127.0.0.1/x?table=t");
  ASSERT_TRUE(bare_sign);
  EXPECT_EQ(bare_sign->code(), ErrorCode::configuration) << bare_sign->what();
  EXPECT_EQ(std::string(bare_sign->what()).find("second"), std::string::npos) << bare_sign->what();

  const std::optional<Error> setting = count_at(with_server("?", "?sslmode=sometimes&"));
  expect_helpful(setting, ErrorCode::configuration);
}

TEST_F(FaultTest, ASchemaThatIsNotThereIsNamedOnReadingAndMadeByTheFirstWrite) {
  const std::string mistyped = with_server("schema=" + schema_, fmt::format("schema={}x", schema_));
  const std::optional<Error> near = count_at(mistyped);
  ASSERT_TRUE(near);
  EXPECT_EQ(near->code(), ErrorCode::not_found);
  EXPECT_EQ(near->message(), fmt::format("there is no schema '{}x'", schema_));
  EXPECT_EQ(near->hint(), fmt::format("did you mean '{}'?", schema_));
  EXPECT_TRUE(near->store().starts_with("postgresql://")) << near->what();

  const std::optional<Error> far = count_at(with_server("schema=" + schema_, "schema=nowhere_at_all"));
  ASSERT_TRUE(far);
  EXPECT_EQ(far->message(), "there is no schema 'nowhere_at_all'");
  EXPECT_EQ(far->hint(), "the first write of a table makes it");

  run([&]() -> Task<void> {
    Database made = co_await Database::open(mistyped);
    Record record;
    co_await made.create(record);
    EXPECT_EQ(co_await made.count(), 1U);
  });
  sql("drop schema " + schema_ + "x cascade");
}

TEST_F(FaultTest, AUrlMayNameItsHostAmongTheOptions) {
  sql("create table @.people (id text primary key); insert into @.people values ('ada')");
  const StoreUrl given = StoreUrl::parse(url("people"));
  const auto at = given.authority().rfind('@');
  const auto colon = given.authority().rfind(':');
  const std::string count_here =
      fmt::format("postgresql:///{}?host={}&port={}&user=dataknobs&password={}&schema={}&table=people",
                  given.path(), given.authority().substr(at + 1, colon - at - 1),
                  given.authority().substr(colon + 1), password(), schema());
  run([&]() -> Task<void> {
    Database people = co_await Database::open(count_here);
    EXPECT_EQ(co_await people.count(), 1U);
  });
}

TEST_F(FaultTest, AServerThatSaysNothingIsGivenUp) {
  boost::asio::io_context loop;
  const boost::asio::ip::tcp::endpoint loopback(boost::asio::ip::address_v4::loopback(), 0);
  const boost::asio::ip::tcp::acceptor silent(loop, loopback);
  const auto error = error_of([&]() -> Task<void> {
    const std::string url = fmt::format("postgresql://ada@127.0.0.1:{}/x?table=t&connect_timeout=1",
                                        silent.local_endpoint().port());
    Database people = co_await Database::open(url);
    co_await people.count();
  });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::timeout) << error->what();
  EXPECT_NE(error->hint().find("connect_timeout"), std::string::npos) << error->what();
}

TEST_F(FaultTest, WhoMayOnlyUseASchemaMakesTablesInIt) {
  const std::string role = schema_ + "_guest";
  sql(fmt::format("create role {0} login password 'guest'; grant usage, create on schema {1} to {0}", role,
                  schema_));
  const std::string where = with_server("//dataknobs:" + password() + "@", "//" + role + ":guest@");
  run([&]() -> Task<void> {
    Database people = co_await Database::open(where);
    Record ada{{"name", "Ada"}};
    co_await people.create(ada);
    EXPECT_EQ(co_await people.count(), 1U);
  });
  sql(fmt::format("drop owned by {0}; drop role {0}", role));
}

TEST_F(FaultTest, ALoadIntoATableOfRowSecurityIsChecked) {
  const std::string role = schema_ + "_guest";
  sql(fmt::format(
      "create table @.people (id text primary key, n int); alter table @.people enable row level security; "
      "create policy small on @.people using (n < 10); create role {0} login password 'guest'; "
      "grant usage on schema {1} to {0}; grant all on @.people to {0}",
      role, schema_));
  const std::string where = with_server("//dataknobs:" + password() + "@", "//" + role + ":guest@");
  const auto load = [&](int n) -> Task<void> {
    const std::shared_ptr<Backend> backend = open_backend(StoreUrl::parse(where));
    Context context;
    const DatasetOptions people = options("people");
    const DatasetPointer dataset = co_await backend->describe(context, people, false);
    const auto session = co_await backend->session(context, SessionMode::autocommit);
    const WriterOptions insert(dataset, WriteMode::insert);
    const auto writer = co_await session->writer(context, insert);
    Record row{{"n", n}};
    row.set_id(fmt::format("r{}", n));
    const Batch batch = Batch::from_rows({row});
    co_await writer->write(context, batch);
    EXPECT_EQ(co_await writer->finish(context), 1U);
  };
  run([&] { return load(7); });
  const auto refused = error_of([&] { return load(11); });
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code(), ErrorCode::permission) << refused->what();
  EXPECT_EQ(value("select string_agg(id, ',') from @.people"), "r7");
  sql(fmt::format("drop owned by {0}; drop role {0}", role));
}

TEST_F(FaultTest, ADeadlineEndsTheWaitForALock) {
  sql(std::string(people_table));
  run([&]() -> Task<void> {
    Context context;
    const std::shared_ptr<Backend> backend = store();
    const DatasetOptions people = options("people");
    const DatasetPointer dataset = co_await backend->describe(context, people, false);
    const std::vector<std::string> ids = {"p1"};
    const auto holder = co_await backend->session(context, SessionMode::transaction);
    co_await holder->remove(context, dataset, ids, {});
    std::optional<Error> failure;
    {
      const auto waiting = co_await backend->session(context, SessionMode::autocommit);
      Context hurried;
      hurried.set_deadline(Clock::now() + std::chrono::milliseconds(200));
      try {
        co_await waiting->remove(hurried, dataset, ids, {});
      } catch (const Error& error) {
        failure = error;
      }
    }
    EXPECT_TRUE(failure);
    EXPECT_EQ(failure->code(), ErrorCode::timeout) << failure->what();
    EXPECT_EQ(co_await count_rows(context, *backend, people), 50000U);
    co_await holder->rollback(context);
  });
}

// Runs the task and cancels it after so many steps of the loop; true if it ended by itself.
bool cancel_after(boost::asio::io_context& loop, Task<void> task, int steps) {
  boost::asio::cancellation_signal signal;
  bool done = false;
  boost::asio::co_spawn(
      loop, std::move(task),
      boost::asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr) { done = true; }));
  loop.restart();
  for (int step = 0; step < steps && !done; ++step) loop.run_one();
  if (done) return true;
  signal.emit(boost::asio::cancellation_type::terminal);
  loop.run();
  EXPECT_TRUE(done);
  return false;
}

TEST_F(FaultTest, ALoadThatIsCancelledLeavesNothing) {
  sql("create table @.people (id text primary key, n int)");
  const std::shared_ptr<Backend> backend = store();
  boost::asio::io_context loop;
  const auto load = [&]() -> Task<void> {
    Context context;
    const DatasetOptions people = options("people");
    const DatasetPointer dataset = co_await backend->describe(context, people, false);
    const auto session = co_await backend->session(context, SessionMode::autocommit);
    const WriterOptions wanted(dataset, WriteMode::insert);
    const auto writer = co_await session->writer(context, wanted);
    for (int batch = 0; batch < 5; ++batch) {
      std::vector<Record> rows;
      for (int n = 0; n < 20000; ++n) {
        Record row{{"n", n}};
        row.set_id(fmt::format("r{} {}", batch, n));
        rows.push_back(std::move(row));
      }
      const Batch part = Batch::from_rows(std::move(rows));
      co_await writer->write(context, part);
    }
    co_await writer->finish(context);
  };
  bool ended = false;
  for (int steps = 0; steps < 400 && !ended; steps += steps < 20 ? 1 : 15) {
    ended = cancel_after(loop, load(), steps);
    const std::string rows = value("select count(*) from @.people");
    EXPECT_EQ(rows, ended ? "100000" : "0") << "after " << steps << " steps";
  }
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace dataknobs::postgresql
