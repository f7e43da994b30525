// Running a frozen program; see runtime.h.
#include <cstdio>

#include "interp/import/image.h"
#include "interp/import/import.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/code.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/runtime/command_line.h"
#include "interp/runtime/environment.h"
#include "interp/runtime/home.h"
#include "interp/runtime/run.h"
#include "interp/runtime/runtime.h"
#include "interp/runtime/start.h"
#include "interp/runtime/state.h"

namespace py {

namespace {

Fallible<void> run_entry() {
    Ref<> prepare = TRY(import_attribute("_adder_boot", "prepare"));
    Ref<> code = TRY(call(prepare.get()));
    if (!is_code(code.get())) return raise(exc::RuntimeError, "the frozen program has no code to begin with");
    return run_code(static_cast<Code*>(code.get()));
}

}  // namespace

int run_frozen(int argc, char** argv, const void* block, size_t size) {
    Image image = Image::open(block, size);
    if (!image) {
        std::fprintf(stderr, "error: this executable is damaged: what it holds differs from what was written\n");
        return kDamagedImageStatus;
    }
    set_stdlib_image(image);
    Config& config = runtime().config;
    config.isolated = config.ignore_environment = config.safe_path = true;
    config.no_site = config.no_user_site = config.dont_write_bytecode = true;
    CommandLine line;
    line.start.argv.assign(argv, argv + argc);
    line.start.orig_argv = line.start.argv;
    if (line.start.argv.empty()) line.start.argv.push_back("");
    int status = apply_environment(line);  // the locale's part of it
    if (status >= 0) return status;
    find_frozen_home(argv[0]);
    status = start_interpreter(line.start);
    if (status < 0) status = finish_run(run_entry(), 0);
    status = leave(status);
    return status == 1 && image_damage_seen() ? kDamagedImageStatus : status;
}

}  // namespace py
