// Words of every kind of script, filters, orders, pages, files; and random catalogues against a plain scan.

#include "search/search.h"

#include "search/words.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <thread>

namespace {

using namespace allroads;
using namespace allroads::search;
namespace fs = std::filesystem;

Key key(std::uint64_t number) {
    Key id{};
    // Spread, so that the order of ids is not the order of numbers.
    auto const mixed = number * 0x9E3779B97F4A7C15ULL;
    for (std::size_t i = 0; i < 8; ++i) id[i] = static_cast<unsigned char>(mixed >> (8 * i));
    for (std::size_t i = 0; i < 8; ++i) id[8 + i] = static_cast<unsigned char>(number >> (8 * i));
    return id;
}
Entry entry(std::uint64_t number, std::string title, std::string language = "en") {
    Entry one{.id = key(number),
              .texts = {{std::move(language), std::move(title), ""}},
              .origin = *Country::parse("KE"),
              .ships_from = *Country::parse("KE"),
              .currency = currency::USD};
    one.tiers = {{1000, 500}};
    return one;
}
std::set<Key> found(Index const& index, Query const& query) {
    std::set<Key> ids;
    auto const answer = index.find(query, nullptr);
    REQUIRE(answer.has_value());
    for (auto const& hit : answer->hits) ids.insert(hit.id);
    return ids;
}
std::set<Key> found(Index const& index, std::string words, bool is_typing = false) {
    Query query{.words = std::move(words)};
    query.is_typing = is_typing;
    query.page = page_max;
    return found(index, query);
}
std::set<Key> keys(std::initializer_list<std::uint64_t> numbers) {
    std::set<Key> ids;
    for (auto const number : numbers) ids.insert(key(number));
    return ids;
}
Answer answer_of(Index const& index, Query const& query) {
    auto answer = index.find(query, nullptr);
    REQUIRE(answer.has_value());
    return std::move(*answer);
}
std::vector<std::string> words_of(std::string_view text) {
    std::vector<Word> words;
    split(text, words);
    std::vector<std::string> texts;
    for (auto const& word : words) texts.push_back(word.text);
    return texts;
}
class Folder {
public:
    Folder() {
        auto name = (fs::temp_directory_path() / "allroads-search-XXXXXX").string();
        check(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    ~Folder() {
        std::error_code none;
        fs::remove_all(path, none);
    }
    fs::path path;
};

}  // namespace

TEST_CASE("words of every kind of script are found") {
    Index index;
    std::vector<Entry> const entries = {
        entry(1, "Handwoven sisal basket, large"),
        entry(2, "হাতে বোনা পাটের ঝুড়ি", "bn"),
        entry(3, "ہاتھ سے بنی ہوئی ٹوکری", "ur"),
        entry(4, "سَلَّةٌ مَنْسُوجَةٌ يَدَوِيًّا", "ar"),
        entry(5, "手工编织剑麻篮子", "zh"),
        entry(6, "Kikapu cha mkonge kilichosukwa kwa mkono", "sw"),
        entry(7, "Baumwolltasche mit Reißverschluss", "de"),
        entry(8, "ตะกร้าสานด้วยมือจากผักตบชวา", "th"),
        entry(9, "手編みのかご", "ja"),
        entry(10, "Panier tressé à la main", "fr"),
        entry(11, "ម៉ាស៊ីនថតរូប និងកន្ត្រក", "km"),
        entry(12, "လက်ဖြင့်ရက်လုပ်ထားသောခြင်း", "my"),
        entry(13, "ກະຕ່າສານດ້ວຍມື", "lo"),
        entry(14, "Плетёная корзина", "ru"),
        entry(15, "हाथ से बुनी टोकरी", "hi"),
    };
    REQUIRE(index.put(entries).has_value());
    CHECK(found(index, "SISAL basket") == keys({1}));
    CHECK(found(index, "পাটের ঝুড়ি") == keys({2}));
    CHECK(found(index, "ٹوکری") == keys({3}));
    CHECK(found(index, "ٹوكری") == keys({3}));  // typed with an Arabic kaf
    CHECK(found(index, "سلة منسوجة") == keys({4}));
    CHECK(found(index, "سلّة") == keys({4}));
    CHECK(found(index, "剑麻") == keys({5}));
    CHECK(found(index, "编织篮子") == keys({5}));
    CHECK(found(index, "织剑") == keys({5}));  // no word, but it stands so
    CHECK(found(index, "mkonge kikapu") == keys({6}));
    CHECK(found(index, "baumwoll", true) == keys({7}));
    CHECK(found(index, "reissverschluss") == keys({7}));
    CHECK(found(index, "ตะกร้า") == keys({8}));
    CHECK(found(index, "かご") == keys({9}));
    CHECK(found(index, "tresse") == keys({10}));
    CHECK(found(index, "កន្ត្រក") == keys({11}));
    CHECK(found(index, "ခြင်း") == keys({12}));
    CHECK(found(index, "ກະຕ່າ") == keys({13}));
    CHECK(found(index, "плетеная") == keys({14}));
    CHECK(found(index, "टोकरी") == keys({15}));
}

TEST_CASE("titles are cut into words") {
    CHECK(words_of("Café-Filter, 250 g (2×)") == std::vector<std::string>{"cafe", "filter", "250", "g", "2"});
    CHECK(words_of("手工 basket 篮子") == std::vector<std::string>{"手工", "basket", "篮子"});
    CHECK(words_of("🧺🧺 !!").empty());
    CHECK(pairs_of("剑麻篮") == std::vector<std::string>{"剑麻", "麻篮"});
    CHECK(singulars("baskets", "en") == std::vector<std::string>{"basket"});
    CHECK(singulars("boxes", "en") == std::vector<std::string>{"boxe", "box"});
    CHECK(singulars("berries", "en") == std::vector<std::string>{"berrie", "berry"});
    CHECK(singulars("flores", "es") == std::vector<std::string>{"flore", "flor"});
    CHECK(singulars("glass", "en").empty());
    CHECK(singulars("bus", "en").empty());
    CHECK(distance(U"basket", U"bakset", 2) == 1);
    CHECK(distance(U"basket", U"baskett", 1) == 1);
    CHECK(distance(U"basket", U"bsaktes", 2) == 3);
    CHECK(distance(U"abc", U"xyz", 1) == 2);
}

TEST_CASE("spelling errors are found and told; what is spelled right is never changed") {
    Index index;
    std::vector<Entry> const entries = {entry(1, "sisal basket"), entry(2, "leather handbag"),
                                        entry(3, "embroidered tablecloth"), entry(4, "টেকসই ঝুড়ি", "bn"),
                                        entry(5, "casket of oak")};
    REQUIRE(index.put(entries).has_value());
    CHECK(found(index, "bakset") == keys({1}));
    CHECK(found(index, "leathr") == keys({2}));
    CHECK(found(index, "embrodered tablecoth") == keys({3}));
    CHECK(found(index, "emborderd") == keys({}));  // three errors
    CHECK(found(index, "casket") == keys({5}));
    CHECK(answer_of(index, {.words = "casket"}).did_you_mean.empty());
    CHECK(answer_of(index, {.words = "sisal BAKSET"}).did_you_mean == "sisal basket");
    CHECK(found(index, "sis") == keys({}));
    CHECK(found(index, "sis", true) == keys({1}));
    // Of several as near, the one in more entries; then the first.
    CHECK(answer_of(index, {.words = "dasket"}).did_you_mean == "basket");
    REQUIRE(index.put(std::vector{entry(6, "casket of pine")}).has_value());
    CHECK(answer_of(index, {.words = "dasket"}).did_you_mean == "casket");
    index.remove(std::vector{key(5), key(6)});
    CHECK(answer_of(index, {.words = "dasket"}).did_you_mean == "basket");
    CHECK(answer_of(index, {.words = "casket"}).did_you_mean == "basket");  // nobody has it any more
}

TEST_CASE("all words, else most of them; the title counts most") {
    Index index;
    auto one = entry(1, "sisal basket");
    auto two = entry(2, "big brown sisal basket");
    auto three = entry(3, "tray");
    three.texts[0].description = "goes with any sisal basket";
    auto four = entry(4, "bowl");
    four.materials = {"sisal"};
    four.category = "baskets";
    auto five = entry(5, "Baskets");
    REQUIRE(index.put(std::vector{one, two, three, four, five}).has_value());
    auto const order = [&](std::string words) {
        std::vector<Key> ids;
        for (auto const& hit : answer_of(index, {.words = std::move(words)}).hits) ids.push_back(hit.id);
        return ids;
    };
    CHECK(order("sisal basket") == std::vector{key(1), key(2), key(4), key(3)});
    CHECK(found(index, "basket") == keys({1, 2, 3, 4, 5}));
    auto const answer = answer_of(index, {.words = "brown sisal elephant"});
    CHECK(answer.words_asked == 3);
    CHECK(answer.words_matched == 2);
    CHECK(answer.total == 1);
    CHECK(answer.hits[0].id == key(2));
    CHECK(answer_of(index, {.words = "zzzzzz"}).total == 0);
    CHECK(answer_of(index, {.words = "zzzzzz qqqqqq"}).words_matched == 0);
    CHECK(answer_of(index, {}).total == 5);
}

TEST_CASE("facets are counted without themselves, filters hold") {
    Index index;
    std::vector<Entry> entries;
    for (std::uint64_t i = 0; i < 60; ++i) {
        auto one = entry(i, "thing");
        one.category = i % 2 == 0 ? "bags" : "baskets";
        one.materials = {i % 3 == 0 ? "sisal" : "cotton", "thread"};
        if (i % 5 == 0) one.certificates = {"organic"};
        one.origin = *Country::parse(i % 4 == 0 ? "IN" : "KE");
        one.lead_days = static_cast<std::int32_t>(i);
        one.smallest_order = static_cast<std::int64_t>(i + 1) * 1000;
        one.made = static_cast<std::int64_t>(i);
        entries.push_back(one);
    }
    REQUIRE(index.put(entries).has_value());
    Query query{.words = "thing"};
    query.wanted.materials = {"sisal"};
    auto const answer = answer_of(index, query);
    CHECK(answer.total == 20);
    CHECK(answer.counts.categories[0].count == 10);
    REQUIRE(answer.counts.materials.size() == 3);
    CHECK(answer.counts.materials[0].value == "thread");
    CHECK(answer.counts.materials[0].count == 60);
    CHECK(answer.counts.materials[1].value == "cotton");
    CHECK(answer.counts.materials[1].count == 40);
    CHECK(answer.counts.certificates[0].count == 4);
    query.wanted.origins = {*Country::parse("IN")};
    query.wanted.categories = {"bags", "none"};
    query.lead_days_max = 30;
    query.smallest_order_max = 20'000;
    CHECK(found(index, query) == keys({0, 12}));
    Query newest{.order = Order::newest};
    newest.page = 3;
    auto const first = answer_of(index, newest);
    CHECK(first.hits[0].id == key(59));
    CHECK(first.hits[2].id == key(57));
    newest.cursor = first.next;
    CHECK(answer_of(index, newest).hits[0].id == key(56));
    newest.order = Order::lead_time;
    CHECK(index.find(newest, nullptr).error().code() == Code::bad_value);  // a place in another answer
    newest.cursor.clear();
    CHECK(answer_of(index, newest).hits[0].id == key(0));
}

TEST_CASE("hostile questions are refused by name") {
    Index index;
    REQUIRE(index.put(std::vector{entry(1, "basket")}).has_value());
    auto const refusal = [&](Query const& query) {
        auto const answer = index.find(query, nullptr);
        REQUIRE(!answer.has_value());
        return std::string(facts_of(answer.error().code()).name) + " " + std::string(answer.error().field());
    };
    CHECK(refusal({.words = std::string(1'000'000, 'a')}) == "too-long words");
    std::string many;
    for (int i = 0; i < 10'000; ++i) many += "a ";
    CHECK(refusal({.words = many}) == "too-long words");
    CHECK(refusal({.words = "a b c d e f g h i j k l m n o p q"}) == "too-long words");
    CHECK(refusal({.words = "bas\x01ket"}) == "bad-value words");
    CHECK(refusal({.words = "bas\xFFket"}) == "bad-value words");
    CHECK(refusal({.words = std::string("bas\0ket", 7)}) == "bad-value words");
    CHECK(refusal({.words = "🧺"}) == "bad-value words");
    CHECK(refusal({.words = "basket", .page = 0}) == "bad-value page");
    CHECK(refusal({.words = "basket", .quantity = 0}) == "bad-quantity quantity");
    CHECK(refusal({.words = "basket", .quantity = INT64_MAX}) == "bad-quantity quantity");
    CHECK(refusal({.words = "basket", .cursor = "zz"}) == "bad-value cursor");
    CHECK(refusal({.words = "basket", .order = Order::delivered}) == "field-missing door");
    CHECK(refusal({.words = "basket", .landed_max = 5}) == "field-missing door");
    CHECK(found(index, "basket 🧺") == keys({1}));
    CHECK(found(index, std::string(900, 'a')).empty());
    std::string wide;
    for (int i = 0; i < 300; ++i) wide += "篮";
    CHECK(refusal({.words = wide}) == "too-long words");
}

TEST_CASE("entries beyond the limits are refused by field, and nothing of them goes in") {
    Index index;
    auto const refusal = [&](Entry const& bad) {
        auto const result = index.put(std::vector{entry(1, "basket"), bad});
        REQUIRE(!result.has_value());
        CHECK(index.size().entries == 0);
        return std::string(facts_of(result.error().code()).name) + " " + std::string(result.error().field());
    };
    auto bad = entry(2, std::string(301, 'a'));
    CHECK(refusal(bad) == "too-long [1].texts[0].title");
    bad = entry(2, "a\x02");
    CHECK(refusal(bad) == "bad-value [1].texts[0].title");
    bad = entry(2, "a");
    bad.tiers = {};
    CHECK(refusal(bad) == "field-missing [1].tiers");
    bad.tiers = {{1000, 5}, {1000, 4}};
    CHECK(refusal(bad) == "bad-quantity [1].tiers");
    bad.tiers = {{1000, -5}};
    CHECK(refusal(bad) == "bad-value [1].tiers");
    bad = entry(2, "a");
    bad.materials.assign(21, "wood");
    CHECK(refusal(bad) == "too-long [1].materials");
    bad = entry(2, "a");
    bad.shop = shops_max;
    CHECK(refusal(bad) == "bad-value [1].shop");
    Sending sending{currency::USD, {Lane{{}, -1, 0, 0, 0, 0}}};
    CHECK(index.sending(3, sending).error().field() == "[0].lanes[0]");
}

TEST_CASE("a saved index is the same, and a damaged one is refused") {
    Folder const folder;
    auto const file = folder.path / "search.index";
    {
        Index index;
        REQUIRE(index.put(std::vector{entry(1, "sisal basket"), entry(2, "leather bag")}).has_value());
        REQUIRE(index.put(std::vector{entry(3, "wooden spoon")}).has_value());
        index.remove(std::vector{key(2)});
        REQUIRE(index.save(file, "change 17").has_value());
        CHECK(index.size().pieces == 1);
        CHECK(index.size().removed == 0);
    }
    auto opened = Index::open(file);
    REQUIRE(opened.has_value());
    CHECK(opened->stamp == "change 17");
    CHECK(found(opened->index, "basket") == keys({1}));
    CHECK(found(opened->index, "bag").empty());
    REQUIRE(opened->index.put(std::vector{entry(1, "clay pot")}).has_value());
    CHECK(found(opened->index, "basket").empty());
    CHECK(found(opened->index, "clay pot") == keys({1}));
    std::string bytes;
    {
        std::ifstream in(file, std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(in), {});
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto broken = bytes;
        broken[i] = static_cast<char>(broken[i] ^ 4);
        auto const refused = Index::open_bytes(broken);
        REQUIRE(!refused.has_value());
    }
    for (std::size_t size = 0; size < bytes.size(); size += 7) {
        CHECK(!Index::open_bytes(bytes.substr(0, size)).has_value());
    }
    auto other = bytes;
    other[8] = 9;
    CHECK(Index::open_bytes(other).error().code() == Code::db_version);
    CHECK(Index::open(folder.path / "none").error().code() == Code::not_found);
    REQUIRE(Index().save(folder.path / "empty", "").has_value());
    CHECK(Index::open(folder.path / "empty")->index.size().entries == 0);
}

TEST_CASE("questions run while others write and merge") {
    Index index;
    std::vector<Entry> entries;
    for (std::uint64_t i = 0; i < 400; ++i) entries.push_back(entry(i, "steady basket"));
    REQUIRE(index.put(entries).has_value());
    std::atomic<bool> is_done = false;
    std::atomic<int> wrong = 0;
    std::thread reader([&] {
        while (!is_done) {
            auto const answer = index.find({.words = "steady basket"}, nullptr);
            if (!answer || answer->total != 400) ++wrong;
        }
    });
    std::thread merger([&] {
        while (!is_done) index.merge();
    });
    for (std::uint64_t i = 0; i < 300; ++i) {
        REQUIRE(index.put(std::vector{entry(1000 + i % 50, "passing tray"), entry(i, "steady basket")})
                    .has_value());
        if (i % 3 == 0) index.remove(std::vector{key(1000 + i % 50)});
    }
    is_done = true;
    reader.join();
    merger.join();
    CHECK(wrong == 0);
    index.merge();
    CHECK(index.size().pieces == 1);
    CHECK(found(index, "tray").size() + 400 == index.size().entries);
}

// ---- against a plain scan ---------------------------------------------------------------------------------

namespace {

std::vector<std::string> const vocabulary = {"basket", "bag",   "spoon", "tray", "sisal",
                                             "cotton", "green", "small", "old",  "round"};

struct Plain {  // what the index should know
    std::map<Key, Entry> entries;

    // Score of an entry for a word; 0 where it has it not.
    static int score(Entry const& entry, std::string const& word, bool is_prefix) {
        int best = 0;
        auto const take = [&](std::string_view text, int worth) {
            for (auto const& one : words_of(text)) {
                if (one == word) best = std::max(best, worth);
                if (is_prefix && one.starts_with(word)) best = std::max(best, worth - 1);
            }
        };
        // Where a word stands in several places the best place gives its worth, and being written in any of
        // them is being written.
        take(entry.texts[0].title, 8);
        take(entry.category, 5);
        for (auto const& material : entry.materials) take(material, 5);
        take(entry.texts[0].description, 2);
        return best;
    }
    struct Found {
        int order;
        Key id;
        auto operator<=>(Found const&) const = default;
    };
    std::pair<std::vector<Found>, unsigned> find(std::vector<std::string> words, bool is_typing,
                                                 std::optional<std::string> const& material) const {
        std::vector<std::string> each;
        for (auto const& word : words) {
            if (std::ranges::find(each, word) == each.end()) each.push_back(word);
        }
        std::map<unsigned, std::vector<std::pair<Found, Entry const*>>> by_count;
        for (auto const& [id, entry] : entries) {
            unsigned count = 0;
            int total = 0;
            for (auto const& word : each) {
                auto const one = score(entry, word, is_typing && word == words.back());
                count += one != 0 ? 1 : 0;
                total += one;
            }
            if (count == 0 && !each.empty()) continue;
            auto const title = static_cast<int>(words_of(entry.texts[0].title).size());
            by_count[count].push_back({{each.empty() ? 0 : -total * 256 + title, id}, &entry});
        }
        std::vector<Found> found;
        if (by_count.empty()) return {found, each.empty() ? 0U : each.size() == 1 ? 1U : 0U};
        auto const& [count, best] = *by_count.rbegin();
        for (auto const& [one, entry] : best) {
            bool const stays =
                !material || std::ranges::find(entry->materials, *material) != entry->materials.end();
            if (stays) found.push_back(one);
        }
        std::ranges::sort(found);
        return {found, count};
    }
};

Entry random_entry() {
    auto const word = rc::gen::elementOf(vocabulary);
    auto const text = [&](int most) {
        std::string made;
        for (auto const& one : *rc::gen::resize(most, rc::gen::container<std::vector<std::string>>(word))) {
            made += one + " ";
        }
        return made;
    };
    auto one = entry(*rc::gen::inRange<std::uint64_t>(0, 40), *word + " " + text(4), "sw");
    one.texts[0].description = text(6);
    one.category = *word;
    if (*rc::gen::arbitrary<bool>()) one.materials = {*word};
    one.is_live = *rc::gen::inRange(0, 8) != 0;
    one.made = *rc::gen::inRange<std::int64_t>(0, 5);
    return one;
}

void compare(Index const& index, Plain const& plain) {
    std::vector<std::string> words =
        *rc::gen::resize(3, rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(vocabulary)));
    Query query;
    for (auto const& word : words) query.words += word + " ";
    query.is_typing = *rc::gen::arbitrary<bool>();
    if (query.is_typing && !words.empty()) {
        words.back() = words.back().substr(0, 2);
        query.words = "";
        for (auto const& word : words) query.words += word + " ";
    }
    std::optional<std::string> material;
    if (*rc::gen::arbitrary<bool>()) {
        material = *rc::gen::elementOf(vocabulary);
        query.wanted.materials = {*material};
    }
    query.page = *rc::gen::inRange<std::size_t>(1, 8);
    // Corrections are tested by themselves: here every word must be known, or none be near it.
    for (auto const& word : words) {
        bool const is_known = std::ranges::any_of(plain.entries, [&](auto const& one) {
            return Plain::score(one.second, word, query.is_typing && word == words.back()) != 0;
        });
        RC_PRE(is_known || word.size() < 4);
    }
    auto const [expected, count] = plain.find(words, query.is_typing, material);
    std::vector<Key> ids;
    while (true) {
        auto const answer = index.find(query, nullptr);
        RC_ASSERT(answer.has_value());
        RC_ASSERT(answer->total == expected.size());
        if (!plain.entries.empty() && !expected.empty()) {
            RC_ASSERT(answer->words_matched == count);
        }
        for (auto const& hit : answer->hits) ids.push_back(hit.id);
        if (answer->next.empty()) break;
        query.cursor = answer->next;
    }
    RC_ASSERT(ids.size() == expected.size());
    for (std::size_t i = 0; i < ids.size(); ++i) RC_ASSERT(ids[i] == expected[i].id);
}

}  // namespace

TEST_CASE("random catalogues, changed at random, answer as a plain scan does") {
    CHECK(rc::check([] {
        Index index;
        Plain plain;
        Folder const folder;
        auto const steps = *rc::gen::inRange(1, 14);
        for (int step = 0; step < steps; ++step) {
            switch (*rc::gen::inRange(0, 6)) {
                case 0: {
                    auto const id = key(*rc::gen::inRange<std::uint64_t>(0, 40));
                    index.remove(std::vector{id});
                    plain.entries.erase(id);
                    break;
                }
                case 1: index.merge(); break;
                case 2: {
                    RC_ASSERT(index.save(folder.path / "i", std::to_string(step)).has_value());
                    auto opened = Index::open(folder.path / "i");
                    RC_ASSERT(opened.has_value());
                    RC_ASSERT(opened->stamp == std::to_string(step));
                    index = std::move(opened->index);
                    break;
                }
                default: {
                    std::vector<Entry> batch;
                    auto const size = *rc::gen::inRange(1, 12);
                    for (int i = 0; i < size; ++i) batch.push_back(random_entry());
                    RC_ASSERT(index.put(batch).has_value());
                    for (auto const& one : batch) {
                        plain.entries.erase(one.id);
                        if (one.is_live) plain.entries.emplace(one.id, one);
                    }
                }
            }
            RC_ASSERT(index.size().entries == plain.entries.size());
        }
        compare(index, plain);
    }));
}
