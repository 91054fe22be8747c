#include "books/freight_sheet.h"

#include <algorithm>
#include <array>

namespace allroads::books {

namespace {

using freight::PriceKind;
using freight::PriceRow;
using freight::SurchargeKind;

constexpr std::size_t line_bytes_max = 64U << 10;
constexpr std::size_t name_bytes_max = 60;
constexpr std::size_t tables_max = 2000;
constexpr std::int32_t days_most = 400;

using Fields = std::vector<std::string>;

std::string_view cell(Fields const& fields, std::size_t at) {
    return at < fields.size() ? std::string_view(fields[at]) : std::string_view();
}

// A decimal in whole millionths, not below zero.
Result<std::int64_t> number(std::string_view text, std::string_view what, std::int64_t most) {
    auto const parsed = Decimal::parse(plain_digits(text));
    if (!parsed) {
        return refuse(Code::bad_value, what,
                      excerpt(text) + " is not a number in plain decimals, such as 12.50");
    }
    if (parsed->is_negative() || *parsed > Decimal::of(most, 6)) {
        return refuse(Code::bad_value, what, excerpt(text) + " is below zero or beyond what is carried");
    }
    if (parsed->stripped().scale() > 6) {
        return refuse(Code::amount_too_precise, what, excerpt(text) + " has more than 6 decimals");
    }
    auto const stripped = parsed->stripped();
    auto scaled = static_cast<std::int64_t>(stripped.coefficient());
    for (int scale = stripped.scale(); scale < 6; ++scale) scaled *= 10;
    return scaled;
}

// An amount that is charged as it stands: no finer than the currency.
Result<std::int64_t> amount(std::string_view text, std::string_view what, Currency currency) {
    auto const value = TRY(number(text, what, freight::amount_max));
    if (!Money::exact(Decimal::of(value, 6), currency)) {
        return refuse(Code::amount_too_precise, what,
                      excerpt(text) + " has more decimals than " + std::string(currency.text()));
    }
    return value;
}

Result<std::int32_t> days(std::string_view text, std::string_view what) {
    if (text.empty()) return -1;
    auto const value = TRY(number(text, what, days_most * freight::millionths));
    if (value % freight::millionths != 0) return refuse(Code::bad_value, what, "expected whole days");
    return static_cast<std::int32_t>(value / freight::millionths);
}

Result<std::string> words(std::string_view text, std::string_view what) {
    if (text.empty()) return refuse(Code::field_missing, what, "is empty");
    return std::string(text);
}

bool is_group(std::string_view name) {
    return name.size() > 2 && name.size() <= 40 &&
           name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == std::string_view::npos;
}

// Calls `each` for the words of a cell.
template <class Each>
Result<void> each_word(std::string_view text, Each each) {
    while (!(text = trim(text)).empty()) {
        auto const word = text.substr(0, text.find(' '));
        text.remove_prefix(word.size());
        TRY_VOID(each(word));
    }
    return {};
}

Result<std::string> countries(std::string_view text, std::string_view what) {
    if (text == "*") return std::string(text);
    // Which groups there are is known when all packs are built; here only the form is looked at.
    TRY_VOID(each_word(text, [&](std::string_view name) -> Result<void> {
        if (Country::parse(name) || is_group(name)) return {};
        return refuse(Code::bad_country, what,
                      excerpt(name) + " is neither a country, the name of a group, nor * for all");
    }));
    return words(text, what);
}

struct Setting {
    std::string_view name;
    Result<void> (*read)(std::string_view value, FreightSheet& sheet);
};
template <std::int64_t FreightSheet::* Place>
Result<void> read_number(std::string_view value, FreightSheet& sheet) {
    sheet.*Place = TRY(number(value, "", freight::weight_max));
    return {};
}
template <std::string FreightSheet::* Place>
Result<void> read_words(std::string_view value, FreightSheet& sheet) {
    sheet.*Place = value;
    return {};
}
constexpr std::array<Setting, 18> settings = {{
    {"carrier", read_words<&FreightSheet::carrier>},
    {"title", read_words<&FreightSheet::title>},
    {"source", read_words<&FreightSheet::source>},
    {"url", read_words<&FreightSheet::url>},
    {"divisor", read_number<&FreightSheet::divisor>},
    {"max_parcel_kg", read_number<&FreightSheet::max_parcel_kg>},
    {"max_total_kg", read_number<&FreightSheet::max_total_kg>},
    {"max_length_cm", read_number<&FreightSheet::max_length_cm>},
    {"max_girth_cm", read_number<&FreightSheet::max_girth_cm>},
    {"round_kg", read_number<&FreightSheet::round_kg>},
    {"from",
     [](std::string_view value, FreightSheet& sheet) -> Result<void> {
         sheet.from = TRY(countries(value, ""));
         return {};
     }},
    {"road",
     [](std::string_view value, FreightSheet& sheet) -> Result<void> {
         sheet.road = TRY(freight::parse_road(value));
         return {};
     }},
    {"bill",
     [](std::string_view value, FreightSheet& sheet) -> Result<void> {
         sheet.bill = TRY(freight::parse_bill(value));
         return {};
     }},
    {"currency",
     [](std::string_view value, FreightSheet& sheet) -> Result<void> {
         sheet.currency = TRY(Currency::parse(value));
         return {};
     }},
    {"confidence",
     [](std::string_view value, FreightSheet& sheet) -> Result<void> {
         sheet.standing = TRY(freight::parse_standing(value));
         return {};
     }},
    {"valid_from",
     [](std::string_view value, FreightSheet& sheet) -> Result<void> {
         sheet.valid_from = TRY(Day::parse(value));
         return {};
     }},
    {"valid_to",
     [](std::string_view value, FreightSheet& sheet) -> Result<void> {
         sheet.valid_to = TRY(Day::parse(value));
         return {};
     }},
    {"checked_on",
     [](std::string_view value, FreightSheet& sheet) -> Result<void> {
         sheet.checked_on = TRY(Day::parse(value));
         return {};
     }},
}};

std::optional<PriceKind> price_kind(std::string_view word) {
    if (word == "up_to") return PriceKind::up_to;
    if (word == "each") return PriceKind::each;
    if (word == "per_kg" || word == "per_tonne") return PriceKind::per;
    if (word == "minimum") return PriceKind::minimum;
    return std::nullopt;
}

// One table while its lines come.
class SheetTable {
public:
    SheetTable(std::string_view name, std::uint64_t line) {
        sheet_.name = name;
        sheet_.line = line;
    }
    [[nodiscard]] FreightSheet& sheet() { return sheet_; }
    std::uint64_t faults = 0;

