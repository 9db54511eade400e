// SPDX-License-Identifier: Apache-2.0
#include "transfer/copy_run.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <dataknobs/error.hpp>

#include "transfer/kill_point.hpp"
#include "transfer/report.hpp"
#include "transfer/schema_inference.hpp"

namespace dataknobs {

namespace {

// A partition is worth its overhead from about this size.
constexpr std::uint64_t kMostChunks = 10'000;

std::uint64_t parts(const std::optional<std::uint64_t>& total, std::uint64_t each) {
  if (!total || each == 0) return 1;
  return std::max<std::uint64_t>(1, (*total + each - 1) / each);
}

}  // namespace

CopyRun::CopyRun(std::string source_url, std::string target_url, CopyOptions options)
    : source_url_(std::move(source_url)),
      target_url_(std::move(target_url)),
      options_(std::move(options)),
      meter_(options_.on_progress()) {}

Task<void> CopyRun::open() {
  meter_.begin(TransferStage::planning, std::nullopt, false);
  source_ = co_await Endpoint::open(source_url_);
  target_ = co_await Endpoint::open_target(target_url_);
  source_.existing();
  co_await target_.look_for_state();
  co_await source_.identify();
  co_await target_.identify();
  run_id_ = run_id_of(source_.identity(), target_.identity(), options_);
}

// What the source gives: its condition, its fields, and their types where it does not declare them.
Task<void> CopyRun::open_schema() {
  scan_.emplace(source_.backend(), source_.existing(), options_.where(), options_.select(), options_.limit());
  schema_ = scan_->schema();
  const Layout layout =
      target_.dataset() ? target_.dataset()->layout()
                        : target_.backend().creation_layout(target_.options(), source_.dataset()->layout());
  if (layout == Layout::document) co_return;
  if (source_.dataset()->layout() == Layout::document) {
    const SchemaInference found = co_await dataknobs::infer_schema(source_.backend(), *scan_, meter_);
    schema_ = found.finish();
    fields_with_nul_ = found.fields_with_nul();
  } else if (!target_.dataset()) {
    co_await find_open_types();
  }
}

// A column without a type of its own may still hold values of one. Where a new target would lose something of such a
// column, its values decide.
Task<void> CopyRun::find_open_types() {
  if (target_.backend().map_type(FieldType()).exactness() != Exactness::lossy) co_return;
  std::vector<std::string> open;
  for (const FieldDescription& field : schema_.fields()) {
    if (field.type().is_any()) open.push_back(field.name());
  }
  if (open.empty()) co_return;
  const SourceScan scan(source_.backend(), source_.existing(), options_.where(), open, options_.limit());
  const SchemaInference inference = co_await dataknobs::infer_schema(source_.backend(), scan, meter_);
  const Schema found = inference.finish();
  fields_with_nul_ = inference.fields_with_nul();
  std::vector<FieldDescription> fields = schema_.fields();
  for (FieldDescription& field : fields) {
    const FieldDescription* const typed = found.find(field.name());
    if (field.type().is_any() && typed != nullptr)
      field = FieldDescription(field.name(), typed->type(), field.nullable());
  }
  schema_ = Schema(std::move(fields));
}

Task<void> CopyRun::make_plan() {
  co_await open_schema();
  PlanSide from(source_.backend(), source_.options(), source_.existing());
  from.set_fingerprint(source_fingerprint()).set_fields_with_nul(fields_with_nul_);
  const PlanSide to(target_.backend(), target_.options(), target_.dataset());
  plan_ = dataknobs::make_plan(from, schema_, to, options_);
  CopyPlan& view = plan_.view;
  view.source = source_.display();
  view.target = target_.display();
  view.run_id = run_id_;
  if (const auto& refusal = target_.state_refusal()) {
    view.warnings.push_back(fmt::format(
        "the journal is on this machine, in {}: {}; a copy that is run elsewhere knows nothing of it ({})",
        target_.local_state_path(), refusal->message(), refusal->hint()));
  }
  if (!options_.where().is_always_true()) {
    const PushDown& push_down = scan_->push_down();
    view.filter = fmt::format("{} (by the source: {}; here: {})", options_.where().to_string(),
                              push_down.taken().is_always_true() ? "nothing" : push_down.taken().to_string(),
                              push_down.is_exact() ? "nothing" : push_down.residual().to_string());
  }
}

Task<CopyPlan> CopyRun::plan() {
  co_await open();
  co_await make_plan();
  check_new();
  entry_.chunks = co_await split();
  plan_.view.chunks = static_cast<std::uint32_t>(entry_.chunks.size());
  if (target_.dataset()) entry_.rows_before = co_await count_target();
  plan_.view.proof = proof_kind();
  plan_.view.resume = can_resume()
                          ? fmt::format("the same command goes on after the last of {} committed chunks",
                                        entry_.chunks.size())
                          : std::string("the same command starts again: the copy is one transaction");
  if (!target_.has_journal() && !target_.has_transactions())
    plan_.view.resume = "none: the target cannot keep a journal";
  co_return plan_.view;
}

Task<CopyReport> CopyRun::copy() {
  co_await open();
  Context context;
  journal_.emplace(target_.backend(), target_.dataset_identity(), run_id_, target_.local_state());
  co_await make_plan();
  if (!target_.has_journal()) co_return co_await copy_leased();
  // A copy that cannot be done leaves nothing in the target, not even its lease; one that was begun may go on.
  if (is_taken() || !problems().empty()) {
    const std::optional<RunEntry> known = co_await journal_->find_run(context);
    if (!known || options_.fresh()) {
      check_new();
      refuse_problems();
    }
  }
  co_await journal_->acquire_lease(context);
  std::exception_ptr failure;
  std::optional<CopyReport> report;
  try {
    report.emplace(co_await copy_leased());
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  }
  try {
    co_await journal_->release_lease(context);
  } catch (const Error& error) {
    // The lease of a dead process is taken over: what the copy itself met is more to the point.
    if (!failure && report) report->warnings.emplace_back(error.what());
  }
  if (failure) std::rethrow_exception(failure);
  co_return std::move(*report);
}

Task<CopyReport> CopyRun::copy_leased() {
  if (target_.has_journal()) {
    std::optional<CopyReport> complete = co_await take_up();
    if (complete) co_return std::move(*complete);
  } else {
    co_await begin(false);
  }
  co_await copy_chunks();
  co_await check_source();
  co_await publish();
  CopyReport report = co_await certify();
  meter_.begin(TransferStage::done, report.read, true);
  co_return report;
}

Task<std::optional<CopyReport>> CopyRun::take_up() {
  Context context;
  std::optional<RunEntry> entry = co_await journal_->find_run(context);
  // What the copy made once stays its own, however often it starts anew.
  const bool made = entry && entry->created && target_.dataset();
  if (entry && options_.fresh()) {
    co_await refuse_other_records(*entry);
    co_await forget(*entry);
    entry.reset();
  }
  if (entry && entry->status == RunStatus::done) {
    std::optional<CopyReport> report = co_await meet_finished(*entry);
    if (report) co_return report;
    entry.reset();
  }
  if (entry && entry->created && !target_.dataset()) {
    const bool kept = co_await is_kept();
    if (!kept) {
      // Somebody has dropped the table or removed the file since: what the journal says was in it.
      co_await forget(*entry);
      entry.reset();
    }
  }
  if (!entry) {
    co_await begin(made);
    co_return std::nullopt;
  }
  check_resumable(*entry);
  refuse_problems();
  entry_ = std::move(*entry);
  co_return std::nullopt;
}

// A copy that inserts must not double what it did before; one that replaces may be run again.
Task<std::optional<CopyReport>> CopyRun::meet_finished(const RunEntry& entry) {
  const bool gone = !target_.dataset();
  const std::uint64_t rows = gone ? 0 : co_await count_target();
  if (gone || rows == 0 || options_.mode() == CopyMode::upsert) {
    Context context;
    co_await journal_->forget_run(context);
    co_return std::nullopt;
  }
  const bool same_source = co_await is_source_unchanged(entry);
  bool same_target = rows == entry.target_rows;
  if (same_source && same_target) same_target = co_await is_target_unchanged(entry);
  if (same_source && same_target) {
    CopyReport report = decode_certificate(entry.certificate);
    report.already_complete = true;
    co_return report;
  }
  Error(ErrorCode::concurrency,
        fmt::format("this copy was finished before (begun {}), and {} since", entry.started,
                    same_source ? "its target has changed" : "its source may have changed"))
      .store(target_.display())
      .hint(fmt::format(
          "--mode upsert brings the target up to date by key; {}; verify tells whether they are equal",
          entry.created ? "--fresh starts anew, if it has no other records" : hint_of_fresh(entry)))
      .raise();
}

// Empty where nothing tells a state of the source from another, or only something that the copy itself changes.
std::string CopyRun::source_fingerprint() const {
  return source_.shares_store(target_) ? std::string() : source_.existing()->fingerprint();
}

// By its fingerprint, else by its digest.
Task<bool> CopyRun::is_source_unchanged(const RunEntry& entry) {
  const std::string fingerprint = source_fingerprint();
  if (!fingerprint.empty()) co_return fingerprint == entry.fingerprint;
  if (!entry.digest || entry.plan_hash != plan_.view.hash) co_return false;
  const BatchConverter converter(plan_, run_id_);
  const DigestTotal now = co_await digest_source(converter);
  co_return now.to_string() == decode_certificate(entry.certificate).digest;
}

// What was proven once is proven again, unless the caller does without.
Task<bool> CopyRun::is_target_unchanged(const RunEntry& entry) {
  const std::string& fingerprint = target_.dataset()->fingerprint();
  if (!fingerprint.empty() && fingerprint == entry.target_fingerprint) co_return true;
  const CopyReport certificate = decode_certificate(entry.certificate);
  if (!options_.proof() || certificate.proof != "whole target") co_return true;
  meter_.begin(TransferStage::proving, entry.target_rows, true);
  const SourceScan scan = target_scan();
  const DigestTotal now = co_await digest_scan(target_.backend(), scan, rule(), options_.memory(), meter_);
  co_return now.to_string() == certificate.target_digest;
}

// A table that the copy did not make is not emptied by it.
std::string CopyRun::hint_of_fresh(const RunEntry& entry) const {
  if (entry.created || options_.mode() == CopyMode::upsert) return "--fresh starts anew";
  return "remove from the target what the copy wrote, then start anew with --fresh";
}

void CopyRun::check_resumable(const RunEntry& entry) const {
  const auto refuse = [&](std::string_view what) {
    Error(ErrorCode::concurrency,
          fmt::format("{} since the interrupted copy began ({})", what, entry.started))
        .store(target_.display())
        .hint(hint_of_fresh(entry))
        .raise();
  };
  if (entry.plan_hash != plan_.view.hash) refuse("the fields of the source or the target have changed");
  if (entry.fingerprint != source_fingerprint()) refuse("the source has changed");
  if (entry.digest != options_.digest()) {
    Error(ErrorCode::invalid_argument,
          fmt::format("the interrupted copy was begun {} --no-digest", entry.digest ? "without" : "with"))
        .store(target_.display())
        .hint("give the same option again, or start anew with --fresh")
        .raise();
  }
}

std::vector<std::string> CopyRun::problems() const {
  std::vector<std::string> problems = plan_.view.problems;
  if (options_.strict()) {
    problems.insert(problems.end(), plan_.view.warnings.begin(), plan_.view.warnings.end());
  }
  return problems;
}

void CopyRun::refuse_problems() const {
  const std::vector<std::string> found = problems();
  if (found.empty()) return;
  Error error(ErrorCode::validation, fmt::format("the copy cannot be done: {}", fmt::join(found, "; ")));
  error.store(target_.display()).hint("copy --plan shows all of it").raise();
}

Task<void> CopyRun::forget(const RunEntry& entry) {
  Context context;
  // A local journal must not say that chunks are done which are gone.
  if (journal_->is_local()) co_await journal_->remove_chunks(context);
  const SessionMode mode = target_.has_transactions() ? SessionMode::transaction : SessionMode::autocommit;
  std::unique_ptr<Session> session = co_await target_.backend().session(context, mode);
  if (entry.created && target_.dataset() && !target_.backend().capabilities().publishes) {
    const ScanRequest everything(target_.dataset());
    co_await session->remove_range(context, everything);
  }
  if (!journal_->is_local()) co_await journal_->forget_run(context, *session);
  if (target_.has_transactions()) co_await session->commit(context);
  if (journal_->is_local()) co_await journal_->forget_run(context);
}

Task<std::uint64_t> CopyRun::count_target() {
  Context context;
  std::unique_ptr<Session> session = co_await target_.backend().session(context, SessionMode::autocommit);
  const ScanRequest everything(target_.dataset());
  co_return co_await session->count(context, everything);
}

Task<bool> CopyRun::is_kept() {
  if (!target_.backend().capabilities().publishes || !plan_.creation) co_return false;
  Context context;
  std::unique_ptr<Session> session = co_await target_.backend().session(context, SessionMode::autocommit);
  const DatasetPointer made = co_await session->create_dataset(context, *plan_.creation);
  const TransferCounts totals = co_await journal_->totals(context);
  co_return made->rows().value_or(0) == totals.written;
}

// A file is written as a whole: it is not added to.
bool CopyRun::is_taken() const {
  return target_.dataset() && target_.backend().capabilities().publishes;
}

void CopyRun::check_new() {
  if (!is_taken()) return;
  // What its columns are like does not matter then.
  plan_.view.problems.assign(1, fmt::format("the {} exists already (remove it, or give another name)",
                                            target_.dataset()->native_kind()));
}

Task<void> CopyRun::begin(bool made) {
  check_new();
  refuse_problems();
  entry_ = RunEntry();
  entry_.created = made;
  entry_.run_id = run_id_;
  entry_.source = source_.display();
  entry_.target = target_.display();
  entry_.plan_hash = plan_.view.hash;
  entry_.fingerprint = source_fingerprint();
  entry_.digest = options_.digest();
  entry_.started = now_text();
  entry_.chunks = co_await split();
  if (target_.dataset()) co_await begin_existing();
  co_await create_target();
}

Task<void> CopyRun::begin_existing() {
  entry_.rows_before = co_await count_target();
  const bool difference = options_.proof() && entry_.rows_before > 0 && proof_kind() == "difference";
  if (!difference) co_return;
  meter_.begin(TransferStage::proving, entry_.rows_before, true);
  const SourceScan scan = target_scan();
  entry_.digest_before = co_await digest_scan(target_.backend(), scan, rule(), options_.memory(), meter_);
}

// The chunks: parts which a later session finds again, or all of the source in one transaction.
Task<std::vector<ChunkBounds>> CopyRun::split() {
  std::vector<ChunkBounds> chunks;
  const Dataset& dataset = *source_.existing();
  ChunkBounds whole;
  whole.rows = dataset.rows().value_or(0);
  whole.bytes = dataset.bytes().value_or(0);
  const std::uint64_t wanted =
      std::min(kMostChunks, std::max(parts(dataset.rows(), options_.chunk_records()),
                                     parts(dataset.bytes(), options_.chunk_bytes())));
  const bool possible = source_.backend().capabilities().partitions != Support::absent &&
                        target_.has_journal() && target_.has_transactions() && !scan_->has_limit() &&
                        (!target_.local_state() || is_keyed());
  if (wanted > 1 && possible) {
    Context context;
    std::unique_ptr<Session> session = co_await source_.backend().session(context, SessionMode::autocommit);
    const std::vector<Partition> partitions =
        co_await session->partition(context, scan_->request(), static_cast<std::size_t>(wanted));
    for (const Partition& partition : partitions) {
      ChunkBounds bounds;
      bounds.token = partition.token();
      bounds.stable = partition.stable();
      bounds.rows = partition.rows();
      bounds.bytes = partition.bytes();
      chunks.push_back(std::move(bounds));
    }
  }
  const bool stable =
      std::all_of(chunks.begin(), chunks.end(), [](const ChunkBounds& chunk) { return chunk.stable; });
  if (chunks.empty() || !stable) chunks.assign(1, whole);
  co_return chunks;
}

Task<void> CopyRun::create_target() {
  Context context;
  if (target_.dataset() && !target_.has_journal()) co_return;
  const bool make = !target_.dataset();
  const bool goes_on = entry_.created;
  entry_.created = make || goes_on;
  // A local journal says so first: what it does not know of, it would not go on with.
  if (journal_->is_local()) co_await journal_->put_run(context, entry_);
  const SessionMode mode = target_.has_transactions() ? SessionMode::transaction : SessionMode::autocommit;
  std::unique_ptr<Session> session = co_await target_.backend().session(context, mode);
  if (make) {
    DatasetPointer made = co_await session->create_dataset(context, *plan_.creation);
    if (!goes_on && target_.backend().capabilities().publishes) {
      // What another copy left behind before it was published goes, and that copy's word of it.
      co_await journal_->forget_all(context, *session);
      const ScanRequest everything(made);
      if (made->rows().value_or(0) > 0) co_await session->remove_range(context, everything);
    }
    target_.set_dataset(std::move(made));
  }
  if (target_.has_journal() && !journal_->is_local()) co_await journal_->put_run(context, *session, entry_);
  if (target_.has_transactions()) co_await session->commit(context);
}

}  // namespace dataknobs
