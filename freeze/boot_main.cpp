// adder-rt: finds the image behind its own program text, maps it read-only and runs the application in it.
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "freeze/executable.h"
#include "interp/runtime/runtime.h"

namespace {

int refuse(const char* why) {
    std::fprintf(stderr, "error: this executable is damaged: %s\n", why);
    return 5;
}

}  // namespace

int main(int argc, char** argv) {
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    // Without /proc: the path that was executed.
    if (fd < 0) fd = open(reinterpret_cast<const char*>(getauxval(AT_EXECFN)), O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        std::perror("error: cannot read this executable");
        return 7;
    }
    freeze::Trailer trailer;
    uint64_t size = uint64_t(status.st_size);
    if (size < sizeof trailer ||
        pread(fd, &trailer, sizeof trailer, off_t(size - sizeof trailer)) != ssize_t(sizeof trailer) ||
        std::memcmp(trailer.magic, freeze::kTrailerMagic, sizeof trailer.magic) != 0)
        return refuse("there is no application behind the interpreter");
    uint64_t room = size - sizeof trailer;
    if (trailer.file_size != size || trailer.image_offset % freeze::kImageAlignment || trailer.image_offset > room ||
        trailer.image_size > room - trailer.image_offset)
        return refuse("its parts are not where they were written");
    void* image = mmap(nullptr, trailer.image_size, PROT_READ, MAP_PRIVATE, fd, off_t(trailer.image_offset));
    close(fd);
    if (image == MAP_FAILED) {
        std::perror("error: cannot map this executable");
        return 7;
    }
    return py::run_frozen(argc, argv, image, trailer.image_size);
}
