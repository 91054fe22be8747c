#include "books/conditions.h"
#include "books/freight_sheet.h"
#include "books/pack.h"
#include "tariff/tariff.h"

#include <fcntl.h>
#include <stdio.h>
#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

namespace allroads::books {

namespace {

constexpr std::size_t field_bytes_max = 1U << 16;
constexpr std::size_t duty_memory_max = 1U << 16;
constexpr std::size_t buffer_bytes = 1U << 18;

Result<void> check_countries(std::string_view names, std::string_view column) {
    while (!(names = trim(names)).empty()) {
        auto const name = names.substr(0, names.find(' '));
        names.remove_prefix(name.size());
        if (Country::parse(name)) continue;
        // Which groups there are is known only when all packs are built together; here only the form is
        // looked at.
        bool const is_group =
            name.size() > 2 && name.size() <= 40 &&
            name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == std::string_view::npos;
        if (!is_group) {
            return refuse(Code::bad_country, column,
                          excerpt(name) + " is neither a country nor the name of a group");
        }
    }
    return {};
}

Result<void> check_day(std::string_view text, std::string_view column) {
    if (text.empty()) return {};
    if (auto const day = Day::parse(text); !day) return refuse(Code::bad_date, column, day.error().detail());
    return {};
}

Result<void> check_condition(std::string_view part) {
    TRY_VOID(parse_condition(part));
    return {};
}

Result<void> check_stack(std::string_view part) {
    bool const known = part.starts_with("excludes=") || part.starts_with("replaces=");
    if (!known || part.size() == 9) {
        return refuse(Code::bad_value, "stack",
                      excerpt(part) + ": expected excludes=PROGRAM or replaces=PROGRAM");
    }
    return {};
}

// Calls `each` for the parts of a list that semicolons separate; at most `count_max` of them.
template <class Each>
Result<void> check_parts(std::string_view text, std::string_view column, std::size_t count_max, Each each) {
    std::size_t count = 0;
    while (auto const part = next_part(text)) {
        if (++count > count_max) {
            return refuse(Code::too_long, column, "has more than " + std::to_string(count_max) + " parts");
        }
        TRY_VOID(each(*part));
    }
    return {};
}

Result<void> check_text(std::string_view text, std::string_view column) {
    if (text.size() > field_bytes_max) return refuse(Code::too_long, column, "is longer than 64 KiB");
    if (!is_clean(text)) return refuse(Code::bad_value, column, excerpt(text) + " is not clean UTF-8 text");
    return {};
}

// One record a line: the tables are read line by line, so a line end within a text becomes a space.
void append_field(std::string& out, std::string_view field) {
    if (field.find_first_of("\r\n\t") == std::string_view::npos) return append_csv(out, field);
    std::string flat(field);
    std::ranges::replace_if(flat, [](char c) { return c == '\r' || c == '\n' || c == '\t'; }, ' ');
    append_csv(out, flat);
}

void append_record(std::string& out, std::initializer_list<std::string_view> fields) {
    bool first = true;
    for (auto const field : fields) {
        if (!first) out.push_back(',');
        first = false;
        append_field(out, field);
    }
    out.push_back('\n');
}

// One table of the pack, made when its first line comes.
class Table {
public:
    Table(std::string_view name, std::string_view header) : name_(name), header_(header) {}
    std::string& buffer() { return buffer_; }
    // After a record was appended to the buffer.
    void written(std::filesystem::path const& folder) {
        if (buffer_.size() >= buffer_bytes) flush(folder);
    }
    void flush(std::filesystem::path const& folder) {
        if (buffer_.empty()) return;
        if (!out_.is_open()) {
            out_.open(folder / name_, std::ios::binary | std::ios::trunc);
            out_ << header_ << '\n';
        }
        out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
        buffer_.clear();
    }
    [[nodiscard]] bool close() {
        if (!out_.is_open()) return true;
        out_.close();
        return !out_.fail();
    }

private:
    std::string_view name_;
    std::string_view header_;
    std::string buffer_;
    std::ofstream out_;
};

std::string toml_text(std::string_view text) {
    std::string quoted = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\') quoted.push_back('\\');
        quoted.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c);
    }
    return quoted + "\"";
}

}  // namespace

