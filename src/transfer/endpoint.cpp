// SPDX-License-Identifier: Apache-2.0
#include "transfer/endpoint.hpp"

#include "database/config.hpp"
#include "database/keys.hpp"
#include "database/local_state.hpp"
#include "database/missing_dataset.hpp"
#include "database/registry.hpp"
#include "record/json.hpp"
#include "transfer/json_fields.hpp"

namespace dataknobs {

void Endpoint::set_url(const std::string& url, bool written) {
  const StoreUrl parsed = resolve_store(url);
  const BackendDriver& driver = Registry::instance().find(parsed.scheme());
  options_ = driver.dataset(parsed);
  display_ = parsed.display();
  place_ = driver.place(parsed).display();
  is_written_pipe_ = written && driver.is_pipe(parsed);
  backend_ = open_backend(parsed);
}

Task<Endpoint> Endpoint::open(std::string url) {
  Endpoint endpoint;
  endpoint.set_url(url, false);
  co_await endpoint.describe_again();
  if (!endpoint.dataset_) {
    Context context;
    const Error error =
        co_await missing_dataset(*endpoint.backend_, context, endpoint.options_, endpoint.display_);
    error.raise();
  }
  co_return endpoint;
}

Task<Endpoint> Endpoint::open_target(std::string url) {
  Endpoint endpoint;
  endpoint.set_url(url, true);
  co_await endpoint.describe_again();
  co_return endpoint;
}

Task<void> Endpoint::describe_again() {
  if (is_written_pipe_) co_return;
  Context context;
  dataset_ = co_await backend_->describe(context, options_, false);
}

Task<void> Endpoint::identify() {
  Context context;
  dataset_identity_ = co_await backend_->identity(context, options_);
}

std::string Endpoint::identity() const {
  JsonObjectBuilder extra;
  for (const auto& [name, values] : options_.extra()) extra.add(name, values);
  JsonObjectBuilder builder;
  builder.add("store", place_)
      .add("dataset", dataset_identity_)
      .add("key", options_.key())
      .add("options", extra.build());
  if (options_.layout())
    builder.add("layout", *options_.layout() == Layout::columns ? "columns" : "document");
  return to_json(builder.build());
}

Task<void> Endpoint::look_for_state() {
  if (!has_journal()) co_return;
  Context context;
  std::unique_ptr<Session> session = co_await backend_->session(context, SessionMode::autocommit);
  const std::string any_key = "journal";
  try {
    co_await session->get_state(context, any_key);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::permission) throw;
    state_refusal_ = error;
    const auto log = std::make_shared<StateLog>(place_);
    local_state_path_ = log->path();
    local_state_ = std::make_shared<LocalState>(log);
  }
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
  std::vector<Value> key;
  for (const std::string& name : dataset.key()) key.push_back(record[name]);
  return id_of_key(key);
}

}  // namespace dataknobs
