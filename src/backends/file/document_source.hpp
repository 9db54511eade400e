// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Reads the records of NDJSON and JSON files.

#include <memory>
#include <vector>

#include "backends/file/document_cutter.hpp"
#include "backends/file/document_format.hpp"
#include "backends/file/source.hpp"

namespace dataknobs::file {

/// What a pass over the file found: where documents begin, and what the first one says.
class DocumentIndex {
 public:
  DocumentStyle style = DocumentStyle::lines;
  FileNote note;
  bool has_ids = false;  ///< The first record has a member `id`, or an id of its own.
  std::uint64_t rows = 0;
  std::vector<RecordPlace> places;  ///< The last one is the end of the file.
};

/// Reads the whole file; the cached one is kept for the life of the process as long as the file is the same.
/// `part_bytes`: the distance of places; 0: by the size of the file.
/// Errors: SerializationError with line, column and excerpt.
std::shared_ptr<const DocumentIndex> make_document_index(const InputFile& file, bool lines,
                                                         std::size_t part_bytes = 0);
std::shared_ptr<const DocumentIndex> cached_document_index(const InputFile& file, bool lines);

struct DocumentTable {
  std::shared_ptr<const InputFile> file;
  std::shared_ptr<const DocumentIndex> index;
  std::vector<std::string> key;  ///< Members that make the id.
  bool key_wins = false;         ///< The user said so: also over ids that records have of their own.
};

std::unique_ptr<Source> read_documents(const DocumentTable& table, const Part& part,
                                       const SourceRequest& request);

}  // namespace dataknobs::file
