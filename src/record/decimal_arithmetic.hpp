// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Arithmetic on exact decimals. A result is nothing where it would have more than 147 455 digits (as many as
/// PostgreSQL's numeric has) or lie beyond the limits of Decimal.

#include <cstdint>
#include <optional>

#include <dataknobs/decimal.hpp>

namespace dataknobs::number {

/// Exact, with as many places behind the point as the operand that has more of them.
std::optional<Decimal> add(const Decimal& left, const Decimal& right);
std::optional<Decimal> subtract(const Decimal& left, const Decimal& right);
/// Exact, with as many places as both operands together.
std::optional<Decimal> multiply(const Decimal& left, const Decimal& right);
/// The quotient of 38 digits, rounded half to even, without zeros at its end. REQUIRES: right is not zero.
std::optional<Decimal> divide(const Decimal& left, const Decimal& right);
/// The quotient without its fraction. REQUIRES: right is not zero.
std::optional<Decimal> divide_whole(const Decimal& left, const Decimal& right);
/// What is left of it: of the sign of `left`. REQUIRES: right is not zero.
std::optional<Decimal> remainder(const Decimal& left, const Decimal& right);

Decimal negate(const Decimal& value);

/// What becomes of the digits that are left out.
enum class Rounding : std::uint8_t {
  half_away,  ///< To the nearest, a half away from zero.
  down,       ///< Towards zero.
  floor,
  ceiling,
};
/// To that many places behind the point, before it if negative. A number of fewer places stays as it is.
std::optional<Decimal> round(const Decimal& value, std::int64_t places, Rounding rounding);

}  // namespace dataknobs::number
