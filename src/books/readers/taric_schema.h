#pragma once
// The XML schema of TARIC 3, compiled once for a file.
//
// The Commission's taric3.xsd refers to two more files. The envelope around its messages and the attribute
// xml:lang are so small that they are kept here, and nothing else is ever fetched: a schema that refers
// elsewhere is refused.

#include "base/base.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

struct _xmlDoc;
struct _xmlSchema;

namespace allroads::books {

class TaricSchema {
public:
    static constexpr std::size_t bytes_max = 4U << 20;

    [[nodiscard]] static Result<TaricSchema> compile(std::string_view xsd);
    // taric3.xsd in the folder of `file`, if both are there.
    [[nodiscard]] static Result<std::optional<TaricSchema>> beside(std::filesystem::path const& file);
    [[nodiscard]] _xmlSchema* get() const { return schema_.get(); }

private:
    struct Freer {
        void operator()(_xmlDoc* document) const;
        void operator()(_xmlSchema* schema) const;
    };
    std::unique_ptr<_xmlDoc, Freer> document_;  // the schema points into it
    std::unique_ptr<_xmlSchema, Freer> schema_;
};

}  // namespace allroads::books
