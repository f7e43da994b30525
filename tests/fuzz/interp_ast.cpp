// Trees of `ast` objects that the input's bytes decide: mostly what the grammar allows, now and then anything at all.
#include <algorithm>
#include <vector>

#include "interp/compiler/compile.h"
#include "interp/modules/ast_nodes.h"
#include "interp/modules/marshal.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/python_runtime.h"

namespace py::fuzz {

namespace {

using ast::FieldInfo;
using ast::FieldType;
using ast::NodeKind;

constexpr int kDeepest = 12;  // of generated nodes; chains go deeper

class Gardener {
  public:
    Gardener(::fuzz::Input& input, AstClasses& classes) : input_(input), classes_(classes) {}
    Fallible<Ref<>> tree(FieldType type) { return node(type, 0); }

  private:
    Fallible<Ref<>> value(FieldType type, int depth);
    Fallible<Ref<>> field(const FieldInfo& info, int depth);
    Fallible<Ref<>> node(FieldType type, int depth);
    Fallible<Ref<>> node_of(NodeKind kind, int depth);
    Fallible<Ref<>> chain(Ref<> end);
    Fallible<void> set_places(Object* node);
    Fallible<Ref<>> anything(int depth);
    Fallible<Ref<>> constant(int depth);
    Ref<Str> identifier();
    NodeKind kind_of(FieldType type, bool leaf);

