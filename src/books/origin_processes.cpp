#include "books/origin_processes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace allroads::books::prose {
namespace {

constexpr std::size_t ways_max = 32;

struct Process {
    std::string_view words;
    std::string_view name;
    bool narrower = false;  // the words ask for more than the name
};

// The longer wording stands before the shorter.
constexpr std::array processes = {
    Process{"spinning of natural or|and/or [of] man-made [staple] fibres", "spinning"},
    // Who spins and has no foreign man-made fibres spins natural ones.
    Process{"spinning of natural fibres",
            "(process(natural-fibre-spinning) | process(spinning) & not(5501-5507))"},
    Process{"spinning of man-made staple fibres", "spinning", true},
    Process{"spinning", "spinning"},
    Process{"extrusion of man-made|manmade [staple] fibres", "extrusion"},
    Process{"extrusion of man-made|manmade [continuous] filament|filaments [yarn]", "extrusion"},
    Process{"weaving", "weaving"},
    Process{"knitting or [with] crocheting", "knitting"},
    Process{"knitting / crocheting", "knitting"},
    Process{"knitting", "knitting"},
    Process{"twisting", "twisting"},
    Process{"dyeing of yarn of natural fibres", "natural-yarn-dyeing"},
    Process{"yarn dyeing", "yarn-dyeing"},
    Process{"any mechanical operation", "mechanical-operation"},
    Process{"dyeing", "dyeing"},
    Process{"printing ( as [a] standalone operation )", "printing"},
    Process{"printing", "printing"},
    Process{"coating", "coating"},
    Process{"laminating", "laminating"},
    Process{"flocking", "flocking"},
    Process{"impregnating", "impregnating"},
    Process{"embroidering", "embroidering"},
    Process{"tufting", "tufting"},
    Process{"operations of refining", "refining"},
    Process{"one or more specific process ( es )", "specific-process"},
    Process{"specific process ( es )", "specific-process"},
    Process{"one or more specific processes", "specific-process"},
    Process{"production of standard materials", "standard-materials"},
    Process{"needle punching", "needle-punching"},
    Process{"needle-punching", "needle-punching"},
    Process{"making-up ( including cutting [of] [fabric] )", "making-up"},
    Process{"making-up [,] including cutting [of] [fabric]", "making-up"},
    Process{"making-up", "making-up"},
    Process{"making up ( including cutting [of] [fabric] )", "making-up"},
    Process{"making up [,] including cutting [of] [fabric]", "making-up"},
    Process{"making up", "making-up"},
    Process{"chemical reaction", "chemical-reaction"},
    Process{"purification", "purification"},
    Process{"mixing and blending", "mixing"},
    Process{"mixing", "mixing"},
    Process{"blending", "blending"},
    Process{"crushing / grinding", "(process(crushing) | process(grinding))"},
    Process{"crushing", "crushing"},
    Process{"texturing", "texturing"},
    Process{"gimping", "gimping"},
    Process{"rubberising", "rubberising"},
    Process{"nonwoven|non-woven fabric formation", "nonwoven-formation"},
    Process{"nonwoven|non-woven process", "nonwoven-formation"},
    Process{"fabric formation", "fabric-formation"},
    Process{"metalizing|metalising|metallizing|metallising", "metallising"},
    Process{"change in particle size", "particle-size-change"},
    Process{"isomer separation", "isomer-separation"},
    Process{"biotechnological processing", "biotechnology"},
    Process{"distillation", "distillation"},
    Process{"refining", "refining"},
    Process{"alloying", "alloying"},
    Process{"beading", "beading"},
    Process{"moulding", "moulding"},
    Process{"grinding", "grinding"},
    Process{"milling", "milling"},
    Process{"roasting", "roasting"},
    Process{"polishing", "polishing"},
    Process{"casting", "casting"},
};

bool joins_processes(Cursor const& at) {
    Cursor trial = at;
    trial.eat("[,] [in] [each] [case] [,]");
    return trial.eat("accompanied|followed|preceded [by|with]") || trial.eat("combined with") ||
           trial.sees("and making-up|making");
}

// "at least two preparatory or finishing operations (such as ...)"
bool finishing(Cursor& at) {
    Cursor trial = at;
    if (!trial.eat("at least two [other] [main] preparatory or|and/or finishing operations")) return false;
    if (trial.sees("( such as|like") && !trial.skip_brackets()) return false;
    at.move_to(trial.at());
    return true;
}

class ProcessReader {
public:
    ProcessReader(std::string_view plain, Cursor& at) : plain_(plain), at_(at) {}

    // Chains of processes, any of which is enough; nothing if no process is known.
    std::optional<Ways> read() {
        Ways all;
        Cursor const before = at_;
        do {
            auto chain = ways_of_chain();
            if (!chain || all.size() + chain->size() > ways_max) {
                at_.move_to(before.at());
                return std::nullopt;
            }
            for (Way& each : *chain) all.push_back(std::move(each));
            ++chains_;
        } while (next_chain());
        bool const known = std::ranges::any_of(all, [](Way const& each) {
            return !each.names.empty() || (!each.words.empty() && each.words[0].starts_with('('));
        });
        if (known) return all;
        at_.move_to(before.at());
        return std::nullopt;
    }

    std::size_t chains() const { return chains_; }

private:
    bool next_chain() {
        Cursor trial = at_;
        if (!trial.eat("[,] or|and/or [by]") && !trial.eat(",")) return false;
        if (trial.done() || trial.sees("provided|where|in|and|or|including|however")) return false;
        at_.move_to(trial.at());
        return true;
    }

