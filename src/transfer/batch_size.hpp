// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// How large the batches of a copy are, and how many are on their way: what keeps it within its memory.

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace dataknobs {

/// A step runs at most so many batches ahead of the next one; the memory budget bounds their size.
inline constexpr std::size_t kBatchesAhead = 4;

/// Larger batches are no faster.
inline constexpr std::uint64_t kMostBatchBytes = std::uint64_t{1} << 20U;

/// The size of a batch, in bytes. A dozen are on their way when the target is slower than the source, and those
/// being converted and encoded exist in two forms: at 1/64 of the budget, most of it is left for what the target keeps.
constexpr std::uint64_t batch_bytes_within(std::uint64_t budget) noexcept {
  return std::clamp(budget / 64, kMostBatchBytes / 16, kMostBatchBytes);
}

/// What reading the next batch may take, by the size of the one before it, in bytes. A batch larger than wanted is one
/// large record, which exists three times while it is read: in the driver's buffer, as the driver's message, and here.
constexpr std::uint64_t reading_bytes(std::uint64_t last, std::uint64_t wanted) noexcept {
  return last > wanted ? 3 * last : wanted;
}

/// What the writer of a target may hold back, in bytes.
constexpr std::uint64_t buffer_bytes_within(std::uint64_t budget) noexcept {
  return std::min(budget / 4, std::uint64_t{32} << 20U);
}

}  // namespace dataknobs
