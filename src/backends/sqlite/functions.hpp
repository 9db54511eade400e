// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The functions that our connections add to SQLite, for what its own operators do not answer exactly as the
/// one semantics does. Queries alone use them; nothing that is kept in a database does.
///
///   dk_match(object, cell ...)  1 if the record matches the condition, else 0; never null
///   dk_order(object, cell ...)  a blob whose bytes sort as the value at a path does; null if that is null
///   dk_bytes(text)              its UTF-8 bytes, for databases that keep text as UTF-16
///
/// The object is bound as a pointer. The cells are id, data, types and metadata of a document, or the columns
/// that the object names, in its order.

#include <span>
#include <string>
#include <vector>

#include <dataknobs/expression.hpp>
#include <dataknobs/record.hpp>

#include "backends/sqlite/connection.hpp"
#include "expr/evaluate.hpp"
#include "record/schema.hpp"

namespace dataknobs::sqlite {

/// Makes the record that an expression sees out of the cells that SQLite passes.
class RecordSource {
 public:
  /// A document: id, data, types, metadata. `fields`: the members that are looked at.
  static RecordSource document(std::vector<std::string> fields);
  /// Columns, by name and type.
  static RecordSource columns(std::vector<std::pair<std::string, FieldType>> columns);

  void fill(Record& record, std::span<sqlite3_value*> cells) const;
  std::size_t cells() const noexcept { return document_ ? 4 : columns_.size(); }

 private:
  bool document_ = false;
  std::vector<std::string> fields_;
  std::vector<std::pair<std::string, FieldType>> columns_;
};

/// The object of dk_match. Immutable.
class Match {
 public:
  Match(RecordSource source, const Expression& condition, const FieldResolution& fields)
      : source_(std::move(source)), evaluator_(condition, fields) {}
  static constexpr const char* kPointerType = "dataknobs match";
  bool matches(std::span<sqlite3_value*> cells) const;

 private:
  RecordSource source_;
  Evaluator evaluator_;
};

/// The object of dk_order. Immutable.
class Order {
 public:
  Order(RecordSource source, const Path& path, const FieldResolution& fields)
      : source_(std::move(source)), reader_(path, fields) {}
  static constexpr const char* kPointerType = "dataknobs order";
  /// False for a null.
  bool append_key(std::string& out, std::span<sqlite3_value*> cells) const;

 private:
  RecordSource source_;
  PathReader reader_;
};

/// Errors: as translated.
void register_functions(Connection& connection);

}  // namespace dataknobs::sqlite
