// SPDX-License-Identifier: Apache-2.0
#include "backends/file/file_table.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <atomic>
#include <cerrno>
#include <filesystem>

#include <fmt/format.h>

#include "backends/file/fold.hpp"
#include "backends/file/load.hpp"

namespace dataknobs::file {
namespace {

/// A fold under way is seen half done at most once or twice.
constexpr int kAttempts = 100;

[[noreturn]] void raise_foreign(const std::string& path, const std::string& journal) {
  Error(ErrorCode::serialization,
        fmt::format(
            "{} is not the file that the changes in {} belong to: another program has changed it, or it is "
            "not whole",
            path, journal))
      .hint("put back the file as it was; or remove the journal, and the changes in it with it")
      .raise();
}

void check_writable(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (::access(path.c_str(), W_OK) != 0 && errno != ENOENT) raise_system_error(errno, "cannot write", path);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    raise_system_error(
        errno, "a journal is kept beside a file that is written, and there is none to be made in", folder);
  }
}

}  // namespace

Version version_of_file(const std::string& identity) {
  const XXH64_hash_t hash = XXH3_64bits(identity.data(), identity.size());
  return fmt::format("{:015x}", hash >> 4U);
}

std::string real_path(const std::string& path) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::weakly_canonical(absolute_path(path), error);
  return error ? absolute_path(path) : real.string();
}

FileTable::FileTable(DatasetOptions options, std::uint64_t fold_from)
    : options_(std::move(options)),
      path_(real_path(options_.name())),
      journal_(path_),
      fold_from_(fold_from) {}

FileState FileTable::current() const {
  FileState state;
  state.base = base_;
  state.finder = finder_;
  if (overlay_ && !overlay_->empty()) state.overlay = overlay_;
  return state;
}

FileState FileTable::state() {
  const std::lock_guard guard(mutex_);
  refresh();
  return current();
}

std::shared_ptr<const FileDataset> FileTable::describe() {
  const std::lock_guard guard(mutex_);
  refresh();
  const FileState state = current();
  if (!state.base || !state.overlay) return state.base;
  auto dataset = std::make_shared<FileDataset>(*state.base);
  dataset->set_overlay(state.overlay);
  dataset->set_rows(state.rows(), true);
  dataset->set_fingerprint(fmt::format("{}+{:x}:{}", identity_, journal_.header()->salt, journal_.end()));
  return dataset;
}

void FileTable::refresh() {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (is_settled()) return;
  }
  raise_foreign(options_.name(), journal_.path());
}

/// Looks at journal and file. False if they do not belong together: one of them has just been replaced, or else it is
/// an error.
bool FileTable::is_settled() {
  const auto restart = [this] {
    overlay_.reset();
    folded_into_.reset();
    unconfirmed_.reset();
  };
  journal_.read(restart, [this](std::string_view payload, bool is_last) { return take(payload, is_last); });
  if (InputFile::identity_at(path_) != identity_ || !base_) load();
  if (!journal_.header()) return true;
  if (journal_.header()->base == content()) return true;
  if (!folded_into_ || folded_into_ != content()) return false;
  overlay_.reset();  // The file has all of it already.
  return true;
}

bool FileTable::take(std::string_view payload, bool is_last) {
  if (std::optional<FileContent> content = parse_folded(payload)) {
    folded_into_ = std::move(content);
    return true;
  }
  unconfirmed_.reset();
  if (is_confirmed(payload)) return true;
  if (const std::optional<JointMark> mark = take_joint(payload); mark && is_last) {
    // Whatever follows says that it was committed.
    if (!StateLog(mark->store).read().contains(commit_key(mark->commit))) return false;
    unconfirmed_ = mark->commit;
  }
  put(parse_changes(payload, journal_.path()));
  return true;
}

void FileTable::put(const std::vector<JournalChange>& changes) {
  folded_into_.reset();
  if (!overlay_) {
    overlay_ = std::make_shared<Overlay>();
  } else if (overlay_.use_count() > 1) {
    overlay_ = std::make_shared<Overlay>(*overlay_);
  }
  // Whoever let go of it has done so before.
  std::atomic_thread_fence(std::memory_order_acquire);
  for (const JournalChange& change : changes) overlay_->apply(change);
}

void FileTable::load() {
  base_ = describe_file(options_, true);
  finder_.reset();
  content_.reset();
  checked_ = false;
  identity_ = base_ ? base_->fingerprint() : std::string();
  if (base_) finder_ = std::make_shared<RecordFinder>(base_, version_of_file(identity_));
}

