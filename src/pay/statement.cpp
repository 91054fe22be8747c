// Bank statements: camt.053 of ISO 20022 (Bank to Customer Statement), versions 001.02 to 001.13, read as a
// stream. Over the versions a party's name went one level down (Dbtr/Nm, since 08 Dbtr/Pty/Nm), the status
// got a code (Sts, since 07 Sts/Cd) and a detail its own amount (AmtDtls/TxAmt/Amt, since 03 also Amt).
#include "pay/hidden.h"

#include <libxml/xmlreader.h>
#include <algorithm>
#include <array>
#include <map>
#include <memory>

namespace allroads::pay {
namespace {

constexpr int depth_max = 32;
constexpr std::size_t text_bytes_max = 16U << 10;  // of one field; the schema has at most 500 characters
constexpr std::size_t words_bytes_max = 2000;      // of the free text of one payment
constexpr std::string_view name_space = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.";

// Path below its owner → text.
using Fields = std::map<std::string, std::string, std::less<>>;

std::string const& field(Fields const& fields, std::string_view path) {
    static std::string const none;
    auto const found = fields.find(path);
    return found == fields.end() ? none : found->second;
}
std::string const& first_of(Fields const& fields, std::initializer_list<std::string_view> paths) {
    for (auto const path : paths)
        if (auto const& text = field(fields, path); !text.empty()) return text;
    return field(fields, "");
}

// What is kept of a statement, of an entry, of a detail. Elements that may stand several times are joined.
constexpr std::array<std::string_view, 5> of_statement{"Id", "Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Ccy",
                                                       "CreDtTm"};
constexpr std::array<std::string_view, 4> of_balance{"Tp/CdOrPrtry/Cd", "Amt", "Amt@Ccy", "CdtDbtInd"};
constexpr std::array<std::string_view, 11> of_entry{"Amt",
                                                    "Amt@Ccy",
                                                    "CdtDbtInd",
                                                    "RvslInd",
                                                    "Sts",
                                                    "Sts/Cd",
                                                    "BookgDt/Dt",
                                                    "BookgDt/DtTm",
                                                    "AcctSvcrRef",
                                                    "AddtlNtryInf",
                                                    "BkTxCd/Domn/Fmly/SubFmlyCd"};
constexpr std::array<std::string_view, 27> of_detail{"Refs/AcctSvcrRef",
                                                     "Refs/EndToEndId",
                                                     "Refs/TxId",
                                                     "Refs/UETR",
                                                     "Amt",
                                                     "Amt@Ccy",
                                                     "CdtDbtInd",
                                                     "AmtDtls/TxAmt/Amt",
                                                     "AmtDtls/TxAmt/Amt@Ccy",
                                                     "RltdPties/Dbtr/Nm",
                                                     "RltdPties/Dbtr/Pty/Nm",
                                                     "RltdPties/Cdtr/Nm",
                                                     "RltdPties/Cdtr/Pty/Nm",
                                                     "RltdPties/DbtrAcct/Id/IBAN",
                                                     "RltdPties/DbtrAcct/Id/Othr/Id",
                                                     "RltdPties/CdtrAcct/Id/IBAN",
                                                     "RltdPties/CdtrAcct/Id/Othr/Id",
                                                     "RmtInf/Ustrd",
                                                     "RmtInf/Strd/CdtrRefInf/Ref",
                                                     "RmtInf/Strd/AddtlRmtInf",
                                                     "RtrInf/Rsn/Cd",
                                                     "RtrInf/Rsn/Prtry",
                                                     "BkTxCd/Domn/Fmly/SubFmlyCd",
                                                     "AddtlTxInf",
                                                     "RltdPties/UltmtDbtr/Nm",
                                                     "RltdPties/UltmtDbtr/Pty/Nm",
                                                     "Refs/InstrId"};
constexpr std::array<std::string_view, 3> repeated{"RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref",
                                                   "RmtInf/Strd/AddtlRmtInf"};
// Returned, rejected or recalled transfers by their code (ISO 20022 external code sets, bank transaction
// codes).
constexpr std::array<std::string_view, 3> return_codes{"RRTN", "RPCR", "ARTN"};

bool is_among(std::span<std::string_view const> all, std::string_view one) {
    return std::ranges::find(all, one) != all.end();
}

// The places banks write where they have nothing to say.
std::string told(std::string const& id) {
    return id == "NOTPROVIDED" || id == "NONREF" || id == "NOTAVAILABLE" ? std::string() : id;
}

Result<Money> amount_in(Fields const& fields, std::string const& path) {
    auto const currency = Currency::parse(field(fields, path + "@Ccy"));
    if (!currency) return refuse(Code::bad_currency, path, "expected an amount with its currency");
    auto const number = Decimal::parse(trim(field(fields, path)));
    if (!number) return std::unexpected(number.error().within(path));
    if (number->is_negative()) return refuse(Code::bad_value, path, "an amount has no sign of its own");
    return Money::exact(*number, *currency);
}

// True: credit.
Result<bool> direction(Fields const& fields) {
    auto const& way = field(fields, "CdtDbtInd");
    if (way != "CRDT" && way != "DBIT") return refuse(Code::bad_value, "CdtDbtInd", "expected CRDT or DBIT");
    return way == "CRDT";
}

Result<Day> day_in(Fields const& fields) {
    auto const& text = first_of(fields, {"BookgDt/Dt", "BookgDt/DtTm"});
    // A date may carry an offset: the day is as the bank's calendar has it.
    return Day::parse(std::string_view(text).substr(0, std::min<std::size_t>(10, text.size())));
}

BookingDetail detail_of(Fields const& fields, Money const& whole, bool is_credit) {
    BookingDetail one;
    for (auto const* path : {"Amt", "AmtDtls/TxAmt/Amt"}) {
        if (one.amount || field(fields, path).empty()) continue;
        auto const amount = amount_in(fields, path);
        if (amount && amount->currency() == whole.currency()) one.amount = *amount;
    }
    // A detail that goes the other way cannot be summed: without an amount the whole is in doubt.
    auto const& way = field(fields, "CdtDbtInd");
    if (!way.empty() && way != (is_credit ? "CRDT" : "DBIT")) one.amount.reset();
    one.bank_reference = told(field(fields, "Refs/AcctSvcrRef"));
    one.end_to_end = told(field(fields, "Refs/EndToEndId"));
    one.transaction = told(first_of(fields, {"Refs/UETR", "Refs/TxId", "Refs/InstrId"}));
    one.payer = is_credit ? first_of(fields, {"RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm",
                                              "RltdPties/UltmtDbtr/Nm", "RltdPties/UltmtDbtr/Pty/Nm"})
                          : first_of(fields, {"RltdPties/Cdtr/Nm", "RltdPties/Cdtr/Pty/Nm"});
    one.payer_account =
        is_credit ? first_of(fields, {"RltdPties/DbtrAcct/Id/IBAN", "RltdPties/DbtrAcct/Id/Othr/Id"})
                  : first_of(fields, {"RltdPties/CdtrAcct/Id/IBAN", "RltdPties/CdtrAcct/Id/Othr/Id"});
    one.structured = field(fields, "RmtInf/Strd/CdtrRefInf/Ref");
    one.unstructured = field(fields, "RmtInf/Ustrd");
    for (auto const* path : {"RmtInf/Strd/AddtlRmtInf", "AddtlTxInf"}) {
        if (field(fields, path).empty()) continue;
        if (!one.unstructured.empty()) one.unstructured += "\n";
        one.unstructured += field(fields, path);
    }
    one.is_return = !first_of(fields, {"RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"}).empty() ||
                    is_among(return_codes, field(fields, "BkTxCd/Domn/Fmly/SubFmlyCd"));
    return one;
}

// ---- the stream -------------------------------------------------------------------------------------------

class StatementReader {
public:
    explicit StatementReader(StatementLimits const& limits) : limits_(limits) {}

