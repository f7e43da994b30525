// Edits on the text of pyproject.toml at the places where toml++ says the values stand.
#include "pkg/manifest_edit.h"

#include <algorithm>

#include "base/text.h"
#include "base/toml.h"
#include "pkg/name.h"

namespace pkg {

namespace {

struct Range {
    size_t begin = 0, end = 0;
};

Range range_of(base::TomlValue value) {
    Range range;
    CHECK(value.range(range.begin, range.end));
    return range;
}

// The requirement as it is written into TOML: a basic string, markers quoted with '.
std::string quoted(const Requirement& requirement) {
    std::string text = requirement.text();
    if (text.find('\'') == std::string::npos) text = base::replace_all(text, "\"", "'");
    return base::toml_string(text);
}

size_t line_begin(std::string_view text, size_t at) {
    size_t newline = at ? text.rfind('\n', at - 1) : std::string_view::npos;
    return newline == std::string_view::npos ? 0 : newline + 1;
}
// Behind the line end of the line that `at` is in.
size_t line_end(std::string_view text, size_t at) {
    size_t newline = text.find('\n', at);
    return newline == std::string_view::npos ? text.size() : newline + 1;
}

// Past blanks (not line ends) and a comma, where one follows.
size_t past_comma(std::string_view text, size_t at, bool& comma) {
    size_t next = at;
    while (next < text.size() && base::is_space(text[next])) next++;
    comma = next < text.size() && text[next] == ',';
    return comma ? next + 1 : at;
}

class Editor {
  public:
    Editor(std::string text, base::TomlDocument document) : text_(std::move(text)), document_(std::move(document)) {}

    static base::Result<Editor> open(std::string_view text, std::string_view file) {
        base::TomlDocument document = TRY(base::parse_toml(std::string(text), std::string(file)));
        return Editor(std::string(text), std::move(document));
    }

    // The table that holds the list, the header to write where it is missing, and the list's key.
    struct Place {
        base::TomlValue table;
        std::string header, key;
    };
    Place place(const DependencyList508& where) const {
        base::TomlValue root = document_.root();
        switch (where.kind) {
            case DependencyList508::Kind::Project: return {root["project"], "project", "dependencies"};
            case DependencyList508::Kind::Extra: return named(root["project"]["optional-dependencies"], "project.optional-dependencies", where.name);
            case DependencyList508::Kind::Group: break;
        }
        return named(root["dependency-groups"], "dependency-groups", where.name);
    }

    base::Result<std::string> add(const DependencyList508& where, const Requirement& requirement) {
        Place at = place(where);
        base::TomlValue list = at.table[at.key];
        if (!list) return add_list(at, quoted(requirement));
        if (!list.is_array()) return list.error("`" + at.key + "` must be an array");
        for (size_t i = 0; i < list.size(); i++) {
            auto old = parse_requirement(list.at(i).string());
            if (!old.ok() || old->key != requirement.key || !(old->marker == requirement.marker)) continue;
            Range range = range_of(list.at(i));
            return replaced(range, quoted(requirement));
        }
        return insert(list, requirement);
    }

    // Removes the first requirement on `key`; false where there is none.
    bool remove(const DependencyList508& where, const std::string& key) {
        Place at = place(where);
        base::TomlValue list = at.table[at.key];
        for (size_t i = 0; i < list.size(); i++) {
            auto old = parse_requirement(list.at(i).string());
            if (!old.ok() || old->key != key) continue;
            text_ = without(list, i);
            return true;
        }
        return false;
    }

    base::Result<std::string> set_source(const std::string& name, const std::string& value) {
        Place at = named(document_.root()["tool"]["adder"]["sources"], "tool.adder.sources", name);
        base::TomlValue old = at.table[at.key];
        if (!old) return add_lines(at, base::toml_key(at.key) + " = " + value + "\n");
        Range range = range_of(old);
        if (old.is_table() && text_.compare(range.begin, 1, "[") == 0) return old.error("`" + at.key + "` is a table of its own; edit it by hand");
        return replaced(range, value);
    }

