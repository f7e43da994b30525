// The tree optimiser: constant expressions are computed, literal containers in `in` and `for` become constants, simple
// `%` formatting becomes an f-string. Rewrites the tree in place. Runs Python only in number and string operators of
// builtins.
#pragma once

#include "interp/compiler/constant.h"
#include "interp/compiler/symtable.h"
#include "interp/objects/fallible.h"

namespace py::compiler {

class Folder {
  public:
    Folder(ast::Arena& arena, ObjectPool& pool, Str* filename, int optimize, bool future_annotations)
        : arena_(arena),
          pool_(pool),
          filename_(filename),
          optimize_(optimize),
          future_annotations_(future_annotations) {}
    // RecursionError when the tree is too deep; SyntaxError for an int literal with too many digits.
    Fallible<void> fold(ast::Mod* tree);

  private:
    Fallible<void> body(ast::Seq<ast::Stmt*> statements, bool may_have_docstring);
    Fallible<void> statement(ast::Stmt* node);
    Fallible<void> statement_inner(ast::Stmt* node);
    Fallible<void> function(ast::Arguments* args, ast::Seq<ast::Stmt*> body, ast::Seq<ast::Expr*> decorators,
                            ast::Expr*& returns);
    Fallible<void> loop(ast::Expr*& target, ast::Expr*& iter, ast::Seq<ast::Stmt*> body, ast::Seq<ast::Stmt*> orelse);
    Fallible<void> handlers(ast::Seq<ast::ExceptHandler*> handlers);
    Fallible<void> pattern(ast::Pattern* node);
    Fallible<void> patterns(ast::Seq<ast::Pattern*> nodes);
    Fallible<void> arguments(ast::Arguments* args);
    Fallible<void> argument(ast::Arg* arg);
    Fallible<void> generators(ast::Seq<ast::Comprehension*> generators);
    Fallible<void> with_items(ast::Seq<ast::WithItem*> items);
    Fallible<void> all(ast::Seq<ast::Expr*> nodes);
    Fallible<void> keywords(ast::Seq<ast::Keyword*> keywords);
    Fallible<void> optional(ast::Expr*& node) { return node ? expression(node) : Fallible<void>(); }
    Fallible<void> expression(ast::Expr*& node);
    Fallible<void> expression_inner(ast::Expr*& node);

    Fallible<void> constant(ast::Constant* node);
    Fallible<void> unary(ast::Expr*& node);
    Fallible<void> binary(ast::Expr*& node);
    Fallible<void> subscript(ast::Expr*& node);
    Fallible<void> tuple(ast::Expr*& node);
    Fallible<void> iterable(ast::Expr*& node);
    Fallible<void> compare(ast::Compare* node);
    Fallible<void> percent_format(ast::Expr*& node, Str* format, ast::Seq<ast::Expr*> arguments);

    // A Constant in place of `node`; a failed computation leaves the node as it is (only KeyboardInterrupt goes
    // through).
    Fallible<void> replace(ast::Expr*& node, Fallible<Ref<>> value);
    ast::Expr* new_constant(Object* kept, const ast::Range& range);
    Fallible<Ref<Tuple>> constant_items(ast::Seq<ast::Expr*> elements);
    Object* value_of(ast::Expr* constant) {
        return static_cast<Object*>(ast::as<ast::Constant>(constant)->value.object);
    }

    ast::Arena& arena_;
    ObjectPool& pool_;
    Str* filename_;
    int optimize_;
    bool future_annotations_;
    DepthLimit depth_;
};

// The object of a literal; too many decimal digits are a SyntaxError at its line.
Fallible<Object*> literal_object(ast::ConstantValue& value, const ast::Located* node, ObjectPool& pool, Str* filename);

// The docstring expression of a body (a plain str as first statement), or null.
const ast::Constant* docstring_of(ast::Seq<ast::Stmt*> body);

}  // namespace py::compiler
