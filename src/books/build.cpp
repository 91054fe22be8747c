#include "books/freight_builder.h"
#include "books/pack_folder.h"
#include "books/schedule_builder.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <limits>
#include <map>
#include <memory>

namespace allroads::books {

namespace {

using tariff::CountrySet;

constexpr std::size_t warnings_max = 100;

bool is_base_kind(std::string_view kind) {
    return kind == "third-country" || kind == "preference" || kind == "suspension" || kind == "quota";
}

// The days for which a pack speaks.
using Validity = ScheduleBuilder::Span;

// What becomes of a pack among the others of its series and market.
struct Place {
    PackFolder const* pack = nullptr;
    Validity validity;   // of all its measures
    Validity knowledge;  // last day before a newer publication for the same days took its place
    std::map<std::string, Day> begins;  // by market: first day of its base duties
    std::map<std::string, Day> ends;
};

class Build {
public:
    explicit Build(BuildRequest const& request) : request_(request) {}

    Result<BuildReport> run() {
        for (auto const& folder : request_.pack_folders) {
            for (auto& pack : TRY(packs_under(folder))) packs_.push_back(std::move(pack));
        }
        if (packs_.empty()) return refuse(Code::no_books, "", "there is no pack to build from");
        TRY_VOID(read_groups());
        TRY_VOID(read_markets());
        TRY_VOID(place_packs());
        for (auto const& place : places_) TRY_VOID(read_tables(place));
        TRY_VOID(add_packings());
        TRY_VOID(write());
        return std::move(report_);
    }

private:
    // What the nomenclature itself says holds at every border that has duties of its own.
    Result<void> add_packings() {
        for (auto const& [market, made] : builders_) {
            if (made->profile().part_of.size != 0) continue;
            for (auto const& line : packings_) TRY_VOID(made->add(line));
        }
        return {};
    }
    ScheduleBuilder& builder(std::string const& market) {
        auto& made = builders_[market];
        if (!made) made = std::make_unique<ScheduleBuilder>(market, groups_);
        return *made;
    }
    void warn(std::string text) {
        if (report_.warnings.size() < warnings_max) report_.warnings.push_back(std::move(text));
    }

    Result<void> read_groups() {
        for (auto const& pack : packs_) {
            for (auto const& group : pack.groups) {
                CountrySet set;
                for (auto const& member : group.members) {
                    auto const country = Country::parse(member);
                    if (!country) {
                        return refuse(
                            Code::bad_pack, "group",
                            pack.name + ": " + group.name + ": " + excerpt(member) + " is not a country");
                    }
                    set.bits[country->index() / 64] |= std::uint64_t{1} << (country->index() % 64);
                }
                groups_[group.name] = set;
            }
        }
        return {};
    }

