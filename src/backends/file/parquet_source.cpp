// SPDX-License-Identifier: Apache-2.0
#include "backends/file/parquet_source.hpp"

#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>
#include <parquet/statistics.h>

#include "backends/file/arrow_status.hpp"
#include "backends/file/parquet_types.hpp"
#include "backends/file/record_ids.hpp"
#include "backends/file/type_json.hpp"
#include "record/json.hpp"

namespace dataknobs::file {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kMaximumRows = 64 << 10;
constexpr std::int64_t kBufferBytes = 256 << 10;

/// An InputFile as Arrow wants it.
class ArrowInput : public arrow::io::RandomAccessFile {
 public:
  explicit ArrowInput(std::shared_ptr<const InputFile> file) : file_(std::move(file)) {}
  arrow::Result<std::int64_t> GetSize() override { return static_cast<std::int64_t>(file_->size()); }
  arrow::Result<std::int64_t> ReadAt(std::int64_t position, std::int64_t size, void* out) override {
    try {
      const std::size_t got = file_->read(static_cast<std::uint64_t>(position), static_cast<char*>(out),
                                          static_cast<std::size_t>(size));
      return static_cast<std::int64_t>(got);
    } catch (const Error& error) {
      return arrow::Status::IOError(error.what());
    }
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(std::int64_t position, std::int64_t size) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(size));
    ARROW_ASSIGN_OR_RAISE(const std::int64_t got, ReadAt(position, size, buffer->mutable_data()));
    ARROW_RETURN_NOT_OK(buffer->Resize(got));
    return std::shared_ptr<arrow::Buffer>(std::move(buffer));
  }
  arrow::Result<std::int64_t> Read(std::int64_t size, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const std::int64_t got, ReadAt(position_, size, out));
    position_ += got;
    return got;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t size) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, size));
    position_ += buffer->size();
    return buffer;
  }
  arrow::Status Seek(std::int64_t position) override {
    position_ = position;
    return arrow::Status::OK();
  }
  arrow::Result<std::int64_t> Tell() const override { return position_; }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }

 private:
  std::shared_ptr<const InputFile> file_;
  std::int64_t position_ = 0;
  bool closed_ = false;
};

[[noreturn]] void raise_parquet(const InputFile& file, std::string_view text) {
  file.check_unchanged();
  Error(ErrorCode::serialization, fmt::format("{} cannot be read as Parquet", file.name()))
      .native("", text)
      .hint("is the file complete?")
      .raise();
}

/// Runs what Arrow or Parquet may fail in, and says of which file.
template <class Work>
auto reading(const InputFile& file, const Work& work) {
  try {
    return work();
  } catch (const parquet::ParquetException& error) {
    raise_parquet(file, error.what());
  } catch (const SerializationError& error) {
    if (!error.native_text().empty()) raise_parquet(file, error.native_text());
    Error(ErrorCode::serialization, fmt::format("{}: {}", file.name(), error.message()))
        .hint(error.hint())
        .raise();
  }
}

constexpr const char* kLeaveOut = "leave the column out with --select";

/// The type of the column, or an error if there is none for it.
FieldType type_of_field(const arrow::Field& field, ParquetHint hint, std::optional<Error>& unreadable) {
  try {
    return type_of_arrow(*field.type(), hint);
  } catch (const Error& error) {
    unreadable = error;
    unreadable->field_path(field.name()).hint(kLeaveOut);
    return {};
  }
}

std::unique_ptr<parquet::arrow::FileReader> open_reader(const std::shared_ptr<const InputFile>& file,
                                                        std::int64_t batch_rows) {
  parquet::ReaderProperties properties(arrow::default_memory_pool());
  properties.enable_buffered_stream();
  properties.set_buffer_size(kBufferBytes);
  parquet::ArrowReaderProperties arrow_properties(false);
  arrow_properties.set_batch_size(batch_rows);
  arrow_properties.set_pre_buffer(false);
  parquet::arrow::FileReaderBuilder builder;
  check(builder.Open(std::make_shared<ArrowInput>(file), properties));
  builder.properties(arrow_properties);
  std::unique_ptr<parquet::arrow::FileReader> reader;
  check(builder.Build(&reader));
  return reader;
}

