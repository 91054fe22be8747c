#include "books/schedule_builder.h"

#include "books/conditions.h"

#include <algorithm>
#include <bit>
#include <tuple>

namespace allroads::books {

namespace {

using tariff::Measure;
using tariff::Node;

constexpr std::size_t small_index_max = 65535;
constexpr std::int64_t cost_max = 1'000'000'000'000;  // coefficient of what a paper costs
constexpr int shared_digits = 6;                      // of the Harmonized System

// The words of `text` between spaces, one by one.
std::optional<std::string_view> next_word(std::string_view& text) {
    text = trim(text);
    if (text.empty()) return std::nullopt;
    auto const end = text.find(' ');
    auto const word = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end);
    return word;
}

Result<Day> day_or(std::string_view text, Day otherwise, std::string_view column) {
    if (text.empty()) return otherwise;
    auto day = Day::parse(text);
    if (!day) return std::unexpected(Error(Code::bad_date, column, day.error().detail()));
    return *day;
}

std::int64_t small(Decimal const& decimal) { return static_cast<std::int64_t>(decimal.coefficient()); }

}  // namespace

ScheduleBuilder::ScheduleBuilder(std::string code, Groups const& groups) : groups_(groups) {
    profile_.code = pool_.add(code);
    profile_.round = Round::half_up;
    programs_.emplace_back();
    programs_[0].valid_from = Day::first().number();
    programs_[0].valid_to = Day::last().number();
    program_places_[""] = 0;
    sets_.emplace_back();
    set_places_[""] = 0;
}

Result<std::uint16_t> ScheduleBuilder::country_set(std::string_view names) {
    auto const [place, is_new] = set_places_.try_emplace(std::string(trim(names)), 0);
    if (!is_new) return place->second;
    tariff::CountrySet set;
    auto rest = names;
    while (auto const name = next_word(rest)) {
        if (auto const group = groups_.find(*name); group != groups_.end()) {
            for (std::size_t i = 0; i < std::size(set.bits); ++i) set.bits[i] |= group->second.bits[i];
            continue;
        }
        auto const country = Country::parse(*name);
        if (!country) {
            set_places_.erase(place);
            return refuse(Code::bad_country, "",
                          excerpt(*name) + " is neither a country nor a group of the packs");
        }
        set.bits[country->index() / 64] |= std::uint64_t{1} << (country->index() % 64);
    }
    check(sets_.size() < small_index_max);
    place->second = static_cast<std::uint16_t>(sets_.size());
    sets_.push_back(set);
    return place->second;
}

std::uint32_t ScheduleBuilder::duty(std::string_view text) {
    auto const [place, is_new] = duty_places_.try_emplace(std::string(text), 0);
    if (!is_new) return place->second;
    auto const parsed = tariff::DutyText::parse(text, tariff::Dialect::plain);
    auto const view = parsed.view();
    tariff::DutyRow row;
    row.text = pool_.add(view.text);
    row.words = pool_.add(view.words);
    row.node = static_cast<std::uint32_t>(duty_nodes_.size());
    row.node_count = static_cast<std::uint32_t>(view.nodes.size());
    duty_nodes_.insert(duty_nodes_.end(), view.nodes.begin(), view.nodes.end());
    place->second = static_cast<std::uint32_t>(duties_.size());
    duties_.push_back(row);
    return place->second;
}

Result<std::uint32_t> ScheduleBuilder::source(SourceSaid const& line) {
    auto const checked = TRY(day_or(line.checked_on, Day::first(), "checked_on"));
    auto const key = line.title + '\n' + line.legal + '\n' + line.url + '\n' + line.checked_on;
    auto const [place, is_new] = source_places_.try_emplace(key, static_cast<std::uint32_t>(sources_.size()));
    if (is_new) {
        sources_.push_back(
            {pool_.add(line.title), pool_.add(line.legal), pool_.add(line.url), checked.number()});
    }
    return place->second;
}

