// What is to be sent to the outside, and what was taken in from there: rows of the caller's transaction.
#include "pay/hidden.h"

#include <algorithm>
#include <array>

namespace allroads::pay {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<db::Migration, 1> steps{{
    {1, "payments: outbox, inbox, payouts, receipts",
     "CREATE TABLE pay_outgoing (hub BLOB NOT NULL, id BLOB NOT NULL, name TEXT NOT NULL, channel TEXT NOT "
     "NULL, "
     "ask_first INTEGER NOT NULL, request TEXT NOT NULL, due INTEGER NOT NULL, tries INTEGER NOT NULL, "
     "state INTEGER NOT NULL, status INTEGER NOT NULL, changed INTEGER NOT NULL, PRIMARY KEY (hub, id)) "
     "STRICT;\n"
     "CREATE UNIQUE INDEX pay_outgoing_by_name ON pay_outgoing (hub, name);\n"
     "CREATE INDEX pay_outgoing_by_due ON pay_outgoing (hub, state, due, id);\n"
     "CREATE TABLE pay_taken (hub BLOB NOT NULL, source TEXT NOT NULL, outside_id TEXT NOT NULL, "
     "taken INTEGER NOT NULL, PRIMARY KEY (hub, source, outside_id)) STRICT, WITHOUT ROWID;\n"
     "CREATE INDEX pay_taken_by_age ON pay_taken (hub, taken);\n"
     "CREATE TABLE pay_payout (hub BLOB NOT NULL, name TEXT NOT NULL, way INTEGER NOT NULL, minor INTEGER "
     "NOT "
     "NULL, currency TEXT NOT NULL, account TEXT NOT NULL, bank TEXT NOT NULL, receiver TEXT NOT NULL, "
     "words TEXT NOT NULL, made INTEGER NOT NULL, PRIMARY KEY (hub, name)) STRICT;\n"
     "CREATE TABLE pay_transfer (hub BLOB NOT NULL, payout TEXT NOT NULL, number INTEGER NOT NULL, minor "
     "INTEGER "
     "NOT NULL, stage INTEGER NOT NULL, correlation TEXT NOT NULL, asked_at TEXT NOT NULL, outside_id TEXT "
     "NOT "
     "NULL, sendings INTEGER NOT NULL, askings INTEGER NOT NULL, reason TEXT NOT NULL, contradicted INTEGER "
     "NOT "
     "NULL, way INTEGER NOT NULL, PRIMARY KEY (hub, payout, number), FOREIGN KEY (hub, payout) REFERENCES "
     "pay_payout (hub, name)) STRICT;\n"
     "CREATE UNIQUE INDEX pay_transfer_by_correlation ON pay_transfer (hub, correlation);\n"
     "CREATE INDEX pay_transfer_by_stage ON pay_transfer (hub, way, stage);\n"
     "CREATE TABLE pay_receipt (hub BLOB NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, counter TEXT "
     "NOT "
     "NULL, clerk TEXT NOT NULL, reference TEXT NOT NULL, minor INTEGER NOT NULL, currency TEXT NOT NULL, "
     "payer "
     "TEXT NOT NULL, taken INTEGER NOT NULL, voided INTEGER, voided_by TEXT NOT NULL, reason TEXT NOT NULL, "
     "PRIMARY KEY (hub, number)) STRICT;\n"
     "CREATE UNIQUE INDEX pay_receipt_by_name ON pay_receipt (hub, name);\n"
     "CREATE TABLE pay_counter (hub BLOB NOT NULL, name TEXT NOT NULL, last INTEGER NOT NULL, "
     "PRIMARY KEY (hub, name)) STRICT;"},
}};

// After the first try 5 seconds; in all about four days, so that a weekend without power is outlived.
constexpr std::array<Millis, 10> steps_of_pauses{seconds(5),  seconds(30), minutes(2), minutes(10),
                                                 minutes(30), hours(2),    hours(6),   hours(12),
                                                 hours(24),   hours(48)};

constexpr std::int64_t is_waiting = 0, is_over = 1, has_failed = 2;
constexpr std::size_t request_bytes_max = 200'000;
constexpr std::size_t name_bytes_max = 200;

std::string text_of(Request const& request) {
    std::string out;
    {
        wire::Writer to(out);
        to.open('{');
        to.text("method", request.method);
        to.text("path", request.path);
        to.key("fields");
        to.open('[');
        for (auto const& field : request.fields) {
            to.open('[');
            to.text(field.name);
            to.text(field.value);
            to.close(']');
        }
        to.close(']');
        to.text("body", request.body);
        to.close('}');
    }
    return out;
}

// Our own text: what it does not hold is our mistake.
Request request_of(std::string_view text) {
    auto const tree = wire::parse(text, 8 * request_bytes_max);
    check(tree.has_value());
    auto const& object = tree->as_object();
    auto const words = [&](char const* name) { return std::string(wire::view(object.at(name).as_string())); };
    Request request{.method = words("method"), .path = words("path"), .fields = {}, .body = words("body")};
    for (auto const& field : object.at("fields").as_array()) {
        auto const& pair = field.as_array();
        request.fields.push_back({std::string(wire::view(pair.at(0).as_string())),
                                  std::string(wire::view(pair.at(1).as_string()))});
    }
    return request;
}

constexpr std::string_view columns = "SELECT id, name, channel, ask_first, request, tries FROM pay_outgoing ";

Outgoing outgoing_in(db::Rows const& row) {
    return {.id = row.id<OutgoingOf>(0),
            .key = std::string(row.text(1)),
            .channel = std::string(row.text(2)),
            .repeat = row.integer(3) != 0 ? Repeat::ask_first : Repeat::safe,
            .request = request_of(row.text(4)),
            .tries = row.integer(5)};
}

}  // namespace

