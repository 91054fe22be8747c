// The settings of trade: read strictly, held to what deals and payments are held to later.
#include "hub/trade.h"

#include "wire/wire.h"

#include <sys/stat.h>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <tuple>

namespace allroads::hub {
namespace {

namespace fs = std::filesystem;
namespace json = wire::json;
using wire::Writer;

constexpr std::size_t list_max = 200;  // fees, rates, accounts, counters
constexpr std::size_t plans_max = 12;
constexpr std::size_t name_bytes_max = 140;
constexpr std::size_t key_bytes_max = 40;
constexpr std::int64_t days_max = 1'000;
constexpr std::size_t wallet_secret_bytes_min = 32, card_secret_bytes_min = 8;
constexpr std::int64_t seconds_max = 3'600;

constexpr std::array<std::string_view, 4> points{"accepted", "made", "handed-over", "delivered"};
constexpr std::array<std::string_view, 3> custodies{"hub", "bank", "trustee"};

std::unexpected<Error> missing(std::string_view field) {
    return refuse(Code::field_missing, field, "expected this field");
}
std::unexpected<Error> wrong(std::string_view field, std::string_view detail) {
    return refuse(Code::bad_value, field, detail);
}
std::string at(std::string_view list, std::size_t place) {
    return std::string(list) + "[" + std::to_string(place) + "]";
}

// ---- values -----------------------------------------------------------------------------------------------

template <class Value, std::size_t size>
Result<Value> one_of(json::value const& value, std::string_view field,
                     std::array<std::string_view, size> const& all) {
    auto const word = TRY(wire::text(value, field));
    auto const there = std::ranges::find(all, word);
    if (there != all.end()) return static_cast<Value>(there - all.begin());
    std::string list;
    for (auto const one : all) list += (list.empty() ? "" : ", ") + std::string(one);
    return wrong(field, "expected one of " + list);
}

// One line for people, without blanks around it.
Result<std::string> line(json::value const& value, std::string_view field) {
    auto const words = TRY(wire::text(value, field, name_bytes_max));
    if (words.empty() || trim(words) != words || words.find_first_of("\r\n\t") != std::string_view::npos)
        return wrong(field, "expected one line of text");
    return std::string(words);
}

Result<std::string> key(json::value const& value, std::string_view field) {
    auto const word = TRY(wire::text(value, field, key_bytes_max));
    bool const is_right = !word.empty() && std::ranges::all_of(word, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!is_right) return wrong(field, "expected a key of a-z, 0-9 and -");
    return std::string(word);
}

struct Amount {
    Decimal number;
    Currency currency;
};
// "129.50 KES"; with more decimals than the currency has where it is a rate.
Result<Amount> amount(json::value const& value, std::string_view field) {
    return wire::parsed(value, field, [](std::string_view text) -> Result<Amount> {
        auto const gap = text.find(' ');
        if (gap == std::string_view::npos)
            return wrong("", "expected an amount and its currency, such as \"720.00 USD\"");
        auto const currency = TRY(Currency::parse(text.substr(gap + 1)));
        auto const number = TRY(Decimal::parse(text.substr(0, gap)));
        if (number.is_negative()) return wrong("", "expected nothing below zero");
        return Amount{number, currency};
    });
}
Result<Money> money(json::value const& value, std::string_view field) {
    auto const read = TRY(amount(value, field));
    auto exact = Money::exact(read.number, read.currency);
    if (!exact) return std::unexpected(exact.error().within(field));
    return exact;
}

// An address of others: https, or, for tests, http on this machine.
Result<std::string> address(json::value const& value, std::string_view field, TradeSource const& source) {
    auto const text = TRY(wire::text(value, field));
    constexpr std::array<std::string_view, 2> plain{"http://127.0.0.1:", "http://localhost:"};
    bool const is_plain = source.may_be_plain && std::ranges::any_of(plain, [&](std::string_view one) {
                              return text.starts_with(one);
                          });
    constexpr std::string_view tls = "https://";
    bool const is_right =
        (is_plain || (text.starts_with(tls) && text.size() > tls.size())) && text.back() != '/' &&
        std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '<'; }) &&
        text.find_first_of("@?#\\") == std::string_view::npos;
    if (!is_right)
        return wrong(field, "expected https://… without a name, question, mark or slash at its end");
    return std::string(text);
}

