// From words to entries: the terms a word may mean, their lists joined, and the lists of all words met.

#include "search/match.h"

#include "search/words.h"

#include <algorithm>

namespace allroads::search {
namespace {

// What a word is worth where it stands, by the lower bits of a posting; one less where it is not written so.
constexpr std::array<std::uint8_t, 16> scores_of(bool is_as_asked) {
    std::array<std::uint8_t, 16> scores{};
    for (std::uint32_t where = 1; where < 16; ++where) {
        auto const best = (where & in_title) != 0 ? 8 : (where & in_keys) != 0 ? 5 : 2;
        bool const is_exact = is_as_asked && (where & is_derived) == 0;
        scores[where] = static_cast<std::uint8_t>(best - (is_exact ? 0 : 1));
    }
    return scores;
}
constexpr auto as_asked = scores_of(true);
constexpr auto otherwise = scores_of(false);
constexpr std::array<std::uint8_t, 16> as_is = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
constexpr std::uint32_t lower_bits = (1U << posting_bits) - 1;
constexpr std::size_t lists_max = 2 * words_max;

struct Asked {  // one word
    std::string text;
    std::vector<std::string> others = {};  // singulars, or what it was corrected to
    bool may_go_on = false;
};

// The entries of a piece that have a word.
struct List {
    std::span<std::uint32_t const> postings;
    std::array<std::uint8_t, 16> const* scores = &as_asked;
    std::vector<std::uint32_t> joined = {};  // where `postings` points when several lists became one
    [[nodiscard]] static std::uint32_t number(std::uint32_t posting) { return posting >> posting_bits; }
    [[nodiscard]] std::uint8_t score(std::uint32_t posting) const { return (*scores)[posting & lower_bits]; }
};

class Vocabulary {
public:
    explicit Vocabulary(State const& state) : state_(state) {}

