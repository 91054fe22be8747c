#pragma once
// people: who is who: accounts, their secrets, sessions and keys, groups, consent, and the trail of what was
// done.
//
// Promises: no secret is kept as it was given: passwords and PINs by Argon2id, tokens and keys as digests,
// what must be read again sealed under the hub's key. Every change of an account stands in the trail, written
// in the same transaction. Whether an account exists is not told by sign_in or make_code to who asks. Roles
// are kept here as facts; what they allow is decided elsewhere. The time is an argument, always.
//
// Any thread may use a People. Limits and lives have names below; docs/people.md says what is kept and how.

#include "base/base.h"
#include "db/db.h"

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace allroads::people {

using Moment = std::chrono::sys_time<std::chrono::milliseconds>;
using Millis = std::chrono::milliseconds;

struct Account;
struct Session;
struct ApiKey;
struct Group;
struct Consent;
using HubId = db::HubId;
using AccountId = db::Id<Account>;
using SessionId = db::Id<Session>;
using KeyId = db::Id<ApiKey>;
using GroupId = db::Id<Group>;
using ConsentId = db::Id<Consent>;

// ---- lives and limits -------------------------------------------------------------------------------------

inline constexpr Millis session_idle = std::chrono::days(30);       // since it was last seen
inline constexpr Millis session_absolute = std::chrono::days(180);  // since it began
inline constexpr Millis session_waits = std::chrono::minutes(10);   // for the second factor
inline constexpr Millis token_age = std::chrono::hours(24);         // then a new one is handed out
inline constexpr Millis token_grace = std::chrono::minutes(5);  // of the old one, once the new one was used
inline constexpr Millis seen_every = std::chrono::minutes(10);  // last seen is written no more often
inline constexpr Millis ended_kept = std::chrono::days(30);     // sessions that are over, until `sweep`
inline constexpr Millis code_life = std::chrono::minutes(10);
inline constexpr std::int64_t code_tries_max = 5;
inline constexpr std::int64_t pin_tries_max = 5;                  // wrong, then a pause,
inline constexpr Millis pin_pause = std::chrono::minutes(15);     // which doubles with each further one
inline constexpr Millis pin_pause_max = std::chrono::hours(4);    // up to this; the right PIN forgets them
inline constexpr Millis consent_life = std::chrono::minutes(15);  // where nothing else is said
inline constexpr Millis consent_life_max = std::chrono::hours(8);
inline constexpr Millis key_life_max = std::chrono::days(2 * 366);
inline constexpr std::size_t password_letters_min = 8;  // NIST SP 800-63B
inline constexpr std::size_t password_letters_max = 128;
inline constexpr std::size_t password_bytes_max = 512;
inline constexpr std::size_t name_bytes_max = 200;
inline constexpr std::size_t sessions_max = 50;  // of an account; the one seen longest ago makes room
inline constexpr std::size_t keys_max = 50;      // of an account that stand
inline constexpr std::size_t scopes_max = 20;
inline constexpr std::size_t word_bytes_max = 64;       // a scope, a purpose, a verb, the kind of a subject
inline constexpr std::size_t details_bytes_max = 2000;  // of one row of the trail
inline constexpr std::size_t page_rows_max = 500;       // of a list
inline constexpr std::size_t recovery_codes = 10;

// What one hash of a password takes. OWASP's second choice for Argon2id (19 MiB, two passes, one lane): a
// small machine must hold `at_once` of them beside everything else.
struct Hashing {
    std::uint64_t passes = 2;
    std::size_t memory_bytes = 19U * 1024 * 1024;
    std::size_t at_once = 2;
    std::size_t waiting_max = 6;  // more are refused with `busy`
};

// ---- how people are reached -------------------------------------------------------------------------------

// A telephone number of E.164 ("+254712345678") or an e-mail address in lower case: what an account is found
// by. Numbers may be written with the digits of any script, spaces, hyphens, stops and brackets, but begin
// with + and the code of a country that is in use. Addresses are of plain ASCII without quotes.
class Contact {
public:
    enum class Kind : std::uint8_t { phone, email };
    [[nodiscard]] static Result<Contact> parse(std::string_view text);
    [[nodiscard]] Kind kind() const { return text_.front() == '+' ? Kind::phone : Kind::email; }
    [[nodiscard]] std::string const& text() const { return text_; }
    // For lists and logs: "+2547•••78", "a•••@example.org".
    [[nodiscard]] std::string veiled() const;
    friend auto operator<=>(Contact const&, Contact const&) = default;

private:
    explicit Contact(std::string text) : text_(std::move(text)) {}
    std::string text_;
};
inline constexpr std::size_t email_bytes_max = 254;

// ---- the key of the hub -----------------------------------------------------------------------------------

// 32 bytes that everything else is sealed or marked with. Lost, second factors, PINs, recovery codes, and
// what is sealed must be made anew; passwords and sessions stay.
class HubKey {
public:
    // Reads the file, or makes it (mode 0600) where there is none. Refuses a file that others may read, or
    // that is no key. Two that begin at once get the same key.
    [[nodiscard]] static Result<HubKey> open_or_make(std::filesystem::path const& path);
    explicit HubKey(std::span<unsigned char const, 32> bytes);

    // Sealed for one purpose ("totp:" and an id, say): opens for no other, so boxes cannot be exchanged.
    [[nodiscard]] std::string seal(std::string_view purpose, std::string_view plain) const;
    [[nodiscard]] Result<std::string> open(std::string_view purpose, std::string_view sealed) const;
    // HMAC-SHA-256 under a key of this purpose.
    [[nodiscard]] std::array<unsigned char, 32> mark(std::string_view purpose, std::string_view text) const;

private:
    struct Wipe {
        void operator()(unsigned char* bytes) const;
    };
    [[nodiscard]] std::array<unsigned char, 32> derived(std::string_view purpose) const;
    std::unique_ptr<unsigned char, Wipe> bytes_;
};

// ---- not too often ----------------------------------------------------------------------------------------

// `count` more in each `per`, up to `burst` at once.
struct Rate {
    std::int64_t burst = 1;
    std::int64_t count = 1;
    Millis per{1000};
};
enum class Often : std::uint8_t {
    sign_in_contact,  // tries for one phone or address, known here or not
    sign_in_address,  // tries from one address; a co-operative shares one
    sign_up_address,
    code_contact,  // one-time codes for one phone or address: each costs a message
    code_address,
    second_factor,  // of an account
    page_address,   // the rest is asked by the faces
    api_address,
    api_key,
    write_account,
};
inline constexpr std::size_t often_kinds = 10;
struct Rates {
    Rate sign_in_contact{10, 10, std::chrono::minutes(15)};
    Rate sign_in_address{60, 60, std::chrono::minutes(15)};
    Rate sign_up_address{20, 20, std::chrono::hours(1)};
    Rate code_contact{5, 5, std::chrono::hours(1)};
    Rate code_address{40, 40, std::chrono::hours(1)};
    Rate second_factor{5, 5, std::chrono::minutes(5)};
    Rate page_address{300, 20, std::chrono::seconds(1)};
    Rate api_address{600, 50, std::chrono::seconds(1)};
    Rate api_key{600, 50, std::chrono::seconds(1)};
    Rate write_account{120, 60, std::chrono::minutes(1)};
    std::size_t buckets_max = 65'536;  // 24 bytes each
};
// As if there were none.
[[nodiscard]] Rates no_rates();
struct Allowance {
    bool allowed = true;
    Millis retry_after{0};  // where not: until the next is allowed
    explicit operator bool() const { return allowed; }
};
// Token buckets in memory, in whole numbers. When the table is full the bucket that is fullest makes room:
// who floods it with new keys does not free those that are held back. Forgotten at a restart.
class RateLimits {
public:
    explicit RateLimits(Rates const& rates);
    [[nodiscard]] Allowance allow(Often kind, std::string_view key, Moment now);
    ~RateLimits();
    RateLimits(RateLimits const&) = delete;
    RateLimits& operator=(RateLimits const&) = delete;

private:
    struct Table;
    std::unique_ptr<Table> table_;
};
// The key of an address: IPv4 whole (also written as IPv6), IPv6 by its /64, which is one household's. What
// is no address is one key for all of them.
[[nodiscard]] std::string address_key(std::string_view address);
// As it is kept: IPv4 by /24, IPv6 by /48, else nothing.
[[nodiscard]] std::string shortened_address(std::string_view address);

// ---- who acts ---------------------------------------------------------------------------------------------

// Who does something, from where, and when: an argument of every change, and of its row in the trail.
struct Act {
    Moment now;
    std::string address = {};
    std::optional<AccountId> account = {};
    std::optional<SessionId> session = {};
    std::optional<KeyId> key = {};
    std::optional<AccountId> acting_for = {};
};

enum class Role : std::uint8_t { buyer, seller, member, clerk, broker, operator_ };
inline constexpr std::size_t role_count = 6;  // who has none is a visitor
[[nodiscard]] std::string_view text_of(Role role);
[[nodiscard]] Result<Role> parse_role(std::string_view text);
class Roles {
public:
    constexpr Roles() = default;
    constexpr explicit Roles(std::int64_t bits) : bits_(bits) {}
    [[nodiscard]] constexpr bool has(Role role) const { return (bits_ >> static_cast<int>(role) & 1) != 0; }
    [[nodiscard]] constexpr Roles with(Role role) const {
        return Roles(bits_ | std::int64_t{1} << static_cast<int>(role));
    }
    [[nodiscard]] constexpr Roles without(Role role) const {
        return Roles(bits_ & ~(std::int64_t{1} << static_cast<int>(role)));
    }
    [[nodiscard]] constexpr std::int64_t bits() const { return bits_; }
    friend constexpr bool operator==(Roles, Roles) = default;

private:
    std::int64_t bits_ = 0;
};

// ---- what is told -----------------------------------------------------------------------------------------

struct ContactFacts {
    Contact contact;
    std::optional<Moment> verified = {};
};
struct AccountFacts {
    AccountId id;
    std::string name, language;
    Roles roles = {};
    Moment made;
    bool deleted = false;
    bool has_password = false, has_second_factor = false, has_pin = false;
    std::vector<ContactFacts> contacts = {};
};
struct NewAccount {
    Contact contact;
    std::string name;
    std::string language;            // BCP 47, lower case: "en", "sw", "zh-hant"
    std::string_view password = {};  // empty: none; signs in after a reset by code
    std::string_view code = {};      // of make_code(sign_up); empty: the contact stays unverified
};
// The token stands here once and nowhere else.
struct SignedIn {
    AccountId account;
    SessionId session;
    std::string token;
    bool waits = false;  // for the second factor; until then `visit` refuses the token
};
// What a request needs of who asks.
struct Visit {
    AccountId account;
    SessionId session;
    Roles roles;
    std::string name, language;
    Moment proved;                              // when a secret was last shown: for what is asked again
    std::optional<std::string> new_token = {};  // to be kept by the browser in the place of the old one
};
struct SessionFacts {
    SessionId id;
    std::string agent, address;
    Moment made, seen;
    bool waits = false;
};
struct NewKey {
    std::string name;
    std::vector<std::string> scopes;  // words: "products:write"
    Millis life = std::chrono::days(365);
};
struct MadeKey {
    KeyId id;
    std::string text;  // "ark_<id>_<secret>", once
};
struct KeyFacts {
    KeyId id;
    std::string name;
    std::vector<std::string> scopes;
    Moment made, until;
    std::optional<Moment> used = {}, ended = {};
};
struct KeyUse {
    KeyId id;
    AccountId account;
    Roles roles;
    std::string language;
    std::vector<std::string> scopes;
    [[nodiscard]] bool may(std::string_view scope) const;
};
enum class Purpose : std::uint8_t { sign_up, reset, contact };
struct MadeCode {
    std::string digits;  // 8; to be sent, and then forgotten
    // Whose contact it is. What is sent depends on it; what the asker is told must not.
    std::optional<AccountId> account = {};
};
struct Enrolment {
    std::string secret;  // base 32, for typing
    std::string uri;     // otpauth://, for a QR code
};
struct RoleGrant {
    Role role;
    Moment given;
    std::optional<AccountId> by = {};
};
enum class GroupKind : std::uint8_t { cooperative, chamber, other };
enum class Standing : std::uint8_t { member, clerk, head };
struct GroupFacts {
    GroupId id;
    std::string name;
    GroupKind kind = GroupKind::other;
    Standing standing = Standing::member;  // of the account asked about
};
struct MemberFacts {
    AccountId account;
    std::string name;
    Standing standing = Standing::member;
    Moment since;
};
struct NewConsent {
    AccountId member, clerk;
    std::string purpose;  // a word: "listing.edit"
    Millis life = consent_life;
};
struct ConsentFacts {
    ConsentId id;
    AccountId member, clerk;
    std::string purpose;
    Moment made, until;
    std::optional<Moment> withdrawn = {};
};

// ---- the trail --------------------------------------------------------------------------------------------

enum class Outcome : std::uint8_t { done, refused };
using Details = std::vector<std::pair<std::string, std::string>>;
struct Entry {
    std::string_view verb;               // "product.publish": words of a-z, 0-9, '-', '.'
    std::string_view subject_kind = {};  // "product"
    std::string subject = {};            // its id as text
    Outcome outcome = Outcome::done;
    Details details = {};  // names and short facts; a name that means a secret is a Bug
};
struct TrailRow {
    std::int64_t number = 0;  // 1, 2, 3 … of this hub
    Moment at;
    std::optional<AccountId> account = {}, acting_for = {};
    std::optional<SessionId> session = {};
    std::optional<KeyId> key = {};
    std::string verb, subject_kind, subject;
    Outcome outcome = Outcome::done;
    std::string address;
    std::string details;  // a JSON object
};
struct TrailQuestion {
    std::optional<AccountId> account = {};     // did it, or
    std::string verb = {};                     // empty: all; not together with `account`
    std::optional<AccountId> acting_for = {};  // was done for this member, by whom `account` says or anybody
    bool is_for_others = false;                // only what `account` did for members
    std::optional<Moment> from = {}, until = {};
    std::string after = {};  // `next` of the page before
    std::size_t rows = 50;
};
struct TrailPage {
    std::vector<TrailRow> rows;  // newest first
    std::string next = {};       // empty: the last page
};
struct TrailHead {
    std::int64_t number = 0;
    std::string digest;  // of the last row, and through it of all before; 64 hexadecimal digits
};

// ---- what people are told ---------------------------------------------------------------------------------

// A change that its owner must hear of, in case it was not they who made it. Told within its transaction.
struct Notice {
    AccountId account;
    std::string language;
    std::vector<Contact> contacts;  // that are verified; also the one that goes
    // account.password, account.reset, account.contact, second-factor.confirm, second-factor.drop,
    // second-factor.recovery (one was used), second-factor.again (digits came twice), pin.set, consent.give,
    // key.make
    std::string_view verb;
};
using Tell = std::function<Result<void>(db::Write&, Notice const&)>;

// ---- the room ---------------------------------------------------------------------------------------------

struct Options {
    Hashing hashing = {};
    Rates rates = {};
    std::string issuer = "Allroads";  // as authenticator programs show it
};

// The steps of this room's tables, in their order, without numbers: who opens the data numbers them among
// those of other rooms. New ones are added at the end and must be numbered after all that were given out.
[[nodiscard]] std::span<db::Migration const> migrations();

class People {
public:
    // `db` and `key` outlive it.
    [[nodiscard]] static Result<People> open(db::Db& db, HubId hub, HubKey const& key,
                                             Options const& options = {});
    People(People&&) noexcept;
    People& operator=(People&&) noexcept;
    ~People();

    // -- accounts
    Result<AccountId> sign_up(NewAccount const& account, Act const& act);
    [[nodiscard]] Result<AccountFacts> account(AccountId id);
    [[nodiscard]] Result<std::optional<AccountId>> find(Contact const& contact);
    // In the order of their making; `after` is the last of the page before.
    [[nodiscard]] Result<std::vector<AccountFacts>> accounts(std::optional<AccountId> after,
                                                             std::size_t rows);
    Result<void> rename(AccountId id, std::string_view name, std::string_view language, Act const& act);
    // With the code that was sent there; takes the place of the contact of that kind.
    Result<void> set_contact(AccountId id, Contact const& contact, std::string_view code, Act const& act);
    // Other sessions than `act.session` end.
    Result<void> change_password(AccountId id, std::string_view old_password, std::string_view new_password,
                                 Act const& act);
    // A code for the contact, in the place of the last; 8 digits. The answer is alike for all contacts.
    Result<MadeCode> make_code(Purpose purpose, Contact const& contact, Act const& act);
    Result<AccountId> reset_password(Contact const& contact, std::string_view code,
                                     std::string_view new_password, Act const& act);
    // Personal fields are blanked, secrets removed, sessions and keys ended. The id and the trail stay.
    Result<void> remove(AccountId id, Act const& act);

    // -- sessions
    Result<SignedIn> sign_in(Contact const& contact, std::string_view password, std::string_view agent,
                             Act const& act);
    // By six digits of the authenticator or by a recovery code; the token of before is good no more.
    Result<SignedIn> second_factor(std::string_view token, std::string_view code, Act const& act);
    // Who stands behind a token: one indexed select at most each second; a write only where one is due
    // (rarely). What another program changes of people is seen within that second, what this one changes at
    // once.
    Result<Visit> visit(std::string_view token, Act const& act);
    // The same, where nothing need be read or written for it.
    [[nodiscard]] std::optional<Visit> visit_at_hand(std::string_view token, Moment now);
    // The password again, before something grave. Counts as a try to sign in.
    Result<void> prove(Visit const& visit, std::string_view password, Act const& act);
    [[nodiscard]] Result<std::vector<SessionFacts>> sessions(AccountId id, Moment now);
    Result<void> end_session(AccountId id, SessionId session, Act const& act);
    // All but one; how many there were.
    Result<std::int64_t> end_sessions(AccountId id, std::optional<SessionId> keep, Act const& act);
    // What a form of that session must bring back. Stays the same when the token changes.
    [[nodiscard]] std::string form_secret(SessionId session) const;
    [[nodiscard]] bool is_form_secret(SessionId session, std::string_view text) const;

    // -- the second factor (RFC 6238: SHA-1, six digits, 30 seconds)
    Result<Enrolment> enrol(AccountId id, Act const& act);
    // From now on it is asked for. Ten recovery codes, once.
    Result<std::vector<std::string>> confirm(AccountId id, std::string_view code, Act const& act);
    Result<void> drop_second_factor(AccountId id, Act const& act);

    // -- keys of programs
    Result<MadeKey> make_key(AccountId id, NewKey const& key, Act const& act);
    Result<KeyUse> use_key(std::string_view text, Act const& act);
    [[nodiscard]] std::optional<KeyUse> key_at_hand(std::string_view text, Moment now);
    [[nodiscard]] Result<std::vector<KeyFacts>> keys(AccountId id);
    Result<void> end_key(AccountId id, KeyId key, Act const& act);

    // -- roles and groups
    Result<void> grant(AccountId id, Role role, Act const& act);
    Result<void> withdraw(AccountId id, Role role, Act const& act);
    [[nodiscard]] Result<std::vector<RoleGrant>> grants(AccountId id);
    Result<GroupId> make_group(std::string_view name, GroupKind kind, Act const& act);
    Result<void> join(GroupId group, AccountId id, Standing standing, Act const& act);
    Result<void> leave(GroupId group, AccountId id, Act const& act);
    [[nodiscard]] Result<std::vector<GroupFacts>> groups_of(AccountId id);
    [[nodiscard]] Result<std::vector<MemberFacts>> members(GroupId group, std::optional<AccountId> after,
                                                           std::size_t rows);

    // -- a clerk acts for a member
    Result<void> set_pin(AccountId id, std::string_view pin, Act const& act);
    // The member's PIN, shown to the clerk's machine, is consent to one purpose for a while.
    Result<ConsentId> consent(NewConsent const& wanted, std::string_view pin, Act const& act);
    // Within the caller's transaction, so that what it allows is done in the same state.
    [[nodiscard]] Result<std::optional<ConsentId>> standing_consent(db::Asked& asked, AccountId member,
                                                                    AccountId clerk, std::string_view purpose,
                                                                    Moment now);
    [[nodiscard]] Result<std::vector<ConsentFacts>> consents(AccountId member);  // newest first
    // What stands now of those that a clerk was given.
    [[nodiscard]] Result<std::vector<ConsentFacts>> consents_of_clerk(AccountId clerk, Moment now);
    // Looks at a secret of nobody, so that what is refused for another reason takes as long.
    void look_at_nothing(std::string_view secret);
    Result<void> withdraw_consent(AccountId member, ConsentId consent, Act const& act);

    // -- the trail
    // Within the caller's transaction: what is done and its row are kept together, or neither.
    Result<std::int64_t> record(db::Write& write, Act const& act, Entry const& entry);
    // Several of one act, in their order, for little more than their rows; the number of the last.
    Result<std::int64_t> record(db::Write& write, Act const& act, std::span<Entry const> entries);
    [[nodiscard]] Result<TrailPage> trail(TrailQuestion const& question);
    [[nodiscard]] Result<TrailHead> trail_head();
    // Recomputes every row; what is wrong, in sentences. Finds rows that are changed, missing or put in, also
    // at the end; not a trail that was rewritten whole: keep `trail_head` elsewhere for that.
    [[nodiscard]] Result<std::vector<std::string>> check_trail();

    // -- the rest
    [[nodiscard]] RateLimits& rates();
    // Who sends what people are told. Before anybody else uses this.
    void tell_by(Tell tell);
    // Takes away sessions that are long over and codes that ran out; how many rows. Once an hour, say.
    Result<std::int64_t> sweep(Moment now);

private:
    struct State;
    explicit People(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace allroads::people
