// The index as callers hold it: states one after another, pieces that are merged, and the file.

#include "search/find.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <tuple>

namespace allroads::search {
namespace {

constexpr std::size_t small_entries = 20'000;  // pieces of fewer are put together when one is added
constexpr std::size_t stamp_bytes_max = 1000;
constexpr std::int64_t price_max = 1'000'000'000'000;
constexpr std::int32_t lead_days_max = 3650;

// ---- what may go in ---------------------------------------------------------------------------------------

Result<void> may_hold(std::span<std::string const> keys, std::string_view field) {
    if (keys.size() > keys_max) return refuse(Code::too_long, field, "at most 20");
    for (auto const& key : keys) {
        if (key.empty()) return refuse(Code::field_missing, field, "an empty key");
        if (key.size() > key_bytes_max) return refuse(Code::too_long, field, "a key has at most 60 bytes");
        if (!is_clean(key)) return refuse(Code::bad_value, field, "not clean text");
    }
    return {};
}

Result<void> may_be(Text const& text) {
    if (text.title.size() > title_bytes_max) return refuse(Code::too_long, "title", "at most 300 bytes");
    if (text.description.size() > description_bytes_max) {
        return refuse(Code::too_long, "description", "at most 12,000 bytes");
    }
    if (!is_clean(text.title)) return refuse(Code::bad_value, "title", "not clean text");
    if (!is_clean(text.description)) return refuse(Code::bad_value, "description", "not clean text");
    if (text.language.size() > key_bytes_max) return refuse(Code::too_long, "language", "no language");
    return {};
}

Result<void> may_cost(Entry const& entry) {
    if (entry.tiers.empty()) return refuse(Code::field_missing, "tiers", "an entry has a price");
    if (entry.tiers.size() > tiers_max) return refuse(Code::too_long, "tiers", "at most 10");
    std::int64_t last = 0;
    for (auto const& tier : entry.tiers) {
        if (tier.from <= last || tier.from > UINT32_MAX) {
            return refuse(Code::bad_quantity, "tiers", "quantities ascend from above zero to 4,294,967");
        }
        if (tier.price < 0 || tier.price > price_max) {
            return refuse(Code::bad_value, "tiers", "a price is at least zero and at most 10^12 minor units");
        }
        last = tier.from;
    }
    if (entry.smallest_order <= 0 || entry.smallest_order > UINT32_MAX) {
        return refuse(Code::bad_quantity, "smallest_order", "above zero and below 4,294,967");
    }
    return {};
}

Result<void> may_enter(Entry const& entry) {
    if (entry.texts.size() > texts_max) return refuse(Code::too_long, "texts", "at most 16");
    for (std::size_t i = 0; i < entry.texts.size(); ++i) {
        if (auto good = may_be(entry.texts[i]); !good) {
            return std::unexpected(good.error().within("texts[" + std::to_string(i) + "]"));
        }
    }
    if (!entry.category.empty()) TRY_VOID(may_hold({&entry.category, 1}, "category"));
    TRY_VOID(may_hold(entry.materials, "materials"));
    TRY_VOID(may_hold(entry.certificates, "certificates"));
    TRY_VOID(may_hold(entry.proofs, "proofs"));
    TRY_VOID(may_cost(entry));
    if (entry.lead_days < 0 || entry.lead_days > lead_days_max) {
        return refuse(Code::bad_value, "lead_days", "0 to 3650");
    }
    if (entry.net_grams < 0 || entry.net_grams > UINT32_MAX) {
        return refuse(Code::bad_value, "net_grams", "0 to 4,294,967,295");
    }
    if (entry.gross_grams < 0 || entry.gross_grams > UINT32_MAX) {
        return refuse(Code::bad_value, "gross_grams", "0 to 4,294,967,295");
    }
    if (entry.shop >= shops_max) return refuse(Code::bad_value, "shop", "below 1,000,000");
    return {};
}

Result<void> may_send(std::uint32_t shop, Sending const& sending) {
    if (shop >= shops_max) return refuse(Code::bad_value, "shop", "below 1,000,000");
    if (sending.lanes.size() > lanes_max) return refuse(Code::too_long, "lanes", "at most 60");
    for (std::size_t i = 0; i < sending.lanes.size(); ++i) {
        auto const& lane = sending.lanes[i];
        auto const field = "lanes[" + std::to_string(i) + "]";
        if (lane.to.size() > country_indexes) return refuse(Code::too_long, field, "more than all countries");
        bool const is_price =
            lane.base >= 0 && lane.base <= price_max && lane.half_kilo >= 0 && lane.half_kilo <= price_max;
        if (!is_price) return refuse(Code::bad_value, field, "prices are 0 to 10^12 minor units");
        if (lane.grams_max < 0 || lane.days_min < 0 || lane.days_max < lane.days_min) {
            return refuse(Code::bad_value, field,
                          "grams and days are not below zero, nor days the wrong way");
        }
    }
    return {};
}

// ---- pieces -----------------------------------------------------------------------------------------------

// Marks those of `ids` (ascending) that stand in the piece.
void remove_from(Piece& piece, std::span<Key const> ids) {
    auto const& segment = *piece.segment;
    std::vector<std::uint32_t> found;
    if (ids.size() * 20 < segment.size()) {
        for (auto const& id : ids) {
            if (auto const number = segment.find_id(id)) found.push_back(*number);
        }
    } else {
        std::size_t at = 0;
        for (std::uint32_t i = 0; i < segment.size() && at < ids.size(); ++i) {
            while (at < ids.size() && ids[at] < segment.ids[i]) ++at;
            if (at < ids.size() && ids[at] == segment.ids[i]) found.push_back(i);
        }
    }
    std::erase_if(found, [&](std::uint32_t number) { return !piece.lives(number); });
    if (found.empty()) return;
    auto bits = piece.removed ? std::make_shared<Bits>(*piece.removed)
                              : std::make_shared<Bits>(segment.size() / 64 + 1);
    for (auto const number : found) (*bits)[number / 64] |= std::uint64_t{1} << (number % 64);
    piece.removed = std::move(bits);
    piece.removed_count += static_cast<std::uint32_t>(found.size());
}

// The numbers by which all pieces know the kinds of goods. Writers alone use it.
class Kinds {
public:
    // Of each kind of the segment; new ones come into the last block of their currency.
    std::shared_ptr<std::vector<std::uint32_t> const> of(
        Segment const& segment, std::vector<std::shared_ptr<KindBlock const>>& blocks) {
        auto numbers = std::make_shared<std::vector<std::uint32_t>>();
        std::vector<std::shared_ptr<KindBlock>> grown(blocks.size());
        for (auto const& row : segment.kinds) {
            if (row.hs == 0) {
                numbers->push_back(unpriced);
                continue;
            }
            std::vector<std::string> proofs;
            for (std::uint32_t i = 0; i < row.proofs; ++i) {
                proofs.emplace_back(segment.value(segment.kind_proofs[row.first + i]));
            }
            auto const [at, is_new] =
                numbers_.try_emplace({row.currency, row.hs, row.origin, row.from, row.unit, proofs}, 0);
            if (is_new) at->second = add(row, std::move(proofs), blocks, grown);
            numbers->push_back(at->second);
        }
        for (std::size_t i = 0; i < grown.size(); ++i) {
            if (grown[i] != nullptr) blocks[i] = grown[i];
        }
        return numbers;
    }
    [[nodiscard]] std::size_t size() const { return numbers_.size(); }

private:
    std::uint32_t add(KindRow const& row, std::vector<std::string> proofs,
                      std::vector<std::shared_ptr<KindBlock const>>& blocks,
                      std::vector<std::shared_ptr<KindBlock>>& grown) {
        auto const [last, is_new] = last_block_.try_emplace(row.currency, 0);
        auto const currency = Currency::parse({row.currency.data(), row.currency.size()});
        check(currency.has_value());
        auto block = last->second;
        if (is_new || sizes_[block] == kinds_in_block) {
            block = last->second = static_cast<std::uint32_t>(blocks.size());
            auto made = std::make_shared<KindBlock>(KindBlock{*currency, {}});
            blocks.push_back(made);
            grown.push_back(std::move(made));
            sizes_.push_back(0);
        }
        if (grown[block] == nullptr) grown[block] = std::make_shared<KindBlock>(*blocks[block]);
        grown[block]->kinds.push_back({GoodsCode::from_key(row.hs), Country::from_index(row.origin),
                                       Country::from_index(row.from), std::move(proofs),
                                       Unit::from_index(row.unit)});
        return block * kinds_in_block + sizes_[block]++;
    }
    std::map<std::tuple<std::array<char, 3>, std::uint64_t, std::uint16_t, std::uint16_t, std::uint16_t,
                        std::vector<std::string>>,
             std::uint32_t>
        numbers_;
    std::map<std::array<char, 3>, std::uint32_t> last_block_;
    std::vector<std::uint32_t> sizes_;  // of blocks
};

std::vector<Part> parts_of(std::span<Piece const> pieces) {
    std::vector<Part> parts;
    for (auto const& piece : pieces) parts.push_back({piece.segment, piece.removed});
    return parts;
}

}  // namespace

struct Index::Hidden {
    std::atomic<std::shared_ptr<State const>> state = std::make_shared<State const>();
    mutable Doors doors;
    std::mutex writing;
    std::mutex merging;      // taken before `writing`
    std::size_t frozen = 0;  // the first pieces, which a merge is reading
    Kinds kinds;

