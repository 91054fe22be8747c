#include "books/shelf.h"

#include "books/pack_folder.h"
#include "books/pack_words.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>

namespace allroads::books {

namespace {

constexpr std::uintmax_t text_bytes_max = 16U << 20;

Result<std::string> text_in(std::filesystem::path const& file) {
    std::error_code failed;
    auto const size = std::filesystem::file_size(file, failed);
    if (failed || size > text_bytes_max)
        return refuse(Code::bad_file, "", file.filename().string() + ": expected a file of at most 16 MiB");
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    if (!in) return refuse(Code::bad_file, "", "cannot read " + file.string());
    return std::move(out).str();
}

AgreementText& named(std::vector<AgreementText>& texts, std::string const& name) {
    auto const at = std::ranges::lower_bound(texts, name, {}, &AgreementText::name);
    if (at != texts.end() && at->name == name) return *at;
    return *texts.insert(at, AgreementText{name, {}, {}});
}

Result<void> add_folder(std::filesystem::path const& folder, std::vector<AgreementText>& texts) {
    std::error_code none;
    for (auto const& entry : std::filesystem::directory_iterator(folder, none)) {
        auto const& path = entry.path();
        if (path.extension() == ".toml") named(texts, path.stem().string()).toml = TRY(text_in(path));
        if (path.extension() == ".csv") named(texts, path.stem().string()).sheet = TRY(text_in(path));
    }
    return {};
}

}  // namespace

Result<void> OriginTexts::add(std::filesystem::path const& root) {
    TRY_VOID(add_folder(root / "agreements", agreements));
    TRY_VOID(add_folder(root / "statements", statements));
    auto const file = root / "hs-editions" / "correlations.csv";
    if (std::filesystem::exists(file)) correlations = TRY(text_in(file));
    return {};
}

Result<origin::StatementForm> statement_of(AgreementText const& text) {
    auto const file = text.name + ".toml";
    auto const table = TRY(toml_in(text.toml, file));
    auto const* about = table.get_as<toml::table>("statement");
    if (about == nullptr)
        return refuse(Code::bad_pack, "statement", file + ": expected a table of this name");
    origin::StatementForm form{.code = word(*about, "code"),
                               .law = word(*about, "law"),
                               .url = word(*about, "url"),
                               .confidence = word(*about, "confidence"),
                               .when = word(*about, "when"),
                               .agreements = words(*about, "agreements"),
                               .proofs = words(*about, "proofs")};
    if (form.code.empty() || form.law.empty())
        return refuse(Code::bad_pack, "statement", file + ": expected code and law");
    if (auto const direction = word(*about, "direction"); !direction.empty()) {
        auto const country = Country::parse(direction);
        if (!country)
            return refuse(Code::bad_pack, "direction", file + ": " + std::string(country.error().detail()));
        form.direction = *country;
    }
    auto const kind = word(*about, "form");
    form.kind = kind == "remark"          ? origin::FormKind::remark
                : kind == "data-elements" ? origin::FormKind::data_elements
                                          : origin::FormKind::sentence;
    auto const add_to = [](std::vector<origin::StatementForm::Blank>& list) {
        return [&list](toml::table const& one) {
            list.push_back({word(one, "name"), word(one, "what"), word(one, "when"), word(one, "law")});
        };
    };
    tables_of(table, "blank", add_to(form.blanks));
    tables_of(table, "element", add_to(form.elements));
    tables_of(table, "wording", [&](toml::table const& one) {
        form.wordings.push_back(
            {word(one, "language"), word(one, "text"), words(one, "leave_out"), word(one, "law")});
    });
    for (auto const& wording : form.wordings) {
        bool const is_closed = std::ranges::count(wording.text, '{') == std::ranges::count(wording.text, '}');
        if (!is_closed) return refuse(Code::bad_pack, "wording", file + ": a brace is not closed");
    }
    return form;
}

Result<std::vector<origin::Correlation>> correlations_of(std::string_view sheet) {
    static constexpr std::array<std::string_view, 3> columns = {"edition", "hs2022", "hs"};
    std::vector<origin::Correlation> all;
    if (sheet.empty()) return all;
    auto const number = [](std::string const& text) -> Result<std::uint32_t> {
        if (text == "*") return origin::Correlation::any_code;
        bool const is_six = text.size() == 6 && text.find_first_not_of("0123456789") == std::string::npos;
        if (!is_six) return refuse(Code::bad_code, "hs", excerpt(text) + " is not six digits");
        return static_cast<std::uint32_t>(std::stoul(text));
    };
    auto input = TRY(Input::from_memory("correlations.csv", sheet));
    TRY_VOID(read_table(input, columns, [&](Fields const& f) -> Result<void> {
        auto at = std::ranges::find(all, f[0], &origin::Correlation::edition);
        if (at == all.end()) at = all.insert(all.end(), origin::Correlation{.edition = f[0]});
        at->pairs.push_back({TRY(number(f[1])), TRY(number(f[2]))});
        return {};
    }));
    for (auto& one : all) std::ranges::sort(one.pairs);
    return all;
}

struct Shelf::Hidden {
    struct Book {
        origin::Agreement agreement;
        AgreementText const* text = nullptr;
        std::once_flag once;
        std::optional<Error> failed;
    };
    std::once_flag once;
    std::optional<Error> failed;
    std::vector<std::unique_ptr<Book>> books;
    std::vector<std::shared_ptr<origin::Correlation const>> correlations;
    std::once_flag statements_once;
    std::optional<Error> statements_failed;
    std::vector<origin::StatementForm> statements;

