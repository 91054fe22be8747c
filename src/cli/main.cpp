#include "cli/cli.h"
#include "serve/serve.h"

#include <sys/stat.h>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace allroads;
namespace fs = std::filesystem;

fs::path program_folder() {
    std::error_code failed;
    auto const self = fs::read_symlink("/proc/self/exe", failed);
    return failed ? fs::path(".") : self.parent_path();
}

fs::path first_there(std::vector<fs::path> const& candidates) {
    std::error_code none;
    for (auto const& path : candidates) {
        if (fs::exists(path, none)) return path;
    }
    return {};
}

// Flag, then environment, then ./data; what ships is looked for beside the program and in its source tree.
cli::Places places_for(std::string const& data_flag) {
    auto const* variable = std::getenv("ALLROADS_DATA");
    auto const self = program_folder();
    cli::Places places;
    places.data = !data_flag.empty() ? data_flag : variable != nullptr ? variable : "data";
    places.starter = first_there({self / "starter.books", self / "../share/allroads/starter.books"});
    if (auto const packs =
            first_there({self / "packs", self / "../../packs", self / "../share/allroads/packs"});
        !packs.empty()) {
        places.packs.push_back(packs);
    }
    places.pages = first_there({self / "pages", self / "../../pages", self / "../share/allroads/pages"});
    places.demo = first_there({self / "demo", self / "../../demo", self / "../share/allroads/demo"});
    places.catalogues = first_there({self / "locale", self / "../share/allroads/locale"});
    return places;
}

struct Flags {
    std::string data;
    std::string batch;
    cli::QuoteFlags quote;
    cli::ReplayFlags replay;
    cli::FreightFlags freight;
    cli::ClassifyFlags classify;
    cli::OriginFlags origin;
    cli::ImportFlags import;
    cli::BuildFlags build;
    cli::ShowFlags show;
    serve::Options serve;
    cli::UserFlags user;
    cli::ProductFlags product;
    cli::LedgerFlags ledger;
    cli::MessageFlags messages;
    std::string diff_before, diff_after;
    std::string data_copy, trade_file;
    std::string duty_dialect = "plain", duty_file = "-";
    bool list_json = false, duty_summary = false;
};

CLI::App* quote_command(CLI::App& app, Flags& flags) {
    auto* quote = app.add_subcommand("quote", "what goods cost at a door on a day, and why");
    auto& q = flags.quote;
    quote->add_option("--batch", flags.batch,
                      "file of requests, one JSON object a line; - is standard input");
    quote->add_option("--from", q.from, "country the goods leave (two letters)");
    quote->add_option("--to", q.to, "country they go to");
    quote->add_option("--to-region", q.to_region, "region with rules of its own, such as GB-NIR");
    quote->add_option("--hs", q.hs, "customs code, 6 to 12 digits");
    quote->add_option("--price", q.price, "price of all goods, such as 2400USD");
    quote->add_option("--quantity", q.quantity, "how many, or how much");
    quote->add_option("--unit", q.unit, "unit of the quantity (pieces if not given)");
    quote->add_option("--net-kg", q.net_kg, "net weight in kilograms");
    quote->add_option("--gross-kg", q.gross_kg, "gross weight in kilograms");
    quote->add_option("--supplementary", q.supplementary, "other quantities a duty asks for, such as LTR=12");
    quote->add_option("--dossier", q.dossier,
                      "how it was made (docs/origin.md): a file, or the id of one that is kept");
    quote->add_option("--origin", q.origin, "country of origin, if not the one they leave");
    quote->add_option("--description", q.description, "what the goods are");
    quote->add_option("--on", q.date, "day of entry, YYYY-MM-DD (today)");
    quote->add_option("--known-on", q.known_on, "answer with what was published by that day (now)");
    quote->add_option("--road", q.road, "post, express, air, sea, road or rail");
    quote->add_option("--buyer", q.buyer, "consumer or business");
    quote->add_option("--terms", q.terms, "Incoterms 2020 rule of the price (FOB)");
    quote->add_option("--tax-scheme", q.tax_scheme, "such as ioss");
    quote->add_option("--currency", q.currency, "currency of the answer");
    quote->add_option("--freight", q.freight, "freight, such as 180USD");
    quote->add_option("--freight-per-kg", q.freight_per_kg,
                      "freight for a chargeable kilogram, such as 4.20USD");
    quote->add_option("--divisor", q.divisor, "cubic centimetres that count as a kilogram");
    quote->add_option("--insurance", q.insurance, "insurance premium, such as 12USD");
    quote->add_option("--insured-percent", q.insured_percent, "premium in percent of 110 % of the CIF value");
    quote->add_option("--package", q.packages, "such as 2x40x30x20cm@5kg: count, sides and weight of each");
    quote->add_option("--freight-table", q.freight_table, "freight by the rate table of this name");
    quote->add_flag("--estimate-freight", q.estimate_freight, "freight by the cheapest table of the road");
    quote->add_flag("--remote", q.remote, "the door lies where carriers charge for remoteness");
    quote->add_option("--cost", q.costs,
                      "NAME=AMOUNT, behind the border; NAME=AMOUNT:before in front of it; "
                      "NAME=AMOUNT:included if the price holds it");
    quote->add_option("--proof", q.proofs, "proof or paper you can show, such as AGOA");
    quote->add_option("--fact", q.facts, "what a rule asks, such as handicraft=true");
    quote->add_option("--additional-code", q.additional_codes,
                      "additional code of a tariff, such as a Meursing code");
    quote->add_option("--fx", q.fx, "exchange rate to use, such as USD/EUR=0.8696");
    quote->add_option("--discount", q.discount, "off the price, in the currency of the answer");
    quote->add_flag("--explain", q.explain, "the pass step by step: which rules were looked at, and why");
    quote->add_option(
        "--replay", flags.replay.file,
        "file of requests: what each costs on the day --on, or with the knowledge of --known-on");
    quote->add_option("--id", flags.replay.id, "only the request of that id (with --replay)");
    quote->add_flag("--json", q.json, "the answer as JSON (docs/quote.md)");
    return quote;
}

