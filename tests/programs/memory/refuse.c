// Loaded before the C library (LD_PRELOAD): of the requests that go to the heap or to mmap(), those from `refuse_first` on, up to but
// without `refuse_end` (0: for good), find no memory. refuse_count counts them; refuse_first 0 refuses none.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

long refuse_count, refuse_first, refuse_end;

void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void*, size_t), *__libc_memalign(size_t, size_t);

static int is_refused(void) {
    long number = __sync_add_and_fetch(&refuse_count, 1);
    if (!refuse_first || number < refuse_first || (refuse_end && number >= refuse_end)) return 0;
    errno = ENOMEM;
    return 1;
}

void* malloc(size_t size) { return is_refused() ? NULL : __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return is_refused() ? NULL : __libc_calloc(count, size); }
void* realloc(void* memory, size_t size) { return is_refused() ? NULL : __libc_realloc(memory, size); }
void* aligned_alloc(size_t alignment, size_t size) { return is_refused() ? NULL : __libc_memalign(alignment, size); }

void* mmap(void* address, size_t length, int protection, int flags, int descriptor, off_t offset) {
    static void* (*original)(void*, size_t, int, int, int, off_t);
    if (is_refused()) return MAP_FAILED;
    if (!original) original = (void* (*)(void*, size_t, int, int, int, off_t))dlsym(RTLD_NEXT, "mmap");
    return original(address, length, protection, flags, descriptor, offset);
}
