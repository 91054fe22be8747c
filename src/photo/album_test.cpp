#include "photo/child_for_tests.h"
#include "photo/drawn_for_tests.h"
#include "photo/files.h"
#include "photo/photo.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace allroads;
using namespace allroads::photo;
using namespace allroads::photo::tests;
namespace fs = std::filesystem;

Kept picture() { return *normalise(png(500, 400, 3, halves(500, 400))); }

// What an album keeps need not be a picture for it to keep it.
Kept anything(std::uint64_t number, std::size_t size = 3000) {
    std::string bytes = "anything " + std::to_string(number);
    bytes.resize(size, 'x');
    auto digest = sha256_hex(bytes);
    return {std::move(bytes), std::move(digest), Format::jpeg, 1, 1};
}

fs::path path_of(fs::path const& root, Kept const& kept) {
    return root / kept.digest.substr(0, 2) / (kept.digest + std::string(facts_of(kept.format).extension));
}

void overwrite(fs::path const& file, std::string_view bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

TEST_CASE("an album gives back what was put, and its variants") {
    Folder const folder;
    auto album = *Album::open(folder.path() / "photos");
    auto const kept = picture();
    REQUIRE(album.put(kept));
    REQUIRE(album.put(kept));
    CHECK(files_in(folder.path()) == 1);
    auto const found = album.kept(kept.digest);
    REQUIRE(found);
    CHECK(found->bytes == kept.bytes);
    CHECK(found->format == Format::jpeg);

    auto const small = album.get(kept.digest, 320, Format::webp);
    REQUIRE(small);
    CHECK(*small == *variant(kept.bytes, 320, Format::webp));
    CHECK(*album.get(kept.digest, 320, Format::webp) == *small);
    CHECK(album.made() == 1);
    // Another process finds it made.
    auto other = *Album::open(folder.path() / "photos");
    CHECK(*other.get(kept.digest, 320, Format::webp) == *small);
    CHECK(other.made() == 0);

    REQUIRE(album.forget(kept.digest));
    REQUIRE(album.forget(kept.digest));
    CHECK(files_in(folder.path()) == 0);
    CHECK(album.kept(kept.digest).error().code() == Code::not_found);
    CHECK(album.get(kept.digest, 320, Format::webp).error().code() == Code::not_found);
}

TEST_CASE("however many ask at the same time, a variant is made once") {
    Folder const folder;
    auto album = *Album::open(folder.path());
    auto const kept = picture();
    REQUIRE(album.put(kept));
    std::vector<std::string> answers(8);
    std::vector<std::thread> threads;
    for (auto& answer : answers)
        threads.emplace_back([&] { answer = *album.get(kept.digest, 640, Format::avif); });
    for (auto& thread : threads) thread.join();
    for (auto const& answer : answers) CHECK(answer == answers.front());
    CHECK(album.made() == 1);
    // Who asks for what is not there is told so, all of them.
    auto const nothing = std::string(64, 'a');
    CHECK(album.get(nothing, 640, Format::avif).error().code() == Code::not_found);
    CHECK(album.made() == 1);
}

TEST_CASE("names that are no digest lead nowhere") {
    Folder const folder;
    auto album = *Album::open(folder.path() / "photos");
    overwrite(folder.path() / "secret.jpg", "secret");
    for (auto const& name :
         {std::string(""), std::string("../secret"), std::string("..%2Fsecret"), std::string(64, '.'),
          std::string(64, '/'), std::string(63, 'a') + std::string(1, '\0'), std::string(64, 'A'),
          "../../secret" + std::string(52, 'a'), std::string(65, 'a')}) {
        CHECK(album.kept(name).error().code() == Code::not_found);
        CHECK(album.get(name, 320, Format::jpeg).error().code() == Code::not_found);
        CHECK(album.forget(name).error().code() == Code::not_found);
        auto kept = anything(1);
        kept.digest = name;
        CHECK(album.put(kept).error().code() == Code::bad_value);
    }
    auto wrong = anything(1);
    wrong.digest = anything(2).digest;
    CHECK(album.put(wrong).error().code() == Code::bad_value);
    // A link put into the album is not followed.
    auto const linked = std::string(64, 'b');
    fs::create_directory(folder.path() / "photos" / "bb");
    fs::create_symlink(folder.path() / "secret.jpg", folder.path() / "photos" / "bb" / (linked + ".jpg"));
    CHECK(album.kept(linked).error().code() == Code::not_found);
    CHECK(fs::exists(folder.path() / "secret.jpg"));
}

TEST_CASE("what takes long to make is shown as a JPEG until it is there") {
    Folder const folder;
    auto album = *Album::open(folder.path());
    auto const kept = picture();
    REQUIRE(album.put(kept));
    auto const first = album.show(kept.digest, 320, Format::avif);
    REQUIRE(first);
    CHECK(first->format == Format::jpeg);
    CHECK_FALSE(first->is_asked_for);
    CHECK(first->bytes == *variant(kept.bytes, 320, Format::jpeg));
    album.wait_until_made();
    auto const then = album.show(kept.digest, 320, Format::avif);
    REQUIRE(then);
    CHECK(then->format == Format::avif);
    CHECK(then->is_asked_for);
    CHECK(then->bytes == *variant(kept.bytes, 320, Format::avif));
    auto const jpeg = album.show(kept.digest, 640, Format::jpeg);
    REQUIRE(jpeg);
    CHECK(jpeg->is_asked_for);

    auto const none = std::string(64, 'c');
    CHECK(album.show(none, 320, Format::avif).error().code() == Code::not_found);
    CHECK(album.show("../hub.key", 320, Format::jpeg).error().code() == Code::not_found);
    CHECK(album.show(kept.digest, 321, Format::jpeg).error().field() == "width");
    album.prepare("../hub.key");
    album.wait_until_made();
}

TEST_CASE("a picture that is prepared has what pages ask for") {
    Folder const folder;
    auto album = *Album::open(folder.path());
    auto const kept = picture();
    REQUIRE(album.put(kept));
    album.prepare(kept.digest);
    album.prepare(kept.digest);
    album.wait_until_made();
    CHECK(album.made() == 6);
    for (auto const format : {Format::jpeg, Format::avif})
        for (auto const& width : widths) CHECK(album.show(kept.digest, width.pixels, format)->is_asked_for);
    CHECK(album.made() == 6);
    // What is to be made when the program ends is left, and nobody waits for it.
    REQUIRE(album.forget(kept.digest));
    album.prepare(kept.digest);
}

TEST_CASE("however many ask for however many pictures, all see one") {
    Folder const folder;
    auto album = *Album::open(folder.path());
    std::vector<Kept> pictures;
    for (int i = 0; i < 8; ++i) pictures.push_back(*normalise(png(300 + i, 200, 3, halves(300 + i, 200))));
    for (auto const& one : pictures) REQUIRE(album.put(one));
    std::atomic<int> seen = 0, wrong = 0;
    std::vector<std::thread> threads;
    constexpr int threads_max = 4 * showing_max;
    for (int i = 0; i < threads_max; ++i) {
        threads.emplace_back([&, i] {
            for (auto const& one : pictures) {
                auto const format = i % 3 == 0 ? Format::jpeg : i % 3 == 1 ? Format::avif : Format::webp;
                auto const shown = album.show(one.digest, i % 2 == 0 ? 320 : 640, format);
                // What others sent as AVIF is not read; ours begins as one.
                bool const is_whole =
                    shown && (shown->format == Format::avif ? shown->bytes.substr(4, 8) == "ftypavif"
                                                            : normalise(shown->bytes).has_value());
                ++(is_whole ? seen : wrong);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
    CHECK(seen == threads_max * 8);
}

TEST_CASE("check finds what was damaged and drops what belongs to nothing") {
    Folder const folder;
    auto album = *Album::open(folder.path());
    auto const whole = picture();
    auto const hurt = anything(7);
    REQUIRE(album.put(whole));
    REQUIRE(album.put(hurt));
    REQUIRE(album.get(whole.digest, 320, Format::jpeg));
    CHECK(album.check()->damaged.empty());
    CHECK(album.check()->kept == 2);
    CHECK(album.check()->dropped == 0);

    auto bytes = hurt.bytes;
    bytes[1000] = 'y';
    overwrite(path_of(folder.path(), hurt), bytes);
    fs::remove(path_of(folder.path(), whole));  // its variant is left
    overwrite(folder.path() / "parts" / "left.part", "half of a pic");
    auto const checked = album.check();
    REQUIRE(checked);
    CHECK(checked->damaged == std::vector{hurt.digest});
    CHECK(checked->dropped == 1);
    CHECK(files_in(folder.path()) == 1);
    // Whoever still has it mends it.
    REQUIRE(album.put(hurt));
    CHECK(album.check()->damaged.empty());
}

TEST_CASE("a copy holds the kept pictures, and stays what it is") {
    Folder const folder;
    auto album = *Album::open(folder.path() / "photos");
    auto const one = picture();
    REQUIRE(album.put(one));
    REQUIRE(album.get(one.digest, 320, Format::jpeg));
    auto const first = album.copy_to(folder.path() / "backup");
    REQUIRE(first);
    CHECK(first->copied == 1);
    REQUIRE(album.put(anything(5)));
    auto const second = album.copy_to(folder.path() / "backup");
    CHECK(second->copied == 1);
    CHECK(second->present == 1);
    REQUIRE(album.forget(one.digest));
    auto const copy = *Album::open(folder.path() / "backup");
    CHECK(copy.kept(one.digest)->bytes == one.bytes);
    CHECK(files_in(folder.path() / "backup") == 2);
}

TEST_CASE("whatever moment a program ends at, what it put is whole") {
    Folder const folder;
    std::uint64_t next = 0;
    for (std::size_t round = 1; round <= 25; ++round) {
        auto const heard = killed_after(1 + round % 5, [&](Report const& report) {
            auto album = *Album::open(folder.path());
            for (auto number = next;; ++number) {
                auto const kept = anything(number, 200'000);
                if (!album.put(kept)) ::_exit(3);
                report(number);
            }
        });
        auto album = *Album::open(folder.path());
        REQUIRE(heard.size() >= 1 + round % 5);
        for (auto const number : heard)
            CHECK(album.kept(anything(number, 200'000).digest)->bytes.size() == 200'000);
        CHECK(fs::is_empty(folder.path() / "parts"));
        next = heard.back() + 1;
    }
    auto const checked = Album::open(folder.path())->check();
    CHECK(checked->damaged.empty());
    CHECK(checked->kept >= static_cast<std::int64_t>(next));
}

TEST_CASE("a disk that takes no more leaves nothing half") {
    Folder const folder;
    int const status = status_of([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit const small = {1000, 1000};
        if (::setrlimit(RLIMIT_FSIZE, &small) != 0) return 2;
        auto album = *Album::open(folder.path());
        auto const put = album.put(anything(1));
        return !put && put.error().code() == Code::unavailable ? 0 : 1;
    });
    CHECK(status == 0);
    CHECK(files_in(folder.path()) == 0);
}
