// select.epoll: objects over Linux's epoll descriptors.
#include <limits.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

#include <memory>

#include "interp/modules/deadline.h"
#include "interp/modules/posix.h"
#include "interp/modules/select.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"

namespace py {

namespace {

struct Epoll : Object {
    int descriptor;  // -1: closed
};
Epoll* as_epoll(Object* object) { return static_cast<Epoll*>(object); }

Fallible<int> open_descriptor(Object* self) {
    int descriptor = as_epoll(self)->descriptor;
    if (descriptor < 0) return raise(exc::ValueError, "I/O operation on closed epoll object");
    return descriptor;
}

// epoll(sizehint=-1, flags=0)
Fallible<Ref<>> epoll_new(Type* type, Object* const* a) {
    int size_hint = a[0] ? TRY(as_c_int(a[0])) : -1;
    int flags = a[1] ? TRY(as_c_int(a[1])) : 0;
    if (size_hint != -1 && size_hint <= 0) return raise(exc::ValueError, "negative sizehint");
    if (flags && flags != EPOLL_CLOEXEC) return raise(exc::OSError, "invalid flags");
    Ref<Epoll> self = TRY(instance_new<Epoll>(type));
    self->descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (self->descriptor < 0) return raise_os_error(errno);
    return self;
}
// 0, or an errno.
int close_descriptor(Epoll* self) {
    int descriptor = std::exchange(self->descriptor, -1);
    if (descriptor < 0) return 0;
    return without_gil([&] { return ::close(descriptor); }) < 0 ? errno : 0;
}
void epoll_dealloc(Object* object) {
    close_descriptor(as_epoll(object));
    object_memory_free(object);
}

// epoll.fromfd(fd, /)
Fallible<Ref<>> epoll_fromfd(Object* type, Object* fd) {
    int descriptor = TRY(as_c_int(fd));
    Ref<Epoll> self = TRY(instance_new<Epoll>(static_cast<Type*>(static_cast<VarObject*>(type))));
    self->descriptor = descriptor;
    return self;
}
// epoll.close()
Fallible<Ref<>> epoll_close(Object* self) {
    int error = close_descriptor(as_epoll(self));
    if (error) return raise_os_error(error);
    return share(none());
}
Fallible<Ref<>> epoll_closed(Object* self) { return bool_from(as_epoll(self)->descriptor < 0); }
// epoll.fileno()
Fallible<Ref<>> epoll_fileno(Object* self) { return TRY(int_from(TRY(open_descriptor(self)))); }

Fallible<Ref<>> control(Object* self, int operation, Object* fd, uint32_t events) {
    int descriptor = TRY(descriptor_argument(fd));
    int own = TRY(open_descriptor(self));
    epoll_event event{};
    event.events = events;
    event.data.fd = descriptor;
    return posix_none_or_error(without_gil([&] { return ::epoll_ctl(own, operation, descriptor, &event); }));
}
Fallible<uint32_t> int_mask(Object* value) { return uint32_t(as_uint64_masked(TRY(index(value)).get())); }

// epoll.register(fd, eventmask=EPOLLIN|EPOLLPRI|EPOLLOUT)
Fallible<Ref<>> epoll_register(Object* self, Object* const* a) {
    return control(self, EPOLL_CTL_ADD, a[0], a[1] ? TRY(int_mask(a[1])) : uint32_t(EPOLLIN | EPOLLPRI | EPOLLOUT));
}
// epoll.modify(fd, eventmask)
Fallible<Ref<>> epoll_modify(Object* self, Object* const* a) { return control(self, EPOLL_CTL_MOD, a[0], TRY(int_mask(a[1]))); }
// epoll.unregister(fd)
Fallible<Ref<>> epoll_unregister(Object* self, Object* const* a) { return control(self, EPOLL_CTL_DEL, a[0], 0); }

// A timeout in seconds; none for None and negative numbers.
Fallible<Deadline> epoll_deadline(Object* timeout) {
    if (!timeout || is_none(timeout)) return Deadline();
    auto converted = nanoseconds_from_object(timeout, Rounding::Away);
    if (!converted.ok()) {
        if (!clear_error_if(exc::TypeError)) return raised;
        return raise(exc::TypeError, "timeout must be an integer or None");
    }
    int64_t nanoseconds = converted.take();
    if (nanoseconds / 1'000'000 >= INT_MAX || nanoseconds / 1'000'000 <= INT_MIN) return raise(exc::OverflowError, "timeout is too large");
    return nanoseconds < 0 ? Deadline() : Deadline(nanoseconds);
}

// epoll.poll(timeout=None, maxevents=-1)
Fallible<Ref<>> epoll_poll(Object* self, Object* const* a) {
    int descriptor = TRY(open_descriptor(self));
    Deadline deadline = TRY(epoll_deadline(a[0]));
    int limit = a[1] ? TRY(as_c_int(a[1])) : -1;
    if (limit == -1)
        limit = FD_SETSIZE - 1;
    else if (limit < 1)
        return raise(exc::ValueError, "maxevents must be greater than 0, got %d", limit);
    auto events = std::unique_ptr<epoll_event[]>(new (std::nothrow) epoll_event[size_t(limit)]);
    if (!events) return raise_memory_error();
    int ready;
    for (;;) {
        int left = deadline.milliseconds_left();
        ready = without_gil([&] { return ::epoll_wait(descriptor, events.get(), limit, left); });
        if (ready >= 0) break;
        if (errno != EINTR) return raise_os_error(errno);
        TRY(check_signals());
        ready = 0;
        if (deadline.is_set() && deadline.nanoseconds_left() < 0) break;
    }
    Ref<List> result = TRY(list_new(0));
    for (int i = 0; i < ready; ++i)
        TRY(list_append_steal(result.get(), TRY(descriptor_event(events[i].data.fd, events[i].events))));
    return result;
}

// epoll.__enter__()
Fallible<Ref<>> epoll_enter(Object* self) {
    TRY(open_descriptor(self));
    return share(self);
}
// epoll.__exit__(exc_type=None, exc_value=None, exc_tb=None, /)
Fallible<Ref<>> epoll_exit(Object* self, Object* const*) { return call_method(self, "close"_name); }

MethodDef epoll_methods[] = {
    METHOD_NOARGS("__enter__", epoll_enter, "($self, /)", "The object itself, if it is open."),
    METHOD("__exit__", epoll_exit, "($self, exc_type=None, exc_value=None, exc_tb=None, /)", "Close the object."),
    METHOD_NOARGS("close", epoll_close, "($self, /)", "Close the epoll descriptor."),
    METHOD_NOARGS("fileno", epoll_fileno, "($self, /)", "The epoll descriptor."),
    {"fromfd", wrap_o<epoll_fromfd>, kO | kClass, METHOD_DOC("fromfd", "($type, fd, /)", "An epoll object over a descriptor that exists.")},
    METHOD("modify", epoll_modify, "($self, /, fd, eventmask)", "Change the events that a registered descriptor is watched for."),
    METHOD("poll", epoll_poll, "($self, /, timeout=None, maxevents=-1)", "Wait up to timeout seconds; the list of (descriptor, events)."),
    METHOD("register", epoll_register,
           "($self, /, fd,\n         eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)", "Watch a descriptor for events."),
    METHOD("unregister", epoll_unregister, "($self, /, fd)", "Stop watching a descriptor."),
    END_ROW,
};
GetSetDef epoll_getset[] = {GETTER("closed", epoll_closed, "Whether the object is closed."), END_ROW};

}  // namespace

constinit Type epoll_type = static_type({
    .name = "select.epoll",
    .basic_size = sizeof(Epoll),
    .doc = "select.epoll(sizehint=-1, flags=0)\n\nA set of descriptors that are watched for events.",
    .dealloc = epoll_dealloc,
    .getattro = generic_getattro_slot,
    .methods = epoll_methods,
    .getset = epoll_getset,
    .new_ = Bound<epoll_new, "epoll", "(sizehint=-1, flags=0)">::new_,
});

}  // namespace py