    Result<void> read_markets() {
        for (auto const& pack : packs_) {
            auto done = pack.about_market ? read_market(pack, *pack.about_market) : Result<void>();
            auto const& code = pack.about_market ? pack.about_market->code : pack.market;
            if (done && !code.empty() && has_rules(pack)) done = read_rules(pack, builder(code));
            if (!done) return refuse(Code::bad_pack, "market", pack.name + ": " + done.error().sentence());
        }
        return {};
    }
    static bool has_rules(PackFolder const& pack) {
        return !(pack.agreements.empty() && pack.gaps.empty() && pack.schemes.empty() &&
                 pack.refunds.empty() && pack.valuations.empty() && pack.waivers.empty());
    }
    Result<void> read_market(PackFolder const& pack, MarketSaid const& said) {
        auto& made = builder(said.code);
        auto& p = made.profile();
        auto& pool = made.pool();
        p.name = pool.add(said.name);
        p.part_of = pool.add(said.part_of);
        p.basis_law = pool.add(said.basis_law);
        p.basis_url = pool.add(said.basis_url);
        p.round_law = pool.add(said.round_law);
        p.vat_name = pool.add(said.vat_name);
        if (!said.currency.empty()) {
            p.currency = TRY(Currency::parse(said.currency)).index();
            p.has_currency = 1;
        }
        p.basis = TRY(basis(said.basis));
        if (!said.round.empty()) p.round = TRY(parse_round(said.round));
        for (auto const& term : said.vat_base) p.vat_base |= TRY(tariff::parse_terms(term));
        TRY_VOID(small(said.amount_step, p.amount_step, p.amount_step_scale));
        if (!said.amount_step_of.empty() && said.amount_step_of != "line" && said.amount_step_of != "sum")
            return refuse(Code::bad_value, "amount_step_of", "expected line or sum");
        p.step_on_sum = said.amount_step_of == "sum" ? 1 : 0;
        TRY_VOID(small(said.value_step, p.value_step, p.value_step_scale));
        auto const uplift = said.vat_uplift.ends_with('%')
                                ? said.vat_uplift.substr(0, said.vat_uplift.size() - 1)
                                : said.vat_uplift;
        TRY_VOID(small(uplift, p.vat_uplift, p.vat_uplift_scale));
        if (!said.value_round.empty()) p.value_round = TRY(parse_round(said.value_round));
        if (!said.rules_end.empty()) p.rules_end = TRY(Day::parse(said.rules_end)).number();
        if (!pack.checked_on.empty()) p.checked_on = TRY(Day::parse(pack.checked_on)).number();
        if (!said.formal_entry_above.empty()) {
            auto const space = said.formal_entry_above.find(' ');
            TRY_VOID(small(said.formal_entry_above.substr(0, space), p.formal_above, p.formal_scale));
            if (space == std::string::npos) {
                return refuse(Code::bad_value, "formal_entry_above", "expected an amount and a currency");
            }
            p.formal_currency = TRY(Currency::parse(said.formal_entry_above.substr(space + 1))).index();
        }
        std::string members;
        for (auto const& member : said.members) members += member + " ";
        p.members = TRY(made.country_set(members.empty() ? said.code : members));
        return {};
    }
    // What a pack says of its market besides how it counts; a pack without [market] may say it too.
    static Result<void> read_rules(PackFolder const& pack, ScheduleBuilder& made) {
        for (auto const& a : pack.agreements) {
            made.add(
                ScheduleBuilder::Program{a.program, a.name, a.proof, a.law, a.url,
                                         a.valid_from.empty() ? Day::first() : TRY(Day::parse(a.valid_from)),
                                         a.valid_to.empty() ? Day::last() : TRY(Day::parse(a.valid_to))});
        }
        for (auto const& scheme : pack.schemes) TRY_VOID(made.add(scheme));
        for (auto const& refund : pack.refunds) TRY_VOID(made.add(refund));
        for (auto const& valuation : pack.valuations) TRY_VOID(made.add(valuation));
        for (auto const& waiver : pack.waivers) TRY_VOID(made.add(waiver));
        for (auto const& gap : pack.gaps) {
            made.add_gap(gap.from.empty() ? Day::first() : TRY(Day::parse(gap.from)),
                         gap.to.empty() ? Day::last() : TRY(Day::parse(gap.to)), gap.code, gap.text);
        }
        return {};
    }
    static Result<tariff::Basis> basis(std::string_view text) {
        using tariff::Basis;
        if (text.empty()) return Basis::unset;
        if (text == "FOB") return Basis::fob;
        if (text == "CIF") return Basis::cif;
        if (text == "CFR") return Basis::cfr;
        if (text == "EXW") return Basis::exw;
        return refuse(Code::bad_value, "basis", excerpt(text) + " is not FOB, CIF, CFR or EXW");
    }
    static Result<void> small(std::string_view text, std::int64_t& coefficient, std::int8_t& scale) {
        if (text.empty()) return {};
        auto const number = TRY(Decimal::parse(text));
        if (number.scale() > 9 || number.coefficient() > std::numeric_limits<std::int32_t>::max()) {
            return refuse(Code::amount_too_large, "", std::string(text));
        }
        coefficient = static_cast<std::int64_t>(number.coefficient());
        scale = static_cast<std::int8_t>(number.scale());
        return {};
    }

    // First and last day of the base duties of each market that a pack speaks of.
    Result<void> look_ahead(Place& place) {
        return place.pack->measures([&](MeasureLine const& line) -> Result<void> {
            if (!is_base_kind(line.kind) || line.program == "COLUMN2") return {};
            auto const from = line.valid_from.empty() ? Day::first() : TRY(Day::parse(line.valid_from));
            auto const to = line.valid_to.empty() ? Day::last() : TRY(Day::parse(line.valid_to));
            auto const first = place.begins.try_emplace(line.market, from).first;
            first->second = std::min(first->second, from);
            auto const last = place.ends.try_emplace(line.market, to).first;
            last->second = std::max(last->second, to);
            return {};
        });
    }

