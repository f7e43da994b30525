// Code generation, part 1: units, names, constants, jumps out of statements.
#include "interp/compiler/codegen.h"

#include <cstdarg>
#include <cstring>

#include "interp/compiler/compile.h"
#include "interp/compiler/syntax_error.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py::compiler {

using ast::NodeKind;

Codegen::Codegen(ast::Arena& arena, ObjectPool& pool, SymbolTable& symbols, const CodegenOptions& options)
    : arena_(arena), pool_(pool), symbols_(symbols), options_(options), cache_(pool) {}

bool Codegen::top_level_await() const {
    return (options_.flags & kAllowTopLevelAwait) && unit_->scope->type == BlockType::Module;
}

void Codegen::collect_names(NameTable<int>& table, Scope* scope, SymbolScope wanted, int flag, uint32_t offset) {
    ast::Buffer<Identifier> found;
    for (const auto& symbol : scope->symbols)
        if (((symbol.value >> kScopeShift) & kScopeMask) == wanted || (symbol.value & flag)) found.push(symbol.name);
    std::sort(found.begin(), found.end(), name_less);
    for (uint32_t i = 0; i < found.size(); i++)
        table.set(found[i], int(offset + i));
}

void Codegen::enter_unit(Identifier name, UnitKind kind, const ast::Node* node, int line) {
    Scope* scope = symbols_.scope_of(node);
    Unit* unit = new Unit(arena_, scope, kind, name, line);
    unit->outer = unit_;
    if (unit_ != nullptr) unit->private_class = unit_->private_class;
    unit_ = unit;  // owned from here on
    for (Identifier parameter : scope->parameters)
        index_in(unit->varnames, parameter);
    collect_names(unit->cellvars, scope, kCellScope, 0, 0);
    if (scope->needs_class_cell) unit->cellvars.set(arena_.intern("__class__"), 0);
    collect_names(unit->freevars, scope, kFreeScope, kDefFreeClass, unit->cellvars.size());
    nesting_++;
    if (kind == UnitKind::Module) {
        unit->location.lineno = 0;
        op(RESUME, 0);
        unit->location.lineno = line;
    } else {
        set_qualname();
        op(RESUME, 0);
    }
}

void Codegen::set_qualname() {
    Unit* parent = unit_->outer;
    if (parent->outer == nullptr) return;
    bool is_definition =
        unit_->kind == UnitKind::Function || unit_->kind == UnitKind::AsyncFunction || unit_->kind == UnitKind::Class;
    if (is_definition &&
        parent->scope->scope_of(symbols_.mangle(parent->private_class, unit_->name)) == kGlobalExplicit)
        return;
    bool in_function = parent->kind == UnitKind::Function || parent->kind == UnitKind::AsyncFunction ||
                       parent->kind == UnitKind::Lambda;
    std::string_view middle = in_function ? ".<locals>." : ".";
    std::string_view base = parent->qualname->view(), name = unit_->name->view();
    size_t size = base.size() + middle.size() + name.size();
    char* text = static_cast<char*>(arena_.allocate(size));
    memcpy(text, base.data(), base.size());
    memcpy(text + base.size(), middle.data(), middle.size());
    memcpy(text + base.size() + middle.size(), name.data(), name.size());
    unit_->qualname = arena_.intern({text, size});
}

// One object a code object, not interned unless it is the name itself: which objects are shared shows in a `.pyc`.
Fallible<Str*> Codegen::qualname_object() {
    if (unit_->qualname == unit_->name) return pool_.code_name(unit_->name);
    if (!unit_->qualname_object) {
        Ref<Str> text = TRY(str_from_utf8_surrogatepass(unit_->qualname->view()));
        unit_->qualname_object = text.get();
        pool_.keep(std::move(text));
    }
    return unit_->qualname_object;
}

Fallible<Compiled> Codegen::leave_unit(bool returns_none) {
    auto assembled = assemble(returns_none);
    if (!assembled.ok()) return raised;
    Compiled compiled{assembled.take(), arena_.make_seq<Identifier>(unit_->freevars.size())};
    uint32_t i = 0;
    for (const auto& name : unit_->freevars)
        compiled.free_names[i++] = name.name;
    Unit* done = unit_;
    unit_ = done->outer;
    delete done;
    nesting_--;
    return compiled;
}

