// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// A reader over an open statement of its connection.

#include <memory>
#include <optional>

#include "backends/sqlite/link.hpp"

namespace dataknobs::sqlite {

class CursorReader : public Reader {
 public:
  Task<std::optional<Batch>> next(Context& context) final;
  void abandon() noexcept final;

 protected:
  explicit CursorReader(std::shared_ptr<Link> link) : link_(std::move(link)) {}
  Link& link() const noexcept { return *link_; }
  Statement& statement() noexcept { return statement_; }
  /// The statement is the link's cursor from here on.
  void open(Statement statement);
  /// The next batch, never empty, or nothing. Runs off the loop.
  virtual std::optional<Batch> fill() = 0;
  /// There are no more rows.
  void end() noexcept { done_ = true; }

 private:
  std::shared_ptr<Link> link_;
  Statement statement_;
  bool done_ = false;
};

}  // namespace dataknobs::sqlite
