// Goods on their way: made, handed over in parts, followed, delivered.
#include "deal/hidden.h"

#include <algorithm>

namespace allroads::deal {
namespace {

constexpr std::int32_t reports_max = 200;  // of one shipment

Result<Shipment*> shipment_under_way(Pass& pass) {
    auto const number = *pass.event.number;
    auto& all = pass.deal.shipments;
    if (number < 0 || static_cast<std::size_t>(number) >= all.size())
        return refuse(Code::not_found, "number", "there is no such shipment; the first is 0");
    auto& one = all[static_cast<std::size_t>(number)];
    if (one.delivered) return not_now(pass.deal, "number", "that shipment was delivered already");
    return &one;
}

bool is_all_delivered(Deal const& deal) {
    return is_all_sent(deal) &&
           std::ranges::all_of(deal.shipments, [](Shipment const& one) { return one.delivered.has_value(); });
}

}  // namespace

Result<void> ready(Pass& pass) {
    pass.deal.state = State::made;
    pass.fact("due", due_now(pass.deal));
    return let_go_reached(pass);
}

Result<void> hand_over(Pass& pass) {
    auto& deal = pass.deal;
    auto const owed = difference(due_by(deal, Point::made), paid(deal));
    if (TRY(owed).minor() > 0)
        return not_now(deal, "kind",
                       "before it is sent the buyer pays " + Pass::text_of_money(*owed) + " more");
    auto const left = left_to_send(deal);
    auto const& given = pass.event.quantities;
    if (given.size() != left.size())
        return refuse(Code::bad_value, "quantities", "expected one for each line of the terms");
    bool is_anything = false;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (given[i].is_negative() || given[i] > left[i])
            return refuse(Code::bad_quantity, "quantities[" + std::to_string(i) + "]",
                          "expected at most " + left[i].brief() + ", which is still to be sent");
        // A part so fine that what is left cannot be written any more is not handed over.
        if (!difference(left[i], given[i]))
            return refuse(Code::bad_quantity, "quantities[" + std::to_string(i) + "]",
                          "expected fewer decimals");
        is_anything = is_anything || !given[i].is_zero();
    }
    if (!is_anything) return refuse(Code::bad_quantity, "quantities", "nothing was handed over");
    if (deal.shipments.size() >= shipments_max)
        return not_now(deal, "kind", "there are as many shipments as there may be");
    deal.shipments.push_back({given, pass.now, pass.event.reference});
    deal.sent_at = pass.now;
    deal.state = State::sent;
    pass.stock = Stock::take;
    pass.fact("number", std::to_string(deal.shipments.size() - 1));
    pass.fact("reference", pass.event.reference);
    pass.fact("due", due_now(deal));
    return let_go_reached(pass);
}

Result<void> track(Pass& pass) {
    auto* const one = TRY(shipment_under_way(pass));
    if (one->reports >= reports_max)
        return not_now(pass.deal, "number", "the carrier has said as much as can be held");
    ++one->reports;
    one->last = pass.event.reference;
    pass.fact("number", std::to_string(*pass.event.number));
    pass.fact("report", pass.event.reference);
    return {};
}

Result<void> deliver(Pass& pass) {
    auto* const one = TRY(shipment_under_way(pass));
    if (pass.event.by.role != Role::buyer && pass.event.reference.empty())
        return refuse(Code::field_missing, "reference", "which proof is there that it arrived?");
    one->delivered = pass.now;
    one->proof = pass.event.reference;
    pass.fact("number", std::to_string(*pass.event.number));
    pass.fact("proof", one->proof);
    if (is_all_delivered(pass.deal)) {
        pass.deal.state = State::delivered;
        pass.deal.delivered_at = pass.now;
        pass.fact("days", std::to_string(pass.deal.terms().days.inspect));
    }
    return {};
}

Result<void> delivery_assumed(Pass& pass) {
    for (auto& one : pass.deal.shipments)
        if (!one.delivered) one.delivered = pass.now;
    pass.deal.state = State::delivered;
    pass.deal.delivered_at = pass.now;
    pass.fact("days", std::to_string(pass.deal.terms().days.inspect));
    return {};
}

}  // namespace allroads::deal
