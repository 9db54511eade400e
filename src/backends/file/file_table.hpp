// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// FileTable: a file and the journal beside it, as a table of records. Point writes go to the journal; when it has
/// grown to a share of the file, or when the store is closed, it is folded in: the new file is written beside the old
/// one, the journal says what it is, it takes the old one's name, and the journal goes. Whichever of the two files is
/// found after a crash, the journal tells whether it is the one that its changes are of or the one that has them.

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "backends/file/changes.hpp"
#include "backends/file/file_state.hpp"
#include "backends/file/journal_file.hpp"

namespace dataknobs::file {

/// A commit in several places, as one of its files sees it.
struct JointCommit {
  JointMark mark;
  std::function<void()> others;  ///< Commits the rest; what it throws says that nothing was committed.
  bool* confirmed;               ///< Set to false if the journal could not say that it was.
};

/// The records under one name: of a file, or of a folder of files.
/// Thread safety: may be shared.
class Table {
 public:
  virtual ~Table() = default;
  virtual FileState state() = 0;
  /// The dataset of that state; nothing if there is no such file.
  virtual std::shared_ptr<const FileDataset> describe() = 0;
  /// Lets `decide` change the latest state while nobody else does. What it changed is durable when this returns.
  /// `wanted`: says how the file is to look if there is none yet.
  /// Errors: as `state`; Error{permission} if it cannot be written, UnsupportedError if it can only be read.
  virtual void change(const FileDataset& wanted, const std::function<void(FileChanges&)>& decide,
                      const JointCommit* joint = nullptr) = 0;
  virtual void close() = 0;
};

/// Of all records of a file as it is now. It does not come back: a file that takes the place of another has another
/// identity. Of 15 digits, so that a string holds it without memory of its own.
Version version_of_file(const std::string& identity);

/// The path of the file itself, so that another name of it has the same journal, and a link to it stays one.
std::string real_path(const std::string& path);

/// Other processes may read and write the same file.
/// Errors of `state`: SerializationError if file or journal are damaged, or do not belong together.
class FileTable : public Table {
 public:
  /// A journal is folded in when it has these bytes at least, and half of the file's.
  static constexpr std::uint64_t kFoldFrom = 1U << 20U;
  /// Closing folds any journal into a file of at most so many bytes.
  static constexpr std::uint64_t kSmallFile = 64U << 20U;

  /// `options`: of the URL, with the path as its name.
  explicit FileTable(DatasetOptions options, std::uint64_t fold_from = kFoldFrom);

  FileState state() override;
  std::shared_ptr<const FileDataset> describe() override;
  void change(const FileDataset& wanted, const std::function<void(FileChanges&)>& decide,
              const JointCommit* joint = nullptr) override;
  /// Folds the journal in if this object has written to it, and the file is small or the journal due.
  void close() override;

 private:
  void refresh();
  bool is_settled();
  bool take(std::string_view payload, bool is_last);
  void put(const std::vector<JournalChange>& changes);
  void load();
  const std::optional<FileContent>& content();
  FileState current() const;
  void make_file(const FileDataset& wanted);
  bool apply(JournalFile::Lock& lock, const std::function<void(FileChanges&)>& decide,
             const JointCommit* joint);
  void append_joint(JournalFile::Lock& lock, const std::string& payload, const JointCommit& joint);
  void begin_journal(JournalFile::Lock& lock);
  void fold(JournalFile::Lock& lock);
  void remove_journal(JournalFile::Lock& lock);
  void fold_if_due(JournalFile::Lock& lock);

  const DatasetOptions options_;
  const std::string path_;
  std::mutex mutex_;
  JournalFile journal_;
  std::shared_ptr<Overlay> overlay_;  ///< Copied before it changes while somebody reads it.
  std::optional<FileContent> folded_into_;
  std::optional<std::string> unconfirmed_;  ///< The commit of the last group, if only the state has it.
  std::shared_ptr<const FileDataset> base_;
  std::shared_ptr<RecordFinder> finder_;
  std::string identity_;
  std::optional<FileContent> content_;  ///< Of the file of that identity.
  std::uint64_t fold_from_;
  bool checked_ = false;  ///< The base can be folded.
  bool written_ = false;
};

}  // namespace dataknobs::file
