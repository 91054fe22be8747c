// Telling the programs of sellers what has changed: Standard Webhooks 1.0 (standardwebhooks.com). An event is
// written in the transaction of its change, so that it is told exactly when that is kept; it is sent by who
// asks `due_deliveries`, at least once.
#include "hub/hidden.h"

#include <sodium.h>
#include <algorithm>
#include <array>

namespace allroads::hub {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Pause = std::chrono::milliseconds;

constexpr std::size_t webhooks_of_account_max = 10;
constexpr std::size_t url_bytes_max = 500;
constexpr std::size_t secret_bytes = 32;  // the specification: 24 to 64
constexpr std::size_t excerpt_bytes = 200;
constexpr std::int64_t waiting_max = 50'000;  // deliveries of one webhook; beyond it sleeps
constexpr Pause lease = seconds(60);          // much longer than a sender waits for an answer
constexpr Pause asleep_after = hours(24 * 5);
constexpr Pause kept_for = hours(24 * 30);

// What the specification gives as an example. After the last the delivery has failed.
constexpr std::array<Pause, 9> pauses{seconds(5), minutes(5), minutes(30), hours(2), hours(5),
                                      hours(10),  hours(14),  hours(20),   hours(24)};
// Whatever waits for a webhook that fails waits at most so long for its next try.
constexpr Pause pause_of_webhook_max = minutes(5);

constexpr std::string_view test_event = "webhook.test";
constexpr std::int64_t is_waiting = 0, is_received = 1, has_failed = 2;  // of a delivery
constexpr std::int64_t asleep = 1;                                       // of a webhook; 0: awake

std::string purpose_of(WebhookId const& id) { return "webhook:" + id.text(); }

std::string base64(std::string_view bytes) {
    std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<unsigned char const*>(bytes.data()),
                      bytes.size(), sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();  // the end of a C string
    return text;
}

// Whether a program may be told there: https with a name or address, and nothing that means two things.
Result<void> check_url(std::string_view url, bool may_be_plain) {
    constexpr std::string_view secure = "https://", plain = "http://";
    bool const is_plain = may_be_plain && url.starts_with(plain);
    if (!is_plain && !url.starts_with(secure))
        return refuse(Code::bad_value, "url", "expected an address that begins with https://");
    if (url.size() > url_bytes_max) return refuse(Code::too_long, "url", "expected at most 500 bytes");
    if (!std::ranges::all_of(url, [](char c) { return c > ' ' && c <= '~' && c != '\\' && c != '#'; }))
        return refuse(Code::bad_value, "url", "expected plain characters, and no part behind #");
    auto const rest = url.substr(is_plain ? plain.size() : secure.size());
    auto const authority = rest.substr(0, rest.find_first_of("/?"));
    if (authority.empty() || authority.find('@') != std::string_view::npos)
        return refuse(Code::bad_value, "url", "expected a host, without a name or password before it");
    return {};
}

std::string joined(std::span<std::string const> events) {
    std::string text;
    for (auto const& one : events) text += (text.empty() ? "" : " ") + one;
    return text;
}
std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> events;
    while (!text.empty()) {
        auto const end = std::min(text.find(' '), text.size());
        events.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return events;
}

// Each asked for once, in the order of the list; all where none is.
Result<std::string> events_of(std::span<std::string const> wanted) {
    std::vector<std::string> events;
    for (auto const& one : wanted) {
        if (std::ranges::find(webhook_events, one) == webhook_events.end())
            return refuse(Code::bad_value, "events", "there is no event " + excerpt(one));
    }
    for (auto const one : webhook_events) {
        if (wanted.empty() || std::ranges::find(wanted, one) != wanted.end()) events.emplace_back(one);
    }
    return joined(events);
}

Pause pause_after(std::size_t tries, db::IdBytes const& id) {
    auto const pause = pauses[tries - 1];
    // Up to a tenth longer, so that what failed together does not come back together.
    return tries == 1 ? pause : pause + pause * static_cast<unsigned char>(id.back()) / 2560;
}

std::string shown_part(std::string_view answer) {
    auto text = excerpt(plain_digits(answer.substr(0, 4 * excerpt_bytes)), excerpt_bytes);
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7F') c = ' ';
    }
    return is_clean(text) ? text : std::string();
}

