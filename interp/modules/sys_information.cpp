// sys: version, flags, limits and other constants.
#include <cfloat>
#include <climits>

#include "interp/modules/sys.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"
#include "interp/runtime/version.h"

namespace py {

namespace {

StructSequenceField version_fields[] = {{"major", "Major release number"}, {"minor", "Minor release number"},
    {"micro", "Patch release number"}, {"releaselevel", "'alpha', 'beta', 'candidate', or 'final'"},
    {"serial", "Serial release number"}, {}};
StructSequenceField flag_fields[] = {{"debug", "-d"}, {"inspect", "-i"}, {"interactive", "-i"}, {"optimize", "-O or -OO"},
    {"dont_write_bytecode", "-B"}, {"no_user_site", "-s"}, {"no_site", "-S"}, {"ignore_environment", "-E"}, {"verbose", "-v"},
    {"bytes_warning", "-b"}, {"quiet", "-q"}, {"hash_randomization", "-R"}, {"isolated", "-I"}, {"dev_mode", "-X dev"},
    {"utf8_mode", "-X utf8"}, {"warn_default_encoding", "-X warn_default_encoding"}, {"safe_path", "-P"},
    {"int_max_str_digits", "-X int_max_str_digits"}, {}};
StructSequenceField hash_fields[] = {{"width", "width of the type used for hashing, in bits"},
    {"modulus", "prime number giving the modulus on which the hash function is based"},
    {"inf", "value to be used for hash of a positive infinity"}, {"nan", "value to be used for hash of a nan"},
    {"imag", "multiplier used for the imaginary part of a complex number"},
    {"algorithm", "name of the algorithm for hashing of str, bytes and memoryviews"},
    {"hash_bits", "internal output size of hash algorithm"}, {"seed_bits", "seed size of hash algorithm"},
    {"cutoff", "small string optimization cutoff"}, {}};
StructSequenceField int_fields[] = {{"bits_per_digit", "size of a digit in bits"}, {"sizeof_digit", "size in bytes of the C type used to represent a digit"},
    {"default_max_str_digits", "maximum string conversion digits limitation"},
    {"str_digits_check_threshold", "minimum positive value for int_max_str_digits"}, {}};
StructSequenceField float_fields[] = {{"max", "DBL_MAX"}, {"max_exp", "DBL_MAX_EXP"}, {"max_10_exp", "DBL_MAX_10_EXP"},
    {"min", "DBL_MIN"}, {"min_exp", "DBL_MIN_EXP"}, {"min_10_exp", "DBL_MIN_10_EXP"}, {"dig", "DBL_DIG"},
    {"mant_dig", "DBL_MANT_DIG"}, {"epsilon", "DBL_EPSILON"}, {"radix", "FLT_RADIX"}, {"rounds", "FLT_ROUNDS"}, {}};
StructSequenceField thread_fields[] = {{"name", "name of the thread implementation"}, {"lock", "name of the lock implementation"},
    {"version", "name and version of the thread library"}, {}};
StructSequenceField asyncgen_fields[] = {{"firstiter", "called on first iteration"}, {"finalizer", "called when it is collected"}, {}};
StructSequenceField unraisable_fields[] = {{"exc_type", "Exception type"}, {"exc_value", "Exception value"},
    {"exc_traceback", "Exception traceback"}, {"err_msg", "Error message"}, {"object", "Object causing the exception"}, {}};

int count_fields(const StructSequenceField* fields) {
    int count = 0;
    while (fields[count].name) ++count;
    return count;
}
Fallible<Ref<Type>> make_type(const char* name, const char* doc, StructSequenceField* fields) {
    Ref<Type> type = TRY(struct_sequence_type_new({name, doc, fields, count_fields(fields)}));
    return type;
}

// For types of which programs make no instances.
Fallible<void> forbid_instances(Type* type) {
    type->new_ = nullptr;
    type->flags |= type_flag::kDisallowInstantiation;
    TRY(dict_delete(static_cast<Dict*>(type->dict), "__new__"_name));
    type_modified(type);
    return {};
}

// Fills a struct sequence from a row of values.
struct Values {
    Ref<Tuple> sequence;
    ssize_t next = 0;
    Fallible<void> number(int64_t value) {
        struct_sequence_set(sequence.get(), next++, TRY(int_from(value)));
        return {};
    }
    Fallible<void> boolean(bool value) {
        struct_sequence_set(sequence.get(), next++, TRY(bool_from(value)));
        return {};
    }
    Fallible<void> real(double value) {
        struct_sequence_set(sequence.get(), next++, TRY(float_from(value)));
        return {};
    }
    Fallible<void> text(const char* value) {
        struct_sequence_set(sequence.get(), next++, TRY(str_from_ascii(value)));
        return {};
    }
};
Fallible<Values> make_values(const char* name, const char* doc, StructSequenceField* fields) {
    Ref<Type> type = TRY(make_type(name, doc, fields));
    Values values;
    values.sequence = TRY(struct_sequence_new(type.get()));
    return values;
}

Fallible<Ref<>> flags_value() {
    const Config& config = runtime().config;
    static Type* type = nullptr;
    if (!type) {
        type = TRY(make_type("sys.flags", "sys.flags\n\nFlags given on the command line or by the environment.", flag_fields)).release();
        TRY(forbid_instances(type));
    }
    Values v;
    v.sequence = TRY(struct_sequence_new(type));
    TRY(v.number(config.debug));
    TRY(v.number(config.inspect));
    TRY(v.number(config.interactive));
    TRY(v.number(config.optimize));
    TRY(v.number(config.dont_write_bytecode));
    TRY(v.number(config.no_user_site));
    TRY(v.number(config.no_site));
    TRY(v.number(config.ignore_environment));
    TRY(v.number(config.verbose));
    TRY(v.number(config.bytes_warning));
    TRY(v.number(config.quiet));
    TRY(v.number(!config.hash_seed_set || config.hash_seed != 0));
    TRY(v.number(config.isolated));
    TRY(v.boolean(config.dev_mode));
    TRY(v.number(config.utf8_mode));
    TRY(v.number(config.warn_default_encoding));
    TRY(v.boolean(config.safe_path));
    TRY(v.number(config.int_max_str_digits_given));
    return v.sequence;
}

Fallible<void> add_limits(Module* module) {
    Values hash_values = TRY(make_values("sys.hash_info", "hash_info\n\nParameters of hashing.", hash_fields));
    TRY(hash_values.number(64));
    TRY(hash_values.number((int64_t(1) << 61) - 1));
    TRY(hash_values.number(314159));
    TRY(hash_values.number(0));
    TRY(hash_values.number(1000003));
    TRY(hash_values.text("siphash13"));
    TRY(hash_values.number(64));
    TRY(hash_values.number(128));
    TRY(hash_values.number(0));
    TRY(module_add(module, "hash_info", Ref<>(std::move(hash_values.sequence))));
    Values int_values = TRY(make_values("sys.int_info", "sys.int_info\n\nThe representation of int.", int_fields));
    TRY(int_values.number(30));
    TRY(int_values.number(4));
    TRY(int_values.number(4300));
    TRY(int_values.number(640));
    TRY(module_add(module, "int_info", Ref<>(std::move(int_values.sequence))));
    Values float_values = TRY(make_values("sys.float_info", "sys.float_info\n\nThe representation of float.", float_fields));
    TRY(float_values.real(DBL_MAX));
    TRY(float_values.number(DBL_MAX_EXP));
    TRY(float_values.number(DBL_MAX_10_EXP));
    TRY(float_values.real(DBL_MIN));
    TRY(float_values.number(DBL_MIN_EXP));
    TRY(float_values.number(DBL_MIN_10_EXP));
    TRY(float_values.number(DBL_DIG));
    TRY(float_values.number(DBL_MANT_DIG));
    TRY(float_values.real(DBL_EPSILON));
    TRY(float_values.number(FLT_RADIX));
    TRY(float_values.number(FLT_ROUNDS));
    TRY(module_add(module, "float_info", Ref<>(std::move(float_values.sequence))));
    Values thread_values = TRY(make_values("sys.thread_info", "sys.thread_info\n\nThe thread implementation.", thread_fields));
    TRY(thread_values.text("pthread"));
    TRY(thread_values.text("semaphore"));
    TRY(thread_values.text(thread_library_version()));
    return module_add(module, "thread_info", Ref<>(std::move(thread_values.sequence)));
}

Fallible<Ref<>> version_info_value() {
    Values v = TRY(make_values("sys.version_info", "sys.version_info\n\nThe version as a tuple.", version_fields));
    TRY(forbid_instances(v.sequence->type));
    TRY(v.number(kPythonMajor));
    TRY(v.number(kPythonMinor));
    TRY(v.number(kPythonMicro));
    TRY(v.text("final"));
    TRY(v.number(0));
    return v.sequence;
}

Fallible<void> add_version(Module* module) {
    Ref<> info = TRY(version_info_value());
    TRY(dict_set(module->dict, "version_info", info.get()));
    Ref<Str> version = TRY(format_str("%d.%d.%d (adder-%s, %s) [GCC %s]", kPythonMajor, kPythonMinor, kPythonMicro, kAdderVersion,
                                      build_date_text(), __VERSION__));
    TRY(module_add(module, "version", Ref<>(std::move(version))));
    int64_t hexversion = kPythonMajor << 24 | kPythonMinor << 16 | kPythonMicro << 8 | 0xf0;
    TRY(module_add_int(module, "hexversion", hexversion));
    TRY(module_add_int(module, "api_version", 1013));
    TRY(module_add_str(module, "copyright", "Copyright (c) 2026 the adder authors.\nAll Rights Reserved."));
    Ref<Tuple> git = TRY(tuple_pack("CPython"_name, ""_name, ""_name));
    TRY(module_add(module, "_git", Ref<>(std::move(git))));
    Ref<Dict> fields = TRY(dict_new());
    TRY(dict_set(fields.get(), "name", "cpython"_name));
    TRY(dict_set(fields.get(), "cache_tag", "cpython-311"_name));
    TRY(dict_set(fields.get(), "version", info.get()));
    Ref<Int> hex = TRY(int_from(hexversion));
    TRY(dict_set(fields.get(), "hexversion", hex.get()));
    TRY(dict_set(fields.get(), "_multiarch", "x86_64-linux-gnu"_name));
    return module_add(module, "implementation", namespace_new(fields.get()));
}

Fallible<void> add_stdlib_names(Module* module) {
    Ref<Set> names = TRY(frozenset_new(nullptr));
#define STDLIB_NAME(name) TRY(set_add(names.get(), interned(name)));
#include "interp/modules/stdlib_names.def"
#undef STDLIB_NAME
    return module_add(module, "stdlib_module_names", Ref<>(std::move(names)));
}

}  // namespace

Fallible<void> sys_refresh_flags() {
    Ref<> flags = TRY(flags_value());
    TRY(sys_set("flags", flags.get()));
    return sys_set("dont_write_bytecode", runtime().config.dont_write_bytecode ? py_true() : py_false());
}

Fallible<void> sys_add_information(Module* module) {
    TRY(add_version(module));
    TRY(add_limits(module));
    TRY(add_stdlib_names(module));
    TRY(module_add(module, "flags", flags_value()));
    TRY(module_add_int(module, "maxsize", SSIZE_MAX));
    TRY(module_add_int(module, "maxunicode", 0x10ffff));
    TRY(module_add_str(module, "platform", "linux"));
    TRY(module_add_str(module, "byteorder", "little"));
    TRY(module_add_str(module, "float_repr_style", "short"));
    TRY(module_add_str(module, "abiflags", ""));
    TRY(module_add_str(module, "platlibdir", runtime().config.platlibdir));
    TRY(module_add_str(module, "_framework", ""));
    TRY(module_add(module, "dont_write_bytecode", bool_from(runtime().config.dont_write_bytecode)));
    Ref<Type> hooks = TRY(make_type("sys.asyncgen_hooks", "The asynchronous generator hooks.", asyncgen_fields));
    TRY(module_add(module, "_asyncgen_hooks_type", Ref<>(std::move(hooks))));
    Ref<Type> unraisable = TRY(make_type("sys.UnraisableHookArgs", "What sys.unraisablehook is given.", unraisable_fields));
    TRY(module_add(module, "UnraisableHookArgs", Ref<>(std::move(unraisable))));
    for (const char* name : {"displayhook", "excepthook", "breakpointhook", "unraisablehook"}) {
        Ref<Str> saved = TRY(format_str("__%s__", name));
        TRY(dict_set(module->dict, saved.get(), dict_get_str(module->dict, interned(name))));
    }
    return {};
}

}  // namespace py
