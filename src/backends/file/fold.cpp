// SPDX-License-Identifier: Apache-2.0
#include "backends/file/fold.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>

#include <fmt/format.h>

#include "backends/file/side_file.hpp"
#include "runtime/system_file.hpp"

namespace dataknobs::file {
namespace {

constexpr std::size_t kBlockBytes = 1U << 20U;

/// One record after the other.
class Records {
 public:
  explicit Records(std::unique_ptr<Source> source) : source_(std::move(source)) {}
  /// REQUIRES: there is one more.
  Record next() {
    if (at_ == rows_.size()) {
      std::optional<Batch> batch = source_->next();
      if (!batch) Error(ErrorCode::internal, "a document is no record").raise();
      rows_ = std::move(*batch).take_rows();
      at_ = 0;
    }
    return std::move(rows_[at_++]);
  }

 private:
  std::unique_ptr<Source> source_;
  std::vector<Record> rows_;
  std::size_t at_ = 0;
};

/// Writes documents with what is between them as the file has it.
class DocumentSink {
 public:
  DocumentSink(const FileDataset& base, OutputFile& output)
      : note_(base.documents()->note),
        id_members_(base.id_members().empty() ? std::vector<std::string>{"id"} : base.id_members()),
        array_(base.documents()->style == DocumentStyle::array),
        head_(array_ ? "[\n" : ""),
        separator_(array_ ? ",\n" : "\n"),
        tail_(array_ ? "\n]\n" : "\n"),
        output_(output) {}

  /// What is in the file before a document.
  void gap(std::string text) { (std::exchange(seen_, true) ? separator_ : head_) = std::move(text); }
  /// What is behind the last one.
  void end_gap(std::string text) {
    if (seen_) tail_ = std::move(text);
    if (!array_ && !tail_.ends_with('\n')) tail_ += '\n';
  }
  void keep(std::string_view text, const Record& record, bool is_first) {
    // The first document of a file speaks for those behind it.
    if (!written_ && !is_first && !note_.empty()) return write(record);
    put(text);
  }
  void write(const Record& record) {
    std::string text;
    append_document(text, record, note_, !written_, id_of_members(record, id_members_) == record.id());
    put(text);
  }
  void finish() {
    if (!written_ && !array_) return;
    if (!written_) output_.append(head_);
    output_.append(tail_);
  }

 private:
  void put(std::string_view text) {
    output_.append(std::exchange(written_, true) ? separator_ : head_);
    output_.append(text);
  }

