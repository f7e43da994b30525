// _sre: making patterns from code words, and the case functions that re/_compiler.py asks for.
#include <cctype>
#include <cstring>

#include "interp/modules/sre_objects.h"
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str_kind.h"
#include "interp/objects/unicode_properties.h"

namespace py {

namespace sre {

namespace {

Fallible<void> fill_code(Pattern* pattern, List* code) {
    for (ssize_t i = 0; i < pattern->size; ++i) {
        Fallible<uint64_t> converted = as_uint64(code->items[i]);
        bool valid = converted.ok();
        if (!valid) clear_error();
        uint64_t word = converted.take();
        if (!valid || word > 0xffffffff)
            return raise(exc::OverflowError, "regular expression code size limit exceeded");
        pattern->code[i] = uint32_t(word);
    }
    return {};
}

}  // namespace

Fallible<Ref<>> compile_pattern(Object*, Object* const* bound) {
    if (!is_list(bound[2]))
        return raise(exc::TypeError, "compile() argument 'code' must be list, not %N", bound[2]);
    if (!is_dict(bound[4]))
        return raise(exc::TypeError, "compile() argument 'groupindex' must be dict, not %N",
                     bound[4]);
    if (!is_tuple(bound[5]))
        return raise(exc::TypeError, "compile() argument 'indexgroup' must be tuple, not %N",
                     bound[5]);
    int flags = TRY(as_c_int(bound[1]));
    ssize_t groups = TRY(as_ssize(bound[3]));
    List* code = as_list(bound[2]);
    size_t bytes = offsetof(Pattern, code) + (size_t(code->size) + 2) * sizeof(uint32_t);
    Ref<Pattern> pattern = steal(static_cast<Pattern*>(gc_object_new(&pattern_type, bytes)));
    if (!pattern) return raised;
    pattern->size = code->size;
    pattern->groups = groups;
    pattern->group_index = new_reference(as_dict(bound[4]));
    pattern->index_group = new_reference(as_tuple(bound[5]));
    pattern->pattern = new_reference(bound[0]);
    pattern->flags = flags;
    pattern->is_bytes = !is_none(bound[0]) && !is_str(bound[0]);
    pattern->weaklist = nullptr;
    pattern->bitmaps = nullptr;
    pattern->bitmap_at = nullptr;
    if (pattern->is_bytes && !has_buffer(bound[0]))
        return raise(exc::TypeError, "expected string or bytes-like object, got '%.200s'", bound[0]->type->name);
    TRY(fill_code(pattern.get(), code));
    TRY(validate(pattern.get()));
    TRY(build_bitmaps(pattern.get()));
    gc_track(pattern.get());
    return pattern;
}

namespace {

// _sre.getcodesize()
Fallible<Ref<>> getcodesize(Object*) {
    return int_from(sizeof(uint32_t));
}
// _sre.ascii_iscased(character, /)
Fallible<Ref<>> ascii_iscased(Object*, Object* character) {
    int ch = TRY(as_c_int(character));
    return bool_from(ch >= 0 && ch < 128 && std::isalpha(ch));
}
// _sre.unicode_iscased(character, /)
Fallible<Ref<>> unicode_iscased(Object*, Object* character) {
    auto ch = uint32_t(TRY(as_c_int(character)));
    return bool_from(unicode_to_lower(ch) != ch || unicode_to_upper(ch) != ch);
}
// _sre.ascii_tolower(character, /)
Fallible<Ref<>> ascii_tolower(Object*, Object* character) {
    return int_from(int(lower_ascii(uint32_t(TRY(as_c_int(character))))));
}
// _sre.unicode_tolower(character, /)
Fallible<Ref<>> unicode_tolower(Object*, Object* character) {
    return int_from(int(unicode_to_lower(uint32_t(TRY(as_c_int(character))))));
}
MethodDef sre_methods[] = {
    METHOD("compile", compile_pattern, "($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)",
           "A pattern object from code words."),
    METHOD_NOARGS("getcodesize", getcodesize, "($module, /)", "Bytes in a code word."),
    METHOD_O("ascii_iscased", ascii_iscased, "($module, character, /)", "Has the ASCII character two cases?"),
    METHOD_O("unicode_iscased", unicode_iscased, "($module, character, /)", "Has the character two cases?"),
    METHOD_O("ascii_tolower", ascii_tolower, "($module, character, /)", "The lower case form, ASCII only."),
    METHOD_O("unicode_tolower", unicode_tolower, "($module, character, /)", "The lower case form."),
    END_ROW,
};
Fallible<void> sre_execute(Module* module) {
    TRY(type_ready(&pattern_type));
    TRY(type_ready(&match_type));
    TRY(type_ready(&scanner_type));
    TRY(module_add_int(module, "MAGIC", 20220615));
    TRY(module_add_int(module, "CODESIZE", sizeof(uint32_t)));
    TRY(module_add_int(module, "MAXREPEAT", int64_t(kMaxRepeat)));
    TRY(module_add_int(module, "MAXGROUPS", kMaxGroups));
    return module_add_str(module, "copyright", "The code words of SRE 2.2.2, run by adder's own matcher");
}

}  // namespace

}  // namespace sre

extern const NativeModule sre_module;
const NativeModule sre_module = {"_sre", nullptr, sre::sre_methods, sre::sre_execute};

}  // namespace py
