// SipHash-1-3 and the seeded secret, against values of CPython 3.11 (hash(b"…") under PYTHONHASHSEED).
#include "interp/objects/hash.h"

#include <gtest/gtest.h>

#include "interp/objects/abstract.h"

namespace py {
namespace {

TEST(Hash, seeded_secrets_give_the_reference_hashes) {
    seed_hash_secret(0);
    EXPECT_EQ(hash_bytes("", 0), 0);
    EXPECT_EQ(hash_bytes("a", 1), 4644417185603328019);
    EXPECT_EQ(hash_bytes("abcdefgh", 8), 4574395652268504554);
    EXPECT_EQ(hash_bytes("0123456789abcdef0", 17), -632549798855044568);
    seed_hash_secret(42);
    EXPECT_EQ(hash_bytes("a", 1), -123207753977932514);
}

}  // namespace
}  // namespace py