    Result<void> open(OriginTexts const& texts) {
        std::call_once(once, [&] {
            if (auto const done = read(texts); !done) failed = done.error();
        });
        if (failed) return std::unexpected(*failed);
        return {};
    }
    Result<void> read(OriginTexts const& texts) {
        for (auto& one : TRY(correlations_of(texts.correlations)))
            correlations.push_back(std::make_shared<origin::Correlation const>(std::move(one)));
        for (auto const& text : texts.agreements) {
            if (text.toml.empty()) continue;  // rules of an agreement that nobody describes
            auto book = std::make_unique<Book>();
            book->agreement = TRY(agreement_of(text));
            book->text = &text;
            auto const edition = std::ranges::find(correlations, book->agreement.hs_edition,
                                                   [](auto const& one) { return one->edition; });
            if (edition != correlations.end()) book->agreement.correlation = *edition;
            books.push_back(std::move(book));
        }
        return {};
    }
    static Result<origin::Agreement const*> whole(Book& book) {
        std::call_once(book.once, [&] {
            auto rules = product_rules_of(*book.text);
            if (rules) {
                book.agreement.rules = std::move(*rules);
            } else {
                book.failed = rules.error();
            }
        });
        if (book.failed) return std::unexpected(*book.failed);
        return &book.agreement;
    }
};

Shelf::Shelf(OriginTexts texts) : texts_(std::move(texts)), hidden_(std::make_unique<Hidden>()) {}
Shelf::~Shelf() = default;

Result<std::vector<origin::Agreement const*>> Shelf::all() const {
    TRY_VOID(hidden_->open(texts_));
    std::vector<origin::Agreement const*> found;
    for (auto const& book : hidden_->books) found.push_back(TRY(Hidden::whole(*book)));
    return found;
}

Result<std::vector<origin::Agreement const*>> Shelf::between(Country made_in, Country to, Day day) const {
    TRY_VOID(hidden_->open(texts_));
    std::vector<origin::Agreement const*> found;
    for (auto const& book : hidden_->books) {
        if (origin::is_between(book->agreement, made_in, to, day)) found.push_back(TRY(Hidden::whole(*book)));
    }
    return found;
}

Result<origin::Agreement const*> Shelf::named(std::string_view code) const {
    TRY_VOID(hidden_->open(texts_));
    for (auto const& book : hidden_->books) {
        if (book->agreement.code == code) return Hidden::whole(*book);
    }
    return nullptr;
}

Result<std::span<origin::StatementForm const>> Shelf::statements() const {
    auto& hidden = *hidden_;
    std::call_once(hidden.statements_once, [&] {
        for (auto const& text : texts_.statements) {
            auto form = statement_of(text);
            if (!form) {
                hidden.statements_failed = form.error();
                return;
            }
            hidden.statements.push_back(std::move(*form));
        }
    });
    if (hidden.statements_failed) return std::unexpected(*hidden.statements_failed);
    return std::span<origin::StatementForm const>(hidden.statements);
}

}  // namespace allroads::books
