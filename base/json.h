// JSON reading (a document of light handles) and writing over RapidJSON; no RapidJSON header leaves json.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace base {

// A handle to a value inside a JsonDocument, valid as long as the document. A missing value is a handle too: every
// question about it answers "no", so that look-ups chain: doc.root()["a"]["b"].string().
class JsonValue {
  public:
    JsonValue() = default;
    explicit JsonValue(const void* node) : node_(node) {}
    explicit operator bool() const { return node_ != nullptr; }  // present (null counts as present)
    bool is_null() const;
    bool is_bool() const;
    bool is_number() const;
    bool is_integer() const;
    bool is_string() const;
    bool is_array() const;
    bool is_object() const;
    bool boolean(bool otherwise = false) const;
    int64_t integer(int64_t otherwise = 0) const;
    double number(double otherwise = 0) const;
    std::string_view string(std::string_view otherwise = {}) const;
    size_t size() const;                             // of an array or object, else 0
    JsonValue at(size_t index) const;                // element of an array, value of an object's member
    std::string_view key_at(size_t index) const;     // of an object's member, in the order written
    JsonValue operator[](std::string_view key) const;
    std::string text() const;  // this value as compact JSON

  private:
    const void* node_ = nullptr;
};

class JsonDocument {
  public:
    JsonDocument(JsonDocument&&) noexcept;
    JsonDocument& operator=(JsonDocument&&) noexcept;
    ~JsonDocument();
    JsonValue root() const;

  private:
    friend Result<JsonDocument> parse_json(std::string_view text, std::string_view file);
    struct State;
    explicit JsonDocument(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Strict JSON, UTF-8 checked. `file` names the text in errors.
Result<JsonDocument> parse_json(std::string_view text, std::string_view file = {});

// Streaming writer: keys in the order given. indent 0 writes compact text.
class JsonWriter {
  public:
    explicit JsonWriter(int indent = 0) : indent_(indent) {}
    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);
    JsonWriter& string(std::string_view value);
    JsonWriter& integer(int64_t value);
    JsonWriter& number(double value);
    JsonWriter& boolean(bool value);
    JsonWriter& null();
    JsonWriter& raw(std::string_view json);  // a value that is JSON already
    JsonWriter& member(std::string_view name, std::string_view value) { return key(name).string(value); }
    const std::string& text() const { return out_; }
    std::string take() { return std::move(out_); }

  private:
    void before_value();
    void close(char bracket);
    void new_line();
    std::string out_;
    int indent_;
    int depth_ = 0;
    bool first_ = true;
    bool after_key_ = false;
};

}  // namespace base
