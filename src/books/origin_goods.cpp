#include "books/origin_goods.h"

#include <algorithm>
#include <array>
#include <utility>

namespace allroads::books::prose {
namespace {

// ---- ranges of codes

// Both ends of "721891-721899" or "7206" as six digits.
std::pair<std::string, std::string> ends_of(std::string_view code) {
    constexpr std::size_t digits = 6;
    std::size_t const dash = code.find('-');
    std::string first(code.substr(0, std::min(dash, digits)));
    std::string last(dash == std::string_view::npos ? code : code.substr(dash + 1));
    last.resize(std::min(last.size(), digits));
    first.resize(digits, '0');
    last.resize(digits, '9');
    return {std::move(first), std::move(last)};
}

bool covers(std::string_view outer, std::string_view inner) {
    auto const out = ends_of(outer);
    auto const in = ends_of(inner);
    return out.first <= in.first && in.second <= out.second;
}

bool touches(std::string_view a, std::string_view b) {
    auto const left = ends_of(a);
    auto const right = ends_of(b);
    return left.first <= right.second && right.first <= left.second;
}

// One more code behind the list. It joins the code before it to a range if no code lies between them.
void put(Codes& codes, std::string_view code) {
    std::string_view const last = code.substr(code.find('-') + 1);
    if (!codes.empty()) {
        std::string const& before = codes.back();
        std::string const first = before.substr(0, before.find('-'));
        auto const end = ends_of(before).second;
        auto const begin = ends_of(code).first;
        bool const next = end < begin && std::stoul(end) + 1 == std::stoul(begin);
        if (first.size() == last.size() && next) {
            codes.back() = first + "-" + std::string(last);
            return;
        }
    }
    codes.emplace_back(code);
}

// ---- goods named by word

// Descriptions that are the whole text of a heading, or of one subheading (Harmonized System 2022).
struct Named {
    std::string_view words;
    std::string_view code;
    std::string_view means;
};
constexpr std::array<Named, 23> named_goods = {{
    {"ingots or other primary forms or semi-finished materials of", "7218", "7218"},
    {"ingots or other primary forms or semi-finished materials of", "7224", "7224"},
    {"ingots or other primary forms or semi-finished materials of", "7206", "7206"},
    {"ingots or other primary forms or semi-finished materials of", "7207", "7207"},
    {"ingots or other primary forms of", "7206", "7206"},
    {"ingots or other primary forms of", "7218", "721810"},
    {"ingots or other primary forms of", "7224", "722410"},
    {"semi-finished materials of", "7207", "7207"},
    {"semi-finished materials of", "7218", "721891-721899"},
    {"semi-finished materials of", "7224", "722490"},
    {"paper-making materials of", "47", "47"},
    {"cork of", "4501", "4501"},
    {"cereals of", "10", "10"},
    {"welded angles , shapes and sections of", "7301", "730120"},
    {"bones of", "0506", "0506"},  // of fats: horn-cores, the rest of the heading, give none
    {"potato starch of", "1108", "110813"},
    {"prepared or preserved vegetables of", "2002-2005", "2002-2005"},
    {"non-assembled tanned or dressed furskins of", "4302", "430211-430220"},
    {"semi-finished products of", "7207", "7207"},
    {"tools of", "8202-8205", "8202-8205"},  // the words of heading 8206
    {"waste and scrap of", "7802", "7802"},
    {"waste and scrap of", "7902", "7902"},
    {"waste and scrap of", "8002", "8002"},
}};

// ---- what comes after

// Goods of one nature: those which a rule may start from, and those in the order of their codes that it
// forbids unless it names them.
struct Nature {
    std::string_view all;
    std::array<std::string_view, 17> later;
};
constexpr std::array<Nature, 7> natures = {{
    // Whatever of steel is not raw (7201 to 7205).
    {"7201-7229",
     {"7206", "7207", "7208", "7209", "7210", "7211", "7212", "7213-7217", "721810", "721891-721899", "7219",
      "7220", "7221-7223", "722410", "722490", "7225-7229", "73"}},
    {"7001", {"7002-7020"}},
    {"47", {"48-49"}},
    {"4501", {"4502-4504"}},
    // Flour, groats, malt, starch, gluten and what is prepared of them; not starch of potatoes or manioc,
    // inulin, tapioca.
    {"10", {"1101-1104", "1107", "110811-110812", "110819", "1109", "1901-1902", "1904-1905"}},
    {"430211-430220", {"430230", "4303"}},
    {"4104-4113", {"4114-4115"}},
}};
// What is half made may also be made here of what comes before it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> before = {{
    {"7207", "7206"},
    {"721891-721899", "721810"},
    {"722490", "722410"},
}};