    Result<void> take(Fields const& fields) {
        auto const word = cell(fields, 0);
        if (word == "zone") return zone(fields);
        if (word == "prices") return header(fields);
        if (word == "surcharge") return surcharge(fields);
        if (auto const kind = price_kind(word)) return price(fields, *kind);
        auto const* const setting = std::ranges::find(settings, word, &Setting::name);
        if (setting == settings.end()) {
            return refuse(Code::field_unknown, excerpt(word), "no line of a rate table begins so");
        }
        TRY_VOID(width(fields, 2));
        if (cell(fields, 1).empty()) return {};
        auto const done = setting->read(cell(fields, 1), sheet_);
        if (!done) return std::unexpected(Error(done.error().code(), word, done.error().detail()));
        return {};
    }

    // What must be there, and what must agree.
    Result<void> finish() {
        for (auto const& [text, name] :
             {std::pair<std::string const&, std::string_view>{sheet_.carrier, "carrier"},
              {sheet_.from, "from"},
              {sheet_.source, "source"}}) {
            if (text.empty()) return refuse(Code::field_missing, name, "the table has no such line");
        }
        if (sheet_.title.empty()) sheet_.title = sheet_.name;
        if (!sheet_.road) return refuse(Code::field_missing, "road", "the table has no such line");
        if (!sheet_.currency) return refuse(Code::field_missing, "currency", "the table has no such line");
        if (!sheet_.checked_on) {
            return refuse(Code::field_missing, "checked_on",
                          "say on which day somebody held it to its source");
        }
        if (!sheet_.standing) {
            return refuse(Code::field_missing, "confidence",
                          "expected official, secondary, assumed or example");
        }
        if (sheet_.valid_to < sheet_.valid_from) {
            return refuse(Code::bad_date, "valid_to", "is before valid_from");
        }
        if (sheet_.zones.empty()) return refuse(Code::field_missing, "zone", "the table has no zone");
        for (auto& zone : sheet_.zones) TRY_VOID(finish(zone));
        return one_zone_each();
    }

private:
    static Result<void> width(Fields const& fields, std::size_t most) {
        if (fields.size() <= most) return {};
        return refuse(Code::bad_value, "",
                      "has " + std::to_string(fields.size()) + " cells; expected at most " +
                          std::to_string(most) + " (a comma within a text or an amount needs quotes)");
    }
    Result<void> zone(Fields const& fields) {
        TRY_VOID(width(fields, 5));
        SheetZone zone;
        zone.name = TRY(words(cell(fields, 1), "zone"));
        zone.countries = TRY(countries(cell(fields, 2), "countries"));
        zone.days_min = TRY(days(cell(fields, 3), "days_min"));
        zone.days_max = TRY(days(cell(fields, 4), "days_max"));
        if (zone.days_max == -1) zone.days_max = zone.days_min;
        if (zone.days_max < zone.days_min) return refuse(Code::bad_value, "days_max", "is below days_min");
        if (find(zone.name) != nullptr) {
            return refuse(Code::bad_value, "zone", excerpt(zone.name) + " stands there twice");
        }
        if (sheet_.zones.size() == freight::zones_max) {
            return refuse(Code::too_long, "zone", "a table has at most 250 zones");
        }
        sheet_.zones.push_back(std::move(zone));
        return {};
    }
    SheetZone* find(std::string_view name) {
        auto const found = std::ranges::find(sheet_.zones, name, &SheetZone::name);
        return found == sheet_.zones.end() ? nullptr : &*found;
    }
    // Which zone each column of the following prices is for.
    Result<void> header(Fields const& fields) {
        columns_.clear();
        for (std::size_t i = 2; i < fields.size(); ++i) {
            auto const* const zone = find(fields[i]);
            if (zone == nullptr) {
                return refuse(
                    Code::bad_value, "prices",
                    "no zone is called “" + excerpt(fields[i]) + "”; zones stand before the prices");
            }
            columns_.push_back(static_cast<std::size_t>(zone - sheet_.zones.data()));
        }
        if (columns_.empty()) return refuse(Code::field_missing, "prices", "names no zone");
        return {};
    }
    Result<void> price(Fields const& fields, PriceKind kind) {
        auto const word = cell(fields, 0);
        if (columns_.empty()) return refuse(Code::bad_value, word, "a line `prices` must stand before it");
        if (!sheet_.currency) return refuse(Code::bad_value, word, "the currency must stand before prices");
        TRY_VOID(width(fields, columns_.size() + 2));
        PriceRow row;
        row.kind = kind;
        row.per_kg = word == "per_tonne" ? 1000 : 1;
        bool const may_be_empty = kind == PriceKind::minimum || kind == PriceKind::per;
        auto const kg = cell(fields, 1);
        if (!kg.empty() || !may_be_empty) row.kg = TRY(number(kg, word, freight::weight_max));
        if (kind == PriceKind::minimum && row.kg != 0) {
            return refuse(Code::bad_value, word, "a minimum has no weight");
        }
        if (row.kg == 0 && !may_be_empty)
            return refuse(Code::bad_value, word, "the weight must be above zero");
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            auto const text = cell(fields, i + 2);
            if (text.empty()) continue;  // the zone has no such price
            auto& zone = sheet_.zones[columns_[i]];
            row.amount = kind == PriceKind::per ? TRY(number(text, zone.name, freight::amount_max))
                                                : TRY(amount(text, zone.name, *sheet_.currency));
            if (zone.prices.size() == freight::prices_max) {
                return refuse(Code::too_long, zone.name, "a zone has at most 2000 prices");
            }
            zone.prices.push_back(row);
        }
        return {};
    }
    Result<void> surcharge(Fields const& fields) {
        TRY_VOID(width(fields, 6));
        if (!sheet_.currency) {
            return refuse(Code::bad_value, "surcharge", "the currency must stand before surcharges");
        }
        SheetSurcharge made;
        made.name = TRY(words(cell(fields, 1), "surcharge"));
        made.kind = TRY(freight::parse_surcharge(cell(fields, 2)));
        bool const is_rate = made.kind == SurchargeKind::percent || made.kind == SurchargeKind::per_kg ||
                             made.kind == SurchargeKind::per_gross_kg;
        made.amount = is_rate ? TRY(number(cell(fields, 3), made.name, freight::amount_max))
                              : TRY(amount(cell(fields, 3), made.name, *sheet_.currency));
        if (auto const least = cell(fields, 4); !least.empty()) {
            made.minimum = TRY(amount(least, "minimum", *sheet_.currency));
        }
        std::string where;
        TRY_VOID(each_word(cell(fields, 5), [&](std::string_view word) -> Result<void> {
            if (word == "remote") {
                made.is_remote = true;
            } else {
                where += (where.empty() ? "" : " ") + std::string(word);
            }
            return {};
        }));
        if (!where.empty()) made.countries = TRY(countries(where, "where"));
        if (sheet_.surcharges.size() == freight::surcharges_max) {
            return refuse(Code::too_long, "surcharge", "a table has at most 8 surcharges");
        }
        sheet_.surcharges.push_back(std::move(made));
        return {};
    }
    static Result<void> finish(SheetZone& zone) {
        std::ranges::stable_sort(zone.prices, {},
                                 [](PriceRow const& row) { return std::pair(row.kind, row.kg); });
        auto const same = std::ranges::adjacent_find(zone.prices, [](PriceRow const& a, PriceRow const& b) {
            bool const is_single = a.kind == PriceKind::each || a.kind == PriceKind::minimum;
            return a.kind == b.kind && (is_single || a.kg == b.kg);
        });
        if (same != zone.prices.end()) {
            return refuse(Code::bad_value, zone.name,
                          "two prices for " + Decimal::of(same->kg, 6).brief() +
                              " kg, or two lines of a kind "
                              "of which there can be one");
        }
        if (zone.prices.empty() || zone.prices.front().kind == PriceKind::minimum) {
            return refuse(Code::field_missing, zone.name, "the zone has no price");
        }
        return {};
    }
    // A country stands in one zone.
    Result<void> one_zone_each() const {
        std::vector<std::string> seen;
        for (auto const& zone : sheet_.zones) {
            TRY_VOID(each_word(zone.countries, [&](std::string_view word) -> Result<void> {
                if (std::ranges::find(seen, word) != seen.end()) {
                    return refuse(Code::bad_value, zone.name, excerpt(word) + " stands in two zones");
                }
                seen.emplace_back(word);
                return {};
            }));
        }
        return {};
    }

