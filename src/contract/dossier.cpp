#include "contract/contract.h"
#include "contract/filled.h"
#include "contract/reading.h"
#include "contract/writer.h"

#include <algorithm>
#include <array>

namespace allroads::contract {

namespace {

using origin::Dossier;
using origin::Known;
using origin::Outcome;
using origin::Step;
using origin::Verdict;

constexpr std::size_t processes_max = 50;
constexpr std::size_t legs_max = 20;

Result<Known> known(json::value const& value, std::string_view field) {
    return TRY(truth(value, field)) ? Known::yes : Known::no;
}

Result<origin::Role> role(json::value const& value, std::string_view field) {
    static constexpr std::array<std::string_view, 5> names = {"material", "packing", "transport-packing",
                                                              "accessory", "neutral"};
    auto const word = TRY(text(value, field));
    auto const found = std::ranges::find(names, word);
    if (found == names.end())
        return refuse(Code::bad_value, field,
                      excerpt(word) + " is not material, packing, transport-packing, accessory or neutral");
    return static_cast<origin::Role>(found - names.begin());
}

Result<void> read_material(json::value const& value, origin::Material& material) {
    return fields(value, "", [&](std::string_view key, json::value const& v) -> Result<bool> {
        if (key == "name") {
            material.name = TRY(text(v, key));
        } else if (key == "role") {
            material.role = TRY(role(v, key));
        } else if (key == "inputs") {
            TRY_VOID(elements(v, key, origin::materials_max, [&](json::value const& one) {
                return read_material(one, material.inputs.emplace_back());
            }));
        } else if (key == "hs") {
            material.hs = TRY(parsed(v, key, GoodsCode::parse));
        } else if (key == "origin") {
            material.origin = TRY(parsed(v, key, Country::parse));
        } else if (key == "value") {
            material.value = TRY(amount(v, key, Code::bad_value));
        } else if (key == "weight_kg") {
            material.weight_kg = TRY(amount(v, key, Code::bad_quantity));
        } else if (key == "proof") {
            material.has_proof = TRY(known(v, key));
        } else if (key == "wholly_obtained") {
            material.wholly_obtained = TRY(known(v, key));
        } else {
            return false;
        }
        return true;
    });
}

Result<void> read_leg(json::value const& value, std::vector<origin::Leg>& route) {
    static constexpr std::array<std::string_view, 8> names = {"passed",  "stored",   "labelled", "split",
                                                              "bottled", "repacked", "worked",   "entered"};
    std::optional<Country> country;
    auto what = origin::Transit::untold;
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& v) -> Result<bool> {
        if (key == "country") {
            country = TRY(parsed(v, key, Country::parse));
        } else if (key == "what") {
            auto const word = TRY(text(v, key));
            auto const found = std::ranges::find(names, word);
            if (found == names.end())
                return refuse(
                    Code::bad_value, key,
                    excerpt(word) +
                        " is not passed, stored, labelled, split, bottled, repacked, worked or entered");
            what = static_cast<origin::Transit>(found - names.begin());
        } else {
            return false;
        }
        return true;
    }));
    if (!country) return refuse(Code::field_missing, "country", "a leg of the route names its country");
    route.push_back({*country, what});
    return {};
}

// What is said of the product itself.
Result<bool> read_product(std::string_view key, json::value const& v, Dossier& dossier) {
    std::optional<Decimal>* const amount_place = key == "ex_works"            ? &dossier.ex_works
                                                 : key == "fob"               ? &dossier.fob
                                                 : key == "net_cost"          ? &dossier.net_cost
                                                 : key == "direct_costs"      ? &dossier.direct_costs
                                                 : key == "net_kg"            ? &dossier.net_kg
                                                 : key == "consignment_value" ? &dossier.consignment_value
                                                                              : nullptr;
    if (amount_place != nullptr) {
        *amount_place = TRY(amount(v, key, Code::bad_value));
    } else if (key == "currency") {
        dossier.currency = TRY(parsed(v, key, Currency::parse));
    } else if (key == "part") {
        dossier.part = TRY(text(v, key));
    } else if (key == "set") {
        dossier.is_set = TRY(truth(v, key));
    } else if (key == "wholly_obtained") {
        dossier.wholly_obtained = TRY(known(v, key));
    } else if (key == "only_simple") {
        dossier.only_simple = TRY(known(v, key));
    } else if (key == "drawback") {
        dossier.drawback = TRY(known(v, key));
    } else if (key == "all_processes_told") {
        dossier.all_processes_told = TRY(truth(v, key));
    } else {
        return false;
    }
    return true;
}
Result<void> read_words(json::value const& value, std::string_view key, std::vector<std::string>& words) {
    return elements(value, key, processes_max, [&](json::value const& one) -> Result<void> {
        words.emplace_back(TRY(text(one, "")));
        return {};
    });
}
Result<bool> read_lists(std::string_view key, json::value const& v, Dossier& dossier) {
    if (key == "materials") {
        dossier.are_materials_told = true;
        TRY_VOID(elements(v, key, origin::materials_max, [&](json::value const& one) {
            return read_material(one, dossier.materials.emplace_back());
        }));
    } else if (key == "route") {
        dossier.route.emplace();
        TRY_VOID(elements(v, key, legs_max,
                          [&](json::value const& leg) { return read_leg(leg, *dossier.route); }));
    } else if (key == "processes") {
        TRY_VOID(read_words(v, key, dossier.processes));
    } else if (key == "proofs") {
        TRY_VOID(read_words(v, key, dossier.proofs));
    } else {
        return false;
    }
    return true;
}

