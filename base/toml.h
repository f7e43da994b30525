// TOML 1.0 reading over toml++ with positions; no toml++ header leaves toml.cpp. Tables iterate in source order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace base {

struct TomlState;

// A handle to a value inside a TomlDocument, valid as long as the document; missing values chain as in JsonValue.
class TomlValue {
  public:
    TomlValue() = default;
    TomlValue(const TomlState* state, const void* node) : state_(state), node_(node) {}
    explicit operator bool() const { return node_ != nullptr; }
    bool is_string() const;
    bool is_integer() const;
    bool is_float() const;
    bool is_bool() const;
    bool is_date_time() const;  // offset or local date-time
    bool is_array() const;
    bool is_table() const;
    std::string_view type_name() const;  // "string", "table", …, "nothing"
    std::string_view string(std::string_view otherwise = {}) const;
    int64_t integer(int64_t otherwise = 0) const;
    double number(double otherwise = 0) const;
    bool boolean(bool otherwise = false) const;
    std::string date_time() const;  // RFC 3339 text: 2024-10-15T21:38:12.345Z
    size_t size() const;            // of an array or table, else 0
    TomlValue at(size_t index) const;  // array element
    TomlValue operator[](std::string_view key) const;
    std::vector<std::string> keys() const;  // of a table, in source order
    SourceSpan span() const;                // where the value stands
    SourceSpan key_span(std::string_view key) const;  // where the key stands
    // Byte offsets of the value in the document's source, `end` behind its last byte; of a table its header.
    bool range(size_t& begin, size_t& end) const;
    // The value as one line of TOML: tables inline, everything but strings as it is written.
    std::string text() const;
    // A Usage error at this value.
    Error error(std::string message) const;

  private:
    const TomlState* state_ = nullptr;
    const void* node_ = nullptr;
};

class TomlDocument {
  public:
    TomlDocument(TomlDocument&&) noexcept;
    TomlDocument& operator=(TomlDocument&&) noexcept;
    ~TomlDocument();
    TomlValue root() const;
    const std::string& file() const;
    std::string_view source() const;

  private:
    friend Result<TomlDocument> parse_toml(std::string text, std::string file);
    explicit TomlDocument(std::unique_ptr<TomlState> state);
    std::unique_ptr<TomlState> state_;
};

// Errors are Usage errors with file, line, column and the source line.
Result<TomlDocument> parse_toml(std::string text, std::string file);

// `text` as a TOML basic string with its quotes.
std::string toml_string(std::string_view text);
// `key` bare where TOML allows it, quoted otherwise.
std::string toml_key(std::string_view key);

}  // namespace base
