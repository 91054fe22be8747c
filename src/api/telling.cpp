#include "api/telling.h"

namespace allroads::api {

std::string text_of(Money const& amount) {
    return amount.text() + " " + std::string(amount.currency().text());
}

Result<Money> money_in(wire::json::value const& value, std::string_view field) {
    return wire::parsed(value, field, [](std::string_view text) -> Result<Money> {
        auto const gap = text.find(' ');
        if (gap == std::string_view::npos)
            return refuse(Code::bad_value, "", "expected an amount and its currency: \"720.00 USD\"");
        auto const amount = TRY(Decimal::parse(plain_digits(text.substr(0, gap))));
        auto const currency = TRY(Currency::parse(text.substr(gap + 1)));
        if (amount.is_negative()) return refuse(Code::bad_value, "", "expected nothing below zero");
        return Money::exact(amount, currency);
    });
}

Result<db::Moment> moment_in(wire::json::value const& value, std::string_view field) {
    return wire::parsed(value, field, ledger::parse_moment);
}

Result<pay::Destination> destination_in(wire::json::value const& value, std::string_view field) {
    pay::Destination to;
    bool has_way = false;
    TRY_VOID(
        wire::fields(value, field, [&](std::string_view key, wire::json::value const& one) -> Result<bool> {
            if (key == "way") {
                to.way = TRY(wire::parsed(one, key, pay::parse_way));
                has_way = true;
            } else if (key == "account") {
                to.account = TRY(wire::text(one, key, deal::word_bytes_max));
            } else if (key == "bank") {
                to.bank = TRY(wire::text(one, key, deal::word_bytes_max));
            } else if (key == "name") {
                to.name = TRY(wire::text(one, key, deal::word_bytes_max));
            } else {
                return false;
            }
            return true;
        }));
    if (!has_way) return refuse(Code::field_missing, "to.way", "bank, mobile or cash");
    return to;
}

void write_shop(wire::Writer& w, shop::KeptShop const& kept) {
    w.open('{');
    w.text("id", kept.id.text());
    w.text("state", shop::text_of(kept.state));
    w.number("version", kept.version);
    w.text("changed", text_of(kept.changed));
    w.text("public_key", hub::hexadecimal(kept.open_key));
    w.key("document");
    w.raw(kept.document);
    w.close('}');
}

void write_product(wire::Writer& w, hub::Shown const& shown) {
    w.text("id", shown.id.text());
    w.text("shop", shown.shop_id.text());
    w.text("shop_slug", shown.shop->slug);
    w.text("shop_name", shown.shop->name);
    w.text("state", shop::text_of(shown.state));
    w.number("version", shown.version);
    w.number("newest_version", shown.newest);
    w.text("changed", text_of(shown.changed));
    w.text("signature", hub::hexadecimal(shown.signature));
    w.key("document");
    w.raw(shop::document_of(*shown.product));
}

void write_delivered(wire::Writer& w, hub::Delivered const& delivered) {
    w.key("delivered");
    w.open('{');
    w.decimal("quantity", delivered.quantity);
    w.money("unit_price", delivered.unit_price);
    w.text("unit_currency", delivered.unit_price.currency().text());
    w.key("freight_known");
    w.raw(delivered.sending ? "true" : "false");
    if (delivered.sending) {
        w.number("days_min", delivered.sending->lane->days_min);
        w.number("days_max", delivered.sending->lane->days_max);
    }
    w.key("quote");
    std::string quote;
    contract::append_answer(quote, delivered.request, delivered.quote);
    w.raw(quote);
    w.close('}');
}

}  // namespace allroads::api
