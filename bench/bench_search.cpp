// A million offers by words, facets and delivered price, beside SQLite FTS5 over the same titles.
//
//   bench_search [offers] [edition]       the edition: ALLROADS_BOOKS, or starter.books beside the build
//
// Titles are made of word lists of our own in eight languages and of names put together from syllables; the
// same number gives the same offers. One thread asks.

#include "books/books.h"
#include "search/search.h"

#include <malloc.h>
#include <sqlite3.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace allroads;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// ---- offers -----------------------------------------------------------------------------------------------

struct Tongue {
    char const* language;
    std::vector<char const*> nouns, materials, qualities;
};
std::vector<Tongue> const tongues = {
    {"en",
     {"basket", "shawl", "bowl", "lamp", "rug", "necklace", "tray", "blanket", "apron", "stool", "mirror",
      "vase", "purse", "sandals", "cushion"},
     {"sisal", "cotton", "leather", "brass", "bamboo", "wool", "clay", "silk", "raffia", "teak"},
     {"woven", "large", "striped", "dyed", "carved", "plain", "round", "folding", "quilted", "painted"}},
    {"fr",
     {"panier", "châle", "bol", "lampe", "tapis", "collier", "plateau", "couverture", "tablier", "miroir"},
     {"coton", "cuir", "laiton", "bambou", "laine", "argile", "soie", "raphia"},
     {"tressé", "grand", "rayé", "teint", "sculpté", "rond", "pliant", "peint"}},
    {"es",
     {"cesta", "chal", "cuenco", "lámpara", "alfombra", "collar", "bandeja", "manta", "delantal", "espejo"},
     {"algodón", "cuero", "latón", "bambú", "lana", "arcilla", "seda", "rafia"},
     {"tejida", "grande", "rayada", "teñida", "tallada", "redonda", "plegable", "pintada"}},
    {"sw",
     {"kikapu", "shuka", "bakuli", "taa", "zulia", "mkufu", "sinia", "blanketi", "kioo", "kiti"},
     {"mkonge", "pamba", "ngozi", "shaba", "mwanzi", "sufu", "udongo", "hariri"},
     {"kilichosukwa", "kikubwa", "chenye mistari", "kilichochongwa", "duara", "kilichopakwa rangi"}},
    {"zh",
     {"篮子", "披肩", "碗", "灯", "地毯", "项链", "托盘", "毯子", "围裙", "镜子"},
     {"剑麻", "棉", "皮革", "黄铜", "竹", "羊毛", "陶土", "丝绸"},
     {"手工编织", "大号", "条纹", "染色", "雕刻", "圆形", "折叠", "彩绘"}},
    {"ar",
     {"سلة", "شال", "وعاء", "مصباح", "سجادة", "قلادة", "صينية", "بطانية", "مرآة", "كرسي"},
     {"سيزال", "قطن", "جلد", "نحاس", "خيزران", "صوف", "طين", "حرير"},
     {"منسوجة", "كبيرة", "مخططة", "مصبوغة", "منحوتة", "مستديرة", "قابلة للطي", "ملونة"}},
    {"bn",
     {"ঝুড়ি", "চাদর", "বাটি", "বাতি", "গালিচা", "হার", "থালা", "কম্বল", "আয়না", "টুল"},
     {"পাট", "তুলা", "চামড়া", "পিতল", "বাঁশ", "পশম", "মাটি", "রেশম"},
     {"হাতে বোনা", "বড়", "ডোরাকাটা", "রঙিন", "খোদাই", "গোল", "ভাঁজযোগ্য"}},
    {"hi",
     {"टोकरी", "शॉल", "कटोरा", "दीपक", "गलीचा", "हार", "थाली", "कंबल", "दर्पण", "चौकी"},
     {"जूट", "सूती", "चमड़ा", "पीतल", "बाँस", "ऊनी", "मिट्टी", "रेशमी"},
     {"बुनी हुई", "बड़ी", "धारीदार", "रंगी", "नक्काशीदार", "गोल", "मुड़ने वाली"}}};
constexpr std::array codes = {"46021918", "46021100", "610910", "62052000", "420221", "94036000", "330499",
                              "711311",   "95030000", "691200", "570110",   "621420", "741980",   "940510",
                              "630120",   "442190",   "090111", "180631",   "420231", "640399"};
constexpr std::array origins = {"KE", "IN", "CN", "BD", "PK", "MA", "VN", "ID", "PE", "GH"};

// splitmix64: the same everywhere.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        auto z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31U);
    }
    std::size_t below(std::size_t end) { return static_cast<std::size_t>(next() % end); }
    template <class List>
    auto const& of(List const& list) {
        return list[below(list.size())];
    }

