// References, statements, matching and payout files.

#include "pay/pay.h"
#include "pay/simulators_in_test.h"

#include <doctest/doctest.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>

namespace {

using namespace allroads;
using namespace allroads::pay;
using in_test::statement_xml;

constexpr std::string_view our_iban = "DE89370400440532013000";
Money eur(std::int64_t minor) { return {minor, currency::EUR}; }
Reference reference_of(std::string_view body) { return *Reference::of(body); }
Day day() { return *Day::parse("2026-11-26"); }

Booking credit(Money amount, std::string said, std::string bank_reference = {}) {
    Booking one{.amount = amount, .day = day(), .bank_reference = std::move(bank_reference)};
    one.details.push_back({.unstructured = std::move(said)});
    return one;
}
Statement statement_of(std::vector<Booking> bookings) {
    Statement one{.id = "S1", .account = std::string(our_iban), .currency = currency::EUR};
    one.opening = eur(-100);
    one.closing = one.opening;
    for (auto const& booking : bookings)
        one.closing = booking.is_credit ? *sum(*one.closing, booking.amount)
                                        : *difference(*one.closing, booking.amount);
    one.bookings = std::move(bookings);
    one.adds_up = true;
    return one;
}
std::vector<Statement> read(std::string_view xml) {
    auto all = read_statements(xml);
    REQUIRE_MESSAGE(all, all.error().sentence());
    return *all;
}
std::string refused(std::string_view xml, StatementLimits const& limits = {}) {
    auto const all = read_statements(xml, limits);
    return all ? std::string("read") : all.error().sentence();
}
std::vector<Payment> payments(std::vector<Booking> bookings, int version = 8) {
    std::vector<Statement> const all{statement_of(std::move(bookings))};
    return payments_of(read(statement_xml(all, version)).at(0));
}
std::string replaced(std::string text, std::string_view from, std::string_view to) {
    auto const at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

// Whether libxml2 finds a document right by a schema file.
bool is_valid(std::string const& xml, std::string const& schema) {
    using Parser = std::unique_ptr<xmlSchemaParserCtxt, void (*)(xmlSchemaParserCtxtPtr)>;
    Parser const parser(xmlSchemaNewParserCtxt(schema.c_str()), xmlSchemaFreeParserCtxt);
    std::unique_ptr<xmlSchema, void (*)(xmlSchemaPtr)> const rules(xmlSchemaParse(parser.get()),
                                                                   xmlSchemaFree);
    REQUIRE(rules);
    std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)> const document(
        xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr, XML_PARSE_NONET),
        xmlFreeDoc);
    if (!document) return false;
    std::unique_ptr<xmlSchemaValidCtxt, void (*)(xmlSchemaValidCtxtPtr)> const check_by(
        xmlSchemaNewValidCtxt(rules.get()), xmlSchemaFreeValidCtxt);
    return xmlSchemaValidateDoc(check_by.get(), document.get()) == 0;
}

}  // namespace

// ---- references -------------------------------------------------------------------------------------------

TEST_CASE("references as ISO 11649 has them") {
    CHECK(reference_of("539007547034").text() == "RF18539007547034");  // the example of the standard
    CHECK(reference_of("539007547034").spaced() == "RF18 5390 0754 7034");
    for (auto const* text :
         {"RF48 5000056789012345", "rf45g72uur", "RF65-18K5", " RF18 5390 0754 7034 ", "RF١٨٥٣٩٠٠٧٥٤٧٠٣٤"})
        CHECK_MESSAGE(Reference::parse(text), text);
    for (auto const* text : {"", "RF", "RF18", "RF18539007547035", "RF81539007547034", "XX18539007547034",
                             "RF18539007547_34", "RF1853900754703412345678901", "539007547034"})
        CHECK_FALSE_MESSAGE(Reference::parse(text), text);
    CHECK_FALSE(Reference::of(""));
    CHECK_FALSE(Reference::of(std::string(22, '1')));
    CHECK(Reference::of(std::string(21, 'z'))->body() == std::string(21, 'Z'));
}

