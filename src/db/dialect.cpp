#include "db/dialect.h"

#include <cstdint>
#include <cstring>

namespace allroads::db {

namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Pieces of SQL: literals, names in quotes, comments, words, placeholders, and single other characters.
class Pieces {
public:
    explicit Pieces(std::string_view sql) : rest_(sql) {}
    [[nodiscard]] bool is_done() const { return rest_.empty(); }
    std::string_view next() {
        auto const piece = rest_.substr(0, length());
        rest_.remove_prefix(piece.size());
        return piece;
    }

private:
    [[nodiscard]] std::size_t through(std::string_view end, std::size_t from) const {
        auto const at = rest_.find(end, from);
        return at == std::string_view::npos ? rest_.size() : at + end.size();
    }
    [[nodiscard]] std::size_t length() const {
        char const c = rest_[0];
        if (c == '\'' || c == '"')
            return through(std::string_view(&c, 1), 1);  // '' is two literals: the same
        if (rest_.starts_with("--")) return through("\n", 2);
        if (rest_.starts_with("/*")) return through("*/", 2);
        std::size_t end = 1;
        if (c == '?' || c == '$') {
            while (end < rest_.size() && is_digit(rest_[end])) ++end;
        } else if (is_word(c)) {
            while (end < rest_.size() && is_word(rest_[end])) ++end;
        }
        return end;
    }
    std::string_view rest_;
};

bool is_blank(std::string_view piece) {
    return piece.starts_with("--") || piece.starts_with("/*") ||
           piece.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string numbered(std::string_view piece, char sign, int& count) {
    if (piece.size() == 1) return sign + std::to_string(++count);
    return sign + std::string(piece.substr(1));
}

void drop_comma_before(std::string& out) {
    auto const last = out.find_last_not_of(" \t\r\n");
    if (last != std::string::npos && out[last] == ',') out.resize(last);
}

}  // namespace

std::string for_sqlite(std::string_view sql) {
    std::string out;
    out.reserve(sql.size() + 16);
    int count = 0;
    auto after_for = std::string::npos;  // where a FOR begins that was the last word
    for (Pieces pieces(sql); !pieces.is_done();) {
        auto const piece = pieces.next();
        if (piece == "UPDATE" && after_for != std::string::npos) {
            out.resize(after_for);
            after_for = std::string::npos;
            continue;
        }
        if (!is_blank(piece)) after_for = piece == "FOR" ? out.size() : std::string::npos;
        bool const is_placeholder = piece[0] == '?' || (piece[0] == '$' && piece.size() > 1);
        out += is_placeholder ? numbered(piece, '?', count) : std::string(piece);
    }
    return out;
}

std::string for_postgres(std::string_view sql) {
    std::string out;
    out.reserve(sql.size() + 16);
    int count = 0;
    int words = 0;
    bool is_shape = false;  // CREATE TABLE, ALTER TABLE
    bool is_first_shape = false;
    for (Pieces pieces(sql); !pieces.is_done();) {
        auto const piece = pieces.next();
        if (is_blank(piece)) {
            out += piece;
            continue;
        }
        if (piece == ";") {
            words = 0;
            is_shape = is_first_shape = false;
            out += piece;
            continue;
        }
        ++words;
        if (words == 1) is_first_shape = piece == "CREATE" || piece == "ALTER";
        if (words == 2) is_shape = is_first_shape && piece == "TABLE";
        if (piece[0] == '?' || (piece[0] == '$' && piece.size() > 1)) {
            out += numbered(piece, '$', count);
        } else if (piece == "INTEGER") {
            out += "BIGINT";
        } else if (piece == "BLOB") {
            out += "BYTEA";
        } else if (is_shape && piece == "TEXT") {
            out += "TEXT COLLATE \"C\"";
        } else if (is_shape && (piece == "STRICT" || piece == "WITHOUT" || piece == "ROWID")) {
            drop_comma_before(out);
        } else {
            out += piece;
        }
    }
    return out;
}

bool is_storable(std::string_view text) {
    auto const* at = text.data();
    auto const* const end = at + text.size();
    auto const follows = [&](int n) {
        return end - at > n && (static_cast<unsigned char>(at[n]) & 0xC0U) == 0x80U;
    };
    while (at != end) {
        auto const lead = static_cast<unsigned char>(*at);
        if (lead == 0) return false;
        if (lead < 0x80) {
            ++at;
            continue;
        }
        auto const second = end - at > 1 ? static_cast<unsigned char>(at[1]) : 0U;
        if (lead >= 0xC2 && lead <= 0xDF && follows(1)) {
            at += 2;
        } else if (lead >= 0xE0 && lead <= 0xEF && follows(1) && follows(2)) {
            if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return false;
            at += 3;
        } else if (lead >= 0xF0 && lead <= 0xF4 && follows(1) && follows(2) && follows(3)) {
            if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return false;
            at += 4;
        } else {
            return false;
        }
    }
    return true;
}

}  // namespace allroads::db
