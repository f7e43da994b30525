// Every exception type, made from exceptions.def: one static type a row, with its layout's slots.
#include <string_view>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception_layouts.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

namespace {

enum class Kind { Base, Os, StopIteration, SystemExit, Import, Syntax, Unicode, Attribute, Name, Group };

// FAST: type(args…) for types whose __new__ and __init__ are BaseException's: the arguments become args, once.
Object* base_layout_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    auto* type = static_cast<Type*>(callable);
    ssize_t nargs = vectorcall_nargs(nargsf);
    if (kwnames) TRY(check_no_keywords(type->name, kwnames));
    Object* made = allocate_exception(type);
    if (!made) return nullptr;
    Ref<> exception = steal(made);
    replace_slot(as_exception(made)->args, static_cast<Object*>(TRY(tuple_from_array(args, nargs)).release()));
    return exception.release();
}

using UnicodeFields = ExceptionFields<UnicodeErrorException, &UnicodeErrorException::encoding,
                                      &UnicodeErrorException::object, &UnicodeErrorException::reason>;
using SystemExitFields = ExceptionFields<SystemExitException, &SystemExitException::code>;
using StopIterationFields = ExceptionFields<StopIterationException, &StopIterationException::value>;
using ImportFields = ExceptionFields<ImportErrorException, &ImportErrorException::message, &ImportErrorException::name,
                                     &ImportErrorException::path>;
using AttributeFields =
    ExceptionFields<AttributeErrorException, &AttributeErrorException::object, &AttributeErrorException::name>;
using NameFields = ExceptionFields<NameErrorException, &NameErrorException::name>;
using OsFields = ExceptionFields<OsErrorException, &OsErrorException::error_number, &OsErrorException::strerror,
                                 &OsErrorException::filename, &OsErrorException::filename2>;
using SyntaxFields =
    ExceptionFields<SyntaxErrorException, &SyntaxErrorException::message, &SyntaxErrorException::filename,
                    &SyntaxErrorException::lineno, &SyntaxErrorException::offset, &SyntaxErrorException::end_lineno,
                    &SyntaxErrorException::end_offset, &SyntaxErrorException::text,
                    &SyntaxErrorException::print_file_and_line>;
using GroupFields = ExceptionFields<ExceptionGroup, &ExceptionGroup::message, &ExceptionGroup::exceptions>;

template <class Fields>
constexpr void use_fields(TypeSpec& spec, ssize_t size) {
    spec.basic_size = size;
    spec.dealloc = Fields::dealloc;
    spec.traverse = Fields::traverse;
    spec.clear = Fields::clear;
}

constexpr void use_layout(TypeSpec& spec, Kind kind) {
    switch (kind) {
        case Kind::Base:
            spec.basic_size = sizeof(BaseException);
            spec.dealloc = base_exception_dealloc;
            spec.traverse = base_exception_traverse;
            spec.clear = base_exception_clear;
            spec.init = base_exception_init;
            spec.new_ = base_exception_new;
            spec.vectorcall = base_layout_vectorcall;
            break;
        case Kind::Os:
            use_fields<OsFields>(spec, sizeof(OsErrorException));
            spec.init = os_error_init;
            break;
        case Kind::StopIteration:
            use_fields<StopIterationFields>(spec, sizeof(StopIterationException));
            spec.init = stop_iteration_init;
            break;
        case Kind::SystemExit:
            use_fields<SystemExitFields>(spec, sizeof(SystemExitException));
            spec.init = system_exit_init;
            break;
        case Kind::Import:
            use_fields<ImportFields>(spec, sizeof(ImportErrorException));
            spec.init = import_error_init;
            break;
        case Kind::Syntax:
            use_fields<SyntaxFields>(spec, sizeof(SyntaxErrorException));
            spec.init = syntax_error_init;
            break;
        case Kind::Unicode: use_fields<UnicodeFields>(spec, sizeof(UnicodeErrorException)); break;
        case Kind::Attribute:
            use_fields<AttributeFields>(spec, sizeof(AttributeErrorException));
            spec.init = attribute_error_init;
            break;
        case Kind::Name:
            use_fields<NameFields>(spec, sizeof(NameErrorException));
            spec.init = name_error_init;
            break;
        case Kind::Group:
            use_fields<GroupFields>(spec, sizeof(ExceptionGroup));
            spec.init = exception_group_init;
            break;
    }
}

