// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/document_operand.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "backends/postgresql/sql.hpp"
#include "backends/postgresql/table.hpp"
#include "record/json.hpp"
#include "record/types_path.hpp"

namespace dataknobs::postgresql {

namespace {

using Steps = std::vector<Path::Step>;

// What a types entry makes of a text, as regular expressions of PostgreSQL: texts of another form stay strings.
constexpr const char* moment_form =
    "'^([0-9]{4}|[-+][0-9]{4,7})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    "(?:[Tt ]([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:[.]([0-9]{1,6})0*)?)?"
    "(?:[Zz]|([-+](?:[01][0-9]|2[0-3]))(?::([0-5][0-9]))?)?)?$'";
// A day that surely is one, without February's last.
constexpr std::string_view usual_day =
    "^[1-9][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)"
    "|(?:0[13578]|1[02])-31)";
constexpr const char* time_form =
    "'^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,6}0*)?)?|24:00(?::00(?:[.]0+)?)?)$'";
constexpr const char* binary_form =
    "'^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$'";

bool has_zero(const Steps& steps) {
  return std::any_of(steps.begin(), steps.end(),
                     [](const Path::Step& step) { return step.name.find('\0') != std::string::npos; });
}

bool has_index(const Steps& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const Path::Step& step) { return step.is_index(); });
}

// Strict: a name is a member of objects alone, an index an element of arrays alone.
std::string json_path(const Steps& steps) {
  std::string path = "strict $";
  for (const Path::Step& step : steps) {
    if (step.is_index()) {
      path += fmt::format("[{}]", *step.index);
    } else {
      path += "." + to_json(Value(step.name));
    }
  }
  return path;
}

// The jsonb there, or null.
std::string descend(const std::string& jsonb, const Steps& steps) {
  if (steps.empty()) return jsonb;
  if (has_index(steps)) {
    return fmt::format("jsonb_path_query_first({}, {}, '{{}}', true)", jsonb,
                       quote_literal(json_path(steps)));
  }
  std::string sql = jsonb;
  for (const Path::Step& step : steps) sql += " -> " + quote_literal(step.name);
  return "(" + sql + ")";
}

// The text of what is there.
std::string descend_to_text(const std::string& jsonb, const Steps& steps) {
  if (steps.empty() || has_index(steps)) return fmt::format("({} #>> '{{}}')", descend(jsonb, steps));
  const Steps above(steps.begin(), steps.end() - 1);
  return fmt::format("({} ->> {})", descend(jsonb, above), quote_literal(steps.back().name));
}

std::string types_path(const Steps& steps) {
  std::string path;
  append_types_name(path, steps.front().name);
  for (std::size_t i = 1; i < steps.size(); ++i) {
    if (steps[i].is_index()) {
      append_types_index(path, *steps[i].index);
    } else {
      append_types_member(path, steps[i].name);
    }
  }
  return path;
}

// A field of a record, or what is within it.
class Member {
 public:
  explicit Member(const Steps& steps)
      : steps_(steps),
        value_(descend("data", steps)),
        text_(descend_to_text("data", steps)),
        path_(types_path(steps)),
        note_(note_at(path_)) {}

  void describe(Operand& operand) const {
    operand.note = note_;
    operand.number = {Kind::numeric,
                      fmt::format("(case jsonb_typeof({0}) when 'number' then {0}::numeric "
                                  "when 'string' then case when {1} then {2}::numeric end end)",
                                  value_, is_special(), text_)};
    operand.noted_floats = noted_floats();
    if (steps_.size() > 1) {
      operand.string = string(fmt::format("({}) is not true", is_special()));
      return;
    }
    const std::string moment = moment_sql();
    operand.moment = {Kind::numeric, moment};
    operand.time = noted("time", time_form, fmt::format("extract(epoch from {}::interval) * 1000000", text_));
    operand.time.kind = Kind::numeric;
    operand.binary = noted("binary", binary_form, fmt::format("decode({}, 'base64')", text_));
    operand.string = string(fmt::format(
        "case {0} when 'float' then not {1} when 'binary' then {2} !~ {3} when 'time' then {2} !~ {4} "
        "when 'datetime' then {5} is null when 'date' then {5} is null else true end",
        note_, is_special(), in_order(), binary_form, time_form, moment));
  }

