// SPDX-License-Identifier: Apache-2.0
#include "transfer/endpoint.hpp"

#include "database/registry.hpp"

namespace dataknobs {

Task<Endpoint> Endpoint::open(std::string url) {
  const StoreUrl parsed = StoreUrl::parse(url);
  Endpoint endpoint;
  endpoint.options_ = Registry::instance().find(parsed.scheme()).dataset(parsed);
  endpoint.display_ = parsed.display();
  endpoint.backend_ = open_backend(parsed);
  co_await endpoint.describe_again();
  co_return endpoint;
}

Task<void> Endpoint::describe_again() {
  Context context;
  dataset_ = co_await backend_->describe(context, options_, false);
}

const DatasetPointer& Endpoint::existing() const {
  if (!dataset_) {
    Error(ErrorCode::not_found, "there is no such table or file: '" + options_.name() + "'")
        .store(display_)
        .raise();
  }
  return dataset_;
}

std::optional<std::string> id_of(const Dataset& dataset, const Record& record) {
  if (dataset.positional_ids()) return std::nullopt;
  if (record.id()) return record.id();
  if (dataset.key().empty()) return std::nullopt;
  std::vector<Value> key;
  for (const std::string& name : dataset.key()) key.push_back(record[name]);
  return key_to_id(key);
}

}  // namespace dataknobs
