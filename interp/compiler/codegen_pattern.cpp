// Code generation, part 8: match statements (PEP 634). Captures stay on the stack until the whole pattern has matched.
#include "interp/compiler/codegen.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py::compiler {

using ast::CompareOperator;
using ast::ExprContext;
using ast::NodeKind;

namespace {

bool is_wildcard(const ast::Pattern* node) {
    auto* as_pattern = ast::as_if<ast::MatchAs>(node);
    return as_pattern != nullptr && as_pattern->name == nullptr;
}

bool is_star_wildcard(const ast::Pattern* node) {
    auto* star = ast::as_if<ast::MatchStar>(node);
    return star != nullptr && star->name == nullptr;
}

int index_of(const ast::Buffer<Identifier>& names, Identifier name) {
    for (uint32_t i = 0; i < names.size(); i++)
        if (names[i] == name) return int(i);
    return -1;
}

}  // namespace

void Codegen::ensure_fail_pop(PatternContext& context, int pops) {
    while (int(context.fail_pop.size()) <= pops)
        context.fail_pop.push(new_block());
}

void Codegen::jump_to_fail(PatternContext& context, int opcode) {
    int pops = context.on_top + int(context.stores.size());
    ensure_fail_pop(context, pops);
    jump(opcode, context.fail_pop[size_t(pops)]);
}

void Codegen::emit_fail_pop(PatternContext& context) {
    if (context.fail_pop.empty()) return;
    for (uint32_t i = context.fail_pop.size() - 1; i > 0; i--) {
        use_next(context.fail_pop[i]);
        op(POP_TOP);
    }
    use_next(context.fail_pop[0]);
    context.fail_pop.clear();
}

// Moves the top value below `count` - 1 others.
void Codegen::rotate(int count) {
    while (count > 1)
        op(SWAP, count--);
}

Fallible<void> Codegen::duplicate_capture(Identifier name) {
    return error("multiple assignments to name %R in pattern", static_cast<Object*>(TRY(pool_.str_of(name))));
}

Fallible<void> Codegen::bind_capture(Identifier name, PatternContext& context) {
    if (name == nullptr) {
        op(POP_TOP);
        return {};
    }
    TRY(refuse_debug(name, ExprContext::Store));
    if (index_of(context.stores, name) >= 0) return duplicate_capture(name);
    rotate(context.on_top + int(context.stores.size()) + 1);
    context.stores.push(name);
    return {};
}

Fallible<void> Codegen::visit_case(ast::MatchCase* item, bool keeps_subject, bool allow_irrefutable, Block* end) {
    at(item->pattern);
    if (keeps_subject) op(COPY, 1);
    PatternContext context;
    context.allow_irrefutable = allow_irrefutable;
    TRY(visit_pattern(item->pattern, context));
    for (Identifier name : context.stores)
        TRY(name_op(name, ExprContext::Store));
    if (item->guard) {
        ensure_fail_pop(context, 0);
        TRY(jump_if(item->guard, context.fail_pop[0], false));
    }
    if (keeps_subject) op(POP_TOP);
    TRY(visit_body(item->body));
    jump(JUMP, end);
    at(item->pattern);
    emit_fail_pop(context);
    return {};
}

Fallible<void> Codegen::visit_match(ast::Match* node) {
    TRY(visit(node->subject));
    Block* end = new_block();
    uint32_t count = node->cases.size();
    ast::MatchCase* last = node->cases.back();
    bool has_default = is_wildcard(last->pattern) && count > 1;
    uint32_t tested = count - has_default;
    for (uint32_t i = 0; i < tested; i++) {
        ast::MatchCase* item = node->cases[i];
        TRY(visit_case(item, i + 1 != tested, item->guard != nullptr || i + 1 == count, end));
    }
    if (has_default) {
        at(last->pattern);
        op(NOP);
        if (last->guard) TRY(jump_if(last->guard, end, false));
        TRY(visit_body(last->body));
    }
    use_next(end);
    return {};
}

Fallible<void> Codegen::visit_subpattern(ast::Pattern* node, PatternContext& context) {
    bool saved = std::exchange(context.allow_irrefutable, true);
    TRY(visit_pattern(node, context));
    context.allow_irrefutable = saved;
    return {};
}

