#include "ledger/body.h"

#include <sodium.h>

#include <algorithm>

namespace allroads::ledger {
namespace {

constexpr unsigned char version = 1;
constexpr std::size_t varint_bytes_max = 10;

// Small whole numbers take few bytes; the sign is the lowest bit.
class Bytes {
public:
    void byte(unsigned value) { out += static_cast<char>(value); }
    void number(std::int64_t value) {
        auto rest = (static_cast<std::uint64_t>(value) << 1U) ^ (value < 0 ? ~std::uint64_t{0} : 0);
        for (; rest >= 0x80; rest >>= 7U) byte(static_cast<unsigned>(rest & 0x7FU) | 0x80U);
        byte(static_cast<unsigned>(rest));
    }
    void text(std::string_view text) {
        number(static_cast<std::int64_t>(text.size()));
        out += text;
    }
    void maybe(std::optional<std::int64_t> const& value) {
        byte(value ? 1 : 0);
        if (value) number(*value);
    }
    void bounds(Bounds const& bounds) {
        maybe(bounds.least);
        maybe(bounds.most);
    }
    void decimal(Decimal const& value) { text(value.text()); }
    void money(Money const& money) {
        text(money.currency().text());
        number(money.minor());
    }
    std::string out;
};

std::unexpected<Error> damaged() {
    return refuse(Code::db_damaged, "", "the bytes of an entry are not what is ever written");
}

class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes), size_(bytes.size()) {}
    [[nodiscard]] std::size_t place() const { return size_ - rest_.size(); }
    [[nodiscard]] bool is_done() const { return rest_.empty(); }

    Result<unsigned> byte() {
        if (rest_.empty()) return damaged();
        auto const value = static_cast<unsigned char>(rest_[0]);
        rest_.remove_prefix(1);
        return value;
    }
    Result<std::int64_t> number() {
        std::uint64_t all = 0;
        for (std::size_t i = 0; i < varint_bytes_max; ++i) {
            auto const one = TRY(byte());
            if (i == varint_bytes_max - 1 && one > 1) return damaged();
            all |= static_cast<std::uint64_t>(one & 0x7FU) << (7 * i);
            if ((one & 0x80U) == 0) {
                return static_cast<std::int64_t>((all >> 1U) ^ ((all & 1U) != 0 ? ~std::uint64_t{0} : 0));
            }
        }
        return damaged();
    }
    Result<std::size_t> count(std::size_t most) {
        auto const count = TRY(number());
        if (count < 0 || static_cast<std::size_t>(count) > most) return damaged();
        return static_cast<std::size_t>(count);
    }
    Result<std::string> text() {
        auto const size = TRY(count(rest_.size()));
        if (size > rest_.size()) return damaged();
        std::string text(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return text;
    }
    Result<std::optional<std::int64_t>> maybe() {
        auto const is_there = TRY(byte());
        if (is_there > 1) return damaged();
        if (is_there == 0) return std::optional<std::int64_t>();
        return std::optional(TRY(number()));
    }
    Result<Bounds> bounds() {
        auto const least = TRY(maybe());
        auto const most = TRY(maybe());
        return Bounds{least, most};
    }
    Result<Decimal> decimal() {
        auto const words = TRY(text());
        auto const value = Decimal::parse(words);
        if (!value) return damaged();
        return *value;
    }
    Result<Currency> currency() {
        auto const words = TRY(text());
        auto const found = Currency::parse(words);
        if (!found) return damaged();
        return *found;
    }
    Result<Money> money() {
        auto const of = TRY(currency());
        auto const minor = TRY(number());
        return Money(minor, of);
    }

private:
    std::string_view rest_;
    std::size_t size_;
};

void add_leg(Bytes& to, StoredLeg const& leg) {
    to.number(leg.account);
    to.number(leg.minor);
}
Result<StoredLeg> leg_of(Reader& from) {
    auto const account = TRY(from.number());
    auto const minor = TRY(from.number());
    return StoredLeg{account, minor};
}

void add_asked(Bytes& to, Body const& body) {
    to.byte(version);
    to.byte(static_cast<unsigned>(body.act));
    to.text(body.kind);
    to.text(body.note);
    to.text(body.hold);
    to.maybe(body.until ? std::optional(number_of(*body.until)) : std::nullopt);
    to.number(static_cast<std::int64_t>(body.legs.size()));
    for (auto const& leg : body.legs) add_leg(to, leg);
    to.byte(body.conversion ? 1 : 0);
    if (body.conversion) {
        to.money(body.conversion->given);
        to.money(body.conversion->got);
        to.decimal(body.conversion->numerator);
        to.decimal(body.conversion->denominator);
        to.byte(static_cast<unsigned>(body.conversion->round));
    }
    to.bounds(body.bounds);
}

Result<Conversion> conversion_of(Reader& from) {
    auto const given = TRY(from.money());
    auto const got = TRY(from.money());
    auto const numerator = TRY(from.decimal());
    auto const denominator = TRY(from.decimal());
    auto const round = TRY(from.byte());
    if (round > static_cast<unsigned>(Round::floor)) return damaged();
    return Conversion{given, got, numerator, denominator, static_cast<Round>(round)};
}

Result<void> read_asked(Reader& from, Body& body) {
    if (TRY(from.byte()) != version) return damaged();
    auto const act = TRY(from.byte());
    if (act > static_cast<unsigned>(Act::bound)) return damaged();
    body.act = static_cast<Act>(act);
    body.kind = TRY(from.text());
    body.note = TRY(from.text());
    body.hold = TRY(from.text());
    if (auto const until = TRY(from.maybe())) {
        if (*until < 0 || *until > moment_max) return damaged();
        body.until = moment_of(*until);
    }
    body.legs.resize(TRY(from.count(legs_max)));
    for (auto& leg : body.legs) leg = TRY(leg_of(from));
    auto const has_conversion = TRY(from.byte());
    if (has_conversion > 1) return damaged();
    if (has_conversion == 1) body.conversion = TRY(conversion_of(from));
    body.bounds = TRY(from.bounds());
    return {};
}

Result<Opened> opened_of(Reader& from) {
    auto const account = TRY(from.number());
    auto owner = TRY(from.text());
    auto const purpose = TRY(from.byte());
    if (purpose >= purpose_count) return damaged();
    auto const of = TRY(from.currency());
    auto custodian = TRY(from.text());
    auto const bounds = TRY(from.bounds());
    return Opened{
        account, {std::move(owner), static_cast<Purpose>(purpose), of, std::move(custodian)}, bounds};
}

}  // namespace

