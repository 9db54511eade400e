// SPDX-License-Identifier: Apache-2.0
#include "backends/file/file_state.hpp"

#include <algorithm>

namespace dataknobs::file {
namespace {

constexpr std::size_t kRecordsOfBatch = 1024;

/// The records of a file that no change hides, then the changed ones.
class MergedSource : public Source {
 public:
  /// `base`: whose columns the changed ones are to have; nullptr: they stay rows.
  MergedSource(std::shared_ptr<const FileDataset> base, std::shared_ptr<const Overlay> overlay,
               std::unique_ptr<Source> inner, bool is_last)
      : base_(std::move(base)), overlay_(std::move(overlay)), inner_(std::move(inner)) {
    if (is_last) added_ = overlay_->ordered();
  }

  std::optional<Batch> next() override {
    while (inner_) {
      std::optional<Batch> batch = inner_->next();
      if (!batch) {
        inner_.reset();
        break;
      }
      if (overlay_->hidden() == 0) return batch;
      Batch seen = without_hidden(*batch);
      if (!seen.empty()) return seen;
    }
    return next_added();
  }

 private:
  Batch without_hidden(const Batch& batch) const {
    std::vector<bool> selection(batch.size());
    bool all = true;
    for (std::size_t row = 0; row < selection.size(); ++row) {
      selection[row] = !overlay_->hides(*batch.rows()[row].id());
      all = all && selection[row];
    }
    return all ? batch : batch.select(selection);
  }

  std::optional<Batch> next_added() {
    if (next_ == added_.size()) return std::nullopt;
    std::vector<Record> records;
    const std::size_t end = std::min(next_ + kRecordsOfBatch, added_.size());
    for (; next_ < end; ++next_) records.push_back(*added_[next_]);
    Batch batch = Batch::from_rows(std::move(records));
    return base_ && base_->layout() == Layout::columns ? batch.with_schema(base_->schema()) : batch;
  }

  std::shared_ptr<const FileDataset> base_;
  std::shared_ptr<const Overlay> overlay_;
  std::unique_ptr<Source> inner_;
  std::vector<RecordPointer> added_;
  std::size_t next_ = 0;
};

/// Sets the version that all records of a file have.
class VersionedSource : public Source {
 public:
  VersionedSource(std::unique_ptr<Source> inner, Version version)
      : inner_(std::move(inner)), version_(std::move(version)) {}
  std::optional<Batch> next() override {
    std::optional<Batch> batch = inner_->next();
    if (!batch) return batch;
    std::vector<Record> records = std::move(*batch).take_rows();
    for (Record& record : records) {
      if (!record.version()) record.set_version(version_);
    }
    return Batch::from_rows(std::move(records));
  }

 private:
  std::unique_ptr<Source> inner_;
  Version version_;
};

}  // namespace

std::uint64_t FileState::rows() const {
  const std::uint64_t rows = base ? whole_file(*base).rows : 0;
  return overlay ? rows - overlay->hidden() + overlay->records() : rows;
}

FoundRecords FileState::find(std::span<const std::string> ids) const {
  FoundRecords found;
  std::vector<std::string> others;
  for (const std::string& id : ids) {
    const Overlay::Entry* entry = overlay ? overlay->find(id) : nullptr;
    if (entry == nullptr) {
      others.push_back(id);
    } else if (entry->record) {
      found.emplace(id, entry->record);
    }
  }
  if (others.empty() || !finder) return found;
  found.merge(finder->find(others));
  return found;
}

std::unique_ptr<Source> open_state(const FileState& state, const std::optional<Part>& part,
                                   const SourceRequest& request) {
  // Who asks for columns has no use for versions.
  const bool is_versioned = request.keyed_ids && state.finder;
  std::unique_ptr<Source> source;
  if (state.base) {
    SourceRequest wanted = request;
    wanted.keyed_ids = request.keyed_ids || state.overlay;
    source = open_source(*state.base, part, wanted);
  }
  if (state.overlay) {
    const bool is_last = !part || part->end == whole_file(*state.base).end;
    // Columns know nothing of versions.
    source = std::make_unique<MergedSource>(is_versioned ? nullptr : state.base, state.overlay,
                                            std::move(source), is_last);
  }
  if (!is_versioned) return source;
  return std::make_unique<VersionedSource>(std::move(source), state.finder->version());
}

std::vector<Part> split_state(const FileState& state, std::size_t wanted) {
  std::vector<Part> parts = split_file(*state.base, wanted);
  if (parts.empty() && state.overlay && state.overlay->records() > 0)
    parts.push_back(whole_file(*state.base));
  return parts;
}

}  // namespace dataknobs::file
