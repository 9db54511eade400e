// SPDX-License-Identifier: Apache-2.0
#include "transfer/journal_format.hpp"

#include <fmt/format.h>

#include <dataknobs/error.hpp>

#include "record/json.hpp"
#include "transfer/json_fields.hpp"

namespace dataknobs {

namespace {

constexpr std::uint64_t kRunVersion = 1;
constexpr std::uint64_t kChunkVersion = 1;
constexpr std::uint64_t kLeaseVersion = 1;

std::optional<DigestTotal> read_digest(const JsonObjectReader& reader, std::string_view name) {
  const std::optional<std::string> text = reader.optional_text(name);
  if (!text) return std::nullopt;
  std::optional<DigestTotal> digest = parse_digest(*text);
  if (!digest) {
    Error(ErrorCode::serialization,
          fmt::format("{}: member '{}' is not a digest of a known form", reader.entry(), name))
        .raise();
  }
  return digest;
}

Value encode_bounds(const ChunkBounds& bounds) {
  JsonObjectBuilder builder;
  builder.add("token", bounds.token).add("stable", bounds.stable);
  builder.add("rows", bounds.rows).add("bytes", bounds.bytes);
  return builder.build();
}

ChunkBounds decode_bounds(const Value& value, const std::string& entry) {
  const JsonObjectReader reader(value, entry);
  ChunkBounds bounds;
  bounds.token = reader.text("token");
  bounds.stable = reader.flag("stable");
  bounds.rows = reader.number("rows");
  bounds.bytes = reader.number("bytes");
  return bounds;
}

std::string escaped(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c == '/' || c == '%') {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace

TransferCounts& TransferCounts::operator+=(const TransferCounts& other) noexcept {
  read += other.read;
  written += other.written;
  filtered += other.filtered;
  rejected += other.rejected;
  skipped += other.skipped;
  bytes += other.bytes;
  digest += other.digest;
  return *this;
}

std::string encode(const RunEntry& entry) {
  Json::Array chunks;
  chunks.reserve(entry.chunks.size());
  for (const ChunkBounds& bounds : entry.chunks) chunks.push_back(encode_bounds(bounds));
  JsonObjectBuilder builder;
  builder.add("version", kRunVersion);
  builder.add("run", entry.run_id).add("status", entry.status == RunStatus::done ? "done" : "running");
  builder.add("source", entry.source).add("target", entry.target);
  builder.add("plan_hash", entry.plan_hash).add("fingerprint", entry.fingerprint);
  builder.add("created", entry.created).add("rows_before", entry.rows_before);
  if (entry.digest_before) builder.add("digest_before", entry.digest_before->to_string());
  builder.add("digest", entry.digest).add("started", entry.started);
  builder.add("sources_opened", std::uint64_t{entry.sources_opened});
  if (!entry.caught_up.empty()) builder.add("caught_up", entry.caught_up);
  builder.add("chunks", Value(Json(std::move(chunks))));
  if (entry.status == RunStatus::done) {
    builder.add("certificate", entry.certificate);
    builder.add("target_rows", entry.target_rows).add("target_fingerprint", entry.target_fingerprint);
  }
  return to_json(builder.build());
}

RunEntry decode_run(std::string_view text) {
  const JsonObjectReader reader(parse_json(text), "the journal's entry of the run");
  reader.check_version(kRunVersion);
  RunEntry entry;
  entry.run_id = reader.text("run");
  const std::string status = reader.text("status");
  if (status != "running" && status != "done") {
    Error(ErrorCode::serialization, fmt::format("{}: unknown status '{}'", reader.entry(), status)).raise();
  }
  entry.status = status == "done" ? RunStatus::done : RunStatus::running;
  entry.source = reader.text("source");
  entry.target = reader.text("target");
  entry.plan_hash = reader.text("plan_hash");
  entry.fingerprint = reader.text("fingerprint");
  entry.created = reader.flag("created");
  entry.rows_before = reader.number("rows_before");
  entry.digest_before = read_digest(reader, "digest_before");
  entry.digest = reader.flag("digest");
  entry.started = reader.text("started");
  entry.sources_opened = static_cast<std::uint32_t>(reader.number("sources_opened"));
  entry.caught_up = reader.optional_text("caught_up").value_or(std::string());
  for (const Value& value : reader.values("chunks")) {
    entry.chunks.push_back(decode_bounds(value, reader.entry()));
  }
  if (entry.status == RunStatus::done) {
    entry.certificate = reader.text("certificate");
    entry.target_rows = reader.number("target_rows");
    entry.target_fingerprint = reader.text("target_fingerprint");
  }
  return entry;
}

std::string encode(const ChunkEntry& entry) {
  JsonObjectBuilder builder;
  builder.add("version", kChunkVersion).add("chunk", entry.number).add("token", entry.token);
  builder.add("done", entry.done);
  const TransferCounts& counts = entry.counts;
  builder.add("read", counts.read).add("written", counts.written).add("filtered", counts.filtered);
  builder.add("rejected", counts.rejected).add("skipped", counts.skipped).add("bytes", counts.bytes);
  builder.add("digest", counts.digest.to_string());
  return to_json(builder.build());
}

ChunkEntry decode_chunk(std::string_view text) {
  const JsonObjectReader reader(parse_json(text), "the journal's entry of a chunk");
  reader.check_version(kChunkVersion);
  ChunkEntry entry;
  entry.number = reader.number("chunk");
  entry.token = reader.text("token");
  entry.done = reader.flag("done");
  entry.counts.read = reader.number("read");
  entry.counts.written = reader.number("written");
  entry.counts.filtered = reader.number("filtered");
  entry.counts.rejected = reader.number("rejected");
  entry.counts.skipped = reader.number("skipped");
  entry.counts.bytes = reader.number("bytes");
  entry.counts.digest = read_digest(reader, "digest").value_or(DigestTotal());
  return entry;
}

std::string encode(const LeaseEntry& entry) {
  JsonObjectBuilder builder;
  builder.add("version", kLeaseVersion).add("run", entry.run_id);
  builder.add("host", entry.host).add("boot", entry.boot);
  builder.add("process", entry.process).add("process_start", entry.process_start);
  builder.add("holder", entry.holder).add("epoch", entry.epoch);
  return to_json(builder.build());
}

LeaseEntry decode_lease(std::string_view text) {
  const JsonObjectReader reader(parse_json(text), "the lease of the target");
  reader.check_version(kLeaseVersion);
  LeaseEntry entry;
  entry.run_id = reader.text("run");
  entry.host = reader.text("host");
  entry.boot = reader.text("boot");
  entry.process = reader.number("process");
  entry.process_start = reader.number("process_start");
  entry.holder = reader.number("holder");
  entry.epoch = reader.number("epoch");
  return entry;
}

std::string lease_key(std::string_view dataset) {
  return fmt::format("copy/{}/lease", escaped(dataset));
}

std::string lease_expiry_key(std::string_view dataset) {
  return fmt::format("copy/{}/expiry", escaped(dataset));
}

std::string runs_prefix(std::string_view dataset) {
  return fmt::format("copy/{}/run/", escaped(dataset));
}

std::string run_key(std::string_view dataset, std::string_view run_id) {
  return runs_prefix(dataset) + std::string(run_id);
}

std::string chunks_prefix(std::string_view dataset) {
  return fmt::format("copy/{}/chunk/", escaped(dataset));
}

std::string chunks_prefix(std::string_view dataset, std::string_view run_id) {
  return fmt::format("{}{}/", chunks_prefix(dataset), run_id);
}

std::string chunk_key(std::string_view dataset, std::string_view run_id, std::uint64_t number) {
  return fmt::format("{}{:010}", chunks_prefix(dataset, run_id), number);
}

}  // namespace dataknobs
