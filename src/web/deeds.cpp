// What each side does in an order: a page for every deed. Where money moves, what will happen is said in
// figures first, and done only when that was confirmed.
#include "web/deals.h"

#include <algorithm>

namespace allroads::web {
namespace {

using deal::Kind;
using deal::Role;
using deal::State;
using locale::to_say;

constexpr std::size_t deed_bytes_max = 512U * 1024;
constexpr std::size_t evidence_bytes_max = hub::file_bytes_max + deed_bytes_max;

std::string money(Visit const& visit, Money const& amount) { return visit.tongue.money(amount); }

struct Work {
    hub::DealView view;
    Kind kind;
    Role as;  // on which side the deed is done
    [[nodiscard]] deal::Deal const& deal() const { return view.deal; }
};

Result<Work> work_of(Visit const& visit) {
    TRY_VOID(must_be_person(visit));
    auto const id = deal::DealId::parse(visit.http.parameter("id"));
    auto const named = visit.http.parameter("deed");
    auto const kind = named.empty() ? Result<Kind>(Kind::evidence) : deal::parse_kind(named);
    if (!id || !kind || deed_words(*kind).empty())
        return refuse(Code::not_found, "deal", "there is no such order");
    auto view = TRY(visit.site.hub.deal(visit.caller, *id));
    auto as = looks_as(view);
    for (auto const& one : view.standings) {
        bool const is_hubs = one.by.role == Role::hub && *kind != Kind::decide;
        if (is_hubs || std::ranges::find(one.possible, *kind) == one.possible.end()) continue;
        as = one.by.role;
        break;
    }
    return Work{std::move(view), *kind, as};
}

// ---- fields -----------------------------------------------------------------------------------------------

void add_note(Sheet& sheet, Visit const& visit, std::string_view label, bool is_needed = false) {
    sheet.add({.name = "note",
               .label = std::string(label),
               .control = Control::area,
               .length_max = 2000,
               .is_required = is_needed});
    (void)visit;
}

void add_line(Sheet& sheet, std::string_view name, std::string_view label, std::string_view help = {},
              bool is_needed = false) {
    sheet.add({.name = std::string(name),
               .label = std::string(label),
               .help = std::string(help),
               .autocomplete = "off",
               .is_required = is_needed,
               .is_in_any_language = true});
}

void add_amount(Sheet& sheet, Visit const& visit, std::string_view label, Money const& most,
                std::string_view value = {}) {
    sheet.add({.name = "amount",
               .label = std::string(label) + " (" + std::string(most.currency().text()) + ")",
               .value = std::string(value),
               .help = locale::fill(visit.say("At most {{AMOUNT}}."), {{"AMOUNT", money(visit, most)}}),
               .keyboard = "decimal",
               .autocomplete = "off",
               .length_max = 24,
               .is_required = true,
               .is_short = true});
}

void add_shipment(Sheet& sheet, Visit const& visit, deal::Deal const& deal) {
    std::vector<Option> options;
    for (std::size_t i = 0; i < deal.shipments.size(); ++i) {
        auto const& one = deal.shipments[i];
        if (one.delivered) continue;
        auto words = moment_text(visit, one.at);
        if (!one.reference.empty()) words += " · " + locale::isolated(one.reference);
        options.push_back({std::to_string(i), std::move(words), options.empty()});
    }
    sheet.add({.name = "number",
               .label = std::string(visit.say("Which shipment?")),
               .control = Control::choose,
               .options = std::move(options)});
}

struct Reason {
    std::string_view key, words;
};
constexpr Reason reasons[] = {
    {"not-arrived", to_say("The goods did not arrive")},
    {"damaged", to_say("Goods are damaged")},
    {"not-as-described", to_say("Goods are not as they were described")},
    {"too-few", to_say("Goods are missing")},
    {"not-paid", to_say("The other side does not do its part")},
    {"other", to_say("Something else")},
};

// What may go back at most: what is held, or what the seller has not had paid out.
Money refundable(deal::Deal const& deal) {
    return deal.state == State::released ? deal.payees.front().payable : deal.sums->held;
}

Money due_to_pay(deal::Deal const& deal) {
    auto const now = deal::due_now(deal);
    return now.minor() > 0 ? now : deal::due_later(deal);
}

void add_quantities(Sheet& sheet, Visit const& visit, deal::Deal const& deal) {
    auto const left = deal::left_to_send(deal);
    auto const& lines = deal.terms().lines;
    for (std::size_t i = 0; i < left.size(); ++i) {
        sheet.add({.name = "quantity-" + std::to_string(i),
                   .label = lines[i].title,
                   .value = visit.tongue.number(left[i]),
                   .help = locale::fill(visit.say("Still to be sent: {{QUANTITY}}"),
                                        {{"QUANTITY", quantity_text(visit, left[i], lines[i].unit)}}),
                   .keyboard = "decimal",
                   .autocomplete = "off",
                   .length_max = 16,
                   .is_short = true});
    }
}

}  // namespace

void add_place_fields(Sheet& sheet, Visit const& visit) {
    std::vector<Option> ways;
    for (auto const way : visit.site.hub.ways()) {
        if (way == pay::Way::bank) ways.push_back({"bank", std::string(visit.say("To a bank account"))});
        if (way == pay::Way::mobile)
            ways.push_back({"mobile", std::string(visit.say("To a mobile money number"))});
        if (way == pay::Way::cash) ways.push_back({"cash", std::string(visit.say("In cash at a counter"))});
    }
    sheet.add({.name = "way",
               .label = std::string(visit.say("How is it to be paid out?")),
               .control = Control::choose,
               .options = std::move(ways)});
    sheet.add({.name = "account",
               .label = std::string(visit.say("Account (IBAN) or mobile number")),
               .help = std::string(visit.say("A number such as +254712345678, or an IBAN. Empty for cash.")),
               .autocomplete = "off",
               .length_max = 40});
    add_line(sheet, "bank", visit.say("Bank (BIC), where the account has no IBAN"));
    add_line(sheet, "name", visit.say("Name of who gets it"), {}, true);
}

namespace {

void add_destination(Sheet& sheet, Visit const& visit, deal::Deal const& deal) {
    add_place_fields(sheet, visit);
    std::vector<Option> currencies;
    auto const own = deal.terms().total.currency();
    auto const add = [&](Currency one) {
        auto const code = std::string(one.text());
        if (std::ranges::find(currencies, code, &Option::value) == currencies.end())
            currencies.push_back({code, std::string(visit.tongue.currency_name(one)) + " (" + code + ")"});
    };
    add(own);
    auto const country = shop_country_of(visit, deal);
    if (deal.terms().rate) add(deal.terms().rate->to);
    for (auto const& rate : visit.site.hub.dealing().rates)
        if (country && rate.seller_in == *country && rate.from == own) add(rate.to);
    std::erase_if(currencies, [&](Option const& one) {
        auto const to = Currency::parse(one.value);
        return !to || (*to != own && (!country || !rate_to(visit, *country, deal.terms(), *to)));
    });
    sheet.add({.name = "currency",
               .label = std::string(visit.say("In which currency?")),
               .control = Control::choose,
               .options = std::move(currencies)});
}

void add_file(Sheet& sheet, Visit const& visit) {
    sheet.add(
        {.name = "file",
         .label = std::string(visit.say("A photo or a paper")),
         .control = Control::files,
         .value = "image/jpeg,image/png,image/webp,application/pdf",
         .help = std::string(visit.say("One photo (JPEG, PNG, WebP) or PDF of at most 8 MB. The other side "
                                       "and who decides will see it, nobody else. Of a photo only the "
                                       "picture is kept, not where it was taken."))});
}

void add_fields(Sheet& sheet, Visit const& visit, Work const& work) {
    auto const& deal = work.deal();
    switch (work.kind) {
        case Kind::hand_over:
            add_quantities(sheet, visit, deal);
            add_line(sheet, "reference", visit.say("Carrier and number of the parcel"));
            add_note(sheet, visit, visit.say("Words for the buyer"));
            break;
        case Kind::track:
            add_shipment(sheet, visit, deal);
            add_line(sheet, "reference", visit.say("What the carrier says"), {}, true);
            break;
        case Kind::deliver:
            add_shipment(sheet, visit, deal);
            if (work.as != Role::buyer)
                add_line(sheet, "reference", visit.say("Which proof is there that it arrived?"),
                         visit.say("For example the number of the carrier's receipt, and who signed it."),
                         true);
            add_note(sheet, visit, visit.say("Words for the other side"));
            break;
        case Kind::release:
            add_amount(
                sheet, visit, visit.say("How much is released to the seller"), deal.sums->held,
                visit.tongue.number(deal.sums->held.amount(), deal.sums->held.currency().minor_digits()));
            add_note(sheet, visit, visit.say("Words for the seller"));
            break;
        case Kind::refund:
            add_amount(sheet, visit, visit.say("How much goes back to the buyer"), refundable(deal));
            add_note(sheet, visit, visit.say("Words for the buyer"));
            break;
        case Kind::dispute: {
            std::vector<Option> options;
            for (auto const& one : reasons)
                options.push_back({std::string(one.key), std::string(visit.say(one.words))});
            sheet.add({.name = "why",
                       .label = std::string(visit.say("What is wrong?")),
                       .control = Control::choose,
                       .options = std::move(options)});
            add_note(sheet, visit, visit.say("What happened, as exactly as you can"), true);
            add_line(sheet, "reference", visit.say("Where a proof can be seen"),
                     visit.say("For example the number of a receipt, or the address of a photo."));
            break;
        }
        case Kind::answer:
        case Kind::evidence:
            add_note(sheet, visit, visit.say("What you have to say"), true);
            if (work.kind == Kind::evidence) add_file(sheet, visit);
            add_line(sheet, "reference", visit.say("Where a proof can be seen"),
                     visit.say("For example the number of a receipt, or the address of a photo."));
            break;
        case Kind::propose:
        case Kind::decide:
            add_amount(sheet, visit, visit.say("How much goes back to the buyer"), deal.sums->held);
            add_note(sheet, visit, visit.say("Why"));
            break;
        case Kind::pay_out: add_destination(sheet, visit, deal); break;
        case Kind::pay:
        case Kind::agree:
        case Kind::accept: break;
        default: add_note(sheet, visit, visit.say("Words for the other side")); break;
    }
}

// ---- what it will do --------------------------------------------------------------------------------------

using Words = std::vector<std::string>;

void split_words(Words& words, Visit const& visit, deal::Deal const& deal, Money const& back) {
    auto const& sums = *deal.sums;
    auto const rest = Money(sums.held.minor() - back.minor(), back.currency());
    auto const released = Money(sums.released.minor() + rest.minor(), back.currency());
    auto const fee = deal::fee_of(deal.terms().fee, released);
    auto const more =
        fee ? Money(fee->minor() - sums.fee.minor(), back.currency()) : Money::zero(back.currency());
    words.push_back(
        locale::fill(visit.say("Of {{HELD}} held, {{BACK}} goes back to the buyer and {{REST}} to the "
                               "seller, of which the hub's fee is {{FEE}}."),
                     {{"HELD", money(visit, sums.held)},
                      {"BACK", money(visit, back)},
                      {"REST", money(visit, rest)},
                      {"FEE", money(visit, more)}}));
}

void payout_words(Words& words, Visit const& visit, pay::Destination const& to,
                  hub::PayoutQuote const& quote) {
    words.push_back(locale::fill(
        visit.say("{{AMOUNT}} is paid out to {{ACCOUNT}}, {{NAME}}."),
        {{"AMOUNT", money(visit, quote.payable)},
         {"ACCOUNT", to.account.empty() ? std::string(visit.say("a counter")) : locale::isolated(to.account)},
         {"NAME", locale::isolated(to.name)}}));
    if (!quote.rate) return;
    auto const own = quote.payable.currency(), turned = quote.comes_to.currency();
    Exchange const exchange{own, turned, quote.rate->numerator, quote.rate->denominator, Day::first(), {}};
    auto const each = exchange.per_unit(6);
    if (!each) return;
    words.push_back(locale::fill(
        visit.say("It is turned into {{CONVERTED}}: {{RATE}} for 1 {{CURRENCY}}."),
        {{"CONVERTED", money(visit, quote.comes_to)},
         {"RATE", locale::isolated(visit.tongue.number(each->stripped()) + " " + std::string(turned.text()))},
         {"CURRENCY", own.text()}}));
}

// What happens when this is done, in figures; `event` where it was read already.
Words consequences(Visit const& visit, Work const& work, deal::Event const* event) {
    auto const& deal = work.deal();
    Words words;
    auto const say = [&](std::string_view text, Money const& amount) {
        words.push_back(locale::fill(visit.say(text), {{"AMOUNT", money(visit, amount)}}));
    };
    switch (work.kind) {
        case Kind::cancel:
            say(deal.sums->held.minor() == 0
                    ? to_say("The order ends. Nothing is held for it. This cannot be undone.")
                    : to_say("The order ends. {{AMOUNT}} that is held goes back to the buyer. This cannot be "
                             "undone."),
                deal.sums->held);
            break;
        case Kind::pay:
            say(to_say("{{AMOUNT}} of your money at this hub is held for this order."), due_to_pay(deal));
            break;
        case Kind::release: {
            if (event == nullptr || !event->amount) break;
            auto const released =
                Money(deal.sums->released.minor() + event->amount->minor(), event->amount->currency());
            auto const fee = deal::fee_of(deal.terms().fee, released);
            auto const more = Money(fee ? fee->minor() - deal.sums->fee.minor() : 0, released.currency());
            words.push_back(locale::fill(visit.say("{{AMOUNT}} of {{HELD}} is released to the seller, of "
                                                   "which the hub's fee is {{FEE}}. You "
                                                   "cannot take it back."),
                                         {{"AMOUNT", money(visit, *event->amount)},
                                          {"HELD", money(visit, deal.sums->held)},
                                          {"FEE", money(visit, more)}}));
            break;
        }
        case Kind::refund:
            if (event == nullptr || !event->amount) break;
            say(to_say("{{AMOUNT}} goes back to the buyer. You cannot take it back."), *event->amount);
            say(to_say("Left for this order: {{AMOUNT}}."),
                Money(refundable(deal).minor() - event->amount->minor(), event->amount->currency()));
            break;
        case Kind::agree: split_words(words, visit, deal, deal.dispute->proposal->refund); break;
        case Kind::propose:
        case Kind::decide:
            if (event != nullptr && event->amount) split_words(words, visit, deal, *event->amount);
            break;
        case Kind::accept:
            words.emplace_back(
                visit.say("By accepting you sign these terms. They can be changed by nobody "
                          "then."));
            break;
        case Kind::dispute:
            words.emplace_back(
                visit.say("Nothing is released while a dispute is open. The other side is asked "
                          "to answer."));
            break;
        case Kind::decline: words.emplace_back(visit.say("The talk about this ends.")); break;
        case Kind::withdraw:
            words.emplace_back(visit.say("The order goes on where it stood before the dispute."));
            break;
        default: break;
    }
    return words;
}

bool is_confirmed_apart(Kind kind) {
    return kind == Kind::release || kind == Kind::refund || kind == Kind::propose || kind == Kind::decide ||
           kind == Kind::pay_out;
}

// ---- reading ----------------------------------------------------------------------------------------------

void read_amount(Visit const& visit, Typed& typed, deal::Event& event, Money const& most,
                 bool may_be_nothing) {
    auto const amount = typed.money("amount", most.currency());
    if (!amount) {
        if (typed.text("amount").empty()) typed.wrong("amount", visit.say("Write an amount."));
        return;
    }
    if (amount->minor() > most.minor() || (!may_be_nothing && amount->minor() == 0)) {
        typed.wrong("amount", locale::fill(visit.say("Write an amount up to {{AMOUNT}}."),
                                           {{"AMOUNT", money(visit, most)}}));
        return;
    }
    event.amount = *amount;
}

void read_quantities(Visit const& visit, Typed& typed, deal::Deal const& deal, deal::Event& event) {
    auto const left = deal::left_to_send(deal);
    bool is_any = false;
    for (std::size_t i = 0; i < left.size(); ++i) {
        auto const quantity = typed.number("quantity-" + std::to_string(i), Decimal(0), left[i]);
        event.quantities.push_back(quantity.value_or(Decimal(0)).stripped());
        is_any = is_any || !event.quantities.back().is_zero();
    }
    if (!is_any && typed.problems().empty())
        typed.wrong("quantity-0", visit.say("Write how much was handed over."));
}

pay::Destination read_destination(Visit const& visit, Typed& typed, deal::Event& event) {
    pay::Destination to{.account = std::string(typed.text("account")),
                        .bank = std::string(typed.text("bank")),
                        .name = std::string(typed.text("name"))};
    std::erase(to.account, ' ');
    auto const way = pay::parse_way(typed.text("way"));
    if (!way || *way == pay::Way::card) {
        typed.wrong("way", visit.say("Choose how it is to be paid out."));
    } else {
        to.way = *way;
        if (to.account.empty() && *way != pay::Way::cash)
            typed.wrong("account", visit.say("Write the account or number it goes to."));
        if (*way == pay::Way::bank && to.bank.empty() && !to.account.empty() && !pay::parse_iban(to.account))
            typed.wrong("account",
                        visit.say("This is no IBAN: look at each letter and digit, or name the bank "
                                  "too."));
    }
    if (to.name.empty()) typed.wrong("name", visit.say("Write a name."));
    auto const currency = Currency::parse(typed.text("currency"));
    if (currency) {
        event.pay_to = deal::PayTo{.currency = *currency};
    } else {
        typed.wrong("currency", visit.say("Choose a currency."));
    }
    return to;
}

void read_words(Visit const& visit, Typed& typed, Kind kind, Role as, deal::Event& event) {
    event.note = typed.text("note");
    event.reference = typed.text("reference");
    auto const is_needed = kind == Kind::dispute || kind == Kind::answer || kind == Kind::evidence;
    if (is_needed && event.note.empty()) typed.wrong("note", visit.say("Say it in your words."));
    if (event.note.size() > deal::note_bytes_max)
        typed.wrong("note", visit.say("This is longer than fits here."));
    if (event.reference.size() > deal::word_bytes_max)
        typed.wrong("reference", visit.say("This is longer than fits here."));
    bool const needs_reference = kind == Kind::track || (kind == Kind::deliver && as != Role::buyer);
    if (needs_reference && event.reference.empty())
        typed.wrong("reference", visit.say("Something is missing here."));
    if (kind != Kind::dispute) return;
    auto const why = typed.text("why");
    auto const found = std::ranges::find(reasons, why, &Reason::key);
    if (found == std::end(reasons)) {
        typed.wrong("why", visit.say("Choose what is wrong."));
    } else {
        event.why = why;
    }
}

struct Told {
    deal::Event event;
    std::optional<pay::Destination> to = {};
    std::optional<Money> comes_to = {};  // as the form of a payout said it when it was confirmed
    std::string file = {};               // that was kept, of evidence
};

// "32362.05 KES", as the form carried it.
std::optional<Money> amount_in(std::string_view text) {
    auto const gap = std::min(text.find(' '), text.size());
    auto const number = Decimal::parse(text.substr(0, gap));
    auto const currency = Currency::parse(text.substr(std::min(gap + 1, text.size())));
    if (!number || !currency) return std::nullopt;
    auto const amount = Money::exact(*number, *currency);
    return amount ? std::optional(*amount) : std::nullopt;
}

// The file stands where a proof is named: words about that go with the others.
void read_file(Visit const& visit, Typed& typed, Work const& work, Told& told) {
    std::vector<net::FormFile const*> files;
    for (auto const& one : typed.form().files)
        if (one.field == "file" && !one.bytes.empty()) files.push_back(&one);
    if (files.empty() || !typed.problems().empty()) return;
    if (files.size() > 1) return typed.wrong("file", visit.say("Send one file at a time."));
    auto const kept = visit.site.hub.keep_file(visit.caller, work.deal().id, files.front()->bytes);
    if (!kept) {
        auto const& error = kept.error();
        return typed.wrong("file", words_of(visit, Error(error.code(), "evidence", error.detail())));
    }
    told.file = *kept;
    if (!told.event.reference.empty()) told.event.note += "\n\n" + told.event.reference;
    told.event.reference.clear();
    if (told.event.note.size() > deal::note_bytes_max)
        typed.wrong("note", visit.say("This is longer than fits here."));
}

Told read_deed(Visit const& visit, Typed& typed, Work const& work) {
    auto const& deal = work.deal();
    Told told;
    auto& event = told.event;
    event.kind = work.kind;
    event.key = typed.form().value("key");
    read_words(visit, typed, work.kind, work.as, event);
    switch (work.kind) {
        case Kind::hand_over: read_quantities(visit, typed, deal, event); break;
        case Kind::track:
        case Kind::deliver: {
            auto const number = typed.whole("number", 0, static_cast<std::int64_t>(deal::shipments_max));
            if (!number) typed.wrong("number", visit.say("Choose a shipment."));
            event.number = static_cast<std::int32_t>(number.value_or(0));
            if (work.kind == Kind::track) event.note.clear();
            break;
        }
        case Kind::release: read_amount(visit, typed, event, deal.sums->held, false); break;
        case Kind::refund: read_amount(visit, typed, event, refundable(deal), false); break;
        case Kind::propose:
        case Kind::decide: read_amount(visit, typed, event, deal.sums->held, true); break;
        case Kind::agree: event.amount = deal.dispute->proposal->refund; break;
        case Kind::pay: event.amount = due_to_pay(deal); break;
        case Kind::pay_out:
            told.to = read_destination(visit, typed, event);
            told.comes_to = amount_in(typed.form().value("comes_to"));
            break;
        case Kind::evidence: read_file(visit, typed, work, told); break;
        case Kind::accept: {
            auto const number = typed.whole("number", 0, static_cast<std::int64_t>(deal::offers_max));
            event.number = static_cast<std::int32_t>(number.value_or(0));
            event.document = typed.form().value("seen");
            break;
        }
        default: break;
    }
    // All that is held is said without an amount: what came in between is released with it.
    bool const is_all = work.kind == Kind::release && event.amount && *event.amount == deal.sums->held &&
                        deal::due_later(deal).minor() == 0;
    if (is_all) event.amount.reset();
    return told;
}

// ---- pages ------------------------------------------------------------------------------------------------

std::string deed_address(Work const& work) {
    return order_address(work.deal().id) + "/" + std::string(deal::text_of(work.kind));
}

// What somebody agrees to goes with the form, to the letter.
void keep_what_is_seen(Sheet& sheet, Visit const& visit, Work const& work, net::Form const* sent) {
    sheet.keep("key", sent != nullptr && !sent->value("key").empty() ? sent->value("key") : fresh_name());
    sheet.keep(numbers_field, visit.language());
    if (work.kind == Kind::accept && !work.deal().offers.empty()) {
        sheet.keep("number", std::to_string(work.deal().offers.size() - 1));
        sheet.keep("seen", deal::document_of(work.deal().offers.back().terms));
    }
    if (work.kind == Kind::agree) sheet.keep("seen", work.deal().dispute->proposal->refund.text());
    if (work.kind == Kind::pay) sheet.keep("seen", due_to_pay(work.deal()).text());
}

FormPage about_deed(Visit const& visit, Work const& work) {
    FormPage about{.title = std::string(visit.say(deed_words(work.kind))),
                   .links = {{order_address(work.deal().id), std::string(visit.say("Back to the order"))}},
                   .here = looks_as(work.view) == Role::buyer ? Here::orders : Here::shops};
    about.leads.push_back(locale::fill(visit.say("Order {{NAME}}"), {{"NAME", order_name(work.deal().id)}}));
    return about;
}

Button button_of(Visit const& visit, Work const& work) {
    auto const kind = work.kind;
    bool const is_grave = kind == Kind::cancel || kind == Kind::decline || kind == Kind::dispute;
    return {is_confirmed_apart(kind) ? "look" : "confirm",
            std::string(is_confirmed_apart(kind) ? visit.say("Go on") : visit.say(deed_words(kind))),
            is_grave ? Button::Look::danger : Button::Look::full};
}

net::Response deed_page(Visit& visit, Work const& work, net::Form const* sent, Problems problems) {
    auto const status = problems.empty() ? 200 : 422;
    auto about = about_deed(visit, work);
    about.warned = consequences(visit, work, nullptr);
    Sheet sheet(visit, sent, std::move(problems));
    keep_what_is_seen(sheet, visit, work, sent);
    add_fields(sheet, visit, work);
    sheet.sends_to(deed_address(work));
    sheet.button(button_of(visit, work));
    Page page;
    if (work.kind == Kind::accept) {
        auto terms = work.deal().offers.back().terms;
        // Beside the terms, what they come to at the reader's door.
        auto const door = visit.quote_door();
        if (door && door->to == terms.to && !terms.shown) {
            if (auto const priced = visit.site.hub.priced(terms, *door)) terms.shown = priced->terms.shown;
        }
        set_terms(page.add("SEEN_TERMS"), visit, terms);
    }
    return form_answer(visit, about, sheet, page, status);
}

// What will happen, in figures, and nothing to type any more.
Result<net::Response> confirm_page(Visit& visit, Work const& work, Told const& told, net::Form const& sent) {
    auto about = about_deed(visit, work);
    auto event = told.event;
    if (work.kind == Kind::release && !event.amount) event.amount = work.deal().sums->held;
    about.warned = consequences(visit, work, &event);
    Sheet sheet(visit, nullptr, {});
    for (auto const& pair : sent.fields)
        if (pair.name != "do" && pair.name != "form" && pair.name != "comes_to")
            sheet.keep(pair.name, pair.value);
    if (work.kind == Kind::pay_out) {
        auto const quote = visit.site.hub.payout_quote(visit.caller, work.deal().id, event.pay_to->currency);
        if (!quote && is_for_error_page(quote.error())) return std::unexpected(quote.error());
        if (!quote) return deed_page(visit, work, &sent, {deal_problem(visit, quote.error())});
        payout_words(about.warned, visit, *told.to, *quote);
        sheet.keep("comes_to", quote->comes_to.text() + " " + std::string(quote->comes_to.currency().text()));
    }
    sheet.sends_to(deed_address(work));
    sheet.button({"confirm", std::string(visit.say("Yes, do it"))});
    sheet.button({"change", std::string(visit.say("Change it")), Button::Look::plain});
    Page page;
    return form_answer(visit, about, sheet, page);
}

// A deed that is possible no more has no form: the order says what is.
Result<net::Response> deed(Visit& visit) {
    auto const work = TRY(work_of(visit));
    if (!may_do(work.view, work.kind)) return net::redirect(order_address(work.deal().id));
    return deed_page(visit, work, nullptr, {});
}

Result<net::Response> deed_done(Visit& visit) {
    auto const work = TRY(work_of(visit));
    auto const form = TRY(sent_form(visit));
    auto const id = work.deal().id;
    if (!may_do(work.view, work.kind)) return net::redirect(order_address(id));
    Typed typed(visit, form);
    auto const told = read_deed(visit, typed, work);
    auto const seen = form.value("seen");
    bool const has_moved = (work.kind == Kind::pay && seen != told.event.amount->text()) ||
                           (work.kind == Kind::agree && seen != told.event.amount->text());
    if (has_moved)
        typed.wrong("",
                    visit.say("The order has moved on meanwhile. This is how it is now; nothing was done."));
    if (!typed.problems().empty()) return deed_page(visit, work, &form, typed.problems());
    auto const action = form.value("do");
    if (action == "change") return deed_page(visit, work, &form, {});
    if (is_confirmed_apart(work.kind) && action != "confirm") return confirm_page(visit, work, told, form);
    auto const done = visit.site.hub.act(
        visit.caller, id,
        {.as = work.as, .event = told.event, .to = told.to, .comes_to = told.comes_to, .file = told.file});
    if (done) return net::redirect(order_address(id) + "?done=" + std::string(deal::text_of(work.kind)));
    if (is_for_error_page(done.error())) return std::unexpected(done.error());
    return deed_page(visit, work, &form, {deal_problem(visit, done.error())});
}

}  // namespace

std::string_view deed_words(deal::Kind kind) {
    switch (kind) {
        case Kind::offer: return to_say("Make an offer");
        case Kind::counter: return to_say("Answer with other terms");
        case Kind::accept: return to_say("Accept the offer");
        case Kind::decline: return to_say("Decline");
        case Kind::pay: return to_say("Pay from my money here");
        case Kind::cancel: return to_say("Cancel the order");
        case Kind::made: return to_say("The goods are ready");
        case Kind::hand_over: return to_say("Handed to the carrier");
        case Kind::track: return to_say("Tell what the carrier says");
        case Kind::deliver: return to_say("The goods are delivered");
        case Kind::release: return to_say("Release the money");
        case Kind::refund: return to_say("Give money back");
        case Kind::dispute: return to_say("Something is wrong");
        case Kind::answer: return to_say("Answer");
        case Kind::evidence: return to_say("Show evidence");
        case Kind::propose: return to_say("Propose how much goes back");
        case Kind::agree: return to_say("Agree to the proposal");
        case Kind::withdraw: return to_say("Take the dispute back");
        case Kind::escalate: return to_say("Let the mediator decide");
        case Kind::decide: return to_say("Decide the dispute");
        case Kind::pay_out: return to_say("Have the money paid out");
        default: return {};
    }
}

void add_deed_pages(Site& site, Routes& routes) {
    routes.push_back(page_route(site, "GET", "/orders/{id}/{deed}", deed, deed_bytes_max));
    routes.push_back(page_route(site, "POST", "/orders/{id}/{deed}", deed_done, deed_bytes_max));
    routes.push_back(page_route(site, "GET", "/orders/{id}/evidence", deed, deed_bytes_max));
    routes.push_back(page_route(site, "POST", "/orders/{id}/evidence", deed_done, evidence_bytes_max));
}

}  // namespace allroads::web