// What only the type that introduces something has.
constexpr void use_own(TypeSpec& spec, std::string_view name) {
    if (name == "BaseException") {
        spec.repr = base_exception_repr;
        spec.str = base_exception_str;
        spec.getattro = generic_getattro_slot;
        spec.setattro = generic_setattro_slot;
        spec.methods = base_exception_methods;
        spec.members = base_exception_members;
        spec.getset = base_exception_getset;
        spec.dict_offset = offsetof(BaseException, dict);
    } else if (name == "BaseExceptionGroup") {
        spec.new_ = exception_group_new;
        spec.str = exception_group_str;
        spec.methods = exception_group_methods;
        spec.members = exception_group_members;
    } else if (name == "SystemExit") {
        spec.members = system_exit_members;
    } else if (name == "StopIteration") {
        spec.members = stop_iteration_members;
    } else if (name == "ImportError") {
        spec.str = import_error_str;
        spec.methods = import_error_methods;
        spec.members = import_error_members;
    } else if (name == "AttributeError") {
        spec.str = base_exception_str;
        spec.members = attribute_error_members;
    } else if (name == "NameError") {
        spec.str = base_exception_str;
        spec.members = name_error_members;
    } else if (name == "OSError") {
        spec.new_ = os_error_new;
        spec.str = os_error_str;
        spec.methods = os_error_methods;
        spec.members = os_error_members;
        spec.getset = os_error_getset;
    } else if (name == "SyntaxError") {
        spec.str = syntax_error_str;
        spec.members = syntax_error_members;
    } else if (name == "KeyError") {
        spec.new_ = nullptr;
        spec.str = key_error_str;
    } else if (name == "UnicodeDecodeError") {
        spec.init = unicode_decode_error_init;
        spec.str = unicode_decode_error_str;
    } else if (name == "UnicodeEncodeError") {
        spec.init = unicode_encode_error_init;
        spec.str = unicode_encode_error_str;
    } else if (name == "UnicodeTranslateError") {
        spec.init = unicode_translate_error_init;
        spec.str = unicode_translate_error_str;
    }
    if (spec.basic_size == sizeof(UnicodeErrorException) && name.starts_with("Unicode") &&
        name != "UnicodeError") {
        spec.new_ = base_exception_new;
        spec.members = unicode_error_members;
    }
}

constexpr Type exception_type(const char* name, Type* base, Kind kind, const char* doc) {
    TypeSpec spec{.name = name, .base = base, .doc = doc};
    spec.flags = type_flag::kBase | type_flag::kHaveGc | type_flag::kExceptionSubclass;
    use_layout(spec, kind);
    use_own(spec, name);
    return static_type(spec);
}

}  // namespace

#define EXCEPTION(name, base, layout, doc) extern Type name##_exception;
#include "interp/objects/exceptions.def"
#undef EXCEPTION

namespace {
Type& Object_exception = object_type;
}

#define EXCEPTION(name, base, layout, doc) \
    constinit Type name##_exception = exception_type(#name, &base##_exception, Kind::layout, doc);
#include "interp/objects/exceptions.def"
#undef EXCEPTION

namespace exc {
#define EXCEPTION(name, base, layout, doc) constinit Type* const name = &name##_exception;
#include "interp/objects/exceptions.def"
#undef EXCEPTION
constinit Type* const EnvironmentError = &OSError_exception;
constinit Type* const IOError = &OSError_exception;
}  // namespace exc

namespace {
Type* const all_exceptions[] = {
#define EXCEPTION(name, base, layout, doc) &name##_exception,
#include "interp/objects/exceptions.def"
#undef EXCEPTION
};
Type* group_class = nullptr;
}  // namespace

Type* exception_group_class() { return group_class; }

void ready_exception_types() {
    for (Type* type : all_exceptions) MUST(type_ready(type));
}

Fallible<void> add_exceptions(Dict* builtins) {
    for (Type* type : all_exceptions) TRY(dict_set(builtins, type->name, type));
    TRY(dict_set(builtins, "EnvironmentError", exc::EnvironmentError));
    TRY(dict_set(builtins, "IOError", exc::IOError));
    if (!group_class) {
        Ref<Tuple> bases = TRY(tuple_pack(exc::BaseExceptionGroup, exc::Exception));
        Ref<> made = TRY(exception_type_new("builtins.ExceptionGroup", bases.get(), nullptr));
        group_class = static_cast<Type*>(made.release());
    }
    return dict_set(builtins, "ExceptionGroup", group_class);
}

}  // namespace py
