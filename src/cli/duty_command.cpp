#include "cli/cli.h"
#include "tariff/tariff.h"

#include <fmt/format.h>
#include <cstdio>
#include <fstream>
#include <iostream>

namespace allroads::cli {

namespace {

struct Reading {
    bool readable = true;
    bool returns = true;  // printed and read again it is the same
    std::string printed;
};

Reading read_one(tariff::DutyText const& duty) {
    Reading reading;
    reading.readable = duty.is_readable();
    reading.printed = print(duty.view());
    reading.returns =
        !reading.readable || tariff::DutyText::parse(reading.printed, tariff::Dialect::plain) == duty;
    return reading;
}

Result<Reading> read(std::string const& dialect, std::string const& text) {
    using tariff::Dialect;
    if (dialect == "plain") return read_one(tariff::DutyText::parse(text, Dialect::plain));
    if (dialect == "european") return read_one(tariff::DutyText::parse(text, Dialect::european));
    if (dialect == "american") return read_one(tariff::DutyText::parse(text, Dialect::american));
    if (dialect != "special" && dialect != "australian") {
        return refuse(Code::bad_value, "dialect",
                      excerpt(dialect) +
                          " is not plain, european, american, special or "
                          "australian");
    }
    Reading all;
    for (auto const& entry :
         dialect == "special" ? tariff::parse_special(text) : tariff::parse_australian(text)) {
        auto const one = read_one(entry.duty);
        all.readable = all.readable && one.readable;
        all.returns = all.returns && one.returns;
        all.printed += (all.printed.empty() ? "" : " | ") + one.printed + " (";
        for (std::size_t i = 0; i < entry.programs.size(); ++i)
            all.printed += (i == 0 ? "" : ",") + entry.programs[i];
        all.printed += ")";
    }
    return all;
}

Result<void> read_all(std::string const& dialect, std::istream& in, bool summary) {
    std::uint64_t texts = 0;
    std::uint64_t readable = 0;
    std::string text;
    while (std::getline(in, text)) {
        if (trim(text).empty()) continue;
        auto const reading = TRY(read(dialect, text));
        ++texts;
        readable += reading.readable ? 1 : 0;
        if (!reading.returns)
            return refuse(Code::bad_value, "text", "read differently when printed: " + excerpt(text));
        if (!summary || !reading.readable) {
            std::fputs(
                fmt::format("{}\t{}\t{}\n", reading.readable ? "read" : "unreadable", text, reading.printed)
                    .c_str(),
                stdout);
        }
    }
    std::fputs(fmt::format("{} of {} texts were read\n", readable, texts).c_str(), stdout);
    return {};
}

}  // namespace

int duty_texts(std::string const& dialect, std::string const& file, bool summary) {
    std::ifstream opened;
    if (file != "-") opened.open(file);
    if (file != "-" && !opened) return tell(Error(Code::not_found, "file", "there is no file " + file));
    auto const done = read_all(dialect, file == "-" ? std::cin : opened, summary);
    return done ? 0 : tell(done.error());
}

}  // namespace allroads::cli
