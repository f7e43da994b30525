// See environment.h.
#include "interp/runtime/environment.h"

#include <langinfo.h>

#include <cerrno>
#include <climits>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "interp/runtime/state.h"

namespace py {

const char* environment_variable(const char* name) {
    if (runtime().config.ignore_environment) return nullptr;
    const char* value = std::getenv(name);
    return value && *value ? value : nullptr;
}

namespace {

bool parse_number(const char* text, int* number) {
    char* end;
    errno = 0;
    long value = std::strtol(text, &end, 10);
    if (end == text || *end || errno || value < INT_MIN || value > INT_MAX) return false;
    *number = int(value);
    return true;
}

// Variables that count: a number is itself, other texts and negative numbers are 1. An option given more often wins.
void raise_flag(int& field, const char* name) {
    const char* text = environment_variable(name);
    if (!text) return;
    int value;
    if (!parse_number(text, &value) || value < 0) value = 1;
    if (field < value) field = value;
}
void raise_flag(bool& field, const char* name) {
    int value = field;
    raise_flag(value, name);
    field = value > 0;
}

bool is_c_locale(const char* name) { return !std::strcmp(name, "C") || !std::strcmp(name, "POSIX"); }

class Environment {
  public:
    explicit Environment(CommandLine& line) : line_(line), config_(runtime().config) {}

    int apply() {
        const char* value;
        config_.dev_mode = find_x("dev") || environment_variable("PYTHONDEVMODE");
        if (!check_allocator() || !choose_utf8_mode()) return status_;
        coerce_locale();
        set_encodings();
        raise_flag(config_.debug, "PYTHONDEBUG");
        raise_flag(config_.verbose, "PYTHONVERBOSE");
        raise_flag(config_.optimize, "PYTHONOPTIMIZE");
        raise_flag(config_.inspect, "PYTHONINSPECT");
        raise_flag(config_.dont_write_bytecode, "PYTHONDONTWRITEBYTECODE");
        raise_flag(config_.no_user_site, "PYTHONNOUSERSITE");
        raise_flag(config_.unbuffered, "PYTHONUNBUFFERED");
        if (environment_variable("PYTHONSAFEPATH")) config_.safe_path = true;
        if (const char* text = environment_variable("PYTHONPLATLIBDIR")) config_.platlibdir = text;
        config_.import_time = find_x("importtime") || environment_variable("PYTHONPROFILEIMPORTTIME");
        config_.fault_handler = config_.dev_mode || find_x("faulthandler") || environment_variable("PYTHONFAULTHANDLER");
        config_.code_debug_ranges = !find_x("no_debug_ranges") && !environment_variable("PYTHONNODEBUGRANGES");
        config_.warn_default_encoding = find_x("warn_default_encoding") || environment_variable("PYTHONWARNDEFAULTENCODING");
        config_.show_ref_count = find_x("showrefcount");
        config_.malloc_stats = environment_variable("PYTHONMALLOCSTATS");
        if ((value = find_x("pycache_prefix")))
            config_.pycache_prefix = *value ? value : nullptr;
        else
            config_.pycache_prefix = environment_variable("PYTHONPYCACHEPREFIX");
        if (!choose_hash_seed() || !choose_digit_limit() || !choose_tracemalloc() || !choose_frozen_modules()) return status_;
        list_warnings();
        return -1;
    }

  private:
    // The value of -X name[=value]: "" where it has none, null when the option was not given. Lives as long as the line.
    const char* find_x(const char* name) {
        for (const std::string& each : line_.start.x_options) {
            size_t equals = each.find('=');
            if (each.compare(0, equals, name) != 0) continue;
            has_value_ = equals != std::string::npos;
            return has_value_ ? each.c_str() + equals + 1 : "";
        }
        return nullptr;
    }
    bool fatal(const char* function, const char* message, const char* state) {
        std::fprintf(stderr, "Fatal Python error: %s%s%s\nPython runtime state: %s\n\n", function, *function ? ": " : "", message, state);
        status_ = 1;
        return false;
    }

    // The names are CPython's; there is one allocator here, which serves all of them.
    bool check_allocator() {
        const char* name = environment_variable("PYTHONMALLOC");
        if (!name) return true;
        for (const char* known : {"default", "debug", "pymalloc", "pymalloc_debug", "malloc", "malloc_debug"})
            if (!std::strcmp(name, known)) return true;
        return fatal("preconfig_init_allocator", "PYTHONMALLOC: unknown allocator", "preinitializing");
    }

    bool choose_utf8_mode() {
        std::setlocale(LC_CTYPE, "");
        if (const char* value = find_x("utf8")) {
            if (has_value_ && std::strcmp(value, "1") && std::strcmp(value, "0"))
                return fatal("preconfig_init_utf8_mode", "invalid -X utf8 option value", "preinitializing");
            config_.utf8_mode = *value != '0';
        } else if (const char* text = environment_variable("PYTHONUTF8")) {
            if (std::strcmp(text, "1") && std::strcmp(text, "0"))
                return fatal("preconfig_init_utf8_mode", "invalid PYTHONUTF8 environment variable value", "preinitializing");
            config_.utf8_mode = *text == '1';
        } else {
            config_.utf8_mode = is_c_locale(std::setlocale(LC_CTYPE, nullptr));
        }
        return true;
    }

