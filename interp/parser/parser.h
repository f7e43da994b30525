// parse(): Python 3.11 source text → syntax tree, or the SyntaxError that CPython 3.11 raises for it.
// Errors of the symbol table and the compiler ('return' outside function, …) are not found here.
#pragma once

#include "interp/parser/ast.h"

namespace py::parser {

using ast::Arena;

enum class Mode : uint8_t {
    Exec,          // Module
    Single,        // Interactive: one statement typed at a prompt
    Eval,          // Expression
    FunctionType,  // FunctionType: a `# type:` signature, `(int, str) -> bool`
};

// A decoder's result: UTF-8 in `text` (malloc'ed, the parser frees it), or a failure.
enum class DecodeStatus : uint8_t {
    Done,
    UnknownEncoding,  // SyntaxError `unknown encoding: NAME`
    Invalid,          // the bytes do not decode; `text` is the message of the exception (may be null)
    Raised,           // the decoder left an exception of its own: the problem's kind is Other
};
struct Decoded {
    DecodeStatus status;
    char* text;
    size_t length;
};

struct ParseOptions {
    Mode mode = Mode::Exec;
    // Not empty: the source is the content of this program file, which CPython reads line by line. A line ends at a NUL,
    // undeclared encodings must be UTF-8 in comments too, and problems of the encoding have no place.
    std::string_view file{};
    bool interactive = false;        // typed at a prompt: what stands behind an error is not looked at
    bool source_is_text = false;     // str, not bytes: encoding cookie and BOM are not looked at
    bool type_comments = false;      // PyCF_TYPE_COMMENTS
    bool barry_as_bdfl = false;      // PyCF's CO_FUTURE_BARRY_AS_BDFL inherited: `<>` for `!=`
    bool dont_imply_dedent = false;  // PyCF_DONT_IMPLY_DEDENT
    bool allow_incomplete_input =
        false;                 // PyCF_ALLOW_INCOMPLETE_INPUT: `incomplete input` for what more lines may complete
    int feature_version = 11;  // minor version whose grammar is accepted; 11 or more: all
    // Lowest stack address the parser may reach; 0: 4 MiB below the caller. There is a limit of 6000 levels besides.
    uintptr_t stack_limit = 0;
    int max_int_digits = 0;  // decimal literals may have; 0: any number
    // For encodings other than UTF-8, Latin-1 and ASCII (normalised names as in PEP 263); null: unknown.
    Decoded (*decode)(void* context, const char* encoding, std::string_view bytes) = nullptr;
    void* decode_context = nullptr;
    // The character a \N{name} escape stands for (aliases included); null: such escapes are errors.
    bool (*lookup_name)(void* context, std::string_view name, uint32_t* code) = nullptr;
    void* lookup_context = nullptr;
};

enum class ProblemKind : uint8_t {
    None,
    SyntaxError,
    IndentationError,
    TabError,
    IncompleteInput,     // with allow_incomplete_input: SyntaxError `incomplete input`
    ValueError,          // `source code string cannot contain null bytes`
    MemoryError,         // the source nests too deeply, or memory ran out
    UndecodableName,     // an identifier behind the error whose bytes do not decode; `text` holds them
    UnicodeDecodeError,  // an identifier or a string whose bytes do not decode; `message` holds the text
    Other,               // the decode hook has raised
};

// A SyntaxError's arguments. Lines and columns count from 1, columns in code points; -1 or 0 stand as in CPython.
struct SyntaxProblem {
    ProblemKind kind = ProblemKind::None;
    std::string_view message{};  // in the arena
    int lineno = 0;
    int offset = 0;
    int end_lineno = 0;
    int end_offset = 0;
    int column = -1, end_column = -1;  // the offsets as bytes of `text`; column -1: they are no others than the offsets
    bool has_place = true;    // false: the message is the only argument
    bool has_end = true;      // false: end_lineno and end_offset are None
    std::string_view text{};  // the source line, with its newline; in the arena
    bool has_text = false;
    bool found_by_grammar = false;  // in a file (Exec): who raises it shows the line as it is on disk, where it can be read
};

// A byte column counted from 1 as a code point column, the way CPython converts it.
int to_code_points(std::string_view line, int column);

enum class WarningKind : uint8_t { Deprecation, Syntax };
struct Warning {
    WarningKind kind;
    std::string_view message;  // in the arena
    int lineno;
    // What is raised instead when the warning filter makes an error of it; its text is `message` or CPython's
    // rewording.
    SyntaxProblem as_error;
};

struct ParseResult {
    ast::Mod* tree = nullptr;  // null: `problem` says why
    SyntaxProblem problem;
    ast::Seq<Warning> warnings;   // in source order, also when parsing failed
    std::string_view encoding{};  // `utf-8`, or the cookie's name
    bool ok() const { return tree != nullptr; }
};

// Everything the result points to lives in `arena`; `source` may die afterwards. Runs Python only through the decode
// hook.
ParseResult parse(std::string_view source, Arena& arena, const ParseOptions& options = {});

}  // namespace py::parser
