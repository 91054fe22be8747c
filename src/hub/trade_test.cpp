#include "hub/hub.h"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace {

using namespace allroads;
using namespace allroads::hub;
namespace fs = std::filesystem;

constexpr std::string_view long_secret = "a secret of thirty-two bytes or more";

TradeSource source() {
    TradeSource one;
    one.file = [](std::string_view name) -> Result<std::string> {
        if (name == "wallet.secret") return std::string(long_secret) + "\n";
        if (name == "short") return std::string("short");
        if (name == "keys") return std::string("Authorization: Bearer abc\n\nX-API-Key: d e f\n");
        if (name == "bad-keys") return std::string("Host: elsewhere\n");
        return refuse(Code::not_found, "", "there is no file " + std::string(name));
    };
    one.environment = [](std::string_view name) -> Result<std::string> {
        if (name == "CARD") return std::string("whsec_one");
        return refuse(Code::not_found, "", "there is no such variable");
    };
    return one;
}
// "code: field" of what is refused; empty where it holds.
std::string refused(std::string_view json) {
    auto const done = parse_trade(json, source());
    if (done) return {};
    CHECK(done.error().sentence().find(long_secret) == std::string::npos);
    return std::string(facts_of(done.error().code()).name) + ": " + std::string(done.error().field());
}

}  // namespace

TEST_CASE("settings that say nothing are those of a hub without any") {
    auto const trade = parse_trade("{}", source());
    REQUIRE(trade);
    CHECK(trade->dealing.fees.empty());
    CHECK(trade->dealing.ways.empty());
    CHECK(trade->dealing.custody == deal::Custody::hub);
    CHECK(trade->dealing.days == deal::Days{});
}

TEST_CASE("what was written is what holds, and is shown as it holds") {
    constexpr std::string_view text =
        R"({"fees":[{"percent":"2.50","minimum":"0.50 USD"},)"
        R"({"percent":"1","minimum":"0 JPY","round":"down"}],)"
        R"("plans":[{"key":"30-70","milestones":[)"
        R"({"key":"deposit","percent":"30","due":"accepted","release":"delivered"},)"
        R"({"key":"balance","percent":"70","due":"made","release":"delivered"}]}],)"
        R"("days":{"inspect":5},"custody":{"held_by":"bank","name":"A Bank"},)"
        R"("rates":[{"seller_in":"KE","give":"1 USD","get":"129.505 KES","days":7}],)"
        R"("bank":{"accounts":[{"currency":"USD","account":"DE36 0000 0000 0000 0000 00","name":"Hub"}]},)"
        R"("cash":{"counters":[{"name":"Kisumu"}]},)"
        R"("mobile":{"cap":"250000.00 KES","least":"10 KES","till":"247247",)"
        R"("callback_address":"https://hub.example/m","callback_secret":{"file":"wallet.secret"},)"
        R"("provider":"https://wallet.example/v1","credentials":"keys"},)"
        R"("card":{"secrets":[{"environment":"CARD"}],"live":false}})";
    auto const trade = parse_trade(text, source());
    REQUIRE_MESSAGE(trade, (trade ? std::string() : trade.error().sentence()));
    auto const& dealing = trade->dealing;
    REQUIRE(dealing.fees.size() == 2);
    CHECK(dealing.fees[0] == deal::Fee{*Decimal::parse("2.5"), Money(50, currency::USD), Round::half_up});
    CHECK(dealing.fees[1].round == Round::down);
    CHECK(dealing.plans[0].milestones[1].due == deal::Point::made);
    CHECK(dealing.days.inspect == 5);
    CHECK(dealing.days.pay == deal::Days{}.pay);
    CHECK(dealing.custodian == "A Bank");
    CHECK(dealing.rates[0].numerator == *Decimal::parse("129.505"));
    CHECK(dealing.rates[0].from == currency::USD);
    REQUIRE(dealing.ways.size() == 4);
    auto const* const bank = dynamic_cast<pay::Bank const*>(dealing.ways[0].get());
    REQUIRE(bank != nullptr);
    CHECK(bank->accounts()[0].account == "DE36000000000000000000");
    REQUIRE(trade->gates.size() == 1);
    CHECK(trade->gates[0].address == "https://wallet.example/v1");
    CHECK(trade->shown.find(long_secret) == std::string::npos);
    CHECK(trade->shown.find("whsec") == std::string::npos);
    auto const again = parse_trade(trade->shown, source());
    REQUIRE_MESSAGE(again, (again ? std::string() : again.error().sentence()));
    CHECK(again->shown == trade->shown);
}

