// SPDX-License-Identifier: Apache-2.0
#include "backends/file/csv_index.hpp"

#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "backends/file/csv_tokens.hpp"
#include "backends/file/text_types.hpp"

namespace dataknobs::file {
namespace {

constexpr std::size_t kSmallestPart = 64U << 10U;
constexpr std::size_t kLargestPart = 2U << 20U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kCachedFiles = 64;
// A part that starts from a wrong guess must not read on to the end of the file.
constexpr std::size_t kLongestGuess = 16U << 20U;

/// Where the header is and what it says.
struct Header {
  std::vector<std::string> names;
  std::uint64_t data_begin = 0;
  std::uint64_t data_end = 0;
};

[[noreturn]] void raise_fault(const InputFile& file, std::uint64_t base, const CsvFault& fault) {
  file.raise_at(base + fault.offset, fault.what, fault.hint);
}

/// The text of the first record, with its line end.
std::string first_record(const InputFile& file, const CsvDialect& dialect, std::uint64_t begin) {
  for (std::size_t size = kSmallestPart;; size *= 4) {
    std::string text = file.read(begin, size);
    const std::size_t end = first_record_end(text, dialect);
    if (end != std::string::npos) {
      text.resize(end);
      return text;
    }
    if (begin + text.size() >= file.size() || text.size() < size) return text;
    if (size >= kMaximumRecordBytes) file.raise_at(begin, "the first record has no end", "is it a CSV file?");
  }
}

std::vector<std::string> cells_of(const InputFile& file, const CsvDialect& dialect, std::string_view record,
                                  std::uint64_t begin) {
  const CsvSplit split = split_records(record, dialect, true);
  if (split.fault) raise_fault(file, begin, *split.fault);
  CsvTokens tokens(dialect, -1);
  if (const std::optional<CsvFault> fault = tokens.parse(record)) raise_fault(file, begin, *fault);
  std::vector<std::string> cells;
  for (std::int32_t column = 0; column < tokens.columns(); ++column) {
    tokens.visit(column, [&](std::string_view text, bool) { cells.emplace_back(text); });
  }
  return cells;
}

void check_names(const InputFile& file, const std::vector<std::string>& names, std::uint64_t begin) {
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto [first, added] = seen.emplace(names[i], i);
    if (added) continue;
    file.raise_at(
        begin, fmt::format("columns {} and {} have the same name '{}'", first->second + 1, i + 1, names[i]),
        "rename one of them, or give header=no");
  }
}

/// Blank lines at the end of a file are no records, unless a blank line is one: a null in a single column.
std::uint64_t end_of_data(const InputFile& file, std::uint64_t begin, std::size_t columns) {
  if (columns < 2) return file.size();
  std::uint64_t end = file.size();
  while (end > begin) {
    const std::uint64_t from = end - std::min<std::uint64_t>(end - begin, 4096);
    const std::size_t last = file.read(from, static_cast<std::size_t>(end - from)).find_last_not_of("\r\n");
    end = last == std::string::npos ? from : from + last + 1;
    if (last != std::string::npos) break;
  }
  if (end == begin) return begin;
  // The line end of the last record stays.
  const std::string line_end = file.read(end, 2);
  if (line_end.starts_with('\n')) return end + 1;
  return line_end == "\r\n" ? end + 2 : file.size();
}

Header read_header(const InputFile& file, const CsvDialect& dialect) {
  Header header;
  const std::string start = file.read(0, 4);
  if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF")) {
    file.raise_at(0, "the file is UTF-16", "say encoding=utf-16");
  }
  const std::uint64_t begin = start.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  if (begin == file.size()) {
    Error(ErrorCode::serialization, fmt::format("{} is empty: a CSV file has at least a header", file.name()))
        .raise();
  }
  const std::string record = first_record(file, dialect, begin);
  header.names = cells_of(file, dialect, record, begin);
  header.data_begin = dialect.header ? begin + record.size() : begin;
  for (std::size_t i = 0; i < header.names.size(); ++i) {
    if (!dialect.header || header.names[i].empty()) header.names[i] = fmt::format("column_{}", i + 1);
  }
  check_names(file, header.names, begin);
  header.data_end = end_of_data(file, header.data_begin, header.names.size());
  return header;
}

/// What one part of the file holds: the records that begin in it.
struct Piece {
  std::uint64_t begin = 0;  ///< Where its first record begins.
  std::uint64_t end = 0;    ///< Where its last record ends.
  std::uint64_t rows = 0;
  std::vector<ColumnProfile> profiles;
  std::optional<CsvFault> fault;  ///< With its offset within the file.
  std::exception_ptr failure;
};

