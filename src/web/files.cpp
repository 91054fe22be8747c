// Products that come in files and go out in them: looked at first, then imported for real.
#include "web/selling.h"

#include <algorithm>

namespace allroads::web {
namespace {

using locale::to_say;

constexpr std::size_t import_bytes_max = 32U * 1024 * 1024;
constexpr std::size_t findings_shown_max = 200;

struct KindName {
    feeds::Kind kind;
    std::string_view name;
};
constexpr KindName kinds[] = {
    {feeds::Kind::own_xlsx, to_say("Spreadsheet of ours (XLSX)")},
    {feeds::Kind::own_csv, to_say("Table of ours (CSV)")},
    {feeds::Kind::shopify, to_say("Shopify: products and inventory")},
    {feeds::Kind::woocommerce, to_say("WooCommerce: products")},
    {feeds::Kind::merchant_xml, to_say("Google Merchant: feed (XML)")},
    {feeds::Kind::merchant_tsv, to_say("Google Merchant: table (TSV)")},
};

std::string_view name_of(Visit const& visit, feeds::Kind kind) {
    for (auto const& one : kinds) {
        if (one.kind == kind) return visit.say(one.name);
    }
    return visit.say("Find out by itself");
}

std::string files_address(Mine const& mine) { return my_shop_address(mine.shop) + "/files"; }

// ---- the report -------------------------------------------------------------------------------------------

void add_sums(Page& page, Visit const& visit, hub::ImportAnswer const& answer, bool is_done) {
    std::size_t added = 0, changed = 0;
    for (auto const& one : answer.differences) {
        added += one.change == feeds::Change::added ? 1U : 0U;
        changed += one.change == feeds::Change::changed ? 1U : 0U;
    }
    auto const sum = [&](std::string text) { page.add("REPORT_SUMS").set("SUM_TEXT", text); };
    auto const n = [](std::size_t count) { return static_cast<std::int64_t>(count); };
    sum(visit.tongue.say_many("{1} row was read", "{1} rows were read", n(answer.import.counts.rows)));
    if (is_done) {
        sum(visit.tongue.say_many("{1} product is kept", "{1} products are kept", n(answer.saved)));
        if (answer.refused > 0)
            sum(visit.tongue.say_many("{1} product was refused", "{1} products were refused",
                                      n(answer.refused)));
    } else {
        sum(visit.tongue.say_many("{1} product is new", "{1} products are new", n(added)));
        if (changed > 0) sum(visit.tongue.say_many("{1} product changes", "{1} products change", n(changed)));
    }
    if (answer.unchanged > 0) {
        sum(visit.tongue.say_many("{1} product is as it was", "{1} products are as they were",
                                  n(answer.unchanged)));
    }
    if (answer.import.counts.refused > 0) {
        sum(visit.tongue.say_many("{1} row cannot be read", "{1} rows cannot be read",
                                  n(answer.import.counts.refused)));
    }
    if (!answer.import.photos.empty()) {
        sum(visit.tongue.say_many("{1} photo stands on another site: add it here by hand",
                                  "{1} photos stand on other sites: add them here by hand",
                                  n(answer.import.photos.size())));
    }
}

void add_findings(Page& page, Visit const& visit, std::vector<feeds::Finding> const& report) {
    if (report.empty()) return;
    // Errors before warnings before notes: what is cut off matters least.
    auto sorted = report;
    std::ranges::stable_sort(sorted, std::greater(), &feeds::Finding::severity);
    auto& section = page.add("FINDINGS");
    for (std::size_t i = 0; i < std::min(sorted.size(), findings_shown_max); ++i) {
        auto const& finding = sorted[i];
        auto& one = section.add("FINDING_LIST");
        auto where =
            finding.row == 0
                ? std::string(visit.say("the whole file"))
                : locale::fill(visit.say("row {{NUMBER}}"),
                               {{"NUMBER", visit.tongue.number(Decimal(std::int64_t{finding.row}))}});
        if (!finding.column.empty()) where += ", " + locale::isolated(excerpt(finding.column, 80));
        one.set("FINDING_WHERE", where);
        one.set("FINDING_TEXT", finding.message);
        one.show(finding.severity == feeds::Severity::error     ? Name("IS_ERROR")
                 : finding.severity == feeds::Severity::warning ? Name("IS_WARNING")
                                                                : Name("IS_NOTE"));
    }
    if (sorted.size() > findings_shown_max) {
        section.add("FINDINGS_CUT")
            .set("CUT_TEXT",
                 visit.tongue.say_many("{1} more is not shown.", "{1} more are not shown.",
                                       static_cast<std::int64_t>(sorted.size() - findings_shown_max)));
    }
}

struct KeptFile {
    std::string id, name;
};

Page& add_report(Page& page, Visit const& visit, hub::ImportAnswer const& answer, bool is_done) {
    auto& report = page.add("REPORT");
    report.set("REPORT_HEADING", is_done ? visit.say("What happened") : visit.say("What would happen"));
    report.set("REPORT_KIND", name_of(visit, answer.import.kind));
    report.set("REPORT_KIND_VALUE", feeds::text_of(answer.import.kind));
    add_sums(report, visit, answer, is_done);
    add_findings(report, visit, answer.import.report);
    if (!answer.import.columns_aside.empty()) {
        std::string text;
        for (auto const& column : answer.import.columns_aside) text += (text.empty() ? "" : ", ") + column;
        report.add("ASIDE").set("ASIDE_TEXT", excerpt(text, 400));
    }
    return report;
}

// ---- the page ---------------------------------------------------------------------------------------------

net::Response files_page(Visit& visit, Mine const& mine, net::Form const* sent, Problems problems, Page& page,
                         int status = 200) {
    if (!problems.empty()) status = 422;
    Sheet sheet(visit, sent, std::move(problems));
    sheet.add({.name = "files",
               .label = std::string(visit.say("File")),
               .control = Control::files,
               .value = ".csv,.tsv,.xlsx,.xml,text/csv,text/xml,text/tab-separated-values",
               .help = std::string(visit.say("Of Shopify both files together, at most 12 MB each."))});
    std::vector<Option> options{{"detect", std::string(visit.say("Find out by itself")), true}};
    for (auto const& one : kinds)
        options.push_back({std::string(feeds::text_of(one.kind)), std::string(visit.say(one.name))});
    sheet.add({.name = "kind",
               .label = std::string(visit.say("Where is it from?")),
               .control = Control::choose,
               .options = std::move(options)});
    sheet.sends_to(files_address(mine));
    sheet.button({"try", std::string(visit.say("Show what would happen"))});
    set_mine(page, visit, Here::shops);
    set_shop_nav(page, visit, mine, AtShop::files);
    page.set("SHOP_NAME", mine.shop.name);
    page.set("FILES_URL", files_address(mine));
    for (auto const& one : kinds) {
        auto const address =
            my_shop_address(mine.shop) + "/export?kind=" + std::string(feeds::text_of(one.kind));
        auto const add = [&](std::string const& url, std::string const& name) {
            auto& entry = page.add("EXPORTS");
            entry.set("EXPORT_URL", url);
            entry.set("EXPORT_NAME", name);
        };
        add(address, std::string(visit.say(one.name)));
    }
    sheet.show(page);
    return answer(visit, "files", page, status);
}

Result<net::Response> files(Visit& visit) {
    auto const mine = TRY(my_shop(visit, visit.http.parameter("slug")));
    Page page;
    return files_page(visit, mine, nullptr, {}, page);
}

// Files that were sent now, or that wait since they were looked at.
struct Brought {
    std::vector<std::string> bytes = {};  // of those that waited
    std::vector<feeds::File> files = {};
    std::vector<KeptFile> kept = {};
};

Result<Brought> waiting(Visit& visit, net::Form const& form) {
    Brought brought;
    std::vector<std::string> names;
    for (auto const& pair : form.fields) {
        if (pair.name == "kept-name") names.push_back(excerpt(pair.value, 120));
        if (pair.name != "kept") continue;
        if (brought.kept.size() == feeds::files_max)
            return refuse(Code::too_long, "files", "expected at most 8 files");
        brought.kept.push_back({pair.value, {}});
    }
    for (auto const& one : brought.kept)
        brought.bytes.push_back(TRY(visit.site.hub.aside(visit.caller, one.id)));
    for (std::size_t i = 0; i < brought.kept.size(); ++i) {
        if (i < names.size()) brought.kept[i].name = names[i];
        brought.files.push_back({brought.kept[i].name, brought.bytes[i]});
    }
    if (brought.files.empty()) return refuse(Code::field_missing, "files", "");
    return brought;
}

Result<Brought> sent_now(Visit& visit, net::Form const& form) {
    Brought brought;
    for (auto const& file : form.files) {
        if (file.field != "files") continue;
        if (brought.kept.size() == feeds::files_max)
            return refuse(Code::too_long, "files", "expected at most 8 files");
        brought.kept.push_back(
            {TRY(visit.site.hub.set_aside(visit.caller, file.bytes)), excerpt(file.name, 120)});
        brought.files.push_back({brought.kept.back().name, file.bytes});
    }
    if (brought.files.empty()) return refuse(Code::field_missing, "files", "");
    return brought;
}

std::string problem_words(Visit const& visit, Error const& error) {
    if (error.code() == Code::field_missing && error.field() == "files")
        return std::string(visit.say("Choose a file."));
    if (error.code() == Code::too_long && error.field() == "files")
        return std::string(
            visit.say("At most 8 files of 12 MB each. Cut it into several, one after the other."));
    return words_of(visit, error);
}

Result<net::Response> imported(Visit& visit) {
    auto const mine = TRY(my_shop(visit, visit.http.parameter("slug")));
    auto const form = TRY(sent_form(visit));
    bool const is_real = form.value("do") == "import";
    Page page;
    auto const refused = [&](Error const& error) -> Result<net::Response> {
        if (is_for_error_page(error) && error.code() != Code::not_found) return std::unexpected(error);
        auto const text = error.code() == Code::not_found
                              ? std::string(visit.say("The file waited too long. Choose it again."))
                              : problem_words(visit, error);
        return files_page(visit, mine, &form, {{"files", text}}, page);
    };
    auto const brought = is_real ? waiting(visit, form) : sent_now(visit, form);
    if (!brought) return refused(brought.error());
    hub::ImportRequest request{.shop = mine.kept.id,
                               .files = brought->files,
                               .is_dry_run = !is_real,
                               .goes_live = form.value("publish") == "yes"};
    if (auto const kind = feeds::parse_kind(form.value("kind"))) request.kind = *kind;
    auto const done = visit.site.hub.import(visit.caller, request);
    if (!done || is_real) {
        for (auto const& one : brought->kept) (void)visit.site.hub.drop_aside(visit.caller, one.id);
    }
    if (!done) return refused(done.error());
    auto& report = add_report(page, visit, *done, is_real);
    page.set("FORM_SECRET", form_secret(visit));
    if (is_real) {
        page.add("DONE").set("TOLD_TEXT", visit.say("The file is imported."));
    } else if (done->import.counts.products > 0) {
        auto& ready = report.add("READY");
        for (auto const& one : brought->kept) {
            auto& kept = ready.add("KEPT");
            kept.set("KEPT_ID", one.id);
            kept.set("KEPT_NAME", one.name);
        }
    }
    return files_page(visit, mine, nullptr, {}, page);
}

Result<net::Response> exported(Visit& visit) {
    auto const mine = TRY(my_shop(visit, visit.http.parameter("slug")));
    auto const kind = TRY(feeds::parse_kind(visit.query("kind")));
    auto const origin = std::string(visit.http.is_tls ? "https://" : "http://") + visit.http.host;
    auto written = TRY(visit.site.hub.exported(visit.caller, mine.kept.id, kind, origin));
    auto const wanted = visit.query("file");
    for (std::size_t i = 0; i < written.files.size(); ++i) {
        auto& one = written.files[i];
        if (!wanted.empty() && one.name != wanted) continue;
        std::string type = kind == feeds::Kind::own_xlsx
                               ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                           : kind == feeds::Kind::merchant_xml ? "application/xml"
                           : kind == feeds::Kind::merchant_tsv ? "text/tab-separated-values; charset=utf-8"
                                                               : "text/csv; charset=utf-8";
        return net::Response{
            .type = std::move(type),
            .body = std::move(one.bytes),
            .headers = {{"Content-Disposition", "attachment; filename=\"" + one.name + "\""}}};
    }
    return refuse(Code::not_found, "file", "this kind has no file of that name");
}

}  // namespace

void add_file_pages(Site& site, Routes& routes) {
    routes.push_back(page_route(site, "GET", "/my/shops/{slug}/files", files));
    routes.push_back(page_route(site, "POST", "/my/shops/{slug}/files", imported, import_bytes_max));
    routes.push_back(page_route(site, "GET", "/my/shops/{slug}/export", exported));
}

}  // namespace allroads::web
