// SPDX-License-Identifier: Apache-2.0
//
// 2: Structs as records, and what can be asked: filters as text or in C++, computed values, pages, groups, changes.
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <dataknobs/functions.hpp>
#include <dataknobs/sync_table.hpp>

using namespace dataknobs;

namespace {

enum class Genre { novel, essay };
BOOST_DESCRIBE_ENUM(Genre, novel, essay)

struct Author {
  std::string name;
  std::optional<int> born;
};
BOOST_DESCRIBE_STRUCT(Author, (), (name, born))

struct Book {
  std::string id;
  std::string title;
  Author author;
  Genre genre = Genre::novel;
  Decimal price;
};
BOOST_DESCRIBE_STRUCT(Book, (), (id, title, author, genre, price))

Decimal price(const char* text) {
  return *Decimal::parse(text);
}

void fill(sync::Table<Book>& books) {
  std::vector<Book> some = {
      {"orlando", "Orlando", {"Virginia Woolf", 1882}, Genre::novel, price("9.50")},
      {"waves", "The Waves", {"Virginia Woolf", 1882}, Genre::novel, price("12.00")},
      {"room", "A Room of One's Own", {"Virginia Woolf", 1882}, Genre::essay, price("7.25")},
      {"beowulf", "Beowulf", {"unknown", std::nullopt}, Genre::novel, price("5.00")},
  };
  books.create_batch(some);
}

void ask(sync::Table<Book>& books) {
  // The same query, as text and in C++.
  const Query as_text = Query::parse("price < 10 and author.born exists order by price desc");
  const Expression filter =
      books.field(&Book::price) < 10 && books.field(&Book::author, &Author::born).exists();
  const Query in_code = Query::where(filter).sort("price", true);
  std::printf("equal: %d\n", as_text.filter() == in_code.filter());
  for (const Book& book : books.search(in_code)) {
    std::printf("%s, %s\n", book.title.c_str(), book.price.to_string().c_str());
  }

  // Computed values compare as fields do.
  const auto shouted =
      books.search(Query::where(upper(field("title")) == "BEOWULF" || field("price") * 2 == 24));
  std::printf("%zu found\n", shouted.size());

  // A page goes on after the last record of the one before.
  TablePage<Book> page;
  do {
    page = books.search_page(Query().sort("title").limit(3), page.next);
    std::printf("page:");
    for (const Book& book : page.rows) std::printf(" %s", book.id.c_str());
    std::printf("\n");
  } while (!page.next.empty());
}

void sum_up(sync::Database& books) {
  const Aggregation totals = Aggregation::parse("author.name, count() as n, sum(price) as total");
  for (const Record& group : books.aggregate(totals, Query::parse("order by n desc"))) {
    std::printf("%s: %s for %s\n", to_text(group["author.name"]).c_str(), to_text(group["n"]).c_str(),
                to_text(group["total"]).c_str());
  }
  // New values are computed from each record as it was.
  const Query essays = Query::parse("genre = 'essay'");
  books.update_where(essays, Changes::parse("price = price + 0.75, title = upper(title)"));
  for (const Record& record : books.search(essays)) {
    std::printf("%s now costs %s\n", to_text(record["title"]).c_str(), to_text(record["price"]).c_str());
  }
}

}  // namespace

int main() {
  sync::Table<Book> books("sqlite::memory:?table=books");
  fill(books);
  ask(books);
  sum_up(books.database());

  // A record that is no such struct is an error which names record, field, value and what is wanted.
  books.database().patch("room", Record{{"genre", "poem"}});
  try {
    books.read("room");
  } catch (const ValidationError& error) {
    std::printf("%s, %s: %s\n", error.record_id().c_str(), error.field_path().c_str(),
                error.message().c_str());
  }
  return 0;
}

// It prints:
//   equal: 1
//   Orlando, 9.50
//   A Room of One's Own, 7.25
//   2 found
//   page: room beowulf orlando
//   page: waves
//   Virginia Woolf: 3 for 28.75
//   unknown: 1 for 5.00
//   A ROOM OF ONE'S OWN now costs 8.00
//   room, genre: 'poem' (string) does not fit: one of novel, essay is wanted
