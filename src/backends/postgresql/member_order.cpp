// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/member_order.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "record/json_compare.hpp"

namespace dataknobs::postgresql {
namespace {

using Positions = std::vector<std::size_t>;
using Member = std::pair<std::string_view, const Value*>;

bool before_in_jsonb(std::string_view left, std::string_view right) noexcept {
  return left.size() != right.size() ? left.size() < right.size() : left < right;
}

class OrderWriter {
 public:
  void visit(const std::vector<Member>& members) {
    Positions sorted(members.size());
    std::iota(sorted.begin(), sorted.end(), std::size_t{0});
    std::sort(sorted.begin(), sorted.end(), [&](std::size_t left, std::size_t right) {
      return before_in_jsonb(members[left].first, members[right].first);
    });
    for (const std::size_t member : sorted) visit(*members[member].second);
    if (members.size() > 1) note_positions(sorted);
  }

  std::optional<std::string> finish() && {
    return last_.empty() ? std::nullopt : std::optional<std::string>(std::move(note_));
  }

 private:
  void visit(const Value& value) {
    const Json* json = value.get_if<Json>();
    if (json == nullptr) return;
    if (json->is_array()) {
      for (const Value& element : json->array()) visit(element);
      return;
    }
    std::vector<Member> members;
    members.reserve(json->object().size());
    for (const auto& [name, child] : json->object()) members.emplace_back(name, &child);
    visit(members);
  }

  void note_positions(const Positions& sorted) {
    if (!std::is_sorted(sorted.begin(), sorted.end())) {
      Positions places(sorted.size());
      for (std::size_t place = 0; place < sorted.size(); ++place) places[sorted[place]] = place;
      std::string text;
      for (const std::size_t place : places) {
        if (!text.empty()) text += ' ';
        text += std::to_string(place);
      }
      note_ += text == last_ ? "=" : text;
      last_ = std::move(text);
    }
    note_ += ';';
  }

  std::string note_;
  std::string last_;  ///< The positions noted last.
};

// Builds what is in another order anew; nothing stands for "as it is".
class OrderReader {
 public:
  explicit OrderReader(std::string_view note) : note_(note) {}

  /// The order of `count` members; nothing for jsonb's own.
  std::optional<Positions> next(std::size_t count) {
    if (count < 2 || !fits_) return {};
    const auto end = note_.find(';');
    fits_ = end != std::string_view::npos;
    if (!fits_) return {};
    const std::string_view entry = note_.substr(0, end);
    note_.remove_prefix(end + 1);
    if (entry.empty()) return {};
    if (entry != "=") parse(entry);
    // A permutation, or the document is another one.
    Positions sorted = last_;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t place = 0; place < sorted.size(); ++place) fits_ = fits_ && sorted[place] == place;
    fits_ = fits_ && sorted.size() == count;
    return fits_ ? std::optional<Positions>(last_) : std::nullopt;
  }

  std::optional<Value> ordered(const Value& value) {
    const Json* json = value.get_if<Json>();
    if (json == nullptr) return {};
    return json->is_array() ? ordered_array(json->array()) : ordered_object(json->object());
  }

  /// The note is used up, and said something of everything.
  bool fits() const noexcept { return fits_ && note_.empty(); }

 private:
  void parse(std::string_view entry) {
    last_.clear();
    const char* at = entry.data();
    const char* const end = at + entry.size();
    while (fits_ && at != end) {
      std::size_t place = 0;
      const auto [rest, error] = std::from_chars(at, end, place);
      fits_ = error == std::errc() && (rest == end || (*rest == ' ' && rest + 1 != end));
      last_.push_back(place);
      at = rest == end ? end : rest + 1;
    }
  }

  std::optional<Value> ordered_array(const Json::Array& elements) {
    std::optional<Json::Array> changed;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      std::optional<Value> element = ordered(elements[i]);
      if (!element) continue;
      if (!changed) changed = elements;
      (*changed)[i] = std::move(*element);
    }
    if (!changed) return {};
    return Value(JsonAccess::make(std::move(*changed)));
  }

  std::optional<Value> ordered_object(const Json::Object& members) {
    std::optional<Json::Object> changed;
    for (std::size_t i = 0; i < members.size(); ++i) {
      std::optional<Value> child = ordered(members[i].second);
      if (!child) continue;
      if (!changed) changed = members;
      (*changed)[i].second = std::move(*child);
    }
    const std::optional<Positions> places = next(members.size());
    if (!changed && !places) return {};
    if (!changed) changed = members;
    if (!places) return Value(JsonAccess::make(std::move(*changed)));
    Json::Object moved;
    moved.reserve(changed->size());
    for (const std::size_t place : *places) moved.push_back(std::move((*changed)[place]));
    return Value(JsonAccess::make(std::move(moved)));
  }

  std::string_view note_;
  Positions last_;
  bool fits_ = true;
};

}  // namespace

std::optional<std::string> member_order(const Record& record) {
  OrderWriter writer;
  std::vector<Member> members;
  members.reserve(record.size());
  for (const Field& field : record.fields()) members.emplace_back(field.name(), &field.value());
  writer.visit(members);
  return std::move(writer).finish();
}

void restore_member_order(Record& record, std::string_view note) {
  OrderReader reader(note);
  std::vector<Field> fields = record.fields();
  for (Field& field : fields) {
    if (std::optional<Value> value = reader.ordered(field.value())) field.value() = std::move(*value);
  }
  const std::optional<Positions> places = reader.next(fields.size());
  if (!reader.fits()) return;
  record.clear_fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    Field& field = fields[places ? (*places)[i] : i];
    record.append(field.name(), std::move(field.value()));
  }
}

}  // namespace dataknobs::postgresql
