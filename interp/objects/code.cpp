// code: making code objects from their parts with 3.11's checks, comparing them, and the type's table.
#include "interp/objects/code.h"

#include <climits>
#include <cstring>

#include "interp/compiler/constant.h"
#include "interp/compiler/opcode.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/code_attributes.h"
#include "interp/objects/code_extra.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"

namespace py {
namespace {

Code* as_code(Object* object) {
    return static_cast<Code*>(object);
}

bool is_identifier_like(const Str* text) {
    if (!text->ascii) return false;
    for (char ch : text->ascii_view())
        if (!(ch >= 'a' && ch <= 'z') && !(ch >= 'A' && ch <= 'Z') && !(ch >= '0' && ch <= '9') && ch != '_')
            return false;
    return true;
}

void intern_slot(Object*& slot) {
    slot = intern(Ref<Str>::steal(as_str(slot))).release();
}

Fallible<void> intern_names(Tuple* names) {
    for (ssize_t i = 0; i < names->size; i++) {
        if (!is_str_exact(names->items[i])) return raise(exc::SystemError, "non-string found in code slot");
        intern_slot(names->items[i]);
    }
    return {};
}

// Interns the constants that look like identifiers, inside tuples and frozensets too. True: something was replaced.
Fallible<bool> intern_constants(Tuple* constants) {
    bool changed = false;
    for (ssize_t i = 0; i < constants->size; i++) {
        Object*& slot = constants->items[i];
        if (is_str_exact(slot)) {
            if (!is_identifier_like(as_str(slot))) continue;
            Object* old = slot;
            intern_slot(slot);
            changed = changed || slot != old;
        } else if (is_tuple_exact(slot)) {
            changed = TRY(intern_constants(as_tuple(slot)))
            || changed;
        } else if (slot->type == &frozenset_type) {
            Ref<Tuple> items = TRY(tuple_of(slot));
            if (!TRY(intern_constants(items.get()))) continue;
            replace_slot(slot, static_cast<Object*>(TRY(frozenset_new(items.get())).release()));
            changed = true;
        }
    }
    return changed;
}

struct LocalCounts {
    int locals = 0, plain_cells = 0, cells = 0, free = 0;
};
LocalCounts count_locals(Bytes* kinds) {
    LocalCounts counts;
    for (char byte : kinds->view()) {
        auto kind = static_cast<unsigned char>(byte);
        if (kind & kFastLocal) {
            counts.locals++;
            counts.cells += (kind & kFastCell) != 0;
        } else if (kind & kFastCell) {
            counts.cells++;
            counts.plain_cells++;
        } else if (kind & kFastFree) {
            counts.free++;
        }
    }
    return counts;
}

Fallible<void> check_spec(const CodeSpec& spec) {
    bool sound = spec.argcount >= spec.positional_only_argcount && spec.positional_only_argcount >= 0 &&
                 spec.keyword_only_argcount >= 0 && spec.stack_size >= 0 && spec.flags >= 0 && spec.code &&
                 is_bytes(spec.code) && spec.consts && is_tuple(spec.consts) && spec.names && is_tuple(spec.names) &&
                 spec.local_names && is_tuple(spec.local_names) && spec.local_kinds && is_bytes(spec.local_kinds) &&
                 as_tuple(spec.local_names)->size == as_bytes(spec.local_kinds)->size && spec.name &&
                 is_str(spec.name) && spec.qualname && is_str(spec.qualname) && spec.filename &&
                 is_str(spec.filename) && spec.line_table && is_bytes(spec.line_table) && spec.exception_table &&
                 is_bytes(spec.exception_table);
    if (!sound) return raise_bad_internal_call("Objects/codeobject.c:250");
    ssize_t size = as_bytes(spec.code)->size;
    if (size > INT_MAX) return raise(exc::OverflowError, "code: co_code larger than INT_MAX");
    if (size % ssize_t(sizeof(CodeUnit)) != 0) return raise(exc::ValueError, "code: co_code is malformed");
    int total = spec.argcount + spec.keyword_only_argcount + ((spec.flags & kCoVarargs) != 0) +
                ((spec.flags & kCoVarkeywords) != 0);
    if (count_locals(as_bytes(spec.local_kinds)).locals < total)
        return raise(exc::ValueError, "code: co_varnames is too small");
    TRY(intern_names(as_tuple(spec.names)));
    TRY(intern_names(as_tuple(spec.local_names)));
    TRY(intern_constants(as_tuple(spec.consts)));
    return {};
}

int first_resume(const Code* code) {
    int index = 0;
    while (index < code->size && opcode_info[code->units[index].opcode].generic != RESUME)
        index++;
    return index;
}

void code_dealloc(Object* object) {
    Code* code = as_code(object);
    if (code->weaklist) clear_weakrefs(object);
    free_code_extras(code);
    decref(code->consts), decref(code->names), decref(code->exception_table);
    decref(code->local_names), decref(code->local_kinds);
    decref(code->filename), decref(code->name), decref(code->qualname), decref(code->line_table);
    xdecref(code->code_bytes);
    __builtin_free(code->line_array);
    object_free(object);
}

Fallible<Ref<Str>> code_repr(Object* object) {
    Code* code = as_code(object);
    return format_str("<code object %U at %p, file \"%U\", line %d>", code->name, static_cast<void*>(code),
                      code->filename, code->first_line != 0 ? code->first_line : -1);
}

Fallible<bool> same_instructions(Code* a, Code* b) {
    for (ssize_t i = 0; i < a->size; i++) {
        CodeUnit x = a->units[i], y = b->units[i];
        x.opcode = opcode_info[x.opcode].generic;
        y.opcode = opcode_info[y.opcode].generic;
        if (x.opcode != y.opcode || x.oparg != y.oparg) return false;
        i += opcode_info[x.opcode].cache_units;
    }
    return true;
}

Fallible<bool> codes_equal(Code* a, Code* b) {
    if (a == b) return true;
    if (a->argcount != b->argcount || a->positional_only_argcount != b->positional_only_argcount ||
        a->keyword_only_argcount != b->keyword_only_argcount || a->flags != b->flags ||
        a->first_line != b->first_line || a->size != b->size || !str_equals(a->name, b->name))
        return false;
    if (!TRY(same_instructions(a, b)) || !TRY(compiler::constants_equal(a->consts, b->consts))) return false;
    return TRY(equals(a->names, b->names))
    &&TRY(equals(a->local_names, b->local_names))
    &&a->line_table->view() == b->line_table->view() && a->exception_table->view() == b->exception_table->view();
}

Object* code_richcompare(Object* a, Object* b, int op) {
    if ((op != kEqual && op != kNotEqual) || !is_code(a) || !is_code(b)) return new_reference(not_implemented());
    bool equal = TRY(codes_equal(as_code(a), as_code(b)));
    return compare_result(equal == (op == kEqual));
}

Hash code_hash(Object* object) {
    Code* code = as_code(object);
    Hash result = code->argcount ^ code->positional_only_argcount ^ code->keyword_only_argcount ^ code->flags;
    for (Object* part : std::initializer_list<Object*>{code->name, code->consts, code->names, code->local_names,
                                                       code->line_table, code->exception_table})
        result ^= TRY(hash(part));
    return result == -1 ? -2 : result;
}

}  // namespace

Fallible<Ref<Code>> code_new(const CodeSpec& spec) {
    TRY(check_spec(spec));
    LocalCounts counts = count_locals(as_bytes(spec.local_kinds));
    Ref<Bytes> line_table = share(as_bytes(spec.line_table));
    if (!runtime().config.code_debug_ranges) line_table = TRY(without_columns(line_table.get()));
    std::string_view bytes = as_bytes(spec.code)->view();
    size_t size = offsetof(Code, units) + bytes.size();
    Object* memory = object_new(&code_type, size < sizeof(Code) ? sizeof(Code) : size);
    if (memory == nullptr) return raised;
    Code* code = as_code(memory);
    code->size = ssize_t(bytes.size() / sizeof(CodeUnit));
    code->consts = as_tuple(new_reference(spec.consts));
    code->names = as_tuple(new_reference(spec.names));
    code->exception_table = as_bytes(new_reference(spec.exception_table));
    code->flags = spec.flags;
    code->warmup = kWarmup;
    code->line_array_entry_size = 0;
    code->argcount = spec.argcount;
    code->positional_only_argcount = spec.positional_only_argcount;
    code->keyword_only_argcount = spec.keyword_only_argcount;
    code->stack_size = spec.stack_size;
    code->first_line = spec.first_line;
    code->local_count_plus = int(as_tuple(spec.local_names)->size);
    code->local_count = counts.locals;
    code->plain_cell_count = counts.plain_cells;
    code->cell_count = counts.cells;
    code->free_count = counts.free;
    code->local_names = as_tuple(new_reference(spec.local_names));
    code->local_kinds = as_bytes(new_reference(spec.local_kinds));
    code->filename = as_str(new_reference(spec.filename));
    code->name = as_str(new_reference(spec.name));
    code->qualname = as_str(new_reference(spec.qualname));
    code->line_table = line_table.release();
    code->weaklist = nullptr;
    code->code_bytes = nullptr;
    code->line_array = nullptr;
    code->extra = nullptr;
    memcpy(code->units, bytes.data(), bytes.size());
    code->first_traceable = first_resume(code);
    return steal(code);
}

Fallible<Ref<Code>> code_empty(const char* filename, const char* name, int line) {
    // Raises AssertionError when it is run after all.
    static constexpr char kCode[] = {char(RESUME), 0, char(LOAD_ASSERTION_ERROR), 0, char(RAISE_VARARGS), 1};
    // One line-table entry for the three units: no columns, line delta 0.
    static constexpr char kLines[] = {char(0x80 | 13 << 3 | 2), 0};
    Ref<Str> name_text = TRY(str_from_utf8(name));
    Ref<Str> file_text = TRY(str_from_fs(filename));
    Ref<Bytes> code = TRY(bytes_from({kCode, sizeof kCode}))
    , lines = TRY(bytes_from({kLines, sizeof kLines}));
    Ref<Bytes> empty = TRY(bytes_from({}));
    Ref<Tuple> nothing = tuple_empty();
    CodeSpec spec{
        .filename = file_text.get(),
        .name = name_text.get(),
        .qualname = name_text.get(),
        .flags = 0,
        .first_line = line,
        .code = code.get(),
        .line_table = lines.get(),
        .consts = nothing.get(),
        .names = nothing.get(),
        .local_names = nothing.get(),
        .local_kinds = empty.get(),
        .argcount = 0,
        .positional_only_argcount = 0,
        .keyword_only_argcount = 0,
        .stack_size = 1,
        .exception_table = empty.get(),
    };
    return code_new(spec);
}

Fallible<Ref<Bytes>> code_original(Code* code) {
    if (code->code_bytes != nullptr) return share(as_bytes(code->code_bytes));
    ssize_t size = code->size * ssize_t(sizeof(CodeUnit));
    Ref<Bytes> bytes = TRY(bytes_new(size));
    if (size > 0) {
        auto* units = reinterpret_cast<CodeUnit*>(bytes->data);
        memcpy(units, code->units, size_t(size));
        for (ssize_t i = 0; i < code->size; i++) {
            const OpcodeInfo& info = opcode_info[units[i].opcode];
            units[i].opcode = info.generic;
            for (int left = info.cache_units; left > 0 && i + 1 < code->size; left--)
                units[++i] = {CACHE, 0};
        }
    }
    code->code_bytes = new_reference(static_cast<Object*>(bytes.get()));
    return bytes;
}

namespace {

template <class Wanted>
Fallible<Ref<Tuple>> locals_where(Code* code, Wanted wanted) {
    ssize_t count = 0, at = 0;
    std::string_view kinds = code->local_kinds->view();
    for (char kind : kinds)
        count += wanted(static_cast<unsigned char>(kind));
    Ref<Tuple> names = TRY(tuple_new(count));
    for (size_t i = 0; i < kinds.size(); i++)
        if (wanted(static_cast<unsigned char>(kinds[i])))
            names->items[at++] = new_reference(code->local_names->items[i]);
    return names;
}

}  // namespace

Fallible<Ref<Tuple>> code_varnames(Code* code) {
    return locals_where(code, [](unsigned kind) { return (kind & kFastLocal) != 0; });
}
Fallible<Ref<Tuple>> code_cellvars(Code* code) {
    return locals_where(code, [](unsigned kind) { return (kind & kFastCell) != 0; });
}
Fallible<Ref<Tuple>> code_freevars(Code* code) {
    return locals_where(code, [](unsigned kind) { return (kind & kFastFree) != 0; });
}

static constexpr const char* kDoc =
    "code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring,\n"
    "     constants, names, varnames, filename, name, qualname, firstlineno, linetable,\n"
    "     exceptiontable, freevars=(), cellvars=(), /)\n\n"
    "A compiled body of code.";

constinit Type code_type = static_type({
    .name = "code",
    .basic_size = offsetof(Code, units),
    .item_size = sizeof(CodeUnit),
    .doc = kDoc,
    .dealloc = code_dealloc,
    .repr = slot1<code_repr>,
    .hash = code_hash,
    .richcompare = code_richcompare,
    .getattro = generic_getattro_slot,
    .methods = code_methods,
    .members = code_members,
    .getset = code_getset,
    .weaklist_offset = offsetof(Code, weaklist),
    .new_ = code_type_new,
});

}  // namespace py