Webhook webhook_in(db::Rows const& row) {
    Webhook webhook{.id = row.id<Webhook>(0),
                    .url = std::string(row.text(1)),
                    .events = split(row.text(2)),
                    .made = db::Moment(Pause(row.integer(3))),
                    .is_asleep = row.integer(4) == asleep};
    if (row.integer(5) != 0) webhook.failing_since = db::Moment(Pause(row.integer(5)));
    return webhook;
}
constexpr std::string_view webhooks_of =
    "SELECT id, url, events, made, state, failing_since FROM webhook WHERE hub = ? AND owner = ? ORDER BY id";

Delivery delivery_in(db::Rows const& row) {
    Delivery one{.id = row.id<Delivery>(0),
                 .event = std::string(row.text(1)),
                 .made = db::Moment(Pause(row.integer(2))),
                 .tries = row.integer(4),
                 .status = static_cast<int>(row.integer(6)),
                 .excerpt = std::string(row.text(7))};
    auto const state = row.integer(5);
    one.state = state == is_waiting ? "waiting" : state == is_received ? "delivered" : "failed";
    if (state == is_waiting) one.due = db::Moment(Pause(row.integer(3)));
    if (row.integer(8) != 0) one.tried = db::Moment(Pause(row.integer(8)));
    return one;
}

std::int64_t number(db::Moment moment) { return moment.time_since_epoch().count(); }

}  // namespace

std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t timestamp,
                              std::string_view body) {
    auto const words = std::string(id) + "." + std::to_string(timestamp) + "." + std::string(body);
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, reinterpret_cast<unsigned char const*>(secret.data()), secret.size());
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<unsigned char const*>(words.data()), words.size());
    std::string mark(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mark.data()));
    return "v1," + base64(mark);
}

// ---- telling ----------------------------------------------------------------------------------------------

Result<db::Id<Delivery>> Hub::Hidden::add_delivery(db::Write& write, WebhookId const& webhook,
                                                   std::string_view event, std::string_view facts) {
    auto const at = now();
    auto const id = ids.next<Delivery>(at);
    auto const body = "{\"type\":\"" + std::string(event) + "\",\"timestamp\":\"" + moment_text(at) +
                      "\",\"data\":" + std::string(facts) + "}";
    (void)TRY(
        write.run("INSERT INTO delivery (hub, id, webhook, event, body, made, due, tries, state, status, "
                  "excerpt, tried) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, '', 0)",
                  self, id, webhook, event, body, number(at), number(at)));
    (void)TRY(write.run("UPDATE webhook SET waiting = waiting + 1 WHERE hub = ? AND id = ?", self, webhook));
    return id;
}

Result<void> Hub::Hidden::deliver(db::Write& write, db::Rows rows, std::string_view event,
                                  std::span<std::string const> facts) {
    std::vector<WebhookId> those;
    while (TRY(rows.next())) {
        auto const events = split(rows.text(1));
        bool const is_meant = std::ranges::find(events, event) != events.end();
        if (is_meant && rows.integer(2) < waiting_max) those.push_back(rows.id<Webhook>(0));
    }
    for (auto const& one : those) {
        for (auto const& each : facts) (void)TRY(add_delivery(write, one, event, each));
    }
    return {};
}

Result<void> Hub::Hidden::tell(db::Write& write, db::IdBytes const& owner, std::string_view event,
                               std::string_view facts) {
    std::string const each(facts);
    return deliver(write,
                   TRY(write.rows("SELECT id, events, waiting FROM webhook WHERE hub = ? AND owner = ? AND "
                                  "state = 0 ORDER BY id",
                                  self, owner)),
                   event, std::span(&each, 1));
}

Result<void> Hub::Hidden::tell_both(db::Write& write, db::IdBytes const& one, db::IdBytes const& other,
                                    std::string_view event, std::span<std::string const> facts) {
    return deliver(
        write,
        TRY(write.rows("SELECT id, events, waiting FROM webhook WHERE hub = ? AND owner = ? AND state = 0 "
                       "UNION ALL SELECT id, events, waiting FROM webhook WHERE hub = ? AND owner = ? AND "
                       "state = 0",
                       self, one, self, other)),
        event, facts);
}

