// _csv: what its dialects, readers and writers share.
#pragma once

#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/str.h"

namespace py::csv {

enum Quoting : int { kQuoteMinimal, kQuoteAll, kQuoteNonNumeric, kQuoteNone };
inline constexpr int64_t kNoCharacter = -1;  // of a quote or escape character: none is set

struct Dialect : Object {
    char doublequote, skip_initial_space, strict;
    int quoting;
    int64_t delimiter, quote, escape;  // code points
    Str* line_terminator;
};
inline Dialect* as_dialect(Object* object) {
    return static_cast<Dialect*>(object);
}
extern Type dialect_type, reader_type, writer_type;
extern Object* error_type;     // _csv.Error
extern int64_t field_limit;    // characters in a field of input
inline Type* error() {
    return static_cast<Type*>(static_cast<VarObject*>(error_type));
}

// What reader() and writer() are given: a Dialect, from a dialect's name, class, instance or null, and overriding keywords.
Fallible<Ref<Dialect>> dialect_from(Object* dialect_or_null, Object* keywords_or_null);

// _csv.reader(iterable [, dialect='excel'] [, **options]) and _csv.writer(file, …): METH_VARARGS | METH_KEYWORDS.
Object* make_reader(Object* module, Object* args, Object* keywords);
Object* make_writer(Object* module, Object* args, Object* keywords);

}  // namespace py::csv
