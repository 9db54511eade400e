// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// How records are written as JSON documents in files. A record that JSON says by itself is a plain object. One that
/// it does not say begins with the member "$dataknobs", the version of this format; only then are its other members
/// with one '$' ours, and those of the user that begin with '$' escaped as "$$":
///
///   {"$dataknobs":1,"$types":{"when":"datetime"},"$id":"7","$metadata":{...},"when":"2024-02-29T12:30:00Z"}
///
/// The first record of a file may carry "$file": types and key that hold for all records of the file without a "$types"
/// of their own, so that the others stay plain. This survives a renaming of the file, and needs no second one.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/record.hpp>

namespace dataknobs::file {

/// What "$file" says.
class FileNote {
 public:
  std::map<std::string, ValueType> types;  ///< By field name.
  std::vector<std::string> key;

  bool empty() const noexcept { return types.empty() && key.empty(); }
  /// {"types": {...}, "key": [...]}
  std::string to_json() const;
  static FileNote from_json(const Value& value);
  /// As "$types" has it: names escaped.
  std::string types_json() const;
  bool operator==(const FileNote&) const = default;
};

/// A document as it was read.
class ReadDocument {
 public:
  Record record;                 ///< Its id is set where "$id" says it.
  std::optional<FileNote> note;  ///< Of "$file".
};

/// Errors: SerializationError as of `from_document`; a later version of the format.
ReadDocument read_document(std::string_view text, const FileNote& note, const std::string& note_types);

/// Appends the document of a record, in one line. `first`: it carries the note of the file.
/// `id_is_known`: a reader will find the id in the fields, or there is none.
void append_document(std::string& out, const Record& record, const FileNote& note, bool first,
                     bool id_is_known);

/// True of a type whose values JSON does not say by themselves.
bool is_noted(ValueType type) noexcept;
/// The types to note for a file: of the first value of each field that JSON does not say.
void note_types(FileNote& note, const std::vector<Record>& records);

/// The id that a record's members make, or nothing where one is missing.
std::optional<std::string> id_of_members(const Record& record, const std::vector<std::string>& key);

}  // namespace dataknobs::file
