// PEP 440 Appendix B: the grammar of a version, read by hand in one pass.
#include <algorithm>

#include "base/text.h"
#include "pkg/version.h"

namespace pkg {

namespace {

// Separators are `-`, `_`, `.`; each method consumes what it recognises and leaves the rest alone.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}
    size_t position() const { return at_; }
    bool overflow() const { return overflow_; }

    // [v] [epoch!] release [pre] [post] [dev] [+local]
    bool version(VersionParts& v) {
        if (base::lower(peek()) == 'v') at_++;
        uint64_t number;
        if (!digits(number)) return false;
        if (peek() == '!') {
            at_++;
            v.epoch = number;
            if (!digits(number)) return false;
        }
        v.release.push_back(number);
        while (peek() == '.' && base::is_digit(peek(1))) {
            at_++;
            digits(number);
            v.release.push_back(number);
        }
        pre(v);
        post(v);
        dev(v);
        local(v);
        return true;
    }

  private:
    char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    static bool separator(char c) { return c == '-' || c == '_' || c == '.'; }

    bool digits(uint64_t& value) {
        size_t from = at_;
        while (base::is_digit(peek())) at_++;
        if (at_ == from) return false;
        if (!base::parse_u64(text_.substr(from, at_ - from), value)) overflow_ = true, value = 0;
        return true;
    }

    // [sep] one of `words` [sep] [digits]; longer words stand before their prefixes. The index, or -1.
    int suffix(std::initializer_list<std::string_view> words, uint64_t& number) {
        size_t from = at_ + (separator(peek()) ? 1 : 0);
        int index = 0;
        for (std::string_view word : words) {
            if (base::starts_with_ignoring_case(text_.substr(std::min(from, text_.size())), word)) {
                at_ = from + word.size();
                if (separator(peek())) at_++;
                number = 0;
                digits(number);
                return index;
            }
            index++;
        }
        return -1;
    }

    void pre(VersionParts& v) {
        static constexpr PreKind kKinds[] = {PreKind::Alpha,     PreKind::Alpha,     PreKind::Beta,     PreKind::Beta,
                                             PreKind::Candidate, PreKind::Candidate, PreKind::Candidate, PreKind::Candidate};
        int which = suffix({"alpha", "a", "beta", "b", "preview", "pre", "c", "rc"}, v.pre);
        if (which >= 0) v.pre_kind = kKinds[which];
    }

    void post(VersionParts& v) {
        if (peek() == '-' && base::is_digit(peek(1))) {
            at_++;
            v.has_post = digits(v.post);
            return;
        }
        v.has_post = suffix({"post", "rev", "r"}, v.post) >= 0;
    }

    void dev(VersionParts& v) { v.has_dev = suffix({"dev"}, v.dev) >= 0; }

    void local(VersionParts& v) {
        if (peek() != '+' || !base::is_alnum(peek(1))) return;
        at_++;
        for (;;) {
            size_t from = at_;
            while (base::is_alnum(peek())) at_++;
            LocalSegment segment{true, base::lower(text_.substr(from, at_ - from))};
            segment.numeric = std::all_of(segment.text.begin(), segment.text.end(), base::is_digit);
            if (segment.numeric) segment.text.erase(0, std::min(segment.text.find_first_not_of('0'), segment.text.size() - 1));
            v.local.push_back(std::move(segment));
            if (!separator(peek()) || !base::is_alnum(peek(1))) return;
            at_++;
        }
    }

    std::string_view text_;
    size_t at_ = 0;
    bool overflow_ = false;
};

}  // namespace

// The length of the white space character at the beginning (or end) of `text`, 0 where there is none: what the
// grammar's `\\s` takes, Unicode's spaces included.
static size_t space_at(std::string_view text, bool at_end) {
    if (text.empty()) return 0;
    // FAST: what versions and letters begin and end with is no space.
    char edge = at_end ? text.back() : text.front();
    if (edge > ' ' && edge < 0x7f) return 0;
    static constexpr std::string_view kSpaces[] = {
        " ", "\t", "\n", "\v", "\f", "\r", "\x1c", "\x1d", "\x1e", "\x1f", "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001",
        "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029",
        "\u202f", "\u205f", "\u3000"};
    for (std::string_view space : kSpaces)
        if (at_end ? text.ends_with(space) : text.starts_with(space)) return space.size();
    return 0;
}

std::string_view strip_version_space(std::string_view text) {
    while (size_t size = space_at(text, false)) text.remove_prefix(size);
    while (size_t size = space_at(text, true)) text.remove_suffix(size);
    return text;
}

bool has_version_space(std::string_view text) {
    for (size_t i = 0; i < text.size(); i++)
        if (space_at(text.substr(i), false)) return true;
    return false;
}

size_t version_prefix(std::string_view text) {
    VersionParts parts;
    Scanner scanner(text);
    return scanner.version(parts) && !scanner.overflow() ? scanner.position() : 0;
}

base::Result<Version> parse_version(std::string_view text) {
    std::string_view body = strip_version_space(text);
    size_t skipped = static_cast<size_t>(body.data() - text.data());
    VersionParts parts;
    Scanner scanner(body);
    bool valid = scanner.version(parts) && scanner.position() == body.size();
    if (valid && !scanner.overflow()) return Version(std::move(parts));
    std::string shown = base::shortened(body, 100);
    std::string message = body.empty() ? "a version is expected, the text is empty"
                          : valid      ? "version `" + shown + "` has a number above 18446744073709551615"
                                       : "`" + shown + "` is not a valid version (PEP 440)";
    return base::Error(base::ErrorKind::Usage, std::move(message))
        .with_span(base::span_at("", text, valid ? skipped : skipped + scanner.position()));
}

}  // namespace pkg
