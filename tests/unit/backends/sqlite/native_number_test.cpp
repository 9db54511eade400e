// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/native_number.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cmath>
#include <limits>

#include "expr/operators.hpp"

namespace dataknobs::sqlite {
namespace {

std::vector<Value> numbers() {
  std::vector<Value> result;
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double base : {0.0, 0.1, 1.0, 2.5, 9007199254740992.0, 4503599627370496.5, 9223372036854775808.0,
                            1e19, 1e300, 5e-324, 4611686018427387904.0}) {
    for (const double value : {base, std::nextafter(base, infinity), std::nextafter(base, -infinity)}) {
      result.emplace_back(value);
      result.emplace_back(-value);
    }
  }
  result.emplace_back(infinity);
  result.emplace_back(-infinity);
  for (const std::int64_t base :
       {std::int64_t{0}, std::int64_t{3}, std::int64_t{1} << 53, std::int64_t{1} << 62, INT64_MAX - 1}) {
    for (const std::int64_t value : {base - 1, base, base + 1}) {
      result.emplace_back(value);
      result.emplace_back(-value);
    }
  }
  result.emplace_back(INT64_MIN);
  return result;
}

std::vector<Value> literals() {
  std::vector<Value> result = numbers();
  for (const char* text :
       {"0.1", "0.10000000000000000001", "0.09999999999999999999", "0.1000000000000000055511151231257827",
        "2.5", "2.50000000000000000000000001", "9007199254740992.5", "9007199254740993", "9007199254740993.5",
        "4611686018427387904.5", "9223372036854775807.5", "9223372036854775808", "9223372036854776000",
        "-9223372036854775808.5", "1e19", "1e400", "1e-400", "-0.5", "3.0"}) {
    result.emplace_back(*Decimal::parse(text));
    result.emplace_back(*Decimal::parse(text[0] == '-' ? text + 1 : std::string("-") + text));
  }
  return result;
}

bool expected(Operator op, const Value& cell, const Value& literal) {
  const std::strong_ordering order = *compare(cell, literal);
  switch (op) {
    case Operator::equal:
      return order == 0;
    case Operator::less:
      return order < 0;
    case Operator::less_equal:
      return order <= 0;
    case Operator::greater:
      return order > 0;
    default:
      return order >= 0;
  }
}

class Database {
 public:
  Database() { sqlite3_open(":memory:", &handle_); }
  ~Database() { sqlite3_close(handle_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  bool test(const Value& cell, const NumberCondition& condition) {
    if (!condition.constant) return false;
    const std::string sql = "SELECT ?1 " + std::string(to_string(condition.op)) + " ?2";
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr);
    bind(statement, 1, cell);
    if (const auto* number = std::get_if<double>(&*condition.constant)) {
      sqlite3_bind_double(statement, 2, *number);
    } else {
      sqlite3_bind_int64(statement, 2, std::get<std::int64_t>(*condition.constant));
    }
    sqlite3_step(statement);
    const bool result = sqlite3_column_int(statement, 0) != 0;
    sqlite3_finalize(statement);
    return result;
  }

 private:
  static void bind(sqlite3_stmt* statement, int index, const Value& value) {
    if (const auto* number = value.get_if<double>()) {
      sqlite3_bind_double(statement, index, *number);
    } else {
      sqlite3_bind_int64(statement, index, value.get<std::int64_t>());
    }
  }
  sqlite3* handle_ = nullptr;
};

TEST(NativeNumber, AgreesWithTheSemanticsForEveryCell) {
  Database database;
  std::size_t native = 0;
  for (const Value& literal : literals()) {
    for (const Operator op : {Operator::equal, Operator::less, Operator::less_equal, Operator::greater,
                              Operator::greater_equal}) {
      const std::optional<NumberCondition> condition = number_condition(op, literal);
      if (!condition) continue;
      ++native;
      for (const Value& cell : numbers()) {
        EXPECT_EQ(database.test(cell, *condition), expected(op, cell, literal))
            << to_text(cell) << " (" << to_string(cell.type()) << ") " << to_string(op) << " "
            << to_text(literal) << " (" << to_string(literal.type()) << ")";
      }
    }
  }
  EXPECT_GT(native, 200U);
}

TEST(NativeNumber, LeavesTheRestAlone) {
  for (const Value& literal :
       {Value(INT64_MIN), Value(9223372036854775808.0), Value(1e300),
        Value(std::numeric_limits<double>::quiet_NaN()), Value(*Decimal::parse("1e400"))}) {
    EXPECT_FALSE(number_condition(Operator::less, literal)) << to_text(literal);
  }
}

}  // namespace
}  // namespace dataknobs::sqlite
