#include "tariff/tariff.h"

#include <algorithm>
#include <array>

namespace allroads::tariff {

namespace {

constexpr std::array<std::string_view, paper_kinds> kind_names = {"prohibition", "restriction",  "licence",
                                                                  "certificate", "registration", "document",
                                                                  "marking",     "notice",       "exempt"};
constexpr std::array<std::string_view, 2> side_names = {"import", "export"};

}  // namespace

Result<PaperKind> parse_paper_kind(std::string_view text) {
    auto const found = std::ranges::find(kind_names, text);
    if (found == kind_names.end()) {
        return refuse(Code::bad_value, "kind",
                      excerpt(text) +
                          " is not a kind of paper; expected document, licence, certificate, registration, "
                          "marking, notice, prohibition, restriction or exempt");
    }
    return static_cast<PaperKind>(found - kind_names.begin());
}

std::string_view text_of(PaperKind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

Result<Side> parse_side(std::string_view text) {
    if (text.empty() || text == "import") return Side::destination;
    if (text == "export") return Side::dispatch;
    return refuse(Code::bad_value, "side", excerpt(text) + " is not import or export");
}

std::string_view text_of(Side side) { return side_names[static_cast<std::size_t>(side)]; }

}  // namespace allroads::tariff