    base::Result<std::string> remove_source(const std::string& name) {
        Place at = named(document_.root()["tool"]["adder"]["sources"], "tool.adder.sources", name);
        base::TomlValue old = at.table[at.key];
        if (!old) return text_;
        Range range = range_of(old);
        size_t begin = line_begin(text_, range.begin);
        // A table of its own stays: it does no harm, and may hold comments that are worth keeping.
        if (base::strip(std::string_view(text_).substr(begin, range.begin - begin)).starts_with('[')) return text_;
        return text_.substr(0, begin) + text_.substr(line_end(text_, range.end));
    }

    std::string add_index(const std::vector<std::pair<std::string, std::string>>& keys, std::string_view header) const {
        std::string out = text_.empty() || text_.ends_with("\n\n") ? "" : text_.ends_with("\n") ? "\n" : "\n\n";
        out = text_ + out + "[[" + std::string(header) + "]]\n";
        for (const auto& [key, value] : keys) out += key + " = " + value + "\n";
        return out;
    }

    base::Result<std::string> set_version(const Version& version) {
        base::TomlValue project = document_.root()["project"];
        std::string value = base::toml_string(version.text());
        if (base::TomlValue old = project["version"]) return replaced(range_of(old), value);
        return project.error("`[project]` has no `version` to change");
    }

    const std::string& text() const { return text_; }

  private:
    static Place named(base::TomlValue table, std::string header, const std::string& name) {
        for (const std::string& key : table.keys())
            if (normalize_name(key) == normalize_name(name)) return {table, std::move(header), key};
        return {table, std::move(header), name};
    }

    std::string replaced(Range range, const std::string& with) const {
        return text_.substr(0, range.begin) + with + text_.substr(range.end);
    }
    std::string inserted(size_t at, const std::string& what) const { return text_.substr(0, at) + what + text_.substr(at); }

    bool alone_on_line(Range item) const {
        size_t begin = line_begin(text_, item.begin);
        return base::strip(std::string_view(text_).substr(begin, item.begin - begin)).empty();
    }

    std::string indent_of(Range item) const {
        size_t begin = line_begin(text_, item.begin);
        return text_.substr(begin, item.begin - begin);
    }

    // Where a list is in order it stays so; otherwise new requirements go to the end.
    static size_t position(base::TomlValue list, const Requirement& requirement) {
        std::vector<std::string> keys;
        for (size_t i = 0; i < list.size(); i++) {
            auto old = parse_requirement(list.at(i).string());
            if (!old.ok()) return list.size();
            keys.push_back(old->key);
        }
        if (!std::is_sorted(keys.begin(), keys.end())) return list.size();
        return static_cast<size_t>(std::upper_bound(keys.begin(), keys.end(), requirement.key) - keys.begin());
    }

    std::string insert(base::TomlValue list, const Requirement& requirement) const {
        std::string item = quoted(requirement);
        Range whole = range_of(list);
        if (!list.size()) {
            // Comments between the brackets stay where they are.
            bool plain = base::strip(std::string_view(text_).substr(whole.begin + 1, whole.end - whole.begin - 2)).empty();
            return plain ? replaced(whole, "[\n    " + item + ",\n]") : inserted(whole.begin + 1, "\n    " + item + ",");
        }
        size_t at = position(list, requirement);
        bool before = at < list.size();
        Range neighbour = range_of(list.at(before ? at : list.size() - 1));
        bool lines = alone_on_line(neighbour);
        if (before && lines) return inserted(line_begin(text_, neighbour.begin), indent_of(neighbour) + item + ",\n");
        if (before) return inserted(neighbour.begin, item + ", ");
        bool comma;
        size_t behind = past_comma(text_, neighbour.end, comma);
        if (!lines) return inserted(behind, (comma ? " " : ", ") + item + (comma ? "," : ""));
        // On its own line, behind whatever comment the neighbour has.
        std::string line = indent_of(neighbour) + item + (comma ? ",\n" : "\n");
        size_t end = line_end(text_, behind);
        if (end > whole.end) return inserted(behind, std::string(comma ? "" : ",") + "\n" + indent_of(neighbour) + item);
        if (comma) return inserted(end, line);
        return text_.substr(0, neighbour.end) + "," + text_.substr(neighbour.end, end - neighbour.end) + line + text_.substr(end);
    }