    Piece piece_of(std::shared_ptr<Segment const> segment, State& next) {
        auto numbers = kinds.of(*segment, next.blocks);
        return {std::move(segment), nullptr, 0, std::move(numbers)};
    }
    void publish(State next) { state.store(std::make_shared<State const>(std::move(next))); }
    // Puts the last pieces together while that costs little; drops those of which nothing is left.
    void tidy(State& next) {
        auto& pieces = next.pieces;
        for (std::size_t i = pieces.size(); i > frozen; --i) {
            if (pieces[i - 1].living() == 0)
                pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(i - 1));
        }
        while (pieces.size() >= frozen + 2) {
            auto const last = std::span(pieces).last(2);
            bool const is_worth = last[1].living() * std::size_t{2} >= last[0].living() &&
                                  last[0].living() + std::size_t{last[1].living()} <= small_entries;
            if (!is_worth) break;
            auto made = combined(parts_of(last), {});
            pieces.resize(pieces.size() - 2);
            pieces.push_back(piece_of(std::move(made), next));
        }
    }
    // Gives the piece it made; null where there was nothing to do.
    std::shared_ptr<Segment const> merge(std::string_view stamp, bool always);
};

std::shared_ptr<Segment const> Index::Hidden::merge(std::string_view stamp, bool always) {
    std::shared_ptr<State const> before;
    {
        std::lock_guard const lock(writing);
        before = state.load();
        bool const is_one = before->pieces.size() <= 1;
        if (is_one && !always && (before->pieces.empty() || before->pieces[0].removed == nullptr)) {
            return nullptr;
        }
        frozen = before->pieces.size();
    }
    std::shared_ptr<Segment const> made;
    try {
        made = combined(parts_of(before->pieces), stamp);
    } catch (...) {
        std::lock_guard const lock(writing);
        frozen = 0;
        throw;
    }
    std::lock_guard const lock(writing);
    auto const now = state.load();
    auto next = *now;
    next.pieces.clear();
    auto piece = piece_of(made, next);
    // What was removed meanwhile is removed from the new piece too.
    std::vector<Key> gone;
    for (std::size_t p = 0; p < frozen; ++p) {
        auto const& old = before->pieces[p];
        auto const& current = now->pieces[p];
        if (current.removed == old.removed) continue;
        for (std::uint32_t i = 0; i < old.segment->size(); ++i) {
            if (old.lives(i) && !current.lives(i)) gone.push_back(old.segment->ids[i]);
        }
    }
    std::ranges::sort(gone);
    remove_from(piece, gone);
    next.pieces.push_back(std::move(piece));
    next.pieces.insert(next.pieces.end(), now->pieces.begin() + static_cast<std::ptrdiff_t>(frozen),
                       now->pieces.end());
    frozen = 0;
    tidy(next);
    publish(std::move(next));
    return made;
}