Fallible<void> Codegen::visit_pattern(ast::Pattern* node, PatternContext& context) {
    at(node);
    switch (node->node_kind) {
        case NodeKind::MatchValue: return visit_match_value(ast::as<ast::MatchValue>(node), context);
        case NodeKind::MatchSingleton:
            TRY(load_constant(TRY(pool_.object_of(ast::as<ast::MatchSingleton>(node)->value))));
            compare_op(CompareOperator::Is);
            jump_to_fail(context, POP_JUMP_IF_FALSE);
            return {};
        case NodeKind::MatchSequence: return visit_match_sequence(ast::as<ast::MatchSequence>(node), context);
        case NodeKind::MatchMapping: return visit_match_mapping(ast::as<ast::MatchMapping>(node), context);
        case NodeKind::MatchClass: return visit_match_class(ast::as<ast::MatchClass>(node), context);
        case NodeKind::MatchStar: return bind_capture(ast::as<ast::MatchStar>(node)->name, context);
        case NodeKind::MatchAs: return visit_match_as(ast::as<ast::MatchAs>(node), context);
        case NodeKind::MatchOr: return visit_match_or(ast::as<ast::MatchOr>(node), context);
        default: __builtin_unreachable();
    }
}

Fallible<void> Codegen::visit_match_value(ast::MatchValue* node, PatternContext& context) {
    if (!ast::is<ast::Constant>(node->value) && !ast::is<ast::Attribute>(node->value))
        return error("patterns may only match literals and attribute lookups");
    TRY(visit(node->value));
    compare_op(CompareOperator::Eq);
    jump_to_fail(context, POP_JUMP_IF_FALSE);
    return {};
}

Fallible<void> Codegen::test_length(int length, CompareOperator operation, PatternContext& context) {
    op(GET_LEN);
    TRY(load_int(length));
    compare_op(operation);
    jump_to_fail(context, POP_JUMP_IF_FALSE);
    return {};
}

Fallible<void> Codegen::visit_match_sequence(ast::MatchSequence* node, PatternContext& context) {
    uint32_t size = node->patterns.size();
    int star = -1;
    bool only_wildcards = true, star_is_wildcard = false;
    for (uint32_t i = 0; i < size; i++) {
        ast::Pattern* pattern = node->patterns[i];
        if (!ast::is<ast::MatchStar>(pattern)) {
            only_wildcards = only_wildcards && is_wildcard(pattern);
            continue;
        }
        if (star >= 0) return error("multiple starred names in sequence pattern");
        star = int(i);
        star_is_wildcard = is_star_wildcard(pattern);
        only_wildcards = only_wildcards && star_is_wildcard;
    }
    context.on_top++;
    op(MATCH_SEQUENCE);
    jump_to_fail(context, POP_JUMP_IF_FALSE);
    if (star < 0) {
        TRY(test_length(int(size), CompareOperator::Eq, context));
    } else if (size > 1) {
        TRY(test_length(int(size) - 1, CompareOperator::GtE, context));
    }
    context.on_top--;
    if (only_wildcards) {
        op(POP_TOP);
        return {};
    }
    return star_is_wildcard ? index_sequence_pattern(node->patterns, uint32_t(star), context)
                            : unpack_sequence_pattern(node->patterns, context);
}

Fallible<void> Codegen::unpack_sequence_pattern(ast::Seq<ast::Pattern*> patterns, PatternContext& context) {
    uint32_t size = patterns.size();
    bool has_star = false;
    for (uint32_t i = 0; i < size; i++) {
        if (!ast::is<ast::MatchStar>(patterns[i])) continue;
        if (i >= 1u << 8 || size - i - 1 >= uint32_t(INT32_MAX >> 8))
            return error("too many expressions in star-unpacking sequence pattern");
        op(UNPACK_EX, int(i + ((size - i - 1) << 8)));
        has_star = true;
    }
    if (!has_star) op(UNPACK_SEQUENCE, int(size));
    context.on_top += int(size);
    for (ast::Pattern* pattern : patterns) {
        context.on_top--;
        TRY(visit_subpattern(pattern, context));
    }
    return {};
}

