// TARIC 3 messages, as the European Commission sends them to the customs of its members every day: an
// envelope of transactions, each of records that insert, update or delete one row of the TARIC database.
//
// A measure and its components, conditions and excluded countries come in one transaction and are joined
// there. A record that only updates a row of an earlier message says nothing by itself, and is counted.
//
// The messages are read as a stream. Where the schema of the Commission lies beside the file (taric3.xsd) or
// comes first in the archive, every record is held to it. Document types and entities are refused: TARIC has
// none, and they are how a document reads other files or unpacks without end.

#include "books/readers/european.h"
#include "books/readers/taric_schema.h"

#include <libxml/xmlreader.h>
#include <algorithm>
#include <unordered_map>

namespace allroads::books {

namespace {

constexpr int depth_max = 16;                      // a record's fields stand at depth 6
constexpr std::size_t text_bytes_max = 64U << 10;  // of one field
constexpr std::size_t records_max = 200'000;       // of one transaction, kept until it ends

// ---- what is joined ---------------------------------------------------------------------------------------

using Fields = std::map<std::string, std::string, std::less<>>;

struct TaricRecord {
    std::uint64_t number = 0;  // in the file, from 1
    std::string kind;          // "measure.component"
    Fields head;               // transaction, codes, update type
    Fields fields;
    std::string broken;  // what the schema says against it

    [[nodiscard]] std::string const& field(std::string_view name) const {
        static std::string const none;
        auto const found = fields.find(name);
        return found == fields.end() ? none : found->second;
    }
    [[nodiscard]] std::string_view update() const {
        auto const found = head.find("update.type");
        return found == head.end() ? std::string_view() : found->second;
    }
};
constexpr std::string_view update_row = "1";
constexpr std::string_view delete_row = "2";

struct Gathered {
    TaricRecord measure;
    std::vector<EuropeanComponent> components;
    std::vector<std::string> documents;
    std::vector<std::string> excluded;
    bool has_entry_price = false;       // conditions V: the duty depends on the price at entry
    bool has_condition_duties = false;  // other conditions with duties of their own
};

// Actions by which a document lets the measure apply: 24 release allowed, 27 apply the duty, 28 and 29 import
// allowed.
bool lets_in(std::string_view action) {
    return action == "24" || action == "27" || action == "28" || action == "29";
}

class Transactions {
public:
    Transactions(ReaderOptions const& options, PackWriter& out)
        : market_(options.market.empty() ? "EU" : options.market),
          dated_(options.dated ? options.dated->text() : ""),
          out_(out) {}

    Result<void> take(TaricRecord&& record) {
        out_.count_record();
        if (!record.broken.empty()) {
            out_.refuse(record.number, record.kind + ": not as the schema says: " + record.broken);
            return {};
        }
        if (record.update() == delete_row) {
            ++deleted_[record.kind];
            return {};
        }
        if (++kept_ > records_max)
            return refuse(Code::too_long, "", "a transaction has more records than can be joined");
        if (record.kind == "measure") {
            auto const sid = record.field("measure.sid");
            if (!measures_.contains(sid)) order_.push_back(sid);
            measures_[sid].measure = std::move(record);
        } else if (record.kind == "measure.condition.component") {
            condition_duties_.push_back(std::move(record));
        } else if (record.kind.starts_with("measure.")) {
            joined_.push_back(std::move(record));
        } else if (record.kind == "goods.nomenclature.description") {
            describe(record);
        } else {
            ++unused_[record.kind];
        }
        return {};
    }

    // Parts may stand before their measure, so they are joined when all are there.
    void end() {
        for (auto const& record : joined_) join(record);
        for (auto const& record : condition_duties_) join_condition_duty(record);
        for (auto const& sid : order_) write(measures_[sid]);
        measures_.clear();
        order_.clear();
        joined_.clear();
        condition_duties_.clear();
        entry_conditions_.clear();
        kept_ = 0;
    }

    void finish() {
        if (!deleted_.empty())
            out_.note(tally_words("rows taken away by these messages, not in a pack", deleted_));
        if (!unused_.empty()) out_.note(tally_words("records not used", unused_));
        if (!types_.empty()) out_.note(tally_words("measure types not used", types_));
    }
    [[nodiscard]] std::string const& market() const { return market_; }

private:
    void describe(TaricRecord const& record) {
        if (record.field("language.id") != "EN" || record.field("productline.suffix") != "80") {
            ++unused_[record.kind + " in another language or between lines"];
            return;
        }
        out_.line({market_, without_trailing_zeros(record.field("goods.nomenclature.item.id")),
                   record.field("description"), "", false},
                  record.number);
    }

