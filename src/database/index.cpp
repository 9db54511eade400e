// SPDX-License-Identifier: Apache-2.0
//
// Indexes: what is the same for every store (names, fields, errors); making them is the store's.
#include <algorithm>

#include <fmt/format.h>

#include <dataknobs/database.hpp>

#include "database/dataset_order.hpp"
#include "database/index_names.hpp"
#include "database/state.hpp"

namespace dataknobs {

namespace {

// The fields as paths print, so that those of equal indexes are equal.
std::vector<std::string> checked_fields(const Index& index, const Dataset& dataset) {
  if (index.fields().empty()) {
    Error(ErrorCode::invalid_argument, "an index needs at least one field").raise();
  }
  std::vector<std::string> fields;
  for (const std::string& text : index.fields()) {
    const Path path = Path::parse(text);
    check_field(path, field_resolution(dataset));
    if (dataset.layout() == Layout::document && path.is_id()) {
      Error(ErrorCode::invalid_argument, "the id of a document has its index already")
          .field_path(text)
          .hint("a member called id is written in double quotes")
          .raise();
    }
    std::string printed = path.to_string();
    if (std::find(fields.begin(), fields.end(), printed) != fields.end()) {
      Error(ErrorCode::invalid_argument, fmt::format("the field {} is given twice", printed))
          .field_path(printed)
          .raise();
    }
    fields.push_back(std::move(printed));
  }
  return fields;
}

// "people_city_age_index". Stores name indexes in one room with their tables, so the name of the table is in it.
std::string default_name(const std::vector<std::string>& fields, const Dataset& dataset) {
  std::string name = dataset.name();
  for (const std::string& field : fields) name += '_' + field;
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  std::erase_if(name, [](char c) { return c == '"'; });
  std::replace_if(name.begin(), name.end(), [&](char c) { return !is_plain(c); }, '_');
  return name + "_index";
}

Index prepared(const Index& index, const Dataset& dataset) {
  Index result(checked_fields(index, dataset));
  result.kind(index.kind()).unique(index.unique());
  return result.name(index.name().empty() ? default_name(result.fields(), dataset) : index.name());
}

// Errors raised here carry what those of the store do.
template <class Work>
auto stamped(const char* operation, const std::string& store, Work&& work) {
  try {
    return work();
  } catch (const Error& error) {
    Error located = error;
    located.operation(operation).store(store).raise();
  }
}

Task<std::string> make_index(StatePointer state, Index index) {
  Context context = state->context();
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  const DatasetPointer dataset = co_await require_dataset(*state, context);
  const Index wanted = stamped("create index", state->name, [&] { return prepared(index, *dataset); });
  co_await session->create_index(context, dataset, wanted);
  session.done();
  co_return wanted.name();
}

Task<std::vector<Index>> list_indexes(StatePointer state) {
  Context context = state->context();
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  const DatasetPointer dataset = co_await require_dataset(*state, context);
  std::vector<Index> found = co_await session->indexes(context, dataset);
  session.done();
  co_return found;
}

Task<void> remove_index(StatePointer state, std::string name) {
  Context context = state->context();
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  const DatasetPointer dataset = co_await require_dataset(*state, context);
  const std::vector<Index> known = co_await session->indexes(context, dataset);
  stamped("drop index", state->name, [&] { require_index(known, name, *dataset); });
  co_await session->drop_index(context, dataset, name);
  session.done();
}

}  // namespace

Task<std::string> Database::create_index(Index index) {
  return make_index(state_, std::move(index));
}
Task<std::vector<Index>> Database::indexes() {
  return list_indexes(state_);
}
Task<void> Database::drop_index(std::string name) {
  return remove_index(state_, std::move(name));
}

}  // namespace dataknobs
