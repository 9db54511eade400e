// SPDX-License-Identifier: Apache-2.0
#include "backends/memory/write.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/conform.hpp"
#include "database/keys.hpp"

namespace dataknobs::memory {

namespace {

std::optional<Error> find_error(Record& record, const MemoryDataset& dataset) {
  if (dataset.layout() == Layout::columns) return conform(record, dataset.schema());
  return std::nullopt;
}

Error no_id() {
  return Error(ErrorCode::serialization, "the record has no id").hint("set an id, or the fields of the key");
}

std::optional<Error> find_duplicate(const Target& target, const std::string& id, const Record& record) {
  if (!target.has_unique_index()) return std::nullopt;
  const std::shared_ptr<const TableIndex> index = target.find_duplicate(id, record);
  return index ? std::optional(duplicate_error(index->definition())) : std::nullopt;
}

ItemResult put_new(Target& target, const std::string& id, const std::shared_ptr<Record>& record) {
  if (const std::optional<Error> error = find_duplicate(target, id, *record)) return rejected(*error);
  Version version = *record->version();
  target.put(id, record);
  return ItemResult(Outcome::written, std::move(version));
}

ItemResult patch_record(Target& target, const MemoryDataset& dataset, const Record& existing,
                        const PreparedRecord& prepared) {
  auto merged = std::make_shared<Record>(existing);
  merge_patch(*merged, *prepared.record());
  if (const std::optional<Error> error = find_error(*merged, dataset)) return rejected(*error);
  merged->set_version(Store::next_version());
  return put_new(target, prepared.id(), merged);
}

}  // namespace

Error duplicate_error(const Index& index) {
  const std::string fields = fmt::format("{}", fmt::join(index.fields(), ", "));
  return Error(ErrorCode::duplicate_record,
               fmt::format("a record with the same value of {} exists already: the index {} is unique",
                           fields, index.name()))
      .field_path(fields);
}

PreparedRecord::PreparedRecord(const Record& record, const MemoryDataset& dataset, WriteMode mode)
    : record_(std::make_shared<Record>(record)) {
  if (dataset.table()->is_keyless()) {
    record_->set_id(std::nullopt);
    row_ = dataset.table()->next_row();
  } else {
    try {
      reconcile_key(*record_, dataset);
    } catch (const Error& error) {
      error_ = std::make_shared<const Error>(error);
      return;
    }
    if (!record_->id()) {
      error_ = std::make_shared<const Error>(no_id());
      return;
    }
  }
  if (mode == WriteMode::patch) return;
  if (const std::optional<Error> error = find_error(*record_, dataset)) {
    error_ = std::make_shared<const Error>(*error);
    return;
  }
  record_->set_version(Store::next_version());
}

ItemResult write_record(Target& target, const MemoryDataset& dataset, WriteMode mode,
                        const PreparedRecord& prepared, const Precondition& precondition) {
  if (prepared.error()) return ItemResult(Outcome::rejected, std::nullopt, prepared.error());
  if (mode == WriteMode::insert && precondition.existence() != Existence::present &&
      !precondition.version()) {
    if (target.has_unique_index()) {
      if (target.find(prepared.id())) return ItemResult(Outcome::conflict);
      return put_new(target, prepared.id(), prepared.record());
    }
    if (!target.insert(prepared.id(), prepared.record())) return ItemResult(Outcome::conflict);
    return ItemResult(Outcome::written, prepared.record()->version());
  }
  const RecordPointer existing = target.find(prepared.id());
  if (const std::optional<Outcome> hindrance = write_hindrance(mode, precondition, existing.get())) {
    return ItemResult(*hindrance);
  }
  if (mode == WriteMode::patch) return patch_record(target, dataset, *existing, prepared);
  return put_new(target, prepared.id(), prepared.record());
}

ItemResult remove_record(Target& target, const std::string& id, const Precondition& precondition) {
  const RecordPointer existing = target.find(id);
  if (const std::optional<Outcome> hindrance = removal_hindrance(precondition, existing.get())) {
    return ItemResult(*hindrance);
  }
  target.put(id, nullptr);
  return ItemResult(Outcome::written);
}

}  // namespace dataknobs::memory
