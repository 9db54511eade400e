// SPDX-License-Identifier: Apache-2.0
#include "backends/file/folder_source.hpp"

#include <arrow/array/util.h>
#include <fmt/format.h>

#include "backends/file/arrow_status.hpp"
#include "backends/file/folder_schema.hpp"
#include "backends/file/record_ids.hpp"

namespace dataknobs::file {
namespace {

bool among(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class FolderSource : public Source {
 public:
  FolderSource(const FileDataset& dataset, const Part& part, const SourceRequest& request)
      : folder_(dataset.folder()),
        options_(dataset.file_options()),
        schema_(dataset.schema()),
        key_(dataset.layout() == Layout::columns ? dataset.key() : dataset.id_members()),
        key_wins_(!dataset.options().key().empty() || folder_->has_field("id")),
        is_columns_(dataset.layout() == Layout::columns),
        part_(part),
        request_(request),
        wanted_(folder_->matching(dataset, request.filter)) {}

  std::optional<Batch> next() override {
    while (true) {
      if (!inner_ && !open_next()) return std::nullopt;
      std::optional<Batch> batch = inner_->next();
      if (batch) {
        row_ += batch->size();
        return is_columns_ ? complete(*batch) : std::move(batch);
      }
      inner_.reset();
      input_.reset();
    }
  }

 private:
  bool open_next() {
    for (; next_ < folder_->files.size(); ++next_) {
      const Folder::File& file = folder_->files[next_];
      const std::uint64_t begin = std::max(part_.begin, file.begin);
      const std::uint64_t end = std::min(part_.end, file.end);
      if (!wanted_[next_] || begin >= end) continue;
      // The records before a part that begins within a file are those that the part says.
      row_ = begin == part_.begin ? part_.first_row : file.first_row;
      open(file, {begin - file.begin + file.first_offset, end - file.begin + file.first_offset,
                  row_ - file.first_row, 0});
      ++next_;
      return true;
    }
    return false;
  }

  void open(const Folder::File& file, const Part& part) {
    input_ = InputFile::open_existing(file.path, file.compression, options_.encoding);
    if (!input_ || input_->identity() != file.identity) {
      Error(ErrorCode::concurrency,
            fmt::format("{} was {} while its folder was read", file.path, input_ ? "changed" : "removed"))
          .hint("run the command again when the folder is complete")
          .raise();
    }
    constants_ = &folder_->groups[file.group];
    constant_columns_.clear();
    SourceRequest request = request_;
    request.filter = Expression();
    request.rows_before = file.first_row;
    if (!is_columns_) {
      for (const Field& field : constants_->fields())
        request.constants.emplace_back(field.name(), field.value());
      inner_ = read_documents({input_, file.documents, key_, key_wins_}, part, request);
      return;
    }
    std::shared_ptr<const ParquetIndex> parquet;
    if (options_.format == Format::parquet) parquet = read_parquet_index(input_);
    const Schema own = parquet ? parquet->schema : schema_of(*file.columns);
    narrow(request.fields, own);
    // Ids by a key are made here, where all of its columns are.
    request.keyed_ids = false;
    std::vector<std::string> key;
    if (!key_.empty())
      key.push_back(request.fields.empty() ? own.fields().front().name() : request.fields.front());
    if (parquet) {
      inner_ = read_parquet({input_, parquet, key}, part, request);
    } else {
      auto index = std::make_shared<CsvIndex>();
      index->schema = own;
      inner_ = read_csv({input_, options_.dialect, std::move(index), key}, part, request);
    }
  }

  Schema schema_of(const std::vector<std::string>& columns) const {
    std::vector<FieldDescription> fields;
    for (const std::string& name : columns) fields.push_back(*schema_.find(name));
    return Schema(std::move(fields));
  }

  /// The fields of a file that are wanted; one at least, which gives batches their size.
  void narrow(std::vector<std::string>& fields, const Schema& own) const {
    if (fields.empty()) return;
    fields.insert(fields.end(), key_.begin(), key_.end());
    std::erase_if(fields, [&](const std::string& name) { return own.find(name) == nullptr; });
    if (fields.empty()) fields.push_back(own.fields().front().name());
  }

  Batch complete(const Batch& batch) {
    std::vector<FieldDescription> fields;
    std::vector<Column> columns;
    const auto rows = static_cast<std::int64_t>(batch.size());
    for (const FieldDescription& field : schema_.fields()) {
      const bool wanted =
          request_.fields.empty() || among(request_.fields, field.name()) || among(key_, field.name());
      if (!wanted) continue;
      fields.push_back(field);
      if (const Value* value = constants_->find(field.name())) {
        columns.push_back(constant(field, *value, rows));
      } else if (const auto at = batch.schema().index_of(field.name())) {
        columns.push_back(widened(batch.columns()[*at], field.type()));
      } else {
        columns.push_back(constant(field, Value(), rows));
      }
    }
    const Schema schema(std::move(fields));
    std::shared_ptr<arrow::Array> ids = key_.empty() ? batch.ids() : nullptr;
    if (!key_.empty() && request_.keyed_ids)
      ids = make_ids(*input_, key_, schema, columns, row_ - batch.size(), rows);
    return Batch::from_columns(schema, std::move(columns), std::move(ids));
  }

  /// A column of one value; kept for the batches of a file, which are of about one size.
  Column constant(const FieldDescription& field, const Value& value, std::int64_t rows) {
    const auto found = constant_columns_.find(field.name());
    if (found != constant_columns_.end() && found->second.size() >= rows) return found->second.slice(0, rows);
    ColumnBuilder builder(field.type());
    builder.reserve(rows);
    for (std::int64_t row = 0; row < rows; ++row) builder.append(value);
    return constant_columns_.insert_or_assign(field.name(), builder.finish()).first->second;
  }

  std::shared_ptr<const Folder> folder_;
  FileOptions options_;
  Schema schema_;
  std::vector<std::string> key_;
  bool key_wins_;
  bool is_columns_;
  Part part_;
  SourceRequest request_;
  std::vector<bool> wanted_;
  std::size_t next_ = 0;
  std::uint64_t row_ = 0;  ///< Of the folder, behind the last batch.
  std::shared_ptr<const InputFile> input_;
  std::unique_ptr<Source> inner_;
  const Record* constants_ = nullptr;
  std::map<std::string, Column> constant_columns_;
};

}  // namespace

std::unique_ptr<Source> read_folder(const FileDataset& dataset, const Part& part,
                                    const SourceRequest& request) {
  return std::make_unique<FolderSource>(dataset, part, request);
}

}  // namespace dataknobs::file