TEST_CASE("what cannot hold is refused by its field") {
    CHECK(refused("[]") == "bad-value: ");
    CHECK(refused(R"({"fee":[]})") == "field-unknown: fee");
    CHECK(refused(R"({"fees":[{"percent":2.5,"minimum":"0 USD"}]})") ==
          "amount-not-decimal: fees[0].percent");
    CHECK(refused(R"({"fees":[{"percent":"51","minimum":"0 USD"}]})") == "bad-value: fees[0].percent");
    CHECK(refused(R"({"fees":[{"percent":"2"}]})") == "field-missing: fees[0].minimum");
    CHECK(refused(R"({"fees":[{"percent":"2","minimum":"0.001 USD"}]})") ==
          "amount-too-precise: fees[0].minimum");
    CHECK(refused(R"({"fees":[{"percent":"2","minimum":"0 USD"},{"percent":"3","minimum":"1 USD"}]})") ==
          "bad-value: fees[1].minimum");
    CHECK(refused(R"({"plans":[{"key":"a","milestones":[{"key":"b","percent":"99","due":"accepted",)"
                  R"("release":"delivered"}]}]})") == "bad-value: plans[0].milestones");
    CHECK(refused(R"({"plans":[{"key":"a","milestones":[{"key":"b","percent":"100","due":"made",)"
                  R"("release":"delivered"}]}]})") == "bad-value: plans[0].milestones[0].due");
    CHECK(refused(R"({"plans":[{"key":"A","milestones":[]}]})") == "bad-value: plans[0].key");
    CHECK(refused(R"({"days":{"pay":0}})") == "bad-value: days.pay");
    CHECK(refused(R"({"days":{"answer":9}})") == "bad-value: days.answer");
    CHECK(refused(R"({"custody":{"held_by":"bank"}})") == "bad-value: custody.name");
    CHECK(refused(R"({"custody":{"name":"A Bank"}})") == "field-missing: custody.held_by");
    CHECK(refused(R"({"mediator":{"account":"x"}})") == "bad-value: mediator.account");
    CHECK(refused(R"({"rates":[{"seller_in":"KE","give":"1 USD","get":"0 KES"}]})") ==
          "bad-value: rates[0].get");
    CHECK(refused(R"({"rates":[{"seller_in":"KE","give":"1 USD","get":"1 USD"}]})") ==
          "bad-currency: rates[0].get");
}

TEST_CASE("ways of paying that would lose money are refused by their field") {
    auto const account = [](std::string_view number) {
        return R"({"bank":{"accounts":[{"currency":"USD","name":"Hub","account":")" + std::string(number) +
               "\"}]}}";
    };
    CHECK(refused(account("DE36000000000000000000")).empty());
    CHECK(refused(account("DE36000000000000000001")) == "bad-value: bank.accounts[0].account");
    CHECK(refused(account("0100200300")) == "field-missing: bank.accounts[0].bank");
    CHECK(refused(R"({"bank":{"accounts":[]}})") == "field-missing: bank.accounts");
    CHECK(refused(R"({"cash":{"counters":[{"name":"A"},{"name":"A"}]}})") ==
          "bad-value: cash.counters[1].name");
    auto const mobile = [](std::string_view more) {
        return R"({"mobile":{"cap":"100 KES","least":"1 KES","till":"1")" + std::string(more) + "}}";
    };
    CHECK(refused(mobile("")).empty());
    CHECK(refused(mobile(R"(,"provider":"http://wallet.example")")) == "bad-value: mobile.provider");
    CHECK(refused(mobile(R"(,"provider":"https://me@wallet.example")")) == "bad-value: mobile.provider");
    CHECK(refused(mobile(R"(,"callback_address":"https://hub.example")")) ==
          "field-missing: mobile.callback_secret");
    CHECK(refused(mobile(R"(,"callback_secret":{"file":"short"})")) == "bad-value: mobile.callback_secret");
    CHECK(refused(mobile(R"(,"callback_secret":{"file":"none"})")) ==
          "not-found: mobile.callback_secret.file");
    CHECK(refused(mobile(R"(,"callback_secret":{"value":"a secret of thirty-two bytes or more"})")) ==
          "not-allowed: mobile.callback_secret.value");
    CHECK(refused(mobile(R"(,"provider":"https://w.example","credentials":"bad-keys")")) ==
          "bad-value: mobile.credentials");
    CHECK(refused(R"({"mobile":{"cap":"1 KES","least":"2 KES","till":"1"}})") == "bad-value: mobile.cap");
    CHECK(refused(R"({"mobile":{"cap":"1 KES","least":"1 USD","till":"1"}})") ==
          "bad-currency: mobile.least");
    CHECK(refused(R"({"card":{"secrets":[]}})") == "field-missing: card.secrets");
    CHECK(refused(R"({"card":{"secrets":[{}]}})") == "bad-value: card.secrets[0]");
}

TEST_CASE("a secret stands in the settings where nobody else can read them, and in a file alike") {
    auto name = (fs::temp_directory_path() / "allroads-trade-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    fs::path const folder(name);
    auto const write = [&](std::string_view file, std::string_view text, ::mode_t mode) {
        std::ofstream(folder / file) << text;
        REQUIRE(::chmod((folder / file).c_str(), mode) == 0);
    };
    CHECK(trade_of(folder)->dealing.ways.empty());
    CHECK(trade_of(folder, folder / "none.json").error().code() == Code::not_found);
    constexpr std::string_view held = R"({"card":{"secrets":[{"value":"whsec_one"}]}})";
    write("trade.json", held, 0644);
    auto const open = trade_of(folder);
    REQUIRE(!open);
    CHECK(open.error().field() == "trade.card.secrets[0].value");
    write("trade.json", held, 0600);
    CHECK(trade_of(folder)->dealing.ways.size() == 1);
    write("trade.json", R"({"card":{"secrets":[{"file":"card.secret"}]}})", 0644);
    write("card.secret", "whsec_one\n", 0644);
    CHECK(trade_of(folder).error().code() == Code::not_allowed);
    write("card.secret", "whsec_one\n", 0600);
    CHECK(trade_of(folder)->dealing.ways.size() == 1);
    std::error_code none;
    fs::remove_all(folder, none);
}
