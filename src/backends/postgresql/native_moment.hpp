// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Comparisons of moments, dates and times of day in SQL. Pure.

#include <string>

#include <dataknobs/expression.hpp>

#include "backends/postgresql/operand.hpp"

namespace dataknobs::postgresql {

/// The last moment that DateTime can say: what lies between it and infinity is a text here.
inline constexpr const char* last_moment = "294247-01-10 04:00:54.775806";

/// `operand op literal`, a DateTime or Date.
std::string compare_moment(const Operand& operand, Operator op, const Value& literal);
std::string compare_moments(const Operand& left, Operator op, const Operand& right);

std::string compare_time(const Typed& time, Operator op, Time literal);

}  // namespace dataknobs::postgresql
