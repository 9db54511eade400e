// SPDX-License-Identifier: Apache-2.0
#include <new>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "layers/forward.hpp"
#include "layers/layers.hpp"

namespace dataknobs {

namespace {

using Name = std::shared_ptr<const std::string>;

// The error of this call for whatever was thrown. REQUIRES: called in a handler.
Error current_error(const char* operation, const std::string& store) {
  Error error(ErrorCode::internal, "an unknown exception");
  try {
    throw;
  } catch (const Error& known) {
    error = known;
  } catch (const boost::system::system_error& failure) {
    if (failure.code() == boost::asio::error::operation_aborted) {
      error = Error(ErrorCode::cancelled, "the call was cancelled");
    } else {
      error = Error(ErrorCode::connection, failure.code().message());
      error.native(failure.code().to_string(), failure.code().message());
    }
  } catch (const std::bad_alloc&) {
    error = Error(ErrorCode::resource, "out of memory");
  } catch (const std::exception& failure) {
    error = Error(ErrorCode::internal, failure.what());
  } catch (...) {  // Of no class that tells anything.
  }
  error.operation(operation).store(store);
  return error;
}

// Runs a call of the inner layer, unless its deadline has passed: so each store gives up between two steps at the
// latest, even one that never waits. It starts later than it is called: `call` is a lambda over references and plain
// values only; `store` outlives it.
template <class Call>
std::invoke_result_t<Call&> stamp(std::optional<TimePoint> deadline, const char* operation,
                                  const std::string& store, Call call) {
  std::optional<Error> failure;
  try {
    if (deadline && Clock::now() >= *deadline) {
      Error(ErrorCode::timeout, "the deadline passed").raise();
    }
    co_return co_await call();
  } catch (...) {
    failure = current_error(operation, store);
  }
  failure->raise();
}

class ContextReader : public ForwardingReader {
 public:
  ContextReader(std::unique_ptr<Reader> inner, Name store)
      : ForwardingReader(std::move(inner)), store_(std::move(store)) {}
  Task<std::optional<Batch>> next(Context& context) override {
    return stamp(context.deadline(), "scan", *store_, [this, &context] { return inner().next(context); });
  }

 private:
  Name store_;
};

class ContextWriter : public ForwardingWriter {
 public:
  ContextWriter(std::unique_ptr<Writer> inner, Name store)
      : ForwardingWriter(std::move(inner)), store_(std::move(store)) {}
  Task<void> write(Context& context, const Batch& batch) override {
    return stamp(context.deadline(), "load", *store_,
                 [this, &context, &batch] { return inner().write(context, batch); });
  }
  Task<std::uint64_t> finish(Context& context) override {
    return stamp(context.deadline(), "load", *store_, [this, &context] { return inner().finish(context); });
  }

 private:
  Name store_;
};

class ContextSession : public ForwardingSession {
 public:
  ContextSession(std::unique_ptr<Session> inner, Name store)
      : ForwardingSession(std::move(inner)), store_(std::move(store)) {}

