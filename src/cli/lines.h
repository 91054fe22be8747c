#pragma once
// Lines of a stream, each bounded, for commands that read many requests.

#include "contract/contract.h"

#include <cstdio>
#include <string>
#include <vector>

namespace allroads::cli {

// Lines of a stream, each bounded: what is longer is passed over to its end and told of, without being kept.
class Lines {
public:
    explicit Lines(std::FILE* file) : file_(file), buffer_(1U << 20) {}
    enum class Got : std::uint8_t { line, too_long, end };
    Got next(std::string& line, std::uint64_t& size) {
        line.clear();
        size = 0;
        while (true) {
            if (at_ == filled_) {
                filled_ = std::fread(buffer_.data(), 1, buffer_.size(), file_);
                at_ = 0;
                if (filled_ == 0) return size == 0 ? Got::end : got(size);
            }
            auto const rest = std::string_view(buffer_.data() + at_, filled_ - at_);
            auto const end = rest.find('\n');
            auto const part = rest.substr(0, end);
            size += part.size();
            if (size <= contract::request_bytes_max) line += part;
            at_ += part.size() + (end == std::string_view::npos ? 0 : 1);
            if (end != std::string_view::npos) return got(size);
        }
    }

private:
    static Got got(std::uint64_t size) {
        return size > contract::request_bytes_max ? Got::too_long : Got::line;
    }
    std::FILE* file_;
    std::vector<char> buffer_;
    std::size_t at_ = 0;
    std::size_t filled_ = 0;
};

}  // namespace allroads::cli
