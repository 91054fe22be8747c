#include "books/edition.h"
#include "books/pages.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>

namespace allroads::books {

namespace {

using tariff::Schedule;
using tariff::Words;

std::unexpected<Error> corrupt(std::string_view where) {
    return refuse(Code::edition_corrupt, "", std::string(where));
}

// Spans of one segment, each within its bounds.
class SegmentReader {
public:
    static Result<SegmentReader> check_and_open(std::string_view bytes, std::uint64_t checksum,
                                                std::string_view name) {
        if (bytes.size() < sizeof(SegmentHeader) || checksum_of(bytes) != checksum) {
            return corrupt("the pages of " + std::string(name) + " do not match their checksum");
        }
        return SegmentReader(bytes);
    }
    [[nodiscard]] SegmentHeader const& header() const {
        return *reinterpret_cast<SegmentHeader const*>(bytes_.data());
    }
    template <class Row>
    Result<std::span<Row const>> rows(Table table) const {
        auto const& place = header().places[static_cast<std::size_t>(table)];
        if (place.at > bytes_.size() || place.count > (bytes_.size() - place.at) / sizeof(Row) ||
            place.at % alignof(Row) != 0) {
            return corrupt("a table reaches beyond its segment");
        }
        return std::span(reinterpret_cast<Row const*>(bytes_.data() + place.at), place.count);
    }
    [[nodiscard]] Result<std::string_view> pool() const {
        auto const letters = TRY(rows<char>(Table::pool));
        return std::string_view(letters.data(), letters.size());
    }

private:
    explicit SegmentReader(std::string_view bytes) : bytes_(bytes) {}
    std::string_view bytes_;
};

// Whether every index of a schedule points into its table. A checksum guards against damage; this guards
// against a file made wrongly on purpose, so that nothing later needs to look.
class Bounds {
public:
    explicit Bounds(Schedule const& schedule) : s_(schedule) {}
    [[nodiscard]] bool hold() const {
        return shape() && nodes() && measures() && papers() && duties() && words() && sets() && bases() &&
               extras();
    }

private:
    [[nodiscard]] bool in(Words words) const {
        return words.at <= s_.pool.size() && words.size <= s_.pool.size() - words.at;
    }
    template <class Rows>
    [[nodiscard]] static bool part(Rows const& rows, std::uint64_t first, std::uint64_t count) {
        return first <= rows.size() && count <= rows.size() - first;
    }
    [[nodiscard]] bool shape() const {
        auto const slots = s_.slots.size();
        bool const free_slot = std::ranges::find(s_.slots, 0U) != s_.slots.end();
        return !s_.nodes.empty() && slots != 0 && (slots & (slots - 1)) == 0 && free_slot &&
               !s_.programs.empty() && !s_.sets.empty() && s_.nodes[0].key == 0 &&
               std::ranges::all_of(s_.slots, [&](std::uint32_t node) { return node < s_.nodes.size(); });
    }
    [[nodiscard]] bool nodes() const {
        for (std::size_t i = 0; i < s_.nodes.size(); ++i) {
            auto const& node = s_.nodes[i];
            // A parent stands before its child, so walking up always ends.
            bool const up = i == 0 ? node.parent == 0 : node.parent < i && node.key > s_.nodes[i - 1].key;
            if (!up || !GoodsCode::is_key(node.key) || node.end <= i || node.end > s_.nodes.size() ||
                !part(s_.measures, node.measure, node.measure_count) || node.papers > s_.papers.size() ||
                !in(node.text) || !in(node.unit)) {
                return false;
            }
        }
        return true;
    }
    [[nodiscard]] bool measures() const {
        return std::ranges::all_of(s_.measures, [&](tariff::Measure const& m) {
            return m.duty < s_.duties.size() && m.source < s_.sources.size() && m.origins < s_.sets.size() &&
                   m.excluded < s_.sets.size() && m.program < s_.programs.size() && in_range(m.valid_from) &&
                   in_range(m.valid_to) && in_range(m.known_from) && in_range(m.known_to) &&
                   part(s_.conditions, m.conditions, m.condition_count) &&
                   part(s_.stacks, m.stack, m.stack_count) && static_cast<int>(m.kind) < tariff::kinds &&
                   static_cast<int>(m.confidence) <= 2 && m.per <= tariff::Per::consignment &&
                   is_base(m.base);
        });
    }
    // A sum of terms, or a place in the table of bases.
    [[nodiscard]] bool is_base(tariff::Terms base) const {
        return (base & tariff::base_expression) == 0 || (base & ~tariff::base_expression) < s_.bases.size();
    }
    // Each base leaves one amount on the stack and never takes from an empty one.
    [[nodiscard]] bool bases() const {
        return std::ranges::all_of(s_.bases, [&](tariff::BaseRow const& base) {
            if (!part(s_.base_steps, base.step, base.step_count) || !in(base.text) ||
                base.step_count > tariff::base_steps_max) {
                return false;
            }
            std::size_t depth = 0;
            for (auto const& step : s_.base_steps.subspan(base.step, base.step_count)) {
                bool const takes = step.op >= tariff::BaseOp::add;
                if (step.op > tariff::BaseOp::cut || (takes && depth < 2) || !in(step.text) ||
                    !scale_ok(step.scale) ||
                    (step.op == tariff::BaseOp::charged && step.ref >= s_.programs.size())) {
                    return false;
                }
                depth = takes ? depth - 1 : depth + 1;
            }
            return depth == 1;
        });
    }
    [[nodiscard]] bool extras() const {
        auto const days = [](auto const& row) { return in_range(row.valid_from) && in_range(row.valid_to); };
        bool const quotas = std::ranges::all_of(s_.quotas, [&](tariff::QuotaRow const& q) {
            return in(q.order) && in(q.ref) && in(q.url) && days(q) && in_range(q.as_of) &&
                   q.unit < all_units().size() && static_cast<int>(q.state) < tariff::quota_states &&
                   scale_ok(q.scale);
        });
        bool const schemes = std::ranges::all_of(s_.schemes, [&](tariff::SchemeRow const& r) {
            return in(r.code) && in(r.name) && in(r.ref) && in(r.url) && days(r) &&
                   part(s_.conditions, r.conditions, r.condition_count);
        });
        bool const refunds = std::ranges::all_of(s_.refunds, [&](tariff::RefundRow const& r) {
            return r.program < s_.programs.size() && in(r.ref) && in(r.url) && in_range(r.entered_from) &&
                   in_range(r.entered_to) && in_range(r.known_from) && in_range(r.claim_by);
        });
        bool const valuations = std::ranges::all_of(s_.valuations, [&](tariff::ValuationRow const& r) {
            return static_cast<int>(r.kind) < tariff::valuation_kinds && is_base(r.base) && days(r) &&
                   part(s_.conditions, r.conditions, r.condition_count) && in(r.ref) && in(r.url);
        });
        bool const agricultural = std::ranges::all_of(s_.agricultural, [&](tariff::AgriculturalRow const& r) {
            return r.currency < all_currencies().size() && scale_ok(r.scale) && days(r) &&
                   r.component < std::size(tariff::agricultural_components);
        });
        bool const waivers = std::ranges::all_of(s_.waivers, [&](tariff::WaiverRow const& r) {
            return (r.terms & ~tariff::charge_terms) == 0 && r.currency < all_currencies().size() &&
                   scale_ok(r.scale) && r.up_to >= 0 && days(r) &&
                   part(s_.conditions, r.conditions, r.condition_count) && in(r.name) && in(r.ref) &&
                   in(r.url);
        });
        auto const six = [](std::uint64_t key) { return GoodsCode::is_key(key) && (key & 15U) == 6; };
        bool const packings = std::ranges::all_of(s_.packings, [&](tariff::PackingRow const& r) {
            return six(r.hs) && six(r.instead) && in(r.code) && in(r.how) && in(r.ref) && in(r.url);
        });
        return quotas && schemes && refunds && valuations && agricultural && waivers && packings &&
               std::ranges::is_sorted(s_.packings, {}, &tariff::PackingRow::hs);
    }
    [[nodiscard]] bool papers() const {
        return std::ranges::all_of(s_.papers, [&](tariff::Paper const& p) {
            return in_range(p.valid_from) && in_range(p.valid_to) && in_range(p.known_from) &&
                   in_range(p.known_to) && p.node < s_.nodes.size() && p.source < s_.sources.size() &&
                   part(s_.conditions, p.conditions, p.condition_count) && in(p.code) && in(p.name) &&
                   in(p.purpose) && in(p.issuer) && in(p.days) && p.origins < s_.sets.size() &&
                   p.excluded < s_.sets.size() && p.cost_currency < all_currencies().size() && p.cost >= 0 &&
                   scale_ok(p.cost_scale) && static_cast<int>(p.kind) < tariff::paper_kinds &&
                   static_cast<int>(p.confidence) <= 2 && p.side <= tariff::Side::dispatch;
        });
    }
    [[nodiscard]] static bool in_range(std::int32_t day) {
        return day >= Day::first().number() && day <= Day::last().number();
    }
    [[nodiscard]] bool duties() const {
        auto const currencies = all_currencies().size();
        auto const units = all_units().size();
        for (auto const& duty : s_.duties) {
            if (!in(duty.text) || !in(duty.words) || !part(s_.duty_nodes, duty.node, duty.node_count) ||
                !tariff::is_sound({s_.text(duty.text), s_.text(duty.words),
                                   s_.duty_nodes.subspan(duty.node, duty.node_count)})) {
                return false;
            }
        }
        return std::ranges::all_of(s_.duty_nodes, [&](tariff::DutyNode const& node) {
            return node.currency < currencies && node.unit < units;
        });
    }
    // Found by fuzzing: a set with letters that are no country cannot be written out.
    [[nodiscard]] bool sets() const {
        for (auto const& set : s_.sets) {
            for (std::uint16_t i = 0; i < std::size(set.bits) * 64; ++i) {
                if (((set.bits[i / 64] >> (i % 64)) & 1U) != 0 && !Country::is_in_use(i)) return false;
            }
        }
        return true;
    }
    [[nodiscard]] bool words() const {
        auto const programs = std::ranges::all_of(s_.programs, [&](tariff::ProgramRow const& p) {
            return in(p.code) && in(p.name) && in(p.proof) && in(p.ref) && in(p.url);
        });
        auto const sources = std::ranges::all_of(s_.sources, [&](tariff::SourceRow const& s) {
            return in(s.title) && in(s.ref) && in(s.url) && in_range(s.checked_on);
        });
        auto const conditions = std::ranges::all_of(s_.conditions, [&](tariff::Condition const& c) {
            return in(c.key) && in(c.text) && c.scale >= 0 && c.scale <= Decimal::scale_max &&
                   c.currency < all_currencies().size() && c.unit < all_units().size() &&
                   static_cast<int>(c.kind) < tariff::condition_kinds &&
                   c.comparison <= tariff::Comparison::above;
        });
        auto const gaps =
            std::ranges::all_of(s_.gaps, [&](tariff::GapRow const& g) { return in(g.code) && in(g.text); });
        auto const stacks = std::ranges::all_of(
            s_.stacks, [&](tariff::Stack const& s) { return s.program < s_.programs.size(); });
        return programs && sources && conditions && gaps && stacks && profile();
    }
    [[nodiscard]] bool profile() const {
        auto const& p = *s_.profile;
        return in(p.code) && in(p.name) && in(p.part_of) && in(p.basis_law) && in(p.basis_url) &&
               in(p.round_law) && in(p.vat_name) && p.currency < all_currencies().size() &&
               p.formal_currency < all_currencies().size() && p.members < s_.sets.size() &&
               p.basis <= tariff::Basis::exw && p.round <= Round::floor && scale_ok(p.amount_step_scale) &&
               scale_ok(p.value_step_scale) && scale_ok(p.vat_uplift_scale) && scale_ok(p.formal_scale) &&
               p.value_round <= Round::floor && p.amount_step >= 0 && p.value_step >= 0;
    }
    [[nodiscard]] static bool scale_ok(int scale) { return scale >= 0 && scale <= 12; }
    Schedule const& s_;
};

Result<Schedule> schedule_of(SegmentReader const& segment) {
    Schedule s;
    auto const profile = TRY(segment.rows<tariff::Profile>(Table::profile));
    if (profile.size() != 1) return corrupt("a market has no profile");
    s.profile = profile.data();
    s.pool = TRY(segment.pool());
    s.nodes = TRY(segment.rows<tariff::Node>(Table::nodes));
    s.slots = TRY(segment.rows<std::uint32_t>(Table::slots));
    s.measures = TRY(segment.rows<tariff::Measure>(Table::measures));
    s.duties = TRY(segment.rows<tariff::DutyRow>(Table::duties));
    s.duty_nodes = TRY(segment.rows<tariff::DutyNode>(Table::duty_nodes));
    s.conditions = TRY(segment.rows<tariff::Condition>(Table::conditions));
    s.stacks = TRY(segment.rows<tariff::Stack>(Table::stacks));
    s.sources = TRY(segment.rows<tariff::SourceRow>(Table::sources));
    s.programs = TRY(segment.rows<tariff::ProgramRow>(Table::programs));
    s.sets = TRY(segment.rows<tariff::CountrySet>(Table::sets));
    s.gaps = TRY(segment.rows<tariff::GapRow>(Table::gaps));
    s.bases = TRY(segment.rows<tariff::BaseRow>(Table::bases));
    s.base_steps = TRY(segment.rows<tariff::BaseStep>(Table::base_steps));
    s.quotas = TRY(segment.rows<tariff::QuotaRow>(Table::quotas));
    s.schemes = TRY(segment.rows<tariff::SchemeRow>(Table::schemes));
    s.refunds = TRY(segment.rows<tariff::RefundRow>(Table::refunds));
    s.valuations = TRY(segment.rows<tariff::ValuationRow>(Table::valuations));
    s.agricultural = TRY(segment.rows<tariff::AgriculturalRow>(Table::agricultural));
    s.papers = TRY(segment.rows<tariff::Paper>(Table::papers));
    s.waivers = TRY(segment.rows<tariff::WaiverRow>(Table::waivers));
    s.packings = TRY(segment.rows<tariff::PackingRow>(Table::packings));
    s.sizes_present = segment.header().sizes_present;
    if (!Bounds(s).hold()) return corrupt("a market's tables contradict each other");
    s.prepare();
    return s;
}

std::string_view text_of(std::array<char, 16> const& code) {
    return {code.data(), ::strnlen(code.data(), code.size())};
}

// One market of the file, checked when it is first asked for.
struct MarketPages {
    SegmentEntry const* entry = nullptr;
    std::string_view code;
    mutable std::once_flag once;
    mutable std::optional<Result<Schedule>> schedule;
};

// The rate tables of the file, checked when they are first asked for.
struct FreightPages {
    SegmentEntry const* entry = nullptr;  // none: the edition has no tables
    mutable std::once_flag once;
    mutable std::optional<Result<freight::Tables>> tables;
};

Result<freight::Tables> tables_of(SegmentReader const& segment) {
    freight::Tables t;
    t.tables = TRY(segment.rows<freight::TableRow>(Table::freight_tables));
    t.zones = TRY(segment.rows<freight::ZoneRow>(Table::freight_zones));
    t.prices = TRY(segment.rows<freight::PriceRow>(Table::freight_prices));
    t.surcharges = TRY(segment.rows<freight::SurchargeRow>(Table::freight_surcharges));
    t.pool = TRY(segment.pool());
    if (!freight::is_sound(t)) return corrupt("the rate tables contradict themselves");
    return t;
}

// What it says of origin, checked when it is first asked for.
struct OriginPages {
    SegmentEntry const* entry = nullptr;
    mutable std::once_flag once;
    mutable std::optional<Error> failed;
    mutable std::unique_ptr<Shelf> shelf;
};

Result<OriginTexts> texts_of(SegmentReader const& segment) {
    auto const rows = TRY(segment.rows<TextRow>(Table::texts));
    auto const pool = TRY(segment.pool());
    OriginTexts texts;
    for (auto const& row : rows) {
        auto const in = [&](Words words) {
            return words.at <= pool.size() && words.size <= pool.size() - words.at;
        };
        if (!in(row.name) || !in(row.toml) || !in(row.sheet) || row.kind > TextKind::correlations)
            return corrupt("a text about origin reaches beyond its segment");
        auto const word = [&](Words words) { return std::string(pool.substr(words.at, words.size)); };
        if (row.kind == TextKind::correlations) {
            texts.correlations = word(row.sheet);
        } else {
            auto& all = row.kind == TextKind::agreement ? texts.agreements : texts.statements;
            all.push_back({word(row.name), word(row.toml), word(row.sheet)});
        }
    }
    return texts;
}

// Which markets stand at one country's border, and their schedules once they were checked.
struct Door {
    std::array<std::uint16_t, quote::Market::schedules_max> markets = {};
    std::uint8_t count = 0;
    mutable std::atomic<quote::Market const*> ready = nullptr;
    mutable std::mutex lock;
    mutable std::unique_ptr<quote::Market> kept;
};

class MappedEdition final : public Edition {
public:
    explicit MappedEdition(Pages pages) : pages_(std::move(pages)) {}

