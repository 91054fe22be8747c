#pragma once
// The readers behind `Shelf`: texts of agreements, of statements on origin and of correlations. Not for use
// outside books.

#include "books/books.h"

namespace allroads::books {

// The provisions, without product rules. Refused (`bad-pack`): names the file, the key and what was expected.
[[nodiscard]] Result<origin::Agreement> agreement_of(AgreementText const& text);
// Wider before narrower. Refused (`bad-pack`): names the file and the line.
[[nodiscard]] Result<std::vector<origin::ProductRule>> product_rules_of(AgreementText const& text);
[[nodiscard]] Result<origin::StatementForm> statement_of(AgreementText const& text);
// One for each edition, sorted. Refused (`bad-pack`): names the line.
[[nodiscard]] Result<std::vector<origin::Correlation>> correlations_of(std::string_view sheet);

}  // namespace allroads::books
