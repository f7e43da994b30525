// select: waiting for descriptors with select() and poll(), and the module; epoll objects are in select_epoll.cpp.
#include "interp/modules/select.h"

#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "interp/modules/deadline.h"
#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/module.h"

namespace py {

Fallible<Ref<>> descriptor_event(int descriptor, int64_t events) {
    Ref<Int> first = TRY(int_from(descriptor));
    Ref<Int> second = TRY(int_from(events));
    return TRY(tuple_pack(first.get(), second.get()));
}

namespace {

// One of select()'s lists: the objects with their descriptors.
struct Watched {
    struct Item {
        Ref<> object;
        int descriptor;
    };
    Item items[FD_SETSIZE];
    int count = 0;
    int highest = -1;
    fd_set set;

    Fallible<void> read(Object* sequence) {
        FD_ZERO(&set);
        Ref<> fast = TRY(fast_sequence(sequence, "arguments 1-3 must be sequences"));
        // fileno() may change the list.
        for (ssize_t i = 0; i < fast_sequence_size(fast.get()); ++i) {
            Ref<> object = share(fast_sequence_items(fast.get())[i]);
            int descriptor = TRY(descriptor_argument(object.get()));
            if (descriptor >= FD_SETSIZE) return raise(exc::ValueError, "filedescriptor out of range in select()");
            if (count >= FD_SETSIZE) return raise(exc::ValueError, "too many file descriptors in select()");
            FD_SET(descriptor, &set);
            if (descriptor > highest) highest = descriptor;
            items[count++] = {std::move(object), descriptor};
        }
        return {};
    }
    Fallible<Ref<List>> ready(const fd_set& result) const {
        Ref<List> list = TRY(list_new(0));
        for (int i = 0; i < count; ++i)
            if (FD_ISSET(items[i].descriptor, &result)) TRY(list_append(list.get(), items[i].object.get()));
        return list;
    }
};

// A timeout in seconds; none for None.
Fallible<Deadline> select_deadline(Object* timeout) {
    if (!timeout || is_none(timeout)) return Deadline();
    auto nanoseconds = nanoseconds_from_object(timeout, Rounding::Away);
    if (!nanoseconds.ok()) {
        if (!clear_error_if(exc::TypeError)) return raised;
        return raise(exc::TypeError, "timeout must be a float or None");
    }
    int64_t value = nanoseconds.take();
    if (value < 0) return raise(exc::ValueError, "timeout must be non-negative");
    return Deadline(value);
}

// select.select(rlist, wlist, xlist, timeout=None, /)
Fallible<Ref<>> select_select(Object*, Object* const* a) {
    Deadline deadline = TRY(select_deadline(a[3]));
    auto watched = std::unique_ptr<Watched[]>(new (std::nothrow) Watched[3]);
    if (!watched) return raise_memory_error();
    int highest = -1;
    for (int i = 0; i < 3; ++i) {
        TRY(watched[i].read(a[i]));
        highest = std::max(highest, watched[i].highest);
    }
    fd_set sets[3];
    for (;;) {
        for (int i = 0; i < 3; ++i) sets[i] = watched[i].set;
        timespec left{};
        if (deadline.is_set()) left = timespec_from_nanoseconds(std::max<int64_t>(deadline.nanoseconds_left(), 0));
        int status = without_gil([&] {
            return ::pselect(highest + 1, &sets[0], &sets[1], &sets[2], deadline.is_set() ? &left : nullptr, nullptr);
        });
        if (status >= 0) {
            if (status == 0)
                for (fd_set& set : sets) FD_ZERO(&set);
            break;
        }
        if (errno != EINTR) return raise_os_error(errno);
        TRY(check_signals());
        if (deadline.is_set() && deadline.nanoseconds_left() < 0) {
            for (fd_set& set : sets) FD_ZERO(&set);
            break;
        }
    }
    Ref<List> readable = TRY(watched[0].ready(sets[0]));
    Ref<List> writable = TRY(watched[1].ready(sets[1]));
    Ref<List> exceptional = TRY(watched[2].ready(sets[2]));
    return TRY(tuple_pack(readable.get(), writable.get(), exceptional.get()));
}

// Descriptors with their event masks, in order of registration.
struct Poll : Object {
    Dict* masks;
    bool running;
};
Poll* as_poll(Object* object) { return static_cast<Poll*>(object); }
extern Type poll_type;

Fallible<void> set_mask(Object* self, int descriptor, uint64_t mask) {
    Ref<Int> key = TRY(int_from(descriptor));
    Ref<Int> value = TRY(int_from_unsigned(mask));
    return dict_set(as_poll(self)->masks, key.get(), value.get());
}
Fallible<uint64_t> short_mask(Object* value) {
    Int* number = TRY(require_int(value));
    if (int_sign(number) < 0) return raise(exc::ValueError, "value must be positive");
    uint64_t mask = TRY(as_uint64(value));
    if (mask > USHRT_MAX) return raise(exc::OverflowError, "Python int too large for C unsigned short");
    return mask;
}

// poll.register(fd, eventmask=POLLIN|POLLPRI|POLLOUT, /)
Fallible<Ref<>> poll_register(Object* self, Object* const* a) {
    int descriptor = TRY(descriptor_argument(a[0]));
    TRY(set_mask(self, descriptor, a[1] ? TRY(short_mask(a[1])) : POLLIN | POLLPRI | POLLOUT));
    return share(none());
}
// poll.modify(fd, eventmask, /)
Fallible<Ref<>> poll_modify(Object* self, Object* const* a) {
    int descriptor = TRY(descriptor_argument(a[0]));
    uint64_t mask = TRY(short_mask(a[1]));
    Ref<Int> key = TRY(int_from(descriptor));
    if (!TRY(dict_contains(as_poll(self)->masks, key.get()))) return raise_os_error(ENOENT);
    TRY(set_mask(self, descriptor, mask));
    return share(none());
}
// poll.unregister(fd, /)
Fallible<Ref<>> poll_unregister(Object* self, Object* fd) {
    Ref<Int> key = TRY(int_from(TRY(descriptor_argument(fd))));
    if (!TRY(dict_delete(as_poll(self)->masks, key.get()))) return raise_key_error(key.get());
    return share(none());
}

// A timeout in milliseconds; none for None and negative numbers.
Fallible<Deadline> poll_deadline(Object* timeout) {
    if (!timeout || is_none(timeout)) return Deadline();
    double milliseconds;
    if (is_float(timeout)) {
        milliseconds = float_value(timeout);
        if (milliseconds != milliseconds) return raise(exc::ValueError, "Invalid value NaN (not a number)");
    } else {
        if (!is_index(timeout)) return raise(exc::TypeError, "timeout must be an integer or None");
        auto number = as_int64(timeout);
        if (!number.ok()) {
            if (!clear_error_if(exc::OverflowError)) return raised;
            return raise(exc::OverflowError, "timestamp too large to convert to C _PyTime_t");
        }
        milliseconds = double(number.take());
    }
    if (milliseconds > INT_MAX || milliseconds < INT_MIN)
        return raise(exc::OverflowError,
                     std::abs(milliseconds) > 9223372036854.0 ? "timestamp too large to convert to C _PyTime_t" : "timeout is too large");
    if (milliseconds < 0) return Deadline();
    return Deadline(int64_t(std::ceil(milliseconds * 1e6)));
}

struct PollGuard {
    Poll* self;
    ~PollGuard() { self->running = false; }
};

// poll.poll(timeout=None, /)
Fallible<Ref<>> poll_poll(Object* object, Object* const* a) {
    Poll* self = as_poll(object);
    Deadline deadline = TRY(poll_deadline(a[0]));
    if (self->running) return raise(exc::RuntimeError, "concurrent poll() invocation");
    ssize_t count = self->masks->used;
    auto waiting = std::unique_ptr<pollfd[]>(new (std::nothrow) pollfd[size_t(count)]);
    if (!waiting) return raise_memory_error();
    ssize_t position = 0, i = 0;
    for (Object *key, *value; dict_next(self->masks, &position, &key, &value); ++i)
        waiting[i] = {TRY(as_c_int(key)), short(TRY(as_int64(value))), 0};
    self->running = true;
    PollGuard guard{self};
    int ready;
    for (;;) {
        int left = deadline.milliseconds_left();
        ready = without_gil([&] { return ::poll(waiting.get(), nfds_t(count), left); });
        if (ready >= 0) break;
        if (errno != EINTR) return raise_os_error(errno);
        TRY(check_signals());
        ready = 0;
        if (deadline.is_set() && deadline.nanoseconds_left() < 0) break;
    }
    Ref<List> result = TRY(list_new(0));
    for (i = 0; ready > 0 && i < count; ++i)
        if (waiting[i].revents)
            TRY(list_append_steal(result.get(), TRY(descriptor_event(waiting[i].fd, waiting[i].revents & 0xffff))));
    return result;
}

MethodDef poll_methods[] = {
    METHOD("modify", poll_modify, "($self, fd, eventmask, /)", "Change the events that a registered descriptor is watched for."),
    METHOD("poll", poll_poll, "($self, timeout=None, /)", "Wait up to timeout milliseconds; the list of (descriptor, events)."),
    METHOD("register", poll_register, "($self, fd,\n         eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)",
           "Watch a descriptor for events."),
    METHOD_O("unregister", poll_unregister, "($self, fd, /)", "Stop watching a descriptor."),
    END_ROW,
};

constinit Type poll_type = static_type({
    .name = "select.poll",
    .basic_size = sizeof(Poll),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = dealloc_members<&Poll::masks>,
    .traverse = traverse_members<&Poll::masks>,
    .methods = poll_methods,
});

// select.poll()
Fallible<Ref<>> select_poll(Object*) {
    Ref<Dict> masks = TRY(dict_new());
    Ref<Poll> self = TRY(instance_new<Poll>(&poll_type));
    self->masks = masks.release();
    return self;
}

MethodDef select_functions[] = {
    METHOD_NOARGS("poll", select_poll, "($module, /)", "An object that watches descriptors with the poll() system call."),
    METHOD("select", select_select, "($module, rlist, wlist, xlist, timeout=None, /)",
           "Wait until descriptors can be read or written or have an exceptional condition; the three lists of those that do."),
    END_ROW,
};

const struct {
    const char* name;
    int64_t value;
} select_constants[] = {
#define CONSTANT(name) {#name, int64_t(name)},
#include "interp/modules/select_constants.def"
#undef CONSTANT
};

Fallible<void> select_execute(Module* module) {
    TRY(type_ready(&poll_type));
    TRY(module_add_type(module, &epoll_type));
    TRY(dict_set(module->dict, "error", static_cast<Object*>(exc::OSError)));
    for (auto& each : select_constants) TRY(module_add_int(module, each.name, each.value));
    return {};
}

}  // namespace

extern const NativeModule select_module;
const NativeModule select_module = {"select", "Waiting for input and output on descriptors.", select_functions, select_execute};

}  // namespace py
