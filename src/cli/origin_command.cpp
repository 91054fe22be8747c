#include "books/books.h"
#include "cli/cli.h"
#include "contract/contract.h"
#include "origin/origin.h"

#include <fmt/format.h>
#include <cstdio>
#include <fstream>
#include <iostream>

namespace allroads::cli {

namespace {

using books::AgreementBook;
using origin::Outcome;

// Of those that ship.
std::vector<std::filesystem::path> shipped(Places const& places) {
    std::vector<std::filesystem::path> folders;
    for (auto const& packs : places.packs) folders.push_back(packs / "agreements");
    return folders;
}
// Those that ship, then those of the data folder.
Result<std::vector<AgreementBook>> agreements(Places const& places) {
    auto folders = shipped(places);
    folders.push_back(places.data / "agreements");
    return books::load_agreements(folders);
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
Result<std::vector<AgreementBook const*>> asked(contract::OriginRequest const& request,
                                                std::vector<AgreementBook> const& all) {
    std::vector<AgreementBook const*> chosen;
    for (auto const& book : all) {
        bool const is_meant = request.agreement.empty()
                                  ? books::is_between(book, request.dossier.made_in, request.to, request.date)
                                  : book.agreement.code == request.agreement;
        if (is_meant) chosen.push_back(&book);
    }
    if (!chosen.empty()) return chosen;
    if (!request.agreement.empty())
        return refuse(Code::not_found, "agreement", excerpt(request.agreement) + " is not in these books");
    return refuse(
        Code::not_found, "to",
        fmt::format("the books hold no agreement by which goods made in {} are favoured in {} that day",
                    request.dossier.made_in.name(), request.to.name()));
}

std::string headline(Outcome outcome) {
    switch (outcome) {
        case Outcome::passes: return "qualifies";
        case Outcome::fails: return "does not qualify";
        case Outcome::unknown: break;
    }
    return "cannot be said yet";
}

std::string told(contract::OriginRequest const& request, AgreementBook const& book,
                 origin::Verdict const& verdict, std::optional<origin::Change> const& nearest) {
    auto const& dossier = request.dossier;
    auto out =
        fmt::format("{} ({}): {}\n", book.agreement.name, book.agreement.code, headline(verdict.qualifies));
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
    for (auto const& missing : verdict.missing)
        out += fmt::format("  tell       {}\n", contract::sentence_of(missing, dossier));
    if (nearest) {
        std::string names;
        for (auto const i : nearest->materials)
            names += (names.empty() ? "“" : " and “") + dossier.materials[i].name + "”";
        out += fmt::format("  it would, if {} originated in a country that counts\n", names);
    }
    return out + fmt::format("  source     {}; {}; {}\n", book.agreement.law, book.url, book.confidence);
}

Result<void> check(Places const& places, OriginFlags const& flags) {
    contract::Codec codec;
    auto request = TRY(codec.origin(TRY(whole_file(flags.file)), TRY(Day::parse(today()))));
    if (!flags.agreement.empty()) request.agreement = flags.agreement;
    auto const all = TRY(agreements(places));
    std::string out;
    for (auto const* book : TRY(asked(request, all))) {
        auto const verdict = origin::judge(request.dossier, book->agreement);
        auto const nearest = verdict.qualifies == Outcome::fails
                                 ? origin::nearest_way(request.dossier, book->agreement)
                                 : std::nullopt;
        if (flags.json) {
            contract::append_verdict(out, request.dossier, book->agreement, verdict, nearest);
            out += '\n';
        } else {
            out += (out.empty() ? "" : "\n") + told(request, *book, verdict, nearest);
        }
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
    for (auto const& book : TRY(agreements(places))) {
        if (from && to && !books::is_between(book, *from, *to, day)) continue;
        out += fmt::format("{:<14}{:>6} rules  {} ({})\n", book.agreement.code, book.agreement.rules.size(),
                           book.agreement.name, book.confidence);
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