std::string asked_bytes(Body const& body) {
    Bytes to;
    add_asked(to, body);
    return std::move(to.out);
}

std::string bytes_of(Body const& body) {
    Bytes to;
    add_asked(to, body);
    add_leg(to, body.source);
    to.number(static_cast<std::int64_t>(body.opened.size()));
    for (auto const& one : body.opened) {
        to.number(one.account);
        to.text(one.key.owner);
        to.byte(static_cast<unsigned>(one.key.purpose));
        to.text(one.key.currency.text());
        to.text(one.key.custodian);
        to.bounds(one.bounds);
    }
    return std::move(to.out);
}

Result<Body> read_body(std::string_view bytes) {
    Reader from(bytes);
    Body body;
    TRY_VOID(read_asked(from, body));
    body.source = TRY(leg_of(from));
    auto const count = TRY(from.count(legs_max));
    for (std::size_t i = 0; i < count; ++i) body.opened.push_back(TRY(opened_of(from)));
    if (!from.is_done()) return damaged();
    return body;
}

Result<std::size_t> asked_size(std::string_view bytes) {
    Reader from(bytes);
    Body body;
    TRY_VOID(read_asked(from, body));
    return from.place();
}

std::vector<StoredLeg> moved_by(Body const& body) {
    if (body.act != Act::transfer && body.act != Act::release) return {};
    auto legs = body.legs;
    if (body.act == Act::release) legs.push_back({body.source.account, -body.source.minor});
    return legs;
}

std::vector<StoredLeg> reserved_by(Body const& body) {
    if (body.act == Act::hold) return body.legs;
    if (body.hold.empty() || body.source.minor == 0) return {};
    return {{body.source.account, -body.source.minor}};
}

// Each part has a fixed size or its length before it, so that no two entries have the same bytes.
Digest chained(HubId const& hub, std::string_view before, std::int64_t number, std::int64_t at,
               std::string_view key, std::string_view body) {
    Bytes head;
    head.out.reserve(128);
    head.text(before);
    for (auto const byte : hub.bytes()) head.byte(byte);
    head.number(number);
    head.number(at);
    head.text(key);
    head.text(body);
    Digest digest{};
    auto const* const bytes = static_cast<unsigned char const*>(static_cast<void const*>(head.out.data()));
    crypto_generichash(digest.data(), digest.size(), bytes, head.out.size(), nullptr, 0);
    return digest;
}

bool is_name(std::string_view text, std::string_view marks, std::size_t most) {
    auto const is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    return !text.empty() && text.size() <= most && is_plain(text[0]) &&
           std::ranges::all_of(text, [&](char c) { return is_plain(c) || marks.find(c) != marks.npos; });
}

Result<void> check_account(AccountKey const& key, std::string_view field) {
    constexpr std::size_t name_max = 64;
    for (auto const& [text, name] :
         {std::pair{&key.owner, "owner"}, std::pair{&key.custodian, "custodian"}}) {
        if (!is_name(*text, name_marks, name_max)) {
            return refuse(Code::bad_value, std::string(field) + "." + name,
                          "“" + excerpt(*text) + "” is not 1 to 64 letters, digits and . _ - / @ +");
        }
    }
    return {};
}

std::unexpected<Error> refuse_entry(Code code, std::size_t entry, std::string_view field,
                                    std::string_view detail) {
    return refuse(code, "entries[" + std::to_string(entry) + "]." + std::string(field), detail);
}

}  // namespace allroads::ledger
