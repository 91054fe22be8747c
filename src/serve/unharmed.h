#pragma once
// What one piece of work throws ends neither its thread nor the program.

#include <cstdio>
#include <exception>
#include <string>

namespace allroads::serve {

// Whether the work ended well. A line on standard error says which did not, and nothing of what it held: it
// may have been entrusted to us.
template <class Work>
[[nodiscard]] bool unharmed(std::string const& name, Work const& work) {
    try {
        work();
        return true;
    } catch (std::exception const&) {
        std::fputs((name + ": a mistake of this program; it is tried again in a minute\n").c_str(), stderr);
        return false;
    }
}

}  // namespace allroads::serve