    Result<std::vector<Statement>> read(std::string_view xml) {
        if (xml.size() > limits_.bytes)
            return refuse(Code::too_long, "statement",
                          "expected at most " + std::to_string(limits_.bytes) + " bytes");
        std::unique_ptr<xmlTextReader, void (*)(xmlTextReaderPtr)> const reader(
            xmlReaderForMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr,
                               XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
            xmlFreeTextReader);
        if (!reader) return refuse(Code::bad_file, "statement", "the file cannot be read");
        int more = 0;
        while ((more = xmlTextReaderRead(reader.get())) == 1) {
            if (auto const done = node(*reader); !done) {
                // Of the element, not of what the parser has read ahead.
                auto const line =
                    "statement, line " + std::to_string(xmlGetLineNo(xmlTextReaderCurrentNode(reader.get())));
                return std::unexpected(done.error().within(line));
            }
        }
        if (more != 0)
            return refuse(Code::bad_file, "statement, line " + std::to_string(line_of(*reader)),
                          "the XML is not well-formed");
        if (all_.empty()) return refuse(Code::bad_file, "statement", "there is no statement in the file");
        return std::move(all_);
    }

private:
    static int line_of(xmlTextReader& reader) { return xmlTextReaderGetParserLineNumber(&reader); }
    static std::string_view view(xmlChar const* text) {
        return text == nullptr ? std::string_view()
                               : static_cast<char const*>(static_cast<void const*>(text));
    }

