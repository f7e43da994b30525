// The iteration protocol.
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/generator.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/thread.h"

namespace py {

Fallible<Ref<>> iter(Object* object) {
    Type* type = object->type;
    if (!type->iter) {
        if (is_sequence(object)) return sequence_iterator_new(object);
        return raise(exc::TypeError, "'%.200s' object is not iterable", type->name);
    }
    Ref<> iterator = TRY(Fallible<Ref<>>::from_slot(type->iter(object)));
    if (!is_iterator(iterator.get()))
        return raise(exc::TypeError, "iter() returned non-iterator of type '%.100s'", iterator->type->name);
    return iterator;
}

Lookup<> next(Object* iterator) {
    Object* item = iterator->type->iternext(iterator);
    if (item) return steal(item);
    if (!error_occurred() || clear_error_if(exc::StopIteration)) return nullptr;
    return raised;
}

}  // namespace py