TEST_CASE("law: a reference is read as it is written; one wrong character or two exchanged are found") {
    CHECK(rc::check("references", [] {
        constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        auto const picks = *rc::gen::suchThat(
            rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, letters.size())),
            [](auto const& all) { return !all.empty() && all.size() <= Reference::body_max; });
        std::string body;
        for (auto const pick : picks) body.push_back(letters[pick]);
        auto const one = reference_of(body);
        RC_ASSERT(one.body() == body);
        RC_ASSERT(*Reference::parse(one.spaced()) == one);
        RC_ASSERT(*Reference::within("Malipo ya " + one.spaced() + ", asante") == one);
        auto const at = *rc::gen::inRange<std::size_t>(2, one.text().size());
        // A digit for a letter moves all behind it by a place: such a mistake is found in 96 of 97 cases
        // only.
        auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
        for (char const c : letters) {
            auto wrong = one.text();
            if (is_digit(c) != is_digit(wrong[at])) continue;
            wrong[at] = c;
            if (wrong != one.text()) RC_ASSERT(!Reference::parse(wrong));
        }
        auto wrong = one.text();
        bool const are_alike = at + 1 < wrong.size() && is_digit(wrong[at]) == is_digit(wrong[at + 1]);
        if (are_alike && wrong[at] != wrong[at + 1]) {
            std::swap(wrong[at], wrong[at + 1]);
            RC_ASSERT(!Reference::parse(wrong));
        }
    }));
}

TEST_CASE("references in what people write") {
    auto const one = reference_of("4711");
    auto const found = [](std::string_view text) {
        auto const reference = Reference::within(text);
        return reference ? std::string(reference->body()) : std::string("none");
    };
    CHECK(found("Order " + one.text() + " thanks") == "4711");
    CHECK(found("/RFB/" + one.text() + "/") == "4711");
    CHECK(found("ref:" + one.spaced()) == "4711");
    CHECK(found(one.text() + " and again " + one.text()) == "4711");
    CHECK(found(one.text() + " and " + reference_of("4712").text()) == "none");
    CHECK(found("XRF" + one.text().substr(2)) == "none");
    CHECK(found("no reference") == "none");
    CHECK(found("RF") == "none");
}

TEST_CASE("account numbers and banks") {
    CHECK(*parse_iban("DE89 3704 0044 0532 0130 00") == our_iban);
    CHECK(*parse_iban("gb82west12345698765432") == "GB82WEST12345698765432");
    for (auto const* text :
         {"", "DE88370400440532013000", "XX89370400440532013000", "DE89", "DE8937040044053201300_"})
        CHECK_FALSE(parse_iban(text));
    CHECK(*parse_bic("cobadeffxxx") == "COBADEFFXXX");
    CHECK(parse_bic("EQBLKENA"));
    for (auto const* text : {"", "COBADEFFX", "COBA1EFF", "COBAXXFF"}) CHECK_FALSE(parse_bic(text));
}

// ---- statements -------------------------------------------------------------------------------------------