Result<void> finish(Dossier& dossier) {
    for (std::size_t i = 0; i < dossier.materials.size(); ++i) {
        auto& material = dossier.materials[i];
        if (material.name.empty()) material.name = "material " + std::to_string(i + 1);
    }
    return origin::check_dossier(dossier);
}

Result<OriginRequest> read_origin(json::value const& value, Day today) {
    if (!value.is_object()) return expected("", "an object", value);
    auto const& object = value.get_object();
    for (std::string_view const required : {"hs", "made_in", "to"}) {
        if (!object.contains(required))
            return refuse(Code::field_missing, required, "this field is required");
    }
    auto const hs = TRY(parsed(object.at("hs"), "hs", GoodsCode::parse));
    auto const made_in = TRY(parsed(object.at("made_in"), "made_in", Country::parse));
    auto const to = TRY(parsed(object.at("to"), "to", Country::parse));
    OriginRequest request{
        .dossier = {.hs = hs, .made_in = made_in, .are_materials_told = false}, .to = to, .date = today};
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& v) -> Result<bool> {
        if (key == "hs" || key == "made_in" || key == "to") return true;
        if (key == "id") {
            request.id = TRY(text(v, key));
        } else if (key == "agreement") {
            request.agreement = TRY(text(v, key));
        } else if (key == "date") {
            request.date = TRY(parsed(v, key, Day::parse));
        } else {
            return TRY(read_product(key, v, request.dossier)) || TRY(read_lists(key, v, request.dossier));
        }
        return true;
    }));
    TRY_VOID(finish(request.dossier));
    return request;
}

}  // namespace

Result<Dossier> read_dossier(json::value const& value, GoodsCode hs, Country made_in) {
    if (!value.is_object()) return expected("", "an object", value);
    Dossier dossier{.hs = hs, .made_in = made_in, .are_materials_told = false};
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& v) -> Result<bool> {
        // A dossier that was kept says whose it is.
        if (key == "hs") {
            auto const own = TRY(parsed(v, key, GoodsCode::parse));
            if (!own.is_under(hs) && !hs.is_under(own))
                return refuse(Code::bad_value, key,
                              "the dossier is of " + own.text() + ", the goods are of " + hs.text());
        } else if (key == "made_in") {
            if (TRY(parsed(v, key, Country::parse)) != made_in)
                return refuse(
                    Code::bad_value, key,
                    "the goods are made in " + std::string(made_in.name()) + "; say so as their origin");
        } else if (key != "id" && key != "to" && key != "date" && key != "agreement") {
            return TRY(read_product(key, v, dossier)) || TRY(read_lists(key, v, dossier));
        }
        return true;
    }));
    TRY_VOID(finish(dossier));
    return dossier;
}

Result<Dossier> parse_dossier(std::string_view text, GoodsCode hs, Country made_in) {
    return read_dossier(TRY(wire::parse(text, request_bytes_max, request_depth_max)), hs, made_in);
}

Result<OriginRequest> Codec::origin(std::string_view text, Day today) {
    if (text.size() > request_bytes_max) return refuse(Code::too_long, "", "a dossier has at most 256 KiB");
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = request_depth_max;
    auto const value = json::parse({text.data(), text.size()}, error, {}, options);
    if (error) return refuse(Code::bad_json, "", error.message());
    return read_origin(value, today);
}

}  // namespace allroads::contract