    void join(TaricRecord const& record) {
        auto const found = measures_.find(record.field("measure.sid"));
        if (found == measures_.end()) {
            ++unused_[record.kind + " of a measure in an earlier message"];
            return;
        }
        auto& measure = found->second;
        if (record.kind == "measure.component") {
            measure.components.push_back({record.field("duty.expression.id"), record.field("duty.amount"),
                                          record.field("monetary.unit.code"),
                                          record.field("measurement.unit.code"),
                                          record.field("measurement.unit.qualifier.code")});
        } else if (record.kind == "measure.condition") {
            join_condition(record, measure);
        } else if (record.kind == "measure.excluded.geographical.area") {
            measure.excluded.push_back(record.field("excluded.geographical.area"));
        } else {
            ++unused_[record.kind];
        }
    }
    void join_condition(TaricRecord const& record, Gathered& measure) {
        entry_conditions_[record.field("measure.condition.sid")] = {&measure,
                                                                    record.field("condition.code") == "V"};
        auto const document = record.field("certificate.type.code") + record.field("certificate.code");
        if (document.empty() || !lets_in(record.field("action.code"))) return;
        if (std::ranges::find(measure.documents, document) == measure.documents.end()) {
            measure.documents.push_back(document);
        }
    }
    void join_condition_duty(TaricRecord const& record) {
        auto const found = entry_conditions_.find(record.field("measure.condition.sid"));
        if (found == entry_conditions_.end()) {
            ++unused_[record.kind + " of a measure in an earlier message"];
            return;
        }
        auto const& [measure, is_entry_price] = found->second;
        (is_entry_price ? measure->has_entry_price : measure->has_condition_duties) = true;
    }

    void write(Gathered const& gathered) {
        auto const& record = gathered.measure;
        auto const type = record.field("measure.type");
        if (kind_of_type(type).empty()) {
            ++types_[type];
            out_.refuse(record.number, "kind not yet used: " + excerpt(type, 20));
            return;
        }
        auto const sid = record.field("measure.sid");
        // What an update leaves as it was stands in an earlier message; half a duty would be a wrong one.
        if (record.update() == update_row) {
            out_.refuse(record.number, "measure " + sid + ": an update of what an earlier message said");
            return;
        }
        auto const measure = facts_of(gathered);
        if (measure.duty.empty()) {
            out_.refuse(record.number, "measure " + sid + ": no duty is given");
            return;
        }
        if (record.field("stopped.flag") == "1") {
            out_.refuse(record.number, "measure " + sid + " is stopped");
            return;
        }
        auto line = measure_line(measure);
        if (!line) {
            out_.refuse(record.number, std::string(line.error().detail()));
            return;
        }
        line->title = "TARIC, the integrated tariff of the European Union";
        line->url = "https://ec.europa.eu/taxation_customs/dds2/taric/taric_consultation.jsp?Lang=en";
        line->checked_on = dated_;
        line->confidence = "official";
        out_.measure(*line, record.number);
    }

    EuropeanMeasure facts_of(Gathered const& gathered) const {
        auto const& record = gathered.measure;
        EuropeanMeasure measure;
        measure.market = market_;
        measure.type = record.field("measure.type");
        measure.area = record.field("geographical.area");
        measure.excluded = gathered.excluded;
        measure.hs = record.field("goods.nomenclature.item.id");
        measure.order_number = record.field("ordernumber");
        measure.additional_code = record.field("additional.code.type") + record.field("additional.code");
        measure.documents = gathered.documents;
        measure.valid_from = record.field("validity.start.date");
        measure.valid_to = record.field("validity.end.date");
        measure.legal = record.field("measure.generating.regulation.id");
        measure.duty = duty_of(gathered);
        return measure;
    }
    static std::string duty_of(Gathered const& gathered) {
        if (gathered.has_entry_price) return "EP";
        if (!gathered.components.empty()) return components_text(gathered.components);
        if (!gathered.has_condition_duties) return {};
        return "See the conditions of measure " + gathered.measure.field("measure.sid");
    }

    std::string market_;
    std::string dated_;
    PackWriter& out_;
    std::unordered_map<std::string, Gathered> measures_;  // of this transaction
    std::vector<std::string> order_;
    std::vector<TaricRecord> joined_;
    std::vector<TaricRecord> condition_duties_;
    // Conditions of this transaction: whose they are, and whether they depend on the entry price.
    std::unordered_map<std::string, std::pair<Gathered*, bool>> entry_conditions_;
    std::size_t kept_ = 0;
    Tally deleted_;
    Tally unused_;
    Tally types_;
};

// ---- the stream -------------------------------------------------------------------------------------------

// Feeds the parser from an Input, and looks for what must not come.
class Feed {
public:
    explicit Feed(Input& input) : input_(input) {}

