#include "photo/pixels.h"

#include <dlfcn.h>
#include <malloc.h>
#include <condition_variable>
#include <mutex>

namespace allroads::photo {

// ---- the module -------------------------------------------------------------------------------------------

namespace {

// libvips brings some eighty libraries with it: a start would take half as long again, and every hub would
// carry 15 MB, also those that never see a picture. So what stands on it is a module beside the program,
// loaded with the first picture.
Result<PixelTools const*> tools() {
    static auto const found = [] {
        void* const module = ::dlopen("liballroads_photo_vips.so", RTLD_NOW | RTLD_LOCAL);
        void* const offer = module != nullptr ? ::dlsym(module, "allroads_pixel_tools") : nullptr;
        return offer != nullptr ? reinterpret_cast<PixelTools const* (*)()>(offer)() : nullptr;
    }();
    if (found == nullptr)
        return refuse(Code::unavailable, "photo",
                      "liballroads_photo_vips.so, which belongs beside the program, cannot be loaded");
    return found;
}

}  // namespace

// Whatever holds pixels got them from the module.
void Pixels::Free::operator()(unsigned char* pixels) const { (*tools())->free(pixels); }

Result<Pixels> decoded(std::string_view bytes, Header const& header, Box box) {
    return TRY(tools())->decoded(bytes, header, box);
}
Result<Pixels> drawn(std::string_view trusted_svg, Box box) { return TRY(tools())->drawn(trusted_svg, box); }
Result<Pixels> shrunk(Pixels const& pixels, Box box) { return TRY(tools())->shrunk(pixels, box); }
Result<std::string> encoded(Pixels const& pixels, Format format, int quality) {
    return TRY(tools())->encoded(pixels, format, quality);
}

// ---- turns ------------------------------------------------------------------------------------------------

namespace {

struct Queue {
    std::mutex lock;
    std::condition_variable left;
    std::size_t at_work = 0;
    std::size_t waiting = 0;
};
// Of the process, as its memory is.
Queue& queue() {
    static Queue one;
    return one;
}

}  // namespace

Result<Turn> Turn::wait() {
    auto& q = queue();
    std::unique_lock held(q.lock);
    if (q.at_work == decoders_max) {
        if (q.waiting == waiting_max) return refuse(Code::busy, "photo", "too many pictures at a time");
        ++q.waiting;
        q.left.wait(held, [&q] { return q.at_work < decoders_max; });
        --q.waiting;
    }
    ++q.at_work;
    return Turn();
}

Turn::~Turn() {
    if (!holds_) return;
    auto& q = queue();
    // Codecs leave many megabytes in the heaps of the threads that ran them; a server would never be small
    // again.
    ::malloc_trim(0);
    {
        std::lock_guard const held(q.lock);
        --q.at_work;
    }
    q.left.notify_one();
}

}  // namespace allroads::photo
