// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A harness per store and layout: how the conformance suite gets a fresh place in it, and what it may expect. A
/// program that defines `make_harnesses` and links the suite runs every test that the store's capabilities call for
/// (docs/adding-a-backend.md).

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <dataknobs/backend/capabilities.hpp>
#include <dataknobs/backend/dataset.hpp>
#include <dataknobs/record.hpp>
#include <dataknobs/testing/temporary.hpp>

namespace dataknobs {
class Backend;
}

namespace dataknobs::conformance {

/// An empty place of a store (a schema, a file, a folder) for one test; destroying it removes what is in it.
class Place {
 public:
  virtual ~Place() = default;
  /// The URL of a table of that name in it.
  virtual std::string url(std::string_view table) const = 0;
  /// Read-only stores: makes the table from records, by other means than the backend. False: the store is
  /// written.
  virtual bool make(std::string_view /*table*/, const std::vector<Record>& /*records*/,
                    const Schema& /*schema*/) {
    return false;
  }
};

class Harness {
 public:
  Harness(std::string name, std::string scheme, Layout layout)
      : name_(std::move(name)), scheme_(std::move(scheme)), layout_(layout) {}
  virtual ~Harness() = default;

  /// "sqlite_columns"
  const std::string& name() const noexcept { return name_; }
  const std::string& scheme() const noexcept { return scheme_; }
  Layout layout() const noexcept { return layout_; }
  bool document() const noexcept { return layout_ == Layout::document; }
  const Capabilities& capabilities() const;
  virtual std::unique_ptr<Place> place() const = 0;

  // Quirks: what differs by nature, not by fault.
  /// Filled by other means than the backend (Place::make).
  virtual bool read_only() const { return false; }
  /// Records get positional ids of a scan if their file has no key.
  virtual bool keeps_ids() const { return true; }
  /// Two databases opened by the same URL see the same records.
  virtual bool shared_by_url() const { return true; }
  /// Names of tables that differ by the case of their letters name one table.
  virtual bool names_ignore_case() const { return false; }
  /// A store has more than one table, and lists them.
  virtual bool lists_tables() const { return true; }
  /// May it refuse this value (with an error that says so) rather than hold it?
  virtual bool may_refuse(const Value& /*value*/) const { return false; }
  /// Types of a columns layout; the backend's map_type decides for a store that makes its own tables.
  virtual std::vector<ValueType> column_types() const { return {}; }

 private:
  std::string name_;
  std::string scheme_;
  Layout layout_;
  mutable std::shared_ptr<Backend> backend_;
};

/// The harnesses of one program; each program defines it.
std::vector<std::unique_ptr<Harness>> make_harnesses();

using test::encoded;
using test::TemporaryFolder;

}  // namespace dataknobs::conformance
