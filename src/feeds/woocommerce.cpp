// WooCommerce: the product CSV, with headers in the language of the shop's keeper, decimals as that shop
// writes them, and variations as rows that name their parent.
#include "feeds/reading.h"
#include "feeds/woo_headers.h"

#include <map>
#include <set>

namespace allroads::feeds {

namespace {

using namespace woo;

// ---- headers ----------------------------------------------------------------------------------------------

struct Meaning {
    Slot slot;
    std::string_view language;  // of the first that writes it so
};
using Meanings = std::unordered_map<std::string, Meaning>;
Meanings const& meanings() {
    static Meanings const all = [] {
        Meanings out;
        for (Header const& header : headers())
            out.emplace(folded(header.text), Meaning{header.slot, header.language});
        return out;
    }();
    return all;
}

struct Reading_of_header {
    std::optional<Meaning> meaning = {};
    std::string unit = {};   // "kg" of "Weight (kg)"
    std::size_t number = 0;  // of an attribute
};
Reading_of_header meaning_of(std::string_view header) {
    Reading_of_header out;
    std::string const text = folded(header);
    auto const look = [&](std::string const& words) {
        auto const found = meanings().find(words);
        if (found != meanings().end()) out.meaning = found->second;
        return found != meanings().end();
    };
    if (look(text)) return out;
    std::size_t const bracket = text.rfind('(');
    if (text.ends_with(')') && bracket != std::string::npos && bracket > 0) {
        out.unit = text.substr(bracket + 1, text.size() - bracket - 2);
        if (look(std::string(trim(text.substr(0, bracket)))) && out.meaning->slot == weight) return out;
        out.meaning.reset();
        out.unit.clear();
    }
    std::size_t const digit = text.find_first_of("0123456789");
    if (digit == std::string::npos) return out;
    std::size_t const end = std::min(text.find_first_not_of("0123456789", digit), text.size());
    if (end - digit > 3) return out;
    for (std::size_t at = digit; at < end; ++at)
        out.number = out.number * 10 + static_cast<std::size_t>(text[at] - '0');
    look(text.substr(0, digit) + "%d" + text.substr(end));
    return out;
}

struct Columns {
    Slots slots;
    std::map<std::size_t, std::size_t> names, values;  // of attributes: number and column
    std::string weight_word;
    std::string language;
    std::vector<std::size_t> aside;
};
bool is_read(Slot slot) { return slot != sale_price && slot != categories && slot != id; }
Columns columns_of(std::vector<std::string> const& header) {
    Columns out;
    std::map<std::string_view, std::size_t> languages;
    for (std::size_t at = 0; at < header.size(); ++at) {
        auto const found = meaning_of(header[at]);
        if (!found.meaning) {
            out.aside.push_back(at);
            continue;
        }
        Slot const slot = found.meaning->slot;
        ++languages[found.meaning->language];
        if (slot == attribute_name || slot == attribute_value) {
            (slot == attribute_name ? out.names : out.values).emplace(found.number, at);
            continue;
        }
        bool const is_taken = out.slots.has(slot);
        if (!is_taken) out.slots.put(slot, at);
        if (is_taken || !is_read(slot)) out.aside.push_back(at);
        if (!is_taken && slot == weight) out.weight_word = found.unit.empty() ? "kg" : found.unit;
    }
    for (auto const& [language, count] : languages)
        if (out.language.empty() || count > languages[out.language]) out.language = language;
    return out;
}

// The exporter writes line ends of descriptions as \n in letters.
std::string with_line_ends(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        bool const is_end = text.substr(at, 2) == "\\n";
        out.push_back(is_end ? '\n' : text[at]);
        at += is_end ? 1U : 0U;
    }
    return out;
}

// ---- reading ----------------------------------------------------------------------------------------------

class Reader {
public:
    Reader(Reading& reading, Table const& table)
        : reading_(reading), table_(table), columns_(columns_of(*table.columns)) {
        reading_.aside(table_, columns_.aside);
        point_ = decimal_point();
        auto const word = weight_unit(columns_.weight_word);
        if (word) weight_unit_ = *word;
        if (!word && columns_.slots.has(weight))
            reading_.warn(1, column(weight), facts_of(Code::bad_unit).name,
                          std::string(word.error().detail()));
        for (Table::Row const& row : table_.rows) {
            if (!cell(row, sku).empty()) by_sku_.try_emplace(cell(row, sku), &row);
            if (!cell(row, id).empty()) by_id_.try_emplace(cell(row, id), &row);
        }
    }
    void read() {
        for (Table::Row const& row : table_.rows) {
            auto const types = types_of(row);
            if (types.contains("variable")) continue;  // is no goods itself; comes with its first variation
            if (types.contains("grouped") || types.contains("external")) {
                reading_.warn(row.number, column(type), "no-goods",
                              "a " + std::string(cell(row, type)) + " product is not sold here; kept aside");
                reading_.unread(kept(table_, row), Kind::woocommerce);
                continue;
            }
            product(row, types.contains("variation") ? parent_of(row) : nullptr, types);
        }
        for (Table::Row const& row : table_.rows) {
            if (!types_of(row).contains("variable") || met_parents_.contains(&row)) continue;
            reading_.warn(row.number, column(type), "no-variations",
                          "a variable product without variations; kept aside");
            reading_.unread(kept(table_, row), Kind::woocommerce);
        }
    }

private:
    [[nodiscard]] std::string_view cell(Table::Row const& row, Slot slot) const {
        return columns_.slots.cell(row, slot);
    }
    [[nodiscard]] std::string_view column(Slot slot) const {
        return columns_.slots.has(slot) ? std::string_view((*table_.columns)[columns_.slots.column(slot)])
                                        : std::string_view{};
    }
    [[nodiscard]] Reading::At at(Table::Row const& row, Slot slot) const {
        return {row.number, column(slot)};
    }
    [[nodiscard]] std::set<std::string> types_of(Table::Row const& row) const {
        std::set<std::string> out;
        std::string_view rest = cell(row, type);
        while (!rest.empty()) {
            std::size_t const end = std::min(rest.find(','), rest.size());
            out.insert(lower_ascii(trim(rest.substr(0, end))));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        return out;
    }
    // What the figures of the file show; where they show both or nothing, a number that could be a thousand
    // is refused (NUL), or has the sign of the language.
    [[nodiscard]] char decimal_point() const {
        bool has_dot = false;
        bool has_comma = false;
        for (Table::Row const& row : table_.rows)
            for (Slot const slot : {regular_price, sale_price, weight}) {
                auto const point = point_of(cell(row, slot));
                has_dot |= point == '.';
                has_comma |= point == ',';
            }
        if (has_dot && has_comma) return '\0';
        if (has_dot) return '.';
        if (has_comma) return ',';
        return usual_point(columns_.language.empty() ? reading_.defaults().language : columns_.language);
    }
    Table::Row const* parent_of(Table::Row const& row) {
        std::string_view named = cell(row, parent);
        bool const is_id = named.starts_with("id:");
        if (is_id) named.remove_prefix(3);
        auto const& index = is_id ? by_id_ : by_sku_;
        auto const found = index.find(named);
        if (found != index.end() && found->second != &row) return found->second;
        reading_.warn(row.number, column(parent), "parent-not-found",
                      "no row has this number: " + excerpt(named));
        return nullptr;
    }
    [[nodiscard]] std::string options_of(Table::Row const& row) const {
        std::string out;
        for (auto const& [number, at] : columns_.values) {
            std::string_view const value = trim(row.cells[at]);
            if (!value.empty()) out += (out.empty() ? "" : " / ") + std::string(value);
        }
        return out;
    }

    void product(Table::Row const& row, Table::Row const* head, std::set<std::string> const& types) {
        Item item{.product = reading_.blank(), .row = row.number};
        item.aside.kind = Kind::woocommerce;
        if (head != nullptr) {
            item.aside.group = std::string(cell(*head, sku).empty() ? cell(*head, id) : cell(*head, sku));
            if (met_parents_.insert(head).second) item.aside.rows.push_back(kept(table_, *head));
        }
        item.aside.own = item.aside.rows.size();
        item.aside.rows.push_back(kept(table_, row));
        if (types.contains("virtual") || types.contains("downloadable"))
            reading_.warn(row.number, column(type), "not-sent", "it needs no shipping: is it goods?");
        if (!fill(item, row, head)) {
            reading_.out().unread.push_back(std::move(item.aside));
            return;
        }
        std::size_t const number = reading_.next_item();
        reading_.finish(std::move(item));
        if (reading_.next_item() == number) return;
        pictures(number, row);
        if (head != nullptr) pictures(number, *head);
    }
    // The variation's own cell; else its parent's.
    [[nodiscard]] std::string_view cell_of(Table::Row const& row, Table::Row const* head, Slot slot) const {
        std::string_view const own = cell(row, slot);
        return own.empty() && head != nullptr ? cell(*head, slot) : own;
    }

    bool fill(Item& item, Table::Row const& row, Table::Row const* head) {
        shop::Product& p = item.product;
        std::string whole(cell(row, name));
        if (whole.empty() && head != nullptr) {
            std::string const options = options_of(row);
            whole = std::string(cell(*head, name));
            if (!options.empty()) whole += std::string(between_title_and_options) + options;
        }
        reading_.title(p, line_from_html(whole), at(row, name));
        std::string_view words = cell_of(row, head, description);
        if (words.empty()) words = cell_of(row, head, short_description);
        reading_.description(p, with_line_ends(words), at(row, description));
        p.sku = std::string(cell(row, sku));
        if (p.sku.empty() && !cell(row, id).empty() && cell(row, id).size() < 40) {
            p.sku = "woo-" + std::string(cell(row, id));
            reading_.note(row.number, column(sku), "sku-made",
                          "without a SKU it is known by its ID: " + p.sku);
        }
        if (!reading_.price(p, cell(row, regular_price), reading_.defaults().currency, point_,
                            at(row, regular_price)))
            return false;
        if (!cell(row, sale_price).empty())
            reading_.warn(row.number, column(sale_price), "sale-price-not-used",
                          "a sale ends on a day; the regular price is taken");
        std::string_view const heavy = cell_of(row, head, weight);
        if (!heavy.empty() && weight_unit_) {
            auto const value = read_number(heavy, point_);
            reading_.weight(
                p.gross_grams,
                value ? grams_of(*value, *weight_unit_) : Result<Grams>(std::unexpected(value.error())),
                at(row, weight));
        }
        reading_.hs(p, cell_of(row, head, hs), at(row, hs));
        reading_.origin(p, cell_of(row, head, woo::origin), at(row, woo::origin));
        std::string_view const counted = cell(row, stock);
        if (!counted.empty() && lower_ascii(counted) != "parent")
            return reading_.stock(p, counted, point_, at(row, stock));
        if (read_truth(cell(row, in_stock)) == false) {
            p.supply = shop::Supply::counted;
            p.stock = Decimal(0);
        }
        return true;
    }

    // Addresses with commas between them.
    void pictures(std::size_t number, Table::Row const& row) {
        std::string_view rest = cell(row, images);
        while (!rest.empty()) {
            std::size_t const end = std::min(rest.find(','), rest.size());
            reading_.photo(number, row.number, column(images), trim(rest.substr(0, end)), "");
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }

    Reading& reading_;
    Table const& table_;
    Columns columns_;
    char point_ = '.';
    std::optional<Unit> weight_unit_ = {};
    std::unordered_map<std::string_view, Table::Row const*> by_sku_, by_id_;
    std::set<Table::Row const*> met_parents_;
};

// ---- writing ----------------------------------------------------------------------------------------------

constexpr std::array<Field, 8> product_fields = {Field::sku,         Field::texts, Field::tiers,
                                                 Field::gross_grams, Field::stock, Field::supply,
                                                 Field::hs,          Field::origin};

class Writer {
public:
    Writer(std::span<Outgoing const> products, Writing const& writing)
        : products_(products), writing_(writing) {
        for (Header const& header : headers())
            if (names_[header.slot].empty()) names_[header.slot] = header.text;
        names_[weight] = "Weight (kg)";
        std::vector<std::string> const* last = nullptr;
        std::array<bool, attribute_value + 1> is_fixed{};
        bool has_asides = false;
        for (Outgoing const& outgoing : products) {
            if (outgoing.aside == nullptr) continue;
            for (KeptRow const& row : outgoing.aside->rows) {
                has_asides = true;
                look_at(row, last, is_fixed);
            }
        }
        if (has_asides) return;
        for (Slot const slot : {type, sku, name}) sheaf_.column(names_[slot]);
        sheaf_.column("Published");
        for (Slot const slot : {description, in_stock, stock, weight, regular_price, images, hs, woo::origin})
            sheaf_.column(names_[slot]);
    }
    Written write() {
        for (std::size_t at = 0; at < products_.size(); ++at) {
            Outgoing const& outgoing = products_[at];
            if (outgoing.aside == nullptr || outgoing.aside->rows.empty()) {
                fresh(outgoing);
            } else {
                for (std::size_t row = 0; row < outgoing.aside->rows.size(); ++row) {
                    sheaf_.add(outgoing.aside->rows[row]);
                    if (row == outgoing.aside->own) cells(outgoing);
                }
            }
            report_left_out(out_, at, outgoing, product_fields, writing_.defaults);
        }
        out_.files.push_back({"products.csv", csv_of(sheaf_.grid(), ',', false)});
        return std::move(out_);
    }

private:
    // The headers, the unit of weights and the decimal sign of the shop it came from.
    void look_at(KeptRow const& row, std::vector<std::string> const*& last,
                 std::array<bool, attribute_value + 1>& is_fixed) {
        if (row.columns.get() != last) {
            last = row.columns.get();
            columns_ = columns_of(*last);
            for (std::uint8_t slot = 0; slot < attribute_name; ++slot) {
                if (!columns_.slots.has(slot) || is_fixed[slot]) continue;
                is_fixed[slot] = true;
                names_[slot] = (*last)[columns_.slots.column(slot)];
                if (slot == weight) {
                    auto const unit = weight_unit(columns_.weight_word);
                    if (unit) weight_unit_ = *unit;
                }
            }
        }
        if (columns_.slots.has(regular_price) && columns_.slots.column(regular_price) < row.cells.size() &&
            point_ == 0)
            point_ = point_of(row.cells[columns_.slots.column(regular_price)]).value_or('\0');
    }
    void set(Slot slot, std::string text) { sheaf_.set(names_[slot], std::move(text)); }
    [[nodiscard]] std::string figure(std::string text) const {
        if (point_ == ',') std::ranges::replace(text, '.', ',');
        return text;
    }
    void fresh(Outgoing const& outgoing) {
        sheaf_.add();
        set(type, "simple");
        sheaf_.set("Published", "-1");
        std::string addresses;
        for (std::string const& picture : outgoing.pictures)
            addresses += (addresses.empty() ? "" : ", ") + picture;
        set(images, addresses);
        cells(outgoing);
    }
    void cells(Outgoing const& outgoing) {
        shop::Product const& p = *outgoing.product;
        if (has_changed(outgoing, Field::sku)) set(sku, p.sku);
        if (has_changed(outgoing, Field::texts)) {
            shop::Text const text = text_for(p, writing_.defaults.language);
            // WordPress reads entities in names.
            std::string title = text.title;
            if (line_from_html(title) != title)
                for (std::size_t at = title.find('&'); at != std::string::npos; at = title.find('&', at + 1))
                    title.replace(at, 1, "&amp;");
            set(name, std::move(title));
            set(description, html_from_text(text.description));
        }
        if (has_changed(outgoing, Field::tiers))
            set(regular_price, p.tiers.empty() ? "" : figure(p.tiers.front().price.text()));
        if (has_changed(outgoing, Field::gross_grams)) set(weight, weight_text(p.gross_grams));
        if (has_changed(outgoing, Field::hs)) set(hs, p.hs ? p.hs->text() : "");
        if (has_changed(outgoing, Field::origin)) set(woo::origin, std::string(p.origin.text()));
        if (has_changed(outgoing, Field::stock) || has_changed(outgoing, Field::supply)) {
            bool const is_counted = p.supply == shop::Supply::counted && p.stock;
            set(stock, is_counted ? figure(p.stock->brief()) : "");
            set(in_stock, is_counted && p.stock->is_zero() ? "0" : "1");
        }
    }
    [[nodiscard]] std::string weight_text(std::int64_t grams) const {
        if (grams == 0) return "";
        static Unit const gram = *Unit::parse("g");
        auto const converted = convert(Quantity{Decimal(grams), gram}, weight_unit_);
        check(converted.has_value());
        return figure(converted->amount.rounded(6, Round::half_up).brief());
    }

    std::span<Outgoing const> products_;
    Writing const& writing_;
    std::array<std::string, attribute_value + 1> names_;
    Columns columns_;
    Unit weight_unit_ = unit::kilogram;
    char point_ = '\0';
    Sheaf sheaf_;
    Written out_;
};

}  // namespace

std::size_t woocommerce_score(std::span<std::string_view const> header) {
    std::size_t score = 0;
    bool has_name = false;
    bool has_price = false;
    for (std::string_view const cell : header) {
        auto const found = meaning_of(cell);
        if (!found.meaning) continue;
        ++score;
        has_name |= found.meaning->slot == name;
        has_price |= found.meaning->slot == regular_price;
    }
    return has_name && has_price ? score : 0;
}

Result<void> read_woocommerce(Reading& reading, Table const& table) {
    Reader(reading, table).read();
    return {};
}

Result<Written> write_woocommerce(std::span<Outgoing const> products, Writing const& writing) {
    return Writer(products, writing).write();
}

}  // namespace allroads::feeds
