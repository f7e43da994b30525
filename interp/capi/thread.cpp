// PyGILState_*, PyThreadState_*, PyEval_*Thread, PyInterpreterState_*, PyThread_*: native threads and the GIL.
#include "interp/runtime/thread.h"

#include <cerrno>
#include <ctime>

#include <pthread.h>
#include <semaphore.h>

#include "interp/capi/export.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/runtime/pending.h"
#include "interp/runtime/state.h"
#include "interp/vm/frame.h"

namespace py {

namespace {

Thread* known_thread() {
    return current_thread ? current_thread : own_thread;
}

}  // namespace

API Thread* PyThreadState_Get() {
    if (!current_thread) {
        std::fputs("Fatal Python error: PyThreadState_Get: the function must be called with the GIL held\n", stderr);
        std::abort();
    }
    return current_thread;
}
API Thread* _PyThreadState_UncheckedGet() {
    return current_thread;
}
API Thread* PyGILState_GetThisThreadState() {
    return known_thread();
}
API int PyGILState_Check() {
    return current_thread != nullptr;
}
API Thread* PyEval_SaveThread() {
    Thread* thread = PyThreadState_Get();
    gil_release(thread);
    return thread;
}
API void PyEval_RestoreThread(Thread* thread) {
    gil_acquire(thread);
}
API void PyEval_AcquireThread(Thread* thread) {
    gil_acquire(thread);
}
API void PyEval_ReleaseThread(Thread* thread) {
    gil_release(thread);
}
API void PyEval_InitThreads() {}
API int PyEval_ThreadsInitialized() {
    return 1;
}
// PyGILState_STATE: 0 the GIL was held already, 1 it was not.
API int PyGILState_Ensure() {
    Thread* thread = known_thread();
    bool held = current_thread != nullptr;
    if (!thread) {
        thread = thread_new();
        if (!thread) {
            std::fputs("Fatal Python error: PyGILState_Ensure: couldn't create thread-state for new thread\n", stderr);
            std::abort();
        }
        thread_bind(thread);
        thread->gilstate_counter = 0;  // the matching PyGILState_Release deletes it
    }
    if (!held) gil_acquire(thread);
    ++thread->gilstate_counter;
    return held ? 0 : 1;
}
API void PyGILState_Release(int old_state) {
    Thread* thread = PyThreadState_Get();
    if (--thread->gilstate_counter == 0) {
        thread_delete(thread);
        gil_release(nullptr);
    } else if (old_state == 1) {
        gil_release(thread);
    }
}
API Thread* PyThreadState_Swap(Thread* thread) {
    return std::exchange(current_thread, thread);
}
// Threads are cleared when they are deleted.
API void PyThreadState_Clear(Thread*) {}
API void PyThreadState_Delete(Thread* thread) {
    thread_delete(thread);
}
API void PyThreadState_DeleteCurrent() {
    thread_delete(PyThreadState_Get());
    gil_release(nullptr);
}
API Object* PyThreadState_GetDict() {
    Thread* thread = current_thread;
    if (!thread) return nullptr;
    if (!thread->dict) thread->dict = dict_new().release();
    if (!thread->dict) clear_error();
    return thread->dict;
}
// Raises `exception`, a class, in the thread as soon as it runs Python code; null takes a request back. How many threads it met.
API int PyThreadState_SetAsyncExc(unsigned long id, Object* exception) {
    for (Thread* each = first_thread(); each; each = each->next) {
        if (each->thread_id != id) continue;
        xincref(exception);
        replace_slot(each->async_exception, exception);
        request_work(kWorkAsyncException);
        return 1;
    }
    return 0;
}
API Runtime* PyThreadState_GetInterpreter(Thread* thread) {
    return thread->interpreter;
}
API uint64_t PyThreadState_GetID(Thread* thread) {
    return thread->id;
}
API Frame* PyThreadState_GetFrame(Thread* thread) {
    InterpreterFrame* frame = first_complete_frame(thread->cframe->current_frame);
    Frame* object = frame ? frame_object_of(frame) : nullptr;
    return object ? new_reference(object) : nullptr;
}
API Frame* PyEval_GetFrame() {
    InterpreterFrame* frame = first_complete_frame(current_frame());
    return frame ? frame_object_of(frame) : nullptr;
}
API Object* PyEval_GetBuiltins() {
    InterpreterFrame* frame = current_frame();
    return frame ? frame->builtins : runtime().builtins;
}
API Object* PyEval_GetGlobals() {
    InterpreterFrame* frame = current_frame();
    return frame ? frame->globals : nullptr;
}
API Object* PyEval_GetLocals() {
    InterpreterFrame* frame = current_frame();
    return frame ? borrowed(TRY(frame_locals(frame))) : nullptr;
}
API Runtime* PyInterpreterState_Get() {
    return &runtime();
}
API Runtime* PyInterpreterState_Main() {
    return &runtime();
}
API int64_t PyInterpreterState_GetID(Runtime*) {
    return 0;
}
API Object* PyInterpreterState_GetDict(Runtime*) {
    static Object* dict = dict_new().release();
    return dict;
}

API unsigned long PyThread_get_thread_ident() {
    return pthread_self();
}
// A lock: a semaphore of one.
API sem_t* PyThread_allocate_lock() {
    auto* lock = static_cast<sem_t*>(malloc(sizeof(sem_t)));
    if (lock && sem_init(lock, 0, 1) != 0) {
        free(lock);
        return nullptr;
    }
    return lock;
}
API void PyThread_free_lock(sem_t* lock) {
    sem_destroy(lock);
    free(lock);
}
API int PyThread_acquire_lock(sem_t* lock, int wait) {
    int status;
    do
        status = wait ? sem_wait(lock) : sem_trywait(lock);
    while (status != 0 && errno == EINTR);
    return status == 0;
}
API void PyThread_release_lock(sem_t* lock) {
    sem_post(lock);
}

// PyThread_tss_*: Py_tss_t is {int is_initialized; pthread_key_t key;}.
struct ThreadKey {
    int is_initialized;
    pthread_key_t key;
};
API int PyThread_tss_is_created(ThreadKey* key) {
    return key->is_initialized;
}
API int PyThread_tss_create(ThreadKey* key) {
    if (key->is_initialized) return 0;
    if (pthread_key_create(&key->key, nullptr) != 0) return -1;
    key->is_initialized = 1;
    return 0;
}
API void PyThread_tss_delete(ThreadKey* key) {
    if (key->is_initialized) pthread_key_delete(key->key);
    key->is_initialized = 0;
}
API int PyThread_tss_set(ThreadKey* key, void* value) {
    return pthread_setspecific(key->key, value) ? -1 : 0;
}
API void* PyThread_tss_get(ThreadKey* key) {
    return pthread_getspecific(key->key);
}

}  // namespace py
