// Source text or syntax tree → code object: what compile(), exec(), import and the command line call.
#pragma once

#include <string_view>

#include "interp/objects/code.h"
#include "interp/objects/fallible.h"
#include "interp/parser/ast.h"

namespace py {

enum class CompileMode { Exec, Eval, Single, FunctionType };

// compile()'s flags: PyCF_* and the future flags.
inline constexpr int kFutureFlags = kCoFutureDivision | kCoFutureAbsoluteImport | kCoFutureWithStatement |
                                    kCoFuturePrintFunction | kCoFutureUnicodeLiterals | kCoFutureBarryAsBdfl |
                                    kCoFutureGeneratorStop | kCoFutureAnnotations;
inline constexpr int kDontImplyDedent = 0x200, kOnlyAst = 0x400, kIgnoreCookie = 0x800, kTypeComments = 0x1000,
                     kAllowTopLevelAwait = 0x2000, kAllowIncompleteInput = 0x4000, kSourceIsUtf8 = 0x100;
inline constexpr int kCompileFlags = kFutureFlags | kDontImplyDedent | kOnlyAst | kTypeComments | kAllowTopLevelAwait |
                                     kAllowIncompleteInput | kSourceIsUtf8 | kIgnoreCookie | kCoNested;

struct CompileOptions {
    CompileMode mode = CompileMode::Exec;
    int flags = 0;      // future flags in force (inherited) and PyCF_*
    int optimize = -1;  // -1: the interpreter's -O level
    int feature_version = -1;
    bool source_is_text = false;  // source was a str: no encoding cookie, no BOM
    bool is_program_file = false;  // the content of the file that is run, read as such (parser::ParseOptions::file)
    bool is_prompt = false;       // typed at a prompt (parser::ParseOptions::interactive)
    // For text that comes line by line: how many of the parser's warnings have been issued; those are not issued again.
    size_t* warned = nullptr;
};

// SyntaxError and the like are raised with filename, position and text. Runs Python (codecs, warnings).
Fallible<Ref<Code>> compile_source(std::string_view source, Str* filename, const CompileOptions& options);
// The same for a caller that keeps the future features which came into force (the interactive prompt).
Fallible<Ref<Code>> compile_source(std::string_view source, Str* filename, const CompileOptions& options,
                                   int* features);
// The file name argument of compile() and symtable(): str, bytes, os.PathLike, or (DeprecationWarning) bytes-like.
Fallible<Ref<Str>> source_filename(Object* path);
// Parses only; warnings have been issued. The tree lives in the arena.
Fallible<ast::Mod*> parse_source(std::string_view source, Str* filename, const CompileOptions& options,
                                 ast::Arena& arena);
// From a tree that parse_source() or the `ast` module's conversion made. It is rewritten and must not be used
// afterwards.
Fallible<Ref<Code>> compile_tree(ast::Mod* tree, ast::Arena& arena, Str* filename, const CompileOptions& options,
                                 int* features = nullptr);
// From the tree of `ast` node objects (modules/ast*.cpp): validated, then compiled.
Fallible<Ref<Code>> compile_ast_object(Object* tree, Str* filename, const CompileOptions& options);
// Source to a tree of `ast` node objects: compile(…, PyCF_ONLY_AST).
Fallible<Ref<>> parse_to_ast_object(std::string_view source, Str* filename, const CompileOptions& options);
// Is it an instance of ast.AST? False, without importing anything, while no ast node class exists yet.
Fallible<bool> is_ast_node(Object* object);

}  // namespace py