CLI::App* freight_command(CLI::App& app, cli::FreightFlags& f) {
    auto* freight = app.add_subcommand("freight", "what carriage costs by each road, and cheaper packing");
    freight->add_option("--from", f.from, "country the goods leave (two letters)")->required();
    freight->add_option("--to", f.to, "country they go to")->required();
    freight->add_option("--road", f.road, "post, express, air, sea, road or rail (all)");
    freight->add_option("--package", f.packages, "such as 2x40x30x20cm@5kg: count, sides and weight of each");
    freight->add_option("--gross-kg", f.gross_kg, "gross weight of all, where parcels do not say");
    freight->add_option("--on", f.date, "day, YYYY-MM-DD (today)");
    freight->add_option("--table", f.table, "only the rate table of this name");
    freight->add_option("--currency", f.currency, "currency to compare in");
    freight->add_option("--fx", f.fx, "exchange rate to use, such as USD/EUR=0.8696");
    freight->add_flag("--remote", f.remote, "the door lies where carriers charge for remoteness");
    freight->add_flag("--json", f.json, "the answer as JSON (docs/quote.md)");
    return freight;
}

CLI::App* classify_command(CLI::App& app, cli::ClassifyFlags& f) {
    auto* classify =
        app.add_subcommand("classify", "from everyday words to customs codes, with reasons and doubt");
    auto& q = f.quote;
    classify->add_option("words", f.words, "what the goods are, in your words; - is standard input")
        ->required();
    classify->add_option("--to", q.to, "country they go to: its national lines, and what each would pay");
    classify->add_option("--lang", f.lang, "language of the words (found out where not given)");
    classify->add_option("--answer", f.answers, "answer to a question, such as making=plaited");
    classify->add_option("--earlier", f.earlier, "code that was chosen before");
    classify->add_option("--accept", f.accept, "settle from this percentage of confidence on (90)");
    classify->add_option("--from", q.from, "country the goods leave, for what each code would pay");
    classify->add_option("--origin", q.origin, "country of origin, if not the one they leave");
    classify->add_option("--price", q.price, "price of all goods, such as 2400USD (100USD)");
    classify->add_option("--quantity", q.quantity, "how many, or how much");
    classify->add_option("--unit", q.unit, "unit of the quantity (pieces if not given)");
    classify->add_option("--net-kg", q.net_kg, "net weight in kilograms");
    classify->add_option("--on", q.date, "day of entry, YYYY-MM-DD (today)");
    classify->add_option("--road", q.road, "post, express, air, sea, road or rail");
    classify->add_option("--buyer", q.buyer, "consumer or business");
    classify->add_option("--currency", q.currency, "currency of the answer");
    classify->add_option("--freight", q.freight, "freight, such as 180USD");
    classify->add_option("--proof", q.proofs, "proof or paper you can show, such as AGOA");
    classify->add_option("--fact", q.facts, "what a rule asks, such as handicraft=true");
    classify->add_option("--fx", q.fx, "exchange rate to use, such as USD/EUR=0.8696");
    classify->add_option("--choose", f.choose, "keep this code as the choice; needs --who and --why");
    classify->add_option("--who", f.who, "who chooses");
    classify->add_option("--why", f.why, "for what reason");
    classify->add_flag("--json", q.json, "the answer as JSON (docs/classify.md)");
    return classify;
}

