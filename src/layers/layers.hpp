// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The layers that are always on. From the outside in: error context, capability check, completion, store.
/// The check lies over the completion so that it sees what is emulated as present; the context over all, to
/// stamp every error.

#include <memory>

#include "database/backend.hpp"

namespace dataknobs {

/// Stamps operation and store on every error; a cancellation becomes an Error of code cancelled.
std::shared_ptr<Backend> with_error_context(std::shared_ptr<Backend> inner);

/// Raises UnsupportedError, with a hint, where the store or the dataset lacks what a call needs. Nothing has
/// happened then.
std::shared_ptr<Backend> with_capability_check(std::shared_ptr<Backend> inner);

/// Emulates what the store lacks and more basic calls can do: point reads, counts, bulk loads, removal by
/// query, patches, partitions.
std::shared_ptr<Backend> with_completion(std::shared_ptr<Backend> inner);

/// All three.
std::shared_ptr<Backend> with_layers(std::shared_ptr<Backend> store);

}  // namespace dataknobs
