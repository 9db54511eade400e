// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The file store: whole files of records (CSV, TSV, NDJSON, JSON, Parquet) as sources and targets.

#include <memory>

#include "database/registry.hpp"

namespace dataknobs {

/// The driver of `file:` URLs and bare paths.
std::unique_ptr<BackendDriver> make_file_driver();

}  // namespace dataknobs
