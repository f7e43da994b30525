// _adder_image: what the importer for embedded images (import/adder_importer.py) needs from C++.
#include "interp/import/image.h"
#include "interp/modules/marshal.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

namespace {

// A path inside a mounted image, split into the image and the part below its root.
struct Located {
    const Image* image = nullptr;
    std::string_view inside;
};
Fallible<Located> locate(Object* path) {
    if (!is_str(path)) return raise(exc::TypeError, "path must be str, not %T", path);
    Fallible<std::string_view> utf8 = str_utf8(as_str(path));
    if (!utf8.ok()) {  // lone surrogates, which no name in an image has
        if (!clear_error_if(exc::UnicodeEncodeError)) return raised;
        return Located{};
    }
    std::string_view text = utf8.take();
    size_t count;
    const MountedImage* mounted = mounted_images(&count);
    for (size_t i = 0; i < count; ++i) {
        std::string_view root = TRY(str_utf8(mounted[i].root));
        if (text.substr(0, root.size()) != root) continue;
        if (text.size() == root.size()) return Located{&mounted[i].image, {}};
        if (text[root.size()] == '/') return Located{&mounted[i].image, text.substr(root.size() + 1)};
    }
    return Located{};
}
Fallible<Located> locate_entry(Object* path, const ImageEntry** entry) {
    Located located = TRY(locate(path));
    *entry = located.image ? located.image->find(located.inside) : nullptr;
    return located;
}

// _adder_image.roots()
Fallible<Ref<>> image_roots(Object*) {
    size_t count;
    const MountedImage* mounted = mounted_images(&count);
    Ref<List> roots = TRY(list_new(0));
    for (size_t i = 0; i < count; ++i) TRY(list_append(roots.get(), mounted[i].root));
    return roots;
}

// _adder_image.kind(path, /): 'module', 'file', 'directory'; 'nothing' below a root, None outside
Fallible<Ref<>> image_kind(Object*, Object* path) {
    const ImageEntry* entry;
    Located located = TRY(locate_entry(path, &entry));
    if (!located.image) return share(none());
    if (entry) return share<Object>(entry->code_length ? "module"_name : "file"_name);
    if (located.inside.empty() || located.image->has_directory(located.inside)) return share<Object>("directory"_name);
    return share<Object>("nothing"_name);
}

// _adder_image.code(path, /)
Fallible<Ref<>> image_code(Object*, Object* path) {
    const ImageEntry* entry;
    Located located = TRY(locate_entry(path, &entry));
    if (!entry || !entry->code_length) return share(none());
    return marshal_read(TRY(located.image->code(*entry)));
}

// _adder_image.data(path, /)
Fallible<Ref<>> image_data(Object*, Object* path) {
    const ImageEntry* entry;
    Located located = TRY(locate_entry(path, &entry));
    if (!entry || !located.image->has_contents(*entry)) return share(none());
    return TRY(located.image->data(*entry));
}

// _adder_image.size(path, /)
Fallible<Ref<>> image_size(Object*, Object* path) {
    const ImageEntry* entry;
    Located located = TRY(locate_entry(path, &entry));
    if (!entry || !located.image->has_contents(*entry)) return share(none());
    return TRY(int_from(int64_t(entry->data_size)));
}

// _adder_image.listdir(path, /)
Fallible<Ref<>> image_listdir(Object*, Object* path) {
    Located located = TRY(locate(path));
    if (!located.image) return share(none());
    const Image& image = *located.image;
    Ref<List> names = TRY(list_new(0));
    std::string_view before;  // the entries are sorted, so that equal names stand together but for "a", "a.py", "a/b"
    size_t first = located.inside.empty() ? 0 : image.lower_bound(located.inside);
    for (size_t i = first; i < image.count(); ++i) {
        std::string_view each = image.path(image.entry(i));
        if (!located.inside.empty()) {
            if (each.substr(0, located.inside.size()) != located.inside) break;
            if (each.size() == located.inside.size() || each[located.inside.size()] != '/') continue;
            each.remove_prefix(located.inside.size() + 1);
        }
        each = each.substr(0, each.find('/'));
        if (each == before) continue;
        before = each;
        Ref<Str> name = TRY(str_from_utf8(each));
        TRY(list_append(names.get(), name.get()));
    }
    return names;
}

// _adder_image.names(root, /): every path of the image mounted at root
Fallible<Ref<>> image_names(Object*, Object* root) {
    Located located = TRY(locate(root));
    Ref<List> names = TRY(list_new(0));
    for (size_t i = 0; located.image && i < located.image->count(); ++i) {
        Ref<Str> name = TRY(str_from_utf8(located.image->path(located.image->entry(i))));
        TRY(list_append(names.get(), name.get()));
    }
    return names;
}

MethodDef image_functions[] = {
    METHOD_O("code", image_code, "($module, path, /)", "The module's code object, or None."),
    METHOD_O("data", image_data, "($module, path, /)", "The file's contents, or None."),
    METHOD_O("kind", image_kind, "($module, path, /)", "'module', 'file', 'directory'; 'nothing' below a root, None outside."),
    METHOD_O("listdir", image_listdir, "($module, path, /)", "Sorted names in the directory, or None."),
    METHOD_O("names", image_names, "($module, root, /)", "Every path in the image mounted at root."),
    METHOD_NOARGS("roots", image_roots, "($module, /)", "The virtual directories that images are mounted at."),
    METHOD_O("size", image_size, "($module, path, /)", "Size of the file's contents, or None."),
    END_ROW,
};

}  // namespace

extern const NativeModule image_module;
const NativeModule image_module = {"_adder_image", "Access to embedded images.", image_functions, nullptr};

}  // namespace py
