#include "photo/child_for_tests.h"
#include "photo/files.h"
#include "photo/photo.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace allroads;
using namespace allroads::photo;
using namespace allroads::photo::tests;
namespace fs = std::filesystem;

Uploads::Time const now{std::chrono::seconds(1'790'000'000)};

std::string bytes_of(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t n = 0; n < size; ++n) bytes[n] = static_cast<char>((n * n + n / 251) & 0xFFU);
    return bytes;
}

std::string_view piece(std::string_view whole, std::int64_t offset, std::size_t size) {
    return whole.substr(static_cast<std::size_t>(offset), size);
}

}  // namespace

TEST_CASE("an upload arrives in pieces") {
    Folder const folder;
    auto uploads = *Uploads::open(folder.path() / "uploads");
    auto const whole = bytes_of(10'000);
    auto const id = *uploads.begin("ann", 10'000, sha256_hex(whole), now);
    CHECK(uploads.state(id, "ann", now)->offset == 0);
    CHECK(uploads.finish(id, "ann", now).error().code() == Code::conflict);
    auto const first = uploads.append(id, "ann", 0, piece(whole, 0, 4'000), now);
    CHECK(first->offset == 4'000);
    CHECK(first->is_taken);

    // Beyond what is here: the right place is answered, and nothing changes.
    auto const beyond = uploads.append(id, "ann", 5'000, piece(whole, 5'000, 10), now);
    CHECK(beyond->offset == 4'000);
    CHECK_FALSE(beyond->is_taken);
    CHECK_FALSE(uploads.append(id, "ann", -1, "x", now)->is_taken);
    // A piece whose answer was lost is sent again, with more behind it.
    CHECK(uploads.append(id, "ann", 1'000, piece(whole, 1'000, 6'000), now)->offset == 7'000);
    CHECK(uploads.append(id, "ann", 0, piece(whole, 0, 100), now)->offset == 7'000);
    // Bytes of another file are not mixed in.
    CHECK(uploads.append(id, "ann", 6'999, "??", now).error().code() == Code::conflict);
    CHECK(uploads.append(id, "ann", 7'000, std::string(3'001, 'x'), now).error().code() == Code::too_long);

    // Another process goes on.
    auto other = *Uploads::open(folder.path() / "uploads");
    CHECK(other.state(id, "ann", now)->offset == 7'000);
    CHECK(other.append(id, "ann", 7'000, piece(whole, 7'000, 3'000), now)->offset == 10'000);
    CHECK(*uploads.finish(id, "ann", now) == whole);
    CHECK(*uploads.finish(id, "ann", now) == whole);
    REQUIRE(uploads.forget(id, "ann"));
    CHECK(uploads.finish(id, "ann", now).error().code() == Code::not_found);
    CHECK(files_in(folder.path()) == 1);  // the lock
}

TEST_CASE("nobody sees another's upload, and no id leads out of the folder") {
    Folder const folder;
    auto uploads = *Uploads::open(folder.path());
    auto const id = *uploads.begin("ann", 5, std::nullopt, now);
    CHECK(uploads.state(id, "bob", now).error().code() == Code::not_found);
    CHECK(uploads.append(id, "bob", 0, "hello", now).error().code() == Code::not_found);
    CHECK(uploads.finish(id, "bob", now).error().code() == Code::not_found);
    CHECK(uploads.forget(id, "bob").error().code() == Code::not_found);
    CHECK(uploads.state("", "ann", now).error().code() == Code::not_found);
    CHECK(uploads.state("../lock", "ann", now).error().code() == Code::not_found);
    CHECK(uploads.state(std::string(32, '/'), "ann", now).error().code() == Code::not_found);
    CHECK(uploads.state(std::string(32, 'a'), "ann", now).error().code() == Code::not_found);
    CHECK(uploads.begin("", 5, std::nullopt, now).error().field() == "owner");
    // Whose it is cannot be read from the disk.
    std::ifstream in(folder.path() / (id + ".facts"));
    std::string const text{std::istreambuf_iterator<char>(in), {}};
    CHECK(text.find("ann") == std::string::npos);
}

TEST_CASE("bytes of another digest are refused and dropped") {
    Folder const folder;
    auto uploads = *Uploads::open(folder.path());
    auto const id = *uploads.begin("ann", 5, sha256_hex("hello"), now);
    REQUIRE(uploads.append(id, "ann", 0, "hullo", now));
    CHECK(uploads.finish(id, "ann", now).error().field() == "sha256");
    CHECK(uploads.state(id, "ann", now).error().code() == Code::not_found);
    CHECK(uploads.begin("ann", 5, "abc", now).error().field() == "sha256");
}

TEST_CASE("limits of uploads") {
    Folder const folder;
    auto uploads = *Uploads::open(folder.path());
    CHECK(uploads.begin("ann", 0, std::nullopt, now).error().field() == "total");
    CHECK(uploads.begin("ann", -5, std::nullopt, now).error().field() == "total");
    CHECK(uploads.begin("ann", 12'000'001, std::nullopt, now).error().code() == Code::too_long);
    std::vector<std::string> ids;
    for (std::size_t n = 0; n < uploads_of_owner_max; ++n)
        ids.push_back(*uploads.begin("ann", 12'000'000, std::nullopt, now));
    CHECK(uploads.begin("ann", 1, std::nullopt, now).error().code() == Code::too_many);
    CHECK(uploads.begin("bob", 1, std::nullopt, now));
    REQUIRE(uploads.forget(ids.front(), "ann"));
    CHECK(uploads.begin("ann", 1, std::nullopt, now));

    // Together: what is on the disk counts, as another process wrote it down.
    for (int n = 0; n < 170; ++n) {
        auto const id = random_hex(16);
        std::ofstream(folder.path() / (id + ".facts"))
            << "00000000000011900000\n00000000000012000000\n00000000001790000000\n"
            << sha256_hex("owner " + std::to_string(n)) << "\n-\n";
    }
    CHECK(uploads.begin("eve", 12'000'000, std::nullopt, now).error().code() == Code::busy);
    CHECK(uploads.append(ids[1], "ann", 0, "x", now).error().code() == Code::busy);
}

TEST_CASE("what is not finished in time is dropped") {
    Folder const folder;
    auto uploads = *Uploads::open(folder.path());
    auto const begun = *uploads.begin("ann", 5, std::nullopt, now);
    auto const empty = *uploads.begin("ann", 5, std::nullopt, now);
    REQUIRE(uploads.append(begun, "ann", 0, "he", now));
    CHECK(uploads.state(begun, "ann", now)->ends == now + std::chrono::days(7));
    CHECK(*uploads.expire(now + std::chrono::minutes(59)) == 0);
    CHECK(*uploads.expire(now + std::chrono::hours(1)) == 1);
    CHECK(uploads.append(empty, "ann", 0, "he", now).error().code() == Code::not_found);
    auto const end = now + std::chrono::days(7);
    CHECK(uploads.append(begun, "ann", 2, "l", end - std::chrono::seconds(1))->offset == 3);
    CHECK(uploads.append(begun, "ann", 3, "l", end).error().code() == Code::not_found);
    // What a crash left: data without facts, facts that are none, a part.
    std::ofstream(folder.path() / (std::string(32, 'a') + ".data")) << "left";
    std::ofstream(folder.path() / (std::string(32, 'b') + ".facts")) << "00000";
    std::ofstream(folder.path() / "parts" / "x.part") << "left";
    CHECK(*uploads.expire(end) == 3);
    CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("whatever moment a program ends at, what it acknowledged is here") {
    Folder const folder;
    auto const whole = bytes_of(700'000);
    std::string id;
    std::size_t kills = 0;
    std::size_t finished = 0;
    while (kills < 40) {
        auto uploads = *Uploads::open(folder.path());
        if (id.empty()) id = *uploads.begin("ann", 700'000, sha256_hex(whole), now);
        auto const heard = killed_after(1 + kills % 4, [&](Report const& report) {
            auto mine = *Uploads::open(folder.path());
            for (;;) {
                auto const offset = mine.state(id, "ann", now)->offset;
                if (offset == 700'000) ::_exit(0);
                auto const done = mine.append(id, "ann", offset, piece(whole, offset, 20'011), now);
                if (!done || !done->is_taken) ::_exit(3);
                report(static_cast<std::uint64_t>(done->offset));
            }
        });
        ++kills;
        auto const state = *Uploads::open(folder.path())->state(id, "ann", now);
        if (!heard.empty()) CHECK(state.offset >= static_cast<std::int64_t>(heard.back()));
        if (state.offset < state.total) continue;
        CHECK(*uploads.finish(id, "ann", now) == whole);
        REQUIRE(uploads.forget(id, "ann"));
        ++finished;
        id.clear();
    }
    CHECK(finished > 0);
}

TEST_CASE("a program that ends while uploads begin and end leaves none in part") {
    Folder const folder;
    for (std::size_t round = 0; round < 20; ++round) {
        static_cast<void>(killed_after(1 + round % 3, [&](Report const& report) {
            auto mine = *Uploads::open(folder.path());
            for (std::uint64_t n = 0;; ++n) {
                auto const id = mine.begin("ann", 5, std::nullopt, now);
                if (!id || !mine.append(*id, "ann", 0, "hello", now)) ::_exit(3);
                if (*mine.finish(*id, "ann", now) != "hello") ::_exit(4);
                if (!mine.forget(*id, "ann")) ::_exit(5);
                report(n);
            }
        }));
        auto uploads = *Uploads::open(folder.path());
        REQUIRE(uploads.begin("bob", 5, std::nullopt, now));  // nothing is locked for ever
        CHECK(uploads.expire(now));                           // leaves bob's
        CHECK(*uploads.expire(now + upload_life) >= 1);
        CHECK(files_in(folder.path()) == 1);
    }
}

TEST_CASE("several senders of one upload at the same time do it no harm") {
    Folder const folder;
    auto uploads = *Uploads::open(folder.path());
    auto const whole = bytes_of(100'000);
    auto const id = *uploads.begin("ann", 100'000, sha256_hex(whole), now);
    std::vector<std::thread> threads;
    for (std::size_t n = 0; n < 4; ++n) {
        threads.emplace_back([&, n] {
            for (std::int64_t offset = 0; offset < 100'000;) {
                auto const size = 1'000 + 777 * n;
                offset = uploads.append(id, "ann", offset, piece(whole, offset, size), now)->offset;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(*uploads.finish(id, "ann", now) == whole);
}

TEST_CASE("a disk that takes no more refuses the piece and keeps what was there") {
    Folder const folder;
    auto uploads = *Uploads::open(folder.path());
    auto const whole = bytes_of(9'000);
    auto const id = *uploads.begin("ann", 9'000, sha256_hex(whole), now);
    REQUIRE(uploads.append(id, "ann", 0, piece(whole, 0, 3'000), now));
    int const status = status_of([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit const small = {5'000, 5'000};
        if (::setrlimit(RLIMIT_FSIZE, &small) != 0) return 2;
        auto mine = *Uploads::open(folder.path());
        auto const done = mine.append(id, "ann", 3'000, piece(whole, 3'000, 6'000), now);
        return !done && done.error().code() == Code::unavailable ? 0 : 1;
    });
    CHECK(status == 0);
    CHECK(uploads.state(id, "ann", now)->offset == 3'000);
    CHECK(uploads.append(id, "ann", 3'000, piece(whole, 3'000, 6'000), now)->offset == 9'000);
    CHECK(*uploads.finish(id, "ann", now) == whole);
}
