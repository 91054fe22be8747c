// The ledger as its operator sees it: checked, written out, as a trial balance, as statements.
#include "hub/hub.h"
#include "ledger/ledger.h"

#include "cli/cli.h"

#include <fmt/format.h>
#include <boost/json.hpp>
#include <cstdio>
#include <fstream>

namespace allroads::cli {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

// A hub that is asked about its money is not made by the question.
Result<std::unique_ptr<hub::Hub>> open_hub(Places const& places) {
    auto const file = places.data / "hub.db";
    std::error_code none;
    if (!fs::exists(file, none))
        return refuse(
            Code::no_db, "",
            fmt::format("there is no {}; it is made when a hub first runs; --data or $ALLROADS_DATA "
                        "name another folder",
                        file.string()));
    auto trade = TRY(hub::trade_of(places.data));
    return hub::Hub::open(
        {.data = places.data, .starter = places.starter, .dealing = std::move(trade.dealing)});
}

Result<std::optional<ledger::Moment>> moment(std::string const& text, std::string_view field) {
    if (text.empty()) return std::optional<ledger::Moment>();
    auto const read = ledger::parse_moment(text);
    if (!read) return refuse(read.error().code(), field, read.error().detail());
    return std::optional(*read);
}

void print(std::string const& text) { std::fputs(text.c_str(), stdout); }

Result<void> check_all(Places const& places) {
    auto const hub = TRY(open_hub(places));
    auto read = TRY(hub->read());
    auto const found = TRY(hub->ledger().check(read, std::array{hub->ledger_key()}));
    for (auto const& one : found) std::fprintf(stderr, "%s\n", one.c_str());
    if (!found.empty()) return refuse(Code::db_damaged, "", fmt::format("{} findings", found.size()));
    auto const head = TRY(hub->ledger().head(read));
    print(fmt::format("{}: {} entries; every digest, sum, balance, hold and seal is what it must be\n",
                      places.data.string(), head.number));
    return {};
}

// Under another name until it is whole. "-" is standard output.
Result<void> write_out(Places const& places, LedgerFlags const& flags) {
    auto const format = TRY(ledger::parse_format(flags.format));
    auto const hub = TRY(open_hub(places));
    auto read = TRY(hub->read());
    auto const unwritable = [&] {
        return refuse(Code::unavailable, "file", flags.file + " cannot be written");
    };
    if (flags.file == "-") {
        return hub->ledger().write_out(read, format, [&](std::string_view piece) -> Result<void> {
            if (std::fwrite(piece.data(), 1, piece.size(), stdout) != piece.size()) return unwritable();
            return {};
        });
    }
    auto const part = flags.file + ".part";
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    auto const done = hub->ledger().write_out(read, format, [&](std::string_view piece) -> Result<void> {
        out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        if (!out) return unwritable();
        return {};
    });
    out.close();
    std::error_code failed;
    if (done && out) fs::rename(part, flags.file, failed);
    if (done && out && !failed) {
        auto const head = TRY(hub->ledger().head(read));
        print(fmt::format("{}: {} entries\n", flags.file, head.number));
        return {};
    }
    fs::remove(part, failed);
    if (!done) return std::unexpected(done.error());
    return unwritable();
}

Result<void> trial(Places const& places, LedgerFlags const& flags) {
    auto const before = TRY(moment(flags.at, "at"));
    auto const hub = TRY(open_hub(places));
    auto read = TRY(hub->read());
    auto const trial = TRY(hub->ledger().trial(read, before));
    if (flags.is_json) {
        json::array rows;
        for (auto const& row : trial.rows)
            rows.push_back(json::object{{"custodian", row.custodian},
                                        {"currency", row.currency.text()},
                                        {"purpose", ledger::text_of(row.purpose)},
                                        {"accounts", row.accounts},
                                        {"total", row.total.text()}});
        print(json::serialize(json::object{
                  {"entry", trial.number}, {"balanced", trial.is_balanced}, {"rows", std::move(rows)}}) +
              "\n");
    } else {
        print(fmt::format("{:<24} {:<4} {:<11} {:>10} {:>24}\n", "held by", "", "purpose", "accounts",
                          "total"));
        for (auto const& row : trial.rows)
            print(fmt::format("{:<24} {:<4} {:<11} {:>10} {:>24}\n", row.custodian, row.currency.text(),
                              ledger::text_of(row.purpose), row.accounts, row.total.text()));
        print(fmt::format(
            "after entry {}; {}\n", trial.number,
            trial.is_balanced ? "each currency at each custodian sums to zero" : "IT DOES NOT SUM TO ZERO"));
    }
    if (!trial.is_balanced) return refuse(Code::db_damaged, "", "`allroads ledger check` says where");
    return {};
}

json::object line_json(ledger::Line const& line) {
    return {{"number", line.number},
            {"at", ledger::text_of(line.at)},
            {"key", line.key},
            {"kind", line.kind},
            {"note", line.note},
            {"amount", line.amount.text()},
            {"balance", line.after.text()}};
}

Result<void> statement(Places const& places, LedgerFlags const& flags) {
    ledger::StatementQuestion question;
    question.account = TRY(ledger::AccountKey::parse(flags.account));
    question.from = TRY(moment(flags.from, "from"));
    question.to = TRY(moment(flags.to, "to"));
    if (question.from && question.to && *question.to <= *question.from)
        return refuse(Code::bad_value, "to",
                      "the period ends before it begins; expected a moment after " + flags.from);
    question.rows = ledger::page_rows_max;
    auto const hub = TRY(open_hub(places));
    auto read = TRY(hub->read());
    json::array lines;
    for (bool is_first = true;; is_first = false) {
        auto const page = TRY(hub->ledger().statement(read, question));
        if (is_first && !flags.is_json)
            print(fmt::format("{}\n{:<26}{:<38}{:>16}{:>18}\n", question.account.text(), "", "opening", "",
                              page.opening.text()));
        for (auto const& line : page.lines) {
            if (flags.is_json) lines.push_back(line_json(line));
            if (!flags.is_json)
                print(fmt::format("{:<26}{:<38}{:>16}{:>18}\n", ledger::text_of(line.at),
                                  line.note.empty() ? line.kind : line.kind + ": " + excerpt(line.note, 24),
                                  line.amount.text(), line.after.text()));
        }
        question.after = page.next;
        if (page.next != 0) continue;
        if (!flags.is_json)
            print(fmt::format("{:<26}{:<38}{:>16}{:>18}\n", "", "closing", "", page.closing.text()));
        if (flags.is_json)
            print(json::serialize(json::object{{"account", question.account.text()},
                                               {"opening", page.opening.text()},
                                               {"closing", page.closing.text()},
                                               {"lines", std::move(lines)}}) +
                  "\n");
        return {};
    }
}

}  // namespace

int ledger_asked(Places const& places, LedgerFlags const& flags, LedgerVerb verb) {
    auto const ask = [&]() -> Result<void> {
        switch (verb) {
            case LedgerVerb::check: return check_all(places);
            case LedgerVerb::write_out: return write_out(places, flags);
            case LedgerVerb::trial: return trial(places, flags);
            default: return statement(places, flags);
        }
    };
    auto const done = ask();
    return done ? 0 : tell(done.error());
}

}  // namespace allroads::cli
