#include "books/origin_prose.h"

#include "books/origin_clauses.h"
#include "books/origin_goods.h"
#include "books/origin_processes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace allroads::books {
namespace {

using namespace prose;

// ---- sentences -------------------------------------------------------------------------------------

constexpr std::size_t depth_max = 4;

class Reader {
public:
    Reader(std::string plain, Goods const& goods)
        : plain_(std::move(plain)), tokens_(tokens_of(plain_)), goods_(goods) {}

    std::string rule() const { return whole({0, tokens_.size()}); }

private:
    Cursor cursor(Range range) const { return {tokens_, range}; }

    // The words of a range, without the stops about them.
    std::string read(Range range) const {
        while (!range.empty() && is_stop(tokens_[range.to - 1])) --range.to;
        while (!range.empty() && is_stop(tokens_[range.from])) ++range.from;
        if (range.empty()) return read_of("");
        return read_of(cursor(range).text(plain_, range.from, range.to));
    }

    static bool is_stop(Token const& token) {
        static constexpr std::string_view stops = ".,;:";
        bool const sign = token.kind == Kind::sign && stops.find(token.word) != std::string_view::npos;
        return sign || token.kind == Kind::line || token.kind == Kind::item;
    }

    // A text, with the notes behind it.
    std::string whole(Range all) const {
        if (auto const known = sentence_rule(cursor(all), goods_)) return std::string(*known);
        Range const body = {all.from, note_begin(all)};
        std::vector<std::string> answers;
        for (Range const part : alternatives(body)) {
            Rule const answer = clause(part, 0);
            answers.push_back(text_of(answer));
        }
        bool const unread = std::ranges::all_of(answers, [](auto const& each) { return only_read(each); });
        if (answers.empty() || unread) return read(all);
        std::string text = joined(answers);
        if (body.to == all.to) return text;
        return with_note(std::move(text), answers.size() > 1, {body.to, all.to}, all);
    }

    static bool only_read(std::string_view text) {
        bool quoted = false;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (quoted && text[i] == '\\')
                ++i;
            else if (text[i] == '"')
                quoted = !quoted;
            else if (!quoted && (is_digit(text[i]) || is_upper(text[i])))
                return false;
        }
        return text.find("process(") == std::string_view::npos &&
               text.find("not(") == std::string_view::npos && text.find("only(") == std::string_view::npos &&
               text.find("weight(") == std::string_view::npos;
    }

    // Notes about mixed textiles, about their trimmings (of textiles notes 5 to 7 speak of nothing else), and
    // about plastics of two groups only ease the rule: what satisfies the rule without them is enough. Of any
    // other note that is not known.
    std::string with_note(std::string text, bool several, Range note, Range all) const {
        Cursor at = cursor(note);
        at.skip_breaks();
        at.eat("(");
        bool const eases =
            at.sees("for special conditions relating to products|goods made of a mixture of textile") ||
            at.sees("in the case of [the] products composed of") ||
            (is_textile(goods_) && at.sees("see [also] introductory note|notes 5|6|7"));
        if (eases) return text + " | " + read(all);
        if (names_processes(at) && text.find("process(specific-process)") != std::string::npos) return text;
        return (several || text.find(" | ") != std::string::npos ? "(" + text + ")" : text) + " & " +
               read(note);
    }

    // "For the special conditions relating to 'specific processes' see Introductory Notes 7.1 and 7.3": the
    // notes that say which processes these are, and nothing behind it.
    static bool names_processes(Cursor at) {
        auto const quote = [&] { at.eat("['] [\"]"); };
        if (!at.eat("for [the] special conditions relating to")) return false;
        quote();
        if (!at.eat("specific process|processes [(] [es] [)]")) return false;
        quote();
        if (!at.eat("[,] see introductory note|notes")) return false;
        while (at.eat(Kind::number) || at.eat("and|to|,")) {}
        at.skip_breaks();
        return at.done();
    }

