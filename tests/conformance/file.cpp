// SPDX-License-Identifier: Apache-2.0
//
// Files are read here as others write them: CSV, NDJSON and JSON as text, Parquet by Arrow.
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <type_traits>

#include <fmt/format.h>

#include <dataknobs/testing/harness.hpp>
#include "record/batch.hpp"
#include "record/json.hpp"

namespace dataknobs::conformance {
namespace {

enum class Format { csv, ndjson, json, parquet };

constexpr const char* kEndings[] = {"csv", "ndjson", "json", "parquet"};

std::string csv_cell(const Value& value) {
  if (value.is_null()) return {};
  if (value.is_number() || value.type() == ValueType::boolean) return to_text(value);
  std::string cell = "\"";
  for (char character : to_text(value)) {
    if (character == '"') cell += '"';
    cell += character;
  }
  return cell + "\"";
}

std::string csv(const std::vector<Record>& records, const Schema& schema) {
  std::string text;
  auto line = [&](auto cell) {
    for (std::size_t at = 0; at < schema.size(); ++at) {
      if (at != 0) text += ',';
      text += cell(schema.fields()[at].name());
    }
    text += '\n';
  };
  line([](const std::string& name) { return csv_cell(Value(name)); });
  for (const Record& record : records) line([&](const std::string& name) { return csv_cell(record[name]); });
  return text;
}

std::string json_text(const std::vector<Record>& records, bool lines) {
  std::string text = lines ? "" : "[";
  for (std::size_t at = 0; at < records.size(); ++at) {
    if (!lines && at != 0) text += ",\n";
    text += to_document(records[at]).data;
    if (lines) text += '\n';
  }
  return text + (lines ? "" : "]\n");
}

void write_parquet(const std::string& path, const std::vector<Record>& records, const Schema& schema) {
  Batch batch = Batch::from_rows(records).with_schema(schema);
  std::vector<std::shared_ptr<arrow::Field>> fields;
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (std::size_t at = 0; at < schema.size(); ++at) {
    const Column& column = batch.columns()[at];
    if (!column.exceptions().empty())
      throw std::runtime_error("a value of another class: " + schema.fields()[at].name());
    fields.push_back(arrow::field(schema.fields()[at].name(), column.array()->type()));
    arrays.push_back(column.array());
  }
  auto table = arrow::Table::Make(arrow::schema(fields), arrays, static_cast<std::int64_t>(records.size()));
  auto sink = arrow::io::FileOutputStream::Open(path);
  if (!sink.ok()) throw std::runtime_error(sink.status().ToString());
  arrow::Status written = parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), *sink, 64);
  if (!written.ok()) throw std::runtime_error(written.ToString());
}

/// A folder of files of one format.
class FilePlace : public Place {
 public:
  explicit FilePlace(Format format) : format_(format) {}
  std::string url(std::string_view table) const override { return "file:" + path(encoded(table)); }

 protected:
  std::string path(std::string_view name) const {
    return fmt::format("{}/{}.{}", folder_.path(), name, kEndings[static_cast<int>(format_)]);
  }
  Format format() const noexcept { return format_; }

 private:
  Format format_;
  TemporaryFolder folder_;
};

/// Its files are made by others, and read here.
class ForeignFilePlace : public FilePlace {
 public:
  using FilePlace::FilePlace;
  bool make(std::string_view table, const std::vector<Record>& records, const Schema& schema) override {
    std::vector<Record> with_key = records;
    for (Record& record : with_key) {
      // The key column comes first, as the schema has it.
      Record keyed{{"id", *record.id()}};
      keyed.merge(record);
      record = std::move(keyed);
    }
    if (format() == Format::parquet) {
      write_parquet(path(table), with_key, schema);
      return true;
    }
    std::ofstream out(path(table), std::ios::binary);
    out << (format() == Format::csv ? csv(with_key, schema)
                                    : json_text(with_key, format() == Format::ndjson));
    return true;
  }
};

class FileHarness : public Harness {
 public:
  FileHarness(std::string name, Format format, Layout layout)
      : Harness(std::move(name), "file", layout), format_(format) {}
  std::unique_ptr<Place> place() const override { return std::make_unique<FilePlace>(format_); }
  bool lists_tables() const override { return false; }
  std::vector<ValueType> column_types() const override {
    std::vector<ValueType> types = {ValueType::boolean, ValueType::integer, ValueType::floating,
                                    ValueType::string};
    if (format_ == Format::csv) types.push_back(ValueType::decimal);
    if (format_ == Format::parquet) types.push_back(ValueType::binary);
    for (ValueType type : {ValueType::datetime, ValueType::date, ValueType::time}) types.push_back(type);
    return types;
  }
  bool may_refuse(const Value&) const override { return false; }

 protected:
  Format format() const noexcept { return format_; }

 private:
  Format format_;
};

class ForeignFileHarness : public FileHarness {
 public:
  using FileHarness::FileHarness;
  std::unique_ptr<Place> place() const override { return std::make_unique<ForeignFilePlace>(format()); }
  bool read_only() const override { return true; }
};

/// The state of files is in the user's state folder.
class StateFolder {
 public:
  StateFolder() { ::setenv("XDG_STATE_HOME", folder_.path().c_str(), 1); }

 private:
  TemporaryFolder folder_;
};

}  // namespace

std::vector<std::unique_ptr<Harness>> make_harnesses() {
  static const StateFolder state;
  std::vector<std::unique_ptr<Harness>> harnesses;
  const auto add = [&](auto kind, std::string name, Format format, Layout layout) {
    using Kind = typename decltype(kind)::type;
    harnesses.push_back(std::make_unique<Kind>(std::move(name), format, layout));
  };
  constexpr std::type_identity<FileHarness> own;
  constexpr std::type_identity<ForeignFileHarness> foreign;
  add(foreign, "file_csv", Format::csv, Layout::columns);
  add(foreign, "file_ndjson", Format::ndjson, Layout::document);
  add(foreign, "file_json", Format::json, Layout::document);
  add(foreign, "file_parquet", Format::parquet, Layout::columns);
  add(own, "file_ndjson_written", Format::ndjson, Layout::document);
  add(own, "file_json_written", Format::json, Layout::document);
  add(own, "file_csv_written", Format::csv, Layout::columns);
  add(own, "file_parquet_written", Format::parquet, Layout::columns);
  return harnesses;
}

}  // namespace dataknobs::conformance
