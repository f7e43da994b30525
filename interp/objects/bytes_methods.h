// What bytes and bytearray share: the methods work on a view of the bytes and make a result of the receiver's kind.
#pragma once

#include "interp/objects/bytes.h"
#include "interp/objects/codec.h"
#include "interp/objects/method_def.h"

namespace py {

Ref<Bytes> bytes_empty();
Ref<Bytes> bytes_single(uint8_t byte);

}  // namespace py