TEST_CASE("a statement is read as the bank wrote it, in the words of every version") {
    Booking single = credit(eur(240'000), "Order\n" + reference_of("4711").text(), "B-1");
    single.details[0].payer = "Müller & Söhne <GmbH>";
    single.details[0].payer_account = "GB82WEST12345698765432";
    single.details[0].end_to_end = "E2E-1";
    Booking batch{.amount = eur(300), .day = day(), .bank_reference = "B-2", .words = "batch"};
    batch.details.push_back(
        {.amount = eur(100), .transaction = "T1", .structured = reference_of("4712").text()});
    batch.details.push_back(
        {.amount = eur(200), .transaction = "T2", .payer = "Juma", .unstructured = "none"});
    Booking out{.amount = eur(50), .is_credit = false, .day = day()};
    out.details.push_back({.end_to_end = "deal-1", .payer = "Amina", .payer_account = "0123-456"});
    Booking reversal{
        .amount = eur(7), .is_credit = false, .is_reversal = true, .day = day(), .words = "error"};
    Booking back = credit(eur(50), "");
    back.details[0].end_to_end = "deal-1";
    back.details[0].is_return = true;
    std::vector<Statement> all{statement_of({single, batch, out, reversal, back})};
    for (int const version : {2, 8, 10, 13}) {
        CAPTURE(version);
        auto const xml = statement_xml(all, version);
        auto const again = read(xml);
        REQUIRE(again.size() == 1);
        CHECK(again[0].adds_up == true);
        CHECK(again[0].opening == all[0].opening);
        CHECK(again[0].closing == all[0].closing);
        // Printed again, it is the same text: nothing was lost, nothing added.
        CHECK(statement_xml(again, version) == xml);
        auto const seen = payments_of(again[0]);
        REQUIRE(seen.size() == 6);
        CHECK(seen[0].amount == eur(240'000));
        CHECK(seen[0].reference == reference_of("4711"));
        CHECK(seen[0].payer == "Müller & Söhne <GmbH>");
        CHECK(seen[0].account == "GB82WEST12345698765432");
        CHECK(seen[0].said == "Order " + reference_of("4711").text());
        CHECK(seen[1].amount == eur(100));
        CHECK(seen[1].reference == reference_of("4712"));
        CHECK(seen[2].payer == "Juma");
        CHECK_FALSE(seen[2].reference);
        CHECK(seen[3].turn == Turn::paid_out);
        CHECK(seen[3].order == "deal-1");
        CHECK(seen[4].turn == Turn::taken_back);
        CHECK(seen[5].turn == Turn::came_back);
        CHECK(seen[5].order == "deal-1");
        std::set<std::string> ids;
        for (auto const& one : seen) {
            CHECK(one.doubt.empty());
            ids.insert(one.outside_id);
        }
        CHECK(ids.size() == 6);
        // The same ids in another file, in another version.
        CHECK(payments_of(read(statement_xml(all, 2))[0]) == seen);
    }
}

TEST_CASE("payments that the bank gives no id are told apart, and known again") {
    auto const same = credit(eur(100), "tomatoes");
    auto const first = payments({same, same});
    CHECK(first[0].outside_id != first[1].outside_id);
    CHECK(payments({same, same}, 2) == first);
    CHECK(payments({same, same, same})[1] == first[1]);
    // With the bank's own reference, a booking that stands twice is one payment.
    auto const named = credit(eur(100), "tomatoes", "B-7");
    auto const twice = payments({named, named});
    CHECK(twice[0].outside_id == twice[1].outside_id);
    CHECK(payments({credit(eur(100), "tomatoes", "NONREF")})[0].outside_id == payments({same})[0].outside_id);
    CHECK(payments({credit(eur(101), "tomatoes", "B-7")})[0].outside_id != twice[0].outside_id);
}

TEST_CASE("details that do not sum are one payment, in doubt") {
    Booking batch{.amount = eur(300), .day = day(), .bank_reference = "B-2"};
    batch.details.push_back({.amount = eur(100), .structured = reference_of("4711").text()});
    batch.details.push_back({.amount = eur(199), .structured = reference_of("4712").text()});
    auto const seen = payments({batch});
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].amount == eur(300));
    CHECK_FALSE(seen[0].doubt.empty());
    CHECK_FALSE(seen[0].reference);
    // A single detail of another amount: charges were taken on the way, and what was booked is what came.
    auto less = credit(eur(990), reference_of("4711").text());
    less.details[0].amount = eur(1000);
    CHECK(payments({less}).at(0).amount == eur(990));
}

TEST_CASE("files that are no statement, or not to be believed, are refused with the line") {
    std::vector<Statement> const all{statement_of({credit(eur(100), "x")})};
    auto const good = statement_xml(all, 8);
    CHECK(refused(good) == "read");
    CHECK(refused("").starts_with("bad-file"));
    CHECK(refused(good.substr(0, good.size() - 30)).find("not well-formed") != std::string::npos);
    CHECK(refused(replaced(good, "camt.053", "camt.052")).find("expected a statement") != std::string::npos);
    CHECK(refused(replaced(good, "001.08", "001.99")).find("expected a statement") != std::string::npos);
    CHECK(refused(replaced(good, "xmlns=", "xmlns:x=")).find("expected a statement") != std::string::npos);
    CHECK(refused(replaced(good, "Ccy=\"EUR\">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>",
                           "Ccy=\"EUR\">-1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>"))
              .find("line 4") != std::string::npos);
    CHECK(refused(replaced(good, "<Sts>", "<Sts><Cd>BOOK</Cd></Sts><Sts>")).find("stands twice") !=
          std::string::npos);
    auto const entry = [&](std::string_view from, std::string_view to) {
        auto const at = good.find("<Ntry>");
        return refused(good.substr(0, at) + replaced(good.substr(at), from, to));
    };
    CHECK(entry("1.00", "1.001").starts_with("amount-too-precise"));
    CHECK(entry("1.00", "1,00").starts_with("amount-not-decimal"));
    CHECK(entry("1.00", "1e2").starts_with("amount-not-decimal"));
    CHECK(entry("1.00", "99999999999999999.99").find("too-large") != std::string::npos);
    CHECK(entry(" Ccy=\"EUR\"", "").starts_with("bad-currency"));
    CHECK(entry("Ccy=\"EUR\"", "Ccy=\"USD\"").starts_with("bad-currency"));
    CHECK(entry("CRDT", "CREDIT").starts_with("bad-value"));
    CHECK(entry("2026-11-26", "2026-11-31").starts_with("bad-date"));
    CHECK(entry("1.00", "1.00000") == "read");
    StatementLimits small;
    small.bytes = 100;
    CHECK(refused(good, small).starts_with("too-long"));
    std::vector<Statement> const three{
        statement_of({credit(eur(1), "x"), credit(eur(1), "x"), credit(eur(1), "x")})};
    StatementLimits few;
    few.bookings = 5;  // with their details
    CHECK(refused(statement_xml(three, 8), few).starts_with("too-long"));
    std::string deep;
    for (int i = 0; i < 40; ++i) deep += "<a>";
    CHECK(refused(replaced(good, "<GrpHdr>", deep + "<GrpHdr>")).find("too deep") != std::string::npos);
    CHECK(refused(replaced(good, "<MsgId>M1", "<MsgId>" + std::string(20'000, 'x'))).starts_with("too-long"));
}

TEST_CASE("entities and document types are refused before they do anything") {
    std::vector<Statement> const all{statement_of({credit(eur(100), "x")})};
    auto const good = statement_xml(all, 8);
    auto const with = [&](std::string_view type) {
        return refused(replaced(good, "<Document", std::string(type) + "<Document"));
    };
    CHECK(with("<!DOCTYPE Document>").starts_with("bad-file"));
    CHECK(with("<!DOCTYPE Document SYSTEM \"file:///etc/passwd\">").starts_with("bad-file"));
    CHECK(with("<!DOCTYPE Document [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>")
              .starts_with("bad-file"));
    CHECK(with("<!DOCTYPE Document [<!ENTITY % p SYSTEM \"http://127.0.0.1/x\"> %p;]>")
              .starts_with("bad-file"));
    CHECK(refused(replaced(good, "<MsgId>M1", "<MsgId>&nope;")).starts_with("bad-file"));
    CHECK(refused(replaced(good, "<MsgId>M1", "<MsgId>&#77;1")) == "read");
}

TEST_CASE("what is announced is left out; balances are checked") {
    std::vector<Statement> all{statement_of({credit(eur(100), "x"), credit(eur(200), "y")})};
    auto const good = statement_xml(all, 8);
    auto const pending = read(replaced(good, "<Cd>BOOK</Cd>", "<Cd>PDNG</Cd>")).at(0);
    CHECK(pending.not_booked == 1);
    CHECK(pending.bookings.size() == 1);
    CHECK(pending.adds_up == false);
    all[0].closing.reset();
    CHECK_FALSE(read(statement_xml(all, 8)).at(0).adds_up);

    Bank const bank({{.currency = currency::EUR, .account = "DE89 3704 0044 0532 0130 00", .name = "Hub"}});
    Moment const now{};
    CHECK(bank.seen({.path = {}, .fields = {}, .body = good}, now)->size() == 2);
    auto const wrong = replaced(good, "<Cd>BOOK</Cd>", "<Cd>PDNG</Cd>");
    CHECK(bank.seen({.path = {}, .fields = {}, .body = wrong}, now).error().code() == Code::bad_file);
    auto const other = replaced(good, our_iban, "GB82WEST12345698765432");
    CHECK(bank.seen({.path = {}, .fields = {}, .body = other}, now).error().code() == Code::not_allowed);
}

TEST_CASE("elements of another vocabulary are nothing of ours") {
    std::vector<Statement> const all{statement_of({credit(eur(100), "x")})};
    auto const good = statement_xml(all, 8);
    auto const odd =
        replaced(good, "<Ntry>", "<Ntry><o:Amt xmlns:o=\"urn:other\" Ccy=\"EUR\">9999.00</o:Amt>");
    CHECK(read(odd).at(0).bookings.at(0).amount == eur(100));
}

TEST_CASE("law: any statement is read as it is printed") {
    CHECK(rc::check("statements", [] {
        auto const amounts = *rc::gen::container<std::vector<std::int64_t>>(
            rc::gen::inRange<std::int64_t>(-1'000'000'000'000, 1'000'000'000'000));
        auto const words =
            *rc::gen::element<std::string>("", "a & b", "Ünïcode 🐟", "RF18539007547034", "x\ny");
        auto const version = *rc::gen::element(2, 8, 11);
        std::vector<Booking> bookings;
        for (auto const minor : amounts) {
            Booking one = credit(eur(minor < 0 ? -minor : minor), words, minor % 3 == 0 ? "B" : "");
            one.is_credit = minor >= 0;
            one.is_reversal = minor % 5 == 0;
            if (minor % 2 == 0) one.details[0].amount = one.amount;
            bookings.push_back(std::move(one));
        }
        std::vector<Statement> const all{statement_of(bookings)};
        auto const xml = statement_xml(all, version);
        auto const again = read_statements(xml);
        RC_ASSERT(again.has_value());
        RC_ASSERT(again->at(0).adds_up == true);
        RC_ASSERT(statement_xml(*again, version) == xml);
        RC_ASSERT(again->at(0).bookings.size() == amounts.size());
    }));
}

TEST_CASE("matching: whole, part, too much, unknown, duplicate, another currency") {
    auto const seen = payments({
        credit(eur(1000), reference_of("A1").text(), "1"),
        credit(eur(400), reference_of("B2").text(), "2"),
        credit(eur(600), "again " + reference_of("B2").spaced(), "3"),
        credit(eur(100), reference_of("B2").text(), "4"),
        credit(eur(1001), reference_of("C3").text(), "5"),
        credit(eur(5), reference_of("D4").text(), "6"),
        credit(eur(5), "tomatoes", "7"),
        credit(eur(5), reference_of("E5").text(), "8"),
        credit(eur(1000), reference_of("A1").text(), "1"),
        credit(eur(9), reference_of("F6").text(), "9"),
    });
    auto const open = [](Reference const& one) -> std::optional<Money> {
        if (one == reference_of("A1") || one == reference_of("B2") || one == reference_of("C3") ||
            one == reference_of("F6"))
            return eur(1000);
        if (one == reference_of("E5")) return Money(500, currency::USD);
        return std::nullopt;
    };
    auto const known = seen[9].outside_id;
    auto const report = match(seen, open, [&](std::string_view id) { return id == known; });
    std::vector<std::string> words;
    for (auto const& one : report) words.emplace_back(text_of(one.match));
    CHECK(words == std::vector<std::string>{"whole", "part", "whole", "too-much", "too-much", "unknown",
                                            "unknown", "other-currency", "duplicate", "duplicate"});
    CHECK(report[2].open == eur(600));
    CHECK(report[3].open == eur(0));
}

// ---- payout files -----------------------------------------------------------------------------------------

namespace {
BankAccount payer() {
    return {.currency = currency::EUR,
            .account = std::string(our_iban),
            .bank = "COBADEFFXXX",
            .name = "Hub & Co <e.G.>"};
}
PayoutOrder by_bank(std::string key, std::int64_t minor, std::string account, std::string bank) {
    return {
        .key = std::move(key),
        .amount = eur(minor),
        .to = {.way = Way::bank, .account = std::move(account), .bank = std::move(bank), .name = "Noé Çelik"},
        .words = minor % 2 == 0 ? "Auftrag & Ware" : ""};
}
std::vector<PayoutOrder> three_orders() {
    return {by_bank("deal-1", 230'790, "GB82 WEST 1234 5698 7654 32", ""),
            by_bank("deal-2", 1, "0123456789-KE", "EQBLKENA"),
            by_bank("deal-3", 999'999'999, "DE89370400440532013000", "COBADEFF")};
}
PayoutFile the_file() {
    return {.id = "HUB-20261126-1",
            .made = Moment(Millis(1'790'000'000'000)),
            .initiator = "Hub",
            .execute_on = day()};
}
// The schema of ISO 20022 where it lies on the machine, else nothing.
std::string official_schema() {
    auto const* const folder = std::getenv("ALLROADS_ISO20022");
    auto const* const shared = std::getenv("ALLROADS_SHARED_DATA");
    auto const file = folder != nullptr   ? std::string(folder) + "/pain.001.001.09.xsd"
                      : shared != nullptr ? std::string(shared) + "/iso20022/pain.001.001.09.xsd"
                                          : std::string();
    if (std::filesystem::exists(file)) return file;
    MESSAGE("skipped: no schema of ISO 20022 here (ALLROADS_ISO20022)");
    return {};
}
}  // namespace

TEST_CASE("the payout file is valid against its schema") {
    auto const xml = payout_file(the_file(), payer(), three_orders());
    REQUIRE_MESSAGE(xml, xml.error().sentence());
    CHECK(xml->find("<CtrlSum>10002307.90</CtrlSum>") != std::string::npos);
    CHECK(xml->find("<InstdAmt Ccy=\"EUR\">0.01</InstdAmt>") != std::string::npos);
    // In a currency of three decimals, from an account that is no IBAN.
    auto const kwd = *Currency::parse("KWD");
    BankAccount const there{.currency = kwd, .account = "77-001", .bank = "NBOKKWKW", .name = "Hub"};
    auto one = three_orders()[1];
    one.amount = Money(1'234'567, kwd);
    auto const second = payout_file(the_file(), there, std::span(&one, 1));
    REQUIRE(second);
    CHECK(second->find("<InstdAmt Ccy=\"KWD\">1234.567</InstdAmt>") != std::string::npos);
    auto const ours = std::string(std::getenv("ALLROADS_SOURCE")) + "/tests/schemas/payout-file.xsd";
    for (auto const& schema : {ours, official_schema()}) {
        if (schema.empty()) continue;
        CAPTURE(schema);
        CHECK(is_valid(*xml, schema));
        CHECK(is_valid(*second, schema));
        // The schema finds what is wrong, so that the test can fail.
        CHECK_FALSE(is_valid(replaced(*xml, "<PmtMtd>TRF", "<PmtMtd>XXX"), schema));
        CHECK_FALSE(is_valid(replaced(*xml, "Ccy=\"EUR\">0.01", "Ccy=\"eur\">0.01"), schema));
    }
}

TEST_CASE("what does not fit into a payout file is refused by its field") {
    auto const refusal = [&](PayoutOrder const& wrong) {
        std::vector<PayoutOrder> const with{three_orders()[0], wrong};
        auto const made = payout_file(the_file(), payer(), with);
        REQUIRE_FALSE(made);
        return std::string(made.error().field());
    };
    CHECK(refusal(by_bank("deal-1", 5, "DE89370400440532013000", "")) == "payouts[1].key");
    CHECK(refusal(by_bank("", 5, "DE89370400440532013000", "")) == "payouts[1].key");
    CHECK(refusal(by_bank("deal-2", 5, "DE88370400440532013000", "COBADEFF")) == "payouts[1].to.account");
    CHECK(refusal(by_bank("deal-2", 5, "0123", "")) == "payouts[1].to.account");
    CHECK(refusal(by_bank("deal-2", 5, "0123", "NOBANK")) == "payouts[1].bank");
    CHECK(refusal(by_bank("deal-2", 0, "DE89370400440532013000", "")) == "payouts[1].amount");
    auto wrong = by_bank("deal-2", 5, "DE89370400440532013000", "");
    wrong.to.name = std::string(71, 'n');
    CHECK(refusal(wrong) == "payouts[1].to.name");
    wrong.to.name = "";
    CHECK(refusal(wrong) == "payouts[1].to.name");
    CHECK_FALSE(payout_file(the_file(), payer(), {}));
    auto named = the_file();
    named.id = std::string(36, 'x');
    CHECK_FALSE(payout_file(named, payer(), three_orders()));
}
