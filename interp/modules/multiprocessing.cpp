// _multiprocessing: SemLock, the named POSIX semaphore under multiprocessing's locks; _posixshmem: shared memory by
// name.
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <climits>
#include <ctime>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/thread.h"

namespace py {

namespace {

enum Kind : int { kRecursiveMutex, kSemaphore };

struct SemLock : Object {
    sem_t* handle;
    unsigned long owner;  // the thread that acquired last
    int count;            // acquired through this object and not released
    int maxvalue;
    int kind;
    Object* name;  // str or None
};
SemLock* as_lock(Object* object) {
    return static_cast<SemLock*>(object);
}
bool is_mine(const SemLock* self) {
    return self->count > 0 && self->owner == Thread::current()->thread_id;
}

// The argument's UTF-8 text, which lives as long as it.
Fallible<const char*> c_text(Object* text, const char* what) {
    if (!is_str(text)) return raise(exc::TypeError, "%s must be str, not %T", what, text);
    return TRY(str_c_string(as_str(text))).data();
}

// Takes over the handle on success.
Fallible<Ref<>> lock_new(Type* type, sem_t* handle, int kind, int maxvalue, Object* name) {
    Ref<> made = TRY(Fallible<Ref<>>::from_slot(type->alloc(type, 0)));
    SemLock* self = as_lock(made.get());
    self->handle = handle;
    self->kind = kind;
    self->maxvalue = maxvalue;
    self->name = new_reference(name);
    return made;
}

// SemLock(kind, value, maxvalue, name, unlink)
Fallible<Ref<>> semlock_new(Type* type, Object* const* a) {
    int kind = TRY(as_c_int(a[0]))
    , value = TRY(as_c_int(a[1]))
    , maxvalue = TRY(as_c_int(a[2]));
    const char* name = TRY(c_text(a[3], "SemLock() argument 'name'"));
    bool unlink = TRY(is_true(a[4]));
    if (kind != kRecursiveMutex && kind != kSemaphore) return raise(exc::ValueError, "unrecognized kind");
    sem_t* handle = sem_open(name, O_CREAT | O_EXCL, 0600, unsigned(value));
    if (handle == SEM_FAILED) return raise_os_error(errno);
    if (unlink && sem_unlink(name) < 0) {
        int error = errno;
        sem_close(handle);
        return raise_os_error(error);
    }
    auto made = lock_new(type, handle, kind, maxvalue, unlink ? none() : a[3]);
    if (!made.ok()) sem_close(handle);
    return made;
}
// SemLock._rebuild(handle, kind, maxvalue, name, /)
Fallible<Ref<>> semlock_rebuild(Object* type, Object* const* a) {
    auto handle = reinterpret_cast<sem_t*>(TRY(as_uint64(a[0])));
    int kind = TRY(as_c_int(a[1]))
    , maxvalue = TRY(as_c_int(a[2]));
    if (!is_none(a[3])) {
        const char* name = TRY(c_text(a[3], "_rebuild() argument 4"));
        handle = sem_open(name, 0);
        if (handle == SEM_FAILED) return raise_os_error(errno);
    }
    return lock_new(static_cast<Type*>(type), handle, kind, maxvalue, a[3]);
}
void semlock_dealloc(Object* object) {
    if (as_lock(object)->handle) sem_close(as_lock(object)->handle);
    clear_slot(as_lock(object)->name);
    object_memory_free(object);
}

timespec deadline_in(double seconds) {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    // Far enough away to be never, and a time that fits.
    if (!(seconds < 1e9)) seconds = 1e9;
    long whole = long(seconds);
    now.tv_sec += whole;
    now.tv_nsec += long((seconds - double(whole)) * 1e9);
    if (now.tv_nsec >= 1'000'000'000) ++now.tv_sec, now.tv_nsec -= 1'000'000'000;
    return now;
}

// Waits until the deadline, for ever without one. False: the time is over.
Fallible<bool> wait_for(sem_t* handle, const timespec* deadline) {
    for (;;) {
        int status = without_gil([&] { return deadline ? sem_timedwait(handle, deadline) : sem_wait(handle); });
        if (status == 0) return true;
        if (errno == ETIMEDOUT) return false;
        if (errno != EINTR) return raise_os_error(errno);
        TRY(check_signals());
    }
}

// SemLock.acquire(block=True, timeout=None)
Fallible<Ref<>> semlock_acquire(Object* object, Object* const* a) {
    SemLock* self = as_lock(object);
    bool block = a[0] ? TRY(as_c_int(a[0])) : true;
    bool has_timeout = a[1] && !is_none(a[1]);
    double timeout = has_timeout ? TRY(as_double(a[1])) : 0;
    if (self->kind == kRecursiveMutex && is_mine(self)) {
        ++self->count;
        return bool_from(true);
    }
    if (sem_trywait(self->handle) < 0) {
        if (errno != EAGAIN && errno != EINTR) return raise_os_error(errno);
        if (!block) return bool_from(false);
        timespec deadline = deadline_in(timeout > 0 ? timeout : 0);
        bool taken = TRY(wait_for(self->handle, has_timeout ? &deadline : nullptr));
        if (!taken) return bool_from(false);
    }
    ++self->count;
    self->owner = Thread::current()->thread_id;
    return bool_from(true);
}
// SemLock.release()
Fallible<Ref<>> semlock_release(Object* object) {
    SemLock* self = as_lock(object);
    if (self->kind == kRecursiveMutex) {
        if (!is_mine(self)) return raise(exc::AssertionError, "attempt to release recursive lock not owned by thread");
        if (self->count > 1) {
            --self->count;
            return share(none());
        }
    } else {
        int value;
        if (sem_getvalue(self->handle, &value) < 0) return raise_os_error(errno);
        if (value >= self->maxvalue) return raise(exc::ValueError, "semaphore or lock released too many times");
    }
    if (sem_post(self->handle) < 0) return raise_os_error(errno);
    --self->count;
    return share(none());
}
// SemLock.__enter__()
Fallible<Ref<>> semlock_enter(Object* self) {
    Object* defaults[] = {nullptr, nullptr};
    return semlock_acquire(self, defaults);
}
// SemLock.__exit__(exc_type=None, exc_value=None, exc_tb=None, /)
Fallible<Ref<>> semlock_exit(Object* self, Object* const*) {
    return semlock_release(self);
}
// SemLock._count()
Fallible<Ref<>> semlock_count(Object* self) {
    return TRY(int_from(as_lock(self)->count));
}
// SemLock._is_mine()
Fallible<Ref<>> semlock_is_mine(Object* self) {
    return bool_from(is_mine(as_lock(self)));
}
Fallible<int> value_of(Object* self) {
    int value;
    if (sem_getvalue(as_lock(self)->handle, &value) < 0) return raise_os_error(errno);
    return value < 0 ? 0 : value;
}
// SemLock._get_value()
Fallible<Ref<>> semlock_get_value(Object* self) {
    return TRY(int_from(TRY(value_of(self))));
}
// SemLock._is_zero()
Fallible<Ref<>> semlock_is_zero(Object* self) {
    return bool_from(TRY(value_of(self)) == 0);
}
// SemLock._after_fork()
Fallible<Ref<>> semlock_after_fork(Object* self) {
    as_lock(self)->count = 0;
    return share(none());
}
Fallible<Ref<>> semlock_handle(Object* self) {
    return TRY(int_from_unsigned(reinterpret_cast<uintptr_t>(as_lock(self)->handle)));
}

MethodDef semlock_methods[] = {
    METHOD("acquire", semlock_acquire, "($self, /, block=True, timeout=None)", "Acquire the semaphore/lock."),
    METHOD_NOARGS("release", semlock_release, "($self, /)", "Release the semaphore/lock."),
    METHOD_NOARGS("_count", semlock_count, "($self, /)", "How often this process has acquired it without releasing."),
    METHOD_NOARGS("_is_mine", semlock_is_mine, "($self, /)", "Whether this thread holds the lock."),
    METHOD_NOARGS("_get_value", semlock_get_value, "($self, /)", "The semaphore's value."),
    METHOD_NOARGS("_is_zero", semlock_is_zero, "($self, /)", "Whether the semaphore's value is zero."),
    METHOD_CLASS("_rebuild", semlock_rebuild, "($type, handle, kind, maxvalue, name, /)",
                 "The lock in another process."),
    METHOD_NOARGS("_after_fork", semlock_after_fork, "($self, /)", "Forget what the parent process had acquired."),
    METHOD_NOARGS("__enter__", semlock_enter, "($self, /)", "Acquire the semaphore/lock."),
    METHOD("__exit__", semlock_exit, "($self, exc_type=None, exc_value=None, exc_tb=None, /)",
           "Release the semaphore/lock."),
    END_ROW,
};
MemberDef semlock_members[] = {
    {"kind", kInt, offsetof(SemLock, kind), kReadOnly, "Recursive mutex (0) or semaphore (1)."},
    {"maxvalue", kInt, offsetof(SemLock, maxvalue), kReadOnly, "The highest value."},
    {"name", kObject, offsetof(SemLock, name), kReadOnly, "The semaphore's name."},
    END_ROW,
};
GetSetDef semlock_getset[] = {GETTER("handle", semlock_handle, "The semaphore's address."), END_ROW};
constinit Type semlock_type = static_type({
    .name = "_multiprocessing.SemLock",
    .basic_size = sizeof(SemLock),
    .flags = type_flag::kBase,
    .doc = "Semaphore/Mutex type",
    .dealloc = semlock_dealloc,
    .methods = semlock_methods,
    .members = semlock_members,
    .getset = semlock_getset,
    .new_ = Bound<semlock_new, "SemLock", "(kind, value, maxvalue, name, unlink)">::new_,
});

// _multiprocessing.sem_unlink(name, /)
Fallible<Ref<>> multiprocessing_sem_unlink(Object*, Object* argument) {
    const char* name = TRY(c_text(argument, "sem_unlink() argument"));
    if (sem_unlink(name) < 0) return raise_os_error(errno);
    return share(none());
}

MethodDef multiprocessing_functions[] = {
    METHOD_O("sem_unlink", multiprocessing_sem_unlink, "($module, name, /)", "Remove a semaphore's name."), END_ROW};

Fallible<void> multiprocessing_execute(Module* module) {
    TRY(module_add_type(module, &semlock_type));
    Ref<Int> highest = TRY(int_from(SEM_VALUE_MAX));
    TRY(dict_set(semlock_type.dict, "SEM_VALUE_MAX", highest.get()));
    type_modified(&semlock_type);
    Ref<Dict> flags = TRY(dict_new());
    Ref<Int> one = TRY(int_from(1));
    for (const char* name : {"HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"})
        TRY(dict_set(flags.get(), name, one.get()));
    return module_add(module, "flags", Ref<>(std::move(flags)));
}

// _posixshmem.shm_open(path, flags, mode=511)
Fallible<Ref<>> posixshmem_shm_open(Object*, Object* const* a) {
    const char* path = TRY(c_text(a[0], "shm_open() argument 'path'"));
    int flags = TRY(as_c_int(a[1]))
    , mode = a[2] ? TRY(as_c_int(a[2])) : 0777;
    int descriptor = int(TRY(retrying([&] { return shm_open(path, flags, mode_t(mode)); })));
    if (descriptor < 0) return raise_os_error(errno, a[0]);
    return TRY(int_from(descriptor));
}
// _posixshmem.shm_unlink(path)
Fallible<Ref<>> posixshmem_shm_unlink(Object*, Object* const* a) {
    const char* path = TRY(c_text(a[0], "shm_unlink() argument 'path'"));
    int status = TRY(retrying([&] { return shm_unlink(path); }));
    if (status < 0) return raise_os_error(errno, a[0]);
    return share(none());
}
MethodDef posixshmem_functions[] = {
    METHOD("shm_open", posixshmem_shm_open, "($module, /, path, flags, mode=511)",
           "Open shared memory; its descriptor."),
    METHOD("shm_unlink", posixshmem_shm_unlink, "($module, /, path)", "Remove a shared memory's name."),
    END_ROW,
};

}  // namespace

extern const NativeModule multiprocessing_module, posixshmem_module;
const NativeModule multiprocessing_module = {"_multiprocessing", nullptr, multiprocessing_functions,
                                             multiprocessing_execute};
const NativeModule posixshmem_module = {"_posixshmem", "POSIX shared memory module", posixshmem_functions, nullptr};

}  // namespace py
