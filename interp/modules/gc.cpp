// gc: the collector's controls and what it sees.
#include "interp/objects/gc.h"

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/runtime/audit.h"

namespace py {
namespace {

// gc.enable($module, /)
Fallible<Ref<>> gc_enable(Object*) {
    gc_state().enabled = true;
    return share(none());
}
// gc.disable($module, /)
Fallible<Ref<>> gc_disable(Object*) {
    gc_state().enabled = false;
    return share(none());
}
// gc.isenabled($module, /)
Fallible<Ref<>> gc_isenabled(Object*) { return bool_from(gc_state().enabled); }

// gc.collect($module, /, generation=2)
Fallible<Ref<>> gc_collect_method(Object*, Object* const* bound) {
    int generation = bound[0] ? TRY(as_c_int(bound[0])) : kGcGenerations - 1;
    if (generation < 0 || generation >= kGcGenerations) return raise(exc::ValueError, "invalid generation");
    return int_from(gc_collect_reported(generation));
}

// gc.set_debug($module, flags, /)
Fallible<Ref<>> gc_set_debug(Object*, Object* flags) {
    gc_state().debug = TRY(as_c_int(flags));
    return share(none());
}
// gc.get_debug($module, /)
Fallible<Ref<>> gc_get_debug(Object*) { return int_from(gc_state().debug); }

// gc.set_threshold(threshold0, [threshold1, threshold2])
Fallible<Ref<>> gc_set_threshold(Object*, Object* const* args, ssize_t nargs) {
    if (nargs < 1 || nargs > 3)
        return raise(exc::TypeError, "set_threshold() takes %s argument%s (%zd given)", nargs < 1 ? "at least 1" : "at most 3",
                     nargs < 1 ? "" : "s", nargs);
    int thresholds[kGcGenerations];
    for (ssize_t i = 0; i < nargs; ++i) thresholds[i] = TRY(as_c_int(args[i]));
    for (ssize_t i = 0; i < nargs; ++i) gc_state().generations[i].threshold = thresholds[i];
    return share(none());
}

Fallible<Ref<>> three(int GcGeneration::*field) {
    Ref<Tuple> result = TRY(tuple_new(kGcGenerations));
    for (int i = 0; i < kGcGenerations; ++i) result->items[i] = TRY(int_from(gc_state().generations[i].*field)).release();
    return result;
}
// gc.get_threshold($module, /)
Fallible<Ref<>> gc_get_threshold(Object*) { return three(&GcGeneration::threshold); }
// gc.get_count($module, /)
Fallible<Ref<>> gc_get_count(Object*) { return three(&GcGeneration::count); }

// gc.get_stats($module, /)
Fallible<Ref<>> gc_get_stats(Object*) {
    Ref<List> result = TRY(list_new(0));
    for (const GcStatistics& each : gc_state().statistics) {
        Ref<Dict> row = TRY(dict_new());
        TRY(dict_set(row.get(), "collections", TRY(int_from(each.collections)).get()));
        TRY(dict_set(row.get(), "collected", TRY(int_from(each.collected)).get()));
        TRY(dict_set(row.get(), "uncollectable", TRY(int_from(each.uncollectable)).get()));
        TRY(list_append(result.get(), row.get()));
    }
    return result;
}

// gc.get_objects($module, /, generation=None)
Fallible<Ref<>> gc_get_objects(Object*, Object* const* bound) {
    ssize_t generation = TRY(optional_size(bound[0]));
    if (generation >= kGcGenerations)
        return raise(exc::ValueError, "generation parameter must be less than the number of available generations (%i)", kGcGenerations);
    if (generation < -1) return raise(exc::ValueError, "generation parameter cannot be negative");
    TRY(audit("gc.get_objects", "n", generation));  // -1: all, like None
    return gc_objects(int(generation));
}
Fallible<void> audit_arguments(const char* event, Object* const* args, ssize_t nargs) {
    if (!audit_enabled) return {};
    Ref<Tuple> objects = TRY(tuple_from_array(args, nargs));
    return audit(event, "(O)", static_cast<Object*>(objects.get()));
}
// gc.get_referrers(*objs)
Fallible<Ref<>> gc_get_referrers(Object*, Object* const* args, ssize_t nargs) {
    TRY(audit_arguments("gc.get_referrers", args, nargs));
    return gc_referrers(args, nargs);
}

int visit_append(Object* object, void* list) { return list_append(static_cast<List*>(list), object).ok() ? 0 : 1; }
// gc.get_referents(*objs)
Fallible<Ref<>> gc_get_referents(Object*, Object* const* args, ssize_t nargs) {
    TRY(audit_arguments("gc.get_referents", args, nargs));
    Ref<List> result = TRY(list_new(0));
    for (ssize_t i = 0; i < nargs; ++i) {
        TraverseSlot traverse = is_gc_object(args[i]) ? args[i]->type->traverse : nullptr;
        if (traverse && traverse(args[i], visit_append, result.get())) return raised;
    }
    return result;
}
// gc.is_tracked($module, obj, /)
Fallible<Ref<>> gc_is_tracked_method(Object*, Object* object) { return bool_from(is_gc_object(object) && gc_is_tracked(object)); }
// gc.is_finalized($module, obj, /)
Fallible<Ref<>> gc_is_finalized_method(Object*, Object* object) { return bool_from(is_gc_object(object) && gc_is_finalized(object)); }

// gc.freeze($module, /)
Fallible<Ref<>> gc_freeze_method(Object*) {
    gc_freeze();
    return share(none());
}
// gc.unfreeze($module, /)
Fallible<Ref<>> gc_unfreeze_method(Object*) {
    gc_unfreeze();
    return share(none());
}
// gc.get_freeze_count($module, /)
Fallible<Ref<>> gc_get_freeze_count(Object*) { return int_from(gc_frozen_count()); }

MethodDef gc_methods[] = {
    METHOD_NOARGS("enable", gc_enable, "($module, /)", "Enable automatic garbage collection."),
    METHOD_NOARGS("disable", gc_disable, "($module, /)", "Disable automatic garbage collection."),
    METHOD_NOARGS("isenabled", gc_isenabled, "($module, /)", "True when automatic garbage collection is enabled."),
    METHOD_NOARGS("get_debug", gc_get_debug, "($module, /)", "The debugging flags."),
    METHOD_O("set_debug", gc_set_debug, "($module, flags, /)",
             "Set the debugging flags, a sum of the DEBUG_ constants; what they ask for is written to stderr."),
    METHOD_NOARGS("get_count", gc_get_count, "($module, /)", "The collection counts (count0, count1, count2)."),
    {"set_threshold", (CFunction)(void*)wrap_fast<gc_set_threshold>, kFastcall | kBareName,
     "set_threshold(threshold0, [threshold1, threshold2])\nSet the collection thresholds; threshold0 = 0 disables collection."},
    METHOD_NOARGS("get_threshold", gc_get_threshold, "($module, /)", "The collection thresholds."),
    METHOD("collect", gc_collect_method, "($module, /, generation=2)",
           "Run the collector on a generation and all younger ones.\n\nReturns the number of unreachable objects."),
    METHOD("get_objects", gc_get_objects, "($module, /, generation=None)",
           "A list of the objects tracked by the collector, of one generation or all; the list itself is not in it."),
    METHOD_NOARGS("get_stats", gc_get_stats, "($module, /)", "A list of dicts with statistics of each generation."),
    METHOD_O("is_tracked", gc_is_tracked_method, "($module, obj, /)", "True when the object is tracked by the collector."),
    METHOD_O("is_finalized", gc_is_finalized_method, "($module, obj, /)", "True when the object's finalizer has run."),
    {"get_referrers", (CFunction)(void*)wrap_fast<gc_get_referrers>, kFastcall | kBareName,
     "get_referrers(*objs) -> list\nThe objects that directly refer to any of objs."},
    {"get_referents", (CFunction)(void*)wrap_fast<gc_get_referents>, kFastcall | kBareName,
     "get_referents(*objs) -> list\nThe objects that are directly referred to by objs."},
    METHOD_NOARGS("freeze", gc_freeze_method, "($module, /)", "Move all tracked objects to a generation that is never collected."),
    METHOD_NOARGS("unfreeze", gc_unfreeze_method, "($module, /)", "Move frozen objects to the oldest generation."),
    METHOD_NOARGS("get_freeze_count", gc_get_freeze_count, "($module, /)", "The number of frozen objects."),
    END_ROW,
};

Fallible<void> gc_execute(Module* module) {
    TRY(gc_start());
    TRY(module_add(module, "garbage", Ref<>(share(gc_state().garbage))));
    TRY(module_add(module, "callbacks", Ref<>(share(gc_state().callbacks))));
    TRY(module_add_int(module, "DEBUG_STATS", kGcDebugStats));
    TRY(module_add_int(module, "DEBUG_COLLECTABLE", kGcDebugCollectable));
    TRY(module_add_int(module, "DEBUG_UNCOLLECTABLE", kGcDebugUncollectable));
    TRY(module_add_int(module, "DEBUG_SAVEALL", kGcDebugSaveAll));
    return module_add_int(module, "DEBUG_LEAK", kGcDebugLeak);
}

}  // namespace

extern const NativeModule gc_module;
const NativeModule gc_module = {"gc", "Controls of the cycle collector.", gc_methods, gc_execute};

}  // namespace py
