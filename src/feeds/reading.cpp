#include "feeds/reading.h"

namespace allroads::feeds {

Known::Known(std::span<Alias const> aliases) {
    for (Alias const& alias : aliases) slots_.emplace(folded(alias.header), alias.slot);
}
std::optional<std::uint8_t> Known::slot(std::string_view folded_header) const {
    auto const found = slots_.find(std::string(folded_header));
    if (found == slots_.end()) return {};
    return found->second;
}

// ---- the report -------------------------------------------------------------------------------------------

void Reading::add(Severity severity, std::uint32_t row, std::string_view column, std::string_view code,
                  std::string message) {
    auto& counts = out_.counts;
    ++(severity == Severity::error     ? counts.errors
       : severity == Severity::warning ? counts.warnings
                                       : counts.notes);
    if (out_.report.size() >= findings_max) return;
    out_.report.push_back({severity, file_, row, std::string(column), code, std::move(message)});
}
void Reading::note(std::uint32_t row, std::string_view column, std::string_view code, std::string message) {
    add(Severity::note, row, column, code, std::move(message));
}
void Reading::warn(std::uint32_t row, std::string_view column, std::string_view code, std::string message) {
    add(Severity::warning, row, column, code, std::move(message));
}
void Reading::fail(std::uint32_t row, std::string_view column, Error const& error) {
    std::uint64_t const place = std::uint64_t{file_} << 32U | row;
    if (place != last_error_) ++out_.counts.refused;
    last_error_ = place;
    std::string message(error.field());
    if (!message.empty()) message += ": ";
    message += error.detail();
    add(Severity::error, row, column, facts_of(error.code()).name, std::move(message));
}

void Reading::table(Table const& table) {
    out_.counts.rows += table.rows.size();
    if (table.was_windows_1252)
        warn(0, "", "read-as-windows-1252",
             "the file is not UTF-8; it was read as Windows-1252: look at its accents");
    for (auto const& [row, cells] : table.short_rows)
        warn(row, "", "row-short",
             "the row has " + std::to_string(cells) + " fields, the header " +
                 std::to_string(table.columns->size()));
}

void Reading::aside(Table const& table, std::span<std::size_t const> columns) {
    std::vector<std::size_t> filled(table.columns->size());
    for (auto const& row : table.rows)
        for (std::size_t const column : columns) filled[column] += row.cells[column].empty() ? 0U : 1U;
    for (std::size_t const column : columns) {
        std::string const& name = (*table.columns)[column];
        if (std::ranges::find(out_.columns_aside, name) == out_.columns_aside.end())
            out_.columns_aside.push_back(name);
        if (filled[column] == 0) continue;
        note(0, name, "column-kept-aside",
             "has no place here; kept as it stands, filled in " + std::to_string(filled[column]) + " rows");
    }
}

// ---- products ---------------------------------------------------------------------------------------------

shop::Product Reading::blank() const {
    return shop::Product{.texts = {{defaults_.language, "", ""}},
                         .tiers = {},
                         .unit = defaults_.unit,
                         .supply = shop::Supply::unlimited,
                         .origin = defaults_.country,
                         .ships_from = defaults_.country};
}

void Reading::close() {
    if (origins_assumed_ == 0) return;
    warn(0, "", "origin-assumed",
         "no country of origin is told for " + std::to_string(origins_assumed_) + " products; " +
             std::string(defaults_.country.text()) + " is taken, where the seller is");
}

void Reading::finish(Item item) {
    item.file = file_;
    bool const is_origin_told = std::exchange(is_origin_told_, false);
    auto const refused = [&](std::string_view column, Error const& error) {
        fail(item.row, column, error);
        if (!item.aside.rows.empty()) out_.unread.push_back(std::move(item.aside));
    };
    bool const is_own = item.aside.kind == Kind::own_csv || item.aside.kind == Kind::own_xlsx;
    if (!is_own && item.product.texts.front().title.empty())
        return refused("", Error(Code::field_missing, "title", "the product has no title"));
    auto checked = shop::parse_product(shop::document_of(item.product));
    if (!checked) return refused(checked.error().field(), checked.error());
    item.product = std::move(*checked);
    std::string const& sku = item.product.sku;
    if (!sku.empty()) {
        auto const [met, is_new] = skus_.try_emplace(sku, file_, item.row);
        if (!is_new)
            return refused("sku", Error(Code::conflict, "",
                                        "the number " + excerpt(sku) + " stands in row " +
                                            std::to_string(met->second.second) + " already"));
    }
    item.aside.as_read = std::make_shared<shop::Product const>(item.product);
    ++out_.counts.products;
    origins_assumed_ += is_origin_told ? 0U : 1U;
    out_.items.push_back(std::move(item));
}

void Reading::unread(KeptRow row, Kind kind) {
    Aside aside;
    aside.kind = kind;
    aside.rows.push_back(std::move(row));
    out_.unread.push_back(std::move(aside));
}

void Reading::photo(std::size_t item, std::uint32_t row, std::string_view column, std::string_view url,
                    std::string_view alt) {
    if (url.empty()) return;
    if (!is_web_address(url)) {
        warn(row, column, "photo-not-an-address",
             "expected an address that begins with https://: " + excerpt(url));
        return;
    }
    std::size_t count = 0;
    for (auto at = out_.photos.rbegin(); at != out_.photos.rend() && at->item == item; ++at) {
        ++count;
        if (at->url == url) return;
    }
    if (count == photos_of_product_max) {
        warn(row, column, "photos-too-many", "a product has at most 12 photos; this one is left out");
        return;
    }
    out_.photos.push_back({item, std::string(url), std::string(alt)});
}

void Reading::title(shop::Product& product, std::string_view text, At at) {
    std::string whole;  // one line
    for (char const c : text) {
        bool const is_space = static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
        if (!is_space) whole.push_back(c);
        if (is_space && !whole.empty() && whole.back() != ' ') whole.push_back(' ');
    }
    if (whole.ends_with(' ')) whole.pop_back();
    product.texts.front().title = excerpt(whole, shop::title_bytes_max - 3);
    if (whole.size() > shop::title_bytes_max - 3)
        warn(at.row, at.column, "title-cut",
             "a title has at most 300 bytes; it is cut, the whole one kept aside");
}

namespace {

// Its line ends stay, unlike those of an excerpt for messages.
std::string beginning(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return std::string(text);
    auto end = bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return std::string(text.substr(0, end)) + "…";
}

}  // namespace

void Reading::description(shop::Product& product, std::string_view html, At at) {
    if (html.size() > html_bytes_max) {
        warn(at.row, at.column, "description-left-out",
             "a description of more than 256 kilobytes; kept aside");
        return;
    }
    std::string whole = text_from_html(html);
    product.texts.front().description = beginning(whole, shop::description_bytes_max - 3);
    if (whole.size() > shop::description_bytes_max - 3)
        warn(at.row, at.column, "description-cut",
             "a description has at most 12,000 bytes; it is cut, the whole one kept aside");
}

bool Reading::price(shop::Product& product, std::string_view text, Currency currency, char point, At at) {
    if (text.empty()) {
        warn(at.row, at.column, "price-missing", "no price is told: the product can be a draft only");
        return true;
    }
    auto const number = read_number(text, point);
    if (!number) {
        fail(at.row, at.column, number.error());
        return false;
    }
    if (number->is_negative()) {
        fail(at.row, at.column, Error(Code::bad_value, "", "a price below zero: " + excerpt(text)));
        return false;
    }
    auto const money = Money::exact(*number, currency);
    if (!money) {
        fail(at.row, at.column,
             Error(money.error().code(), "", std::string(text) + ": " + std::string(money.error().detail())));
        return false;
    }
    if (money->minor() == 0)
        warn(at.row, at.column, "price-zero", "the price is zero: the product can be a draft only");
    product.tiers = {{Decimal(1), *money}};
    return true;
}

bool Reading::stock(shop::Product& product, std::string_view text, char point, At at) {
    auto number = read_number(text, point);
    if (!number) {
        fail(at.row, at.column, Error(Code::bad_quantity, "", number.error().detail()));
        return false;
    }
    if (number->is_negative()) {
        warn(at.row, at.column, "stock-below-zero", "a stock of " + number->text() + " is taken as none");
        number = Decimal(0);
    }
    product.supply = shop::Supply::counted;
    product.stock = *number;
    return true;
}

void Reading::hs(shop::Product& product, std::string_view text, At at) {
    if (text.empty()) return;
    auto const code = GoodsCode::parse(text);
    if (!code || code->size() < 6) {
        warn(at.row, at.column, facts_of(Code::bad_code).name,
             "\"" + excerpt(text) + "\" is no customs code of 6 to 12 digits; the product has none");
        return;
    }
    product.hs = *code;
    product.hs_permille = told_permille;
    product.hs_by = "seller";
}

void Reading::origin(shop::Product& product, std::string_view text, At at) {
    if (text.empty()) return;
    auto const country = read_country(text);
    if (country) {
        product.origin = *country;
        is_origin_told_ = true;
        return;
    }
    warn(at.row, at.column, facts_of(Code::bad_country).name,
         std::string(country.error().detail()) + "; taken: " + std::string(product.origin.text()));
}

void Reading::weight(std::int64_t& grams, Result<Grams> const& read, At at) {
    if (!read) {
        warn(at.row, at.column, facts_of(read.error().code()).name,
             std::string(read.error().detail()) + "; the product has no weight");
        return;
    }
    grams = read->grams;
    if (!read->is_exact)
        note(at.row, at.column, "weight-rounded",
             "kept as " + std::to_string(grams) + " g, rounded to whole grams");
}

KeptRow kept(Table const& table, Table::Row const& row) {
    KeptRow out;
    out.columns = table.columns;
    out.cells.reserve(row.cells.size());
    for (std::string_view const cell : row.cells) out.cells.emplace_back(cell);
    return out;
}

shop::Text text_for(shop::Product const& product, std::string_view language) {
    if (product.texts.empty()) return {};
    for (shop::Text const& text : product.texts)
        if (text.language == language) return text;
    return product.texts.front();
}

}  // namespace allroads::feeds
