// SPDX-License-Identifier: Apache-2.0
//
// CSV files: the first byte chooses the dialect, the rest is the file. Reading it in parts of any size gives what one
// whole read gives, fault or not; and what was read is written so that it reads back the same, types included.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "backends/file/csv_source.hpp"
#include "backends/file/encoder.hpp"
#include "backends/file/side_file.hpp"
#include "backends/file/type_json.hpp"
#include "record/json.hpp"

namespace {

using namespace dataknobs;
using namespace dataknobs::file;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

/// A file in memory.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("fuzz", 0)) {}
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(descriptor_); }
  std::string path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

CsvDialect dialect_of(std::uint8_t choice) {
  CsvDialect dialect;
  if ((choice & 1U) != 0) dialect.delimiter = ';';
  if ((choice & 2U) != 0) dialect.quote = '\0';
  if ((choice & 4U) != 0) dialect.header = false;
  if ((choice & 8U) != 0) dialect.nulls = {"NA", "-"};
  return dialect;
}

std::shared_ptr<const CsvIndex> index_of(const InputFile& file, const CsvDialect& dialect,
                                         const std::map<std::string, FieldType>& declared,
                                         std::size_t part_bytes) {
  IndexOptions options;
  options.part_bytes = part_bytes;
  options.threads = 1;
  try {
    return make_csv_index(file, dialect, declared, options);
  } catch (const Error&) {
    return nullptr;
  }
}

std::vector<Record> read_all(const std::shared_ptr<const InputFile>& file, const CsvDialect& dialect,
                             const std::shared_ptr<const CsvIndex>& index, std::size_t parts,
                             std::size_t batch) {
  std::vector<Record> records;
  SourceRequest request;
  request.batch_bytes = batch;
  for (const Part& part : group_places(index->places, parts)) {
    const std::unique_ptr<Source> source = read_csv({file, dialect, index, {}}, part, request);
    while (const std::optional<Batch> some = source->next()) {
      records.insert(records.end(), some->rows().begin(), some->rows().end());
    }
  }
  return records;
}

void compare(const std::vector<Record>& left, const std::vector<Record>& right, const char* what) {
  if (left.size() != right.size())
    fail(fmt::format("{}: {} and {} records", what, left.size(), right.size()));
  for (std::size_t i = 0; i < left.size(); ++i) {
    for (std::size_t k = 0; k < left[i].size(); ++k) {
      const Value& one = left[i].fields()[k].value();
      const Value& two = right[i].fields()[k].value();
      if (one != two || one.type() != two.type()) fail(fmt::format("{}: record {}, field {}", what, i, k));
    }
  }
}

void check_round_trip(const std::vector<Record>& records, const Schema& schema) {
  Shape shape;
  shape.schema = schema;
  shape.options.path = "fuzz.csv";
  const MemoryFile memory;
  const std::unique_ptr<Encoder> encoder = make_encoder(shape);
  {
    OutputFile output("fuzz.csv", dup(memory.descriptor()), 0);
    encoder->begin(output);
    encoder->write(Batch::from_rows(records), output);
    encoder->end_chunk(output);
    encoder->finish(output);
    output.flush();
  }
  std::map<std::string, FieldType> declared;
  if (const std::optional<std::string> side = encoder->side_file()) {
    const Json json(parse_json_object(*side));
    const std::optional<Schema> noted = schema_from_json(*json.find("columns"));
    if (!noted) fail("the side file has no columns");
    for (const FieldDescription& field : noted->fields()) declared.emplace(field.name(), field.type());
  }
  const std::shared_ptr<const InputFile> file = InputFile::open(memory.path());
  const std::shared_ptr<const CsvIndex> index = index_of(*file, CsvDialect(), declared, 1U << 20U);
  if (!index) fail("what was written cannot be read");
  if (index->schema != schema) fail("what was written reads back with other types");
  compare(read_all(file, CsvDialect(), index, 1, 1U << 20U), records, "round trip");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const CsvDialect dialect = dialect_of(data[0]);
  const MemoryFile memory;
  if (write(memory.descriptor(), data + 1, size - 1) != static_cast<ssize_t>(size - 1))
    fail("no memory file");
  const std::shared_ptr<const InputFile> file = InputFile::open(memory.path());
  const std::shared_ptr<const CsvIndex> whole = index_of(*file, dialect, {}, 1U << 20U);
  const std::shared_ptr<const CsvIndex> cut = index_of(*file, dialect, {}, 1 + size % 13);
  if ((whole == nullptr) != (cut == nullptr)) fail("a fault in one way of reading only");
  if (!whole) return 0;
  if (whole->rows != cut->rows || whole->schema != cut->schema || whole->nulls != cut->nulls)
    fail("another index");
  const std::vector<Record> records = read_all(file, dialect, whole, 1, 1U << 20U);
  if (records.size() != whole->rows) fail("another number of records");
  compare(read_all(file, dialect, cut, 5, 1 + size % 17), records, "in parts");
  check_round_trip(records, whole->schema);
  return 0;
}