Result<void> Hub::Hidden::tell_of(db::Write& write, shop::KeptShop const& keeper, shop::ProductId const& id,
                                  shop::State before, shop::Standing const& now_is) {
    bool const was_live = before == shop::State::live, is_live = now_is.state == shop::State::live;
    auto const event = is_live && !was_live   ? std::string_view("product.published")
                       : was_live && !is_live ? std::string_view("product.withdrawn")
                                              : std::string_view("product.changed");
    auto const facts = "{\"product\":\"" + id.text() + "\",\"shop\":\"" + keeper.id.text() +
                       "\",\"state\":\"" + std::string(shop::text_of(now_is.state)) +
                       "\",\"version\":" + std::to_string(now_is.newest) +
                       ",\"live_version\":" + std::to_string(now_is.live_version) + "}";
    return tell(write, keeper.owner, event, facts);
}

// ---- keeping them -----------------------------------------------------------------------------------------

Result<db::IdBytes> Hub::Hidden::teller(Caller const& caller) {
    auto const& who = caller.acting_for ? caller.acting_for : caller.account;
    if (!who) return refuse(Code::signed_out, "", "sign in to have your programs told");
    if (!has_scope(caller, "webhooks:write"))
        return refuse(Code::not_allowed, "", "the key lacks the scope webhooks:write");
    return who->bytes();
}

void Hub::let_webhooks_be_plain() { hidden_->webhooks_may_be_plain = true; }

Result<MadeWebhook> Hub::make_webhook(Caller const& caller, std::string_view url,
                                      std::span<std::string const> events) {
    auto const owner = TRY(hidden_->teller(caller));
    TRY_VOID(hidden_->may_write_now(caller));
    TRY_VOID(check_url(url, hidden_->webhooks_may_be_plain));
    auto const wanted = TRY(events_of(events));
    auto const at = now();
    MadeWebhook made{.webhook = {.id = hidden_->ids.next<Webhook>(at),
                                 .url = std::string(url),
                                 .events = split(wanted),
                                 .made = at}};
    std::string secret(secret_bytes, '\0');
    randombytes_buf(secret.data(), secret.size());
    made.secret = "whsec_" + base64(secret);
    auto const& id = made.webhook.id;
    auto const sealed = hidden_->key->seal(purpose_of(id), secret);
    people::Entry const entry{.verb = "webhook.make", .subject_kind = "webhook", .subject = id.text()};
    TRY_VOID(hidden_->change(caller, entry, [&](db::Write& write) -> Result<void> {
        auto rows = TRY(write.rows(webhooks_of, hidden_->self, owner));
        std::size_t count = 0;
        while (TRY(rows.next())) ++count;
        if (count >= webhooks_of_account_max)
            return refuse(Code::conflict, "url", "an account keeps at most 10 webhooks");
        (void)TRY(
            write.run("INSERT INTO webhook (hub, id, owner, url, events, secret, made, state, "
                      "failing_since, paused, leased, waiting) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0)",
                      hidden_->self, id, owner, url, wanted, db::Blob{sealed}, number(at)));
        return {};
    }));
    return made;
}

Result<std::vector<Webhook>> Hub::webhooks(Caller const& caller) {
    auto const owner = TRY(hidden_->teller(caller));
    auto read = TRY(hidden_->data->read());
    auto rows = TRY(read.rows(webhooks_of, hidden_->self, owner));
    std::vector<Webhook> all;
    while (TRY(rows.next())) all.push_back(webhook_in(rows));
    return all;
}

// Another's is as if it were not there.
Result<void> Hub::Hidden::must_be_own(db::Asked& asked, db::IdBytes const& owner, WebhookId const& id) {
    auto const row =
        TRY(asked.first("SELECT 1 FROM webhook WHERE hub = ? AND id = ? AND owner = ?", self, id, owner));
    if (row) return {};
    return refuse(Code::not_found, "id", "there is no such webhook");
}

