// SPDX-License-Identifier: Apache-2.0
#include "backends/memory/scan.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <typeinfo>
#include <utility>

#include <fmt/format.h>

#include "backends/memory/column_filter.hpp"
#include "database/dataset_order.hpp"

namespace dataknobs::memory {

namespace {

// How many slots are looked at under one lock: writers wait for some ten microseconds at most.
constexpr std::size_t kSlotsAtOnce = 4096;
// An index helps if it leaves a quarter of the records at most, or a few.
constexpr std::size_t kWorthwhile = 4;
constexpr std::size_t kAlwaysWorthwhile = 16;

SlotRange range_of(const ScanRequest& request) {
  return request.partition() ? SlotRange::parse(request.partition()->token()) : SlotRange();
}

// A field; the order by id needs the records.
std::optional<CompiledPath> first_key(const std::vector<SortKey>& sort, const FieldResolution& fields) {
  std::optional<CompiledPath> path;
  if (!sort.empty()) path.emplace(sort.front().path(), fields);
  if (path && path->root() != CompiledPath::Root::field) path.reset();
  return path;
}

// The next chosen slot from `begin` on; `end` if there is none.
std::size_t next_chosen(const SlotMask& chosen, std::size_t begin, std::size_t end) {
  const void* const found = std::memchr(chosen.data() + begin, 1, end - begin);
  return found == nullptr ? end
                          : static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - chosen.data());
}

const Record* no_worst() {
  return nullptr;
}

}  // namespace

const MemoryDataset& memory_dataset(const DatasetPointer& dataset) {
  const Dataset& given = *dataset;
  // The class is final: comparing types is enough, and quicker than dynamic_cast on every call.
  if (typeid(given) != typeid(MemoryDataset)) {
    Error(ErrorCode::internal, "the dataset belongs to another store").raise();
  }
  return static_cast<const MemoryDataset&>(given);
}

SlotRange SlotRange::parse(const std::string& token) {
  std::size_t begin = 0;
  std::size_t end = SIZE_MAX;
  const char* const last = token.data() + token.size();
  auto [position, error] = std::from_chars(token.data(), last, begin);
  bool good = error == std::errc() && position != last && *position == '-';
  const bool open = good && position + 1 == last;
  if (good && !open) {
    const auto [stop, failure] = std::from_chars(position + 1, last, end);
    good = failure == std::errc() && stop == last;
  }
  if (!good) Error(ErrorCode::invalid_argument, "the partition is not one of a memory store").raise();
  return {begin, end, open};
}

std::string SlotRange::to_string() const {
  return std::to_string(begin_) + "-" + (last_ ? std::string() : std::to_string(end_));
}

Scan::Scan(const ScanRequest& request, Sequence snapshot, const Overlay* overlay)
    : dataset_(request.dataset()),
      table_(memory_dataset(dataset_).table().get()),
      condition_(resolve(request.filter(), field_resolution(*dataset_))),
      filter_(request.filter(), field_resolution(*dataset_)),
      sort_(request.sort()),
      hint_(request.hint()),
      order_(request.sort(), field_resolution(*dataset_), id_order(*dataset_)),
      first_key_(first_key(request.sort(), field_resolution(*dataset_))),
      ordered_(!request.sort().empty() || request.limit() || request.offset() != 0),
      offset_(request.offset()),
      limit_(request.limit()),
      range_(range_of(request)),
      snapshot_(snapshot),
      overlay_(overlay),
      position_(range_.begin()) {}