    // Publications of one series: a later one for the same days replaces what was known, a later one for
    // later days ends the days of the earlier.
    Result<void> place_packs() {
        for (auto const& pack : packs_) {
            places_.push_back({&pack, {}, {}, {}, {}});
            if (!pack.series.empty() || pack.complete) TRY_VOID(look_ahead(places_.back()));
        }
        for (auto& older : places_) {
            for (auto const& newer : places_) {
                if (older.pack->series.empty() || older.pack->series != newer.pack->series ||
                    older.pack->dated >= newer.pack->dated) {
                    continue;
                }
                supersede(older, newer);
            }
        }
        return {};
    }
    static void supersede(Place& older, Place const& newer) {
        auto const dated = Day::parse(newer.pack->dated);
        if (!dated || older.begins.empty() || newer.begins.empty()) return;
        auto const first = newer.begins.begin()->second;
        if (first > older.begins.begin()->second) {
            older.validity.to = std::min(older.validity.to, first.plus(-1));
        } else {
            older.knowledge.to = std::min(older.knowledge.to, dated->plus(-1));
        }
    }

    // The days on which complete official files speak for a market, so that a starter pack is silent.
    [[nodiscard]] std::vector<Validity> spoken_for(std::string const& market) const {
        std::vector<Validity> days;
        for (auto const& place : places_) {
            if (!place.pack->complete) continue;
            auto const begins = place.begins.find(market);
            auto const ends = place.ends.find(market);
            if (begins == place.begins.end() || ends == place.ends.end()) continue;
            days.push_back({begins->second, std::min(ends->second, place.validity.to)});
        }
        std::ranges::sort(days, {}, &Validity::from);
        return days;
    }
    // `days` without the days of `taken`.
    static std::vector<Validity> without(Validity days, std::vector<Validity> const& taken) {
        std::vector<Validity> left;
        for (auto const& span : taken) {
            if (span.to < days.from || span.from > days.to) continue;
            if (span.from > days.from) left.push_back({days.from, span.from.plus(-1)});
            if (span.to >= days.to) return left;
            days.from = span.to.plus(1);
        }
        left.push_back(days);
        return left;
    }

