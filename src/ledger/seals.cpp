// The head of the chain, signed, so that who rewrites everything must also forge a signature.
#include "ledger/body.h"

#include <sodium.h>

#include <algorithm>

namespace allroads::ledger {
namespace {

constexpr std::int64_t day_milliseconds = 86'400'000;
constexpr std::string_view columns = "number, digest, entry_at, at, open_key, signature";

unsigned char const* bytes(std::string_view text) {
    return static_cast<unsigned char const*>(static_cast<void const*>(text.data()));
}

Seal seal_of(db::Rows const& row) {
    return {.head = {row.integer(0), std::string(row.blob(1)), moment_of(row.integer(2))},
            .at = moment_of(row.integer(3)),
            .open_key = std::string(row.blob(4)),
            .signature = std::string(row.blob(5))};
}

Result<std::optional<Seal>> last_seal(db::Asked& asked, HubId const& hub) {
    static std::string const sql =
        "SELECT " + std::string(columns) + " FROM ledger_seal WHERE hub = ? ORDER BY number DESC LIMIT 1";
    auto const row = TRY(asked.first(sql, hub));
    if (!row) return std::optional<Seal>();
    return std::optional(seal_of(*row));
}

}  // namespace

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (char const one : bytes) {
        auto const byte = static_cast<unsigned char>(one);
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

std::string seal_words(HubId const& hub, Head const& head, Moment at) {
    return "allroads ledger 1\n" + hub.text() + "\n" + std::to_string(head.number) + "\n" + hex(head.digest) +
           "\n" + std::to_string(number_of(head.at)) + "\n" + std::to_string(number_of(at)) + "\n";
}

bool is_sound(HubId const& hub, Seal const& seal) {
    allroads::check(sodium_init() >= 0);
    auto const words = seal_words(hub, seal.head, seal.at);
    return seal.signature.size() == crypto_sign_BYTES && seal.open_key.size() == crypto_sign_PUBLICKEYBYTES &&
           crypto_sign_verify_detached(bytes(seal.signature), bytes(words), words.size(),
                                       bytes(seal.open_key)) == 0;
}

Result<std::optional<Seal>> Ledger::seal(db::Write& write, Moment at, Signer const& signer) const {
    if (number_of(at) < 0 || number_of(at) > moment_max)
        return refuse(Code::bad_date, "at", "a moment from 1970 to 2199");
    // Locked, so that two that sign at once do not sign the same.
    (void)TRY(write.first("SELECT number FROM ledger_head WHERE hub = ? FOR UPDATE", hub_));
    Seal made{.head = TRY(head(write)), .at = at, .open_key = signer.open_key, .signature = {}};
    auto const last = TRY(last_seal(write, hub_));
    if (made.head.number == (last ? last->head.number : 0)) return std::optional<Seal>();
    made.signature = signer.sign(seal_words(hub_, made.head, at));
    if (!is_sound(hub_, made))
        return refuse(Code::bad_value, "signer",
                      "what was signed does not verify with the key that was given");
    (void)TRY(
        write.run("INSERT INTO ledger_seal (hub, number, digest, entry_at, at, open_key, signature) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?)",
                  hub_, made.head.number, db::Blob{made.head.digest}, number_of(made.head.at), number_of(at),
                  db::Blob{made.open_key}, db::Blob{made.signature}));
    return std::optional(std::move(made));
}

Result<bool> Ledger::is_seal_due(db::Asked& asked, Moment at) const {
    auto const now = TRY(head(asked));
    auto const last = TRY(last_seal(asked, hub_));
    if (!last) return now.number != 0;
    return now.number > last->head.number &&
           number_of(at) / day_milliseconds > number_of(last->at) / day_milliseconds;
}

Result<std::vector<Seal>> Ledger::seals(db::Asked& asked, std::int64_t after_number, std::size_t rows) const {
    static std::string const sql = "SELECT " + std::string(columns) +
                                   " FROM ledger_seal WHERE hub = ? AND number > ? ORDER BY number LIMIT ?";
    std::vector<Seal> all;
    auto found =
        TRY(asked.rows(sql, hub_, after_number, std::min(std::max(rows, std::size_t{1}), page_rows_max)));
    while (TRY(found.next())) all.push_back(seal_of(found));
    return all;
}

}  // namespace allroads::ledger
