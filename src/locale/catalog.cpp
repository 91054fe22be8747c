#include "locale/catalog.h"

#include <boost/locale/gnu_gettext.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <locale>
#include <vector>

namespace allroads::locale {
namespace {

static_assert(std::endian::native == std::endian::little, "catalogs are compiled little-endian");

constexpr std::size_t catalog_bytes_max = 8U << 20;
constexpr std::size_t text_bytes_max = 2000;  // of a key: context and English text

using Format = boost::locale::message_format<char>;

std::uint32_t word_at(std::string_view bytes, std::size_t at) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    return word;
}

// A table of (length, place) pairs: each text within the file and ended by a zero.
bool is_table(std::string_view bytes, std::uint64_t at, std::uint64_t count) {
    if (at > bytes.size() || count > (bytes.size() - at) / 8) return false;
    for (std::uint64_t i = 0; i < count; ++i) {
        std::uint64_t const length = word_at(bytes, at + 8 * i);
        std::uint64_t const place = word_at(bytes, at + 8 * i + 4);
        if (place + length >= bytes.size() || bytes[place + length] != '\0') return false;
    }
    return true;
}

// Texts as zero-ended strings without an allocation, which is what the library wants to be asked with.
class Key {
public:
    [[nodiscard]] char const* of(std::string_view text) {
        // An empty text is the key of the catalog's own header; a zero or U+0004 would reach another key.
        constexpr std::string_view parting("\0\4", 2);
        if (text.empty() || text.size() > text_bytes_max ||
            text.find_first_of(parting) != std::string_view::npos)
            return nullptr;
        std::ranges::copy(text, bytes_.begin());
        bytes_[text.size()] = '\0';
        return bytes_.data();
    }

private:
    std::array<char, text_bytes_max + 1> bytes_;
};

// Plural rules look at the last digits only, and the library counts in int.
int small(std::int64_t n) {
    constexpr std::uint64_t period = 1'000'000;
    auto const magnitude = n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
    return static_cast<int>(magnitude < period ? magnitude : period + magnitude % period);
}

}  // namespace

bool is_catalog(std::string_view bytes) {
    if (bytes.size() < 28 || word_at(bytes, 0) != 0x950412DE || word_at(bytes, 4) != 0) return false;
    std::uint64_t const count = word_at(bytes, 8);
    std::uint64_t const hash_size = word_at(bytes, 20);
    std::uint64_t const hash_at = word_at(bytes, 24);
    if (!is_table(bytes, word_at(bytes, 12), count) || !is_table(bytes, word_at(bytes, 16), count))
        return false;
    if (hash_at > bytes.size() || hash_size > (bytes.size() - hash_at) / 4) return false;
    // A search ends at an empty place; the probing step is hash % (size - 2) + 1.
    std::uint64_t empty = 0;
    for (std::uint64_t i = 0; i < hash_size; ++i) {
        auto const entry = word_at(bytes, hash_at + 4 * i);
        if (entry > count) return false;
        empty += entry == 0 ? 1U : 0U;
    }
    return count > 0 && (hash_size == 0 || (hash_size > 2 && empty > 0));
}

struct Catalog::Messages {
    std::locale keeps;  // owns the facet; never made global
    Format const& format;
};

Catalog::Catalog() = default;
Catalog::Catalog(Catalog&&) noexcept = default;
Catalog& Catalog::operator=(Catalog&&) noexcept = default;
Catalog::~Catalog() = default;

Result<Catalog> Catalog::open(std::string_view folder, Language language) {
    Catalog catalog;
    namespace fs = std::filesystem;
    auto const path = fs::path(folder) / language.tag() / "LC_MESSAGES" / "allroads.mo";
    std::error_code failure;
    if (!fs::exists(path, failure)) return catalog;
    auto const size = fs::file_size(path, failure);
    auto const refuse_file = [&] {
        return refuse(Code::bad_file, "", path.string() + " is not a catalog of translations");
    };
    if (failure || size > catalog_bytes_max) return refuse_file();
    std::vector<char> bytes(size);
    std::ifstream file(path, std::ios::binary);
    if (!file.read(bytes.data(), static_cast<std::streamsize>(size))) return refuse_file();
    if (!is_catalog({bytes.data(), bytes.size()})) return refuse_file();
    boost::locale::gnu_gettext::messages_info info;
    info.language = language.tag();
    info.encoding = "UTF-8";
    info.domains.emplace_back("allroads");
    info.paths.emplace_back("");
    info.callback = [&](std::string const&, std::string const&) { return std::exchange(bytes, {}); };
    try {
        std::locale keeps(std::locale::classic(),
                          boost::locale::gnu_gettext::create_messages_facet<char>(info));
        auto const& format = std::use_facet<Format>(keeps);
        catalog.messages_ = std::make_unique<Messages const>(Messages{keeps, format});
    } catch (std::exception const&) {
        return refuse_file();
    }
    return catalog;
}

std::optional<std::string_view> Catalog::find(std::string_view context, std::string_view text) const {
    if (!messages_) return std::nullopt;
    Key context_key, text_key;
    char const* const in = context.data() == nullptr ? nullptr : context_key.of(context);
    char const* const id = text_key.of(text);
    if (id == nullptr || (in == nullptr && context.data() != nullptr)) return std::nullopt;
    char const* const found = messages_->format.get(0, in, id);
    return found == nullptr ? std::nullopt : std::optional<std::string_view>(found);
}

std::optional<std::string_view> Catalog::find(std::string_view context, std::string_view one,
                                              std::int64_t n) const {
    if (!messages_) return std::nullopt;
    Key context_key, text_key;
    char const* const in = context.data() == nullptr ? nullptr : context_key.of(context);
    char const* const id = text_key.of(one);
    if (id == nullptr || (in == nullptr && context.data() != nullptr)) return std::nullopt;
    char const* const found = messages_->format.get(0, in, id, small(n));
    return found == nullptr ? std::nullopt : std::optional<std::string_view>(found);
}

}  // namespace allroads::locale
