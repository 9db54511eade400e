// SPDX-License-Identifier: Apache-2.0
//
// Parts of a scan: ranges of the key, which stay the same, or of blocks, which hold for one snapshot.
#include <fmt/format.h>

#include "backends/postgresql/select.hpp"
#include "backends/postgresql/session.hpp"

namespace dataknobs::postgresql {
namespace {

// Below that a part costs more than it brings.
constexpr std::uint64_t smallest_part_blocks = 128;

std::vector<Partition> whole() {
  std::vector<Partition> parts;
  parts.emplace_back(whole_partition_token(), true);
  return parts;
}

bool can_split_by_key(const Table& table) {
  const std::vector<const TableColumn*> key = table.key_columns();
  if (key.empty() || key.front()->nullable) return false;
  switch (key.front()->codec) {
    case Codec::int2:
    case Codec::int4:
    case Codec::int8:
    case Codec::numeric:
    case Codec::text:
    case Codec::date:
    case Codec::timestamp:
    case Codec::timestamptz:
    case Codec::uuid:
      return key.front()->type.oid < oid::first_user;
    default:
      return false;
  }
}

// The last part has no end: rows may have been added since the table was described.
std::vector<Partition> block_partitions(const Table& table, std::size_t wanted) {
  std::vector<Partition> parts;
  for (std::size_t i = 0; i < wanted; ++i) {
    const std::uint64_t from = table.blocks() * i / wanted;
    std::optional<std::uint64_t> to;
    if (i + 1 < wanted) to = table.blocks() * (i + 1) / wanted;
    Partition part(block_partition_token(from, to), false);
    part.set_rows(table.rows().value_or(0) / wanted).set_bytes(table.bytes().value_or(0) / wanted);
    parts.push_back(std::move(part));
  }
  return parts;
}

// The shares at which `wanted` parts meet, as SQL: "0.25, 0.5, 0.75".
std::string shares(std::size_t wanted) {
  std::vector<std::string> list;
  for (std::size_t i = 1; i < wanted; ++i) {
    list.push_back(fmt::format("{:.6f}", static_cast<double>(i) / static_cast<double>(wanted)));
  }
  return fmt::format("{}", fmt::join(list, ", "));
}

}  // namespace

Task<std::vector<Partition>> PostgresqlSession::partition(Context& context, const ScanRequest& request,
                                                          std::size_t wanted) {
  const Table& table = table_of(request.dataset());
  co_await conversation_->ready(context);
  const bool ordered = !request.sort().empty() || request.limit() || request.offset() != 0;
  const auto useful = static_cast<std::size_t>(table.blocks() / smallest_part_blocks);
  if (ordered || useful < 2 || wanted < 2) co_return whole();
  const std::size_t parts = std::min(wanted, useful);
  if (can_split_by_key(table)) co_return co_await key_partitions(context, table, parts);
  if (table.blocks() == 0) co_return whole();
  co_return block_partitions(table, parts);
}

// Bounds are quantiles of a sample; first and last part are open, so that no key falls between them.
Task<std::vector<Partition>> PostgresqlSession::key_partitions(Context& context, const Table& table,
                                                               std::size_t wanted) {
  const std::string key = table.key_columns().front()->sql();
  const double sampled_blocks = static_cast<double>(wanted) * 64;
  const double percent = std::min(100.0, 100.0 * sampled_blocks / static_cast<double>(table.blocks()));
  const std::string statement = fmt::format(
      "select distinct b::text from (select unnest(percentile_disc(array[{1}]::float8[]) within group (order "
      "by {0})) "
      "as b from {2} tablesample system ({3:.6f}) repeatable (1)) q where b is not null",
      key, shares(wanted), table.sql_name(), percent);
  // The order of the bounds is the key's own, not that of their texts.
  const std::string ordered = fmt::format("select t from ({}) s(t) order by t::{}", statement,
                                          table.key_columns().front()->type.native);
  const Parameters none;
  const Result result = co_await conversation_->connection().query_once(context, ordered, none);
  std::vector<Partition> parts;
  std::optional<std::string> from;
  for (std::size_t i = 0; i <= result.rows(); ++i) {
    std::optional<std::string> to;
    if (i < result.rows()) to = result.text(i, 0);
    Partition part(key_partition_token(from, to), true);
    part.set_rows(table.rows().value_or(0) / (result.rows() + 1));
    part.set_bytes(table.bytes().value_or(0) / (result.rows() + 1));
    parts.push_back(std::move(part));
    from = to;
  }
  co_return parts;
}

}  // namespace dataknobs::postgresql
