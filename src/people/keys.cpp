// Keys of programs: "ark_<id>_<secret>". The id finds the row, the secret is compared by its digest.

#include "people/state.h"

#include <algorithm>

namespace allroads::people {
namespace {

constexpr std::string_view opening = "ark_";
constexpr std::size_t id_letters = 26;
constexpr std::size_t secret_letters = 52;  // 256 bits

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        auto const space = text.find(' ');
        words.emplace_back(text.substr(0, space));
        text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    }
    return words;
}

Result<std::string> scopes_text(std::vector<std::string> scopes) {
    if (scopes.empty()) return refuse(Code::field_missing, "scopes", "a key needs a scope");
    if (scopes.size() > scopes_max) return refuse(Code::too_long, "scopes", "a key has at most 20 scopes");
    std::ranges::sort(scopes);
    std::string text;
    for (auto const& scope : scopes) {
        if (!is_word(scope, ":.-"))
            return refuse(Code::bad_value, "scopes", "a scope is written products:write");
        if (!text.empty()) text += ' ';
        text += scope;
    }
    return text;
}

std::string lower_base32(std::string_view bytes) {
    auto text = base32(bytes);
    for (char& letter : text) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    return text;
}

std::unexpected<Error> no_key() {
    return refuse(Code::signed_out, "key", "there is no such key, or it has ended");
}

struct Parts {
    KeyId id;
    std::string_view secret;
};
std::optional<Parts> parts_of(std::string_view text) {
    constexpr auto whole = opening.size() + id_letters + 1 + secret_letters;
    if (text.size() != whole || !text.starts_with(opening) || text[opening.size() + id_letters] != '_')
        return std::nullopt;
    auto const id = KeyId::parse(text.substr(opening.size(), id_letters));
    return id ? std::optional(Parts{*id, text.substr(opening.size() + id_letters + 1)}) : std::nullopt;
}

KeyUse use_of(KeyId id, FoundKey found) {
    return {.id = id,
            .account = found.account,
            .roles = found.roles,
            .language = std::move(found.language),
            .scopes = std::move(found.scopes)};
}

Result<std::optional<FoundKey>> by_id(db::Asked& asked, HubId hub, KeyId id) {
    auto const row = TRY(
        asked.first("SELECT k.digest, k.good_until, k.ended, k.used, k.scopes, a.id, a.roles, a.language, "
                    "a.deleted FROM api_key k JOIN account a ON a.hub = k.hub AND a.id = k.account "
                    "WHERE k.hub = ? AND k.id = ?",
                    hub, id));
    if (!row) return std::optional<FoundKey>();
    FoundKey found{.until = row->integer(1),
                   .used = row->is_null(3) ? std::nullopt : std::optional(row->integer(3)),
                   .is_over = !row->is_null(2) || !row->is_null(8),
                   .account = row->id<Account>(5),
                   .roles = Roles(row->integer(6)),
                   .language = std::string(row->text(7)),
                   .scopes = words_of(row->text(4))};
    auto const secret = row->blob(0);
    check(secret.size() == found.secret.size());
    std::ranges::transform(secret, found.secret.begin(),
                           [](char one) { return static_cast<Digest::value_type>(one); });
    return std::optional(std::move(found));
}

}  // namespace

bool KeyUse::may(std::string_view scope) const { return std::ranges::find(scopes, scope) != scopes.end(); }

