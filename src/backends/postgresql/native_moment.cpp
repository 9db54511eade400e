// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/native_moment.hpp"

#include <fmt/format.h>

#include "backends/postgresql/temporal.hpp"
#include "expr/operators.hpp"

namespace dataknobs::postgresql {

namespace {

constexpr std::int64_t day_microseconds = 86'400'000'000;
constexpr std::int64_t day_seconds = 86'400;

// A literal on the time line of all moments: a day and the time in it, or one of the infinities.
struct Moment {
  int infinite = 0;
  std::int64_t day = 0;
  std::int64_t rest = 0;
};

Moment moment_of(const Value& literal) {
  if (const auto* date = literal.get_if<Date>()) {
    if (!date->is_finite()) return {*date == Date::infinity() ? 1 : -1, 0, 0};
    return {0, date->days, 0};
  }
  const auto moment = literal.get<DateTime>();
  if (!moment.is_finite()) return {moment == DateTime::infinity() ? 1 : -1, 0, 0};
  std::int64_t day = moment.microseconds / day_microseconds;
  std::int64_t rest = moment.microseconds % day_microseconds;
  if (rest < 0) {
    rest += day_microseconds;
    --day;
  }
  return {0, day, rest};
}

std::string constant(std::string_view type, std::string_view text) {
  return fmt::format("'{}'::{}", text, type);
}

std::string compare(const std::string& left, Operator op, const std::string& right) {
  return fmt::format("{} {} {}", left, to_string(op), right);
}

// Against a moment that lies below all finite values of the type, or above them.
std::string compare_out_of_range(const std::string& sql, std::string_view type, Operator op, bool below) {
  if (op == Operator::equal) return "false";
  if (below)
    return compare(sql, is_below(op) ? Operator::equal : Operator::greater, constant(type, "-infinity"));
  return compare(sql, is_below(op) ? Operator::less : Operator::equal, constant(type, "infinity"));
}

std::string compare_date(const std::string& sql, Operator op, const Moment& literal) {
  if (literal.infinite != 0)
    return compare(sql, op, constant("date", literal.infinite > 0 ? "infinity" : "-infinity"));
  std::int64_t day = literal.day;
  if (literal.rest != 0) {
    // Between two days: the next one decides.
    if (op == Operator::equal) return "false";
    op = is_below(op) ? Operator::less : Operator::greater_equal;
    ++day;
  }
  const Date date{static_cast<std::int32_t>(day)};
  if (!wire_of_date(date)) return compare_out_of_range(sql, "date", op, day < 0);
  return compare(sql, op, constant("date", sql_text(date)));
}

// Microseconds of a finite moment; nothing beyond what DateTime can say.
std::optional<std::int64_t> microseconds_of(const Moment& moment) {
  std::int64_t result = 0;
  if (__builtin_mul_overflow(moment.day, day_microseconds, &result)) return std::nullopt;
  if (__builtin_add_overflow(result, moment.rest, &result)) return std::nullopt;
  if (!DateTime{result}.is_finite()) return std::nullopt;
  return result;
}

std::string timestamp_constant(Kind kind, std::string text) {
  if (kind == Kind::timestamptz) return constant("timestamptz", text);
  // The zone of a constant would be ignored here, and is UTC.
  if (const auto zone = text.find("+00"); zone != std::string::npos) text.erase(zone, 3);
  return constant("timestamp", text);
}

std::string compare_timestamp(const Operand& operand, Operator op, const Moment& literal) {
  const std::string& sql = operand.moment.sql;
  const Kind kind = operand.moment.kind;
  const std::string_view type = kind == Kind::timestamptz ? "timestamptz" : "timestamp";
  const auto within = [&](const std::string& condition) {
    return fmt::format("({} and {})", condition, operand.is_moment);
  };
  if (literal.infinite != 0) {
    const std::string condition =
        compare(sql, op, constant(type, literal.infinite > 0 ? "infinity" : "-infinity"));
    const bool narrow = op == Operator::equal || (is_below(op) && literal.infinite < 0);
    return narrow ? condition : within(condition);
  }
  const std::optional<std::int64_t> microseconds = microseconds_of(literal);
  const bool fits = microseconds && wire_of_datetime(DateTime{*microseconds});
  if (!fits) {
    const std::string condition = compare_out_of_range(sql, type, op, literal.day < 0);
    // What is equal to an infinity is a moment.
    return condition.find(" = ") != std::string::npos || condition == "false" ? condition : within(condition);
  }
  const std::string condition = compare(sql, op, timestamp_constant(kind, sql_text(DateTime{*microseconds})));
  return op == Operator::equal || is_below(op) ? condition : within(condition);
}

// As microseconds; days reach farther than int64.
std::string microseconds_constant(const Moment& literal) {
  if (literal.infinite != 0) return constant("numeric", literal.infinite > 0 ? "Infinity" : "-Infinity");
  std::int64_t seconds = literal.day * day_seconds + literal.rest / 1'000'000;
  std::int64_t fraction = literal.rest % 1'000'000;
  if (seconds < 0 && fraction != 0) {
    ++seconds;
    fraction = 1'000'000 - fraction;
  }
  const bool negative = seconds < 0 || literal.day < 0;
  return fmt::format("'{}{}{:06}'::numeric", negative ? "-" : "", seconds < 0 ? -seconds : seconds, fraction);
}

// A timestamp without time zone, null for the texts.
std::string as_timestamp(const Operand& operand) {
  const Typed& moment = operand.moment;
  if (moment.kind == Kind::date) return moment.sql;
  const std::string zoned =
      moment.kind == Kind::timestamptz ? moment.sql + " at time zone 'UTC'" : moment.sql;
  return fmt::format("(case when {} then {} end)", operand.is_moment, zoned);
}

}  // namespace

std::string compare_moment(const Operand& operand, Operator op, const Value& literal) {
  const Moment moment = moment_of(literal);
  switch (operand.moment.kind) {
    case Kind::none:
      return "false";
    case Kind::date:
      return compare_date(operand.moment.sql, op, moment);
    case Kind::timestamp:
    case Kind::timestamptz:
      return compare_timestamp(operand, op, moment);
    default:
      return compare(operand.moment.sql, op, microseconds_constant(moment));
  }
}

std::string compare_moments(const Operand& left, Operator op, const Operand& right) {
  if (!left.moment || !right.moment) return "false";
  if (left.moment.kind == Kind::numeric) return compare(left.moment.sql, op, right.moment.sql);
  return compare(as_timestamp(left), op, as_timestamp(right));
}

std::string compare_time(const Typed& time, Operator op, Time literal) {
  if (!time) return "false";
  if (time.kind == Kind::numeric) return compare(time.sql, op, fmt::to_string(literal.microseconds));
  const bool below = literal.microseconds < 0;
  if (below || literal.microseconds > day_microseconds) {
    // No time of day: all that there are lie on one side of it.
    return op != Operator::equal && is_below(op) != below ? time.sql + " is not null" : "false";
  }
  return compare(time.sql, op, constant("time", sql_text(literal)));
}

}  // namespace dataknobs::postgresql
