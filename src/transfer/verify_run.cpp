// SPDX-License-Identifier: Apache-2.0
#include "transfer/verify_run.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <dataknobs/error.hpp>

#include "database/keys.hpp"
#include "record/json.hpp"
#include "runtime/offload.hpp"
#include "transfer/batch_size.hpp"

namespace dataknobs {

namespace {

constexpr std::size_t kExcerpt = 120;

bool has_ids(const Dataset& dataset) {
  return !dataset.positional_ids() && (dataset.layout() == Layout::document || !dataset.key().empty());
}

// Both halves matter: marks are looked up by key and content.
using MarkKey = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t>;

MarkKey full_key(const RecordMark& mark) {
  return {mark.key.high, mark.key.low, mark.content.high, mark.content.low};
}

bool same_value(const Value& left, const Value& right, const std::string& logical) {
  if (left.is_null() || right.is_null()) return left.is_null() == right.is_null();
  std::string left_bytes;
  std::string right_bytes;
  append_canonical(left_bytes, left, logical);
  append_canonical(right_bytes, right, logical);
  return left_bytes == right_bytes;
}

}  // namespace

VerifyRun::VerifyRun(std::string left_url, std::string right_url, VerifyOptions options)
    : left_url_(std::move(left_url)),
      right_url_(std::move(right_url)),
      options_(std::move(options)),
      meter_(options_.on_progress()) {}

VerifyRun& VerifyRun::of_copy(const BatchConverter& converter, DigestRule rule,
                              std::optional<std::uint64_t> limit) {
  left_.converter = &converter;
  rule_ = std::move(rule);
  limit_ = limit;
  return *this;
}

Task<void> VerifyRun::open(Side& side, std::string url) {
  side.endpoint = co_await Endpoint::open(std::move(url));
  side.endpoint.existing();
}

// Given fields; else the key columns where both sides have the same; else ids; else whole records.
void VerifyRun::choose_match() {
  const Dataset& left = *left_.endpoint.existing();
  const Dataset& right = *right_.endpoint.existing();
  key_ = options_.key();
  if (key_.empty() && has_ids(left) && has_ids(right)) {
    const bool columns = left.layout() == Layout::columns && right.layout() == Layout::columns;
    if (columns && left.key() == right.key()) {
      key_ = left.key();
    } else {
      match_ = Match::ids;
    }
  }
  if (!key_.empty()) match_ = Match::fields;
  if (match_ == Match::ids) report_.compared_by = "id";
  if (match_ == Match::whole) report_.compared_by = "whole records: there is no common key";
  if (match_ != Match::fields) return;
  report_.compared_by = fmt::format("key {}", fmt::join(key_, ", "));
}

// Logical types count where both sides know them. The id of a document counts as field `id` where the other
// side has it, as an id or as a column.
void VerifyRun::choose_rule() {
  if (left_.converter != nullptr) return;
  const auto document = [](const Dataset& dataset) {
    return dataset.layout() == Layout::document && !dataset.positional_ids();
  };
  const auto column = [](const Dataset& dataset) { return dataset.schema().find("id") != nullptr; };
  const Dataset& left = *left_.endpoint.existing();
  const Dataset& right = *right_.endpoint.existing();
  for (const FieldDescription& field : left.schema().fields()) {
    const FieldDescription* other = right.schema().find(field.name());
    const std::string& logical = field.type().logical();
    if (field.type().kind() != ValueType::string || logical.empty() || other == nullptr) continue;
    if (other->type().kind() == ValueType::string && other->type().logical() == logical)
      rule_.logical[field.name()] = logical;
  }
  if (!options_.select().empty()) return;
  rule_.id = (document(left) && (document(right) || column(right))) || (column(left) && document(right));
}

Task<VerifyReport> VerifyRun::run() {
  meter_.begin(TransferStage::planning, std::nullopt, false);
  co_await open(left_, left_url_);
  co_await open(right_, right_url_);
  report_.left = left_.endpoint.display();
  report_.right = right_.endpoint.display();
  choose_match();
  choose_rule();
  for (Side* side : {&left_, &right_}) {
    // What a copy left out is not in its target, and the condition may be of fields that are not there.
    const bool copied = side == &right_ && left_.converter != nullptr;
    const Expression where = copied ? Expression() : options_.where();
    side->scan.emplace(side->endpoint.backend(), side->endpoint.existing(), where, options_.select(),
                       side == &left_ ? limit_ : std::nullopt, key_);
  }
  co_await compare_totals();
  if (!report_.equal) co_await locate();
  meter_.begin(TransferStage::done, std::nullopt, true);
  co_return std::move(report_);
}

Task<void> VerifyRun::compare_totals() {
  const auto rows = [](const Side& side) { return side.endpoint.existing()->rows(); };
  std::optional<std::uint64_t> total;
  if (options_.where().is_always_true() && rows(left_) && rows(right_)) total = *rows(left_) + *rows(right_);
  meter_.begin(TransferStage::comparing, total, false);
  const std::uint64_t memory = options_.memory();
  const DigestTotal left =
      co_await digest_scan(left_.endpoint.backend(), *left_.scan, rule_, memory, meter_, left_.converter);
  const DigestTotal right =
      co_await digest_scan(right_.endpoint.backend(), *right_.scan, rule_, memory, meter_);
  report_.left_records = left.count;
  report_.right_records = right.count;
  report_.left_digest = left.to_string();
  report_.right_digest = right.to_string();
  report_.equal = left == right;
}

Task<void> VerifyRun::locate() {
  meter_.begin(TransferStage::locating, std::nullopt, false);
  std::vector<std::vector<std::uint32_t>> groups;
  {
    BucketTable table;
    co_await fill_buckets(table);
    // Half of the budget for marks of both sides, the other half for what is being read.
    groups = table.differing(std::max<std::uint64_t>(1, options_.memory() / 2 / sizeof(RecordMark)));
  }
  for (const std::vector<std::uint32_t>& group : groups) co_await compare_buckets(group);
  if (!listed_.empty()) co_await name_records();
  if (report_.only_left + report_.only_right + report_.different == 0) {
    report_.warnings.emplace_back("the stores changed while they were compared: run it again");
  }
}

Task<void> VerifyRun::fill_buckets(BucketTable& table) {
  for (Side* side : {&left_, &right_}) {
    const bool right = side == &right_;
    const Visitor add = [&table, right](const Batch&, const Batch&, const std::vector<RecordMark>& marks) {
      for (const RecordMark& mark : marks) table.add(right, mark);
    };
    co_await visit(*side, add);
  }
}

Task<void> VerifyRun::compare_buckets(const std::vector<std::uint32_t>& buckets) {
  std::vector<bool> wanted(BucketTable::kBuckets);
  for (const std::uint32_t bucket : buckets) wanted[bucket] = true;
  std::vector<RecordMark> left;
  std::vector<RecordMark> right;
  for (Side* side : {&left_, &right_}) {
    std::vector<RecordMark>& kept = side == &left_ ? left : right;
    const Visitor keep = [&kept, &wanted](const Batch&, const Batch&, const std::vector<RecordMark>& marks) {
      for (const RecordMark& mark : marks) {
        if (wanted[BucketTable::bucket_of(mark)]) kept.push_back(mark);
      }
    };
    co_await visit(*side, keep);
  }
  for (const MarkDifference& difference : compare_marks(left, right)) {
    report_.only_left += difference.kind == VerifyReport::Kind::only_left;
    report_.only_right += difference.kind == VerifyReport::Kind::only_right;
    report_.different += difference.kind == VerifyReport::Kind::different;
    if (listed_.size() < options_.max_differences()) listed_.push_back(difference);
  }
}

// Third pass: the records to be listed, of which there are few.
Task<void> VerifyRun::name_records() {
  std::map<std::pair<std::uint64_t, std::uint64_t>, bool> keys;
  for (const MarkDifference& difference : listed_) {
    keys[{difference.mark.key.high, difference.mark.key.low}] = true;
  }
  std::multimap<MarkKey, Named> left;
  std::multimap<MarkKey, Named> right;
  for (Side* side : {&left_, &right_}) {
    std::multimap<MarkKey, Named>& found = side == &left_ ? left : right;
    const Visitor keep = [&](const Batch& matching, const Batch& selected,
                             const std::vector<RecordMark>& marks) {
      for (std::size_t i = 0; i < marks.size(); ++i) {
        if (!keys.contains({marks[i].key.high, marks[i].key.low})) continue;
        // Several records of one key: no more than could be listed.
        if (found.size() >= 4 * options_.max_differences()) continue;
        found.emplace(full_key(marks[i]), Named{name_of(*side, matching.rows()[i]), selected.rows()[i]});
      }
    };
    co_await visit(*side, keep);
  }
  for (const MarkDifference& difference : listed_) {
    const bool only_right = difference.kind == VerifyReport::Kind::only_right;
    std::multimap<MarkKey, Named>& own = only_right ? right : left;
    const auto record = own.find(full_key(difference.mark));
    if (record == own.end()) continue;
    const Named* other = nullptr;
    if (difference.kind == VerifyReport::Kind::different) {
      // Any record of the same key that is not equal: contents order them, so the first of the key will do.
      const auto candidate = right.lower_bound({difference.mark.key.high, difference.mark.key.low, 0, 0});
      if (candidate == right.end() || std::get<0>(candidate->first) != difference.mark.key.high ||
          std::get<1>(candidate->first) != difference.mark.key.low) {
        continue;
      }
      other = &candidate->second;
    }
    const Named* first = &record->second;
    append_difference(difference, only_right ? nullptr : first, only_right ? first : other);
  }
  const auto by_id = [](const VerifyReport::Difference& a, const VerifyReport::Difference& b) {
    return a.id < b.id;
  };
  std::stable_sort(report_.differences.begin(), report_.differences.end(), by_id);
}

void VerifyRun::append_difference(const MarkDifference& difference, const Named* left, const Named* right) {
  VerifyReport::Difference entry(difference.kind, left != nullptr ? left->name : right->name);
  if (difference.kind == VerifyReport::Kind::different) {
    std::vector<std::string> names;
    const auto add_names = [&names](const Record& record) {
      for (const Field& field : record.fields()) {
        if (std::find(names.begin(), names.end(), field.name()) == names.end()) names.push_back(field.name());
      }
    };
    add_names(left->record);
    add_names(right->record);
    for (const std::string& name : names) {
      const Value& a = left->record[name];
      const Value& b = right->record[name];
      const auto logical = rule_.logical.find(name);
      if (!same_value(a, b, logical == rule_.logical.end() ? std::string() : logical->second))
        entry.fields.emplace_back(name, a, b);
    }
  }
  report_.differences.push_back(std::move(entry));
}

// Reads a side; the visitor runs on an offload thread, one batch at a time, with the records that match as
// they were read: select is applied in the digests alone, for the key need not be selected.
Task<void> VerifyRun::visit(Side& side, const Visitor& visitor) {
  Context context;
  std::unique_ptr<Session> session =
      co_await side.endpoint.backend().session(context, SessionMode::autocommit);
  ScanRequest request = side.scan->request();
  request.set_batch_bytes(batch_bytes_within(options_.memory()));
  std::unique_ptr<Reader> reader = co_await side.scan->open(context, *session, request);
  while (std::optional<Batch> batch = co_await reader->next(context)) {
    meter_.now().read += batch->size();
    meter_.tick();
    auto work = [&] {
      Batch matching = side.scan->filter(*batch);
      if (matching.empty()) return;
      if (side.converter != nullptr) matching = side.converter->convert(matching, 0, 0);
      const Batch selected = without_fields(side.scan->project(matching), rule_.uncounted);
      visitor(matching, selected, marks_of(side, matching, selected));
    };
    co_await offload(work);
  }
}

std::vector<RecordMark> VerifyRun::marks_of(const Side& side, const Batch& matching,
                                            const Batch& selected) const {
  const std::vector<Digest128> contents =
      digest_rows(with_logical_types(selected, rule_), rule_.id ? "id" : "");
  std::vector<RecordMark> marks;
  marks.reserve(contents.size());
  for (std::size_t i = 0; i < contents.size(); ++i) {
    marks.emplace_back(match_ == Match::whole ? contents[i] : key_of(side, matching.rows()[i]), contents[i]);
  }
  return marks;
}

Digest128 VerifyRun::key_of(const Side& side, const Record& record) const {
  if (match_ == Match::ids) return digest_value(Value(id_of(*side.scan->dataset(), record).value_or("")), 0);
  Record key;
  for (const std::string& name : key_) key.append(name, record[name]);
  return digest_record(key);
}

std::string VerifyRun::name_of(const Side& side, const Record& record) const {
  if (match_ == Match::ids) return id_of(*side.scan->dataset(), record).value_or("");
  if (match_ == Match::whole) {
    std::string text = to_document(record).data;
    if (text.size() > kExcerpt) text = text.substr(0, kExcerpt) + "...";
    return text;
  }
  std::vector<Value> key;
  for (const std::string& name : key_) key.push_back(record[name]);
  const std::optional<std::string> id = id_of_key(key);
  return id ? *id : to_json(Value(Json(Json::Array(key.begin(), key.end()))));
}

}  // namespace dataknobs