// ---- secrets ----------------------------------------------------------------------------------------------

// Where a secret lies, and what it is. It is in no refusal.
struct Secret {
    std::string file = {}, environment = {};
    std::string bytes = {};
};
Result<Secret> secret(json::value const& value, std::string_view field, TradeSource const& source,
                      std::size_t bytes_min) {
    Secret one;
    std::size_t given = 0;
    TRY_VOID(wire::fields(value, field, [&](std::string_view name, json::value const& v) -> Result<bool> {
        if (name == "file") {
            one.file = TRY(line(v, name));
            auto bytes = source.file(one.file);
            if (!bytes) return std::unexpected(Error(bytes.error().code(), name, bytes.error().detail()));
            one.bytes = trim(*bytes);
        } else if (name == "environment") {
            one.environment = TRY(line(v, name));
            auto bytes = source.environment(one.environment);
            if (!bytes) return std::unexpected(Error(bytes.error().code(), name, bytes.error().detail()));
            one.bytes = trim(*bytes);
        } else if (name == "value") {
            if (!source.may_hold_secrets)
                return refuse(Code::not_allowed, name,
                              "others can read these settings: chmod 600, or name a file or a variable");
            one.bytes = TRY(line(v, name));
        } else {
            return false;
        }
        ++given;
        return true;
    }));
    if (given != 1) return wrong(field, "expected file, environment or value, one of them");
    bool const is_clean_line = is_clean(one.bytes) && one.bytes.find_first_of("\r\n\t") == std::string::npos;
    if (one.bytes.size() < bytes_min || one.bytes.size() > secret_bytes_max || !is_clean_line)
        return wrong(field, "expected a secret of one line of " + std::to_string(bytes_min) + " to " +
                                std::to_string(secret_bytes_max) + " bytes");
    return one;
}
void write_secret(Writer& w, Secret const& one) {
    w.open('{');
    if (!one.file.empty()) w.text("file", one.file);
    if (!one.environment.empty()) w.text("environment", one.environment);
    w.close('}');
}

// ---- what becomes part of terms ---------------------------------------------------------------------------

Result<deal::Fee> fee(json::value const& value) {
    std::optional<Decimal> percent;
    std::optional<Money> minimum;
    auto round = Round::half_up;
    TRY_VOID(wire::fields(value, "", [&](std::string_view name, json::value const& v) -> Result<bool> {
        if (name == "percent")
            percent = TRY(wire::amount(v, name, Code::bad_value));
        else if (name == "minimum")
            minimum = TRY(money(v, name));
        else if (name == "round")
            round = TRY(wire::parsed(v, name, parse_round));
        else
            return false;
        return true;
    }));
    if (!percent) return missing("percent");
    if (!minimum) return missing("minimum");
    return deal::Fee{percent->stripped(), *minimum, round};
}

Result<deal::Milestone> milestone(json::value const& value) {
    deal::Milestone one;
    std::optional<deal::Point> due, release;
    TRY_VOID(wire::fields(value, "", [&](std::string_view name, json::value const& v) -> Result<bool> {
        if (name == "key")
            one.key = TRY(key(v, name));
        else if (name == "percent")
            one.percent = TRY(wire::amount(v, name, Code::bad_value)).stripped();
        else if (name == "due")
            due = TRY(one_of<deal::Point>(v, name, points));
        else if (name == "release")
            release = TRY(one_of<deal::Point>(v, name, points));
        else
            return false;
        return true;
    }));
    if (one.key.empty()) return missing("key");
    if (one.percent.is_zero()) return missing("percent");
    if (!due) return missing("due");
    if (!release) return missing("release");
    one.due = *due;
    one.release = *release;
    return one;
}

Result<Plan> plan(json::value const& value) {
    Plan one;
    TRY_VOID(wire::fields(value, "", [&](std::string_view name, json::value const& v) -> Result<bool> {
        if (name == "key")
            one.key = TRY(key(v, name));
        else if (name == "milestones")
            TRY_VOID(
                wire::elements(v, name, deal::milestones_max, [&](json::value const& each) -> Result<void> {
                    one.milestones.push_back(TRY(milestone(each)));
                    return {};
                }));
        else
            return false;
        return true;
    }));
    if (one.key.empty()) return missing("key");
    if (one.milestones.empty()) return missing("milestones");
    return one;
}

