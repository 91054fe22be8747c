// What goes in and out in files: photos, imports, exports.
#include "api/telling.h"
#include "api/verb.h"

#include <array>
#include <charconv>

namespace allroads::api {
namespace {

using wire::Writer;

constexpr std::size_t piece_bytes_max = 1024U * 1024;
constexpr std::size_t photo_bytes_max = photo::upload_bytes_max + 1024;
constexpr std::size_t import_bytes_max = 32U * 1024 * 1024;
constexpr std::size_t findings_told_max = 1000;

Result<std::int64_t> whole_of(Asked const& asked, std::string_view name) {
    auto const text = query_of(asked, name);
    std::int64_t number = 0;
    auto const [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || wrong != std::errc() || end != text.data() + text.size() || number < 0)
        return refuse(Code::bad_value, name, "expected a whole number of bytes");
    return number;
}

// ---- photos

Reply told(shop::Photo const& photo) {
    Reply reply{.status = 201};
    {
        Writer w(reply.body);
        w.open('{');
        w.text("digest", photo.digest);
        w.number("width", photo.width);
        w.number("height", photo.height);
        w.close('}');
    }
    return reply;
}

Result<Reply> photo_kept(Asked const& asked) {
    return told(TRY(asked.hub.keep_photo(asked.caller, asked.http.body)));
}

Result<Reply> upload_begun(Asked const& asked) {
    std::int64_t bytes = 0;
    std::string sha256;
    TRY_VOID(body_fields(TRY(json_body(asked)),
                         [&](std::string_view key, wire::json::value const& value) -> Result<bool> {
                             if (key == "bytes") {
                                 bytes = TRY(wire::whole(value, key, 1, photo::upload_bytes_max));
                             } else if (key == "sha256") {
                                 sha256 = TRY(wire::text(value, key));
                             } else {
                                 return false;
                             }
                             return true;
                         }));
    if (bytes == 0) return refuse(Code::field_missing, "bytes", "how many bytes will it be?");
    auto const promised = sha256.empty() ? std::nullopt : std::optional<std::string_view>(sha256);
    auto const id = TRY(asked.hub.begin_upload(asked.caller, bytes, promised));
    Reply reply{.status = 201, .headers = {{"Location", "/api/v1/uploads/" + id}}};
    {
        Writer w(reply.body);
        w.open('{');
        w.text("id", id);
        w.number("offset", 0);
        w.close('}');
    }
    return reply;
}

Result<Reply> upload_told(Asked const& asked) {
    auto const state = TRY(asked.hub.upload(asked.caller, asked.http.parameter("id")));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.number("offset", state.offset);
        w.number("bytes", state.total);
        w.text("ends", text_of(state.ends));
        w.close('}');
    }
    return reply;
}

Result<Reply> piece_added(Asked const& asked) {
    auto const offset = TRY(whole_of(asked, "offset"));
    auto const state =
        TRY(asked.hub.append_upload(asked.caller, asked.http.parameter("id"), offset, asked.http.body));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.number("offset", state.offset);
        w.key("taken");
        w.raw(state.is_taken ? "true" : "false");
        w.close('}');
    }
    return reply;
}

Result<Reply> upload_finished(Asked const& asked) {
    return told(TRY(asked.hub.finish_upload(asked.caller, asked.http.parameter("id"))));
}

// ---- import and export

// The files of the body: a form with files, or one file as it is.
Result<std::vector<feeds::File>> files_of(Asked const& asked, net::Form& form) {
    std::vector<feeds::File> files;
    if (!asked.http.header("content-type").starts_with("multipart/")) {
        files.push_back({"file", asked.http.body});
        return files;
    }
    form = TRY(net::form_of(asked.http));
    for (auto const& one : form.files) files.push_back({one.name, one.bytes});
    if (files.empty()) return refuse(Code::field_missing, "body", "there is no file in the form");
    if (files.size() > feeds::files_max) return refuse(Code::too_long, "body", "expected at most 8 files");
    return files;
}

void write_finding(Writer& w, feeds::Finding const& one) {
    w.open('{');
    w.text("severity", feeds::text_of(one.severity));
    w.number("file", one.file);
    w.number("row", one.row);
    if (!one.column.empty()) w.text("column", one.column);
    w.text("code", one.code);
    w.text("message", one.message);
    w.close('}');
}

