// The mutable side of bytearray.
#pragma once

#include "interp/objects/bytes.h"
#include "interp/objects/method_def.h"

namespace py {

extern MethodDef bytearray_method_table[];
// The b'…' part of a bytearray's repr.
Fallible<Ref<Str>> bytearray_content_repr(std::string_view content);
// BufferError while buffers are given out.
Fallible<void> bytearray_check_resizable(ByteArray* array);
// Puts `content` in place of [start, end); content must not lie in the array.
Fallible<void> bytearray_splice(ByteArray* array, ssize_t start, ssize_t end, std::string_view content);
Fallible<void> bytearray_append_byte(ByteArray* array, char byte);
// What a slice can be set to, as bytes; TypeErrors worded for slice assignment.
Fallible<Ref<Bytes>> bytes_from_object_for_store(Object* value);

}  // namespace py
