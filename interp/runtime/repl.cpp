// See repl.h.
#include "interp/runtime/repl.h"

#include <cstdio>
#include <string>

#include "interp/compiler/compile.h"
#include "interp/objects/abstract.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/line_input.h"
#include "interp/runtime/print_exception.h"
#include "interp/runtime/standard_streams.h"
#include "interp/runtime/state.h"
#include "interp/vm/eval.h"

namespace py {

namespace {

Fallible<Ref<Str>> prompt_text(const char* name, const char* fallback) {
    Object* prompt = sys_get(name);
    if (!prompt) {
        Ref<Str> text = TRY(str_from_ascii(fallback));
        TRY(sys_set(name, text.get()));
        return text;
    }
    Ref<> kept = share(prompt);
    return str(prompt);
}

// Is the text a statement that more lines may complete? Otherwise *code is its code.
Fallible<bool> compile_statement(const std::string& text, Ref<Code>* code) {
    CompileOptions options{.mode = CompileMode::Single, .flags = kDontImplyDedent | kAllowIncompleteInput, .source_is_text = true};
    Fallible<Ref<Code>> compiled = compile_source(text, "<stdin>"_name, options);
    if (compiled.ok()) {
        *code = compiled.take();
        return false;
    }
    Ref<BaseException> error = fetch_exception();
    if (is_instance_of(error.get(), *exc::SyntaxError)) {
        Object* message = static_cast<SyntaxErrorException*>(error.get())->message;
        if (message && is_str(message) && str_equals(as_str(message), "incomplete input")) return true;
    }
    restore_exception(std::move(error));
    return raised;
}

bool is_blank(const std::string& line) { return line.find_first_not_of(" \t\f\r\n") == std::string::npos; }

// One statement: lines until it is complete. *ended: the input is at its end.
Fallible<Ref<Code>> read_statement(bool* ended) {
    std::string text;
    const char* prompt_name = "ps1";
    const char* fallback = ">>> ";
    for (;;) {
        Ref<Str> prompt = TRY(prompt_text(prompt_name, fallback));
        Fallible<Ref<>> read = read_console_line(prompt.get());
        if (!read.ok()) {
            if (!error_matches(exc::EOFError)) return raised;
            clear_error();
            *ended = text.empty();
            if (text.empty()) return raised;
            CompileOptions options{.mode = CompileMode::Single, .source_is_text = true};
            return compile_source(text, "<stdin>"_name, options);
        }
        Ref<> line = read.take();
        std::string_view utf8 = TRY(str_utf8(as_str(line.get())));
        bool first = text.empty();
        text.append(utf8);
        text.push_back('\n');
        if (first && is_blank(text)) {
            text.clear();
            continue;
        }
        Ref<Code> code;
        if (!TRY(compile_statement(text, &code))) return code;
        prompt_name = "ps2";
        fallback = "... ";
    }
}

}  // namespace

Fallible<void> run_interactive_loop() {
    Ref<> main = TRY(dict_get(runtime().modules, "__main__"_name));
    if (!main || !is_module(main.get())) return raise(exc::RuntimeError, "no __main__ module");
    Dict* space = static_cast<Module*>(main.get())->dict;
    for (;;) {
        bool ended = false;
        Fallible<Ref<Code>> statement = read_statement(&ended);
        if (ended) {
            std::fputc('\n', stderr);
            return {};
        }
        if (statement.ok()) {
            Ref<Code> code = statement.take();
            if (eval_code(code.get(), space, space).ok()) {
                flush_standard_streams();
                continue;
            }
        }
        if (error_matches(exc::SystemExit)) return raised;
        if (error_matches(exc::KeyboardInterrupt)) {
            clear_error();
            std::fputs("\nKeyboardInterrupt\n", stderr);
            continue;
        }
        print_pending_exception();
        flush_standard_streams();
    }
}

}  // namespace py
