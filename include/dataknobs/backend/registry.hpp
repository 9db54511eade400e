// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The registry of backends: one entry per store, found by the scheme of a URL.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/backend/backend.hpp>
#include <dataknobs/backend/url.hpp>

namespace dataknobs {

/// A key that a URL or a configuration may give, for checks, `backends` and the documentation.
struct OptionDeclaration {
  std::string name;
  std::string description;  ///< One line; says the default.
  bool secret = false;      ///< Never shown.
  bool of_dataset = false;  ///< Belongs to the dataset (table, layout, key, null ...), not to the store.
  bool repeatable = false;
};

/// What the registry knows of a backend. One instance per backend, in its folder.
class BackendDriver {
 public:
  virtual ~BackendDriver() = default;
  /// "sqlite"; the scheme of its URLs.
  virtual std::string name() const = 0;
  /// Other schemes ("postgres", "pg").
  virtual std::vector<std::string> aliases() const { return {}; }
  virtual std::string description() const = 0;
  virtual std::vector<OptionDeclaration> options() const = 0;
  /// A URL as an example.
  virtual std::string example() const = 0;
  virtual const Capabilities& capabilities() const noexcept = 0;
  /// The name of the dataset in that URL: `table=` by default.
  virtual DatasetOptions dataset(const StoreUrl& url) const = 0;
  /// The store of that URL in one spelling: relative paths resolved, defaults put in, without what only says how it is
  /// used (timeouts, passwords), and without a dataset. Equal for URLs of one store.
  virtual StoreUrl place(const StoreUrl& url) const = 0;
  /// True if what is written there can never be read back, and what is read there is something else (a pipe).
  virtual bool is_pipe(const StoreUrl& /*url*/) const { return false; }
  /// Opens nothing yet: errors of the connection come with the first call. Keys have been checked against `options`.
  virtual std::shared_ptr<Backend> make(const StoreUrl& url) const = 0;
};

/// Thread safety: filled at start, then read only.
class Registry {
 public:
  /// The registry of the program: the backends of this build, and those that were registered.
  static const Registry& instance();

  /// Errors: ConfigurationError with the nearest known scheme.
  const BackendDriver& find(std::string_view scheme) const;
  const std::vector<std::unique_ptr<BackendDriver>>& drivers() const noexcept { return drivers_; }
  /// Errors: ConfigurationError if one of its schemes is another's.
  void add(std::unique_ptr<BackendDriver> driver);

 private:
  std::vector<std::unique_ptr<BackendDriver>> drivers_;
};

/// Makes a store known to the program, which may then open its URLs.
/// REQUIRES: at start, before a database is opened and while there is one thread.
/// Errors: ConfigurationError if one of its schemes is another's.
void register_backend(std::unique_ptr<BackendDriver> driver);

/// The one line per backend: src/database/builtin_backends.cpp, linked into programs of this build. The installed
/// library has none: there each store's own library registers it.
void add_builtin_backends(Registry& registry);

/// Checks keys against the declared ones (ConfigurationError with the nearest name) and makes dataset options from
/// those that are `of_dataset`: table= -> name, layout=, key= (comma separated), the rest into `extra`.
DatasetOptions dataset_options(const StoreUrl& url, const std::vector<OptionDeclaration>& declared);

/// A backend with the layers that are always on: error context, completion, capability check.
std::shared_ptr<Backend> open_backend(const StoreUrl& url);

}  // namespace dataknobs
