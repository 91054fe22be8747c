#include "books/books.h"
#include "cli/cli.h"
#include "cli/lines.h"
#include "contract/contract.h"
#include "hub/hub.h"
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

Result<void> put_file(std::filesystem::path const& file, std::string_view text) {
    std::error_code failed;
    std::filesystem::create_directories(file.parent_path(), failed);
    auto const beside = std::filesystem::path(file.string() + ".new");
    {
        std::ofstream out(beside, std::ios::binary | std::ios::trunc);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        if (!out.flush()) return refuse(Code::unavailable, "", "cannot write " + beside.string());
    }
    std::filesystem::rename(beside, file, failed);
    if (failed) return refuse(Code::unavailable, "", "cannot write " + file.string());
    return {};
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

// The verdicts on one dossier, as people read them or as JSON lines.
Result<void> answer(std::string const& text, contract::OriginRequest& request, Origin const& opened,
                    bool as_json, std::string& out) {
    auto const echoed = as_json ? echo(text, request) : std::string();
    bool is_first = true;
    return hub::judge_all(
        request, *opened.edition, *opened.shelf, [&](origin::Known is_needed, hub::Judged const& one) {
            contract::OriginAnswer const answer{
                request, opened.edition->name(), opened.own != nullptr, is_needed, one.worth, echoed};
            if (as_json) {
                contract::append_verdict(out, answer, *one.agreement, one.verdict, one.nearest);
                out += '\n';
                return;
            }
            if (is_first && is_needed == origin::Known::no) {
                out += fmt::format("not needed: the ordinary duty on {} in {} is 0 already\n\n",
                                   request.dossier.hs.text(), request.to.name());
            }
            out += (is_first ? "" : "\n") + told(answer, *one.agreement, one.verdict, one.nearest);
            is_first = false;
        });
}

Result<void> check(Places const& places, OriginFlags const& flags) {
    contract::Codec codec;
    auto const text = TRY(whole_file(flags.file));
    auto request = TRY(codec.origin(text, TRY(Day::parse(today()))));
    if (!flags.agreement.empty()) request.agreement = flags.agreement;
    std::string out;
    TRY_VOID(answer(text, request, TRY(open_origin(places)), flags.json, out));
    std::fputs(out.c_str(), stdout);
    return {};
}

// One dossier a line, its verdicts in order; a line that is refused says so and takes no other with it.
Result<void> check_batch(Places const& places, OriginFlags const& flags) {
    auto const day = TRY(Day::parse(today()));
    auto const opened = TRY(open_origin(places));
    std::FILE* in = flags.batch == "-" ? stdin : std::fopen(flags.batch.c_str(), "rb");
    if (in == nullptr) return refuse(Code::not_found, "batch", "there is no file " + flags.batch);
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> const closes(in == stdin ? nullptr : in, &std::fclose);
    contract::Codec codec;
    Lines lines(in);
    std::string line;
    std::string out;
    std::uint64_t size = 0;
    for (auto got = lines.next(line, size); got != Lines::Got::end; got = lines.next(line, size)) {
        if (got == Lines::Got::line && trim(line).empty()) continue;
        out.clear();
        auto request = got == Lines::Got::line ? codec.origin(line, day)
                                               : Result<contract::OriginRequest>(std::unexpected(Error(
                                                     Code::too_long, "", "a dossier has at most 256 KiB")));
        if (request && !flags.agreement.empty()) request->agreement = flags.agreement;
        auto const done = request ? answer(line, *request, opened, true, out)
                                  : Result<void>(std::unexpected(request.error()));
        if (!done) {
            contract::append_refusal(out, request ? std::string_view(request->id) : std::string_view(),
                                     done.error());
            out += '\n';
        }
        if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size())
            return refuse(Code::unavailable, "", "the verdicts could not be written");
    }
    return {};
}

// ---- the statement on origin

