// adder_bytecode_dump [-O|-OO] FILE…: every field of every code object of each file as canonical text, for comparison
// with what another compiler makes of it (run.py). A file that does not compile gives its error's line.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "interp/compiler/compile.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/home.h"
#include "interp/runtime/start.h"
#include "interp/runtime/state.h"

namespace {

using namespace py;

std::string text_of(Str* text) {
    std::string out = "\"";
    for (ssize_t i = 0; i < text->length; i++) {
        uint32_t ch = text->at(i);
        if (ch >= 32 && ch < 127 && ch != '\\' && ch != '"') {
            out += char(ch);
        } else {
            char escape[16];
            std::snprintf(escape, sizeof escape, "\\u{%x}", ch);
            out += escape;
        }
    }
    return out + "\"";
}

std::string hex(std::string_view bytes) {
    static const char* digits = "0123456789abcdef";
    std::string out;
    for (unsigned char byte : bytes) {
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

std::string bits(double value) {
    return hex({reinterpret_cast<const char*>(&value), sizeof value});
}

std::string constant(Object* object, std::vector<Code*>& inner);

std::string items(Object* const* objects, ssize_t count, std::vector<Code*>& inner) {
    std::string out;
    for (ssize_t i = 0; i < count; i++)
        out += constant(objects[i], inner) + ",";
    return out;
}

std::string constant(Object* object, std::vector<Code*>& inner) {
    if (is_str_exact(object)) return text_of(as_str(object));
    if (is_bytes_exact(object)) return "b" + hex(as_bytes(object)->view());
    if (is_float_exact(object)) return "float:" + bits(float_value(object));
    if (object->type == &complex_type)
        return "complex:" + bits(static_cast<Complex*>(object)->real) + "," +
               bits(static_cast<Complex*>(object)->imaginary);
    if (is_int_exact(object)) return "int:" + std::string(MUST(int_to_str(as_int(object), 16))->ascii_view());
    if (is_tuple_exact(object)) return "(" + items(as_tuple(object)->items, as_tuple(object)->size, inner) + ")";
    if (object->type == &frozenset_type) {
        std::vector<std::string> members;
        ssize_t position = 0;
        Object* key;
        while (set_next(as_set(object), &position, &key, nullptr))
            members.push_back(constant(key, inner));
        std::sort(members.begin(), members.end());
        std::string out = "frozenset{";
        for (const std::string& member : members)
            out += member + ",";
        return out + "}";
    }
    if (is_code(object)) {
        inner.push_back(static_cast<Code*>(object));
        return "code:" + text_of(static_cast<Code*>(object)->qualname);
    }
    if (is_none(object)) return "None";
    if (object == py_true()) return "True";
    if (object == py_false()) return "False";
    if (object == ellipsis()) return "Ellipsis";
    return std::string("?") + object->type->name;
}

std::string names(Ref<Tuple> tuple) {
    std::vector<Code*> none_inside;
    return items(tuple->items, tuple->size, none_inside);
}

void dump(Code* code) {
    std::vector<Code*> inner;
    std::string constants = items(code->consts->items, code->consts->size, inner);
    std::printf("code %s name=%s\n", text_of(code->qualname).c_str(), text_of(code->name).c_str());
    std::printf("counts %d %d %d %d stack=%d flags=%#x line=%d\n", code->argcount, code->positional_only_argcount,
                code->keyword_only_argcount, code->local_count, code->stack_size, unsigned(code->flags),
                code->first_line);
    std::printf("instructions %s\n", hex(MUST(code_original(code))->view()).c_str());
    std::printf("consts %s\n", constants.c_str());
    std::printf("names %s\n", names(share(code->names)).c_str());
    std::printf("varnames %s\n", names(MUST(code_varnames(code))).c_str());
    std::printf("cellvars %s\n", names(MUST(code_cellvars(code))).c_str());
    std::printf("freevars %s\n", names(MUST(code_freevars(code))).c_str());
    std::printf("lines %s\n", hex(code->line_table->view()).c_str());
    std::printf("handlers %s\n", hex(code->exception_table->view()).c_str());
    for (Code* each : inner)
        dump(each);
}

// The type, arguments and place of the pending exception.
void dump_error() {
    Ref<BaseException> exception = fetch_exception();
    std::vector<Code*> inner;
    std::printf("error %s %s\n", exception->type->name, constant(exception->args, inner).c_str());
}

bool read_file(const char* path, std::string* contents) {
    std::FILE* file = std::fopen(path, "rb");
    if (file == nullptr) return false;
    char block[65536];
    for (size_t got; (got = std::fread(block, 1, sizeof block, file)) > 0;)
        contents->append(block, got);
    std::fclose(file);
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    runtime().config.no_site = true;
    find_home(argv[0], true);
    if (int failed = start_interpreter({{"adder_bytecode_dump"}, {}, {"ignore"}, {}}); failed >= 0) return failed;
    CompileOptions options{.optimize = 0};
    int status = 0;
    for (int i = 1; i < argc; i++) {
        if (std::strcmp(argv[i], "-O") == 0 || std::strcmp(argv[i], "-OO") == 0) {
            options.optimize = int(std::strlen(argv[i])) - 1;
            continue;
        }
        std::printf("file %s\n", argv[i]);
        std::fflush(stdout);
        std::string source;
        if (!read_file(argv[i], &source)) {
            std::printf("error cannot read\n");
            status = 1;
            continue;
        }
        Ref<Str> filename = MUST(str_from_fs(argv[i]));
        auto code = compile_source(source, filename.get(), options);
        if (code.ok()) {
            dump(code.take().get());
        } else {
            dump_error();
        }
        std::fflush(stdout);
    }
    std::fflush(stdout);
    std::_Exit(status);
}