std::uint16_t ScheduleBuilder::program(std::string_view code) {
    auto const [place, is_new] = program_places_.try_emplace(std::string(code), 0);
    if (is_new) {
        check(programs_.size() < small_index_max);
        place->second = static_cast<std::uint16_t>(programs_.size());
        tariff::ProgramRow row;
        row.code = pool_.add(code);
        row.valid_from = Day::first().number();
        row.valid_to = Day::last().number();
        programs_.push_back(row);
    }
    return place->second;
}

void ScheduleBuilder::add(Program const& said) {
    auto& row = programs_[program(said.code)];
    if (row.name.size != 0) return;
    row.name = pool_.add(said.name);
    row.proof = pool_.add(said.proof);
    row.ref = pool_.add(said.ref);
    row.url = pool_.add(said.url);
    row.valid_from = said.valid_from.number();
    row.valid_to = said.valid_to.number();
}

Result<void> ScheduleBuilder::add(QuotaLine const& line) {
    tariff::QuotaRow row;
    if (trim(line.order).empty()) return refuse(Code::field_missing, "order", "expected an order number");
    row.order = pool_.add(trim(line.order));
    row.ref = pool_.add(line.legal);
    row.url = pool_.add(line.url);
    row.valid_from = TRY(day_or(line.valid_from, Day::first(), "valid_from")).number();
    row.valid_to = TRY(day_or(line.valid_to, Day::last(), "valid_to")).number();
    row.as_of = TRY(day_or(line.as_of, Day::first(), "as_of")).number();
    row.unit = (line.unit.empty() ? unit::kilogram : TRY(Unit::parse(line.unit))).index();
    row.state = line.state.empty() ? tariff::QuotaState::open : TRY(tariff::parse_quota_state(line.state));
    row.scale = 3;
    auto const amount = [](std::string_view text) -> Result<std::int64_t> {
        if (text.empty()) return -1;
        auto const thousandths = TRY(quotient(TRY(Decimal::parse(text)), Decimal::of(1, 3), 0, Round::down));
        if (thousandths.is_negative() || thousandths.coefficient() > INT64_MAX)
            return refuse(Code::bad_quantity, "balance", std::string(text));
        return small(thousandths);
    };
    row.volume = TRY(amount(line.volume));
    row.balance = TRY(amount(line.balance));
    quotas_.push_back(row);
    return {};
}

Result<void> ScheduleBuilder::add(AgriculturalLine const& line) {
    tariff::AgriculturalRow row;
    auto const code = TRY(Decimal::parse(line.code));
    if (code.scale() != 0 || code < Decimal(0) || code > Decimal(9999))
        return refuse(Code::bad_value, "code", "expected a Meursing code of four digits");
    row.code = static_cast<std::uint32_t>(small(code));
    auto const* const found = std::ranges::find(tariff::agricultural_components, line.component);
    if (found == std::end(tariff::agricultural_components))
        return refuse(Code::bad_value, "component", excerpt(line.component) + " is not EA, ADSZ, ADFM …");
    row.component = static_cast<std::uint8_t>(found - std::begin(tariff::agricultural_components));
    auto const amount = TRY(Decimal::parse(line.amount));
    if (amount.is_negative() || amount.coefficient() > INT64_MAX)
        return refuse(Code::bad_value, "amount", excerpt(line.amount));
    row.amount = small(amount);
    row.scale = static_cast<std::int8_t>(amount.scale());
    row.currency = TRY(Currency::parse(line.currency)).index();
    row.valid_from = TRY(day_or(line.valid_from, Day::first(), "valid_from")).number();
    row.valid_to = TRY(day_or(line.valid_to, Day::last(), "valid_to")).number();
    agricultural_.push_back(row);
    return {};
}

Result<void> ScheduleBuilder::add(SchemeSaid const& said) {
    if (said.code.empty()) return refuse(Code::field_missing, "scheme.code", "a scheme has a code");
    auto const range = TRY(conditions(said.conditions, nullptr));
    schemes_.push_back({pool_.add(said.code), pool_.add(said.name), pool_.add(said.law), pool_.add(said.url),
                        TRY(day_or(said.valid_from, Day::first(), "scheme.valid_from")).number(),
                        TRY(day_or(said.valid_to, Day::last(), "scheme.valid_to")).number(), range.first,
                        range.count});
    return {};
}

