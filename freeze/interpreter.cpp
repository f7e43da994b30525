// See interpreter.h. The files of adder's own library are checked at build time, so that failures here are bugs of
// ours.
#include "freeze/interpreter.h"

#include "interp/compiler/compile.h"
#include "interp/import/image.h"
#include "interp/import/image_writer.h"
#include "interp/import/native_modules.h"
#include "interp/modules/marshal.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/str.h"
#include "interp/runtime/start.h"
#include "interp/runtime/state.h"

namespace freeze {

using namespace py;

void start_compiler() {
    static bool started = false;
    if (started) return;
    started = true;
    // Sets in constants must come out the same each time.
    runtime().config.hash_seed_set = 1;
    runtime().config.hash_seed = 0;
    start_core();
}

static std::string pending_problem() {
    Ref<BaseException> exception = fetch_exception();
    Fallible<Ref<Str>> text = str(exception.get());
    std::string problem = exception->type->name;
    if (text.ok()) {
        Ref<Str> shown = text.take();
        Fallible<std::string_view> utf8 = str_utf8(shown.get());
        if (utf8.ok()) problem += ": " + std::string(utf8.take());
    }
    clear_error();
    return problem;
}

static Fallible<void> compile_into(CompiledModule& out, std::string_view source, const std::string& file_name,
                                   ModuleRole role) {
    Ref<Str> name = TRY(str_from_utf8(file_name));
    Ref<Code> code = TRY(compile_source(source, name.get(), {.optimize = 0}));
    out.scan = scan_code(code.get(), role);
    Ref<Bytes> bytes = TRY(marshal_write(code.get()));
    out.code = std::string(bytes->view());
    return {};
}

CompiledModule compile_module(std::string_view source, const std::string& file_name, ModuleRole role) {
    CompiledModule out;
    if (!compile_into(out, source, file_name, role).ok()) {
        out = {};
        out.problem = pending_problem();
    }
    return out;
}

LibraryFile library_file(std::string_view path) {
    LibraryFile out;
    const ImageEntry* entry = find_library_file(path);
    if (!entry) return out;
    out.found = true;
    out.code = std::string(MUST(stdlib_image().code(*entry)));
    out.stored = std::string(MUST(stdlib_image().stored(*entry)));
    out.size = entry->data_size;
    return out;
}

bool library_has_file(std::string_view path) {
    return find_library_file(path) != nullptr;
}

std::vector<std::string> library_paths(std::string_view folder) {
    std::vector<std::string> out;
    std::string prefix = std::string(kLibraryFolder) + std::string(folder);
    const Image& image = stdlib_image();
    for (size_t i = image.lower_bound(prefix); i < image.count(); ++i) {
        std::string_view path = image.path(image.entry(i));
        if (!path.starts_with(prefix)) break;
        out.emplace_back(path.substr(kLibraryFolder.size()));
    }
    return out;
}

bool library_has_folder(std::string_view folder) {
    return stdlib_image().has_directory(std::string(kLibraryFolder) + std::string(folder));
}

ModuleScan scan_library_module(const LibraryFile& file, ModuleRole role) {
    Ref<> code = MUST(marshal_read(file.code));
    return scan_code(static_cast<Code*>(code.get()), role);
}

bool is_native_module(std::string_view name) {
    if (name == "sys" || name == "builtins" || name.starts_with("_frozen_importlib")) return true;
    return find_native_module(name) != nullptr;
}

std::string make_image(std::vector<ImageContent> files) {
    std::vector<ImageFile> out;
    for (ImageContent& each : files) {
        ImageFile& file = out.emplace_back();
        file.path = std::move(each.path);
        file.code = std::move(each.code);
        file.contents = std::move(each.contents);
        file.stored = std::move(each.stored);
        file.stored_size = each.stored_size;
        file.has_contents = each.has_contents;
    }
    return image_bytes(out);
}

}  // namespace freeze
