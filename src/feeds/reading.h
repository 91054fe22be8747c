#pragma once
// One import under way: the report, the columns that are known, and what all kinds do alike.

#include "feeds/table.h"
#include "feeds/values.h"

#include <algorithm>
#include <unordered_map>

namespace allroads::feeds {

// A header as some system writes it, and the place it has with us. Compared folded: case and accents do not
// count.
struct Alias {
    std::string_view header;
    std::uint8_t slot;
};
// The folded headers of a kind, once.
class Known {
public:
    explicit Known(std::span<Alias const> aliases);
    [[nodiscard]] std::optional<std::uint8_t> slot(std::string_view folded_header) const;

private:
    std::unordered_map<std::string, std::uint8_t> slots_;
};

// Where the known columns of a table are.
class Slots {
public:
    static constexpr std::size_t slots_max = 64;
    Slots() { place_.fill(-1); }
    void put(std::uint8_t slot, std::size_t column) { place_[slot] = static_cast<int>(column); }
    [[nodiscard]] bool has(std::uint8_t slot) const { return place_[slot] >= 0; }
    [[nodiscard]] std::size_t column(std::uint8_t slot) const {
        return static_cast<std::size_t>(place_[slot]);
    }
    // Without spaces around it; empty where there is no such column.
    [[nodiscard]] std::string_view cell(Table::Row const& row, std::uint8_t slot) const {
        return has(slot) ? trim(row.cells[column(slot)]) : std::string_view{};
    }

private:
    std::array<int, slots_max> place_;
};

class Reading {
public:
    Reading(Import& out, Defaults const& defaults) : out_(out), defaults_(defaults) {}
    [[nodiscard]] Defaults const& defaults() const { return defaults_; }
    [[nodiscard]] Import& out() { return out_; }
    void file(std::uint32_t number) { file_ = number; }
    [[nodiscard]] std::uint32_t file() const { return file_; }

    void note(std::uint32_t row, std::string_view column, std::string_view code, std::string message);
    void warn(std::uint32_t row, std::string_view column, std::string_view code, std::string message);
    void fail(std::uint32_t row, std::string_view column, Error const& error);

    // What the table itself tells: encoding, rows that are short, columns twice.
    void table(Table const& table);
    // Columns that have no place: named, with how many rows they are filled in.
    void aside(Table const& table, std::span<std::size_t const> columns);
    // The last look at a product: what the shop's room would refuse is refused here by its row, as is a SKU
    // that was read before. Refused ones are kept among `unread`.
    void finish(Item item);
    void unread(KeptRow row, Kind kind);
    void photo(std::size_t item, std::uint32_t row, std::string_view column, std::string_view url,
               std::string_view alt);
    [[nodiscard]] std::size_t next_item() const { return out_.items.size(); }

    void origin_told() { is_origin_told_ = true; }
    // At the end: how many products stand on the defaults.
    void close();

