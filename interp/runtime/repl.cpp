// See repl.h. A statement is complete when it compiles as it stands, without the newline that ends its last line; when it
// compiles only with more lines, more are asked for (the rule of codeop, "Interactive input" in the language reference).
#include "interp/runtime/repl.h"

#include <cstdio>
#include <string>

#include "interp/compiler/compile.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/line_input.h"
#include "interp/runtime/print_exception.h"
#include "interp/runtime/standard_streams.h"
#include "interp/runtime/state.h"
#include "interp/vm/eval.h"

namespace py {

namespace {

// sys.ps1 or sys.ps2; any object, asked for its text at each prompt. What cannot be shown is "".
std::string prompt_text(const char* name) {
    Object* prompt = sys_get(name);
    if (!prompt) return "";
    Ref<> kept = share(prompt);
    Fallible<Ref<Str>> text = str(prompt);
    if (text.ok()) {
        Fallible<Ref<Bytes>> bytes = str_encode(text.take().get(), "utf-8", "backslashreplace");
        if (bytes.ok()) return std::string(bytes.take()->view());
    }
    clear_error();
    return "";
}

Fallible<void> set_default_prompt(const char* name, const char* text) {
    if (sys_get(name)) return {};
    Ref<Str> prompt = TRY(str_from_ascii(text));
    return sys_set(name, prompt.get());
}

enum class Input { Complete, Incomplete, Wrong };

// What the lines so far are. Nothing is reported yet: warnings come when the statement is compiled for good.
Input classify(const std::string& text) {
    CompileOptions options{.mode = CompileMode::Single, .flags = kDontImplyDedent | kAllowIncompleteInput, .source_is_text = true,
                           .quiet = true};
    for (const char* end : {"", "\n"}) {
        ast::Arena arena;
        if (parse_source(text + end, "<stdin>"_name, options, arena).ok()) return *end ? Input::Incomplete : Input::Complete;
        Ref<BaseException> error = fetch_exception();
        if (!is_instance_of(error.get(), *exc::SyntaxError)) return Input::Wrong;
        Object* message = static_cast<SyntaxErrorException*>(error.get())->message;
        if (*end && message && is_str(message) && str_equals(as_str(message), "incomplete input")) return Input::Incomplete;
    }
    return Input::Wrong;
}

// *features: the future statements in force at the prompt.
Fallible<Ref<Code>> compile_statement(const std::string& text, int* features) {
    CompileOptions options{.mode = CompileMode::Single, .flags = *features, .source_is_text = true, .is_prompt = true};
    return compile_source(text + "\n", "<stdin>"_name, options, features);
}

// Nothing to run: white space or a comment.
bool is_blank(const std::string& line) {
    size_t first = line.find_first_not_of(" \t\f\r\n");
    return first == std::string::npos || line[first] == '#';
}

// The pending UnicodeDecodeError as the tokenizer's error about the line.
Raised raise_undecodable() {
    Ref<BaseException> error = fetch_exception();
    Ref<Str> message = TRY(format_str("(unicode error) %S", static_cast<Object*>(error.get())));
    Ref<Int> zero = TRY(int_from(0)), unknown = TRY(int_from(-1));
    Ref<Tuple> place = TRY(tuple_pack("<stdin>"_name, zero.get(), zero.get(), ""_name, zero.get(), unknown.get()));
    Ref<Tuple> arguments = TRY(tuple_pack(message.get(), place.get()));
    return raise_object(exc::SyntaxError, arguments.get());
}

// A prompt's line as UTF-8 text without its newline, decoded as sys.stdin says. *ended: the input stopped before one.
Fallible<std::string> read_line(const char* prompt_name, bool* ended) {
    std::string line;
    std::string prompt = prompt_text(prompt_name);
    *ended = !TRY(read_terminal_line(prompt, &line)) || !line.ends_with('\n');
    if (line.ends_with('\n')) line.pop_back();
    if (line.ends_with('\r')) line.pop_back();
    Object* stream = sys_get("stdin");
    Ref<> encoding = stream ? TRY(lookup_attr(stream, "encoding"_name)) : Ref<>();
    bool known = encoding && is_str(encoding.get());
    Fallible<Ref<Str>> decoded = bytes_decode(line, known ? TRY(str_utf8(as_str(encoding.get()))).data() : "utf-8", "strict");
    if (!decoded.ok()) {
        if (error_matches(exc::UnicodeDecodeError)) return raise_undecodable();
        return raised;
    }
    Ref<Str> text = decoded.take();
    return std::string(TRY(str_utf8(text.get())));
}

struct Statement {
    std::string text;
    bool ended = false;  // the input stopped
};

// Lines until they make a statement or are wrong.
Fallible<Statement> read_statement() {
    Statement statement;
    statement.text = TRY(read_line("ps1", &statement.ended));
    if (statement.ended && !statement.text.empty()) {
        // The line may go on: the end shows with the next one.
        bool ended;
        TRY(read_line("ps2", &ended));
    }
    while (!statement.ended && !is_blank(statement.text) && classify(statement.text) == Input::Incomplete)
        statement.text += "\n" + TRY(read_line("ps2", &statement.ended));
    if (statement.ended) std::fputc('\n', stderr);
    return statement;
}

// False: end the loop, with the exception pending if there is one.
bool run_statement(const std::string& text, Dict* space, int* features) {
    Fallible<Ref<Code>> code = compile_statement(text, features);
    if (code.ok()) {
        Ref<Code> kept = code.take();
        if (eval_code(kept.get(), space, space).ok()) {
            flush_streams_quietly();
            return true;
        }
    }
    if (error_matches(exc::SystemExit)) return false;
    print_pending_exception();
    flush_streams_quietly();
    return !error_occurred();
}

}  // namespace

Fallible<void> run_interactive_loop() {
    Ref<> main = TRY(dict_get(runtime().modules, "__main__"_name));
    if (!main || !is_module(main.get())) return raise(exc::RuntimeError, "no __main__ module");
    Dict* space = static_cast<Module*>(main.get())->dict;
    TRY(set_default_prompt("ps1", ">>> "));
    TRY(set_default_prompt("ps2", "... "));
    int features = 0;
    for (bool ended = false; !ended;) {
        Fallible<Statement> read = read_statement();
        if (!read.ok()) {
            if (!error_matches(exc::KeyboardInterrupt)) {
                if (error_matches(exc::SystemExit)) return raised;
                print_pending_exception();
                continue;
            }
            clear_error();
            std::fputs("\nKeyboardInterrupt\n", stderr);
            continue;
        }
        Statement statement = read.take();
        if (!is_blank(statement.text) && !run_statement(statement.text, space, &features)) return raised;
        ended = statement.ended && statement.text.empty();
    }
    return {};
}

}  // namespace py
