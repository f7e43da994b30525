// See frozen.h. Without an image (the image builder's own run) the sources are read and compiled from ADDER_STDLIB.
#include "interp/import/frozen.h"

#include <cstdio>
#include <string>

#include "interp/compiler/compile.h"
#include "interp/import/image.h"
#include "interp/modules/marshal.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/home.h"
#include "interp/runtime/state.h"
#include "interp/vm/eval.h"

namespace py {

static const FrozenModule table[] = {
#define ESSENTIAL(name, original, path, is_package) {name, original, path, is_package, true},
#define FROZEN(name, original, path, is_package) {name, original, path, is_package, false},
#define TEST(name, original, path, is_package) {name, original, path, is_package, false},
#include "interp/import/frozen_modules.def"
#undef ESSENTIAL
#undef FROZEN
#undef TEST
    {nullptr, nullptr, nullptr, false, false},
};
const FrozenModule embedded_importer = {"_adder_importer", "_adder_importer", "_adder_importer.py", false, true};

static int frozen_override = 0;
void override_frozen_modules(int wish) { frozen_override = wish; }

const FrozenModule* frozen_modules() { return table; }

const FrozenModule* find_frozen(std::string_view name) {
    bool all = frozen_override ? frozen_override > 0 : runtime().config.use_frozen_modules;
    for (const FrozenModule* each = table; each->name; ++each) {
        if (name != each->name) continue;
        return each->is_essential || (all && find_library_file(each->path)) ? each : nullptr;
    }
    return nullptr;
}

static Fallible<Ref<Bytes>> read_source(const FrozenModule& module) {
    std::string path = bootstrap_source_path(module.path);
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (!file) return raise(exc::ImportError, "cannot read %s", path.c_str());
    std::string text;
    char buffer[8192];
    for (size_t n; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) text.append(buffer, n);
    std::fclose(file);
    return bytes_from(text);
}

Fallible<Ref<Code>> frozen_code(const FrozenModule& module) {
    if (const ImageEntry* entry = find_library_file(module.path)) {
        Ref<> code = TRY(marshal_read(TRY(stdlib_image().code(*entry))));
        if (!is_code(code.get())) return raise(exc::ImportError, "embedded module %s is damaged", module.name);
        return std::move(code).cast<Code>();
    }
    Ref<Bytes> source = TRY(read_source(module));
    Ref<Str> filename = TRY(format_str("<frozen %s>", module.original_name ? module.original_name : module.name));
    return compile_source(source->view(), filename.get(), {});
}

Fallible<Ref<>> frozen_code_bytes(const FrozenModule& module) {
    if (const ImageEntry* entry = find_library_file(module.path)) return TRY(bytes_from(TRY(stdlib_image().code(*entry))));
    Ref<Code> code = TRY(frozen_code(module));
    return TRY(marshal_write(code.get()));
}

Fallible<Ref<>> import_frozen_module(const FrozenModule& frozen) {
    Ref<Code> code = TRY(frozen_code(frozen));
    Ref<Str> name = TRY(str_from_ascii(frozen.name));
    Ref<Module> module = TRY(module_new(name.get()));
    TRY(dict_set(module->dict, "__builtins__", static_cast<Object*>(runtime().builtins_module)));
    Ref<> original = share(none());
    if (frozen.original_name) original = TRY(str_from_ascii(frozen.original_name));
    TRY(dict_set(module->dict, "__origname__", original.get()));
    TRY(dict_set(runtime().modules, name.get(), module.get()));
    TRY(eval_code(code.get(), module->dict, nullptr));
    return module;
}

}  // namespace py