Index::Index() : hidden_(std::make_unique<Hidden>()) {}
Index::Index(std::unique_ptr<Hidden> hidden) : hidden_(std::move(hidden)) {}
Index::Index(Index&&) noexcept = default;
Index& Index::operator=(Index&&) noexcept = default;
Index::~Index() = default;

Result<void> Index::put(std::span<Entry const> entries) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (auto good = may_enter(entries[i]); !good) {
            return std::unexpected(good.error().within("[" + std::to_string(i) + "]"));
        }
    }
    if (entries.empty()) return {};
    std::map<Key, Entry const*> by_id;
    for (auto const& entry : entries) by_id[entry.id] = &entry;
    std::vector<Key> ids;
    std::vector<Entry const*> live;
    for (auto const& [id, entry] : by_id) {
        ids.push_back(id);
        if (entry->is_live) live.push_back(entry);
    }
    auto segment = live.empty() ? nullptr : segment_of(live);
    std::lock_guard const lock(hidden_->writing);
    auto next = *hidden_->state.load();
    for (auto& piece : next.pieces) remove_from(piece, ids);
    if (segment != nullptr) next.pieces.push_back(hidden_->piece_of(std::move(segment), next));
    hidden_->tidy(next);
    hidden_->publish(std::move(next));
    return {};
}

