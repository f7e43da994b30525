// When a codec fails with a plain exception, the same exception type is raised again with the codec's name in the text
// and the original as its cause ("encoding with 'hex' codec failed (…)").
#include "interp/objects/codec.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"

namespace py {

void codec_chain_failure(const char* operation, const char* encoding) {
    PendingError error = fetch_error();
    normalize_error(error);
    Object* instance = error.value.get();
    bool plain = instance && is_exception(instance);
    if (plain) {
        // Only types whose __new__ and __init__ are BaseException's take a single text; others stay as they are.
        auto* base = exc::BaseException;
        auto* exception = as_exception(instance);
        // A weak reference slot is the one thing a class may add.
        Type* type = exception->type;
        ssize_t slot = type->weaklist_offset > 0 ? type->basic_size - base->basic_size : 0;
        bool has_state = type->basic_size != base->basic_size && slot != ssize_t(sizeof(Object*));
        bool has_attributes = has_state || (exception->dict && exception->dict->used > 0);
        bool own_construction = exception->type->init != base->init || exception->type->new_ != base->new_;
        auto* arguments = exception->args;
        bool one_text =
            is_tuple(arguments) && (as_tuple(arguments)->size == 0 ||
                                    (as_tuple(arguments)->size == 1 && is_str(as_tuple(arguments)->items[0])));
        plain = !has_attributes && !own_construction && one_text;
    }
    if (!plain) {
        restore_error(std::move(error));
        return;
    }
    Ref<> type = error.type;
    Ref<> value = error.value;
    restore_error(std::move(error));
    (void)raise_from_pending(static_cast<Type*>(static_cast<VarObject*>(type.get())),
                             "%s with '%s' codec failed (%s: %S)", operation, encoding, value->type->name, value.get());
}

}  // namespace py
