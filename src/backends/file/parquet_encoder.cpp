// SPDX-License-Identifier: Apache-2.0
//
// Parquet is made to be written in one go: its footer knows all row groups. Here each chunk is a whole Parquet file,
// written behind the ones before with offsets of the file as a whole, its own footer included. At the end one more
// footer with the row groups of all chunks follows, and it is the one that readers see; the others are gaps of some
// kilobytes. So a load can be cut off behind any chunk, and nothing is written twice.
#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>
#include <parquet/file_writer.h>
#include <parquet/metadata.h>

#include <cstring>

#include "backends/file/arrow_status.hpp"
#include "backends/file/encoder.hpp"
#include "backends/file/parquet_types.hpp"
#include "backends/file/type_json.hpp"
#include "record/json.hpp"

namespace dataknobs::file {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kMostPageBytes = 1 << 20;
constexpr std::int64_t kRowGroupRows = 128 << 10;
// The length of a footer and the magic number behind it.
constexpr std::size_t kTailBytes = 8;

/// An OutputFile as Arrow wants it. What fails is kept, to be thrown as it was.
class ArrowOutput : public arrow::io::OutputStream {
 public:
  /// `from_start`: what is written counts as the start of a file until there is something.
  ArrowOutput(OutputFile& output, bool from_start) : output_(&output), begun_(!from_start) {}
  arrow::Status Write(const void* data, std::int64_t size) override {
    if (output_ == nullptr) return arrow::Status::Cancelled("the file was abandoned");
    try {
      begun_ = true;
      output_->append({static_cast<const char*>(data), static_cast<std::size_t>(size)});
      return arrow::Status::OK();
    } catch (const Error& error) {
      failure_ = std::current_exception();
      return arrow::Status::IOError(error.what());
    }
  }
  /// The place in the file; but nothing is before the first write, for Parquet refuses to append.
  arrow::Result<std::int64_t> Tell() const override {
    return output_ == nullptr || !begun_ ? 0 : static_cast<std::int64_t>(output_->position());
  }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }
  /// From now on nothing is written.
  void detach() noexcept { output_ = nullptr; }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  OutputFile* output_;
  bool begun_;
  std::exception_ptr failure_;
  bool closed_ = false;
};

class ParquetEncoder : public Encoder {
 public:
  explicit ParquetEncoder(const Shape& shape) : shape_(shape) {}
  ~ParquetEncoder() override {
    // Arrow's writer closes its file when it goes.
    if (sink_) sink_->detach();
  }

  void set_buffer_bytes(std::uint64_t bytes) override { row_group_bytes_ = bytes; }

  void begin(OutputFile&) override {}

  void write(const Batch& given, OutputFile& output) override {
    if (given.empty()) return;
    refuse_metadata(given, "Parquet file");
    const Batch keyed = with_key_column(given, shape_.key);
    if (shape_.schema.empty()) shape_.schema = keyed.schema();
    const Batch batch = keyed.with_schema(shape_.schema);
    std::vector<std::shared_ptr<arrow::Array>> arrays;
    for (std::size_t i = 0; i < shape_.schema.size(); ++i) {
      const auto misfit = [&](std::int64_t row, const Value& value) {
        raise_misfit(given, row, shape_.key, shape_.schema.fields()[i], value, "");
      };
      arrays.push_back(arrow_of_column(batch.columns()[i], misfit));
      if (!shape_.schema.fields()[i].nullable())
        refuse_nulls(given, *arrays.back(), shape_.schema.fields()[i]);
    }
    const auto rows = static_cast<std::int64_t>(batch.size());
    writing([&] {
      if (!writer_) open_writer(output);
      check(writer_->WriteRecordBatch(*arrow::RecordBatch::Make(arrow_schema(), rows, std::move(arrays))));
      group_bytes_ += batch.memory();
      if (group_bytes_ < row_group_bytes_) return;
      check(writer_->NewBufferedRowGroup());
      group_bytes_ = 0;
    });
  }

  void end_chunk(OutputFile& output) override {
    if (!writer_) return;
    writing([&] {
      check(writer_->AddKeyValueMetadata(note()));
      check(writer_->Close());
    });
    writer_.reset();
    chunk_ends_.push_back(output.position());
  }

  void finish(OutputFile& output) override {
    if (shape_.schema.empty()) {
      Error(ErrorCode::unsupported, "a Parquet file needs at least one column").hint("write NDJSON").raise();
    }
    if (chunk_ends_.empty()) {
      writing([&] { open_writer(output); });
      end_chunk(output);
    }
    if (chunk_ends_.size() == 1) return;
    writing([&] {
      const std::shared_ptr<parquet::FileMetaData> all = footer(output, chunk_ends_.front());
      for (std::size_t i = 1; i < chunk_ends_.size(); ++i)
        all->AppendRowGroups(*footer(output, chunk_ends_[i]));
      sink_ = std::make_shared<ArrowOutput>(output, false);
      parquet::WriteFileMetaData(*all, sink_.get());
    });
  }

