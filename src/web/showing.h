#pragma once
// Products and prices as pages show them. Not for use outside web.

#include "web/site.h"

namespace allroads::web {

// What the price of the chosen way is made of, for a bar and its table.
[[nodiscard]] std::vector<Part> parts_of(Visit const& visit, hub::Delivered const& delivered);
// The section HITS: one product in a list. `hit` may be null: without a door.
void add_hit(Page& page, Visit const& visit, hub::Shown const& shown, search::Hit const* hit,
             bool is_first = false);
// EXAMPLE of home: the first of these that is completely priced at the door, or at one in Germany.
void set_example(Page& page, Visit const& visit, std::vector<hub::Shown> const& products);
// The values of _breakdown, and PAPERS_IN and PAPERS_OUT.
void set_slip(Page& page, Visit const& visit, hub::Shown const& shown, hub::Delivered const& delivered);
// UNKNOWNS: what is missing in a price that is "at least" so much; nothing of one that is whole.
void set_unknowns(Page& page, Visit const& visit, quote::Quote const& quote, bool is_sending_known);
void set_papers(Page& page, Visit const& visit, hub::Delivered const& delivered);
// A section of that name for each photo.
void add_photos(Page& page, shop::Product const& product, std::int32_t width);

[[nodiscard]] std::string address_of(hub::Shown const& shown);
[[nodiscard]] std::string_view road_words(freight::Road road);      // "by post", to be said
[[nodiscard]] std::string_view terms_words(quote::Incoterm terms);  // what the seller does, to be said
[[nodiscard]] std::string where_of(Visit const& visit, shop::Shop const& shop);
[[nodiscard]] std::string quantity_text(Visit const& visit, Decimal const& quantity, Unit unit);
// The name of a key of shop::categories() and its like, in the language of the page.
[[nodiscard]] std::string name_of_key(Visit const& visit, std::span<shop::Named const> known,
                                      std::string_view key);
[[nodiscard]] std::vector<std::string> paragraphs_of(std::string_view text);
// The beginning of a text on one line, for search engines: at most 160 bytes.
[[nodiscard]] std::string summary_of(std::string_view text);
[[nodiscard]] std::string ready_text(Visit const& visit, shop::Product const& product);

}  // namespace allroads::web
