#include "contract/contract.h"
#include "contract/writer.h"

namespace allroads::contract {

namespace {

using freight::Advice;
using freight::AdviceCode;
using freight::Offer;
using freight::Rejection;
using freight::Why;

void write_source(Writer& w, Offer const& offer) {
    w.key("source");
    w.open('{');
    w.text("title", offer.source);
    w.text("url", offer.url);
    if (offer.valid_from != Day::first()) w.day("valid_from", offer.valid_from);
    if (offer.valid_to != Day::last()) w.day("valid_to", offer.valid_to);
    w.day("checked_on", offer.checked_on);
    w.close('}');
}

void write_truth(Writer& w, std::string_view name, bool truth) {
    w.key(name);
    w.raw(truth ? "true" : "false");
}

void write_offer(Writer& w, Offer const& offer) {
    w.open('{');
    w.text("road", freight::text_of(offer.road));
    w.text("carrier", offer.carrier);
    w.text("table", offer.name);
    w.text("title", offer.title);
    w.money("amount", offer.total);
    w.text("currency", offer.total.currency().text());
    if (offer.converted && offer.converted->currency() != offer.total.currency()) {
        w.key("converted");
        w.open('{');
        w.money("amount", *offer.converted);
        w.text("currency", offer.converted->currency().text());
        w.close('}');
    }
    w.decimal("chargeable_kg", offer.chargeable_kg);
    write_truth(w, "by_volume", offer.by_volume);
    write_truth(w, "measured", offer.is_measured);
    w.money("base", offer.base);
    w.key("surcharges");
    w.open('[');
    for (std::size_t i = 0; i < offer.surcharge_count; ++i) {
        w.open('{');
        w.text("name", offer.surcharges[i].name);
        w.money("amount", Money(offer.surcharges[i].minor, offer.total.currency()));
        w.close('}');
    }
    w.close(']');
    if (offer.days_min >= 0) w.number("days_min", offer.days_min);
    if (offer.days_max >= 0) w.number("days_max", offer.days_max);
    write_source(w, offer);
    w.text("confidence", freight::text_of(offer.standing));
    w.close('}');
}

void write_rejection(Writer& w, Rejection const& rejection) {
    w.open('{');
    w.text("road", freight::text_of(rejection.road));
    w.text("carrier", rejection.carrier);
    w.text("table", rejection.name);
    w.text("code", freight::text_of(rejection.why));
    if (rejection.parcel >= 0) w.number("package", rejection.parcel + 1);
    w.text("message", sentence_of(rejection));
    w.close('}');
}

void write_advice(Writer& w, Advice const& advice) {
    w.open('{');
    w.text("code", freight::text_of(advice.code));
    if (advice.parcel >= 0) w.number("package", advice.parcel + 1);
    w.text("message", sentence_of(advice));
    w.money("saving", advice.saving);
    w.text("currency", advice.saving.currency().text());
    if (!advice.now.is_zero()) w.decimal("now", advice.now);
    if (!advice.better.is_zero()) w.decimal("better", advice.better);
    if (!advice.side_cm.is_zero()) w.decimal("side_cm", advice.side_cm);
    if (advice.pieces != 0) w.number("pieces", advice.pieces);
    w.close('}');
}

template <class Row, class Write>
void write_list(Writer& w, std::string_view name, std::vector<Row> const& rows, Write write) {
    w.key(name);
    w.open('[');
    for (auto const& row : rows) write(w, row);
    w.close(']');
}

std::string parcel_name(std::int32_t parcel) { return "package " + std::to_string(parcel + 1); }

}  // namespace

void write_carriage(Writer& w, freight::Estimate const& estimate, std::vector<Advice> const& advice) {
    write_list(w, "freight_offers", estimate.offers, write_offer);
    write_list(w, "freight_refusals", estimate.rejections, write_rejection);
    write_list(w, "advice", advice, write_advice);
}

void append_carriage(std::string& out, quote::CarriageRequest const& request,
                     quote::Carriage const& carriage) {
    Writer w(out);
    w.open('{');
    w.text("from", request.from.text());
    w.text("to", request.to.text());
    w.day("date", request.date);
    w.text("edition", carriage.edition);
    write_carriage(w, carriage.estimate, carriage.advice);
    w.close('}');
}

std::string sentence_of(Advice const& advice) {
    auto const now = advice.now.brief();
    auto const better = advice.better.brief();
    auto const pieces = std::to_string(advice.pieces);
    switch (advice.code) {
        case AdviceCode::shrink_parcel:
            return "Each of " + parcel_name(advice.parcel) + " is billed by its " + now +
                   " cm3, not by its weight; at " + better + " cm3, the longest side cut to " +
                   advice.side_cm.brief() + " cm, weight decides.";
        case AdviceCode::just_above_step:
            return (advice.parcel < 0 ? "The consignment" : "Each of " + parcel_name(advice.parcel)) +
                   " is billed for " + now + " kg; at " + better + " kg or less it pays a step less.";
        case AdviceCode::bill_as_heavier:
            return "Let the carrier bill " + better + " kg instead of " + now +
                   ": from there on the kilogram costs less.";
        case AdviceCode::merge_parcels:
            if (advice.parcel < 0) return "Pack all " + pieces + " parcels in one.";
            return "Pack " + pieces + " of " + parcel_name(advice.parcel) + " in one.";
        case AdviceCode::split_parcel:
            return "Pack each of " + parcel_name(advice.parcel) + " in " + pieces +
                   " parcels of equal weight.";
    }
    return "";
}

std::string sentence_of(Rejection const& rejection) {
    auto const what = rejection.parcel < 0 ? std::string("the consignment") : parcel_name(rejection.parcel);
    auto const against = [&](std::string_view verb, std::string_view unit) {
        return what + " " + std::string(verb) + " " + rejection.found.brief() + " " + std::string(unit) +
               "; the most is " + rejection.limit.brief() + " " + std::string(unit);
    };
    switch (rejection.why) {
        case Why::weight_missing: return "the weight of " + what + " is missing";
        case Why::parcel_too_heavy:
        case Why::too_heavy: return against("weighs", "kg");
        case Why::too_long: return against("has a side of", "cm");
        case Why::girth_too_large: return against("has length and girth of", "cm");
        case Why::beyond_steps: return against("is billed for", "kg");
        case Why::too_large: return what + " is beyond what can be computed exactly";
    }
    return "";
}

}  // namespace allroads::contract
