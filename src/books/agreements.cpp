#include "books/shelf.h"

#include "books/pack_folder.h"
#include "books/pack_words.h"

#include <algorithm>
#include <array>

namespace allroads::books {

namespace {

using origin::Agreement;
using origin::Basis;
using origin::Share;

std::unexpected<Error> bad(std::string_view file, std::string_view key, std::string_view what) {
    return refuse(Code::bad_pack, key, std::string(file) + ": " + std::string(what));
}

class AgreementReader {
public:
    AgreementReader(std::string_view file, toml::table const& table) : file_(file), table_(table) {}

    Result<Agreement> run() {
        TRY_VOID(about());
        TRY_VOID(parties());
        TRY_VOID(tolerances());
        TRY_VOID(cumulations());
        TRY_VOID(sets());
        provisions();
        TRY_VOID(proofs());
        return std::move(made_);
    }

private:
    [[nodiscard]] toml::table const* part(std::string_view key) const {
        return table_.get_as<toml::table>(key);
    }
    // The law of a provision; empty where the agreement says nothing of it.
    [[nodiscard]] std::string law_of(std::string_view key) const {
        auto const* table = part(key);
        return table == nullptr ? std::string() : word(*table, "law");
    }
    [[nodiscard]] static std::optional<bool> flag(toml::table const& table, std::string_view key) {
        auto const* node = table.get(key);
        return node == nullptr ? std::nullopt : node->value<bool>();
    }

    Result<void> about() {
        auto const* about = part("agreement");
        if (about == nullptr) return bad(file_, "agreement", "expected a table of this name");
        auto& made = made_;
        made.code = word(*about, "code");
        made.name = word(*about, "name");
        made.law = word(*about, "law");
        if (made.code.empty() || made.name.empty() || made.law.empty())
            return bad(file_, "agreement", "expected code, name and law");
        made.url = word(*about, "url");
        made.confidence = word(*about, "confidence");
        made.programs = words(*about, "programs");
        if (auto const edition = word(*about, "hs_edition"); !edition.empty()) made.hs_edition = edition;
        made.valid_from = TRY(day(*about, "valid_from", Day::first()));
        made.valid_to = TRY(day(*about, "valid_to", Day::last()));
        if (auto const* price = part("price"))
            made.price_basis = TRY(basis(word(*price, "basis"), "price.basis"));
        return {};
    }
    Result<Day> day(toml::table const& table, std::string_view key, Day otherwise) {
        auto const text = word(table, key);
        if (text.empty()) return otherwise;
        auto const parsed = Day::parse(text);
        if (!parsed) return bad(file_, key, parsed.error().detail());
        return *parsed;
    }
    Result<Basis> basis(std::string_view text, std::string_view key) {
        for (auto const one : {Basis::exw, Basis::fob, Basis::net_cost, Basis::weight}) {
            if (origin::text_of(one) == text) return one;
        }
        return bad(file_, key, excerpt(text) + " is not EXW, FOB, NC or weight");
    }
    Result<std::vector<Country>> countries(toml::table const& table, std::string_view key) {
        std::vector<Country> all;
        for (auto const& code : words(table, key)) {
            auto const country = Country::parse(code);
            if (!country) return bad(file_, key, excerpt(code) + " is not a country");
            all.push_back(*country);
        }
        return all;
    }
    Result<void> parties() {
        std::optional<Error> failed;
        tables_of(table_, "party", [&](toml::table const& table) {
            auto members = countries(table, "countries");
            if (!members) {
                failed = members.error();
                return;
            }
            made_.parties.push_back(std::move(*members));
            if (flag(table, "unilateral").value_or(false)) made_.is_unilateral = true;
        });
        if (failed) return std::unexpected(*failed);
        if (made_.parties.empty()) return bad(file_, "party", "expected at least one");
        return {};
    }

    // What speaks of some products comes before what speaks of all.
    Result<void> tolerances() {
        std::optional<Error> failed;
        auto const add = [&](toml::table const& table, std::string_view only) {
            auto share = share_of(table, only);
            if (share) {
                made_.tolerances.push_back(std::move(*share));
            } else {
                failed = share.error();
            }
        };
        tables_of(table_, "tolerance_for", [&](toml::table const& table) { add(table, {}); });
        if (auto const* textiles = part("textile_tolerance")) add(*textiles, "50-63");
        if (auto const* general = part("tolerance")) {
            add(*general, {});
            made_.are_tolerances_told = true;
        }
        if (failed) return std::unexpected(*failed);
        return {};
    }
    Result<Share> share_of(toml::table const& table, std::string_view only) {
        auto text = word(table, "share");
        if (!text.ends_with('%')) return bad(file_, "share", "expected a percentage such as 10%");
        text.pop_back();
        auto const percent = Decimal::parse(text);
        if (!percent || percent->is_negative() || *percent > Decimal(100))
            return bad(file_, "share", "expected a percentage from 0 to 100");
        auto const of = TRY(basis(word(table, "of"), "of"));
        Share share{.percent = *percent, .of = of, .law = word(table, "law")};
        share.only = only.empty() ? TRY(codes(table, "only")) : *origin::parse_codes(only);
        share.except = TRY(codes(table, "except"));
        share.needs = word(table, "needs");
        share.needs_of = TRY(codes(table, "needs_of"));
        share.never = TRY(codes(table, "never"));
        auto const covers = word(table, "covers");
        if (!covers.empty() && covers != "all" && covers != "shift")
            return bad(file_, "covers", "expected shift or all");
        share.covers = covers == "all"     ? origin::Covers::all
                       : covers == "shift" ? origin::Covers::shift
                                           : origin::Covers::untold;
        return share;
    }
    Result<std::vector<origin::CodeRange>> codes(toml::table const& table, std::string_view key) {
        std::string all;
        for (auto const& one : words(table, key)) all += (all.empty() ? "" : ", ") + one;
        if (all.empty()) return std::vector<origin::CodeRange>();
        auto ranges = origin::parse_codes(all);
        if (!ranges) return bad(file_, key, ranges.error().detail());
        return ranges;
    }

