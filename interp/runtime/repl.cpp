// See repl.h. A statement is complete when it compiles as it stands, without the newline that ends its last line; when it
// compiles only with more lines, more are asked for (the rule of codeop, "Interactive input" in the language reference).
#include "interp/runtime/repl.h"

#include <algorithm>
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

struct Statement {
    std::string text;
    size_t warned = 0;   // how many of the parser's warnings have been issued
    bool ended = false;  // the input stopped
};

// What the lines so far are. Their warnings are issued, which runs Python; a SyntaxError, and a warning that is one, comes
// when the statement is compiled for good.
Fallible<Input> classify(Statement& statement) {
    CompileOptions options{.mode = CompileMode::Single, .flags = kDontImplyDedent | kAllowIncompleteInput, .source_is_text = true,
                           .is_prompt = true, .warned = &statement.warned};
    ast::Arena arena;
    if (parse_source(statement.text, "<stdin>"_name, options, arena).ok()) return Input::Complete;
    if (!error_matches(exc::SyntaxError)) return raised;
    Ref<BaseException> error = fetch_exception();
    Object* message = static_cast<SyntaxErrorException*>(error.get())->message;
    bool incomplete = message && is_str(message) && str_equals(as_str(message), "incomplete input");
    return incomplete ? Input::Incomplete : Input::Wrong;
}

// *features: the future statements in force at the prompt.
Fallible<Ref<Code>> compile_statement(Statement& statement, int* features) {
    CompileOptions options{.mode = CompileMode::Single, .flags = *features, .source_is_text = true, .is_prompt = true,
                           .warned = &statement.warned};
    return compile_source(statement.text, "<stdin>"_name, options, features);
}

// Nothing to run: white space or a comment.
bool is_blank(const std::string& line) {
    size_t first = line.find_first_not_of(" \t\f\r\n");
    return first == std::string::npos || line[first] == '#';
}

// The pending UnicodeDecodeError as the tokenizer's error about the line, at the end of what stands before it.
Raised raise_undecodable(std::string_view before) {
    Ref<BaseException> error = fetch_exception();
    Ref<Str> message = TRY(format_str("(unicode error) %S", static_cast<Object*>(error.get())));
    if (before.ends_with('\n')) before.remove_suffix(1);
    std::string_view last = before.substr(before.rfind('\n') + 1);
    Ref<Str> text = TRY(str_from_utf8(last));
    Ref<Int> number = TRY(int_from(before.empty() ? 0 : 1 + std::count(before.begin(), before.end(), '\n')));
    Ref<Int> column = TRY(int_from(before.empty() ? 0 : ssize_t(last.size()) + 1)), unknown = TRY(int_from(-1));
    Ref<Tuple> place = TRY(tuple_pack("<stdin>"_name, number.get(), column.get(), text.get(), number.get(), unknown.get()));
    Ref<Tuple> arguments = TRY(tuple_pack(message.get(), place.get()));
    return raise_object(exc::SyntaxError, arguments.get());
}

// What is typed at the prompt, with its newline; empty at the end of the input. A NUL hides what stands behind it, the
// newline too: the next line continues it.
Fallible<std::string> read_raw_line(const char* prompt_name) {
    std::string line, more;
    bool there = TRY(read_terminal_line(prompt_text(prompt_name), &line));
    for (size_t nul; there && (nul = line.find('\0')) != line.npos;) {
        line.resize(nul);
        there = TRY(read_terminal_line("", &more));
        if (there) line += more;
    }
    if (line.ends_with("\r\n")) line.erase(line.size() - 2, 1);
    return line;
}

// The same as UTF-8 text, decoded as sys.stdin says. `before`: the statement's lines so far.
Fallible<std::string> read_line(const char* prompt_name, std::string_view before) {
    std::string line = TRY(read_raw_line(prompt_name));
    Object* stream = sys_get("stdin");
    Ref<> encoding = stream ? TRY(lookup_attr(stream, "encoding"_name)) : Ref<>();
    bool known = encoding && is_str(encoding.get());
    Fallible<Ref<Str>> decoded = bytes_decode(line, known ? TRY(str_utf8(as_str(encoding.get()))).data() : "utf-8", "strict");
    if (!decoded.ok()) {
        if (error_matches(exc::UnicodeDecodeError)) return raise_undecodable(before);
        return raised;
    }
    Ref<Str> text = decoded.take();
    return std::string(TRY(str_utf8(text.get())));
}

// Lines until they make a statement or are wrong.
Fallible<Statement> read_statement() {
    Statement statement;
    for (const char* prompt = "ps1"; !statement.ended; prompt = "ps2") {
        std::string line = TRY(read_line(prompt, statement.text));
        statement.ended = line.empty();
        statement.text += line;
        // A line without its end may go on.
        if (is_blank(statement.text) ? statement.text.ends_with('\n') : TRY(classify(statement)) != Input::Incomplete) break;
    }
    if (statement.ended) std::fputc('\n', stderr);
    return statement;
}

// False: end the loop, with the exception pending if there is one.
bool run_statement(Statement& statement, Dict* space, int* features) {
    Fallible<Ref<Code>> code = compile_statement(statement, features);
    if (code.ok()) {
        Ref<Code> kept = code.take();
        if (eval_source(kept.get(), space, space).ok()) {
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
        if (!is_blank(statement.text) && !run_statement(statement, space, &features)) return raised;
        ended = statement.ended && statement.text.empty();
    }
    return {};
}

}  // namespace py
