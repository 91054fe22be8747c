#include "tariff/duty_tree.h"
#include "tariff/duty_words.h"

#include <array>

namespace allroads::tariff {
namespace {

// What a duty expression id does with its component. Source: TARIC duty expressions (DG TAXUD).
enum class Role : std::uint8_t { first, plus, minus, least, most, agricultural, nothing, refund, unit };
struct Expression {
    std::string_view id;
    Role role;
    std::string_view words;
};
constexpr auto expressions = std::to_array<Expression>({
    {"01", Role::first, ""},
    {"02", Role::minus, ""},
    {"04", Role::plus, ""},
    {"12", Role::agricultural, "EA"},
    {"14", Role::agricultural, "EAR"},
    {"15", Role::least, ""},
    {"17", Role::most, ""},
    {"19", Role::plus, ""},
    {"20", Role::plus, ""},
    {"21", Role::agricultural, "ADSZ"},
    {"25", Role::agricultural, "ADSZR"},
    {"27", Role::agricultural, "ADFM"},
    {"29", Role::agricultural, "ADFMR"},
    {"35", Role::most, ""},
    {"36", Role::minus, "CIF"},
    {"37", Role::nothing, ""},
    {"40", Role::refund, "export refund for cereals"},
    {"41", Role::refund, "export refund for rice"},
    {"42", Role::refund, "export refund for eggs"},
    {"43", Role::refund, "export refund for sugar"},
    {"44", Role::refund, "export refund for milk products"},
    {"99", Role::unit, ""},
});

Expression const* expression_of(std::string_view id) {
    for (Expression const& expression : expressions) {
        if (expression.id == id) return &expression;
    }
    return nullptr;
}

// "9.00": two decimals at least, as the EU prints a duty.
std::string european_number(Decimal const& amount) {
    std::string text = amount.brief();
    std::size_t const point = text.find('.');
    std::size_t const decimals = point == std::string::npos ? 0 : text.size() - point - 1;
    if (decimals == 0) text += '.';
    if (decimals < 2) text.append(2 - decimals, '0');
    return text;
}

class Assembly {
public:
    bool add(Component const& component) {
        Expression const* expression = expression_of(component.expression);
        if (expression == nullptr || alone_) return false;
        Role const role = expression->role;
        if (role == Role::first && !sides_.empty()) return false;
        if (role == Role::nothing || role == Role::refund || role == Role::unit) {
            if (!sides_.empty()) return false;
            alone_ = true;
        }
        std::optional<Tree> tree = role_tree(*expression, component);
        return tree && put(role, std::move(*tree));
    }

    DutyText duty(std::span<Component const> components) {
        if (sides_.empty()) return DutyBuilder::unreadable(written(components));
        Tree tree = std::move(sides_[0].tree);
        for (std::size_t i = 1; i < sides_.size(); ++i) {
            tree = DutyBuilder::join(sides_[i].bound, {&tree, &sides_[i].tree});
        }
        return builder_.finish(sentence_, std::move(tree));
    }

    // The components one after another, for a duty that is not understood.
    static std::string written(std::span<Component const> components) {
        std::string text = "components";
        for (Component const& part : components) {
            for (std::string_view const field :
                 {part.expression, part.amount, part.currency, part.unit, part.qualifier}) {
                if (!field.empty()) text.append(" ").append(field.substr(0, 40));
            }
            text += ';';
            if (text.size() > unreadable_bytes_max) break;
        }
        return text;
    }

private:
    struct Side {
        DutyKind bound;
        Tree tree;
        std::optional<DutyKind> open;
    };

    bool put(Role role, Tree tree) {
        if (role == Role::least || role == Role::most) {
            if (sides_.empty()) return false;
            DutyKind const bound = role == Role::least ? DutyKind::larger : DutyKind::smaller;
            sentence_.append(role == Role::least ? " MIN " : " MAX ").append(printed_);
            sides_.push_back({bound, std::move(tree), {}});
            return true;
        }
        if (sides_.empty()) {
            if (role == Role::minus) return false;
            sentence_ = printed_;
            sides_.push_back({DutyKind::larger, std::move(tree), {}});
            return true;
        }
        DutyKind const kind = role == Role::minus ? DutyKind::difference : DutyKind::sum;
        sentence_.append(kind == DutyKind::sum ? " + " : " - ").append(printed_);
        Side& side = sides_.back();
        side.tree = DutyBuilder::append(kind, std::move(side.tree), tree, side.open == kind);
        side.open = kind;
        return side.tree.size() <= duty_nodes_max;
    }

    std::optional<Tree> role_tree(Expression const& expression, Component const& component) {
        bool const is_bare = component.amount.empty() && component.currency.empty() && component.unit.empty();
        switch (expression.role) {
            case Role::agricultural:
                if (!is_bare) return {};
                printed_ = expression.words;
                return builder_.leaf(DutyKind::agricultural, expression.words);
            case Role::nothing: printed_ = "NIHIL"; return builder_.leaf(DutyKind::nil);
            case Role::refund:
                printed_ = "See " + std::string(expression.words);
                return builder_.leaf(DutyKind::see, expression.words);
            case Role::unit: return unit(component);
            default: return amount(component, expression.words);
        }
    }

    std::optional<Tree> unit(Component const& component) {
        auto const per_unit = taric_unit(component.unit, component.qualifier);
        if (!per_unit || per_unit->is_strength || !component.currency.empty()) return {};
        Tree tree = builder_.leaf(DutyKind::unit_only, per_unit->of);
        tree[0].unit = per_unit->unit.index();
        tree[0].per = per_unit->per;
        printed_ = "supplementary unit " + european_unit(*per_unit);
        return tree;
    }

    std::optional<Tree> amount(Component const& component, std::string_view words) {
        auto const value = Decimal::parse(component.amount);
        if (!value) return {};
        if (component.currency.empty()) {
            if (!component.unit.empty() || !component.qualifier.empty()) return {};
            printed_ = european_number(*value) + " %";
            if (!words.empty()) printed_.append(" ").append(words);
            return builder_.amount(DutyKind::percent, *value);
        }
        auto const currency = Currency::parse(component.currency);
        auto tree = builder_.amount(DutyKind::fixed, *value);
        if (!currency || !tree) return {};
        (*tree)[0].currency = currency->index();
        printed_ = european_number(*value).append(" ").append(currency->text());
        if (component.unit.empty()) return component.qualifier.empty() ? tree : std::nullopt;
        auto const per_unit = taric_unit(component.unit, component.qualifier);
        if (!per_unit) return {};
        DutyNode& node = (*tree)[0];
        node.kind = per_unit->is_strength ? DutyKind::per_strength : DutyKind::specific;
        node.unit = per_unit->is_strength ? std::uint16_t{0} : per_unit->unit.index();
        node.per = per_unit->per;
        builder_.put_words(node, per_unit->of);
        printed_.append(" / ").append(european_unit(*per_unit));
        return tree;
    }

    DutyBuilder builder_;
    std::vector<Side> sides_;
    std::string sentence_;
    std::string printed_;  // the component added last, as the sentence shows it
    bool alone_ = false;
};

}  // namespace

DutyText from_components(std::span<Component const> components) {
    Assembly assembly;
    for (Component const& component : components) {
        if (!assembly.add(component)) return DutyBuilder::unreadable(Assembly::written(components));
    }
    return assembly.duty(components);
}

}  // namespace allroads::tariff