    std::size_t note_begin(Range all) const {
        Cursor at = cursor(all);
        for (bool fresh = true; !at.done(); at.move_to(at.at() + 1)) {
            bool const note =
                at.sees("for [the] special conditions") || at.sees("( for [the] special conditions") ||
                at.sees("see [also] introductory|note|appendix|annex") ||
                (fresh && (at.sees("note :") || at.sees("in the case of [the] products composed") ||
                           at.sees("for knitted or crocheted articles") || at.sees("for the purposes of")));
            if (note) return at.at();
            fresh = at.sees(".") || at.sees(Kind::line);
        }
        return all.to;
    }

    // Whole sentences joined by "or": the second begins with a capital. Within a list only a new
    // "Manufacture" is known not to be one of its items.
    std::vector<Range> alternatives(Range all) const {
        std::vector<Range> parts;
        std::size_t from = all.from;
        bool list = false;
        for (std::size_t i = all.from; i < all.to; ++i) {
            if (tokens_[i].word == ":") list = true;
            if (tokens_[i].word != "or") continue;
            std::size_t next = i + 1;
            while (next < all.to && (tokens_[next].kind == Kind::line || tokens_[next].word == ":")) ++next;
            if (next >= all.to || !tokens_[next].capital || !opens(next, all.to)) continue;
            bool const fresh = tokens_[next].word == "manufacture" || tokens_[next].word == "production";
            if ((list && !fresh) || shares_end(from, i, next, all.to)) continue;
            if (from < i) parts.push_back({from, i});
            from = next;
        }
        if (from < all.to) parts.push_back({from, all.to});
        return parts;
    }

    // Capitals also stand in names of plants and fishes; these words open a rule.
    bool opens(std::size_t from, std::size_t to) const {
        Cursor const at = cursor({from, to});
        return at.sees(
                   "manufacture|manufacturing|production|weaving|knitting|printing|coating|"
                   "making|making-up|flocking|tufting|extrusion|spinning|dyeing|twisting|fusion|alloying|"
                   "electrolytic|thermal|operations|cutting|rubberising|fabric|carding|distillation|refining|"
                   "cc|cth|ctsh") ||
               at.sees("a|no|the change|maximum|chemical|operation") || at.sees("yarn dyeing") ||
               at.sees("non-woven|nonwoven fabric|process|techniques") || at.sees("other operations");
    }

    // "Spinning ... or / Extrusion ..., in each case accompanied by weaving": what stands at the end is said
    // of both, unless the first has such an end of its own.
    bool shares_end(std::size_t from, std::size_t joint, std::size_t next, std::size_t to) const {
        for (Cursor each = cursor({from, joint}); !each.done(); each.move_to(each.at() + 1))
            if (each.sees("accompanied|combined|followed|preceded|manufacture|production|change"))
                return false;
        for (Cursor each = cursor({next, to}); !each.done() && !each.sees("."); each.move_to(each.at() + 1))
            if (each.sees("in each case") || each.sees("in both cases")) return true;
        return false;
    }

    // One sentence or item, with what limits or eases it.
    Rule clause(Range range, std::size_t depth) const {
        Cursor at = cursor(range);
        at.skip_breaks();
        if (auto const known = sentence_rule(at, goods_))
            return {term(std::string(*known), is_choice(*known))};
        Rule rule;
        if (depth > depth_max || !(opening(at, rule, depth) || unknown_head(at, rule, depth)))
            return {term(read(range))};
        while (true) {
            bool const fresh = to_next(at);
            if (at.done()) return rule;
            if (at.sees("however")) {
                if (!however(at, rule, range)) return {term(read(range))};
            } else if (fresh || !modifier(at, rule, depth)) {
                if (fresh || !narrows(at)) return {term(read(range))};
                rule.push_back(term(read(at.rest())));
                return rule;
            }
        }
    }

    // Whether a rule has an | outside of its parentheses.
    static bool is_choice(std::string_view rule) {
        int open = 0;
        for (char const sign : rule) {
            open += sign == '(' ? 1 : sign == ')' ? -1 : 0;
            if (sign == '|' && open == 0) return true;
        }
        return false;
    }

    // Goes to the next words and says whether they are a new sentence.
    static bool to_next(Cursor& at) {
        bool fresh = false;
        while (at.sees(Kind::line) || at.sees(Kind::item) || at.sees(".") || at.sees(",") || at.sees(";") ||
               at.sees(")")) {
            fresh = fresh || at.sees(Kind::line) || at.sees(Kind::item) || at.sees(".");
            at.move_to(at.at() + 1);
        }
        return fresh;
    }

