// Reading imports off bytecode: instructions as a flow graph, in which conditions on the platform have one way out.
#include "freeze/scan.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "interp/compiler/opcode.h"
#include "interp/objects/bytes.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace freeze {

namespace {

using namespace py;

struct Instruction {
    int opcode, operand, offset;  // offset in bytes, of the instruction itself
};

std::string text_of(Object* object) {
    if (!object || !is_str(object)) return {};
    Fallible<std::string_view> utf8 = str_utf8(as_str(object));
    if (utf8.ok()) return std::string(utf8.take());
    clear_error();  // lone surrogates: no module's name
    return {};
}

bool is_dotted_name(std::string_view text) {
    bool fresh = true;
    for (char c : text) {
        bool letter = c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool digit = c >= '0' && c <= '9';
        if (c == '.' ? fresh : !(letter || (digit && !fresh))) return false;
        fresh = c == '.';
    }
    return !fresh && text.size() <= 200;
}

// Names of groups of entry points may have dashes and colons.
bool is_word(const std::string& text) {
    std::string plain = text;
    std::replace_if(
        plain.begin(), plain.end(), [](char c) { return c == '-' || c == ':'; }, '_');
    return is_dotted_name(plain);
}

// Three-way comparison of version tuples.
int compare_with_version(Tuple* tuple) {
    static constexpr int64_t kVersion[] = {3, 11, ADDER_PYTHON_MICRO};
    for (ssize_t i = 0; i < tuple->size; ++i) {
        if (i == 3) return 0;
        int overflow = 0;
        int64_t item = is_int(tuple->items[i]) ? as_int64_clamped(as_int(tuple->items[i]), &overflow) : 0;
        if (kVersion[i] != item) return kVersion[i] < item ? -1 : 1;
    }
    return tuple->size < 3 ? 1 : 0;  // a longer tuple is greater than its beginning
}

enum Comparison { kLess, kLessEqual, kEqual, kNotEqual, kGreater, kGreaterEqual };
bool holds(int order, int comparison) {
    switch (comparison) {
        case kLess: return order < 0;
        case kLessEqual: return order <= 0;
        case kEqual: return order == 0;
        case kNotEqual: return order != 0;
        case kGreater: return order > 0;
        default: return order >= 0;
    }
}

class Body {
  public:
    Body(Code* code, bool is_module, ModuleRole role, ModuleScan& out)
        : code_(code), is_module_(is_module), role_(role), out_(out) {}

    void scan() {
        decode();
        reached_ = reach(-1);
        for (size_t i = 0; i < instructions_.size(); ++i)
            if (reached_[i]) look_at(i);
        for (ssize_t i = 0; i < code_->names->size; ++i)
            out_.names.push_back(text_of(code_->names->items[i]));
        for (ssize_t i = 0; i < code_->consts->size; ++i)
            look_at_constant(code_->consts->items[i]);
    }

  private:
    void decode() {
        Ref<Bytes> bytes = MUST(code_original(code_));
        auto* unit = reinterpret_cast<const uint8_t*>(bytes->data);
        int count = int(bytes->size / 2), extended = 0;
        index_.assign(size_t(count) + 1, -1);
        for (int i = 0; i < count;) {
            int opcode = unit[2 * i], operand = unit[2 * i + 1] | extended << 8;
            if (index_[size_t(i)] < 0) index_[size_t(i)] = int(instructions_.size());
            // A jump may lead to the prefix of its target.
            extended = opcode == EXTENDED_ARG ? operand : 0;
            if (opcode == EXTENDED_ARG) {
                ++i;
                continue;
            }
            index_[size_t(i)] = int(instructions_.size());
            instructions_.push_back({opcode, operand, 2 * i});
            i += 1 + opcode_info[opcode].cache_units;
        }
    }

    int at_offset(int byte_offset) const {
        size_t unit = size_t(byte_offset / 2);
        return unit < index_.size() ? index_[unit] : -1;
    }
    int jump_target(size_t i) const {
        const Instruction& each = instructions_[i];
        const OpcodeInfo& info = opcode_info[each.opcode];
        int after = each.offset + 2 * (1 + info.cache_units);
        if (info.operand == OperandKind::JumpForward) return at_offset(after + 2 * each.operand);
        if (info.operand == OperandKind::JumpBackward) return at_offset(after - 2 * each.operand);
        return -1;
    }
    static bool ends_path(int opcode) {
        switch (opcode) {
            case RETURN_VALUE:
            case RAISE_VARARGS:
            case RERAISE:
            case JUMP_FORWARD:
            case JUMP_BACKWARD:
            case JUMP_BACKWARD_NO_INTERRUPT: return true;
            default: return false;
        }
    }

