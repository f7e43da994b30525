// _symtable: the compiler's symbol tables as objects, for the `symtable` module.
#include "interp/compiler/symtable.h"

#include "interp/compiler/compile.h"
#include "interp/compiler/future.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/memory_limit.h"
#include "interp/objects/module.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {

struct SymtableEntry : Object {
    Object *id, *name, *symbols, *varnames, *children;
    int nested, type, lineno;
};

namespace {

SymtableEntry* as_entry(Object* object) {
    return static_cast<SymtableEntry*>(object);
}

void entry_dealloc(Object* object) {
    gc_untrack(object);
    SymtableEntry* entry = as_entry(object);
    for (Object* part : {entry->id, entry->name, entry->symbols, entry->varnames, entry->children})
        xdecref(part);
    gc_object_free(object);
}

Fallible<Ref<Str>> entry_repr(Object* object) {
    SymtableEntry* entry = as_entry(object);
    return format_str("<symtable entry %U(%S), line %d>", as_str(entry->name), entry->id, entry->lineno);
}

MemberDef entry_members[] = {
    {"id", kObject, offsetof(SymtableEntry, id), kReadOnly, nullptr},
    {"name", kObject, offsetof(SymtableEntry, name), kReadOnly, nullptr},
    {"symbols", kObject, offsetof(SymtableEntry, symbols), kReadOnly, nullptr},
    {"varnames", kObject, offsetof(SymtableEntry, varnames), kReadOnly, nullptr},
    {"children", kObject, offsetof(SymtableEntry, children), kReadOnly, nullptr},
    {"nested", kInt, offsetof(SymtableEntry, nested), kReadOnly, nullptr},
    {"type", kInt, offsetof(SymtableEntry, type), kReadOnly, nullptr},
    {"lineno", kInt, offsetof(SymtableEntry, lineno), kReadOnly, nullptr},
    END_ROW,
};

}  // namespace

constinit Type symtable_entry_type = static_type({
    .name = "symtable entry",
    .basic_size = sizeof(SymtableEntry),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = entry_dealloc,
    .traverse = traverse_members<&SymtableEntry::symbols, &SymtableEntry::children>,
    .clear = clear_members<&SymtableEntry::symbols, &SymtableEntry::children>,
    .repr = slot1<entry_repr>,
    .getattro = generic_getattro_slot,
    .members = entry_members,
});

namespace {

Fallible<Ref<>> entry_of(compiler::Scope* scope, compiler::ObjectPool& pool) {
    RecursionGuard guard(" while making symbol tables");
    if (!guard.ok()) return raised;
    Ref<SymtableEntry> entry = make_gc<SymtableEntry>(symtable_entry_type);
    if (!entry) return raised;
    entry->id = entry->name = entry->symbols = entry->varnames = entry->children = nullptr;
    entry->nested = scope->nested;
    entry->type = int(scope->type);
    entry->lineno = scope->range.lineno;
    entry->id = TRY(int_from_unsigned(reinterpret_cast<uintptr_t>(scope->node)))
    .release();
    entry->name = share<Object>(TRY(pool.str_of(scope->name))).release();
    Ref<Dict> symbols = TRY(dict_new());
    for (const auto& symbol : scope->symbols)
        TRY(dict_set(symbols.get(), TRY(pool.str_of(symbol.name)), TRY(int_from(symbol.value)).get()));
    entry->symbols = symbols.release();
    Ref<List> varnames = TRY(list_new(0))
    , children = TRY(list_new(0));
    for (ast::Identifier name : scope->parameters)
        TRY(list_append(varnames.get(), TRY(pool.str_of(name))));
    entry->varnames = varnames.release();
    for (compiler::Scope* child : scope->children)
        TRY(list_append_steal(children.get(), TRY(entry_of(child, pool))));
    entry->children = children.release();
    gc_track(entry.get());
    return entry;
}

Fallible<CompileMode> mode_of(Object* text) {
    if (str_equals(as_str(text), "exec")) return CompileMode::Exec;
    if (str_equals(as_str(text), "eval")) return CompileMode::Eval;
    if (str_equals(as_str(text), "single")) return CompileMode::Single;
    return raise(exc::ValueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'");
}

Fallible<Ref<>> build(std::string_view source, Str* filename, const CompileOptions& options) {
    ast::Arena arena;
    compiler::ObjectPool pool;
    ast::Mod* tree = TRY(parse_source(source, filename, options, arena));
    return or_memory_error([&]() -> Fallible<Ref<>> {
        compiler::Future future = TRY(compiler::find_future(tree, filename));
        compiler::SymbolTable symbols(arena, pool, filename, future.features & kCoFutureAnnotations);
        TRY(symbols.build(tree));
        return entry_of(symbols.top(), pool);
    });
}

// _symtable.symtable(source, filename, startstr, /)
Fallible<Ref<>> symtable_symtable(Object*, Object* const* bound) {
    Ref<Str> path = TRY(source_filename(bound[1]));
    if (!is_str(bound[2]))
        return raise(exc::TypeError, "symtable() argument 3 must be str, not %N", bound[2]);
    CompileOptions options;
    if (is_str(bound[0])) {
        options.mode = TRY(mode_of(bound[2]));
        options.source_is_text = true;
        return build(TRY(str_utf8(as_str(bound[0]))), path.get(), options);
    }
    if (!has_buffer(bound[0])) return raise(exc::TypeError, "symtable() arg 1 must be a string or bytes object");
    options.mode = TRY(mode_of(bound[2]));
    BufferView view;
    TRY(view.open(bound[0]));
    return build(view.view(), path.get(), options);
}

struct Constant {
    const char* name;
    int value;
};
constexpr Constant kConstants[] = {
    {"USE", compiler::kUse},
    {"DEF_GLOBAL", compiler::kDefGlobal},
    {"DEF_NONLOCAL", compiler::kDefNonlocal},
    {"DEF_LOCAL", compiler::kDefLocal},
    {"DEF_PARAM", compiler::kDefParam},
    {"DEF_FREE", compiler::kDefFree},
    {"DEF_FREE_CLASS", compiler::kDefFreeClass},
    {"DEF_IMPORT", compiler::kDefImport},
    {"DEF_BOUND", compiler::kDefBound},
    {"DEF_ANNOT", compiler::kDefAnnotated},
    {"TYPE_FUNCTION", int(compiler::BlockType::Function)},
    {"TYPE_CLASS", int(compiler::BlockType::Class)},
    {"TYPE_MODULE", int(compiler::BlockType::Module)},
    {"LOCAL", compiler::kLocalScope},
    {"GLOBAL_EXPLICIT", compiler::kGlobalExplicit},
    {"GLOBAL_IMPLICIT", compiler::kGlobalImplicit},
    {"FREE", compiler::kFreeScope},
    {"CELL", compiler::kCellScope},
    {"SCOPE_OFF", compiler::kScopeShift},
    {"SCOPE_MASK", compiler::kScopeMask},
};

MethodDef symtable_methods[] = {
    METHOD("symtable", symtable_symtable, "($module, source, filename, startstr, /)",
           "The symbol tables that the compiler makes of the source."),
    END_ROW,
};

Fallible<void> symtable_execute(Module* module) {
    TRY(type_ready(&symtable_entry_type));
    for (const Constant& constant : kConstants)
        TRY(module_add_int(module, constant.name, constant.value));
    return {};
}

}  // namespace

extern const NativeModule symtable_module;
const NativeModule symtable_module = {"_symtable", "Symbol tables of source text.", symtable_methods, symtable_execute};

}  // namespace py
