// _queue: SimpleQueue, an unbounded first-in first-out queue whose put may be called from destructors and signal
// handlers.
#include <semaphore.h>
#include <cerrno>
#include <cmath>
#include <ctime>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"
#include "interp/runtime/thread.h"

namespace py {

namespace {

struct SimpleQueue : Object {
    List* items;
    ssize_t first;    // items[first…] are in the queue
    sem_t available;  // counts them
    Object* weaklist;
};
SimpleQueue* as_queue(Object* object) {
    return static_cast<SimpleQueue*>(object);
}

Object* empty_exception;  // queue.Empty, lives as long as the process
extern Type simple_queue_type;

// SimpleQueue()
Fallible<Ref<>> queue_new(Type* type, Object* const*) {
    Ref<List> items = TRY(list_new(0));
    Ref<SimpleQueue> self = TRY(instance_new<SimpleQueue>(type));
    self->items = items.release();
    sem_init(&self->available, 0, 0);
    return self;
}
void queue_dealloc(Object* object) {
    SimpleQueue* self = as_queue(object);
    gc_untrack(self);
    if (self->weaklist) clear_weakrefs(self);
    if (self->items) sem_destroy(&self->available);
    clear_slot(self->items);
    object_memory_free(self);
}

ssize_t size_of(SimpleQueue* self) {
    return self->items->size - self->first;
}

Fallible<Ref<>> put_item(Object* object, Object* item) {
    TRY(list_append(as_queue(object)->items, item));
    sem_post(&as_queue(object)->available);
    return share(none());
}
// SimpleQueue.put(item, block=True, timeout=None)
Fallible<Ref<>> queue_put(Object* self, Object* const* bound) {
    return put_item(self, bound[0]);
}
// SimpleQueue.put_nowait(item)
Fallible<Ref<>> queue_put_nowait(Object* self, Object* const* bound) {
    return put_item(self, bound[0]);
}

// The semaphore was taken: the first item is ours.
Fallible<Ref<>> take_first(SimpleQueue* self) {
    Ref<> item = share(self->items->items[self->first]);
    replace_slot(self->items->items[self->first], new_reference(none()));
    ++self->first;
    // The read part is thrown away once it is the larger one.
    if (self->first * 2 > self->items->size) {
        ssize_t read = std::exchange(self->first, 0);
        TRY(list_set_slice(self->items, 0, read, nullptr));
    }
    return item;
}

// Waits until an item is there: true, or false when `deadline` (null: never) has passed. Signal handlers run meanwhile.
Fallible<bool> wait_for_item(SimpleQueue* self, const timespec* deadline) {
    for (;;) {
        int error = 0;
        {
            GilReleased released;
            int status =
                deadline ? sem_clockwait(&self->available, CLOCK_MONOTONIC, deadline) : sem_wait(&self->available);
            if (status != 0) error = errno;
        }
        if (error == 0) return true;
        if (error == ETIMEDOUT) return false;
        TRY(check_signals());
    }
}

Fallible<timespec> deadline_after(Object* timeout) {
    double seconds = TRY(as_double(timeout));
    if (std::isnan(seconds)) return raise(exc::ValueError, "Invalid value NaN (not a number)");
    if (seconds < 0) return raise(exc::ValueError, "'timeout' must be a non-negative number");
    if (seconds > 9223372036.0) return raise(exc::OverflowError, "timeout value is too large");
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double whole = std::floor(seconds);
    long nanoseconds = now.tv_nsec + long((seconds - whole) * 1e9);
    return timespec{now.tv_sec + time_t(whole) + nanoseconds / 1000000000, nanoseconds % 1000000000};
}

Fallible<Ref<>> get_item_of(SimpleQueue* self, bool block, Object* timeout) {
    timespec deadline{};
    bool bounded = block && timeout && !is_none(timeout);
    if (bounded) deadline = TRY(deadline_after(timeout));
    bool taken = sem_trywait(&self->available) == 0;
    if (!taken && block) {
        Ref<> alive = share(self);
        taken = TRY(wait_for_item(self, bounded ? &deadline : nullptr));
    }
    if (!taken) return raise_bare(static_cast<Type*>(empty_exception));
    return take_first(self);
}
// SimpleQueue.get(block=True, timeout=None)
Fallible<Ref<>> queue_get(Object* self, Object* const* bound) {
    bool block = !bound[0] || TRY(is_true(bound[0]));
    return get_item_of(as_queue(self), block, bound[1]);
}
// SimpleQueue.get_nowait()
Fallible<Ref<>> queue_get_nowait(Object* self) {
    return get_item_of(as_queue(self), false, nullptr);
}
// SimpleQueue.empty()
Fallible<Ref<>> queue_empty(Object* self) {
    return bool_from(size_of(as_queue(self)) == 0);
}
// SimpleQueue.qsize()
Fallible<Ref<>> queue_qsize(Object* self) {
    return int_from(size_of(as_queue(self)));
}

MethodDef queue_methods[] = {
    METHOD_NOARGS("empty", queue_empty, "($self, /)", "Is the queue empty now?"),
    METHOD("get", queue_get, "($self, /, block=True, timeout=None)",
           "Takes out the first item, waiting for one if need be; Empty after the timeout."),
    METHOD_UNPACKED_NOARGS("get_nowait", queue_get_nowait, "($self, /)", "Takes out the first item; Empty where there is none."),
    METHOD("put", queue_put, "($self, /, item, block=True, timeout=None)", "Puts an item in; never waits."),
    METHOD("put_nowait", queue_put_nowait, "($self, /, item)", "Puts an item in."),
    METHOD_NOARGS("qsize", queue_qsize, "($self, /)", "How many items are in the queue now."),
    CLASS_GETITEM_ROW,
    END_ROW,
};

constinit Type simple_queue_type = static_type({
    .name = "_queue.SimpleQueue",
    .basic_size = sizeof(SimpleQueue),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "SimpleQueue()\n--\n\nSimple, unbounded, reentrant FIFO queue.",
    .dealloc = queue_dealloc,
    .traverse = traverse_members<&SimpleQueue::items>,
    .methods = queue_methods,
    .weaklist_offset = offsetof(SimpleQueue, weaklist),
    .new_ = Bound<queue_new, "SimpleQueue", "()">::new_,
});

Fallible<void> execute(Module* module) {
    if (!empty_exception)
        empty_exception = TRY(exception_type_new("_queue.Empty", static_cast<Object*>(exc::Exception),
                                                 "Exception raised by Queue.get(block=0)/get_nowait()."))
    .release();
    TRY(module_add(module, "Empty", share(empty_exception)));
    return module_add_type(module, &simple_queue_type);
}

}  // namespace

extern const NativeModule queue_module;
const NativeModule queue_module = {"_queue", "The queue that needs no lock of its own.", nullptr, execute};

}  // namespace py
