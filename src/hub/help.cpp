// A clerk acts for a member who typed their PIN at the clerk's machine; and who hears of what.
#include "hub/hidden.h"

#include <algorithm>

namespace allroads::hub {
namespace {

// A counter serves many members an hour, and is no place to guess from.
constexpr people::Often clerk_tries = people::Often::sign_in_address;

Result<void> must_be_clerk(Caller const& caller) {
    if (!caller.account) return refuse(Code::signed_out, "", "a clerk signs in first");
    if (!caller.session || !caller.roles.has(people::Role::clerk))
        return refuse(Code::not_allowed, "", "only clerks act for members");
    return {};
}

Result<void> must_be_somebody(Caller const& caller) {
    if (caller.account && caller.session) return {};
    return refuse(Code::signed_out, "", "sign in first");
}

std::unexpected<Error> no_consent() {
    return refuse(Code::wrong_secret, "pin", "the contact and the PIN do not belong together");
}

Result<void> check_purposes(std::vector<std::string> const& purposes) {
    if (purposes.empty()) return refuse(Code::field_missing, "purposes", "expected what the clerk may do");
    bool const are_known = std::ranges::all_of(purposes, [](std::string const& one) {
        return std::ranges::find(consent_purposes, one) != consent_purposes.end();
    });
    if (are_known && purposes.size() <= consent_purposes.size()) return {};
    return refuse(Code::bad_value, "purposes",
                  "expected products:write, shops:write, deals:write or money:write");
}

// Of whoever was removed since: the end of the id, as the trail shows it.
Result<std::string> name_of(people::People& people, people::AccountId id) {
    auto facts = people.account(id);
    if (facts && !facts->name.empty()) return std::move(facts->name);
    if (!facts && facts.error().code() != Code::not_found) return std::unexpected(facts.error());
    auto const text = id.text();
    return "…" + text.substr(text.size() - 6);
}

Result<std::vector<Consent>> with_names(people::People& people, std::vector<people::ConsentFacts> facts) {
    std::vector<Consent> all;
    for (auto& one : facts) {
        auto member = TRY(name_of(people, one.member));
        auto clerk = TRY(name_of(people, one.clerk));
        all.push_back({.facts = std::move(one), .member = std::move(member), .clerk = std::move(clerk)});
    }
    return all;
}

Result<HelpPage> help(people::People& people, people::TrailQuestion const& question) {
    auto found = TRY(people.trail(question));
    HelpPage page{.rows = {}, .next = std::move(found.next)};
    for (auto& row : found.rows) {
        std::string member, clerk;
        if (row.acting_for) member = TRY(name_of(people, *row.acting_for));
        if (row.account) clerk = TRY(name_of(people, *row.account));
        page.rows.push_back({.row = std::move(row), .member = std::move(member), .clerk = std::move(clerk)});
    }
    return page;
}

}  // namespace

Result<people::AccountId> Hub::consent(Caller const& clerk, WantedConsent const& wanted) {
    TRY_VOID(must_be_clerk(clerk));
    TRY_VOID(check_purposes(wanted.purposes));
    auto& people = *hidden_->people;
    auto const contact = TRY(people::Contact::parse(wanted.contact));
    auto const allowed = people.rates().allow(clerk_tries, "clerk " + clerk.account->text(), now());
    if (!allowed) {
        auto const wait = (allowed.retry_after.count() + 999) / 1000;
        return refuse(Code::too_many, "", "try again in " + std::to_string(wait) + " seconds");
    }
    auto const member = TRY(people.find(contact));
    bool const has_pin = member && TRY(people.account(*member)).has_pin;
    if (!has_pin) {
        people.look_at_nothing(wanted.pin);
        return no_consent();
    }
    auto const act = hidden_->act_of(clerk);
    for (auto const& purpose : wanted.purposes) {
        auto const given = people.consent(
            {.member = *member, .clerk = *clerk.account, .purpose = purpose, .life = wanted.life}, wanted.pin,
            act);
        if (given) continue;
        if (given.error().code() == Code::wrong_secret) return no_consent();
        return std::unexpected(given.error());
    }
    return *member;
}

Result<Caller> Hub::acting_for(Caller const& clerk, people::AccountId member) {
    TRY_VOID(must_be_clerk(clerk));
    auto& people = *hidden_->people;
    auto const consents = TRY(people.consents_of_clerk(*clerk.account, now()));
    auto acting = clerk;
    acting.scopes.clear();
    for (auto const& one : consents) {
        if (one.member != member) continue;
        acting.scopes.push_back(one.purpose);
        acting.acting_until = std::max(acting.acting_until, one.until);
    }
    auto const facts = people.account(member);
    if (acting.scopes.empty() || !facts || facts->deleted) {
        Error refusal(Code::not_allowed, "", "the member has not consented, or it has run out");
        hidden_->note_refusal(hidden_->act_of(clerk), "consent.missing", "account", member.text(), refusal);
        return std::unexpected(std::move(refusal));
    }
    acting.acting_for = member;
    // Nobody works on goods unseen, nor on the shop around them; nor on orders and money.
    if (has_scope(acting, "deals:write")) acting.scopes.emplace_back("deals:read");
    if (has_scope(acting, "money:write")) acting.scopes.emplace_back("money:read");
    acting.scopes.emplace_back("products:read");
    acting.acting_name = facts->name;
    // For a member one does what the member could do, whatever one may do oneself.
    acting.roles = acting.roles.without(people::Role::operator_);
    return acting;
}

Result<std::vector<Consent>> Hub::consents_had(Caller const& clerk) {
    TRY_VOID(must_be_clerk(clerk));
    auto& people = *hidden_->people;
    return with_names(people, TRY(people.consents_of_clerk(*clerk.account, now())));
}

Result<std::vector<Consent>> Hub::consents_given(Caller const& member) {
    TRY_VOID(must_be_somebody(member));
    auto& people = *hidden_->people;
    auto all = TRY(people.consents(*member.account));
    std::erase_if(all, [&](people::ConsentFacts const& one) { return one.withdrawn || one.until <= now(); });
    return with_names(people, std::move(all));
}

Result<void> Hub::withdraw_consent(Caller const& member, people::ConsentId id) {
    TRY_VOID(must_be_somebody(member));
    return hidden_->people->withdraw_consent(*member.account, id, act_of(member));
}

Result<HelpPage> Hub::help_given(Caller const& clerk, std::string_view after, std::size_t rows) {
    TRY_VOID(must_be_clerk(clerk));
    auto page = TRY(
        help(*hidden_->people,
             {.account = clerk.account, .is_for_others = true, .after = std::string(after), .rows = rows}));
    // A PIN that was not right would tell whose contact it was.
    std::erase_if(page.rows, [](Help const& one) {
        return one.row.verb == "consent.give" && one.row.outcome == people::Outcome::refused;
    });
    return page;
}

Result<HelpPage> Hub::help_had(Caller const& member, std::string_view after, std::size_t rows) {
    TRY_VOID(must_be_somebody(member));
    return help(*hidden_->people, {.acting_for = member.account, .after = std::string(after), .rows = rows});
}

void Hub::tell_deals_in(DealWords words) {
    std::lock_guard const held(hidden_->words_lock);
    hidden_->deal_words = std::move(words);
}

void Hub::tell_codes_in(CodeWords words) {
    std::lock_guard const held(hidden_->words_lock);
    hidden_->code_words = std::move(words);
}

void Hub::tell_in(NoticeWords words) {
    hidden_->notice_words = std::move(words);
    hidden_->people->tell_by([this](db::Write& write, people::Notice const& notice) -> Result<void> {
        auto const text = hidden_->notice_words(notice.language, notice.verb);
        if (text.empty()) return {};
        for (auto const& contact : notice.contacts) TRY_VOID(hidden_->send(write, contact.text(), text));
        return {};
    });
}

}  // namespace allroads::hub