struct OriginCommands {
    CLI::App *all, *check, *statement, *list, *import, *keep, *kept, *forget, *replay;
};
OriginCommands origin_commands(CLI::App& app, cli::OriginFlags& f) {
    auto* origin =
        app.add_subcommand("origin", "does a product qualify under a trade agreement, and with what proof");
    OriginCommands c{origin,
                     origin->add_subcommand("check", "judge a dossier"),
                     origin->add_subcommand("statement", "the words that the exporter writes on the invoice"),
                     origin->add_subcommand("agreements", "the agreements that the books hold"),
                     origin->add_subcommand("import", "read official product rules into the data folder"),
                     origin->add_subcommand("keep", "keep a dossier, so that quotes may name it"),
                     origin->add_subcommand("kept", "the dossiers that are kept"),
                     origin->add_subcommand("forget", "delete a dossier that was kept"),
                     origin->add_subcommand("replay", "ask stored verdicts again: what is another now")};
    c.import->add_option("file", f.file, "archive of the origin files of the UK tariff")->required();
    c.statement->add_option("file", f.file, "dossier as JSON; - is standard input");
    c.statement->add_option("--agreement", f.agreement, "code of the agreement (all between both countries)");
    c.statement->add_option("--lang", f.language, "language of the words (en)");
    c.statement->add_option("--fill", f.fill, "what goes into a blank, such as exporter_name=Kazi Baskets");
    c.keep->add_option("file", f.file, "dossier as JSON; - is standard input");
    c.keep->add_option("--id", f.id, "its name (the dossier's own id)");
    c.forget->add_option("id", f.id, "its name")->required();
    c.replay->add_option("file", f.file, "verdicts as check --json wrote them, one a line")->required();
    c.check->add_option("file", f.file, "dossier as JSON (docs/origin.md); - is standard input");
    c.check->add_option("--batch", f.batch,
                        "file of dossiers, one a line: JSON verdicts in order; - is standard input");
    c.check->add_option("--agreement", f.agreement, "code of the agreement (all between both countries)");
    c.check->add_flag("--json", f.json, "the verdicts as JSON, one a line");
    c.list->add_option("--from", f.from, "only those by which goods made there");
    c.list->add_option("--to", f.to, "are favoured here today");
    origin->require_subcommand(1);
    return c;
}

struct BooksCommands {
    CLI::App *all, *import, *build, *list, *show, *diff, *check;
};
BooksCommands books_commands(CLI::App& app, Flags& flags) {
    auto* books = app.add_subcommand("books", "what the world has decreed: import, build, look");
    BooksCommands c{books,
                    books->add_subcommand("import", "turn an official file into a pack"),
                    books->add_subcommand("build", "compile all packs into one edition"),
                    books->add_subcommand("list", "the packs of the edition"),
                    books->add_subcommand("show", "the measures of a code"),
                    books->add_subcommand("diff", "what changed between two editions"),
                    books->add_subcommand("check", "verify every page of the edition")};
    c.import
        ->add_option("source", flags.import.source, "us-hts, uk-commodity, eu-cn8, taric-xml, au-schedule …")
        ->required();
    c.import->add_option("files", flags.import.files, "files as they were published")->required();
    c.import->add_option("--market", flags.import.market, "market the file is for, where it does not say");
    c.import->add_option("--dated", flags.import.dated, "day of the publication, YYYY-MM-DD");
    c.import->add_flag("--dry-run", flags.import.dry_run, "only report");
    c.import->add_flag("--accept", flags.import.accept, "also when the file shrank or looks invented");
    c.import->add_flag("--json", flags.import.json, "the report as JSON");
    c.build->add_option("--packs", flags.build.packs, "folders of packs (those that ship)");
    c.build->add_option("--output", flags.build.output, "edition file (edition.books in the data folder)");
    c.build->add_flag("--only-packs", flags.build.only_packs, "without the packs of the data folder");
    c.build->add_flag("--no-words", flags.build.no_words, "leave the words of goods as they are compiled");
    c.build->add_flag("--quiet", flags.build.quiet, "say nothing unless something is wrong");
    c.list->add_flag("--json", flags.list_json, "as JSON");
    c.show->add_option("market", flags.show.market, "market, such as US")->required();
    c.show->add_option("hs", flags.show.hs, "customs code")->required();
    c.show->add_option("--on", flags.show.date, "only what is valid on this day");
    c.show->add_option("--known-on", flags.show.known_on, "only what was known by this day");
    c.show->add_flag("--under", flags.show.under, "also the codes under it");
    c.diff->add_option("old", flags.diff_before, "edition file")->required();
    c.diff->add_option("new", flags.diff_after, "edition file")->required();
    c.diff->add_option("--quotes", flags.replay.file,
                       "file of requests: which of them the new edition changes, and by how much");
    c.diff->add_option("--on", flags.replay.date, "their day of entry, instead of their own");
    c.diff->add_flag("--json", flags.replay.json, "changed quotes as JSON, one a line");
    books->require_subcommand(1);
    return c;
}

