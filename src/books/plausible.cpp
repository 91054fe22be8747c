#include "books/plausible.h"

#include <bit>

namespace allroads::books {

namespace {

// Limits, each far from what real tariffs show (docs/books.md has the figures).
constexpr std::uint64_t outside_percent_max = 2;     // codes in chapters or headings the HS has never had
constexpr std::uint64_t gapless_percent_max = 97;    // subheadings numbered 1, 2, 3 … without a gap
constexpr std::uint64_t same_children_percent = 90;  // subheadings with exactly the same number of lines
constexpr std::uint64_t distinct_percent_min = 4;    // texts that differ from each other
constexpr std::uint64_t sample_min = 200;

std::uint64_t hash_of(std::string_view text) {
    // FNV-1a: the same on every machine, so that a refusal can be repeated.
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (char const letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
    return hash ^ (hash >> 29U);
}

std::string figures(std::uint64_t part, std::uint64_t whole) {
    return std::to_string(part) + " of " + std::to_string(whole);
}

int digits(GoodsCode code, int first, int count) {
    int value = 0;
    for (int i = first; i < first + count; ++i) {
        value = value * 10 + static_cast<int>((code.key() >> static_cast<unsigned>(60 - 4 * i)) & 15U);
    }
    return value;
}

}  // namespace

void Traits::Distinct::add(std::uint64_t hash) {
    ++seen_;
    if (hash % rate_ != 0) return;
    kept_.insert(hash);
    if (kept_.size() <= kept_max) return;
    rate_ *= 2;
    std::erase_if(kept_, [&](std::uint64_t kept) { return kept % rate_ != 0; });
}

void Traits::line(GoodsCode code, std::string_view text) {
    ++lines_;
    auto const chapter = static_cast<std::size_t>(digits(code, 0, 2));
    ++chapters_[chapter].lines;
    // Chapter 77 is reserved; no chapter has 99 headings, and 00 is none.
    bool const outside = chapter == 0 || chapter == 77 || (code.size() >= 4 && digits(code, 2, 2) == 0);
    if (outside) {
        ++outside_;
        if (outside_example_.empty()) outside_example_ = code.dotted();
    }
    if (!text.empty()) texts_.add(hash_of(text));
    if (code.size() < 6) return;
    auto const subheading = code.prefix(6);
    if (subheading.key() != subheading_) {
        auto const before = subheading_;
        end_subheading();
        subheading_ = subheading.key();
        if (before != 0 && GoodsCode::from_key(before).prefix(4) == code.prefix(4)) {
            ++neighbours_;
            if (digits(subheading, 4, 2) == digits(GoodsCode::from_key(before), 4, 2) + 1) ++next_by_one_;
        }
    }
    if (code.size() > 6) ++children_;
}

void Traits::end_subheading() {
    if (subheading_ == 0) return;
    if (children_ != 0) {
        ++subheadings_;
        ++by_children_[std::min<std::uint64_t>(children_, by_children_.size() - 1)];
    }
    children_ = 0;
}

void Traits::base_duty(GoodsCode code, std::string_view duty) {
    auto const hash = hash_of(duty);
    auto& chapter = chapters_[static_cast<std::size_t>(digits(code, 0, 2))];
    if (chapter.duties++ == 0) chapter.first_duty = hash;
    chapter.one_duty = chapter.one_duty && chapter.first_duty == hash;
    if (duty_count_++ == 0) one_duty_ = duty;
    if (duties_.size() < duties_max || duties_.contains(hash)) ++duties_[hash];
}

std::optional<std::string> Traits::looks_invented() const {
    if (lines_ < lines_min && duty_count_ < lines_min) return std::nullopt;
    for (auto const& sign : {outside_hs(), too_even(), too_regular(), too_plain()}) {
        if (sign) return sign;
    }
    return std::nullopt;
}

std::optional<std::string> Traits::outside_hs() const {
    if (outside_ * 100 <= lines_ * outside_percent_max) return std::nullopt;
    return figures(outside_, lines_) + " codes stand where the Harmonized System has none, such as " +
           outside_example_;
}

// Customs numbers leave gaps and share their lines unevenly; a generator counts.
std::optional<std::string> Traits::too_even() const {
    if (neighbours_ < sample_min || next_by_one_ * 100 <= neighbours_ * gapless_percent_max)
        return std::nullopt;
    return figures(next_by_one_, neighbours_) + " subheadings follow each other without a gap";
}

std::optional<std::string> Traits::too_regular() const {
    if (subheadings_ < sample_min) return std::nullopt;
    // One national line for each subheading is what many real tariffs have; two or more everywhere is not.
    for (std::size_t children = 2; children < by_children_.size() - 1; ++children) {
        if (by_children_[children] * 100 > subheadings_ * same_children_percent) {
            return figures(by_children_[children], subheadings_) + " subheadings have exactly " +
                   std::to_string(children) + " lines each";
        }
    }
    return std::nullopt;
}

std::optional<std::string> Traits::too_plain() const {
    auto const seen = texts_.seen();
    if (seen >= lines_min && texts_.distinct() * 100 < seen * distinct_percent_min) {
        return "only about " + figures(texts_.distinct(), seen) + " texts differ from each other";
    }
    if (duty_count_ >= lines_min && duties_.size() == 1 && one_duty_ != "Free" && one_duty_ != "0%") {
        return "all " + std::to_string(duty_count_) + " duties are the same, " + one_duty_;
    }
    return std::nullopt;
}

}  // namespace allroads::books
