// Thread states, the GIL with its switch interval, and the work done between instructions.
#include "interp/runtime/thread.h"

#include <alloca.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <climits>
#include <cstdlib>
#include <new>

#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/memory.h"
#include "interp/runtime/pending.h"
#include "interp/runtime/state.h"
#include "interp/vm/frame_stack.h"

namespace py {

constinit thread_local Thread* current_thread __attribute__((tls_model("local-exec"))) = nullptr;
constinit thread_local Thread* own_thread __attribute__((tls_model("local-exec"))) = nullptr;
volatile int eval_breaker = 0;

namespace {

// Held by `holder`; others wait on `free`, and after the switch interval ask the holder to let go at its next check.
struct Gil {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t free = PTHREAD_COND_INITIALIZER;
    pthread_cond_t switched = PTHREAD_COND_INITIALIZER;
    bool locked = false;
    unsigned long switches = 0;
    Thread* last_holder = nullptr;
    int waiting = 0;
};
Gil gil;
unsigned long switch_interval_microseconds = 5000;
std::atomic<int> work{0};
uint64_t next_thread_id = 1;

constexpr int kMaxPendingCalls = 32;
struct PendingCall {
    int (*function)(void*);
    void* argument;
};
PendingCall pending_calls[kMaxPendingCalls];
int pending_first = 0, pending_count = 0;
pthread_mutex_t pending_mutex = PTHREAD_MUTEX_INITIALIZER;

// A signal handler or another thread may ask for work between any two of these steps; what it asks for must not be lost.
void update_eval_breaker() {
    __atomic_store_n(&eval_breaker, 0, __ATOMIC_SEQ_CST);
    if (work.load()) eval_breaker = 1;
}
void clear_work(PendingWork kind) {
    work.fetch_and(~int(kind));
    update_eval_breaker();
}

// At least a microsecond and at most some years from now.
timespec deadline_after(unsigned long microseconds) {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    long wait = long(std::clamp(microseconds, 1ul, 100'000'000'000'000ul));
    long nanoseconds = now.tv_nsec + wait % 1000000 * 1000;
    return {now.tv_sec + wait / 1000000 + nanoseconds / 1000000000, nanoseconds % 1000000000};
}

// Moves the stack pointer so far down once, and back.
[[gnu::noinline]] void touch_stack(size_t size) {
    volatile char* area = static_cast<char*>(alloca(size));
    area[0] = 0;
}

// The kernel grows the main thread's stack where it is touched, and ends the process when `ulimit -v` leaves no addresses for
// that. So it is grown here, while there are some: to `wanted` bytes or to what leaves most of them to objects, and 1 MiB at
// least. Returns the size that is safe.
size_t grow_main_stack(size_t wanted) {
    constexpr size_t kLeast = 1 << 20, kSlack = 64 * 1024, kPart = 8;
    rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || wanted < kLeast) return wanted;
    auto is_free = [](size_t size) {
        void* room = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (room == MAP_FAILED) return false;
        munmap(room, size);
        return true;
    };
    size_t size = wanted;
    while (size / 2 >= kLeast && !is_free(size * kPart)) size /= 2;
    if (!is_free(size)) return wanted;  // too little to start with: that is told elsewhere
    touch_stack(size - kSlack);
    return size;
}

// The lowest address C++ frames of this OS thread may reach, with room left for handlers and libraries; half of that room is
// for the deaths of objects.
struct StackLimits {
    uintptr_t calls, deaths;
};
StackLimits stack_limits_of_this_thread() {
    constexpr size_t kReserve = 256 * 1024;
    auto limits = [](uintptr_t lowest, size_t reserve) { return StackLimits{lowest + reserve, lowest + reserve / 2}; };
    pthread_attr_t attributes;
    void* base = nullptr;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &base, &size);
        pthread_attr_destroy(&attributes);
    }
    uintptr_t here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    if (size_t(getpid()) == size_t(syscall(SYS_gettid))) {
        // The main thread's stack grows up to the limit that holds now.
        rlimit limit;
        if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
            size_t usable = limit.rlim_cur > 64u << 20 ? 64u << 20 : limit.rlim_cur;
            // What the arguments and the environment took of it is above.
            size_t left = base ? std::min(usable, size_t(here - reinterpret_cast<uintptr_t>(base))) : usable;
            return limits(here - grow_main_stack(left) + 32 * 1024, kReserve);
        }
        return limits(here - grow_main_stack(8u << 20), kReserve);
    }
    if (!base) return limits(here - 2 * kReserve, kReserve);
    return limits(reinterpret_cast<uintptr_t>(base), size > 2 * kReserve ? kReserve : size / 4);
}

}  // namespace

