// The tree optimiser, part 3: `"…%s…" % (a, b)` as an f-string, where the two mean the same (plain %s %r %a with width,
// precision and left alignment).
#include "interp/compiler/fold.h"
#include "interp/objects/containers.h"
#include "interp/objects/str.h"

namespace py::compiler {
namespace {

struct Conversion {
    char conversion;
    bool left = false;
    int width = -1, precision = -1;
};

class FormatReader {
  public:
    explicit FormatReader(Str* text) : text_(text) {}
    bool at_end() const { return position_ >= text_->length; }
    // The text up to the next directive, `%%` undoubled; null when there is none. Leaves the position behind the `%`.
    Fallible<Ref<Str>> literal(bool* found) {
        ssize_t start = position_;
        bool doubled = false;
        while (!at_end()) {
            if (text_->at(position_) != '%') {
                position_++;
            } else if (position_ + 1 < text_->length && text_->at(position_ + 1) == '%') {
                doubled = true;
                position_ += 2;
            } else {
                break;
            }
        }
        *found = position_ > start;
        if (!*found) return str_empty();
        Ref<Str> part = TRY(str_substring(text_, start, position_));
        if (!doubled) return part;
        return str_replace(part.get(), TRY(str_from_ascii("%%")).get(), TRY(str_from_ascii("%")).get(), -1);
    }
    // The directive at the position; false: not one that an f-string can say.
    bool directive(Conversion* result) {
        position_++;
        uint32_t ch;
        for (;;) {
            if (!next(&ch)) return false;
            if (ch == '-')
                result->left = true;
            else if (ch != '+' && ch != ' ' && ch != '#' && ch != '0')
                break;
        }
        if (!number(&ch, &result->width)) return false;
        if (ch == '.') {
            if (!next(&ch)) return false;
            result->precision = 0;
            if (!number(&ch, &result->precision)) return false;
        }
        if (ch != 's' && ch != 'r' && ch != 'a') return false;
        result->conversion = char(ch);
        return true;
    }

  private:
    static constexpr int kMaxDigits = 3;

    bool next(uint32_t* ch) {
        if (at_end()) return false;
        *ch = text_->at(position_++);
        return true;
    }
    bool number(uint32_t* ch, int* value) {
        if (*ch < '0' || *ch > '9') return true;
        *value = 0;
        for (int digits = 0; *ch >= '0' && *ch <= '9';) {
            *value = *value * 10 + int(*ch - '0');
            if (!next(ch) || ++digits >= kMaxDigits) return false;
        }
        return true;
    }

    Str* text_;
    ssize_t position_ = 0;
};

}  // namespace

Fallible<void> Folder::percent_format(ast::Expr*& node, Str* format, ast::Seq<ast::Expr*> arguments) {
    for (ast::Expr* argument : arguments)
        if (ast::is<ast::Starred>(argument)) return {};
    FormatReader reader(format);
    ast::Buffer<ast::Expr*> parts;
    uint32_t used = 0;
    for (;;) {
        bool found = false;
        Ref<Str> literal = TRY(reader.literal(&found));
        if (found) parts.push(new_constant(pool_.keep(std::move(literal)), {-1, -1, -1, -1}));
        if (reader.at_end()) break;
        Conversion conversion;
        if (used >= arguments.size() || !reader.directive(&conversion)) return {};
        ast::Expr* argument = arguments[used++];
        auto* value = ast::make_node<ast::FormattedValue>(arena_, ast::range_of(argument));
        value->value = argument;
        value->conversion = conversion.conversion;
        char spec[16];
        int length = 0;
        if (!conversion.left && conversion.width > 0) spec[length++] = '>';
        if (conversion.width >= 0)
            length += snprintf(spec + length, sizeof spec - size_t(length), "%d", conversion.width);
        if (conversion.precision >= 0)
            length += snprintf(spec + length, sizeof spec - size_t(length), ".%d", conversion.precision);
        if (length > 0) {
            Ref<Str> text = TRY(str_from_ascii({spec, size_t(length)}));
            value->format_spec = new_constant(pool_.keep(std::move(text)), ast::range_of(argument));
        }
        parts.push(value);
    }
    if (used < arguments.size()) return {};
    auto* joined = ast::make_node<ast::JoinedStr>(arena_, ast::range_of(node));
    joined->values = parts.to_seq(arena_);
    node = joined;
    return {};
}

}  // namespace py::compiler
