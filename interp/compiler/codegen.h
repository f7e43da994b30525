// The code generator: walks the folded tree and emits instructions into control-flow graphs, one unit a code object.
// Instruction order, constants, names and positions are those of CPython 3.11.
#pragma once

#include "interp/compiler/constant.h"
#include "interp/compiler/flowgraph.h"
#include "interp/compiler/future.h"
#include "interp/compiler/symtable.h"
#include "interp/objects/code.h"

namespace py::compiler {

enum class UnitKind : uint8_t { Module, Class, Function, AsyncFunction, Lambda, Comprehension };

// What a jump out of a statement must undo on the way.
enum class FrameKind : uint8_t {
    WhileLoop,
    ForLoop,
    TryExcept,
    FinallyTry,
    FinallyEnd,
    With,
    AsyncWith,
    HandlerCleanup,
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    AsyncComprehension,
};
struct FrameBlock {
    FrameKind kind;
    Block* start = nullptr;
    Block* exit = nullptr;
    ast::Seq<ast::Stmt*> final_body{};        // FinallyTry
    const ast::Located* statement = nullptr;  // With, AsyncWith
    Identifier name = nullptr;                // HandlerCleanup: `except … as name`
};

// One code object being made.
struct Unit {
    Unit(ast::Arena& arena, Scope* block, UnitKind unit_kind, Identifier unit_name, int line)
        : graph(arena),
          scope(block),
          kind(unit_kind),
          name(unit_name),
          qualname(unit_name),
          first_line(line),
          location{line, 0, line, 0} {}
    FlowGraph graph;
    Scope* scope;
    UnitKind kind;
    Identifier name;
    Identifier qualname;
    Str* qualname_object = nullptr;  // the pool's, made when it is asked for
    Identifier private_class = nullptr;  // for mangling
    int first_line;
    Location location;  // of what is emitted next
    NameTable<int> names, varnames, cellvars, freevars;
    ConstantTable constants;
    int argcount = 0, positional_only = 0, keyword_only = 0;
    ast::Buffer<FrameBlock> frames;
    Unit* outer = nullptr;
};

// A finished code object and the names it closes over.
struct Compiled {
    Object* code = nullptr;  // kept by the pool
    ast::Seq<Identifier> free_names;
};

struct CodegenOptions {
    Str* filename;
    int flags;     // future features and compiler flags
    int optimize;  // 0, 1 (-O), 2 (-OO)
    Future future;
};

class Codegen {
  public:
    Codegen(ast::Arena& arena, ObjectPool& pool, SymbolTable& symbols, const CodegenOptions& options);
    // The code object of the whole tree.
    Fallible<Ref<Code>> compile(ast::Mod* tree);

  private:
    // Units and code objects (codegen.cpp).
    void enter_unit(Identifier name, UnitKind kind, const ast::Node* node, int line);
    void collect_names(NameTable<int>& table, Scope* scope, SymbolScope wanted, int flag, uint32_t offset);
    void set_qualname();
    Fallible<Str*> qualname_object();  // of the current unit
    Fallible<Compiled> leave_unit(bool returns_none);
    Fallible<Object*> assemble(bool returns_none);
    int code_flags() const;
    void insert_prefix(const ast::Buffer<int>& cell_slots, int flags);
    int fix_cell_slots(ast::Buffer<int>& cell_slots);
    Fallible<Object*> make_code(int flags, int stack_size, int dropped_cells);
    bool top_level_await() const;

