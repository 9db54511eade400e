// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A second, simple implementation of the operators and the order of docs/semantics.md, written from its text
/// and sharing no code with the library's evaluator: the judge of the memory store, which judges all others.

#include <optional>
#include <vector>

#include <dataknobs/query.hpp>
#include <dataknobs/record.hpp>

namespace dataknobs::naive {

/// Is the filter true of the record? (Document layout: `id` is the record's id.)
bool matches(const Expression& filter, const Record& record);
/// What an operand is of the record.
Value value_of(const Expression& operand, const Record& record);
bool equal(const Value& left, const Value& right);
/// Below zero, zero, above; nothing across classes and for classes without an order.
std::optional<int> order(const Value& left, const Value& right);
/// The answer of the query: filtered, sorted (by id where the query has no sort), cut, its fields selected.
std::vector<Record> answer(const Query& query, std::vector<Record> records);

}  // namespace dataknobs::naive
