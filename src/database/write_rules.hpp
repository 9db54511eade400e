// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Whether a write may happen, by what is there: for stores that decide it themselves.

#include <optional>
#include <span>

#include "database/backend.hpp"

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

/// The error of a bulk load that ends at this item. REQUIRES: it was not written.
[[noreturn]] void raise_not_written(const ItemResult& result, const Record& record);

}  // namespace dataknobs
