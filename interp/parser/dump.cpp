// Dump by reflection over ast.def; literals print as Python's repr does.
#include "interp/parser/dump.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "interp/parser/int_text.h"
#include "interp/parser/unicode.h"

namespace py::ast {
namespace {

class Dumper {
  public:
    explicit Dumper(Buffer<char>& out) : out_(out) {}

    void node(const Node* node) {
        const NodeInfo& info = node_info(node->node_kind);
        write(info.name);
        write("(");
        bool first = true;
        auto separate = [&](const char* name) {
            if (!first) write(", ");
            first = false;
            write(name);
            write("=");
        };
        for (uint8_t i = 0; i < info.field_count; i++) {
            const FieldInfo& field = info.fields[i];
            if (is_absent(node, field)) continue;
            separate(field.name);
            this->field(node, field);
        }
        if (info.has_location) {
            const auto* place = static_cast<const Located*>(node);
            const int values[] = {place->lineno, place->col_offset, place->end_lineno, place->end_col_offset};
            const char* names[] = {"lineno", "col_offset", "end_lineno", "end_col_offset"};
            for (int i = 0; i < 4; i++) {
                separate(names[i]);
                number(values[i]);
            }
        }
        write(")");
    }

    void string(std::string_view text);

  private:
    void write(std::string_view text) { out_.append(text.data(), static_cast<uint32_t>(text.size())); }
    void number(int value) {
        char text[16];
        auto end = std::to_chars(text, text + sizeof text, value).ptr;
        write({text, static_cast<size_t>(end - text)});
    }

    // Optional fields that are None are left out.
    static bool is_absent(const Node* node, const FieldInfo& field) {
        if (field.cardinality != Cardinality::Optional || field.type == FieldType::Int) return false;
        return field_at<const void*>(node, field) == nullptr;
    }

    void field(const Node* node, const FieldInfo& field) {
        if (field.cardinality == Cardinality::Many) {
            list(node, field);
            return;
        }
        switch (field.type) {
            case FieldType::Identifier:
            case FieldType::String: string(field_at<Identifier>(node, field)->view()); break;
            case FieldType::Int: number(field_at<int>(node, field)); break;
            case FieldType::ConstantValue: constant(field_at<ConstantValue>(node, field)); break;
            default:
                if (type_info(field.type).is_enum)
                    enumerator(field.type, field_at<uint8_t>(node, field));
                else
                    this->node(field_at<const Node*>(node, field));
        }
    }

    void enumerator(FieldType type, uint8_t value) {
        write(type_info(type).values[value]);
        write("()");
    }

    void list(const Node* node, const FieldInfo& field) {
        write("[");
        const auto& items = field_at<Seq<const Node*>>(node, field);
        for (uint32_t i = 0; i < items.size(); i++) {
            if (i > 0) write(", ");
            if (field.type == FieldType::Identifier) {
                string(field_at<Seq<Identifier>>(node, field)[i]->view());
            } else if (type_info(field.type).is_enum) {
                enumerator(field.type, field_at<Seq<uint8_t>>(node, field)[i]);
            } else if (items[i] == nullptr) {
                write("None");
            } else {
                this->node(items[i]);
            }
        }
        write("]");
    }

    void constant(const ConstantValue& value) {
        switch (value.kind) {
            case ConstantKind::None: write("None"); break;
            case ConstantKind::True: write("True"); break;
            case ConstantKind::False: write("False"); break;
            case ConstantKind::Ellipsis: write("Ellipsis"); break;
            case ConstantKind::Int: decimal_text(value.text, value.base, out_); break;
            case ConstantKind::Float: real(value.number, true); break;
            case ConstantKind::Imaginary:
                real(value.number, false);
                write("j");
                break;
            case ConstantKind::Str: string(value.text); break;
            case ConstantKind::Bytes: bytes(value.text); break;
            case ConstantKind::Object: write("<object>"); break;
        }
    }

    // repr(float): shortest digits; exponent form below 1e-4 and from 1e16.
    void real(double value, bool point) {
        if (std::isinf(value)) {
            write("inf");
            return;
        }
        char text[40];
        double size = std::fabs(value);
        auto format =
            size != 0 && (size < 1e-4 || size >= 1e16) ? std::chars_format::scientific : std::chars_format::fixed;
        auto end = std::to_chars(text, text + sizeof text, value, format).ptr;
        std::string_view digits{text, static_cast<size_t>(end - text)};
        write(digits);
        if (point && digits.find_first_of(".e") == digits.npos) write(".0");
    }

    void escape(const char* format, uint32_t value) {
        char text[16];
        write({text, static_cast<size_t>(std::snprintf(text, sizeof text, format, value))});
    }

    static char quote_for(std::string_view text) {
        return text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
    }

    // What the two reprs share: quotes, backslash and the three letters; true when written.
    bool common_escape(uint32_t c, char quote) {
        if (c == static_cast<uint32_t>(quote) || c == '\\') {
            out_.push('\\');
            out_.push(static_cast<char>(c));
        } else if (c == '\n') {
            write("\\n");
        } else if (c == '\t') {
            write("\\t");
        } else if (c == '\r') {
            write("\\r");
        } else {
            return false;
        }
        return true;
    }

    void bytes(std::string_view data) {
        char quote = quote_for(data);
        out_.push('b');
        out_.push(quote);
        for (unsigned char c : data) {
            if (common_escape(c, quote)) continue;
            if (c >= ' ' && c < 127)
                out_.push(static_cast<char>(c));
            else
                escape("\\x%02x", c);
        }
        out_.push(quote);
    }

    Buffer<char>& out_;
};

void Dumper::string(std::string_view text) {
    char quote = quote_for(text);
    out_.push(quote);
    const char* p = text.data();
    const char* end = p + text.size();
    while (p < end) {
        const char* start = p;
        uint32_t c = parser::decode_utf8(p, end);
        if (common_escape(c, quote)) continue;
        bool plain = c < 128 ? c >= ' ' && c < 127 : parser::is_printable(c);
        if (plain)
            write({start, static_cast<size_t>(p - start)});
        else
            escape(c < 256 ? "\\x%02x" : c < 65536 ? "\\u%04x" : "\\U%08x", c);
    }
    out_.push(quote);
}

}  // namespace

void dump_string(std::string_view text, Buffer<char>& out) {
    Dumper(out).string(text);
}

void ast_dump(const Node* node, Buffer<char>& out) {
    Dumper(out).node(node);
}

}  // namespace py::ast
