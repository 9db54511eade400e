// SPDX-License-Identifier: Apache-2.0
#include "backends/file/folder_parts.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <fmt/format.h>

#include "backends/file/folder_names.hpp"
#include "backends/file/folder_schema.hpp"
#include "record/nearest.hpp"
#include "runtime/system_file.hpp"

namespace dataknobs::file {
namespace {

namespace fs = std::filesystem;

/// What a name may have on the file systems that there are.
constexpr std::size_t kMostNameBytes = 255;
/// Files that can be gone on with.
constexpr std::size_t kMostFiles = 1000;
/// What an array of a few records takes beside its values, about.
constexpr std::uint64_t kColumnOverhead = 256;

bool among(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// How the files in the folders are to look.
Shape inner_of(const Shape& shape) {
  Shape inner = shape;
  const std::vector<std::string>& partition = shape.options.partition;
  std::vector<FieldDescription> fields;
  for (const FieldDescription& field : shape.schema.fields()) {
    if (!among(partition, field.name())) fields.push_back(field);
  }
  inner.schema = Schema(std::move(fields));
  const auto in_folders = [&](const std::string& name) { return among(partition, name); };
  if (std::any_of(shape.key.begin(), shape.key.end(), in_folders)) inner.key.clear();
  return inner;
}

std::string text_of_value(const Value& value) {
  const auto* real = value.get_if<double>();
  if (real == nullptr) return to_text(value);
  std::string text;
  append_float(text, *real);
  return text;
}

}  // namespace

void check_partition(const Shape& shape) {
  if (layout_of(shape.options.format) == Layout::document || shape.schema.empty()) return;
  const std::vector<std::string>& partition = shape.options.partition;
  for (const std::string& name : partition) {
    if (shape.schema.find(name) != nullptr) continue;
    std::vector<std::string_view> known;
    for (const FieldDescription& field : shape.schema.fields()) known.push_back(field.name());
    const std::optional<std::string_view> nearest = nearest_name(name, known);
    Error(ErrorCode::configuration,
          fmt::format("partition= names '{}', which is no field that is written", name))
        .field_path(name)
        .hint(nearest ? fmt::format("did you mean '{}'?", *nearest) : std::string())
        .raise();
  }
  if (partition.size() < shape.schema.size()) return;
  Error(ErrorCode::configuration, "partition= names all fields: the files would have no columns")
      .hint("leave out one of the fields of partition=")
      .raise();
}

TypeMapping map_folder_type(const FieldType& type) {
  const FieldType kept = FieldType(type).set_native("folder name");
  switch (type.kind()) {
    case ValueType::null:
      return {FieldType(ValueType::string).set_native("folder name"), Exactness::lossy,
              "values of different types become text in the name of a folder"};
    case ValueType::json:
    case ValueType::vector:
    case ValueType::binary:
      return {kept, Exactness::impossible,
              fmt::format("{} values do not become names of folders: take it out of partition=",
                          type.to_string())};
    case ValueType::string:
    case ValueType::decimal:
      return {kept, Exactness::exact_if, "texts that the name of a folder has room for"};
    default:
      return {kept, Exactness::exact};
  }
}

FolderParts::FolderParts(std::string folder, const Shape& shape)
    : folder_(std::move(folder)), shape_(shape), inner_(inner_of(shape)) {
  make_encoder(inner_);
  types_.resize(shape_.options.partition.size());
  for (std::size_t i = 0; i < types_.size(); ++i) {
    const FieldDescription* field = shape_.schema.find(shape_.options.partition[i]);
    if (field != nullptr) types_[i] = field->type();
  }
}

FolderParts::~FolderParts() = default;

void FolderParts::set_schema(Schema schema) {
  shape_.schema = std::move(schema);
  inner_ = inner_of(shape_);
}

void FolderParts::write(const Batch& given) {
  if (given.empty()) return;
  const bool is_columns = layout_of(shape_.options.format) == Layout::columns;
  if (is_columns) refuse_metadata(given, native_kind(shape_.options.format));
  const Batch batch = is_columns ? with_key_column(given, shape_.key) : given;
  if (is_columns && shape_.schema.empty()) {
    set_schema(batch.schema());
    check_partition(shape_);
    for (std::size_t i = 0; i < types_.size(); ++i)
      types_[i] = shape_.schema.find(shape_.options.partition[i])->type();
  }
  if (types_.empty()) {
    put(groups_[""], batch);
  } else {
    split(is_columns ? batch.with_schema(shape_.schema) : batch);
  }
}

void FolderParts::split(const Batch& batch) {
  const std::vector<std::string> folders = folders_of(batch);
  const Batch rest = without_fields(batch);
  const std::uint64_t overhead =
      kColumnOverhead * (1 + (inner_.schema.empty() ? rest.schema().size() : inner_.schema.size()));
  if (groups_.size() > kMostFiles)
    std::erase_if(
        groups_, [](const auto& entry) { return entry.second.path.empty() && entry.second.waiting.empty(); });
  std::map<std::string_view, std::vector<bool>> selections;
  for (std::size_t row = 0; row < folders.size(); ++row) {
    std::vector<bool>& selection = selections[folders[row]];
    if (selection.empty()) selection.resize(folders.size());
    selection[row] = true;
  }
  for (const auto& [folder, selection] : selections) {
    Group& group = groups_[std::string(folder)];
    Batch part = selections.size() == 1 ? rest : rest.select(selection);
    const std::uint64_t bytes = part.memory() + overhead;
    group.waiting.push_back(std::move(part));
    group.waiting_bytes += bytes;
    waiting_bytes_ += bytes;
  }
  while (waiting_bytes_ > buffer_bytes_ / 2) flush_largest();
}

std::vector<std::string> FolderParts::folders_of(const Batch& batch) {
  std::vector<std::string> folders(batch.size());
  const bool is_columns = layout_of(shape_.options.format) == Layout::columns;
  for (std::size_t field = 0; field < types_.size(); ++field) {
    const std::string& name = shape_.options.partition[field];
    const Column* column = is_columns ? &batch.columns()[*shape_.schema.index_of(name)] : nullptr;
    std::optional<Value> last;
    std::string last_name;
    for (std::size_t row = 0; row < folders.size(); ++row) {
      const auto at = static_cast<std::int64_t>(row);
      const Value value = column != nullptr ? column->value(at) : batch.rows()[row][name];
      // Neighbours are often alike. Equal values of two types have names of their own.
      if (!last || last->type() != value.type() || to_text(*last) != to_text(value)) {
        last_name = PartitionName{name, text_of(batch, at, field, value)}.to_string();
        last = value;
      }
      if (!folders[row].empty()) folders[row] += '/';
      folders[row] += last_name;
    }
  }
  return folders;
}

/// What the name of a folder says of the value; nothing of a null.
std::optional<std::string> FolderParts::text_of(const Batch& batch, std::int64_t row, std::size_t field,
                                                const Value& value) {
  if (value.is_null()) return std::nullopt;
  const FieldDescription description(shape_.options.partition[field], types_[field]);
  if (map_folder_type(value.type()).exactness() == Exactness::impossible)
    raise_misfit(batch, row, shape_.key, FieldDescription(description.name(), ValueType::string), value,
                 ": it does not become the name of a folder");
  const bool is_document = layout_of(shape_.options.format) == Layout::document;
  if (is_document && types_[field].is_any()) types_[field] = value.type();
  const FieldType& type = types_[field];
  const std::string text = text_of_value(value);
  const bool kept = can_read_as(text, type) && value_of_text(text, type) == value;
  if (!kept) {
    raise_misfit(batch, row, shape_.key, FieldDescription(description.name(), type), value,
                 ": the names of folders tell values of one type");
  }
  if (PartitionName{description.name(), text}.to_string().size() > kMostNameBytes)
    raise_misfit(batch, row, shape_.key, description, value, ": the name of a folder has no room for it");
  return text;
}

Batch FolderParts::without_fields(const Batch& batch) const {
  const std::vector<std::string>& names = shape_.options.partition;
  if (layout_of(shape_.options.format) == Layout::document) {
    std::vector<Record> records = batch.rows();
    for (Record& record : records) {
      for (const std::string& name : names) record.remove(name);
    }
    return Batch::from_rows(std::move(records));
  }
  std::vector<Column> columns;
  for (std::size_t i = 0; i < shape_.schema.size(); ++i) {
    if (!among(names, shape_.schema.fields()[i].name())) columns.push_back(batch.columns()[i]);
  }
  return Batch::from_columns(inner_.schema, std::move(columns), batch.ids());
}

void FolderParts::flush_largest() {
  const auto largest =
      std::max_element(groups_.begin(), groups_.end(), [](const auto& left, const auto& right) {
        return left.second.waiting_bytes < right.second.waiting_bytes;
      });
  flush(largest->second);
}

void FolderParts::flush(Group& group) {
  std::vector<Batch> waiting;
  waiting.swap(group.waiting);
  for (const Batch& batch : waiting) put(group, batch);
  waiting_bytes_ -= group.waiting_bytes;
  group.waiting_bytes = 0;
}

void FolderParts::put(Group& group, const Batch& batch) {
  if (open_group_ != &group) open(group);
  group.encoder->write(batch, *output_);
  group.is_dirty = true;
  if (output_->position() >= shape_.options.part_size) complete(group);
}

void FolderParts::open(Group& group) {
  suspend();
  if (group.path.empty()) {
    complete_oldest();
    const auto found = std::find_if(groups_.begin(), groups_.end(),
                                    [&](const auto& entry) { return &entry.second == &group; });
    make_file(group, found->first);
    return;
  }
  output_ =
      std::make_unique<OutputFile>(full(group.path), open_file(group.path), 0, inner_.options.compression);
  output_->truncate(group.length);
  group.encoder->set_buffer_bytes(buffer_bytes_);
  open_group_ = &group;
}

void FolderParts::make_file(Group& group, const std::string& folder) {
  std::string path = fmt::format("{}{:05}{}", kPartPrefix, next_, extension_of(inner_.options));
  if (!folder.empty()) path.insert(0, folder + "/");
  std::error_code error;
  fs::create_directories(full(folder), error);
  if (error) raise_system_error(error.value(), "cannot make the folder", full(folder));
  auto output = std::make_unique<OutputFile>(full(path), open_file(path), 0, inner_.options.compression);
  output->truncate(0);
  ++next_;
  for (fs::path changed(folder);; changed = changed.parent_path()) {
    changed_folders_.insert(changed.string());
    if (changed.empty()) break;
  }
  group.path = std::move(path);
  group.number = next_;
  group.length = 0;
  group.encoder = make_encoder(inner_);
  group.encoder->set_buffer_bytes(buffer_bytes_);
  output_ = std::move(output);
  open_group_ = &group;
  group.is_dirty = true;
  group.encoder->begin(*output_);
}

/// What is known of files that can be gone on with takes memory.
void FolderParts::complete_oldest() {
  Group* oldest = nullptr;
  std::size_t files = 0;
  for (auto& [folder, group] : groups_) {
    if (group.path.empty()) continue;
    ++files;
    if (oldest == nullptr || group.number < oldest->number) oldest = &group;
  }
  if (files >= kMostFiles) complete(*oldest);
}

int FolderParts::open_file(const std::string& path) const {
  const int descriptor = ::open(full(path).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) raise_system_error(errno, "cannot make", full(path));
  return descriptor;
}

/// Leaves the file that is open, so that it can be gone on with.
void FolderParts::suspend() {
  if (open_group_ == nullptr) return;
  Group& group = *open_group_;
  group.encoder->end_chunk(*output_);
  output_->complete();
  group.length = output_->position();
  output_.reset();
  open_group_ = nullptr;
}

/// Nothing more goes to the file of that group.
void FolderParts::complete(Group& group) {
  if (open_group_ != &group) open(group);
  group.encoder->end_chunk(*output_);
  group.encoder->finish(*output_);
  output_->sync();
  output_.reset();
  open_group_ = nullptr;
  group.encoder.reset();
  group.path.clear();
  group.is_dirty = false;
}

}  // namespace dataknobs::file
