// Environment markers as written (specifications/dependency-specifiers): parse, print, evaluate.
// The algebra on them (and, or, implies, disjoint) is marker_tree.h.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/specifier.h"

namespace pkg {

enum class MarkerVariable : uint8_t {
#define MARKER_VARIABLE(name, text, kind, legacy, meaning) name,
#include "pkg/marker.def"
#undef MARKER_VARIABLE
};
inline constexpr size_t kMarkerVariableCount = 0
#define MARKER_VARIABLE(name, text, kind, legacy, meaning) +1
#include "pkg/marker.def"
#undef MARKER_VARIABLE
    ;
enum class MarkerKind : uint8_t { Text, Version, Extra, Set };

std::string_view marker_variable_name(MarkerVariable variable);
MarkerKind marker_variable_kind(MarkerVariable variable);

enum class MarkerOp : uint8_t { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, Compatible, Arbitrary, In, NotIn };

// The values of the machine and interpreter a marker is asked about. Data, never read from the running process here.
struct MarkerEnvironment {
    std::array<std::string, kMarkerVariableCount> values;
    std::string& operator[](MarkerVariable variable) { return values[static_cast<size_t>(variable)]; }
    const std::string& operator[](MarkerVariable variable) const { return values[static_cast<size_t>(variable)]; }
    // CPython `version` ("3.11.2") on Linux x86-64 with glibc; kernel release and version are empty.
    static MarkerEnvironment linux_cpython(std::string_view version);
    // Sets python_version, python_full_version and implementation_version.
    void set_python(std::string_view full_version);
    // The value of the variable called `name` ("sys_platform"); false where there is no such variable.
    bool set(std::string_view name, std::string_view value);
};

// One comparison or a combination. Leaves hold the variable on whichever side it was written.
struct MarkerExpr {
    enum class Kind : uint8_t { Compare, And, Or };
    Kind kind = Kind::Compare;
    MarkerVariable variable{};
    MarkerOp op{};
    bool reversed = false;  // 'literal' op variable
    std::string literal;
    std::vector<MarkerExpr> operands;  // And, Or: two or more
    bool grouped = false;              // And, Or: written in parentheses, which the text keeps
};

class Marker {
  public:
    Marker() = default;  // always true
    explicit Marker(MarkerExpr expression) : root_(std::make_shared<const MarkerExpr>(std::move(expression))) {}
    bool always() const { return !root_; }
    const MarkerExpr* root() const { return root_.get(); }
    std::string text() const;  // packaging's form: python_version == "2.7" and (…); "" when always true
    // `extras`/`groups`: normalised names asked for; `extra == "x"` holds when x is among them.
    bool evaluate(const MarkerEnvironment& environment, const std::vector<std::string>& extras = {},
                  const std::vector<std::string>& groups = {}) const;
    // As packaging evaluates: an error where the comparison is not defined for the values (text compared with `~=`).
    base::Result<bool> try_evaluate(const MarkerEnvironment& environment, const std::vector<std::string>& extras = {},
                                    const std::vector<std::string>& groups = {}) const;
    bool operator==(const Marker& other) const { return text() == other.text(); }

  private:
    std::shared_ptr<const MarkerExpr> root_;
};

// The comparison of a version variable with `version`; an error where the two do not make one.
base::Result<Specifier> marker_specifier(std::string_view op, std::string_view version);

// The whole of `text`. Errors carry the column.
base::Result<Marker> parse_marker(std::string_view text);

// For the requirement parser: reads a marker at `position` of `text` and moves it past; the caller checks what follows.
base::Result<Marker> parse_marker_at(std::string_view text, size_t& position);

}  // namespace pkg
