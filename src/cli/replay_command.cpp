#include "cli/cli.h"
#include "cli/lines.h"
#include "contract/contract.h"

#include <fmt/format.h>
#include <boost/json.hpp>
#include <optional>

namespace allroads::cli {

namespace {

namespace json = boost::json;

// Where a question is asked: of which books, and for which day and knowledge where those are not its own.
struct Side {
    books::Edition const* edition = nullptr;
    std::optional<Day> date;
    std::optional<Day> known_on;
};

// A charge of the chosen way as it is told: what it is, its rate and its amount.
struct Told {
    std::string name;
    std::string rate;
    std::string amount;  // "unknown" where it is
    std::string since;   // first day of its rule; empty for ever
};

std::vector<Told> charges_of(quote::Request const& request, quote::Quote const& quote) {
    std::vector<Told> told;
    auto const& chosen = quote.options[static_cast<std::size_t>(quote.chosen)];
    for (std::size_t i = 0; i < chosen.charges.count; ++i) {
        auto const& charge = quote.charges[chosen.charges.first + i];
        bool const is_of_line = charge.line != quote::whole_consignment && request.goods.size() > 1;
        auto const line =
            is_of_line ? "line " + request.goods[static_cast<std::size_t>(charge.line)].line + ": " : "";
        auto const since = quote::source_of(charge).valid_from;
        bool const is_forever = since == Day::first();
        told.push_back({line + contract::name_of(charge), std::string(charge.rate()),
                        charge.known ? charge.amount.text() : "unknown", is_forever ? "" : since.text()});
    }
    return told;
}

Told const* find(std::vector<Told> const& all, std::string const& name) {
    for (auto const& told : all) {
        if (told.name == name) return &told;
    }
    return nullptr;
}

// What became of one question between two sides.
class Comparison {
public:
    Comparison(quote::Request const& request, Side const& before, Side const& after) : request_(request) {
        ask(before, before_, old_);
        ask(after, after_, now_);
        if (old_.errors.empty() && now_.errors.empty()) compare();
    }
    [[nodiscard]] bool changed() const { return !differences_.empty() || refusal() != nullptr; }
    [[nodiscard]] std::string text() const {
        if (auto const* error = refusal()) return fmt::format("{}: {}\n", name(), error->sentence());
        std::string out = fmt::format("{}: {} -> {} {}", name(), old_.landed_total->text(),
                                      now_.landed_total->text(), now_.currency->text());
        if (*old_.currency == *now_.currency) {
            auto const more = now_.landed_total->minor() - old_.landed_total->minor();
            out += fmt::format(" ({}{})", more < 0 ? "" : "+", Money(more, *now_.currency).text());
        }
        out += '\n';
        for (auto const& line : differences_) out += "    " + line + '\n';
        return out;
    }
    [[nodiscard]] std::string as_json() const {
        json::object made{{"id", request_.id}};
        if (auto const* error = refusal()) {
            made["error"] = error->sentence();
        } else {
            made["before"] = old_.landed_total->text();
            made["after"] = now_.landed_total->text();
            made["currency"] = now_.currency->text();
            made["changes"] = json::array(differences_.begin(), differences_.end());
        }
        return json::serialize(made) + "\n";
    }

private:
    void ask(Side const& side, quote::Request& asked, quote::Quote& quote) {
        asked = request_;
        if (side.date) asked.date = *side.date;
        if (side.known_on) asked.known_on = *side.known_on;
        quote::price(asked, *side.edition, quote);
    }
    void compare() {
        auto const was = charges_of(before_, old_);
        auto const is = charges_of(after_, now_);
        for (auto const& told : was) {
            auto const* now = find(is, told.name);
            if (now == nullptr) {
                differences_.push_back(
                    fmt::format("{} {} ({}) is no longer levied", told.name, told.rate, told.amount));
            } else if (now->rate != told.rate || now->amount != told.amount) {
                auto const since = now->since.empty() || now->rate == told.rate ? "" : " from " + now->since;
                differences_.push_back(fmt::format("{} from {} ({}) to {} ({}){}", told.name, told.rate,
                                                   told.amount, now->rate, now->amount, since));
            }
        }
        for (auto const& told : is) {
            if (find(was, told.name) != nullptr) continue;
            differences_.push_back(fmt::format("{} {} ({}) is new{}", told.name, told.rate, told.amount,
                                               told.since.empty() ? "" : " from " + told.since));
        }
        if (differences_.empty() && *old_.landed_total != *now_.landed_total)
            differences_.emplace_back("values changed, charges did not");
    }
    [[nodiscard]] Error const* refusal() const {
        if (!now_.errors.empty()) return &now_.errors.front();
        return old_.errors.empty() ? nullptr : &old_.errors.front();
    }
    [[nodiscard]] std::string name() const { return request_.id.empty() ? "quote" : request_.id; }

