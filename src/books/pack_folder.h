#pragma once
// One pack as it lies on the disk: its pack.toml read into plain values, its tables read line by line on
// demand.

#include "books/pack.h"
#include "tariff/tariff.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace allroads::books {

struct GroupSaid {
    std::string name;
    std::vector<std::string> members;
};
struct AgreementSaid {
    std::string program, name, proof, law, url, valid_from, valid_to;
};
struct GapSaid {
    std::string from, to, code, text;
};
struct SchemeSaid {
    std::string code, name, conditions, law, url, valid_from, valid_to;
};
struct RefundSaid {
    std::string program, entered_from, entered_to, known_from, claim_by, law, url;
};
struct ValuationSaid {
    std::string what, value, conditions, law, url, valid_from, valid_to;
};
struct WaiverSaid {
    std::string of, up_to, name, conditions, law, url, valid_from, valid_to;
};
// [market] of pack.toml; a key that is not there is empty.
struct MarketSaid {
    std::string code, name, part_of, basis, basis_law, basis_url, currency, round, round_law, amount_step,
        value_step, value_round, amount_step_of;
    std::string vat_uplift, vat_name, rules_end, formal_entry_above;
    std::vector<std::string> members;
    std::vector<std::string> vat_base;
};
struct PackFolder {
    std::filesystem::path folder;
    std::string name, title, source, series, market, file, sha256, dated, checked_on;
    bool starter = false;   // base duties of complete official files take its place
    bool complete = false;  // an official file of the whole tariff
    std::uint32_t customs_rates_days =
        0;  // fx.csv holds what the market's customs converts by, fresh so long
    std::optional<MarketSaid> about_market;
    std::vector<GroupSaid> groups;
    std::vector<AgreementSaid> agreements;
    std::vector<GapSaid> gaps;
    std::vector<SchemeSaid> schemes;
    std::vector<RefundSaid> refunds;
    std::vector<ValuationSaid> valuations;
    std::vector<WaiverSaid> waivers;

    // Refused (`bad-pack`): names the file, the key or the line, and what was expected.
    [[nodiscard]] static Result<PackFolder> load(std::filesystem::path const& folder);
    // Calls `each` for every line of a table; a missing table has none. The first error of `each` ends it.
    [[nodiscard]] Result<void> measures(std::function<Result<void>(MeasureLine const&)> const& each) const;
    [[nodiscard]] Result<void> lines(std::function<Result<void>(NomenclatureLine const&)> const& each) const;
    [[nodiscard]] Result<void> phrases(std::function<Result<void>(PhraseLine const&)> const& each) const;
    [[nodiscard]] Result<void> packings(std::function<Result<void>(PackingLine const&)> const& each) const;
    [[nodiscard]] Result<void> quotas(std::function<Result<void>(QuotaLine const&)> const& each) const;
    [[nodiscard]] Result<void> agricultural(
        std::function<Result<void>(AgriculturalLine const&)> const& each) const;
    [[nodiscard]] Result<void> rates(std::function<Result<void>(FxLine const&)> const& each) const;
    [[nodiscard]] Result<void> documents(std::function<Result<void>(DocumentLine const&)> const& each) const;
    // The rate tables; of these a mistake in any line refuses the pack.
    [[nodiscard]] Result<void> freight(std::function<Result<void>(FreightSheet const&)> const& each) const;
};
// Reads a CSV table of a pack: the header says where each wanted column stands; columns that are not there
// stay empty. A file that is not there has no lines. Refused (`bad-pack`): names the line and what was
// expected.
using Fields = std::vector<std::string>;
[[nodiscard]] Result<void> read_table(Input& input, std::span<std::string_view const> columns,
                                      std::function<Result<void>(Fields const&)> const& each);
[[nodiscard]] Result<void> read_table(std::filesystem::path const& file,
                                      std::span<std::string_view const> columns,
                                      std::function<Result<void>(Fields const&)> const& each);
// Calls `each` for every line of a documents.csv. Refused (`bad-pack`): names the line, the column and what
// was expected, also where `each` refuses.
[[nodiscard]] Result<void> read_documents(Input input,
                                          std::function<Result<void>(DocumentLine const&)> const& each);
// The packs directly under `folder`, by name; none if there is no such folder.
[[nodiscard]] Result<std::vector<PackFolder>> packs_under(std::filesystem::path const& folder);

}  // namespace allroads::books