bool is_for(origin::StatementForm const& form, Agreement const& agreement, Country made_in) {
    return std::ranges::count(form.agreements, agreement.code) != 0 &&
           (!form.direction || *form.direction == made_in);
}
// How a statement in English names where goods originate: a union by its own name.
std::string origin_named(Agreement const& agreement, Country made_in) {
    constexpr std::size_t union_members = 27;
    for (auto const& party : agreement.parties) {
        bool const is_of_union = std::ranges::count(party, made_in) != 0 && party.size() == union_members;
        if (is_of_union) return "the European Union";
    }
    return std::string(made_in.name());
}
std::string listed(std::vector<origin::StatementForm::Blank> const& blanks, std::string_view title) {
    std::string out;
    for (auto const& blank : blanks) {
        out += fmt::format("  {:<22}  {}{}\n", blank.name, blank.what,
                           blank.when.empty() ? "" : fmt::format(" (when {})", blank.when));
    }
    return out.empty() ? out : fmt::format("{}\n{}", title, out);
}
std::string stated(origin::StatementForm const& form, Agreement const& agreement, Country made_in,
                   OriginFlags const& flags, contract::Filling filling) {
    auto out = fmt::format("{} ({}; {})\n", form.code, form.law, form.confidence);
    if (!form.when.empty()) out += fmt::format("only when {}\n", form.when);
    std::string languages;
    for (auto const& wording : form.wordings) {
        languages += (languages.empty() ? "" : ", ") + wording.language;
        if (wording.language != flags.language) continue;
        if (flags.language == "en" && !filling.contains("origin"))
            filling["origin"] = origin_named(agreement, made_in);
        out += "\n" + contract::statement_of(wording, filling) + "\n\n";
    }
    if (!languages.empty()) out += fmt::format("languages held: {}\n", languages);
    out += listed(form.blanks, "to fill with --fill name=value:");
    return out + listed(form.elements, "the paper must tell:");
}

Result<void> statement(Places const& places, OriginFlags const& flags) {
    contract::Codec codec;
    auto request = TRY(codec.origin(TRY(whole_file(flags.file)), TRY(Day::parse(today()))));
    if (!flags.agreement.empty()) request.agreement = flags.agreement;
    contract::Filling filling;
    for (auto const& text : flags.fill) {
        auto const equals = text.find('=');
        if (equals == std::string::npos)
            return refuse(Code::bad_value, "fill", excerpt(text) + " is not of the form name=value");
        filling[text.substr(0, equals)] = text.substr(equals + 1);
    }
    auto const opened = TRY(open_origin(places));
    auto const forms = TRY(opened.shelf->statements());
    std::string out;
    auto const tell_one = [&](origin::Known, hub::Judged const& one) {
        auto const* agreement = one.agreement;
        auto const& verdict = one.verdict;
        out += fmt::format("{}{} ({}): {}\n", out.empty() ? "" : "\n", agreement->name, agreement->code,
                           headline(verdict.qualifies));
        if (verdict.qualifies == Outcome::fails) {
            out += "nothing may be stated: `allroads origin check` says why\n";
            return;
        }
        if (verdict.qualifies == Outcome::unknown)
            out += "state nothing before `allroads origin check` has no more to ask\n";
        for (auto const& proof : agreement->proofs) {
            if (!proof.made_in.empty() && std::ranges::count(proof.made_in, request.dossier.made_in) == 0)
                continue;
            out += fmt::format("proof: {}  [{}]\n", contract::name_of(proof), proof.law);
        }
        bool any = false;
        for (auto const& form : forms) {
            if (!is_for(form, *agreement, request.dossier.made_in)) continue;
            out += "\n" + stated(form, *agreement, request.dossier.made_in, flags, filling);
            any = true;
        }
        if (!any) out += "the books do not hold the words that its law prescribes\n";
    };
    TRY_VOID(hub::judge_all(request, *opened.edition, *opened.shelf, tell_one));
    std::fputs(out.c_str(), stdout);
    return {};
}

// ---- dossiers that are kept, and verdicts asked again

Result<void> keep(Places const& places, OriginFlags const& flags) {
    contract::Codec codec;
    auto const text = TRY(whole_file(flags.file));
    auto const request = TRY(codec.origin(text, TRY(Day::parse(today()))));
    auto const& id = flags.id.empty() ? request.id : flags.id;
    auto const file = TRY(dossier_file(places, id));
    TRY_VOID(put_file(file, text));
    fmt::print("kept as {}: a quote takes it as \"dossier\": \"{}\"\n", id, id);
    return {};
}
Result<void> forget(Places const& places, OriginFlags const& flags) {
    auto const file = TRY(dossier_file(places, flags.id));
    std::error_code failed;
    if (!std::filesystem::remove(file, failed))
        return refuse(Code::not_found, "id", "no dossier is kept as " + flags.id);
    return {};
}
Result<void> kept(Places const& places) {
    std::vector<std::string> names;
    std::error_code none;
    for (auto const& entry : std::filesystem::directory_iterator(places.data / "dossiers", none))
        if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
    std::ranges::sort(names);
    for (auto const& name : names) fmt::print("{}\n", name);
    return {};
}

