// What the files of the time module share.
#pragma once

#include <ctime>

#include "interp/objects/method_def.h"

namespace py {

extern Type* struct_time_type;  // made with the module

// time_clocks.cpp
Fallible<Ref<>> time_time(Object* module);
Fallible<Ref<>> time_time_ns(Object* module);
Fallible<Ref<>> time_monotonic(Object* module);
Fallible<Ref<>> time_monotonic_ns(Object* module);
Fallible<Ref<>> time_process_time(Object* module);
Fallible<Ref<>> time_process_time_ns(Object* module);
Fallible<Ref<>> time_thread_time(Object* module);
Fallible<Ref<>> time_thread_time_ns(Object* module);
Fallible<Ref<>> time_clock_gettime(Object* module, Object* const* args, ssize_t nargs);
Fallible<Ref<>> time_clock_gettime_ns(Object* module, Object* const* args, ssize_t nargs);
Fallible<Ref<>> time_clock_settime(Object* module, Object* const* args, ssize_t nargs);
Fallible<Ref<>> time_clock_settime_ns(Object* module, Object* const* args, ssize_t nargs);
Fallible<Ref<>> time_clock_getres(Object* module, Object* const* args, ssize_t nargs);
Fallible<Ref<>> time_pthread_getcpuclockid(Object* module, Object* const* args, ssize_t nargs);
Fallible<Ref<>> time_get_clock_info(Object* module, Object* const* args, ssize_t nargs);
Fallible<Ref<>> time_sleep(Object* module, Object* seconds);
// time_text.cpp
Fallible<Ref<>> time_asctime(Object* module, Object* const* args, ssize_t nargs);
Fallible<Ref<>> time_ctime(Object* module, Object* const* args, ssize_t nargs);
Fallible<Ref<>> time_strftime(Object* module, Object* const* args, ssize_t nargs);
Fallible<Ref<>> time_strptime(Object* module, Object* const* args, ssize_t nargs);

// time.cpp: the tuple as a C struct; `function` is named when it has not nine items.
Fallible<tm> tm_from_tuple(Object* tuple, const char* function);
// The seconds argument (absent or None: now) broken down.
Fallible<tm> local_tm(Object* seconds_or_null);

}  // namespace py
