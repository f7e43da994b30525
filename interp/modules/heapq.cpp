// _heapq: binary heaps in lists; the _max forms keep the largest item first.
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

namespace {

enum class Order { Min, Max };

// Does a belong above b? -1 when it raised or the list changed.
template <Order order>
int above(List* heap, Object* a, Object* b) {
    ssize_t size = heap->size;
    Ref<> held_a = share(a), held_b = share(b);
    int result = TRY(order == Order::Min ? rich_compare_bool(a, b, kLess) : rich_compare_bool(b, a, kLess));
    if (heap->size != size) return raise(exc::RuntimeError, "list changed size during iteration");
    return result;
}

// Item `position` rises towards `top` to where it belongs.
template <Order order>
Fallible<void> sift_down(List* heap, ssize_t top, ssize_t position) {
    if (position >= heap->size) return raise(exc::IndexError, "index out of range");
    while (position > top) {
        ssize_t parent = (position - 1) >> 1;
        int rises = above<order>(heap, heap->items[position], heap->items[parent]);
        if (rises < 0) return raised;
        if (!rises) break;
        std::swap(heap->items[parent], heap->items[position]);
        position = parent;
    }
    return {};
}

// Item `position` sinks: the better child moves up all the way to a leaf, then the item rises from there. That takes
// fewer comparisons than stopping on the way.
template <Order order>
Fallible<void> sift_up(List* heap, ssize_t position) {
    ssize_t size = heap->size, start = position, limit = size >> 1;
    if (position >= size) return raise(exc::IndexError, "index out of range");
    while (position < limit) {
        ssize_t child = 2 * position + 1;
        if (child + 1 < size) {
            int left_above = above<order>(heap, heap->items[child], heap->items[child + 1]);
            if (left_above < 0) return raised;
            if (!left_above) ++child;
        }
        std::swap(heap->items[child], heap->items[position]);
        position = child;
    }
    return sift_down<order>(heap, start, position);
}

Fallible<List*> heap_argument(const char* function, int position, Object* heap) {
    if (is_list(heap)) return as_list(heap);
    if (position)
        return raise(exc::TypeError, "%s() argument %d must be list, not %N", function, position, heap);
    return raise(exc::TypeError, "%s() argument must be list, not %N", function, heap);
}

template <Order order>
Fallible<Ref<>> pop(List* heap) {
    if (heap->size == 0) return raise(exc::IndexError, "index out of range");
    Ref<> last = share(heap->items[heap->size - 1]);
    TRY(list_set_slice(heap, heap->size - 1, heap->size, nullptr));
    if (heap->size == 0) return last;
    Ref<> first = steal(std::exchange(heap->items[0], last.release()));
    TRY(sift_up<order>(heap, 0));
    return first;
}
template <Order order>
Fallible<Ref<>> replace(List* heap, Object* item) {
    if (heap->size == 0) return raise(exc::IndexError, "index out of range");
    Ref<> first = steal(std::exchange(heap->items[0], new_reference(item)));
    TRY(sift_up<order>(heap, 0));
    return first;
}
template <Order order>
Fallible<Ref<>> heapify(List* heap) {
    for (ssize_t i = (heap->size >> 1) - 1; i >= 0; --i)
        TRY(sift_up<order>(heap, i));
    return share(none());
}

// heapq.heappush(heap, item, /)
Fallible<Ref<>> heappush(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("heappush", nargs, 2, 2));
    List* heap = TRY(heap_argument("heappush", 1, args[0]));
    TRY(list_append(heap, args[1]));
    TRY(sift_down<Order::Min>(heap, 0, heap->size - 1));
    return share(none());
}
// heapq.heappushpop(heap, item, /)
Fallible<Ref<>> heappushpop(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("heappushpop", nargs, 2, 2));
    List* heap = TRY(heap_argument("heappushpop", 1, args[0]));
    if (heap->size == 0) return share(args[1]);
    Ref<> top = share(heap->items[0]);
    if (!TRY(rich_compare_bool(top.get(), args[1], kLess))) return share(args[1]);
    return replace<Order::Min>(heap, args[1]);
}
// heapq.heappop(heap, /)
Fallible<Ref<>> heappop(Object*, Object* heap) {
    return pop<Order::Min>(TRY(heap_argument("heappop", 0, heap)));
}
// heapq.heapreplace(heap, item, /)
Fallible<Ref<>> heapreplace(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("heapreplace", nargs, 2, 2));
    return replace<Order::Min>(TRY(heap_argument("heapreplace", 1, args[0])), args[1]);
}
// heapq.heapify(heap, /)
Fallible<Ref<>> heapify_min(Object*, Object* heap) {
    return heapify<Order::Min>(TRY(heap_argument("heapify", 0, heap)));
}
// heapq._heappop_max(heap, /)
Fallible<Ref<>> heappop_max(Object*, Object* heap) {
    return pop<Order::Max>(TRY(heap_argument("_heappop_max", 0, heap)));
}
// heapq._heapreplace_max(heap, item, /)
Fallible<Ref<>> heapreplace_max(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("_heapreplace_max", nargs, 2, 2));
    return replace<Order::Max>(TRY(heap_argument("_heapreplace_max", 1, args[0])), args[1]);
}
// heapq._heapify_max(heap, /)
Fallible<Ref<>> heapify_max(Object*, Object* heap) {
    return heapify<Order::Max>(TRY(heap_argument("_heapify_max", 0, heap)));
}

MethodDef methods[] = {
    METHOD_FAST("heappush", heappush, "($module, heap, item, /)", "Puts an item in; the heap stays a heap."),
    METHOD_FAST("heappushpop", heappushpop, "($module, heap, item, /)",
                "Puts an item in, then takes out and returns the smallest."),
    METHOD_O("heappop", heappop, "($module, heap, /)", "Takes out and returns the smallest item."),
    METHOD_FAST("heapreplace", heapreplace, "($module, heap, item, /)",
                "Takes out and returns the smallest item, then puts another in."),
    METHOD_O("heapify", heapify_min, "($module, heap, /)", "Turns a list into a heap, in place, in linear time."),
    METHOD_O("_heappop_max", heappop_max, "($module, heap, /)", "heappop of a heap with the largest item first."),
    METHOD_O("_heapify_max", heapify_max, "($module, heap, /)", "heapify with the largest item first."),
    METHOD_FAST("_heapreplace_max", heapreplace_max, "($module, heap, item, /)",
                "heapreplace of a heap with the largest item first."),
    END_ROW,
};

Fallible<void> execute(Module* module) {
    return module_add(module, "__about__",
                      str_from_ascii("Heap queues: heap[k] <= heap[2*k+1] and heap[k] <= heap[2*k+2] for all k."));
}

}  // namespace

extern const NativeModule heapq_module;
const NativeModule heapq_module = {"_heapq", "Heap queue algorithm (a.k.a. priority queue).", methods, execute};

}  // namespace py
