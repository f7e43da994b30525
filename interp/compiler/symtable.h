// Symbol tables: which scope every name of every block belongs to (language reference, "Naming and binding").
#pragma once

#include "interp/compiler/constant.h"
#include "interp/compiler/name_table.h"
#include "interp/objects/fallible.h"
#include "interp/parser/ast.h"

namespace py::compiler {

// Facts about a name in one block; the numbers are those of the `_symtable` module.
enum SymbolFlag : int {
    kDefGlobal = 1,
    kDefLocal = 2,
    kDefParam = 4,
    kDefNonlocal = 8,
    kUse = 16,
    kDefFree = 32,
    kDefFreeClass = 64,
    kDefImport = 128,
    kDefAnnotated = 256,
    kDefComprehensionIterator = 512,
    kDefBound = kDefLocal | kDefParam | kDefImport,
};
// Where the name lives, stored above kScopeShift.
enum SymbolScope : int { kNoScope, kLocalScope, kGlobalExplicit, kGlobalImplicit, kFreeScope, kCellScope };
inline constexpr int kScopeShift = 11;
inline constexpr int kScopeMask = kDefGlobal | kDefLocal | kDefParam | kDefNonlocal;

enum class BlockType : uint8_t { Function, Class, Module, Annotation };
enum class ComprehensionKind : uint8_t { None, List, Dict, Set, Generator };

struct Directive {  // a `global` or `nonlocal` statement's name
    Identifier name;
    ast::Range range;
};

// One block's table.
struct Scope {
    Scope* parent = nullptr;
    const ast::Node* node = nullptr;
    Identifier name = nullptr;
    NameTable<int> symbols;              // mangled name → flags and scope
    ast::Buffer<Identifier> parameters;  // in the order of co_varnames
    ast::Buffer<Scope*> children;
    ast::Buffer<Directive> directives;
    BlockType type = BlockType::Module;
    ComprehensionKind comprehension = ComprehensionKind::None;
    bool nested = false, has_free = false, child_has_free = false, generator = false, coroutine = false;
    bool has_varargs = false, has_varkeywords = false, returns_value = false;
    bool needs_class_cell = false;     // a function inside uses __class__ or super
    bool in_iteration_target = false;  // of a comprehension
    int in_iterable_expression = 0;    // depth, of a comprehension
    ast::Range range;

    int flags_of(Identifier mangled) const {
        const int* found = symbols.find(mangled);
        return found ? *found : 0;
    }
    SymbolScope scope_of(Identifier mangled) const {
        return SymbolScope(flags_of(mangled) >> kScopeShift & kScopeMask);
    }
};

// How deep the compiler may recurse; RecursionError beyond.
class DepthLimit {
  public:
    DepthLimit();
    Fallible<void> enter();
    void leave() { depth_--; }

  private:
    int depth_, limit_;
};

class SymbolTable {
  public:
    // Builds the tables of a tree that fold() has been over. SyntaxError as CPython words it.
    SymbolTable(ast::Arena& arena, ObjectPool& pool, Str* filename, bool future_annotations);
    ~SymbolTable();
    SymbolTable(const SymbolTable&) = delete;
    SymbolTable& operator=(const SymbolTable&) = delete;
    Fallible<void> build(const ast::Mod* tree);
    Scope* top() const { return top_; }
    // The table of a Module, FunctionDef, ClassDef, Lambda or comprehension.
    Scope* scope_of(const ast::Node* node) const;
    Identifier mangle(Identifier private_class, Identifier name);

  private:
    Fallible<void> visit_body(ast::Seq<ast::Stmt*> body);
    Fallible<void> visit(ast::Stmt* node);
    Fallible<void> visit_simple_statement(ast::Stmt* node);
    Fallible<void> visit_function(ast::Stmt* node, Identifier name, ast::Arguments* args, ast::Seq<ast::Stmt*> body,
                                  ast::Seq<ast::Expr*> decorators, ast::Expr* returns, bool is_async);
    Fallible<void> visit_class(ast::ClassDef* node);
    Fallible<void> visit_annotated_assignment(ast::AnnAssign* node);
    Fallible<void> visit_global(ast::Global* node);
    Fallible<void> visit_nonlocal(ast::Nonlocal* node);
    Fallible<void> visit_try(ast::Seq<ast::Stmt*> body, ast::Seq<ast::ExceptHandler*> handlers,
                             ast::Seq<ast::Stmt*> orelse, ast::Seq<ast::Stmt*> finalbody);
    Fallible<void> visit_handler(ast::ExceptHandler* handler);
    Fallible<void> visit_with_items(ast::Seq<ast::WithItem*> items);
    Fallible<void> visit_match(ast::Match* node);
    Fallible<void> visit_pattern(ast::Pattern* node);
    Fallible<void> visit_alias(ast::Alias* node);
    Fallible<void> visit(ast::Expr* node);
    Fallible<void> visit_inner(ast::Expr* node);
    Fallible<void> visit_optional(ast::Expr* node) { return node ? visit(node) : Fallible<void>(); }
    Fallible<void> visit_all(ast::Seq<ast::Expr*> nodes);
    Fallible<void> visit_lambda(ast::Lambda* node);
    Fallible<void> visit_named(ast::NamedExpr* node);
    Fallible<void> visit_name(ast::Name* node);
    Fallible<void> visit_keywords(ast::Seq<ast::Keyword*> keywords);
    Fallible<void> visit_comprehension(ast::Expr* node, Identifier name, ast::Seq<ast::Comprehension*> generators,
                                       ast::Expr* elt, ast::Expr* value, ComprehensionKind kind);
    Fallible<void> visit_generator(ast::Comprehension* generator);
    Fallible<void> visit_argument_defaults(ast::Arguments* args);
    Fallible<void> visit_arguments(ast::Arguments* args);
    Fallible<void> visit_argument_annotations(ast::Arguments* args);
    Fallible<void> visit_annotation(ast::Expr* annotation);
    Fallible<void> extend_named_scope(ast::Name* target);
    Fallible<void> refuse_in_annotation(const char* what, ast::Expr* node);
    Fallible<void> refuse_in_comprehension(ast::Expr* node);

    void enter(Identifier name, BlockType type, const ast::Node* node, const ast::Range& range);
    void leave();
    Fallible<void> define(Identifier name, int flag, const ast::Located* where);
    Fallible<void> define_in(Scope* scope, Identifier name, int flag, const ast::Range& range);
    int look_up(Identifier name);
    void remember_directive(Identifier name, const ast::Range& range);

    struct Analysis;
    Fallible<void> analyze_block(Scope* scope, NameSet* bound, NameSet& free, NameSet& global);
    Fallible<void> analyze_name(Analysis& block, Identifier name, int flags);
    Fallible<void> directive_error(Scope* scope, Identifier name, const char* format);
    Raised error(const ast::Range& range, const char* format, ...);

    ast::Arena& arena_;
    ObjectPool& pool_;
    Str* filename_;
    bool future_annotations_;
    Scope* current_ = nullptr;
    Scope* top_ = nullptr;
    Identifier private_class_ = nullptr;  // the class whose `__names` are mangled
    DepthLimit depth_;
    ast::Buffer<Scope*> scopes_;
    struct NodeSlot {
        const ast::Node* node;
        Scope* scope;
    };
    NodeSlot* by_node_ = nullptr;
    uint32_t by_node_size_ = 0;
    void register_node(const ast::Node* node, Scope* scope);
};

}  // namespace py::compiler