Result<void> Hub::end_webhook(Caller const& caller, WebhookId id) {
    auto const owner = TRY(hidden_->teller(caller));
    people::Entry const entry{.verb = "webhook.end", .subject_kind = "webhook", .subject = id.text()};
    return hidden_->change(caller, entry, [&](db::Write& write) -> Result<void> {
        TRY_VOID(hidden_->must_be_own(write, owner, id));
        (void)TRY(write.run("DELETE FROM delivery WHERE hub = ? AND webhook = ?", hidden_->self, id));
        (void)TRY(write.run("DELETE FROM webhook WHERE hub = ? AND id = ?", hidden_->self, id));
        return {};
    });
}

Result<Delivery> Hub::test_webhook(Caller const& caller, WebhookId id) {
    auto const owner = TRY(hidden_->teller(caller));
    TRY_VOID(hidden_->may_write_now(caller));
    people::Entry const entry{.verb = "webhook.test", .subject_kind = "webhook", .subject = id.text()};
    auto const data = "{\"webhook\":\"" + id.text() + "\"}";
    auto const made = TRY(hidden_->change(caller, entry, [&](db::Write& write) -> Result<db::Id<Delivery>> {
        TRY_VOID(hidden_->must_be_own(write, owner, id));
        (void)TRY(
            write.run("UPDATE webhook SET state = 0, failing_since = 0, paused = 0 WHERE hub = ? AND id = ?",
                      hidden_->self, id));
        return hidden_->add_delivery(write, id, test_event, data);
    }));
    auto const at = now();
    return Delivery{.id = made, .event = std::string(test_event), .made = at, .state = "waiting", .due = at};
}

Result<std::vector<Delivery>> Hub::deliveries(Caller const& caller, WebhookId id,
                                              std::optional<db::Id<Delivery>> const& before,
                                              std::size_t rows) {
    auto const owner = TRY(hidden_->teller(caller));
    auto read = TRY(hidden_->data->read());
    TRY_VOID(hidden_->must_be_own(read, owner, id));
    constexpr std::string_view columns =
        "SELECT id, event, made, due, tries, state, status, excerpt, tried FROM delivery ";
    static std::string const newest =
        std::string(columns) + "WHERE hub = ? AND webhook = ? ORDER BY id DESC LIMIT ?";
    static std::string const older =
        std::string(columns) + "WHERE hub = ? AND webhook = ? AND id < ? ORDER BY id DESC LIMIT ?";
    auto found = before ? TRY(read.rows(older, hidden_->self, id, *before, rows))
                        : TRY(read.rows(newest, hidden_->self, id, rows));
    std::vector<Delivery> all;
    while (TRY(found.next())) all.push_back(delivery_in(found));
    return all;
}

// ---- sending ----------------------------------------------------------------------------------------------

Result<std::vector<DueDelivery>> Hub::due_deliveries(db::Moment at, std::size_t most) {
    auto& house = *hidden_;
    {
        auto read = TRY(house.data->read());
        auto const any =
            TRY(read.first("SELECT 1 FROM delivery WHERE hub = ? AND state = 0 AND due <= ? LIMIT 1",
                           house.self, number(at)));
        if (!any) return std::vector<DueDelivery>();
    }
    struct Taken {
        db::Id<Delivery> id;
        WebhookId webhook;
        std::string url, sealed, body;
    };
    // Of each webhook its oldest, and none while another of it is on its way: they arrive in their order.
    auto const taken = TRY(house.data->write([&](db::Write& write) -> Result<std::vector<Taken>> {
        std::vector<Taken> those;
        {
            auto rows = TRY(write.rows(
                "SELECT d.id, w.id, w.url, w.secret, d.body FROM webhook w JOIN delivery d ON d.hub = w.hub "
                "AND "
                "d.id = (SELECT e.id FROM delivery e WHERE e.hub = w.hub AND e.webhook = w.id AND e.state = "
                "0 "
                "AND e.due <= ? ORDER BY e.id LIMIT 1) WHERE w.hub = ? AND w.state = 0 AND w.waiting > 0 AND "
                "w.paused <= ? AND w.leased <= ? ORDER BY d.id LIMIT ?",
                number(at), house.self, number(at), number(at), most));
            while (TRY(rows.next())) {
                those.push_back({.id = rows.id<Delivery>(0),
                                 .webhook = rows.id<Webhook>(1),
                                 .url = std::string(rows.text(2)),
                                 .sealed = std::string(rows.blob(3)),
                                 .body = std::string(rows.text(4))});
            }
        }
        for (auto const& one : those) {
            (void)TRY(write.run("UPDATE webhook SET leased = ? WHERE hub = ? AND id = ?", number(at + lease),
                                house.self, one.webhook));
        }
        return those;
    }));
    std::vector<DueDelivery> due;
    auto const timestamp = std::chrono::floor<seconds>(at).time_since_epoch().count();
    for (auto const& one : taken) {
        auto const secret = TRY(house.key->open(purpose_of(one.webhook), one.sealed));
        auto message = "msg_" + one.id.text();
        auto signature = webhook_signature(secret, message, timestamp, one.body);
        due.push_back({.id = one.id,
                       .url = one.url,
                       .body = one.body,
                       .message = std::move(message),
                       .timestamp = std::to_string(timestamp),
                       .signature = std::move(signature)});
    }
    return due;
}

