// adder_parse_dump: reads files as the parser does and prints what compare.py sets against the oracle.
//   adder_parse_dump FILE         the tree as `ast.dump(…, include_attributes=True)`, or one line `!Kind|message|…`
//   adder_parse_dump --batch      names on standard input; for each the length of the answer, a newline, the answer
//   adder_parse_dump --time FILE… parses only, ten times each, and prints bytes and seconds
#include <iconv.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "interp/parser/dump.h"
#include "interp/parser/parser.h"
#include "tests/conformance/parser/unicode_names.h"

using namespace py;

static const char* kind_name(parser::ProblemKind kind) {
    switch (kind) {
        case parser::ProblemKind::IndentationError: return "IndentationError";
        case parser::ProblemKind::TabError: return "TabError";
        case parser::ProblemKind::ValueError: return "ValueError";
        case parser::ProblemKind::MemoryError: return "MemoryError";
        default: return "SyntaxError";
    }
}

static std::string read_file(const std::string& name) {
    std::ifstream in(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

static std::string answer(const std::string& source, const parser::ParseOptions& options, bool warnings) {
    ast::Arena arena;
    parser::ParseResult result = parser::parse(source, arena, options);
    std::string out;
    if (result.ok()) {
        ast::Buffer<char> text;
        ast::ast_dump(result.tree, text);
        out.assign(text.data(), text.size());
    } else {
        const parser::SyntaxProblem& p = result.problem;
        out = std::string("!") + kind_name(p.kind) + "|" + std::string(p.message) + "|" + std::to_string(p.lineno) +
              "|" + std::to_string(p.offset) + "|" + (p.has_end ? std::to_string(p.end_lineno) : "None") + "|" +
              (p.has_end ? std::to_string(p.end_offset) : "None") + "|";
        if (p.has_text) {
            ast::Buffer<char> text;
            ast::dump_string(p.text, text);
            out.append(text.data(), text.size());
        } else {
            out += "None";
        }
    }
    if (warnings)
        for (const parser::Warning& w : result.warnings)
            out += std::string("\n#") +
                   (w.kind == parser::WarningKind::Syntax ? "SyntaxWarning" : "DeprecationWarning") + ":" +
                   std::to_string(w.lineno) + ":" + std::string(w.message);
    return out;
}

// Encodings beyond the parser's own, by iconv.
static parser::Decoded decode_with_iconv(void*, const char* encoding, std::string_view bytes) {
    iconv_t converter = iconv_open("UTF-8", encoding);
    if (converter == reinterpret_cast<iconv_t>(-1)) return {parser::DecodeStatus::UnknownEncoding, nullptr, 0};
    size_t space = bytes.size() * 4 + 4, left = bytes.size(), room = space;
    char* text = static_cast<char*>(std::malloc(space));
    char* in = const_cast<char*>(bytes.data());
    char* out = text;
    size_t status = iconv(converter, &in, &left, &out, &room);
    iconv_close(converter);
    if (status != static_cast<size_t>(-1)) return {parser::DecodeStatus::Done, text, space - room};
    std::free(text);
    return {parser::DecodeStatus::Invalid, nullptr, 0};
}

static int time_files(const std::vector<std::string>& names, const parser::ParseOptions& options) {
    size_t bytes = 0;
    double best = 1e9;
    std::vector<std::string> sources;
    for (const std::string& name : names)
        sources.push_back(read_file(name));
    for (const std::string& source : sources)
        bytes += source.size();
    for (int round = 0; round < 5; round++) {
        auto start = std::chrono::steady_clock::now();
        for (const std::string& source : sources) {
            ast::Arena arena;
            parser::parse(source, arena, options);
        }
        double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        if (seconds < best) best = seconds;
    }
    std::printf("%zu bytes %.4f s\n", bytes, best);
    return 0;
}

int main(int argc, char** argv) {
    parser::ParseOptions options;
    options.lookup_name = lookup_unicode_name;
    options.decode = decode_with_iconv;
    std::vector<std::string> files;
    bool batch = false, timing = false, warnings = false;
    for (int i = 1; i < argc; i++) {
        std::string arg = argv[i];
        if (arg == "--batch")
            batch = true;
        else if (arg == "--time")
            timing = true;
        else if (arg == "--warnings")
            warnings = true;
        else if (arg == "--text")
            options.source_is_text = true;
        else if (arg == "--type-comments")
            options.type_comments = true;
        else if (arg == "--mode=exec")
            options.mode = parser::Mode::Exec;
        else if (arg == "--mode=eval")
            options.mode = parser::Mode::Eval;
        else if (arg == "--mode=single")
            options.mode = parser::Mode::Single;
        else if (arg == "--mode=func_type")
            options.mode = parser::Mode::FunctionType;
        else if (arg == "--dont-imply-dedent")
            options.dont_imply_dedent = true;
        else if (arg == "--incomplete")
            options.allow_incomplete_input = true;
        else if (arg.rfind("--feature=", 0) == 0)
            options.feature_version = std::atoi(arg.c_str() + 10);
        else
            files.push_back(arg);
    }
    if (timing) return time_files(files, options);
    if (batch) {
        std::string name;
        while (std::getline(std::cin, name)) {
            std::string text = answer(read_file(name), options, warnings);
            std::cout << text.size() << "\n" << text << std::flush;
        }
        return 0;
    }
    for (const std::string& name : files)
        std::cout << answer(read_file(name), options, warnings) << "\n";
    return 0;
}