Result<void> read_days(json::value const& value, std::string_view field, deal::Days& days) {
    struct Named {
        std::string_view name;
        std::int32_t* days;
    };
    std::array const all{Named{"pay", &days.pay},         Named{"make", &days.make},
                         Named{"deliver", &days.deliver}, Named{"inspect", &days.inspect},
                         Named{"answer", &days.answer},   Named{"escalate", &days.escalate},
                         Named{"decide", &days.decide}};
    return wire::fields(value, field, [&](std::string_view name, json::value const& v) -> Result<bool> {
        auto const there = std::ranges::find(all, name, &Named::name);
        if (there == all.end()) return false;
        *there->days = static_cast<std::int32_t>(TRY(wire::whole(v, name, 0, days_max)));
        return true;
    });
}

Result<void> read_custody(json::value const& value, std::string_view field, Dealing& dealing) {
    std::optional<deal::Custody> kind;
    TRY_VOID(wire::fields(value, field, [&](std::string_view name, json::value const& v) -> Result<bool> {
        if (name == "held_by")
            kind = TRY(one_of<deal::Custody>(v, name, custodies));
        else if (name == "name")
            dealing.custodian = TRY(line(v, name));
        else
            return false;
        return true;
    }));
    if (!kind) return missing(std::string(field) + ".held_by");
    dealing.custody = *kind;
    return {};
}

Result<deal::Mediator> mediator(json::value const& value, std::string_view field) {
    deal::Mediator one;
    TRY_VOID(wire::fields(value, field, [&](std::string_view name, json::value const& v) -> Result<bool> {
        if (name == "account")
            one.id = TRY(wire::parsed(v, name, [](std::string_view text) { return db::id_parse(text); }));
        else if (name == "name")
            one.name = TRY(line(v, name));
        else
            return false;
        return true;
    }));
    if (one.id == db::IdBytes{}) return missing(std::string(field) + ".account");
    return one;
}

Result<OwnRate> rate(json::value const& value) {
    std::optional<Country> seller_in;
    std::optional<Amount> give, get;
    std::string source;
    std::int32_t days = 30;
    TRY_VOID(wire::fields(value, "", [&](std::string_view name, json::value const& v) -> Result<bool> {
        if (name == "seller_in")
            seller_in = TRY(wire::parsed(v, name, Country::parse));
        else if (name == "give")
            give = TRY(amount(v, name));
        else if (name == "get")
            get = TRY(amount(v, name));
        else if (name == "source")
            source = TRY(line(v, name));
        else if (name == "days")
            days = static_cast<std::int32_t>(TRY(wire::whole(v, name, 1, days_max)));
        else
            return false;
        return true;
    }));
    if (!seller_in) return missing("seller_in");
    if (!give) return missing("give");
    if (!get) return missing("get");
    if (give->number.is_zero()) return wrong("give", "expected more than zero");
    if (get->number.is_zero()) return wrong("get", "expected more than zero");
    if (give->currency == get->currency) return refuse(Code::bad_currency, "get", "is the same currency");
    return OwnRate{*seller_in,
                   give->currency,
                   get->currency,
                   get->number.stripped(),
                   give->number.stripped(),
                   std::move(source),
                   days};
}

// ---- ways of paying ---------------------------------------------------------------------------------------

