#pragma once
// The other sides, for tests of every room: a wallet provider that loses, doubles, delays and reorders, a
// card processor that signs its events, a bank that writes statements. Deterministic: the same seed, the same
// world.

#include "pay/pay.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::pay::in_test {

// A small generator of its own, the same on every machine (SplitMix64).
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31U);
    }
    int below(int most) { return static_cast<int>(next() % static_cast<std::uint64_t>(most)); }
    bool falls(int percent) { return below(100) < percent; }

private:
    std::uint64_t state_;
};

// ---- a wallet provider ------------------------------------------------------------------------------------

// In percent.
struct Weather {
    int request_lost = 0;     // never arrives
    int request_late = 0;     // the sender hears nothing, and it arrives up to a day later
    int request_doubled = 0;  // arrives twice
    int answer_lost = 0;      // arrives, and the sender hears nothing
    int gateway_error = 0;    // arrives or not, and something else answers 502 or 404
    int callback_lost = 0;
    int callback_doubled = 0;  // two to four times
    int refused = 0;           // by rule: certainly not moved
    int fails = 0;             // accepted, then failed
    int at_once = 0;           // moved before it is answered
};

class Provider {
public:
    struct Record {
        std::string correlation, server, reference, account, order, callback;
        std::string amount, currency;
        Moment ready = {};
        bool fails = false;
        bool is_settled = false;
    };
    struct Callback {
        std::string url, correlation, body;
        Moment due = {};
    };

    // `rejects_doubles`: as the API says. A provider that does not cannot be late with requests.
    Provider(std::uint64_t seed, Weather const& weather, bool rejects_doubles = true)
        : dice_(seed), weather_(weather), rejects_doubles_(rejects_doubles) {}

