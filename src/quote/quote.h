#pragma once
// quote: the one question: what does this cost at that door, on that day, and why? (docs/quote.md is the
// contract.)
//
// Promises: a pure function of request and books. Every charge names its law; what is unknown is named and
// kept out of the totals; the total is the sum of what is shown. Nothing here knows JSON, words of a
// language, or who asks.

#include "base/base.h"
#include "freight/freight.h"
#include "goods/goods.h"
#include "money/money.h"
#include "origin/origin.h"
#include "tariff/tariff.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::quote {

// ---- the question
// -----------------------------------------------------------------------------------------------

enum class Buyer : std::uint8_t { business, consumer };
// Incoterms 2020: which of freight and insurance the price already holds.
enum class Incoterm : std::uint8_t { EXW, FCA, FAS, FOB, CFR, CPT, CIF, CIP, DAP, DPU, DDP };
[[nodiscard]] Result<Incoterm> parse_incoterm(std::string_view text);
[[nodiscard]] std::string_view text_of(Incoterm terms);

struct Fact {
    std::string key;
    std::string value;  // "true", "false", or words
};
struct Item {
    std::string line;  // the asker's name for the line; "1", "2" … where not given
    std::string description;
    GoodsCode hs;
    std::optional<Country> origin;  // country of dispatch where not given
    std::optional<Decimal> quantity;
    std::optional<Unit> unit;                // pieces where not given
    Decimal price;                           // of the whole line
    std::optional<Currency> price_currency;  // the answer's currency where not given
    std::optional<Decimal> net_kg;
    std::optional<Decimal> gross_kg;
    std::vector<Quantity> supplementary;
    std::vector<std::shared_ptr<std::string const>> narrowings;  // words that `supplementary` points at
    std::vector<Fact> facts;
    std::vector<std::string> additional_codes;
    std::shared_ptr<origin::Dossier const> dossier;  // how it was made; its code and country are the item's
};
struct FreightTerms {
    enum class How : std::uint8_t { none, amount, per_kg, table, estimate } how = How::none;
    Decimal amount = {};  // of the consignment, or for each chargeable kilogram
    std::optional<Currency> currency = {};
    std::optional<Decimal> divisor = {};  // cm3 for a kilogram
    std::string table = {};               // name of the rate table
    bool is_remote = false;               // the door lies where carriers charge for remoteness
};
struct InsuranceTerms {
    enum class How : std::uint8_t { none, amount, percent_of_110_cif } how = How::none;
    Decimal amount;
    std::optional<Currency> currency;
};
struct Cost {
    std::string name;
    Decimal amount;
    std::optional<Currency> currency;
    bool after_import = true;
    bool is_included = false;  // the price already holds it: it is taken out of the goods, and shown once
    std::string scheme = {};   // arises only under this tax scheme; "none": only without one
};
// How freight and costs are shared among the lines; insurance always by value.
enum class ShareBy : std::uint8_t { value, weight };
struct Request {
    std::string id = {};
    Country from;
    Country to;
    std::string to_region = {};
    Day date;
    Day known_on;
    freight::Road road = freight::Road::express;
    Buyer buyer = Buyer::business;
    Incoterm terms = Incoterm::FOB;
    std::string tax_scheme = {};
    std::optional<Currency> currency = {};
    std::vector<Item> goods = {};
    std::vector<freight::Parcel> packages = {};
    FreightTerms freight = {};
    InsuranceTerms insurance = {};
    std::optional<Decimal> discount = {};  // off the price of all lines, in the answer's currency
    ShareBy share_by = ShareBy::value;
    bool explain = false;  // fill Quote::steps
    std::vector<Cost> costs = {};
    std::vector<std::string> proofs = {};
    std::vector<Exchange> fx = {};
};
// Limits of one request; more is refused at the edge (`too-long`).
inline constexpr std::size_t goods_max = 200;
inline constexpr std::size_t packages_max = 1000;
inline constexpr std::size_t costs_max = 50;
inline constexpr std::size_t proofs_max = 50;
inline constexpr std::size_t fx_max = 20;
inline constexpr std::size_t options_max = 24;

// ---- the books it is asked of
// --------------------------------------------------------------------------------------

