// Path-like objects (PEP 519) and names: what the operating system gets, and the mangling of private names.
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/str_kind.h"

namespace py {

Fallible<Ref<>> path_fspath(Object* path) {
    if (is_str(path) || is_bytes(path)) return share(path);
    Ref<> method = TRY(lookup_special(path, "__fspath__"_name));
    if (!method)
        return raise(exc::TypeError, "expected str, bytes or os.PathLike object, not %.200s", type_short_name(path->type));
    Ref<> result = TRY(call(method.get()));
    if (!is_str(result.get()) && !is_bytes(result.get()))
        return raise(exc::TypeError, "expected %.200s.__fspath__() to return str or bytes, not %.200s",
                     type_short_name(path->type), type_short_name(result->type));
    return result;
}
Fallible<Ref<Bytes>> path_to_bytes(Object* path) {
    Ref<> plain = TRY(path_fspath(path));
    Ref<Bytes> bytes = is_str(plain.get()) ? TRY(fs_encode(as_str(plain.get()))) : std::move(plain).cast<Bytes>();
    if (bytes->view().find('\0') != std::string_view::npos) return raise(exc::ValueError, "embedded null byte");
    return bytes;
}

Fallible<Ref<Str>> str_mangle(Str* class_name, Str* name) {
    if (!class_name || name->length < 3 || name->at(0) != '_' || name->at(1) != '_') return share(name);
    ssize_t length = name->length;
    // Names with dots come from import statements and are not private.
    if ((name->at(length - 1) == '_' && name->at(length - 2) == '_') || str_find_char(name, '.', 0, length, 1) >= 0)
        return share(name);
    ssize_t start = 0;
    while (start < class_name->length && class_name->at(start) == '_')
        ++start;
    if (start == class_name->length) return share(name);
    StrBuilder out;
    TRY(out.append_char('_'));
    TRY(out.append_range(class_name, start, class_name->length));
    TRY(out.append(name));
    return out.finish();
}

}  // namespace py
