#include "base/base.h"

#include <array>
#include <utility>

namespace allroads {
namespace {

constexpr std::array facts{
#define X(name, text, status, exit, sentence) CodeFacts{text, status, exit, sentence},
    HUB_CODES(X)
#undef X
};

// The compiler may be given whole paths; a message shows only where in the tree it happened.
std::string_view place_in_tree(std::string_view file) {
    std::size_t const at = file.rfind("src/");
    return at == std::string_view::npos ? file : file.substr(at);
}

}  // namespace

CodeFacts const& facts_of(Code code) {
    auto const at = static_cast<std::size_t>(code);
    check(at < facts.size());
    return facts[at];
}

Error::Error(Code code, std::string_view field, std::string_view detail)
    : code_(code), words_(std::make_unique<Words>(std::string(field), std::string(detail))) {}

Error::Error(Error const& other)
    : code_(other.code_), words_(other.words_ ? std::make_unique<Words>(*other.words_) : nullptr) {}

Error& Error::operator=(Error const& other) {
    if (this != &other) *this = Error(other);
    return *this;
}

Error Error::within(std::string_view outer) const {
    std::string path(outer);
    std::string_view const inner = field();
    if (!path.empty() && !inner.empty() && inner.front() != '[') path += '.';
    path += inner;
    return Error(code_, path, detail());
}

std::string Error::sentence() const {
    CodeFacts const& known = facts_of(code_);
    std::string out(known.name);
    out += ": ";
    if (!field().empty()) out.append(field()).append(": ");
    out += detail().empty() ? known.sentence : detail();
    return out;
}

std::unexpected<Error> refuse(Code code, std::string_view field, std::string_view detail) {
    return std::unexpected(Error(code, field, detail));
}

void bug(std::source_location const& where) {
    std::string what = "a claim that should always hold does not: ";
    what.append(where.function_name()).append(" (").append(place_in_tree(where.file_name())).append(":");
    what.append(std::to_string(where.line())).append(")");
    throw Bug(what);
}

}  // namespace allroads
