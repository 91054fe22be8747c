// The tables of deals: each as it is now, and the events that made it so.
#include "deal/hidden.h"

#include <array>

namespace allroads::deal {
namespace {

constexpr std::array<db::Migration, 3> steps{{
    {1, "deals and stock",
     "CREATE TABLE deal (hub BLOB NOT NULL, id BLOB NOT NULL, buyer BLOB NOT NULL, seller BLOB NOT NULL, "
     "request BLOB, state INTEGER NOT NULL, version INTEGER NOT NULL, changed INTEGER NOT NULL, "
     "deadline INTEGER, document TEXT NOT NULL, PRIMARY KEY (hub, id)) STRICT, WITHOUT ROWID;\n"
     "CREATE INDEX deal_by_buyer ON deal (hub, buyer, id);\n"
     "CREATE INDEX deal_by_seller ON deal (hub, seller, id);\n"
     "CREATE INDEX deal_by_request ON deal (hub, request);\n"
     "CREATE INDEX deal_by_deadline ON deal (hub, deadline);\n"
     "CREATE TABLE deal_event (hub BLOB NOT NULL, deal BLOB NOT NULL, version INTEGER NOT NULL, "
     "key TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (hub, deal, version), "
     "FOREIGN KEY (hub, deal) REFERENCES deal (hub, id)) STRICT, WITHOUT ROWID;\n"
     "CREATE UNIQUE INDEX deal_event_by_key ON deal_event (hub, deal, key);\n"
     "CREATE TABLE stock (hub BLOB NOT NULL, product BLOB NOT NULL, on_hand INTEGER NOT NULL CHECK "
     "(on_hand >= 0), reserved INTEGER NOT NULL CHECK (reserved >= 0), PRIMARY KEY (hub, product)) STRICT, "
     "WITHOUT ROWID;\n"
     "CREATE TABLE reservation (hub BLOB NOT NULL, product BLOB NOT NULL, deal BLOB NOT NULL, "
     "units INTEGER NOT NULL CHECK (units > 0), until INTEGER, PRIMARY KEY (hub, product, deal)) STRICT, "
     "WITHOUT ROWID;\n"
     "CREATE INDEX reservation_by_deal ON reservation (hub, deal, product);\n"
     "CREATE INDEX reservation_by_until ON reservation (hub, until);"},
    // A document of a kilobyte is too long for the tree of a table without rowids: each took a page of its
    // own. That a key of an event stands once in a deal is seen in the deal itself.
    {2, "deals beside each other in a page",
     "CREATE TABLE deal_now (hub BLOB NOT NULL, id BLOB NOT NULL, buyer BLOB NOT NULL, seller BLOB NOT NULL, "
     "request BLOB, state INTEGER NOT NULL, version INTEGER NOT NULL, changed INTEGER NOT NULL, "
     "deadline INTEGER, document TEXT NOT NULL, PRIMARY KEY (hub, id)) STRICT;\n"
     "INSERT INTO deal_now (hub, id, buyer, seller, request, state, version, changed, deadline, document) "
     "SELECT hub, id, buyer, seller, request, state, version, changed, deadline, document FROM deal;\n"
     "CREATE TABLE deal_past (hub BLOB NOT NULL, deal BLOB NOT NULL, version INTEGER NOT NULL, "
     "key TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (hub, deal, version), "
     "FOREIGN KEY (hub, deal) REFERENCES deal_now (hub, id)) STRICT;\n"
     "INSERT INTO deal_past (hub, deal, version, key, document) SELECT hub, deal, version, key, document "
     "FROM deal_event;\n"
     "DROP TABLE deal_event;\n"
     "DROP TABLE deal;\n"
     "ALTER TABLE deal_now RENAME TO deal;\n"
     "ALTER TABLE deal_past RENAME TO deal_event;\n"
     "CREATE INDEX deal_by_buyer ON deal (hub, buyer, id);\n"
     "CREATE INDEX deal_by_seller ON deal (hub, seller, id);\n"
     "CREATE INDEX deal_by_request ON deal (hub, request) WHERE request IS NOT NULL;\n"
     "CREATE INDEX deal_by_deadline ON deal (hub, deadline) WHERE deadline IS NOT NULL;"},
    {3, "deals in dispute are found",
     "CREATE INDEX deal_in_dispute ON deal (hub, id) WHERE state IN (7, 8);"},
}};

std::int64_t number(Moment moment) { return moment.time_since_epoch().count(); }

std::optional<std::int64_t> nearest(Outcome const& outcome) {
    if (outcome.deadlines.empty()) return std::nullopt;
    return number(outcome.deadlines.front().at);
}

std::int64_t version_of(Deal const& deal) { return static_cast<std::int64_t>(deal.past.size()); }

Result<void> add_events(db::Write& write, db::HubId const& hub, Happened const& happened) {
    for (auto const& one : happened.all) {
        TRY_VOID(
            write.put("INSERT INTO deal_event (hub, deal, version, key, document) VALUES (?, ?, ?, ?, ?)",
                      hub, one.outcome.deal.id, version_of(one.outcome.deal), one.event.key, one.document));
    }
    return {};
}

Result<std::vector<Deal>> deals_in(db::Rows rows) {
    std::vector<Deal> deals;
    while (TRY(rows.next())) deals.push_back(TRY(parse_deal(rows.text(0))));
    return deals;
}

Result<std::vector<DealId>> ids_in(db::Rows rows) {
    std::vector<DealId> ids;
    while (TRY(rows.next())) ids.push_back(rows.id<Deal>(0));
    return ids;
}

// Takes a deal through its events once more.
Result<Deal> lived_again(DealId const& id, std::vector<std::string> const& events) {
    std::optional<Deal> deal;
    for (auto const& document : events) {
        auto const event = TRY(parse_event(document));
        auto outcome = deal ? TRY(step(*deal, event)) : TRY(begin(id, event));
        deal = std::move(outcome.deal);
    }
    if (!deal) return refuse(Code::not_found, "", "it has no events");
    return std::move(*deal);
}

}  // namespace

std::span<db::Migration const> migrations() { return steps; }

Happened happened(std::vector<Happening> all) {
    allroads::check(!all.empty());
    std::erase_if(all, [&](Happening const& one) { return one.outcome.is_again && &one != &all.back(); });
    for (auto& one : all) {
        if (!one.outcome.is_again) one.document = document_of(one.event);
    }
    auto document = document_of(all.back().outcome.deal);
    return {std::move(all), std::move(document)};
}
Happened happened(Event event, Outcome outcome) {
    std::vector<Happening> one;
    one.push_back({std::move(event), std::move(outcome)});
    return happened(std::move(one));
}

Result<void> add(db::Write& write, db::HubId const& hub, Happened const& happened) {
    auto const& deal = happened.deal();
    auto const shared = deal.request ? deal.request->shared : std::nullopt;
    TRY_VOID(write.put(
        "INSERT INTO deal (hub, id, buyer, seller, request, state, version, changed, deadline, "
        "document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        hub, deal.id, deal.buyer, deal.seller, shared, static_cast<int>(deal.state), version_of(deal),
        number(deal.changed), nearest(happened.all.back().outcome), happened.document));
    return add_events(write, hub, happened);
}

Result<void> change(db::Write& write, db::HubId const& hub, Happened const& happened) {
    if (happened.all.back().outcome.is_again) return {};
    auto const& deal = happened.deal();
    auto const changed = TRY(write.run(
        "UPDATE deal SET state = ?, version = ?, changed = ?, deadline = ?, document = ? WHERE hub = ? AND "
        "id = ? AND version = ?",
        static_cast<int>(deal.state), version_of(deal), number(deal.changed),
        nearest(happened.all.back().outcome), happened.document, hub, deal.id,
        version_of(deal) - std::ssize(happened.all)));
    if (changed != 1)
        return refuse(Code::conflict, "version", "something else happened to the deal; look at it again");
    return add_events(write, hub, happened);
}

Result<Deal> deal_by_id(db::Asked& asked, db::HubId const& hub, DealId const& id) {
    auto deals =
        TRY(deals_in(TRY(asked.rows("SELECT document FROM deal WHERE hub = ? AND id = ?", hub, id))));
    if (deals.empty()) return refuse(Code::not_found, "deal", "there is no such deal");
    return std::move(deals.front());
}

Result<std::vector<Deal>> deals_of(db::Asked& asked, db::HubId const& hub, Side side,
                                   db::IdBytes const& party, std::optional<DealId> const& after_id,
                                   std::size_t most) {
    db::IdBytes before{};
    before.fill(0xFF);
    if (after_id) before = after_id->bytes();
    constexpr std::string_view of_buyer =
        "SELECT document FROM deal WHERE hub = ? AND buyer = ? AND id < ? ORDER BY id DESC LIMIT ?";
    constexpr std::string_view of_seller =
        "SELECT document FROM deal WHERE hub = ? AND seller = ? AND id < ? ORDER BY id DESC LIMIT ?";
    return deals_in(TRY(asked.rows(side == Side::buyer ? of_buyer : of_seller, hub, party, before, most)));
}

Result<std::vector<DealId>> deals_of_request(db::Asked& asked, db::HubId const& hub,
                                             db::IdBytes const& shared) {
    return ids_in(
        TRY(asked.rows("SELECT id FROM deal WHERE hub = ? AND request = ? ORDER BY id", hub, shared)));
}

static_assert(static_cast<int>(State::disputed) == 7 && static_cast<int>(State::escalated) == 8);
Result<std::vector<Deal>> in_dispute(db::Asked& asked, db::HubId const& hub,
                                     std::optional<DealId> const& after_id, std::size_t most) {
    db::IdBytes after{};
    if (after_id) after = after_id->bytes();
    return deals_in(
        TRY(asked.rows("SELECT document FROM deal WHERE hub = ? AND state IN (7, 8) AND id > ? "
                       "ORDER BY id LIMIT ?",
                       hub, after, most)));
}

Result<std::vector<DealId>> overdue(db::Asked& asked, db::HubId const& hub, Moment now, std::size_t most) {
    return ids_in(
        TRY(asked.rows("SELECT id FROM deal WHERE hub = ? AND deadline <= ? ORDER BY deadline, id LIMIT ?",
                       hub, number(now), most)));
}

Result<std::vector<std::string>> events_of(db::Asked& asked, db::HubId const& hub, DealId const& id) {
    auto rows = TRY(
        asked.rows("SELECT document FROM deal_event WHERE hub = ? AND deal = ? ORDER BY version", hub, id));
    std::vector<std::string> events;
    while (TRY(rows.next())) events.emplace_back(rows.text(0));
    return events;
}

Result<std::vector<std::string>> check(db::Asked& asked, db::HubId const& hub) {
    constexpr std::size_t page = 500;
    std::vector<std::string> wrong;
    db::IdBytes last{};
    while (true) {
        std::vector<std::pair<DealId, std::string>> some;
        {
            auto rows =
                TRY(asked.rows("SELECT id, document FROM deal WHERE hub = ? AND id > ? ORDER BY id LIMIT ?",
                               hub, last, page));
            while (TRY(rows.next())) some.emplace_back(rows.id<Deal>(0), std::string(rows.text(1)));
        }
        for (auto const& [id, document] : some) {
            auto const events = TRY(events_of(asked, hub, id));
            auto const again = lived_again(id, events);
            if (!again) {
                wrong.push_back("deal " + id.text() + ": " + again.error().sentence());
            } else if (document_of(*again) != document) {
                wrong.push_back("deal " + id.text() + ": is not what its events make of it");
            }
            last = id.bytes();
        }
        if (some.size() < page) return wrong;
    }
}

}  // namespace allroads::deal
