// SPDX-License-Identifier: Apache-2.0
#include "database/open.hpp"

#include "database/config.hpp"
#include "database/registry.hpp"
#include "database/state.hpp"
#include "layers/layers.hpp"

namespace dataknobs {

Task<Database> open_database(StoreUrl url) {
  const BackendDriver& driver = Registry::instance().find(url.scheme());
  DatasetOptions options = driver.dataset(url);
  std::shared_ptr<Backend> backend = open_backend(url);
  co_return Database(
      std::make_shared<Database::State>(std::move(backend), std::move(options), url.display()));
}

Task<Store> open_store(StoreUrl url) {
  const BackendDriver& driver = Registry::instance().find(url.scheme());
  auto state = std::make_shared<Store::State>();
  state->driver = &driver;
  state->options = driver.dataset(url);
  state->backend = open_backend(url);
  state->name = state->backend->display_name();
  co_return Store(std::move(state));
}

std::shared_ptr<Backend> open_backend(const StoreUrl& url) {
  const BackendDriver& driver = Registry::instance().find(url.scheme());
  // Options of the dataset are checked too: nothing is opened with a mistyped one.
  static_cast<void>(dataset_options(url, driver.options()));
  return with_layers(driver.make(url));
}

// Parsed within the task, so that what is wrong with the URL is thrown where the task is awaited.
Task<Database> Database::open(std::string_view url) {
  return [](std::string text) -> Task<Database> {
    StoreUrl parsed = resolve_store(text);
    co_return co_await open_database(std::move(parsed));
  }(std::string(url));
}

Task<Store> Store::open(std::string_view url) {
  return [](std::string text) -> Task<Store> {
    StoreUrl parsed = resolve_store(text);
    co_return co_await open_store(std::move(parsed));
  }(std::string(url));
}

}  // namespace dataknobs