Result<pay::BankAccount> bank_account(json::value const& value) {
    std::optional<Currency> currency;
    std::string number, bank, name_of;
    TRY_VOID(wire::fields(value, "", [&](std::string_view name, json::value const& v) -> Result<bool> {
        if (name == "currency")
            currency = TRY(wire::parsed(v, name, Currency::parse));
        else if (name == "account")
            number = TRY(line(v, name));
        else if (name == "bank")
            bank = TRY(wire::parsed(v, name, pay::parse_bic));
        else if (name == "name")
            name_of = TRY(line(v, name));
        else
            return false;
        return true;
    }));
    if (!currency) return missing("currency");
    if (number.empty()) return missing("account");
    if (name_of.empty()) return missing("name");
    // One that looks like an IBAN and is none has a wrong character: buyers would pay to somebody else.
    auto const is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    auto const iban = pay::parse_iban(number);
    if (iban) {
        number = *iban;
    } else if (number.size() >= 15 && is_upper(number[0]) && is_upper(number[1])) {
        return wrong("account", iban.error().detail());
    } else if (bank.empty()) {
        return refuse(Code::field_missing, "bank", "an account that is no IBAN needs its bank's BIC");
    } else if (number.size() > 34 || !std::ranges::all_of(number, [&](char c) {
                   return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                          c == '.';
               })) {
        return wrong("account", "expected an IBAN, or up to 34 letters, digits, stops and hyphens");
    }
    return pay::BankAccount{*currency, std::move(number), std::move(bank), std::move(name_of)};
}

Result<pay::Cash::Counter> counter(json::value const& value) {
    pay::Cash::Counter one;
    TRY_VOID(wire::fields(value, "", [&](std::string_view name, json::value const& v) -> Result<bool> {
        if (name == "name")
            one.name = TRY(line(v, name));
        else if (name == "place")
            one.place = TRY(line(v, name));
        else
            return false;
        return true;
    }));
    if (one.name.empty()) return missing("name");
    return one;
}

struct Wallet {
    std::optional<pay::WalletTerms> terms = {};
    std::optional<Secret> secret = {};
    std::optional<Gate> gate = {};
};
Result<Wallet> wallet(json::value const& value, std::string_view field, TradeSource const& source) {
    std::optional<Money> cap, least;
    std::string till, name_of, callback, provider, credentials;
    Wallet one;
    TRY_VOID(wire::fields(value, field, [&](std::string_view name, json::value const& v) -> Result<bool> {
        if (name == "cap")
            cap = TRY(money(v, name));
        else if (name == "least")
            least = TRY(money(v, name));
        else if (name == "till")
            till = TRY(line(v, name));
        else if (name == "name")
            name_of = TRY(line(v, name));
        else if (name == "callback_address")
            callback = TRY(address(v, name, source));
        else if (name == "callback_secret")
            one.secret = TRY(secret(v, name, source, wallet_secret_bytes_min));
        else if (name == "provider")
            provider = TRY(address(v, name, source));
        else if (name == "credentials")
            credentials = TRY(line(v, name));
        else
            return false;
        return true;
    }));
    auto const path = [&](std::string_view name) { return std::string(field) + "." + std::string(name); };
    if (!cap) return missing(path("cap"));
    if (!least) return missing(path("least"));
    if (till.empty()) return missing(path("till"));
    if (least->currency() != cap->currency())
        return refuse(Code::bad_currency, path("least"), "is in another currency than the cap");
    if (least->minor() < 1) return wrong(path("least"), "expected more than zero");
    if (*cap < *least) return wrong(path("cap"), "is below the least");
    if (!callback.empty() && !one.secret) return missing(path("callback_secret"));
    if (!credentials.empty() && provider.empty()) return missing(path("provider"));
    if (!credentials.empty()) {
        auto const bytes = source.file(credentials);
        auto const lines = bytes ? parse_credentials(*bytes)
                                 : Result<std::vector<pay::Field>>(std::unexpected(bytes.error()));
        if (!lines)
            return std::unexpected(Error(lines.error().code(), path("credentials"), lines.error().detail()));
    }
    one.terms = pay::WalletTerms{.cap = *cap,
                                 .least = *least,
                                 .till = till,
                                 .name = name_of,
                                 .callback_address = callback,
                                 .callback_secret = one.secret ? one.secret->bytes : std::string()};
    if (!provider.empty()) one.gate = Gate{"mobile", provider, credentials};
    return one;
}

