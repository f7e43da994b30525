// Internal docstrings "name(signature)\n--\n\ntext" taken apart into __text_signature__ and __doc__.
#include <cstring>

#include "interp/objects/function.h"
#include "interp/objects/str.h"

namespace py {
namespace {

constexpr const char kEndOfSignature[] = ")\n--\n\n";

// The "(" of the signature, or null when the text has none.
const char* find_signature(const char* name, const char* doc) {
    if (!doc) return nullptr;
    const char* dot = std::strrchr(name, '.');
    if (dot) name = dot + 1;
    size_t length = std::strlen(name);
    if (std::strncmp(doc, name, length) != 0 || doc[length] != '(') return nullptr;
    return doc + length;
}
// Behind the end mark, or null: a signature ends before the first empty line.
const char* end_of_signature(const char* signature) {
    const char* end = std::strstr(signature, kEndOfSignature);
    const char* empty_line = std::strstr(signature, "\n\n");
    if (!end || (empty_line && empty_line < end)) return nullptr;
    return end + sizeof(kEndOfSignature) - 1;
}

}  // namespace

const char* doc_without_signature(const char* name, const char* doc) {
    const char* signature = find_signature(name, doc);
    const char* end = signature ? end_of_signature(signature) : nullptr;
    return end ? end : doc;
}

Fallible<Ref<>> doc_text(const char* name, const char* internal_doc) {
    const char* text = doc_without_signature(name, internal_doc);
    if (!text || !*text) return share(none());
    return str_from_utf8(text);
}

Fallible<Ref<>> doc_signature(const char* name, const char* internal_doc) {
    const char* signature = find_signature(name, internal_doc);
    const char* end = signature ? end_of_signature(signature) : nullptr;
    if (!end) return share(none());
    return str_from_utf8({signature, size_t(end - signature) - (sizeof(kEndOfSignature) - 1) + 1});
}

}  // namespace py
