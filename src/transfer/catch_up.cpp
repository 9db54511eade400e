// SPDX-License-Identifier: Apache-2.0
#include "transfer/catch_up.hpp"

#include "runtime/offload.hpp"
#include "transfer/batch_size.hpp"
#include "transfer/endpoint.hpp"
#include "transfer/kill_point.hpp"

namespace dataknobs {

namespace {

// The steps share what is read and written.
class CatchUp {
 public:
  CatchUp(const SourceScan& scan, const BatchConverter& converter, Session& from, Session& to,
          DatasetPointer target_dataset, const DigestRule& rule, const std::vector<std::string>& fields,
          std::uint64_t memory, ProgressMeter& meter)
      : scan_(scan),
        converter_(converter),
        from_(from),
        to_(to),
        target_dataset_(std::move(target_dataset)),
        rule_(rule),
        fields_(fields),
        memory_(memory),
        meter_(meter) {}

  Task<void> write_differing(Context& context);
  Task<void> remove_absent(Context& context, Backend& target);
  const CaughtUp& result() const noexcept { return result_; }

 private:
  Task<void> write_batch(Context& context, const Batch& read);

  const SourceScan& scan_;
  const BatchConverter& converter_;
  Session& from_;
  Session& to_;
  DatasetPointer target_dataset_;
  const DigestRule& rule_;
  const std::vector<std::string>& fields_;
  std::uint64_t memory_;
  ProgressMeter& meter_;
  CaughtUp result_;
};

Task<void> CatchUp::write_differing(Context& context) {
  ScanRequest request = scan_.request();
  request.set_batch_bytes(batch_bytes_within(memory_)).set_prefer_columns(true);
  std::unique_ptr<Reader> reader = co_await scan_.open(context, from_, request);
  while (const std::optional<Batch> batch = co_await reader->next(context))
    co_await write_batch(context, *batch);
}

Task<void> CatchUp::write_batch(Context& context, const Batch& read) {
  Batch converted;
  std::vector<std::string> ids;
  std::vector<Digest128> wanted;
  auto convert = [&] {
    converted = convert_counted(read, scan_, converter_, 0, result_.counts);
    ids = ids_of(converted, *target_dataset_);
    wanted = row_digests_of(converted, rule_);
    for (const Digest128& digest : wanted) result_.counts.digest += DigestTotal{1, digest};
  };
  co_await offload(convert);
  meter_.now().read += read.size();
  meter_.tick();
  if (converted.empty()) co_return;
  const std::vector<std::optional<Record>> found = co_await to_.read(context, target_dataset_, ids);
  std::vector<bool> differs(ids.size(), true);
  auto compare = [&] {
    const std::vector<Digest128> held = row_digests_of(pick(found, fields_), rule_);
    std::size_t next = 0;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (found[i]) differs[i] = held[next++] != wanted[i];
    }
  };
  co_await offload(compare);
  const Batch changed = converted.select(differs);
  if (changed.empty()) co_return;
  const WriterOptions options(target_dataset_, WriteMode::upsert);
  std::unique_ptr<Writer> writer = co_await to_.writer(context, options);
  co_await writer->write(context, changed);
  result_.rewritten += co_await writer->finish(context);
  kill_point("in-catch-up");
}

// What the transaction has written is in the source: it need not be seen here.
Task<void> CatchUp::remove_absent(Context& context, Backend& target) {
  std::unique_ptr<Session> session = co_await target.session(context, SessionMode::autocommit);
  ScanRequest request(target_dataset_);
  request.set_batch_bytes(batch_bytes_within(memory_)).set_fields(target_dataset_->key());
  std::unique_ptr<Reader> reader = co_await session->scan(context, request);
  while (const std::optional<Batch> batch = co_await reader->next(context)) {
    const std::vector<std::string> ids = ids_of(*batch, *target_dataset_);
    const std::vector<std::optional<Record>> found = co_await from_.read(context, scan_.dataset(), ids);
    std::vector<std::string> absent;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      // A record that the condition leaves out is as good as none.
      const bool stays = found[i] && scan_.matches(*found[i]);
      if (!stays) absent.push_back(ids[i]);
    }
    if (absent.empty()) continue;
    const std::vector<ItemResult> results = co_await to_.remove(context, target_dataset_, absent, {});
    for (const ItemResult& result : results) result_.removed += result.outcome() == Outcome::written ? 1 : 0;
  }
}

}  // namespace

Task<CaughtUp> catch_up(Backend& source, const SourceScan& scan, const BatchConverter& converter,
                        Backend& target, Session& session, DatasetPointer target_dataset,
                        const DigestRule& rule, const std::vector<std::string>& fields, std::uint64_t memory,
                        ProgressMeter& meter) {
  Context context;
  std::unique_ptr<Session> from = co_await reading_session(context, source);
  CatchUp work(scan, converter, *from, session, std::move(target_dataset), rule, fields, memory, meter);
  co_await work.write_differing(context);
  co_await work.remove_absent(context, target);
  co_return work.result();
}

}  // namespace dataknobs