    std::string without(base::TomlValue list, size_t i) const {
        Range item = range_of(list.at(i));
        Range whole = range_of(list);
        bool comma;
        size_t behind = past_comma(text_, item.end, comma);
        size_t end = line_end(text_, behind);
        std::string_view rest = base::strip(std::string_view(text_).substr(behind, end - behind));
        // A line of its own goes with its comment.
        if (alone_on_line(item) && end <= whole.end && (rest.empty() || rest[0] == '#'))
            return text_.substr(0, line_begin(text_, item.begin)) + text_.substr(end);
        if (comma) {
            while (behind < text_.size() && text_[behind] == ' ') behind++;
            return text_.substr(0, item.begin) + text_.substr(behind);
        }
        size_t from = i ? range_of(list.at(i - 1)).end : item.begin;
        return text_.substr(0, from) + text_.substr(item.end);
    }

    base::Result<std::string> add_list(const Place& at, const std::string& item) const {
        return add_lines(at, base::toml_key(at.key) + " = [\n    " + item + ",\n]\n");
    }

    // `lines` as the last of the table, which is made where it is missing.
    base::Result<std::string> add_lines(const Place& at, const std::string& lines) const {
        if (!at.table) {
            std::string gap = text_.empty() || text_.ends_with("\n\n") ? "" : text_.ends_with("\n") ? "\n" : "\n\n";
            return text_ + gap + "[" + at.header + "]\n" + lines;
        }
        if (!at.table.is_table()) return at.table.error("`" + at.header + "` must be a table");
        Range header = range_of(at.table);
        if (text_.compare(header.begin, 1, "[") != 0)
            return at.table.error("`" + at.header + "` is not written as a `[" + at.header + "]` table; add `" + at.key + "` by hand");
        // Behind the last value that stands in this table itself (tables under it have headers of their own).
        size_t last = header.end;
        for (const std::string& key : at.table.keys()) {
            Range value = range_of(at.table[key]);
            bool own_header = at.table[key].is_table() && text_.compare(value.begin, 1, "[") == 0;
            bool array_of_tables = at.table[key].is_array() && at.table[key].at(0).is_table() && text_.compare(value.begin, 1, "[") == 0 &&
                                   text_.compare(value.begin, 2, "[[") == 0;
            if (!own_header && !array_of_tables && value.begin >= header.begin) last = std::max(last, value.end);
        }
        size_t end = line_end(text_, last);
        bool open_line = end == text_.size() && !text_.ends_with("\n");
        return inserted(end, (open_line ? "\n" : "") + lines);
    }

    std::string text_;
    base::TomlDocument document_;
};

}  // namespace

bool DependencyList508::operator==(const DependencyList508& other) const {
    return kind == other.kind && normalize_name(name) == normalize_name(other.name);
}

base::Result<std::string> add_dependency(std::string_view text, const DependencyList508& where, const Requirement& requirement,
                                         std::string_view file) {
    Editor editor = TRY(Editor::open(text, file));
    return editor.add(where, requirement);
}

base::Result<std::string> remove_dependency(std::string_view text, const DependencyList508& where, std::string_view name,
                                            std::string_view file) {
    std::string key = normalize_name(name), current(text);
    for (bool found = false;; found = true) {
        Editor editor = TRY(Editor::open(current, file));
        if (editor.remove(where, key)) {
            current = editor.text();
            continue;
        }
        if (found) return current;
        return base::Error(base::ErrorKind::NotHolding, "`" + std::string(name) + "` is not in these dependencies");
    }
}

base::Result<std::string> set_source(std::string_view text, std::string_view name, const std::string& value, std::string_view file) {
    Editor editor = TRY(Editor::open(text, file));
    return editor.set_source(std::string(name), value);
}
base::Result<std::string> remove_source(std::string_view text, std::string_view name, std::string_view file) {
    Editor editor = TRY(Editor::open(text, file));
    return editor.remove_source(std::string(name));
}
base::Result<std::string> add_index(std::string_view text, const std::vector<std::pair<std::string, std::string>>& keys,
                                    std::string_view header, std::string_view file) {
    Editor editor = TRY(Editor::open(text, file));
    return editor.add_index(keys, header);
}

base::Result<std::string> set_version(std::string_view text, const Version& version, std::string_view file) {
    Editor editor = TRY(Editor::open(text, file));
    return editor.set_version(version);
}

}  // namespace pkg
