// What the words of a deal are called in documents and answers.
#include "deal/names.h"

#include <algorithm>

namespace allroads::deal {

std::string_view text_of(Role role) { return names::roles[static_cast<std::size_t>(role)]; }
std::string_view text_of(State state) { return names::states[static_cast<std::size_t>(state)]; }
std::string_view text_of(Kind kind) { return names::kinds[static_cast<std::size_t>(kind)]; }
std::string_view text_of(Purpose purpose) { return names::purposes[static_cast<std::size_t>(purpose)]; }
std::string_view text_of(Holder holder) { return names::holders[static_cast<std::size_t>(holder)]; }
std::string_view text_of(Progress progress) { return names::progresses[static_cast<std::size_t>(progress)]; }

Result<Role> parse_role(std::string_view text) { return names::place<Role>(names::roles, text); }
Result<State> parse_state(std::string_view text) { return names::place<State>(names::states, text); }
Result<Kind> parse_kind(std::string_view text) { return names::place<Kind>(names::kinds, text); }

bool is_end(State state) {
    return state == State::closed || state == State::refunded || state == State::cancelled ||
           state == State::declined || state == State::lapsed;
}

}  // namespace allroads::deal
