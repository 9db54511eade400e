// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Whether a write may happen, by what is there: for stores that decide it themselves.

#include <optional>
#include <span>

#include <dataknobs/backend/backend.hpp>

namespace dataknobs {

/// What keeps a record from being written, or nothing. `existing`: the record of that id, or nullptr.
std::optional<Outcome> write_hindrance(WriteMode mode, const Precondition& precondition,
                                       const Record* existing) noexcept;
/// What keeps it from being removed, or nothing.
std::optional<Outcome> removal_hindrance(const Precondition& precondition, const Record* existing) noexcept;

/// The precondition of an item: the spans of the contract are either empty or one per item.
const Precondition& precondition_of(std::span<const Precondition> preconditions, std::size_t index) noexcept;

/// What an item that the store refused comes to.
ItemResult rejected(const Error& error);

/// What a patch makes of the record that is there.
void merge_patch(Record& record, const Record& changes);

/// A bulk load ends at the first item that was not written by its own fault. Errors: that of the item, with the id of
/// its record.
void require_written(std::span<const ItemResult> results, std::span<const Record> records);

}  // namespace dataknobs