/// Reads the parts of a file, some at a time, and joins them in order. A part in the middle starts from the
/// guess that its first byte is outside quotes; where the part before ends says whether that was right, and
/// else it is read again.
class FirstPass {
 public:
  FirstPass(const InputFile& file, const CsvDialect& dialect, Header header,
            const std::map<std::string, FieldType>& declared, const IndexOptions& options)
      : file_(file), dialect_(dialect), header_(std::move(header)) {
    dialect_.blank_lines = header_.names.size() == 1;
    for (const std::string& name : header_.names) {
      const auto found = declared.find(name);
      fresh_.emplace_back(found == declared.end() ? FieldType() : found->second);
    }
    joined_.profiles = fresh_;
    joined_.end = header_.data_begin;
    const std::uint64_t bytes = header_.data_end - header_.data_begin;
    part_bytes_ =
        options.part_bytes != 0
            ? options.part_bytes
            : static_cast<std::size_t>(std::clamp<std::uint64_t>(bytes / 64, kSmallestPart, kLargestPart));
    parts_ = static_cast<std::size_t>((bytes + part_bytes_ - 1) / part_bytes_);
    const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
    threads_ = std::min<std::size_t>(options.threads != 0 ? options.threads : processors, parts_);
  }

  std::shared_ptr<const CsvIndex> run() {
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < threads_; ++i) others.emplace_back([this] { work(); });
    work();
    for (std::thread& other : others) other.join();
    if (failure_) std::rethrow_exception(failure_);
    return finish();
  }

 private:
  void work() noexcept {
    for (;;) {
      const std::size_t number = next_++;
      if (number >= parts_) return;
      Piece part = read_guessed(number);
      const std::lock_guard lock(mutex_);
      if (failure_) return;
      waiting_.emplace(number, std::move(part));
      while (!waiting_.empty() && waiting_.begin()->first == to_join_ && !failure_) {
        join(waiting_.begin()->second);
        waiting_.erase(waiting_.begin());
      }
      if (failure_) return;
    }
  }

  std::uint64_t limit_of(std::size_t number) const {
    return std::min(header_.data_end, header_.data_begin + (number + 1) * std::uint64_t{part_bytes_});
  }

  Piece read_guessed(std::size_t number) noexcept {
    const std::uint64_t begin = header_.data_begin + number * std::uint64_t{part_bytes_};
    const std::uint64_t limit = limit_of(number);
    Piece part;
    part.begin = part.end = begin;
    try {
      part.profiles = fresh_;
      if (number > 0) {
        const std::string text = file_.read(begin - 1, static_cast<std::size_t>(limit - begin + 1));
        const std::size_t first = first_record_end(text, dialect_);
        part.begin = part.end = first == std::string::npos ? limit : begin - 1 + first;
      }
      read(part, limit, number == 0 ? kMaximumRecordBytes : kLongestGuess);
    } catch (...) {
      part.failure = std::current_exception();
    }
    return part;
  }

  /// Reads the records that begin in [part.begin, limit).
  void read(Piece& part, std::uint64_t limit, std::size_t maximum_record) {
    CsvBlocks blocks(file_, dialect_, part.begin, header_.data_end, part_bytes_, maximum_record);
    CsvTokens tokens(dialect_, static_cast<std::int32_t>(header_.names.size()));
    while (std::optional<std::string_view> records = blocks.next(limit)) {
      if (std::optional<CsvFault> fault = tokens.parse(*records)) {
        fault->offset += blocks.offset();
        part.fault = std::move(fault);
        return;
      }
      part.end = blocks.offset() + records->size();
      part.rows += static_cast<std::uint64_t>(tokens.rows());
      for (std::size_t column = 0; column < part.profiles.size(); ++column) {
        profile(tokens, static_cast<std::int32_t>(column), part.profiles[column]);
      }
    }
    part.fault = blocks.fault();
  }

  static void profile(const CsvTokens& tokens, std::int32_t column, ColumnProfile& result) {
    std::uint64_t nulls = 0;
    tokens.visit(column, [&](std::string_view text, bool is_null) {
      if (is_null) {
        ++nulls;
      } else {
        result.add(text);
      }
    });
    result.add_nulls(nulls);
  }

  /// REQUIRES: mutex_ is held, and all parts before are joined.
  void join(Piece& part) noexcept {
    try {
      const std::uint64_t limit = limit_of(to_join_);
      ++to_join_;
      if (joined_.end >= limit) return;
      if (part.begin != joined_.end || part.fault) {
        part = Piece();
        part.profiles = fresh_;
        part.begin = part.end = joined_.end;
        read(part, limit, kMaximumRecordBytes);
      }
      if (part.failure) std::rethrow_exception(part.failure);
      if (part.fault) file_.raise_at(part.fault->offset, part.fault->what, part.fault->hint);
      places_.push_back({part.begin, joined_.rows});
      joined_.end = part.end;
      joined_.rows += part.rows;
      for (std::size_t column = 0; column < fresh_.size(); ++column) {
        joined_.profiles[column].merge(part.profiles[column]);
      }
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  std::shared_ptr<const CsvIndex> finish() {
    auto index = std::make_shared<CsvIndex>();
    std::vector<FieldDescription> fields;
    for (std::size_t column = 0; column < fresh_.size(); ++column) {
      const ColumnProfile& profile = joined_.profiles[column];
      fields.emplace_back(header_.names[column], profile.type());
      index->nulls.push_back(profile.nulls());
    }
    index->schema = Schema(std::move(fields));
    index->profiles = std::move(joined_.profiles);
    index->rows = joined_.rows;
    index->places = std::move(places_);
    index->places.push_back({joined_.end, joined_.rows});
    return index;
  }

  const InputFile& file_;
  CsvDialect dialect_;
  Header header_;
  std::vector<ColumnProfile> fresh_;
  std::size_t part_bytes_ = 0;
  std::size_t parts_ = 0;
  std::size_t threads_ = 1;

  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::map<std::size_t, Piece> waiting_;
  std::size_t to_join_ = 0;
  Piece joined_;
  std::vector<RecordPlace> places_;
  std::exception_ptr failure_;
};

}  // namespace

