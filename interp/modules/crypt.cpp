// _crypt: the system's hash of passwords. Its library is opened when the module is imported, for hardly any program needs it.
#include <crypt.h>
#include <dlfcn.h>

#include <memory>

#include "interp/modules/posix.h"
#include "interp/objects/module.h"

namespace py {

namespace {

decltype(&::crypt_r) hash_word = nullptr;

Fallible<Ref<Bytes>> text_argument(Object* object, int number) {
    if (!is_str(object)) return raise(exc::TypeError, "crypt() argument %d must be str, not %N", number, object);
    Ref<Bytes> text = TRY(str_as_utf8_bytes(as_str(object)));
    if (text->view().find('\0') != std::string_view::npos) return raise(exc::ValueError, "embedded null character");
    return text;
}

// _crypt.crypt(word, salt, /)
Fallible<Ref<>> crypt_crypt(Object*, Object* const* a) {
    Ref<Bytes> word = TRY(text_argument(a[0], 1)), salt = TRY(text_argument(a[1], 2));
    std::unique_ptr<crypt_data> work(new (std::nothrow) crypt_data());
    if (!work) return raise_memory_error();
    const char* hashed = hash_word(word->data, salt->data, work.get());
    if (!hashed) return raise_os_error(errno);
    return TRY(str_from_utf8(hashed));
}

MethodDef crypt_functions[] = {
    METHOD("crypt", crypt_crypt, "($module, word, salt, /)", "The hash of a word; the salt chooses the method and varies the result."),
    END_ROW,
};

Fallible<void> crypt_execute(Module*) {
    constexpr const char* kLibrary = "libcrypt.so.1";
    void* library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
    if (library) hash_word = reinterpret_cast<decltype(hash_word)>(::dlsym(library, "crypt_r"));
    if (!hash_word) return raise(exc::ImportError, "the library %s of the operating system cannot be loaded", kLibrary);
    return {};
}

}  // namespace

extern const NativeModule crypt_module;
const NativeModule crypt_module = {"_crypt", "Hashes of passwords.", crypt_functions, crypt_execute};

}  // namespace py