Reply told(hub::ImportAnswer const& answer, bool is_dry_run) {
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.key("dry_run");
        w.raw(is_dry_run ? "true" : "false");
        w.text("kind", feeds::text_of(answer.import.kind));
        auto const& counts = answer.import.counts;
        auto const number = [&](std::string_view name, std::size_t value) {
            w.number(name, static_cast<std::int64_t>(value));
        };
        number("rows", counts.rows);
        number("products", counts.products);
        number("rows_refused", counts.refused);
        number("errors", counts.errors);
        number("warnings", counts.warnings);
        std::size_t added = 0, changed = 0, missing = 0;
        for (auto const& one : answer.differences) {
            added += one.change == feeds::Change::added ? 1U : 0U;
            changed += one.change == feeds::Change::changed ? 1U : 0U;
            missing += one.change == feeds::Change::missing ? 1U : 0U;
        }
        number("added", added);
        number("changed", changed);
        number("unchanged", answer.unchanged);
        number("missing", missing);
        number("saved", answer.saved);
        number("products_refused", answer.refused);
        number("photos_to_fetch", answer.import.photos.size());
        w.key("columns_aside");
        w.open('[');
        for (auto const& column : answer.import.columns_aside) w.text(column);
        w.close(']');
        w.key("report");
        w.open('[');
        for (std::size_t i = 0; i < std::min(answer.import.report.size(), findings_told_max); ++i)
            write_finding(w, answer.import.report[i]);
        w.close(']');
        w.close('}');
    }
    return reply;
}

Result<bool> truth_of(Asked const& asked, std::string_view name, bool otherwise) {
    auto const text = query_of(asked, name);
    if (text.empty()) return otherwise;
    if (text == "true" || text == "false") return text == "true";
    return refuse(Code::bad_value, name, "expected true or false");
}

Result<Reply> imported(Asked const& asked) {
    net::Form form;
    auto const shop = TRY(id_of<shop::Shop>(asked));
    bool const is_dry_run = TRY(truth_of(asked, "dry_run", true));
    bool const goes_live = TRY(truth_of(asked, "publish", false));
    hub::ImportRequest request{.shop = shop, .files = {}, .is_dry_run = is_dry_run, .goes_live = goes_live};
    request.files = TRY(files_of(asked, form));
    if (auto const kind = query_of(asked, "kind"); !kind.empty()) request.kind = TRY(feeds::parse_kind(kind));
    return told(TRY(asked.hub.import(asked.caller, request)), request.is_dry_run);
}

Result<Reply> exported(Asked const& asked) {
    auto const shop = TRY(id_of<shop::Shop>(asked));
    auto const asked_kind = query_of(asked, "kind");
    auto const kind = asked_kind.empty() ? feeds::Kind::own_csv : TRY(feeds::parse_kind(asked_kind));
    auto written = TRY(asked.hub.exported(asked.caller, shop, kind, asked.http.origin()));
    auto const wanted = query_of(asked, "file");
    for (auto& one : written.files) {
        if (!wanted.empty() && one.name != wanted) continue;
        return Reply{.body = std::move(one.bytes),
                     .headers = {{"Content-Disposition", "attachment; filename=\"" + one.name + "\""}},
                     .type = kind == feeds::Kind::own_xlsx
                                 ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                             : kind == feeds::Kind::merchant_xml ? "application/xml"
                             : kind == feeds::Kind::merchant_tsv ? "text/tab-separated-values; charset=utf-8"
                                                                 : "text/csv; charset=utf-8"};
    }
    return refuse(Code::not_found, "file", "this kind has no file of that name");
}

constexpr std::string_view id_schema = R"({"type":"string","pattern":"^[0-9a-z]{26}$"})";
constexpr std::string_view upload_schema = R"({"type":"string","maxLength":80})";
constexpr std::string_view kind_schema =
    R"({"type":"string","enum":["detect","own-csv","own-xlsx","shopify","woocommerce","merchant-xml",)"
    R"("merchant-tsv"]})";
constexpr std::string_view truth_schema = R"({"type":"boolean"})";
constexpr Parameter shop_id{
    .name = "id", .in = "path", .schema = id_schema, .about = "Of the shop", .is_required = true};
constexpr Parameter upload_id{
    .name = "id", .in = "path", .schema = upload_schema, .about = "Of the upload", .is_required = true};
constexpr std::array upload_parameters{upload_id};
constexpr std::array piece_parameters{upload_id, Parameter{.name = "offset",
                                                           .in = "query",
                                                           .schema = R"({"type":"integer","minimum":0})",
                                                           .about = "Where this piece begins",
                                                           .is_required = true}};
