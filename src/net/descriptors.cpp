#include "net/descriptors.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <algorithm>

namespace allroads::net {

std::size_t room_for_connections(std::size_t wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
    auto const needed = static_cast<rlim_t>(wanted + descriptors_of_others);
    if (limit.rlim_cur < needed) {
        auto raised = limit;
        raised.rlim_cur = std::min(needed, limit.rlim_max);
        if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
    }
    if (limit.rlim_cur >= needed) return wanted;
    auto const all = static_cast<std::size_t>(limit.rlim_cur);
    return std::max<std::size_t>(1, all - std::min(descriptors_of_others, all / 2));
}

void SpareDescriptor::take() {
    if (held_ < 0) held_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void SpareDescriptor::give() {
    if (held_ >= 0) ::close(held_);
    held_ = -1;
}

}  // namespace allroads::net