Fallible<Ref<Code>> Codegen::compile(ast::Mod* tree) {
    struct Cleanup {
        Unit*& unit;
        ~Cleanup() {
            while (unit != nullptr) {
                Unit* outer = unit->outer;
                delete unit;
                unit = outer;
            }
        }
    } cleanup{unit_};
    enter_unit(arena_.intern("<module>"), UnitKind::Module, tree, 1);
    bool returns_none = true;
    if (auto* module = ast::as_if<ast::Module>(tree)) {
        TRY(visit_block_body(module->body));
    } else if (auto* interactive = ast::as_if<ast::Interactive>(tree)) {
        if (has_annotations(interactive->body)) op(SETUP_ANNOTATIONS);
        interactive_ = true;
        TRY(visit_body(interactive->body));
    } else {
        TRY(visit(ast::as<ast::Expression>(tree)->body));
        returns_none = false;
    }
    Object* code = TRY(leave_unit(returns_none))
    .code;
    return share(static_cast<Code*>(code));
}

Raised Codegen::error(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    auto message = format_str_v(format, arguments);
    va_end(arguments);
    if (!message.ok()) return raised;
    return raise_in_compiler(options_.filename, unit_->location, message.take());
}

Fallible<void> Codegen::warning(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    auto message = format_str_v(format, arguments);
    va_end(arguments);
    if (!message.ok()) return raised;
    return warn_at(exc::SyntaxWarning, options_.filename, unit_->location, message.take());
}

Fallible<int> Codegen::add_constant(Object* object) {
    return unit_->constants.add(TRY(cache_.merge(object)));
}

Fallible<void> Codegen::load_constant(Object* object) {
    op(LOAD_CONST, TRY(add_constant(object)));
    return {};
}

Fallible<void> Codegen::load_int(int value) {
    return load_constant(TRY(int_from(value)));
}

Fallible<void> Codegen::load_name_constant(Identifier name) {
    return load_constant(TRY(pool_.str_of(name)));
}

Fallible<Object*> Codegen::names_tuple(ast::Seq<Identifier> names) {
    Ref<Tuple> tuple = TRY(tuple_new(names.size()));
    for (uint32_t i = 0; i < names.size(); i++)
        tuple->items[i] = new_reference(static_cast<Object*>(TRY(pool_.str_of(names[i]))));
    return pool_.keep(std::move(tuple));
}

Fallible<void> Codegen::refuse_debug(Identifier name, ast::ExprContext context) {
    if (context == ast::ExprContext::Load || name->view() != "__debug__") return {};
    return context == ast::ExprContext::Store ? error("cannot assign to __debug__") : error("cannot delete __debug__");
}

Fallible<void> Codegen::name_op(Identifier name, ast::ExprContext context) {
    struct Opcodes {
        int load, store, remove;
    };
    TRY(refuse_debug(name, context));
    Identifier mangled = mangle(name);
    bool in_function = unit_->scope->type == BlockType::Function;
    NameTable<int>* table = &unit_->names;
    Opcodes opcodes{LOAD_NAME, STORE_NAME, DELETE_NAME};
    switch (unit_->scope->scope_of(mangled)) {
        case kFreeScope:
        case kCellScope:
            table = unit_->scope->scope_of(mangled) == kFreeScope ? &unit_->freevars : &unit_->cellvars;
            opcodes = {unit_->scope->type == BlockType::Class ? LOAD_CLASSDEREF : LOAD_DEREF, STORE_DEREF,
                       DELETE_DEREF};
            break;
        case kLocalScope:
            if (!in_function) break;
            table = &unit_->varnames;
            opcodes = {LOAD_FAST, STORE_FAST, DELETE_FAST};
            break;
        case kGlobalImplicit:
            if (!in_function) break;
            [[fallthrough]];
        case kGlobalExplicit: opcodes = {LOAD_GLOBAL, STORE_GLOBAL, DELETE_GLOBAL}; break;
        case kNoScope: break;
    }
    int opcode = context == ast::ExprContext::Load    ? opcodes.load
                 : context == ast::ExprContext::Store ? opcodes.store
                                                      : opcodes.remove;
    int index = index_in(*table, mangled);
    op(opcode, opcode == LOAD_GLOBAL ? index << 1 : index);
    return {};
}

