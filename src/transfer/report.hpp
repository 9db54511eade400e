// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Certificates that were kept in a journal.

#include <string_view>

#include <dataknobs/transfer.hpp>

namespace dataknobs {

/// The certificate of that JSON text (CopyReport::to_json).
/// Errors: SerializationError if it is none, or of an unknown version.
CopyReport decode_certificate(std::string_view text);

}  // namespace dataknobs
