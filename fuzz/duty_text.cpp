// Duty texts: whatever is read prints so that it is read again as the same tree, and evaluating it never
// fails otherwise than by saying what is unknown. The first byte chooses the reader.

#include "tariff/tariff.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace {

using namespace allroads;
using namespace allroads::tariff;

void evaluate_with(DutyText const& duty, std::span<Quantity const> quantities) {
    std::array<PartValue, 1> const parts = {{{"value of the case", Decimal(7)}}};
    std::array<AgriculturalAmount, 1> const agricultural = {{{"EA", Decimal::of(4012, 2), currency::EUR}}};
    Outcome const outcome = evaluate(duty.view(), {.value = Decimal::of(123'456, 2),
                                                   .currency = currency::USD,
                                                   .quantities = quantities,
                                                   .applicable = Decimal(5),
                                                   .day = *Day::of(2026, 4, 15),
                                                   .agricultural = agricultural,
                                                   .part_values = parts});
    check(outcome.known || outcome.need || !outcome.why.empty());
    check(!outcome.known || !outcome.amount.is_negative());
}

void examine(DutyText const& duty) {
    check(DutyText::parse(print(duty.view()), Dialect::plain) == duty);
    evaluate_with(duty, {});
    std::array<Quantity, 3> const quantities = {
        {{Decimal(3), unit::kilogram}, {Decimal::of(75, 2), unit::litre}, {Decimal(12), unit::piece}}};
    evaluate_with(duty, quantities);
}

// The text up to `sign`, which is taken off `rest`.
std::string_view cut(std::string_view& rest, char sign) {
    std::size_t const at = rest.find(sign);
    std::string_view const part = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
    return part;
}

void examine_components(std::string_view text) {
    std::vector<Component> parts;
    while (!text.empty() && parts.size() < 64) {
        std::string_view fields = cut(text, ';');
        Component part;
        part.expression = cut(fields, ',');
        part.amount = cut(fields, ',');
        part.currency = cut(fields, ',');
        part.unit = cut(fields, ',');
        part.qualifier = fields;
        parts.push_back(part);
    }
    examine(from_components(parts));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view const text(reinterpret_cast<char const*>(data) + 1, size - 1);
    switch (data[0] % 7) {
        case 0: examine(DutyText::parse(text, Dialect::plain)); break;
        case 1: examine(DutyText::parse(text, Dialect::european)); break;
        case 2: examine(DutyText::parse(text, Dialect::american)); break;
        case 3: examine(DutyText::parse(text, Dialect::australian)); break;
        case 4:
            for (SpecialEntry const& entry : parse_special(text)) examine(entry.duty);
            break;
        case 5:
            for (SpecialEntry const& entry : parse_australian(text)) examine(entry.duty);
            break;
        default: examine_components(text); break;
    }
    return 0;
}
