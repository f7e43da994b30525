// See command_line.h.
#include "interp/runtime/command_line.h"

#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "interp/runtime/state.h"
#include "interp/runtime/version.h"

namespace py {

namespace {

constexpr const char kUsageLine[] = "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\n";
constexpr const char kHelp[] =
    "Options (and corresponding environment variables):\n"
    "-b     : warn about str(bytes) and comparing bytes with str (-bb: error)\n"
    "-B     : write no .pyc files (PYTHONDONTWRITEBYTECODE=x)\n"
    "-c cmd : run the text that follows\n"
    "-d     : parser debugging; has no effect\n"
    "-E     : ignore PYTHON* environment variables\n"
    "-h     : this text\n"
    "-i     : prompt after the program ended (PYTHONINSPECT=x)\n"
    "-I     : isolated: implies -E, -P and -s\n"
    "-m mod : run a library module as a script\n"
    "-O     : without assertions and __debug__ code (PYTHONOPTIMIZE=x)\n"
    "-OO    : -O and without docstrings\n"
    "-P     : no unsafe path in front of sys.path (PYTHONSAFEPATH)\n"
    "-q     : no version and copyright at the prompt\n"
    "-s     : no user site directory (PYTHONNOUSERSITE)\n"
    "-S     : no `import site`\n"
    "-u     : unbuffered stdout and stderr (PYTHONUNBUFFERED=x)\n"
    "-v     : trace imports (PYTHONVERBOSE=x)\n"
    "-V     : the version (-VV: with build information)\n"
    "-W arg : warning control, action:message:category:module:lineno (PYTHONWARNINGS=arg)\n"
    "-x     : skip the first line of the source\n"
    "-X opt : implementation option\n"
    "file   : program read from a file\n"
    "-      : program read from standard input (prompt when that is a terminal)\n"
    "arg ...: arguments in sys.argv[1:]\n";

// A variable of the environment, unless -E; null when unset or empty.
const char* variable(const char* name) {
    if (runtime().config.ignore_environment) return nullptr;
    const char* value = std::getenv(name);
    return value && *value ? value : nullptr;
}
// Variables that count: "x" or any text is 1, a number is itself.
int level(const char* name) {
    const char* value = variable(name);
    if (!value) return 0;
    int number = std::atoi(value);
    return number > 0 ? number : 1;
}
void raise_to(int& field, int value) {
    if (field < value) field = value;
}

// PEP 540: where the locale says nothing, text is UTF-8.
bool locale_is_posix() {
    const char* locale = std::setlocale(LC_CTYPE, nullptr);
    return !std::strcmp(locale, "C") || !std::strcmp(locale, "POSIX");
}

class Parser {
  public:
    Parser(int argc, char** argv) : argc_(argc), argv_(argv) {}

    CommandLine parse() {
        for (int i = 0; i < argc_; ++i) line_.start.orig_argv.push_back(argv_[i]);
        int next = 1;
        while (next < argc_ && !done_) {
            const char* text = argv_[next];
            if (text[0] != '-' || !text[1]) break;
            ++next;
            if (!std::strcmp(text, "--")) break;
            if (text[1] == '-') {
                parse_long(text, &next);
                continue;
            }
            parse_short(text + 1, &next);
        }
        if (line_.early_status >= 0) return line_;
        if (!done_) choose_target(&next);
        for (int i = next; i < argc_; ++i) line_.start.argv.push_back(argv_[i]);
        apply_environment();
        return line_;
    }

  private:
    void fail(const char* format, const char* what) {
        std::fprintf(stderr, format, what);
        std::fprintf(stderr, kUsageLine, argv_[0]);
        std::fprintf(stderr, "Try `python -h' for more information.\n");
        line_.early_status = 2;
        done_ = true;
    }
    void finish(int status) {
        line_.early_status = status;
        done_ = true;
    }
    void print_help() {
        std::printf(kUsageLine, argv_[0]);
        std::fputs(kHelp, stdout);
        finish(0);
    }
    void print_version() {
        if (version_count_ > 1)
            std::printf("Python %d.%d.%d (adder-%s, %s) [GCC %s]\n", kPythonMajor, kPythonMinor, kPythonMicro, kAdderVersion,
                        build_date_text(), __VERSION__);
        else
            std::printf("Python %d.%d.%d\n", kPythonMajor, kPythonMinor, kPythonMicro);
        finish(0);
    }

