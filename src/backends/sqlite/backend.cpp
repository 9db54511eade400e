// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/backend.hpp"

#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "backends/sqlite/scan_sql.hpp"
#include "backends/sqlite/session.hpp"
#include "backends/sqlite/translate.hpp"
#include "query/planner.hpp"

namespace dataknobs::sqlite {

namespace {

// EXPLAIN QUERY PLAN as a tree, indented by depth.
std::string query_plan(Connection& connection, const Sql& sql) {
  Statement statement = connection.prepare("EXPLAIN QUERY PLAN " + sql.text());
  sql.bind(statement);
  std::map<std::int64_t, std::size_t> depths;
  std::string text;
  while (statement.step()) {
    const auto parent = depths.find(statement.integer(1));
    const std::size_t depth = parent == depths.end() ? 0 : parent->second + 1;
    depths[statement.integer(0)] = depth;
    text += "\n" + std::string(2 * depth, ' ') + statement.text(3);
  }
  return text;
}

// A database that is not there has no tables, but in a folder that is not there none can be made either.
void require_folder(const Settings& settings) {
  const std::filesystem::path folder = std::filesystem::path(settings.path()).parent_path();
  std::error_code error;
  if (folder.empty() || std::filesystem::exists(folder, error) || error) return;
  Error(ErrorCode::not_found, fmt::format("there is no folder {}", folder.string()))
      .hint("check the path; the folder of a database file must exist")
      .raise();
}

// Everything is taken, exactly; only a comparison of more fields than a function has arguments is not.
class SqliteTranslator : public Translator {
 public:
  explicit SqliteTranslator(const TableDataset& dataset) : dataset_(dataset) {}
  Translation translate(const Expression& leaf, bool) const override {
    if (!is_translatable(leaf, dataset_)) return Translation("too many fields");
    return Translation(Bound::exact, translate_filter(leaf, dataset_).text());
  }
  bool sorts(const std::vector<SortKey>&) const override {
    return dataset_.layout() == Layout::document || !dataset_.key_columns.empty();
  }
  bool cuts() const override { return true; }

 private:
  const TableDataset& dataset_;
};

}  // namespace

const Capabilities& capabilities() noexcept {
  static const Capabilities capabilities = [] {
    Capabilities result;
    result.point_reads = Support::native;
    result.scans = Support::native;
    result.filters = Support::native;
    result.sorting = Support::native;
    result.counting = Support::native;
    result.writes = Support::native;
    result.bulk_writes = Support::native;
    result.range_removal = Support::native;
    result.conditional_writes = Support::native;
    result.metadata = Support::native;
    result.transactions = Support::native;
    result.savepoints = Support::native;
    result.snapshots = Support::native;
    result.partitions = Support::native;
    result.state = Support::native;
    result.dataset_creation = Support::native;
    result.indexes = Support::native;
    result.hints = Support::native;
    result.native_queries = Support::native;
    result.max_writers = 1;
    return result;
  }();
  return capabilities;
}

const Capabilities& SqliteBackend::capabilities() const noexcept {
  return sqlite::capabilities();
}

Task<DatasetPointer> SqliteBackend::describe(Context& context, const DatasetOptions& options, bool exact) {
  Link link(store_, SessionMode::autocommit);
  if (!co_await link.open(context)) {
    if (options.name().empty()) raise_no_table({});
    co_return nullptr;
  }
  auto work = [&]() -> DatasetPointer { return describe_table(link.connection(), options, exact); };
  co_return co_await link.run(context, work);
}

Task<std::vector<std::string>> SqliteBackend::list(Context& context) {
  Link link(store_, SessionMode::autocommit);
  std::vector<std::string> names;
  if (!co_await link.open(context)) {
    require_folder(store_->settings());
    co_return names;
  }
  auto work = [&] { names = list_tables(link.connection()); };
  co_await link.run(context, work);
  co_return names;
}

PushDown SqliteBackend::plan(const Query& query, const Dataset& dataset) const {
  const TableDataset& table = table_of(dataset);
  return dataknobs::plan(query, resolution(table), SqliteTranslator(table));
}

Task<std::string> SqliteBackend::explain(Context& context, const ScanRequest& request) {
  const std::shared_ptr<const TableDataset> table = table_pointer(request.dataset());
  Link link(store_, SessionMode::autocommit);
  if (!co_await link.open(context)) co_return std::string();
  auto work = [&] {
    const Sql sql = select_sql(request, *table, "*");
    return sql.text() + query_plan(link.connection(), sql);
  };
  co_return co_await link.run(context, work);
}

std::vector<std::string> SqliteBackend::creation_statements(const CreateRequest& request) const {
  return sqlite::creation_statements(request);
}

TypeMapping SqliteBackend::map_type(const FieldType& type) const {
  FieldType mapped = type;
  mapped.set_native(declared_type(type));
  if (type.is_any()) {
    return TypeMapping(mapped, Exactness::exact_if,
                       "a column without a type keeps integers, floats, strings and binary values only");
  }
  if (type.kind() == ValueType::json) {
    return TypeMapping(mapped, Exactness::exact_if, "JSON has neither NaN nor infinities");
  }
  return TypeMapping(mapped, Exactness::exact);
}

Task<std::unique_ptr<Session>> SqliteBackend::session(Context&, SessionMode mode) {
  co_return std::make_unique<SqliteSession>(store_, mode);
}

Task<void> SqliteBackend::close(Context&) {
  co_await store_->pool().close();
}

}  // namespace dataknobs::sqlite
