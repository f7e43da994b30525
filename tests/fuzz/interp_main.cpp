// libFuzzer's entry for the interpreter's targets. The name that the program was started by is the target's.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/fuzz/python_runtime.h"

namespace {

struct Row {
    const char* name;
    py::fuzz::Function function;
};
constexpr Row rows[] = {
#define INTERP_TARGET(name, longest, meaning) {#name, py::fuzz::fuzz_##name},
#define DRIVER_TARGET(name, longest, meaning) {#name, nullptr},
#include "tests/fuzz/targets.def"
};
py::fuzz::Function target;

}  // namespace

// Sizes that a program may ask for end in MemoryError here, before they take the machine's memory.
extern "C" const char* __asan_default_options() {
    return "allocator_may_return_null=1:max_allocation_size_mb=64:detect_leaks=1";
}

extern "C" int LLVMFuzzerInitialize(int*, char*** argv) {
    const char* slash = std::strrchr((*argv)[0], '/');
    const char* name = slash ? slash + 1 : (*argv)[0];
    for (const Row& row : rows) {
        if (std::strcmp(row.name, name)) continue;
        py::fuzz::start_python((*argv)[0]);
        target = row.function;
        if (!target) {
            py::fuzz::load_driver(name);
            target = py::fuzz::run_driver;
        }
        return 0;
    }
    std::fprintf(stderr, "%s: no target of that name; start it through a link that has one\n", name);
    std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    py::fuzz::run_input(target, {reinterpret_cast<const char*>(data), size});
    return 0;
}
