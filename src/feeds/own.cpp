// Our own columns: every field of a product, without loss. The same table as CSV and as a spreadsheet.
#include "feeds/reading.h"
#include "wire/wire.h"

#include <array>
#include <charconv>

namespace allroads::feeds {

namespace {

using Cells = std::vector<std::pair<std::string, std::string>>;

constexpr std::array<std::string_view, 28> columns_after_texts = {"category",
                                                                  "currency",
                                                                  "price",
                                                                  "min_quantity",
                                                                  "more_prices",
                                                                  "unit",
                                                                  "supply",
                                                                  "stock",
                                                                  "lead_days",
                                                                  "hs",
                                                                  "hs_permille",
                                                                  "hs_by",
                                                                  "origin",
                                                                  "dossier",
                                                                  "proofs",
                                                                  "ships_from",
                                                                  "terms",
                                                                  "terms_place",
                                                                  "net_grams",
                                                                  "gross_grams",
                                                                  "carton_units",
                                                                  "carton_mm",
                                                                  "carton_gross_grams",
                                                                  "materials",
                                                                  "certificates",
                                                                  "photos",
                                                                  "photo_urls",
                                                                  ""};
constexpr std::size_t own_columns = columns_after_texts.size() - 2;  // photo_urls is read, never written

bool is_text_column(std::string_view name) {
    return name == "title" || name == "description" || name.starts_with("title:") ||
           name.starts_with("description:");
}
bool is_own(std::string_view name) {
    return name == "sku" || name == "languages" || is_text_column(name) ||
           (!name.empty() && std::ranges::find(columns_after_texts, name) != columns_after_texts.end());
}

// ---- one product as cells ---------------------------------------------------------------------------------

std::string whole(std::int64_t number) { return number == 0 ? "" : std::to_string(number); }

std::vector<std::string> photo_words(std::vector<shop::Photo> const& photos) {
    std::vector<std::string> words;
    for (shop::Photo const& photo : photos) {
        std::string word =
            photo.digest + " " + std::to_string(photo.width) + "x" + std::to_string(photo.height);
        if (!photo.alt.empty()) word += " " + photo.alt;
        words.push_back(std::move(word));
    }
    return words;
}
std::vector<std::string> price_words(std::vector<shop::Tier> const& tiers) {
    std::vector<std::string> words;
    for (std::size_t at = 1; at < tiers.size(); ++at)
        words.push_back(tiers[at].from.brief() + ": " + tiers[at].price.text());
    return words;
}

// ---- cells of one product ---------------------------------------------------------------------------------

// The cells of a row by name, as they are read; refusals name the column.
class Row {
public:
    explicit Row(std::span<std::pair<std::string_view, std::string_view> const> cells) : cells_(cells) {}
    [[nodiscard]] std::string_view raw(std::string_view name) const {
        for (auto const& [column, text] : cells_)
            if (column == name) return text;
        return {};
    }
    [[nodiscard]] std::string_view word(std::string_view name) const { return trim(raw(name)); }
    template <class Parse>
    auto parsed(std::string_view name, Parse parse) const -> decltype(parse(std::string_view())) {
        auto result = parse(word(name));
        if (!result) return std::unexpected(Error(result.error().code(), name, result.error().detail()));
        return result;
    }
    [[nodiscard]] Result<std::int64_t> whole(std::string_view name) const {
        std::string_view const text = word(name);
        if (text.empty()) return 0;
        std::int64_t value = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value > 1'000'000'000)
            return refuse(Code::bad_value, name, "expected a whole number: " + excerpt(text));
        return value;
    }
    [[nodiscard]] std::span<std::pair<std::string_view, std::string_view> const> cells() const {
        return cells_;
    }

private:
    std::span<std::pair<std::string_view, std::string_view> const> cells_;
};

Result<Decimal> number_in(std::string_view text) { return read_number(text, '.'); }

shop::Text& text_of_language(std::vector<shop::Text>& texts, std::string_view language) {
    for (shop::Text& text : texts)
        if (text.language == language) return text;
    return texts.emplace_back(shop::Text{std::string(language), "", ""});
}

// The languages in the order of `languages`; without it in the order of the columns that are filled.
Result<std::vector<shop::Text>> texts_in(Row const& row, Defaults const& defaults) {
    std::vector<shop::Text> texts;
    std::string_view listed = row.word("languages");
    while (!listed.empty()) {
        std::size_t const end = std::min(listed.find(' '), listed.size());
        if (end > 0) text_of_language(texts, listed.substr(0, end));
        listed.remove_prefix(std::min(end + 1, listed.size()));
    }
    for (auto const& [column, text] : row.cells()) {
        if (!is_text_column(column) || text.empty()) continue;
        std::size_t const colon = column.find(':');
        std::string const language =
            colon == std::string_view::npos ? defaults.language : lower_ascii(column.substr(colon + 1));
        shop::Text& one = text_of_language(texts, language);
        std::string& part = column.starts_with("title") ? one.title : one.description;
        if (!part.empty())
            return refuse(Code::conflict, column, "the text of that language stands in two columns");
        part = std::string(text);
    }
    return texts;
}

Result<std::vector<shop::Tier>> tiers_in(Row const& row, Defaults const& defaults) {
    std::vector<shop::Tier> tiers;
    if (row.word("price").empty()) {
        if (!row.word("more_prices").empty())
            return refuse(Code::field_missing, "price", "further prices stand without a first one");
        return tiers;
    }
    Currency const currency =
        row.word("currency").empty() ? defaults.currency : TRY(row.parsed("currency", Currency::parse));
    auto const priced = [&](std::string_view column, Decimal const& from,
                            std::string_view text) -> Result<void> {
        auto const money = Money::exact(TRY(number_in(text)), currency);
        if (!money) return std::unexpected(Error(money.error().code(), column, money.error().detail()));
        tiers.push_back({from, *money});
        return {};
    };
    Decimal const first =
        row.word("min_quantity").empty() ? Decimal(1) : TRY(row.parsed("min_quantity", number_in));
    if (auto const done = priced("price", first, row.word("price")); !done)
        return std::unexpected(Error(done.error().code(), "price", done.error().detail()));
    for (std::string const& word : parted(row.raw("more_prices"))) {
        std::size_t const colon = word.find(':');
        if (colon == std::string::npos)
            return refuse(Code::bad_value, "more_prices",
                          "expected \"10: 11.00; 50: 9.50\": " + excerpt(word));
        auto const from = number_in(trim(std::string_view(word).substr(0, colon)));
        if (!from) return std::unexpected(Error(from.error().code(), "more_prices", from.error().detail()));
        auto const done = priced("more_prices", *from, trim(std::string_view(word).substr(colon + 1)));
        if (!done) return std::unexpected(Error(done.error().code(), "more_prices", done.error().detail()));
    }
    return tiers;
}

Result<std::vector<std::int32_t>> numbers_by_x(std::string_view text, std::size_t count,
                                               std::string_view column) {
    std::vector<std::int32_t> numbers;
    std::string_view rest = text;
    while (!rest.empty() && numbers.size() < count) {
        std::size_t const end = std::min(rest.find('x'), rest.size());
        std::int32_t value = 0;
        auto const [to, error] = std::from_chars(rest.data(), rest.data() + end, value);
        if (error != std::errc{} || to != rest.data() + end || value < 0) break;
        numbers.push_back(value);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (numbers.size() != count || !rest.empty())
        return refuse(Code::bad_value, column,
                      "expected whole numbers with x between them: " + excerpt(text));
    return numbers;
}

Result<std::vector<shop::Photo>> photos_in(Row const& row) {
    std::vector<shop::Photo> photos;
    for (std::string const& word : parted(row.raw("photos"))) {
        std::string_view const text = word;
        std::size_t const first = text.find(' ');
        if (first == std::string_view::npos)
            return refuse(Code::bad_value, "photos",
                          "expected a digest, its size and what it shows: " + excerpt(text));
        std::size_t const second = std::min(text.find(' ', first + 1), text.size());
        auto const size = TRY(numbers_by_x(text.substr(first + 1, second - first - 1), 2, "photos"));
        shop::Photo photo;
        photo.digest = std::string(text.substr(0, first));
        photo.alt = std::string(text.substr(std::min(second + 1, text.size())));
        photo.width = size[0];
        photo.height = size[1];
        photos.push_back(std::move(photo));
    }
    return photos;
}

Result<std::optional<shop::Carton>> carton_in(Row const& row) {
    if (row.word("carton_units").empty()) {
        for (std::string_view const other : {"carton_mm", "carton_gross_grams"})
            if (!row.word(other).empty())
                return refuse(Code::field_missing, "carton_units", "how many are in a carton?");
        return std::nullopt;
    }
    shop::Carton carton;
    carton.units = TRY(row.parsed("carton_units", number_in));
    if (!row.word("carton_mm").empty()) {
        auto const sides = TRY(numbers_by_x(row.word("carton_mm"), 3, "carton_mm"));
        carton.length_mm = sides[0];
        carton.width_mm = sides[1];
        carton.height_mm = sides[2];
    }
    carton.gross_grams = TRY(row.whole("carton_gross_grams"));
    return carton;
}

Result<shop::Supply> supply_in(Row const& row) {
    std::string_view const text = row.word("supply");
    if (text.empty()) return row.word("stock").empty() ? shop::Supply::made_to_order : shop::Supply::counted;
    for (auto const supply : {shop::Supply::counted, shop::Supply::made_to_order, shop::Supply::unlimited})
        if (shop::text_of(supply) == text) return supply;
    return refuse(Code::bad_value, "supply",
                  "expected counted, made-to-order or unlimited: " + excerpt(text));
}

// An object of JSON and nothing beside it: it will stand inside the document of the product.
Result<std::string> dossier_in(Row const& row) {
    std::string_view const text = row.word("dossier");
    if (text.empty()) return std::string();
    auto const tree = wire::parse(text, shop::document_bytes_max);
    if (!tree) return std::unexpected(Error(tree.error().code(), "dossier", tree.error().detail()));
    if (!tree->is_object()) return refuse(Code::bad_value, "dossier", "expected an object of JSON");
    return wire::json::serialize(*tree);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> own_cells(shop::Product const& p) {
    Cells cells;
    auto const put = [&](std::string_view name, std::string text) {
        cells.emplace_back(name, std::move(text));
    };
    std::string languages;
    for (shop::Text const& text : p.texts) languages += (languages.empty() ? "" : " ") + text.language;
    put("sku", p.sku);
    put("languages", languages);
    for (shop::Text const& text : p.texts) {
        put("title:" + text.language, text.title);
        put("description:" + text.language, text.description);
    }
    bool const is_priced = !p.tiers.empty();
    put("category", p.category);
    put("currency", is_priced ? std::string(p.tiers.front().price.currency().text()) : "");
    put("price", is_priced ? p.tiers.front().price.text() : "");
    put("min_quantity", is_priced ? p.tiers.front().from.brief() : "");
    put("more_prices", joined(price_words(p.tiers)));
    put("unit", std::string(p.unit.text()));
    put("supply", std::string(shop::text_of(p.supply)));
    put("stock", p.stock ? p.stock->brief() : "");
    put("lead_days", whole(p.lead_days));
    put("hs", p.hs ? p.hs->text() : "");
    // Also when it is 0: a code with nothing beside it is read as one that the seller told.
    put("hs_permille", p.hs ? std::to_string(p.hs_permille) : "");
    put("hs_by", p.hs_by);
    put("origin", std::string(p.origin.text()));
    put("dossier", p.dossier);
    put("proofs", joined(p.proofs));
    put("ships_from", std::string(p.ships_from.text()));
    put("terms", std::string(quote::text_of(p.terms)));
    put("terms_place", p.terms_place);
    put("net_grams", whole(p.net_grams));
    put("gross_grams", whole(p.gross_grams));
    put("carton_units", p.carton ? p.carton->units.brief() : "");
    put("carton_mm", p.carton
                         ? std::to_string(p.carton->length_mm) + "x" + std::to_string(p.carton->width_mm) +
                               "x" + std::to_string(p.carton->height_mm)
                         : "");
    put("carton_gross_grams", p.carton ? whole(p.carton->gross_grams) : "");
    put("materials", joined(p.materials));
    put("certificates", joined(p.certificates));
    put("photos", joined(photo_words(p.photos)));
    return cells;
}

Result<shop::Product> product_of(std::span<std::pair<std::string_view, std::string_view> const> cells,
                                 Defaults const& defaults) {
    Row const row(cells);
    auto const unit = row.word("unit").empty() ? defaults.unit : TRY(row.parsed("unit", Unit::parse));
    auto const country = [&](std::string_view column) -> Result<Country> {
        return row.word(column).empty() ? defaults.country : TRY(row.parsed(column, read_country));
    };
    auto const origin = TRY(country("origin"));
    auto const ships_from = TRY(country("ships_from"));
    shop::Product p{.texts = {}, .tiers = {}, .unit = unit, .origin = origin, .ships_from = ships_from};
    p.texts = TRY(texts_in(row, defaults));
    p.tiers = TRY(tiers_in(row, defaults));
    p.sku = std::string(row.raw("sku"));
    p.category = std::string(row.word("category"));
    p.supply = TRY(supply_in(row));
    if (!row.word("stock").empty()) p.stock = TRY(row.parsed("stock", number_in));
    p.lead_days = static_cast<std::int32_t>(TRY(row.whole("lead_days")));
    if (!row.word("hs").empty()) {
        p.hs = TRY(row.parsed("hs", GoodsCode::parse));
        bool const is_told = !row.word("hs_permille").empty() || !row.word("hs_by").empty();
        p.hs_permille = is_told ? static_cast<std::int32_t>(TRY(row.whole("hs_permille"))) : told_permille;
        p.hs_by = is_told ? std::string(row.word("hs_by")) : "seller";
    }
    p.dossier = TRY(dossier_in(row));
    p.proofs = parted(row.raw("proofs"));
    if (!row.word("terms").empty()) p.terms = TRY(row.parsed("terms", quote::parse_incoterm));
    p.terms_place = std::string(row.raw("terms_place"));
    p.net_grams = TRY(row.whole("net_grams"));
    p.gross_grams = TRY(row.whole("gross_grams"));
    p.carton = TRY(carton_in(row));
    p.materials = parted(row.raw("materials"));
    p.certificates = parted(row.raw("certificates"));
    p.photos = TRY(photos_in(row));
    return p;
}

// ---- reading ----------------------------------------------------------------------------------------------

std::size_t own_score(std::span<std::string_view const> header) {
    std::size_t score = 0;
    for (std::string_view const cell : header) score += is_own(lower_ascii(trim(cell))) ? 1U : 0U;
    return score;
}

Result<void> read_own(Reading& reading, Table const& table, Kind kind) {
    std::vector<std::string> names;
    std::vector<std::size_t> unknown;
    auto foreign = std::make_shared<std::vector<std::string>>();
    for (std::size_t at = 0; at < table.columns->size(); ++at) {
        names.push_back(lower_ascii((*table.columns)[at]));
        bool const is_known = is_own(names.back());
        if (is_known && std::find(names.begin(), names.end() - 1, names.back()) != names.end() - 1)
            return refuse(Code::bad_file, place("the header", 1, at + 1),
                          "the column " + names.back() + " stands twice");
        if (is_known) continue;
        unknown.push_back(at);
        foreign->push_back((*table.columns)[at]);
    }
    reading.aside(table, unknown);
    for (Table::Row const& row : table.rows) {
        std::vector<std::pair<std::string_view, std::string_view>> cells;
        for (std::size_t at = 0; at < names.size(); ++at)
            if (is_own(names[at])) cells.emplace_back(names[at], row.cells[at]);
        Item item{.product = reading.blank(), .row = row.number};
        item.aside.kind = kind;
        if (!unknown.empty()) {
            KeptRow& rest = item.aside.rows.emplace_back();
            rest.columns = foreign;
            for (std::size_t const at : unknown) rest.cells.emplace_back(row.cells[at]);
        }
        auto product = product_of(cells, reading.defaults());
        if (!product) {
            reading.fail(row.number, product.error().field(),
                         Error(product.error().code(), "", product.error().detail()));
            reading.unread(kept(table, row), kind);
            continue;
        }
        item.product = std::move(*product);
        std::size_t const number = reading.next_item();
        for (auto const& [name, text] : cells)
            if (name == "origin" && !trim(text).empty()) reading.origin_told();
        reading.finish(std::move(item));
        if (reading.next_item() == number) continue;
        for (auto const& [name, text] : cells)
            if (name == "photo_urls")
                for (std::string const& url : parted(text)) reading.photo(number, row.number, name, url, "");
    }
    return {};
}

// ---- writing ----------------------------------------------------------------------------------------------

Result<Written> write_own(Kind kind, std::span<Outgoing const> products, Writing const&) {
    Sheaf sheaf;
    sheaf.column("sku");
    sheaf.column("languages");
    for (Outgoing const& outgoing : products)
        for (shop::Text const& text : outgoing.product->texts) {
            sheaf.column("title:" + text.language);
            sheaf.column("description:" + text.language);
        }
    for (std::size_t at = 0; at < own_columns; ++at) sheaf.column(columns_after_texts[at]);
    for (Outgoing const& outgoing : products) {
        bool const has_rest = outgoing.aside != nullptr && !outgoing.aside->rows.empty();
        if (has_rest) {
            sheaf.add(outgoing.aside->rows.front());
        } else {
            sheaf.add();
        }
        for (auto& [name, text] : own_cells(*outgoing.product)) sheaf.set(name, std::move(text));
    }
    Written out;
    Grid const grid = sheaf.grid();
    if (kind == Kind::own_xlsx) {
        out.files.push_back({"products.xlsx", TRY(xlsx_of(grid))});
    } else {
        out.files.push_back({"products.csv", csv_of(grid, ',', true)});
    }
    return out;
}

}  // namespace allroads::feeds
