// What it costs to know who asks: a look at a session, a key, a rate; and to keep passwords: time and memory
// of one hash.

#include "people/people.h"

#include <benchmark/benchmark.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cstdio>
#include <thread>

namespace {

using namespace allroads;
using namespace allroads::people;
namespace fs = std::filesystem;

constexpr std::int64_t accounts = 2'000;
constexpr std::string_view good_word = "korosho na pilipili";
Moment const now = Moment(Millis(1'790'000'000'000));
constexpr std::array<unsigned char, 32> key_bytes{1, 2, 3};

fs::path const& folder() {
    static fs::path const made = [] {
        auto const* named = std::getenv("ALLROADS_BENCH_FOLDER");
        auto const within = named != nullptr ? fs::path(named) : fs::temp_directory_path();
        auto name = (within / "bench-people-XXXXXX").string();
        check(::mkdtemp(name.data()) != nullptr);
        return fs::path(name);
    }();
    return made;
}

struct Place {
    HubKey key{key_bytes};
    db::Db db = *db::Db::open((folder() / "hub.db").string());
    std::optional<People> people;
    std::vector<std::string> tokens;
    std::vector<std::string> keys;

    Place() {
        std::vector<db::Migration> steps;
        for (auto const& step : migrations())
            steps.push_back({static_cast<std::int64_t>(steps.size()) + 1, step.name, step.sql});
        check(db::migrate(db, steps).has_value());
        // Small hashes: what is measured is the look, not the making.
        Options options{.hashing = {.passes = 1, .memory_bytes = 8192, .at_once = 16, .waiting_max = 16}};
        people.emplace(*People::open(db, HubId(db::IdBytes{7}), key, options));
        tokens.resize(accounts);
        keys.resize(accounts);
        std::vector<std::thread> all;  // together, so that commits are shared
        for (std::int64_t first = 0; first < 16; ++first) {
            all.emplace_back([this, first] {
                for (auto i = first; i < accounts; i += 16) fill(static_cast<std::size_t>(i));
            });
        }
        for (auto& each : all) each.join();
    }
    void fill(std::size_t i) {
        Act const act{.now = now};
        auto const phone = *Contact::parse("+2547" + std::to_string(10'000'000 + i));
        auto const id = *people->sign_up(
            {.contact = phone, .name = "Amina", .language = "sw", .password = good_word}, act);
        tokens[i] = people->sign_in(phone, good_word, "Mozilla/5.0", act)->token;
        keys[i] = people->make_key(id, {.name = "till", .scopes = {"orders:read"}}, act)->text;
        check(people->use_key(keys[i], act).has_value());
    }
};

Place& place() {
    static Place one;
    return one;
}

void session_look_up(benchmark::State& state) {
    auto& there = place();
    Act const act{.now = now};
    std::size_t i = 0;
    for (auto _ : state) {
        i = (i + 7919) % accounts;
        check(there.people->visit(there.tokens[i], act).has_value());
    }
}
BENCHMARK(session_look_up);

void session_that_is_not(benchmark::State& state) {
    auto& there = place();
    std::string const token(43, 'A');
    for (auto _ : state) check(!there.people->visit(token, {.now = now}).has_value());
}
BENCHMARK(session_that_is_not);

void key_look_up(benchmark::State& state) {
    auto& there = place();
    Act const act{.now = now};
    std::size_t i = 0;
    for (auto _ : state) {
        i = (i + 7919) % accounts;
        check(there.people->use_key(there.keys[i], act).has_value());
    }
}
BENCHMARK(key_look_up);

void rate(benchmark::State& state) {
    RateLimits limits(Rates{});
    std::vector<std::string> addresses;
    for (int i = 0; i < 4096; ++i) addresses.push_back("2001:db8:" + std::to_string(i) + "::1");
    std::size_t i = 0;
    std::int64_t at = 0;
    for (auto _ : state) {
        i = (i + 997) % addresses.size();
        benchmark::DoNotOptimize(
            limits.allow(Often::page_address, address_key(addresses[i]), now + Millis(++at / 100)));
    }
}
BENCHMARK(rate);

void trail_row(benchmark::State& state) {
    auto& there = place();
    for (auto _ : state) {
        // A thousand in one transaction: what a row adds to a write, without the disk.
        auto const done = there.db.write([&](db::Write& write) -> Result<void> {
            for (int i = 0; i < 1000; ++i)
                TRY(there.people->record(
                    write, {.now = now, .address = "203.0.113.9"},
                    {.verb = "product.edit", .subject_kind = "product", .subject = "p"}));
            return {};
        });
        check(done.has_value());
    }
    state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(trail_row)->Iterations(5)->UseRealTime();

// The whole of a sign-in that is refused, which is one hash of the size that is asked for.
void hashing(benchmark::State& state) {
    auto& there = place();
    Rates generous;
    generous.sign_in_contact = {1'000'000, 1'000'000, Millis(1000)};
    Hashing const hashing{.passes = static_cast<std::uint64_t>(state.range(1)),
                          .memory_bytes = static_cast<std::size_t>(state.range(0)) << 20};
    auto people =
        *People::open(there.db, HubId(db::IdBytes{8}), there.key, {.hashing = hashing, .rates = generous});
    auto const nobody = *Contact::parse("+254712345678");
    for (auto _ : state) check(!people.sign_in(nobody, good_word, "x", {.now = now}).has_value());
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    std::array<char, 80> label{};
    std::snprintf(label.data(), label.size(), "%ld MiB, %ld passes; most memory so far %ld MB",
                  long(state.range(0)), long(state.range(1)), used.ru_maxrss / 1024);
    state.SetLabel(label.data());
}
BENCHMARK(hashing)->Args({7, 5})->Args({19, 2})->Args({46, 1})->Args({64, 3});

}  // namespace

int main(int count, char** words) {
    benchmark::Initialize(&count, words);
    benchmark::RunSpecifiedBenchmarks();
    std::error_code none;
    fs::remove_all(folder(), none);
    return 0;
}
