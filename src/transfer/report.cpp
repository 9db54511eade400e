// SPDX-License-Identifier: Apache-2.0
//
// Plans and certificates as text and JSON.
#include <dataknobs/error.hpp>
#include <dataknobs/transfer.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/json.hpp"
#include "transfer/json_fields.hpp"
#include "transfer/report.hpp"

namespace dataknobs {

namespace {

constexpr std::uint64_t kCertificateVersion = 1;

std::string seconds(std::chrono::nanoseconds time) {
  return fmt::format("{:.2f} s", std::chrono::duration<double>(time).count());
}

Value nanoseconds_value(std::chrono::nanoseconds time) {
  return Value(std::chrono::duration_cast<std::chrono::microseconds>(time).count());
}

std::size_t widest(const std::vector<CopyPlan::Field>& fields, std::string CopyPlan::Field::* member) {
  std::size_t width = 0;
  for (const CopyPlan::Field& field : fields) width = std::max(width, (field.*member).size());
  return width;
}

void append_fields(std::string& out, const std::vector<CopyPlan::Field>& fields) {
  if (fields.empty()) {
    out += "fields:      documents, kept as they are\n";
    return;
  }
  out += "fields:\n";
  const std::size_t source = widest(fields, &CopyPlan::Field::source);
  const std::size_t source_type = widest(fields, &CopyPlan::Field::source_type);
  const std::size_t target_type = widest(fields, &CopyPlan::Field::target_type);
  for (const CopyPlan::Field& field : fields) {
    const std::string target = field.target == field.source ? "" : field.target + " ";
    const std::string note = field.note.empty() ? "" : ": " + field.note;
    out += fmt::format("  {:<{}}  {:<{}}  -> {}{:<{}}  {}{}\n", field.source, source, field.source_type,
                       source_type, target, field.target_type, target_type, field.fidelity, note);
  }
}

void append_line(std::string& out, std::string_view label, std::string_view text) {
  if (!text.empty()) out += fmt::format("{:<12} {}\n", label, text);
}

Json::Array fields_json(const std::vector<CopyPlan::Field>& fields) {
  Json::Array array;
  for (const CopyPlan::Field& field : fields) {
    JsonObjectBuilder builder;
    builder.add("source", field.source).add("source_type", field.source_type);
    builder.add("target", field.target).add("target_type", field.target_type);
    builder.add("fidelity", field.fidelity);
    if (!field.note.empty()) builder.add("note", field.note);
    array.emplace_back(builder.build());
  }
  return array;
}

}  // namespace

std::string CopyPlan::to_text() const {
  std::string out;
  append_line(out, "source:", source_kind.empty() ? source : fmt::format("{} ({})", source, source_kind));
  append_line(out,
              "target:", fmt::format("{} ({})", target, target_exists ? target_kind : std::string("new")));
  if (records) append_line(out, "records:", fmt::format("{}{}", records_exact ? "" : "about ", *records));
  append_line(out, "layout:", layout);
  append_line(out, "key:", fmt::format("{}", fmt::join(key, ", ")));
  append_line(out, "ids:", ids);
  append_fields(out, fields);
  for (const std::string& statement : statements) append_line(out, "runs:", statement);
  append_line(out, "condition:", filter);
  append_line(out, "chunks:", fmt::format("{}", chunks));
  append_line(out, "consistency:", consistency);
  append_line(out, "resume:", resume);
  append_line(out, "proof:", proof);
  append_line(out, "run:", run_id);
  for (const std::string& warning : warnings) append_line(out, "warning:", warning);
  for (const std::string& problem : problems) append_line(out, "problem:", problem);
  return out;
}

std::string CopyPlan::to_json() const {
  JsonObjectBuilder builder;
  builder.add("source", source).add("source_kind", source_kind).add("target", target);
  builder.add("target_kind", target_kind).add("target_exists", target_exists).add("layout", layout);
  builder.add("key", key).add("ids", ids).add("fields", Value(Json(fields_json(fields))));
  builder.add("statements", statements).add("chunks", std::uint64_t{chunks});
  builder.add_if("records", records).add("records_exact", records_exact).add_if("bytes", bytes);
  builder.add("filter", filter).add("consistency", consistency).add("resume", resume).add("proof", proof);
  builder.add("warnings", warnings).add("problems", problems).add("run_id", run_id).add("hash", hash);
  return to_pretty_json(builder.build());
}

std::string CopyReport::to_text() const {
  std::string out;
  if (already_complete)
    out += "This copy was finished before, and its source is unchanged; its certificate:\n";
  append_line(out, "copied:", fmt::format("{} -> {}", source, target));
  append_line(out, "records:",
              fmt::format("{} read = {} written + {} filtered + {} rejected + {} skipped", read, written,
                          filtered, rejected, skipped));
  if (resumed > 0)
    append_line(out, "resumed:", fmt::format("{} of them by an earlier, interrupted call", resumed));
  append_line(out, "digest:", digest);
  if (!target_digest.empty()) {
    append_line(out, "proof:", fmt::format("{}, read back from the target: equal", proof));
  } else {
    append_line(out, "proof:", "none: nothing was read back");
  }
  append_line(out, "consistency:", consistency);
  append_line(out, "time:", fmt::format("{} copy, {} proof", seconds(copy_time), seconds(proof_time)));
  append_line(out, "run:", run_id);
  for (const std::string& warning : warnings) append_line(out, "warning:", warning);
  return out;
}

std::string CopyReport::to_json() const {
  JsonObjectBuilder builder;
  builder.add("version", kCertificateVersion);
  builder.add("run_id", run_id).add("plan_hash", plan_hash).add("source", source).add("target", target);
  builder.add("program_version", program_version).add("already_complete", already_complete);
  builder.add("read", read).add("written", written).add("filtered", filtered).add("rejected", rejected);
  builder.add("skipped", skipped).add("resumed", resumed).add("chunks", std::uint64_t{chunks});
  builder.add("digest", digest).add("target_digest", target_digest).add("proof", proof);
  builder.add("consistency", consistency).add("warnings", warnings).add("started", started);
  builder.add("copy_microseconds", nanoseconds_value(copy_time));
  builder.add("proof_microseconds", nanoseconds_value(proof_time));
  return to_pretty_json(builder.build());
}

CopyReport decode_certificate(std::string_view text) {
  const JsonObjectReader reader(parse_json(text), "the certificate of the run");
  reader.check_version(kCertificateVersion);
  CopyReport report;
  report.run_id = reader.text("run_id");
  report.plan_hash = reader.text("plan_hash");
  report.source = reader.text("source");
  report.target = reader.text("target");
  report.program_version = reader.text("program_version");
  report.already_complete = reader.flag("already_complete");
  report.read = reader.number("read");
  report.written = reader.number("written");
  report.filtered = reader.number("filtered");
  report.rejected = reader.number("rejected");
  report.skipped = reader.number("skipped");
  report.resumed = reader.number("resumed");
  report.chunks = static_cast<std::uint32_t>(reader.number("chunks"));
  report.digest = reader.text("digest");
  report.target_digest = reader.text("target_digest");
  report.proof = reader.text("proof");
  report.consistency = reader.text("consistency");
  report.warnings = reader.texts("warnings");
  report.started = reader.text("started");
  report.copy_time = std::chrono::microseconds(reader.number("copy_microseconds"));
  report.proof_time = std::chrono::microseconds(reader.number("proof_microseconds"));
  return report;
}

}  // namespace dataknobs
