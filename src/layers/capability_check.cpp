// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "database/index_names.hpp"
#include "database/keys.hpp"
#include "layers/forward.hpp"
#include "layers/layers.hpp"

namespace dataknobs {

namespace {

constexpr std::string_view kNoIndexes = "searches read all of it; copy it into a store that has indexes";

[[noreturn]] void refuse(std::string message, std::string_view hint) {
  Error(ErrorCode::unsupported, std::move(message)).hint(hint).raise();
}

void require(Support support, const char* what, std::string_view hint = {}) {
  if (support == Support::absent) refuse(std::string("the store cannot ") + what, hint);
}

void require_key(const Dataset& dataset) {
  if (has_key(dataset)) return;
  refuse("records of '" + dataset.name() + "' have no ids, so none can be named",
         "name the column that tells its rows apart: key=COLUMN");
}

void require_writable(const Dataset& dataset) {
  if (!dataset.read_only()) return;
  refuse("'" + dataset.name() + "' (" + dataset.native_kind() + ") cannot be written",
         "write to another target");
}

bool has_metadata(const Record& record) {
  return record.metadata() && !record.metadata()->object().empty();
}

void require_room_for_metadata(const Dataset& dataset, std::span<const Record> records) {
  if (dataset.has_metadata()) return;
  const auto found = std::find_if(records.begin(), records.end(), has_metadata);
  if (found == records.end()) return;
  Error(ErrorCode::unsupported, "'" + dataset.name() + "' has no room for the metadata of a record")
      .record_id(found->id().value_or(""))
      .field_path("metadata")
      .hint("write to a document layout, or clear the metadata")
      .raise();
}

void require_versions(const Capabilities& capabilities, std::span<const Precondition> preconditions) {
  const bool wanted =
      std::any_of(preconditions.begin(), preconditions.end(),
                  [](const Precondition& condition) { return condition.version().has_value(); });
  if (wanted) require(capabilities.conditional_writes, "write on condition of a version");
}

Task<void> check_hint(Context& context, Session& session, const Capabilities& capabilities,
                      const ScanRequest& request) {
  require(capabilities.hints, "be told which index to use", "leave the hint out: it chooses by itself");
  const std::vector<Index> known = co_await session.indexes(context, request.dataset());
  require_index(known, request.hint(), *request.dataset());
}

class CheckedWriter : public ForwardingWriter {
 public:
  CheckedWriter(std::unique_ptr<Writer> inner, DatasetPointer dataset)
      : ForwardingWriter(std::move(inner)), dataset_(std::move(dataset)) {}
  Task<void> write(Context& context, const Batch& batch) override {
    // Columns have no room for metadata to begin with.
    if (batch.has_rows() && !batch.has_columns()) require_room_for_metadata(*dataset_, batch.rows());
    return inner().write(context, batch);
  }

 private:
  DatasetPointer dataset_;
};

class CheckedSession : public ForwardingSession {
 public:
  CheckedSession(std::unique_ptr<Session> inner, const Capabilities& capabilities, SessionMode mode)
      : ForwardingSession(std::move(inner)), capabilities_(capabilities), mode_(mode) {}

