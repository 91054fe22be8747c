// Stock and reservations. The row of a product in `stock` is written first and in the order of products, so
// that those who reserve the same wait for each other and nobody waits in a ring.
#include "deal/hidden.h"

#include <algorithm>

namespace allroads::deal {
namespace {

// Quantities are kept as whole thousandths.
constexpr int places = 3;
constexpr std::int64_t units_max = 1'000'000'000'000'000;

Result<std::int64_t> units_of(Decimal const& quantity, std::string const& field) {
    if (quantity.is_negative()) return refuse(Code::bad_quantity, field, "expected nothing below zero");
    auto const kept = quantity.rounded(places, Round::down);
    if (kept != quantity) return refuse(Code::bad_quantity, field, "expected at most three decimals");
    auto const units = TRY(product(kept, Decimal(1000))).stripped().rounded(0, Round::down).coefficient();
    if (units > units_max) return refuse(Code::bad_quantity, field, "is beyond what can be counted");
    return static_cast<std::int64_t>(units);
}

std::string words_of(std::int64_t units) { return Decimal::of(units, places).brief(); }

std::int64_t number(Moment moment) { return moment.time_since_epoch().count(); }

struct Counted {
    ProductId product;
    std::int64_t units;
    std::size_t place;  // in what was asked
};

// By product; each once.
Result<std::vector<Counted>> in_order(std::span<Wanted const> wanted) {
    if (wanted.size() > lines_max) return refuse(Code::too_long, "lines", "more than a deal has lines");
    std::vector<Counted> all;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        auto const field = "lines[" + std::to_string(i) + "].quantity";
        auto const units = TRY(units_of(wanted[i].quantity, field));
        auto const same = std::ranges::find(all, wanted[i].product, &Counted::product);
        if (same == all.end()) {
            all.push_back({wanted[i].product, units, i});
        } else {
            same->units += units;
        }
    }
    std::erase_if(all, [](Counted const& one) { return one.units == 0; });
    std::ranges::sort(all, {}, &Counted::product);
    return all;
}

// Takes the product's row for this transaction; false where it is not counted.
Result<bool> lock(db::Write& write, db::HubId const& hub, ProductId const& product) {
    return TRY(write.run("UPDATE stock SET reserved = reserved WHERE hub = ? AND product = ?", hub,
                         product)) == 1;
}

// Reservations that lapsed no longer count. The row of the product is held.
Result<void> drop_lapsed(db::Write& write, db::HubId const& hub, ProductId const& product, Moment now) {
    auto const lapsed = TRY(write.one("SELECT COALESCE(SUM(units), 0) FROM reservation "
                                      "WHERE hub = ? AND product = ? AND until <= ?",
                                      hub, product, number(now)))
                            .integer(0);
    if (lapsed == 0) return {};
    (void)TRY(write.run("DELETE FROM reservation WHERE hub = ? AND product = ? AND until <= ?", hub, product,
                        number(now)));
    (void)TRY(write.run("UPDATE stock SET reserved = reserved - ? WHERE hub = ? AND product = ?", lapsed, hub,
                        product));
    return {};
}

struct Held {
    ProductId product;
    std::int64_t units;
};
Result<std::vector<Held>> held_by(db::Asked& asked, db::HubId const& hub, DealId const& deal) {
    // Put in order here: asked for it, SQLite walks over all reservations in the order of products.
    auto rows =
        TRY(asked.rows("SELECT product, units FROM reservation WHERE hub = ? AND deal = ?", hub, deal));
    std::vector<Held> all;
    while (TRY(rows.next())) all.push_back({rows.id<shop::Product>(0), rows.integer(1)});
    std::ranges::sort(all, {}, &Held::product);
    return all;
}

// Adds to what is reserved; false where there is not so much left, or it is not counted. The row of the
// product is held from here on.
Result<bool> take_units(db::Write& write, db::HubId const& hub, Counted const& one) {
    return TRY(write.run("UPDATE stock SET reserved = reserved + ? WHERE hub = ? AND product = ? "
                         "AND on_hand - reserved >= ?",
                         one.units, hub, one.product, one.units)) == 1;
}

// Whether the deal has reserved it before; refuses where that was another quantity.
Result<bool> has_its_units(db::Write& write, db::HubId const& hub, DealId const& deal, Counted const& one,
                           std::string const& field) {
    auto const mine = TRY(write.first(
        "SELECT units FROM reservation WHERE hub = ? AND product = ? AND deal = ?", hub, one.product, deal));
    if (!mine) return false;
    if (mine->integer(0) == one.units) return true;
    return refuse(Code::conflict, field, "this deal has reserved another quantity");
}

enum class Reserving : std::uint8_t { is_taken, was_taken, is_not_counted };

// What has lapsed is looked for only where it is needed.
Result<Reserving> take_lapsed_units(db::Write& write, db::HubId const& hub, DealId const& deal,
                                    Counted const& one, std::string const& field, Moment now) {
    if (!TRY(lock(write, hub, one.product))) return Reserving::is_not_counted;
    TRY_VOID(drop_lapsed(write, hub, one.product, now));
    if (TRY(has_its_units(write, hub, deal, one, field))) return Reserving::was_taken;
    if (TRY(take_units(write, hub, one))) return Reserving::is_taken;
    auto const left =
        TRY(write.one("SELECT on_hand - reserved FROM stock WHERE hub = ? AND product = ?", hub, one.product))
            .integer(0);
    return refuse(Code::conflict, field,
                  "of this " + words_of(std::max<std::int64_t>(left, 0)) + " are left, " +
                      words_of(one.units) + " are wanted");
}

// False where the product is not counted.
Result<bool> reserve_one(db::Write& write, db::HubId const& hub, DealId const& deal, Counted const& one,
                         std::optional<Moment> until, Moment now) {
    auto const field = "lines[" + std::to_string(one.place) + "]";
    auto taken = Reserving::is_taken;
    if (!TRY(take_units(write, hub, one))) taken = TRY(take_lapsed_units(write, hub, deal, one, field, now));
    if (taken != Reserving::is_taken) return taken == Reserving::was_taken;
    auto const added = TRY(write.run(
        "INSERT INTO reservation (hub, product, deal, units, until) VALUES (?, ?, ?, ?, ?) ON CONFLICT (hub, "
        "product, deal) DO NOTHING",
        hub, one.product, deal, one.units, until ? std::optional(number(*until)) : std::nullopt));
    if (added == 1) return true;
    // Told again: it has its units already.
    allroads::check(TRY(has_its_units(write, hub, deal, one, field)));
    (void)TRY(write.run("UPDATE stock SET reserved = reserved - ? WHERE hub = ? AND product = ?", one.units,
                        hub, one.product));
    return true;
}

}  // namespace

