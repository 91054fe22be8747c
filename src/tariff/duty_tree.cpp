#include "tariff/duty_tree.h"

#include "tariff/duty_words.h"

namespace allroads::tariff {
namespace {

// What Decimal::parse takes from outside, so that an amount that is printed can be read.
constexpr Int128 coefficient_end = 1'000'000'000'000'000'000;
constexpr int scale_max = 18;

bool same_node(DutyNode const& a, DutyNode const& b) {
    return a.kind == b.kind && a.scale == b.scale && a.currency == b.currency && a.unit == b.unit &&
           a.size == b.size && a.amount == b.amount && a.per == b.per;
}

bool is_branch(DutyKind kind) {
    return (kind >= DutyKind::sum && kind <= DutyKind::smaller) || kind >= DutyKind::by_day;
}

}  // namespace

Tree DutyBuilder::leaf(DutyKind kind, std::string_view words) {
    Tree tree(1);
    tree[0].kind = kind;
    put_words(tree[0], words);
    return tree;
}

std::optional<Tree> DutyBuilder::amount(DutyKind kind, Decimal const& amount, std::int64_t per) {
    Decimal const bare = amount.stripped();
    Int128 const coefficient = bare.coefficient();
    if (coefficient < 0 || coefficient >= coefficient_end || per < 1) return {};
    // A negative scale would be a rounder number than the node can say; none of ours has one.
    if (bare.scale() < 0 || bare.scale() > scale_max) return {};
    Tree tree(1);
    tree[0].kind = kind;
    tree[0].amount = static_cast<std::int64_t>(coefficient);
    tree[0].scale = static_cast<std::int8_t>(bare.scale());
    tree[0].per = per;
    return tree;
}

Tree DutyBuilder::join(DutyKind kind, std::initializer_list<Tree const*> children) {
    Tree tree(1);
    tree[0].kind = kind;
    for (Tree const* child : children) tree.insert(tree.end(), child->begin(), child->end());
    tree[0].size = static_cast<std::uint16_t>(std::min<std::size_t>(tree.size(), 0xFFFF));
    return tree;
}

Tree DutyBuilder::append(DutyKind kind, Tree left, Tree const& right, bool may_grow) {
    if (!may_grow || left.empty() || left[0].kind != kind) return join(kind, {&left, &right});
    left.insert(left.end(), right.begin(), right.end());
    left[0].size = static_cast<std::uint16_t>(std::min<std::size_t>(left.size(), 0xFFFF));
    return left;
}

void DutyBuilder::put_words(DutyNode& node, std::string_view words) {
    node.words_at = 0;
    node.words_size = static_cast<std::uint32_t>(words.size());
    if (words.empty()) return;
    auto const found = words_.find(words);
    node.words_at = static_cast<std::uint32_t>(found != std::string::npos ? found : words_.size());
    if (found == std::string::npos) words_ += words;
}

std::string_view DutyBuilder::words_of(DutyNode const& node) const {
    return std::string_view(words_).substr(node.words_at, node.words_size);
}

DutyText DutyBuilder::finish(std::string_view text, Tree tree) const {
    std::size_t words = 0;
    for (DutyNode const& node : tree) words += node.words_size;
    if (tree.empty() || tree.size() > duty_nodes_max || words > duty_words_max) return unreadable(text);
    DutyText duty;
    duty.text_ = std::string(trim(text));
    duty.words_ = words_;
    duty.nodes_ = std::move(tree);
    // A short tree cannot print beyond the limit.
    bool const may_be_long = duty.nodes_.size() > 12 || words > 400;
    if (may_be_long && print(duty.view()).size() > duty_bytes_max) return unreadable(text);
    return duty;
}

DutyText DutyBuilder::unreadable(std::string_view text) {
    // Only as much as a person needs to recognise it; the whole text stays in `text`.
    std::string const shown =
        excerpt(plain_words(text.substr(0, 4 * unreadable_bytes_max)).text, unreadable_bytes_max);
    DutyBuilder builder;
    DutyText duty;
    duty.text_ = std::string(trim(text));
    duty.nodes_ = builder.leaf(DutyKind::unreadable, shown);
    duty.words_ = std::move(builder.words_);
    return duty;
}

std::string_view words_in(DutyView const& duty, DutyNode const& node) {
    if (std::size_t{node.words_at} + node.words_size > duty.words.size()) return {};
    return duty.words.substr(node.words_at, node.words_size);
}

bool same_tree(DutyView const& a, DutyView const& b) {
    if (a.nodes.size() != b.nodes.size()) return false;
    for (std::size_t i = 0; i < a.nodes.size(); ++i) {
        if (!same_node(a.nodes[i], b.nodes[i])) return false;
        if (words_in(a, a.nodes[i]) != words_in(b, b.nodes[i])) return false;
    }
    return true;
}

bool is_sound(DutyView const& duty) {
    if (duty.nodes.empty() || duty.nodes.size() > duty_nodes_max || duty.nodes[0].size != duty.nodes.size()) {
        return false;
    }
    // The ends of the open ancestors: a child may not reach beyond its parent.
    std::size_t ends[duty_nodes_max] = {};
    std::size_t depth = 0;
    for (std::size_t at = 0; at < duty.nodes.size(); ++at) {
        DutyNode const& node = duty.nodes[at];
        while (depth > 0 && ends[depth - 1] == at) --depth;
        std::size_t const end = at + node.size;
        if (node.size == 0 || end > (depth > 0 ? ends[depth - 1] : duty.nodes.size())) return false;
        if (node.kind > DutyKind::period || node.scale < 0 || node.scale > scale_max) return false;
        if (is_branch(node.kind) != (node.size > 1)) return false;
        if (node.per < 1 && node.kind != DutyKind::period) return false;
        if (std::size_t{node.words_at} + node.words_size > duty.words.size()) return false;
        ends[depth++] = end;
    }
    return true;
}

bool operator==(DutyText const& a, DutyText const& b) { return same_tree(a.view(), b.view()); }

bool DutyText::is_readable() const {
    if (nodes_.empty()) return false;
    for (DutyNode const& node : nodes_) {
        if (node.kind == DutyKind::unreadable) return false;
    }
    return true;
}

}  // namespace allroads::tariff