    static int read(void* context, char* buffer, int size) {
        return static_cast<Feed*>(context)->fill(buffer, static_cast<std::size_t>(size));
    }
    static int close(void*) { return 0; }
    [[nodiscard]] std::optional<Error> const& failure() const { return failure_; }

private:
    int fill(char* buffer, std::size_t size) {
        if (failure_) return -1;
        if (left_.empty()) {
            auto block = input_.block();
            if (!block) {
                failure_ = block.error();
                return -1;
            }
            left_ = *block;
            if (holds_declaration(left_)) {
                failure_ =
                    Error(Code::bad_file, "", "a document type or an entity is declared; TARIC has none");
                return -1;
            }
        }
        auto const taken = left_.substr(0, size);
        std::ranges::copy(taken, buffer);
        left_.remove_prefix(taken.size());
        return static_cast<int>(taken.size());
    }
    // Whether "<!D" or "<!E" comes, also across blocks. The text is read as UTF-8 whatever it says of itself,
    // so it cannot hide.
    bool holds_declaration(std::string_view block) {
        for (char const c : block) {
            bool const opens = matched_ == 2 && (c == 'D' || c == 'E');
            if (opens) return true;
            matched_ = c == '<' ? 1 : c == '!' && matched_ == 1 ? 2 : 0;
        }
        return false;
    }

    Input& input_;
    std::string_view left_;
    int matched_ = 0;
    std::optional<Error> failure_;
};

std::string_view view(xmlChar const* text) {
    return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<char const*>(text));
}

struct ReaderCloser {
    void operator()(xmlTextReader* reader) const { xmlFreeTextReader(reader); }
};

// One message. Depths: 0 envelope, 1 transaction, 2 app.message, 3 transmission, 4 record, 5 its head and the
// row, 6 the fields of the row.
class Message {
public:
    Message(Input& input, TaricSchema const* schema, Transactions& out, std::uint64_t& number)
        : feed_(input), schema_(schema), out_(out), number_(number) {}

    Result<void> read() {
        // The encoding is forced: another one could carry past the feed what it looks for.
        reader_.reset(xmlReaderForIO(Feed::read, Feed::close, &feed_, nullptr, "UTF-8",
                                     XML_PARSE_NONET | XML_PARSE_COMPACT | XML_PARSE_NOCDATA));
        if (!reader_) return refuse(Code::bad_file, "", "cannot be read as XML");
        xmlTextReaderSetStructuredErrorHandler(reader_.get(), complain, this);
        if (schema_ != nullptr && xmlTextReaderSetSchema(reader_.get(), schema_->get()) != 0) {
            return refuse(Code::bad_file, "", "the schema cannot be used");
        }
        int more = xmlTextReaderRead(reader_.get());
        for (; more == 1; more = xmlTextReaderRead(reader_.get())) TRY_VOID(node());
        if (feed_.failure()) return std::unexpected(*feed_.failure());
        if (more != 0 || !malformed_.empty())
            return refuse(Code::bad_file, place(), "not well-formed XML: " + malformed_);
        if (id_.empty()) return refuse(Code::bad_file, "", "not an envelope of TARIC messages");
        return {};
    }
    [[nodiscard]] std::string const& id() const { return id_; }

private:
    static void complain(void* context, xmlError* error) {
        auto& message = *static_cast<Message*>(context);
        auto const words = excerpt(trim(view(reinterpret_cast<xmlChar const*>(error->message))), 200);
        bool const is_schema = error->domain == XML_FROM_SCHEMASV;
        auto& kept = is_schema ? message.violation_ : message.malformed_;
        if (kept.empty() && error->level >= XML_ERR_ERROR) kept = words;
    }
    [[nodiscard]] std::string place() const { return "record " + std::to_string(number_ + 1); }

    Result<void> node() {
        if (!malformed_.empty()) return refuse(Code::bad_file, place(), "not well-formed XML: " + malformed_);
        auto const depth = xmlTextReaderDepth(reader_.get());
        if (depth > depth_max) return refuse(Code::bad_file, place(), "elements are nested too deeply");
        switch (xmlTextReaderNodeType(reader_.get())) {
            case XML_READER_TYPE_ELEMENT: {
                bool const is_empty = xmlTextReaderIsEmptyElement(reader_.get()) == 1;
                TRY_VOID(open(depth, std::string(view(xmlTextReaderConstLocalName(reader_.get())))));
                return is_empty ? close(depth) : Result<void>();
            }
            case XML_READER_TYPE_END_ELEMENT: return close(depth);
            case XML_READER_TYPE_TEXT:
            case XML_READER_TYPE_CDATA: {
                auto const text = view(xmlTextReaderConstValue(reader_.get()));
                if (depth < 6) return {};
                if (text_.size() + text.size() > text_bytes_max)
                    return refuse(Code::too_long, place(), "a field is too long");
                text_ += text;
                return {};
            }
            case XML_READER_TYPE_DOCUMENT_TYPE:
            case XML_READER_TYPE_ENTITY_REFERENCE:
                return refuse(Code::bad_file, place(), "a document type or an entity; TARIC has none");
            default: return {};
        }
    }

