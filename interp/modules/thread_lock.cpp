// _thread.lock and _thread.RLock.
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include "interp/modules/thread_types.h"
#include "interp/modules/time_conversion.h"
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/containers.h"
#include "interp/objects/parsed_methods.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/thread.h"

namespace py {

namespace {

struct Lock : Object {
    sem_t semaphore;
    Object* weaklist;
    bool locked;
};
struct RLock : Object {
    sem_t semaphore;
    Object* weaklist;
    unsigned long owner;
    unsigned long count;
};

timespec monotonic_deadline(double seconds) {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double whole = floor(seconds);
    long nanoseconds = now.tv_nsec + long((seconds - whole) * 1e9);
    return {now.tv_sec + time_t(whole) + nanoseconds / 1000000000, nanoseconds % 1000000000};
}

// Waits for the semaphore; timeout < 0: for ever. Signals' handlers run meanwhile. False: timed out.
Fallible<bool> wait_for(sem_t* semaphore, double timeout) {
    if (sem_trywait(semaphore) == 0) return true;
    if (timeout == 0) return false;
    timespec deadline = timeout > 0 ? monotonic_deadline(timeout) : timespec{};
    for (;;) {
        int status = without_gil([&] { return timeout > 0 ? sem_clockwait(semaphore, CLOCK_MONOTONIC, &deadline) : sem_wait(semaphore); });
        if (status == 0) return true;
        if (errno == ETIMEDOUT) return false;
        TRY(check_signals());
    }
}

// The arguments of acquire(): seconds to wait, negative for ever.
Fallible<double> timeout_of(Object* blocking, Object* timeout) {
    constexpr int64_t kForEver = -1'000'000'000;  // -1 second
    bool blocks = blocking == nullptr || TRY(as_parsed_int(blocking)) != 0;
    int64_t nanoseconds = timeout ? TRY(nanoseconds_from_object(timeout, Rounding::Away)) : kForEver;
    if (!blocks && nanoseconds != kForEver) return raise(exc::ValueError, "can't specify a timeout for a non-blocking call");
    if (nanoseconds < 0 && nanoseconds != kForEver) return raise(exc::ValueError, "timeout value must be positive");
    return blocks ? seconds_from_nanoseconds(nanoseconds) : 0;
}

Lock* as_lock(Object* object) { return static_cast<Lock*>(object); }
RLock* as_rlock(Object* object) { return static_cast<RLock*>(object); }

// lock.acquire(blocking=True, timeout=-1), lock.__enter__(…)
Fallible<Ref<>> lock_acquire(Object* self, Object* const* a) {
    double timeout = TRY(timeout_of(a[0], a[1]));
    bool got = TRY(wait_for(&as_lock(self)->semaphore, timeout));
    if (got) as_lock(self)->locked = true;
    return bool_from(got);
}
// lock.release()
Fallible<Ref<>> lock_release(Object* self) {
    Lock* lock = as_lock(self);
    if (!lock->locked) return raise(exc::RuntimeError, "release unlocked lock");
    lock->locked = false;
    sem_post(&lock->semaphore);
    return share(none());
}
// lock.locked()
Fallible<Ref<>> lock_locked(Object* self) { return bool_from(as_lock(self)->locked); }
// lock.__exit__(*exc_info)
Fallible<Ref<>> lock_exit(Object* self, Object* const*, ssize_t) { return lock_release(self); }
// lock._at_fork_reinit()
Fallible<Ref<>> lock_at_fork_reinit(Object* self) {
    Lock* lock = as_lock(self);
    sem_init(&lock->semaphore, 0, 1);
    lock->locked = false;
    return share(none());
}
Object* lock_repr(Object* self) {
    return format_str("<%s %s object at %p>", as_lock(self)->locked ? "locked" : "unlocked", self->type->name, self).release();
}
void lock_dealloc(Object* self) {
    if (as_lock(self)->weaklist) clear_weakrefs(self);
    sem_destroy(&as_lock(self)->semaphore);
    object_free(self);
}

using LockAcquire = Bound<lock_acquire, "acquire", "($self, /, blocking=True, timeout=-1)">;

MethodDef lock_methods[] = {
    METHOD_NOARGS("_at_fork_reinit", lock_at_fork_reinit, "()", "Make the lock new in a forked child."),
    {"acquire", (CFunction)(void*)LockAcquire::fastcall,
     kFastcall | kKeywords, "acquire(blocking=True, timeout=-1) -> bool\n\nLock; False when that was not possible in time."},
    {"acquire_lock", (CFunction)(void*)LockAcquire::fastcall,
     kFastcall | kKeywords, "acquire_lock(blocking=True, timeout=-1) -> bool\n\nObsolete name of acquire()."},
    METHOD_NOARGS("release", lock_release, "()", "Unlock; any thread may do that."),
    METHOD_NOARGS("release_lock", lock_release, "()", "Obsolete name of release()."),
    METHOD_NOARGS("locked", lock_locked, "()", "Whether the lock is locked."),
    METHOD_NOARGS("locked_lock", lock_locked, "()", "Obsolete name of locked()."),
    {"__enter__", (CFunction)(void*)LockAcquire::fastcall,
     kFastcall | kKeywords | kCounted, "Lock, as acquire() does."},
    parsed(METHOD_FAST("__exit__", lock_exit, "(*exc_info)", "Unlock.")),
    END_ROW,
};

bool owned_by_me(const RLock* lock) { return lock->count && lock->owner == pthread_self(); }

// RLock.acquire(blocking=True, timeout=-1)
Fallible<Ref<>> rlock_acquire(Object* self, Object* const* a) {
    RLock* lock = as_rlock(self);
    double timeout = TRY(timeout_of(a[0], a[1]));
    if (owned_by_me(lock)) {
        ++lock->count;
        return bool_from(true);
    }
    bool got = TRY(wait_for(&lock->semaphore, timeout));
    if (got) {
        lock->owner = pthread_self();
        lock->count = 1;
    }
    return bool_from(got);
}
// RLock.release()
Fallible<Ref<>> rlock_release(Object* self) {
    RLock* lock = as_rlock(self);
    if (!owned_by_me(lock)) return raise(exc::RuntimeError, "cannot release un-acquired lock");
    if (--lock->count == 0) {
        lock->owner = 0;
        sem_post(&lock->semaphore);
    }
    return share(none());
}
// RLock.__exit__(*exc_info)
Fallible<Ref<>> rlock_exit(Object* self, Object* const*, ssize_t) { return rlock_release(self); }
// RLock._is_owned()
Fallible<Ref<>> rlock_is_owned(Object* self) { return bool_from(owned_by_me(as_rlock(self))); }
// RLock._release_save()
Fallible<Ref<>> rlock_release_save(Object* self) {
    RLock* lock = as_rlock(self);
    if (!lock->count) return raise(exc::RuntimeError, "cannot release un-acquired lock");
    Ref<Int> count = TRY(int_from_unsigned(lock->count));
    Ref<Int> owner = TRY(int_from_unsigned(lock->owner));
    lock->count = 0;
    lock->owner = 0;
    sem_post(&lock->semaphore);
    return TRY(tuple_pack(count.get(), owner.get()));
}
// RLock._acquire_restore(state)
Fallible<Ref<>> rlock_acquire_restore(Object* self, Object* state) {
    if (!is_tuple(state) || as_tuple(state)->size != 2) return raise(exc::TypeError, "RLock state must be a pair");
    uint64_t count = TRY(as_uint64(as_tuple(state)->items[0]));
    uint64_t owner = TRY(as_uint64(as_tuple(state)->items[1]));
    RLock* lock = as_rlock(self);
    TRY(wait_for(&lock->semaphore, -1));
    lock->count = count;
    lock->owner = owner;
    return share(none());
}
// RLock._at_fork_reinit()
Fallible<Ref<>> rlock_at_fork_reinit(Object* self) {
    RLock* lock = as_rlock(self);
    sem_init(&lock->semaphore, 0, 1);
    lock->count = lock->owner = 0;
    return share(none());
}
Object* rlock_repr(Object* self) {
    RLock* lock = as_rlock(self);
    return format_str("<%s %s object owner=%ld count=%lu at %p>", lock->count ? "locked" : "unlocked", self->type->name,
                      long(lock->owner), lock->count, self)
        .release();
}
Object* rlock_new(Type* type, Object*, Object*) {
    auto* lock = static_cast<RLock*>(type->alloc(type, 0));
    if (!lock) return nullptr;
    sem_init(&lock->semaphore, 0, 1);
    lock->owner = lock->count = 0;
    return lock;
}
void rlock_dealloc(Object* self) {
    if (as_rlock(self)->weaklist) clear_weakrefs(self);
    sem_destroy(&as_rlock(self)->semaphore);
    self->type->free(self);
}

using RlockAcquire = Bound<rlock_acquire, "acquire", "($self, /, blocking=True, timeout=-1)">;

MethodDef rlock_methods[] = {
    {"acquire", (CFunction)(void*)RlockAcquire::fastcall,
     kFastcall | kKeywords, "acquire(blocking=True, timeout=-1) -> bool\n\nLock once more; False when not possible in time."},
    METHOD_NOARGS("release", rlock_release, "()", "Unlock once."),
    METHOD_NOARGS("_is_owned", rlock_is_owned, "()", "Whether this thread holds the lock."),
    METHOD_NOARGS("_release_save", rlock_release_save, "()", "Unlock wholly; the state for _acquire_restore."),
    METHOD_PARSED_ONE("_acquire_restore", rlock_acquire_restore, METHOD_DOC("_acquire_restore", "(state)", "Lock as the state says.")),
    METHOD_NOARGS("_at_fork_reinit", rlock_at_fork_reinit, "()", "Make the lock new in a forked child."),
    {"__enter__", (CFunction)(void*)RlockAcquire::fastcall,
     kFastcall | kKeywords | kCounted, "Lock, as acquire() does."},
    parsed(METHOD_FAST("__exit__", rlock_exit, "(*exc_info)", "Unlock.")),
    END_ROW,
};

}  // namespace

Fallible<Ref<>> lock_new() {
    Ref<Lock> lock = make<Lock>(lock_type);
    if (!lock) return raised;
    sem_init(&lock->semaphore, 0, 1);
    lock->weaklist = nullptr;
    lock->locked = false;
    return lock;
}

void lock_release_if_locked(Object* object) {
    Lock* lock = as_lock(object);
    if (!lock->locked) return;
    lock->locked = false;
    sem_post(&lock->semaphore);
}

constinit Type lock_type = static_type({
    .name = "_thread.lock",
    .basic_size = sizeof(Lock),
    .flags = type_flag::kDisallowInstantiation,
    .doc = "A lock object is a synchronization primitive.",
    .dealloc = lock_dealloc,
    .repr = lock_repr,
    .methods = lock_methods,
    .weaklist_offset = offsetof(Lock, weaklist),
});

constinit Type rlock_type = static_type({
    .name = "_thread.RLock",
    .basic_size = sizeof(RLock),
    .flags = type_flag::kBase,
    .doc = "A lock that its owner can take again.",
    .dealloc = rlock_dealloc,
    .repr = rlock_repr,
    .methods = rlock_methods,
    .weaklist_offset = offsetof(RLock, weaklist),
    .new_ = rlock_new,
});

}  // namespace py
