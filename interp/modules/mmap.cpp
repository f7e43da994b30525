// mmap: files and anonymous memory mapped into the address space, as a mutable sequence of bytes with a position.
#include "interp/modules/mmap.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/search.h"
#include "interp/objects/weakref.h"
#include "interp/runtime/audit.h"

namespace py {

Fallible<void> Map::require_open() const {
    if (!data) return raise(exc::ValueError, "mmap closed or invalid");
    return {};
}

Fallible<void> Map::require_writable() const {
    TRY(require_open());
    if (access == MapAccess::Read) return raise(exc::TypeError, "mmap can't modify a readonly memory map.");
    return {};
}

void Map::unmap() {
    if (descriptor >= 0) {
        int file = descriptor;
        descriptor = -1;
        without_gil([&] { return ::close(file); });
    }
    if (data) {
        char* start = data;
        data = nullptr;
        without_gil([&] { return ::munmap(start, size_t(size)); });
    }
}

namespace {

// What protection, flags and access say together (the access wins over nothing but a read-only protection).
struct Protection {
    int flags = MAP_SHARED, bits = PROT_WRITE | PROT_READ;
    MapAccess access = MapAccess::Default;
};

Fallible<Protection> protection_of(Object* flags, Object* bits, Object* access) {
    Protection result;
    if (flags) result.flags = TRY(as_c_int(flags));
    if (bits) result.bits = TRY(as_c_int(bits));
    int wanted = access ? TRY(as_c_int(access)) : 0;
    constexpr int kBoth = PROT_WRITE | PROT_READ;
    if (wanted != 0 && (result.flags != MAP_SHARED || result.bits != kBoth))
        return raise(exc::ValueError, "mmap can't specify both access and flags, prot.");
    if (wanted < 0 || wanted > int(MapAccess::Copy)) return raise(exc::ValueError, "mmap invalid access parameter.");
    result.access = MapAccess(wanted);
    if (result.access == MapAccess::Read) result.bits = PROT_READ;
    if (result.access == MapAccess::Copy) result.flags = MAP_PRIVATE;
    bool writable = result.bits & PROT_WRITE, readable = result.bits & PROT_READ;
    if (result.access == MapAccess::Default && !(writable && readable))
        result.access = writable ? MapAccess::Write : MapAccess::Read;
    return result;
}

// The size of the mapping: what was asked for, or the rest of the file. ValueError where the file is too short.
Fallible<ssize_t> size_of_mapping(int descriptor, ssize_t wanted, off_t offset) {
    struct stat status;
    if (without_gil([&] { return ::fstat(descriptor, &status); }) != 0 || !S_ISREG(status.st_mode)) return wanted;
    if (wanted == 0) {
        if (status.st_size == 0) return raise(exc::ValueError, "cannot mmap an empty file");
        if (offset >= status.st_size) return raise(exc::ValueError, "mmap offset is greater than file size");
        return ssize_t(status.st_size - offset);
    }
    if (offset > status.st_size || status.st_size - offset < wanted)
        return raise(exc::ValueError, "mmap length is greater than file size");
    return wanted;
}

// mmap.__new__(fileno, length, flags=MAP_SHARED, prot=PROT_WRITE | PROT_READ, access=ACCESS_DEFAULT, offset=0)
Fallible<Ref<>> mmap_new(Type* type, Object* const* a) {
    int descriptor = TRY(as_c_int(a[0]));
    ssize_t size = TRY(index_as_ssize(a[1], exc::OverflowError));
    off_t offset = a[5] ? TRY(as_int64(a[5])) : 0;
    if (size < 0) return raise(exc::OverflowError, "memory mapped length must be positive");
    if (offset < 0) return raise(exc::OverflowError, "memory mapped offset must be positive");
    Protection protection = TRY(protection_of(a[2], a[3], a[4]));
    TRY(audit("mmap.__new__", "inin", descriptor, size, int(protection.access), ssize_t(offset)));
    if (descriptor != -1) size = TRY(size_of_mapping(descriptor, size, offset));
    Ref<Map> map = TRY(instance_new<Map>(type));
    map->descriptor = -1;
    map->size = size;
    map->offset = offset;
    map->access = protection.access;
    if (descriptor == -1) {
        protection.flags |= MAP_ANONYMOUS;
    } else {
        map->descriptor = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
        if (map->descriptor < 0) return raise_os_error(errno);
    }
    void* data = without_gil(
        [&] { return ::mmap(nullptr, size_t(size), protection.bits, protection.flags, map->descriptor, offset); });
    if (data == MAP_FAILED) return raise_os_error(errno);
    map->data = static_cast<char*>(data);
    return map;
}

void mmap_dealloc(Object* object) {
    Map* map = as_map(object);
    gc_untrack(map);
    map->unmap();
    if (map->weaklist) clear_weakrefs(map);
    object_memory_free(map);
}

// Tracked as CPython's are, though a map refers to nothing.
int mmap_traverse(Object*, Visit, void*) {
    return 0;
}

Fallible<Ref<>> mmap_repr(Object* object) {
    static constexpr const char* kAccess[] = {"ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE", "ACCESS_COPY"};
    Map* map = as_map(object);
    if (!map->data) return TRY(format_str("<%s closed=True>", map->type->name));
    return TRY(format_str("<%s closed=False, access=%s, length=%zd, pos=%zd, offset=%lld>", map->type->name,
                          kAccess[int(map->access)], map->size, map->position, (long long)map->offset));
}

// The sequence: single bytes as bytes for the sequence protocol, as ints for subscription.

ssize_t mmap_length(Object* object) {
    TRY(as_map(object)->require_open());
    return as_map(object)->size;
}

Object* mmap_item(Object* object, ssize_t at) {
    Map* map = as_map(object);
    TRY(map->require_open());
    if (at < 0 || at >= map->size) return raise(exc::IndexError, "mmap index out of range");
    return bytes_from({map->data + at, 1}).release();
}

Fallible<ssize_t> position_argument(Map* map, Object* key) {
    ssize_t at = TRY(index_as_ssize(key, exc::IndexError));
    if (at < 0) at += map->size;
    if (at < 0 || at >= map->size) return raise(exc::IndexError, "mmap index out of range");
    // __index__ may have closed it.
    TRY(map->require_open());
    return at;
}

Object* mmap_subscript(Object* object, Object* key) {
    Map* map = as_map(object);
    TRY(map->require_open());
    if (is_index(key)) {
        ssize_t at = TRY(position_argument(map, key));
        return int_from(uint8_t(map->data[at])).release();
    }
    if (key->type != &slice_type) return raise(exc::TypeError, "mmap indices must be integers");
    ssize_t start, stop, step;
    TRY(slice_unpack(static_cast<Slice*>(key), &start, &stop, &step));
    ssize_t count = slice_adjust(map->size, &start, &stop, step);
    TRY(map->require_open());
    if (count <= 0) return bytes_from({}).release();
    if (step == 1 || count == 1) return bytes_from({map->data + start, size_t(count)}).release();
    Ref<Bytes> result = TRY(bytes_new(count));
    for (ssize_t i = 0; i < count; ++i, start += step)
        result->data[i] = map->data[start];
    return result.release();
}

Fallible<void> store_byte(Map* map, Object* key, Object* value) {
    ssize_t at = TRY(position_argument(map, key));
    if (!value) return raise(exc::TypeError, "mmap doesn't support item deletion");
    if (!is_index(value)) return raise(exc::TypeError, "mmap item value must be an int");
    ssize_t number = TRY(index_as_ssize(value, exc::TypeError));
    if (number < 0 || number > 255) return raise(exc::ValueError, "mmap item value must be in range(0, 256)");
    TRY(map->require_open());
    if (at >= map->size) return raise(exc::IndexError, "mmap index out of range");  // __index__ may have resized it
    map->data[at] = char(number);
    return {};
}

Fallible<void> store_slice(Map* map, Slice* slice, Object* value) {
    ssize_t start, stop, step;
    TRY(slice_unpack(slice, &start, &stop, &step));
    ssize_t count = slice_adjust(map->size, &start, &stop, step);
    if (!value) return raise(exc::TypeError, "mmap object doesn't support slice deletion");
    BufferView view;
    TRY(view.open(value));
    if (view.size() != count) return raise(exc::IndexError, "mmap slice assignment is wrong size");
    TRY(map->require_open());
    for (ssize_t i = 0; i < count && step != 1; ++i, start += step)
        map->data[start] = view.data()[i];
    if (step == 1 && count > 0) std::memmove(map->data + start, view.data(), size_t(count));
    return {};
}

int mmap_store_subscript(Object* object, Object* key, Object* value) {
    Map* map = as_map(object);
    TRY(map->require_writable());
    if (is_index(key)) return store_byte(map, key, value).release();
    if (key->type != &slice_type) return raise(exc::TypeError, "mmap indices must be integer");
    return store_slice(map, static_cast<Slice*>(key), value).release();
}

int mmap_get_buffer(Object* object, Buffer* buffer, int flags) {
    Map* map = as_map(object);
    TRY(map->require_open());
    if (buffer_fill(buffer, object, map->data, map->size, map->access == MapAccess::Read, flags) < 0) return -1;
    ++map->exports;
    return 0;
}

void mmap_release_buffer(Object* object, Buffer*) {
    --as_map(object)->exports;
}

SequenceMethods mmap_sequence = {.length = mmap_length, .item = mmap_item};
MappingMethods mmap_mapping = {
    .length = mmap_length, .subscript = mmap_subscript, .store_subscript = mmap_store_subscript};
BufferMethods mmap_buffer = {.get = mmap_get_buffer, .release = mmap_release_buffer};

const struct {
    const char* name;
    int64_t value;
} mmap_constants[] = {
#define CONSTANT(name) \
    { #name, name }
    CONSTANT(PROT_EXEC),
    CONSTANT(PROT_READ),
    CONSTANT(PROT_WRITE),
    CONSTANT(MAP_SHARED),
    CONSTANT(MAP_PRIVATE),
    CONSTANT(MAP_DENYWRITE),
    CONSTANT(MAP_EXECUTABLE),
    CONSTANT(MAP_ANON),
    CONSTANT(MAP_ANONYMOUS),
    CONSTANT(MAP_POPULATE),
    CONSTANT(MAP_STACK),
    CONSTANT(MADV_NORMAL),
    CONSTANT(MADV_RANDOM),
    CONSTANT(MADV_SEQUENTIAL),
    CONSTANT(MADV_WILLNEED),
    CONSTANT(MADV_DONTNEED),
    CONSTANT(MADV_REMOVE),
    CONSTANT(MADV_DONTFORK),
    CONSTANT(MADV_DOFORK),
    CONSTANT(MADV_HWPOISON),
    CONSTANT(MADV_MERGEABLE),
    CONSTANT(MADV_UNMERGEABLE),
    CONSTANT(MADV_HUGEPAGE),
    CONSTANT(MADV_NOHUGEPAGE),
    CONSTANT(MADV_DONTDUMP),
    CONSTANT(MADV_DODUMP),
    CONSTANT(MADV_FREE),
#undef CONSTANT
    {"ACCESS_DEFAULT", int(MapAccess::Default)},
    {"ACCESS_READ", int(MapAccess::Read)},
    {"ACCESS_WRITE", int(MapAccess::Write)},
    {"ACCESS_COPY", int(MapAccess::Copy)},
};

Fallible<void> mmap_execute(Module* module) {
    for (auto& each : mmap_constants)
        TRY(module_add_int(module, each.name, each.value));
    TRY(module_add_int(module, "PAGESIZE", sysconf(_SC_PAGESIZE)));
    TRY(module_add_int(module, "ALLOCATIONGRANULARITY", sysconf(_SC_PAGESIZE)));
    TRY(module_add(module, "error", share(static_cast<Object*>(exc::OSError))));
    return module_add_type(module, &mmap_type);
}

}  // namespace

constinit Type mmap_type = static_type({
    .name = "mmap.mmap",
    .basic_size = sizeof(Map),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc =
        "mmap(fileno, length[, flags[, prot[, access[, offset]]]])\n\n"
        "length bytes of the file behind the descriptor fileno (-1: of anonymous memory), from offset on; length 0 is\n"
        "the whole file. flags are MAP_SHARED or MAP_PRIVATE, prot PROT_READ and PROT_WRITE; access stands for both.",
    .dealloc = mmap_dealloc,
    .traverse = mmap_traverse,
    .repr = slot1<mmap_repr>,
    .getattro = generic_getattro_slot,
    .sequence = &mmap_sequence,
    .mapping = &mmap_mapping,
    .buffer = &mmap_buffer,
    .methods = mmap_methods,
    .getset = mmap_getset,
    .weaklist_offset = offsetof(Map, weaklist),
    .new_ = Bound<mmap_new, "", "(fileno, length, flags=0, prot=0, access=0, offset=0)">::new_,
});

extern const NativeModule mmap_module;
const NativeModule mmap_module = {"mmap", nullptr, nullptr, mmap_execute};

}  // namespace py
