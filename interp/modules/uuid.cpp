// _uuid: time-based UUIDs from libuuid.
#include <uuid/uuid.h>

#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/runtime/thread.h"

namespace py {

namespace {

// _uuid.generate_time_safe()
Fallible<Ref<>> uuid_generate_time_safe_pair(Object*) {
    uuid_t made;
    int status = without_gil([&] { return uuid_generate_time_safe(made); });
    Ref<Bytes> bytes = TRY(bytes_from({reinterpret_cast<const char*>(made), sizeof made}));
    Ref<Int> safety = TRY(int_from(status));
    return tuple_pack(bytes.get(), safety.get());
}

MethodDef uuid_functions[] = {
    METHOD_NOARGS_UNSIGNED("generate_time_safe", uuid_generate_time_safe_pair,
                           "A UUID's 16 bytes, and 0 when it is certain that no other process has made the same."),
    END_ROW,
};

Fallible<void> uuid_execute(Module* module) { return module_add_int(module, "has_uuid_generate_time_safe", 1); }

}  // namespace

extern const NativeModule uuid_module;
const NativeModule uuid_module = {"_uuid", "Time-based UUIDs.", uuid_functions, uuid_execute};

}  // namespace py