    // A product of which nothing is told yet.
    [[nodiscard]] shop::Product blank() const;
    // Fields that several kinds fill the same way; false where the row is refused.
    struct At {
        std::uint32_t row;
        std::string_view column;
    };
    void title(shop::Product& product, std::string_view text, At at);
    void description(shop::Product& product, std::string_view html, At at);
    [[nodiscard]] bool price(shop::Product& product, std::string_view text, Currency currency, char point,
                             At at);
    [[nodiscard]] bool stock(shop::Product& product, std::string_view text, char point, At at);
    void hs(shop::Product& product, std::string_view text, At at);
    void origin(shop::Product& product, std::string_view text, At at);
    void weight(std::int64_t& grams, Result<Grams> const& read, At at);

private:
    void add(Severity severity, std::uint32_t row, std::string_view column, std::string_view code,
             std::string message);
    Import& out_;
    Defaults const& defaults_;
    std::uint32_t file_ = 0;
    std::unordered_map<std::string, std::pair<std::uint32_t, std::uint32_t>> skus_;  // file and row
    std::uint64_t last_error_ = 0;  // file and row: a row with two errors is refused once
    bool is_origin_told_ = false;   // of the product that is being read
    std::size_t origins_assumed_ = 0;
};

// The row as it stood.
[[nodiscard]] KeptRow kept(Table const& table, Table::Row const& row);
// The text in that language; else the first; empty where there is none.
[[nodiscard]] shop::Text text_for(shop::Product const& product, std::string_view language);
// How sure a code is that a seller's file brings: somebody chose it, nobody checked it.
inline constexpr std::int32_t told_permille = 700;
inline constexpr std::string_view between_title_and_options = " \xE2\x80\x93 ";  // " – "

// ---- the kinds --------------------------------------------------------------------------------------------

[[nodiscard]] std::size_t own_score(std::span<std::string_view const> header);
[[nodiscard]] std::size_t shopify_score(std::span<std::string_view const> header);
[[nodiscard]] std::size_t woocommerce_score(std::span<std::string_view const> header);
[[nodiscard]] std::size_t merchant_score(std::span<std::string_view const> header);
[[nodiscard]] bool is_shopify_inventory(std::span<std::string const> header);

struct Sheet {
    std::uint32_t file;
    Table table;
};
[[nodiscard]] Result<void> read_own(Reading& reading, Table const& table, Kind kind);
[[nodiscard]] Result<void> read_shopify(Reading& reading, std::span<Sheet const> sheets);
[[nodiscard]] Result<void> read_woocommerce(Reading& reading, Table const& table);
[[nodiscard]] Result<void> read_merchant(Reading& reading, Table const& table, Kind kind);
// A feed as a table whose columns are its elements.
[[nodiscard]] Result<Table> merchant_table(File const& file);

// ---- writing ----------------------------------------------------------------------------------------------

// Rows of several imports under one header.
class Sheaf {
public:
    // Columns of a row are put where they were, the unknown ones after the one before them.
    void columns(std::shared_ptr<std::vector<std::string> const> const& columns);
    void column(std::string_view name);  // at the end, where it is not there yet
    [[nodiscard]] bool has(std::string_view name) const { return places_.contains(std::string(name)); }
    // A row of `row.columns`, to be changed by name before the next one is added.
    void add(KeptRow const& row);
    void add() { rows_.emplace_back(); }
    void set(std::string_view column, std::string text);
    [[nodiscard]] std::string_view get(std::string_view column) const;
    [[nodiscard]] Grid grid() const;
    [[nodiscard]] bool is_empty() const { return rows_.empty(); }

private:
    std::vector<std::size_t> order_;  // ids in the order of columns
    std::vector<std::string> names_;  // by id
    std::unordered_map<std::string, std::size_t> places_;
    std::vector<std::vector<std::pair<std::size_t, std::string>>> rows_;  // id and text
    std::unordered_map<std::vector<std::string> const*, std::vector<std::size_t>> seen_;
    std::vector<std::shared_ptr<std::vector<std::string> const>> held_;
};
[[nodiscard]] bool has_changed(Outgoing const& outgoing, Field field);
// The fields that changed (or, without an aside, are set) and are not among `written`.
void report_left_out(Written& written, std::size_t place, Outgoing const& outgoing,
                     std::span<Field const> known, Defaults const& defaults);
void report_row(Written& written, std::size_t place, std::string_view column, std::string_view code,
                std::string message);

[[nodiscard]] Result<Written> write_own(Kind kind, std::span<Outgoing const> products,
                                        Writing const& writing);
[[nodiscard]] Result<Written> write_shopify(std::span<Outgoing const> products, Writing const& writing);
[[nodiscard]] Result<Written> write_woocommerce(std::span<Outgoing const> products, Writing const& writing);
[[nodiscard]] Result<Written> write_merchant(Kind kind, std::span<Outgoing const> products,
                                             Writing const& writing);

// Our own columns, for files and for asides.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> own_cells(shop::Product const& product);
[[nodiscard]] Result<shop::Product> product_of(
    std::span<std::pair<std::string_view, std::string_view> const> cells, Defaults const& defaults);

}  // namespace allroads::feeds
