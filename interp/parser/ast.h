// The syntax tree of Python 3.11: plain structs in an Arena, one per constructor of ast.def, and reflection over their
// fields. Names are those of the `ast` module, so `FunctionDef::decorator_list` is what Python calls it.
// Two C++ names differ: the statement `Expr` is ExprStmt (Expr is the sum type), and the bare-name sums are enums.
#pragma once

#include "interp/parser/arena.h"

namespace py::ast {

// Every constructor and product type, in ast.def's order.
enum class NodeKind : uint8_t {
#define AST_BEGIN(type, base, name, python_name) name,
#include "interp/parser/ast.def"
    Count_
};

// ExprContext, BoolOperator, Operator, UnaryOperator, CompareOperator.
#define AST_ENUM(type, python_name, ...) enum class type : uint8_t { __VA_ARGS__ };
#include "interp/parser/ast.def"

// What a Constant holds. The parser makes all but Object, which is for trees that Python code built.
enum class ConstantKind : uint8_t { None, True, False, Ellipsis, Int, Float, Imaginary, Str, Bytes, Object };
struct ConstantValue {
    ConstantKind kind = ConstantKind::None;
    uint8_t base = 10;  // Int: radix of `text`: 2, 8, 10 or 16
    double number = 0;  // Float, Imaginary
    std::string_view
        text{};  // Int: digits alone, no prefix, no underscores; Str: WTF-8; Bytes: the bytes. In the arena.
    void* object = nullptr;  // Object: whatever the tree's builder put there and keeps alive
};

struct Node {
    NodeKind node_kind;
};
// A node with a place in the source: lines count from 1, columns are UTF-8 byte offsets from 0, ends are exclusive.
struct Located : Node {
    int lineno;
    int col_offset;
    int end_lineno;
    int end_col_offset;
};
// The sums.
struct Mod : Node {};
struct Stmt : Located {};
struct Expr : Located {};
struct Pattern : Located {};

#define AST_TYPE(type, python_name, base, shape) struct type;
#include "interp/parser/ast.def"

// How a field of an ast.def type is stored: nodes by pointer (null: absent), the rest by value, Many as Seq of those.
enum class Cardinality : uint8_t { One, Optional, Many };
using Int = int;
namespace detail {
template <class T>
struct Stored {
    using type = T*;
};
template <>
struct Stored<Identifier> {
    using type = Identifier;
};
template <>
struct Stored<Int> {
    using type = int;
};
template <>
struct Stored<ConstantValue> {
    using type = ConstantValue;
};
#define AST_ENUM(name, python_name, ...) \
    template <>                          \
    struct Stored<name> {                \
        using type = name;               \
    };
#include "interp/parser/ast.def"
template <class T, Cardinality c>
struct FieldOf {
    using type = typename Stored<T>::type;
};
template <class T>
struct FieldOf<T, Cardinality::Many> {
    using type = Seq<typename Stored<T>::type>;
};
}  // namespace detail

// The node structs: `struct BinOp : Expr { Expr* left; Operator op; Expr* right; };` and so on.
#define AST_BEGIN(type_, base_, name_, python_name) \
    struct name_ : base_ {                          \
        static constexpr NodeKind kKind = NodeKind::name_;
#define AST_FIELD(type_, name_, cardinality_) detail::FieldOf<type_, Cardinality::cardinality_>::type name_{};
#define AST_END(name_) \
    }                  \
    ;
#include "interp/parser/ast.def"

// Checked views: is<Name>(e), as<Name>(e) (the caller knows the kind), as_if<Name>(e) (null when it is another one).
template <class T>
bool is(const Node* node) {
    return node->node_kind == T::kKind;
}
template <class T>
T* as(Node* node) {
    return static_cast<T*>(node);
}
template <class T>
const T* as(const Node* node) {
    return static_cast<const T*>(node);
}
template <class T>
T* as_if(Node* node) {
    return node != nullptr && is<T>(node) ? static_cast<T*>(node) : nullptr;
}
template <class T>
const T* as_if(const Node* node) {
    return node != nullptr && is<T>(node) ? static_cast<const T*>(node) : nullptr;
}

// A new node of type T with its kind and (for Located ones) place set; fields are zero.
struct Range {
    int lineno = 0;
    int col_offset = 0;
    int end_lineno = 0;
    int end_col_offset = 0;
};
inline Range range_of(const Located* node) {
    return {node->lineno, node->col_offset, node->end_lineno, node->end_col_offset};
}
template <class T>
T* make_node(Arena& arena, const Range& range = {}) {
    T* node = new (arena.allocate(sizeof(T))) T{};
    node->node_kind = T::kKind;
    if constexpr (std::is_base_of_v<Located, T>) {
        node->Located::lineno = range.lineno;
        node->col_offset = range.col_offset;
        node->end_lineno = range.end_lineno;
        node->end_col_offset = range.end_col_offset;
    }
    return node;
}

// Reflection, for dump, validators and the `_ast` classes.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
enum class FieldType : uint8_t {
    Identifier,
    String,
    Int,
    ConstantValue,
#define AST_ENUM(type, python_name, ...) type,
#include "interp/parser/ast.def"
#define AST_TYPE(type, python_name, base, shape) type,
#include "interp/parser/ast.def"
};
#pragma GCC diagnostic pop
struct FieldInfo {
    const char* name;
    FieldType type;
    Cardinality cardinality;
    uint16_t offset;  // of the stored field in the node struct
};
struct NodeInfo {
    const char* name;   // the Python class's name
    FieldType type;     // the sum or product it belongs to
    bool has_location;  // lineno … end_col_offset
    uint16_t size;      // sizeof the struct
    const FieldInfo* fields;
    uint8_t field_count;
};
const NodeInfo& node_info(NodeKind kind);

// A sum or product type, or a sum of bare names.
struct TypeInfo {
    const char* name;  // `expr`, `operator`, `arguments`; `identifier`, `string`, `int`, `constant`
    bool is_sum;       // of node constructors
    bool is_enum;      // of bare names
    bool has_location;
    const char* const* values;  // enums: the names
    uint8_t value_count;
};
const TypeInfo& type_info(FieldType type);
const char* name_of(ExprContext value);
const char* name_of(BoolOperator value);
const char* name_of(Operator value);
const char* name_of(UnaryOperator value);
const char* name_of(CompareOperator value);

// The stored field as T: field_at<Expr*>(node, info), field_at<Seq<Stmt*>>(node, info).
template <class T>
T& field_at(Node* node, const FieldInfo& field) {
    return *reinterpret_cast<T*>(reinterpret_cast<char*>(node) + field.offset);
}
template <class T>
const T& field_at(const Node* node, const FieldInfo& field) {
    return *reinterpret_cast<const T*>(reinterpret_cast<const char*>(node) + field.offset);
}

}  // namespace py::ast
