#pragma once
// origin: does a product qualify under a trade agreement, which step says so, and what is still to be told?
// Rules are data in the language of docs/origin-rules.md.
//
// Promises: pure functions of their arguments. Three-valued: a fact that nobody told never makes a product
// qualify, and is named. More knowledge never turns a yes into "not known". Shares are compared exactly,
// value × 100 against percent × price: no quotient is rounded.

#include "base/base.h"
#include "goods/goods.h"
#include "money/money.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::origin {

// ---- product rules ----

enum class RuleKind : std::uint8_t {
    all,              // every child
    any,              // at least one child
    wholly_obtained,  // the product; with codes: the materials of those codes
    any_working,      // anything beyond the insufficient operations
    change,           // of chapter, heading or subheading: `digits` 2, 4 or 6
    exclude,          // no non-originating material of those codes
    only,             // no non-originating material of other codes
    max_nom,          // non-originating materials (of those codes) at most `percent` of the price
    content,          // value content at least `percent`, by `method`
    nom_le_om,        // non-originating materials worth no more than originating ones
    weight,           // non-originating materials (of those codes) weigh at most `percent` of the product
    process,          // `words` was carried out; several are joined by +
    read,             // a person must read `words`
};
// What a share is taken of. `unset` is the basis of the agreement.
enum class Basis : std::uint8_t { unset, exw, fob, net_cost, weight };
[[nodiscard]] std::string_view text_of(Basis basis);  // "EXW", "FOB", "NC", "weight"
// `direct_cost`: originating materials and the direct costs of working them, as the programs of the United
// States count (19 CFR 10.177, 10.178).
enum class Method : std::uint8_t { build_down, build_up, net_cost, focused, direct_cost };

// A set of codes as numbers: the twelve digits of the first and of the last code as nibbles, both included.
struct CodeRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    friend bool operator==(CodeRange const&, CodeRange const&) = default;
};
struct Part {  // of an array
    std::uint32_t first = 0;
    std::uint32_t count = 0;
};
// Trees are arrays in prefix order: a node, then its children; `size` counts the node and all below it.
struct RuleNode {
    RuleKind kind = RuleKind::any_working;
    std::uint8_t digits = 0;
    Basis basis = Basis::unset;
    Method method = Method::build_down;
    std::int8_t scale = 0;  // of `percent`
    std::uint8_t reserved = 0;
    std::uint16_t size = 1;
    std::int64_t percent = 0;  // coefficient; of a change the share that need not change, 0 for none
    Part codes;                // of what it speaks; none: everything
    Part except;               // of a change: and none of these
    Part also;                 // of a change: these although they do not change
    Part words;
};
struct RuleView {
    std::span<RuleNode const> nodes;
    std::span<CodeRange const> ranges;
    std::string_view words;
};
inline constexpr std::size_t rule_bytes_max = 16U * 1024;
inline constexpr std::size_t rule_nodes_max = 64;
inline constexpr std::size_t rule_depth_max = 16;

class Rule {
public:
    // Refused (`bad-value`, field "rule"): says what was expected and where.
    [[nodiscard]] static Result<Rule> parse(std::string_view text);
    [[nodiscard]] RuleView view() const { return {nodes_, ranges_, words_}; }

private:
    friend class RuleReader;
    std::vector<RuleNode> nodes_;
    std::vector<CodeRange> ranges_;
    std::string words_;
};
// The canonical text; parsing it again gives the same tree.
[[nodiscard]] std::string print(RuleView const& rule);
// "01, 1701-1703": codes as they stand in a rule. Refused (`bad-value`, field "codes").
[[nodiscard]] Result<std::vector<CodeRange>> parse_codes(std::string_view text);
[[nodiscard]] bool same_rule(RuleView const& a, RuleView const& b);

// ---- the agreement ----

