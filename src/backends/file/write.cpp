// SPDX-License-Identifier: Apache-2.0
//
// What a write does to a record of a file.
#include <xxhash.h>

#include <atomic>
#include <random>

#include <fmt/format.h>

#include "backends/file/changes.hpp"
#include "database/conform.hpp"
#include "database/keys.hpp"
#include "database/write_rules.hpp"

namespace dataknobs::file {
namespace {

/// A token that no record ever had. Of 15 digits, so that a string holds it without memory of its own.
Version next_version() {
  static const std::uint64_t seed = [] {
    std::random_device random;
    return (std::uint64_t{random()} << 32U) | random();
  }();
  static std::atomic<std::uint64_t> last = 0;
  const std::uint64_t number = ++last;
  return fmt::format("{:015x}", XXH3_64bits_withSeed(&number, sizeof number, seed) >> 4U);
}

/// What is wrong with a record, or nothing.
std::optional<Error> find_error(Record& record, const FileDataset& dataset) {
  if (dataset.layout() == Layout::columns) return conform(record, dataset.schema());
  const std::vector<std::string>& members = dataset.id_members();
  if (members.empty() || id_of_members(record, members) == record.id()) return std::nullopt;
  const std::string names = fmt::format("{}", fmt::join(members, ", "));
  return Error(ErrorCode::serialization,
               fmt::format("in {} the id of a record is what its {} says", dataset.name(), names))
      .field_path(members.front())
      .hint(fmt::format("set the id to the text of {}", names));
}

ItemResult write_one(FileChanges& changes, const FileDataset& dataset, WriteMode mode, const Record& given,
                     const Precondition& precondition) {
  auto record = std::make_shared<Record>(given);
  try {
    reconcile_key(*record, dataset);
  } catch (const Error& error) {
    return rejected(error);
  }
  if (!record->id()) {
    return rejected(
        Error(ErrorCode::serialization, "the record has no id").hint("set an id, or the fields of the key"));
  }
  const std::string id = *record->id();
  const RecordPointer existing = changes.find(id);
  if (const std::optional<Outcome> hindrance = write_hindrance(mode, precondition, existing.get())) {
    return ItemResult(*hindrance);
  }
  if (mode == WriteMode::patch) {
    auto merged = std::make_shared<Record>(*existing);
    merge_patch(*merged, *record);
    record = std::move(merged);
  }
  if (const std::optional<Error> error = find_error(*record, dataset)) return rejected(*error);
  Version version = next_version();
  record->set_version(version);
  changes.put(id, std::move(record));
  return ItemResult(Outcome::written, std::move(version));
}

}  // namespace

std::vector<ItemResult> write_records(FileChanges& changes, const FileDataset& dataset, WriteMode mode,
                                      std::span<const Record> records,
                                      std::span<const Precondition> preconditions, bool all_or_nothing) {
  std::vector<std::string> ids;
  for (const Record& record : records) {
    if (record.id()) ids.push_back(*record.id());
  }
  changes.look_up(ids);
  const std::size_t mark = changes.mark();
  std::vector<ItemResult> results;
  results.reserve(records.size());
  bool failed = false;
  for (std::size_t i = 0; i < records.size(); ++i) {
    results.push_back(write_one(changes, dataset, mode, records[i], precondition_of(preconditions, i)));
    failed = failed || results.back().outcome() != Outcome::written;
  }
  if (!failed || !all_or_nothing) return results;
  changes.roll_back(mark);
  for (ItemResult& result : results) {
    if (result.outcome() == Outcome::written) result = ItemResult(Outcome::unchanged);
  }
  return results;
}

std::vector<ItemResult> remove_records(FileChanges& changes, std::span<const std::string> ids,
                                       std::span<const Precondition> preconditions) {
  changes.look_up(ids);
  std::vector<ItemResult> results;
  results.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const RecordPointer existing = changes.find(ids[i]);
    const std::optional<Outcome> hindrance =
        removal_hindrance(precondition_of(preconditions, i), existing.get());
    if (!hindrance) changes.put(ids[i], nullptr);
    results.emplace_back(hindrance.value_or(Outcome::written));
  }
  return results;
}

}  // namespace dataknobs::file
