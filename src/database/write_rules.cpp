// SPDX-License-Identifier: Apache-2.0
#include "database/write_rules.hpp"

namespace dataknobs {

namespace {

[[noreturn]] void raise_not_written(const ItemResult& result, const Record& record) {
  const std::string id = record.id().value_or("");
  if (result.error()) {
    Error error = *result.error();
    error.record_id(id).raise();
  }
  switch (result.outcome()) {
    case Outcome::conflict:
      Error(ErrorCode::duplicate_record, "there is a record of that id already").record_id(id).raise();
    case Outcome::missing:
      Error(ErrorCode::not_found, "there is no record of that id").record_id(id).raise();
    case Outcome::unknown:
      Error(ErrorCode::connection, "whether the record was written is not known").record_id(id).raise();
    default:
      Error(ErrorCode::internal, "the record was not written").record_id(id).raise();
  }
}

}  // namespace

std::optional<Outcome> write_hindrance(WriteMode mode, const Precondition& precondition,
                                       const Record* existing) noexcept {
  const bool replaces_only = mode == WriteMode::update || mode == WriteMode::patch;
  if (existing == nullptr && (replaces_only || precondition.existence() == Existence::present)) {
    return Outcome::missing;
  }
  if (existing != nullptr && (mode == WriteMode::insert || precondition.existence() == Existence::absent)) {
    return Outcome::conflict;
  }
  if (precondition.version() && (existing == nullptr || existing->version() != precondition.version())) {
    return Outcome::conflict;
  }
  return std::nullopt;
}

std::optional<Outcome> removal_hindrance(const Precondition& precondition, const Record* existing) noexcept {
  if (existing == nullptr) return Outcome::missing;
  if (precondition.existence() == Existence::absent) return Outcome::conflict;
  if (precondition.version() && existing->version() != precondition.version()) return Outcome::conflict;
  return std::nullopt;
}

const Precondition& precondition_of(std::span<const Precondition> preconditions, std::size_t index) noexcept {
  static const Precondition any;
  return preconditions.empty() ? any : preconditions[index];
}

ItemResult rejected(const Error& error) {
  return ItemResult(Outcome::rejected, std::nullopt, std::make_shared<const Error>(error));
}

void merge_patch(Record& record, const Record& changes) {
  record.merge(changes);
  if (changes.metadata()) record.set_metadata(changes.metadata());
}

void require_written(std::span<const ItemResult> results, std::span<const Record> records) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Outcome outcome = results[i].outcome();
    if (outcome != Outcome::written && outcome != Outcome::unchanged)
      raise_not_written(results[i], records[i]);
  }
}

}  // namespace dataknobs
