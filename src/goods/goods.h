#pragma once
// goods: what is being moved: customs codes, and quantities in the units that tariffs ask for.
//
// Promises: pure values. A GoodsCode sorts so that a code stands directly before everything under it.
// Conversions between units of one dimension are exact; between dimensions there are none.

#include "base/base.h"
#include "money/money.h"

#include <array>
#include <span>

namespace allroads {

// A code of the Harmonized System or of a nomenclature built on it: 2 to 12 digits, or none ("every good").
class GoodsCode {
public:
    static constexpr int digits_max = 12;

    constexpr GoodsCode() = default;  // every good
    // Dots, spaces (any kind), dashes and the digits of any script are accepted: "4602.19.18", "٠٩٠١٢١".
    // 2 to 12 digits; anything else is refused (`bad-goods-code`).
    [[nodiscard]] static Result<GoodsCode> parse(std::string_view text);

    [[nodiscard]] constexpr int size() const { return static_cast<int>(key_ & 15U); }
    [[nodiscard]] constexpr bool is_every() const { return key_ == 0; }
    [[nodiscard]] GoodsCode prefix(int digits) const;       // digits <= size()
    [[nodiscard]] bool is_under(GoodsCode ancestor) const;  // itself, or a longer code that begins with it
    [[nodiscard]] std::string text() const;                 // "46021918"
    [[nodiscard]] std::string dotted() const;               // "4602.19.18" (4.2.2.2…)
    // Digits as left-aligned nibbles (bits 16-63), length in the low four bits: ascending keys are tree
    // order.
    [[nodiscard]] constexpr std::uint64_t key() const { return key_; }
    // Whether a number read from a file is the key of a code.
    [[nodiscard]] static bool is_key(std::uint64_t key);
    [[nodiscard]] static GoodsCode from_key(std::uint64_t key);  // `is_key(key)` must hold
    friend constexpr auto operator<=>(GoodsCode, GoodsCode) = default;

private:
    std::uint64_t key_ = 0;
};

// What a unit measures. Units of one dimension convert exactly; `count` and its multiples are one dimension.
enum class Dimension : std::uint8_t {
    count,
    pairs,
    mass,
    carat,
    length,
    area,
    volume,
    alcohol_volume,
    alcohol_strength,
    energy,
    activity,
    power,
    head,
    time,
    other,
};

// A unit of measure: UN/ECE Recommendation 20 where it has one, else the TARIC code, else our own. Two bytes.
class Unit {
public:
    // A code ("KGM", "LTR", "DTN"), a symbol or word of a tariff or a shop ("kg", "doz.", "pf. liter", "pcs",
    // "item").
    [[nodiscard]] static Result<Unit> parse(std::string_view text);
    [[nodiscard]] static Unit from_index(std::uint16_t index);
    [[nodiscard]] constexpr std::uint16_t index() const { return index_; }
    [[nodiscard]] std::string_view text() const;    // the code: "KGM"
    [[nodiscard]] std::string_view symbol() const;  // as printed in a duty: "kg"
    [[nodiscard]] std::string_view name() const;    // in plain words, plural: "kilograms"
    [[nodiscard]] Dimension dimension() const;
    // One of this unit = numerator / denominator of its dimension's base unit (kg, m, m2, l, piece …).
    [[nodiscard]] std::int64_t numerator() const;
    [[nodiscard]] std::int64_t denominator() const;
    friend constexpr auto operator<=>(Unit, Unit) = default;

private:
    friend class UnitTable;
    constexpr explicit Unit(std::uint16_t index) : index_(index) {}
    std::uint16_t index_;
};
[[nodiscard]] std::span<Unit const> all_units();
namespace unit {  // the few that engines and tests name
extern Unit const piece, kilogram, litre, pair, litre_of_pure_alcohol, proof_litre;
}

// So much of something. `of` narrows what is counted ("lead content", "drained weight"; TARIC qualifier
// letters are turned into such words); empty means the goods themselves. It lives as long as the text it was
// cut from.
struct Quantity {
    Decimal amount;
    Unit unit;
    std::string_view of = {};
};
// The quantity in another unit of the same dimension; refused (`bad-unit`) across dimensions. Exact where the
// factor is a finite decimal, else rounded half-even at 18 decimals.
[[nodiscard]] Result<Quantity> convert(Quantity const& quantity, Unit to);
// Words for a TARIC measurement unit qualifier ("E" = "net drained weight"); nothing if unknown.
[[nodiscard]] std::optional<std::string_view> qualifier_words(char taric_qualifier);

// A published line of a nomenclature, as the books keep it.
struct LineText {
    GoodsCode code;
    std::string_view text;  // as its customs writes it
    std::string_view unit;  // supplementary unit asked for, as written; may be empty
    bool declarable = false;
};

}  // namespace allroads
