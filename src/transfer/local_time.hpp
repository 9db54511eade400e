// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Times of a clock on the wall (datetimes without a time zone) as moments, by the rules of the clock's time zone.
/// Pure but for the machine's time zone database (IANA).

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "record/batch.hpp"

namespace dataknobs {

/// Errors: ConfigurationError if the time zone database has no zone of that name.
void check_time_zone(const std::string& zone);

/// The times of one column.
class LocalTimes {
 public:
  /// REQUIRES: a column of datetimes, which outlives this, and a zone that is known.
  LocalTimes(const Column& local, std::string zone);

  /// The first row whose time the zone's clocks show twice (as they are set back) or never (as they are set forward).
  std::optional<std::int64_t> first_unclear() const;
  /// The moments, in a column of type `type`: the earlier of two, the later end of what was left out. Infinities and
  /// what is no datetime stay as they are.
  Column moments(const FieldType& type) const;

 private:
  bool is_clear(std::int64_t first, std::int64_t rows) const;

  const Column& local_;
  const std::string zone_;
  const std::shared_ptr<arrow::Array> times_;
};

}  // namespace dataknobs
