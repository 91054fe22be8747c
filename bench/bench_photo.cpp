// What a picture costs in processor time: to be kept, and each of its variants. Then the memory of 200
// variants, one after the other and on four threads.
//
//   bench_photo [FOLDER]    also the JPEG, PNG and WebP files of a folder, with the bytes each variant takes

#include "photo/photo.h"

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace allroads;
using namespace allroads::photo;

// A scene with edges, slopes and some grain, as photos have: drawn, so that it is the same everywhere.
std::string scene(int width, int height) {
    std::string svg = "<svg xmlns='http://www.w3.org/2000/svg' width='" + std::to_string(width) +
                      "' height='" + std::to_string(height) +
                      "' viewBox='0 0 400 300'><defs><linearGradient id='a' x2='1' y2='1'>"
                      "<stop stop-color='#d8b48a'/><stop offset='1' stop-color='#5b3a21'/></linearGradient>"
                      "<filter id='g'><feTurbulence baseFrequency='0.9' numOctaves='3'/><feColorMatrix "
                      "values='0 0 0 0 0.3 0 0 0 0 0.2 0 0 0 0 0.1 0.4 0.3 0 0 0'/></filter></defs>"
                      "<rect width='400' height='300' fill='url(#a)'/>";
    for (int n = 0; n < 60; ++n) {
        auto const x = std::to_string(n * 97 % 400);
        auto const y = std::to_string(n * 61 % 300);
        svg += "<ellipse cx='" + x + "' cy='" + y + "' rx='" + std::to_string(12 + n % 30) +
               "' ry='14' fill='hsl(" + std::to_string(n * 37 % 360) + ",40%,45%)' stroke='#222'/>";
    }
    return svg + "<rect width='400' height='300' filter='url(#g)'/></svg>";
}

// Of the processor, all threads together: the same on a machine that has other things to do.
long milliseconds() { return static_cast<long>(std::clock() / (CLOCKS_PER_SEC / 1000)); }

// Resident memory now and at its highest, in MB.
void print_memory(char const* when) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS") || line.starts_with("VmHWM"))
            std::printf("%s %s %ld MB", line.starts_with("VmHWM") ? when : "", line.substr(0, 5).c_str(),
                        std::stol(line.substr(6)) / 1024);
    std::printf("\n");
}

void print_variants(std::string const& kept) {
    for (auto const& width : widths) {
        for (auto const format : {Format::jpeg, Format::webp, Format::avif}) {
            auto const since = milliseconds();
            auto const made = variant(kept, width.pixels, format);
            if (!made) continue;
            std::printf("    %4d %-5s %5ld ms %7zu bytes\n", width.pixels,
                        std::string(facts_of(format).name).c_str(), milliseconds() - since, made->size());
        }
    }
}

Kept print_kept(std::string const& name, std::string const& bytes) {
    auto const since = milliseconds();
    auto kept = normalise(bytes);
    if (!kept) {
        std::printf("%s: %s\n", name.c_str(), kept.error().sentence().c_str());
        return {};
    }
    std::printf("%s, %zu bytes: kept in %ld ms as %d x %d, %zu bytes\n", name.c_str(), bytes.size(),
                milliseconds() - since, kept->width, kept->height, kept->bytes.size());
    print_variants(kept->bytes);
    return std::move(*kept);
}

}  // namespace

int main(int count, char** arguments) {
    print_memory("before the first picture:");
    auto const drawn = draw_our_own_svg(scene(4000, 3000));
    if (!drawn) {
        std::printf("%s\n", drawn.error().sentence().c_str());
        return 1;
    }
    auto const kept = print_kept("a drawn scene", drawn->bytes);
    print_memory("after one picture:");
    if (count > 1) {
        for (auto const& entry : std::filesystem::directory_iterator(arguments[1])) {
            std::ifstream in(entry.path(), std::ios::binary);
            std::string const bytes{std::istreambuf_iterator<char>(in), {}};
            static_cast<void>(print_kept(entry.path().filename(), bytes));
        }
        print_memory("after the folder:");
    }
    auto const many = [&kept](int variants) {
        for (int n = 0; n < variants; ++n)
            static_cast<void>(variant(kept.bytes, widths[n % 3].pixels, static_cast<Format>(n / 3 % 3)));
    };
    many(200);
    print_memory("after 200 variants:");
    std::vector<std::thread> threads;
    for (int n = 0; n < 4; ++n) threads.emplace_back(many, 50);
    for (auto& thread : threads) thread.join();
    print_memory("after 200 more on four threads:");
}
