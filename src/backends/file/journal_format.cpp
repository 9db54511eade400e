// SPDX-License-Identifier: Apache-2.0
#include "backends/file/journal_format.hpp"

#include <xxhash.h>

#include <charconv>

#include <fmt/format.h>
#include <dataknobs/error.hpp>

#include "backends/file/document_format.hpp"
#include "record/json.hpp"

namespace dataknobs::file {
namespace {

constexpr std::string_view kMark = "dataknobs-journal ";
constexpr std::string_view kVersion = "1 ";
constexpr std::size_t kDigestDigits = 32;

/// Takes hexadecimal digits and the character behind them. Nothing if they are not there.
std::optional<std::uint64_t> take_number(std::string_view& text, char behind) {
  constexpr std::size_t digits = 16;
  std::uint64_t number = 0;
  if (text.size() <= digits || text[digits] != behind) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number, 16);
  if (error != std::errc() || end != text.data() + digits) return std::nullopt;
  text.remove_prefix(digits + 1);
  return number;
}

std::optional<FileContent> take_content(std::string_view& text, char behind) {
  const std::optional<std::uint64_t> bytes = take_number(text, ' ');
  if (!bytes || text.size() <= kDigestDigits || text[kDigestDigits] != behind) return std::nullopt;
  FileContent content{*bytes, std::string(text.substr(0, kDigestDigits))};
  text.remove_prefix(kDigestDigits + 1);
  return content;
}

std::string content_text(const FileContent& content) {
  return fmt::format("{:016x} {}", content.bytes, content.digest);
}

std::uint64_t group_checksum(std::uint64_t salt, std::uint64_t offset, std::string_view payload) {
  return XXH3_64bits_withSeed(payload.data(), payload.size(), salt ^ offset);
}

/// The payload of the group that the text begins with, or nothing if it is not whole.
std::optional<std::string_view> group_at(std::string_view text, std::uint64_t offset, std::uint64_t salt) {
  if (!text.starts_with("G ")) return std::nullopt;
  text.remove_prefix(2);
  const std::optional<std::uint64_t> length = take_number(text, ' ');
  const std::optional<std::uint64_t> checksum = length ? take_number(text, '\n') : std::nullopt;
  if (!checksum || *length > text.size()) return std::nullopt;
  const std::string_view payload = text.substr(0, static_cast<std::size_t>(*length));
  if (group_checksum(salt, offset, payload) != *checksum) return std::nullopt;
  return payload;
}

[[noreturn]] void raise_damaged(const std::string& name, std::string_view what) {
  Error(ErrorCode::serialization, fmt::format("the journal {} {}", name, what))
      .hint("restore it and its file from a copy; without it the file is as it was before the changes in it")
      .raise();
}

}  // namespace

std::string header_text(const JournalHeader& header) {
  std::string text = fmt::format("{}{}{:016x} {}", kMark, kVersion, header.salt, content_text(header.base));
  text += fmt::format(" {:016x}\n", XXH3_64bits(text.data(), text.size()));
  return text;
}

std::optional<JournalHeader> parse_header(std::string_view text, const std::string& name) {
  if (text.size() < kJournalHeaderBytes || !text.starts_with(kMark)) return std::nullopt;
  const std::string_view checked = text.substr(0, kJournalHeaderBytes - 18);
  std::string_view rest = text.substr(kMark.size(), kJournalHeaderBytes - kMark.size());
  if (!rest.starts_with(kVersion)) {
    Error(ErrorCode::serialization, fmt::format("{} was written by another version of dataknobs", name))
        .hint("let that version fold it into its file")
        .raise();
  }
  rest.remove_prefix(kVersion.size());
  const std::optional<std::uint64_t> salt = take_number(rest, ' ');
  std::optional<FileContent> base = salt ? take_content(rest, ' ') : std::nullopt;
  if (!base || take_number(rest, '\n') != XXH3_64bits(checked.data(), checked.size())) return std::nullopt;
  return JournalHeader{*salt, std::move(*base)};
}

std::string group_text(std::uint64_t salt, std::uint64_t offset, std::string_view payload) {
  return fmt::format("G {:016x} {:016x}\n{}", payload.size(), group_checksum(salt, offset, payload), payload);
}

JournalGroups read_groups(std::string_view text, std::uint64_t offset, std::uint64_t salt,
                          const std::string& name) {
  JournalGroups groups;
  std::size_t at = 0;
  while (const std::optional<std::string_view> payload = group_at(text.substr(at), offset + at, salt)) {
    groups.payloads.push_back(*payload);
    at += kGroupHeadBytes + payload->size();
  }
  groups.end = offset + at;
  for (std::size_t next = text.find("G ", at + 1); next < text.size(); next = text.find("G ", next + 1)) {
    if (group_at(text.substr(next), offset + next, salt)) {
      raise_damaged(name, fmt::format("is damaged at byte {}", groups.end));
    }
  }
  return groups;
}

std::string joint_prefix(const JointMark& mark) {
  return fmt::format("?{} {}\n", mark.commit, to_json(Value(mark.store)));
}

std::optional<JointMark> take_joint(std::string_view& payload) {
  if (!payload.starts_with('?')) return std::nullopt;
  const std::size_t end = std::min(payload.find('\n'), payload.size() - 1);
  const std::string_view line = payload.substr(1, end - 1);
  const std::size_t blank = std::min(line.find(' '), line.size() - 1);
  payload.remove_prefix(end + 1);
  return JointMark{std::string(line.substr(0, blank)), parse_json(line.substr(blank + 1)).get<std::string>()};
}

std::string confirmed_payload(const std::string& commit) {
  return fmt::format("!{}\n", commit);
}

bool is_confirmed(std::string_view payload) noexcept {
  return payload.starts_with('!');
}

std::string changes_payload(const std::vector<JournalChange>& changes) {
  const FileNote no_note;
  std::string payload;
  for (const JournalChange& change : changes) {
    payload += static_cast<char>(change.kind);
    if (change.record) {
      payload += *change.record->version() + ' ';
      append_document(payload, *change.record, no_note, false, false);
    } else {
      payload += to_json(Value(change.id));
    }
    payload += '\n';
  }
  return payload;
}

std::string folded_payload(const FileContent& content) {
  return fmt::format("={}\n", content_text(content));
}

std::optional<FileContent> parse_folded(std::string_view payload) {
  if (!payload.starts_with('=')) return std::nullopt;
  payload.remove_prefix(1);
  return take_content(payload, '\n');
}

std::vector<JournalChange> parse_changes(std::string_view payload, const std::string& name) {
  const FileNote no_note;
  std::vector<JournalChange> changes;
  while (!payload.empty()) {
    const std::size_t end = payload.find('\n');
    const char kind = payload.front();
    std::string_view line = payload.substr(1, end - 1);
    if (end == std::string_view::npos || (kind != '+' && kind != '~' && kind != '-')) {
      raise_damaged(name, "holds what this version does not know");
    }
    payload.remove_prefix(end + 1);
    if (kind == '-') {
      changes.push_back({ChangeKind::removed, parse_json(line).get<std::string>(), nullptr});
      continue;
    }
    const std::size_t blank = std::min(line.find(' '), line.size());
    ReadDocument document = read_document(line.substr(std::min(blank + 1, line.size())), no_note, "{}");
    if (!document.record.id()) raise_damaged(name, "holds a record without id");
    document.record.set_version(std::string(line.substr(0, blank)));
    std::string id = *document.record.id();
    changes.push_back({static_cast<ChangeKind>(kind), std::move(id),
                       std::make_shared<const Record>(std::move(document.record))});
  }
  return changes;
}

}  // namespace dataknobs::file