Result<void> set_stock(db::Write& write, db::HubId const& hub, ProductId const& product,
                       Decimal const& on_hand) {
    auto const units = TRY(units_of(on_hand, "stock"));
    (void)TRY(
        write.run("INSERT INTO stock (hub, product, on_hand, reserved) VALUES (?, ?, 0, 0) "
                  "ON CONFLICT (hub, product) DO NOTHING",
                  hub, product));
    auto const changed =
        TRY(write.run("UPDATE stock SET on_hand = ? WHERE hub = ? AND product = ? AND reserved <= ?", units,
                      hub, product, units));
    if (changed == 1) return {};
    auto const reserved =
        TRY(write.one("SELECT reserved FROM stock WHERE hub = ? AND product = ?", hub, product)).integer(0);
    return refuse(Code::conflict, "stock", "buyers have reserved " + words_of(reserved) + " of it");
}

Result<void> forget_stock(db::Write& write, db::HubId const& hub, ProductId const& product) {
    (void)TRY(lock(write, hub, product));
    (void)TRY(write.run("DELETE FROM reservation WHERE hub = ? AND product = ?", hub, product));
    (void)TRY(write.run("DELETE FROM stock WHERE hub = ? AND product = ?", hub, product));
    return {};
}

Result<std::vector<ProductId>> reserve(db::Write& write, db::HubId const& hub, DealId const& deal,
                                       std::span<Wanted const> wanted, std::optional<Moment> until,
                                       Moment now) {
    std::vector<ProductId> uncounted;
    for (auto const& one : TRY(in_order(wanted))) {
        if (!TRY(reserve_one(write, hub, deal, one, until, now))) uncounted.push_back(one.product);
    }
    return uncounted;
}

