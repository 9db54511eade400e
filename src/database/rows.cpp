// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/detail/rows.hpp>

namespace dataknobs::detail {

namespace {

// Between two steps somebody else may create the record, or remove it again; more often than this it is no accident.
constexpr int kAttempts = 3;

}  // namespace

void raise_id_is_fixed() {
  Error(ErrorCode::invalid_argument, "an id cannot be changed")
      .field_path("id")
      .hint("create the record anew and remove the old one")
      .raise();
}

void require_id(const Record& record, std::string_view operation, const std::string& store) {
  if (record.id()) return;
  Error(ErrorCode::invalid_argument, "the struct has no id yet: what it stands for is not stored")
      .operation(operation)
      .store(store)
      .hint("create it, or upsert it")
      .raise();
}

void require_whole(const Query& query, const std::string& store) {
  if (query.select().empty()) return;
  Error(ErrorCode::query, "structs are read with all their members: select has no place in their queries")
      .operation("search")
      .store(store)
      .hint("search the database itself, or use a smaller struct")
      .raise();
}

Record without_nulls(const Record& record) {
  Record kept;
  kept.set_id(record.id());
  kept.reserve(record.size());
  for (const Field& field : record.fields()) {
    if (!field.value().is_null()) kept.append(field.name(), field.value());
  }
  return kept;
}

UpsertSteps::UpsertSteps(Record fields, const WriteOptions& options, std::string store)
    : changes_(std::move(fields)),
      store_(std::move(store)),
      conditional_(options.expected_version().has_value()),
      updates_(changes_.id().has_value()) {
  if (conditional_) require_id(changes_, "upsert", store_);
  if (updates_) id_ = *changes_.id();
}

void UpsertSteps::updated(bool found) {
  done_ = found;
  updates_ = false;
  if (found || !conditional_) return;
  Error(ErrorCode::concurrency, "there is no record of that id any more")
      .operation("upsert")
      .store(store_)
      .record_id(id_)
      .raise();
}

void UpsertSteps::created(const Record& record) {
  id_ = record.id().value_or("");
  done_ = true;
}

void UpsertSteps::not_created(const DuplicateRecordError& error) {
  // Without an id, or each time anew, it is no record of that id which is in the way, but another unique field.
  if (id_.empty() || ++attempts_ >= kAttempts) error.raise();
  updates_ = true;
}

}  // namespace dataknobs::detail
