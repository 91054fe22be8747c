// The product form: one long form in the order in which a seller thinks, that keeps a draft at any moment.
#include "web/selling.h"

#include <algorithm>
#include <charconv>

namespace allroads::web {
namespace {

using locale::to_say;

constexpr std::size_t form_bytes_max = 48U * 1024 * 1024;  // several photos as a phone takes them
constexpr std::size_t tier_rows_min = 3;
constexpr std::int32_t told_permille = 700;  // a code that the seller names, as imports have it
constexpr std::int64_t grams_max = 100'000'000;

struct UnitName {
    Unit unit;
    std::string_view name;
};
std::vector<UnitName> const& units() {
    static std::vector<UnitName> const all{
        {unit::piece, to_say("pieces")},         {unit::pair, to_say("pairs")},
        {*Unit::parse("DZN"), to_say("dozens")}, {unit::kilogram, to_say("kilograms")},
        {*Unit::parse("GRM"), to_say("grams")},  {unit::litre, to_say("litres")},
        {*Unit::parse("MTR"), to_say("metres")}, {*Unit::parse("MTK"), to_say("square metres")},
    };
    return all;
}

constexpr std::string_view terms_names[] = {
    to_say("the buyer fetches the goods at the seller's works"),
    to_say("the seller clears the goods for export and hands them to the carrier there"),
    to_say("the seller brings the goods beside the ship"),
    to_say("the seller brings the goods on board"),
    to_say("the seller pays the carriage to that place"),
    to_say("the seller pays the carriage to that place"),
    to_say("the seller pays carriage and insurance to that place"),
    to_say("the seller pays carriage and insurance to that place"),
    to_say("the seller brings the goods to that place; the buyer pays duty and tax"),
    to_say("the seller brings the goods to that place; the buyer pays duty and tax"),
    to_say("the seller brings the goods to that place, duty and tax paid"),
};

// What the form stands on: the version that is changed, or the shop where there is none yet.
struct Work {
    Mine mine;
    std::optional<shop::ProductId> id = {};
    shop::Product product;
    shop::State state = shop::State::draft;
    std::int64_t newest = 0, live_version = 0;
    std::string sheet = {};  // of a new product: tells this form from every other
};

Work new_work(Mine mine, Visit const& visit) {
    auto const country = mine.shop.country;
    shop::Product blank{.texts = {{.language = std::string(visit.language()), .title = {}}},
                        .tiers = {},
                        .unit = unit::piece,
                        .origin = country,
                        .ships_from = country,
                        .terms_place = mine.shop.place};
    return {.mine = std::move(mine), .product = std::move(blank)};
}

Work work_of(MyGoods goods) {
    auto const& shown = goods.shown;
    Work work{.mine = std::move(goods.mine), .id = shown.id, .product = *shown.product};
    work.state = shown.state;
    work.newest = shown.newest;
    work.live_version = shown.live_version;
    return work;
}

// ---- the fields -------------------------------------------------------------------------------------------

std::string numbered(std::string_view name, std::size_t i) {
    return std::string(name) + "-" + std::to_string(i);
}

// The number behind the last - of a field's name.
std::size_t rows_sent(net::Form const& form, std::string_view name) {
    std::size_t rows = 0;
    for (auto const& pair : form.fields) {
        if (!pair.name.starts_with(name) || pair.name.size() <= name.size() + 1) continue;
        std::size_t number = 0;
        auto const digits = std::string_view(pair.name).substr(name.size() + 1);
        auto const [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (wrong == std::errc() && end == digits.data() + digits.size() && number < 40)
            rows = std::max(rows, number + 1);
    }
    return rows;
}

void add_texts(Sheet& sheet, Visit const& visit, shop::Product const& product, std::size_t rows) {
    sheet.heading(visit.say("What it is"));
    for (std::size_t i = 0; i < rows; ++i) {
        bool const is_there = i < product.texts.size();
        auto const text = is_there ? product.texts[i] : shop::Text{.language = "en", .title = {}};
        if (i > 0) {
            sheet.heading(is_there ? visit.say("In another language")
                                   : visit.say("The same in another language, if you like"));
        }
        sheet.add({.name = numbered("title", i),
                   .label = std::string(visit.say("Title")),
                   .value = text.title,
                   .help = i == 0 ? std::string(visit.say(
                                        "What it is, of what, how large: “Oval basket of sisal, 30 cm”."))
                                  : std::string(),
                   .length_max = 300,
                   .is_required = i == 0,
                   .is_in_any_language = true});
        sheet.add({.name = numbered("description", i),
                   .label = std::string(visit.say("Description")),
                   .control = Control::area,
                   .value = text.description,
                   .length_max = 10'000});
        sheet.add({.name = numbered("language", i),
                   .label = std::string(visit.say("This is written in")),
                   .control = Control::choose,
                   .options = language_options(visit, text.language)});
    }
}

void add_photos(Sheet& sheet, Visit const& visit, std::vector<shop::Photo> const& photos) {
    sheet.heading(visit.say("Photos"),
                  visit.say("The first one stands in lists. Their place of taking is thrown away."));
    for (std::size_t i = 0; i < photos.size(); ++i) {
        auto const& photo = photos[i];
        sheet.keep(numbered("photo", i),
                   photo.digest + ":" + std::to_string(photo.width) + ":" + std::to_string(photo.height));
        sheet.add({.name = numbered("alt", i),
                   .label = locale::fill(
                       visit.say("What photo {{NUMBER}} shows, for those who do not see it"),
                       {{"NUMBER", visit.tongue.number(Decimal(static_cast<std::int64_t>(i + 1)))}}),
                   .value = photo.alt,
                   .picture = picture_address(photo.digest, 320),
                   .length_max = 250,
                   .is_in_any_language = true});
        sheet.add({.name = numbered("place", i),
                   .label = std::string(visit.say("Its place in the row")),
                   .value = visit.tongue.number(Decimal(static_cast<std::int64_t>(i + 1))),
                   .keyboard = "numeric",
                   .length_max = 3,
                   .is_short = true});
        sheet.add({.name = numbered("remove", i),
                   .label = std::string(visit.say("Remove this photo")),
                   .control = Control::tick,
                   .value = "yes"});
    }
    sheet.add({.name = "photos",
               .label = std::string(photos.empty() ? visit.say("Add photos") : visit.say("Add more photos")),
               .control = Control::files,
               .value = "image/jpeg,image/png,image/webp,image/gif",
               .help = std::string(visit.say("JPEG, PNG, WebP or GIF, at most 12 MB each and 12 of them."))});
}

void add_number(Sheet& sheet, Visit const& visit, std::string name, std::string_view label,
                std::optional<Decimal> const& value, std::string_view help = {}) {
    sheet.add({.name = std::move(name),
               .label = std::string(label),
               .value = value && !value->is_zero() ? visit.tongue.number(value->stripped()) : "",
               .help = std::string(help),
               .keyboard = "decimal",
               .length_max = 20,
               .is_short = true});
}

void add_prices(Sheet& sheet, Visit const& visit, Work const& work, std::size_t rows) {
    auto const& product = work.product;
    auto const currency =
        product.tiers.empty() ? work.mine.shop.currency : product.tiers.front().price.currency();
    sheet.heading(visit.say("Price of the goods"),
                  visit.say("The price of one. Who takes more may pay less: use further lines for that."));
    sheet.add({.name = "currency",
               .label = std::string(visit.say("Currency")),
               .control = Control::choose,
               .options = currency_options(visit, currency)});
    std::vector<Option> options;
    bool is_known = false;
    for (auto const& one : units()) {
        bool const is_chosen = one.unit == product.unit;
        is_known = is_known || is_chosen;
        options.push_back({std::string(one.unit.text()), std::string(visit.say(one.name)), is_chosen});
    }
    if (!is_known)
        options.push_back(
            {std::string(product.unit.text()), std::string(visit.say(product.unit.name())), true});
    sheet.add({.name = "unit",
               .label = std::string(visit.say("Sold in")),
               .control = Control::choose,
               .options = std::move(options)});
    for (std::size_t i = 0; i < rows; ++i) {
        bool const is_there = i < product.tiers.size();
        auto const from = is_there ? std::optional(product.tiers[i].from) : std::nullopt;
        add_number(sheet, visit, numbered("from", i),
                   i == 0 ? visit.say("Smallest order") : visit.say("From this quantity"),
                   i == 0 && !is_there ? std::optional(Decimal(1)) : from);
        sheet.add(
            {.name = numbered("price", i),
             .label = std::string(i == 0 ? visit.say("Price of one") : visit.say("this price of one")),
             .value = is_there ? visit.tongue.number(product.tiers[i].price.amount(), currency.minor_digits())
                               : "",
             .keyboard = "decimal",
             .length_max = 20,
             .is_short = true});
    }
}

void add_supply(Sheet& sheet, Visit const& visit, shop::Product const& product) {
    sheet.heading(visit.say("When it is ready"));
    constexpr std::string_view names[] = {to_say("some are in stock: as many as written below"),
                                          to_say("made when it is ordered"), to_say("always in stock")};
    std::vector<Option> options;
    for (auto const supply : {shop::Supply::made_to_order, shop::Supply::counted, shop::Supply::unlimited}) {
        options.push_back({std::string(shop::text_of(supply)),
                           std::string(visit.say(names[static_cast<std::size_t>(supply)])),
                           product.supply == supply});
    }
    sheet.add({.name = "supply",
               .label = std::string(visit.say("Stock")),
               .control = Control::choose,
               .options = std::move(options)});
    add_number(sheet, visit, "stock", visit.say("How many are there"), product.stock);
    add_number(sheet, visit, "lead_days", visit.say("Days until it can be handed over"),
               Decimal(product.lead_days));
}

void add_sizes(Sheet& sheet, Visit const& visit, shop::Product const& product) {
    sheet.heading(visit.say("Weight and size"),
                  visit.say("Sending is priced by weight; put one on a kitchen scale."));
    add_number(sheet, visit, "net", visit.say("Grams of one"), Decimal(product.net_grams));
    add_number(sheet, visit, "gross", visit.say("Grams of one, packed for sending"),
               Decimal(product.gross_grams));
    auto const carton = product.carton.value_or(shop::Carton{.units = Decimal(0)});
    sheet.heading(visit.say("A whole carton, if you know"));
    add_number(sheet, visit, "carton_units", visit.say("How many are in a carton"), carton.units);
    add_number(sheet, visit, "carton_length", visit.say("Length in centimetres"),
               Decimal::of(carton.length_mm, 1));
    add_number(sheet, visit, "carton_width", visit.say("Width in centimetres"),
               Decimal::of(carton.width_mm, 1));
    add_number(sheet, visit, "carton_height", visit.say("Height in centimetres"),
               Decimal::of(carton.height_mm, 1));
    add_number(sheet, visit, "carton_gross", visit.say("Kilograms of a full carton"),
               Decimal::of(carton.gross_grams, 3));
}

void add_making(Sheet& sheet, Visit const& visit, shop::Product const& product) {
    sheet.heading(visit.say("Where it comes from"));
    auto categories = key_options(visit, shop::categories(), {product.category});
    categories.insert(categories.begin(), {"", std::string(visit.say("Choose")), product.category.empty()});
    sheet.add({.name = "category",
               .label = std::string(visit.say("Kind of goods")),
               .control = Control::choose,
               .options = std::move(categories)});
    sheet.add({.name = "origin",
               .label = std::string(visit.say("Made in")),
               .control = Control::choose,
               .options = country_options(visit, product.origin)});
    sheet.add({.name = "ships_from",
               .label = std::string(visit.say("Sent from")),
               .control = Control::choose,
               .options = country_options(visit, product.ships_from)});
    sheet.add({.name = "materials",
               .label = std::string(visit.say("Materials")),
               .control = Control::ticks,
               .options = key_options(visit, shop::materials(), product.materials),
               .is_folded = true});
    sheet.add({.name = "certificates",
               .label = std::string(visit.say("Certificates")),
               .control = Control::ticks,
               .options = key_options(visit, shop::certificates(), product.certificates),
               .is_folded = true});
}

void add_trade(Sheet& sheet, Visit const& visit, shop::Product const& product) {
    sheet.heading(visit.say("For customs and carriers"));
    auto const help =
        product.hs && product.hs_by == "classifier"
            ? visit.say("It was found by words. A person who knows should look at it.")
            : visit.say("6 to 12 digits. If you do not know it: “Find the customs code” below.");
    sheet.add({.name = "hs",
               .label = std::string(visit.say("Customs code")),
               .value = product.hs ? product.hs->dotted() : "",
               .help = std::string(help),
               .keyboard = "decimal",
               .length_max = 30,
               .is_short = true});
    std::vector<Option> options;
    for (std::size_t i = 0; i < std::size(terms_names); ++i) {
        auto const terms = static_cast<quote::Incoterm>(i);
        auto const code = std::string(quote::text_of(terms));
        options.push_back(
            {code, code + ": " + std::string(visit.say(terms_names[i])), product.terms == terms});
    }
    sheet.add({.name = "terms",
               .label = std::string(visit.say("The price of the goods holds where (Incoterms 2020)")),
               .control = Control::choose,
               .options = std::move(options)});
    sheet.add({.name = "terms_place",
               .label = std::string(visit.say("At this place")),
               .value = product.terms_place,
               .is_in_any_language = true});
    sheet.add({.name = "sku",
               .label = std::string(visit.say("Your own number for it")),
               .value = product.sku,
               .length_max = 80,
               .is_short = true,
               .is_in_any_language = true});
}

// ---- reading it -------------------------------------------------------------------------------------------

void read_texts(Visit const& visit, Typed& typed, shop::Product& product) {
    std::vector<shop::Text> texts;
    auto const rows = rows_sent(typed.form(), "title");
    for (std::size_t i = 0; i < std::min(rows, shop::texts_max); ++i) {
        shop::Text text{.language = std::string(typed.text(numbered("language", i))),
                        .title = std::string(typed.text(numbered("title", i))),
                        .description = std::string(typed.text(numbered("description", i)))};
        std::erase(text.description, '\r');
        if (text.title.empty() && text.description.empty()) continue;
        if (text.title.empty()) typed.wrong(numbered("title", i), visit.say("Write what it is called."));
        bool const was_there =
            std::ranges::find(product.texts, text.language, &shop::Text::language) != product.texts.end();
        if (!was_there && !locale::Language::parse(text.language))
            typed.wrong(numbered("language", i), visit.say("Choose a language."));
        if (std::ranges::find(texts, text.language, &shop::Text::language) != texts.end())
            typed.wrong(numbered("language", i), visit.say("There is a text in this language already."));
        if (text.title.size() > shop::title_bytes_max)
            typed.wrong(numbered("title", i), visit.say("This is longer than fits here."));
        if (text.description.size() > shop::description_bytes_max)
            typed.wrong(numbered("description", i), visit.say("This is longer than fits here."));
        texts.push_back(std::move(text));
    }
    if (texts.empty()) typed.wrong("title-0", visit.say("Write what it is called."));
    product.texts = std::move(texts);
}

void read_prices(Visit const& visit, Typed& typed, shop::Product& product) {
    auto const currency = Currency::parse(typed.text("currency"));
    if (!currency) typed.wrong("currency", visit.say("Choose a currency."));
    if (auto const unit = Unit::parse(typed.text("unit"))) {
        product.unit = *unit;
    } else {
        typed.wrong("unit", visit.say("Choose what it is sold in."));
    }
    if (!currency) return;
    product.tiers.clear();
    auto const rows = std::min(rows_sent(typed.form(), "price"), shop::tiers_max);
    for (std::size_t i = 0; i < rows; ++i) {
        auto const from = typed.number(numbered("from", i), Decimal::of(1, 3), Decimal(1'000'000'000));
        auto const price = typed.money(numbered("price", i), *currency);
        bool const has_from = !typed.text(numbered("from", i)).empty();
        if (!price && !typed.text(numbered("price", i)).empty()) continue;  // told already
        if (!price && has_from && i > 0) typed.wrong(numbered("price", i), visit.say("Write what it costs."));
        if (!price) continue;
        if (!has_from)
            typed.wrong(numbered("from", i), visit.say("Write from which quantity the price holds."));
        if (!from) continue;
        if (!product.tiers.empty() && *from <= product.tiers.back().from) {
            typed.wrong(numbered("from", i), visit.say("Write more than in the line above."));
            continue;
        }
        product.tiers.push_back({*from, *price});
    }
}

void read_supply(Visit const& visit, Typed& typed, shop::Product& product) {
    auto const supply = typed.text("supply");
    product.supply = supply == shop::text_of(shop::Supply::counted)     ? shop::Supply::counted
                     : supply == shop::text_of(shop::Supply::unlimited) ? shop::Supply::unlimited
                                                                        : shop::Supply::made_to_order;
    product.stock = typed.number("stock", Decimal(0), Decimal(1'000'000'000));
    if (product.supply == shop::Supply::counted && typed.text("stock").empty())
        typed.wrong("stock", visit.say("Write how many there are."));
    if (product.supply != shop::Supply::counted) product.stock.reset();
    product.lead_days = static_cast<std::int32_t>(typed.whole("lead_days", 0, 1000).value_or(0));
}

// Centimetres as millimetres, kilograms as grams: by a power of ten, rounded up as carriers do.
std::int64_t scaled(std::optional<Decimal> const& value, std::int64_t by) {
    if (!value) return 0;
    auto const whole = product(*value, Decimal(by));
    return whole ? static_cast<std::int64_t>(whole->rounded(0, Round::up).coefficient()) : 0;
}

void read_sizes(Visit const& visit, Typed& typed, shop::Product& product) {
    product.net_grams = scaled(typed.number("net", Decimal(0), Decimal(grams_max)), 1);
    product.gross_grams = scaled(typed.number("gross", Decimal(0), Decimal(grams_max)), 1);
    if (product.gross_grams > 0 && product.net_grams > product.gross_grams)
        typed.wrong("gross", visit.say("Packed it cannot weigh less than unpacked."));
    auto const side = [&](std::string_view name) {
        return static_cast<std::int32_t>(scaled(typed.number(name, Decimal(0), Decimal(10'000)), 10));
    };
    shop::Carton carton{
        .units = Decimal(0),
        .length_mm = side("carton_length"),
        .width_mm = side("carton_width"),
        .height_mm = side("carton_height"),
        .gross_grams = scaled(typed.number("carton_gross", Decimal(0), Decimal(100'000)), 1000)};
    auto const in_it = typed.number("carton_units", Decimal::of(1, 3), Decimal(1'000'000));
    bool const is_told = carton.length_mm + carton.width_mm + carton.height_mm > 0 || carton.gross_grams > 0;
    if (!in_it) {
        if (is_told && typed.text("carton_units").empty())
            typed.wrong("carton_units", visit.say("Write how many are in a carton."));
        product.carton.reset();
        return;
    }
    carton.units = *in_it;
    product.carton = carton;
}

std::vector<std::string> known_of(Typed const& typed, std::string_view field,
                                  std::span<shop::Named const> known) {
    std::vector<std::string> keys;
    for (auto const& key : typed.all(field)) {
        bool const is_new = std::ranges::find(keys, key) == keys.end();
        if (is_new && keys.size() < shop::words_max &&
            std::ranges::find(known, std::string_view(key), &shop::Named::key) != known.end())
            keys.push_back(key);
    }
    return keys;
}

void read_rest(Visit const& visit, Typed& typed, shop::Product& product) {
    if (auto const origin = typed.country("origin")) product.origin = *origin;
    if (auto const from = typed.country("ships_from")) product.ships_from = *from;
    auto const category = known_of(typed, "category", shop::categories());
    product.category = category.empty() ? "" : category.front();
    product.materials = known_of(typed, "materials", shop::materials());
    product.certificates = known_of(typed, "certificates", shop::certificates());
    if (auto const terms = quote::parse_incoterm(typed.text("terms"))) product.terms = *terms;
    product.terms_place = typed.text("terms_place");
    product.sku = typed.text("sku");
    if (product.terms_place.size() > shop::title_bytes_max)
        typed.wrong("terms_place", visit.say("This is longer than fits here."));
    if (product.sku.size() > 80) typed.wrong("sku", visit.say("This is longer than fits here."));
    auto const written = typed.text("hs");
    auto const code = GoodsCode::parse(written);
    if (written.empty()) {
        product.hs.reset();
        product.hs_permille = 0;
        product.hs_by.clear();
    } else if (!code || code->size() < 6) {
        typed.wrong("hs", visit.say("A customs code has 6 to 12 digits."));
    } else if (product.hs != *code) {
        // How sure another was of another code says nothing of this one.
        product.hs = *code;
        product.hs_permille = told_permille;
        product.hs_by = "seller";
    }
}

struct Slot {
    shop::Photo photo;
    std::int64_t place = 0;
    bool is_removed = false;
};

std::optional<shop::Photo> photo_in(std::string_view text) {
    auto const first = text.find(':');
    auto const last = text.rfind(':');
    if (first == std::string_view::npos || last == first || !photo::is_digest(text.substr(0, first)))
        return std::nullopt;
    auto const number = [](std::string_view digits) {
        std::int32_t value = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return std::clamp(value, 0, 100'000);
    };
    return shop::Photo{.digest = std::string(text.substr(0, first)),
                       .width = number(text.substr(first + 1, last - first - 1)),
                       .height = number(text.substr(last + 1))};
}

// The photos as they stand in the form, then those that were sent with it, which are kept at once: whatever
// else is wrong, nobody sends them a second time.
std::vector<Slot> read_photos(Visit const& visit, Typed& typed) {
    std::vector<Slot> slots;
    auto const rows = std::min(rows_sent(typed.form(), "photo"), shop::photos_max);
    for (std::size_t i = 0; i < rows; ++i) {
        auto photo = photo_in(typed.form().value(numbered("photo", i)));
        if (!photo) continue;
        photo->alt = typed.text(numbered("alt", i));
        if (photo->alt.size() > shop::title_bytes_max)
            typed.wrong(numbered("alt", i), visit.say("This is longer than fits here."));
        auto const place = typed.whole(numbered("place", i), 0, 1000);
        slots.push_back({std::move(*photo), place.value_or(static_cast<std::int64_t>(i + 1)),
                         typed.text(numbered("remove", i)) == "yes"});
    }
    auto const kept = static_cast<std::size_t>(
        std::ranges::count_if(slots, [](Slot const& one) { return !one.is_removed; }));
    std::size_t more = 0;
    for (auto const& file : typed.form().files) {
        if (file.field != "photos") continue;
        auto const name = locale::isolated(excerpt(file.name, 80)) + ": ";
        if (kept + more >= shop::photos_max || slots.size() >= 2 * shop::photos_max) {
            typed.wrong("photos", name + std::string(visit.say("A product has at most 12 photos.")));
            continue;
        }
        auto photo = file.bytes.size() > photo::upload_bytes_max
                         ? Result<shop::Photo>(refuse(Code::too_long, "photos", ""))
                         : visit.site.hub.keep_photo(visit.caller, file.bytes);
        if (!photo) {
            auto const code = photo.error().code() == Code::bad_value ? Code::bad_file : photo.error().code();
            typed.wrong("photos", name + words_of(visit, Error(code, "photos", photo.error().detail())));
            continue;
        }
        ++more;
        slots.push_back({std::move(*photo), 1000 + static_cast<std::int64_t>(more), false});
    }
    return slots;
}

void set_photos(shop::Product& product, std::vector<Slot> const& slots) {
    auto sorted = slots;
    std::erase_if(sorted, [](Slot const& one) { return one.is_removed; });
    std::ranges::stable_sort(sorted, {}, &Slot::place);
    product.photos.clear();
    for (auto const& one : sorted) product.photos.push_back(one.photo);
}

// ---- showing it -------------------------------------------------------------------------------------------

struct Showing {
    net::Form const* sent = nullptr;
    std::vector<shop::Photo> photos = {};
    Problems problems = {};
    std::vector<std::string> done = {}, warned = {};
    int status = 200;
};

void add_buttons(Sheet& sheet, Visit const& visit, Work const& work) {
    sheet.button({"draft", std::string(visit.say("Save as a draft"))});
    sheet.button({"live", std::string(visit.say("Show it to everybody")), Button::Look::plain});
    sheet.button({"code", std::string(visit.say("Find the customs code")), Button::Look::plain});
    sheet.button(
        {"costs", std::string(visit.say("What would it cost in 20 countries?")), Button::Look::plain});
    if (work.state == shop::State::live)
        sheet.button({"withdraw", std::string(visit.say("Withdraw it")), Button::Look::danger});
}

FormPage about_form(Visit const& visit, Work const& work, Showing& showing) {
    FormPage about{
        .title = std::string(work.id ? visit.say("Change the product") : visit.say("Add a product")),
        .done = std::move(showing.done),
        .warned = std::move(showing.warned),
        .here = Here::shops};
    if (!work.id) {
        about.leads.emplace_back(visit.say(
            "A title is enough for a draft. Save as often as you like; nobody sees a draft but you."));
    } else {
        if (work.state == shop::State::live && work.newest > work.live_version)
            about.leads.emplace_back(visit.say("Everybody still sees the version before your last changes."));
        if (work.state == shop::State::live || work.state == shop::State::withdrawn)
            about.links.emplace_back("/goods/" + work.id->text(), visit.say("As buyers see it"));
        about.links.emplace_back(my_goods_address(*work.id) + "/versions", visit.say("Versions"));
    }
    about.links.emplace_back(my_shop_address(work.mine.shop), visit.say("Back to the shop"));
    return about;
}

net::Response goods_page(Visit& visit, Work const& work, Showing showing, Page page = {}) {
    auto const& sent = showing.sent;
    auto const& product = work.product;
    auto const texts = std::max(product.texts.size() + (product.texts.front().title.empty() ? 0U : 1U),
                                sent != nullptr ? rows_sent(*sent, "title") : std::size_t{1});
    auto const tiers = std::max({tier_rows_min, product.tiers.size() + 1,
                                 sent != nullptr ? rows_sent(*sent, "price") : std::size_t{0}});
    auto const status = showing.problems.empty() || showing.status != 200 ? showing.status : 422;
    Sheet sheet(visit, sent, showing.problems);
    add_texts(sheet, visit, product, std::min(texts, shop::texts_max));
    add_photos(sheet, visit, showing.photos);
    add_prices(sheet, visit, work, std::min(tiers, shop::tiers_max));
    add_supply(sheet, visit, product);
    add_sizes(sheet, visit, product);
    add_making(sheet, visit, product);
    add_trade(sheet, visit, product);
    sheet.keep(numbers_field, visit.language());
    sheet.keep("version", std::to_string(work.newest));
    if (work.id) {
        sheet.sends_to(my_goods_address(*work.id));
    } else {
        sheet.keep("sheet", work.sheet);
        sheet.sends_to(my_shop_address(work.mine.shop) + "/new");
    }
    add_buttons(sheet, visit, work);
    auto& offline = page.add("OFFLINE");
    if (!showing.done.empty()) offline.show("OFFLINE_KEPT");
    auto response = form_answer(visit, about_form(visit, work, showing), sheet, page, status);
    // Firefox throws away what was typed into a page that must not be stored, wherever one goes back to it;
    // here it is the work of an evening, of one who may have no script that keeps it.
    if (status == 200) response.headers.push_back({"Cache-Control", "private, no-cache"});
    return response;
}

constexpr std::string_view done_words[][2] = {
    {"draft", to_say("The draft is kept. Nobody sees it but you.")},
    {"live", to_say("Everybody sees it now.")},
    {"code", to_say("The code is in. Look at it below.")},
    {"withdrawn", to_say("It is withdrawn: nobody finds it any more.")},
};

Problem missing_of(Visit const& visit, Error const& error) {
    auto const field = form_field_of(error.field());
    return {field, words_of(visit, Error(error.code(), field, error.detail()))};
}

bool is_sheet(std::string_view text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

// The sheet is named in the address, so that it is the same one when somebody without scripts goes back to
// it.
Result<net::Response> new_goods(Visit& visit) {
    auto work = new_work(TRY(my_shop(visit, visit.http.parameter("slug"))), visit);
    work.sheet = visit.query("sheet");
    if (!is_sheet(work.sheet)) return net::redirect(visit.here_with("sheet", fresh_name()));
    return goods_page(visit, work, {});
}

Result<net::Response> goods(Visit& visit) {
    auto const asked = visit.query("version");
    std::int64_t version = 0;
    std::from_chars(asked.data(), asked.data() + asked.size(), version);
    auto const work = work_of(TRY(my_goods(visit, version)));
    Showing showing{.photos = work.product.photos};
    for (auto const& [key, words] : done_words) {
        if (visit.query("done") == key) showing.done.emplace_back(visit.say(words));
    }
    if (version != 0 && version != work.newest) {
        showing.warned.push_back(
            locale::fill(visit.say("This is version {{NUMBER}}. Save it, and it is the newest again."),
                         {{"NUMBER", visit.tongue.number(Decimal(version))}}));
    } else if (work.state != shop::State::live) {
        if (auto const may = shop::may_go_live(work.product); !may)
            showing.warned.push_back(missing_of(visit, may.error()).text);
    }
    return goods_page(visit, work, std::move(showing));
}

// ---- keeping it -------------------------------------------------------------------------------------------

std::string shown_value(Visit const& visit, shop::Product const& p, feeds::Field field) {
    using enum feeds::Field;
    std::string text;
    auto const add = [&](std::string_view one) { text += (text.empty() ? "" : ", ") + std::string(one); };
    switch (field) {
        case texts:
            for (auto const& one : p.texts) add(one.title + " (" + one.language + ")");
            if (!p.texts.front().description.empty()) add(excerpt(p.texts.front().description, 200));
            break;
        case tiers:
            for (auto const& one : p.tiers)
                add(visit.tongue.number(one.from) + ": " + visit.tongue.money(one.price));
            break;
        case photos: add(visit.tongue.number(Decimal(static_cast<std::int64_t>(p.photos.size())))); break;
        case category: add(name_of_key(visit, shop::categories(), p.category)); break;
        case materials:
            for (auto const& key : p.materials) add(name_of_key(visit, shop::materials(), key));
            break;
        case certificates:
            for (auto const& key : p.certificates) add(name_of_key(visit, shop::certificates(), key));
            break;
        case sku: add(p.sku); break;
        case unit: add(p.unit.name()); break;
        case supply:
        case stock:
        case lead_days: add(ready_text(visit, p)); break;
        case hs: add(p.hs ? p.hs->dotted() : ""); break;
        case origin: add(visit.tongue.country_name(p.origin)); break;
        case ships_from: add(visit.tongue.country_name(p.ships_from)); break;
        case terms:
        case terms_place: add(std::string(quote::text_of(p.terms)) + " " + p.terms_place); break;
        case net_grams: add(visit.tongue.number(Decimal(p.net_grams))); break;
        case gross_grams: add(visit.tongue.number(Decimal(p.gross_grams))); break;
        default: break;
    }
    return text;
}

constexpr std::pair<feeds::Field, std::string_view> compared[] = {
    {feeds::Field::texts, to_say("What it is")},
    {feeds::Field::photos, to_say("Photos")},
    {feeds::Field::tiers, to_say("Price of the goods")},
    {feeds::Field::unit, to_say("Sold in")},
    {feeds::Field::supply, to_say("Stock")},
    {feeds::Field::stock, to_say("How many are there")},
    {feeds::Field::lead_days, to_say("Days until it can be handed over")},
    {feeds::Field::net_grams, to_say("Grams of one")},
    {feeds::Field::gross_grams, to_say("Grams of one, packed for sending")},
    {feeds::Field::category, to_say("Kind of goods")},
    {feeds::Field::origin, to_say("Made in")},
    {feeds::Field::ships_from, to_say("Sent from")},
    {feeds::Field::materials, to_say("Materials")},
    {feeds::Field::certificates, to_say("Certificates")},
    {feeds::Field::hs, to_say("Customs code")},
    {feeds::Field::terms, to_say("The price of the goods holds where (Incoterms 2020)")},
    {feeds::Field::terms_place, to_say("At this place")},
    {feeds::Field::sku, to_say("Your own number for it")},
};

// Another version came in between: both are shown, and saving again keeps what was typed.
Result<net::Response> conflict(Visit& visit, Work work, shop::Product const& yours, Showing showing) {
    auto const theirs = TRY(visit.site.hub.product(visit.caller, *work.id, shop::Which::newest));
    Page page;
    auto& section = page.add("DIFFERENCES");
    section.set("THEIR_URL", my_goods_address(*work.id));
    for (auto const& [field, name] : compared) {
        if (feeds::is_same(yours, *theirs.product, field)) continue;
        auto& row = section.add("DIFFERENCE_LIST");
        row.set("DIFFERENCE_NAME", visit.say(name));
        row.set("DIFFERENCE_YOURS", shown_value(visit, yours, field));
        row.set("DIFFERENCE_THEIRS", shown_value(visit, *theirs.product, field));
    }
    work.newest = theirs.newest;
    showing.status = 409;
    showing.problems = {
        {"", std::string(visit.say("Another version came in between. Nothing of yours is lost: "
                                   "compare both, then save yours again if it shall hold."))}};
    return goods_page(visit, work, std::move(showing), std::move(page));
}

// Other words for the same sheet are another product: somebody went back and wrote the next one there.
hub::Hub::Once once_of(Visit const& visit, Work const& work, hub::ProductChange const& change) {
    auto digest = hub::digest_of({work.mine.kept.id.text(), change.document});
    std::string name = "sheet " + work.sheet + " ";
    for (char const byte : digest) {
        auto const value = static_cast<unsigned char>(byte);
        name += {"0123456789abcdef"[value >> 4U], "0123456789abcdef"[value & 15U]};
    }
    return {.asker = visit.caller.account->text(), .name = std::move(name), .digest = std::move(digest)};
}

// What is there already, in the same words: nothing is to be done but to show it, where that was asked for
// too.
Result<hub::SavedProduct> save_again(Visit& visit, shop::ProductId const& id, hub::ProductChange change) {
    auto const there = TRY(visit.site.hub.product(visit.caller, id, shop::Which::newest));
    bool const is_seen = there.state == shop::State::live && there.live_version == there.newest;
    if (!change.goes_live || is_seen) return hub::SavedProduct{.id = id, .version = there.newest};
    change.product = id;
    change.expected = there.newest;
    return visit.site.hub.save_product(visit.caller, change);
}

// On a bad line the hub may have done what was asked, and nobody learns of it: people send again, and so do
// browsers by themselves. The same words for the same sheet are one product, and no other version of one.
Result<hub::SavedProduct> save(Visit& visit, Work const& work, hub::ProductChange const& change) {
    auto& hub = visit.site.hub;
    if (work.id) {
        auto saved = hub.save_product(visit.caller, change);
        if (saved || saved.error().code() != Code::conflict || saved.error().field() != "version")
            return saved;
        auto const there = TRY(hub.product(visit.caller, *work.id, shop::Which::newest));
        return shop::document_of(*there.product) == change.document ? save_again(visit, *work.id, change)
                                                                    : saved;
    }
    if (!is_sheet(work.sheet) || !visit.caller.account) return hub.save_product(visit.caller, change);
    auto const once = once_of(visit, work, change);
    if (auto const before = TRY(hub.begin_once(once)))
        return save_again(visit, TRY(shop::ProductId::parse(before->answer)), change);
    auto saved = hub.save_product(visit.caller, change);
    if (saved) {
        TRY_VOID(hub.end_once(once, {.status = 200, .answer = saved->id.text()}));
    } else if (saved.error().code() != Code::outcome_unknown) {
        TRY_VOID(hub.drop_once(once));
    }
    return saved;
}

Result<net::Response> keep(Visit& visit, Work work) {
    auto const form = TRY(sent_form(visit));
    if (!work.id) work.sheet = form.value("sheet");
    Typed typed(visit, form);
    auto const slots = read_photos(visit, typed);
    auto product = work.product;
    read_texts(visit, typed, product);
    read_prices(visit, typed, product);
    read_supply(visit, typed, product);
    read_sizes(visit, typed, product);
    read_rest(visit, typed, product);
    set_photos(product, slots);
    Showing showing{.sent = &form};
    for (auto const& one : slots) showing.photos.push_back(one.photo);
    if (!typed.problems().empty()) {
        showing.problems = typed.problems();
        return goods_page(visit, work, std::move(showing));
    }
    auto const wish = form.value("do");
    auto const may = shop::may_go_live(product);
    bool const goes_live = wish == "live" && may;
    auto const document = shop::document_of(product);
    auto const saved = save(visit, work,
                            {.shop = work.mine.kept.id,
                             .product = work.id,
                             .expected = work.id ? typed.whole("version", 0, INT32_MAX).value_or(0) : 0,
                             .document = document,
                             .goes_live = goes_live});
    if (!saved) {
        auto const& error = saved.error();
        if (is_for_error_page(error)) return std::unexpected(error);
        if (error.code() == Code::conflict && error.field() == "version" && work.id)
            return conflict(visit, std::move(work), product, std::move(showing));
        auto const field = form_field_of(error.field());
        showing.problems = {{field, words_of(visit, Error(error.code(), field, error.detail()))}};
        return goods_page(visit, work, std::move(showing));
    }
    auto const address = my_goods_address(saved->id);
    if (wish == "code") return net::redirect(address + "/code");
    if (wish == "costs") return net::redirect(address + "/countries");
    if (wish == "withdraw") {
        TRY_VOID(visit.site.hub.set_state(visit.caller, saved->id, shop::State::withdrawn));
        return net::redirect(address + "?done=withdrawn");
    }
    if (wish != "live" || goes_live)
        return net::redirect(address + (goes_live ? "?done=live" : "?done=draft"));
    // What buyers must be told is missing: the draft is kept, and what is missing is named at its field.
    auto const now = TRY(visit.site.hub.product(visit.caller, saved->id, shop::Which::newest));
    work.id = saved->id;
    work.product = *now.product;
    work.newest = now.newest;
    showing = {.photos = work.product.photos,
               .problems = {missing_of(visit, may.error())},
               .warned = {std::string(
                   visit.say("It is kept as a draft. Before everybody sees it, this is missing:"))}};
    return goods_page(visit, work, std::move(showing));
}

Result<net::Response> goods_made(Visit& visit) {
    auto mine = TRY(my_shop(visit, visit.http.parameter("slug")));
    return keep(visit, new_work(std::move(mine), visit));
}

Result<net::Response> goods_changed(Visit& visit) { return keep(visit, work_of(TRY(my_goods(visit)))); }

Result<net::Response> versions(Visit& visit) {
    auto const work = work_of(TRY(my_goods(visit)));
    auto const all = TRY(visit.site.hub.versions(visit.caller, *work.id));
    Page page;
    set_mine(page, visit, Here::shops);
    auto const& text = shop::text_in(work.product, visit.language());
    page.set("GOODS_TITLE", text.title);
    page.set("GOODS_LANG", text.language);
    page.set("GOODS_EDIT_URL", my_goods_address(*work.id));
    for (auto const& version : all) {
        auto& one = page.add("VERSIONS");
        one.set("VERSION_TEXT", locale::fill(visit.say("Version {{NUMBER}}"),
                                             {{"NUMBER", visit.tongue.number(Decimal(version.version))}}));
        one.set("VERSION_DAY", moment_text(visit, version.at));
        one.set("VERSION_URL", my_goods_address(*work.id) + "?version=" + std::to_string(version.version));
        if (version.version == work.live_version && work.state == shop::State::live) one.show("VERSION_LIVE");
        if (version.version == work.newest) one.show("VERSION_NEWEST");
    }
    return answer(visit, "versions", page);
}

}  // namespace

std::string form_field_of(std::string_view path) {
    constexpr std::pair<std::string_view, std::string_view> fields[] = {
        {"texts[0].title", "title-0"}, {"texts", "title-0"},     {"tiers[0].price", "price-0"},
        {"tiers", "price-0"},          {"gross_grams", "gross"}, {"net_grams", "net"},
        {"carton", "carton_units"},
    };
    for (auto const& [prefix, field] : fields) {
        if (path.starts_with(prefix)) return std::string(field);
    }
    return std::string(path);
}

void add_goods_pages(Site& site, Routes& routes) {
    auto const add = [&](std::string_view method, std::string_view pattern, PageHandler handler,
                         std::size_t bytes = 64U * 1024) {
        routes.push_back(page_route(site, method, pattern, std::move(handler), bytes));
    };
    add("GET", "/my/shops/{slug}/new", new_goods);
    add("POST", "/my/shops/{slug}/new", goods_made, form_bytes_max);
    add("GET", "/my/goods/{id}", goods);
    add("POST", "/my/goods/{id}", goods_changed, form_bytes_max);
    add("GET", "/my/goods/{id}/versions", versions);
}

}  // namespace allroads::web
