// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Dataset: what is known of one table, file or index of a store.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <dataknobs/backend/resolve.hpp>
#include <dataknobs/backend/schema.hpp>

namespace dataknobs {

/// *document*: one JSON document per record; *columns*: a field is a column.
enum class Layout : std::uint8_t { document, columns };

/// What a URL says of a dataset. Which keys exist is the backend's to declare.
class DatasetOptions {
 public:
  DatasetOptions() = default;
  explicit DatasetOptions(std::string name) : name_(std::move(name)) {}
  /// Table, index or file; may carry a schema ("sales.orders" is given as schema= and table=, never split at dots).
  const std::string& name() const noexcept { return name_; }
  const std::optional<Layout>& layout() const noexcept { return layout_; }
  /// `key=a,b`: the key columns, over what the store says itself.
  const std::vector<std::string>& key() const noexcept { return key_; }
  /// All other options of the URL that are about the dataset (schema, null, format, type, delimiter ...).
  const std::map<std::string, std::vector<std::string>>& extra() const noexcept { return extra_; }
  DatasetOptions& set_name(std::string name) { return name_ = std::move(name), *this; }
  DatasetOptions& set_layout(std::optional<Layout> layout) { return layout_ = layout, *this; }
  DatasetOptions& set_key(std::vector<std::string> key) { return key_ = std::move(key), *this; }
  DatasetOptions& set_extra(std::map<std::string, std::vector<std::string>> extra) {
    return extra_ = std::move(extra), *this;
  }

 private:
  std::string name_;
  std::optional<Layout> layout_;
  std::vector<std::string> key_;
  std::map<std::string, std::vector<std::string>> extra_;
};

/// A dataset that exists. Backends derive from it to keep what they alone know (type OIDs, file offsets).
/// Immutable and shared.
class Dataset {
 public:
  Dataset(DatasetOptions options, Layout layout) : options_(std::move(options)), layout_(layout) {}
  virtual ~Dataset() = default;

  const DatasetOptions& options() const noexcept { return options_; }
  const std::string& name() const noexcept { return options_.name(); }
  Layout layout() const noexcept { return layout_; }
  /// Columns layout: its columns. Document layout: empty.
  const Schema& schema() const noexcept { return schema_; }
  /// Key columns in their order. Document layout: empty (the key is the id). Columns layout and empty: no key.
  const std::vector<std::string>& key() const noexcept { return key_; }
  /// Ids that are positions within a scan (files without a key): never kept, and not a key.
  bool positional_ids() const noexcept { return positional_ids_; }
  /// The store gives ids itself (identity column): a record without id may be inserted.
  bool generates_ids() const noexcept { return generates_ids_; }
  bool read_only() const noexcept { return read_only_; }
  /// Has room for metadata.
  bool has_metadata() const noexcept { return has_metadata_; }
  std::optional<std::uint64_t> rows() const noexcept { return rows_; }
  bool rows_exact() const noexcept { return rows_exact_; }
  std::optional<std::uint64_t> bytes() const noexcept { return bytes_; }
  /// Changes when the content may have changed (file identity, change counter); empty where there is none.
  const std::string& fingerprint() const noexcept { return fingerprint_; }
  /// "table", "view", "CSV file" ...
  const std::string& native_kind() const noexcept { return native_kind_; }

  Dataset& set_schema(Schema schema) { return schema_ = std::move(schema), *this; }
  Dataset& set_key(std::vector<std::string> key) { return key_ = std::move(key), *this; }
  Dataset& set_positional_ids(bool value) { return positional_ids_ = value, *this; }
  Dataset& set_generates_ids(bool value) { return generates_ids_ = value, *this; }
  Dataset& set_read_only(bool value) { return read_only_ = value, *this; }
  Dataset& set_has_metadata(bool value) { return has_metadata_ = value, *this; }
  Dataset& set_rows(std::optional<std::uint64_t> rows, bool exact) {
    return rows_ = rows, rows_exact_ = exact, *this;
  }
  Dataset& set_bytes(std::optional<std::uint64_t> bytes) { return bytes_ = bytes, *this; }
  Dataset& set_fingerprint(std::string fingerprint) { return fingerprint_ = std::move(fingerprint), *this; }
  Dataset& set_native_kind(std::string kind) { return native_kind_ = std::move(kind), *this; }

 private:
  DatasetOptions options_;
  Layout layout_;
  Schema schema_;
  std::vector<std::string> key_;
  bool positional_ids_ = false;
  bool generates_ids_ = false;
  bool read_only_ = false;
  bool has_metadata_ = false;
  std::optional<std::uint64_t> rows_;
  bool rows_exact_ = false;
  std::optional<std::uint64_t> bytes_;
  std::string fingerprint_;
  std::string native_kind_;
};

using DatasetPointer = std::shared_ptr<const Dataset>;

/// What names of fields mean in a query of that dataset. Lifetime: a columns layout's refers to the dataset's schema.
inline FieldResolution field_resolution(const Dataset& dataset) {
  if (dataset.layout() == Layout::document) return FieldResolution::document();
  return dataset.schema().empty() ? FieldResolution::columns() : FieldResolution::columns(dataset.schema());
}

/// How exactly a type of one store is kept by another (SEMANTICS: judged by the values, not the types alone).
enum class Exactness : std::uint8_t {
  exact,     ///< Every value.
  exact_if,  ///< Checked while copying; the first value that does not fit stops the run.
  encoded,   ///< By a reversible encoding.
  lossy,     ///< Needs the user's word.
  impossible,
};

class TypeMapping {
 public:
  TypeMapping(FieldType type, Exactness exactness, std::string note = {})
      : type_(std::move(type)), exactness_(exactness), note_(std::move(note)) {}
  const FieldType& type() const noexcept { return type_; }
  Exactness exactness() const noexcept { return exactness_; }
  /// Why, for the plan: "integers beyond 64 bits do not fit".
  const std::string& note() const noexcept { return note_; }
  /// The column tells the null of JSON from its own.
  bool keeps_json_null() const noexcept { return keeps_json_null_; }
  TypeMapping& set_keeps_json_null(bool value) { return keeps_json_null_ = value, *this; }
  /// The column takes the character U+0000 within its texts.
  bool keeps_nul() const noexcept { return keeps_nul_; }
  TypeMapping& set_keeps_nul(bool value) { return keeps_nul_ = value, *this; }

 private:
  FieldType type_;
  Exactness exactness_;
  std::string note_;
  bool keeps_json_null_ = false;
  bool keeps_nul_ = true;
};

/// The id of a record in a columns layout: the text of its key column, or a JSON array of several.
/// Errors: SerializationError if a value is null.
std::string key_to_id(const std::vector<Value>& key);
/// The key values of an id, as the types of the key columns say. Nothing if the text cannot be such a key.
std::optional<std::vector<Value>> id_to_key(const std::string& id, const std::vector<FieldType>& types);

}  // namespace dataknobs
