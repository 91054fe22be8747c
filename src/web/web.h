#pragma once
// web: the pages that people see. It knows HTML: templates in many languages, escaping by where a value
// stands, and amounts drawn as bars. Everything works without scripts.
//
// Promises: a text that is put into a page never becomes markup, whatever it holds; templates are read
// at load, compiled once for each language, and rendered by any number of threads; a page asks for nothing
// outside this hub.

#include "hub/hub.h"
#include "net/net.h"
#include "web/bars.h"
#include "web/page.h"
#include "web/pages.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace allroads::web {

// The style sheet and the pictures of the pages, read once. An address names what it holds, so that browsers
// keep it for a year and yet see every change at once.
struct Assets {
    std::string style_url;           // "/assets/style.css?v=3f2a…", for Pages::load
    std::vector<net::Route> routes;  // GET /assets/…
    std::function<void()>
        polish;  // presses them as small as can be; until it has run they are a little larger
};
// style.css and every *.svg and *.js of the folder. Refused as Pages::load.
[[nodiscard]] Result<Assets> assets(std::string const& folder);

// Where the texts of the pages lie.
struct Places {
    std::string pages;       // templates, style sheet, pictures
    std::string catalogues;  // translations: <tag>/LC_MESSAGES/allroads.mo
};
struct Site;
struct CloseSite {
    void operator()(Site* site) const;
};
using OpenSite = std::unique_ptr<Site, CloseSite>;
// The hub outlives what is asked of it; to be closed it does not need the hub.
// Refused: as Pages::load and locale::Tongues::open.
[[nodiscard]] Result<OpenSite> open(hub::Hub& hub, Places const& places);
// The words for what the owner of an account is told when it changes (people::Notice); empty for none.
[[nodiscard]] std::string notice_words(Site const& site, std::string_view language, std::string_view verb);
// The words for what a party of a deal is told (hub::Notice): a key, its facts, and how the order is called
// there. Short: mostly one message of a telephone.
[[nodiscard]] std::string deal_notice_words(Site const& site, std::string_view language, std::string_view key,
                                            std::string_view facts_json, std::string_view deal_reference);
// The words around a one-time code.
[[nodiscard]] std::string code_words(Site const& site, std::string_view language, std::string_view digits);
// Every page. The site outlives the routes.
[[nodiscard]] std::vector<net::Route> routes(Site& site);

}  // namespace allroads::web
