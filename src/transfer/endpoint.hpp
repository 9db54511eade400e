// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Endpoint: one of the two stores of a transfer, opened by URL.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <dataknobs/error.hpp>

#include "database/backend.hpp"

namespace dataknobs {

class Endpoint {
 public:
  Endpoint() = default;

  /// Opens by URL or configured name and describes the dataset.
  static Task<Endpoint> open(std::string url);
  /// The same for what is written to: a pipe has no dataset yet, and is not looked at.
  static Task<Endpoint> open_target(std::string url);
  /// A pipe that is written to keeps what it has.
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
  /// What the URL names, however it is written: store, dataset, and the options that change what is read or written.
  /// REQUIRES: `identify`.
  std::string identity() const;
  /// The dataset's one name within its store, by Backend::identity. REQUIRES: `identify`.
  const std::string& dataset_identity() const noexcept { return dataset_identity_; }
  Task<void> identify();
  /// Both may be in one store, so that what is written to one of them changes the other's fingerprint.
  bool shares_store(const Endpoint& other) const { return place_ == other.place_; }
  bool is_open() const noexcept { return backend_ != nullptr; }
  /// What is written there cannot be read back.
  bool is_written_pipe() const noexcept { return is_written_pipe_; }
  /// A copy into it has a journal: there, or on this machine.
  bool has_journal() const noexcept { return backend_->capabilities().state != Support::absent; }
  /// Finds out whether the caller may keep state there.
  Task<void> look_for_state();
  /// What he lacks for it, and how to get it.
  const std::optional<Error>& state_refusal() const noexcept { return state_refusal_; }
  /// Where the journal is then, and the file that it is in; else nullptr.
  const std::shared_ptr<StateStore>& local_state() const noexcept { return local_state_; }
  const std::string& local_state_path() const noexcept { return local_state_path_; }
  bool has_transactions() const noexcept { return backend_->capabilities().transactions != Support::absent; }

 private:
  void set_url(const std::string& url, bool written);

  std::shared_ptr<Backend> backend_;
  DatasetOptions options_;
  DatasetPointer dataset_;
  std::string display_;
  std::string place_;  ///< The store, in one spelling.
  std::string dataset_identity_;
  std::optional<Error> state_refusal_;
  std::shared_ptr<StateStore> local_state_;
  std::string local_state_path_;
  bool is_written_pipe_ = false;
};

/// The id of a record that was read from that dataset: its own, else the text of its key columns; nothing
/// where it has none that lasts.
std::optional<std::string> id_of(const Dataset& dataset, const Record& record);

}  // namespace dataknobs
