// Loading compiled extension modules: dlopen, PyInit_<name>, one or two phases.
#include "interp/import/extension_loader.h"

#include <string>

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include "interp/capi/module_loading.h"
#include "interp/import/image.h"
#include "interp/import/import.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/str.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/state.h"

namespace py {

namespace {

// PyInit_ and the last part of the module's name; PyInitU_ and its punycode when it is not ASCII.
Fallible<Ref<Bytes>> init_symbol(Str* name) {
    ssize_t dot = str_find_char(name, '.', 0, name->length, -1);
    Ref<Str> last = TRY(str_substring(name, dot + 1, name->length));
    const char* prefix = last->ascii ? "PyInit_" : "PyInitU_";
    Ref<Bytes> encoded = TRY(str_encode(last.get(), last->ascii ? "ascii" : "punycode", nullptr));
    std::string symbol = prefix;
    for (char c : encoded->view())
        symbol += c == '-' ? '_' : c;
    return bytes_from(symbol);
}

using Init = Object* (*)();

// A file of an image as one in memory, which is on no disk and goes with the process; its descriptor.
Fallible<int> file_in_memory(const Image& image, const ImageEntry& entry) {
    Ref<Bytes> contents = TRY(image.data(entry));
    int descriptor = memfd_create("extension", MFD_CLOEXEC);
    if (descriptor < 0) return raise_os_error(errno);
    std::string_view left = contents->view();
    while (!left.empty()) {
        ssize_t n = write(descriptor, left.data(), left.size());
        if (n > 0) left.remove_prefix(size_t(n));
        if (n >= 0 || errno == EINTR) continue;
        int error = errno;
        close(descriptor);
        return raise_os_error(error);
    }
    return descriptor;
}

constexpr int kMaxLibraryDepth = 16, kMaxLibraries = 256;
Fallible<void*> open_embedded(const Image& image, const ImageEntry& entry, int depth, std::string* reason);

// After a failure: when what is missing is a library that stands in an image, loads that one. False: it is something else.
Fallible<bool> load_missing_library(std::string_view reason, int depth) {
    size_t end = reason.find(": cannot open shared object file");
    if (end == std::string_view::npos || depth >= kMaxLibraryDepth) return false;
    std::string_view name = reason.substr(0, end);
    const Image* image;
    const ImageEntry* entry = name.find('/') == std::string_view::npos ? find_embedded_name(name, &image) : nullptr;
    if (!entry) return false;
    std::string other;
    return TRY(open_embedded(*image, *entry, depth + 1, &other)) != nullptr;
}

// Null: *reason says why. The dynamic loader takes libraries that are loaded already by their DT_SONAME, so those of
// the image are loaded as they turn out to be missing.
Fallible<void*> open_embedded(const Image& image, const ImageEntry& entry, int depth, std::string* reason) {
    int descriptor = TRY(file_in_memory(image, entry));
    // NOTE: the loader takes a path it has seen for the library it loaded then, and descriptors have their numbers again.
    static int count = 0;
    std::string path = "/proc/self/fd";
    for (int i = 0; i < count; ++i) path += "/.";
    ++count;
    path += "/" + std::to_string(descriptor);
    void* library = nullptr;
    for (int tries = 0; !library && tries < kMaxLibraries; ++tries) {
        library = dlopen(path.c_str(), RTLD_NOW);
        if (library) break;
        const char* text = dlerror();
        *reason = text ? text : "unknown dlopen() error";
        Fallible<bool> loaded = load_missing_library(*reason, depth);
        if (!loaded.ok() || !loaded.take()) break;
    }
    close(descriptor);
    if (error_occurred()) return raised;
    return library;
}

Fallible<void*> open_library(std::string_view path, std::string* reason) {
    const Image* image;
    if (const ImageEntry* entry = find_embedded(path, &image)) return open_embedded(*image, *entry, 0, reason);
    // Without a slash the loader would search its own path.
    std::string file = path.find('/') == std::string_view::npos ? "./" + std::string(path) : std::string(path);
    void* library = dlopen(file.c_str(), RTLD_NOW);
    const char* text = library ? nullptr : dlerror();
    *reason = text ? text : "unknown dlopen() error";
    return library;
}

Fallible<Init> load(Object* name, Object* origin) {
    Ref<Bytes> path = TRY(path_to_bytes(origin));
    std::string reason;
    void* library = TRY(open_library(path->view(), &reason));
    if (!library) {
        Ref<Str> text = TRY(str_from_fs(reason));
        return raise_import_error(text.get(), name, origin);
    }
    Ref<Bytes> symbol = TRY(init_symbol(as_str(name)));
    auto init = reinterpret_cast<Init>(dlsym(library, symbol->data));
    if (!init) {
        Ref<Str> text = TRY(format_str("dynamic module does not define module export function (%s)", symbol->data));
        return raise_import_error(text.get(), name, origin);
    }
    return init;
}

// Modules made in one phase: {(path, name): module}, for they can be made only once.
Dict* single_phase_modules() {
    static Dict* modules = MUST(dict_new())
    .release();
    return modules;
}

Fallible<Ref<>> finish_single_phase(Ref<> made, Init init, Object* key, Object* origin) {
    if (!is_module(made.get()))
        return raise(exc::SystemError, "initialization of %U did not return an extension module",
                     as_tuple(key)->items[1]);
    auto* module = static_cast<Module*>(made.get());
    if (!module->definition)
        return raise(exc::SystemError, "initialization of %U did not return a valid module object",
                     as_tuple(key)->items[1]);
    module->definition->init = init;
    TRY(dict_set(module->dict, "__file__", origin));
    if (PyState_AddModule(module, module->definition) < 0) return raised;
    TRY(dict_set(single_phase_modules(), key, module));
    return made;
}

Fallible<Ref<>> run_init(Init init, Str* name) {
    std::string_view full = TRY(str_utf8(name));
    const char* outer = std::exchange(package_context, full.data());
    Fallible<Ref<>> made = Fallible<Ref<>>::from_slot(init());
    package_context = outer;
    if (!made.ok() && !error_occurred())
        return raise(exc::SystemError, "initialization of %U failed without raising an exception", name);
    if (made.ok() && error_occurred())
        return raise_from_pending(exc::SystemError, "initialization of %U raised unreported exception", name);
    return made;
}

}  // namespace

Fallible<Ref<>> create_extension_module(Object* spec) {
    Ref<> name = TRY(get_attr(spec, "name"_name));
    Ref<> origin = TRY(get_attr(spec, "origin"_name));
    if (!is_str(name.get())) return raise(exc::TypeError, "spec.name must be a string");
    if (!is_str(origin.get())) return raise(exc::TypeError, "bad argument type for built-in operation");
    Ref<Tuple> key = TRY(tuple_pack(origin.get(), name.get()));
    Ref<> known = TRY(dict_get(single_phase_modules(), key.get()));
    if (known) {
        TRY(dict_set(runtime().modules, name.get(), known.get()));
        return known;
    }
    TRY(audit("import", "OOOOO", name.get(), origin.get(), none(), none(), none()));
    Init init = TRY(load(name.get(), origin.get()));
    Ref<> made = TRY(run_init(init, as_str(name.get())));
    if (!made->type) {
        (void)made.release();  // it cannot be counted down
        return raise(exc::SystemError, "init function of %U returned uninitialized object", name.get());
    }
    if (is_module_definition(made.get())) {
        auto* definition = static_cast<ModuleDef*>(made.release());  // static storage of the extension
        return module_from_definition(definition, spec);
    }
    return finish_single_phase(std::move(made), init, key.get(), origin.get());
}
Fallible<void> execute_extension_module(Object* module) {
    return module_execute_definition(module);
}

}  // namespace py
