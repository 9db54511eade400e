// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A schema of its own on the real server, for each test.

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "backends/postgresql/backend.hpp"
#include "backends/postgresql/connection.hpp"
#include "backends/postgresql/table.hpp"

namespace dataknobs::postgresql {

/// Runs a coroutine to its end on an event loop and returns its result.
template <class Make>
auto run(Make make) {
  using Given = typename std::invoke_result_t<Make&>::value_type;
  boost::asio::io_context loop;
  std::exception_ptr failure;
  const auto keep = [&](std::exception_ptr error) { failure = error; };
  if constexpr (std::is_void_v<Given>) {
    boost::asio::co_spawn(loop, make(), keep);
    loop.run();
    if (failure) std::rethrow_exception(failure);
  } else {
    std::optional<Given> result;
    boost::asio::co_spawn(loop, make(), [&](std::exception_ptr error, Given value) {
      keep(error);
      if (!error) result.emplace(std::move(value));
    });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
  }
}

class PostgresqlTest : public testing::Test {
 protected:
  PostgresqlTest();
  ~PostgresqlTest() override;

  /// The URL of a table in the test's schema.
  std::string url(const std::string& table, const std::string& more = {}) const;
  std::shared_ptr<PostgresqlBackend> make_backend() const;
  DatasetOptions options(const std::string& table) const;
  /// Runs statements by a plain connection; `@.` stands for the schema.
  void sql(const std::string& statements) const;
  /// The only value of a query, as text.
  std::string value(const std::string& query) const;
  const std::string& schema() const { return schema_; }

  std::string schema_;
  std::string server_;
};

/// Everything that a scan of the table gives, as records.
Task<std::vector<Record>> all_records(Context& context, Session& session, DatasetPointer dataset);
/// Everything as batches of columns.
Task<std::vector<Batch>> all_batches(Context& context, Session& session, DatasetPointer dataset,
                                     std::size_t bytes, bool wire);

}  // namespace dataknobs::postgresql
