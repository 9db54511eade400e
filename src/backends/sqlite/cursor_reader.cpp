// SPDX-License-Identifier: Apache-2.0
#include "backends/sqlite/cursor_reader.hpp"

namespace dataknobs::sqlite {

void CursorReader::open(Statement statement) {
  statement_ = std::move(statement);
  link_->set_cursor(&statement_);
}

Task<std::optional<Batch>> CursorReader::next(Context& context) {
  if (done_) co_return std::nullopt;
  auto work = [this] { return fill(); };
  std::optional<Batch> batch = co_await link_->run(context, work);
  if (done_) abandon();
  co_return batch;
}

void CursorReader::abandon() noexcept {
  done_ = true;
  if (!link_) return;
  link_->set_cursor(nullptr);
  statement_.give_back();
  link_.reset();
}

}  // namespace dataknobs::sqlite
