// The versions the interpreter reports: of the language level it embeds, and of adder itself.
#pragma once

namespace py {

inline constexpr int kPythonMajor = 3;
inline constexpr int kPythonMinor = 11;
inline constexpr int kPythonMicro = ADDER_PYTHON_MICRO;  // the embedded standard library's
inline constexpr const char* kAdderVersion = ADDER_VERSION;
// "Nov 21 2026, 03:12:44"; from SOURCE_DATE_EPOCH or the build's last change, so that builds are reproducible.
const char* build_date_text();
const char* thread_library_version();  // "NPTL 2.36"

}  // namespace py
