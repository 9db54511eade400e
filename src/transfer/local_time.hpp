// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Times of a clock on the wall (datetimes without a time zone) as moments, by the rules of the clock's time zone.
/// Pure but for the machine's time zone database (IANA).

#include <cstdint>
#include <optional>
#include <string>

#include "record/batch.hpp"

namespace dataknobs {

/// Errors: ConfigurationError if the time zone database has no zone of that name.
void check_time_zone(const std::string& zone);

/// The first row whose time that zone's clocks show twice (as they are set back) or never (as they are set forward).
/// REQUIRES: a column of datetimes, and a zone that is known.
std::optional<std::int64_t> first_unclear_time(const Column& local, const std::string& zone);

/// The moments, in a column of type `type`: the earlier of two, the later end of what was left out. Infinities and
/// what is no datetime stay as they are. REQUIRES: as above.
Column moments_of(const Column& local, const FieldType& type, const std::string& zone);

}  // namespace dataknobs
