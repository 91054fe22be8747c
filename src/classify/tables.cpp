// From knowledge to tables.

#include "classify/compile.h"
#include "classify/evidence.h"
#include "classify/spelling.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

namespace allroads::classify {

namespace {

constexpr std::array<float, sources> source_weight = {2.0F, 2.0F, 3.0F, 1.0F, 0.4F};
// A word that more than this share of all headings is said with tells nothing.
constexpr std::uint16_t line_terms_max = 200;
constexpr float common_share = 0.35F;

bool is_rest_text(std::string_view text) {
    auto const plain = folded(trim(text));
    return plain.starts_with("other") || plain.starts_with("nes") ||
           plain.find("n.e.c") != std::string::npos || plain.find("n.e.s") != std::string::npos ||
           plain.starts_with("loai khac") || plain.starts_with("autre") || plain.starts_with("otros") ||
           plain.starts_with("- other");
}

class Compiling {
public:
    explicit Compiling(Knowledge const& knowledge) : from_(knowledge) { tables_.pool.push_back('\0'); }

    Tables run() {
        tree();
        phrases();
        own_words();
        terms();
        lines();
        facets();
        notes();
        return std::move(tables_);
    }

private:
    Text add(std::string_view text) {
        if (text.empty()) return {};
        auto const [at, fresh] = pooled_.try_emplace(std::string(text));
        if (fresh) {
            at->second = {static_cast<std::uint32_t>(tables_.pool.size()),
                          static_cast<std::uint32_t>(text.size())};
            tables_.pool.insert(tables_.pool.end(), text.begin(), text.end());
        }
        return at->second;
    }

    // Every code that a text or a phrase names. Where the texts of the Harmonized System were given, they say
    // which subheadings there are; older lists of lines name some that are no more.
    void tree() {
        std::map<GoodsCode, std::string_view> texts;
        std::set<GoodsCode> leaves;
        for (auto const& node : from_.nodes) {
            if (node.market == "HS" && node.code.size() <= 6) texts.emplace(node.code, node.text);
        }
        for (auto const& [code, text] : texts) {
            if (code.size() == 6) leaves.insert(code);
        }
        has_texts_ = !leaves.empty();
        if (!has_texts_) {
            std::set<GoodsCode> headings;
            for (auto const& phrase : from_.phrases) {
                for (auto const code : phrase.codes) {
                    if (code.size() >= 6) leaves.insert(code.prefix(6));
                    if (code.size() >= 4) headings.insert(code.prefix(4));
                }
            }
            for (auto const& node : from_.nodes) {
                if (node.code.size() >= 6) leaves.insert(node.code.prefix(6));
            }
            // A heading of which no subheading is known is its own leaf.
            for (auto const heading : headings) {
                auto const under = leaves.lower_bound(heading);
                if (under == leaves.end() || !under->is_under(heading)) leaves.insert(heading);
            }
        }
        for (auto const leaf : leaves) grow(leaf, texts);
        for (auto& leaf : tables_.leaves) {
            leaf.is_rest = is_rest_text(text_of_node(texts, leaf.key)) ? 1 : 0;
        }
    }
    static std::string_view text_of_node(std::map<GoodsCode, std::string_view> const& texts,
                                         std::uint64_t key) {
        auto const found = texts.find(GoodsCode::from_key(key));
        return found == texts.end() ? std::string_view() : found->second;
    }
    void grow(GoodsCode leaf, std::map<GoodsCode, std::string_view> const& texts) {
        auto const chapter = leaf.prefix(2).key();
        auto const heading = leaf.prefix(4).key();
        if (tables_.chapters.empty() || tables_.chapters.back().key != chapter) {
            tables_.chapters.push_back({chapter, add(text_of_node(texts, chapter)), 0,
                                        static_cast<std::uint32_t>(tables_.headings.size()), 0, 0});
        }
        if (tables_.headings.empty() || tables_.headings.back().key != heading) {
            tables_.headings.push_back({heading, add(text_of_node(texts, heading)),
                                        static_cast<std::uint32_t>(tables_.chapters.size() - 1),
                                        static_cast<std::uint32_t>(tables_.leaves.size()), 0, 0});
            ++tables_.chapters.back().count;
        }
        ++tables_.headings.back().count;
        tables_.leaves.push_back({leaf.key(), add(text_of_node(texts, leaf.key())),
                                  static_cast<std::uint32_t>(tables_.headings.size() - 1),
                                  static_cast<std::uint32_t>(tables_.chapters.size() - 1), 0, 0});
    }

