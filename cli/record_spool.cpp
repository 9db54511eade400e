// SPDX-License-Identifier: Apache-2.0
//
// A record is two lines: its JSON document, and the types that JSON cannot say.
#include "record_spool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <dataknobs/error.hpp>

#include "record/json.hpp"

namespace dataknobs::cli {

namespace {

constexpr std::size_t batch_bytes = 1U << 20U;

[[noreturn]] void raise_no_room() {
  const int error_number = errno;
  Error(ErrorCode::resource, "cannot keep records in a temporary file")
      .native("", std::strerror(error_number))
      .hint("make room, or let TMPDIR name a folder with more of it")
      .raise();
}

std::FILE* make_temporary_file() {
  const char* const folder = std::getenv("TMPDIR");
  std::string name =
      std::string(folder != nullptr && *folder != '\0' ? folder : "/tmp") + "/dataknobs-XXXXXX";
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) raise_no_room();
  ::unlink(name.c_str());
  std::FILE* const file = ::fdopen(descriptor, "w+");
  if (file == nullptr) {
    ::close(descriptor);
    raise_no_room();
  }
  return file;
}

}  // namespace

void RecordSpool::append(const Record& record) {
  if (!file_) file_.reset(make_temporary_file());
  const Document document = to_document(record);
  put_line(document.data);
  put_line(document.types.value_or(""));
}

Records RecordSpool::next() {
  Records records;
  if (!file_) return records;
  if (!reads_ && std::fseek(file_.get(), 0, SEEK_SET) != 0) raise_no_room();
  reads_ = true;
  std::string data;
  std::string types;
  for (std::size_t bytes = 0; bytes < batch_bytes && get_line(data) && get_line(types);) {
    bytes += data.size() + types.size();
    records.push_back(types.empty() ? from_document(data, std::nullopt) : from_document(data, types));
  }
  return records;
}

void RecordSpool::put_line(const std::string& text) {
  const bool put = std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size() &&
                   std::fputc('\n', file_.get()) != EOF;
  if (!put) raise_no_room();
}

bool RecordSpool::get_line(std::string& text) {
  char* line = nullptr;
  std::size_t room = 0;
  const ssize_t size = ::getline(&line, &room, file_.get());
  const std::unique_ptr<char, decltype(&std::free)> owner(line, &std::free);
  if (size < 0 && std::ferror(file_.get()) != 0) raise_no_room();
  if (size <= 0) return false;
  text.assign(line, static_cast<std::size_t>(size) - 1);
  return true;
}

}  // namespace dataknobs::cli
