// Watching the allocator, for tracemalloc, and making it fail, for tests. Without either, allocation takes its usual path: nothing
// is asked on the way.
#pragma once

#include <cstddef>
#include <cstdint>

namespace py {

// Called with the GIL held; must not allocate through the allocator it watches.
struct MemoryTracer {
    void (*added)(void* memory, size_t bytes);  // also for a block that has changed its size or place
    void (*removed)(uintptr_t address);         // of any block, known or not
};
// Null: none.
void set_memory_tracer(const MemoryTracer* tracer);
// From the first'th request on (1: the next), up to but without the end'th, there is no memory; an end of 0: for good. A first
// of 0: all are served again. Returns the number of requests since the last call that was not so.
size_t set_memory_refusals(size_t first, size_t end);
// list.cpp: a list given out again is no allocation that the tracer sees. While memory is traced, none are kept for that.
void list_keep_dead_ones(bool keep);

}  // namespace py