    // Words that can only ask for more, whatever they are.
    bool narrows(Cursor const& at) const {
        bool const opens = at.sees("provided|except|excluding|where") || at.sees("[and] in which") ||
                           at.sees("in accordance with") || at.sees("- within the limits") || in_brackets(at);
        if (!opens) return false;
        for (Cursor each = at; !each.done(); each.move_to(each.at() + 1))
            if (each.sees("however") || each.sees("or manufacture|production|a|no")) return false;
        return true;
    }

    // "(until 31 December 2023)" and nothing behind it.
    static bool in_brackets(Cursor at) {
        if (!at.skip_brackets()) return false;
        at.skip_breaks();
        return at.done();
    }

    // "Manufacture from unembroidered fabric, provided that the value of ...": the head stands as it is. With
    // an "or" in it the condition may belong to its last part alone.
    bool unknown_head(Cursor& at, Rule& rule, std::size_t depth) const {
        std::size_t const from = at.at();
        for (Cursor each = at; !each.done(); each.move_to(each.at() + 1)) {
            bool const choice = each.sees("or|and/or") && !at.sees("manufacture by");
            if (choice || each.sees("however|either|:|.|if") || each.sees(Kind::line) ||
                each.sees(Kind::item))
                return false;
            if (!each.sees("provided") && !each.sees("in which")) continue;
            if (each.at() == from) return false;
            Rule head = {term(read({from, each.at()}))};
            if (!modifier(each, head, depth)) return false;
            append(rule, std::move(head));
            at.move_to(each.at());
            return true;
        }
        return false;
    }

    bool opening(Cursor& at, Rule& rule, std::size_t depth) const {
        at.skip_label();
        if (other_operations(at)) return conditions(at, rule, depth);
        if (at.eat("manufacture|manufacturing|production")) return making(at, rule, depth);
        bool const goods = at.eat("all goods must|shall be wholly obtained");
        bool const animals =
            !goods && at.eat("all [the] animals of chapter 1 shall|must|are [be] wholly obtained");
        if (goods || animals) {
            rule.push_back(term("WO"));
            return true;
        }
        if (depth > 0 && at.sees("from|using")) return making(at, rule, depth);
        if (depth > 0 && !at.eat("in which") && !at.eat("where [,]")) at.eat("that");
        if (abbreviated(at, rule) || change_sentence(at, rule) || no_change(at, rule)) return true;
        if (auto found = condition(at)) {
            rule.push_back(std::move(*found));
            return true;
        }
        if (auto found = contents(at)) {
            rule.push_back(std::move(*found));
            return true;
        }
        return worked(at, rule);
    }

    // "Other operations than those referred to above in which": the rows before it stand for themselves.
    static bool other_operations(Cursor& at) {
        Cursor trial = at;
        if (!trial.eat("other operations")) return false;
        if (!trial.eat("than those referred to above")) trial.eat("than those referred to in column");
        if (!trial.eat("in which")) return false;
        at.move_to(trial.at());
        return true;
    }

    // After "Manufacture" or "Production".
    bool making(Cursor& at, Rule& rule, std::size_t depth) const {
        if (at.eat("[,] in which")) return conditions(at, rule, depth);
        if (at.sees(":")) return list(at, rule, depth);
        if (at.eat("from|using materials not classified in|within|under")) {
            auto found = codes(at);
            if (!found) return false;
            rule.push_back(term(Change{"ANY", std::move(*found), {}, ""}));
            return true;
        }
        if (at.eat("from|of [all] [non-originating] materials|material of|from any"))
            return any_place(at, rule);
        return at.eat("from") && from_goods(at, rule);
    }

