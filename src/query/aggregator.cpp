// SPDX-License-Identifier: Apache-2.0
#include "query/aggregator.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <dataknobs/error.hpp>

#include "query/order.hpp"
#include "record/column_reader.hpp"
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

Aggregator::Aggregator(Aggregation aggregation, const FieldResolution& fields, IdOf id_of)
    : aggregation_(std::move(aggregation)), id_of_(std::move(id_of)) {
  check_names(aggregation_.names());
  for (const Path& path : paths()) {
    const bool is_column =
        path.steps().size() == 1 && !path.is_metadata() && !(fields.is_document() && path.is_id());
    by_columns_ = by_columns_ && is_column;
  }
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

std::size_t Aggregator::group_of(const Record& record) {
  Value scratch;
  for (std::size_t i = 0; i < group_paths_.size(); ++i) values_[i] = group_paths_[i].read(record, scratch);
  return group_of(values_);
}

std::size_t Aggregator::group_of(const std::vector<Value>& values) {
  if (group_paths_.empty()) return 0;
  key_.clear();
  for (const Value& value : values) {
    const std::size_t start = key_.size();
    if (!value.is_null()) append_canonical(key_, value);
    const std::uint64_t length = key_.size() - start;
    key_.append(reinterpret_cast<const char*>(&length), sizeof length);
  }
  const auto [found, is_new] = index_.try_emplace(key_, groups_.size());
  if (is_new) {
    Group& group = groups_.emplace_back();
    group.values = values;
    group.accumulators.resize(aggregate_paths_.size());
    return found->second;
  }
  Group& group = groups_[found->second];
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (is_simpler(values[i], group.values[i])) group.values[i] = values[i];
  }
  return found->second;
}

void Aggregator::raise(const ValidationError& error, const Aggregate& aggregate, const Record& record) const {
  Error named = error;
  named.operation(aggregate.text()).field_path(aggregate.path()->to_string());
  const std::optional<std::string> id = id_of_(record);
  if (id) named.record_id(*id);
  named.raise();
}

void Aggregator::add_value(Accumulator& accumulator, const Aggregate& aggregate, const Value& value) const {
  if (!value.is_null()) accumulator.add(aggregate.function(), value, aggregation_.is_exact());
}

void Aggregator::add(const Record& record) {
  Group& group = groups_[group_of(record)];
  Value scratch;
  for (std::size_t i = 0; i < aggregate_paths_.size(); ++i) {
    if (!aggregate_paths_[i]) {
      group.accumulators[i].count();
      continue;
    }
    const Aggregate& aggregate = aggregation_.aggregates()[i];
    try {
      add_value(group.accumulators[i], aggregate, aggregate_paths_[i]->read(record, scratch));
    } catch (const ValidationError& error) {
      raise(error, aggregate, record);
    }
  }
}

// The columns of a batch that an aggregation looks at; a field that the batch does not have is null in every record.
class Aggregator::Columns {
 public:
  Columns(const Aggregation& aggregation, const Batch& batch) {
    for (const Path& path : aggregation.groups()) groups_.push_back(reader_of(path, batch));
    for (const Aggregate& aggregate : aggregation.aggregates())
      aggregates_.push_back(aggregate.path() ? reader_of(*aggregate.path(), batch) : nullptr);
  }

  const ColumnReader* aggregate(std::size_t index) const noexcept { return aggregates_[index].get(); }
  void read_groups(std::int64_t row, std::vector<Value>& values) const {
    for (std::size_t i = 0; i < groups_.size(); ++i)
      values[i] = groups_[i] ? groups_[i]->value(row) : Value();
  }
  /// Bytes that are equal only for equal values of the groups within this batch. False where there are none.
  bool append_raw_key(std::int64_t row, std::string& key) const {
    for (const std::unique_ptr<const ColumnReader>& reader : groups_) {
      if (reader && !append_raw(*reader, row, key)) return false;
    }
    return true;
  }

