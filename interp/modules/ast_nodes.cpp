// ast.AST and the classes under it, made from ast.def through the reflection of interp/parser/ast.h.
#include "interp/modules/ast_nodes.h"

#include <cstring>
#include <new>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {

using ast::Cardinality;
using ast::FieldType;
using ast::NodeKind;

AstClasses* AstClasses::made_ = nullptr;

namespace {

Fallible<void> set_keyword(Object* self, Object* fields, ssize_t positional, Object* key, Object* value) {
    if (TRY(contains(fields, key)) && TRY(sequence_index(fields, key)) < positional)
        return raise(exc::TypeError, "%.400s got multiple values for argument '%U'", self->type->name, as_str(key));
    return set_attr(self, as_str(key), value);
}

// AST(*args, **kwargs)
int ast_init(Object* self, Object* args, Object* kwargs) {
    Ref<> fields = TRY(lookup_attr(self->type, "_fields"_name));
    ssize_t count = fields ? TRY(length(fields.get())) : 0;
    ssize_t given = as_tuple(args)->size;
    if (given > count)
        return raise(exc::TypeError, "%.400s constructor takes at most %zd positional argument%s", self->type->name,
                     count, count == 1 ? "" : "s");
    for (ssize_t i = 0; i < given; i++) {
        Ref<> name = TRY(sequence_item(fields.get(), i));
        if (!is_str(name.get())) return name_not_str(name.get());
        TRY(set_attr(self, as_str(name.get()), as_tuple(args)->items[i]));
    }
    if (kwargs == nullptr) return 0;
    ssize_t position = 0;
    Object *key, *value;
    while (dict_next(as_dict(kwargs), &position, &key, &value)) {
        if (fields)
            TRY(set_keyword(self, fields.get(), given, key, value));
        else
            TRY(set_attr(self, as_str(key), value));
    }
    return 0;
}

// AST.__reduce__()
Fallible<Ref<>> ast_reduce(Object* self) {
    Ref<Tuple> empty = tuple_empty();
    Ref<> dict = TRY(lookup_attr(self, "__dict__"_name));
    if (!dict) return TRY(tuple_pack(static_cast<Object*>(self->type), static_cast<Object*>(empty.get())));
    return TRY(tuple_pack(static_cast<Object*>(self->type), static_cast<Object*>(empty.get()), dict.get()));
}

MethodDef ast_methods[] = {METHOD_NOARGS("__reduce__", ast_reduce, "", ""), END_ROW};
GetSetDef ast_getset[] = {GETTER_SETTER("__dict__", generic_get_dict, generic_set_dict, nullptr), END_ROW};

// `expr? value`: a field as the abstract grammar writes it.
void append_constructor(StrBuilder& out, const ast::NodeInfo& info) {
    (void)out.append_ascii(info.name);
    if (info.field_count == 0) return;
    for (int i = 0; i < info.field_count; i++) {
        const ast::FieldInfo& field = info.fields[i];
        (void)out.append_ascii(i == 0 ? "(" : ", ");
        (void)out.append_ascii(ast::type_info(field.type).name);
        (void)out.append_ascii(field.cardinality == Cardinality::Many       ? "* "
                               : field.cardinality == Cardinality::Optional ? "? "
                                                                            : " ");
        (void)out.append_ascii(field.name);
    }
    (void)out.append_ascii(")");
}

Fallible<Ref<Str>> sum_doc(FieldType type) {
    const ast::TypeInfo& info = ast::type_info(type);
    StrBuilder out;
    TRY(out.append_ascii(info.name));
    TRY(out.append_ascii(" = "));
    if (info.is_enum) {
        for (int i = 0; i < info.value_count; i++) {
            if (i > 0) TRY(out.append_ascii(" | "));
            TRY(out.append_ascii(info.values[i]));
        }
        return out.finish();
    }
    bool first = true;
    for (size_t i = 0; i < AstClasses::kNodeCount; i++) {
        const ast::NodeInfo& node = ast::node_info(NodeKind(i));
        if (node.type != type) continue;
        if (!first) {
            TRY(out.append_ascii("\n"));
            for (size_t k = 0; k < strlen(info.name); k++)
                TRY(out.append_char(' '));
            TRY(out.append_ascii(" | "));
        }
        first = false;
        append_constructor(out, node);
    }
    return out.finish();
}

constexpr const char* kLocations[] = {"lineno", "col_offset", "end_lineno", "end_col_offset"};

Fallible<void> set_none(Type* type, const char* name) {
    return set_attr(type, interned(name), none());
}

// `_attributes` of a sum or product.
Fallible<void> add_locations(Type* type, FieldType node_type) {
    bool has_location = ast::type_info(node_type).has_location;
    Ref<Tuple> names = TRY(tuple_new(has_location ? 4 : 0));
    for (ssize_t i = 0; i < names->size; i++)
        names->items[i] = new_reference(static_cast<Object*>(interned(kLocations[i])));
    TRY(set_attr(type, "_attributes"_name, names.get()));
    if (!has_location || node_type == FieldType::Pattern) return {};  // a pattern's end must be given
    TRY(set_none(type, "end_lineno"));
    return set_none(type, "end_col_offset");
}

}  // namespace

