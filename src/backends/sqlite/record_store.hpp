// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Records of one table, one by one, by id. Blocking; the caller sees to transactions.

#include <memory>
#include <optional>
#include <string>

#include "backends/sqlite/catalog.hpp"
#include "database/backend.hpp"

namespace dataknobs::sqlite {

class RecordStore {
 public:
  virtual ~RecordStore() = default;
  virtual std::optional<Record> read(const std::string& id) = 0;
  /// Sets the id that the store gave, where it gives ids. What the store refuses is `rejected`; other errors
  /// are thrown.
  virtual ItemResult write(WriteMode mode, Record& record, const Precondition& precondition) = 0;
  virtual ItemResult remove(const std::string& id, const Precondition& precondition) = 0;
};

/// Lifetime: the connection outlives the store.
std::unique_ptr<RecordStore> make_record_store(Connection& connection,
                                               std::shared_ptr<const TableDataset> dataset);

/// Takes `count` new versions of a document table; the last one of them. REQUIRES: in a transaction that
/// writes.
std::int64_t take_versions(Connection& connection, const std::string& table, std::uint64_t count);

/// What a precondition and a mode say of a record that is there (its version, where one is wanted) or is not:
/// nothing if the write may go on.
std::optional<Outcome> check_precondition(WriteMode mode, const Precondition& precondition, bool exists,
                                          const std::optional<Version>& version);

}  // namespace dataknobs::sqlite