 private:
  static std::string note_at(const std::string& path) {
    return fmt::format("(types ->> {})", quote_literal(path));
  }
  // Its elements are floats: numbers, or the texts of what JSON has no number for.
  static std::string is_vector(const std::string& note, const std::string& value) {
    return fmt::format(
        "({0} = 'vector' and jsonb_typeof({1}) = 'array' and not jsonb_path_exists({1}, "
        "'$[*] ? ((@.type() != \"number\" && @.type() != \"string\") || (@.type() == \"string\" "
        "&& @ != \"NaN\" && @ != \"Infinity\" && @ != \"-Infinity\"))'))",
        note, value);
  }

  std::string in_order() const { return text_ + " collate \"C\""; }

  // True of the text of a float that JSON has no number for.
  std::string is_special() const {
    std::string noted = note_ + " = 'float'";
    if (steps_.size() == 2 && steps_.back().is_index()) {
      const Steps field{steps_.front()};
      noted = fmt::format("({} or {})", noted, is_vector(note_at(types_path(field)), descend("data", field)));
    }
    return fmt::format("({} and {} in ('NaN', 'Infinity', '-Infinity'))", noted, text_);
  }

  Typed string(const std::string& condition) const {
    return {Kind::text,
            fmt::format("(case when jsonb_typeof({}) = 'string' then case when {} then {} end end)", value_,
                        condition, text_)};
  }

  Typed noted(std::string_view type, const char* form, const std::string& sql) const {
    return {
        Kind::native,
        fmt::format(
            "(case when jsonb_typeof({}) = 'string' and {} = '{}' then case when {} ~ {} then {} end end)",
            value_, note_, type, in_order(), form, sql)};
  }

  // Counted rather than cast: a cast would raise an error on a day that is none, and ends long before our years do.
  // The calendar repeats itself every 400 years, of 146097 days. The usual texts are cast, because that is quick.
  std::string moment_sql() const {
    return fmt::format(
        "(case when jsonb_typeof({0}) = 'string' and {1} in ('datetime', 'date') then "
        "case when {3} ~ case {1} when 'date' then {5} else {6} end "
        "then extract(epoch from {2}::timestamp) * 1000000 "
        "when {2} = 'infinity' then 'Infinity'::numeric when {2} = '-infinity' then '-Infinity'::numeric "
        "else "
        "(select case when extract(month from start + (p[3]::int - 1)) <> p[2]::int then null "
        "when {1} = 'date' then case when p[4] is null and day between -2147483647 and 2147483646 "
        "then day * 86400000000 end "
        "when moment between -9223372036854775807 and 9223372036854775806 then moment end "
        "from regexp_match({3}, {4}) as m(p), "
        "lateral (select make_date(2000 + mod(mod(p[1]::int, 400) + 400, 400), p[2]::int, 1) as start) as s, "
        "lateral (select (start + (p[3]::int - 1) - '1970-01-01'::date)::numeric "
        "+ 146097 * (floor(p[1]::numeric / 400) - 5) as day) as d, "
        "lateral (select (day * 86400 "
        "+ coalesce(extract(epoch from (p[4] || ':' || p[5] || ':' || coalesce(p[6], '00') || '.' || "
        "coalesce(p[7], '0'))::interval), 0) "
        "- coalesce(extract(epoch from (p[8] || ':' || coalesce(p[9], '00'))::interval), 0)) * 1000000 "
        "as moment) as c) end end)",
        value_, note_, text_, in_order(), moment_form, quote_literal(std::string(usual_day) + "$"),
        quote_literal(std::string(usual_day) +
                      "(?:T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{3}(?:[0-9]{3})?)?Z)?$"));
  }

