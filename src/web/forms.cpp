#include "web/forms.h"

#include <algorithm>
#include <charconv>

namespace allroads::web {
namespace {

using locale::to_say;

// ---- refusals in words ------------------------------------------------------------------------------------

struct Words {
    Code code;
    std::string_view field;  // empty: of any
    std::string_view text;
    // Than what the hub says of the case, which is English: that is shown to those who read English.
    bool says_less = false;
};
constexpr std::string_view contact_words = to_say(
    "Write a telephone number with + and the code of the country, such as +254 712 345 678, or an e-mail "
    "address.");
constexpr std::string_view password_words =
    to_say("A password has at least 8 letters. Several words are good; what is guessed first is refused.");
constexpr Words refusals[] = {
    {Code::field_missing, "contact", contact_words},
    {Code::bad_value, "contact", contact_words},
    {Code::too_long, "contact", contact_words},
    {Code::conflict, "contact",
     to_say("There is an account with this contact already. Sign in, or set a new password.")},
    {Code::bad_value, "password", password_words},
    {Code::too_long, "password", to_say("A password has at most 128 letters.")},
    {Code::bad_value, "new_password", password_words},
    {Code::too_long, "new_password", to_say("A password has at most 128 letters.")},
    {Code::wrong_secret, "password", to_say("The contact and the password do not belong together.")},
    {Code::wrong_secret, "old_password", to_say("The old password is not right.")},
    {Code::wrong_secret, "code", to_say("The code is not right, or it has run out.")},
    {Code::field_missing, "name", to_say("Write a name.")},
    {Code::bad_value, "name", to_say("A name is one line of text.")},
    {Code::too_long, "name", to_say("The name is too long.")},
    {Code::field_missing, "scopes", to_say("Say what the key may do.")},
    {Code::conflict, "key", to_say("There are 50 keys already; end one first.")},
    {Code::conflict, "second-factor", to_say("There is a second factor already.")},
    {Code::field_missing, "slug", to_say("Write the address of the shop in a-z, 0-9 and -.")},
    {Code::bad_value, "slug",
     to_say("The address has at least three letters of a-z, 0-9 and -, and no - at its ends.")},
    {Code::conflict, "slug", to_say("Another shop is found under that address.")},
    {Code::conflict, "version", to_say("Another version came in between.")},
    {Code::conflict, "sku", to_say("Another product of this shop has that number.")},
    {Code::field_missing, "title", to_say("Write what it is called.")},
    {Code::field_missing, "category", to_say("Choose what kind of goods it is.")},
    {Code::field_missing, "price-0", to_say("Write what it costs.")},
    {Code::bad_value, "price-0", to_say("Write a price above zero.")},
    {Code::field_missing, "hs", to_say("Without a customs code no delivered price can be told.")},
    {Code::bad_code, "hs", to_say("A customs code has 6 to 12 digits.")},
    {Code::field_missing, "gross", to_say("Without a weight no price of sending can be told.")},
    {Code::field_missing, "lead_days", to_say("Write in how many days it is made.")},
    {Code::field_missing, "stock", to_say("Write how many there are.")},
    {Code::bad_quantity, "", to_say("Write a number above zero, such as 10.")},
    {Code::amount_not_decimal, "", to_say("Write a number, such as 10 or 4.50.")},
    {Code::amount_too_precise, "", to_say("The amount has more decimals than its currency.")},
    {Code::amount_too_large, "", to_say("The number is too large.")},
    {Code::bad_value, "pin", to_say("A PIN has 6 digits that are not easily guessed.")},
    {Code::wrong_secret, "pin", to_say("The contact and the PIN do not belong together.")},
    {Code::field_missing, "purposes", to_say("Say what the clerk may do.")},
    {Code::bad_file, "photos", to_say("A photo is a JPEG, PNG, WebP or GIF.")},
    {Code::too_long, "photos", to_say("A photo has at most 12 MB.")},
    {Code::not_enough, "photos",
     to_say("You have as many photos here as one may have. Ask who runs this hub for more room.")},
    {Code::bad_file, "evidence",
     to_say("A file is a photo (JPEG, PNG, WebP) or a whole PDF that runs nothing.")},
    {Code::too_long, "evidence", to_say("A file has at most 8 MB.")},
    {Code::not_enough, "evidence", to_say("This order has as many files as it may have.")},
    {Code::not_supported, "", to_say("This hub does not do this, or not in this way."), true},
    {Code::not_enough, "", to_say("There is not so much money."), true},
    {Code::field_unknown, "",
     to_say("The form did not arrive whole. Open the page again and send it once more."), true},
    {Code::bad_json, "", to_say("The form did not arrive whole. Open the page again and send it once more."),
     true},
    {Code::busy, "", to_say("There is more to do than we can at this moment. Try again in a minute.")},
    {Code::wrong_secret, "", to_say("The password or code is not the right one.")},
    {Code::too_long, "", to_say("This is longer than fits here.")},
    {Code::bad_code, "", to_say("A customs code has 6 to 12 digits."), true},
    {Code::bad_country, "", to_say("Choose a country."), true},
    {Code::bad_currency, "", to_say("Choose a currency."), true},
    {Code::bad_date, "", to_say("Write a day as 2026-03-15."), true},
    {Code::bad_unit, "", to_say("This unit is not known here."), true},
    {Code::bad_value, "", to_say("This is not what is expected here."), true},
    {Code::field_missing, "", to_say("Something is missing here."), true},
    {Code::no_market, "", to_say("The books hold no rules for this destination yet."), true},
    {Code::no_exchange_rate, "", to_say("There is no exchange rate between these currencies for that day."),
     true},
    {Code::prohibited, "", to_say("These goods may not be imported there."), true},
    {Code::not_found, "", to_say("There is nothing of that name."), true},
    {Code::bad_file, "", to_say("The file cannot be read as what it is meant to be."), true},
    {Code::no_books, "", to_say("There are no books here yet, so no price can be told."), true},
    {Code::conflict, "", to_say("This contradicts what is stored already."), true},
    {Code::outcome_unknown, "",
     to_say("Whether this was stored is not known. Look before you send it again."), true},
    {Code::bad_http, "", to_say("The form did not arrive whole. Open the page again and send it once more."),
     true},
    {Code::not_allowed, "", to_say("Your account may not do this."), true},
    {Code::other_site, "", to_say("The page is too old, or it is not ours. Open it again here."), true},
    {Code::unavailable, "", to_say("Something that we need does not answer. Try again in a minute."), true},
};

// "try again in 95 seconds", in the reader's language.
std::string too_often(Visit const& visit, std::string_view detail) {
    std::int64_t seconds = 0;
    auto const digit = detail.find_first_of("0123456789");
    if (digit != std::string_view::npos)
        std::from_chars(detail.data() + digit, detail.data() + detail.size(), seconds);
    if (detail.find(" minute") != std::string_view::npos) seconds *= 60;
    if (seconds <= 0) return std::string(visit.say("Too many tries. Try again later."));
    if (seconds < 120) {
        return visit.tongue.say_many("Too many tries. Try again in {1} second.",
                                     "Too many tries. Try again in {1} seconds.", seconds);
    }
    return visit.tongue.say_many("Too many tries. Try again in {1} minute.",
                                 "Too many tries. Try again in {1} minutes.", (seconds + 59) / 60);
}

Name section_of(Control control) {
    switch (control) {
        case Control::line: return "FIELD_LINE";
        case Control::email: return "FIELD_EMAIL";
        case Control::password: return "FIELD_SECRET";
        case Control::area: return "FIELD_AREA";
        case Control::choose: return "FIELD_CHOOSE";
        case Control::tick: return "FIELD_TICK";
        case Control::ticks: return "FIELD_TICKS";
        case Control::files: return "FIELD_FILES";
        case Control::hidden:
        case Control::fixed: break;
    }
    return "FIELD_FIXED";
}

bool was_sent(net::Form const& form, std::string_view name, std::string_view value) {
    return std::ranges::any_of(form.fields,
                               [&](net::Pair const& one) { return one.name == name && one.value == value; });
}
bool was_sent(net::Form const& form, std::string_view name) {
    return std::ranges::any_of(form.fields, [&](net::Pair const& one) { return one.name == name; });
}

}  // namespace

std::string words_of(Visit const& visit, Error const& error) {
    if (error.code() == Code::too_many) return too_often(visit, error.detail());
    for (auto const& one : refusals) {
        if (one.code != error.code() || !(one.field.empty() || one.field == error.field())) continue;
        bool const is_english = visit.tongue.language() == locale::Language::english();
        if (one.says_less && is_english && !error.detail().empty()) break;
        return std::string(visit.say(one.text));
    }
    // What has no words of ours says in English what is wrong, to those who read it.
    if (visit.tongue.language() != locale::Language::english())
        return std::string(visit.say("That does not work"));
    return std::string(error.detail().empty() ? facts_of(error.code()).sentence : error.detail());
}

Problem problem_of(Visit const& visit, Error const& error) {
    return {std::string(error.field()), words_of(visit, error)};
}

bool is_for_error_page(Error const& error) {
    auto const status = facts_of(error.code()).http_status;
    return error.code() == Code::signed_out || error.code() == Code::other_site ||
           error.code() == Code::not_allowed || error.code() == Code::not_found ||
           (status >= 500 && error.code() != Code::busy && error.code() != Code::not_supported);
}

// ---- the form ---------------------------------------------------------------------------------------------

Sheet::Sheet(Visit const& visit, net::Form const* sent, Problems problems)
    : visit_(visit), sent_(sent), problems_(std::move(problems)) {}

void Sheet::heading(std::string_view text, std::string_view about) {
    groups_.push_back({std::string(text), std::string(about)});
}

void Sheet::add(Field field) {
    if (sent_ != nullptr && field.control != Control::files && field.control != Control::password) {
        if (field.control == Control::ticks || field.control == Control::choose) {
            for (auto& option : field.options) option.is_chosen = was_sent(*sent_, field.name, option.value);
        } else if (field.control == Control::tick) {
            field.is_set = was_sent(*sent_, field.name, field.value);
        } else if (was_sent(*sent_, field.name)) {
            field.value = sent_->value(field.name);
        }
    }
    has_files_ = has_files_ || field.control == Control::files;
    if (groups_.empty()) groups_.emplace_back();
    groups_.back().fields.push_back(std::move(field));
}

void Sheet::keep(std::string_view name, std::string_view value) {
    hidden_.push_back({.name = std::string(name), .value = std::string(value)});
}

void Sheet::button(Button button) { buttons_.push_back(std::move(button)); }

std::string_view Sheet::problem_with(std::string_view field) const {
    auto const found = std::ranges::find(problems_, field, &Problem::field);
    return found == problems_.end() ? std::string_view() : std::string_view(found->text);
}

void Sheet::show_field(Page& page, Field const& field) const {
    page.show(section_of(field.control));
    if (field.control != Control::tick && field.control != Control::ticks) page.show("FIELD_ALONE");
    page.set("FIELD_ID", field.name);
    page.set("FIELD_NAME", field.name);
    page.set("FIELD_LABEL", field.label);
    page.set("FIELD_VALUE", field.value);
    page.set("FIELD_MAX", std::to_string(field.length_max));
    page.set("FIELD_KEYBOARD", field.keyboard);
    page.set("FIELD_COMPLETE", field.autocomplete);
    page.set("FIELD_ACCEPT", field.value);
    if (field.is_short) page.show("FIELD_SHORT");
    if (field.is_required) page.show("FIELD_NEEDED");
    if (field.is_in_any_language) page.show("FIELD_ANY");
    if (field.is_set) page.show("FIELD_SET");
    if (field.is_folded) page.show("FIELD_FOLDED");
    if (!field.picture.empty()) page.add("FIELD_PICTURE").set("PICTURE_URL", field.picture);
    if (!field.help.empty()) page.add("FIELD_HELP").set("HELP_TEXT", field.help);
    if (auto const problem = problem_with(field.name); !problem.empty())
        page.add("FIELD_PROBLEM").set("PROBLEM_TEXT", problem);
    for (auto const& option : field.options) {
        auto& one = page.add("OPTIONS");
        one.set("OPTION_ID", field.name + "-" + option.value);
        one.set("OPTION_VALUE", option.value);
        one.set("OPTION_NAME", option.name);
        if (option.is_chosen) one.show("OPTION_CHOSEN");
    }
}

void Sheet::show(Page& page) const {
    page.set("FORM_ACTION", action_.empty() ? path_within(visit_.http.target, visit_.http.path) : action_);
    page.set("FORM_SECRET", form_secret(visit_));
    if (has_files_) page.show("FORM_FILES");
    auto const is_secret = [](Field const& one) { return one.control == Control::password; };
    if (std::ranges::any_of(groups_,
                            [&](Group const& one) { return std::ranges::any_of(one.fields, is_secret); }))
        page.show("FORM_SECRETS");
    for (auto const& one : hidden_) {
        auto& field = page.add("FORM_HIDDEN");
        field.set("HIDDEN_NAME", one.name);
        field.set("HIDDEN_VALUE", one.value);
    }
    std::vector<std::string_view> names;
    for (auto const& group : groups_) {
        auto& section = page.add("GROUPS");
        if (!group.heading.empty()) section.add("GROUP_HEAD").set("GROUP_HEADING", group.heading);
        if (!group.about.empty()) section.add("GROUP_SAYS").set("GROUP_ABOUT", group.about);
        for (auto const& field : group.fields) {
            show_field(section.add("FIELDS"), field);
            names.push_back(field.name);
        }
    }
    for (auto const& button : buttons_) {
        auto& one = page.add("BUTTONS");
        one.set("BUTTON_VALUE", button.value);
        one.set("BUTTON_TEXT", button.text);
        if (button.look == Button::Look::plain) one.show("BUTTON_PLAIN");
        if (button.look == Button::Look::danger) one.show("BUTTON_DANGER");
    }
    if (problems_.empty()) return;
    auto& errors = page.add("ERRORS");
    for (auto const& problem : problems_) {
        auto& one = errors.add("ERROR_LIST");
        one.set("ERROR_TEXT", problem.text);
        bool const has_field = std::ranges::find(names, problem.field) != names.end();
        if (has_field) {
            one.add("ERROR_AT").set("ERROR_FIELD", problem.field);
        } else {
            one.show("ERROR_WHOLE");
        }
    }
}

// ---- what was typed ---------------------------------------------------------------------------------------

Typed::Typed(Visit const& visit, net::Form const& form)
    : visit_(visit),
      form_(form),
      tongue_(visit.site.tongues.in(
          locale::Language::parse(form.value(numbers_field)).value_or(visit.tongue.language()))) {}

void Typed::wrong(std::string_view field, std::string_view text) {
    problems_.push_back({std::string(field), std::string(text)});
}

std::optional<Decimal> Typed::number(std::string_view name, Decimal const& least, Decimal const& most) {
    auto const written = text(name);
    if (written.empty()) return std::nullopt;
    auto const number = tongue_.read_number(written);
    if (!number) {
        wrong(name, words_of(visit_, Error(number.error().code(), name, number.error().detail())));
        return std::nullopt;
    }
    if (*number < least || *number > most) {
        wrong(name,
              locale::fill(visit_.say("Write a number from {{LEAST}} to {{MOST}}."),
                           {{"LEAST", visit_.tongue.number(least)}, {"MOST", visit_.tongue.number(most)}}));
        return std::nullopt;
    }
    return *number;
}

std::optional<std::int64_t> Typed::whole(std::string_view name, std::int64_t least, std::int64_t most) {
    auto const value = number(name, Decimal(least), Decimal(most));
    if (!value) return std::nullopt;
    auto const stripped = value->stripped();
    if (stripped.scale() > 0) {
        wrong(name, visit_.say("Write a whole number."));
        return std::nullopt;
    }
    return static_cast<std::int64_t>(stripped.rounded(0, Round::down).coefficient());
}

std::optional<Money> Typed::money(std::string_view name, Currency currency) {
    auto const written = text(name);
    if (written.empty()) return std::nullopt;
    auto const money = tongue_.read_money(written, currency);
    if (money && money->minor() >= 0) return *money;
    auto const error = money ? Error(Code::bad_quantity, name, "") : money.error();
    if (error.code() == Code::bad_currency) {
        wrong(name, locale::fill(visit_.say("Write the amount in {{CURRENCY}}."),
                                 {{"CURRENCY", visit_.tongue.currency_name(currency)}}));
    } else {
        wrong(name, words_of(visit_, Error(error.code(), name, error.detail())));
    }
    return std::nullopt;
}

std::optional<Country> Typed::country(std::string_view name) {
    auto const country = Country::parse(text(name));
    if (country) return *country;
    wrong(name, visit_.say("Choose a country."));
    return std::nullopt;
}

std::vector<std::string> Typed::all(std::string_view name) const {
    std::vector<std::string> values;
    for (auto const& pair : form_.fields) {
        if (pair.name == name && !pair.value.empty()) values.push_back(pair.value);
    }
    return values;
}

// ---- lists to choose from ---------------------------------------------------------------------------------

namespace {

void sort_by_name(Visit const& visit, std::vector<Option>& options) {
    std::ranges::sort(
        options, [&](Option const& a, Option const& b) { return visit.tongue.compare(a.name, b.name) < 0; });
}

}  // namespace

std::vector<Option> country_options(Visit const& visit, std::optional<Country> chosen) {
    std::vector<Option> options;
    for (std::size_t i = 0; i < country_indexes; ++i) {
        auto const index = static_cast<std::uint16_t>(i);
        if (!Country::is_in_use(index)) continue;
        auto const country = Country::from_index(index);
        options.push_back({std::string(country.text()), std::string(visit.tongue.country_name(country)),
                           chosen == country});
    }
    sort_by_name(visit, options);
    options.insert(options.begin(), {"", std::string(visit.say("Choose a country")), !chosen});
    return options;
}

std::vector<Option> currency_options(Visit const& visit, std::optional<Currency> chosen) {
    std::vector<Option> options;
    for (auto const currency : all_currencies()) {
        options.push_back(
            {std::string(currency.text()),
             std::string(visit.tongue.currency_name(currency)) + " (" + std::string(currency.text()) + ")",
             chosen == currency});
    }
    sort_by_name(visit, options);
    return options;
}

std::vector<Option> language_options(Visit const& visit, std::string_view chosen) {
    std::vector<Option> options;
    bool is_known = chosen.empty();
    for (auto const language : locale::all_languages()) {
        bool const is_chosen = language.tag() == chosen;
        is_known = is_known || is_chosen;
        options.push_back({std::string(language.tag()), std::string(language.own_name()), is_chosen});
    }
    if (!is_known) options.push_back({std::string(chosen), std::string(chosen), true});
    (void)visit;
    return options;
}

std::vector<Option> key_options(Visit const& visit, std::span<shop::Named const> known,
                                std::vector<std::string> const& chosen) {
    std::vector<Option> options;
    for (auto const& one : known) {
        options.push_back({std::string(one.key), std::string(visit.say(one.name)),
                           std::ranges::find(chosen, one.key) != chosen.end()});
    }
    sort_by_name(visit, options);
    return options;
}

// ---- around it --------------------------------------------------------------------------------------------

void set_mine(Page& page, Visit const& visit, Here here) {
    auto& mine = page.add("MINE");
    if (here == Here::account) mine.show("AT_ACCOUNT");
    if (here == Here::orders) mine.show("AT_ORDERS");
    if (here == Here::money) mine.show("AT_MONEY");
    if (here == Here::shops) mine.show("AT_SHOPS");
    if (visit.caller.roles.has(people::Role::clerk)) {
        mine.show("FOR_CLERKS");
        if (here == Here::counter) mine.show("AT_COUNTER");
    }
    if (visit.caller.roles.has(people::Role::operator_)) {
        mine.show("FOR_OPERATORS");
        if (here == Here::operating) mine.show("AT_OPERATING");
    }
}

net::Response form_answer(Visit& visit, FormPage const& about, Sheet const& sheet, Page& page, int status) {
    page.set("FORM_TITLE", about.title);
    for (auto const& lead : about.leads) page.add("LEADS").set("LEAD_TEXT", lead);
    for (auto const& text : about.done) page.add("DONE").set("TOLD_TEXT", text);
    for (auto const& text : about.warned) page.add("WARNED").set("TOLD_TEXT", text);
    if (!about.links.empty()) {
        auto& links = page.add("FORM_LINKS");
        for (auto const& [address, words] : about.links) {
            auto& link = links.add("LINK_LIST");
            link.set("LINK_URL", address);
            link.set("LINK_TEXT", words);
        }
    }
    if (about.here && visit.caller.is_signed_in()) set_mine(page, visit, *about.here);
    sheet.show(page);
    auto response = answer(visit, "form", page, status);
    response.cache = net::Cache::never;
    return response;
}

Result<void> must_be_person(Visit const& visit) {
    if (visit.caller.account && visit.caller.session) return {};
    return refuse(Code::signed_out, "", "sign in first");
}

std::string path_within(std::string_view text, std::string_view otherwise) {
    // Browsers take a backslash for a slash, and drop tabs and line ends before they look for "//".
    bool const is_own = text.size() <= 2000 && text.starts_with('/') && !text.starts_with("//") &&
                        is_clean(text) && text.find_first_of("\\\r\n\t ") == std::string_view::npos;
    return std::string(is_own ? text : otherwise);
}

std::string moment_text(Visit const& visit, people::Moment at) {
    auto const days = std::chrono::floor<std::chrono::days>(at);
    auto const minutes = std::chrono::duration_cast<std::chrono::minutes>(at - days).count();
    auto const two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    auto const day = Day::from_number(static_cast<std::int32_t>(days.time_since_epoch().count()));
    return visit.tongue.date(day) + ", " +
           locale::isolated(two(minutes / 60) + ":" + two(minutes % 60) + " UTC");
}

std::string picture_address(std::string_view digest, std::int32_t width) {
    return "/photos/" + std::string(digest) + "-" + std::to_string(width) + ".jpg";
}

}  // namespace allroads::web
