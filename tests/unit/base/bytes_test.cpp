// base/bytes
#include "base/bytes.h"

#include <gtest/gtest.h>

using namespace base;

TEST(Bytes, RoundTrip) {
    ByteWriter out;
    out.u8(7);
    out.u32(0xDEADBEEF);
    out.u64(~uint64_t{0});
    for (uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, uint64_t{300}, ~uint64_t{0}}) out.count(value);
    out.text("name");
    out.text("");
    std::string bytes = out.take();
    ByteReader in(bytes);
    EXPECT_EQ(in.u8(), 7);
    EXPECT_EQ(in.u32(), 0xDEADBEEF);
    EXPECT_EQ(in.u64(), ~uint64_t{0});
    for (uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, uint64_t{300}, ~uint64_t{0}}) EXPECT_EQ(in.count(), value);
    EXPECT_EQ(in.text(), "name");
    EXPECT_EQ(in.text(), "");
    EXPECT_TRUE(in.ok());
    EXPECT_EQ(in.left(), 0u);
}

TEST(Bytes, EndsAtTheEnd) {
    ByteWriter out;
    out.text("some text");
    std::string bytes = out.take();
    for (size_t size = 0; size < bytes.size(); size++) {
        ByteReader in(std::string_view(bytes).substr(0, size));
        EXPECT_EQ(in.text(), "");
        EXPECT_FALSE(in.ok());
        EXPECT_EQ(in.u64(), 0u);
    }
}

TEST(Bytes, LengthsAreNotBelieved) {
    for (std::string_view bytes : {std::string_view("\xFF\xFF\xFF\xFF\x0F"), std::string_view("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01")}) {
        ByteReader in(bytes);
        EXPECT_EQ(in.items(), 0u);
        EXPECT_FALSE(in.ok());
    }
}
