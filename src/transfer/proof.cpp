// SPDX-License-Identifier: Apache-2.0
#include "transfer/proof.hpp"

#include <algorithm>

#include <boost/asio/this_coro.hpp>

#include <dataknobs/error.hpp>

#include "runtime/channel.hpp"
#include "runtime/offload.hpp"
#include "runtime/task_group.hpp"
#include "transfer/batch_size.hpp"
#include "transfer/endpoint.hpp"
#include "transfer/kill_point.hpp"

namespace dataknobs {

namespace {

struct Portion {
  Batch batch;
  MemoryBudget::Share share;
};

// What reader and digester share; held by both, so that neither outlives it.
class DigestScan {
 public:
  DigestScan(Backend& backend, const SourceScan& scan, const DigestRule& rule, std::uint64_t memory,
             ProgressMeter& meter, const BatchConverter* converter)
      : backend_(backend),
        scan_(scan),
        rule_(rule),
        meter_(meter),
        converter_(converter),
        budget_(memory),
        channel_(kBatchesAhead) {}

  static Task<void> read(std::shared_ptr<DigestScan> self) {
    co_await self->read_batches();
    self->channel_.close();
  }
  static Task<void> digest(std::shared_ptr<DigestScan> self) { co_await self->digest_batches(); }
  const DigestTotal& total() const noexcept { return total_; }

 private:
  Task<void> read_batches();
  Task<void> digest_batches();

  Backend& backend_;
  const SourceScan& scan_;
  const DigestRule rule_;
  ProgressMeter& meter_;
  const BatchConverter* converter_;
  MemoryBudget budget_;
  Channel<Portion> channel_;
  DigestTotal total_;
};

Task<void> DigestScan::read_batches() {
  Context context;
  std::unique_ptr<Session> session = co_await reading_session(context, backend_);
  ScanRequest request = scan_.request();
  const std::uint64_t wanted = batch_bytes_within(budget_.limit());
  request.set_batch_bytes(wanted).set_prefer_columns(true);
  std::unique_ptr<Reader> reader = co_await scan_.open(context, *session, request);
  std::uint64_t expected = wanted;
  while (true) {
    MemoryBudget::Share share = co_await budget_.acquire(expected);
    std::optional<Batch> batch = co_await reader->next(context);
    if (!batch) co_return;
    const std::uint64_t bytes = batch->memory();
    share.resize(bytes);
    expected = reading_bytes(bytes, wanted);
    meter_.now().read += batch->size();
    meter_.now().bytes += bytes;
    meter_.tick();
    Portion portion;
    portion.batch = std::move(*batch);
    portion.share = std::move(share);
    if (!co_await channel_.send(std::move(portion))) co_return;
    kill_point("in-digest");
  }
}

Task<void> DigestScan::digest_batches() {
  while (true) {
    std::optional<Portion> portion = co_await channel_.receive();
    if (!portion) co_return;
    DigestTotal part;
    auto work = [&] {
      Batch batch = scan_.refine(portion->batch);
      if (converter_ != nullptr && !batch.empty()) batch = converter_->convert(batch, 0, 0);
      part = digest_of(batch, rule_);
    };
    co_await offload(work);
    total_ += part;
  }
}

}  // namespace

std::vector<std::string> ids_of(const Batch& written, const Dataset& target) {
  std::vector<std::string> ids;
  ids.reserve(written.size());
  for (const Record& record : written.rows()) ids.push_back(id_of(target, record).value_or(std::string()));
  return ids;
}

// Only what the copy wrote counts: an existing record may have other fields too.
Batch pick(std::vector<std::optional<Record>> found, const std::vector<std::string>& fields) {
  std::vector<Record> rows;
  for (std::optional<Record>& record : found) {
    if (!record) continue;
    if (fields.empty()) {
      rows.push_back(std::move(*record));
      continue;
    }
    Record picked;
    picked.set_id(record->id());
    for (const std::string& name : fields) {
      if (const Value* value = record->find(name)) picked.append(name, *value);
    }
    rows.push_back(std::move(picked));
  }
  return Batch::from_rows(std::move(rows));
}

Batch without_fields(const Batch& batch, const std::vector<std::string>& names) {
  if (names.empty() || batch.empty()) return batch;
  std::vector<FieldDescription> fields;
  std::vector<Column> columns;
  for (std::size_t i = 0; i < batch.columns().size(); ++i) {
    const FieldDescription& field = batch.schema().fields()[i];
    if (std::find(names.begin(), names.end(), field.name()) != names.end()) continue;
    fields.push_back(field);
    columns.push_back(batch.columns()[i]);
  }
  return Batch::from_columns(Schema(std::move(fields)), std::move(columns), batch.ids());
}

Batch with_logical_types(const Batch& batch, const DigestRule& rule) {
  if (batch.empty() || (!batch.has_columns() && rule.logical.empty())) return batch;
  const auto wanted = [&](const FieldDescription& field) {
    const auto found = rule.logical.find(field.name());
    return found == rule.logical.end() ? std::string() : found->second;
  };
  const std::vector<FieldDescription>& described = batch.schema().fields();
  const auto differs = [&](const FieldDescription& field) {
    return field.type().kind() == ValueType::string && field.type().logical() != wanted(field);
  };
  if (std::none_of(described.begin(), described.end(), differs)) return batch;
  std::vector<FieldDescription> fields = described;
  std::vector<Column> columns = batch.columns();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!differs(fields[i])) continue;
    const FieldType type = FieldType(fields[i].type()).set_logical(wanted(fields[i]));
    Column column(type, columns[i].array());
    column.set_exceptions(columns[i].exceptions()).set_missing(columns[i].missing());
    columns[i] = std::move(column);
    fields[i] = FieldDescription(fields[i].name(), type);
  }
  return Batch::from_columns(Schema(std::move(fields)), std::move(columns), batch.ids());
}

