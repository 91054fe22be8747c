#include "web/forms.h"

#include <sys/random.h>
#include <algorithm>
#include <array>

namespace allroads::web {
namespace {

constexpr std::string_view session_cookie = "session";
constexpr std::string_view door_cookie = "door";
constexpr std::string_view language_cookie = "lang";
constexpr std::string_view acting_cookie = "acting";
constexpr std::chrono::seconds session_lasts = std::chrono::days(30);
constexpr std::chrono::seconds choice_lasts = std::chrono::days(365);

void keep(Visit& visit, std::string_view name, std::string_view value,
          std::optional<std::chrono::seconds> lasts) {
    auto cookie = net::set_cookie({.name = net::own_cookie_name(visit.http, name),
                                   .value = std::string(value),
                                   .lasts = lasts,
                                   .is_secure = visit.http.is_tls});
    if (cookie) visit.headers.push_back(std::move(*cookie));
}

// Whoever brings a token that is no more is a visitor, and is told to forget it.
Result<Visit> visit_of(Site& site, net::Request const& http) {
    auto const token = net::own_cookie(http, session_cookie);
    auto const often = people::Often::page_address;
    auto caller = site.hub.caller({.token = token, .address = http.peer}, often);
    bool const is_over = !caller && caller.error().code() == Code::signed_out;
    if (is_over) caller = site.hub.caller({.token = {}, .address = http.peer}, often);
    if (!caller) return std::unexpected(caller.error());
    // The cookie only says for whom; whether that is allowed stands in the member's consent.
    auto const member = people::AccountId::parse(net::own_cookie(http, acting_cookie));
    if (member && caller->session && caller->roles.has(people::Role::clerk)) {
        if (auto acting = site.hub.acting_for(*caller, *member)) caller = std::move(acting);
    }
    auto const asked = net::value_of(http.query, "lang").value_or(std::string_view());
    auto const is_asked = locale::Language::parse(asked).has_value();
    // What was chosen on this machine counts before what the account speaks.
    auto const kept = net::own_cookie(http, language_cookie);
    auto const chosen = is_asked                                    ? asked
                        : locale::Language::parse(kept).has_value() ? kept
                                                                    : std::string_view(caller->language);
    auto const language = locale::negotiate(http.header("accept-language"), chosen);
    Visit visit{.site = site,
                .http = http,
                .caller = std::move(*caller),
                .tongue = site.tongues.in(language),
                .door = parse_door(net::own_cookie(http, door_cookie))};
    if (is_over) forget_session(visit);
    if (member && !visit.caller.acting_for) set_acting(visit, std::nullopt);
    if (visit.caller.new_token) set_session(visit, *visit.caller.new_token);
    if (is_asked) keep(visit, language_cookie, language.tag(), choice_lasts);
    return visit;
}

void set_top(Page& page, Visit const& visit) {
    // Nowhere else: a page about oneself must not repeat what the sender of a link chose (compressed lengths
    // would tell what is like it).
    if (visit.http.path == "/search") page.set("QUERY", visit.query("q"));
    if (visit.door) {
        auto& door = page.add("DOOR");
        door.set("DOOR_COUNTRY", visit.tongue.country_name(visit.door->to));
        door.show(visit.door->is_home ? Name("DOOR_HOME") : Name("DOOR_BUSINESS"));
    } else {
        page.show("NO_DOOR");
    }
    auto const back = net::percent_encoded(visit.here_with("lang", ""));
    page.set("DOOR_URL", "/door?back=" + back);
    if (visit.caller.is_signed_in()) {
        auto& me = page.add("SIGNED_IN");
        me.set("ACCOUNT_NAME", visit.caller.name);
        me.set("ACCOUNT_URL", "/me");
    } else {
        page.add("SIGNED_OUT").set("SIGN_IN_URL", "/sign-in?back=" + back);
    }
    if (visit.caller.acting_for) {
        auto& acting = page.add("ACTING");
        acting.set("ACTING_NAME", locale::isolated(visit.caller.acting_name));
        acting.set("ACTING_UNTIL", moment_text(visit, visit.caller.acting_until));
        acting.set("ACTING_SECRET", form_secret(visit));
    }
    page.set("LANGUAGE_NAME", visit.tongue.language().own_name());
    for (auto const language : locale::all_languages()) {
        if (language == visit.tongue.language()) continue;
        auto& other = page.add("LANGUAGES");
        other.set("LANGUAGE_CODE", language.tag());
        other.set("LANGUAGE_OWN_NAME", language.own_name());
        other.set("LANGUAGE_URL", visit.here_with("lang", language.tag()));
    }
    if (visit.site.hub.about().is_demo) page.show("DEMO");
}

void set_foot(Page& page, Visit const& visit) {
    auto const books = visit.site.hub.books();
    if (!books) return;
    auto& section = page.add("BOOKS");
    section.set("BOOKS_EDITION", (*books)->name().substr(0, 10));
    std::string newest;
    for (auto const& pack : (*books)->packs()) newest = std::max(newest, std::string(pack.checked_on));
    auto const day = Day::parse(newest);
    section.set("BOOKS_DAY", day ? visit.tongue.date(*day) : newest);
}

constexpr std::string_view hexadecimal = "0123456789abcdef";

// Sixteen letters of a mask, then the text's own letters moved on by them, in hexadecimal.
std::string masked(std::string_view secret) {
    std::array<unsigned char, 16> mask{};
    check(getrandom(mask.data(), mask.size(), 0) == static_cast<ssize_t>(mask.size()));
    std::string out;
    auto const add = [&](unsigned byte) { out.append({hexadecimal[byte >> 4U], hexadecimal[byte & 15U]}); };
    for (auto const byte : mask) add(byte);
    for (std::size_t i = 0; i < secret.size(); ++i)
        add(static_cast<unsigned char>(secret[i]) ^ unsigned{mask[i % mask.size()]});
    return out;
}

// What `masked` hid; something that is no secret where the text is not of it.
std::string unmasked(std::string_view text) {
    constexpr std::size_t mask_bytes = 16, secret_bytes_max = 200;
    std::string bytes;
    for (std::size_t i = 0; i + 1 < std::min(text.size(), 2 * (mask_bytes + secret_bytes_max)); i += 2) {
        auto const high = hexadecimal.find(text[i]), low = hexadecimal.find(text[i + 1]);
        if (high == hexadecimal.npos || low == hexadecimal.npos) return {};
        bytes += static_cast<char>(high << 4U | low);
    }
    std::string secret;
    for (std::size_t i = mask_bytes; i < bytes.size(); ++i)
        secret += static_cast<char>(static_cast<unsigned char>(bytes[i]) ^
                                    static_cast<unsigned char>(bytes[i % mask_bytes]));
    return secret;
}

net::Response refused(Visit& visit, Error const& error) {
    auto const& facts = facts_of(error.code());
    if (error.code() == Code::signed_out) {
        return net::redirect("/sign-in?back=" + net::percent_encoded(visit.here_with("lang", "")));
    }
    Page page;
    if (facts.http_status == 404) {
        page.show("NOT_FOUND");
    } else if (facts.http_status == 503 || facts.http_status == 429) {
        page.show("BUSY");
    } else {
        auto& section = page.add("REFUSED");
        section.set("REFUSED_TEXT", words_of(visit, error));
    }
    // A way of paying that this hub does not have is a wrong question, not a gap in the program.
    constexpr int not_so = 422;
    return answer(visit, "error", page, error.code() == Code::not_supported ? not_so : facts.http_status);
}

}  // namespace

void CloseSite::operator()(Site* site) const { delete site; }

Result<OpenSite> open(hub::Hub& hub, Places const& places) {
    auto opened = TRY(locale::Tongues::open(places.catalogues));
    auto tongues = std::make_shared<locale::Tongues const>(std::move(opened));
    auto found = TRY(assets(places.pages));
    std::vector<Language> languages;
    for (auto const language : locale::all_languages()) {
        languages.push_back(
            {std::string(language.tag()), language.direction() == locale::Direction::right_to_left});
    }
    auto translate = [tongues](std::string_view tag, std::string_view context, std::string_view text) {
        auto const tongue = tongues->in(locale::Language::parse(tag).value_or(locale::Language::english()));
        return std::string(context.empty() ? tongue.say(text) : tongue.say(context, text));
    };
    auto pages = TRY(Pages::load(places.pages, std::move(languages), std::move(translate), found.style_url));
    OpenSite site(new Site{.hub = hub,
                           .held_tongues = std::move(tongues),
                           .pages = std::move(pages),
                           .assets = std::move(found.routes)});
    site->polisher = std::jthread(std::move(found.polish));
    return site;
}

std::vector<net::Route> routes(Site& site) {
    auto all = public_pages(site);
    for (auto const pages : {account_pages, helping_pages, leaving_pages, selling_pages, ordering_pages,
                             deal_pages, operator_pages, machine_pages}) {
        for (auto& route : pages(site)) all.push_back(std::move(route));
    }
    for (auto const& route : site.assets) all.push_back(route);
    return all;
}

std::optional<ChosenDoor> parse_door(std::string_view text) {
    auto const dot = text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    auto const to = Country::parse(text.substr(0, dot));
    auto const who = text.substr(dot + 1);
    if (!to || (who != "home" && who != "business")) return std::nullopt;
    return ChosenDoor{*to, who == "home"};
}

std::string text_of(ChosenDoor const& door) {
    return std::string(door.to.text()) + (door.is_home ? ".home" : ".business");
}

std::string_view Visit::query(std::string_view name) const {
    return net::value_of(http.query, name).value_or(std::string_view());
}

Direction Visit::direction() const {
    return tongue.language().direction() == locale::Direction::right_to_left ? Direction::right_to_left
                                                                             : Direction::left_to_right;
}

std::string Visit::here_with(std::string_view name, std::string_view value) const {
    std::string out;
    for (std::size_t begin = 0; begin < http.path.size();) {
        auto const end = std::min(http.path.find('/', begin + 1), http.path.size());
        out += "/" + net::percent_encoded(std::string_view(http.path).substr(begin + 1, end - begin - 1));
        begin = end;
    }
    if (out.empty()) out = "/";
    char mark = '?';
    auto const add = [&](std::string_view key, std::string_view text) {
        out += mark + net::percent_encoded(key) + "=" + net::percent_encoded(text);
        mark = '&';
    };
    if (http.method == "GET" || http.method == "HEAD") {
        for (auto const& pair : http.query) {
            if (pair.name != name) add(pair.name, pair.value);
        }
    }
    if (!value.empty()) add(name, value);
    return out;
}

std::optional<quote::Door> Visit::quote_door() const {
    if (!door) return std::nullopt;
    auto const today = site.hub.today();
    return quote::Door{.to = door->to,
                       .date = today,
                       .known_on = today,
                       .road = freight::Road::post,
                       .buyer = door->is_home ? quote::Buyer::consumer : quote::Buyer::business};
}

namespace {

// Everything that a page depends on which a visitor without a session sees; empty where it must be made anew.
std::string key_of(Site const& site, net::Request const& http, std::string_view language,
                   std::optional<ChosenDoor> const& door) {
    constexpr std::size_t target_max = 500;
    auto const books = site.hub.books();
    if (http.method != "GET" || http.target.size() >= target_max || !books) return {};
    return std::to_string(site.hub.changes()) + ' ' + std::string((*books)->name()) + ' ' +
           site.hub.today().text() + ' ' + std::string(language) + ' ' +
           (door ? text_of(*door) : std::string()) + ' ' + http.host + ' ' + (http.is_tls ? "s " : "- ") +
           http.target;
}

// A page from memory, for a visitor who neither brings a session nor changes the language. Counts among the
// requests of the address like any other.
std::optional<net::Response> kept_page(Site& site, net::Request const& http) {
    if (!net::own_cookie(http, session_cookie).empty() || net::value_of(http.query, "lang"))
        return std::nullopt;
    auto const cookie = net::own_cookie(http, language_cookie);
    auto const chosen = locale::Language::parse(cookie) ? cookie : std::string_view();
    auto const language = locale::negotiate(http.header("accept-language"), chosen).tag();
    auto const key = key_of(site, http, language, parse_door(net::own_cookie(http, door_cookie)));
    auto page = key.empty() ? nullptr : site.kept.find(key);
    if (!page) return std::nullopt;
    auto const caller = site.hub.caller({.token = {}, .address = http.peer}, people::Often::page_address);
    if (!caller) return net::problem(caller.error());
    return net::Response{
        .headers = {{"Content-Language", std::string(language)}, {"Vary", "Cookie, Accept-Language"}},
        .cache = net::Cache::revalidate,
        .asset = std::move(page)};
}

net::Response made(Visit& visit, PageHandler const& handler) {
    bool const is_same_for_all = !visit.caller.is_signed_in() && visit.headers.empty();
    auto const key =
        is_same_for_all ? key_of(visit.site, visit.http, visit.language(), visit.door) : std::string();
    auto response = handler(visit);
    if (!response) return refused(visit, response.error());
    if (!key.empty() && response->status == 200 && response->cache == net::Cache::revalidate &&
        visit.headers.empty())
        visit.site.kept.offer(key, *response);
    return std::move(*response);
}

}  // namespace

net::Route page_route(Site& site, std::string_view method, std::string_view pattern, PageHandler handler,
                      std::size_t body_bytes) {
    return {.method = std::string(method),
            .pattern = std::string(pattern),
            .handler =
                [&site, handler = std::move(handler)](net::Request const& http) {
                    auto visit = visit_of(site, http);
                    if (!visit) return net::problem(visit.error());
                    auto whole = made(*visit, handler);
                    // An answer that sets cookies is this visitor's alone: kept by nobody on the way.
                    if (!visit->headers.empty()) whole.cache = net::Cache::never;
                    for (auto& header : visit->headers) whole.headers.push_back(std::move(header));
                    return whole;
                },
            .body_bytes = body_bytes,
            .own_pages_only = method != "GET",
            .quick = [&site](net::Request const& http) { return kept_page(site, http); }};
}

net::Response answer(Visit& visit, std::string_view name, Page& page, int status) {
    set_top(page, visit);
    set_foot(page, visit);
    net::Response response{.status = status,
                           .type = "text/html; charset=utf-8",
                           .body = visit.site.pages.render(name, visit.language(), page)};
    response.headers.push_back({"Content-Language", std::string(visit.language())});
    // Pages of one address differ by door, language and who looks.
    response.headers.push_back({"Vary", "Cookie, Accept-Language"});
    // May be compressed although forms hold a secret beside what others wrote: `form_secret` never writes it
    // the same way twice.
    if (!visit.caller.is_signed_in() && status == 200) response.cache = net::Cache::revalidate;
    return response;
}

void set_session(Visit& visit, std::string_view token) { keep(visit, session_cookie, token, session_lasts); }
void forget_session(Visit& visit) { keep(visit, session_cookie, "", std::chrono::seconds(0)); }

void set_acting(Visit& visit, std::optional<people::AccountId> const& member) {
    auto cookie = net::set_cookie({.name = net::own_cookie_name(visit.http, acting_cookie),
                                   .value = member ? member->text() : std::string(),
                                   .lasts = member ? std::nullopt : std::optional(std::chrono::seconds(0)),
                                   .is_strict = true,
                                   .is_secure = visit.http.is_tls});
    if (cookie) visit.headers.push_back(std::move(*cookie));
}

// The secret of a session is the same on all its pages; compression of pages that repeat what somebody else
// chose would tell it letter by letter (BREACH). So each page writes other letters: a mask, and the secret
// under it.
std::string form_secret(Visit const& visit) {
    if (!visit.caller.session) return {};
    return masked(visit.site.hub.people().form_secret(*visit.caller.session));
}

std::string fresh_name() { return masked({}); }

Result<net::Form> sent_form(Visit const& visit) {
    auto form = TRY(net::form_of(visit.http));
    // The header of the browser was looked at before (own_pages_only); those without it are held to this.
    if (visit.caller.session &&
        !visit.site.hub.people().is_form_secret(*visit.caller.session, unmasked(form.value("form"))))
        return refuse(Code::other_site, "form", "the page is too old; open it again");
    return form;
}

namespace {

void list_doors(Page& page, Visit const& visit, std::string_view back, std::vector<Country> countries) {
    page.set("DOOR_BACK", back);
    std::ranges::sort(countries, [&](Country a, Country b) {
        return visit.tongue.compare(visit.tongue.country_name(a), visit.tongue.country_name(b)) < 0;
    });
    for (auto const country : countries) {
        auto& one = page.add("COUNTRIES");
        one.set("COUNTRY_CODE", country.text());
        one.set("COUNTRY_NAME", visit.tongue.country_name(country));
        if (visit.door && visit.door->to == country) one.show("COUNTRY_CHOSEN");
    }
    bool const is_business = visit.door ? !visit.door->is_home : visit.query("buyer") == "business";
    page.show(is_business ? Name("FOR_BUSINESS") : Name("FOR_HOME"));
}

}  // namespace

std::vector<Country> large_markets() {
    constexpr std::array<std::string_view, 20> codes = {"US", "CA", "MX", "BR", "GB", "DE", "FR",
                                                        "NL", "IT", "CH", "AE", "SA", "IN", "CN",
                                                        "JP", "KR", "AU", "ZA", "KE", "NG"};
    std::vector<Country> all;
    for (auto const code : codes) all.push_back(*Country::parse(code));
    return all;
}

void set_door_form(Page& page, Visit const& visit, std::string_view back) {
    std::vector<Country> countries;
    for (std::size_t i = 0; i < country_indexes; ++i) {
        auto const index = static_cast<std::uint16_t>(i);
        if (Country::is_in_use(index)) countries.push_back(Country::from_index(index));
    }
    list_doors(page, visit, back, std::move(countries));
}

void set_short_door_form(Page& page, Visit const& visit, std::string_view back) {
    struct Home {
        std::string_view language, country;
    };
    constexpr std::array<Home, 9> homes{{{"ar", "EG"},
                                         {"ar", "MA"},
                                         {"bn", "BD"},
                                         {"es", "ES"},
                                         {"fr", "SN"},
                                         {"pt", "PT"},
                                         {"sw", "TZ"},
                                         {"sw", "UG"},
                                         {"ur", "PK"}}};
    auto countries = large_markets();
    for (auto const& home : homes)
        if (visit.language() == home.language) countries.push_back(*Country::parse(home.country));
    bool const is_missing = visit.door && std::ranges::find(countries, visit.door->to) == countries.end();
    if (is_missing) countries.push_back(visit.door->to);
    list_doors(page, visit, back, std::move(countries));
    page.show("MORE_COUNTRIES");
}

void set_crumbs(Page& page, std::initializer_list<std::pair<std::string, std::string>> above,
                std::string_view here) {
    for (auto const& [address, name] : above) {
        auto& crumb = page.add("CRUMBS");
        crumb.set("CRUMB_URL", address);
        crumb.set("CRUMB_NAME", name);
    }
    page.set("CRUMB_HERE", here);
}

}  // namespace allroads::web