double gil_switch_interval() { return 1e-6 * double(switch_interval_microseconds); }
void gil_set_switch_interval(double seconds) {
    switch_interval_microseconds = seconds < 1.8e13 ? (unsigned long)(seconds * 1e6) : ULONG_MAX;
}

// Once the interpreter ends, other threads get the GIL no more: they wait for the end of the process.
[[noreturn]] static void stop_for_good(pthread_mutex_t* held) {
    --gil.waiting;
    pthread_mutex_unlock(held);
    for (;;) pause();
}

void gil_acquire(Thread* thread) {
    int saved_errno = errno;
    pthread_mutex_lock(&gil.mutex);
    ++gil.waiting;
    if (runtime().finalizing && runtime().main_thread && thread != runtime().main_thread) stop_for_good(&gil.mutex);
    while (gil.locked) {
        unsigned long seen = gil.switches;
        timespec deadline = deadline_after(switch_interval_microseconds);
        int status = pthread_cond_timedwait(&gil.free, &gil.mutex, &deadline);
        if (status == ETIMEDOUT && gil.locked && gil.switches == seen) request_work(kWorkGilDrop);
        if (runtime().finalizing && thread != runtime().main_thread) stop_for_good(&gil.mutex);
    }
    --gil.waiting;
    gil.locked = true;
    if (gil.last_holder != thread) {
        gil.last_holder = thread;
        ++gil.switches;
    }
    clear_work(kWorkGilDrop);
    pthread_cond_signal(&gil.switched);
    pthread_mutex_unlock(&gil.mutex);
    current_thread = own_thread = thread;
    if (thread->async_exception) request_work(kWorkAsyncException);
    errno = saved_errno;
}

void gil_release(Thread*) {
    pthread_mutex_lock(&gil.mutex);
    current_thread = nullptr;
    gil.locked = false;
    pthread_cond_signal(&gil.free);
    pthread_mutex_unlock(&gil.mutex);
}

// Lets a waiting thread run: gives the GIL up and waits until another one took it.
static void gil_yield(Thread* thread) {
    pthread_mutex_lock(&gil.mutex);
    current_thread = nullptr;
    gil.locked = false;
    unsigned long seen = gil.switches;
    pthread_cond_signal(&gil.free);
    while (gil.waiting && gil.switches == seen && !gil.locked) pthread_cond_wait(&gil.switched, &gil.mutex);
    pthread_mutex_unlock(&gil.mutex);
    gil_acquire(thread);
}

void gil_after_fork() {
    pthread_mutex_init(&gil.mutex, nullptr);
    pthread_cond_init(&gil.free, nullptr);
    pthread_cond_init(&gil.switched, nullptr);
    pthread_mutex_init(&pending_mutex, nullptr);
    gil.locked = true;
    gil.waiting = 0;
    gil.last_holder = current_thread;
    Thread* self = current_thread;
    self->thread_id = pthread_self();
    self->native_thread_id = unsigned(syscall(SYS_gettid));
    runtime().main_thread = self;
    forget_other_threads();
}

namespace {
Thread* thread_list = nullptr;
pthread_mutex_t thread_list_mutex = PTHREAD_MUTEX_INITIALIZER;
}  // namespace

Thread* first_thread() { return thread_list; }

static void thread_clear(Thread* thread);

void forget_other_threads() {
    Thread* kept = Thread::current();
    pthread_mutex_init(&thread_list_mutex, nullptr);  // in a forked child another thread may have held it
    pthread_mutex_lock(&thread_list_mutex);
    Thread* others = thread_list;
    if (kept == others) others = kept->next;
    if (kept->previous) kept->previous->next = kept->next;
    if (kept->next) kept->next->previous = kept->previous;
    thread_list = kept;
    kept->previous = kept->next = nullptr;
    pthread_mutex_unlock(&thread_list_mutex);
    // Their frames stay as they are, and the states themselves: at the end of the interpreter the threads still wait.
    for (Thread* each = others; each; each = each->next) thread_clear(each);
}

Thread* thread_new() {
    auto* thread = static_cast<Thread*>(std::calloc(1, sizeof(Thread)));
    if (!thread) return nullptr;
    thread->interpreter = &runtime();
    thread->recursion_limit = runtime_recursion_limit();
    thread->recursion_remaining = thread->recursion_limit;
    thread->cframe = &thread->root_cframe;
    thread->exception_info = &thread->exception_state;
    thread->gilstate_counter = 1;
    pthread_mutex_lock(&thread_list_mutex);
    thread->id = next_thread_id++;
    thread->next = thread_list;
    if (thread_list) thread_list->previous = thread;
    thread_list = thread;
    pthread_mutex_unlock(&thread_list_mutex);
    return thread;
}

