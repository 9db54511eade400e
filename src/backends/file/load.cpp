// SPDX-License-Identifier: Apache-2.0
#include "backends/file/load.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "backends/file/folder_load.hpp"
#include "backends/file/input_file.hpp"
#include "backends/file/side_file.hpp"
#include "record/json.hpp"
#include "runtime/system_file.hpp"

namespace dataknobs::file {
namespace {

std::uint64_t number_member(const Json& json, std::string_view name) {
  const Value* value = json.find(name);
  const auto* number = value == nullptr ? nullptr : value->get_if<std::int64_t>();
  if (number == nullptr || *number < 0)
    Error(ErrorCode::serialization, "the state of a load is damaged").raise();
  return static_cast<std::uint64_t>(*number);
}

std::string text_member(const Json& json, std::string_view name) {
  const Value* value = json.find(name);
  const auto* text = value == nullptr ? nullptr : value->get_if<std::string>();
  if (text == nullptr) Error(ErrorCode::serialization, "the state of a load is damaged").raise();
  return *text;
}

int open_part(const std::string& part) {
  const int descriptor = ::open(part.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) raise_system_error(errno, "cannot make", part);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
  const int error_number = errno;
  ::close(descriptor);
  if (error_number != EWOULDBLOCK) raise_system_error(error_number, "cannot lock", part);
  raise_held(part);
}

/// What is beside a file says how to read it, so it is there first.
void settle_side_file(const Encoder& encoder, const std::string& target) {
  if (::access(target.c_str(), F_OK) == 0) raise_exists(target);
  const std::optional<std::string> content = encoder.side_file();
  if (content) {
    write_whole_file(side_file_name(target), *content);
  } else {
    ::unlink(side_file_name(target).c_str());
  }
}

}  // namespace

std::string LoadPoint::to_text() const {
  Json::Object object;
  object.emplace_back("length", static_cast<std::int64_t>(length));
  object.emplace_back("rows", static_cast<std::int64_t>(rows));
  object.emplace_back("part", part);
  object.emplace_back("shape", shape);
  object.emplace_back("encoder", encoder);
  return to_json(Value(Json(std::move(object))));
}

LoadPoint LoadPoint::from_text(const std::string& text) {
  const Json json(parse_json_object(text));
  LoadPoint point;
  point.length = number_member(json, "length");
  point.rows = number_member(json, "rows");
  point.part = text_member(json, "part");
  point.shape = text_member(json, "shape");
  point.encoder = text_member(json, "encoder");
  return point;
}

void raise_held(const std::string& part) {
  Error(ErrorCode::concurrency, fmt::format("{} is being written by another transaction", part))
      .hint("wait until it ends")
      .retryable(true)
      .raise();
}

std::string part_name(const std::string& target) {
  return target + ".dataknobs-part";
}

std::string load_key(const std::string& target) {
  return "load:" + absolute_path(target);
}

std::string commit_key(const std::string& commit) {
  return "commit:" + commit;
}

std::string claim_key(const std::string& target) {
  return "part:" + absolute_path(target);
}

LoadLog::LoadLog(std::shared_ptr<StateLog> log, const std::string& target)
    : log_(std::move(log)), key_(load_key(target)), claim_key_(claim_key(target)) {}

std::optional<LoadPoint> LoadLog::point() const {
  const StateValues values = log_->read();
  const auto found = values.find(key_);
  return found == values.end() ? std::nullopt : std::optional(LoadPoint::from_text(found->second));
}

void LoadLog::claim(const std::string& part) {
  log_->apply([&](const StateValues& values) {
    StateChange change;
    if (values.contains(key_) || values.contains(claim_key_)) return change;
    if (::access(part.c_str(), F_OK) == 0) {
      Error(ErrorCode::duplicate_record,
            fmt::format("{} is there, and no load that is known here made it", part))
          .hint("rename or remove it, or choose another name for the new file")
          .raise();
    }
    change.puts.emplace(claim_key_, "");
    return change;
  });
}

void LoadLog::release() noexcept {
  // Should this fail, the name stays ours, as after a crash.
  try {
    log_->apply([&](const StateValues& values) {
      StateChange change;
      if (values.contains(claim_key_)) change.removes = {claim_key_};
      return change;
    });
  } catch (const Error&) {
    return;
  }
}

void Load::write(const Batch& batch) {
  put(batch);
  rows_ += batch.size();
}

StagedLoad::StagedLoad(const std::string& target, const Shape& shape, LoadLog log)
    : target_(target), log_(std::move(log)), shape_(shape.to_json()) {}

void StagedLoad::begin(Start start) {
  committed_ = log_.point();
  if (committed_) part_ = committed_->part;
  if (start == Start::resume && committed_ && committed_->shape != shape_) {
    Error(ErrorCode::concurrency, fmt::format("{} was begun with other columns or options", part_))
        .hint("finish that load, or remove it and start anew")
        .raise();
  }
  log_.claim(part_);
  if (committed_) set_base(*committed_);
}

void StagedLoad::check_latest() const {
  if (log_.point() == committed_) return;
  Error(ErrorCode::concurrency, fmt::format("{} was written by another transaction", part_))
      .retryable(true)
      .raise();
}

void StagedLoad::set_base(const LoadPoint& point) {
  base_rows_ = point.rows;
  rows_ = 0;
  base_ = point.to_text();
}

std::unique_ptr<WholeLoad> make_whole_load(const Shape& shape) {
  if (shape.options.is_folder) return std::make_unique<FolderLoad>(shape);
  return std::make_unique<FileLoad>(shape.options.path, shape);
}

std::shared_ptr<StagedLoad> make_staged_load(const Shape& shape, LoadLog log, StagedLoad::Start start) {
  if (shape.options.is_folder) return std::make_shared<StagedFolder>(shape, std::move(log), start);
  return std::make_shared<PartLoad>(shape.options.path, shape, std::move(log), start);
}

FileLoad::FileLoad(std::string target, const Shape& shape)
    : encoder_(make_encoder(shape)), target_(std::move(target)) {
  if (target_ == "-") {
    output_ = std::make_unique<OutputFile>("standard output", STDOUT_FILENO, 0, shape.options.compression);
  } else {
    auto [name, descriptor] = make_file_beside(target_);
    temporary_ = std::move(name);
    output_ = std::make_unique<OutputFile>(target_, descriptor, 0, shape.options.compression);
  }
  try {
    encoder_->begin(*output_);
  } catch (...) {
    abandon();
    throw;
  }
}

FileLoad::~FileLoad() {
  abandon();
}

void FileLoad::finish() {
  encoder_->end_chunk(*output_);
  encoder_->finish(*output_);
  output_->sync();
  if (!temporary_.empty()) {
    settle_side_file(*encoder_, target_);
    rename_to_new(temporary_, target_);
    temporary_.clear();
    sync_folder_of(target_);
  }
  output_.reset();
}

void FileLoad::abandon() noexcept {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
  output_.reset();
}

PartLoad::PartLoad(const std::string& target, const Shape& shape, LoadLog log, Start start)
    : StagedLoad(target, shape, std::move(log)),
      encoder_(make_encoder(shape)),
      compression_(shape.options.compression) {
  open(start);
  if (!committed_) {
    encoder_->begin(*output_);
  } else if (start == Start::resume) {
    encoder_->restore(committed_->encoder);
  }
}

void PartLoad::open(Start start) {
  part_ = part_name(target_);
  begin(start);
  const bool was_there = ::access(part_.c_str(), F_OK) == 0;
  const int descriptor = open_part(part_);
  auto output = std::make_unique<OutputFile>(part_, descriptor, 0, compression_);
  check_latest();
  const bool resumes = start == Start::resume;
  const std::uint64_t length = committed_ ? committed_->length : 0;
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) raise_system_error(errno, "cannot read", part_);
  if (resumes && static_cast<std::uint64_t>(status.st_size) < length) {
    if (!was_there) ::unlink(part_.c_str());
    Error(ErrorCode::concurrency,
          fmt::format("{} has {} bytes, but {} were committed", part_, status.st_size, length))
        .hint("it was cut or removed meanwhile; start the load anew")
        .raise();
  }
  if (resumes) output->truncate(length);
  output_ = std::move(output);
}

