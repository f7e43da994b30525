// JSON over RapidJSON: the document parses in situ in its own copy of the text.
#include "base/json.h"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cmath>

#include <fmt/format.h>

#include "base/text.h"

namespace base {

static const rapidjson::Value& as_value(const void* node) { return *static_cast<const rapidjson::Value*>(node); }

bool JsonValue::is_null() const { return node_ && as_value(node_).IsNull(); }
bool JsonValue::is_bool() const { return node_ && as_value(node_).IsBool(); }
bool JsonValue::is_number() const { return node_ && as_value(node_).IsNumber(); }
bool JsonValue::is_integer() const { return node_ && as_value(node_).IsInt64(); }
bool JsonValue::is_string() const { return node_ && as_value(node_).IsString(); }
bool JsonValue::is_array() const { return node_ && as_value(node_).IsArray(); }
bool JsonValue::is_object() const { return node_ && as_value(node_).IsObject(); }
bool JsonValue::boolean(bool otherwise) const { return is_bool() ? as_value(node_).GetBool() : otherwise; }
int64_t JsonValue::integer(int64_t otherwise) const { return is_integer() ? as_value(node_).GetInt64() : otherwise; }
double JsonValue::number(double otherwise) const { return is_number() ? as_value(node_).GetDouble() : otherwise; }

std::string_view JsonValue::string(std::string_view otherwise) const {
    if (!is_string()) return otherwise;
    return {as_value(node_).GetString(), as_value(node_).GetStringLength()};
}

size_t JsonValue::size() const {
    if (is_array()) return as_value(node_).Size();
    return is_object() ? as_value(node_).MemberCount() : 0;
}

JsonValue JsonValue::at(size_t index) const {
    if (index >= size()) return {};
    if (is_array()) return JsonValue(&as_value(node_)[static_cast<rapidjson::SizeType>(index)]);
    return JsonValue(&(as_value(node_).MemberBegin() + static_cast<ptrdiff_t>(index))->value);
}

std::string_view JsonValue::key_at(size_t index) const {
    if (!is_object() || index >= size()) return {};
    const rapidjson::Value& name = (as_value(node_).MemberBegin() + static_cast<ptrdiff_t>(index))->name;
    return {name.GetString(), name.GetStringLength()};
}

JsonValue JsonValue::operator[](std::string_view key) const {
    if (!is_object()) return {};
    rapidjson::Value name(rapidjson::StringRef(key.data() ? key.data() : "", key.size()));
    auto found = as_value(node_).FindMember(name);
    return found == as_value(node_).MemberEnd() ? JsonValue() : JsonValue(&found->value);
}

std::string JsonValue::text() const {
    if (!node_) return {};
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    as_value(node_).Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

struct JsonDocument::State {
    std::string text;
    rapidjson::Document document;
};

JsonDocument::JsonDocument(std::unique_ptr<State> state) : state_(std::move(state)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;
JsonValue JsonDocument::root() const { return JsonValue(static_cast<const rapidjson::Value*>(&state_->document)); }

// Where half of a surrogate pair is written alone behind the other half's place (`\udc00` without `\ud800` before it), which
// RapidJSON would make bytes of that are no UTF-8; npos where there is none.
static size_t find_lone_low_surrogate(std::string_view text) {
    size_t after_high = std::string_view::npos;
    for (size_t at = 0; (at = text.find('\\', at)) != std::string_view::npos;) {
        if (at + 6 > text.size() || text[at + 1] != 'u') {
            at += 2;
            continue;
        }
        bool surrogate = text[at + 2] == 'd' || text[at + 2] == 'D';
        if (surrogate && std::string_view("cdefCDEF").find(text[at + 3]) != std::string_view::npos && at != after_high) return at;
        bool high = surrogate && std::string_view("89abAB").find(text[at + 3]) != std::string_view::npos;
        at += 6;
        after_high = high ? at : std::string_view::npos;
    }
    return std::string_view::npos;
}

namespace {

// Hands on to the document what the reader finds, and stops it at a number beyond a double's range, which RapidJSON makes an
// infinity of that JSON has no text for.
struct FiniteNumbers {
    using Size = rapidjson::SizeType;
    rapidjson::Document& to;
    bool Null() { return to.Null(); }
    bool Bool(bool value) { return to.Bool(value); }
    bool Int(int value) { return to.Int(value); }
    bool Uint(unsigned value) { return to.Uint(value); }
    bool Int64(int64_t value) { return to.Int64(value); }
    bool Uint64(uint64_t value) { return to.Uint64(value); }
    bool Double(double value) { return std::isfinite(value) && to.Double(value); }
    bool RawNumber(const char* text, Size size, bool copy) { return to.RawNumber(text, size, copy); }
    bool String(const char* text, Size size, bool copy) { return to.String(text, size, copy); }
    bool StartObject() { return to.StartObject(); }
    bool Key(const char* text, Size size, bool copy) { return to.Key(text, size, copy); }
    bool EndObject(Size members) { return to.EndObject(members); }
    bool StartArray() { return to.StartArray(); }
    bool EndArray(Size elements) { return to.EndArray(elements); }
};

}  // namespace

Result<JsonDocument> parse_json(std::string_view text, std::string_view file) {
    auto refuse = [&](std::string why, size_t offset) {
        return Error(ErrorKind::Usage, "not valid JSON: " + std::move(why)).with_span(span_at(std::string(file), text, offset));
    };
    if (size_t nul = text.find('\0'); nul != std::string_view::npos) return refuse("it has a NUL character", nul);
    if (size_t lone = find_lone_low_surrogate(text); lone != std::string_view::npos)
        return refuse("half of a surrogate pair stands alone", lone);
    auto state = std::make_unique<JsonDocument::State>();
    // NOTE: a character that is cut off at the end is read to its full length before it is found to be wrong.
    state->text.reserve(text.size() + 4);
    state->text.append(text).append(4, '\0');
    // NOTE: iterative, so that deep nesting costs heap and not stack.
    constexpr unsigned kFlags =
        rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
    rapidjson::ParseResult result;
    auto read = [&](rapidjson::Document& document) {
        rapidjson::InsituStringStream stream(state->text.data());
        rapidjson::Reader reader;
        FiniteNumbers handler{document};
        result = reader.Parse<kFlags>(stream, handler);
        return !result.IsError();
    };
    state->document.Populate(read);
    if (result.IsError()) {
        bool too_big = result.Code() == rapidjson::kParseErrorTermination;
        std::string why = rapidjson::GetParseError_En(too_big ? rapidjson::kParseErrorNumberTooBig : result.Code());
        while (!why.empty() && why.back() == '.') why.pop_back();
        return refuse(lower(why), result.Offset());
    }
    return JsonDocument(std::move(state));
}

void JsonWriter::new_line() {
    if (!indent_) return;
    out_ += '\n';
    out_.append(static_cast<size_t>(depth_) * static_cast<size_t>(indent_), ' ');
}

void JsonWriter::before_value() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (!first_) out_ += ',';
    if (depth_) new_line();
    first_ = false;
}

JsonWriter& JsonWriter::begin_object() {
    before_value();
    out_ += '{';
    depth_++;
    first_ = true;
    return *this;
}

JsonWriter& JsonWriter::begin_array() {
    before_value();
    out_ += '[';
    depth_++;
    first_ = true;
    return *this;
}

void JsonWriter::close(char bracket) {
    depth_--;
    if (!first_) new_line();
    out_ += bracket;
    first_ = false;
}

JsonWriter& JsonWriter::end_object() { return close('}'), *this; }
JsonWriter& JsonWriter::end_array() { return close(']'), *this; }

static void append_quoted(std::string& out, std::string_view value) {
    out += '"';
    for (char c : value) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20)
                    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
                else
                    out += c;
        }
    }
    out += '"';
}

JsonWriter& JsonWriter::key(std::string_view name) {
    before_value();
    append_quoted(out_, name);
    out_ += indent_ ? ": " : ":";
    after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::string(std::string_view value) {
    before_value();
    append_quoted(out_, value);
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    before_value();
    out_ += json;
    return *this;
}

JsonWriter& JsonWriter::integer(int64_t value) { return raw(std::to_string(value)); }
// JSON has no infinities: they become null, as JavaScript writes them.
JsonWriter& JsonWriter::number(double value) { return raw(std::isfinite(value) ? fmt::format("{}", value) : "null"); }
JsonWriter& JsonWriter::boolean(bool value) { return raw(value ? "true" : "false"); }
JsonWriter& JsonWriter::null() { return raw("null"); }

}  // namespace base
