// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Endpoint: one of the two stores of a transfer, opened by URL.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "database/backend.hpp"

namespace dataknobs {

class Endpoint {
 public:
  Endpoint() = default;

  /// Opens by URL and describes the dataset.
  static Task<Endpoint> open(std::string url);
  Task<void> describe_again();
  /// Errors: NotFoundError if the dataset does not exist.
  const DatasetPointer& existing() const;

  Backend& backend() const noexcept { return *backend_; }
  const DatasetOptions& options() const noexcept { return options_; }
  /// Nothing if it does not exist.
  const DatasetPointer& dataset() const noexcept { return dataset_; }
  void set_dataset(DatasetPointer dataset) { dataset_ = std::move(dataset); }
  /// The URL without secrets.
  const std::string& display() const noexcept { return display_; }
  bool is_open() const noexcept { return backend_ != nullptr; }
  bool keeps_state() const noexcept { return backend_->capabilities().state != Support::absent; }
  bool has_transactions() const noexcept { return backend_->capabilities().transactions != Support::absent; }

 private:
  std::shared_ptr<Backend> backend_;
  DatasetOptions options_;
  DatasetPointer dataset_;
  std::string display_;
};

/// The id of a record that was read from that dataset: its own, else the text of its key columns; nothing
/// where it has none that lasts.
std::optional<std::string> id_of(const Dataset& dataset, const Record& record);

}  // namespace dataknobs
