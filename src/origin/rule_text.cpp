#include "origin/origin.h"

#include <algorithm>
#include <array>

namespace allroads::origin {

namespace {

constexpr int digits_all = 12;
constexpr int percent_places = 6;

// The twelve digits of a code as nibbles, the missing ones 0 or F.
std::uint64_t first_of(GoodsCode code) { return code.key() >> 16U; }
std::uint64_t last_of(GoodsCode code) {
    auto const free = static_cast<unsigned>(digits_all - code.size()) * 4U;
    return first_of(code) | ((std::uint64_t{1} << free) - 1U);
}

struct MethodName {
    std::string_view name;
    Method method;
};
constexpr std::array<MethodName, 4> methods = {{{"build-down", Method::build_down},
                                                {"build-up", Method::build_up},
                                                {"direct-cost", Method::direct_cost},
                                                {"focused", Method::focused}}};

}  // namespace

std::string_view text_of(Basis basis) {
    constexpr std::array<std::string_view, 5> names = {"", "EXW", "FOB", "NC", "weight"};
    return names[static_cast<std::size_t>(basis)];
}

// Reads one rule: words and signs, an expression of alternatives of conjunctions.
class RuleReader {
public:
    explicit RuleReader(std::string_view text) : text_(text) {}

    // Codes alone.
    Result<std::vector<CodeRange>> run_codes() {
        if (text_.size() > rule_bytes_max) return refuse(Code::too_long, "codes", "at most 16 KiB of codes");
        TRY_VOID(codes());
        skip();
        if (at_ != text_.size()) return expected("a comma or the end");
        return std::move(rule_.ranges_);
    }
    Result<Rule> run() {
        if (text_.size() > rule_bytes_max) return refuse(Code::too_long, "rule", "a rule has at most 16 KiB");
        rule_.nodes_ = TRY(alternatives(0));
        skip();
        if (at_ != text_.size()) return expected("| or & or the end");
        if (rule_.nodes_.size() > rule_nodes_max)
            return refuse(Code::too_long, "rule", "a rule has at most 64 parts");
        return std::move(rule_);
    }

private:
    using Tree = std::vector<RuleNode>;

    std::unexpected<Error> expected(std::string_view what) const {
        return refuse(Code::bad_value, "rule",
                      "expected " + std::string(what) + " at “" +
                          excerpt(text_.substr(std::min(at_, text_.size())), 30) + "”");
    }
    void skip() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    bool take(char sign) {
        skip();
        if (at_ == text_.size() || text_[at_] != sign) return false;
        ++at_;
        return true;
    }
    [[nodiscard]] static bool is_word(char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || letter == '-' || letter == '<' || letter == '=' ||
               letter == '.';
    }
    // The word at hand, not taken yet.
    [[nodiscard]] std::string_view peek() {
        skip();
        auto end = at_;
        while (end < text_.size() && is_word(text_[end])) ++end;
        return text_.substr(at_, end - at_);
    }
    bool take_word(std::string_view word) {
        if (peek() != word) return false;
        at_ += word.size();
        return true;
    }

    Result<Tree> alternatives(std::size_t depth) { return joined(RuleKind::any, '|', depth); }
    Result<Tree> joined(RuleKind kind, char sign, std::size_t depth) {
        if (depth > rule_depth_max)
            return refuse(Code::too_long, "rule", "a rule is at most 16 brackets deep");
        auto const part = [&] {
            return kind == RuleKind::any ? joined(RuleKind::all, '&', depth) : factor(depth);
        };
        auto const first = TRY(part());
        if (!next_is(sign)) return first;
        Tree all(1);
        all[0].kind = kind;
        all.insert(all.end(), first.begin(), first.end());
        while (take(sign)) {
            auto const more = TRY(part());
            all.insert(all.end(), more.begin(), more.end());
            if (all.size() > rule_nodes_max)
                return refuse(Code::too_long, "rule", "a rule has at most 64 parts");
        }
        all[0].size = static_cast<std::uint16_t>(all.size());
        return all;
    }
    Result<Tree> factor(std::size_t depth) {
        if (take('(')) {
            auto tree = TRY(alternatives(depth + 1));
            if (!take(')')) return expected(")");
            return tree;
        }
        return Tree{TRY(atom())};
    }

