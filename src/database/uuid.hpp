// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// UUIDs of version 7 (RFC 9562): ids that sort by the time of their making.

#include <functional>
#include <string>

namespace dataknobs {

/// A new UUIDv7 in lower case with hyphens. Those made by one thread increase.
/// Thread safety: any thread; a forked process makes others than its parent.
std::string make_uuid();

/// The id of a new record: a UUID, or what a test wants.
/// Thread safety: any thread.
std::string make_record_id();
/// Where ids of new records come from; nullptr: UUIDs.
void set_id_source(std::function<std::string()> source);

}  // namespace dataknobs
