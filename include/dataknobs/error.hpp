// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What goes wrong, said so that a person can act: one class with subclasses for what people catch.

#include <exception>
#include <memory>
#include <string>
#include <string_view>

namespace dataknobs {

/// What a caller can act on. The program's exit code is 10 + the number of the code (internal: 1).
enum class ErrorCode : unsigned char {
  internal,
  invalid_argument,  ///< A wrong option, key, name or value of the caller.
  not_found,         ///< No such record, table, file or store.
  duplicate_record,
  concurrency,  ///< The record, the run or the target changed under the caller.
  validation,
  query,  ///< The text or the types of an expression.
  connection,
  timeout,
  cancelled,
  configuration,
  unsupported,
  serialization,  ///< A value, line or file that cannot be read or written.
  permission,
  resource,  ///< Disk full, out of memory budget, too many connections.
  migration,
  verification,  ///< Two stores that should be equal are not.
};

/// "not_found", "duplicate_record" ...
std::string_view to_string(ErrorCode code) noexcept;

/// An error: what, where (operation, store, record id, field path), why (the store's own words), what to do.
/// No secret ever appears in one. Copies share their text.
///
/// ```cpp
/// Error(ErrorCode::query, "unknown field 'agee'").field_path("agee").hint("did you mean 'age'?").raise();
/// ```
/// `raise` throws the subclass of the code, so `catch (const QueryError&)` works however the error was built.
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message);

  ErrorCode code() const noexcept;
  const std::string& message() const noexcept;
  const std::string& operation() const noexcept;
  const std::string& store() const noexcept;
  const std::string& record_id() const noexcept;
  const std::string& field_path() const noexcept;
  /// SQLSTATE, errno name, HTTP status ... as the store gave it.
  const std::string& native_code() const noexcept;
  const std::string& native_text() const noexcept;
  const std::string& hint() const noexcept;
  const std::shared_ptr<const Error>& cause() const noexcept;
  /// The same call may succeed later and has changed nothing so far.
  bool retryable() const noexcept;
  /// The connection that saw it must not be used again.
  bool drops_connection() const noexcept;

  // Each returns *this. An existing operation, store, record or field is kept: the innermost knows best.
  Error& operation(std::string_view name);
  Error& store(std::string_view name);
  Error& record_id(std::string_view id);
  Error& field_path(std::string_view path);
  Error& native(std::string_view native_code, std::string_view native_text);
  Error& hint(std::string_view text);
  Error& cause(std::shared_ptr<const Error> error);
  Error& retryable(bool value);
  Error& drops_connection(bool value);

  /// Everything on one line: "query sqlite:app.db?table=people: unknown field 'agee' (hint: did you mean
  /// 'age'?)".
  const char* what() const noexcept override;

  /// Throws a copy of *this as the subclass of its code, so that `catch (const NotFoundError&)` works.
  [[noreturn]] void raise() const;

 private:
  struct Data;
  Data& data();
  std::shared_ptr<Data> data_;
};

#define DATAKNOBS_ERROR_CLASS(Name, code_name)                                              \
  class Name : public Error {                                                               \
   public:                                                                                  \
    explicit Name(std::string message) : Error(ErrorCode::code_name, std::move(message)) {} \
    explicit Name(const Error& error) : Error(error) {}                                     \
  }

DATAKNOBS_ERROR_CLASS(InvalidArgumentError, invalid_argument);
DATAKNOBS_ERROR_CLASS(NotFoundError, not_found);
DATAKNOBS_ERROR_CLASS(DuplicateRecordError, duplicate_record);
DATAKNOBS_ERROR_CLASS(ConcurrencyError, concurrency);
DATAKNOBS_ERROR_CLASS(ValidationError, validation);
DATAKNOBS_ERROR_CLASS(QueryError, query);
DATAKNOBS_ERROR_CLASS(ConnectionError, connection);
DATAKNOBS_ERROR_CLASS(TimeoutError, timeout);
DATAKNOBS_ERROR_CLASS(ConfigurationError, configuration);
DATAKNOBS_ERROR_CLASS(UnsupportedError, unsupported);
DATAKNOBS_ERROR_CLASS(SerializationError, serialization);
DATAKNOBS_ERROR_CLASS(MigrationError, migration);
DATAKNOBS_ERROR_CLASS(ResourceError, resource);
DATAKNOBS_ERROR_CLASS(VerificationError, verification);

#undef DATAKNOBS_ERROR_CLASS

}  // namespace dataknobs
