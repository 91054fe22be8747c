#pragma once
// The words of goods as they lie on the disk: packs/words, imported lists of trade words, the texts of
// imported tariffs, and what users of this hub chose (docs/classify.md).

#include "books/pack_folder.h"
#include "classify/classify.h"

namespace allroads::books {

// Adds the tables of a folder of words: *.csv of synonyms, facets.csv, facet_of.csv, notes.csv. A folder that
// is not there has none. Refused (`bad-pack`): names the file, the line and what was expected.
[[nodiscard]] Result<void> add_words(std::filesystem::path const& folder, classify::Knowledge& to);
// Adds the lines and the trade words (phrases.csv) of a pack.
[[nodiscard]] Result<void> add_pack(PackFolder const& pack, classify::Knowledge& to);
// Adds what was chosen: one JSON object a line (docs/classify.md). A line that cannot be read is passed over
// and counted, so that one bad line does not take the others away.
[[nodiscard]] Result<std::uint64_t> add_choices(std::filesystem::path const& file, classify::Knowledge& to);

}  // namespace allroads::books
