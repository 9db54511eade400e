// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The PostgreSQL store.

#include <memory>

#include "backends/postgresql/conversation.hpp"
#include "backends/postgresql/settings.hpp"
#include "database/backend.hpp"
#include "database/registry.hpp"

namespace dataknobs::postgresql {

class PostgresqlBackend : public Backend {
 public:
  explicit PostgresqlBackend(Settings settings);

  const Capabilities& capabilities() const noexcept override;
  std::string display_name() const override { return settings_->display_name(); }
  Task<DatasetPointer> describe(Context& context, const DatasetOptions& options, bool exact) override;
  Task<std::vector<std::string>> list(Context& context) override;
  Task<std::string> identity(Context& context, const DatasetOptions& options) override;
  PushDown plan(const Query& query, const Dataset& dataset) const override;
  Task<std::string> explain(Context& context, const ScanRequest& request) override;
  std::vector<std::string> creation_statements(const CreateRequest& request) const override;
  TypeMapping map_type(const FieldType& type) const override;
  Task<std::unique_ptr<Session>> session(Context& context, SessionMode mode) override;
  Task<void> close(Context& context) override;

 private:
  std::shared_ptr<const Settings> settings_;
  Pool<Connection> pool_;
};

const Capabilities& postgresql_capabilities() noexcept;

}  // namespace dataknobs::postgresql
