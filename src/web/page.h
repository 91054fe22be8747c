#pragma once
// What a template is filled with: texts by name, and sections that stand once or several times. A value is
// text and is escaped by where it stands; only markup that this room drew itself goes in as it is.

#include "base/base.h"

#include <list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace allroads::web {

// A name in a template: A-Z, 0-9 and _. Names ending in _SVG or _JSON hold Markup, all others text.
class Name {
public:
    consteval Name(char const* literal) : Name(std::string_view(literal), 0) {}
    // For names that are not literals; `text` must outlive every page that uses it.
    [[nodiscard]] static Name of(std::string_view text) { return Name(text, 0); }

    [[nodiscard]] constexpr std::string_view text() const { return text_; }
    [[nodiscard]] constexpr bool is_for_markup() const {
        return text_.ends_with("_SVG") || text_.ends_with("_JSON");
    }
    friend constexpr bool operator==(Name const& a, Name const& b) {
        return a.hash_ == b.hash_ && a.text_ == b.text_;
    }

private:
    constexpr Name(std::string_view text, int) : text_(text), hash_(2166136261U) {
        for (char const letter : text) hash_ = (hash_ ^ static_cast<unsigned char>(letter)) * 16777619U;
    }
    std::string_view text_;
    std::uint32_t hash_;  // FNV-1a, so that most names are told apart by one comparison
};

// HTML or SVG that was drawn here from texts that were escaped here; there is no other way to make one.
class Markup {
public:
    Markup() = default;
    [[nodiscard]] std::string const& text() const { return text_; }

private:
    friend class Drawing;
    friend class Page;
    explicit Markup(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

class Page {
public:
    // A later value of a name takes the place of an earlier one.
    Page& set(Name name, std::string_view text);
    Page& set(Name name, Markup markup);
    // The section stands once, with what this page holds.
    Page& show(Name section);
    // The section stands once more, with values of its own before those of this page. What is returned lives
    // as long as this page.
    Page& add(Name section);

private:
    friend class Scope;
    struct Value {
        Name name;
        std::string text;
    };
    struct Section {
        Name name;
        std::list<Page> pages;  // none: shown once
    };
    Section& section_of(Name name);
    std::vector<Value> values_;
    std::list<Section> sections_;
};

}  // namespace allroads::web
