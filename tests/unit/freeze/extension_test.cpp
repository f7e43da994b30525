// Shared objects as the freezer reads them; the input is a library of the system, whole and damaged.
#include "freeze/extension.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "base/fs.h"

namespace {

std::string library() {
    for (const char* path : {"/lib/x86_64-linux-gnu/libm.so.6", "/lib64/libm.so.6", "/usr/lib/libm.so.6"}) {
        base::Result<std::string> bytes = base::read_file(path);
        if (bytes.ok()) return *bytes;
    }
    return {};
}

TEST(Extension, NamesWhatItIsLinkedWith) {
    std::string bytes = library();
    if (bytes.empty()) GTEST_SKIP() << "no libm.so.6 where it is looked for";
    freeze::ExtensionScan scan = freeze::scan_extension(bytes);
    EXPECT_EQ(scan.problem, "");
    EXPECT_NE(std::find(scan.needed.begin(), scan.needed.end(), "libc.so.6"), scan.needed.end());
    EXPECT_TRUE(std::binary_search(scan.words.begin(), scan.words.end(), "floor"));
    EXPECT_FALSE(std::binary_search(scan.words.begin(), scan.words.end(), ".text"));
}

TEST(Extension, OtherFilesAreRefused) {
    for (const std::string& bytes : {std::string(), std::string("text"), std::string("\177ELF"), std::string(500, '\0')})
        EXPECT_NE(freeze::scan_extension(bytes).problem, "");
}

TEST(Extension, DamagedFilesAreReadWithinTheirBounds) {
    std::string whole = library();
    if (whole.empty()) GTEST_SKIP() << "no libm.so.6 where it is looked for";
    whole.resize(std::min<size_t>(whole.size(), 200000));
    std::mt19937 random(11);
    for (int i = 0; i < 300; ++i) {
        std::string bytes = whole.substr(0, i % 3 ? whole.size() : random() % whole.size());
        // The headers, in front, are what the others hang from.
        for (int k = 0; k < 4 && !bytes.empty(); ++k)
            bytes[random() % std::min<size_t>(bytes.size(), 1000)] = char(random());
        freeze::ExtensionScan scan = freeze::scan_extension(bytes);
        EXPECT_TRUE(scan.problem.empty() || scan.words.empty());
    }
}

}  // namespace