Fallible<Type*> AstClasses::make_class(Type* base, const char* name, Ref<Tuple> fields, Ref<Str> doc) {
    Ref<Dict> dict = TRY(dict_new());
    TRY(dict_set(dict.get(), "_fields", fields.get()));
    TRY(dict_set(dict.get(), "__match_args__", fields.get()));
    TRY(dict_set(dict.get(), "__module__", "ast"_name));
    TRY(dict_set(dict.get(), "__doc__", doc.get()));
    Ref<Tuple> bases = TRY(tuple_pack(base));
    Ref<> made = TRY(call(&type_type, interned(name), bases.get(), dict.get()));
    return static_cast<Type*>(static_cast<VarObject*>(made.release()));
}

Fallible<void> AstClasses::make_sum(FieldType type) {
    const ast::TypeInfo& info = ast::type_info(type);
    Type* made = TRY(make_class(&ast_type, info.name, tuple_empty(), TRY(sum_doc(type))));
    sums_[size_t(type)] = made;
    return add_locations(made, type);
}

Fallible<void> AstClasses::make_node(NodeKind kind) {
    const ast::NodeInfo& info = ast::node_info(kind);
    const ast::TypeInfo& type = ast::type_info(info.type);
    Ref<Tuple> fields = TRY(tuple_new(info.field_count));
    for (int i = 0; i < info.field_count; i++)
        fields->items[i] = new_reference(static_cast<Object*>(interned(info.fields[i].name)));
    StrBuilder doc;
    append_constructor(doc, info);
    Type* base = type.is_sum ? sums_[size_t(info.type)] : &ast_type;
    Type* made = TRY(make_class(base, info.name, std::move(fields), TRY(doc.finish())));
    nodes_[size_t(kind)] = made;
    if (!type.is_sum) {
        sums_[size_t(info.type)] = made;
        TRY(add_locations(made, info.type));
    }
    for (int i = 0; i < info.field_count; i++)
        if (info.fields[i].cardinality == Cardinality::Optional) TRY(set_none(made, info.fields[i].name));
    return {};
}

Fallible<void> AstClasses::make_values(FieldType type) {
    const ast::TypeInfo& info = ast::type_info(type);
    for (int i = 0; i < info.value_count; i++) {
        Type* made =
            TRY(make_class(sums_[size_t(type)], info.values[i], tuple_empty(), TRY(str_from_ascii(info.values[i]))));
        values_[size_t(type)][i] = made;
        singletons_[size_t(type)][i] = TRY(call(made))
        .release();
    }
    return {};
}

Fallible<void> AstClasses::make() {
    TRY(type_ready(&ast_type));
    ast_type.flags &= ~type_flag::kImmutable;
    Ref<Tuple> nothing = tuple_empty();
    for (Str* name : {"_fields"_name, "__match_args__"_name, "_attributes"_name})
        TRY(set_attr(&ast_type, name, nothing.get()));
    for (size_t i = 0; i < kTypeCount; i++) {
        const ast::TypeInfo& info = ast::type_info(FieldType(i));
        if (info.is_sum || info.is_enum) TRY(make_sum(FieldType(i)));
        if (info.is_enum) TRY(make_values(FieldType(i)));
    }
    for (size_t i = 0; i < kNodeCount; i++)
        TRY(make_node(NodeKind(i)));
    return {};
}

Fallible<AstClasses*> AstClasses::get() {
    if (made_ != nullptr) return made_;
    auto* classes = new (std::nothrow) AstClasses;
    if (!classes) return raise_memory_error();
    // A failure is a MemoryError at start-up; what was made until then stays with the process.
    TRY(classes->make());
    return made_ = classes;
}

Fallible<void> AstClasses::add_to(Dict* dict) const {
    auto add = [dict](Type* type) { return dict_set(dict, type->name, type); };
    TRY(dict_set(dict, "AST", &ast_type));
    for (size_t i = 0; i < kTypeCount; i++) {
        const ast::TypeInfo& info = ast::type_info(FieldType(i));
        if (info.is_sum || info.is_enum) TRY(add(sums_[i]));
        for (int k = 0; info.is_enum && k < info.value_count; k++)
            TRY(add(values_[i][k]));
        for (size_t n = 0; n < kNodeCount; n++)
            if (ast::node_info(NodeKind(n)).type == FieldType(i)) TRY(add(nodes_[n]));
    }
    return {};
}

constinit Type ast_type = static_type({
    .name = "ast.AST",
    .basic_size = sizeof(AstObject),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .dealloc = dealloc_members<&AstObject::dict>,
    .traverse = traverse_members<&AstObject::dict>,
    .clear = clear_members<&AstObject::dict>,
    .getattro = generic_getattro_slot,
    .setattro = generic_setattro_slot,
    .methods = ast_methods,
    .getset = ast_getset,
    .dict_offset = offsetof(AstObject, dict),
    .init = ast_init,
    .new_ = generic_new,
    .alloc = generic_alloc,
    .free = gc_object_free_slot,
});

}  // namespace py
