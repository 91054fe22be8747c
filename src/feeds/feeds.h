#pragma once
// feeds: what the files of other shop systems look like: their columns, their headers in other languages,
// their decimals, their ways to write variants, photos and weights; and the pages that machines read of us.
//
// Promises: pure functions between bytes and products; nothing is fetched, stored or looked up. Nothing is
// lost in silence: what has no place with us is named in the report and kept aside, so that an export to the
// same kind gives it back. A figure that may be read in two ways is refused by row, never guessed. Every
// input has a limit with a name; a file that is cut or not well-formed is refused whole.

#include "base/base.h"
#include "goods/goods.h"
#include "money/money.h"
#include "quote/quote.h"
#include "shop/shop.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::feeds {

// More is refused (`too-long`), with the row and column where it was met.
inline constexpr std::size_t file_bytes_max = 64U * 1024 * 1024;
inline constexpr std::size_t files_max = 8;
inline constexpr std::size_t cell_bytes_max = 1U << 20;
inline constexpr std::size_t record_bytes_max = 4U << 20;
inline constexpr std::size_t columns_max = 1'000;
inline constexpr std::size_t rows_max = 100'000;
inline constexpr std::size_t cells_max = 5'000'000;
inline constexpr std::size_t unpacked_bytes_max = 64U * 1024 * 1024;  // of all parts read of one XLSX
inline constexpr std::size_t archive_entries_max = 1'000;
inline constexpr std::size_t xml_marks_max = 6'000'000;     // '<' and '=' of one XML text: what a tree costs
inline constexpr std::size_t html_bytes_max = 256U * 1024;  // of one description
inline constexpr std::size_t findings_max = 10'000;         // kept of one report; all are counted
inline constexpr std::size_t photos_of_product_max = shop::photos_max;

enum class Kind : std::uint8_t {
    detect,
    own_csv,       // our own columns: complete, without loss
    own_xlsx,      // the same in a spreadsheet
    shopify,       // product CSV, with the inventory CSV beside it
    woocommerce,   // product CSV, headers in eleven languages
    merchant_xml,  // Google Merchant feed, RSS 2.0 or Atom
    merchant_tsv,  // the same as a table
};
[[nodiscard]] std::string_view text_of(Kind kind);
[[nodiscard]] Result<Kind> parse_kind(std::string_view text);

struct File {
    std::string name;  // for messages
    std::string_view bytes;
};
// What a file does not say.
struct Defaults {
    Currency currency;
    std::string language;  // of titles and descriptions; of decimals where the headers do not tell
    Country country;       // of the seller: origin and ship-from where nothing else is told
    Unit unit;
};

// ---- the report -------------------------------------------------------------------------------------------

enum class Severity : std::uint8_t {
    note,     // read as it stands; worth knowing
    warning,  // read, but not all of it, or not as it stands
    error,    // the row was not read
};
[[nodiscard]] std::string_view text_of(Severity severity);
struct Finding {
    Severity severity = Severity::note;
    std::uint32_t file = 0;      // place in `files`
    std::uint32_t row = 0;       // as a spreadsheet numbers it: the header is 1; 0: the whole file
    std::string column = {};     // as the file names it; empty: the whole row
    std::string_view code = {};  // "amount-too-precise" and other codes of refusals, or "column-kept-aside" …
    std::string message = {};    // plain words: what was found, what is expected
};
struct Counts {
    std::size_t rows = 0;                             // of data, in all files
    std::size_t products = 0;                         // read
    std::size_t refused = 0;                          // rows with an error
    std::size_t errors = 0, warnings = 0, notes = 0;  // findings, also those beyond findings_max
};

// ---- reading ----------------------------------------------------------------------------------------------

// One row of a file as it stood there.
struct KeptRow {
    bool is_inventory = false;  // of the inventory file of Shopify
    std::shared_ptr<std::vector<std::string> const> columns = {};
    std::vector<std::string> cells = {};
};
// What a file said of one product, in its own words: what an export to the same kind starts from.
struct Aside {
    Kind kind = Kind::detect;
    std::string group = {};          // what its variants share: handle, parent, item group
    std::vector<KeptRow> rows = {};  // its own and those that come with it: the parent before, photos after
    std::size_t own = 0;             // which of them is the product's
    std::shared_ptr<shop::Product const> as_read = {};  // cells of fields that did not change are kept
};
// An aside as one JSON text, to be stored beside a product; read with the same limits.
[[nodiscard]] std::string document_of(Aside const& aside);
[[nodiscard]] Result<Aside> parse_aside(std::string_view json, Defaults const& defaults);

