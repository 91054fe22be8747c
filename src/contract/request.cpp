#include "contract/contract.h"
#include "contract/reading.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

namespace allroads::contract {

namespace {

using quote::Request;

constexpr std::size_t facts_max = 100;

Result<void> read_facts(json::value const& value, quote::Item& item) {
    std::size_t count = 0;
    return fields(value, "facts", [&](std::string_view key, json::value const& fact) -> Result<bool> {
        if (++count > facts_max) return refuse(Code::too_long, "", "expected at most 100 facts");
        std::string words;
        if (fact.is_bool()) {
            words = fact.get_bool() ? "true" : "false";
        } else if (fact.is_string()) {
            words = TRY(text(fact, key));
        } else {
            words = TRY(decimal(fact, key)).brief();
        }
        item.facts.push_back({std::string(key), std::move(words)});
        return true;
    });
}

// {"LTR":"12"}; a TARIC qualifier or words after a colon narrow it: {"KGM:lead content":"3"}.
Result<void> read_supplementary(json::value const& value, quote::Item& item) {
    return fields(
        value, "supplementary", [&](std::string_view key, json::value const& given) -> Result<bool> {
            auto const colon = key.find(':');
            auto const unit = Unit::parse(key.substr(0, colon));
            if (!unit)
                return std::unexpected(Error(unit.error().code(), excerpt(key), unit.error().detail()));
            auto const number = TRY(amount(given, key, Code::bad_quantity));
            if (item.supplementary.size() >= facts_max)
                return refuse(Code::too_long, "", "expected at most 100 quantities");
            Quantity quantity{number, *unit, {}};
            if (colon != std::string_view::npos) {
                item.narrowings.push_back(std::make_shared<std::string const>(key.substr(colon + 1)));
                quantity.of = *item.narrowings.back();
            }
            item.supplementary.push_back(quantity);
            return true;
        });
}

// A dossier, or the id of one that was kept.
Result<void> read_dossier_of(json::value const& value, Country from, Dossiers const& dossiers,
                             quote::Item& item) {
    auto const made_in = item.origin.value_or(from);
    if (!value.is_string()) {
        item.dossier = std::make_shared<origin::Dossier const>(TRY(read_dossier(value, item.hs, made_in)));
        return {};
    }
    auto const id = TRY(text(value, "dossier"));
    if (!dossiers) return refuse(Code::not_found, "dossier", "no dossiers are kept here; give it whole");
    auto const kept = dossiers(id);
    if (!kept) return std::unexpected(Error(kept.error().code(), "dossier", kept.error().detail()));
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = request_depth_max;
    auto const parsed_again = json::parse({kept->data(), kept->size()}, error, {}, options);
    if (error) return refuse(Code::bad_json, "dossier", error.message());
    auto made = read_dossier(parsed_again, item.hs, made_in);
    if (!made) return std::unexpected(made.error().within("dossier"));
    item.dossier = std::make_shared<origin::Dossier const>(std::move(*made));
    return {};
}

Result<void> read_item(json::value const& value, Country from, Dossiers const& dossiers, quote::Item& item) {
    json::value const* dossier = nullptr;
    bool has_code = false;
    bool has_price = false;
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& v) -> Result<bool> {
        if (key == "hs") {
            item.hs = TRY(parsed(v, key, GoodsCode::parse));
            if (item.hs.size() < 6) return refuse(Code::bad_code, key, "expected 6 to 12 digits");
            has_code = true;
        } else if (key == "price") {
            item.price = TRY(amount(v, key, Code::bad_value));
            has_price = true;
        } else if (key == "price_currency") {
            item.price_currency = TRY(parsed(v, key, Currency::parse));
        } else if (key == "line") {
            item.line = v.is_string() ? std::string(TRY(text(v, key))) : TRY(decimal(v, key)).brief();
        } else if (key == "description") {
            item.description = TRY(text(v, key));
        } else if (key == "origin") {
            item.origin = TRY(parsed(v, key, Country::parse));
        } else if (key == "quantity") {
            item.quantity = TRY(amount(v, key, Code::bad_quantity));
        } else if (key == "unit") {
            item.unit = TRY(parsed(v, key, Unit::parse));
        } else if (key == "net_kg") {
            item.net_kg = TRY(amount(v, key, Code::bad_quantity));
        } else if (key == "gross_kg") {
            item.gross_kg = TRY(amount(v, key, Code::bad_quantity));
        } else if (key == "supplementary") {
            TRY_VOID(read_supplementary(v, item));
        } else if (key == "facts") {
            TRY_VOID(read_facts(v, item));
        } else if (key == "dossier") {
            dossier = &v;  // read when its goods are known
        } else if (key == "additional_codes") {
            TRY_VOID(elements(v, key, 20, [&](json::value const& code) -> Result<void> {
                item.additional_codes.emplace_back(TRY(text(code, "")));
                return {};
            }));
        } else {
            return false;
        }
        return true;
    }));
    if (!has_code) return refuse(Code::field_missing, "hs", "the customs code is required, 6 to 12 digits");
    if (!has_price) return refuse(Code::field_missing, "price", "the price of the whole line is required");
    if (dossier == nullptr) return {};
    auto const read = read_dossier_of(*dossier, from, dossiers, item);
    if (!read) return std::unexpected(dossier->is_string() ? read.error() : read.error().within("dossier"));
    return {};
}

