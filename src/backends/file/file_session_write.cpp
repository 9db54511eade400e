// SPDX-License-Identifier: Apache-2.0
//
// The writing half of FileSession: new files, state, transactions. (Of files that are there: file_session_change.cpp.)
#include <unistd.h>

#include <fmt/format.h>

#include "backends/file/file_session.hpp"
#include "backends/file/file_writer.hpp"
#include "backends/file/folder.hpp"
#include "runtime/offload.hpp"

namespace dataknobs::file {
namespace {

const Shape& shape_of(const FileDataset& dataset) {
  if (dataset.shape()) return *dataset.shape();
  Error(ErrorCode::internal, fmt::format("{} is no new file", dataset.name())).raise();
}

[[noreturn]] void raise_changed(std::string_view key) {
  Error(ErrorCode::concurrency, fmt::format("'{}' was changed by another session meanwhile", key))
      .retryable(true)
      .raise();
}

}  // namespace

FileSession::FileSession(SessionMode mode, std::shared_ptr<FileTables> tables, std::shared_ptr<StateLog> log)
    : mode_(mode), tables_(std::move(tables)), log_(std::move(log)) {}

FileSession::~FileSession() {
  drop();
}

StateLog& FileSession::log() const {
  if (log_) return *log_;
  Error(ErrorCode::unsupported, "a pipe keeps no state").raise();
}

std::optional<std::string> FileSession::seen(const StateValues& values, const std::string& key) const {
  const auto own = pending_.find(key);
  return own != pending_.end() ? own->second : find_value(values, key);
}

void FileSession::change_state(const std::string& key, std::optional<std::string> value,
                               const StateValues& values) {
  expected_.emplace(key, find_value(values, key));
  pending_[key] = std::move(value);
}

Task<std::optional<std::string>> FileSession::get_state(Context&, const std::string& key) {
  auto work = [&] { return seen(log().read(), state_name(key)); };
  co_return co_await offload(work);
}

Task<bool> FileSession::put_state(Context& context, const std::string& key, const std::string& value,
                                  Existence existence, const std::optional<std::string>& expected) {
  log();
  if (mode_ != SessionMode::transaction) {
    LocalState state(log_);
    co_return co_await state.put_state(context, key, value, existence, expected);
  }
  auto work = [&] {
    const std::string name = state_name(key);
    const StateValues values = log().read();
    const bool good = holds(seen(values, name), existence, expected);
    if (good) change_state(name, value, values);
    return good;
  };
  co_return co_await offload(work);
}

Task<void> FileSession::remove_state(Context& context, const std::string& prefix) {
  log();
  if (mode_ != SessionMode::transaction) {
    LocalState state(log_);
    co_await state.remove_state(context, prefix);
    co_return;
  }
  auto work = [&] {
    const std::string name = state_name(prefix);
    const StateValues values = log().read();
    for (auto& [key, value] : pending_) {
      if (key.starts_with(name)) value.reset();
    }
    for (const std::string& key : state_names(values, prefix)) change_state(key, std::nullopt, values);
  };
  co_await offload(work);
}

Task<std::vector<std::pair<std::string, std::string>>> FileSession::list_state(Context&,
                                                                               const std::string& prefix) {
  auto work = [&] {
    StateValues values = log().read();
    for (const auto& [key, value] : pending_) {
      if (value) {
        values[key] = *value;
      } else {
        values.erase(key);
      }
    }
    return state_entries(values, prefix);
  };
  co_return co_await offload(work);
}

Task<DatasetPointer> FileSession::create_dataset(Context&, const CreateRequest& request) {
  auto work = [&]() -> DatasetPointer {
    CreateRequest resolved(tables_->resolve(request.options()), request.layout());
    resolved.set_schema(request.schema()).set_key(request.key());
    std::shared_ptr<FileDataset> dataset = new_file(resolved);
    if (log_ && dataset->file_options().path != "-") {
      const std::string key = load_key(dataset->file_options().path);
      const std::optional<std::string> point = find_value(log_->read(), key);
      if (point) dataset->set_rows(LoadPoint::from_text(*point).rows, true);
    }
    return dataset;
  };
  co_return co_await offload(work);
}

std::shared_ptr<StagedLoad> FileSession::load_of(const FileDataset& dataset, StagedLoad::Start start) {
  const std::string& path = dataset.file_options().path;
  if (done_) Error(ErrorCode::internal, "the transaction has ended").raise();
  std::shared_ptr<StagedLoad>& load = loads_[absolute_path(path)];
  if (load) return load;
  log();
  load = make_staged_load(shape_of(dataset), LoadLog(log_, path), start);
  return load;
}

std::unique_ptr<Writer> FileSession::load_writer(const WriterOptions& options) {
  const FileDataset& dataset = as_file(*options.dataset());
  const Shape& shape = shape_of(dataset);
  if (mode_ == SessionMode::transaction) {
    const std::shared_ptr<StagedLoad> load = load_of(dataset, StagedLoad::Start::resume);
    load->set_buffer_bytes(options.buffer_bytes());
    return std::make_unique<FileWriter>(options.dataset(), nullptr, load);
  }
  std::unique_ptr<WholeLoad> load = make_whole_load(shape);
  load->set_buffer_bytes(options.buffer_bytes());
  return std::make_unique<FileWriter>(options.dataset(), std::move(load), nullptr);
}

void FileSession::publish_now(const FileDataset& dataset) {
  const std::string& path = dataset.file_options().path;
  if (path == "-") return;
  const std::string key = load_key(path);
  const bool exists = is_there(dataset.file_options());
  const std::optional<std::string> point = find_value(log().read(), key);
  const auto forget = [&] {
    log().apply([&](const StateValues&) {
      StateChange change;
      change.removes = {key};
      return change;
    });
  };
  if (!point) {
    // Published before, or nothing was ever written: then the new file is empty.
    if (!exists && dataset.file_options().is_folder) raise_folder_is_whole(dataset);
    if (!exists) make_whole_load(shape_of(dataset))->finish();
    return;
  }
  if (exists && ::access(LoadPoint::from_text(*point).part.c_str(), F_OK) != 0) {
    // A crash came between the renaming and the log.
    forget();
    return;
  }
  const std::shared_ptr<StagedLoad> load = load_of(dataset, StagedLoad::Start::resume);
  loads_.clear();
  load->publish();
  forget();
}

Task<void> FileSession::publish(Context&, const DatasetPointer& dataset) {
  auto work = [&] { publish_now(as_file(*dataset)); };
  co_await offload(work);
}

/// `joint_commit`: the name of the commit that this is a part of.
void FileSession::commit_state(const std::optional<std::string>& joint_commit) {
  StateChange change;
  if (joint_commit) change.puts.emplace(commit_key(*joint_commit), "");
  std::vector<std::pair<std::shared_ptr<StagedLoad>, LoadPoint>> points;
  for (const auto& [path, load] : loads_) {
    if (!load) continue;
    if (load->spoiled()) {
      Error(ErrorCode::invalid_argument, fmt::format("a writer of {} ended early: roll back", path)).raise();
    }
    points.emplace_back(load, load->sync());
    change.puts.emplace(load_key(path), points.back().second.to_text());
    change.removes.push_back(claim_key(path));
    expected_[load_key(path)] = load->base().empty() ? std::nullopt : std::optional(load->base());
  }
  for (const auto& [key, value] : pending_) {
    if (value) {
      change.puts.emplace(key, *value);
    } else {
      change.removes.push_back(key);
    }
  }
  log().apply([&](const StateValues& values) {
    for (const auto& [key, value] : expected_) {
      if (find_value(values, key) != value) raise_changed(key);
    }
    return change;
  });
  for (auto& [load, point] : points) load->committed(std::move(point));
}

void FileSession::drop() noexcept {
  done_ = done_ || mode_ == SessionMode::transaction;
  changed_.clear();
  loads_.clear();
  pending_.clear();
  expected_.clear();
}

Task<CommitOutcome> FileSession::commit(Context&) {
  auto work = [&] {
    try {
      if (mode_ == SessionMode::transaction) commit_now();
    } catch (...) {
      drop();
      throw;
    }
    drop();
  };
  co_await offload(work);
  co_return CommitOutcome::committed;
}

Task<void> FileSession::rollback(Context&) {
  auto work = [&] { drop(); };
  co_await offload(work);
}

void FileSession::abandon() noexcept {
  drop();
}

}  // namespace dataknobs::file
