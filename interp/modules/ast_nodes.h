// The classes of the `ast` module and the conversion between their instances and the compiler's tree. For ast*.cpp.
#pragma once

#include "interp/compiler/constant.h"
#include "interp/compiler/symtable.h"
#include "interp/objects/type.h"
#include "interp/parser/ast.h"

namespace py {

// ast.AST
struct AstObject : Object {
    Dict* dict;
};
extern Type ast_type;

// The node classes, made from ast.def when they are first needed; they live as long as the process.
class AstClasses {
  public:
    static Fallible<AstClasses*> get();
    static bool exist() { return made_ != nullptr; }

    Type* of(ast::NodeKind kind) const { return nodes_[size_t(kind)]; }
    Type* of(ast::FieldType sum) const { return sums_[size_t(sum)]; }
    // Class and only instance of a bare name, e.g. Load.
    Type* value_class(ast::FieldType type, size_t value) const { return values_[size_t(type)][value]; }
    Object* value(ast::FieldType type, size_t value) const { return singletons_[size_t(type)][value]; }
    // Everything under its name.
    Fallible<void> add_to(Dict* module_dict) const;

    static constexpr size_t kNodeCount = size_t(ast::NodeKind::Count_);
    static constexpr size_t kTypeCount = size_t(ast::FieldType::TypeIgnore) + 1;
    static constexpr size_t kMaxValues = 16;

  private:
    Fallible<void> make();
    Fallible<Type*> make_class(Type* base, const char* name, Ref<Tuple> fields, Ref<Str> doc);
    Fallible<void> make_sum(ast::FieldType type);
    Fallible<void> make_node(ast::NodeKind kind);
    Fallible<void> make_values(ast::FieldType type);

    Type* nodes_[kNodeCount] = {};
    Type* sums_[kTypeCount] = {};
    Type* values_[kTypeCount][kMaxValues] = {};
    Object* singletons_[kTypeCount][kMaxValues] = {};
    static AstClasses* made_;
};

// The tree as node objects. SyntaxError for int literals with too many digits, RecursionError when it is too deep.
Fallible<Ref<>> ast_to_object(ast::Mod* tree, Str* filename);
// Node objects as a tree in the arena; constants are kept by the pool. TypeError and ValueError as CPython words them.
// Runs Python (attributes).
Fallible<ast::Mod*> ast_from_object(Object* root, ast::FieldType type, ast::Arena& arena, compiler::ObjectPool& pool);
// What the parser guarantees, for trees that were made by hand: ValueError or TypeError.
Fallible<void> ast_validate(const ast::Mod* tree);

}  // namespace py
