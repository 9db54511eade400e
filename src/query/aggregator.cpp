// SPDX-License-Identifier: Apache-2.0
#include "query/aggregator.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <dataknobs/error.hpp>

#include "query/order.hpp"
#include "record/excerpt.hpp"

namespace dataknobs {

namespace {

// Equal values of several types stand for one group: the first of integer, float and decimal, with the fewest digits.
bool is_simpler(const Value& left, const Value& right) {
  if (left.type() != right.type()) return left.type() < right.type();
  return left.type() == ValueType::decimal &&
         left.get<Decimal>().digits().size() < right.get<Decimal>().digits().size();
}

// The names of the answer as the columns that its sort may name.
Schema schema_of(const std::vector<std::string>& names) {
  std::vector<FieldDescription> fields;
  for (const std::string& name : names) fields.emplace_back(name, FieldType());
  return Schema(std::move(fields));
}

// `order by address.city` is meant as the name that the answer has for it.
std::vector<SortKey> sort_keys(const Query& query, const std::vector<std::string>& names) {
  std::vector<SortKey> keys;
  for (const SortKey& key : query.sort()) {
    std::string name = key.path().to_string();
    const bool is_name = std::find(names.begin(), names.end(), name) != names.end();
    keys.emplace_back(is_name ? Path::of_field(std::move(name)) : key.path(), key.descending());
  }
  return keys;
}

void check_names(std::vector<std::string> names) {
  if (names.empty()) {
    Error(ErrorCode::query, "an aggregation needs a field to group by or a function")
        .hint("for example: city, count(), avg(price)")
        .raise();
  }
  std::sort(names.begin(), names.end());
  const auto same = std::adjacent_find(names.begin(), names.end());
  if (same == names.end()) return;
  Error(ErrorCode::query, fmt::format("two fields of the answer are called '{}'", *same))
      .hint("give one of them another name with 'as'")
      .raise();
}

}  // namespace

void Accumulator::add(AggregateFunction function, const Value& value, bool exact) {
  ++count_;
  switch (function) {
    case AggregateFunction::count:
      break;
    case AggregateFunction::count_distinct:
      if (!distinct_) distinct_ = std::make_unique<Distinct>();
      distinct_->insert(digest_value(value, 0));
      break;
    case AggregateFunction::sum:
    case AggregateFunction::average:
      add_number(value, exact);
      break;
    case AggregateFunction::minimum:
      if (extreme_.is_null() || sort_order(value, extreme_) < 0) extreme_ = value;
      break;
    case AggregateFunction::maximum:
      if (extreme_.is_null() || sort_order(value, extreme_) > 0) extreme_ = value;
      break;
  }
}

void Accumulator::add_number(const Value& value, bool exact) {
  if (const auto* integer = value.get_if<std::int64_t>()) {
    exact_.add(*integer);
  } else if (const auto* decimal = value.get_if<Decimal>()) {
    has_decimal_ = true;
    exact_.add(number::view(*decimal));
  } else if (const auto* floating = value.get_if<double>()) {
    has_float_ = true;
    if (exact && std::isfinite(*floating)) {
      exact_.add(number::Digits(*floating).view());
    } else {
      floats_.add(*floating);
    }
  } else {
    Error(ErrorCode::validation,
          fmt::format("{} is a {} and no number", excerpt(to_text(value)), to_string(value.type())))
        .hint("leave such records out by the filter, or count them")
        .raise();
  }
}

Value Accumulator::sum() const {
  if (has_float_) {
    const double floats = floats_.total();
    return std::isfinite(floats) ? exact_.total().to_double() + floats : floats;
  }
  Decimal total = exact_.total();
  const std::optional<std::int64_t> integer = has_decimal_ ? std::nullopt : total.to_int64();
  return integer ? Value(*integer) : Value(std::move(total));
}

Value Accumulator::average() const {
  const double floats = floats_.total();
  if (floats == 0) return exact_.divided_by(count_);
  return std::isfinite(floats) ? (exact_.total().to_double() + floats) / static_cast<double>(count_) : floats;
}

Value Accumulator::result(AggregateFunction function) const {
  switch (function) {
    case AggregateFunction::count:
      return Value(count_);
    case AggregateFunction::count_distinct:
      return Value(distinct_ ? std::uint64_t{distinct_->size()} : std::uint64_t{0});
    case AggregateFunction::sum:
      return count_ == 0 ? Value() : sum();
    case AggregateFunction::average:
      return count_ == 0 ? Value() : average();
    case AggregateFunction::minimum:
    case AggregateFunction::maximum:
      return extreme_;
  }
  return Value();
}

Aggregator::Aggregator(Aggregation aggregation, const FieldResolution& fields)
    : aggregation_(std::move(aggregation)) {
  check_names(aggregation_.names());
  for (const Path& path : aggregation_.groups()) group_paths_.emplace_back(path, fields);
  for (const Aggregate& aggregate : aggregation_.aggregates()) {
    aggregate_paths_.emplace_back();
    if (aggregate.path()) aggregate_paths_.back().emplace(*aggregate.path(), fields);
  }
  values_.resize(group_paths_.size());
  // Without groups there is one, even of no records.
  if (group_paths_.empty()) groups_.emplace_back().accumulators.resize(aggregate_paths_.size());
}

std::vector<Path> Aggregator::paths() const {
  std::vector<Path> paths = aggregation_.groups();
  for (const Aggregate& aggregate : aggregation_.aggregates()) {
    if (aggregate.path()) paths.push_back(*aggregate.path());
  }
  return paths;
}

Aggregator::Group& Aggregator::group_of(const Record& record) {
  if (group_paths_.empty()) return groups_.front();
  key_.clear();
  Value scratch;
  for (std::size_t i = 0; i < group_paths_.size(); ++i) {
    values_[i] = group_paths_[i].read(record, scratch);
    const std::size_t start = key_.size();
    if (!values_[i].is_null()) append_canonical(key_, values_[i]);
    const std::uint64_t length = key_.size() - start;
    key_.append(reinterpret_cast<const char*>(&length), sizeof length);
  }
  const auto [found, is_new] = index_.try_emplace(key_, groups_.size());
  if (is_new) {
    Group& group = groups_.emplace_back();
    group.values = values_;
    group.accumulators.resize(aggregate_paths_.size());
    return group;
  }
  Group& group = groups_[found->second];
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (is_simpler(values_[i], group.values[i])) group.values[i] = values_[i];
  }
  return group;
}