void collect_leaves(const parquet::arrow::SchemaField& field, std::vector<int>& leaves) {
  if (field.is_leaf()) leaves.push_back(field.column_index);
  for (const parquet::arrow::SchemaField& child : field.children) collect_leaves(child, leaves);
}

ParquetHint hint_of(const parquet::SchemaDescriptor& schema, const std::vector<int>& leaves) {
  if (leaves.size() != 1) return ParquetHint::none;
  const std::shared_ptr<const parquet::LogicalType>& type = schema.Column(leaves[0])->logical_type();
  if (type && type->is_UUID()) return ParquetHint::uuid;
  return type && type->is_JSON() ? ParquetHint::json : ParquetHint::none;
}

/// What we had noted when we wrote the file.
struct Note {
  Schema schema;
  std::vector<std::string> key;
};

Note read_note(const parquet::FileMetaData& metadata) {
  Note note;
  const auto& pairs = metadata.key_value_metadata();
  const int at = pairs ? pairs->FindKey("dataknobs") : -1;
  if (at < 0) return note;
  const Json json(parse_json_object(pairs->value(at)));
  const Value* version = json.find("version");
  if (version == nullptr || *version != Value(kVersion)) {
    Error(ErrorCode::serialization, "written by another version of dataknobs").raise();
  }
  if (const Value* columns = json.find("columns"))
    note.schema = schema_from_json(*columns).value_or(Schema());
  if (const Value* key = json.find("key"))
    note.key = names_from_json(*key).value_or(std::vector<std::string>());
  return note;
}

/// True unless each row group says that the column has no null.
bool may_be_null(const parquet::FileMetaData& metadata, const std::vector<int>& leaves) {
  if (leaves.size() != 1) return true;
  if (metadata.schema()->Column(leaves[0])->max_definition_level() == 0) return false;
  for (int group = 0; group < metadata.num_row_groups(); ++group) {
    const auto chunk = metadata.RowGroup(group)->ColumnChunk(leaves[0]);
    const std::shared_ptr<parquet::Statistics> statistics = chunk->statistics();
    if (!statistics || !statistics->HasNullCount() || statistics->null_count() != 0) return true;
  }
  return false;
}

std::shared_ptr<const ParquetIndex> make_index(const InputFile& file,
                                               const parquet::arrow::FileReader& reader) {
  auto index = std::make_shared<ParquetIndex>();
  const std::shared_ptr<parquet::FileMetaData> metadata = reader.parquet_reader()->metadata();
  const Note note = read_note(*metadata);
  index->key = note.key;
  index->native_schema = metadata->schema()->ToString();
  std::vector<FieldDescription> fields;
  for (const parquet::arrow::SchemaField& field : reader.manifest().schema_fields) {
    std::vector<int> leaves;
    collect_leaves(field, leaves);
    const std::string& name = field.field->name();
    const arrow::DataType& stored = *field.field->type();
    const FieldDescription* noted = note.schema.find(name);
    // Another program may have changed the column and kept the note.
    const bool as_noted = noted != nullptr && arrow_type_of(noted->type())->Equals(stored);
    index->unreadable.emplace_back();
    const FieldType type = as_noted ? noted->type()
                                    : type_of_field(*field.field, hint_of(*metadata->schema(), leaves),
                                                    index->unreadable.back());
    fields.emplace_back(name, type, field.field->nullable());
    index->is_void.push_back(stored.id() == arrow::Type::NA);
    index->may_be_null.push_back(may_be_null(*metadata, leaves));
    index->leaves.push_back(std::move(leaves));
  }
  index->schema = Schema(std::move(fields));
  std::uint64_t bytes = 0;
  for (int group = 0; group < metadata->num_row_groups(); ++group) {
    index->places.push_back({static_cast<std::uint64_t>(group), index->rows});
    const auto row_group = metadata->RowGroup(group);
    index->rows += static_cast<std::uint64_t>(row_group->num_rows());
    bytes += static_cast<std::uint64_t>(row_group->total_byte_size());
  }
  index->places.push_back({static_cast<std::uint64_t>(metadata->num_row_groups()), index->rows});
  index->row_bytes = std::max<std::uint64_t>(1, bytes / std::max<std::uint64_t>(1, index->rows));
  file.check_unchanged();
  return index;
}

