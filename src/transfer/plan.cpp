// SPDX-License-Identifier: Apache-2.0
#include "transfer/plan.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "query/unmatchable.hpp"
#include "record/json.hpp"
#include "record/nearest.hpp"
#include "transfer/fidelity.hpp"
#include "transfer/json_fields.hpp"
#include "transfer/local_time.hpp"

namespace dataknobs {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string type_text(const FieldType& type) {
  const std::string name = type.is_any() ? "any" : type.to_string();
  if (type.native().empty() || type.native() == name) return name;
  return fmt::format("{} ({})", name, type.native());
}

std::string nearest_hint(const std::string& name, const Schema& schema, std::string_view owner) {
  std::vector<std::string_view> known;
  for (const FieldDescription& field : schema.fields()) known.push_back(field.name());
  const auto nearest = nearest_name(name, known);
  return nearest ? fmt::format("; {} has '{}'", owner, *nearest) : std::string();
}

// Makes one plan; the parts share its members.
class Planner {
 public:
  Planner(const PlanSide& source, const Schema& schema, const PlanSide& target, const CopyOptions& options)
      : source_(source), schema_(schema), target_(target), options_(options) {}

  TransferPlan make() {
    describe_sides();
    plan_.target_layout =
        target_.dataset() ? target_.dataset()->layout()
                          : target_.backend().creation_layout(target_.options(), source_.dataset()->layout());
    plan_.view.layout = plan_.target_layout == Layout::columns ? "columns" : "document";
    if (plan_.target_layout == Layout::columns) {
      plan_columns();
    } else {
      plan_documents();
    }
    plan_.strict = options_.strict();
    find_lost_nulls();
    check_timezone();
    check_losses();
    if (!documents_in()) {
      for (std::string& text : unmatchable_literals(options_.where(), origin().schema()))
        plan_.view.warnings.push_back(std::move(text));
    }
    describe_promises();
    hash();
    return std::move(plan_);
  }

 private:
  const Dataset& origin() const { return *source_.dataset(); }
  bool documents_in() const { return origin().layout() == Layout::document; }
  void problem(std::string text) { plan_.view.problems.push_back(std::move(text)); }

  void describe_sides() {
    CopyPlan& view = plan_.view;
    view.source_kind = origin().native_kind();
    view.target_exists = target_.dataset() != nullptr;
    if (view.target_exists) view.target_kind = target_.dataset()->native_kind();
    view.records = origin().rows();
    view.records_exact = origin().rows_exact();
    view.bytes = origin().bytes();
    if (view.target_exists && target_.dataset()->read_only()) {
      problem(fmt::format("the target is read-only: {}", target_.dataset()->native_kind()));
    }
    if (!view.target_exists && target_.backend().capabilities().dataset_creation == Support::absent) {
      problem("the target does not exist, and its store cannot make one");
    }
  }

  // The key of the source, if all of it is copied.
  std::vector<std::string> source_key() const {
    if (documents_in() || origin().positional_ids()) return {};
    for (const std::string& name : origin().key()) {
      if (schema_.find(name) == nullptr) return {};
    }
    return origin().key();
  }

  void plan_columns() {
    plan_.ids = IdOrigin::columns;
    plan_.id_column = documents_in() && !origin().positional_ids() && schema_.find("id") == nullptr;
    if (target_.dataset()) {
      map_existing();
    } else {
      map_new();
    }
    std::vector<FieldDescription> written;
    for (const FieldMapping& field : plan_.fields) written.emplace_back(field.target(), field.target_type());
    plan_.target_schema = Schema(std::move(written));
  }

  std::vector<FieldDescription> source_fields() const {
    std::vector<FieldDescription> fields;
    if (plan_.id_column) fields.emplace_back("id", FieldType(ValueType::string), false);
    for (const FieldDescription& field : schema_.fields()) fields.push_back(field);
    return fields;
  }

  void map_new() {
    std::vector<std::string> key = target_.options().key();
    if (key.empty()) key = source_key();
    if (key.empty() && documents_in() && !origin().positional_ids()) key = {"id"};
    std::vector<FieldDescription> columns;
    for (const FieldDescription& field : source_fields()) {
      TypeMapping mapping = target_.backend().map_field(field.name(), field.type());
      const bool nullable = field.nullable() && !contains(key, field.name());
      columns.emplace_back(field.name(), mapping.type(), nullable);
      plan_.fields.emplace_back(field.name(), field.type(), field.name(), std::move(mapping));
    }
    for (const std::string& name : key) {
      const auto same = [&](const FieldDescription& column) { return column.name() == name; };
      if (std::none_of(columns.begin(), columns.end(), same))
        problem(fmt::format("key column '{}' is no field of the source{}", name,
                            nearest_hint(name, schema_, "it")));
    }
    if (columns.empty()) problem("the source has no fields");
    CreateRequest creation(target_.options(), Layout::columns);
    creation.set_schema(Schema(std::move(columns))).set_key(key);
    announce(std::move(creation), key);
  }

