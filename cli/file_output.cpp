// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "database/config.hpp"
#include "database/registry.hpp"
#include "output.hpp"
#include "record_spool.hpp"
#include "transfer/schema_inference.hpp"

namespace dataknobs::cli {

namespace {

/// The columns of CSV and Parquet in their order, each of a type that takes all of its values.
class ShownColumns {
 public:
  /// Those that are known before the first record: of the dataset, or what was selected.
  ShownColumns(const Dataset& dataset, const std::vector<Path>& select) {
    for (const Path& path : select) {
      const bool whole_field = path.steps().size() == 1 && !path.is_metadata();
      const FieldDescription* column = whole_field ? dataset.schema().find(path.root()) : nullptr;
      place_of(whole_field ? path.root() : path.to_string(),
               column != nullptr ? column->type() : FieldType());
    }
    if (!select.empty()) return;
    if (shows_ids(dataset, select)) place_of("id", FieldType(ValueType::string));
    for (const FieldDescription& field : dataset.schema().fields()) place_of(field.name(), field.type());
  }

  void note(const Field& field) {
    const std::size_t place = place_of(field.name(), FieldType());
    const FieldType type(field.value().type());
    FieldType& shown = types_[place];
    if (type.is_any() || type.kind() == shown.kind() || mixed_.contains(place)) return;
    shown = shown.is_any() ? type : common_type(shown, type);
    if (shown.is_any()) mixed_.insert(place);
  }

  /// Without types each value of a column is written as what it is.
  Schema schema(bool typed) const {
    std::vector<FieldDescription> fields;
    for (std::size_t i = 0; i < names_.size(); ++i)
      fields.emplace_back(names_[i], typed ? types_[i] : FieldType());
    return Schema(std::move(fields));
  }

 private:
  std::size_t place_of(const std::string& name, const FieldType& type) {
    const auto [found, is_new] = places_.emplace(name, names_.size());
    if (is_new) {
      names_.push_back(name);
      types_.push_back(type);
    }
    return found->second;
  }

  std::vector<std::string> names_;
  std::vector<FieldType> types_;  ///< "any" while no value was seen, or of what has no type in common.
  std::map<std::string, std::size_t> places_;
  std::set<std::size_t> mixed_;
};

/// CSV and Parquet through the file store's writer to standard output. It has to know its columns first: CSV their
/// names, Parquet also types that take all of their values. As long as it does not, records wait outside of memory.
class FileOutput final : public RecordOutput {
 public:
  FileOutput(std::string format, const Dataset& dataset, const std::vector<Path>& select)
      : format_(std::move(format)),
        typed_(format_ == "parquet"),
        waits_(typed_ || (select.empty() && dataset.layout() == Layout::document)),
        show_id_(shows_ids(dataset, select)),
        columns_(dataset, select) {}

  Task<void> write(const Records& records) override {
    Records shown;
    for (const Record& record : records) {
      Record fields = with_id(record, show_id_);
      if (waits_) {
        for (const Field& field : fields.fields()) columns_.note(field);
        spool_.append(fields);
      } else {
        shown.push_back(std::move(fields));
      }
    }
    if (!waits_) co_await put(std::move(shown));
  }

  Task<void> finish() override {
    if (!writer_) co_await open();
    while (waits_) {
      Records records = spool_.next();
      if (records.empty()) break;
      co_await put(std::move(records));
    }
    co_await writer_->finish(context_);
  }

 private:
  Task<void> open() {
    const StoreUrl url = StoreUrl::parse("file:-?format=" + format_);
    backend_ = open_backend(url);
    session_ = co_await backend_->session(context_, SessionMode::autocommit);
    CreateRequest request(Registry::instance().find("file").dataset(url), Layout::columns);
    schema_ = columns_.schema(typed_);
    request.set_schema(schema_);
    const DatasetPointer dataset = co_await session_->create_dataset(context_, request);
    const WriterOptions options(dataset, WriteMode::insert);
    writer_ = co_await session_->writer(context_, options);
  }

  Task<void> put(Records records) {
    if (!writer_) co_await open();
    const Batch batch = Batch::from_rows(std::move(records)).with_schema(schema_);
    co_await writer_->write(context_, batch);
  }

  std::string format_;
  bool typed_;
  bool waits_;
  bool show_id_;
  ShownColumns columns_;
  RecordSpool spool_;
  Context context_;
  Schema schema_;
  // The members' order is the order of their lives: the writer ends before its session.
  std::shared_ptr<Backend> backend_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace

std::unique_ptr<RecordOutput> make_file_output(const std::string& format, const Dataset& dataset,
                                               const std::vector<Path>& select) {
  return std::make_unique<FileOutput>(format, dataset, select);
}

}  // namespace dataknobs::cli
