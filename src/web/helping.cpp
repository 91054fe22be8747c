// A clerk acts for a member who typed their PIN; the member sees what was done, and takes it back.
#include "web/report.h"

#include <algorithm>

namespace allroads::web {
namespace {

using locale::to_say;

constexpr std::size_t rows_on_page = 30;
constexpr int lives[] = {15, 60, 240, 480};  // minutes that consent may last

struct Said {
    std::string_view key, words;
};
constexpr Said purposes[] = {
    {"products:write", to_say("Add and change products, publish and withdraw them")},
    {"shops:write", to_say("Open and change shops")},
    {"deals:write", to_say("Order, offer and act in orders")},
    {"money:write", to_say("Say where money is paid out to")},
};
static_assert(std::size(purposes) == hub::consent_purposes.size());
// What clerks do, by the verb of the trail; others are shown as they stand there.
constexpr Said verbs[] = {
    {"consent.give", to_say("Gave consent with the PIN")},
    {"shop.make", to_say("Opened a shop")},
    {"shop.change", to_say("Changed the shop")},
    {"product.save", to_say("Saved a draft of a product")},
    {"product.publish", to_say("Published a product")},
    {"product.state", to_say("Changed whether a product is shown")},
};

std::string said(Visit const& visit, std::span<Said const> all, std::string_view key) {
    auto const found = std::ranges::find(all, key, &Said::key);
    return found == all.end() ? std::string(key) : std::string(visit.say(found->words));
}

std::string life_words(Visit const& visit, int minutes) {
    if (minutes < 60) return visit.tongue.say_many("{1} minute", "{1} minutes", std::int64_t{minutes});
    return visit.tongue.say_many("{1} hour", "{1} hours", std::int64_t{minutes / 60});
}

// The consents of one pair together, as they are told to people.
struct Pair {
    people::AccountId other;
    std::string name, words;
    people::Moment until;
    std::vector<people::ConsentId> consents = {};
};
std::vector<Pair> pairs_of(Visit const& visit, std::vector<hub::Consent> const& consents, bool is_clerk) {
    std::vector<Pair> pairs;
    for (auto const& one : consents) {
        auto const other = is_clerk ? one.facts.member : one.facts.clerk;
        auto pair = std::ranges::find(pairs, other, &Pair::other);
        if (pair == pairs.end()) {
            pairs.push_back(
                {.other = other, .name = is_clerk ? one.member : one.clerk, .words = {}, .until = {}});
            pair = pairs.end() - 1;
        }
        auto const words = said(visit, purposes, one.facts.purpose);
        if (pair->words.find(words) == std::string::npos)
            pair->words += (pair->words.empty() ? "" : " · ") + words;
        pair->until = std::max(pair->until, one.facts.until);
        pair->consents.push_back(one.facts.id);
    }
    return pairs;
}

void set_help(Page& page, Visit const& visit, hub::HelpPage const& help, bool is_clerk) {
    if (help.rows.empty()) {
        page.show("HELP_NONE");
        return;
    }
    auto& list = page.add("HELP");
    for (auto const& one : help.rows) {
        auto& row = list.add("HELP_LIST");
        row.set("HELP_WORDS", said(visit, verbs, one.row.verb));
        row.set("HELP_NAME", is_clerk ? one.member : one.clerk);
        row.set("HELP_AT", moment_text(visit, one.row.at));
        if (one.row.outcome == people::Outcome::refused) row.show("HELP_REFUSED");
    }
    if (!help.next.empty()) list.add("MORE").set("MORE_URL", visit.here_with("after", help.next));
}

// ---- at the counter ---------------------------------------------------------------------------------------

Result<net::Response> counter_page(Visit& visit, net::Form const* sent, Problems problems) {
    auto& hub = visit.site.hub;
    auto const had = pairs_of(visit, TRY(hub.consents_had(visit.caller)), true);
    auto const help = TRY(hub.help_given(visit.caller, visit.query("after"), rows_on_page));
    auto const status = problems.empty() ? 200 : 422;
    Sheet sheet(visit, sent, std::move(problems));
    sheet.add({.name = "contact",
               .label = std::string(visit.say("Member's phone number or e-mail")),
               .control = Control::email,
               .autocomplete = "off",  // many members stand at one machine
               .length_max = 254,
               .is_required = true});
    std::vector<Option> options;
    for (auto const& one : purposes)
        options.push_back({std::string(one.key), std::string(visit.say(one.words))});
    sheet.add({.name = "purposes",
               .label = std::string(visit.say("What may you do for them?")),
               .control = Control::ticks,
               .options = std::move(options)});
    std::vector<Option> times;
    for (int const minutes : lives) times.push_back({std::to_string(minutes), life_words(visit, minutes)});
    sheet.add({.name = "minutes",
               .label = std::string(visit.say("For how long?")),
               .control = Control::choose,
               .options = std::move(times)});
    sheet.add({.name = "pin",
               .label = std::string(visit.say("The member's PIN")),
               .control = Control::password,
               .help = std::string(visit.say("The member types it. Who has none sets it under My account.")),
               .autocomplete = "off",
               .length_max = 20,
               .is_required = true});
    sheet.sends_to("/counter");
    sheet.button({"begin", std::string(visit.say("Begin"))});
    Page page;
    set_mine(page, visit, Here::counter);
    sheet.show(page);
    if (visit.query("done") == "ended")
        page.add("DONE").set("TOLD_TEXT", visit.say("You act for nobody but yourself now."));
    if (had.empty()) page.show("HAD_NONE");
    auto* const list = had.empty() ? nullptr : &page.add("HAS_HAD");
    for (auto const& one : had) {
        auto& row = list->add("HAD");
        row.set("MEMBER_ID", one.other.text());
        row.set("MEMBER_NAME", one.name);
        row.set("HAD_PURPOSES", one.words);
        row.set("KEY_UNTIL", moment_text(visit, one.until));
    }
    set_help(page, visit, help, true);
    return answer(visit, "counter", page, status);
}

Result<net::Response> counter(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    return counter_page(visit, nullptr, {});
}

Result<net::Response> consented(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    Typed typed(visit, form);
    hub::WantedConsent wanted{.contact = typed.text("contact"), .pin = trim(form.value("pin"))};
    for (auto const& one : typed.all("purposes")) {
        if (std::ranges::find(wanted.purposes, one) == wanted.purposes.end()) wanted.purposes.push_back(one);
    }
    auto const minutes = typed.text("minutes");
    auto const* const life =
        std::ranges::find_if(lives, [&](int one) { return std::to_string(one) == minutes; });
    if (life == std::end(lives)) typed.wrong("minutes", visit.say("This is not what is expected here."));
    if (!typed.problems().empty()) return counter_page(visit, &form, typed.problems());
    wanted.life = std::chrono::minutes(*life);
    auto const member = visit.site.hub.consent(visit.caller, wanted);
    if (!member) {
        if (is_for_error_page(member.error())) return std::unexpected(member.error());
        return counter_page(visit, &form, {problem_of(visit, member.error())});
    }
    set_acting(visit, *member);
    return net::redirect("/my");
}

Result<net::Response> acted(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    auto const member = people::AccountId::parse(form.value("member"));
    if (!member) return refuse(Code::not_found, "member", "there is no such account");
    (void)TRY(visit.site.hub.acting_for(visit.caller, *member));
    set_acting(visit, *member);
    return net::redirect("/my");
}

Result<net::Response> acting_ended(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    (void)TRY(sent_form(visit));
    set_acting(visit, std::nullopt);
    return net::redirect("/counter?done=ended");
}

// ---- who acts for me --------------------------------------------------------------------------------------

Result<net::Response> helpers(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto& hub = visit.site.hub;
    Page page;
    set_mine(page, visit, Here::account);
    page.set("FORM_SECRET", form_secret(visit));
    if (visit.query("done") == "withdrawn")
        page.add("DONE").set("TOLD_TEXT", visit.say("They may act for you no more."));
    auto const given = pairs_of(visit, TRY(hub.consents_given(visit.caller)), false);
    if (given.empty()) page.show("GIVEN_NONE");
    auto* const list = given.empty() ? nullptr : &page.add("HAS_GIVEN");
    for (auto const& one : given) {
        auto& row = list->add("GIVEN");
        row.set("CLERK_ID", one.other.text());
        row.set("CLERK_NAME", one.name);
        row.set("GIVEN_PURPOSES", one.words);
        row.set("KEY_UNTIL", moment_text(visit, one.until));
    }
    set_help(page, visit, TRY(hub.help_had(visit.caller, visit.query("after"), rows_on_page)), false);
    return answer(visit, "helpers", page);
}

Result<net::Response> withdrawn(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    auto const clerk = people::AccountId::parse(form.value("clerk"));
    if (!clerk) return refuse(Code::not_found, "clerk", "there is no such account");
    auto& hub = visit.site.hub;
    // What has run out meanwhile is what was wanted.
    for (auto const& one : TRY(hub.consents_given(visit.caller))) {
        if (one.facts.clerk == *clerk) TRY_VOID(hub.withdraw_consent(visit.caller, one.facts.id));
    }
    return net::redirect("/me/helpers?done=withdrawn");
}

net::Response pin_page(Visit& visit, Problems problems) {
    auto const lead = std::string(
        visit.say("With this PIN you let a clerk of your cooperative act for you. Tell it to nobody; type it "
                  "yourself."));
    return my_form(visit, {.title = std::string(visit.say("Set the PIN for the counter")), .leads = {lead}},
                   nullptr, std::move(problems), [&](Sheet& sheet) {
                       sheet.add({.name = "pin",
                                  .label = std::string(visit.say("PIN")),
                                  .control = Control::password,
                                  .help = std::string(visit.say("A PIN has 6 digits that are not easily "
                                                                "guessed.")),
                                  .autocomplete = "off",
                                  .length_max = 20,
                                  .is_required = true});
                       sheet.add(password_field(visit, "password", visit.say("Your password"), false));
                       sheet.button({"set", std::string(visit.say("Set the PIN"))});
                   });
}

Result<net::Response> pin(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    return pin_page(visit, {});
}

Result<net::Response> pin_set(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    if (auto const proved = prove(visit, form.value("password")); !proved) {
        if (is_for_error_page(proved.error())) return std::unexpected(proved.error());
        return pin_page(visit, {{"password", proof_words(visit, proved.error())}});
    }
    auto const done = visit.site.hub.people().set_pin(*visit.caller.account, trim(form.value("pin")),
                                                      visit.site.hub.act_of(visit.caller));
    if (done) return net::redirect("/me?done=pin");
    if (is_for_error_page(done.error())) return std::unexpected(done.error());
    return pin_page(visit, {problem_of(visit, done.error())});
}

// ---- what people are told ---------------------------------------------------------------------------------

constexpr std::string_view password_changed =
    to_say("Allroads: the password of your account was changed. If it was not you, set a new one at once.");
constexpr Said notices[] = {
    {"account.password", password_changed},
    {"account.reset", password_changed},
    {"account.contact",
     to_say("Allroads: another phone number or e-mail now stands in your account. If it was not you, tell "
            "who runs the hub.")},
    {"second-factor.confirm", to_say("Allroads: the second factor of your account is on.")},
    {"second-factor.drop", to_say("Allroads: the second factor of your account is off. If it was not you, "
                                  "set a new password at once.")},
    {"second-factor.recovery", to_say("Allroads: a recovery code opened your account. If it was not you, "
                                      "set a new password at once.")},
    {"second-factor.again", to_say("Allroads: somebody used digits of your authenticator a second time. If "
                                   "it was not you, set a new password at once.")},
    {"pin.set", to_say("Allroads: the PIN with which a clerk may act for you was set. If it was not you, "
                       "set a new password at once.")},
    {"consent.give", to_say("Allroads: with your PIN a clerk may act for you now. You can take that back in "
                            "your account.")},
    {"key.make", to_say("Allroads: a key for programs was made in your account. If it was not you, end it "
                        "and set a new password.")},
};

}  // namespace

std::string notice_words(Site const& site, std::string_view language, std::string_view verb) {
    auto const* const found = std::ranges::find(notices, verb, &Said::key);
    if (found == std::end(notices)) return {};
    auto const known = locale::Language::parse(language).value_or(locale::Language::english());
    return std::string(site.tongues.in(known).say(found->words));
}

std::vector<net::Route> helping_pages(Site& site) {
    std::vector<net::Route> routes;
    auto const add = [&](std::string_view method, std::string_view pattern, PageHandler handler) {
        routes.push_back(page_route(site, method, pattern, std::move(handler), 16U * 1024));
    };
    add("GET", "/counter", counter);
    add("POST", "/counter", consented);
    add("POST", "/counter/act", acted);
    add("POST", "/counter/end", acting_ended);
    add("GET", "/me/helpers", helpers);
    add("POST", "/me/helpers", withdrawn);
    add("GET", "/me/pin", pin);
    add("POST", "/me/pin", pin_set);
    for (auto& route : cash_pages(site)) routes.push_back(std::move(route));
    return routes;
}

}  // namespace allroads::web
