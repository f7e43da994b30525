// Code generation, part 6: calls, and the warnings about calls and subscripts that cannot work.
#include "interp/compiler/codegen.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py::compiler {

using ast::ExprContext;
using ast::NodeKind;

namespace {

constexpr int kStackGuideline = 30;

// The type a display or constant is sure to have, or null.
const Type* known_type(const ast::Expr* node) {
    switch (node->node_kind) {
        case NodeKind::Tuple: return &tuple_type;
        case NodeKind::List:
        case NodeKind::ListComp: return &list_type;
        case NodeKind::Dict:
        case NodeKind::DictComp: return &dict_type;
        case NodeKind::Set:
        case NodeKind::SetComp: return &set_type;
        case NodeKind::GeneratorExp: return &generator_type;
        case NodeKind::Lambda: return &function_type;
        case NodeKind::JoinedStr:
        case NodeKind::FormattedValue: return &str_type;
        case NodeKind::Constant: return static_cast<Object*>(ast::as<ast::Constant>(node)->value.object)->type;
        default: return nullptr;
    }
}

const ast::Starred* first_starred(ast::Seq<ast::Expr*> nodes) {
    for (ast::Expr* node : nodes)
        if (auto* starred = ast::as_if<ast::Starred>(node)) return starred;
    return nullptr;
}

bool has_unpacking(ast::Seq<ast::Keyword*> keywords) {
    for (ast::Keyword* keyword : keywords)
        if (keyword->arg == nullptr) return true;
    return false;
}

}  // namespace

Fallible<void> Codegen::check_called(ast::Expr* function) {
    switch (function->node_kind) {
        case NodeKind::Constant:
        case NodeKind::Tuple:
        case NodeKind::List:
        case NodeKind::ListComp:
        case NodeKind::Dict:
        case NodeKind::DictComp:
        case NodeKind::Set:
        case NodeKind::SetComp:
        case NodeKind::GeneratorExp:
        case NodeKind::JoinedStr:
        case NodeKind::FormattedValue:
            return warning("'%.200s' object is not callable; perhaps you missed a comma?", known_type(function)->name);
        default: return {};
    }
}

Fallible<void> Codegen::check_subscripted(ast::Expr* value) {
    switch (value->node_kind) {
        case NodeKind::Constant: {
            auto* object = static_cast<Object*>(ast::as<ast::Constant>(value)->value.object);
            bool never = object == none() || object == ellipsis() || is_int(object) || is_float(object) ||
                         is_complex(object) || is_any_set(object);
            if (!never) return {};
            break;
        }
        case NodeKind::Set:
        case NodeKind::SetComp:
        case NodeKind::GeneratorExp:
        case NodeKind::Lambda: break;
        default: return {};
    }
    return warning("'%.200s' object is not subscriptable; perhaps you missed a comma?", known_type(value)->name);
}

Fallible<void> Codegen::check_index(ast::Expr* value, ast::Expr* index) {
    const Type* index_type = known_type(index);
    if (index_type == nullptr || index_type->has(type_flag::kIntSubclass) || index_type == &slice_type) return {};
    switch (value->node_kind) {
        case NodeKind::Constant: {
            auto* object = static_cast<Object*>(ast::as<ast::Constant>(value)->value.object);
            if (!is_str(object) && !is_bytes(object) && !is_tuple(object)) return {};
            break;
        }
        case NodeKind::Tuple:
        case NodeKind::List:
        case NodeKind::ListComp:
        case NodeKind::JoinedStr:
        case NodeKind::FormattedValue: break;
        default: return {};
    }
    return warning("%.200s indices must be integers or slices, not %.200s; perhaps you missed a comma?",
                   known_type(value)->name, index_type->name);
}

Fallible<void> Codegen::validate_keywords(ast::Seq<ast::Keyword*> keywords) {
    for (uint32_t i = 0; i < keywords.size(); i++) {
        Identifier name = keywords[i]->arg;
        if (name == nullptr) continue;
        TRY(refuse_debug(name, ExprContext::Store));
        for (uint32_t j = i + 1; j < keywords.size(); j++) {
            if (keywords[j]->arg != name) continue;
            at(keywords[j]);
            return error("keyword argument repeated: %U", TRY(pool_.str_of(name)));
        }
    }
    return {};
}

Fallible<void> Codegen::keyword_names(ast::Seq<ast::Keyword*> keywords) {
    ast::Seq<Identifier> names = arena_.make_seq<Identifier>(keywords.size());
    for (uint32_t i = 0; i < names.size(); i++)
        names[i] = keywords[i]->arg;
    op(KW_NAMES, TRY(add_constant(TRY(names_tuple(names)))));
    return {};
}

