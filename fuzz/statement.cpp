// Statements of banks: whatever comes is refused, or read into payments that can be posted.

#include "pay/pay.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace allroads;
    std::string_view const bytes(static_cast<char const*>(static_cast<void const*>(data)), size);
    auto const statements = pay::read_statements(bytes);
    (void)pay::Reference::within(bytes);
    if (!statements) return 0;
    for (auto const& statement : *statements) {
        check(!statement.account.empty());
        auto const payments = pay::payments_of(statement);
        for (auto const& one : payments) {
            check(one.amount.minor() > 0 && one.amount.currency() == *statement.currency);
            check(!one.outside_id.empty() && is_clean(one.said) && is_clean(one.payer));
            if (one.reference) check(pay::Reference::parse(one.reference->text()).has_value());
        }
        check(pay::payments_of(statement) == payments);
    }
    return 0;
}
