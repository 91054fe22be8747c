// Delivered prices: lanes to a country, plans of a door, and the ranking of what was found.

#include "search/price.h"

#include <algorithm>
#include <exception>
#include <numeric>
#include <thread>

namespace allroads::search {
namespace {

constexpr std::size_t part_entries = 65'536;  // priced at a time, so that what is worked on stays in cache
constexpr std::int64_t price_max = 9'000'000'000'000'000;  // beyond nothing is priced

constexpr std::size_t threads_from = 200'000;  // matches, from which on two threads price them

// 10^n for what a rate and a currency have of decimals; 0 beyond a machine word.
std::int64_t power(int n) {
    if (n > 18) return 0;
    std::int64_t made = 1;
    for (int i = 0; i < n; ++i) made *= 10;
    return made;
}

}  // namespace

// ---- lanes ------------------------------------------------------------------------------------------------

Lanes::Lanes(Shops const& shops, Country to, Day day, std::vector<Currency> const& currencies,
             quote::Books const& books) {
    shops_.resize(shops.of.size());
    for (std::size_t i = 0; i < shops.of.size(); ++i) {
        if (shops.of[i] == nullptr) continue;
        auto const& sending = *shops.of[i];
        auto& row = shops_[i];
        row.first = static_cast<std::uint32_t>(lanes_.size());
        row.currency = sending.currency.index();
        for (auto const& lane : sending.lanes) {
            if (!lane.to.empty() && std::ranges::find(lane.to, to) == lane.to.end()) continue;
            lanes_.push_back({lane.base, lane.half_kilo, static_cast<std::uint64_t>(lane.grams_max),
                              lane.days_min, lane.days_max});
            ++row.count;
        }
        for (auto const currency : currencies) {
            auto const is_same = [&](RateRow const& rate) {
                return rate.from == row.currency && rate.to == currency.index();
            };
            if (currency == sending.currency || std::ranges::any_of(rates_, is_same)) continue;
            for (auto const& table : books.fx()) {
                if (auto const rate = table.rate(sending.currency, currency, day)) {
                    rates_.push_back(rate_row(*rate));
                    break;
                }
            }
        }
    }
}

Lanes::RateRow Lanes::rate_row(Exchange const& exchange) {
    RateRow row{exchange.from.index(), exchange.to.index(), exchange, 0, 0};
    auto const& up = exchange.numerator;
    auto const& down = exchange.denominator;
    constexpr Int128 most = INT64_MAX;
    auto const fits = [](Int128 number) { return number > 0 && number <= most; };
    auto const over = Int128{power(down.scale())} * power(exchange.to.minor_digits());
    auto const under = Int128{power(up.scale())} * power(exchange.from.minor_digits());
    if (!fits(up.coefficient()) || !fits(down.coefficient()) || !fits(over) || !fits(under)) return row;
    // Common factors leave first, so that the products fit.
    auto a = static_cast<std::int64_t>(up.coefficient());
    auto b = static_cast<std::int64_t>(over);
    auto c = static_cast<std::int64_t>(down.coefficient());
    auto d = static_cast<std::int64_t>(under);
    for (auto* above : {&a, &b}) {
        for (auto* below : {&c, &d}) {
            auto const common = std::gcd(*above, *below);
            *above /= common;
            *below /= common;
        }
    }
    auto const numerator = Int128{a} * b;
    auto const denominator = Int128{c} * d;
    if (!fits(numerator) || !fits(denominator)) return row;
    row.numerator = static_cast<std::int64_t>(numerator);
    row.denominator = static_cast<std::int64_t>(denominator);
    return row;
}

std::optional<std::int64_t> Lanes::converted(std::int64_t minor, std::uint16_t from, std::uint16_t to) const {
    auto const rate =
        std::ranges::find_if(rates_, [&](RateRow const& r) { return r.from == from && r.to == to; });
    if (rate == rates_.end()) return std::nullopt;
    if (rate->denominator != 0) {
        auto const exact = Int128{minor} * rate->numerator;
        auto const whole = exact / rate->denominator;
        auto const rest = exact - whole * rate->denominator;
        auto const rounded = rest * 2 >= rate->denominator ? whole + 1 : whole;
        if (rounded > INT64_MAX) return std::nullopt;
        return static_cast<std::int64_t>(rounded);
    }
    auto const money = convert(Money(minor, Currency::from_index(from)), rate->exchange, Round::half_up);
    if (!money) return std::nullopt;
    return money->minor();
}

std::optional<Lanes::Freight> Lanes::freight(std::uint32_t shop, std::uint64_t unit_grams,
                                             std::uint64_t quantity, Currency currency) const {
    if (shop >= shops_.size()) return std::nullopt;
    auto const& row = shops_[shop];
    // Both fit 32 bits; a parcel is as heavy as the next whole gram.
    auto const grams = unit_grams * quantity / 1000 + (unit_grams * quantity % 1000 != 0 ? 1U : 0U);
    for (auto const& lane : std::span(lanes_).subspan(row.first, row.count)) {
        if (grams == 0 && (lane.half_kilo != 0 || lane.grams_max != 0)) return std::nullopt;
        if (lane.grams_max != 0 && grams > lane.grams_max) continue;
        std::int64_t minor = 0;
        auto const halves = static_cast<std::int64_t>((grams + 499) / 500);
        if (__builtin_mul_overflow(halves, lane.half_kilo, &minor) ||
            __builtin_add_overflow(minor, lane.base, &minor) || minor > price_max) {
            return std::nullopt;
        }
        if (row.currency != currency.index() && minor != 0) {
            auto const there = converted(minor, row.currency, currency.index());
            if (!there || *there > price_max) return std::nullopt;
            minor = *there;
        }
        return Freight{minor, lane.days_min, lane.days_max};
    }
    return std::nullopt;
}

// ---- plans ------------------------------------------------------------------------------------------------

std::shared_ptr<DoorPlans::Made const> DoorPlans::plan(State const& state, std::uint32_t block) {
    auto const& kinds = state.blocks[block]->kinds;
    std::shared_ptr<Made> made;
    {
        std::lock_guard const lock(mutex_);
        if (made_.size() <= block) made_.resize(block + 1);
        auto& slot = made_[block];
        if (slot == nullptr || slot->kinds < kinds.size()) slot = std::make_shared<Made>(kinds.size());
        made = slot;
    }
    std::call_once(made->once, [&] {
        // `state` may know more kinds by now than the slot was made for, never fewer.
        auto plans = quote::prepare(std::span(kinds).first(made->kinds), state.blocks[block]->currency, door_,
                                    *books_);
        if (plans) {
            made->plans.emplace(std::move(*plans));
        } else {
            made->refused = plans.error();
        }
        made->is_ready = true;
    });
    return made;
}

std::shared_ptr<DoorPlans::Made const> DoorPlans::ready(State const& state, std::uint32_t block) {
    std::lock_guard const lock(mutex_);
    if (made_.size() <= block || made_[block] == nullptr || !made_[block]->is_ready ||
        made_[block]->kinds < state.blocks[block]->kinds.size()) {
        return nullptr;
    }
    return made_[block];
}

std::shared_ptr<Lanes const> DoorPlans::lanes(State const& state) {
    std::lock_guard const lock(mutex_);
    auto const version = state.shops->version;
    if (lanes_ == nullptr || lanes_version_ != version || lanes_blocks_ != state.blocks.size()) {
        std::vector<Currency> currencies;
        for (auto const& block : state.blocks) {
            if (std::ranges::find(currencies, block->currency) == currencies.end()) {
                currencies.push_back(block->currency);
            }
        }
        lanes_ = std::make_shared<Lanes>(*state.shops, door_.to, door_.date, currencies, *books_);
        lanes_version_ = version;
        lanes_blocks_ = state.blocks.size();
    }
    return lanes_;
}

bool DoorPlans::is_of(quote::Door const& door, quote::Books const& books) const {
    return door_.to == door.to && door_.date == door.date && door_.known_on == door.known_on &&
           door_.to_region == door.to_region && door_.road == door.road && door_.buyer == door.buyer &&
           books_->name() == books.name();
}

std::size_t DoorPlans::kinds() {
    std::lock_guard const lock(mutex_);
    std::size_t count = 0;
    for (auto const& made : made_) count += made == nullptr ? 0 : made->kinds;
    return count;
}

std::shared_ptr<DoorPlans> Doors::of(quote::Door const& door,
                                     std::shared_ptr<quote::Books const> const& books) {
    std::lock_guard const lock(mutex_);
    auto const at =
        std::ranges::find_if(last_, [&](auto const& plans) { return plans->is_of(door, *books); });
    if (at != last_.end()) {
        std::rotate(last_.begin(), at, at + 1);
    } else {
        last_.insert(last_.begin(), std::make_shared<DoorPlans>(door, books));
    }
    std::size_t kinds = 0;
    for (std::size_t i = 0; i < last_.size(); ++i) {
        kinds += last_[i]->kinds();
        if (i > 0 && (i >= doors_max || kinds > planned_kinds_max)) {
            last_.resize(i);
            break;
        }
    }
    return last_.front();
}

// ---- pricing ----------------------------------------------------------------------------------------------

Pricer::Offered Pricer::offered(Piece const& piece, std::uint32_t number) const {
    auto const& segment = *piece.segment;
    auto const& row = segment.rows[number];
    Offered offered;
    offered.quantity = std::max<std::int64_t>(quantity_, row.smallest);
    auto price = row.price;
    for (auto const& tier : segment.tiers.subspan(row.tiers, row.tier_count)) {
        if (tier.from > offered.quantity) break;
        price = tier.price;
    }
    Int128 total = price;
    if (offered.quantity % 1000 == 0) {
        total *= offered.quantity / 1000;
    } else {
        total = (total * offered.quantity + 500) / 1000;
    }
    if (total > price_max) return offered;
    offered.price = static_cast<std::int64_t>(total);
    offered.kind = (*piece.kinds)[row.kind];
    if (offered.kind == search::unpriced) return offered;
    offered.freight = lanes_->freight(row.shop, row.grams, static_cast<std::uint64_t>(offered.quantity),
                                      state_.blocks[offered.kind / kinds_in_block]->currency);
    return offered;
}

quote::HowMuch Pricer::how_much(Piece const& piece, std::uint32_t number) const {
    auto const& weights = piece.segment->weights[number];
    return {std::max<std::int64_t>(quantity_, piece.segment->rows[number].smallest), weights.net,
            weights.gross};
}

void Pricer::fill(Piece const& piece, std::span<std::uint32_t const> numbers, std::size_t first,
                  bool with_freight, std::vector<std::uint32_t>* without) {
    buckets_.resize(state_.blocks.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        auto const one = offered(piece, numbers[i]);
        if (one.kind == search::unpriced) continue;
        auto const place = static_cast<std::uint32_t>(first + i);
        if (one.freight.has_value() != with_freight) {
            if (without != nullptr) without->push_back(place);
            continue;
        }
        auto& bucket = buckets_[one.kind / kinds_in_block];
        bucket.offers.push_back(
            {one.kind % kinds_in_block, 0, one.price, one.freight ? one.freight->minor : 0});
        bucket.places.push_back(place);
    }
}

template <class Take>
Result<void> Pricer::ask(Piece const& piece, std::span<std::uint32_t const> numbers, std::size_t best,
                         Take const& take) {
    for (std::uint32_t b = 0; b < buckets_.size(); ++b) {
        auto& bucket = buckets_[b];
        if (bucket.offers.empty()) continue;
        auto const made = door_->plan(state_, b);
        if (made->plans) {
            auto const much = [&](std::uint32_t offer) {
                return how_much(piece, numbers[bucket.places[offer]]);
            };
            quote::Amounts const amounts = std::cref(much);
            for (auto const& ranked :
                 quote::price_all(*made->plans, bucket.offers, best, 0, bound(), amounts)) {
                take(ranked, bucket.places[ranked.offer]);
            }
        } else if (made->refused->code() != Code::no_exchange_rate) {
            return std::unexpected(*made->refused);
        }
        bucket.offers.clear();
        bucket.places.clear();
    }
    return {};
}

void Pricer::keep(Standing standing, std::size_t count) {
    standing.id = state_.pieces[standing.piece].segment->ids[standing.number];
    if (heap_.size() == count) {
        if (!(standing < heap_.front())) return;
        std::pop_heap(heap_.begin(), heap_.end());
        heap_.back() = standing;
    } else {
        heap_.push_back(standing);
    }
    std::push_heap(heap_.begin(), heap_.end());
    bool const is_full = heap_.size() == count && heap_.front().of == Standing::complete;
    bound_ = is_full ? heap_.front().landed : INT64_MAX;
}

Result<void> Pricer::rank(std::vector<Matches> const& found, std::span<Part const> parts, std::size_t from,
                          std::size_t step, std::size_t count) {
    heap_.clear();
    bound_ = INT64_MAX;
    without_.assign(found.size(), {});
    for (auto i = from; i < parts.size(); i += step) {
        auto const p = parts[i].piece;
        auto const numbers = std::span(found[p].numbers);
        fill(state_.pieces[p], numbers.subspan(parts[i].first, parts[i].size), parts[i].first, true,
             &without_[p]);
        TRY_VOID(ask(state_.pieces[p], numbers, count, [&](quote::Ranked const& ranked, std::uint32_t place) {
            auto const of = ranked.is_complete ? Standing::complete : Standing::incomplete;
            keep({of, ranked.landed, p, numbers[place]}, count);
        }));
    }
    return {};
}

// Half of the parts on a thread beside this one: worth its cost where very much was found.
Result<void> Pricer::rank_on_two(std::vector<Matches> const& found, std::span<Part const> parts,
                                 std::size_t count) {
    Pricer other(state_, door_, quantity_);
    Result<void> mine;
    Result<void> others;
    std::exception_ptr thrown;
    {
        std::jthread const beside([&] {
            try {
                others = other.rank(found, parts, 1, 2, count);
            } catch (...) {
                thrown = std::current_exception();
            }
        });
        mine = rank(found, parts, 0, 2, count);
    }
    if (thrown) std::rethrow_exception(thrown);
    TRY_VOID(std::move(mine));
    TRY_VOID(std::move(others));
    for (auto const& standing : other.heap_) keep(standing, count);
    for (std::size_t p = 0; p < found.size(); ++p) {
        without_[p].insert(without_[p].end(), other.without_[p].begin(), other.without_[p].end());
        std::ranges::sort(without_[p]);
    }
    return {};
}

Result<std::vector<Standing>> Pricer::best(std::vector<Matches> const& found, std::size_t count) {
    std::vector<Part> parts;
    std::size_t matches = 0;
    for (std::uint32_t p = 0; p < found.size(); ++p) {
        auto const size = found[p].numbers.size();
        for (std::size_t at = 0; at < size; at += part_entries) {
            parts.push_back({p, at, std::min(part_entries, size - at)});
        }
        matches += size;
    }
    if (matches < threads_from) {
        TRY_VOID(rank(found, parts, 0, 1, count));
    } else {
        TRY_VOID(rank_on_two(found, parts, count));
    }
    if (heap_.size() < count) TRY_VOID(rank_without(found, count));
    if (heap_.size() < count) add_unpriced(found, count);
    std::sort(heap_.begin(), heap_.end());
    return std::move(heap_);
}

Result<void> Pricer::rank_without(std::vector<Matches> const& found, std::size_t count) {
    for (std::uint32_t p = 0; p < without_.size(); ++p) {
        std::vector<std::uint32_t> numbers;
        for (auto const place : without_[p]) numbers.push_back(found[p].numbers[place]);
        fill(state_.pieces[p], numbers, 0, false, nullptr);
        TRY_VOID(ask(state_.pieces[p], numbers, count, [&](quote::Ranked const& ranked, std::uint32_t place) {
            auto const of = ranked.is_complete ? Standing::no_freight : Standing::no_freight_incomplete;
            keep({of, ranked.landed, p, numbers[place]}, count);
        }));
    }
    return {};
}

void Pricer::add_unpriced(std::vector<Matches> const& found, std::size_t count) {
    // There was room for all that have a price, so whatever is not among them has none.
    std::vector<Bits> priced;
    for (auto const& piece : state_.pieces) priced.emplace_back(piece.segment->size() / 64 + 1);
    for (auto const& one : heap_) {
        priced[one.piece][one.number / 64] |= std::uint64_t{1} << (one.number % 64);
    }
    for (std::uint32_t p = 0; p < found.size(); ++p) {
        std::size_t kept = 0;
        for (auto const number : found[p].numbers) {
            if (has(priced[p], number)) continue;
            keep({Standing::unpriced, 0, p, number}, count);
            if (++kept == count) break;  // ids ascend in a piece
        }
    }
}

Result<std::vector<std::vector<std::int64_t>>> Pricer::limit(std::vector<Matches>& found,
                                                             std::optional<std::int64_t> least,
                                                             std::optional<std::int64_t> most) {
    bound_ = most.value_or(INT64_MAX);
    std::vector<std::vector<std::int64_t>> result;
    for (std::uint32_t p = 0; p < found.size(); ++p) {
        auto& matches = found[p];
        constexpr std::int64_t out = INT64_MIN;
        std::vector<std::int64_t> landed(matches.numbers.size(), out);
        for (std::size_t at = 0; at < matches.numbers.size(); at += part_entries) {
            auto const part =
                std::span(matches.numbers).subspan(at, std::min(part_entries, matches.numbers.size() - at));
            fill(state_.pieces[p], part, at, true, nullptr);
            auto const take = [&](quote::Ranked const& ranked, std::uint32_t place) {
                bool const is_within = ranked.is_complete && ranked.landed >= least.value_or(INT64_MIN) &&
                                       ranked.landed <= most.value_or(INT64_MAX);
                if (is_within) landed[place] = ranked.landed;
            };
            TRY_VOID(ask(state_.pieces[p], matches.numbers, part.size(), take));
        }
        std::size_t kept = 0;
        for (std::size_t i = 0; i < landed.size(); ++i) {
            if (landed[i] == out) continue;
            landed[kept] = landed[i];
            matches.numbers[kept] = matches.numbers[i];
            if (!matches.scores.empty()) matches.scores[kept] = matches.scores[i];
            ++kept;
        }
        landed.resize(kept);
        matches.numbers.resize(kept);
        if (!matches.scores.empty()) matches.scores.resize(kept);
        result.push_back(std::move(landed));
    }
    return result;
}

void Pricer::tell(std::uint32_t piece, std::uint32_t number, Hit& hit) {
    auto const& of = state_.pieces[piece];
    auto const one = offered(of, number);
    hit.quantity = one.quantity;
    if (one.kind == search::unpriced) return;
    auto const& block = *state_.blocks[one.kind / kinds_in_block];
    hit.goods = Money(one.price, block.currency);
    if (one.freight) {
        hit.freight = Money(one.freight->minor, block.currency);
        hit.days_min = one.freight->days_min;
        hit.days_max = one.freight->days_max;
    }
    auto const freight = one.freight ? one.freight->minor : 0;
    if (auto const made = door_->ready(state_, one.kind / kinds_in_block)) {
        if (!made->plans) return;
        quote::Offer const offer{one.kind % kinds_in_block, 0, one.price, freight};
        auto const much = [&](std::uint32_t) { return how_much(of, number); };
        auto const ranked = quote::price_all(*made->plans, {&offer, 1}, 1, 0, INT64_MAX, std::cref(much));
        if (ranked.empty()) return;
        hit.landed = Money(ranked[0].landed, made->plans->currency());
        hit.is_complete = ranked[0].is_complete && one.freight.has_value();
        return;
    }
    // A page is few entries: asking for them one by one costs less than the plans of all their kinds.
    auto const& kind = block.kinds[one.kind % kinds_in_block];
    auto const& door = door_->door();
    quote::Request request{.from = kind.from,
                           .to = door.to,
                           .to_region = door.to_region,
                           .date = door.date,
                           .known_on = door.known_on,
                           .road = door.road,
                           .buyer = door.buyer};
    request.proofs = kind.proofs;
    auto& item = request.goods.emplace_back();
    item.line = "1";
    item.hs = kind.hs;
    item.origin = kind.origin;
    item.price = hit.goods->amount();
    item.price_currency = block.currency;
    quote::fill(item, kind.unit, how_much(of, number));
    request.freight.how = quote::FreightTerms::How::amount;
    request.freight.amount = Money(freight, block.currency).amount();
    request.freight.currency = block.currency;
    auto const quote = quote::price(request, door_->books());
    if (!quote.landed_total) return;
    hit.landed = *quote.landed_total;
    hit.is_complete = quote.status == quote::Status::complete && one.freight.has_value();
}

}  // namespace allroads::search