    // PEP 538: the C locale becomes a UTF-8 one, for this process and its children, unless LC_ALL asks for it.
    void coerce_locale() {
        const char* wish = environment_variable("PYTHONCOERCECLOCALE");
        bool warn = wish && !std::strcmp(wish, "warn");
        config_.warn_of_c_locale = warn;
        if (wish && !std::strcmp(wish, "0")) return;
        if (config_.isolated || std::strcmp(std::setlocale(LC_CTYPE, nullptr), "C") != 0) return;
        const char* all = std::getenv("LC_ALL");
        if (all && *all) return;
        for (const char* target : {"C.UTF-8", "C.utf8", "UTF-8"}) {
            if (!std::setlocale(LC_CTYPE, target)) continue;
            if (!*nl_langinfo(CODESET)) continue;
            setenv("LC_CTYPE", target, 1);
            if (warn)
                std::fprintf(stderr,
                             "Python detected LC_CTYPE=C: LC_CTYPE coerced to %s (set another locale or PYTHONCOERCECLOCALE=0 to "
                             "disable this locale coercion behavior).\n",
                             target);
            std::setlocale(LC_CTYPE, "");
            return;
        }
        std::setlocale(LC_CTYPE, "");
    }

    // The names are normalised when the codecs are there: see standard_streams.h.
    void set_encodings() {
        const char* codeset = nl_langinfo(CODESET);
        bool utf8 = config_.utf8_mode || !*codeset || !std::strcmp(codeset, "UTF-8");
        config_.fs_encoding = utf8 ? "utf-8" : codeset;
    }

    bool choose_hash_seed() {
        const char* text = config_.random_hashes ? nullptr : environment_variable("PYTHONHASHSEED");
        if (!text || !std::strcmp(text, "random")) return true;
        char* end;
        errno = 0;
        unsigned long seed = std::strtoul(text, &end, 10);
        if (*end || errno || seed > 4294967295ul || *text == '-')
            return fatal("config_init_hash_seed", "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]",
                         "preinitialized");
        config_.hash_seed_set = 1;
        config_.hash_seed = seed;
        return true;
    }

    bool take_digit_limit(const char* text, const char* from) {
        int digits;
        if (!parse_number(text, &digits) || digits < 0 || (digits && digits < 640)) {
            std::string message = std::string(from) + ": invalid limit; must be >= 640 or 0 for unlimited.";
            return fatal("config_init_int_max_str_digits", message.c_str(), "preinitialized");
        }
        config_.int_max_str_digits = config_.int_max_str_digits_given = digits;
        return true;
    }

    bool choose_digit_limit() {
        const char* text = environment_variable("PYTHONINTMAXSTRDIGITS");
        const char* value = find_x("int_max_str_digits");
        return (!text || take_digit_limit(text, "PYTHONINTMAXSTRDIGITS")) &&
               (!value || take_digit_limit(value, "-X int_max_str_digits"));
    }

    bool choose_tracemalloc() {
        int frames = 0;
        if (const char* text = environment_variable("PYTHONTRACEMALLOC")) {
            if (!parse_number(text, &frames) || frames < 0)
                return fatal("config_init_tracemalloc", "PYTHONTRACEMALLOC: invalid number of frames", "preinitialized");
        }
        if (const char* value = find_x("tracemalloc")) {
            frames = has_value_ && !*value ? 0 : 1;
            if (has_value_ && *value && (!parse_number(value, &frames) || frames < 0))
                return fatal("config_init_tracemalloc", "-X tracemalloc=NFRAME: invalid number of frames", "preinitialized");
        }
        config_.tracemalloc = frames;
        return true;
    }

    bool choose_frozen_modules() {
        const char* value = find_x("frozen_modules");
        if (!value || !*value || !std::strcmp(value, "on")) return true;
        if (std::strcmp(value, "off")) return fatal("", "bad value for option -X frozen_modules (expected \"on\" or \"off\")", "preinitialized");
        config_.use_frozen_modules = false;
        return true;
    }

    // Later entries come first when filters are made of them: development mode, the variable, -W, then -b.
    void list_warnings() {
        std::vector<std::string>& options = line_.start.warn_options;
        if (config_.dev_mode) options.push_back("default");
        if (const char* text = environment_variable("PYTHONWARNINGS")) {
            std::string list = text;
            for (size_t start = 0; start <= list.size();) {
                size_t end = std::min(list.find(',', start), list.size());
                if (end > start) options.push_back(list.substr(start, end - start));
                start = end + 1;
            }
        }
        for (const std::string& each : line_.warn_arguments) options.push_back(each);
        if (config_.bytes_warning == 1) options.push_back("default::BytesWarning");
        if (config_.bytes_warning > 1) options.push_back("error::BytesWarning");
    }

    CommandLine& line_;
    Config& config_;
    bool has_value_ = false;
    int status_ = -1;
};

}  // namespace

int apply_environment(CommandLine& line) { return Environment(line).apply(); }

void warn_of_legacy_locale() {
    if (!runtime().config.warn_of_c_locale || std::strcmp(std::setlocale(LC_CTYPE, nullptr), "C") != 0) return;
    std::fprintf(stderr,
                 "Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), which may cause Unicode "
                 "compatibility problems. Using C.UTF-8, C.utf8, or UTF-8 (if available) as alternative Unicode-compatible locales "
                 "is recommended.\n");
}

}  // namespace py
