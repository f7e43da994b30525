// marshal: any bytes end in an object or an exception, and an object that came out can be written and read again.
#include "interp/modules/marshal.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/str.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/python_runtime.h"

namespace py::fuzz {

Fallible<void> fuzz_marshal(std::string_view data) {
    ::fuzz::Input input(data);
    int version = int(input.below(5));
    Ref<> value = TRY(marshal_read(input.rest()));
    (void)TRY(repr(value.get()));
    Ref<Bytes> written = TRY(marshal_write(value.get(), version));
    Ref<> again = TRY(marshal_read(written->view()));
    (void)TRY(marshal_write(again.get(), version));
    return {};
}

}  // namespace py::fuzz