    quote::Request const& request_;
    quote::Request before_ = request_, after_ = request_;
    quote::Quote old_, now_;
    std::vector<std::string> differences_;
};

// Every request of the file on both sides; what changed is printed, then how many did.
Result<void> compare_file(ReplayFlags const& flags, contract::Dossiers dossiers, Side const& before,
                          Side const& after) {
    auto const day = TRY(Day::parse(today()));
    std::FILE* in = flags.file == "-" ? stdin : std::fopen(flags.file.c_str(), "rb");
    if (in == nullptr) return refuse(Code::not_found, "replay", "there is no file " + flags.file);
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> const closes(in == stdin ? nullptr : in, &std::fclose);
    contract::Codec codec(std::move(dossiers));
    Lines lines(in);
    std::string line;
    std::uint64_t size = 0;
    std::uint64_t number = 0, asked = 0, changed = 0;
    for (auto got = lines.next(line, size); got != Lines::Got::end; got = lines.next(line, size)) {
        ++number;
        if (got == Lines::Got::line && trim(line).empty()) continue;
        auto const where = "line " + std::to_string(number);
        if (got == Lines::Got::too_long) return refuse(Code::too_long, where, "longer than a request may be");
        auto const request = codec.request(line, day);
        if (!request) return std::unexpected(request.error().within(where));
        if (!flags.id.empty() && request->id != flags.id) continue;
        ++asked;
        Comparison const comparison(*request, before, after);
        if (!comparison.changed()) continue;
        ++changed;
        std::fputs((flags.json ? comparison.as_json() : comparison.text()).c_str(), stdout);
    }
    if (asked == 0) return refuse(Code::not_found, "id", "the file holds no such request");
    if (!flags.json) std::fputs(fmt::format("{} of {} quotes change\n", changed, asked).c_str(), stdout);
    return {};
}

Result<Side> side_of(books::Edition const& edition, ReplayFlags const& flags) {
    Side side{&edition, {}, {}};
    if (!flags.date.empty()) side.date = TRY(Day::parse(flags.date));
    if (!flags.known_on.empty()) side.known_on = TRY(Day::parse(flags.known_on));
    return side;
}

Result<void> replay(Places const& places, ReplayFlags const& flags) {
    auto const edition = TRY(open_books(places));
    return compare_file(flags, dossiers_in(places), Side{edition.get(), {}, {}},
                        TRY(side_of(*edition, flags)));
}

Result<void> between(std::string const& before, std::string const& after, ReplayFlags const& flags) {
    auto const one = TRY(books::open(before));
    auto const other = TRY(books::open(after));
    return compare_file(flags, {}, TRY(side_of(*one, flags)), TRY(side_of(*other, flags)));
}

}  // namespace

int quote_replay(Places const& places, ReplayFlags const& flags) {
    auto const done = replay(places, flags);
    return done ? 0 : tell(done.error());
}

int quotes_between(std::string const& before, std::string const& after, ReplayFlags const& flags) {
    auto const done = between(before, after, flags);
    return done ? 0 : tell(done.error());
}

}  // namespace allroads::cli
