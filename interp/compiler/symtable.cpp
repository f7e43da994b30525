// Symbol tables, part 1: scopes, definitions, and the walk over statements.
#include "interp/compiler/symtable.h"

#include <cstdarg>
#include <cstring>

#include "interp/compiler/syntax_error.h"
#include "interp/objects/errors.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/runtime/thread.h"

namespace py::compiler {

// The tree walkers use less stack a level than Python calls do, hence three levels for one of the recursion limit.
DepthLimit::DepthLimit() {
    constexpr int kLevelsPerCall = 3;
    Thread* thread = Thread::current();
    int limit = thread->recursion_limit;
    bool fits = limit < INT32_MAX / kLevelsPerCall;
    depth_ = (limit - thread->recursion_remaining) * (fits ? kLevelsPerCall : 1);
    limit_ = fits ? limit * kLevelsPerCall : limit;
}

Fallible<void> DepthLimit::enter() {
    if (depth_ >= limit_ || stack_is_low())
        return raise(exc::RecursionError, "maximum recursion depth exceeded during compilation");
    depth_++;
    return {};
}

SymbolTable::SymbolTable(ast::Arena& arena, ObjectPool& pool, Str* filename, bool future_annotations)
    : arena_(arena), pool_(pool), filename_(filename), future_annotations_(future_annotations) {}

SymbolTable::~SymbolTable() {
    for (Scope* scope : scopes_)
        delete scope;
    __builtin_free(by_node_);
}

Fallible<void> SymbolTable::build(const ast::Mod* tree) {
    enter(arena_.intern("top"), BlockType::Module, tree, {});
    top_ = current_;
    if (auto* module = ast::as_if<ast::Module>(tree)) {
        TRY(visit_body(module->body));
    } else if (auto* interactive = ast::as_if<ast::Interactive>(tree)) {
        TRY(visit_body(interactive->body));
    } else if (auto* expression = ast::as_if<ast::Expression>(tree)) {
        TRY(visit(expression->body));
    } else {
        return raise(exc::RuntimeError, "this compiler does not handle FunctionTypes");
    }
    leave();
    NameSet free, global;
    return analyze_block(top_, nullptr, free, global);
}

void SymbolTable::register_node(const ast::Node* node, Scope* scope) {
    if (scopes_.size() * 2 > by_node_size_) {
        uint32_t old_size = by_node_size_, size = old_size == 0 ? 64 : old_size * 4;
        NodeSlot* old = by_node_;
        by_node_ = ast::zeroed_array<NodeSlot>(size);
        by_node_size_ = size;
        for (uint32_t i = 0; i < old_size; i++)
            if (old[i].node) register_node(old[i].node, old[i].scope);
        __builtin_free(old);
    }
    size_t at = reinterpret_cast<uintptr_t>(node) >> 3;
    while (by_node_[at & (by_node_size_ - 1)].node != nullptr)
        at++;
    by_node_[at & (by_node_size_ - 1)] = {node, scope};
}

Scope* SymbolTable::scope_of(const ast::Node* node) const {
    for (size_t at = reinterpret_cast<uintptr_t>(node) >> 3;; at++) {
        const NodeSlot& slot = by_node_[at & (by_node_size_ - 1)];
        if (slot.node == node) return slot.scope;
        CHECK(slot.node != nullptr);
    }
}

void SymbolTable::enter(Identifier name, BlockType type, const ast::Node* node, const ast::Range& range) {
    scopes_.push(nullptr);  // first: what is in there is deleted, whatever happens
    Scope* scope = scopes_.back() = new Scope;
    scope->name = name;
    scope->type = type;
    scope->node = node;
    scope->range = range;
    scope->parent = current_;
    if (current_ != nullptr) scope->in_iterable_expression = current_->in_iterable_expression;
    if (current_ != nullptr && (current_->nested || current_->type == BlockType::Function)) scope->nested = true;
    // Annotations under the future import are not evaluated: their blocks hang nowhere.
    if (type != BlockType::Annotation) {
        register_node(node, scope);
        if (current_ != nullptr) current_->children.push(scope);
    }
    current_ = scope;
}

void SymbolTable::leave() {
    current_ = current_->parent;
}

Raised SymbolTable::error(const ast::Range& range, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    auto message = format_str_v(format, arguments);
    va_end(arguments);
    if (!message.ok()) return raised;
    return raise_at(filename_, range, message.take());
}

Identifier SymbolTable::mangle(Identifier private_class, Identifier name) {
    std::string_view text = name->view();
    if (private_class == nullptr || text.size() < 2 || text[0] != '_' || text[1] != '_') return name;
    if (text.ends_with("__") || text.find('.') != std::string_view::npos) return name;
    std::string_view owner = private_class->view();
    while (!owner.empty() && owner[0] == '_')
        owner.remove_prefix(1);
    if (owner.empty()) return name;
    size_t size = 1 + owner.size() + text.size();
    char* joined = static_cast<char*>(arena_.allocate(size));
    joined[0] = '_';
    memcpy(joined + 1, owner.data(), owner.size());
    memcpy(joined + 1 + owner.size(), text.data(), text.size());
    return arena_.intern({joined, size});
}

int SymbolTable::look_up(Identifier name) {
    return current_->flags_of(mangle(private_class_, name));
}

Fallible<void> SymbolTable::define(Identifier name, int flag, const ast::Located* where) {
    return define_in(current_, name, flag, ast::range_of(where));
}

Fallible<void> SymbolTable::define_in(Scope* scope, Identifier name, int flag, const ast::Range& range) {
    Identifier mangled = mangle(private_class_, name);
    int value = flag;
    if (const int* old = scope->symbols.find(mangled)) {
        if ((flag & kDefParam) && (*old & kDefParam))
            return error(range, "duplicate argument '%U' in function definition", TRY(pool_.str_of(name)));
        value |= *old;
    }
    if (scope->in_iteration_target) {
        if (value & (kDefGlobal | kDefNonlocal))
            return error(range, "comprehension inner loop cannot rebind assignment expression target '%U'",
                         TRY(pool_.str_of(name)));
        value |= kDefComprehensionIterator;
    }
    scope->symbols.set(mangled, value);
    if (flag & kDefParam) {
        scope->parameters.push(mangled);
    } else if (flag & kDefGlobal) {
        top_->symbols.set(mangled, flag | top_->flags_of(mangled));
    }
    return {};
}

void SymbolTable::remember_directive(Identifier name, const ast::Range& range) {
    current_->directives.push({mangle(private_class_, name), range});
}

Fallible<void> SymbolTable::visit_body(ast::Seq<ast::Stmt*> body) {
    for (ast::Stmt* node : body)
        TRY(visit(node));
    return {};
}

Fallible<void> SymbolTable::visit_function(ast::Stmt* node, Identifier name, ast::Arguments* args,
                                           ast::Seq<ast::Stmt*> body, ast::Seq<ast::Expr*> decorators,
                                           ast::Expr* returns, bool is_async) {
    TRY(define(name, kDefLocal, node));
    TRY(visit_argument_defaults(args));
    TRY(visit_argument_annotations(args));
    if (returns != nullptr) TRY(visit_annotation(returns));
    TRY(visit_all(decorators));
    enter(name, BlockType::Function, node, ast::range_of(node));
    current_->coroutine = is_async;
    TRY(visit_arguments(args));
    TRY(visit_body(body));
    leave();
    return {};
}

Fallible<void> SymbolTable::visit_class(ast::ClassDef* node) {
    TRY(define(node->name, kDefLocal, node));
    TRY(visit_all(node->bases));
    TRY(visit_keywords(node->keywords));
    TRY(visit_all(node->decorator_list));
    enter(node->name, BlockType::Class, node, ast::range_of(node));
    Identifier outer = std::exchange(private_class_, node->name);
    TRY(visit_body(node->body));
    private_class_ = outer;
    leave();
    return {};
}

Fallible<void> SymbolTable::visit_annotated_assignment(ast::AnnAssign* node) {
    if (auto* name = ast::as_if<ast::Name>(node->target)) {
        int current = look_up(name->id);
        if ((current & (kDefGlobal | kDefNonlocal)) && current_ != top_ && node->simple)
            return error(
                ast::range_of(node),
                current & kDefGlobal ? "annotated name '%U' can't be global" : "annotated name '%U' can't be nonlocal",
                TRY(pool_.str_of(name->id)));
        if (node->simple) {
            TRY(define(name->id, kDefAnnotated | kDefLocal, name));
        } else if (node->value != nullptr) {
            TRY(define(name->id, kDefLocal, name));
        }
    } else {
        TRY(visit(node->target));
    }
    TRY(visit_annotation(node->annotation));
    return visit_optional(node->value);
}

Fallible<void> SymbolTable::visit_global(ast::Global* node) {
    for (Identifier name : node->names) {
        int current = look_up(name);
        if (current & (kDefParam | kDefLocal | kUse | kDefAnnotated)) {
            const char* format = current & kDefParam       ? "name '%U' is parameter and global"
                                 : current & kUse          ? "name '%U' is used prior to global declaration"
                                 : current & kDefAnnotated ? "annotated name '%U' can't be global"
                                                           : "name '%U' is assigned to before global declaration";
            return error(ast::range_of(node), format, TRY(pool_.str_of(name)));
        }
        TRY(define(name, kDefGlobal, node));
        remember_directive(name, ast::range_of(node));
    }
    return {};
}

Fallible<void> SymbolTable::visit_nonlocal(ast::Nonlocal* node) {
    for (Identifier name : node->names) {
        int current = look_up(name);
        if (current & (kDefParam | kDefLocal | kUse | kDefAnnotated)) {
            const char* format = current & kDefParam       ? "name '%U' is parameter and nonlocal"
                                 : current & kUse          ? "name '%U' is used prior to nonlocal declaration"
                                 : current & kDefAnnotated ? "annotated name '%U' can't be nonlocal"
                                                           : "name '%U' is assigned to before nonlocal declaration";
            return error(ast::range_of(node), format, TRY(pool_.str_of(name)));
        }
        TRY(define(name, kDefNonlocal, node));
        remember_directive(name, ast::range_of(node));
    }
    return {};
}

Fallible<void> SymbolTable::visit_handler(ast::ExceptHandler* handler) {
    TRY(visit_optional(handler->type));
    if (handler->name != nullptr) TRY(define(handler->name, kDefLocal, handler));
    return visit_body(handler->body);
}

Fallible<void> SymbolTable::visit_try(ast::Seq<ast::Stmt*> body, ast::Seq<ast::ExceptHandler*> handlers,
                                      ast::Seq<ast::Stmt*> orelse, ast::Seq<ast::Stmt*> finalbody) {
    TRY(visit_body(body));
    TRY(visit_body(orelse));
    for (ast::ExceptHandler* handler : handlers)
        TRY(visit_handler(handler));
    return visit_body(finalbody);
}

Fallible<void> SymbolTable::visit_with_items(ast::Seq<ast::WithItem*> items) {
    for (ast::WithItem* item : items) {
        TRY(visit(item->context_expr));
        TRY(visit_optional(item->optional_vars));
    }
    return {};
}

Fallible<void> SymbolTable::visit_match(ast::Match* node) {
    TRY(visit(node->subject));
    for (ast::MatchCase* item : node->cases) {
        TRY(visit_pattern(item->pattern));
        TRY(visit_optional(item->guard));
        TRY(visit_body(item->body));
    }
    return {};
}

Fallible<void> SymbolTable::visit_pattern(ast::Pattern* node) {
    auto visit_patterns = [this](ast::Seq<ast::Pattern*> patterns) -> Fallible<void> {
        for (ast::Pattern* pattern : patterns)
            TRY(visit_pattern(pattern));
        return {};
    };
    switch (node->node_kind) {
        case ast::NodeKind::MatchValue: return visit(ast::as<ast::MatchValue>(node)->value);
        case ast::NodeKind::MatchSingleton: return {};
        case ast::NodeKind::MatchSequence: return visit_patterns(ast::as<ast::MatchSequence>(node)->patterns);
        case ast::NodeKind::MatchStar: {
            Identifier name = ast::as<ast::MatchStar>(node)->name;
            return name ? define(name, kDefLocal, node) : Fallible<void>();
        }
        case ast::NodeKind::MatchMapping: {
            auto* mapping = ast::as<ast::MatchMapping>(node);
            TRY(visit_all(mapping->keys));
            TRY(visit_patterns(mapping->patterns));
            return mapping->rest ? define(mapping->rest, kDefLocal, node) : Fallible<void>();
        }
        case ast::NodeKind::MatchClass: {
            auto* pattern = ast::as<ast::MatchClass>(node);
            TRY(visit(pattern->cls));
            TRY(visit_patterns(pattern->patterns));
            return visit_patterns(pattern->kwd_patterns);
        }
        case ast::NodeKind::MatchAs: {
            auto* pattern = ast::as<ast::MatchAs>(node);
            if (pattern->pattern) TRY(visit_pattern(pattern->pattern));
            return pattern->name ? define(pattern->name, kDefLocal, node) : Fallible<void>();
        }
        case ast::NodeKind::MatchOr: return visit_patterns(ast::as<ast::MatchOr>(node)->patterns);
        default: __builtin_unreachable();
    }
}

Fallible<void> SymbolTable::visit_alias(ast::Alias* node) {
    Identifier name = node->asname ? node->asname : node->name;
    std::string_view text = name->view();
    if (text == "*") {
        if (current_->type != BlockType::Module)
            return error(ast::range_of(node), "import * only allowed at module level");
        return {};
    }
    size_t dot = text.find('.');
    return define(dot == std::string_view::npos ? name : arena_.intern(text.substr(0, dot)), kDefImport, node);
}

Fallible<void> SymbolTable::visit_simple_statement(ast::Stmt* node) {
    switch (node->node_kind) {
        case ast::NodeKind::Return: {
            auto* value = ast::as<ast::Return>(node)->value;
            if (value == nullptr) return {};
            TRY(visit(value));
            current_->returns_value = true;
            return {};
        }
        case ast::NodeKind::Delete: return visit_all(ast::as<ast::Delete>(node)->targets);
        case ast::NodeKind::Assign:
            TRY(visit_all(ast::as<ast::Assign>(node)->targets));
            return visit(ast::as<ast::Assign>(node)->value);
        case ast::NodeKind::AugAssign:
            TRY(visit(ast::as<ast::AugAssign>(node)->target));
            return visit(ast::as<ast::AugAssign>(node)->value);
        case ast::NodeKind::AnnAssign: return visit_annotated_assignment(ast::as<ast::AnnAssign>(node));
        case ast::NodeKind::Raise:
            TRY(visit_optional(ast::as<ast::Raise>(node)->exc));
            return visit_optional(ast::as<ast::Raise>(node)->cause);
        case ast::NodeKind::Assert:
            TRY(visit(ast::as<ast::Assert>(node)->test));
            return visit_optional(ast::as<ast::Assert>(node)->msg);
        case ast::NodeKind::Import:
            for (ast::Alias* alias : ast::as<ast::Import>(node)->names)
                TRY(visit_alias(alias));
            return {};
        case ast::NodeKind::ImportFrom:
            for (ast::Alias* alias : ast::as<ast::ImportFrom>(node)->names)
                TRY(visit_alias(alias));
            return {};
        case ast::NodeKind::Global: return visit_global(ast::as<ast::Global>(node));
        case ast::NodeKind::Nonlocal: return visit_nonlocal(ast::as<ast::Nonlocal>(node));
        case ast::NodeKind::ExprStmt: return visit(ast::as<ast::ExprStmt>(node)->value);
        default: return {};  // pass, break, continue
    }
}

Fallible<void> SymbolTable::visit(ast::Stmt* node) {
    TRY(depth_.enter());
    switch (node->node_kind) {
        case ast::NodeKind::FunctionDef: {
            auto* function = ast::as<ast::FunctionDef>(node);
            TRY(visit_function(node, function->name, function->args, function->body, function->decorator_list,
                               function->returns, false));
            break;
        }
        case ast::NodeKind::AsyncFunctionDef: {
            auto* function = ast::as<ast::AsyncFunctionDef>(node);
            TRY(visit_function(node, function->name, function->args, function->body, function->decorator_list,
                               function->returns, true));
            break;
        }
        case ast::NodeKind::ClassDef: TRY(visit_class(ast::as<ast::ClassDef>(node))); break;
        case ast::NodeKind::For: {
            auto* loop = ast::as<ast::For>(node);
            TRY(visit(loop->target));
            TRY(visit(loop->iter));
            TRY(visit_body(loop->body));
            TRY(visit_body(loop->orelse));
            break;
        }
        case ast::NodeKind::AsyncFor: {
            auto* loop = ast::as<ast::AsyncFor>(node);
            TRY(visit(loop->target));
            TRY(visit(loop->iter));
            TRY(visit_body(loop->body));
            TRY(visit_body(loop->orelse));
            break;
        }
        case ast::NodeKind::While: {
            auto* loop = ast::as<ast::While>(node);
            TRY(visit(loop->test));
            TRY(visit_body(loop->body));
            TRY(visit_body(loop->orelse));
            break;
        }
        case ast::NodeKind::If: {
            auto* branch = ast::as<ast::If>(node);
            TRY(visit(branch->test));
            TRY(visit_body(branch->body));
            TRY(visit_body(branch->orelse));
            break;
        }
        case ast::NodeKind::With:
            TRY(visit_with_items(ast::as<ast::With>(node)->items));
            TRY(visit_body(ast::as<ast::With>(node)->body));
            break;
        case ast::NodeKind::AsyncWith:
            TRY(visit_with_items(ast::as<ast::AsyncWith>(node)->items));
            TRY(visit_body(ast::as<ast::AsyncWith>(node)->body));
            break;
        case ast::NodeKind::Match: TRY(visit_match(ast::as<ast::Match>(node))); break;
        case ast::NodeKind::Try: {
            auto* block = ast::as<ast::Try>(node);
            TRY(visit_try(block->body, block->handlers, block->orelse, block->finalbody));
            break;
        }
        case ast::NodeKind::TryStar: {
            auto* block = ast::as<ast::TryStar>(node);
            TRY(visit_try(block->body, block->handlers, block->orelse, block->finalbody));
            break;
        }
        default: TRY(visit_simple_statement(node));
    }
    depth_.leave();
    return {};
}

}  // namespace py::compiler
