#include "books/pack_folder.h"

#include "books/freight_sheet.h"
#include "books/pack_words.h"

#include <algorithm>
#include <array>

namespace allroads::books {

namespace {

std::unexpected<Error> bad_pack(std::filesystem::path const& file, std::string_view what) {
    return refuse(
        Code::bad_pack, "",
        file.parent_path().filename().string() + "/" + file.filename().string() + ": " + std::string(what));
}

MarketSaid market_of(toml::table const& t) {
    MarketSaid m;
    m.code = word(t, "code");
    m.name = word(t, "name");
    m.part_of = word(t, "part_of");
    m.basis = word(t, "basis");
    m.basis_law = word(t, "basis_law");
    m.basis_url = word(t, "basis_url");
    m.currency = word(t, "currency");
    m.round = word(t, "round");
    m.round_law = word(t, "round_law");
    m.amount_step = word(t, "amount_step");
    m.amount_step_of = word(t, "amount_step_of");
    m.value_step = word(t, "value_step");
    m.value_round = word(t, "value_round");
    m.vat_uplift = word(t, "vat_uplift");
    m.vat_name = word(t, "vat_name");
    m.rules_end = word(t, "rules_end");
    m.formal_entry_above = word(t, "formal_entry_above");
    m.members = words(t, "members");
    m.vat_base = words(t, "vat_base");
    return m;
}

}  // namespace

Result<void> read_table(Input& input, std::span<std::string_view const> columns,
                        std::function<Result<void>(Fields const&)> const& each) {
    auto const& file = input.file();
    if (!TRY(input.next_member())) return {};
    Fields fields;
    Fields wanted(columns.size());
    std::vector<std::size_t> place;  // of each field of the file among the wanted; columns.size() for none
    std::uint64_t number = 0;
    while (auto const line = TRY(input.line())) {
        ++number;
        auto text = *line;
        if (number == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
        if (trim(text).empty()) continue;
        auto const where = "line " + std::to_string(number);
        if (!split_csv(text, fields)) return bad_pack(file, where + ": a quote is not closed");
        if (place.empty()) {
            for (auto const& name : fields) {
                auto const found = std::ranges::find(columns, trim(name));
                if (found == columns.end()) return bad_pack(file, "no column is called " + excerpt(name));
                place.push_back(static_cast<std::size_t>(found - columns.begin()));
            }
            continue;
        }
        if (fields.size() != place.size()) {
            return bad_pack(file, where + " has " + std::to_string(fields.size()) +
                                      " fields; the header has " + std::to_string(place.size()));
        }
        for (auto& text_of_column : wanted) text_of_column.clear();
        for (std::size_t i = 0; i < fields.size(); ++i) wanted[place[i]] = fields[i];
        if (auto const done = each(wanted); !done)
            return bad_pack(file, where + ": " + done.error().sentence());
    }
    return {};
}

Result<void> read_table(std::filesystem::path const& file, std::span<std::string_view const> columns,
                        std::function<Result<void>(Fields const&)> const& each) {
    if (!std::filesystem::exists(file)) return {};
    auto input = TRY(Input::open(file));
    return read_table(input, columns, each);
}

Result<PackFolder> PackFolder::load(std::filesystem::path const& folder) {
    auto const file = folder / "pack.toml";
    auto const table = TRY(toml_of(file));
    PackFolder pack;
    pack.folder = folder;
    auto const* about = table.get_as<toml::table>("pack");
    if (about == nullptr) return bad_pack(file, "there is no [pack] table");
    pack.name = folder.filename().string();
    pack.title = word(*about, "title");
    pack.source = word(*about, "source");
    pack.series = word(*about, "series");
    pack.market = word(*about, "market");
    pack.file = word(*about, "file");
    pack.sha256 = word(*about, "sha256");
    pack.dated = word(*about, "dated");
    pack.checked_on = word(*about, "checked_on");
    auto const flag = [&](std::string_view key) {
        auto const* node = about->get(key);
        return node != nullptr && (node->value_or(false) || node->value_or(std::string()) == "true");
    };
    pack.starter = flag("starter");
    pack.complete = flag("complete");
    if (auto const days = word(*about, "customs_rates_days"); !days.empty()) {
        auto const number = Decimal::parse(days);
        if (!number || number->scale() != 0 || *number < Decimal(1) || *number > Decimal(400))
            return bad_pack(file, "customs_rates_days: expected 1 to 400");
        pack.customs_rates_days = static_cast<std::uint32_t>(number->coefficient());
    }
    if (auto const* market = table.get_as<toml::table>("market")) pack.about_market = market_of(*market);
    tables_of(table, "group",
              [&](toml::table const& t) { pack.groups.push_back({word(t, "name"), words(t, "members")}); });
    tables_of(table, "agreement", [&](toml::table const& t) {
        pack.agreements.push_back({word(t, "program"), word(t, "name"), word(t, "proof"), word(t, "law"),
                                   word(t, "url"), word(t, "valid_from"), word(t, "valid_to")});
    });
    tables_of(table, "gap", [&](toml::table const& t) {
        pack.gaps.push_back({word(t, "from"), word(t, "to"), word(t, "code"), word(t, "text")});
    });
    tables_of(table, "scheme", [&](toml::table const& t) {
        pack.schemes.push_back({word(t, "code"), word(t, "name"), word(t, "conditions"), word(t, "law"),
                                word(t, "url"), word(t, "valid_from"), word(t, "valid_to")});
    });
    tables_of(table, "refund", [&](toml::table const& t) {
        pack.refunds.push_back({word(t, "program"), word(t, "entered_from"), word(t, "entered_to"),
                                word(t, "known_from"), word(t, "claim_by"), word(t, "law"), word(t, "url")});
    });
    tables_of(table, "valuation", [&](toml::table const& t) {
        pack.valuations.push_back({word(t, "what"), word(t, "value"), word(t, "conditions"), word(t, "law"),
                                   word(t, "url"), word(t, "valid_from"), word(t, "valid_to")});
    });
    tables_of(table, "waiver", [&](toml::table const& t) {
        pack.waivers.push_back({word(t, "of"), word(t, "up_to"), word(t, "name"), word(t, "conditions"),
                                word(t, "law"), word(t, "url"), word(t, "valid_from"), word(t, "valid_to")});
    });
    return pack;
}

Result<void> PackFolder::measures(std::function<Result<void>(MeasureLine const&)> const& each) const {
    static constexpr std::array<std::string_view, 17> columns = {
        "market", "hs",         "kind",     "program",    "origins",    "excluded",
        "duty",   "valid_from", "valid_to", "known_from", "conditions", "stack",
        "legal",  "title",      "url",      "checked_on", "confidence"};
    return read_table(folder / "measures.csv", columns, [&](Fields const& f) {
        return each({f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11], f[12], f[13],
                     f[14], f[15], f[16]});
    });
}

Result<void> PackFolder::lines(std::function<Result<void>(NomenclatureLine const&)> const& each) const {
    static constexpr std::array<std::string_view, 6> columns = {"market", "hs",         "text",
                                                                "unit",   "declarable", "group"};
    return read_table(folder / "lines.csv", columns, [&](Fields const& f) {
        return each({f[0], f[1], f[2], f[3], f[4] == "1" || f[4] == "true" || f[4] == "yes", f[5]});
    });
}

Result<void> PackFolder::phrases(std::function<Result<void>(PhraseLine const&)> const& each) const {
    static constexpr std::array<std::string_view, 3> columns = {"hs", "language", "text"};
    return read_table(folder / "phrases.csv", columns,
                      [&](Fields const& f) { return each({f[0], f[1], f[2]}); });
}

Result<void> PackFolder::packings(std::function<Result<void>(PackingLine const&)> const& each) const {
    static constexpr std::array<std::string_view, 6> columns = {"market", "hs",    "instead",
                                                                "how",    "legal", "url"};
    return read_table(folder / "packings.csv", columns,
                      [&](Fields const& f) { return each({f[0], f[1], f[2], f[3], f[4], f[5]}); });
}

Result<void> PackFolder::quotas(std::function<Result<void>(QuotaLine const&)> const& each) const {
    static constexpr std::array<std::string_view, 11> columns = {"market",   "order", "volume", "balance",
                                                                 "unit",     "state", "as_of",  "valid_from",
                                                                 "valid_to", "legal", "url"};
    return read_table(folder / "quotas.csv", columns, [&](Fields const& f) {
        return each({f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10]});
    });
}