    // Emitting.
    void op(int opcode, int oparg = 0) { unit_->graph.emit(opcode, oparg, unit_->location); }
    void op_without_line(int opcode, int oparg = 0) { unit_->graph.emit(opcode, oparg, kNoLocation); }
    void jump(int opcode, Block* target) { unit_->graph.emit_jump(opcode, target, unit_->location); }
    void jump_without_line(int opcode, Block* target) { unit_->graph.emit_jump(opcode, target, kNoLocation); }
    Block* new_block() { return unit_->graph.new_block(); }
    void use_next(Block* block) { unit_->graph.use_next(block); }
    void at(const ast::Located* node) { unit_->location = ast::range_of(node); }
    void at_no_line() { unit_->location = kNoLocation; }
    Fallible<int> add_constant(Object* object);
    Fallible<void> load_constant(Object* object);
    Fallible<void> load_constant(Ref<> object) { return load_constant(pool_.keep(std::move(object))); }
    Fallible<void> load_int(int value);
    Fallible<void> load_name_constant(Identifier name);
    Fallible<Object*> names_tuple(ast::Seq<Identifier> names);
    int index_in(NameTable<int>& table, Identifier name) { return table.set_default(name, int(table.size())); }
    Identifier mangle(Identifier name) { return symbols_.mangle(unit_->private_class, name); }
    void op_name(int opcode, Identifier name) { op(opcode, index_in(unit_->names, mangle(name))); }
    Fallible<void> name_op(Identifier name, ast::ExprContext context);
    Fallible<void> refuse_debug(Identifier name, ast::ExprContext context);
    void call(int arguments) { op(PRECALL, arguments), op(CALL, arguments); }
    void yield_from(bool is_await);
    Fallible<void> await_top(int kind);
    void reraise_after_pop();
    Raised error(const char* format, ...);
    Fallible<void> warning(const char* format, ...);
    Fallible<void> push_frame(const FrameBlock& frame);
    void pop_frame() { unit_->frames.pop(); }
    Fallible<void> unwind(const FrameBlock& frame, bool keeps_top);
    Fallible<void> unwind_all(bool keeps_top, FrameBlock* loop);
    Fallible<void> exit_with_nones();

    // Statements (codegen_stmt.cpp, codegen_import.cpp, codegen_function.cpp, codegen_try.cpp, codegen_with.cpp).
    Fallible<void> visit(ast::Stmt* node);
    Fallible<void> visit_body(ast::Seq<ast::Stmt*> body);
    Fallible<void> visit_block_body(ast::Seq<ast::Stmt*> body);
    Fallible<void> visit_expression_statement(ast::Expr* value);
    Fallible<void> visit_return(ast::Return* node);
    Fallible<void> visit_break();
    Fallible<void> visit_continue();
    Fallible<void> visit_assign(ast::Assign* node);
    Fallible<void> visit_augmented(ast::AugAssign* node);
    Fallible<void> visit_annotated(ast::AnnAssign* node);
    Fallible<void> evaluate_and_drop(ast::Expr* node);
    Fallible<void> evaluate_subscript_parts(ast::Expr* node);
    Fallible<void> visit_for(ast::For* node);
    Fallible<void> visit_async_for(ast::AsyncFor* node);
    Fallible<void> visit_while(ast::While* node);
    Fallible<void> visit_if(ast::If* node);
    Fallible<void> visit_raise(ast::Raise* node);
    Fallible<void> visit_assert(ast::Assert* node);
    Fallible<void> visit_import(ast::Import* node);
    Fallible<void> bind_import_as(Identifier name, Identifier as_name);
    Fallible<void> visit_import_from(ast::ImportFrom* node);
    Fallible<void> visit_with(ast::With* node, uint32_t item);
    Fallible<void> visit_async_with(ast::AsyncWith* node, uint32_t item);
    void finish_with_exception(Block* cleanup);
    struct TryParts {
        ast::Seq<ast::Stmt*> body;
        ast::Seq<ast::ExceptHandler*> handlers;
        ast::Seq<ast::Stmt*> orelse;
        ast::Seq<ast::Stmt*> finalbody;
        bool is_star;
    };
    Fallible<void> visit_try(const TryParts& parts);
    Fallible<void> visit_try_finally(const TryParts& parts);
    Fallible<void> visit_try_except(const TryParts& parts);
    Fallible<void> visit_handler(ast::ExceptHandler* handler, Block* end);
    Fallible<void> visit_named_handler_body(ast::ExceptHandler* handler, Block* end);
    Fallible<void> visit_try_star(const TryParts& parts);
    Fallible<void> visit_star_handler(ast::ExceptHandler* handler, bool is_first, bool is_last, Block* reraise_star);
    Fallible<void> forget_handler_name(Identifier name);