    // Whether an entry that is not removed has the term.
    [[nodiscard]] bool knows(std::string_view term) const {
        return std::ranges::any_of(state_.pieces, [&](Piece const& piece) {
            auto const number = piece.segment->find_term(term);
            return number && is_living(piece, *number, *number + 1);
        });
    }
    [[nodiscard]] bool knows_beginning(std::string_view prefix) const {
        return std::ranges::any_of(state_.pieces, [&](Piece const& piece) {
            auto const [first, last] = piece.segment->terms_from(prefix);
            return is_living(piece, first, last);
        });
    }
    // The term with the fewest errors, of these the one in the most entries, of these the first.
    [[nodiscard]] std::optional<std::string> nearest(std::string_view word) const {
        auto const letters = characters(word);
        auto const most = errors_in(letters.size());
        if (most == 0 || !is_spelled(letters)) return std::nullopt;
        for (int errors = 1; errors <= most; ++errors) {
            std::map<std::string, std::uint64_t, std::less<>> found;
            for (auto const& piece : state_.pieces) {
                piece.segment->alike(letters, errors, [&](std::uint32_t term, int) {
                    auto const count = living(piece, term);
                    if (count != 0) found[std::string(piece.segment->term(term))] += count;
                });
            }
            auto const best = std::ranges::max_element(
                found, [](auto const& a, auto const& b) { return a.second < b.second; });
            if (best != found.end()) return best->first;
        }
        return std::nullopt;
    }

private:
    static bool is_living(Piece const& piece, std::uint32_t first, std::uint32_t last) {
        return std::ranges::any_of(piece.segment->postings_of(first, last),
                                   [&](std::uint32_t posting) { return piece.lives(List::number(posting)); });
    }
    static std::uint64_t living(Piece const& piece, std::uint32_t term) {
        auto const postings = piece.segment->postings_of(term, term + 1);
        if (piece.removed == nullptr) return postings.size();
        return static_cast<std::uint64_t>(std::ranges::count_if(
            postings, [&](std::uint32_t posting) { return piece.lives(List::number(posting)); }));
    }
    State const& state_;
};

Result<std::vector<Asked>> asked_of(State const& state, Query const& query, std::string& corrected) {
    if (query.words.size() > words_bytes_max) {
        return refuse(Code::too_long, "words", "a question has at most 1,000 bytes");
    }
    if (!is_clean(query.words)) {
        return refuse(Code::bad_value, "words", "there are control characters or bytes that are not UTF-8");
    }
    std::vector<Word> words;
    split(query.words, words);
    if (words.empty() && !trim(query.words).empty()) {
        return refuse(Code::bad_value, "words", "there is no letter and no digit in it");
    }
    if (words.size() > words_max) return refuse(Code::too_long, "words", "a question has at most 16 words");
    Vocabulary const vocabulary(state);
    std::vector<Asked> asked;
    auto const add = [&](Asked one) {
        bool const is_new = std::ranges::none_of(asked, [&](Asked const& a) { return a.text == one.text; });
        if (is_new && asked.size() < lists_max) asked.push_back(std::move(one));
    };
    bool is_corrected = false;
    std::string shown;
    for (std::size_t i = 0; i < words.size(); ++i) {
        auto const& word = words[i];
        Asked one{word.text, singulars(word.text, query.language.empty() ? "en" : query.language)};
        one.may_go_on = query.is_typing && i + 1 == words.size();
        bool is_known =
            vocabulary.knows(word.text) || (one.may_go_on && vocabulary.knows_beginning(word.text));
        for (auto const& other : one.others) is_known = is_known || vocabulary.knows(other);
        if (!shown.empty()) shown += ' ';
        if (!is_known && word.is_han) {
            auto const pairs = pairs_of(word.text);
            shown += word.text;
            if (pairs.empty()) add(one);
            for (auto const& pair : pairs) add({pair});
            continue;
        }
        if (!is_known) {
            if (auto nearest = vocabulary.nearest(word.text)) {
                is_corrected = true;
                shown += *nearest;
                one.others = {*std::move(nearest)};
                add(std::move(one));
                continue;
            }
        }
        shown += word.text;
        add(std::move(one));
    }
    if (is_corrected) corrected = std::move(shown);
    return asked;
}

// Several lists as one, each entry once with its best score.
class Join {
public:
    explicit Join(Segment const& segment) : segment_(segment) {}
    void add(std::span<std::uint32_t const> postings, std::array<std::uint8_t, 16> const& scores) {
        if (postings.empty()) return;
        sources_.push_back({postings, &scores});
        total_ += postings.size();
    }
    [[nodiscard]] List finish() && {
        if (sources_.empty()) return {};
        if (sources_.size() == 1 && !is_many_) return {sources_[0].postings, sources_[0].scores};
        List list;
        list.scores = &as_is;
        if (total_ > segment_.size() / 16) {
            by_number(list.joined);
        } else {
            by_order(list.joined);
        }
        list.postings = list.joined;
        return list;
    }
    // What is added holds several terms, so its numbers do not ascend.
    void mark_many() { is_many_ = true; }

private:
    struct Source {
        std::span<std::uint32_t const> postings;
        std::array<std::uint8_t, 16> const* scores;
    };
    void by_number(std::vector<std::uint32_t>& joined) const {
        std::vector<std::uint8_t> best(segment_.size());
        for (auto const& source : sources_) {
            for (auto const posting : source.postings) {
                auto& of = best[List::number(posting)];
                of = std::max(of, (*source.scores)[posting & lower_bits]);
            }
        }
        joined.reserve(std::min<std::size_t>(total_, segment_.size()));
        for (std::uint32_t i = 0; i < best.size(); ++i) {
            if (best[i] != 0) joined.push_back((i << posting_bits) | best[i]);
        }
    }
    void by_order(std::vector<std::uint32_t>& joined) const {
        joined.reserve(total_);
        for (auto const& source : sources_) {
            for (auto const posting : source.postings) {
                joined.push_back((posting & ~lower_bits) | (*source.scores)[posting & lower_bits]);
            }
        }
        std::ranges::sort(joined, std::greater<>());
        auto const is_same = [](std::uint32_t a, std::uint32_t b) {
            return List::number(a) == List::number(b);
        };
        joined.erase(std::unique(joined.begin(), joined.end(), is_same), joined.end());
        std::ranges::reverse(joined);
    }
    Segment const& segment_;
    std::vector<Source> sources_;
    std::size_t total_ = 0;
    bool is_many_ = false;
};

List list_of(Segment const& segment, Asked const& asked) {
    Join join(segment);
    auto const add = [&](std::string_view text, std::array<std::uint8_t, 16> const& scores) {
        if (auto const term = segment.find_term(text))
            join.add(segment.postings_of(*term, *term + 1), scores);
    };
    add(asked.text, as_asked);
    for (auto const& other : asked.others) add(other, otherwise);
    if (asked.may_go_on) {
        auto const [first, last] = segment.terms_from(asked.text);
        if (last - first > 1) join.mark_many();
        join.add(segment.postings_of(first, last), otherwise);
    }
    return std::move(join).finish();
}

// The first place at or behind `from` whose number is not below; steps double, so that a long list costs
// little beside a short one.
std::size_t leap(std::span<std::uint32_t const> postings, std::size_t from, std::uint32_t number) {
    std::size_t step = 1;
    auto low = from;
    while (from < postings.size() && List::number(postings[from]) < number) {
        low = from + 1;
        from += step;
        step *= 2;
    }
    auto const end = postings.begin() + static_cast<std::ptrdiff_t>(std::min(from, postings.size()));
    auto const at = std::lower_bound(postings.begin() + static_cast<std::ptrdiff_t>(low), end, number,
                                     [](std::uint32_t p, std::uint32_t n) { return List::number(p) < n; });
    return static_cast<std::size_t>(at - postings.begin());
}

Matches all_of(Piece const& piece, std::vector<List> const& lists) {
    Matches found;
    std::vector<List const*> order;
    for (auto const& list : lists) order.push_back(&list);
    std::ranges::sort(order, {}, [](List const* list) { return list->postings.size(); });
    auto const& shortest = *order[0];
    found.numbers.reserve(shortest.postings.size());
    found.scores.reserve(shortest.postings.size());
    std::vector<std::size_t> at(order.size());
    for (auto const posting : shortest.postings) {
        auto const number = List::number(posting);
        if (!piece.lives(number)) continue;
        unsigned score = shortest.score(posting);
        bool has_all = true;
        for (std::size_t i = 1; i < order.size() && has_all; ++i) {
            auto const& list = *order[i];
            at[i] = leap(list.postings, at[i], number);
            has_all = at[i] < list.postings.size() && List::number(list.postings[at[i]]) == number;
            if (has_all) score += list.score(list.postings[at[i]]);
        }
        if (!has_all) continue;
        found.numbers.push_back(number);
        found.scores.push_back(static_cast<std::uint16_t>(score));
    }
    return found;
}

Matches everything(Piece const& piece) {
    Matches found;
    found.numbers.reserve(piece.living());
    for (std::uint32_t i = 0; i < piece.segment->size(); ++i) {
        if (piece.lives(i)) found.numbers.push_back(i);
    }
    return found;
}

// Where nothing has all words: those with the most of them.
class Most {
public:
    void add(Piece const& piece, std::vector<List> const& lists) {
        auto& counts = counts_.emplace_back(piece.segment->size());
        auto& scores = scores_.emplace_back(piece.segment->size());
        for (auto const& list : lists) {
            for (auto const posting : list.postings) {
                auto const number = List::number(posting);
                if (!piece.lives(number)) continue;
                scores[number] = static_cast<std::uint16_t>(scores[number] + list.score(posting));
                most_ = std::max<unsigned>(most_, ++counts[number]);
            }
        }
    }
    [[nodiscard]] unsigned most() const { return most_; }
    [[nodiscard]] Matches of(std::size_t piece) const {
        Matches found;
        if (most_ == 0) return found;
        for (std::uint32_t i = 0; i < counts_[piece].size(); ++i) {
            if (counts_[piece][i] != most_) continue;
            found.numbers.push_back(i);
            found.scores.push_back(scores_[piece][i]);
        }
        return found;
    }

private:
    std::vector<std::vector<std::uint8_t>> counts_;
    std::vector<std::vector<std::uint16_t>> scores_;
    unsigned most_ = 0;
};

}  // namespace

Result<Matched> match(State const& state, Query const& query) {
    Matched result;
    auto const asked = TRY(asked_of(state, query, result.corrected));
    result.asked = result.matched = static_cast<std::uint32_t>(asked.size());
    if (asked.empty()) {
        for (auto const& piece : state.pieces) result.of_pieces.push_back(everything(piece));
        return result;
    }
    std::vector<std::vector<List>> lists;
    std::size_t found = 0;
    for (auto const& piece : state.pieces) {
        auto& of_piece = lists.emplace_back();
        for (auto const& one : asked) of_piece.push_back(list_of(*piece.segment, one));
        result.of_pieces.push_back(all_of(piece, of_piece));
        found += result.of_pieces.back().numbers.size();
    }
    if (found != 0 || asked.size() == 1) return result;
    Most most;
    for (std::size_t p = 0; p < state.pieces.size(); ++p) most.add(state.pieces[p], lists[p]);
    result.matched = most.most();
    for (std::size_t p = 0; p < state.pieces.size(); ++p) result.of_pieces[p] = most.of(p);
    return result;
}

}  // namespace allroads::search
