// SPDX-License-Identifier: Apache-2.0
//
// 4: What happens as a whole or not at all: transactions over several databases of a store, and versions.
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include <dataknobs/database.hpp>
#include <dataknobs/run.hpp>

using namespace dataknobs;

namespace {

Task<void> open_account(Database accounts, std::string id, int balance) {
  Record account{{"balance", balance}};
  account.set_id(std::move(id));
  co_await accounts.create(account);
}

Task<std::int64_t> balance_of(Database accounts, std::string id) {
  const std::optional<Record> account = co_await accounts.read(id);
  if (!account) Error(ErrorCode::not_found, "there is no such account").record_id(id).raise();
  co_return (*account)["balance"].get<std::int64_t>();
}

// Takes from one, gives to the other and writes it down, in two tables. If the store finds a conflict with others, the
// work is done again from the start; what it throws rolls everything back.
Task<void> transfer(Store bank, std::string from, std::string to, std::int64_t amount) {
  Database accounts = bank.database("accounts");
  Database log = bank.database("log");
  auto work = [&](Transaction& transaction) -> Task<void> {
    Database inside = transaction.in(accounts);
    Database written = transaction.in(log);
    Record entry{{"from", from}, {"to", to}, {"amount", amount}};
    co_await written.create(entry);
    const std::int64_t left = co_await balance_of(inside, from) - amount;
    if (left < 0) Error(ErrorCode::validation, "there is not enough").record_id(from).raise();
    const Record less{{"balance", left}};
    co_await inside.patch(from, less);
    const std::int64_t sum = co_await balance_of(inside, to) + amount;
    const Record more{{"balance", sum}};
    co_await inside.patch(to, more);
  };
  co_await bank.transact(work);
}

// Without a transaction: the write happens only if nobody was quicker.
Task<void> with_a_version(Database accounts) {
  const std::optional<Record> seen = co_await accounts.read("ada");
  const Record theirs{{"balance", 0}};
  co_await accounts.patch("ada", theirs);  // Somebody else.
  const Record ours{{"balance", 1000}};
  try {
    co_await accounts.patch("ada", ours, WriteOptions().expected_version(*seen->version()));
  } catch (const ConcurrencyError& error) {
    std::printf("%s: %s (%s)\n", error.record_id().c_str(), error.message().c_str(), error.hint().c_str());
  }
}

Task<void> program() {
  Store bank = co_await Store::open("memory:bank");
  Database accounts = bank.database("accounts");
  co_await open_account(accounts, "ada", 100);
  co_await open_account(accounts, "grace", 10);

  co_await transfer(bank, "ada", "grace", 30);
  try {
    co_await transfer(bank, "grace", "ada", 500);
  } catch (const ValidationError& error) {
    std::printf("%s: %s\n", error.record_id().c_str(), error.message().c_str());
  }
  std::printf("ada has %lld\n", static_cast<long long>(co_await balance_of(accounts, "ada")));
  std::printf("grace has %lld\n", static_cast<long long>(co_await balance_of(accounts, "grace")));
  Database log = bank.database("log");
  std::printf("%llu in the log\n", static_cast<unsigned long long>(co_await log.count()));
  co_await with_a_version(accounts);
}

}  // namespace

int main() {
  run(program());
  return 0;
}

// It prints:
//   grace: there is not enough
//   ada has 70
//   grace has 40
//   1 in the log
//   ada: the record has another version (read it again)
