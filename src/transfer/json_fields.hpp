// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Writing and reading the small JSON objects of journals, plans and reports: a missing or mistyped member is
/// an error that names the object and the member.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/value.hpp>

#include "record/canonical.hpp"

namespace dataknobs {

/// Collects the members of an object in their order.
class JsonObjectBuilder {
 public:
  JsonObjectBuilder& add(std::string_view name, Value value) {
    members_.emplace_back(std::string(name), std::move(value));
    return *this;
  }
  JsonObjectBuilder& add(std::string_view name, const std::vector<std::string>& texts);
  /// Leaves the member out if there is no value.
  template <class T>
  JsonObjectBuilder& add_if(std::string_view name, const std::optional<T>& value) {
    if (value) add(name, Value(*value));
    return *this;
  }
  Json build() { return Json(std::move(members_)); }

 private:
  Json::Object members_;
};

/// Reads the members of an object. Errors: SerializationError which names the entry.
class JsonObjectReader {
 public:
  /// `entry` names the object in errors.
  JsonObjectReader(Value object, std::string entry);
  const std::string& entry() const noexcept { return entry_; }

  std::string text(std::string_view name) const;
  std::uint64_t number(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  std::vector<Value> values(std::string_view name) const;
  /// Nothing where the member is missing or null.
  std::optional<std::string> optional_text(std::string_view name) const;
  std::optional<std::uint64_t> optional_number(std::string_view name) const;
  /// Errors: as above if member `version` is not `known`; the hint says what to do.
  void check_version(std::uint64_t known) const;

 private:
  const Value& member(std::string_view name) const;
  [[noreturn]] void fail(std::string_view name, std::string_view expected) const;

  Value object_;
  std::string entry_;
};

/// The digest of that text ("dk1:<count>:<32 hex digits>"), or nothing.
std::optional<DigestTotal> parse_digest(std::string_view text) noexcept;

}  // namespace dataknobs
