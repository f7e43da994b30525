// _testinternalcapi: what CPython's own tests ask the interpreter about its insides; nothing else uses it. The parts that
// test CPython's C functions are not here.
#include "interp/objects/abstract.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/gc.h"
#include "interp/objects/int.h"
#include "interp/objects/memory_trace.h"
#include "interp/objects/module.h"
#include "interp/runtime/state.h"
#include "interp/runtime/thread.h"

namespace py {
namespace {

// _testinternalcapi.get_config(): the settings that tests look at.
Fallible<Ref<>> testinternalcapi_get_config(Object*) {
    Ref<Dict> config = TRY(dict_new());
    Ref<Int> debug_ranges = TRY(int_from(runtime().config.code_debug_ranges ? 1 : 0));
    TRY(dict_set(config.get(), "code_debug_ranges", debug_ranges.get()));
    return Ref<>(std::move(config));
}

// _testinternalcapi.get_recursion_depth()
Fallible<Ref<>> testinternalcapi_get_recursion_depth(Object*) {
    Thread* thread = Thread::current();
    return TRY(int_from(thread->recursion_limit - thread->recursion_remaining - 1));  // without this call
}

// _testinternalcapi.set_nomemory(start, stop=0)
Fallible<Ref<>> testinternalcapi_set_nomemory(Object*, Object* const* args, ssize_t count) {
    TRY(check_positional("set_nomemory", count, 1, 2));
    ssize_t start = TRY(index_as_ssize(args[0], exc::OverflowError));
    ssize_t stop = count > 1 ? TRY(index_as_ssize(args[1], exc::OverflowError)) : 0;
    if (start < 1 || stop < 0) return raise(exc::ValueError, "requests are counted from 1");
    set_memory_refusals(size_t(start), size_t(stop));
    return share(none());
}

// _testinternalcapi.remove_mem_hooks()
Fallible<Ref<>> testinternalcapi_remove_mem_hooks(Object*) {
    return TRY(int_from(ssize_t(set_memory_refusals(0, 0))));
}

MethodDef testinternalcapi_methods[] = {
    METHOD_NOARGS("get_config", testinternalcapi_get_config, "($module, /)", "Settings of the running interpreter, as a dict."),
    METHOD_NOARGS("get_recursion_depth", testinternalcapi_get_recursion_depth, "($module, /)", "How deep the calls are nested."),
    METHOD_FAST("set_nomemory", testinternalcapi_set_nomemory, "($module, start, stop=0, /)",
                "From the start'th request on, up to the stop'th (0: for good), there is no memory."),
    METHOD_NOARGS("remove_mem_hooks", testinternalcapi_remove_mem_hooks, "($module, /)", "Takes set_nomemory() back; how many requests there were since."),
    END_ROW,
};

Fallible<void> testinternalcapi_execute(Module* module) {
    return module_add_int(module, "SIZEOF_PYGC_HEAD", sizeof(GcHead));
}

}  // namespace

extern const NativeModule testinternalcapi_module;
const NativeModule testinternalcapi_module = {"_testinternalcapi", "Questions of CPython's test suite.", testinternalcapi_methods,
                                              testinternalcapi_execute};

}  // namespace py