Result<void> check_measure(MeasureLine const& line) {
    if (line.market.empty()) return refuse(Code::field_missing, "market", "is empty");
    if (!line.hs.empty()) {
        if (auto const code = GoodsCode::parse(line.hs); !code) {
            return refuse(Code::bad_code, "hs", code.error().detail());
        }
    }
    if (auto const kind = tariff::parse_kind(line.kind); !kind) {
        return refuse(Code::bad_value, "kind", kind.error().detail());
    }
    if (auto const confidence = tariff::parse_confidence(line.confidence); !confidence) {
        return refuse(Code::bad_value, "confidence", confidence.error().detail());
    }
    TRY_VOID(check_countries(line.origins, "origins"));
    TRY_VOID(check_countries(line.excluded, "excluded"));
    TRY_VOID(check_day(line.valid_from, "valid_from"));
    TRY_VOID(check_day(line.valid_to, "valid_to"));
    TRY_VOID(check_day(line.known_from, "known_from"));
    TRY_VOID(check_day(line.checked_on, "checked_on"));
    // ISO days compare as text.
    if (!line.valid_from.empty() && !line.valid_to.empty() && line.valid_to < line.valid_from) {
        return refuse(Code::bad_date, "valid_to", line.valid_to + " is before valid_from " + line.valid_from);
    }
    TRY_VOID(check_parts(line.conditions, "conditions", 16, check_condition));
    TRY_VOID(check_parts(line.stack, "stack", 32, check_stack));
    for (auto const& [text, column] : {std::pair<std::string_view, std::string_view>{line.market, "market"},
                                       {line.program, "program"},
                                       {line.duty, "duty"},
                                       {line.legal, "legal"},
                                       {line.title, "title"},
                                       {line.conditions, "conditions"},
                                       {line.url, "url"}}) {
        TRY_VOID(check_text(text, column));
    }
    if (trim(line.duty).empty()) return refuse(Code::field_missing, "duty", "is empty");
    return {};
}

std::string plain_text(tariff::DutyText const& duty) {
    std::string as_written(duty.text());
    if (tariff::DutyText::parse(as_written, tariff::Dialect::plain) == duty) return as_written;
    return duty.is_readable() ? tariff::print(duty.view()) : as_written;
}

struct PackWriter::Files {
    std::filesystem::path folder;  // the pack's final place
    std::filesystem::path beside;  // where it is written
    bool dry_run = false;
    bool committed = false;
    std::array<Table, 7> tables = {
        Table("measures.csv", measures_header),
        Table("lines.csv", "market,hs,text,unit,declarable,group"),
        Table("fx.csv", "base,currency,day,units"),
        Table("agricultural.csv", "market,code,component,amount,currency,valid_from,valid_to"),
        Table("quotas.csv", "market,order,volume,balance,unit,state,as_of,valid_from,valid_to,legal,url"),
        Table("freight.csv", "# Rate tables; what each line means stands in docs/freight.md"),
        Table("phrases.csv", "hs,language,text")};
    std::unordered_map<std::string, bool> readable;  // duty texts already judged

    void put(std::size_t table, std::initializer_list<std::string_view> fields) {
        if (dry_run) return;
        append_record(tables[table].buffer(), fields);
        tables[table].written(beside);
    }
    // Most duties of a tariff are a few hundred texts over and over.
    [[nodiscard]] bool is_readable(std::string const& duty) {
        if (auto const known = readable.find(duty); known != readable.end()) return known->second;
        if (readable.size() >= duty_memory_max) readable.clear();
        bool const yes = tariff::DutyText::parse(duty, tariff::Dialect::plain).is_readable();
        readable.emplace(duty, yes);
        return yes;
    }
    ~Files() {
        std::error_code ignored;
        if (!dry_run && !committed && !beside.empty()) std::filesystem::remove_all(beside, ignored);
    }
};

