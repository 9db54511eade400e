// SPDX-License-Identifier: Apache-2.0
//
// Numbers are strings of digits here, and texts are lists of characters: slow, and plain to see.
#include "conformance/naive_functions.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>

#include "conformance/naive.hpp"

namespace dataknobs::naive {
namespace {

// --- exact numbers -----------------------------------------------------------------------------------------------

constexpr std::size_t kMostDigits = 147'455;
__extension__ using Wide = __int128;

struct Exact {
  bool negative = false;
  std::string digits = "0";  // Without zeros in front.
  long long exponent = 0;
};

std::string stripped(std::string digits) {
  std::size_t first = digits.find_first_not_of('0');
  return first == std::string::npos ? "0" : digits.substr(first);
}

bool below(const std::string& left, const std::string& right) {
  return left.size() != right.size() ? left.size() < right.size() : left < right;
}

std::string sum(std::string left, std::string right) {
  std::size_t size = std::max(left.size(), right.size()) + 1;
  left.insert(0, size - left.size(), '0');
  right.insert(0, size - right.size(), '0');
  int carry = 0;
  for (std::size_t at = size; at-- > 0;) {
    int digit = left[at] - '0' + right[at] - '0' + carry;
    carry = digit / 10;
    left[at] = static_cast<char>('0' + digit % 10);
  }
  return stripped(left);
}

// The left one is not below the right one.
std::string difference(std::string left, std::string right) {
  right.insert(0, left.size() - right.size(), '0');
  int borrowed = 0;
  for (std::size_t at = left.size(); at-- > 0;) {
    int digit = left[at] - right[at] - borrowed;
    borrowed = digit < 0 ? 1 : 0;
    left[at] = static_cast<char>('0' + digit + 10 * borrowed);
  }
  return stripped(left);
}

std::string product(const std::string& left, const std::string& right) {
  std::vector<int> columns(left.size() + right.size());
  for (std::size_t i = left.size(); i-- > 0;) {
    for (std::size_t k = right.size(); k-- > 0;) {
      columns[i + k + 1] += (left[i] - '0') * (right[k] - '0');
      columns[i + k] += columns[i + k + 1] / 10;
      columns[i + k + 1] %= 10;
    }
  }
  std::string digits;
  for (int column : columns) digits += static_cast<char>('0' + column);
  return stripped(digits);
}

std::string quotient(const std::string& left, const std::string& right, std::string& rest) {
  std::string digits;
  rest = "0";
  for (char next : left) {
    rest = stripped(rest + next);
    char digit = '0';
    for (; !below(rest, right); ++digit) rest = difference(rest, right);
    digits += digit;
  }
  return stripped(digits);
}

Exact exact_of(const Value& value) {
  if (auto* integer = value.get_if<std::int64_t>()) {
    std::string text = std::to_string(*integer);
    return {*integer < 0, *integer < 0 ? text.substr(1) : text, 0};
  }
  if (auto* floating = value.get_if<double>()) {
    if (*floating == std::trunc(*floating) && std::fabs(*floating) < 9223372036854775808.0)
      return exact_of(static_cast<std::int64_t>(*floating));
    char buffer[64];
    auto end =
        std::to_chars(buffer, buffer + sizeof buffer, std::fabs(*floating), std::chars_format::scientific);
    std::string text(buffer, end.ptr);
    std::size_t e = text.find('e');
    std::string fraction = e > 1 ? text.substr(2, e - 2) : "";
    return {*floating < 0, text.substr(0, 1) + fraction,
            std::stoll(text.substr(e + 1)) - static_cast<long long>(fraction.size())};
  }
  const Decimal& decimal = value.get<Decimal>();
  return {decimal.negative(), stripped(decimal.digits()), decimal.exponent()};
}

Value decimal_of(const Exact& exact) {
  auto made =
      Decimal::parse((exact.negative ? "-" : "") + exact.digits + "e" + std::to_string(exact.exponent));
  return made ? Value(*made) : Value();
}

// Gives both the lower exponent. False where that takes too many digits.
bool align(Exact& left, Exact& right) {
  long long exponent = std::min(left.exponent, right.exponent);
  for (Exact* number : {&left, &right}) {
    if (number->exponent - exponent > static_cast<long long>(kMostDigits)) return false;
    number->digits.append(static_cast<std::size_t>(number->exponent - exponent), '0');
    if (number->digits.size() > kMostDigits) return false;
    number->digits = stripped(number->digits);
    number->exponent = exponent;
  }
  return true;
}

Value added(Exact left, Exact right) {
  if (!align(left, right)) {
    if (left.digits == "0") return decimal_of(right);
    return right.digits == "0" ? decimal_of(left) : Value();
  }
  if (left.negative == right.negative)
    return decimal_of({left.negative, sum(left.digits, right.digits), left.exponent});
  if (below(left.digits, right.digits)) std::swap(left, right);
  return decimal_of({left.negative, difference(left.digits, right.digits), left.exponent});
}

Value divided(const Exact& left, const Exact& right) {
  if (left.digits == "0") return decimal_of({});
  std::string digits = left.digits;
  long long exponent = left.exponent - right.exponent;
  while (digits.size() < right.digits.size() + 45) digits += '0', --exponent;
  std::string rest;
  std::string found = quotient(digits, right.digits, rest);
  std::string kept = found.substr(0, 38);
  std::string dropped = found.substr(38);
  exponent += static_cast<long long>(dropped.size());
  std::string half = "5" + std::string(dropped.size() - 1, '0');
  bool up = dropped > half || (dropped == half && (rest != "0" || (kept.back() - '0') % 2 == 1));
  if (up) kept = sum(kept, "1");
  for (; kept.back() == '0'; ++exponent) kept.pop_back();
  return decimal_of({left.negative != right.negative, kept, exponent});
}

Value whole_quotient(Exact left, Exact right, bool wants_rest) {
  Exact original = left;
  if (!align(left, right)) {
    // The one of the higher exponent is far above the other, as no zero is.
    bool smaller = left.digits == "0" || left.exponent < right.exponent;
    return smaller ? decimal_of(wants_rest ? original : Exact()) : Value();
  }
  std::string rest;
  std::string found = quotient(left.digits, right.digits, rest);
  if (wants_rest) return decimal_of({left.negative, rest, left.exponent});
  return decimal_of({left.negative != right.negative, found, 0});
}

// --- numbers -----------------------------------------------------------------------------------------------------

bool special(const Value& value) {
  auto* floating = value.get_if<double>();
  return floating != nullptr && !std::isfinite(*floating);
}

double as_double(const Value& value) {
  if (auto* integer = value.get_if<std::int64_t>()) return static_cast<double>(*integer);
  if (auto* floating = value.get_if<double>()) return *floating;
  return value.get<Decimal>().to_double();
}

Value integer_or_decimal(Wide value) {
  if (value >= INT64_MIN && value <= INT64_MAX) return static_cast<std::int64_t>(value);
  bool negative = value < 0;
  std::string digits;
  for (Wide left = value; left != 0; left /= 10)
    digits.insert(digits.begin(),
                  static_cast<char>('0' + static_cast<int>(negative ? -(left % 10) : left % 10)));
  return decimal_of({negative, digits, 0});
}

Value of_integers(Function function, std::int64_t left, std::int64_t right) {
  Wide a = left;
  Wide b = right;
  switch (function) {
    case Function::add:
      return integer_or_decimal(a + b);
    case Function::subtract:
      return integer_or_decimal(a - b);
    case Function::multiply:
      return integer_or_decimal(a * b);
    case Function::divide:
      return static_cast<double>(left) / static_cast<double>(right);
    case Function::divide_whole:
      return integer_or_decimal(a / b);
    default:
      return integer_or_decimal(a % b);
  }
}

Value of_exact(Function function, const Exact& left, Exact right) {
  switch (function) {
    case Function::subtract:
      right.negative = !right.negative;
      return added(left, right);
    case Function::add:
      return added(left, right);
    case Function::multiply:
      if (left.digits.size() + right.digits.size() > kMostDigits) return {};
      return decimal_of({left.negative != right.negative, product(left.digits, right.digits),
                         left.exponent + right.exponent});
    case Function::divide:
      return divided(left, right);
    default:
      return whole_quotient(left, right, function == Function::remainder);
  }
}

Value checked(double result, std::initializer_list<double> of) {
  bool was_nan = std::any_of(of.begin(), of.end(), [](double value) { return std::isnan(value); });
  return std::isnan(result) && !was_nan ? Value() : Value(result);
}

Value arithmetic(Function function, const Value& left, const Value& right) {
  bool divides =
      function == Function::divide || function == Function::divide_whole || function == Function::remainder;
  if (divides && equal(right, Value(0))) return {};
  if (left.type() == ValueType::integer && right.type() == ValueType::integer)
    return of_integers(function, left.get<std::int64_t>(), right.get<std::int64_t>());
  bool exact = left.type() == ValueType::decimal || right.type() == ValueType::decimal;
  if (exact && !special(left) && !special(right)) return of_exact(function, exact_of(left), exact_of(right));
  double a = as_double(left);
  double b = as_double(right);
  switch (function) {
    case Function::add:
      return checked(a + b, {a, b});
    case Function::subtract:
      return checked(a - b, {a, b});
    case Function::multiply:
      return checked(a * b, {a, b});
    case Function::divide:
      return checked(a / b, {a, b});
    case Function::divide_whole:
      return checked(std::trunc(a / b), {a, b});
    default:
      return checked(std::fmod(a, b), {a, b});
  }
}

Value rounded(Function function, const Value& value, std::int64_t places) {
  if (special(value)) return value;
  Exact exact = exact_of(value);
  places = std::clamp<std::int64_t>(places, -2'500'000, 2'500'000);
  long long drop = -places - exact.exponent;
  if (drop <= 0) return value;
  std::string kept = drop < static_cast<long long>(exact.digits.size())
                         ? exact.digits.substr(0, exact.digits.size() - static_cast<std::size_t>(drop))
                         : "0";
  std::string dropped = drop > static_cast<long long>(exact.digits.size())
                            ? "0" + exact.digits
                            : exact.digits.substr(exact.digits.size() - static_cast<std::size_t>(drop));
  bool inexact = dropped.find_first_not_of('0') != std::string::npos;
  bool up = (function == Function::round && dropped[0] >= '5') ||
            (function == Function::floor && exact.negative && inexact) ||
            (function == Function::ceil && !exact.negative && inexact);
  if (up) kept = sum(kept, "1");
  Value result = kept == "0" ? Value(Decimal()) : decimal_of({exact.negative, kept, -places});
  if (result.is_null()) return {};
  if (value.type() == ValueType::floating) return result.get<Decimal>().to_double();
  auto integer = result.get<Decimal>().to_int64();
  return value.type() == ValueType::integer && integer ? Value(*integer) : result;
}

int sign_of(const Value& value) {
  return *order(value, Value(0));
}

Value number_function(Function function, const std::vector<Value>& arguments) {
  for (const Value& argument : arguments) {
    if (!argument.is_number()) return {};
  }
  const Value& first = arguments[0];
  double x = as_double(first);
  switch (function) {
    case Function::negate:
      return first.type() == ValueType::floating ? Value(-x) : arithmetic(Function::subtract, 0, first);
    case Function::abs:
      return sign_of(first) < 0 ? number_function(Function::negate, {first}) : first;
    case Function::sign:
      return std::isnan(x) ? first : Value(sign_of(first) < 0 ? -1 : (sign_of(first) > 0 ? 1 : 0));
    case Function::round: {
      if (arguments.size() == 1) return rounded(function, first, 0);
      Value places = special(arguments[1]) ? Value() : rounded(Function::trunc, arguments[1], 0);
      if (places.is_null() || !equal(places, arguments[1])) return {};
      auto count = decimal_of(exact_of(places)).get<Decimal>().to_int64();
      return count ? rounded(function, first, *count) : Value();
    }
    case Function::floor:
    case Function::ceil:
    case Function::trunc:
      return rounded(function, first, 0);
    case Function::sqrt:
      return checked(std::sqrt(x), {x});
    case Function::exp:
      return std::exp(x);
    case Function::ln:
      return sign_of(first) == 0 || x == 0 ? Value() : checked(std::log(x), {x});
    case Function::log10:
      return sign_of(first) == 0 || x == 0 ? Value() : checked(std::log10(x), {x});
    case Function::power: {
      double y = as_double(arguments[1]);
      return x == 0 && y < 0 ? Value() : checked(std::pow(x, y), {x, y});
    }
    default:
      return arithmetic(function, first, arguments[1]);
  }
}

// --- texts -------------------------------------------------------------------------------------------------------

constexpr std::size_t kLongest = 16 * 1024 * 1024;
using Characters = std::vector<std::string>;

Value joined(const Characters& parts) {
  std::string text = std::accumulate(parts.begin(), parts.end(), std::string());
  return text.size() > kLongest ? Value() : Value(text);
}

// The simple mappings of the letters that the tests use: small to capital, unless it is one way alone.
std::string changed(const std::string& character, bool to_upper) {
  if (character.size() == 1) {
    char c = character[0];
    if (to_upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!to_upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return std::string(1, c);
  }
  static const std::map<std::string, std::string> upper = {
      {"\u00e4", "\u00c4"}, {"\u00e9", "\u00c9"}, {"\u03c3", "\u03a3"}, {"\u03c2", "\u03a3"},
      {"\u017f", "S"},      {"\u00b5", "\u039c"}, {"\u03bc", "\u039c"}, {"\u0436", "\u0416"},
      {"\u00f6", "\u00d6"}, {"\u00fc", "\u00dc"}};
  static const std::map<std::string, std::string> lower = {
      {"\u00c4", "\u00e4"}, {"\u00c9", "\u00e9"}, {"\u03a3", "\u03c3"},
      {"\u212a", "k"},      {"\u1e9e", "\u00df"}, {"\u039c", "\u03bc"},
      {"\u0416", "\u0436"}, {"\u00d6", "\u00f6"}, {"\u00dc", "\u00fc"}};
  const auto& table = to_upper ? upper : lower;
  auto found = table.find(character);
  return found == table.end() ? character : found->second;
}

Value cased(const std::string& text, bool to_upper) {
  Characters letters = characters(text);
  for (std::string& letter : letters) letter = changed(letter, to_upper);
  return joined(letters);
}

Value trimmed(Function function, const std::string& text, const std::string& set) {
  Characters letters = characters(text);
  Characters removed = characters(set);
  auto goes = [&](const std::string& letter) {
    return std::find(removed.begin(), removed.end(), letter) != removed.end();
  };
  std::size_t first = 0;
  std::size_t last = letters.size();
  while (function != Function::rtrim && first < last && goes(letters[first])) ++first;
  while (function != Function::ltrim && last > first && goes(letters[last - 1])) --last;
  return joined({letters.begin() + static_cast<std::ptrdiff_t>(first),
                 letters.begin() + static_cast<std::ptrdiff_t>(last)});
}

Characters split(const std::string& text, const std::string& separator) {
  Characters parts{""};
  for (std::size_t at = 0; at < text.size();) {
    if (!separator.empty() && text.compare(at, separator.size(), separator) == 0) {
      parts.emplace_back();
      at += separator.size();
    } else {
      parts.back() += text[at++];
    }
  }
  return parts;
}

Value text_function(Function function, const std::vector<Value>& arguments) {
  Characters texts;
  for (const Value& argument : arguments) {
    auto* text = argument.get_if<std::string>();
    if (text == nullptr) return {};
    texts.push_back(*text);
  }
  switch (function) {
    case Function::upper:
    case Function::lower:
      return cased(texts[0], function == Function::upper);
    case Function::trim:
    case Function::ltrim:
    case Function::rtrim:
      return trimmed(function, texts[0], texts.size() > 1 ? texts[1] : " ");
    case Function::reverse: {
      Characters letters = characters(texts[0]);
      return joined({letters.rbegin(), letters.rend()});
    }
    case Function::replace: {
      Characters parts = split(texts[0], texts[1]);
      for (std::size_t at = 1; at < parts.size(); ++at) parts[at].insert(0, texts[2]);
      return joined(parts);
    }
    case Function::concat:
      return joined(texts);
    default: {
      Characters letters = characters(texts[0]);
      Characters wanted = characters(texts[1]);
      for (std::size_t at = 0; at + wanted.size() <= letters.size(); ++at) {
        if (std::equal(wanted.begin(), wanted.end(), letters.begin() + static_cast<std::ptrdiff_t>(at)))
          return static_cast<std::int64_t>(at + 1);
      }
      return 0;
    }
  }
}

// The characters at these positions, which are counted from 1 and may lie outside.
Value between(const Characters& letters, Wide first, Wide last) {
  Characters kept;
  for (std::size_t at = 0; at < letters.size(); ++at) {
    Wide place = static_cast<Wide>(at) + 1;
    if (place >= first && place <= last) kept.push_back(letters[at]);
  }
  return joined(kept);
}

std::optional<std::int64_t> whole(const Value& value) {
  if (!value.is_number() || special(value)) return {};
  return decimal_of(exact_of(value)).get<Decimal>().to_int64();
}

Value counting_function(Function function, const std::vector<Value>& arguments) {
  auto* text = arguments[0].get_if<std::string>();
  std::optional<std::int64_t> number = whole(arguments[function == Function::split_part ? 2 : 1]);
  if (text == nullptr || !number) return {};
  Characters letters = characters(*text);
  Wide size = static_cast<Wide>(letters.size());
  switch (function) {
    case Function::substring: {
      if (arguments.size() == 2) return between(letters, *number, size);
      std::optional<std::int64_t> count = whole(arguments[2]);
      return count && *count >= 0 ? between(letters, *number, Wide{*number} + *count - 1) : Value();
    }
    case Function::left:
      return between(letters, 1, *number >= 0 ? Wide{*number} : size + *number);
    case Function::right:
      return between(letters, *number >= 0 ? size - *number + 1 : 1 - Wide{*number}, size);
    case Function::repeat:
      if (*number <= 0 || text->empty()) return "";
      if (Wide{*number} * static_cast<Wide>(text->size()) > static_cast<Wide>(kLongest)) return {};
      return joined(Characters(static_cast<std::size_t>(*number), *text));
    case Function::split_part: {
      auto* separator = arguments[1].get_if<std::string>();
      if (separator == nullptr || *number == 0) return {};
      Characters parts = split(*text, *separator);
      Wide at = *number > 0 ? Wide{*number} - 1 : static_cast<Wide>(parts.size()) + *number;
      return at < 0 || at >= static_cast<Wide>(parts.size()) ? Value("")
                                                             : Value(parts[static_cast<std::size_t>(at)]);
    }
    default:
      break;
  }
  auto* fill = arguments.size() > 2 ? arguments[2].get_if<std::string>() : nullptr;
  if (arguments.size() > 2 && fill == nullptr) return {};
  Characters filling = characters(fill != nullptr ? *fill : " ");
  if (*number <= size) return between(letters, 1, *number);
  if (filling.empty()) return *text;
  if (*number - size > static_cast<Wide>(kLongest)) return {};
  std::string added;
  for (Wide at = 0; at < *number - size; ++at)
    added += filling[static_cast<std::size_t>(at) % filling.size()];
  return joined(function == Function::lpad ? Characters{added, *text} : Characters{*text, added});
}

Value length_of(const Value& value) {
  if (auto* text = value.get_if<std::string>()) return static_cast<std::int64_t>(characters(*text).size());
  if (auto* binary = value.get_if<Binary>()) return static_cast<std::int64_t>(binary->bytes.size());
  if (auto* vector = value.get_if<Vector>()) return static_cast<std::int64_t>(vector->size());
  auto* json = value.get_if<Json>();
  if (json == nullptr) return {};
  if (json->is_array()) return static_cast<std::int64_t>(json->array().size());
  std::int64_t count = 0;
  for (const auto& member : json->object()) count += member.second.is_null() ? 0 : 1;
  return count;
}

// --- the calendar ------------------------------------------------------------------------------------------------

constexpr std::int64_t kDay = 86'400'000'000;

bool is_leap(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_of(std::int64_t year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

struct Day {
  std::int64_t year = 1970;
  int month = 1;
  int day = 1;
};

Day day_at(std::int64_t days) {
  Day found;
  found.year += 400 * (days / 146'097);
  days %= 146'097;
  while (days < 0) days += is_leap(--found.year) ? 366 : 365;
  while (days >= (is_leap(found.year) ? 366 : 365)) days -= is_leap(found.year++) ? 366 : 365;
  while (days >= days_of(found.year, found.month)) days -= days_of(found.year, found.month++);
  found.day += static_cast<int>(days);
  return found;
}

std::int64_t number_of(const Day& day) {
  std::int64_t era = (day.year - 1970) / 400;
  std::int64_t days = era * 146'097;
  std::int64_t from = 1970 + era * 400;
  for (; from < day.year; ++from) days += is_leap(from) ? 366 : 365;
  for (; from > day.year; --from) days -= is_leap(from - 1) ? 366 : 365;
  for (int month = 1; month < day.month; ++month) days += days_of(day.year, month);
  return days + day.day - 1;
}

// Microseconds since 1970, wide enough for every date.
struct Point {
  Wide at = 0;
  bool date = false;
};

bool infinite(const Value& value) {
  auto* moment = value.get_if<DateTime>();
  auto* date = value.get_if<Date>();
  return (moment != nullptr && !moment->is_finite()) || (date != nullptr && !date->is_finite());
}

std::optional<Point> point_of(const Value& value) {
  if (infinite(value)) return {};
  if (auto* moment = value.get_if<DateTime>()) return Point{moment->microseconds, false};
  if (auto* date = value.get_if<Date>()) return Point{Wide{date->days} * kDay, true};
  return {};
}

Wide down(Wide value, Wide size) {
  Wide rest = value % size;
  return value - (rest < 0 ? rest + size : rest);
}

std::int64_t day_of(Wide at) {
  return static_cast<std::int64_t>(down(at, kDay) / kDay);
}

Value moment_value(Wide at, bool date) {
  if (date) {
    Wide days = at / kDay;
    return days > INT32_MIN && days < INT32_MAX ? Value(Date{static_cast<std::int32_t>(days)}) : Value();
  }
  return at > INT64_MIN && at < INT64_MAX ? Value(DateTime{static_cast<std::int64_t>(at)}) : Value();
}

Wide size_of(const std::string& unit) {
  static const std::map<std::string, Wide> sizes = {
      {"microsecond", 1},      {"millisecond", 1000}, {"second", 1'000'000},   {"minute", 60'000'000},
      {"hour", 3'600'000'000}, {"day", kDay},         {"week", Wide{7} * kDay}};
  auto found = sizes.find(unit);
  return found == sizes.end() ? 0 : found->second;
}

int months_of(const std::string& unit) {
  return unit == "month" ? 1 : (unit == "quarter" ? 3 : 12);
}

// The beginning of the unit that the moment lies in.
Wide start_of(const std::string& unit, Wide at) {
  constexpr Wide kMonday = Wide{-3} * kDay;
  if (unit == "week") return down(at - kMonday, size_of(unit)) + kMonday;
  if (size_of(unit) != 0) return down(at, size_of(unit));
  Day day = day_at(day_of(at));
  day.day = 1;
  while ((day.month - 1) % months_of(unit) != 0) --day.month;
  return Wide{number_of(day)} * kDay;
}

Value moved(const std::string& unit, std::int64_t count, Point point) {
  if (size_of(unit) != 0)
    return moment_value(point.at + count * size_of(unit), point.date && size_of(unit) >= kDay);
  Wide months = Wide{count} * months_of(unit);
  if (months > 120'000'000 || months < -120'000'000) return {};
  Wide time = point.at - down(point.at, kDay);
  Day day = day_at(day_of(point.at));
  Wide total = Wide{day.year} * 12 + day.month - 1 + months;
  day.year = static_cast<std::int64_t>(down(total, 12) / 12);
  day.month = static_cast<int>(total - down(total, 12)) + 1;
  day.day = std::min(day.day, days_of(day.year, day.month));
  return moment_value(Wide{number_of(day)} * kDay + time, point.date);
}

Value units_between(const std::string& unit, Wide from, Wide to) {
  Wide count = 0;
  if (size_of(unit) != 0) {
    count = (start_of(unit, to) - start_of(unit, from)) / size_of(unit);
  } else {
    Day first = day_at(day_of(start_of(unit, from)));
    Day last = day_at(day_of(start_of(unit, to)));
    count = ((last.year - first.year) * 12 + last.month - first.month) / months_of(unit);
  }
  return count >= INT64_MIN && count <= INT64_MAX ? Value(static_cast<std::int64_t>(count)) : Value();
}

Value part_of(Function function, const Value& value) {
  std::optional<Point> point = point_of(value);
  bool of_clock = function == Function::hour || function == Function::minute || function == Function::second;
  if (of_clock) {
    Wide time = 0;
    if (auto* clock = value.get_if<Time>()) {
      time = clock->microseconds;
    } else if (point) {
      time = point->at - down(point->at, kDay);
    } else {
      return {};
    }
    auto seconds = static_cast<std::int64_t>(time / 1'000'000);
    return function == Function::hour ? seconds / 3600
                                      : (function == Function::minute ? seconds / 60 % 60 : seconds % 60);
  }
  if (!point) return {};
  Day day = day_at(day_of(point->at));
  return function == Function::year ? day.year
                                    : std::int64_t{function == Function::month ? day.month : day.day};
}

Value moment_function(Function function, const std::vector<Value>& arguments) {
  if (arguments.size() == 1) return part_of(function, arguments[0]);
  const auto& unit = arguments[0].get<std::string>();
  const Value& last = arguments.back();
  std::optional<Point> point = point_of(last);
  if (function == Function::date_diff) {
    std::optional<Point> from = point_of(arguments[1]);
    return from && point ? units_between(unit, from->at, point->at) : Value();
  }
  std::optional<std::int64_t> count = function == Function::date_add ? whole(arguments[1]) : 0;
  if (!count) return {};
  if (infinite(last)) return last;
  if (!point) return {};
  if (function == Function::date_add) return moved(unit, *count, *point);
  return moment_value(start_of(unit, point->at), point->date);
}

// --- conversions -------------------------------------------------------------------------------------------------

Value exact_decimal(const Value& value) {
  if (auto* text = value.get_if<std::string>()) {
    auto parsed = Decimal::parse(*text);
    return parsed ? Value(*parsed) : Value();
  }
  return value.is_number() && !special(value) ? decimal_of(exact_of(value)) : Value();
}

Value converted(Function function, const Value& value) {
  auto* text = value.get_if<std::string>();
  auto* moment = value.get_if<DateTime>();
  auto* date = value.get_if<Date>();
  auto either = [](auto parsed) { return parsed ? Value(*parsed) : Value(); };
  Value decimal = exact_decimal(value);
  switch (function) {
    case Function::to_decimal:
      return decimal;
    case Function::to_integer:
      if (auto* boolean = value.get_if<bool>()) return *boolean ? 1 : 0;
      return decimal.is_null() ? Value() : either(decimal.get<Decimal>().to_int64());
    case Function::to_float:
      if (value.type() == ValueType::floating) return value;
      if (text != nullptr && *text == "NaN") return std::nan("");
      if (text != nullptr && (*text == "Infinity" || *text == "-Infinity"))
        return *text == "Infinity" ? HUGE_VAL : -HUGE_VAL;
      return decimal.is_null() || std::isinf(decimal.get<Decimal>().to_double()) ? Value()
                                                                                 : Value(as_double(decimal));
    case Function::to_string:
      if (value.type() == ValueType::json || value.type() == ValueType::vector) return {};
      if (value.is_number() && !special(value)) return decimal.get<Decimal>().normalized().to_string();
      return to_text(value);
    case Function::to_datetime:
      if (text != nullptr) return either(parse_datetime(*text));
      if (moment != nullptr) return value;
      if (date == nullptr) return {};
      if (infinite(value))
        return *date == Date::infinity() ? DateTime::infinity() : DateTime::negative_infinity();
      return moment_value(point_of(value)->at, false);
    case Function::to_date:
      if (text != nullptr) return either(parse_date(*text));
      if (date != nullptr) return value;
      if (moment == nullptr) return {};
      if (infinite(value))
        return *moment == DateTime::infinity() ? Date::infinity() : Date::negative_infinity();
      return moment_value(start_of("day", moment->microseconds), true);
    default:
      if (text != nullptr) return either(parse_time(*text));
      if (value.type() == ValueType::time) return value;
      if (moment == nullptr || infinite(value)) return {};
      return Time{static_cast<std::int64_t>(moment->microseconds - down(moment->microseconds, kDay))};
  }
}

std::string class_name(const Value& value) {
  switch (value.type()) {
    case ValueType::integer:
    case ValueType::floating:
    case ValueType::decimal:
      return "number";
    case ValueType::datetime:
    case ValueType::date:
      return "datetime";
    case ValueType::vector:
      return "list";
    case ValueType::json:
      return value.get<Json>().is_array() ? "list" : "object";
    case ValueType::boolean:
      return "boolean";
    case ValueType::string:
      return "string";
    case ValueType::binary:
      return "binary";
    default:
      return "time";
  }
}

Value any_function(Function function, const std::vector<Value>& arguments) {
  const Value& first = arguments[0];
  switch (function) {
    case Function::greatest:
    case Function::least: {
      Value best = first;
      for (const Value& argument : arguments) {
        if (class_name(argument) == "list" || class_name(argument) == "object") return {};
        std::optional<int> sign = order(argument, best);
        if (!sign) return {};
        if (function == Function::greatest ? *sign > 0 : *sign < 0) best = argument;
      }
      return best;
    }
    case Function::type_of:
      return class_name(first);
    case Function::keys: {
      if (class_name(first) != "object") return {};
      std::map<std::string, bool> names;
      for (const auto& [name, value] : first.get<Json>().object()) {
        if (!value.is_null()) names[name] = true;
      }
      Json::Array list;
      for (const auto& [name, unused] : names) list.emplace_back(name);
      return Value(Json(std::move(list)));
    }
    default:
      return converted(function, first);
  }
}

}  // namespace

Value compute(Function function, const std::vector<Value>& arguments) {
  for (const Value& argument : arguments) {
    if (argument.is_null()) return {};
  }
  if (function == Function::length) return length_of(arguments[0]);
  if (function >= Function::add && function <= Function::log10) return number_function(function, arguments);
  bool counting =
      function == Function::split_part || (function >= Function::substring && function <= Function::repeat);
  if (counting) return counting_function(function, arguments);
  if (function >= Function::upper && function <= Function::split_part)
    return text_function(function, arguments);
  if (function >= Function::year && function <= Function::date_diff)
    return moment_function(function, arguments);
  return any_function(function, arguments);
}

}  // namespace dataknobs::naive