  void announce(CreateRequest creation, const std::vector<std::string>& key) {
    if (plan_.view.problems.empty()) {
      plan_.view.statements = target_.backend().creation_statements(creation);
    }
    plan_.view.key = key;
    plan_.creation = std::move(creation);
  }

  void map_existing() {
    const Dataset& existing = *target_.dataset();
    plan_.view.key = existing.key();
    for (const FieldDescription& field : source_fields()) {
      const FieldDescription* column = existing.schema().find(field.name());
      if (column == nullptr) {
        problem(fmt::format(
            "field '{}' has no column in the target{} (leave it out with --select, or add the column)",
            field.name(), nearest_hint(field.name(), existing.schema(), "the target")));
        continue;
      }
      if (column->generated()) {
        problem(fmt::format("column '{}' of the target is computed by its store (leave it out with --select)",
                            field.name()));
        continue;
      }
      plan_.fields.emplace_back(field.name(), field.type(), column->name(),
                                mapping_of(field, column->type()));
    }
    std::vector<std::string> reset;
    for (const FieldDescription& column : existing.schema().fields()) {
      const bool mapped =
          std::any_of(plan_.fields.begin(), plan_.fields.end(),
                      [&](const FieldMapping& field) { return field.target() == column.name(); });
      if (!mapped && !column.generated() && !contains(existing.key(), column.name()))
        reset.push_back(column.name());
      if (mapped || column.nullable() || column.generated() || column.has_default()) continue;
      if (existing.generates_ids() && contains(existing.key(), column.name())) continue;
      problem(fmt::format("column '{}' of the target must not be null, and the source has no such field",
                          column.name()));
    }
    if (options_.mode() == CopyMode::upsert && !reset.empty()) {
      plan_.view.warnings.push_back(fmt::format(
          "upsert replaces whole records: those that exist lose their {}", fmt::join(reset, ", ")));
    }
    plan_.identical = is_identical(existing);
  }

  TypeMapping mapping_of(const FieldDescription& field, const FieldType& target) const {
    if (options_.timezone().empty() || !gains_time_zone(field.type(), target))
      return classify(field.type(), target);
    if (contains(options_.allow_loss(), field.name())) {
      return {target, Exactness::lossy,
              fmt::format("times of {}; of two moments the earlier", options_.timezone())};
    }
    return {target, Exactness::exact_if, fmt::format("times that {} has once", options_.timezone())};
  }

  void check_timezone() {
    plan_.timezone = options_.timezone();
    if (plan_.timezone.empty()) return;
    check_time_zone(plan_.timezone);
    const auto gains = [](const FieldMapping& field) {
      return gains_time_zone(field.source_type(), field.target_type());
    };
    if (std::any_of(plan_.fields.begin(), plan_.fields.end(), gains)) return;
    plan_.view.warnings.emplace_back("--timezone changes nothing: no field without a time zone gets one");
  }

  bool is_identical(const Dataset& existing) const {
    const auto& from = origin().schema().fields();
    const auto& to = existing.schema().fields();
    if (documents_in() || from.size() != to.size() || plan_.fields.size() != to.size()) return false;
    for (std::size_t i = 0; i < to.size(); ++i) {
      if (plan_.fields[i].source() != to[i].name() || plan_.fields[i].exactness() != Exactness::exact)
        return false;
      if (from[i].name() != to[i].name() || from[i].type().native() != to[i].type().native()) return false;
      if (to[i].generated() || !(from[i].type() == to[i].type())) return false;
    }
    return true;
  }

  void plan_documents() {
    plan_.key = source_key();
    if (documents_in() && !origin().positional_ids()) {
      plan_.ids = IdOrigin::kept;
      plan_.id_counts = true;
    } else {
      plan_.ids = plan_.key.empty() ? IdOrigin::hashed : IdOrigin::key;
    }
    if (target_.dataset()) return;
    announce(CreateRequest(target_.options(), Layout::document), {});
  }

  // The values are equal all the same, so it is told where it happens, and refused only to the strict.
  void find_lost_nulls() {
    if (documents_in()) return;
    const auto keeps = [](const PlanSide& side, const FieldType& type) {
      return side.backend().map_type(type).keeps_json_null();
    };
    for (const FieldDescription& field : schema_.fields()) {
      const FieldType& type = field.type();
      if (type.kind() != ValueType::json || !keeps(source_, type)) continue;
      if (contains(options_.allow_loss(), field.name())) continue;
      const auto mapped =
          std::find_if(plan_.fields.begin(), plan_.fields.end(),
                       [&](const FieldMapping& mapping) { return mapping.source() == field.name(); });
      const bool kept = mapped != plan_.fields.end() && mapped->target_type().kind() == ValueType::json &&
                        keeps(target_, type);
      if (!kept) plan_.one_null.push_back(field.name());
    }
  }

