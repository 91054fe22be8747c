#include "web/pages.h"

#include "web/marks.h"

#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary_interface.h>
#include <ctemplate/template_enums.h>
#include <ctemplate/template_string.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace allroads::web {

// A page as ctemplate asks for it: what the innermost section does not have is looked for outside of it.
// Nothing is copied.
class Scope final : public ctemplate::TemplateDictionaryInterface {
public:
    Scope(Page const* page, Scope const* outside, std::vector<std::string>* missing)
        : page_(page), outside_(outside), missing_(missing) {}

protected:
    using TemplateString = ctemplate::TemplateString;

    TemplateString GetValue(TemplateString const& variable) const override {
        Name const name = name_of(variable);
        for (Scope const* scope = this; scope != nullptr; scope = scope->outside_) {
            for (Page::Value const& value : scope->page_->values_) {
                if (value.name == name) return TemplateString(value.text.data(), value.text.size());
            }
        }
        if (missing_ != nullptr) missing_->emplace_back(name.text());
        return TemplateString("", 0);
    }
    bool IsHiddenSection(TemplateString const& name) const override { return find(name).first == nullptr; }
    bool IsUnhiddenSection(TemplateString const& name) const override { return !IsHiddenSection(name); }
    void DumpToString(std::string*, int) const override {}
    // Templates were put together before ctemplate saw them.
    bool IsHiddenTemplate(TemplateString const&) const override { return true; }
    char const* GetIncludeTemplateName(TemplateString const&, int) const override { return ""; }

    class Times;  // the pages of a section, one after the other
    Iterator* CreateTemplateIterator(TemplateString const&) const override;
    Iterator* CreateSectionIterator(TemplateString const& section) const override;

private:
    static Name name_of(TemplateString const& text) {
        return Name::of(std::string_view(text.data(), text.size()));
    }
    std::pair<Page::Section const*, Scope const*> find(TemplateString const& text) const {
        Name const name = name_of(text);
        for (Scope const* scope = this; scope != nullptr; scope = scope->outside_) {
            for (Page::Section const& section : scope->page_->sections_) {
                if (section.name == name) return {&section, scope};
            }
        }
        return {nullptr, nullptr};
    }
    Page const* page_;
    Scope const* outside_;
    std::vector<std::string>* missing_;
};

class Scope::Times final : public Iterator {
public:
    Times(std::list<Page> const& pages, Scope const* outside)
        : next_(pages.begin()), end_(pages.end()), scope_(nullptr, outside, outside->missing_) {}
    bool HasNext() const override { return next_ != end_; }
    ctemplate::TemplateDictionaryInterface const& Next() override {
        scope_.page_ = &*next_++;
        return scope_;
    }

private:
    std::list<Page>::const_iterator next_, end_;
    Scope scope_;
};

// ctemplate owns the iterators that it asks for.
Scope::Iterator* Scope::CreateTemplateIterator(TemplateString const&) const {
    static std::list<Page> const none;
    return new Times(none, this);
}
// An iterator without pages makes ctemplate write the section once, with this scope.
Scope::Iterator* Scope::CreateSectionIterator(TemplateString const& section) const {
    auto const [found, scope] = find(section);
    check(found != nullptr);
    return new Times(found->pages, this);
}

struct Pages::Compiled {
    ctemplate::TemplateCache cache;
    std::vector<Language> languages;
    std::vector<std::string> names;
    std::vector<Mark> texts;
    std::set<std::string, std::less<>> keys;  // "product en", as in the cache
};

namespace {

constexpr std::size_t template_bytes_max = 256U * 1024;
constexpr std::size_t templates_max = 200;
constexpr auto strip = ctemplate::STRIP_BLANK_LINES;

Result<Files> read(std::string const& folder) {
    Files files;
    std::error_code error;
    for (auto const& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() != ".tpl") continue;
        std::string const name = entry.path().filename().string();
        std::ifstream file(entry.path(), std::ios::binary);
        std::string text(std::istreambuf_iterator<char>(file), {});
        if (!file || text.size() > template_bytes_max || files.size() == templates_max || !is_clean(text))
            return refuse(Code::bad_file, name, "it cannot be read, or is too long, or not UTF-8");
        files.emplace(name, std::move(text));
    }
    if (error || files.empty()) return refuse(Code::not_found, "pages", folder + " holds no templates");
    return files;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

std::string key_of(std::string_view name, std::string_view language) {
    std::string key(name);
    return (key += ' ') += language;
}

}  // namespace

Result<Pages> Pages::load(std::string const& folder, std::vector<Language> languages,
                          Translate const& translate, std::string_view style_url) {
    check(!languages.empty());
    Files const files = TRY(read(folder));
    auto compiled = std::make_unique<Compiled>();
    compiled->languages = std::move(languages);
    std::set<Mark> texts;
    for (auto const& [file, unread] : files) {
        if (file.starts_with('_')) continue;
        std::string const name = file.substr(0, file.size() - 4);
        std::string const text = TRY(whole(files, file));
        for (Mark& mark : TRY(marks_of(text))) texts.insert(std::move(mark));
        for (Language const& language : compiled->languages) {
            std::string source =
                "{{%AUTOESCAPE context=\"HTML\"}}\n" + TRY(in_language(text, language, translate));
            replace_all(source, "{{LANG}}", escaped(language.code));
            replace_all(source, "{{DIR}}", language.is_right_to_left ? "rtl" : "ltr");
            replace_all(source, "{{STYLE_URL}}", escaped(style_url));
            std::string const key = key_of(name, language.code);
            if (!compiled->cache.StringToTemplateCache(key, source, strip))
                return refuse(Code::bad_file, file,
                              "ctemplate does not understand it; it says why on stderr");
            compiled->keys.insert(key);
        }
        compiled->names.push_back(name);
    }
    compiled->texts.assign(texts.begin(), texts.end());
    compiled->cache.Freeze();
    return Pages(std::move(compiled));
}

std::string Pages::render(std::string_view name, std::string_view language, Page const& page) const {
    auto found = compiled_->keys.find(key_of(name, language));
    if (found == compiled_->keys.end())
        found = compiled_->keys.find(key_of(name, compiled_->languages.front().code));
    check(found != compiled_->keys.end());
    Scope const scope(&page, nullptr, nullptr);
    std::string text;
    text.reserve(32 * 1024);
    check(compiled_->cache.ExpandNoLoad(*found, strip, &scope, nullptr, &text));
    return text;
}

std::string Pages::render(std::string_view name, std::string_view language, Page const& page,
                          std::vector<std::string>& missing) const {
    auto const found = compiled_->keys.find(key_of(name, language));
    check(found != compiled_->keys.end());
    Scope const scope(&page, nullptr, &missing);
    std::string text;
    check(compiled_->cache.ExpandNoLoad(*found, strip, &scope, nullptr, &text));
    std::ranges::sort(missing);
    missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
    return text;
}

bool Pages::speaks(std::string_view language) const {
    return std::ranges::any_of(compiled_->languages,
                               [&](Language const& one) { return one.code == language; });
}
std::vector<Language> const& Pages::languages() const { return compiled_->languages; }
std::vector<std::string> const& Pages::names() const { return compiled_->names; }
std::vector<Mark> const& Pages::texts() const { return compiled_->texts; }

Pages::Pages(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Pages::Pages(Pages&&) noexcept = default;
Pages& Pages::operator=(Pages&&) noexcept = default;
Pages::~Pages() = default;

}  // namespace allroads::web