PackWriter::PackWriter() : files_(std::make_unique<Files>()) {}
PackWriter::PackWriter(PackWriter&&) noexcept = default;
PackWriter& PackWriter::operator=(PackWriter&&) noexcept = default;
PackWriter::~PackWriter() = default;

Result<PackWriter> PackWriter::create(std::filesystem::path folder, bool dry_run) {
    PackWriter made;
    auto& files = *made.files_;
    files.dry_run = dry_run;
    files.folder = std::move(folder);
    made.report_.pack = files.folder.filename().string();
    if (dry_run) return made;
    // Without pack.toml it is not a pack yet, so a build that runs meanwhile does not see it.
    auto const beside = files.folder.parent_path() / ("." + files.folder.filename().string() + ".importing");
    std::error_code failed;
    std::filesystem::remove_all(beside, failed);
    std::filesystem::create_directories(beside, failed);
    if (failed) return allroads::refuse(Code::unavailable, "data", "cannot create " + beside.string());
    files.beside = beside;
    return made;
}

void PackWriter::refuse(std::uint64_t record, std::string reason) {
    ++report_.refused_count;
    if (report_.refused.size() < ImportReport::refused_max)
        report_.refused.push_back({record, std::move(reason)});
}

void PackWriter::measure(MeasureLine const& line, std::uint64_t record) {
    if (auto const fine = check_measure(line); !fine) return refuse(record, fine.error().sentence());
    ++report_.measures;
    if (!files_->is_readable(line.duty)) ++report_.unreadable;
    if (line.kind == "third-country" && line.program.empty()) {
        if (auto const code = GoodsCode::parse(line.hs)) traits_.base_duty(*code, line.duty);
    }
    files_->put(0, {line.market, line.hs, line.kind, line.program, line.origins, line.excluded, line.duty,
                    line.valid_from, line.valid_to, line.known_from, line.conditions, line.stack, line.legal,
                    line.title, line.url, line.checked_on, line.confidence});
}

void PackWriter::line(NomenclatureLine const& line, std::uint64_t record) {
    auto const code = GoodsCode::parse(line.hs);
    if (!code) return refuse(record, code.error().within("hs").sentence());
    for (auto const* text : {&line.market, &line.text, &line.unit}) {
        if (auto const fine = check_text(*text, "text"); !fine)
            return refuse(record, fine.error().sentence());
    }
    ++report_.lines;
    traits_.line(*code, line.text);
    files_->put(1, {line.market, line.hs, line.text, line.unit, line.declarable ? "1" : "0", line.group});
}

void PackWriter::phrase(PhraseLine const& line, std::uint64_t record) {
    if (trim(line.text).empty()) return refuse(record, "text: no words");
    if (line.text.size() > phrase_bytes_max)
        return refuse(record, "text: " + excerpt(line.text) + " is no phrase");
    if (auto const code = GoodsCode::parse(line.hs); !code)
        return refuse(record, code.error().within("hs").sentence());
    ++report_.phrases;
    files_->put(6, {line.hs, line.language, line.text});
}

void PackWriter::fx(FxLine const& line, std::uint64_t record) {
    for (auto const* currency : {&line.base, &line.currency}) {
        if (auto const known = Currency::parse(*currency); !known)
            return refuse(record, known.error().sentence());
    }
    if (auto const day = Day::parse(line.day); !day)
        return refuse(record, day.error().within("day").sentence());
    auto const units = Decimal::parse(line.units);
    if (!units) return refuse(record, units.error().within("units").sentence());
    if (units->is_zero() || units->is_negative()) return refuse(record, "units: a rate must be above zero");
    ++report_.rates;
    files_->put(2, {line.base, line.currency, line.day, line.units});
}