    Result<void> node(xmlTextReader& reader) {
        switch (xmlTextReaderNodeType(&reader)) {
            case XML_READER_TYPE_ELEMENT: return element(reader);
            case XML_READER_TYPE_END_ELEMENT: return end();
            case XML_READER_TYPE_TEXT:
            case XML_READER_TYPE_CDATA:
            case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
                if (text_.size() + view(xmlTextReaderConstValue(&reader)).size() > text_bytes_max)
                    return refuse(Code::too_long, where(), "a field is longer than the limit");
                text_ += view(xmlTextReaderConstValue(&reader));
                return {};
            case XML_READER_TYPE_DOCUMENT_TYPE:
            case XML_READER_TYPE_ENTITY:
            case XML_READER_TYPE_ENTITY_REFERENCE:
                return refuse(Code::bad_file, "",
                              "a document type or an entity, which a statement does not need");
            default: return {};
        }
    }

    Result<void> element(xmlTextReader& reader) {
        bool const is_empty = xmlTextReaderIsEmptyElement(&reader) == 1;
        auto const space = view(xmlTextReaderConstNamespaceUri(&reader));
        std::string name(view(xmlTextReaderConstLocalName(&reader)));
        if (path_.empty()) TRY_VOID(root(name, space));
        if (static_cast<int>(path_.size()) >= depth_max) return refuse(Code::bad_file, "", "nested too deep");
        if (space != space_) name = "?";  // of another vocabulary: nothing of ours
        path_.push_back(std::move(name));
        text_.clear();
        TRY_VOID(begin());
        std::unique_ptr<xmlChar, void (*)(void*)> const unit(
            xmlTextReaderGetAttribute(&reader, static_cast<xmlChar const*>(static_cast<void const*>("Ccy"))),
            xmlFree);
        if (unit) TRY_VOID(keep("@Ccy", view(unit.get())));
        return is_empty ? end() : Result<void>();
    }

    Result<void> root(std::string_view name, std::string_view space) {
        bool const is_ours =
            name == "Document" && space.starts_with(name_space) && space.size() == name_space.size() + 2;
        auto const version = is_ours ? space.substr(name_space.size()) : std::string_view();
        if (!is_ours || version < "02" || version > "13")
            return refuse(Code::bad_file, "",
                          "expected a statement, camt.053.001.02 to .13, found " +
                              excerpt(space.empty() ? name : space, 80));
        space_ = space;
        return {};
    }