  // Which texts below the value are floats, as paths from it: what the types name, or the elements of a vector.
  std::string noted_floats() const {
    const auto below = [&](char mark) {
      return fmt::format("starts_with(path, {})", quote_literal(path_ + mark));
    };
    const std::string named = fmt::format(
        "(select jsonb_agg(rest order by rest collate \"C\") from jsonb_each_text(types) as n(path, type), "
        "lateral (select substr(path, char_length({0}) + 1) as rest) as r, "
        "lateral (select array_agg(coalesce(m[2], case when starts_with(m[1], '\"') "
        "then replace(substr(m[1], 2, char_length(m[1]) - 2), '\"\"', '\"') else m[1] end)) as steps "
        "from regexp_matches(rest, '[.](\"(?:[^\"]|\"\")*\"|[^].\"[]+)|\\[([0-9]+)\\]', 'g') as m) as s "
        "where type = 'float' and ({1} or {2}) "
        "and ({3} #> steps) in ('\"NaN\"', '\"Infinity\"', '\"-Infinity\"'))",
        quote_literal(path_), below('.'), below('['), value_);
    if (steps_.size() > 1) return named;
    return fmt::format(
        "(case when {0} then (select jsonb_agg(rest order by rest collate \"C\") "
        "from jsonb_array_elements({1}) with ordinality as e(element, position), "
        "lateral (select '[' || position - 1 || ']' as rest) as r "
        "where jsonb_typeof(element) = 'string') else {2} end)",
        is_vector(note_, value_), value_, named);
  }

  const Steps& steps_;
  std::string value_;
  std::string text_;
  std::string path_;
  std::string note_;
};

}  // namespace

Operand json_operand(const Table& table, const std::string& jsonb, const std::vector<Path::Step>& steps) {
  Operand operand;
  // Names in a jsonb never hold U+0000.
  if (has_zero(steps)) return operand;
  const std::string value = descend(jsonb, steps);
  const auto of_type = [&](std::string_view type, const std::string& sql) {
    return fmt::format("(case when jsonb_typeof({}) = '{}' then {} end)", value, type, sql);
  };
  operand.exact = table.utf8();
  operand.exists = fmt::format("coalesce(jsonb_typeof({}) <> 'null', false)", value);
  operand.missing = fmt::format("coalesce(jsonb_typeof({}) = 'null', true)", value);
  operand.boolean = {Kind::native, of_type("boolean", value + "::boolean")};
  operand.number = {Kind::numeric, of_type("number", value + "::numeric")};
  operand.string = {Kind::text, of_type("string", descend_to_text(jsonb, steps))};
  operand.json = {Kind::native,
                  fmt::format("(case when jsonb_typeof({0}) in ('object', 'array') then {0} end)", value)};
  if (has_index(steps)) return operand;
  operand.document = jsonb;
  for (const Path::Step& step : steps) operand.members.push_back(step.name);
  return operand;
}

Operand document_operand(const Table& table, const Path& path) {
  if (path.is_id()) {
    Operand operand;
    operand.exists = "true";
    operand.missing = "false";
    operand.exact = table.utf8();
    operand.string = {Kind::text, "id"};
    return operand;
  }
  if (path.is_metadata()) {
    const Steps steps(path.steps().begin() + 1, path.steps().end());
    // A scalar there would be none.
    return json_operand(table,
                        steps.empty()
                            ? "(case when jsonb_typeof(metadata) in ('object', 'array') then metadata end)"
                            : "metadata",
                        steps);
  }
  Operand operand = json_operand(table, "data", path.steps());
  if (!has_zero(path.steps())) Member(path.steps()).describe(operand);
  return operand;
}

}  // namespace dataknobs::postgresql
