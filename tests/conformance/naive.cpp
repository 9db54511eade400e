// SPDX-License-Identifier: Apache-2.0
#include "conformance/naive.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "conformance/naive_functions.hpp"
#include "record/canonical.hpp"

namespace dataknobs::naive {
namespace {

// --- numbers: sign, digits and the place of the first digit
// ---------------------------------------------------------

struct Number {
  int special = 0;  // -1: -infinity, 1: infinity, 2: NaN
  int sign = 0;
  std::string digits;   // without zeros at either end; empty is zero
  long long point = 0;  // 0.digits x 10^point
};

Number from_digits(bool negative, std::string digits, long long exponent) {
  Number number;
  while (!digits.empty() && digits.back() == '0') digits.pop_back(), ++exponent;
  std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
  number.digits = digits.substr(zeros);
  number.sign = number.digits.empty() ? 0 : (negative ? -1 : 1);
  number.point = number.digits.empty() ? 0 : static_cast<long long>(number.digits.size()) + exponent;
  return number;
}

Number from_integer(std::int64_t value) {
  std::string text = std::to_string(value);
  bool negative = text.front() == '-';
  return from_digits(negative, text.substr(negative ? 1 : 0), 0);
}

Number from_float(double value) {
  Number number;
  if (std::isnan(value)) return number.special = 2, number;
  if (std::isinf(value)) return number.special = value < 0 ? -1 : 1, number;
  if (value == std::trunc(value) && std::fabs(value) < 9223372036854775808.0) {
    return from_integer(static_cast<std::int64_t>(value));
  }
  char buffer[64];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, std::fabs(value), std::chars_format::scientific);
  std::string text(buffer, end.ptr);  // d[.ddd]e(+|-)xx
  std::size_t e = text.find('e');
  long long exponent = std::stoll(text.substr(e + 1));
  std::string digits = text.substr(0, 1) + (e > 1 ? text.substr(2, e - 2) : "");
  return from_digits(value < 0, digits, exponent - static_cast<long long>(digits.size()) + 1);
}

Number number_of(const Value& value) {
  if (auto* integer = value.get_if<std::int64_t>()) return from_integer(*integer);
  if (auto* floating = value.get_if<double>()) return from_float(*floating);
  const Decimal& decimal = value.get<Decimal>();
  return from_digits(decimal.negative(), decimal.digits(), decimal.exponent());
}

int sign_of(long long value) {
  return value < 0 ? -1 : (value > 0 ? 1 : 0);
}

int compare_numbers(const Number& left, const Number& right) {
  auto rank = [](const Number& number) { return number.special; };
  if (rank(left) != 0 || rank(right) != 0) return sign_of(rank(left) - rank(right));
  if (left.sign != right.sign) return sign_of(left.sign - right.sign);
  if (left.point != right.point) return left.sign * sign_of(left.point - right.point);
  return left.sign * sign_of(left.digits.compare(right.digits));
}

// --- classes
// --------------------------------------------------------------------------------------------------------

// As a sort has them; numbers are one class, datetimes with dates, and a vector counts as a JSON array.
int class_of(const Value& value) {
  switch (value.type()) {
    case ValueType::null:
      return 0;
    case ValueType::boolean:
      return 1;
    case ValueType::integer:
    case ValueType::floating:
    case ValueType::decimal:
      return 2;
    case ValueType::string:
      return 3;
    case ValueType::binary:
      return 4;
    case ValueType::datetime:
    case ValueType::date:
      return 5;
    case ValueType::time:
      return 6;
    case ValueType::json:
    case ValueType::vector:
      return 7;
  }
  return 0;
}

std::int64_t moment(const Value& value) {
  if (auto* datetime = value.get_if<DateTime>()) return datetime->microseconds;
  Date date = value.get<Date>();
  if (date == Date::infinity()) return DateTime::infinity().microseconds;
  if (date == Date::negative_infinity()) return DateTime::negative_infinity().microseconds;
  return std::int64_t{date.days} * 86'400'000'000;
}

Value as_json(const Value& value) {
  auto* vector = value.get_if<Vector>();
  if (vector == nullptr) return value;
  Json::Array elements;
  for (float number : *vector) elements.emplace_back(static_cast<double>(number));
  return Value(Json(std::move(elements)));
}

bool equal_json(const Json& left, const Json& right);

bool equal_member(const Value& left, const Value& right) {
  if (left.is_null() || right.is_null()) return left.is_null() && right.is_null();
  return equal(left, right);
}

bool equal_json(const Json& left, const Json& right) {
  if (left.is_array() != right.is_array()) return false;
  if (left.is_array()) {
    return std::equal(left.array().begin(), left.array().end(), right.array().begin(), right.array().end(),
                      equal_member);
  }
  std::map<std::string, Value> wanted;
  for (const auto& [name, value] : left.object()) {
    if (!value.is_null()) wanted.emplace(name, value);
  }
  std::size_t seen = 0;
  for (const auto& [name, value] : right.object()) {
    if (value.is_null()) continue;
    auto found = wanted.find(name);
    if (found == wanted.end() || !equal(found->second, value)) return false;
    ++seen;
  }
  return seen == wanted.size();
}

// --- text
// -----------------------------------------------------------------------------------------------------------

// Simple case folding (CaseFolding.txt, C and S) of the letters that the tests use.
std::string fold(const std::string& character) {
  if (character.size() == 1 && character[0] >= 'A' && character[0] <= 'Z') {
    return std::string(1, static_cast<char>(character[0] - 'A' + 'a'));
  }
  static const std::map<std::string, std::string> others = {
      {"\u00c4", "\u00e4"}, {"\u00c9", "\u00e9"}, {"\u03a3", "\u03c3"}, {"\u03c2", "\u03c3"}, {"\u212a", "k"},
      {"\u1e9e", "\u00df"}, {"\u017f", "s"},      {"\u00b5", "\u03bc"}, {"\u0416", "\u0436"}};
  auto found = others.find(character);
  return found == others.end() ? character : found->second;
}

bool like_from(const std::vector<std::string>& pattern, std::size_t at, const std::vector<std::string>& text,
               std::size_t position, bool folded) {
  if (at == pattern.size()) return position == text.size();
  if (pattern[at] == "%") {
    for (std::size_t next = position; next <= text.size(); ++next) {
      if (like_from(pattern, at + 1, text, next, folded)) return true;
    }
    return false;
  }
  if (position == text.size()) return false;
  bool escaped = pattern[at] == "\\" && at + 1 < pattern.size();
  if (!escaped && pattern[at] == "_") return like_from(pattern, at + 1, text, position + 1, folded);
  const std::string& wanted = pattern[escaped ? at + 1 : at];
  bool same = folded ? fold(wanted) == fold(text[position]) : wanted == text[position];
  return same && like_from(pattern, at + (escaped ? 2 : 1), text, position + 1, folded);
}

bool like(const Value& value, const Value& pattern, bool folded) {
  auto* text = value.get_if<std::string>();
  auto* wanted = pattern.get_if<std::string>();
  return text != nullptr && wanted != nullptr &&
         like_from(characters(*wanted), 0, characters(*text), 0, folded);
}

// --- operands
// -------------------------------------------------------------------------------------------------------

Value step_into(const Value& value, const Path::Step& step) {
  Value whole = step.is_index() ? as_json(value) : value;
  auto* json = whole.get_if<Json>();
  if (json == nullptr) return {};
  if (step.is_index()) {
    if (!json->is_array() || *step.index >= json->array().size()) return {};
    return json->array()[*step.index];
  }
  if (json->is_array()) return {};
  const Value* member = json->find(step.name);
  return member == nullptr ? Value() : *member;
}

struct Operand {
  Value value;
  bool literal = false;
  bool id = false;
};

Value call(const Expression& expression, const Record& record);

Operand evaluate(const Expression& expression, const Record& record) {
  Operand operand;
  if (expression.is_literal()) {
    operand.value = expression.value();
    operand.literal = true;
    return operand;
  }
  if (expression.is_call()) {
    operand.value = call(expression, record);
    return operand;
  }
  const Path& path = expression.path();
  std::size_t next = 1;
  if (path.is_id()) {
    operand.id = true;
    if (record.id()) operand.value = Value(*record.id());
    return operand;
  }
  if (path.is_metadata()) {
    if (record.metadata()) operand.value = Value(*record.metadata());
  } else {
    operand.value = record[path.root()];
  }
  for (; next < path.steps().size(); ++next) operand.value = step_into(operand.value, path.steps()[next]);
  return operand;
}

Value call(const Expression& expression, const Record& record) {
  const std::vector<Expression>& operands = expression.operands();
  if (expression.function() == Function::choose)
    return evaluate(operands[matches(operands[0], record) ? 1 : 2], record).value;
  std::vector<Value> arguments;
  for (const Expression& operand : operands) arguments.push_back(evaluate(operand, record).value);
  if (expression.function() != Function::coalesce) return compute(expression.function(), arguments);
  std::erase_if(arguments, [](const Value& value) { return value.is_null(); });
  return arguments.empty() ? Value() : arguments.front();
}

/// A string literal takes the class of the value that it stands beside, if it parses as one.
Value adapted(const Operand& literal, const Operand& other, bool equality) {
  if (!literal.literal || other.literal) return literal.value;
  if (other.id && equality && literal.value.is_number()) return Value(to_text(literal.value));
  auto* text = literal.value.get_if<std::string>();
  if (text == nullptr) return literal.value;
  auto either = [&](auto parsed) { return parsed ? Value(*parsed) : literal.value; };
  switch (other.value.type()) {
    case ValueType::datetime:
      return either(parse_datetime(*text));
    case ValueType::date:
      if (auto date = parse_date(*text)) return Value(*date);
      return either(parse_datetime(*text));
    case ValueType::time:
      return either(parse_time(*text));
    case ValueType::binary:
      return text->starts_with("\\x") ? either(parse_hex(text->substr(2))) : either(parse_base64(*text));
    default:
      return literal.value;
  }
}

bool equal_operands(const Operand& left, const Operand& right) {
  return equal(adapted(left, right, true), adapted(right, left, true));
}

std::optional<int> order_operands(const Operand& left, const Operand& right) {
  return order(adapted(left, right, false), adapted(right, left, false));
}

bool contains(const Operand& left, const Operand& right) {
  if (auto* text = left.value.get_if<std::string>()) {
    auto* part = right.value.get_if<std::string>();
    return part != nullptr && text->find(*part) != std::string::npos;
  }
  Value list = as_json(left.value);
  auto* json = list.get_if<Json>();
  if (json == nullptr || !json->is_array()) return false;
  return std::any_of(json->array().begin(), json->array().end(),
                     [&](const Value& element) { return !element.is_null() && equal(element, right.value); });
}

bool in_list(const std::vector<Operand>& operands) {
  return std::any_of(operands.begin() + 1, operands.end(), [&](const Operand& element) {
    return !element.value.is_null() && equal_operands(operands[0], element);
  });
}

bool between(const std::vector<Operand>& operands) {
  std::optional<int> low = order_operands(operands[0], operands[1]);
  std::optional<int> high = order_operands(operands[0], operands[2]);
  return low && high && *low >= 0 && *high <= 0;
}

bool text_operator(Operator op, const Value& left, const Value& right) {
  auto* text = left.get_if<std::string>();
  auto* other = right.get_if<std::string>();
  if (text == nullptr || other == nullptr) return false;
  if (op == Operator::starts_with) return text->compare(0, other->size(), *other) == 0;
  return re2::RE2::PartialMatch(*text, re2::RE2(*other, re2::RE2::Quiet));
}

/// The comparison itself; no operand is null.
bool positive(Operator op, const std::vector<Operand>& operands) {
  const Operand& left = operands[0];
  const Operand& right = operands.size() > 1 ? operands[1] : operands[0];
  std::optional<int> sign;
  switch (op) {
    case Operator::equal:
      return equal_operands(left, right);
    case Operator::less:
      return (sign = order_operands(left, right)) && *sign < 0;
    case Operator::less_equal:
      return (sign = order_operands(left, right)) && *sign <= 0;
    case Operator::greater:
      return (sign = order_operands(left, right)) && *sign > 0;
    case Operator::greater_equal:
      return (sign = order_operands(left, right)) && *sign >= 0;
    case Operator::like:
      return like(left.value, right.value, false);
    case Operator::ilike:
      return like(left.value, right.value, true);
    case Operator::contains:
      return contains(left, right);
    case Operator::in:
      return in_list(operands);
    case Operator::between:
      return between(operands);
    default:
      return text_operator(op, left.value, right.value);
  }
}

std::optional<Operator> positive_of(Operator op) {
  switch (op) {
    case Operator::not_equal:
      return Operator::equal;
    case Operator::not_like:
      return Operator::like;
    case Operator::not_ilike:
      return Operator::ilike;
    case Operator::not_in:
      return Operator::in;
    case Operator::not_between:
      return Operator::between;
    default:
      return {};
  }
}

int sort_sign(const Value& left, const Value& right) {
  if (class_of(left) != class_of(right)) return class_of(left) - class_of(right);
  if (class_of(left) != 7) return order(left, right).value_or(0);
  std::string left_bytes;
  std::string right_bytes;
  append_canonical(left_bytes, left);
  append_canonical(right_bytes, right);
  return left_bytes.compare(right_bytes);
}

bool before(const Query& query, const Record& left, const Record& right) {
  for (const SortKey& key : query.sort()) {
    Value left_value = evaluate(Expression::path(key.path()), left).value;
    Value right_value = evaluate(Expression::path(key.path()), right).value;
    if (left_value.is_null() != right_value.is_null()) return right_value.is_null();
    int sign = left_value.is_null() ? 0 : sort_sign(left_value, right_value);
    if (sign != 0) return key.descending() ? sign > 0 : sign < 0;
  }
  return left.id().value_or("") < right.id().value_or("");
}

Record selected(const std::vector<Path>& paths, const Record& record) {
  Record made;
  made.set_id(record.id()).set_metadata(record.metadata());
  for (const Path& path : paths) {
    bool whole = path.steps().size() == 1;
    Value value = evaluate(Expression::path(path), record).value;
    if (!value.is_null()) made.set(whole ? path.root() : path.to_string(), value);
  }
  return made;
}

}  // namespace

