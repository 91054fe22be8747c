// The tables as bytes: a header, where each table lies, the tables, each on a boundary of eight. And back,
// with every number checked, because a mapped file may be anything.

#include "classify/compile.h"
#include "classify/hidden.h"
#include "classify/linear.h"
#include "classify/sense.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace allroads::classify {

namespace {

struct Place {
    std::uint64_t at = 0;
    std::uint64_t count = 0;
    std::uint64_t size = 0;  // of one row
};
#define X(type, name) +1
constexpr std::size_t table_count = 0 CLASSIFY_TABLES(X);
#undef X
struct Header {
    std::array<char, 24> version{};
    std::array<char, 40> name{};
    std::uint64_t bytes = 0;
    std::array<Place, table_count> places{};
};

template <class Row>
void put(std::string& out, Place& place, std::vector<Row> const& rows) {
    static_assert(std::is_trivially_copyable_v<Row> && alignof(Row) <= 8);
    out.resize((out.size() + 7) / 8 * 8, '\0');
    place = {out.size(), rows.size(), sizeof(Row)};
    if (!rows.empty()) out.append(reinterpret_cast<char const*>(rows.data()), rows.size() * sizeof(Row));
}

std::unexpected<Error> corrupt(std::string_view what) {
    return refuse(Code::edition_corrupt, "words",
                  "the compiled words are damaged (" + std::string(what) + ")");
}

template <class Row>
bool take(std::string_view bytes, Place const& place, std::span<Row const>& rows) {
    if (place.size != sizeof(Row) || place.at % 8 != 0 || place.at > bytes.size()) return false;
    if (place.count > (bytes.size() - place.at) / sizeof(Row)) return false;
    rows = {reinterpret_cast<Row const*>(bytes.data() + place.at), static_cast<std::size_t>(place.count)};
    return true;
}

class Checking {
public:
    explicit Checking(View const& view) : v_(view) {}

    bool run() const {
        return tree() && phrases() && lines() && facets() && notes() && model() && floats(v_.sense_terms) &&
               floats(v_.sense_chapters) && floats(v_.sense_headings) && floats(v_.sense_leaves);
    }

private:
    [[nodiscard]] bool text(Text text) const {
        return text.at <= v_.pool.size() && text.size <= v_.pool.size() - text.at;
    }
    static bool range(std::uint64_t first, std::uint64_t count, std::size_t size) {
        return first <= size && count <= size - first;
    }
    static bool floats(std::span<float const> all) {
        return std::ranges::all_of(all,
                                   [](float one) { return std::isfinite(one) && std::fabs(one) < 1e6F; });
    }
    template <class Row>
    static bool sorted(std::span<Row const> rows) {
        return std::ranges::is_sorted(rows, {}, &Row::key) &&
               std::ranges::all_of(rows, [](Row const& row) { return GoodsCode::is_key(row.key); });
    }
    [[nodiscard]] bool tree() const {
        for (auto const& row : v_.chapters) {
            if (!text(row.text) || !range(row.first, row.count, v_.headings.size()) || !(row.mass >= 0))
                return false;
        }
        for (auto const& row : v_.headings) {
            if (!text(row.text) || !range(row.first, row.count, v_.leaves.size()) || !(row.mass >= 0))
                return false;
            if (row.parent >= v_.chapters.size()) return false;
        }
        for (std::uint32_t i = 0; i < v_.leaves.size(); ++i) {
            auto const& row = v_.leaves[i];
            if (!text(row.text) || row.heading >= v_.headings.size() || row.chapter >= v_.chapters.size())
                return false;
            auto const& heading = v_.headings[row.heading];
            if (i < heading.first || i - heading.first >= heading.count || !(row.mass >= 0)) return false;
        }
        return sorted(v_.chapters) && sorted(v_.headings) && sorted(v_.leaves) &&
               v_.leaf_facets.size() == v_.leaves.size() * facet_words &&
               v_.sense_chapters.size() == v_.chapters.size() * dimensions &&
               v_.sense_headings.size() == v_.headings.size() * dimensions &&
               v_.sense_leaves.size() == v_.leaves.size() * dimensions &&
               v_.sense_terms.size() == v_.terms.size() * dimensions && linear() && spelling();
    }
    [[nodiscard]] bool spelling() const {
        return v_.spell_first.size() == spell_sizes + 1 && v_.spell_first.front() == 0 &&
               std::ranges::is_sorted(v_.spell_first) && v_.spell_first.back() == v_.spell_terms.size() &&
               v_.spell_letters.size() == v_.spell_terms.size() && below(v_.spell_terms, v_.terms.size());
    }
    [[nodiscard]] bool linear() const {
        if (v_.linear_first.size() != v_.terms.size() + 1 || v_.linear_first.front() != 0) return false;
        if (!std::ranges::is_sorted(v_.linear_first) || v_.linear_first.back() != v_.linear.size())
            return false;
        return std::ranges::all_of(v_.linear, [&](PairRow const& row) {
            bool const is_heading = (row.node & heading_bit) != 0;
            return std::isfinite(row.weight) && std::fabs(row.weight) < 1e6F &&
                   (is_heading ? (row.node & ~heading_bit) < v_.headings.size()
                               : row.node < v_.leaves.size());
        });
    }
    [[nodiscard]] bool phrases() const {
        for (auto const& row : v_.phrases) {
            if (!text(row.text) || row.source >= sources || row.language >= languages || row.targets == 0)
                return false;
            if (!range(row.first_target, row.targets, v_.targets.size()) || !(row.norm >= 0)) return false;
        }
        for (auto const target : v_.targets) {
            bool const is_heading = (target & heading_bit) != 0;
            if (is_heading ? (target & ~heading_bit) >= v_.headings.size() : target >= v_.leaves.size())
                return false;
        }
        for (auto const& row : v_.terms) {
            if (!text(row.text) || !range(row.first, row.count, v_.postings.size())) return false;
            if (!(row.weight >= 0 && row.weight < 100) || !(row.share >= 0 && row.share <= 1000))
                return false;
        }
        return below(v_.postings, v_.phrases.size());
    }
    static bool below(std::span<std::uint32_t const> all, std::size_t bound) {
        return std::ranges::all_of(all, [&](std::uint32_t one) { return one < bound; });
    }
    [[nodiscard]] bool lines() const {
        for (auto const& row : v_.markets) {
            if (!text(row.code) || !range(row.first, row.count, v_.lines.size())) return false;
            if (!sorted(v_.lines.subspan(row.first, row.count))) return false;
        }
        for (auto const& row : v_.lines) {
            if (!text(row.text) || !text(row.group) ||
                !range(row.first_term, row.terms, v_.line_terms.size()))
                return false;
        }
        return below(v_.line_terms, v_.terms.size());
    }
    [[nodiscard]] bool facets() const {
        for (auto const& row : v_.facets) {
            if (!text(row.name) || !text(row.question) ||
                !range(row.first, row.count, v_.facet_values.size()))
                return false;
        }
        for (auto const& row : v_.facet_values) {
            if (!text(row.name) || !text(row.answer) || row.facet >= v_.facets.size()) return false;
            if (!range(row.first_word, row.words, v_.facet_words.size())) return false;
        }
        return v_.facet_values.size() <= facet_words * 32 && words(v_.facet_words) && words(v_.note_words) &&
               below(v_.facet_terms, v_.terms.size());
    }
    [[nodiscard]] bool words(std::span<FacetWordRow const> rows) const {
        return std::ranges::all_of(rows, [&](FacetWordRow const& row) {
            return range(row.first_term, row.terms, v_.facet_terms.size());
        });
    }
    [[nodiscard]] bool notes() const {
        for (auto const& row : v_.notes) {
            if (!text(row.text) || !text(row.source) || !range(row.first_to, row.tos, v_.note_to.size()))
                return false;
            if (!range(row.first_word, row.words, v_.note_words.size())) return false;
        }
        return sorted(v_.notes) && std::ranges::all_of(v_.note_to, &GoodsCode::is_key);
    }
    [[nodiscard]] bool model() const {
        if (v_.model.size() != 1) return false;
        auto const& m = v_.model[0];
        if (!floats(m.weights) || !floats(m.means) || !floats(m.scales) || !floats(m.outer)) return false;
        return std::ranges::all_of(m.inner, [](auto const& row) { return floats(row); }) &&
               std::ranges::all_of(m.calibration, [](auto const& row) { return floats(row); }) &&
               std::isfinite(m.temperature);
    }

