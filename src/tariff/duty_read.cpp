#include "tariff/duty_read.h"

#include "tariff/duty_words.h"

#include <array>
#include <utility>

namespace allroads::tariff {
namespace {

constexpr auto months = std::to_array<std::string_view>(
    {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"});

// Of a unit ("1000 p/st"); more is no duty but a mistake.
constexpr std::int64_t count_max = 1'000'000'000;

// One side of a row of bounds: "A MIN B MAX C" has three.
struct Operand {
    DutyKind bound;  // larger or smaller; the first operand's is not used
    Tree tree;
};

class Reader {
public:
    Reader(DutyBuilder& builder, std::string_view text, Dialect dialect)
        : builder_(builder), rest_(text), dialect_(dialect) {}

    std::optional<Tree> whole() {
        if (auto conditional = free_with_condition()) return conditional;
        if (is_european()) {
            if (auto unit_alone = bare_unit()) return unit_alone;
        }
        auto tree = duty();
        if (!tree) return {};
        if (is_european()) skip_footnote();
        skip_spaces();
        if (!rest_.empty()) return {};
        return tree;
    }

private:
    [[nodiscard]] bool is_european() const { return dialect_ == Dialect::european; }

    // ---- words and signs ----------------------------------------------------------------------------------

    void skip_spaces() {
        while (!rest_.empty() && rest_[0] == ' ') rest_.remove_prefix(1);
    }
    bool accept(std::string_view sign) {
        skip_spaces();
        if (!rest_.starts_with(sign)) return false;
        rest_.remove_prefix(sign.size());
        return true;
    }
    // A word or words, letter case aside, that do not go on as a longer word.
    bool accept_word(std::string_view word) {
        skip_spaces();
        if (!starts(rest_, word)) return false;
        if (rest_.size() > word.size() && is_letter(rest_[word.size()])) return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    // The same where a line break may have swallowed spaces: "inthe applicable subheading".
    bool accept_squashed(std::string_view squashed) {
        skip_spaces();
        std::size_t at = 0;
        for (char const wanted : squashed) {
            while (at < rest_.size() && rest_[at] == ' ') ++at;
            if (at == rest_.size() || lower(rest_[at]) != wanted) return false;
            ++at;
        }
        rest_.remove_prefix(at);
        return true;
    }
    // "…" with each quotation mark inside written twice: how `print` guards words.
    std::optional<std::string> quoted() {
        skip_spaces();
        if (rest_.empty() || rest_[0] != '"') return {};
        std::string words;
        for (std::size_t at = 1; at < rest_.size(); ++at) {
            if (rest_[at] != '"') {
                words += rest_[at];
            } else if (at + 1 < rest_.size() && rest_[at + 1] == '"') {
                words += rest_[at++];
            } else {
                rest_.remove_prefix(at + 1);
                return words;
            }
        }
        return {};
    }
    static bool ends_phrase(std::string_view rest) {
        static constexpr auto ends =
            std::to_array<std::string_view>({"+", " plus ", " less ", ", less ", " minus ", ", but ", " but ",
                                             " MIN ", " MAX ", ", or, if "});
        for (std::string_view const end : ends) {
            if (rest.starts_with(end)) return true;
        }
        if (!rest.starts_with(", and ") || rest.size() < 7) return false;
        return rest[6] == '$' || is_digit(rest[6]);
    }
    // Words up to the next duty. Brackets are taken whole.
    std::string_view phrase() {
        std::size_t at = 0;
        int depth = 0;
        for (; at < rest_.size(); ++at) {
            if (rest_[at] == '(') ++depth;
            if (rest_[at] == ')' && depth-- == 0) break;
            if (depth == 0 && ends_phrase(rest_.substr(at))) break;
        }
        std::string_view const words = trim(rest_.substr(0, at));
        rest_.remove_prefix(at);
        // "$0.526/L of diesel plus": the agreements' pages cut the text in two, so its rest is not known.
        return words.ends_with(" plus") ? std::string_view{} : words;
    }
    // Quoted words as they are, else a phrase in the words of `named`.
    std::optional<std::string> words_or_phrase(std::string (*named)(std::string_view)) {
        if (auto words = quoted()) return words;
        skip_spaces();
        if (rest_.starts_with('"')) return {};
        std::string_view const words = phrase();
        if (words.empty()) return {};
        return named(words);
    }

    // ---- numbers ------------------------------------------------------------------------------------------

    // "2,445.26"; a comma counts only before three digits, and never in the European dialect.
    std::optional<Decimal> number() {
        skip_spaces();
        std::string digits;
        std::size_t at = 0;
        while (at < rest_.size() && is_digit(rest_[at])) {
            digits += rest_[at++];
            if (is_grouping(at)) ++at;
        }
        if (digits.empty()) return {};
        if (at + 1 < rest_.size() && rest_[at] == '.' && is_digit(rest_[at + 1])) {
            digits += rest_[at++];
            while (at < rest_.size() && is_digit(rest_[at])) digits += rest_[at++];
        }
        if (digits.size() > 31) return {};
        auto const parsed = Decimal::parse(digits);
        if (!parsed) return {};
        rest_.remove_prefix(at);
        return *parsed;
    }
    [[nodiscard]] bool is_grouping(std::size_t at) const {
        if (is_european() || at + 3 >= rest_.size() || rest_[at] != ',') return false;
        for (std::size_t i = 1; i <= 3; ++i) {
            if (!is_digit(rest_[at + i])) return false;
        }
        return at + 4 >= rest_.size() || !is_digit(rest_[at + 4]);
    }
    // A count such as the 100 of "100 kg".
    std::optional<std::int64_t> count() {
        auto const read = number();
        if (!read || read->scale() != 0 || read->coefficient() < 1 || read->coefficient() > count_max)
            return {};
        return static_cast<std::int64_t>(read->coefficient());
    }
    bool next_is_digit() {
        skip_spaces();
        return !rest_.empty() && is_digit(rest_[0]);
    }

    // ---- percentages --------------------------------------------------------------------------------------

    // "33 1/3" and "100/3" behind a number: the denominator; the number becomes the numerator.
    std::optional<std::int64_t> fraction(Decimal& value) {
        std::string_view const before = rest_;
        Decimal const whole = value;
        if (next_is_digit()) {
            auto const above = count();
            if (above && whole.scale() == 0 && accept("/")) {
                auto const below = count();
                Int128 const numerator = below ? whole.coefficient() * *below + *above : 0;
                if (below && is_percent_sign()) {
                    value = Decimal::of(numerator, 0);
                    return below;
                }
            }
        } else if (accept("/") && next_is_digit()) {
            auto const below = count();
            if (below && is_percent_sign()) return below;
        }
        rest_ = before;
        return {};
    }
    [[nodiscard]] bool is_percent_sign() {
        skip_spaces();
        return rest_.starts_with('%');
    }

    std::optional<Tree> percentage(Decimal const& value, std::int64_t per) {
        auto tree = builder_.amount(DutyKind::percent, value, per);
        if (!tree) return {};
        if (is_european()) (void)accept_word("CIF");  // "- 10 % CIF": the customs value of the Union is CIF
        if (accept_word("on") || accept_word("of") || accept_word("upon")) {
            auto const part = words_or_phrase(part_of_value);
            if (!part) return {};
            builder_.put_words((*tree)[0], *part);
        }
        return tree;
    }

    // ---- money --------------------------------------------------------------------------------------------

    // Three capitals that are a currency.
    std::optional<Currency> currency_code() {
        skip_spaces();
        if (rest_.size() < 3 || !is_upper(rest_[0]) || !is_upper(rest_[1]) || !is_upper(rest_[2])) return {};
        if (rest_.size() > 3 && is_letter(rest_[3])) return {};
        auto const parsed = Currency::parse(rest_.substr(0, 3));
        if (!parsed) return {};
        rest_.remove_prefix(3);
        return *parsed;
    }
    std::optional<Currency> currency_sign() {
        if (accept("$")) {
            if (dialect_ != Dialect::australian) return currency::USD;
            auto const aud = Currency::parse("AUD");
            if (!aud) return {};
            return *aud;
        }
        if (accept("€")) return currency::EUR;
        if (accept("£")) return currency::GBP;
        return currency_code();
    }

    std::optional<Tree> money(Decimal const& value, Currency money_of) {
        auto tree = builder_.amount(DutyKind::fixed, value);
        if (!tree) return {};
        DutyNode& node = (*tree)[0];
        node.currency = money_of.index();
        if (accept("/")) {
            if (!per_unit(node)) return {};
        } else if (accept_word("each")) {
            put_unit(node, {});
        } else if (accept_word("for each")) {
            put_unit(node, {});
            auto const counted = words_or_phrase(counted_words);
            if (!counted) return {};
            builder_.put_words(node, *counted);
        }
        return tree;
    }
    void put_unit(DutyNode& node, PerUnit const& per_unit) {
        node.kind = per_unit.is_strength ? DutyKind::per_strength : DutyKind::specific;
        node.unit = per_unit.is_strength ? std::uint16_t{0} : per_unit.unit.index();
        node.per = per_unit.per;
        builder_.put_words(node, per_unit.of);
    }
    bool per_unit(DutyNode& node) {
        auto const read = counted_unit();
        if (!read) return false;
        put_unit(node, *read);
        return read->is_strength || counted_of(node);
    }
    // "100 kg", "kg", "1,000".
    std::optional<PerUnit> counted_unit() {
        std::int64_t times = 1;
        bool const counted = next_is_digit();
        if (counted) {
            auto const read = count();
            if (!read) return {};
            times = *read;
        }
        skip_spaces();
        std::size_t used = 0;
        auto found = read_unit(rest_, used);
        if (found) {
            rest_.remove_prefix(used);
            found->per *= times;
            if (found->per > count_max || (found->is_strength && times != 1)) return {};
            return found;
        }
        // "$1.15/1,000 + 40%": a bare count is of pieces.
        if (!counted || (!rest_.empty() && (is_letter(rest_[0]) || is_digit(rest_[0])))) return {};
        return PerUnit{times};
    }
    // What is counted, behind the unit.
    bool counted_of(DutyNode& node) {
        if (accept_word("for each degree under 100 degrees")) {
            (void)accept("(and fractions of a degree in proportion)");
            if (node.unit != unit::kilogram.index()) return false;
            builder_.put_words(node, "kilograms times degrees under 100 degrees");
            return true;
        }
        std::string_view const before = rest_;
        bool const including = accept(",") && accept_word("including");
        if (including) {
            rest_ = before;
            (void)accept(",");
            skip_spaces();
        } else {
            rest_ = before;
        }
        bool named = including || accept_word("on") || accept_word("of") || accept(", calculated on that ") ||
                     accept(", calculated on ");
        if (!named && is_european()) {
            named = accept("/");
            skip_spaces();
            if (named && (rest_.empty() || !is_letter(rest_[0]))) return false;
        }
        if (!named) return true;
        auto const counted = words_or_phrase(counted_words);
        if (!counted || node.words_size != 0) return false;
        // A proof litre measures nothing but ethyl alcohol.
        if (node.unit == unit::proof_litre.index() && same_words(*counted, "ethyl alcohol content"))
            return true;
        builder_.put_words(node, *counted);
        return true;
    }

    // ---- terms --------------------------------------------------------------------------------------------

    std::optional<Tree> amount() {
        skip_spaces();
        if (rest_.empty()) return {};
        if (!is_digit(rest_[0])) {
            auto const sign = currency_sign();
            if (!sign) return {};
            auto const value = number();
            if (!value) return {};
            return money(*value, *sign);
        }
        auto value = number();
        if (!value) return {};
        std::int64_t const per = fraction(*value).value_or(1);
        if (accept("%") || (per == 1 && (accept_word("percent") || accept_word("per cent")))) {
            return percentage(*value, per);
        }
        if (per != 1) return {};
        if (accept("¢")) return money(Decimal::of(value->coefficient(), value->scale() + 2), currency::USD);
        if (accept("€")) return money(*value, currency::EUR);
        if (auto const code = currency_code()) return money(*value, *code);
        // The EU prints "10.2 + 93.1 EUR/100 kg" in columns headed "%".
        if (is_european()) return percentage(*value, 1);
        return {};
    }

    std::optional<Tree> agricultural() {
        skip_spaces();
        std::size_t size = 0;
        while (size < rest_.size() && is_letter(rest_[size])) ++size;
        auto const name = agricultural_name(rest_.substr(0, size));
        if (!name) return {};
        rest_.remove_prefix(size);
        return builder_.leaf(DutyKind::agricultural, *name);
    }

    std::optional<Tree> entry_price() {
        if (accept_word("Entry Price")) {
            std::string_view const words = trim(std::exchange(rest_, {}));
            return builder_.leaf(DutyKind::entry_price, words);
        }
        if (!accept_word("EP")) return {};
        auto const words = quoted();
        return builder_.leaf(DutyKind::entry_price, words ? *words : std::string());
    }

    std::optional<Tree> applicable() {
        if (accept_word("applicable duty")) {
            if (!accept_word("upon")) return builder_.leaf(DutyKind::applicable);
            auto const words = quoted();
            if (!words) return {};
            return builder_.leaf(DutyKind::applicable, *words);
        }
        if (accept_word("no change") || accept_squashed("thedutyprovidedintheapplicablesubheading") ||
            accept_squashed("thedutyprovidedforintheapplicablesubheading") ||
            accept_squashed("thedutyrateprovidedinsuchsubheading")) {
            return builder_.leaf(DutyKind::applicable);
        }
        // "A duty upon the value of the repairs": the ordinary duty, charged upon a part of the value.
        if (accept_word("a duty upon the")) {
            std::string_view const words = trim(std::exchange(rest_, {}));
            if (words.empty()) return {};
            return builder_.leaf(DutyKind::applicable, words);
        }
        return {};
    }

    // Words that leave the rate to another provision.
    std::optional<Tree> see() {
        if (accept_word("see")) {
            auto words = quoted();
            if (!words) words = std::string(phrase());
            if (words->empty()) return {};
            return builder_.leaf(DutyKind::see, *words);
        }
        static constexpr auto openings = std::to_array<std::string_view>(
            {"the duty provided", "the duty rate provided", "the rate provided", "the rate applicable",
             "the rate of duty applicable"});
        for (std::string_view const opening : openings) {
            if (!starts(rest_, opening)) continue;
            std::string_view const words = phrase();
            if (words.empty()) return {};
            return builder_.leaf(DutyKind::see, words);
        }
        return {};
    }

    std::optional<Tree> bracketed() {
        if (++depth_ > duty_depth_max) return {};
        auto tree = duty();
        --depth_;
        if (!tree || !accept(")")) return {};
        return tree;
    }

    std::optional<Tree> unit_only() {
        auto const read = counted_unit();
        if (!read || read->is_strength) return {};
        Tree tree = builder_.leaf(DutyKind::unit_only);
        tree[0].unit = read->unit.index();
        tree[0].per = read->per;
        builder_.put_words(tree[0], read->of);
        if (!counted_of(tree[0])) return {};
        return tree;
    }

    std::optional<Tree> term() {
        skip_spaces();
        if (accept("(")) return bracketed();
        while (accept_word("a duty of")) {}
        if (next_is_digit() || rest_.starts_with('$')) return amount();
        if (accept_word("free")) {
            std::string_view const before = rest_;
            if (accept(",")) {
                if (auto const words = quoted()) return builder_.leaf(DutyKind::free, *words);
            }
            rest_ = before;
            return builder_.leaf(DutyKind::free);
        }
        if (accept_word("NIHIL")) return builder_.leaf(DutyKind::nil);
        if (accept_word("supplementary unit")) return unit_only();
        if (accept_word("unreadable")) {
            auto const words = quoted();
            if (!words) return {};
            return builder_.leaf(DutyKind::unreadable, *words);
        }
        if (auto tree = entry_price()) return tree;
        if (auto tree = agricultural()) return tree;
        if (auto tree = applicable()) return tree;
        if (auto tree = see()) return tree;
        return amount();
    }

    // ---- sums, bounds, periods ----------------------------------------------------------------------------

    bool accept_plus() {
        if (accept("+") || accept_word("plus") || accept_word(", plus")) return true;
        std::string_view const before = rest_;
        if ((accept_word(", and") || accept_word("and")) && (next_is_digit() || rest_.starts_with('$')))
            return true;
        rest_ = before;
        return false;
    }
    // "96.09 GBP/hl16.3 GBP/100kg": the United Kingdom's file of 2020 lost the sign.
    [[nodiscard]] bool lost_plus(Tree const& left) const {
        return is_european() && left.back().kind == DutyKind::specific && !rest_.empty() &&
               is_digit(rest_[0]);
    }
    bool accept_minus() {
        return accept("-") || accept_word("less") || accept_word(", less") || accept_word("minus");
    }

    std::optional<Tree> chain() {
        auto left = term();
        std::optional<DutyKind> open;
        while (left) {
            DutyKind kind = DutyKind::sum;
            if (accept_minus()) {
                kind = DutyKind::difference;
            } else if (!lost_plus(*left) && !accept_plus()) {
                return left;
            }
            auto const right = term();
            if (!right || left->size() + right->size() > duty_nodes_max) return {};
            left = DutyBuilder::append(kind, std::move(*left), *right, open == kind);
            open = kind;
        }
        return {};
    }

    std::optional<DutyKind> accept_bound() {
        if (accept_word("MIN")) return DutyKind::larger;
        if (accept_word("MAX")) return DutyKind::smaller;
        std::string_view const before = rest_;
        (void)accept(",");
        if (accept_word("but not less than") || accept_word("but not less") ||
            accept_word("or, if higher,")) {
            return DutyKind::larger;
        }
        if (accept_word("but not more than") || accept_word("but not exceeding") ||
            accept_word("or, if lower,")) {
            return DutyKind::smaller;
        }
        rest_ = before;
        return {};
    }

    // "10 MIN 22 EUR MAX 56 EUR/100 kg": the unit is written once, behind the last amount of money.
    // Source: Regulation (EEC) 2658/87, Annex I, heading 2401.
    static void lend_units(std::vector<Operand>& operands) {
        for (std::size_t i = operands.size(); i-- > 2;) {
            DutyNode const& lender = operands[i].tree[0];
            DutyNode& taker = operands[i - 1].tree[0];
            if (lender.kind != DutyKind::specific || taker.kind != DutyKind::fixed) continue;
            if (lender.currency != taker.currency || lender.words_size != 0) continue;
            taker.kind = DutyKind::specific;
            taker.unit = lender.unit;
            taker.per = lender.per;
        }
    }

    std::optional<Tree> choice() {
        std::vector<Operand> operands;
        DutyKind bound = DutyKind::larger;
        for (;;) {
            auto side = chain();
            if (!side || operands.size() > duty_depth_max) return {};
            operands.push_back({bound, std::move(*side)});
            auto const next = accept_bound();
            if (!next) break;
            bound = *next;
        }
        if (is_european()) lend_units(operands);
        Tree tree = std::move(operands[0].tree);
        for (std::size_t i = 1; i < operands.size(); ++i) {
            tree = DutyBuilder::join(operands[i].bound, {&tree, &operands[i].tree});
        }
        return with_ceiling_elsewhere(std::move(tree));
    }

    // ", but if consisting in part of a plate … the total duty shall not exceed the duty for the complete
    // movement".
    std::optional<Tree> with_ceiling_elsewhere(Tree tree) {
        skip_spaces();
        if (!starts(rest_, ", but if ") ||
            rest_.find("shall not exceed the duty for") == std::string_view::npos) {
            return tree;
        }
        Tree const ceiling = builder_.leaf(DutyKind::see, trim(std::exchange(rest_, {}).substr(6)));
        return DutyBuilder::join(DutyKind::smaller, {&tree, &ceiling});
    }

    std::optional<int> month() {
        skip_spaces();
        for (std::size_t i = 0; i < months.size(); ++i) {
            if (rest_.starts_with(months[i])) {
                rest_.remove_prefix(3);
                return static_cast<int>(i) + 1;
            }
        }
        return {};
    }
    std::optional<Day> day() {
        skip_spaces();
        auto const read = Day::parse(rest_.substr(0, 10));
        if (!read) return {};
        rest_.remove_prefix(10);
        return *read;
    }
    std::optional<DutyNode> period_node() {
        DutyNode node;
        node.kind = DutyKind::period;
        if (auto const first = month()) {
            auto const last = accept("-") ? month() : first;
            if (!last) return {};
            node.scale = 1;
            node.amount = *first;
            node.per = *last;
            return node;
        }
        std::optional<Day> first;
        std::optional<Day> last;
        if (accept_word("until")) {
            first = Day::first();
            last = day();
        } else if (accept_word("from")) {
            first = day();
            last = Day::last();
        } else {
            first = day();
            if (accept_word("to")) last = day();
        }
        if (!first || !last || *first > *last) return {};
        node.amount = first->number();
        node.per = last->number();
        return node;
    }
    std::optional<DutyNode> period() {
        std::string_view const before = rest_;
        if (accept("(")) {
            auto node = period_node();
            if (node && accept(")")) return node;
        }
        rest_ = before;
        return {};
    }

    // One duty, or several with their periods: "12% (APR-NOV), 8% (DEC-APR)".
    std::optional<Tree> duty() {
        auto first = choice();
        if (!first) return {};
        auto when = period();
        if (!when) return first;
        Tree all(1);
        all[0].kind = DutyKind::by_day;
        for (;;) {
            when->size = static_cast<std::uint16_t>(first->size() + 1);
            all.push_back(*when);
            all.insert(all.end(), first->begin(), first->end());
            if (all.size() > duty_nodes_max) return {};
            if (!accept(",")) break;
            first = choice();
            if (!first) return {};
            when = period();
            if (!when) return {};
        }
        all[0].size = static_cast<std::uint16_t>(all.size());
        return all;
    }

    // ---- texts that are one thing as a whole --------------------------------------------------------------

    // "Free, under bond, as prescribed in …" and "Free (See U.S. note 4 of this subchapter)".
    std::optional<Tree> free_with_condition() {
        if (is_european() || !starts(rest_, "Free")) return {};
        std::string_view words = trim(rest_.substr(4));
        if (words.starts_with(", under ") || words.starts_with(", for ")) {
            words.remove_prefix(2);
        } else if (starts(words, "(See ") && words.find(')') == words.size() - 1) {
            words = words.substr(1, words.size() - 2);
        } else {
            return {};
        }
        rest_ = {};
        return builder_.leaf(DutyKind::free, words);
    }
    std::optional<Tree> bare_unit() {
        std::string_view const before = rest_;
        if (!next_is_digit()) {
            auto tree = unit_only();
            if (tree && rest_.empty()) return tree;
        }
        rest_ = before;
        return {};
    }
    // "(150)" behind a duty of the EU's file is a note of the page.
    void skip_footnote() {
        std::string_view const before = rest_;
        if (accept("(") && count() && accept(")")) return;
        rest_ = before;
    }

    DutyBuilder& builder_;
    std::string_view rest_;
    Dialect dialect_;
    std::size_t depth_ = 0;
};

}  // namespace

std::optional<Tree> read_duty(DutyBuilder& builder, std::string_view plain, Dialect dialect) {
    return Reader(builder, plain, dialect).whole();
}

DutyText DutyText::parse(std::string_view text, Dialect dialect) {
    if (text.size() > duty_bytes_max) return DutyBuilder::unreadable(text);
    PlainWords const plain = dialect == Dialect::australian ? plain_web_words(text) : plain_words(text);
    if (!plain.is_clean || plain.text.empty()) return DutyBuilder::unreadable(text);
    DutyBuilder builder;
    if (auto tree = read_duty(builder, plain.text, dialect)) return builder.finish(text, std::move(*tree));
    // A bare number is no duty in our own tables: somebody may have meant 5 or 5 %.
    bool const has_letters = plain.text.find_first_not_of("0123456789., ") != std::string::npos;
    if (dialect == Dialect::plain && has_letters) {
        DutyBuilder european;
        if (auto tree = read_duty(european, plain.text, Dialect::european)) {
            return european.finish(text, std::move(*tree));
        }
    }
    return DutyBuilder::unreadable(text);
}

}  // namespace allroads::tariff
