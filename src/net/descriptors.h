#pragma once
// How many files and sockets this process may hold at once. Not for use outside net.

#include <cstddef>

namespace allroads::net {

// What the rest of the program opens beside connections: records, photos, calls of our own.
inline constexpr std::size_t descriptors_of_others = 512;

// How many of the wanted connections fit once the soft limit is raised as far as the hard one lets it. Where
// that is low, half of it is left to the others.
[[nodiscard]] std::size_t room_for_connections(std::size_t wanted);

// One descriptor kept back for the moment when there is none left: given up, it lets a caller be told.
class SpareDescriptor {
public:
    SpareDescriptor() { take(); }
    ~SpareDescriptor() { give(); }
    SpareDescriptor(SpareDescriptor const&) = delete;
    SpareDescriptor& operator=(SpareDescriptor const&) = delete;
    void take();
    void give();

private:
    int held_ = -1;
};

}  // namespace allroads::net
