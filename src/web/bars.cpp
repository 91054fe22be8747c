#include "web/bars.h"

#include "web/marks.h"

#include <algorithm>
#include <numeric>

namespace allroads::web {

class Drawing {
public:
    [[nodiscard]] static Markup finished(std::string text) { return Markup(std::move(text)); }
};

namespace {

constexpr std::int32_t all = 1000;
constexpr std::int32_t row_pixels = 44;  // of country_bars: one finger

// Thousandths as a per cent figure for SVG: 125 is "12.5%".
std::string percent(std::int32_t permille) {
    return std::to_string(permille / 10) + (permille % 10 == 0 ? "" : "." + std::to_string(permille % 10)) +
           "%";
}

bool is_drawn(Part const& part) {
    return !part.amount || (!part.amount->is_zero() && !part.amount->is_negative());
}

// a / b in whole thousandths of `room`, and what is left, in an order that tells remainders apart. Amounts
// that are too large to be reckoned with exactly are not drawn.
struct Share {
    std::int32_t whole = 0;
    Decimal rest = {};
};
std::optional<Share> share_of(Decimal const& a, Decimal const& b, std::int32_t room) {
    auto const exact = product_quotient(a, Decimal(room), b, 12, Round::down);
    if (!exact) return {};
    Decimal const whole = exact->rounded(0, Round::down);
    auto const rest = difference(*exact, whole);
    if (!rest) return {};
    return Share{static_cast<std::int32_t>(whole.coefficient()), *rest};
}

// What is narrower than can be seen takes from the widest.
void make_visible(std::span<Part const> parts, std::vector<std::int32_t>& widths) {
    for (std::size_t i = 0; i != parts.size(); ++i) {
        if (!is_drawn(parts[i]) || !parts[i].amount || widths[i] >= visible_permille) continue;
        auto const widest = std::ranges::max_element(widths);
        *widest -= visible_permille - widths[i];
        widths[i] = visible_permille;
    }
}

// The parts one after the other, `shares` thousandths of the whole drawing wide, beginning after `passed`.
void append_segments(std::span<Part const> parts, std::span<std::int32_t const> shares, std::int32_t passed,
                     std::string_view place, Direction direction, std::string& to) {
    for (std::size_t i = 0; i != parts.size(); ++i) {
        if (shares[i] <= 0) continue;
        std::int32_t const x = direction == Direction::left_to_right ? passed : all - passed - shares[i];
        passed += shares[i];
        ((to += "<rect class=\"part-") += text_of(parts[i].amount ? parts[i].kind : PartKind::unknown));
        ((to += "\" x=\"") += percent(x)) += "\" width=\"";
        (((to += percent(shares[i])) += "\" ") += place) += "><title>";
        to += escaped(parts[i].name);
        if (!parts[i].amount_text.empty()) (to += ": ") += escaped(parts[i].amount_text);
        to += "</title></rect>";
    }
}

// The bar of one country: what is known is `length` long, so that equal amounts are equally long in all rows;
// what is not known comes after it.
void append_country(CountryBar const& row, std::int32_t length, std::string const& place, Direction direction,
                    std::string& to) {
    std::vector<Part> known, unknown;
    for (Part const& part : row.parts) (part.amount ? known : unknown).push_back(part);
    std::vector<std::int32_t> shares = widths(known);
    std::int32_t passed = 0, drawn = 0;
    for (std::int32_t& share : shares) {
        passed += share;
        std::int32_t const end = passed * length / all;
        share = end - drawn;
        drawn = end;
    }
    append_segments(known, shares, 0, place, direction, to);
    if (unknown.empty()) return;
    std::vector<std::int32_t> const each(unknown.size(),
                                         unknown_permille / static_cast<std::int32_t>(unknown.size()));
    append_segments(unknown, each, drawn, place, direction, to);
}

}  // namespace

std::string_view text_of(PartKind kind) {
    switch (kind) {
        case PartKind::goods: return "goods";
        case PartKind::freight: return "freight";
        case PartKind::duty: return "duty";
        case PartKind::taxes: return "taxes";
        case PartKind::fees: return "fees";
        case PartKind::unknown: break;
    }
    return "unknown";
}

std::vector<std::int32_t> widths(std::span<Part const> parts) {
    std::vector<std::int32_t> widths(parts.size(), 0);
    Decimal total;
    std::int32_t unknown = 0, known = 0;
    for (Part const& part : parts) {
        if (!is_drawn(part)) continue;
        ++(part.amount ? known : unknown);
        if (!part.amount) continue;
        auto const more = sum(total, *part.amount);
        if (!more) return widths;
        total = *more;
    }
    if (known + unknown == 0) return widths;
    // Where nothing or too much is unknown, the unknown parts share what there is.
    std::int32_t const each =
        known == 0 ? all / unknown : std::min(unknown_permille, all / 2 / std::max(unknown, 1));
    std::int32_t left = all - each * unknown;
    std::int32_t const room = left;
    std::vector<std::pair<Decimal, std::size_t>> rests;
    for (std::size_t i = 0; i != parts.size(); ++i) {
        if (!is_drawn(parts[i])) continue;
        if (!parts[i].amount) {
            widths[i] = each;
            continue;
        }
        auto const share = share_of(*parts[i].amount, total, room);
        if (!share) return std::vector<std::int32_t>(parts.size(), 0);
        widths[i] = share->whole;
        left -= share->whole;
        rests.emplace_back(share->rest, i);
    }
    std::ranges::stable_sort(rests, [](auto const& a, auto const& b) { return a.first > b.first; });
    for (std::size_t i = 0; left > 0 && !rests.empty(); i = (i + 1) % rests.size(), --left)
        ++widths[rests[i].second];
    make_visible(parts, widths);
    return widths;
}

Markup stacked_bar(std::span<Part const> parts, Direction direction, std::string_view label) {
    std::string svg = "<svg class=\"bar\" role=\"img\" aria-label=\"";
    (svg += escaped(label)) += "\">";
    append_segments(parts, widths(parts), 0, "height=\"100%\"", direction, svg);
    return Drawing::finished(std::move(svg += "</svg>"));
}

Markup key_of_part(PartKind kind) {
    std::string svg = "<svg class=\"key\" aria-hidden=\"true\"><rect class=\"part-";
    (svg += text_of(kind)) += "\" width=\"100%\" height=\"100%\"/></svg>";
    return Drawing::finished(std::move(svg));
}

Markup country_bars(std::span<CountryBar const> countries, Direction direction, std::string_view label) {
    std::optional<Decimal> most;
    std::int32_t room = all;
    for (CountryBar const& row : countries) {
        if (std::ranges::any_of(row.parts, [](Part const& part) { return !part.amount; }))
            room = all - unknown_permille;
        if (row.delivered && (!most || *row.delivered > *most)) most = row.delivered;
    }
    bool const is_mirrored = direction == Direction::right_to_left;
    std::string const first = is_mirrored ? "100%" : "0", last = is_mirrored ? "0" : "100%";
    std::string svg = "<svg class=\"countries\" role=\"img\" aria-label=\"" + escaped(label) +
                      "\" height=\"" + std::to_string(row_pixels * static_cast<int>(countries.size())) +
                      "\">";
    int top = 0;
    for (CountryBar const& row : countries) {
        std::string const line = std::to_string(top + 17);
        svg += "<text x=\"" + first + "\" y=\"" + line + "\" text-anchor=\"start\">" + escaped(row.country) +
               "</text><text class=\"" + (row.is_complete ? "sum" : "part") + "\" x=\"" + last + "\" y=\"" +
               line + "\" text-anchor=\"end\">" + escaped(row.amount_text) + "</text>";
        if (row.delivered && !row.delivered->is_zero() && !row.delivered->is_negative()) {
            auto const length = share_of(*row.delivered, *most, room);
            std::string const place = "y=\"" + std::to_string(top + 24) + "\" height=\"12\"";
            if (length) append_country(row, std::max(length->whole, visible_permille), place, direction, svg);
        }
        top += row_pixels;
    }
    return Drawing::finished(std::move(svg += "</svg>"));
}

Markup json_in_page(std::string_view json) {
    std::string to = "<script type=\"application/ld+json\">";
    for (char const letter : json) {
        switch (letter) {
            case '<': to += "\\u003c"; break;
            case '>': to += "\\u003e"; break;
            case '&': to += "\\u0026"; break;
            default: to += letter;
        }
    }
    return Drawing::finished(std::move(to += "</script>"));
}

}  // namespace allroads::web
