#pragma once
// tariff: what a border asks for: duty texts of every dialect as one typed tree, measures, and which of them apply.
//
// Promises: pure functions of their arguments. A duty text that is not understood stays `unreadable` with its words,
// and evaluating it is unknown, never zero. A quantity that was not given makes the answer unknown and is named.

#include "base/base.h"
#include "goods/goods.h"
#include "money/money.h"

#include <bitset>
#include <span>
#include <string>
#include <vector>

namespace allroads::tariff {

// ---- duty texts -------------------------------------------------------------------------------------------------

// How a text is to be read. `plain` is our own measures CSV: it understands the forms of the three others.
enum class Dialect : std::uint8_t { plain, european, american, australian };

enum class DutyKind : std::uint8_t {
    free,             // no duty
    percent,          // amount % of the value; `words` says of what if not of the customs value ("case and strap")
    specific,         // amount of `currency` for `per` of `unit`; `words` says of what ("lead content")
    fixed,            // amount of `currency` for the whole consignment or entry
    agricultural,     // EA, ADSZ, ADFM and reduced forms: `words` names it; resolved through the Meursing code
    entry_price,      // EP: a duty that depends on the entry price; `words` carries what is printed
    per_strength,     // amount of `currency` for each % vol and hectolitre (TARIC ASV X)
    applicable,       // the duty provided in the applicable subheading
    sum,              // all children added
    difference,       // the first child less the others
    larger,           // "A MIN B": the larger side (B is the least that is charged)
    smaller,          // "A MAX B": the smaller side (B is the most that is charged)
    see,              // another provision decides; `words` is its reference
    nil,              // expression 37: no duty is expressed
    unit_only,        // expression 99: a supplementary unit without a duty
    unreadable,       // `words` is the text
};

// One node of a duty tree. Trees are arrays in prefix order: a node, then its children; `size` counts the node and
// all below it. Fixed layout, because editions of the books hold these arrays as they are.
struct DutyNode {
    DutyKind kind = DutyKind::free;
    std::int8_t scale = 0;           // of `amount`
    std::uint16_t currency = 0;      // Currency::index, where an amount of money is meant
    std::uint16_t unit = 0;          // Unit::index, for specific
    std::uint16_t size = 1;          // nodes in this tree, this one included
    std::int64_t amount = 0;         // coefficient of the percentage or the amount of money
    std::int64_t per = 1;            // for so many units
    std::uint32_t words_at = 0;      // words in the pool of the DutyText
    std::uint32_t words_size = 0;
};
static_assert(sizeof(DutyNode) == 32);

// A duty where the books keep it: its text as the law writes it, its tree, and the words the tree points at.
struct DutyView {
    std::string_view text;
    std::string_view words;
    std::span<DutyNode const> nodes;
};

// A duty that owns its memory.
class DutyText {
public:
    // Never fails: what is not understood becomes one `unreadable` node. Input beyond 4 KiB is unreadable.
    [[nodiscard]] static DutyText parse(std::string_view text, Dialect dialect);

    [[nodiscard]] DutyView view() const { return {text_, words_, nodes_}; }
    [[nodiscard]] std::string_view text() const { return text_; }
    [[nodiscard]] bool is_readable() const;  // no unreadable node
    // Same tree; how it was written does not matter.
    friend bool operator==(DutyText const& a, DutyText const& b);

private:
    friend class DutyBuilder;
    std::string text_;
    std::string words_;
    std::vector<DutyNode> nodes_;
};
// The tree in the canonical form of `plain`; parsing it again gives the same tree.
[[nodiscard]] std::string print(DutyView const& duty);

// One component as TARIC and the UK publish them (duty expression id, amount, monetary unit, unit, qualifier).
struct Component {
    std::string_view expression;  // "01", "04", "17" …
    std::string_view amount;      // "" or a decimal
    std::string_view currency;    // "" or ISO 4217
    std::string_view unit;        // "" or a TARIC unit
    std::string_view qualifier;   // "" or a TARIC qualifier
};
// The components of one measure, in order, as one duty. Its text is the usual EU sentence.
[[nodiscard]] DutyText from_components(std::span<Component const> components);

// The special column of the US schedule: what each group of programs pays. "Free (A,AU,BH) 1.7% (KR)" has two.
struct SpecialEntry {
    DutyText duty;
    std::vector<std::string> programs;  // symbols as printed: "A*", "KR"; empty: stands for all
};
[[nodiscard]] std::vector<SpecialEntry> parse_special(std::string_view text);
// The duty rate of the Australian schedule: the general rate and the exceptions that follow it ("DCS:4%").
[[nodiscard]] std::vector<SpecialEntry> parse_australian(std::string_view text);

// A fact that settles an unknown duty, in words a trader understands.
struct Need {
    std::string_view what;  // "litres of pure alcohol", "value of the case"; lives as long as the books
    Unit unit;              // unit::piece where it is not a quantity
    bool is_quantity = true;
};

// What a duty is charged on.
struct Assessable {
    Decimal value;                           // what percentages are taken of, in `currency`
    Currency currency;
    std::span<Quantity const> quantities;    // everything known about how much there is
    std::optional<Decimal> applicable;       // duty of the applicable subheading, where that is known
    FxTable const* fx = nullptr;             // to turn amounts of other currencies into `currency`
    Day day = Day::first();
    std::span<std::string_view const> additional_codes = {};  // Meursing and others
};

// Unknown is an answer: `known` is false, and `needs` or `why` says what would settle it.
struct Outcome {
    bool known = false;
    Decimal amount;                       // exact, in the currency of the Assessable; the caller rounds, once
    std::optional<Need> need;             // the first fact that is missing
    std::string_view why;                 // else a stable code: "unreadable", "see", "meursing", "entry-price", "exchange"
    bool used_exchange = false;
};
// Cost: one visit of each node, no allocation.
[[nodiscard]] Outcome evaluate(DutyView const& duty, Assessable const& goods);

}  // namespace allroads::tariff
