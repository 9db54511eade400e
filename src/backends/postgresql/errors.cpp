// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/errors.hpp"

#include <array>
#include <optional>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/nearest.hpp"

namespace dataknobs::postgresql {
namespace {

struct Rule {
  std::string_view prefix;  ///< Of the SQLSTATE; the first rule that fits decides.
  ErrorCode code;
  bool retryable = false;
  bool drops_connection = false;
  std::string_view hint = {};
};

constexpr std::string_view lost_hint =
    "look whether the call took effect, then repeat it on a new connection";
constexpr std::string_view sign_in_hint =
    "check user and password; give the password in PGPASSWORD or ~/.pgpass";

// https://www.postgresql.org/docs/15/errcodes-appendix.html
constexpr Rule rules[] = {
    {"08", ErrorCode::connection, false, true, lost_hint},
    {"0A", ErrorCode::unsupported},
    {"21000", ErrorCode::duplicate_record, false, false, "the same key occurs twice in one write"},
    {"22021", ErrorCode::serialization},
    {"22P03", ErrorCode::serialization},
    {"22P04", ErrorCode::serialization},
    {"22P05", ErrorCode::serialization, false, false, "PostgreSQL cannot keep the character U+0000"},
    {"2201B", ErrorCode::query},
    {"22012", ErrorCode::query},
    {"22025", ErrorCode::query},
    {"22001", ErrorCode::validation, false, false, "shorten the value or widen the column"},
    {"22003", ErrorCode::validation, false, false, "the value is out of the range of the column's type"},
    {"22", ErrorCode::validation},
    {"23505", ErrorCode::duplicate_record, false, false, "use upsert to replace what exists"},
    {"23", ErrorCode::validation},
    {"25006", ErrorCode::permission, false, false, "the server or the transaction is read only"},
    {"25P02", ErrorCode::invalid_argument, false, false,
     "an earlier call of this transaction failed: roll it back"},
    {"25P03", ErrorCode::connection, false, true, "the server ends transactions that lie idle: run it again"},
    {"28", ErrorCode::permission, false, true, sign_in_hint},
    {"3D", ErrorCode::not_found, false, true, "check the name of the database in the URL"},
    {"3F", ErrorCode::not_found, false, false, "check schema="},
    {"40003", ErrorCode::connection, false, true, lost_hint},
    {"40", ErrorCode::concurrency, true, false, "run the transaction again"},
    {"42P01", ErrorCode::not_found, false, false, "check table= and schema="},
    {"42P10", ErrorCode::configuration, false, false,
     "the key columns want a unique index: make one, or give others with key="},
    {"42P04", ErrorCode::duplicate_record},
    {"42P06", ErrorCode::duplicate_record},
    {"42P07", ErrorCode::duplicate_record},
    {"42710", ErrorCode::duplicate_record},
    {"42501", ErrorCode::permission, false, false, "ask the owner for the right (GRANT)"},
    {"42", ErrorCode::query},
    {"44", ErrorCode::validation},
    {"53100", ErrorCode::resource, false, false, "the server's disk is full"},
    {"53300", ErrorCode::resource, true, true, "the server takes no more connections now"},
    {"53", ErrorCode::resource},
    {"54", ErrorCode::resource},
    {"55000", ErrorCode::unsupported},
    {"55P03", ErrorCode::timeout, true, false, "another transaction holds the lock"},
    {"55", ErrorCode::concurrency},
    {"57014", ErrorCode::cancelled},
    {"57P03", ErrorCode::connection, true, true, "the server is starting or stopping"},
    {"57P", ErrorCode::connection, false, true, lost_hint},
    {"58", ErrorCode::resource},
    {"P0001", ErrorCode::validation},
    {"P0004", ErrorCode::validation},
};

const Rule* find_rule(std::string_view sqlstate) {
  for (const Rule& rule : rules) {
    if (sqlstate.starts_with(rule.prefix)) return &rule;
  }
  return nullptr;
}

// What broke, in words that name the column or constraint.
std::string describe(const ServerReport& report) {
  if (report.sqlstate == "23505") {
    const std::string id = id_of_unique_detail(report.detail);
    std::string text = id.empty() ? "a unique value exists already" : "the key " + id + " exists already";
    if (!report.constraint.empty()) text += " (constraint " + report.constraint + ")";
    return text;
  }
  if (report.sqlstate == "23502") return "a value is wanted for column " + report.column;
  if (report.sqlstate == "23514" && !report.constraint.empty())
    return "the check " + report.constraint + " is not met";
  if (report.sqlstate == "23503") return "the foreign key " + report.constraint + " is not met";
  if (report.sqlstate == "57014" && report.message.find("timeout") != std::string::npos) {
    return "the server's statement timeout passed";
  }
  return report.message;
}

std::string native_text(const ServerReport& report) {
  std::string text = report.message;
  if (!report.detail.empty()) text += "; " + report.detail;
  if (!report.context.empty()) text += "; " + report.context.substr(0, report.context.find('\n'));
  return text;
}

constexpr std::string_view ssl_modes[] = {"disable", "allow",     "prefer",
                                          "require", "verify-ca", "verify-full"};
constexpr std::string_view preferences[] = {"disable", "prefer", "require"};
constexpr std::string_view session_kinds[] = {"any",     "read-write", "read-only",
                                              "primary", "standby",    "prefer-standby"};

struct Words {
  std::string_view option;
  std::span<const std::string_view> values;
};

// https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-PARAMKEYWORDS
constexpr Words words_of_options[] = {{"sslmode", ssl_modes},
                                      {"gssencmode", preferences},
                                      {"channel_binding", preferences},
                                      {"target_session_attrs", session_kinds}};

// For libpq's `invalid sslmode value: "requir"`.
std::string hint_for_refused_setting(std::string_view text) {
  for (const Words& words : words_of_options) {
    const std::string beginning = fmt::format("invalid {} value: \"", words.option);
    if (!text.starts_with(beginning)) continue;
    const std::string_view value = text.substr(beginning.size());
    const auto nearest = nearest_name(value.substr(0, value.find('"')), words.values);
    if (nearest) return fmt::format("did you mean '{}'?", *nearest);
    return fmt::format("{} is one of {}", words.option, fmt::join(words.values, ", "));
  }
  return "check the options of the URL";
}

}  // namespace

std::string id_of_unique_detail(std::string_view detail) {
  const auto begin = detail.find(")=(");
  const auto end = detail.rfind(')');
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin + 3) return {};
  return std::string(detail.substr(begin + 3, end - begin - 3));
}

