#pragma once
// Statements for many rows at a time: the same few texts, so that they stay prepared.

#include "db/db.h"

#include <array>
#include <string>

namespace allroads::ledger {

// `before`, then `row` once for each of 64, 16, 4 or 1 rows with `between` between them, then `after`.
class Chunked {
public:
    Chunked(std::string_view before, std::string_view row, std::string_view after = "",
            std::string_view between = ", ") {
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            texts_.at(i) = before;
            for (std::size_t n = 0; n < sizes.at(i); ++n) {
                if (n > 0) texts_.at(i) += between;
                texts_.at(i) += row;
            }
            texts_.at(i) += after;
        }
    }
    // Calls run(text, first row, rows) until all rows were there.
    template <class Run>
    [[nodiscard]] Result<void> each(std::size_t rows, Run const& run) const {
        std::size_t done = 0;
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            for (; rows - done >= sizes.at(i); done += sizes.at(i)) {
                TRY_VOID(run(std::string_view(texts_.at(i)), done, sizes.at(i)));
            }
        }
        return {};
    }

private:
    static constexpr std::array<std::size_t, 4> sizes{64, 16, 4, 1};
    std::array<std::string, 4> texts_;
};

// Arguments of many rows, one after the other, written as few statements.
class RowsToWrite {
public:
    explicit RowsToWrite(std::size_t columns) : columns_(columns) {}
    template <class... Args>
    void add(Args const&... args) {
        check(sizeof...(Args) == columns_);
        (args_.emplace_back(args), ...);
    }
    void reserve(std::size_t rows) { args_.reserve(rows * columns_); }
    [[nodiscard]] Result<void> write(db::Write& write, Chunked const& texts) const {
        return texts.each(args_.size() / columns_,
                          [&](std::string_view text, std::size_t from, std::size_t count) -> Result<void> {
                              auto const args = std::span(args_).subspan(from * columns_, count * columns_);
                              return write.put_all(text, args);
                          });
    }

private:
    std::size_t columns_;
    std::vector<db::Arg> args_;
};

}  // namespace allroads::ledger
