// Expressions to text: parentheses only where precedence asks for them, one space around binary operators.
#include "interp/compiler/unparse.h"

#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py::compiler {
namespace {

using ast::NodeKind;

enum Level : int {
    kTuple,
    kTest,
    kOr,
    kAnd,
    kNot,
    kCompare,
    kBitOr,
    kBitXor,
    kBitAnd,
    kShift,
    kArithmetic,
    kTerm,
    kFactor,
    kPower,
    kAwait,
    kAtom
};

struct BinaryText {
    const char* text;
    Level level;
};
BinaryText binary_text(ast::Operator op) {
    switch (op) {
        case ast::Operator::Add: return {" + ", kArithmetic};
        case ast::Operator::Sub: return {" - ", kArithmetic};
        case ast::Operator::Mult: return {" * ", kTerm};
        case ast::Operator::MatMult: return {" @ ", kTerm};
        case ast::Operator::Div: return {" / ", kTerm};
        case ast::Operator::Mod: return {" % ", kTerm};
        case ast::Operator::Pow: return {" ** ", kPower};
        case ast::Operator::LShift: return {" << ", kShift};
        case ast::Operator::RShift: return {" >> ", kShift};
        case ast::Operator::BitOr: return {" | ", kBitOr};
        case ast::Operator::BitXor: return {" ^ ", kBitXor};
        case ast::Operator::BitAnd: return {" & ", kBitAnd};
        case ast::Operator::FloorDiv: return {" // ", kTerm};
    }
    __builtin_unreachable();
}

const char* compare_text(ast::CompareOperator op) {
    static constexpr const char* kTexts[] = {" == ", " != ", " < ",      " <= ", " > ",
                                             " >= ", " is ", " is not ", " in ", " not in "};
    return kTexts[size_t(op)];
}

class Unparser {
  public:
    explicit Unparser(ObjectPool& pool) : pool_(pool) {}
    Fallible<void> expression(ast::Expr* node, int level);
    Fallible<Ref<Str>> finish() { return str_from_utf8_surrogatepass({out_.data(), out_.size()}); }

  private:
    void put(std::string_view text) { out_.append(text.data(), text.size()); }
    // Parentheses around what `inner` writes when the context binds tighter than `own`.
    template <class Inner>
    Fallible<void> grouped(int level, int own, Inner inner) {
        if (level > own) put("(");
        TRY(inner());
        if (level > own) put(")");
        return {};
    }
    Fallible<void> list(ast::Seq<ast::Expr*> nodes, int level) {
        for (uint32_t i = 0; i < nodes.size(); i++) {
            if (i > 0) put(", ");
            TRY(expression(nodes[i], level));
        }
        return {};
    }
    Fallible<void> boolean(ast::BoolOp* node, int level);
    Fallible<void> binary(ast::BinOp* node, int level);
    Fallible<void> unary(ast::UnaryOp* node, int level);
    Fallible<void> compare(ast::Compare* node, int level);
    Fallible<void> lambda(ast::Lambda* node, int level);
    Fallible<void> arguments(ast::Arguments* args);
    Fallible<void> dict(ast::Dict* node);
    Fallible<void> generators(ast::Seq<ast::Comprehension*> nodes);
    Fallible<void> call(ast::Call* node);
    Fallible<void> slice(ast::Slice* node);
    Fallible<void> constant(ast::Constant* node);
    Fallible<void> object(Object* value);
    Fallible<void> joined(ast::JoinedStr* node, bool is_format_spec);
    Fallible<void> joined_part(ast::Expr* node, bool is_format_spec);
    Fallible<void> formatted(ast::FormattedValue* node);

