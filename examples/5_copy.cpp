// SPDX-License-Identifier: Apache-2.0
//
// 5: Records from one store to another, proven: what becomes of each column, the copy, its certificate, and a
// comparison.
#include <cstdio>
#include <fstream>
#include <string>

#include <dataknobs/sync.hpp>
#include <dataknobs/transfer.hpp>
#include <dataknobs/verify.hpp>

using namespace dataknobs;

namespace {

constexpr const char* kSource = "shops.csv?key=code";
constexpr const char* kTarget = "sqlite:shops.db?table=shops";

void write_file() {
  std::ofstream file("shops.csv");
  file << "code,city,opened,price\n"
          "007,Oslo,2020-02-29,9.50\n"
          "008,Lima,,10\n"
          "009,\"Nassau\nBahamas\",1999-12-31,0.10\n";
}

}  // namespace

int main() {
  write_file();

  // The plan says what would happen, before the first record moves.
  const CopyPlan plan = sync::plan_copy(kSource, kTarget);
  for (const CopyPlan::Field& field : plan.fields) {
    std::printf("%s: %s -> %s, %s\n", field.source.c_str(), field.source_type.c_str(),
                field.target_type.c_str(), field.fidelity.c_str());
  }
  std::printf("%zu problems\n", plan.problems.size());

  // Interrupted at any moment, the same call goes on from there. It ends with a certificate: the digest of what was
  // read, and the same recomputed from the target.
  const CopyReport report = sync::copy(kSource, kTarget);
  std::printf("read %llu, written %llu, filtered %llu, rejected %llu, skipped %llu\n",
              static_cast<unsigned long long>(report.read), static_cast<unsigned long long>(report.written),
              static_cast<unsigned long long>(report.filtered),
              static_cast<unsigned long long>(report.rejected),
              static_cast<unsigned long long>(report.skipped));
  std::printf("proven: %d\n", !report.digest.empty() && report.digest == report.target_digest);
  std::printf("again: %s\n", sync::copy(kSource, kTarget).already_complete ? "nothing to do" : "copied");

  // Somebody changes the target.
  sync::Database shops(kTarget);
  shops.patch("008", Record{{"city", "Cusco"}});
  const VerifyReport verified = sync::verify(kSource, kTarget);
  std::printf("equal: %d\n", verified.equal);
  for (const VerifyReport::Difference& difference : verified.differences) {
    for (const VerifyReport::FieldDifference& field : difference.fields) {
      std::printf("%s, %s: %s became %s\n", difference.id.c_str(), field.field.c_str(),
                  to_text(field.left_value).c_str(), to_text(field.right_value).c_str());
    }
  }
  return 0;
}

// It prints:
//   code: string -> string (TEXT), exact
//   city: string -> string (TEXT), exact
//   opened: date -> date (DATE), exact
//   price: decimal -> decimal (DECIMAL_TEXT), exact
//   0 problems
//   read 3, written 3, filtered 0, rejected 0, skipped 0
//   proven: 1
//   again: nothing to do
//   equal: 0
//   008, city: Lima became Cusco
