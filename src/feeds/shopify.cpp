// Shopify: the product CSV, in which variants are rows under one handle and photos rows of their own, and the
// inventory CSV, which has the customs code, the country of origin and the stock of each place.
#include "feeds/reading.h"

#include <array>
#include <map>
#include <unordered_set>

namespace allroads::feeds {

namespace {

// ---- columns ----------------------------------------------------------------------------------------------

enum Slot : std::uint8_t {
    handle,
    title,
    body,
    option_1_name,
    option_1,
    option_2_name,
    option_2,
    option_3_name,
    option_3,
    sku,
    grams,
    weight_unit_shown,
    tracker,
    quantity,
    price,
    compare_at,
    image,
    image_alt,
    variant_image,
    gift_card,
    requires_shipping,
    status,
    published,
    hs,
    coo,
    location,
    available,
    on_hand,
    on_hand_new,
    policy,
    image_position
};

// Both names of each column: those of today's template (help.shopify.com, "Using CSV files") and those that
// exports had before and imports still accept.
constexpr auto aliases = std::to_array<Alias>({
    {"URL handle", handle},
    {"Handle", handle},
    {"Title", title},
    {"Description", body},
    {"Body (HTML)", body},
    {"Option1 name", option_1_name},
    {"Option1 value", option_1},
    {"Option2 name", option_2_name},
    {"Option2 value", option_2},
    {"Option3 name", option_3_name},
    {"Option3 value", option_3},
    {"SKU", sku},
    {"Variant SKU", sku},
    {"Weight value (grams)", grams},
    {"Variant Grams", grams},
    {"Weight unit for display", weight_unit_shown},
    {"Variant Weight Unit", weight_unit_shown},
    {"Inventory tracker", tracker},
    {"Variant Inventory Tracker", tracker},
    {"Inventory quantity", quantity},
    {"Variant Inventory Qty", quantity},
    {"Price", price},
    {"Variant Price", price},
    {"Compare-at price", compare_at},
    {"Compare At Price", compare_at},
    {"Variant Compare At Price", compare_at},
    {"Product image URL", image},
    {"Image Src", image},
    {"Image alt text", image_alt},
    {"Variant image URL", variant_image},
    {"Variant Image", variant_image},
    {"Gift card", gift_card},
    {"Requires shipping", requires_shipping},
    {"Variant Requires Shipping", requires_shipping},
    {"Status", status},
    {"Published on online store", published},
    {"Published", published},
    {"HS Code", hs},
    {"COO", coo},
    {"Location", location},
    {"Available", available},
    {"Available (not editable)", available},
    {"On hand", on_hand},
    {"On hand (current)", on_hand},
    {"On hand (new)", on_hand_new},
    {"Continue selling when out of stock", policy},
    {"Variant Inventory Policy", policy},
    {"Image position", image_position},
});
// Read into a product; the others of the list are looked at and kept aside.
constexpr std::array<Slot, 21> read_slots = {
    handle,        title, body,  option_1_name, option_1, option_2_name, option_2, option_3_name,
    option_3,      sku,   grams, tracker,       quantity, price,         image,    image_alt,
    variant_image, hs,    coo,   available,     on_hand};

Known const& known() {
    static Known const all(aliases);
    return all;
}

struct Placed {
    Slots slots;
    std::vector<std::size_t> aside;
};
Placed placed(std::vector<std::string> const& columns) {
    Placed out;
    for (std::size_t at = 0; at < columns.size(); ++at) {
        auto const slot = known().slot(folded(columns[at]));
        bool const is_taken = slot && out.slots.has(*slot);
        if (slot && !is_taken) out.slots.put(*slot, at);
        bool const is_read = slot && !is_taken && std::ranges::find(read_slots, *slot) != read_slots.end();
        if (!is_read) out.aside.push_back(at);
    }
    return out;
}

// ---- the inventory ----------------------------------------------------------------------------------------

struct Stocked {
    Sheet const* sheet;
    Slots const* slots;
    std::vector<Table::Row const*> rows;  // one for each location
    bool is_met = false;
};
class Inventory {
public:
    Inventory(Reading& reading, std::span<Sheet const> sheets) {
        for (Sheet const& sheet : sheets) {
            if (!is_shopify_inventory(*sheet.table.columns)) continue;
            reading.file(sheet.file);
            Placed found = placed(*sheet.table.columns);
            reading.aside(sheet.table, found.aside);
            slots_.push_back(found.slots);
            add(sheet, slots_.back());
        }
    }
    // By handle and options; else by SKU.
    [[nodiscard]] Stocked* find(std::string const& key, std::string_view sku_text) {
        auto const by_key = by_key_.find(key);
        if (by_key != by_key_.end()) return &all_[by_key->second];
        auto const by_sku = by_sku_.find(std::string(sku_text));
        if (!sku_text.empty() && by_sku != by_sku_.end()) return &all_[by_sku->second];
        return nullptr;
    }
    void report_unmet(Reading& reading) const {
        for (Stocked const& one : all_) {
            if (one.is_met) continue;
            reading.file(one.sheet->file);
            for (Table::Row const* row : one.rows) {
                reading.warn(row->number, "", "inventory-without-product",
                             "no row of the product file has this handle with these options, or this SKU");
                KeptRow rest = kept(one.sheet->table, *row);
                rest.is_inventory = true;
                reading.unread(std::move(rest), Kind::shopify);
            }
        }
    }

private:
    void add(Sheet const& sheet, Slots const& slots);
    std::deque<Slots> slots_;
    std::deque<Stocked> all_;
    std::unordered_map<std::string, std::size_t> by_key_;
    std::unordered_map<std::string, std::size_t> by_sku_;
};

// "Default Title" is how a product without options is written.
std::string_view option_text(std::string_view text) {
    return text == "Default Title" ? std::string_view{} : text;
}
std::string key_of(Slots const& slots, Table::Row const& row, std::string_view handle_text) {
    std::string key(handle_text);
    for (Slot const slot : {option_1, option_2, option_3})
        key += '\x1F' + std::string(option_text(slots.cell(row, slot)));
    return key;
}

void Inventory::add(Sheet const& sheet, Slots const& slots) {
    for (Table::Row const& row : sheet.table.rows) {
        std::string const key = key_of(slots, row, slots.cell(row, handle));
        auto const [found, is_new] = by_key_.try_emplace(key, all_.size());
        if (is_new) all_.push_back({&sheet, &slots, {}, false});
        all_[found->second].rows.push_back(&row);
        std::string_view const number = slots.cell(row, sku);
        if (!number.empty()) by_sku_.try_emplace(std::string(number), found->second);
    }
}

// ---- products ---------------------------------------------------------------------------------------------

// The rows under one handle, of one file.
struct Group {
    std::string handle;
    Table::Row const* head = nullptr;  // has the title and what all variants share
    std::vector<Table::Row const*> variants = {};
    std::map<Table::Row const*, std::vector<Table::Row const*>> followers =
        {};                                        // photos, after their variant
    std::vector<Table::Row const*> pictures = {};  // rows with a photo, one more than allowed
};

class Reader {
public:
    Reader(Reading& reading, Sheet const& sheet, Inventory& inventory)
        : reading_(reading), table_(sheet.table), inventory_(inventory) {
        Placed found = placed(*table_.columns);
        slots_ = found.slots;
        reading_.file(sheet.file);
        reading_.aside(table_, found.aside);
        point_ =
            table_.delimiter == ';' ? ',' : '.';  // a spreadsheet of a country with decimal commas wrote it
    }
    void read() {
        for (Group const& group : groups())
            for (Table::Row const* row : group.variants) variant(group, *row);
    }

private:
    [[nodiscard]] std::string_view cell(Table::Row const& row, Slot slot) const {
        return slots_.cell(row, slot);
    }
    [[nodiscard]] std::string_view column(Slot slot) const {
        return slots_.has(slot) ? std::string_view((*table_.columns)[slots_.column(slot)])
                                : std::string_view{};
    }
    [[nodiscard]] Reading::At at(Table::Row const& row, Slot slot) const {
        return {row.number, column(slot)};
    }