    Result<void> read_tables(Place const& place) {
        auto const& pack = *place.pack;
        PackCounts counts;
        std::map<std::string, std::uint64_t> nameless;
        std::map<std::string, std::vector<Validity>> open_days;
        TRY_VOID(pack.measures([&](MeasureLine const& line) -> Result<void> {
            ++counts.measures;
            auto& made = builder(line.market);
            if (pack.starter && is_base_kind(line.kind)) {
                auto const [days, is_new] = open_days.try_emplace(line.market);
                if (is_new) days->second = without(place.validity, spoken_for(line.market));
                for (auto const& span : days->second) TRY_VOID(made.add(line, span, place.knowledge));
                return {};
            }
            auto added = made.add(line, place.validity, place.knowledge);
            // An official file may name a group whose members no pack says: nobody could claim it, and it is
            // told.
            if (!added && added.error().code() == Code::bad_country && !pack.source.empty()) {
                ++nameless[line.origins];
                return {};
            }
            return added;
        }));
        for (auto const& [group, count] : nameless) {
            warn(pack.name + ": " + std::to_string(count) + " measures for " + group +
                 " are left out: no pack says which countries those are");
        }
        TRY_VOID(pack.lines([&](NomenclatureLine const& line) -> Result<void> {
            ++counts.lines;
            builder(line.market).add(line, TRY(GoodsCode::parse(line.hs)));
            return {};
        }));
        TRY_VOID(pack.packings([&](PackingLine const& line) -> Result<void> {
            if (line.market != "*") return builder(line.market).add(line);
            TRY(ScheduleBuilder::packing_of(line));  // refused here, where its file and line are known
            packings_.push_back(line);
            return {};
        }));
        TRY_VOID(pack.quotas([&](QuotaLine const& line) { return builder(line.market).add(line); }));
        TRY_VOID(
            pack.agricultural([&](AgriculturalLine const& line) { return builder(line.market).add(line); }));
        TRY_VOID(pack.documents([&](DocumentLine const& line) -> Result<void> {
            if (line.market.empty()) return refuse(Code::field_missing, "market", "whose border asks");
            ++counts.documents;
            return builder(line.market).add(line, place.validity, place.knowledge);
        }));
        TRY_VOID(pack.rates([&](FxLine const& line) -> Result<void> {
            ++counts.rates;
            return add_rate(pack, line);
        }));
        TRY_VOID(pack.freight([&](FreightSheet const& sheet) -> Result<void> {
            ++counts.freight_tables;
            auto const added = freight_.add(sheet, groups_);
            if (!added) return std::unexpected(added.error().within("table " + sheet.name));
            return {};
        }));
        for (auto const& [market, begins] : place.begins) {
            if (pack.complete) builder(market).profile().complete = 1;
        }
        add_pack_row(pack, counts);
        return {};
    }
    struct PackCounts {
        std::uint64_t measures = 0, lines = 0, rates = 0, documents = 0, freight_tables = 0;
    };
    Result<void> add_rate(PackFolder const& pack, FxLine const& line) {
        auto const units = TRY(Decimal::parse(line.units));
        if (units.coefficient() <= 0 || units.coefficient() > std::numeric_limits<std::int64_t>::max() ||
            units.scale() > 18) {
            return refuse(Code::bad_value, "units", line.units + " is not a rate above zero");
        }
        FxRow row{};
        row.day = TRY(Day::parse(line.day)).number();
        row.currency = TRY(Currency::parse(line.currency)).index();
        row.coefficient = static_cast<std::int64_t>(units.coefficient());
        row.scale = units.scale();
        ExchangeKey key{TRY(Currency::parse(line.base)).index(), pack.title, {}, 0};
        if (pack.customs_rates_days != 0) {
            key.market = pack.market;
            key.fresh_days = pack.customs_rates_days;
        }
        exchange_[key].push_back(row);
        return {};
    }
    void add_pack_row(PackFolder const& pack, PackCounts const& counts) {
        PackRow row;
        row.name = pack_pool_.add(pack.name);
        row.title = pack_pool_.add(pack.title);
        row.source = pack_pool_.add(pack.source);
        row.market = pack_pool_.add(pack.market);
        row.file = pack_pool_.add(pack.file);
        row.sha256 = pack_pool_.add(pack.sha256);
        row.dated = pack_pool_.add(pack.dated);
        row.checked_on = pack_pool_.add(pack.checked_on);
        row.measures = counts.measures;
        row.lines = counts.lines;
        row.rates = counts.rates;
        row.documents = counts.documents;
        row.freight_tables = counts.freight_tables;
        row.starter = pack.starter ? 1 : 0;
        pack_rows_.push_back(row);
    }

    // Of a country whose border nobody describes the books may still know what goods need that leave it.
    static void name_place_of_dispatch(std::string const& code, ScheduleBuilder& made) {
        if (made.profile().name.size != 0 || made.measure_count() != 0 || made.paper_count() == 0) return;
        auto const country = Country::parse(code);
        auto const members = made.country_set(code);
        if (!country || !members) return;
        made.profile().name = made.pool().add(country->name());
        made.profile().members = *members;
    }
    Segment market_segment(std::string const& code, ScheduleBuilder& made) {
        Segment segment;
        segment.entry.kind = SegmentKind::market;
        std::copy_n(code.begin(), std::min(code.size(), segment.entry.code.size() - 1),
                    segment.entry.code.begin());
        auto const& profile = made.profile();
        name_place_of_dispatch(code, made);
        if (profile.name.size == 0) {
            warn("no pack says what the market " + code + " is: its rules cannot answer a quote");
        } else {
            segment.entry.members = made.set(profile.members);
        }
        // A union stands behind the countries that are part of it.
        segment.entry.rank = profile.part_of.size != 0 ? 0 : 1;
        report_.measures += made.measure_count();
        report_.lines += made.line_count();
        report_.documents += made.paper_count();
        segment.bytes = made.finish();
        return segment;
    }
    struct ExchangeKey {
        std::uint16_t base;
        std::string source;
        std::string market;  // whose customs converts by them; empty for rates of the market
        std::uint32_t fresh_days;
        friend auto operator<=>(ExchangeKey const&, ExchangeKey const&) = default;
    };
    Segment exchange_segment(ExchangeKey const& key, std::vector<FxRow>& rows) {
        std::ranges::sort(rows, {}, [](FxRow const& row) { return std::pair(row.currency, row.day); });
        report_.rates += rows.size();
        Pool pool;
        SegmentWriter writer;
        writer.header.base_currency = key.base;
        writer.header.source = pool.add(key.source);
        writer.table(Table::fx_rows, rows);
        writer.pool(pool.bytes());
        Segment segment;
        segment.entry.kind = SegmentKind::exchange;
        segment.entry.rank = key.fresh_days;
        std::copy_n(key.market.begin(), std::min(key.market.size(), segment.entry.code.size() - 1),
                    segment.entry.code.begin());
        segment.bytes = writer.finish();
        return segment;
    }
    Segment packs_segment() {
        SegmentWriter writer;
        writer.table(Table::packs, pack_rows_);
        writer.pool(pack_pool_.bytes());
        Segment segment;
        segment.entry.kind = SegmentKind::packs;
        segment.bytes = writer.finish();
        return segment;
    }