// The index with most fields of single values, where it leaves out most of the records.
std::optional<Scan::Candidates> Scan::find_candidates() const {
  std::optional<Candidates> best;
  std::vector<KeyRange> ranges;
  std::size_t most_points = 0;
  for (const std::shared_ptr<const TableIndex>& index : table_->indexes()) {
    if (!may_use(*index)) continue;
    std::size_t points = 0;
    std::optional<std::vector<KeyRange>> found = index->ranges(condition_, points);
    if (!found || (best && points <= most_points)) continue;
    best.emplace().index = index;
    ranges = std::move(*found);
    most_points = points;
  }
  if (!best && !hint_.empty() && !find_order()) {
    Error(ErrorCode::unsupported, "the index of the hint cannot serve this query")
        .hint("leave the hint out, or compare the first field of the index")
        .raise();
  }
  const std::size_t most = hint_.empty() ? table_->slots() / kWorthwhile + kAlwaysWorthwhile : SIZE_MAX;
  if (!best || !best->index->collect(ranges, most, best->slots)) return std::nullopt;
  std::erase_if(best->slots, [&](std::size_t slot) { return slot < range_.begin() || slot >= range_.end(); });
  return best;
}

// The index that has the records in the order that is asked for, where only the first ones are wanted.
std::shared_ptr<const TableIndex> Scan::find_order() const {
  const bool whole =
      range_.begin() == 0 && range_.is_last() && (overlay_ == nullptr || overlay_->changes().empty());
  if (!whole || !limit_ || sort_.size() != 1) return nullptr;
  for (const std::shared_ptr<const TableIndex>& index : table_->indexes()) {
    if (may_use(*index) && index->sorts_by(sort_.front().path())) return index;
  }
  return nullptr;
}

Scan::Match Scan::visible(std::size_t slot) const {
  const Entry& entry = table_->slot(slot);
  const RecordPointer& record = entry.at(snapshot_);
  const bool is_hidden = !record || (overlay_ != nullptr && overlay_->changes().contains(entry.id));
  return is_hidden ? Match() : Match{entry.id, &record};
}

template <class Visit>
void Scan::visit_slot(std::size_t slot, Visit&& visit) const {
  const Match match = visible(slot);
  if (match.record != nullptr && filter_.matches(**match.record)) visit(match);
}

template <class Visit, class Worst>
void Scan::visit_slots(std::size_t begin, std::size_t end, Visit&& visit, Worst&& worst) const {
  const bool descending = !sort_.empty() && sort_.front().descending();
  ColumnFilter columns(*table_, filter_.condition(), first_key_, descending);
  SlotMask chosen;
  while (begin < end) {
    const std::size_t number = begin / Block::kSlots;
    const std::size_t first = number * Block::kSlots;
    const std::size_t stop = std::min(end, first + Block::kSlots);
    if (table_->block(number).is_as_of(snapshot_) && columns.choose(number, worst(), chosen)) {
      for (std::size_t i = begin; (i = next_chosen(chosen, i - first, stop - first) + first) < stop; ++i) {
        if (const Match match = visible(i); match.record != nullptr) visit(match);
      }
    } else {
      for (std::size_t i = begin; i < stop; ++i) visit_slot(i, visit);
    }
    begin = stop;
  }
}

template <class Visit>
void Scan::visit_changes(Visit&& visit) const {
  if (overlay_ == nullptr || !range_.is_last()) return;
  for (const auto& [id, record] : overlay_->changes()) {
    if (record && filter_.matches(*record)) visit(Match{id, &record});
  }
}

template <class Visit, class Worst>
void Scan::visit_all(Visit&& visit, Worst&& worst) const {
  if (const std::optional<Candidates> candidates = find_candidates()) {
    for (const std::size_t slot : candidates->slots) visit_slot(slot, visit);
  } else {
    visit_slots(std::min(range_.begin(), table_->slots()), std::min(range_.end(), table_->slots()), visit,
                worst);
  }
  visit_changes(visit);
}

// Records of one key at a time, until there are enough: those of one key are sorted by their ids.
std::vector<Scan::Match> Scan::first_matches(const TableIndex& index) const {
  std::vector<Match> found;
  const std::uint64_t wanted = offset_ + std::min(*limit_, UINT64_MAX - offset_);
  index.visit_in_order(sort_.front().descending(),
                       [&](const std::string& key, const std::vector<std::size_t>& slots) {
                         for (const std::size_t slot : slots) {
                           visit_slot(slot, [&](const Match& match) {
                             // A slot is under the keys of older versions too.
                             if (index.key_of(**match.record) == key) found.push_back(match);
                           });
                         }
                         return found.size() < wanted;
                       });
  return found;
}

