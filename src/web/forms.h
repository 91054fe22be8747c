#pragma once
// Forms: what stands in their fields, what was wrong with it, and how they are shown. Not for use outside
// web.

#include "web/site.h"

#include <string>
#include <string_view>
#include <vector>

namespace allroads::web {

// What is wrong with a field, in the reader's language.
struct Problem {
    std::string field;  // as the form names it; empty: of the whole
    std::string text;
};
using Problems = std::vector<Problem>;

// A refusal as it is told to people. Field and code decide; what has no words here is told in English.
[[nodiscard]] std::string words_of(Visit const& visit, Error const& error);
[[nodiscard]] Problem problem_of(Visit const& visit, Error const& error);
// Refusals that no other input would mend: they have a page of their own.
[[nodiscard]] bool is_for_error_page(Error const& error);

struct Option {
    std::string value;
    std::string name;
    bool is_chosen = false;
};
enum class Control : std::uint8_t { line, email, password, area, choose, tick, ticks, files, hidden, fixed };
struct Field {
    std::string name;
    std::string label = {};
    Control control = Control::line;
    std::string value = {};  // of a tick: what is sent where it is set
    std::string help = {};
    std::vector<Option> options = {};
    std::string keyboard = "text";     // inputmode
    // As HTML names it. With "off" browsers forget what was typed when somebody comes back to the form.
    std::string autocomplete = "on";
    std::string picture = {};          // address of a picture that stands above
    int length_max = 200;
    bool is_set = false;  // of a tick
    bool is_required = false;
    bool is_short = false;
    bool is_in_any_language = false;  // what is written may run in either direction
    bool is_folded = false;           // of ticks: a long list that opens when it is pressed
};
struct Button {
    std::string value;  // of the field "do"
    std::string text;
    enum class Look : std::uint8_t { full, plain, danger } look = Look::full;
};

// A form as it is put together. What was sent takes the place of the values that fields are given, so that
// nothing has to be written twice; passwords are the exception.
class Sheet {
public:
    Sheet(Visit const& visit, net::Form const* sent, Problems problems);
    void heading(std::string_view text, std::string_view about = {});
    void add(Field field);
    void keep(std::string_view name, std::string_view value);  // a hidden field
    void button(Button button);
    // Where the form is sent; the address of this page where nothing is said.
    void sends_to(std::string_view action) { action_ = action; }
    // The values of _errors and _form.
    void show(Page& page) const;

private:
    struct Group {
        std::string heading, about;
        std::vector<Field> fields = {};
    };
    void show_field(Page& page, Field const& field) const;
    [[nodiscard]] std::string_view problem_with(std::string_view field) const;
    Visit const& visit_;
    net::Form const* sent_;
    Problems problems_;
    std::vector<Group> groups_;
    std::vector<Field> hidden_;
    std::vector<Button> buttons_;
    std::string action_;
    bool has_files_ = false;
};

// What a form held, read with the digits and signs of the language it was shown in: the language may have
// changed in between, and 1.234 is not the same number in all of them.
class Typed {
public:
    Typed(Visit const& visit, net::Form const& form);
    [[nodiscard]] std::string_view text(std::string_view name) const { return trim(form_.value(name)); }
    // Nothing where nothing was written, or where it is told as a problem.
    [[nodiscard]] std::optional<Decimal> number(std::string_view name, Decimal const& least,
                                                Decimal const& most);
    [[nodiscard]] std::optional<std::int64_t> whole(std::string_view name, std::int64_t least,
                                                    std::int64_t most);
    [[nodiscard]] std::optional<Money> money(std::string_view name, Currency currency);
    [[nodiscard]] std::optional<Country> country(std::string_view name);
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
    void wrong(std::string_view field, std::string_view text);
    [[nodiscard]] Problems& problems() { return problems_; }
    [[nodiscard]] net::Form const& form() const { return form_; }

private:
    Visit const& visit_;
    net::Form const& form_;
    locale::Tongue tongue_;
    Problems problems_;
};
inline constexpr std::string_view numbers_field = "numbers";  // hidden: the language of the numbers

[[nodiscard]] std::vector<Option> country_options(Visit const& visit, std::optional<Country> chosen);
[[nodiscard]] std::vector<Option> currency_options(Visit const& visit, std::optional<Currency> chosen);
[[nodiscard]] std::vector<Option> language_options(Visit const& visit, std::string_view chosen);
[[nodiscard]] std::vector<Option> key_options(Visit const& visit, std::span<shop::Named const> known,
                                              std::vector<std::string> const& chosen);

// Where one is among the pages of one's own.
enum class Here : std::uint8_t { account, shops, counter, operating, orders, money };
void set_mine(Page& page, Visit const& visit, Here here);
// A page that is a form and nothing else: title, words above it, and links below.
struct FormPage {
    std::string title;
    std::vector<std::string> leads = {};
    std::vector<std::string> done = {};  // what was done just now
    std::vector<std::string> warned = {};
    std::vector<std::pair<std::string, std::string>> links = {};  // address and words
    std::optional<Here> here = {};
};
[[nodiscard]] net::Response form_answer(Visit& visit, FormPage const& about, Sheet const& sheet, Page& page,
                                        int status = 200);

// One form of one's own: shown, and shown again with what is wrong.
using Fill = std::function<void(Sheet&)>;
[[nodiscard]] net::Response my_form(Visit& visit, FormPage about, net::Form const* sent, Problems problems,
                                    Fill const& fill);
[[nodiscard]] Field password_field(Visit const& visit, std::string name, std::string_view label, bool is_new);
// The password again, before something grave; and what is told where it is not right.
[[nodiscard]] Result<void> prove(Visit& visit, std::string_view password);
[[nodiscard]] std::string proof_words(Visit const& visit, Error const& error);

// Whoever is signed in by a session: no key of a program, which must not outlive its end by our pages.
[[nodiscard]] Result<void> must_be_person(Visit const& visit);
// A path of this hub; `otherwise` where it could lead a visitor away.
[[nodiscard]] std::string path_within(std::string_view text, std::string_view otherwise);
[[nodiscard]] std::string moment_text(Visit const& visit, people::Moment at);
// A photo that everybody may see, in one of its widths.
[[nodiscard]] std::string picture_address(std::string_view digest, std::int32_t width);

}  // namespace allroads::web
