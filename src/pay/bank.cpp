// Bank transfers: what a payer is told, which payment is whose, and the file of payouts (pain.001.001.09, ISO
// 20022 Customer Credit Transfer Initiation).
#include "pay/hidden.h"

#include <algorithm>
#include <map>

namespace allroads::pay {
namespace {

// Letters of an id that every bank takes (the basic set of SWIFT, without a slash at the ends).
bool is_id_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == ' ';
}
Result<void> check_id(std::string_view field, std::string_view id) {
    if (id.empty() || id.size() > 35 || !std::ranges::all_of(id, is_id_letter) || trim(id) != id)
        return refuse(Code::bad_value, field, "expected 1 to 35 letters, digits, stops, hyphens and blanks");
    return {};
}
Result<void> check_text(std::string_view field, std::string_view text, std::size_t most, bool must_be) {
    if (must_be && trim(text).empty()) return refuse(Code::field_missing, field, "expected some text");
    if (characters_in(text) > most)
        return refuse(Code::too_long, field, "expected at most " + std::to_string(most) + " characters");
    if (!is_clean(text) || text.find_first_of("\r\n\t") != std::string_view::npos)
        return refuse(Code::bad_value, field, "expected one line without control characters");
    return {};
}

// Elements one in another, each closed where it ends.
class Xml {
public:
    void open(std::string_view name) {
        line() += "<" + std::string(name) + ">\n";
        names_.emplace_back(name);
    }
    void close() {
        auto const name = names_.back();
        names_.pop_back();
        line() += "</" + name + ">\n";
    }
    void leaf(std::string_view name, std::string_view text, std::string_view currency = {}) {
        line() += "<" + std::string(name);
        if (!currency.empty()) out_ += " Ccy=\"" + std::string(currency) + "\"";
        out_ += ">";
        for (char const c : text) {
            if (c == '&')
                out_ += "&amp;";
            else if (c == '<')
                out_ += "&lt;";
            else if (c == '>')
                out_ += "&gt;";
            else
                out_ += c;
        }
        out_ += "</" + std::string(name) + ">\n";
    }
    [[nodiscard]] std::string text() const { return out_; }
    std::string& line() { return out_.append(2 * names_.size(), ' '); }

private:
    std::string out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    std::vector<std::string> names_;
};

struct Held {
    std::string account;
    bool is_iban = false;
    std::string bank;
};
// An account as the file can name it.
Result<Held> held(std::string_view field, std::string_view account, std::string_view bank) {
    Held one;
    if (!bank.empty()) one.bank = TRY(parse_bic(bank));
    if (auto const iban = parse_iban(account)) {
        one.account = *iban;
        one.is_iban = true;
        return one;
    }
    bool const is_plain =
        !account.empty() && account.size() <= 34 && std::ranges::all_of(account, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                   c == '.';
        });
    // Something that looks like an IBAN and is none has a wrong character: money would go to somebody else.
    bool const looks_like_iban = account.size() >= 15 && account[0] >= 'A' && account[0] <= 'Z' &&
                                 account[1] >= 'A' && account[1] <= 'Z' && account[2] >= '0' &&
                                 account[2] <= '9';
    if (!is_plain || looks_like_iban)
        return refuse(Code::bad_value, field,
                      "expected an IBAN, or up to 34 letters, digits, stops and hyphens");
    if (one.bank.empty())
        return refuse(Code::field_missing, field, "an account that is no IBAN needs its bank's BIC");
    one.account = account;
    return one;
}

void write_account(Xml& to, std::string_view name, Held const& one, std::string_view currency) {
    to.open(name);
    to.open("Id");
    if (one.is_iban) {
        to.leaf("IBAN", one.account);
    } else {
        to.open("Othr");
        to.leaf("Id", one.account);
        to.close();
    }
    to.close();
    if (!currency.empty()) to.leaf("Ccy", currency);
    to.close();
}
void write_bank(Xml& to, std::string_view name, Held const& one) {
    to.open(name);
    to.open("FinInstnId");
    if (one.bank.empty()) {
        to.open("Othr");
        to.leaf("Id", "NOTPROVIDED");  // as the usage guides of the SEPA have it where an IBAN tells the bank
        to.close();
    } else {
        to.leaf("BICFI", one.bank);
    }
    to.close();
    to.close();
}
void write_party(Xml& to, std::string_view name, std::string_view who) {
    to.open(name);
    to.leaf("Nm", who);
    to.close();
}

