// The keys by which visitors browse: kinds of goods, materials, certificates. A key is for ever: listings
// hold it. The English name is what a translation begins from. Certificates are named as their owners name
// them.

#include "shop/shop.h"

#include <array>
#include <cstddef>

namespace allroads::shop {

namespace {

constexpr auto category_names = std::to_array<Named>({
    {"bags", "Bags and purses"},
    {"baskets", "Baskets"},
    {"body-care", "Soap and body care"},
    {"carvings", "Carvings and figures"},
    {"clothing", "Clothing"},
    {"coffee", "Coffee"},
    {"footwear", "Shoes and sandals"},
    {"furniture", "Furniture"},
    {"home-textiles", "Bed, bath and home textiles"},
    {"jewellery", "Jewellery"},
    {"lighting", "Lamps and candles"},
    {"music", "Musical instruments"},
    {"other", "Other goods"},
    {"pottery", "Pottery and ceramics"},
    {"rugs", "Rugs and mats"},
    {"scarves", "Scarves and shawls"},
    {"spices", "Spices"},
    {"stationery", "Paper and stationery"},
    {"table-kitchen", "Table and kitchen"},
    {"tea", "Tea"},
    {"toys", "Toys and games"},
});

constexpr auto material_names = std::to_array<Named>({
    {"acacia-wood", "Acacia wood"},
    {"alpaca", "Alpaca"},
    {"bamboo", "Bamboo"},
    {"banana-fibre", "Banana fibre"},
    {"beeswax", "Beeswax"},
    {"brass", "Brass"},
    {"cardamom", "Cardamom"},
    {"cinnamon", "Cinnamon"},
    {"clove", "Clove"},
    {"cocoa", "Cocoa"},
    {"cocoa-butter", "Cocoa butter"},
    {"coconut-oil", "Coconut oil"},
    {"coconut-shell", "Coconut shell"},
    {"coffee", "Coffee"},
    {"copper", "Copper"},
    {"cotton", "Cotton"},
    {"cow-leather", "Cow leather"},
    {"earthenware", "Earthenware"},
    {"elephant-grass", "Elephant grass"},
    {"glass", "Glass"},
    {"goat-leather", "Goat leather"},
    {"gourd", "Gourd"},
    {"jacaranda-wood", "Jacaranda wood"},
    {"jute", "Jute"},
    {"linen", "Linen"},
    {"mango-wood", "Mango wood"},
    {"neem-wood", "Neem wood"},
    {"nutmeg", "Nutmeg and mace"},
    {"olive-wood", "Olive wood"},
    {"palm-kernel-oil", "Palm kernel oil"},
    {"palm-leaf", "Palm leaf"},
    {"paper", "Paper"},
    {"pepper", "Pepper"},
    {"rattan", "Rattan"},
    {"recycled-glass", "Recycled glass"},
    {"recycled-tyre", "Recycled tyre rubber"},
    {"rubber", "Natural rubber"},
    {"seagrass", "Sedge and seagrass"},
    {"seeds", "Plant seeds"},
    {"shea-butter", "Shea butter"},
    {"sheep-leather", "Sheep leather"},
    {"silk", "Silk"},
    {"silver", "Silver"},
    {"sisal", "Sisal"},
    {"soapstone", "Soapstone"},
    {"steel", "Steel"},
    {"stoneware", "Stoneware"},
    {"tea", "Tea"},
    {"turmeric", "Turmeric"},
    {"vanilla", "Vanilla"},
    {"water-hyacinth", "Water hyacinth"},
    {"wool", "Wool"},
});

constexpr auto certificate_names = std::to_array<Named>({
    {"amfori-bsci", "amfori BSCI audited"},
    {"azo-free", "Dyes free of banned azo amines (test report)"},
    {"fair-for-life", "Fair for Life"},
    {"fairtrade", "Fairtrade"},
    {"food-contact", "Fit for food contact (test report)"},
    {"fsc", "FSC"},
    {"goodweave", "GoodWeave"},
    {"gots", "Global Organic Textile Standard (GOTS)"},
    {"hallmark", "Hallmarked precious metal"},
    {"oeko-tex-100", "OEKO-TEX Standard 100"},
    {"organic-eu", "Organic, European Union"},
    {"organic-us", "Organic, United States (NOP)"},
    {"rainforest-alliance", "Rainforest Alliance"},
    {"wfto", "WFTO Guaranteed Fair Trade"},
});

consteval bool sorted(std::span<Named const> names) {
    for (std::size_t at = 1; at < names.size(); ++at)
        if (!(names[at - 1].key < names[at].key)) return false;
    return true;
}
static_assert(sorted(category_names) && sorted(material_names) && sorted(certificate_names),
              "whoever looks a key up halves the list");

}  // namespace

std::span<Named const> categories() { return category_names; }
std::span<Named const> materials() { return material_names; }
std::span<Named const> certificates() { return certificate_names; }

}  // namespace allroads::shop
