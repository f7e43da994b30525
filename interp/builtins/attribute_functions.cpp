// Builtin functions about attributes, identity, classes and text of any object.
#include "interp/builtins/functions.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/method_def.h"
#include "interp/objects/str.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/thread.h"
#include "interp/vm/frame.h"

namespace py {

// callable(obj, /)
Fallible<Ref<>> builtin_callable(Object*, Object* object) { return bool_from(is_callable(object)); }


// delattr(obj, name, /)
Fallible<Ref<>> builtin_delattr(Object*, Object* const* a) {
    if (!is_str(a[1])) return name_not_str(a[1]);
    TRY(delete_attr(a[0], as_str(a[1])));
    return share(none());
}

// dir([object])
Fallible<Ref<>> builtin_dir(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("dir", nargs, 0, 1));
    return dir(nargs ? args[0] : nullptr);
}

// getattr(object, name[, default])
Fallible<Ref<>> builtin_getattr(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("getattr", nargs, 2, 3));
    if (!is_str(args[1])) return name_not_str(args[1]);
    if (nargs == 2) return get_attr(args[0], as_str(args[1]));
    Ref<> found = TRY(lookup_attr(args[0], as_str(args[1])));
    if (found) return found;
    return share(args[2]);
}

// hasattr(obj, name, /)
Fallible<Ref<>> builtin_hasattr(Object*, Object* const* a) {
    if (!is_str(a[1])) return name_not_str(a[1]);
    return bool_from(TRY(has_attr(a[0], as_str(a[1]))));
}

// hash(obj, /)
Fallible<Ref<>> builtin_hash(Object*, Object* object) { return TRY(int_from(TRY(hash(object)))); }

// id(obj, /)
Fallible<Ref<>> builtin_id(Object*, Object* object) {
    Ref<Int> number = TRY(int_from_unsigned(reinterpret_cast<uintptr_t>(object)));
    TRY(audit("builtins.id", "O", static_cast<Object*>(number.get())));
    return number;
}

// isinstance(obj, class_or_tuple, /)
Fallible<Ref<>> builtin_isinstance(Object*, Object* const* a) { return bool_from(TRY(is_instance(a[0], a[1]))); }

// issubclass(cls, class_or_tuple, /)
Fallible<Ref<>> builtin_issubclass(Object*, Object* const* a) { return bool_from(TRY(is_subclass(a[0], a[1]))); }

// setattr(obj, name, value, /)
Fallible<Ref<>> builtin_setattr(Object*, Object* const* a) {
    if (!is_str(a[1])) return name_not_str(a[1]);
    TRY(set_attr(a[0], as_str(a[1]), a[2]));
    return share(none());
}

// vars([object])
Fallible<Ref<>> builtin_vars(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("vars", nargs, 0, 1));
    if (!nargs) return builtin_locals(nullptr);
    Ref<> dict = TRY(lookup_attr(args[0], "__dict__"_name));
    if (!dict) return raise(exc::TypeError, "vars() argument must have __dict__ attribute");
    return dict;
}

// ascii(obj, /)
Fallible<Ref<>> builtin_ascii(Object*, Object* object) { return TRY(ascii(object)); }

// repr(obj, /)
Fallible<Ref<>> builtin_repr(Object*, Object* object) { return TRY(repr(object)); }

// format(value, format_spec='', /)
Fallible<Ref<>> builtin_format(Object*, Object* const* a) {
    if (a[1] && !is_str(a[1])) return raise(exc::TypeError, "format() argument 2 must be str, not %N", a[1]);
    return TRY(format(a[0], a[1] ? as_str(a[1]) : nullptr));
}

}  // namespace py
