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
///
/// ```cpp
/// try {
///   co_await people.create(ada);
/// } catch (const DuplicateRecordError& error) {
///   std::cerr << error.record_id() << " is there already\n";
/// } catch (const Error& error) {
///   if (!error.retryable()) throw;
/// }
/// ```
/// Thread safety: as for a standard container; `what` may be called by several threads at once.
class Error : public std::exception {
 public:
  /// An error of that code. `message` says what is wrong, in small letters and without a full stop.
  Error(ErrorCode code, std::string message);

  /// The kind of error, by which a program decides.
  ErrorCode code() const noexcept;
  /// What is wrong, without the rest of `what`.
  const std::string& message() const noexcept;
  // Texts are empty where an error has none.
  /// The call that failed: "create", "search" ...
  const std::string& operation() const noexcept;
  /// The URL of the store or database without secrets.
  const std::string& store() const noexcept;
  /// The id of the record that it is about.
  const std::string& record_id() const noexcept;
  /// The field that it is about, as a path.
  const std::string& field_path() const noexcept;
  /// SQLSTATE, errno name, HTTP status ... as the store gave it.
  const std::string& native_code() const noexcept;
  /// The store's own words.
  const std::string& native_text() const noexcept;
  /// What to do about it.
  const std::string& hint() const noexcept;
  /// The error that led to it, or nullptr.
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
  /// Sets what the store said: its code and its words.
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

/// A wrong option, key, name or value of the caller; an object that is used after its end.
DATAKNOBS_ERROR_CLASS(InvalidArgumentError, invalid_argument);
/// A table, file, index or store that is not there; a record, where one must be. `read` of no record is no error.
DATAKNOBS_ERROR_CLASS(NotFoundError, not_found);
/// A record whose id, or whose values in a unique index, another one has already.
DATAKNOBS_ERROR_CLASS(DuplicateRecordError, duplicate_record);
/// Somebody else changed the record, the transaction's data or the table meanwhile.
DATAKNOBS_ERROR_CLASS(ConcurrencyError, concurrency);
/// A value that a constraint, a type or a computation refuses, with its record and field.
DATAKNOBS_ERROR_CLASS(ValidationError, validation);
/// A text that is no query, with its position, or a query that makes no sense for this table.
DATAKNOBS_ERROR_CLASS(QueryError, query);
/// A server that is not reached, or a connection that broke. What was under way then may have taken effect.
DATAKNOBS_ERROR_CLASS(ConnectionError, connection);
/// A call that took longer than it was given, a connection or a lock that did not come free in time.
DATAKNOBS_ERROR_CLASS(TimeoutError, timeout);
/// A URL or a configuration file with something unknown or contradictory in it.
DATAKNOBS_ERROR_CLASS(ConfigurationError, configuration);
/// Something that this store, layout or format cannot do.
DATAKNOBS_ERROR_CLASS(UnsupportedError, unsupported);
/// A value, line or file that cannot be read, or that a store's form cannot say.
DATAKNOBS_ERROR_CLASS(SerializationError, serialization);
/// A change of a schema or of its data that cannot be done or undone.
DATAKNOBS_ERROR_CLASS(MigrationError, migration);
/// A full disk, a budget of memory or of connections that is used up.
DATAKNOBS_ERROR_CLASS(ResourceError, resource);
/// Two stores that should hold the same records and do not.
DATAKNOBS_ERROR_CLASS(VerificationError, verification);

#undef DATAKNOBS_ERROR_CLASS

}  // namespace dataknobs