    // After "from": goods of certain codes or certain textiles, or what comes before them.
    bool from_goods(Cursor& at, Rule& rule) const {
        if (auto const later = later_than_textiles(at, goods_)) {
            rule.push_back(term("not(" + listed(later->forbidden) + ")"));
            if (!later->unclear.empty())
                rule.push_back(
                    term("not(" + listed(later->unclear) + ") | process(fibre-preparation)", true));
            return true;
        }
        Cursor const before = at;
        auto found = named_codes(at);
        if (!found && any_material(at)) found = codes(at);
        auto const later = found ? later_than(*found) : std::nullopt;
        bool const more = at.sees("and|or|and/or|not|with|(") || (at.sees(",") && !at.sees(", provided"));
        if (!later || more) {
            at.move_to(before.at());
            return false;
        }
        rule.push_back(term("not(" + listed(*later) + ")"));
        Cursor trial = at;
        if (!trial.eat("[,] provided [that] their total value does not exceed")) return true;
        auto limit = limits(trial, *found);
        if (!limit) return true;
        rule.push_back(std::move(*limit));
        at.move_to(trial.at());
        return true;
    }

    // After "from materials of any": a heading, with or without that of the product.
    bool any_place(Cursor& at, Rule& rule) const {
        bool const other = at.eat("other");
        auto const word = change_word(at);
        if (at.eat("[,] including that of the product|good")) {
            rule.push_back(term(Change{"ANY", {}, {}, ""}));
            return true;
        }
        if (word && at.sees("[,] including other|materials")) return included(at, rule, *word);
        if (!word || at.sees("[,] including|outside")) return false;
        Cursor trial = at;
        trial.eat("[,]");
        if (!trial.eat("except|excluding [for] [from]") || !that_of_the_product(trial)) {
            rule.push_back(term(Change{other ? *word : "ANY", {}, {}, ""}));
            return true;
        }
        at.move_to(trial.at());
        rule.push_back(term(Change{*word, {}, {}, ""}));
        if (at.sees("and|or|and/or [in] which") || !at.eat("and|or [those] [of]")) return true;
        return excepted(at, rule);
    }

    // "including other materials of heading 3002": materials of that heading are taken if they are not of the
    // description of the product. That needs a person; where all materials change, the question does not
    // arise.
    bool included(Cursor& at, Rule& rule, std::string const& word) const {
        for (Cursor each = at; !each.done(); each.move_to(each.at() + 1))
            if (each.sees("may|must|shall not be") || each.sees("and") || each.sees("in which")) return false;
        std::string const limit = limit_of_same(at);
        rule.push_back(term(word + limit + " | " + read({at.first(), at.end()}), true));
        at.move_to(at.end());
        return true;
    }

    // "However, materials of the same description as the product may be used, provided that their total value
    // does not exceed ...": where all materials of the heading keep to that, those do.
    static std::string limit_of_same(Cursor at) {
        if (!at.eat("[,] including other materials of")) return {};
        auto const scope = codes(at);
        at.skip_breaks();
        at.eat("however [,]");
        bool const same = at.eat("[the] materials of the same description as the product may be used") ||
                          at.eat("the materials of this description may also be used");
        if (!scope || !same || !at.eat("[,] provided [that] their [total] value") || !no_more_than(at))
            return {};
        auto const limit = limits(at, *scope);
        at.skip_breaks();
        return limit && !limit->alternatives && at.done() ? " | " + limit->text : std::string();
    }

    // After "except": codes, or words as they are.
    bool excepted(Cursor& at, Rule& rule) const {
        Change* const change = change_of(rule);
        std::size_t unread = at.at();
        for (bool more = change != nullptr; more;) {
            any_material(at);
            auto found = named_codes(at);
            if (!found) found = codes(at);
            if (!found) break;
            change->except.insert(change->except.end(), found->begin(), found->end());
            more = at.sees("and|or|and/or") && !at.sees("and in which") && !at.sees("and a|standard");
            if (!more) return true;
            at.eat("and|or|and/or");
            unread = at.at();
        }
        Range const rest = {unread, phrase_end(at)};
        if (rest.empty()) return false;
        rule.push_back(term("read \"except " + read(rest).substr(6)));
        at.move_to(rest.to);
        return true;
    }

    static Change* change_of(Rule& rule) {
        Change* found = nullptr;
        for (Term& each : rule) {
            if (!each.change) continue;
            if (found != nullptr) return nullptr;
            found = &*each.change;
        }
        return found;
    }

