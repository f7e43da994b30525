// mmap.mmap's methods: reading and writing at a position as a file does, searching, moving, resizing, syncing.
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "interp/modules/mmap.h"
#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/int.h"
#include "interp/objects/parsed_methods.h"
#include "interp/objects/search.h"
#include "interp/runtime/audit.h"

namespace py {

namespace {

Fallible<Map*> open_map(Object* object) {
    TRY(as_map(object)->require_open());
    return as_map(object);
}

// mmap.close()
Fallible<Ref<>> mmap_close(Object* self) {
    if (as_map(self)->exports > 0) return raise(exc::BufferError, "cannot close exported pointers exist");
    as_map(self)->unmap();
    return share(none());
}

// The next count bytes, the position moved behind them.
Fallible<Ref<>> take(Map* map, ssize_t count) {
    const char* start = map->data + map->position;
    map->position += count;
    return TRY(bytes_from({start, size_t(count)}));
}
// mmap.read(n=None, /)
Fallible<Ref<>> mmap_read(Object* self, Object* const* a) {
    Map* map = TRY(open_map(self));
    ssize_t wanted = TRY(optional_size(a[0]));
    TRY(map->require_open());
    ssize_t left = std::max<ssize_t>(map->size - map->position, 0);
    return take(map, wanted < 0 ? left : std::min(wanted, left));
}
// mmap.read_byte()
Fallible<Ref<>> mmap_read_byte(Object* self) {
    Map* map = TRY(open_map(self));
    if (map->position >= map->size) return raise(exc::ValueError, "read byte out of range");
    return TRY(int_from(uint8_t(map->data[map->position++])));
}
// mmap.readline()
Fallible<Ref<>> mmap_readline(Object* self) {
    Map* map = TRY(open_map(self));
    ssize_t left = std::max<ssize_t>(map->size - map->position, 0);
    const char* start = map->data + map->position;
    auto* end = static_cast<const char*>(std::memchr(start, '\n', size_t(left)));
    return take(map, end ? end + 1 - start : left);
}

// mmap.write(bytes, /)
Fallible<Ref<>> mmap_write(Object* self, Object* content) {
    TRY(open_map(self));
    BufferView view;
    TRY(view.open(content));
    TRY(as_map(self)->require_writable());
    Map* map = as_map(self);
    if (map->position > map->size || map->size - map->position < view.size())
        return raise(exc::ValueError, "data out of range");
    std::memmove(map->data + map->position, view.data(), size_t(view.size()));
    map->position += view.size();
    return TRY(int_from(view.size()));
}
// mmap.write_byte(byte, /)
Fallible<Ref<>> mmap_write_byte(Object* self, Object* value) {
    TRY(open_map(self));
    ssize_t byte = TRY(as_ssize(value));
    if (byte < 0) return raise(exc::OverflowError, "unsigned byte integer is less than minimum");
    if (byte > 255) return raise(exc::OverflowError, "unsigned byte integer is greater than maximum");
    TRY(as_map(self)->require_writable());
    Map* map = as_map(self);
    if (map->position >= map->size) return raise(exc::ValueError, "write byte out of range");
    map->data[map->position++] = char(byte);
    return share(none());
}

using Search = ssize_t (*)(const uint8_t*, ssize_t, const uint8_t*, ssize_t);
Fallible<Ref<>> search(Object* self, Object* const* a, Search how) {
    Map* map = TRY(open_map(self));
    ssize_t start = map->position, end = map->size;
    BufferView part;
    TRY(part.open(a[0]));
    if (a[1]) start = TRY(as_ssize(a[1]));
    if (a[2]) end = TRY(as_ssize(a[2]));
    TRY(map->require_open());
    auto inside = [&](ssize_t at) { return std::clamp<ssize_t>(at < 0 ? at + map->size : at, 0, map->size); };
    start = inside(start), end = inside(end);
    auto* text = reinterpret_cast<const uint8_t*>(map->data + start);
    ssize_t found = end - start < part.size()
                        ? -1
                        : how(text, end - start, reinterpret_cast<const uint8_t*>(part.data()), part.size());
    return TRY(int_from(found < 0 ? -1 : found + start));
}
// mmap.find(sub, start=…, end=…, /)
Fallible<Ref<>> mmap_find(Object* self, Object* const* a) {
    return search(self, a, find_units<uint8_t>);
}
// mmap.rfind(sub, start=…, end=…, /)
Fallible<Ref<>> mmap_rfind(Object* self, Object* const* a) {
    return search(self, a, rfind_units<uint8_t>);
}

// mmap.seek(pos, whence=0, /)
Fallible<Ref<>> mmap_seek(Object* self, Object* const* a) {
    TRY(open_map(self));
    ssize_t distance = TRY(as_ssize(a[0]));
    int whence = a[1] ? TRY(as_c_int(a[1])) : SEEK_SET;
    Map* map = TRY(open_map(self));
    if (whence < SEEK_SET || whence > SEEK_END) return raise(exc::ValueError, "unknown seek type");
    ssize_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? map->position : map->size;
    ssize_t target;
    if (__builtin_add_overflow(base, distance, &target) || target < 0 || target > map->size)
        return raise(exc::ValueError, "seek out of range");
    map->position = target;
    return share(none());
}
// mmap.tell()
Fallible<Ref<>> mmap_tell(Object* self) {
    return TRY(int_from(TRY(open_map(self))->position));
}

// mmap.size()
Fallible<Ref<>> mmap_size(Object* self) {
    struct stat status;
    int descriptor = TRY(open_map(self))
    ->descriptor;
    if (without_gil([&] { return ::fstat(descriptor, &status); }) != 0) return raise_os_error(errno);
    return TRY(int_from(status.st_size));
}

// mmap.resize(newsize, /)
Fallible<Ref<>> mmap_resize(Object* self, Object* wanted) {
    Map* map = TRY(open_map(self));
    ssize_t size = TRY(as_ssize(wanted));
    TRY(map->require_open());
    if (map->exports > 0) return raise(exc::BufferError, "mmap can't resize with extant buffers exported.");
    if (map->access == MapAccess::Read || map->access == MapAccess::Copy)
        return raise(exc::TypeError, "mmap can't resize a readonly or copy-on-write memory map.");
    ssize_t end;
    if (size < 0 || __builtin_add_overflow(size, ssize_t(map->offset), &end))
        return raise(exc::ValueError, "new size out of range");
    TRY(audit("mmap.resize", "n", size));
    if (map->descriptor >= 0 && without_gil([&] { return ::ftruncate(map->descriptor, end); }) != 0)
        return raise_os_error(errno);
    void* moved = ::mremap(map->data, size_t(map->size), size_t(size), MREMAP_MAYMOVE);
    if (moved == MAP_FAILED) return raise_os_error(errno);
    map->data = static_cast<char*>(moved);
    map->size = size;
    return share(none());
}

// mmap.move(dest, src, count, /)
Fallible<Ref<>> mmap_move(Object* self, Object* const* a) {
    TRY(open_map(self));
    ssize_t numbers[3];
    for (int i = 0; i < 3; ++i)
        numbers[i] = TRY(as_ssize(a[i]));
    TRY(as_map(self)->require_writable());
    Map* map = as_map(self);
    auto [target, source, count] = numbers;
    if (target < 0 || source < 0 || count < 0 || map->size - target < count || map->size - source < count)
        return raise(exc::ValueError, "source, destination, or count out of range");
    std::memmove(map->data + target, map->data + source, size_t(count));
    return share(none());
}

// mmap.flush(offset=0, size=…, /)
Fallible<Ref<>> mmap_flush(Object* self, Object* const* a) {
    Map* map = TRY(open_map(self));
    ssize_t start = a[0] ? TRY(as_ssize(a[0])) : 0;
    ssize_t count = a[1] ? TRY(as_ssize(a[1])) : map->size;
    TRY(map->require_open());
    if (start < 0 || count < 0 || map->size - start < count) return raise(exc::ValueError, "flush values out of range");
    if (map->access == MapAccess::Read || map->access == MapAccess::Copy) return share(none());
    char* from = map->data + start;
    if (without_gil([&] { return ::msync(from, size_t(count), MS_SYNC); }) != 0) return raise_os_error(errno);
    return share(none());
}

// mmap.madvise(option, start=0, length=…, /)
Fallible<Ref<>> mmap_madvise(Object* self, Object* const* a) {
    Map* map = TRY(open_map(self));
    int option = TRY(as_c_int(a[0]));
    ssize_t start = a[1] ? TRY(as_ssize(a[1])) : 0;
    ssize_t count = a[2] ? TRY(as_ssize(a[2])) : map->size;
    TRY(map->require_open());
    if (start < 0 || start >= map->size) return raise(exc::ValueError, "madvise start out of bounds");
    if (count < 0) return raise(exc::ValueError, "madvise length invalid");
    if (__builtin_add_overflow(start, count, &count)) return raise(exc::OverflowError, "madvise length too large");
    count = std::min(count, map->size) - start;
    if (::madvise(map->data + start, size_t(count), option) != 0) return raise_os_error(errno);
    return share(none());
}

// mmap.__enter__()
Fallible<Ref<>> mmap_enter(Object* self) {
    TRY(open_map(self));
    return share(self);
}
// mmap.__exit__(*args)
Fallible<Ref<>> mmap_exit(Object* self, Object* const*) {
    return call_method(self, "close"_name);
}

// mmap.closed
Fallible<Ref<>> mmap_closed(Object* self) {
    return bool_from(!as_map(self)->data);
}

}  // namespace

MethodDef mmap_methods[] = {
    METHOD_NOARGS_UNSIGNED("close", mmap_close, ""),
    METHOD_PARSED_BOUND("find", mmap_find, "(sub, start=0, end=0, /)", ""),
    METHOD_PARSED_BOUND("rfind", mmap_rfind, "(sub, start=0, end=0, /)", ""),
    METHOD_PARSED_BOUND("flush", mmap_flush, "(offset=0, size=0, /)", ""),
    METHOD_PARSED_BOUND("madvise", mmap_madvise, "(option, start=0, length=0, /)", ""),
    METHOD_PARSED_BOUND("move", mmap_move, "(dest, src, count, /)", ""),
    METHOD_PARSED_BOUND("read", mmap_read, "(n=None, /)", ""),
    METHOD_NOARGS_UNSIGNED("read_byte", mmap_read_byte, ""),
    METHOD_NOARGS_UNSIGNED("readline", mmap_readline, ""),
    METHOD_PARSED_ONE("resize", mmap_resize, ""),
    METHOD_PARSED_BOUND("seek", mmap_seek, "(pos, whence=0, /)", ""),
    METHOD_NOARGS_UNSIGNED("size", mmap_size, ""),
    METHOD_NOARGS_UNSIGNED("tell", mmap_tell, ""),
    METHOD_PARSED_ONE("write", mmap_write, ""),
    METHOD_PARSED_ONE("write_byte", mmap_write_byte, ""),
    METHOD_NOARGS_UNSIGNED("__enter__", mmap_enter, ""),
    {"__exit__", BOUND_ENTRY_(mmap_exit, "__exit__", "(*args)"), kFastcall | kBareName, ""},
    END_ROW,
};
GetSetDef mmap_getset[] = {GETTER("closed", mmap_closed, nullptr), END_ROW};

}  // namespace py
