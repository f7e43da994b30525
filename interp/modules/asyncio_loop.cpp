// _asyncio: which event loop runs in a thread, which tasks there are and which one is running.
#include <unistd.h>

#include "interp/modules/asyncio.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/thread.h"

namespace py {
namespace asyncio {

namespace {

Object* all_tasks = nullptr;    // a weakref.WeakSet
Dict* current_tasks = nullptr;  // loop → task

// The thread's dict holds (loop, process): a child process has no running loop.
Fallible<Ref<>> running_loop_or_none() {
    Thread* thread = Thread::current();
    Object* held = thread->dict ? dict_get_str(as_dict(thread->dict), "__asyncio_running_event_loop__"_name) : nullptr;
    if (!held || !is_tuple(held)) return share(none());
    Tuple* pair = as_tuple(held);
    if (!int_equals_small(as_int(pair->items[1]), getpid())) return share(none());
    return share(pair->items[0]);
}

// _asyncio._get_running_loop()
Fallible<Ref<>> asyncio_get_running_loop_or_none(Object*) {
    return running_loop_or_none();
}
// _asyncio.get_running_loop()
Fallible<Ref<>> asyncio_get_running_loop(Object*) {
    Ref<> loop = TRY(running_loop_or_none());
    if (is_none(loop.get())) return raise(exc::RuntimeError, "no running event loop");
    return loop;
}
// _asyncio._set_running_loop(loop, /)
Fallible<Ref<>> asyncio_set_running_loop(Object*, Object* loop) {
    Thread* thread = Thread::current();
    if (!thread->dict) thread->dict = TRY(dict_new())
    .release();
    Ref<Int> process = TRY(int_from(getpid()));
    Ref<Tuple> pair = TRY(tuple_pack(loop, process.get()));
    TRY(dict_set(as_dict(thread->dict), "__asyncio_running_event_loop__"_name, pair.get()));
    return share(none());
}
// _asyncio.get_event_loop()
Fallible<Ref<>> asyncio_get_event_loop(Object*) {
    return current_loop();
}
// _asyncio._get_event_loop(stacklevel=3)
Fallible<Ref<>> asyncio_get_event_loop_at(Object*, Object* const*) {
    return current_loop();
}

// _asyncio._register_task(task)
Fallible<Ref<>> asyncio_register_task(Object*, Object* const* a) {
    TRY(register_task(a[0]));
    return share(none());
}
// _asyncio._unregister_task(task)
Fallible<Ref<>> asyncio_unregister_task(Object*, Object* const* a) {
    TRY(call_method(all_tasks, "discard"_name, a[0]));
    return share(none());
}
// _asyncio._enter_task(loop, task)
Fallible<Ref<>> asyncio_enter_task(Object*, Object* const* a) {
    TRY(enter_task(a[0], a[1]));
    return share(none());
}
// _asyncio._leave_task(loop, task)
Fallible<Ref<>> asyncio_leave_task(Object*, Object* const* a) {
    TRY(leave_task(a[0], a[1]));
    return share(none());
}

MethodDef asyncio_functions[] = {
    METHOD_NOARGS("_get_running_loop", asyncio_get_running_loop_or_none, "($module, /)",
                  "The thread's running event loop, or None."),
    METHOD_O("_set_running_loop", asyncio_set_running_loop, "($module, loop, /)",
             "Say which event loop runs in this thread."),
    METHOD_NOARGS("get_running_loop", asyncio_get_running_loop, "($module, /)",
                  "The thread's running event loop; RuntimeError without one."),
    METHOD_NOARGS("get_event_loop", asyncio_get_event_loop, "($module, /)", "The running event loop, or the policy's."),
    METHOD("_get_event_loop", asyncio_get_event_loop_at, "($module, /, stacklevel=3)", "As get_event_loop()."),
    METHOD("_register_task", asyncio_register_task, "($module, /, task)", "Note a task as one that asyncio runs."),
    METHOD("_unregister_task", asyncio_unregister_task, "($module, /, task)", "Forget a task."),
    METHOD("_enter_task", asyncio_enter_task, "($module, /, loop, task)", "The task begins or goes on."),
    METHOD("_leave_task", asyncio_leave_task, "($module, /, loop, task)", "The task stops for now."),
    END_ROW,
};

// What is used of the library, at once: tasks that die when the interpreter ends are shown as well.
Fallible<void> find_library() {
    TRY((library<"asyncio.events", "get_event_loop_policy">()));
    TRY((library<"asyncio.base_futures", "_future_repr">()));
    TRY((library<"asyncio.exceptions", "InvalidStateError">()));
    TRY((library<"asyncio.exceptions", "CancelledError">()));
    TRY((library<"asyncio.base_tasks", "_task_repr">()));
    TRY((library<"asyncio.base_tasks", "_task_get_stack">()));
    TRY((library<"asyncio.base_tasks", "_task_print_stack">()));
    TRY((library<"asyncio.coroutines", "iscoroutine">()));
    TRY((library<"traceback", "extract_stack">()));
    return {};
}

Fallible<void> asyncio_execute(Module* module) {
    TRY(find_library());
    if (!all_tasks) {
        Ref<> weak_set = TRY(import_attribute("weakref", "WeakSet"));
        all_tasks = TRY(call(weak_set.get()))
        .release();
        current_tasks = TRY(dict_new())
        .release();
    }
    TRY(type_ready(&future_iterator_type));
    TRY(type_ready(&task_step_type));
    TRY(module_add_type(module, &future_type));
    TRY(module_add_type(module, &task_type));
    TRY(module_add(module, "_all_tasks", share(all_tasks)));
    return module_add(module, "_current_tasks", share<Object>(current_tasks));
}

}  // namespace

Fallible<Ref<>> current_loop() {
    Ref<> running = TRY(running_loop_or_none());
    if (!is_none(running.get())) return running;
    Ref<> policy = TRY(call(TRY((library<"asyncio.events", "get_event_loop_policy">()))));
    return call_method(policy.get(), "get_event_loop"_name);
}

Fallible<void> register_task(Object* task) {
    TRY(call_method(all_tasks, "add"_name, task));
    return {};
}

Fallible<void> enter_task(Object* loop, Object* task) {
    Ref<> current = TRY(dict_get(current_tasks, loop));
    if (current)
        return raise(exc::RuntimeError, "Cannot enter into task %R while another task %R is being executed.", task,
                     current.get());
    return dict_set(current_tasks, loop, task);
}

Fallible<void> leave_task(Object* loop, Object* task) {
    Ref<> current = TRY(dict_get(current_tasks, loop));
    if (current.get() != task)
        return raise(exc::RuntimeError, "Leaving task %R does not match the current task %R.", task,
                     current ? current.get() : none());
    (void)TRY(dict_delete(current_tasks, loop));
    return {};
}

}  // namespace asyncio

extern const NativeModule asyncio_module;
const NativeModule asyncio_module = {"_asyncio", "Accelerator module for asyncio", asyncio::asyncio_functions,
                                     asyncio::asyncio_execute};

}  // namespace py
