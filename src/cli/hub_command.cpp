// The hub from where its data lies: accounts, products in files, the demonstration, copies and health.
#include "hub/hub.h"

#include "cli/cli.h"

#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>

namespace allroads::cli {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

Result<std::unique_ptr<hub::Hub>> open_hub(Places const& places) {
    auto trade = TRY(hub::trade_of(places.data));
    return hub::Hub::open(
        {.data = places.data, .starter = places.starter, .dealing = std::move(trade.dealing)});
}

Result<std::string> bytes_of(fs::path const& file, std::size_t most) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return refuse(Code::not_found, "file", "there is no file " + file.string());
    // As large as it says it is; a pipe says nothing, and what grows meanwhile is read to its end.
    std::error_code unknown;
    auto const size = fs::file_size(file, unknown);
    std::size_t room = unknown ? 65'536 : static_cast<std::size_t>(std::min<std::uintmax_t>(size, most)) + 1;
    std::string bytes;
    while (in && bytes.size() <= most) {
        auto const had = bytes.size();
        bytes.resize(std::min(had + room, most + 1));
        in.read(bytes.data() + had, static_cast<std::streamsize>(bytes.size() - had));
        bytes.resize(had + static_cast<std::size_t>(in.gcount()));
        room = std::max<std::size_t>(bytes.size(), 65'536);
    }
    if (bytes.size() > most) return refuse(Code::too_long, "file", file.string() + " is too large");
    return bytes;
}

// From the terminal or the first line of standard input: a password in a flag would stand in the list of
// processes and in the history of the shell.
Result<std::string> secret_asked(char const* what) {
    std::string line;
    if (::isatty(STDIN_FILENO) != 0) {
        char const* typed = ::getpass(what);
        line = typed == nullptr ? "" : typed;
    } else if (!std::getline(std::cin, line)) {
        line.clear();
    }
    if (line.empty()) return refuse(Code::field_missing, "password", "give it on standard input");
    return line;
}

Result<void> add_user(Places const& places, UserFlags const& flags) {
    auto const hub = TRY(open_hub(places));
    auto const keeper = hub->keeper();
    auto const act = hub->act_of(keeper);
    std::vector<people::Role> roles;
    for (auto const& text : flags.roles) roles.push_back(TRY(people::parse_role(text)));
    auto const password = TRY(secret_asked("Password: "));
    auto const account = TRY(hub->people().sign_up({.contact = TRY(people::Contact::parse(flags.contact)),
                                                    .name = flags.name,
                                                    .language = flags.language,
                                                    .password = password},
                                                   act));
    for (auto const role : roles) TRY_VOID(hub->people().grant(account, role, act));
    fmt::print("{}\n", account.text());
    return {};
}

// ---- products in files

void print_report(hub::ImportAnswer const& answer, bool is_dry_run) {
    for (auto const& one : answer.import.report) {
        fmt::print("{} row {}{}{}: {}\n", feeds::text_of(one.severity), one.row,
                   one.column.empty() ? "" : ", ", one.column, one.message);
    }
    auto const& counts = answer.import.counts;
    fmt::print("{}: {} rows, {} products, {} rows refused; {} as they were, {}\n",
               feeds::text_of(answer.import.kind), counts.rows, counts.products, counts.refused,
               answer.unchanged,
               is_dry_run ? std::string("nothing saved (--save saves)")
                          : fmt::format("{} saved, {} refused", answer.saved, answer.refused));
}

Result<void> import(Places const& places, ProductFlags const& flags) {
    auto const hub = TRY(open_hub(places));
    auto const shop = TRY(hub->shop_of(flags.shop));
    hub::ImportRequest request{
        .shop = shop.id, .files = {}, .is_dry_run = !flags.save, .goes_live = flags.publish};
    if (!flags.kind.empty()) request.kind = TRY(feeds::parse_kind(flags.kind));
    std::vector<std::string> bytes;
    for (auto const& file : flags.files) bytes.push_back(TRY(bytes_of(file, feeds::file_bytes_max)));
    for (std::size_t i = 0; i < bytes.size(); ++i)
        request.files.push_back({fs::path(flags.files[i]).filename().string(), bytes[i]});
    print_report(TRY(hub->import(hub->keeper(), request)), request.is_dry_run);
    return {};
}

Result<void> write_out(Places const& places, ProductFlags const& flags) {
    auto const hub = TRY(open_hub(places));
    auto const shop = TRY(hub->shop_of(flags.shop));
    auto const kind = flags.kind.empty() ? feeds::Kind::own_csv : TRY(feeds::parse_kind(flags.kind));
    auto const written = TRY(hub->exported(hub->keeper(), shop.id, kind, flags.address));
    std::error_code failed;
    fs::create_directories(flags.folder, failed);
    for (auto const& one : written.files) {
        auto const file = fs::path(flags.folder) / one.name;
        std::ofstream out(file, std::ios::binary | std::ios::trunc);
        out.write(one.bytes.data(), static_cast<std::streamsize>(one.bytes.size()));
        if (!out.flush()) return refuse(Code::unavailable, "folder", "cannot write " + file.string());
        fmt::print("{}: {} bytes\n", file.string(), one.bytes.size());
    }
    for (auto const& one : written.report)
        fmt::print(stderr, "product {}: {}: {}\n", one.row, one.column, one.message);
    return {};
}

// ---- the demonstration

// The drawings of demo/, each in its palettes, kept as photos once.
class Drawings {
public:
    Drawings(fs::path folder, hub::Hub& hub) : folder_(std::move(folder)), hub_(hub) {}

