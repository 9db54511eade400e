// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// copy: moves records between any two stores, resumable and proven. verify: tells whether two stores hold
/// the same records, and which ones differ.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/expression.hpp>
#include <dataknobs/progress.hpp>
#include <dataknobs/task.hpp>

namespace dataknobs {

/// What a copy does with a record whose key the target has already.
enum class CopyMode : std::uint8_t {
  insert,  ///< It is an error (DuplicateRecordError).
  upsert,  ///< The target's record is replaced.
};

/// Options of `copy` and `plan_copy`.
class CopyOptions {
 public:
  CopyOptions() = default;

  // What is copied: part of the identity of a run.
  /// Only records for which the condition holds. Errors (of the text): QueryError.
  CopyOptions& where(Expression filter) { return where_ = std::move(filter), *this; }
  CopyOptions& where(std::string_view text) { return where_ = parse_expression(text), *this; }
  /// Only these fields.
  CopyOptions& select(std::vector<std::string> fields) { return select_ = std::move(fields), *this; }
  /// At most so many records, the first by id.
  CopyOptions& limit(std::optional<std::uint64_t> records) { return limit_ = records, *this; }
  /// What happens to records whose key the target has already. Default: insert.
  CopyOptions& mode(CopyMode mode) { return mode_ = mode, *this; }
  /// Fields whose conversion may lose something; without it the plan refuses them.
  CopyOptions& allow_loss(std::vector<std::string> fields) { return allow_loss_ = std::move(fields), *this; }
  /// The time zone (IANA: "Europe/Vienna") of datetimes that have none, where the target's field has one. A time
  /// that its clocks show twice or never is refused; a field of `allow_loss` takes the earlier moment, or the end of
  /// what was left out. Without it they are taken as UTC, which `allow_loss` must accept.
  CopyOptions& timezone(std::string zone) { return timezone_ = std::move(zone), *this; }

  // Behaviour.
  /// Warnings of the plan (a literal that can never match its column, ...) are errors.
  CopyOptions& strict(bool value) { return strict_ = value, *this; }
  /// The digest is recomputed from the target after the commit. Default: true.
  CopyOptions& proof(bool value) { return proof_ = value, *this; }
  /// A digest is made while copying; without it only records are counted, and there is no proof. Default:
  /// true.
  CopyOptions& digest(bool value) { return digest_ = value, *this; }
  /// Forgets an unfinished or finished run of the same copy and starts anew; a table that it made is emptied.
  /// Errors: ConcurrencyError if that table holds other records than the run wrote.
  CopyOptions& fresh(bool value) { return fresh_ = value, *this; }

  // Performance.
  /// Bytes that records on their way may take. A larger record is refused. Default: 64 MiB.
  CopyOptions& memory(std::uint64_t bytes) { return memory_ = bytes, *this; }
  /// Larger records than the memory pass too, up to so many bytes, each alone: it takes a few times its size then.
  CopyOptions& max_record(std::uint64_t bytes) { return max_record_ = bytes, *this; }
  /// Parts of the source that are copied at once, where both sides can. Default: 2.
  CopyOptions& jobs(unsigned count) { return jobs_ = count, *this; }
  /// About how many records, or how many bytes, are one chunk: the unit of commit and resume. Default:
  /// 100,000 or 16 MiB, whichever comes first.
  CopyOptions& chunk(std::uint64_t records, std::uint64_t bytes) {
    return chunk_records_ = records, chunk_bytes_ = bytes, *this;
  }
  /// Called while it goes on.
  CopyOptions& on_progress(ProgressCallback callback) { return on_progress_ = std::move(callback), *this; }

  const Expression& where() const noexcept { return where_; }
  const std::vector<std::string>& select() const noexcept { return select_; }
  const std::optional<std::uint64_t>& limit() const noexcept { return limit_; }
  CopyMode mode() const noexcept { return mode_; }
  const std::vector<std::string>& allow_loss() const noexcept { return allow_loss_; }
  /// Empty: none was given.
  const std::string& timezone() const noexcept { return timezone_; }
  bool strict() const noexcept { return strict_; }
  bool proof() const noexcept { return proof_ && digest_; }
  bool digest() const noexcept { return digest_; }
  bool fresh() const noexcept { return fresh_; }
  std::uint64_t memory() const noexcept { return memory_; }
  /// 0: none was given.
  std::uint64_t max_record() const noexcept { return max_record_; }
  unsigned jobs() const noexcept { return jobs_; }
  /// The records of a chunk, as given to `chunk`.
  std::uint64_t chunk_records() const noexcept { return chunk_records_; }
  /// The bytes of a chunk, as given to `chunk`.
  std::uint64_t chunk_bytes() const noexcept { return chunk_bytes_; }
  const ProgressCallback& on_progress() const noexcept { return on_progress_; }

