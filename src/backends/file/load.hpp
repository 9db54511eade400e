// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// New files on their way. A file that is written in one go is a temporary file beside its target until it is
/// complete. One that is loaded in transactions is the part file `<target>.dataknobs-part`: a transaction
/// appends to it, syncs it and then writes its length to the state log; the next one cuts it off there first.
/// (Of folders: folder_load.hpp.)

#include <memory>
#include <optional>
#include <string>

#include "backends/file/encoder.hpp"
#include "database/state_log.hpp"

namespace dataknobs::file {

/// How far a load is, as the state log keeps it.
struct LoadPoint {
  std::uint64_t length = 0;
  std::uint64_t rows = 0;
  std::string part;     ///< The part file.
  std::string shape;    ///< Shape::to_json()
  std::string encoder;  ///< Encoder::state()

  std::string to_text() const;
  /// Errors: SerializationError if it is not of that form.
  static LoadPoint from_text(const std::string& text);
  bool operator==(const LoadPoint&) const = default;
};

/// What the state log knows of the load of a file.
class LoadLog {
 public:
  LoadLog(std::shared_ptr<StateLog> log, const std::string& target);
  /// How far it is; nothing if it starts.
  std::optional<LoadPoint> point() const;
  /// Notes that the part files are ours, before the first is made: until a commit notes its point, nothing else says
  /// so. Errors: DuplicateRecordError if there is one of that name which is not.
  void claim(const std::string& part);
  /// There is no part file any more.
  void release() noexcept;

 private:
  std::shared_ptr<StateLog> log_;
  std::string key_;
  std::string claim_key_;
};

/// Writes a new file, or the files of a new folder.
class Load {
 public:
  virtual ~Load() = default;
  virtual void set_buffer_bytes(std::uint64_t bytes) = 0;
  void write(const Batch& batch);
  /// Records written by this object.
  std::uint64_t rows() const noexcept { return rows_; }

 protected:
  virtual void put(const Batch& batch) = 0;
  std::uint64_t rows_ = 0;
};

/// Written in one go. Without `finish` nothing is left of it.
class WholeLoad : public Load {
 public:
  /// Makes it durable and gives it its name.
  virtual void finish() = 0;
  virtual void abandon() noexcept = 0;
};

/// Loaded in transactions.
class StagedLoad : public Load {
 public:
  /// Whether what is there is gone on from, or only cleared.
  enum class Start : std::uint8_t { resume, clear };

  StagedLoad(const std::string& target, const Shape& shape, LoadLog log);
  /// Starts anew with an empty file beside the old one, which goes when the new one is committed.
  virtual void clear(const Shape& shape) = 0;
  /// Makes what was written durable, and says what is to be kept in the log.
  virtual LoadPoint sync() = 0;
  /// The log has the point.
  virtual void committed(LoadPoint point) = 0;
  /// Makes it complete and gives it its name. It stays locked until this object goes.
  /// REQUIRES: nothing was written since the last commit.
  virtual void publish() = 0;
  /// What was written since the last commit is not whole: it must not be committed.
  void spoil() noexcept { spoiled_ = true; }
  bool spoiled() const noexcept { return spoiled_; }
  /// Records committed and written.
  std::uint64_t all_rows() const noexcept { return base_rows_ + rows_; }
  /// The point in the log that this load goes on from, as its text; empty at the start.
  const std::string& base() const noexcept { return base_; }

 protected:
  /// Finds out how far the load is, and that `part_` is ours.
  void begin(Start start);
  /// Whoever held the lock before may have gone on, or given it its final name.
  void check_latest() const;
  void set_base(const LoadPoint& point);

  std::string target_;
  LoadLog log_;
  std::string part_;
  std::string shape_;
  std::optional<LoadPoint> committed_;
  bool published_ = false;

 private:
  std::string base_;
  std::uint64_t base_rows_ = 0;
  bool spoiled_ = false;

 protected:
  void restart() noexcept { rows_ = base_rows_ = 0; }
};

/// A file or folder written in one go; `-` is standard output.
std::unique_ptr<WholeLoad> make_whole_load(const Shape& shape);
/// A file or folder loaded in transactions. It is held alone: another one fails with ConcurrencyError.
/// Start::clear asks nothing of what is there, and `clear` has to be the first call.
/// Errors: ConcurrencyError if another one holds it, or it is shorter than that, or of another shape;
/// DuplicateRecordError if it is of somebody else.
std::shared_ptr<StagedLoad> make_staged_load(const Shape& shape, LoadLog log, StagedLoad::Start start);

/// A file written in one go; `-` is standard output.
class FileLoad : public WholeLoad {
 public:
  FileLoad(std::string target, const Shape& shape);
  ~FileLoad() override;
  void set_buffer_bytes(std::uint64_t bytes) override { encoder_->set_buffer_bytes(bytes); }
  void finish() override;
  void abandon() noexcept override;

 private:
  void put(const Batch& batch) override { encoder_->write(batch, *output_); }

  std::unique_ptr<Encoder> encoder_;
  std::unique_ptr<OutputFile> output_;
  std::string target_;
  std::string temporary_;
};

/// A file loaded in transactions.
class PartLoad : public StagedLoad {
 public:
  PartLoad(const std::string& target, const Shape& shape, LoadLog log, Start start);
  /// Cuts off what was not committed.
  ~PartLoad() override;
  void set_buffer_bytes(std::uint64_t bytes) override { encoder_->set_buffer_bytes(bytes); }
  void clear(const Shape& shape) override;
  LoadPoint sync() override;
  void committed(LoadPoint point) override;
  void publish() override;

 private:
  void put(const Batch& batch) override { encoder_->write(batch, *output_); }
  void open(Start start);
  void roll_back() noexcept;

  std::unique_ptr<Encoder> encoder_;
  std::unique_ptr<OutputFile> output_;
  std::unique_ptr<OutputFile> old_output_;  ///< Set after `clear`; keeps the lock.
  std::string old_part_;
  Compression compression_;
};

/// The error of a load that another one is at.
[[noreturn]] void raise_held(const std::string& part);
/// The name of the first part file of a target.
std::string part_name(const std::string& target);
/// The key of a target's LoadPoint in the state log.
std::string load_key(const std::string& target);
/// The key that is there from a commit in several places until all of them know of it.
std::string commit_key(const std::string& commit);
/// The key that is there from the making of its first part file to the first commit.
std::string claim_key(const std::string& target);

}  // namespace dataknobs::file
