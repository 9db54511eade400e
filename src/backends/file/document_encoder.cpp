// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "backends/file/document_format.hpp"
#include "backends/file/encoder.hpp"
#include "backends/file/type_json.hpp"
#include "record/json.hpp"

namespace dataknobs::file {
namespace {

class DocumentEncoder : public Encoder {
 public:
  explicit DocumentEncoder(const Shape& shape)
      : array_(shape.options.format == Format::json), schema_(shape.schema) {
    // A member `id` is the id by itself.
    if (shape.key != std::vector<std::string>{"id"}) note_.key = shape.key;
  }

  void begin(OutputFile& output) override {
    if (array_) output.append("[\n");
  }

  void write(const Batch& batch, OutputFile& output) override {
    if (batch.empty()) return;
    for (std::uint64_t offset = 0; offset < batch.size(); offset += kRecordsAtOnce) {
      const Batch part = batch.slice(offset, kRecordsAtOnce);
      write_records(part.rows(), output);
    }
    pour(output);
  }

  void end_chunk(OutputFile&) override {}

  void finish(OutputFile& output) override {
    if (array_) output.append(first_ ? "]\n" : "\n]\n");
  }

  std::string state() const override {
    Json::Object object;
    object.emplace_back("first", first_);
    object.emplace_back("note", note_.to_json());
    return to_json(Value(Json(std::move(object))));
  }

  void restore(const std::string& state) override {
    const Json json(parse_json_object(state));
    const Value* first = json.find("first");
    const Value* note = json.find("note");
    if (first == nullptr || note == nullptr)
      Error(ErrorCode::internal, "the state of a file is damaged").raise();
    first_ = first->get<bool>();
    note_ = FileNote::from_json(parse_json(note->get<std::string>()));
  }

 private:
  static constexpr std::size_t kBlockBytes = 64U << 10U;

  void write_records(const std::vector<Record>& records, OutputFile& output) {
    if (first_) choose_types(records);
    for (const Record& record : records) {
      if (array_ && !first_) text_ += ",\n";
      append_document(text_, record, note_, first_, id_is_known(record));
      if (!array_) text_ += '\n';
      first_ = false;
      if (text_.size() >= kBlockBytes) pour(output);
    }
  }

  void pour(OutputFile& output) {
    output.append(text_);
    text_.clear();
  }

  /// Types that hold for the whole file, so that records need no word of their own.
  void choose_types(const std::vector<Record>& records) {
    for (const FieldDescription& field : schema_.fields()) {
      if (!field.name().starts_with('$') && is_noted(field.type().kind())) {
        note_.types.emplace(field.name(), field.type().kind());
      }
    }
    note_types(note_, records);
  }

  /// The members of a key are the id of each record, whatever id it had elsewhere.
  bool id_is_known(const Record& record) const {
    if (note_.key.empty()) return !record.id() || id_of_members(record, {"id"}) == record.id();
    for (const std::string& name : note_.key) {
      if (!record[name].is_null()) continue;
      Error error(ErrorCode::validation, fmt::format("the record has no '{}', which is of its key", name));
      if (record.id()) error.record_id(*record.id());
      error.field_path(name).hint("give key= with members that all records have").raise();
    }
    return true;
  }

  bool array_;
  Schema schema_;
  FileNote note_;
  bool first_ = true;
  std::string text_;
};

}  // namespace

std::unique_ptr<Encoder> make_document_encoder(const Shape& shape) {
  return std::make_unique<DocumentEncoder>(shape);
}

}  // namespace dataknobs::file