Result<void> ScheduleBuilder::add(RefundSaid const& said) {
    if (said.program.empty() || said.claim_by.empty())
        return refuse(Code::field_missing, "refund", "a refund has a program and a day to claim by");
    tariff::RefundRow row;
    row.program = program(said.program);
    row.entered_from = TRY(day_or(said.entered_from, Day::first(), "refund.entered_from")).number();
    row.entered_to = TRY(day_or(said.entered_to, Day::last(), "refund.entered_to")).number();
    row.known_from = TRY(day_or(said.known_from, Day::first(), "refund.known_from")).number();
    row.claim_by = TRY(day_or(said.claim_by, Day::last(), "refund.claim_by")).number();
    row.ref = pool_.add(said.law);
    row.url = pool_.add(said.url);
    refunds_.push_back(row);
    return {};
}

Result<ScheduleBuilder::Packing> ScheduleBuilder::packing_of(PackingLine const& line) {
    auto const six = [](std::string const& text, std::string_view field) -> Result<GoodsCode> {
        auto const code = GoodsCode::parse(text);
        if (!code || code->size() != 6)
            return refuse(Code::bad_code, field, excerpt(text) + ": expected six digits");
        return *code;
    };
    if (line.how.empty())
        return refuse(Code::field_missing, "how", "expected the pack that makes the difference");
    return Packing{TRY(six(line.hs, "hs")), TRY(six(line.instead, "instead"))};
}

Result<void> ScheduleBuilder::add(PackingLine const& line) {
    auto const [hs, instead] = TRY(packing_of(line));
    packings_.push_back({hs.key(), instead.key(), pool_.add(instead.dotted()), pool_.add(line.how),
                         pool_.add(line.legal), pool_.add(line.url)});
    return {};
}

Result<void> ScheduleBuilder::add(WaiverSaid const& said) {
    tariff::WaiverRow row;
    auto const terms = tariff::parse_terms(said.of);
    constexpr auto waivable = tariff::charge_terms & ~static_cast<tariff::Terms>(tariff::Term::fee);
    if (!terms || *terms == 0 || (*terms & ~waivable) != 0)
        return refuse(Code::bad_value, "waiver.of", "expected duty, surcharge, excise and vat, joined by +");
    row.terms = *terms;
    auto const space = said.up_to.find(' ');
    if (space == std::string::npos)
        return refuse(Code::bad_value, "waiver.up_to", "expected an amount and a currency");
    auto const amount = TRY(Decimal::parse(said.up_to.substr(0, space))).stripped();
    constexpr std::int64_t most = 1'000'000'000'000;
    if (amount.is_negative() || amount.coefficient() > most || amount.scale() > 4)
        return refuse(Code::bad_value, "waiver.up_to", "expected up to 12 digits, 4 of them decimals");
    row.up_to = static_cast<std::int64_t>(amount.coefficient());
    row.scale = static_cast<std::int8_t>(amount.scale());
    row.currency = TRY(Currency::parse(said.up_to.substr(space + 1))).index();
    if (said.name.empty() || said.law.empty())
        return refuse(Code::field_missing, "waiver", "a waiver has a name and a law");
    row.valid_from = TRY(day_or(said.valid_from, Day::first(), "waiver.valid_from")).number();
    row.valid_to = TRY(day_or(said.valid_to, Day::last(), "waiver.valid_to")).number();
    auto const range = TRY(conditions(said.conditions, nullptr));
    row.conditions = range.first;
    row.condition_count = range.count;
    row.name = pool_.add(said.name);
    row.ref = pool_.add(said.law);
    row.url = pool_.add(said.url);
    waivers_.push_back(row);
    return {};
}

