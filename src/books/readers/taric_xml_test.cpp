#include "books/readers/read_in_test.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::books;

namespace {

std::string field(std::string const& name, std::string const& value) {
    return "<t:" + name + ">" + value + "</t:" + name + ">";
}
std::string record(std::string const& kind, std::string const& fields, std::string const& update = "3") {
    return "<e:app.message id=\"1\"><t:transmission><t:record>" + field("transaction.id", "1") +
           field("record.code", "430") + field("subrecord.code", "00") +
           field("record.sequence.number", "1") + field("update.type", update) + "<t:" + kind + ">" + fields +
           "</t:" + kind + "></t:record></t:transmission></e:app.message>";
}
std::string measure(std::string const& sid, std::string const& type, std::string const& area,
                    std::string const& more = "", std::string const& update = "3") {
    return record("measure",
                  field("measure.sid", sid) + field("measure.type", type) + field("geographical.area", area) +
                      field("goods.nomenclature.item.id", "0702000000") +
                      field("validity.start.date", "2019-01-01") +
                      field("measure.generating.regulation.id", "R1816070") + more,
                  update);
}
std::string component(std::string const& sid, std::string const& expression, std::string const& more) {
    return record("measure.component",
                  field("measure.sid", sid) + field("duty.expression.id", expression) + more);
}
std::string message(std::string const& records, std::string const& before = "") {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + before +
           "<e:envelope xmlns:e=\"urn:publicid:-:DGTAXUD:GENERAL:ENVELOPE:1.0\" "
           "xmlns:t=\"urn:publicid:-:DGTAXUD:TARIC:MESSAGE:1.0\" id=\"18241\"><e:transaction id=\"1\">" +
           records + "</e:transaction></e:envelope>";
}
ReadInTest read(std::string const& text) { return read_text_in_test(read_taric_xml, "TGB18241.xml", text); }

}  // namespace

TEST_CASE("taric-xml: components are joined with their measure, in the order of their expressions") {
    auto const got =
        read(message(component("5", "04",
                               field("duty.amount", "93.3") + field("monetary.unit.code", "EUR") +
                                   field("measurement.unit.code", "DTN")) +
                     measure("5", "103", "1011") + component("5", "01", field("duty.amount", "6.8"))));
    CHECK(got.error() == "");
    CHECK(got.measures.starts_with(
        "EU,0702,third-country,,,,6.80 % + 93.30 EUR / 100 kg,2019-01-01,,,,,R1816070,"));
    CHECK(got.pack == "taric-xml-EU-18241");
    CHECK(got.notes().find("taric3.xsd does not lie beside") != std::string::npos);
}

TEST_CASE("taric-xml: quotas, excluded countries and documents") {
    auto const got =
        read(message(measure("5", "143", "XS", field("ordernumber", "090750")) +
                     component("5", "01", field("duty.amount", "0")) +
                     record("measure.condition",
                            field("measure.condition.sid", "1") + field("measure.sid", "5") +
                                field("condition.code", "B") + field("action.code", "27") +
                                field("certificate.type.code", "Y") + field("certificate.code", "086"))));
    CHECK(got.measures.find("quota,090750,RS,,0.00 %,2019-01-01,,,quota=090750;proof=Y086,") !=
          std::string::npos);
    auto const all =
        read(message(measure("6", "103", "1011") + component("6", "01", field("duty.amount", "3")) +
                     record("measure.excluded.geographical.area",
                            field("measure.sid", "6") + field("excluded.geographical.area", "CN"))));
    CHECK(all.measures.find("third-country,,,CN,3.00 %") != std::string::npos);
}

TEST_CASE("taric-xml: a duty by entry price is said to be one") {
    auto const got = read(
        message(record("measure.condition.component", field("measure.condition.sid", "1") +
                                                          field("duty.expression.id", "01") +
                                                          field("duty.amount", "0")) +
                record("measure.condition", field("measure.condition.sid", "1") + field("measure.sid", "5") +
                                                field("condition.code", "V") + field("action.code", "01")) +
                measure("5", "142", "GE")));
    CHECK(got.measures.find("preference,EU-GE,GE,,EP,") != std::string::npos);
}