DigestTotal digest_of(const Batch& batch, const DigestRule& rule) {
  if (batch.empty()) return DigestTotal();
  return digest_batch(with_logical_types(without_fields(batch, rule.uncounted), rule), rule.id ? "id" : "");
}

std::vector<Digest128> row_digests_of(const Batch& batch, const DigestRule& rule) {
  if (batch.empty()) return {};
  return digest_rows(with_logical_types(without_fields(batch, rule.uncounted), rule), rule.id ? "id" : "");
}

Task<DigestTotal> digest_scan(Backend& backend, const SourceScan& scan, const DigestRule& rule,
                              std::uint64_t memory, ProgressMeter& meter, const BatchConverter* converter) {
  auto state = std::make_shared<DigestScan>(backend, scan, rule, memory, meter, converter);
  TaskGroup group(co_await boost::asio::this_coro::executor);
  group.start(DigestScan::read(state));
  group.start(DigestScan::digest(state));
  co_await group.join();
  co_return state->total();
}

Batch convert_counted(const Batch& read, const SourceScan& scan, const BatchConverter& converter,
                      std::uint64_t chunk, TransferCounts& counts) {
  const Batch matching = scan.refine(read);
  const std::uint64_t ordinal = counts.read;
  counts.read += read.size();
  counts.written += matching.size();
  counts.filtered += read.size() - matching.size();
  counts.bytes += read.memory();
  return matching.empty() ? Batch() : converter.convert(matching, chunk, ordinal);
}

Task<KeyedDigests> digest_by_key(Backend& source, const SourceScan& scan, const BatchConverter& converter,
                                 const ChunkBounds& bounds, std::uint64_t chunk, Backend& target,
                                 DatasetPointer target_dataset, const DigestRule& rule,
                                 const std::vector<std::string>& fields, ProgressMeter& meter) {
  Context context;
  std::unique_ptr<Session> from = co_await source.session(context, SessionMode::autocommit);
  std::unique_ptr<Session> to = co_await target.session(context, SessionMode::autocommit);
  ScanRequest request = scan.request();
  request.set_batch_bytes(kMostBatchBytes).set_prefer_columns(true);
  if (!bounds.token.empty()) request.set_partition(Partition(bounds.token, bounds.stable));
  std::unique_ptr<Reader> reader = co_await scan.open(context, *from, request);
  KeyedDigests digests;
  TransferCounts& expected = digests.expected;
  while (std::optional<Batch> batch = co_await reader->next(context)) {
    meter.now().read += batch->size();
    meter.tick();
    std::vector<std::string> ids;
    auto convert = [&] {
      const Batch converted = convert_counted(*batch, scan, converter, chunk, expected);
      expected.digest += digest_of(converted, rule);
      ids = ids_of(converted, *target_dataset);
    };
    co_await offload(convert);
    std::vector<std::optional<Record>> found = co_await to->read(context, target_dataset, ids);
    auto digest = [&] { digests.found += digest_of(pick(std::move(found), fields), rule); };
    co_await offload(digest);
    kill_point("in-digest");
  }
  co_return digests;
}

}  // namespace dataknobs
