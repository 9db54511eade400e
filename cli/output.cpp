// SPDX-License-Identifier: Apache-2.0
#include "output.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "database/config.hpp"
#include "database/missing_dataset.hpp"
#include "database/registry.hpp"
#include "program.hpp"
#include "query/unmatchable.hpp"
#include "record/json.hpp"

namespace dataknobs::cli {

namespace {

class JsonLinesOutput final : public RecordOutput {
 public:
  explicit JsonLinesOutput(bool show_id) : show_id_(show_id) {}
  Task<void> write(const Records& records) override {
    std::string text;
    for (const Record& record : records) text += record_to_json(record, show_id_) + "\n";
    write_standard_output(text);
    co_return;
  }
  Task<void> finish() override { co_return; }

 private:
  bool show_id_;
};

/// One array, a record a line.
class JsonArrayOutput final : public RecordOutput {
 public:
  explicit JsonArrayOutput(bool show_id) : show_id_(show_id) {}
  Task<void> write(const Records& records) override {
    std::string text;
    for (const Record& record : records) {
      text += first_ ? "[\n  " : ",\n  ";
      text += record_to_json(record, show_id_);
      first_ = false;
    }
    write_standard_output(text);
    co_return;
  }
  Task<void> finish() override {
    write_standard_output(first_ ? "[]\n" : "\n]\n");
    co_return;
  }

 private:
  bool show_id_;
  bool first_ = true;
};

/// How many terminal cells a UTF-8 text takes, near enough: code points, wide ones of East Asia and emoji as
/// two.
std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t position = 0; position < text.size();) {
    const auto lead = static_cast<unsigned char>(text[position]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    const bool wide = length == 4 || (length == 3 && lead >= 0xE3 && lead <= 0xED);
    width += wide ? 2 : 1;
    position += length;
  }
  return width;
}

/// A value in a cell, so that a record stays on its line.
std::string cell_text(const Value& value) {
  return value.is_null() ? std::string() : printable(to_text(value));
}

/// Aligned columns. The widths are those of the first batch; a later wider value is shown whole and shifts
/// its line.
class TableOutput final : public RecordOutput {
 public:
  explicit TableOutput(bool show_id) : show_id_(show_id) {}

  Task<void> write(const Records& records) override {
    Records shown;
    for (const Record& record : records) shown.push_back(with_id(record, show_id_));
    add_columns(shown);
    std::string text;
    for (const Record& record : shown) text += line(record);
    write_standard_output(text);
    count_ += records.size();
    co_return;
  }

  Task<void> finish() override {
    fmt::print(stderr, "{} record{}\n", count_, count_ == 1 ? "" : "s");
    co_return;
  }

 private:
  struct TableColumn {
    std::string name;
    std::size_t width;
    bool right_aligned;
  };

  /// A batch with fields not seen before starts a new heading.
  void add_columns(const Records& records) {
    const std::size_t before = columns_.size();
    for (const Record& record : records) {
      for (const Field& field : record.fields()) {
        const auto found =
            std::find_if(columns_.begin(), columns_.end(),
                         [&field](const TableColumn& column) { return column.name == field.name(); });
        const std::size_t width = display_width(cell_text(field.value()));
        const bool number = field.value().is_number() || field.value().is_null();
        if (found == columns_.end()) {
          columns_.push_back({field.name(), std::max(width, display_width(field.name())), number});
        } else if (before == 0) {
          found->width = std::max(found->width, width);
          found->right_aligned = found->right_aligned && number;
        }
      }
    }
    if (columns_.size() == before) return;
    std::string names;
    std::string rule;
    for (const TableColumn& column : columns_) {
      names += padded(cell_text(Value(column.name)), column) + "  ";
      rule += std::string(column.width, '-') + "  ";
    }
    write_standard_output(trimmed(names) + trimmed(rule));
  }

