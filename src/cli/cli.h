#pragma once
// cli: the command line as a face: reads flags and files, asks the rooms below, prints tables or JSON.
//
// Promises: exit status 0 when the question was answered; the status of the refusal's code otherwise
// (docs/reference/ errors.md). Answers go to standard output, refusals and progress to standard error.

#include "base/base.h"
#include "books/books.h"
#include "contract/contract.h"

#include <filesystem>
#include <string>
#include <vector>

namespace allroads::cli {

// Where the books lie; the face looks it up once (flag, environment, ./data).
struct Places {
    std::filesystem::path data;
    std::filesystem::path starter;  // edition that ships beside the program; empty if there is none
    std::vector<std::filesystem::path> packs;  // folders of packs that ship
    std::filesystem::path pages, catalogues;   // of the hub
    std::filesystem::path demo;                // shops and drawings of the demonstration
};

struct QuoteFlags {
    std::string from, to, to_region, hs, origin, price, quantity, unit, net_kg, gross_kg, date, known_on,
        road, buyer;
    std::string terms, tax_scheme, currency, freight, freight_per_kg, divisor, insurance, insured_percent,
        description, freight_table, dossier;
    bool estimate_freight = false, remote = false;
    std::vector<std::string> proofs, facts, supplementary, additional_codes, packages, costs, fx;
    std::string discount;
    bool json = false, explain = false;
};
[[nodiscard]] int quote_one(Places const& places, QuoteFlags const& flags);
// One request a line in, one answer a line out, in order. "-" is standard input.
[[nodiscard]] int quote_batch(Places const& places, std::string const& file, std::string const& today);

// The requests of a file asked again on another day or with other knowledge: what each costs now, and which
// charges changed. "-" is standard input.
struct ReplayFlags {
    std::string file, id, date, known_on;
    bool json = false;
};
[[nodiscard]] int quote_replay(Places const& places, ReplayFlags const& flags);
// The requests of a file asked of two editions.
[[nodiscard]] int quotes_between(std::string const& before, std::string const& after,
                                 ReplayFlags const& flags);
struct FreightFlags {
    std::string from, to, road, date, gross_kg, currency, table;
    std::vector<std::string> packages, fx;
    bool remote = false, json = false;
};
// What the roads cost by the rate tables of the books, cheapest first, and which packing would be cheaper.
[[nodiscard]] int freight_compared(Places const& places, FreightFlags const& flags);

struct ClassifyFlags {
    std::string words, lang, earlier, accept, choose, who, why;
    std::vector<std::string> answers;
    QuoteFlags quote;  // whence, whither, of what price: what the border would ask
};
// Which customs code goods have, with reasons, doubt, and what each would pay.
[[nodiscard]] int classified(Places const& places, ClassifyFlags const& flags);

struct ImportFlags {
    std::string source, market, dated;
    std::vector<std::string> files;
    bool dry_run = false, accept = false, json = false;
};
[[nodiscard]] int books_import(Places const& places, ImportFlags const& flags);
struct BuildFlags {
    std::vector<std::string> packs;
    std::string output;
    bool only_packs = false, quiet = false, no_words = false;
};
[[nodiscard]] int books_build(Places const& places, BuildFlags const& flags);
[[nodiscard]] int books_list(Places const& places, bool json);
struct ShowFlags {
    std::string market, hs, date, known_on;
    bool under = false;
};
[[nodiscard]] int books_show(Places const& places, ShowFlags const& flags);
[[nodiscard]] int books_diff(std::string const& before, std::string const& after);
[[nodiscard]] int books_check(Places const& places);

// Whether a product qualifies under an agreement: a dossier as JSON (docs/origin.md), "-" is standard input.
struct OriginFlags {
    std::string file = "-", batch, agreement, from, to, language = "en", id;
    std::vector<std::string> fill;
    bool json = false;
};
// The words that the law has the exporter write, with their blanks filled.
[[nodiscard]] int origin_stated(Places const& places, OriginFlags const& flags);
// Dossiers of the data folder, which quotes may name by their id.
enum class DossierVerb : std::uint8_t { keep, forget, list };
[[nodiscard]] int dossiers_changed(Places const& places, OriginFlags const& flags, DossierVerb verb);
[[nodiscard]] Result<std::filesystem::path> dossier_file(Places const& places, std::string_view id);
[[nodiscard]] contract::Dossiers dossiers_in(Places const& places);
// Stored verdicts asked again; the exit status is 1 where one is another now.
[[nodiscard]] int verdicts_replayed(Places const& places, OriginFlags const& flags);
[[nodiscard]] int origin_checked(Places const& places, OriginFlags const& flags);
[[nodiscard]] int origin_rules_imported(Places const& places, OriginFlags const& flags);
[[nodiscard]] int agreements_listed(Places const& places, OriginFlags const& flags);

// An account made where the data lies; the password comes from the terminal or standard input.
struct UserFlags {
    std::string contact, name, language = "en";
    std::vector<std::string> roles;
};
[[nodiscard]] int user_added(Places const& places, UserFlags const& flags);
// Products of a shop from files and into files. Without `save` an import only reports.
struct ProductFlags {
    std::string shop, kind, folder = ".", address = "http://localhost:8080";
    std::vector<std::string> files;
    bool save = false, publish = false;
};
[[nodiscard]] int products_imported(Places const& places, ProductFlags const& flags);
[[nodiscard]] int products_exported(Places const& places, ProductFlags const& flags);
[[nodiscard]] int demo_filled(Places const& places);
// Everything that the hub keeps, read and compared: rows, signatures, the trail, photos.
[[nodiscard]] int hub_checked(Places const& places);

// The data of a hub (hub.db in the data folder): a whole copy while others write; a copy put in its place;
// everything read and compared.
[[nodiscard]] int data_copied(Places const& places, std::string const& file);
[[nodiscard]] int data_restored(Places const& places, std::string const& file);

// How the hub trades (docs/trade.md): what holds here, secrets left out; or whether a file could hold.
[[nodiscard]] int trade_shown(Places const& places, std::string const& file, bool is_check);

// Texts for a gateway, one JSON object a line. Taken: crossed off once the line is written.
struct MessageFlags {
    std::vector<std::string> ids;
    std::int64_t rows = 100;
};
enum class MessageVerb : std::uint8_t { list, take, done };
[[nodiscard]] int messages_asked(Places const& places, MessageFlags const& flags, MessageVerb verb);

// Whose money is where, for the operator. Moments are those of ledger::parse_moment.
struct LedgerFlags {
    std::string file, format, at, account, from, to;
    bool is_json = false;
};
enum class LedgerVerb : std::uint8_t { check, write_out, trial, statement };
[[nodiscard]] int ledger_asked(Places const& places, LedgerFlags const& flags, LedgerVerb verb);

// Reads duty texts, one a line, and prints what was understood; the shares of what could be read at the end.
[[nodiscard]] int duty_texts(std::string const& dialect, std::string const& file, bool summary);

// ---- shared by the commands

// The flags as a request of the contract, so that both are held to the same rules.
[[nodiscard]] Result<std::string> request_text(QuoteFlags const& flags);

// Prints the refusal as people read it and gives the exit status of its code.
[[nodiscard]] int tell(Error const& error);
[[nodiscard]] std::string today();
// The edition of the data folder, else the one that ships.
[[nodiscard]] Result<std::shared_ptr<books::Edition const>> open_books(Places const& places);

}  // namespace allroads::cli
