// code(…), code.replace() and the attributes of code objects.
#include "interp/objects/code_attributes.h"

#include <cstring>
#include <string_view>

#include "interp/compiler/opcode.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/audit.h"

namespace py {
namespace {

Code* as_code(Object* object) {
    return static_cast<Code*>(object);
}

// The arguments of code(…), in order. `attribute` is its name for replace().
enum FieldType : uint8_t { kNumber, kBytes, kTuple, kText };
struct Field {
    const char* attribute;
    FieldType type;
};
enum FieldIndex {
    kArgcount,
    kPosonlyargcount,
    kKwonlyargcount,
    kNlocals,
    kStacksize,
    kFlags,
    kCode,
    kConsts,
    kNames,
    kVarnames,
    kFilename,
    kName,
    kQualname,
    kFirstlineno,
    kLinetable,
    kExceptiontable,
    kFreevars,
    kCellvars,
    kFieldCount
};
constexpr Field kFields[kFieldCount] = {
    {"co_argcount", kNumber},      {"co_posonlyargcount", kNumber}, {"co_kwonlyargcount", kNumber},
    {"co_nlocals", kNumber},       {"co_stacksize", kNumber},       {"co_flags", kNumber},
    {"co_code", kBytes},           {"co_consts", kTuple},           {"co_names", kTuple},
    {"co_varnames", kTuple},       {"co_filename", kText},          {"co_name", kText},
    {"co_qualname", kText},        {"co_firstlineno", kNumber},     {"co_linetable", kBytes},
    {"co_exceptiontable", kBytes}, {"co_freevars", kTuple},         {"co_cellvars", kTuple},
};
constexpr int kRequired = kFreevars;

struct FieldValues {
    int numbers[kFieldCount] = {};
    Ref<> objects[kFieldCount];
};

Fallible<void> set_field(FieldValues& values, int index, Object* value, const char* function, const char* argument) {
    const Field& field = kFields[index];
    if (field.type == kNumber) {
        values.numbers[index] = TRY(as_c_int(value));
        return {};
    }
    bool fits = field.type == kBytes ? is_bytes(value) : field.type == kTuple ? is_tuple(value) : is_str(value);
    if (!fits) {
        const char* wanted = field.type == kBytes ? "bytes" : field.type == kTuple ? "tuple" : "str";
        return raise(exc::TypeError, "%s() argument %s must be %s, not %s", function, argument, wanted,
                     value->type->name);
    }
    values.objects[index] = share(value);
    return {};
}

ssize_t find_name(Tuple* names, Object* name) {
    for (ssize_t i = 0; i < names->size; i++)
        if (names->items[i] == name || str_equals(as_str(names->items[i]), as_str(name))) return i;
    return -1;
}

// Locals, cells that are no locals, free variables: the order of the frame's slots.
Fallible<Ref<Code>> build(FieldValues& values) {
    Tuple* varnames = as_tuple(values.objects[kVarnames].get());
    Tuple* cellvars = as_tuple(values.objects[kCellvars].get());
    Tuple* freevars = as_tuple(values.objects[kFreevars].get());
    if (values.numbers[kNlocals] != varnames->size)
        return raise(exc::ValueError, "code: co_nlocals != len(co_varnames)");
    for (Tuple* names : {varnames, cellvars, freevars, as_tuple(values.objects[kNames].get())})
        for (ssize_t i = 0; i < names->size; i++)
            if (!is_str(names->items[i])) return raise(exc::SystemError, "non-string found in code slot");
    ssize_t total = varnames->size + freevars->size;
    for (ssize_t i = 0; i < cellvars->size; i++)
        total += find_name(varnames, cellvars->items[i]) < 0;
    Ref<Tuple> names = TRY(tuple_new(total));
    Ref<Bytes> kinds = TRY(bytes_new(total));
    ssize_t at = 0;
    char scratch[1];
    char* out = total > 0 ? kinds->data : scratch;
    char small = 0;
    bool shared = total == 1;  // one-byte results may be shared: filled through `small`
    auto add = [&](Object* name, int kind) {
        names->items[at] = new_reference(name);
        if (shared)
            small = char(kind);
        else
            out[at] = char(kind);
        at++;
    };
    for (ssize_t i = 0; i < varnames->size; i++)
        add(varnames->items[i], kFastLocal | (find_name(cellvars, varnames->items[i]) >= 0 ? kFastCell : 0));
    for (ssize_t i = 0; i < cellvars->size; i++)
        if (find_name(varnames, cellvars->items[i]) < 0) add(cellvars->items[i], kFastCell);
    for (ssize_t i = 0; i < freevars->size; i++)
        add(freevars->items[i], kFastFree);
    if (shared) kinds = TRY(bytes_from({&small, 1}));
    CodeSpec spec{
        .filename = values.objects[kFilename].get(),
        .name = values.objects[kName].get(),
        .qualname = values.objects[kQualname].get(),
        .flags = values.numbers[kFlags],
        .first_line = values.numbers[kFirstlineno],
        .code = values.objects[kCode].get(),
        .line_table = values.objects[kLinetable].get(),
        .consts = values.objects[kConsts].get(),
        .names = values.objects[kNames].get(),
        .local_names = names.get(),
        .local_kinds = kinds.get(),
        .argcount = values.numbers[kArgcount],
        .positional_only_argcount = values.numbers[kPosonlyargcount],
        .keyword_only_argcount = values.numbers[kKwonlyargcount],
        .stack_size = values.numbers[kStacksize],
        .exception_table = values.objects[kExceptiontable].get(),
    };
    TRY(audit("code.__new__", "OOOiiiiii", spec.code, spec.filename, spec.name, spec.argcount, spec.positional_only_argcount,
              spec.keyword_only_argcount, values.numbers[kNlocals], spec.stack_size, spec.flags));
    return code_new(spec);
}

// A copy without subclasses of str among the names.
Fallible<Ref<Tuple>> exact_names(Object* names) {
    Ref<Tuple> copy = TRY(tuple_new(as_tuple(names)->size));
    for (ssize_t i = 0; i < copy->size; i++) {
        Object* item = as_tuple(names)->items[i];
        if (!is_str(item))
            return raise(exc::TypeError, "name tuples must contain only strings, not '%.500s'", item->type->name);
        Ref<> exact =
            is_str_exact(item) ? share(item) : Ref<>(TRY(str_substring(as_str(item), 0, as_str(item)->length)));
        copy->items[i] = exact.release();
    }
    return copy;
}

Fallible<Ref<>> code_make(Tuple* args) {
    TRY(check_positional("code", args->size, kRequired, kFieldCount));
    FieldValues values;
    for (int i = 0; i < int(args->size); i++) {
        char position[16];
        snprintf(position, sizeof position, "%d", i + 1);
        TRY(set_field(values, i, args->items[i], "code", position));
    }
    for (int i : {kFreevars, kCellvars})
        if (!values.objects[i]) values.objects[i] = tuple_empty();
    static constexpr struct {
        int index;
        const char* name;
    } kCounts[] = {{kArgcount, "argcount"},
                   {kPosonlyargcount, "posonlyargcount"},
                   {kKwonlyargcount, "kwonlyargcount"},
                   {kNlocals, "nlocals"}};
    for (const auto& count : kCounts)
        if (values.numbers[count.index] < 0) return raise(exc::ValueError, "code: %s must not be negative", count.name);
    for (int i : {kNames, kVarnames, kFreevars, kCellvars})
        values.objects[i] = TRY(exact_names(values.objects[i].get()));
    return TRY(build(values));
}

// code.replace($self, /, **changes)
Fallible<Ref<>> code_replace(Object* self, Object* const* bound) {
    Code* code = as_code(self);
    FieldValues values;
    values.numbers[kArgcount] = code->argcount;
    values.numbers[kPosonlyargcount] = code->positional_only_argcount;
    values.numbers[kKwonlyargcount] = code->keyword_only_argcount;
    values.numbers[kNlocals] = code->local_count;
    values.numbers[kStacksize] = code->stack_size;
    values.numbers[kFlags] = code->flags;
    values.numbers[kFirstlineno] = code->first_line;
    Object* const unchanged[][1] = {{code->consts},   {code->names},      {code->filename},       {code->name},
                                    {code->qualname}, {code->line_table}, {code->exception_table}};
    constexpr int kUnchanged[] = {kConsts, kNames, kFilename, kName, kQualname, kLinetable, kExceptiontable};
    for (size_t i = 0; i < std::size(kUnchanged); i++)
        values.objects[kUnchanged[i]] = share(unchanged[i][0]);
    ssize_t position = 0;
    Object *key, *value;
    while (bound[0] != nullptr && dict_next(as_dict(bound[0]), &position, &key, &value)) {
        int index = 0;
        while (index < kFieldCount && !str_equals(as_str(key), kFields[index].attribute))
            index++;
        if (index == kFieldCount)
            return raise(exc::TypeError, "'%U' is an invalid keyword argument for replace()", as_str(key));
        char argument[32];
        snprintf(argument, sizeof argument, "'%s'", kFields[index].attribute);
        TRY(set_field(values, index, value, "replace", argument));
        if (kFields[index].type == kNumber && values.numbers[index] < 0)
            return raise(exc::ValueError, "%s must be a positive integer", kFields[index].attribute);
    }
    if (!values.objects[kCode]) values.objects[kCode] = TRY(code_original(code));
    if (!values.objects[kVarnames]) values.objects[kVarnames] = TRY(code_varnames(code));
    if (!values.objects[kCellvars]) values.objects[kCellvars] = TRY(code_cellvars(code));
    if (!values.objects[kFreevars]) values.objects[kFreevars] = TRY(code_freevars(code));
    return TRY(build(values));
}

// code.__sizeof__()
Fallible<Ref<>> code_sizeof(Object* self) {
    ssize_t size = ssize_t(offsetof(Code, units)) + as_code(self)->size * ssize_t(sizeof(CodeUnit));
    return TRY(int_from((size + 7) & ~ssize_t{7}));
}

// code._varname_from_oparg($self, /, oparg)
Fallible<Ref<>> code_varname_from_oparg(Object* self, Object* const* bound) {
    int index = TRY(as_c_int(bound[0]));
    Tuple* names = as_code(self)->local_names;
    if (index < 0 || index >= names->size) return raise(exc::IndexError, "tuple index out of range");
    return share(names->items[index]);
}

Fallible<Ref<>> get_code(Object* self) {
    return TRY(code_original(as_code(self)));
}
// The form that looks for a special one: dis knows CPython's forms only, and is shown this instead of one of ours.
uint8_t adaptive_form(uint8_t generic) {
    for (int opcode = 0; opcode <= kLastDocumentedOpcode; ++opcode) {
        const OpcodeInfo& info = opcode_info[opcode];
        if (info.name && info.generic == generic && std::string_view(info.name).ends_with("_ADAPTIVE")) return uint8_t(opcode);
    }
    return generic;
}
Fallible<Ref<>> get_adaptive_code(Object* self) {
    Code* code = as_code(self);
    Ref<Bytes> copy = TRY(bytes_from({reinterpret_cast<const char*>(code->units), size_t(code->size) * sizeof(CodeUnit)}));
    auto units = reinterpret_cast<CodeUnit*>(copy->data);
    for (ssize_t i = 0; i < code->size; i += 1 + opcode_info[units[i].opcode].cache_units)
        if (units[i].opcode > kLastDocumentedOpcode) units[i].opcode = adaptive_form(opcode_info[units[i].opcode].generic);
    return copy;
}
Fallible<Ref<>> get_varnames(Object* self) {
    return TRY(code_varnames(as_code(self)));
}
Fallible<Ref<>> get_cellvars(Object* self) {
    return TRY(code_cellvars(as_code(self)));
}
Fallible<Ref<>> get_freevars(Object* self) {
    return TRY(code_freevars(as_code(self)));
}

}  // namespace

Object* code_type_new(Type*, Object* args, Object* kwargs) {
    TRY(check_no_keywords("code", kwargs));
    return code_make(as_tuple(args)).release();
}

MethodDef code_methods[] = {
    METHOD_NOARGS("co_lines", code_lines, "", ""),
    METHOD_NOARGS("co_positions", code_positions, "", ""),
    METHOD("replace", code_replace, "($self, /, **changes)",
           "A copy of the code object with new values for the given fields."),
    METHOD("_varname_from_oparg", code_varname_from_oparg, "($self, /, oparg)",
           "The name of the local variable an instruction operand stands for. For the dis module."),
    METHOD_NOARGS("__sizeof__", code_sizeof, "", ""),
    END_ROW,
};
MemberDef code_members[] = {
    {"co_argcount", kInt, offsetof(Code, argcount), kReadOnly, nullptr},
    {"co_posonlyargcount", kInt, offsetof(Code, positional_only_argcount), kReadOnly, nullptr},
    {"co_kwonlyargcount", kInt, offsetof(Code, keyword_only_argcount), kReadOnly, nullptr},
    {"co_stacksize", kInt, offsetof(Code, stack_size), kReadOnly, nullptr},
    {"co_flags", kInt, offsetof(Code, flags), kReadOnly, nullptr},
    {"co_names", kObjectOrNone, offsetof(Code, names), kReadOnly, nullptr},
    {"co_filename", kObjectOrNone, offsetof(Code, filename), kReadOnly, nullptr},
    {"co_name", kObjectOrNone, offsetof(Code, name), kReadOnly, nullptr},
    {"co_qualname", kObjectOrNone, offsetof(Code, qualname), kReadOnly, nullptr},
    {"co_firstlineno", kInt, offsetof(Code, first_line), kReadOnly, nullptr},
    {"co_linetable", kObjectOrNone, offsetof(Code, line_table), kReadOnly, nullptr},
    {"co_exceptiontable", kObjectOrNone, offsetof(Code, exception_table), kReadOnly, nullptr},
    {"co_nlocals", kInt, offsetof(Code, local_count), kReadOnly, nullptr},
    {"co_consts", kObjectOrNone, offsetof(Code, consts), kReadOnly, nullptr},
    END_ROW,
};
GetSetDef code_getset[] = {
    GETTER("co_lnotab", code_lnotab, nullptr),
    GETTER("_co_code_adaptive", get_adaptive_code, nullptr),
    GETTER("co_varnames", get_varnames, nullptr),
    GETTER("co_cellvars", get_cellvars, nullptr),
    GETTER("co_freevars", get_freevars, nullptr),
    GETTER("co_code", get_code, nullptr),
    END_ROW,
};

}  // namespace py