struct Cards {
    std::optional<pay::CardTerms> terms = {};
    std::vector<Secret> secrets = {};
};
Result<Cards> cards(json::value const& value, std::string_view field, TradeSource const& source) {
    Cards one;
    pay::CardTerms terms;
    TRY_VOID(wire::fields(value, field, [&](std::string_view name, json::value const& v) -> Result<bool> {
        if (name == "secrets")
            TRY_VOID(wire::elements(v, name, 2, [&](json::value const& each) -> Result<void> {
                one.secrets.push_back(TRY(secret(each, "", source, card_secret_bytes_min)));
                return {};
            }));
        else if (name == "tolerance_seconds")
            terms.tolerance = std::chrono::seconds(TRY(wire::whole(v, name, 1, seconds_max)));
        else if (name == "live")
            terms.is_live = TRY(wire::truth(v, name));
        else
            return false;
        return true;
    }));
    if (one.secrets.empty()) return missing(std::string(field) + ".secrets");
    for (auto const& each : one.secrets) terms.secrets.push_back(each.bytes);
    one.terms = std::move(terms);
    return one;
}

// ---- the whole --------------------------------------------------------------------------------------------

struct Read {
    Trade trade = {};
    std::vector<pay::BankAccount> accounts = {};
    std::vector<pay::Cash::Counter> counters = {};
    Wallet wallet = {};
    Cards cards = {};
};

template <class Value, class Each>
Result<void> read_list(json::value const& value, std::string_view field, std::size_t most,
                       std::vector<Value>& into, Each each) {
    return wire::elements(value, field, most, [&](json::value const& one) -> Result<void> {
        into.push_back(TRY(each(one)));
        return {};
    });
}

// Lists that stand alone in an object: "bank": {"accounts": […]}.
template <class Value, class Each>
Result<void> read_inner(json::value const& value, std::string_view field, std::string_view inner,
                        std::vector<Value>& into, Each each) {
    TRY_VOID(wire::fields(value, field, [&](std::string_view name, json::value const& v) -> Result<bool> {
        if (name != inner) return false;
        TRY_VOID(read_list(v, name, list_max, into, each));
        return true;
    }));
    if (into.empty()) return missing(std::string(field) + "." + std::string(inner));
    return {};
}

Result<Read> read_all(json::value const& tree, TradeSource const& source) {
    Read all;
    auto& dealing = all.trade.dealing;
    TRY_VOID(wire::fields(tree, "", [&](std::string_view name, json::value const& v) -> Result<bool> {
        if (name == "fees")
            TRY_VOID(read_list(v, name, list_max, dealing.fees, fee));
        else if (name == "plans")
            TRY_VOID(read_list(v, name, plans_max, dealing.plans, plan));
        else if (name == "days")
            TRY_VOID(read_days(v, name, dealing.days));
        else if (name == "custody")
            TRY_VOID(read_custody(v, name, dealing));
        else if (name == "mediator")
            dealing.mediator = TRY(mediator(v, name));
        else if (name == "rates")
            TRY_VOID(read_list(v, name, list_max, dealing.rates, rate));
        else if (name == "bank")
            TRY_VOID(read_inner(v, name, "accounts", all.accounts, bank_account));
        else if (name == "cash")
            TRY_VOID(read_inner(v, name, "counters", all.counters, counter));
        else if (name == "mobile")
            all.wallet = TRY(wallet(v, name, source));
        else if (name == "card")
            all.cards = TRY(cards(v, name, source));
        else
            return false;
        return true;
    }));
    return all;
}

// Each thing once: of two that say the same to different ends, nobody could say which one holds.
template <class List, class Mark>
Result<void> each_once(List const& list, std::string_view name, std::string_view field, Mark mark) {
    std::set<decltype(mark(*list.begin()))> seen;
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (!seen.insert(mark(list[i])).second)
            return wrong(at(name, i) + "." + std::string(field), "stands twice");
    }
    return {};
}
Result<void> all_once(Read const& all) {
    auto const& dealing = all.trade.dealing;
    TRY_VOID(each_once(dealing.fees, "fees", "minimum",
                       [](deal::Fee const& one) { return std::string(one.minimum.currency().text()); }));
    TRY_VOID(each_once(dealing.plans, "plans", "key", [](Plan const& one) { return one.key; }));
    TRY_VOID(each_once(dealing.rates, "rates", "get", [](OwnRate const& one) {
        return std::tuple(std::string(one.seller_in.text()), std::string(one.from.text()),
                          std::string(one.to.text()));
    }));
    TRY_VOID(each_once(all.accounts, "bank.accounts", "account", [](pay::BankAccount const& one) {
        return std::pair(one.account, std::string(one.currency.text()));
    }));
    return each_once(all.counters, "cash.counters", "name",
                     [](pay::Cash::Counter const& one) { return one.name; });
}

