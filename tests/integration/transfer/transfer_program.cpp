// SPDX-License-Identifier: Apache-2.0
//
// What the kill tests start and kill: `copy SOURCE TARGET RECORDS` with so many records a chunk, `verify A B`, `count
// URL`. Unlike the command line it lets the size of a chunk be chosen.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <dataknobs/dataknobs.hpp>

namespace {

using namespace dataknobs;

int run(int count, char** arguments) {
  const std::string_view verb = count > 1 ? arguments[1] : "";
  if (verb == "copy" && count >= 5) {
    CopyOptions options;
    // A table that was never analysed knows its size alone: some 250 bytes a record.
    const std::uint64_t records = std::strtoull(arguments[4], nullptr, 10);
    options.chunk(records, records * 250);
    options.memory(std::uint64_t{4} << 20U);
    const CopyReport report = sync::copy(arguments[2], arguments[3], options);
    std::printf("%s\n", report.to_json().c_str());
    return 0;
  }
  if (verb == "verify" && count == 4) {
    const VerifyReport report = sync::verify(arguments[2], arguments[3]);
    std::printf("%s\n", report.to_json().c_str());
    return report.equal ? 0 : 2;
  }
  if (verb == "count" && count == 3) {
    std::printf("%llu\n", static_cast<unsigned long long>(sync::Database(arguments[2]).count()));
    return 0;
  }
  std::fprintf(stderr, "usage: copy SOURCE TARGET RECORDS | verify A B | count URL\n");
  return 64;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count, arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
