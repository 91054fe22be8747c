// duty_check: reads lines "dialect<TAB>text" and says of each whether it is read, and its canonical print.
//
//   ok<TAB>9% + EA          unreadable<TAB>unreadable "…"
//
// `special` and `schedule` read the columns of the US and the Australian schedule that hold several duties;
// `components` reads "01,9,,,;12,,,,". A print that is not read back as the same tree ends the program with
// status 1.

#include "tariff/tariff.h"

#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace allroads::tariff;

// The text up to `sign`, which is taken off `rest`.
std::string_view cut(std::string_view& rest, char sign) {
    std::size_t const at = rest.find(sign);
    std::string_view const part = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
    return part;
}

DutyText components(std::string_view text) {
    std::vector<Component> parts;
    while (!text.empty()) {
        std::string_view fields = cut(text, ';');
        Component part;
        part.expression = cut(fields, ',');
        part.amount = cut(fields, ',');
        part.currency = cut(fields, ',');
        part.unit = cut(fields, ',');
        part.qualifier = fields;
        parts.push_back(part);
    }
    return from_components(parts);
}

std::optional<std::vector<SpecialEntry>> read(std::string_view dialect, std::string_view text) {
    if (dialect == "special") return parse_special(text);
    if (dialect == "schedule") return parse_australian(text);
    if (dialect == "components") return std::vector<SpecialEntry>{{components(text), {}}};
    if (dialect == "plain") return std::vector<SpecialEntry>{{DutyText::parse(text, Dialect::plain), {}}};
    if (dialect == "european")
        return std::vector<SpecialEntry>{{DutyText::parse(text, Dialect::european), {}}};
    if (dialect == "american")
        return std::vector<SpecialEntry>{{DutyText::parse(text, Dialect::american), {}}};
    if (dialect == "australian")
        return std::vector<SpecialEntry>{{DutyText::parse(text, Dialect::australian), {}}};
    return {};
}

}  // namespace

int main() {
    bool same = true;
    std::string line;
    while (std::getline(std::cin, line)) {
        std::string_view rest = line;
        std::string_view const dialect = cut(rest, '\t');
        auto const entries = read(dialect, rest);
        if (!entries) {
            std::cerr << "duty_check: no such dialect: " << dialect << '\n';
            return 2;
        }
        bool readable = !entries->empty();
        std::string printed;
        for (SpecialEntry const& entry : *entries) {
            readable = readable && entry.duty.is_readable();
            std::string const print_of = print(entry.duty.view());
            if (!(DutyText::parse(print_of, Dialect::plain) == entry.duty)) {
                std::cerr << "duty_check: not the same when read again: " << print_of << '\n';
                same = false;
            }
            if (!printed.empty()) printed += " | ";
            printed += print_of;
            for (std::string const& program : entry.programs) printed.append(" ").append(program);
        }
        std::cout << (readable ? "ok" : "unreadable") << '\t' << printed << '\n';
    }
    return same ? 0 : 1;
}
