// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The types that text may stand for. A column of text gets a type only if every value, read as that type,
/// prints back to the same text: so reading a file never loses how a value was written.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "record/schema.hpp"

namespace dataknobs::file {

/// The text of a float in CSV files, as Python and most C programs print it: the shortest digits that read
/// back as the same double, with an exponent below 1e-4 and from 1e+16 on, and ".0" behind integers; "NaN",
/// "Infinity", "-Infinity".
void append_float(std::string& out, double value);

/// Readers of canonical texts: false if the text is not exactly what the type prints.
bool read_integer(std::string_view text, std::int64_t& value) noexcept;
bool read_float(std::string_view text, double& value) noexcept;  ///< Takes any spelling of a number.
bool read_date(std::string_view text, std::int32_t& days) noexcept;
bool read_datetime(std::string_view text, std::int64_t& microseconds) noexcept;

/// What the values of one column have in common so far.
class ColumnProfile {
 public:
  /// `declared`: a type that a side file claims; it holds as long as every value can be read as it.
  explicit ColumnProfile(FieldType declared = {});

  /// A value that is not null.
  void add(std::string_view text) {
    ++values_;
    if (candidates_ != 0) narrow(text);
  }
  void add_nulls(std::uint64_t count) noexcept { nulls_ += count; }
  /// The values of another part of the file.
  void merge(const ColumnProfile& other);

  /// The narrowest type that fits: boolean, integer, decimal, float, date, datetime, time, else string.
  FieldType type() const;
  std::uint64_t nulls() const noexcept { return nulls_; }

  /// What was found so far, for another object to go on with.
  std::array<std::int64_t, 4> state() const noexcept;
  void restore(const std::array<std::int64_t, 4>& state) noexcept;

 private:
  void narrow(std::string_view text);

  FieldType declared_;
  std::uint8_t candidates_;
  bool has_number_ = false;
  std::uint64_t values_ = 0;
  std::uint64_t nulls_ = 0;
};

/// True if the text can be read as a value of that type (not necessarily canonical): what a side file's claim
/// needs.
bool can_read_as(std::string_view text, const FieldType& type);

}  // namespace dataknobs::file