    View const& v_;
};

}  // namespace

std::string bytes_of(Tables const& all, std::string_view name) {
    Header header;
    std::copy_n(index_version.begin(), index_version.size(), header.version.begin());
    std::copy_n(name.begin(), std::min(name.size(), header.name.size() - 1), header.name.begin());
    std::string out(sizeof header, '\0');
    std::size_t table = 0;
#define X(type, table_name) put(out, header.places[table++], all.table_name);
    CLASSIFY_TABLES(X)
#undef X
    header.bytes = out.size();
    std::memcpy(out.data(), &header, sizeof header);
    return out;
}

std::string compile(Knowledge const& knowledge) {
    auto tables = tables_of(knowledge);
    auto const sense = learned_sense(view_of(tables), {});
    tables.model.push_back(trained(view_of(tables)));
    tables.sense_terms = sense.terms;
    tables.sense_chapters = sense.chapters;
    tables.sense_headings = sense.headings;
    tables.sense_leaves = sense.leaves;
    auto linear = learned_linear(view_of(tables), {});
    tables.linear_first = std::move(linear.first);
    tables.linear = std::move(linear.pairs);
    tables.model[0].has_texts = std::ranges::any_of(
        knowledge.nodes, [](NodeText const& node) { return node.market == "HS" && node.code.size() == 6; });
    return bytes_of(tables, knowledge.name);
}

Index::Index(std::unique_ptr<Hidden> hidden) : hidden_(std::move(hidden)) {}
Index::Index(Index&&) noexcept = default;
Index& Index::operator=(Index&&) noexcept = default;
Index::~Index() = default;

Result<Index> Index::open(std::string_view bytes) {
    Header header;
    if (bytes.size() < sizeof header || reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0)
        return corrupt("it is too short");
    std::memcpy(&header, bytes.data(), sizeof header);
    std::string_view const version(header.version.data(),
                                   strnlen(header.version.data(), header.version.size()));
    if (!version.starts_with("allroads words ")) return corrupt("it does not begin as one");
    if (version != index_version)
        return refuse(Code::edition_version, "words", "the compiled words are “" + excerpt(version) + "”");
    if (header.bytes != bytes.size()) return corrupt("it is cut short");
    auto hidden = std::make_unique<Hidden>();
    std::size_t table = 0;
    bool whole = true;
#define X(type, name) whole = take(bytes, header.places[table++], hidden->view.name) && whole;
    CLASSIFY_TABLES(X)
#undef X
    if (!whole || !Checking(hidden->view).run()) return corrupt("a table does not fit");
    hidden->name = std::string(header.name.data(), strnlen(header.name.data(), header.name.size()));
    return Index(std::move(hidden));
}

IndexAbout Index::about() const {
    auto const& view = hidden_->view;
    return {hidden_->name, view.phrases.size(), view.leaves.size(), view.lines.size(),
            view.model[0].has_texts != 0};
}

}  // namespace allroads::classify