Result<void> write_transfer(Xml& to, PayoutOrder const& order, Held const& receiver) {
    to.open("CdtTrfTxInf");
    to.open("PmtId");
    to.leaf("InstrId", order.key);
    to.leaf("EndToEndId", order.key);
    to.close();
    to.open("Amt");
    to.leaf("InstdAmt", order.amount.text(), order.amount.currency().text());
    to.close();
    if (!receiver.bank.empty()) write_bank(to, "CdtrAgt", receiver);
    write_party(to, "Cdtr", order.to.name);
    write_account(to, "CdtrAcct", receiver, {});
    if (!order.words.empty()) {
        to.open("RmtInf");
        to.leaf("Ustrd", order.words);
        to.close();
    }
    to.close();
    return {};
}

// At most 18 digits in all and 5 behind the point fit into the schema; int64 minor units of 0 to 4 digits may
// have 19.
Result<void> check_size(Money const& amount) {
    if (amount.minor() > 999'999'999'999'999'999)
        return refuse(Code::amount_too_large, "amount", "expected at most 18 digits");
    return {};
}

}  // namespace

Result<std::string> payout_file(PayoutFile const& file, BankAccount const& from,
                                std::span<PayoutOrder const> orders) {
    TRY_VOID(check_id("id", file.id));
    TRY_VOID(check_text("initiator", file.initiator, 70, true));
    TRY_VOID(check_text("from.name", from.name, 70, true));
    auto const debtor = TRY(held("from.account", from.account, from.bank));
    if (orders.empty()) return refuse(Code::field_missing, "payouts", "expected at least one payout");
    auto total = Money::zero(from.currency);
    std::vector<Held> receivers;
    std::map<std::string, int, std::less<>> keys;
    for (auto const& order : orders) {
        auto const at = "payouts[" + std::to_string(receivers.size()) + "]";
        auto const one = held("to.account", order.to.account, order.to.bank);
        if (!one) return std::unexpected(one.error().within(at));
        receivers.push_back(*one);
        for (auto const& done : {check_id("key", order.key), check_text("to.name", order.to.name, 70, true),
                                 check_text("words", order.words, 140, false), check_size(order.amount)})
            if (!done) return std::unexpected(done.error().within(at));
        if (order.to.way != Way::bank)
            return refuse(Code::bad_value, at + ".to.way", "expected a payout by bank");
        if (order.amount.currency() != from.currency || order.amount.minor() <= 0)
            return refuse(Code::bad_currency, at + ".amount", "expected an amount of the account's currency");
        if (++keys[order.key] > 1) return refuse(Code::conflict, at + ".key", "stands twice in the file");
        total = TRY(sum(total, order.amount));
    }
    TRY_VOID(check_size(total));
    auto const count = std::to_string(orders.size());
    Xml to;
    to.line() += "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">\n";
    to.open("CstmrCdtTrfInitn");
    to.open("GrpHdr");
    to.leaf("MsgId", file.id);
    to.leaf("CreDtTm", moment_text(file.made));
    to.leaf("NbOfTxs", count);
    to.leaf("CtrlSum", total.text());
    write_party(to, "InitgPty", file.initiator);
    to.close();
    to.open("PmtInf");
    to.leaf("PmtInfId", file.id);
    to.leaf("PmtMtd", "TRF");
    to.leaf("NbOfTxs", count);
    to.leaf("CtrlSum", total.text());
    to.open("ReqdExctnDt");
    to.leaf("Dt", file.execute_on.text());
    to.close();
    write_party(to, "Dbtr", from.name);
    write_account(to, "DbtrAcct", debtor, from.currency.text());
    write_bank(to, "DbtrAgt", debtor);
    to.leaf("ChrgBr", from.currency == currency::EUR ? "SLEV" : "SHAR");  // SLEV: as the SEPA's rules say
    for (std::size_t i = 0; i < orders.size(); ++i) TRY_VOID(write_transfer(to, orders[i], receivers[i]));
    to.close();
    to.close();
    return to.text() + "</Document>\n";
}

