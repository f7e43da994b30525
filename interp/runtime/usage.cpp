// See usage.h. What each option does is CPython's ("Command line and environment" in its manual); the words are ours.
#include "interp/runtime/usage.h"

#include <cstdio>

#include "interp/runtime/version.h"

namespace py {

namespace {

constexpr const char kUsageLine[] = "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\n";

constexpr const char kOptions[] =
    "Options (and corresponding environment variables):\n"
    "-b     : warn when bytes are turned into str or compared with str or int\n"
    "         (-bb: these are errors)\n"
    "-B     : write no .pyc files on import (PYTHONDONTWRITEBYTECODE=x)\n"
    "-c cmd : run the program text cmd; it ends the list of options\n"
    "-d     : parser debugging; has no effect (PYTHONDEBUG=x)\n"
    "-E     : take no notice of PYTHON* variables\n"
    "-h     : print this text and exit (also -? or --help)\n"
    "-i     : give a prompt after the program, also when stdin is no\n"
    "         terminal (PYTHONINSPECT=x)\n"
    "-I     : keep out the user's environment; implies -E, -P and -s\n"
    "-m mod : run the library module mod as a program; ends the options\n"
    "-O     : leave out assert statements and `if __debug__`; .opt-1.pyc\n"
    "         (PYTHONOPTIMIZE=x)\n"
    "-OO    : -O, and leave out docstrings; .opt-2.pyc\n"
    "-P     : put no unsafe path in front of sys.path (PYTHONSAFEPATH)\n"
    "-q     : print no version and copyright at the prompt\n"
    "-s     : leave the user site directory out of sys.path\n"
    "         (PYTHONNOUSERSITE=x)\n"
    "-S     : do not run 'import site' at start-up\n"
    "-u     : do not buffer stdout and stderr (PYTHONUNBUFFERED=x);\n"
    "         no effect on stdin\n"
    "-v     : trace import statements (PYTHONVERBOSE=x); more with -vv\n"
    "-V     : print the version and exit (also --version); -VV: more of it\n"
    "-W arg : warning control, action:message:category:module:lineno\n"
    "         (PYTHONWARNINGS=arg)\n"
    "-x     : skip the first line of the source (for lines like #!cmd)\n"
    "-X opt : set an option of this implementation\n"
    "--check-hash-based-pycs always|default|never:\n"
    "         how hash-based .pyc files are checked\n"
    "--help-env      : print help on the environment variables and exit\n"
    "--help-xoptions : print help on the -X options and exit\n"
    "--help-all      : print everything and exit\n"
    "\n"
    "Arguments:\n"
    "file   : program read from this file\n"
    "-      : program read from stdin (default; a prompt at a terminal)\n"
    "arg ...: arguments passed on in sys.argv[1:]\n";

constexpr const char kEnvironment[] =
    "Environment variables:\n"
    "PYTHONSTARTUP   : file run before the first prompt\n"
    "PYTHONPATH      : directories in front of the default module search path,\n"
    "                  ':'-separated\n"
    "PYTHONHOME      : prefix of the standard library, prefix[:exec_prefix]\n"
    "PYTHONPLATLIBDIR: value of sys.platlibdir\n"
    "PYTHONIOENCODING: encoding[:errors] of stdin, stdout and stderr\n"
    "PYTHONHASHSEED  : 'random', or the seed of str hashes, [0;4294967295]\n"
    "PYTHONMALLOC    : the memory allocators' name\n"
    "PYTHONCOERCECLOCALE: 0 leaves the C locale alone, 'warn' tells of it\n"
    "PYTHONBREAKPOINT: callable for breakpoint(); 0 disables it\n"
    "PYTHONDEVMODE   : development mode\n"
    "PYTHONPYCACHEPREFIX: root of a parallel tree for .pyc files\n"
    "PYTHONWARNDEFAULTENCODING: warn where the locale's encoding is used\n"
    "PYTHONTRACEMALLOC: number of frames to trace allocations with\n"
    "PYTHONPROFILEIMPORTTIME: print how long imports take\n"
    "PYTHONUTF8      : 1 turns the UTF-8 mode on, 0 off\n"
    "PYTHONINTMAXSTRDIGITS: limit of int/str conversion, 0 for none\n"
    "PYTHONNODEBUGRANGES: keep no columns in code objects\n"
    "PYTHONFAULTHANDLER: print tracebacks of fatal errors\n"
    "PYTHONMALLOCSTATS: print statistics of the allocator at the end\n"
    "\n"
    "Variables of options:\n"
    "PYTHONDEBUG             : (-d)\n"
    "PYTHONDONTWRITEBYTECODE : (-B)\n"
    "PYTHONINSPECT           : (-i)\n"
    "PYTHONNOUSERSITE        : (-s)\n"
    "PYTHONOPTIMIZE          : (-O)\n"
    "PYTHONSAFEPATH          : (-P)\n"
    "PYTHONUNBUFFERED        : (-u)\n"
    "PYTHONVERBOSE           : (-v)\n"
    "PYTHONWARNINGS=arg      : (-W arg)\n";

constexpr const char kXOptions[] =
    "Options of this implementation:\n"
    "-X dev            : development mode: more checks and warnings\n"
    "-X faulthandler   : print tracebacks of fatal errors\n"
    "-X frozen_modules=[on|off]\n"
    "                  : whether frozen modules are imported as such\n"
    "-X importtime     : print how long each import takes\n"
    "-X int_max_str_digits=N\n"
    "                  : limit of int/str conversion, 0 for none\n"
    "-X no_debug_ranges: keep no columns in code objects\n"
    "-X pycache_prefix=PATH\n"
    "                  : root of a parallel tree for .pyc files\n"
    "-X showrefcount   : print the total reference count (debug builds)\n"
    "-X tracemalloc[=N]: trace allocations with N frames (default 1)\n"
    "-X utf8[=0|1]     : turn the UTF-8 mode on or off\n"
    "-X warn_default_encoding\n"
    "                  : warn where the locale's encoding is used\n";

}  // namespace

void print_usage_hint(const char* program) {
    std::fprintf(stderr, kUsageLine, program);
    std::fprintf(stderr, "Try `python -h' for more information.\n");
}

void print_usage(const char* program) {
    std::printf(kUsageLine, program);
    std::fputs(kOptions, stdout);
}

void print_environment_help() { std::fputs(kEnvironment, stdout); }
void print_x_options_help() { std::fputs(kXOptions, stdout); }

void print_all_help(const char* program) {
    print_usage(program);
    std::putchar('\n');
    print_environment_help();
    std::putchar('\n');
    print_x_options_help();
}

void print_version(bool with_build) {
    std::printf("Python %d.%d.%d", kPythonMajor, kPythonMinor, kPythonMicro);
    if (with_build) std::printf(" (adder-%s, %s) [GCC %s]", kAdderVersion, build_date_text(), __VERSION__);
    std::putchar('\n');
}

}  // namespace py
