#pragma once
// Pages of tables, mostly for clerks and operators, and who may see them. Not for use outside web.

#include "web/forms.h"

namespace allroads::web {

struct Cell {
    std::string text = {};
    std::string url = {};  // empty: no link
    bool is_number = false;
};
struct Table {
    std::vector<Cell> columns = {};
    std::vector<std::vector<Cell>> rows = {};
};
struct Block {
    std::string title = {};
    std::string text = {};
    std::vector<std::pair<std::string, std::string>> facts = {};
    std::optional<Table> table = {};
};
struct Report {
    std::string title;
    std::vector<std::string> leads = {};
    std::vector<std::string> done = {}, warned = {};
    std::vector<Block> parts = {};
    std::string more = {};                                        // address of the next page
    std::vector<std::pair<std::string, std::string>> links = {};  // address and words
};
enum class For : std::uint8_t { owners, clerks, operators };  // owners: of their own money
[[nodiscard]] net::Response report_answer(Visit& visit, For whom, Report const& report,
                                          Sheet const* sheet = nullptr, int status = 200);

// The hub says who is an operator; a password alone is not enough for their pages.
[[nodiscard]] PageHandler for_operators(PageHandler handler);
// "OWNER" of a link within an address.
[[nodiscard]] std::string in_query(std::string_view text);
// An amount with its currency, as the reader writes it.
[[nodiscard]] std::string amount_text(Visit const& visit, Money const& amount);
[[nodiscard]] std::string way_words(Visit const& visit, pay::Way way);

[[nodiscard]] std::vector<net::Route> cash_pages(Site& site);   // of clerks: cash, receipts, payouts in cash
[[nodiscard]] std::vector<net::Route> money_pages(Site& site);  // of operators

}  // namespace allroads::web
