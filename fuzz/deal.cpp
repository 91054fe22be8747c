// Any bytes as the life of a deal: each line is terms, a deal or an event; refused, or printed and read again
// as the same. Events happen to the deal that was read, or begin one; what they make of it can be read again.

#include "deal/deal.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace allroads;
using namespace allroads::deal;

constexpr int lines_of_input_max = 24;

template <class Value, class Parse>
void comes_back(Value const& value, Parse parse) {
    auto const printed = document_of(value);
    auto const again = parse(printed);
    if (!again || !(*again == value) || document_of(*again) != printed) std::abort();
}

void look_at(Deal const& deal) {
    comes_back(deal, parse_deal);
    static_cast<void>(deadlines_of(deal));
    for (auto const& actor : {Actor{Role::buyer, deal.buyer}, Actor{Role::seller, deal.seller}})
        static_cast<void>(possible(deal, actor));
    if (deal.is_agreed()) static_cast<void>(left_to_send(deal));
}

void happens(std::optional<Deal>& deal, Event const& event) {
    comes_back(event, parse_event);
    auto const outcome = deal ? step(*deal, event) : begin(DealId(db::IdBytes{1}), event);
    if (!outcome) return;
    if (!unsound(outcome->deal).empty()) std::abort();
    deal = outcome->deal;
    look_at(*deal);
}

// Where a string or a number of a document stands, without its quotation marks.
struct Word {
    std::size_t at;
    std::size_t size;
    bool is_text;
};

std::vector<Word> words_of(std::string_view text) {
    static constexpr std::string_view digits = "0123456789";
    std::vector<Word> all;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const is_text = text[i] == '"';
        if (!is_text && !digits.contains(text[i])) continue;
        auto const start = is_text ? i + 1 : i;
        auto const end = is_text ? text.find('"', start) : text.find_first_not_of(digits, start);
        auto const stop = std::min(end, text.size());
        all.push_back({start, stop - start, is_text});
        i = stop;
    }
    return all;
}

std::string a_name(std::minstd_rand& chance) {
    auto const one = chance();
    switch (chance() % 4) {
        case 0: return std::string(text_of(static_cast<Kind>(one % kinds)));
        case 1: return std::string(text_of(static_cast<State>(one % states)));
        case 2: return std::string(text_of(static_cast<Role>(one % 7)));
        default: return "key-" + std::to_string(one % 1000);
    }
}

// Bytes changed at random are hardly ever a document. So a word takes the place of another, or a line is said
// twice or left out.
std::string changed(std::string text, std::minstd_rand& chance) {
    if (chance() % 3 == 0) {
        auto const start = text.rfind('\n', chance() % (text.size() + 1));
        auto const from = start == std::string::npos ? 0 : start + 1;
        auto const line = text.substr(from, std::min(text.find('\n', from), text.size()) - from);
        if (chance() % 2 == 0) return text.erase(from, line.size() + 1);
        return text + (text.ends_with('\n') ? "" : "\n") + line;
    }
    auto const words = words_of(text);
    if (words.empty()) return text;
    auto const to = words[chance() % words.size()];
    auto const from = words[chance() % words.size()];
    auto word = text.substr(from.at, from.size);
    if (to.is_text && chance() % 2 == 0) word = a_name(chance);
    if (!to.is_text) word = std::to_string(chance() % 4 == 0 ? chance() : chance() % 40);
    return text.replace(to.at, to.size, word);
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
    std::minstd_rand chance(seed);
    if (chance() % 8 == 0) return LLVMFuzzerMutate(data, size, most);
    std::string text(reinterpret_cast<char const*>(data), size);
    for (auto times = 1 + chance() % 3; times > 0; --times) text = changed(std::move(text), chance);
    text.resize(std::min(text.size(), most));
    std::ranges::copy(text, data);
    return text.size();
}

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view text(reinterpret_cast<char const*>(data), size);
    std::optional<Deal> deal;
    for (int i = 0; i < lines_of_input_max && !text.empty(); ++i) {
        auto const line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (auto const event = parse_event(line)) {
            happens(deal, *event);
        } else if (auto read = parse_deal(line)) {
            deal = std::move(*read);
            look_at(*deal);
        } else if (auto const terms = parse_terms(line)) {
            comes_back(*terms, parse_terms);
        }
    }
    return 0;
}