// Whether price has no more decimals than its currency.
Result<void> check_price(quote::Item const& item, std::optional<Currency> otherwise) {
    auto const currency = item.price_currency ? item.price_currency : otherwise;
    if (!currency) return {};
    if (auto const exact = Money::exact(item.price, *currency); !exact) {
        return std::unexpected(Error(exact.error().code(), "price", exact.error().detail()));
    }
    return {};
}

Result<void> read_parcel(json::value const& value, freight::Parcel& parcel) {
    return fields(value, "", [&](std::string_view key, json::value const& v) -> Result<bool> {
        if (key == "count") {
            auto const count = TRY(amount(v, key, Code::bad_quantity));
            if (count.stripped().scale() != 0 || count > Decimal(1'000'000)) {
                return refuse(Code::bad_quantity, key, "expected a whole number up to 1000000");
            }
            parcel.count = static_cast<std::int64_t>(count.stripped().coefficient());
            return true;
        }
        std::optional<Decimal>* place = key == "length_cm"   ? &parcel.length_cm
                                        : key == "width_cm"  ? &parcel.width_cm
                                        : key == "height_cm" ? &parcel.height_cm
                                        : key == "gross_kg"  ? &parcel.gross_kg
                                                             : nullptr;
        if (place == nullptr) return false;
        *place = TRY(amount(v, key, Code::bad_quantity));
        return true;
    });
}

Result<void> read_freight(json::value const& value, quote::FreightTerms& freight) {
    using How = quote::FreightTerms::How;
    static constexpr std::string_view one_way = "expected one of amount, per_kg, table and estimate";
    return fields(value, "freight", [&](std::string_view key, json::value const& v) -> Result<bool> {
        if (key == "amount" || key == "per_kg") {
            if (freight.how != How::none) return refuse(Code::bad_value, key, one_way);
            freight.how = key == "amount" ? How::amount : How::per_kg;
            freight.amount = TRY(amount(v, key, Code::bad_value));
        } else if (key == "currency") {
            freight.currency = TRY(parsed(v, key, Currency::parse));
        } else if (key == "divisor") {
            freight.divisor = TRY(amount(v, key, Code::bad_value));
            if (freight.divisor->is_zero())
                return refuse(Code::bad_value, key, "expected cubic centimetres above zero");
        } else if (key == "table" || key == "estimate") {
            if (freight.how != How::none) return refuse(Code::bad_value, key, one_way);
            if (key == "estimate" && !TRY(truth(v, key))) return true;
            freight.how = key == "table" ? How::table : How::estimate;
            if (key == "table") freight.table = TRY(name(v, key));
        } else if (key == "remote") {
            freight.is_remote = TRY(truth(v, key));
        } else {
            return false;
        }
        return true;
    });
}

Result<void> read_insurance(json::value const& value, quote::InsuranceTerms& insurance) {
    using How = quote::InsuranceTerms::How;
    return fields(value, "insurance", [&](std::string_view key, json::value const& v) -> Result<bool> {
        if (key == "amount" || key == "percent_of_110_cif") {
            if (insurance.how != How::none) {
                return refuse(Code::bad_value, key, "expected either amount or percent_of_110_cif");
            }
            insurance.how = key == "amount" ? How::amount : How::percent_of_110_cif;
            insurance.amount = TRY(amount(v, key, Code::bad_value));
        } else if (key == "currency") {
            insurance.currency = TRY(parsed(v, key, Currency::parse));
        } else {
            return false;
        }
        return true;
    });
}

Result<void> read_cost(json::value const& value, quote::Cost& cost) {
    bool has_amount = false;
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& v) -> Result<bool> {
        if (key == "name") {
            cost.name = TRY(text(v, key));
        } else if (key == "amount") {
            cost.amount = TRY(amount(v, key, Code::bad_value));
            has_amount = true;
        } else if (key == "currency") {
            cost.currency = TRY(parsed(v, key, Currency::parse));
        } else if (key == "after_import") {
            cost.after_import = TRY(truth(v, key));
        } else if (key == "included") {
            cost.is_included = TRY(truth(v, key));
        } else if (key == "scheme") {
            cost.scheme = TRY(text(v, key));
        } else {
            return false;
        }
        return true;
    }));
    if (!has_amount) return refuse(Code::field_missing, "amount", "a cost needs an amount");
    if (!cost.scheme.empty() && !cost.after_import) {
        return refuse(Code::bad_value, "scheme",
                      "a cost that depends on the tax scheme lies behind the border (after_import)");
    }
    return {};
}

