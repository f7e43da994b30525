// Reflection tables over ast.def.
#include "interp/parser/ast.h"

#include <cstddef>

namespace py::ast {
namespace {

// k<Name>Fields: one row a field, then a row without a name, so that a node without fields has a table too.
#define AST_BEGIN(type_, base, name_, python_name) \
    struct name_##Table {                          \
        using Struct = name_;                      \
        static constexpr FieldInfo kFields[] = {
#define AST_FIELD(type_, name_, cardinality_) \
    {#name_, FieldType::type_, Cardinality::cardinality_, offsetof(Struct, name_)},
#define AST_END(name_)                                                        \
    { nullptr, FieldType::Int, Cardinality::One, 0 }                          \
    }                                                                         \
    ;                                                                         \
    static constexpr uint8_t kCount = sizeof(kFields) / sizeof(*kFields) - 1; \
    }                                                                         \
    ;
#include "interp/parser/ast.def"

constexpr NodeInfo kNodes[] = {
#define AST_BEGIN(type_, base, name_, python_name)                            \
    {python_name,   FieldType::type_,      std::is_base_of_v<Located, name_>, \
     sizeof(name_), name_##Table::kFields, name_##Table::kCount},
#include "interp/parser/ast.def"
};

// Row names of an enum, cut from the text of its list.
struct EnumNames {
    char text[120];
    const char* names[16];
    uint8_t count;
};

EnumNames split_names(const char* list) {
    EnumNames result{};
    size_t out = 0;
    bool in_name = false;
    for (const char* p = list; *p != 0; p++) {
        bool separator = *p == ',' || *p == ' ';
        if (!separator && !in_name) result.names[result.count++] = reinterpret_cast<const char*>(out);
        if (separator && in_name) result.text[out++] = 0;
        if (!separator) result.text[out++] = *p;
        in_name = !separator;
    }
    return result;
}

// The split texts of one enum; the names point into the static copy.
template <class Enum>
const EnumNames& names_of(const char* list) {
    static EnumNames names = [list] { return split_names(list); }();
    static bool relocated = [] {
        for (uint8_t i = 0; i < names.count; i++)
            names.names[i] = names.text + reinterpret_cast<size_t>(names.names[i]);
        return true;
    }();
    (void)relocated;
    return names;
}

TypeInfo build_type(FieldType type) {
    switch (type) {
        case FieldType::Identifier: return {"identifier", false, false, false, nullptr, 0};
        case FieldType::String: return {"string", false, false, false, nullptr, 0};
        case FieldType::Int: return {"int", false, false, false, nullptr, 0};
        case FieldType::ConstantValue: return {"constant", false, false, false, nullptr, 0};
#define AST_ENUM(type_, python_name, ...)                                   \
    case FieldType::type_: {                                                \
        const EnumNames& names = names_of<type_>(#__VA_ARGS__);             \
        return {python_name, false, true, false, names.names, names.count}; \
    }
#include "interp/parser/ast.def"
#define Sum true
#define Product false
#define AST_TYPE(type_, python_name, base, shape) \
    case FieldType::type_:                        \
        return {python_name, shape, false, std::is_base_of_v<Located, type_>, nullptr, 0};
#include "interp/parser/ast.def"
#undef Sum
#undef Product
    }
    __builtin_unreachable();
}

constexpr size_t kTypeCount = static_cast<size_t>(FieldType::TypeIgnore) + 1;

}  // namespace

const NodeInfo& node_info(NodeKind kind) {
    return kNodes[static_cast<size_t>(kind)];
}

const TypeInfo& type_info(FieldType type) {
    struct Table {
        TypeInfo rows[kTypeCount];
    };
    static const Table table = [] {
        Table built{};
        for (size_t i = 0; i < kTypeCount; i++)
            built.rows[i] = build_type(static_cast<FieldType>(i));
        return built;
    }();
    return table.rows[static_cast<size_t>(type)];
}

#define AST_ENUM(type_, python_name, ...)                                      \
    const char* name_of(type_ value) {                                         \
        return type_info(FieldType::type_).values[static_cast<size_t>(value)]; \
    }
#include "interp/parser/ast.def"

}  // namespace py::ast
