#include "web/report.h"

namespace allroads::web {
namespace {

void add_cell(Page& row, Cell const& cell) {
    auto& one = row.add("CELLS");
    one.set("CELL_TEXT", cell.text);
    if (cell.is_number) one.show("CELL_NUMBER");
    if (cell.url.empty())
        one.show("CELL_PLAIN");
    else
        one.add("CELL_LINK").set("CELL_URL", cell.url);
}

void add_part(Page& page, Block const& part, std::size_t number) {
    auto& one = page.add("PARTS");
    one.set("PART_ID", "part-" + std::to_string(number));
    one.set("PART_TITLE", part.title);
    if (!part.title.empty()) one.show("PART_HEAD");
    if (!part.text.empty()) one.add("PART_SAYS").set("PART_TEXT", part.text);
    if (!part.facts.empty()) {
        auto& facts = one.add("FACTS");
        for (auto const& [name, text] : part.facts) {
            auto& fact = facts.add("FACT_LIST");
            fact.set("FACT_NAME", name);
            fact.set("FACT_TEXT", text);
        }
    }
    if (!part.table) return;
    auto& table = one.add("TABLE");
    for (auto const& column : part.table->columns) {
        auto& head = table.add("COLUMNS");
        head.set("COLUMN_NAME", column.text);
        if (column.is_number) head.show("COLUMN_NUMBER");
    }
    for (auto const& cells : part.table->rows) {
        auto& row = table.add("ROWS");
        for (auto const& cell : cells) add_cell(row, cell);
    }
}

}  // namespace

net::Response report_answer(Visit& visit, For whom, Report const& report, Sheet const* sheet, int status) {
    Page page;
    set_mine(page, visit,
             whom == For::owners   ? Here::money
             : whom == For::clerks ? Here::counter
                                   : Here::operating);
    if (whom == For::operators) page.add("OPERATE_NAV").show("AT_MONEY");
    page.set("REPORT_TITLE", report.title);
    for (auto const& text : report.leads) page.add("LEADS").set("LEAD_TEXT", text);
    for (auto const& text : report.done) page.add("DONE").set("TOLD_TEXT", text);
    for (auto const& text : report.warned) page.add("WARNED").set("TOLD_TEXT", text);
    for (std::size_t i = 0; i < report.parts.size(); ++i) add_part(page, report.parts[i], i);
    if (!report.more.empty()) page.add("MORE").set("MORE_URL", report.more);
    if (sheet != nullptr) {
        page.show("HAS_FORM");
        sheet->show(page);
    }
    if (!report.links.empty()) {
        auto& list = page.add("FORM_LINKS");
        for (auto const& [url, text] : report.links) {
            auto& one = list.add("LINK_LIST");
            one.set("LINK_URL", url);
            one.set("LINK_TEXT", text);
        }
    }
    return answer(visit, "report", page, status);
}

PageHandler for_operators(PageHandler handler) {
    return [handler = std::move(handler)](Visit& visit) -> Result<net::Response> {
        TRY_VOID(must_be_person(visit));
        TRY_VOID(visit.site.hub.must_operate(visit.caller));
        auto const self = TRY(visit.site.hub.account(visit.caller));
        if (!self.has_second_factor) return net::redirect("/me?second=asked");
        return handler(visit);
    };
}

std::string in_query(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (char const c : text) {
        bool const is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                              c == '-' || c == '.' || c == '_';
        auto const byte = static_cast<unsigned char>(c);
        if (is_plain)
            out += c;
        else
            out += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
    return out;
}

std::string amount_text(Visit const& visit, Money const& amount) { return visit.tongue.money(amount); }

std::string way_words(Visit const& visit, pay::Way way) {
    switch (way) {
        case pay::Way::bank: return std::string(visit.say("bank transfer"));
        case pay::Way::mobile: return std::string(visit.say("mobile money"));
        case pay::Way::card: return std::string(visit.say("card"));
        case pay::Way::cash: return std::string(visit.say("cash"));
    }
    return {};
}

}  // namespace allroads::web
