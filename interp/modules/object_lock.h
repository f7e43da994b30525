// The lock of an object whose library calls run with the GIL released, so that a second thread may come upon it meanwhile.
#pragma once

#include <pthread.h>

#include "interp/runtime/thread.h"

namespace py {

// Lives in an object's memory: make() after allocation, destroy() in its dealloc slot.
struct ObjectLock {
    pthread_mutex_t mutex;
    void make() { pthread_mutex_init(&mutex, nullptr); }
    void destroy() { pthread_mutex_destroy(&mutex); }
};

// Holds a lock for a scope. The GIL is released while waiting for it; who holds it may release the GIL too.
class Locked {
  public:
    explicit Locked(ObjectLock& lock) : mutex_(&lock.mutex) {
        if (pthread_mutex_trylock(mutex_) == 0) return;
        GilReleased released;
        pthread_mutex_lock(mutex_);
    }
    ~Locked() { pthread_mutex_unlock(mutex_); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

  private:
    pthread_mutex_t* mutex_;
};

}  // namespace py