  static std::string padded(std::string text, const TableColumn& column) {
    const std::size_t width = display_width(text);
    const std::string blanks(width < column.width ? column.width - width : 0, ' ');
    return column.right_aligned ? blanks + text : text + blanks;
  }

  static std::string trimmed(const std::string& text) {
    const std::size_t end = text.find_last_not_of(' ');
    return (end == std::string::npos ? "" : text.substr(0, end + 1)) + "\n";
  }

  std::string line(const Record& record) const {
    std::string text;
    for (const TableColumn& column : columns_) text += padded(cell_text(record[column.name]), column) + "  ";
    return trimmed(text);
  }

  bool show_id_;
  std::vector<TableColumn> columns_;
  std::uint64_t count_ = 0;
};

Task<DatasetPointer> look_for_dataset(std::string url, bool must_exist) {
  const StoreUrl parsed = resolve_store(url);
  const BackendDriver& driver = Registry::instance().find(parsed.scheme());
  const std::shared_ptr<Backend> backend = open_backend(parsed);
  const DatasetOptions options = driver.dataset(parsed);
  Context context;
  DatasetPointer dataset = co_await backend->describe(context, options, false);
  if (dataset == nullptr && must_exist) {
    const Error error = co_await missing_dataset(*backend, context, options, backend->display_name());
    error.raise();
  }
  co_await backend->close(context);
  co_return dataset;
}

}  // namespace

Record with_id(const Record& record, bool show_id) {
  if (!show_id || !record.id() || record.contains("id")) return record;
  Record shown;
  shown.append("id", *record.id());
  for (const Field& field : record.fields()) shown.append(field.name(), field.value());
  return shown;
}

const std::vector<std::string>& output_formats() {
  static const std::vector<std::string> formats{"table", "json", "ndjson", "csv", "parquet"};
  return formats;
}

std::unique_ptr<RecordOutput> make_output(const std::string& format, const Dataset& dataset,
                                          const std::vector<Path>& select) {
  if (format.empty()) return make_output(::isatty(STDOUT_FILENO) == 1 ? "table" : "ndjson", dataset, select);
  const bool show_id = shows_ids(dataset, select);
  if (format == "table") return std::make_unique<TableOutput>(show_id);
  if (format == "json") return std::make_unique<JsonArrayOutput>(show_id);
  if (format == "ndjson") return std::make_unique<JsonLinesOutput>(show_id);
  return make_file_output(format, dataset, select);
}

Task<DatasetPointer> describe_dataset(std::string url) {
  co_return co_await look_for_dataset(std::move(url), false);
}

Task<DatasetPointer> existing_dataset(std::string url) {
  co_return co_await look_for_dataset(std::move(url), true);
}

void warn_of_unmatchable(const Query& query, const Dataset& dataset) {
  if (dataset.layout() != Layout::columns) return;
  for (const std::string& warning : unmatchable_literals(query.filter(), dataset.schema())) {
    report_warning(warning);
  }
}

Task<void> warn_of_unmatchable(const Query& query, std::string url) {
  if (query.filter().is_always_true()) co_return;
  const DatasetPointer dataset = co_await existing_dataset(std::move(url));
  warn_of_unmatchable(query, *dataset);
}

bool shows_ids(const Dataset& dataset, const std::vector<Path>& select) {
  if (select.empty()) return dataset.layout() == Layout::document && !dataset.positional_ids();
  return std::any_of(select.begin(), select.end(), [](const Path& path) { return path.is_id(); });
}

std::string record_to_json(const Record& record, bool show_id) {
  const Record shown = with_id(record, show_id);
  std::string text = "{";
  for (const Field& field : shown.fields()) {
    if (text.size() > 1) text += ", ";
    append_json(text, Value(field.name()));
    text += ": ";
    append_json(text, field.value());
  }
  return text + "}";
}

void write_standard_output(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      Error(ErrorCode::resource, "cannot write to standard output").native("", std::strerror(errno)).raise();
    }
  }
}

}  // namespace dataknobs::cli
