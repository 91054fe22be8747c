#pragma once
// tariff: what a border asks for: duty texts of every dialect as one typed tree, measures, and which of them
// apply.
//
// Promises: pure functions of their arguments. A duty text that is not understood stays `unreadable` with its
// words, and evaluating it is unknown, never zero. A quantity that was not given makes the answer unknown and
// is named.

#include "base/base.h"
#include "goods/goods.h"
#include "money/money.h"

#include <bitset>
#include <span>
#include <string>
#include <vector>

namespace allroads::tariff {

// ---- duty texts
// -------------------------------------------------------------------------------------------------

// How a text is to be read. `plain` is our own measures CSV: it understands the forms of the three others.
enum class Dialect : std::uint8_t { plain, european, american, australian };

enum class DutyKind : std::uint8_t {
    free,      // no duty; `words` carries a condition that is printed with it ("under bond")
    percent,   // amount / per % of the customs value (33 1/3 % is 100 / 3); `words` names what it is taken of
               // where that is not the customs value ("value of the case", "cost of such parts")
    specific,  // amount of `currency` for `per` of `unit`; `words` says of what ("lead content")
    fixed,     // amount of `currency` for the whole consignment or entry
    agricultural,  // EA, ADSZ, ADFM and reduced forms: `words` names it; resolved through the Meursing code
    entry_price,   // EP: a duty that depends on the entry price; `words` carries what is printed
    per_strength,  // amount of `currency` for each % vol and hectolitre (TARIC ASV X)
    applicable,    // the duty provided in the applicable subheading; `words` names the part of the value that
                   // it is charged upon, where that is not the whole
    sum,           // all children added
    difference,    // the first child less the others
    larger,        // "A MIN B": the larger side (B is the least that is charged)
    smaller,       // "A MAX B": the smaller side (B is the most that is charged)
    see,           // another provision decides; `words` is its reference
    nil,           // expression 37: no duty is expressed
    unit_only,     // expression 99: a supplementary unit without a duty
    unreadable,    // `words` is the text, cut short where it is long
    by_day,        // children are periods; the one that holds the day counts
    period,  // its child applies from `amount` to `per`, both included: Day::number where scale is 0, months
             // of every year (11 to 2 is November to February) where it is 1
};

// One node of a duty tree. Trees are arrays in prefix order: a node, then its children; `size` counts the
// node and all below it. Fixed layout, because editions of the books hold these arrays as they are.
struct DutyNode {
    DutyKind kind = DutyKind::free;
    std::int8_t scale = 0;       // of `amount`
    std::uint16_t currency = 0;  // Currency::index, where an amount of money is meant
    std::uint16_t unit = 0;      // Unit::index, for specific
    std::uint16_t size = 1;      // nodes in this tree, this one included
    std::int64_t amount = 0;     // coefficient of the percentage or the amount of money
    std::int64_t per = 1;        // for so many units
    std::uint32_t words_at = 0;  // words in the pool of the DutyText
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

// Whether sizes, kinds and words of the tree fit together, so that whatever walks it may trust it. Every
// DutyText is; an edition is held to it when it is opened.
[[nodiscard]] bool is_sound(DutyView const& duty);

// One component as TARIC and the UK publish them (duty expression id, amount, monetary unit, unit,
// qualifier).
struct Component {
    std::string_view expression;  // "01", "04", "17" …
    std::string_view amount;      // "" or a decimal
    std::string_view currency;    // "" or ISO 4217
    std::string_view unit;        // "" or a TARIC unit
    std::string_view qualifier;   // "" or a TARIC qualifier
};
// The components of one measure, in order, as one duty. Its text is the usual EU sentence.
[[nodiscard]] DutyText from_components(std::span<Component const> components);

// The special column of the US schedule: what each group of programs pays. "Free (A,AU,BH) 1.7% (KR)" has
// two.
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

// What a percentage of a part is taken of: `of` is the name that the duty gives it ("value of the case").
struct PartValue {
    std::string_view of;
    Decimal value;  // in the currency of the Assessable
};

// What a Meursing code settles: the amount of one agricultural component ("EA", "ADSZR").
struct AgriculturalAmount {
    std::string_view name;
    Decimal amount;  // for 100 kg
    Currency currency;
};

// What a duty is charged on.
struct Assessable {
    Decimal value;  // what percentages are taken of, in `currency`
    Currency currency;
    std::span<Quantity const> quantities = {};  // everything known about how much there is
    std::optional<Decimal> applicable = {};     // duty of the applicable subheading, where that is known
    FxTable const* fx = nullptr;                // to turn amounts of other currencies into `currency`
    Day day = Day::first();
    std::span<std::string_view const> additional_codes = {};  // Meursing and others
    std::span<AgriculturalAmount const> agricultural = {};    // of the Meursing code, where the books hold it
    std::span<PartValue const> part_values = {};
};

// Unknown is an answer: `known` is false, and `needs` or `why` says what would settle it.
struct Outcome {
    bool known = false;
    Decimal amount;            // exact, in the currency of the Assessable; the caller rounds, once
    std::optional<Need> need;  // the first fact that is missing
    // Else a stable code: "unreadable", "see", "applicable", "meursing", "entry-price", "exchange", "period"
    // (two periods hold the day, or none), "too-large".
    std::string_view why;
    bool used_exchange = false;
};
// Thirds and conversions that have no end are rounded half-even at 12 decimals; everything else is exact. A
// duty is never below zero. The larger or smaller of two sides is known only if both are, or if the known one
// settles it. A Quantity without `of` of the same dimension answers a duty without words; one with the same
// `of` (letter case aside) answers a duty with words. Litres of pure alcohol are also worked out from litres
// and % vol. A tree that is not sound is unreadable. Cost: one visit of each node, no allocation.
[[nodiscard]] Outcome evaluate(DutyView const& duty, Assessable const& goods);

// ---- measures
// ---------------------------------------------------------------------------------------------------

// What a charge is. The first four are ways to reach the base duty; the rest come on top of it.
enum class Kind : std::uint8_t {
    third_country,
    preference,
    suspension,
    quota,
    surcharge,
    antidumping,
    countervailing,
    safeguard,
    excise,
    fee,
    vat,
    handling,
};
inline constexpr int kinds = 12;
[[nodiscard]] Result<Kind> parse_kind(std::string_view text);  // "third-country"
[[nodiscard]] std::string_view text_of(Kind kind);
[[nodiscard]] constexpr bool is_base_duty(Kind kind) { return kind <= Kind::quota; }

enum class Confidence : std::uint8_t { official, secondary, assumed };
[[nodiscard]] Result<Confidence> parse_confidence(std::string_view text);
[[nodiscard]] std::string_view text_of(Confidence confidence);

// Amounts a charge may be levied on; a base is a set of them.
enum class Term : std::uint16_t {
    customs_value = 1,
    goods = 2,
    freight = 4,
    insurance = 8,
    duty = 16,
    surcharge = 32,
    excise = 64,
    fee = 128,
    vat = 256,
    costs_before = 512,
    costs_after = 1024,
};
using Terms = std::uint16_t;
[[nodiscard]] constexpr bool has(Terms terms, Term term) { return (terms & static_cast<Terms>(term)) != 0; }
[[nodiscard]] Result<Terms> parse_terms(std::string_view text);  // "customs-value+duty"
// Amounts that are charges, so that what stands on them is known only when they are.
inline constexpr Terms charge_terms = 16 | 32 | 64 | 128 | 256;
// A base that is more than a sum of terms: the other bits are its place in Schedule::bases.
inline constexpr Terms base_expression = 0x8000;

// A piece of the word pool of a schedule.
struct Words {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
};

// What a base that is not a plain sum is made of, in the order in which it is worked out: each step takes
// what it needs from the top of a stack and puts its result there.
enum class BaseOp : std::uint8_t {
    number,   // `number` at `scale`
    amount,   // the sum of the terms in `ref`
    charged,  // what has been charged under the program `ref`
    fact,     // an amount of money that the asker gives as the fact `text`
    rate,     // the percentage of the charge itself, as a fraction: 17 % is 0.17
    add,      // the two on top of the stack, from here on
    subtract,
    multiply,
    divide,
    larger,
    smaller,
    cut,  // the first, cut down to a multiple of the second
};
struct BaseStep {
    BaseOp op = BaseOp::number;
    std::int8_t scale = 0;
    std::uint16_t ref = 0;
    std::uint32_t reserved = 0;
    std::int64_t number = 0;
    Words text;
};
struct BaseRow {
    std::uint32_t step = 0;
    std::uint32_t step_count = 0;
    Words text;                        // as the pack writes it
    Terms terms = 0;                   // all that it names
    std::uint16_t is_on_programs = 0;  // it names what has been charged under a program
    std::uint32_t reserved = 0;
};
inline constexpr std::size_t base_steps_max = 64;
// "(customs-value + duty) * 1.1", "customs-value / (1 - rate)", "max(goods, fact(assessed-value))": sums,
// differences, products, quotients, min(…), max(…) and floor(amount, step), brackets, numbers (10% is 0.10),
// the terms by their names, `rate`, fact(NAME) and charged(PROGRAM). Refused with what was expected and
// where.
struct BaseWord {
    BaseOp op = BaseOp::number;
    Decimal number = {};
    Terms terms = 0;
    std::string name = {};  // of a fact or program
};
[[nodiscard]] Result<std::vector<BaseWord>> parse_base(std::string_view text);

enum class ConditionKind : std::uint8_t {
    proof,
    road,
    buyer,
    scheme,
    value,  // of the goods of the consignment (intrinsic value)
    weight,
    fact,
    additional_code,
    region,
    ask,
    quota,          // order number in Schedule::quotas
    customs_value,  // of the consignment
    quantity,       // of the line, in `unit`
    unit_value,     // customs value of the line for one `unit`
};
inline constexpr int condition_kinds = 14;
enum class Comparison : std::uint8_t { equal, at_most, below, at_least, above };
// One condition of a measure: `text` is what is compared with (proof code, road, fact's value …), `key` the
// fact's name.
struct Condition {
    ConditionKind kind = ConditionKind::proof;
    Comparison comparison = Comparison::equal;
    std::uint16_t currency = 0;  // of `amount`, for values
    std::int16_t scale = 0;
    std::uint16_t unit = 0;  // for quantities and values of one unit
    std::int64_t amount = 0;
    Words key;
    Words text;
};
enum class Relation : std::uint8_t { excludes, replaces };
// `excludes=S122`: where this measure applies, that program's charges are suppressed and stay visible at 0.
struct Stack {
    Relation relation = Relation::excludes;
    std::uint8_t reserved = 0;
    std::uint16_t program = 0;
};

// What one amount of a charge is levied for.
enum class Per : std::uint8_t {
    usual,  // a fee or handling for all goods: the consignment; everything else: the line
    line,
    item,  // once for all lines of one subheading (six digits)
    consignment,
};
// The order in which charges are levied where a measure does not say otherwise: steps of one line from the
// lowest, so that each base is made of what came before.
[[nodiscard]] constexpr std::uint8_t usual_step(Kind kind) {
    return is_base_duty(kind) ? 10 : static_cast<std::uint8_t>(10 * (static_cast<int>(kind) - 2));
}
// Every further surcharge: 20, antidumping 30, countervailing 40, safeguard 50, excise 60, fee 70, VAT 80,
// handling 90.
static_assert(usual_step(Kind::surcharge) == 20 && usual_step(Kind::handling) == 90);

// One measure, fixed layout. Days are Day::number. Indexes point into the tables of the schedule.
struct Measure {
    std::int32_t valid_from = 0;
    std::int32_t valid_to = 0;  // inclusive
    std::int32_t known_from = 0;
    std::int32_t known_to = 0;  // inclusive; superseded knowledge ends the day before it was replaced
    std::uint32_t duty = 0;
    std::uint32_t source = 0;
    std::uint32_t conditions = 0;  // first
    std::uint32_t stack = 0;       // first
    std::uint16_t origins = 0;     // country set; 0 is everybody
    std::uint16_t excluded = 0;    // country set; 0 is nobody
    std::uint16_t program = 0;     // 0 is the ordinary duty
    Terms base = 0;  // 0: the market's rule for the kind; with `base_expression` a place in Schedule::bases
    std::uint8_t condition_count = 0;
    std::uint8_t stack_count = 0;
    Kind kind = Kind::third_country;
    Confidence confidence = Confidence::official;
    std::uint8_t digits = 0;  // of the prefix it stands at
    std::uint8_t step = 0;    // place in the order of levy
    Per per = Per::usual;
    std::uint8_t reserved = 0;
};
static_assert(sizeof(Measure) == 48);

// A code that the nomenclature or a measure names. Nodes stand in tree order; those under a node follow it.
struct Node {
    std::uint64_t key = 0;      // GoodsCode::key
    std::uint32_t parent = 0;   // itself for the root
    std::uint32_t end = 0;      // one past the last node under it
    std::uint32_t measure = 0;  // first of its measures
    std::uint32_t measure_count = 0;
    Words text;
    Words unit;
    std::uint32_t declarable = 0;
    std::uint32_t papers = 0;  // first of its papers, plus one; 0: none
};
static_assert(sizeof(Node) == 48);

// What a border asks for besides money; and what keeps goods out.
enum class PaperKind : std::uint8_t {
    prohibition,   // the goods may not enter
    restriction,   // not by this road, or not without leave
    licence,       // leave to trade, given before
    certificate,   // somebody attests something of the goods
    registration,  // a maker, seller or importer is on a list
    document,      // a paper that goes with the goods
    marking,       // words or signs on the goods
    notice,        // something is told or kept ready
    exempt,        // these goods are free of the paper of that code
};
inline constexpr int paper_kinds = 9;
[[nodiscard]] Result<PaperKind> parse_paper_kind(std::string_view text);  // "certificate"
[[nodiscard]] std::string_view text_of(PaperKind kind);
// Which border asks: that of the destination, or that of the country of dispatch.
enum class Side : std::uint8_t { destination, dispatch };
[[nodiscard]] Result<Side> parse_side(std::string_view text);  // "import", "export"; empty is import
[[nodiscard]] std::string_view text_of(Side side);

// One rule of papers, fixed layout as Measure. All rules that fit apply; of one code the longest prefix.
struct Paper {
    std::int32_t valid_from = 0;
    std::int32_t valid_to = 0;  // inclusive
    std::int32_t known_from = 0;
    std::int32_t known_to = 0;     // inclusive
    std::uint32_t node = 0;        // it stands at
    std::uint32_t source = 0;      // the law
    std::uint32_t conditions = 0;  // first
    Words code;                    // "PHYTO"; one word of the pool for each code
    Words name;
    Words purpose;
    Words issuer;
    Words days;                  // usual number of days to obtain it: "5", "10-15"; empty: not known
    std::uint32_t digits = 0;    // of the prefix it stands at
    std::int64_t cost = 0;       // coefficient of what it usually costs
    std::uint16_t origins = 0;   // country set; 0 is everybody
    std::uint16_t excluded = 0;  // country set; 0 is nobody
    std::uint16_t cost_currency = 0;
    std::int8_t cost_scale = 0;
    std::uint8_t has_cost = 0;  // 0: what it costs is not known
    std::uint8_t condition_count = 0;
    PaperKind kind = PaperKind::document;
    Confidence confidence = Confidence::official;
    Side side = Side::destination;
    std::uint32_t reserved = 0;
};
static_assert(sizeof(Paper) == 96);

struct DutyRow {
    Words text;
    Words words;
    std::uint32_t node = 0;
    std::uint32_t node_count = 0;
};
struct SourceRow {
    Words title;
    Words ref;  // the law
    Words url;
    std::int32_t checked_on = 0;
};
struct ProgramRow {
    Words code;
    Words name;
    Words proof;  // the proof that earns it; may be empty
    Words ref;
    Words url;
    std::int32_t valid_from = 0;
    std::int32_t valid_to = 0;
};
struct GapRow {
    std::int32_t from = 0;
    std::int32_t to = 0;
    Words code;
    Words text;
};
enum class QuotaState : std::uint8_t { open, critical, exhausted, suspended, blocked };
inline constexpr int quota_states = 5;
[[nodiscard]] Result<QuotaState> parse_quota_state(std::string_view text);
[[nodiscard]] std::string_view text_of(QuotaState state);
// What an authority publishes of one quota in one period. An amount below zero was not published.
struct QuotaRow {
    Words order;  // its number: "051104"
    Words ref;
    Words url;
    std::int32_t valid_from = 0;
    std::int32_t valid_to = 0;
    std::int32_t as_of = 0;  // day of the balance
    std::uint16_t unit = 0;
    QuotaState state = QuotaState::open;
    std::int8_t scale = 0;  // of both amounts
    std::int64_t volume = -1;
    std::int64_t balance = -1;
};
static_assert(sizeof(QuotaRow) == 56);
// A way to declare and pay that a consignment may use where its conditions hold ("ioss").
struct SchemeRow {
    Words code;
    Words name;
    Words ref;
    Words url;
    std::int32_t valid_from = 0;
    std::int32_t valid_to = 0;
    std::uint32_t conditions = 0;
    std::uint32_t condition_count = 0;
};
// Days of entry for which duty that was paid because a program had lapsed is paid back.
struct RefundRow {
    std::uint16_t program = 0;
    std::uint16_t reserved = 0;
    std::int32_t entered_from = 0;
    std::int32_t entered_to = 0;
    std::int32_t known_from = 0;
    std::int32_t claim_by = 0;
    Words ref;
    Words url;
};
// What a law says of the customs value where the goods' papers do not: `base` is worked out of the amounts
// that are known.
enum class ValuationKind : std::uint8_t {
    freight_default,    // where freight is not known
    insurance_default,  // where insurance is not known
    freight_max,        // freight counts up to this
    landing,            // added to the value
};
inline constexpr int valuation_kinds = 4;
[[nodiscard]] Result<ValuationKind> parse_valuation_kind(std::string_view text);
[[nodiscard]] std::string_view text_of(ValuationKind kind);
struct ValuationRow {
    ValuationKind kind = ValuationKind::freight_default;
    std::uint8_t reserved = 0;
    Terms base = 0;
    std::int32_t valid_from = 0;
    std::int32_t valid_to = 0;
    std::uint32_t conditions = 0;
    std::uint32_t condition_count = 0;
    Words ref;
    Words url;
};
// A limit up to which charges are not collected at all: "duty of at most 50 yuan for the consignment". It
// looks at what they come to over all lines, once they have been levied and before anything stands on them.
struct WaiverRow {
    Terms terms = 0;  // of the charges: duty, surcharge, excise, vat
    std::uint16_t currency = 0;
    std::int8_t scale = 0;  // of `up_to`
    std::uint8_t reserved = 0;
    std::uint16_t reserved_too = 0;
    std::int64_t up_to = 0;
    std::int32_t valid_from = 0;
    std::int32_t valid_to = 0;
    std::uint32_t conditions = 0;
    std::uint32_t condition_count = 0;
    Words name;
    Words ref;
    Words url;
};
static_assert(sizeof(WaiverRow) == 56);
// The same goods in another pack or container fall under another subheading: tea of up to and of more than 3
// kg.
struct PackingRow {
    std::uint64_t hs = 0;       // GoodsCode::key of six digits
    std::uint64_t instead = 0;  // likewise
    Words code;                 // `instead` as it is read
    Words how;                  // "in immediate packings of more than 3 kg"
    Words ref;
    Words url;
};
static_assert(sizeof(PackingRow) == 48);
// What a Meursing code settles: the amount of one component for 100 kg net.
struct AgriculturalRow {
    std::uint32_t code = 0;  // the additional code: 7000
    std::uint16_t currency = 0;
    std::int8_t scale = 0;
    std::uint8_t component = 0;  // place in `agricultural_components`
    std::int32_t valid_from = 0;
    std::int32_t valid_to = 0;
    std::int64_t amount = 0;
};
inline constexpr std::string_view agricultural_components[] = {"EA", "EAR", "ADSZ", "ADSZR", "ADFM", "ADFMR"};
struct CountrySet {
    std::uint64_t bits[11] = {};
    [[nodiscard]] bool has(Country country) const {
        return ((bits[country.index() / 64] >> (country.index() % 64)) & 1U) != 0;
    }
};
enum class Basis : std::uint8_t { unset, fob, cif, cfr, exw };

// How a market counts. Words that are empty and bases that are 0 are not said by this market's pack.
struct Profile {
    Words code;  // "US", "EU", "DE"
    Words name;
    Words part_of;  // the union whose duty applies: "EU" for "DE"
    Words basis_law;
    Words basis_url;
    Words round_law;
    Words vat_name;
    std::uint16_t currency = 0;
    Terms vat_base = 0;
    Basis basis = Basis::unset;
    Round round = Round::half_up;
    std::uint8_t has_currency = 0;
    std::int8_t amount_step_scale = 0;
    std::int64_t amount_step = 0;  // each charge is rounded to a multiple of this; 0: the minor unit
    std::int64_t value_step = 0;   // the customs value is made a multiple of this; 0: as it is
    std::int64_t vat_uplift = 0;   // % added to the customs value within the VAT base, coefficient
    std::int8_t value_step_scale = 0;
    std::int8_t vat_uplift_scale = 0;
    std::uint16_t members = 0;   // country set
    std::int32_t rules_end = 0;  // last day the additional duties are known for; 0: not said
    std::int32_t complete = 0;   // 1: the nomenclature is whole, so an unknown code is an error of the asker
    std::int32_t checked_on = 0;
    std::uint16_t formal_currency = 0;
    std::int8_t formal_scale = 0;
    Round value_round = Round::down;  // how the customs value becomes a multiple of value_step
    std::int32_t step_on_sum = 0;     // 1: `amount_step` cuts the sum of a tax over all lines, not each line
    std::int64_t formal_above = 0;    // formal entry is due above this value; 0: not said
};

// Which of many rows are in force on a day, so that a reader steps over those of other days at once: what
// stands at "every good" is mostly duties that have ended. Worked out when a market is first asked for.
class Calendar {
public:
    Calendar() = default;
    // Cost: a pass over the rows for each day on which one begins or ends; where that would be too much to
    // keep, every row is given for every day.
    explicit Calendar(std::span<Measure const> rows);
    // Places of the rows in force, in their order. It may name others, so their days still count.
    [[nodiscard]] std::span<std::uint32_t const> on(std::int32_t day) const;

private:
    struct Era {
        std::int32_t from = 0;
        std::uint32_t first = 0;
        std::uint32_t count = 0;
    };
    std::vector<Era> eras_;  // by day
    std::vector<std::uint32_t> places_;
};

// Everything one market decrees, as spans over memory that somebody else keeps (an edition of the books).
class Schedule {
public:
    Profile const* profile = nullptr;
    std::string_view pool;
    std::span<Node const> nodes;           // nodes[0] is the root: every good
    std::span<std::uint32_t const> slots;  // open addressing over node keys; size is a power of two
    std::span<Measure const> measures;     // grouped by node; within a node by kind, program, newest first
    std::span<DutyRow const> duties;
    std::span<DutyNode const> duty_nodes;
    std::span<Condition const> conditions;
    std::span<Stack const> stacks;
    std::span<SourceRow const> sources;
    std::span<ProgramRow const> programs;  // programs[0] is the ordinary duty
    std::span<CountrySet const> sets;      // sets[0] is empty
    std::span<GapRow const> gaps;
    std::span<BaseRow const> bases;
    std::span<BaseStep const> base_steps;
    std::span<QuotaRow const> quotas;  // by order, then day
    std::span<SchemeRow const> schemes;
    std::span<RefundRow const> refunds;
    std::span<ValuationRow const> valuations;
    std::span<WaiverRow const> waivers;
    std::span<PackingRow const> packings;           // by hs
    std::span<AgriculturalRow const> agricultural;  // by code, component and day
    std::span<Paper const> papers;    // grouped by node; within a node `exempt` first, then as written
    std::uint32_t sizes_present = 0;  // bit n: a code of n digits exists
    Calendar every_good;              // of the rows at the root
    bool has_papers[2] = {};          // for each Side