    struct Made {
        Phrase const* from = nullptr;
        std::string_view shown;
        Source source = Source::synonym;
        Language language = Language::en;
        Compiled words;
        std::vector<std::uint32_t> targets;
        std::uint32_t row = 0;
    };
    [[nodiscard]] std::uint32_t target(GoodsCode code) const {
        auto const view = view_of(tables_);
        if (code.size() >= 6) {
            if (auto const leaf = view.leaf(code.prefix(6)); leaf != none) return leaf;
        }
        if (code.size() < 4) return none;
        if (auto const leaf = view.leaf(code.prefix(4)); leaf != none) return leaf;
        auto const heading = view.heading(code.prefix(4));
        return heading == none ? none : heading | heading_bit;
    }
    void phrase(std::string_view text, std::string_view shown, Language language, Source source,
                std::span<GoodsCode const> codes) {
        Made made{nullptr, shown, source, language, compiled(text, language, stems_), {}, row_};
        if (made.words.terms.empty()) return;
        for (auto const code : codes) {
            auto const at = target(code);
            if (at != none && std::ranges::find(made.targets, at) == made.targets.end())
                made.targets.push_back(at);
        }
        if (made.targets.empty() || made.targets.size() > 40) return;
        made_.push_back(std::move(made));
    }
    void phrases() {
        Phrase const* before = nullptr;
        for (auto const& one : from_.phrases) {
            // Synonyms of one row stand together.
            if (before == nullptr || before->codes != one.codes) ++row_;
            before = &one;
            phrase(one.text, one.text, one.language, one.source, one.codes);
        }
        // A line's own text alone says little ("Other"); with what stands above it within its subheading it
        // does.
        std::map<std::pair<std::string_view, GoodsCode>, NodeText const*> by_code;
        for (auto const& node : from_.nodes)
            by_code.emplace(std::pair(std::string_view(node.market), node.code), &node);
        for (auto const& node : from_.nodes) {
            if (node.is_hint || node.code.size() < 4 || node.code.prefix(2).text() >= "98") continue;
            bool const is_hs = node.market == "HS";
            auto all = said(node.text).goods;
            if (!is_hs) {
                all += " " + said(node.group).goods;
                for (int size = node.code.size() - 2; size > 6; size -= 2) {
                    auto const above = by_code.find({node.market, node.code.prefix(size)});
                    if (above == by_code.end()) continue;
                    all += " " + said(above->second->text).goods + " " + said(above->second->group).goods;
                }
            }
            auto const language = is_hs ? Language::en : language_of(node.text).value_or(Language::en);
            phrase(all, node.text, language, is_hs ? Source::hs_text : Source::line_text,
                   std::span(&node.code, 1));
        }
        std::ranges::stable_sort(made_, {},
                                 [](Made const& one) { return one.targets.front() & ~heading_bit; });
    }

    // Where no text of the tree is held, goods are called what packs call them.
    void own_words() {
        std::vector<std::string> names(tables_.leaves.size());
        std::vector<std::string> heading_names(tables_.headings.size());
        auto const call = [](std::string& name, std::string_view word) {
            constexpr std::size_t long_enough = 60;
            if (name.size() < long_enough && name.find(word) == std::string::npos)
                name += (name.empty() ? "" : ", ") + std::string(word);
        };
        for (auto const& made : made_) {
            if (made.source != Source::synonym || made.language != Language::en || made.targets.size() > 3)
                continue;
            for (auto const target : made.targets) {
                if ((target & heading_bit) == 0) call(names[target], made.shown);
                call(heading_names[heading_of(target)], made.shown);
            }
        }
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (tables_.leaves[i].text.size == 0) tables_.leaves[i].text = add(names[i]);
        }
        for (std::size_t i = 0; i < heading_names.size(); ++i) {
            if (tables_.headings[i].text.size == 0) tables_.headings[i].text = add(heading_names[i]);
        }
    }

