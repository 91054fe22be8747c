#pragma once
// What every page needs: who looks, in which language, for which door, and the frame around it. Not for use
// outside web.

#include "hub/hub.h"
#include "locale/locale.h"
#include "net/net.h"
#include "web/web.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace allroads::web {

struct Site {
    hub::Hub& hub;
    std::shared_ptr<locale::Tongues const>
        held_tongues;  // `pages` asks them too, when a language is first read
    locale::Tongues const& tongues = *held_tongues;
    Pages pages;
    std::vector<net::Route> assets;
    net::KeptAnswers kept = net::KeptAnswers();
    std::jthread polisher = {};  // presses the assets as small as can be, once the hub answers
};

// Where the visitor wants things delivered.
struct ChosenDoor {
    Country to;
    bool is_home = true;
};
[[nodiscard]] std::optional<ChosenDoor> parse_door(std::string_view text);
[[nodiscard]] std::string text_of(ChosenDoor const& door);

// One request for a page.
struct Visit {
    Site& site;
    net::Request const& http;
    hub::Caller caller;
    locale::Tongue tongue;
    std::optional<ChosenDoor> door;
    std::vector<net::Pair> headers = {};  // cookies that the answer sets

    [[nodiscard]] std::string_view query(std::string_view name) const;
    [[nodiscard]] std::string_view language() const { return tongue.language().tag(); }
    [[nodiscard]] Direction direction() const;
    [[nodiscard]] std::string_view say(std::string_view text) const { return tongue.say(text); }
    // This address with one value of its query changed; without it where `value` is empty.
    [[nodiscard]] std::string here_with(std::string_view name, std::string_view value) const;
    [[nodiscard]] std::optional<quote::Door> quote_door() const;
};

// An answer, or why there is none; the frame of every page makes a page of both.
using PageHandler = std::function<Result<net::Response>(Visit&)>;
[[nodiscard]] net::Route page_route(Site& site, std::string_view method, std::string_view pattern,
                                    PageHandler handler, std::size_t body_bytes = 64U * 1024);
// The values of _top and _foot, then the template.
[[nodiscard]] net::Response answer(Visit& visit, std::string_view name, Page& page, int status = 200);
void set_session(Visit& visit, std::string_view token);
void forget_session(Visit& visit);
// For whom a clerk acts from the next page on; nothing: for nobody.
void set_acting(Visit& visit, std::optional<people::AccountId> const& member);
// What a form must bring back, for those who are signed in: value of the hidden field "form".
[[nodiscard]] std::string form_secret(Visit const& visit);
// 32 letters that no other page has.
[[nodiscard]] std::string fresh_name();
// The fields of a form that was sent from our own page by the one who is signed in.
[[nodiscard]] Result<net::Form> sent_form(Visit const& visit);

// Large markets of every continent, and those near most of our sellers.
[[nodiscard]] std::vector<Country> large_markets();
// COUNTRIES, FOR_HOME, FOR_BUSINESS and DOOR_BACK of _door_form.
void set_door_form(Page& page, Visit const& visit, std::string_view back);
// The same for a page that has more to show: the large markets, those where the reader's language is at home,
// and the way to all others. A list of all countries is most of what a telephone would have to lay out.
void set_short_door_form(Page& page, Visit const& visit, std::string_view back);
// A section CRUMBS and CRUMB_HERE.
void set_crumbs(Page& page, std::initializer_list<std::pair<std::string, std::string>> above,
                std::string_view here);

[[nodiscard]] std::vector<net::Route> public_pages(Site& site);
[[nodiscard]] std::vector<net::Route> account_pages(Site& site);  // signing up and in, and what is one's own
[[nodiscard]] std::vector<net::Route> helping_pages(Site& site);  // clerks, and whom they act for
[[nodiscard]] std::vector<net::Route> leaving_pages(Site& site);  // what is kept about one, and the end of it
[[nodiscard]] std::vector<net::Route> selling_pages(Site& site);  // shops, products, what they would cost
[[nodiscard]] std::vector<net::Route> ordering_pages(Site& site);  // basket, checkout, deeds, offers, money
[[nodiscard]] std::vector<net::Route> deal_pages(Site& site);      // orders of both sides
[[nodiscard]] std::vector<net::Route> operator_pages(Site& site);  // users, books, the trail
[[nodiscard]] std::vector<net::Route> machine_pages(Site& site);   // robots.txt, sitemaps

}  // namespace allroads::web
