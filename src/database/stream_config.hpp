// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What the streams that are read and written have in common.

#include <dataknobs/stream.hpp>

#include "database/state.hpp"

namespace dataknobs {

enum class StreamUse : std::uint8_t { read, transform, write };

/// Errors: InvalidArgumentError if an option has no such value, or the stream no use for it.
void check_config(const StreamConfig& config, StreamUse use, const Database::State& state);

/// When the whole stream gives up; nothing: never.
std::optional<TimePoint> deadline_of(const StreamConfig& config);
/// Of one call of the stream: that of the database, or that of the stream if it comes first. Errors: TimeoutError if it
/// is past.
Context call_context(const Database::State& state, const std::optional<TimePoint>& deadline);
[[noreturn]] void raise_stream_timeout(const Database::State& state);

}  // namespace dataknobs
