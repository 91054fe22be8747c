#include "books/books.h"
#include "classify/classify.h"
#include "cli/cli.h"
#include "cli/flags.h"
#include "contract/contract.h"
#include "hub/hub.h"
#include "quote/quote.h"

#include <fmt/format.h>
#include <charconv>
#include <cstdio>

namespace allroads::cli {

namespace {

using classify::Answer;
using classify::Question;
using contract::ProposalCost;

Result<std::string> words_said(std::string const& words) {
    if (words != "-") return words;
    std::string all;
    std::array<char, 4096> block{};
    // One byte more than is allowed, so that what is too long is refused as such.
    while (all.size() <= classify::words_bytes_max) {
        auto const got = std::fread(block.data(), 1, block.size(), stdin);
        if (got == 0) break;
        all.append(block.data(), got);
    }
    return all;
}

Result<std::int32_t> permille_of(std::string const& text) {
    auto const plain = plain_digits(text);
    int percent = 0;
    auto const [end, wrong] = std::from_chars(plain.data(), plain.data() + plain.size(), percent);
    if (wrong != std::errc() || end != plain.data() + plain.size() || percent < 1 || percent > 100)
        return refuse(Code::bad_value, "accept", "“" + excerpt(text) + "” is not a percentage from 1 to 100");
    return percent * 10;
}

Result<Question> question_of(ClassifyFlags const& flags, books::Edition const* edition) {
    Question question;
    question.words = TRY(words_said(flags.words));
    if (!flags.lang.empty()) {
        question.language = classify::parse_language(flags.lang);
        if (!question.language)
            return refuse(Code::bad_value, "lang",
                          "“" + excerpt(flags.lang) + "” is not a language that is held");
    }
    for (auto const& text : flags.answers) {
        auto const said = TRY(pair(text, "answer"));
        question.given.push_back({said.key, said.value});
    }
    if (!flags.earlier.empty()) {
        auto const earlier = GoodsCode::parse(flags.earlier);
        if (!earlier) return std::unexpected(earlier.error().within("earlier"));
        question.earlier = *earlier;
    }
    if (!flags.accept.empty()) question.accept_permille = TRY(permille_of(flags.accept));
    if (flags.quote.to.empty()) return question;
    auto const to = Country::parse(flags.quote.to);
    if (!to) return std::unexpected(to.error().within("to"));
    question.markets =
        edition == nullptr ? std::vector{std::string(to->text())} : hub::markets_for(*to, *edition);
    return question;
}

// What one code pays; where nobody said whence the goods come, nothing is known.
ProposalCost cost(ClassifyFlags const& flags, books::Edition const& edition, GoodsCode code) {
    auto asked = flags.quote;
    asked.hs = code.text();
    if (asked.price.empty()) asked.price = "100USD";
    ProposalCost unknown;
    contract::Codec codec;
    auto const text = request_text(asked);
    if (!text) {
        unknown.unknown = text.error().sentence();
        return unknown;
    }
    auto const day = Day::parse(today());
    check(day.has_value());
    auto const request = codec.request(*text, *day);
    if (!request) {
        unknown.unknown = request.error().sentence();
        return unknown;
    }
    return contract::cost_of(*request, quote::price(*request, edition));
}

std::string percent(std::int32_t permille) { return fmt::format("{} %", (permille + 5) / 10); }

std::string paid(ProposalCost const& cost) {
    std::string out;
    for (auto const& rate : cost.rates) out += (out.empty() ? "" : " + ") + rate;
    if (cost.duty)
        out += fmt::format("{}duty {} {}", out.empty() ? "" : "; ", cost.duty->text(),
                           cost.duty->currency().text());
    if (cost.landed)
        out += fmt::format("; delivered {} {}", cost.landed->text(), cost.landed->currency().text());
    if (!cost.unknown.empty()) out += (out.empty() ? "unknown: " : "; unknown: ") + cost.unknown;
    return out;
}

void print_proposal(std::string& out, std::size_t number, classify::Proposal const& one,
                    ProposalCost const* cost) {
    out += fmt::format("{:>2}. {:<14} {:>5}   (subheading {}, heading {})\n", number, one.code.dotted(),
                       percent(one.permille), percent(one.hs_permille), percent(one.heading_permille));
    for (auto const& step : one.path) {
        if (step.code.size() < 4 || (number > 1 && step.code.size() == 4)) continue;
        out += fmt::format("      {:<13} {}{}{}\n", step.code.dotted(), step.group,
                           step.group.empty() ? "" : " > ", excerpt(step.text, 160));
    }
    for (auto const& reason : one.reasons) {
        out += fmt::format("      “{}” is like “{}” ({}, {})\n", reason.words, excerpt(reason.phrase, 70),
                           classify::text_of(reason.source), classify::text_of(reason.language));
        if (number > 1) break;
    }
    for (auto const& note : one.notes) {
        // On the first everything; on the others what puts them out.
        if (number > 1 && !(note.is_met && note.excludes && one.hs.is_under(note.code))) continue;
        out += fmt::format("      {} {}: {} [{}]\n", note.is_met ? "!" : "note", note.code.dotted(),
                           note.text, note.source);
    }
    if (cost != nullptr) out += fmt::format("      pays {}\n", paid(*cost));
}

// The least and the most that the codes an answer leaves would cost, delivered.
std::string range(classify::Choice const& choice, std::vector<ProposalCost> const& costs) {
    std::optional<Money> least;
    std::optional<Money> most;
    bool unknown = false;
    for (auto const p : choice.proposals) {
        auto const& landed = costs[p].landed;
        unknown = unknown || !landed;
        if (!landed) continue;
        if (!least || landed->minor() < least->minor()) least = landed;
        if (!most || landed->minor() > most->minor()) most = landed;
    }
    if (!least) return "not known";
    auto out = least->text();
    if (most->minor() != least->minor()) out += " to " + most->text();
    return out + " " + std::string(least->currency().text()) + (unknown ? ", others not known" : "");
}

void print_ask(std::string& out, Answer const& answer, std::vector<ProposalCost> const& costs) {
    auto const& ask = *answer.ask;
    out += fmt::format("\n{}\n", ask.question.empty() ? "Which of these is it?" : ask.question);
    for (auto const& choice : ask.choices) {
        auto const value = choice.code ? choice.code->text() : std::string(choice.value);
        out += fmt::format("  --answer {}={}  {}{}{}", ask.facet, value, choice.group,
                           choice.group.empty() ? "" : " > ", excerpt(choice.text, 120));
        std::string codes;
        for (auto const p : choice.proposals) {
            auto const code = answer.proposals[p].code.dotted();
            codes += (codes.empty() ? "" : ", ") + code;
        }
        out +=
            fmt::format("\n      {}{}\n", codes, costs.empty() ? "" : "; delivered " + range(choice, costs));
    }
}

std::string as_text(Question const& question, Answer const& answer, std::vector<ProposalCost> const& costs) {
    std::string out;
    if (!answer.has_texts) {
        out +=
            "No texts of the Harmonized System are imported: only goods that packs name are known, and paths "
            "are in "
            "our own words\n(allroads books import hs-texts …, then allroads books build).\n";
    }
    for (auto const& [word, taken] : answer.read_as)
        out += fmt::format("“{}” is read as “{}”.\n", word, taken);
    std::string unknown;
    for (auto const& word : answer.unknown_words) unknown += (unknown.empty() ? "" : ", ") + word;
    if (!unknown.empty()) out += fmt::format("Not known: {}.\n", excerpt(unknown, 200));
    if (answer.is_cut) out += "The description is long: only its beginning was read.\n";
    if (answer.standing == classify::Standing::nothing) {
        return out +
               "None of these words is known here. Say it in other words: what it is, of what, what for.\n";
    }
    out += answer.standing == classify::Standing::settled
               ? fmt::format("Settled: {} reaches {}.\n\n", answer.proposals.front().code.dotted(),
                             percent(question.accept_permille))
               : fmt::format("Not settled: nothing reaches {}. A person must choose.\n\n",
                             percent(question.accept_permille));
    if (answer.departs) out += fmt::format("It departs from the earlier {}.\n\n", question.earlier->dotted());
    for (std::size_t i = 0; i < answer.proposals.size(); ++i)
        print_proposal(out, i + 1, answer.proposals[i], costs.empty() ? nullptr : &costs[i]);
    if (answer.ask) print_ask(out, answer, costs);
    return out;
}

Result<books::Words> open_words(Places const& places) {
    auto opened = books::Words::open(books::words_of(books::edition_in(places.data)));
    if (opened || opened.error().code() != Code::no_books) return opened;
    if (!places.starter.empty()) return books::Words::open(books::words_of(places.starter));
    return refuse(Code::no_books, "words", "`allroads books build` compiles the words of goods");
}

Result<void> keep_choice(Places const& places, ClassifyFlags const& flags, Question const& question,
                         Answer const& answer) {
    books::Chosen chosen{question.words,
                         answer.language ? std::string(classify::text_of(*answer.language)) : "",
                         flags.choose,
                         flags.who,
                         today(),
                         flags.why,
                         std::string(answer.edition),
                         question.given};
    TRY_VOID(books::keep(chosen, books::choices_in(places.data)));
    std::fprintf(stderr, "kept in %s; the next `allroads books build` learns it\n",
                 books::choices_in(places.data).c_str());
    return {};
}

Result<void> answer_one(Places const& places, ClassifyFlags const& flags) {
    auto const words = TRY(open_words(places));
    auto const edition = open_books(places);
    auto const question = TRY(question_of(flags, edition ? edition->get() : nullptr));
    auto const answer = TRY(classify::classify(words.index(), question));
    std::vector<ProposalCost> costs;
    if (!flags.quote.to.empty()) {
        for (auto const& one : answer.proposals) {
            if (!edition) {
                costs.push_back({{}, {}, {}, edition.error().sentence()});
            } else if (flags.quote.from.empty()) {
                costs.push_back({{}, {}, {}, "the duty depends on where the goods come from; say --from"});
            } else {
                costs.push_back(cost(flags, **edition, one.code));
            }
        }
    }
    if (!flags.choose.empty()) TRY_VOID(keep_choice(places, flags, question, answer));
    std::string out;
    if (flags.quote.json) {
        contract::append_classification(out, question, answer, costs);
        out += '\n';
    } else {
        out = as_text(question, answer, costs);
    }
    std::fputs(out.c_str(), stdout);
    return {};
}

}  // namespace

int classified(Places const& places, ClassifyFlags const& flags) {
    auto const done = answer_one(places, flags);
    return done ? 0 : tell(done.error());
}

}  // namespace allroads::cli