    void parse_long(const char* text, int* next) {
        if (!std::strcmp(text, "--help") || !std::strcmp(text, "--help-all")) return print_help();
        if (!std::strcmp(text, "--version")) {
            ++version_count_;
            return print_version();
        }
        if (!std::strcmp(text, "--check-hash-based-pycs")) {
            if (*next >= argc_) return fail("Argument expected for the %s option\n", text);
            const char* value = argv_[(*next)++];
            if (std::strcmp(value, "always") && std::strcmp(value, "never") && std::strcmp(value, "default"))
                return fail("--check-hash-based-pycs must be one of 'default', 'always', or 'never'%s\n", "");
            runtime().config.check_hash_pycs = value;
            return;
        }
        fail("unknown option %s\n", text);
    }

    // The operand of -c, -m, -W, -X: the rest of the word or the next one.
    const char* operand(const char* rest, int* next, char option) {
        if (*rest) return rest;
        if (*next < argc_) return argv_[(*next)++];
        char text[3] = {'-', option, 0};
        fail("Argument expected for the %s option\n", text);
        return nullptr;
    }

    void parse_short(const char* letters, int* next) {
        Config& c = runtime().config;
        for (; *letters && !done_; ++letters) {
            switch (*letters) {
                case 'b': ++c.bytes_warning; break;
                case 'B': c.dont_write_bytecode = true; break;
                case 'd': ++c.debug; break;
                case 'E': c.ignore_environment = true; break;
                case 'h':
                case '?': return print_help();
                case 'i': ++c.inspect, ++c.interactive; break;
                case 'I': c.isolated = c.ignore_environment = c.no_user_site = c.safe_path = true; break;
                case 'O': ++c.optimize; break;
                case 'P': c.safe_path = true; break;
                case 'q': ++c.quiet; break;
                case 'R': c.hash_seed_set = 0; break;
                case 's': c.no_user_site = true; break;
                case 'S': c.no_site = true; break;
                case 't': break;
                case 'u': c.unbuffered = true; break;
                case 'v': ++c.verbose; break;
                case 'V': ++version_count_; break;
                case 'x': c.skip_first_line = true; break;
                case 'c':
                case 'm': {
                    const char* text = operand(letters + 1, next, *letters);
                    if (!text) return;
                    line_.kind = *letters == 'c' ? RunKind::Command : RunKind::Module;
                    line_.target = text;
                    line_.start.argv.push_back(*letters == 'c' ? "-c" : "-m");
                    done_ = true;
                    return finish_version();
                }
                case 'W': {
                    const char* text = operand(letters + 1, next, 'W');
                    if (text) warn_arguments_.push_back(text);
                    return;
                }
                case 'X': {
                    const char* text = operand(letters + 1, next, 'X');
                    if (text) line_.start.x_options.push_back(text);
                    return;
                }
                default: {
                    char text[2] = {*letters, 0};
                    return fail("Unknown option: -%s\n", text);
                }
            }
        }
        finish_version();
    }
    void finish_version() {
        if (version_count_) print_version();
    }

    void choose_target(int* next) {
        if (*next >= argc_) {
            line_.kind = isatty(STDIN_FILENO) || runtime().config.interactive ? RunKind::Repl : RunKind::Stdin;
            line_.start.argv.push_back("");
            return;
        }
        const char* text = argv_[(*next)++];
        line_.start.argv.push_back(text);
        if (!std::strcmp(text, "-")) {
            line_.kind = isatty(STDIN_FILENO) || runtime().config.interactive ? RunKind::Repl : RunKind::Stdin;
            return;
        }
        line_.kind = RunKind::File;
        line_.target = text;
    }

    bool x_option(const char* name, std::string* value) const {
        for (const std::string& each : line_.start.x_options) {
            size_t equals = each.find('=');
            if (each.substr(0, equals) != name) continue;
            *value = equals == std::string::npos ? "" : each.substr(equals + 1);
            return true;
        }
        return false;
    }

