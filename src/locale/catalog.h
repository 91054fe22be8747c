#pragma once
// The translations of one language, from a file that msgfmt compiled. Boost.Locale stays behind this header.

#include "locale/locale.h"

namespace allroads::locale {

class Catalog {
public:
    Catalog();  // has nothing: every text stays English
    // <folder>/<tag>/LC_MESSAGES/allroads.mo; without the file a catalog that has nothing.
    [[nodiscard]] static Result<Catalog> open(std::string_view folder, Language language);
    Catalog(Catalog&&) noexcept;
    Catalog& operator=(Catalog&&) noexcept;
    ~Catalog();

    [[nodiscard]] bool has_texts() const { return messages_ != nullptr; }
    // `context` may have no data(): no context. Empty where there is no translation.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view context, std::string_view text) const;
    [[nodiscard]] std::optional<std::string_view> find(std::string_view context, std::string_view one,
                                                       std::int64_t n) const;

private:
    struct Messages;
    std::unique_ptr<Messages const> messages_;
};

// Whether `bytes` are a catalog of GNU gettext, little-endian, whose tables and texts lie within.
[[nodiscard]] bool is_catalog(std::string_view bytes);

}  // namespace allroads::locale
