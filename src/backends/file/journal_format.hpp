// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// How the journal beside a file is written: text, but for the length that each group of it begins with.
///
///   dataknobs-journal 1 <salt> <bytes of the file> <digest of the file> <checksum>
///   G <length> <checksum>
///   +<version> {"$dataknobs":1,"$id":"7","name":"Ada"}      a new record; ~ one that was there
///   -"8"                                                    a removal
///   G <length> <checksum>
///   =<bytes> <digest>                                       the file that all of it was folded into
///
/// A group that is part of a commit in several places begins with "?<commit> <store>": it holds if the state of that
/// store has the commit, or the group "!<commit>" follows.
///
/// A group is one commit. Its checksum begins with the salt and its own place, so that what is left of another journal
/// or of a write that was taken back is never taken for one. All of it is pure.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/record.hpp>

namespace dataknobs::file {

/// A file by what is in it, wherever it is.
struct FileContent {
  std::uint64_t bytes = 0;
  std::string digest;  ///< XXH3-128, 32 hexadecimal digits.
  bool operator==(const FileContent&) const = default;
};

struct JournalHeader {
  std::uint64_t salt = 0;
  FileContent base;  ///< The file whose changes these are.
};

enum class ChangeKind : char { added = '+', replaced = '~', removed = '-' };

struct JournalChange {
  ChangeKind kind;
  std::string id;
  std::shared_ptr<const Record> record;  ///< With its version; nullptr: removed.
};

/// Of every header.
constexpr std::size_t kJournalHeaderBytes = 104;

/// Of what a group has before its payload.
constexpr std::size_t kGroupHeadBytes = 36;

std::string header_text(const JournalHeader& header);
/// Nothing if the text does not begin with a whole header.
/// Errors: SerializationError, naming the journal, if it is of another version.
std::optional<JournalHeader> parse_header(std::string_view text, const std::string& name);

/// A group as it is written at that place of the journal.
std::string group_text(std::uint64_t salt, std::uint64_t offset, std::string_view payload);

/// The whole groups of a journal from some place on.
struct JournalGroups {
  std::vector<std::string_view> payloads;
  std::uint64_t end =
      0;  ///< Where the last one ends; what is behind it was cut off in the middle of its write.
};
/// `text`: the journal from `offset` on. Errors: SerializationError, naming journal and place, if behind a damaged
/// group there is a whole one: then it is not the last write that is torn, and what was acknowledged is lost.
JournalGroups read_groups(std::string_view text, std::uint64_t offset, std::uint64_t salt,
                          const std::string& name);

/// A commit that changes other files too, or the state of the store.
struct JointMark {
  std::string commit;  ///< A name that no other commit has.
  std::string
      store;  ///< Whose state has an entry of it, from its commit until all journals have confirmed it.
};
/// What a payload of changes then begins with.
std::string joint_prefix(const JointMark& mark);
/// Takes it from a payload, if it is there.
std::optional<JointMark> take_joint(std::string_view& payload);
std::string confirmed_payload(const std::string& commit);
bool is_confirmed(std::string_view payload) noexcept;

std::string changes_payload(const std::vector<JournalChange>& changes);
std::string folded_payload(const FileContent& content);
/// The file that the group says everything was folded into, or nothing if it holds changes.
std::optional<FileContent> parse_folded(std::string_view payload);
/// Errors: SerializationError, naming the journal.
std::vector<JournalChange> parse_changes(std::string_view payload, const std::string& name);

}  // namespace dataknobs::file