std::vector<Matched> match(std::span<Payment const> payments, OpenBy const& open, TakenBy const& taken) {
    std::vector<Matched> all;
    std::map<Reference, Money> rest;  // what the payments before have left
    std::map<std::string, int, std::less<>> met;
    for (auto const& payment : payments) {
        Matched one{.payment = payment, .match = Match::unknown, .open = {}};
        if (taken(payment.outside_id) || ++met[payment.outside_id] > 1) {
            one.match = Match::duplicate;
        } else if (!payment.doubt.empty()) {
            one.match = Match::in_doubt;
        } else if (payment.turn != Turn::paid) {
            one.match = Match::not_incoming;
        } else if (payment.reference) {
            auto const before = rest.find(*payment.reference);
            one.open = before != rest.end() ? std::optional(before->second) : open(*payment.reference);
            if (one.open && one.open->currency() != payment.amount.currency()) {
                one.match = Match::other_currency;
            } else if (one.open) {
                auto const left = difference(*one.open, payment.amount);
                one.match = !left || left->minor() < 0 ? Match::too_much
                            : left->minor() > 0        ? Match::part
                                                       : Match::whole;
                rest.insert_or_assign(*payment.reference, left && left->minor() > 0
                                                              ? *left
                                                              : Money::zero(payment.amount.currency()));
            }
        }
        all.push_back(std::move(one));
    }
    return all;
}

Result<Instructions> Bank::instructions(Due const& due) const {
    for (auto const& one : accounts_) {
        if (one.currency != due.amount.currency()) continue;
        Instructions told{.way = Way::bank, .lines = {}};
        told.lines.push_back({"name", one.name});
        told.lines.push_back({"account", one.account});
        if (!one.bank.empty()) told.lines.push_back({"bank", one.bank});
        told.lines.push_back({"amount", due.amount.text() + " " + std::string(one.currency.text())});
        told.lines.push_back({"reference", due.reference.spaced()});
        if (!due.words.empty()) told.lines.push_back({"words", due.words});
        return told;
    }
    return refuse(Code::not_supported, "amount",
                  "there is no account in " + std::string(due.amount.currency().text()));
}

Result<std::vector<Payment>> Bank::seen(Incoming const& incoming, Moment) const {
    std::vector<Payment> all;
    for (auto const& statement : TRY(read_statements(incoming.body))) {
        bool const is_ours = std::ranges::any_of(accounts_, [&](BankAccount const& one) {
            auto const iban = parse_iban(one.account), theirs = parse_iban(statement.account);
            bool const is_same = iban && theirs ? *iban == *theirs : one.account == statement.account;
            return is_same && (!statement.currency || *statement.currency == one.currency);
        });
        if (!is_ours) return refuse(Code::not_allowed, "Acct", "a statement of an account that is not ours");
        bool const is_wrong = statement.adds_up && !*statement.adds_up;
        if (is_wrong)
            return refuse(Code::bad_file, "Bal",
                          "opening balance and bookings do not give the closing balance");
        std::ranges::move(payments_of(statement), std::back_inserter(all));
    }
    return all;
}

Result<std::vector<Money>> Bank::parts(PayoutOrder const& order) const {
    TRY_VOID(check_text("to.name", order.to.name, 70, true));
    (void)TRY(held("to.account", order.to.account, order.to.bank));
    bool const is_known = std::ranges::any_of(
        accounts_, [&](BankAccount const& one) { return one.currency == order.amount.currency(); });
    if (!is_known)
        return refuse(Code::not_supported, "amount",
                      "there is no account in " + std::string(order.amount.currency().text()));
    return std::vector<Money>{order.amount};
}

}  // namespace allroads::pay