    static std::size_t phrase_end(Cursor at) {
        while (!at.done() && !at.sees(".") && !at.sees(Kind::line) && !at.sees(Kind::item) &&
               !at.sees("however") && !at.sees("[,] provided") && !at.sees("[,] [and] in which") &&
               !at.sees(", however"))
            at.move_to(at.at() + 1);
        return at.at();
    }

    // "CTH: All non-originating materials used in the production of the good have undergone a change ..."
    static bool abbreviated(Cursor& at, Rule& rule) {
        Cursor trial = at;
        for (auto const& [word, name, level] : {std::array<std::string_view, 3>{"cc", "CC", "2-digit"},
                                                {"cth", "CTH", "4-digit"},
                                                {"ctsh", "CTSH", "6-digit"}}) {
            if (!trial.eat(word)) continue;
            if (!trial.eat(": all non-originating materials used in the production of the good|product have "
                           "undergone a change in tariff classification at the") ||
                !trial.eat(level) || !trial.eat("level [(] [tariff] chapter|heading|subheading [)]"))
                return false;
            rule.push_back(term(Change{std::string(name), {}, {}, ""}));
            at.move_to(trial.at());
            return true;
        }
        return false;
    }

    // "A change to ... from any other heading", "A change from within this heading or any other heading"
    bool change_sentence(Cursor& at, Rule& rule) const {
        Cursor trial = at;
        if (!trial.eat("a change")) return false;
        Rule found;
        if (trial.eat("to") && !goods(trial, found)) return false;
        if (!trial.eat("from")) return false;
        if (!from_other(trial, found) && !from_within(trial, found)) return false;
        at.move_to(trial.at());
        std::ranges::rotate(found, found.end() - 1);
        append(rule, std::move(found));
        return true;
    }

    // The goods that a row is about. Only codes restate what the row stands for anyway.
    bool goods(Cursor& at, Rule& rule) const {
        std::size_t const from = at.at();
        Cursor trial = at;
        if (trial.eat("a good|product of") && codes(trial) && trial.sees("from|,")) {
            at.move_to(trial.at());
            return true;
        }
        while (!at.done() && !at.sees("from") && !at.sees(", provided") && !at.sees(Kind::line))
            at.move_to(at.at() + 1);
        // "A change to cut glassware from uncut glassware ..." says which materials, not only which goods.
        bool const known = at.sees("from any|another|within") || at.sees(", provided");
        if (!known || at.at() == from) return false;
        rule.push_back(term(read({from, at.at()})));
        return true;
    }

    static bool from_other(Cursor& at, Rule& rule) {
        Cursor trial = at;
        if (!trial.eat("any|another other")) return false;
        auto const word = change_word(trial);
        if (!word) return false;
        at.move_to(trial.at());
        rule.push_back(term(Change{*word, {}, {}, ""}));
        return true;
    }

    // A change from within the heading itself asks for nothing, unless the value of such materials is
    // limited.
    static bool from_within(Cursor& at, Rule& rule) {
        Cursor trial = at;
        if (!trial.eat("within this|these") && !trial.eat("within any [one] of these")) return false;
        if (!trial.eat("heading|headings|subheading|subheadings [,]")) return false;
        bool const other = trial.eat("or any other heading|subheading|chapter") ||
                           trial.eat(
                               "whether or not there is also a change from any|another [other] "
                               "heading|subheading|chapter");
        if (!other) return false;
        at.move_to(trial.at());
        rule.push_back(term(Change{"ANY", {}, {}, ""}));
        return true;
    }

    // "No change in tariff classification is required ..., provided ...": the condition is the rule.
    bool no_change(Cursor& at, Rule& rule) const {
        Cursor trial = at;
        if (!trial.eat("no change in tariff classification [is] required")) return false;
        Rule found;
        if (trial.eat("for") && !goods(trial, found)) return false;
        trial.eat("[,]");
        if (!trial.sees("provided")) return false;
        at.move_to(trial.at());
        trial.eat("provided [that]");
        auto content = content_condition(trial);
        if (content) at.move_to(trial.at());
        rule.push_back(content ? std::move(*content) : term(Change{"ANY", {}, {}, ""}));
        append(rule, std::move(found));
        return true;
    }