    void terms() {
        std::map<std::string_view, std::uint32_t> numbers;
        for (auto const& made : made_) {
            for (auto const& term : made.words.terms) numbers.emplace(term, 0);
        }
        std::uint32_t next = 0;
        for (auto& [text, number] : numbers) number = next++;
        std::vector<std::vector<std::uint32_t>> postings(numbers.size());
        tables_.terms.resize(numbers.size());
        for (auto const& [text, number] : numbers) {
            auto& row = tables_.terms[number];
            row.text = add(text);
        }
        for (std::uint32_t p = 0; p < made_.size(); ++p) {
            for (auto const& term : made_[p].words.terms) {
                auto const number = numbers.find(term)->second;
                postings[number].push_back(p);
                tables_.terms[number].languages |= 1U << static_cast<std::uint32_t>(made_[p].language);
            }
        }
        weigh(postings);
        for (auto const& made : made_) write(made, numbers);
        masses(postings);
        spelling();
        for (std::size_t i = 0; i < postings.size(); ++i) {
            auto& row = tables_.terms[i];
            row.first = static_cast<std::uint32_t>(tables_.postings.size());
            if (row.weight <= 0) continue;
            row.count = static_cast<std::uint32_t>(postings[i].size());
            tables_.postings.insert(tables_.postings.end(), postings[i].begin(), postings[i].end());
        }
    }
    // Words by how many characters they have, so that only those of like length are compared.
    void spelling() {
        auto const view = view_of(tables_);
        std::vector<std::vector<std::uint32_t>> by_size(spell_sizes);
        for (std::uint32_t i = 0; i < tables_.terms.size(); ++i)
            by_size[std::min<std::size_t>(characters_of(view.text(tables_.terms[i].text)), spell_sizes - 1)]
                .push_back(i);
        tables_.spell_first.push_back(0);
        for (auto const& terms : by_size) {
            for (auto const i : terms) {
                tables_.spell_terms.push_back(i);
                tables_.spell_letters.push_back(letters_of(view.text(tables_.terms[i].text)));
            }
            tables_.spell_first.push_back(static_cast<std::uint32_t>(tables_.spell_terms.size()));
        }
    }
    [[nodiscard]] std::uint32_t heading_of(std::uint32_t target) const {
        return (target & heading_bit) != 0 ? target & ~heading_bit : tables_.leaves[target].heading;
    }
    void weigh(std::vector<std::vector<std::uint32_t>> const& postings) {
        auto const all = static_cast<float>(tables_.headings.size());
        std::vector<std::uint32_t> seen(tables_.headings.size(), none);
        for (std::uint32_t i = 0; i < postings.size(); ++i) {
            float count = 0;
            for (auto const p : postings[i]) {
                auto const share = 1.0F / static_cast<float>(made_[p].targets.size());
                for (auto const at : made_[p].targets) {
                    auto const heading = heading_of(at);
                    if (seen[heading] == i) continue;
                    seen[heading] = i;
                    count += share;
                }
            }
            count = std::max(count, 0.5F);
            tables_.terms[i].weight =
                count > common_share * all && all > 50 ? 0 : std::log(1.0F + all / (count + 1.0F));
        }
    }
    void write(Made const& made, std::map<std::string_view, std::uint32_t> const& numbers) {
        PhraseRow row;
        row.text = add(made.shown);
        row.first_target = static_cast<std::uint32_t>(tables_.targets.size());
        row.targets = static_cast<std::uint16_t>(made.targets.size());
        row.source = static_cast<std::uint8_t>(made.source);
        row.language = static_cast<std::uint8_t>(made.language);
        row.same = fingerprint(made.words.terms);
        row.row = made.source == Source::synonym ? made.row : row.same;
        float squares = 0;
        for (std::size_t i = 0; i < made.words.terms.size(); ++i) {
            auto const number = numbers.find(made.words.terms[i])->second;
            squares += tables_.terms[number].weight * tables_.terms[number].weight;
            if (static_cast<std::ptrdiff_t>(i) == made.words.head) row.head = number;
        }
        row.norm = std::sqrt(squares);
        tables_.targets.insert(tables_.targets.end(), made.targets.begin(), made.targets.end());
        tables_.phrases.push_back(row);
    }
    void masses(std::vector<std::vector<std::uint32_t>> const& postings) {
        float all = 0;
        for (auto const& made : made_) {
            auto const said = source_weight[static_cast<std::size_t>(made.source)] *
                              static_cast<float>(made.words.terms.size());
            all += said;
            for (auto const at : made.targets) {
                auto const share = said / static_cast<float>(made.targets.size());
                auto& heading = tables_.headings[heading_of(at)];
                heading.mass += share;
                tables_.chapters[heading.parent].mass += share;
                if ((at & heading_bit) == 0) tables_.leaves[at].mass += share;
            }
        }
        for (std::size_t i = 0; i < postings.size(); ++i) {
            float said = 0;
            for (auto const p : postings[i]) said += source_weight[static_cast<std::size_t>(made_[p].source)];
            tables_.terms[i].share = said / all;
        }
    }