    // The path below Document/BkToCstmrStmt/Stmt, and below that entry, balance or detail.
    [[nodiscard]] bool is_at(std::initializer_list<std::string_view> names) const {
        return std::ranges::equal(path_, names);
    }
    [[nodiscard]] std::string where() const {
        std::string out;
        for (auto const& name : path_) out += (out.empty() ? "" : "/") + excerpt(name, 40);
        return out;
    }
    [[nodiscard]] std::string below(std::size_t depth) const {
        std::string out;
        for (auto i = depth; i < path_.size(); ++i) out += (out.empty() ? "" : "/") + path_[i];
        return out;
    }

    Result<void> begin() {
        if (is_at({"Document", "BkToCstmrStmt", "Stmt"})) {
            all_.emplace_back();
            statement_.clear();
        } else if (is_at({"Document", "BkToCstmrStmt", "Stmt", "Bal"})) {
            balance_.clear();
        } else if (is_at({"Document", "BkToCstmrStmt", "Stmt", "Ntry"})) {
            entry_.clear();
            details_.clear();
        } else if (is_at({"Document", "BkToCstmrStmt", "Stmt", "Ntry", "NtryDtls", "TxDtls"})) {
            if (++counted_ > limits_.bookings)
                return refuse(Code::too_long, "", "more bookings than the limit");
            details_.emplace_back();
        }
        return {};
    }

    // Keeps the text of an element or attribute, if it is one we know.
    Result<void> keep(std::string_view attribute, std::string_view text) {
        if (path_.size() < 4 || path_[0] != "Document" || path_[1] != "BkToCstmrStmt" || path_[2] != "Stmt")
            return {};
        bool const is_entry = path_[3] == "Ntry", is_balance = path_[3] == "Bal";
        bool const is_detail = is_entry && path_.size() > 6 && path_[4] == "NtryDtls" && path_[5] == "TxDtls";
        std::string path = below(is_detail ? 6 : is_entry || is_balance ? 4 : 3);
        path += attribute;
        auto const known = is_detail    ? std::span<std::string_view const>(of_detail)
                           : is_entry   ? std::span<std::string_view const>(of_entry)
                           : is_balance ? std::span<std::string_view const>(of_balance)
                                        : std::span<std::string_view const>(of_statement);
        if (!is_among(known, path)) return {};
        auto& fields = is_detail ? details_.back() : is_entry ? entry_ : is_balance ? balance_ : statement_;
        auto const words = trim(text);
        if (words.empty()) return {};
        auto const [at, is_new] = fields.try_emplace(path, words);
        if (is_new) return {};
        if (!is_among(repeated, path)) return refuse(Code::bad_file, where(), "stands twice");
        if (at->second.size() + words.size() < words_bytes_max) at->second += "\n" + std::string(words);
        return {};
    }

    Result<void> end() {
        if (!text_.empty()) TRY_VOID(keep("", text_));
        text_.clear();
        Result<void> done;
        if (is_at({"Document", "BkToCstmrStmt", "Stmt", "Bal"})) done = end_balance();
        if (is_at({"Document", "BkToCstmrStmt", "Stmt", "Ntry"})) done = end_entry();
        if (is_at({"Document", "BkToCstmrStmt", "Stmt"})) done = end_statement();
        if (!done) return std::unexpected(done.error().within(where()));
        path_.pop_back();
        return {};
    }

