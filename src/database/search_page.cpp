// SPDX-License-Identifier: Apache-2.0
#include "database/search_page.hpp"

#include <fmt/format.h>
#include <dataknobs/database.hpp>

#include "database/dataset_order.hpp"
#include "database/keys.hpp"
#include "database/query_run.hpp"
#include "database/state.hpp"
#include "query/keyset.hpp"
#include "record/canonical.hpp"
#include "record/json.hpp"

namespace dataknobs {

namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kMostKeys = 10'000;

// Of filter and sort: the size of the pages may change on the way.
std::string fingerprint_of(const Query& query) {
  Query whole = Query::where(query.filter());
  for (const SortKey& key : query.sort()) whole.sort(key.path().to_string(), key.descending());
  return digest_value(Value(whole.to_string()), 0).to_string();
}

[[noreturn]] void refuse_token(std::string_view why) {
  Error(ErrorCode::invalid_argument, fmt::format("the token of a page {}", why))
      .operation("search_page")
      .hint("give the text that the page before came with, with the same filter and sort; start without one")
      .raise();
}

// The keys of the order of the dataset's records; what the query sorts by, then what tells records apart.
std::vector<SortKey> keys_of(const Query& query, const Dataset& dataset) {
  std::vector<SortKey> keys = query.sort();
  if (dataset.layout() == Layout::document) keys.emplace_back(Path::parse("id"));
  if (dataset.layout() == Layout::columns) {
    for (const std::string& column : dataset.key()) keys.emplace_back(Path::of_field(column));
  }
  return keys;
}

bool has_keyset(const Dataset& dataset) {
  return !dataset.positional_ids() && has_key(dataset);
}

// The query of one page and a record more, which tells whether there is another page.
Query page_query(const Query& query, const Dataset& dataset, const PageToken& token) {
  Query page = query;
  page.limit(static_cast<std::int64_t>(*query.limit() + 1));
  if (!has_keyset(dataset)) {
    page.offset(static_cast<std::int64_t>(token.offset));
    return page;
  }
  const std::vector<SortKey> keys = keys_of(query, dataset);
  if (!token.values.empty()) {
    if (token.values.size() != keys.size()) refuse_token("is of another table");
    std::vector<KeysetPoint> points;
    for (std::size_t i = 0; i < keys.size(); ++i)
      points.emplace_back(keys[i].path(), keys[i].descending(), token.values[i]);
    page.filter(after(points, field_resolution(dataset)));
  }
  if (query.select().empty()) return page;
  std::vector<Path> fields = query.select();
  for (const SortKey& key : keys) fields.push_back(key.path());
  return std::move(page).select(std::move(fields));
}

PageToken token_after(const Record& last, const Query& query, const Dataset& dataset) {
  PageToken token;
  const FieldResolution fields = field_resolution(dataset);
  Value scratch;
  for (const SortKey& key : keys_of(query, dataset))
    token.values.push_back(PathReader(key.path(), fields).read(last, scratch));
  return token;
}

Task<RecordPage> search_page(StatePointer state, Query query, std::string token_text) {
  if (!query.limit() || *query.limit() == 0 || query.offset() != 0) {
    Error(ErrorCode::query, "a page needs a limit above 0, its size, and no offset")
        .operation("search_page")
        .store(state->name)
        .raise();
  }
  const PageToken token = token_text.empty() ? PageToken() : PageToken::decode(token_text, query);
  Context context = state->context();
  SessionLease session(*state);
  if (!session.is_open()) co_await session.open(context);
  const DatasetPointer dataset = co_await require_dataset(*state, context);
  const Query wanted = page_query(query, *dataset, token);
  QueryRun run(*state->backend, dataset, wanted, QueryRun::Purpose::values);
  RecordPage page;
  AnswerMemory held(*state);
  run.limit_memory(held);
  co_await run.start(*session, context);
  while (std::optional<Records> batch = co_await run.next(context)) {
    held.add_all(*batch);
    for (Record& record : *batch) page.records.push_back(std::move(record));
  }
  session.done();
  if (page.records.size() > *query.limit()) {
    page.records.resize(static_cast<std::size_t>(*query.limit()));
    PageToken next;
    if (has_keyset(*dataset)) {
      next = token_after(page.records.back(), query, *dataset);
    } else {
      next.offset = token.offset + page.records.size();
    }
    page.next = next.encode(query);
  }
  if (!query.select().empty()) Projection(query.select(), field_resolution(*dataset)).apply(page.records);
  co_return page;
}

}  // namespace

std::string PageToken::encode(const Query& query) const {
  Record record;
  for (std::size_t i = 0; i < values.size(); ++i) record.append(fmt::format("v{}", i), values[i]);
  const Document document = to_document(record);
  Json::Object object;
  object.emplace_back("version", kVersion);
  object.emplace_back("query", fingerprint_of(query));
  object.emplace_back("offset", Value(offset));
  object.emplace_back("count", Value(std::uint64_t{values.size()}));
  object.emplace_back("values", document.data);
  if (document.types) object.emplace_back("types", *document.types);
  return to_base64(Binary{to_json(Value(Json(std::move(object))))});
}

PageToken PageToken::decode(std::string_view text, const Query& query) {
  const std::optional<Binary> bytes = parse_base64(text);
  if (!bytes) refuse_token("cannot be read");
  PageToken token;
  std::string of_query;
  try {
    const Json json(parse_json_object(bytes->bytes));
    const auto member = [&](std::string_view name) {
      return json.find(name) == nullptr ? Value() : *json.find(name);
    };
    if (member("version") != Value(kVersion)) refuse_token("is of another version of dataknobs");
    of_query = member("query").get<std::string>();
    token.offset = static_cast<std::uint64_t>(member("offset").get<std::int64_t>());
    const Value types = member("types");
    const auto* types_text = types.get_if<std::string>();
    const std::string data = member("values").get<std::string>();
    const Record record = from_document(
        data, types_text == nullptr ? std::nullopt : std::optional<std::string_view>(*types_text));
    const auto count = member("count").get<std::int64_t>();
    if (count < 0 || count > kMostKeys) refuse_token("is damaged");
    for (std::int64_t i = 0; i < count; ++i) token.values.push_back(record[fmt::format("v{}", i)]);
  } catch (const std::bad_variant_access&) {
    refuse_token("is damaged");
  } catch (const SerializationError&) {
    refuse_token("is damaged");
  }
  if (of_query != fingerprint_of(query)) refuse_token("is of another query");
  return token;
}

Task<RecordPage> Database::search_page(Query query, std::string token) {
  return dataknobs::search_page(state_, std::move(query), std::move(token));
}

}  // namespace dataknobs
