// Google Merchant: product data as RSS 2.0 or Atom with the g: namespace, or as a table with tabs. In a feed
// each element is a column; one that comes again is "name#2"; one with elements or attributes of its own is
// kept as it stands in XML, under "name{}".
#include "feeds/reading.h"
#include "feeds/xml.h"

#include <array>
#include <map>

namespace allroads::feeds {

namespace {

constexpr std::string_view google_names = "http://base.google.com/ns/1.0";
constexpr std::string_view atom_names = "http://www.w3.org/2005/Atom";
constexpr std::string_view atom_column = "@atom";
constexpr std::string_view names_column = "@xmlns:";

// ---- the feed as a table ----------------------------------------------------------------------------------

std::string text_of_node(pugi::xml_node const& node) {
    std::string out;
    for (pugi::xml_node const& child : node.children())
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) out += child.value();
    return out;
}
bool is_plain(pugi::xml_node const& node) {
    if (!node.attributes().empty()) return false;
    return std::ranges::none_of(
        node.children(), [](pugi::xml_node const& child) { return child.type() == pugi::node_element; });
}
std::string raw_xml(pugi::xml_node const& node) {
    struct Writer final : pugi::xml_writer {
        std::string out;
        void write(void const* data, std::size_t size) override {
            out.append(static_cast<char const*>(data), size);
        }
    } writer;
    node.print(writer, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
    return std::move(writer.out);
}
// What a prefix stands for where the node is.
std::string_view names_of_prefix(pugi::xml_node node, std::string_view prefix) {
    std::string const wanted = "xmlns:" + std::string(prefix);
    for (; node; node = node.parent())
        if (auto const found = node.attribute(wanted.c_str())) return found.value();
    return {};
}

class FeedTable {
public:
    explicit FeedTable(File const& file) : file_(file) {}
    Result<Table> read() {
        auto text = TRY(decoded(file_.bytes, file_.name));
        table_.was_windows_1252 = text.was_windows_1252;
        pugi::xml_document document;
        TRY_VOID(load_xml(document, text.text, file_.name));
        pugi::xml_node const root = document.document_element();
        bool const is_atom = local_name(root) == "feed";
        pugi::xml_node const list = is_atom ? root : child_named(root, "channel");
        if (!list) return refuse(Code::bad_file, file_.name, "expected RSS (rss, channel) or Atom (feed)");
        for (pugi::xml_node const& node : list.children()) {
            if (local_name(node) != (is_atom ? "entry" : "item")) continue;
            if (table_.rows.size() == rows_max)
                return refuse(Code::too_long, file_.name, "a feed has at most 100,000 items");
            TRY_VOID(item(node, is_atom));
        }
        if (columns_.size() * table_.rows.size() > cells_max)
            return refuse(Code::too_long, file_.name, "a feed has at most 5,000,000 cells");
        for (Table::Row& row : table_.rows) row.cells.resize(columns_.size());
        table_.columns = std::make_shared<std::vector<std::string> const>(std::move(columns_));
        return std::move(table_);
    }

private:
    Result<void> put(Table::Row& row, std::string const& name, std::string text) {
        auto const [found, is_new] = places_.try_emplace(name, columns_.size());
        if (is_new) {
            if (columns_.size() == columns_max)
                return refuse(Code::too_long, place(file_.name, row.number),
                              "a feed has at most 1,000 kinds of elements");
            columns_.push_back(name);
        }
        if (text.size() > cell_bytes_max)
            return refuse(Code::too_long, place(file_.name, row.number) + ", " + excerpt(name),
                          "an element of more than a megabyte");
        if (row.cells.size() <= found->second) row.cells.resize(found->second + 1);
        row.cells[found->second] = table_.owned.emplace_back(std::move(text));
        return {};
    }
    Result<void> item(pugi::xml_node const& node, bool is_atom) {
        Table::Row& row = table_.rows.emplace_back();
        row.number = static_cast<std::uint32_t>(table_.rows.size());
        std::map<std::string, std::size_t, std::less<>> times;
        if (is_atom) TRY_VOID(put(row, std::string(atom_column), "1"));
        for (pugi::xml_node const& element : node.children()) {
            if (element.type() != pugi::node_element) continue;
            std::string name(element.name());
            std::size_t const colon = name.find(':');
            if (colon != std::string::npos) {
                std::string const prefix = name.substr(0, colon);
                std::string_view const meant = names_of_prefix(element, prefix);
                bool const is_google = meant == google_names || (meant.empty() && prefix == "g");
                if (is_google && (prefix == "g" || is_plain(element))) {
                    name = "g:" + name.substr(colon + 1);
                } else {
                    TRY_VOID(put(row, std::string(names_column) + prefix, std::string(meant)));
                }
            }
            std::size_t const count = ++times[name];
            if (count > columns_max)
                return refuse(Code::too_long, place(file_.name, row.number), "an element comes too often");
            if (count > 1) name += "#" + std::to_string(count);
            bool const plain = is_plain(element);
            TRY_VOID(put(row, plain ? name : name + "{}", plain ? text_of_node(element) : raw_xml(element)));
        }
        return {};
    }

    File const& file_;
    Table table_;
    std::vector<std::string> columns_;
    std::unordered_map<std::string, std::size_t> places_;
};

// ---- attributes -------------------------------------------------------------------------------------------

enum Slot : std::uint8_t {
    id,
    title,
    description,
    image,
    images,
    availability,
    price,
    sale_price,
    shipping_weight,
    product_weight,
    ships_from,
    origin,
    group,
    quantity
};
constexpr auto aliases = std::to_array<Alias>({
    {"id", id},
    {"title", title},
    {"description", description},
    {"summary", description},
    {"content", description},
    {"image_link", image},
    {"additional_image_link", images},
    {"availability", availability},
    {"price", price},
    {"sale_price", sale_price},
    {"shipping_weight", shipping_weight},
    {"product_weight", product_weight},
    {"ships_from_country", ships_from},
    {"country_of_origin", origin},
    {"item_group_id", group},
    {"quantity", quantity},
    {"sell_on_google_quantity", quantity},
});
// "g:Image Link" is image_link; "#2" and "{}" stay.
std::string attribute_name(std::string_view column) {
    std::string name = lower_ascii(trim(column));
    if (name.starts_with("g:")) name.erase(0, 2);
    std::ranges::replace(name, ' ', '_');
    return name;
}
std::optional<Slot> slot_of(std::string_view column) {
    std::string const name = attribute_name(column);
    for (Alias const& alias : aliases)
        if (alias.header == name) return static_cast<Slot>(alias.slot);
    return {};
}

class Reader {
public:
    Reader(Reading& reading, Table const& table, Kind kind) : reading_(reading), table_(table), kind_(kind) {
        std::vector<std::size_t> aside;
        for (std::size_t at = 0; at < table.columns->size(); ++at) {
            std::string const& column = (*table.columns)[at];
            auto const slot = slot_of(column);
            bool const is_more = attribute_name(column).starts_with("additional_image_link");
            if (is_more) more_images_.push_back(at);
            // Of <title> and <g:title> the one with the prefix counts.
            bool const counts = slot && (!slots_.has(*slot) || column.starts_with("g:"));
            if (counts && slots_.has(*slot)) second_.put(*slot, slots_.column(*slot));
            if (slot && !counts) second_.put(*slot, at);
            if (counts) slots_.put(*slot, at);
            if (!is_more && (!slot || *slot == sale_price) && !column.starts_with('@')) aside.push_back(at);
        }
        reading_.aside(table, aside);
    }
    void read() {
        for (Table::Row const& row : table_.rows) {
            Item item{.product = reading_.blank(), .row = row.number};
            item.aside.kind = kind_;
            item.aside.group = std::string(cell(row, group));
            item.aside.rows.push_back(kept(table_, row));
            if (!fill(item.product, row)) {
                reading_.out().unread.push_back(std::move(item.aside));
                continue;
            }
            std::size_t const number = reading_.next_item();
            reading_.finish(std::move(item));
            if (reading_.next_item() != number) pictures(number, row);
        }
    }

private:
    [[nodiscard]] std::string_view cell(Table::Row const& row, Slot slot) const {
        auto const first = slots_.cell(row, slot);
        return first.empty() ? second_.cell(row, slot) : first;
    }
    [[nodiscard]] std::string_view column(Slot slot) const {
        return slots_.has(slot) ? std::string_view((*table_.columns)[slots_.column(slot)])
                                : std::string_view{};
    }
    [[nodiscard]] Reading::At at(Table::Row const& row, Slot slot) const {
        return {row.number, column(slot)};
    }

    bool fill(shop::Product& p, Table::Row const& row) {
        p.sku = std::string(cell(row, id));
        reading_.title(p, cell(row, title), at(row, title));
        reading_.description(p, cell(row, description), at(row, description));
        if (!priced(p, row)) return false;
        if (!cell(row, sale_price).empty())
            reading_.warn(row.number, column(sale_price), "sale-price-not-used",
                          "a sale ends on a day; the regular price is taken");
        if (!cell(row, shipping_weight).empty())
            reading_.weight(p.gross_grams, read_weight(cell(row, shipping_weight), '.'),
                            at(row, shipping_weight));
        if (!cell(row, product_weight).empty())
            reading_.weight(p.net_grams, read_weight(cell(row, product_weight), '.'),
                            at(row, product_weight));
        reading_.origin(p, cell(row, origin), at(row, origin));
        if (!cell(row, ships_from).empty()) {
            auto const country = read_country(cell(row, ships_from));
            if (country) p.ships_from = *country;
            if (!country)
                reading_.warn(row.number, column(ships_from), facts_of(Code::bad_country).name,
                              std::string(country.error().detail()));
        }
        return supplied(p, row);
    }
    // "15.00 USD" or "USD 15.00".
    bool priced(shop::Product& p, Table::Row const& row) {
        std::string_view text = cell(row, price);
        Currency currency = reading_.defaults().currency;
        auto const is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
        std::size_t const letter =
            static_cast<std::size_t>(std::ranges::find_if(text, is_letter) - text.begin());
        if (letter < text.size()) {
            std::size_t end = letter;
            while (end < text.size() && is_letter(text[end])) ++end;
            auto const told = Currency::parse(text.substr(letter, end - letter));
            if (!told) {
                reading_.fail(row.number, column(price), told.error());
                return false;
            }
            currency = *told;
            text = letter == 0 ? trim(text.substr(end)) : trim(text.substr(0, letter));
        }
        return reading_.price(p, text, currency, '.', at(row, price));
    }
    bool supplied(shop::Product& p, Table::Row const& row) {
        if (!cell(row, quantity).empty())
            return reading_.stock(p, cell(row, quantity), '.', at(row, quantity));
        std::string word = lower_ascii(cell(row, availability));
        std::ranges::replace(word, ' ', '_');
        if (word == "out_of_stock") {
            p.supply = shop::Supply::counted;
            p.stock = Decimal(0);
        } else if (word == "preorder" || word == "backorder") {
            p.supply = shop::Supply::made_to_order;
        } else if (word != "in_stock" && !word.empty()) {
            reading_.warn(row.number, column(availability), facts_of(Code::bad_value).name,
                          "expected in_stock, out_of_stock, preorder or backorder: " + excerpt(word));
        }
        return true;
    }
    void pictures(std::size_t number, Table::Row const& row) {
        reading_.photo(number, row.number, column(image), cell(row, image), "");
        for (std::size_t const at : more_images_) {
            std::string_view rest = row.cells[at];
            // A table has several in one cell; an address with a comma in it is told as one that is none.
            while (!rest.empty()) {
                std::size_t const end =
                    kind_ == Kind::merchant_tsv ? std::min(rest.find(','), rest.size()) : rest.size();
                reading_.photo(number, row.number, (*table_.columns)[at], trim(rest.substr(0, end)), "");
                rest.remove_prefix(std::min(end + 1, rest.size()));
            }
        }
    }

    Reading& reading_;
    Table const& table_;
    Kind kind_;
    Slots slots_;
    Slots second_;  // of two columns that mean the same, the one without the prefix
    std::vector<std::size_t> more_images_;
};

// ---- writing ----------------------------------------------------------------------------------------------

constexpr std::array<Field, 8> product_fields = {Field::sku,         Field::texts, Field::tiers,
                                                 Field::gross_grams, Field::stock, Field::net_grams,
                                                 Field::ships_from,  Field::supply};

std::string_view availability_of(shop::Product const& p) {
    return p.supply == shop::Supply::counted && p.stock && p.stock->is_zero() ? "out_of_stock" : "in_stock";
}

class Rows {
public:
    Rows(Kind kind, Writing const& writing)
        : prefix_(kind == Kind::merchant_xml ? "g:" : ""), writing_(writing) {}
    Sheaf sheaf;

    void add(Outgoing const& outgoing) {
        bool const is_fresh = outgoing.aside == nullptr || outgoing.aside->rows.empty();
        names_.clear();
        if (is_fresh) {
            sheaf.add();
        } else {
            KeptRow const& row = outgoing.aside->rows.front();
            sheaf.add(row);
            for (std::size_t at = 0; at < row.columns->size(); ++at) {
                std::string const& column = (*row.columns)[at];
                auto const slot = slot_of(column);
                bool const is_filled = at < row.cells.size() && !row.cells[at].empty();
                if (slot && (is_filled || !names_.contains(*slot))) names_[*slot] = column;
            }
        }
        cells(outgoing);
        if (is_fresh) fresh(outgoing);
    }

private:
    void set(Slot slot, std::string text) {
        auto const found = names_.find(slot);
        if (found != names_.end()) return sheaf.set(found->second, std::move(text));
        for (Alias const& alias : aliases)
            if (alias.slot == slot) return sheaf.set(prefix_ + std::string(alias.header), std::move(text));
    }
    void cells(Outgoing const& outgoing) {
        shop::Product const& p = *outgoing.product;
        if (has_changed(outgoing, Field::sku)) set(id, p.sku);
        if (has_changed(outgoing, Field::texts)) {
            shop::Text const text = text_for(p, writing_.defaults.language);
            set(title, text.title);
            bool const is_plain_text = text_from_html(text.description) == text.description;
            set(description, is_plain_text ? text.description : html_from_text(text.description));
        }
        if (has_changed(outgoing, Field::tiers)) {
            std::string text;
            if (!p.tiers.empty())
                text =
                    p.tiers.front().price.text() + " " + std::string(p.tiers.front().price.currency().text());
            set(price, text);
        }
        if (has_changed(outgoing, Field::gross_grams))
            set(shipping_weight, p.gross_grams == 0 ? "" : std::to_string(p.gross_grams) + " g");
        if (has_changed(outgoing, Field::net_grams))
            set(product_weight, p.net_grams == 0 ? "" : std::to_string(p.net_grams) + " g");
        if (has_changed(outgoing, Field::ships_from)) set(ships_from, std::string(p.ships_from.text()));
        if (has_changed(outgoing, Field::stock) || has_changed(outgoing, Field::supply)) {
            set(availability, std::string(availability_of(p)));
            if (names_.contains(quantity)) set(quantity, p.stock ? p.stock->brief() : "");
        }
    }
    void fresh(Outgoing const& outgoing) {
        auto const put = [&](std::string_view name, std::string_view text) {
            sheaf.set(prefix_ + std::string(name), std::string(text));
        };
        put("link", outgoing.page);
        put("condition", "new");
        if (!writing_.shop_name.empty()) put("brand", writing_.shop_name);
        put("identifier_exists", "no");
        // Days of work; ours count every day, so this is never too short.
        if (outgoing.product->lead_days > 0)
            put("max_handling_time", std::to_string(outgoing.product->lead_days));
        if (!outgoing.pictures.empty()) put("image_link", outgoing.pictures.front());
        std::string more;
        for (std::size_t at = 1; at < outgoing.pictures.size() && at <= 10; ++at) {
            std::string const name =
                at == 1 ? "additional_image_link" : "additional_image_link#" + std::to_string(at);
            if (!prefix_.empty()) put(name, outgoing.pictures[at]);
            more += (more.empty() ? "" : ",") + outgoing.pictures[at];
        }
        if (prefix_.empty()) put("additional_image_link", more);
    }

    std::string prefix_;
    Writing const& writing_;
    std::map<Slot, std::string> names_;
};

bool is_xml_name(std::string_view name) {
    if (name.empty() || name.size() > 100) return false;
    auto const is_start = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               static_cast<unsigned char>(c) >= 0x80;
    };
    return is_start(name.front()) && std::ranges::count(name, ':') <= 1 && !name.ends_with(':') &&
           std::ranges::all_of(name, [&](char c) {
               return is_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
           });
}

class FeedText {
public:
    FeedText(Grid const& grid, Writing const& writing) : grid_(grid) {
        auto const atom = std::ranges::find(grid.columns, atom_column);
        is_atom_ = atom != grid.columns.end();
        head(writing);
        for (auto const& row : grid.rows) item(row);
        out_ += is_atom_ ? "</feed>\n" : "</channel>\n</rss>\n";
    }
    std::string text() { return std::move(out_); }

private:
    void element(std::string_view name, std::string_view text) {
        out_ += "<" + std::string(name) + ">";
        append_xml(out_, text);
        out_ += "</" + std::string(name) + ">\n";
    }
    void head(Writing const& writing) {
        out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        out_ += is_atom_ ? "<feed xmlns=\"" + std::string(atom_names) + "\""
                         : std::string("<rss version=\"2.0\"");
        out_ += " xmlns:g=\"" + std::string(google_names) + "\"";
        for (std::size_t at = 0; at < grid_.columns.size(); ++at) {
            std::string_view const name = grid_.columns[at];
            if (!name.starts_with(names_column) || !is_xml_name(name.substr(names_column.size()))) continue;
            if (name.substr(names_column.size()) == "g") continue;
            for (auto const& row : grid_.rows) {
                if (row[at].empty()) continue;
                out_ += " " + std::string(name.substr(1)) + "=\"";
                append_xml(out_, row[at]);
                out_ += "\"";
                break;
            }
        }
        out_ += is_atom_ ? ">\n" : ">\n<channel>\n";
        element("title", writing.shop_name);
        if (!is_atom_) element("link", writing.shop_page);
        if (!is_atom_) element("description", writing.shop_name);
    }
    // As it stood; only if it is still one well-formed element.
    void raw(std::string const& xml) {
        pugi::xml_document document;
        bool const is_read = load_xml(document, xml, "").has_value();
        if (is_read && document.document_element()) out_ += xml + "\n";
    }
    void item(std::vector<std::string> const& row) {
        out_ += is_atom_ ? "<entry>\n" : "<item>\n";
        for (std::size_t at = 0; at < row.size(); ++at) {
            std::string_view name = grid_.columns[at];
            if (row[at].empty() || name.starts_with('@')) continue;
            if (name.ends_with("{}")) {
                raw(row[at]);
                continue;
            }
            name = name.substr(0, name.find('#'));
            if (is_xml_name(name)) element(name, row[at]);
        }
        out_ += is_atom_ ? "</entry>\n" : "</item>\n";
    }

