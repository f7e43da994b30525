// SyntaxError instances with their places, and warnings that may turn into them.
#include "interp/compiler/syntax_error.h"

#include <fcntl.h>
#include <unistd.h>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py::compiler {
namespace {

// Line `number` of the file, with its newline, or None where it cannot be read.
Ref<> source_line(Str* filename, int number, std::string_view encoding = {}) {
    SavedError saved;
    auto path = fs_encode(filename);
    if (!path.ok() || number <= 0) return share(none());
    int file = open(path.take()->data, O_RDONLY | O_CLOEXEC);
    if (file < 0) return share(none());
    ast::Buffer<char> line;
    int current = 1;
    char block[4096];
    bool done = false, after_return = false;
    for (ssize_t got; !done && (got = read(file, block, sizeof block)) > 0;) {
        for (ssize_t i = 0; i < got && !done; i++) {
            // Any of \r\n, \r and \n ends a line and reads as \n.
            bool is_pair = after_return && block[i] == '\n';
            after_return = block[i] == '\r';
            if (is_pair) continue;
            char byte = after_return ? '\n' : block[i];
            if (current == number) line.push(byte);
            if (byte == '\n') done = current++ == number;
        }
    }
    close(file);
    if (line.empty()) return share(none());
    if (encoding == "utf-8") encoding = {};
    char name[64] = "utf-8";
    if (encoding.size() < sizeof name && !encoding.empty()) name[encoding.copy(name, sizeof name - 1)] = 0;
    // Lines are read in pieces of this size, and the last piece is what is shown.
    constexpr size_t kPiece = 999;
    std::string_view shown{line.data(), line.size()};
    shown.remove_prefix((shown.size() - 1) / kPiece * kPiece);
    auto text = bytes_decode(shown, name, "replace");
    return text.ok() ? Ref<>(text.take()) : share(none());
}

// A column (0-based, -1: unknown) as the int or None that the attribute holds.
Fallible<Ref<>> offset_object(int column) {
    if (column < -1) return share(none());
    return TRY(int_from(column + 1));
}

Type* problem_type(parser::ProblemKind kind) {
    switch (kind) {
        case parser::ProblemKind::IndentationError: return exc::IndentationError;
        case parser::ProblemKind::TabError: return exc::TabError;
        case parser::ProblemKind::ValueError: return exc::ValueError;
        case parser::ProblemKind::MemoryError: return exc::MemoryError;
        case parser::ProblemKind::UnicodeDecodeError: return exc::SyntaxError;
        default: return exc::SyntaxError;
    }
}

}  // namespace

Raised raise_at(Str* filename, const ast::Range& range, Ref<Str> message) {
    Ref<> error = TRY(call(exc::SyntaxError, message.get()));
    Ref<> line = source_line(filename, range.lineno);
    TRY(set_attr(error.get(), "filename"_name, filename));
    TRY(set_attr(error.get(), "lineno"_name, TRY(int_from(range.lineno)).get()));
    TRY(set_attr(error.get(), "offset"_name, TRY(offset_object(range.col_offset)).get()));
    TRY(set_attr(error.get(), "end_lineno"_name, TRY(int_from(range.end_lineno)).get()));
    TRY(set_attr(error.get(), "end_offset"_name, TRY(offset_object(range.end_col_offset)).get()));
    TRY(set_attr(error.get(), "text"_name, line.get()));
    return raise_object(exc::SyntaxError, error.get());
}

Raised raise_in_compiler(Str* filename, const ast::Range& range, Ref<Str> message) {
    Ref<> line = source_line(filename, range.lineno);
    Ref<Tuple> place = TRY(
        tuple_pack(filename, TRY(int_from(range.lineno)).get(), TRY(int_from(range.col_offset + 1)).get(), line.get(),
                   TRY(int_from(range.end_lineno)).get(), TRY(int_from(range.end_col_offset + 1)).get()));
    Ref<Tuple> arguments = TRY(tuple_pack(message.get(), place.get()));
    return raise_object(exc::SyntaxError, arguments.get());
}

Raised raise_syntax_error(const parser::SyntaxProblem& problem, Str* filename, std::string_view encoding) {
    using parser::ProblemKind;
    if (problem.kind == ProblemKind::Other) return raised;
    if (problem.kind == ProblemKind::MemoryError) return raise_memory_error();
    if (problem.kind == ProblemKind::UndecodableName) {
        auto decoded = str_from_utf8(problem.text);
        CHECK(!decoded.ok());
        return raised;
    }
    Ref<Str> message = TRY(str_from_utf8_surrogatepass(problem.message));
    Type* type = problem_type(problem.kind);
    if (type == exc::ValueError || !problem.has_place) return raise_object(type, message.get());
    Ref<> text = problem.found_by_grammar ? source_line(filename, problem.lineno, encoding) : share(none());
    int offset = problem.offset, end_offset = problem.end_offset;
    if (is_str(text.get()) && problem.column >= 0) {
        // The columns count in the line on disk, which may be another one (a byte order mark stands there).
        std::string_view line = TRY(str_utf8(as_str(text.get())));
        offset = parser::to_code_points(line, problem.column);
        end_offset = parser::to_code_points(line, problem.end_column);
    }
    if (problem.has_text && is_none(text.get())) text = TRY(str_from_utf8_surrogatepass(problem.text));
    if (!problem.has_end) {
        // The decoder has failed: there is no line yet, and no end.
        Ref<Tuple> start =
            TRY(tuple_pack(filename, TRY(int_from(0)).get(), TRY(int_from(problem.offset)).get(), text.get()));
        Ref<Tuple> short_arguments = TRY(tuple_pack(message.get(), start.get()));
        return raise_object(type, short_arguments.get());
    }
    Ref<Tuple> place =
        TRY(tuple_pack(filename, TRY(int_from(problem.lineno)).get(), TRY(int_from(offset)).get(), text.get(),
                       TRY(int_from(problem.end_lineno)).get(), TRY(int_from(end_offset)).get()));
    Ref<Tuple> arguments = TRY(tuple_pack(message.get(), place.get()));
    return raise_object(type, arguments.get());
}

Fallible<void> warn_at(Type* category, Str* filename, const ast::Range& range, Ref<Str> message) {
    if (warn_explicit(category, message.get(), filename, range.lineno, nullptr, nullptr).ok()) return {};
    if (!clear_error_if(category)) return raised;
    return raise_in_compiler(filename, range, std::move(message));
}

Fallible<void> issue_warnings(const parser::ParseResult& result, Str* filename, size_t* issued) {
    size_t index = 0;
    for (const parser::Warning& warning : result.warnings) {
        if (issued != nullptr && index++ < *issued) continue;
        Type* category =
            warning.kind == parser::WarningKind::Deprecation ? exc::DeprecationWarning : exc::SyntaxWarning;
        Ref<Str> message = TRY(str_from_utf8_surrogatepass(warning.message));
        if (warn_explicit(category, message.get(), filename, warning.lineno, nullptr, nullptr).ok()) {
            if (issued != nullptr) *issued = index;
            continue;
        }
        if (!clear_error_if(category)) return raised;
        return raise_syntax_error(warning.as_error, filename, result.encoding);
    }
    return {};
}

}  // namespace py::compiler