// With `*_` only the items that a pattern looks at are fetched.
Fallible<void> Codegen::index_sequence_pattern(ast::Seq<ast::Pattern*> patterns, uint32_t star,
                                               PatternContext& context) {
    uint32_t size = patterns.size();
    context.on_top++;
    for (uint32_t i = 0; i < size; i++) {
        if (i == star || is_wildcard(patterns[i])) continue;
        op(COPY, 1);
        if (i < star) {
            TRY(load_int(int(i)));
        } else {
            op(GET_LEN);
            TRY(load_int(int(size - i)));
            op(BINARY_OP, binary_opcode_argument(ast::Operator::Sub));
        }
        op(BINARY_SUBSCR);
        TRY(visit_subpattern(patterns[i], context));
    }
    context.on_top--;
    op(POP_TOP);
    return {};
}

Fallible<void> Codegen::visit_mapping_keys(ast::MatchMapping* node) {
    ConstantTable seen;
    for (uint32_t i = 0; i < node->keys.size(); i++) {
        ast::Expr* key = node->keys[i];
        if (key == nullptr) {
            at(node->patterns[i]);
            return error("can't use NULL keys in MatchMapping (set 'rest' parameter instead)");
        }
        if (auto* constant = ast::as_if<ast::Constant>(key)) {
            Object* value = TRY(pool_.object_of(constant->value));
            for (uint32_t k = 0; k < seen.size(); k++)
                if (TRY(equals(seen[k], value))) return error("mapping pattern checks duplicate key (%R)", value);
            seen.append(value, TRY(constant_hash(value)));
        } else if (!ast::is<ast::Attribute>(key)) {
            return error("mapping pattern keys may only match literals and attribute lookups");
        }
        TRY(visit(key));
    }
    return {};
}

// rest = dict(subject) without the keys that were matched.
Fallible<void> Codegen::bind_mapping_rest(Identifier rest, int keys, PatternContext& context) {
    op(BUILD_MAP, 0);
    op(SWAP, 3);
    op(DICT_UPDATE, 2);
    op(UNPACK_SEQUENCE, keys);
    for (; keys > 0; keys--) {
        op(COPY, 1 + keys);
        op(SWAP, 2);
        op(DELETE_SUBSCR);
    }
    return bind_capture(rest, context);
}

Fallible<void> Codegen::visit_match_mapping(ast::MatchMapping* node, PatternContext& context) {
    int size = int(node->keys.size());
    if (node->keys.size() != node->patterns.size())
        return error("keys (%d) / patterns (%d) length mismatch in mapping pattern", size, int(node->patterns.size()));
    context.on_top++;
    op(MATCH_MAPPING);
    jump_to_fail(context, POP_JUMP_IF_FALSE);
    if (size == 0 && node->rest == nullptr) {
        context.on_top--;
        op(POP_TOP);
        return {};
    }
    if (size > 0) TRY(test_length(size, CompareOperator::GtE, context));
    TRY(visit_mapping_keys(node));
    op(BUILD_TUPLE, size);
    op(MATCH_KEYS);
    context.on_top += 2;
    op(COPY, 1);
    TRY(load_constant(none()));
    op(IS_OP, 1);
    jump_to_fail(context, POP_JUMP_IF_FALSE);
    op(UNPACK_SEQUENCE, size);
    context.on_top += size - 1;
    for (ast::Pattern* pattern : node->patterns) {
        context.on_top--;
        TRY(visit_subpattern(pattern, context));
    }
    context.on_top -= 2;
    if (node->rest) return bind_mapping_rest(node->rest, size, context);
    op(POP_TOP);
    op(POP_TOP);
    return {};
}

Fallible<void> Codegen::check_class_attributes(ast::MatchClass* node) {
    for (uint32_t i = 0; i < node->kwd_attrs.size(); i++) {
        Identifier name = node->kwd_attrs[i];
        at(node->kwd_patterns[i]);
        TRY(refuse_debug(name, ExprContext::Store));
        for (uint32_t j = i + 1; j < node->kwd_attrs.size(); j++) {
            if (node->kwd_attrs[j] != name) continue;
            at(node->kwd_patterns[j]);
            return error("attribute name repeated in class pattern: %U", TRY(pool_.str_of(name)));
        }
    }
    return {};
}

