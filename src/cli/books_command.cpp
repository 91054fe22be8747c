#include "books/books.h"

#include "cli/cli.h"

#include <fmt/format.h>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>

namespace allroads::cli {

namespace {

namespace json = boost::json;
using books::Edition;

constexpr std::size_t refusals_shown = 10;
constexpr std::size_t changes_shown = 100'000;

template <class Result>
int done_or_tell(Result const& done) {
    return done ? 0 : tell(done.error());
}

void print(std::string const& text) { std::fputs(text.c_str(), stdout); }

json::object as_json(books::ImportReport const& r) {
    json::array refused;
    for (auto const& one : r.refused)
        refused.push_back(json::object{{"line", one.line}, {"reason", one.reason}});
    return {{"source", r.source},
            {"market", r.market},
            {"pack", r.pack},
            {"file", r.file},
            {"sha256", r.sha256},
            {"dated", r.dated},
            {"records", r.records},
            {"measures", r.measures},
            {"lines", r.lines},
            {"rates", r.rates},
            {"freight_tables", r.freight_tables},
            {"freight_prices", r.freight_prices},
            {"unreadable", r.unreadable},
            {"refused_count", r.refused_count},
            {"refused", refused},
            {"notes", json::array(r.notes.begin(), r.notes.end())}};
}

std::string as_text(books::ImportReport const& r, bool dry_run) {
    auto out = fmt::format("{} {}: {} records, {} measures, {} lines, {} exchange rates\n", r.source, r.file,
                           r.records, r.measures, r.lines, r.rates);
    if (r.freight_tables != 0) {
        out += fmt::format("  {} rate tables with {} prices\n", r.freight_tables, r.freight_prices);
    }
    for (auto const& note : r.notes) out += "  note: " + note + "\n";
    if (r.unreadable != 0) out += fmt::format("  {} duty texts are kept but not understood\n", r.unreadable);
    out += fmt::format("  {} refused\n", r.refused_count);
    for (std::size_t i = 0; i < std::min(r.refused.size(), refusals_shown); ++i) {
        out += fmt::format("    line {}: {}\n", r.refused[i].line, r.refused[i].reason);
    }
    if (r.refused.size() > refusals_shown) out += "    … more with --json\n";
    out += fmt::format("  SHA-256 {}\n", r.sha256);
    return out + (dry_run ? "  nothing was written (--dry-run)\n" : fmt::format("  pack {}\n", r.pack));
}

std::string date_or(std::string const& text) { return text.empty() ? today() : text; }

// What a measure list is filtered by.
struct Days {
    std::optional<Day> valid;
    Day known;
};
template <class Rule>  // a Measure or a Paper
bool shows(Rule const& m, Days const& days) {
    if (days.known.number() < m.known_from || days.known.number() > m.known_to) return false;
    return !days.valid || (days.valid->number() >= m.valid_from && days.valid->number() <= m.valid_to);
}

void show_node(tariff::Schedule const& schedule, tariff::Node const& node, Days const& days) {
    auto const code = GoodsCode::from_key(node.key);
    if (node.text.size != 0) print(fmt::format("{}  {}\n", code.dotted(), schedule.text(node.text)));
    for (auto const& measure : schedule.at(node)) {
        if (shows(measure, days)) print("  " + books::describe(schedule, node, measure) + "\n");
    }
    for (auto const& paper : schedule.papers_at(node)) {
        if (shows(paper, days)) print("  " + books::describe(schedule, node, paper) + "\n");
    }
}

Result<void> show(Places const& places, ShowFlags const& flags) {
    auto const code = TRY(GoodsCode::parse(flags.hs));
    Days days{std::nullopt, TRY(Day::parse(date_or(flags.known_on)))};
    if (!flags.date.empty()) days.valid = TRY(Day::parse(flags.date));
    auto const edition = TRY(open_books(places));
    auto const& schedule = *TRY(edition->schedule(flags.market));
    std::vector<tariff::Node const*> chain;
    for (auto const* node = &schedule.deepest(code);; node = &schedule.parent(*node)) {
        chain.insert(chain.begin(), node);
        if (node == &schedule.nodes[0]) break;
    }
    for (auto const* node : chain) show_node(schedule, *node, days);
    if (!flags.under) return {};
    for (auto const& node : schedule.nodes) {
        if (GoodsCode::from_key(node.key).is_under(code) && &node != chain.back())
            show_node(schedule, node, days);
    }
    return {};
}

Result<void> list(Places const& places, bool as_json_list) {
    auto const edition = TRY(open_books(places));
    auto const day = TRY(Day::parse(today()));
    json::array all;
    if (!as_json_list) print(fmt::format("edition {}\n", edition->name()));
    for (auto const& pack : edition->packs()) {
        auto const when = pack.dated.empty() ? pack.checked_on : pack.dated;
        auto const since = Day::parse(when);
        auto const age = since ? std::to_string(day.number() - since->number()) + " days" : std::string("?");
        auto const freight =
            pack.freight_tables == 0 ? "" : fmt::format(" {:>7} rate tables", pack.freight_tables);
        if (as_json_list) {
            all.push_back(json::object{{"name", pack.name},
                                       {"title", pack.title},
                                       {"source", pack.source},
                                       {"market", pack.market},
                                       {"file", pack.file},
                                       {"sha256", pack.sha256},
                                       {"dated", when},
                                       {"starter", pack.starter},
                                       {"measures", pack.measures},
                                       {"lines", pack.lines},
                                       {"rates", pack.rates},
                                       {"documents", pack.documents},
                                       {"freight_tables", pack.freight_tables}});
        } else {
            print(fmt::format(
                "  {:<28} {:<10} {:>10} old  {:>7} measures {:>7} lines {:>7} rates {:>4} documents{}  {}\n",
                pack.name, when, age, pack.measures, pack.lines, pack.rates, pack.documents, freight,
                pack.source.empty() ? pack.title : pack.source));
        }
    }
    if (as_json_list) {
        print(json::serialize(json::object{{"edition", edition->name()}, {"packs", all}}) + "\n");
    }
    return {};
}

Result<void> diff(std::string const& before, std::string const& after) {
    auto const one = TRY(books::open(before));
    auto const other = TRY(books::open(after));
    auto const changes = TRY(books::difference(*one, *other));
    for (std::size_t i = 0; i < std::min(changes.size(), changes_shown); ++i) {
        print(fmt::format("{} {} {}\n", changes[i].added ? "+" : "-", changes[i].market, changes[i].measure));
    }
    print(fmt::format("{} changes\n", changes.size()));
    return {};
}

Result<void> import(Places const& places, ImportFlags const& flags) {
    books::ImportRequest request;
    request.source = flags.source;
    request.market = flags.market;
    for (auto const& file : flags.files) request.files.emplace_back(file);
    if (!flags.dated.empty()) request.dated = TRY(Day::parse(flags.dated));
    request.data = places.data;
    request.dry_run = flags.dry_run;
    request.accept = flags.accept;
    auto const report = TRY(books::import_files(request));
    print(flags.json ? json::serialize(as_json(report)) + "\n" : as_text(report, flags.dry_run));
    return {};
}

books::WordsRequest words_request(Places const& places, BuildFlags const& flags,
                                  books::BuildRequest const& request) {
    books::WordsRequest words;
    words.pack_folders = request.pack_folders;
    if (!flags.only_packs) words.choices = books::choices_in(places.data);
    words.output = books::words_of(request.output);
    return words;
}

// What goods are called, compiled beside the edition.
Result<void> build_words(books::WordsRequest const& words, bool quiet) {
    auto const named = TRY(books::build_words(words));
    if (named.choices_refused != 0) {
        std::fprintf(stderr, "allroads: warning: %s lines of %s could not be read\n",
                     std::to_string(named.choices_refused).c_str(), words.choices.c_str());
    }
    if (quiet) return {};
    print(fmt::format("words {}: {} phrases for {} subheadings, {} national lines{}{}\n", named.edition,
                      named.phrases, named.subheadings, named.lines,
                      named.has_texts ? "" : "; no texts of the Harmonized System were imported",
                      named.is_unchanged ? "; unchanged" : ""));
    return {};
}

Result<void> build(Places const& places, BuildFlags const& flags) {
    books::BuildRequest request;
    for (auto const& folder : flags.packs) request.pack_folders.emplace_back(folder);
    if (flags.packs.empty()) request.pack_folders = places.packs;
    request.origin_roots = request.pack_folders;
    if (!flags.only_packs) request.origin_roots.push_back(places.data);
    if (!flags.only_packs) request.pack_folders.push_back(places.data / "packs");
    request.output =
        flags.output.empty() ? books::edition_in(places.data) : std::filesystem::path(flags.output);
    auto const start = std::chrono::steady_clock::now();
    // A mistake in the words is found before anything is written.
    auto const words = words_request(places, flags, request);
    if (books::WordsReport found; !flags.no_words) TRY(books::knowledge(words, found));
    auto const report = TRY(books::build(request));
    auto const ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    for (auto const& warning : report.warnings)
        std::fprintf(stderr, "allroads: warning: %s\n", warning.c_str());
    if (!flags.no_words) TRY_VOID(build_words(words, flags.quiet));
    if (flags.quiet) return {};
    print(fmt::format(
        "edition {}: {} packs, {} markets, {} measures, {} lines, {} exchange rates, {} rules of papers, "
        "{} rate tables, {} agreements, {}.{} MB in {} ms\n",
        report.edition, report.packs, report.markets, report.measures, report.lines, report.rates,
        report.documents, report.freight_tables, report.agreements, report.bytes / 1'000'000,
        report.bytes / 100'000 % 10, ms.count()));
    return {};
}

}  // namespace

Result<std::shared_ptr<books::Edition const>> open_books(Places const& places) {
    auto opened = books::open(books::edition_in(places.data));
    if (opened || opened.error().code() != Code::no_books || places.starter.empty()) return opened;
    return books::open(places.starter);
}

int books_import(Places const& places, ImportFlags const& flags) {
    return done_or_tell(import(places, flags));
}
int books_build(Places const& places, BuildFlags const& flags) { return done_or_tell(build(places, flags)); }
int books_list(Places const& places, bool json) { return done_or_tell(list(places, json)); }
int books_show(Places const& places, ShowFlags const& flags) { return done_or_tell(show(places, flags)); }
int books_diff(std::string const& before, std::string const& after) {
    return done_or_tell(diff(before, after));
}

int books_check(Places const& places) {
    auto const edition = open_books(places);
    if (!edition) return tell(edition.error());
    auto const done = (*edition)->check_all();
    if (done) print("every page of the edition is sound\n");
    return done_or_tell(done);
}

}  // namespace allroads::cli
