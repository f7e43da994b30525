// PEP 440 version specifiers (specifications/version-specifiers §Version specifiers) and sets of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/version.h"
#include "pkg/version_set.h"

namespace pkg {

enum class SpecifierOp : uint8_t { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, Compatible, Arbitrary };

std::string_view operator_text(SpecifierOp op);  // "==", "!=", …

// One clause: "~=1.4", "==2.*", "===anything".
struct Specifier {
    SpecifierOp op = SpecifierOp::Equal;
    bool wildcard = false;      // "== 1.2.*": `version` is 1.2
    Version version;            // meaningless when `op` is Arbitrary and `arbitrary` is no version
    std::string arbitrary;      // the text after ===
    std::string written;        // version as written, white space dropped

    std::string text() const;                     // ">=1.0", as written
    bool contains(const Version& candidate) const;  // no pre-release policy
    // `===` compares text without regard to case; other operators need a version.
    bool contains_text(std::string_view candidate) const;
    bool mentions_prerelease() const;  // does the clause itself allow pre-releases (PEP 440 §Handling of pre-releases)
    VersionSet to_set() const;
    bool operator==(const Specifier& other) const;  // ==2.8.0 equals ==2.8
};

enum class Prereleases : uint8_t {
    Default,  // only where the set mentions one, or where nothing else matches
    Allow,
    Forbid,
};

class SpecifierSet {
  public:
    SpecifierSet() = default;  // matches every version
    explicit SpecifierSet(std::vector<Specifier> clauses) : clauses_(std::move(clauses)) {}

    const std::vector<Specifier>& clauses() const { return clauses_; }
    bool empty() const { return clauses_.empty(); }
    std::string text() const;            // clauses as written in the order written, "," between
    std::string canonical_text() const;  // sorted and without doubles, as packaging prints a set
    bool mentions_prerelease() const;
    bool contains(const Version& version) const;  // no pre-release policy: for installed versions and markers
    bool contains(const Version& version, Prereleases policy) const;
    bool contains_text(std::string_view candidate, Prereleases policy) const;
    // The positions of the candidates that match, in order; under Default pre-releases are taken only when no final
    // version matches. Candidates that are no versions match only `===`.
    std::vector<size_t> filter(const std::vector<std::string>& candidates, Prereleases policy) const;
    VersionSet to_set() const;
    // No version can ever match (`===` clauses compared as text). Forbid leaves pre-releases out of account.
    bool is_unsatisfiable(Prereleases policy = Prereleases::Default) const;
    SpecifierSet intersection(const SpecifierSet& other) const;
    bool operator==(const SpecifierSet& other) const;  // as sets

  private:
    std::vector<Specifier> clauses_;
};

base::Result<Specifier> parse_specifier(std::string_view text);
// Comma-separated clauses, empty text for none; empty clauses are passed over, as packaging does.
base::Result<SpecifierSet> parse_specifier_set(std::string_view text);
// The clauses of a requirement, whose grammar (PEP 508) is narrower: no empty clause but one behind the last comma, and only
// blanks and tabs around a clause.
base::Result<SpecifierSet> parse_requirement_specifiers(std::string_view text);

// What a SpecifierSet for `==version` looks like.
SpecifierSet exactly(const Version& version);

}  // namespace pkg