constexpr std::array import_parameters{
    shop_id,
    Parameter{.name = "kind", .in = "query", .schema = kind_schema, .about = "Found out where not given"},
    Parameter{.name = "dry_run",
              .in = "query",
              .schema = truth_schema,
              .about = "Only report; true where not given"},
    Parameter{.name = "publish", .in = "query", .schema = truth_schema, .about = "What may go live does"}};
constexpr std::array export_parameters{
    shop_id,
    Parameter{.name = "kind", .in = "query", .schema = kind_schema, .about = "own-csv where not given"},
    Parameter{.name = "file",
              .in = "query",
              .schema = R"({"type":"string","maxLength":80})",
              .about = "Which of its files; the first where not given"}};
constexpr std::array<std::string_view, 4> exported_types{
    "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/xml",
    "text/tab-separated-values"};
constexpr std::array refused_files{Code::bad_value, Code::too_long, Code::not_found, Code::not_allowed};

constexpr std::array verbs{
    Verb{.method = "POST",
         .pattern = "/api/v1/photos",
         .id = "sendPhoto",
         .tag = "Photos",
         .summary = "A picture in one piece",
         .about = "JPEG, PNG, WebP or GIF, at most 12 MB. Its place of taking and everything else but the "
                  "pixels is thrown away. Name its digest in a product's document.",
         .takes = "Bytes",
         .gives = "Photo",
         .status = 201,
         .refusals = refused_files,
         .answer = photo_kept,
         .scope = "products:write",
         .body_type = "application/octet-stream",
         .body_bytes = photo_bytes_max},
    Verb{.method = "POST",
         .pattern = "/api/v1/uploads",
         .id = "beginUpload",
         .tag = "Photos",
         .summary = "Begins a picture that comes in pieces over a bad line",
         .about = "Pieces that were acknowledged are never asked for again; it waits seven days.",
         .takes = "NewUpload",
         .example = R"({"bytes":240000})",
         .gives = "Upload",
         .status = 201,
         .refusals = refused_files,
         .answer = upload_begun,
         .scope = "products:write"},
    Verb{.method = "GET",
         .pattern = "/api/v1/uploads/{id}",
         .id = "upload",
         .tag = "Photos",
         .summary = "How far an upload is",
         .about = "",
         .parameters = upload_parameters,
         .gives = "UploadState",
         .refusals = refused_files,
         .answer = upload_told,
         .scope = "products:write"},
    Verb{.method = "PATCH",
         .pattern = "/api/v1/uploads/{id}",
         .id = "addPiece",
         .tag = "Photos",
         .summary = "A further piece",
         .about = "Where it begins beyond what is here, nothing is taken and `offset` says where to go on.",
         .parameters = piece_parameters,
         .takes = "Bytes",
         .gives = "UploadPiece",
         .refusals = refused_files,
         .answer = piece_added,
         .scope = "products:write",
         .body_type = "application/octet-stream",
         .body_bytes = piece_bytes_max},
    Verb{.method = "POST",
         .pattern = "/api/v1/uploads/{id}/photo",
         .id = "finishUpload",
         .tag = "Photos",
         .summary = "All pieces are there: the picture is kept",
         .about = "",
         .parameters = upload_parameters,
         .gives = "Photo",
         .status = 201,
         .refusals = refused_files,
         .answer = upload_finished,
         .scope = "products:write"},
    Verb{.method = "POST",
         .pattern = "/api/v1/shops/{id}/imports",
         .id = "import",
         .tag = "Import and export",
         .summary = "Products of another shop system, or of a spreadsheet",
         .about =
             "Shopify (products and inventory), WooCommerce, Google Merchant, our own CSV and XLSX. Send the "
             "file as it is, or several as multipart/form-data. Columns that have no place here are kept "
             "aside, so that an export to the same kind gives them back.",
         .parameters = import_parameters,
         .takes = "Bytes",
         .gives = "ImportReport",
         .refusals = refused_files,
         .answer = imported,
         .scope = "products:write",
         .body_type = "application/octet-stream",
         .body_bytes = import_bytes_max},
    Verb{.method = "GET",
         .pattern = "/api/v1/shops/{id}/export",
         .id = "export",
         .tag = "Import and export",
         .summary = "All products of a shop as a file",
         .about = "",
         .parameters = export_parameters,
         .gives_files = exported_types,
         .refusals = refused_files,
         .answer = exported,
         .scope = "products:read"},
};

}  // namespace

std::span<Verb const> moving_verbs() { return verbs; }

}  // namespace allroads::api