  Task<std::vector<std::optional<Record>>> read(Context& context, const DatasetPointer& dataset,
                                                std::span<const std::string> ids) override {
    return stamp(context.deadline(), "read", *store_,
                 [this, &context, &dataset, ids] { return inner().read(context, dataset, ids); });
  }
  Task<std::unique_ptr<Reader>> scan(Context& context, const ScanRequest& request) override {
    auto reader = co_await stamp(context.deadline(), "scan", *store_,
                                 [this, &context, &request] { return inner().scan(context, request); });
    std::unique_ptr<Reader> wrapped = std::make_unique<ContextReader>(std::move(reader), store_);
    co_return wrapped;
  }
  Task<std::uint64_t> count(Context& context, const ScanRequest& request) override {
    return stamp(context.deadline(), "count", *store_,
                 [this, &context, &request] { return inner().count(context, request); });
  }
  Task<std::vector<ItemResult>> write(Context& context, const WriteRequest& request) override {
    return stamp(context.deadline(), "write", *store_,
                 [this, &context, &request] { return inner().write(context, request); });
  }
  Task<std::unique_ptr<Writer>> writer(Context& context, const WriterOptions& options) override {
    auto writer = co_await stamp(context.deadline(), "load", *store_,
                                 [this, &context, &options] { return inner().writer(context, options); });
    std::unique_ptr<Writer> wrapped = std::make_unique<ContextWriter>(std::move(writer), store_);
    co_return wrapped;
  }
  Task<std::vector<ItemResult>> remove(Context& context, const DatasetPointer& dataset,
                                       std::span<const std::string> ids,
                                       std::span<const Precondition> preconditions) override {
    return stamp(context.deadline(), "remove", *store_, [this, &context, &dataset, ids, preconditions] {
      return inner().remove(context, dataset, ids, preconditions);
    });
  }
  Task<std::uint64_t> remove_range(Context& context, const ScanRequest& request) override {
    return stamp(context.deadline(), "remove", *store_,
                 [this, &context, &request] { return inner().remove_range(context, request); });
  }
  Task<std::vector<Partition>> partition(Context& context, const ScanRequest& request,
                                         std::size_t wanted) override {
    return stamp(context.deadline(), "partition", *store_,
                 [this, &context, &request, wanted] { return inner().partition(context, request, wanted); });
  }
  Task<std::optional<std::string>> get_state(Context& context, const std::string& key) override {
    return stamp(context.deadline(), "get state", *store_,
                 [this, &context, &key] { return inner().get_state(context, key); });
  }
  Task<bool> put_state(Context& context, const std::string& key, const std::string& value,
                       Existence existence, const std::optional<std::string>& expected) override {
    return stamp(context.deadline(), "put state", *store_,
                 [this, &context, &key, &value, existence, &expected] {
                   return inner().put_state(context, key, value, existence, expected);
                 });
  }
  Task<void> remove_state(Context& context, const std::string& prefix) override {
    return stamp(context.deadline(), "remove state", *store_,
                 [this, &context, &prefix] { return inner().remove_state(context, prefix); });
  }
  Task<std::vector<std::pair<std::string, std::string>>> list_state(Context& context,
                                                                    const std::string& prefix) override {
    return stamp(context.deadline(), "list state", *store_,
                 [this, &context, &prefix] { return inner().list_state(context, prefix); });
  }
  Task<DatasetPointer> create_dataset(Context& context, const CreateRequest& request) override {
    return stamp(context.deadline(), "create", *store_,
                 [this, &context, &request] { return inner().create_dataset(context, request); });
  }
  Task<void> publish(Context& context, const DatasetPointer& dataset) override {
    return stamp(context.deadline(), "publish", *store_,
                 [this, &context, &dataset] { return inner().publish(context, dataset); });
  }
  Task<std::unique_ptr<Reader>> native_query(Context& context, const std::string& text,
                                             std::span<const Value> parameters) override {
    auto reader = co_await stamp(
        context.deadline(), "native query", *store_,
        [this, &context, &text, parameters] { return inner().native_query(context, text, parameters); });
    std::unique_ptr<Reader> wrapped = std::make_unique<ContextReader>(std::move(reader), store_);
    co_return wrapped;
  }
  Task<void> create_index(Context& context, const DatasetPointer& dataset, const Index& index) override {
    return stamp(context.deadline(), "create index", *store_, [this, &context, &dataset, &index] {
      return inner().create_index(context, dataset, index);
    });
  }
  Task<std::vector<Index>> indexes(Context& context, const DatasetPointer& dataset) override {
    return stamp(context.deadline(), "list indexes", *store_,
                 [this, &context, &dataset] { return inner().indexes(context, dataset); });
  }
  Task<void> drop_index(Context& context, const DatasetPointer& dataset, const std::string& name) override {
    return stamp(context.deadline(), "drop index", *store_,
                 [this, &context, &dataset, &name] { return inner().drop_index(context, dataset, name); });
  }
  Task<void> savepoint(Context& context, const std::string& name) override {
    return stamp(context.deadline(), "savepoint", *store_,
                 [this, &context, &name] { return inner().savepoint(context, name); });
  }
  Task<void> rollback_to(Context& context, const std::string& name) override {
    return stamp(std::nullopt, "rollback", *store_,
                 [this, &context, &name] { return inner().rollback_to(context, name); });
  }
  Task<CommitOutcome> commit(Context& context) override {
    return stamp(context.deadline(), "commit", *store_, [this, &context] { return inner().commit(context); });
  }
  Task<void> rollback(Context& context) override {
    return stamp(std::nullopt, "rollback", *store_, [this, &context] { return inner().rollback(context); });
  }