// The rules at one country's border: its own schedule and, before it, that of the union it belongs to.
struct Market {
    static constexpr std::size_t schedules_max = 2;
    tariff::Schedule const* schedules[schedules_max] = {};
    std::size_t schedule_count = 0;
    [[nodiscard]] std::span<tariff::Schedule const* const> all() const { return {schedules, schedule_count}; }
};
// One edition of the books. Everything reached through it lives as long as it does.
class Books {
public:
    Books() = default;
    Books(Books const&) = delete;
    Books& operator=(Books const&) = delete;
    virtual ~Books() = default;
    // The rules for goods entered there. Refused: `no-market`, or `edition-corrupt` where the pages are
    // damaged.
    [[nodiscard]] virtual Result<Market const*> market(Country destination) const = 0;
    // The rules for goods that leave there; null where the books hold none.
    [[nodiscard]] virtual Result<Market const*> dispatch(Country from) const = 0;
    [[nodiscard]] virtual std::span<FxTable const> fx() const = 0;  // best publisher first
    // The rates by which that country's customs converts, where the books have them.
    [[nodiscard]] virtual FxTable const* customs_fx(Country destination) const = 0;
    // The rate tables of carriers; none where there are none. Refused: `edition-corrupt`.
    [[nodiscard]] virtual Result<freight::Tables> freight() const = 0;
    // By which goods made in one country may be favoured in the other that day. Refused: `edition-corrupt`,
    // `bad-pack`.
    [[nodiscard]] virtual Result<std::vector<origin::Agreement const*>> agreements(Country made_in,
                                                                                   Country to,
                                                                                   Day day) const = 0;
    [[nodiscard]] virtual std::string_view name() const = 0;  // of the edition, shown in every answer
};

// ---- the answer
// ----------------------------------------------------------------------------------------------------- Views
// point into the books and the request; an answer lives no longer than they do.

enum class Status : std::uint8_t { complete, partial, refused };
[[nodiscard]] std::string_view text_of(Status status);

struct Source {
    std::string_view title;
    std::string_view ref;
    std::string_view url;
    Day valid_from = Day::first();
    Day valid_to = Day::last();
    std::optional<Day> checked_on;
};
inline constexpr std::int32_t whole_consignment = -1;
// The words of its rule are read where somebody asks for them: a pass makes many charges that nobody prints.
struct Charge {
    std::int32_t line = whole_consignment;  // index into Request::goods
    tariff::Kind kind = tariff::Kind::third_country;
    bool known = true;
    tariff::Confidence confidence = tariff::Confidence::official;
    tariff::Schedule const* schedule = nullptr;  // both null for a duty that no rule names
    tariff::Measure const* measure = nullptr;
    Money base;
    Money amount;                         // 0 where suppressed or unknown
    std::string_view suppressed_by = {};  // the name of the charge that stands in its place, or of the waiver
    bool is_waived = false;               // it came to so little that it is not collected
    std::string_view why =
        {};  // where not known: a stable code ("unreadable", "needs-quantity", "base-unknown" …)
    std::string_view needs = {};  // where not known: the fact that would settle it, in plain words

