#pragma once
// Templates, compiled once for each language that is read, filled many times by many threads.

#include "base/base.h"
#include "web/page.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::web {

struct Language {
    std::string code;  // BCP 47: "en", "ur"
    bool is_right_to_left = false;
};
// A text of a template that is to be translated, as it is in English. The context tells words apart that
// English does not: "verb".
struct Mark {
    std::string context;
    std::string text;
    friend auto operator<=>(Mark const&, Mark const&) = default;
};
// The text in that language; the English one where there is none. Names in braces stay as they are.
using Translate =
    std::function<std::string(std::string_view language, std::string_view context, std::string_view text)>;

class Pages {
public:
    // Reads and compiles every *.tpl of the folder; those whose names begin with _ are parts of others.
    // `style_url` is where the style sheet is found. Refuses (`not-found`, `bad-file`, with the file as the
    // field) what cannot be read or compiled in the first language. The others are compiled when somebody
    // first reads them, so `translate` is kept; one that cannot be is answered in the first language.
    [[nodiscard]] static Result<Pages> load(std::string const& folder, std::vector<Language> languages,
                                            Translate translate, std::string_view style_url);
    // Compiles what is left, and refuses as `load` what cannot be: for tests of translations.
    [[nodiscard]] Result<void> load_all() const;

    // The page `name` ("product") in a language; in the first of all languages where it is not known. Any
    // number of threads may ask. A name that is no page is a bug.
    [[nodiscard]] std::string render(std::string_view name, std::string_view language,
                                     Page const& page) const;
    // The same, and which values the template asked for in vain; for tests and previews.
    [[nodiscard]] std::string render(std::string_view name, std::string_view language, Page const& page,
                                     std::vector<std::string>& missing) const;

    [[nodiscard]] bool speaks(std::string_view language) const;
    [[nodiscard]] std::vector<Language> const& languages() const;
    [[nodiscard]] std::vector<std::string> const& names() const;  // of the pages, sorted
    [[nodiscard]] std::vector<Mark> const& texts() const;         // of all templates, sorted, each once

    Pages(Pages&&) noexcept;
    Pages& operator=(Pages&&) noexcept;
    ~Pages();

private:
    struct Compiled;
    explicit Pages(std::unique_ptr<Compiled> compiled);
    std::unique_ptr<Compiled> compiled_;
};

}  // namespace allroads::web
