// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The naive evaluator's functions, written from docs/semantics.md and sharing no code with the library's.

#include <string>
#include <vector>

#include <dataknobs/expression.hpp>

namespace dataknobs::naive {

/// What the function gives for these arguments; of `coalesce` and `if` the evaluator sees to it.
Value compute(Function function, const std::vector<Value>& arguments);

/// The code points of a text, each as its bytes.
std::vector<std::string> characters(const std::string& text);

}  // namespace dataknobs::naive