int run_books(BooksCommands const& c, cli::Places const& places, Flags const& flags) {
    if (*c.import) return cli::books_import(places, flags.import);
    if (*c.build) return cli::books_build(places, flags.build);
    if (*c.list) return cli::books_list(places, flags.list_json);
    if (*c.show) return cli::books_show(places, flags.show);
    if (*c.diff && !flags.replay.file.empty())
        return cli::quotes_between(flags.diff_before, flags.diff_after, flags.replay);
    if (*c.diff) return cli::books_diff(flags.diff_before, flags.diff_after);
    return cli::books_check(places);
}

CLI::App* serve_command(CLI::App& app, serve::Options& f) {
    auto* serve = app.add_subcommand("serve", "the hub over HTTP: pages and API");
    serve->add_option("--port", f.port, "port to listen on (8080); 0 takes any free one");
    serve->add_option("--address", f.address, "address to listen on (127.0.0.1: this machine alone)");
    serve->add_option("--host", f.hosts,
                      "name the hub answers to besides localhost and numbers; may be given again");
    serve->add_option("--public", f.origin,
                      "https://name that the world uses, where a proxy takes TLS off: for links and cookies");
    serve->add_option(
        "--database", f.hub.database,
        "file or postgresql://… without a password (else $ALLROADS_DATABASE, else hub.db in the data "
        "folder)");
    serve->add_option("--trade", f.trade, "how the hub trades (trade.json in the data folder)");
    serve->add_option("--certificate", f.certificate, "PEM chain for HTTPS; needs --key");
    serve->add_option("--key", f.key, "PEM key of the certificate");
    serve->add_option("--workers", f.workers, "threads that answer (32, or more on many cores)");
    serve->add_flag("--unlimited", f.is_unlimited,
                    "no limits of rates: for measuring, or behind a gateway that has its own");
    serve->add_flag("--quiet", f.is_quiet, "no line for each request on standard error");
    return serve;
}

struct HubCommands {
    CLI::App *user_add, *import, *exported, *demo;
};
HubCommands hub_commands(CLI::App& app, Flags& flags) {
    HubCommands c{};
    auto* user = app.add_subcommand("user", "accounts of the hub");
    c.user_add = user->add_subcommand("add", "make an account; the password comes from standard input");
    c.user_add->add_option("contact", flags.user.contact, "phone (+254…) or e-mail address")->required();
    c.user_add->add_option("--name", flags.user.name, "as others see it")->required();
    c.user_add->add_option("--lang", flags.user.language, "language (en)");
    c.user_add->add_option("--role", flags.user.roles,
                           "buyer, seller, clerk, broker, operator; again for more");
    user->require_subcommand(1);
    auto* product = app.add_subcommand("product", "products of a shop, from files and into files");
    c.import = product->add_subcommand("import", "report what a file holds; --save takes it in");
    c.import->add_option("files", flags.product.files, "files of one kind (Shopify: products and inventory)")
        ->required();
    c.import->add_flag("--save", flags.product.save, "take it in");
    c.import->add_flag("--publish", flags.product.publish, "what may go live does; else drafts");
    c.exported = product->add_subcommand("export", "write all products of a shop");
    c.exported->add_option("folder", flags.product.folder, "where the files go (here)");
    c.exported->add_option("--address", flags.product.address, "of the hub, for addresses of pages");
    for (auto* one : {c.import, c.exported}) {
        one->add_option("--shop", flags.product.shop, "address of the shop: its slug")->required();
        one->add_option("--kind", flags.product.kind,
                        "own-csv, own-xlsx, shopify, woocommerce, merchant-xml, merchant-tsv");
    }
    product->require_subcommand(1);
    c.demo = app.add_subcommand("demo", "fill the hub with demonstration shops");
    return c;
}

