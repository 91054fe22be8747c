#pragma once
// The words of a deal's documents, in the order of their enumerations.

#include "deal/deal.h"

#include <algorithm>
#include <array>

namespace allroads::deal::names {

inline constexpr std::array<std::string_view, 7> roles{"buyer",    "seller", "member", "clerk",
                                                       "mediator", "hub",    "time"};
inline constexpr std::array<std::string_view, deal::states> states{
    "asked",     "offered",  "agreed", "making",   "made",      "sent",     "delivered", "disputed",
    "escalated", "released", "closed", "refunded", "cancelled", "declined", "lapsed"};
inline constexpr std::array<std::string_view, deal::kinds> kinds{"ask",
                                                                 "order",
                                                                 "offer",
                                                                 "counter",
                                                                 "accept",
                                                                 "decline",
                                                                 "chosen-elsewhere",
                                                                 "request-lapses",
                                                                 "offer-lapses",
                                                                 "pay",
                                                                 "money-arrived",
                                                                 "payment-lapses",
                                                                 "cancel",
                                                                 "made",
                                                                 "hand-over",
                                                                 "track",
                                                                 "deliver",
                                                                 "delivery-assumed",
                                                                 "release",
                                                                 "release-due",
                                                                 "refund",
                                                                 "dispute",
                                                                 "answer",
                                                                 "evidence",
                                                                 "propose",
                                                                 "agree",
                                                                 "withdraw",
                                                                 "escalate",
                                                                 "answer-late",
                                                                 "escalation-due",
                                                                 "decide",
                                                                 "name-mediator",
                                                                 "pay-out",
                                                                 "transfer-done",
                                                                 "transfer-failed",
                                                                 "transfer-retry",
                                                                 "transfer-returned",
                                                                 "charge-back",
                                                                 "charge-back-reversed"};
inline constexpr std::array<std::string_view, 9> purposes{
    "funds", "held", "payable", "fee", "conversion", "rounding", "payout", "outside", "suspense"};
inline constexpr std::array<std::string_view, 5> holders{"buyer", "seller", "member", "deal", "hub"};
inline constexpr std::array<std::string_view, 3> progresses{"under-way", "done", "failed"};
inline constexpr std::array<std::string_view, 4> points{"accepted", "made", "handed-over", "delivered"};
inline constexpr std::array<std::string_view, 3> custodies{"hub", "bank", "trustee"};

// The value that is called so.
template <class Value, std::size_t size>
[[nodiscard]] Result<Value> place(std::array<std::string_view, size> const& all, std::string_view text) {
    auto const found = std::ranges::find(all, text);
    if (found != all.end()) return static_cast<Value>(found - all.begin());
    std::string words;
    for (auto const one : all) words += (words.empty() ? "" : ", ") + std::string(one);
    return refuse(Code::bad_value, "", "expected one of " + words);
}

}  // namespace allroads::deal::names