// ---- textiles

enum Stuff : unsigned {
    silk = 1U,     // cocoons, raw silk, silk waste
    raw = 2U,      // other natural fibres (introductory note 4.2) that are not carded or combed
    combed = 4U,   // the same, carded or combed
    either = 8U,   // both under one code
    staple = 16U,  // man-made tow, staple fibres and waste (note 4.4), not carded or combed
    carded = 32U,  // the same, carded or combed
    flock = 64U,   // fibres of 5 mm and less, dust, mill neps
    coir_yarn = 128U,
    yarn = 256U,
    fabric = 512U,
    treated = 1024U,  // fabric coated, covered, impregnated; technical articles of it
    embroidered = 2048U,
    rags = 4096U,
    made_up = 8192U,
};
constexpr unsigned natural = silk | raw | combed | either;
constexpr unsigned any_yarn = natural | staple | carded | flock | coir_yarn | yarn;
struct Stage {
    std::string_view codes;
    Stuff stuff;
};
// Chapters 50 to 63 without a gap. By the notes to section XI twine (5607) is no yarn, and by introductory
// note 3.5 neither wadding, felt nor nonwovens may stand for yarn.
constexpr std::array stages = {
    Stage{"5001-5003", silk},
    Stage{"5004-5006", yarn},
    Stage{"5007", fabric},
    Stage{"5101-5104", raw},
    Stage{"5105", combed},
    Stage{"5106-5110", yarn},
    Stage{"5111-5113", fabric},
    Stage{"5201-5202", raw},
    Stage{"5203", combed},
    Stage{"5204-5207", yarn},
    Stage{"5208-5212", fabric},
    Stage{"530110-530121", raw},
    Stage{"530129-530130", either},
    Stage{"530210", raw},
    Stage{"530290", either},
    Stage{"530310", raw},
    Stage{"530390", either},
    Stage{"5305", either},
    Stage{"5306-5307", yarn},
    Stage{"530810", coir_yarn},
    Stage{"530820-530890", yarn},
    Stage{"5309-5311", fabric},
    Stage{"5401-5406", yarn},
    Stage{"5407-5408", fabric},
    Stage{"5501-5505", staple},
    Stage{"5506-5507", carded},
    Stage{"5508-5511", yarn},
    Stage{"5512-5516", fabric},
    Stage{"560121-560129", fabric},
    Stage{"560130", flock},
    Stage{"5602-5603", fabric},
    Stage{"5604-5606", yarn},
    Stage{"5607-5609", fabric},
    Stage{"57", fabric},
    Stage{"5801-5804", fabric},
    Stage{"5805", embroidered},
    Stage{"5806-5809", fabric},
    Stage{"5810", embroidered},
    Stage{"5811", fabric},
    Stage{"5901-5911", treated},
    Stage{"60", fabric},
    Stage{"61-62", made_up},
    Stage{"6301-6309", made_up},
    Stage{"6310", rags},
};

