// Entry points: an INI file of groups.
#include "pkg/entry_points.h"

#include <algorithm>

#include "base/text.h"

namespace pkg {

static bool is_dotted_name(std::string_view text) {
    for (std::string_view part : base::split(text, '.')) {
        if (part.empty() || base::is_digit(part[0])) return false;
        for (char c : part)
            if (!base::is_alnum(c) && c != '_' && static_cast<unsigned char>(c) < 0x80) return false;
    }
    return true;
}

bool is_script_name(std::string_view name) {
    if (name.empty() || name == "." || name == "..") return false;
    return name.find_first_of(std::string_view("/\\\0\n\r", 5)) == std::string_view::npos;
}

bool is_script_group(std::string_view group) {
    return group == "console_scripts" || group == "gui_scripts";
}

base::Result<EntryPoint> parse_object_reference(std::string_view text) {
    EntryPoint out;
    std::string_view body = base::strip(text);
    size_t bracket = body.find('[');
    if (bracket != std::string_view::npos && body.back() == ']') {
        for (std::string_view extra : base::split(body.substr(bracket + 1, body.size() - bracket - 2), ','))
            if (!base::strip(extra).empty()) out.extras.emplace_back(base::strip(extra));
        body = base::strip_right(body.substr(0, bracket));
    }
    std::string_view module, attribute;
    bool has_attribute = base::partition(body, ':', module, attribute);
    out.module = base::strip(module);
    out.attribute = base::strip(attribute);
    if (is_dotted_name(out.module) && (!has_attribute || is_dotted_name(out.attribute))) return out;
    return base::Error(base::ErrorKind::Usage, "`" + std::string(text) + "` is not an object reference; `module:object` is expected")
        .with_span(base::span_at("", text, 0, text.size()));
}

base::Result<std::vector<EntryPoint>> parse_entry_points(std::string_view text, std::string_view file) {
    std::vector<EntryPoint> out;
    std::string group;
    for (std::string_view line : base::split_lines(text)) {
        auto error = [&](std::string message) {
            size_t offset = static_cast<size_t>(line.data() - text.data());
            return base::Error(base::ErrorKind::Usage, std::move(message))
                .with_span(base::span_at(std::string(file), text, offset, line.size()));
        };
        std::string_view body = base::strip(line);
        if (body.empty() || body[0] == '#' || body[0] == ';') continue;
        if (body[0] == '[') {
            if (body.back() != ']') return error("a group name must end with `]`");
            group = base::strip(body.substr(1, body.size() - 2));
            continue;
        }
        std::string_view name, value;
        bool script = is_script_group(group), whole = base::partition(body, '=', name, value);
        // Other groups are for whoever reads them, and may have what is no reference.
        if (!whole && !script && !group.empty()) continue;
        if (group.empty() || !whole) return error("`name = module:object` in a group is expected");
        auto entry = parse_object_reference(value);
        if (!entry.ok() && !script) continue;
        if (!entry.ok()) return error(entry.error().message);
        entry->group = group;
        entry->name = base::strip(name);
        if (script && !is_script_name(entry->name)) return error("`" + entry->name + "` cannot be a script's file name");
        out.push_back(std::move(entry).value());
    }
    return out;
}

std::string write_entry_points(const std::vector<EntryPoint>& entries) {
    std::string out, group;
    std::vector<const EntryPoint*> order;
    for (const EntryPoint& entry : entries) order.push_back(&entry);
    std::stable_sort(order.begin(), order.end(), [](const EntryPoint* a, const EntryPoint* b) { return a->group < b->group; });
    for (const EntryPoint* entry : order) {
        if (entry->group != group) {
            out += (out.empty() ? "[" : "\n[") + entry->group + "]\n";
            group = entry->group;
        }
        out += entry->name + " = " + entry->reference();
        if (!entry->extras.empty()) out += " [" + base::join(entry->extras, ",") + "]";
        out += "\n";
    }
    return out;
}

}  // namespace pkg
