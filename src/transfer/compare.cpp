// SPDX-License-Identifier: Apache-2.0
#include "transfer/compare.hpp"

#include <algorithm>
#include <tuple>

namespace dataknobs {

namespace {

auto order(const RecordMark& mark) {
  return std::tuple(mark.key.high, mark.key.low, mark.content.high, mark.content.low);
}

bool less(const RecordMark& left, const RecordMark& right) {
  return order(left) < order(right);
}

// Key and content together, so that two records of a bucket which exchange their contents are seen.
Digest128 combined(const RecordMark& mark) {
  Digest128 result = mark.content;
  result.low ^= mark.key.high * 0x9E3779B97F4A7C15U;
  result.high ^= mark.key.low * 0xC2B2AE3D27D4EB4FU;
  result.low *= 0x9FB21C651E98DF25U;
  result.low ^= result.low >> 32U;
  return result;
}

using Marks = std::span<const RecordMark>;

// The records of the first key in `marks`, which are sorted.
Marks take_key(Marks& marks) {
  std::size_t count = 1;
  while (count < marks.size() && marks[count].key == marks[0].key) ++count;
  const Marks taken = marks.first(count);
  marks = marks.subspan(count);
  return taken;
}

void append_differences(std::vector<MarkDifference>& out, Marks left, Marks right) {
  std::vector<RecordMark> only_left;
  std::vector<RecordMark> only_right;
  std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(only_left),
                      less);
  std::set_difference(right.begin(), right.end(), left.begin(), left.end(), std::back_inserter(only_right),
                      less);
  const std::size_t pairs = std::min(only_left.size(), only_right.size());
  for (std::size_t i = 0; i < pairs; ++i) out.emplace_back(VerifyReport::Kind::different, only_left[i]);
  for (std::size_t i = pairs; i < only_left.size(); ++i)
    out.emplace_back(VerifyReport::Kind::only_left, only_left[i]);
  for (std::size_t i = pairs; i < only_right.size(); ++i) {
    out.emplace_back(VerifyReport::Kind::only_right, only_right[i]);
  }
}

}  // namespace

void BucketTable::add(bool right, const RecordMark& mark) {
  DigestTotal& total = (right ? right_ : left_)[bucket_of(mark)];
  ++total.count;
  total.sum += combined(mark);
}

std::vector<std::vector<std::uint32_t>> BucketTable::differing(std::uint64_t most) const {
  std::vector<std::vector<std::uint32_t>> groups;
  std::uint64_t size = 0;
  for (std::uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
    if (left_[bucket] == right_[bucket]) continue;
    const std::uint64_t records = left_[bucket].count + right_[bucket].count;
    if (groups.empty() || size + records > most) {
      groups.emplace_back();
      size = 0;
    }
    groups.back().push_back(bucket);
    size += records;
  }
  return groups;
}

std::vector<MarkDifference> compare_marks(std::vector<RecordMark>& left, std::vector<RecordMark>& right) {
  std::sort(left.begin(), left.end(), less);
  std::sort(right.begin(), right.end(), less);
  Marks a(left);
  Marks b(right);
  std::vector<MarkDifference> result;
  while (!a.empty() || !b.empty()) {
    const auto key = [](const Marks& marks) { return std::tuple(marks[0].key.high, marks[0].key.low); };
    const bool take_left = !a.empty() && (b.empty() || key(a) <= key(b));
    const bool take_right = !b.empty() && (a.empty() || key(b) <= key(a));
    const Marks left_marks = take_left ? take_key(a) : Marks();
    const Marks right_marks = take_right ? take_key(b) : Marks();
    append_differences(result, left_marks, right_marks);
  }
  return result;
}

}  // namespace dataknobs
