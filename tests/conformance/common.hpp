// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What many tests of the suite share: a table of people, and scans through the contract.

#include <string>
#include <vector>

#include "conformance/suite.hpp"

namespace dataknobs::conformance {

inline const Columns kPeople = {{"name", ValueType::string},
                                {"age", ValueType::integer},
                                {"score", ValueType::floating},
                                {"active", ValueType::boolean},
                                {"note", ValueType::string}};

inline Record person(std::string id, std::string name, int age) {
  return record(std::move(id), {{"name", name}, {"age", age}});
}

/// p0000, p0001 ... with their number as age.
inline std::vector<Record> people(std::size_t count) {
  std::vector<Record> made;
  made.reserve(count);
  for (std::size_t at = 0; at < count; ++at) {
    std::string number = std::to_string(100000 + at).substr(1);
    made.push_back(person("p" + number, "name " + std::to_string(at % 17), static_cast<int>(at)));
  }
  return made;
}

/// Every record of a scan.
inline Task<std::vector<Record>> drain(Context& context, Session& session, const ScanRequest& request) {
  std::vector<Record> all;
  std::unique_ptr<Reader> reader = co_await session.scan(context, request);
  while (std::optional<Batch> batch = co_await reader->next(context)) {
    std::vector<Record> rows = std::move(*batch).take_rows();
    for (Record& row : rows) all.push_back(std::move(row));
  }
  co_return all;
}

/// Every record of a stream.
inline Task<std::vector<Record>> drain(Database database, Query query) {
  std::vector<Record> all;
  RecordStream stream = co_await database.stream_read(query);
  while (std::optional<Records> batch = co_await stream.next()) {
    for (Record& row : *batch) all.push_back(std::move(row));
  }
  co_return all;
}

}  // namespace dataknobs::conformance