    [[nodiscard]] bool is_variant(Table::Row const& row) const {
        return !cell(row, price).empty() || !cell(row, sku).empty() || !cell(row, option_1).empty() ||
               !cell(row, title).empty();
    }
    std::deque<Group> groups() {
        std::deque<Group> out;
        std::unordered_map<std::string, std::size_t> places;
        std::string last;
        for (Table::Row const& row : table_.rows) {
            std::string name(cell(row, handle));
            if (name.empty())
                name = !cell(row, title).empty() || last.empty() ? slug_of(cell(row, title)) : last;
            last = name;
            auto const [found, is_new] = places.try_emplace(name, out.size());
            if (is_new) out.push_back({.handle = name});
            Group& group = out[found->second];
            if (group.head == nullptr) group.head = &row;
            if (!cell(row, image).empty() && group.pictures.size() <= photos_of_product_max)
                group.pictures.push_back(&row);
            if (group.variants.empty() || is_variant(row)) {
                group.variants.push_back(&row);
            } else {
                group.followers[group.variants.back()].push_back(&row);
            }
        }
        return out;
    }

    void variant(Group const& group, Table::Row const& row) {
        Item item{.product = reading_.blank(), .row = row.number};
        item.aside.kind = Kind::shopify;
        item.aside.group = group.handle;
        item.aside.rows.push_back(kept(table_, row));
        auto const followers = group.followers.find(&row);
        if (followers != group.followers.end())
            for (Table::Row const* follower : followers->second)
                item.aside.rows.push_back(kept(table_, *follower));
        if (read_true(*group.head, gift_card)) {
            reading_.fail(row.number, column(gift_card),
                          Error(Code::bad_value, "", "a gift card is no goods"));
            reading_.out().unread.push_back(std::move(item.aside));
            return;
        }
        if (!fill(item, group, row)) {
            reading_.out().unread.push_back(std::move(item.aside));
            return;
        }
        std::size_t const number = reading_.next_item();
        reading_.finish(std::move(item));
        if (reading_.next_item() != number) photos(number, group, row);
    }