Error to_error(const ServerReport& report) {
  if (report.sqlstate.empty()) {
    return Error(ErrorCode::connection, "the connection to the server is lost")
        .native("", report.message)
        .hint(lost_hint)
        .drops_connection(true);
  }
  const Rule* rule = find_rule(report.sqlstate);
  ErrorCode code = rule != nullptr ? rule->code : ErrorCode::internal;
  const std::string text = describe(report);
  if (report.sqlstate == "57014" && text != report.message) code = ErrorCode::timeout;
  Error error(code, text);
  error.native(report.sqlstate, native_text(report));
  if (!report.column.empty()) error.field_path(report.column);
  // The server names the clause, whatever language it speaks.
  const bool wants_other_key =
      report.sqlstate == "55000" && report.message.find("ON CONFLICT") != std::string::npos;
  if (wants_other_key) {
    error.hint(
        "records are replaced by a key that is not deferrable: make the constraint anew without DEFERRABLE; "
        "a "
        "copy that only inserts works as it is");
  } else if (!report.hint.empty()) {
    error.hint(report.hint);
  } else if (rule != nullptr && !rule->hint.empty()) {
    error.hint(rule->hint);
  }
  error.retryable(rule != nullptr && rule->retryable);
  const bool fatal = report.severity == "FATAL" || report.severity == "PANIC";
  error.drops_connection(fatal || (rule != nullptr && rule->drops_connection));
  return error;
}

Error to_connect_error(std::string_view text) {
  struct TextRule {
    std::string_view part;
    ErrorCode code;
    bool retryable;
    std::string_view message;
    std::string_view hint;
  };
  // A server that speaks another language falls through to the last line, which is right if less precise.
  static constexpr TextRule text_rules[] = {
      {"password authentication failed", ErrorCode::permission, false, "the server refuses the password",
       sign_in_hint},
      {"no password supplied", ErrorCode::permission, false, "the server wants a password", sign_in_hint},
      {"no pg_hba.conf entry", ErrorCode::permission, false,
       "the server does not admit this host, user and database",
       "ask for an entry in pg_hba.conf, or try sslmode=require"},
      {"authentication failed", ErrorCode::permission, false, "the server refuses the user", sign_in_hint},
      {"permission denied for database", ErrorCode::permission, false, "the user may not use the database",
       "ask the owner for the right (GRANT CONNECT)"},
      {"too many c", ErrorCode::resource, true, "the server takes no more connections", "try again later"},
      {"remaining connection slots", ErrorCode::resource, true, "the server takes no more connections",
       "try again later"},
      {"the database system is", ErrorCode::connection, true, "the server is starting or stopping",
       "try again"},
      {"could not translate host name", ErrorCode::connection, false, "the host is not known",
       "check the host in the URL"},
      {"Connection refused", ErrorCode::connection, true, "no server answers there",
       "check host and port, and that the server runs"},
      {"No such file or directory", ErrorCode::connection, true, "no server answers on that socket",
       "give a host in the URL, or start the server"},
      {"SSL", ErrorCode::connection, false, "no secure connection", "check sslmode and sslrootcert"},
  };
  const auto with = [&](ErrorCode code, std::string_view message, std::string_view hint, bool retryable) {
    Error error(code, std::string(message));
    error.native("", text).retryable(retryable).drops_connection(true);
    if (!hint.empty()) error.hint(hint);
    return error;
  };
  if (text.find("role \"") != std::string_view::npos &&
      text.find("does not exist") != std::string_view::npos) {
    return with(ErrorCode::permission, "the server does not know the user", sign_in_hint, false);
  }
  if (text.find("database \"") != std::string_view::npos &&
      text.find("does not exist") != std::string_view::npos) {
    return with(ErrorCode::not_found, "there is no such database",
                "check the name of the database in the URL", false);
  }
  if (text.starts_with("invalid ")) {
    return with(ErrorCode::configuration, "the connection settings are refused",
                hint_for_refused_setting(text), false);
  }
  for (const TextRule& rule : text_rules) {
    if (text.find(rule.part) != std::string_view::npos) {
      return with(rule.code, rule.message, rule.hint, rule.retryable);
    }
  }
  return with(ErrorCode::connection, "no connection to the server", {}, false);
}

}  // namespace dataknobs::postgresql