Result<MadeKey> People::make_key(AccountId id, NewKey const& key, Act const& act) {
    auto& s = *state_;
    auto const name = TRY(checked_name(key.name));
    auto const scopes = TRY(scopes_text(key.scopes));
    if (key.life <= Millis(0) || key.life > key_life_max)
        return refuse(Code::bad_value, "life", "a key lives for two years at most");
    auto const secret = lower_base32(random_bytes(32));
    auto const key_id = s.ids.next<ApiKey>(act.now);
    auto const mark = digest(secret);
    TRY_VOID(s.write([&](db::Write& write) -> Result<void> {
        TRY_VOID(s.must_live(write, id));
        std::int64_t standing = 0;
        {
            auto const row =
                TRY(write.one("SELECT count(*) FROM api_key WHERE hub = ? AND account = ? AND "
                              "ended IS NULL AND good_until > ?",
                              s.hub, id, number_of(act.now)));
            standing = row.integer(0);
        }
        if (standing >= static_cast<std::int64_t>(keys_max))
            return refuse(Code::conflict, "key", "there are 50 keys already; end one first");
        TRY(write.run(
            "INSERT INTO api_key (hub, id, account, name, digest, scopes, made, good_until) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            s.hub, key_id, id, name, blob(mark), scopes, number_of(act.now), number_of(act.now + key.life)));
        TRY(s.record(write, act,
                     {.verb = "key.make",
                      .subject_kind = "key",
                      .subject = key_id.text(),
                      .details = {{"scopes", excerpt(scopes, 250)}}}));
        return s.tell(write, id, "key.make");
    }));
    return MadeKey{.id = key_id, .text = std::string(opening) + key_id.text() + "_" + secret};
}

Result<KeyUse> People::use_key(std::string_view text, Act const& act) {
    auto& s = *state_;
    auto const parts = parts_of(text);
    if (!parts) return no_key();
    auto const id = parts->id;
    auto const mark = digest(parts->secret);
    auto const now = number_of(act.now);
    auto found =
        TRY(s.keys.look(*s.db, id.text(), [&](db::Asked& asked) { return by_id(asked, s.hub, id); }));
    if (!found || !same(mark, blob(found->secret).bytes) || now >= found->until || found->is_over)
        return no_key();
    bool const must_see = !found->used || now >= *found->used + seen_every.count();
    if (must_see) {  // what cannot be written now is due again with the next request
        (void)s.write([&](db::Write& write) {
            return write.run("UPDATE api_key SET used = ? WHERE hub = ? AND id = ?", now, s.hub, id);
        });
    }
    return use_of(id, std::move(*found));
}

std::optional<KeyUse> People::key_at_hand(std::string_view text, Moment moment) {
    auto const parts = parts_of(text);
    auto found = parts ? state_->keys.find(parts->id.text()) : std::nullopt;
    auto const now = number_of(moment);
    bool const is_plain = found && same(digest(parts->secret), blob(found->secret).bytes) &&
                          now < found->until && !found->is_over && found->used &&
                          now < *found->used + seen_every.count();
    return is_plain ? std::optional(use_of(parts->id, std::move(*found))) : std::nullopt;
}

Result<std::vector<KeyFacts>> People::keys(AccountId id) {
    auto& s = *state_;
    auto read = TRY(s.db->read());
    auto rows =
        TRY(read.rows("SELECT id, name, scopes, made, good_until, used, ended FROM api_key WHERE "
                      "hub = ? AND account = ? ORDER BY id DESC LIMIT ?",
                      s.hub, id, page_rows_max));
    std::vector<KeyFacts> all;
    while (TRY(rows.next()))
        all.push_back({.id = rows.id<ApiKey>(0),
                       .name = std::string(rows.text(1)),
                       .scopes = words_of(rows.text(2)),
                       .made = moment_of(rows.integer(3)),
                       .until = moment_of(rows.integer(4)),
                       .used = moment_of(rows, 5),
                       .ended = moment_of(rows, 6)});
    return all;
}

Result<void> People::end_key(AccountId id, KeyId key, Act const& act) {
    auto& s = *state_;
    return s.write([&](db::Write& write) -> Result<void> {
        auto const changed = TRY(write.run(
            "UPDATE api_key SET ended = ? WHERE hub = ? AND id = ? AND account = ? AND ended IS NULL",
            number_of(act.now), s.hub, key, id));
        if (changed != 1) return refuse(Code::not_found, "key", "there is no such key");
        TRY(s.record(write, act, {.verb = "key.end", .subject_kind = "key", .subject = key.text()}));
        return {};
    });
}

}  // namespace allroads::people
