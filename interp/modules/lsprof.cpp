// _lsprof: the profiler under cProfile. It counts and times calls of Python and native functions as they happen, and
// notes for every function which others it called.
#include <ctime>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/function.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/vm/trace.h"

namespace py {

namespace {

// What is counted of a function, or of one function's calls of another.
struct Counts {
    int64_t total = 0, own = 0;  // time with and without the functions called, in units of the timer
    ssize_t calls = 0, recursive_calls = 0;
    int depth = 0;  // calls that have not returned
};
struct Subentry {
    Counts counts;
    struct Entry* callee;
    Subentry* next;
};
struct Entry {
    Counts counts;
    const void* key;   // code object or method definition
    Object* function;  // owned: code object or text
    Subentry* callees;
    Entry* next;  // in its bucket
};
// A call that has not returned.
struct Activation {
    Entry* entry;
    int64_t start, in_callees;
    Activation* caller;
};

constexpr size_t kBuckets = 1024;

struct Profiler : Object {
    Entry** buckets;
    Activation* current;
    Activation* unused;
    Object* timer;  // or null
    double timer_unit;
    bool enabled, subcalls, builtins, out_of_memory;
};
Profiler* as_profiler(Object* object) {
    return static_cast<Profiler*>(object);
}

Type* entry_type = nullptr;
Type* subentry_type = nullptr;

int64_t clock_nanoseconds() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return int64_t(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

// With a unit the timer's results are whole numbers of it, without one they are seconds.
Fallible<int64_t> timer_value(Profiler* self) {
    Ref<> value = TRY(call(self->timer));
    if (self->timer_unit > 0) return as_int64(value.get());
    return int64_t(TRY(as_double(value.get())) * 1e9);
}
int64_t now(Profiler* self) {
    if (!self->timer) return clock_nanoseconds();
    Ref<> timer = share(self->timer);
    SavedError saved;
    auto value = timer_value(self);
    if (value.ok()) return value.take();
    write_unraisable(timer.get());
    return 0;
}

// How a native function is named in the statistics.
Fallible<Ref<>> builtin_text(BuiltinFunction* function) {
    const char* name = function->definition->name;
    if (!function->self || is_module(function->self)) {
        if (function->module && is_str(function->module))
            return format_str("<built-in method %U.%s>", as_str(function->module), name);
        return format_str("<built-in method %s>", name);
    }
    Ref<Str> text = TRY(str_from_utf8(name));
    Object* descriptor = type_lookup(function->self->type, text.get());
    if (!descriptor) return format_str("<built-in method %s>", name);
    Ref<> kept = share(descriptor);
    return repr(descriptor);
}

Entry* find_entry(Profiler* self, const void* key) {
    Entry** link = &self->buckets[(uintptr_t(key) >> 4) % kBuckets];
    for (Entry* entry = *link; entry; entry = entry->next)
        if (entry->key == key) return entry;
    return nullptr;
}
// Takes over `function`; null when there is no memory.
Entry* add_entry(Profiler* self, const void* key, Ref<> function) {
    auto entry = static_cast<Entry*>(allocate(sizeof(Entry)));
    if (!entry) return nullptr;
    Entry** bucket = &self->buckets[(uintptr_t(key) >> 4) % kBuckets];
    *entry = Entry{{}, key, function.release(), nullptr, *bucket};
    return *bucket = entry;
}

// The callee's subentry, moved to the front: calls repeat.
Subentry* find_subentry(Entry* caller, Entry* callee) {
    for (Subentry** link = &caller->callees; *link; link = &(*link)->next) {
        Subentry* found = *link;
        if (found->callee != callee) continue;
        *link = found->next;
        found->next = caller->callees;
        return caller->callees = found;
    }
    return nullptr;
}
Subentry* find_or_add_subentry(Entry* caller, Entry* callee) {
    if (Subentry* found = find_subentry(caller, callee)) return found;
    auto made = static_cast<Subentry*>(allocate(sizeof(Subentry)));
    if (made) *made = Subentry{{}, callee, caller->callees}, caller->callees = made;
    return made;
}

void count_return(Counts& counts, int64_t total, int64_t own) {
    if (--counts.depth == 0)
        counts.total += total;
    else
        ++counts.recursive_calls;
    counts.own += own;
    ++counts.calls;
}

void enter(Profiler* self, Entry* entry) {
    Activation* activation = self->unused;
    if (activation)
        self->unused = activation->caller;
    else
        activation = static_cast<Activation*>(allocate(sizeof(Activation)));
    if (!activation) {
        self->out_of_memory = true;
        return;
    }
    ++entry->counts.depth;
    if (self->subcalls && self->current) {
        if (Subentry* subentry = find_or_add_subentry(self->current->entry, entry))
            ++subentry->counts.depth;
        else
            self->out_of_memory = true;
    }
    *activation = {entry, 0, 0, self->current};
    self->current = activation;
    activation->start = now(self);
}

void leave(Profiler* self) {
    Activation* activation = self->current;
    int64_t total = now(self) - activation->start, own = total - activation->in_callees;
    self->current = activation->caller;
    if (self->current) self->current->in_callees += total;
    count_return(activation->entry->counts, total, own);
    if (self->subcalls && self->current)
        if (Subentry* subentry = find_subentry(self->current->entry, activation->entry))
            count_return(subentry->counts, total, own);
    activation->caller = self->unused;
    self->unused = activation;
}
// The function returns whose call was seen; calls from before the profiler started are not known.
void leave(Profiler* self, const void* key) {
    if (self->current && self->current->entry->key == key) leave(self);
}

void enter_code(Profiler* self, Code* code) {
    Entry* entry = find_entry(self, code);
    if (!entry) entry = add_entry(self, code, share(code));
    if (entry)
        enter(self, entry);
    else
        self->out_of_memory = true;
}
void enter_builtin(Profiler* self, BuiltinFunction* function) {
    Entry* entry = find_entry(self, function->definition);
    if (!entry) {
        SavedError saved;
        auto text = builtin_text(function);
        if (text.ok()) entry = add_entry(self, function->definition, text.take());
    }
    if (entry)
        enter(self, entry);
    else
        self->out_of_memory = true;
}

int profile_event(Object* object, Frame* frame, int what, Object* argument) {
    Profiler* self = as_profiler(object);
    bool native = self->builtins && argument && is_exact(argument, builtin_function_type);
    switch (what) {
        case kTraceCall: enter_code(self, frame->frame->code); break;
        case kTraceReturn: leave(self, frame->frame->code); break;
        case kTraceCCall:
            if (native) enter_builtin(self, static_cast<BuiltinFunction*>(argument));
            break;
        case kTraceCReturn:
        case kTraceCException:
            if (native) leave(self, static_cast<BuiltinFunction*>(argument)->definition);
            break;
        default: break;
    }
    return 0;
}

// Calls that have not returned count up to now.
void leave_all(Profiler* self) {
    while (self->current)
        leave(self);
    while (Activation* activation = self->unused) {
        self->unused = activation->caller;
        deallocate(activation);
    }
}
Fallible<void> check_memory(Profiler* self) {
    if (!self->out_of_memory) return {};
    self->out_of_memory = false;
    return raise(exc::MemoryError, "memory was exhausted while profiling");
}

double seconds_per_unit(Profiler* self) {
    return self->timer && self->timer_unit > 0 ? self->timer_unit : 1e-9;
}

Fallible<Ref<Tuple>> counts_tuple(Type* type, Object* function, const Counts& counts, double unit) {
    Ref<Tuple> made = TRY(struct_sequence_new(type));
    for (ssize_t i = 0; i < made->size; ++i)
        made->items[i] = new_reference(none());
    auto put = [&](int i, Ref<> value) { struct_sequence_set(made.get(), i, std::move(value)); };
    put(0, share(function));
    put(1, TRY(int_from(counts.calls)));
    put(2, TRY(int_from(counts.recursive_calls)));
    put(3, TRY(float_from(unit * double(counts.total))));
    put(4, TRY(float_from(unit * double(counts.own))));
    return made;
}
Fallible<Ref<>> entry_tuple(Entry* entry, double unit) {
    Ref<Tuple> made = TRY(counts_tuple(entry_type, entry->function, entry->counts, unit));
    if (!entry->callees) return made;
    Ref<List> calls = TRY(list_new(0));
    for (Subentry* each = entry->callees; each; each = each->next)
        TRY(list_append_steal(calls.get(),
                              TRY(counts_tuple(subentry_type, each->callee->function, each->counts, unit))));
    struct_sequence_set(made.get(), 5, std::move(calls));
    return made;
}

// Profiler.getstats()
Fallible<Ref<>> profiler_getstats(Object* object) {
    Profiler* self = as_profiler(object);
    TRY(check_memory(self));
    double unit = seconds_per_unit(self);
    Ref<List> result = TRY(list_new(0));
    for (size_t i = 0; i < kBuckets; ++i)
        for (Entry* entry = self->buckets[i]; entry; entry = entry->next)
            if (entry->counts.calls) TRY(list_append_steal(result.get(), TRY(entry_tuple(entry, unit))));
    return result;
}
// Profiler.enable(subcalls=True, builtins=True)
Fallible<Ref<>> profiler_enable(Object* object, Object* const* a) {
    Profiler* self = as_profiler(object);
    bool subcalls = a[0] ? TRY(as_c_int(a[0])) : self->subcalls, builtins = a[1] ? TRY(as_c_int(a[1])) : self->builtins;
    TRY(set_profile(Thread::current(), profile_event, object));
    self->subcalls = subcalls;
    self->builtins = builtins;
    self->enabled = true;
    return share(none());
}
// Profiler.disable()
Fallible<Ref<>> profiler_disable(Object* object) {
    Profiler* self = as_profiler(object);
    if (self->enabled) {
        self->enabled = false;
        TRY(set_profile(Thread::current(), nullptr, nullptr));
    }
    leave_all(self);
    TRY(check_memory(self));
    return share(none());
}
void forget_all(Profiler* self) {
    for (size_t i = 0; self->buckets && i < kBuckets; ++i) {
        while (Entry* entry = self->buckets[i]) {
            self->buckets[i] = entry->next;
            while (Subentry* subentry = entry->callees) {
                entry->callees = subentry->next;
                deallocate(subentry);
            }
            decref(entry->function);
            deallocate(entry);
        }
    }
}
// Profiler.clear()
Fallible<Ref<>> profiler_clear(Object* object) {
    leave_all(as_profiler(object));
    forget_all(as_profiler(object));
    return share(none());
}

// Profiler(timer=None, timeunit=0.0, subcalls=True, builtins=True)
Fallible<void> profiler_init(Object* object, Object* const* a) {
    Profiler* self = as_profiler(object);
    double unit = a[1]   ? TRY(as_double(a[1])) : 0;
    bool subcalls = a[2] ? TRY(as_c_int(a[2])) : true, builtins = a[3] ? TRY(as_c_int(a[3])) : true;
    replace_slot(self->timer, a[0] && !is_none(a[0]) ? new_reference(a[0]) : nullptr);
    self->timer_unit = unit;
    self->subcalls = subcalls;
    self->builtins = builtins;
    return {};
}
Object* profiler_new(Type* type, Object*, Object*) {
    Ref<> made = steal(type->alloc(type, 0));
    if (!made) return nullptr;
    auto buckets = static_cast<Entry**>(allocate(kBuckets * sizeof(Entry*)));
    if (!buckets) return raise_memory_error();
    for (size_t i = 0; i < kBuckets; ++i)
        buckets[i] = nullptr;
    as_profiler(made.get())->buckets = buckets;
    return made.release();
}
void profiler_dealloc(Object* object) {
    Profiler* self = as_profiler(object);
    gc_untrack(object);
    if (self->enabled) {
        self->enabled = false;
        if (!set_profile(Thread::current(), nullptr, nullptr).ok())
            write_unraisable_message("When destroying _lsprof profiler", nullptr);
    }
    leave_all(self);
    forget_all(self);
    deallocate(self->buckets);
    clear_slot(self->timer);
    object_memory_free(object);
}

MethodDef profiler_methods[] = {
    METHOD_UNPACKED_NOARGS("getstats", profiler_getstats, "($self, /)", "A list of profiler_entry with what was measured."),
    {"enable", BOUND_ENTRY_(profiler_enable, "enable", "(subcalls=True, builtins=True)"), kFastcall | kKeywords,
     "enable(subcalls=True, builtins=True)\n\nStarts measuring. subcalls: note who called whom; builtins: measure "
     "native functions."},
    METHOD_NOARGS_UNSIGNED("disable", profiler_disable, "disable()\n\nStops measuring."),
    METHOD_NOARGS_UNSIGNED("clear", profiler_clear, "clear()\n\nForgets what was measured."),
    END_ROW,
};

constinit Type profiler_type = static_type({
    .name = "_lsprof.Profiler",
    .basic_size = sizeof(Profiler),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .doc = "Profiler(timer=None, timeunit=None, subcalls=True, builtins=True)\n\nMeasures calls. timer: a function for "
           "the "
           "time, whose results count timeunit seconds.",
    .dealloc = profiler_dealloc,
    .traverse = traverse_members<&Profiler::timer>,
    .clear = clear_members<&Profiler::timer>,
    .methods = profiler_methods,
    .init = Bound<profiler_init, "Profiler", "(timer=None, timeunit=0.0, subcalls=True, builtins=True)">::init,
    .new_ = profiler_new,
});

#define COUNT_FIELDS                                                                                            \
    {"code", "the code object, or the text that names a native function"}, {"callcount", "how many calls"},     \
        {"reccallcount", "how many of them were recursive"}, {"totaltime", "time with the functions called"}, { \
        "inlinetime", "time without them"                                                                       \
    }
StructSequenceField entry_fields[] = {COUNT_FIELDS, {"calls", "None or a list of profiler_subentry"}, {}};
StructSequenceField subentry_fields[] = {COUNT_FIELDS, {}};

Fallible<void> lsprof_execute(Module* module) {
    if (!entry_type) {
        entry_type = TRY(struct_sequence_type_new({"_lsprof.profiler_entry", nullptr, entry_fields, 6}))
        .release();
        subentry_type = TRY(struct_sequence_type_new({"_lsprof.profiler_subentry", nullptr, subentry_fields, 5}))
        .release();
    }
    TRY(module_add_type(module, &profiler_type));
    TRY(module_add(module, "profiler_entry", share<Object>(entry_type)));
    return module_add(module, "profiler_subentry", share<Object>(subentry_type));
}

}  // namespace

extern const NativeModule lsprof_module;
const NativeModule lsprof_module = {"_lsprof", "Fast profiler", nullptr, lsprof_execute};

}  // namespace py
