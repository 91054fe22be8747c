// How fast the books answer, and the same question as SQL on an in-memory SQLite in the same run.
//
// The rules are the whole US tariff where its official file lies beside the clone, else the starter packs. Every
// question is one line of goods with three lawful options where the tariff has them; codes are taken in a fixed
// pseudo-random order, so that caches help no more than a mixed shop would let them.

#include "books/books.h"
#include "contract/contract.h"
#include "quote/quote.h"

#include <benchmark/benchmark.h>
#include <filesystem>
#include <random>
#include <sqlite3.h>
#include <unistd.h>

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
    std::fputs("market,hs,kind,program,origins,duty,conditions,legal,title,checked_on,confidence\n"
               "US,,preference,BENCH,CO,1%,proof=BENCH,bench,bench,2026-01-01,assumed\n",
               csv);
    std::fclose(csv);
    return pack;
}

void fill_sqlite(World& world, tariff::Schedule const& schedule) {
    must(sqlite3_open(":memory:", &world.db) == SQLITE_OK, "sqlite does not open");
    auto const run = [&](char const* sql) { must(sqlite3_exec(world.db, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql); };
    run("CREATE TABLE measure(hs TEXT, kind INT, program INT, excl INT, origin TEXT, duty REAL, valid_from INT,"
        " valid_to INT, known_from INT, known_to INT, law TEXT, title TEXT)");
    run("BEGIN");
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(world.db, "INSERT INTO measure VALUES(?,?,?,?,?,?,?,?,?,?,?,?)", -1, &insert, nullptr);
    auto const country = *Country::parse("CO");
    for (auto const& node : schedule.nodes) {
        auto const hs = GoodsCode::from_key(node.key).text();
        for (auto const& m : schedule.at(node)) {
            auto const& source = schedule.sources[m.source];
            auto const law = schedule.text(source.ref);
            auto const title = schedule.text(source.title);
            auto const& tree = schedule.duty(m).nodes.front();
            bool const for_us = schedule.is_for(m, country);
            sqlite3_bind_text(insert, 1, hs.c_str(), -1, SQLITE_TRANSIENT);
            sqlite3_bind_int(insert, 2, static_cast<int>(m.kind));
            sqlite3_bind_int(insert, 3, m.program);
            sqlite3_bind_int(insert, 4, m.excluded);
            sqlite3_bind_text(insert, 5, m.origins == 0 || for_us ? "CO" : "ZZ", -1, SQLITE_STATIC);
            sqlite3_bind_int64(insert, 6, tree.amount);
            sqlite3_bind_int(insert, 7, m.valid_from);
            sqlite3_bind_int(insert, 8, m.valid_to);
            sqlite3_bind_int(insert, 9, m.known_from);
            sqlite3_bind_int(insert, 10, m.known_to);
            sqlite3_bind_text(insert, 11, law.data(), static_cast<int>(law.size()), SQLITE_TRANSIENT);
            sqlite3_bind_text(insert, 12, title.data(), static_cast<int>(title.size()), SQLITE_TRANSIENT);
            must(sqlite3_step(insert) == SQLITE_DONE, "insert");
            sqlite3_reset(insert);
        }
    }
    sqlite3_finalize(insert);
    run("COMMIT");
    run("CREATE INDEX by_code ON measure(hs, origin, kind, program)");
    run("ANALYZE");
}

World make_world() {
    World world;
    world.folder = build_books();
    auto const extra = three_options(world.folder);
    must(books::build({{ALLROADS_PACKS, world.folder / "packs"}, books::edition_in(world.folder)}).has_value(), "build");
    world.edition = *books::open(books::edition_in(world.folder));
    auto const& schedule = **world.edition->schedule("US");
    auto const codes = codes_of(schedule);
    must(!codes.empty(), "no codes");
    std::mt19937 order(7);
    contract::Codec codec;
    for (int i = 0; i < 4096; ++i) {
        auto const code = codes[order() % codes.size()].text();
        world.lines.push_back(R"({"id":")" + std::to_string(i) + R"(","from":"CO","to":"US","date":"2026-06-15","goods":[{"hs":")" +
                              code + R"(","quantity":"250","price":"2400.00","price_currency":"USD","net_kg":"120",)" +
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

void full_quote(benchmark::State& state) {
    quote::Quote quote;
    std::size_t i = 0;
    std::size_t options = 0;
    for (auto _ : state) {
        quote::price(world().requests[i++ & 4095U], *world().edition, quote);
        options += quote.options.size();
        benchmark::DoNotOptimize(quote.landed_total);
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["options"] = benchmark::Counter(static_cast<double>(options), benchmark::Counter::kAvgIterations);
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

// The measures of one question: every prefix of the code, this origin, this day. What the prices are made of, without
// the making: the peer does less than the quote it is compared with.
void sqlite_measures(benchmark::State& state) {
    sqlite3_stmt* query = nullptr;
    sqlite3_prepare_v2(world().db,
                       "SELECT kind, program, duty, law, title FROM measure WHERE hs IN ('', ?1, ?2, ?3, ?4) AND "
                       "origin='CO' AND valid_from<=?5 AND valid_to>=?5 AND known_from<=?5 AND known_to>=?5 "
                       "ORDER BY kind, program, length(hs) DESC",
                       -1, &query, nullptr);
    std::size_t i = 0;
    std::int64_t rows = 0;
    for (auto _ : state) {
        auto const code = world().requests[i++ & 4095U].goods[0].hs.text();
        sqlite3_bind_text(query, 1, code.c_str(), 2, SQLITE_TRANSIENT);
        sqlite3_bind_text(query, 2, code.c_str(), 4, SQLITE_TRANSIENT);
        sqlite3_bind_text(query, 3, code.c_str(), 6, SQLITE_TRANSIENT);
        sqlite3_bind_text(query, 4, code.c_str(), 8, SQLITE_TRANSIENT);
        sqlite3_bind_int(query, 5, day.number());
        while (sqlite3_step(query) == SQLITE_ROW) {
            benchmark::DoNotOptimize(sqlite3_column_int64(query, 2));
            benchmark::DoNotOptimize(sqlite3_column_text(query, 3));
            benchmark::DoNotOptimize(sqlite3_column_text(query, 4));
            ++rows;
        }
        sqlite3_reset(query);
    }
    sqlite3_finalize(query);
    must(rows > 0, "the peer found nothing");
    state.SetItemsProcessed(state.iterations());
}

void edition_build(benchmark::State& state) {
    for (auto _ : state) {
        auto const built = books::build({{ALLROADS_PACKS, world().folder / "packs"}, world().folder / "again.books"});
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

BENCHMARK(measure_lookup);
BENCHMARK(full_quote);
BENCHMARK(sqlite_measures);
BENCHMARK(batch_line);
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
