// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The binary format of numeric: groups of four digits, to and from decimal text. Pure.

#include <cstdint>
#include <string>
#include <string_view>

namespace dataknobs::postgresql {

enum class NumericClass : std::uint8_t { finite, nan, infinity, negative_infinity, malformed };

/// Appends the text of a numeric ("-12.50", with as many digits behind the point as it has) if it is finite; what it
/// appends of a malformed one means nothing.
NumericClass append_numeric_text(std::string& out, std::string_view wire);

/// Appends the binary format of a number in decimal text ("-12.50", "1e+400"). False, and nothing appended, if it is
/// not a number or has more digits than a numeric can have.
bool append_numeric_wire(std::string& out, std::string_view text);
/// REQUIRES: not finite and not malformed.
void append_numeric_special(std::string& out, NumericClass value);

}  // namespace dataknobs::postgresql