  Task<std::vector<std::optional<Record>>> read(Context& context, const DatasetPointer& dataset,
                                                std::span<const std::string> ids) override {
    require(capabilities_.point_reads, "read records by id");
    // A position names a record for a reader, though it does not last.
    if (!dataset->positional_ids()) require_key(*dataset);
    return inner().read(context, dataset, ids);
  }
  Task<std::unique_ptr<Reader>> scan(Context& context, const ScanRequest& request) override {
    require(capabilities_.scans, "list its records");
    if (request.hint().empty()) return inner().scan(context, request);
    return hinted_scan(context, request);
  }
  Task<std::uint64_t> count(Context& context, const ScanRequest& request) override {
    require(capabilities_.counting, "count its records");
    if (request.hint().empty()) return inner().count(context, request);
    return hinted_count(context, request);
  }
  Task<std::vector<ItemResult>> write(Context& context, const WriteRequest& request) override {
    check_write(*request.dataset());
    require(capabilities_.writes, "write single records", "use copy");
    if (request.mode() != WriteMode::insert) require_key(*request.dataset());
    if (request.mode() == WriteMode::patch) require(capabilities_.patches, "merge into a record");
    require_versions(capabilities_, request.preconditions());
    require_room_for_metadata(*request.dataset(), request.records());
    return inner().write(context, request);
  }
  Task<std::unique_ptr<Writer>> writer(Context& context, const WriterOptions& options) override {
    check_write(*options.dataset());
    require(capabilities_.bulk_writes, "be written");
    if (options.mode() != WriteMode::insert) require_key(*options.dataset());
    return checked_writer(context, options);
  }
  Task<std::vector<ItemResult>> remove(Context& context, const DatasetPointer& dataset,
                                       std::span<const std::string> ids,
                                       std::span<const Precondition> preconditions) override {
    check_write(*dataset);
    require(capabilities_.writes, "remove single records");
    require_key(*dataset);
    require_versions(capabilities_, preconditions);
    return inner().remove(context, dataset, ids, preconditions);
  }
  Task<std::uint64_t> remove_range(Context& context, const ScanRequest& request) override {
    check_write(*request.dataset());
    require(capabilities_.range_removal, "remove records by a query");
    if (request.hint().empty()) return inner().remove_range(context, request);
    return hinted_removal(context, request);
  }
  Task<std::vector<Partition>> partition(Context& context, const ScanRequest& request,
                                         std::size_t wanted) override {
    require(capabilities_.partitions, "be read in parts");
    return inner().partition(context, request, wanted);
  }
  Task<std::optional<std::string>> get_state(Context& context, const std::string& key) override {
    require(capabilities_.state, "keep state");
    return inner().get_state(context, key);
  }
  Task<bool> put_state(Context& context, const std::string& key, const std::string& value,
                       Existence existence, const std::optional<std::string>& expected) override {
    require(capabilities_.state, "keep state");
    return inner().put_state(context, key, value, existence, expected);
  }
  Task<void> remove_state(Context& context, const std::string& prefix) override {
    require(capabilities_.state, "keep state");
    return inner().remove_state(context, prefix);
  }
  Task<std::vector<std::pair<std::string, std::string>>> list_state(Context& context,
                                                                    const std::string& prefix) override {
    require(capabilities_.state, "keep state");
    return inner().list_state(context, prefix);
  }
  Task<DatasetPointer> create_dataset(Context& context, const CreateRequest& request) override {
    if (mode_ == SessionMode::snapshot) refuse("a snapshot is read only", {});
    require(capabilities_.dataset_creation, "make new tables or files", "make it by other means first");
    return inner().create_dataset(context, request);
  }
  Task<std::unique_ptr<Reader>> native_query(Context& context, const std::string& text,
                                             std::span<const Value> parameters) override {
    require(capabilities_.native_queries, "run queries of its own language", "it has none: use search");
    return inner().native_query(context, text, parameters);
  }
  Task<void> create_index(Context& context, const DatasetPointer& dataset, const Index& index) override {
    require(capabilities_.indexes, "keep indexes", kNoIndexes);
    check_write(*dataset);
    return inner().create_index(context, dataset, index);
  }
  Task<std::vector<Index>> indexes(Context& context, const DatasetPointer& dataset) override {
    require(capabilities_.indexes, "keep indexes", kNoIndexes);
    return inner().indexes(context, dataset);
  }
  Task<void> drop_index(Context& context, const DatasetPointer& dataset, const std::string& name) override {
    require(capabilities_.indexes, "keep indexes", kNoIndexes);
    check_write(*dataset);
    return inner().drop_index(context, dataset, name);
  }
  Task<void> savepoint(Context& context, const std::string& name) override {
    require(capabilities_.savepoints, "set savepoints");
    return inner().savepoint(context, name);
  }
  Task<void> rollback_to(Context& context, const std::string& name) override {
    require(capabilities_.savepoints, "set savepoints");
    return inner().rollback_to(context, name);
  }

 private:
  void check_write(const Dataset& dataset) const {
    if (mode_ == SessionMode::snapshot) refuse("a snapshot is read only", {});
    require_writable(dataset);
  }
  Task<std::unique_ptr<Reader>> hinted_scan(Context& context, const ScanRequest& request) {
    co_await check_hint(context, inner(), capabilities_, request);
    co_return co_await inner().scan(context, request);
  }
  Task<std::uint64_t> hinted_count(Context& context, const ScanRequest& request) {
    co_await check_hint(context, inner(), capabilities_, request);
    co_return co_await inner().count(context, request);
  }
  Task<std::uint64_t> hinted_removal(Context& context, const ScanRequest& request) {
    co_await check_hint(context, inner(), capabilities_, request);
    co_return co_await inner().remove_range(context, request);
  }
  Task<std::unique_ptr<Writer>> checked_writer(Context& context, const WriterOptions& options) {
    std::unique_ptr<Writer> writer = co_await inner().writer(context, options);
    if (!options.dataset()->has_metadata()) {
      writer = std::make_unique<CheckedWriter>(std::move(writer), options.dataset());
    }
    co_return writer;
  }

  const Capabilities capabilities_;
  const SessionMode mode_;
};

class CheckedBackend : public ForwardingBackend {
 public:
  using ForwardingBackend::ForwardingBackend;

  Task<std::string> explain(Context& context, const ScanRequest& request) override {
    if (request.hint().empty()) return inner().explain(context, request);
    return explain_hinted(context, request);
  }
  Task<std::unique_ptr<Session>> session(Context& context, SessionMode mode) override {
    if (mode == SessionMode::transaction) require(capabilities().transactions, "run transactions");
    if (mode == SessionMode::snapshot) require(capabilities().snapshots, "hold a snapshot");
    std::unique_ptr<Session> session = co_await inner().session(context, mode);
    std::unique_ptr<Session> wrapped =
        std::make_unique<CheckedSession>(std::move(session), capabilities(), mode);
    co_return wrapped;
  }

 private:
  Task<std::string> explain_hinted(Context& context, const ScanRequest& request) {
    const std::unique_ptr<Session> session = co_await inner().session(context, SessionMode::autocommit);
    co_await check_hint(context, *session, capabilities(), request);
    co_return co_await inner().explain(context, request);
  }
};

}  // namespace

std::shared_ptr<Backend> with_capability_check(std::shared_ptr<Backend> inner) {
  return std::make_shared<CheckedBackend>(std::move(inner));
}

}  // namespace dataknobs