    [[nodiscard]] bool read_true(Table::Row const& row, Slot slot) const {
        return read_truth(cell(row, slot)).value_or(false);
    }

    bool fill(Item& item, Group const& group, Table::Row const& row) {
        shop::Product& p = item.product;
        std::string options;
        std::string number = group.handle;
        for (Slot const slot : {option_1, option_2, option_3}) {
            std::string_view const option = option_text(cell(row, slot));
            if (option.empty()) continue;
            options += (options.empty() ? "" : " / ") + std::string(option);
            number += "/" + std::string(option);
        }
        std::string whole(cell(*group.head, title));
        if (!options.empty()) whole += std::string(between_title_and_options) + options;
        reading_.title(p, whole, at(row, title));
        reading_.description(p, cell(*group.head, body), at(*group.head, body));
        p.sku = std::string(cell(row, sku));
        if (p.sku.empty() && number.size() <= 80) {
            p.sku = number;
            reading_.note(row.number, column(sku), "sku-made",
                          "without a SKU it is known by its handle: " + number);
        }
        if (!reading_.price(p, cell(row, price), reading_.defaults().currency, point_, at(row, price)))
            return false;
        if (!cell(row, compare_at).empty())
            reading_.note(row.number, column(compare_at), "price-before-kept-aside",
                          "the earlier price is kept aside");
        if (!cell(row, grams).empty()) {
            auto const value = read_number(cell(row, grams), point_);
            static Unit const gram = *Unit::parse("g");
            reading_.weight(p.gross_grams,
                            value ? grams_of(*value, gram) : Result<Grams>(std::unexpected(value.error())),
                            at(row, grams));
        }
        if (slots_.has(requires_shipping) && cell(row, requires_shipping) == "FALSE")
            reading_.warn(row.number, column(requires_shipping), "not-sent",
                          "it needs no shipping: is it goods?");
        // An empty tracker means that nobody counts.
        bool const is_counted = !slots_.has(tracker) || !cell(row, tracker).empty();
        if (is_counted && !cell(row, quantity).empty() &&
            !reading_.stock(p, cell(row, quantity), point_, at(row, quantity)))
            return false;
        return stocked(item, group, row);
    }

    bool stocked(Item& item, Group const& group, Table::Row const& row) {
        Stocked* const found = inventory_.find(key_of(slots_, row, group.handle), cell(row, sku));
        if (found == nullptr) return true;
        found->is_met = true;
        std::uint32_t const products_file = reading_.file();
        reading_.file(found->sheet->file);
        bool const is_read = from_inventory(item, *found);
        reading_.file(products_file);
        return is_read;
    }