    FreightSheet sheet_;
    std::vector<std::size_t> columns_;  // zone of each column of prices
};

class SheetReader {
public:
    SheetReader(Input& input, SheetListener const& listener) : input_(input), listener_(listener) {}

    Result<void> read() {
        Fields fields;
        for (std::uint64_t number = 1;; ++number) {
            auto const line = TRY(input_.line(line_bytes_max));
            if (!line) return close();
            auto text = *line;
            if (number == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
            if (text.starts_with('#')) continue;
            if (!is_clean(text)) {
                fault(number, "not UTF-8, or with control characters");
            } else if (!split_csv(text, fields)) {
                fault(number, "a quote is not closed, or something follows a closing quote");
            } else {
                for (auto& field : fields) field = std::string(trim(field));
                // Spreadsheets fill short lines up with empty cells.
                while (!fields.empty() && fields.back().empty()) fields.pop_back();
                if (!fields.empty()) TRY_VOID(take(fields, number));
            }
        }
    }

private:
    void fault(std::uint64_t number, std::string reason) {
        if (table_) ++table_->faults;
        listener_.fault(number, std::move(reason));
    }
    Result<void> take(Fields const& fields, std::uint64_t number) {
        if (cell(fields, 0) == "table") {
            TRY_VOID(close());
            auto const name = cell(fields, 1);
            table_.emplace(name, number);
            bool const is_name =
                !name.empty() && name.size() <= name_bytes_max && std::ranges::all_of(name, [](char c) {
                    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           c == '-' || c == '_' || c == '.';
                });
            if (!is_name) fault(number, "table: a name of letters, digits, - _ and . was expected");
            if (++count_ > tables_max)
                return refuse(Code::too_long, "table", "a file has at most 2000 tables");
            return {};
        }
        if (!table_) {
            fault(number, "a line `table,NAME` must stand first");
            return {};
        }
        if (auto const done = table_->take(fields); !done) fault(number, done.error().sentence());
        return {};
    }
    Result<void> close() {
        if (!table_) return {};
        auto& sheet = table_->sheet();
        if (table_->faults == 0) {
            if (auto const done = table_->finish(); !done) {
                fault(sheet.line, "table " + sheet.name + ": " + done.error().sentence());
            }
        }
        bool const is_sound = table_->faults == 0;
        if (!is_sound) {
            listener_.fault(sheet.line,
                            "table " + excerpt(sheet.name) + " is left out whole: not all of it can be read");
        }
        auto const done = is_sound ? listener_.table(sheet) : Result<void>();
        table_.reset();
        return done;
    }

    Input& input_;
    SheetListener const& listener_;
    std::optional<SheetTable> table_;
    std::size_t count_ = 0;
};

void append_line(std::string& out, std::initializer_list<std::string_view> cells) {
    bool is_first = true;
    for (auto const cell : cells) {
        if (!is_first) out += ',';
        is_first = false;
        append_csv(out, cell);
    }
    out += '\n';
}

std::string plain(std::int64_t in_millionths) { return Decimal::of(in_millionths, 6).brief(); }
std::string plain_days(std::int32_t count) { return count < 0 ? "" : std::to_string(count); }

std::string_view word_of(PriceRow const& row) {
    switch (row.kind) {
        case PriceKind::up_to: return "up_to";
        case PriceKind::each: return "each";
        case PriceKind::per: return row.per_kg == 1000 ? "per_tonne" : "per_kg";
        case PriceKind::minimum: return "minimum";
    }
    return "";
}

// All prices of a kind and weight on one line, a column a zone.
void append_prices(std::string& out, FreightSheet const& sheet) {
    std::vector<PriceRow> lines;
    auto const key = [](PriceRow const& row) { return std::tuple(row.kind, row.kg, row.per_kg); };
    out += "prices,kg";
    for (auto const& zone : sheet.zones) {
        out += ',';
        append_csv(out, zone.name);
        lines.insert(lines.end(), zone.prices.begin(), zone.prices.end());
    }
    out += '\n';
    std::ranges::sort(lines, {}, key);
    auto const rest = std::ranges::unique(lines, {}, key);
    lines.erase(rest.begin(), rest.end());
    for (auto const& line : lines) {
        out += word_of(line);
        out += ',';
        if (line.kg != 0) out += plain(line.kg);
        for (auto const& zone : sheet.zones) {
            out += ',';
            auto const found = std::ranges::find(zone.prices, key(line), key);
            if (found != zone.prices.end()) out += plain(found->amount);
        }
        out += '\n';
    }
}

}  // namespace

std::uint64_t FreightSheet::price_count() const {
    std::uint64_t count = 0;
    for (auto const& zone : zones) count += zone.prices.size();
    return count;
}

Result<void> read_sheet(Input& input, SheetListener const& listener) {
    return SheetReader(input, listener).read();
}

void append_sheet(std::string& out, FreightSheet const& sheet) {
    append_line(out, {"table", sheet.name});
    append_line(out, {"carrier", sheet.carrier});
    append_line(out, {"title", sheet.title});
    append_line(out, {"road", freight::text_of(*sheet.road)});
    append_line(out, {"from", sheet.from});
    append_line(out, {"currency", sheet.currency->text()});
    append_line(out, {"bill", freight::text_of(sheet.bill)});
    for (auto const& [name, value] : {std::pair<std::string_view, std::int64_t>{"divisor", sheet.divisor},
                                      {"max_parcel_kg", sheet.max_parcel_kg},
                                      {"max_total_kg", sheet.max_total_kg},
                                      {"max_length_cm", sheet.max_length_cm},
                                      {"max_girth_cm", sheet.max_girth_cm},
                                      {"round_kg", sheet.round_kg}}) {
        if (value != 0) append_line(out, {name, plain(value)});
    }
    if (sheet.valid_from != Day::first()) append_line(out, {"valid_from", sheet.valid_from.text()});
    if (sheet.valid_to != Day::last()) append_line(out, {"valid_to", sheet.valid_to.text()});
    append_line(out, {"source", sheet.source});
    append_line(out, {"url", sheet.url});
    append_line(out, {"checked_on", sheet.checked_on->text()});
    append_line(out, {"confidence", freight::text_of(*sheet.standing)});
    for (auto const& zone : sheet.zones) {
        append_line(
            out, {"zone", zone.name, zone.countries, plain_days(zone.days_min), plain_days(zone.days_max)});
    }
    append_prices(out, sheet);
    for (auto const& more : sheet.surcharges) {
        auto const where = (more.is_remote ? "remote " : "") + more.countries;
        append_line(out, {"surcharge", more.name, freight::text_of(more.kind), plain(more.amount),
                          more.minimum == 0 ? "" : plain(more.minimum), trim(where)});
    }
}

}  // namespace allroads::books