 private:
  Expression where_;
  std::vector<std::string> select_;
  std::optional<std::uint64_t> limit_;
  CopyMode mode_ = CopyMode::insert;
  std::vector<std::string> allow_loss_;
  std::string timezone_;
  bool strict_ = false;
  bool proof_ = true;
  bool digest_ = true;
  bool fresh_ = false;
  std::uint64_t memory_ = std::uint64_t{64} << 20U;
  std::uint64_t max_record_ = 0;
  unsigned jobs_ = 2;
  std::uint64_t chunk_records_ = 100'000;
  std::uint64_t chunk_bytes_ = std::uint64_t{16} << 20U;
  ProgressCallback on_progress_;
};

/// What a copy would do.
class CopyPlan {
 public:
  /// What becomes of a field.
  class Field {
   public:
    Field() = default;
    std::string source;       ///< Its name in the source.
    std::string source_type;  ///< "integer", "decimal(10,2)" ...; "any" in a document layout.
    std::string target;
    std::string target_type;  ///< With the target's own name of it: "integer (bigint)".
    std::string fidelity;     ///< "exact", "exact if it fits", "reversible encoding", "lossy", "impossible".
    std::string note;         ///< Why.
  };

  CopyPlan() = default;
  std::string source;       ///< URL without secrets.
  std::string source_kind;  ///< "CSV file", "table" ...
  std::string target;
  std::string target_kind;
  bool target_exists = false;
  std::string layout;  ///< Of the target: "document" or "columns".
  std::vector<std::string> key;
  std::string ids;                      ///< Where the records' ids in the target come from.
  std::vector<Field> fields;            ///< Empty for a copy of documents: they are kept as they are.
  std::vector<std::string> statements;  ///< What is run to make the target.
  std::uint32_t chunks = 0;
  std::optional<std::uint64_t> records;  ///< Of the source, before any filter.
  bool records_exact = false;
  std::optional<std::uint64_t> bytes;
  std::string filter;       ///< What the source runs of the condition and what is checked here.
  std::string consistency;  ///< What the source promises while it is read.
  std::string resume;       ///< What happens after an interruption.
  std::string proof;        ///< How the target is checked.
  std::vector<std::string> warnings;
  std::vector<std::string> problems;  ///< Why the copy would be refused; empty if it would run.
  std::string run_id;
  std::string hash;  ///< Changes when what would be done changes.

  /// For people, several lines.
  std::string to_text() const;
  /// The same as a JSON object.
  std::string to_json() const;
};

/// The certificate of a finished copy.
class CopyReport {
 public:
  CopyReport() = default;
  std::string run_id;
  std::string plan_hash;
  std::string source;  ///< URL without secrets.
  std::string target;
  std::string program_version;
  /// The same copy had been finished before, from the same source: nothing was done, and this is its
  /// certificate.
  bool already_complete = false;
  /// Records of chunks that an earlier, interrupted call had committed.
  std::uint64_t resumed = 0;
  // read = written + filtered + rejected + skipped
  std::uint64_t read = 0;
  std::uint64_t written = 0;
  std::uint64_t filtered =
      0;  ///< Read and found not to match here; what the source itself left out was never read.
  std::uint64_t rejected = 0;
  std::uint64_t skipped = 0;
  std::uint32_t chunks = 0;
  std::string digest;         ///< "dk1:<count>:<sum>" of what was written; empty without a digest.
  std::string target_digest;  ///< The same, recomputed from the target; empty without a proof.
  std::string proof;          ///< How: "whole target", "copied keys", "difference", or "none".
  std::string consistency;
  std::vector<std::string> warnings;
  std::string started;  ///< RFC 3339
  std::chrono::nanoseconds copy_time{};
  std::chrono::nanoseconds proof_time{};

  /// For people, a few lines.
  std::string to_text() const;
  /// The same as a JSON object.
  std::string to_json() const;
};

/// Copies the records of one store into another. If an earlier call of the same copy was interrupted, it goes
/// on where that was.
///
/// ```cpp
/// CopyOptions adults = CopyOptions().where("age >= 18").on_progress([](const Progress& now) { ... });
/// CopyReport report = co_await copy("people.csv?key=id", "postgresql:///app?table=people", adults);
/// ```
/// Errors: ConfigurationError, QueryError; ValidationError for a plan with problems or a
/// value that does not fit (record, field, value and type named); ConcurrencyError if another run holds the
/// target, or source or target changed since the interrupted run; VerificationError if counts or digests
/// disagree. Cancellation: what was committed stays; the same call goes on from there.
Task<CopyReport> copy(std::string source_url, std::string target_url, CopyOptions options = CopyOptions());

/// What `copy` would do. Nothing is changed; a plan with problems is returned, not thrown.
/// Errors: ConfigurationError, QueryError; NotFoundError if the source is not there. Cancellation: at any time.
Task<CopyPlan> plan_copy(std::string source_url, std::string target_url, CopyOptions options = CopyOptions());

namespace sync {
/// As dataknobs::copy, blocking on a private loop.
CopyReport copy(const std::string& source_url, const std::string& target_url,
                CopyOptions options = CopyOptions());
/// As dataknobs::plan_copy, blocking on a private loop.
CopyPlan plan_copy(const std::string& source_url, const std::string& target_url,
                   CopyOptions options = CopyOptions());
}  // namespace sync

}  // namespace dataknobs