// What terms with these settings would be refused for, said of the settings.
Result<void> may_be_agreed(Dealing const& dealing) {
    auto const usual = std::vector<deal::Milestone>{
        {"payment", Decimal(100), deal::Point::accepted, deal::Point::delivered}};
    auto const check_with = [&](Currency currency, auto change, std::string const& from,
                                std::string const& to) -> Result<void> {
        constexpr std::int64_t much = 1'000'000'000'000;
        Money const total(much, currency);
        auto const country = TRY(Country::parse("KE"));
        auto const unit = TRY(Unit::parse("H87"));
        deal::Line const line{
            deal::ProductId(db::IdBytes{}), 1, "goods", Decimal(1), unit, Decimal(1), total, total};
        deal::Terms terms{.lines = {line},
                          .sending = Money::zero(currency),
                          .total = total,
                          .from = country,
                          .to = country,
                          .milestones = usual,
                          .fee = {Decimal(0), Money::zero(currency), Round::half_up}};
        change(terms);
        auto const done = deal::may_be_agreed(terms);
        if (done) return {};
        std::string field(done.error().field());
        if (field.starts_with(from)) field.replace(0, from.size(), to);
        return refuse(done.error().code(), field, done.error().detail());
    };
    auto const usd = currency::USD;
    for (std::size_t i = 0; i < dealing.fees.size(); ++i) {
        auto const& one = dealing.fees[i];
        TRY_VOID(check_with(
            one.minimum.currency(), [&](deal::Terms& terms) { terms.fee = one; }, "fee", at("fees", i)));
    }
    for (std::size_t i = 0; i < dealing.plans.size(); ++i) {
        auto const& one = dealing.plans[i];
        TRY_VOID(check_with(
            usd, [&](deal::Terms& terms) { terms.milestones = one.milestones; }, "milestones",
            at("plans", i) + ".milestones"));
    }
    TRY_VOID(check_with(usd, [&](deal::Terms& terms) { terms.days = dealing.days; }, "days", "days"));
    return check_with(
        usd,
        [&](deal::Terms& terms) {
            terms.custody = dealing.custody;
            terms.custodian = dealing.custodian;
        },
        "custodian", "custody.name");
}

// ---- shown ------------------------------------------------------------------------------------------------

std::string text_of(Decimal const& number, Currency currency) {
    return number.brief() + " " + std::string(currency.text());
}
std::string text_of(Money const& money) { return money.text() + " " + std::string(money.currency().text()); }

template <class List, class Each>
void write_list(Writer& w, std::string_view name, List const& list, Each each) {
    w.key(name);
    w.open('[');
    for (auto const& one : list) {
        w.open('{');
        each(one);
        w.close('}');
    }
    w.close(']');
}

void write_terms(Writer& w, Dealing const& dealing) {
    write_list(w, "fees", dealing.fees, [&](deal::Fee const& one) {
        w.text("percent", one.percent.brief());
        w.text("minimum", text_of(one.minimum));
        w.text("round", allroads::text_of(one.round));
    });
    write_list(w, "plans", dealing.plans, [&](Plan const& plan_of) {
        w.text("key", plan_of.key);
        write_list(w, "milestones", plan_of.milestones, [&](deal::Milestone const& one) {
            w.text("key", one.key);
            w.text("percent", one.percent.brief());
            w.text("due", points[static_cast<std::size_t>(one.due)]);
            w.text("release", points[static_cast<std::size_t>(one.release)]);
        });
    });
    w.key("days");
    w.open('{');
    w.number("pay", dealing.days.pay);
    w.number("make", dealing.days.make);
    w.number("deliver", dealing.days.deliver);
    w.number("inspect", dealing.days.inspect);
    w.number("answer", dealing.days.answer);
    w.number("escalate", dealing.days.escalate);
    w.number("decide", dealing.days.decide);
    w.close('}');
    w.key("custody");
    w.open('{');
    w.text("held_by", custodies[static_cast<std::size_t>(dealing.custody)]);
    if (!dealing.custodian.empty()) w.text("name", dealing.custodian);
    w.close('}');
    if (dealing.mediator) {
        w.key("mediator");
        w.open('{');
        w.text("account", db::id_text(dealing.mediator->id));
        if (!dealing.mediator->name.empty()) w.text("name", dealing.mediator->name);
        w.close('}');
    }
    write_list(w, "rates", dealing.rates, [&](OwnRate const& one) {
        w.text("seller_in", one.seller_in.text());
        w.text("give", text_of(one.denominator, one.from));
        w.text("get", text_of(one.numerator, one.to));
        if (!one.source.empty()) w.text("source", one.source);
        w.number("days", one.days);
    });
}