// object.name(…) without a bound method. False when the call does not have that form; nothing is emitted then.
Fallible<bool> Codegen::visit_method_call(ast::Call* node) {
    auto* method = ast::as_if<ast::Attribute>(node->func);
    if (method == nullptr || method->ctx != ExprContext::Load) return false;
    int count = int(node->args.size() + node->keywords.size());
    if (count + (node->keywords.empty() ? 0 : 1) >= kStackGuideline) return false;
    if (first_starred(node->args) != nullptr || has_unpacking(node->keywords)) return false;
    // What the module imports under that name is most likely a module: its functions are no methods.
    if (auto* base = ast::as_if<ast::Name>(method->value); base && (symbols_.top()->flags_of(base->id) & kDefImport))
        return false;
    TRY(visit(method->value));
    Location saved = unit_->location;
    at(method);
    at_attribute_name(method);
    op_name(LOAD_METHOD, method->attr);
    TRY(visit_all(node->args));
    for (ast::Keyword* keyword : node->keywords)
        TRY(visit(keyword->value));
    if (!node->keywords.empty()) TRY(keyword_names(node->keywords));
    at(node);
    at_attribute_name(method);
    call(count);
    unit_->location = saved;
    return true;
}

Fallible<void> Codegen::visit_call(ast::Call* node) {
    TRY(validate_keywords(node->keywords));
    if (TRY(visit_method_call(node))) return {};
    TRY(check_called(node->func));
    at(node->func);
    op(PUSH_NULL);
    at(node);
    TRY(visit(node->func));
    return visit_call_arguments(0, node->args, node->keywords);
}

// Arguments and the call itself; the callable and `pushed` arguments are on the stack.
Fallible<void> Codegen::visit_call_arguments(int pushed, ast::Seq<ast::Expr*> args, ast::Seq<ast::Keyword*> keywords) {
    TRY(validate_keywords(keywords));
    int positional = int(args.size()), named = int(keywords.size());
    if (positional + named * 2 > kStackGuideline || first_starred(args) != nullptr || has_unpacking(keywords))
        return visit_call_unpacking(pushed, args, keywords);
    TRY(visit_all(args));
    if (named > 0) {
        for (ast::Keyword* keyword : keywords)
            TRY(visit(keyword->value));
        TRY(keyword_names(keywords));
    }
    call(pushed + positional + named);
    return {};
}

Fallible<void> Codegen::visit_keyword_part(ast::Seq<ast::Keyword*> keywords, uint32_t begin, uint32_t end) {
    int count = int(end - begin);
    bool big = count * 2 > kStackGuideline;
    if (count > 1 && !big) {
        ast::Seq<Identifier> names = arena_.make_seq<Identifier>(end - begin);
        for (uint32_t i = begin; i < end; i++) {
            TRY(visit(keywords[i]->value));
            names[i - begin] = keywords[i]->arg;
        }
        TRY(load_constant(TRY(names_tuple(names))));
        op(BUILD_CONST_KEY_MAP, count);
        return {};
    }
    if (big) op_without_line(BUILD_MAP, 0);
    for (uint32_t i = begin; i < end; i++) {
        TRY(load_name_constant(keywords[i]->arg));
        TRY(visit(keywords[i]->value));
        if (big) op_without_line(MAP_ADD, 1);
    }
    if (!big) op(BUILD_MAP, count);
    return {};
}

// The call with a tuple and a dict: `*`, `**`, or very many arguments.
Fallible<void> Codegen::visit_call_unpacking(int pushed, ast::Seq<ast::Expr*> args, ast::Seq<ast::Keyword*> keywords) {
    if (pushed == 0 && args.size() == 1 && ast::is<ast::Starred>(args[0])) {
        TRY(visit(ast::as<ast::Starred>(args[0])->value));
    } else {
        TRY(visit_display(args, pushed, {BUILD_LIST, LIST_APPEND, LIST_EXTEND, true}));
    }
    bool have_dict = false;
    uint32_t pending = 0;
    auto flush = [&](uint32_t end) -> Fallible<void> {
        TRY(visit_keyword_part(keywords, end - pending, end));
        if (have_dict) op(DICT_MERGE, 1);
        have_dict = true;
        pending = 0;
        return {};
    };
    for (uint32_t i = 0; i < keywords.size(); i++) {
        if (keywords[i]->arg != nullptr) {
            pending++;
            continue;
        }
        if (pending) TRY(flush(i));
        if (!have_dict) op(BUILD_MAP, 0);
        have_dict = true;
        TRY(visit(keywords[i]->value));
        op(DICT_MERGE, 1);
    }
    if (pending) TRY(flush(keywords.size()));
    op(CALL_FUNCTION_EX, keywords.empty() ? 0 : 1);
    return {};
}

}  // namespace py::compiler