PartLoad::~PartLoad() {
  roll_back();
}

void PartLoad::roll_back() noexcept {
  if (!output_ || published_) return;
  if (old_output_ || !committed_) {
    ::unlink(part_.c_str());
    log_.release();
  } else {
    // Should this fail, the next load cuts the file off.
    try {
      output_->truncate(committed_->length);
    } catch (const Error&) {
      output_.reset();
    }
  }
  output_.reset();
  old_output_.reset();
}

void PartLoad::clear(const Shape& shape) {
  encoder_ = make_encoder(shape);
  if (committed_ && !old_output_) {
    const std::string first = part_name(target_);
    const std::string other = part_ == first ? first + "-2" : first;
    auto fresh = std::make_unique<OutputFile>(other, open_part(other), 0, compression_);
    old_output_ = std::exchange(output_, std::move(fresh));
    old_part_ = std::exchange(part_, other);
  }
  output_->truncate(0);
  encoder_->begin(*output_);
  restart();
}

LoadPoint PartLoad::sync() {
  encoder_->end_chunk(*output_);
  output_->sync();
  if (!committed_ || old_output_) sync_folder_of(part_);
  LoadPoint point;
  point.length = output_->position();
  point.rows = all_rows();
  point.part = part_;
  point.shape = shape_;
  point.encoder = encoder_->state();
  return point;
}

void PartLoad::committed(LoadPoint point) {
  set_base(point);
  committed_ = std::move(point);
  if (!old_output_) return;
  ::unlink(old_part_.c_str());
  old_output_.reset();
}

void PartLoad::publish() {
  encoder_->finish(*output_);
  output_->sync();
  settle_side_file(*encoder_, target_);
  rename_to_new(part_, target_);
  published_ = true;
  sync_folder_of(target_);
}

}  // namespace dataknobs::file
