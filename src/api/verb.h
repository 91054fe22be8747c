#pragma once
// A verb of the API: what it takes, what it gives, and the function that answers. Not for use outside api.

#include "hub/hub.h"
#include "net/net.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::api {

// One request while it is answered.
struct Asked {
    net::Request const& http;
    hub::Hub& hub;
    hub::Caller const& caller;
};
struct Reply {
    std::string body = {};
    int status = 200;
    std::vector<net::Pair> headers = {};
    std::string type = "application/json";
};

struct Parameter {
    std::string_view name;
    std::string_view in;      // "path", "query"
    std::string_view schema;  // JSON
    std::string_view about;
    std::string_view example = {};  // JSON
    bool is_required = false;
    bool is_list = false;  // may be given several times
};
struct Verb {
    std::string_view method;
    std::string_view pattern;
    std::string_view id;   // operationId
    std::string_view tag;  // under which heading the documentation shows it
    std::string_view summary;
    std::string_view about;
    std::span<Parameter const> parameters = {};
    std::string_view takes = {};                         // schema of the body; empty: none
    std::string_view example = {};                       // of the body, executed by a test
    std::string_view gives = {};                         // schema of the answer; empty: none
    std::span<std::string_view const> gives_files = {};  // types of the answer, where it is no JSON
    int status = 200;
    std::span<Code const> refusals = {};  // besides those that every verb may give
    Result<Reply> (*answer)(Asked const&) = nullptr;
    // Instead of `answer`, where the answer waits for a disk: `told` is called once, by any thread; `asked`
    // is no more then. Only of verbs with a key of their own.
    using Told = std::function<void(std::function<Result<Reply>()> const& outcome)>;
    void (*answer_later)(Asked const& asked, Told told) = nullptr;
    std::string_view scope = {};    // a key needs it; empty: not for keys. Whoever signed in has all
    bool is_for_everybody = false;  // also for visitors
    bool is_for_people = false;     // who signed in; no key, whatever its scopes
    bool is_secret = false;         // the answer holds one: it is not kept under an Idempotency-Key
    // The thing itself is kept under the key, its own or that of the header: nothing else need be.
    bool has_own_key = false;
    bool proves_itself =
        false;  // what proves the sender is in the message: neither session nor key is looked at
    std::string_view body_type = "application/json";  // of what is taken
    std::size_t body_bytes = 256U * 1024;
    // What is asked with a body below so many bytes, by a visitor or by somebody whom memory knows, is
    // answered on the thread that reads: from memory, well within a millisecond (a quote of 24 lines, paid
    // DDP and compressed, takes two and a half, and has 1,700).
    std::size_t quick_bytes = 0;
    bool reads_records = false;  // a few, for its answer: quick only where they lie in a file of this machine
};

// ---- the table, one part for each kind of thing -----------------------------------------------------------

[[nodiscard]] std::span<Verb const> price_verbs();
[[nodiscard]] std::span<Verb const> account_verbs();
[[nodiscard]] std::span<Verb const> shop_verbs();
[[nodiscard]] std::span<Verb const> product_verbs();
[[nodiscard]] std::span<Verb const> moving_verbs();  // photos, import, export
[[nodiscard]] std::span<Verb const> webhook_verbs();
[[nodiscard]] std::span<Verb const> deal_verbs();
[[nodiscard]] std::span<Verb const> money_verbs();
[[nodiscard]] std::vector<Verb const*> all_verbs();
// Whether an Idempotency-Key is kept: of writes by somebody whose answer is no secret.
[[nodiscard]] bool takes_once(Verb const& verb);

// Of components/schemas of the OpenAPI document, as a JSON object; those of orders and money are members of
// it.
[[nodiscard]] std::string_view schemas();
[[nodiscard]] std::string_view deal_schemas();

// A parameter of the query; empty where there is none.
[[nodiscard]] std::string_view query_of(Asked const& asked, std::string_view name);
// The id in the path. Refused: `not-found`.
template <class Of>
[[nodiscard]] Result<db::Id<Of>> id_of(Asked const& asked) {
    auto id = db::Id<Of>::parse(asked.http.parameter("id"));
    if (!id) return refuse(Code::not_found, "id", "there is nothing of that id");
    return *id;
}
// How many rows a page has, and after which it begins.
struct PageAsked {
    std::size_t rows = 20;
    std::string_view after = {};
};
[[nodiscard]] Result<PageAsked> page_of(Asked const& asked);
// The last of the page before, where pages go by ids. Refused: `bad-value`.
template <class Of>
[[nodiscard]] Result<std::optional<db::Id<Of>>> after_of(PageAsked const& page) {
    if (page.after.empty()) return std::optional<db::Id<Of>>();
    auto id = db::Id<Of>::parse(page.after);
    if (!id) return refuse(Code::bad_value, "after", "expected the `next` of the page before");
    return std::optional(*id);
}
inline constexpr std::size_t rows_max = 100;

// A key of a write that brings one of its own: what the body names, else the Idempotency-Key. Refused:
// `field-missing`, `bad-value`.
[[nodiscard]] Result<std::string> own_key_of(Asked const& asked, std::string_view given);

// What the body says it is; refused (`bad-value`) where it is neither JSON nor unnamed.
[[nodiscard]] Result<std::string_view> json_body(Asked const& asked);

}  // namespace allroads::api