const std::optional<FileContent>& FileTable::content() {
  if (content_ || !base_) return content_;
  const std::shared_ptr<const InputFile> file = InputFile::open_existing(path_);
  if (file && file->identity() == identity_) content_ = content_of(*file);
  return content_;
}

void FileTable::make_file(const FileDataset& wanted) {
  if (!wanted.shape()) {
    Error(ErrorCode::not_found, fmt::format("{} is not there any more", options_.name())).raise();
  }
  try {
    FileLoad(path_, *wanted.shape()).finish();
  } catch (const DuplicateRecordError&) {
    return;  // Somebody else was quicker, which is as good.
  }
}

void FileTable::change(const FileDataset& wanted, const std::function<void(FileChanges&)>& decide,
                       const JointCommit* joint) {
  const std::lock_guard guard(mutex_);
  check_writable(path_);
  if (::access(path_.c_str(), F_OK) != 0) make_file(wanted);
  for (bool done = false; !done;) {
    JournalFile::Lock lock(journal_);
    done = apply(lock, decide, joint);
  }
}

/// False if the journal had to be removed first.
bool FileTable::apply(JournalFile::Lock& lock, const std::function<void(FileChanges&)>& decide,
                      const JointCommit* joint) {
  refresh();
  if (unconfirmed_) {
    lock.append(confirmed_payload(*unconfirmed_));
    unconfirmed_.reset();
  }
  if (!base_) Error(ErrorCode::not_found, fmt::format("{} is not there any more", options_.name())).raise();
  if (folded_into_ && folded_into_ == content()) {
    remove_journal(lock);  // A crash came before.
    return false;
  }
  if (!checked_) check_foldable(*base_);
  checked_ = true;
  std::vector<JournalChange> entries;
  {
    FileChanges changes(current());
    decide(changes);
    entries = changes.to_journal();
  }
  if (entries.empty()) {
    if (joint != nullptr) joint->others();
    return true;
  }
  if (!journal_.header()) begin_journal(lock);
  if (joint != nullptr) {
    append_joint(lock, changes_payload(entries), *joint);
  } else {
    lock.append(changes_payload(entries));
  }
  put(entries);
  written_ = true;
  fold_if_due(lock);
  return true;
}

void FileTable::append_joint(JournalFile::Lock& lock, const std::string& payload, const JointCommit& joint) {
  const std::uint64_t end = journal_.end();
  lock.append(joint_prefix(joint.mark) + payload);
  try {
    joint.others();
  } catch (...) {
    lock.cut(end);
    throw;
  }
  try {
    lock.append(confirmed_payload(joint.mark.commit));
  } catch (const Error&) {
    // It is committed all the same: the state of the store says so, and goes on saying it.
    unconfirmed_ = joint.mark.commit;
    *joint.confirmed = false;
  }
}

void FileTable::begin_journal(JournalFile::Lock& lock) {
  // It is worth nothing without the file that it belongs to.
  const FileDescriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) raise_system_error(errno, "cannot open", path_);
  sync_file(file.number(), path_);
  if (!content()) raise_foreign(options_.name(), journal_.path());
  lock.begin(*content());
}

void FileTable::fold_if_due(JournalFile::Lock& lock) {
  if (journal_.end() < fold_from_ || journal_.end() < content()->bytes / 2) return;
  try {
    fold(lock);
  } catch (const Error&) {
    // The change is durable whether there is room for a new file or not. It is tried again when the journal has
    // doubled, and closing tells why it cannot be done.
    fold_from_ = journal_.end() * 2;
  }
}

void FileTable::fold(JournalFile::Lock& lock) {
  FoldedFile folded(current(), path_);
  lock.append(folded_payload(folded.content()));
  folded.replace();
  remove_journal(lock);
  load();
}

void FileTable::remove_journal(JournalFile::Lock& lock) {
  lock.remove();
  overlay_.reset();
  folded_into_.reset();
  unconfirmed_.reset();
}

void FileTable::close() {
  const std::lock_guard guard(mutex_);
  if (!written_) return;
  written_ = false;
  JournalFile::Lock lock(journal_);
  refresh();
  if (!base_ || !journal_.header()) return;
  if (folded_into_ && folded_into_ == content()) {
    remove_journal(lock);
  } else if (content()->bytes <= kSmallFile || journal_.end() >= content()->bytes / 2) {
    fold(lock);
  }
}

}  // namespace dataknobs::file
