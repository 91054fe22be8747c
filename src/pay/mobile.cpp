// Mobile money in the shape of the GSMA Mobile Money API 1.2 (developer.mobilemoneyapi.io): a transfer is a
// transaction of type disbursement, made with a correlation id of ours; the answer is its request state, the
// outcome comes by callback or is asked for. A provider refuses a second transaction with the same
// correlation id; what it did with the first is found under /responses/{correlation id}.
#include "pay/hidden.h"

#include <algorithm>
#include <array>

namespace allroads::pay {
namespace {

namespace json = boost::json;
using What = Told::What;

constexpr std::size_t body_bytes_max = 64U << 10;
constexpr std::size_t id_bytes_max = 100;

// Answers of others have more fields than we know: what is not asked for is passed over.
json::value const* member(json::value const& value, std::string_view name) {
    if (!value.is_object()) return nullptr;
    return value.get_object().if_contains(name);
}
std::string words(json::value const& value, std::string_view name) {
    auto const* const found = member(value, name);
    if (found == nullptr || !found->is_string()) return {};
    return shown(wire::view(found->get_string()), 200);
}

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= id_bytes_max && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '.' || c == '_' || c == '~';
    }) && text.find("..") == std::string_view::npos;
}

// The resource a link leads to, under the address we know; nothing where it is of another kind.
std::string resource_of(std::string_view link) {
    for (std::string_view const kind : {"/transactions/", "/requeststates/"}) {
        auto const at = link.rfind(kind);
        if (at == std::string_view::npos) continue;
        auto const id = link.substr(at + kind.size());
        if (is_id(id)) return std::string(kind) + std::string(id);
    }
    return {};
}

// Errors after which it is certain that nothing moved. Of a second request about the same transfer none is:
// the first may have moved it.
bool is_refusal(json::value const& error) {
    constexpr std::array<std::string_view, 3> certain{"businessrule", "validation", "identification"};
    auto lower = [](std::string text) {
        for (char& c : text)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        return text;
    };
    auto const category = lower(words(error, "errorCategory")), code = lower(words(error, "errorCode"));
    return std::ranges::find(certain, category) != certain.end() &&
           code.find("duplicate") == std::string::npos;
}
std::string reason_of(json::value const& error) {
    auto const description = words(error, "errorDescription");
    return description.empty() ? words(error, "errorCode") : description;
}

// Whether a transaction is the transfer we asked for; what it leaves out does not speak against it.
bool is_the_same(json::value const& transaction, Transfer const& transfer) {
    if (auto const* amount = member(transaction, "amount")) {
        auto const number = wire::decimal(*amount, "amount");
        if (!number || *number != transfer.amount.amount()) return false;
    }
    auto const currency = words(transaction, "currency");
    return currency.empty() || currency == transfer.amount.currency().text();
}

// A transaction as it stands with the provider. `transfer` is absent where only its kind is known.
Told told_by_transaction(json::value const& transaction, Transfer const* transfer) {
    auto const status = words(transaction, "transactionStatus");
    auto const reference = words(transaction, "transactionReference");
    if (transfer != nullptr && !is_the_same(transaction, *transfer))
        return {
            .what = What::contradiction, .at = {}, .outside_id = {}, .reason = "another amount was moved"};
    if (status == "completed") return {.what = What::done, .at = {}, .outside_id = reference, .reason = {}};
    if (status == "failed")
        return {.what = What::failed, .at = {}, .outside_id = {}, .reason = "the provider says it failed"};
    if (status != "pending" && status != "initiated" && status != "accepted") return {};
    return {.what = What::pending,
            .at = is_id(reference) ? "/transactions/" + reference : std::string(),
            .outside_id = {},
            .reason = {}};
}

Told told_by_state(json::value const& state) {
    auto const status = words(state, "status");
    auto const reference = words(state, "objectReference"), server = words(state, "serverCorrelationId");
    if (status == "completed" && is_id(reference))
        return {.what = What::ask_there, .at = "/transactions/" + reference, .outside_id = {}, .reason = {}};
    if (status == "failed") {
        auto const* const error = member(state, "errorReference");
        return {.what = What::failed,
                .at = {},
                .outside_id = {},
                .reason = error != nullptr ? reason_of(*error) : "the provider says it failed"};
    }
    if (status != "pending") return {};
    return {.what = What::pending,
            .at = is_id(server) ? "/requeststates/" + server : std::string(),
            .outside_id = {},
            .reason = {}};
}

