#include "web/pages.h"

#include "web/marks.h"

#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary_interface.h>
#include <ctemplate/template_enums.h>
#include <ctemplate/template_string.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
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

// The templates of one language. The first language is compiled at once, so that a template that cannot be
// read is told at the start; the others when somebody reads them, since all of them take ten times as long.
struct InLanguage {
    std::once_flag once;
    ctemplate::TemplateCache cache;
    bool is_sound = false;
};

struct Pages::Compiled {
    std::vector<Language> languages;
    std::vector<std::string> names;
    std::vector<Mark> texts;
    std::vector<std::string> sources;  // by the place of the name: whole templates, not yet translated
    Translate translate;
    std::string style_url;
    std::deque<InLanguage> by_language;

    // Refuses with the name of the template that ctemplate does not understand.
    [[nodiscard]] Result<void> compile(std::size_t language);
    // The templates of that language; of the first one where its own cannot be used.
    [[nodiscard]] ctemplate::TemplateCache const& in(std::string_view language);
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

}  // namespace

Result<void> Pages::Compiled::compile(std::size_t place) {
    auto const& language = languages[place];
    auto& into = by_language[place];
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::string source =
            "{{%AUTOESCAPE context=\"HTML\"}}\n" + TRY(in_language(sources[i], language, translate));
        replace_all(source, "{{LANG}}", escaped(language.code));
        replace_all(source, "{{DIR}}", language.is_right_to_left ? "rtl" : "ltr");
        replace_all(source, "{{STYLE_URL}}", escaped(style_url));
        if (!into.cache.StringToTemplateCache(names[i], source, strip))
            return refuse(Code::bad_file, names[i] + ".tpl",
                          "ctemplate does not understand it; it says why on stderr");
    }
    into.cache.Freeze();
    into.is_sound = true;
    return {};
}

ctemplate::TemplateCache const& Pages::Compiled::in(std::string_view language) {
    for (std::size_t i = 1; i < languages.size(); ++i) {
        if (languages[i].code != language) continue;
        auto& found = by_language[i];
        std::call_once(found.once, [&] { (void)compile(i); });
        if (found.is_sound) return found.cache;
    }
    return by_language.front().cache;
}

Result<Pages> Pages::load(std::string const& folder, std::vector<Language> languages, Translate translate,
                          std::string_view style_url) {
    check(!languages.empty());
    Files const files = TRY(read(folder));
    auto compiled = std::make_unique<Compiled>();
    compiled->languages = std::move(languages);
    compiled->by_language.resize(compiled->languages.size());
    compiled->translate = std::move(translate);
    compiled->style_url = style_url;
    std::set<Mark> texts;
    for (auto const& [file, unread] : files) {
        if (file.starts_with('_')) continue;
        compiled->sources.push_back(TRY(whole(files, file)));
        for (Mark& mark : TRY(marks_of(compiled->sources.back()))) texts.insert(std::move(mark));
        compiled->names.push_back(file.substr(0, file.size() - 4));
    }
    compiled->texts.assign(texts.begin(), texts.end());
    TRY_VOID(compiled->compile(0));
    return Pages(std::move(compiled));
}

std::string Pages::render(std::string_view name, std::string_view language, Page const& page) const {
    Scope const scope(&page, nullptr, nullptr);
    std::string text;
    text.reserve(32 * 1024);
    check(compiled_->in(language).ExpandNoLoad({name.data(), name.size()}, strip, &scope, nullptr, &text));
    return text;
}

std::string Pages::render(std::string_view name, std::string_view language, Page const& page,
                          std::vector<std::string>& missing) const {
    Scope const scope(&page, nullptr, &missing);
    std::string text;
    check(compiled_->in(language).ExpandNoLoad({name.data(), name.size()}, strip, &scope, nullptr, &text));
    std::ranges::sort(missing);
    missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
    return text;
}

Result<void> Pages::load_all() const {
    for (std::size_t i = 1; i < compiled_->languages.size(); ++i) {
        Result<void> done;
        std::call_once(compiled_->by_language[i].once, [&] { done = compiled_->compile(i); });
        TRY_VOID(done);
    }
    return {};
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