void thread_bind(Thread* thread) {
    thread->thread_id = pthread_self();
    thread->native_thread_id = unsigned(syscall(SYS_gettid));
    StackLimits limits = stack_limits_of_this_thread();
    thread->stack_limit = limits.calls;
    dealloc_stack_limit = limits.deaths;
    thread->initialized = 1;
}

// What the state holds, in CPython's order.
static void thread_clear(Thread* thread) {
    clear_slot(thread->dict);
    clear_slot(thread->async_exception);
    clear_slot(thread->error_type);
    clear_slot(thread->error_value);
    clear_slot(thread->error_traceback);
    clear_slot(thread->exception_state.value);
    clear_slot(thread->profile_object);
    clear_slot(thread->trace_object);
    clear_slot(thread->async_generator_firstiter);
    clear_slot(thread->async_generator_finalizer);
    clear_slot(thread->context);
    if (auto* marks = std::exchange(thread->repr_running, nullptr)) decref(reinterpret_cast<Object*>(marks));
    if (auto* on_delete = std::exchange(thread->on_delete, nullptr)) on_delete(thread->on_delete_data);
}

void thread_delete(Thread* thread) {
    thread_clear(thread);
    frame_stack_free(thread);
    pthread_mutex_lock(&thread_list_mutex);
    if (thread->previous)
        thread->previous->next = thread->next;
    else
        thread_list = thread->next;
    if (thread->next) thread->next->previous = thread->previous;
    pthread_mutex_unlock(&thread_list_mutex);
    if (gil.last_holder == thread) gil.last_holder = nullptr;
    if (own_thread == thread) own_thread = nullptr;
    std::free(thread);
}

namespace {
int recursion_limit_value = 1000;
}
int runtime_recursion_limit() { return recursion_limit_value; }
void set_runtime_recursion_limit(int limit) {
    recursion_limit_value = limit;
    for (Thread* each = first_thread(); each; each = each->next) {
        int depth = each->recursion_limit - each->recursion_remaining;
        each->recursion_limit = limit;
        each->recursion_remaining = limit - depth;
    }
}

void request_work(PendingWork kind) {
    work.fetch_or(int(kind));
    eval_breaker = 1;
}

bool add_pending_call(int (*function)(void*), void* argument) {
    pthread_mutex_lock(&pending_mutex);
    bool added = pending_count < kMaxPendingCalls;
    if (added) pending_calls[(pending_first + pending_count++) % kMaxPendingCalls] = {function, argument};
    pthread_mutex_unlock(&pending_mutex);
    if (added) request_work(kWorkCalls);
    return added;
}

static Fallible<void> run_pending_calls() {
    clear_work(kWorkCalls);
    for (int i = 0; i < kMaxPendingCalls; ++i) {
        pthread_mutex_lock(&pending_mutex);
        if (!pending_count) {
            pthread_mutex_unlock(&pending_mutex);
            break;
        }
        PendingCall call = pending_calls[pending_first];
        pending_first = (pending_first + 1) % kMaxPendingCalls;
        --pending_count;
        pthread_mutex_unlock(&pending_mutex);
        if (call.function(call.argument) < 0) return raised;
    }
    return {};
}

Fallible<void> do_pending_work() {
    int due = work.load();
    Thread* thread = Thread::current();
    bool on_main = thread == runtime().main_thread;
    if ((due & kWorkSignals) && on_main) {
        clear_work(kWorkSignals);
        TRY(check_signals());
    }
    if ((due & kWorkCalls) && on_main) TRY(run_pending_calls());
    if (due & kWorkCollect) {
        clear_work(kWorkCollect);
        gc_collect_if_due();
    }
    if (due & kWorkTrash) {
        clear_work(kWorkTrash);
        empty_postponed_deaths();
    }
    if (due & kWorkGilDrop) {
        clear_work(kWorkGilDrop);
        gil_yield(thread);
    }
    if (due & kWorkAsyncException) {
        clear_work(kWorkAsyncException);
        if (Object* type = std::exchange(thread->async_exception, nullptr)) {
            Ref<> owned = steal(type);
            return raise_object(static_cast<Type*>(static_cast<VarObject*>(type)), nullptr);
        }
    }
    update_eval_breaker();
    return {};
}

}  // namespace py
