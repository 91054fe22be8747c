// The table as people read it: a diagram of the states and one row for each way an event may go.
#include "deal/hidden.h"

#include <algorithm>
#include <map>
#include <set>

namespace allroads::deal {
namespace {

template <class Value>
std::string list_of(std::vector<Value> const& all) {
    std::string words;
    for (auto const one : all) words += (words.empty() ? "" : ", ") + std::string(text_of(one));
    return words;
}

std::string_view holder_words(Holder holder) {
    switch (holder) {
        case Holder::buyer: return "buyer's ";
        case Holder::seller:
        case Holder::member: return "seller's ";
        case Holder::deal: return "";
        case Holder::hub: return "hub's ";
    }
    return "";
}

std::string account_words(Holder holder, Purpose purpose) {
    if (purpose == Purpose::outside) return std::string(holder_words(holder)) + "bank";
    return std::string(holder_words(holder)) + std::string(text_of(purpose));
}

std::string posts_of(Row const& row) {
    std::string words;
    for (auto const& move : row.posts) {
        words += (words.empty() ? "" : "; ") + account_words(move.from, move.from_purpose) + " → " +
                 account_words(move.to, move.to_purpose);
    }
    return words.empty() ? "–" : words;
}

std::string to_of(Row const& row) {
    auto words = list_of(row.to);
    if (row.may_stay) words += words.empty() ? "stays" : ", or stays";
    return words;
}

std::string diagram() {
    // One arrow for each pair of states, with every event that leads along it.
    std::map<std::pair<std::string, std::string>, std::string> arrows;
    std::vector<std::pair<std::string, std::string>> order;
    for (auto const& row : table()) {
        // Charge-backs of every state would hide the ordinary way.
        if (row.event == Kind::charge_back || row.event == Kind::charge_back_reversed) continue;
        std::vector<std::string> from;
        for (auto const one : row.from) from.emplace_back(text_of(one));
        if (from.empty()) from.emplace_back("[*]");
        for (auto const& start : from) {
            for (auto const to : row.to) {
                if (start == text_of(to)) continue;
                auto const pair = std::pair(start, std::string(text_of(to)));
                auto& words = arrows[pair];
                if (words.empty()) order.push_back(pair);
                auto const event = std::string(text_of(row.event));
                if (words != event && !words.ends_with(", " + event) && !words.starts_with(event + ","))
                    words += (words.empty() ? "" : ", ") + event;
            }
        }
    }
    std::string out = "```mermaid\nstateDiagram-v2\n";
    for (auto const& pair : order)
        out += "    " + pair.first + " --> " + pair.second + " : " + arrows[pair] + "\n";
    for (std::size_t i = 0; i < states; ++i) {
        auto const state = static_cast<State>(i);
        if (is_end(state)) out += "    " + std::string(text_of(state)) + " --> [*]\n";
    }
    return out + "```\n";
}

std::string deadlines() {
    return "| while | when | then |\n|---|---|---|\n"
           "| asked | the request's own time | request-lapses |\n"
           "| offered | the offer's own time | offer-lapses |\n"
           "| agreed | `pay` days after acceptance | payment-lapses |\n"
           "| sent, all of it, all paid | `deliver` days after the last handing over | delivery-assumed |\n"
           "| delivered, all paid | `inspect` days after delivery | release-due |\n"
           "| disputed, not answered | `answer` days after it was opened | answer-late |\n"
           "| disputed | `escalate` days after it was opened | escalation-due |\n";
}

std::string fields() {
    std::string out = "| event | needs | may have |\n|---|---|---|\n";
    for (std::size_t i = 0; i < kinds; ++i) {
        auto const kind = static_cast<Kind>(i);
        auto const& of = fields_of(kind);
        if (of.needed.empty() && of.may.empty()) continue;
        auto const words = [](std::vector<Field> const& all) { return all.empty() ? "–" : list_of(all); };
        out += "| " + std::string(text_of(kind)) + " | " + words(of.needed) + " | " + words(of.may) + " |\n";
    }
    return out;
}

}  // namespace

std::string table_as_markdown() {
    std::string out = diagram();
    out +=
        "\n| event | while | becomes | who | needs | money moves | told |\n|---|---|---|---|---|---|---|\n";
    for (auto const& row : table()) {
        auto const from = row.from.empty() ? std::string("(new)") : list_of(row.from);
        out += "| " + std::string(text_of(row.event)) + " | " + from + " | " + to_of(row) + " | " +
               list_of(row.who) + " | " + std::string(row.needs) + " | " + posts_of(row) + " | `" +
               std::string(row.tells) + "` to " + list_of(row.told) + " |\n";
    }
    return out + "\n### Deadlines\n\n" + deadlines() + "\n### Fields of an event\n\n" + fields();
}

}  // namespace allroads::deal
