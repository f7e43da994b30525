// Names of the object model, for headers that only point at things.
#pragma once

#include <cstddef>
#include <cstdint>
#include <sys/types.h>

namespace py {

struct Object;
struct VarObject;
struct Type;
struct HeapType;
struct Int;
struct Float;
struct Complex;
struct Str;
struct Bytes;
struct ByteArray;
struct MemoryView;
struct Tuple;
struct List;
struct Dict;
struct DictKeys;
struct DictValues;
struct Set;
struct Slice;
struct Range;
struct Cell;
struct Code;
struct Function;
struct Method;
struct BuiltinFunction;
struct Module;
struct Frame;       // the Python-visible frame object
struct Traceback;
struct Generator;
struct BaseException;
struct WeakReference;
struct Buffer;
struct MethodDef;
struct MemberDef;
struct GetSetDef;
struct InterpreterFrame;  // the interpreter's own frame (vm/)
struct Thread;            // PyThreadState
struct Runtime;           // the one runtime state

using Hash = ssize_t;

}  // namespace py
