// The whole ledger as files for others: a table, JSON, and the journal that hledger reads.
#include "ledger/reading.h"

#include "wire/wire.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace allroads::ledger {
namespace {

constexpr std::size_t at_once = 500;

// ---- a table: a row for each leg

// Programs that open tables take what begins so for a formula.
std::string cell(std::string_view text) {
    bool const is_formula = !text.empty() && std::string_view("=+-@").find(text[0]) != std::string_view::npos;
    if (!is_formula && text.find_first_of("\",\r\n") == std::string_view::npos) return std::string(text);
    std::string out = is_formula ? "\"'" : "\"";
    for (char const letter : text) {
        if (letter == '"') out += '"';
        out += letter;
    }
    return out + '"';
}

constexpr std::string_view csv_head =
    "number,at,key,kind,note,act,hold,owner,purpose,currency,custodian,amount,reserved,digest\r\n";

std::string csv_rows(EntryRow const& row) {
    auto const& entry = row.entry;
    std::string const before = std::to_string(row.number) + "," + text_of(row.at) + "," + cell(entry.key) +
                               "," + cell(entry.kind) + "," + cell(entry.note) + "," +
                               std::string(text_of(entry.act)) + "," + cell(entry.hold) + ",";
    std::string const after = "," + hex(row.digest) + "\r\n";
    std::string out;
    auto const line = [&](Leg const& leg, std::string const& amounts) {
        auto const& key = leg.account;
        out += before + cell(key.owner) + "," + std::string(text_of(key.purpose)) + "," +
               std::string(key.currency.text()) + "," + cell(key.custodian) + "," + amounts + after;
    };
    for (auto const& leg : row.moved) line(leg, leg.amount.text() + ",");
    for (auto const& leg : row.reserved) line(leg, "," + leg.amount.text());
    if (row.entry.act == Act::bound) line(entry.legs[0], ",");
    return out;
}

// ---- JSON: an object for each entry

void add_legs(wire::Writer& to, std::string_view name, std::vector<Leg> const& legs) {
    if (legs.empty()) return;
    to.key(name);
    to.open('[');
    for (auto const& leg : legs) {
        to.open('{');
        to.text("owner", leg.account.owner);
        to.text("purpose", text_of(leg.account.purpose));
        to.text("currency", leg.account.currency.text());
        to.text("custodian", leg.account.custodian);
        to.money("amount", leg.amount);
        to.close('}');
    }
    to.close(']');
}

void add_conversion(wire::Writer& to, Conversion const& conversion) {
    to.key("conversion");
    to.open('{');
    to.text("from", conversion.given.currency().text());
    to.money("given", conversion.given);
    to.text("to", conversion.got.currency().text());
    to.money("got", conversion.got);
    to.decimal("numerator", conversion.numerator);
    to.decimal("denominator", conversion.denominator);
    to.text("rounding", allroads::text_of(conversion.round));
    to.close('}');
}

void add_bounds(wire::Writer& to, Leg const& leg, Bounds const& bounds) {
    auto const currency = leg.account.currency;
    if (bounds.least) to.money("least", Money(*bounds.least, currency));
    if (bounds.most) to.money("most", Money(*bounds.most, currency));
}

std::string json_of(EntryRow const& row) {
    auto const& entry = row.entry;
    std::string out;
    {
        wire::Writer to(out);
        to.open('{');
        to.number("number", row.number);
        to.text("at", text_of(row.at));
        to.text("key", entry.key);
        to.text("kind", entry.kind);
        if (!entry.note.empty()) to.text("note", entry.note);
        to.text("act", text_of(entry.act));
        if (!entry.hold.empty()) to.text("hold", entry.hold);
        if (entry.until) to.text("until", text_of(*entry.until));
        add_legs(to, "legs", row.moved);
        add_legs(to, "reserved", row.reserved);
        if (entry.conversion) add_conversion(to, *entry.conversion);
        if (entry.act == Act::bound) {
            add_legs(to, "bound", entry.legs);
            add_bounds(to, entry.legs[0], entry.bounds);
        }
        to.text("digest", hex(row.digest));
        to.close('}');
    }
    return out;
}

// ---- hledger: what we owe is negative there, what lies at banks is positive

std::string_view root_of(Purpose purpose) {
    switch (purpose) {
        case Purpose::outside: return "assets";
        case Purpose::fee: return "revenues";
        case Purpose::conversion:
        case Purpose::rounding:
        case Purpose::own: return "equity";
        default: return "liabilities";
    }
}

// A semicolon would begin a comment.
std::string described(std::string_view text) {
    std::string out(text);
    std::ranges::replace(out, ';', ',');
    return out;
}

std::string journal_of(EntryRow const& row) {
    auto const& entry = row.entry;
    auto const at = text_of(row.at);
    auto const mark = row.moved.empty() ? "; " : "";
    std::string out = mark + at.substr(0, 10) + " (" + std::to_string(row.number) + ") " + entry.kind +
                      (entry.note.empty() ? "" : " | " + described(entry.note)) + "\n";
    out += mark + std::string("    ; key: ") + entry.key + ", at: " + at + "\n";
    for (auto const& leg : row.moved) {
        auto const& key = leg.account;
        auto const amount = Money(-leg.amount.minor(), key.currency);
        out += "    " + std::string(root_of(key.purpose)) + ":" + std::string(text_of(key.purpose)) + ":" +
               key.custodian + ":" + key.owner + "  " + amount.text() + " " +
               std::string(key.currency.text()) + "\n";
    }
    for (auto const& leg : row.reserved) {
        out +=
            mark + std::string("    ; reserved of ") + leg.account.text() + ": " + leg.amount.text() + "\n";
    }
    return out + "\n";
}

Result<std::string> journal_head(db::Asked& asked, HubId const& hub) {
    std::string head =
        "; The ledger of a hub of Allroads, in the words of hledger (journal format).\ndecimal-mark .\n";
    auto rows =
        TRY(asked.rows("SELECT DISTINCT currency FROM ledger_account WHERE hub = ? ORDER BY currency", hub));
    while (TRY(rows.next())) {
        auto const currency = TRY(Currency::parse(rows.text(0)));
        auto const digits = static_cast<std::size_t>(currency.minor_digits());
        head += "commodity 1000." + std::string(digits, '0') + " " + std::string(currency.text()) + "\n";
    }
    return head + "\n";
}

Result<void> each_entry(db::Asked& asked, HubId const& hub,
                        std::function<Result<void>(EntryRow const&)> const& body) {
    KnownAccounts accounts(asked, hub);
    for (std::int64_t last = 0;;) {
        auto page = TRY(entries_after(asked, hub, last, at_once));
        auto const count = page.size();
        for (auto& stored : page) {
            last = stored.number;
            TRY_VOID(body(TRY(row_of(std::move(stored), accounts))));
        }
        if (count < at_once) return {};
    }
}

}  // namespace

Result<Format> parse_format(std::string_view text) {
    if (text == "csv") return Format::csv;
    if (text == "json") return Format::json;
    if (text == "hledger") return Format::hledger;
    return refuse(Code::bad_value, "format", "“" + excerpt(text) + "”: expected csv, json or hledger");
}

Result<void> Ledger::write_out(db::Asked& asked, Format format, Sink const& sink) const {
    switch (format) {
        case Format::csv:
            TRY_VOID(sink(csv_head));
            return each_entry(asked, hub_, [&](EntryRow const& row) { return sink(csv_rows(row)); });
        case Format::hledger:
            TRY_VOID(sink(TRY(journal_head(asked, hub_))));
            return each_entry(asked, hub_, [&](EntryRow const& row) { return sink(journal_of(row)); });
        case Format::json: break;
    }
    TRY_VOID(sink("{\"hub\":\"" + hub_.text() + "\",\"entries\":["));
    std::string_view comma = "\n";
    TRY_VOID(each_entry(asked, hub_, [&](EntryRow const& row) {
        auto const text = std::string(comma) + json_of(row);
        comma = ",\n";
        return sink(text);
    }));
    return sink("\n]}\n");
}

}  // namespace allroads::ledger
