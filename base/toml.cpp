// TOML over toml++ (its exceptions end here).
#include "base/toml.h"

#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace base {

struct TomlState {
    std::string file;
    std::string text;
    toml::table root;
    std::vector<size_t> line_starts;

    std::string_view line(uint32_t number) const {
        if (!number || number > line_starts.size()) return {};
        size_t from = line_starts[number - 1];
        size_t to = number < line_starts.size() ? line_starts[number] : text.size();
        return strip_right(std::string_view(text).substr(from, to - from));
    }
    // Columns count code points.
    size_t offset(const toml::source_position& at) const {
        if (!at.line || at.line > line_starts.size()) return text.size();
        size_t byte = line_starts[at.line - 1];
        for (uint32_t column = 1; column < at.column && byte < text.size(); column++) {
            byte++;
            while (byte < text.size() && (static_cast<unsigned char>(text[byte]) & 0xC0) == 0x80) byte++;
        }
        return byte;
    }
    SourceSpan span(const toml::source_region& region) const {
        SourceSpan out;
        out.file = file;
        out.line = region.begin.line;
        out.column = region.begin.column;
        out.source_line = line(out.line);
        bool one_line = region.end.line == region.begin.line && region.end.column > region.begin.column;
        out.length = one_line ? region.end.column - region.begin.column : 1;
        return out;
    }
};

static const toml::node& as_node(const void* node) { return *static_cast<const toml::node*>(node); }

bool TomlValue::is_string() const { return node_ && as_node(node_).is_string(); }
bool TomlValue::is_integer() const { return node_ && as_node(node_).is_integer(); }
bool TomlValue::is_float() const { return node_ && as_node(node_).is_floating_point(); }
bool TomlValue::is_bool() const { return node_ && as_node(node_).is_boolean(); }
bool TomlValue::is_date_time() const { return node_ && as_node(node_).is_date_time(); }
bool TomlValue::is_array() const { return node_ && as_node(node_).is_array(); }
bool TomlValue::is_table() const { return node_ && as_node(node_).is_table(); }

std::string_view TomlValue::type_name() const {
    if (!node_) return "nothing";
    switch (as_node(node_).type()) {
        case toml::node_type::table: return "table";
        case toml::node_type::array: return "array";
        case toml::node_type::string: return "string";
        case toml::node_type::integer: return "integer";
        case toml::node_type::floating_point: return "float";
        case toml::node_type::boolean: return "boolean";
        case toml::node_type::date: return "date";
        case toml::node_type::time: return "time";
        case toml::node_type::date_time: return "date-time";
        default: return "nothing";
    }
}

std::string_view TomlValue::string(std::string_view otherwise) const {
    return is_string() ? std::string_view(as_node(node_).as_string()->get()) : otherwise;
}
int64_t TomlValue::integer(int64_t otherwise) const {
    return is_integer() ? as_node(node_).as_integer()->get() : otherwise;
}
double TomlValue::number(double otherwise) const {
    if (is_integer()) return static_cast<double>(integer());
    return is_float() ? as_node(node_).as_floating_point()->get() : otherwise;
}
bool TomlValue::boolean(bool otherwise) const { return is_bool() ? as_node(node_).as_boolean()->get() : otherwise; }

std::string TomlValue::date_time() const {
    if (!is_date_time()) return {};
    const toml::date_time& when = as_node(node_).as_date_time()->get();
    std::string out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", when.date.year, when.date.month, when.date.day,
                                  when.time.hour, when.time.minute, when.time.second);
    if (when.time.nanosecond) {
        std::string fraction = fmt::format(".{:09}", when.time.nanosecond);
        while (fraction.back() == '0') fraction.pop_back();
        out += fraction;
    }
    if (!when.offset) return out;
    int minutes = when.offset->minutes;
    if (!minutes) return out + "Z";
    return out + fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60, std::abs(minutes) % 60);
}

size_t TomlValue::size() const {
    if (is_array()) return as_node(node_).as_array()->size();
    return is_table() ? as_node(node_).as_table()->size() : 0;
}

TomlValue TomlValue::at(size_t index) const {
    if (!is_array() || index >= size()) return {};
    return TomlValue(state_, as_node(node_).as_array()->get(index));
}

TomlValue TomlValue::operator[](std::string_view key) const {
    if (!is_table()) return {};
    const toml::node* found = as_node(node_).as_table()->get(key);
    return found ? TomlValue(state_, found) : TomlValue();
}

std::vector<std::string> TomlValue::keys() const {
    std::vector<std::string> out;
    if (!is_table()) return out;
    std::vector<std::pair<std::pair<uint32_t, uint32_t>, std::string_view>> order;
    for (const auto& [key, value] : *as_node(node_).as_table()) {
        const toml::source_position& at = key.source().begin;
        order.push_back({{at.line, at.column}, key.str()});
    }
    std::sort(order.begin(), order.end());
    for (const auto& entry : order) out.emplace_back(entry.second);
    return out;
}

SourceSpan TomlValue::span() const {
    if (!node_) return state_ ? SourceSpan{.file = state_->file} : SourceSpan{};
    return state_->span(as_node(node_).source());
}

SourceSpan TomlValue::key_span(std::string_view key) const {
    if (!is_table()) return span();
    const toml::table& table = *as_node(node_).as_table();
    auto found = table.find(key);
    return found == table.end() ? span() : state_->span(found->first.source());
}

bool TomlValue::range(size_t& begin, size_t& end) const {
    if (!node_) return false;
    begin = state_->offset(as_node(node_).source().begin);
    end = state_->offset(as_node(node_).source().end);
    return true;
}

Error TomlValue::error(std::string message) const {
    return Error(ErrorKind::Usage, std::move(message)).with_span(span());
}

TomlDocument::TomlDocument(std::unique_ptr<TomlState> state) : state_(std::move(state)) {}
TomlDocument::TomlDocument(TomlDocument&&) noexcept = default;
TomlDocument& TomlDocument::operator=(TomlDocument&&) noexcept = default;
TomlDocument::~TomlDocument() = default;
TomlValue TomlDocument::root() const {
    return TomlValue(state_.get(), static_cast<const toml::node*>(&state_->root));
}
const std::string& TomlDocument::file() const { return state_->file; }
std::string_view TomlDocument::source() const { return state_->text; }

Result<TomlDocument> parse_toml(std::string text, std::string file) {
    auto state = std::make_unique<TomlState>();
    state->file = std::move(file);
    state->text = std::move(text);
    state->line_starts.push_back(0);
    for (size_t i = 0; i < state->text.size(); i++)
        if (state->text[i] == '\n') state->line_starts.push_back(i + 1);
    try {
        state->root = toml::parse(std::string_view(state->text));
    } catch (const toml::parse_error& error) {
        std::string why(error.description());
        if (!why.empty()) why[0] = lower(why[0]);
        return Error(ErrorKind::Usage, "not valid TOML: " + why).with_span(state->span(error.source()));
    }
    return TomlDocument(std::move(state));
}

std::string toml_string(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
                    out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
                else
                    out += c;
        }
    }
    return out + "\"";
}

std::string toml_key(std::string_view key) {
    bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return is_alnum(c) || c == '-' || c == '_';
    });
    return bare ? std::string(key) : toml_string(key);
}

}  // namespace base
