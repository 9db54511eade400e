// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The Backend of files.

#include <mutex>
#include <string>

#include "backends/file/file_tables.hpp"
#include "database/backend.hpp"
#include "database/state_log.hpp"

namespace dataknobs::file {

const Capabilities& file_capabilities() noexcept;
/// Of `-`: standard input and output.
const Capabilities& pipe_capabilities() noexcept;

class FileBackend : public Backend {
 public:
  /// `options`: what the URL says of its file; map_type goes by the format there.
  FileBackend(DatasetOptions options, std::string display_name)
      : options_(options),
        tables_(std::make_shared<FileTables>(std::move(options))),
        display_name_(std::move(display_name)) {}

  const Capabilities& capabilities() const noexcept override {
    return options_.name() == "-" ? pipe_capabilities() : file_capabilities();
  }
  std::string display_name() const override { return display_name_; }
  Task<DatasetPointer> describe(Context& context, const DatasetOptions& options, bool exact) override;
  Task<std::vector<std::string>> list(Context& context) override;
  Task<std::string> identity(Context& context, const DatasetOptions& options) override;
  Task<std::string> missing_hint(Context& context, const DatasetOptions& options) override;
  PushDown plan(const Query& query, const Dataset& dataset) const override;
  Task<std::string> explain(Context& context, const ScanRequest& request) override;
  Layout creation_layout(const DatasetOptions& options, Layout wanted) const override;
  std::vector<std::string> creation_statements(const CreateRequest& request) const override;
  TypeMapping map_type(const FieldType& type) const override;
  TypeMapping map_field(const std::string& name, const FieldType& type) const override;
  Task<std::unique_ptr<Session>> session(Context& context, SessionMode mode) override;
  Task<void> close(Context& context) override;

 private:
  /// What the URL says of its file or folder, and what that itself says.
  const FileOptions& url_options() const;

  DatasetOptions options_;
  std::shared_ptr<FileTables> tables_;
  std::string display_name_;
  mutable std::mutex mutex_;
  mutable std::optional<FileOptions> url_options_;  ///< Found when first needed.
  std::shared_ptr<StateLog> log_;                   ///< Made when first needed.
};

}  // namespace dataknobs::file