    bool from_inventory(Item& item, Stocked const& found) {
        shop::Product& p = item.product;
        Slots const& slots = *found.slots;
        auto const& columns = *found.sheet->table.columns;
        auto const where = [&](Table::Row const& row, Slot slot) {
            return Reading::At{row.number,
                               slots.has(slot) ? std::string_view(columns[slots.column(slot)]) : ""};
        };
        std::optional<Decimal> stock;
        for (Table::Row const* row : found.rows) {
            KeptRow rest = kept(found.sheet->table, *row);
            rest.is_inventory = true;
            item.aside.rows.push_back(std::move(rest));
            if (!p.hs) reading_.hs(p, slots.cell(*row, hs), where(*row, hs));
            reading_.origin(p, slots.cell(*row, coo), where(*row, coo));
            Slot const counted =
                slots.has(available) && !slots.cell(*row, available).empty() ? available : on_hand;
            std::string_view const text = slots.cell(*row, counted);
            if (text.empty() || lower_ascii(text) == "not stocked") continue;
            shop::Product one = p;
            if (!reading_.stock(one, text, point_, where(*row, counted))) return false;
            auto const total = sum(stock.value_or(Decimal(0)), *one.stock);
            if (!total) {
                reading_.fail(row->number, where(*row, counted).column, total.error());
                return false;
            }
            stock = *total;
        }
        if (!stock) return true;
        p.supply = shop::Supply::counted;
        p.stock = stock;
        return true;
    }

    // Its own first, then those that all variants share.
    void photos(std::size_t number, Group const& group, Table::Row const& row) {
        reading_.photo(number, row.number, column(variant_image), cell(row, variant_image), "");
        for (Table::Row const* from : group.pictures)
            reading_.photo(number, from->number, column(image), cell(*from, image), cell(*from, image_alt));
    }

