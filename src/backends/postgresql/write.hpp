// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Small writes whose outcome is wanted for each record: as few set-wise statements as their order allows.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/postgresql/conversation.hpp"
#include "backends/postgresql/table.hpp"

namespace dataknobs::postgresql {

enum class WriteAction : std::uint8_t { insert, upsert, update, remove };

/// The statement for a set of rows. Parameters: an array for each column ("c1" ...), then the expected versions (text,
/// null: any), then the positions. Gives position, written, version, present; where the server makes the key, the key
/// instead. Pure.
class WriteStatement {
 public:
  /// `replace`: columns that are not given get their default.
  WriteStatement(const Table& table, WriteAction action, const std::vector<const TableColumn*>& columns,
                 bool replace);
  std::string text() const;
  /// The key is not among the columns: the server makes it.
  bool makes_keys() const noexcept { return makes_keys_; }

 private:
  std::string input() const;
  std::string change() const;
  std::string assignments(std::string_view source) const;
  std::string key_match(std::string_view left) const;
  std::string value(const TableColumn& column) const;

  const Table& table_;
  WriteAction action_;
  const std::vector<const TableColumn*>& columns_;
  bool replace_;
  bool makes_keys_;
};

/// A record on its way: its values in the binary format.
struct WriteItem {
  std::size_t position = 0;
  WriteAction action = WriteAction::insert;
  bool only_absent = false;             ///< An existing record is a conflict.
  std::optional<std::string> expected;  ///< The version it must have.
  std::string id;                       ///< Empty: the server makes it.
  std::vector<const TableColumn*> columns;
  std::vector<std::string> cells;      ///< With their lengths.
  std::optional<Version> new_version;  ///< Document layout.
  std::optional<Error> problem;        ///< It cannot be written at all.
};

/// Runs a WriteRequest or a removal. Lives for one call.
class RecordWriter {
 public:
  RecordWriter(Conversation& conversation, const WriteRequest& request);
  /// A removal of these ids.
  RecordWriter(Conversation& conversation, DatasetPointer dataset, std::span<const std::string> ids,
               std::span<const Precondition> preconditions);
  Task<std::vector<ItemResult>> run(Context& context);

 private:
  Task<void> run_all(Context& context, bool with_savepoints);
  Task<void> run_set(Context& context, std::span<const WriteItem> items, bool with_savepoint);
  Task<std::optional<Error>> try_set(Context& context, std::span<const WriteItem> items);
  Task<void> execute(Context& context, std::span<const WriteItem> items);
  /// What a record gives for a column that the server computes, and is not what it computed.
  Task<std::optional<Error>> find_computed_change(Context& context, std::span<const WriteItem> items);
  void take_result(const Result& result, std::span<const WriteItem> items, bool makes_keys);
  /// Merges the changes into the documents as they are, which stay locked.
  Task<void> load_patched(Context& context);
  void prepare();
  void settle_all_or_nothing();
  bool all_written() const;

  Conversation& conversation_;
  DatasetPointer dataset_;
  const Table& table_;
  WriteMode mode_ = WriteMode::insert;
  bool all_or_nothing_ = false;
  bool removing_ = false;
  bool gives_computed_ = false;  ///< A record of them: what is written is compared with it.
  std::span<Record> records_;
  std::span<const std::string> ids_;
  std::span<const Precondition> preconditions_;
  std::vector<WriteItem> items_;
  std::vector<std::optional<ItemResult>> results_;
};

}  // namespace dataknobs::postgresql
