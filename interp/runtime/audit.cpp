// Audit hooks: a list of callables, each called with the event's name and its argument tuple.
#include "interp/runtime/audit.h"

#include <cstdarg>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/str.h"
#include "interp/runtime/thread.h"

namespace py {

bool audit_enabled = false;
static List* hooks = nullptr;

static Fallible<Ref<Tuple>> event_arguments(const char* format, va_list arguments) {
    Ref<List> list = TRY(list_new(0));
    bool is_bare = *format == 'O';
    for (const char* c = format; *c; ++c) {
        if (*c == '(' || *c == ')') continue;
        if (*c == 'O') {
            Object* object = va_arg(arguments, Object*);
            TRY(list_append(list.get(), object ? object : none()));
        } else if (*c == 's') {
            const char* text = va_arg(arguments, const char*);
            Ref<> boxed = text ? Ref<>(TRY(str_from_fs(text))) : share(none());
            TRY(list_append(list.get(), boxed.get()));
        } else if (*c == 'C') {
            Ref<Str> boxed = TRY(str_from_char(uint32_t(va_arg(arguments, int))));
            TRY(list_append(list.get(), boxed.get()));
        } else {
            int64_t number = *c == 'i' ? va_arg(arguments, int) : va_arg(arguments, ssize_t);
            Ref<Int> boxed = TRY(int_from(number));
            TRY(list_append(list.get(), boxed.get()));
        }
    }
    // A single argument that is a tuple is the tuple of arguments.
    if (is_bare && list->size == 1 && is_tuple(list->items[0])) return share(as_tuple(list->items[0]));
    return list_as_tuple(list.get());
}

// Hooks are not traced, but for those with a true __cantrace__.
class TracingSuspended {
  public:
    TracingSuspended() : thread_(Thread::current()), saved_(thread_->cframe->use_tracing) { suspend(); }
    ~TracingSuspended() { resume(saved_); }
    void suspend() {
        ++thread_->tracing;
        thread_->cframe->use_tracing = 0;
    }
    void resume(uint8_t use) {
        --thread_->tracing;
        thread_->cframe->use_tracing = use;
    }
    Fallible<Ref<>> call_hook(Object* hook, Object* name, Object* arguments) {
        Ref<> traced = TRY(lookup_attr(hook, "__cantrace__"_name));
        bool can_trace = traced && TRY(is_true(traced.get()));
        if (can_trace) resume(thread_->trace_function || thread_->profile_function ? 255 : 0);
        Fallible<Ref<>> result = call(hook, name, arguments);
        if (can_trace) suspend();
        return result;
    }

  private:
    Thread* thread_;
    uint8_t saved_;
};

Fallible<void> audit_event(const char* event, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Fallible<Ref<Tuple>> built = event_arguments(format, arguments);
    va_end(arguments);
    Ref<Tuple> tuple = TRY(std::move(built));
    Ref<Str> name = TRY(str_from_ascii(event));
    return audit_objects(name.get(), tuple.get());
}

Fallible<void> audit_objects(Str* event, Tuple* arguments) {
    TracingSuspended tracing;
    for (ssize_t i = 0; hooks && i < hooks->size; ++i) {
        Ref<> hook = share(hooks->items[i]);
        TRY(tracing.call_hook(hook.get(), event, arguments));
    }
    return {};
}

Fallible<void> add_audit_hook(Object* hook) {
    if (audit_enabled) {
        Fallible<void> allowed = audit_event("sys.addaudithook", "");
        if (!allowed.ok()) {
            // A hook vetoes by raising RuntimeError or Exception: the new hook is silently not added.
            if (error_matches(exc::Exception)) {
                clear_error();
                return {};
            }
            return raised;
        }
    }
    if (!hooks) {
        hooks = TRY(list_new(0)).release();
        gc_untrack(hooks);  // gc.get_objects() must not show them
    }
    TRY(list_append(hooks, hook));
    audit_enabled = true;
    return {};
}

void clear_audit_hooks() {
    audit_enabled = false;
    clear_slot(hooks);
}

}  // namespace py