// Whichever of the three objects a body is.
Told told_by(json::value const& body, Transfer const* transfer) {
    if (member(body, "transactionStatus") != nullptr) return told_by_transaction(body, transfer);
    if (member(body, "status") != nullptr) return told_by_state(body);
    return {};
}

void parties(wire::Writer& to, std::string_view name, std::string_view key, std::string_view value) {
    to.key(name);
    to.open('[');
    to.open('{');
    to.text("key", key);
    to.text("value", value);
    to.close('}');
    to.close(']');
}

// The value of a key in a list of {"key", "value"}.
std::string value_in(json::value const& object, std::string_view list, std::string_view key) {
    auto const* const pairs = member(object, list);
    if (pairs == nullptr || !pairs->is_array()) return {};
    for (auto const& pair : pairs->get_array())
        if (words(pair, "key") == key) return words(pair, "value");
    return {};
}

std::string first_given(std::initializer_list<std::string> all) {
    for (auto const& one : all)
        if (!one.empty()) return one;
    return {};
}

// "+" and 8 to 15 digits (ITU-T E.164).
bool is_phone(std::string_view text) {
    return text.size() >= 9 && text.size() <= 16 && text.front() == '+' && text[1] != '0' &&
           std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

constexpr std::string_view about_payments = "in";

}  // namespace

std::string MobileMoney::callback_path(std::string_view about) const {
    return "/" + std::string(about) + "/" +
           hmac_sha256_hex(terms_.callback_secret, "allroads callback " + std::string(about));
}

Result<Instructions> MobileMoney::instructions(Due const& due) const {
    if (due.amount.currency() != terms_.cap.currency())
        return refuse(Code::not_supported, "amount",
                      "this wallet takes " + std::string(terms_.cap.currency().text()) + " alone");
    if (terms_.till.empty()) return refuse(Code::not_supported, "way", "there is no till to pay to");
    Instructions told{.way = Way::mobile, .lines = {}};
    told.lines.push_back({"number", terms_.till});
    if (!terms_.name.empty()) told.lines.push_back({"name", terms_.name});
    told.lines.push_back({"amount", due.amount.text() + " " + std::string(due.amount.currency().text())});
    told.lines.push_back({"reference", due.reference.text()});
    if (!due.words.empty()) told.lines.push_back({"words", due.words});
    // More than one payment is needed, and each may carry the same reference.
    if (due.amount > terms_.cap) told.lines.push_back({"most at once", terms_.cap.text()});
    return told;
}

Result<std::vector<Money>> MobileMoney::parts(PayoutOrder const& order) const {
    if (!is_phone(order.to.account))
        return refuse(Code::bad_value, "to.account", "expected a phone number such as +254712345678");
    return fewest_parts(order.amount, terms_.cap, terms_.least);
}

Result<Request> MobileMoney::move(PayoutOrder const& order, Transfer const& transfer, Moment now) const {
    std::string body;
    {
        wire::Writer to(body);
        to.open('{');
        to.money("amount", transfer.amount);
        to.text("currency", transfer.amount.currency().text());
        parties(to, "creditParty", "msisdn", order.to.account);
        parties(to, "debitParty", "organisationid", terms_.till);
        to.text("requestingOrganisationTransactionReference",
                order.key + "." + std::to_string(transfer.number));
        to.text("requestDate", moment_text(now));
        if (!order.words.empty()) to.text("descriptionText", order.words);
        to.close('}');
    }
    Request request{.method = "POST", .path = "/transactions/type/disbursement", .fields = {}, .body = {}};
    request.fields.push_back({"Content-Type", "application/json"});
    request.fields.push_back({"X-CorrelationID", transfer.correlation});
    if (!terms_.callback_address.empty())
        request.fields.push_back(
            {"X-Callback-URL", terms_.callback_address + callback_path(transfer.correlation)});
    request.body = std::move(body);
    return request;
}

Result<Request> MobileMoney::ask(Transfer const& transfer) const {
    return Request{
        .method = "GET",
        .path = transfer.asked_at.empty() ? "/responses/" + transfer.correlation : transfer.asked_at,
        .fields = {},
        .body = {}};
}