Result<void> PackFolder::agricultural(
    std::function<Result<void>(AgriculturalLine const&)> const& each) const {
    static constexpr std::array<std::string_view, 7> columns = {
        "market", "code", "component", "amount", "currency", "valid_from", "valid_to"};
    return read_table(folder / "agricultural.csv", columns,
                      [&](Fields const& f) { return each({f[0], f[1], f[2], f[3], f[4], f[5], f[6]}); });
}

Result<void> PackFolder::rates(std::function<Result<void>(FxLine const&)> const& each) const {
    static constexpr std::array<std::string_view, 4> columns = {"base", "currency", "day", "units"};
    return read_table(folder / "fx.csv", columns,
                      [&](Fields const& f) { return each({f[0], f[1], f[2], f[3]}); });
}

Result<void> PackFolder::documents(std::function<Result<void>(DocumentLine const&)> const& each) const {
    auto const table = folder / "documents.csv";
    if (!std::filesystem::exists(table)) return {};
    return read_documents(TRY(Input::open(table)), each);
}

Result<void> read_documents(Input input, std::function<Result<void>(DocumentLine const&)> const& each) {
    static constexpr std::array<std::string_view, 21> columns = {
        "market",   "side",       "hs",     "origins", "excluded", "code",       "kind",
        "name",     "purpose",    "issuer", "days",    "cost",     "conditions", "valid_from",
        "valid_to", "known_from", "legal",  "title",   "url",      "checked_on", "confidence"};
    return read_table(input, columns, [&](Fields const& f) -> Result<void> {
        for (std::size_t i = 0; i < f.size(); ++i) {
            if (f[i].size() > document_words_max) {
                return refuse(Code::too_long, columns[i],
                              "at most " + std::to_string(document_words_max) + " bytes");
            }
            if (!is_clean(f[i])) return refuse(Code::bad_value, columns[i], "these bytes are not text");
        }
        return each({f[0],  f[1],  f[2],  f[3],  f[4],  f[5],  f[6],  f[7],  f[8],  f[9], f[10],
                     f[11], f[12], f[13], f[14], f[15], f[16], f[17], f[18], f[19], f[20]});
    });
}

Result<void> PackFolder::freight(std::function<Result<void>(FreightSheet const&)> const& each) const {
    auto const sheets = folder / "freight.csv";
    if (!std::filesystem::exists(sheets)) return {};
    auto input = TRY(Input::open(sheets));
    if (!TRY(input.next_member())) return {};
    std::string wrong;
    SheetListener const listener{each, [&](std::uint64_t line, std::string const& reason) {
                                     if (wrong.empty())
                                         wrong = "line " + std::to_string(line) + ": " + reason;
                                 }};
    auto const done = read_sheet(input, listener);
    if (!done) return bad_pack(sheets, done.error().sentence());
    if (!wrong.empty()) return bad_pack(sheets, wrong);
    return {};
}

Result<std::vector<PackFolder>> packs_under(std::filesystem::path const& folder) {
    std::error_code none;
    std::vector<std::filesystem::path> found;
    for (auto const& entry : std::filesystem::directory_iterator(folder, none)) {
        if (std::filesystem::exists(entry.path() / "pack.toml", none)) found.push_back(entry.path());
    }
    std::ranges::sort(found);
    std::vector<PackFolder> packs;
    for (auto const& path : found) packs.push_back(TRY(PackFolder::load(path)));
    return packs;
}

}  // namespace allroads::books