    Result<void> open() {
        auto const bytes = pages_.bytes();
        if (bytes.size() < sizeof(Header)) return corrupt("the file is cut short");
        header_ = reinterpret_cast<Header const*>(bytes.data());
        if (header_->magic != edition_magic) return corrupt("this is not an edition of the books");
        if (header_->version != edition_version || header_->tables != table_fingerprint()) {
            return refuse(Code::edition_version, "",
                          "`allroads books build` makes a new edition from the same packs");
        }
        if (header_->file_size != bytes.size()) {
            return corrupt("the file has " + std::to_string(bytes.size()) + " bytes and should have " +
                           std::to_string(header_->file_size));
        }
        auto const count = header_->segment_count;
        if (count > segments_max || sizeof(Header) + count * sizeof(SegmentEntry) > bytes.size()) {
            return corrupt("its directory is cut short");
        }
        std::string head(bytes.substr(0, sizeof(Header) + count * sizeof(SegmentEntry)));
        std::memset(head.data() + offsetof(Header, checksum), 0, sizeof header_->checksum);
        if (checksum_of(head) != header_->checksum)
            return corrupt("its directory does not match its checksum");
        directory_ = {reinterpret_cast<SegmentEntry const*>(bytes.data() + sizeof(Header)), count};
        return open_segments();
    }