void Index::remove(std::span<Key const> ids) {
    std::vector<Key> sorted(ids.begin(), ids.end());
    std::ranges::sort(sorted);
    std::lock_guard const lock(hidden_->writing);
    auto next = *hidden_->state.load();
    for (auto& piece : next.pieces) remove_from(piece, sorted);
    hidden_->tidy(next);
    hidden_->publish(std::move(next));
}

Result<void> Index::sending(std::span<ShopSending const> shops) {
    std::uint32_t most = 0;
    for (std::size_t i = 0; i < shops.size(); ++i) {
        if (auto good = may_send(shops[i].shop, shops[i].sending); !good) {
            return std::unexpected(good.error().within("[" + std::to_string(i) + "]"));
        }
        most = std::max(most, shops[i].shop);
    }
    if (shops.empty()) return {};
    std::lock_guard const lock(hidden_->writing);
    auto next = *hidden_->state.load();
    auto all = std::make_shared<Shops>(*next.shops);
    if (all->of.size() <= most) all->of.resize(most + std::size_t{1});
    for (auto const& one : shops) all->of[one.shop] = std::make_shared<Sending const>(one.sending);
    ++all->version;
    next.shops = std::move(all);
    hidden_->publish(std::move(next));
    return {};
}

Result<void> Index::sending(std::uint32_t shop, Sending sending) {
    ShopSending const one{shop, std::move(sending)};
    return this->sending({&one, 1});
}

Result<Answer> Index::find(Query const& query, std::shared_ptr<quote::Books const> books) const {
    return search::find(*hidden_->state.load(), hidden_->doors, query, books);
}

Result<void> Index::prepare(quote::Door const& door, std::shared_ptr<quote::Books const> books) const {
    TRY(books->market(door.to));
    auto const state = hidden_->state.load();
    auto const plans = hidden_->doors.of(door, books);
    for (std::uint32_t b = 0; b < state->blocks.size(); ++b) {
        auto const made = plans->plan(*state, b);
        if (made->refused && made->refused->code() != Code::no_exchange_rate) {
            return std::unexpected(*made->refused);
        }
    }
    return {};
}

void Index::merge() {
    std::lock_guard const lock(hidden_->merging);
    (void)hidden_->merge({}, false);
}