    // Definitions (codegen_function.cpp).
    Fallible<void> visit_function(ast::Stmt* node, Identifier name, ast::Arguments* args, ast::Seq<ast::Stmt*> body,
                                  ast::Seq<ast::Expr*> decorators, ast::Expr* returns, bool is_async);
    Fallible<void> visit_class(ast::ClassDef* node);
    Fallible<void> visit_lambda(ast::Lambda* node);
    Fallible<void> check_argument_names(ast::Arguments* args);
    Fallible<void> apply_decorators(ast::Seq<ast::Expr*> decorators);
    Fallible<int> visit_defaults(ast::Arguments* args);
    Fallible<bool> visit_keyword_defaults(ast::Arguments* args);
    Fallible<bool> visit_annotations(ast::Arguments* args, ast::Expr* returns);
    Fallible<void> visit_argument_annotation(Identifier name, ast::Expr* annotation, int* count);
    Fallible<void> load_annotation_text(ast::Expr* annotation);
    Fallible<void> make_closure(const Compiled& compiled, int flags);
    void set_argument_counts(ast::Arguments* args);

    // Expressions (codegen_expr.cpp, codegen_call.cpp, codegen_comprehension.cpp).
    Fallible<void> visit(ast::Expr* node);
    Fallible<void> visit_inner(ast::Expr* node);
    Fallible<void> visit_all(ast::Seq<ast::Expr*> nodes);
    Fallible<void> jump_if(ast::Expr* node, Block* target, bool condition);
    Fallible<void> jump_if_compare(ast::Compare* node, Block* target, bool condition);
    Fallible<void> visit_bool(ast::BoolOp* node);
    Fallible<void> visit_conditional(ast::IfExp* node);
    Fallible<void> visit_compare(ast::Compare* node);
    void compare_op(ast::CompareOperator operation);
    Fallible<void> check_identity_with_literal(ast::Compare* node);
    Fallible<void> visit_dict(ast::Dict* node);
    Fallible<void> visit_dict_part(ast::Dict* node, uint32_t begin, uint32_t end);
    struct DisplayOpcodes {
        int build, add, extend;
        bool to_tuple;
    };
    Fallible<void> visit_display(ast::Seq<ast::Expr*> elements, int pushed, const DisplayOpcodes& opcodes);
    Fallible<void> unpack_into(ast::Seq<ast::Expr*> targets);
    Fallible<void> visit_joined(ast::JoinedStr* node);
    Fallible<void> visit_formatted(ast::FormattedValue* node);
    Fallible<void> visit_attribute(ast::Attribute* node);
    Fallible<void> visit_subscript(ast::Subscript* node);
    Fallible<void> visit_slice(ast::Slice* node);
    Fallible<void> visit_yield(ast::Yield* node);
    Fallible<void> visit_yield_from(ast::YieldFrom* node);
    Fallible<void> visit_await(ast::Await* node);
    void yield_value();
    void at_attribute_name(ast::Attribute* node);
    Fallible<void> visit_call(ast::Call* node);
    Fallible<bool> visit_method_call(ast::Call* node);
    Fallible<void> visit_call_arguments(int pushed, ast::Seq<ast::Expr*> args, ast::Seq<ast::Keyword*> keywords);
    Fallible<void> visit_call_unpacking(int pushed, ast::Seq<ast::Expr*> args, ast::Seq<ast::Keyword*> keywords);
    Fallible<void> keyword_names(ast::Seq<ast::Keyword*> keywords);
    Fallible<void> visit_keyword_part(ast::Seq<ast::Keyword*> keywords, uint32_t begin, uint32_t end);
    Fallible<void> validate_keywords(ast::Seq<ast::Keyword*> keywords);
    Fallible<void> check_called(ast::Expr* function);
    Fallible<void> check_subscripted(ast::Expr* value);
    Fallible<void> check_index(ast::Expr* value, ast::Expr* index);
    struct ComprehensionParts {
        ComprehensionKind kind;
        ast::Seq<ast::Comprehension*> generators;
        ast::Expr* element;
        ast::Expr* value;  // of a dict comprehension
    };
    Fallible<void> visit_comprehension(ast::Expr* node, const char* name, const ComprehensionParts& parts);
    Fallible<void> visit_generator(const ComprehensionParts& parts, uint32_t index, int depth);
    Fallible<void> visit_sync_generator(const ComprehensionParts& parts, uint32_t index, int depth);
    Fallible<void> visit_async_generator(const ComprehensionParts& parts, uint32_t index, int depth);
    Fallible<void> visit_element(const ComprehensionParts& parts, int depth);

