#pragma once
// Entries as they are read back, page by page.

#include "ledger/body.h"

#include <unordered_map>

namespace allroads::ledger {

// The accounts of the entries that are being read, each looked up once.
class KnownAccounts {
public:
    KnownAccounts(db::Asked& asked, HubId const& hub) : asked_(asked), hub_(hub) {}
    [[nodiscard]] Result<AccountKey const*> of(std::int64_t number);

private:
    static constexpr std::size_t most = 100'000;
    db::Asked& asked_;
    HubId const& hub_;
    std::unordered_map<std::int64_t, AccountKey> known_;
};

struct StoredEntry {
    std::int64_t number = 0, at = 0;
    std::string name, body, digest;
};
// Those after `after`, in their order.
[[nodiscard]] Result<std::vector<StoredEntry>> entries_after(db::Asked& asked, HubId const& hub,
                                                             std::int64_t after, std::size_t most);
[[nodiscard]] Result<EntryRow> row_of(StoredEntry stored, KnownAccounts& accounts);
[[nodiscard]] Result<AccountKey> key_of(db::Rows const& rows, std::size_t first_column);

}  // namespace allroads::ledger