  const FileNote& note_;
  std::vector<std::string> id_members_;
  bool array_;
  std::string head_;
  std::string separator_;
  std::string tail_;
  OutputFile& output_;
  bool seen_ = false;
  bool written_ = false;
};

void fold_documents(const FileState& state, OutputFile& output) {
  const FileDataset& base = *state.base;
  const InputFile& file = *base.file();
  DocumentReader reader(file, base.documents()->style, 0, file.size(), false, kBlockBytes);
  Records records(open_source(base, std::nullopt, SourceRequest()));
  DocumentSink sink(base, output);
  std::uint64_t behind = 0;
  for (bool is_first = true; std::optional<std::string_view> text = reader.next(); is_first = false) {
    const Record record = records.next();
    text->remove_suffix(text->size() - 1 - text->find_last_not_of(" \t\r"));
    sink.gap(file.read(behind, static_cast<std::size_t>(reader.offset() - behind)));
    behind = reader.offset() + text->size();
    const Overlay::Entry* entry = state.overlay->find(*record.id());
    if (entry == nullptr) {
      sink.keep(*text, record, is_first);
    } else if (entry->record) {
      sink.write(*entry->record);
    }
  }
  sink.end_gap(file.read(behind, static_cast<std::size_t>(file.size() - behind)));
  for (const RecordPointer& record : state.overlay->ordered()) {
    if (!state.overlay->hides(*record->id())) sink.write(*record);
  }
  sink.finish();
  file.check_unchanged();
}

Shape shape_of(const FileDataset& dataset) {
  Shape shape;
  shape.options = dataset.file_options();
  if (dataset.layout() == Layout::columns) {
    // A key column of a Parquet file may be one that could hold nulls.
    shape.schema = dataset.parquet() ? dataset.parquet()->schema : dataset.schema();
    shape.key = dataset.key();
  }
  return shape;
}

/// Parquet has more types than are written here, and a column keeps the one that its maker gave it.
void check_parquet_types(const FileDataset& dataset) {
  const int descriptor = ::memfd_create("dataknobs", MFD_CLOEXEC);
  if (descriptor < 0) raise_system_error(errno, "cannot make a file in memory for", dataset.name());
  OutputFile output("a file in memory", descriptor, 0);
  const std::unique_ptr<Encoder> encoder = make_encoder(shape_of(dataset));
  encoder->begin(output);
  encoder->end_chunk(output);
  encoder->finish(output);
  output.flush();
  const std::string name = fmt::format("/proc/self/fd/{}", descriptor);
  const std::string written = read_parquet_index(InputFile::open(name))->native_schema;
  if (written == dataset.parquet()->native_schema) return;
  Error(ErrorCode::unsupported,
        fmt::format("{} has columns of types that would be others if it were written anew", dataset.name()))
      .hint("copy it to a new file, and write to that one")
      .raise();
}

/// What has to be beside the file.
std::optional<std::string> fold_columns(const FileState& state, OutputFile& output) {
  const std::unique_ptr<Encoder> encoder = make_encoder(shape_of(*state.base));
  encoder->begin(output);
  SourceRequest request;
  request.keyed_ids = false;
  const std::unique_ptr<Source> source = open_state(state, std::nullopt, request);
  while (const std::optional<Batch> batch = source->next()) encoder->write(*batch, output);
  encoder->end_chunk(output);
  encoder->finish(output);
  state.base->file()->check_unchanged();
  return encoder->side_file();
}

/// A file that takes the place of another is as open to others as that one was.
void take_over_rights(int descriptor, const std::string& from) {
  struct stat status{};
  if (::stat(from.c_str(), &status) != 0) raise_system_error(errno, "cannot read", from);
  // Who may not give files away keeps them.
  if (::fchown(descriptor, status.st_uid, status.st_gid) != 0 && errno != EPERM)
    raise_system_error(errno, "cannot give away", from);
  if (::fchmod(descriptor, status.st_mode & 07777U) != 0) raise_system_error(errno, "cannot write", from);
}

}  // namespace

FileContent content_of(const InputFile& file) {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), &XXH3_freeState);
  XXH3_128bits_reset(state.get());
  std::string block(kBlockBytes, '\0');
  for (std::uint64_t at = 0; at < file.size();) {
    const std::size_t got = file.read(at, block.data(), block.size());
    if (got == 0) break;
    XXH3_128bits_update(state.get(), block.data(), got);
    at += got;
  }
  file.check_unchanged();
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  return {file.size(), fmt::format("{:016x}{:016x}", hash.high64, hash.low64)};
}

void check_foldable(const FileDataset& dataset) {
  if (!dataset.file_options().encoding.empty()) {
    Error(ErrorCode::unsupported,
          fmt::format("{} is not in UTF-8, and files are written in UTF-8", dataset.name()))
        .hint("copy it to another file, and write to that one")
        .raise();
  }
  if (dataset.positional_ids()) {
    Error(ErrorCode::unsupported,
          fmt::format("records of '{}' have no ids, so none can be written by itself", dataset.name()))
        .hint("name what tells them apart: key=NAME")
        .raise();
  }
  make_encoder(shape_of(dataset));
  if (dataset.parquet()) check_parquet_types(dataset);
}

FoldedFile::FoldedFile(const FileState& state, std::string target)
    : target_(std::move(target)), name_(target_ + ".dataknobs-fold") {
  remove_file(name_);  // Of a fold that was killed.
  const int descriptor = open_or_make(name_, 0600).release();
  try {
    OutputFile output(name_, descriptor, 0, state.base->file_options().compression);
    take_over_rights(descriptor, target_);
    if (state.base->layout() == Layout::columns) {
      side_file_ = fold_columns(state, output);
    } else {
      fold_documents(state, output);
    }
    output.sync();
    content_ = content_of(*InputFile::open(name_));
  } catch (...) {
    try_remove_file(name_);
    throw;
  }
}

FoldedFile::~FoldedFile() {
  if (!replaced_) try_remove_file(name_);
}

void FoldedFile::replace() {
  // What is beside a file says how to read it, so it is there first; the old file reads the same with it.
  if (side_file_) write_whole_file(side_file_name(target_), *side_file_);
  rename_file(name_, target_);
  replaced_ = true;
  sync_folder_of(target_);
}

}  // namespace dataknobs::file
