// SPDX-License-Identifier: Apache-2.0
#include "query/order.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <utility>

#include "record/canonical.hpp"

namespace dataknobs {

namespace {

std::optional<std::int64_t> to_integer(std::string_view text) noexcept {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::strong_ordering by_code_point(std::string_view left, std::string_view right) noexcept {
  return left.compare(right) <=> 0;
}

// Nulls are last in both directions; only values are reversed.
std::strong_ordering directed(const Value& left, const Value& right, bool descending) noexcept {
  std::strong_ordering order = sort_order(left, right);
  return descending && !left.is_null() && !right.is_null() ? 0 <=> order : order;
}

// The same bytes for equal fields, whatever their order; null fields do not count.
std::string canonical_fields(const Record& record) {
  std::vector<const Field*> fields;
  for (const Field& field : record.fields()) {
    if (!field.value().is_null()) fields.push_back(&field);
  }
  std::sort(fields.begin(), fields.end(),
            [](const Field* a, const Field* b) { return a->name() < b->name(); });
  std::string bytes;
  for (const Field* field : fields) {
    bytes += field->name();
    bytes += '\0';
    append_canonical(bytes, field->value());
    bytes += '\0';
  }
  return bytes;
}

}  // namespace

std::strong_ordering IdOrder::compare_ids(const std::optional<std::string>& left,
                                          const std::optional<std::string>& right) const {
  if (!left || !right) return right.has_value() <=> left.has_value();
  if (kind_ == Kind::integer) {
    std::optional<std::int64_t> left_number = to_integer(*left);
    std::optional<std::int64_t> right_number = to_integer(*right);
    if (left_number && right_number) return *left_number <=> *right_number;
    // An id that is no integer comes after those that are.
    if (left_number || right_number) return right_number.has_value() <=> left_number.has_value();
  }
  return by_code_point(*left, *right);
}

std::strong_ordering IdOrder::compare(const Record& left, const Record& right) const {
  if (kind_ == Kind::none) return std::strong_ordering::equal;
  if (kind_ != Kind::key) return compare_ids(left.id(), right.id());
  for (const std::string& column : columns_) {
    std::strong_ordering order = sort_order(left[column], right[column]);
    if (order != 0) return order;
  }
  return std::strong_ordering::equal;
}

RecordOrder::RecordOrder(const std::vector<SortKey>& keys, const FieldResolution& fields, IdOrder ids)
    : ids_(std::move(ids)) {
  for (const SortKey& key : keys) keys_.push_back(Key{PathReader(key.path(), fields), key.descending()});
}

std::strong_ordering RecordOrder::compare(const Record& left, const Record& right) const {
  Value left_scratch;
  Value right_scratch;
  for (const Key& key : keys_) {
    std::strong_ordering order = std::strong_ordering::equal;
    if (key.path.is_id()) {
      order = ids_.compare_ids(left.id(), right.id());
      if (key.descending && left.id() && right.id()) order = 0 <=> order;
    } else {
      order =
          directed(key.path.read(left, left_scratch), key.path.read(right, right_scratch), key.descending);
    }
    if (order != 0) return order;
  }
  std::strong_ordering order = ids_.compare(left, right);
  if (order != 0) return order;
  return by_code_point(canonical_fields(left), canonical_fields(right));
}

TopRecords::TopRecords(const RecordOrder& order, std::optional<std::uint64_t> limit, std::uint64_t offset)
    : order_(order), offset_(offset) {
  if (!limit) return;
  bool overflows = *limit > std::numeric_limits<std::uint64_t>::max() - offset;
  if (!overflows) capacity_ = *limit == 0 ? 0 : *limit + offset;
}

bool TopRecords::wants(const Record& record) {
  if (!capacity_ || heap_.size() < *capacity_) return true;
  if (*capacity_ == 0 || !order_(record, heap_.front())) return false;
  std::pop_heap(heap_.begin(), heap_.end(), std::cref(order_));
  heap_.pop_back();
  return true;
}

void TopRecords::push(Record record) {
  heap_.push_back(std::move(record));
  if (capacity_) std::push_heap(heap_.begin(), heap_.end(), std::cref(order_));
}

void TopRecords::add(const Record& record) {
  if (wants(record)) push(record);
}

void TopRecords::add(Record&& record) {
  if (wants(record)) push(std::move(record));
}

std::vector<Record> TopRecords::take() {
  std::vector<Record> records = std::exchange(heap_, {});
  sort_records(records, order_);
  // Without a limit all are here; with one, no more than limit + offset.
  cut_records(records, std::nullopt, offset_);
  return records;
}

void sort_records(std::vector<Record>& records, const RecordOrder& order) {
  std::sort(records.begin(), records.end(), std::cref(order));
}

void cut_records(std::vector<Record>& records, std::optional<std::uint64_t> limit, std::uint64_t offset) {
  auto first = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(offset, records.size()));
  records.erase(records.begin(), records.begin() + first);
  if (limit && *limit < records.size()) records.resize(static_cast<std::size_t>(*limit));
}

}  // namespace dataknobs