void PackWriter::quota(QuotaLine const& line, std::uint64_t record) {
    for (auto const* number : {&line.volume, &line.balance}) {
        if (number->empty()) continue;
        if (auto const amount = Decimal::parse(*number); !amount || amount->is_negative())
            return refuse(record, "quota " + excerpt(line.order) + ": " + excerpt(*number) + " is no amount");
    }
    if (auto const unit = Unit::parse(line.unit); !unit) return refuse(record, unit.error().sentence());
    if (auto const state = tariff::parse_quota_state(line.state); !state)
        return refuse(record, state.error().sentence());
    for (auto const* day : {&line.as_of, &line.valid_from, &line.valid_to}) {
        if (auto const fine = check_day(*day, "quota"); !fine) return refuse(record, fine.error().sentence());
    }
    for (auto const* text : {&line.market, &line.order, &line.legal, &line.url}) {
        if (auto const fine = check_text(*text, "quota"); !fine)
            return refuse(record, fine.error().sentence());
    }
    files_->put(4, {line.market, line.order, line.volume, line.balance, line.unit, line.state, line.as_of,
                    line.valid_from, line.valid_to, line.legal, line.url});
}

void PackWriter::agricultural(AgriculturalLine const& line, std::uint64_t record) {
    if (auto const amount = Decimal::parse(line.amount); !amount) {
        return refuse(record, amount.error().within("amount").sentence());
    }
    if (auto const known = Currency::parse(line.currency); !known)
        return refuse(record, known.error().sentence());
    for (auto const* day : {&line.valid_from, &line.valid_to}) {
        if (auto const fine = check_day(*day, "valid"); !fine) return refuse(record, fine.error().sentence());
    }
    files_->put(3, {line.market, line.code, line.component, line.amount, line.currency, line.valid_from,
                    line.valid_to});
}

void PackWriter::freight(FreightSheet const& sheet) {
    ++report_.freight_tables;
    report_.freight_prices += sheet.price_count();
    if (files_->dry_run) return;
    append_sheet(files_->tables[5].buffer(), sheet);
    files_->tables[5].written(files_->beside);
}

std::string PackWriter::value(std::string const& key) const {
    auto const found = keys_.find(key);
    return found == keys_.end() ? std::string() : found->second;
}

Result<void> PackWriter::commit(std::filesystem::path const& folder) {
    files_->folder = folder;
    return commit();
}

Result<void> PackWriter::commit() {
    auto& files = *files_;
    if (files.dry_run) return {};
    auto const failure = [&] {
        return allroads::refuse(Code::unavailable, "data", "cannot write " + files.folder.string());
    };
    for (auto& table : files.tables) {
        table.flush(files.beside);
        if (!table.close()) return failure();
    }
    {
        std::ofstream out(files.beside / "pack.toml", std::ios::binary | std::ios::trunc);
        out << "[pack]\n";
        for (auto const& [key, value] : keys_) {
            bool const is_flag = value == "true" || value == "false";
            out << key << " = " << (is_flag ? value : toml_text(value)) << '\n';
        }
        out << "records = " << report_.records << "\nmeasures = " << report_.measures
            << "\nlines = " << report_.lines << "\nrates = " << report_.rates
            << "\nfreight = " << report_.freight_tables << "\nrefused = " << report_.refused_count << '\n';
        out.close();
        if (out.fail()) return failure();
    }
    std::error_code failed;
    if (std::filesystem::exists(files.folder, failed)) {
        // Both names change at once: nobody ever finds the pack missing.
        if (renameat2(AT_FDCWD, files.beside.c_str(), AT_FDCWD, files.folder.c_str(), RENAME_EXCHANGE) != 0) {
            return failure();
        }
        files.committed = true;
        std::filesystem::remove_all(files.beside, failed);
        return {};
    }
    std::filesystem::rename(files.beside, files.folder, failed);
    if (failed) return failure();
    files.committed = true;
    return {};
}

}  // namespace allroads::books
