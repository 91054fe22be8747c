#include "books/conditions.h"

#include <array>

namespace allroads::books {

namespace {

using tariff::ConditionKind;

struct Named {
    std::string_view name;
    ConditionKind kind;
};
constexpr std::array with_amount = {
    Named{"value", ConditionKind::value},
    Named{"weight", ConditionKind::weight},
    Named{"customs-value", ConditionKind::customs_value},
    Named{"quantity", ConditionKind::quantity},
    Named{"unit-value", ConditionKind::unit_value},
};
constexpr std::array with_words = {
    Named{"proof", ConditionKind::proof},   Named{"quota", ConditionKind::quota},
    Named{"road", ConditionKind::road},     Named{"buyer", ConditionKind::buyer},
    Named{"scheme", ConditionKind::scheme}, Named{"additional-code", ConditionKind::additional_code},
    Named{"region", ConditionKind::region}, Named{"ask", ConditionKind::ask},
};

std::unexpected<Error> bad(std::string_view part, std::string_view expected) {
    return refuse(Code::bad_value, "conditions", excerpt(part) + ": expected " + std::string(expected));
}

// "150EUR", "2.5", "1000 KGM", "2.60EUR/KGM": the amount, then what its kind of condition needs.
Result<void> compare_amount(std::string_view given, tariff::Condition& made) {
    auto const letters = std::min(given.find_first_not_of("0123456789."), given.size());
    auto const number = Decimal::parse(trim(given.substr(0, letters)));
    if (!number || number->coefficient() > INT64_MAX) return bad(given, "an amount");
    made.amount = static_cast<std::int64_t>(number->coefficient());
    made.scale = static_cast<std::int16_t>(number->scale());
    auto const rest = trim(given.substr(letters));
    auto const slash = std::min(rest.find('/'), rest.size());
    switch (made.kind) {
        case ConditionKind::weight:
            if (!rest.empty() && rest != "kg" && rest != "KGM") return bad(given, "kilograms");
            return {};
        case ConditionKind::quantity: {
            auto const unit = Unit::parse(rest);
            if (!unit) return bad(given, "an amount and a unit, such as 1000KGM");
            made.unit = unit->index();
            return {};
        }
        default: break;
    }
    auto const currency = Currency::parse(trim(rest.substr(0, slash)));
    if (!currency) return bad(given, "an amount and a currency, such as 150EUR");
    made.currency = currency->index();
    if (made.kind != ConditionKind::unit_value) return {};
    auto const unit = slash < rest.size() ? Unit::parse(trim(rest.substr(slash + 1))) : Unit::parse("");
    if (!unit) return bad(given, "an amount for a unit, such as 2.60EUR/KGM");
    made.unit = unit->index();
    return {};
}

Result<ConditionPart> base_part(std::string_view text) {
    ConditionPart made;
    made.what = ConditionPart::What::base;
    made.text = text;
    auto const plain = tariff::parse_terms(text);
    if (plain && *plain != 0) return made;
    if (auto const parsed = tariff::parse_base(text); !parsed)
        return refuse(Code::bad_value, "conditions", parsed.error().detail());
    return made;
}

Result<ConditionPart> step_part(std::string_view text) {
    auto const step = Decimal::parse(text);
    if (!step || step->scale() != 0 || *step < Decimal(1) || *step > Decimal(250))
        return bad(text, "a step from 1 to 250");
    ConditionPart made;
    made.what = ConditionPart::What::step;
    made.step = static_cast<std::uint8_t>(step->coefficient());
    return made;
}

Result<ConditionPart> per_part(std::string_view text) {
    ConditionPart made;
    made.what = ConditionPart::What::per;
    if (text == "line") made.per = tariff::Per::line;
    if (text == "item") made.per = tariff::Per::item;
    if (text == "consignment") made.per = tariff::Per::consignment;
    if (made.per == tariff::Per::usual) return bad(text, "line, item or consignment");
    return made;
}

}  // namespace

std::optional<std::string_view> next_part(std::string_view& text) {
    while (!text.empty()) {
        auto const end = text.find(';');
        auto const part = trim(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (!part.empty()) return part;
    }
    return std::nullopt;
}

Result<ConditionPart> parse_condition(std::string_view part) {
    using enum tariff::Comparison;
    if (part.starts_with("base=")) return base_part(trim(part.substr(5)));
    if (part.starts_with("step=")) return step_part(trim(part.substr(5)));
    if (part.starts_with("per=")) return per_part(trim(part.substr(4)));
    auto const sign = part.find_first_of("<>=");
    if (sign == std::string_view::npos || sign == 0) return bad(part, "key=value, such as proof=AGOA");
    auto const key = trim(part.substr(0, sign));
    bool const or_equal = part[sign] != '=' && part.substr(sign + 1).starts_with("=");
    ConditionPart made;
    made.text = trim(part.substr(sign + (or_equal ? 2 : 1)));
    made.condition.comparison = part[sign] == '='   ? equal
                                : part[sign] == '<' ? (or_equal ? at_most : below)
                                                    : (or_equal ? at_least : above);
    if (made.text.empty()) return bad(part, "something behind the sign");
    for (auto const& [name, kind] : with_amount) {
        if (key != name) continue;
        made.condition.kind = kind;
        TRY_VOID(compare_amount(made.text, made.condition));
        return made;
    }
    for (auto const& [name, kind] : with_words) {
        if (key != name) continue;
        made.condition.kind = kind;
        return made;
    }
    if (key.starts_with("fact.") && key.size() > 5 && part[sign] == '=') {
        made.condition.kind = ConditionKind::fact;
        made.key = key.substr(5);
        return made;
    }
    return bad(key,
               "proof, road, buyer, scheme, value, customs-value, unit-value, quantity, weight, quota, "
               "fact.NAME, additional-code, region or ask; or base, per or step");
}

}  // namespace allroads::books
