#pragma once
// How the documents of this room are read and written: money as "720.00 USD", moments as milliseconds since
// 1970, ids as their 26 letters, words from fixed lists.

#include "deal/deal.h"
#include "deal/names.h"
#include "wire/wire.h"

#include <initializer_list>

namespace allroads::deal::reading {

namespace json = wire::json;
using wire::Writer;

// An object whose fields are looked for by name; others than those known are refused.
class Object {
public:
    static Result<Object> of(json::value const& value, std::string_view field,
                             std::initializer_list<std::string_view> known) {
        TRY_VOID(wire::fields(value, field, [&](std::string_view key, json::value const&) -> Result<bool> {
            return std::ranges::find(known, key) != known.end();
        }));
        return Object(value.get_object(), field);
    }
    // Reads a field that must be there.
    template <class Read>
    auto need(std::string_view name, Read read) const
        -> decltype(read(std::declval<json::value const&>(), name)) {
        auto const* const found = find(name);
        if (found == nullptr)
            return std::unexpected(within(Error(Code::field_missing, name, "expected this field")));
        auto result = read(*found, name);
        if (!result) return std::unexpected(within(result.error()));
        return result;
    }
    // The same for one that may be left out.
    template <class Read>
    auto may(std::string_view name, Read read) const -> Result<
        std::optional<typename decltype(read(std::declval<json::value const&>(), name))::value_type>> {
        using Value = typename decltype(read(std::declval<json::value const&>(), name))::value_type;
        if (find(name) == nullptr) return std::optional<Value>();
        auto result = need(name, read);
        if (!result) return std::unexpected(result.error());
        return std::optional<Value>(std::move(*result));
    }
    // What it says, or `otherwise`.
    template <class Read, class Value>
    Result<Value> may_or(std::string_view name, Read read, Value otherwise) const {
        auto found = TRY(may(name, read));
        return found ? std::move(*found) : std::move(otherwise);
    }
    // The elements of a list; none where it is left out.
    template <class Read>
    auto list(std::string_view name, std::size_t most, Read read) const -> Result<
        std::vector<typename decltype(read(std::declval<json::value const&>(), name))::value_type>> {
        std::vector<typename decltype(read(std::declval<json::value const&>(), name))::value_type> all;
        auto const* const found = find(name);
        if (found == nullptr) return all;
        auto const done = wire::elements(*found, name, most, [&](json::value const& one) -> Result<void> {
            all.push_back(TRY(read(one, std::string_view())));
            return {};
        });
        if (!done) return std::unexpected(within(done.error()));
        return all;
    }

private:
    Object(json::object const& object, std::string_view field) : object_(&object), field_(field) {}
    [[nodiscard]] json::value const* find(std::string_view name) const {
        return object_->if_contains({name.data(), name.size()});
    }
    [[nodiscard]] Error within(Error const& error) const {
        return field_.empty() ? error : error.within(field_);
    }
    json::object const* object_;
    std::string field_;
};

// ---- values -----------------------------------------------------------------------------------------------

inline auto words(std::size_t most) {
    return [most](json::value const& value, std::string_view field) -> Result<std::string> {
        return std::string(TRY(wire::text(value, field, most)));
    };
}
inline Result<std::string> word(json::value const& value, std::string_view field) {
    return words(word_bytes_max)(value, field);
}
inline Result<std::string> note(json::value const& value, std::string_view field) {
    return words(note_bytes_max)(value, field);
}
template <class Value, std::size_t size>
auto one_of(std::array<std::string_view, size> const& all) {
    return [&all](json::value const& value, std::string_view field) -> Result<Value> {
        return wire::parsed(value, field,
                            [&](std::string_view text) { return names::place<Value>(all, text); });
    };
}
template <class Parse>
auto parsed(Parse parse) {
    return [parse](json::value const& value, std::string_view field) {
        return wire::parsed(value, field, parse);
    };
}
inline auto whole(std::int64_t least, std::int64_t most) {
    return [least, most](json::value const& value, std::string_view field) {
        return wire::whole(value, field, least, most);
    };
}
inline Result<std::int32_t> small(json::value const& value, std::string_view field) {
    return static_cast<std::int32_t>(TRY(wire::whole(value, field, INT32_MIN, INT32_MAX)));
}
// 1900 to 2200, like Day.
inline Result<Moment> moment(json::value const& value, std::string_view field) {
    return Moment(
        std::chrono::milliseconds(TRY(wire::whole(value, field, -2'208'988'800'000, 7'258'118'400'000))));
}
inline Result<db::IdBytes> id(json::value const& value, std::string_view field) {
    return wire::parsed(value, field, [](std::string_view text) { return db::id_parse(text); });
}
inline Result<Money> money(json::value const& value, std::string_view field) {
    return wire::parsed(value, field, [](std::string_view text) -> Result<Money> {
        auto const gap = text.find(' ');
        if (gap == std::string_view::npos)
            return refuse(Code::bad_value, "", "expected an amount and its currency: \"720.00 USD\"");
        auto const currency = TRY(Currency::parse(text.substr(gap + 1)));
        auto const amount = TRY(Decimal::parse(text.substr(0, gap)));
        if (amount.is_negative()) return refuse(Code::bad_value, "", "expected nothing below zero");
        return Money::exact(amount, currency);
    });
}
inline Result<Decimal> quantity(json::value const& value, std::string_view field) {
    return wire::amount(value, field, Code::bad_quantity);
}

inline void write(Writer& w, std::string_view name, Money const& amount) {
    w.text(name, amount.text() + " " + std::string(amount.currency().text()));
}
inline void write(Writer& w, std::string_view name, db::IdBytes const& bytes) {
    w.text(name, db::id_text(bytes));
}
inline void write(Writer& w, std::string_view name, Moment at) {
    w.number(name, at.time_since_epoch().count());
}
inline void write(Writer& w, std::string_view name, Decimal const& number) {
    w.decimal(name, number.stripped());
}
template <class Value>
void write(Writer& w, std::string_view name, std::optional<Value> const& value) {
    if (value) write(w, name, *value);
}
inline void write_words(Writer& w, std::string_view name, std::string_view text) {
    if (!text.empty()) w.text(name, text);
}
template <class List, class Each>
void write_list(Writer& w, std::string_view name, List const& list, Each each) {
    if (list.empty()) return;
    w.key(name);
    w.open('[');
    for (auto const& one : list) each(one);
    w.close(']');
}

// ---- parts that several documents have --------------------------------------------------------------------

Result<Terms> terms(json::value const& value, std::string_view field);
void write_terms(Writer& w, Terms const& terms);
Result<Request> request(json::value const& value, std::string_view field);
void write_request(Writer& w, Request const& request);
Result<FixedRate> rate(json::value const& value, std::string_view field);
void write_rate(Writer& w, FixedRate const& rate);
Result<Mediator> mediator(json::value const& value, std::string_view field);
void write_mediator(Writer& w, Mediator const& mediator);

}  // namespace allroads::deal::reading
