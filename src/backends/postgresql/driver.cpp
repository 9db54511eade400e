// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/backend.hpp"

namespace dataknobs::postgresql {
namespace {

class PostgresqlDriver : public BackendDriver {
 public:
  std::string name() const override { return "postgresql"; }
  std::vector<std::string> aliases() const override { return {"postgres", "pg"}; }
  std::string description() const override { return "PostgreSQL: tables and views, or documents in jsonb"; }
  std::vector<OptionDeclaration> options() const override { return declared_options(); }
  std::string example() const override { return "postgresql://user@localhost/app?table=people"; }
  const Capabilities& capabilities() const noexcept override { return postgresql_capabilities(); }
  DatasetOptions dataset(const StoreUrl& url) const override {
    check_slashes(url);
    return dataset_options(url, declared_options());
  }
  StoreUrl place(const StoreUrl& url) const override { return Settings::from_url(url).place(); }
  std::shared_ptr<Backend> make(const StoreUrl& url) const override {
    return std::make_shared<PostgresqlBackend>(Settings::from_url(url));
  }
};

}  // namespace

}  // namespace dataknobs::postgresql

namespace dataknobs {

std::unique_ptr<BackendDriver> make_postgresql_driver() {
  return std::make_unique<postgresql::PostgresqlDriver>();
}

}  // namespace dataknobs
