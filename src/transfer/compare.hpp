// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Comparing two sets of records by the digests of their keys and contents, in bounded memory. Pure.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <dataknobs/verify.hpp>

#include "record/canonical.hpp"

namespace dataknobs {

/// A record of one side: what it is, and what it holds.
class RecordMark {
 public:
  RecordMark(Digest128 record_key, Digest128 record_content) : key(record_key), content(record_content) {}
  Digest128 key;
  Digest128 content;
};

/// First pass: both sides are sorted into buckets by key, of which only counts and sums are kept.
class BucketTable {
 public:
  static constexpr std::size_t kBuckets = std::size_t{1} << 15U;
  BucketTable() : left_(kBuckets), right_(kBuckets) {}

  static std::size_t bucket_of(const RecordMark& mark) noexcept { return mark.key.low % kBuckets; }
  void add(bool right, const RecordMark& mark);
  /// The buckets whose sides differ, in groups of at most `most` records of both sides together (but at least
  /// one bucket).
  std::vector<std::vector<std::uint32_t>> differing(std::uint64_t most) const;

 private:
  std::vector<DigestTotal> left_;
  std::vector<DigestTotal> right_;
};

/// What became of a key.
class MarkDifference {
 public:
  MarkDifference(VerifyReport::Kind what, RecordMark which) : kind(what), mark(which) {}
  VerifyReport::Kind kind;
  /// Of the left side where there are both.
  RecordMark mark;
};

/// Second pass: the records of some buckets, compared one by one. A key that occurs several times is compared
/// as a multiset: what is equal goes away first, what is left is paired. The vectors are sorted in place.
std::vector<MarkDifference> compare_marks(std::vector<RecordMark>& left, std::vector<RecordMark>& right);

}  // namespace dataknobs
