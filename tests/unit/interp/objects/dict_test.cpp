// Dict tables seen from C++: versions for inline caches, walking, deleting while walking, interned look-up, bulk
// making.
#include "interp/objects/dict.h"

#include <gtest/gtest.h>

#include <string>

#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "interp/runtime/start.h"
#include "interp/runtime/state.h"

namespace py {
namespace {

class Dicts : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        if (!runtime().builtins) start_core();
    }
    static Ref<Str> key(int i) { return MUST(str_from_ascii("key" + std::to_string(i))); }
    static Ref<Int> number(int i) { return MUST(int_from(i)); }
    static Ref<Dict> of_size(int size) {
        Ref<Dict> dict = MUST(dict_new());
        for (int i = 0; i < size; ++i)
            MUST(dict_set(dict.get(), key(i).get(), number(i).get()));
        return dict;
    }
};

TEST_F(Dicts, VersionTagChangesWithEveryWrite) {
    Ref<Dict> dict = of_size(3);
    uint64_t before = dict->version_tag;
    MUST(dict_set(dict.get(), key(0).get(), number(77).get()));
    EXPECT_NE(dict->version_tag, before);
    before = dict->version_tag;
    EXPECT_TRUE(MUST(dict_delete(dict.get(), key(1).get())));
    EXPECT_NE(dict->version_tag, before);
    before = dict->version_tag;
    EXPECT_FALSE(MUST(dict_delete(dict.get(), key(1).get())));
    EXPECT_EQ(dict->version_tag, before);
}

TEST_F(Dicts, KeysVersionLastsUntilAKeyComesOrGoes) {
    Ref<Dict> dict = of_size(3);
    uint32_t version = dict_keys_version(dict->keys);
    EXPECT_NE(version, 0u);
    MUST(dict_set(dict.get(), key(2).get(), number(5).get()));
    EXPECT_EQ(dict_keys_version(dict->keys), version);
    MUST(dict_set(dict.get(), key(3).get(), number(5).get()));
    EXPECT_NE(dict_keys_version(dict->keys), version);
    version = dict_keys_version(dict->keys);
    EXPECT_TRUE(MUST(dict_delete(dict.get(), key(0).get())));
    EXPECT_NE(dict_keys_version(dict->keys), version);
}

TEST_F(Dicts, KeysIndexIsThePlaceInTheEntries) {
    Ref<Dict> dict = of_size(50);
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(dict_keys_index(dict->keys, key(i).get()), i);
    EXPECT_LT(dict_keys_index(dict->keys, key(50).get()), 0);
    MUST(dict_set(dict.get(), number(1).get(), number(1).get()));  // now a table of any keys
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(dict_keys_index(dict->keys, key(i).get()), i);
}

TEST_F(Dicts, WalkSkipsWhatWasDeleted) {
    Ref<Dict> dict = of_size(100);
    for (int i = 0; i < 100; i += 3)
        EXPECT_TRUE(MUST(dict_delete(dict.get(), key(i).get())));
    ssize_t position = 0;
    Object *found, *value;
    Hash hash_value;
    int expected = 0;
    while (dict_next(dict.get(), &position, &found, &value, &hash_value)) {
        if (expected % 3 == 0) ++expected;
        EXPECT_TRUE(str_equals(as_str(found), key(expected).get()));
        EXPECT_EQ(hash_value, str_hash(as_str(found)));
        EXPECT_TRUE(int_equals_small(as_int(value), expected));
        ++expected;
    }
    EXPECT_EQ(dict->used, 66);
}

TEST_F(Dicts, FromItemsKeepsOrderAndTheLastOfEqualKeys) {
    Ref<Str> a = key(1), b = key(2);
    Ref<Int> one = number(1), two = number(2), three = number(3);
    Object* items[] = {a.get(), one.get(), b.get(), two.get(), a.get(), three.get()};
    Ref<Dict> dict = MUST(dict_from_items(items, 2, items + 1, 2, 3));
    EXPECT_EQ(dict->used, 2);
    EXPECT_EQ(dict_get_str(dict.get(), a.get()), three.get());
    EXPECT_TRUE(str_equals(MUST(repr(dict.get())).get(), "{'key1': 3, 'key2': 2}"));
}

TEST_F(Dicts, CountsComeBackToWhereTheyBegan) {
    Ref<Str> name = key(900000);
    Ref<Int> value = number(900000);
    ssize_t name_count = name->refcount, value_count = value->refcount;
    {
        Ref<Dict> dict = of_size(20);
        MUST(dict_set(dict.get(), name.get(), value.get()));
        MUST(dict_set(dict.get(), name.get(), value.get()));
        Ref<Dict> copy = MUST(dict_copy(dict.get()));
        Ref<> popped = MUST(dict_pop(copy.get(), name.get()));
        EXPECT_EQ(popped.get(), value.get());
        MUST(dict_merge(copy.get(), dict.get(), OnDuplicate::Keep));
        Ref<List> items = MUST(dict_items_list(copy.get()));
        EXPECT_EQ(items->size, 21);
        MUST(dict_set_default(copy.get(), name.get(), none()));
        dict_clear(dict.get());
    }
    EXPECT_EQ(name->refcount, name_count);
    EXPECT_EQ(value->refcount, value_count);
}

}  // namespace
}  // namespace py