  bool loses_nul(const FieldMapping& field) const {
    return source_.fields_with_nul().contains(field.source()) &&
           !target_.backend().map_type(field.target_type()).keeps_nul();
  }

  void check_losses() {
    for (const FieldMapping& field : plan_.fields) {
      CopyPlan::Field line;
      line.source = field.source();
      line.source_type = type_text(field.source_type());
      line.target = field.target();
      line.target_type = type_text(field.target_type());
      line.fidelity = to_string(field.exactness());
      line.note = field.note();
      if (contains(plan_.one_null, field.source()))
        line.note +=
            fmt::format("{}the null of JSON becomes that of the field", line.note.empty() ? "" : "; ");
      if (loses_nul(field)) {
        line.fidelity = to_string(Exactness::impossible);
        line.note = "there is U+0000, which does not fit";
        problem(fmt::format(
            "field '{0}' holds the character U+0000, which the target cannot keep (leave it out with "
            "--select, or its records with --where \"not ({0} regex '\\x00')\")",
            field.source()));
      }
      plan_.view.fields.push_back(std::move(line));
      if (field.exactness() == Exactness::impossible) {
        problem(fmt::format("field '{}': {} (leave it out with --select)", field.source(), field.note()));
      }
      if (field.exactness() != Exactness::lossy) continue;
      plan_.uncounted.push_back(field.target());
      if (!contains(options_.allow_loss(), field.source())) {
        problem(fmt::format("field '{0}' would lose something: {1} (--allow-loss {0} accepts it)",
                            field.source(), field.note()));
      }
    }
    plan_.drops_metadata = contains(options_.allow_loss(), "metadata");
    for (const std::string& name : options_.allow_loss()) {
      const bool metadata = name == "metadata" && documents_in();
      if (schema_.find(name) == nullptr && !metadata)
        problem(fmt::format("--allow-loss: the source has no field '{}'{}", name,
                            nearest_hint(name, schema_, "it")));
    }
  }

  void describe_promises() {
    CopyPlan& view = plan_.view;
    const Capabilities& from = source_.backend().capabilities();
    switch (plan_.ids) {
      case IdOrigin::columns:
        view.ids = plan_.id_column ? "the ids of the documents become column 'id'" : "the key columns";
        if (view.key.empty()) view.ids = "none: the target has no key";
        break;
      case IdOrigin::kept:
        view.ids = "those of the source";
        break;
      case IdOrigin::key:
        view.ids = fmt::format("the text of the key ({})", fmt::join(plan_.key, ", "));
        break;
      case IdOrigin::hashed:
        view.ids = "made of run, chunk and position: the source's records have none that last";
        break;
    }
    if (!source_.fingerprint().empty()) {
      view.consistency = "one state: the copy ends with an error if the source changes meanwhile";
    } else if (from.snapshots != Support::absent) {
      view.consistency =
          options_.digest()
              ? "one snapshot; after an interruption a snapshot per call, compared with a new one at "
                "the end"
              : "one snapshot; after an interruption a snapshot per call, not compared without a digest";
    } else {
      view.consistency = "as the records were when they were read";
    }
  }

  void hash() {
    JsonObjectBuilder builder;
    Json::Array fields;
    for (const FieldDescription& field : schema_.fields()) {
      fields.emplace_back(fmt::format("{} {}", field.name(), field.type().to_string()));
    }
    Json::Array targets;
    // Names alone: a store may describe the types of a table that the run itself made in other words.
    for (const FieldMapping& field : plan_.fields) targets.emplace_back(field.target());
    builder.add("fields", Value(Json(std::move(fields)))).add("targets", Value(Json(std::move(targets))));
    builder.add("layout", plan_.view.layout).add("ids", static_cast<int>(plan_.ids));
    builder.add("where", options_.where().to_string()).add("mode", static_cast<int>(options_.mode()));
    plan_.view.hash = text_hash(to_json(builder.build()));
  }

  const PlanSide& source_;
  const Schema& schema_;
  const PlanSide& target_;
  const CopyOptions& options_;
  TransferPlan plan_;
};

}  // namespace

std::string text_hash(std::string_view text) {
  return digest_value(Value(text), 0).to_string();
}

std::string run_id_of(const std::string& source, const std::string& target, const CopyOptions& options) {
  JsonObjectBuilder builder;
  builder.add("source", source).add("target", target);
  builder.add("where", options.where().to_string()).add("select", options.select());
  builder.add_if("limit", options.limit()).add("mode", static_cast<int>(options.mode()));
  builder.add("allow_loss", options.allow_loss());
  if (!options.timezone().empty()) builder.add("timezone", options.timezone());
  return text_hash(to_json(builder.build())).substr(0, 16);
}

TransferPlan make_plan(const PlanSide& source, const Schema& schema, const PlanSide& target,
                       const CopyOptions& options) {
  return Planner(source, schema, target, options).make();
}

}  // namespace dataknobs
