// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Reads the records of a folder.

#include <memory>

#include "backends/file/folder.hpp"

namespace dataknobs::file {

/// One file is open at a time. Errors, besides those of its files: ConcurrencyError if a file is not the one that was
/// described.
std::unique_ptr<Source> read_folder(const FileDataset& dataset, const Part& part,
                                    const SourceRequest& request);

}  // namespace dataknobs::file
