#include "web/page.h"

#include <algorithm>

namespace allroads::web {

Page& Page::set(Name name, std::string_view text) {
    check(!name.is_for_markup());
    auto const found = std::ranges::find_if(values_, [&](Value const& value) { return value.name == name; });
    if (found != values_.end()) {
        found->text = text;
    } else {
        values_.push_back({name, std::string(text)});
    }
    return *this;
}

Page& Page::set(Name name, Markup markup) {
    check(name.is_for_markup());
    std::erase_if(values_, [&](Value const& value) { return value.name == name; });
    values_.push_back({name, std::move(markup.text_)});
    return *this;
}

Page::Section& Page::section_of(Name name) {
    for (Section& section : sections_) {
        if (section.name == name) return section;
    }
    return sections_.emplace_back(Section{name, {}});
}

Page& Page::show(Name section) {
    section_of(section);
    return *this;
}

Page& Page::add(Name section) { return section_of(section).pages.emplace_back(); }

}  // namespace allroads::web
