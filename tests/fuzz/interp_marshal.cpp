// marshal: any bytes end in an object or an exception, and an object that came out can be written and read again.
#include "interp/modules/marshal.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/str.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/python_runtime.h"

namespace py::fuzz {

Fallible<void> fuzz_marshal(std::string_view data) {
    ::fuzz::Input input(data);
    int version = int(input.below(5));
    Fallible<Ref<>> read = marshal_read(input.rest());
    // What a code object is made of is checked where it is made, by an internal function's own words.
    if (!read.ok() && error_matches(exc::SystemError)) clear_error();
    if (!read.ok() && !error_occurred()) return {};
    Ref<> value = TRY(std::move(read));
    (void)TRY(repr(value.get()));
    Ref<Bytes> written = TRY(marshal_write(value.get(), version));
    Ref<> again = TRY(marshal_read(written->view()));
    (void)TRY(marshal_write(again.get(), version));
    return {};
}

}  // namespace py::fuzz