// The customs value is found before anything is charged and without asking the trader.
Result<void> ScheduleBuilder::check_valuation(tariff::Terms base) const {
    bool const is_plain = (base & tariff::base_expression) == 0;
    auto const* row = is_plain ? nullptr : &bases_[base & (tariff::base_expression - 1U)];
    auto const terms = is_plain ? base : row->terms;
    bool asks = !is_plain && row->is_on_programs != 0;
    for (std::uint32_t i = 0; row != nullptr && i < row->step_count; ++i) {
        auto const op = base_steps_[row->step + i].op;
        asks = asks || op == tariff::BaseOp::fact || op == tariff::BaseOp::rate;
    }
    if (asks || (terms & tariff::charge_terms) != 0) {
        return refuse(Code::bad_value, "valuation.value",
                      "a value for customs may name goods, freight, insurance, customs-value and costs only");
    }
    return {};
}

Result<void> ScheduleBuilder::add(ValuationSaid const& said) {
    tariff::ValuationRow row;
    row.kind = TRY(tariff::parse_valuation_kind(said.what));
    row.base = TRY(base(said.value));
    TRY_VOID(check_valuation(row.base));
    row.valid_from = TRY(day_or(said.valid_from, Day::first(), "valuation.valid_from")).number();
    row.valid_to = TRY(day_or(said.valid_to, Day::last(), "valuation.valid_to")).number();
    auto const range = TRY(conditions(said.conditions, nullptr));
    row.conditions = range.first;
    row.condition_count = range.count;
    row.ref = pool_.add(said.law);
    row.url = pool_.add(said.url);
    valuations_.push_back(row);
    return {};
}

void ScheduleBuilder::add_gap(Day from, Day to, std::string_view code, std::string_view text) {
    gaps_.push_back({from.number(), to.number(), pool_.add(code), pool_.add(text)});
}

// A plain sum of terms stays what it is; anything else becomes a row of its own.
Result<tariff::Terms> ScheduleBuilder::base(std::string_view text) {
    if (auto const plain = tariff::parse_terms(text); plain && *plain != 0) return *plain;
    auto const [place, is_new] = base_places_.try_emplace(std::string(text), tariff::Terms{0});
    if (!is_new) return place->second;
    auto parsed = tariff::parse_base(text);
    if (!parsed) {
        base_places_.erase(place);
        return std::unexpected(std::move(parsed).error());
    }
    check(bases_.size() < tariff::base_expression);
    tariff::BaseRow row;
    row.step = static_cast<std::uint32_t>(base_steps_.size());
    row.step_count = static_cast<std::uint32_t>(parsed->size());
    row.text = pool_.add(text);
    for (auto const& word : *parsed) {
        tariff::BaseStep step;
        step.op = word.op;
        step.number = small(word.number);
        step.scale = static_cast<std::int8_t>(word.number.scale());
        step.ref = word.op == tariff::BaseOp::charged ? program(word.name) : word.terms;
        if (word.op == tariff::BaseOp::fact) step.text = pool_.add(word.name);
        row.terms = static_cast<tariff::Terms>(row.terms | word.terms);
        if (word.op == tariff::BaseOp::charged) row.is_on_programs = 1;
        base_steps_.push_back(step);
    }
    place->second = static_cast<tariff::Terms>(tariff::base_expression | bases_.size());
    bases_.push_back(row);
    return place->second;
}

Result<ScheduleBuilder::Range> ScheduleBuilder::conditions(std::string_view text, Manner* manner) {
    using What = ConditionPart::What;
    Range range{static_cast<std::uint32_t>(conditions_.size()), 0};
    while (auto const part = next_part(text)) {
        auto const said = TRY(parse_condition(*part));
        if (said.what == What::condition) {
            auto made = said.condition;
            made.key = pool_.add(said.key);
            // Named as the paper that shows a part in it, so that it can be asked for and given as a proof.
            bool const is_quota = made.kind == tariff::ConditionKind::quota;
            made.text = pool_.add(is_quota ? "quota:" + std::string(said.text) : std::string(said.text));
            conditions_.push_back(made);
            if (++range.count > conditions_max)
                return refuse(Code::too_long, "conditions", "more than 16 conditions");
            continue;
        }
        if (manner == nullptr)
            return refuse(Code::bad_value, "conditions", excerpt(*part) + " has no meaning here");
        if (said.what == What::base) manner->base = TRY(base(said.text));
        if (said.what == What::step) manner->step = said.step;
        if (said.what == What::per) manner->per = said.per;
    }
    return range;
}