    Result<json::object> photo(json::object const& wanted) {
        auto const name = text_in(wanted, "draw");
        auto const palette = wanted.contains("palette") ? text_in(wanted, "palette") : std::string("1");
        auto const key = name + "/" + palette;
        auto found = kept_.find(key);
        if (found == kept_.end()) found = kept_.emplace(key, TRY(drawn(name, palette))).first;
        json::object photo{{"digest", found->second.digest}};
        if (wanted.contains("alt")) photo["alt"] = wanted.at("alt");
        photo["width"] = found->second.width;
        photo["height"] = found->second.height;
        return photo;
    }

private:
    static std::string text_in(json::object const& object, char const* key) {
        auto const* value = object.if_contains(key);
        return value == nullptr || !value->is_string() ? std::string() : std::string(value->get_string());
    }
    Result<shop::Photo> drawn(std::string const& name, std::string const& palette) {
        if (colours_.empty()) {
            auto const text = TRY(bytes_of(folder_ / "palettes.json", 64U * 1024));
            colours_ = json::parse(text).as_object();
        }
        auto svg = TRY(bytes_of(folder_ / (name + ".svg"), photo::svg_bytes_max));
        auto const* colours = colours_.if_contains(palette);
        if (colours == nullptr) return refuse(Code::not_found, "palette", "there is no palette " + palette);
        for (auto const& colour : colours->as_object()) {
            auto const mark = "{{" + std::string(colour.key()) + "}}";
            for (auto at = svg.find(mark); at != std::string::npos; at = svg.find(mark, at))
                svg.replace(at, mark.size(), colour.value().as_string().c_str());
        }
        return hub_.keep_drawing(TRY(photo::draw_our_own_svg(svg)));
    }
    fs::path folder_;
    hub::Hub& hub_;
    json::object colours_;
    std::map<std::string, shop::Photo> kept_;
};

// The state is no part of a document: everything here goes live.
Result<void> draw_photos(json::object& fields, Drawings& drawings) {
    fields.erase("state");
    auto* const photos = fields.if_contains("photos");
    if (photos == nullptr) return {};
    for (auto& photo : photos->as_array()) photo = TRY(drawings.photo(photo.as_object()));
    return {};
}

Result<void> fill_shop(hub::Hub& hub, hub::Caller const& seller, Drawings& drawings, fs::path const& file,
                       std::size_t& products) {
    auto const text = TRY(bytes_of(file, 4U << 20));
    boost::system::error_code failed;
    auto tree = json::parse(text, failed);
    if (failed || !tree.is_object())
        return refuse(Code::bad_json, file.filename().string(), failed.message());
    auto& object = tree.as_object();
    TRY_VOID(draw_photos(object.at("shop").as_object(), drawings));
    auto const made = hub.make_shop(seller, json::serialize(object.at("shop")));
    if (!made) return std::unexpected(made.error().within(file.filename().string()));
    for (auto& product : object.at("products").as_array()) {
        TRY_VOID(draw_photos(product.as_object(), drawings));
        auto const document = json::serialize(product);
        auto const saved = hub.save_product(seller, {.shop = *made, .document = document, .goes_live = true});
        if (!saved) return std::unexpected(saved.error().within(file.filename().string()));
        ++products;
    }
    return {};
}

// How the demonstration trades; a file of the operator's own stays.
Result<void> give_settings(Places const& places) {
    auto const from = places.demo / "trade.json", to = places.data / "trade.json";
    std::error_code failed;
    if (fs::exists(to, failed) || !fs::exists(from, failed)) return {};
    fs::create_directories(places.data, failed);
    fs::copy_file(from, to, failed);
    if (failed) return refuse(Code::unavailable, "data", "cannot write " + to.string());
    return {};
}

Result<void> fill_demo(Places const& places) {
    auto const shops = places.demo / "shops";
    std::error_code none;
    if (!fs::is_directory(shops, none))
        return refuse(Code::not_found, "demo", "the demonstration shops are not here");
    if (fs::exists(places.data / "demonstration", none)) {
        fmt::print("the demonstration is here already\n");
        return {};
    }
    std::vector<fs::path> files;
    for (auto const& entry : fs::directory_iterator(shops)) files.push_back(entry.path());
    std::ranges::sort(files);
    TRY_VOID(give_settings(places));
    auto const hub = TRY(open_hub(places));
    auto const seller = TRY(hub->demo_seller());
    Drawings drawings(places.demo / "drawings", *hub);
    std::size_t products = 0;
    for (auto const& file : files) {
        TRY_VOID(fill_shop(*hub, seller, drawings, file, products));
        fmt::print(stderr, "\r{} products", products);
    }
    std::ofstream(places.data / "demonstration") << "Shops and products here are made up (allroads demo).\n";
    fmt::print(stderr, "\r");
    fmt::print("{} shops, {} products\n", files.size(), products);
    return hub->save_index();
}

// ---- copies and health

Result<void> check_hub(Places const& places) {
    if (!fs::exists(places.data / "hub.db")) {
        return refuse(
            Code::no_db, "",
            fmt::format("there is no {}; it is made when a hub first runs; --data or $ALLROADS_DATA "
                        "name another folder",
                        (places.data / "hub.db").string()));
    }
    // The pages first: a damaged file is told as such before anything else is read out of it.
    if (auto data = db::Db::open((places.data / "hub.db").string(), {.limits = {}, .may_create = false})) {
        auto const damage = TRY(db::check_all(*data));
        for (auto const& one : damage) std::fprintf(stderr, "%s\n", one.c_str());
        if (!damage.empty()) return refuse(Code::db_damaged, "", fmt::format("{} findings", damage.size()));
    } else {
        return std::unexpected(data.error());
    }
    auto const hub = TRY(open_hub(places));
    auto const found = TRY(hub->check());
    for (auto const& one : found) std::fprintf(stderr, "%s\n", one.c_str());
    if (!found.empty()) return refuse(Code::db_damaged, "", fmt::format("{} findings", found.size()));
    fmt::print("{}: pages, listings with their signatures, the trail, the ledger and the photos are sound\n",
               places.data.string());
    return {};
}

int done_or_tell(Result<void> const& done) { return done ? 0 : tell(done.error()); }

}  // namespace

int user_added(Places const& places, UserFlags const& flags) { return done_or_tell(add_user(places, flags)); }
int products_imported(Places const& places, ProductFlags const& flags) {
    return done_or_tell(import(places, flags));
}
int products_exported(Places const& places, ProductFlags const& flags) {
    return done_or_tell(write_out(places, flags));
}
int demo_filled(Places const& places) { return done_or_tell(fill_demo(places)); }
int hub_checked(Places const& places) { return done_or_tell(check_hub(places)); }

}  // namespace allroads::cli
