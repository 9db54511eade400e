// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The SQLite store: a database file, or a database in memory.

#include <memory>
#include <string>
#include <vector>

#include "backends/sqlite/catalog.hpp"
#include "backends/sqlite/link.hpp"
#include "database/backend.hpp"
#include "database/registry.hpp"

namespace dataknobs::sqlite {

class SqliteBackend : public Backend {
 public:
  explicit SqliteBackend(Settings settings) : store_(std::make_shared<Store>(std::move(settings))) {}

  const Capabilities& capabilities() const noexcept override;
  std::string display_name() const override { return store_->settings().display(); }
  Task<DatasetPointer> describe(Context& context, const DatasetOptions& options, bool exact) override;
  Task<std::vector<std::string>> list(Context& context) override;
  Task<std::string> identity(Context&, const DatasetOptions& options) override {
    co_return folded_name(options.name());
  }
  PushDown plan(const Query& query, const Dataset& dataset) const override;
  Task<std::string> explain(Context& context, const ScanRequest& request) override;
  std::vector<std::string> creation_statements(const CreateRequest& request) const override;
  TypeMapping map_type(const FieldType& type) const override;
  Task<std::unique_ptr<Session>> session(Context& context, SessionMode mode) override;
  Task<void> close(Context& context) override;

 private:
  std::shared_ptr<Store> store_;
};

const Capabilities& capabilities() noexcept;

}  // namespace dataknobs::sqlite

namespace dataknobs {

std::unique_ptr<BackendDriver> make_sqlite_driver();

}  // namespace dataknobs