Result<void> ScheduleBuilder::stack(std::string_view text, Measure& measure) {
    measure.stack = static_cast<std::uint32_t>(stacks_.size());
    std::size_t count = 0;
    while (auto const part = next_part(text)) {
        tariff::Stack made;
        if (part->starts_with("excludes=")) {
            made.relation = tariff::Relation::excludes;
        } else if (part->starts_with("replaces=")) {
            made.relation = tariff::Relation::replaces;
        } else {
            return refuse(Code::bad_value, "stack",
                          excerpt(*part) + ": expected excludes=PROGRAM or replaces=PROGRAM");
        }
        auto const named = part->substr(9);
        made.program = program(named == "MFN" ? std::string_view() : named);
        stacks_.push_back(made);
        if (++count > 32) return refuse(Code::too_long, "stack", "more than 32 relations");
    }
    measure.stack_count = static_cast<std::uint8_t>(count);
    return {};
}

Result<void> ScheduleBuilder::add(MeasureLine const& line, Span validity, Span knowledge) {
    auto const code = line.hs.empty() ? GoodsCode() : TRY(GoodsCode::parse(line.hs));
    Measure measure;
    auto const from = std::max(TRY(day_or(line.valid_from, Day::first(), "valid_from")), validity.from);
    auto const to = std::min(TRY(day_or(line.valid_to, Day::last(), "valid_to")), validity.to);
    if (from > to) return {};  // another pack speaks for all of its days
    measure.valid_from = from.number();
    measure.valid_to = to.number();
    measure.known_from =
        std::max(TRY(day_or(line.known_from, Day::first(), "known_from")), knowledge.from).number();
    measure.known_to = knowledge.to.number();
    measure.kind = TRY(tariff::parse_kind(line.kind));
    measure.confidence = TRY(tariff::parse_confidence(line.confidence));
    measure.origins = TRY(country_set(line.origins));
    measure.excluded = TRY(country_set(line.excluded));
    measure.program = program(line.program);
    measure.digits = static_cast<std::uint8_t>(code.size());
    Manner manner;
    auto const range = TRY(conditions(line.conditions, &manner));
    measure.conditions = range.first;
    measure.condition_count = static_cast<std::uint8_t>(range.count);
    measure.base = manner.base;
    measure.per = manner.per;
    measure.step = manner.step != 0 ? manner.step : tariff::usual_step(measure.kind);
    TRY_VOID(stack(line.stack, measure));
    measure.source = TRY(source({line.title, line.legal, line.url, line.checked_on}));
    measure.duty = duty(line.duty);
    measures_.push_back({code.key(), measure});
    return {};
}

// The words of a line, its kind and what it usually costs.
Result<void> ScheduleBuilder::say(DocumentLine const& line, tariff::Paper& paper) {
    static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    if (line.code.empty() || line.code.size() > document_code_max ||
        line.code.find_first_not_of(letters) != std::string::npos) {
        return refuse(Code::bad_value, "code",
                      excerpt(line.code) + ": expected capital letters, digits and hyphens, such as PHYTO");
    }
    paper.kind = TRY(tariff::parse_paper_kind(line.kind));
    paper.side = TRY(tariff::parse_side(line.side));
    if (trim(line.name).empty()) return refuse(Code::field_missing, "name", "what it is called");
    if (trim(line.legal).empty()) return refuse(Code::field_missing, "legal", "the law that asks for it");
    if (!line.url.empty() && !line.url.starts_with("https://") && !line.url.starts_with("http://")) {
        return refuse(Code::bad_value, "url", excerpt(line.url) + " is not an address of the web");
    }
    if (!line.cost.empty()) {
        auto const space = std::min(line.cost.find(' '), line.cost.size());
        auto const amount = Decimal::parse(std::string_view(line.cost).substr(0, space));
        auto const currency = Currency::parse(trim(std::string_view(line.cost).substr(space)));
        bool const sound = amount && currency && amount->scale() <= 9 && amount->coefficient() >= 0 &&
                           amount->coefficient() <= cost_max;
        if (!sound) return refuse(Code::bad_value, "cost", excerpt(line.cost) + ": expected 25 EUR, say");
        paper.cost = small(*amount);
        paper.cost_scale = static_cast<std::int8_t>(amount->scale());
        paper.cost_currency = currency->index();
        paper.has_cost = 1;
    }
    paper.code = pool_.add(line.code);
    paper.name = pool_.add(line.name);
    paper.purpose = pool_.add(line.purpose);
    paper.issuer = pool_.add(line.issuer);
    paper.days = pool_.add(line.days);
    return {};
}