CsvBlocks::CsvBlocks(const InputFile& file, const CsvDialect& dialect, std::uint64_t begin, std::uint64_t end,
                     std::size_t block_bytes, std::size_t maximum_record)
    : file_(file),
      dialect_(dialect),
      end_(end),
      block_bytes_(std::max<std::size_t>(block_bytes, 1)),
      maximum_record_(maximum_record),
      offset_(begin) {}

std::string_view CsvBlocks::load(std::size_t size) {
  if (buffer_.size() < size) buffer_.resize(size);
  if (file_.read(offset_, buffer_.data(), size) != size) {
    file_.check_unchanged();
    Error(ErrorCode::serialization, fmt::format("{} ends early", file_.name())).raise();
  }
  return std::string_view(buffer_).substr(0, size);
}

std::optional<std::string_view> CsvBlocks::next(std::uint64_t limit) {
  if (fault_) return std::nullopt;
  offset_ += used_;
  used_ = 0;
  limit = std::min(limit, end_);
  if (offset_ >= limit) return std::nullopt;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(block_bytes_, limit - offset_));
  const std::string_view text = load(size);
  CsvSplit split = split_records(text, dialect_, offset_ + size == end_);
  if (split.fault) {
    fault_ = std::move(split.fault);
    fault_->offset += offset_;
    return std::nullopt;
  }
  if (split.complete == 0) return take_long_record();
  used_ = split.complete;
  return text.substr(0, used_);
}

std::optional<std::string_view> CsvBlocks::take_long_record() {
  const std::uint64_t rest = end_ - offset_;
  for (std::size_t size = block_bytes_ * 2;; size *= 2) {
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, rest));
    std::string_view text = load(size);
    const std::size_t record_end = first_record_end(text, dialect_);
    const bool final = size == rest;
    if (record_end == std::string_view::npos && !final && size < maximum_record_) continue;
    if (record_end == std::string_view::npos && !final) {
      fault_ = CsvFault{offset_, fmt::format("a record of more than {} bytes", maximum_record_),
                        "is a quote never closed?"};
      return std::nullopt;
    }
    text = text.substr(0, record_end);
    CsvSplit split = split_records(text, dialect_, final && text.size() == size);
    if (split.fault) {
      fault_ = std::move(split.fault);
      fault_->offset += offset_;
      return std::nullopt;
    }
    used_ = split.complete;
    return text.substr(0, used_);
  }
}

std::shared_ptr<const CsvIndex> make_csv_index(const InputFile& file, const CsvDialect& dialect,
                                               const std::map<std::string, FieldType>& declared,
                                               const IndexOptions& options) {
  Header header = read_header(file, dialect);
  FirstPass pass(file, dialect, std::move(header), declared, options);
  std::shared_ptr<const CsvIndex> index = pass.run();
  file.check_unchanged();
  return index;
}

std::shared_ptr<const CsvIndex> cached_csv_index(const InputFile& file, const CsvDialect& dialect,
                                                 const std::map<std::string, FieldType>& declared) {
  struct Entry {
    std::string identity;
    CsvDialect dialect;
    std::map<std::string, FieldType> declared;
    std::shared_ptr<const CsvIndex> index;
  };
  static std::mutex mutex;
  static std::deque<Entry> entries;
  {
    const std::lock_guard lock(mutex);
    for (const Entry& entry : entries) {
      if (entry.identity == file.identity() && entry.dialect == dialect && entry.declared == declared) {
        return entry.index;
      }
    }
  }
  std::shared_ptr<const CsvIndex> index = make_csv_index(file, dialect, declared);
  if (file.is_fresh() && !file.is_temporary()) return index;
  const std::lock_guard lock(mutex);
  if (entries.size() >= kCachedFiles) entries.pop_front();
  entries.push_back({file.identity(), dialect, declared, index});
  return index;
}

}  // namespace dataknobs::file
