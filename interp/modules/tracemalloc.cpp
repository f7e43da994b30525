// _tracemalloc: which lines of the program asked for the memory in use. The tables live outside the allocator that is watched.
#include <cstdlib>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/memory_trace.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/state.h"
#include "interp/runtime/thread.h"
#include "interp/vm/frame.h"

namespace py {

namespace {

constexpr int kMaxFrames = 65535;

struct FrameLine {
    Str* filename;  // owned
    unsigned line;
};
// Where blocks were allocated; equal ones are one. Kept until tracing is cleared.
struct TracedStack {
    uint64_t hash;
    int count, total;   // frames kept; frames there were
    Object* as_object;  // while results are made: the tuple of it, owned
    FrameLine frames[1];

    size_t size() const { return offsetof(TracedStack, frames) + size_t(count) * sizeof(FrameLine); }
};
struct Trace {
    uintptr_t address;  // 0: free, 1: removed
    size_t bytes;
    TracedStack* stack;
};

// Open addressing, at most two thirds full. Nothing is traced that there is no room for.
class TraceTable {
  public:
    Trace* find(uintptr_t address) {
        if (!slots_) return nullptr;
        for (size_t i = start(address);; i = (i + 1) & mask_) {
            if (slots_[i].address == address) return &slots_[i];
            if (slots_[i].address == kFree) return nullptr;
        }
    }
    // A slot for an address that has none; null when memory is exhausted.
    Trace* add(uintptr_t address) {
        if (3 * (filled_ + 1) > 2 * capacity() && !grow()) return nullptr;
        size_t i = start(address);
        while (slots_[i].address > kRemoved) i = (i + 1) & mask_;
        if (slots_[i].address == kFree) ++filled_;
        ++used_;
        slots_[i].address = address;
        return &slots_[i];
    }
    void remove(Trace* trace) {
        trace->address = kRemoved;
        --used_;
    }
    void clear() {
        std::free(slots_);
        slots_ = nullptr;
        mask_ = filled_ = used_ = 0;
    }
    size_t used() const { return used_; }
    size_t bytes() const { return capacity() * sizeof(Trace); }
    template <class F>
    void for_each(F&& f) const {
        for (size_t i = 0; i < capacity(); ++i)
            if (slots_[i].address > kRemoved) f(slots_[i]);
    }

  private:
    static constexpr uintptr_t kFree = 0, kRemoved = 1;
    size_t capacity() const { return slots_ ? mask_ + 1 : 0; }
    size_t start(uintptr_t address) const { return size_t((address >> 4) * 0x9e3779b97f4a7c15u >> 20) & mask_; }
    bool grow() {
        size_t wanted = used_ * 3 > capacity() ? capacity() * 2 : capacity();
        if (wanted < 1024) wanted = 1024;
        TraceTable bigger;
        bigger.slots_ = static_cast<Trace*>(std::calloc(wanted, sizeof(Trace)));
        if (!bigger.slots_) return false;
        bigger.mask_ = wanted - 1;
        for_each([&](const Trace& each) { *bigger.add(each.address) = each; });
        std::free(slots_);
        *this = bigger;
        return true;
    }
    Trace* slots_ = nullptr;
    size_t mask_ = 0, filled_ = 0, used_ = 0;
};

// The set of stacks.
class StackTable {
  public:
    // The kept one that equals `wanted`, made if it is new; null when memory is exhausted.
    TracedStack* keep(const TracedStack* wanted) {
        if (3 * (used_ + 1) > 2 * capacity_ && !grow()) return nullptr;
        TracedStack** slot = find_slot(wanted);
        if (*slot) return *slot;
        auto* copy = static_cast<TracedStack*>(std::malloc(wanted->size()));
        if (!copy) return nullptr;
        std::memcpy(static_cast<void*>(copy), wanted, wanted->size());
        for (int i = 0; i < copy->count; ++i) incref(copy->frames[i].filename);
        ++used_;
        stack_bytes_ += copy->size();
        return *slot = copy;
    }
    void clear() {
        for_each([](TracedStack* each) {
            for (int i = 0; i < each->count; ++i) decref(each->frames[i].filename);
            std::free(each);
        });
        std::free(slots_);
        *this = StackTable();
    }
    size_t bytes() const { return capacity_ * sizeof(TracedStack*) + stack_bytes_; }
    template <class F>
    void for_each(F&& f) const {
        for (size_t i = 0; i < capacity_; ++i)
            if (slots_[i]) f(slots_[i]);
    }