    Result<void> end_balance() {
        auto const& kind = field(balance_, "Tp/CdOrPrtry/Cd");
        bool const opens = kind == "OPBD" || kind == "PRCD", closes = kind == "CLBD";
        if (!opens && !closes) return {};
        auto const amount = TRY(amount_in(balance_, "Amt"));
        auto const signed_amount =
            Money(TRY(direction(balance_)) ? amount.minor() : -amount.minor(), amount.currency());
        auto& to = opens ? all_.back().opening : all_.back().closing;
        if (!to) to = signed_amount;
        // The opening balance is that of the day before: where both are told, they are the same.
        if (*to != signed_amount) contradicts_ = true;
        return {};
    }

    Result<void> end_entry() {
        auto& statement = all_.back();
        auto const& status = first_of(entry_, {"Sts/Cd", "Sts"});
        if (status != "BOOK") {
            ++statement.not_booked;
            return {};
        }
        if (++counted_ > limits_.bookings) return refuse(Code::too_long, "", "more bookings than the limit");
        Booking one{.amount = TRY(amount_in(entry_, "Amt"))};
        one.is_credit = TRY(direction(entry_));
        auto const& reversal = field(entry_, "RvslInd");
        one.is_reversal = reversal == "true" || reversal == "1";
        one.day = TRY(day_in(entry_));
        one.bank_reference = told(field(entry_, "AcctSvcrRef"));
        one.words = field(entry_, "AddtlNtryInf");
        bool const is_return = is_among(return_codes, field(entry_, "BkTxCd/Domn/Fmly/SubFmlyCd"));
        for (auto const& fields : details_) {
            one.details.push_back(detail_of(fields, one.amount, one.is_credit));
            if (is_return) one.details.back().is_return = true;
        }
        if (is_return && one.details.empty()) one.is_reversal = true;
        statement.bookings.push_back(std::move(one));
        return {};
    }

    Result<void> end_statement() {
        auto& one = all_.back();
        one.id = field(statement_, "Id");
        one.account = first_of(statement_, {"Acct/Id/IBAN", "Acct/Id/Othr/Id"});
        if (one.account.empty()) return refuse(Code::field_missing, "Acct", "expected the account");
        if (auto const& unit = field(statement_, "Acct/Ccy"); !unit.empty())
            one.currency = TRY(Currency::parse(unit));
        for (auto const& booking : one.bookings) {
            if (!one.currency) one.currency = booking.amount.currency();
            if (booking.amount.currency() != *one.currency)
                return refuse(Code::bad_currency, "Ntry/Amt",
                              "an entry is in another currency than the account");
        }
        if (one.opening && one.closing) one.adds_up = TRY(adds_up(one));
        contradicts_ = false;
        return {};
    }

    [[nodiscard]] Result<bool> adds_up(Statement const& one) const {
        auto const unit = one.opening->currency();
        if (contradicts_ || one.closing->currency() != unit || (one.currency && *one.currency != unit))
            return false;
        auto total = *one.opening;
        for (auto const& booking : one.bookings)
            total = TRY(booking.is_credit ? sum(total, booking.amount) : difference(total, booking.amount));
        return total == *one.closing;
    }

