// Pages that machines read: schema.org in JSON-LD, and sitemaps (sitemaps.org, protocol 0.9).
#include "feeds/feeds.h"
#include "feeds/values.h"
#include "feeds/xml.h"
#include "wire/wire.h"

namespace allroads::feeds {

namespace {

std::string_view availability_of(shop::Product const& p) {
    if (p.supply == shop::Supply::made_to_order) return "https://schema.org/MadeToOrder";
    bool const is_out = p.supply == shop::Supply::counted && (!p.stock || p.stock->is_zero());
    return is_out ? "https://schema.org/OutOfStock" : "https://schema.org/InStock";
}

// "</script>" in a title must not end the element it stands in.
std::string safe_in_script(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        char const c = text[at];
        if (c == '<' || c == '>' || c == '&') {
            out += c == '<' ? "\\u003c" : c == '>' ? "\\u003e" : "\\u0026";
        } else if (text.substr(at).starts_with("\xE2\x80\xA8") ||
                   text.substr(at).starts_with("\xE2\x80\xA9")) {
            out += text[at + 2] == '\xA8' ? "\\u2028" : "\\u2029";  // line ends to a script
            at += 2;
        } else {
            out.push_back(c);
        }
    }
    return out;
}

Result<void> write_offer(wire::Writer& w, shop::Product const& p, Offered const& offered) {
    w.key("offers");
    w.open('{');
    w.text("@type", "Offer");
    w.text("url", offered.page);
    w.money("price", p.tiers.front().price);
    w.text("priceCurrency", p.tiers.front().price.currency().text());
    w.text("availability", availability_of(p));
    w.text("itemCondition", "https://schema.org/NewCondition");
    if (offered.valid_until) w.day("priceValidUntil", *offered.valid_until);
    w.key("eligibleQuantity");
    w.open('{');
    w.text("@type", "QuantitativeValue");
    w.decimal("minValue", p.tiers.front().from.stripped());
    w.text("unitText", p.unit.symbol());
    w.close('}');
    if (!offered.shop_name.empty()) {
        w.key("seller");
        w.open('{');
        w.text("@type", "Organization");
        w.text("name", offered.shop_name);
        if (!offered.shop_page.empty()) w.text("url", offered.shop_page);
        w.close('}');
    }
    if (!offered.shipping_details.empty()) {
        auto const tree = TRY(wire::parse(offered.shipping_details, shop::document_bytes_max));
        w.key("shippingDetails");
        w.raw(wire::json::serialize(tree));
    }
    w.close('}');
    return {};
}

// An hreflang: letters, digits and hyphens.
bool is_language(std::string_view text) {
    bool is_one = !text.empty() && text.size() <= 35;
    for (char const c : text)
        is_one = is_one &&
                 ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-');
    return is_one;
}

Result<std::string> url_entry(Page const& page, std::size_t number) {
    auto const where = [&](std::string_view what) {
        return "pages[" + std::to_string(number) + "]." + std::string(what);
    };
    if (!is_web_address(page.address))
        return refuse(Code::bad_value, where("address"),
                      "expected an absolute address: " + excerpt(page.address));
    std::string out = "<url><loc>";
    append_xml(out, page.address);
    out += "</loc>";
    if (page.changed) out += "<lastmod>" + page.changed->text() + "</lastmod>";
    for (Page::Alternate const& alternate : page.alternates) {
        if (!is_web_address(alternate.address) || !is_language(alternate.language))
            return refuse(Code::bad_value, where("alternates"),
                          "expected a language and an absolute address");
        out += "<xhtml:link rel=\"alternate\" hreflang=\"" + alternate.language + "\" href=\"";
        append_xml(out, alternate.address);
        out += "\"/>";
    }
    return out + "</url>\n";
}

constexpr std::string_view set_head =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset "
    "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" "
    "xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n";
constexpr std::string_view set_end = "</urlset>\n";

}  // namespace

Result<std::string> json_ld(shop::Product const& p, std::string_view language, Offered const& offered) {
    if (!is_web_address(offered.page)) return refuse(Code::bad_value, "page", "expected an absolute address");
    if (p.texts.empty()) return refuse(Code::field_missing, "texts", "the product has no title");
    shop::Text const& text = shop::text_in(p, language);
    std::string out;
    {
        wire::Writer w(out);
        w.open('{');
        w.text("@context", "https://schema.org");
        w.text("@type", "Product");
        w.text("@id", offered.page);
        w.text("name", text.title);
        if (!text.description.empty()) w.text("description", text.description);
        if (!p.sku.empty()) w.text("sku", p.sku);
        if (!p.category.empty()) w.text("category", p.category);
        w.text("countryOfOrigin", p.origin.text());
        if (!offered.pictures.empty()) {
            w.key("image");
            w.open('[');
            for (std::string const& picture : offered.pictures) w.text(picture);
            w.close(']');
        }
        if (!p.materials.empty()) {
            w.key("material");
            w.open('[');
            for (std::string const& material : p.materials) w.text(material);
            w.close(']');
        }
        if (p.gross_grams > 0) {
            w.key("weight");
            w.open('{');
            w.text("@type", "QuantitativeValue");
            w.number("value", p.gross_grams);
            w.text("unitCode", "GRM");
            w.close('}');
        }
        if (!p.tiers.empty()) TRY_VOID(write_offer(w, p, offered));
        w.close('}');
    }
    return safe_in_script(out);
}

Result<std::vector<Written::Document>> sitemap(std::span<Page const> pages, std::string_view folder) {
    if (!is_web_address(folder) || !folder.ends_with('/'))
        return refuse(Code::bad_value, "folder", "expected an absolute address with a slash at its end");
    std::vector<std::string> sets(1, std::string(set_head));
    std::size_t count = 0;
    for (std::size_t at = 0; at < pages.size(); ++at) {
        std::string const entry = TRY(url_entry(pages[at], at));
        if (count == sitemap_pages_max ||
            sets.back().size() + entry.size() + set_end.size() > sitemap_bytes_max) {
            sets.back() += set_end;
            sets.emplace_back(set_head);
            count = 0;
        }
        sets.back() += entry;
        ++count;
    }
    sets.back() += set_end;
    if (sets.size() > sitemap_pages_max)
        return refuse(Code::too_long, "pages", "more pages than an index holds");
    std::vector<Written::Document> out;
    if (sets.size() == 1) {
        out.push_back({"sitemap.xml", std::move(sets.front())});
        return out;
    }
    std::string index =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n";
    for (std::size_t at = 0; at < sets.size(); ++at) {
        std::string const name = "sitemap-" + std::to_string(at + 1) + ".xml";
        index += "<sitemap><loc>";
        append_xml(index, std::string(folder) + name);
        index += "</loc></sitemap>\n";
        out.push_back({name, std::move(sets[at])});
    }
    out.insert(out.begin(), {"sitemap.xml", index + "</sitemapindex>\n"});
    return out;
}

}  // namespace allroads::feeds
