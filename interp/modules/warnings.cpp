// _warnings: the filters and the decision what happens to a warning; showing is warnings.py's when that is imported.
#include <cstdio>

#include "interp/import/import.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/source_line.h"
#include "interp/runtime/state.h"
#include "interp/runtime/thread.h"
#include "interp/vm/frame.h"

namespace py {

namespace {

Object* own_filters = nullptr;
Object* own_once_registry = nullptr;
Object* own_default_action = nullptr;
int64_t filters_version = 0;

// warnings.<name> where warnings is imported, borrowed; null otherwise.
Ref<> from_warnings(const char* name) {
    if (!runtime().modules) return {};
    Object* module = dict_get_str(runtime().modules, "warnings"_name);
    if (!module || module == none()) return {};
    Lookup<> found = lookup_attr(module, interned(name));
    if (!found.ok()) {
        clear_error();
        return {};
    }
    return found.take();
}

// The same for what _warnings keeps itself: the value seen last stays when warnings loses its own.
Ref<> remembered(const char* name, Object*& own) {
    Ref<> found = from_warnings(name);
    if (!found) return share(own);
    replace_slot(own, new_reference(found.get()));
    return found;
}

struct Warning {
    Ref<> message;   // an instance of a Warning class
    Ref<> text;      // str(message)
    Ref<> category;
    Ref<Str> filename;
    int line = 1;
    Ref<Str> module;
    Object* registry = nullptr;  // dict or null
    Object* source = nullptr;
};

// Does a filter's message or module field let the text pass? None: yes; a str: equal; else a pattern's match().
Fallible<bool> field_matches(Object* field, Object* text) {
    if (field == none()) return true;
    if (is_str_exact(field)) return equals(field, text);
    Ref<> match = TRY(call_method(field, "match"_name, text));
    return is_true(match.get());
}

// The action of the first filter that fits, and the filter.
Fallible<Ref<>> find_action(const Warning& warning, Ref<>* item) {
    Ref<> filters = remembered("filters", own_filters);
    if (!is_list(filters.get())) return raise(exc::ValueError, "_warnings.filters must be a list");
    for (ssize_t i = 0; i < as_list(filters.get())->size; ++i) {
        Ref<> each = share(as_list(filters.get())->items[i]);
        if (!is_tuple(each.get()) || as_tuple(each.get())->size != 5)
            return raise(exc::ValueError, "_warnings.filters item %zd isn't a 5-tuple", i);
        Object** fields = as_tuple(each.get())->items;
        if (!is_str(fields[0])) return raise(exc::TypeError, "action must be a string, not '%T'", fields[0]);
        if (!TRY(field_matches(fields[1], warning.text.get()))) continue;
        if (!TRY(is_subclass(warning.category.get(), fields[2]))) continue;
        if (!TRY(field_matches(fields[3], warning.module.get()))) continue;
        ssize_t line = TRY(as_ssize(fields[4]));
        if (line != 0 && line != warning.line) continue;
        *item = each;
        return share(fields[0]);
    }
    *item = share(none());
    Ref<> action = remembered("defaultaction", own_default_action);
    if (!is_str(action.get())) return raise(exc::TypeError, "_warnings.defaultaction must be a string, not '%T'", action.get());
    return action;
}

// Was the key seen in this registry since the filters changed? Marks it when `mark`.
Fallible<bool> already_warned(Object* registry, Object* key, bool mark) {
    Dict* dict = as_dict(registry);
    Ref<> version = TRY(dict_get(dict, "version"_name));
    bool current = version && is_int(version.get()) && int_equals_small(as_int(version.get()), filters_version);
    if (!current) {
        dict_clear(dict);
        TRY(dict_set(dict, "version"_name, TRY(int_from(filters_version)).get()));
    } else {
        Ref<> seen = TRY(dict_get(dict, key));
        if (seen && TRY(is_true(seen.get()))) return true;
    }
    if (mark) TRY(dict_set(dict, key, py_true()));
    return false;
}

// Printed plainly while warnings.py is not there.
Fallible<void> show_plainly(const Warning& warning) {
    Object* stream = sys_get("stderr");
    if (!stream || stream == none()) return {};
    Ref<> kept = share(stream);
    Ref<> name = TRY(get_attr(warning.category.get(), "__name__"_name));
    Ref<Str> line = TRY(format_str("%U:%d: %S: %S\n", warning.filename.get(), warning.line, name.get(), warning.text.get()));
    TRY(call_method(stream, "write"_name, static_cast<Object*>(line.get())));
    Ref<Str> source = SourceFile().line(warning.filename.get(), warning.line);
    if (!source) return {};
    ssize_t indent = 0;
    while (indent < source->length && (source->at(indent) == ' ' || source->at(indent) == '\t' || source->at(indent) == '\f'))
        ++indent;
    Ref<Str> rest = TRY(str_substring(source.get(), indent, source->length));
    Ref<Str> shown = TRY(format_str("  %U\n", rest.get()));
    TRY(call_method(stream, "write"_name, static_cast<Object*>(shown.get())));
    return {};
}

Fallible<void> show(const Warning& warning) {
    Ref<> show_function = from_warnings("_showwarnmsg");
    if (!show_function) {
        // Showing an unclosed resource's origin needs warnings.py: it is imported for that, but not at the very end.
        if (warning.source && warning.source != none() && !runtime().finalizing && runtime().initialized)
            show_function = TRY(import_attribute("warnings", "_showwarnmsg"));
        else
            return show_plainly(warning);
    }
    if (!is_callable(show_function.get())) return raise(exc::TypeError, "warnings._showwarnmsg() must be set to a callable");
    Ref<> message_class = from_warnings("WarningMessage");
    if (!message_class) return raise(exc::RuntimeError, "unable to get warnings.WarningMessage");
    Ref<Int> line = TRY(int_from(warning.line));
    Ref<> record = TRY(call(message_class.get(), warning.message.get(), warning.category.get(),
                            static_cast<Object*>(warning.filename.get()), static_cast<Object*>(line.get()), none(), none(),
                            warning.source ? warning.source : none()));
    TRY(call(show_function.get(), record.get()));
    return {};
}

Fallible<bool> passes_once(Object* registry, const Warning& warning, bool with_line) {
    Ref<> key = with_line ? TRY(tuple_pack(warning.text.get(), warning.category.get(), TRY(int_from(0)).get()))
                          : TRY(tuple_pack(warning.text.get(), warning.category.get()));
    return !TRY(already_warned(registry, key.get(), true));
}

Fallible<void> decide(Warning& warning) {
    if (warning.registry == none()) warning.registry = nullptr;
    if (warning.registry && !is_dict(warning.registry)) return raise(exc::TypeError, "'registry' must be a dict or None");
    if (is_instance_of(warning.message.get(), *exc::Warning)) {
        warning.text = TRY(str(warning.message.get()));
        warning.category = share<Object>(warning.message->type);
    } else {
        warning.text = warning.message;
        warning.message = TRY(call(warning.category.get(), warning.text.get()));
    }
    Ref<Int> line = TRY(int_from(warning.line));
    Ref<Tuple> key = TRY(tuple_pack(warning.text.get(), warning.category.get(), line.get()));
    if (warning.registry && TRY(already_warned(warning.registry, key.get(), false))) return {};
    Ref<> item;
    Ref<> action_object = TRY(find_action(warning, &item));
    Str* action = as_str(action_object.get());
    if (str_equals(action, "error") && !is_exception_class(warning.category.get()))
        return raise(exc::SystemError, "_PyErr_SetObject: exception %R is not a BaseException subclass", warning.category.get());
    if (str_equals(action, "error")) return raise_object(static_cast<Type*>(static_cast<VarObject*>(warning.category.get())), warning.message.get());
    if (str_equals(action, "ignore")) return {};
    if (str_equals(action, "always")) return show(warning);
    if (warning.registry) TRY(dict_set(as_dict(warning.registry), key.get(), py_true()));
    if (str_equals(action, "default")) return show(warning);
    if (str_equals(action, "once")) {
        Ref<> once = remembered("onceregistry", own_once_registry);
        Object* registry = warning.registry ? warning.registry : once.get();
        if (!is_dict(registry)) return raise(exc::TypeError, "_warnings.onceregistry must be a dict, not '%T'", registry);
        if (!TRY(passes_once(once.get(), warning, false))) return {};
        return show(warning);
    }
    if (str_equals(action, "module")) {
        if (warning.registry && !TRY(passes_once(warning.registry, warning, true))) return {};
        return show(warning);
    }
    return raise(exc::RuntimeError, "Unrecognized action (%R) in warnings.filters:\n %R", static_cast<Object*>(action), item.get());
}

Fallible<Ref<>> category_of(Object* message, Object* category) {
    if (is_instance_of(message, *exc::Warning)) return share<Object>(message->type);
    if (!category || category == none()) return share<Object>(exc::UserWarning);
    bool fits = is_exception_class(category) && TRY(is_subclass(category, exc::Warning));
    if (!fits) return raise(exc::TypeError, "category must be a Warning subclass, not '%T'", category);
    return share(category);
}

bool is_import_frame(InterpreterFrame* frame) {
    Str* filename = frame->code->filename;
    Str* part = "importlib"_name;
    return str_find(filename, part, 0, filename->length, 1) >= 0 &&
           str_find(filename, "_bootstrap"_name, 0, filename->length, 1) >= 0;
}
InterpreterFrame* caller(InterpreterFrame* frame, bool skip_imports) {
    do {
        frame = first_complete_frame(frame->previous);
    } while (frame && skip_imports && is_import_frame(frame));
    return frame;
}

// Where the warning is reported: the frame `stack_level` calls up.
Fallible<void> locate(Warning& warning, ssize_t stack_level) {
    InterpreterFrame* frame = first_complete_frame(current_frame());
    if (stack_level <= 0 || (frame && is_import_frame(frame))) {
        while (--stack_level > 0 && frame) frame = caller(frame, false);
    } else {
        while (--stack_level > 0 && frame) frame = caller(frame, true);
    }
    Dict* globals;
    if (!frame) {
        globals = runtime().sys_dict;
        warning.filename = TRY(str_from_ascii("sys"));
        warning.line = 1;
    } else {
        globals = as_dict(frame->globals);
        warning.filename = share(frame->code->filename);
        warning.line = frame_line(frame);
    }
    Ref<> registry = TRY(dict_get(globals, "__warningregistry__"_name));
    if (!registry) {
        registry = TRY(dict_new());
        TRY(dict_set(globals, "__warningregistry__"_name, registry.get()));
    }
    warning.registry = registry.get();  // kept by globals
    Ref<> name = TRY(dict_get(globals, "__name__"_name));
    warning.module = name && is_str(name.get()) ? std::move(name).cast<Str>() : TRY(str_from_ascii("<string>"));
    return {};
}

// _warnings.warn(message, category=None, stacklevel=1, source=None)
Fallible<Ref<>> warnings_warn(Object*, Object* const* a) {
    Warning warning;
    warning.category = TRY(category_of(a[0], a[1]));
    warning.message = share(a[0]);
    warning.source = a[3];
    ssize_t level = a[2] ? TRY(as_ssize(a[2])) : 1;
    TRY(locate(warning, level));
    TRY(decide(warning));
    return share(none());
}

// The module's name when warn_explicit is given none: the file's, without .py.
Fallible<Ref<Str>> module_of(Str* filename) {
    if (!filename->length) return str_from_ascii("<unknown>");
    bool source = filename->length >= 3 && filename->at(filename->length - 3) == '.' &&
                  filename->at(filename->length - 2) == 'p' && filename->at(filename->length - 1) == 'y';
    return source ? str_substring(filename, 0, filename->length - 3) : Fallible<Ref<Str>>(share(filename));
}

// _warnings.warn_explicit(message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None)
Fallible<Ref<>> warnings_warn_explicit(Object*, Object* const* a) {
    if (!is_str(a[2])) return raise(exc::TypeError, "warn_explicit() argument 3 must be str, not %N", a[2]);
    if (a[6] && a[6] != none() && !is_dict(a[6])) return raise(exc::TypeError, "module_globals must be a dict, not '%T'", a[6]);
    Warning warning;
    warning.line = TRY(as_parsed_int(a[3]));
    // Any callable passes: what it makes is the message.
    warning.category = share(is_instance_of(a[0], *exc::Warning) ? static_cast<Object*>(a[0]->type) : a[1]);
    warning.message = share(a[0]);
    warning.filename = share(as_str(a[2]));
    if (a[4] && a[4] != none() && is_str(a[4]))
        warning.module = share(as_str(a[4]));
    else
        warning.module = TRY(module_of(as_str(a[2])));
    warning.registry = a[5];
    warning.source = a[7];
    TRY(decide(warning));
    return share(none());
}

// _warnings._filters_mutated()
Fallible<Ref<>> warnings_filters_mutated(Object*) {
    ++filters_version;
    return share(none());
}

MethodDef warnings_functions[] = {
    METHOD("warn", warnings_warn, "($module, /, message, category=None, stacklevel=1, source=None)", "Issue a warning, or raise it."),
    {"warn_explicit",
     (CFunction)(void*)Bound<warnings_warn_explicit, "warn_explicit",
                             "($module, /, message, category, filename, lineno, module=None, registry=None, module_globals=None, "
                             "source=None)">::fastcall,
     kFastcall | kKeywords | kCounted, "Issue a warning with its place given."},
    METHOD_NOARGS("_filters_mutated", warnings_filters_mutated, "()", "To be called when the filters were changed."),
    END_ROW,
};

Fallible<void> add_filter(List* filters, const char* action, Type* category, const char* module) {
    Ref<Str> action_text = TRY(str_from_ascii(action));
    Ref<> module_text = module ? Ref<>(TRY(str_from_ascii(module))) : share(none());
    Ref<Int> line = TRY(int_from(0));
    Ref<Tuple> filter = TRY(tuple_pack(action_text.get(), none(), static_cast<Object*>(category), module_text.get(), line.get()));
    return list_append(filters, filter.get());
}

Fallible<void> add_default_filters(List* filters) {
    TRY(add_filter(filters, "default", exc::DeprecationWarning, "__main__"));
    TRY(add_filter(filters, "ignore", exc::DeprecationWarning, nullptr));
    TRY(add_filter(filters, "ignore", exc::PendingDeprecationWarning, nullptr));
    TRY(add_filter(filters, "ignore", exc::ImportWarning, nullptr));
    return add_filter(filters, "ignore", exc::ResourceWarning, nullptr);
}

Fallible<void> warnings_execute(Module* module) {
    if (!own_filters) {
        Ref<List> filters = TRY(list_new(0));
        if (!kSumsReferences) TRY(add_default_filters(filters.get()));  // CPython's debug builds show all
        own_filters = filters.release();
        own_once_registry = TRY(dict_new()).release();
        own_default_action = TRY(str_from_ascii("default")).release();
    }
    TRY(dict_set(module->dict, "filters", own_filters));
    TRY(dict_set(module->dict, "_onceregistry", own_once_registry));
    return dict_set(module->dict, "_defaultaction", own_default_action);
}

// Start-up has made nothing yet that could be shown.
bool too_early() { return !own_filters; }

Fallible<void> warn_text(Type* category, ssize_t stack_level, const char* format, va_list arguments, Object* source) {
    Ref<Str> text = TRY(format_str_v(format, arguments));
    if (too_early()) return {};
    Warning warning;
    warning.category = share<Object>(category);
    warning.message = std::move(text);
    warning.source = source;
    TRY(locate(warning, stack_level));
    return decide(warning);
}

}  // namespace

Fallible<void> warn(Type* category, ssize_t stack_level, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Fallible<void> done = warn_text(category, stack_level, format, arguments, nullptr);
    va_end(arguments);
    return done;
}

Fallible<void> warn_resource(Object* source, ssize_t stack_level, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Fallible<void> done = warn_text(exc::ResourceWarning, stack_level, format, arguments, source);
    va_end(arguments);
    return done;
}

void warn_unclosed(const char* format, Object* source, Object* where) {
    SavedError saved;
    if (warn_resource(source, 1, format, source).ok()) return;
    if (error_matches(exc::Warning))
        write_unraisable(where);
    else
        clear_error();
}

Fallible<void> warn_explicit(Type* category, Object* message, Object* filename, int line, Object* module, Object* registry) {
    if (too_early()) return {};
    Warning warning;
    warning.category = share<Object>(category);
    warning.message = share(message);
    warning.filename = share(as_str(filename));
    warning.line = line;
    warning.module = module && is_str(module) ? share(as_str(module)) : TRY(module_of(as_str(filename)));
    warning.registry = registry;
    return decide(warning);
}

extern const NativeModule warnings_module;
const NativeModule warnings_module = {"_warnings", "The filters of warnings, and what they decide.", warnings_functions, warnings_execute};

}  // namespace py
