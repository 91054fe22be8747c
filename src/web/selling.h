#pragma once
// Pages of a seller. Not for use outside web.

#include "web/forms.h"
#include "web/showing.h"

namespace allroads::web {

struct Mine {
    shop::KeptShop kept;
    shop::Shop shop;
};
// A shop that the visitor keeps. Refused: `signed-out`, and `not-found` for another's.
[[nodiscard]] Result<Mine> my_shop(Visit const& visit, std::string_view slug);
// A product that the visitor keeps, with its shop. Refused alike.
struct MyGoods {
    hub::Shown shown;
    Mine mine;
};
[[nodiscard]] Result<MyGoods> my_goods(Visit const& visit, std::int64_t version = 0);  // 0: the newest

enum class AtShop : std::uint8_t { goods, about, sending, files, orders, money };
// The values of _shop_nav.
void set_shop_nav(Page& page, Visit const& visit, Mine const& mine, AtShop at);
[[nodiscard]] std::string my_shop_address(shop::Shop const& shop);
[[nodiscard]] std::string my_goods_address(shop::ProductId const& id);
// The field of the product form that a path of a product's document belongs to.
[[nodiscard]] std::string form_field_of(std::string_view path);

using Routes = std::vector<net::Route>;
void add_goods_pages(Site& site, Routes& routes);     // the product form and its versions
void add_estimate_pages(Site& site, Routes& routes);  // the customs code, and the price in many countries
void add_file_pages(Site& site, Routes& routes);      // import and export

}  // namespace allroads::web
