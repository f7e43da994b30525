// Assignment, deletion and loop targets: parsed as primaries, then checked against the target grammar.
#include "interp/parser/grammar.h"

namespace py::parser {

// What star_target accepts: names, attributes, subscripts, and displays of targets; `*target` inside displays.
bool Parser::is_target(const Expr* expression, bool allow_star) {
    switch (expression->node_kind) {
        case NodeKind::Name:
        case NodeKind::Attribute:
        case NodeKind::Subscript: return true;
        case NodeKind::Starred: return allow_star && is_target(as<Starred>(expression)->value, false);
        case NodeKind::Tuple:
            for (Expr* element : as<Tuple>(expression)->elts)
                if (!is_target(element, true)) return false;
            return true;
        case NodeKind::List:
            for (Expr* element : as<List>(expression)->elts)
                if (!is_target(element, true)) return false;
            return true;
        default: return false;
    }
}

bool Parser::is_del_target(const Expr* expression) {
    switch (expression->node_kind) {
        case NodeKind::Name:
        case NodeKind::Attribute:
        case NodeKind::Subscript: return true;
        case NodeKind::Tuple:
            for (Expr* element : as<Tuple>(expression)->elts)
                if (!is_del_target(element)) return false;
            return true;
        case NodeKind::List:
            for (Expr* element : as<List>(expression)->elts)
                if (!is_del_target(element)) return false;
            return true;
        default: return false;
    }
}

bool Parser::is_single_target(const Expr* expression) {
    return is<Name>(expression) || is<Attribute>(expression) || is<Subscript>(expression);
}

void Parser::set_context(Expr* expression, ExprContext context) {
    switch (expression->node_kind) {
        case NodeKind::Name: as<Name>(expression)->ctx = context; break;
        case NodeKind::Attribute: as<Attribute>(expression)->ctx = context; break;
        case NodeKind::Subscript: as<Subscript>(expression)->ctx = context; break;
        case NodeKind::Starred:
            as<Starred>(expression)->ctx = context;
            set_context(as<Starred>(expression)->value, context);
            break;
        case NodeKind::Tuple:
            as<Tuple>(expression)->ctx = context;
            for (Expr* element : as<Tuple>(expression)->elts)
                set_context(element, context);
            break;
        case NodeKind::List:
            as<List>(expression)->ctx = context;
            for (Expr* element : as<List>(expression)->elts)
                set_context(element, context);
            break;
        default: break;
    }
}

// star_target: '*' (!'*' star_target) | target_with_star_atom
Expr* Parser::star_target() {
    return memo<Expr>(Rule::StarTarget, [this]() -> Expr* {
        uint32_t start = mark_;
        bool starred = accept(Kind::Star);
        Expr* target = primary();
        if (target == nullptr || !is_target(target, false)) return nullptr;
        set_context(target, ExprContext::Store);
        if (!starred) return target;
        auto* node = make_node<Starred>(arena_, since(start));
        node->value = target;
        node->ctx = ExprContext::Store;
        return node;
    });
}

// star_targets: star_target !',' | star_target (',' star_target)* [',']
Expr* Parser::star_targets() {
    Expr* node = element_or_tuple(&Parser::star_target);
    if (node != nullptr && is<Tuple>(node)) as<Tuple>(node)->ctx = ExprContext::Store;
    return node;
}

// del_targets: ','.del_target+ [',']; a Tuple without a place carries them
Expr* Parser::del_targets() {
    uint32_t start = mark_;
    Buffer<Expr*> elements;
    for (;;) {
        uint32_t before = mark_;
        Expr* target = primary();
        if (failed_) return nullptr;
        if (target == nullptr || !is_del_target(target)) {
            if (elements.empty()) return nullptr;
            mark_ = before;
            break;
        }
        set_context(target, ExprContext::Del);
        elements.push(target);
        if (!accept(Kind::Comma)) break;
    }
    return make_tuple(start, elements);
}

// star_targets '='; false: not an assignment, mark_ is where it was
bool Parser::star_targets_assigned() {
    uint32_t start = mark_;
    Expr* target = star_targets();
    if (target != nullptr && accept(Kind::Equal)) return true;
    mark_ = start;
    return false;
}

}  // namespace py::parser
