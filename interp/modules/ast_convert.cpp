// Trees to node objects and back, driven by the fields of ast.def.
#include "interp/compiler/fold.h"
#include "interp/modules/ast_nodes.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/memory_limit.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/runtime/thread.h"

namespace py {

using ast::Cardinality;
using ast::FieldInfo;
using ast::FieldType;
using ast::NodeKind;

namespace {

constexpr int kDepthPerCall = 3;  // levels of a tree for one of the recursion limit, as in the compiler

class ToObject {
  public:
    ToObject(AstClasses& classes, Str* filename) : classes_(classes), filename_(filename) {
        depth_left_ = Thread::current()->recursion_remaining * kDepthPerCall;
    }
    Fallible<Ref<>> node(ast::Node* node);

  private:
    Fallible<Ref<>> field(ast::Node* node, const FieldInfo& info);
    Fallible<Ref<>> list(ast::Node* node, const FieldInfo& info);
    Fallible<Ref<>> text(ast::Identifier name) {
        if (name == nullptr) return share(none());
        return share<Object>(TRY(pool_.str_of(name)));
    }
    Fallible<Ref<>> optional_node(ast::Node* child) { return child ? node(child) : Fallible<Ref<>>(share(none())); }

    AstClasses& classes_;
    Str* filename_;
    compiler::ObjectPool pool_;
    int depth_left_;
};

// Is the field stored as a pointer to a node?
bool holds_node(FieldType type) {
    return size_t(type) > size_t(FieldType::ConstantValue) && !ast::type_info(type).is_enum;
}

Fallible<Ref<>> ToObject::list(ast::Node* node, const FieldInfo& info) {
    Ref<List> result = TRY(list_new(0));
    if (holds_node(info.type)) {
        for (ast::Node* child : ast::field_at<ast::Seq<ast::Node*>>(node, info))
            TRY(list_append_steal(result.get(), TRY(optional_node(child))));
    } else if (ast::type_info(info.type).is_enum) {
        const auto& values = ast::field_at<ast::Seq<uint8_t>>(node, info);
        for (uint8_t value : values)
            TRY(list_append(result.get(), classes_.value(info.type, value)));
    } else {
        for (ast::Identifier name : ast::field_at<ast::Seq<ast::Identifier>>(node, info))
            TRY(list_append_steal(result.get(), TRY(text(name))));
    }
    return result;
}

Fallible<Ref<>> ToObject::field(ast::Node* node, const FieldInfo& info) {
    if (info.cardinality == Cardinality::Many) return list(node, info);
    switch (info.type) {
        case FieldType::Identifier:
        case FieldType::String: return text(ast::field_at<ast::Identifier>(node, info));
        case FieldType::Int: return TRY(int_from(ast::field_at<int>(node, info)));
        case FieldType::ConstantValue: {
            auto& value = ast::field_at<ast::ConstantValue>(node, info);
            return share(TRY(compiler::literal_object(value, static_cast<ast::Located*>(node), pool_, filename_)));
        }
        default: break;
    }
    if (ast::type_info(info.type).is_enum) return share(classes_.value(info.type, ast::field_at<uint8_t>(node, info)));
    return optional_node(ast::field_at<ast::Node*>(node, info));
}

Fallible<Ref<>> ToObject::node(ast::Node* node) {
    if (--depth_left_ < 0 || stack_is_low())
        return raise(exc::RecursionError, "maximum recursion depth exceeded during ast construction");
    const ast::NodeInfo& info = ast::node_info(node->node_kind);
    Ref<> object = TRY(Fallible<Ref<>>::from_slot(generic_alloc(classes_.of(node->node_kind), 0)));
    for (int i = 0; i < info.field_count; i++)
        TRY(set_attr(object.get(), interned(info.fields[i].name), TRY(field(node, info.fields[i])).get()));
    if (info.has_location) {
        auto* located = static_cast<ast::Located*>(node);
        TRY(set_attr(object.get(), "lineno"_name, TRY(int_from(located->lineno)).get()));
        TRY(set_attr(object.get(), "col_offset"_name, TRY(int_from(located->col_offset)).get()));
        TRY(set_attr(object.get(), "end_lineno"_name, TRY(int_from(located->end_lineno)).get()));
        TRY(set_attr(object.get(), "end_col_offset"_name, TRY(int_from(located->end_col_offset)).get()));
    }
    depth_left_++;
    return object;
}

class FromObject {
  public:
    FromObject(AstClasses& classes, ast::Arena& arena, compiler::ObjectPool& pool)
        : classes_(classes), arena_(arena), pool_(pool) {}
    // Null for None where the type is a sum.
    Fallible<ast::Node*> node(Object* object, FieldType type);