std::optional<std::int64_t> Index::made(Key const& id) const {
    auto const state = hidden_->state.load();
    for (auto const& piece : state->pieces) {
        auto const number = piece.segment->find_id(id);
        if (number && piece.lives(*number)) return piece.segment->made[*number];
    }
    return std::nullopt;
}

Index::Size Index::size() const {
    auto const state = hidden_->state.load();
    Size size;
    size.pieces = state->pieces.size();
    for (auto const& piece : state->pieces) {
        size.entries += piece.living();
        size.removed += piece.removed_count;
        size.terms += piece.segment->terms();
        size.bytes += piece.segment->bytes.size();
    }
    for (auto const& block : state->blocks) size.kinds += block->kinds.size();
    return size;
}

// ---- the file ---------------------------------------------------------------------------------------------

namespace {

struct Descriptor {
    explicit Descriptor(int opened) : number(opened) {}
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
    int number;
};

std::unexpected<Error> refuse_file(std::filesystem::path const& file) {
    return refuse(Code::unavailable, file.filename().string(), std::strerror(errno));
}

Result<void> write_beside(std::filesystem::path const& file, std::span<std::byte const> bytes) {
    auto beside = file;
    beside += ".new";
    {
        Descriptor const to(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (to.number < 0) return refuse_file(file);
        for (std::size_t at = 0; at < bytes.size();) {
            auto const wrote = ::write(to.number, bytes.data() + at, bytes.size() - at);
            if (wrote < 0 && errno == EINTR) continue;
            if (wrote <= 0) return refuse_file(file);
            at += static_cast<std::size_t>(wrote);
        }
        if (::fsync(to.number) != 0) return refuse_file(file);
    }
    if (::rename(beside.c_str(), file.c_str()) != 0) return refuse_file(file);
    return {};
}

}  // namespace

Result<void> Index::save(std::filesystem::path const& file, std::string_view stamp) {
    if (stamp.size() > stamp_bytes_max) return refuse(Code::too_long, "stamp", "at most 1,000 bytes");
    std::lock_guard const lock(hidden_->merging);
    // What is put while this runs belongs to changes after the stamp, and stays out of the file.
    return write_beside(file, hidden_->merge(stamp, true)->bytes);
}

Result<Index::Opened> Index::open(std::filesystem::path const& file) {
    Descriptor const from(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat about{};
    if (from.number < 0 || ::fstat(from.number, &about) != 0 || !S_ISREG(about.st_mode)) {
        return refuse(Code::not_found, file.filename().string(), "there is no saved index");
    }
    auto const size = static_cast<std::size_t>(about.st_size);
    if (size < sizeof(Header)) return refuse(Code::db_damaged, "header", "the file is cut short");
    void* const at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, from.number, 0);
    if (at == MAP_FAILED) return refuse_file(file);
    std::shared_ptr<void const> const owner(at, [size](void const* mapped) {
        ::munmap(const_cast<void*>(mapped), size);  // NOLINT: mmap gave it so
    });
    auto const segment = TRY(Segment::open({static_cast<std::byte const*>(at), size}, owner, false));
    auto hidden = std::make_unique<Hidden>();
    State next;
    next.pieces.push_back(hidden->piece_of(segment, next));
    hidden->tidy(next);
    hidden->publish(std::move(next));
    return Opened{Index(std::move(hidden)), std::string(segment->stamp)};
}

Result<Index::Opened> Index::open_bytes(std::string_view bytes) {
    auto const owner = std::make_shared<std::vector<std::uint64_t>>(bytes.size() / 8 + 1);
    if (!bytes.empty()) std::memcpy(owner->data(), bytes.data(), bytes.size());
    auto const segment =
        TRY(Segment::open({reinterpret_cast<std::byte const*>(owner->data()), bytes.size()}, owner, false));
    auto hidden = std::make_unique<Hidden>();
    State next;
    next.pieces.push_back(hidden->piece_of(segment, next));
    hidden->tidy(next);
    hidden->publish(std::move(next));
    return Opened{Index(std::move(hidden)), std::string(segment->stamp)};
}

}  // namespace allroads::search