    Result<RuleNode> atom() {
        using enum RuleKind;
        RuleNode node;
        auto const word = peek();
        at_ += word.size();
        if (word == "WO") {
            node.kind = wholly_obtained;
            if (next_is('(')) node.codes = TRY(bracketed());
        } else if (word == "ANY") {
            node.kind = any_working;
        } else if (word == "CC" || word == "CTH" || word == "CTSH") {
            node.kind = change;
            node.digits = word == "CC" ? 2 : word == "CTH" ? 4 : 6;
            TRY_VOID(modifiers(node));
        } else if (word == "not" || word == "only") {
            node.kind = word == "not" ? exclude : only;
            node.codes = TRY(bracketed());
        } else if (word == "MaxNOM") {
            node.kind = max_nom;
            if (next_is('(')) node.codes = TRY(bracketed());
            TRY_VOID(share(node));
        } else if (word == "RVC") {
            node.kind = content;
            TRY_VOID(content_of(node));
        } else if (word == "NOM<=OM") {
            node.kind = nom_le_om;
        } else if (word == "weight") {
            node.kind = weight;
            if (next_is('(')) node.codes = TRY(bracketed());
            TRY_VOID(percent(node));
        } else if (word == "process") {
            node.kind = process;
            node.words = TRY(processes());
        } else if (word == "read") {
            node.kind = read;
            node.words = TRY(quoted());
        } else {
            at_ -= word.size();
            return expected(
                "WO, ANY, CC, CTH, CTSH, not, only, MaxNOM, RVC, NOM<=OM, weight, process or read");
        }
        return node;
    }
    [[nodiscard]] bool next_is(char sign) {
        skip();
        return at_ < text_.size() && text_[at_] == sign;
    }
    Result<void> modifiers(RuleNode& node) {
        for (;;) {
            if (node.except.count == 0 && take_word("except")) {
                node.except = TRY(codes());
            } else if (node.also.count == 0 && take_word("also")) {
                node.also = TRY(codes());
            } else if (node.percent == 0 && take_word("same")) {
                TRY_VOID(share(node));
                if (node.percent == 0) return expected("a share above 0");
            } else {
                return {};
            }
        }
    }
    Result<void> content_of(RuleNode& node) {
        TRY_VOID(share(node));
        if (node.basis == Basis::net_cost) {
            node.method = Method::net_cost;
            return {};
        }
        for (auto const& [name, method] : methods) {
            if (!take_word(name)) continue;
            node.method = method;
            if (method == Method::focused) node.codes = TRY(bracketed());
            return {};
        }
        return expected("build-down, build-up, direct-cost or focused");
    }
    Result<void> share(RuleNode& node) {
        TRY_VOID(percent(node));
        for (auto const basis : {Basis::exw, Basis::fob, Basis::net_cost}) {
            if (take_word(text_of(basis))) node.basis = basis;
        }
        return {};
    }
    Result<void> percent(RuleNode& node) {
        auto const digits = peek();
        auto const number = Decimal::parse(digits);
        if (!number || number->is_negative() || *number > Decimal(100) || number->scale() > percent_places)
            return expected("a percentage from 0 to 100");
        at_ += digits.size();
        if (!take('%')) return expected("%");
        auto const bare = number->stripped();
        node.percent = static_cast<std::int64_t>(bare.coefficient());
        node.scale = static_cast<std::int8_t>(bare.scale());
        return {};
    }
    Result<Part> bracketed() {
        if (!take('(')) return expected("(");
        auto const part = TRY(codes());
        if (!take(')')) return expected(")");
        return part;
    }
    Result<Part> codes() {
        Part part{static_cast<std::uint32_t>(rule_.ranges_.size()), 0};
        do {
            rule_.ranges_.push_back(TRY(range()));
            ++part.count;
        } while (take(','));
        return part;
    }
    Result<CodeRange> range() {
        auto const words = peek();
        auto const dash = words.find('-');
        auto const from = GoodsCode::parse(words.substr(0, dash));
        auto const to = dash == std::string_view::npos ? from : GoodsCode::parse(words.substr(dash + 1));
        bool const holds = from && to && from->size() % 2 == 0 && from->size() == to->size() && *from <= *to;
        if (!holds)
            return expected("a code of 2, 4, 6, 8 or 10 digits, or two of the same length joined by -");
        at_ += words.size();
        return CodeRange{first_of(*from), last_of(*to)};
    }
    Result<Part> processes() {
        if (!take('(')) return expected("(");
        auto const begin = static_cast<std::uint32_t>(rule_.words_.size());
        do {
            auto const name = peek();
            bool const is_name = !name.empty() && std::ranges::all_of(name, [](char letter) {
                return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-';
            });
            if (!is_name) return expected("a process in small letters, digits and hyphens");
            if (rule_.words_.size() > begin) rule_.words_ += '+';
            rule_.words_ += name;
            at_ += name.size();
        } while (take('+'));
        if (!take(')')) return expected(")");
        return Part{begin, static_cast<std::uint32_t>(rule_.words_.size()) - begin};
    }
    Result<Part> quoted() {
        if (!take('"')) return expected("\"");
        auto const begin = static_cast<std::uint32_t>(rule_.words_.size());
        for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\' && ++at_ == text_.size()) break;
            rule_.words_ += text_[at_];
        }
        if (!take('"')) return expected("\"");
        return Part{begin, static_cast<std::uint32_t>(rule_.words_.size()) - begin};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Rule rule_;
};

Result<Rule> Rule::parse(std::string_view text) { return RuleReader(text).run(); }

Result<std::vector<CodeRange>> parse_codes(std::string_view text) {
    auto codes = RuleReader(text).run_codes();
    if (!codes) return std::unexpected(Error(codes.error().code(), "codes", codes.error().detail()));
    return codes;
}

namespace {

class RulePrinter {
public:
    explicit RulePrinter(RuleView const& rule) : rule_(rule) {}
    std::string run() {
        if (!rule_.nodes.empty()) node(0);
        return std::move(out_);
    }

private:
    // Depth is bounded by the parser.
    void node(std::size_t at) {
        auto const& here = rule_.nodes[at];
        if (here.kind != RuleKind::all && here.kind != RuleKind::any) return atom(here);
        bool is_first = true;
        for (auto child = at + 1; child < at + here.size; child += rule_.nodes[child].size) {
            if (!is_first) out_ += here.kind == RuleKind::all ? " & " : " | ";
            is_first = false;
            auto const kind = rule_.nodes[child].kind;
            bool const is_bracketed =
                kind == here.kind || (here.kind == RuleKind::all && kind == RuleKind::any);
            if (is_bracketed) out_ += '(';
            node(child);
            if (is_bracketed) out_ += ')';
        }
    }
    void atom(RuleNode const& here) {
        constexpr std::array<std::string_view, 13> names = {
            "", "", "WO", "ANY", "", "not", "only", "MaxNOM", "RVC", "NOM<=OM", "weight", "process", "read"};
        if (here.kind == RuleKind::change) return change(here);
        out_ += names[static_cast<std::size_t>(here.kind)];
        if (here.kind == RuleKind::read) return quoted(here.words);
        if (here.kind == RuleKind::process) {
            out_ += "(" + std::string(rule_.words.substr(here.words.first, here.words.count)) + ")";
            return;
        }
        if (here.codes.count != 0 && here.kind != RuleKind::content) bracketed(here.codes);
        bool const has_share =
            here.kind == RuleKind::max_nom || here.kind == RuleKind::content || here.kind == RuleKind::weight;
        if (has_share) share(here);
        if (here.kind == RuleKind::content) method(here);
    }
    void change(RuleNode const& here) {
        out_ += here.digits == 2 ? "CC" : here.digits == 4 ? "CTH" : "CTSH";
        if (here.except.count != 0) {
            out_ += " except ";
            codes(here.except);
        }
        if (here.also.count != 0) {
            out_ += " also ";
            codes(here.also);
        }
        if (here.percent != 0) {
            out_ += " same";
            share(here);
        }
    }
    void share(RuleNode const& here) {
        out_ += " " + Decimal::of(here.percent, here.scale).text() + "%";
        if (here.basis != Basis::unset) out_ += " " + std::string(text_of(here.basis));
    }
    void method(RuleNode const& here) {
        for (auto const& [name, method] : methods) {
            if (method == here.method) out_ += " " + std::string(name);
        }
        if (here.method == Method::focused) bracketed(here.codes);
    }
    void bracketed(Part part) {
        out_ += '(';
        codes(part);
        out_ += ')';
    }
    void codes(Part part) {
        for (std::uint32_t i = 0; i < part.count; ++i) {
            if (i != 0) out_ += ", ";
            range(rule_.ranges[part.first + i]);
        }
    }
    // The missing digits of the last code are F.
    void range(CodeRange const& range) {
        int digits = digits_all;
        for (auto rest = range.last; digits > 2 && (rest & 15U) == 15U; rest >>= 4U) --digits;
        auto const text = [&](std::uint64_t code) {
            std::string out;
            for (int i = 0; i < digits; ++i)
                out += static_cast<char>(
                    '0' + static_cast<int>((code >> static_cast<unsigned>((digits_all - 1 - i) * 4)) & 15U));
            return out;
        };
        auto const first = text(range.first);
        auto const last = text(range.last);
        out_ += first == last ? first : first + "-" + last;
    }
    void quoted(Part part) {
        out_ += " \"";
        for (char const letter : rule_.words.substr(part.first, part.count)) {
            if (letter == '"' || letter == '\\') out_ += '\\';
            out_ += letter;
        }
        out_ += '"';
    }
    RuleView const& rule_;
    std::string out_;
};

bool same_codes(RuleView const& a, Part x, RuleView const& b, Part y) {
    return std::ranges::equal(a.ranges.subspan(x.first, x.count), b.ranges.subspan(y.first, y.count));
}

}  // namespace

std::string print(RuleView const& rule) { return RulePrinter(rule).run(); }

bool same_rule(RuleView const& a, RuleView const& b) {
    return std::ranges::equal(a.nodes, b.nodes, [&](RuleNode const& x, RuleNode const& y) {
        return x.kind == y.kind && x.digits == y.digits && x.basis == y.basis && x.method == y.method &&
               x.scale == y.scale && x.size == y.size && x.percent == y.percent &&
               same_codes(a, x.codes, b, y.codes) && same_codes(a, x.except, b, y.except) &&
               same_codes(a, x.also, b, y.also) &&
               a.words.substr(x.words.first, x.words.count) == b.words.substr(y.words.first, y.words.count);
    });
}

}  // namespace allroads::origin