    // The instructions that can be reached without running instruction `without`.
    std::vector<bool> reach(int without) {
        std::vector<bool> seen(instructions_.size(), false);
        std::vector<int> work{0};
        auto visit = [&](int i) {
            if (i >= 0 && size_t(i) < seen.size() && !seen[size_t(i)] && i != without) {
                seen[size_t(i)] = true;
                work.push_back(i);
            }
        };
        if (!seen.empty() && without != 0) seen[0] = true;
        while (!work.empty()) {
            size_t i = size_t(work.back());
            work.pop_back();
            if (!seen[i]) continue;
            std::optional<bool> jumps = decided_jump(i);
            int target = jump_target(i);
            if (target >= 0 && jumps.value_or(true)) visit(target);
            if (!ends_path(instructions_[i].opcode) && !jumps.value_or(false)) visit(int(i) + 1);
            ExceptionHandler handler;
            if (code_->exception_table->size && code_find_handler(code_, instructions_[i].offset, &handler))
                visit(at_offset(handler.target));
        }
        return seen;
    }

    bool is_name_load(size_t i, std::string_view wanted) const {
        const Instruction& each = instructions_[i];
        return (each.opcode == LOAD_NAME || each.opcode == LOAD_GLOBAL) && name_of(each) == wanted;
    }
    std::string name_of(const Instruction& each) const {
        int index = each.opcode == LOAD_GLOBAL ? each.operand >> 1 : each.operand;
        return index < code_->names->size ? text_of(code_->names->items[index]) : std::string();
    }
    Object* constant(size_t i) const {
        const Instruction& each = instructions_[i];
        return each.opcode == LOAD_CONST && each.operand < code_->consts->size ? code_->consts->items[each.operand]
                                                                               : nullptr;
    }
    // `module.attribute` ends at instruction i.
    bool is_attribute(size_t i, const char* module, const char* attribute) const {
        if (i < 1 || i >= instructions_.size() || instructions_[i].opcode != LOAD_ATTR ||
            name_of(instructions_[i]) != attribute)
            return false;
        return is_name_load(i - 1, module) || is_name_load(i - 1, std::string("_") + module);
    }

    // Whether the conditional jump at i is taken, where that depends on the platform, the version or TYPE_CHECKING
    // alone.
    std::optional<bool> decided_jump(size_t i) const {
        int opcode = instructions_[i].opcode;
        if (opcode != POP_JUMP_FORWARD_IF_FALSE && opcode != POP_JUMP_FORWARD_IF_TRUE) return {};
        if (i < 1) return {};
        std::optional<bool> value = decided_value(i - 1);
        if (!value) return {};
        return *value == (opcode == POP_JUMP_FORWARD_IF_TRUE);
    }
    std::optional<bool> decided_value(size_t end) const {
        const Instruction& last = instructions_[end];
        if (is_name_load(end, "TYPE_CHECKING")) return false;
        if (last.opcode == LOAD_ATTR && name_of(last) == "TYPE_CHECKING") return false;
        if (last.opcode == COMPARE_OP && end >= 3) return decided_comparison(end);
        bool is_membership = last.opcode == CONTAINS_OP && end >= 3 && is_attribute(end - 2, "sys", "platform");
        if (is_membership) {
            Object* choices = constant(end - 1);
            if (!choices || !is_tuple(choices)) return {};
            return starts_platform(choices, true) != (last.operand == 1);
        }
        bool is_prefix_call = last.opcode == CALL && end >= 5 && instructions_[end - 3].opcode == LOAD_METHOD &&
                              name_of(instructions_[end - 3]) == "startswith" &&
                              is_attribute(end - 4, "sys", "platform");
        if (is_prefix_call) {
            Object* prefix = constant(end - 2);
            if (prefix && (is_str(prefix) || is_tuple(prefix))) return starts_platform(prefix, false);
        }
        return {};
    }
    std::optional<bool> decided_comparison(size_t end) const {
        Object* value = constant(end - 1);
        if (!value) return {};
        int comparison = instructions_[end].operand;
        bool equality = comparison == kEqual || comparison == kNotEqual;
        if (is_str(value) && equality) {
            if (is_name_load(end - 2, "__name__") && text_of(value) == "__main__" && role_ != ModuleRole::Program)
                return comparison == kNotEqual;
            const char* actual = is_attribute(end - 2, "sys", "platform") ? "linux"
                                 : is_attribute(end - 2, "os", "name")    ? "posix"
                                                                          : nullptr;
            if (!actual) return {};
            return (text_of(value) == actual) == (comparison == kEqual);
        }
        if (!is_tuple(value) || !is_attribute(end - 2, "sys", "version_info")) return {};
        for (ssize_t i = 0; i < as_tuple(value)->size; ++i)
            if (!is_int(as_tuple(value)->items[i])) return {};
        return holds(compare_with_version(as_tuple(value)), comparison);
    }
    // Is "linux" one of the words, or does it begin with one?
    static bool starts_platform(Object* words, bool whole) {
        constexpr std::string_view kPlatform = "linux";
        if (is_str(words)) return kPlatform.starts_with(text_of(words));
        for (ssize_t i = 0; i < as_tuple(words)->size; ++i) {
            std::string word = text_of(as_tuple(words)->items[i]);
            if (whole ? word == kPlatform : kPlatform.starts_with(word)) return true;
        }
        return false;
    }