    // match (codegen_pattern.cpp).
    struct PatternContext {
        ast::Buffer<Identifier> stores;  // captured so far, values on the stack
        bool allow_irrefutable = false;
        ast::Buffer<Block*> fail_pop;  // fail_pop[n]: drops n values, then the pattern has failed
        int on_top = 0;                // values above the captures that failing must drop
    };
    Fallible<void> visit_match(ast::Match* node);
    Fallible<void> visit_case(ast::MatchCase* item, bool keeps_subject, bool allow_irrefutable, Block* end);
    Fallible<void> visit_pattern(ast::Pattern* node, PatternContext& context);
    Fallible<void> visit_subpattern(ast::Pattern* node, PatternContext& context);
    Fallible<void> visit_match_value(ast::MatchValue* node, PatternContext& context);
    Fallible<void> visit_match_sequence(ast::MatchSequence* node, PatternContext& context);
    Fallible<void> unpack_sequence_pattern(ast::Seq<ast::Pattern*> patterns, PatternContext& context);
    Fallible<void> index_sequence_pattern(ast::Seq<ast::Pattern*> patterns, uint32_t star, PatternContext& context);
    Fallible<void> visit_match_mapping(ast::MatchMapping* node, PatternContext& context);
    Fallible<void> visit_mapping_keys(ast::MatchMapping* node);
    Fallible<void> bind_mapping_rest(Identifier rest, int keys, PatternContext& context);
    Fallible<void> visit_match_class(ast::MatchClass* node, PatternContext& context);
    Fallible<void> check_class_attributes(ast::MatchClass* node);
    Fallible<void> visit_match_as(ast::MatchAs* node, PatternContext& context);
    Fallible<void> visit_match_or(ast::MatchOr* node, PatternContext& context);
    Fallible<void> align_stores(PatternContext& context, const ast::Buffer<Identifier>& control);
    Fallible<void> bind_capture(Identifier name, PatternContext& context);
    Fallible<void> duplicate_capture(Identifier name);
    Fallible<void> test_length(int length, ast::CompareOperator operation, PatternContext& context);
    void ensure_fail_pop(PatternContext& context, int pops);
    void jump_to_fail(PatternContext& context, int opcode);
    void emit_fail_pop(PatternContext& context);
    void rotate(int count);

    ast::Arena& arena_;
    ObjectPool& pool_;
    SymbolTable& symbols_;
    CodegenOptions options_;
    ConstantCache cache_;
    Unit* unit_ = nullptr;
    int nesting_ = 0;
    bool interactive_ = false;
};

// BINARY_OP's operand of an operator; its in-place form is kInplace higher.
inline constexpr int kInplace = 13;
int binary_opcode_argument(ast::Operator operation);

// Whether a body annotates a variable outside nested definitions.
bool has_annotations(ast::Seq<ast::Stmt*> body);

}  // namespace py::compiler