    Result<void> open(int depth, std::string name) {
        static constexpr std::string_view taric = "urn:publicid:-:DGTAXUD:TARIC:MESSAGE:1.0";
        static constexpr std::string_view envelope = "urn:publicid:-:DGTAXUD:GENERAL:ENVELOPE:1.0";
        static constexpr std::string_view names[] = {"envelope", "transaction", "app.message", "transmission",
                                                     "record"};
        if (depth < 5) {
            auto const space = view(xmlTextReaderConstNamespaceUri(reader_.get()));
            if (name != names[depth] || space != (depth < 3 ? envelope : taric)) {
                return refuse(Code::bad_file, place(),
                              "found " + excerpt(name) + " where TARIC has " + std::string(names[depth]));
            }
        }
        if (depth == 0) read_id();
        if (depth == 4) record_ = TaricRecord();
        if (depth == 5) outer_ = std::move(name);
        if (depth == 6) {
            record_.kind = outer_;
            inner_ = std::move(name);
        }
        text_.clear();
        return {};
    }
    void read_id() {
        auto* const id = xmlTextReaderGetAttribute(reader_.get(), reinterpret_cast<xmlChar const*>("id"));
        id_ = excerpt(view(id), 40);
        if (id_.empty()) id_ = "0";
        xmlFree(id);
    }

    Result<void> close(int depth) {
        if (depth == 6) record_.fields.insert_or_assign(inner_, std::string(trim(text_)));
        if (depth == 5 && record_.kind != outer_)
            record_.head.insert_or_assign(outer_, std::string(trim(text_)));
        text_.clear();
        if (depth == 4) {
            record_.number = ++number_;
            record_.broken = std::exchange(violation_, {});
            return out_.take(std::exchange(record_, {}));
        }
        if (depth == 1) out_.end();
        // What is wrong around the records is wrong with the message.
        if (depth < 4 && !violation_.empty())
            return refuse(Code::bad_file, place(), "not as the schema says: " + violation_);
        return {};
    }

    Feed feed_;
    TaricSchema const* schema_;
    Transactions& out_;
    std::uint64_t& number_;
    std::unique_ptr<xmlTextReader, ReaderCloser> reader_;
    std::string id_;
    TaricRecord record_;
    std::string outer_;
    std::string inner_;
    std::string text_;
    std::string malformed_;
    std::string violation_;
};

void name_pack(std::string const& first, std::string const& last, std::string const& market,
               PackWriter& out) {
    // A message adds to those before it and does not supersede them.
    std::string name = "taric-xml-" + market + "-";
    for (char const c : first + (first == last ? "" : "-to-" + last)) {
        name += (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? c : '-';
    }
    out.set("pack", name);
    out.set("series", name);
    out.set("market", market);
    out.set("title", "TARIC messages " + first + (first == last ? "" : " to " + last));
}

}  // namespace

Result<void> read_taric_xml(Input& input, ReaderOptions const& options, PackWriter& out) {
    auto schema = TRY(TaricSchema::beside(input.file()));
    Transactions transactions(options, out);
    std::uint64_t number = out.report().records;
    std::string first;
    std::string last;
    if (!TRY(input.next_member())) return refuse(Code::bad_file, "file", "it is empty");
    do {
        auto const member = std::string(input.member());
        if (member.ends_with("/")) continue;
        if (member.ends_with(".xsd")) {
            schema = TRY(TaricSchema::compile(TRY(input.rest(TaricSchema::bytes_max))));
            continue;
        }
        Message message(input, schema ? &*schema : nullptr, transactions, number);
        if (auto const read = message.read(); !read) return std::unexpected(read.error().within(member));
        if (first.empty()) first = message.id();
        last = message.id();
    } while (TRY(input.next_member()));
    transactions.finish();
    out.note(schema ? "every record was held to the schema taric3.xsd"
                    : "the schema taric3.xsd does not lie beside the file, so only the form of the records "
                      "was checked");
    if (options.dated) {
        out.set("dated", options.dated->text());
    } else {
        out.note("messages do not say their day; --dated gives it");
    }
    name_pack(first, last, transactions.market(), out);
    return {};
}

}  // namespace allroads::books
