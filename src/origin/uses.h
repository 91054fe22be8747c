#pragma once
// Which materials count against a product, and under which codes: before any rule is asked, the agreement
// says what counts as originating (cumulation), whose working counts (its inputs stand for it then), what
// does not count at all (neutral elements), and in which edition of the Harmonized System its rules speak.

#include "origin/origin.h"

#include <array>

namespace allroads::origin {

// The codes that a short code stands for.
[[nodiscard]] CodeRange range_of(GoodsCode code);
[[nodiscard]] inline bool holds(CodeRange const& outer, CodeRange const& inner) {
    return outer.first <= inner.first && inner.last <= outer.last;
}
[[nodiscard]] inline bool touches(CodeRange const& a, CodeRange const& b) {
    return a.first <= b.last && b.first <= a.last;
}
// Whether a code stands in one of the ranges; a short code may stand in some of its lines only.
[[nodiscard]] Known stands_in(CodeRange const& code, std::span<CodeRange const> ranges);

// A material as the agreement looks at it.
struct Use {
    Material const* material = nullptr;
    std::int32_t place = no_material;  // in the dossier; of an input that of what it went into
    Known origin = Known::unknown;     // whether it counts as originating
    bool is_untold = false;            // stands for the materials that nobody has told yet
    bool shifts = true;                // whether a change of heading looks at it
    bool is_in_doubt = false;          // whether it counts at all is not held
    bool is_forgiven = false;          // by the tolerance, in the walk at hand
    std::uint32_t codes = 0;           // in Uses::codes; as many as it may have in the rules' edition
    std::uint32_t code_count = 0;      // none: not told
};
class Uses {
public:
    // What was found on the way (`verdict.found`) and what is missing to know more.
    Uses(Dossier const& dossier, Agreement const& agreement, Verdict& verdict)
        : dossier_(dossier), agreement_(agreement), verdict_(verdict) {}
    void gather(bool tells);
    [[nodiscard]] std::span<Use> all() { return uses_; }
    [[nodiscard]] std::span<Use const> all() const { return uses_; }
    [[nodiscard]] Known stands_in(Use const& use, std::span<CodeRange const> ranges) const;
    [[nodiscard]] std::span<CodeRange const> codes(Use const& use) const {
        return std::span(codes_).subspan(use.codes, use.code_count);
    }
    // The product's code in the rules' edition: one, or those it may have been.
    [[nodiscard]] std::vector<GoodsCode> product_codes() const;

private:
    void add(Material const& material, std::int32_t place, int depth);
    [[nodiscard]] Known is_replaced(Material const& material, std::int32_t place);
    void add_beside(Material const& material, std::int32_t place);
    Use& push(Material const& material, std::int32_t place);
    void add_codes(GoodsCode code);
    [[nodiscard]] Known origin_of(Material const& material, std::int32_t place);
    [[nodiscard]] static Known cumulated(Material const& material, Cumulation const& cumulation);
    void tell(std::string_view code, Step step, std::int32_t place, std::string_view law);
    void miss(Missing const& one);

    Dossier const& dossier_;
    Agreement const& agreement_;
    Verdict& verdict_;
    bool tells_ = true;
    std::vector<Use> uses_;
    std::vector<CodeRange> codes_;
};

}  // namespace allroads::origin
