// Reflection over ast.def, and casts.
#include "interp/parser/ast.h"

#include <gtest/gtest.h>

#include <string>

using namespace py::ast;

TEST(Ast, NodeInfoNamesFieldsInOrder) {
    const NodeInfo& info = node_info(NodeKind::BinOp);
    EXPECT_STREQ(info.name, "BinOp");
    ASSERT_EQ(info.field_count, 3);
    EXPECT_STREQ(info.fields[0].name, "left");
    EXPECT_STREQ(info.fields[1].name, "op");
    EXPECT_EQ(info.fields[1].type, FieldType::Operator);
    EXPECT_EQ(info.fields[2].offset, offsetof(BinOp, right));
    EXPECT_TRUE(info.has_location);
    EXPECT_STREQ(node_info(NodeKind::ExprStmt).name, "Expr");
    EXPECT_STREQ(node_info(NodeKind::Arg).name, "arg");
    EXPECT_FALSE(node_info(NodeKind::Arguments).has_location);
}

TEST(Ast, TypeInfoSplitsEnums) {
    const TypeInfo& info = type_info(FieldType::CompareOperator);
    EXPECT_STREQ(info.name, "cmpop");
    ASSERT_EQ(info.value_count, 10);
    EXPECT_STREQ(info.values[9], "NotIn");
    EXPECT_STREQ(name_of(Operator::FloorDiv), "FloorDiv");
    EXPECT_STREQ(type_info(FieldType::Expr).name, "expr");
    EXPECT_TRUE(type_info(FieldType::Expr).is_sum);
    EXPECT_FALSE(type_info(FieldType::Keyword).is_sum);
}

TEST(Ast, CastsAndReflectionReadTheSameField) {
    Arena arena;
    auto* name = make_node<Name>(arena, {1, 2, 3, 4});
    name->id = arena.intern("x");
    Expr* expression = name;
    EXPECT_TRUE(is<Name>(expression));
    EXPECT_EQ(as_if<Tuple>(expression), nullptr);
    EXPECT_EQ(as_if<Name>(expression)->id->view(), "x");
    EXPECT_EQ(field_at<Identifier>(expression, node_info(NodeKind::Name).fields[0]), name->id);
    EXPECT_EQ(name->end_col_offset, 4);
}
