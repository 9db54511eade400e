// SPDX-License-Identifier: Apache-2.0
//
// What the kill test starts and kills. `write URL STEP` writes step after step without an end, from that one on, and
// prints the number of each when it is acknowledged; `read URL TABLE` prints id, step and part of each record, and
// whether it is whole; `create URL COUNT` creates so many records, one by one.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <dataknobs/dataknobs.hpp>

namespace {

using namespace dataknobs;

// Of every length up to some pages of the file.
std::string text_of(std::int64_t step, std::int64_t part) {
  const std::string word = fmt::format("{}.{} ", step, part);
  std::string text;
  for (std::int64_t i = (step * 37 + part * 11) % 1500; i >= 0; --i) text += word;
  return text;
}

Record make(std::string id, std::int64_t step, std::int64_t part) {
  Record record{{"step", step}, {"part", part}, {"text", text_of(step, part)}};
  record.set_id(std::move(id));
  return record;
}

std::vector<Record> make_parts(std::int64_t step, std::int64_t count) {
  std::vector<Record> records;
  for (std::int64_t part = 0; part < count; ++part) {
    records.push_back(make(fmt::format("{}-{}", step, part), step, part));
  }
  return records;
}

Task<void> write_in_transaction(const Store& store, std::int64_t step) {
  Store opened = store;
  Transaction transaction = co_await opened.begin();
  Database people = transaction.in(opened.database("people"));
  Database ledger = transaction.in(opened.database("ledger"));
  std::vector<Record> records = make_parts(step, 3);
  co_await people.create_batch(records);
  Record total = make("total", step, 0);
  co_await ledger.upsert(total);
  co_await transaction.commit();
}

// The kinds of steps, which kill_test.py knows too.
Task<void> write_step(const Store& store, std::int64_t step) {
  Database people = store.database("people");
  Database ledger = store.database("ledger");
  switch (step % 5) {
    case 0: {
      std::vector<Record> records = make_parts(step, 5);
      co_await people.create_batch(records);
      break;
    }
    case 1:
      co_await write_in_transaction(store, step);
      break;
    case 2: {
      Record one = make(fmt::format("{}-0", step), step, 0);
      co_await people.create(one);
      break;
    }
    case 3: {
      Record latest = make("latest", step, 0);
      co_await ledger.upsert(latest);
      break;
    }
    default:
      co_await people.remove(fmt::format("{}-0", step - 2));
      break;
  }
}

Task<void> write(std::string url, std::int64_t step) {
  Store store = co_await Store::open(url);
  for (;; ++step) {
    co_await write_step(store, step);
    std::printf("%lld\n", static_cast<long long>(step));
    std::fflush(stdout);
  }
}

Task<void> read(std::string url, std::string table) {
  Store store = co_await Store::open(url);
  Database database = store.database(table);
  const Query everything;
  RecordStream stream = co_await database.stream_read(everything);
  while (std::optional<Records> batch = co_await stream.next()) {
    for (const Record& record : *batch) {
      const auto step = record["step"].get<std::int64_t>();
      const auto part = record["part"].get<std::int64_t>();
      const bool whole = record["text"] == Value(text_of(step, part));
      fmt::print("{}\t{}\t{}\t{}\n", *record.id(), step, part, whole ? "whole" : "torn");
    }
  }
}

Task<void> create(std::string url, std::int64_t count) {
  Store store = co_await Store::open(url);
  Database people = store.database("people");
  for (std::int64_t step = 0; step < count; ++step) {
    Record record{{"step", step % 40}, {"part", 0}, {"text", text_of(step % 40, 0)}};
    co_await people.create(record);
  }
}

int run(Task<void> task) {
  boost::asio::io_context loop(1);
  std::exception_ptr failure;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error) { failure = error; });
  loop.run();
  if (failure) std::rethrow_exception(failure);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view verb = count == 4 ? arguments[1] : "";
  try {
    if (verb == "write") return run(write(arguments[2], std::strtoll(arguments[3], nullptr, 10)));
    if (verb == "create") return run(create(arguments[2], std::strtoll(arguments[3], nullptr, 10)));
    if (verb == "read") return run(read(arguments[2], arguments[3]));
  } catch (const NotFoundError& error) {
    // Killed before the table was made: it has no records.
    if (verb == "read") return 0;
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  std::fprintf(stderr, "usage: write URL STEP | read URL TABLE | create URL COUNT\n");
  return 64;
}