    void look_at(size_t i) {
        const Instruction& each = instructions_[i];
        if (each.opcode == IMPORT_NAME && i >= 2) return add_import(i);
        bool loads = each.opcode == LOAD_NAME || each.opcode == LOAD_GLOBAL || each.opcode == LOAD_ATTR ||
                     each.opcode == LOAD_METHOD;
        if (!loads) return;
        std::string name = name_of(each);
        if (name == "import_module" || name == "__import__") add_import_call(i);
    }

    // LOAD_CONST level; LOAD_CONST names; IMPORT_NAME module
    void add_import(size_t i) {
        Import import;
        import.module = name_of(instructions_[i]);
        Object* level = constant(i - 2);
        int overflow = 0;
        if (level && is_int(level)) import.level = int(as_int64_clamped(as_int(level), &overflow));
        Object* names = constant(i - 1);
        for (ssize_t k = 0; names && is_tuple(names) && k < as_tuple(names)->size; ++k)
            import.names.push_back(text_of(as_tuple(names)->items[k]));
        import.line = code_line_at(code_, instructions_[i].offset);
        import.certain = is_module_ && is_certain(int(i));
        out_.imports.push_back(std::move(import));
    }
    // Certain: no way from the beginning to a return leads around it.
    bool is_certain(int i) {
        std::vector<bool> seen = reach(i);
        for (size_t k = 0; k < seen.size(); ++k)
            if (seen[k] && instructions_[k].opcode == RETURN_VALUE) return false;
        return true;
    }

    // import_module("name"), import_module(".name", package), __import__("name"); else the name is computed.
    void add_import_call(size_t i) {
        int line = code_line_at(code_, instructions_[i].offset);
        size_t next = i + 1;
        std::string name = next < instructions_.size() ? text_of(constant(next)) : std::string();
        size_t dots = std::min(name.find_first_not_of('.'), name.size());
        if (!is_dotted_name(std::string_view(name).substr(dots))) {
            out_.computed_lines.push_back(line);
            return;
        }
        Import import;
        import.module = name.substr(dots);
        import.level = int(dots);
        import.line = line;
        out_.imports.push_back(std::move(import));
    }

    static bool is_command(const std::string& function) {
        return function == "main" || function == "_main" || function == "test" || function.starts_with("_test");
    }

    void look_at_constant(Object* value) {
        if (is_str(value)) {
            std::string text = text_of(value);
            if (is_word(text)) out_.words.push_back(std::move(text));
        } else if (is_tuple(value)) {
            for (ssize_t i = 0; i < as_tuple(value)->size; ++i)
                look_at_constant(as_tuple(value)->items[i]);
        } else if (is_code(value)) {
            Code* inner = static_cast<Code*>(value);
            if (!(role_ == ModuleRole::Library && is_module_ && is_command(text_of(inner->name))))
                Body(inner, false, role_, out_).scan();
        }
    }

    Code* code_;
    bool is_module_;
    ModuleRole role_;
    ModuleScan& out_;
    std::vector<Instruction> instructions_;
    std::vector<int> index_;  // by code unit: number of the instruction there, -1 in caches
    std::vector<bool> reached_;
};

}  // namespace

static void sort_unique(std::vector<std::string>& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

ModuleScan scan_code(py::Code* code, ModuleRole role) {
    ModuleScan out;
    Body(code, true, role, out).scan();
    sort_unique(out.words);
    sort_unique(out.names);
    return out;
}

}  // namespace freeze
