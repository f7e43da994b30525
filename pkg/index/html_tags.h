// The start tags of an HTML page, as the HTML standard's tokenizer finds them (§13.2.5): comments, end tags, other markup
// and what stands in <script> and <style> are passed over. No tree is built, and nothing is known of what elements mean.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pkg {

struct HtmlTag {
    std::string name;                                                // lower case
    std::vector<std::pair<std::string, std::string>> attributes;     // names in lower case, values as they are written
    // The first attribute of this name, with its character references as they are written; null where there is none.
    const std::string* find(std::string_view key) const;
};

class HtmlTags {
  public:
    explicit HtmlTags(std::string_view html) : html_(html) {}
    // The next start tag; false at the end.
    bool next(HtmlTag& tag);
    // After the end: does the page stop inside of a tag, a comment or a script?
    bool cut() const { return cut_; }

  private:
    bool read_tag(size_t at, HtmlTag& tag);
    size_t skip_markup(size_t at);
    void skip_raw_text(const std::string& element);
    std::string_view html_;
    size_t at_ = 0;
    bool cut_ = false;
};

// `text` with its character references resolved: numbers, and those names that stand for ASCII characters. A name may lack its
// `;` where the standard knows it without.
std::string html_text(std::string_view text);
// The same by the rule for attributes, which leaves `&lt=` and `&ltx` alone: they are parts of a query.
std::string html_attribute_text(std::string_view text);

}  // namespace pkg