struct Textile {
    std::string_view words;
    unsigned stuff;
};
// The longer wording stands before the shorter. "Chemical materials", "textile pulp", "paper-making
// materials" and paper stand outside of chapters 50 to 63 (note 4.3).
constexpr std::array<Textile, 16> textiles = {{
    {"yarn or textile fibres", any_yarn},
    {"yarn or waste fabrics or rags of heading 6310", any_yarn | rags},
    {"yarn", any_yarn},
    {"coir yarn", coir_yarn},
    {"raw silk or silk waste [,] carded or combed or otherwise prepared for spinning", silk},
    {"[other] natural fibres [,] not carded or combed or otherwise prepared|processed for spinning", raw},
    {"natural fibres", natural},
    {"man-made staple fibres [,] not carded or combed or otherwise processed|prepared for spinning",
     staple | flock},
    {"chemical materials or textile pulp", 0},
    {"chemical materials", 0},
    {"paper-making materials", 0},
    {"paper making materials", 0},
    {"paper", 0},
    {"fabric", any_yarn | fabric | treated | embroidered},
    {"unembroidered fabric", any_yarn | fabric | treated},
    {"uncoated fabric", any_yarn | fabric | embroidered},
}};

// Fabric in the piece; what its name leaves out has no coat (chapter 59) or no embroidery (5810).
constexpr std::array<std::string_view, 12> plain_fabric = {"5007",      "5111-5113", "5208-5212", "5309-5311",
                                                           "5407-5408", "5512-5516", "5602-5603", "5801-5804",
                                                           "5806",      "5809",      "5811",      "60"};
constexpr std::array<std::string_view, 2> coated_fabric = {"5901-5903", "5906-5907"};
constexpr std::array<std::string_view, 7> all_yarn = {"5004-5006", "5106-5110", "5204-5207", "5306-5308",
                                                      "5401-5406", "5508-5511", "5604-5606"};
constexpr std::string_view embroidered_fabric = "5810";

// Whether goods of the first codes are all goods of the second.
bool within(std::string_view product, std::string_view codes) {
    while (!product.empty() && !codes.empty()) {
        std::size_t const end = std::min(codes.find(' '), codes.size());
        if (covers(codes.substr(0, end), product)) return true;
        codes.remove_prefix(std::min(end + 1, codes.size()));
    }
    return false;
}

// Goods of the product's own heading that its rule lets one use besides, by codes of their own.
struct Free {
    std::string_view words;
    std::string_view products;
    std::array<std::string_view, 2> codes;
    std::string_view part = {};
};
constexpr std::array free_besides = {
    Free{"mustard flour or meal or prepared mustard", "2103", {"210330"}},
    Free{"natural magnesium carbonate ( magnesite )", "2519", {"251910"}},
    Free{"knife blades and handles of base metal", "8211", {"821194-821195"}},
    Free{"nibs or nib-points of|within the same heading [as] [the] [product]", "9608", {"960891"}},
    Free{"nibs or nib-points classified in|within the same heading [as] [the] [product]", "9608", {"960891"}},
    Free{"other materials of heading 8302",
         "8302",
         {"830210-830230", "830242-830250"},
         "other mountings, fittings and similar articles suitable for buildings"},
    Free{"other materials of heading 8306", "8306", {"830610", "830630"}, "statuettes and other ornaments"},
};

// ---- whole sentences

