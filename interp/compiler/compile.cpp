// The compiler's front door: parse, future features, fold, symbol tables, code.
#include "interp/compiler/compile.h"

#include <cstring>

#include "interp/compiler/codegen.h"
#include "interp/compiler/fold.h"
#include "interp/compiler/syntax_error.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/memory_limit.h"
#include "interp/objects/str.h"
#include "interp/objects/unicode_names.h"
#include "interp/runtime/state.h"
#include "interp/runtime/thread.h"

namespace py {
namespace compiler {
namespace {

parser::Mode parser_mode(CompileMode mode) {
    switch (mode) {
        case CompileMode::Exec: return parser::Mode::Exec;
        case CompileMode::Single: return parser::Mode::Single;
        case CompileMode::Eval: return parser::Mode::Eval;
        case CompileMode::FunctionType: return parser::Mode::FunctionType;
    }
    __builtin_unreachable();
}

parser::Decoded decode_failed() {
    PendingError pending = fetch_error();
    normalize_error(pending);
    if (given_exception_matches(pending.type.get(), exc::LookupError))
        return {parser::DecodeStatus::UnknownEncoding, nullptr, 0};
    auto text = pending.value ? str(pending.value.get()) : Fallible<Ref<Str>>(raised);
    if (!text.ok()) {
        clear_error();
        return {parser::DecodeStatus::Invalid, nullptr, 0};
    }
    Ref<Str> message = text.take();
    auto utf8 = str_utf8(message.get());
    if (!utf8.ok()) {
        clear_error();
        return {parser::DecodeStatus::Invalid, nullptr, 0};
    }
    std::string_view view = utf8.take();
    return {parser::DecodeStatus::Invalid, strndup(view.data(), view.size()), view.size()};
}

parser::Decoded decode_source(void*, const char* encoding, std::string_view bytes) {
    auto decoded = bytes_decode(bytes, encoding, "strict");
    if (!decoded.ok()) return decode_failed();
    Ref<Str> text = decoded.take();
    auto utf8 = str_utf8(text.get());
    if (!utf8.ok()) return decode_failed();
    std::string_view view = utf8.take();
    char* copy = static_cast<char*>(malloc(view.size() + 1));
    if (copy == nullptr) {
        (void)raise_memory_error();
        return {parser::DecodeStatus::Raised, nullptr, 0};
    }
    memcpy(copy, view.data(), view.size());
    copy[view.size()] = 0;
    return {parser::DecodeStatus::Done, copy, view.size()};
}

// The names are the unicodedata module's: a program that forbids its import gets none.
bool is_unicodedata_blocked() { return dict_get_str(runtime().modules, "unicodedata"_name) == none(); }

// `\N{name}`: one character; named sequences are not allowed there.
bool lookup_character(void*, std::string_view name, uint32_t* code) {
    int64_t found = unicode_from_name(name);
    if (found < 0) return false;
    *code = uint32_t(found);
    return true;
}

}  // namespace
}  // namespace compiler

using namespace compiler;

Fallible<Ref<Str>> source_filename(Object* path) {
    bool is_buffer = has_buffer(path);
    Ref<> name = is_buffer ? share(path) : TRY(path_fspath(path));
    Ref<Str> text;
    if (is_str(name.get())) {
        text = share(as_str(name.get()));
    } else {
        if (!is_bytes(name.get()))
            TRY(warn(exc::DeprecationWarning, 1, "path should be string, bytes, or os.PathLike, not %.200s",
                     path->type->name));
        BufferView view;
        TRY(view.open(name.get()));
        text = TRY(str_from_fs(view.view()));
    }
    if (str_find_char(text.get(), 0, 0, text->length, 1) >= 0) return raise(exc::ValueError, "embedded null character");
    return text;
}

Fallible<ast::Mod*> parse_source(std::string_view source, Str* filename, const CompileOptions& options,
                                 ast::Arena& arena) {
    parser::ParseOptions parse;
    parse.mode = parser_mode(options.mode);
    parse.source_is_text = options.source_is_text || (options.flags & (kSourceIsUtf8 | kIgnoreCookie));
    parse.interactive = options.is_prompt;
    parse.type_comments = options.flags & kTypeComments;
    parse.barry_as_bdfl = options.flags & kCoFutureBarryAsBdfl;
    parse.dont_imply_dedent = options.flags & kDontImplyDedent;
    parse.allow_incomplete_input = options.flags & kAllowIncompleteInput;
    if (options.feature_version >= 0) parse.feature_version = options.feature_version;
    Ref<Bytes> file;
    if (options.is_program_file) {
        file = TRY(str_encode(filename, "utf-8", "surrogatepass"));
        parse.file = file->view();
    }
    parse.stack_limit = Thread::current()->stack_limit;
    parse.max_int_digits = runtime().config.int_max_str_digits;
    parse.decode = decode_source;
    if (!is_unicodedata_blocked()) parse.lookup_name = lookup_character;
    parser::ParseResult result = parser::parse(source, arena, parse);
    return or_memory_error([&]() -> Fallible<ast::Mod*> {
        TRY(issue_warnings(result, filename, options.warned));
        if (!result.ok()) return raise_syntax_error(result.problem, filename, result.encoding);
        return result.tree;
    });
}

Fallible<Ref<Code>> compile_source(std::string_view source, Str* filename, const CompileOptions& options,
                                   int* features) {
    ast::Arena arena;
    ast::Mod* tree = TRY(parse_source(source, filename, options, arena));
    return compile_tree(tree, arena, filename, options, features);
}

Fallible<Ref<Code>> compile_source(std::string_view source, Str* filename, const CompileOptions& options) {
    return compile_source(source, filename, options, nullptr);
}

Fallible<Ref<Code>> compile_tree(ast::Mod* tree, ast::Arena& arena, Str* filename, const CompileOptions& options,
                                 int* features) {
    return or_memory_error([&]() -> Fallible<Ref<Code>> {
        int optimize = options.optimize < 0 ? runtime().config.optimize : options.optimize;
        CodegenOptions codegen{filename, options.flags, optimize, TRY(find_future(tree, filename))};
        codegen.future.features |= options.flags & kFutureFlags;
        codegen.flags |= codegen.future.features;
        if (features != nullptr) *features = codegen.future.features;
        bool annotations = codegen.future.features & kCoFutureAnnotations;
        ObjectPool pool;
        TRY(Folder(arena, pool, filename, optimize, annotations).fold(tree));
        SymbolTable symbols(arena, pool, filename, annotations);
        TRY(symbols.build(tree));
        return Codegen(arena, pool, symbols, codegen).compile(tree);
    });
}

}  // namespace py
