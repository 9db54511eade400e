// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// The order of a document's members. jsonb keeps its own (shorter names first, then by bytes), so the order that a
/// record had travels as a note beside it. Pure.

#include <optional>
#include <string>
#include <string_view>

#include <dataknobs/record.hpp>

namespace dataknobs::postgresql {

/// The order of the record's fields and of the members of each object within; nothing where all is in jsonb's own
/// order.
///
/// The note has an entry for each object of two members or more, children before their parent and the record itself
/// last, closed by a semicolon: the positions in jsonb's order ("2 0 1;"), nothing for that order itself (";"), or "=;"
/// for the same positions as in the entry before it that gave some.
std::optional<std::string> member_order(const Record& record);

/// Brings the members of a record, as read from jsonb, into the noted order. A note which does not fit, because another
/// tool has changed the document since, changes nothing.
void restore_member_order(Record& record, std::string_view note);

}  // namespace dataknobs::postgresql
