// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Decorators that change nothing: a layer derives from them and overrides what it is about. Forwarding
/// functions return the inner call without a coroutine of their own, so a layer costs one virtual call where
/// it does nothing.

#include <memory>
#include <utility>

#include <dataknobs/backend/backend.hpp>

namespace dataknobs {

class ForwardingReader : public Reader {
 public:
  explicit ForwardingReader(std::unique_ptr<Reader> inner) : inner_(std::move(inner)) {}
  Task<std::optional<Batch>> next(Context& context) override { return inner_->next(context); }
  void abandon() noexcept override { inner_->abandon(); }

 protected:
  Reader& inner() const noexcept { return *inner_; }

 private:
  std::unique_ptr<Reader> inner_;
};

class ForwardingWriter : public Writer {
 public:
  explicit ForwardingWriter(std::unique_ptr<Writer> inner) : inner_(std::move(inner)) {}
  Task<void> write(Context& context, const Batch& batch) override { return inner_->write(context, batch); }
  Task<std::uint64_t> finish(Context& context) override { return inner_->finish(context); }
  void abandon() noexcept override { inner_->abandon(); }

 protected:
  Writer& inner() const noexcept { return *inner_; }

 private:
  std::unique_ptr<Writer> inner_;
};

class ForwardingSession : public Session {
 public:
  explicit ForwardingSession(std::unique_ptr<Session> inner) : inner_(std::move(inner)) {}

  Task<std::vector<std::optional<Record>>> read(Context& context, const DatasetPointer& dataset,
                                                std::span<const std::string> ids) override {
    return inner_->read(context, dataset, ids);
  }
  Task<std::unique_ptr<Reader>> scan(Context& context, const ScanRequest& request) override {
    return inner_->scan(context, request);
  }
  Task<std::uint64_t> count(Context& context, const ScanRequest& request) override {
    return inner_->count(context, request);
  }
  Task<std::vector<ItemResult>> write(Context& context, const WriteRequest& request) override {
    return inner_->write(context, request);
  }
  Task<std::unique_ptr<Writer>> writer(Context& context, const WriterOptions& options) override {
    return inner_->writer(context, options);
  }
  Task<std::vector<ItemResult>> remove(Context& context, const DatasetPointer& dataset,
                                       std::span<const std::string> ids,
                                       std::span<const Precondition> preconditions) override {
    return inner_->remove(context, dataset, ids, preconditions);
  }
  Task<std::uint64_t> remove_range(Context& context, const ScanRequest& request) override {
    return inner_->remove_range(context, request);
  }
  Task<std::vector<Partition>> partition(Context& context, const ScanRequest& request,
                                         std::size_t wanted) override {
    return inner_->partition(context, request, wanted);
  }
  Task<std::optional<std::string>> get_state(Context& context, const std::string& key) override {
    return inner_->get_state(context, key);
  }
  Task<bool> put_state(Context& context, const std::string& key, const std::string& value,
                       Existence existence, const std::optional<std::string>& expected) override {
    return inner_->put_state(context, key, value, existence, expected);
  }
  Task<void> remove_state(Context& context, const std::string& prefix) override {
    return inner_->remove_state(context, prefix);
  }
  Task<std::vector<std::pair<std::string, std::string>>> list_state(Context& context,
                                                                    const std::string& prefix) override {
    return inner_->list_state(context, prefix);
  }
  Task<DatasetPointer> create_dataset(Context& context, const CreateRequest& request) override {
    return inner_->create_dataset(context, request);
  }
  Task<void> publish(Context& context, const DatasetPointer& dataset) override {
    return inner_->publish(context, dataset);
  }
  Task<std::unique_ptr<Reader>> native_query(Context& context, const std::string& text,
                                             std::span<const Value> parameters) override {
    return inner_->native_query(context, text, parameters);
  }
  Task<void> create_index(Context& context, const DatasetPointer& dataset, const Index& index) override {
    return inner_->create_index(context, dataset, index);
  }
  Task<std::vector<Index>> indexes(Context& context, const DatasetPointer& dataset) override {
    return inner_->indexes(context, dataset);
  }
  Task<void> drop_index(Context& context, const DatasetPointer& dataset, const std::string& name) override {
    return inner_->drop_index(context, dataset, name);
  }
  Task<void> savepoint(Context& context, const std::string& name) override {
    return inner_->savepoint(context, name);
  }
  Task<void> rollback_to(Context& context, const std::string& name) override {
    return inner_->rollback_to(context, name);
  }
  Task<CommitOutcome> commit(Context& context) override { return inner_->commit(context); }
  Task<void> rollback(Context& context) override { return inner_->rollback(context); }
  void abandon() noexcept override { inner_->abandon(); }

 protected:
  Session& inner() const noexcept { return *inner_; }

 private:
  std::unique_ptr<Session> inner_;
};

class ForwardingBackend : public Backend {
 public:
  explicit ForwardingBackend(std::shared_ptr<Backend> inner) : inner_(std::move(inner)) {}

  const Capabilities& capabilities() const noexcept override { return inner_->capabilities(); }
  std::string display_name() const override { return inner_->display_name(); }
  Task<DatasetPointer> describe(Context& context, const DatasetOptions& options, bool exact) override {
    return inner_->describe(context, options, exact);
  }
  Task<std::vector<std::string>> list(Context& context) override { return inner_->list(context); }
  Task<std::string> identity(Context& context, const DatasetOptions& options) override {
    return inner_->identity(context, options);
  }
  Task<std::string> missing_hint(Context& context, const DatasetOptions& options) override {
    return inner_->missing_hint(context, options);
  }
  PushDown plan(const Query& query, const Dataset& dataset) const override {
    return inner_->plan(query, dataset);
  }
  Task<std::string> explain(Context& context, const ScanRequest& request) override {
    return inner_->explain(context, request);
  }
  Layout creation_layout(const DatasetOptions& options, Layout wanted) const override {
    return inner_->creation_layout(options, wanted);
  }
  std::vector<std::string> creation_statements(const CreateRequest& request) const override {
    return inner_->creation_statements(request);
  }
  TypeMapping map_type(const FieldType& type) const override { return inner_->map_type(type); }
  TypeMapping map_field(const std::string& name, const FieldType& type) const override {
    return inner_->map_field(name, type);
  }
  Task<std::unique_ptr<Session>> session(Context& context, SessionMode mode) override {
    return inner_->session(context, mode);
  }
  Task<void> close(Context& context) override { return inner_->close(context); }

 protected:
  Backend& inner() const noexcept { return *inner_; }
  const std::shared_ptr<Backend>& shared_inner() const noexcept { return inner_; }

 private:
  std::shared_ptr<Backend> inner_;
};

}  // namespace dataknobs