Fallible<void> Codegen::visit_match_class(ast::MatchClass* node, PatternContext& context) {
    int positional = int(node->patterns.size()), named = int(node->kwd_attrs.size());
    if (node->kwd_attrs.size() != node->kwd_patterns.size())
        return error("kwd_attrs (%d) / kwd_patterns (%d) length mismatch in class pattern", named,
                     int(node->kwd_patterns.size()));
    if (named > 0) {
        TRY(check_class_attributes(node));
        at(node);
    }
    TRY(visit(node->cls));
    TRY(load_constant(TRY(names_tuple(node->kwd_attrs))));
    op(MATCH_CLASS, positional);
    op(COPY, 1);
    TRY(load_constant(none()));
    op(IS_OP, 1);
    context.on_top++;
    jump_to_fail(context, POP_JUMP_IF_FALSE);
    op(UNPACK_SEQUENCE, positional + named);
    context.on_top += positional + named - 1;
    for (int i = 0; i < positional + named; i++) {
        context.on_top--;
        ast::Pattern* pattern = i < positional ? node->patterns[size_t(i)] : node->kwd_patterns[size_t(i - positional)];
        if (is_wildcard(pattern)) {
            op(POP_TOP);
        } else {
            TRY(visit_subpattern(pattern, context));
        }
    }
    return {};
}

Fallible<void> Codegen::visit_match_as(ast::MatchAs* node, PatternContext& context) {
    if (node->pattern == nullptr) {
        if (!context.allow_irrefutable) {
            if (node->name == nullptr) return error("wildcard makes remaining patterns unreachable");
            return error("name capture %R makes remaining patterns unreachable",
                         static_cast<Object*>(TRY(pool_.str_of(node->name))));
        }
        return bind_capture(node->name, context);
    }
    context.on_top++;
    op(COPY, 1);
    TRY(visit_pattern(node->pattern, context));
    context.on_top--;
    return bind_capture(node->name, context);
}

// Brings an alternative's captures into the first alternative's order, on the stack and in the list.
Fallible<void> Codegen::align_stores(PatternContext& context, const ast::Buffer<Identifier>& control) {
    for (int wanted = int(control.size()) - 1; wanted >= 0; wanted--) {
        int found = index_of(context.stores, control[size_t(wanted)]);
        if (found < 0) return error("alternative patterns bind different names");
        if (found == wanted) continue;
        int moved = found + 1;
        std::rotate(context.stores.begin(), context.stores.begin() + moved, context.stores.begin() + wanted + 1);
        while (moved-- > 0)
            rotate(wanted + 1);
    }
    return {};
}

Fallible<void> Codegen::visit_match_or(ast::MatchOr* node, PatternContext& context) {
    Block* end = new_block();
    ast::Buffer<Identifier> control;
    for (uint32_t i = 0; i < node->patterns.size(); i++) {
        ast::Pattern* alternative = node->patterns[i];
        at(alternative);
        PatternContext inner;
        inner.allow_irrefutable = i + 1 == node->patterns.size() && context.allow_irrefutable;
        op(COPY, 1);
        TRY(visit_pattern(alternative, inner));
        if (i == 0) {
            control.append(inner.stores.data(), inner.stores.size());
        } else if (inner.stores.size() != control.size()) {
            return error("alternative patterns bind different names");
        } else {
            TRY(align_stores(inner, control));
        }
        jump(JUMP, end);
        emit_fail_pop(inner);
    }
    op(POP_TOP);
    jump_to_fail(context, JUMP);
    use_next(end);
    int rotations = int(control.size()) + 1 + context.on_top + int(context.stores.size());
    for (Identifier name : control) {
        rotate(rotations);
        if (index_of(context.stores, name) >= 0) return duplicate_capture(name);
        context.stores.push(name);
    }
    op(POP_TOP);
    return {};
}

}  // namespace py::compiler
