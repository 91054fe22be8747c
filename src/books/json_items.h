#pragma once
// Large JSON documents, item by item: memory holds one item, whatever the size of the file.
//
// Numbers arrive as text, exactly as they are written, so that no binary fraction ever holds a rate: an item
// {"rate": 4.50} is seen as {"rate": "4.50"}.

#include "books/pack.h"

#include <boost/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::books {

class JsonItems {
public:
    static constexpr std::size_t item_bytes_max = 1U << 20;
    static constexpr std::size_t depth_max = 32;

    // Items of the member that `input` stands at. `path` are the names that lead to them; arrays on the way
    // are entered element by element, "*" is any name. At its end the elements of an array are the items, and
    // a value that is not an array is one item itself. {} are the elements of a document that is an array;
    // {"data"} those of
    // {"data": [...]}; {"sections", "chapters"} the chapters of all sections.
    JsonItems(Input& input, std::vector<std::string> path);

    // The next item, valid until the following call; nothing at the end of the document. Refused
    // (`bad-file`): what is not JSON, nests deeper than `depth_max`, or has an item beyond `item_bytes_max`.
    [[nodiscard]] Result<boost::json::value const*> next();
    [[nodiscard]] std::uint64_t number() const { return number_; }  // of the item, from 1
    [[nodiscard]] std::string_view name() const { return name_; }   // the last name on the way to it

private:
    struct Frame {
        bool is_array;
        bool holds_items;   // its elements are items
        bool begun;         // a comma is due before the next element
        std::size_t level;  // names of the path that are behind us
    };
    [[nodiscard]] Result<char> peek();  // the next character that is not space; 0 at the end
    [[nodiscard]] Result<char> take();
    [[nodiscard]] Result<bool> refill();
    [[nodiscard]] Result<bool> enter(std::size_t level, bool is_element);
    [[nodiscard]] Result<bool> step();
    [[nodiscard]] Result<void> scan_value(bool keep);
    [[nodiscard]] Result<void> scan_string(bool keep);
    [[nodiscard]] Result<void> scan_word(bool keep);
    [[nodiscard]] Result<void> keep_byte(char c);
    [[nodiscard]] std::unexpected<Error> bad(std::string_view what) const;

    Input& input_;
    std::vector<std::string> path_;
    std::vector<Frame> open_;
    std::string_view left_;
    std::string item_;
    std::string name_;
    std::uint64_t number_ = 0;
    bool begun_ = false;
    boost::json::value value_;
};

// The text of a member that is a string or a number; empty where it is missing, null or anything else.
[[nodiscard]] std::string_view text_of(boost::json::object const& object, std::string_view name);
// The member if it is an array or an object; nothing otherwise.
[[nodiscard]] boost::json::array const* array_of(boost::json::object const& object, std::string_view name);
[[nodiscard]] boost::json::object const* object_of(boost::json::object const& object, std::string_view name);

}  // namespace allroads::books
