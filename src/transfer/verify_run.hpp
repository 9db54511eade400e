// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// VerifyRun: one call of `verify`. First the digests of both sides; only if they differ, the differing
/// records are looked for: by buckets of keys, then within the buckets, then by name.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <dataknobs/verify.hpp>

#include "transfer/compare.hpp"
#include "transfer/endpoint.hpp"
#include "transfer/progress_meter.hpp"
#include "transfer/proof.hpp"
#include "transfer/source_scan.hpp"

namespace dataknobs {

/// REQUIRES: all of it on one strand.
class VerifyRun {
 public:
  VerifyRun(std::string left_url, std::string right_url, VerifyOptions options);
  /// Compares what a copy has written instead: the left records as it converts them with the whole right side, by
  /// the copy's own rule.
  /// Lifetime: the converter outlives the run.
  VerifyRun& of_copy(const BatchConverter& converter, DigestRule rule, std::optional<std::uint64_t> limit);
  Task<VerifyReport> run();

 private:
  /// How records of both sides are matched.
  enum class Match : std::uint8_t { fields, ids, whole };
  /// Records as they were read, the same with the selected fields alone, and what is known of each.
  using Visitor =
      std::function<void(const Batch& matching, const Batch& selected, const std::vector<RecordMark>& marks)>;
  struct Named {
    std::string name;
    Record record;
  };

  struct Side {
    Endpoint endpoint;
    std::optional<SourceScan> scan;
    const BatchConverter* converter = nullptr;
  };

  Task<void> open(Side& side, std::string url);
  void choose_match();
  void choose_rule();
  Task<void> compare_totals();
  Task<void> locate();
  Task<void> fill_buckets(BucketTable& table);
  Task<void> compare_buckets(const std::vector<std::uint32_t>& buckets);
  Task<void> name_records();
  Task<void> visit(Side& side, const Visitor& visitor);
  std::vector<RecordMark> marks_of(const Side& side, const Batch& matching, const Batch& selected) const;
  Digest128 key_of(const Side& side, const Record& record) const;
  std::string name_of(const Side& side, const Record& record) const;
  void append_difference(const MarkDifference& difference, const Named* left, const Named* right);

  std::string left_url_;
  std::string right_url_;
  VerifyOptions options_;
  std::optional<std::uint64_t> limit_;
  ProgressMeter meter_;
  Side left_;
  Side right_;
  Match match_ = Match::whole;
  std::vector<std::string> key_;
  DigestRule rule_;
  std::vector<MarkDifference> listed_;
  VerifyReport report_;
};

}  // namespace dataknobs