    // Named processes. A condition behind several ways may belong to the last alone and stays words.
    bool worked(Cursor& at, Rule& rule) const {
        Cursor trial = at;
        std::size_t chains = 0;
        auto const ways = ways_of(plain_, trial, chains);
        if (!ways) return false;
        trial.eat("is|are undergone");
        Cursor after = trial;
        after.eat("[,]");
        bool const ends =
            after.done() || after.sees(".") || after.sees(Kind::line) || after.sees("provided|where");
        if (!ends) return false;
        std::vector<std::string> all;
        for (Way const& way : *ways) all.push_back(text_of(way));
        bool const tail = after.sees("provided|where");
        if (tail && chains > 1) return false;
        rule.push_back(one_of(all));
        at.move_to(trial.at());
        return true;
    }

    // What follows "in which", "provided that": one condition or a list of them.
    bool conditions(Cursor& at, Rule& rule, std::size_t depth) const {
        if (at.sees(":") || at.sees(Kind::item)) return list(at, rule, depth);
        auto found = condition(at);
        if (!found) return false;
        rule.push_back(std::move(*found));
        ease_within(rule);
        return true;
    }

    // "A change from within this heading ..., provided that the value of materials of this heading ...": the
    // limit is all there is; "any" beside it says nothing.
    static void ease_within(Rule& rule) {
        if (rule.size() < 2 || !rule.back().change || !rule.front().change) return;
        Change const& first = *rule.front().change;
        if (first.word == "ANY" && first.except.empty()) rule.erase(rule.begin());
    }

    bool modifier(Cursor& at, Rule& rule, std::size_t depth) const {
        Cursor trial = at;
        Rule more = rule;
        bool understood = false;
        if (trial.eat("except|excluding [for] [from]")) {
            understood = change_of(more) != nullptr && excepted(trial, more);
        } else if (trial.eat("[and] [,] provided [that]") || trial.eat("[and] [,] in which") ||
                   trial.eat("where")) {
            understood = conditions(trial, more, depth);
        } else if (trial.eat("and [,] [that]")) {
            understood = conditions(trial, more, depth);
        }
        if (!understood) return false;
        rule = std::move(more);
        at.move_to(trial.at());
        return true;
    }

    // ---- lists ----

    struct List {
        std::vector<Range> items;
        bool conjunction = false;  // an "and" was seen
        bool alternative = false;  // an "or" was seen
        bool clear = true;
    };

    // The items from a line or dash on; a line that only says "and" joins them.
    List items(Cursor& at) const {
        List list;
        bool const dashes = at.sees(Kind::item);
        while (!at.done()) {
            Cursor next = at;
            bool const dash = next.sees(Kind::item);
            next.skip_lines();
            if (next.sees("however") || next.done()) break;
            std::size_t end = next.at();
            while (end < at.end() && tokens_[end].kind != Kind::line && tokens_[end].kind != Kind::item)
                ++end;
            Range item = {next.at(), end};
            at.move_to(end);
            bool const joins = connector(list, item);
            if (item.empty()) continue;
            if (dashes && !dash) list.clear = false;
            if (joins && end >= at.end()) list.clear = false;
            list.items.push_back(item);
        }
        return list;
    }

    // Takes the "and" or "or" off the end of an item.
    bool connector(List& list, Range& item) const {
        bool joins = false;
        while (!item.empty()) {
            std::string const& last = tokens_[item.to - 1].word;
            bool const word = last == "and" || last == "or" || last == "and/or";
            if (!word && last != "," && last != ";") break;
            list.conjunction = list.conjunction || last == "and" || last == "and/or";
            list.alternative = list.alternative || last == "or" || last == "and/or";
            joins = joins || word;
            --item.to;
        }
        if (!item.empty() && tokens_[item.to - 1].word == ":") list.clear = false;
        return joins;
    }