void write_wallet(Writer& w, Wallet const& wallet_of) {
    auto const& terms = *wallet_of.terms;
    w.key("mobile");
    w.open('{');
    w.text("cap", text_of(terms.cap));
    w.text("least", text_of(terms.least));
    w.text("till", terms.till);
    if (!terms.name.empty()) w.text("name", terms.name);
    if (!terms.callback_address.empty()) w.text("callback_address", terms.callback_address);
    if (wallet_of.secret) {
        w.key("callback_secret");
        write_secret(w, *wallet_of.secret);
    }
    if (wallet_of.gate) {
        w.text("provider", wallet_of.gate->address);
        if (!wallet_of.gate->credentials.empty()) w.text("credentials", wallet_of.gate->credentials);
    }
    w.close('}');
}

void write_ways(Writer& w, Read const& all) {
    if (!all.accounts.empty()) {
        w.key("bank");
        w.open('{');
        write_list(w, "accounts", all.accounts, [&](pay::BankAccount const& one) {
            w.text("currency", one.currency.text());
            w.text("account", one.account);
            if (!one.bank.empty()) w.text("bank", one.bank);
            w.text("name", one.name);
        });
        w.close('}');
    }
    if (!all.counters.empty()) {
        w.key("cash");
        w.open('{');
        write_list(w, "counters", all.counters, [&](pay::Cash::Counter const& one) {
            w.text("name", one.name);
            if (!one.place.empty()) w.text("place", one.place);
        });
        w.close('}');
    }
    if (all.wallet.terms) write_wallet(w, all.wallet);
    if (all.cards.terms) {
        w.key("card");
        w.open('{');
        w.key("secrets");
        w.open('[');
        for (auto const& one : all.cards.secrets) write_secret(w, one);
        w.close(']');
        w.number("tolerance_seconds", all.cards.terms->tolerance.count());
        w.key("live");
        w.raw(all.cards.terms->is_live ? "true" : "false");
        w.close('}');
    }
}

std::string shown(Read const& all) {
    std::string text;
    {
        Writer w(text);
        w.open('{');
        write_terms(w, all.trade.dealing);
        write_ways(w, all);
        w.close('}');
    }
    return text;
}

// ---- files ------------------------------------------------------------------------------------------------

// Refused where it cannot be read, is no plain file or is longer than `most`.
struct Kept {
    std::string bytes = {};
    bool is_owners_alone = false;  // nobody else reads it
    bool is_strangers = false;     // everybody of this machine may read or change it
};
Result<Kept> kept(fs::path const& file, std::size_t most) {
    struct ::stat about{};
    if (::stat(file.c_str(), &about) != 0)
        return refuse(Code::not_found, "", "there is no file " + file.string());
    if (!S_ISREG(about.st_mode)) return refuse(Code::bad_value, "", file.string() + " is no file");
    Kept one;
    one.is_owners_alone = (about.st_mode & (S_IRWXG | S_IRWXO)) == 0;
    one.is_strangers = (about.st_mode & S_IRWXO) != 0;
    std::ifstream in(file, std::ios::binary);
    one.bytes.assign(most + 1, '\0');
    in.read(one.bytes.data(), static_cast<std::streamsize>(one.bytes.size()));
    one.bytes.resize(static_cast<std::size_t>(in.gcount()));
    if (!in.eof() && one.bytes.size() <= most)
        return refuse(Code::unavailable, "", file.string() + " cannot be read");
    if (one.bytes.size() > most)
        return refuse(Code::too_long, "", "expected at most " + std::to_string(most) + " bytes");
    return one;
}

