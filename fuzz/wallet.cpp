// What wallets and card processors answer and tell: refused, or understood without a doubt about the amount.

#include "pay/pay.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace allroads;
    std::string_view const bytes(static_cast<char const*>(static_cast<void const*>(data)), size);
    Money const cap(25'000'000, currency::KES), least(1000, currency::KES);
    pay::MobileMoney const wallet({.cap = cap, .least = least, .callback_secret = std::string(32, 's')});
    pay::Transfer transfer;
    transfer.amount = cap;
    transfer.correlation = "c";
    transfer.sendings = 1;
    for (int const status : {200, 202, 400, 404, 500}) {
        for (auto const& told : {wallet.told_of_move(transfer, {status, std::string(bytes)}),
                                 wallet.told_of_ask(transfer, {status, std::string(bytes)})})
            check(told.at.empty() || told.at.starts_with("/transactions/") ||
                  told.at.starts_with("/requeststates/"));
    }
    (void)wallet.callback({.path = wallet.callback_path("c"), .fields = {}, .body = bytes});
    pay::Moment const now{};
    if (auto const seen = wallet.seen({.path = wallet.callback_path("in"), .fields = {}, .body = bytes}, now))
        for (auto const& one : *seen) check(one.amount.minor() > 0 && is_clean(one.said));
    pay::Card const card({.secrets = {"s"}});
    pay::Incoming event{.path = {}, .fields = {{"Stripe-Signature", std::string(bytes)}}, .body = bytes};
    (void)card.seen(event, now);
    event.fields[0].value = pay::signature_header("s", 0, bytes);
    if (auto const seen = card.seen(event, now))
        for (auto const& one : *seen) check(one.amount.minor() > 0 && is_clean(one.said));
    return 0;
}