    // Items without any word between them are all asked for.
    bool list(Cursor& at, Rule& rule, std::size_t depth) const {
        at.eat("[:]");
        if (!at.sees(Kind::line) && !at.sees(Kind::item)) return false;
        List const found = items(at);
        if (!found.clear || found.items.empty() || (found.conjunction && found.alternative)) return false;
        std::vector<Rule> rules;
        bool known = false;
        for (Range const item : found.items) {
            rules.push_back(clause(item, depth + 1));
            known = known || !only_read(text_of(rules.back()));
        }
        if (!known) return false;
        if (!found.alternative) {
            for (Rule& each : rules) append(rule, std::move(each));
            return true;
        }
        std::vector<std::string> texts;
        for (Rule const& each : rules) texts.push_back(text_of(each));
        rule.push_back(one_of(texts));
        return true;
    }

    // ---- "However, ..." ----

    bool however(Cursor& at, Rule& rule, Range range) const {
        at.eat("however [,]");
        if (at.sees(":")) return false;
        Cursor trial = at;
        if (auto found = value_condition(trial)) {
            rule.push_back(std::move(*found));
            at.move_to(trial.at());
            return true;
        }
        if (eased(at, rule) || forbidden(at, rule)) return true;
        return eased_by_words(at, rule, range);
    }

    // "materials of the same heading as the product may be used, provided that their total value does not
    // ..."
    bool eased(Cursor& at, Rule& rule) const {
        Cursor trial = at;
        std::optional<std::string> same;
        std::optional<Codes> scope = free_goods(trial, goods_);
        bool const besides = scope.has_value();
        if (!scope) scope = named_codes(trial);
        if (!scope) {
            if (!trial.eat("[the] [non-originating] materials [are] [classified] of|from|in|within"))
                return false;
            same = same_place(trial);
            scope = same ? std::optional<Codes>(Codes{}) : codes(trial);
        }
        Change* const change = change_of(rule);
        if (!scope || change == nullptr || !trial.eat("may be used|incorporated [into] [the] [set]"))
            return false;
        if (besides && at_stop(trial)) {
            if (!take_also(*change, *scope)) return false;
            at.move_to(trial.at());
            return true;
        }
        if (!trial.eat("[,] provided [that] their|the [total] value [,] [taken] [together] [,]"))
            return false;
        if (!no_more_than(trial)) return false;
        auto limit = limits(trial, *scope);
        if (!limit || limit->alternatives || !(at_stop(trial) || trial.sees(","))) return false;
        if (same ? !take_same(*change, *same, limit->text) : !take_also(*change, *scope)) return false;
        if (!same) rule.push_back(std::move(*limit));
        at.move_to(trial.at());
        return true;
    }

    static bool at_stop(Cursor const& at) { return at.done() || at.sees(".") || at.sees(Kind::line); }

    static bool take_same(Change& change, std::string const& word, std::string const& limit) {
        if (change.word != word || !change.same.empty() || !limit.starts_with("MaxNOM ")) return false;
        change.same = limit.substr(7);
        return true;
    }

    static bool take_also(Change& change, Codes const& scope) {
        Change changed = change;
        for (std::string const& code : scope) {
            auto const excepted = std::ranges::find(changed.except, code);
            bool const listed = excepted != changed.except.end();
            if (listed) changed.except.erase(excepted);
            if (!listed && (changed.word == "ANY" || !changed.except.empty())) return false;
            if (changed.word != "ANY") changed.also.push_back(code);
        }
        change = std::move(changed);
        return true;
    }

    // "waste and scrap of heading 7902 may not be used"
    bool forbidden(Cursor& at, Rule& rule) const {
        std::size_t const end = sentence_end(at);
        Cursor trial = at;
        bool no = false;
        for (Cursor each = cursor({at.at(), end}); !each.done(); each.move_to(each.at() + 1)) {
            no = no || each.sees("may|must|shall|can not be used");
            if (each.sees("may be") || each.sees("may also") || each.sees("provided")) return false;
        }
        if (!no) return false;
        any_material(trial);
        auto found = named_codes(trial);
        if (!found) found = codes(trial);
        Change* const change = change_of(rule);
        if (found && change != nullptr && trial.eat("may|must not be used") && trial.at() >= end) {
            change->except.insert(change->except.end(), found->begin(), found->end());
        } else {
            rule.push_back(term(read({at.at(), end})));
        }
        at.move_to(end);
        return true;
    }