std::vector<std::string> characters(const std::string& text) {
  std::vector<std::string> result;
  for (std::size_t at = 0; at < text.size();) {
    auto first = static_cast<unsigned char>(text[at]);
    std::size_t length = first < 0x80 ? 1 : (first < 0xE0 ? 2 : (first < 0xF0 ? 3 : 4));
    result.push_back(text.substr(at, length));
    at += length;
  }
  return result;
}

bool equal(const Value& left, const Value& right) {
  if (left.is_null() || right.is_null() || class_of(left) != class_of(right)) return false;
  if (class_of(left) == 7) return equal_json(as_json(left).get<Json>(), as_json(right).get<Json>());
  return order(left, right) == 0;
}

std::optional<int> order(const Value& left, const Value& right) {
  if (class_of(left) != class_of(right)) return {};
  switch (class_of(left)) {
    case 1:
      return static_cast<int>(left.get<bool>()) - static_cast<int>(right.get<bool>());
    case 2:
      return compare_numbers(number_of(left), number_of(right));
    case 3:
      return left.get<std::string>().compare(right.get<std::string>());
    case 4:
      return left.get<Binary>().bytes.compare(right.get<Binary>().bytes);
    case 5:
      return moment(left) < moment(right) ? -1 : (moment(left) > moment(right) ? 1 : 0);
    case 6:
      return sign_of(left.get<Time>().microseconds - right.get<Time>().microseconds);
    case 7:
      if (equal(left, right)) return 0;
      return {};
    default:
      return {};
  }
}

