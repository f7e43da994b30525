// atexit: functions to call when the interpreter ends. There is one list, however often the module is made.
#include "interp/modules/atexit.h"

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"

namespace py {

namespace {

List* callbacks = nullptr;  // of (function, args, kwargs); unregistered ones are None

// atexit.register(func, *args, **kwargs)
Object* atexit_register(Object*, Object* const* args, ssize_t nargs, Object* kwnames) {
    if (nargs < 1) return raise(exc::TypeError, "register() takes at least 1 argument (0 given)");
    if (!is_callable(args[0])) return raise(exc::TypeError, "the first argument must be callable");
    Ref<Tuple> positional = TRY(tuple_from_array(args + 1, nargs - 1));
    Ref<> keywords = share(none());
    if (kwnames) {
        Ref<Dict> dict = TRY(dict_new());
        for (ssize_t i = 0; i < as_tuple(kwnames)->size; ++i) TRY(dict_set(dict.get(), as_tuple(kwnames)->items[i], args[nargs + i]));
        keywords = std::move(dict);
    }
    Ref<Tuple> entry = TRY(tuple_pack(args[0], positional.get(), keywords.get()));
    if (!callbacks) callbacks = TRY(list_new(0)).release();
    TRY(list_append(callbacks, entry.get()));
    return new_reference(args[0]);
}

// atexit._run_exitfuncs()
Fallible<Ref<>> atexit_run_exitfuncs(Object*) {
    run_exit_functions();
    return share(none());
}
// atexit._clear()
Fallible<Ref<>> atexit_clear(Object*) {
    clear_slot(callbacks);
    return share(none());
}
// atexit._ncallbacks()
// Those unregistered count.
Fallible<Ref<>> atexit_ncallbacks(Object*) {
    return TRY(int_from(callbacks ? callbacks->size : 0));
}
// atexit.unregister(func)
Fallible<Ref<>> atexit_unregister(Object*, Object* function) {
    for (ssize_t i = 0; callbacks && i < callbacks->size; ++i) {
        Ref<> entry = share(callbacks->items[i]);
        if (entry.get() == none()) continue;
        bool same = TRY(equals(as_tuple(entry.get())->items[0], function));
        if (same && callbacks && i < callbacks->size && callbacks->items[i] == entry.get())
            replace_slot(callbacks->items[i], new_reference(none()));
    }
    return share(none());
}

MethodDef atexit_functions[] = {
    METHOD_NOARGS("_clear", atexit_clear, "()", "Forget all registered functions."),
    METHOD_NOARGS("_ncallbacks", atexit_ncallbacks, "()", "How many functions were registered since the list was empty."),
    METHOD_NOARGS("_run_exitfuncs", atexit_run_exitfuncs, "()", "Call the registered functions now."),
    {"register", (CFunction)(void*)atexit_register, kFastcall | kKeywords,
     "register(func, *args, **kwargs) -> func\n\nHave a function called when the interpreter ends."},
    METHOD_O("unregister", atexit_unregister, "(func)", "Forget a registered function."),
    END_ROW,
};

}  // namespace

void run_exit_functions() {
    // What is registered meanwhile is forgotten.
    for (ssize_t i = callbacks ? callbacks->size - 1 : -1; i >= 0; --i) {
        if (!callbacks || i >= callbacks->size) continue;
        Ref<> entry = share(callbacks->items[i]);
        if (entry.get() == none()) continue;
        Object** parts = as_tuple(entry.get())->items;
        if (!call_tuple(parts[0], parts[1], parts[2] == none() ? nullptr : parts[2]).ok())
            write_unraisable_message("in atexit callback", parts[0]);
    }
    clear_slot(callbacks);
}

extern const NativeModule atexit_module;
const NativeModule atexit_module = {"atexit", "Functions to call when the interpreter ends.", atexit_functions, nullptr};

}  // namespace py
