#pragma once
// Orders as pages show them to both sides: in which state they are, what happens next, by when and by whom,
// where the money is, and on what terms. Not for use outside web.

#include "web/forms.h"
#include "web/selling.h"

#include <optional>
#include <string>
#include <string_view>

namespace allroads::web {

// "/orders/<id>", and how the order is called in lists and messages: the last letters of its id.
[[nodiscard]] std::string order_address(deal::DealId const& id);
[[nodiscard]] std::string order_name(deal::DealId const& id);
// The request of which this deal is one: every shop that was asked, side by side.
[[nodiscard]] std::string request_address(deal::DealId const& id);

// In which role the visitor looks at a deal: buyer before seller before the others.
[[nodiscard]] deal::Role looks_as(hub::DealView const& view);
[[nodiscard]] bool may_do(hub::DealView const& view, deal::Kind kind);

// What happens next, in plain words to who looks.
struct Next {
    std::string words;
    bool is_mine = false;  // the reader is the one who must act
    std::optional<deal::Moment> by = {};
};
[[nodiscard]] Next next_of(Visit const& visit, hub::DealView const& view);
[[nodiscard]] std::string_view state_words(deal::State state);  // to be said
[[nodiscard]] std::string_view event_words(
    std::string_view kind);  // "handed goods to the carrier", to be said

// The values of _terms. `door`: for which a delivered price is told beside them.
void set_terms(Page& page, Visit const& visit, deal::Terms const& terms);
// Who holds the money, as a sentence.
[[nodiscard]] std::string holder_words(Visit const& visit, deal::Terms const& terms);
[[nodiscard]] std::string days_in_words(Visit const& visit, std::int32_t days);
[[nodiscard]] std::string terms_of_trade(Visit const& visit, deal::Terms const& terms);  // "DAP Germany: …"

// What a line of the ledger was for; what is not of an order has no words and stands as the ledger has it.
[[nodiscard]] std::string line_words(Visit const& visit, ledger::Line const& line);

// The deed's button, to be said; empty where pages have no form for it.
[[nodiscard]] std::string_view deed_words(deal::Kind kind);
[[nodiscard]] std::vector<Option> plan_options(Visit const& visit, std::string_view chosen);
// A refusal of the hub about a deal: what was expected, at the field of our forms.
[[nodiscard]] Problem deal_problem(Visit const& visit, Error const& error);
[[nodiscard]] std::optional<deal::FixedRate> rate_to(Visit const& visit, Country seller_in,
                                                     deal::Terms const& terms, Currency to);
[[nodiscard]] std::string shop_name_of(Visit const& visit, deal::Deal const& deal);
[[nodiscard]] Result<Country> shop_country_of(Visit const& visit, deal::Deal const& deal);

// What the buyer has free at this hub, where it pays for `due` of these terms: in their currency, held by
// whom they say holds the money.
[[nodiscard]] std::optional<Money> own_money_for(Visit const& visit, Money const& due,
                                                 deal::Terms const& terms);

void add_deed_pages(Site& site, Routes& routes);   // every deed of a deal
void add_offer_pages(Site& site, Routes& routes);  // asking, offers, side by side
// way, account, bank and name: where money goes.
void add_place_fields(Sheet& sheet, Visit const& visit);
void add_withdrawal_pages(Site& site, Routes& routes);  // own money, sent out
void add_money_pages(Site& site, Routes& routes);  // payouts, statements, what one was told

}  // namespace allroads::web
