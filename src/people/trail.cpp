// The trail: one row for each thing done, chained by digests.

#include "people/state.h"

#include <algorithm>
#include <charconv>

namespace allroads::people {
namespace {

// What must not stand in details, by the name it would have.
constexpr std::array<std::string_view, 7> secret_names{"password", "pin",    "token", "secret",
                                                       "code",     "cookie", "totp"};

std::string json_text(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\"";
    for (char const letter : text) {
        auto const byte = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\') {
            out += '\\';
            out += letter;
        } else if (byte < 0x20) {
            out += "\\u00";
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        } else {
            out += letter;
        }
    }
    return out + '"';
}

std::string json_of(Details const& details) {
    std::string out = "{";
    for (auto const& [name, value] : details) {
        check(is_word(name, "_-.") && std::ranges::find(secret_names, name) == secret_names.end());
        if (out.size() > 1) out += ',';
        // Bytes that are no text become the sign for that, as in any message.
        out += json_text(name) + ":" + json_text(excerpt(value, 300));
    }
    return out + "}";
}

void add(std::string& bytes, std::string_view field) {
    auto size = static_cast<std::uint32_t>(field.size());
    for (int i = 0; i < 4; ++i, size >>= 8) bytes += static_cast<char>(size & 0xFFU);
    bytes += field;
}
void add(std::string& bytes, std::int64_t number) { add(bytes, std::string_view(std::to_string(number))); }
template <class Of>
void add(std::string& bytes, std::optional<db::Id<Of>> const& id) {
    add(bytes, std::string_view(id ? id->text() : ""));
}

constexpr Digest no_row{};  // before the first

// Each field with its length, so that no two rows have the same bytes; the digest of the row before first.
Digest chained(HubId hub, std::string_view before, TrailRow const& row) {
    std::string bytes;
    add(bytes, before);
    add(bytes, std::string_view(hub.text()));
    add(bytes, row.number);
    add(bytes, number_of(row.at));
    add(bytes, row.account);
    add(bytes, row.acting_for);
    add(bytes, row.session);
    add(bytes, row.key);
    for (std::string_view const text : {row.verb, row.subject_kind, row.subject}) add(bytes, text);
    add(bytes, static_cast<std::int64_t>(row.outcome));
    for (std::string_view const text : {row.address, row.details}) add(bytes, text);
    return digest(bytes);
}

constexpr std::string_view columns =
    "number, at, account, acting_for, session, api_key, verb, subject_kind, subject, outcome, address, "
    "details, digest";

TrailRow row_of(db::Rows const& row) {
    return {.number = row.integer(0),
            .at = moment_of(row.integer(1)),
            .account = id_of<Account>(row, 2),
            .acting_for = id_of<Account>(row, 3),
            .session = id_of<Session>(row, 4),
            .key = id_of<ApiKey>(row, 5),
            .verb = std::string(row.text(6)),
            .subject_kind = std::string(row.text(7)),
            .subject = std::string(row.text(8)),
            .outcome = static_cast<Outcome>(row.integer(9)),
            .address = std::string(row.text(10)),
            .details = std::string(row.text(11))};
}

// Numbered and chained once its place is known.
Result<TrailRow> row_for(Act const& act, Entry const& entry) {
    check(is_word(entry.verb, ".-") && (entry.subject_kind.empty() || is_word(entry.subject_kind, ".-_")));
    TrailRow row{.number = 1,
                 .at = act.now,
                 .account = act.account,
                 .acting_for = act.acting_for,
                 .session = act.session,
                 .key = act.key,
                 .verb = std::string(entry.verb),
                 .subject_kind = std::string(entry.subject_kind),
                 .subject = excerpt(entry.subject, 200),
                 .outcome = entry.outcome,
                 .address = shortened_address(act.address),
                 .details = json_of(entry.details)};
    if (row.details.size() > details_bytes_max)
        return refuse(Code::too_long, "details", "the details of a row of the trail have at most 2000 bytes");
    return row;
}

struct Cursor {
    std::int64_t at = 0, number = 0;
};

Result<Cursor> cursor_of(std::string_view text) {
    Cursor out;
    auto const dot = text.find('.');
    auto const read = [](std::string_view digits, std::int64_t& to) {
        auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), to);
        return error == std::errc() && end == digits.data() + digits.size();
    };
    if (dot == std::string_view::npos || !read(text.substr(0, dot), out.at) ||
        !read(text.substr(dot + 1), out.number))
        return refuse(Code::bad_value, "after", "this is not where a page ended");
    return out;
}

}  // namespace

Result<std::int64_t> People::State::record(db::Write& write, Act const& act, Entry const& entry) {
    return record(write, act, {&entry, 1});
}

