// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// CopyRun: one call of `copy` or `plan_copy` from the URLs to the certificate.

#include <memory>
#include <optional>
#include <set>
#include <string>

#include <dataknobs/transfer.hpp>

#include "database/backend.hpp"
#include "transfer/convert.hpp"
#include "transfer/endpoint.hpp"
#include "transfer/journal.hpp"
#include "transfer/plan.hpp"
#include "transfer/progress_meter.hpp"
#include "transfer/proof.hpp"
#include "transfer/source_scan.hpp"

namespace dataknobs {

/// REQUIRES: all of it on one strand. Lifetime: until the task that uses it has ended.
class CopyRun {
 public:
  CopyRun(std::string source_url, std::string target_url, CopyOptions options);

  Task<CopyPlan> plan();
  Task<CopyReport> copy();

 private:
  Task<void> open();
  Task<void> open_schema();
  Task<void> find_open_types();
  Task<void> make_plan();
  Task<CopyReport> copy_leased();
  /// The certificate if there is nothing to do.
  Task<std::optional<CopyReport>> take_up();
  Task<std::optional<CopyReport>> meet_finished(const RunEntry& entry);
  void check_resumable(const RunEntry& entry) const;
  std::string hint_of_fresh(const RunEntry& entry) const;
  std::vector<std::string> problems() const;
  void refuse_problems() const;
  /// Errors: ConcurrencyError if a table that the run made holds what the run did not write.
  Task<void> refuse_other_records(const RunEntry& entry);
  Task<void> forget(const RunEntry& entry);
  bool is_taken() const;
  /// A target that is not published yet has as many records as the journal says.
  Task<bool> is_kept();
  void check_new();
  /// `made`: an earlier call of this copy made the target.
  Task<void> begin(bool made);
  Task<void> begin_existing();
  Task<std::vector<ChunkBounds>> split();
  Task<void> create_target();
  Task<void> copy_chunks();
  Task<void> settle_chunks();
  Task<void> settle(ChunkEntry entry);
  Task<void> check_source();
  bool can_catch_up() const;
  /// Makes the target hold one state of the source, and the journal say so.
  Task<void> catch_up();
  Task<void> publish();
  Task<CopyReport> certify();
  Task<void> prove(CopyReport& report, const TransferCounts& totals);
  /// The error of a proof that failed; names a record that differs.
  Task<Error> unproven(DigestTotal expected, DigestTotal found);
  Task<bool> is_in_target(const std::string& id);
  Task<void> finish(CopyReport& report);
  Task<std::uint64_t> count_target();
  std::string source_fingerprint() const;
  Task<bool> is_source_unchanged(const RunEntry& entry);
  Task<bool> is_target_unchanged(const RunEntry& entry);
  Task<DigestTotal> digest_source(const BatchConverter& converter);
  SourceScan target_scan() const;
  std::vector<std::string> written_fields() const;
  DigestRule rule() const;
  /// The records that the copy writes are found again by key.
  bool is_keyed() const;
  std::string proof_kind() const;
  bool can_resume() const;
  bool stable_chunks() const;
  bool wire() const;
  unsigned lanes() const;

  std::string source_url_;
  std::string target_url_;
  CopyOptions options_;
  ProgressMeter meter_;
  Endpoint source_;
  Endpoint target_;
  std::string run_id_;
  std::optional<SourceScan> scan_;
  Schema schema_;
  std::set<std::string> fields_with_nul_;  ///< As far as planning looked at values.
  TransferPlan plan_;
  std::optional<Journal> journal_;
  RunEntry entry_;
  TransferCounts counted_;  ///< By this call; for targets without a journal.
  TimePoint started_ = Clock::now();
};

}  // namespace dataknobs