    Result<void> sets() {
        auto const* said = part("sets");
        if (said == nullptr) return {};
        auto share = *said;
        if (word(share, "of").empty()) share.insert("of", std::string(origin::text_of(made_.price_basis)));
        made_.sets = TRY(share_of(share, {}));
        return {};
    }
    Result<void> cumulations() {
        using origin::CumulationKind;
        static constexpr std::array<std::string_view, 4> kinds = {"bilateral", "diagonal", "full",
                                                                  "extended"};
        std::optional<Error> failed;
        tables_of(table_, "cumulation", [&](toml::table const& table) {
            auto const kind = std::ranges::find(kinds, word(table, "kind"));
            auto with = countries(table, "with");
            if (kind == kinds.end() || !with) {
                failed = with
                             ? bad(file_, "cumulation.kind", "expected bilateral, diagonal, full or extended")
                                   .error()
                             : with.error();
                return;
            }
            made_.cumulation.push_back({static_cast<CumulationKind>(kind - kinds.begin()), std::move(*with),
                                        word(table, "needs"), word(table, "law")});
        });
        if (failed) return std::unexpected(*failed);
        return {};
    }
    void provisions() {
        auto& made = made_;
        made.wholly_obtained_law = law_of("wholly_obtained");
        made.insufficient_law = law_of("insufficient");
        if (auto const* drawback = part("drawback")) {
            made.drawback_prohibited = flag(*drawback, "prohibited");
            made.drawback_needs = word(*drawback, "needs");
        }
        made.beside = {
            .neutral_law = law_of("neutral"),
            .packing_law = law_of("packing"),
            .packing_is_material = part("packing") != nullptr && word(*part("packing"), "counts") != "value",
            .accessories_law = law_of("accessories"),
            .transport_packing_law = law_of("transport_packing")};
        made.drawback_law = law_of("drawback");
        if (auto const* transport = part("transport")) {
            auto const rule = word(*transport, "rule");
            made.transport = rule == "none"             ? origin::Transport::none
                             : rule == "direct"         ? origin::Transport::direct
                             : rule == "non-alteration" ? origin::Transport::non_alteration
                                                        : origin::Transport::unknown;
        }
        if (auto const* transport = part("transport"))
            made.may_be_bottled =
                std::ranges::count(words(*transport, "allows"), std::string("bottling")) != 0;
        made.transport_law = law_of("transport");
    }
    Result<void> proofs() {
        std::optional<Error> failed;
        tables_of(table_, "proof", [&](toml::table const& table) {
            origin::ProofRule proof{
                .kind = word(table, "kind"), .who = word(table, "who"), .law = word(table, "law")};
            auto of = countries(table, "made_in");
            if (!of) {
                failed = of.error();
                return;
            }
            proof.made_in = std::move(*of);
            if (auto const most = word(table, "value_max"); !most.empty()) {
                auto const space = std::min(most.find(' '), most.size());
                auto const value = Decimal::parse(most.substr(0, space));
                auto const currency = Currency::parse(trim(most.substr(space)));
                if (!value || !currency) {
                    failed = bad(file_, "value_max", "expected an amount and a currency").error();
                    return;
                }
                proof.value_max = *value;
                proof.currency = *currency;
            }
            made_.proofs.push_back(std::move(proof));
        });
        if (failed) return std::unexpected(*failed);
        return {};
    }

    std::string_view file_;
    toml::table const& table_;
    Agreement made_;
};

}  // namespace

Result<Agreement> agreement_of(AgreementText const& text) {
    auto const table = TRY(toml_in(text.toml, text.name + ".toml"));
    return AgreementReader(text.name + ".toml", table).run();
}

Result<std::vector<origin::ProductRule>> product_rules_of(AgreementText const& text) {
    static constexpr std::array<std::string_view, 4> columns = {"hs", "part", "rule", "law"};
    std::vector<origin::ProductRule> rules;
    if (text.sheet.empty()) return rules;
    auto input = TRY(Input::from_memory(text.name + ".csv", text.sheet));
    TRY_VOID(read_table(input, columns, [&](Fields const& f) -> Result<void> {
        auto const ranges = TRY(origin::parse_codes(f[0]));
        auto const rule = TRY(origin::Rule::parse(f[2]));
        for (auto const& range : ranges) rules.push_back({range, f[1], rule, f[3]});
        return {};
    }));
    // Wider before narrower, so that the last that holds is the most specific.
    std::ranges::stable_sort(rules, [](origin::ProductRule const& a, origin::ProductRule const& b) {
        return a.codes.first != b.codes.first ? a.codes.first < b.codes.first : a.codes.last > b.codes.last;
    });
    return rules;
}

}  // namespace allroads::books