Result<std::int64_t> People::State::record(db::Write& write, Act const& act, std::span<Entry const> entries) {
    check(!entries.empty());
    std::vector<TrailRow> rows;
    for (auto const& entry : entries) rows.push_back(TRY(row_for(act, entry)));
    // The head first: who else adds a row now waits for it, or begins again, and never gets these numbers.
    std::string chain;
    std::int64_t last = 0;
    {
        auto const head =
            TRY(write.one("INSERT INTO trail_head (hub, number, digest) VALUES (?, ?, ?) ON "
                          "CONFLICT (hub) DO UPDATE SET number = trail_head.number + excluded.number "
                          "RETURNING number, digest",
                          hub, rows.size(), blob(no_row)));
        last = head.integer(0);
        chain = std::string(head.blob(1));
    }
    auto number = last - static_cast<std::int64_t>(rows.size());
    for (auto& row : rows) {
        row.number = ++number;
        auto const digest = chained(hub, chain, row);
        chain.assign(blob(digest).bytes);
        TRY(
            write.run("INSERT INTO trail (hub, number, at, account, acting_for, session, api_key, verb, "
                      "subject_kind, subject, outcome, address, details, digest) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      hub, row.number, number_of(row.at), row.account, row.acting_for, row.session, row.key,
                      row.verb, row.subject_kind, row.subject, static_cast<int>(row.outcome), row.address,
                      row.details, db::Blob{chain}));
    }
    TRY(write.run("UPDATE trail_head SET digest = ? WHERE hub = ?", db::Blob{chain}, hub));
    return last;
}

Result<std::int64_t> People::record(db::Write& write, Act const& act, Entry const& entry) {
    return state_->record(write, act, {&entry, 1});
}
Result<std::int64_t> People::record(db::Write& write, Act const& act, std::span<Entry const> entries) {
    return state_->record(write, act, entries);
}

Result<TrailPage> People::trail(TrailQuestion const& question) {
    if (question.account && !question.verb.empty())
        return refuse(Code::bad_value, "verb", "ask for an account or for a verb, not for both");
    auto& s = *state_;
    constexpr auto largest = std::numeric_limits<std::int64_t>::max();
    Cursor below{question.until ? number_of(*question.until) : largest, 0};
    if (!question.until) below.number = largest;
    if (!question.after.empty()) below = TRY(cursor_of(question.after));
    auto const from = question.from ? number_of(*question.from) : std::numeric_limits<std::int64_t>::min();
    auto const count = page_of(question.rows);

    std::string sql = "SELECT " + std::string(columns) + " FROM trail WHERE hub = ?";
    std::vector<db::Arg> args{s.hub};
    if (question.acting_for) {
        sql += " AND acting_for = ?";
        args.emplace_back(*question.acting_for);
    }
    if (question.is_for_others) sql += " AND acting_for IS NOT NULL";
    if (question.account) {
        sql += " AND account = ?";
        args.emplace_back(*question.account);
    } else if (!question.verb.empty()) {
        sql += " AND verb = ?";
        args.emplace_back(question.verb);
    }
    sql += " AND (at, number) < (?, ?) AND at >= ? ORDER BY at DESC, number DESC LIMIT ?";
    for (std::int64_t const number : {below.at, below.number, from, static_cast<std::int64_t>(count) + 1})
        args.emplace_back(number);

    auto read = TRY(s.db->read());
    auto rows = TRY(read.start(sql, args));
    TrailPage page;
    while (TRY(rows.next())) {
        if (page.rows.size() == count) {
            auto const& last = page.rows.back();
            page.next = std::to_string(number_of(last.at)) + "." + std::to_string(last.number);
            break;
        }
        page.rows.push_back(row_of(rows));
    }
    return page;
}

Result<TrailHead> People::trail_head() {
    auto read = TRY(state_->db->read());
    auto const row = TRY(read.first("SELECT number, digest FROM trail_head WHERE hub = ?", state_->hub));
    if (!row) return TrailHead{};
    return TrailHead{row->integer(0), hex(row->blob(1))};
}

Result<std::vector<std::string>> People::check_trail() {
    constexpr std::size_t wrong_max = 100;
    constexpr std::int64_t at_once = 1000;
    auto& s = *state_;
    std::vector<std::string> wrong;
    auto read = TRY(s.db->read());
    auto const sql =
        "SELECT " + std::string(columns) + " FROM trail WHERE hub = ? AND number > ? ORDER BY number LIMIT ?";
    std::int64_t last = 0;
    std::string before(blob(no_row).bytes);
    for (bool more = true; more && wrong.size() < wrong_max;) {
        auto rows = TRY(read.rows(sql, s.hub, last, at_once));
        std::int64_t count = 0;
        while (TRY(rows.next())) {
            ++count;
            auto const row = row_of(rows);
            if (row.number != last + 1) {
                wrong.push_back("trail: rows " + std::to_string(last + 1) + " to " +
                                std::to_string(row.number - 1) + " are missing");
            } else if (!same(chained(s.hub, before, row), rows.blob(12))) {
                wrong.push_back("trail: row " + std::to_string(row.number) + " is not what was written");
            }
            last = row.number;
            before = std::string(rows.blob(12));
        }
        more = count == at_once;
    }
    auto const head = TRY(read.first("SELECT number, digest FROM trail_head WHERE hub = ?", s.hub));
    auto const known = head ? head->integer(0) : 0;
    if (wrong.size() < wrong_max && known != last) {
        wrong.push_back("trail: it ends with row " + std::to_string(last) + "; the last one written was " +
                        std::to_string(known));
    } else if (wrong.empty() && head && head->blob(1) != before) {
        wrong.push_back("trail: its last row is not the one that was written");
    }
    return wrong;
}

}  // namespace allroads::people