    Reading& reading_;
    Table const& table_;
    Inventory& inventory_;
    Slots slots_;
    char point_ = '.';
};

// ---- writing ----------------------------------------------------------------------------------------------

struct Names {
    std::array<std::string, Slots::slots_max> of;
    [[nodiscard]] std::string const& operator[](Slot slot) const { return of[slot]; }
};
// Today's names; where an aside has a column by its older name, that one.
Names names_of(std::span<Outgoing const> products, bool is_inventory) {
    Names names;
    for (Alias const& alias : aliases)
        if (names.of[alias.slot].empty()) names.of[alias.slot] = alias.header;
    if (is_inventory) {
        names.of[handle] = "Handle";
        names.of[on_hand] = "On hand (current)";
        for (auto const& [slot, name] : std::initializer_list<std::pair<Slot, std::string_view>>{
                 {option_1_name, "Option1 Name"}, {option_1, "Option1 Value"}})
            names.of[slot] = name;
    }
    std::array<bool, Slots::slots_max> is_fixed{};
    std::vector<std::string> const* last = nullptr;
    for (Outgoing const& outgoing : products) {
        if (outgoing.aside == nullptr) continue;
        for (KeptRow const& row : outgoing.aside->rows) {
            if (row.is_inventory != is_inventory || row.columns.get() == last) continue;
            last = row.columns.get();
            for (std::string const& column : *row.columns) {
                auto const slot = known().slot(folded(column));
                if (!slot || is_fixed[*slot]) continue;
                is_fixed[*slot] = true;
                names.of[*slot] = column;
            }
        }
    }
    return names;
}

constexpr std::array<Field, 8> product_fields = {Field::sku,         Field::texts, Field::tiers,
                                                 Field::gross_grams, Field::stock, Field::supply,
                                                 Field::hs,          Field::origin};

class Writer {
public:
    Writer(std::span<Outgoing const> products, Writing const& writing)
        : products_(products),
          writing_(writing),
          names_(names_of(products, false)),
          stock_names_(names_of(products, true)) {
        bool const has_asides =
            std::ranges::any_of(products, [](Outgoing const& o) { return o.aside != nullptr; });
        if (has_asides) return;
        for (Slot const slot :
             {title, handle, body, published, status, sku, option_1_name, option_1, price, tracker, quantity,
              policy, grams, weight_unit_shown, requires_shipping, image, image_position, image_alt})
            sheaf_.column(names_[slot]);
    }
    Written write() {
        for (std::size_t at = 0; at < products_.size(); ++at) {
            Outgoing const& outgoing = products_[at];
            if (outgoing.aside == nullptr || outgoing.aside->rows.empty()) {
                fresh(outgoing);
            } else {
                again(at, outgoing);
            }
            stock(outgoing);
            report_left_out(out_, at, outgoing, product_fields, writing_.defaults);
        }
        out_.files.push_back({"products.csv", csv_of(sheaf_.grid(), ',', false)});
        if (!stock_.is_empty()) out_.files.push_back({"inventory.csv", csv_of(stock_.grid(), ',', false)});
        return std::move(out_);
    }

private:
    void set(Slot slot, std::string text) { sheaf_.set(names_[slot], std::move(text)); }
    static std::string handle_of(shop::Product const& p, std::string const& written_title) {
        std::string out = slug_of(p.sku);
        if (out.empty()) out = slug_of(written_title);
        return out.empty() ? "product" : out;
    }
    void figures(Outgoing const& outgoing) {
        shop::Product const& p = *outgoing.product;
        if (has_changed(outgoing, Field::sku)) set(sku, p.sku);
        if (has_changed(outgoing, Field::tiers))
            set(price, p.tiers.empty() ? "" : p.tiers.front().price.text());
        if (has_changed(outgoing, Field::gross_grams))
            set(grams, p.gross_grams == 0 ? "" : std::to_string(p.gross_grams));
        if (has_changed(outgoing, Field::stock) || has_changed(outgoing, Field::supply)) {
            bool const is_counted = p.supply == shop::Supply::counted && p.stock;
            set(tracker, is_counted ? "shopify" : "");
            set(quantity, is_counted ? p.stock->brief() : "");
        }
    }
    void fresh(Outgoing const& outgoing) {
        shop::Product const& p = *outgoing.product;
        shop::Text const text = text_for(p, writing_.defaults.language);
        sheaf_.add();
        set(title, text.title);
        set(handle, handle_of(p, text.title));
        set(body, html_from_text(text.description));
        set(published, "FALSE");
        set(status, "Draft");
        set(option_1_name, "Title");
        set(option_1, "Default Title");
        set(policy, p.supply == shop::Supply::counted ? "DENY" : "CONTINUE");
        set(weight_unit_shown, "g");
        set(requires_shipping, "TRUE");
        figures(outgoing);
        for (std::size_t at = 0; at < outgoing.pictures.size(); ++at) {
            if (at > 0) {
                sheaf_.add();
                set(handle, handle_of(p, text.title));
            }
            set(image, outgoing.pictures[at]);
            set(image_position, std::to_string(at + 1));
            if (at < p.photos.size()) set(image_alt, p.photos[at].alt);
        }
    }
    void again(std::size_t place, Outgoing const& outgoing) {
        Aside const& aside = *outgoing.aside;
        for (std::size_t at = 0; at < aside.rows.size(); ++at) {
            if (aside.rows[at].is_inventory) continue;
            sheaf_.add(aside.rows[at]);
            if (at != aside.own) continue;
            figures(outgoing);
            texts(place, outgoing);
        }
        written_.insert(aside.group);
    }
    // Title and description stand once, in the first row of a handle.
    void texts(std::size_t place, Outgoing const& outgoing) {
        shop::Text const text = text_for(*outgoing.product, writing_.defaults.language);
        bool const is_first = !written_.contains(outgoing.aside->group);
        bool const is_orphan = is_first && sheaf_.get(names_[title]).empty();
        if (!is_orphan && !has_changed(outgoing, Field::texts)) return;
        bool const has_options = text.title.find(between_title_and_options) != std::string::npos &&
                                 option_text(sheaf_.get(names_[option_1])) != "";
        if (!is_first || (has_options && !is_orphan)) {
            std::string const own(sheaf_.get(names_[title]));
            std::size_t const end = text.title.find(between_title_and_options);
            if (is_first && end != std::string::npos) {
                set(title, text.title.substr(0, end));
                set(body, html_from_text(text.description));
                return;
            }
            report_row(
                out_, place, names_[title], "text-of-a-variant",
                "title and description are those of the first variant; what changed here is not written");
            return;
        }
        std::size_t const end = text.title.find(between_title_and_options);
        set(title, is_orphan && end != std::string::npos ? text.title.substr(0, end) : text.title);
        set(body, html_from_text(text.description));
    }
    void stock(Outgoing const& outgoing) {
        shop::Product const& p = *outgoing.product;
        bool has_rows = false;
        if (outgoing.aside != nullptr) {
            for (KeptRow const& row : outgoing.aside->rows) {
                if (!row.is_inventory) continue;
                stock_.add(row);
                figures_of_stock(outgoing, !has_rows);
                has_rows = true;
            }
        }
        bool const is_told = has_changed(outgoing, Field::hs) || has_changed(outgoing, Field::origin);
        if (has_rows || !is_told) return;
        shop::Text const text = text_for(p, writing_.defaults.language);
        stock_.add();
        std::string_view const group = outgoing.aside == nullptr ? std::string_view{} : outgoing.aside->group;
        stock_.set(stock_names_[handle], group.empty() ? handle_of(p, text.title) : std::string(group));
        stock_.set(stock_names_[title], text.title);
        stock_.set(stock_names_[option_1_name], group.empty() ? "Title" : "");
        stock_.set(stock_names_[option_1], group.empty() ? "Default Title" : "");
        stock_.set(stock_names_[sku], p.sku);
        stock_.set(stock_names_[hs], p.hs ? p.hs->text() : "");
        stock_.set(stock_names_[coo], std::string(p.origin.text()));
        stock_.set(stock_names_[location], writing_.location);
        if (p.stock) stock_.set(stock_names_[on_hand_new], p.stock->brief());
    }
    void figures_of_stock(Outgoing const& outgoing, bool is_first) {
        shop::Product const& p = *outgoing.product;
        if (has_changed(outgoing, Field::hs)) stock_.set(stock_names_[hs], p.hs ? p.hs->text() : "");
        if (has_changed(outgoing, Field::origin)) stock_.set(stock_names_[coo], std::string(p.origin.text()));
        if (has_changed(outgoing, Field::sku)) stock_.set(stock_names_[sku], p.sku);
        // All of a changed stock is at the first place; the others are emptied.
        if (has_changed(outgoing, Field::stock))
            stock_.set(stock_names_[on_hand_new], is_first && p.stock ? p.stock->brief() : "0");
    }