Told MobileMoney::told_of_move(Transfer const& transfer, Answer const& answer) const {
    auto const body = wire::parse(answer.body, body_bytes_max);
    if (!body) return {};
    if (answer.status >= 200 && answer.status < 300) {
        auto const told = told_by(*body, &transfer);
        return told.what == What::failed && transfer.sendings > 1 ? Told{} : told;
    }
    bool const is_certain = answer.status >= 400 && answer.status < 500 && transfer.sendings == 1;
    if (is_certain && is_refusal(*body))
        return {.what = What::failed, .at = {}, .outside_id = {}, .reason = reason_of(*body)};
    return {};
}

Told MobileMoney::told_of_ask(Transfer const& transfer, Answer const& answer) const {
    auto const body = wire::parse(answer.body, body_bytes_max);
    if (!body) return {};
    // A gateway that is not the provider says 404 too, but not in its words.
    bool const by_correlation = transfer.asked_at.empty();
    if (answer.status == 404 && by_correlation && !words(*body, "errorCategory").empty())
        return {.what = What::unknown_there, .at = {}, .outside_id = {}, .reason = {}};
    if (answer.status < 200 || answer.status >= 300) return {};
    if (member(*body, "link") != nullptr) {
        auto const there = resource_of(words(*body, "link"));
        if (!by_correlation || there.empty()) return {};
        return {.what = What::ask_there, .at = there, .outside_id = {}, .reason = {}};
    }
    return told_by(*body, &transfer);
}

Result<std::optional<CallbackOf>> MobileMoney::callback(Incoming const& incoming) const {
    auto const end = incoming.path.rfind('/');
    auto const about = end == std::string::npos || end == 0
                           ? std::string_view()
                           : std::string_view(incoming.path).substr(1, end - 1);
    bool const is_meant = !terms_.callback_secret.empty() && !about.empty() &&
                          is_equal_in_constant_time(incoming.path, callback_path(about));
    if (!is_meant) return refuse(Code::not_allowed, "", "the address of the callback is not one we gave");
    if (about == about_payments) return std::nullopt;
    auto const correlation = incoming.field("X-CorrelationID");
    if (!correlation.empty() && correlation != about)
        return refuse(Code::bad_value, "X-CorrelationID", "the callback is about another transfer");
    auto const body = TRY(wire::parse(incoming.body, body_bytes_max));
    CallbackOf news{.correlation = std::string(about), .told = {}};
    if (member(body, "errorCategory") != nullptr && is_refusal(body))
        news.told = {.what = What::failed, .at = {}, .outside_id = {}, .reason = reason_of(body)};
    else
        news.told = told_by(body, nullptr);
    if (auto const* amount = member(body, "amount")) {
        auto const number = TRY(wire::decimal(*amount, "amount"));
        news.amount = number;
        news.currency = words(body, "currency");
    }
    return news;
}

Result<std::vector<Payment>> MobileMoney::seen(Incoming const& incoming, Moment now) const {
    bool const is_meant = !terms_.callback_secret.empty() &&
                          is_equal_in_constant_time(incoming.path, callback_path(about_payments));
    if (!is_meant) return refuse(Code::not_allowed, "", "the address of the callback is not one we gave");
    auto const body = TRY(wire::parse(incoming.body, body_bytes_max));
    std::vector<Payment> payments;
    if (words(body, "transactionStatus") != "completed") return payments;
    auto const* const amount = member(body, "amount");
    if (amount == nullptr) return refuse(Code::field_missing, "amount", "expected an amount");
    auto const currency = Currency::parse(words(body, "currency"));
    if (!currency) return std::unexpected(currency.error().within("currency"));
    auto const money = TRY(Money::exact(TRY(wire::amount(*amount, "amount", Code::bad_value)), *currency));
    if (money.minor() == 0) return refuse(Code::bad_value, "amount", "expected an amount above zero");
    auto const id = words(body, "transactionReference");
    if (!is_id(id))
        return refuse(Code::bad_value, "transactionReference", "expected an id of the transaction");
    Payment payment{
        .way = Way::mobile, .turn = Turn::paid, .outside_id = "transaction:" + id, .amount = money};
    if (words(body, "type") == "reversal") payment.turn = Turn::taken_back;
    payment.said = first_given(
        {words(body, "requestingOrganisationTransactionReference"), value_in(body, "metadata", "reference"),
         value_in(body, "creditParty", "accountreference"), words(body, "descriptionText")});
    payment.reference = Reference::within(payment.said);
    payment.said = shown(payment.said, 140);
    payment.account = value_in(body, "debitParty", "msisdn");
    payment.moment = parse_moment(words(body, "creationDate")).value_or(now);
    payments.push_back(std::move(payment));
    return payments;
}

}  // namespace allroads::pay
