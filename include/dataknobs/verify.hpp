// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// verify: tells whether two stores hold the same records, and which ones differ.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/expression.hpp>
#include <dataknobs/progress.hpp>
#include <dataknobs/task.hpp>
#include <dataknobs/value.hpp>

namespace dataknobs {

/// Options of `verify`.
class VerifyOptions {
 public:
  VerifyOptions() = default;
  /// Only records of both sides for which the condition holds. Errors (of the text): QueryError.
  VerifyOptions& where(Expression filter) { return where_ = std::move(filter), *this; }
  VerifyOptions& where(std::string_view text) { return where_ = parse_expression(text), *this; }
  /// Only these fields are compared.
  VerifyOptions& select(std::vector<std::string> fields) { return select_ = std::move(fields), *this; }
  /// The fields by which records of both sides are the same record. Default: the stores' own keys.
  VerifyOptions& key(std::vector<std::string> fields) { return key_ = std::move(fields), *this; }
  /// How many differing records are listed; all are counted. Default: 100.
  VerifyOptions& max_differences(std::uint64_t records) { return max_differences_ = records, *this; }
  /// Bytes that records on their way may take. Default: 64 MiB.
  VerifyOptions& memory(std::uint64_t bytes) { return memory_ = bytes, *this; }
  /// Called while it goes on.
  VerifyOptions& on_progress(ProgressCallback callback) { return on_progress_ = std::move(callback), *this; }

  const Expression& where() const noexcept { return where_; }
  const std::vector<std::string>& select() const noexcept { return select_; }
  const std::vector<std::string>& key() const noexcept { return key_; }
  std::uint64_t max_differences() const noexcept { return max_differences_; }
  std::uint64_t memory() const noexcept { return memory_; }
  const ProgressCallback& on_progress() const noexcept { return on_progress_; }

 private:
  Expression where_;
  std::vector<std::string> select_;
  std::vector<std::string> key_;
  std::uint64_t max_differences_ = 100;
  std::uint64_t memory_ = std::uint64_t{64} << 20U;
  ProgressCallback on_progress_;
};

/// The answer of `verify`.
class VerifyReport {
 public:
  /// How a record differs: it is on one side only, or has other values.
  enum class Kind : std::uint8_t { only_left, only_right, different };
  /// A field whose values differ; null where it is missing.
  class FieldDifference {
   public:
    /// A field of that name with these values.
    FieldDifference(std::string name, Value left, Value right)
        : field(std::move(name)), left_value(std::move(left)), right_value(std::move(right)) {}
    std::string field;
    Value left_value;
    Value right_value;
  };
  /// A record that differs.
  class Difference {
   public:
    /// A record of that id, whose fields are to be added.
    Difference(Kind what, std::string record_id) : kind(what), id(std::move(record_id)) {}
    Kind kind;
    std::string id;  ///< The key's text; without a key, an excerpt of the record.
    std::vector<FieldDifference> fields;
  };

  VerifyReport() = default;
  bool equal = false;
  std::string left;  ///< URL without secrets.
  std::string right;
  std::uint64_t left_records = 0;
  std::uint64_t right_records = 0;
  std::string left_digest;
  std::string right_digest;
  std::string compared_by;  ///< "key id" ..., or "whole records" where there is no key.
  std::uint64_t only_left = 0;
  std::uint64_t only_right = 0;
  std::uint64_t different = 0;
  std::vector<Difference> differences;  ///< The first `max_differences`.
  std::vector<std::string> warnings;

  /// For people: a line per differing field.
  std::string to_text() const;
  /// The same as a JSON object.
  std::string to_json() const;
};

/// Compares the records of two stores: by digests first, and where these differ, record by record.
///
/// ```cpp
/// VerifyReport report = co_await verify("people.csv?key=id", "sqlite:app.db?table=people");
/// if (!report.equal) std::cout << report.to_text();
/// ```
/// Errors: ConfigurationError, QueryError; NotFoundError if one of them is not there. Records that differ are no error.
/// Cancellation: at any time; nothing was changed.
/// Limits: memory stays within the budget whatever the size of the stores.
Task<VerifyReport> verify(std::string left_url, std::string right_url,
                          VerifyOptions options = VerifyOptions());

namespace sync {
/// As dataknobs::verify, blocking on a private loop.
VerifyReport verify(const std::string& left_url, const std::string& right_url,
                    VerifyOptions options = VerifyOptions());
}  // namespace sync

}  // namespace dataknobs