void Aggregator::add(const Record& record) {
  Group& group = group_of(record);
  Value scratch;
  for (std::size_t i = 0; i < aggregate_paths_.size(); ++i) {
    if (!aggregate_paths_[i]) {
      group.accumulators[i].add_record();
      continue;
    }
    const Value& value = aggregate_paths_[i]->read(record, scratch);
    if (value.is_null()) continue;
    const Aggregate& aggregate = aggregation_.aggregates()[i];
    try {
      group.accumulators[i].add(aggregate.function(), value, aggregation_.is_exact());
    } catch (const ValidationError& error) {
      Error named = error;
      named.operation(aggregate.text()).field_path(aggregate.path()->to_string());
      if (record.id()) named.record_id(*record.id());
      named.raise();
    }
  }
}

std::vector<Record> Aggregator::take(const Query& query) {
  const std::vector<std::string> names = aggregation_.names();
  std::vector<Record> records;
  records.reserve(groups_.size());
  for (const Group& group : groups_) {
    Record& record = records.emplace_back();
    record.reserve(names.size());
    for (const Value& value : group.values) record.append(names[record.size()], value);
    for (std::size_t i = 0; i < group.accumulators.size(); ++i)
      record.append(names[record.size()],
                    group.accumulators[i].result(aggregation_.aggregates()[i].function()));
  }
  const Schema schema = schema_of(names);
  const std::vector<std::string> key(names.begin(),
                                     names.begin() + static_cast<std::ptrdiff_t>(group_paths_.size()));
  const RecordOrder order(sort_keys(query, names), FieldResolution::columns(schema), IdOrder::key(key));
  sort_records(records, order);
  cut_records(records, query.limit(), query.offset());
  return records;
}

}  // namespace dataknobs
