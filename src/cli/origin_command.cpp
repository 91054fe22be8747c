#include "books/books.h"
#include "cli/cli.h"
#include "contract/contract.h"
#include "origin/origin.h"

#include <fmt/format.h>
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>

namespace allroads::cli {

namespace {

namespace json = boost::json;
using origin::Agreement;
using origin::Outcome;

// Of those that ship.
std::vector<std::filesystem::path> shipped(Places const& places) {
    std::vector<std::filesystem::path> folders;
    for (auto const& packs : places.packs) folders.push_back(packs / "agreements");
    return folders;
}

// The books, and over what they say of origin what lies in the data folder and was not built yet.
struct Origin {
    std::shared_ptr<books::Edition const> edition;  // none: there are only texts
    std::unique_ptr<books::Shelf> own;              // where the data folder says more
    books::Shelf const* shelf = nullptr;
};
bool is_same(books::OriginTexts const& a, books::OriginTexts const& b) {
    auto const same = [](books::AgreementText const& x, books::AgreementText const& y) {
        return x.name == y.name && x.toml == y.toml && x.sheet == y.sheet;
    };
    return std::ranges::equal(a.agreements, b.agreements, same) &&
           std::ranges::equal(a.statements, b.statements, same) && a.correlations == b.correlations;
}
Result<Origin> open_origin(Places const& places) {
    Origin opened{.edition = TRY(open_books(places)), .own = {}};
    opened.shelf = TRY(opened.edition->shelf());
    auto texts = opened.shelf->texts();
    TRY_VOID(texts.add(places.data));
    if (is_same(texts, opened.shelf->texts())) return opened;
    opened.own = std::make_unique<books::Shelf>(std::move(texts));
    opened.shelf = opened.own.get();
    return opened;
}

Result<void> import(Places const& places, OriginFlags const& flags) {
    auto const reports = TRY(books::import_origin_rules(flags.file, shipped(places), places.data));
    std::uint64_t products = 0;
    std::uint64_t understood = 0;
    auto const share = [](std::uint64_t part, std::uint64_t whole) {
        auto const hundred = Decimal(static_cast<std::int64_t>(part * 100));
        auto const percent =
            quotient(hundred, Decimal(static_cast<std::int64_t>(whole)), 1, Round::half_even);
        return percent ? percent->text() : std::string("0");
    };
    for (auto const& report : reports) {
        products += report.products;
        understood += report.understood;
        fmt::print("{:<20}{:>6} products {:>5} % understood, {:>5} % in part\n", report.agreement,
                   report.products, share(report.understood, report.products),
                   share(report.partly, report.products));
    }
    fmt::print("{} agreements, {} products, {} % understood\n", reports.size(), products,
               share(understood, products));
    return {};
}

Result<std::string> whole_file(std::string const& name) {
    std::ifstream opened(name, std::ios::binary);
    if (name != "-" && !opened) return refuse(Code::not_found, "file", "there is no file " + name);
    auto& in = name == "-" ? static_cast<std::istream&>(std::cin) : opened;
    std::string text;
    char letters[4096];
    while (text.size() <= contract::request_bytes_max && (in.read(letters, sizeof letters), in.gcount() > 0))
        text.append(letters, static_cast<std::size_t>(in.gcount()));
    return text;
}

// Which agreements answer: the one that is named, else all between both countries that day.
Result<std::vector<Agreement const*>> asked(contract::OriginRequest const& request,
                                            books::Shelf const& shelf) {
    if (!request.agreement.empty()) {
        auto const* one = TRY(shelf.named(request.agreement));
        if (one == nullptr)
            return refuse(Code::not_found, "agreement",
                          excerpt(request.agreement) + " is not in these books");
        return std::vector{one};
    }
    auto all = TRY(shelf.between(request.dossier.made_in, request.to, request.date));
    if (!all.empty()) return all;
    return refuse(
        Code::not_found, "to",
        fmt::format("the books hold no agreement by which goods made in {} are favoured in {} that day",
                    request.dossier.made_in.name(), request.to.name()));
}

// What the tariff says of the same goods: whether a preference is needed at all, and what each is worth.
class Tariff {
public:
    Tariff(contract::OriginRequest const& request, books::Edition const& edition) {
        auto const& dossier = request.dossier;
        quote::Request question{
            .from = dossier.made_in, .to = request.to, .date = request.date, .known_on = request.date};
        auto& item = question.goods.emplace_back();
        item.line = "1";
        item.hs = dossier.hs;
        item.net_kg = dossier.net_kg;
        auto const& price = dossier.consignment_value ? dossier.consignment_value
                            : dossier.fob             ? dossier.fob
                                                      : dossier.ex_works;
        is_priced_ = price && dossier.currency;
        item.price = is_priced_ ? *price : Decimal(100);
        if (is_priced_) item.price_currency = dossier.currency;
        question.currency = is_priced_ ? dossier.currency : std::nullopt;
        quote::price(question, edition, quote_);
        if (!quote_.errors.empty()) {  // without a rate to the dossier's currency
            question.currency.reset();
            quote::price(question, edition, quote_);
        }
    }
    [[nodiscard]] origin::Known is_needed() const {
        if (quote_.status != quote::Status::complete) return origin::Known::unknown;
        return quote_.preference == quote::Preference::not_needed ? origin::Known::no : origin::Known::yes;
    }
    [[nodiscard]] std::optional<Money> worth(Agreement const& agreement) const {
        if (!is_priced_) return std::nullopt;
        quote::Option const* ordinary = nullptr;
        quote::Option const* favoured = nullptr;
        for (auto const& option : quote_.options) {
            if (!option.scheme.empty() || !option.complete) continue;
            if (option.id == "third-country") ordinary = &option;
            if (quote::is_way_of(agreement, option)) favoured = favoured == nullptr ? &option : favoured;
        }
        if (ordinary == nullptr || favoured == nullptr) return std::nullopt;
        auto const saved = difference(ordinary->landed_total, favoured->landed_total);
        return saved ? std::optional(*saved) : std::nullopt;
    }

private:
    bool is_priced_ = false;
    quote::Quote quote_;
};

// The worth of the consignment in every currency that a proof has a limit in.
void convert_worth(contract::OriginRequest& request, books::Edition const& edition,
                   Agreement const& agreement) {
    auto& dossier = request.dossier;
    if (!dossier.consignment_value || !dossier.currency || edition.fx().empty()) return;
    for (auto const& proof : agreement.proofs) {
        if (!proof.currency || *proof.currency == *dossier.currency) continue;
        auto const exchange =
            edition.fx().front().rate(*dossier.currency, *proof.currency, request.date, 400);
        if (!exchange) continue;
        if (auto const exact = convert(*dossier.consignment_value, *exchange, 2, Round::half_up))
            dossier.consignment_in.push_back({*exact, *proof.currency});
    }
}

std::string headline(Outcome outcome) {
    switch (outcome) {
        case Outcome::passes: return "qualifies";
        case Outcome::fails: return "does not qualify";
        case Outcome::unknown: break;
    }
    return "cannot be said yet";
}

std::string told_nearest(origin::Dossier const& dossier, origin::Change const& nearest) {
    std::string names;
    for (auto const i : nearest.materials)
        names += (names.empty() ? "“" : " and “") + dossier.materials[i].name + "”";
    auto out = fmt::format("  it would, if {} originated in a country that counts", names);
    if (nearest.have && nearest.limit)
        out += fmt::format(": {} % against {} %", nearest.have->brief(), nearest.limit->brief());
    return out + "\n";
}

std::string told(contract::OriginAnswer const& answer, Agreement const& agreement,
                 origin::Verdict const& verdict, std::optional<origin::Change> const& nearest) {
    auto const& dossier = answer.request.dossier;
    auto out = fmt::format("{} ({}): {}\n", agreement.name, agreement.code, headline(verdict.qualifies));
    if (verdict.rule != nullptr)
        out += fmt::format("  rule       {}  [{}]\n", origin::print(verdict.rule->rule.view()),
                           verdict.rule->law);
    for (auto const& found : verdict.found) {
        auto const* sign = found.outcome == Outcome::passes  ? "yes"
                           : found.outcome == Outcome::fails ? "no"
                                                             : "?";
        out += fmt::format("  {:<4}{:<16}{}{}\n", sign, origin::text_of(found.step),
                           contract::sentence_of(found, dossier),
                           found.law.empty() ? "" : fmt::format("  [{}]", found.law));
    }
    auto const* one = &verdict;
    std::size_t asked_of_shop = 0;
    for (auto const& question : contract::questions_of(dossier, std::span(&one, 1))) {
        if (!question.is_for_an_expert && ++asked_of_shop > contract::questions_max) continue;
        out += fmt::format("  {}{}\n", question.is_for_an_expert ? "to be read " : "tell       ",
                           question.message);
    }
    if (nearest) out += told_nearest(dossier, *nearest);
    if (answer.worth)
        out += fmt::format("  worth      {} {} on this consignment\n", answer.worth->text(),
                           answer.worth->currency().text());
    return out + fmt::format("  source     {}; {}; {}\n", agreement.law, agreement.url, agreement.confidence);
}

// The question once more, on one line and with its day, so that it can be asked again.
std::string echo(std::string const& text, contract::OriginRequest const& request) {
    boost::system::error_code failed;
    auto value = json::parse(text, failed);
    if (failed || !value.is_object()) return {};
    value.as_object()["date"] = request.date.text();
    return json::serialize(value);
}

Result<void> check(Places const& places, OriginFlags const& flags) {
    contract::Codec codec;
    auto const text = TRY(whole_file(flags.file));
    auto request = TRY(codec.origin(text, TRY(Day::parse(today()))));
    if (!flags.agreement.empty()) request.agreement = flags.agreement;
    auto const opened = TRY(open_origin(places));
    auto const all = TRY(asked(request, *opened.shelf));
    Tariff const tariff(request, *opened.edition);
    auto const echoed = flags.json ? echo(text, request) : std::string();
    std::string out;
    if (!flags.json && tariff.is_needed() == origin::Known::no)
        out = fmt::format("not needed: the ordinary duty on {} in {} is 0 already\n\n",
                          request.dossier.hs.text(), request.to.name());
    bool is_first = true;
    for (auto const* agreement : all) {
        convert_worth(request, *opened.edition, *agreement);
        auto const verdict = origin::judge(request.dossier, *agreement);
        auto const nearest = verdict.qualifies == Outcome::fails
                                 ? origin::nearest_way(request.dossier, *agreement)
                                 : std::nullopt;
        contract::OriginAnswer const answer{request,
                                            opened.edition->name(),
                                            opened.own != nullptr,
                                            tariff.is_needed(),
                                            tariff.worth(*agreement),
                                            echoed};
        if (flags.json) {
            contract::append_verdict(out, answer, *agreement, verdict, nearest);
            out += '\n';
        } else {
            out += (is_first ? "" : "\n") + told(answer, *agreement, verdict, nearest);
        }
        is_first = false;
    }
    std::fputs(out.c_str(), stdout);
    return {};
}

Result<void> list(Places const& places, OriginFlags const& flags) {
    auto const from =
        flags.from.empty() ? std::optional<Country>() : std::optional(TRY(Country::parse(flags.from)));
    auto const to =
        flags.to.empty() ? std::optional<Country>() : std::optional(TRY(Country::parse(flags.to)));
    auto const day = TRY(Day::parse(today()));
    std::string out;
    auto const opened = TRY(open_origin(places));
    for (auto const* agreement : TRY(opened.shelf->all())) {
        if (from && to && !origin::is_between(*agreement, *from, *to, day)) continue;
        out += fmt::format("{:<14}{:>6} rules  {} ({})\n", agreement->code, agreement->rules.size(),
                           agreement->name, agreement->confidence);
    }
    std::fputs(out.empty() ? "no agreement between them is held\n" : out.c_str(), stdout);
    return {};
}

}  // namespace

int origin_checked(Places const& places, OriginFlags const& flags) {
    auto const done = check(places, flags);
    return done ? 0 : tell(done.error());
}

int origin_rules_imported(Places const& places, OriginFlags const& flags) {
    auto const done = import(places, flags);
    return done ? 0 : tell(done.error());
}

int agreements_listed(Places const& places, OriginFlags const& flags) {
    auto const done = list(places, flags);
    return done ? 0 : tell(done.error());
}

}  // namespace allroads::cli