Result<void> keep(db::Write& write, db::HubId const& hub, DealId const& deal, Moment now) {
    auto const held = TRY(held_by(write, hub, deal));
    for (auto const& one : held) {
        (void)TRY(lock(write, hub, one.product));
        auto const kept = TRY(write.run(
            "UPDATE reservation SET until = NULL WHERE hub = ? AND product = ? AND deal = ? AND (until IS "
            "NULL OR until > ?)",
            hub, one.product, deal, number(now)));
        if (kept != 1)
            return refuse(Code::conflict, "product", "what was reserved has lapsed; order it again");
    }
    return {};
}

Result<void> give_up(db::Write& write, db::HubId const& hub, DealId const& deal) {
    for (auto const& one : TRY(held_by(write, hub, deal))) {
        (void)TRY(lock(write, hub, one.product));
        auto const gone =
            TRY(write.run("DELETE FROM reservation WHERE hub = ? AND product = ? AND deal = ? AND units = ?",
                          hub, one.product, deal, one.units));
        if (gone != 1) continue;  // somebody swept it away meanwhile
        (void)TRY(write.run("UPDATE stock SET reserved = reserved - ? WHERE hub = ? AND product = ?",
                            one.units, hub, one.product));
    }
    return {};
}

Result<void> take(db::Write& write, db::HubId const& hub, DealId const& deal, std::span<Wanted const> taken) {
    for (auto const& one : TRY(in_order(taken))) {
        if (!TRY(lock(write, hub, one.product))) continue;
        auto const mine =
            TRY(write.first("SELECT units FROM reservation WHERE hub = ? AND product = ? AND deal = ?", hub,
                            one.product, deal));
        // Agreed on while it was not counted, or counted anew since: what goes is none of what is counted.
        if (!mine) continue;
        auto const reserved = mine->integer(0);
        if (reserved < one.units)
            return refuse(Code::conflict, "lines[" + std::to_string(one.place) + "].quantity",
                          "of this " + words_of(reserved) + " are reserved for the deal");
        constexpr std::string_view all =
            "DELETE FROM reservation WHERE hub = ? AND product = ? AND deal = ? AND units = ?";
        constexpr std::string_view part =
            "UPDATE reservation SET units = units - ? WHERE hub = ? AND product = ? AND deal = ?";
        auto const changed = reserved == one.units ? TRY(write.run(all, hub, one.product, deal, one.units))
                                                   : TRY(write.run(part, one.units, hub, one.product, deal));
        allroads::check(changed == 1);
        (void)TRY(
            write.run("UPDATE stock SET on_hand = on_hand - ?, reserved = reserved - ? WHERE hub = ? "
                      "AND product = ?",
                      one.units, one.units, hub, one.product));
    }
    return {};
}

Result<std::int64_t> sweep(db::Write& write, db::HubId const& hub, Moment now, std::size_t most) {
    std::vector<ProductId> products;
    {
        auto rows =
            TRY(write.rows("SELECT DISTINCT product FROM (SELECT product FROM reservation WHERE hub = ? AND "
                           "until <= ? ORDER "
                           "BY until LIMIT ?) AS lapsed ORDER BY product",
                           hub, number(now), most));
        while (TRY(rows.next())) products.push_back(rows.id<shop::Product>(0));
    }
    for (auto const& one : products) {
        (void)TRY(lock(write, hub, one));
        TRY_VOID(drop_lapsed(write, hub, one, now));
    }
    return static_cast<std::int64_t>(products.size());
}

Result<std::optional<Decimal>> available(db::Asked& asked, db::HubId const& hub, ProductId const& product,
                                         Moment now) {
    auto const row =
        TRY(asked.first("SELECT on_hand - reserved, (SELECT COALESCE(SUM(units), 0) FROM reservation r WHERE "
                        "r.hub = s.hub AND r.product = s.product AND r.until <= ?) FROM stock s WHERE s.hub "
                        "= ? AND s.product "
                        "= ?",
                        number(now), hub, product));
    if (!row) return std::optional<Decimal>();
    return std::optional(Decimal::of(row->integer(0) + row->integer(1), places));
}

}  // namespace allroads::deal
