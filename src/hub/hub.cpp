#include "hub/hub.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace allroads::hub {
namespace {

namespace fs = std::filesystem;

// What a file is known by: a newer one in its place is another.
struct Stamp {
    fs::file_time_type time{};
    std::uintmax_t size = 0;
    friend bool operator==(Stamp const&, Stamp const&) = default;
};
Stamp stamp_of(fs::path const& file) {
    std::error_code none;
    Stamp stamp{fs::last_write_time(file, none), 0};
    stamp.size = fs::file_size(file, none);
    return none ? Stamp() : stamp;
}

// A file of the books, opened again when another takes its place. Who holds the old one keeps it.
template <class Opened>
class Newest {
public:
    using Open = std::function<Result<std::shared_ptr<Opened const>>()>;
    Newest(fs::path file, Open open) : file_(std::move(file)), open_(std::move(open)) {}
    // Looks whether there is another now. A file that cannot be opened leaves the one that is held.
    void look() {
        auto const stamp = stamp_of(file_);
        if (held_.load() != nullptr && stamp == stamp_) return;
        stamp_ = stamp;
        if (auto opened = open_()) held_.store(std::move(*opened));
    }
    [[nodiscard]] std::shared_ptr<Opened const> held() const { return held_.load(); }

private:
    fs::path file_;
    Open open_;
    Stamp stamp_;
    std::atomic<std::shared_ptr<Opened const>> held_;
};

}  // namespace

struct Hub::Hidden {
    Config config;
    Newest<books::Edition> edition;
    Newest<books::Words> words;
    std::mutex lock;
    std::condition_variable_any wake;
    std::jthread housekeeper = {};  // last: it ends before what it looks after

    explicit Hidden(Config given)
        : config(std::move(given)),
          edition(books::edition_in(config.data),
                  [this]() -> Result<std::shared_ptr<books::Edition const>> {
                      auto opened = books::open(books::edition_in(config.data));
                      if (opened || opened.error().code() != Code::no_books || config.starter.empty())
                          return opened;
                      return books::open(config.starter);
                  }),
          words(books::words_of(books::edition_in(config.data)),
                [this]() -> Result<std::shared_ptr<books::Words const>> {
                    auto const file = books::words_of(books::edition_in(config.data));
                    auto const& known = fs::exists(file) ? file : books::words_of(config.starter);
                    return std::make_shared<books::Words const>(TRY(books::Words::open(known)));
                }) {}

    void keep_house(std::stop_token const& stopping) {
        std::unique_lock held(lock);
        while (!stopping.stop_requested()) {
            edition.look();
            words.look();
            wake.wait_for(held, stopping, std::chrono::seconds(1), [] { return false; });
        }
    }
};

Hub::Hub(std::unique_ptr<Hidden> hidden) : hidden_(std::move(hidden)) {}
Hub::~Hub() = default;

Result<std::unique_ptr<Hub>> Hub::open(Config config) {
    auto hidden = std::make_unique<Hidden>(std::move(config));
    hidden->edition.look();
    hidden->words.look();
    auto* const house = hidden.get();
    house->housekeeper =
        std::jthread([house](std::stop_token const& stopping) { house->keep_house(stopping); });
    return std::unique_ptr<Hub>(new Hub(std::move(hidden)));
}

db::Moment Hub::now() const {
    if (hidden_->config.clock) return hidden_->config.clock();
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Day Hub::today() const {
    auto const days = std::chrono::floor<std::chrono::days>(now()).time_since_epoch().count();
    return Day::from_number(static_cast<std::int32_t>(days));
}

Result<std::shared_ptr<books::Edition const>> Hub::books() const {
    auto held = hidden_->edition.held();
    if (held == nullptr) return refuse(Code::no_books, "", "`allroads books build` makes them");
    return held;
}

Result<std::shared_ptr<books::Words const>> Hub::words() const {
    auto held = hidden_->words.held();
    if (held == nullptr)
        return refuse(Code::no_books, "", "`allroads books build` compiles the words of goods");
    return held;
}

}  // namespace allroads::hub
