// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Values as bytes that memcmp sorts: a byte for the class, then the value, most significant part first.

#include <string>

#include <dataknobs/value.hpp>

namespace dataknobs {

/// Appends bytes that compare as `sort_order` does; those of equal values are equal. REQUIRES: value is not null.
void append_order_key(std::string& out, const Value& value);

}  // namespace dataknobs