Result<void> ScheduleBuilder::add(DocumentLine const& line, Span validity, Span knowledge) {
    tariff::Paper paper;
    TRY_VOID(say(line, paper));
    auto const from = std::max(TRY(day_or(line.valid_from, Day::first(), "valid_from")), validity.from);
    auto const to = std::min(TRY(day_or(line.valid_to, Day::last(), "valid_to")), validity.to);
    auto const known = TRY(day_or(line.known_from, Day::first(), "known_from"));
    if (from > to) return {};
    paper.valid_from = from.number();
    paper.valid_to = to.number();
    paper.known_from = std::max(known, knowledge.from).number();
    paper.known_to = knowledge.to.number();
    paper.confidence = TRY(tariff::parse_confidence(line.confidence));
    paper.origins = TRY(country_set(line.origins));
    paper.excluded = TRY(country_set(line.excluded));
    auto const range = TRY(conditions(line.conditions, nullptr));
    paper.conditions = range.first;
    paper.condition_count = static_cast<std::uint8_t>(range.count);
    paper.source = TRY(source({line.title, line.legal, line.url, line.checked_on}));
    return place(line.hs, paper);
}

// At each of the codes, or at every good where there is none.
Result<void> ScheduleBuilder::place(std::string_view codes, tariff::Paper paper) {
    bool is_every = true;
    while (auto const word = next_word(codes)) {
        auto const code = GoodsCode::parse(*word);
        if (!code) return std::unexpected(code.error().within("hs"));
        if (paper.side == tariff::Side::dispatch && code->size() > shared_digits) {
            return refuse(Code::bad_code, "hs",
                          excerpt(*word) +
                              ": a code of goods that leave has at most 6 digits: those that "
                              "all countries share");
        }
        is_every = false;
        paper.digits = static_cast<std::uint32_t>(code->size());
        papers_.push_back({code->key(), paper});
    }
    if (is_every) papers_.push_back({0, paper});
    return {};
}

void ScheduleBuilder::add(NomenclatureLine const& line, GoodsCode code) {
    texts_.insert_or_assign(code.key(), Text{pool_.add(line.text), pool_.add(line.unit), line.declarable});
}

void ScheduleBuilder::sort_measures() {
    auto const order = [](Placed const& p) {
        auto const& m = p.measure;
        // What applies under a condition comes before what applies without one.
        return std::tuple(p.key, m.kind, m.program, -m.condition_count, -m.valid_from, -m.known_from);
    };
    std::ranges::stable_sort(measures_, {}, order);
}

