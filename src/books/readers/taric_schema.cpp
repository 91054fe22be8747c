#include "books/readers/taric_schema.h"

#include "books/pack.h"

#include <libxml/parser.h>
#include <libxml/xmlIO.h>
#include <libxml/xmlschemas.h>
#include <cstring>
#include <mutex>

namespace allroads::books {

namespace {

// Made-up addresses, which only we answer.
constexpr std::string_view home = "allroads-taric:/";
constexpr char const* address = "allroads-taric:/taric3.xsd";
constexpr std::string_view envelope_address = "allroads-taric:/envelope.xsd";
constexpr std::string_view lang_address = "allroads-taric:/xml.xsd";

constexpr std::string_view envelope_schema = R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns="urn:publicid:-:DGTAXUD:GENERAL:ENVELOPE:1.0"
    targetNamespace="urn:publicid:-:DGTAXUD:GENERAL:ENVELOPE:1.0" elementFormDefault="qualified">
  <xs:element name="abstract.message" abstract="true"/>
  <xs:element name="app.message"><xs:complexType>
    <xs:sequence><xs:element ref="abstract.message"/></xs:sequence>
    <xs:attribute name="id" type="xs:string"/>
  </xs:complexType></xs:element>
  <xs:element name="transaction"><xs:complexType>
    <xs:sequence><xs:element ref="app.message" maxOccurs="unbounded"/></xs:sequence>
    <xs:attribute name="id" type="xs:string"/>
  </xs:complexType></xs:element>
  <xs:element name="envelope"><xs:complexType>
    <xs:sequence><xs:element ref="transaction" maxOccurs="unbounded"/></xs:sequence>
    <xs:attribute name="id" type="xs:string"/>
  </xs:complexType></xs:element>
</xs:schema>)";
constexpr std::string_view lang_schema = R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
    targetNamespace="http://www.w3.org/XML/1998/namespace">
  <xs:attribute name="lang" type="xs:language"/>
</xs:schema>)";

// The parser's way of opening an address that begins with ours. An unknown one is an empty file.
int is_ours(char const* name) { return std::string_view(name).starts_with(home) ? 1 : 0; }
void* open_ours(char const* name) {
    if (name == envelope_address) return new std::string_view(envelope_schema);
    if (name == lang_address) return new std::string_view(lang_schema);
    return new std::string_view();
}
int read_ours(void* context, char* buffer, int size) {
    auto& left = *static_cast<std::string_view*>(context);
    auto const taken = left.substr(0, static_cast<std::size_t>(size));
    std::memcpy(buffer, taken.data(), taken.size());
    left.remove_prefix(taken.size());
    return static_cast<int>(taken.size());
}
int close_ours(void* context) {
    delete static_cast<std::string_view*>(context);
    return 0;
}

std::size_t count_of(std::string_view text, std::string_view word) {
    std::size_t count = 0;
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + word.size()))
        ++count;
    return count;
}

void keep_first(void* context, xmlError* error) {
    auto& words = *static_cast<std::string*>(context);
    if (words.empty() && error->level >= XML_ERR_ERROR && error->message != nullptr) {
        words = excerpt(trim(error->message), 200);
    }
}

}  // namespace

void TaricSchema::Freer::operator()(_xmlDoc* document) const { xmlFreeDoc(document); }
void TaricSchema::Freer::operator()(_xmlSchema* schema) const { xmlSchemaFree(schema); }

Result<TaricSchema> TaricSchema::compile(std::string_view xsd) {
    static std::once_flag once;
    std::call_once(once, [] {
        xmlInitParser();
        xmlRegisterInputCallbacks(is_ours, open_ours, read_ours, close_ours);
    });
    auto const known =
        count_of(xsd, "schemaLocation=\"xml.xsd\"") + count_of(xsd, "schemaLocation=\"envelope.xsd\"");
    if (xsd.size() > bytes_max || xsd.find("<!DOCTYPE") != std::string_view::npos ||
        xsd.find('\0') != std::string_view::npos || count_of(xsd, "schemaLocation") != known) {
        return refuse(Code::bad_file, "taric3.xsd", "is not the schema of TARIC 3: it refers to other files");
    }
    TaricSchema made;
    made.document_.reset(xmlReadMemory(xsd.data(), static_cast<int>(xsd.size()), address, "UTF-8",
                                       XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
    if (!made.document_) return refuse(Code::bad_file, "taric3.xsd", "is not well-formed XML");
    std::unique_ptr<xmlSchemaParserCtxt, decltype(&xmlSchemaFreeParserCtxt)> const parser(
        xmlSchemaNewDocParserCtxt(made.document_.get()), xmlSchemaFreeParserCtxt);
    if (!parser) return refuse(Code::bad_file, "taric3.xsd", "cannot be read");
    std::string words;
    xmlSchemaSetParserStructuredErrors(parser.get(), keep_first, &words);
    made.schema_.reset(xmlSchemaParse(parser.get()));
    if (!made.schema_) return refuse(Code::bad_file, "taric3.xsd", words.empty() ? "is not a schema" : words);
    return made;
}

Result<std::optional<TaricSchema>> TaricSchema::beside(std::filesystem::path const& file) {
    std::error_code failed;
    auto const schema = file.parent_path() / "taric3.xsd";
    if (!std::filesystem::exists(file, failed) || !std::filesystem::exists(schema, failed))
        return std::nullopt;
    auto input = TRY(Input::open(schema));
    if (!TRY(input.next_member())) return std::nullopt;
    return TRY(compile(TRY(input.rest(bytes_max))));
}

}  // namespace allroads::books