    StatementLimits limits_;
    std::vector<Statement> all_;
    std::vector<std::string> path_;
    std::string space_, text_;
    Fields statement_, balance_, entry_;
    std::vector<Fields> details_;
    std::size_t counted_ = 0;
    bool contradicts_ = false;
};

// ---- what a booking says of payments ----------------------------------------------------------------------

// Made of what the bank says, so that the same booking in two files is one: the bank's own reference where it
// has one; else everything, and which of several that are alike in every respect it is.
class OutsideIds {
public:
    explicit OutsideIds(Statement const& statement) : statement_(statement) {}
    std::string next(Booking const& booking, BookingDetail const& detail, Money const& amount,
                     std::size_t place, std::size_t details) {
        auto const reference = detail.bank_reference.empty() ? booking.bank_reference : detail.bank_reference;
        bool const shares_reference = detail.bank_reference.empty() && details > 1;
        std::string all;
        auto const add = [&all](std::string_view text) {
            all += text;
            all += '\x1F';
        };
        for (auto const& text :
             {statement_.account, std::string(amount.currency().text()), amount.text(), booking.day.text(),
              std::string(booking.is_credit ? "+" : "-"), std::string(booking.is_reversal ? "reversal" : ""),
              reference, detail.end_to_end, detail.transaction})
            add(text);
        if (shares_reference) add(std::to_string(place));
        if (reference.empty()) {
            for (auto const& text :
                 {detail.payer, detail.payer_account, detail.structured, detail.unstructured, booking.words})
                add(text);
            add(std::to_string(++alike_[all]));
        }
        return "camt:" + sha256_hex(all);
    }

private:
    Statement const& statement_;
    std::map<std::string, int, std::less<>> alike_;
};

Turn turn_of(Booking const& booking, BookingDetail const& detail) {
    bool const is_back = booking.is_reversal || detail.is_return;
    if (booking.is_credit) return is_back ? Turn::came_back : Turn::paid;
    return is_back ? Turn::taken_back : Turn::paid_out;
}

bool do_sum(Booking const& booking) {
    auto total = Money::zero(booking.amount.currency());
    for (auto const& one : booking.details) {
        if (!one.amount) return false;
        auto const more = sum(total, *one.amount);
        if (!more) return false;
        total = *more;
    }
    return total == booking.amount;
}

Payment payment_of(Booking const& booking, BookingDetail const& detail, Money const& amount) {
    Payment one{.way = Way::bank, .turn = turn_of(booking, detail)};
    one.amount = amount;
    one.payer = shown(detail.payer, 140);
    one.account = shown(detail.payer_account, 40);
    one.moment = Moment(std::chrono::duration_cast<Millis>(std::chrono::days(booking.day.number())));
    bool const is_out = one.turn == Turn::paid_out || one.turn == Turn::came_back;
    if (is_out) one.order = shown(detail.end_to_end, 40);
    auto const& text = !detail.structured.empty()     ? detail.structured
                       : !detail.unstructured.empty() ? detail.unstructured
                       : !detail.end_to_end.empty()   ? detail.end_to_end
                                                      : booking.words;
    one.said = shown(text, 140);
    // Where a payer wrote two references that are right, it is not for us to choose.
    std::string all = detail.structured;
    if (!Reference::within(all)) all += "\n" + detail.unstructured + "\n\n" + booking.words;
    if (!Reference::within(all) && all.find_first_not_of('\n') == std::string::npos) all = detail.end_to_end;
    one.reference = Reference::within(all);
    return one;
}

}  // namespace

Result<std::vector<Statement>> read_statements(std::string_view xml, StatementLimits const& limits) {
    check(limits.bytes < (1U << 30));
    return StatementReader(limits).read(xml);
}

std::vector<Payment> payments_of(Statement const& statement) {
    std::vector<Payment> all;
    OutsideIds ids(statement);
    for (auto const& booking : statement.bookings) {
        if (booking.amount.minor() == 0) continue;  // a notice, no money
        static BookingDetail const none;
        bool const is_single = booking.details.size() <= 1;
        bool const is_split = !is_single && do_sum(booking);
        if (is_split) {
            for (std::size_t i = 0; i < booking.details.size(); ++i) {
                auto const& detail = booking.details[i];
                if (detail.amount->minor() == 0) continue;
                all.push_back(payment_of(booking, detail, *detail.amount));
                all.back().outside_id = ids.next(booking, detail, *detail.amount, i, booking.details.size());
            }
            continue;
        }
        // What was booked is what came, whatever was sent: charges may have been taken on the way.
        auto const& detail = booking.details.empty() || !is_single ? none : booking.details.front();
        all.push_back(payment_of(booking, detail, booking.amount));
        all.back().outside_id = ids.next(booking, detail, booking.amount, 0, 1);
        if (!is_single) all.back().doubt = "the details of the booking do not sum to it";
    }
    return all;
}

}  // namespace allroads::pay