struct Sentence {
    std::string_view words;
    std::string_view products;  // goods that it is known of; empty: any
    std::string_view rule;
    std::string_view part = {};  // how the name of the goods begins; empty: any
};
// The process names the goods that the row is about; where it says of which materials, and those have codes
// of their own, they are asked for as well.
constexpr std::array sentences = {
    Sentence{"cleaning , disinfecting , sorting and straightening of bristles and hair", "0502",
             "process(cleaning+disinfecting+sorting+straightening)"},
    Sentence{"drying and milling of leguminous vegetables of heading 0708", "1106",
             "process(drying+milling) & not(0713, 110610)"},
    Sentence{"all the animals of chapter 1 [used] must be wholly obtained", "01", "WO"},
    Sentence{"all fish and crustaceans , molluscs and other aquatic invertebrates are wholly obtained", "03",
             "WO(03)"},
    Sentence{"enriching of the carbon content , purifying and grinding of crude crystalline graphite", "2504",
             "process(carbon-enriching+purification+grinding)"},
    Sentence{"cutting , by sawing or otherwise , of stone|marble ( even if already sawn ) of a thickness "
             "exceeding 25 cm",
             "2515 2516", "process(stone-cutting)"},
    Sentence{"calcination of dolomite not calcined", "2518", "process(calcination)"},
    Sentence{"grinding of mica or mica waste", "2525", "process(grinding)"},
    Sentence{"calcination or grinding of earth colours", "2530", "process(calcination) | process(grinding)"},
    Sentence{"destructive distillation of bituminous materials", "2709", "process(destructive-distillation)"},
    // Of petroleum goods the introductory note of the agreement names the processes.
    Sentence{"specific process ( es ) . see introductory note 7|8|9", "", "process(specific-process)"},
    Sentence{"manufacture by electrolytic or thermal treatment in which the value of all the materials used "
             "does not exceed 50 of the ex-works price of the product",
             "2805", "(process(electrolytic-treatment) | process(thermal-treatment)) & MaxNOM 50% EXW"},
    Sentence{"refining of crude tall oil", "3803", "process(refining)"},
    Sentence{"purification by distillation or refining of raw spirits of sulphate turpentine", "3805",
             "process(distillation) | process(refining)"},
    Sentence{"distillation of wood tar", "3807", "process(distillation)"},
    Sentence{"lamination of sheets of natural rubber", "4001", "process(laminating)"},
    // Natural rubber is 4001 without balata, gutta-percha and the like (400130).
    Sentence{"manufacture in which the value of all the materials used , except natural rubber , does not "
             "exceed 50 of the ex-works price of the product",
             "4005", "MaxNOM(01-39, 400130, 4002-4017, 41-97) 50% EXW"},
    Sentence{"retreading of used tyres", "4012", "process(retreading)"},
    Sentence{"removal of wool from sheep or lamb skins , with wool on", "4102", "process(wool-removal)"},
    Sentence{"retanning of tanned|pre-tanned leather", "41", "process(retanning)"},
    Sentence{"manufacture from non-assembled , tanned or dressed furskins", "4302", "not(430230, 4303)"},
    Sentence{"bleaching or dyeing , in addition to cutting and assembly of non-assembled tanned or dressed "
             "furskins",
             "4302",
             "(process(bleaching+cutting+assembly) | process(dyeing+cutting+assembly)) & not(430230, 4303)"},
    Sentence{"planing , sanding or end-jointing|finger-jointing", "4407",
             "process(planing) | process(sanding) | process(end-jointing)"},
    Sentence{"splicing , planing , sanding or end-jointing|finger-jointing", "4408",
             "process(splicing) | process(planing) | process(sanding) | process(end-jointing)"},
    Sentence{"sanding or end-jointing|finger-jointing", "4409", "process(sanding) | process(end-jointing)"},
    Sentence{"carding or combing of silk waste", "5003", "process(carding) | process(combing)"},
    Sentence{"manufacture|production from rubber thread or cord , not textile covered", "5604",
             "not(560410)"},
    Sentence{
        "cutting of glassware , provided [that] the [total] value of the uncut glassware [used] does not "
        "exceed 50 of the ex-works price of the product",
        "7010 7013", "process(glass-cutting) & MaxNOM(7010, 7013) 50% EXW"},
    Sentence{"hand-decoration ( except silk-screen printing ) of hand-blown glassware , provided [that] the "
             "[total] value of the hand-blown glassware [used] does not exceed 50 of the ex-works price of "
             "the product",
             "7013", "process(hand-decoration) & MaxNOM(7010, 7013) 50% EXW"},
    // Powder of platinum metals shares the codes of what is unwrought; of other metals it has its own.
    Sentence{"manufacture|production from [non-originating] unwrought precious metals", "7106 7108",
             "not(710610, 710692, 710811, 710813, 711019, 711029, 711039, 711049, 7107, 7109, 7111, "
             "7113-7118)"},
    Sentence{"fusion or|and/or alloying of [non-originating] precious metals of heading 7106 [,] [or] "
             "[heading] 7108 and|or "
             "[heading] 7110 with each other or with base metals",
             "7106 7108 7110", "process(fusion) | process(alloying)"},
    Sentence{"fusion or|and/or alloying of [non-originating] precious metals of heading 7106 [,] [or] "
             "[heading] 7108 and|or "
             "[heading] 7110 with each other or with base metals or purification",
             "7106 7108 7110", "process(fusion) | process(alloying) | process(purification)"},
    // Alloys, master alloys and whatever is made of copper come after refined copper and its scrap.
    Sentence{"manufacture from refined copper , unwrought , or waste and scrap of copper", "7403",
             "not(740321-740329, 7405-7419)"},
    Sentence{
        "manufacture by thermal or electrolytic treatment from unalloyed aluminium or waste and scrap of "
        "aluminium",
        "7601", "(process(thermal-treatment) | process(electrolytic-treatment)) & not(760120, 7603-7616)"},
    Sentence{"manufacture in which all the maize used is|must [be] wholly obtained", "2303",
             "WO(1005, 110220, 110313, 110423, 110812, 230210, 230310)"},
    // Whatever a mill can take is of cereals, vegetables, roots and fruit; nuts are not spoken of.
    Sentence{"manufacture in which all the cereals , edible vegetables , roots and tubers of heading 0714 or "
             "fruit used are|must [be] wholly obtained",
             "1101-1105 1107-1109", "WO(07, 0803-0814, 10-11, 2302-2303)"},
    // Oil is made of plants and their parts, of other oils (1515 60 is microbial) and of oil cake.
    Sentence{"manufacture in which all the vegetable materials used are|must [be] wholly obtained",
             "1507-1515", "WO(06-14, 1507-1514, 151511-151550, 151590, 151620, 2302-2306, 2308)"},
    Sentence{"all the fruit and nuts used are|must [be] wholly obtained", "08", "WO(08)"},
    Sentence{"[in] [which] all the chicory used is|must [be] wholly obtained", "2101",
             "WO(060120, 070521-070529, 121294)"},
    Sentence{"manufacture from crude wool grease of heading 1505", "1505", "process(refining)"},
    Sentence{"manufacture from non-modified mucilages and thickeners", "1302", "process(modification)"},
    // Sulphuric acid and oleum (2807) come after sulphur dioxide.
    Sentence{"manufacture from sulphur dioxide", "2811", "process(chemical-reaction) & not(2807)"},
    Sentence{"manufacture from resin acids", "3806", "not(380620-380690)"},
    Sentence{"manufacture from materials of any heading [,] including other materials of heading 3823",
             "382370", "not(382370)"},
    Sentence{"manufacture from hard rubber", "4017", "process(shaping)"},
    Sentence{
        "manufacture from wood in the rough , whether or not stripped of its bark or merely roughed down",
        "4403", "process(squaring) & not(4404-4421)"},
    Sentence{"manufacture from boards not cut to size", "4415", "process(cutting-to-size) & not(4415)"},
    Sentence{"manufacture from riven staves , not further worked than sawn on the two principal surfaces",
             "4416", "process(stave-working)"},
    Sentence{"manufacture|production from worked slate", "6803", "process(shaping)"},
    Sentence{"manufacture from worked mica ( including agglomerated or reconstituted mica )", "6814",
             "process(shaping)"},
    Sentence{"manufacture from ' worked ' carving materials of the same heading [as] [the] [product]",
             "9601-9602", "process(shaping)"},
    Sentence{"manufacture from roughly-shaped blocks", "9614", "process(shaping)"},
    Sentence{"manufacture from non-coated glass-plate|glass [plate] substrate of heading 7006", "7006",
             "process(coating) & not(7007-7020)"},
    // What is worked beyond sawing and rough shaping has codes of its own.
    Sentence{
        "manufacture|production from [non-originating] unworked precious or semi-precious|semi [precious] "
        "stones",
        "7102-7104", "process(stone-working) & not(710229, 710239, 710391-710399, 710490-710499)"},
    Sentence{"manufacture|production from [non-originating] metals clad with precious metals , unwrought",
             "7107 7109 7111", "process(clad-metal-working)"},
    // "Including other materials of heading ..." bars goods of the same description alone.
    Sentence{"manufacture from materials of any heading [,] including other materials of heading 1504|1506",
             "1504 1506", "CTH | process(fractionation)", "solid fractions"},
    Sentence{"manufacture from other materials of heading 1507 to heading 1515", "1507-1515",
             "process(fractionation) & not(1516-1518)", "solid fractions"},
    Sentence{"manufacture from materials of any heading [,] including other materials of heading 3505",
             "3505", "CTH | process(esterification) | process(etherification)", "starch ethers and esters"},
    Sentence{"manufacture from materials of any heading [,] including other materials of heading 3505",
             "3505", "CTH | process(esterification) | process(etherification)",
             "starches, esterified or etherified"},
    Sentence{"manufacture from materials of any heading [,] including other materials of heading 3823",
             "3823", "not(382370)", "industrial fatty alcohols"},
    Sentence{"all the vegetable materials used are wholly obtained . however , materials of heading 1507 , "
             "heading 1508 , heading 1511 and heading 1513 may be used",
             "1516", "WO(06-14, 1509-1510, 1512, 1514, 151511-151550, 151590, 151620, 2302-2306, 2308)"},
    Sentence{
        "a change to a good knit to shape , for which no sewing or other assembly is required , from any "
        "other chapter",
        "61-62", "CC & process(knitting-to-shape)"},
};
// What may be done elsewhere to circuits takes nothing from the operation that is asked for.
constexpr std::array<std::string_view, 2> diffusion = {
    "the operation of diffusion , in which integrated circuits are formed on a semi-conductor|semiconductor "
    "substrate by the selective introduction of an appropriate dopant",
    "the operation of diffusion ( in which integrated circuits are formed on a semi-conductor|semiconductor "
    "substrate by the selective introduction of an appropriate dopant )",
};
constexpr std::array<std::string_view, 4> done_elsewhere = {
    ", whether or not assembled and/or tested in a country other than those specified in article 3",
    ", whether or not assembled and/or tested in a country other than those specified in articles 3 and 4",
    ", whether or not assembled and/or tested in a non-party",
    "",
};

