// Substring search against a plain loop, in all widths and both directions, with periodic parts.
#include "interp/objects/search.h"

#include <gtest/gtest.h>

#include <vector>

namespace py {
namespace {

template <class T>
ssize_t plain_find(const std::vector<T>& text, const std::vector<T>& part, bool last) {
    ssize_t found = -1;
    for (size_t at = 0; at + part.size() <= text.size(); ++at) {
        if (!std::equal(part.begin(), part.end(), text.begin() + ssize_t(at))) continue;
        found = ssize_t(at);
        if (!last) break;
    }
    return found;
}

template <class T>
class SearchTest : public testing::Test {};
using Widths = testing::Types<uint8_t, uint16_t, uint32_t>;
TYPED_TEST_SUITE(SearchTest, Widths);

TYPED_TEST(SearchTest, AgreesWithAPlainLoop) {
    unsigned state = 7;
    auto random = [&](unsigned limit) {
        state = state * 1103515245 + 12345;
        return (state >> 16) % limit;
    };
    for (int round = 0; round < 4000; ++round) {
        std::vector<TypeParam> text(random(80)), part(random(30));
        for (auto& unit : text)
            unit = TypeParam('a' + random(2));
        for (auto& unit : part)
            unit = TypeParam('a' + random(2));
        if (round % 2 && text.size() > part.size()) {
            size_t from = random(unsigned(text.size() - part.size()));
            part.assign(text.begin() + ssize_t(from), text.begin() + ssize_t(from + part.size()));
        }
        ssize_t n = ssize_t(text.size()), m = ssize_t(part.size());
        EXPECT_EQ(find_units(text.data(), n, part.data(), m), plain_find(text, part, false));
        EXPECT_EQ(rfind_units(text.data(), n, part.data(), m), plain_find(text, part, true));
    }
}

TYPED_TEST(SearchTest, CountsWithoutOverlapUpToALimit) {
    std::vector<TypeParam> text(10, 'a'), pair(2, 'a'), one(1, 'a');
    EXPECT_EQ(count_units(text.data(), ssize_t(10), pair.data(), ssize_t(2), PTRDIFF_MAX), 5);
    EXPECT_EQ(count_units(text.data(), ssize_t(10), pair.data(), ssize_t(2), 3), 3);
    EXPECT_EQ(count_units(text.data(), ssize_t(10), one.data(), ssize_t(1), 4), 4);
}

}  // namespace
}  // namespace py