    Answer send(Request const& request, Moment now) {
        settle(now);
        if (dice_.falls(weather_.gateway_error)) {
            if (dice_.falls(50)) (void)arrive(request, now);
            return dice_.falls(50) ? Answer{502, "<html>Bad gateway</html>"} : Answer{404, "not here"};
        }
        if (dice_.falls(weather_.request_lost)) return {};
        if (request.method == "POST" && rejects_doubles_ && dice_.falls(weather_.request_late)) {
            late_.push_back({request, now + std::chrono::seconds(1 + dice_.below(86'400))});
            return {};
        }
        auto const answer = arrive(request, now);
        if (rejects_doubles_ && dice_.falls(weather_.request_doubled)) (void)arrive(request, now);
        return dice_.falls(weather_.answer_lost) ? Answer{} : answer;
    }

    // Those that are told by now, in any order.
    std::vector<Callback> callbacks(Moment now) {
        settle(now);
        std::vector<Callback> told;
        for (std::size_t i = 0; i < callbacks_.size();) {
            if (callbacks_[i].due > now) {
                ++i;
                continue;
            }
            told.push_back(callbacks_[i]);
            callbacks_.erase(callbacks_.begin() + static_cast<std::ptrdiff_t>(i));
        }
        for (std::size_t i = told.size(); i > 1; --i)
            std::swap(told[i - 1], told[static_cast<std::size_t>(dice_.below(static_cast<int>(i)))]);
        return told;
    }

    // What really moved.
    struct Moved {
        std::string correlation, account, amount, currency, order;
    };
    std::vector<Moved> moved;
    std::vector<Request> received;
    Weather& weather() { return weather_; }

private:
    struct Late {
        Request request;
        Moment due;
    };

    static std::string between(std::string_view text, std::string_view before, std::string_view after) {
        auto const from = text.find(before);
        if (from == std::string_view::npos) return {};
        auto const rest = text.substr(from + before.size());
        return std::string(rest.substr(0, rest.find(after)));
    }
    static std::string field(Request const& request, std::string_view name) {
        for (auto const& one : request.fields)
            if (one.name == name) return one.value;
        return {};
    }
    static Answer error(int status, std::string_view category, std::string_view code) {
        return {status, "{\"errorCategory\":\"" + std::string(category) + "\",\"errorCode\":\"" +
                            std::string(code) + "\",\"errorDescription\":\"" + std::string(code) + "\"}"};
    }

    void settle(Moment now) {
        std::ranges::sort(late_, {}, &Late::due);
        while (!late_.empty() && late_.front().due <= now) {
            auto const one = late_.front();
            late_.erase(late_.begin());
            (void)arrive(one.request, one.due);
        }
        for (auto& one : records_)
            if (!one.is_settled && one.ready <= now) finish(one);
    }

    void finish(Record& one) {
        one.is_settled = true;
        if (!one.fails) moved.push_back({one.correlation, one.account, one.amount, one.currency, one.order});
        if (dice_.falls(weather_.callback_lost)) return;
        int const times = dice_.falls(weather_.callback_doubled) ? 2 + dice_.below(3) : 1;
        for (int i = 0; i < times; ++i)
            callbacks_.push_back({one.callback, one.correlation, transaction(one),
                                  one.ready + std::chrono::seconds(dice_.below(3600))});
        // News that it is pending, told late: it must not undo what was told before.
        if (dice_.falls(weather_.callback_doubled))
            callbacks_.push_back({one.callback, one.correlation, state(one, "pending"),
                                  one.ready + std::chrono::seconds(dice_.below(7200))});
    }

    Answer arrive(Request const& request, Moment now) {
        received.push_back(request);
        if (request.method == "POST") return create(request, now);
        for (auto const& one : records_) {
            if (request.path == "/responses/" + one.correlation)
                return {200, one.is_settled && !one.fails
                                 ? "{\"link\":\"/v1.2/mm/transactions/" + one.reference + "\"}"
                                 : "{\"link\":\"/v1.2/mm/requeststates/" + one.server + "\"}"};
            if (request.path == "/requeststates/" + one.server) return {200, state(one, "")};
            if (request.path == "/transactions/" + one.reference) return {200, transaction(one)};
        }
        return error(404, "identification", "resourceNotFound");
    }

    Answer create(Request const& request, Moment now) {
        auto const correlation = field(request, "X-CorrelationID");
        bool const is_known = !met_.insert(correlation).second;
        if (is_known && rejects_doubles_) return error(409, "businessRule", "duplicateRequest");
        if (dice_.falls(weather_.refused)) return error(400, "businessRule", "accountMaxTotalValue");
        auto const number = std::to_string(records_.size() + 1);
        Record one;
        one.correlation = correlation;
        one.server = "SRV-" + number;
        one.reference = "TX" + number;
        one.account = between(request.body, "\"msisdn\",\"value\":\"", "\"");
        one.order = between(request.body, "TransactionReference\":\"", "\"");
        one.amount = between(request.body, "\"amount\":\"", "\"");
        one.currency = between(request.body, "\"currency\":\"", "\"");
        one.callback = field(request, "X-Callback-URL");
        one.fails = dice_.falls(weather_.fails);
        bool const is_at_once = dice_.falls(weather_.at_once);
        one.ready = is_at_once ? now : now + std::chrono::seconds(dice_.below(20'000));
        if (is_at_once) finish(one);
        records_.push_back(one);
        return is_at_once ? Answer{201, transaction(one)} : Answer{202, state(one, "pending")};
    }

    static std::string state(Record const& one, std::string_view said) {
        std::string const status = !said.empty()     ? std::string(said)
                                   : !one.is_settled ? "pending"
                                   : one.fails       ? "failed"
                                                     : "completed";
        std::string body = "{\"serverCorrelationId\":\"" + one.server + "\",\"status\":\"" + status +
                           "\",\"notificationMethod\":\"callback\",\"pollLimit\":100";
        if (status == "completed") body += ",\"objectReference\":\"" + one.reference + "\"";
        if (status == "failed")
            body +=
                ",\"errorReference\":{\"errorCategory\":\"businessRule\",\"errorCode\":\"accountClosed\","
                "\"errorDescription\":\"The wallet is closed\"}";
        return body + "}";
    }
    static std::string transaction(Record const& one) {
        return "{\"transactionReference\":\"" + one.reference + "\",\"transactionStatus\":\"" +
               (!one.is_settled ? "pending"
                : one.fails     ? "failed"
                                : "completed") +
               "\",\"amount\":\"" + one.amount + "\",\"currency\":\"" + one.currency +
               "\",\"type\":\"disbursement\"}";
    }

    Dice dice_;
    Weather weather_;
    bool rejects_doubles_;
    std::vector<Record> records_;
    std::set<std::string> met_;  // correlation ids of transfers that were refused, too
    std::vector<Late> late_;
    std::vector<Callback> callbacks_;
};

// What a provider tells of a payment to the till.
inline std::string till_payment(std::string_view id, std::string_view amount, std::string_view currency,
                                std::string_view reference) {
    return "{\"transactionReference\":\"" + std::string(id) +
           "\",\"transactionStatus\":\"completed\",\"amount\":\"" + std::string(amount) +
           "\",\"currency\":\"" + std::string(currency) +
           "\",\"type\":\"merchantpay\",\"creationDate\":\"2026-11-26T08:00:00.000+03:00\",\"debitParty\":[{"
           "\"key\":"
           "\"msisdn\",\"value\":\"+254712345678\"}],\"requestingOrganisationTransactionReference\":\"" +
           std::string(reference) + "\"}";
}

// ---- a card processor -------------------------------------------------------------------------------------

// Its events as they come to the webhook; `what` is the object, without braces.
class Processor {
public:
    Processor(std::string secret, bool is_live) : secret_(std::move(secret)), is_live_(is_live) {}
    struct Event {
        std::string body;
        std::vector<Field> fields;
        [[nodiscard]] Incoming incoming() const { return {.path = "/", .fields = fields, .body = body}; }
    };
    [[nodiscard]] Event event(std::string_view type, std::string_view what, Moment now,
                              std::string_view before = {}) {
        auto const seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
        Event made;
        made.body = "{\"id\":\"evt_" + std::to_string(++count_) +
                    "\",\"object\":\"event\",\"created\":" + std::to_string(seconds) +
                    ",\"livemode\":" + (is_live_ ? "true" : "false") + ",\"type\":\"" + std::string(type) +
                    "\",\"data\":{\"object\":{" + std::string(what) + "}" +
                    (before.empty() ? "" : ",\"previous_attributes\":{" + std::string(before) + "}") + "}}";
        made.fields.push_back({"stripe-signature", signature_header(secret_, seconds, made.body)});
        return made;
    }
    [[nodiscard]] Event succeeded(std::string_view intent, std::int64_t units, std::string_view currency,
                                  std::string_view reference, Moment now) {
        return event("payment_intent.succeeded",
                     "\"id\":\"" + std::string(intent) + "\",\"amount_received\":" + std::to_string(units) +
                         ",\"currency\":\"" + std::string(currency) + "\",\"metadata\":{\"reference\":\"" +
                         std::string(reference) + "\"}",
                     now);
    }
    [[nodiscard]] Event refunded(std::string_view charge, std::int64_t before, std::int64_t all,
                                 std::string_view currency, std::string_view reference, Moment now) {
        return event("charge.refunded",
                     "\"id\":\"" + std::string(charge) + "\",\"amount_refunded\":" + std::to_string(all) +
                         ",\"currency\":\"" + std::string(currency) + "\",\"metadata\":{\"reference\":\"" +
                         std::string(reference) + "\"}",
                     now, "\"amount_refunded\":" + std::to_string(before));
    }
    [[nodiscard]] Event disputed(std::string_view dispute, std::int64_t units, std::string_view currency,
                                 Moment now) {
        return event("charge.dispute.created",
                     "\"id\":\"" + std::string(dispute) + "\",\"amount\":" + std::to_string(units) +
                         ",\"currency\":\"" + std::string(currency) +
                         "\",\"reason\":\"product_not_received\"",
                     now);
    }

private:
    std::string secret_;
    bool is_live_;
    int count_ = 0;
};

// ---- a bank -----------------------------------------------------------------------------------------------

inline std::string escaped(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else
            out += c;
    }
    return out;
}
inline std::string leaf(std::string_view name, std::string_view text) {
    if (text.empty()) return {};
    return "<" + std::string(name) + ">" + escaped(text) + "</" + std::string(name) + ">";
}
inline std::string amount_leaf(Money const& amount) {
    auto const minor = amount.minor() < 0 ? Money(-amount.minor(), amount.currency()) : amount;
    return "<Amt Ccy=\"" + std::string(amount.currency().text()) + "\">" + minor.text() + "</Amt>";
}
inline std::string balance(std::string_view kind, std::optional<Money> const& amount) {
    if (!amount) return {};
    return "<Bal><Tp><CdOrPrtry><Cd>" + std::string(kind) + "</Cd></CdOrPrtry></Tp>" + amount_leaf(*amount) +
           "<CdtDbtInd>" + (amount->minor() < 0 ? "DBIT" : "CRDT") +
           "</CdtDbtInd><Dt><Dt>2026-11-26</Dt></Dt></Bal>";
}
inline std::string detail_xml(BookingDetail const& one, bool is_credit, bool is_new) {
    auto const party = [&](std::string_view name) {
        if (one.payer.empty()) return std::string();
        auto const words = is_new ? "<Pty>" + leaf("Nm", one.payer) + "</Pty>" : leaf("Nm", one.payer);
        return "<" + std::string(name) + ">" + words + "</" + std::string(name) + ">";
    };
    auto const account = [&](std::string_view name) {
        if (one.payer_account.empty()) return std::string();
        bool const is_iban = parse_iban(one.payer_account).has_value();
        auto const id =
            is_iban ? leaf("IBAN", one.payer_account) : "<Othr>" + leaf("Id", one.payer_account) + "</Othr>";
        return "<" + std::string(name) + "><Id>" + id + "</Id></" + std::string(name) + ">";
    };
    std::string out = "<TxDtls><Refs>" + leaf("AcctSvcrRef", one.bank_reference) +
                      leaf("EndToEndId", one.end_to_end) + leaf("TxId", one.transaction) + "</Refs>";
    if (one.amount)
        out += is_new ? amount_leaf(*one.amount)
                      : "<AmtDtls><TxAmt>" + amount_leaf(*one.amount) + "</TxAmt></AmtDtls>";
    auto const parties =
        is_credit ? party("Dbtr") + account("DbtrAcct") : party("Cdtr") + account("CdtrAcct");
    if (!parties.empty()) out += "<RltdPties>" + parties + "</RltdPties>";
    std::string remittance;
    for (std::string_view rest = one.unstructured; !rest.empty();) {
        auto const end = std::min(rest.find('\n'), rest.size());
        remittance += leaf("Ustrd", rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (!one.structured.empty())
        remittance += "<Strd><CdtrRefInf>" + leaf("Ref", one.structured) + "</CdtrRefInf></Strd>";
    if (!remittance.empty()) out += "<RmtInf>" + remittance + "</RmtInf>";
    if (one.is_return) out += "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>";
    return out + "</TxDtls>";
}
// A statement as a bank writes it: in the words of version 02, or of 08 and later.
inline std::string statement_xml(std::span<Statement const> statements, int version) {
    bool const is_new = version >= 8;
    std::string out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document "
        "xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001." +
        std::string(version < 10 ? "0" : "") + std::to_string(version) +
        "\"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-26T07:00:00</CreDtTm></GrpHdr>";
    for (auto const& one : statements) {
        bool const is_iban = parse_iban(one.account).has_value();
        out += "\n<Stmt>" + leaf("Id", one.id) + "<CreDtTm>2026-11-26T07:00:00</CreDtTm><Acct><Id>" +
               (is_iban ? leaf("IBAN", one.account) : "<Othr>" + leaf("Id", one.account) + "</Othr>") +
               "</Id>" + (one.currency ? leaf("Ccy", one.currency->text()) : "") + "</Acct>" +
               balance("OPBD", one.opening) + balance("CLBD", one.closing);
        for (auto const& entry : one.bookings) {
            out += "\n<Ntry>" + amount_leaf(entry.amount) + "<CdtDbtInd>" +
                   (entry.is_credit ? "CRDT" : "DBIT") + "</CdtDbtInd>" +
                   (entry.is_reversal ? "<RvslInd>true</RvslInd>" : "") +
                   (is_new ? "<Sts><Cd>BOOK</Cd></Sts>" : "<Sts>BOOK</Sts>") + "<BookgDt>" +
                   leaf("Dt", entry.day.text()) + "</BookgDt>" + leaf("AcctSvcrRef", entry.bank_reference) +
                   "<BkTxCd><Prtry><Cd>TRF</Cd></Prtry></BkTxCd>";
            if (!entry.details.empty()) {
                out += "<NtryDtls>";
                for (auto const& detail : entry.details) out += detail_xml(detail, entry.is_credit, is_new);
                out += "</NtryDtls>";
            }
            out += leaf("AddtlNtryInf", entry.words) + "</Ntry>";
        }
        out += "</Stmt>";
    }
    return out + "</BkToCstmrStmt></Document>\n";
}

}  // namespace allroads::pay::in_test
