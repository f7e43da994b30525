// Symbol tables, part 3: deciding each name's scope once all blocks are known (local, cell, free, global).
#include "interp/compiler/symtable.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"

namespace py::compiler {

// What is known while one block's names are decided. `bound` is null for the module.
struct SymbolTable::Analysis {
    Scope* scope;
    NameSet* bound;
    NameSet& free;
    NameSet& global;
    NameSet local{};
    NameTable<int> scopes{};
};

Fallible<void> SymbolTable::directive_error(Scope* scope, Identifier name, const char* format) {
    for (const Directive& directive : scope->directives)
        if (directive.name == name) return error(directive.range, format, TRY(pool_.str_of(name)));
    return error(scope->range, format, TRY(pool_.str_of(name)));
}

Fallible<void> SymbolTable::analyze_name(Analysis& block, Identifier name, int flags) {
    auto decide = [&](SymbolScope scope) { block.scopes.set(name, scope); };
    if (flags & kDefGlobal) {
        if (flags & kDefNonlocal) return directive_error(block.scope, name, "name '%U' is nonlocal and global");
        decide(kGlobalExplicit);
        block.global.add(name);
        if (block.bound) block.bound->remove(name);
        return {};
    }
    if (flags & kDefNonlocal) {
        if (block.bound == nullptr)
            return directive_error(block.scope, name, "nonlocal declaration not allowed at module level");
        if (!block.bound->contains(name))
            return directive_error(block.scope, name, "no binding for nonlocal '%U' found");
    } else if (flags & kDefBound) {
        decide(kLocalScope);
        block.local.add(name);
        block.global.remove(name);
        return {};
    }
    if (block.bound != nullptr && block.bound->contains(name)) {
        decide(kFreeScope);
        block.scope->has_free = true;
        block.free.add(name);
        return {};
    }
    if (!block.global.contains(name) && block.scope->nested) block.scope->has_free = true;
    decide(kGlobalImplicit);
    return {};
}

Fallible<void> SymbolTable::analyze_block(Scope* scope, NameSet* bound, NameSet& free, NameSet& global) {
    TRY(check_stack(" during compilation"));
    Analysis block{scope, bound, free, global};
    NameSet inner_bound, inner_global, inner_free;
    bool is_class = scope->type == BlockType::Class;
    // A class body's own names are not visible in the functions inside it.
    if (is_class) {
        inner_global.add_all(global);
        if (bound) inner_bound.add_all(*bound);
    }
    for (const auto& symbol : scope->symbols)
        TRY(analyze_name(block, symbol.name, symbol.value));
    if (is_class) {
        inner_bound.add(arena_.intern("__class__"));
    } else {
        if (scope->type == BlockType::Function) inner_bound.add_all(block.local);
        if (bound) inner_bound.add_all(*bound);
        inner_global.add_all(global);
    }
    for (Scope* child : scope->children) {
        NameSet child_bound, child_free, child_global;
        child_bound.add_all(inner_bound);
        child_global.add_all(inner_global);
        TRY(analyze_block(child, &child_bound, child_free, child_global));
        inner_free.add_all(child_free);
        if (child->has_free || child->child_has_free) scope->child_has_free = true;
    }
    if (scope->type == BlockType::Function) {
        for (auto& symbol : block.scopes) {
            if (symbol.value != kLocalScope || !inner_free.contains(symbol.name)) continue;
            symbol.value = kCellScope;
            inner_free.remove(symbol.name);
        }
    } else if (is_class && inner_free.contains(arena_.intern("__class__"))) {
        inner_free.remove(arena_.intern("__class__"));
        scope->needs_class_cell = true;
    }
    for (auto& symbol : scope->symbols)
        symbol.value |= *block.scopes.find(symbol.name) << kScopeShift;
    inner_free.each([&](Identifier name) {
        if (int* flags = scope->symbols.find(name)) {
            if (is_class && (*flags & (kDefBound | kDefGlobal))) *flags |= kDefFreeClass;
        } else if (bound == nullptr || bound->contains(name)) {
            scope->symbols.set(name, kFreeScope << kScopeShift);
        }
    });
    free.add_all(inner_free);
    return {};
}

}  // namespace py::compiler
