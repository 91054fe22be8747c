#include "books/edition.h"
#include "books/pack_folder.h"
#include "books/schedule_builder.h"
#include "quote/quote.h"

#include <doctest/doctest.h>
#include <algorithm>

using namespace allroads;
using namespace allroads::books;

namespace {

DocumentLine rule(std::string hs, std::string code, std::string conditions = "",
                  std::string kind = "document") {
    DocumentLine line;
    line.market = "KE";
    line.hs = std::move(hs);
    line.code = std::move(code);
    line.kind = std::move(kind);
    line.name = line.code + " at " + (line.hs.empty() ? "every good" : line.hs);
    line.conditions = std::move(conditions);
    line.legal = "Act of " + line.code;
    line.url = "https://example.org/";
    line.checked_on = "2026-11-25";
    line.confidence = "official";
    return line;
}

DocumentLine leaving(std::string hs, std::string code) {
    auto line = rule(std::move(hs), std::move(code));
    line.market = "RW";
    line.side = "export";
    return line;
}

Segment segment(std::string const& code, std::vector<DocumentLine> const& lines, Groups const& groups) {
    ScheduleBuilder made(code, groups);
    auto& profile = made.profile();
    profile.name = made.pool().add(code);
    profile.basis = tariff::Basis::cif;
    profile.currency = currency::USD.index();
    profile.has_currency = 1;
    profile.members = *made.country_set(code);
    MeasureLine free;
    free.market = code;
    free.kind = "third-country";
    free.duty = "Free";
    free.confidence = "official";
    REQUIRE(made.add(free, {}, {}).has_value());
    for (auto const& line : lines) {
        if (line.market == code) REQUIRE(made.add(line, {}, {}).has_value());
    }
    Segment segment;
    std::ranges::copy(code, segment.entry.code.begin());
    segment.entry.members = made.set(profile.members);
    segment.bytes = made.finish();
    return segment;
}

// Two countries, one question from Rwanda to Kenya; the answer as lines of text.
class Asked {
public:
    explicit Asked(std::vector<DocumentLine> const& lines)
        : bytes_(edition_bytes({segment("KE", lines, groups_), segment("RW", lines, groups_)}, "test")),
          room_(bytes_.size() + alignment),
          request_{.from = *Country::parse("RW"),
                   .to = *Country::parse("KE"),
                   .date = *Day::of(2026, 6, 1),
                   .known_on = *Day::of(2026, 6, 1)} {
        void* place = room_.data();
        auto space = room_.size();
        auto* const aligned = static_cast<char*>(std::align(alignment, bytes_.size(), place, space));
        std::ranges::copy(bytes_, aligned);
        auto opened = open_bytes({aligned, bytes_.size()});
        REQUIRE(opened.has_value());
        edition_ = *opened;
    }
    Asked& line(std::string_view hs, std::vector<quote::Fact> facts = {}) {
        auto& item = request_.goods.emplace_back();
        item.line = std::to_string(request_.goods.size());
        item.hs = *GoodsCode::parse(hs);
        item.price = Decimal(100);
        item.price_currency = currency::USD;
        item.facts = std::move(facts);
        return *this;
    }
    Asked& by_post() {
        request_.road = freight::Road::post;
        return *this;
    }
    Asked& weighs(std::int64_t kilograms) {
        request_.goods.front().gross_kg = Decimal(kilograms);
        return *this;
    }
    // "CODE 1 2?; …": codes with the lines that need them, those that may with a question mark.
    std::string answer() {
        quote::price(request_, *edition_, quote_);
        REQUIRE(quote_.errors.empty());
        std::string all;
        for (auto const& document : quote_.documents) {
            all += (all.empty() ? "" : "; ") + std::string(document.text(document.paper->code));
            for (auto const& need : quote_.needs) {
                if (need.document != document.id) continue;
                all += " " + request_.goods[static_cast<std::size_t>(need.line)].line +
                       (need.certain ? "" : "?");
            }
            if (!document.certain) all += " by " + std::string(document.settled_by);
        }
        return all;
    }
    std::string warnings() {
        (void)answer();
        std::string all;
        for (auto const& warning : quote_.warnings) {
            all += (all.empty() ? "" : "; ") + std::string(warning.code) + " " + std::to_string(warning.line);
        }
        return all;
    }
    quote::Quote const& quote() const { return quote_; }

private:
    Groups groups_;
    std::string bytes_;
    std::vector<char> room_;
    quote::Request request_;
    std::shared_ptr<Edition const> edition_;
    quote::Quote quote_;
};

std::string refusal(std::string_view table) {
    Groups const groups;
    ScheduleBuilder made("KE", groups);
    auto const done = read_documents(*Input::from_memory("x/documents.csv", table),
                                     [&](DocumentLine const& line) { return made.add(line, {}, {}); });
    return done ? "" : done.error().sentence();
}

constexpr std::string_view header =
    "market,hs,code,kind,name,legal,confidence,url,cost,valid_from,conditions\n";

bool has(std::string const& text, std::string_view words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("all papers of a code's path are asked for; of one code the longest prefix") {
    std::vector<DocumentLine> const lines = {rule("", "INVOICE"), rule("09", "PHYTO"), rule("0901", "COFFEE"),
                                             rule("0901", "PHYTO"), rule("10", "OTHER")};
    Asked asked(lines);
    CHECK(asked.line("090121").answer() == "COFFEE 1; PHYTO 1; INVOICE 1");
    auto const& phyto = asked.quote().documents[1];
    CHECK(phyto.text(phyto.paper->name) == "PHYTO at 0901");
    CHECK(quote::source_of(phyto).ref == "Act of PHYTO");
    CHECK(Asked(lines).line("100850").answer() == "OTHER 1; INVOICE 1");
    CHECK(Asked({}).line("090121").answer().empty());
}

TEST_CASE("a code is listed once, with the lines that need it") {
    Asked asked({rule("09 10", "PHYTO"), rule("", "INVOICE"), rule("10", "TEST", "fact.seed=true")});
    asked.line("0901").line("1008").line("4602");
    CHECK(asked.answer() == "PHYTO 1 2; INVOICE 1 2 3; TEST 2? by seed");
}

TEST_CASE("what nobody told makes a paper possible and names the fact") {
    std::vector<DocumentLine> const lines = {
        rule("09", "ORGANIC", "fact.organic=true"), rule("09", "HEAVY", "weight>2"),
        rule("09", "LISTED", "ask=listed"), rule("09", "PROVEN", "proof=EUR1"),
        rule("09", "MAIL", "road=post")};
    CHECK(Asked(lines).line("0901").answer() ==
          "ORGANIC 1? by organic; HEAVY 1? by gross_kg; LISTED 1? by listed");
    CHECK(Asked(lines).line("0901", {{"organic", "false"}, {"listed", "false"}}).weighs(3).answer() ==
          "HEAVY 1");
    CHECK(Asked(lines).line("0901", {{"organic", "true"}, {"listed", "true"}}).weighs(1).by_post().answer() ==
          "ORGANIC 1; LISTED 1; MAIL 1");
}

TEST_CASE("one line may need for certain what another only may need") {
    Asked asked({rule("09", "TEST", "fact.seed=true"), rule("10", "TEST")});
    CHECK(asked.line("0901").line("1008").answer() == "TEST 1? 2");
    CHECK(asked.quote().documents[0].certain);
    CHECK(asked.quote().documents[0].settled_by.empty());
}

TEST_CASE("goods that are exempt need no paper of that code, or only maybe") {
    std::vector<DocumentLine> const lines = {rule("09", "PHYTO"), rule("0902", "PHYTO", "", "exempt"),
                                             rule("0903", "PHYTO", "fact.roasted=true", "exempt")};
    CHECK(Asked(lines).line("0902").answer().empty());
    CHECK(Asked(lines).line("0901").answer() == "PHYTO 1");
    CHECK(Asked(lines).line("0903").answer() == "PHYTO 1? by roasted");
    CHECK(Asked(lines).line("0903", {{"roasted", "true"}}).answer().empty());
    CHECK(Asked(lines).line("0903", {{"roasted", "false"}}).answer() == "PHYTO 1");
}

TEST_CASE("what keeps goods out is said first") {
    Asked asked({rule("", "INVOICE"), rule("96", "IVORY", "fact.ivory=true", "prohibition"),
                 rule("96", "MAIL", "road=post", "restriction"), rule("6309", "USED", "", "prohibition")});
    asked.line("960110").line("6309").by_post();
    CHECK(asked.answer() == "IVORY 1? by ivory; USED 2; MAIL 1; INVOICE 1 2");
    CHECK(asked.warnings() == "maybe-prohibited 0; prohibited 1; restricted-in-post 0; freight-missing -1");
}

TEST_CASE("the country of dispatch asks too") {
    std::vector<DocumentLine> const lines = {rule("09", "PHYTO"), leaving("0901", "PHYTO"),
                                             leaving("10", "X")};
    Asked asked(lines);
    CHECK(asked.line("090121").answer() == "PHYTO 1; PHYTO 1");
    CHECK(asked.quote().documents[1].paper->side == tariff::Side::dispatch);
    auto barred = leaving("0801", "RAW");
    barred.kind = "prohibition";
    CHECK(Asked({barred}).line("080131").warnings() == "export-prohibited 0; freight-missing -1");
}

TEST_CASE("days and knowledge of papers") {
    auto late = rule("", "LATE");
    late.valid_from = "2026-06-02";
    auto unknown = rule("", "UNKNOWN");
    unknown.known_from = "2026-06-02";
    auto here = rule("", "HERE");
    here.valid_to = "2026-06-01";
    CHECK(Asked({late, unknown, here}).line("0901").answer() == "HERE 1");
}

TEST_CASE("documents.csv is refused with its line and column") {
    auto const with = [](std::string_view row) {
        return refusal(std::string(header) + std::string(row) + "\n");
    };
    CHECK(with("KE,0901 0902,PHYTO,certificate,Phyto,Act,official,https://x.org,25 EUR,,").empty());
    CHECK(has(with("KE,,phyto,certificate,Phyto,Act,official,,,,"), "line 2: bad-value: code"));
    CHECK(has(with("KE,,PHYTO,paper,Phyto,Act,official,,,,"), "kind: paper is not a kind"));
    CHECK(has(with("KE,,PHYTO,certificate,,Act,official,,,,"), "line 2: field-missing: name"));
    CHECK(has(with("KE,,PHYTO,certificate,Phyto,,official,,,,"), "line 2: field-missing: legal"));
    CHECK(has(with("KE,,PHYTO,certificate,Phyto,Act,sure,,,,"), "confidence"));
    CHECK(has(with("KE,,PHYTO,certificate,Phyto,Act,official,javascript:x,,,"), "line 2: bad-value: url"));
    CHECK(has(with("KE,,PHYTO,certificate,Phyto,Act,official,,25,,"), "line 2: bad-value: cost"));
    CHECK(has(with("KE,,PHYTO,certificate,Phyto,Act,official,,-1 EUR,,"), "line 2: bad-value: cost"));
    CHECK(has(with("KE,,PHYTO,certificate,Phyto,Act,official,,,2026-02-30,"), "valid_from"));
    CHECK(
        has(with("KE,,PHYTO,certificate,Phyto,Act,official,,,,base=duty"), "line 2: bad-value: conditions"));
    CHECK(has(with("KE,0901 9,PHYTO,certificate,Phyto,Act,official,,,,"), "line 2: bad-goods-code: hs"));
    CHECK(has(with("KE,,PHYTO,certificate,\x01,Act,official,,,,"), "line 2: bad-value: name"));
    CHECK(has(with("KE,,PHYTO,certificate,\xff,Act,official,,,,"), "line 2: bad-value: name"));
    CHECK(has(with("KE,,PHYTO,certificate," + std::string(document_words_max + 1, 'x') + ",Act,official,,,,"),
              "line 2: too-long: name"));
    CHECK(has(with("KE,,PHYTO"), "line 2 has 3 fields; the header has 11"));
    CHECK(has(with("KE,,\"PHYTO"), "line 2: a quote is not closed"));
    CHECK(has(refusal("market,colour\n"), "no column is called colour"));
    CHECK(has(
        refusal("market,side,hs,code,kind,name,legal,confidence\nKE,export,09012100,A,notice,A,B,official\n"),
        "at most 6 digits"));
}