 private:
  Name store_;
};

class ContextBackend : public ForwardingBackend {
 public:
  explicit ContextBackend(std::shared_ptr<Backend> inner)
      : ForwardingBackend(std::move(inner)),
        store_(std::make_shared<const std::string>(ForwardingBackend::inner().display_name())) {}

  Task<std::string> identity(Context& context, const DatasetOptions& options) override {
    return stamp(context.deadline(), "describe", *store_,
                 [this, &context, &options] { return inner().identity(context, options); });
  }
  Task<DatasetPointer> describe(Context& context, const DatasetOptions& options, bool exact) override {
    return stamp(context.deadline(), "describe", *store_,
                 [this, &context, &options, exact] { return inner().describe(context, options, exact); });
  }
  Task<std::vector<std::string>> list(Context& context) override {
    return stamp(context.deadline(), "list", *store_, [this, &context] { return inner().list(context); });
  }
  Task<std::string> missing_hint(Context& context, const DatasetOptions& options) override {
    return stamp(context.deadline(), "describe", *store_,
                 [this, &context, &options] { return inner().missing_hint(context, options); });
  }
  PushDown plan(const Query& query, const Dataset& dataset) const override {
    return stamped("query", [&] { return inner().plan(query, dataset); });
  }
  Task<std::string> explain(Context& context, const ScanRequest& request) override {
    return stamp(context.deadline(), "explain", *store_,
                 [this, &context, &request] { return inner().explain(context, request); });
  }
  Layout creation_layout(const DatasetOptions& options, Layout wanted) const override {
    return stamped("create", [&] { return inner().creation_layout(options, wanted); });
  }
  std::vector<std::string> creation_statements(const CreateRequest& request) const override {
    return stamped("create", [&] { return inner().creation_statements(request); });
  }
  TypeMapping map_type(const FieldType& type) const override {
    return stamped("plan", [&] { return inner().map_type(type); });
  }
  TypeMapping map_field(const std::string& name, const FieldType& type) const override {
    return stamped("plan", [&] { return inner().map_field(name, type); });
  }
  Task<std::unique_ptr<Session>> session(Context& context, SessionMode mode) override {
    auto session = co_await stamp(context.deadline(), "open", *store_,
                                  [this, &context, mode] { return inner().session(context, mode); });
    std::unique_ptr<Session> wrapped = std::make_unique<ContextSession>(std::move(session), store_);
    co_return wrapped;
  }
  Task<void> close(Context& context) override {
    return stamp(std::nullopt, "close", *store_, [this, &context] { return inner().close(context); });
  }

 private:
  template <class Call>
  std::invoke_result_t<Call&> stamped(const char* operation, Call call) const {
    std::optional<Error> failure;
    try {
      return call();
    } catch (...) {
      failure = current_error(operation, *store_);
    }
    failure->raise();
  }

  Name store_;
};

}  // namespace

std::shared_ptr<Backend> with_error_context(std::shared_ptr<Backend> inner) {
  return std::make_shared<ContextBackend>(std::move(inner));
}

std::shared_ptr<Backend> with_layers(std::shared_ptr<Backend> store) {
  std::shared_ptr<Backend> backend = with_completion(std::move(store));
  backend = with_capability_check(std::move(backend));
  return with_error_context(std::move(backend));
}

}  // namespace dataknobs