// "Dextrins; glues ▸ Starch ethers and esters" begins with "starch ethers": the last name counts.
bool is_part(Goods const& goods, std::string_view part) {
    constexpr std::string_view below = "\u25B8";
    std::string_view name = goods.part;
    if (auto const at = name.rfind(below); at != std::string_view::npos)
        name.remove_prefix(at + below.size());
    while (name.starts_with(' ')) name.remove_prefix(1);
    return std::ranges::equal(name.substr(0, part.size()), part, {}, lower);
}

bool at_end(Cursor at) {
    at.skip_breaks();
    return at.done();
}

bool is_diffusion(Cursor const& at) {
    for (auto const words : diffusion) {
        for (auto const tail : done_elsewhere) {
            Cursor trial = at;
            if (trial.eat(words) && trial.eat(tail) && at_end(trial)) return true;
        }
    }
    return false;
}

// What one entry of a list of textiles allows.
std::optional<unsigned> textile(Cursor& at) {
    for (Textile const& each : textiles) {
        Cursor trial = at;
        if (!trial.eat(each.words)) continue;
        at.move_to(trial.at());
        return each.stuff;
    }
    return std::nullopt;
}
}  // namespace

std::optional<Codes> named_codes(Cursor& at) {
    for (Named const& named : named_goods) {
        Cursor trial = at;
        if (!trial.eat(named.words)) continue;
        auto const found = codes(trial);
        if (!found) return std::nullopt;
        Codes all;
        for (std::string const& code : *found) {
            auto const* const known = std::ranges::find_if(named_goods, [&](Named const& each) {
                return each.words == named.words && each.code == code;
            });
            if (known == named_goods.end()) return std::nullopt;
            all.emplace_back(known->means);
        }
        at.move_to(trial.at());
        return all;
    }
    return std::nullopt;
}