 private:
  static std::unique_ptr<const ColumnReader> reader_of(const Path& path, const Batch& batch) {
    const auto index = batch.schema().index_of(path.root());
    return index ? std::make_unique<const ColumnReader>(batch.columns()[*index]) : nullptr;
  }

  static bool append_raw(const ColumnReader& reader, std::int64_t row, std::string& key) {
    if (!reader.is_valid(row)) return false;
    if (reader.kind() == ValueType::integer) {
      const std::int64_t value = reader.integer(row);
      key.append(reinterpret_cast<const char*>(&value), sizeof value);
      return true;
    }
    if (reader.kind() != ValueType::string) return false;
    const std::string_view text = reader.text(row);
    const std::uint64_t length = text.size();
    key.append(reinterpret_cast<const char*>(&length), sizeof length).append(text);
    return true;
  }

  std::vector<std::unique_ptr<const ColumnReader>> groups_;
  std::vector<std::unique_ptr<const ColumnReader>> aggregates_;
};

void Aggregator::add(const Batch& batch) {
  if (by_columns_ && batch.has_columns()) {
    add_columns(Columns(aggregation_, batch), batch);
  } else {
    for (const Record& record : batch.rows()) add(record);
  }
}

void Aggregator::add_columns(const Columns& columns, const Batch& batch) {
  const std::vector<std::size_t> groups = groups_of(columns, batch.size());
  for (std::size_t i = 0; i < aggregate_paths_.size(); ++i) {
    const ColumnReader* const reader = columns.aggregate(i);
    if (reader != nullptr) {
      add_column(i, *reader, groups, batch);
    } else if (!aggregate_paths_[i]) {
      for (const std::size_t group : groups) groups_[group].accumulators[i].count();
    }
  }
}

// The group of each row, found by its raw cells where they have been seen in this batch.
std::vector<std::size_t> Aggregator::groups_of(const Columns& columns, std::uint64_t rows) {
  std::vector<std::size_t> groups(rows);
  if (group_paths_.empty()) return groups;
  std::unordered_map<std::string, std::size_t> seen;
  std::string raw;
  for (std::size_t row = 0; row < rows; ++row) {
    raw.clear();
    const bool has_raw = columns.append_raw_key(static_cast<std::int64_t>(row), raw);
    const auto found = has_raw ? seen.find(raw) : seen.end();
    if (found != seen.end()) {
      groups[row] = found->second;
      continue;
    }
    columns.read_groups(static_cast<std::int64_t>(row), values_);
    groups[row] = group_of(values_);
    if (has_raw) seen.emplace(raw, groups[row]);
  }
  return groups;
}

void Aggregator::add_column(std::size_t index, const ColumnReader& reader,
                            const std::vector<std::size_t>& groups, const Batch& batch) {
  const Aggregate& aggregate = aggregation_.aggregates()[index];
  const AggregateFunction function = aggregate.function();
  const bool adds = function == AggregateFunction::sum || function == AggregateFunction::average;
  const bool integers = adds && reader.kind() == ValueType::integer;
  const bool floats = adds && reader.kind() == ValueType::floating && !aggregation_.is_exact();
  const bool counts = function == AggregateFunction::count;
  for (std::size_t at = 0; at < groups.size(); ++at) {
    const auto row = static_cast<std::int64_t>(at);
    Accumulator& accumulator = groups_[groups[at]].accumulators[index];
    const bool is_valid = reader.is_valid(row);
    if (counts && is_valid) {
      accumulator.count();
    } else if (integers && is_valid) {
      accumulator.add_integer(reader.integer(row));
    } else if (floats && is_valid) {
      accumulator.add_floating(reader.floating(row));
    } else {
      try {
        add_value(accumulator, aggregate, reader.value(row));
      } catch (const ValidationError& error) {
        raise(error, aggregate, batch.slice(at, 1).rows().front());
      }
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