  std::string state() const override {
    Json::Array ends;
    for (const std::uint64_t end : chunk_ends_) ends.emplace_back(static_cast<std::int64_t>(end));
    Json::Object object;
    object.emplace_back("columns", schema_to_json(shape_.schema));
    object.emplace_back("chunks", Json(std::move(ends)));
    return to_json(Value(Json(std::move(object))));
  }

  void restore(const std::string& state) override {
    const Json json(parse_json_object(state));
    const Value* columns = json.find("columns");
    const Value* chunks = json.find("chunks");
    std::optional<Schema> schema = columns == nullptr ? std::nullopt : schema_from_json(*columns);
    if (!schema || chunks == nullptr)
      Error(ErrorCode::internal, "the state of a Parquet file is damaged").raise();
    shape_.schema = std::move(*schema);
    for (const Value& end : chunks->get<Json>().array()) {
      chunk_ends_.push_back(static_cast<std::uint64_t>(end.get<std::int64_t>()));
    }
  }

 private:
  template <class Work>
  void writing(const Work& work) {
    try {
      work();
    } catch (const parquet::ParquetException& error) {
      if (sink_) sink_->rethrow();
      Error(ErrorCode::serialization, "the Parquet file cannot be written").native("", error.what()).raise();
    } catch (const Error&) {
      if (sink_) sink_->rethrow();
      throw;
    }
  }

  void refuse_nulls(const Batch& batch, const arrow::Array& array, const FieldDescription& field) const {
    if (array.null_count() == 0) return;
    std::int64_t row = 0;
    while (!array.IsNull(row)) ++row;
    Error error(ErrorCode::validation, fmt::format("column {} must not be null", field.name()));
    name_record(error, batch, row, shape_.key);
    error.field_path(field.name()).raise();
  }

  const std::shared_ptr<arrow::Schema>& arrow_schema() {
    if (arrow_schema_) return arrow_schema_;
    arrow::FieldVector fields;
    for (const FieldDescription& field : shape_.schema.fields()) {
      fields.push_back(arrow::field(field.name(), arrow_type_of(field.type()), field.nullable()));
    }
    arrow_schema_ = arrow::schema(std::move(fields));
    return arrow_schema_;
  }

  /// Types and key, so that reading gives back what Parquet's own types do not say.
  std::shared_ptr<const arrow::KeyValueMetadata> note() const {
    Json::Object object;
    object.emplace_back("version", kVersion);
    object.emplace_back("columns", schema_to_json(shape_.schema));
    if (!shape_.key.empty()) object.emplace_back("key", names_to_json(shape_.key));
    return arrow::key_value_metadata({"dataknobs"}, {to_json(Value(Json(std::move(object))))});
  }

  void open_writer(OutputFile& output) {
    const auto row_group_bytes = static_cast<std::int64_t>(row_group_bytes_);
    parquet::WriterProperties::Builder properties;
    properties.compression(parquet::Compression::ZSTD)
        ->created_by("dataknobs")
        // Each column keeps a page and a dictionary of its own besides the row group.
        ->data_pagesize(std::min<std::int64_t>(kMostPageBytes, row_group_bytes / 16))
        ->dictionary_pagesize_limit(std::min<std::int64_t>(kMostPageBytes, row_group_bytes / 16))
        ->max_row_group_length(kRowGroupRows);
    sink_ = std::make_shared<ArrowOutput>(output, true);
    writer_ = take(parquet::arrow::FileWriter::Open(*arrow_schema(), arrow::default_memory_pool(), sink_,
                                                    properties.build(),
                                                    parquet::default_arrow_writer_properties()));
    group_bytes_ = 0;
  }

  /// The footer of the chunk that ends there.
  static std::shared_ptr<parquet::FileMetaData> footer(OutputFile& output, std::uint64_t chunk_end) {
    const std::string tail = output.read(chunk_end - kTailBytes, kTailBytes);
    std::uint32_t length = 0;
    std::memcpy(&length, tail.data(), sizeof length);
    const std::string text = output.read(chunk_end - kTailBytes - length, length);
    return parquet::FileMetaData::Make(text.data(), &length);
  }

  Shape shape_;
  std::shared_ptr<arrow::Schema> arrow_schema_;
  std::shared_ptr<ArrowOutput> sink_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  std::uint64_t row_group_bytes_ = std::uint64_t{32} << 20U;
  std::uint64_t group_bytes_ = 0;
  std::vector<std::uint64_t> chunk_ends_;
};

}  // namespace

std::unique_ptr<Encoder> make_parquet_encoder(const Shape& shape) {
  return std::make_unique<ParquetEncoder>(shape);
}

}  // namespace dataknobs::file
