// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A store of our own: shelves of records in this process. URLs are `shelf:NAME?table=TABLE`.

#include <memory>

#include <dataknobs/backend/registry.hpp>

namespace shelf {

/// For dataknobs::register_backend.
std::unique_ptr<dataknobs::BackendDriver> make_driver();

}  // namespace shelf