// One stored verdict, as `check --json` wrote it, asked again.
Result<std::string> asked_again(std::string_view line, books::Shelf const& shelf, std::string_view edition,
                                bool& differs) {
    boost::system::error_code failed;
    auto const value = json::parse({line.data(), line.size()}, failed);
    auto const* stored = !failed && value.is_object() ? &value.get_object() : nullptr;
    auto const text_in = [&](char const* key) -> std::string {
        auto const* found = stored == nullptr ? nullptr : stored->if_contains(key);
        return found == nullptr || !found->is_string() ? std::string() : std::string(found->get_string());
    };
    auto const* asked = stored == nullptr ? nullptr : stored->if_contains("asked");
    auto const code = text_in("agreement");
    if (asked == nullptr || code.empty())
        return refuse(Code::bad_value, "asked", "this is no verdict of `allroads origin check --json`");
    contract::Codec codec;
    auto const request = TRY(codec.origin(json::serialize(*asked), TRY(Day::parse(today()))));
    auto const* agreement = TRY(shelf.named(code));
    if (agreement == nullptr) return refuse(Code::not_found, "agreement", code + " is not in these books");
    auto const verdict = origin::judge(request.dossier, *agreement);
    std::string_view const now = verdict.qualifies == Outcome::passes  ? "yes"
                                 : verdict.qualifies == Outcome::fails ? "no"
                                                                       : "unknown";
    auto const before = text_in("qualifies");
    differs = differs || before != now;
    auto const other =
        text_in("edition") == edition ? "" : fmt::format(" (edition {} before)", text_in("edition"));
    return before == now
               ? fmt::format("{} {}: {}, as before{}\n", text_in("id"), code, now, other)
               : fmt::format("{} {}: {} before, {} now{}\n", text_in("id"), code, before, now, other);
}
Result<bool> replay(Places const& places, OriginFlags const& flags) {
    auto const opened = TRY(open_origin(places));
    std::ifstream in(flags.file);
    if (!in) return refuse(Code::not_found, "file", "there is no file " + flags.file);
    bool differs = false;
    std::uint64_t number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (trim(line).empty()) continue;
        auto const told = asked_again(line, *opened.shelf, opened.edition->name(), differs);
        if (!told) return std::unexpected(told.error().within("line " + std::to_string(number)));
        std::fputs(told->c_str(), stdout);
    }
    return differs;
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
    auto const done = flags.batch.empty() ? check(places, flags) : check_batch(places, flags);
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

int origin_stated(Places const& places, OriginFlags const& flags) {
    auto const done = statement(places, flags);
    return done ? 0 : tell(done.error());
}

int dossiers_changed(Places const& places, OriginFlags const& flags, DossierVerb verb) {
    auto const done = verb == DossierVerb::keep     ? keep(places, flags)
                      : verb == DossierVerb::forget ? forget(places, flags)
                                                    : kept(places);
    return done ? 0 : tell(done.error());
}

int verdicts_replayed(Places const& places, OriginFlags const& flags) {
    auto const done = replay(places, flags);
    if (!done) return tell(done.error());
    return *done ? 1 : 0;
}

Result<std::filesystem::path> dossier_file(Places const& places, std::string_view id) {
    constexpr std::size_t id_max = 64;
    bool const is_plain =
        !id.empty() && id.size() <= id_max && id.front() != '.' && std::ranges::all_of(id, [](char letter) {
            return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                   (letter >= 'A' && letter <= 'Z') || letter == '-' || letter == '_' || letter == '.';
        });
    if (!is_plain)
        return refuse(Code::bad_value, "id",
                      "expected 1 to 64 letters, digits, hyphens, dots and underscores");
    return places.data / "dossiers" / (std::string(id) + ".json");
}

contract::Dossiers dossiers_in(Places const& places) {
    return [places](std::string_view id) -> Result<std::string> {
        auto const file = TRY(dossier_file(places, id));
        if (!std::filesystem::exists(file))
            return refuse(Code::not_found, "id", "no dossier is kept as " + std::string(id));
        return whole_file(file.string());
    };
}

}  // namespace allroads::cli
