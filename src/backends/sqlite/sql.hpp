// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// SQL text with the values of its parameters.

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <dataknobs/value.hpp>

#include "backends/sqlite/connection.hpp"
#include "backends/sqlite/functions.hpp"

namespace dataknobs::sqlite {

/// The first is null.
using Parameter = std::variant<std::monostate, std::int64_t, double, std::string, Binary,
                               std::shared_ptr<const Match>, std::shared_ptr<const Order>>;

/// A statement, or a part of one, that grows at its end. Parameters are numbered in the order of their use.
class Sql {
 public:
  Sql() = default;
  explicit Sql(std::string_view text) : text_(text) {}

  const std::string& text() const noexcept { return text_; }
  const std::vector<Parameter>& parameters() const noexcept { return parameters_; }

  Sql& operator<<(std::string_view text) { return text_ += text, *this; }
  Sql& operator<<(const Sql& part);
  /// A parameter.
  Sql& value(Parameter parameter);

  /// Binds the parameters, which must outlive the statement's run.
  void bind(Statement& statement) const;

 private:
  std::string text_;
  std::vector<Parameter> parameters_;
};

/// The parts with `separator` between them, in brackets, nested so that no chain gets deep: SQLite bounds the
/// depth of an expression. REQUIRES: at least one.
Sql joined(const std::vector<Sql>& parts, std::string_view separator);

}  // namespace dataknobs::sqlite