struct LedgerCommands {
    CLI::App *all, *check, *write_out, *trial, *statement;
};
LedgerCommands ledger_commands(CLI::App& app, cli::LedgerFlags& flags) {
    LedgerCommands c{};
    c.all = app.add_subcommand("ledger", "whose money is where: checked, written out, as a statement");
    c.all->require_subcommand(1);
    c.check =
        c.all->add_subcommand("check", "recompute every balance, sum, hold and digest from the entries");
    c.write_out = c.all->add_subcommand("export", "write every entry into a file");
    c.write_out->add_option("file", flags.file, "where to; - is standard output")->required();
    c.write_out->add_option("--format", flags.format, "csv, json or hledger")->required();
    c.trial = c.all->add_subcommand("trial", "what all accounts of each purpose hold");
    c.trial->add_option("--at", flags.at, "as it was before a day or moment (UTC): 2026-11-26T07:30");
    c.statement = c.all->add_subcommand("statement", "what an account got and gave");
    c.statement->add_option("account", flags.account, "OWNER:PURPOSE:CURRENCY, and :CUSTODIAN if not the hub")
        ->required();
    c.statement->add_option("--from", flags.from, "first day or moment (UTC)");
    c.statement->add_option("--to", flags.to, "the day or moment before which it ends (UTC)");
    for (auto* one : {c.trial, c.statement}) one->add_flag("--json", flags.is_json, "as JSON");
    return c;
}
int run_ledger(LedgerCommands const& c, cli::Places const& places, cli::LedgerFlags const& flags) {
    using cli::LedgerVerb;
    auto const verb = *c.check       ? LedgerVerb::check
                      : *c.write_out ? LedgerVerb::write_out
                      : *c.trial     ? LedgerVerb::trial
                                     : LedgerVerb::statement;
    return cli::ledger_asked(places, flags, verb);
}

struct TradeCommands {
    CLI::App *all, *show, *check;
};
TradeCommands trade_commands(CLI::App& app, Flags& flags) {
    TradeCommands c{};
    c.all = app.add_subcommand("trade", "how the hub trades: fees, plans of payment, ways of paying");
    c.all->require_subcommand(1);
    c.show = c.all->add_subcommand("show", "what holds here, what was left out too; without secrets");
    c.show->add_option("--trade", flags.trade_file, "file (trade.json in the data folder)");
    c.check = c.all->add_subcommand("check", "whether a file could hold, and what is wrong in it");
    c.check->add_option("file", flags.trade_file, "file of settings")->required();
    return c;
}

struct MessageCommands {
    CLI::App *all, *list, *take, *done;
};
MessageCommands message_commands(CLI::App& app, cli::MessageFlags& flags) {
    MessageCommands c{};
    c.all = app.add_subcommand("messages", "texts for people, for a gateway of SMS or e-mail");
    c.all->require_subcommand(1);
    c.list = c.all->add_subcommand("list", "those that wait, one JSON object a line");
    c.take = c.all->add_subcommand("take", "the same, each crossed off once it is written");
    c.done = c.all->add_subcommand("done", "cross off what was sent");
    c.done->add_option("id", flags.ids, "ids of messages")->required();
    for (auto* one : {c.list, c.take}) one->add_option("--rows", flags.rows, "at most so many (100)");
    return c;
}
int run_messages(MessageCommands const& c, cli::Places const& places, cli::MessageFlags const& flags) {
    using cli::MessageVerb;
    auto const verb = *c.list ? MessageVerb::list : *c.take ? MessageVerb::take : MessageVerb::done;
    return cli::messages_asked(places, flags, verb);
}

struct DataCommands {
    CLI::App *backup, *restore, *check;
};

DataCommands data_commands(CLI::App& app, Flags& flags) {
    DataCommands c{};
    c.backup = app.add_subcommand("backup", "copy the data of the hub into a new file, also while it runs");
    c.backup->add_option("file", flags.data_copy, "file that does not exist yet")->required();
    c.restore =
        app.add_subcommand("restore", "put a copy in the place of the data; the old is kept beside it");
    c.restore->add_option("file", flags.data_copy, "file that backup made")->required();
    c.check = app.add_subcommand("check", "read all data of the hub and say what is damaged");
    return c;
}

