// SPDX-License-Identifier: Apache-2.0
//
// What the registry knows of the SQLite store.
#include "backends/sqlite/backend.hpp"

namespace dataknobs {

namespace {

class SqliteDriver : public BackendDriver {
 public:
  std::string name() const override { return "sqlite"; }
  std::vector<std::string> aliases() const override { return {"sqlite3"}; }
  std::string description() const override {
    return "SQLite 3 databases: any table or view, or JSON documents";
  }
  std::vector<OptionDeclaration> options() const override { return sqlite::option_declarations(); }
  std::string example() const override { return "sqlite:app.db?table=people"; }
  const Capabilities& capabilities() const noexcept override { return sqlite::capabilities(); }
  DatasetOptions dataset(const StoreUrl& url) const override { return dataset_options(url, options()); }
  StoreUrl place(const StoreUrl& url) const override { return {name(), sqlite::resolved_path(url.path())}; }
  std::shared_ptr<Backend> make(const StoreUrl& url) const override {
    return std::make_shared<sqlite::SqliteBackend>(sqlite::Settings::parse(url));
  }
};

}  // namespace

std::unique_ptr<BackendDriver> make_sqlite_driver() {
  return std::make_unique<SqliteDriver>();
}

}  // namespace dataknobs
