// Result<T>: a value or an Error. The error idiom of base, pkg, venv, freeze and cli (interp has Fallible<T>).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace base {

enum class ErrorKind : uint8_t {
#define ERROR_KIND(name, exit_code, meaning) name,
#include "base/error.def"
#undef ERROR_KIND
};

// The process exit status that stands for `kind` (design §7).
int exit_code(ErrorKind kind);

// A place in a text the user wrote. Lines and columns count from 1; columns count code points.
struct SourceSpan {
    std::string file;   // path as the user knows it, may be empty for a command-line argument
    uint32_t line = 0;  // 0: the whole file
    uint32_t column = 0;
    uint32_t length = 1;                                      // code points under the caret
    std::shared_ptr<const std::string> whole_line = nullptr;  // for the caret; all spans of a line share it, as it may be a long one

    std::string_view source_line() const { return whole_line ? std::string_view(*whole_line) : std::string_view(); }
};

// What went wrong: one lower-case sentence without full stop, then one context line from each layer that knew more.
struct Error {
    ErrorKind kind = ErrorKind::Internal;
    std::string message;
    SourceSpan span;
    std::vector<std::string> contexts;  // innermost first
    std::string hint;                   // names the next command to try; may be empty

    Error(ErrorKind k, std::string text) : kind(k), message(std::move(text)) {}
    Error&& with_context(std::string line) && {
        contexts.push_back(std::move(line));
        return std::move(*this);
    }
    Error&& with_hint(std::string text) && {
        hint = std::move(text);
        return std::move(*this);
    }
    Error&& with_span(SourceSpan where) && {
        span = std::move(where);
        return std::move(*this);
    }
};

// The text `adder` prints to stderr for an error: `error: …`, location and caret, contexts, `hint: …`. Ends with a newline.
std::string render(const Error& error, bool color);

template <class T>
class [[nodiscard]] Result {
  public:
    using Value = T;
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }
    T& value() & { return *std::get_if<0>(&state_); }
    const T& value() const& { return *std::get_if<0>(&state_); }
    T&& value() && { return std::move(*std::get_if<0>(&state_)); }
    T* operator->() { return std::get_if<0>(&state_); }
    T& operator*() & { return value(); }
    Error& error() & { return *std::get_if<1>(&state_); }
    const Error& error() const& { return *std::get_if<1>(&state_); }
    Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

  private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    using Value = void;
    Result() = default;
    Result(Error error) : error_(new Error(std::move(error))) {}
    Result(Result&& other) noexcept : error_(std::exchange(other.error_, nullptr)) {}
    Result& operator=(Result&& other) noexcept {
        std::swap(error_, other.error_);
        return *this;
    }
    ~Result() { delete error_; }
    bool ok() const { return error_ == nullptr; }
    explicit operator bool() const { return ok(); }
    void value() && {}
    Error& error() & { return *error_; }
    const Error& error() const& { return *error_; }
    Error&& error() && { return std::move(*error_); }

  private:
    Error* error_ = nullptr;
};

// Aborts with file and line when a broken invariant is met; never for bad input.
[[noreturn]] void invariant_failed(const char* expression, const char* file, int line);

}  // namespace base

// TRY(result): the value, or return the error to the caller. MUST: the value, or abort. CHECK: abort unless true.
// (interp defines TRY over Fallible in interp/objects/fallible.h; the two headers are never included together.)
#define TRY(expression)                                             \
    ({                                                              \
        auto&& try_result_ = (expression);                          \
        if (!try_result_.ok()) [[unlikely]]                         \
            return std::move(try_result_).error();                  \
        std::move(try_result_).value();                             \
    })
#define MUST(expression)                                                             \
    ({                                                                               \
        auto&& must_result_ = (expression);                                          \
        if (!must_result_.ok()) [[unlikely]]                                         \
            ::base::invariant_failed(#expression, __FILE__, __LINE__);               \
        std::move(must_result_).value();                                             \
    })
#define CHECK(condition) ((condition) ? void() : ::base::invariant_failed(#condition, __FILE__, __LINE__))
