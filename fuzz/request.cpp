// The JSON request: whatever comes is refused with a sentence, or is priced and answered on a small edition.
// Codec is the face that the command line and the API share.

#include "books/edition.h"
#include "books/schedule_builder.h"
#include "contract/contract.h"

#include <cstddef>
#include <cstdint>

namespace {

using namespace allroads;

std::string small_edition() {
    books::Groups const groups;
    books::ScheduleBuilder builder("US", groups);
    auto& profile = builder.profile();
    profile.name = builder.pool().add("United States");
    profile.currency = currency::USD.index();
    profile.has_currency = 1;
    profile.basis = tariff::Basis::fob;
    profile.members = *builder.country_set("US DE KE");
    auto const add = [&](std::string hs, std::string kind, std::string program, std::string duty,
                         std::string conditions) {
        books::MeasureLine line;
        line.market = "US";
        line.hs = std::move(hs);
        line.kind = std::move(kind);
        line.program = std::move(program);
        line.duty = std::move(duty);
        line.conditions = std::move(conditions);
        line.confidence = "official";
        check(builder.add(line, {}, {}).has_value());
    };
    add("4602", "third-country", "", "4.5% + 12 USD / kg", "");
    add("4602", "preference", "AGOA", "Free", "proof=AGOA");
    add("", "surcharge", "S122", "10%", "fact.new=true");
    add("", "fee", "MPF", "0.3464% MIN 33.58 USD MAX 651.50 USD", "value>2500EUR");
    add("", "vat", "", "16%", "base=customs-value+duty+costs-after");
    books::Segment segment;
    segment.entry.kind = books::SegmentKind::market;
    segment.entry.code = {'U', 'S'};
    segment.entry.rank = 1;
    segment.entry.members = builder.set(builder.profile().members);
    segment.bytes = builder.finish();
    return books::edition_bytes({segment}, "fuzz");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static auto const bytes = small_edition();
    static auto const edition = *books::open_bytes(bytes);
    static contract::Codec codec;
    static quote::Quote quote;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    std::string out;
    auto const request = codec.request(text, *Day::of(2026, 3, 15));
    if (!request) {
        contract::append_refusal(out, codec.last_id(), request.error());
        return 0;
    }
    quote::price(*request, *edition, quote);
    contract::append_answer(out, *request, quote);
    check(out.find('\n') == std::string::npos);
    return 0;
}
