// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "record/json.hpp"
#include "record/json_text.hpp"
#include "record/number.hpp"

namespace dataknobs {

namespace {

void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  const char* at = text.data();
  const char* end = at + text.size();
  for (;;) {
    const char* run = at;
    at = end_of_run(at, end);
    out.append(run, at);
    if (at == end) break;
    auto byte = static_cast<unsigned char>(*at++);
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out += kHex[byte >> 4U];
        out += kHex[byte & 15U];
    }
  }
  out += '"';
}

void append_float(std::string& out, double value) {
  bool is_text = !std::isfinite(value);
  if (is_text) out += '"';
  number::append_any_text(out, value);
  if (is_text) out += '"';
}

// Writes with or without indentation; `level` counts only where there is one.
class Writer {
 public:
  Writer(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

  void write(const Value& value, std::size_t level) {
    switch (value.type()) {
      case ValueType::null:
        out_ += "null";
        break;
      case ValueType::boolean:
        out_ += *value.get_if<bool>() ? "true" : "false";
        break;
      case ValueType::integer:
        number::append_text(out_, *value.get_if<std::int64_t>());
        break;
      case ValueType::floating:
        append_float(out_, *value.get_if<double>());
        break;
      case ValueType::decimal:
        out_ += value.get_if<Decimal>()->to_string();
        break;
      case ValueType::string:
        append_quoted(out_, *value.get_if<std::string>());
        break;
      case ValueType::binary:
        append_quoted(out_, to_base64(*value.get_if<Binary>()));
        break;
      case ValueType::datetime:
        append_quoted(out_, to_text(*value.get_if<DateTime>()));
        break;
      case ValueType::date:
        append_quoted(out_, to_text(*value.get_if<Date>()));
        break;
      case ValueType::time:
        append_quoted(out_, to_text(*value.get_if<Time>()));
        break;
      case ValueType::json:
        write_json(*value.get_if<Json>(), level);
        break;
      case ValueType::vector:
        write_vector(*value.get_if<Vector>());
        break;
    }
  }

 private:
  void write_json(const Json& json, std::size_t level) {
    bool is_array = json.is_array();
    std::size_t size = is_array ? json.array().size() : json.object().size();
    out_ += is_array ? '[' : '{';
    for (std::size_t i = 0; i < size; ++i) {
      if (i > 0) out_ += ',';
      break_line(level + 1);
      if (is_array) {
        write(json.array()[i], level + 1);
        continue;
      }
      append_quoted(out_, json.object()[i].first);
      out_ += pretty_ ? ": " : ":";
      write(json.object()[i].second, level + 1);
    }
    if (size > 0) break_line(level);
    out_ += is_array ? ']' : '}';
  }

  // On one line: hundreds of numbers are for machines. A float is widened, so that its exact value is
  // written.
  void write_vector(const Vector& vector) {
    out_ += '[';
    for (std::size_t i = 0; i < vector.size(); ++i) {
      if (i > 0) out_ += ',';
      append_float(out_, static_cast<double>(vector[i]));
    }
    out_ += ']';
  }

  void break_line(std::size_t level) {
    if (pretty_) out_.append(1, '\n').append(level * 2, ' ');
  }

  std::string& out_;
  bool pretty_;
};

}  // namespace

void append_json(std::string& out, const Value& value) {
  Writer(out, false).write(value, 0);
}

std::string to_json(const Value& value) {
  std::string out;
  append_json(out, value);
  return out;
}

std::string to_pretty_json(const Value& value) {
  std::string out;
  Writer(out, true).write(value, 0);
  return out;
}

}  // namespace dataknobs