    std::optional<Ways> ways_of_chain() {
        auto ways = operand(true);
        if (!ways) return std::nullopt;
        while (joins_processes(at_)) {
            at_.eat("[,] [in] [each] [case] [,]");
            if (!at_.eat("combined with") && !at_.eat("and"))
                at_.eat("accompanied|followed|preceded [by|with]");
            auto const more = operand(false);
            if (!more || ways->size() * more->size() > ways_max) return std::nullopt;
            ways = both(*ways, *more);
        }
        return ways;
    }

    static Ways both(Ways const& left, Ways const& right) {
        Ways all;
        for (Way const& first : left)
            for (Way const& second : right) {
                Way way = first;
                way.names.insert(way.names.end(), second.names.begin(), second.names.end());
                way.words.insert(way.words.end(), second.words.begin(), second.words.end());
                all.push_back(std::move(way));
            }
        return all;
    }

    // Names joined by "or". Before "in each case" all of them are meant by what follows, and so are bare
    // names; otherwise a name with an object begins a way of its own.
    std::optional<Ways> operand(bool first) {
        auto one = process();
        if (!one) return std::nullopt;
        Ways all = {std::move(*one)};
        while (true) {
            Cursor const before = at_;
            if (!at_.eat("[,] or [by|with] [a|an|the]") && !at_.eat(", [by|with] [a|an|the]")) break;
            at_.skip_lines();
            bool const linked = before.sees("[,] or by|with") || before.sees(", by|with");
            std::size_t const from = at_.at();
            auto more = at_.done() ? std::nullopt : process();
            bool const fresh = !linked && !first && more && has_object(from);
            // "weaving or knitting and making-up": of one of them or of both?
            if (all.size() >= ways_max || at_.sees("and making-up|making")) return std::nullopt;
            if (!more || fresh || (first && !shared(before)) || (!first && joins_processes(at_))) {
                at_.move_to(before.at());
                break;
            }
            all.push_back(std::move(*more));
        }
        return all;
    }

    // "spinning of natural fibres" after "or" begins anew, "dyeing" does not.
    bool has_object(std::size_t from) const {
        Cursor trial = at_;
        for (trial.move_to(from); trial.at() < at_.at(); trial.move_to(trial.at() + 1))
            if (trial.sees("of")) return true;
        return false;
    }

    // Whether the names of a first operand share what is said after the last of them.
    bool shared(Cursor const& before) const {
        bool bare = true;
        Cursor trial = before;
        for (; !trial.done(); trial.move_to(trial.at() + 1)) {
            if (trial.sees("in each case") || trial.sees(", accompanied|combined|followed|preceded"))
                return true;
            if (trial.sees("accompanied|combined|followed|preceded")) return bare;
            if (trial.sees("of") || trial.sees(".")) bare = false;
        }
        return false;
    }

    // Metals that only repeat what the goods of the row are.
    std::optional<Way> metal_process() {
        Cursor trial = at_;
        bool const separation = trial.eat("electrolytic , thermal or chemical separation");
        if (!separation && !trial.eat("alloying")) return std::nullopt;
        if (!trial.eat("of [non-originating] precious metals of") || !codes(trial)) return std::nullopt;
        if (!separation) trial.eat("with each other or with base metals");
        at_.move_to(trial.at());
        return Way{{separation ? "separation" : "alloying"}, {}};
    }

    std::optional<Way> process() {
        at_.eat("[a|an|the]");
        if (auto found = metal_process()) return found;
        if (finishing(at_)) return Way{{"finishing"}, {}};
        for (Process const& each : processes) {
            Cursor trial = at_;
            if (!trial.eat(each.words) || trial.sees("of|in|by|from|to|at")) continue;
            if (trial.sees("and") && !trial.sees("and making-up|making")) continue;
            std::string_view const words = slice(at_.at(), trial.at());
            at_.move_to(trial.at());
            if (each.name.starts_with('(')) return Way{{}, {std::string(each.name)}};
            Codes const names = each.name.empty() ? Codes{} : Codes{std::string(each.name)};
            return Way{names, each.narrower ? Codes{read_of(words)} : Codes{}};
        }
        return nameless();
    }

    // A process that has no name here, up to the next "or", comma or joining word.
    std::optional<Way> nameless() {
        std::size_t const from = at_.at();
        if (at_.sees("of|use|from|all|if|as")) return std::nullopt;
        while (!at_.done() && !at_.sees("or|and|with|by|.|,|:|;|(|provided|where|is|are|in") &&
               !joins_processes(at_) && at_.sees(Kind::word) && !at_.sees("manufacture|production|however"))
            at_.move_to(at_.at() + 1);
        bool const stopped = !at_.done() && !at_.sees("or|.|,|is|are|in") && !joins_processes(at_);
        if (at_.at() == from || stopped) return std::nullopt;
        return Way{{}, {read_of(slice(from, at_.at()))}};
    }

    std::string_view slice(std::size_t from, std::size_t to) const { return at_.text(plain_, from, to); }

    std::string_view plain_;
    Cursor& at_;
    std::size_t chains_ = 0;
};

}  // namespace

std::string text_of(Way const& way) {
    std::string all;
    std::vector<std::string> seen;
    for (std::string const& name : way.names) {
        if (std::ranges::find(seen, name) != seen.end()) continue;
        all += (all.empty() ? "" : "+") + name;
        seen.push_back(name);
    }
    if (!all.empty()) all = "process(" + all + ")";
    for (std::string const& words : way.words) all += (all.empty() ? "" : " & ") + words;
    return all;
}

std::optional<Ways> ways_of(std::string_view plain, Cursor& at, std::size_t& chains) {
    ProcessReader reader(plain, at);
    auto ways = reader.read();
    chains = reader.chains();
    return ways;
}

}  // namespace allroads::books::prose