    std::span<Outgoing const> products_;
    Writing const& writing_;
    Names names_;
    Names stock_names_;
    Sheaf sheaf_;
    Sheaf stock_;
    std::unordered_set<std::string> written_;  // handles
    Written out_;
};

}  // namespace

std::size_t shopify_score(std::span<std::string_view const> header) {
    std::size_t score = 0;
    bool has_handle = false;
    for (std::string_view const cell : header) {
        auto const slot = known().slot(folded(cell));
        if (slot) ++score;
        has_handle |= slot == handle || slot == option_1;
    }
    return has_handle ? score : 0;
}

bool is_shopify_inventory(std::span<std::string const> header) {
    bool has_place = false;
    bool has_price = false;
    for (std::string const& cell : header) {
        auto const slot = known().slot(folded(cell));
        has_place |= slot == coo || slot == hs || slot == location || slot == on_hand || slot == available;
        has_price |= slot == price || slot == body;
    }
    return has_place && !has_price;
}

Result<void> read_shopify(Reading& reading, std::span<Sheet const> sheets) {
    Inventory inventory(reading, sheets);
    bool has_products = false;
    for (Sheet const& sheet : sheets) {
        if (is_shopify_inventory(*sheet.table.columns)) continue;
        has_products = true;
        Reader(reading, sheet, inventory).read();
    }
    if (!has_products)
        return refuse(Code::bad_file, "", "an inventory file has no prices: give the product file beside it");
    inventory.report_unmet(reading);
    return {};
}

Result<Written> write_shopify(std::span<Outgoing const> products, Writing const& writing) {
    return Writer(products, writing).write();
}

}  // namespace allroads::feeds
