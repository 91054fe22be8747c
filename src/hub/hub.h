#pragma once
// hub: what may be asked, by whom, and in which transaction: one class, one method a verb.
//
// Promises: every permission is decided here, once, for every face alike. A verb that changes something is
// one transaction; what it answers is on the disk. One request sees one edition of the books. Refusals name
// the field and say what was expected; nothing of a stranger's is told, not even that it is there.

#include "base/base.h"
#include "books/books.h"
#include "classify/classify.h"
#include "contract/contract.h"
#include "db/db.h"
#include "origin/origin.h"
#include "quote/quote.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::hub {

// ---- answers that several rooms make together; pure functions of question and books -----------------------

// What one agreement makes of a dossier.
struct Judged {
    origin::Agreement const* agreement = nullptr;
    origin::Verdict verdict;
    std::optional<origin::Change> nearest = {};  // where it fails
    std::optional<Money> worth = {};             // what the preference saves on this consignment
};
// Asks the agreement that is named, else all between both countries that day, and hands each to `each` while
// the dossier holds its worth in that agreement's currencies. `is_needed` is `no` where the ordinary duty is
// 0 already. Refused: `not-found`.
[[nodiscard]] Result<void> judge_all(contract::OriginRequest& request, books::Edition const& edition,
                                     books::Shelf const& shelf,
                                     std::function<void(origin::Known is_needed, Judged const&)> const& each);

// Whose national lines a proposal of codes for that destination is made of.
[[nodiscard]] std::vector<std::string> markets_for(Country to, books::Edition const& edition);

// ---- the hub ----------------------------------------------------------------------------------------------

// Where everything lies.
struct Config {
    std::filesystem::path data;
    std::string database = {};               // a file or postgresql://…; empty: hub.db in `data`
    std::filesystem::path starter = {};      // the edition that ships
    std::function<db::Moment()> clock = {};  // for tests; empty: the machine's
};

class Hub {
public:
    [[nodiscard]] static Result<std::unique_ptr<Hub>> open(Config config);
    Hub(Hub const&) = delete;
    Hub& operator=(Hub const&) = delete;
    ~Hub();

    [[nodiscard]] db::Moment now() const;
    [[nodiscard]] Day today() const;

    // The books of this moment: an edition that takes their place later does not disturb who holds them.
    // Refused: `no-books`.
    [[nodiscard]] Result<std::shared_ptr<books::Edition const>> books() const;
    [[nodiscard]] Result<std::shared_ptr<books::Words const>> words() const;

private:
    struct Hidden;
    explicit Hub(std::unique_ptr<Hidden> hidden);
    std::unique_ptr<Hidden> hidden_;
};

}  // namespace allroads::hub
