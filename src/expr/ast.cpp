// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <dataknobs/error.hpp>
#include <dataknobs/expression.hpp>

#include "expr/functions.hpp"
#include "expr/operators.hpp"
#include "expr/shape.hpp"

namespace dataknobs {

struct Expression::Node {
  explicit Node(Operator kind) : op(kind) {}
  Operator op;
  Function function = Function::add;
  std::vector<Expression> operands;
  Value value;
  Path path{{Path::Step(std::string())}, false};
  std::size_t depth = 1;
};

namespace {

bool is_reserved_root(std::string_view name) noexcept {
  return name == "id" || name == "metadata";
}

// `a and b and c` is one node of three operands, however it was built up.
Expression join(Operator op, Expression left, Expression right) {
  std::vector<Expression> operands;
  for (Expression* side : {&left, &right}) {
    if (side->op() == op) {
      operands.insert(operands.end(), side->operands().begin(), side->operands().end());
    } else {
      operands.push_back(std::move(*side));
    }
  }
  return Expression::make(op, std::move(operands));
}

}  // namespace

Path::Path(std::vector<Step> steps, bool quoted_root)
    : steps_(std::move(steps)), quoted_root_(quoted_root && is_reserved_root(steps_.front().name)) {}

Path Path::of_field(std::string name) {
  return Path({Step(std::move(name))}, true);
}

Expression::Expression() {
  static const auto always = std::make_shared<const Node>(Operator::logical_and);
  node_ = always;
}

Expression::Expression(std::shared_ptr<const Node> node) noexcept : node_(std::move(node)) {}

Expression Expression::literal(Value value) {
  auto node = std::make_shared<Node>(Operator::literal);
  node->value = std::move(value);
  return Expression(std::move(node));
}

Expression Expression::path(Path path) {
  auto node = std::make_shared<Node>(Operator::path);
  node->path = std::move(path);
  return Expression(std::move(node));
}

Expression Expression::call(Function function, std::vector<Expression> arguments) {
  if (std::optional<Problem> problem = find_problem(function, arguments)) {
    Error(ErrorCode::query, problem->message).hint(problem->hint).raise();
  }
  auto node = std::make_shared<Node>(Operator::call);
  node->function = function;
  return finish(std::move(node), std::move(arguments));
}

Expression Expression::make(Operator op, std::vector<Expression> operands) {
  if (std::optional<Problem> problem = find_problem(op, operands)) {
    Error(ErrorCode::query, problem->message).hint(problem->hint).raise();
  }
  if ((op == Operator::logical_and || op == Operator::logical_or) && operands.size() == 1) {
    return std::move(operands.front());
  }
  return finish(std::make_shared<Node>(op), std::move(operands));
}

Expression Expression::finish(std::shared_ptr<Node> node, std::vector<Expression> operands) {
  for (const Expression& operand : operands) node->depth = std::max(node->depth, operand.node_->depth + 1);
  if (node->depth > kMaximumDepth) {
    Error(ErrorCode::query, fmt::format("the expression is nested more than {} levels deep", kMaximumDepth))
        .raise();
  }
  node->operands = std::move(operands);
  return Expression(std::move(node));
}

Operator Expression::op() const noexcept {
  return node_->op;
}
const std::vector<Expression>& Expression::operands() const noexcept {
  return node_->operands;
}
const Value& Expression::value() const noexcept {
  return node_->value;
}
const Path& Expression::path() const noexcept {
  return node_->path;
}
Function Expression::function() const noexcept {
  return node_->function;
}

bool Expression::same(const Expression& left, const Expression& right) noexcept {
  if (left.node_ == right.node_) return true;
  if (left.op() != right.op()) return false;
  if (left.is_call() && left.function() != right.function()) return false;
  if (left.is_path()) return left.path() == right.path();
  if (left.is_literal()) return left.value().type() == right.value().type() && left.value() == right.value();
  return std::equal(left.operands().begin(), left.operands().end(), right.operands().begin(),
                    right.operands().end(), same);
}

Expression operator&&(Expression left, Expression right) {
  return join(Operator::logical_and, std::move(left), std::move(right));
}

Expression operator||(Expression left, Expression right) {
  return join(Operator::logical_or, std::move(left), std::move(right));
}

Expression operator!(Expression operand) {
  return Expression::make(Operator::logical_not, {std::move(operand)});
}

}  // namespace dataknobs
