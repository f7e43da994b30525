// Atoms: literals, groups, displays and comprehensions ("Atoms" in the language reference).
// Each bracket has a quick form for the first pass and, for the second, its alternatives one by one in the grammar's
// order.
#include <cstdlib>
#include <cstring>

#include "interp/parser/grammar.h"

namespace py::parser {

// atom: NAME | 'True' | 'False' | 'None' | strings | NUMBER | (tuple | group | genexp) | (list | listcomp)
//     | (dict | set | dictcomp | setcomp) | '...'
Expr* Parser::atom() {
    const Token& t = token();
    switch (t.kind) {
        case Kind::Name: {
            Expr* name = make_name(t);
            mark_++;
            return name;
        }
        case Kind::True: return mark_++, make_constant(range_of(previous()), ConstantKind::True);
        case Kind::False: return mark_++, make_constant(range_of(previous()), ConstantKind::False);
        case Kind::None: return mark_++, make_constant(range_of(previous()), ConstantKind::None);
        case Kind::Ellipsis: return mark_++, make_constant(range_of(previous()), ConstantKind::Ellipsis);
        case Kind::Number: return number();
        case Kind::String: return strings();
        case Kind::LeftParen: return parenthesised();
        case Kind::LeftBracket: return bracketed();
        case Kind::LeftBrace: return braced();
        default: return nullptr;
    }
}

Expr* Parser::number() {
    const Token& t = token();
    std::string_view text = t.text();
    if (text.find('_') != text.npos) {
        if (!version(6, "Underscores in numeric literals are")) return nullptr;
        char* clean = static_cast<char*>(arena_.allocate(text.size() + 1));
        size_t length = 0;
        for (char c : text)
            if (c != '_') clean[length++] = c;
        clean[length] = 0;
        text = {clean, length};
    } else {
        text = arena_.copy(text);
    }
    mark_++;
    Constant* node = make_constant(range_of(previous()), ConstantKind::Int);
    ConstantValue& value = node->value;
    char last = text.back();
    char second = text.size() > 1 ? static_cast<char>(text[1] | 0x20) : '\0';
    if (text[0] == '0' && (second == 'x' || second == 'o' || second == 'b')) {
        value.base = second == 'x' ? 16 : second == 'o' ? 8 : 2;
        value.text = text.substr(2);
    } else if (last == 'j' || last == 'J') {
        value.kind = ConstantKind::Imaginary;
        value.number = std::strtod(text.data(), nullptr);
    } else if (text.find_first_of(".eE") != text.npos) {
        value.kind = ConstantKind::Float;
        value.number = std::strtod(text.data(), nullptr);
    } else {
        size_t limit = size_t(options_.max_int_digits);
        if (limit && text.size() > limit && text[0] != '0') {
            Range place = range_of(node);
            place.col_offset = place.end_col_offset = -1;
            return raise_at(place,
                            "Exceeds the limit (%zu digits) for integer string conversion: value has %zu digits; use "
                            "sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals to "
                            "avoid decimal conversion limits.",
                            limit, text.size());
        }
        value.text = text;
    }
    return node;
}

template <class T>
Expr* Parser::comprehension(uint32_t start, Expr* element, Seq<Comprehension*> generators) {
    auto* node = make_node<T>(arena_, since(start));
    node->elt = element;
    node->generators = generators;
    return node;
}

// At '('.
Expr* Parser::parenthesised() {
    Level level(*this);
    if (level.too_deep()) return nullptr;
    uint32_t start = mark_;
    if (diagnose()) {
        for (auto rule : {&Parser::tuple, &Parser::group, &Parser::genexp}) {
            mark_ = start;
            Expr* node = (this->*rule)();
            if (node != nullptr || failed_) return failed_ ? nullptr : node;
        }
        return nullptr;
    }
    mark_++;
    Buffer<Expr*> elements;
    if (accept(Kind::RightParen)) return make_tuple(start, elements);
    Expr* first = at(Kind::Yield) ? yield_expr() : star_named_expression();
    if (first == nullptr) return nullptr;
    bool plain = !is<Starred>(first);
    if (plain && accept(Kind::RightParen)) return first;
    if (at(Kind::Comma) && tokens_[start + 1].kind != Kind::Yield) {
        mark_++;
        elements.push(first);
        star_named_expressions(elements);
        if (!accept(Kind::RightParen)) return nullptr;
        return make_tuple(start, elements);
    }
    Seq<Comprehension*> generators;
    if (!plain || tokens_[start + 1].kind == Kind::Yield || !for_if_clauses(generators) || !accept(Kind::RightParen))
        return nullptr;
    return comprehension<GeneratorExp>(start, first, generators);
}

// tuple: '(' [star_named_expression ',' [star_named_expressions]] ')'
Expr* Parser::tuple() {
    uint32_t start = mark_;
    if (!accept(Kind::LeftParen)) return nullptr;
    Buffer<Expr*> elements;
    uint32_t inside = mark_;
    Expr* first = star_named_expression();
    if (failed_) return nullptr;
    if (first != nullptr && accept(Kind::Comma)) {
        elements.push(first);
        star_named_expressions(elements);
    } else {
        mark_ = inside;
    }
    return accept(Kind::RightParen) ? make_tuple(start, elements) : nullptr;
}

// group: '(' (yield_expr | named_expression) ')' | invalid_group
Expr* Parser::group() {
    uint32_t start = mark_;
    if (!accept(Kind::LeftParen)) return nullptr;
    Expr* inner = at(Kind::Yield) ? yield_expr() : named_expression();
    if (inner != nullptr && accept(Kind::RightParen)) return inner;
    if (failed_) return nullptr;
    mark_ = start;
    raises(&Parser::invalid_group);
    return nullptr;
}

// genexp: '(' (assignment_expression | expression !':=') for_if_clauses ')' | invalid_comprehension
Expr* Parser::genexp() {
    uint32_t start = mark_;
    if (!accept(Kind::LeftParen)) return nullptr;
    Expr* element = plain_argument();
    Seq<Comprehension*> generators;
    if (element != nullptr && for_if_clauses(generators) && accept(Kind::RightParen))
        return comprehension<GeneratorExp>(start, element, generators);
    if (failed_) return nullptr;
    mark_ = start;
    raises(&Parser::invalid_comprehension);
    return nullptr;
}

// At '['.
Expr* Parser::bracketed() {
    Level level(*this);
    if (level.too_deep()) return nullptr;
    uint32_t start = mark_;
    if (diagnose()) {
        if (Expr* node = list()) return node;
        if (failed_) return nullptr;
        mark_ = start;
        return listcomp();
    }
    mark_++;
    Buffer<Expr*> elements;
    if (!at(Kind::RightBracket)) {
        Expr* first = star_named_expression();
        if (first == nullptr) return nullptr;
        if (at(Kind::For) || at(Kind::Async)) {
            Seq<Comprehension*> generators;
            if (is<Starred>(first) || !for_if_clauses(generators) || !accept(Kind::RightBracket)) return nullptr;
            return comprehension<ListComp>(start, first, generators);
        }
        elements.push(first);
        if (accept(Kind::Comma)) star_named_expressions(elements);
    }
    if (!accept(Kind::RightBracket)) return nullptr;
    auto* node = make_node<List>(arena_, since(start));
    node->elts = elements.to_seq(arena_);
    return node;
}

// list: '[' [star_named_expressions] ']'
Expr* Parser::list() {
    uint32_t start = mark_;
    if (!accept(Kind::LeftBracket)) return nullptr;
    Buffer<Expr*> elements;
    star_named_expressions(elements);
    if (failed_ || !accept(Kind::RightBracket)) return nullptr;
    auto* node = make_node<List>(arena_, since(start));
    node->elts = elements.to_seq(arena_);
    return node;
}

// listcomp: '[' named_expression for_if_clauses ']' | invalid_comprehension
Expr* Parser::listcomp() {
    uint32_t start = mark_;
    if (!accept(Kind::LeftBracket)) return nullptr;
    Expr* element = named_expression();
    Seq<Comprehension*> generators;
    if (element != nullptr && for_if_clauses(generators) && accept(Kind::RightBracket))
        return comprehension<ListComp>(start, element, generators);
    if (failed_) return nullptr;
    mark_ = start;
    raises(&Parser::invalid_comprehension);
    return nullptr;
}

Expr* Parser::make_dict(uint32_t start, Buffer<Expr*>& keys, Buffer<Expr*>& values) {
    auto* node = make_node<Dict>(arena_, since(start));
    node->keys = keys.to_seq(arena_);
    node->values = values.to_seq(arena_);
    return node;
}

// At '{'.
Expr* Parser::braced() {
    Level level(*this);
    if (level.too_deep()) return nullptr;
    uint32_t start = mark_;
    if (diagnose()) {
        for (auto rule : {&Parser::dict, &Parser::set, &Parser::dictcomp, &Parser::setcomp}) {
            mark_ = start;
            Expr* node = (this->*rule)();
            if (node != nullptr || failed_) return failed_ ? nullptr : node;
        }
        return nullptr;
    }
    Expr* node = quick_braced();
    if (node == nullptr && !failed_) broken_dict(start);
    return node;
}

// The first pass's form of braced().
Expr* Parser::quick_braced() {
    uint32_t start = mark_++;
    Buffer<Expr*> keys, values;
    if (accept(Kind::RightBrace)) return make_dict(start, keys, values);
    Expr* key = nullptr;
    if (!at(Kind::DoubleStar)) {
        key = star_named_expression();
        if (key == nullptr) return nullptr;
        if (!at(Kind::Colon)) {
            Seq<Comprehension*> generators;
            if (at(Kind::For) || at(Kind::Async)) {
                if (is<Starred>(key) || !for_if_clauses(generators) || !accept(Kind::RightBrace)) return nullptr;
                return comprehension<SetComp>(start, key, generators);
            }
            keys.push(key);
            if (accept(Kind::Comma)) star_named_expressions(keys);
            if (!accept(Kind::RightBrace)) return nullptr;
            auto* node = make_node<Set>(arena_, since(start));
            node->elts = keys.to_seq(arena_);
            return node;
        }
        if (is<Starred>(key) || (is<NamedExpr>(key) && tokens_[start + 1].kind != Kind::LeftParen)) return nullptr;
    }
    for (;;) {
        Expr* value = nullptr;
        bool starred = at(Kind::DoubleStar);
        if (keys.empty() && !starred) {
            mark_++;
            value = expression();
            if (value == nullptr) return nullptr;
        } else if (!double_starred_kvpair(key, value)) {
            return nullptr;
        }
        keys.push(key);
        values.push(value);
        if (keys.size() == 1 && !starred && (at(Kind::For) || at(Kind::Async))) {
            Seq<Comprehension*> generators;
            if (!for_if_clauses(generators) || !accept(Kind::RightBrace)) return nullptr;
            auto* node = make_node<DictComp>(arena_, since(start));
            node->key = key;
            node->value = value;
            node->generators = generators;
            return node;
        }
        if (!accept(Kind::Comma)) break;
        if (at(Kind::RightBrace)) break;
    }
    return !failed_ && accept(Kind::RightBrace) ? make_dict(start, keys, values) : nullptr;
}

// dict: '{' [','.double_starred_kvpair+ [',']] '}' | '{' invalid_double_starred_kvpairs '}'
Expr* Parser::dict() {
    uint32_t start = mark_;
    if (!accept(Kind::LeftBrace)) return nullptr;
    Buffer<Expr*> keys, values;
    for (;;) {
        uint32_t before = mark_;
        Expr *key = nullptr, *value = nullptr;
        if (!double_starred_kvpair(key, value)) {
            if (failed_) return nullptr;
            mark_ = before;
            break;
        }
        keys.push(key);
        values.push(value);
        if (!accept(Kind::Comma)) break;
    }
    if (accept(Kind::RightBrace)) return make_dict(start, keys, values);
    if (!failed_) broken_dict(start);
    return nullptr;
}

// The error rule of dict has no guard in the grammar: it runs in the first pass as well, and within
// expression_without_invalid. From then on results are remembered, or nested braces would take exponential time.
void Parser::broken_dict(uint32_t start) {
    remembering_ = true;
    mark_ = start + 1;
    invalid_double_starred_kvpairs();
    mark_ = start;
}

// set: '{' star_named_expressions '}'
Expr* Parser::set() {
    uint32_t start = mark_;
    if (!accept(Kind::LeftBrace)) return nullptr;
    Buffer<Expr*> elements;
    if (!star_named_expressions(elements) || failed_ || !accept(Kind::RightBrace)) return nullptr;
    auto* node = make_node<Set>(arena_, since(start));
    node->elts = elements.to_seq(arena_);
    return node;
}

// dictcomp: '{' kvpair for_if_clauses '}' | invalid_dict_comprehension
Expr* Parser::dictcomp() {
    uint32_t start = mark_;
    if (!accept(Kind::LeftBrace)) return nullptr;
    Expr *key = nullptr, *value = nullptr;
    Seq<Comprehension*> generators;
    if (kvpair(key, value) && for_if_clauses(generators) && accept(Kind::RightBrace)) {
        auto* node = make_node<DictComp>(arena_, since(start));
        node->key = key;
        node->value = value;
        node->generators = generators;
        return node;
    }
    if (failed_) return nullptr;
    mark_ = start;
    raises(&Parser::invalid_dict_comprehension);
    return nullptr;
}

// setcomp: '{' named_expression for_if_clauses '}' | invalid_comprehension
Expr* Parser::setcomp() {
    uint32_t start = mark_;
    if (!accept(Kind::LeftBrace)) return nullptr;
    Expr* element = named_expression();
    Seq<Comprehension*> generators;
    if (element != nullptr && for_if_clauses(generators) && accept(Kind::RightBrace))
        return comprehension<SetComp>(start, element, generators);
    if (failed_) return nullptr;
    mark_ = start;
    raises(&Parser::invalid_comprehension);
    return nullptr;
}

// double_starred_kvpair: '**' bitwise_or | kvpair
bool Parser::double_starred_kvpair(Expr*& key, Expr*& value) {
    if (!at(Kind::DoubleStar)) return kvpair(key, value);
    mark_++;
    key = nullptr;
    value = bitwise_or();
    return value != nullptr;
}

// kvpair: expression ':' expression
bool Parser::kvpair(Expr*& key, Expr*& value) {
    key = expression();
    if (key == nullptr || !accept(Kind::Colon)) return false;
    value = expression();
    return value != nullptr;
}

// for_if_clauses: for_if_clause+
bool Parser::for_if_clauses(Seq<Comprehension*>& out) {
    Buffer<Comprehension*> clauses;
    for (;;) {
        uint32_t before = mark_;
        Comprehension* clause = for_if_clause();
        if (failed_) return false;
        if (clause == nullptr) {
            mark_ = before;
            break;
        }
        clauses.push(clause);
    }
    out = clauses.to_seq(arena_);
    return !clauses.empty();
}

// for_if_clause: [ASYNC] 'for' star_targets 'in' ~ disjunction ('if' disjunction)* | invalid_for_target
Comprehension* Parser::for_if_clause() {
    uint32_t start = mark_;
    bool is_async = accept(Kind::Async);
    if (accept(Kind::For)) {
        Expr* target = star_targets();
        if (failed_) return nullptr;
        if (target != nullptr && accept(Kind::In)) {
            Expr* iter = disjunction();
            if (iter == nullptr) return nullptr;
            Buffer<Expr*> conditions;
            while (at(Kind::If)) {
                uint32_t before = mark_;
                mark_++;
                Expr* condition = disjunction();
                if (failed_) return nullptr;
                if (condition == nullptr) {
                    mark_ = before;
                    break;
                }
                conditions.push(condition);
            }
            if (is_async && !version(6, "Async comprehensions are")) return nullptr;
            auto* clause = make_node<Comprehension>(arena_);
            clause->target = target;
            clause->iter = iter;
            clause->ifs = conditions.to_seq(arena_);
            clause->is_async = is_async;
            return clause;
        }
    }
    mark_ = start;
    raises(&Parser::invalid_for_target);
    return nullptr;
}

}  // namespace py::parser
