#include "books/json_items.h"

namespace allroads::books {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_number(char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

}  // namespace

JsonItems::JsonItems(Input& input, std::vector<std::string> path) : input_(input), path_(std::move(path)) {}

std::unexpected<Error> JsonItems::bad(std::string_view what) const {
    return refuse(Code::bad_file, "",
                  std::string(input_.member()) + ": near item " + std::to_string(number_ + 1) + ": " +
                      std::string(what));
}

Result<bool> JsonItems::refill() {
    if (left_.empty()) left_ = TRY(input_.block());
    return !left_.empty();
}

Result<char> JsonItems::peek() {
    while (true) {
        while (!left_.empty()) {
            if (!is_space(left_.front())) return left_.front();
            left_.remove_prefix(1);
        }
        if (!TRY(refill())) return '\0';
    }
}

Result<char> JsonItems::take() {
    if (left_.empty() && !TRY(refill())) return bad("the document ends too early");
    auto const c = left_.front();
    left_.remove_prefix(1);
    return c;
}

Result<void> JsonItems::keep_byte(char c) {
    if (item_.size() >= item_bytes_max) return bad("an item is longer than 1 MiB");
    item_.push_back(c);
    return {};
}

// A string from its opening quote to its closing one.
Result<void> JsonItems::scan_string(bool keep) {
    bool escaped = false;
    if (auto const c = TRY(take()); keep) TRY_VOID(keep_byte(c));
    while (true) {
        if (!TRY(refill())) return bad("a string is not closed");
        std::size_t at = 0;
        bool closed = false;
        while (at < left_.size() && !closed) {
            auto const c = left_[at++];
            closed = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
        }
        if (keep) {
            if (item_.size() + at > item_bytes_max) return bad("an item is longer than 1 MiB");
            item_.append(left_.substr(0, at));
        }
        left_.remove_prefix(at);
        if (closed) return {};
    }
}

// A number, which is kept between quotes, or true, false, null.
Result<void> JsonItems::scan_word(bool keep) {
    bool const number = is_number(left_.front()) && left_.front() != 'e' && left_.front() != 'E';
    if (keep && number) TRY_VOID(keep_byte('"'));
    std::size_t size = 0;
    while (TRY(refill())) {
        auto const c = left_.front();
        if (number ? !is_number(c) : c < 'a' || c > 'z') break;
        if (++size > 1000) return bad("a number has more than 1000 digits");
        if (keep) TRY_VOID(keep_byte(c));
        left_.remove_prefix(1);
    }
    if (size == 0) return bad("a value was expected, found " + excerpt(left_.substr(0, 20)));
    if (keep && number) TRY_VOID(keep_byte('"'));
    return {};
}

// One whole value. What is kept is parsed strictly afterwards, so brackets need only be counted here.
Result<void> JsonItems::scan_value(bool keep) {
    std::size_t depth = 0;
    do {
        auto const c = TRY(peek());
        if (c == '\0') return bad("the document ends too early");
        if (c == '"') {
            TRY_VOID(scan_string(keep));
            continue;
        }
        if (c == '{' || c == '[') {
            if (++depth + open_.size() > depth_max) return bad("values are nested too deeply");
        } else if (c == '}' || c == ']') {
            if (depth == 0) return bad("a value was expected");
            --depth;
        } else if (c != ',' && c != ':') {
            TRY_VOID(scan_word(keep));
            continue;
        } else if (depth == 0) {
            return bad("a value was expected");
        }
        if (keep) TRY_VOID(keep_byte(c));
        left_.remove_prefix(1);
    } while (depth != 0);
    return {};
}

// Begins the value that stands next. True: it is an item, and is now in `item_`.
Result<bool> JsonItems::enter(std::size_t level, bool is_element) {
    auto const c = TRY(peek());
    bool const at_end = level == path_.size();
    bool const opens = c == '[' ? !(at_end && is_element) : c == '{' && !at_end;
    if (opens) {
        if (open_.size() + 1 > depth_max) return bad("values are nested too deeply");
        left_.remove_prefix(1);
        open_.push_back({c == '[', c == '[' && at_end, false, level});
        return false;
    }
    item_.clear();
    TRY_VOID(scan_value(at_end));
    return at_end;
}

// One step within the innermost open array or object. True: an item is in `item_`.
Result<bool> JsonItems::step() {
    auto& frame = open_.back();
    auto c = TRY(peek());
    if (c == (frame.is_array ? ']' : '}')) {
        left_.remove_prefix(1);
        open_.pop_back();
        return false;
    }
    if (frame.begun) {
        if (c != ',') return bad("a comma was expected");
        left_.remove_prefix(1);
        c = TRY(peek());
    }
    frame.begun = true;
    if (frame.is_array) return enter(frame.level, frame.holds_items);
    if (c != '"') return bad("a name was expected");
    item_.clear();
    TRY_VOID(scan_string(true));
    boost::json::error_code failed;
    auto const name = boost::json::parse(item_, failed);
    if (failed || !name.is_string()) return bad("a name is not well-formed");
    if (TRY(peek()) != ':') return bad("a colon was expected");
    left_.remove_prefix(1);
    auto const said = std::string_view(name.get_string());
    if (path_[frame.level] != "*" && path_[frame.level] != said) {
        TRY_VOID(scan_value(false));
        return false;
    }
    name_ = said;
    return enter(frame.level + 1, false);
}

Result<boost::json::value const*> JsonItems::next() {
    bool found = false;
    if (!begun_) {
        begun_ = true;
        (void)TRY(peek());
        if (left_.starts_with("\xEF\xBB\xBF")) left_.remove_prefix(3);
        found = TRY(enter(0, false));
    }
    while (!found && !open_.empty()) found = TRY(step());
    if (!found) {
        if (TRY(peek()) != '\0') return bad("something follows the document");
        return nullptr;
    }
    boost::json::parse_options options;
    options.max_depth = depth_max;
    boost::json::error_code failed;
    value_ = boost::json::parse(item_, failed, {}, options);
    if (failed) return bad(failed.message());
    ++number_;
    return &value_;
}

std::string_view text_of(boost::json::object const& object, std::string_view name) {
    auto const* value = object.if_contains(name);
    auto const* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string_view(*text) : std::string_view();
}

boost::json::array const* array_of(boost::json::object const& object, std::string_view name) {
    auto const* value = object.if_contains(name);
    return value != nullptr ? value->if_array() : nullptr;
}

boost::json::object const* object_of(boost::json::object const& object, std::string_view name) {
    auto const* value = object.if_contains(name);
    return value != nullptr ? value->if_object() : nullptr;
}

}  // namespace allroads::books