    // Every text is read once before it is kept, so that what an edition holds can be used.
    Result<Segment> origin_segment() {
        OriginTexts texts;
        for (auto const& root : request_.origin_roots) TRY_VOID(texts.add(root));
        Pool pool;
        std::vector<TextRow> rows;
        for (auto const& text : texts.agreements)
            rows.push_back(
                {TextKind::agreement, pool.add(text.name), pool.add(text.toml), pool.add(text.sheet)});
        for (auto const& text : texts.statements)
            rows.push_back({TextKind::statement, pool.add(text.name), pool.add(text.toml), {}});
        rows.push_back({TextKind::correlations, {}, {}, pool.add(texts.correlations)});
        Shelf const shelf(std::move(texts));
        report_.agreements = TRY(shelf.all()).size();
        (void)TRY(shelf.statements());
        SegmentWriter writer;
        writer.table(Table::texts, rows);
        writer.pool(pool.bytes());
        Segment segment;
        segment.entry.kind = SegmentKind::origin;
        segment.bytes = writer.finish();
        return segment;
    }
    Result<void> write() {
        std::vector<Segment> segments;
        for (auto& [code, made] : builders_) segments.push_back(market_segment(code, *made));
        if (segments.size() + exchange_.size() + 2 > segments_max)
            return refuse(Code::too_long, "", "too many markets");
        report_.markets = builders_.size();
        for (auto& [key, rows] : exchange_) segments.push_back(exchange_segment(key, rows));
        segments.push_back(packs_segment());
        report_.freight_tables = freight_.table_count();
        if (report_.freight_tables != 0) segments.push_back(TRY(freight_.finish()));
        if (!request_.origin_roots.empty()) segments.push_back(TRY(origin_segment()));
        // The name is a fingerprint of the content, so the same packs always make the same edition.
        std::string all;
        for (auto const& segment : segments) all += std::to_string(checksum_of(segment.bytes)) + " ";
        char name[20];
        std::snprintf(name, sizeof name, "%016llx", static_cast<unsigned long long>(checksum_of(all)));
        auto const bytes = edition_bytes(segments, name);
        report_.edition = name;
        report_.packs = packs_.size();
        report_.bytes = bytes.size();
        return put(bytes);
    }
    [[nodiscard]] Result<void> put(std::string const& bytes) const {
        std::error_code failed;
        auto const& file = request_.output;
        if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), failed);
        auto const beside = std::filesystem::path(file.string() + ".new");
        {
            std::ofstream out(beside, std::ios::binary | std::ios::trunc);
            out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
            out.flush();
            if (!out) {
                std::filesystem::remove(beside, failed);
                return refuse(Code::unavailable, "", "cannot write " + beside.string());
            }
        }
        std::filesystem::rename(beside, file, failed);
        if (failed) return refuse(Code::unavailable, "", "cannot put " + file.string() + " in its place");
        return {};
    }

    BuildRequest const& request_;
    std::vector<PackingLine> packings_;  // of every market
    BuildReport report_;
    std::vector<PackFolder> packs_;
    Groups groups_;
    std::vector<Place> places_;
    std::map<std::string, std::unique_ptr<ScheduleBuilder>> builders_;
    std::map<ExchangeKey, std::vector<FxRow>> exchange_;
    std::vector<PackRow> pack_rows_;
    FreightBuilder freight_;
    Pool pack_pool_;
};

}  // namespace

Result<BuildReport> build(BuildRequest const& request) { return Build(request).run(); }

}  // namespace allroads::books
