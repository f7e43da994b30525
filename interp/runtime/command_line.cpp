// See command_line.h.
#include "interp/runtime/command_line.h"

#include <cstdio>
#include <cstring>

#include "interp/runtime/state.h"
#include "interp/runtime/usage.h"

namespace py {

namespace {

class Parser {
  public:
    Parser(int argc, char** argv) : argc_(argc), argv_(argv) {}

    CommandLine parse() {
        for (int i = 0; i < argc_; ++i) line_.start.orig_argv.push_back(argv_[i]);
        while (next_ < argc_ && !done_) {
            const char* text = argv_[next_];
            if (text[0] != '-' || !text[1]) break;
            ++next_;
            if (!std::strcmp(text, "--")) break;
            if (text[1] == '-')
                parse_long(text);
            else
                parse_short(text + 1);
        }
        if (line_.early_status >= 0) return line_;
        if (version_count_) {
            print_version(version_count_ > 1);
            line_.early_status = 0;
            return line_;
        }
        if (!done_) choose_target();
        for (int i = next_; i < argc_; ++i) line_.start.argv.push_back(argv_[i]);
        return line_;
    }

  private:
    // Of the character's code; the byte itself where no character of UTF-8 begins.
    static char low_byte(const char* text) {
        auto first = static_cast<unsigned char>(text[0]);
        int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : 0;
        unsigned code = first;
        for (int i = 1; i <= more; ++i) {
            if ((text[i] & 0xC0) != 0x80) return text[0];
            code = code << 6 | (text[i] & 0x3Fu);
        }
        return char(code);
    }
    const char* program() const { return argc_ ? argv_[0] : "python"; }
    void end_with(int status) {
        line_.early_status = status;
        done_ = true;
    }
    void fail(const char* format, const char* what) {
        std::fprintf(stderr, format, what);
        print_usage_hint(program());
        end_with(2);
    }

    void parse_long(const char* text) {
        if (!std::strcmp(text, "--help")) return print_usage(program()), end_with(0);
        if (!std::strcmp(text, "--help-env")) return print_environment_help(), end_with(0);
        if (!std::strcmp(text, "--help-xoptions")) return print_x_options_help(), end_with(0);
        if (!std::strcmp(text, "--help-all")) return print_all_help(program()), end_with(0);
        if (!std::strcmp(text, "--version")) {
            ++version_count_;
            return;
        }
        if (std::strcmp(text, "--check-hash-based-pycs")) return fail("unknown option %s\n", text);
        if (next_ >= argc_) return fail("Argument expected for the %s options\n", text);
        const char* value = argv_[next_++];
        if (std::strcmp(value, "always") && std::strcmp(value, "never") && std::strcmp(value, "default"))
            return fail("--check-hash-based-pycs must be one of 'default', 'always', or 'never'%s\n", "");
        runtime().config.check_hash_pycs = value;
    }

    // The operand of -c, -m, -W, -X: the rest of the word or the next one.
    const char* operand(const char* rest, char option) {
        if (*rest) return rest;
        if (next_ < argc_) return argv_[next_++];
        char text[3] = {'-', option, 0};
        fail("Argument expected for the %s option\n", text);
        return nullptr;
    }

    void parse_short(const char* letters) {
        for (; *letters && !done_; ++letters) {
            const char* text;
            switch (*letters) {
                case 'c':
                case 'm':
                    if ((text = operand(letters + 1, *letters))) take_program(*letters, text);
                    return;
                case 'W':
                    if ((text = operand(letters + 1, 'W'))) line_.warn_arguments.push_back(text);
                    return;
                case 'X':
                    if ((text = operand(letters + 1, 'X'))) line_.start.x_options.push_back(text);
                    return;
                case 'h':
                case '?': return print_usage(program()), end_with(0);
                case 'J': return fail("-J is reserved for Jython\n%s", "");
                default:
                    if (!take_flag(*letters)) {
                        // NOTE: of a character beyond ASCII the reference shows the code's low byte.
                        char option[2] = {low_byte(letters), 0};
                        return fail("Unknown option: -%s\n", option);
                    }
            }
        }
    }

    bool take_flag(char letter) {
        Config& c = runtime().config;
        switch (letter) {
            case 'b': ++c.bytes_warning; break;
            case 'B': c.dont_write_bytecode = true; break;
            case 'd': ++c.debug; break;
            case 'E': c.ignore_environment = true; break;
            case 'i': ++c.inspect, ++c.interactive; break;
            case 'I': c.isolated = c.ignore_environment = c.no_user_site = c.safe_path = true; break;
            case 'O': ++c.optimize; break;
            case 'P': c.safe_path = true; break;
            case 'q': ++c.quiet; break;
            case 'R': c.random_hashes = true; break;
            case 's': c.no_user_site = true; break;
            case 'S': c.no_site = true; break;
            case 't': break;  // accepted, as CPython does
            case 'u': c.unbuffered = true; break;
            case 'v': ++c.verbose; break;
            case 'V': ++version_count_; break;
            case 'x': c.skip_first_line = true; break;
            default: return false;
        }
        return true;
    }

    void take_program(char option, const char* text) {
        line_.kind = option == 'c' ? RunKind::Command : RunKind::Module;
        line_.target = text;
        line_.start.argv.push_back(option == 'c' ? "-c" : "-m");
        done_ = true;
    }

    void choose_target() {
        if (next_ >= argc_) {
            line_.start.argv.push_back("");
            return;
        }
        const char* text = argv_[next_++];
        line_.start.argv.push_back(text);
        if (!std::strcmp(text, "-")) return;
        line_.kind = RunKind::File;
        line_.target = text;
    }

    int argc_;
    char** argv_;
    int next_ = 1;
    CommandLine line_;
    int version_count_ = 0;
    bool done_ = false;
};

}  // namespace

CommandLine parse_command_line(int argc, char** argv) { return Parser(argc, argv).parse(); }

}  // namespace py