    ::fuzz::Input& input_;
    AstClasses& classes_;
    std::vector<Object*> open_;  // the nodes around; one of them as its own part makes a cycle
};

Ref<Str> Gardener::identifier() {
    static constexpr const char* names[] = {"a", "b", "c", "self", "__class__", "__debug__", "None", "True", "_", "__x",
                                            "\u00e9", "", "annotations", "super", "*", "a.b", "__future__", "print"};
    return MUST(str_from_utf8(names[input_.below(std::size(names))]));
}

Fallible<Ref<>> Gardener::constant(int depth) {
    switch (input_.below(16)) {
        case 0: return share(none());
        case 1: return share(py_true());
        case 2: return TRY(int_from(0));
        case 3: return TRY(int_from(int(input_.byte()) - 100));
        case 4: return TRY(float_from(double(input_.byte()) - 0.5));
        case 5: return TRY(float_from(-0.0));
        case 6: return TRY(bytes_from(input_.take(input_.below(8))));
        case 7: return share(ellipsis());
        case 8: return TRY(int_shift_left(TRY(int_from(1)).get(), ssize_t(input_.byte()) * 40));
        case 9:
        case 10: {
            Ref<Tuple> items = TRY(tuple_new(ssize_t(depth > kDeepest ? 0 : input_.below(4))));
            for (ssize_t i = 0; i < items->size; ++i) items->items[i] = TRY(constant(depth + 1)).release();
            return items;
        }
        case 11: return anything(depth + 1);
        case 12: return TRY(str_from_utf8("a long text with { braces } and % signs %s %r"));
        case 13: return TRY(str_from_utf8(""));
        default: return identifier();
    }
}

Fallible<Ref<>> Gardener::anything(int depth) {
    switch (input_.below(8)) {
        case 0: return share(none());
        case 1: return TRY(int_from(int(input_.byte()) - 128));
        case 2: return identifier();
        case 3: return TRY(list_new(0));
        case 4: return TRY(float_from(1.5));
        case 5: return open_.empty() ? share(none()) : share(open_[input_.below(open_.size())]);
        case 6: return classes_.of(FieldType::Expr) ? share<Object>(classes_.of(FieldType::Expr)) : share(none());
        default: return node_of(static_cast<NodeKind>(input_.below(AstClasses::kNodeCount)), depth + 1);
    }
}

// Kinds that need no further node, for where the tree must end.
NodeKind Gardener::kind_of(FieldType type, bool leaf) {
    if (leaf && type == FieldType::Stmt) return input_.byte() & 1 ? NodeKind::Break : NodeKind::Pass;
    if (leaf && type == FieldType::Expr) return input_.byte() & 1 ? NodeKind::Constant : NodeKind::Name;
    if (leaf && type == FieldType::Pattern) return NodeKind::MatchAs;
    NodeKind kinds[AstClasses::kNodeCount];
    size_t count = 0;
    for (size_t i = 0; i < AstClasses::kNodeCount; ++i)
        if (ast::node_info(static_cast<NodeKind>(i)).type == type) kinds[count++] = static_cast<NodeKind>(i);
    return kinds[input_.below(count)];
}

Fallible<void> Gardener::set_places(Object* node) {
    static constexpr const char* names[] = {"lineno", "col_offset", "end_lineno", "end_col_offset"};
    bool odd = input_.rarely(16);
    for (size_t i = 0; i < 4; ++i) {
        int place = odd ? int(input_.byte()) * (input_.rarely(8) ? 8388607 : 1) - 3 : i % 2 ? 0 : 1;
        TRY(set_attr(node, MUST(str_from_utf8(names[i])).get(), TRY(int_from(place)).get()));
    }
    return {};
}

Fallible<Ref<>> Gardener::node_of(NodeKind kind, int depth) {
    const ast::NodeInfo& info = ast::node_info(kind);
    Ref<> made = TRY(call(classes_.of(kind)));
    open_.push_back(made.get());
    for (size_t i = 0; i < info.field_count; ++i) {
        if (input_.rarely(64)) continue;  // a field that is not there
        Ref<> content = TRY(field(info.fields[i], depth + 1));
        TRY(set_attr(made.get(), MUST(str_from_utf8(info.fields[i].name)).get(), content.get()));
    }
    if (info.has_location) TRY(set_places(made.get()));
    open_.pop_back();
    return made;
}

// A tower of one kind of expression on `end`, high enough for what recurses to meet its limit.
Fallible<Ref<>> Gardener::chain(Ref<> end) {
    static constexpr NodeKind kinds[] = {NodeKind::UnaryOp, NodeKind::BinOp, NodeKind::Attribute, NodeKind::Await,
                                         NodeKind::Subscript, NodeKind::IfExp, NodeKind::Lambda, NodeKind::List,
                                         NodeKind::FormattedValue, NodeKind::Starred, NodeKind::NamedExpr};
    NodeKind kind = kinds[input_.below(std::size(kinds))];
    const ast::NodeInfo& info = ast::node_info(kind);
    std::vector<size_t> inner;  // fields that hold an expression; the tower is in one of them, so that it grows no faster than it is high
    for (size_t i = 0; i < info.field_count; ++i)
        if (info.fields[i].type == FieldType::Expr) inner.push_back(i);
    size_t height = input_.byte() * size_t(8), at = inner[input_.below(inner.size())];
    Ref<> leaf = TRY(node_of(NodeKind::Name, kDeepest + 1));
    for (size_t level = 0; level < height; ++level) {
        Ref<> around = TRY(call(classes_.of(kind)));
        for (size_t i = 0; i < info.field_count; ++i) {
            const FieldInfo& each = info.fields[i];
            Ref<> content;
            if (each.type != FieldType::Expr)
                content = TRY(field(each, kDeepest + 1));
            else
                content = i == at ? end : leaf;
            if (each.type == FieldType::Expr && each.cardinality == ast::Cardinality::Many) {
                Object* items[] = {content.get()};
                content = TRY(list_from_array(items, 1));
            }
            TRY(set_attr(around.get(), MUST(str_from_utf8(each.name)).get(), content.get()));
        }
        TRY(set_places(around.get()));
        end = std::move(around);
    }
    return end;
}

Fallible<Ref<>> Gardener::node(FieldType type, int depth) {
    Ref<> made = TRY(node_of(kind_of(type, depth > kDeepest || input_.at_end()), depth));
    if (type == FieldType::Expr && input_.rarely(128)) return chain(std::move(made));
    return made;
}

Fallible<Ref<>> Gardener::value(FieldType type, int depth) {
    if (input_.rarely(128)) return anything(depth);
    if (type == FieldType::Identifier) return identifier();
    if (type == FieldType::String) return identifier();
    if (type == FieldType::Int) return TRY(int_from(int(input_.byte()) - 1));
    if (type == FieldType::ConstantValue) return constant(depth);
    const ast::TypeInfo& info = ast::type_info(type);
    if (info.is_enum) return share(classes_.value(type, input_.below(info.value_count)));
    return node(type, depth);
}

Fallible<Ref<>> Gardener::field(const FieldInfo& info, int depth) {
    if (info.cardinality == ast::Cardinality::One) return value(info.type, depth);
    if (info.cardinality == ast::Cardinality::Optional)
        return input_.byte() & 1 ? value(info.type, depth) : share(none());
    Ref<List> items = TRY(list_new(0));
    size_t count = depth > kDeepest ? 1 : std::max<size_t>(input_.below(4), info.type == FieldType::Stmt);
    for (size_t i = 0; i < count; ++i) TRY(list_append(items.get(), TRY(value(info.type, depth)).get()));
    return items;
}

// Trees that pass the validation and are refused by the code generator, with SystemError as in CPython.
bool is_refused_tree() {
    if (!error_matches(exc::SystemError)) return false;
    Ref<BaseException> error = fetch_exception();
    Ref<Str> text = MUST(str(error.get()));
    std::string_view message = text->ascii ? text->ascii_view() : "";
    bool refused = message.starts_with("Unrecognized conversion character") || message.starts_with("invalid node type");
    if (!refused) restore_exception(std::move(error));
    return refused;
}

}  // namespace

Fallible<void> fuzz_ast_compile(std::string_view data) {
    ::fuzz::Input input(data);
    uint8_t choices = input.byte();
    CompileOptions options;
    options.mode = static_cast<CompileMode>(choices & 3);
    options.optimize = (choices >> 2) % 3;
    if (choices & 16) options.flags |= kAllowTopLevelAwait;
    if (choices & 32) options.flags |= kCoFutureAnnotations;
    AstClasses* classes = TRY(AstClasses::get());
    Ref<> tree = TRY(Gardener(input, *classes).tree(FieldType::Mod));
    Fallible<Ref<Code>> compiled = compile_ast_object(tree.get(), "fuzz"_name, options);
    if (!compiled.ok()) return is_refused_tree() ? Fallible<void>() : Fallible<void>(raised);
    Ref<Code> code = compiled.take();
    Ref<Bytes> written = TRY(marshal_write(code.get()));
    (void)MUST(marshal_read(written->view()));
    return {};
}

}  // namespace py::fuzz