std::optional<Codes> later_than(Codes const& allowed) {
    for (Nature const& nature : natures) {
        bool const holds =
            std::ranges::all_of(allowed, [&](auto const& code) { return covers(nature.all, code); });
        if (!holds || allowed.empty()) continue;
        Codes all = allowed;
        for (auto const& [code, first] : before)
            if (std::ranges::any_of(allowed, [&](auto const& each) { return covers(each, code); }))
                all.emplace_back(first);
        Codes later;
        for (std::string_view const code : nature.later) {
            if (code.empty()) break;
            bool const free = std::ranges::any_of(all, [&](auto const& each) { return covers(each, code); });
            bool const split =
                !free && std::ranges::any_of(all, [&](auto const& each) { return touches(each, code); });
            if (split) return std::nullopt;
            if (!free) put(later, code);
        }
        return later;
    }
    return std::nullopt;
}

bool is_textile(Goods const& goods) { return within(goods.codes, "50-63"); }

std::optional<Later> later_than_textiles(Cursor& at, Goods const& goods) {
    if (!is_textile(goods)) return std::nullopt;
    Cursor trial = at;
    trial.eat("[:]");
    unsigned allowed = 0;
    for (;;) {
        trial.skip_lines();
        auto const stuff = textile(trial);
        if (!stuff) return std::nullopt;
        allowed |= *stuff;
        at.move_to(trial.at());
        if (at_end(trial)) break;
        bool const joined =
            trial.eat("[,] or") || trial.eat(",") || trial.sees(Kind::line) || trial.sees(Kind::item);
        if (!joined || trial.sees("provided|where|in|and")) break;
    }
    // Of fibres that may be used raw only, those whose code does not tell are asked about.
    bool const raw_only = (allowed & raw) != 0 && (allowed & combed) == 0;
    Later later;
    for (Stage const& stage : stages) {
        if ((stage.stuff & allowed) != 0) continue;
        bool const silk_waste = stage.stuff == silk && raw_only;
        bool const unclear = (stage.stuff == either && raw_only) || silk_waste;
        put(unclear ? later.unclear : later.forbidden, silk_waste ? "5003" : stage.codes);
    }
    return later;
}

