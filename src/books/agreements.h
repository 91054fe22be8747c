#pragma once
// Trade agreements as packs hold them (docs/origin-agreements.md): provisions in <code>.toml, product rules
// in <code>.csv beside it.

#include "base/base.h"
#include "origin/origin.h"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace allroads::books {

// An agreement and what the books say of it besides its rules.
struct AgreementBook {
    origin::Agreement agreement;
    std::string url;
    std::string confidence;
    Day valid_from = Day::first();
    Day valid_to = Day::last();
    std::vector<std::string> programs;  // "GB:GB-KE": how the tariff packs call its preference
};
// Refused (`bad-pack`): names the file, the key or the line, and what was expected.
[[nodiscard]] Result<AgreementBook> load_agreement(std::filesystem::path const& toml);
// Those of all folders by code; of one code that of the later folder is taken. A folder that is not there has
// none.
[[nodiscard]] Result<std::vector<AgreementBook>> load_agreements(
    std::span<std::filesystem::path const> folders);
// Whether goods made in one country may claim it in the other that day.
[[nodiscard]] bool is_between(AgreementBook const& book, Country made_in, Country to, Day day);

}  // namespace allroads::books
