#include "feeds/reading.h"

namespace allroads::feeds {

namespace {

struct Candidate {
    Kind kind;
    HeaderScore score;
};
constexpr std::array<Candidate, 4> candidates = {{{Kind::own_csv, own_score},
                                                  {Kind::shopify, shopify_score},
                                                  {Kind::woocommerce, woocommerce_score},
                                                  {Kind::merchant_tsv, merchant_score}}};

std::size_t best_score(std::span<std::string_view const> header) {
    std::size_t best = 0;
    for (Candidate const& candidate : candidates) best = std::max(best, candidate.score(header));
    return best;
}

bool is_xml(std::string_view bytes) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    std::string head;  // also of UTF-16
    for (char const c : bytes.substr(0, 200))
        if (c != '\0' && c != '\xFF' && c != '\xFE') head.push_back(c);
    return trim(head).starts_with('<');
}

Result<Table> table_of(File const& file) {
    if (file.bytes.empty()) return refuse(Code::bad_file, file.name, "the file is empty");
    if (is_zip(file.bytes)) return read_xlsx(file);
    if (is_xml(file.bytes)) return merchant_table(file);
    return read_csv(file, best_score);
}

// The kind whose headers fit best; refused where none fits by two columns.
Result<Kind> kind_of(Table const& table, File const& file) {
    if (is_xml(file.bytes) && !is_zip(file.bytes)) return Kind::merchant_xml;
    std::vector<std::string_view> const header(table.columns->begin(), table.columns->end());
    Kind best = Kind::detect;
    std::size_t best_of = 1;
    for (Candidate const& candidate : candidates) {
        std::size_t const score = candidate.score(header);
        if (score <= best_of) continue;
        best = candidate.kind;
        best_of = score;
    }
    if (best == Kind::detect)
        return refuse(Code::bad_file, place(file.name, 1),
                      "the header is of no kind that is known here; it begins with: " +
                          excerpt(header.empty() ? "" : header.front()));
    if (best == Kind::own_csv && table.is_spreadsheet) return Kind::own_xlsx;
    return best;
}

Result<void> fits(Kind wanted, Kind found, File const& file) {
    if (wanted == found) return {};
    return refuse(
        Code::bad_file, file.name,
        "expected " + std::string(text_of(wanted)) + ", the file looks like " + std::string(text_of(found)));
}

Result<void> dispatch(Reading& reading, Kind kind, std::span<Sheet const> sheets) {
    for (Sheet const& sheet : sheets) {
        reading.file(sheet.file);
        reading.table(sheet.table);
    }
    if (kind == Kind::shopify) return read_shopify(reading, sheets);
    for (Sheet const& sheet : sheets) {
        reading.file(sheet.file);
        switch (kind) {
            case Kind::woocommerce: TRY_VOID(read_woocommerce(reading, sheet.table)); break;
            case Kind::merchant_xml:
            case Kind::merchant_tsv: TRY_VOID(read_merchant(reading, sheet.table, kind)); break;
            default: TRY_VOID(read_own(reading, sheet.table, kind)); break;
        }
    }
    return {};
}

}  // namespace

Result<Import> read(Kind kind, std::span<File const> files, Defaults const& defaults) {
    if (files.empty()) return refuse(Code::field_missing, "files", "there is no file to read");
    if (files.size() > files_max) return refuse(Code::too_long, "files", "at most eight files at a time");
    std::vector<Sheet> sheets;
    for (File const& file : files) {
        if (file.bytes.size() > file_bytes_max)
            return refuse(Code::too_long, file.name, "a file has at most 64 megabytes");
        sheets.push_back({static_cast<std::uint32_t>(sheets.size()), TRY(table_of(file))});
        Kind const found = TRY(kind_of(sheets.back().table, file));
        if (kind == Kind::detect) kind = found;
        TRY_VOID(fits(kind, found, file));
    }
    Import out;
    out.kind = kind;
    Reading reading(out, defaults);
    TRY_VOID(dispatch(reading, kind, sheets));
    reading.close();
    return out;
}

Result<Written> write(Kind kind, std::span<Outgoing const> products, Writing const& writing) {
    if (kind == Kind::detect) return refuse(Code::bad_value, "kind", "which kind of file is to be written?");
    if (products.size() > rows_max) return refuse(Code::too_long, "products", "at most 100,000 products");
    std::vector<Outgoing> fitting(products.begin(), products.end());
    auto const is_own = [](Kind one) { return one == Kind::own_csv || one == Kind::own_xlsx; };
    for (Outgoing& outgoing : fitting) {
        check(outgoing.product != nullptr);
        if (outgoing.aside == nullptr) continue;
        bool const fits_kind = outgoing.aside->kind == kind || (is_own(kind) && is_own(outgoing.aside->kind));
        if (!fits_kind) outgoing.aside = nullptr;
    }
    switch (kind) {
        case Kind::shopify: return write_shopify(fitting, writing);
        case Kind::woocommerce: return write_woocommerce(fitting, writing);
        case Kind::merchant_xml:
        case Kind::merchant_tsv: return write_merchant(kind, fitting, writing);
        default: return write_own(kind, fitting, writing);
    }
}

}  // namespace allroads::feeds