    void lines() {
        std::map<std::string_view, std::vector<NodeText const*>> by_market;
        for (auto const& node : from_.nodes) {
            if (node.market != "HS" && node.code.size() > 6) by_market[node.market].push_back(&node);
        }
        auto const view = view_of(tables_);
        for (auto& [market, nodes] : by_market) {
            std::ranges::stable_sort(nodes, {}, [](NodeText const* node) { return node->code; });
            MarketRow row{add(market), static_cast<std::uint32_t>(tables_.lines.size()), 0};
            GoodsCode before;
            for (auto const* node : nodes) {
                if (node->code == before) {  // the same line in other words
                    add_line_terms(*node, view);
                    continue;
                }
                before = node->code;
                ++row.count;
                line(*node, view, static_cast<std::uint16_t>(tables_.markets.size()));
            }
            tables_.markets.push_back(row);
        }
    }
    void line(NodeText const& node, View const& view, std::uint16_t market) {
        LineRow row;
        row.key = node.code.key();
        if (!node.is_hint) row.text = add(node.text);
        row.group = add(node.group);
        row.market = market;
        row.is_declarable = node.is_declarable ? 1 : 0;
        row.is_rest = is_rest_text(node.text) ? 1 : 0;
        row.first_term = static_cast<std::uint32_t>(tables_.line_terms.size());
        tables_.lines.push_back(row);
        add_line_terms(node, view);
    }
    void add_line_terms(NodeText const& node, View const& view) {
        auto& row = tables_.lines.back();
        auto const language = language_of(node.text).value_or(Language::en);
        auto const words = compiled(said(node.text).goods + " " + said(node.group).goods, language, stems_);
        for (auto const& term : words.terms) {
            auto const number = view.term(term);
            if (number != none && row.terms < line_terms_max) {
                tables_.line_terms.push_back(number);
                ++row.terms;
            }
        }
    }

