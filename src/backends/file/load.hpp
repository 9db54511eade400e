// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// New files on their way. A file that is written in one go is a temporary file beside its target until it is
/// complete. One that is loaded in transactions is the part file `<target>.dataknobs-part`: a transaction
/// appends to it, syncs it and then writes its length to the state log; the next one cuts it off there first.

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

/// Writes a new file.
class Load {
 public:
  virtual ~Load() = default;
  void set_buffer_bytes(std::uint64_t bytes) { encoder_->set_buffer_bytes(bytes); }
  void write(const Batch& batch);
  /// Records written by this object.
  std::uint64_t rows() const noexcept { return rows_; }

 protected:
  explicit Load(const Shape& shape) : encoder_(make_encoder(shape)) {}
  std::unique_ptr<OutputFile> output_;
  std::unique_ptr<Encoder> encoder_;
  std::uint64_t rows_ = 0;
};

/// A file written in one go; `-` is standard output. Without `finish` nothing is left of it.
class WholeLoad : public Load {
 public:
  WholeLoad(std::string target, const Shape& shape);
  ~WholeLoad() override;
  /// Makes the file durable and gives it its name.
  void finish();
  void abandon() noexcept;

 private:
  std::string target_;
  std::string temporary_;
};

/// A file loaded in transactions. Holds the part file alone: another one fails with ConcurrencyError.
class PartLoad : public Load {
 public:
  /// Whether what is in the part file is gone on from, or only cleared.
  enum class Start : std::uint8_t { resume, clear };
  /// Start::clear asks nothing of the part file, and `clear` has to be the first call.
  /// Errors: ConcurrencyError if another one holds the part file, or it is shorter than that, or of another
  /// shape; DuplicateRecordError if it is of somebody else.
  PartLoad(const std::string& target, const Shape& shape, LoadLog log, Start start);
  /// Cuts off what was not committed.
  ~PartLoad() override;
  /// Starts anew with an empty file beside the old one, which goes when the new one is committed.
  void clear(const Shape& shape);
  /// Makes what was written durable, and says what is to be kept in the log.
  LoadPoint sync();
  /// The log has the point.
  void committed(LoadPoint point);
  /// Makes the file complete and gives it its name. The part file stays locked until this object goes.
  /// REQUIRES: nothing was written since the last commit.
  void publish();
  /// What was written since the last commit is not whole: it must not be committed.
  void spoil() noexcept { spoiled_ = true; }
  bool spoiled() const noexcept { return spoiled_; }
  /// Records committed and written.
  std::uint64_t all_rows() const noexcept { return base_rows_ + rows_; }
  /// The point in the log that this load goes on from, as its text; empty at the start.
  const std::string& base() const noexcept { return base_; }

 private:
  void open(Start start);
  void roll_back() noexcept;

  std::string target_;
  LoadLog log_;
  std::string part_;
  std::unique_ptr<OutputFile> old_output_;  ///< Set after `clear`; keeps the lock.
  std::string old_part_;
  std::string shape_;
  Compression compression_;
  std::optional<LoadPoint> committed_;
  std::string base_;
  std::uint64_t base_rows_ = 0;
  bool spoiled_ = false;
  bool published_ = false;
};

/// The name of the first part file of a target.
std::string part_name(const std::string& target);
/// The key of a target's LoadPoint in the state log.
std::string load_key(const std::string& target);
/// The key that is there from a commit in several places until all of them know of it.
std::string commit_key(const std::string& commit);
/// The key that is there from the making of its first part file to the first commit.
std::string claim_key(const std::string& target);

}  // namespace dataknobs::file