// The loop that drives a sub-generator or awaitable on the stack until it returns.
void Codegen::yield_from(bool is_await) {
    Block* start = new_block();
    Block* resume = new_block();
    Block* exit = new_block();
    use_next(start);
    jump(SEND, exit);
    use_next(resume);
    op(YIELD_VALUE);
    op(RESUME, is_await ? 3 : 2);
    jump(JUMP_NO_INTERRUPT, start);
    use_next(exit);
}

// Awaits the value on the stack; kind 1 and 2 word the error for __aenter__ and __aexit__.
Fallible<void> Codegen::await_top(int kind) {
    op(GET_AWAITABLE, kind);
    TRY(load_constant(none()));
    yield_from(true);
    return {};
}

void Codegen::reraise_after_pop() {
    op(COPY, 3);
    op(POP_EXCEPT);
    op(RERAISE, 1);
}

Fallible<void> Codegen::exit_with_nones() {
    for (int i = 0; i < 3; i++)
        TRY(load_constant(none()));
    call(2);
    return {};
}

// NOTE: one case a frame kind, over 60 lines.
Fallible<void> Codegen::unwind(const FrameBlock& frame, bool keeps_top) {
    switch (frame.kind) {
        case FrameKind::WhileLoop:
        case FrameKind::ExceptionHandler:
        case FrameKind::ExceptionGroupHandler:
        case FrameKind::AsyncComprehension: return {};
        case FrameKind::ForLoop:
        case FrameKind::PopValue:
            if (keeps_top) op(SWAP, 2);
            op(POP_TOP);
            return {};
        case FrameKind::TryExcept: op(POP_BLOCK); return {};
        case FrameKind::FinallyTry:
            op(POP_BLOCK);
            if (keeps_top) TRY(push_frame({FrameKind::PopValue}));
            TRY(visit_body(frame.final_body));
            if (keeps_top) pop_frame();
            at_no_line();
            return {};
        case FrameKind::FinallyEnd:
            if (keeps_top) op(SWAP, 2);
            op(POP_TOP);
            if (keeps_top) op(SWAP, 2);
            op(POP_BLOCK);
            op(POP_EXCEPT);
            return {};
        case FrameKind::With:
        case FrameKind::AsyncWith:
            at(frame.statement);
            op(POP_BLOCK);
            if (keeps_top) op(SWAP, 2);
            TRY(exit_with_nones());
            if (frame.kind == FrameKind::AsyncWith) TRY(await_top(2));
            op(POP_TOP);
            at_no_line();
            return {};
        case FrameKind::HandlerCleanup:
            if (frame.name) op(POP_BLOCK);
            if (keeps_top) op(SWAP, 2);
            op(POP_BLOCK);
            op(POP_EXCEPT);
            return frame.name ? forget_handler_name(frame.name) : Fallible<void>();
    }
    __builtin_unreachable();
}

Fallible<void> Codegen::push_frame(const FrameBlock& frame) {
    constexpr uint32_t kMaxFrames = 20;
    if (unit_->frames.size() >= kMaxFrames) return error("too many statically nested blocks");
    unit_->frames.push(frame);
    return {};
}

// Undoes frames from the innermost outwards, up to a loop when one is asked for (then *loop is it).
Fallible<void> Codegen::unwind_all(bool keeps_top, FrameBlock* loop) {
    if (unit_->frames.empty()) return {};
    FrameBlock top = unit_->frames.back();
    if (top.kind == FrameKind::ExceptionGroupHandler)
        return error("'break', 'continue' and 'return' cannot appear in an except* block");
    if (loop != nullptr && (top.kind == FrameKind::WhileLoop || top.kind == FrameKind::ForLoop)) {
        *loop = top;
        return {};
    }
    pop_frame();
    TRY(unwind(top, keeps_top));
    TRY(unwind_all(keeps_top, loop));
    unit_->frames.push(top);
    return {};
}

}  // namespace py::compiler