int run(int count, char** words) {
    CLI::App app("Allroads: what a product costs at any door in the world, and why");
    app.set_version_flag("--version", "allroads 0.1.0");
    Flags flags;
    app.add_option("--data", flags.data, "data folder (else $ALLROADS_DATA, else ./data)");
    app.require_subcommand(1);
    app.fallthrough();
    auto* quote = quote_command(app, flags);
    auto* freight = freight_command(app, flags.freight);
    auto* classify = classify_command(app, flags.classify);
    auto const origin = origin_commands(app, flags.origin);
    auto const books = books_commands(app, flags);
    auto const data = data_commands(app, flags);
    auto const ledger = ledger_commands(app, flags.ledger);
    auto const trade = trade_commands(app, flags);
    auto const messages = message_commands(app, flags.messages);
    auto* serve = serve_command(app, flags.serve);
    auto const hub = hub_commands(app, flags);
    auto* duty = app.add_subcommand("duty", "read duty texts, one a line, and print what was understood");
    duty->add_option("--dialect", flags.duty_dialect, "plain, european, american, special or australian");
    duty->add_option("file", flags.duty_file, "file of texts; - is standard input");
    duty->add_flag("--summary", flags.duty_summary, "only how many could be read, and those that could not");
    CLI11_PARSE(app, count, words);
    auto const places = places_for(flags.data);
    // What a hub keeps of people is its owner's alone. The books are for everybody.
    bool const is_of_people = *serve || *hub.user_add || *hub.import || *hub.exported || *hub.demo ||
                              *data.backup || *data.restore || *data.check || *ledger.all || *messages.all;
    if (is_of_people) ::umask(077);
    if (*quote && !flags.replay.file.empty()) {
        flags.replay.date = flags.quote.date;
        flags.replay.known_on = flags.quote.known_on;
        flags.replay.json = flags.quote.json;
        return cli::quote_replay(places, flags.replay);
    }
    if (*quote) {
        return flags.batch.empty() ? cli::quote_one(places, flags.quote)
                                   : cli::quote_batch(places, flags.batch, flags.quote.date);
    }
    if (*classify) return cli::classified(places, flags.classify);
    if (*freight) return cli::freight_compared(places, flags.freight);
    if (*origin.import) return cli::origin_rules_imported(places, flags.origin);
    if (*origin.check) return cli::origin_checked(places, flags.origin);
    if (*origin.statement) return cli::origin_stated(places, flags.origin);
    if (*origin.keep) return cli::dossiers_changed(places, flags.origin, cli::DossierVerb::keep);
    if (*origin.kept) return cli::dossiers_changed(places, flags.origin, cli::DossierVerb::list);
    if (*origin.forget) return cli::dossiers_changed(places, flags.origin, cli::DossierVerb::forget);
    if (*origin.replay) return cli::verdicts_replayed(places, flags.origin);
    if (*origin.all) return cli::agreements_listed(places, flags.origin);
    if (*serve) {
        flags.serve.hub.data = places.data;
        flags.serve.hub.starter = places.starter;
        flags.serve.places = {places.pages.string(), places.catalogues.string()};
        auto const done = serve::until_told(flags.serve);
        return done ? 0 : cli::tell(done.error());
    }
    if (*hub.user_add) return cli::user_added(places, flags.user);
    if (*hub.import) return cli::products_imported(places, flags.product);
    if (*hub.exported) return cli::products_exported(places, flags.product);
    if (*hub.demo) return cli::demo_filled(places);
    if (*data.backup) return cli::data_copied(places, flags.data_copy);
    if (*data.restore) return cli::data_restored(places, flags.data_copy);
    if (*data.check) return cli::hub_checked(places);
    if (*messages.all) return run_messages(messages, places, flags.messages);
    if (*trade.all) return cli::trade_shown(places, flags.trade_file, bool(*trade.check));
    if (*ledger.all) return run_ledger(ledger, places, flags.ledger);
    if (*books.all) return run_books(books, places, flags);
    return cli::duty_texts(flags.duty_dialect, flags.duty_file, flags.duty_summary);
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(count, words);
    } catch (std::exception const& error) {
        std::fprintf(stderr, "allroads: this is our mistake: %s\n", error.what());
        return 70;
    }
}