std::span<Millis const> pauses() { return steps_of_pauses; }
std::span<db::Migration const> migrations() { return steps; }

Result<bool> put(db::Write& write, HubId const& hub, OutgoingId const& id, std::string_view key,
                 std::string_view channel, Request const& request, Repeat repeat, Moment due) {
    auto const text = text_of(request);
    if (text.size() > request_bytes_max)
        return refuse(Code::too_long, "request", "expected less to send at once");
    if (key.empty() || key.size() > name_bytes_max)
        return refuse(Code::bad_value, "key", "expected a key of 1 to 200 bytes");
    auto const added = TRY(write.run(
        "INSERT INTO pay_outgoing (hub, id, name, channel, ask_first, request, due, tries, state, "
        "status, changed) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?) ON CONFLICT DO NOTHING",
        hub, id, key, channel, repeat == Repeat::ask_first ? 1 : 0, text, number_of(due), number_of(due)));
    if (added == 1) return true;
    auto const there =
        TRY(write.one("SELECT channel, request FROM pay_outgoing WHERE hub = ? AND name = ?", hub, key));
    if (there.text(0) != channel || there.text(1) != text)
        return refuse(Code::conflict, "key", "another request has this key");
    return false;
}

Result<std::vector<Outgoing>> due(db::Asked& asked, HubId const& hub, Moment now, std::int64_t most) {
    auto rows = TRY(
        asked.rows(std::string(columns) + "WHERE hub = ? AND state = 0 AND due <= ? ORDER BY due, id LIMIT ?",
                   hub, number_of(now), most));
    std::vector<Outgoing> all;
    while (TRY(rows.next())) all.push_back(outgoing_in(rows));
    return all;
}

Result<std::vector<Outgoing>> take(db::Write& write, HubId const& hub, Moment now, std::int64_t most) {
    auto all = TRY(due(write, hub, now, most));
    for (auto const& one : all)
        (void)TRY(write.run(
            "UPDATE pay_outgoing SET due = ?, tries = tries + 1, changed = ? WHERE hub = ? AND id = ?",
            number_of(now + lease), number_of(now), hub, one.id));
    return all;
}

Result<bool> mark_answered(db::Write& write, HubId const& hub, OutgoingId const& id, int status, Moment now) {
    return TRY(write.run(
               "UPDATE pay_outgoing SET state = ?, status = ?, changed = ? WHERE hub = ? AND id = ? AND "
               "state = ?",
               is_over, status, number_of(now), hub, id, is_waiting)) == 1;
}

Result<bool> mark_unanswered(db::Write& write, HubId const& hub, OutgoingId const& id, int status,
                             Moment now) {
    std::int64_t tries = 0;
    bool is_safe = false;
    {
        auto const row = TRY(
            write.first("SELECT tries, ask_first FROM pay_outgoing WHERE hub = ? AND id = ? AND state = ?",
                        hub, id, is_waiting));
        if (!row) return false;
        tries = std::max<std::int64_t>(row->integer(0), 1);
        is_safe = row->integer(1) == 0;
    }
    bool const goes_on = is_safe && tries <= std::ssize(steps_of_pauses);
    auto const next = goes_on ? now + steps_of_pauses.at(static_cast<std::size_t>(tries - 1)) : now;
    (void)TRY(write.run(
        "UPDATE pay_outgoing SET state = ?, status = ?, due = ?, changed = ? WHERE hub = ? AND id = ?",
        goes_on ? is_waiting : has_failed, status, number_of(next), number_of(now), hub, id));
    return true;
}

Result<bool> take_in(db::Write& write, HubId const& hub, std::string_view source, std::string_view outside_id,
                     Moment now) {
    if (outside_id.empty() || outside_id.size() > name_bytes_max)
        return refuse(Code::bad_value, "id", "expected an id of 1 to 200 bytes");
    return TRY(write.run(
               "INSERT INTO pay_taken (hub, source, outside_id, taken) VALUES (?, ?, ?, ?) ON CONFLICT "
               "DO NOTHING",
               hub, source, outside_id, number_of(now))) == 1;
}

Result<bool> is_taken(db::Asked& asked, HubId const& hub, std::string_view source,
                      std::string_view outside_id) {
    return TRY(asked.first("SELECT 1 FROM pay_taken WHERE hub = ? AND source = ? AND outside_id = ?", hub,
                           source, outside_id))
        .has_value();
}

Result<std::int64_t> forget_before(db::Write& write, HubId const& hub, Moment outgoing, Moment taken) {
    auto const sent = TRY(write.run("DELETE FROM pay_outgoing WHERE hub = ? AND state = ? AND changed < ?",
                                    hub, is_over, number_of(outgoing)));
    auto const ids =
        TRY(write.run("DELETE FROM pay_taken WHERE hub = ? AND taken < ?", hub, number_of(taken)));
    return sent + ids;
}

}  // namespace allroads::pay
