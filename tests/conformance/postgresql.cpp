// SPDX-License-Identifier: Apache-2.0
#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>

#include <dataknobs/testing/harness.hpp>

namespace dataknobs::conformance {
namespace {

std::string server() {
  const char* url = std::getenv("DATAKNOBS_TEST_POSTGRESQL_URL");
  if (url == nullptr) {
    throw std::runtime_error("DATAKNOBS_TEST_POSTGRESQL_URL is not set: run ./dev test conformance");
  }
  return url;
}

void execute(const std::string& statement) {
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(server().c_str()), &PQfinish);
  std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), statement.c_str()), &PQclear);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
    throw std::runtime_error(PQerrorMessage(connection.get()));
}

/// A schema of its own.
class PostgresqlPlace : public Place {
 public:
  PostgresqlPlace() : schema_(fmt::format("conformance_{}_{}", ::getpid(), ++made)) {
    execute(fmt::format("create schema {}", schema_));
  }
  ~PostgresqlPlace() override { execute(fmt::format("drop schema {} cascade", schema_)); }
  std::string url(std::string_view table) const override {
    std::string base = server();
    return fmt::format("{}{}schema={}&table={}", base, base.find('?') == std::string::npos ? '?' : '&',
                       schema_, encoded(table));
  }

 private:
  static inline std::atomic<unsigned> made{0};
  std::string schema_;
};

bool has_nul(const Value& value) {
  if (auto* text = value.get_if<std::string>()) return text->find('\0') != std::string::npos;
  auto* json = value.get_if<Json>();
  if (json == nullptr) return false;
  if (json->is_array()) {
    for (const Value& element : json->array()) {
      if (has_nul(element)) return true;
    }
    return false;
  }
  for (const auto& [name, member] : json->object()) {
    if (name.find('\0') != std::string::npos || has_nul(member)) return true;
  }
  return false;
}

class PostgresqlHarness : public Harness {
 public:
  PostgresqlHarness(const char* name, Layout layout) : Harness(name, "postgresql", layout) {}
  std::unique_ptr<Place> place() const override { return std::make_unique<PostgresqlPlace>(); }
  /// Neither text nor jsonb holds U+0000.
  bool may_refuse(const Value& value) const override { return has_nul(value); }
};

}  // namespace

std::vector<std::unique_ptr<Harness>> make_harnesses() {
  std::vector<std::unique_ptr<Harness>> harnesses;
  harnesses.push_back(std::make_unique<PostgresqlHarness>("postgresql_document", Layout::document));
  harnesses.push_back(std::make_unique<PostgresqlHarness>("postgresql_columns", Layout::columns));
  return harnesses;
}

}  // namespace dataknobs::conformance
