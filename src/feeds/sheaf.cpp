#include "feeds/reading.h"

namespace allroads::feeds {

void Sheaf::columns(std::shared_ptr<std::vector<std::string> const> const& columns) {
    if (seen_.contains(columns.get())) return;
    std::vector<std::size_t> ids;
    std::size_t after = 0;  // where the next unknown one goes
    std::unordered_map<std::string_view, int> met;
    for (std::string const& name : *columns) {
        // Of two columns with one name each keeps its own cells.
        int const times = met[name]++;
        std::string const key = times == 0 ? name : name + '\x01' + std::to_string(times);
        auto const [found, is_new] = places_.try_emplace(key, names_.size());
        if (is_new) {
            names_.push_back(name);
            order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(after), found->second);
            ++after;
        } else {
            auto const place = std::ranges::find(order_, found->second);
            after = static_cast<std::size_t>(place - order_.begin()) + 1;
        }
        ids.push_back(found->second);
    }
    held_.push_back(columns);
    seen_.emplace(columns.get(), std::move(ids));
}

void Sheaf::column(std::string_view name) {
    auto const [found, is_new] = places_.try_emplace(std::string(name), names_.size());
    if (!is_new) return;
    names_.emplace_back(name);
    order_.push_back(found->second);
}

void Sheaf::add(KeptRow const& row) {
    columns(row.columns);
    auto const& ids = seen_.find(row.columns.get())->second;
    auto& cells = rows_.emplace_back();
    for (std::size_t at = 0; at < row.cells.size() && at < ids.size(); ++at)
        if (!row.cells[at].empty()) cells.emplace_back(ids[at], row.cells[at]);
}

void Sheaf::set(std::string_view column, std::string text) {
    auto found = places_.find(std::string(column));
    if (found == places_.end()) {
        if (text.empty()) return;
        this->column(column);
        found = places_.find(std::string(column));
    }
    for (auto& [id, cell] : rows_.back())
        if (id == found->second) {
            cell = std::move(text);
            return;
        }
    if (!text.empty()) rows_.back().emplace_back(found->second, std::move(text));
}

std::string_view Sheaf::get(std::string_view column) const {
    auto const found = places_.find(std::string(column));
    if (found == places_.end()) return {};
    for (auto const& [id, cell] : rows_.back())
        if (id == found->second) return cell;
    return {};
}

Grid Sheaf::grid() const {
    Grid out;
    std::vector<std::size_t> place(names_.size());
    for (std::size_t at = 0; at < order_.size(); ++at) {
        place[order_[at]] = at;
        out.columns.push_back(names_[order_[at]]);
    }
    for (auto const& cells : rows_) {
        auto& row = out.rows.emplace_back(names_.size());
        for (auto const& [id, text] : cells) row[place[id]] = text;
    }
    return out;
}

// ---- what was written -------------------------------------------------------------------------------------

bool has_changed(Outgoing const& outgoing, Field field) {
    if (outgoing.aside == nullptr || !outgoing.aside->as_read) return true;
    return !is_same(*outgoing.product, *outgoing.aside->as_read, field);
}

void report_row(Written& written, std::size_t place, std::string_view column, std::string_view code,
                std::string message) {
    if (written.report.size() >= findings_max) return;
    written.report.push_back({Severity::warning, 0, static_cast<std::uint32_t>(place + 1),
                              std::string(column), code, std::move(message)});
}

void report_left_out(Written& written, std::size_t place, Outgoing const& outgoing,
                     std::span<Field const> known, Defaults const& defaults) {
    bool const is_fresh = outgoing.aside == nullptr || !outgoing.aside->as_read;
    shop::Product const empty{.texts = {},
                              .tiers = {},
                              .unit = defaults.unit,
                              .supply = shop::Supply::unlimited,
                              .origin = defaults.country,
                              .ships_from = defaults.country};
    shop::Product const& before = is_fresh ? empty : *outgoing.aside->as_read;
    std::string names;
    for (std::size_t at = 0; at < field_count; ++at) {
        auto const field = static_cast<Field>(at);
        if (std::ranges::find(known, field) != known.end() || is_same(*outgoing.product, before, field))
            continue;
        names += (names.empty() ? "" : ", ") + std::string(text_of(field));
    }
    if (outgoing.product->tiers.size() > 1)
        names += (names.empty() ? "" : ", ") + std::string("further prices");
    if (!names.empty())
        report_row(written, place, "", "field-left-out", "this kind of file has no column for: " + names);
}

}  // namespace allroads::feeds