    Grid const& grid_;
    bool is_atom_ = false;
    std::string out_;
};

}  // namespace

Result<Table> merchant_table(File const& file) { return FeedTable(file).read(); }

std::size_t merchant_score(std::span<std::string_view const> header) {
    std::size_t score = 0;
    bool has_id = false;
    bool has_title = false;
    for (std::string_view const cell : header) {
        auto const slot = slot_of(cell);
        if (!slot) continue;
        ++score;
        has_id |= *slot == id;
        has_title |= *slot == title;
    }
    return has_id && has_title ? score : 0;
}

Result<void> read_merchant(Reading& reading, Table const& table, Kind kind) {
    Reader(reading, table, kind).read();
    return {};
}

Result<Written> write_merchant(Kind kind, std::span<Outgoing const> products, Writing const& writing) {
    Written out;
    Rows rows(kind, writing);
    for (std::size_t at = 0; at < products.size(); ++at) {
        rows.add(products[at]);
        report_left_out(out, at, products[at], product_fields, writing.defaults);
    }
    Grid const grid = rows.sheaf.grid();
    if (kind == Kind::merchant_xml) {
        out.files.push_back({"products.xml", FeedText(grid, writing).text()});
    } else {
        out.files.push_back({"products.tsv", csv_of(grid, '\t', false)});
    }
    return out;
}

}  // namespace allroads::feeds