// What a tolerance rescues: only what does not change as a rule asks, or whatever a rule bars; never a share
// of value. Where it is not told, a failure that the wider one would rescue is not certain.
enum class Covers : std::uint8_t { untold, shift, all };
// A share of a price or of weight, and the products it does not hold for.
struct Share {
    Decimal percent;
    Basis of = Basis::exw;
    std::vector<CodeRange> only = {};  // empty: all products
    std::vector<CodeRange> except = {};
    std::string needs = {};  // what a person must check before it rescues anything; empty: nothing
    std::vector<CodeRange> needs_of = {};  // asked only where a material of these is rescued; empty: always
    std::vector<CodeRange> never = {};     // materials that it does not rescue
    Covers covers = Covers::untold;
    std::string law = {};
};
enum class CumulationKind : std::uint8_t { bilateral, diagonal, full, extended };
struct Cumulation {
    CumulationKind kind = CumulationKind::bilateral;
    std::vector<Country> with = {};
    std::string needs = {};  // a condition that a person must check; empty: none
    std::string law = {};
};
enum class Transport : std::uint8_t { unknown, none, direct, non_alteration };
// What an agreement says of goods that go with a product or into its making without being part of it. Where
// no law is held it is not known whether they count.
struct Beside {
    std::string neutral_law = {};      // energy, tools, machines: they do not count
    std::string packing_law = {};      // for retail sale: does not count in a change of heading
    bool packing_is_material = false;  // it counts like any material
    std::string accessories_law = {};  // and spare parts, tools, instructions: the same
    std::string transport_packing_law = {};
};
// An edition of the Harmonized System beside that of 2022: the subheadings that are not the same in both.
struct Correlation {
    std::string edition;  // "2017"
    struct Pair {
        std::uint32_t code_2022;  // six digits as a number
        std::uint32_t code;       // `any_code`: parts of so many that it may be any
        friend auto operator<=>(Pair const&, Pair const&) = default;
    };
    static constexpr std::uint32_t any_code = 0;
    std::vector<Pair> pairs = {};  // sorted
};
struct ProofRule {
    std::string kind;                       // "statement-on-origin"
    std::string who = {};                   // "anyone", "registered-exporter" …
    std::optional<Decimal> value_max = {};  // of one consignment; none: any
    std::optional<Currency> currency = {};  // of `value_max`
    std::vector<Country> made_in = {};      // of goods made there; empty: of all
    std::string law = {};
};
// One product rule: for codes from `first` to `last`. `part` says which goods of them where it is not all.
struct ProductRule {
    CodeRange codes;
    std::string part = {};
    Rule rule;
    std::string law = {};
};
// Provisions that no source settles are left out: the judge then does not know, and says so.
struct Agreement {
    std::string code;
    std::string name = {};
    std::string law = {};
    std::string url = {};
    std::string confidence = {};  // "official", "secondary", "assumed"
    Day valid_from = Day::first();
    Day valid_to = Day::last();
    std::vector<std::string> programs = {};  // "GB:KE-EPA": how the tariffs of the market call its preference
    std::vector<std::vector<Country>> parties = {};
    bool is_unilateral = false;  // the first party gives, the others enjoy it
    Basis price_basis = Basis::exw;
    std::vector<ProductRule> rules = {};                  // by `codes.first`, wider before narrower
    std::string hs_edition = "2022";                      // in whose codes they are
    std::shared_ptr<Correlation const> correlation = {};  // of that edition, where it is not that of 2022
    std::string wholly_obtained_law = {};
    std::vector<Cumulation> cumulation = {};
    std::vector<Share> tolerances = {};  // the first that holds for a product counts
    bool are_tolerances_told = false;    // products that none of them names have none
    std::string insufficient_law = {};
    std::optional<bool> drawback_prohibited = {};
    std::string drawback_needs = {};  // a condition under which it is allowed all the same
    std::string drawback_law = {};
    std::optional<Share> sets = {};  // the share of a set's price that may be non-originating
    Beside beside = {};
    Transport transport = Transport::unknown;
    bool may_be_bottled = false;  // on the way
    std::string transport_law = {};
    std::vector<ProofRule> proofs = {};
};

// What the law has an exporter write, or say, where no office makes the proof: the words in each language it
// allows, with blanks in braces, and the facts that the paper must tell besides.
enum class FormKind : std::uint8_t { sentence, remark, data_elements };
struct StatementForm {
    struct Blank {
        std::string name;       // "authorisation", as it stands in braces
        std::string what = {};  // what goes in, in plain words
        std::string when = {};  // when it is asked for; empty: always
        std::string law = {};
    };
    struct Wording {
        std::string language;  // "fr"
        std::string text;
        std::vector<std::string> leave_out = {};  // pieces that go with an empty blank
        std::string law = {};
    };
    std::string code;
    FormKind kind = FormKind::sentence;
    std::string law = {};
    std::string url = {};
    std::string confidence = {};
    std::string when = {};
    std::vector<std::string> agreements = {};  // codes
    std::vector<std::string> proofs = {};      // kinds of proof it makes
    std::optional<Country> direction = {};     // the exporting country, where the words differ by side
    std::vector<Blank> blanks = {};
    std::vector<Blank> elements = {};  // what the paper must tell besides, or the boxes of a form
    std::vector<Wording> wordings = {};
};

// ---- the dossier ----

