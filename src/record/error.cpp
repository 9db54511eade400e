// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/error.hpp>

#include <atomic>
#include <mutex>
#include <utility>

#include <fmt/format.h>

namespace dataknobs {

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::internal:
      return "internal";
    case ErrorCode::invalid_argument:
      return "invalid_argument";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::duplicate_record:
      return "duplicate_record";
    case ErrorCode::concurrency:
      return "concurrency";
    case ErrorCode::validation:
      return "validation";
    case ErrorCode::query:
      return "query";
    case ErrorCode::connection:
      return "connection";
    case ErrorCode::timeout:
      return "timeout";
    case ErrorCode::cancelled:
      return "cancelled";
    case ErrorCode::configuration:
      return "configuration";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::serialization:
      return "serialization";
    case ErrorCode::permission:
      return "permission";
    case ErrorCode::resource:
      return "resource";
    case ErrorCode::migration:
      return "migration";
    case ErrorCode::verification:
      return "verification";
  }
  return "internal";
}

struct Error::Data {
  Data(ErrorCode error_code, std::string text) : code(error_code), message(std::move(text)) {}
  // The composed text and its flag are not copied: a copy is made in order to be changed.
  Data(const Data& other)
      : code(other.code),
        retryable(other.retryable),
        drops_connection(other.drops_connection),
        message(other.message),
        operation(other.operation),
        store(other.store),
        record_id(other.record_id),
        field_path(other.field_path),
        native_code(other.native_code),
        native_text(other.native_text),
        hint(other.hint),
        cause(other.cause) {}
  Data& operator=(const Data&) = delete;

  void compose();

  ErrorCode code;
  bool retryable = false;
  bool drops_connection = false;
  std::string message;
  std::string operation;
  std::string store;
  std::string record_id;
  std::string field_path;
  std::string native_code;
  std::string native_text;
  std::string hint;
  std::shared_ptr<const Error> cause;

  std::once_flag once;
  std::atomic<bool> composed{false};
  std::string what;
};

namespace {

void add_place(std::string& out, std::string_view separator, std::string_view label, std::string_view text) {
  if (text.empty()) return;
  if (!out.empty()) out += separator;
  out += label;
  out += text;
}

void to_one_line(std::string& text) {
  for (char& byte : text) {
    if (byte == '\n' || byte == '\r' || byte == '\t') byte = ' ';
  }
}

}  // namespace

void Error::Data::compose() {
  add_place(what, " ", "", operation);
  add_place(what, " ", "", store);
  add_place(what, ", ", "record ", record_id);
  add_place(what, ", ", "field ", field_path);
  if (!what.empty()) what += ": ";
  what += message;
  if (!native_text.empty() || !native_code.empty()) {
    what += " [";
    what += native_code;
    if (!native_text.empty() && !native_code.empty()) what += ": ";
    what += native_text;
    what += ']';
  }
  if (!hint.empty()) what += fmt::format(" (hint: {})", hint);
  if (cause) what += fmt::format(" (because: {})", cause->what());
  to_one_line(what);
  composed.store(true, std::memory_order_release);
}

Error::Error(ErrorCode code, std::string message) : data_(std::make_shared<Data>(code, std::move(message))) {}

// Copies share their data until one of them changes. A text that was given out by what() must stay as it is,
// too.
Error::Data& Error::data() {
  if (data_.use_count() > 1 || data_->composed.load(std::memory_order_acquire)) {
    data_ = std::make_shared<Data>(std::as_const(*data_));
  }
  return *data_;
}

ErrorCode Error::code() const noexcept {
  return data_->code;
}
const std::string& Error::message() const noexcept {
  return data_->message;
}
const std::string& Error::operation() const noexcept {
  return data_->operation;
}
const std::string& Error::store() const noexcept {
  return data_->store;
}
const std::string& Error::record_id() const noexcept {
  return data_->record_id;
}
const std::string& Error::field_path() const noexcept {
  return data_->field_path;
}
const std::string& Error::native_code() const noexcept {
  return data_->native_code;
}
const std::string& Error::native_text() const noexcept {
  return data_->native_text;
}
const std::string& Error::hint() const noexcept {
  return data_->hint;
}
const std::shared_ptr<const Error>& Error::cause() const noexcept {
  return data_->cause;
}
bool Error::retryable() const noexcept {
  return data_->retryable;
}
bool Error::drops_connection() const noexcept {
  return data_->drops_connection;
}

Error& Error::operation(std::string_view name) {
  if (data_->operation.empty()) data().operation = name;
  return *this;
}

Error& Error::store(std::string_view name) {
  if (data_->store.empty()) data().store = name;
  return *this;
}

Error& Error::record_id(std::string_view id) {
  if (data_->record_id.empty()) data().record_id = id;
  return *this;
}

Error& Error::field_path(std::string_view path) {
  if (data_->field_path.empty()) data().field_path = path;
  return *this;
}

Error& Error::native(std::string_view native_code, std::string_view native_text) {
  Data& changed = data();
  changed.native_code = native_code;
  changed.native_text = native_text;
  return *this;
}

Error& Error::hint(std::string_view text) {
  data().hint = text;
  return *this;
}

Error& Error::cause(std::shared_ptr<const Error> error) {
  data().cause = std::move(error);
  return *this;
}

Error& Error::retryable(bool value) {
  data().retryable = value;
  return *this;
}

Error& Error::drops_connection(bool value) {
  data().drops_connection = value;
  return *this;
}

const char* Error::what() const noexcept {
  try {
    std::call_once(data_->once, [this] { data_->compose(); });
    return data_->what.c_str();
  } catch (...) {  // Out of memory while composing.
    return data_->message.c_str();
  }
}

void Error::raise() const {
  switch (data_->code) {
    case ErrorCode::invalid_argument:
      throw InvalidArgumentError(*this);
    case ErrorCode::not_found:
      throw NotFoundError(*this);
    case ErrorCode::duplicate_record:
      throw DuplicateRecordError(*this);
    case ErrorCode::concurrency:
      throw ConcurrencyError(*this);
    case ErrorCode::validation:
      throw ValidationError(*this);
    case ErrorCode::query:
      throw QueryError(*this);
    case ErrorCode::connection:
      throw ConnectionError(*this);
    case ErrorCode::timeout:
      throw TimeoutError(*this);
    case ErrorCode::configuration:
      throw ConfigurationError(*this);
    case ErrorCode::unsupported:
      throw UnsupportedError(*this);
    case ErrorCode::serialization:
      throw SerializationError(*this);
    case ErrorCode::migration:
      throw MigrationError(*this);
    case ErrorCode::resource:
      throw ResourceError(*this);
    case ErrorCode::verification:
      throw VerificationError(*this);
    case ErrorCode::internal:
    case ErrorCode::cancelled:
    case ErrorCode::permission:
      break;
  }
  throw Error(*this);
}

}  // namespace dataknobs