private:
    std::uint64_t state_;
};

// One of 100,000 names; each is in some ten titles of a million.
std::string name_of(std::size_t number) {
    constexpr std::array first = {"ka", "mo", "ri", "su", "ta", "ne", "lo", "vi", "ba", "du"};
    constexpr std::array last = {"nar", "lek", "dis", "pom", "tur", "gan", "wes", "fil", "hob", "zut"};
    std::string name;
    for (std::size_t i = 0, rest = number; i < 4; ++i, rest /= 10) name += first[rest % 10];
    return name + last[number / 10'000 % 10];
}
constexpr std::size_t names = 100'000;

struct Made {
    search::Entry entry;
    std::string title = {};
};
Made offer(std::size_t number) {
    Dice dice(number);
    auto const& tongue = dice.of(tongues);
    Made made{.entry = {.id = {},
                        .texts = {},
                        .origin = *Country::parse(dice.of(origins)),
                        .ships_from = *Country::parse("KE"),
                        .currency = number % 10 == 0 ? currency::EUR : currency::USD}};
    auto& entry = made.entry;
    entry.ships_from = entry.origin;
    auto const high = dice.next();
    for (std::size_t i = 0; i < 8; ++i) entry.id[i] = static_cast<unsigned char>(high >> (8 * i));
    for (std::size_t i = 0; i < 8; ++i) entry.id[8 + i] = static_cast<unsigned char>(number >> (8 * i));
    auto const material = dice.below(8);
    made.title = std::string(dice.of(tongue.qualities)) + " " + dice.of(tongue.nouns) + " " +
                 tongue.materials[material] + " " + name_of(dice.below(names)) + " handmade";
    if (dice.below(100) == 0) made.title += " festival";
    entry.texts = {{tongue.language, made.title, ""}};
    entry.category = "category-" + std::to_string(dice.below(30));
    entry.materials = {tongues[0].materials[material]};
    if (dice.below(5) == 0) entry.certificates = {dice.below(2) == 0 ? "organic" : "fair-trade"};
    entry.hs = *GoodsCode::parse(dice.of(codes));
    if (dice.below(4) == 0) entry.proofs = {"AGOA", "EBA"};
    entry.tiers = {{1000, static_cast<std::int64_t>(200 + dice.below(20'000))}};
    if (dice.below(2) == 0) entry.tiers.push_back({10'000, entry.tiers[0].price * 9 / 10});
    entry.lead_days = static_cast<std::int32_t>(dice.below(60));
    entry.gross_grams = static_cast<std::int64_t>(50 + dice.below(4000));
    entry.net_grams = entry.gross_grams * 4 / 5;
    entry.shop = static_cast<std::uint32_t>(dice.below(2000));
    entry.made = static_cast<std::int64_t>(number);
    return made;
}

// ---- measuring --------------------------------------------------------------------------------------------

double since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}
// What the program had of the processor, which others on the machine do not lengthen.
double worked() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}
double resident_mb() {
    malloc_trim(0);
    std::ifstream status("/proc/self/statm");
    std::size_t pages = 0;
    std::size_t resident = 0;
    status >> pages >> resident;
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}
void report(char const* what, std::size_t times, std::function<std::size_t(std::size_t)> const& ask) {
    std::vector<double> each;
    std::vector<double> work;
    std::size_t total = 0;
    for (std::size_t i = 0; i < times; ++i) {
        auto const start = Clock::now();
        auto const before = worked();
        total += ask(i);
        work.push_back(worked() - before);
        each.push_back(since(start));
    }
    std::ranges::sort(each);
    std::ranges::sort(work);
    std::printf("  %-52s p50 %8.3f p99 %8.3f ms   of the processor %8.3f %8.3f ms   (%zu found)\n", what,
                each[times / 2], each[times * 99 / 100], work[times / 2], work[times * 99 / 100],
                total / times);
    std::fflush(stdout);
}

// ---- FTS5 -------------------------------------------------------------------------------------------------

class Sqlite {
public:
    explicit Sqlite(fs::path const& file) { check(sqlite3_open(file.c_str(), &db_) == SQLITE_OK); }
    Sqlite(Sqlite const&) = delete;
    Sqlite& operator=(Sqlite const&) = delete;
    ~Sqlite() {
        for (auto* one : made_) sqlite3_finalize(one);
        sqlite3_close(db_);
    }
    void run(char const* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK); }
    sqlite3_stmt* statement(char const* sql) {
        sqlite3_stmt* made = nullptr;
        check(sqlite3_prepare_v2(db_, sql, -1, &made, nullptr) == SQLITE_OK);
        made_.push_back(made);
        return made;
    }

private:
    sqlite3* db_ = nullptr;
    std::vector<sqlite3_stmt*> made_;
};
std::size_t rows(sqlite3_stmt* statement, std::string const& words) {
    sqlite3_reset(statement);
    sqlite3_bind_text(statement, 1, words.data(), static_cast<int>(words.size()), SQLITE_TRANSIENT);
    std::size_t count = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) ++count;
    return count;
}

void measure_fts5(std::size_t offers) {
    auto const file = fs::temp_directory_path() / ("bench-search-" + std::to_string(getpid()) + ".db");
    {
        Sqlite sqlite(file);
        sqlite.run("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;");
        sqlite.run(
            "CREATE VIRTUAL TABLE f USING fts5(title, content='', tokenize='unicode61');"
            "CREATE TABLE p(id INTEGER PRIMARY KEY, price INTEGER);");
        auto const start = worked();
        sqlite.run("BEGIN");
        auto* const title = sqlite.statement("INSERT INTO f(rowid, title) VALUES(?1, ?2)");
        auto* const price = sqlite.statement("INSERT INTO p VALUES(?1, ?2)");
        for (std::size_t i = 0; i < offers; ++i) {
            auto const made = offer(i);
            auto const id = static_cast<sqlite3_int64>(i);
            sqlite3_bind_int64(title, 1, id);
            sqlite3_bind_text(title, 2, made.title.data(), static_cast<int>(made.title.size()),
                              SQLITE_TRANSIENT);
            sqlite3_step(title);
            sqlite3_reset(title);
            sqlite3_bind_int64(price, 1, id);
            sqlite3_bind_int64(price, 2, made.entry.tiers[0].price);
            sqlite3_step(price);
            sqlite3_reset(price);
        }
        sqlite.run("COMMIT");
        std::printf("SQLite FTS5 %s: built in %.1f s of the processor, file %.0f MB\n", sqlite3_libversion(),
                    (worked() - start) / 1e3, static_cast<double>(fs::file_size(file)) / 1e6);
        auto* const plain = sqlite.statement("SELECT rowid FROM f WHERE f MATCH ?1 LIMIT 20");
        auto* const sorted = sqlite.statement(
            "SELECT p.id FROM f JOIN p ON p.id = f.rowid WHERE f MATCH ?1 ORDER BY p.price LIMIT 20");
        report("words of some 10 offers, unsorted", 500,
               [&](std::size_t i) { return rows(plain, name_of(i)); });
        report("words of some 10 offers, by price of goods", 500,
               [&](std::size_t i) { return rows(sorted, name_of(i)); });
        report("a word of 10,000 offers, by price of goods", 50,
               [&](std::size_t) { return rows(sorted, "festival"); });
        report("a word of every offer, by price of goods", 5,
               [&](std::size_t) { return rows(sorted, "handmade"); });
    }
    fs::remove(file);
}

// ---- ours -------------------------------------------------------------------------------------------------

void set_shops(search::Index& index) {
    for (std::uint32_t shop = 0; shop < 2000; ++shop) {
        search::Sending sending{currency::USD, {}};
        if (shop % 20 != 0) {
            sending.lanes = {
                {{*Country::parse("DE"), *Country::parse("US")}, 500 + shop % 700, 250, 2000, 5, 12},
                {{}, 1500, 600 + shop % 300, 30'000, 7, 20}};
        }
        check(index.sending(shop, sending).has_value());
    }
}

void measure_index(search::Index const& index, quote::Door const& door,
                   std::shared_ptr<quote::Books const> const& books) {
    auto const ask = [&](search::Query const& query) {
        auto const answer = index.find(query, books);
        check(answer.has_value());
        return answer->total;
    };
    auto const plain = [](std::string words) {
        search::Query query{.words = std::move(words)};
        query.with_counts = false;
        return query;
    };
    report("words of some 10 offers", 2000, [&](std::size_t i) { return ask(plain(name_of(i * 37))); });
    report("three words", 500, [&](std::size_t i) {
        return ask(
            plain(std::string(tongues[0].materials[i % 8]) + " " + tongues[0].nouns[i % 15] + " woven"));
    });
    report("a spelling error in a name", 1000, [&](std::size_t i) {
        auto name = name_of(i * 37);
        std::swap(name[3], name[4]);
        return ask(plain(name));
    });
    report("the last word still being typed (3 letters)", 200, [&](std::size_t i) {
        auto query = plain("woven " + name_of(i * 37).substr(0, 3));
        query.is_typing = true;
        return ask(query);
    });
    auto const faceted = [](std::string words) {
        search::Query query{.words = std::move(words)};
        query.wanted.materials = {"sisal"};
        return query;
    };
    report("a word of 10,000 offers, a facet, counts", 300,
           [&](std::size_t) { return ask(faceted("festival")); });
    report("a word of every offer, a facet, counts", 20,
           [&](std::size_t) { return ask(faceted("handmade")); });
    auto const start = Clock::now();
    check(index.prepare(door, books).has_value());
    std::printf("  plans of the door for %zu kinds made in %.0f ms; memory now %.0f MB\n", index.size().kinds,
                since(start), resident_mb());
    auto const delivered = [&](search::Query query) {
        query.order = search::Order::delivered;
        query.door = door;
        return query;
    };
    report("delivered price: some 10 offers", 1000,
           [&](std::size_t i) { return ask(delivered(plain(name_of(i * 37)))); });
    report("delivered price: 10,000 offers", 500,
           [&](std::size_t) { return ask(delivered(plain("festival"))); });
    report("delivered price: 10,000, spelling error, counts", 500, [&](std::size_t) {
        search::Query query{.words = "festivla"};
        return ask(delivered(query));
    });
    report("delivered price: 10,000, error, facet, counts", 500,
           [&](std::size_t) { return ask(delivered(faceted("festivla"))); });
    report("delivered price: every offer", 40,
           [&](std::size_t) { return ask(delivered(plain("handmade"))); });
    report("delivered price: every offer, error, facet, counts", 40,
           [&](std::size_t) { return ask(delivered(faceted("handmdae"))); });
    report("delivered price: every offer, counts, 12 pieces each", 40, [&](std::size_t) {
        auto query = delivered({.words = "handmade"});
        query.quantity = 12'000;
        return ask(query);
    });
    report("at most 50.00 delivered, every offer, counts", 20, [&](std::size_t) {
        auto query = delivered({.words = "handmade"});
        query.landed_max = 5000;
        return ask(query);
    });
}

void measure_changes(search::Index& index, std::size_t offers) {
    report("one product changed and found again", 300, [&](std::size_t i) {
        auto made = offer(i * 997 % offers);
        made.entry.texts[0].title += " novelty" + std::to_string(i);
        check(index.put({&made.entry, 1}).has_value());
        auto const answer = index.find({.words = "novelty" + std::to_string(i)}, nullptr);
        check(answer.has_value() && answer->total == 1);
        return answer->total;
    });
    auto start = Clock::now();
    index.merge();
    std::printf("  merged in %.2f s\n", since(start) / 1e3);
    auto const file = fs::temp_directory_path() / ("bench-search-" + std::to_string(getpid()) + ".index");
    start = Clock::now();
    check(index.save(file, "1").has_value());
    std::printf("  saved in %.2f s, %.0f MB\n", since(start) / 1e3,
                static_cast<double>(fs::file_size(file)) / 1e6);
    start = Clock::now();
    auto const opened = search::Index::open(file);
    check(opened.has_value());
    std::printf("  opened and checked in %.1f ms\n", since(start));
    fs::remove(file);
}

}  // namespace

int main(int count, char** arguments) {
    std::size_t const offers = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1'000'000;
    char const* const named = std::getenv("ALLROADS_BOOKS");
    fs::path const file = count > 2 ? arguments[2] : named != nullptr ? named : "starter.books";
    auto const edition = books::open(file);
    if (!edition) {
        std::printf("no edition: %s\n", edition.error().sentence().c_str());
        return 1;
    }
    auto const before = resident_mb();
    auto const busy = worked();
    auto const start = Clock::now();
    double making = 0;
    search::Index index;
    set_shops(index);
    std::vector<search::Entry> batch;
    for (std::size_t i = 0; i < offers; ++i) {
        auto const from = worked();
        batch.push_back(offer(i).entry);
        making += worked() - from;
        if (batch.size() == 20'000 || i + 1 == offers) {
            check(index.put(batch).has_value());
            batch.clear();
        }
    }
    index.merge();
    auto const built = worked() - busy - making;
    auto const size = index.size();
    std::printf(
        "%zu offers: built in %.1f s of the processor (%.1f s by the clock with making them); "
        "%.0f MB of index, %.0f MB more resident; %zu terms, %zu kinds\n",
        size.entries, built / 1e3, since(start) / 1e3, static_cast<double>(size.bytes) / 1e6,
        resident_mb() - before, size.terms, size.kinds);
    auto const day = *Day::of(2026, 11, 25);
    for (char const* to : {"US", "DE"}) {
        std::printf("door: %s\n", to);
        measure_index(index, {.to = *Country::parse(to), .date = day, .known_on = day}, *edition);
    }
    std::printf("changes\n");
    measure_changes(index, offers);
    measure_fts5(offers);
    return 0;
}