enum class Known : std::uint8_t { no, yes, unknown };
// What it is to the product.
enum class Role : std::uint8_t {
    material,           // part of it; of a set: one of its goods
    packing,            // in which it is sold
    transport_packing,  // in which it travels
    accessory,          // goes with it: spare parts, tools, instructions
    neutral,            // helps to make it and is not in it: energy, machines, tools
};
struct Material {
    std::string name = {};
    Role role = Role::material;
    std::optional<GoodsCode> hs = {};
    std::optional<Country> origin = {};  // where it was last worked
    std::optional<Decimal> value = {};   // in the currency of the dossier
    std::optional<Decimal> weight_kg = {};
    Known has_proof = Known::unknown;        // that it originates there under the agreement
    Known wholly_obtained = Known::unknown;  // there
    // What it was made of there. Where working there counts as if it had been done where the product is made
    // (full cumulation, or the same country), these are judged in its place.
    std::vector<Material> inputs = {};
};
enum class Transit : std::uint8_t {
    passed,    // did not leave the means of transport, or was only reloaded
    stored,    // under customs control, unopened
    labelled,  // there, marked or labelled as the country of entry wants
    split,     // there, divided into consignments
    bottled,   // or otherwise separated from bulk
    repacked,  // opened, packed anew
    worked,    // anything else was done to it
    entered,   // released for free circulation
    untold,
};
struct Amount {
    Decimal amount;
    Currency currency;
};
struct Leg {
    Country country;
    Transit what = Transit::untold;
};
struct Dossier {
    GoodsCode hs;
    Country made_in;
    std::optional<Decimal> ex_works = {};
    std::optional<Decimal> fob = {};
    std::optional<Decimal> net_cost = {};
    std::optional<Decimal> direct_costs = {};  // of working, where it is made
    std::optional<Decimal> net_kg = {};
    std::optional<Currency> currency = {};          // of every amount
    std::optional<Decimal> consignment_value = {};  // in `currency`, for limits of proofs
    std::vector<Amount> consignment_in = {};        // the same in other currencies, at the day's rates
    std::string part = {};                   // which of the goods of its code it is, where the rules ask
    Known wholly_obtained = Known::unknown;  // the product itself
    bool is_set = false;  // goods put up together for sale (general rule 3); these are its materials
    std::vector<Material> materials = {};        // all of them,
    bool are_materials_told = true;              // or not yet
    std::vector<std::string> processes = {};     // carried out where it is made
    bool all_processes_told = false;             // what is not listed was not done
    Known only_simple = Known::unknown;          // nothing but packing, sorting, washing and the like
    Known drawback = Known::unknown;             // duty on materials was or will be paid back
    std::optional<std::vector<Leg>> route = {};  // countries on the way; empty: none; nothing: not told
    std::vector<std::string> proofs = {};        // kinds at hand
};
inline constexpr std::size_t materials_max = 200;  // with their inputs
inline constexpr std::size_t inputs_depth_max = 3;

// Refused: an amount below zero, a product code of less than six digits, too many materials; names the field.
// What is judged has passed this.
[[nodiscard]] Result<void> check_dossier(Dossier const& dossier);

// ---- the verdict ----

enum class Outcome : std::uint8_t { fails, passes, unknown };
[[nodiscard]] std::string_view text_of(Outcome outcome);
// In the order in which they are asked.
enum class Step : std::uint8_t {
    wholly_obtained,
    cumulation,
    product_rule,
    tolerance,
    insufficient,
    beside,  // sets, packing, accessories, neutral elements
    drawback,
    transport,
    proof,
};
[[nodiscard]] std::string_view text_of(Step step);
inline constexpr std::int32_t no_material = -1;
// One thing a step found: a stable code and what it speaks of; faces turn it into words.
struct Found {
    Step step = Step::product_rule;
    Outcome outcome = Outcome::unknown;
    std::string_view code;                // "does-not-change", "above-limit", "must-be-read" …
    std::int32_t material = no_material;  // place in the dossier
    std::optional<Decimal> have = {};     // a share in percent, cut to two decimals, for showing
    std::optional<Decimal> limit = {};    // in percent
    std::string_view words = {};          // a process, a text to read, a kind of proof
    std::string_view law = {};
    ProofRule const* proof = nullptr;  // of a proof: who may make it, and up to what value
};
// A fact that would settle what is not known: "ex-works-price", "origin", "value", "hs", "weight", "process",
// "part", "drawback", "route", "working", "proof-of-material", "net-cost", "fob-price", "net-weight",
// "direct-costs", "materials" (none were told), "provision" (the books do not hold what the agreement says).
struct Missing {
    std::string_view fact;
    std::int32_t material = no_material;
    std::string_view words = {};
    friend bool operator==(Missing const&, Missing const&) = default;
};
struct Verdict {
    Outcome qualifies = Outcome::unknown;  // every step but proof
    Outcome proof = Outcome::unknown;      // passes: one that suffices is at hand
    std::vector<Found> found;
    std::vector<Missing> missing;  // each once; empty where `qualifies` is known
    ProductRule const* rule = nullptr;
    void clear();  // keeps the memory
};
// Views point into the dossier and the agreement. Cost: rules × materials, no allocation once `verdict` has
// grown, but for the rules that speak of a part.
void judge(Dossier const& dossier, Agreement const& agreement, Verdict& verdict);
[[nodiscard]] Verdict judge(Dossier const& dossier, Agreement const& agreement);
// Whether goods made in one country may be favoured by it in the other that day.
[[nodiscard]] bool is_between(Agreement const& agreement, Country made_in, Country to, Day day);

// The least change of materials by which the product rule would hold: each of these, if it originated.
struct Change {
    std::vector<std::size_t> materials;
    Decimal value;                      // of them together
    std::optional<Decimal> have = {};   // the share that would be counted then, in percent, and
    std::optional<Decimal> limit = {};  // the one that is asked for, where the rule counts one
};
// Nothing where the product qualifies already, or where no one or two materials are enough. Cost: a judgement
// for each pair of materials at most.
[[nodiscard]] std::optional<Change> nearest_way(Dossier const& dossier, Agreement const& agreement);

}  // namespace allroads::origin
