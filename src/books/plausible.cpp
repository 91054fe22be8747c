#include "books/plausible.h"

#include <algorithm>

namespace allroads::books {

namespace {

// Limits, each far from what real tariffs show; docs/books.md has the figures of a hundred of them.
constexpr std::uint64_t outside_max = 2;
constexpr std::uint64_t gapless_max = 60;
constexpr std::uint64_t largest_chapter_min = 300;
constexpr std::uint64_t undivided_min = 15;
constexpr std::uint64_t distinct_texts_min = 5;
constexpr std::uint64_t one_duty_chapters_max = 60;
constexpr std::uint64_t divided_by_duty_min = 8;
constexpr std::uint64_t commonest_duty_max =
    80;  // beyond it a tariff is nearly flat, and its duties say nothing

// How much there must be of a thing before its share is looked at.
constexpr std::uint64_t sample_min = 200;
constexpr std::uint64_t chapters_min = 40;
constexpr std::uint64_t duties_of_chapter_min = 10;
constexpr std::uint64_t chapters_with_duties_min = 20;
constexpr std::size_t kinds_of_duty_min = 3;

// The last heading of each chapter in any edition of the Harmonized System from 1992 to 2022; 77 is reserved.
// Chapters 98 and 99 are for national use.
constexpr std::array<int, 98> last_heading = {
    0,  6,  10, 9,  10, 11, 4,  14, 14, 10, 8,  9,  14, 2,  4,  22, 5,  4, 6,  5,  9,  6,  9,  9,  4,
    30, 21, 16, 53, 42, 6,  5,  15, 7,  7,  7,  6,  7,  27, 26, 17, 15, 6, 4,  21, 4,  2,  7,  23, 11,
    7,  13, 12, 11, 8,  16, 9,  5,  11, 11, 6,  17, 17, 10, 6,  7,  3,  4, 15, 14, 20, 18, 29, 26, 19,
    8,  16, 0,  6,  7,  7,  13, 15, 11, 87, 49, 9,  16, 7,  8,  33, 14, 9, 7,  6,  8,  20, 6};

std::uint64_t hash_of(std::string_view text) {
    // FNV-1a: the same on every machine, so that a refusal can be repeated.
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (char const letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
    return hash ^ (hash >> 29U);
}

int digits(GoodsCode code, int first, int count) {
    int value = 0;
    for (int i = first; i < first + count; ++i) {
        value = value * 10 + static_cast<int>((code.key() >> static_cast<unsigned>(60 - 4 * i)) & 15U);
    }
    return value;
}

bool is_outside(GoodsCode code) {
    auto const chapter = digits(code, 0, 2);
    if (chapter >= 98) return false;
    auto const last = last_heading[static_cast<std::size_t>(chapter)];
    if (last == 0) return true;
    if (code.size() < 4) return false;
    auto const heading = digits(code, 2, 2);
    return heading == 0 || heading > last;
}

std::optional<std::uint64_t> share(std::uint64_t part, std::uint64_t whole, std::uint64_t whole_min) {
    if (whole < whole_min) return std::nullopt;
    return part * 100 / whole;
}

std::string percent(std::optional<std::uint64_t> share) { return std::to_string(*share) + "% of "; }

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
    if (code.is_every()) return;
    ++lines_;
    ++chapters_[static_cast<std::size_t>(digits(code, 0, 2))].lines;
    if (is_outside(code)) {
        ++outside_;
        if (outside_example_.empty()) outside_example_ = code.dotted();
    }
    if (!text.empty()) texts_.add(hash_of(text));
    if (code.size() < 6) return;
    auto const subheading = code.prefix(6);
    if (subheading.key() != of_lines_.key) {
        auto const before = of_lines_.key == 0 ? GoodsCode() : GoodsCode::from_key(of_lines_.key);
        end_lines();
        of_lines_ = {subheading.key(), 0, 0, false};
        if (!before.is_every() && before.prefix(4) == code.prefix(4)) {
            ++neighbours_;
            if (digits(subheading, 4, 2) == digits(before, 4, 2) + 1) ++next_by_one_;
        }
    }
    if (code.size() > 6) ++of_lines_.count;
}

void Traits::end_lines() {
    if (of_lines_.count == 0) return;
    ++with_lines_;
    if (of_lines_.count == 1) ++with_one_line_;
}

void Traits::base_duty(GoodsCode code, std::string_view duty) {
    if (code.is_every()) return;
    auto const hash = hash_of(duty);
    auto& chapter = chapters_[static_cast<std::size_t>(digits(code, 0, 2))];
    if (chapter.duties++ == 0) chapter.first_duty = hash;
    chapter.one_duty = chapter.one_duty && chapter.first_duty == hash;
    if (duty_count_++ == 0) one_duty_ = duty;
    if (duties_.size() < duties_max || duties_.contains(hash)) ++duties_[hash];
    if (code.size() <= 6) return;
    auto const subheading = code.prefix(6);
    if (subheading.key() != of_duties_.key) {
        end_duties();
        of_duties_ = {subheading.key(), 0, hash, false};
    }
    ++of_duties_.count;
    of_duties_.differ = of_duties_.differ || of_duties_.first_duty != hash;
}

void Traits::end_duties() {
    if (of_duties_.count < 2) return;
    ++with_duties_;
    if (of_duties_.differ) ++with_differing_;
}

Figures Traits::figures() const {
    Figures f;
    f.outside = share(outside_, lines_, lines_min);
    f.gapless = share(next_by_one_, neighbours_, sample_min);
    f.undivided = share(with_one_line_, with_lines_, sample_min);
    f.distinct_texts = share(texts_.distinct(), texts_.seen(), lines_min);
    f.divided_by_duty = share(with_differing_, with_duties_, sample_min);
    std::uint64_t commonest = 0;
    for (auto const& [hash, count] : duties_) commonest = std::max(commonest, count);
    f.commonest_duty = share(commonest, duty_count_, lines_min);
    std::uint64_t used = 0;
    std::uint64_t largest = 0;
    std::uint64_t with_duties = 0;
    std::uint64_t with_one = 0;
    for (auto const& chapter : chapters_) {
        if (chapter.lines != 0) ++used;
        largest = std::max(largest, chapter.lines);
        if (chapter.duties < duties_of_chapter_min) continue;
        ++with_duties;
        if (chapter.one_duty) ++with_one;
    }
    if (used >= chapters_min) f.largest_chapter = share(largest * used, lines_, lines_min);
    if (duties_.size() >= kinds_of_duty_min) {
        f.one_duty_chapters = share(with_one, with_duties, chapters_with_duties_min);
    }
    return f;
}

// Customs number with gaps, share their lines unevenly, and divide a subheading only where they need to,
// mostly because its parts pay different duties. A generator does none of this.
std::optional<std::string> Traits::looks_invented() const {
    auto const f = figures();
    if (f.outside && *f.outside > outside_max) {
        return percent(f.outside) + "the codes stand where the Harmonized System has no heading, such as " +
               outside_example_;
    }
    if (f.gapless && *f.gapless > gapless_max)
        return percent(f.gapless) + "the subheadings are numbered without a gap";
    if (f.largest_chapter && *f.largest_chapter < largest_chapter_min) {
        return "all chapters have nearly as many lines: the largest has " + percent(f.largest_chapter) +
               "the mean";
    }
    if (f.undivided && *f.undivided < undivided_min) {
        return "only " + percent(f.undivided) + "the subheadings are left undivided";
    }
    if (f.distinct_texts && *f.distinct_texts < distinct_texts_min) {
        return "only " + percent(f.distinct_texts) + "the texts differ from each other";
    }
    if (duty_count_ >= lines_min && duties_.size() == 1 && one_duty_ != "Free" &&
        !one_duty_.starts_with("0")) {
        return "all " + std::to_string(duty_count_) + " duties are the same, " + excerpt(one_duty_);
    }
    if (!f.commonest_duty || *f.commonest_duty > commonest_duty_max) return std::nullopt;
    if (f.one_duty_chapters && *f.one_duty_chapters > one_duty_chapters_max) {
        return percent(f.one_duty_chapters) + "the chapters have one duty for all their lines";
    }
    if (f.divided_by_duty && *f.divided_by_duty < divided_by_duty_min) {
        return "subheadings are divided without need: in only " + percent(f.divided_by_duty) +
               "those with several lines do the duties differ";
    }
    return std::nullopt;
}

}  // namespace allroads::books