// Every code that a text or a measure names, and the headings above it, in tree order.
std::vector<Node> ScheduleBuilder::nodes() {
    std::vector<std::uint64_t> keys = {0};
    for (auto const& [key, text] : texts_) keys.push_back(key);
    for (auto const& placed : measures_) keys.push_back(placed.key);
    for (auto const& placed : papers_) keys.push_back(placed.key);
    std::ranges::sort(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    std::vector<Node> made(keys.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        auto& node = made[i];
        node.key = keys[i];
        node.measure = static_cast<std::uint32_t>(next);
        while (next < measures_.size() && measures_[next].key == node.key) ++next;
        node.measure_count = static_cast<std::uint32_t>(next) - node.measure;
        if (auto const text = texts_.find(node.key); text != texts_.end()) {
            node.text = text->second.text;
            node.unit = text->second.unit;
            node.declarable = text->second.declarable ? 1 : 0;
        }
    }
    link(made);
    return made;
}

// The papers in tree order, each told its node and each node its papers.
std::vector<tariff::Paper> ScheduleBuilder::papers(std::vector<Node>& nodes) {
    std::ranges::stable_sort(papers_, {}, [](PlacedPaper const& p) {
        return std::pair(p.key, p.paper.kind != tariff::PaperKind::exempt);
    });
    std::vector<tariff::Paper> made;
    made.reserve(papers_.size());
    for (auto const& placed : papers_) {
        auto const node = std::ranges::lower_bound(nodes, placed.key, {}, &Node::key);
        made.push_back(placed.paper);
        made.back().node = static_cast<std::uint32_t>(node - nodes.begin());
        if (node->papers == 0) node->papers = static_cast<std::uint32_t>(made.size());
    }
    return made;
}

void ScheduleBuilder::link(std::vector<Node>& nodes) {
    std::vector<std::uint32_t> above = {0};
    for (std::uint32_t i = 1; i < nodes.size(); ++i) {
        auto const code = GoodsCode::from_key(nodes[i].key);
        while (above.size() > 1 && !code.is_under(GoodsCode::from_key(nodes[above.back()].key))) {
            nodes[above.back()].end = i;
            above.pop_back();
        }
        nodes[i].parent = above.back();
        above.push_back(i);
    }
    for (auto const open : above) nodes[open].end = static_cast<std::uint32_t>(nodes.size());
}

std::vector<std::uint32_t> ScheduleBuilder::slots(std::vector<Node> const& nodes) {
    // At most half full: the probe for a code that is not there ends after about two slots.
    std::vector<std::uint32_t> made(std::bit_ceil(nodes.size() * 2 + 2), 0);
    auto const mask = made.size() - 1;
    for (std::uint32_t i = 1; i < nodes.size(); ++i) {
        auto slot = tariff::slot_hash(nodes[i].key) & mask;
        while (made[slot] != 0) slot = (slot + 1) & mask;
        made[slot] = i;
    }
    return made;
}

std::string ScheduleBuilder::finish() {
    sort_measures();
    auto tree = nodes();
    auto const all_papers = papers(tree);
    std::vector<Measure> measures;
    measures.reserve(measures_.size());
    for (auto const& placed : measures_) measures.push_back(placed.measure);
    if (sources_.empty()) sources_.emplace_back();
    SegmentWriter segment;
    for (auto const& node : tree) segment.header.sizes_present |= 1U << (node.key & 15U);
    segment.table(Table::profile, std::vector<tariff::Profile>{profile_});
    segment.table(Table::nodes, tree);
    segment.table(Table::slots, slots(tree));
    segment.table(Table::measures, measures);
    segment.table(Table::duties, duties_);
    segment.table(Table::duty_nodes, duty_nodes_);
    segment.table(Table::conditions, conditions_);
    segment.table(Table::stacks, stacks_);
    segment.table(Table::sources, sources_);
    segment.table(Table::programs, programs_);
    segment.table(Table::sets, sets_);
    segment.table(Table::gaps, gaps_);
    std::ranges::stable_sort(quotas_, {}, [&](tariff::QuotaRow const& row) {
        return std::pair(pool_.bytes().substr(row.order.at, row.order.size), row.valid_from);
    });
    std::ranges::stable_sort(agricultural_, {}, [](tariff::AgriculturalRow const& row) {
        return std::tuple(row.code, row.component, row.valid_from);
    });
    segment.table(Table::bases, bases_);
    segment.table(Table::base_steps, base_steps_);
    segment.table(Table::quotas, quotas_);
    segment.table(Table::schemes, schemes_);
    segment.table(Table::refunds, refunds_);
    segment.table(Table::valuations, valuations_);
    segment.table(Table::agricultural, agricultural_);
    segment.table(Table::papers, all_papers);
    segment.table(Table::waivers, waivers_);
    std::ranges::stable_sort(packings_, {}, &tariff::PackingRow::hs);
    segment.table(Table::packings, packings_);
    segment.pool(pool_.bytes());
    return segment.finish();
}

}  // namespace allroads::books
