// SPDX-License-Identifier: Apache-2.0
#include "backends/file/file_backend.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "backends/file/file_dataset.hpp"
#include "backends/file/file_session.hpp"
#include "backends/file/folder.hpp"
#include "backends/file/folder_list.hpp"
#include "backends/file/folder_parts.hpp"
#include "database/dataset_order.hpp"
#include "query/planner.hpp"
#include "record/nearest.hpp"
#include "runtime/offload.hpp"
#include "runtime/system_file.hpp"

namespace dataknobs::file {

const Capabilities& file_capabilities() noexcept {
  static const Capabilities capabilities = [] {
    Capabilities result = pipe_capabilities();
    result.writes = Support::native;
    result.patches = Support::native;
    result.conditional_writes = Support::native;
    result.metadata = Support::native;
    result.range_removal = Support::native;  // Only of all its records at once.
    result.snapshots = Support::native;
    result.transactions = Support::native;
    result.state = Support::native;
    result.publishes = true;
    result.max_writers = 1;
    return result;
  }();
  return capabilities;
}

const Capabilities& pipe_capabilities() noexcept {
  static const Capabilities capabilities = [] {
    Capabilities result;
    result.point_reads = Support::native;
    result.scans = Support::native;
    result.counting = Support::native;
    result.patches = Support::absent;  // As are all writes of single records.
    result.bulk_writes = Support::native;
    result.partitions = Support::native;
    result.dataset_creation = Support::native;
    return result;
  }();
  return capabilities;
}

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> data_files_in(const fs::path& folder, std::error_code& error) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    std::error_code of_entry;
    if (entry.is_regular_file(of_entry) && has_known_extension(entry.path().string()))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Names the file of the folder that a mistyped one most likely means: one of the same extension first, for two files
/// of one name are often the same data.
std::string hint_of_missing(const fs::path& path) {
  const fs::path folder = path.parent_path();
  std::error_code error;
  if (!folder.empty() && !fs::is_directory(folder, error))
    return fmt::format("check the path: there is no folder '{}'", folder.string());
  // In a folder that may not be listed nothing is near.
  std::vector<fs::path> files = data_files_in(folder.empty() ? fs::path(".") : folder, error);
  std::stable_partition(files.begin(), files.end(),
                        [&](const fs::path& file) { return file.extension() == path.extension(); });
  std::vector<std::string> stems;
  for (const fs::path& file : files) stems.push_back(file.stem().string());
  const std::vector<std::string_view> known(stems.begin(), stems.end());
  const std::string stem = path.stem().string();
  const std::optional<std::string_view> nearest = nearest_name(stem, known);
  if (!nearest) return "check the path";
  const auto at = std::find(stems.begin(), stems.end(), *nearest) - stems.begin();
  return fmt::format("did you mean '{}'?",
                     (folder / files[static_cast<std::size_t>(at)].filename()).string());
}

/// Takes comparisons of the fields that folders name: they are the same for all records of a file.
class FolderTranslator : public Translator {
 public:
  explicit FolderTranslator(const FileDataset& dataset) : dataset_(dataset) {}
  Translation translate(const Expression& leaf, bool) const override {
    const FieldResolution fields = field_resolution(dataset_);
    if (uses_id_or_metadata(leaf, fields)) return Translation();
    std::vector<std::string> names;
    append_field_names(names, leaf, fields);
    const bool is_of_folders = std::all_of(names.begin(), names.end(), [&](const std::string& name) {
      return dataset_.folder()->has_field(name);
    });
    return is_of_folders && !names.empty() ? Translation(Bound::exact, "by the names of folders")
                                           : Translation();
  }
  /// As of a file.
  bool sorts(const std::vector<SortKey>& keys) const override {
    return keys.empty() && dataset_.positional_ids();
  }
  bool cuts() const override { return true; }

 private:
  const FileDataset& dataset_;
};

}  // namespace

Task<DatasetPointer> FileBackend::describe(Context&, const DatasetOptions& options, bool exact) {
  auto work = [&]() -> DatasetPointer {
    const DatasetOptions resolved = tables_->resolve(options);
    if (tables_->is_pipe()) return describe_file(resolved, exact);
    // A folder whose files are no parts of one dataset, as this tells.
    if (resolved.name().empty())
      list_folder(options_.name(), given_format(resolved), given_compression(resolved));
    // What is wrong with the name comes before what is wrong with the file.
    if (!is_folder(resolved.name())) file_options(resolved);
    return tables_->table(resolved)->describe();
  };
  co_return co_await offload(work);
}

Task<std::vector<std::string>> FileBackend::list(Context&) {
  auto work = [&] {
    std::vector<std::string> names;
    std::error_code error;
    if (!fs::is_directory(options_.name(), error)) {
      if (options_.name() == "-" || fs::exists(options_.name(), error)) names.push_back(options_.name());
      return names;
    }
    for (const fs::path& file : data_files_in(options_.name(), error)) names.push_back(file.string());
    if (error) raise_system_error(error.value(), "cannot list", options_.name());
    return names;
  };
  co_return co_await offload(work);
}

Task<std::string> FileBackend::missing_hint(Context&, const DatasetOptions& options) {
  auto work = [&] { return hint_of_missing(file_options(tables_->resolve(options)).path); };
  co_return co_await offload(work);
}

Task<std::string> FileBackend::identity(Context&, const DatasetOptions& options) {
  co_return tables_->is_pipe() ? options.name()
                               : absolute_path(folder_path(tables_->resolve(options).name()));
}

PushDown FileBackend::plan(const Query& query, const Dataset& dataset) const {
  const FieldResolution fields = field_resolution(dataset);
  if (as_file(dataset).folder()) return dataknobs::plan(query, fields, FolderTranslator(as_file(dataset)));
  check_fields(query, fields);
  PushDown push(resolve(query.filter(), fields));
  // Without a key the order by id is the order of the file, so a range of it needs no sort.
  if (push.is_exact() && query.sort().empty() && query.is_ordered() && dataset.positional_ids()) {
    push.set_sort_taken(true).set_range_taken(true);
  }
  return push;
}

Task<std::string> FileBackend::explain(Context&, const ScanRequest& request) {
  const FileDataset& dataset = as_file(*request.dataset());
  if (dataset.folder()) co_return explain_folder(dataset, request.filter());
  co_return fmt::format("scan of {} ({} bytes)", dataset.name(), dataset.bytes().value_or(0));
}

const FileOptions& FileBackend::url_options() const {
  const std::lock_guard lock(mutex_);
  if (!url_options_) url_options_ = file_options(options_);
  return *url_options_;
}

Layout FileBackend::creation_layout(const DatasetOptions& options, Layout) const {
  return layout_of(file_options(tables_->resolve(options)).format);
}

std::vector<std::string> FileBackend::creation_statements(const CreateRequest& request) const {
  // There are none; but what cannot be made is told before anything is.
  Shape shape;
  shape.options = file_options(tables_->resolve(request.options()));
  shape.schema = request.schema();
  check_partition(shape);
  return {};
}

Task<std::unique_ptr<Session>> FileBackend::session(Context&, SessionMode mode) {
  std::shared_ptr<StateLog> log;
  if (options_.name() != "-") {
    const std::lock_guard lock(mutex_);
    if (!log_) log_ = std::make_shared<StateLog>(absolute_path(folder_path(options_.name())));
    log = log_;
  }
  co_return std::make_unique<FileSession>(mode, tables_, std::move(log));
}

Task<void> FileBackend::close(Context&) {
  auto work = [&] { tables_->close(); };
  co_await offload(work);
}

}  // namespace dataknobs::file