  private:
    static bool equal(const TracedStack* a, const TracedStack* b) {
        if (a->hash != b->hash || a->count != b->count || a->total != b->total) return false;
        for (int i = 0; i < a->count; ++i)
            if (a->frames[i].filename != b->frames[i].filename || a->frames[i].line != b->frames[i].line) return false;
        return true;
    }
    TracedStack** find_slot(const TracedStack* wanted) {
        size_t i = wanted->hash & (capacity_ - 1);
        while (slots_[i] && !equal(slots_[i], wanted)) i = (i + 1) & (capacity_ - 1);
        return &slots_[i];
    }
    bool grow() {
        StackTable bigger;
        bigger.capacity_ = capacity_ ? capacity_ * 2 : 256;
        bigger.slots_ = static_cast<TracedStack**>(std::calloc(bigger.capacity_, sizeof(TracedStack*)));
        if (!bigger.slots_) return false;
        bigger.used_ = used_;
        bigger.stack_bytes_ = stack_bytes_;
        for_each([&](TracedStack* each) { *bigger.find_slot(each) = each; });
        std::free(slots_);
        *this = bigger;
        return true;
    }
    TracedStack** slots_ = nullptr;
    size_t capacity_ = 0, used_ = 0, stack_bytes_ = 0;
};

TraceTable traces;
StackTable stacks;
size_t traced_now = 0, traced_peak = 0;
int frame_limit = 1;
bool is_tracing = false;
bool is_paused = false;     // while results are made of the traces
TracedStack* scratch = nullptr;  // room for frame_limit frames
Str* unknown_name = nullptr;

void read_stack(TracedStack* stack) {
    stack->count = stack->total = 0;
    stack->as_object = nullptr;
    uint64_t hash = 0x345678;
    Thread* thread = Thread::current();
    InterpreterFrame* frame = thread && thread->cframe ? first_complete_frame(thread->cframe->current_frame) : nullptr;
    for (; frame; frame = first_complete_frame(frame->previous)) {
        if (stack->count < frame_limit) {
            int line = code_line_at(frame->code, frame_byte_offset(frame));
            Str* name = frame->code->filename && is_str(frame->code->filename) ? frame->code->filename : unknown_name;
            stack->frames[stack->count++] = {name, line < 0 ? 0u : unsigned(line)};
            hash = (hash ^ (uintptr_t(name) >> 4) ^ uint64_t(line) << 40) * 0x9e3779b97f4a7c15u;
        }
        if (stack->total < kMaxFrames) ++stack->total;
    }
    if (!stack->count) {
        stack->frames[stack->count++] = {unknown_name, 0};
        stack->total = 1;
    }
    stack->hash = hash ^ hash >> 29 ^ uint64_t(stack->total);
}

void remove_trace(uintptr_t address) {
    Trace* trace = traces.find(address);
    if (!trace) return;
    traced_now -= trace->bytes;
    traces.remove(trace);
}
void add_trace(void* memory, size_t bytes) {
    remove_trace(uintptr_t(memory));
    if (is_paused) return;
    read_stack(scratch);
    TracedStack* stack = stacks.keep(scratch);
    Trace* trace = stack ? traces.add(uintptr_t(memory)) : nullptr;
    if (!trace) return;
    trace->bytes = bytes;
    trace->stack = stack;
    traced_now += bytes;
    if (traced_now > traced_peak) traced_peak = traced_now;
}
constexpr MemoryTracer tracer = {add_trace, remove_trace};

void clear_all() {
    // Dying file names must not find the tables half cleared.
    StackTable old = stacks;
    stacks = StackTable();
    traces.clear();
    traced_now = traced_peak = 0;
    old.clear();
}

struct Pause {
    bool before = std::exchange(is_paused, true);
    ~Pause() { is_paused = before; }
};

// _tracemalloc.start(nframe=1, /)
Fallible<Ref<>> tracemalloc_start(Object*, Object* const* a) {
    int limit = a[0] ? TRY(as_c_int(a[0])) : 1;
    if (limit < 1 || limit > kMaxFrames) return raise(exc::ValueError, "the number of frames must be in range [1; %i]", kMaxFrames);
    if (is_tracing) return share(none());
    auto* room = static_cast<TracedStack*>(std::malloc(offsetof(TracedStack, frames) + size_t(limit) * sizeof(FrameLine)));
    if (!room) return raise_memory_error();
    unknown_name = "<unknown>"_name;
    std::free(std::exchange(scratch, room));
    frame_limit = limit;
    is_tracing = true;
    set_memory_tracer(&tracer);
    return share(none());
}
// _tracemalloc.stop()
Fallible<Ref<>> tracemalloc_stop(Object*) {
    if (!is_tracing) return share(none());
    is_tracing = false;
    set_memory_tracer(nullptr);
    clear_all();
    std::free(std::exchange(scratch, nullptr));
    return share(none());
}
// _tracemalloc.is_tracing()
Fallible<Ref<>> tracemalloc_is_tracing(Object*) { return bool_from(is_tracing); }
// _tracemalloc.clear_traces()
Fallible<Ref<>> tracemalloc_clear_traces(Object*) {
    if (is_tracing) clear_all();
    return share(none());
}
// _tracemalloc.get_traceback_limit()
Fallible<Ref<>> tracemalloc_get_traceback_limit(Object*) { return TRY(int_from(frame_limit)); }
// _tracemalloc.get_traced_memory()
Fallible<Ref<>> tracemalloc_get_traced_memory(Object*) {
    if (!is_tracing) {
        Ref<Int> zero = TRY(int_from(0));
        return TRY(tuple_pack(zero.get(), zero.get()));
    }
    size_t now = traced_now, peak = traced_peak;
    Ref<Int> first = TRY(int_from(int64_t(now)));
    Ref<Int> second = TRY(int_from(int64_t(peak)));
    return TRY(tuple_pack(first.get(), second.get()));
}
// _tracemalloc.reset_peak()
Fallible<Ref<>> tracemalloc_reset_peak(Object*) {
    traced_peak = traced_now;
    return share(none());
}
// _tracemalloc.get_tracemalloc_memory()
Fallible<Ref<>> tracemalloc_get_tracemalloc_memory(Object*) { return TRY(int_from(int64_t(traces.bytes() + stacks.bytes()))); }

// ((filename, line), …), the most recent call first.
Fallible<Ref<>> stack_object(TracedStack* stack) {
    if (stack->as_object) return share(stack->as_object);
    Ref<Tuple> result = TRY(tuple_new(stack->count));
    for (int i = 0; i < stack->count; ++i) {
        Ref<Int> line = TRY(int_from(stack->frames[i].line));
        result->items[i] = TRY(tuple_pack(stack->frames[i].filename, line.get())).release();
    }
    return result;
}
// (domain, size, traceback, frame count)
Fallible<Ref<>> trace_object(const Trace& trace) {
    Ref<> frames = TRY(stack_object(trace.stack));
    if (!trace.stack->as_object) trace.stack->as_object = new_reference(frames.get());
    Ref<Int> domain = TRY(int_from(0));
    Ref<Int> bytes = TRY(int_from(int64_t(trace.bytes)));
    Ref<Int> total = TRY(int_from(trace.stack->total));
    return TRY(tuple_pack(domain.get(), bytes.get(), frames.get(), total.get()));
}
// _tracemalloc._get_traces()
Fallible<Ref<>> tracemalloc_get_traces(Object*) {
    Pause pause;
    Ref<List> result = TRY(list_new(0));
    if (!is_tracing) return result;
    // The tables change while objects come and go: work on a copy.
    size_t count = traces.used(), i = 0;
    auto* copies = static_cast<Trace*>(std::malloc((count + 1) * sizeof(Trace)));
    if (!copies) return raise_memory_error();
    traces.for_each([&](const Trace& each) { copies[i++] = each; });
    auto fill = [&]() -> Fallible<void> {
        for (i = 0; i < count; ++i) TRY(list_append_steal(result.get(), TRY(trace_object(copies[i]))));
        return {};
    };
    Fallible<void> done = fill();
    std::free(copies);
    stacks.for_each([](TracedStack* each) { clear_slot(each->as_object); });
    TRY(std::move(done));
    return result;
}
// _tracemalloc._get_object_traceback(obj, /)
Fallible<Ref<>> tracemalloc_get_object_traceback(Object*, Object* object) {
    size_t head = (object->type->has(type_flag::kHaveGc) ? sizeof(GcHead) : 0) +
                  (object->type->has(type_flag::kManagedDict) ? 2 * sizeof(void*) : 0);
    Trace* trace = is_tracing ? traces.find(uintptr_t(object) - head) : nullptr;
    if (!trace) return share(none());
    Pause pause;
    return stack_object(trace->stack);
}

MethodDef tracemalloc_functions[] = {
    METHOD_O("_get_object_traceback", tracemalloc_get_object_traceback, "($module, obj, /)", "Where an object was allocated, or None."),
    METHOD_NOARGS("_get_traces", tracemalloc_get_traces, "($module, /)", "All blocks that are traced."),
    METHOD_NOARGS("clear_traces", tracemalloc_clear_traces, "($module, /)", "Forget all traces."),
    METHOD_NOARGS("get_traceback_limit", tracemalloc_get_traceback_limit, "($module, /)", "How many frames of a traceback are kept."),
    METHOD_NOARGS("get_traced_memory", tracemalloc_get_traced_memory, "($module, /)", "Bytes traced now and at most: (current, peak)."),
    METHOD_NOARGS("get_tracemalloc_memory", tracemalloc_get_tracemalloc_memory, "($module, /)", "Bytes that the traces themselves take."),
    METHOD_NOARGS("is_tracing", tracemalloc_is_tracing, "($module, /)", "Whether memory is traced."),
    METHOD_NOARGS("reset_peak", tracemalloc_reset_peak, "($module, /)", "Let the peak begin from now."),
    METHOD("start", tracemalloc_start, "($module, nframe=1, /)", "Begin to trace, keeping so many frames a block."),
    METHOD_NOARGS("stop", tracemalloc_stop, "($module, /)", "Stop tracing and forget all traces."),
    END_ROW,
};

}  // namespace

extern const NativeModule tracemalloc_module;
const NativeModule tracemalloc_module = {"_tracemalloc", "Traces of allocated memory.", tracemalloc_functions, nullptr};

}  // namespace py
