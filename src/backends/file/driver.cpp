// SPDX-License-Identifier: Apache-2.0
#include "backends/file/backend.hpp"

#include <fmt/format.h>

#include "backends/file/file_backend.hpp"
#include "backends/file/folder_list.hpp"
#include "backends/file/options.hpp"
#include "backends/file/output_file.hpp"

namespace dataknobs {
namespace file {
namespace {

bool are_parts(const std::string& path, const DatasetOptions& options) {
  try {
    list_folder(path, given_format(options), given_compression(options));
    return true;
  } catch (const ConfigurationError&) {
    return false;
  }
}

class FileDriver : public BackendDriver {
 public:
  std::string name() const override { return "file"; }
  std::string description() const override {
    return "CSV, TSV, NDJSON, JSON and Parquet files, and folders of them; '-' is a pipe";
  }
  std::vector<OptionDeclaration> options() const override { return declared_options(); }
  std::string example() const override { return "people.csv?null=NA"; }
  const Capabilities& capabilities() const noexcept override { return file_capabilities(); }

  DatasetOptions dataset(const StoreUrl& url) const override {
    DatasetOptions options = dataset_options(url, declared_options());
    if (url.has_authority() && !url.authority().empty() && url.authority() != "localhost") {
      Error(ErrorCode::configuration, fmt::format("a file is on this machine, not on '{}'", url.authority()))
          .hint("write file:/folder/name or file:name")
          .raise();
    }
    // A folder whose files are no parts of one dataset is a store of them, and names none.
    if (is_folder(url.path()) && !url.path().ends_with('/') && !are_parts(url.path(), options))
      return options;
    options.set_name(url.path());
    // A folder that is to be read says its format itself.
    if (!is_folder(url.path()) || given_format(options)) file_options(options);
    return options;
  }

  StoreUrl place(const StoreUrl& url) const override {
    return {name(), is_pipe(url) ? url.path() : absolute_path(folder_path(url.path()))};
  }

  bool is_pipe(const StoreUrl& url) const override { return url.path() == "-"; }

  std::shared_ptr<Backend> make(const StoreUrl& url) const override {
    DatasetOptions options = dataset_options(url, declared_options());
    options.set_name(url.path());
    return std::make_shared<FileBackend>(std::move(options), url.display());
  }
};

}  // namespace
}  // namespace file

std::unique_ptr<BackendDriver> make_file_driver() {
  return std::make_unique<file::FileDriver>();
}

}  // namespace dataknobs
