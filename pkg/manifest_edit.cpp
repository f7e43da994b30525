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

bool is_blank(char c) { return c == ' ' || c == '\t'; }
size_t past_blanks(std::string_view text, size_t at) {
    while (at < text.size() && is_blank(text[at])) at++;
    return at;
}
size_t before_blanks(std::string_view text, size_t at) {
    while (at && is_blank(text[at - 1])) at--;
    return at;
}

constexpr size_t kNowhere = std::string_view::npos;

// The comma in a part of an array without values: blanks, line ends and comments (which may have commas of their own).
size_t find_comma(std::string_view text, size_t at, size_t end) {
    for (; at < end; at++) {
        if (text[at] == ',') return at;
        if (text[at] == '#') at = line_end(text, at) - 1;
    }
    return kNowhere;
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
        // What has headers or dotted keys of its own, or shares a line with others, stays: it does no harm, and may hold comments
        // that are worth keeping.
        bool one_value = old.is_table() ? text_[range.begin] == '{' : text_.compare(range.begin, 2, "[[") != 0;
        size_t begin = line_begin(text_, range.begin);
        if (!one_value || part(begin, range.begin).find('{') != kNowhere) return text_;
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

    // An item of an array, and where the commas before and behind it are, if there are any.
    struct Item {
        Range range;
        size_t comma_before = kNowhere, comma_behind = kNowhere;
        bool led = false, followed = false;  // by its comma on the same line
    };
    Item item_of(base::TomlValue list, size_t i) const {
        Item item;
        item.range = range_of(list.at(i));
        if (i) item.comma_before = find_comma(text_, range_of(list.at(i - 1)).end, item.range.begin);
        size_t end = i + 1 < list.size() ? range_of(list.at(i + 1)).begin : range_of(list).end - 1;
        item.comma_behind = find_comma(text_, item.range.end, end);
        item.led = item.comma_before != kNowhere && item.comma_before >= line_begin(text_, item.range.begin);
        item.followed = item.comma_behind != kNowhere && item.comma_behind < line_end(text_, item.range.end);
        return item;
    }

    std::string_view part(size_t begin, size_t end) const { return std::string_view(text_).substr(begin, end - begin); }

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
        Item neighbour = item_of(list, before ? at : list.size() - 1);
        std::string lead(part(line_begin(text_, neighbour.range.begin), neighbour.range.begin));
        bool lines = base::strip(lead).empty(), comma_first = base::strip(lead) == ",";
        if (before && comma_first) return inserted(line_begin(text_, neighbour.range.begin), lead + item + "\n");
        if (before && lines) return inserted(line_begin(text_, neighbour.range.begin), lead + item + ",\n");
        if (before) return inserted(neighbour.range.begin, item + ", ");
        bool comma = neighbour.comma_behind != kNowhere;
        if (comma && !neighbour.followed) return inserted(neighbour.comma_behind + 1, " " + item);
        size_t behind = comma ? neighbour.comma_behind + 1 : neighbour.range.end, end = line_end(text_, behind);
        bool closes = end >= whole.end;
        if (comma_first && !comma && !closes) return inserted(end, lead + item + "\n");
        if (!lines) return inserted(behind, (comma ? " " : ", ") + item + (comma ? "," : ""));
        if (closes) return inserted(behind, std::string(comma ? "" : ",") + "\n" + lead + item);
        // On its own line, behind whatever comment the neighbour has.
        if (comma) return inserted(end, lead + item + ",\n");
        return text_.substr(0, behind) + "," + text_.substr(behind, end - behind) + lead + item + "\n" + text_.substr(end);
    }

    // The array without an item and one comma beside it: that of its line, the one behind where there are two, and the one on
    // a later line where none is on its own. That on an earlier line stays, as the last comma of the array if need be.
    std::string without(base::TomlValue list, size_t i) const {
        Item item = item_of(list, i);
        Range cut = item.range;
        if (item.followed) {
            cut.end = item.comma_behind + 1;
        } else if (item.led) {
            cut.begin = item.comma_before;
        }
        size_t begin = line_begin(text_, cut.begin), end = line_end(text_, cut.end);
        std::string_view rest = base::strip(part(cut.end, end));
        bool alone = base::strip(part(begin, cut.begin)).empty() && end < range_of(list).end && (rest.empty() || rest[0] == '#');
        if (alone) {
            // A line of its own goes with its comment.
            cut = {begin, end};
        } else if (item.followed) {
            cut.end = past_blanks(text_, cut.end);
            if (text_[cut.end] == '\n' || text_[cut.end] == '\r') cut.begin = before_blanks(text_, cut.begin);
        } else if (item.led) {
            size_t blanks = before_blanks(text_, cut.begin);
            if (blanks > begin) cut.begin = blanks;
        } else if (i && item.comma_behind == kNowhere) {
            size_t previous = range_of(list.at(i - 1)).end;
            if (part(previous, cut.begin).find('#') == kNowhere) cut.begin = previous;
        }
        std::string out = text_.substr(0, cut.begin);
        bool later_comma = item.comma_behind != kNowhere && !item.followed && !item.led;
        if (!later_comma) return out + text_.substr(cut.end);
        Range comma{item.comma_behind, past_blanks(text_, item.comma_behind + 1)};
        if (base::is_space(text_[comma.end])) comma = {line_begin(text_, comma.begin), line_end(text_, comma.end)};
        return out + std::string(part(cut.end, comma.begin)) + text_.substr(comma.end);
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
