// The small-object allocator: 32 size classes up to 512 bytes, pools of 16 KiB cut from arenas of 1 MiB; a two-level map
// of the address space tells which addresses are ours. Larger blocks, and everything under AddressSanitizer, go to malloc.
#include "interp/objects/memory.h"

#include "interp/objects/memory_trace.h"

#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <sys/mman.h>

namespace py {
namespace {

constexpr size_t kAlignment = 16;
constexpr size_t kLargestSmall = 512;
constexpr int kClassCount = kLargestSmall / kAlignment;
constexpr size_t kPoolSize = 16 * 1024;
constexpr size_t kArenaSize = 1024 * 1024;
constexpr int kPoolsPerArena = kArenaSize / kPoolSize;

struct Arena;
// Stands at the start of each pool. A pool with free and used blocks hangs in its class's ring.
struct Pool {
    uint32_t used;
    uint32_t size_class;
    void* free_block;   // chain of freed blocks
    uint32_t next_unused;  // offset of the first block never given out
    uint32_t last_start;   // largest offset a block can start at
    Pool *next, *previous;
    Arena* arena;
};
constexpr size_t kPoolHeader = (sizeof(Pool) + kAlignment - 1) & ~(kAlignment - 1);

struct Arena {
    char* memory;
    Pool* free_pools;  // chain through Pool::next
    uint32_t free_count;
    uint32_t unused_index;  // pools from here on were never used
    Arena *next, *previous;  // arenas with free pools
    bool listed;
    bool is_mapped;  // by itself; or from the C heap
};

enum ArenaMark : uint8_t { kForeign = 0, kOurs = 1, kOursTraced = 2 };

struct Ring {
    Pool *next, *previous;
};
struct State {
    Ring rings[kClassCount];
    Arena* usable = nullptr;
    char* spare_arena = nullptr;  // the second half of what was mapped last
    size_t arena_count = 0, arenas_ever = 0, arenas_peak = 0;
    ssize_t blocks = 0;
    uint8_t* map[1 << 14] = {};  // address bits 34..47 → 16384 flags for bits 20..33: an ArenaMark each
    // A tracer takes allocation off the short path: no block is small any more, and no arena plainly ours.
    const MemoryTracer* tracer = nullptr;
    size_t small_limit = kLargestSmall;
    uint8_t own_mark = 1;
    bool ready = false;
    // Requests to refuse; counted only when there are any.
    size_t requests = 0, first_refused = 0, first_granted = 0;
};
State state;

inline Pool* ring_head(int size_class) {
    // The ring's links stand where a Pool's would, so that heads and pools chain alike.
    return reinterpret_cast<Pool*>(reinterpret_cast<char*>(&state.rings[size_class]) - offsetof(Pool, next));
}
inline ArenaMark mark_of(const void* memory) {
    uintptr_t address = reinterpret_cast<uintptr_t>(memory);
    const uint8_t* flags = address >> 48 ? nullptr : state.map[address >> 34];
    return flags ? ArenaMark(flags[(address >> 20) & 0x3fff]) : kForeign;
}
inline Pool* pool_of(const void* memory) {
    return reinterpret_cast<Pool*>(reinterpret_cast<uintptr_t>(memory) & ~(kPoolSize - 1));
}
inline void ring_unlink(Pool* pool) {
    pool->previous->next = pool->next;
    pool->next->previous = pool->previous;
}
inline void ring_push(Pool* pool) {
    Pool* head = ring_head(int(pool->size_class));
    pool->next = head->next;
    pool->previous = head;
    head->next->previous = pool;
    head->next = pool;
}

bool mark_arena(const char* memory, bool ours) {
    uintptr_t address = reinterpret_cast<uintptr_t>(memory);
    uint8_t*& flags = state.map[address >> 34];
    if (!flags) flags = static_cast<uint8_t*>(std::calloc(1 << 14, 1));
    if (!flags) return false;
    flags[(address >> 20) & 0x3fff] = ours ? state.own_mark : uint8_t(kForeign);
    return true;
}

// Arenas are mapped two at a time, which fill a huge page: where the kernel gives one, that is one page fault, not 512.
char* map_aligned_arena() {
    if (state.spare_arena) return std::exchange(state.spare_arena, nullptr);
    constexpr size_t kPair = 2 * kArenaSize;
    void* raw = mmap(nullptr, 2 * kPair, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED) return nullptr;
    char* start = static_cast<char*>(raw);
    size_t lead = -reinterpret_cast<uintptr_t>(raw) & (kPair - 1);
    if (lead) munmap(start, lead);
    start += lead;
    munmap(start + kPair, kPair - lead);
    madvise(start, kPair, MADV_HUGEPAGE);
    state.spare_arena = start + kArenaSize;
    return start;
}

void list_arena(Arena* arena) {
    arena->listed = true;
    arena->previous = nullptr;
    arena->next = state.usable;
    if (state.usable) state.usable->previous = arena;
    state.usable = arena;
}
void unlist_arena(Arena* arena) {
    arena->listed = false;
    if (arena->next) arena->next->previous = arena->previous;
    if (arena->previous)
        arena->previous->next = arena->next;
    else
        state.usable = arena->next;
}

void free_arena_memory(char* memory, bool is_mapped) {
    if (is_mapped)
        munmap(memory, kArenaSize);
    else
        std::free(memory);
}

Arena* new_arena() {
    Arena* arena = static_cast<Arena*>(std::malloc(sizeof(Arena)));
    if (!arena) return nullptr;
    char* memory = map_aligned_arena();
    bool is_mapped = memory != nullptr;
    // Where the address space is limited, what large objects have left in the C heap is all there is.
    if (!memory) memory = static_cast<char*>(std::aligned_alloc(kArenaSize, kArenaSize));
    if (!memory || !mark_arena(memory, true)) {
        if (memory) free_arena_memory(memory, is_mapped);
        std::free(arena);
        return nullptr;
    }
    *arena = {memory, nullptr, kPoolsPerArena, 0, nullptr, nullptr, false, is_mapped};
    list_arena(arena);
    ++state.arenas_ever;
    if (++state.arena_count > state.arenas_peak) state.arenas_peak = state.arena_count;
    return arena;
}

void free_arena(Arena* arena) {
    unlist_arena(arena);
    mark_arena(arena->memory, false);
    free_arena_memory(arena->memory, arena->is_mapped);
    std::free(arena);
    --state.arena_count;
}

void make_ready() {
    for (int i = 0; i < kClassCount; ++i) state.rings[i] = {ring_head(i), ring_head(i)};
    state.ready = true;
}

// A pool for the size class, in its ring; null when memory is exhausted.
[[gnu::noinline]] Pool* new_pool(int size_class) {
    if (!state.ready) {
        make_ready();
    }
    Arena* arena = state.usable ? state.usable : new_arena();
    if (!arena) return nullptr;
    Pool* pool = arena->free_pools;
    if (pool)
        arena->free_pools = pool->next;
    else
        pool = reinterpret_cast<Pool*>(arena->memory + kPoolSize * arena->unused_index++);
    if (--arena->free_count == 0) unlist_arena(arena);
    uint32_t block = uint32_t(size_class + 1) * kAlignment;
    pool->used = 0;
    pool->size_class = uint32_t(size_class);
    pool->free_block = nullptr;
    pool->next_unused = kPoolHeader;
    pool->last_start = uint32_t(kPoolSize) - block;
    pool->arena = arena;
    ring_push(pool);
    return pool;
}

[[gnu::noinline]] void release_pool(Pool* pool) {
    ring_unlink(pool);
    Arena* arena = pool->arena;
    pool->next = arena->free_pools;
    arena->free_pools = pool;
    if (!arena->listed) list_arena(arena);
    // One empty arena stays, so that a program at the edge does not map and unmap all the time.
    if (++arena->free_count == kPoolsPerArena && (state.usable != arena || arena->next)) free_arena(arena);
}

inline void* allocate_small(size_t bytes) {
    int size_class = bytes ? int((bytes - 1) / kAlignment) : 0;
    Pool* pool = state.rings[size_class].next;
    if (!pool || pool == ring_head(size_class)) [[unlikely]] {
        pool = new_pool(size_class);
        if (!pool) return nullptr;
    }
    ++pool->used;
    ++state.blocks;
    void* block = pool->free_block;
    if (block) [[likely]] {
        pool->free_block = *static_cast<void**>(block);
    } else {
        block = reinterpret_cast<char*>(pool) + pool->next_unused;
        pool->next_unused += uint32_t(size_class + 1) * kAlignment;
    }
    // Full pools leave the ring; the first block freed brings them back.
    if (!pool->free_block && pool->next_unused > pool->last_start) [[unlikely]]
        ring_unlink(pool);
    return block;
}

inline void deallocate_small(void* memory) {
    Pool* pool = pool_of(memory);
    bool was_full = !pool->free_block && pool->next_unused > pool->last_start;
    *static_cast<void**>(memory) = pool->free_block;
    pool->free_block = memory;
    --state.blocks;
    if (was_full) [[unlikely]]
        ring_push(pool);
    if (--pool->used == 0) [[unlikely]]
        release_pool(pool);
}

}  // namespace

namespace {

inline bool is_refused() {
    if (!state.first_refused) [[likely]]
        return false;
    size_t number = ++state.requests;
    return number >= state.first_refused && (!state.first_granted || number < state.first_granted);
}

void* allocate_large(size_t bytes) {
    if (bytes > size_t(SSIZE_MAX) || is_refused()) return nullptr;
    void* memory = std::malloc(bytes ? bytes : 1);
    if (!memory) return nullptr;
    ++state.blocks;
    if (state.tracer) state.tracer->added(memory, bytes);
    return memory;
}
void deallocate_large(void* memory) {
    if (state.tracer) state.tracer->removed(reinterpret_cast<uintptr_t>(memory));
    --state.blocks;
    std::free(memory);
}
void* reallocate_large(void* memory, size_t bytes) {
    if (is_refused()) return nullptr;
    auto address = reinterpret_cast<uintptr_t>(memory);
    void* moved = std::realloc(memory, bytes ? bytes : 1);
    if (moved && state.tracer) {
        state.tracer->removed(address);
        state.tracer->added(moved, bytes);
    }
    return moved;
}

}  // namespace

#if defined(ADDER_ADDRESS_SANITIZER)
void* allocate(size_t bytes) { return allocate_large(bytes); }
void* reallocate(void* memory, size_t bytes) {
    if (!memory) return allocate(bytes);
    return bytes > size_t(SSIZE_MAX) ? nullptr : reallocate_large(memory, bytes);
}
void deallocate(void* memory) {
    if (memory) deallocate_large(memory);
}
#else
namespace {

[[gnu::noinline]] void* allocate_general(size_t bytes) {
    if (bytes > kLargestSmall) return allocate_large(bytes);
    void* memory = is_refused() ? nullptr : allocate_small(bytes);
    if (memory && state.tracer) state.tracer->added(memory, bytes);
    return memory;
}
[[gnu::noinline]] void deallocate_general(void* memory) {
    if (!memory) return;
    if (mark_of(memory) == kForeign) return deallocate_large(memory);
    state.tracer->removed(reinterpret_cast<uintptr_t>(memory));
    deallocate_small(memory);
}

}  // namespace

void* allocate(size_t bytes) {
    if (bytes <= state.small_limit) [[likely]]
        return allocate_small(bytes);
    return allocate_general(bytes);
}

void deallocate(void* memory) {
    if (mark_of(memory) == kOurs) [[likely]]
        deallocate_small(memory);
    else
        deallocate_general(memory);
}

void* reallocate(void* memory, size_t bytes) {
    if (!memory) return allocate(bytes);
    if (bytes > size_t(SSIZE_MAX)) return nullptr;
    if (mark_of(memory) == kForeign) return reallocate_large(memory, bytes);
    size_t capacity = (pool_of(memory)->size_class + 1) * kAlignment;
    // A shrink moves only when it saves a quarter.
    if (bytes <= capacity && 4 * bytes > 3 * capacity) {
        if (state.tracer) state.tracer->added(memory, bytes);
        return memory;
    }
    void* moved = allocate(bytes);
    if (!moved) return bytes <= capacity ? memory : nullptr;
    std::memcpy(moved, memory, bytes < capacity ? bytes : capacity);
    deallocate(memory);
    return moved;
}
#endif

namespace {

// The short path asks nobody.
void choose_path() { state.small_limit = state.tracer || state.first_refused ? 0 : kLargestSmall; }

}  // namespace

size_t set_memory_refusals(size_t first, size_t end) {
    state.first_refused = first;
    state.first_granted = end;
    choose_path();
    return std::exchange(state.requests, 0);
}

void set_memory_tracer(const MemoryTracer* tracer) {
    list_keep_dead_ones(!tracer);
    state.tracer = tracer;
    choose_path();
    state.own_mark = tracer ? kOursTraced : kOurs;
    for (uint8_t* flags : state.map)
        for (int i = 0; flags && i < 1 << 14; ++i)
            if (flags[i] != kForeign) flags[i] = state.own_mark;
}

ssize_t allocated_blocks() { return state.blocks; }

namespace {

struct ClassFigures {
    size_t pools, used, available;
};
struct Figures {
    ClassFigures classes[kClassCount] = {};
    size_t arenas = 0, unused_pools = 0, map_nodes = 0;
};

void add_arena(Figures& figures, char* memory) {
    auto* first = reinterpret_cast<Pool*>(memory);
    const Arena* arena = first->arena;
    bool is_unused[kPoolsPerArena] = {};
    for (Pool* pool = arena->free_pools; pool; pool = pool->next)
        is_unused[(reinterpret_cast<char*>(pool) - memory) / ssize_t(kPoolSize)] = true;
    ++figures.arenas;
    figures.unused_pools += arena->free_count;
    for (uint32_t i = 0; i < arena->unused_index; ++i) {
        if (is_unused[i]) continue;
        auto* pool = reinterpret_cast<Pool*>(memory + i * kPoolSize);
        ClassFigures& each = figures.classes[pool->size_class];
        ++each.pools;
        each.used += pool->used;
        each.available += (kPoolSize - kPoolHeader) / ((pool->size_class + 1) * kAlignment) - pool->used;
    }
}

Figures count_everything() {
    Figures figures;
    for (uintptr_t high = 0; high < 1 << 14; ++high) {
        const uint8_t* flags = state.map[high];
        if (!flags) continue;
        ++figures.map_nodes;
        for (uintptr_t low = 0; low < 1 << 14; ++low)
            if (flags[low] != kForeign) add_arena(figures, reinterpret_cast<char*>(high << 34 | low << 20));
    }
    return figures;
}

size_t print_figure(const char* label, size_t figure) {
    std::fprintf(stderr, "%-35s", label);
    print_statistics_figure(figure);
    return figure;
}

// Bytes in use, free for the taking and lost; together the arenas.
void print_bytes(const Figures& figures) {
    size_t used = 0, available = 0, headers = 0, lost = 0;
    for (int i = 0; i < kClassCount; ++i) {
        const ClassFigures& each = figures.classes[i];
        size_t block = size_t(i + 1) * kAlignment;
        used += each.used * block;
        available += each.available * block;
        headers += each.pools * kPoolHeader;
        lost += each.pools * ((kPoolSize - kPoolHeader) % block);
    }
    size_t total = print_figure("# bytes in allocated blocks", used);
    total += print_figure("# bytes in available blocks", available);
    char label[64];
    std::snprintf(label, sizeof label, "%zu unused pools * %zu bytes", figures.unused_pools, kPoolSize);
    total += print_figure(label, figures.unused_pools * kPoolSize);
    total += print_figure("# bytes lost to pool headers", headers);
    total += print_figure("# bytes lost to quantization", lost);
    total += print_figure("# bytes lost to arena alignment", 0);
    print_figure("Total", total);
}

}  // namespace

void print_statistics_figure(size_t figure) {
    char digits[24];
    char text[32];
    int length = std::snprintf(digits, sizeof digits, "%zu", figure);
    char* out = text;
    for (int i = 0; i < length; ++i) {
        if (i && (length - i) % 3 == 0) *out++ = ',';
        *out++ = digits[i];
    }
    *out = 0;
    std::fprintf(stderr, "=%21s\n", text);
}

// The form of sys._debugmallocstats(), to stderr. Our map of the address space has one level below its root, not two.
void print_allocator_statistics() {
    Figures figures = count_everything();
    std::fprintf(stderr, "Small block threshold = %zu, in %d size classes.\n\n", kLargestSmall, kClassCount);
    std::fputs("class   size   num pools   blocks in use  avail blocks\n-----   ----   ---------   -------------  ------------\n", stderr);
    for (int i = 0; i < kClassCount; ++i) {
        const ClassFigures& each = figures.classes[i];
        if (each.pools)
            std::fprintf(stderr, "%5d %6zu %11zu %15zu %13zu\n", i, size_t(i + 1) * kAlignment, each.pools, each.used, each.available);
    }
    std::fputc('\n', stderr);
    print_figure("# arenas allocated total", state.arenas_ever);
    print_figure("# arenas reclaimed", state.arenas_ever - state.arena_count);
    print_figure("# arenas highwater mark", state.arenas_peak);
    print_figure("# arenas allocated current", state.arena_count);
    char label[64];
    std::snprintf(label, sizeof label, "%zu arenas * %zu bytes/arena", figures.arenas, kArenaSize);
    print_figure(label, figures.arenas * kArenaSize);
    std::fputc('\n', stderr);
    print_bytes(figures);
    std::fputs("\narena map counts\n", stderr);
    print_figure("# arena map bot nodes", figures.map_nodes);
    std::fputc('\n', stderr);
    size_t map_bytes = print_figure("# bytes lost to arena map root", sizeof state.map);
    map_bytes += print_figure("# bytes lost to arena map bot", figures.map_nodes << 14);
    print_figure("Total", map_bytes);
    std::fputc('\n', stderr);
}

}  // namespace py