    // A word or several as terms; all must stand in a question.
    FacetWordRow word_row(std::string_view text, std::uint32_t value) {
        FacetWordRow row{value, static_cast<std::uint32_t>(tables_.facet_terms.size()), 0};
        auto const view = view_of(tables_);
        for (auto const& term : compiled(text, language_of(text).value_or(Language::en), stems_).terms) {
            auto const number = view.term(term);
            if (number == none) {  // nothing that is compiled says it
                tables_.facet_terms.resize(row.first_term);
                row.terms = 0;
                return row;
            }
            tables_.facet_terms.push_back(number);
            ++row.terms;
        }
        return row;
    }
    void facets() {
        Numbers numbers;
        for (auto const& one : from_.facets) {
            auto at = std::ranges::find_if(tables_.facets, [&](FacetRow const& row) {
                return view_of(tables_).text(row.name) == one.facet;
            });
            if (at == tables_.facets.end()) {
                tables_.facets.push_back({add(one.facet), add(one.question),
                                          static_cast<std::uint32_t>(tables_.facet_values.size()), 0,
                                          one.decides ? 1U : 0U});
                at = tables_.facets.end() - 1;
            }
            ++at->count;
            auto const number = static_cast<std::uint32_t>(tables_.facet_values.size());
            numbers[{one.facet, one.value}] = number;
            FacetValueRow row{add(one.value), add(one.answer),
                              static_cast<std::uint32_t>(at - tables_.facets.begin()),
                              static_cast<std::uint32_t>(tables_.facet_words.size()), 0};
            for (auto const& word : one.words) {
                auto const made = word_row(word, number);
                if (made.terms == 0) continue;
                tables_.facet_words.push_back(made);
                ++row.words;
            }
            tables_.facet_values.push_back(row);
        }
        std::ranges::copy(explicit_facets(numbers), std::back_inserter(tables_.facet_of));
        std::ranges::sort(tables_.facet_of, {},
                          [](FacetOfRow const& row) { return std::pair(row.key, row.value); });
        mark_leaves();
    }
    using Numbers = std::map<std::pair<std::string, std::string>, std::uint32_t>;
    std::vector<FacetOfRow> explicit_facets(Numbers const& numbers) const {
        std::vector<FacetOfRow> out;
        for (auto const& one : from_.facet_of) {
            auto const found = numbers.find({one.facet, one.value});
            if (found != numbers.end()) out.push_back({one.code.key(), found->second, 0});
        }
        return out;
    }
    // Which values goods of a leaf may have: as is said of its code or of the nearest above, else as its text
    // says.
    void mark_leaves() {
        tables_.leaf_facets.resize(tables_.leaves.size() * facet_words);
        auto const view = view_of(tables_);
        for (std::uint32_t i = 0; i < tables_.leaves.size(); ++i) {
            auto const text = said(view.text(tables_.leaves[i].text)).goods;
            auto words = compiled(text, Language::en, stems_).terms;
            std::ranges::sort(words);
            for (std::uint32_t f = 0; f < tables_.facets.size(); ++f) {
                auto const& facet = tables_.facets[f];
                bool found = false;
                for (int size = 6; size >= 2 && !found; size -= 2) {
                    auto const code = GoodsCode::from_key(tables_.leaves[i].key);
                    if (code.size() < size) continue;
                    auto const key = code.prefix(size).key();
                    for (auto const& row :
                         std::ranges::equal_range(tables_.facet_of, key, {}, &FacetOfRow::key)) {
                        if (tables_.facet_values[row.value].facet != f) continue;
                        mark(i, row.value);
                        found = true;
                    }
                }
                for (auto v = facet.first; !found && v < facet.first + facet.count; ++v) {
                    if (speaks(tables_.facet_values[v], words)) mark(i, v);
                }
            }
        }
    }
    void mark(std::uint32_t leaf, std::uint32_t value) {
        if (value < facet_words * 32)
            tables_.leaf_facets[leaf * facet_words + value / 32] |= 1U << (value % 32);
    }
    [[nodiscard]] bool speaks(FacetValueRow const& value, std::vector<std::string> const& words) const {
        auto const view = view_of(tables_);
        for (auto w = value.first_word; w < value.first_word + value.words; ++w) {
            auto const& row = tables_.facet_words[w];
            bool all = row.terms != 0;
            for (auto const term : view.facet_terms.subspan(row.first_term, row.terms)) {
                all = all && std::ranges::binary_search(words, view.text(view.terms[term].text));
            }
            if (all) return true;
        }
        return false;
    }
    void notes() {
        std::vector<Note const*> all;
        for (auto const& note : from_.notes) all.push_back(&note);
        std::ranges::stable_sort(all, {}, [](Note const* note) { return note->code; });
        for (auto const* note : all) {
            NoteRow row;
            row.key = note->code.key();
            row.text = add(note->text);
            row.source = add(note->source);
            row.excludes = note->excludes ? 1 : 0;
            row.first_to = static_cast<std::uint32_t>(tables_.note_to.size());
            for (auto const code : note->to) {
                tables_.note_to.push_back(code.key());
                ++row.tos;
            }
            row.first_word = static_cast<std::uint32_t>(tables_.note_words.size());
            for (auto const& word : note->words) {
                auto const made = word_row(word, static_cast<std::uint32_t>(tables_.notes.size()));
                if (made.terms == 0) continue;
                tables_.note_words.push_back(made);
                ++row.words;
            }
            tables_.notes.push_back(row);
        }
    }

    Knowledge const& from_;
    Tables tables_;
    Stems stems_;
    std::map<std::string, Text> pooled_;
    std::vector<Made> made_;
    std::uint32_t row_ = 0;
    bool has_texts_ = false;
};

}  // namespace

Tables tables_of(Knowledge const& knowledge) { return Compiling(knowledge).run(); }

}  // namespace allroads::classify