    ObjectPool& pool_;
    ast::Buffer<char> out_;
};

Fallible<void> Unparser::boolean(ast::BoolOp* node, int level) {
    bool is_and = node->op == ast::BoolOperator::And;
    int own = is_and ? kAnd : kOr;
    return grouped(level, own, [&]() -> Fallible<void> {
        for (uint32_t i = 0; i < node->values.size(); i++) {
            if (i > 0) put(is_and ? " and " : " or ");
            TRY(expression(node->values[i], own + 1));
        }
        return {};
    });
}

Fallible<void> Unparser::binary(ast::BinOp* node, int level) {
    BinaryText text = binary_text(node->op);
    bool right_associative = node->op == ast::Operator::Pow;
    return grouped(level, text.level, [&]() -> Fallible<void> {
        TRY(expression(node->left, text.level + right_associative));
        put(text.text);
        return expression(node->right, text.level + !right_associative);
    });
}

Fallible<void> Unparser::unary(ast::UnaryOp* node, int level) {
    static constexpr const char* kTexts[] = {"~", "not ", "+", "-"};
    int own = node->op == ast::UnaryOperator::Not ? kNot : kFactor;
    return grouped(level, own, [&]() -> Fallible<void> {
        put(kTexts[size_t(node->op)]);
        return expression(node->operand, own);
    });
}

Fallible<void> Unparser::compare(ast::Compare* node, int level) {
    return grouped(level, kCompare, [&]() -> Fallible<void> {
        TRY(expression(node->left, kCompare + 1));
        for (uint32_t i = 0; i < node->ops.size(); i++) {
            put(compare_text(node->ops[i]));
            TRY(expression(node->comparators[i], kCompare + 1));
        }
        return {};
    });
}

Fallible<void> Unparser::arguments(ast::Arguments* args) {
    bool first = true;
    auto comma = [&] {
        if (!first) put(", ");
        first = false;
    };
    auto name = [&](ast::Arg* arg) -> Fallible<void> {
        put(arg->arg->view());
        if (arg->annotation == nullptr) return {};
        put(": ");
        return expression(arg->annotation, kTest);
    };
    uint32_t positional_only = args->posonlyargs.size(), positional = positional_only + args->args.size();
    for (uint32_t i = 0; i < positional; i++) {
        comma();
        TRY(name(i < positional_only ? args->posonlyargs[i] : args->args[i - positional_only]));
        uint32_t from_end = positional - i;
        if (from_end <= args->defaults.size()) {
            put("=");
            TRY(expression(args->defaults[args->defaults.size() - from_end], kTest));
        }
        if (i + 1 == positional_only) put(", /");
    }
    if (args->vararg != nullptr || !args->kwonlyargs.empty()) {
        comma();
        put("*");
        if (args->vararg) TRY(name(args->vararg));
    }
    for (uint32_t i = 0; i < args->kwonlyargs.size(); i++) {
        comma();
        TRY(name(args->kwonlyargs[i]));
        if (args->kw_defaults[i] == nullptr) continue;
        put("=");
        TRY(expression(args->kw_defaults[i], kTest));
    }
    if (args->kwarg == nullptr) return {};
    comma();
    put("**");
    return name(args->kwarg);
}

Fallible<void> Unparser::lambda(ast::Lambda* node, int level) {
    return grouped(level, kTest, [&]() -> Fallible<void> {
        bool has_positional = !node->args->args.empty() || !node->args->posonlyargs.empty();
        put(has_positional ? "lambda " : "lambda");
        TRY(arguments(node->args));
        put(": ");
        return expression(node->body, kTest);
    });
}

Fallible<void> Unparser::dict(ast::Dict* node) {
    put("{");
    for (uint32_t i = 0; i < node->values.size(); i++) {
        if (i > 0) put(", ");
        if (node->keys[i] != nullptr) {
            TRY(expression(node->keys[i], kTest));
            put(": ");
            TRY(expression(node->values[i], kTest));
        } else {
            put("**");
            TRY(expression(node->values[i], kBitOr));
        }
    }
    put("}");
    return {};
}

Fallible<void> Unparser::generators(ast::Seq<ast::Comprehension*> nodes) {
    for (ast::Comprehension* generator : nodes) {
        put(generator->is_async ? " async for " : " for ");
        TRY(expression(generator->target, kTuple));
        put(" in ");
        TRY(expression(generator->iter, kTest + 1));
        for (ast::Expr* condition : generator->ifs) {
            put(" if ");
            TRY(expression(condition, kTest + 1));
        }
    }
    return {};
}

Fallible<void> Unparser::call(ast::Call* node) {
    TRY(expression(node->func, kAtom));
    if (node->args.size() == 1 && node->keywords.empty() && ast::is<ast::GeneratorExp>(node->args[0]))
        return expression(node->args[0], kTest);
    put("(");
    TRY(list(node->args, kTest));
    for (uint32_t i = 0; i < node->keywords.size(); i++) {
        if (i > 0 || !node->args.empty()) put(", ");
        ast::Keyword* keyword = node->keywords[i];
        if (keyword->arg != nullptr) {
            put(keyword->arg->view());
            put("=");
            TRY(expression(keyword->value, kTest));
        } else {
            put("**");
            TRY(expression(keyword->value, kBitOr));
        }
    }
    put(")");
    return {};
}

Fallible<void> Unparser::slice(ast::Slice* node) {
    if (node->lower) TRY(expression(node->lower, kTest));
    put(":");
    if (node->upper) TRY(expression(node->upper, kTest));
    if (node->step == nullptr) return {};
    put(":");
    return expression(node->step, kTest);
}

// repr(), with infinities as a literal that overflows.
Fallible<void> Unparser::object(Object* value) {
    if (is_tuple_exact(value)) {
        Tuple* tuple = as_tuple(value);
        put("(");
        for (ssize_t i = 0; i < tuple->size; i++) {
            if (i > 0) put(", ");
            TRY(object(tuple->items[i]));
        }
        put(tuple->size == 1 ? ",)" : ")");
        return {};
    }
    Ref<Str> text = TRY(repr(value));
    std::string_view view = TRY(str_utf8(text.get()));
    if (!is_float_exact(value) && value->type != &complex_type) {
        put(view);
        return {};
    }
    for (size_t at = view.find("inf"); at != std::string_view::npos; at = view.find("inf")) {
        put(view.substr(0, at));
        put("1e309");
        view.remove_prefix(at + 3);
    }
    put(view);
    return {};
}

Fallible<void> Unparser::constant(ast::Constant* node) {
    Object* value = TRY(pool_.object_of(node->value));
    if (value == ellipsis()) {
        put("...");
        return {};
    }
    if (node->kind != nullptr) put(node->kind->view());
    return object(value);
}

Fallible<void> Unparser::formatted(ast::FormattedValue* node) {
    Unparser inner(pool_);
    TRY(inner.expression(node->value, kTest + 1));
    std::string_view text{inner.out_.data(), inner.out_.size()};
    put(text.starts_with('{') ? "{ " : "{");
    put(text);
    if (node->conversion > 0) {
        char conversion[] = {'!', char(node->conversion)};
        put({conversion, 2});
    }
    if (node->format_spec) {
        put(":");
        TRY(joined_part(node->format_spec, true));
    }
    put("}");
    return {};
}

Fallible<void> Unparser::joined_part(ast::Expr* node, bool is_format_spec) {
    if (auto* literal = ast::as_if<ast::Constant>(node)) {
        Object* value = TRY(pool_.object_of(literal->value));
        auto* text = as_str(value);
        for (ssize_t i = 0; i < text->length; i++) {
            Ref<Str> one = TRY(str_substring(text, i, i + 1));
            uint32_t ch = text->at(i);
            if (ch >= 0xD800 && ch < 0xE000) {
                char bytes[] = {char(0xE0 | ch >> 12), char(0x80 | (ch >> 6 & 63)), char(0x80 | (ch & 63))};
                put({bytes, 3});
                continue;
            }
            std::string_view view = TRY(str_utf8(one.get()));
            put(view);
            if (ch == '{' || ch == '}') put(view);
        }
        return {};
    }
    if (auto* nested = ast::as_if<ast::JoinedStr>(node)) return joined(nested, is_format_spec);
    return formatted(ast::as<ast::FormattedValue>(node));
}

Fallible<void> Unparser::joined(ast::JoinedStr* node, bool is_format_spec) {
    Unparser body(pool_);
    for (ast::Expr* value : node->values)
        TRY(body.joined_part(value, is_format_spec));
    if (is_format_spec) {
        put({body.out_.data(), body.out_.size()});
        return {};
    }
    put("f");
    return object(TRY(body.finish()).get());
}

// NOTE: one case an expression kind, over 60 lines.
Fallible<void> Unparser::expression(ast::Expr* node, int level) {
    auto comprehension = [this](const char* open, ast::Expr* elt, ast::Expr* value, ast::Seq<ast::Comprehension*> parts,
                                const char* close) -> Fallible<void> {
        put(open);
        TRY(expression(elt, kTest));
        if (value) {
            put(": ");
            TRY(expression(value, kTest));
        }
        TRY(generators(parts));
        put(close);
        return {};
    };
    switch (node->node_kind) {
        case NodeKind::BoolOp: return boolean(ast::as<ast::BoolOp>(node), level);
        case NodeKind::BinOp: return binary(ast::as<ast::BinOp>(node), level);
        case NodeKind::UnaryOp: return unary(ast::as<ast::UnaryOp>(node), level);
        case NodeKind::Compare: return compare(ast::as<ast::Compare>(node), level);
        case NodeKind::Lambda: return lambda(ast::as<ast::Lambda>(node), level);
        case NodeKind::IfExp:
            return grouped(level, kTest, [&]() -> Fallible<void> {
                auto* conditional = ast::as<ast::IfExp>(node);
                TRY(expression(conditional->body, kTest + 1));
                put(" if ");
                TRY(expression(conditional->test, kTest + 1));
                put(" else ");
                return expression(conditional->orelse, kTest);
            });
        case NodeKind::NamedExpr:
            return grouped(level, kTuple, [&]() -> Fallible<void> {
                TRY(expression(ast::as<ast::NamedExpr>(node)->target, kAtom));
                put(" := ");
                return expression(ast::as<ast::NamedExpr>(node)->value, kAtom);
            });
        case NodeKind::Dict: return dict(ast::as<ast::Dict>(node));
        case NodeKind::Set:
            put("{");
            TRY(list(ast::as<ast::Set>(node)->elts, kTest));
            put("}");
            return {};
        case NodeKind::GeneratorExp: {
            auto* comp = ast::as<ast::GeneratorExp>(node);
            return comprehension("(", comp->elt, nullptr, comp->generators, ")");
        }
        case NodeKind::ListComp: {
            auto* comp = ast::as<ast::ListComp>(node);
            return comprehension("[", comp->elt, nullptr, comp->generators, "]");
        }
        case NodeKind::SetComp: {
            auto* comp = ast::as<ast::SetComp>(node);
            return comprehension("{", comp->elt, nullptr, comp->generators, "}");
        }
        case NodeKind::DictComp: {
            auto* comp = ast::as<ast::DictComp>(node);
            return comprehension("{", comp->key, comp->value, comp->generators, "}");
        }
        case NodeKind::Yield: {
            ast::Expr* value = ast::as<ast::Yield>(node)->value;
            put(value ? "(yield " : "(yield");
            if (value) TRY(expression(value, kTest));
            put(")");
            return {};
        }
        case NodeKind::YieldFrom:
            put("(yield from ");
            TRY(expression(ast::as<ast::YieldFrom>(node)->value, kTest));
            put(")");
            return {};
        case NodeKind::Await:
            return grouped(level, kAwait, [&]() -> Fallible<void> {
                put("await ");
                return expression(ast::as<ast::Await>(node)->value, kAtom);
            });
        case NodeKind::Call: return call(ast::as<ast::Call>(node));
        case NodeKind::Constant: return constant(ast::as<ast::Constant>(node));
        case NodeKind::JoinedStr: return joined(ast::as<ast::JoinedStr>(node), false);
        case NodeKind::FormattedValue: return formatted(ast::as<ast::FormattedValue>(node));
        case NodeKind::Attribute: {
            auto* attribute = ast::as<ast::Attribute>(node);
            TRY(expression(attribute->value, kAtom));
            auto* literal = ast::as_if<ast::Constant>(attribute->value);
            put(literal && is_int(TRY(pool_.object_of(literal->value))) ? " ." : ".");
            put(attribute->attr->view());
            return {};
        }
        case NodeKind::Starred: put("*"); return expression(ast::as<ast::Starred>(node)->value, kBitOr);
        case NodeKind::Name: put(ast::as<ast::Name>(node)->id->view()); return {};
        case NodeKind::List:
            put("[");
            TRY(list(ast::as<ast::List>(node)->elts, kTest));
            put("]");
            return {};
        case NodeKind::Tuple: {
            auto* tuple = ast::as<ast::Tuple>(node);
            if (tuple->elts.empty()) {
                put("()");
                return {};
            }
            return grouped(level, kTuple, [&]() -> Fallible<void> {
                TRY(list(tuple->elts, kTest));
                if (tuple->elts.size() == 1) put(",");
                return {};
            });
        }
        case NodeKind::Slice: return slice(ast::as<ast::Slice>(node));
        case NodeKind::Subscript:
            TRY(expression(ast::as<ast::Subscript>(node)->value, kAtom));
            put("[");
            TRY(expression(ast::as<ast::Subscript>(node)->slice, kTuple));
            put("]");
            return {};
        default: __builtin_unreachable();
    }
}

}  // namespace

Fallible<Ref<>> unparse_expression(ast::Expr* node, ObjectPool& pool) {
    Unparser unparser(pool);
    TRY(unparser.expression(node, kTest));
    return TRY(unparser.finish());
}

}  // namespace py::compiler