Result<void> Hub::Hidden::put_to_sleep(db::Write& write, WebhookId const& webhook, db::Moment at) {
    (void)TRY(write.run("UPDATE webhook SET state = 1, leased = 0, waiting = 0 WHERE hub = ? AND id = ?",
                        self, webhook));
    (void)TRY(
        write.run("UPDATE delivery SET state = 2, tried = CASE WHEN tried = 0 THEN 0 ELSE ? END WHERE hub = "
                  "? AND webhook = ? AND state = 0",
                  number(at), self, webhook));
    return {};
}

Result<void> Hub::delivery_ended(db::Id<Delivery> id, int status, std::string_view answer) {
    auto& house = *hidden_;
    auto const at = now();
    auto const shown = shown_part(answer);
    return house.data->write([&](db::Write& write) -> Result<void> {
        auto row =
            TRY(write.first("SELECT d.webhook, d.tries, w.failing_since FROM delivery d JOIN webhook w ON "
                            "w.hub = d.hub AND w.id = d.webhook WHERE d.hub = ? AND d.id = ? AND d.state = 0",
                            house.self, id));
        if (!row) return refuse(Code::not_found, "id", "there is no such delivery, or it has ended");
        auto const webhook = row->id<Webhook>(0);
        auto const tries = row->integer(1) + 1;
        auto const since = row->integer(2) == 0 ? at : db::Moment(Pause(row->integer(2)));
        row.reset();
        bool const is_done = status >= 200 && status < 300;
        bool const is_last = is_done || tries > static_cast<std::int64_t>(pauses.size());
        auto const pause = is_last ? Pause(0) : pause_after(static_cast<std::size_t>(tries), id.bytes());
        auto const state = is_done ? is_received : is_last ? has_failed : is_waiting;
        (void)TRY(
            write.run("UPDATE delivery SET tries = ?, state = ?, status = ?, excerpt = ?, tried = ?, due = ? "
                      "WHERE hub = ? AND id = ?",
                      tries, state, status, shown, number(at), number(at + pause), house.self, id));
        constexpr int gone = 410;
        bool const sleeps = !is_done && (status == gone || at - since >= asleep_after);
        (void)TRY(write.run(
            "UPDATE webhook SET leased = 0, failing_since = ?, paused = ?, waiting = waiting - ? "
            "WHERE hub = ? AND id = ?",
            is_done ? 0 : number(since),
            is_done ? 0 : number(at + std::min(is_last ? pause_of_webhook_max : pause, pause_of_webhook_max)),
            is_last ? 1 : 0, house.self, webhook));
        return sleeps ? house.put_to_sleep(write, webhook, at) : Result<void>();
    });
}

void Hub::Hidden::forget_deliveries() {
    auto const old = number(now() - kept_for);
    (void)data->write([&](db::Write& write) -> Result<void> {
        (void)TRY(write.run("DELETE FROM delivery WHERE hub = ? AND state > 0 AND due < ?", self, old));
        return {};
    });
}

}  // namespace allroads::hub
