// SPDX-License-Identifier: Apache-2.0
#include "transfer/local_time.hpp"

#include <arrow/api.h>
#include <arrow/compute/api_scalar.h>
#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "record/column_reader.hpp"

namespace dataknobs {

namespace {

using arrow::compute::AssumeTimezoneOptions;

// What a clock can show; nothing else reaches the kernel.
bool is_clock_time(const Value& value) {
  const auto* moment = value.get_if<DateTime>();
  return moment != nullptr && *moment != DateTime::infinity() && *moment != DateTime::negative_infinity();
}

std::shared_ptr<arrow::Array> clock_times(const Column& local) {
  arrow::TimestampBuilder builder(arrow::timestamp(arrow::TimeUnit::MICRO), arrow::default_memory_pool());
  check_arrow(builder.Reserve(local.size()));
  const ColumnReader reader(local);
  for (std::int64_t row = 0; row < local.size(); ++row) {
    const Value value = reader.value(row);
    if (is_clock_time(value)) {
      builder.UnsafeAppend(value.get_if<DateTime>()->microseconds);
    } else {
      builder.UnsafeAppendNull();
    }
  }
  std::shared_ptr<arrow::Array> result;
  check_arrow(builder.Finish(&result));
  return result;
}

arrow::Result<arrow::Datum> assume(const std::shared_ptr<arrow::Array>& times,
                                   AssumeTimezoneOptions options) {
  return arrow::compute::AssumeTimezone(times, std::move(options));
}

}  // namespace

void check_time_zone(const std::string& zone) {
  arrow::TimestampBuilder builder(arrow::timestamp(arrow::TimeUnit::MICRO), arrow::default_memory_pool());
  check_arrow(builder.Append(0));
  std::shared_ptr<arrow::Array> times;
  check_arrow(builder.Finish(&times));
  if (assume(times, AssumeTimezoneOptions(zone)).ok()) return;
  Error(ErrorCode::configuration, fmt::format("there is no time zone '{}' on this machine", zone))
      .hint("names are those of the IANA time zone database, such as Europe/Vienna (package tzdata)")
      .raise();
}

LocalTimes::LocalTimes(const Column& local, std::string zone)
    : local_(local), zone_(std::move(zone)), times_(clock_times(local)) {}

bool LocalTimes::is_clear(std::int64_t first, std::int64_t rows) const {
  return assume(times_->Slice(first, rows), AssumeTimezoneOptions(zone_)).ok();
}

std::optional<std::int64_t> LocalTimes::first_unclear() const {
  if (is_clear(0, times_->length())) return std::nullopt;
  // The first `clear` rows are; the first that is not lies before `end`.
  std::int64_t clear = 0;
  std::int64_t end = times_->length();
  while (end - clear > 1) {
    const std::int64_t middle = clear + (end - clear) / 2;
    if (is_clear(clear, middle - clear)) {
      clear = middle;
    } else {
      end = middle;
    }
  }
  return clear;
}

Column LocalTimes::moments(const FieldType& type) const {
  const AssumeTimezoneOptions options(zone_, AssumeTimezoneOptions::AMBIGUOUS_EARLIEST,
                                      AssumeTimezoneOptions::NONEXISTENT_LATEST);
  const arrow::Result<arrow::Datum> assumed = assume(times_, options);
  check_arrow(assumed.status());
  const std::shared_ptr<arrow::Array> array = assumed->make_array();
  const auto& moments = static_cast<const arrow::TimestampArray&>(*array);
  const ColumnReader reader(local_);
  ColumnBuilder builder(type);
  builder.reserve(local_.size());
  for (std::int64_t row = 0; row < local_.size(); ++row) {
    if (moments.IsValid(row)) {
      builder.append_integer(moments.Value(row));
    } else {
      builder.append(reader.value(row));
    }
  }
  return builder.finish();
}

}  // namespace dataknobs
