// SPDX-License-Identifier: Apache-2.0
//
// Documents: the first line is the data, the rest its types. What is taken goes through a document unchanged.
#include <cstdlib>

#include <dataknobs/error.hpp>

#include "record/json.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dataknobs;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t line = text.find('\n');
  std::optional<std::string_view> types;
  if (line != std::string_view::npos) types = text.substr(line + 1);
  std::vector<std::string> warnings;
  Record record;
  try {
    record = from_document(text.substr(0, line), types, &warnings);
  } catch (const SerializationError&) {
    return 0;
  }
  Document document = to_document(record);
  warnings.clear();
  Record again = from_document(document.data, document.types, &warnings);
  require(warnings.empty() && again == record && again.size() == record.size());
  for (std::size_t i = 0; i < record.size(); ++i) {
    require(again.fields()[i].name() == record.fields()[i].name());
    require(again.fields()[i].value().type() == record.fields()[i].value().type());
  }
  return 0;
}
