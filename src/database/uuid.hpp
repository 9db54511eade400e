// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// UUIDs of version 7 (RFC 9562): ids that sort by the time of their making.

#include <string>

namespace dataknobs {

/// A new UUIDv7 in lower case with hyphens. Those made by one thread increase.
/// Thread safety: any thread; a forked process makes others than its parent.
std::string make_uuid();

}  // namespace dataknobs
