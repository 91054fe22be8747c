// What is kept about somebody, as a copy to take along, and the end of their account.
#include "hub/hidden.h"
#include "wire/wire.h"

namespace allroads::hub {
namespace {

using wire::Writer;

constexpr std::size_t rows_at_once = 100;
constexpr std::size_t trail_pages_max = 20;  // of what was done, the newest ten thousand rows

Result<void> must_be_oneself(Caller const& caller) {
    if (!caller.account || !caller.session) return refuse(Code::signed_out, "", "sign in first");
    if (caller.acting_for) return refuse(Code::not_allowed, "", "nobody takes a copy or leaves for a member");
    return {};
}

void write_account(Writer& w, people::AccountFacts const& account) {
    w.text("account", account.id.text());
    w.text("name", account.name);
    w.text("language", account.language);
    w.text("made", moment_text(account.made));
    w.key("contacts");
    w.open('[');
    for (auto const& one : account.contacts) {
        w.open('{');
        w.text("contact", one.contact.text());
        if (one.verified) w.text("confirmed", moment_text(*one.verified));
        w.close('}');
    }
    w.close(']');
}

void write_sessions(Writer& w, std::vector<people::SessionFacts> const& sessions) {
    w.key("sessions");
    w.open('[');
    for (auto const& one : sessions) {
        w.open('{');
        w.text("program", one.agent);
        w.text("address", one.address);
        w.text("began", moment_text(one.made));
        w.text("seen", moment_text(one.seen));
        w.close('}');
    }
    w.close(']');
}

void write_keys(Writer& w, std::vector<people::KeyFacts> const& keys) {
    w.key("keys");
    w.open('[');
    for (auto const& one : keys) {
        w.open('{');
        w.text("name", one.name);
        w.text("made", moment_text(one.made));
        w.text("until", moment_text(one.until));
        w.close('}');
    }
    w.close(']');
}

void write_consents(Writer& w, std::vector<people::ConsentFacts> const& consents) {
    w.key("consents");
    w.open('[');
    for (auto const& one : consents) {
        w.open('{');
        w.text("clerk", one.clerk.text());
        w.text("purpose", one.purpose);
        w.text("made", moment_text(one.made));
        w.text("until", moment_text(one.until));
        if (one.withdrawn) w.text("withdrawn", moment_text(*one.withdrawn));
        w.close('}');
    }
    w.close(']');
}

void write_row(Writer& w, people::TrailRow const& row) {
    w.open('{');
    w.text("at", moment_text(row.at));
    w.text("verb", row.verb);
    w.text("kind", row.subject_kind);
    w.text("subject", row.subject);
    w.text("outcome", row.outcome == people::Outcome::done ? "done" : "refused");
    w.text("address", row.address);
    w.key("details");
    w.raw(row.details);
    w.close('}');
}

}  // namespace

Result<std::string> Hub::kept_about(Caller const& caller) {
    TRY_VOID(must_be_oneself(caller));
    auto& people = *hidden_->people;
    auto const id = *caller.account;
    auto const account = TRY(people.account(id));
    auto const sessions = TRY(people.sessions(id, now()));
    auto const keys = TRY(people.keys(id));
    auto const consents = TRY(people.consents(id));
    auto const shops = TRY(my_shops(caller));
    std::string out;
    auto const wrote = [&]() -> Result<void> {
        Writer w(out);
        w.open('{');
        write_account(w, account);
        write_sessions(w, sessions);
        write_keys(w, keys);
        write_consents(w, consents);
        w.key("shops");
        w.open('[');
        for (auto const& shop : shops) {
            w.open('{');
            w.text("id", shop.id.text());
            w.key("document");
            w.raw(shop.document);
            w.key("products");
            w.open('[');
            std::optional<shop::ProductId> after;
            for (bool has_more = true; has_more;) {
                auto const products =
                    TRY(products_of(caller, shop.id, shop::Which::newest, after, rows_at_once));
                for (auto const& one : products) w.raw(shop::document_of(*one.product));
                has_more = products.size() == rows_at_once;
                if (has_more) after = products.back().id;
            }
            w.close(']');
            w.close('}');
        }
        w.close(']');
        w.key("done");
        w.open('[');
        people::TrailQuestion question{.account = id, .rows = people::page_rows_max};
        for (std::size_t pages = 0; pages < trail_pages_max; ++pages) {
            auto const page = TRY(people.trail(question));
            for (auto const& row : page.rows) write_row(w, row);
            if (page.next.empty()) break;
            question.after = page.next;
        }
        w.close(']');
        w.close('}');
        return {};
    }();
    TRY_VOID(wrote);
    return out;
}

Result<void> Hub::leave(Caller const& caller) {
    TRY_VOID(must_be_oneself(caller));
    auto const account = TRY(hidden_->people->account(*caller.account));
    // Everything of a large shop at once is what the rate of writes is against, and what is meant here.
    auto leaving = caller;
    leaving.session.reset();
    // First what others see, so that a second try goes on where this one stopped.
    for (auto const& one : TRY(my_shops(caller))) {
        std::optional<shop::ProductId> after;
        while (true) {
            auto const products = TRY(products_of(leaving, one.id, shop::Which::newest, after, rows_at_once));
            for (auto const& product : products) {
                if (product.state == shop::State::live)
                    TRY_VOID(set_state(leaving, product.id, shop::State::withdrawn));
            }
            if (products.size() < rows_at_once) break;
            after = products.back().id;
        }
    }
    for (auto const& webhook : TRY(webhooks(caller))) TRY_VOID(end_webhook(caller, webhook.id));
    TRY_VOID(hidden_->data->write([&](db::Write& write) -> Result<void> {
        for (auto const& contact : account.contacts)
            (void)TRY(write.run("DELETE FROM message WHERE hub = ? AND recipient = ?", hidden_->self,
                                contact.contact.text()));
        (void)TRY(write.run("DELETE FROM photo_kept WHERE hub = ? AND account = ?", hidden_->self,
                            *caller.account));
        return {};
    }));
    return hidden_->people->remove(*caller.account, hidden_->act_of(caller));
}

}  // namespace allroads::hub