std::vector<Scan::Match> Scan::matches() const {
  std::vector<Match> found;
  if (limit_ && *limit_ == 0) return found;
  const auto before = [&](const Match& left, const Match& right) {
    return order_(**left.record, **right.record);
  };
  // Only as many are kept as are given out: a heap whose front is the last of them in order.
  const std::uint64_t wanted = offset_ + std::min(limit_.value_or(UINT64_MAX), UINT64_MAX - offset_);
  const auto add = [&](const Match& match) {
    if (!ordered_ || found.size() < wanted) {
      found.push_back(match);
      if (found.size() == wanted) std::make_heap(found.begin(), found.end(), before);
    } else if (before(match, found.front())) {
      std::pop_heap(found.begin(), found.end(), before);
      found.back() = match;
      std::push_heap(found.begin(), found.end(), before);
    }
  };
  const auto worst = [&] { return found.size() == wanted ? found.front().record->get() : nullptr; };
  const std::shared_ptr<const TableIndex> in_order = find_order();
  if (in_order && !find_candidates()) {
    for (const Match& match : first_matches(*in_order)) add(match);
  } else {
    visit_all(add, worst);
  }
  if (!ordered_) return found;
  std::sort(found.begin(), found.end(), before);
  const std::size_t begin = static_cast<std::size_t>(std::min<std::uint64_t>(offset_, found.size()));
  found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(begin));
  return found;
}

std::vector<RecordPointer> Scan::collect() const {
  const std::vector<Match> found = matches();
  std::vector<RecordPointer> records;
  records.reserve(found.size());
  for (const Match& match : found) records.push_back(*match.record);
  return records;
}

std::vector<std::string> Scan::collect_ids() const {
  const std::vector<Match> found = matches();
  std::vector<std::string> ids;
  ids.reserve(found.size());
  for (const Match& match : found) ids.emplace_back(match.id);
  return ids;
}

std::uint64_t Scan::count() const {
  std::uint64_t found = 0;
  const bool everything = filter_.is_always_true() && overlay_ == nullptr && snapshot_ == kLatest &&
                          range_.begin() == 0 && range_.is_last();
  if (everything) {
    found = table_->rows();
  } else {
    visit_all([&](const Match&) { ++found; }, no_worst);
  }
  found -= std::min(found, offset_);
  return std::min(found, limit_.value_or(UINT64_MAX));
}

bool Scan::advance(std::vector<RecordPointer>& found) {
  if (!std::exchange(started_, true)) {
    candidates_ = find_candidates();
    if (candidates_) position_ = 0;
  }
  const std::size_t end = candidates_ ? candidates_->slots.size() : std::min(range_.end(), table_->slots());
  const std::size_t next = std::min(end, position_ + kSlotsAtOnce);
  const auto add = [&](const Match& match) { found.push_back(*match.record); };
  if (candidates_) {
    for (std::size_t i = position_; i < next; ++i) visit_slot(candidates_->slots[i], add);
  } else if (position_ < next) {
    visit_slots(position_, next, add, no_worst);
  }
  position_ = std::max(position_, next);
  if (position_ < end) return true;
  visit_changes(add);
  return false;
}

std::string Scan::plan() const {
  std::string text = "scan of all records";
  if (const std::optional<Candidates> candidates = find_candidates()) {
    text = fmt::format("search by index {}", candidates->index->definition().name());
  } else if (const std::shared_ptr<const TableIndex> index = find_order()) {
    return fmt::format("scan in the order of index {}", index->definition().name());
  }
  if (ordered_) text += sort_.empty() ? ", sorted by id" : ", sorted";
  return text;
}

}  // namespace dataknobs::memory
