// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Named places at which tests end the process as a power cut would. They exist in developer builds only:
/// elsewhere `kill_point` is empty.
///
/// The environment variable DATAKNOBS_KILL_AT is `name`, `name:n` (the n-th time, from 1) or `name:n+t`: from there t
/// microseconds later, while the process goes on. Names: before-journal, after-journal, in-chunk, before-commit,
/// after-commit, last-chunk, before-publish, after-publish, in-digest, before-done.

namespace dataknobs {

#ifdef DATAKNOBS_KILL_POINTS
void kill_point(const char* name) noexcept;
#else
inline void kill_point(const char* /*name*/) noexcept {}
#endif

}  // namespace dataknobs
