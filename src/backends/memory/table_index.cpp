// SPDX-License-Identifier: Apache-2.0
#include "backends/memory/table_index.hpp"

#include <algorithm>
#include <atomic>

namespace dataknobs::memory {

namespace {

// How many keys several fields may have together.
constexpr std::size_t kMostKeys = 1000;

std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

// A key within a longer one: what ends it is less than whatever may go on.
void append_escaped(std::string& out, std::string_view key) {
  for (const char byte : key) {
    out += byte;
    if (byte == '\0') out += '\xff';
  }
}
void append_part(std::string& out, std::string_view key) {
  append_escaped(out, key);
  out.append(2, '\0');
}

std::string escaped(const std::string& before, std::string_view key) {
  std::string result = before;
  append_escaped(result, key);
  return result;
}

}  // namespace

TableIndex::TableIndex(Index definition, const FieldResolution& fields)
    : definition_(std::move(definition)), number_(next_number()) {
  for (const std::string& field : definition_.fields()) {
    paths_.push_back(Path::parse(field));
    readers_.emplace_back(paths_.back(), fields);
  }
}

std::string TableIndex::key_of(const Record& record) const {
  std::string key;
  Value scratch;
  for (const PathReader& reader : readers_) append_part(key, value_key(reader.read(record, scratch)));
  return key;
}

std::optional<std::string> TableIndex::unique_key_of(const Record& record) const {
  Value scratch;
  for (const PathReader& reader : readers_) {
    if (reader.read(record, scratch).is_null()) return std::nullopt;
  }
  return key_of(record);
}

void TableIndex::add(const Record& record, std::size_t slot) {
  if (definition_.kind() == IndexKind::hash) {
    keys_[key_of(record)].insert(slot);
  } else {
    places_.insert(Place{key_of(record), slot});
  }
}

void TableIndex::remove(std::string_view key, std::size_t slot) {
  if (definition_.kind() == IndexKind::ordered) {
    places_.erase(Place{std::string(key), slot});
    return;
  }
  const auto found = keys_.find(std::string(key));
  if (found == keys_.end()) return;
  found->second.erase(slot);
  if (found->second.empty()) keys_.erase(found);
}

void TableIndex::find(const std::string& key, std::vector<std::size_t>& slots) const {
  slots.clear();
  if (definition_.kind() == IndexKind::hash) {
    const auto found = keys_.find(key);
    if (found != keys_.end()) slots.assign(found->second.begin(), found->second.end());
  } else {
    for (auto place = places_.lower_bound(std::string_view(key)); place != places_.end() && place->key == key;
         ++place) {
      slots.push_back(place->slot);
    }
  }
}

std::optional<std::vector<KeyRange>> TableIndex::ranges(const Expression& filter, std::size_t& points) const {
  points = 0;
  std::vector<std::string> starts{std::string()};
  for (const Path& path : paths_) {
    const std::optional<std::vector<KeyRange>> field = key_ranges(filter, path);
    if (!field) break;
    const bool all_points =
        std::all_of(field->begin(), field->end(), [](const KeyRange& range) { return range.is_point(); });
    const bool extend = all_points && (points == 0 || starts.size() * field->size() <= kMostKeys);
    std::vector<std::string> longer;
    std::vector<KeyRange> result;
    for (const std::string& start : starts) {
      for (const KeyRange& range : *field) {
        if (extend) {
          longer.push_back(start);
          append_part(longer.back(), range.low);
        } else {
          result.push_back({escaped(start, range.low), escaped(start, range.high)});
        }
      }
    }
    if (!extend) {
      if (definition_.kind() == IndexKind::hash) return std::nullopt;
      return result;
    }
    starts = std::move(longer);
    ++points;
  }
  if (points == 0 || (definition_.kind() == IndexKind::hash && points < paths_.size())) return std::nullopt;
  std::vector<KeyRange> result;
  for (std::string& start : starts) {
    // What goes on behind the end of a key begins with no more than its two zeros.
    std::string high = start;
    high.back() = '\1';
    result.push_back({std::move(start), std::move(high)});
  }
  return result;
}

bool TableIndex::collect(const std::vector<KeyRange>& ranges, std::size_t most,
                         std::vector<std::size_t>& slots) const {
  for (const KeyRange& range : ranges) {
    if (definition_.kind() == IndexKind::hash) {
      const auto found = keys_.find(range.low);
      if (found == keys_.end()) continue;
      if (slots.size() + found->second.size() > most) return false;
      slots.insert(slots.end(), found->second.begin(), found->second.end());
      continue;
    }
    for (auto place = places_.lower_bound(std::string_view(range.low));
         place != places_.end() && place->key < range.high; ++place) {
      if (slots.size() == most) return false;
      slots.push_back(place->slot);
    }
  }
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  return true;
}

bool TableIndex::sorts_by(const Path& field) const {
  return definition_.kind() == IndexKind::ordered && paths_.size() == 1 && paths_.front() == field;
}

}  // namespace dataknobs::memory
