// SPDX-License-Identifier: Apache-2.0
#include "database/stream_config.hpp"

#include <algorithm>

namespace dataknobs {

void check_config(const StreamConfig& config, StreamUse use, const Database::State& state) {
  const auto refuse = [&](const char* message) {
    Error(ErrorCode::invalid_argument, message).store(state.name).raise();
  };
  if (config.batch_size() == 0) refuse("the batch_size of a stream is at least 1");
  if (config.concurrency() == 0) refuse("the concurrency of a stream is at least 1");
  if (config.concurrency() > 1 && state.transaction) refuse("a transaction writes one batch at a time");
  if (config.deadline() && config.deadline()->count() <= 0)
    refuse("the deadline of a stream is a time to come");
  if (use == StreamUse::write) return;
  if (config.concurrency() > 1) refuse("concurrency is for streams that are written");
  if (config.on_conflict() != ConflictPolicy::insert) refuse("on_conflict is for streams that are written");
  if (config.on_error() && use == StreamUse::read)
    refuse("no record can fail in a stream that is read as it is");
}

std::optional<TimePoint> deadline_of(const StreamConfig& config) {
  if (!config.deadline()) return std::nullopt;
  return Clock::now() + *config.deadline();
}

Context call_context(const Database::State& state, const std::optional<TimePoint>& deadline) {
  Context context = state.context();
  if (!deadline) return context;
  if (Clock::now() >= *deadline) raise_stream_timeout(state);
  context.set_deadline(context.deadline() ? std::min(*context.deadline(), *deadline) : *deadline);
  return context;
}

void raise_stream_timeout(const Database::State& state) {
  Error(ErrorCode::timeout, "the stream did not end before its deadline").store(state.name).raise();
}

}  // namespace dataknobs
