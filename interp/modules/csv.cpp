// _csv: the module, its registry of dialects and the Dialect type. Reading is in csv_reader.cpp, writing in csv_writer.cpp.
#include "interp/modules/csv.h"

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/module.h"

namespace py::csv {

Object* error_type = nullptr;
int64_t field_limit = 128 * 1024;

namespace {

Dict* dialects = nullptr;  // name → Dialect

Fallible<Ref<>> dialect_named(Object* name) {
    Ref<> found = TRY(dict_get(dialects, name));
    if (!found) return raise(error(), "unknown dialect");
    return found;
}

// The settings of a dialect as they were given; null: left out.
struct Settings {
    Ref<> delimiter, doublequote, escape, line_terminator, quote, quoting, skip_initial_space, strict;
};
struct SettingName {
    const char* name;
    Ref<> Settings::*member;
};
// In the order of Dialect's parameters.
constexpr SettingName kSettings[] = {
    {"delimiter", &Settings::delimiter},
    {"doublequote", &Settings::doublequote},
    {"escapechar", &Settings::escape},
    {"lineterminator", &Settings::line_terminator},
    {"quotechar", &Settings::quote},
    {"quoting", &Settings::quoting},
    {"skipinitialspace", &Settings::skip_initial_space},
    {"strict", &Settings::strict},
};
enum class NoneAllowed : bool { No, Yes };

Fallible<void> read_bool(Object* value, char* out) {
    if (value) *out = TRY(is_true(value));
    return {};
}
Fallible<void> read_character(const char* name, Object* value, NoneAllowed none_allowed, int64_t* out) {
    if (!value) return {};
    if (none_allowed == NoneAllowed::Yes && is_none(value)) {
        *out = kNoCharacter;
        return {};
    }
    if (!is_str(value))
        return raise(exc::TypeError, "\"%s\" must be string%s, not %T", name, none_allowed == NoneAllowed::Yes ? " or None" : "", value);
    if (as_str(value)->length != 1) return raise(exc::TypeError, "\"%s\" must be a 1-character string", name);
    *out = as_str(value)->at(0);
    return {};
}
Fallible<void> read_quoting(Object* value, int* out) {
    if (!value) return {};
    if (!is_int_exact(value)) return raise(exc::TypeError, "\"quoting\" must be an integer");
    *out = TRY(as_c_int(value));
    if (*out < kQuoteMinimal || *out > kQuoteNone) return raise(exc::TypeError, "bad \"quoting\" value");
    return {};
}
Fallible<void> read_line_terminator(Object* value, Str** out) {
    if (value && !is_none(value) && !is_str(value)) return raise(exc::TypeError, "\"lineterminator\" must be a string");
    if (value && is_none(value)) return raise(exc::TypeError, "lineterminator must be set");
    *out = value ? new_reference(as_str(value)) : TRY(str_from_ascii("\r\n")).release();
    return {};
}
Fallible<void> fill_dialect(Dialect* self, const Settings& given) {
    self->doublequote = 1;
    self->delimiter = ',';
    self->quote = '"';
    self->escape = kNoCharacter;
    TRY(read_character("delimiter", given.delimiter.get(), NoneAllowed::No, &self->delimiter));
    TRY(read_bool(given.doublequote.get(), &self->doublequote));
    TRY(read_character("escapechar", given.escape.get(), NoneAllowed::Yes, &self->escape));
    TRY(read_line_terminator(given.line_terminator.get(), &self->line_terminator));
    TRY(read_character("quotechar", given.quote.get(), NoneAllowed::Yes, &self->quote));
    TRY(read_quoting(given.quoting.get(), &self->quoting));
    TRY(read_bool(given.skip_initial_space.get(), &self->skip_initial_space));
    TRY(read_bool(given.strict.get(), &self->strict));
    if (given.quote && is_none(given.quote.get()) && !given.quoting) self->quoting = kQuoteNone;
    if (self->quoting != kQuoteNone && self->quote == kNoCharacter)
        return raise(exc::TypeError, "quotechar must be set if quoting enabled");
    return {};
}

// Dialect(dialect=None, delimiter=None, …): a dialect's own attributes count where no argument is given for them.
Fallible<Ref<>> dialect_new(Type* type, Object* const* a) {
    Settings given;
    bool any = false;
    for (int i = 0; i < int(std::size(kSettings)); ++i) {
        given.*kSettings[i].member = share(a[i + 1]);
        any |= a[i + 1] != nullptr;
    }
    Ref<> base = share(a[0]);
    if (base) {
        if (is_str(base.get())) base = TRY(dialect_named(base.get()));
        if (!any && is_instance_of(base.get(), dialect_type)) return base;
        for (const SettingName& each : kSettings) {
            Ref<>& value = given.*each.member;
            if (value) continue;
            auto found = get_attr(base.get(), each.name);
            if (found.ok())
                value = found.take();
            else
                clear_error();  // a dialect need not have every attribute
        }
    }
    Ref<Dialect> self = TRY(instance_new<Dialect>(type));
    TRY(fill_dialect(self.get(), given));
    return self;
}

Fallible<Ref<>> character_or_none(int64_t character) {
    if (character == kNoCharacter) return share(none());
    return str_from_char(uint32_t(character));
}
Fallible<Ref<>> dialect_get_delimiter(Object* self) {
    return character_or_none(as_dialect(self)->delimiter);
}
Fallible<Ref<>> dialect_get_escapechar(Object* self) {
    return character_or_none(as_dialect(self)->escape);
}
Fallible<Ref<>> dialect_get_quotechar(Object* self) {
    return character_or_none(as_dialect(self)->quote);
}
Fallible<Ref<>> dialect_get_lineterminator(Object* self) {
    return share(static_cast<Object*>(as_dialect(self)->line_terminator));
}
Fallible<Ref<>> dialect_get_quoting(Object* self) {
    return int_from(as_dialect(self)->quoting);
}
// Dialect.__reduce__() and __reduce_ex__(protocol)
Fallible<Ref<>> dialect_reduce(Object* self, Object* const*, ssize_t) {
    return raise(exc::TypeError, "cannot pickle '%s' instances", type_short_name(self->type));
}

MethodDef dialect_methods[] = {
    METHOD_FAST_UNSIGNED("__reduce__", dialect_reduce, "Dialects are not pickled."),
    METHOD_FAST_UNSIGNED("__reduce_ex__", dialect_reduce, "Dialects are not pickled."),
    END_ROW,
};
MemberDef dialect_members[] = {
    {"skipinitialspace", kBool, offsetof(Dialect, skip_initial_space), kReadOnly, nullptr},
    {"doublequote", kBool, offsetof(Dialect, doublequote), kReadOnly, nullptr},
    {"strict", kBool, offsetof(Dialect, strict), kReadOnly, nullptr},
    END_ROW,
};
GetSetDef dialect_getset[] = {
    GETTER("delimiter", dialect_get_delimiter, nullptr),
    GETTER("escapechar", dialect_get_escapechar, nullptr),
    GETTER("lineterminator", dialect_get_lineterminator, nullptr),
    GETTER("quotechar", dialect_get_quotechar, nullptr),
    GETTER("quoting", dialect_get_quoting, nullptr),
    END_ROW,
};

// The positional arguments of register_dialect, reader and writer: `required` of them and an optional dialect.
Fallible<Ref<>> registered(Object* args_tuple, Object* keywords) {
    Tuple* args = as_tuple(args_tuple);
    TRY(check_positional("", args->size, 1, 2));
    if (!is_str(args->items[0])) return raise(exc::TypeError, "dialect name must be a string");
    Ref<Dialect> dialect = TRY(dialect_from(args->size > 1 ? args->items[1] : nullptr, keywords));
    TRY(dict_set(dialects, args->items[0], dialect.get()));
    return share(none());
}
// _csv.register_dialect(name, [dialect, ]**fmtparams)
Object* register_dialect(Object*, Object* args, Object* keywords) {
    return registered(args, keywords).release();
}
// _csv.unregister_dialect(name)
Fallible<Ref<>> unregister_dialect(Object*, Object* const* a) {
    if (!TRY(dict_delete(dialects, a[0]))) return raise(error(), "unknown dialect");
    return share(none());
}
// _csv.get_dialect(name)
Fallible<Ref<>> get_dialect(Object*, Object* const* a) {
    return dialect_named(a[0]);
}
// _csv.list_dialects()
Fallible<Ref<>> list_dialects(Object*) {
    return dict_keys_list(dialects);
}
// _csv.field_size_limit(new_limit=<unrepresentable>)
Fallible<Ref<>> field_size_limit(Object*, Object* const* a) {
    int64_t old = field_limit;
    if (a[0]) {
        if (!is_int_exact(a[0])) return raise(exc::TypeError, "limit must be an integer");
        int overflow = 0;
        int64_t limit = as_int64_clamped(as_int(a[0]), &overflow);
        if (overflow) return raise(exc::OverflowError, "Python int too large to convert to C long");
        field_limit = limit;
    }
    return int_from(old);
}

MethodDef csv_functions[] = {
    {"reader", (CFunction)(void*)make_reader, kVarargs | kKeywords,
     "reader(iterable [, dialect='excel'] [, **fmtparams])\n\nAn iterator over the rows of the lines that the iterable gives."},
    {"writer", (CFunction)(void*)make_writer, kVarargs | kKeywords,
     "writer(fileobj [, dialect='excel'] [, **fmtparams])\n\nAn object that writes rows to a file-like object."},
    METHOD_NOARGS("list_dialects", list_dialects, "($module, /)", "The names of all registered dialects."),
    {"register_dialect", (CFunction)(void*)register_dialect, kVarargs | kKeywords,
     "register_dialect(name, [dialect, ]**fmtparams)\n\nGives a dialect a name."},
    METHOD("unregister_dialect", unregister_dialect, "($module, /, name)", "Forgets a dialect's name."),
    METHOD("get_dialect", get_dialect, "($module, /, name)", "The dialect of that name."),
    METHOD("field_size_limit", field_size_limit, "($module, /, new_limit=<unrepresentable>)",
           "Sets the longest field that is read; returns the limit so far."),
    END_ROW,
};

Fallible<void> execute(Module* module) {
    TRY(module_add_type(module, &dialect_type));
    TRY(type_ready(&reader_type));
    TRY(type_ready(&writer_type));
    TRY(module_add(module, "Reader", share(static_cast<Object*>(&reader_type))));
    TRY(module_add(module, "Writer", share(static_cast<Object*>(&writer_type))));
    if (!dialects) {
        dialects = TRY(dict_new()).release();
        error_type = TRY(exception_type_new("_csv.Error", static_cast<Object*>(exc::Exception), nullptr)).release();
    }
    TRY(module_add(module, "_dialects", share(static_cast<Object*>(dialects))));
    TRY(module_add(module, "Error", share(error_type)));
    TRY(module_add_int(module, "QUOTE_MINIMAL", kQuoteMinimal));
    TRY(module_add_int(module, "QUOTE_ALL", kQuoteAll));
    TRY(module_add_int(module, "QUOTE_NONNUMERIC", kQuoteNonNumeric));
    TRY(module_add_int(module, "QUOTE_NONE", kQuoteNone));
    return module_add_str(module, "__version__", "1.0");
}

}  // namespace

constinit Type dialect_type = static_type({
    .name = "_csv.Dialect",
    .basic_size = sizeof(Dialect),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .doc = "What separates, quotes and ends the fields of a kind of CSV files.",
    .dealloc = dealloc_members<&Dialect::line_terminator>,
    .traverse = traverse_members<&Dialect::line_terminator>,
    .clear = [](Object*) { return 0; },
    .methods = dialect_methods,
    .members = dialect_members,
    .getset = dialect_getset,
    .new_ = Bound<dialect_new, "",
                  "(dialect=None, delimiter=None, doublequote=None, escapechar=None, lineterminator=None, quotechar=None, "
                  "quoting=None, skipinitialspace=None, strict=None)">::new_,
});

Fallible<Ref<Dialect>> dialect_from(Object* dialect, Object* keywords) {
    Ref<Tuple> args = dialect ? TRY(tuple_pack(dialect)) : tuple_empty();
    Ref<> made = TRY(call_tuple(&dialect_type, args.get(), keywords));
    return std::move(made).cast<Dialect>();
}

}  // namespace py::csv

namespace py {

extern const NativeModule csv_module;
const NativeModule csv_module = {
    "_csv",
    "CSV parsing and writing.\n\nReaders and writers of comma-separated values and their like. What the separators and quotes of a "
    "file are is\nsaid by a dialect, given by name, class or single settings: delimiter, quotechar, escapechar, doublequote,\n"
    "skipinitialspace, lineterminator, quoting (one of the QUOTE_ constants) and strict.\n",
    csv::csv_functions, csv::execute};

}  // namespace py
