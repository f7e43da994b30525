// libFuzzer's entry for the targets of base and pkg. The name that the program was started by is the target's.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/fuzz/pkg_targets.h"

namespace {

struct Row {
    const char* name;
    pkg::fuzz::Function function;
};
constexpr Row rows[] = {
#define PKG_TARGET(name, longest, meaning) {#name, pkg::fuzz::fuzz_##name},
#include "tests/fuzz/targets.def"
};
pkg::fuzz::Function target;

}  // namespace

// No input of a few KiB may ask for this much at once.
extern "C" const char* __asan_default_options() {
    return "allocator_may_return_null=0:max_allocation_size_mb=64:detect_leaks=1";
}

extern "C" int LLVMFuzzerInitialize(int*, char*** argv) {
    const char* slash = std::strrchr((*argv)[0], '/');
    const char* name = slash ? slash + 1 : (*argv)[0];
    for (const Row& row : rows)
        if (!std::strcmp(row.name, name)) target = row.function;
    if (target) return 0;
    std::fprintf(stderr, "%s: no target of that name; start it through a link that has one\n", name);
    std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    target({reinterpret_cast<const char*>(data), size});
    return 0;
}
