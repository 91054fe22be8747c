#include "classify/sense.h"

#include <algorithm>
#include <cmath>

namespace allroads::classify {

namespace {

constexpr std::size_t rounds = 10;
constexpr std::array<float, sources> importance = {1.0F, 1.0F, 1.0F, 0.7F, 0.35F};

float product(float const* a, float const* b) {
    float sum = 0;
    for (std::size_t i = 0; i < dimensions; ++i) sum += a[i] * b[i];
    return sum;
}

// Turns scores into logarithms of shares.
void normalise(std::span<float> scores) {
    float best = -1e30F;
    for (auto const one : scores) best = std::max(best, one);
    float sum = 0;
    for (auto const one : scores) sum += std::exp(one - best);
    auto const all = best + std::log(sum);
    for (auto& one : scores) one -= all;
}

class Learning {
public:
    explicit Learning(View const& view) : view_(view) {
        made_.terms.resize(view.terms.size() * dimensions);
        made_.chapters.resize(view.chapters.size() * dimensions);
        made_.headings.resize(view.headings.size() * dimensions);
        made_.leaves.resize(view.leaves.size() * dimensions);
        for (auto& one : made_.terms) one = random() * 0.3F;
        // The terms of each phrase, from the postings of each term.
        std::vector<std::uint32_t> counts(view.phrases.size() + 1);
        for (auto const& term : view.terms) {
            for (auto const p : view.postings.subspan(term.first, term.count)) ++counts[p + 1];
        }
        for (std::size_t i = 1; i < counts.size(); ++i) counts[i] += counts[i - 1];
        first_ = counts;
        terms_.resize(view.postings.size());
        for (std::uint32_t t = 0; t < view.terms.size(); ++t) {
            auto const& term = view.terms[t];
            for (auto const p : view.postings.subspan(term.first, term.count)) terms_[counts[p]++] = t;
        }
    }
    Sense run(LeftOut const& left_out) {
        std::vector<std::uint32_t> order;
        for (std::uint32_t p = 0; p < view_.phrases.size(); ++p) {
            if (left_out.holds(view_.phrases[p])) continue;
            if (first_[p + 1] > first_[p]) order.push_back(p);
        }
        for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[next() % i]);
        for (std::size_t round = 0; round < rounds; ++round) {
            auto const rate = 0.5F * (1.0F - static_cast<float>(round) / static_cast<float>(rounds));
            for (auto const p : order) phrase(p, rate, round);
        }
        return std::move(made_);
    }

private:
    std::uint32_t next() {
        seed_ ^= seed_ << 13U, seed_ ^= seed_ >> 17U, seed_ ^= seed_ << 5U;
        return seed_;
    }
    float random() { return (static_cast<float>(next() % 20001) - 10000.0F) / 10000.0F; }

    // One level: the rows from `first`, of which `right` is right. Adds to `back` what the point should move
    // by.
    void level(std::vector<float>& rows, std::size_t first, std::size_t count, std::size_t right,
               Point const& point, Point& back, float rate) {
        scores_.resize(count);
        for (std::size_t k = 0; k < count; ++k)
            scores_[k] = product(&rows[(first + k) * dimensions], point.data());
        normalise(scores_);
        for (std::size_t k = 0; k < count; ++k) {
            auto const pull = rate * ((k == right ? 1.0F : 0.0F) - std::exp(scores_[k]));
            if (std::fabs(pull) < 1e-4F) continue;
            auto* const row = &rows[(first + k) * dimensions];
            for (std::size_t i = 0; i < dimensions; ++i) {
                back[i] += pull * row[i];
                row[i] += pull * point[i];
            }
        }
    }
    void phrase(std::uint32_t p, float rate, std::size_t round) {
        auto const& row = view_.phrases[p];
        auto const terms = std::span(terms_).subspan(first_[p], first_[p + 1] - first_[p]);
        Point point{};
        float mass = 0;
        for (auto const t : terms) {
            auto const weight = view_.terms[t].weight;
            mass += weight;
            for (std::size_t i = 0; i < dimensions; ++i) point[i] += weight * made_.terms[t * dimensions + i];
        }
        if (mass <= 0) return;
        for (auto& one : point) one /= mass;
        auto const target = view_.targets[row.first_target + round % row.targets];
        bool const is_heading = (target & heading_bit) != 0;
        auto const heading = is_heading ? target & ~heading_bit : view_.leaves[target].heading;
        auto const& h = view_.headings[heading];
        auto const& c = view_.chapters[h.parent];
        auto const step = rate * importance[row.source];
        Point back{};
        level(made_.chapters, 0, view_.chapters.size(), h.parent, point, back, step);
        level(made_.headings, c.first, c.count, heading - c.first, point, back, step);
        if (!is_heading) level(made_.leaves, h.first, h.count, target - h.first, point, back, step * 0.5F);
        for (auto const t : terms) {
            auto const share = view_.terms[t].weight / mass;
            for (std::size_t i = 0; i < dimensions; ++i) made_.terms[t * dimensions + i] += share * back[i];
        }
    }

    View const& view_;
    Sense made_;
    std::vector<std::uint32_t> first_;
    std::vector<std::uint32_t> terms_;
    std::vector<float> scores_;
    std::uint32_t seed_ = 88172645U;
};

}  // namespace

Sense learned_sense(View const& view, LeftOut const& left_out) { return Learning(view).run(left_out); }

SenseShares shares(View const& view, Point const& point) {
    SenseShares out;
    out.chapters.resize(view.chapters.size());
    out.headings.resize(view.headings.size());
    for (std::size_t c = 0; c < out.chapters.size(); ++c)
        out.chapters[c] = product(&view.sense_chapters[c * dimensions], point.data());
    normalise(out.chapters);
    for (std::size_t c = 0; c < out.chapters.size(); ++c) {
        auto const& chapter = view.chapters[c];
        for (std::size_t h = chapter.first; h < chapter.first + chapter.count; ++h)
            out.headings[h] = product(&view.sense_headings[h * dimensions], point.data());
        auto const own = std::span(out.headings).subspan(chapter.first, chapter.count);
        normalise(own);
        for (auto& one : own) one += out.chapters[c];
    }
    return out;
}

std::vector<float> leaf_shares(View const& view, Point const& point, std::uint32_t heading) {
    auto const& row = view.headings[heading];
    std::vector<float> out(row.count);
    for (std::size_t k = 0; k < row.count; ++k)
        out[k] = product(&view.sense_leaves[(row.first + k) * dimensions], point.data());
    normalise(out);
    return out;
}

}  // namespace allroads::classify