class ParquetSource : public Source {
 public:
  ParquetSource(const ParquetTable& table, const Part& part, const SourceRequest& request)
      : table_(table),
        row_(part.first_row + request.rows_before),
        ids_wanted_(table.key.empty() || request.keyed_ids) {
    std::vector<FieldDescription> fields;
    std::vector<int> leaves;
    const std::vector<FieldDescription>& all = table_.index->schema.fields();
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto among = [&](const std::vector<std::string>& names) {
        return std::find(names.begin(), names.end(), all[i].name()) != names.end();
      };
      if (!request.fields.empty() && !among(request.fields) && !among(table_.key)) continue;
      if (table_.index->unreadable[i]) table_.index->unreadable[i]->raise();
      fields.push_back(all[i]);
      leaves.insert(leaves.end(), table_.index->leaves[i].begin(), table_.index->leaves[i].end());
    }
    // Without a column a batch would have no size.
    if (fields.empty() && !all.empty()) leaves = table_.index->leaves[0];
    schema_ = Schema(std::move(fields));
    std::vector<int> groups;
    for (std::uint64_t group = part.begin; group < part.end; ++group)
      groups.push_back(static_cast<int>(group));
    const std::uint64_t rows = std::max<std::uint64_t>(1, request.batch_bytes / table_.index->row_bytes);
    const auto batch_rows = static_cast<std::int64_t>(std::min<std::uint64_t>(rows, kMaximumRows));
    reading(*table_.file, [&] {
      reader_ = open_reader(table_.file, batch_rows);
      batches_ = take(reader_->GetRecordBatchReader(groups, leaves));
    });
  }

  std::optional<Batch> next() override {
    return reading(*table_.file, [&]() -> std::optional<Batch> {
      std::shared_ptr<arrow::RecordBatch> batch;
      do {
        read_next(batch);
      } while (batch && batch->num_rows() == 0);
      if (!batch) {
        table_.file->check_unchanged();
        return std::nullopt;
      }
      std::vector<Column> columns;
      for (std::size_t i = 0; i < schema_.size(); ++i) {
        columns.push_back(column_of_arrow(schema_.fields()[i].type(), batch->column(static_cast<int>(i))));
      }
      std::shared_ptr<arrow::Array> ids;
      if (ids_wanted_) ids = make_ids(*table_.file, table_.key, schema_, columns, row_, batch->num_rows());
      row_ += static_cast<std::uint64_t>(batch->num_rows());
      return Batch::from_columns(schema_, std::move(columns), std::move(ids));
    });
  }

 private:
  void read_next(std::shared_ptr<arrow::RecordBatch>& batch) {
    const arrow::Status status = batches_->ReadNext(&batch);
    // Arrow writes lists of a fixed size that are null, and takes them for lists of size 0 when it reads them.
    if (status.message().find("lists to be of size") != std::string::npos) raise_null_lists(status.message());
    check(status);
  }

  [[noreturn]] void raise_null_lists(const std::string& text) const {
    Error error(ErrorCode::unsupported, "lists of a fixed size cannot be read where some of them are null");
    for (const parquet::arrow::SchemaField& field : reader_->manifest().schema_fields) {
      const bool suspect = field.field->type()->id() == arrow::Type::FIXED_SIZE_LIST;
      if (suspect && schema_.find(field.field->name()) != nullptr) error.field_path(field.field->name());
    }
    error.native("", text).hint(fmt::format("{}, or write it as lists of any size", kLeaveOut)).raise();
  }

  ParquetTable table_;
  std::uint64_t row_;
  bool ids_wanted_;
  Schema schema_;
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
};

}  // namespace

std::shared_ptr<const ParquetIndex> read_parquet_index(const std::shared_ptr<const InputFile>& file) {
  return reading(*file, [&] { return make_index(*file, *open_reader(file, 1)); });
}

std::unique_ptr<Source> read_parquet(const ParquetTable& table, const Part& part,
                                     const SourceRequest& request) {
  return std::make_unique<ParquetSource>(table, part, request);
}

}  // namespace dataknobs::file
