#include "web/showing.h"

#include "contract/contract.h"

#include <algorithm>

namespace allroads::web {
namespace {

using locale::to_say;
using tariff::Kind;

// Whole percent of the delivered price is told in words as well, since colours alone tell nobody.
PartKind part_of(Kind kind) {
    if (kind <= Kind::safeguard) return PartKind::duty;
    if (kind == Kind::excise || kind == Kind::vat) return PartKind::taxes;
    return PartKind::fees;
}

std::string_view name_of(PartKind kind) {
    switch (kind) {
        case PartKind::goods: return to_say("Goods");
        case PartKind::freight: return to_say("Freight");
        case PartKind::duty: return to_say("Duty");
        case PartKind::taxes: return to_say("Taxes");
        case PartKind::fees: return to_say("Fees");
        case PartKind::unknown: break;
    }
    return to_say("Not known");
}

std::string_view words_of(Kind kind) {
    switch (kind) {
        case Kind::third_country: return to_say("The ordinary duty on these goods there.");
        case Kind::preference: return to_say("The lower duty of a trade agreement or program.");
        case Kind::suspension: return to_say("The ordinary duty is lowered for a time.");
        case Kind::quota: return to_say("A lower duty for a limited quantity.");
        case Kind::surcharge: return to_say("An extra duty that comes on top of the ordinary one.");
        case Kind::antidumping: return to_say("An extra duty against goods sold too cheaply abroad.");
        case Kind::countervailing: return to_say("An extra duty against goods that a state subsidises.");
        case Kind::safeguard: return to_say("An extra duty that protects makers there for a time.");
        case Kind::excise: return to_say("A tax on certain goods, whoever makes them.");
        case Kind::fee: return to_say("A fee of customs or another authority.");
        case Kind::vat: return to_say("Value added tax or its like, also paid on goods made there.");
        case Kind::handling: return to_say("What the carrier or the post asks for clearing the parcel.");
    }
    return {};
}

std::string money(Visit const& visit, Money const& amount) { return visit.tongue.money(amount); }

std::string photo_address(std::string_view digest, std::int32_t width, std::string_view extension) {
    return "/photos/" + std::string(digest) + "-" + std::to_string(width) + std::string(extension);
}

void set_photo(Page& page, shop::Photo const& photo, std::int32_t width, bool is_later) {
    page.set("PHOTO_URL", photo_address(photo.digest, 1280, ".jpg"));
    page.set("PHOTO_AVIF", photo_address(photo.digest, width, ".avif"));
    page.set("PHOTO_WEBP", photo_address(photo.digest, width, ".webp"));
    page.set("PHOTO_JPEG", photo_address(photo.digest, width, ".jpg"));
    page.set("PHOTO_ALT", photo.alt);
    auto const shown_width = std::min(width, std::max(photo.width, 1));
    page.set("PHOTO_WIDTH", std::to_string(shown_width));
    auto const height =
        photo.width > 0 ? std::int64_t{photo.height} * shown_width / photo.width : shown_width;
    page.set("PHOTO_HEIGHT", std::to_string(height));
    if (is_later) page.show("PHOTO_LATER");
}

std::string days_text(Visit const& visit, std::int32_t least, std::int32_t most) {
    if (most == 0) return {};
    if (least == most) return visit.tongue.say_many("{1} day", "{1} days", most);
    return locale::fill(visit.say("{{FROM}} to {{TO}} days"), {{"FROM", visit.tongue.number(Decimal(least))},
                                                               {"TO", visit.tongue.number(Decimal(most))}});
}

contract::Manner in_words(Visit const& visit) {
    return {.say = [&visit](std::string_view text) { return visit.say(text); },
            .day = [&visit](Day day) { return visit.tongue.date(day); },
            .number = [&visit](Decimal const& number) { return visit.tongue.number(number, number.scale()); },
            .name = [](std::string_view name) { return locale::isolated(name); }};
}

// ---- charges

void set_law(Page& page, Visit const& visit, quote::Source const& source) {
    if (source.title.empty()) return;
    auto& law = page.add("CHARGE_LAW");
    law.set("LAW_URL", source.url);
    law.set("LAW_TITLE", source.title);
    law.set("LAW_REF", source.ref);
    std::string days;
    if (source.valid_from != Day::first())
        days = locale::fill(visit.say("since {{DAY}}"), {{"DAY", visit.tongue.date(source.valid_from)}});
    if (source.valid_to != Day::last()) {
        days += (days.empty() ? "" : ", ") +
                locale::fill(visit.say("until {{DAY}}"), {{"DAY", visit.tongue.date(source.valid_to)}});
    }
    law.set("LAW_DAYS", days.empty() ? std::string(visit.say("without a limit of time")) : days);
    law.set("LAW_CHECKED",
            source.checked_on ? visit.tongue.date(*source.checked_on) : visit.say("an unknown day"));
}

void add_charge(Page& page, Visit const& visit, quote::Charge const& charge) {
    auto& one = page.add("CHARGES");
    one.set("CHARGE_NAME", contract::name_of(charge, in_words(visit).say));
    one.set("CHARGE_WORDS", visit.say(words_of(charge.kind)));
    if (charge.known) {
        one.set("CHARGE_AMOUNT", money(visit, charge.amount));
    } else {
        auto& unknown = one.add("CHARGE_UNKNOWN");
        unknown.set("CHARGE_WHY", charge.needs.empty() ? charge.why : charge.needs);
    }
    if (!charge.suppressed_by.empty()) {
        if (charge.is_waived) {
            one.show("CHARGE_WAIVED");
        } else {
            one.add("CHARGE_REPLACED").set("REPLACED_BY", charge.suppressed_by);
        }
    }
    if (!charge.rate().empty()) {
        auto& sum = one.add("CHARGE_SUM");
        sum.set("CHARGE_RATE", charge.rate());
        sum.set("CHARGE_BASE", money(visit, charge.base));
    }
    set_law(one, visit, quote::source_of(charge));
    one.show(charge.confidence == tariff::Confidence::official    ? Name("SURE_OFFICIAL")
             : charge.confidence == tariff::Confidence::secondary ? Name("SURE_SECONDARY")
                                                                  : Name("SURE_ASSUMED"));
}

std::span<quote::Charge const> charges_of(quote::Quote const& quote) {
    if (quote.chosen < 0) return {};
    auto const& range = quote.options[static_cast<std::size_t>(quote.chosen)].charges;
    return std::span(quote.charges).subspan(range.first, range.count);
}

bool is_whole(hub::Delivered const& delivered) {
    return delivered.sending.has_value() && delivered.quote.status == quote::Status::complete;
}

void set_parts(Page& page, Visit const& visit, std::vector<Part> const& parts,
               hub::Delivered const& delivered) {
    for (auto const& part : parts) {
        auto& row = page.add("PARTS");
        row.set("PART_KEY_SVG", key_of_part(part.kind));
        row.set("PART_NAME", part.name);
        if (part.amount) {
            row.set("PART_AMOUNT", part.amount_text);
        } else {
            row.show("PART_UNKNOWN");
        }
        if (part.kind == PartKind::freight && delivered.sending) {
            auto const& lane = *delivered.sending->lane;
            auto const days = days_text(visit, lane.days_min, lane.days_max);
            row.add("PART_NOTE")
                .set("NOTE_TEXT",
                     std::string(visit.say(road_words(lane.road))) + (days.empty() ? "" : ", " + days));
        }
    }
}

// Warnings that the page tells otherwise, or that are only of use to who sends a request.
bool is_told_elsewhere(quote::Finding const& finding, hub::Delivered const& delivered) {
    return finding.code == "freight-missing" || (finding.code == "insurance-missing") ||
           (finding.code == "pre-carriage-missing" && delivered.sending);
}

void set_warnings(Page& page, Visit const& visit, hub::Delivered const& delivered) {
    std::vector<std::string> texts;
    for (auto const& finding : delivered.quote.warnings) {
        if (is_told_elsewhere(finding, delivered)) continue;
        auto sentence = contract::sentence_of(finding, in_words(visit));
        if (std::ranges::find(texts, sentence) == texts.end()) texts.push_back(std::move(sentence));
    }
    if (texts.empty()) return;
    auto& section = page.add("WARNINGS");
    for (auto const& text : texts) section.add("WARNING_LIST").set("WARNING_TEXT", text);
}

// Ways that would cost less than the chosen one, if a proof were shown.
void set_savings(Page& page, Visit const& visit, hub::Delivered const& delivered) {
    auto const& quote = delivered.quote;
    if (quote.chosen < 0 || !is_whole(delivered)) return;
    auto const& chosen = quote.options[static_cast<std::size_t>(quote.chosen)];
    Page* section = nullptr;
    constexpr int told_max = 3;
    int told = 0;
    for (auto const& option : quote.options) {
        bool const may_be = option.complete && option.proofs_missing.count != 0 &&
                            !(option.is_judged && option.qualifies == origin::Outcome::fails) &&
                            option.landed_total.minor() < chosen.landed_total.minor();
        if (!may_be || told == told_max) continue;
        ++told;
        if (section == nullptr) section = &page.add("SAVINGS");
        auto& one = section->add("SAVING_LIST");
        one.set("SAVING_NAME", contract::name_of(option));
        one.set("SAVING_PRICE", money(visit, option.landed_total));
        one.set("SAVING_AMOUNT", money(visit, Money(chosen.landed_total.minor() - option.landed_total.minor(),
                                                    chosen.landed_total.currency())));
        std::string proofs;
        for (std::size_t i = 0; i < option.proofs_missing.count; ++i)
            proofs +=
                (proofs.empty() ? "" : ", ") + std::string(quote.proofs[option.proofs_missing.first + i]);
        one.set(
            "SAVING_PROOF",
            locale::fill(visit.say("It takes this proof: {{PROOF}}. Ask the shop for it before you order."),
                         {{"PROOF", locale::isolated(proofs)}}));
    }
}

// The bar and the price of each, for a hit that is completely priced.
void set_bar(Page& one, Visit const& visit, hub::Shown const& shown, Decimal const& quantity) {
    auto const delivered =
        visit.site.hub.delivered(shown, {.door = *visit.quote_door(), .quantity = quantity});
    if (!delivered || !is_whole(*delivered)) return;
    one.add("HIT_BAR").set("HIT_BAR_SVG", stacked_bar(parts_of(visit, *delivered), visit.direction(),
                                                      visit.say("What the price is made of")));
    if (delivered->quote.per_unit && delivered->quantity != Decimal(1))
        one.add("HIT_EACH").set("HIT_EACH_PRICE", money(visit, *delivered->quote.per_unit));
}

}  // namespace

void set_unknowns(Page& page, Visit const& visit, quote::Quote const& quote, bool is_sending_known) {
    if (is_sending_known && quote.status == quote::Status::complete) return;
    auto& section = page.add("UNKNOWNS");
    auto const say = [&](std::string_view text) { section.add("UNKNOWN_LIST").set("UNKNOWN_TEXT", text); };
    if (!is_sending_known)
        say(
            visit.say("What sending it there costs: the shop names no price. Duty and tax on the "
                      "freight are missing with it."));
    for (auto const& finding : quote.unknown) {
        if (finding.code != "code-incomplete") {
            say(contract::sentence_of(finding, in_words(visit)));
            continue;
        }
        say(
            visit.say("Which line of the tariff there these goods belong to: the shop's "
                      "customs code is too short to say, and the lines pay different duties:"));
        constexpr std::size_t told_max = 6;
        for (std::size_t i = 0; i < std::min(quote.choices.size(), told_max); ++i) {
            auto const& choice = quote.choices[i];
            say(choice.code.dotted() + ": " + std::string(choice.duty) +
                (choice.text.empty() ? "" : " (" + excerpt(choice.text, 90) + ")"));
        }
    }
}

std::string address_of(hub::Shown const& shown) { return "/goods/" + shown.id.text(); }

std::string_view terms_words(quote::Incoterm terms) {
    using enum quote::Incoterm;
    switch (terms) {
        case EXW: return to_say("the buyer fetches the goods at the seller's works");
        case FCA: return to_say("the seller clears the goods for export and hands them to the carrier there");
        case FAS: return to_say("the seller brings the goods beside the ship");
        case FOB: return to_say("the seller brings the goods on board");
        case CFR:
        case CPT: return to_say("the seller pays the carriage to that place");
        case CIF:
        case CIP: return to_say("the seller pays carriage and insurance to that place");
        case DAP:
        case DPU: return to_say("the seller brings the goods to that place; the buyer pays duty and tax");
        case DDP: return to_say("the seller brings the goods to that place, duty and tax paid");
    }
    return {};
}

std::string_view road_words(freight::Road road) {
    switch (road) {
        case freight::Road::post: return to_say("by post");
        case freight::Road::express: return to_say("by express");
        case freight::Road::air: return to_say("by air");
        case freight::Road::sea: return to_say("by sea");
        case freight::Road::road: return to_say("by road");
        case freight::Road::rail: return to_say("by rail");
    }
    return {};
}

std::string where_of(Visit const& visit, shop::Shop const& shop) {
    auto const country = visit.tongue.country_name(shop.country);
    return shop.place.empty() ? std::string(country) : shop.place + ", " + std::string(country);
}

std::string quantity_text(Visit const& visit, Decimal const& quantity, Unit unit) {
    return visit.tongue.quantity({.amount = quantity.stripped(), .unit = unit});
}

std::string name_of_key(Visit const& visit, std::span<shop::Named const> known, std::string_view key) {
    auto const found = std::ranges::find(known, key, &shop::Named::key);
    return std::string(found == known.end() ? key : visit.say(found->name));
}

std::vector<std::string> paragraphs_of(std::string_view text) {
    std::vector<std::string> paragraphs;
    while (!text.empty()) {
        auto const end = text.find("\n\n");
        auto const one = trim(text.substr(0, end));
        if (!one.empty()) paragraphs.emplace_back(one);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    }
    return paragraphs;
}

std::string summary_of(std::string_view text) {
    std::string line;
    for (char const letter : text.substr(0, 1000)) {
        bool const is_space = letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t';
        if (!is_space) line += letter;
        if (is_space && !line.empty() && line.back() != ' ') line += ' ';
    }
    constexpr std::size_t bytes_max = 157;
    return excerpt(trim(line), bytes_max);
}

std::string ready_text(Visit const& visit, shop::Product const& product) {
    switch (product.supply) {
        case shop::Supply::counted:
            return locale::fill(visit.say("in stock: {{QUANTITY}}"),
                                {{"QUANTITY", visit.tongue.number(product.stock->stripped())}});
        case shop::Supply::unlimited: return std::string(visit.say("always in stock"));
        case shop::Supply::made_to_order: break;
    }
    return visit.tongue.say_many("made in {1} day", "made in {1} days", product.lead_days);
}

void add_photos(Page& page, shop::Product const& product, std::int32_t width) {
    bool is_first = true;
    for (auto const& photo : product.photos) {
        auto& shown = page.add("PHOTOS");
        set_photo(shown, photo, width, !is_first);
        if (photo.alt.empty()) shown.show("PHOTO_UNNAMED");
        is_first = false;
    }
    if (is_first) page.show("NO_PHOTOS");
}

std::vector<Part> parts_of(Visit const& visit, hub::Delivered const& delivered) {
    auto const& quote = delivered.quote;
    std::vector<Part> parts;
    auto const add = [&](PartKind kind, std::optional<Money> const& amount) {
        parts.push_back({.kind = kind,
                         .name = std::string(visit.say(name_of(kind))),
                         .amount_text = amount ? money(visit, *amount) : std::string(visit.say("not known")),
                         .amount = amount ? std::optional(amount->amount()) : std::nullopt});
    };
    add(PartKind::goods, quote.goods_value);
    add(PartKind::freight, delivered.sending ? quote.freight : std::nullopt);
    for (auto const kind : {PartKind::duty, PartKind::taxes, PartKind::fees}) {
        std::optional<Money> sum = Money::zero(*quote.currency);
        bool is_there = false;
        for (auto const& charge : charges_of(quote)) {
            if (part_of(charge.kind) != kind) continue;
            is_there = true;
            if (!charge.known) {
                sum.reset();
            } else if (sum && charge.suppressed_by.empty()) {
                sum = Money(sum->minor() + charge.amount.minor(), sum->currency());
            }
        }
        if (is_there) add(kind, sum);
    }
    return parts;
}

void add_hit(Page& page, Visit const& visit, hub::Shown const& shown, search::Hit const* hit, bool is_first) {
    auto const& product = *shown.product;
    auto const& text = shop::text_in(product, visit.language());
    auto& one = page.add("HITS");
    one.set("HIT_URL", address_of(shown));
    one.set("HIT_TITLE", text.title);
    one.set("HIT_LANG", text.language);
    one.set("HIT_SHOP", shown.shop->name);
    one.set("HIT_SHOP_URL", "/shops/" + shown.shop->slug);
    one.set("HIT_ORIGIN", visit.tongue.country_name(product.origin));
    if (product.photos.empty()) {
        one.show("HIT_NO_PHOTO");
    } else {
        set_photo(one.add("HIT_PHOTO"), product.photos.front(), 320, !is_first);
    }
    auto const smallest = product.tiers.front().from;
    auto const quantity = hit != nullptr ? Decimal::of(hit->quantity, 3) : smallest;
    one.set("HIT_QUANTITY", quantity_text(visit, quantity, product.unit));
    one.set("HIT_LEAD", ready_text(visit, product));
    one.set("HIT_MINIMUM", locale::fill(visit.say("from {{QUANTITY}}"),
                                        {{"QUANTITY", quantity_text(visit, smallest, product.unit)}}));
    if (hit == nullptr) {
        // The price of as many as the line names: that of one beside a quantity would read as the price of
        // all.
        auto const& each = product.tiers.front().price;
        auto const goods = allroads::product(each.amount(), smallest);
        auto const all = goods ? Money::rounded(*goods, each.currency(), Round::half_up)
                               : Result<Money>(std::unexpected(goods.error()));
        if (all) {
            one.show("HIT_GOODS_ONLY");
            one.set("HIT_PRICE", money(visit, *all));
        }
        if (smallest != Decimal(1)) one.add("HIT_EACH").set("HIT_EACH_PRICE", money(visit, each));
        return;
    }
    if (!hit->landed) {
        one.show("HIT_NO_PRICE");
        one.set("HIT_MISSING", visit.say("No price can be given for this door."));
        return;
    }
    one.set("HIT_PRICE", money(visit, *hit->landed));
    if (hit->is_complete) {
        one.show("HIT_COMPLETE");
        set_bar(one, visit, shown, quantity);
    } else {
        one.show("HIT_PARTIAL");
        one.set("HIT_MISSING", hit->freight ? visit.say("A duty or tax is not known.")
                                            : visit.say("The shop names no price for sending it there."));
    }
}

void set_example(Page& page, Visit const& visit, std::vector<hub::Shown> const& products) {
    auto door = visit.quote_door();
    auto const today = visit.site.hub.today();
    if (!door) {
        door = quote::Door{
            .to = *Country::parse("DE"), .date = today, .known_on = today, .road = freight::Road::post};
    }
    for (auto const& shown : products) {
        auto const delivered = visit.site.hub.delivered(shown, {.door = *door});
        if (!delivered || !is_whole(*delivered)) continue;
        auto& section = page.add("EXAMPLE");
        auto const& text = shop::text_in(*shown.product, visit.language());
        section.set(
            "EXAMPLE_TITLE",
            locale::fill(visit.say("{{QUANTITY}}: {{TITLE}}, to {{COUNTRY}}"),
                         {{"QUANTITY", quantity_text(visit, delivered->quantity, shown.product->unit)},
                          {"TITLE", locale::isolated(text.title)},
                          {"COUNTRY", visit.tongue.country_name(door->to)}}));
        section.set("EXAMPLE_URL", address_of(shown));
        section.set("EXAMPLE_PRICE", money(visit, *delivered->quote.landed_total));
        auto const parts = parts_of(visit, *delivered);
        section.set("EXAMPLE_BAR_SVG",
                    stacked_bar(parts, visit.direction(), visit.say("What the price is made of")));
        for (auto const& part : parts) {
            auto& row = section.add("EXAMPLE_PARTS");
            row.set("PART_KEY_SVG", key_of_part(part.kind));
            row.set("PART_NAME", part.name);
            row.set("PART_AMOUNT", part.amount_text);
        }
        return;
    }
}

void set_slip(Page& page, Visit const& visit, hub::Shown const& shown, hub::Delivered const& delivered) {
    auto const& quote = delivered.quote;
    auto const quantity = quantity_text(visit, delivered.quantity, shown.product->unit);
    auto const country = visit.tongue.country_name(delivered.request.to);
    auto const for_home = visit.say("{{QUANTITY}} to {{COUNTRY}}, home");
    auto const for_business = visit.say("{{QUANTITY}} to {{COUNTRY}}, business");
    page.set("SLIP_FOR",
             locale::fill(delivered.request.buyer == quote::Buyer::consumer ? for_home : for_business,
                          {{"QUANTITY", quantity}, {"COUNTRY", country}}));
    set_unknowns(page, visit, delivered.quote, delivered.sending.has_value());
    page.show(is_whole(delivered) ? Name("SLIP_COMPLETE") : Name("SLIP_PARTIAL"));
    page.set("SLIP_PRICE", quote.landed_total ? money(visit, *quote.landed_total) : std::string());
    if (quote.per_unit && delivered.quantity != Decimal(1) && is_whole(delivered))
        page.add("SLIP_EACH").set("EACH_PRICE", money(visit, *quote.per_unit));
    auto const parts = parts_of(visit, delivered);
    page.add("SLIP_BAR")
        .set("SLIP_BAR_SVG", stacked_bar(parts, visit.direction(), visit.say("What the price is made of")));
    set_parts(page, visit, parts, delivered);
    set_warnings(page, visit, delivered);
    set_savings(page, visit, delivered);
    for (auto const& charge : charges_of(quote)) add_charge(page, visit, charge);
    page.set("SLIP_DAY", visit.tongue.date(delivered.request.date, locale::Length::full));
    std::string rates;
    for (auto const& note : quote.notes) {
        if (note.code == "exchange-rate")
            rates += (rates.empty() ? "" : " ") + contract::sentence_of(note, in_words(visit));
    }
    if (!rates.empty()) page.add("SLIP_RATES").set("RATES_TEXT", rates);
}

void set_papers(Page& page, Visit const& visit, hub::Delivered const& delivered) {
    for (auto const side : {tariff::Side::destination, tariff::Side::dispatch}) {
        Page* section = nullptr;
        auto const country =
            side == tariff::Side::destination ? delivered.request.to : delivered.request.from;
        for (auto const& document : delivered.quote.documents) {
            auto const& paper = *document.paper;
            if (paper.side != side) continue;
            if (section == nullptr) {
                section =
                    &page.add(side == tariff::Side::destination ? Name("PAPERS_IN") : Name("PAPERS_OUT"));
                section->set("PAPERS_COUNTRY", visit.tongue.country_name(country));
            }
            auto& one = section->add("PAPERS");
            one.set("PAPER_NAME", document.text(paper.name));
            one.set("PAPER_PURPOSE", document.text(paper.purpose));
            if (paper.issuer.size != 0)
                one.add("PAPER_ISSUER").set("ISSUER_NAME", document.text(paper.issuer));
            if (!document.certain) {
                one.add("PAPER_MAYBE")
                    .set("MAYBE_TEXT", locale::fill(visit.say("It depends on: {{FACT}}"),
                                                    {{"FACT", locale::isolated(document.settled_by)}}));
            }
            if (paper.kind == tariff::PaperKind::prohibition || paper.kind == tariff::PaperKind::restriction)
                one.show("PAPER_FORBIDS");
            auto const source = quote::source_of(document);
            if (source.title.empty()) continue;
            auto& law = one.add("PAPER_LAW");
            law.set("LAW_URL", source.url);
            law.set("LAW_TITLE", source.title);
        }
    }
}

}  // namespace allroads::web