Result<std::string> kept_secret(fs::path const& file) {
    auto one = TRY(kept(file, secret_bytes_max));
    if (one.is_strangers)
        return refuse(Code::not_allowed, "", "everybody here can read " + file.string() + ": chmod 600");
    return std::move(one.bytes);
}

}  // namespace

Result<std::vector<pay::Field>> parse_credentials(std::string_view text) {
    constexpr std::size_t lines_max = 10;
    constexpr std::array<std::string_view, 5> ours{"host", "content-length", "content-type",
                                                   "x-correlationid", "x-callback-url"};
    std::vector<pay::Field> all;
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        auto const one = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (one.empty()) continue;
        auto const colon = one.find(':');
        auto const name = one.substr(0, std::min(colon, one.size()));
        auto const value = colon == std::string_view::npos ? std::string_view() : trim(one.substr(colon + 1));
        bool const is_name =
            !name.empty() && name.size() <= key_bytes_max && std::ranges::all_of(name, [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
            });
        bool const is_value =
            !value.empty() && std::ranges::all_of(value, [](char c) { return c >= ' ' && c < '\x7f'; });
        std::string lower(name);
        for (auto& c : lower)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        // The line itself is in no refusal: it is a secret.
        if (!is_name || !is_value || std::ranges::find(ours, lower) != ours.end() || all.size() == lines_max)
            return wrong("",
                         "expected at most 10 lines such as \"Authorization: Bearer …\"; those that we "
                         "write ourselves are not among them");
        all.push_back({std::string(name), std::string(value)});
    }
    if (all.empty()) return wrong("", "expected lines such as \"Authorization: Bearer …\"");
    return all;
}

Result<std::vector<pay::Field>> credentials_in(fs::path const& file) {
    return parse_credentials(TRY(kept_secret(file)));
}

Result<Trade> parse_trade(std::string_view text, TradeSource const& source) {
    auto const tree = TRY(wire::parse(text, trade_bytes_max));
    auto all = TRY(read_all(tree, source));
    TRY_VOID(all_once(all));
    TRY_VOID(may_be_agreed(all.trade.dealing));
    auto& trade = all.trade;
    trade.shown = shown(all);
    auto& ways = trade.dealing.ways;
    if (!all.accounts.empty()) ways.push_back(std::make_shared<pay::Bank>(std::move(all.accounts)));
    if (all.wallet.terms) ways.push_back(std::make_shared<pay::MobileMoney>(std::move(*all.wallet.terms)));
    if (all.cards.terms) ways.push_back(std::make_shared<pay::Card>(std::move(*all.cards.terms)));
    if (!all.counters.empty()) ways.push_back(std::make_shared<pay::Cash>(std::move(all.counters)));
    if (all.wallet.gate) trade.gates.push_back(std::move(*all.wallet.gate));
    return std::move(trade);
}

Result<Trade> trade_of(fs::path const& data, fs::path const& file) {
    auto const chosen = file.empty() ? data / "trade.json" : file;
    std::error_code none;
    if (file.empty() && !fs::exists(chosen, none)) return parse_trade("{}", {});
    auto const beside = [folder = chosen.parent_path()](std::string_view name) {
        return folder / fs::path(name);  // as it is where it is absolute
    };
    auto settings = kept(chosen, trade_bytes_max);
    if (!settings) return std::unexpected(settings.error().within("trade"));
    TradeSource source;
    source.file = [&](std::string_view name) { return kept_secret(beside(name)); };
    source.environment = [](std::string_view name) -> Result<std::string> {
        auto const* const value = std::getenv(std::string(name).c_str());
        if (value == nullptr) return refuse(Code::not_found, "", "there is no such variable");
        return std::string(value);
    };
    source.may_hold_secrets = settings->is_owners_alone;
    source.may_be_plain = std::getenv("ALLROADS_WEBHOOKS_TO_LOOPBACK") != nullptr;
    auto trade = parse_trade(settings->bytes, source);
    if (!trade) return std::unexpected(trade.error().within("trade"));
    for (auto& gate : trade->gates)
        if (!gate.credentials.empty()) gate.credentials = beside(gate.credentials).string();
    return trade;
}

}  // namespace allroads::hub
