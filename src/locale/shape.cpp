#include "locale/shape.h"

#include <unicode/formattedvalue.h>

#include <algorithm>
#include <vector>

namespace allroads::locale {
namespace {

std::string utf8(icu::UnicodeString const& text) {
    std::string result;
    text.toUTF8String(result);
    return result;
}

struct Span {
    std::int32_t start = 0, end = 0;
};

// One formatted number, and where its parts stand.
struct Sample {
    icu::UnicodeString text;
    Span body;  // from the first digit to the last
    std::vector<Span> groups;
    Span decimal;

    [[nodiscard]] std::string cut(std::int32_t start, std::int32_t end) const {
        return utf8(text.tempSubStringBetween(start, end));
    }
    [[nodiscard]] std::int8_t digits_between(std::int32_t start, std::int32_t end) const {
        return static_cast<std::int8_t>(text.countChar32(start, end - start));
    }
};

Sample sample_of(icu::number::LocalizedNumberFormatter const& formatter, char const* number) {
    UErrorCode failure = U_ZERO_ERROR;
    auto const formatted = formatter.formatDecimal(number, failure);
    Sample sample;
    sample.text = formatted.toString(failure);
    icu::ConstrainedFieldPosition field;
    field.constrainCategory(UFIELD_CATEGORY_NUMBER);
    while (formatted.nextPosition(field, failure)) {
        Span const span{field.getStart(), field.getLimit()};
        switch (field.getField()) {
            case UNUM_INTEGER_FIELD: sample.body.start = span.start; break;
            case UNUM_FRACTION_FIELD: sample.body.end = span.end; break;
            case UNUM_GROUPING_SEPARATOR_FIELD: sample.groups.push_back(span); break;
            case UNUM_DECIMAL_SEPARATOR_FIELD: sample.decimal = span; break;
            default: break;
        }
    }
    check(U_SUCCESS(failure) != 0 && sample.body.end > sample.body.start);
    return sample;
}

}  // namespace

Shape shape_of(icu::number::LocalizedNumberFormatter const& formatter) {
    using icu::number::Precision;
    auto const one_decimal = formatter.precision(Precision::fixedFraction(1));
    auto const big = sample_of(one_decimal, "111111111111.1");
    auto const negative = sample_of(one_decimal, "-1.1");
    Shape shape;
    shape.before = big.cut(0, big.body.start);
    shape.after = big.cut(big.body.end, big.text.length());
    shape.negative_before = negative.cut(0, negative.body.start);
    shape.negative_after = negative.cut(negative.body.end, negative.text.length());
    shape.decimal_sign = big.cut(big.decimal.start, big.decimal.end);
    check(big.groups.size() >= 2);
    auto const& last = big.groups.back();
    auto const& other = big.groups[big.groups.size() - 2];
    shape.group_sign = big.cut(last.start, last.end);
    shape.last_group = big.digits_between(last.end, big.decimal.start);
    shape.other_groups = big.digits_between(other.end, last.start);
    // Some languages write 1234 and 12 345.
    bool const is_early = !sample_of(one_decimal, "1111.1").groups.empty();
    shape.ungrouped = static_cast<std::int8_t>(is_early ? shape.last_group : shape.last_group + 1);
    check(!sample_of(one_decimal, "11111.1").groups.empty());
    return shape;
}

void append(std::string& to, Shape const& shape, DigitTexts const& digits, Decimal const& value,
            int decimals_min) {
    std::array<char, Decimal::text_bytes> letters;
    std::string_view text(letters.data(),
                          static_cast<std::size_t>(value.write_to(letters.data()) - letters.data()));
    bool const is_negative = text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    auto const point = std::min(text.find('.'), text.size());
    auto const whole = text.substr(0, point);
    auto decimals = point < text.size() ? text.substr(point + 1) : std::string_view();
    auto const decimals_least = static_cast<std::size_t>(std::clamp(decimals_min, 0, Decimal::scale_max));
    while (decimals.size() > decimals_least && decimals.ends_with('0')) decimals.remove_suffix(1);

    to.append(is_negative ? shape.negative_before : shape.before);
    auto const last = static_cast<std::size_t>(shape.last_group);
    auto const other = static_cast<std::size_t>(shape.other_groups);
    bool const is_grouped = whole.size() > static_cast<std::size_t>(shape.ungrouped);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::size_t const left = whole.size() - i;  // digits from here on
        if (is_grouped && i > 0 && left >= last && (left - last) % other == 0) to.append(shape.group_sign);
        to.append(digits[static_cast<std::size_t>(whole[i] - '0')]);
    }
    std::size_t const shown = std::max(decimals.size(), decimals_least);
    if (shown > 0) to.append(shape.decimal_sign);
    for (std::size_t i = 0; i < shown; ++i)
        to.append(digits[i < decimals.size() ? static_cast<std::size_t>(decimals[i] - '0') : 0]);
    to.append(is_negative ? shape.negative_after : shape.after);
}

}  // namespace allroads::locale