TEST_CASE("taric-xml: updates, deletions, unknown areas and kinds are counted, not guessed") {
    auto const got =
        read(message(measure("5", "103", "1011", "", "1") + measure("6", "103", "1011", "", "2") +
                     measure("7", "142", "2020") + component("7", "01", field("duty.amount", "1")) +
                     measure("8", "490", "1011") + measure("9", "103", "1011")));
    CHECK(got.report.measures == 0);
    CHECK(got.report.records == 6);
    CHECK(got.refused() ==
          "1 measure 5: an update of what an earlier message said\n"
          "3 the file does not say which countries belong to area 2020\n"
          "5 kind not yet used: 490\n"
          "6 measure 9: no duty is given\n");
    CHECK(got.notes().find("measure (1)") != std::string::npos);
}

TEST_CASE("taric-xml: English texts of codes become lines") {
    auto const described = [](std::string const& language) {
        return record("goods.nomenclature.description",
                      field("language.id", language) + field("goods.nomenclature.item.id", "1605400040") +
                          field("productline.suffix", "80") + field("description", "Crayfish &amp; tails"));
    };
    CHECK(read(message(described("EN") + described("FR"))).lines == "EU,1605400040,Crayfish & tails,,0\n");
}

TEST_CASE("taric-xml: document types and entities are refused, in any encoding") {
    for (auto const* bad : {"<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>", "<!DOCTYPE x>"}) {
        CHECK(read(message(measure("5", "103", "1011"), bad)).error().find("TARIC has none") !=
              std::string::npos);
    }
    auto const ascii = message("", "<!DOCTYPE x>");
    std::string wide = "\xFF\xFE";
    for (char const c : ascii) wide += std::string{c, '\0'};
    CHECK(read(wide).error() != "");
}

TEST_CASE("taric-xml: what is not a message is refused") {
    CHECK(read("").error() != "");
    CHECK(read("<a/>").error().find("envelope") != std::string::npos);
    CHECK(read(message("<e:app.message>")).error().find("not well-formed") != std::string::npos);
    std::string deep;
    for (int i = 0; i < 40; ++i) deep = "<t:x>" + deep + "</t:x>";
    deep =
        "<e:app.message><t:transmission><t:record>" + deep + "</t:record></t:transmission></e:app.message>";
    CHECK(read(message(deep)).error().find("too deeply") != std::string::npos);
    auto const cut = message(measure("5", "103", "1011"));
    CHECK(read(cut.substr(0, cut.size() - 20)).error().starts_with("bad-file"));
}

TEST_CASE("taric-xml: records that are not as the schema says are refused one by one") {
    auto const schema = official_in_test("taric-xml/taric3.xsd");
    if (!schema) {
        MESSAGE("skipped: the schema is not beside the clone");
        return;
    }
    auto pattern = (std::filesystem::temp_directory_path() / "allroads-taric-XXXXXX").string();
    std::filesystem::path const folder = mkdtemp(pattern.data());
    std::filesystem::copy_file(*schema, folder / "taric3.xsd");
    std::ofstream(folder / "x.xml") << message(component("5", "01", field("duty.amount", "many")) +
                                               component("5", "01", field("duty.amount", "5")));
    auto const got = read_in_test(read_taric_xml, *Input::open(folder / "x.xml"));
    CHECK(got.error() == "");
    CHECK(got.report.refused_count == 1);
    CHECK(got.refused().starts_with("1 measure.component: not as the schema says"));
    std::ofstream(folder / "taric3.xsd") << "<schema schemaLocation=\"http://example.org/x.xsd\"/>";
    CHECK(read_in_test(read_taric_xml, *Input::open(folder / "x.xml")).error().find("other files") !=
          std::string::npos);
    std::filesystem::remove_all(folder);
}

TEST_CASE("taric-xml: five days of messages") {
    auto const file = official_in_test("taric-xml/TGB18241_to_5.zip");
    if (!file) {
        MESSAGE("skipped: the official file is not beside the clone");
        return;
    }
    auto const got = read_in_test(read_taric_xml, *Input::open(*file));
    CHECK(got.error() == "");
    CHECK(got.report.records == 34'674);
    CHECK(got.report.measures == 2904);
    CHECK(got.report.unreadable == 0);
    CHECK(got.notes().find("held to the schema") != std::string::npos);
}