  private:
    Fallible<NodeKind> kind_of(Object* object, FieldType type);
    Fallible<void> location(Object* object, ast::Located* node, const ast::TypeInfo& type);
    // False: None, where the field must have a value; that is told when all fields have been looked at.
    Fallible<bool> field(Object* object, ast::Node* node, const ast::NodeInfo& owner, const FieldInfo& info);
    Fallible<void> list(Object* value, ast::Node* node, const ast::NodeInfo& owner, const FieldInfo& info);
    Fallible<uint8_t> enum_value(Object* object, FieldType type);
    Fallible<ast::Identifier> identifier(Object* object);
    Fallible<ast::Identifier> string(Object* object);
    Fallible<int> number(Object* object);
    Fallible<ast::Identifier> interned_text(Object* text);

    AstClasses& classes_;
    ast::Arena& arena_;
    compiler::ObjectPool& pool_;
};

Fallible<ast::Identifier> FromObject::interned_text(Object* text) {
    Ref<Bytes> utf8 = TRY(str_encode(as_str(text), "utf-8", "surrogatepass"));
    return arena_.intern(utf8->view());
}

Fallible<ast::Identifier> FromObject::identifier(Object* object) {
    if (is_none(object)) return static_cast<ast::Identifier>(nullptr);
    if (!is_str_exact(object)) return raise(exc::TypeError, "AST identifier must be of type str");
    return interned_text(object);
}

Fallible<ast::Identifier> FromObject::string(Object* object) {
    if (is_bytes_exact(object)) return arena_.intern(as_bytes(object)->view());
    if (!is_str_exact(object)) return raise(exc::TypeError, "AST string must be of type str");
    return interned_text(object);
}

Fallible<int> FromObject::number(Object* object) {
    if (!is_int(object)) return raise(exc::ValueError, "invalid integer value: %R", object);
    return as_c_int(object);
}

Fallible<uint8_t> FromObject::enum_value(Object* object, FieldType type) {
    const ast::TypeInfo& info = ast::type_info(type);
    for (uint8_t i = 0; i < info.value_count; i++)
        if (object->type == classes_.value_class(type, i)) return i;
    for (uint8_t i = 0; i < info.value_count; i++)
        if (TRY(is_instance(object, classes_.value_class(type, i)))) return i;
    return raise(exc::TypeError, "expected some sort of %s, but got %R", info.name, object);
}

Fallible<NodeKind> FromObject::kind_of(Object* object, FieldType type) {
    for (size_t i = 0; i < AstClasses::kNodeCount; i++)
        if (ast::node_info(NodeKind(i)).type == type && object->type == classes_.of(NodeKind(i))) return NodeKind(i);
    const ast::TypeInfo& info = ast::type_info(type);
    for (size_t i = 0; i < AstClasses::kNodeCount; i++) {
        if (ast::node_info(NodeKind(i)).type != type) continue;
        if (!info.is_sum || TRY(is_instance(object, classes_.of(NodeKind(i))))) return NodeKind(i);
    }
    return raise(exc::TypeError, "expected some sort of %s, but got %R", info.name, object);
}

Fallible<void> FromObject::location(Object* object, ast::Located* node, const ast::TypeInfo& type) {
    auto required = [&](Str* name, int* out) -> Fallible<void> {
        Ref<> value = TRY(lookup_attr(object, name));
        if (!value) return raise(exc::TypeError, "required field \"%U\" missing from %s", name, type.name);
        *out = TRY(number(value.get()));
        return {};
    };
    auto optional = [&](Str* name, int* out, int otherwise) -> Fallible<void> {
        Ref<> value = TRY(lookup_attr(object, name));
        *out = !value || is_none(value.get()) ? otherwise : TRY(number(value.get()));
        return {};
    };
    TRY(required("lineno"_name, &node->lineno));
    TRY(required("col_offset"_name, &node->col_offset));
    if (&type == &ast::type_info(FieldType::Pattern)) {
        TRY(required("end_lineno"_name, &node->end_lineno));
        return required("end_col_offset"_name, &node->end_col_offset);
    }
    TRY(optional("end_lineno"_name, &node->end_lineno, node->lineno));
    return optional("end_col_offset"_name, &node->end_col_offset, node->col_offset);
}

Fallible<void> FromObject::list(Object* value, ast::Node* node, const ast::NodeInfo& owner, const FieldInfo& info) {
    if (!is_list(value))
        return raise(exc::TypeError, "%s field \"%s\" must be a list, not a %.200s", owner.name, info.name,
                     type_short_name(value->type));
    ssize_t count = as_list(value)->size;
    auto each = [&](auto convert) -> Fallible<void> {
        for (ssize_t i = 0; i < count; i++) {
            TRY(convert(share(as_list(value)->items[i]).get(), size_t(i)));
            if (as_list(value)->size != count)
                return raise(exc::RuntimeError, "%s field \"%s\" changed size during iteration", owner.name, info.name);
        }
        return {};
    };
    if (holds_node(info.type)) {
        auto items = arena_.make_seq<ast::Node*>(size_t(count));
        ast::field_at<ast::Seq<ast::Node*>>(node, info) = items;
        return each([&](Object* item, size_t i) -> Fallible<void> {
            items[i] = TRY(this->node(item, info.type));
            return {};
        });
    }
    if (ast::type_info(info.type).is_enum) {
        auto items = arena_.make_seq<uint8_t>(size_t(count));
        ast::field_at<ast::Seq<uint8_t>>(node, info) = items;
        return each([&](Object* item, size_t i) -> Fallible<void> {
            items[i] = TRY(enum_value(item, info.type));
            return {};
        });
    }
    auto items = arena_.make_seq<ast::Identifier>(size_t(count));
    ast::field_at<ast::Seq<ast::Identifier>>(node, info) = items;
    return each([&](Object* item, size_t i) -> Fallible<void> {
        items[i] = TRY(identifier(item));
        return {};
    });
}

Fallible<bool> FromObject::field(Object* object, ast::Node* node, const ast::NodeInfo& owner, const FieldInfo& info) {
    Ref<> value = TRY(lookup_attr(object, interned(info.name)));
    bool is_optional = info.cardinality == Cardinality::Optional;
    if (!value && !is_optional)
        return raise(exc::TypeError, "required field \"%s\" missing from %s", info.name, owner.name);
    if (!value || (is_optional && is_none(value.get()))) return true;
    if (info.cardinality == Cardinality::Many) {
        TRY(list(value.get(), node, owner, info));
        return true;
    }
    bool is_missing = false;
    switch (info.type) {
        case FieldType::Identifier:
            is_missing = (ast::field_at<ast::Identifier>(node, info) = TRY(identifier(value.get()))) == nullptr;
            break;
        case FieldType::String:
            is_missing = (ast::field_at<ast::Identifier>(node, info) = TRY(string(value.get()))) == nullptr;
            break;
        case FieldType::Int: ast::field_at<int>(node, info) = TRY(number(value.get())); break;
        case FieldType::ConstantValue: {
            auto& constant = ast::field_at<ast::ConstantValue>(node, info);
            constant.kind = ast::ConstantKind::Object;
            constant.object = pool_.keep(std::move(value));
            break;
        }
        default:
            if (ast::type_info(info.type).is_enum) {
                ast::field_at<uint8_t>(node, info) = TRY(enum_value(value.get(), info.type));
            } else {
                is_missing =
                    (ast::field_at<ast::Node*>(node, info) = TRY(this->node(value.get(), info.type))) == nullptr;
            }
    }
    return !is_missing || is_optional;
}

Fallible<ast::Node*> FromObject::node(Object* object, FieldType type) {
    const ast::TypeInfo& sum = ast::type_info(type);
    if (sum.is_sum && is_none(object)) return static_cast<ast::Node*>(nullptr);
    ast::Located place;
    // The place is asked for before the class, as the order of errors shows.
    if (sum.has_location && sum.is_sum) TRY(location(object, &place, sum));
    NodeKind kind = TRY(kind_of(object, type));
    const ast::NodeInfo& info = ast::node_info(kind);
    char where[64];
    snprintf(where, sizeof where, " while traversing '%s' node", sum.is_sum ? sum.name : info.name);
    RecursionGuard guard(where);
    if (!guard.ok()) return raised;
    auto* node = static_cast<ast::Node*>(arena_.allocate(info.size));
    __builtin_memset(static_cast<void*>(node), 0, info.size);
    node->node_kind = kind;
    const char* missing = nullptr;
    for (int i = 0; i < info.field_count; i++)
        if (!TRY(field(object, node, info, info.fields[i])) && !missing) missing = info.fields[i].name;
    if (info.has_location) {
        if (!sum.is_sum) TRY(location(object, &place, sum));
        place.node_kind = kind;
        *static_cast<ast::Located*>(node) = place;
    }
    if (missing) return raise(exc::ValueError, "field '%s' is required for %s", missing, info.name);
    return node;
}

}  // namespace

Fallible<Ref<>> ast_to_object(ast::Mod* tree, Str* filename) {
    AstClasses* classes = TRY(AstClasses::get());
    return or_memory_error([&] { return ToObject(*classes, filename).node(tree); });
}

Fallible<ast::Mod*> ast_from_object(Object* root, FieldType type, ast::Arena& arena, compiler::ObjectPool& pool) {
    AstClasses* classes = TRY(AstClasses::get());
    return or_memory_error([&]() -> Fallible<ast::Mod*> {
        return static_cast<ast::Mod*>(TRY(FromObject(*classes, arena, pool).node(root, type)));
    });
}

}  // namespace py