std::optional<Codes> fabric_of(Cursor& at) {
    if (at.eat("non-twisted or non-textured yarns|yarn") || at.eat("non-twisted / non-textured yarns|yarn"))
        return Codes(all_yarn.begin(), all_yarn.end());
    bool const unprinted = at.sees("unprinted fabric|fabrics");
    bool const coated = unprinted || at.sees("unembroidered fabric|fabrics");
    bool const embroidered_too = !at.sees("unembroidered");
    if (!at.eat("unprinted|unembroidered fabric|fabrics") &&
        !at.eat("uncoated [or] [unlaminated] fabric|fabrics"))
        return std::nullopt;
    Codes all(plain_fabric.begin(), plain_fabric.end());
    if (coated) all.insert(all.end(), coated_fabric.begin(), coated_fabric.end());
    if (embroidered_too) all.emplace_back(embroidered_fabric);
    return all;
}

std::optional<std::string_view> sentence_rule(Cursor at, Goods const& goods) {
    at.skip_breaks();
    for (Sentence const& each : sentences) {
        if (!each.products.empty() && !within(goods.codes, each.products)) continue;
        if (!is_part(goods, each.part)) continue;
        Cursor trial = at;
        if (trial.eat(each.words) && at_end(trial)) return each.rule;
    }
    if (within(goods.codes, "8523 8542") && is_diffusion(at)) return "process(diffusion)";
    return std::nullopt;
}

std::optional<Codes> free_goods(Cursor& at, Goods const& goods) {
    for (Free const& each : free_besides) {
        Cursor trial = at;
        if (!within(goods.codes, each.products) || !is_part(goods, each.part) || !trial.eat(each.words))
            continue;
        at.move_to(trial.at());
        Codes all;
        for (auto const code : each.codes)
            if (!code.empty()) all.emplace_back(code);
        return all;
    }
    return std::nullopt;
}

}  // namespace allroads::books::prose
