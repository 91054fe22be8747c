// An aside as JSON: {"kind", "group", "own", "read": our own cells, "rows": [{"inventory", "cells"}]}. Cells
// are pairs, so that their order and columns of one name stay.
#include "feeds/reading.h"
#include "wire/wire.h"

namespace allroads::feeds {

namespace {

namespace json = wire::json;
using wire::elements;
using wire::fields;

constexpr std::size_t aside_bytes_max = 8U << 20;
constexpr std::size_t aside_rows_max = 5'000;
using Pair = std::pair<std::string, std::string>;

Result<std::vector<Pair>> pairs_in(json::value const& value, std::string_view field) {
    std::vector<Pair> pairs;
    TRY_VOID(elements(value, field, columns_max, [&](json::value const& one) -> Result<void> {
        if (!one.is_array() || one.get_array().size() != 2 || !one.get_array()[0].is_string() ||
            !one.get_array()[1].is_string())
            return wire::expected("", "a pair of texts", one);
        pairs.emplace_back(wire::view(one.get_array()[0].get_string()),
                           wire::view(one.get_array()[1].get_string()));
        return {};
    }));
    return pairs;
}

Result<KeptRow> row_in(json::value const& value) {
    KeptRow row;
    std::vector<std::string> columns;
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& one) -> Result<bool> {
        if (key == "inventory") {
            row.is_inventory = TRY(wire::truth(one, key));
        } else if (key == "cells") {
            for (auto& [column, text] : TRY(pairs_in(one, key))) {
                columns.push_back(std::move(column));
                row.cells.push_back(std::move(text));
            }
        } else {
            return false;
        }
        return true;
    }));
    row.columns = std::make_shared<std::vector<std::string> const>(std::move(columns));
    return row;
}

void write_pair(wire::Writer& w, std::string_view name, std::string_view text) {
    w.open('[');
    w.text(name);
    w.text(text);
    w.close(']');
}

}  // namespace

std::string document_of(Aside const& aside) {
    std::string out;
    wire::Writer w(out);
    w.open('{');
    w.text("kind", text_of(aside.kind));
    w.text("group", aside.group);
    w.number("own", static_cast<std::int64_t>(aside.own));
    w.key("read");
    w.open('[');
    if (aside.as_read)
        for (auto const& [name, text] : own_cells(*aside.as_read))
            if (!text.empty()) write_pair(w, name, text);
    w.close(']');
    w.key("rows");
    w.open('[');
    for (KeptRow const& row : aside.rows) {
        w.open('{');
        w.key("inventory");
        w.raw(row.is_inventory ? "true" : "false");
        w.key("cells");
        w.open('[');
        for (std::size_t at = 0; at < row.cells.size(); ++at)
            write_pair(w, (*row.columns)[at], row.cells[at]);
        w.close(']');
        w.close('}');
    }
    w.close(']');
    w.close('}');
    return out;
}

Result<Aside> parse_aside(std::string_view text, Defaults const& defaults) {
    auto const tree = TRY(wire::parse(text, aside_bytes_max));
    Aside aside;
    std::vector<Pair> read;
    TRY_VOID(fields(tree, "", [&](std::string_view key, json::value const& one) -> Result<bool> {
        if (key == "kind") {
            aside.kind = TRY(wire::parsed(one, key, parse_kind));
        } else if (key == "group") {
            aside.group = std::string(TRY(wire::text(one, key, cell_bytes_max)));
        } else if (key == "own") {
            aside.own = static_cast<std::size_t>(TRY(wire::whole(one, key, 0, aside_rows_max)));
        } else if (key == "read") {
            read = TRY(pairs_in(one, key));
        } else if (key == "rows") {
            TRY_VOID(elements(one, key, aside_rows_max, [&](json::value const& row) -> Result<void> {
                aside.rows.push_back(TRY(row_in(row)));
                return {};
            }));
        } else {
            return false;
        }
        return true;
    }));
    if (aside.own >= aside.rows.size() && aside.own != 0)
        return refuse(Code::bad_value, "own", "names no row of this aside");
    if (read.empty()) return aside;
    std::vector<std::pair<std::string_view, std::string_view>> const cells(read.begin(), read.end());
    aside.as_read = std::make_shared<shop::Product const>(TRY(product_of(cells, defaults)));
    return aside;
}

}  // namespace allroads::feeds