    Result<quote::Market const*> market(Country destination) const override {
        auto const& door = doors_[destination.index()];
        if (auto const* ready = door.ready.load(std::memory_order_acquire)) return ready;
        if (door.count == 0) {
            return refuse(Code::no_market, "to",
                          std::string(destination.name()) + " (" + std::string(destination.text()) +
                              ") is not in these books");
        }
        std::scoped_lock const held(door.lock);
        if (!door.kept) {
            auto made = std::make_unique<quote::Market>();
            for (std::size_t i = 0; i < door.count; ++i) {
                made->schedules[made->schedule_count++] = TRY(checked(markets_[door.markets[i]]));
            }
            door.kept = std::move(made);
            door.ready.store(door.kept.get(), std::memory_order_release);
        }
        return door.kept.get();
    }
    Result<quote::Market const*> dispatch(Country from) const override {
        if (doors_[from.index()].count == 0) return nullptr;
        return market(from);
    }
    std::span<FxTable const> fx() const override { return fx_; }
    FxTable const* customs_fx(Country destination) const override {
        if (customs_fx_.empty()) return nullptr;
        auto const& door = doors_[destination.index()];
        for (std::size_t i = 0; i < door.count; ++i) {
            for (auto const& [market, table] : customs_fx_) {
                if (markets_[door.markets[i]].code == market) return &table;
            }
        }
        return nullptr;
    }
    Result<freight::Tables> freight() const override {
        if (freight_.entry == nullptr) return freight::Tables();
        std::call_once(freight_.once, [&] { freight_.tables.emplace(check_freight()); });
        return *freight_.tables;
    }
    Result<Shelf const*> shelf() const override {
        std::call_once(origin_.once, [&] {
            auto texts = origin_.entry == nullptr ? Result<OriginTexts>() : check_origin();
            if (texts) {
                origin_.shelf = std::make_unique<Shelf>(std::move(*texts));
            } else {
                origin_.failed = texts.error();
            }
        });
        if (origin_.failed) return std::unexpected(*origin_.failed);
        return origin_.shelf.get();
    }
    Result<std::vector<origin::Agreement const*>> agreements(Country made_in, Country to,
                                                             Day day) const override {
        return TRY(shelf())->between(made_in, to, day);
    }
    std::string_view name() const override {
        return {header_->name.data(), ::strnlen(header_->name.data(), header_->name.size())};
    }
    std::vector<std::string_view> markets() const override {
        std::vector<std::string_view> codes;
        for (auto const& market : markets_) codes.push_back(market.code);
        std::ranges::sort(codes);
        return codes;
    }
    Result<Schedule const*> schedule(std::string_view code) const override {
        for (auto const& market : markets_) {
            if (market.code == code) return checked(market);
        }
        return refuse(Code::no_market, "market", excerpt(code) + " is not a market of these books");
    }
    std::vector<PackAbout> packs() const override {
        std::vector<PackAbout> all;
        for (auto const& row : pack_rows_) {
            all.push_back({word(row.name), word(row.title), word(row.source), word(row.market),
                           word(row.file), word(row.sha256), word(row.dated), word(row.checked_on),
                           row.measures, row.lines, row.rates, row.documents, row.freight_tables,
                           row.starter != 0});
        }
        return all;
    }
    Result<void> check_all() const override {
        for (auto const& market : markets_) (void)TRY(checked(market));
        (void)TRY(freight());
        auto const& texts = *TRY(shelf());
        (void)TRY(texts.all());
        (void)TRY(texts.statements());
        return {};
    }

private:
    [[nodiscard]] std::string_view word(Words words) const { return pack_pool_.substr(words.at, words.size); }
    [[nodiscard]] Result<std::string_view> bytes_of(SegmentEntry const& entry) const {
        auto const bytes = pages_.bytes();
        if (entry.at > bytes.size() || entry.size > bytes.size() - entry.at || entry.at % alignment != 0) {
            return corrupt("a segment reaches beyond the file");
        }
        return bytes.substr(entry.at, entry.size);
    }
    Result<Schedule const*> checked(MarketPages const& market) const {
        std::call_once(market.once, [&] { market.schedule.emplace(check_market(market)); });
        if (!*market.schedule) return std::unexpected(market.schedule->error());
        return &**market.schedule;
    }
    Result<Schedule> check_market(MarketPages const& market) const {
        auto const bytes = TRY(bytes_of(*market.entry));
        return schedule_of(TRY(SegmentReader::check_and_open(bytes, market.entry->checksum, market.code)));
    }
    Result<freight::Tables> check_freight() const {
        auto const bytes = TRY(bytes_of(*freight_.entry));
        return tables_of(
            TRY(SegmentReader::check_and_open(bytes, freight_.entry->checksum, "the rate tables")));
    }
    Result<OriginTexts> check_origin() const {
        auto const bytes = TRY(bytes_of(*origin_.entry));
        return texts_of(
            TRY(SegmentReader::check_and_open(bytes, origin_.entry->checksum, "the texts about origin")));
    }
    Result<void> open_segments() {
        auto const count = std::ranges::count(directory_, SegmentKind::market, &SegmentEntry::kind);
        markets_ = std::vector<MarketPages>(static_cast<std::size_t>(count));
        std::size_t next = 0;
        for (auto const& entry : directory_) {
            (void)TRY(bytes_of(entry));
            switch (entry.kind) {
                case SegmentKind::market:
                    markets_[next].entry = &entry;
                    markets_[next++].code = text_of(entry.code);
                    break;
                case SegmentKind::exchange: TRY_VOID(open_exchange(entry)); break;
                case SegmentKind::packs: TRY_VOID(open_packs(entry)); break;
                case SegmentKind::freight: freight_.entry = &entry; break;
                case SegmentKind::origin: origin_.entry = &entry; break;
                default: return corrupt("a segment is of no known kind");
            }
        }
        // A country's own schedule (rank 0) comes before its union's (rank 1).
        for (std::uint32_t rank = 0; rank < 2; ++rank) add_doors(rank);
        // What one publisher does not have, the next is asked for.
        for (std::size_t i = 0; i + 1 < fx_.size(); ++i) fx_[i].otherwise = &fx_[i + 1];
        return {};
    }
    void add_doors(std::uint32_t rank) {
        for (std::size_t i = 0; i < markets_.size(); ++i) {
            if (markets_[i].entry->rank != rank) continue;
            for (std::size_t country = 0; country < country_indexes; ++country) {
                auto const bits = markets_[i].entry->members.bits[country / 64];
                auto& door = doors_[country];
                if (((bits >> (country % 64)) & 1U) != 0 && door.count < door.markets.size()) {
                    door.markets[door.count++] = static_cast<std::uint16_t>(i);
                }
            }
        }
    }
    Result<void> open_exchange(SegmentEntry const& entry) {
        auto const segment =
            TRY(SegmentReader::check_and_open(TRY(bytes_of(entry)), entry.checksum, "exchange rates"));
        auto const rows = TRY(segment.rows<FxRow>(Table::fx_rows));
        auto const pool = TRY(segment.pool());
        auto const& head = segment.header();
        bool const sound = head.base_currency < all_currencies().size() && head.source.at <= pool.size() &&
                           std::ranges::all_of(
                               rows,
                               [](FxRow const& row) {
                                   return row.currency < all_currencies().size() && row.coefficient > 0 &&
                                          row.scale >= 0 && row.scale <= 18 &&
                                          row.day >= Day::first().number() && row.day <= Day::last().number();
                               });
        if (!sound) return corrupt("the exchange rates contradict themselves");
        FxTable table{Currency::from_index(static_cast<std::uint16_t>(head.base_currency)),
                      pool.substr(head.source.at, head.source.size), rows};
        // Rates of a country's customs carry its market and for how many days they are fresh.
        auto const market = text_of(entry.code);
        if (market.empty()) {
            fx_.push_back(table);
        } else {
            table.fresh_days = static_cast<int>(std::min<std::uint32_t>(entry.rank, 400));
            customs_fx_.push_back({market, table});
        }
        return {};
    }
    Result<void> open_packs(SegmentEntry const& entry) {
        auto const segment =
            TRY(SegmentReader::check_and_open(TRY(bytes_of(entry)), entry.checksum, "the packs"));
        pack_rows_ = TRY(segment.rows<PackRow>(Table::packs));
        pack_pool_ = TRY(segment.pool());
        auto const in = [&](Words words) { return words.at <= pack_pool_.size(); };
        for (auto const& row : pack_rows_) {
            if (!(in(row.name) && in(row.title) && in(row.source) && in(row.market) && in(row.file) &&
                  in(row.sha256) && in(row.dated) && in(row.checked_on))) {
                return corrupt("the list of packs contradicts itself");
            }
        }
        return {};
    }

    Pages pages_;
    Header const* header_ = nullptr;
    std::span<SegmentEntry const> directory_;
    std::vector<MarketPages> markets_;
    std::array<Door, country_indexes> doors_;
    std::vector<FxTable> fx_;
    std::vector<std::pair<std::string_view, FxTable>> customs_fx_;  // by market
    FreightPages freight_;
    OriginPages origin_;
    std::span<PackRow const> pack_rows_;
    std::string_view pack_pool_;
};

Result<std::shared_ptr<Edition const>> opened(Pages pages) {
    auto edition = std::make_shared<MappedEdition>(std::move(pages));
    TRY_VOID(edition->open());
    return std::shared_ptr<Edition const>(std::move(edition));
}

}  // namespace

Result<std::shared_ptr<Edition const>> open(std::filesystem::path const& file) {
    return opened(TRY(Pages::map(file)));
}

Result<std::shared_ptr<Edition const>> open_bytes(std::string_view bytes) { return opened(Pages(bytes)); }

std::filesystem::path edition_in(std::filesystem::path const& data) { return data / "edition.books"; }

}  // namespace allroads::books
