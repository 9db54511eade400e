// SPDX-License-Identifier: Apache-2.0
#include "database/answer_memory.hpp"

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "database/state.hpp"

namespace dataknobs {

namespace {

// Short ones live in the string itself.
std::uint64_t heap_of(const std::string& text) noexcept {
  return text.capacity() > sizeof(std::string) / 2 ? text.capacity() : 0;
}

std::uint64_t heap_of(const Value& value) noexcept {
  switch (value.type()) {
    case ValueType::string:
      return heap_of(*value.get_if<std::string>());
    case ValueType::binary:
      return heap_of(value.get_if<Binary>()->bytes);
    case ValueType::decimal:
      return heap_of(value.get_if<Decimal>()->digits());
    case ValueType::vector:
      return value.get_if<Vector>()->capacity() * sizeof(float);
    case ValueType::json: {
      const Json& json = *value.get_if<Json>();
      std::uint64_t bytes = 0;
      if (json.is_array()) {
        for (const Value& element : json.array()) bytes += sizeof(Value) + heap_of(element);
      } else {
        for (const auto& [name, member] : json.object()) {
          bytes += sizeof(std::string) + sizeof(Value) + heap_of(name) + heap_of(member);
        }
      }
      return bytes;
    }
    default:
      return 0;
  }
}

}  // namespace

std::uint64_t memory_of(const Record& record) noexcept {
  std::uint64_t bytes = sizeof(Record);
  for (const Field& field : record.fields())
    bytes += sizeof(Field) + heap_of(field.name()) + heap_of(field.value());
  if (record.id()) bytes += sizeof(std::string) + heap_of(*record.id());
  if (record.metadata()) bytes += heap_of(Value(*record.metadata()));
  return bytes;
}

AnswerMemory::AnswerMemory(const Database::State& state) : limit_(state.memory) {
  if (limit_) store_ = state.name;
}

void AnswerMemory::count(std::span<const Record> records) noexcept {
  if (!limit_) return;
  for (const Record& record : records) bytes_ += memory_of(record);
  records_ += records.size();
}

void AnswerMemory::add_all(std::span<const Record> records) {
  count(records);
  if (limit_ && bytes_ > *limit_) {
    raise("read it with stream_read, which needs no more than a batch at a time, or add a limit");
  }
}

void AnswerMemory::check_sorted(std::size_t kept) const {
  if (!limit_ || records_ == 0 || bytes_ / records_ * kept <= *limit_) return;
  raise("the store does not sort it: read it unsorted with stream_read, or add a limit");
}

void AnswerMemory::raise(std::string_view hint) const {
  Error(ErrorCode::resource, fmt::format("the answer takes more than the {} bytes that it may", *limit_))
      .operation("search")
      .store(store_)
      .hint(hint)
      .raise();
}

}  // namespace dataknobs
