// _locale: the C library's locale settings for locale and gettext.
#include <langinfo.h>
#include <libintl.h>
#include <locale.h>
#include <wchar.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "interp/modules/io.h"

namespace py {

namespace {

Object* locale_error;

// Text of the C library in the current locale's encoding; what is malformed becomes lone surrogates.
Fallible<Ref<Str>> locale_text(const char* text) {
    const char* codeset = nl_langinfo(CODESET);
    if (!std::strcmp(codeset, "UTF-8") || !std::strcmp(codeset, "ANSI_X3.4-1968")) return str_from_fs(text);
    return bytes_decode(text, codeset, "surrogateescape");
}

Fallible<std::string_view> c_string(Object* value, const char* function, const char* argument) {
    if (!is_str(value))
        return raise(exc::TypeError, "%s() argument %s must be str, not %.50s", function, argument, is_none(value) ? "None" : value->type->name);
    return str_c_string(as_str(value));
}

// _locale.setlocale(category, locale=None, /)
Fallible<Ref<>> locale_setlocale(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("setlocale", nargs, 1, 2));
    int category = TRY(as_c_int(args[0]));
    const char* name = nullptr;
    if (nargs > 1 && !is_none(args[1])) {
        if (!is_str(args[1]))
            return raise(exc::TypeError, "setlocale() argument 2 must be str or None, not %N", args[1]);
        name = TRY(c_string(args[1], "setlocale", "2")).data();
    }
    const char* result = ::setlocale(category, name);
    if (!result) return raise(static_cast<Type*>(locale_error), name ? "unsupported locale setting" : "locale query failed");
    return locale_text(result);
}

Fallible<Ref<>> grouping_list(const char* grouping) {
    Ref<List> list = TRY(list_new(0));
    if (!*grouping) return list;
    for (const char* p = grouping;; ++p) {
        TRY(list_append_steal(list.get(), TRY(int_from(*p))));
        if (*p == 0 || *p == CHAR_MAX) return list;
    }
}
// _locale.localeconv()
Fallible<Ref<>> locale_localeconv(Object*) {
    const lconv* conventions = ::localeconv();
    Ref<Dict> result = TRY(dict_new());
    struct Text { const char* name; const char* value; };
    struct Number { const char* name; int value; };
    struct Grouping { const char* name; const char* value; };
    auto add = [&](const char* name, Ref<> value) { return dict_set(result.get(), name, value.get()); };
    for (const Text& row : {Text{"decimal_point", conventions->decimal_point}, Text{"thousands_sep", conventions->thousands_sep}})
        TRY(add(row.name, TRY(locale_text(row.value))));
    TRY(add("grouping", TRY(grouping_list(conventions->grouping))));
    for (const Text& row :
         {Text{"int_curr_symbol", conventions->int_curr_symbol}, Text{"currency_symbol", conventions->currency_symbol},
          Text{"mon_decimal_point", conventions->mon_decimal_point}, Text{"mon_thousands_sep", conventions->mon_thousands_sep}})
        TRY(add(row.name, TRY(locale_text(row.value))));
    TRY(add("mon_grouping", TRY(grouping_list(conventions->mon_grouping))));
    for (const Text& row : {Text{"positive_sign", conventions->positive_sign}, Text{"negative_sign", conventions->negative_sign}})
        TRY(add(row.name, TRY(locale_text(row.value))));
    for (const Number& row :
         {Number{"int_frac_digits", conventions->int_frac_digits}, Number{"frac_digits", conventions->frac_digits},
          Number{"p_cs_precedes", conventions->p_cs_precedes}, Number{"p_sep_by_space", conventions->p_sep_by_space},
          Number{"n_cs_precedes", conventions->n_cs_precedes}, Number{"n_sep_by_space", conventions->n_sep_by_space},
          Number{"p_sign_posn", conventions->p_sign_posn}, Number{"n_sign_posn", conventions->n_sign_posn}})
        TRY(add(row.name, TRY(int_from(row.value))));
    return result;
}

// A string as wide characters, ended by a zero; the caller frees it.
Fallible<wchar_t*> wide(Object* value) {
    Str* text = as_str(value);
    auto copy = static_cast<wchar_t*>(std::malloc(size_t(text->length + 1) * sizeof(wchar_t)));
    if (!copy) {
        (void)raise_memory_error();
        return raised;
    }
    for (ssize_t i = 0; i < text->length; ++i) {
        copy[i] = wchar_t(text->at(i));
        if (copy[i] == 0) {
            std::free(copy);
            return raise(exc::ValueError, "embedded null character");
        }
    }
    copy[text->length] = 0;
    return copy;
}
// _locale.strcoll(os1, os2, /)
Fallible<Ref<>> locale_strcoll(Object*, Object* const* a) {
    for (int i = 0; i < 2; ++i)
        if (!is_str(a[i])) return raise(exc::TypeError, "strcoll() argument %d must be str, not %N", i + 1, a[i]);
    wchar_t* first = TRY(wide(a[0]));
    Fallible<wchar_t*> other = wide(a[1]);
    if (!other.ok()) {
        std::free(first);
        return raised;
    }
    wchar_t* second = other.take();
    int order = ::wcscoll(first, second);
    std::free(first);
    std::free(second);
    return int_from(order);
}
// _locale.strxfrm(string, /)
Fallible<Ref<>> locale_strxfrm(Object*, Object* argument) {
    if (!is_str(argument)) return raise(exc::TypeError, "strxfrm() argument must be str, not %N", argument);
    wchar_t* text = TRY(wide(argument));
    errno = 0;
    size_t size = ::wcsxfrm(nullptr, text, 0);
    auto key = errno ? nullptr : static_cast<wchar_t*>(std::malloc((size + 1) * sizeof(wchar_t)));
    int error = errno;
    if (key) size = ::wcsxfrm(key, text, size + 1);
    std::free(text);
    if (!key && error) return raise_os_error(error);
    if (!key) return raise_memory_error();
    // The C library's keys may hold values beyond Unicode.
    for (size_t i = 0; i < size; ++i)
        if (uint32_t(key[i]) > 0x10ffff) key[i] = 0x10ffff;
    Fallible<Ref<Str>> result = str_from_code_points(reinterpret_cast<const uint32_t*>(key), ssize_t(size));
    std::free(key);
    return result;
}

struct Constant {
    const char* name;
    int value;
};
constexpr Constant kLanginfo[] = {
#define ITEM(name) {#name, name}
    ITEM(DAY_1), ITEM(DAY_2), ITEM(DAY_3), ITEM(DAY_4), ITEM(DAY_5), ITEM(DAY_6), ITEM(DAY_7), ITEM(ABDAY_1), ITEM(ABDAY_2),
    ITEM(ABDAY_3), ITEM(ABDAY_4), ITEM(ABDAY_5), ITEM(ABDAY_6), ITEM(ABDAY_7), ITEM(MON_1), ITEM(MON_2), ITEM(MON_3), ITEM(MON_4),
    ITEM(MON_5), ITEM(MON_6), ITEM(MON_7), ITEM(MON_8), ITEM(MON_9), ITEM(MON_10), ITEM(MON_11), ITEM(MON_12), ITEM(ABMON_1),
    ITEM(ABMON_2), ITEM(ABMON_3), ITEM(ABMON_4), ITEM(ABMON_5), ITEM(ABMON_6), ITEM(ABMON_7), ITEM(ABMON_8), ITEM(ABMON_9),
    ITEM(ABMON_10), ITEM(ABMON_11), ITEM(ABMON_12), ITEM(RADIXCHAR), ITEM(THOUSEP), ITEM(CRNCYSTR), ITEM(D_FMT), ITEM(D_T_FMT),
    ITEM(T_FMT), ITEM(AM_STR), ITEM(PM_STR), ITEM(CODESET), ITEM(T_FMT_AMPM), ITEM(ERA), ITEM(ERA_D_FMT), ITEM(ERA_D_T_FMT),
    ITEM(ERA_T_FMT), ITEM(ALT_DIGITS), ITEM(YESEXPR), ITEM(NOEXPR), ITEM(_DATE_FMT),
};
constexpr Constant kCategories[] = {
    ITEM(LC_CTYPE), ITEM(LC_TIME), ITEM(LC_COLLATE), ITEM(LC_MONETARY), ITEM(LC_MESSAGES), ITEM(LC_NUMERIC), ITEM(LC_ALL), ITEM(CHAR_MAX),
#undef ITEM
};

// _locale.nl_langinfo(key, /)
Fallible<Ref<>> locale_nl_langinfo(Object*, Object* argument) {
    int key = TRY(as_c_int(argument));
    for (const Constant& row : kLanginfo)
        if (row.value == key) {
            const char* text = ::nl_langinfo(nl_item(key));
            return locale_text(text ? text : "");
        }
    return raise(exc::ValueError, "unsupported langinfo constant");
}
// _locale.getencoding()
Fallible<Ref<>> locale_getencoding(Object*) { return io::locale_encoding(); }

// _locale.gettext(msg, /)
Fallible<Ref<>> locale_gettext(Object*, Object* message) {
    return locale_text(::gettext(TRY(c_string(message, "gettext", "1")).data()));
}
Fallible<const char*> domain_or_null(Object* value, const char* function) {
    if (is_none(value)) return static_cast<const char*>(nullptr);
    return TRY(c_string(value, function, "1")).data();
}
// _locale.dgettext(domain, msg, /)
Fallible<Ref<>> locale_dgettext(Object*, Object* const* a) {
    const char* domain = TRY(domain_or_null(a[0], "dgettext"));
    return locale_text(::dgettext(domain, TRY(c_string(a[1], "dgettext", "2")).data()));
}
// _locale.dcgettext(domain, msg, category, /)
Fallible<Ref<>> locale_dcgettext(Object*, Object* const* a) {
    const char* domain = TRY(domain_or_null(a[0], "dcgettext"));
    std::string_view message = TRY(c_string(a[1], "dcgettext", "2"));
    return locale_text(::dcgettext(domain, message.data(), TRY(as_c_int(a[2]))));
}
// _locale.textdomain(domain, /)
Fallible<Ref<>> locale_textdomain(Object*, Object* argument) {
    const char* result = ::textdomain(TRY(domain_or_null(argument, "textdomain")));
    if (!result) return raise_os_error(errno);
    return locale_text(result);
}
// _locale.bindtextdomain(domain, dir, /)
Fallible<Ref<>> locale_bindtextdomain(Object*, Object* const* a) {
    std::string_view domain = TRY(c_string(a[0], "bindtextdomain", "1"));
    if (domain.empty()) return raise(static_cast<Type*>(locale_error), "domain must be a non-empty string");
    Ref<Bytes> directory;
    if (!is_none(a[1])) directory = TRY(path_to_bytes(a[1]));
    const char* result = ::bindtextdomain(domain.data(), directory ? directory->data : nullptr);
    if (!result) return raise_os_error(errno);
    return locale_text(result);
}
// _locale.bind_textdomain_codeset(domain, codeset, /)
Fallible<Ref<>> locale_bind_textdomain_codeset(Object*, Object* const* a) {
    std::string_view domain = TRY(c_string(a[0], "bind_textdomain_codeset", "1"));
    const char* codeset = is_none(a[1]) ? nullptr : TRY(c_string(a[1], "bind_textdomain_codeset", "2")).data();
    const char* result = ::bind_textdomain_codeset(domain.data(), codeset);
    if (!result) return share(none());
    return locale_text(result);
}

MethodDef locale_functions[] = {
    METHOD_FAST("setlocale", locale_setlocale, "($module, category, locale=<unrepresentable>, /)", "Set or ask for the locale of a category."),
    METHOD_NOARGS("localeconv", locale_localeconv, "($module, /)", "How the locale writes numbers and money, as a dict."),
    METHOD("strcoll", locale_strcoll, "($module, os1, os2, /)", "Compare two strings by the locale's order."),
    METHOD_O("strxfrm", locale_strxfrm, "($module, string, /)", "A key that sorts as the locale orders the string."),
    METHOD_O("nl_langinfo", locale_nl_langinfo, "($module, key, /)", "The locale's value for the key."),
    METHOD_O("gettext", locale_gettext, "($module, msg, /)", "The translation of the message."),
    METHOD("dgettext", locale_dgettext, "($module, domain, msg, /)", "The translation in the domain."),
    METHOD("dcgettext", locale_dcgettext, "($module, domain, msg, category, /)", "The translation in domain and category."),
    METHOD_O("textdomain", locale_textdomain, "($module, domain, /)", "Set or ask for the domain."),
    METHOD("bindtextdomain", locale_bindtextdomain, "($module, domain, dir, /)", "Bind the domain to a directory."),
    METHOD("bind_textdomain_codeset", locale_bind_textdomain_codeset, "($module, domain, codeset, /)", "Bind the domain to an encoding."),
    METHOD_NOARGS("getencoding", locale_getencoding, "($module, /)", "The locale's encoding."),
    END_ROW,
};

Fallible<void> execute(Module* module) {
    for (const Constant& row : kCategories) TRY(module_add_int(module, row.name, row.value));
    for (const Constant& row : kLanginfo) TRY(module_add_int(module, row.name, row.value));
    Ref<> error = TRY(exception_type_new("locale.Error", exc::Exception, nullptr));
    locale_error = new_reference(error.get());
    return module_add(module, "Error", std::move(error));
}

}  // namespace

extern const NativeModule locale_module;
const NativeModule locale_module = {"_locale", "Support for POSIX locales.", locale_functions, execute};

}  // namespace py