Result<void> read_fx(json::value const& value, Day date, std::vector<Exchange>& fx) {
    return fields(value, "fx", [&](std::string_view key, json::value const& v) -> Result<bool> {
        auto const slash = key.find('/');
        if (slash == std::string_view::npos)
            return refuse(Code::bad_value, excerpt(key), "expected a pair like USD/EUR");
        if (fx.size() >= quote::fx_max) return refuse(Code::too_long, "", "expected at most 20 rates");
        auto const from = Currency::parse(key.substr(0, slash));
        auto const to = Currency::parse(key.substr(slash + 1));
        if (!from || !to) {
            return std::unexpected(
                Error(Code::bad_currency, excerpt(key), (from ? to : from).error().detail()));
        }
        auto const units = TRY(amount(v, key, Code::bad_value));
        if (units.is_zero()) return refuse(Code::bad_value, excerpt(key), "a rate must be above zero");
        fx.push_back({*from, *to, units, Decimal(1), date, "the request"});
        return true;
    });
}

quote::Buyer buyer_named(std::string_view name) {
    return name == "consumer" ? quote::Buyer::consumer : quote::Buyer::business;
}

// Fields of the request that hold one value.
Result<bool> read_plain(std::string_view key, json::value const& v, Request& request) {
    if (key == "id") {
        request.id = TRY(text(v, key));
    } else if (key == "from" || key == "to") {
        return true;  // read before all others
    } else if (key == "to_region") {
        request.to_region = TRY(text(v, key));
    } else if (key == "date" || key == "known_on") {
        (key == "date" ? request.date : request.known_on) = TRY(parsed(v, key, Day::parse));
    } else if (key == "road") {
        request.road = TRY(parsed(v, key, freight::parse_road));
    } else if (key == "buyer") {
        auto const name = TRY(text(v, key));
        if (name != "consumer" && name != "business") {
            return refuse(Code::bad_value, key, excerpt(name) + " is not consumer or business");
        }
        request.buyer = buyer_named(name);
    } else if (key == "terms") {
        request.terms = TRY(parsed(v, key, quote::parse_incoterm));
    } else if (key == "share_by") {
        auto const name = TRY(text(v, key));
        if (name != "value" && name != "weight")
            return refuse(Code::bad_value, key, excerpt(name) + " is not value or weight");
        request.share_by = name == "weight" ? quote::ShareBy::weight : quote::ShareBy::value;
    } else if (key == "discount") {
        request.discount = TRY(amount(v, key, Code::bad_value));
    } else if (key == "explain") {
        request.explain = TRY(truth(v, key));
    } else if (key == "tax_scheme") {
        request.tax_scheme = TRY(text(v, key));
    } else if (key == "currency") {
        request.currency = TRY(parsed(v, key, Currency::parse));
    } else {
        return false;
    }
    return true;
}

// Fields that hold lists and objects.
Result<bool> read_nested(std::string_view key, json::value const& v, Dossiers const& dossiers,
                         Request& request) {
    if (key == "goods") {
        TRY_VOID(elements(v, key, quote::goods_max, [&](json::value const& item) {
            return read_item(item, request.from, dossiers, request.goods.emplace_back());
        }));
    } else if (key == "packages") {
        TRY_VOID(elements(v, key, quote::packages_max, [&](json::value const& parcel) {
            return read_parcel(parcel, request.packages.emplace_back());
        }));
    } else if (key == "costs") {
        TRY_VOID(elements(v, key, quote::costs_max, [&](json::value const& cost) {
            return read_cost(cost, request.costs.emplace_back());
        }));
    } else if (key == "proofs") {
        TRY_VOID(elements(v, key, quote::proofs_max, [&](json::value const& proof) -> Result<void> {
            request.proofs.emplace_back(TRY(text(proof, "")));
            return {};
        }));
    } else if (key == "freight") {
        TRY_VOID(read_freight(v, request.freight));
    } else if (key == "insurance") {
        TRY_VOID(read_insurance(v, request.insurance));
    } else if (key == "fx") {
        TRY_VOID(read_fx(v, request.date, request.fx));
    } else {
        return false;
    }
    return true;
}

