// SPDX-License-Identifier: Apache-2.0
//
// CopyRun from the first chunk to the certificate.
#include <algorithm>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "record/excerpt.hpp"
#include "transfer/copy_run.hpp"
#include "transfer/kill_point.hpp"
#include "transfer/pipeline.hpp"
#include "transfer/verify_run.hpp"

namespace dataknobs {

namespace {

// What is wrong with a record; nothing of one that was there before and is not of this copy.
std::string fault_of(const VerifyReport::Difference& difference, bool was_empty) {
  if (difference.kind == VerifyReport::Kind::only_left) return "is missing";
  if (difference.kind == VerifyReport::Kind::only_right) return was_empty ? "was not copied" : "";
  if (difference.fields.empty()) return "";
  const VerifyReport::FieldDifference& field = difference.fields.front();
  return fmt::format("has {} in {}, where {} was copied", excerpt(to_text(field.right_value)), field.field,
                     excerpt(to_text(field.left_value)));
}

}  // namespace

bool CopyRun::stable_chunks() const {
  return std::all_of(entry_.chunks.begin(), entry_.chunks.end(),
                     [](const ChunkBounds& chunk) { return chunk.stable; });
}

bool CopyRun::can_resume() const {
  return target_.has_journal() && stable_chunks();
}

DigestRule CopyRun::rule() const {
  DigestRule rule;
  rule.uncounted = plan_.uncounted;
  rule.id = plan_.id_counts;
  for (const FieldMapping& field : plan_.fields) {
    const FieldType& type = field.target_type();
    if (type.kind() == ValueType::string && !type.logical().empty())
      rule.logical[field.target()] = type.logical();
  }
  return rule;
}

std::vector<std::string> CopyRun::written_fields() const {
  std::vector<std::string> names;
  for (const FieldMapping& field : plan_.fields) names.push_back(field.target());
  return names;
}

bool CopyRun::is_keyed() const {
  if (plan_.target_layout == Layout::document) return true;
  const std::vector<std::string> written = written_fields();
  const auto is_written = [&](const std::string& name) {
    return std::find(written.begin(), written.end(), name) != written.end();
  };
  const std::vector<std::string>& key = plan_.view.key;
  return !key.empty() && std::all_of(key.begin(), key.end(), is_written);
}

std::string CopyRun::proof_kind() const {
  if (!options_.proof() || target_.is_written_pipe()) return "none";
  if (entry_.rows_before == 0) return "whole target";
  const bool keyed = plan_.ids != IdOrigin::hashed && is_keyed();
  return options_.mode() == CopyMode::upsert && keyed ? "copied keys" : "difference";
}

// Bytes pass through untouched where both sides speak the same encoding of the same columns and no value has to be
// checked. A digest only reads them.
bool CopyRun::wire() const {
  const char* from = source_.backend().capabilities().wire_encoding;
  const char* to = target_.backend().capabilities().wire_encoding;
  if (from == nullptr || to == nullptr || std::string_view(from) != to) return false;
  return plan_.identical && scan_->is_exact() && scan_->fields().empty() &&
         options_.mode() == CopyMode::insert;
}

// Each lane reads in a session of its own: only where all of them are sure to see the same state.
unsigned CopyRun::lanes() const {
  const bool one_state = !source_fingerprint().empty();
  if (!one_state || target_.backend().capabilities().max_writers == 1 || !target_.has_transactions())
    return 1;
  const std::uint32_t most = target_.backend().capabilities().max_writers;
  const unsigned wanted = most == 0 ? options_.jobs() : std::min<unsigned>(options_.jobs(), most);
  return std::min<unsigned>(wanted, static_cast<unsigned>(entry_.chunks.size()));
}

Task<void> CopyRun::copy_chunks() {
  Context context;
  if (journal_->is_local() && target_.dataset()) co_await settle_chunks();
  std::vector<ChunkEntry> done;
  if (target_.has_journal()) done = co_await journal_->chunks(context);
  std::vector<bool> is_done(entry_.chunks.size());
  TransferCounts earlier;
  for (const ChunkEntry& chunk : done) {
    is_done[chunk.number] = true;
    earlier += chunk.counts;
  }
  if (!target_.dataset() && plan_.creation) co_await create_target();
  auto state =
      std::make_shared<PipelineState>(source_.backend(), target_.backend(), *scan_,
                                      BatchConverter(plan_, run_id_), *journal_, meter_, options_.memory());
  for (std::uint64_t number = 0; number < is_done.size(); ++number) {
    if (!is_done[number]) state->todo.push_back(number);
  }
  state->target_dataset = target_.dataset();
  state->mode = options_.mode() == CopyMode::upsert ? WriteMode::upsert : WriteMode::insert;
  state->digest = options_.digest();
  state->rule = rule();
  state->chunks = entry_.chunks;
  state->has_journal = target_.has_journal();
  state->max_record = std::max(options_.memory(), options_.max_record());
  if (wire()) state->wire_encoding = source_.backend().capabilities().wire_encoding;
  const bool filtered = !options_.where().is_always_true() || options_.limit();
  meter_.begin(TransferStage::copying, filtered ? std::nullopt : source_.existing()->rows(),
               source_.existing()->rows_exact() && !filtered);
  meter_.now().read = earlier.read;
  meter_.now().written = earlier.written;
  meter_.now().filtered = earlier.filtered;
  meter_.now().resumed = earlier.read;
  meter_.now().chunks = static_cast<std::uint32_t>(entry_.chunks.size());
  meter_.now().chunks_done = static_cast<std::uint32_t>(done.size());
  if (!state->todo.empty()) {
    ++entry_.sources_opened;
    if (target_.has_journal()) co_await journal_->put_run(context, entry_);
  }
  co_await run_pipeline(state, lanes());
  counted_ = state->totals;
}

Task<DigestTotal> CopyRun::digest_source(const BatchConverter& converter) {
  meter_.begin(TransferStage::proving, source_.existing()->rows(), source_.existing()->rows_exact());
  const DigestRule counted = rule();
  co_return co_await digest_scan(source_.backend(), *scan_, counted, options_.memory(), meter_, &converter);
}

Task<void> CopyRun::publish() {
  if (!target_.backend().capabilities().publishes || !entry_.created) co_return;
  meter_.begin(TransferStage::publishing, std::nullopt, false);
  Context context;
  kill_point("before-publish");
  // It is there already if an earlier call was ended right after this.
  const DatasetPointer published = co_await target_.backend().describe(context, target_.options(), false);
  const bool whole = published != nullptr || co_await is_kept();
  if (!whole) {
    Error(ErrorCode::verification, "what was written is gone or was replaced before it could be published")
        .store(target_.display())
        .hint("the same command starts anew")
        .raise();
  }
  std::unique_ptr<Session> session = co_await target_.backend().session(context, SessionMode::autocommit);
  co_await session->publish(context, target_.dataset());
  session.reset();
  kill_point("after-publish");
}

SourceScan CopyRun::target_scan() const {
  return SourceScan(target_.backend(), target_.dataset(), Expression(), written_fields(), std::nullopt);
}

Task<CopyReport> CopyRun::certify() {
  Context context;
  CopyReport report;
  report.run_id = run_id_;
  report.plan_hash = plan_.view.hash;
  report.source = source_.display();
  report.target = target_.display();
  report.program_version = DATAKNOBS_VERSION;
  report.consistency = entry_.caught_up.empty() ? plan_.view.consistency : entry_.caught_up;
  report.warnings = plan_.view.warnings;
  for (const std::string& name : plan_.notes->json_nulls()) {
    report.warnings.push_back(fmt::format(
        "field '{0}': a null of JSON became that of the field (--allow-loss {0} accepts it)", name));
  }
  report.started = entry_.started;
  report.chunks = static_cast<std::uint32_t>(entry_.chunks.size());
  TransferCounts totals = counted_;
  if (target_.has_journal()) {
    totals = TransferCounts();
    const std::vector<ChunkEntry> chunks = co_await journal_->chunks(context);
    if (chunks.size() != entry_.chunks.size()) {
      Error(ErrorCode::verification,
            fmt::format("the journal has {} of {} chunks", chunks.size(), entry_.chunks.size()))
          .raise();
    }
    for (const ChunkEntry& chunk : chunks) totals += chunk.counts;
  }
  report.read = totals.read;
  report.written = totals.written;
  report.filtered = totals.filtered;
  report.rejected = totals.rejected;
  report.skipped = totals.skipped;
  report.resumed = meter_.now().resumed;
  if (!totals.balanced()) Error(ErrorCode::verification, "not every record read is accounted for").raise();
  if (options_.digest()) report.digest = totals.digest.to_string();
  for (const std::string& name : plan_.uncounted) {
    report.warnings.push_back(
        fmt::format("field '{}' is not part of the digest: its conversion may lose something", name));
  }
  report.copy_time = Clock::now() - started_;
  co_await target_.describe_again();
  report.proof = "none";
  if (proof_kind() != "none" && target_.dataset()) co_await prove(report, totals);
  co_await finish(report);
  co_return report;
}

Task<bool> CopyRun::is_in_target(const std::string& id) {
  Context context;
  std::unique_ptr<Session> session = co_await target_.backend().session(context, SessionMode::autocommit);
  const std::vector<std::string> ids{id};
  const std::vector<std::optional<Record>> found = co_await session->read(context, target_.dataset(), ids);
  co_return found.front().has_value();
}

Task<Error> CopyRun::unproven(DigestTotal expected, DigestTotal found) {
  VerifyOptions options;
  options.where(options_.where()).select(options_.select()).memory(options_.memory());
  const BatchConverter converter(plan_, run_id_);
  VerifyRun run(source_url_, target_url_, options);
  run.of_copy(converter, rule(), options_.limit());
  VerifyReport report;
  std::shared_ptr<const Error> failure;
  try {
    report = co_await run.run();
  } catch (const Error& error) {
    // What the proof found stands, whether its place can be named or not.
    failure = std::make_shared<const Error>(error);
  }
  std::string fault;
  std::string_view record_id;
  std::string_view field;
  std::string_view hint = "verify names all differing records; --fresh copies anew";
  for (const VerifyReport::Difference& difference : report.differences) {
    fault = fault_of(difference, entry_.rows_before == 0);
    if (fault.empty()) continue;
    record_id = difference.id;
    if (!difference.fields.empty()) field = difference.fields.front().field;
    fault = fmt::format("record {} {}; ", difference.id, fault);
    // Of records of one key an upsert leaves the last: the others are missing, and the key is there.
    const bool replaced =
        options_.mode() == CopyMode::upsert && difference.kind == VerifyReport::Kind::only_left;
    if (replaced && co_await is_in_target(difference.id)) {
      fault = fmt::format("the source repeats the key {}, of which one record is left; ", difference.id);
      hint = "leave the repetitions out with --where, or give a key that tells the records apart with key=";
    }
    break;
  }
  Error error(
      ErrorCode::verification,
      fmt::format("the target does not hold what was copied: {}{} records of digest {} expected, {} of "
                  "digest {} found",
                  fault, expected.count, expected.sum.to_string(), found.count, found.sum.to_string()));
  error.store(target_.display()).record_id(record_id).field_path(field).cause(failure);
  error.hint(hint);
  co_return error;
}

Task<void> CopyRun::prove(CopyReport& report, const TransferCounts& totals) {
  const TimePoint begun = Clock::now();
  report.proof = proof_kind();
  meter_.begin(TransferStage::proving,
               totals.written + (report.proof == "copied keys" ? 0 : entry_.rows_before), true);
  DigestTotal found;
  DigestTotal expected = totals.digest;
  if (report.proof == "copied keys") {
    const BatchConverter converter(plan_, run_id_);
    const DigestRule counted = rule();
    const std::vector<std::string> fields = written_fields();
    const ChunkBounds all;
    const KeyedDigests digests =
        co_await digest_by_key(source_.backend(), *scan_, converter, all, 0, target_.backend(),
                               target_.dataset(), counted, fields, meter_);
    found = digests.found;
  } else {
    const SourceScan scan = target_scan();
    found = co_await digest_scan(target_.backend(), scan, rule(), options_.memory(), meter_);
    if (entry_.digest_before) expected += *entry_.digest_before;
  }
  if (!(found == expected)) {
    const Error error = co_await unproven(expected, found);
    error.raise();
  }
  // For people the digest of the copied records alone: equal to the source's, as the line above has shown.
  report.target_digest = totals.digest.to_string();
  report.proof_time = Clock::now() - begun;
}

Task<void> CopyRun::finish(CopyReport& report) {
  if (!target_.has_journal()) co_return;
  Context context;
  entry_.status = RunStatus::done;
  entry_.certificate = report.to_json();
  if (target_.dataset()) {
    entry_.target_rows = co_await count_target();
    entry_.target_fingerprint = target_.dataset()->fingerprint();
  }
  kill_point("before-done");
  co_await journal_->put_run(context, entry_);
  co_await journal_->remove_chunks(context);
}

}  // namespace dataknobs