    // Every piece lies within the pool: an edition is held to that when it is opened.
    [[nodiscard]] std::string_view text(Words words) const { return {pool.data() + words.at, words.size}; }
    [[nodiscard]] DutyView duty(Measure const& measure) const;
    // The row of a base that is more than a sum of terms; nothing for one that is not.
    [[nodiscard]] BaseRow const* expression(Terms base) const {
        return (base & base_expression) == 0 ? nullptr : &bases[base & (base_expression - 1U)];
    }
    // The node of the longest known code that `code` begins with; at worst the root. Cost: one probe for each
    // length of code present in the market that is not longer than `code`.
    [[nodiscard]] Node const& deepest(GoodsCode code) const;
    [[nodiscard]] Node const& parent(Node const& node) const { return nodes[node.parent]; }
    [[nodiscard]] std::span<Measure const> at(Node const& node) const {
        return measures.subspan(node.measure, node.measure_count);
    }
    [[nodiscard]] std::span<Paper const> papers_at(Node const& node) const;
    [[nodiscard]] bool asks_papers(Side side) const { return has_papers[static_cast<std::size_t>(side)]; }
    // Works out `every_good` and `has_papers`, once the tables are known to be sound.
    void prepare();
    template <class Rule>  // a Measure or a Paper
    [[nodiscard]] bool is_for(Rule const& rule, Country origin) const {
        return (rule.origins == 0 || sets[rule.origins].has(origin)) &&
               (rule.excluded == 0 || !sets[rule.excluded].has(origin));
    }
};
[[nodiscard]] std::uint64_t slot_hash(std::uint64_t key);

// ---- bases
// ------------------------------------------------------------------------------------------------------

// What a base is worked out of; who asks knows the amounts.
class Levied {
public:
    virtual ~Levied() = default;
    [[nodiscard]] virtual Decimal amount(Terms terms) const = 0;
    [[nodiscard]] virtual Decimal charged(std::string_view program) const = 0;
    [[nodiscard]] virtual std::optional<Decimal> fact(std::string_view name) const = 0;
};
// `rate` is the fraction that the charge itself takes, where it is a plain percentage. Unknown: a fact that
// was not given (`need`), a base that divides by zero or grows too large, a rate that is not plain. Quotients
// are rounded half-even at 12 decimals; all else is exact. A base is never below zero.
[[nodiscard]] Outcome evaluate_base(Schedule const& schedule, BaseRow const& base, Levied const& amounts,
                                    std::optional<Decimal> const& rate);
// The percentage of a duty that is nothing else, as a fraction.
[[nodiscard]] std::optional<Decimal> plain_rate(DutyView const& duty);

}  // namespace allroads::tariff
