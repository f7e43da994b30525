// time: dates as text and back.
#include <cstdlib>
#include <cwchar>

#include "interp/import/import.h"
#include "interp/modules/time.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/str.h"

namespace py {

namespace {

// Fields must be in range for the C library; some zeros count as the first of their kind.
Fallible<void> check_fields(tm& time) {
    if (time.tm_mon == -1) time.tm_mon = 0;
    if (time.tm_mday == 0) time.tm_mday = 1;
    if (time.tm_yday == -1) time.tm_yday = 0;
    struct {
        int value, low, high;
        const char* name;
    } rows[] = {
        {time.tm_mon, 0, 11, "month"},       {time.tm_mday, 1, 31, "day of month"}, {time.tm_hour, 0, 23, "hour"},
        {time.tm_min, 0, 59, "minute"},      {time.tm_sec, 0, 61, "seconds"},       {time.tm_wday, 0, 6, "day of week"},
        {time.tm_yday, 0, 365, "day of year"},
    };
    for (const auto& row : rows)
        if (row.value < row.low || row.value > row.high) return raise(exc::ValueError, "%s out of range", row.name);
    return {};
}

// "Thu Jan  1 00:00:00 1970"
Fallible<Ref<>> text_of(const tm& time) {
    constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[64];
    int size = std::snprintf(text, sizeof text, "%s %s%3d %.2d:%.2d:%.2d %d", kDays[time.tm_wday], kMonths[time.tm_mon],
                             time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec, 1900 + time.tm_year);
    return TRY(str_from_ascii({text, size_t(size)}));
}

}  // namespace

// time.asctime([tuple])
Fallible<Ref<>> time_asctime(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("asctime", nargs, 0, 1));
    tm time = nargs ? TRY(tm_from_tuple(args[0], "asctime")) : TRY(local_tm(nullptr));
    TRY(check_fields(time));
    return text_of(time);
}

// time.ctime([seconds])
Fallible<Ref<>> time_ctime(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("ctime", nargs, 0, 1));
    return text_of(TRY(local_tm(nargs ? args[0] : nullptr)));
}

namespace {

struct WideText {
    wchar_t* text = nullptr;
    ~WideText() { std::free(text); }
    [[nodiscard]] bool allocate(size_t size) {
        std::free(text);
        text = static_cast<wchar_t*>(std::malloc(size * sizeof(wchar_t)));
        return text != nullptr;
    }
};

}  // namespace

// time.strftime(format[, tuple])
Fallible<Ref<>> time_strftime(Object*, Object* const* args, ssize_t nargs) {
    if (nargs < 1) return raise(exc::TypeError, "strftime() takes at least 1 argument (0 given)");
    TRY(check_parsed_count("strftime", nargs, 1, 2));
    if (!is_str(args[0]))
        return raise(exc::TypeError, "strftime() argument 1 must be str, not %N",
                     args[0]);
    tm time = nargs > 1 ? TRY(tm_from_tuple(args[1], "strftime")) : TRY(local_tm(nullptr));
    TRY(check_fields(time));
    // Anything else than these confuses some C libraries.
    time.tm_isdst = time.tm_isdst < 0 ? -1 : time.tm_isdst > 0;
    Str* format = as_str(args[0]);
    WideText wide, out;
    if (!wide.allocate(size_t(format->length) + 1)) return raise_memory_error();
    for (ssize_t i = 0; i < format->length; ++i) {
        if (format->at(i) == 0) return raise(exc::ValueError, "embedded null character");
        wide.text[i] = wchar_t(format->at(i));
    }
    wide.text[format->length] = 0;
    // An empty result and one that did not fit look the same: tried up to a size no format reaches.
    for (size_t size = 1024;; size += size) {
        if (!out.allocate(size)) return raise_memory_error();
        size_t length = std::wcsftime(out.text, size, wide.text, &time);
        if (length > 0 || size >= 256 * size_t(format->length))
            return TRY(str_from_kind(4, out.text, ssize_t(length)));
    }
}

// time.strptime(string[, format])
Fallible<Ref<>> time_strptime(Object*, Object* const* args, ssize_t nargs) {
    Ref<> function = TRY(import_attribute("_strptime", "_strptime_time"));
    return vectorcall(function.get(), args, size_t(nargs), nullptr);
}

}  // namespace py