struct Item {
    shop::Product product;
    std::uint32_t file = 0;
    std::uint32_t row = 0;
    Aside aside = {};
};
// A photo that a file names. Nothing is fetched here.
struct PhotoToFetch {
    std::size_t item = 0;
    std::string url;  // http or https, at most 2,048 bytes
    std::string alt = {};
};
struct Import {
    Kind kind = Kind::detect;  // as detected
    std::vector<Item> items = {};
    std::vector<Finding> report = {};
    std::vector<PhotoToFetch> photos = {};
    std::vector<Aside> unread = {};               // rows that became no product
    std::vector<std::string> columns_aside = {};  // columns that have no place with us
    Counts counts = {};
};
// Reads files of one kind (Shopify: products and inventory, in any order; else one or several alike). Each
// variant becomes a product of its own whose title is the common one and its options ("Kiondo – Red / L"):
// with us a price, a weight, a customs code and a stock belong to one product. Nothing is stored: the answer
// is the dry run.
[[nodiscard]] Result<Import> read(Kind kind, std::span<File const> files, Defaults const& defaults);

// ---- what differs -----------------------------------------------------------------------------------------

enum class Field : std::uint8_t {
    sku,
    texts,
    category,
    photos,
    tiers,
    unit,
    supply,
    stock,
    lead_days,
    hs,
    hs_permille,
    hs_by,
    origin,
    dossier,
    proofs,
    ships_from,
    terms,
    terms_place,
    net_grams,
    gross_grams,
    carton,
    materials,
    certificates,
};
inline constexpr std::size_t field_count = 23;
[[nodiscard]] std::string_view text_of(Field field);
[[nodiscard]] bool is_same(shop::Product const& a, shop::Product const& b, Field field);

enum class Change : std::uint8_t {
    added,      // imported has it, existing does not (also every product without a SKU)
    changed,    // both have it; `fields` differ
    unchanged,  // both have it, alike
    missing,    // existing has it, imported does not
};
struct Difference {
    Change change = Change::unchanged;
    std::string sku = {};
    std::optional<std::size_t> existing = {};  // places in the spans
    std::optional<std::size_t> imported = {};
    std::vector<Field> fields = {};
};
// By SKU. In the order of `imported`, then what is missing in the order of `existing`.
[[nodiscard]] std::vector<Difference> difference(std::span<shop::Product const> existing,
                                                 std::span<Item const> imported);

// ---- writing ----------------------------------------------------------------------------------------------

struct Outgoing {
    shop::Product const* product = nullptr;
    Aside const* aside = nullptr;                // of an earlier import of the same kind
    std::string_view page = {};                  // absolute address of its page
    std::span<std::string const> pictures = {};  // absolute addresses of its photos
};
struct Writing {
    Defaults defaults;  // language: the text that is written where a kind has one
    std::string shop_name = {};
    std::string shop_page = {};              // absolute address
    std::string location = "Main location";  // Shopify: where the stock is
};
struct Written {
    struct Document {
        std::string name;
        std::string bytes;
    };
    std::vector<Document> files = {};
    std::vector<Finding> report = {};  // `row` is the place among the products, from 1
};
// The rows of an aside come back as they stood, cell by cell; only cells of fields that changed since are
// written anew. Text that a spreadsheet would take for a formula gets an apostrophe before it, which `read`
// takes off again (docs/feeds.md).
[[nodiscard]] Result<Written> write(Kind kind, std::span<Outgoing const> products, Writing const& writing);

// ---- pages that machines read -----------------------------------------------------------------------------

struct Offered {
    std::string_view page;  // absolute addresses
    std::span<std::string const> pictures = {};
    std::string_view shop_name = {};
    std::string_view shop_page = {};
    std::string_view shipping_details = {};  // JSON of schema.org OfferShippingDetails, made by the caller
    std::optional<Day> valid_until = {};     // of the price
};
// schema.org Product with its Offer, as JSON that may stand inside a script element.
[[nodiscard]] Result<std::string> json_ld(shop::Product const& product, std::string_view language,
                                          Offered const& offered);

struct Page {
    std::string address;  // absolute
    std::optional<Day> changed = {};
    struct Alternate {
        std::string language;
        std::string address;
    };
    std::vector<Alternate> alternates = {};  // in other languages; the page itself among them
};
inline constexpr std::size_t sitemap_pages_max = 50'000;             // of one file (sitemaps.org)
inline constexpr std::size_t sitemap_bytes_max = 50U * 1024 * 1024;  // of one file (sitemaps.org)
// sitemap.xml; where one file does not hold all pages it is the index of sitemap-1.xml, sitemap-2.xml …
// `folder` is the absolute address under which they are served, with a slash at its end.
[[nodiscard]] Result<std::vector<Written::Document>> sitemap(std::span<Page const> pages,
                                                             std::string_view folder);

}  // namespace allroads::feeds