Result<Request> read_request(json::value const& value, Dossiers const& dossiers, Day today) {
    if (!value.is_object()) return expected("", "an object", value);
    auto const& object = value.get_object();
    for (std::string_view const required : {"from", "to", "goods"}) {
        if (!object.contains(required))
            return refuse(Code::field_missing, required, "this field is required");
    }
    auto const from = TRY(parsed(object.at("from"), "from", Country::parse));
    auto const to = TRY(parsed(object.at("to"), "to", Country::parse));
    Request request{.id = {}, .from = from, .to = to, .date = today, .known_on = today};
    // What is said about today is known today; a date in the past is answered with what is known now.
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& v) -> Result<bool> {
        return TRY(read_plain(key, v, request)) || TRY(read_nested(key, v, dossiers, request));
    }));
    for (auto& exchange : request.fx) exchange.day = request.date;
    for (std::size_t i = 0; i < request.goods.size(); ++i) {
        auto& item = request.goods[i];
        if (item.line.empty()) item.line = std::to_string(i + 1);
        if (auto const sound = check_price(item, request.currency); !sound) {
            return std::unexpected(sound.error().within("goods[" + std::to_string(i) + "]"));
        }
    }
    return request;
}

Result<quote::CarriageRequest> read_carriage(json::value const& value, Day today) {
    if (!value.is_object()) return expected("", "an object", value);
    auto const& object = value.get_object();
    for (std::string_view const required : {"from", "to"}) {
        if (!object.contains(required))
            return refuse(Code::field_missing, required, "this field is required");
    }
    auto const from = TRY(parsed(object.at("from"), "from", Country::parse));
    auto const to = TRY(parsed(object.at("to"), "to", Country::parse));
    quote::CarriageRequest request{.from = from, .to = to, .date = today};
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& v) -> Result<bool> {
        if (key == "from" || key == "to") return true;
        if (key == "date") {
            request.date = TRY(parsed(v, key, Day::parse));
        } else if (key == "road") {
            request.road = TRY(parsed(v, key, freight::parse_road));
        } else if (key == "table") {
            request.table = TRY(name(v, key));
        } else if (key == "remote") {
            request.is_remote = TRY(truth(v, key));
        } else if (key == "gross_kg") {
            request.gross_kg = TRY(amount(v, key, Code::bad_quantity));
        } else if (key == "currency") {
            request.currency = TRY(parsed(v, key, Currency::parse));
        } else if (key == "packages") {
            TRY_VOID(elements(v, key, quote::packages_max, [&](json::value const& parcel) {
                return read_parcel(parcel, request.packages.emplace_back());
            }));
        } else if (key == "fx") {
            TRY_VOID(read_fx(v, request.date, request.fx));
        } else {
            return false;
        }
        return true;
    }));
    for (auto& exchange : request.fx) exchange.day = request.date;
    return request;
}

}  // namespace

struct Codec::Hidden {
    std::string last_id;
    Dossiers dossiers;
    std::array<unsigned char, 32U * 1024> bytes;
    json::parser parser{json::storage_ptr(), options()};
    static json::parse_options options() {
        json::parse_options made;
        made.max_depth = request_depth_max;
        return made;
    }
};

Codec::Codec(Dossiers dossiers) : hidden_(std::make_unique<Hidden>()) {
    hidden_->dossiers = std::move(dossiers);
}
Codec::Codec(Codec&&) noexcept = default;
Codec& Codec::operator=(Codec&&) noexcept = default;
Codec::~Codec() = default;

std::string const& Codec::last_id() const { return hidden_->last_id; }

Result<quote::CarriageRequest> Codec::carriage(std::string_view text, Day today) {
    if (text.size() > request_bytes_max) return refuse(Code::too_long, "", "a question has at most 256 KiB");
    boost::system::error_code error;
    auto const value = json::parse({text.data(), text.size()}, error, {}, Hidden::options());
    if (error) return refuse(Code::bad_json, "", error.message());
    return read_carriage(value, today);
}

Result<quote::Request> Codec::request(std::string_view text, Day today) {
    hidden_->last_id.clear();
    if (text.size() > request_bytes_max) {
        return refuse(Code::too_long, "",
                      "a request has at most " + std::to_string(request_bytes_max) +
                          " bytes; this one "
                          "has " +
                          std::to_string(text.size()));
    }
    json::monotonic_resource memory(hidden_->bytes.data(), hidden_->bytes.size());
    boost::system::error_code error;
    hidden_->parser.reset(&memory);
    auto const used = hidden_->parser.write(text.data(), text.size(), error);
    if (error) {
        return refuse(Code::bad_json, "", "at byte " + std::to_string(used) + ": " + error.message());
    }
    auto const value = hidden_->parser.release();
    auto request = read_request(value, hidden_->dossiers, today);
    if (!request && value.is_object()) {
        auto const* id = value.get_object().if_contains("id");
        if (id != nullptr && id->is_string()) hidden_->last_id = excerpt(view(id->get_string()), text_max);
    }
    return request;
}

}  // namespace allroads::contract
