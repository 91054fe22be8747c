#pragma once
// contract: docs/quote.md as JSON, both ways, and the plain sentences of its codes. Faces share it, so that
// the command line and the API ask and answer alike.
//
// Promises: from the request on nothing is text. Whatever is malformed is refused with the path of its field
// and what was expected; a fraction given as a JSON number is refused, because somebody has already rounded
// it.

#include "base/base.h"
#include "classify/classify.h"
#include "goods/goods.h"
#include "money/money.h"
#include "origin/origin.h"
#include "quote/quote.h"

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::contract {

// Bytes of one request, and how deep it may nest.
inline constexpr std::size_t request_bytes_max = 256U * 1024;
inline constexpr std::size_t request_depth_max = 12;

// A question about origin (docs/origin.md): a dossier, where the goods go, and on which day.
struct OriginRequest {
    std::string id = {};
    origin::Dossier dossier;
    Country to;
    Day date;
    std::string agreement = {};  // code of the one to judge by; empty: every one between both countries
};

// The JSON of a dossier that was kept under an id. Refused: `not-found`.
using Dossiers = std::function<Result<std::string>(std::string_view id)>;

// Reads and writes many requests with the same memory. One for each thread.
class Codec {
public:
    // `dossiers` finds what a request names by its id; without it only whole dossiers are understood.
    explicit Codec(Dossiers dossiers = {});
    Codec(Codec&&) noexcept;
    Codec& operator=(Codec&&) noexcept;
    ~Codec();
    // `today` stands in for a missing date and known_on.
    [[nodiscard]] Result<quote::Request> request(std::string_view json, Day today);
    // The question of `allroads freight` (docs/quote.md, Freight). `today` stands in for a missing date.
    [[nodiscard]] Result<quote::CarriageRequest> carriage(std::string_view json, Day today);
    // A question about origin. `today` stands in for a missing date.
    [[nodiscard]] Result<OriginRequest> origin(std::string_view json, Day today);
    // The id of the request that was just refused, so that its refusal can be told apart; empty if it had
    // none.
    [[nodiscard]] std::string const& last_id() const;

private:
    struct Hidden;
    std::unique_ptr<Hidden> hidden_;
};

// A dossier of docs/origin.md for goods of that code, made there; what it says itself must agree.
[[nodiscard]] Result<origin::Dossier> parse_dossier(std::string_view json, GoodsCode hs, Country made_in);

// One line of JSON without a line end, appended to `out`.
void append_answer(std::string& out, quote::Request const& request, quote::Quote const& quote);
// The answer to a request that could not even be read. `id` may be empty.
void append_refusal(std::string& out, std::string_view id, Error const& error);

// The answer of `allroads freight`, one line.
void append_carriage(std::string& out, quote::CarriageRequest const& request,
                     quote::Carriage const& carriage);

// What surrounds the verdicts on one dossier.
struct OriginAnswer {
    OriginRequest const& request;
    std::string_view edition = {};  // of the books; empty where there is none
    bool is_unbuilt = false;        // agreements of the data folder were used that the edition does not hold
    origin::Known is_needed = origin::Known::unknown;  // no: the ordinary duty is 0 already
    std::optional<Money> worth = {};                   // what the preference saves on this consignment
    std::string_view asked = {};                       // the request as JSON, to be asked again
};
// What goods of a proposed code would pay, as far as the books know.
struct ProposalCost {
    std::vector<std::string> rates;  // "third-country 4.5%"
    std::optional<Money> duty;       // all duties, without taxes and fees
    std::optional<Money> landed;     // with everything
    std::string unknown;             // why it is not known; empty where it is
};
// The answer of `allroads classify`, one line (docs/classify.md). `costs` has one for each proposal, or none.
void append_classification(std::string& out, classify::Question const& question,
                           classify::Answer const& answer, std::span<ProposalCost const> costs);
// What a quote for one code means for the proposal.
[[nodiscard]] ProposalCost cost_of(quote::Request const& request, quote::Quote const& quote);

// A verdict as JSON, appended to `out`; `nearest` is what origin::nearest_way found.
void append_verdict(std::string& out, OriginAnswer const& answer, origin::Agreement const& agreement,
                    origin::Verdict const& verdict, std::optional<origin::Change> const& nearest);
// What is still to be told, the same of several materials in one question, what a shop can answer first.
struct Question {
    std::string_view fact;
    std::string message;
    std::vector<std::int32_t> materials;  // places in the dossier
    bool is_for_an_expert = false;        // the books or a reader of the law must settle it, not the shop
};
inline constexpr std::size_t questions_max = 5;  // put to a shop at once
[[nodiscard]] std::vector<Question> questions_of(origin::Dossier const& dossier,
                                                 std::span<origin::Verdict const* const> verdicts);
// The words of a statement with its blanks filled: a blank that has no value is a line to write on, and a
// piece that may be left out with its blank is.
using Filling = std::map<std::string, std::string, std::less<>>;
[[nodiscard]] std::string statement_of(origin::StatementForm::Wording const& wording, Filling const& filling);
// "origin-declaration, by anyone, up to 6000 EUR".
[[nodiscard]] std::string name_of(origin::ProofRule const& proof);
// What a step of a verdict found, and the fact that is asked for, in plain words.
[[nodiscard]] std::string sentence_of(origin::Found const& found, origin::Dossier const& dossier);
[[nodiscard]] std::string sentence_of(origin::Missing const& missing, origin::Dossier const& dossier);

// The sentence of an unknown, a warning or a note: "The rules of United States are known up to 2026-07-23 …".
[[nodiscard]] std::string sentence_of(quote::Finding const& finding);
// How another language says it: the translation of an English text with its names in braces, a day, a number,
// and a name or code within a sentence that may run the other way.
using Say = std::function<std::string_view(std::string_view)>;
struct Manner {
    Say say;
    std::function<std::string(Day)> day;
    std::function<std::string(Decimal const&)> number;
    std::function<std::string(std::string_view)> name;
};
[[nodiscard]] std::string sentence_of(quote::Finding const& finding, Manner const& manner);
// The id of a way to import: "third-country", "AGOA", under a tax scheme "third-country+ioss".
[[nodiscard]] std::string id_of(quote::Option const& option);
[[nodiscard]] std::string name_of(quote::Option const& option);
// What another packing would be, and what is in the way of an offer. Parcels are counted from 1.
[[nodiscard]] std::string sentence_of(freight::Advice const& advice);
[[nodiscard]] std::string sentence_of(freight::Rejection const& rejection);
// What a charge is called in plain English: "Third-country duty", "AGOA preference", "VAT".
[[nodiscard]] std::string name_of(quote::Charge const& charge);
[[nodiscard]] std::string name_of(quote::Charge const& charge, Say const& say);

}  // namespace allroads::contract
