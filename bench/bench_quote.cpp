// How fast the books answer, and the same question as SQL on an in-memory SQLite in the same run.
//
// The rules are the whole US tariff where its official file lies beside the clone, else the starter packs.
// Every question is one line of goods with three lawful options where the tariff has them; codes are taken in
// a fixed pseudo-random order, so that caches help no more than a mixed shop would let them.

#include "books/books.h"
#include "contract/contract.h"
#include "quote/quote.h"

#include <benchmark/benchmark.h>
#include <sqlite3.h>
#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <thread>

namespace {

using namespace allroads;
namespace fs = std::filesystem;

struct World {
    fs::path folder;
    std::shared_ptr<books::Edition const> edition;
    std::vector<quote::Request> requests;
    std::vector<std::string> lines;
    sqlite3* db = nullptr;
};

Day const day = *Day::of(2026, 6, 15);

void must(bool held, char const* what) {
    if (held) return;
    std::fprintf(stderr, "bench: %s\n", what);
    std::exit(1);
}

fs::path build_books() {
    auto const folder = fs::temp_directory_path() / ("allroads-bench-" + std::to_string(::getpid()));
    fs::create_directories(folder);
    auto const file = fs::path(ALLROADS_SHARED_DATA) / "us-hts/hts_2026_rev_10.json.gz";
    if (fs::exists(file)) {
        books::ImportRequest import;
        import.source = "us-hts";
        import.files = {file};
        import.data = folder;
        must(books::import_files(import).has_value(), "the US tariff was refused");
    }
    auto const built = books::build({{ALLROADS_PACKS, folder / "packs"}, books::edition_in(folder)});
    must(built.has_value(), "the books could not be built");
    return folder;
}

// Codes with an ordinary duty in plain percent or free, of which Colombia may also claim a preference.
std::vector<GoodsCode> codes_of(tariff::Schedule const& schedule) {
    std::vector<GoodsCode> codes;
    for (auto const& node : schedule.nodes) {
        auto const code = GoodsCode::from_key(node.key);
        bool ordinary = false;
        bool preference = false;
        for (auto const& measure : schedule.at(node)) {
            ordinary = ordinary || measure.kind == tariff::Kind::third_country;
            preference = preference || measure.kind == tariff::Kind::preference;
        }
        if (code.size() == 8 && ordinary && preference && node.end == &node - schedule.nodes.data() + 1) {
            codes.push_back(code);
        }
    }
    return codes;
}

// A second preference for all goods of Colombia, so that each question has three options.
fs::path three_options(fs::path const& folder) {
    auto const pack = folder / "packs/three-options";
    fs::create_directories(pack);
    std::FILE* toml = std::fopen((pack / "pack.toml").c_str(), "w");
    std::fputs("[pack]\ntitle = \"bench\"\n", toml);
    std::fclose(toml);
    std::FILE* csv = std::fopen((pack / "measures.csv").c_str(), "w");
    std::fputs(
        "market,hs,kind,program,origins,duty,conditions,legal,title,checked_on,confidence\n"
        "US,,preference,BENCH,CO,1%,proof=BENCH,bench,bench,2026-01-01,assumed\n",
        csv);
    std::fclose(csv);
    return pack;
}

// The same rules as tables a careful SQL programmer would make: normal form, every join on a primary key or
// index.
class Tables {
public:
    Tables(sqlite3* db, tariff::Schedule const& schedule) : db_(db), s_(schedule) {}
    void fill() {
        run("CREATE TABLE duty(id INTEGER PRIMARY KEY, text TEXT, kind INT, percent INT, scale INT);"
            "CREATE TABLE source(id INTEGER PRIMARY KEY, title TEXT, ref TEXT, url TEXT, checked_on INT);"
            "CREATE TABLE program(id INTEGER PRIMARY KEY, code TEXT, name TEXT, valid_from INT, valid_to "
            "INT);"
            "CREATE TABLE member(set_id INT, country TEXT, PRIMARY KEY(set_id, country)) WITHOUT ROWID;"
            "CREATE TABLE condition(measure INT, place INT, kind INT, text TEXT, PRIMARY KEY(measure, "
            "place)) WITHOUT ROWID;"
            "CREATE TABLE stack(measure INT, program INT, PRIMARY KEY(measure, program)) WITHOUT ROWID;"
            "CREATE TABLE gap(day_from INT, day_to INT, code TEXT, text TEXT);"
            "CREATE TABLE market(country TEXT PRIMARY KEY, basis INT, currency TEXT, round INT, basis_law "
            "TEXT);"
            "CREATE TABLE measure(id INTEGER PRIMARY KEY, hs TEXT, digits INT, kind INT, program INT, "
            "origins INT,"
            " excluded INT, duty INT, source INT, valid_from INT, valid_to INT, known_from INT, known_to "
            "INT);"
            "BEGIN");
        small_tables();
        measures();
        run("COMMIT; CREATE INDEX by_code ON measure(hs, kind, program); ANALYZE");
    }

private:
    void run(char const* sql) { must(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql); }
    template <class... Values>
    void row(char const* sql, Values const&... values) {
        auto& statement = statements_[sql];
        if (statement == nullptr)
            must(sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr) == SQLITE_OK, sql);
        int at = 0;
        (bind(statement, ++at, values), ...);
        must(sqlite3_step(statement) == SQLITE_DONE, sql);
        sqlite3_reset(statement);
    }
    static void bind(sqlite3_stmt* statement, int at, std::string_view text) {
        sqlite3_bind_text(statement, at, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    }
    static void bind(sqlite3_stmt* statement, int at, std::int64_t number) {
        sqlite3_bind_int64(statement, at, number);
    }
    void small_tables() {
        for (std::size_t i = 0; i < s_.duties.size(); ++i) {
            auto const& tree = s_.duty_nodes[s_.duties[i].node];
            row("INSERT INTO duty VALUES(?,?,?,?,?)", number(i), s_.text(s_.duties[i].text),
                number(tree.kind), tree.amount, number(tree.scale));
        }
        for (std::size_t i = 0; i < s_.sources.size(); ++i) {
            auto const& source = s_.sources[i];
            row("INSERT INTO source VALUES(?,?,?,?,?)", number(i), s_.text(source.title), s_.text(source.ref),
                s_.text(source.url), number(source.checked_on));
        }
        for (std::size_t i = 0; i < s_.programs.size(); ++i) {
            auto const& p = s_.programs[i];
            row("INSERT INTO program VALUES(?,?,?,?,?)", number(i), s_.text(p.code), s_.text(p.name),
                number(p.valid_from), number(p.valid_to));
        }
        for (std::size_t i = 0; i < s_.sets.size(); ++i) {
            for (std::uint16_t c = 0; c < country_indexes; ++c) {
                if (((s_.sets[i].bits[c / 64] >> (c % 64)) & 1U) == 0) continue;
                row("INSERT INTO member VALUES(?,?)", number(i), Country::from_index(c).text());
            }
        }
        for (auto const& gap : s_.gaps) {
            row("INSERT INTO gap VALUES(?,?,?,?)", number(gap.from), number(gap.to), s_.text(gap.code),
                s_.text(gap.text));
        }
        row("INSERT INTO market VALUES(?,?,?,?,?)", std::string_view("US"), number(s_.profile->basis),
            std::string_view("USD"), number(s_.profile->round), s_.text(s_.profile->basis_law));
    }
    void measures() {
        for (auto const& node : s_.nodes) {
            auto const hs = GoodsCode::from_key(node.key).text();
            for (auto const& m : s_.at(node)) {
                auto const id = number(&m - s_.measures.data());
                row("INSERT INTO measure VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)", id, std::string_view(hs),
                    number(m.digits), number(m.kind), number(m.program), number(m.origins),
                    number(m.excluded), number(m.duty), number(m.source), number(m.valid_from),
                    number(m.valid_to), number(m.known_from), number(m.known_to));
                for (std::uint8_t i = 0; i < m.condition_count; ++i) {
                    auto const& c = s_.conditions[m.conditions + i];
                    row("INSERT INTO condition VALUES(?,?,?,?)", id, number(i), number(c.kind),
                        s_.text(c.text));
                }
                for (std::uint8_t i = 0; i < m.stack_count; ++i) {
                    row("INSERT OR IGNORE INTO stack VALUES(?,?)", id,
                        number(s_.stacks[m.stack + i].program));
                }
            }
        }
    }
    template <class Number>
    static std::int64_t number(Number value) {
        return static_cast<std::int64_t>(value);
    }
    sqlite3* db_;
    tariff::Schedule const& s_;
    std::map<std::string, sqlite3_stmt*> statements_;
};

void fill_sqlite(World& world, tariff::Schedule const& schedule) {
    must(sqlite3_open(":memory:", &world.db) == SQLITE_OK, "sqlite does not open");
    Tables(world.db, schedule).fill();
}

World make_world() {
    World world;
    world.folder = build_books();
    auto const extra = three_options(world.folder);
    must(
        books::build({{ALLROADS_PACKS, world.folder / "packs"}, books::edition_in(world.folder)}).has_value(),
        "build");
    world.edition = *books::open(books::edition_in(world.folder));
    auto const& schedule = **world.edition->schedule("US");
    auto const codes = codes_of(schedule);
    must(!codes.empty(), "no codes");
    std::mt19937 order(7);
    contract::Codec codec;
    for (int i = 0; i < 4096; ++i) {
        auto const code = codes[order() % codes.size()].text();
        world.lines.push_back(
            R"({"id":")" + std::to_string(i) +
            R"(","from":"CO","to":"US","date":"2026-06-15","goods":[{"hs":")" + code +
            R"(","quantity":"250","price":"2400.00","price_currency":"USD","net_kg":"120",)" +
            R"("gross_kg":"130"}],"freight":{"amount":"180.00","currency":"USD"}})");
        auto request = codec.request(world.lines.back(), day);
        must(request.has_value(), "a request of the benchmark was refused");
        world.requests.push_back(std::move(*request));
    }
    fill_sqlite(world, schedule);
    (void)extra;
    return world;
}

World& world() {
    static World made = make_world();
    return made;
}

void measure_lookup(benchmark::State& state) {
    auto const& schedule = **world().edition->schedule("US");
    std::size_t i = 0;
    for (auto _ : state) {
        auto const& node = schedule.deepest(world().requests[i++ & 4095U].goods[0].hs);
        benchmark::DoNotOptimize(schedule.at(node).data());
    }
    state.SetItemsProcessed(state.iterations());
}

// A request that has just been read is warm; the rules it asks for are not. So one request, and another code
// each time.
void full_quote(benchmark::State& state) {
    quote::Quote quote;
    auto request = *contract::Codec().request(world().lines[0], day);
    std::vector<GoodsCode> codes;
    for (auto const& one : world().requests) codes.push_back(one.goods[0].hs);
    std::size_t i = 0;
    std::size_t options = 0;
    for (auto _ : state) {
        request.goods[0].hs = codes[i++ & 4095U];
        quote::price(request, *world().edition, quote);
        options += quote.options.size();
        benchmark::DoNotOptimize(quote.landed_total);
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["options"] =
        benchmark::Counter(static_cast<double>(options), benchmark::Counter::kAvgIterations);
}

void batch_line(benchmark::State& state) {
    contract::Codec codec;
    quote::Quote quote;
    std::string out;
    std::size_t i = 0;
    for (auto _ : state) {
        auto const request = codec.request(world().lines[i++ & 4095U], day);
        quote::price(*request, *world().edition, quote);
        out.clear();
        contract::append_answer(out, *request, quote);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["bytes"] = static_cast<double>(out.size());
}

// The same question as SQL, statements prepared once: how the market counts, its gaps, every measure of every
// prefix for this origin and day with its duty, law and program, the conditions and relations of each. Adding
// the charges up is left out, so the peer does a little less than the quote it stands beside.
class Peer {
public:
    Peer() {
        prepare(market_, "SELECT basis, currency, round, basis_law FROM market WHERE country=?1");
        prepare(gaps_, "SELECT code, text FROM gap WHERE day_from<=?1 AND day_to>=?1");
        prepare(
            measures_,
            "SELECT m.id, m.kind, m.program, d.text, d.kind, d.percent, d.scale, s.title, s.ref, s.url, "
            "s.checked_on,"
            " p.code, p.name, m.valid_from, m.valid_to"
            " FROM measure m JOIN duty d ON d.id=m.duty JOIN source s ON s.id=m.source JOIN program p ON "
            "p.id=m.program"
            " WHERE m.hs IN ('', ?1, ?2, ?3, ?4) AND m.valid_from<=?5 AND m.valid_to>=?5 AND m.known_from<=?6"
            " AND m.known_to>=?6 AND p.valid_from<=?5 AND p.valid_to>=?5"
            " AND (m.origins=0 OR EXISTS(SELECT 1 FROM member WHERE set_id=m.origins AND country=?7))"
            " AND (m.excluded=0 OR NOT EXISTS(SELECT 1 FROM member WHERE set_id=m.excluded AND country=?7))"
            " ORDER BY m.kind, m.program, m.digits DESC, m.known_from DESC");
        prepare(conditions_, "SELECT kind, text FROM condition WHERE measure=?1");
        prepare(stacks_, "SELECT program FROM stack WHERE measure=?1");
    }
    ~Peer() {
        for (auto* statement : {market_, gaps_, measures_, conditions_, stacks_}) sqlite3_finalize(statement);
    }
    std::int64_t ask(std::string const& code) {
        sqlite3_bind_text(market_, 1, "US", 2, SQLITE_STATIC);
        auto rows = all(market_);
        sqlite3_bind_int(gaps_, 1, day.number());
        rows += all(gaps_);
        for (int i = 0; i < 4; ++i)
            sqlite3_bind_text(measures_, i + 1, code.c_str(), 2 * (i + 1), SQLITE_TRANSIENT);
        sqlite3_bind_int(measures_, 5, day.number());
        sqlite3_bind_int(measures_, 6, day.number());
        sqlite3_bind_text(measures_, 7, "CO", 2, SQLITE_STATIC);
        while (sqlite3_step(measures_) == SQLITE_ROW) {
            read(measures_);
            auto const id = sqlite3_column_int64(measures_, 0);
            sqlite3_bind_int64(conditions_, 1, id);
            sqlite3_bind_int64(stacks_, 1, id);
            rows += 1 + all(conditions_) + all(stacks_);
        }
        sqlite3_reset(measures_);
        return rows;
    }

private:
    static void prepare(sqlite3_stmt*& statement, char const* sql) {
        must(sqlite3_prepare_v2(world().db, sql, -1, &statement, nullptr) == SQLITE_OK, sql);
    }
    static void read(sqlite3_stmt* statement) {
        for (int i = 0; i < sqlite3_column_count(statement); ++i) {
            if (sqlite3_column_type(statement, i) == SQLITE_TEXT) {
                benchmark::DoNotOptimize(sqlite3_column_text(statement, i));
            } else {
                benchmark::DoNotOptimize(sqlite3_column_int64(statement, i));
            }
        }
    }
    static std::int64_t all(sqlite3_stmt* statement) {
        std::int64_t rows = 0;
        for (; sqlite3_step(statement) == SQLITE_ROW; ++rows) read(statement);
        sqlite3_reset(statement);
        return rows;
    }
    sqlite3_stmt *market_ = nullptr, *gaps_ = nullptr, *measures_ = nullptr, *conditions_ = nullptr,
                 *stacks_ = nullptr;
};

void question_as_sql(benchmark::State& state) {
    Peer peer;
    std::vector<std::string> codes;
    for (auto const& request : world().requests) codes.push_back(request.goods[0].hs.text());
    std::size_t i = 0;
    std::int64_t rows = 0;
    for (auto _ : state) rows += peer.ask(codes[i++ & 4095U]);
    must(rows > 0, "the peer found nothing");
    state.SetItemsProcessed(state.iterations());
    state.counters["rows"] =
        benchmark::Counter(static_cast<double>(rows), benchmark::Counter::kAvgIterations);
}

// What is left of it when only the measures are asked for, each joined to nothing.
void lookup_as_sql(benchmark::State& state) {
    sqlite3_stmt* query = nullptr;
    sqlite3_prepare_v2(world().db, "SELECT id, kind, duty FROM measure WHERE hs=?1", -1, &query, nullptr);
    std::size_t i = 0;
    for (auto _ : state) {
        auto const code = world().requests[i++ & 4095U].goods[0].hs.text();
        sqlite3_bind_text(query, 1, code.c_str(), static_cast<int>(code.size()), SQLITE_TRANSIENT);
        while (sqlite3_step(query) == SQLITE_ROW) benchmark::DoNotOptimize(sqlite3_column_int64(query, 2));
        sqlite3_reset(query);
    }
    sqlite3_finalize(query);
    state.SetItemsProcessed(state.iterations());
}

void edition_build(benchmark::State& state) {
    for (auto _ : state) {
        auto const built =
            books::build({{ALLROADS_PACKS, world().folder / "packs"}, world().folder / "again.books"});
        benchmark::DoNotOptimize(built->bytes);
    }
}

void edition_open(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(books::open(books::edition_in(world().folder)));
}

void edition_open_and_first_question(benchmark::State& state) {
    quote::Quote quote;
    for (auto _ : state) {
        auto const edition = *books::open(books::edition_in(world().folder));
        quote::price(world().requests[0], *edition, quote);
        benchmark::DoNotOptimize(quote.landed_total);
    }
}

// ---- a whole catalogue to one door

struct Shop {
    std::vector<quote::OfferKind> kinds;
    std::vector<quote::Offer> offers;
};
// A million different offers of 4,096 codes, as they lie in memory.
Shop const& shop() {
    static Shop const made = [] {
        Shop shop;
        for (auto const& request : world().requests)
            shop.kinds.push_back({request.goods[0].hs, *request.goods[0].origin, request.from, {}});
        std::mt19937 random(7);
        for (int i = 0; i < 1'000'000; ++i) {
            shop.offers.push_back({static_cast<std::uint32_t>(random() % shop.kinds.size()), 0,
                                   500 + static_cast<std::int64_t>(random() % 500'000),
                                   static_cast<std::int64_t>(random() % 20'000)});
        }
        return shop;
    }();
    return made;
}
quote::Door const& shop_door() {
    static quote::Door const door{.to = *Country::parse("US"), .date = day, .known_on = day};
    return door;
}

// The offers in as many parts as there are workers, each on a thread.
template <class Work>
void in_parts(unsigned workers, Work work) {
    auto const size = shop().offers.size();
    auto const part = [&](unsigned worker) {
        work(worker, size * worker / workers, size * (worker + 1) / workers);
    };
    std::vector<std::jthread> threads;
    for (unsigned worker = 1; worker < workers; ++worker) threads.emplace_back(part, worker);
    part(0);
}

void catalogue_prepare(benchmark::State& state) {
    for (auto _ : state) {
        auto const plans = quote::prepare(shop().kinds, currency::USD, shop_door(), *world().edition);
        must(plans.has_value(), "the catalogue could not be prepared");
        state.counters["simple"] = static_cast<double>(plans->simple());
    }
    state.counters["kinds"] = static_cast<double>(shop().kinds.size());
}

void catalogue_priced(benchmark::State& state) {
    auto const plans = quote::prepare(shop().kinds, currency::USD, shop_door(), *world().edition);
    auto const workers = static_cast<unsigned>(state.range(0));
    auto const& offers = shop().offers;
    for (auto _ : state) {
        std::vector<std::vector<quote::Ranked>> parts(workers);
        in_parts(workers, [&](unsigned worker, std::size_t first, std::size_t last) {
            parts[worker] = quote::price_all(*plans, std::span(offers).subspan(first, last - first), 50,
                                             static_cast<std::uint32_t>(first));
        });
        benchmark::DoNotOptimize(quote::best_of(parts, 50));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(shop().offers.size()));
}

// The same from the dearest to the cheapest, so that every offer must be looked at in full.
void catalogue_priced_worst(benchmark::State& state) {
    auto const plans = quote::prepare(shop().kinds, currency::USD, shop_door(), *world().edition);
    auto offers = shop().offers;
    std::ranges::sort(offers, std::ranges::greater(), [](auto const& o) { return o.price + o.freight; });
    for (auto _ : state) benchmark::DoNotOptimize(quote::price_all(*plans, offers, 50));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(offers.size()));
}

// The limit: a loop that only reads the same memory, and a row for each kind, and multiplies once.
void catalogue_read_and_multiplied(benchmark::State& state) {
    std::vector<std::int64_t> rates(shop().kinds.size(), 107);
    auto const workers = static_cast<unsigned>(state.range(0));
    auto const& offers = shop().offers;
    for (auto _ : state) {
        std::vector<std::int64_t> totals(workers);
        in_parts(workers, [&](unsigned worker, std::size_t first, std::size_t last) {
            std::int64_t total = 0;
            for (auto i = first; i < last; ++i)
                total += offers[i].price * rates[offers[i].kind] + offers[i].freight;
            totals[worker] = total;
        });
        benchmark::DoNotOptimize(totals);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(offers.size()));
}

// One product to every door of the books.
void doors_priced(benchmark::State& state) {
    std::vector<quote::Request> requests;
    for (std::uint16_t i = 0; i < country_indexes && requests.size() < 60; ++i) {
        if (!Country::is_in_use(i)) continue;
        auto const to = Country::from_index(i);
        if (!world().edition->market(to)) continue;
        auto request = world().requests[0];
        request.to = to;
        request.currency.reset();
        request.goods[0].price_currency.reset();
        request.freight = {};
        request.insurance = {};
        request.costs.clear();
        requests.push_back(std::move(request));
    }
    quote::Quote quote;
    for (auto _ : state) {
        for (auto const& request : requests) {
            quote::price(request, *world().edition, quote);
            benchmark::DoNotOptimize(quote.landed_total);
        }
    }
    state.counters["doors"] = static_cast<double>(requests.size());
}

BENCHMARK(measure_lookup);
BENCHMARK(full_quote);
BENCHMARK(lookup_as_sql);
BENCHMARK(question_as_sql);
BENCHMARK(batch_line);
BENCHMARK(catalogue_prepare)->Unit(benchmark::kMillisecond);
BENCHMARK(catalogue_read_and_multiplied)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(catalogue_priced)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(catalogue_priced_worst)->Unit(benchmark::kMillisecond);
BENCHMARK(doors_priced)->Unit(benchmark::kMillisecond);
BENCHMARK(edition_build)->Unit(benchmark::kMillisecond);
BENCHMARK(edition_open)->Unit(benchmark::kMillisecond);
BENCHMARK(edition_open_and_first_question)->Unit(benchmark::kMillisecond);

}  // namespace

int main(int count, char** words) {
    benchmark::Initialize(&count, words);
    if (benchmark::ReportUnrecognizedArguments(count, words)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    sqlite3_close(world().db);
    fs::remove_all(world().folder);
    return 0;
}
