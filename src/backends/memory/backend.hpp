// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The memory store: the reference of all others.

#include <memory>
#include <string>
#include <vector>

#include "backends/memory/store.hpp"
#include "database/backend.hpp"

namespace dataknobs::memory {

const Capabilities& memory_capabilities() noexcept;

class MemoryBackend : public Backend {
 public:
  MemoryBackend(std::shared_ptr<Store> store, std::string display_name)
      : store_(std::move(store)), display_name_(std::move(display_name)) {}

  const Capabilities& capabilities() const noexcept override { return memory_capabilities(); }
  std::string display_name() const override { return display_name_; }
  Task<DatasetPointer> describe(Context& context, const DatasetOptions& options, bool exact) override;
  Task<std::vector<std::string>> list(Context& context) override;
  PushDown plan(const Query& query, const Dataset& dataset) const override;
  Task<std::string> explain(Context& context, const ScanRequest& request) override;
  std::vector<std::string> creation_statements(const CreateRequest& request) const override;
  TypeMapping map_type(const FieldType& type) const override;
  Task<std::unique_ptr<Session>> session(Context& context, SessionMode mode) override;
  Task<void> close(Context& context) override;

 private:
  std::shared_ptr<Store> store_;
  std::string display_name_;
};

}  // namespace dataknobs::memory
