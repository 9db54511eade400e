// SPDX-License-Identifier: Apache-2.0
#include "backends/file/document_source.hpp"

#include <charconv>
#include <mutex>

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "database/dataset.hpp"

namespace dataknobs::file {
namespace {

constexpr std::size_t kSmallestPart = 64U << 10U;
constexpr std::size_t kLargestPart = 2U << 20U;
constexpr std::size_t kBlockBytes = 1U << 20U;
constexpr std::size_t kCachedFiles = 64;

/// Reads a document of a file; an error in it names the place in the file.
ReadDocument read_at(const InputFile& file, std::uint64_t offset, std::string_view text,
                     const DocumentIndex& index, const std::string& note_types) {
  try {
    return read_document(text, index.note, note_types);
  } catch (const Error& error) {
    // "JSON line 1, column 5: what": the place within the document.
    std::string_view message = error.message();
    constexpr std::string_view prefix = "JSON line ";
    constexpr std::string_view between = ", column ";
    std::size_t line = 0;
    std::size_t column = 0;
    if (message.starts_with(prefix)) {
      const char* const end = message.data() + message.size();
      const auto first = std::from_chars(message.data() + prefix.size(), end, line);
      const auto second = std::from_chars(std::min(first.ptr + between.size(), end), end, column);
      message = std::string_view(second.ptr, static_cast<std::size_t>(end - second.ptr));
      message.remove_prefix(std::min<std::size_t>(message.size(), 2));
    }
    std::size_t at = 0;
    for (; line > 1; --line) at = std::min(text.find('\n', at), text.size() - 1) + 1;
    for (; column > 1 && at < text.size(); --column) {
      ++at;
      while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
    }
    const std::size_t near = message.rfind(", near `");
    file.raise_at(offset + at, near == std::string_view::npos ? message : message.substr(0, near),
                  error.hint());
  }
}

class DocumentSource : public Source {
 public:
  DocumentSource(const DocumentTable& table, const Part& part, const SourceRequest& request)
      : table_(table),
        id_members_(table.key.empty() ? std::vector<std::string>{"id"} : table.key),
        note_types_(table.index->note.types_json()),
        reader_(*table_.file, table.index->style, part.begin, part.end, part.first_row > 0,
                std::min<std::size_t>(std::max<std::size_t>(request.batch_bytes, 4096), kBlockBytes)),
        row_(part.first_row + request.rows_before),
        constants_(request.constants),
        batch_bytes_(std::max<std::size_t>(request.batch_bytes, 1)) {}

  std::optional<Batch> next() override {
    std::vector<Record> records;
    std::size_t bytes = 0;
    while (bytes < batch_bytes_) {
      const std::optional<std::string_view> text = reader_.next();
      if (!text) break;
      bytes += text->size();
      ReadDocument document = read_at(*table_.file, reader_.offset(), *text, *table_.index, note_types_);
      if (document.note && *document.note != table_.index->note) {
        table_.file->raise_at(reader_.offset(), "a second file begins here, with other types",
                              "copy the files one after the other instead of joining them");
      }
      ++row_;
      add_constants(document.record);
      set_id(document.record);
      records.push_back(std::move(document.record));
    }
    if (!records.empty()) return Batch::from_rows(std::move(records));
    table_.file->check_unchanged();
    return std::nullopt;
  }

 private:
  void add_constants(Record& record) const {
    for (const auto& [name, value] : constants_) {
      if (record.contains(name)) {
        table_.file->raise_at(
            reader_.offset(),
            fmt::format("the record has the field '{}', and so has the name of its folder", name),
            "rename the folder, or leave the field out of the file");
      }
      record.append(name, value);
    }
  }

  /// Either all records have an id or none: one that only some have would be lost under positions, or stand beside
  /// positions that are the same.
  void set_id(Record& record) const {
    if (table_.key.empty() && !table_.index->has_ids) {
      if (record.id() || !record["id"].is_null())
        raise_mixed("the record has an 'id', which others before it do not have");
      record.set_id(std::to_string(row_));
      return;
    }
    if (record.id() && !table_.key_wins) return;
    std::optional<std::string> id = id_of_members(record, id_members_);
    if (!id)
      raise_mixed(
          fmt::format("the record has no '{}', which is the id of others", fmt::join(id_members_, ",")));
    record.set_id(std::move(id));
  }

  [[noreturn]] void raise_mixed(const std::string& what) const {
    table_.file->raise_at(reader_.offset(), what, "give key= with members that all records have");
  }

  DocumentTable table_;
  std::vector<std::string> id_members_;
  std::string note_types_;
  DocumentReader reader_;
  std::uint64_t row_;
  std::vector<std::pair<std::string, Value>> constants_;
  std::size_t batch_bytes_;
};

}  // namespace

std::shared_ptr<const DocumentIndex> make_document_index(const InputFile& file, bool lines,
                                                         std::size_t part_bytes) {
  auto index = std::make_shared<DocumentIndex>();
  index->style = lines ? DocumentStyle::lines : style_of_json(file);
  if (part_bytes == 0) {
    part_bytes =
        static_cast<std::size_t>(std::clamp<std::uint64_t>(file.size() / 64, kSmallestPart, kLargestPart));
  }
  DocumentReader reader(file, index->style, 0, file.size(), false, kBlockBytes);
  std::uint64_t next_place = 0;
  std::uint64_t last = 0;
  while (const std::optional<std::string_view> text = reader.next()) {
    if (index->rows == 0) {
      const ReadDocument first = read_at(file, reader.offset(), *text, *index, "{}");
      if (first.note) index->note = *first.note;
      index->has_ids = first.record.id() || !first.record["id"].is_null();
      // The first part begins where the file does, with what is before the first document.
      index->places.push_back({0, 0});
      next_place = part_bytes;
    } else if (reader.offset() >= next_place) {
      index->places.push_back({reader.offset(), index->rows});
      next_place = reader.offset() + part_bytes;
    }
    ++index->rows;
    last = reader.offset();
  }
  // A file that was cut off shows it at its end.
  DocumentReader ending(file, index->style, last, file.size(), last > 0, kBlockBytes);
  if (const std::optional<std::string_view> text = index->rows > 1 ? ending.next() : std::nullopt) {
    read_at(file, ending.offset(), *text, *index, index->note.types_json());
  }
  if (index->places.empty()) index->places.push_back({0, 0});
  if (index->rows > 0) index->places.push_back({file.size(), index->rows});
  file.check_unchanged();
  return index;
}

std::shared_ptr<const DocumentIndex> cached_document_index(const InputFile& file, bool lines) {
  struct Entry {
    std::string identity;
    bool lines;
    std::shared_ptr<const DocumentIndex> index;
  };
  static std::mutex mutex;
  static std::deque<Entry> entries;
  {
    const std::lock_guard lock(mutex);
    for (const Entry& entry : entries) {
      if (entry.identity == file.identity() && entry.lines == lines) return entry.index;
    }
  }
  std::shared_ptr<const DocumentIndex> index = make_document_index(file, lines);
  if (file.is_fresh() && !file.is_temporary()) return index;
  const std::lock_guard lock(mutex);
  if (entries.size() >= kCachedFiles) entries.pop_front();
  entries.push_back({file.identity(), lines, index});
  return index;
}

std::unique_ptr<Source> read_documents(const DocumentTable& table, const Part& part,
                                       const SourceRequest& request) {
  return std::make_unique<DocumentSource>(table, part, request);
}

}  // namespace dataknobs::file
