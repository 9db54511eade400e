// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/sql.hpp"

#include <span>

namespace dataknobs::sqlite {

namespace {

Sql join(std::span<const Sql> parts, std::string_view separator) {
  if (parts.size() == 1) return parts.front();
  const std::size_t half = parts.size() / 2;
  Sql result("(");
  result << join(parts.first(half), separator) << separator << join(parts.subspan(half), separator) << ")";
  return result;
}

void bind_one(Statement& statement, int index, const Parameter& parameter) {
  if (std::holds_alternative<std::monostate>(parameter)) {
    statement.bind(index, Cell());
  } else if (const auto* integer = std::get_if<std::int64_t>(&parameter)) {
    statement.bind(index, Cell::of_integer(*integer));
  } else if (const auto* number = std::get_if<double>(&parameter)) {
    statement.bind(index, Cell::of_real(*number));
  } else if (const auto* text = std::get_if<std::string>(&parameter)) {
    statement.bind(index, Cell::of_text(*text));
  } else if (const auto* binary = std::get_if<Binary>(&parameter)) {
    statement.bind(index, Cell::of_blob(binary->bytes));
  } else if (const auto* match = std::get_if<std::shared_ptr<const Match>>(&parameter)) {
    statement.bind_pointer(index, match->get(), Match::kPointerType);
  } else {
    const auto& order = std::get<std::shared_ptr<const Order>>(parameter);
    statement.bind_pointer(index, order.get(), Order::kPointerType);
  }
}

}  // namespace

// Plain question marks: they need no renumbering when parts are put together.
Sql& Sql::operator<<(const Sql& part) {
  text_ += part.text_;
  parameters_.insert(parameters_.end(), part.parameters_.begin(), part.parameters_.end());
  return *this;
}

Sql& Sql::value(Parameter parameter) {
  text_ += '?';
  parameters_.push_back(std::move(parameter));
  return *this;
}

void Sql::bind(Statement& statement) const {
  int index = 0;
  for (const Parameter& parameter : parameters_) bind_one(statement, ++index, parameter);
}

Sql joined(const std::vector<Sql>& parts, std::string_view separator) {
  return join(parts, separator);
}

}  // namespace dataknobs::sqlite
