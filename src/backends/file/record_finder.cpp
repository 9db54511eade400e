// SPDX-License-Identifier: Apache-2.0
#include "backends/file/record_finder.hpp"

#include <xxhash.h>

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace dataknobs::file {
namespace {

std::uint64_t hash_of(const std::string& id) {
  return XXH3_64bits(id.data(), id.size());
}

}  // namespace

void RecordFinder::make_index() {
  parts_ = split_file(*dataset_, SIZE_MAX);
  SourceRequest request;
  request.fields = dataset_->key();
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    const std::unique_ptr<Source> source = open_source(*dataset_, parts_[part], request);
    while (const std::optional<Batch> batch = source->next()) {
      for (const Record& record : batch->rows())
        places_.push_back({hash_of(*record.id()), static_cast<std::uint32_t>(part)});
    }
  }
  std::sort(places_.begin(), places_.end());
  indexed_ = true;
}

void RecordFinder::scan(const std::optional<Part>& part, const std::unordered_set<std::string_view>& wanted,
                        FoundRecords& found) const {
  const std::unique_ptr<Source> source = open_source(*dataset_, part, SourceRequest());
  while (const std::optional<Batch> batch = source->next()) {
    for (const Record& record : batch->rows()) {
      if (!record.id() || !wanted.contains(*record.id())) continue;
      auto versioned = std::make_shared<Record>(record);
      versioned->set_version(version_);
      if (found.emplace(*record.id(), std::move(versioned)).second) continue;
      Error(ErrorCode::serialization, fmt::format("{} has two records of this id", dataset_->name()))
          .record_id(*record.id())
          .hint("give key= with columns or members that tell the records apart, or remove one of them")
          .raise();
    }
  }
}

FoundRecords RecordFinder::find(std::span<const std::string> ids) {
  const std::lock_guard lock(mutex_);
  FoundRecords found;
  std::unordered_set<std::string_view> wanted;
  for (const std::string& id : ids) wanted.emplace(id);
  if (!indexed_ && asked_ && dataset_->rows().value_or(UINT64_MAX) <= kMostIndexed) make_index();
  asked_ = true;
  if (!indexed_) {
    scan(std::nullopt, wanted, found);
    return found;
  }
  std::map<std::uint32_t, std::unordered_set<std::string_view>> by_part;
  for (const std::string& id : ids) {
    const auto [first, last] = std::equal_range(places_.begin(), places_.end(), Place{hash_of(id), 0});
    for (auto place = first; place != last; ++place) by_part[place->part].emplace(id);
  }
  for (const auto& [part, of_part] : by_part) scan(parts_[part], of_part, found);
  return found;
}

}  // namespace dataknobs::file
