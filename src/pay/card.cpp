// Webhooks of a card processor in the scheme of Stripe (docs.stripe.com/webhooks/signatures): the header
// Stripe-Signature has a time t and signatures v1, each the HMAC-SHA256 of "t.body" by the endpoint's secret.
#include "pay/hidden.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace allroads::pay {
namespace {

namespace json = boost::json;

constexpr std::size_t header_bytes_max = 4096;
constexpr std::size_t body_bytes_max = 1U << 20;
constexpr std::size_t depth_max = 24;
constexpr std::int64_t seconds_max = 7'258'118'399;  // 2199-12-31T23:59:59Z

// Minor digits as the processor counts them (docs.stripe.com/currencies): for these its smallest unit is not
// that of ISO 4217. ISK comes with two decimals that are zero, MGA with none. Of UGX that page says both,
// that it has none and that it has two: amounts in it are refused, since a hundredth would be worse than
// nothing.
constexpr std::array<std::string_view, 15> without_decimals{
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 5> with_three{"BHD", "JOD", "KWD", "OMR", "TND"};

int digits_of(Currency currency) {
    if (std::ranges::find(without_decimals, currency.text()) != without_decimals.end()) return 0;
    return std::ranges::find(with_three, currency.text()) != with_three.end() ? 3 : 2;
}

json::value const* member(json::value const& value, std::string_view name) {
    return value.is_object() ? value.get_object().if_contains(name) : nullptr;
}
std::string words(json::value const& value, std::string_view name) {
    auto const* const found = member(value, name);
    return found != nullptr && found->is_string() ? shown(wire::view(found->get_string()), 200)
                                                  : std::string();
}
Result<std::int64_t> whole(json::value const& value, std::string_view name) {
    auto const* const found = member(value, name);
    if (found == nullptr) return refuse(Code::field_missing, name, "expected a whole number");
    return wire::whole(*found, name, 0, 999'999'999'999);
}
Result<std::string> id(json::value const& value, std::string_view name) {
    auto text = words(value, name);
    bool const is_plain = std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (text.empty() || text.size() > 100 || !is_plain)
        return refuse(Code::bad_value, name, "expected an id");
    return text;
}
Result<Money> money(json::value const& object, std::int64_t units) {
    auto const currency = Currency::parse(words(object, "currency"));
    if (!currency) return refuse(Code::bad_currency, "currency", currency.error().detail());
    if (currency->text() == "UGX")
        return refuse(Code::not_supported, "currency", "amounts in UGX mean two things here");
    if (units == 0) return refuse(Code::bad_value, "amount", "expected an amount above zero");
    return Money::exact(Decimal::of(units, digits_of(*currency)), *currency);
}

// The reference we put into the metadata of the payment.
void read_reference(json::value const& object, Payment& payment) {
    if (auto const* const metadata = member(object, "metadata")) payment.said = words(*metadata, "reference");
    payment.reference = Reference::within(payment.said);
    payment.said = shown(payment.said, 140);
}

Result<Payment> succeeded(json::value const& object) {
    auto const intent = TRY(id(object, "id"));
    Payment payment{.way = Way::card, .turn = Turn::paid, .outside_id = "payment:" + intent};
    payment.amount = TRY(money(object, TRY(whole(object, "amount_received"))));
    read_reference(object, payment);
    payment.account = intent;
    return payment;
}

// `amount_refunded` is the sum of all refunds of the charge, so the event says its own only beside what it
// was before. An event that leaves that out is refused, not guessed.
Result<Payment> refunded(json::value const& object, json::value const& data) {
    auto const charge = TRY(id(object, "id"));
    auto const now_all = TRY(whole(object, "amount_refunded"));
    auto const* const before = member(data, "previous_attributes");
    if (before == nullptr)
        return refuse(Code::field_missing, "data.previous_attributes", "expected what it was before");
    auto const before_all = TRY(whole(*before, "amount_refunded"));
    if (before_all >= now_all)
        return refuse(Code::bad_value, "data.object.amount_refunded",
                      "expected more than was refunded before");
    Payment payment{.way = Way::card,
                    .turn = Turn::refunded,
                    .outside_id = "refund:" + charge + ":" + std::to_string(now_all)};
    payment.amount = TRY(money(object, now_all - before_all));
    read_reference(object, payment);
    payment.account = words(object, "payment_intent");
    return payment;
}

Result<Payment> disputed(json::value const& object) {
    auto const dispute = TRY(id(object, "id"));
    Payment payment{.way = Way::card, .turn = Turn::disputed, .outside_id = "dispute:" + dispute};
    payment.amount = TRY(money(object, TRY(whole(object, "amount"))));
    read_reference(object, payment);
    payment.account = words(object, "payment_intent");
    if (payment.said.empty()) payment.said = words(object, "reason");
    return payment;
}

}  // namespace

std::string signature_header(std::string_view secret, std::int64_t at, std::string_view body) {
    auto const time = std::to_string(at);
    return "t=" + time + ",v1=" + hmac_sha256_hex(secret, time + "." + std::string(body));
}

Result<void> check_signature(std::string_view header, std::string_view body, CardTerms const& terms,
                             Moment now) {
    auto const forged = [](std::string_view why) {
        return refuse(Code::not_allowed, "Stripe-Signature", why);
    };
    if (header.empty()) return forged("expected a signature");
    if (header.size() > header_bytes_max) return forged("the signature is too long");
    std::optional<std::int64_t> at;
    std::string_view time;
    std::vector<std::string_view> marks;
    while (!header.empty()) {
        auto const end = std::min(header.find(','), header.size());
        auto const pair = trim(header.substr(0, end));
        header.remove_prefix(std::min(end + 1, header.size()));
        if (pair.starts_with("v1=")) marks.push_back(pair.substr(3));
        if (!pair.starts_with("t=")) continue;
        if (at) return forged("expected one time");
        time = pair.substr(2);
        std::int64_t seconds = 0;
        auto const [stop, error] = std::from_chars(time.data(), time.data() + time.size(), seconds);
        if (error != std::errc() || stop != time.data() + time.size() || seconds < 0 || time.size() > 12)
            return forged("the time is no number");
        at = seconds;
    }
    if (!at || marks.empty()) return forged("expected a time and a signature");
    auto const words = std::string(time) + "." + std::string(body);
    bool is_signed = false;
    for (auto const& secret : terms.secrets) {
        check(!secret.empty());
        auto const mark = hmac_sha256_hex(secret, words);
        for (auto const given : marks)
            if (is_equal_in_constant_time(mark, given)) is_signed = true;
    }
    if (!is_signed) return forged("the signature does not fit");
    auto const seconds_now = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    auto const age = seconds_now - *at;
    if (age > terms.tolerance.count() || -age > terms.tolerance.count())
        return forged("the signature is too old or from the future");
    return {};
}

Result<Instructions> Card::instructions(Due const& due) const {
    Instructions told{.way = Way::card, .lines = {}};
    told.lines.push_back({"amount", due.amount.text() + " " + std::string(due.amount.currency().text())});
    told.lines.push_back({"reference", due.reference.text()});
    if (!due.words.empty()) told.lines.push_back({"words", due.words});
    return told;
}

Result<std::vector<Payment>> Card::seen(Incoming const& incoming, Moment now) const {
    TRY_VOID(check_signature(incoming.field("Stripe-Signature"), incoming.body, terms_, now));
    auto const event = TRY(wire::parse(incoming.body, body_bytes_max, depth_max));
    auto const type = words(event, "type");
    auto const* const live = member(event, "livemode");
    if (live == nullptr || !live->is_bool())
        return refuse(Code::field_missing, "livemode", "expected true or false");
    if (live->get_bool() != terms_.is_live)
        return refuse(Code::not_allowed, "livemode", "a test event, or a live one where tests are made");
    std::vector<Payment> payments;
    bool const is_known =
        type == "payment_intent.succeeded" || type == "charge.refunded" || type == "charge.dispute.created";
    if (!is_known) return payments;
    auto const* const data = member(event, "data");
    auto const* const object = data == nullptr ? nullptr : member(*data, "object");
    if (object == nullptr)
        return refuse(Code::field_missing, "data.object", "expected what the event is about");
    auto payment = type == "payment_intent.succeeded" ? succeeded(*object)
                   : type == "charge.refunded"        ? refunded(*object, *data)
                                                      : disputed(*object);
    if (!payment) return std::unexpected(std::move(payment).error());
    auto const created = TRY(whole(event, "created"));
    if (created > seconds_max)
        return refuse(Code::bad_value, "created", "expected a second before the year 2200");
    payment->moment = moment_of(created * 1000);
    payments.push_back(std::move(*payment));
    return payments;
}

}  // namespace allroads::pay
