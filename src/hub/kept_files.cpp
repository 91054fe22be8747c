// What the pages need beside the verbs of others: files that are looked at first, and whose a contact is.
#include "hub/hidden.h"

#include <algorithm>

namespace allroads::hub {
namespace {

// Files wait among uploads under a name of their own, so that none of them can be finished as a photo.
Result<std::string> keeper_of(Caller const& caller) {
    if (!caller.account) return refuse(Code::signed_out, "", "sign in to send files");
    if (!has_scope(caller, "products:write"))
        return refuse(Code::not_allowed, "", "the key lacks the scope products:write");
    return "file:" + caller.account->text();
}

photo::Uploads::Time seconds_of(db::Moment now) { return std::chrono::floor<std::chrono::seconds>(now); }

}  // namespace

Result<std::string> Hub::set_aside(Caller const& caller, std::string_view bytes) {
    auto const owner = TRY(keeper_of(caller));
    if (bytes.empty()) return refuse(Code::field_missing, "files", "the file is empty");
    if (bytes.size() > photo::upload_bytes_max)
        return refuse(Code::too_long, "files", "expected at most 12,000,000 bytes");
    auto const time = seconds_of(now());
    auto const id =
        TRY(hidden_->uploads->begin(owner, static_cast<std::int64_t>(bytes.size()), std::nullopt, time));
    auto const appended = hidden_->uploads->append(id, owner, 0, bytes, time);
    if (appended && appended->is_taken) return id;
    TRY_VOID(hidden_->uploads->forget(id, owner));
    if (!appended) return std::unexpected(appended.error());
    return refuse(Code::unavailable, "files", "the file could not be kept");
}

Result<std::string> Hub::aside(Caller const& caller, std::string_view id) {
    return hidden_->uploads->finish(id, TRY(keeper_of(caller)), seconds_of(now()));
}

Result<void> Hub::drop_aside(Caller const& caller, std::string_view id) {
    return hidden_->uploads->forget(id, TRY(keeper_of(caller)));
}

Result<void> Hub::must_operate(Caller const& caller) const { return hidden_->must_be_operator(caller); }

// Who looks after the hub sees contacts of others: that stands in the trail too.
Result<people::AccountFacts> Hub::account_of(Caller const& caller, people::AccountId id) {
    TRY_VOID(hidden_->must_be_operator(caller));
    auto facts = TRY(hidden_->people->account(id));
    people::Entry const entry{.verb = "account.look", .subject_kind = "account", .subject = id.text()};
    TRY_VOID(hidden_->change(caller, entry, [](db::Write&) { return Result<void>(); }));
    return facts;
}

Result<std::optional<people::AccountFacts>> Hub::account_of(Caller const& caller, std::string_view contact) {
    TRY_VOID(hidden_->must_be_operator(caller));
    auto const found = TRY(hidden_->people->find(TRY(people::Contact::parse(contact))));
    if (!found) return std::optional<people::AccountFacts>();
    return std::optional(TRY(account_of(caller, *found)));
}

}  // namespace allroads::hub