    void apply_environment() {
        Config& c = runtime().config;
        raise_to(c.optimize, level("PYTHONOPTIMIZE"));
        raise_to(c.verbose, level("PYTHONVERBOSE"));
        raise_to(c.debug, level("PYTHONDEBUG"));
        raise_to(c.inspect, level("PYTHONINSPECT"));
        if (variable("PYTHONDONTWRITEBYTECODE")) c.dont_write_bytecode = true;
        if (variable("PYTHONNOUSERSITE")) c.no_user_site = true;
        if (variable("PYTHONUNBUFFERED")) c.unbuffered = true;
        if (variable("PYTHONSAFEPATH")) c.safe_path = true;
        std::string value;
        if (x_option("dev", &value) || variable("PYTHONDEVMODE")) c.dev_mode = true;
        if (x_option("utf8", &value)) c.utf8_mode = value != "0";
        else if (const char* text = variable("PYTHONUTF8")) c.utf8_mode = !std::strcmp(text, "1");
        else c.utf8_mode = locale_is_posix();
        if (x_option("importtime", &value) || variable("PYTHONPROFILEIMPORTTIME")) c.import_time = true;
        if (x_option("faulthandler", &value) || variable("PYTHONFAULTHANDLER") || c.dev_mode) c.fault_handler = 1;
        if (x_option("no_debug_ranges", &value) || variable("PYTHONNODEBUGRANGES")) c.code_debug_ranges = false;
        if (x_option("warn_default_encoding", &value) || variable("PYTHONWARNDEFAULTENCODING")) c.warn_default_encoding = true;
        if (x_option("tracemalloc", &value)) c.tracemalloc = value.empty() ? 1 : std::atoi(value.c_str());
        apply_digit_limit();
        apply_hash_seed();
        apply_warnings();
    }

    void apply_digit_limit() {
        Config& c = runtime().config;
        std::string value;
        const char* text = variable("PYTHONINTMAXSTRDIGITS");
        bool from_x = x_option("int_max_str_digits", &value);
        if (!from_x && !text) return;
        int digits = std::atoi(from_x ? value.c_str() : text);
        if (digits && digits < 640) {
            std::fprintf(stderr, "Fatal Python error: %s: invalid limit; must be >= 640 or 0 for unlimited.\n",
                         from_x ? "-X int_max_str_digits" : "PYTHONINTMAXSTRDIGITS");
            return finish(1);
        }
        c.int_max_str_digits = c.int_max_str_digits_given = digits;
    }

    void apply_hash_seed() {
        const char* text = variable("PYTHONHASHSEED");
        if (!text || !std::strcmp(text, "random")) return;
        char* end;
        unsigned long seed = std::strtoul(text, &end, 10);
        if (*end || seed > 4294967295ul) {
            std::fprintf(stderr, "Fatal Python error: config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in "
                                 "range [0; 4294967295]\nPython runtime state: preinitialized\n\n");
            return finish(1);
        }
        runtime().config.hash_seed_set = 1;
        runtime().config.hash_seed = seed;
    }

    void apply_warnings() {
        Config& c = runtime().config;
        std::vector<std::string>& options = line_.start.warn_options;
        if (c.dev_mode) options.push_back("default");
        if (const char* text = variable("PYTHONWARNINGS")) {
            std::string list = text;
            for (size_t start = 0; start <= list.size();) {
                size_t end = list.find(',', start);
                if (end == std::string::npos) end = list.size();
                if (end > start) options.push_back(list.substr(start, end - start));
                start = end + 1;
            }
        }
        for (const std::string& each : warn_arguments_) options.push_back(each);
        if (c.bytes_warning == 1) options.push_back("default::BytesWarning");
        if (c.bytes_warning > 1) options.push_back("error::BytesWarning");
    }

    int argc_;
    char** argv_;
    CommandLine line_;
    std::vector<std::string> warn_arguments_;
    int version_count_ = 0;
    bool done_ = false;
};

}  // namespace

CommandLine parse_command_line(int argc, char** argv) { return Parser(argc, argv).parse(); }

}  // namespace py