    [[nodiscard]] std::string_view program() const;  // "" for the ordinary duty
    [[nodiscard]] std::string_view name() const;     // of the program or tax; may be empty
    [[nodiscard]] std::string_view rate() const;     // as the law writes it
};
// Something an answer tells besides numbers: a stable code and what it speaks of; faces turn it into words.
struct Finding {
    std::string_view code;  // "rules-end"
    std::int32_t line = whole_consignment;
    std::string_view first;  // what the sentence of the code needs, in its order
    std::string_view second;
    std::optional<Day> day;
    std::optional<Decimal> number;
    std::optional<Currency> currency;
    friend bool operator==(Finding const& a, Finding const& b) {
        return a.code == b.code && a.line == b.line && a.first == b.first && a.second == b.second &&
               a.day == b.day;
    }
};
// What the consignment needs besides money, or a rule that keeps goods out: each code once for each border.
// What a paper costs is told and is no part of the totals.
struct Document {
    tariff::Schedule const* schedule = nullptr;
    tariff::Paper const* paper = nullptr;
    std::uint32_t id = 0;         // what Need::document says
    bool certain = false;         // at least one line needs it whatever the facts
    std::string_view settled_by;  // where not certain: a key of the facts, or "gross_kg", "quantity" or "fx"
    [[nodiscard]] std::string_view text(tariff::Words words) const { return schedule->text(words); }
};
// That a line of goods needs a document.
struct Need {
    std::uint32_t document = 0;
    std::int32_t line = 0;
    bool certain = false;
};
// A national code under the one asked, where it is too short for one answer.
struct Choice {
    std::int32_t line = 0;
    GoodsCode code;
    std::string_view text;
    std::string_view duty;
};
inline constexpr std::size_t choices_max = 40;  // for each line
struct Range {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
};
struct Option {
    std::string_view id;           // "third-country", or the program
    std::string_view name;         // of the program
    std::string_view scheme = {};  // the tax scheme it is declared under; its id is then "id+scheme"
    std::string_view scheme_name = {};
    bool complete = true;             // every charge is known
    std::uint32_t unknown_count = 0;  // charges that are not
    bool is_judged = false;           // a dossier was asked whether its goods qualify for it
    origin::Outcome qualifies = origin::Outcome::passes;  // where judged: every line that has a dossier
    Range charges;                                        // in Quote::charges
    Range proofs_needed;                                  // in Quote::proofs
    Range proofs_missing;
    Money taxes;
    Money costs;  // those that arise by this way
    Money landed_total;
};
// Duty that was paid because a preference had lapsed, and is paid back.
struct Refund {
    std::string_view program;
    std::string_view name;
    Money amount;
    Day claim_by;
    std::string_view ref;
    std::string_view url;
};
// What an agreement makes of the dossier of a line.
struct OriginVerdict {
    std::int32_t line = 0;
    origin::Agreement const* agreement = nullptr;
    origin::Dossier dossier;  // as it was judged; the verdict points into it
    origin::Verdict verdict;
    std::optional<origin::Change> nearest;  // where it fails
    std::string_view option = {};     // the way to import that it opens; empty: the tariffs here have none
    std::optional<Money> worth = {};  // what that way saves against the ordinary duty
};
// One thing the pass looked at, in order, for `Request::explain`.
struct Step {
    std::string_view what;  // "measure", "left-out"
    std::int32_t line = whole_consignment;
    tariff::Kind kind = tariff::Kind::third_country;
    std::string_view program;
    std::string_view duty;
    std::string_view because;  // the condition that did not hold, the base as its pack writes it
    std::uint8_t digits = 0;   // of the prefix it stands at
    std::uint8_t place = 0;    // in the order of levy
};
enum class Preference : std::uint8_t { none, not_needed, available, claimed, lapsed };
[[nodiscard]] std::string_view text_of(Preference preference);

struct Quote {
    Status status = Status::refused;
    std::vector<Error> errors;
    std::optional<Currency> currency;  // of every amount here
    std::optional<Money> goods_value;
    std::optional<Money> customs_value;
    std::optional<Money> freight;
    std::optional<Money> insurance;
    std::optional<Money> costs;
    std::optional<Decimal> chargeable_kg;
    freight::Estimate carriage;           // where freight was estimated: offers, the cheapest first
    std::vector<freight::Advice> advice;  // on the packing, for the cheapest offer
    tariff::Basis customs_basis = tariff::Basis::unset;
    std::string_view basis_law;
    std::string_view basis_url;
    std::vector<Option> options;  // cheapest first; those with an unknown charge after the complete ones
    std::int32_t chosen = -1;     // index into options
    std::vector<Charge> charges;  // of all options, by their ranges
    std::vector<std::string_view> proofs;
    std::vector<Choice> choices;
    std::optional<Money> taxes;         // of the chosen option
    std::optional<Money> landed_total;  // of the chosen option
    std::optional<Money> per_unit;
    Preference preference = Preference::none;
    std::string_view preference_program;
    std::string_view preference_proof;
    std::optional<Money> preference_saves;
    std::vector<Finding> unknown;
    std::vector<Finding> warnings;
    std::vector<Finding> notes;
    std::vector<Refund> refunds;
    std::vector<std::shared_ptr<OriginVerdict>> origins;  // of lines with a dossier, in their order
    std::vector<Step> steps;
    std::optional<Money> seller_gets;  // of a DDP price: what is left for the goods at the seller's border
    std::vector<Document>
        documents;            // prohibitions first, then restrictions; then from the longest prefix up
    std::vector<Need> needs;  // which lines need which document
    std::string_view edition;
    std::shared_ptr<Request const> solved;  // what a DDP price came down to; views may point into it

    void clear();  // keeps the memory
};
[[nodiscard]] std::string_view text_of(tariff::Basis basis);
// Whether an agreement opens this way to import.
[[nodiscard]] bool is_way_of(origin::Agreement const& agreement, Option const& option);
// The law behind a charge or a document, and its days; all empty for a duty that no rule names.
[[nodiscard]] Source source_of(Charge const& charge);
[[nodiscard]] Source source_of(Document const& document);

// Cost: a lookup for each line and schedule, then lines × options × charges; allocates nothing once `quote`
// has grown.
void price(Request const& request, Books const& books, Quote& quote);
[[nodiscard]] Quote price(Request const& request, Books const& books);

