// Who asks, and what they may.
#include "hub/hidden.h"

#include <openssl/sha.h>
#include <sodium.h>
#include <algorithm>
#include <array>
#include <bit>

namespace allroads::hub {
namespace {

constexpr std::string_view key_mark = "ark_";

std::unexpected<Error> too_often(people::Allowance const& allowance) {
    auto const wait = (allowance.retry_after.count() + 999) / 1000;
    return refuse(Code::too_many, "", "try again in " + std::to_string(wait) + " seconds");
}

Result<std::string> bytes_of(std::string_view hexadecimal) {
    std::string bytes(hexadecimal.size() / 2, '\0');
    auto* const to = static_cast<unsigned char*>(static_cast<void*>(bytes.data()));
    auto const failed =
        sodium_hex2bin(to, bytes.size(), hexadecimal.data(), hexadecimal.size(), nullptr, nullptr, nullptr);
    if (failed != 0) return refuse(Code::bad_file, "message", "it is not as it was written");
    return bytes;
}

void take_up(Caller& caller, people::KeyUse used) {
    caller.account = used.account;
    caller.key = used.id;
    caller.roles = used.roles;
    caller.language = std::move(used.language);
    caller.scopes = std::move(used.scopes);
}
void take_up(Caller& caller, people::Visit visit) {
    caller.account = visit.account;
    caller.session = visit.session;
    caller.roles = visit.roles;
    caller.name = std::move(visit.name);
    caller.language = std::move(visit.language);
    caller.proved = visit.proved;
    caller.new_token = std::move(visit.new_token);
}

}  // namespace

std::string hexadecimal(std::string_view bytes) {
    std::string text(2 * bytes.size() + 1, '\0');
    auto const* const from = static_cast<unsigned char const*>(static_cast<void const*>(bytes.data()));
    sodium_bin2hex(text.data(), text.size(), from, bytes.size());
    text.pop_back();
    return text;
}

std::string digest_of(std::initializer_list<std::string_view> parts) {
    std::string all;
    for (auto const part : parts) {
        auto const size = std::bit_cast<std::array<char, sizeof(std::uint64_t)>>(std::uint64_t{part.size()});
        all.append(size.data(), size.size());
        all.append(part);
    }
    // OpenSSL has the processor's own instructions for it: a quarter of what libsodium takes.
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    auto const* const from = static_cast<unsigned char const*>(static_cast<void const*>(all.data()));
    check(SHA256(from, all.size(), digest.data()) != nullptr);
    return {digest.begin(), digest.end()};
}

bool has_scope(Caller const& caller, std::string_view scope) {
    if (!caller.key && !caller.acting_for) return true;
    return std::ranges::find(caller.scopes, scope) != caller.scopes.end();
}

Result<void> must_have_scope(Caller const& caller, std::string_view scope) {
    if (has_scope(caller, scope)) return {};
    if (caller.acting_for)
        return refuse(Code::not_allowed, "", "the member has not consented to this: " + std::string(scope));
    return refuse(Code::not_allowed, "", "the key lacks the scope " + std::string(scope));
}

people::Act Hub::Hidden::act_of(Caller const& caller) const {
    return {.now = now(),
            .address = caller.address,
            .account = caller.account,
            .session = caller.session,
            .key = caller.key,
            .acting_for = caller.acting_for};
}

Result<Caller> Hub::caller(Credentials const& credentials, people::Often often) {
    auto& people = *hidden_->people;
    Caller caller{.address = std::string(credentials.address)};
    auto const act = hidden_->act_of(caller);
    auto const allowed = people.rates().allow(often, people::address_key(credentials.address), act.now);
    if (!allowed) return too_often(allowed);
    if (credentials.token.empty()) return caller;
    if (credentials.token.starts_with(key_mark)) {
        auto used = TRY(people.use_key(credentials.token, act));
        if (auto const more = people.rates().allow(people::Often::api_key, used.id.text(), act.now); !more)
            return too_often(more);
        take_up(caller, std::move(used));
        return caller;
    }
    take_up(caller, TRY(people.visit(credentials.token, act)));
    // Who may see and end everything needs more than a password that somebody else may know too.
    if (caller.roles.has(people::Role::operator_) && !TRY(people.account(*caller.account)).has_second_factor)
        caller.roles = caller.roles.without(people::Role::operator_);
    return caller;
}

std::optional<Result<Caller>> Hub::caller_at_hand(Credentials const& credentials, people::Often often) {
    auto& people = *hidden_->people;
    Caller caller{.address = std::string(credentials.address)};
    auto const at = now();
    if (credentials.token.starts_with(key_mark)) {
        auto used = people.key_at_hand(credentials.token, at);
        if (!used) return std::nullopt;
        take_up(caller, std::move(*used));
    } else if (!credentials.token.empty()) {
        auto visit = people.visit_at_hand(credentials.token, at);
        // Whether an operator has a second factor is read.
        if (!visit || visit->roles.has(people::Role::operator_)) return std::nullopt;
        take_up(caller, std::move(*visit));
    }
    auto const allowed = people.rates().allow(often, people::address_key(credentials.address), at);
    if (!allowed) return too_often(allowed);
    if (!caller.key) return caller;
    auto const more = people.rates().allow(people::Often::api_key, caller.key->text(), at);
    if (!more) return too_often(more);
    return caller;
}

bool Hub::is_near() const { return hidden_->data->dialect() == db::Dialect::sqlite; }

Caller Hub::keeper() const {
    Caller caller;
    caller.roles = people::Roles().with(people::Role::operator_);
    caller.name = "the keeper of this machine";
    return caller;
}

bool Hub::Hidden::may_keep(Caller const& caller, shop::KeptShop const& shop) const {
    // A key opens what its own account keeps, also when an operator made it.
    if (caller.roles.has(people::Role::operator_) && !caller.key) return true;
    auto const& who = caller.acting_for ? caller.acting_for : caller.account;
    return who && who->bytes() == shop.owner;
}

bool Hub::may_keep(Caller const& caller, shop::KeptShop const& shop) const {
    return hidden_->may_keep(caller, shop);
}

Result<void> Hub::Hidden::must_keep(Caller const& caller, shop::KeptShop const& shop,
                                    std::string_view scope) {
    if (!may_keep(caller, shop)) {
        if (!caller.is_signed_in()) return refuse(Code::signed_out, "", "sign in to change this shop");
        return refuse(Code::not_allowed, "", "this shop is another's");
    }
    TRY_VOID(must_have_scope(caller, scope));
    return may_write_now(caller);
}

Result<void> Hub::Hidden::may_write_now(Caller const& caller) {
    // Who stands where the data lies comes neither by a session nor by a key.
    if (!caller.session && !caller.key) return {};
    auto const allowed = people->rates().allow(people::Often::write_account, caller.account->text(), now());
    if (!allowed) return too_often(allowed);
    return {};
}

Result<void> Hub::Hidden::must_be_operator(Caller const& caller) const {
    if (caller.roles.has(people::Role::operator_) && !caller.key) return {};
    if (!caller.is_signed_in()) return refuse(Code::signed_out, "", "operators sign in first");
    return refuse(Code::not_allowed, "", "this is for operators of the hub who have a second factor");
}

// ---- accounts ---------------------------------------------------------------------------------------------

Result<void> Hub::Hidden::send(db::Write& write, std::string_view to, std::string_view text) {
    // Sealed, because it may hold a one-time code: who reads the data, or a copy of it, reads none.
    auto const id = ids.next(now());
    auto const sealed = hexadecimal(key->seal("message:" + db::Id<Message>(id).text(), text));
    (void)TRY(write.run("INSERT INTO message (hub, id, recipient, words, made) VALUES (?, ?, ?, ?, ?)", self,
                        id, to, sealed, now().time_since_epoch().count()));
    return {};
}

Result<void> Hub::send_code(Caller const& caller, people::Purpose purpose, std::string_view contact,
                            std::string_view language) {
    auto const to = TRY(people::Contact::parse(contact));
    auto const code = TRY(hidden_->people->make_code(purpose, to, hidden_->act_of(caller)));
    // Nobody learns whether an account exists: a reset for none is not sent, and the answer is the same.
    bool const is_due = purpose != people::Purpose::reset || code.account.has_value();
    if (!is_due) return {};
    std::string spoken(caller.language.empty() ? language : caller.language);
    if (code.account) {
        if (auto const facts = hidden_->people->account(*code.account)) spoken = facts->language;
    }
    CodeWords words;
    {
        std::lock_guard const held(hidden_->words_lock);
        words = hidden_->code_words;
    }
    auto text = words ? words(spoken, code.digits) : std::string();
    if (text.empty()) text = "Allroads: " + code.digits + " is your code for 10 minutes.";
    return hidden_->data->write([&](db::Write& write) { return hidden_->send(write, to.text(), text); });
}

Result<people::SignedIn> Hub::sign_up(Caller const& caller, SignUp const& wanted) {
    auto const contact = TRY(people::Contact::parse(wanted.contact));
    auto const act = hidden_->act_of(caller);
    auto const account = TRY(hidden_->people->sign_up({.contact = contact,
                                                       .name = std::string(wanted.name),
                                                       .language = std::string(wanted.language),
                                                       .password = wanted.password,
                                                       .code = wanted.code},
                                                      act));
    TRY_VOID(hidden_->people->grant(account, people::Role::buyer, act));
    return hidden_->people->sign_in(contact, wanted.password, wanted.agent, act);
}

Result<people::SignedIn> Hub::sign_in(Caller const& caller, std::string_view contact,
                                      std::string_view password, std::string_view agent) {
    auto const who = TRY(people::Contact::parse(contact));
    return hidden_->people->sign_in(who, password, agent, hidden_->act_of(caller));
}

Result<people::SignedIn> Hub::second_factor(Caller const& caller, std::string_view token,
                                            std::string_view code) {
    return hidden_->people->second_factor(token, code, hidden_->act_of(caller));
}

Result<void> Hub::sign_out(Caller const& caller) {
    if (!caller.account || !caller.session) return {};
    return hidden_->people->end_session(*caller.account, *caller.session, act_of(caller));
}

Result<void> Hub::reset_password(Caller const& caller, std::string_view contact, std::string_view code,
                                 std::string_view new_password) {
    auto const who = TRY(people::Contact::parse(contact));
    (void)TRY(hidden_->people->reset_password(who, code, new_password, hidden_->act_of(caller)));
    return {};
}

Result<people::AccountFacts> Hub::account(Caller const& caller) {
    if (!caller.account) return refuse(Code::signed_out, "", "sign in first");
    return hidden_->people->account(*caller.account);
}

Result<std::vector<people::AccountFacts>> Hub::accounts(Caller const& caller,
                                                        std::optional<people::AccountId> after,
                                                        std::size_t rows) {
    TRY_VOID(hidden_->must_be_operator(caller));
    return hidden_->people->accounts(after, rows);
}

Result<void> Hub::grant(Caller const& caller, people::AccountId account, people::Role role, bool is_given) {
    TRY_VOID(hidden_->must_be_operator(caller));
    auto const act = hidden_->act_of(caller);
    return is_given ? hidden_->people->grant(account, role, act)
                    : hidden_->people->withdraw(account, role, act);
}

Result<people::TrailPage> Hub::trail(Caller const& caller, people::TrailQuestion const& question) {
    TRY_VOID(hidden_->must_be_operator(caller));
    return hidden_->people->trail(question);
}

// ---- messages ---------------------------------------------------------------------------------------------

Result<std::vector<Message>> Hub::messages(std::size_t rows) {
    auto read = TRY(hidden_->data->read());
    auto found =
        TRY(read.rows("SELECT id, recipient, words, made FROM message WHERE hub = ? ORDER BY id LIMIT ?",
                      hidden_->self, rows));
    std::vector<Message> messages;
    while (TRY(found.next())) {
        auto const id = found.id<Message>(0);
        messages.push_back({id, std::string(found.text(1)),
                            TRY(hidden_->key->open("message:" + id.text(), TRY(bytes_of(found.text(2))))),
                            db::Moment(std::chrono::milliseconds(found.integer(3)))});
    }
    return messages;
}

Result<void> Hub::sent(db::Id<Message> id) {
    return hidden_->data->write([&](db::Write& write) -> Result<void> {
        auto const gone = TRY(write.run("DELETE FROM message WHERE hub = ? AND id = ?", hidden_->self, id));
        if (gone == 1) return {};
        return refuse(Code::not_found, "id", "there is no such message");
    });
}

// ---- once -------------------------------------------------------------------------------------------------

Result<std::optional<Hub::Answered>> Hub::begin_once(Once const& once) {
    auto const at = now().time_since_epoch().count();
    return hidden_->data->write([&](db::Write& write) -> Result<std::optional<Answered>> {
        auto const row = TRY(write.first(
            "SELECT digest, status, answer FROM request_once WHERE hub = ? AND asker = ? AND name = ?",
            hidden_->self, once.asker, once.name));
        if (!row) {
            (void)TRY(
                write.run("INSERT INTO request_once (hub, asker, name, digest, status, answer, made) "
                          "VALUES (?, ?, ?, ?, 0, '', ?)",
                          hidden_->self, once.asker, once.name, db::Blob{once.digest}, at));
            return std::optional<Answered>();
        }
        if (row->blob(0) != once.digest)
            return refuse(Code::conflict, "idempotency-key", "this key was used for another request");
        if (row->integer(1) == 0) {
            return refuse(Code::outcome_unknown, "idempotency-key",
                          "the first request with this key has not ended; look whether it was done");
        }
        return std::optional(Answered{static_cast<int>(row->integer(1)), std::string(row->text(2))});
    });
}

Result<void> Hub::end_once(Once const& once, Answered const& answered) {
    return hidden_->data->write([&](db::Write& write) -> Result<void> {
        (void)TRY(write.run(
            "UPDATE request_once SET status = ?, answer = ? WHERE hub = ? AND asker = ? AND name = ?",
            answered.status, answered.answer, hidden_->self, once.asker, once.name));
        return {};
    });
}

Result<void> Hub::drop_once(Once const& once) {
    return hidden_->data->write([&](db::Write& write) -> Result<void> {
        (void)TRY(
            write.run("DELETE FROM request_once WHERE hub = ? AND asker = ? AND name = ? AND status = 0",
                      hidden_->self, once.asker, once.name));
        return {};
    });
}

}  // namespace allroads::hub
