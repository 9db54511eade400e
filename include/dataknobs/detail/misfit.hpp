// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Of values on their way into members and back: what does not fit, and what needs no template.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/error.hpp>
#include <dataknobs/expression.hpp>
#include <dataknobs/value.hpp>

namespace dataknobs::detail {

/// What does not fit, and where. One is passed along; no exception is thrown for a value.
class Misfit {
 public:
  /// Another value is there than the one that is wanted. Returns false, as the readers do.
  bool wants(std::string wanted, const Value& value);
  /// The same, where the struct holds what no value can be made of.
  bool cannot_hold(std::string what, std::string wanted);
  /// An object has a member that the struct does not have, and that writing the struct would drop.
  bool has_unknown(const std::string& member);
  /// What failed is in that member or element.
  void within(std::string_view member) { steps_.emplace_back(std::string(member)); }
  void within(std::size_t element) { steps_.emplace_back(static_cast<std::uint32_t>(element)); }

  /// The value that is read is part of a JSON value, which holds dates and bytes as texts.
  bool in_json() const noexcept { return depth_ > 0; }
  /// While it lives, values are read from within a JSON value.
  class Inside {
   public:
    explicit Inside(Misfit& misfit) noexcept : misfit_(misfit) { ++misfit_.depth_; }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() { --misfit_.depth_; }

   private:
    Misfit& misfit_;
  };

  /// REQUIRES: something did not fit
  [[noreturn]] void raise(const std::optional<std::string>& record_id) const;

 private:
  std::string message_;
  std::string hint_;
  // From the inside out.
  std::vector<Path::Step> steps_;
  std::size_t depth_ = 0;
};

/// A value as it is kept within a JSON value: dates, times and bytes as texts, vectors as arrays.
Value json_leaf(Value value);

// Each reads the value exactly, or tells what it wanted and returns false.
bool read(const Value& value, bool& out, Misfit& misfit);
bool read(const Value& value, double& out, Misfit& misfit);
bool read(const Value& value, float& out, Misfit& misfit);
bool read(const Value& value, Decimal& out, Misfit& misfit);
bool read(const Value& value, std::string& out, Misfit& misfit);
bool read(const Value& value, Binary& out, Misfit& misfit);
bool read(const Value& value, DateTime& out, Misfit& misfit);
bool read(const Value& value, Date& out, Misfit& misfit);
bool read(const Value& value, Time& out, Misfit& misfit);
bool read(const Value& value, Json& out, Misfit& misfit);
bool read(const Value& value, Vector& out, Misfit& misfit);
/// An integer from `lowest` to `highest`, as the bits of its two's complement.
bool read_integer(const Value& value, std::int64_t lowest, std::uint64_t highest, std::uint64_t& bits,
                  Misfit& misfit);
/// The elements of an array or a vector.
bool read_elements(const Value& value, std::vector<Value>& elements, Misfit& misfit);
/// The members of an object.
const Json::Object* read_object(const Value& value, Misfit& misfit);
/// One of the names, by its place.
bool read_name(const Value& value, std::span<const std::string_view> names, std::size_t& place,
               Misfit& misfit);
/// For people: `one of red, green`.
std::string one_of(std::span<const std::string_view> names);

/// Null.
const Value& no_value() noexcept;

}  // namespace dataknobs::detail
