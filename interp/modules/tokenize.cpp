// _tokenize: the lexer's tokens as tuples, for tests that compare them with those of tokenize.py.
#include <cstring>
#include <new>

#include "interp/compiler/syntax_error.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/memory_limit.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/parser/lexer.h"
#include "interp/parser/source.h"

namespace py {
namespace {

using parser::Kind;

struct Tokens {
    parser::Arena arena;
    parser::Lexer lexer;
    size_t warned = 0;  // how many of the lexer's warnings have been issued
    Tokens() : lexer("", arena, {}) {}
    // Starts again, at the beginning of this text.
    void read(std::string_view text) {
        lexer.~Lexer();
        new (&lexer) parser::Lexer(text, arena, {});
    }
};
struct TokenizerIter : Object {
    Tokens* tokens;
};
TokenizerIter* as_tokenizer(Object* object) { return static_cast<TokenizerIter*>(object); }

// The numbers that the token module gives (3.11); the rows stand in the order of tokens.def's operators.
constexpr int kOperatorNumbers[] = {
    7,  8,  9,  10, 25, 26, 11, 12, 13, 23, 52, 51, 53, 22, 49, 14, 15, 16, 17, 47, 24,
    35, 33, 34, 19, 18, 32, 31, 20, 21, 29, 30, 27, 28, 36, 37, 38, 50, 39, 40,     41, 42,
    43, 44, 45, 46, 48,
};
constexpr int kTypeIgnore = 57, kTypeComment = 58, kAsync = 56, kAwait = 55, kOther = 54, kName = 1;

int token_number(Kind kind) {
    if (kind < Kind::TypeIgnore) return int(kind) - int(Kind::EndMarker);
    if (kind == Kind::TypeIgnore) return kTypeIgnore;
    if (kind == Kind::TypeComment) return kTypeComment;
    if (kind == Kind::Async) return kAsync;
    if (kind == Kind::Await) return kAwait;
    if (kind < Kind::LeftParen) return kOther;
    if (kind < Kind::False) return kOperatorNumbers[int(kind) - int(Kind::LeftParen)];
    return kName;
}
static_assert(std::size(kOperatorNumbers) == size_t(Kind::False) - size_t(Kind::LeftParen));
static_assert(int(Kind::Dedent) - int(Kind::EndMarker) == 6);

Fallible<void> issue_new_warnings(Tokens& tokens) {
    parser::ParseResult result;
    auto all = tokens.lexer.warnings().to_seq(tokens.arena);
    for (size_t i = tokens.warned; i < all.size(); ++i) {
        tokens.warned = i + 1;
        result.warnings = {all.items + i, 1};
        TRY(compiler::issue_warnings(result, "<string>"_name));
    }
    return {};
}

// (text, number, first line, last line, start and end in bytes of their lines, the lines); null and nothing pending: no more.
Fallible<Ref<>> next_token(Tokens& tokens) {
    parser::Lexer& lexer = tokens.lexer;
    parser::Token token;
    Kind kind = lexer.next(token);
    TRY(issue_new_warnings(tokens));
    if (kind == Kind::Error && lexer.done() == parser::Done::Error)
        return compiler::raise_syntax_error(lexer.problem(), "<string>"_name, "utf-8");
    if (kind == Kind::Error || kind == Kind::EndMarker) return raised;
    Ref<Str> text = token.start ? TRY(str_from_utf8(token.text())) : Ref<Str>(share(""_name));
    Ref<Str> lines = TRY(str_from_utf8(lexer.buffered()));
    Ref<Int> number = TRY(int_from(token_number(kind)));
    Ref<Int> first = TRY(int_from(token.lineno)), last = TRY(int_from(token.end_lineno));
    Ref<Int> start = TRY(int_from(token.col_offset)), end = TRY(int_from(token.end_col_offset));
    return tuple_pack(text.get(), number.get(), first.get(), last.get(), start.get(), end.get(), lines.get());
}
Object* tokenizer_next(Object* self) {
    return or_memory_error([&] { return next_token(*as_tokenizer(self)->tokens); }).release();
}

Fallible<Ref<>> tokenizer_over(Type* type, std::string_view source) {
    auto* tokens = new (std::nothrow) Tokens;
    if (!tokens) return raise_memory_error();
    Ref<TokenizerIter> self = steal(static_cast<TokenizerIter*>(type->alloc(type, 0)));
    if (!self) {
        delete tokens;
        return raised;
    }
    self->tokens = tokens;
    parser::ParseOptions options;
    options.source_is_text = true;
    parser::Source text = parser::read_source(source, tokens->arena, options);
    if (text.problem.kind == parser::ProblemKind::MemoryError) return raise_memory_error();
    if (text.problem.kind != parser::ProblemKind::None) return raise(exc::ValueError, "embedded null character");
    tokens->read(text.text);
    return self;
}

// _tokenize.TokenizerIter(source)
Fallible<Ref<>> tokenizer_new(Type* type, Object* const* bound) {
    if (!is_str(bound[0]))
        return raise(exc::TypeError, "tokenizeriter() argument 'source' must be str, not %N", bound[0]);
    std::string_view source = TRY(str_utf8(as_str(bound[0])));
    return or_memory_error([&] { return tokenizer_over(type, source); });
}

void tokenizer_dealloc(Object* self) {
    delete as_tokenizer(self)->tokens;
    object_memory_free(self);
}

constinit Type tokenizer_type = static_type({
    .name = "_tokenize.TokenizerIter",
    .basic_size = sizeof(TokenizerIter),
    .flags = type_flag::kBase,
    .dealloc = tokenizer_dealloc,
    .iter = self_iter,
    .iternext = tokenizer_next,
    .new_ = Bound<tokenizer_new, "tokenizeriter", "(source)">::new_,
});

Fallible<void> tokenize_execute(Module* module) { return module_add_type(module, &tokenizer_type); }

}  // namespace

extern const NativeModule tokenize_module;
const NativeModule tokenize_module = {"_tokenize", "The interpreter's own tokens.", nullptr, tokenize_execute};

}  // namespace py