// ---- a whole catalogue to one door
// ------------------------------------------------------------------------------------------

// What offers have in common that the border asks about.
struct OfferKind {
    GoodsCode hs;
    Country origin;
    Country from;
    std::vector<std::string> proofs = {};
    Unit unit = unit::piece;  // by which its offers are counted
};
// One offer, in minor units of the catalogue's currency.
struct Offer {
    std::uint32_t kind = 0;  // index among the kinds
    std::uint32_t reserved = 0;
    std::int64_t price = 0;
    std::int64_t freight = 0;
};
// How much of it an offer is: asked for only where a charge or a condition of its kind depends on that.
struct HowMuch {
    std::int64_t quantity = 0;                    // thousandths of the kind's unit
    std::int64_t net_grams = 0, gross_grams = 0;  // of one unit; 0: not told
};
// Tells an item how much of it there is: its quantity, unit and weights.
void fill(Item& item, Unit unit, HowMuch const& much);
using Amounts = std::function<HowMuch(std::uint32_t offer)>;  // by its place in the span
struct Door {
    Country to;
    Day date;
    Day known_on;
    std::string to_region = {};
    freight::Road road = freight::Road::express;
    Buyer buyer = Buyer::consumer;
};
struct Ranked {
    std::uint32_t offer = 0;
    bool is_complete = true;  // every charge is known; those that are not come last
    std::int64_t landed = 0;  // minor units of the door's currency
    friend bool operator<(Ranked const& a, Ranked const& b) {
        if (a.is_complete != b.is_complete) return a.is_complete;
        return a.landed != b.landed ? a.landed < b.landed : a.offer < b.offer;
    }
};
// What a door charges on each kind, worked out once for an edition, a door and a day. Lives no longer than
// the books.
class Plans {
public:
    struct Hidden;
    explicit Plans(std::unique_ptr<Hidden> hidden);
    Plans(Plans&&) noexcept;
    Plans& operator=(Plans&&) noexcept;
    ~Plans();
    [[nodiscard]] std::size_t simple() const;  // kinds whose offers need no pass of their own
    [[nodiscard]] Currency currency() const;   // of Ranked::landed

private:
    friend std::vector<Ranked> price_all(Plans const& plans, std::span<Offer const> offers, std::size_t best,
                                         std::uint32_t first, std::int64_t at_most, Amounts const& amounts);
    std::unique_ptr<Hidden> hidden_;
};
// Refused as `price` would be (`no-market`, `no-exchange-rate`). Cost: a few passes for each kind.
[[nodiscard]] Result<Plans> prepare(std::span<OfferKind const> kinds, Currency currency, Door const& door,
                                    Books const& books);
// The `best` of these offers by their delivered price, cheapest first; each is what `price` answers for a FOB
// price and that freight, to the minor unit. Offers that are refused there are left out. They are numbered
// from `first`, so that several threads may each take a part; `best_of` puts the parts together. Offers that
// land above `at_most` may be left out too: what is asked in parts need not look for worse than it has. Cost:
// some ten nanoseconds for an offer of a simple kind, a pass for any other. Without `amounts` what is charged
// by weight or number is not known.
[[nodiscard]] std::vector<Ranked> price_all(Plans const& plans, std::span<Offer const> offers,
                                            std::size_t best, std::uint32_t first = 0,
                                            std::int64_t at_most = INT64_MAX, Amounts const& amounts = {});
[[nodiscard]] std::vector<Ranked> best_of(std::span<std::vector<Ranked> const> parts, std::size_t best);
// ---- carriage alone: what the roads cost, compared
// ------------------------------------------------------------------------------

struct CarriageRequest {
    Country from;
    Country to;
    Day date;
    std::optional<freight::Road> road = {};  // all roads where not given
    std::string table = {};                  // only this one
    bool is_remote = false;
    std::optional<Decimal> gross_kg = {};  // where the parcels do not say
    std::vector<freight::Parcel> packages = {};
    std::optional<Currency> currency = {};  // to compare in; that of the first table where not given
    std::vector<Exchange> fx = {};
};
struct Carriage {
    freight::Estimate estimate;  // offers, the cheapest first
    std::vector<freight::Advice> advice;
    std::string_view edition;
};
// Refused: `not-found` (no table of that name), `amount-too-large`, `edition-corrupt`.
[[nodiscard]] Result<Carriage> carriage(CarriageRequest const& request, Books const& books);

}  // namespace allroads::quote
