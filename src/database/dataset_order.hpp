// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What ids of a dataset mean to queries.

#include "database/dataset.hpp"
#include "expr/resolve.hpp"
#include "query/order.hpp"

namespace dataknobs {

inline IdOrder id_order(const Dataset& dataset) {
  if (dataset.positional_ids()) return IdOrder::integer();
  if (dataset.layout() == Layout::document) return IdOrder::text();
  return dataset.key().empty() ? IdOrder::none() : IdOrder::key(dataset.key());
}

}  // namespace dataknobs