    // What may be used besides needs a person; without it the rule stands as it is.
    bool eased_by_words(Cursor& at, Rule& rule, Range range) const {
        bool may = false;
        for (Cursor each = at; !each.done(); each.move_to(each.at() + 1)) {
            may = may || each.sees("may [also] be used|incorporated");
            if (each.sees("not be") || each.sees("not exceed") ? !may : false) return false;
        }
        if (!may || only_read(text_of(rule))) return false;
        rule = {term(text_of(rule) + " | " + read(range), true)};
        at.move_to(at.end());
        return true;
    }

    static std::size_t sentence_end(Cursor at) {
        while (!at.done() && !at.sees(".") && !at.sees(Kind::line) && !at.sees(Kind::item))
            at.move_to(at.at() + 1);
        return at.at();
    }

    std::string plain_;
    std::vector<Token> tokens_;
    Goods goods_;
};

std::string too_long(std::size_t bytes) {
    return read_of("a text of " + std::to_string(bytes) + " bytes, too long to be read as a rule");
}

std::string rule_of(std::string_view markdown, Goods const& goods) {
    if (markdown.size() > rule_prose_bytes_max) return too_long(markdown.size());
    return Reader(plain_of(markdown), goods).rule();
}

// ---- rows of one product ---------------------------------------------------------------------------

// How a row hangs on the row before it.
enum class Joint { own, item, sentence, part, all };

Joint joint_of(std::string_view markdown) {
    std::string const plain = plain_of(markdown.substr(0, 200));
    std::vector<Token> const tokens = tokens_of(plain);
    Cursor at(tokens, {0, tokens.size()});
    at.skip_breaks();
    at.eat("-");
    if (at.sees("followed") || at.sees("in both|either|each|all case|cases")) return Joint::all;
    if (at.sees("however")) return Joint::sentence;
    if (at.sees("except|provided|and|excluding")) return Joint::part;
    bool const first = at.sees("[(] a|i )");
    if (!first && (at.skip_label() || at.sees(Kind::percent))) return Joint::item;
    return Joint::own;
}

std::string_view without_stop(std::string_view text) {
    while (!text.empty() && (text.back() == '.' || text.back() == ' ' || text.back() == '\n'))
        text.remove_suffix(1);
    return text;
}

bool ends_with_joint(std::string_view text) {
    text = without_stop(text);
    while (text.ends_with('*') || text.ends_with(',')) text.remove_suffix(1);
    return text.ends_with(" and") || text.ends_with(" or") || text.ends_with("*and") || text.ends_with("*or");
}

class Rows {
public:
    explicit Rows(Goods const& goods) : goods_(goods) {}

    void take(std::string const& row) {
        Joint const joint = text_.empty() && answers_.empty() ? Joint::own : joint_of(row);
        if (joint == Joint::own || text_.empty()) {
            close();
            text_ = row;
        } else if (joint == Joint::sentence) {
            text_ += "\n\n" + row;
        } else if (joint == Joint::part) {
            text_ = std::string(without_stop(text_)) + ", " + row;
        } else if (joint == Joint::item) {
            text_ = std::string(without_stop(text_)) + (ends_with_joint(text_) ? "\n\n" : ", or\n\n") + row;
        } else {
            // "Followed in both cases by bonding": said of the rows so far, however many of them are meant.
            close();
            answers_ = {"(" + joined(std::move(answers_)) + ") & " + read_of(plain_of(row))};
        }
    }

    std::string rule() && {
        close();
        return answers_.empty() ? read_of("") : joined(std::move(answers_));
    }

private:
    void close() {
        if (!text_.empty()) answers_.push_back(rule_of(text_, goods_));
        text_.clear();
    }

    Goods goods_;
    std::string text_;  // the row that may go on
    std::vector<std::string> answers_;
};

}  // namespace

std::string rule_from_prose(std::string_view markdown, Goods const& goods) {
    return rule_of(markdown, goods);
}

std::string rule_from_alternatives(std::span<std::string const> markdown, Goods const& goods) {
    std::size_t bytes = 0;
    for (std::string const& row : markdown) bytes += row.size();
    if (bytes > rule_prose_bytes_max) return too_long(bytes);
    Rows rows(goods);
    for (std::string const& row : markdown) rows.take(row);
    return std::move(rows).rule();
}

}  // namespace allroads::books
