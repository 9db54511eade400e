// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Random calls of functions, for every generator of expressions.

#include <cstdint>
#include <functional>
#include <vector>

#include <dataknobs/expression.hpp>

namespace dataknobs::test {

/// What an argument is to be.
enum class ArgumentKind : std::uint8_t { number, count, text, moment, list, any, unit };

/// What the calls are made of.
class CallSource {
 public:
  /// A number below the limit.
  std::function<std::uint64_t(std::uint64_t)> below;
  /// A field, mostly of that kind, or a literal that is.
  std::function<Expression(ArgumentKind)> argument;
  /// A condition.
  std::function<Expression()> condition;
};

/// A call with arguments of its kinds, some of which are calls again, up to that depth.
Expression random_call(const CallSource& source, int depth);

/// Some operand of the expression is computed.
bool has_call(const Expression& expression);

}  // namespace dataknobs::test