bool matches(const Expression& filter, const Record& record) {
  const auto& parts = filter.operands();
  auto holds = [&](const Expression& part) { return matches(part, record); };
  switch (filter.op()) {
    case Operator::logical_and:
      return std::all_of(parts.begin(), parts.end(), holds);
    case Operator::logical_or:
      return std::any_of(parts.begin(), parts.end(), holds);
    case Operator::logical_not:
      return !holds(parts[0]);
    case Operator::exists:
      return !evaluate(parts[0], record).value.is_null();
    case Operator::not_exists:
      return evaluate(parts[0], record).value.is_null();
    default:
      break;
  }
  std::vector<Operand> operands;
  for (const Expression& part : parts) operands.push_back(evaluate(part, record));
  bool list = filter.op() == Operator::in || filter.op() == Operator::not_in;
  for (std::size_t at = 0; at < (list ? 1 : operands.size()); ++at) {
    if (operands[at].value.is_null()) return false;
  }
  if (std::optional<Operator> op = positive_of(filter.op())) return !positive(*op, operands);
  return positive(filter.op(), operands);
}

Value value_of(const Expression& operand, const Record& record) {
  return evaluate(operand, record).value;
}

std::vector<Record> answer(const Query& query, std::vector<Record> records) {
  std::erase_if(records, [&](const Record& record) { return !matches(query.filter(), record); });
  std::sort(records.begin(), records.end(),
            [&](const Record& left, const Record& right) { return before(query, left, right); });
  records.erase(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(
                                                       query.offset(), records.size())));
  if (query.limit() && *query.limit() < records.size()) {
    records.erase(records.begin() + static_cast<std::ptrdiff_t>(*query.limit()), records.end());
  }
  if (!query.select().empty()) {
    for (Record& record : records) record = selected(query.select(), record);
  }
  return records;
}

}  // namespace dataknobs::naive
