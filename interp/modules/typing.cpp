// _typing: a function that returns its argument, as fast as can be (NewType's call).
#include "interp/objects/module.h"

namespace py {

namespace {

// _typing._idfunc(x, /)
Fallible<Ref<>> typing_idfunc(Object*, Object* argument) { return share(argument); }

MethodDef typing_functions[] = {METHOD_O("_idfunc", typing_idfunc, "($module, x, /)", ""), END_ROW};

}  // namespace

extern const NativeModule typing_module;
const NativeModule typing_module = {"_typing", "Fast parts of the typing module.", typing_functions, nullptr};

}  // namespace py
